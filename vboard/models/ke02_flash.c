/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash memory module FTMRH of Kinetis KE02 (RM, chapter 18).
 *
 * - A command is written word by word through FCCOBIX into FCCOB, and launched by writing 1 to CCIF
 *   while ACCERR and FPVIOL are clear. ACCERR: the clock divider was never written, FCCOBIX is not
 *   what the command takes, an address that is not there or not aligned. FPVIOL: protected. MGSTAT:
 *   verification failed.
 * - Flash is programmed in longwords, one or two at a time, EEPROM in bytes, one to four. Sectors
 *   are 512 and 2 bytes.
 * - FSEC, FPROT, EEPROT, FOPT are loaded from 0x40C to 0x40F in each reset. An erased field means:
 *   secured. Protection can only grow until the next reset.
 * - Reading a memory that is being changed gives nothing useful (zero here); the other can be read.
 *   Writes over the bus are bus errors.
 *
 * Not modelled: margin levels (kept), ECC faults of FERSTAT (never set), FDFD and FSFD. Times: data
 * sheet's typical values at 20 MHz.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/ke02.h"
#include "vboard/models/mdm_ap.h"
#include "vboard/models/nvm.h"

/* Registers are bytes (RM, 18.3). */
#define FCLKDIV         0x00u
#define FCLKDIV_FDIVLD  BIT(7)
#define FCLKDIV_FDIVLCK BIT(6)
#define FSEC            0x01u
#define FSEC_KEYEN      BITS(7, 6)
#define FSEC_SEC        BITS(1, 0)
#define FCCOBIX         0x02u
#define FCNFG           0x04u
#define FCNFG_CCIE      BIT(7)
#define FCNFG_WRITABLE  (BIT(7) | BIT(4) | BITS(1, 0))
#define FERCNFG         0x05u
#define FSTAT           0x06u
#define FSTAT_CCIF      BIT(7)
#define FSTAT_ACCERR    BIT(5)
#define FSTAT_FPVIOL    BIT(4)
#define FSTAT_MGBUSY    BIT(3)
#define FSTAT_MGSTAT    BITS(1, 0)
#define FPROT           0x08u
#define FPROT_FPOPEN    BIT(7)
#define FPROT_FPHDIS    BIT(5)
#define FPROT_FPHS      BITS(4, 3)
#define FPROT_FPLDIS    BIT(2)
#define FPROT_FPLS      BITS(1, 0)
#define EEPROT          0x09u
#define EEPROT_DPOPEN   BIT(7)
#define EEPROT_DPS      BITS(2, 0)
#define FCCOBHI         0x0au
#define FCCOBLO         0x0bu
#define FOPT            0x0cu
enum { REGISTERS_SIZE = 0x10, FCCOB_WORDS = 6 };

enum { KEYEN_ENABLED = 2, SEC_UNSECURE = 2, FACTORY_FSEC = 0xfe };

/* Flash configuration field. */
enum { FIELD_KEY = 0x400, FIELD_EEPROT = 0x40c, FIELD_FPROT, FIELD_FSEC, FIELD_FOPT };

enum { FLASH, EEPROM, ONCE };
enum { FLASH_SECTOR = 512, EEPROM_SECTOR = 2, ONCE_SIZE = 64, ONCE_RECORD = 8 };

#define EEPROM_BASE 0x10000000u
#define EEPROM_BIT  BIT(23) /* of a global address */

#define PROGRAM_NS           (130 * NS_PER_US) /* a longword; two take twice as long */
#define PROGRAM_EEPROM_NS    (100 * NS_PER_US) /* a byte */
#define ERASE_NS             (20 * NS_PER_MS)
#define ERASE_ALL_NS         (100 * NS_PER_MS)
#define VERIFY_NS            (800 * NS_PER_US)
#define MDM_AP_IDR_KINETIS_E 0x001c0020u

