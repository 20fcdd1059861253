/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the Kinetis flash module (K64 RM, 29.4.12; K22 RM, 28.4.10), with their checks:
 * ACCERR for what cannot be asked, FPVIOL for what is protected, MGSTAT0 for what failed.
 *
 * A location that is not erased is programmed over (bits are only cleared) and then fails its
 * verification; so does a bad cell.
 */
#include <string.h>

#include "base/bytes.h"
#include "vboard/models/kinetis_flash.h"

/* Data sheets' typical values of commands that change nothing. */
#define READ_NS           (100 * NS_PER_US) /* a section, a resource, Program Check */
#define READ_BLOCK_NS     (1800 * NS_PER_US)
#define KEY_NS            (30 * NS_PER_US)
#define SECTION_NS_PER_KB (5 * NS_PER_MS)

enum { MAX_MARGIN = 2 };

static void fail(struct kinetis_flash *flash, uint8_t error)
{
	flash->state.registers[FTFX_FSTAT] |= error;
}

/** The command takes its time without changing a memory. */
static void take(struct kinetis_flash *flash, uint64_t ns)
{
	flash->state.quick_end_ns = board_now_ns(flash->board) + ns;
	board_arm(flash->board, &flash->quick_end, flash->state.quick_end_ns);
}

static uint32_t area_size(const struct kinetis_flash *flash, unsigned area)
{
	return flash->nvm.areas[area].size;
}

static uint32_t fccob_address(const struct kinetis_flash *flash)
{
	return (uint32_t)kinetis_fccob(flash, 1) << 16 | (uint32_t)kinetis_fccob(flash, 2) << 8 |
	       kinetis_fccob(flash, 3);
}

/** FCCOB1 to 3 as a place in a memory: bit 23 is set for data flash. false: ACCERR. */
static bool take_address(struct kinetis_flash *flash, uint32_t align, struct nvm_range *range)
{
	const uint32_t address = fccob_address(flash);

	range->area = address & BIT(23) ? flash->data_area : KINETIS_PROGRAM;
	range->offset = address & ~BIT(23);
	if ((address & BIT(23) && !flash->data_area) ||
		range->offset >= area_size(flash, range->area) || range->offset % align) {
		fail(flash, FTFX_FSTAT_ACCERR);
		return false;
	}
	return true;
}

/** A range that FPROT or FDPROT lets be changed? false: FPVIOL. */
static bool check_protection(struct kinetis_flash *flash, struct nvm_range range)
{
	const bool data = range.area != KINETIS_PROGRAM;
	const uint8_t *registers = flash->state.registers;
	const uint32_t bits = data ? registers[FTFE_FDPROT] : get_le32(&registers[FTFX_FPROT]);
	const uint32_t region = area_size(flash, range.area) / (data ? 8 : 32);

	for (uint32_t i = range.offset / region; i <= (range.offset + range.size - 1) / region; i++)
		if (!(bits >> i & 1)) {
			fail(flash, FTFX_FSTAT_FPVIOL);
			return false;
		}
	return true;
}

/** The margin that a Read 1s command wants. false: ACCERR. */
static bool check_margin(struct kinetis_flash *flash, unsigned index)
{
	if (kinetis_fccob(flash, index) <= MAX_MARGIN)
		return true;
	fail(flash, FTFX_FSTAT_ACCERR);
	return false;
}

static bool is_erased(const struct kinetis_flash *flash, struct nvm_range range)
{
	const uint8_t *bytes = flash->nvm.areas[range.area].bytes + range.offset;

	for (uint32_t i = 0; i < range.size; i++)
		if (bytes[i] != 0xff)
			return false;
	return true;
}

/** The block an address is in. */
static struct nvm_range block_of(const struct kinetis_flash *flash, struct nvm_range at)
{
	uint32_t size = area_size(flash, at.area);

	if (at.area == KINETIS_PROGRAM)
		size /= flash->config->block_count;
	at.offset -= at.offset % size;
	at.size = size;
	return at;
}

