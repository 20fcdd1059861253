/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_REGISTERS_H
#define VBOARD_BOARD_REGISTERS_H

/**
 * @file
 * A block of 32-bit registers from a table: reset value, and the bits that software can write. For
 * blocks that mostly keep what is written into them, and as the ground of those that do more.
 */
#include "vboard/board/board.h"

struct register_row {
	uint16_t offset;
	uint32_t reset;
	uint32_t writable;
};

enum { REGISTERS_MAX = 64 };

/** For the tables of models that take rows in their configuration. */
extern const struct model_field register_row_fields[];

struct register_file {
	const struct register_row *rows;
	size_t count;
	uint32_t values[REGISTERS_MAX];
};

/** @p count must not be above REGISTERS_MAX. */
void board_registers_init(
	struct register_file *file, const struct register_row *rows, size_t count);
void registers_reset(struct register_file *file);
/** Whatever is writable or not. Rows that are not there: 0, and nothing is set. */
uint32_t registers_get(const struct register_file *file, uint32_t offset);
void registers_set(struct register_file *file, uint32_t offset, uint32_t value);
/** @return false: no such register. */
bool registers_read(const struct register_file *file, uint32_t offset, uint32_t *value);
/** A write by software: only writable bits of the lanes in @p mask change. */
void registers_write(struct register_file *file, uint32_t offset, uint32_t value, uint32_t mask);

/** A model that is nothing else: the row's data is a struct register_block. Reserved reads 0. */
extern const struct model_class register_block_class;

struct register_block {
	const struct register_row *rows;
	size_t count;
	bool power_on_only; /* keeps its values over system resets */
	/* The debug pins are something else's while these bits have this value; mask 0: never. */
	uint16_t debug_off_offset;
	uint32_t debug_off_mask, debug_off_value;
};

#endif /* VBOARD_BOARD_REGISTERS_H */