struct flash_state {
	uint8_t registers[REGISTERS_SIZE]; /* FSTAT without CCIF and MGBUSY */
	uint16_t fccob[FCCOB_WORDS];
	uint64_t quick_end_ns;
	bool backdoor_locked;
	bool unsecure_when_erased; /* the erase under way releases security */
	bool mass_erase_pending;
	bool mass_erasing; /* by MDM-AP: the security byte follows */
};

struct flash {
	struct board *board;
	const struct ke02_flash_config *config;
	uint16_t irq;
	struct nvm nvm;
	struct mdm_ap mdm;
	struct board_event quick_end;
	struct flash_state state;
};

static bool is_busy(struct flash *flash)
{
	return nvm_is_busy(&flash->nvm) || board_now_ns(flash->board) < flash->state.quick_end_ns;
}

static void update_irq(struct flash *flash)
{
	board_set_irq(flash->board, flash->irq,
		flash->state.registers[FCNFG] & FCNFG_CCIE && !is_busy(flash));
}

static bool is_secured(void *model)
{
	const struct flash *flash = model;

	return FIELD_GET(FSEC_SEC, flash->state.registers[FSEC]) != SEC_UNSECURE;
}

static void release_security(struct flash *flash)
{
	uint8_t *fsec = &flash->state.registers[FSEC];

	*fsec = (uint8_t)((*fsec & ~FSEC_SEC) | SEC_UNSECURE);
}

static void fail(struct flash *flash, uint8_t error)
{
	flash->state.registers[FSTAT] |= error;
}

/** The command takes its time without changing a memory. */
static void take(struct flash *flash, uint64_t ns)
{
	flash->state.quick_end_ns = board_now_ns(flash->board) + ns;
	board_arm(flash->board, &flash->quick_end, flash->state.quick_end_ns);
}

/* --- protection ------------------------------------------------------------------------------ */

/** Does an FPROT protect a flash address? (RM, 18.3.10: the two areas and what FPOPEN makes of them) */
static bool flash_is_protected(uint8_t fprot, uint32_t address)
{
	const uint32_t low_end = 0x800u << FIELD_GET(FPROT_FPLS, fprot);
	const uint32_t high_begin = 0x8000u - (0x400u << FIELD_GET(FPROT_FPHS, fprot));
	const bool in_low = !(fprot & FPROT_FPLDIS) && address < low_end;
	const bool in_high = !(fprot & FPROT_FPHDIS) && address >= high_begin && address < 0x8000;

	return fprot & FPROT_FPOPEN ? in_low || in_high : !(in_low || in_high);
}

static bool eeprom_is_protected(uint8_t eeprot, uint32_t address)
{
	return !(eeprot & EEPROT_DPOPEN) && address < 32 * (FIELD_GET(EEPROT_DPS, eeprot) + 1);
}

static bool is_protected(const struct flash *flash, unsigned area, uint32_t address)
{
	return area == FLASH ? flash_is_protected(flash->state.registers[FPROT], address)
	                     : eeprom_is_protected(flash->state.registers[EEPROT], address);
}

/** false: FPVIOL. */
static bool check_protection(struct flash *flash, struct nvm_range range)
{
	const uint32_t step = range.area == FLASH ? FLASH_SECTOR : 1;

	for (uint32_t i = 0; i < range.size; i += step)
		if (is_protected(flash, range.area, range.offset + i)) {
			fail(flash, FSTAT_FPVIOL);
			return false;
		}
	return true;
}

/** A write of FPROT or EEPROT that would open something is ignored. */
static void write_protection(struct flash *flash, unsigned offset, uint8_t value)
{
	bool (*protects)(uint8_t, uint32_t) =
		offset == FPROT ? flash_is_protected : eeprom_is_protected;
	const uint32_t size =
		offset == FPROT ? flash->config->flash_size : flash->config->eeprom_size;
	const uint32_t step = offset == FPROT ? FLASH_SECTOR : 1;
	uint8_t *old = &flash->state.registers[offset];

	for (uint32_t i = 0; i < size; i += step)
		if (protects(*old, i) && !protects(value, i))
			return;
	*old = value;
}

