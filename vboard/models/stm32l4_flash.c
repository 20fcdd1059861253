/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash interfaces of STM32L4, G0 and L5 (registers and documents: stm32l4_flash_regs.h). The
 * manuals were not at hand; rules and times are from memory of them.
 *
 * - 64 bits at a time, as two words one after the other: the first must be aligned (PGAERR), the
 *   second be the next; other sizes are SIZERR. Where the double word is not erased it is not
 *   programmed, PROGERR; but all zeros always are. Without PG, with PER or MER, or with an error
 *   flag left from before: PGSERR.
 * - Fast programming (FSTPG): a row of 256 bytes, from its beginning, word after word; a word that
 *   comes late is MISERR, one out of its turn or a row cut short FASTERR.
 * - Pages and banks; two banks: the one not worked on can be read.
 * - Option registers are changed by OPTSTRT and count after OBL_LAUNCH or power-on. RDP level 1
 *   closes the array for a debugger; going back to level 0 erases it; level 2 is for ever.
 * - WRP areas protect (start <= end); PCROP areas are kept, and not enforced.
 * - STM32L5: a second set of registers for Secure; with TZEN secure watermarks (SECWM) and blocks
 *   (SECBB) say whose a page is: others read 0 and write nothing, and WRPERR tells of an erase.
 *
 * Not modelled: caches, ECC, securable memory (SEC_PROT, HDP), power-down, boot configuration.
 */
#include "vboard/models/stm32l4_flash.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/nvm.h"
#include "vboard/models/stm32l4_flash_regs.h"

enum { ARRAY, OPTIONS };
enum { MAX_OPTIONS = 16, MAX_WRP = 4, MAX_BLOCKS = 8 };

/* DS10198 rev 8 (STM32L476), tables "Flash memory characteristics"; G0 and L5 are near that. */
#define PROGRAM_NS    81690u
#define ROW_NS        (1910 * NS_PER_US) /* 32 double words, fast */
#define PAGE_ERASE_NS (22020 * NS_PER_US)
#define MASS_ERASE_NS (22130 * NS_PER_US)
#define OPTIONS_NS    (25 * NS_PER_MS)
#define LATE_NS       (20 * NS_PER_US) /* between two words of a fast row */

/** An option register: where it is, as delivered, the bits that it has. */
struct option_row {
	uint16_t offset;
	uint32_t delivered;
	uint32_t writable;
};

/** A write protection area: the option register with its start and end. */
struct wrp_row {
	uint8_t option; /* index */
	uint8_t bank;
};

/** One set of KEYR, SR, CR. */
struct port_row {
	uint16_t keyr, sr, cr;
};

struct family {
	struct port_row ports[2]; /* Secure the second; cr 0: none */
	uint16_t optkeyr, acr;
	uint16_t secbb; /* STM32L5: SECBB1R1 */
	const struct option_row *options;
	uint8_t option_count;
	const struct wrp_row *wrp;
	uint8_t wrp_count;
	uint8_t optr; /* index of OPTR */
	bool two_banks;
	bool has_security;
	uint32_t page_size;
	uint32_t acr_reset, acr_writable;
	uint32_t cr_writable;
};

struct lock {
	unsigned step;
	bool jammed; /* wrong key: locked until reset */
	bool locked;
};

struct port {
	uint32_t sr, cr;
	struct lock lock;
};

/** All but the contents; no pointers, for snapshots. */
struct flash_state {
	uint32_t acr;
	struct port ports[2];
	struct lock option_lock;
	unsigned working; /* the port whose operation is under way */
	bool option_change, reload;
	uint32_t written[MAX_OPTIONS]; /* as the registers show them */
	uint32_t loaded[MAX_OPTIONS];  /* as they count */
	uint32_t blocks[MAX_BLOCKS];   /* SECBB */
	/* A unit that is coming in. */
	uint32_t unit_offset, unit_count;
	uint64_t unit_ns;
	uint8_t unit[L4_ROW];
};

struct flash {
	struct board *board;
	const struct family *family;
	const struct stm32l4_flash_config *config;
	uint16_t irq;
	struct nvm nvm;
	struct flash_state s;
};

/* --- families -------------------------------------------------------------------------------- */

