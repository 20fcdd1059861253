/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The STM32F4's flash memory interface, after RM0090 rev 19, section 3 (registers: _regs.h), with
 * the typical times of DS8626 rev 9. Parts with two banks, with 16 sectors and the OTP area are
 * from memory of RM0090 and RM0430.
 *
 * Meanwhile an operation is under way BSY is set, and who reads or writes the array or writes
 * FLASH_CR waits on the bus (3.6: "will cause the AHB bus to stall"); with two banks the other one
 * can be read (3.6.6).
 *
 * Not modelled: caches and wait states (ACR is only kept), RDP level 2 (acts as level 1), PCROP
 * (SPRMOD cannot be set), boot from bank 2 (BFB2 is only kept).
 */
#include "vboard/models/stm32f4_flash.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/nvm.h"
#include "vboard/models/stm32f4_flash_regs.h"

enum { ARRAY, OPTIONS, OTP };
enum { ROW_BYTES = 16, OPTION_SIZE = 8 };

/** Progress of a two-word unlock sequence. */
struct lock {
	uint32_t keys[2];
	unsigned step;
	bool jammed; /* wrong key: locked until reset */
	bool locked;
};

/** All but the contents; no pointers, for snapshots. */
struct flash_state {
	uint32_t acr, sr, cr, optcr, optcr1;
	struct lock cr_lock, option_lock;
	bool option_change; /* what is under way is OPTSTRT's */
};

struct flash {
	struct board *board;
	const struct stm32f4_flash_config *config;
	uint16_t irq;
	uint32_t size;
	struct nvm nvm;
	struct flash_state s;
};

/* --- option bytes ---------------------------------------------------------------------------- */

/* They are held as the registers show them: OPTCR, then OPTCR1. */

static uint32_t option_word(const struct flash *flash, unsigned index)
{
	return nvm_peek(&flash->nvm, OPTIONS, 4 * index, 4);
}

static bool has_two_banks(const struct flash *flash)
{
	return flash->config->bank2_sector || flash->config->has_db1m;
}

static uint32_t nwrp_field(const struct flash *flash)
{
	return flash->config->sector_count > 12 && !has_two_banks(flash) ? FLASH_OPTCR_NWRP_15
	                                                                 : FLASH_OPTCR_NWRP;
}

static uint32_t optcr_writable(const struct flash *flash)
{
	uint32_t mask = FLASH_OPTCR_WRITABLE | nwrp_field(flash);

	if (has_two_banks(flash))
		mask |= FLASH_OPTCR_BFB2;
	if (flash->config->has_db1m)
		mask |= FLASH_OPTCR_DB1M;
	return mask;
}

/* --- sectors --------------------------------------------------------------------------------- */

/** The sectors as they are now. */
struct layout {
	const uint16_t *kb;
	unsigned count;
	unsigned bank2; /* 0: one bank */
};

static struct layout layout_of(const struct flash *flash)
{
	static const uint16_t db1m_kb[] = { 16, 16, 16, 16, 64, 128, 128, 128, 16, 16, 16, 16, 64,
		128, 128, 128 };
	const struct stm32f4_flash_config *config = flash->config;

	if (config->has_db1m && option_word(flash, 0) & FLASH_OPTCR_DB1M)
		return (struct layout){ db1m_kb, ARRAY_SIZE(db1m_kb), ARRAY_SIZE(db1m_kb) / 2 };
	return (struct layout){ config->sector_kb, (unsigned)config->sector_count,
		config->bank2_sector };
}

static uint32_t sector_offset(const struct layout *layout, unsigned sector)
{
	uint32_t offset = 0;

	for (unsigned i = 0; i < sector; i++)
		offset += 1024u * layout->kb[i];
	return offset;
}

static unsigned sector_of(const struct layout *layout, uint32_t offset)
{
	unsigned sector = 0;

	while (sector + 1 < layout->count && offset >= sector_offset(layout, sector + 1))
		sector++;
	return sector;
}

/** SNB: bank 2 begins at 16 (3.9.8). */
static unsigned selected_sector(const struct flash *flash, const struct layout *layout)
{
	const unsigned snb = FIELD_GET(FLASH_CR_SNB, flash->s.cr);

	if (!layout->bank2 || snb < 16)
		return layout->bank2 && snb >= layout->bank2 ? layout->count : snb;
	return layout->bank2 + snb - 16;
}

