/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash module of Kinetis K parts (kinetis_flash_regs.h): registers, security, memories.
 *
 * - A command is written into FCCOB and launched by writing 1 to CCIF, while ACCERR and FPVIOL are
 *   clear; FCCOB and FPROT cannot be written while one runs. FPROT only protects more.
 * - The flash configuration field at 0x400 is loaded in each reset: FSEC, FOPT, FPROT, FEPROT,
 *   FDPROT. An erased field means: secured. A secured part keeps debuggers out of its bus.
 * - Reading a block that is being erased or programmed sets RDCOLERR and gives nothing useful
 *   (zero here). Another block of the part can be read.
 * - The arrays are not written over the bus: a bus error.
 *
 * Not modelled: swap, EEPROM emulation (Program Partition), erase suspend, execute-only segments'
 * effect on reads. Times: data sheets' typical values, from memory.
 */
#include "vboard/models/kinetis_flash.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#define DATA_BASE            0x10000000u
#define MDM_AP_IDR_KINETIS_K 0x001c0000u

bool kinetis_flash_is_busy(struct kinetis_flash *flash)
{
	return nvm_is_busy(&flash->nvm) || board_now_ns(flash->board) < flash->state.quick_end_ns ||
	       flash->state.mass_erasing || flash->state.mass_erase_closing;
}

bool kinetis_flash_is_secured(const struct kinetis_flash *flash)
{
	return FIELD_GET(FTFX_FSEC_SEC, flash->state.registers[FTFX_FSEC]) != FTFX_SEC_UNSECURE;
}

void kinetis_flash_release_security(struct kinetis_flash *flash)
{
	uint8_t *fsec = &flash->state.registers[FTFX_FSEC];

	*fsec = (uint8_t)((*fsec & ~FTFX_FSEC_SEC) | FTFX_SEC_UNSECURE);
}

static void update_irq(struct kinetis_flash *flash)
{
	const uint8_t *registers = flash->state.registers;
	const bool complete =
		registers[FTFX_FCNFG] & FTFX_FCNFG_CCIE && !kinetis_flash_is_busy(flash);
	const bool collision = registers[FTFX_FCNFG] & FTFX_FCNFG_RDCOLLIE &&
	                       registers[FTFX_FSTAT] & FTFX_FSTAT_RDCOLERR;

	board_set_irq(flash->board, flash->irq, complete);
	board_set_irq(flash->board, flash->irq + 1u, collision);
}

static void operation_ended(void *owner)
{
	struct kinetis_flash *flash = owner;

	kinetis_flash_operation_ended(flash);
	update_irq(flash);
}

static void quick_ended(void *model)
{
	struct kinetis_flash *flash = model;

	if (flash->state.mass_erase_pending && !nvm_is_busy(&flash->nvm))
		kinetis_flash_start_mass_erase(flash);
	update_irq(flash);
}

/* --- memories -------------------------------------------------------------------------------- */

/** Is what is asked for in the block that is being written? */
static bool collides(struct kinetis_flash *flash, unsigned area, uint32_t offset)
{
	const struct nvm_operation *op = &flash->nvm.op;
	const uint32_t block = area == KINETIS_PROGRAM
	                               ? flash->config->program_size / flash->config->block_count
	                               : flash->nvm.areas[area].size;

	if (!nvm_is_busy(&flash->nvm))
		return false;
	for (unsigned i = 0; i < op->range_count; i++)
		if (op->ranges[i].area == area && offset / block >= op->ranges[i].offset / block &&
			offset / block <= (op->ranges[i].offset + op->ranges[i].size - 1) / block)
			return true;
	return false;
}

static bool area_read(struct kinetis_flash *flash, unsigned area, const struct bus_access *access,
	uint32_t *value)
{
	if (collides(flash, area, access->offset)) {
		flash->state.registers[FTFX_FSTAT] |= FTFX_FSTAT_RDCOLERR;
		update_irq(flash);
		*value = 0;
		return true;
	}
	if (nvm_is_busy(&flash->nvm)) {
		*value = nvm_peek(&flash->nvm, area, access->offset, access->size);
		return true;
	}
	return nvm_read(&flash->nvm, area, access, value);
}

