/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash and boot ROM of LPC parts with in-application programming (UM10601, chapter 25; UM11029,
 * chapter 6; UM10914, chapter 7).
 *
 * The ROM is ours: some Thumb instructions at the real entry, which hand the addresses of command
 * and result table to registers behind the ROM's end ("ROM services") and wait there until the
 * operation is over, as the real one does. After reset the core begins in the ROM: with a valid
 * checksum in the vector table (its first eight words add up to 0) user code is started, else the
 * core stays in a loop where the real ROM waits for ISP commands.
 *
 * - Sectors must be prepared before each copy and erase; both take that back.
 * - Status codes are those of the manuals. Tables or a source that are not in RAM are a bus error
 *   there, a HardFault of who called.
 * - IAP leaves garbage in the top 32 bytes of RAM.
 * - Copying over what is not erased clears bits; no command looks at the result.
 * - Code read protection 1 to 3 at 0x2FC closes debug access with the next reset. There is no way
 *   back over the wire (ISP is not modelled).
 * - Reading flash while it is erased or programmed waits on the bus.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/lpc.h"
#include "vboard/models/nvm.h"

enum iap_status {
	CMD_SUCCESS = 0,
	INVALID_COMMAND = 1,
	SRC_ADDR_ERROR = 2,
	DST_ADDR_ERROR = 3,
	SRC_ADDR_NOT_MAPPED = 4,
	DST_ADDR_NOT_MAPPED = 5,
	COUNT_ERROR = 6,
	INVALID_SECTOR = 7,
	SECTOR_NOT_BLANK = 8,
	SECTOR_NOT_PREPARED = 9,
	COMPARE_ERROR = 10,
	BUSY = 11,
	PARAM_ERROR = 12,
	ADDR_ERROR = 13,
	ADDR_NOT_MAPPED = 14,
};

enum { MAX_SECTORS = 64, PARAMETERS = 5, RESULTS = 5, RAM_USED = 32, REMAP_FLASH = 2 };

/* ROM services, in the last words before the ROM's end; the entry has the 16 bytes behind them. */
enum { SERVICE_COMMAND = 0x0, SERVICE_RESULT = 0x4, SERVICE_BUSY = 0x8, SERVICE_BOOT = 0xc };
enum { SERVICE_SIZE = 0x10, BODY_BEFORE_ENTRY = 0x40, BOOT_BEFORE_ENTRY = 0x80 };

#define CRP_OFFSET 0x2fcu

static const uint32_t crp_words[] = { 0x12345678, 0x87654321, 0x43218765 };

struct iap_state {
	uint32_t command_table, result_table;
	uint32_t results[RESULTS];
	bool pending; /* the result table is still to be written */
	bool prepared[MAX_SECTORS];
	bool is_protected;
};

struct iap {
	struct board *board;
	const struct lpc_iap_config *config;
	uint32_t base, size; /* of the ROM */
	struct nvm nvm;
	struct iap_state state;
};

/* --- the ROM --------------------------------------------------------------------------------- */

/* Leave r0 and r1 with the services, wait, return. */
static const uint16_t body_code[] = {
	0x4a03, /* ldr r2, [pc, #12] */
	0x6010, /* str r0, [r2, #SERVICE_COMMAND] */
	0x6051, /* str r1, [r2, #SERVICE_RESULT] */
	0x6893, /* ldr r3, [r2, #SERVICE_BUSY] */
	0x2b00, /* cmp r3, #0 */
	0xd1fc, /* bne: to the load */
	0x4770, /* bx lr */
	0x46c0, /* nop; the literal follows */
};

/* Start user code, or stay. */
static const uint16_t boot_code[] = {
	0x4804, /* ldr r0, [pc, #16] */
	0x68c1, /* ldr r1, [r0, #SERVICE_BOOT] */
	0x2900, /* cmp r1, #0 */
	0xd0fe, /* beq: to itself */
	0x2200, /* movs r2, #0 */
	0x6810, /* ldr r0, [r2, #0] */
	0x4685, /* mov sp, r0 */
	0x6851, /* ldr r1, [r2, #4] */
	0x4708, /* bx r1 */
	0x46c0, /* nop; the literal follows */
};