/** nWRP: a 0 protects (3.7.4). Bank 2 has its own register; F413's last bit is of two sectors. */
static bool is_protected(const struct flash *flash, const struct layout *layout, unsigned sector)
{
	if (layout->bank2 && sector >= layout->bank2)
		return !(FIELD_GET(FLASH_OPTCR1_NWRP, option_word(flash, 1)) >>
				 (sector - layout->bank2) &
			 1);
	return !((option_word(flash, 0) & nwrp_field(flash)) >> 16 >> (sector < 14 ? sector : 14) &
		 1);
}

static bool any_protected(
	const struct flash *flash, const struct layout *layout, unsigned first, unsigned end)
{
	for (unsigned i = first; i < end; i++)
		if (is_protected(flash, layout, i))
			return true;
	return false;
}

/* --- times ----------------------------------------------------------------------------------- */

/* DS8626 rev 9, tables 40 and 41 (x64, with V_PP), typical; index: PSIZE. */
#define PROGRAM_NS (16 * NS_PER_US)

struct erase_times {
	uint32_t kb16_ms, kb64_ms, kb128_ms, mass_ms;
};

static const struct erase_times erase_times[] = {
	{ .kb16_ms = 400, .kb64_ms = 1200, .kb128_ms = 2000, .mass_ms = 16000 }, /* x8 */
	{ .kb16_ms = 300, .kb64_ms = 700, .kb128_ms = 1300, .mass_ms = 11000 },  /* x16 */
	{ .kb16_ms = 250, .kb64_ms = 550, .kb128_ms = 1000, .mass_ms = 8000 },   /* x32 */
	{ .kb16_ms = 230, .kb64_ms = 490, .kb128_ms = 875, .mass_ms = 6900 },    /* x64 */
};

static const struct erase_times *current_times(const struct flash *flash)
{
	return &erase_times[FIELD_GET(FLASH_CR_PSIZE, flash->s.cr)];
}

static uint64_t sector_erase_ns(const struct flash *flash, unsigned kb)
{
	const struct erase_times *times = current_times(flash);

	return NS_PER_MS * (kb <= 16          ? times->kb16_ms
				   : kb <= 64 ? times->kb64_ms
					      : times->kb128_ms);
}

/* --- operations ------------------------------------------------------------------------------ */

static void update_irq(const struct flash *flash)
{
	const bool done = flash->s.cr & FLASH_CR_EOPIE && flash->s.sr & FLASH_SR_EOP;
	const bool failed = flash->s.cr & FLASH_CR_ERRIE && flash->s.sr & FLASH_SR_OPERR;

	board_set_irq(flash->board, flash->irq, done || failed);
}

/* OPERR comes with the others, "only if error interrupts are enabled" (3.9.5). */
static void raise_error(struct flash *flash, uint32_t flag)
{
	flash->s.sr |= flag;
	if (flash->s.cr & FLASH_CR_ERRIE)
		flash->s.sr |= FLASH_SR_OPERR;
	update_irq(flash);
}

static void take_options(struct flash *flash)
{
	uint8_t bytes[OPTION_SIZE];

	flash->s.optcr &= ~FLASH_OPTCR_OPTSTRT;
	put_le32(bytes, flash->s.optcr);
	put_le32(bytes + 4, flash->s.optcr1);
	nvm_put(&flash->nvm, OPTIONS, 0, bytes, sizeof(bytes));
	flash->s.option_change = false;
}

static void operation_ended(void *owner)
{
	struct flash *flash = owner;

	if (flash->s.option_change)
		take_options(flash);
	flash->s.cr &= ~FLASH_CR_STRT;
	/* EOP is "set only if the end of operation interrupts are enabled" (3.9.5). */
	if (flash->s.cr & FLASH_CR_EOPIE)
		flash->s.sr |= FLASH_SR_EOP;
	update_irq(flash);
}

static void start_mass_erase(struct flash *flash, const struct layout *layout, uint32_t which)
{
	const unsigned split = layout->bank2 ? layout->bank2 : layout->count;
	const unsigned first = which & FLASH_CR_MER ? 0 : split;
	const unsigned end = which & FLASH_CR_MER1 ? layout->count : split;
	const uint32_t offset = sector_offset(layout, first);
	const struct nvm_range range = { ARRAY, offset, sector_offset(layout, end) - offset };
	/* The times are those of 1 MB; both banks are erased at the same time (3.6.3). */
	const uint64_t ns = NS_PER_MS * current_times(flash)->mass_ms;

	if (range.size == 0)
		return;
	if (any_protected(flash, layout, first, end)) {
		raise_error(flash, FLASH_SR_WRPERR);
		return;
	}
	flash->s.cr |= FLASH_CR_STRT;
	nvm_erase(&flash->nvm, &range, 1, ns);
}