/** All memories; the number of them. */
static unsigned all_of(const struct kinetis_flash *flash, struct nvm_range ranges[2])
{
	ranges[0] = (struct nvm_range){ KINETIS_PROGRAM, 0, area_size(flash, KINETIS_PROGRAM) };
	if (!flash->data_area)
		return 1;
	ranges[1] = (struct nvm_range){ flash->data_area, 0, area_size(flash, flash->data_area) };
	return 2;
}

/* --- reading --------------------------------------------------------------------------------- */

static void read_ones(struct kinetis_flash *flash, struct nvm_range range, uint64_t ns)
{
	if (!is_erased(flash, range))
		fail(flash, FTFX_FSTAT_MGSTAT0);
	take(flash, ns);
}

static void read_ones_block(struct kinetis_flash *flash)
{
	struct nvm_range at = { 0 };

	if (check_margin(flash, 4) && take_address(flash, flash->config->section_unit, &at))
		read_ones(flash, block_of(flash, at), READ_BLOCK_NS);
}

/** A section must not be empty, and not cross a block's end. */
static bool take_section(struct kinetis_flash *flash, uint32_t unit, struct nvm_range *range)
{
	struct nvm_range block;

	range->size = 0;
	if (!take_address(flash, unit, range))
		return false;
	range->size = (kinetis_fccob(flash, 4) * 256u + kinetis_fccob(flash, 5)) * unit;
	block = block_of(flash, *range);
	if (!range->size || range->offset - block.offset + range->size > block.size) {
		fail(flash, FTFX_FSTAT_ACCERR);
		return false;
	}
	return true;
}

static void read_ones_section(struct kinetis_flash *flash)
{
	struct nvm_range range;

	if (check_margin(flash, 6) && take_section(flash, flash->config->section_unit, &range))
		read_ones(flash, range, READ_NS);
}

static void read_ones_all(struct kinetis_flash *flash)
{
	struct nvm_range ranges[2];
	const unsigned count = all_of(flash, ranges);

	if (!check_margin(flash, 1))
		return;
	for (unsigned i = 0; i < count; i++)
		read_ones(flash, ranges[i], READ_BLOCK_NS * flash->config->block_count);
	/* "If all flash memories are erased, security is released" */
	if (!(flash->state.registers[FTFX_FSTAT] & FTFX_FSTAT_MGSTAT0))
		kinetis_flash_release_security(flash);
}

/** Margins 1 (user) and 2 (factory) only; four bytes of FCCOB8 on are what is expected. */
static void program_check(struct kinetis_flash *flash)
{
	struct nvm_range at;

	if (!check_margin(flash, 4) || !take_address(flash, 4, &at))
		return;
	if (kinetis_fccob(flash, 4) == 0) {
		fail(flash, FTFX_FSTAT_ACCERR);
		return;
	}
	if (nvm_peek(&flash->nvm, at.area, at.offset, 4) !=
		get_le32(&flash->state.registers[FTFX_FCCOB_DATA + 4]))
		fail(flash, FTFX_FSTAT_MGSTAT0);
	take(flash, READ_NS);
}

/*
 * Resources: 0 the IFR, 1 the module's version. FTFE has the code in FCCOB4 and gives 8 bytes, FTFA
 * in FCCOB8 and gives 4. Of the data flash's IFR the partition codes at 0x3FC and 0x3FD are as
 * before any partitioning; what is reserved reads as 0, with which MKD128_4KB_SECTOR.FLM, which
 * looks at 0x3F8, sees 128 KB of data flash.
 */