/* RM0351, 3.7.8 to 3.7.17. */
static const struct option_row l4_options[] = {
	{ 0x20, 0xffeff8aa, 0x03bf7fffu }, /* OPTR */
	{ 0x24, 0xffffffff, BITS(15, 0) }, /* PCROP1SR */
	{ 0x28, 0x0000ffff, BITS(15, 0) | BIT(31) },
	{ 0x2c, 0xff00ffff, BITS(23, 16) | BITS(7, 0) }, /* WRP1AR: end, start */
	{ 0x30, 0xff00ffff, BITS(23, 16) | BITS(7, 0) },
	{ 0x44, 0xffffffff, BITS(15, 0) }, /* PCROP2SR */
	{ 0x48, 0x0000ffff, BITS(15, 0) },
	{ 0x4c, 0xff00ffff, BITS(23, 16) | BITS(7, 0) },
	{ 0x50, 0xff00ffff, BITS(23, 16) | BITS(7, 0) },
};
static const struct wrp_row l4_wrp[] = { { 3, 0 }, { 4, 0 }, { 7, 1 }, { 8, 1 } };

static const struct family l4 = {
	.ports = { { .keyr = 0x08, .sr = 0x10, .cr = 0x14 } },
	.optkeyr = 0x0c,
	.options = l4_options,
	.option_count = ARRAY_SIZE(l4_options),
	.wrp = l4_wrp,
	.wrp_count = ARRAY_SIZE(l4_wrp),
	.two_banks = true,
	.page_size = 2048,
	.acr_reset = 0x600,
	.acr_writable = 0x00007f07,
	.cr_writable = L4_FLASH_CR_WRITABLE,
};

/* RM0444, 3.7.8 on. */
static const struct option_row g0_options[] = {
	{ 0x20, 0xfffffeaa, 0x3f7fffffu }, /* OPTR */
	{ 0x24, 0xffffffff, BITS(7, 0) },  /* PCROP1ASR */
	{ 0x28, 0x000000ff, BIT(31) | BITS(7, 0) },
	{ 0x2c, 0xff00ffff, BITS(21, 16) | BITS(5, 0) }, /* WRP1AR */
	{ 0x30, 0xff00ffff, BITS(21, 16) | BITS(5, 0) },
	{ 0x34, 0xffffffff, BITS(7, 0) }, /* PCROP1BSR */
	{ 0x38, 0x000000ff, BITS(7, 0) }, { 0x80, 0x00000000, BIT(16) | BITS(6, 0) }, /* SECR */
};
static const struct wrp_row g0_wrp[] = { { 3, 0 }, { 4, 0 } };

static const struct family g0 = {
	.ports = { { .keyr = 0x08, .sr = 0x10, .cr = 0x14 } },
	.optkeyr = 0x0c,
	.options = g0_options,
	.option_count = ARRAY_SIZE(g0_options),
	.wrp = g0_wrp,
	.wrp_count = ARRAY_SIZE(g0_wrp),
	.page_size = 2048,
	.acr_reset = 0x40600,
	.acr_writable = 0x00040b07,
	.cr_writable = BITS(26, 24) | BIT(18) | BITS(8, 0),
};

/* RM0438, 6.9.11 on; reset values as SVD and the option bytes' algorithm have them. */
static const struct option_row l5_options[] = {
	{ 0x40, 0x7feff8aa, 0x9f7f77ffu },               /* OPTR */
	{ 0x44, 0x0800007f, BITS(31, 7) },               /* NSBOOTADD0R */
	{ 0x48, 0x0bf9007f, BITS(31, 7) },               /* NSBOOTADD1R */
	{ 0x4c, 0x0c00007c, BITS(31, 7) | BIT(0) },      /* SECBOOTADD0R */
	{ 0x50, 0xff80ffff, BITS(22, 16) | BITS(6, 0) }, /* SECWM1R1: end, start */
	{ 0x54, 0x7f807f80, BIT(31) | BITS(22, 16) | BIT(15) | BITS(6, 0) },
	{ 0x58, 0xff80ffff, BITS(22, 16) | BITS(6, 0) }, /* WRP1AR */
	{ 0x5c, 0xff80ffff, BITS(22, 16) | BITS(6, 0) },
	{ 0x60, 0xff80ffff, BITS(22, 16) | BITS(6, 0) }, /* SECWM2R1 */
	{ 0x64, 0x7f807f80, BIT(31) | BITS(22, 16) | BIT(15) | BITS(6, 0) },
	{ 0x68, 0xff80ffff, BITS(22, 16) | BITS(6, 0) }, /* WRP2AR */
	{ 0x6c, 0xff80ffff, BITS(22, 16) | BITS(6, 0) },
};
static const struct wrp_row l5_wrp[] = { { 6, 0 }, { 7, 0 }, { 10, 1 }, { 11, 1 } };
static const uint8_t l5_secwm[] = { 4, 8 }; /* of bank 1 and 2 */