/* --- commands -------------------------------------------------------------------------------- */

/** The global address: FCCOB0's low byte and FCCOB1. */
static uint32_t fccob_address(const struct flash *flash)
{
	return (flash->state.fccob[0] & 0xffu) << 16 | flash->state.fccob[1];
}

static bool take_address(
	struct flash *flash, unsigned area, uint32_t align, struct nvm_range *range)
{
	range->area = area;
	range->offset = fccob_address(flash);
	if (range->offset % align == 0 && range->offset < flash->nvm.areas[area].size &&
		range->size <= flash->nvm.areas[area].size - range->offset)
		return true;
	fail(flash, FSTAT_ACCERR);
	return false;
}

static bool is_erased(const struct flash *flash, struct nvm_range range)
{
	const uint8_t *bytes = flash->nvm.areas[range.area].bytes + range.offset;

	for (uint32_t i = 0; i < range.size; i++)
		if (bytes[i] != 0xff)
			return false;
	return true;
}

static struct nvm_range whole(const struct flash *flash, unsigned area)
{
	return (struct nvm_range){ area, 0, flash->nvm.areas[area].size };
}

static void verify_range(struct flash *flash, struct nvm_range range)
{
	if (!is_erased(flash, range))
		fail(flash, FSTAT_MGSTAT);
	take(flash, VERIFY_NS);
}

static void verify_all(struct flash *flash)
{
	verify_range(flash, whole(flash, FLASH));
	verify_range(flash, whole(flash, EEPROM));
	if (!(flash->state.registers[FSTAT] & FSTAT_MGSTAT))
		release_security(flash);
}

/** Flash or EEPROM by bit 23 of the address. */
static unsigned chosen_block(const struct flash *flash)
{
	return fccob_address(flash) & EEPROM_BIT ? EEPROM : FLASH;
}

static void verify_block(struct flash *flash)
{
	verify_range(flash, whole(flash, chosen_block(flash)));
}

static void verify_section(struct flash *flash)
{
	struct nvm_range range = { .size = flash->state.fccob[2] * 4u };

	if (range.size == 0)
		fail(flash, FSTAT_ACCERR);
	else if (take_address(flash, FLASH, 4, &range))
		verify_range(flash, range);
}

static void verify_eeprom_section(struct flash *flash)
{
	struct nvm_range range = { .size = flash->state.fccob[2] };

	if (range.size == 0)
		fail(flash, FSTAT_ACCERR);
	else if (take_address(flash, EEPROM, 1, &range))
		verify_range(flash, range);
}

static void program(struct flash *flash, struct nvm_range range, const uint8_t *data, uint64_t ns)
{
	nvm_program(&flash->nvm, range, data, board_now_ns(flash->board), ns);
}

/** One longword (FCCOBIX 3) or two (5). */
static void program_flash(struct flash *flash)
{
	const unsigned words = flash->state.registers[FCCOBIX] - 1u;
	struct nvm_range range = { .size = words * 2 };
	uint8_t data[8];

	if (words % 2) {
		fail(flash, FSTAT_ACCERR);
		return;
	}
	for (unsigned i = 0; i < words; i++)
		put_le16(data + (size_t)2 * i, flash->state.fccob[2 + i]);
	if (take_address(flash, FLASH, 4, &range) && check_protection(flash, range))
		program(flash, range, data, PROGRAM_NS * words / 2);
}

static void program_eeprom(struct flash *flash)
{
	struct nvm_range range = { .size = flash->state.registers[FCCOBIX] - 1u };
	uint8_t data[4];

	for (unsigned i = 0; i < range.size; i++)
		data[i] = (uint8_t)flash->state.fccob[2 + i];
	if (take_address(flash, EEPROM, 1, &range) && check_protection(flash, range))
		program(flash, range, data, PROGRAM_EEPROM_NS * range.size);
}

