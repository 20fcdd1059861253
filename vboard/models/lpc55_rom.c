/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash and boot ROM of LPC55S6x and LPC55S3x (UM11126, chapter 9; UM11546, chapter 9).
 *
 * The ROM is ours: a boot loader tree and tables of pointers where NXP's algorithms look for them,
 * and for each function some Thumb instructions, which leave the arguments in registers behind them
 * ("ROM services") and wait there until the model has done what the function does. After reset the
 * core begins in the ROM; with a plausible vector table at 0 user code is started, else the core
 * stays in a loop where the real ROM waits for ISP commands.
 *
 * Flash has ECC: a page that was erased and not programmed since cannot be read, by the core or by a
 * debugger: a bus error. (A page of a file that is not all ones counts as programmed.) Reading while
 * something is under way waits on the bus. The array is not written over the bus.
 *
 * Not modelled: the flash controller's own registers, ISP, secure boot, the key store, PRINCE. The
 * core reads flash word by word through the bus, which makes running from it slow.
 */
#include "vboard/models/lpc55_rom.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* Offsets in the ROM. */
enum {
	BOOT = 0x100,
	COMMON = 0x180,
	ENTRIES = 0x200,  /* 16 bytes each */
	SERVICES = 0x400, /* 32 bytes each */
	SERVICES_END = SERVICES + 0x20 * LPC55_FUNCTIONS,
	DRIVERS = 0x800,     /* struct of the flash functions */
	NOR_DRIVERS = 0x900, /* of the FlexSPI functions */
};

/* Services of a function. */
enum { ARGUMENTS = 0x00, STACK = 0x10, BUSY = 0x14, STATUS = 0x18, BOOT_IMAGE = 0x1c };

#define SECURE   BIT(28) /* of an address */
#define VTOR     0xe000ed08u
#define STALL_NS (20 * NS_PER_US)

/* Start user code, or stay. */
static const uint16_t boot_code[] = {
	0x4805, /* ldr r0, [pc, #20]: services of function 0 */
	0x69c1, /* ldr r1, [r0, #BOOT_IMAGE] */
	0x2900, /* cmp r1, #0 */
	0xd0fe, /* beq: to itself */
	0x4b04, /* ldr r3, [pc, #16]: VTOR */
	0x2200, /* movs r2, #0 */
	0x601a, /* str r2, [r3, #0] */
	0x6810, /* ldr r0, [r2, #0] */
	0x4685, /* mov sp, r0 */
	0x6851, /* ldr r1, [r2, #4] */
	0x4708, /* bx r1 */
	0x46c0, /* nop; two literals follow */
};

/* Behind an entry, which has put the services' address into ip. */
static const uint16_t common_code[] = {
	0xf8cc, 0x0000, /* str.w r0, [ip, #ARGUMENTS] */
	0xf8cc, 0x1004, /* str.w r1, [ip, #4] */
	0xf8cc, 0x2008, /* str.w r2, [ip, #8] */
	0xf8cc, 0x300c, /* str.w r3, [ip, #12] */
	0x4668,         /* mov r0, sp */
	0xf8cc, 0x0010, /* str.w r0, [ip, #STACK] */
	0xf8dc, 0x0014, /* ldr.w r0, [ip, #BUSY] */
	0x2800,         /* cmp r0, #0 */
	0xd1fb,         /* bne: to the load */
	0xf8dc, 0x0018, /* ldr.w r0, [ip, #STATUS] */
	0x4770,         /* bx lr */
};

/* --- the ROM's contents ---------------------------------------------------------------------- */

/** The Secure address of something in the ROM: what pointers hold. */
static uint32_t address_of(const struct lpc55_rom *rom, uint32_t offset)
{
	return (rom->base | SECURE) + offset;
}

static uint32_t entry_of(const struct lpc55_rom *rom, enum lpc55_function function)
{
	return address_of(rom, ENTRIES + 16 * (uint32_t)function) | 1;
}