static void read_resource(struct kinetis_flash *flash)
{
	static const uint8_t data_ifr[] = { 0, 0, 0, 0, 0xff, 0xff, 0, 0 }; /* from 0x3F8 */
	static const uint8_t version[] = { 0, 0, 0, 0, 1, 0, 0, 0 };        /* made up */
	const uint8_t unit = flash->config->unit;
	const uint8_t code = kinetis_fccob(flash, unit == 8 ? 4 : 8);
	const uint32_t address = fccob_address(flash);
	const uint32_t offset = address & ~BIT(23);
	uint8_t *data = &flash->state.registers[FTFX_FCCOB_DATA];
	const uint8_t *ifr = flash->nvm.areas[flash->ifr_area].bytes;
	const bool in_data_ifr = address & BIT(23);

	if (code > 1 || address % unit || (in_data_ifr && !flash->data_area) ||
		offset >= (code                 ? 8
				  : in_data_ifr ? 0x400
						: flash->config->ifr_size)) {
		fail(flash, FTFX_FSTAT_ACCERR);
		return;
	}
	if (code)
		memcpy(data, version + offset, unit);
	else if (!in_data_ifr)
		memcpy(data, ifr + offset, unit);
	else if (offset < 0x3f8)
		memset(data, 0, unit);
	else
		memcpy(data, data_ifr + (offset & 7), unit);
	take(flash, READ_NS);
}

/* --- programming ----------------------------------------------------------------------------- */

static void program_unit(struct kinetis_flash *flash)
{
	struct nvm_range range = { .size = flash->config->unit };

	if (!take_address(flash, range.size, &range) || !check_protection(flash, range))
		return;
	nvm_program(&flash->nvm, range, &flash->state.registers[FTFX_FCCOB_DATA],
		board_now_ns(flash->board), flash->config->program_us * NS_PER_US);
}

/** From the FlexRAM or acceleration RAM. */
static void program_section(struct kinetis_flash *flash)
{
	const struct kinetis_flash_config *config = flash->config;
	uint8_t data[NVM_MAX_PROGRAM];
	struct nvm_range range;

	if (!take_section(flash, config->section_unit, &range))
		return;
	if (range.size > config->ram_size || range.size > sizeof(data) ||
		!(flash->state.registers[FTFX_FCNFG] & FTFX_FCNFG_RAMRDY)) {
		fail(flash, FTFX_FSTAT_ACCERR);
		return;
	}
	if (!check_protection(flash, range))
		return;
	for (uint32_t i = 0; i < range.size; i += 4)
		put_le32(data + i, board_peek(flash->board, config->ram_base + i));
	nvm_program(&flash->nvm, range, data, board_now_ns(flash->board),
		SECTION_NS_PER_KB * range.size / 1024);
}

/** FlexRAM as RAM is all there is without a partition for EEPROM. */
static void set_flexram(struct kinetis_flash *flash)
{
	if (kinetis_fccob(flash, 1) != 0xff) {
		fail(flash, FTFX_FSTAT_ACCERR);
		return;
	}
	flash->state.registers[FTFX_FCNFG] |= FTFX_FCNFG_RAMRDY;
	take(flash, READ_NS);
}

/* --- the Program Once field ------------------------------------------------------------------ */

/**
 * A record of it, by FCCOB1: the field's own, and with access control (0x10 to 0x13) the two copies
 * of XACC and of SACC in front of it, 8 bytes each. false: ACCERR.
 */
static bool take_once(struct kinetis_flash *flash, struct nvm_range *range)
{
	const uint8_t index = kinetis_fccob(flash, 1);
	const uint8_t unit = flash->config->unit;
	const uint32_t field = flash->config->ifr_size - KINETIS_ONCE_SIZE;

	range->area = flash->ifr_area;
	if (index < KINETIS_ONCE_SIZE / unit) {
		range->offset = field + index * (uint32_t)unit;
		range->size = unit;
		return true;
	}
	if (flash->config->has_access_control && index >= 0x10 && index <= 0x13) {
		range->offset = field - 32 + (index - 0x10u) * 8;
		range->size = 8;
		return true;
	}
	fail(flash, FTFX_FSTAT_ACCERR);
	return false;
}

static void read_once(struct kinetis_flash *flash)
{
	struct nvm_range range;

	if (!take_once(flash, &range))
		return;
	memcpy(&flash->state.registers[FTFX_FCCOB_DATA],
		flash->nvm.areas[range.area].bytes + range.offset, range.size);
	take(flash, KEY_NS);
}