static uint32_t entry_offset(const struct iap *iap)
{
	return (iap->config->entry & ~1u) - iap->base;
}

static uint32_t service_base(const struct iap *iap)
{
	return iap->base + entry_offset(iap) - SERVICE_SIZE;
}

/** A half-word of a piece of code that ends in the services' address. */
static bool code_at(
	const struct iap *iap, uint32_t offset, const uint16_t *code, size_t count, uint16_t *half)
{
	if (offset < count * 2)
		*half = code[offset / 2];
	else if (offset < count * 2 + 4)
		*half = (uint16_t)(service_base(iap) >> 8 * (offset - count * 2));
	else
		return false;
	return true;
}

/** The ROM's half-word at an even offset; 0 where there is nothing. */
static uint16_t rom_half(const struct iap *iap, uint32_t offset)
{
	const uint32_t entry = entry_offset(iap);
	const uint32_t boot = entry - BOOT_BEFORE_ENTRY;
	const uint32_t stack = iap->config->ram_base + iap->config->ram_size - RAM_USED;
	const uint32_t vectors[] = { stack, (iap->base + boot) | 1 };
	uint16_t half = 0;

	if (offset < sizeof(vectors))
		return (uint16_t)(vectors[offset / 4] >> 8 * (offset & 2));
	/* b.n: back to the body */
	if (offset == entry)
		return 0xe000 | ((0u - BODY_BEFORE_ENTRY - 4u) >> 1 & 0x7ff);
	if (offset >= boot && code_at(iap, offset - boot, boot_code, ARRAY_SIZE(boot_code), &half))
		return half;
	if (offset >= entry - BODY_BEFORE_ENTRY)
		(void)code_at(iap, offset - (entry - BODY_BEFORE_ENTRY), body_code,
			ARRAY_SIZE(body_code), &half);
	return half;
}

/* --- commands -------------------------------------------------------------------------------- */

static bool in_ram(const struct iap *iap, uint32_t address, uint32_t size)
{
	const uint32_t base = iap->config->ram_base;

	return address >= base && size <= iap->config->ram_size &&
	       address - base <= iap->config->ram_size - size;
}

static uint32_t sector_count(const struct iap *iap)
{
	return iap->config->flash_size / iap->config->sector_size;
}

static bool valid_sectors(const struct iap *iap, const uint32_t *parameters)
{
	return parameters[0] <= parameters[1] && parameters[1] < sector_count(iap);
}

/** Were all sectors of a range of flash prepared? They no longer are. */
static bool take_prepared(struct iap *iap, uint32_t offset, uint32_t size)
{
	const uint32_t first = offset / iap->config->sector_size;
	const uint32_t last = (offset + size - 1) / iap->config->sector_size;
	bool prepared = true;

	for (uint32_t i = first; i <= last; i++)
		prepared = prepared && iap->state.prepared[i];
	if (prepared)
		memset(iap->state.prepared, 0, sizeof(iap->state.prepared));
	return prepared;
}

static enum iap_status prepare(struct iap *iap, const uint32_t *parameters)
{
	if (!valid_sectors(iap, parameters))
		return INVALID_SECTOR;
	for (uint32_t i = parameters[0]; i <= parameters[1]; i++)
		iap->state.prepared[i] = true;
	return CMD_SUCCESS;
}

/** Destination, source, size, clock in kHz. */
static enum iap_status copy(struct iap *iap, const uint32_t *parameters)
{
	const struct lpc_iap_config *config = iap->config;
	const uint32_t to = parameters[0], from = parameters[1], size = parameters[2];
	const bool is_power = size && !(size & (size - 1));
	uint8_t data[NVM_MAX_PROGRAM];