static const struct family l5 = {
	.ports = { { .keyr = 0x08, .sr = 0x20, .cr = 0x28 },
		{ .keyr = 0x0c, .sr = 0x24, .cr = 0x2c } },
	.optkeyr = 0x10,
	.secbb = 0x80,
	.options = l5_options,
	.option_count = ARRAY_SIZE(l5_options),
	.wrp = l5_wrp,
	.wrp_count = ARRAY_SIZE(l5_wrp),
	.two_banks = true,
	.has_security = true,
	.page_size = 2048,
	.acr_writable = 0x0000e00fu,
	.cr_writable = BITS(25, 24) | BIT(15) | BIT(11) | BITS(9, 0),
};

/* --- geometry and rights --------------------------------------------------------------------- */

static uint32_t loaded_optr(const struct flash *flash)
{
	return flash->s.loaded[flash->family->optr];
}

/* STM32L5 with DBANK = 0: one bank of pages twice as large. */
static unsigned bank_count(const struct flash *flash)
{
	if (flash->family->has_security)
		return loaded_optr(flash) & L5_FLASH_OPTR_DBANK ? 2 : 1;
	return flash->family->two_banks ? 2 : 1;
}

static uint32_t page_size(const struct flash *flash)
{
	return flash->family->two_banks && bank_count(flash) == 1 ? 2 * flash->family->page_size
	                                                          : flash->family->page_size;
}

static uint32_t bank_size(const struct flash *flash)
{
	return flash->config->size / bank_count(flash);
}

static bool is_write_protected(const struct flash *flash, uint32_t offset)
{
	const uint32_t bank = offset / bank_size(flash);
	const uint32_t page = offset % bank_size(flash) / page_size(flash);

	for (unsigned i = 0; i < flash->family->wrp_count; i++) {
		const struct wrp_row *row = &flash->family->wrp[i];
		const uint32_t area = flash->s.loaded[row->option];
		const uint32_t mask = flash->family->options[row->option].writable & 0xff;

		if (row->bank == bank && page >= (area & mask) && page <= (area >> 16 & mask))
			return true;
	}
	return false;
}

static bool any_write_protected(const struct flash *flash, uint32_t offset, uint32_t size)
{
	for (uint32_t at = 0; at < size; at += page_size(flash))
		if (is_write_protected(flash, offset + at))
			return true;
	return false;
}

static bool has_trust_zone(const struct flash *flash)
{
	return flash->family->has_security && loaded_optr(flash) & L5_FLASH_OPTR_TZEN;
}

/** Whether a page belongs to Secure: by a watermark, or by its block's bit. */
static bool is_secure(const struct flash *flash, uint32_t offset)
{
	const uint32_t bank = offset / bank_size(flash);
	const uint32_t page = offset % bank_size(flash) / page_size(flash);
	const uint32_t area = flash->s.loaded[l5_secwm[bank]];
	const uint32_t bit = offset / flash->family->page_size;

	if (page >= (area & 0x7f) && page <= (area >> 16 & 0x7f))
		return true;
	return bit / 32 < MAX_BLOCKS && flash->s.blocks[bit / 32] >> bit % 32 & 1;
}

static bool is_allowed(const struct flash *flash, const struct bus_access *access, uint32_t offset)
{
	return !has_trust_zone(flash) || access->secure == is_secure(flash, offset);
}

/** RDP level 1 and 2: nothing of the array for a debugger. */
static bool is_hidden(const struct flash *flash, const struct bus_access *access)
{
	return access->debugger &&
	       FIELD_GET(L4_FLASH_OPTR_RDP, loaded_optr(flash)) != L4_RDP_LEVEL_0;
}

/* --- operations ------------------------------------------------------------------------------ */

static struct port *working_port(struct flash *flash)
{
	return &flash->s.ports[flash->s.working];
}

static void update_irq(const struct flash *flash)
{
	bool level = false;

	for (unsigned i = 0; i < ARRAY_SIZE(flash->s.ports); i++) {
		const struct port *port = &flash->s.ports[i];

		level |= (port->cr & L4_FLASH_CR_EOPIE && port->sr & L4_FLASH_SR_EOP) ||
		         (port->cr & L4_FLASH_CR_ERRIE && port->sr & L4_FLASH_SR_OPERR);
	}
	board_set_irq(flash->board, flash->irq, level);
}