/** movw or movt ip, #value: the half-words (Armv8-M ARM, encoding T3 and T1). */
static uint16_t move_ip(uint16_t opcode, uint32_t value, unsigned half)
{
	if (half == 0)
		return (uint16_t)(opcode | FIELD_GET(BIT(11), value) << 10 |
				  FIELD_GET(BITS(15, 12), value));
	return (uint16_t)(FIELD_GET(BITS(10, 8), value) << 12 | 12u << 8 |
			  FIELD_GET(BITS(7, 0), value));
}

/** Entry of a function: its services' address into ip, and on to what is common. */
static uint16_t entry_half(const struct lpc55_rom *rom, uint32_t offset)
{
	const uint32_t function = (offset - ENTRIES) / 16;
	const uint32_t services = address_of(rom, SERVICES + 0x20 * function);
	const uint32_t branch = ENTRIES + 16 * function + 8;

	switch (offset % 16) {
	case 0:
	case 2:
		return move_ip(0xf240, services & 0xffff, offset % 16 / 2);
	case 4:
	case 6:
		return move_ip(0xf2c0, services >> 16, offset % 16 / 2 - 2);
	case 8: /* b.n */
		return (uint16_t)(0xe000 | ((COMMON - branch - 4) >> 1 & 0x7ff));
	default:
		return 0;
	}
}

/* struct of the flash functions: version, then these (fsl_iap of each part). */
static const uint8_t drivers_s6x[] = { LPC55_FLASH_INIT, LPC55_FLASH_ERASE, LPC55_FLASH_PROGRAM,
	LPC55_FLASH_VERIFY_ERASE, LPC55_FLASH_VERIFY_PROGRAM, LPC55_FLASH_GET_PROPERTY,
	LPC55_FFR_INIT, LPC55_FFR_LOCK, LPC55_FFR_FACTORY_WRITE, LPC55_FFR_GET_UUID,
	LPC55_FFR_GET_FACTORY, LPC55_FFR_KEYSTORE, LPC55_FFR_KEYSTORE, LPC55_FFR_KEYSTORE,
	LPC55_FFR_INFIELD_WRITE, LPC55_FFR_GET_INFIELD };
static const uint8_t drivers_s3x[] = { LPC55_FLASH_INIT, LPC55_FLASH_ERASE, LPC55_FLASH_PROGRAM,
	LPC55_FLASH_VERIFY_ERASE, LPC55_FLASH_VERIFY_PROGRAM, LPC55_FLASH_GET_PROPERTY,
	LPC55_UNSUPPORTED, LPC55_UNSUPPORTED, LPC55_UNSUPPORTED, LPC55_FFR_INIT, LPC55_FFR_LOCK,
	LPC55_FFR_FACTORY_WRITE, LPC55_FFR_GET_UUID, LPC55_FFR_GET_FACTORY, LPC55_FFR_KEYSTORE,
	LPC55_UNSUPPORTED, LPC55_UNSUPPORTED, LPC55_FFR_INFIELD_WRITE, LPC55_FFR_GET_INFIELD,
	LPC55_UNSUPPORTED, LPC55_UNSUPPORTED, LPC55_UNSUPPORTED, LPC55_UNSUPPORTED,
	LPC55_UNSUPPORTED };
static const uint8_t drivers_nor[] = { LPC55_NOR_INIT, LPC55_NOR_PROGRAM, LPC55_NOR_ERASE_ALL,
	LPC55_NOR_ERASE, LPC55_NOR_ERASE_SECTOR, LPC55_NOR_ERASE_BLOCK, LPC55_NOR_GET_CONFIG,
	LPC55_NOR_READ, LPC55_UNSUPPORTED, LPC55_UNSUPPORTED, LPC55_NOR_CLOCK, LPC55_NOR_CLOCK };

/** A word of a table of functions; @p table its offset, its first word @p first. */
static bool table_word(const struct lpc55_rom *rom, uint32_t offset, uint32_t table,
	const uint8_t *functions, size_t count, uint32_t first, uint32_t *value)
{
	if (offset < table || offset >= table + 4 * (1 + count))
		return false;
	*value = offset == table
	                 ? first
	                 : entry_of(rom, (enum lpc55_function)functions[(offset - table) / 4 - 1]);
	return true;
}