	if (to % config->page_size)
		return DST_ADDR_ERROR;
	if (from % 4)
		return SRC_ADDR_ERROR;
	if (!is_power || !(config->copy_sizes & size) || size > sizeof(data))
		return COUNT_ERROR;
	if (!in_ram(iap, from, size))
		return SRC_ADDR_NOT_MAPPED;
	if (to >= config->flash_size || size > config->flash_size - to)
		return DST_ADDR_NOT_MAPPED;
	if (!parameters[3])
		return PARAM_ERROR;
	if (!take_prepared(iap, to, size))
		return SECTOR_NOT_PREPARED;
	for (uint32_t i = 0; i < size; i += 4)
		put_le32(data + i, board_peek(iap->board, from + i));
	nvm_program(&iap->nvm, (struct nvm_range){ 0, to, size }, data, board_now_ns(iap->board),
		config->page_us * NS_PER_US * (size / config->page_size));
	return CMD_SUCCESS;
}

static enum iap_status erase(struct iap *iap, uint32_t offset, uint32_t size, uint32_t clock_khz)
{
	const struct nvm_range range = { 0, offset, size };

	if (!clock_khz)
		return PARAM_ERROR;
	if (!take_prepared(iap, offset, size))
		return SECTOR_NOT_PREPARED;
	nvm_erase(&iap->nvm, &range, 1, iap->config->erase_ms * NS_PER_MS);
	return CMD_SUCCESS;
}

static enum iap_status erase_sectors(struct iap *iap, const uint32_t *parameters)
{
	const uint32_t size = iap->config->sector_size;

	if (!valid_sectors(iap, parameters))
		return INVALID_SECTOR;
	return erase(iap, parameters[0] * size, (parameters[1] - parameters[0] + 1) * size,
		parameters[2]);
}

static enum iap_status erase_pages(struct iap *iap, const uint32_t *parameters)
{
	const uint32_t size = iap->config->page_size;

	if (parameters[0] > parameters[1] || parameters[1] >= iap->config->flash_size / size)
		return INVALID_SECTOR;
	return erase(iap, parameters[0] * size, (parameters[1] - parameters[0] + 1) * size,
		parameters[2]);
}

/** Results: offset and contents of the first word that is not blank. */
static enum iap_status blank_check(struct iap *iap, const uint32_t *parameters)
{
	const uint32_t size = iap->config->sector_size;

	if (!valid_sectors(iap, parameters))
		return INVALID_SECTOR;
	for (uint32_t i = parameters[0] * size; i < (parameters[1] + 1) * size; i += 4)
		if (nvm_peek(&iap->nvm, 0, i, 4) != UINT32_MAX) {
			iap->state.results[1] = i - parameters[0] * size;
			iap->state.results[2] = nvm_peek(&iap->nvm, 0, i, 4);
			return SECTOR_NOT_BLANK;
		}
	return CMD_SUCCESS;
}

static enum iap_status read_part_id(struct iap *iap, const uint32_t *parameters)
{
	(void)parameters;
	iap->state.results[1] = iap->config->part_id;
	return CMD_SUCCESS;
}

static enum iap_status read_boot_version(struct iap *iap, const uint32_t *parameters)
{
	(void)parameters;
	iap->state.results[1] = iap->config->boot_version;
	return CMD_SUCCESS;
}

static bool is_mapped(const struct iap *iap, uint32_t address, uint32_t size)
{
	const uint32_t flash = iap->config->flash_size;

	return in_ram(iap, address, size) || (size <= flash && address <= flash - size);
}

/** Two places and a size; result: offset of the first word that differs. */
static enum iap_status compare(struct iap *iap, const uint32_t *parameters)
{
	const uint32_t to = parameters[0], from = parameters[1], size = parameters[2];

	if (size % 4 || !size)
		return COUNT_ERROR;
	if (to % 4 || from % 4)
		return ADDR_ERROR;
	if (!is_mapped(iap, to, size) || !is_mapped(iap, from, size))
		return ADDR_NOT_MAPPED;
	for (uint32_t i = 0; i < size; i += 4)
		if (board_peek(iap->board, to + i) != board_peek(iap->board, from + i)) {
			iap->state.results[1] = i;
			return COMPARE_ERROR;
		}
	return CMD_SUCCESS;
}

/** Made up. */
static enum iap_status read_uid(struct iap *iap, const uint32_t *parameters)
{
	static const uint32_t uid[] = { 0x70706164, 0x6c007265, 0x00006370, 0x00000001 };