/* OPERR "is set only if error interrupts are enabled". */
static void raise_error(struct flash *flash, struct port *port, uint32_t flag)
{
	port->sr |= flag;
	if (port->cr & L4_FLASH_CR_ERRIE)
		port->sr |= L4_FLASH_SR_OPERR;
	flash->s.unit_count = 0;
	update_irq(flash);
}

static void store_options(struct flash *flash)
{
	uint8_t bytes[4 * MAX_OPTIONS];

	for (unsigned i = 0; i < flash->family->option_count; i++)
		put_le32(bytes + 4 * (size_t)i, flash->s.written[i]);
	nvm_put(&flash->nvm, OPTIONS, 0, bytes, 4u * flash->family->option_count);
	flash->s.option_change = false;
}

static void operation_ended(void *owner)
{
	struct flash *flash = owner;
	struct port *port = working_port(flash);

	if (flash->s.option_change)
		store_options(flash);
	port->cr &= ~(L4_FLASH_CR_STRT | L4_FLASH_CR_OPTSTRT);
	if (port->cr & L4_FLASH_CR_EOPIE)
		port->sr |= L4_FLASH_SR_EOP;
	update_irq(flash);
}

/** The range that CR selects; size 0: none. */
static struct nvm_range selected_range(const struct flash *flash, uint32_t cr)
{
	const uint32_t bank = bank_count(flash) == 2 && cr & L4_FLASH_CR_BKER ? 1 : 0;
	struct nvm_range range = { ARRAY, 0, 0 };

	if (cr & L4_FLASH_CR_PER) {
		range.offset =
			bank * bank_size(flash) + FIELD_GET(L4_FLASH_CR_PNB, cr) * page_size(flash);
		range.size = page_size(flash);
		if (range.offset + range.size > flash->config->size)
			range.size = 0;
		return range;
	}
	/* With one bank either bit is for all of it. */
	if (cr & (L4_FLASH_CR_MER1 | L4_FLASH_CR_MER2))
		range.size = flash->config->size;
	if (bank_count(flash) == 2 && !(cr & L4_FLASH_CR_MER1 && cr & L4_FLASH_CR_MER2)) {
		range.size = range.size ? bank_size(flash) : 0;
		range.offset = cr & L4_FLASH_CR_MER2 ? bank_size(flash) : 0;
	}
	return range;
}

/** A Secure port erases only what is Secure, the other one the rest. */
static bool may_erase(const struct flash *flash, const struct nvm_range *range, unsigned port)
{
	if (!has_trust_zone(flash))
		return true;
	for (uint32_t at = 0; at < range->size; at += page_size(flash))
		if (is_secure(flash, range->offset + at) != (port == 1))
			return false;
	return true;
}

static void start_erase(struct flash *flash, unsigned index)
{
	struct port *port = &flash->s.ports[index];
	const struct nvm_range range = selected_range(flash, port->cr);
	const uint32_t both = L4_FLASH_CR_PER | L4_FLASH_CR_PG;

	port->cr &= ~L4_FLASH_CR_STRT;
	if (range.size == 0 || (port->cr & both) == both || port->sr & L4_FLASH_SR_ERRORS) {
		raise_error(flash, port, L4_FLASH_SR_PGSERR);
		return;
	}
	if (any_write_protected(flash, range.offset, range.size) ||
		!may_erase(flash, &range, index)) {
		raise_error(flash, port, L4_FLASH_SR_WRPERR);
		return;
	}
	port->cr |= L4_FLASH_CR_STRT;
	flash->s.working = index;
	nvm_erase(
		&flash->nvm, &range, 1, port->cr & L4_FLASH_CR_PER ? PAGE_ERASE_NS : MASS_ERASE_NS);
}