/** A record of the Program Once field. */
static bool take_record(struct flash *flash, struct nvm_range *range)
{
	*range = (struct nvm_range){ ONCE, flash->state.fccob[1] * (uint32_t)ONCE_RECORD,
		ONCE_RECORD };
	if (flash->state.fccob[1] < ONCE_SIZE / ONCE_RECORD)
		return true;
	fail(flash, FSTAT_ACCERR);
	return false;
}

static void read_once(struct flash *flash)
{
	struct nvm_range range;

	if (!take_record(flash, &range))
		return;
	for (unsigned i = 0; i < ONCE_RECORD / 2; i++)
		flash->state.fccob[2 + i] =
			(uint16_t)nvm_peek(&flash->nvm, ONCE, range.offset + 2 * i, 2);
	take(flash, NS_PER_US);
}

static void program_once(struct flash *flash)
{
	struct nvm_range range;
	uint8_t data[ONCE_RECORD];

	if (!take_record(flash, &range))
		return;
	if (!is_erased(flash, range)) {
		fail(flash, FSTAT_ACCERR);
		return;
	}
	for (unsigned i = 0; i < ONCE_RECORD / 2; i++)
		put_le16(data + (size_t)2 * i, flash->state.fccob[2 + i]);
	program(flash, range, data, PROGRAM_NS);
}

static void erase(struct flash *flash, struct nvm_range range, uint64_t ns)
{
	if (check_protection(flash, range))
		nvm_erase(&flash->nvm, &range, 1, ns);
}

static void erase_block(struct flash *flash)
{
	erase(flash, whole(flash, chosen_block(flash)), ERASE_ALL_NS);
}

static void erase_sector(struct flash *flash)
{
	struct nvm_range range = { 0 };

	if (!take_address(flash, FLASH, 4, &range))
		return;
	range.offset -= range.offset % FLASH_SECTOR;
	range.size = FLASH_SECTOR;
	erase(flash, range, ERASE_NS);
}

static void erase_eeprom_sector(struct flash *flash)
{
	struct nvm_range range = { .size = EEPROM_SECTOR };

	if (take_address(flash, EEPROM, EEPROM_SECTOR, &range))
		erase(flash, range, ERASE_NS / 4);
}

static void start_erase_all(struct flash *flash)
{
	const struct nvm_range ranges[] = { whole(flash, FLASH), whole(flash, EEPROM) };

	flash->state.unsecure_when_erased = true;
	nvm_erase(&flash->nvm, ranges, ARRAY_SIZE(ranges), ERASE_ALL_NS);
}

static void erase_all(struct flash *flash)
{
	if (check_protection(flash, whole(flash, FLASH)) &&
		check_protection(flash, whole(flash, EEPROM)))
		start_erase_all(flash);
}

static void verify_key(struct flash *flash)
{
	struct flash_state *state = &flash->state;
	bool matches = true;

	if (FIELD_GET(FSEC_KEYEN, state->registers[FSEC]) != KEYEN_ENABLED ||
		state->backdoor_locked) {
		fail(flash, FSTAT_ACCERR);
		return;
	}
	for (unsigned i = 0; i < 4; i++)
		matches = matches &&
		          nvm_peek(&flash->nvm, FLASH, FIELD_KEY + 2 * i, 2) == state->fccob[1 + i];
	state->backdoor_locked = !matches;
	if (matches)
		release_security(flash);
	else
		fail(flash, FSTAT_ACCERR);
	take(flash, NS_PER_US);
}

static void set_margin(struct flash *flash)
{
	take(flash, NS_PER_US);
}