	(void)parameters;
	memcpy(&iap->state.results[1], uid, sizeof(uid));
	return CMD_SUCCESS;
}

static const struct command {
	uint8_t code;
	uint8_t results; /* behind the status */
	bool uses_ram;   /* its top */
	enum iap_status (*run)(struct iap *iap, const uint32_t *parameters);
} commands[] = {
	{ 50, 0, false, prepare },
	{ 51, 0, true, copy },
	{ 52, 0, true, erase_sectors },
	{ 53, 2, false, blank_check },
	{ 54, 1, false, read_part_id },
	{ 55, 1, false, read_boot_version },
	{ 56, 1, false, compare },
	{ 58, 4, false, read_uid },
	{ 59, 0, true, erase_pages },
};

/* Which bytes are IAP's changes with the part; that they are lost does not. */
static void spoil_ram(struct iap *iap)
{
	const uint32_t top = iap->config->ram_base + iap->config->ram_size;

	for (uint32_t i = RAM_USED; i; i -= 4)
		(void)board_poke(iap->board, top - i, 0x1a900000u + i);
}

static void run_command(struct iap *iap)
{
	uint32_t words[1 + PARAMETERS];
	struct iap_state *state = &iap->state;

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = board_peek(iap->board, state->command_table + 4 * i);
	memset(state->results, 0, sizeof(state->results));
	state->results[0] = INVALID_COMMAND;
	if (nvm_is_busy(&iap->nvm)) {
		state->results[0] = BUSY;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == words[0]) {
			state->results[0] = commands[i].run(iap, words + 1);
			if (commands[i].uses_ram)
				spoil_ram(iap);
		}
}

/** How many words the command's result table takes. */
static unsigned result_count(struct iap *iap)
{
	const uint32_t code = board_peek(iap->board, iap->state.command_table);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code)
			return 1u + commands[i].results;
	return 1;
}

/** The result table is written when the operation is over. */
static bool is_still_busy(struct iap *iap)
{
	unsigned count;

	if (nvm_is_busy(&iap->nvm))
		return true;
	if (!iap->state.pending)
		return false;
	iap->state.pending = false;
	count = result_count(iap);
	for (unsigned i = 0; i < count; i++)
		(void)board_poke(
			iap->board, iap->state.result_table + 4 * i, iap->state.results[i]);
	return false;
}

/** Is there valid user code? Then flash is at address 0. */
static bool boot(struct iap *iap)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < 32; i += 4)
		sum += nvm_peek(&iap->nvm, 0, i, 4);
	if (sum != 0 || nvm_peek(&iap->nvm, 0, 0, 4) == 0)
		return false;
	return board_poke(iap->board, iap->config->memory_remap, REMAP_FLASH);
}

/* --- windows --------------------------------------------------------------------------------- */

static bool rom_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct iap *iap = model;
	const uint32_t service = access->offset - (service_base(iap) - iap->base);

	if (service < SERVICE_SIZE) {
		*value = 0;
		if (service == SERVICE_BUSY)
			*value = is_still_busy(iap);
		else if (service == SERVICE_BOOT && !access->debugger)
			*value = boot(iap);
		return true;
	}
	*value = rom_half(iap, access->offset & ~1u);
	if (access->size == 4)
		*value |= (uint32_t)rom_half(iap, access->offset + 2) << 16;
	else if (access->size == 1)
		*value = *value >> 8 * (access->offset & 1) & 0xff;
	return true;
}

static bool rom_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct iap *iap = model;
	const uint32_t service = access->offset - (service_base(iap) - iap->base);

	(void)mask;
	if (access->debugger || access->size != 4 || service > SERVICE_RESULT || value % 4 ||
		!in_ram(iap, value, 4 * RESULTS))
		return false;
	if (service == SERVICE_COMMAND) {
		iap->state.command_table = value;
		return true;
	}
	iap->state.result_table = value;
	iap->state.pending = true;
	run_command(iap);
	return true;
}

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct iap *iap = model;

	/* While something else is at address 0 the core must go on asking. */
	if (!nvm_wait_idle(&iap->nvm, access))
		return false;
	if (board_peek(iap->board, iap->config->memory_remap) == REMAP_FLASH)
		return nvm_read(&iap->nvm, 0, access, value);
	*value = nvm_peek(&iap->nvm, 0, access->offset, access->size);
	return true;
}