/* From level 1 to 0 the array is erased first. */
static void start_options(struct flash *flash, unsigned index)
{
	const uint32_t before = FIELD_GET(L4_FLASH_OPTR_RDP, loaded_optr(flash));
	const uint32_t after = FIELD_GET(L4_FLASH_OPTR_RDP, flash->s.written[flash->family->optr]);
	const bool opens = before != L4_RDP_LEVEL_0 && after == L4_RDP_LEVEL_0;
	const struct nvm_range range = { ARRAY, 0, opens ? flash->config->size : 0 };
	struct port *port = &flash->s.ports[index];

	if (before == L4_RDP_LEVEL_2) {
		raise_error(flash, port,
			flash->family->has_security ? L4_FLASH_SR_OPTWERR : L4_FLASH_SR_WRPERR);
		return;
	}
	port->cr |= L4_FLASH_CR_OPTSTRT;
	flash->s.option_change = true;
	flash->s.working = index;
	nvm_erase(&flash->nvm, &range, 1, opens ? MASS_ERASE_NS + OPTIONS_NS : OPTIONS_NS);
}

/* --- programming ----------------------------------------------------------------------------- */

static bool is_erased(const struct flash *flash, uint32_t offset, uint32_t size)
{
	for (uint32_t i = 0; i < size; i += 4)
		if (nvm_peek(&flash->nvm, ARRAY, offset + i, 4) != UINT32_MAX)
			return false;
	return true;
}

static bool is_all_zero(const uint8_t *bytes, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

/** Which rule a write of a word breaks; 0: none. */
static uint32_t check_program(
	const struct flash *flash, const struct port *port, const struct bus_access *access)
{
	const bool fast = port->cr & L4_FLASH_CR_FSTPG;
	const uint32_t unit = fast ? L4_ROW : L4_DOUBLE_WORD;
	const uint32_t expected = flash->s.unit_offset + flash->s.unit_count;

	if (!(port->cr & (L4_FLASH_CR_PG | L4_FLASH_CR_FSTPG)) ||
		port->cr & (L4_FLASH_CR_PER | L4_FLASH_CR_MER1 | L4_FLASH_CR_MER2) ||
		port->sr & L4_FLASH_SR_ERRORS)
		return L4_FLASH_SR_PGSERR;
	if (access->size != 4)
		return L4_FLASH_SR_SIZERR;
	if (flash->s.unit_count ? access->offset != expected : access->offset % unit != 0)
		return L4_FLASH_SR_PGAERR | (fast ? L4_FLASH_SR_FASTERR : 0);
	if (fast && flash->s.unit_count && board_now_ns(flash->board) > flash->s.unit_ns + LATE_NS)
		return L4_FLASH_SR_MISERR | L4_FLASH_SR_FASTERR;
	if (is_write_protected(flash, access->offset))
		return L4_FLASH_SR_WRPERR;
	return 0;
}

static void program_word(
	struct flash *flash, unsigned index, const struct bus_access *access, uint32_t value)
{
	struct port *port = &flash->s.ports[index];
	const uint32_t error = check_program(flash, port, access);
	const uint32_t unit = port->cr & L4_FLASH_CR_FSTPG ? L4_ROW : L4_DOUBLE_WORD;

	if (error) {
		raise_error(flash, port, error);
		return;
	}
	if (flash->s.unit_count == 0)
		flash->s.unit_offset = access->offset;
	put_le32(flash->s.unit + flash->s.unit_count, value);
	flash->s.unit_count += 4;
	flash->s.unit_ns = board_now_ns(flash->board);
	if (flash->s.unit_count < unit)
		return;
	flash->s.unit_count = 0;
	if (!is_erased(flash, flash->s.unit_offset, unit) && !is_all_zero(flash->s.unit, unit)) {
		raise_error(flash, port, L4_FLASH_SR_PROGERR);
		return;
	}
	flash->s.working = index;
	nvm_program(&flash->nvm, (struct nvm_range){ ARRAY, flash->s.unit_offset, unit },
		flash->s.unit, board_now_ns(flash->board), unit == L4_ROW ? ROW_NS : PROGRAM_NS);
}

/* --- the array ------------------------------------------------------------------------------- */

static bool is_in_other_bank(struct flash *flash, uint32_t offset)
{
	const struct nvm_range *range = &flash->nvm.op.ranges[0];

	return bank_count(flash) == 2 && nvm_is_busy(&flash->nvm) && flash->nvm.op.range_count &&
	       range->size <= bank_size(flash) && range->size &&
	       range->offset / bank_size(flash) != offset / bank_size(flash);
}

static bool array_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;
	const bool direct = has_trust_zone(flash);

	if (is_hidden(flash, access))
		return false;
	*value = 0;
	if (!is_allowed(flash, access, access->offset))
		return true;
	if (!is_in_other_bank(flash, access->offset)) {
		/* With Security the core must go on asking: pages differ. */
		if (!direct)
			return nvm_read(&flash->nvm, ARRAY, access, value);
		if (!nvm_wait_idle(&flash->nvm, access))
			return false;
	}
	*value = nvm_peek(&flash->nvm, ARRAY, access->offset, access->size);
	return true;
}