/** A record that is not erased cannot be programmed again: ACCERR. */
static void program_once(struct kinetis_flash *flash)
{
	struct nvm_range range;

	if (!take_once(flash, &range))
		return;
	if (!is_erased(flash, range)) {
		fail(flash, FTFX_FSTAT_ACCERR);
		return;
	}
	nvm_program(&flash->nvm, range, &flash->state.registers[FTFX_FCCOB_DATA],
		board_now_ns(flash->board), flash->config->program_us * NS_PER_US);
}

/* --- erasing --------------------------------------------------------------------------------- */

static void erase_sector(struct kinetis_flash *flash)
{
	const struct kinetis_flash_config *config = flash->config;
	struct nvm_range range = { 0 };

	/* "Must be aligned to a section"; any address in the sector will do. */
	if (!take_address(flash, config->section_unit, &range))
		return;
	range.size = range.area == KINETIS_PROGRAM ? config->program_sector : config->data_sector;
	range.offset -= range.offset % range.size;
	if (check_protection(flash, range))
		nvm_erase(&flash->nvm, &range, 1, config->erase_sector_ms * NS_PER_MS);
}

static void erase_block(struct kinetis_flash *flash)
{
	struct nvm_range range = { 0 };

	if (!take_address(flash, flash->config->section_unit, &range))
		return;
	range = block_of(flash, range);
	if (check_protection(flash, range))
		nvm_erase(&flash->nvm, &range, 1, flash->config->erase_block_ms * NS_PER_MS);
}

static void start_erase_all(struct kinetis_flash *flash)
{
	struct nvm_range ranges[2];
	const unsigned count = all_of(flash, ranges);

	nvm_erase(&flash->nvm, ranges, count,
		(uint64_t)flash->config->erase_block_ms * flash->config->block_count * NS_PER_MS);
}

static void erase_all(struct kinetis_flash *flash)
{
	struct nvm_range ranges[2];
	const unsigned count = all_of(flash, ranges);

	for (unsigned i = 0; i < count; i++)
		if (!check_protection(flash, ranges[i]))
			return;
	flash->state.release_security = true;
	start_erase_all(flash);
}

/** The security byte is programmed to "unsecure" behind the erase. */
static void erase_all_unsecure(struct kinetis_flash *flash)
{
	struct nvm_range ranges[2];
	const unsigned count = all_of(flash, ranges);

	for (unsigned i = 0; i < count; i++)
		if (!check_protection(flash, ranges[i]))
			return;
	flash->state.mass_erasing = true;
	start_erase_all(flash);
}

void kinetis_flash_start_mass_erase(struct kinetis_flash *flash)
{
	flash->state.mass_erase_pending = false;
	flash->state.mass_erasing = true;
	start_erase_all(flash);
}

/** No segment is execute-only: there is nothing to erase, and nothing that is not erased. */
static void execute_only(struct kinetis_flash *flash)
{
	take(flash, READ_NS);
}

/* --- security -------------------------------------------------------------------------------- */

static void verify_key(struct kinetis_flash *flash)
{
	struct kinetis_flash_state *state = &flash->state;
	const uint8_t *key = flash->nvm.areas[KINETIS_PROGRAM].bytes + FTFX_FIELD_KEY;
	const bool enabled =
		FIELD_GET(FTFX_FSEC_KEYEN, state->registers[FTFX_FSEC]) == FTFX_KEYEN_ENABLED;

	if (!enabled || state->backdoor_locked) {
		fail(flash, FTFX_FSTAT_ACCERR);
		return;
	}
	if (memcmp(key, &state->registers[FTFX_FCCOB_DATA], 8) == 0) {
		kinetis_flash_release_security(flash);
	} else {
		state->backdoor_locked = true;
		fail(flash, FTFX_FSTAT_ACCERR);
	}
	take(flash, KEY_NS);
}

/* --- dispatch -------------------------------------------------------------------------------- */

