/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_DESCRIPTION_H
#define VBOARD_BOARD_DESCRIPTION_H

/**
 * @file
 * A board from its description, a YAML file: docs/virtual-boards.md, "Writing a board".
 *
 * Files come from anywhere: what they ask for is bounded (128 MB of memories), and what makes no
 * sense is refused, with the line.
 */
#include "base/arena.h"
#include "vboard/board/part.h"

struct description {
	struct arena arena; /* everything below points into it */
	dapper_vboard_info info;
	const char *vendor; /* of the part, as packs have it; may be NULL */
	const char *device;
	struct board_part part;
};

/** Read a file and what it includes. End the description with description_destroy(). */
dapper_status description_load(const char *path, struct description **description);
/** One that is built in. */
dapper_status description_load_builtin(const char *name, struct description **description);
/** From memory; @p what stands for the file's name in messages. Includes only what is built in. */
dapper_status description_parse(
	const char *what, const void *text, size_t size, struct description **description);
/** NULL is fine. */
void description_destroy(struct description *description);

/** Make the target; it owns the description from now on, also when this fails. */
dapper_status description_make_target(dapper_context *context, struct description *description,
	const struct vboard_setting *settings, size_t setting_count, struct vtarget *target);

/** What a struct vboard_type's create() does. */
dapper_status description_create_builtin(dapper_context *context, const char *name,
	const struct vboard_setting *settings, size_t setting_count, struct vtarget *target);

#endif /* VBOARD_BOARD_DESCRIPTION_H */
