/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_DESCRIPTION_SOURCE_H
#define VBOARD_BOARD_DESCRIPTION_SOURCE_H

/**
 * @file
 * The files of a board's description: its own and those it includes, and lists whose items several
 * of them describe.
 */
#include "vboard/board/description_fields.h"

/** A description that is built in: data/boards. */
struct board_text {
	const char *name; /* "stm32f407vg", "parts/cortex-m4" */
	const char *text;
	size_t size;
};

/** NULL-terminated by name. */
extern const struct board_text board_texts[];

enum { SOURCES_MAX = 24, ITEMS_MAX = 512 };

struct sources {
	struct source {
		char *name; /* for messages; of a file: its path */
		bool is_file;
		struct yaml_tree *tree;
	} all[SOURCES_MAX];
	size_t count;
};

/** End all; zeroed ones are fine. */
void sources_finish(struct sources *sources);

/**
 * Parse a description and what it includes.
 *
 * @param[out] view  Its map, and behind it those of what it includes.
 */
dapper_status sources_add_text(struct sources *sources, const char *name, bool is_file,
	const void *text, size_t size, struct view *view);
dapper_status sources_add_file(struct sources *sources, const char *path, struct view *view);
dapper_status sources_add_builtin(struct sources *sources, const char *name, struct view *view);
/**
 * The same with what a description names, a part that many boards have: "cortex-m4" is built in,
 * "./mine.yaml" a file beside the one that names it.
 *
 * @retval DAPPER_ERR_PARSE  There is none; a failure in it has its own place.
 */
dapper_status sources_add_part(struct sources *sources, struct ref name, struct view *view);

/** A list of maps: what has the same `name` in several files is one item. */
struct items {
	struct view all[ITEMS_MAX];
	size_t count;
};

/**
 * Gather the lists that all layers of a view have below a key, the most general ones first. What
 * says `omit: yes` in the most special file is left out.
 *
 * @param[out] items  free() it.
 */
dapper_status items_gather(const struct view *view, const char *key, struct items **items);

#endif /* VBOARD_BOARD_DESCRIPTION_SOURCE_H */
