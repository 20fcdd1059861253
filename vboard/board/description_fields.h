/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_DESCRIPTION_FIELDS_H
#define VBOARD_BOARD_DESCRIPTION_FIELDS_H

/**
 * @file
 * From maps of a board's description to structs, by tables of struct model_field. What stands in
 * several files (the board's own, those it includes, the preset of a core) is seen as one map: a
 * view, in which the most special file speaks first.
 */
#include "base/arena.h"
#include "base/yaml.h"
#include "vboard/board/board.h"

/** A value, and the file it is in, for messages. */
struct ref {
	const struct yaml_node *node;
	const char *file;
};

enum { VIEW_LAYERS_MAX = 12 };

/** Maps seen as one; the first that has a key counts. */
struct view {
	struct ref layers[VIEW_LAYERS_MAX];
	size_t count;
};

/** Record a failure, with the place in the file. @return DAPPER_ERR_PARSE. */
dapper_status ref_fail(struct ref at, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** In keys and words '-' and '_' are the same. */
bool same_key(const char *a, const char *b);

/** @return false: no layer has the key. */
bool view_find(const struct view *view, const char *key, struct ref *found);
/** Put a map behind the others. @retval DAPPER_ERR_PARSE It is no map, or there are too many. */
dapper_status view_add(struct view *view, struct ref map);
/** What all layers have below a key, as a view; empty when none has it. */
dapper_status view_below(const struct view *view, const char *key, struct view *below);

/**
 * Fill a struct.
 *
 * @param what    Whose keys these are, for messages: "a memory".
 * @param others  Keys that are fine, but not meant here; NULL-terminated, may be NULL.
 * @param target  What has no value in the view stays as it is.
 * @retval DAPPER_ERR_PARSE  A key that nobody knows, a value that does not fit, or a required one
 *                           that is missing.
 */
dapper_status fields_fill(struct arena *arena, const struct view *view, const char *what,
	const struct model_field *fields, const char *const *others, void *target);

#endif /* VBOARD_BOARD_DESCRIPTION_FIELDS_H */