/* RM, table 18-31 and on: the highest FCCOBIX that each takes, and the lowest. */
static const struct command {
	uint8_t code, first, last;
	void (*run)(struct flash *flash);
} commands[] = {
	{ 0x01, 0, 0, verify_all },
	{ 0x02, 0, 0, verify_block },
	{ 0x03, 2, 2, verify_section },
	{ 0x04, 1, 1, read_once },
	{ 0x06, 3, 5, program_flash },
	{ 0x07, 5, 5, program_once },
	{ 0x08, 0, 0, erase_all },
	{ 0x09, 0, 1, erase_block },
	{ 0x0a, 1, 1, erase_sector },
	{ 0x0b, 0, 0, erase_all },
	{ 0x0c, 4, 4, verify_key },
	{ 0x0d, 1, 1, set_margin },
	{ 0x0e, 1, 1, set_margin },
	{ 0x10, 2, 2, verify_eeprom_section },
	{ 0x11, 2, 5, program_eeprom },
	{ 0x12, 1, 1, erase_eeprom_sector },
};

static void launch(struct flash *flash)
{
	const unsigned index = flash->state.registers[FCCOBIX];

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *command = &commands[i];

		if (command->code != flash->state.fccob[0] >> 8 || index < command->first ||
			index > command->last ||
			!(flash->state.registers[FCLKDIV] & FCLKDIV_FDIVLD))
			continue;
		command->run(flash);
		return;
	}
	fail(flash, FSTAT_ACCERR);
}

/** Behind the debugger's erase: the longword with the security byte. */
static void program_security(struct flash *flash)
{
	static const uint8_t data[] = { 0xff, 0xff, FACTORY_FSEC, 0xff };
	const struct nvm_range range = { FLASH, FIELD_EEPROT, sizeof(data) };

	nvm_program(&flash->nvm, range, data, flash->nvm.op.end_ns, PROGRAM_NS);
}

static void start_mass_erase(struct flash *flash)
{
	flash->state.mass_erase_pending = false;
	flash->state.mass_erasing = true;
	start_erase_all(flash);
}

static void operation_ended(void *owner)
{
	struct flash *flash = owner;
	const struct nvm_operation *op = &flash->nvm.op;
	const struct nvm_range *range = &op->ranges[0];

	if (op->program && memcmp(flash->nvm.areas[range->area].bytes + range->offset, op->data,
				   range->size) != 0)
		fail(flash, FSTAT_MGSTAT);
	if (flash->state.unsecure_when_erased) {
		flash->state.unsecure_when_erased = false;
		release_security(flash);
	}
	if (flash->state.mass_erasing && !op->program) {
		program_security(flash);
	} else {
		flash->state.mass_erasing = false;
		if (flash->state.mass_erase_pending)
			start_mass_erase(flash);
	}
	update_irq(flash);
}

static void quick_ended(void *model)
{
	struct flash *flash = model;

	if (flash->state.mass_erase_pending && !nvm_is_busy(&flash->nvm))
		start_mass_erase(flash);
	update_irq(flash);
}

/* --- windows --------------------------------------------------------------------------------- */

static bool area_read(
	struct flash *flash, unsigned area, const struct bus_access *access, uint32_t *value)
{
	if (!nvm_is_busy(&flash->nvm))
		return nvm_read(&flash->nvm, area, access, value);
	*value = 0;
	if (flash->nvm.op.ranges[0].area != area && flash->nvm.op.range_count == 1)
		*value = nvm_peek(&flash->nvm, area, access->offset, access->size);
	return true;
}

static bool flash_array_read(void *model, const struct bus_access *access, uint32_t *value)
{
	return area_read(model, FLASH, access, value);
}

static bool eeprom_read(void *model, const struct bus_access *access, uint32_t *value)
{
	return area_read(model, EEPROM, access, value);
}

static const struct window_ops flash_ops = { .read = flash_array_read };
static const struct window_ops eeprom_ops = { .read = eeprom_read };