enum need { ANY, LONGWORD, PHRASE, RAM, DATA, ACCESS_CONTROL };

static const struct command {
	uint8_t code; /* enum ftfx_command */
	uint8_t need; /* enum need */
	void (*launch)(struct kinetis_flash *flash);
} commands[] = {
	{ FTFX_RD1BLK, ANY, read_ones_block },
	{ FTFX_RD1SEC, ANY, read_ones_section },
	{ FTFX_PGMCHK, ANY, program_check },
	{ FTFX_RDRSRC, ANY, read_resource },
	{ FTFX_PGM4, LONGWORD, program_unit },
	{ FTFX_PGM8, PHRASE, program_unit },
	{ FTFX_ERSBLK, ANY, erase_block },
	{ FTFX_ERSSCR, ANY, erase_sector },
	{ FTFX_PGMSEC, RAM, program_section },
	{ FTFX_RD1ALL, ANY, read_ones_all },
	{ FTFX_RDONCE, ANY, read_once },
	{ FTFX_PGMONCE, ANY, program_once },
	{ FTFX_ERSALL, ANY, erase_all },
	{ FTFX_VFYKEY, ANY, verify_key },
	{ FTFX_ERSALLU, ANY, erase_all_unsecure },
	{ FTFX_RD1XA, ACCESS_CONTROL, execute_only },
	{ FTFX_ERSXA, ACCESS_CONTROL, execute_only },
	{ FTFX_SETRAM, DATA, set_flexram },
};

static bool has(const struct kinetis_flash *flash, enum need need)
{
	const struct kinetis_flash_config *config = flash->config;

	switch (need) {
	case ANY:
		return true;
	case LONGWORD:
		return config->unit == 4;
	case PHRASE:
		return config->unit == 8;
	case RAM:
		return config->ram_size != 0;
	case DATA:
		return config->data_size != 0;
	case ACCESS_CONTROL:
		return config->has_access_control;
	}
	return false;
}

void kinetis_flash_launch(struct kinetis_flash *flash)
{
	const uint8_t code = kinetis_fccob(flash, 0);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code && has(flash, (enum need)commands[i].need)) {
			commands[i].launch(flash);
			return;
		}
	fail(flash, FTFX_FSTAT_ACCERR);
}

static void verify(struct kinetis_flash *flash)
{
	const struct nvm_range *range = &flash->nvm.op.ranges[0];
	const uint8_t *bytes = flash->nvm.areas[range->area].bytes + range->offset;

	if (memcmp(bytes, flash->nvm.op.data, range->size) != 0)
		fail(flash, FTFX_FSTAT_MGSTAT0);
}

/** The security byte, in the unit it is part of. */
static void close_mass_erase(struct kinetis_flash *flash)
{
	const uint8_t unit = flash->config->unit;
	const struct nvm_range range = { KINETIS_PROGRAM, FTFX_FIELD_FSEC / unit * unit, unit };
	uint8_t data[KINETIS_MAX_UNIT];

	memset(data, 0xff, sizeof(data));
	data[FTFX_FIELD_FSEC % unit] = FTFX_UNSECURE_BYTE;
	nvm_program(&flash->nvm, range, data, flash->nvm.op.end_ns,
		flash->config->program_us * NS_PER_US);
}

void kinetis_flash_operation_ended(struct kinetis_flash *flash)
{
	struct kinetis_flash_state *state = &flash->state;

	if (flash->nvm.op.program)
		verify(flash);
	if (state->mass_erasing) {
		state->mass_erasing = false;
		state->mass_erase_closing = true;
		close_mass_erase(flash);
	} else if (state->mass_erase_closing) {
		state->mass_erase_closing = false;
		kinetis_flash_release_security(flash);
	} else if (state->release_security) {
		state->release_security = false;
		kinetis_flash_release_security(flash);
	}
	if (state->mass_erase_pending && !flash->nvm.op.range_count)
		kinetis_flash_start_mass_erase(flash);
}