static bool array_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;

	(void)mask;
	if (is_hidden(flash, access) || !nvm_wait_idle(&flash->nvm, access))
		return false;
	if (is_allowed(flash, access, access->offset))
		program_word(flash, has_trust_zone(flash) && access->secure, access, value);
	return true;
}

static const struct window_ops array_ops = { .read = array_read, .write = array_write };

/* As memory: each option word, then its complement. */
static bool option_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct flash *flash = model;
	const uint32_t index = access->offset / 8;
	const uint32_t word = index < flash->family->option_count
	                              ? nvm_peek(&flash->nvm, OPTIONS, 4 * index, 4)
	                              : UINT32_MAX;

	*value = access->offset & 4 ? ~word : word;
	return true;
}

static const struct window_ops option_ops = { .read = option_read };

/* --- registers ------------------------------------------------------------------------------- */

/* A wrong key is a hard fault and locks until the next reset. */
static bool turn_key(struct lock *lock, uint32_t key, uint32_t key1, uint32_t key2)
{
	if (lock->jammed || key != (lock->step ? key2 : key1)) {
		lock->jammed = true;
		lock->locked = true;
		return false;
	}
	lock->step ^= 1;
	if (lock->step == 0)
		lock->locked = false;
	return true;
}

static uint32_t read_cr(const struct flash *flash, const struct port *port)
{
	return port->cr | FIELD_PREP(L4_FLASH_CR_LOCK, port->lock.locked) |
	       FIELD_PREP(L4_FLASH_CR_OPTLOCK, flash->s.option_lock.locked);
}

static bool write_cr(
	struct flash *flash, unsigned index, const struct bus_access *access, uint32_t value)
{
	struct port *port = &flash->s.ports[index];
	const uint32_t kept = flash->family->cr_writable;

	if (!nvm_wait_idle(&flash->nvm, access))
		return false;
	if (value & L4_FLASH_CR_OPTLOCK)
		flash->s.option_lock.locked = true;
	if (port->lock.locked)
		return true;
	/* A row that has begun ends with an error when FSTPG goes. */
	if (flash->s.unit_count && port->cr & ~value & L4_FLASH_CR_FSTPG)
		raise_error(flash, port, L4_FLASH_SR_FASTERR);
	port->cr = value & kept;
	port->lock.locked = value & L4_FLASH_CR_LOCK;
	if (value & L4_FLASH_CR_STRT)
		start_erase(flash, index);
	if (value & L4_FLASH_CR_OPTSTRT && !flash->s.option_lock.locked)
		start_options(flash, index);
	if (value & L4_FLASH_CR_OBL_LAUNCH && !flash->s.option_lock.locked) {
		flash->s.reload = true;
		board_request_reset(flash->board, RESET_SOFTWARE);
	}
	update_irq(flash);
	return true;
}

static bool read_port(struct flash *flash, const struct port_row *row, struct port *port,
	uint32_t offset, uint32_t *value)
{
	if (offset == row->cr)
		*value = read_cr(flash, port);
	else if (offset == row->sr)
		*value = port->sr | FIELD_PREP(L4_FLASH_SR_BSY, nvm_is_busy(&flash->nvm));
	else
		return false;
	return true;
}

static const uint32_t *find_option(const struct flash *flash, uint32_t offset)
{
	for (unsigned i = 0; i < flash->family->option_count; i++)
		if (flash->family->options[i].offset == offset)
			return &flash->s.written[i];
	return NULL;
}

/** The registers of Secure are its own while there is Security (RAZ/WI for others). */
static bool is_refused(const struct flash *flash, const struct bus_access *access, unsigned index)
{
	return index == 1 && has_trust_zone(flash) && !access->secure;
}

static bool is_block(const struct flash *flash, uint32_t offset)
{
	const uint32_t secbb = flash->family->secbb;

	return secbb && ((offset >= secbb && offset < secbb + 16) ||
				(offset >= secbb + 0x20 && offset < secbb + 0x30));
}