/** The boot loader tree: version ("K", major), pointers to the drivers. */
static bool tree_word(const struct lpc55_rom *rom, uint32_t offset, uint32_t *value)
{
	const uint32_t tree = rom->config->tree;

	if (offset == tree + 0x04)
		*value = (uint32_t)'K' << 24 | (uint32_t)rom->config->version << 16;
	else if (offset == tree + 0x10)
		*value = address_of(rom, DRIVERS);
	else if (offset == tree + 0x2c && rom->nor)
		*value = address_of(rom, NOR_DRIVERS);
	else
		return false;
	return true;
}

static uint16_t code_half(uint32_t offset, const uint16_t *code, size_t count)
{
	return offset < 2 * count ? code[offset / 2] : 0;
}

/** What is executed, and its literals. */
static uint32_t code_word(const struct lpc55_rom *rom, uint32_t offset)
{
	const uint32_t literals = BOOT + sizeof(boot_code);

	if (offset == literals)
		return address_of(rom, SERVICES);
	if (offset == literals + 4)
		return VTOR;
	if (offset >= ENTRIES && offset < ENTRIES + 16 * LPC55_FUNCTIONS)
		return entry_half(rom, offset) | (uint32_t)entry_half(rom, offset + 2) << 16;
	if (offset >= COMMON && offset < ENTRIES)
		return code_half(offset - COMMON, common_code, ARRAY_SIZE(common_code)) |
		       (uint32_t)code_half(
			       offset + 2 - COMMON, common_code, ARRAY_SIZE(common_code))
		               << 16;
	if (offset >= BOOT && offset < COMMON)
		return code_half(offset - BOOT, boot_code, ARRAY_SIZE(boot_code)) |
		       (uint32_t)code_half(offset + 2 - BOOT, boot_code, ARRAY_SIZE(boot_code))
		               << 16;
	return 0;
}

static uint32_t rom_word(const struct lpc55_rom *rom, uint32_t offset)
{
	const struct lpc55_rom_config *config = rom->config;
	const bool is_s3x = config->direct != 0;
	uint32_t value = 0;

	/* The vector table. */
	if (offset == 0)
		return (config->ram_base | SECURE) + config->ram_size;
	if (offset == 4)
		return address_of(rom, BOOT) | 1;
	if (tree_word(rom, offset, &value))
		return value;
	if (is_s3x ? table_word(rom, offset, DRIVERS, drivers_s3x, ARRAY_SIZE(drivers_s3x),
			     config->version, &value)
		   : table_word(rom, offset, DRIVERS, drivers_s6x, ARRAY_SIZE(drivers_s6x),
			     config->version, &value))
		return value;
	if (is_s3x && table_word(rom, offset, config->direct, drivers_s6x, ARRAY_SIZE(drivers_s6x),
			      config->version, &value))
		return value;
	if (rom->nor && table_word(rom, offset, NOR_DRIVERS, drivers_nor, ARRAY_SIZE(drivers_nor),
				1, &value))
		return value;
	return code_word(rom, offset);
}

/* --- services -------------------------------------------------------------------------------- */

bool lpc55_in_ram(const struct lpc55_rom *rom, uint32_t address, uint32_t size)
{
	const uint32_t offset = (address & ~SECURE) - rom->config->ram_base;

	return offset < rom->config->ram_size && size <= rom->config->ram_size - offset;
}

/** Does user code start? Its stack is in RAM, its entry in flash. */
static bool has_image(const struct lpc55_rom *rom)
{
	const uint32_t stack = nvm_peek(&rom->nvm, 0, 0, 4);
	const uint32_t entry = nvm_peek(&rom->nvm, 0, 4, 4);

	return lpc55_is_programmed(rom, 0) && lpc55_in_ram(rom, stack - 4, 4) && entry & 1 &&
	       (entry & ~SECURE) < rom->config->flash_size;
}

static bool is_busy(struct lpc55_rom *rom)
{
	if (nvm_is_busy(&rom->nvm) || rom->state.flash.size)
		return true;
	return rom->nor && lpc55_flexspi_is_busy(rom);
}

