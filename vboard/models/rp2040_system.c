/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an RP2040 needs around its cores to boot: the ROM, and blocks of registers whose status bits
 * follow what was asked for at once (RESETS 2.14, CLOCKS 2.15, PLL 2.18). Clocks do not change the
 * speed of the simulated cores: 125 MHz from the start, as the SDK sets it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/rp2040.h"
#include "vboard/rom/rom.h"

/* --- ROM ------------------------------------------------------------------------------------- */

enum { ROM_SIZE = 0x4000 };

static dapper_status rom_create(
	struct board *board, const struct model_config *config, void **model)
{
	uint8_t *rom = xcalloc(ROM_SIZE, 1);

	if (!rom)
		return FAIL_NO_MEMORY("a boot ROM");
	*model = rom;
	memcpy(rom, vboard_rom_rp2040, vboard_rom_rp2040_size);
	return board_expose(board, config->base, ROM_SIZE, rom, false);
}

static bool rom_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const uint8_t *bytes = (const uint8_t *)model + access->offset;

	*value = access->size == 1 ? *bytes : access->size == 2 ? get_le16(bytes) : get_le32(bytes);
	return true;
}

const struct model_class rp2040_rom_class = {
	.name = "rp2040-rom",
	.create = rom_create,
	.destroy = free,
	.ops = { .read = rom_read },
};

/* --- blocks ---------------------------------------------------------------------------------- */

#define RESETS_RESET      0x0u
#define RESETS_RESET_DONE 0x8u
#define RESETS_ALL        BITS(24, 0)

#define PLL_CS      0x0u
#define PLL_PWR     0x4u
#define PLL_CS_LOCK BIT(31)
#define PLL_PWR_OFF (BIT(0) | BIT(5)) /* PD, VCOPD */

/* Ten clocks of CTRL, DIV, SELECTED; REF and SYS switch without glitches. */
enum {
	CLOCK_STRIDE = 0xc,
	CLOCK_CTRL = 0,
	CLOCK_SELECTED = 8,
	CLOCK_REF = 4,
	CLOCK_SYS = 5,
	CLOCK_COUNT = 10
};

/* CHIP_RESET (2.10.6, 2.12.8): the flag is write-1-to-clear, the rest says what reset it last. */
#define VREG_CHIP_RESET         0x8u
#define CHIP_RESET_HAD_POR      BIT(8)
#define CHIP_RESET_PSM_RESTART  BIT(20)
#define CHIP_RESET_RESTART_FLAG BIT(24)

struct block {
	struct board *board;
	uint32_t rescued; /* what CHIP_RESET shows of a rescue */
	struct rp2040_block_config config;
	struct register_file registers;
};

/* 2.3.4.2: the rescue DP restarts the processors; the ROM then waits for a debugger. */
static void rescue(void *model)
{
	struct block *block = model;

	block->rescued = CHIP_RESET_RESTART_FLAG | CHIP_RESET_PSM_RESTART;
	board_request_reset(block->board, RESET_SOFTWARE);
}

static dapper_status block_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct block *block = xnew(block);

	if (!block)
		return FAIL_NO_MEMORY("a register block");
	*model = block;
	block->config = *(const struct rp2040_block_config *)config->data;
	if (block->config.kind >= RP2040_BLOCK_KINDS || block->config.row_count > REGISTERS_MAX)
		return dapper_fail(DAPPER_ERR_INVALID,
			"%s: no such kind of block, or above %d rows", config->name, REGISTERS_MAX);
	block->board = board;
	board_registers_init(&block->registers, block->config.rows, block->config.row_count);
	if (block->config.kind == RP2040_VREG) {
		board_listen_rescue(board, rescue, block);
		TRY(KEEP(board, block->rescued));
	}
	return board_keep(
		board, config->name, block->registers.values, sizeof(block->registers.values));
}

static void block_reset(void *model, enum board_reset kind)
{
	struct block *block = model;

	if (kind == RESET_POWER_ON)
		block->rescued = 0;
	registers_reset(&block->registers);
}

static uint32_t selected_clock(const struct block *block, uint32_t offset)
{
	const uint32_t clock = offset / CLOCK_STRIDE;
	const uint32_t control = registers_get(&block->registers, offset - CLOCK_SELECTED);

	if (clock == CLOCK_REF)
		return BIT(0) << (control & 3);
	return clock == CLOCK_SYS ? BIT(0) << (control & 1) : 1;
}

static bool derived(const struct block *block, uint32_t offset, uint32_t *value)
{
	switch (block->config.kind) {
	case RP2040_RESETS:
		if (offset != RESETS_RESET_DONE)
			return false;
		*value = ~registers_get(&block->registers, RESETS_RESET) & RESETS_ALL;
		return true;
	case RP2040_CLOCKS:
		if (offset >= CLOCK_COUNT * CLOCK_STRIDE || offset % CLOCK_STRIDE != CLOCK_SELECTED)
			return false;
		*value = selected_clock(block, offset);
		return true;
	case RP2040_PLL:
		if (offset != PLL_CS)
			return false;
		*value = registers_get(&block->registers, PLL_CS);
		if (!(registers_get(&block->registers, PLL_PWR) & PLL_PWR_OFF))
			*value |= PLL_CS_LOCK;
		return true;
	case RP2040_VREG:
		if (offset != VREG_CHIP_RESET)
			return false;
		*value = block->rescued ? block->rescued : CHIP_RESET_HAD_POR;
		return true;
	default:
		return false;
	}
}

/* Reserved offsets read 0. */
static bool block_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct block *block = model;
	const uint32_t offset = access->offset & 0xfff;

	if (!derived(block, offset, value) && !registers_read(&block->registers, offset, value))
		*value = 0;
	return true;
}

static bool block_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct block *block = model;
	const uint32_t offset = access->offset & 0xfff;
	const uint32_t old = registers_get(&block->registers, offset);

	if (block->config.kind == RP2040_VREG && offset == VREG_CHIP_RESET)
		block->rescued &= ~(value & CHIP_RESET_RESTART_FLAG);
	registers_write(&block->registers, offset, rp2040_atomic(access->offset, old, value), mask);
	return true;
}

static const struct model_field row_fields[] = {
	{ "offset", FIELD_U16, offsetof(struct register_row, offset), true },
	{ "reset", FIELD_U32, offsetof(struct register_row, reset) },
	{ "writable", FIELD_U32, offsetof(struct register_row, writable) },
	{ NULL },
};

/* In the order of enum rp2040_block_kind. */
static const char *const kind_words[] = { "plain", "resets", "clocks", "pll", "vreg", NULL };

static const struct model_field block_fields[] = {
	{ "kind", FIELD_WORD, offsetof(struct rp2040_block_config, kind), .words = kind_words },
	{ "registers", FIELD_LIST, offsetof(struct rp2040_block_config, rows), true, row_fields,
		sizeof(struct register_row), offsetof(struct rp2040_block_config, row_count) },
	{ NULL },
};

const struct model_class rp2040_block_class = {
	.name = "rp2040-block",
	.create = block_create,
	.reset = block_reset,
	.destroy = free,
	.ops = { .read = block_read, .write = block_write },
	.fields = block_fields,
	.config_size = sizeof(struct rp2040_block_config),
};