static uint8_t read_register(struct flash *flash, unsigned offset, bool busy)
{
	const struct flash_state *state = &flash->state;
	const unsigned index = state->registers[FCCOBIX];
	const uint16_t word = index < FCCOB_WORDS ? state->fccob[index] : 0;

	switch (offset) {
	case FSTAT:
		return (uint8_t)(busy ? (state->registers[FSTAT] & ~FSTAT_MGSTAT) | FSTAT_MGBUSY
				      : state->registers[FSTAT] | FSTAT_CCIF);
	case FCCOBHI:
		return (uint8_t)(word >> 8);
	case FCCOBLO:
		return (uint8_t)word;
	default:
		return offset < REGISTERS_SIZE ? state->registers[offset] : 0;
	}
}

static bool registers_read_lanes(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;
	const bool busy = is_busy(flash);

	*value = 0;
	for (unsigned lane = 0; lane < 4; lane++)
		*value |= (uint32_t)read_register(flash, access->offset + lane, busy) << 8 * lane;
	return true;
}

static void write_fstat(struct flash *flash, uint8_t value, bool busy)
{
	uint8_t *fstat = &flash->state.registers[FSTAT];

	*fstat = (uint8_t)(*fstat & ~(value & (FSTAT_ACCERR | FSTAT_FPVIOL)));
	if (!(value & FSTAT_CCIF) || busy || *fstat & (FSTAT_ACCERR | FSTAT_FPVIOL))
		return;
	*fstat = (uint8_t)(*fstat & ~FSTAT_MGSTAT);
	launch(flash);
}

static void write_fccob(struct flash *flash, unsigned shift, uint8_t value)
{
	const unsigned index = flash->state.registers[FCCOBIX];

	if (index < FCCOB_WORDS)
		flash->state.fccob[index] =
			(uint16_t)((flash->state.fccob[index] & ~(0xffu << shift)) |
				   (unsigned)value << shift);
}

static void write_register(struct flash *flash, unsigned offset, uint8_t value, bool busy)
{
	uint8_t *registers = flash->state.registers;

	if (offset == FSTAT) {
		write_fstat(flash, value, busy);
	} else if (offset == FCNFG) {
		registers[FCNFG] = value & FCNFG_WRITABLE;
	} else if (offset == FERCNFG) {
		registers[FERCNFG] = value & BITS(1, 0);
	} else if (busy) {
		return;
	} else if (offset == FCLKDIV) {
		if (!(registers[FCLKDIV] & FCLKDIV_FDIVLCK))
			registers[FCLKDIV] = (uint8_t)(value | FCLKDIV_FDIVLD);
	} else if (offset == FCCOBIX) {
		registers[FCCOBIX] = value & BITS(2, 0);
	} else if (offset == FCCOBHI || offset == FCCOBLO) {
		write_fccob(flash, offset == FCCOBHI ? 8 : 0, value);
	} else if (offset == FPROT || offset == EEPROT) {
		write_protection(flash, offset, value);
	}
}

static bool registers_write_lanes(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;
	const bool busy = is_busy(flash);

	for (unsigned lane = 0; lane < 4; lane++)
		if (mask >> 8 * lane & 0xff)
			write_register(
				flash, access->offset + lane, (uint8_t)(value >> 8 * lane), busy);
	update_irq(flash);
	return true;
}

/* --- what the MDM-AP asks -------------------------------------------------------------------- */

static bool debug_is_open(void *model)
{
	return !is_secured(model);
}

static bool has_backdoor_key(void *model)
{
	const struct flash *flash = model;

	return FIELD_GET(FSEC_KEYEN, flash->state.registers[FSEC]) == KEYEN_ENABLED;
}

static bool may_mass_erase(void *model)
{
	(void)model;
	return true;
}

static void mass_erase(void *model)
{
	struct flash *flash = model;

	if (is_busy(flash))
		flash->state.mass_erase_pending = true;
	else
		start_mass_erase(flash);
}