static void start_sector_erase(struct flash *flash, const struct layout *layout)
{
	const unsigned sector = selected_sector(flash, layout);
	struct nvm_range range = { ARRAY, 0, 0 };

	if (sector >= layout->count) {
		raise_error(flash, FLASH_SR_PGSERR); /* "not allowed" (3.9.7); no flag is told of */
		return;
	}
	if (is_protected(flash, layout, sector)) {
		raise_error(flash, FLASH_SR_WRPERR);
		return;
	}
	range.offset = sector_offset(layout, sector);
	range.size = 1024u * layout->kb[sector];
	flash->s.cr |= FLASH_CR_STRT;
	nvm_erase(&flash->nvm, &range, 1, sector_erase_ns(flash, layout->kb[sector]));
}

/* With MER and SER both set neither erase is performed (3.6.3, note); no flag is told of. */
static void start_erase(struct flash *flash)
{
	const struct layout layout = layout_of(flash);
	const uint32_t mass = flash->s.cr & (FLASH_CR_MER | FLASH_CR_MER1);
	const bool sector = flash->s.cr & FLASH_CR_SER;

	flash->s.cr &= ~FLASH_CR_STRT;
	if (sector && !mass)
		start_sector_erase(flash, &layout);
	else if (mass && !sector)
		start_mass_erase(flash, &layout, mass);
}

/*
 * Going from read protection level 1 to 0 erases everything (3.7.3). The data sheet has no time for
 * option bytes; they are taken for a sector of 16 KB.
 */
static void start_options(struct flash *flash)
{
	const struct erase_times *times = current_times(flash);
	const bool was_open =
		FIELD_GET(FLASH_OPTCR_RDP, option_word(flash, 0)) == FLASH_RDP_LEVEL_0;
	const bool opens = FIELD_GET(FLASH_OPTCR_RDP, flash->s.optcr) == FLASH_RDP_LEVEL_0;
	const struct nvm_range all = { ARRAY, 0, flash->size };
	const struct nvm_range none = { ARRAY, 0, 0 };

	flash->s.optcr |= FLASH_OPTCR_OPTSTRT;
	flash->s.option_change = true;
	if (!was_open && opens)
		nvm_erase(&flash->nvm, &all, 1, NS_PER_MS * times->mass_ms);
	else
		nvm_erase(&flash->nvm, &none, 1, NS_PER_MS * times->kb16_ms);
}

/* --- the array ------------------------------------------------------------------------------- */

/* 3.7.3, level 1: no access while the debug feature is connected. */
static bool is_hidden(const struct flash *flash, const struct bus_access *access)
{
	return access->debugger &&
	       FIELD_GET(FLASH_OPTCR_RDP, option_word(flash, 0)) != FLASH_RDP_LEVEL_0;
}

/** What is under way is in the other bank (3.6.6). */
static bool is_in_other_bank(struct flash *flash, uint32_t offset)
{
	const struct layout layout = layout_of(flash);
	const struct nvm_range *range = &flash->nvm.op.ranges[0];
	uint32_t split;

	if (!layout.bank2 || !nvm_is_busy(&flash->nvm) || !flash->nvm.op.range_count ||
		range->area != ARRAY || range->size == 0)
		return false;
	split = sector_offset(&layout, layout.bank2);
	return offset < split ? range->offset >= split : range->offset + range->size <= split;
}

static bool array_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;

	if (is_hidden(flash, access))
		return false;
	if (!is_in_other_bank(flash, access->offset))
		return nvm_read(&flash->nvm, ARRAY, access, value);
	*value = nvm_peek(&flash->nvm, ARRAY, access->offset, access->size);
	return true;
}