/** SECBB1R1 to 4, SECBB2R1 to 4. */
static uint32_t *block_register(struct flash *flash, uint32_t offset)
{
	const uint32_t at = offset - flash->family->secbb;

	return &flash->s.blocks[at >= 0x20 ? 4 + (at - 0x20) / 4 : at / 4];
}

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;
	const uint32_t *option = find_option(flash, access->offset);

	*value = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(flash->s.ports); i++)
		if (flash->family->ports[i].cr && !is_refused(flash, access, i) &&
			read_port(flash, &flash->family->ports[i], &flash->s.ports[i],
				access->offset, value))
			return true;
	if (access->offset == flash->family->acr)
		*value = flash->s.acr;
	else if (is_block(flash, access->offset))
		*value = *block_register(flash, access->offset);
	else if (option)
		*value = *option;
	return true;
}

static void write_option(
	struct flash *flash, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	for (unsigned i = 0; i < flash->family->option_count; i++)
		if (flash->family->options[i].offset == access->offset &&
			!flash->s.option_lock.locked)
			flash->s.written[i] = merge_lanes(flash->s.written[i], value,
				mask & flash->family->options[i].writable);
}

/** @return Whether it was one of the port's; *done as window_ops.write. */
static bool write_port(struct flash *flash, unsigned index, const struct bus_access *access,
	uint32_t value, uint32_t mask, bool *done)
{
	const struct port_row *row = &flash->family->ports[index];
	struct port *port = &flash->s.ports[index];

	if (access->offset == row->keyr) {
		*done = turn_key(&port->lock, value, L4_FLASH_KEY1, L4_FLASH_KEY2);
	} else if (access->offset == row->sr) {
		(void)nvm_is_busy(&flash->nvm);
		port->sr &= ~(value & mask & L4_FLASH_SR_FLAGS);
		update_irq(flash);
	} else if (access->offset == row->cr) {
		(void)nvm_is_busy(&flash->nvm);
		*done = write_cr(
			flash, index, access, merge_lanes(read_cr(flash, port), value, mask));
	} else {
		return false;
	}
	return true;
}

static bool flash_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;
	bool done = true;

	for (unsigned i = 0; i < ARRAY_SIZE(flash->s.ports); i++)
		if (flash->family->ports[i].cr && !is_refused(flash, access, i) &&
			write_port(flash, i, access, value, mask, &done))
			return done;
	if (access->offset == flash->family->optkeyr)
		return turn_key(&flash->s.option_lock, value, L4_FLASH_OPTKEY1, L4_FLASH_OPTKEY2);
	if (access->offset == flash->family->acr)
		flash->s.acr = merge_lanes(flash->s.acr, value, mask & flash->family->acr_writable);
	else if (is_block(flash, access->offset) && has_trust_zone(flash) && access->secure)
		*block_register(flash, access->offset) =
			merge_lanes(*block_register(flash, access->offset), value, mask);
	else
		write_option(flash, access, value, mask);
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static void load_options(struct flash *flash)
{
	for (unsigned i = 0; i < flash->family->option_count; i++)
		flash->s.loaded[i] = nvm_peek(&flash->nvm, OPTIONS, 4 * i, 4);
}

static void flash_reset(void *model, enum board_reset kind)
{
	struct flash *flash = model;

	nvm_reset(&flash->nvm);
	if (kind == RESET_POWER_ON || flash->s.reload)
		load_options(flash);
	flash->s.reload = false;
	flash->s.option_change = false;
	flash->s.unit_count = 0;
	flash->s.acr = flash->family->acr_reset;
	for (unsigned i = 0; i < ARRAY_SIZE(flash->s.ports); i++)
		flash->s.ports[i] = (struct port){ .lock = { .locked = true } };
	flash->s.option_lock = (struct lock){ .locked = true };
	memset(flash->s.blocks, 0, sizeof(flash->s.blocks));
	memcpy(flash->s.written, flash->s.loaded, sizeof(flash->s.written));
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
	"write-protect",
	"rdp",
	NVM_SETTING_KEYS,
	NULL,
};

static void put_option(struct flash *flash, unsigned index, uint32_t value)
{
	uint8_t bytes[4];

	put_le32(bytes, value);
	nvm_put(&flash->nvm, OPTIONS, 4 * index, bytes, sizeof(bytes));
}

