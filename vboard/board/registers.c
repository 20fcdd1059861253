/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/board/registers.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"

const struct model_field register_row_fields[] = {
	{ "offset", FIELD_U16, offsetof(struct register_row, offset), true },
	{ "reset", FIELD_U32, offsetof(struct register_row, reset) },
	{ "writable", FIELD_U32, offsetof(struct register_row, writable) },
	{ NULL },
};

void board_registers_init(struct register_file *file, const struct register_row *rows, size_t count)
{
	assert(count <= REGISTERS_MAX);
	file->rows = rows;
	file->count = count;
	registers_reset(file);
}

void registers_reset(struct register_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		file->values[i] = file->rows[i].reset;
}

/** Index of a register; count when there is none. */
static size_t find(const struct register_file *file, uint32_t offset)
{
	size_t i = 0;

	while (i < file->count && file->rows[i].offset != offset)
		i++;
	return i;
}

uint32_t registers_get(const struct register_file *file, uint32_t offset)
{
	uint32_t value = 0;

	(void)registers_read(file, offset, &value);
	return value;
}

void registers_set(struct register_file *file, uint32_t offset, uint32_t value)
{
	const size_t i = find(file, offset);

	if (i < file->count)
		file->values[i] = value;
}

bool registers_read(const struct register_file *file, uint32_t offset, uint32_t *value)
{
	const size_t i = find(file, offset);

	if (i == file->count)
		return false;
	*value = file->values[i];
	return true;
}

void registers_write(struct register_file *file, uint32_t offset, uint32_t value, uint32_t mask)
{
	const size_t i = find(file, offset);

	if (i < file->count)
		file->values[i] =
			merge_lanes(file->values[i], value, mask & file->rows[i].writable);
}

/* --- a block that is nothing else ------------------------------------------------------------ */

struct block {
	const struct register_block *config;
	struct register_file registers;
};

static bool debug_pins_are_connected(void *model)
{
	const struct block *block = model;
	const struct register_block *config = block->config;

	return (registers_get(&block->registers, config->debug_off_offset) &
		       config->debug_off_mask) != config->debug_off_value;
}

static dapper_status block_create(
	struct board *board, const struct model_config *config, void **model)
{
	const struct register_block *block_config = config->data;
	struct block *block;

	if (block_config->count > REGISTERS_MAX)
		return model_invalid(config, "a block has at most 64 registers");
	block = xnew(block);
	if (!block)
		return FAIL_NO_MEMORY("a register block");
	block->config = block_config;
	board_registers_init(&block->registers, block->config->rows, block->config->count);
	*model = block;
	if (block->config->debug_off_mask)
		board_gate_wire(board, debug_pins_are_connected, block);
	return board_keep(
		board, config->name, block->registers.values, sizeof(block->registers.values));
}

static void block_reset(void *model, enum board_reset kind)
{
	struct block *block = model;

	if (kind == RESET_POWER_ON || !block->config->power_on_only)
		registers_reset(&block->registers);
}

static bool block_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct block *block = model;

	*value = registers_get(&block->registers, access->offset);
	return true;
}

static bool block_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct block *block = model;

	registers_write(&block->registers, access->offset, value, mask);
	return true;
}

static const struct model_field register_block_fields[] = {
	{ "registers", FIELD_LIST, offsetof(struct register_block, rows), true, register_row_fields,
		sizeof(struct register_row), offsetof(struct register_block, count) },
	{ "power-on-only", FIELD_BOOL, offsetof(struct register_block, power_on_only) },
	{ "debug-off-offset", FIELD_U16, offsetof(struct register_block, debug_off_offset) },
	{ "debug-off-mask", FIELD_U32, offsetof(struct register_block, debug_off_mask) },
	{ "debug-off-value", FIELD_U32, offsetof(struct register_block, debug_off_value) },
	{ NULL },
};

const struct model_class register_block_class = {
	.name = "register block",
	.create = block_create,
	.reset = block_reset,
	.destroy = free,
	.ops = { .read = block_read, .write = block_write },
	.fields = register_block_fields,
	.config_size = sizeof(struct register_block),
};