static bool program_read(void *model, const struct bus_access *access, uint32_t *value)
{
	return area_read(model, KINETIS_PROGRAM, access, value);
}

static bool data_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct kinetis_flash *flash = model;

	return area_read(flash, flash->data_area, access, value);
}

static const struct window_ops program_ops = { .read = program_read };
static const struct window_ops data_ops = { .read = data_read };

/* --- registers ------------------------------------------------------------------------------- */

static uint8_t read_register(struct kinetis_flash *flash, unsigned offset, bool busy)
{
	const uint8_t *registers = flash->state.registers;

	if (offset == FTFX_FSTAT) {
		if (!busy)
			return (uint8_t)(registers[offset] | FTFX_FSTAT_CCIF);
		return (uint8_t)(registers[offset] & ~FTFX_FSTAT_MGSTAT0);
	}
	if (offset == FTFX_FCNFG && (flash->state.mass_erasing || flash->state.mass_erase_closing))
		return (uint8_t)(registers[offset] | FTFX_FCNFG_ERSAREQ);
	return offset < FTFX_REGISTERS_SIZE ? registers[offset] : 0;
}

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct kinetis_flash *flash = model;
	const bool busy = kinetis_flash_is_busy(flash);

	*value = 0;
	for (unsigned lane = 0; lane < 4; lane++)
		*value |= (uint32_t)read_register(flash, access->offset + lane, busy) << 8 * lane;
	return true;
}

static void write_fstat(struct kinetis_flash *flash, uint8_t value, bool busy)
{
	uint8_t *fstat = &flash->state.registers[FTFX_FSTAT];

	*fstat = (uint8_t)(*fstat & ~(value & FTFX_FSTAT_ERRORS));
	if (!(value & FTFX_FSTAT_CCIF) || busy || *fstat & (FTFX_FSTAT_ACCERR | FTFX_FSTAT_FPVIOL))
		return;
	*fstat = (uint8_t)(*fstat & ~FTFX_FSTAT_MGSTAT0);
	kinetis_flash_launch(flash);
}

static void write_register(struct kinetis_flash *flash, unsigned offset, uint8_t value, bool busy)
{
	uint8_t *registers = flash->state.registers;
	const uint8_t enables = FTFX_FCNFG_CCIE | FTFX_FCNFG_RDCOLLIE;

	if (offset == FTFX_FSTAT)
		write_fstat(flash, value, busy);
	else if (offset == FTFX_FCNFG)
		registers[offset] = (uint8_t)((registers[offset] & ~enables) | (value & enables));
	else if (busy)
		return;
	else if (offset >= FTFX_FCCOB && offset < FTFX_FCCOB_END)
		registers[offset] = value;
	else if ((offset >= FTFX_FPROT && offset < FTFX_FPROT_END) ||
		 (offset == FTFE_FDPROT && flash->data_area))
		registers[offset] &= value;
}

static bool flash_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct kinetis_flash *flash = model;
	const bool busy = kinetis_flash_is_busy(flash);

	/* FSTAT is the lowest byte of its word: the others' values count for the launch. */
	for (unsigned lane = 4; lane-- > 0;)
		if (mask >> 8 * lane & 0xff)
			write_register(
				flash, access->offset + lane, (uint8_t)(value >> 8 * lane), busy);
	update_irq(flash);
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

/** A byte of the flash configuration field. */
static uint8_t field(const struct kinetis_flash *flash, uint32_t offset)
{
	return (uint8_t)nvm_peek(&flash->nvm, KINETIS_PROGRAM, offset, 1);
}