static uint32_t read_service(
	struct lpc55_rom *rom, const struct bus_access *access, uint32_t service)
{
	switch (service) {
	case BUSY:
		if (!is_busy(rom))
			return 0;
		/* The core looks again after a while, as the real ROM polls the controller. */
		if (!access->debugger)
			board_stall(rom->board, access, board_now_ns(rom->board) + STALL_NS);
		return 1;
	case STATUS:
		return rom->state.status;
	case BOOT_IMAGE:
		return has_image(rom);
	default:
		return 0;
	}
}

static bool rom_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct lpc55_rom *rom = model;
	const uint32_t offset = access->offset & ~3u;

	if (offset >= SERVICES && offset < SERVICES_END)
		*value = read_service(rom, access, offset % 0x20);
	else
		*value = rom_word(rom, offset);
	*value >>= 8 * (access->offset & 3);
	if (access->size < 4)
		*value &= UINT32_MAX >> (32 - 8 * access->size);
	return true;
}

static bool rom_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct lpc55_rom *rom = model;
	struct lpc55_state *state = &rom->state;
	const uint32_t service = access->offset % 0x20;

	(void)mask;
	if (access->debugger || access->size != 4 || access->offset < SERVICES ||
		access->offset >= SERVICES_END || service > STACK)
		return false;
	if (service < STACK) {
		state->arguments[service / 4] = value;
		return true;
	}
	for (unsigned i = 0; i < 2; i++)
		state->arguments[4 + i] = board_peek(rom->board, value + 4 * i);
	if (is_busy(rom))
		return false;
	state->status = lpc55_call(rom, (enum lpc55_function)((access->offset - SERVICES) / 0x20));
	return true;
}

/* --- the flash array ------------------------------------------------------------------------- */

bool lpc55_is_programmed(const struct lpc55_rom *rom, uint32_t page)
{
	const uint8_t *bytes = rom->nvm.areas[0].bytes + (size_t)page * LPC55_PAGE;

	if (rom->state.programmed[page / 8] >> page % 8 & 1)
		return true;
	for (unsigned i = 0; i < LPC55_PAGE; i++)
		if (bytes[i] != 0xff)
			return true;
	return false;
}

void lpc55_set_programmed(struct lpc55_rom *rom, uint32_t offset, uint32_t size, bool programmed)
{
	for (uint32_t page = offset / LPC55_PAGE; page < (offset + size) / LPC55_PAGE; page++) {
		uint8_t *byte = &rom->state.programmed[page / 8];
		const uint8_t bit = (uint8_t)(1u << page % 8);

		*byte = (uint8_t)(programmed ? *byte | bit : *byte & ~bit);
	}
}

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct lpc55_rom *rom = model;

	if (!nvm_wait_idle(&rom->nvm, access) ||
		!lpc55_is_programmed(rom, access->offset / LPC55_PAGE))
		return false;
	*value = nvm_peek(&rom->nvm, 0, access->offset, access->size);
	return true;
}

static const struct window_ops flash_ops = { .read = flash_read };

static bool nor_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct lpc55_rom *rom = model;
	const uint8_t *bytes = qspi_nor_bytes(rom->nor) + access->offset;

	*value = 0;
	/* What a busy chip puts on the pins is nothing. */
	for (unsigned i = 0; i < access->size; i++)
		*value |= (uint32_t)(qspi_nor_is_busy(rom->nor) ? 0xff : bytes[i]) << 8 * i;
	return true;
}

static const struct window_ops nor_ops = { .read = nor_read };

static void operation_ended(void *owner)
{
	struct lpc55_rom *rom = owner;
	const struct nvm_operation *op = &rom->nvm.op;
	const struct nvm_range *range = &op->ranges[0];

	lpc55_set_programmed(rom, range->offset, range->size, op->program);
	if (op->program &&
		memcmp(rom->nvm.areas[0].bytes + range->offset, op->data, range->size) != 0) {
		rom->state.status = LPC55_COMMAND_FAILURE;
		rom->state.flash.size = 0;
	}
	lpc55_continue(rom, op->end_ns);
}

/* --- life ------------------------------------------------------------------------------------ */

static void rom_reset(void *model, enum board_reset kind)
{
	struct lpc55_rom *rom = model;

	nvm_reset(&rom->nvm);
	memset(rom->state.arguments, 0, sizeof(rom->state.arguments));
	rom->state.flash = (struct lpc55_work){ 0 };
	rom->state.nor = (struct lpc55_work){ 0 };
	if (kind == RESET_POWER_ON && rom->nor)
		qspi_nor_power_on(rom->nor);
}