/** Area A of the page's bank from that page to that page. */
static dapper_status set_write_protect(struct flash *flash, const char *key, const char *value)
{
	const uint32_t banks = flash->family->two_banks ? 2 : 1;
	const uint32_t pages = flash->config->size / flash->family->page_size;
	uint64_t page;
	uint32_t in_bank;

	TRY(setting_number(key, value, pages - 1, &page));
	in_bank = (uint32_t)page % (pages / banks);
	for (unsigned i = 0; i < flash->family->wrp_count; i++)
		if (flash->family->wrp[i].bank == page / (pages / banks)) {
			put_option(flash, flash->family->wrp[i].option, in_bank | in_bank << 16);
			break;
		}
	return DAPPER_OK;
}

static dapper_status set_rdp(struct flash *flash, const char *key, const char *value)
{
	static const uint8_t levels[] = { L4_RDP_LEVEL_0, 0xbb, L4_RDP_LEVEL_2 };
	const unsigned optr = flash->family->optr;
	uint64_t level;

	TRY(setting_number(key, value, ARRAY_SIZE(levels) - 1, &level));
	put_option(flash, optr,
		(nvm_peek(&flash->nvm, OPTIONS, 4 * optr, 4) & ~L4_FLASH_OPTR_RDP) | levels[level]);
	return DAPPER_OK;
}

static dapper_status flash_set(void *model, const char *key, const char *value, bool *taken)
{
	struct flash *flash = model;

	*taken = true;
	if (strcmp(key, "write-protect") == 0)
		return set_write_protect(flash, key, value);
	if (strcmp(key, "rdp") == 0)
		return set_rdp(flash, key, value);
	return nvm_set(&flash->nvm, key, value, taken);
}

static void flash_destroy(void *model)
{
	struct flash *flash = model;

	nvm_finish(&flash->nvm);
	free(flash);
}

static dapper_status add_windows(struct flash *flash)
{
	const struct stm32l4_flash_config *config = flash->config;

	TRY(board_add_window(flash->board, "flash memory", config->array_base, config->size,
		LANES_RAW, &array_ops, flash));
	if (config->secure_base)
		TRY(board_add_window(flash->board, "flash memory, secure", config->secure_base,
			config->size, LANES_RAW, &array_ops, flash));
	if (config->option_base)
		return board_add_window(flash->board, "option bytes", config->option_base, 0x80,
			LANES_AHB, &option_ops, flash);
	return DAPPER_OK;
}

static dapper_status create(struct board *board, const struct model_config *config,
	const struct family *family, void **model)
{
	struct flash *flash = xnew(flash);

	if (!flash)
		return FAIL_NO_MEMORY("a flash controller");
	*model = flash; /* the board ends it, whatever comes */
	flash->board = board;
	flash->family = family;
	flash->config = config->data;
	flash->irq = config->irq;
	nvm_init(&flash->nvm, board, operation_ended, flash);
	TRY(nvm_add_area(&flash->nvm, flash->config->array_base, flash->config->size, "flash"));
	TRY(nvm_add_area(
		&flash->nvm, flash->config->option_base, 4u * family->option_count, "options"));
	for (unsigned i = 0; i < family->option_count; i++)
		put_option(flash, i, family->options[i].delivered);
	TRY(board_keep(board, "flash registers", &flash->s, sizeof(flash->s)));
	return add_windows(flash);
}

static dapper_status l4_create(struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &l4, model);
}

static dapper_status g0_create(struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &g0, model);
}

static dapper_status l5_create(struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &l5, model);
}

static const struct model_field fields[] = {
	{ "array-base", FIELD_U32, offsetof(struct stm32l4_flash_config, array_base), true },
	{ "secure-base", FIELD_U32, offsetof(struct stm32l4_flash_config, secure_base) },
	{ "size", FIELD_U32, offsetof(struct stm32l4_flash_config, size), true },
	{ "option-base", FIELD_U32, offsetof(struct stm32l4_flash_config, option_base) },
	{ NULL },
};

#define FLASH_CLASS(text, create_function)                                                     \
	{                                                                                      \
		.name = (text), .create = (create_function), .reset = flash_reset,             \
		.set = flash_set, .keys = setting_keys, .power_lost = flash_power_lost,        \
		.destroy = flash_destroy, .ops = { .read = flash_read, .write = flash_write }, \
		.fields = fields, .config_size = sizeof(struct stm32l4_flash_config),          \
	}

const struct model_class stm32l4_flash_class = FLASH_CLASS("STM32L4 flash interface", l4_create);
const struct model_class stm32g0_flash_class = FLASH_CLASS("STM32G0 flash interface", g0_create);
const struct model_class stm32l5_flash_class = FLASH_CLASS("STM32L5 flash interface", l5_create);
