/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_DESCRIPTION_INTERNAL_H
#define VBOARD_BOARD_DESCRIPTION_INTERNAL_H

/**
 * @file
 * The seam inside the reader of descriptions: description.c (the whole), description_bus.c (what is
 * on the bus), description_debug.c (cores, access ports, the debug port).
 */
#include "vboard/board/description.h"
#include "vboard/board/description_source.h"

struct reader {
	struct description *made;
	struct sources sources;
	struct view root;
	struct items *cores; /* with the presets of their types behind them */
};

/** The words of an enum bus_security. */
extern const char *const security_words[];

/** Zeroed memory of the description. */
dapper_status reader_alloc(struct reader *reader, size_t count, size_t size, void *memory);
/** fields_fill() with the description's memory. */
dapper_status reader_fill(struct reader *reader, const struct view *view, const char *what,
	const struct model_field *fields, const char *const *others, void *target);
/** The number of the core that a key names: from 1 on, 0 without the key. */
dapper_status reader_core(
	struct reader *reader, const struct view *view, const char *key, uint8_t *core);
/** The same for one name. */
dapper_status reader_find_core(struct reader *reader, struct ref name, uint8_t *core);

/* description_debug.c */
dapper_status reader_read_cores(struct reader *reader);
dapper_status reader_read_debug(struct reader *reader);

/* description_bus.c */
dapper_status reader_read_bus(struct reader *reader);

#endif /* VBOARD_BOARD_DESCRIPTION_INTERNAL_H */