static bool is_mass_erasing(void *model)
{
	struct flash *flash = model;

	return is_busy(flash) || flash->state.mass_erase_pending;
}

static const struct mdm_ap_ops mdm_ops = {
	.is_secured = is_secured,
	.has_backdoor_key = has_backdoor_key,
	.may_mass_erase = may_mass_erase,
	.mass_erase = mass_erase,
	.is_mass_erasing = is_mass_erasing,
};

/* --- life ------------------------------------------------------------------------------------ */

static uint8_t field(const struct flash *flash, uint32_t offset)
{
	return (uint8_t)nvm_peek(&flash->nvm, FLASH, offset, 1);
}

static void flash_reset(void *model, enum board_reset kind)
{
	struct flash *flash = model;

	nvm_reset(&flash->nvm);
	board_disarm(flash->board, &flash->quick_end);
	flash->state = (struct flash_state){ 0 };
	flash->state.registers[FSEC] = field(flash, FIELD_FSEC);
	flash->state.registers[FPROT] = field(flash, FIELD_FPROT);
	flash->state.registers[EEPROT] = field(flash, FIELD_EEPROT);
	flash->state.registers[FOPT] = field(flash, FIELD_FOPT);
	mdm_ap_reset(&flash->mdm, kind);
	update_irq(flash);
}

static void flash_power_lost(void *model)
{
	struct flash *flash = model;

	nvm_power_lost(&flash->nvm);
}

static void flash_restored(void *model)
{
	update_irq(model);
}

static const char *const setting_keys[] = { "flash", "eeprom", "once", NVM_SETTING_KEYS, NULL };

static dapper_status flash_set(void *model, const char *key, const char *value, bool *taken)
{
	struct flash *flash = model;

	return nvm_set(&flash->nvm, key, value, taken);
}

static void flash_destroy(void *model)
{
	struct flash *flash = model;

	nvm_finish(&flash->nvm);
	free(flash);
}

static dapper_status add_areas(struct flash *flash)
{
	const struct ke02_flash_config *config = flash->config;

	TRY(nvm_add_area(&flash->nvm, 0, config->flash_size, "flash"));
	TRY(nvm_add_area(&flash->nvm, EEPROM_BASE, config->eeprom_size, "eeprom"));
	TRY(nvm_add_area(&flash->nvm, 0, ONCE_SIZE, "once"));
	/* A new part is open. */
	flash->nvm.areas[FLASH].bytes[FIELD_FSEC] = FACTORY_FSEC;
	TRY(board_add_window(
		flash->board, "flash memory", 0, config->flash_size, LANES_RAW, &flash_ops, flash));
	return board_add_window(flash->board, "EEPROM", EEPROM_BASE, config->eeprom_size, LANES_RAW,
		&eeprom_ops, flash);
}

static dapper_status flash_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct flash *flash = xnew(flash);

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
	flash->mdm = (struct mdm_ap){ board, &mdm_ops, flash, MDM_AP_IDR_KINETIS_E, { 0 } };
	TRY(mdm_ap_create(&flash->mdm));
	TRY(board_keep_event(board, "command's end", &flash->quick_end));
	return board_keep(board, config->name, &flash->state, sizeof(flash->state));
}

static const struct model_field fields[] = {
	{ "flash_size", FIELD_U32, offsetof(struct ke02_flash_config, flash_size), true },
	{ "eeprom_size", FIELD_U32, offsetof(struct ke02_flash_config, eeprom_size), true },
	{ NULL },
};

const struct model_class ke02_flash_class = {
	.name = "KE02 flash module",
	.create = flash_create,
	.reset = flash_reset,
	.set = flash_set,
	.keys = setting_keys,
	.power_lost = flash_power_lost,
	.restored = flash_restored,
	.destroy = flash_destroy,
	.ops = { .read = registers_read_lanes, .write = registers_write_lanes },
	.fields = fields,
	.config_size = sizeof(struct ke02_flash_config),
};