/** Which rule of 3.6.4 a write breaks; 0: none. */
static uint32_t check_program(
	const struct flash *flash, const struct bus_access *access, bool is_write_protected)
{
	const unsigned width = 1u << FIELD_GET(FLASH_CR_PSIZE, flash->s.cr);

	if (!(flash->s.cr & FLASH_CR_PG) ||
		flash->s.cr & (FLASH_CR_SER | FLASH_CR_MER | FLASH_CR_MER1))
		return FLASH_SR_PGSERR;
	if (is_write_protected)
		return FLASH_SR_WRPERR;
	if (access->offset % ROW_BYTES + width > ROW_BYTES)
		return FLASH_SR_PGAERR;
	/* x64 needs V_PP and a double-word access, which this bus has not: always an error. */
	if (access->size != width)
		return FLASH_SR_PGPERR;
	return 0;
}

static bool program(struct flash *flash, unsigned area, const struct bus_access *access,
	uint32_t value, bool is_write_protected)
{
	const struct nvm_range range = { area, access->offset, access->size };
	uint8_t data[4];
	uint32_t error;

	if (is_hidden(flash, access) || !nvm_wait_idle(&flash->nvm, access))
		return false;
	error = check_program(flash, access, is_write_protected);
	if (error) {
		raise_error(flash, error);
		return true;
	}
	put_le32(data, value);
	nvm_program(&flash->nvm, range, data, board_now_ns(flash->board), PROGRAM_NS);
	return true;
}

static bool array_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;
	const struct layout layout = layout_of(flash);

	(void)mask;
	return program(flash, ARRAY, access, value,
		is_protected(flash, &layout, sector_of(&layout, access->offset)));
}

static const struct window_ops array_ops = { .read = array_read, .write = array_write };

static bool otp_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;

	return nvm_read(&flash->nvm, OTP, access, value);
}

static bool otp_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;
	const uint32_t locks = FLASH_OTP_BLOCK * FLASH_OTP_BLOCKS;
	const uint32_t block = access->offset / FLASH_OTP_BLOCK;
	const bool is_locked =
		access->offset < locks && nvm_peek(&flash->nvm, OTP, locks + block, 1) == 0;

	(void)mask;
	return program(flash, OTP, access, value, is_locked);
}

static const struct window_ops otp_ops = { .read = otp_read, .write = otp_write };

/*
 * Option bytes as memory (3.7.1, table 14): RDP and user byte in the half-word at 0, nWRP at 8,
 * each with its complement above it, which is what parts show; bits that are not used are ones.
 */
static bool option_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct flash *flash = model;
	const uint32_t options = option_word(flash, 0);
	uint32_t half = 0xffff;

	if (access->offset == 0)
		half = (options & (FLASH_OPTCR_RDP | FLASH_OPTCR_USER | FLASH_OPTCR_BOR_LEV)) | 3;
	else if (access->offset == 8)
		half = FIELD_GET(FLASH_OPTCR_NWRP, options) | 0xf000;
	*value = half | (~half & 0xffff) << 16;
	return true;
}

static const struct window_ops option_ops = { .read = option_read };

/* --- registers ------------------------------------------------------------------------------- */

/*
 * "Any wrong sequence will return a bus error and lock up the register until the next reset"
 * (3.6.1). Keys for an open lock start the sequence over and leave it open.
 */
static bool turn_key(struct lock *lock, uint32_t key)
{
	if (lock->jammed || key != lock->keys[lock->step]) {
		lock->jammed = true;
		lock->locked = true;
		return false;
	}
	lock->step ^= 1;
	if (lock->step == 0)
		lock->locked = false;
	return true;
}

static uint32_t cr_writable(const struct flash *flash)
{
	if (has_two_banks(flash))
		return FLASH_CR_WRITABLE | FLASH_CR_WRITABLE_2;
	return flash->config->sector_count > 12 ? FLASH_CR_WRITABLE | FLASH_CR_WRITABLE_16
	                                        : FLASH_CR_WRITABLE;
}

static bool write_cr(struct flash *flash, const struct bus_access *access, uint32_t value)
{
	if (!nvm_wait_idle(&flash->nvm, access))
		return false;
	if (flash->s.cr_lock.locked)
		return true;
	flash->s.cr = value & cr_writable(flash);
	flash->s.cr_lock.locked = value & FLASH_CR_LOCK;
	if (value & FLASH_CR_STRT)
		start_erase(flash);
	update_irq(flash);
	return true;
}

static bool write_optcr(struct flash *flash, const struct bus_access *access, uint32_t value)
{
	if (!nvm_wait_idle(&flash->nvm, access))
		return false;
	if (flash->s.option_lock.locked)
		return true;
	flash->s.optcr = value & optcr_writable(flash);
	flash->s.option_lock.locked = value & FLASH_OPTCR_OPTLOCK;
	if (value & FLASH_OPTCR_OPTSTRT)
		start_options(flash);
	return true;
}