static const struct window_ops flash_ops = { .read = flash_read };

/* --- life ------------------------------------------------------------------------------------ */

static bool debug_is_open(void *model)
{
	const struct iap *iap = model;

	return !iap->state.is_protected;
}

static void iap_reset(void *model, enum board_reset kind)
{
	struct iap *iap = model;
	const uint32_t crp = nvm_peek(&iap->nvm, 0, CRP_OFFSET, 4);

	(void)kind;
	nvm_reset(&iap->nvm);
	/* The ROM is at address 0 now: the core may not see flash there by itself. */
	board_conceal(iap->board, 0);
	iap->state = (struct iap_state){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(crp_words); i++)
		iap->state.is_protected = iap->state.is_protected || crp == crp_words[i];
}

static void iap_power_lost(void *model)
{
	struct iap *iap = model;

	nvm_power_lost(&iap->nvm);
}

static const char *const setting_keys[] = { "flash", NVM_SETTING_KEYS, NULL };

static dapper_status iap_set(void *model, const char *key, const char *value, bool *taken)
{
	struct iap *iap = model;

	return nvm_set(&iap->nvm, key, value, taken);
}

static void iap_destroy(void *model)
{
	struct iap *iap = model;

	nvm_finish(&iap->nvm);
	free(iap);
}

static dapper_status check_config(const struct iap *iap)
{
	const struct lpc_iap_config *config = iap->config;
	const uint32_t entry = entry_offset(iap);

	if (entry < BOOT_BEFORE_ENTRY + 8 || entry > iap->size - 2 || config->entry % 4 != 1)
		return dapper_fail(DAPPER_ERR_INVALID, "entry 0x%08x is not in the ROM",
			(unsigned)config->entry);
	if (!config->sector_size || !config->page_size ||
		config->flash_size / config->sector_size > MAX_SECTORS ||
		config->ram_size < RAM_USED)
		return dapper_fail(DAPPER_ERR_INVALID,
			"flash of %u bytes with sectors of %u and pages of %u cannot be",
			(unsigned)config->flash_size, (unsigned)config->sector_size,
			(unsigned)config->page_size);
	return DAPPER_OK;
}

static dapper_status iap_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct iap *iap = xnew(iap);

	if (!iap)
		return FAIL_NO_MEMORY("a boot ROM");
	*model = iap; /* the board ends it, whatever comes */
	iap->board = board;
	iap->config = config->data;
	iap->base = config->base;
	iap->size = config->size;
	nvm_init(&iap->nvm, board, NULL, iap);
	TRY(check_config(iap));
	TRY(nvm_add_area(&iap->nvm, 0, iap->config->flash_size, "flash"));
	board_gate_debug(board, debug_is_open, iap);
	TRY(board_add_window(
		board, "flash memory", 0, iap->config->flash_size, LANES_RAW, &flash_ops, iap));
	return board_keep(board, config->name, &iap->state, sizeof(iap->state));
}

#define FIELD(member)                                                             \
	{                                                                         \
#member, FIELD_U32, offsetof(struct lpc_iap_config, member), true \
	}
static const struct model_field fields[] = {
	FIELD(entry),
	FIELD(flash_size),
	FIELD(sector_size),
	FIELD(page_size),
	FIELD(copy_sizes),
	FIELD(ram_base),
	FIELD(ram_size),
	FIELD(memory_remap),
	FIELD(part_id),
	FIELD(boot_version),
	FIELD(erase_ms),
	FIELD(page_us),
	{ NULL },
};

const struct model_class lpc_iap_class = {
	.name = "LPC boot ROM and flash",
	.create = iap_create,
	.reset = iap_reset,
	.set = iap_set,
	.keys = setting_keys,
	.power_lost = iap_power_lost,
	.destroy = iap_destroy,
	.ops = { .read = rom_read, .write = rom_write },
	.fields = fields,
	.config_size = sizeof(struct lpc_iap_config),
};