/** K22 RM, 28.3.3: XACC is what both of its copies in the IFR allow, SACC too. */
static void load_access_control(struct kinetis_flash *flash)
{
	const uint8_t *ifr = flash->nvm.areas[flash->ifr_area].bytes + flash->config->ifr_size -
	                     KINETIS_ONCE_SIZE - 32;

	for (unsigned i = 0; i < 8; i++) {
		flash->state.registers[FTFA_XACC + i] = ifr[i] & ifr[8 + i];
		flash->state.registers[FTFA_SACC + i] = ifr[16 + i] & ifr[24 + i];
	}
	/* Segments of 8 KiB (FACSS 5) and how many there are (FACSN). */
	flash->state.registers[FTFA_FACSS] = 5;
	flash->state.registers[FTFA_FACSN] = (uint8_t)(flash->config->program_size >> 13);
}

static void flash_reset(void *model, enum board_reset kind)
{
	struct kinetis_flash *flash = model;
	uint8_t *registers = flash->state.registers;

	nvm_reset(&flash->nvm);
	board_disarm(flash->board, &flash->quick_end);
	flash->state = (struct kinetis_flash_state){ 0 };
	registers[FTFX_FSEC] = field(flash, FTFX_FIELD_FSEC);
	registers[FTFX_FOPT] = field(flash, FTFX_FIELD_FOPT);
	for (unsigned i = 0; i < 4; i++)
		registers[FTFX_FPROT + i] = field(flash, FTFX_FIELD_FPROT + i);
	if (flash->data_area) {
		registers[FTFE_FEPROT] = field(flash, FTFX_FIELD_FEPROT);
		registers[FTFE_FDPROT] = field(flash, FTFX_FIELD_FDPROT);
	} else {
		registers[FTFX_FCNFG] |= FTFX_FCNFG_PFLSH;
	}
	if (flash->config->ram_size)
		registers[FTFX_FCNFG] |= FTFX_FCNFG_RAMRDY;
	if (flash->config->has_access_control)
		load_access_control(flash);
	mdm_ap_reset(&flash->mdm, kind);
	update_irq(flash);
}

static void flash_power_lost(void *model)
{
	struct kinetis_flash *flash = model;

	nvm_power_lost(&flash->nvm);
}

static const char *const setting_keys[] = { "flash", "data-flash", "ifr", NVM_SETTING_KEYS, NULL };

static dapper_status flash_set(void *model, const char *key, const char *value, bool *taken)
{
	struct kinetis_flash *flash = model;

	return nvm_set(&flash->nvm, key, value, taken);
}

static void flash_destroy(void *model)
{
	struct kinetis_flash *flash = model;

	nvm_finish(&flash->nvm);
	free(flash);
}

/* --- what the MDM-AP asks -------------------------------------------------------------------- */

static bool is_secured(void *model)
{
	return kinetis_flash_is_secured(model);
}

static bool debug_is_open(void *model)
{
	return !kinetis_flash_is_secured(model);
}

static bool has_backdoor_key(void *model)
{
	const struct kinetis_flash *flash = model;

	return FIELD_GET(FTFX_FSEC_KEYEN, flash->state.registers[FTFX_FSEC]) == FTFX_KEYEN_ENABLED;
}

static bool may_mass_erase(void *model)
{
	const struct kinetis_flash *flash = model;

	return FIELD_GET(FTFX_FSEC_MEEN, flash->state.registers[FTFX_FSEC]) != FTFX_MEEN_DISABLED ||
	       !kinetis_flash_is_secured(flash);
}

static void mass_erase(void *model)
{
	struct kinetis_flash *flash = model;

	if (kinetis_flash_is_busy(flash))
		flash->state.mass_erase_pending = true;
	else
		kinetis_flash_start_mass_erase(flash);
}

static bool is_mass_erasing(void *model)
{
	struct kinetis_flash *flash = model;

	return kinetis_flash_is_busy(flash) || flash->state.mass_erase_pending;
}