static bool write_optcr1(struct flash *flash, const struct bus_access *access, uint32_t value)
{
	if (!nvm_wait_idle(&flash->nvm, access))
		return false;
	if (!flash->s.option_lock.locked && has_two_banks(flash))
		flash->s.optcr1 = value & FLASH_OPTCR1_NWRP;
	return true;
}

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;
	const bool busy = nvm_is_busy(&flash->nvm);

	*value = 0;
	switch (access->offset) {
	case FLASH_ACR:
		*value = flash->s.acr;
		break;
	case FLASH_SR:
		*value = flash->s.sr | FIELD_PREP(FLASH_SR_BSY, busy);
		break;
	case FLASH_CR:
		*value = flash->s.cr | FIELD_PREP(FLASH_CR_LOCK, flash->s.cr_lock.locked);
		break;
	case FLASH_OPTCR:
		*value = flash->s.optcr |
		         FIELD_PREP(FLASH_OPTCR_OPTLOCK, flash->s.option_lock.locked);
		break;
	case FLASH_OPTCR1:
		*value = flash->s.optcr1;
		break;
	default: /* keys are write-only; the rest of the block is reserved */
		break;
	}
	return true;
}

static bool flash_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;

	switch (access->offset) {
	case FLASH_ACR:
		flash->s.acr = merge_lanes(flash->s.acr, value, mask & FLASH_ACR_WRITABLE);
		return true;
	case FLASH_KEYR:
		return turn_key(&flash->s.cr_lock, value);
	case FLASH_OPTKEYR:
		return turn_key(&flash->s.option_lock, value);
	case FLASH_SR:
		(void)nvm_is_busy(&flash->nvm);
		flash->s.sr &= ~(value & mask & FLASH_SR_FLAGS);
		update_irq(flash);
		return true;
	case FLASH_CR:
		(void)nvm_is_busy(&flash->nvm);
		return write_cr(flash, access, merge_lanes(flash->s.cr, value, mask));
	case FLASH_OPTCR:
		return write_optcr(flash, access, merge_lanes(flash->s.optcr, value, mask));
	case FLASH_OPTCR1:
		return write_optcr1(flash, access, merge_lanes(flash->s.optcr1, value, mask));
	default:
		return true;
	}
}

/* --- life ------------------------------------------------------------------------------------ */

static void flash_reset(void *model, enum board_reset kind)
{
	struct flash *flash = model;

	(void)kind;
	/* A reset during an operation leaves contents that are not guaranteed (3.6.1). */
	nvm_reset(&flash->nvm);
	flash->s = (struct flash_state){
		.optcr = option_word(flash, 0),
		.optcr1 = option_word(flash, 1),
		.cr_lock = { .keys = { FLASH_KEY1, FLASH_KEY2 }, .locked = true },
		.option_lock = { .keys = { FLASH_OPTKEY1, FLASH_OPTKEY2 }, .locked = true },
	};
	update_irq(flash);
}

static void flash_power_lost(void *model)
{
	struct flash *flash = model;

	nvm_power_lost(&flash->nvm);
}

static const char *const setting_keys[] = {
	"flash",
	"options",
	"otp",
	"write-protect",
	"db1m",
	NVM_SETTING_KEYS,
	NULL,
};

static void put_options(struct flash *flash, uint32_t optcr, uint32_t optcr1)
{
	uint8_t bytes[OPTION_SIZE];

	put_le32(bytes, optcr);
	put_le32(bytes + 4, optcr1);
	nvm_put(&flash->nvm, OPTIONS, 0, bytes, sizeof(bytes));
}

static dapper_status set_write_protect(struct flash *flash, const char *key, const char *value)
{
	const struct layout layout = layout_of(flash);
	uint64_t sector;

	TRY(setting_number(key, value, layout.count - 1, &sector));
	if (layout.bank2 && sector >= layout.bank2)
		put_options(flash, option_word(flash, 0),
			option_word(flash, 1) & ~(BIT(16) << (sector - layout.bank2)));
	else
		put_options(flash,
			option_word(flash, 0) & ~(BIT(16) << (sector < 14 ? sector : 14)),
			option_word(flash, 1));
	return DAPPER_OK;
}