static void rom_power_lost(void *model)
{
	struct lpc55_rom *rom = model;

	nvm_power_lost(&rom->nvm);
	if (rom->nor)
		qspi_nor_power_lost(rom->nor);
}

static const char *const setting_keys[] = { "flash", NVM_SETTING_KEYS, QSPI_NOR_SETTING_KEYS,
	NULL };

static dapper_status rom_set(void *model, const char *key, const char *value, bool *taken)
{
	struct lpc55_rom *rom = model;

	TRY(nvm_set(&rom->nvm, key, value, taken));
	if (*taken || !rom->nor)
		return DAPPER_OK;
	return qspi_nor_set(rom->nor, key, value, taken);
}

static void rom_destroy(void *model)
{
	struct lpc55_rom *rom = model;

	nvm_finish(&rom->nvm);
	qspi_nor_destroy(rom->nor);
	free(rom);
}

static dapper_status check_config(const struct lpc55_rom *rom)
{
	const struct lpc55_rom_config *config = rom->config;

	if (rom->size >= NOR_DRIVERS + 0x100 && config->flash_size &&
		config->array_size % LPC55_PAGE == 0 && config->flash_size <= config->array_size &&
		config->array_size / LPC55_PAGE <= LPC55_MAX_PAGES)
		return DAPPER_OK;
	return dapper_fail(DAPPER_ERR_INVALID,
		"a ROM of %u bytes with %u bytes of flash in %u cannot be", (unsigned)rom->size,
		(unsigned)config->flash_size, (unsigned)config->array_size);
}

static dapper_status add_nor(struct lpc55_rom *rom)
{
	const struct qspi_nor_config nor = { .chip = rom->config->nor,
		.mapped_base = rom->config->nor_base };

	TRY(qspi_nor_create(rom->board, &nor, &rom->nor));
	return board_add_window(rom->board, "FlexSPI", rom->config->nor_base,
		qspi_nor_size(rom->nor), LANES_RAW, &nor_ops, rom);
}

static dapper_status rom_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct lpc55_rom *rom = xnew(rom);

	if (!rom)
		return FAIL_NO_MEMORY("a boot ROM");
	*model = rom; /* the board ends it, whatever comes */
	rom->board = board;
	rom->config = config->data;
	rom->base = config->base;
	rom->size = config->size;
	nvm_init(&rom->nvm, board, operation_ended, rom);
	TRY(check_config(rom));
	TRY(nvm_add_area(&rom->nvm, 0, rom->config->array_size, "flash"));
	TRY(board_add_window(
		board, "flash memory", 0, rom->config->array_size, LANES_RAW, &flash_ops, rom));
	if (rom->config->nor)
		TRY(add_nor(rom));
	return board_keep(board, config->name, &rom->state, sizeof(rom->state));
}

#define FIELD(member, kind, required)                                              \
	{                                                                          \
#member, kind, offsetof(struct lpc55_rom_config, member), required \
	}
static const struct model_field fields[] = {
	FIELD(flash_size, FIELD_U32, true),
	FIELD(array_size, FIELD_U32, true),
	FIELD(ram_base, FIELD_U32, true),
	FIELD(ram_size, FIELD_U32, true),
	FIELD(tree, FIELD_U32, true),
	FIELD(direct, FIELD_U32, false),
	FIELD(version, FIELD_U8, true),
	FIELD(erase_us, FIELD_U32, true),
	FIELD(program_us, FIELD_U32, true),
	FIELD(nor, FIELD_TEXT, false),
	FIELD(nor_base, FIELD_U32, false),
	{ NULL },
};

const struct model_class lpc55_rom_class = {
	.name = "LPC55 boot ROM and flash",
	.create = rom_create,
	.reset = rom_reset,
	.set = rom_set,
	.keys = setting_keys,
	.power_lost = rom_power_lost,
	.destroy = rom_destroy,
	.ops = { .read = rom_read, .write = rom_write },
	.fields = fields,
	.config_size = sizeof(struct lpc55_rom_config),
};
