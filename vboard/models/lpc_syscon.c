/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SYSCON of LPC parts: registers that keep what is written, and SYSMEMREMAP, which shows boot ROM,
 * RAM or flash at address 0 (UM10601, 4.6.1; UM10914, 4.5.1). PLLs are locked, oscillators ready as
 * the table's values say; clocks are not followed.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/models/lpc.h"

enum { MAX_REGISTERS = 64, REMAP_ROM = 0, REMAP_RAM = 1, REMAP_MASK = 3 };

struct syscon {
	struct board *board;
	const struct lpc_syscon_config *config;
	struct {
		uint32_t values[MAX_REGISTERS];
		uint32_t remap;
	} state;
};

static void remap(struct syscon *syscon, uint32_t map)
{
	const struct lpc_syscon_config *config = syscon->config;
	uint32_t target = 0; /* flash is there */

	if (map == REMAP_ROM)
		target = config->rom_base;
	else if (map == REMAP_RAM)
		target = config->ram_base;
	syscon->state.remap = map;
	/* Cannot fail: the alias is there since create(). Flash is behind it. */
	board_conceal(syscon->board, 0);
	(void)board_set_alias(syscon->board, 0, config->remap_size, target);
}

/** Index of a register; register_count when there is none. */
static size_t find(const struct syscon *syscon, uint32_t offset)
{
	size_t i = 0;

	while (i < syscon->config->register_count && syscon->config->registers[i].offset != offset)
		i++;
	return i;
}

static bool syscon_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct syscon *syscon = model;
	const size_t i = find(syscon, access->offset);

	*value = i < syscon->config->register_count ? syscon->state.values[i] : 0;
	if (access->offset == syscon->config->remap_offset)
		*value = syscon->state.remap;
	return true;
}

static bool syscon_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct syscon *syscon = model;
	const size_t i = find(syscon, access->offset);

	if (access->offset == syscon->config->remap_offset)
		remap(syscon, merge_lanes(syscon->state.remap, value, mask & REMAP_MASK));
	else if (i < syscon->config->register_count)
		syscon->state.values[i] = merge_lanes(syscon->state.values[i], value,
			mask & syscon->config->registers[i].writable);
	return true;
}

static void syscon_reset(void *model, enum board_reset kind)
{
	struct syscon *syscon = model;

	(void)kind;
	for (size_t i = 0; i < syscon->config->register_count; i++)
		syscon->state.values[i] = syscon->config->registers[i].reset;
	remap(syscon, REMAP_ROM);
}

static void syscon_restored(void *model)
{
	struct syscon *syscon = model;

	remap(syscon, syscon->state.remap);
}

static dapper_status syscon_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct syscon *syscon = xnew(syscon);

	if (!syscon)
		return FAIL_NO_MEMORY("a system controller");
	*model = syscon;
	syscon->board = board;
	syscon->config = config->data;
	if (syscon->config->register_count > MAX_REGISTERS)
		return dapper_fail(DAPPER_ERR_INVALID, "more than %d registers in '%s'",
			MAX_REGISTERS, config->name);
	TRY(board_set_alias(board, 0, syscon->config->remap_size, syscon->config->rom_base));
	return board_keep(board, config->name, &syscon->state, sizeof(syscon->state));
}

static const struct model_field register_fields[] = {
	{ "offset", FIELD_U32, offsetof(struct lpc_register, offset), true },
	{ "reset", FIELD_U32, offsetof(struct lpc_register, reset), false },
	{ "writable", FIELD_U32, offsetof(struct lpc_register, writable), false },
	{ NULL },
};

static const struct model_field fields[] = {
	{ "registers", FIELD_LIST, offsetof(struct lpc_syscon_config, registers), true,
		register_fields, sizeof(struct lpc_register),
		offsetof(struct lpc_syscon_config, register_count) },
	{ "remap_offset", FIELD_U32, offsetof(struct lpc_syscon_config, remap_offset), true },
	{ "remap_size", FIELD_U32, offsetof(struct lpc_syscon_config, remap_size), true },
	{ "rom_base", FIELD_U32, offsetof(struct lpc_syscon_config, rom_base), true },
	{ "ram_base", FIELD_U32, offsetof(struct lpc_syscon_config, ram_base), true },
	{ NULL },
};

const struct model_class lpc_syscon_class = {
	.name = "LPC SYSCON",
	.create = syscon_create,
	.reset = syscon_reset,
	.restored = syscon_restored,
	.destroy = free,
	.ops = { .read = syscon_read, .write = syscon_write },
	.fields = fields,
	.config_size = sizeof(struct lpc_syscon_config),
};