static dapper_status set_db1m(struct flash *flash, const char *key, const char *value)
{
	uint64_t on;

	TRY(setting_number(key, value, 1, &on));
	put_options(flash,
		(option_word(flash, 0) & ~FLASH_OPTCR_DB1M) | FIELD_PREP(FLASH_OPTCR_DB1M, on),
		option_word(flash, 1));
	return DAPPER_OK;
}

static dapper_status flash_set(void *model, const char *key, const char *value, bool *taken)
{
	struct flash *flash = model;

	*taken = true;
	if (strcmp(key, "write-protect") == 0)
		return set_write_protect(flash, key, value);
	if (strcmp(key, "db1m") == 0 && flash->config->has_db1m)
		return set_db1m(flash, key, value);
	return nvm_set(&flash->nvm, key, value, taken);
}

static void flash_destroy(void *model)
{
	struct flash *flash = model;

	nvm_finish(&flash->nvm);
	free(flash);
}

static dapper_status add_areas(struct flash *flash, uint32_t size)
{
	const struct stm32f4_flash_config *config = flash->config;

	TRY(nvm_add_area(&flash->nvm, config->array_base, size, "flash"));
	TRY(nvm_add_area(&flash->nvm, config->option_base, OPTION_SIZE, "options"));
	if (config->otp_base)
		TRY(nvm_add_area(&flash->nvm, config->otp_base, FLASH_OTP_SIZE, "otp"));
	put_options(flash, (FLASH_OPTCR_RESET & optcr_writable(flash)) | nwrp_field(flash),
		has_two_banks(flash) ? FLASH_OPTCR1_RESET : 0);
	return DAPPER_OK;
}

static dapper_status flash_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct flash *flash = xnew(flash);

	if (!flash)
		return FAIL_NO_MEMORY("a flash controller");
	*model = flash; /* the board ends it, whatever comes */
	flash->board = board;
	flash->config = config->data;
	flash->irq = config->irq;
	if (!flash->config->sector_count ||
		flash->config->sector_count > STM32F4_FLASH_MAX_SECTORS ||
		flash->config->bank2_sector >= flash->config->sector_count)
		return model_invalid(
			config, "there are 1 to 24 sectors, and bank 2 begins with one");
	for (size_t i = 0; i < flash->config->sector_count; i++)
		flash->size += 1024u * flash->config->sector_kb[i];
	nvm_init(&flash->nvm, board, operation_ended, flash);
	TRY(add_areas(flash, flash->size));
	TRY(board_keep(board, "flash registers", &flash->s, sizeof(flash->s)));
	TRY(board_add_window(board, "flash memory", flash->config->array_base, flash->size,
		LANES_RAW, &array_ops, flash));
	if (flash->config->otp_base)
		TRY(board_add_window(board, "OTP area", flash->config->otp_base, FLASH_OTP_SIZE,
			LANES_RAW, &otp_ops, flash));
	return board_add_window(board, "option bytes", flash->config->option_base, 16, LANES_AHB,
		&option_ops, flash);
}

static const struct model_field sector_field[] = { { NULL, FIELD_U16 } };

static const struct model_field stm32f4_flash_fields[] = {
	{ "array-base", FIELD_U32, offsetof(struct stm32f4_flash_config, array_base), true },
	{ "option-base", FIELD_U32, offsetof(struct stm32f4_flash_config, option_base), true },
	{ "otp-base", FIELD_U32, offsetof(struct stm32f4_flash_config, otp_base) },
	{ "bank2-sector", FIELD_U32, offsetof(struct stm32f4_flash_config, bank2_sector) },
	{ "db1m", FIELD_BOOL, offsetof(struct stm32f4_flash_config, has_db1m) },
	{ "sector-kb", FIELD_LIST, offsetof(struct stm32f4_flash_config, sector_kb), true,
		sector_field, sizeof(uint16_t),
		offsetof(struct stm32f4_flash_config, sector_count) },
	{ NULL },
};

const struct model_class stm32f4_flash_class = {
	.name = "STM32F4 flash interface",
	.create = flash_create,
	.reset = flash_reset,
	.set = flash_set,
	.keys = setting_keys,
	.power_lost = flash_power_lost,
	.destroy = flash_destroy,
	.ops = { .read = flash_read, .write = flash_write },
	.fields = stm32f4_flash_fields,
	.config_size = sizeof(struct stm32f4_flash_config),
};