static const struct mdm_ap_ops mdm_ops = {
	.is_secured = is_secured,
	.has_backdoor_key = has_backdoor_key,
	.may_mass_erase = may_mass_erase,
	.mass_erase = mass_erase,
	.is_mass_erasing = is_mass_erasing,
};

/* --- making ---------------------------------------------------------------------------------- */

static dapper_status add_areas(struct kinetis_flash *flash)
{
	const struct kinetis_flash_config *config = flash->config;

	TRY(nvm_add_area(&flash->nvm, 0, config->program_size, "flash"));
	TRY(board_add_window(flash->board, "program flash", 0, config->program_size, LANES_RAW,
		&program_ops, flash));
	if (config->data_size) {
		flash->data_area = flash->nvm.area_count;
		TRY(nvm_add_area(&flash->nvm, DATA_BASE, config->data_size, "data-flash"));
		TRY(board_add_window(flash->board, "data flash", DATA_BASE, config->data_size,
			LANES_RAW, &data_ops, flash));
	}
	flash->ifr_area = flash->nvm.area_count;
	/* No address of the bus leads to it. */
	TRY(nvm_add_area(&flash->nvm, 0, config->ifr_size, "ifr"));
	/* A new part is open. */
	flash->nvm.areas[KINETIS_PROGRAM].bytes[FTFX_FIELD_FSEC] = FTFX_UNSECURE_BYTE;
	return DAPPER_OK;
}

static dapper_status flash_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct kinetis_flash *flash = xnew(flash);

	if (!flash)
		return FAIL_NO_MEMORY("a flash module");
	*model = flash; /* the board ends it, whatever comes */
	flash->board = board;
	flash->config = config->data;
	flash->irq = config->irq;
	flash->quick_end = (struct board_event){ .fire = quick_ended, .model = flash };
	nvm_init(&flash->nvm, board, operation_ended, flash);
	TRY(add_areas(flash));
	board_gate_debug(board, debug_is_open, flash);
	flash->mdm = (struct mdm_ap){ board, &mdm_ops, flash, MDM_AP_IDR_KINETIS_K, { 0 } };
	TRY(mdm_ap_create(&flash->mdm));
	TRY(board_keep_event(board, "command's end", &flash->quick_end));
	return board_keep(board, "flash module", &flash->state, sizeof(flash->state));
}

#define FIELD(key, kind, member, required)                                         \
	{                                                                          \
		key, kind, offsetof(struct kinetis_flash_config, member), required \
	}
static const struct model_field fields[] = {
	FIELD("program_size", FIELD_U32, program_size, true),
	FIELD("program_sector", FIELD_U32, program_sector, true),
	FIELD("data_size", FIELD_U32, data_size, false),
	FIELD("data_sector", FIELD_U32, data_sector, false),
	FIELD("ram_base", FIELD_U32, ram_base, false),
	FIELD("ram_size", FIELD_U32, ram_size, false),
	FIELD("ifr_size", FIELD_U32, ifr_size, true),
	FIELD("program_us", FIELD_U32, program_us, true),
	FIELD("erase_sector_ms", FIELD_U32, erase_sector_ms, true),
	FIELD("erase_block_ms", FIELD_U32, erase_block_ms, true),
	FIELD("block_count", FIELD_U8, block_count, true),
	FIELD("unit", FIELD_U8, unit, true),
	FIELD("section_unit", FIELD_U8, section_unit, true),
	FIELD("has_access_control", FIELD_BOOL, has_access_control, false),
	{ NULL },
};

static void flash_restored(void *model)
{
	update_irq(model);
}

const struct model_class kinetis_flash_class = {
	.name = "Kinetis flash module",
	.create = flash_create,
	.reset = flash_reset,
	.set = flash_set,
	.keys = setting_keys,
	.power_lost = flash_power_lost,
	.restored = flash_restored,
	.destroy = flash_destroy,
	.ops = { .read = flash_read, .write = flash_write },
	.fields = fields,
	.config_size = sizeof(struct kinetis_flash_config),
};
