/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash, option bytes and FPEC of STM32F103 (stm32f1_flash_regs.h).
 *
 * - Only half-words are programmed; other widths are a bus error (PM0075, 2.3.2).
 * - A half-word that is not erased is not programmed, PGERR; but 0x0000 always is (2.3.2).
 * - Write-protected pages give WRPRTERR, for a mass erase if any page is protected.
 * - Read protection, while a debugger reads: bus errors. Pages 0 to 3 are write-protected then
 *   (2.4.1). Programming the RDPRT key where the option bytes do not hold it erases the main
 *   flash first (2.4.1). Option bytes take effect in the next reset, all of them.
 * - Reads of the array, and writes to it and to CR, wait on the bus while BSY is set.
 *
 * What the manual leaves open, and what is done here: a write to the array with neither PG nor
 * OPTPG set is ignored; STRT without or with several of PER, MER and OPTER does nothing; EOP comes
 * after each operation that was carried out.
 *
 * Times: DS5319, "Flash memory characteristics": a half-word 52.5 us typical; page and mass erase
 * 20 to 40 ms, for which 30 ms stand here, the option bytes' erase too.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/nvm.h"
#include "vboard/models/stm32f1.h"
#include "vboard/models/stm32f1_flash_regs.h"

enum { MAIN, OPTIONS };
enum { UNIT = 2, PAGES_PROTECTED_BY_RDP = 4 };

#define PROGRAM_NS (52500u)
#define ERASE_NS   (30 * NS_PER_MS)

/** Progress of the two-word unlock sequence; the option bytes' has the same keys. */
struct lock {
	unsigned step;
	bool jammed; /* wrong key: locked until reset */
	bool locked;
};

struct flash {
	struct board *board;
	const struct stm32f1_flash_config *config;
	uint16_t irq;
	struct nvm nvm;
	uint32_t acr, sr, cr, ar;
	struct lock lock, option_lock;
	/* As loaded in the last reset (2.4). */
	uint32_t obr, wrpr;
	/* A half-word of the option bytes that waits for the mass erase to end. */
	bool option_pending;
	struct nvm_range option_range;
	uint8_t option_data[UNIT];
};

static void update_irq(const struct flash *flash)
{
	const bool done = flash->cr & F1_FLASH_CR_EOPIE && flash->sr & F1_FLASH_SR_EOP;
	const bool failed = flash->cr & F1_FLASH_CR_ERRIE &&
	                    flash->sr & (F1_FLASH_SR_PGERR | F1_FLASH_SR_WRPRTERR);

	board_set_irq(flash->board, flash->irq, done || failed);
}

static void raise_flag(struct flash *flash, uint32_t flag)
{
	flash->sr |= flag;
	update_irq(flash);
}

/* --- option bytes ---------------------------------------------------------------------------- */

/**
 * An option byte, as it is loaded: 0xFF if its complement does not match, with OPTERR; but an
 * erased one is no error.
 */
static uint32_t load_option(struct flash *flash, unsigned index)
{
	const uint32_t half = nvm_peek(&flash->nvm, OPTIONS, index * UNIT, UNIT);

	if (((half >> 8 ^ half) & 0xff) == 0xff)
		return half & 0xff;
	if (half != 0xffff)
		flash->obr |= F1_FLASH_OBR_OPTERR;
	return 0xff;
}

static void load_options(struct flash *flash)
{
	flash->obr = 0;
	if (load_option(flash, F1_OPTION_RDP) != F1_RDP_OPEN)
		flash->obr |= F1_FLASH_OBR_RDPRT;
	flash->obr |= FIELD_PREP(F1_FLASH_OBR_USER, load_option(flash, F1_OPTION_USER));
	flash->obr |= FIELD_PREP(F1_FLASH_OBR_DATA0, load_option(flash, F1_OPTION_DATA0));
	flash->obr |= FIELD_PREP(F1_FLASH_OBR_DATA1, load_option(flash, F1_OPTION_DATA1));
	flash->wrpr = 0;
	for (unsigned i = 0; i < 4; i++)
		flash->wrpr |= load_option(flash, F1_OPTION_WRP0 + i) << 8 * i;
}

static bool is_read_protected(const struct flash *flash)
{
	return flash->obr & F1_FLASH_OBR_RDPRT;
}

static void put_option(struct flash *flash, unsigned index, uint8_t value)
{
	put_le16(flash->nvm.areas[OPTIONS].bytes + (size_t)index * UNIT,
		(uint16_t)(value | (uint8_t)~value << 8));
}

/* --- protection ------------------------------------------------------------------------------ */

/** WRPx: a 0 protects. */
static bool is_write_protected(const struct flash *flash, uint32_t offset)
{
	const uint32_t page = offset / flash->config->page_size;

	if (is_read_protected(flash) && page < PAGES_PROTECTED_BY_RDP)
		return true;
	return !(flash->wrpr >> page / flash->config->pages_per_wrp_bit & 1);
}

static bool any_write_protected(const struct flash *flash)
{
	for (uint32_t offset = 0; offset < flash->config->size; offset += flash->config->page_size)
		if (is_write_protected(flash, offset))
			return true;
	return false;
}

/* --- operations ------------------------------------------------------------------------------ */

static void operation_ended(void *owner)
{
	struct flash *flash = owner;

	if (flash->option_pending) {
		flash->option_pending = false;
		nvm_program(&flash->nvm, flash->option_range, flash->option_data,
			flash->nvm.op.end_ns, PROGRAM_NS);
		return;
	}
	flash->cr &= ~F1_FLASH_CR_STRT;
	raise_flag(flash, F1_FLASH_SR_EOP);
}

static void start_erase(struct flash *flash)
{
	const struct stm32f1_flash_config *config = flash->config;
	const uint32_t which = flash->cr & (F1_FLASH_CR_PER | F1_FLASH_CR_MER | F1_FLASH_CR_OPTER);
	struct nvm_range range = { MAIN, 0, config->size };

	flash->cr &= ~F1_FLASH_CR_STRT;
	if (which == F1_FLASH_CR_PER) {
		if (flash->ar - config->array_base >= config->size)
			return;
		range.offset = (flash->ar - config->array_base) & ~(config->page_size - 1);
		range.size = config->page_size;
		if (is_write_protected(flash, range.offset)) {
			raise_flag(flash, F1_FLASH_SR_WRPRTERR);
			return;
		}
	} else if (which == F1_FLASH_CR_MER) {
		if (any_write_protected(flash)) {
			raise_flag(flash, F1_FLASH_SR_WRPRTERR);
			return;
		}
	} else if (which == F1_FLASH_CR_OPTER && !flash->option_lock.locked) {
		range = (struct nvm_range){ OPTIONS, 0, F1_OPTION_COUNT * UNIT };
	} else {
		return;
	}
	flash->cr |= F1_FLASH_CR_STRT;
	nvm_erase(&flash->nvm, &range, 1, ERASE_NS);
}

/** Programming a half-word that can be programmed. */
static void start_program(struct flash *flash, struct nvm_range range, uint32_t value)
{
	uint8_t data[UNIT];

	put_le16(data, (uint16_t)value);
	nvm_program(&flash->nvm, range, data, board_now_ns(flash->board), PROGRAM_NS);
}

static bool array_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;
	const struct nvm_range range = { MAIN, access->offset, UNIT };

	(void)mask;
	if ((access->debugger && is_read_protected(flash)) || access->size != UNIT ||
		!nvm_wait_idle(&flash->nvm, access))
		return false;
	if (!(flash->cr & F1_FLASH_CR_PG))
		return true;
	if (is_write_protected(flash, access->offset))
		raise_flag(flash, F1_FLASH_SR_WRPRTERR);
	else if (value != 0 && nvm_peek(&flash->nvm, MAIN, access->offset, UNIT) != 0xffff)
		raise_flag(flash, F1_FLASH_SR_PGERR);
	else
		start_program(flash, range, value);
	return true;
}

static bool array_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;

	if (access->debugger && is_read_protected(flash))
		return false;
	return nvm_read(&flash->nvm, MAIN, access, value);
}

static const struct window_ops array_ops = { .read = array_read, .write = array_write };

/** The read protection is being taken away: the main flash goes first. */
static void start_unprotect(struct flash *flash, struct nvm_range range, uint32_t value)
{
	const struct nvm_range all = { MAIN, 0, flash->config->size };

	flash->option_pending = true;
	flash->option_range = range;
	put_le16(flash->option_data, (uint16_t)value);
	nvm_erase(&flash->nvm, &all, 1, ERASE_NS);
}

/* The complement is made by the FPEC from the low byte (2.4.2). */
static bool option_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;
	const struct nvm_range range = { OPTIONS, access->offset, UNIT };

	(void)mask;
	if (access->size != UNIT || !nvm_wait_idle(&flash->nvm, access))
		return false;
	if (!(flash->cr & F1_FLASH_CR_OPTPG) || flash->option_lock.locked)
		return true;
	value = (value & 0xff) | (~value & 0xff) << 8;
	if (nvm_peek(&flash->nvm, OPTIONS, access->offset, UNIT) != 0xffff)
		raise_flag(flash, F1_FLASH_SR_PGERR);
	else if (access->offset == F1_OPTION_RDP * UNIT && (value & 0xff) == F1_RDP_OPEN &&
		 is_read_protected(flash))
		start_unprotect(flash, range, value);
	else
		start_program(flash, range, value);
	return true;
}

static bool option_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;

	return nvm_read(&flash->nvm, OPTIONS, access, value);
}

static const struct window_ops option_ops = { .read = option_read, .write = option_write };

/* --- registers ------------------------------------------------------------------------------- */

/* "A wrong sequence locks up the FPEC until the next reset" and is a bus error (2.3.1). */
static bool turn_key(struct lock *lock, uint32_t key)
{
	static const uint32_t keys[] = { F1_FLASH_KEY1, F1_FLASH_KEY2 };

	if (lock->jammed || key != keys[lock->step]) {
		lock->jammed = true;
		lock->locked = true;
		return false;
	}
	lock->step ^= 1;
	if (lock->step == 0)
		lock->locked = false;
	return true;
}

static bool write_cr(struct flash *flash, const struct bus_access *access, uint32_t value)
{
	if (!nvm_wait_idle(&flash->nvm, access))
		return false;
	if (flash->lock.locked)
		return true;
	flash->cr = value & F1_FLASH_CR_WRITABLE;
	flash->lock.locked = value & F1_FLASH_CR_LOCK;
	/* OPTWRE is set by the keys and cleared by writing 0. */
	if (!(value & F1_FLASH_CR_OPTWRE))
		flash->option_lock.locked = true;
	if (value & F1_FLASH_CR_STRT)
		start_erase(flash);
	update_irq(flash);
	return true;
}

static uint32_t read_cr(const struct flash *flash)
{
	return flash->cr | FIELD_PREP(F1_FLASH_CR_LOCK, flash->lock.locked) |
	       FIELD_PREP(F1_FLASH_CR_OPTWRE, !flash->option_lock.locked);
}

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;
	const bool busy = nvm_is_busy(&flash->nvm);

	*value = 0;
	switch (access->offset) {
	case F1_FLASH_ACR:
		*value = flash->acr | FIELD_PREP(F1_FLASH_ACR_PRFTBS,
					      FIELD_GET(F1_FLASH_ACR_PRFTBE, flash->acr));
		break;
	case F1_FLASH_SR:
		*value = flash->sr | FIELD_PREP(F1_FLASH_SR_BSY, busy);
		break;
	case F1_FLASH_CR:
		*value = read_cr(flash);
		break;
	case F1_FLASH_OBR:
		*value = flash->obr;
		break;
	case F1_FLASH_WRPR:
		*value = flash->wrpr;
		break;
	default: /* keys and AR are write-only */
		break;
	}
	return true;
}

static bool flash_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;

	switch (access->offset) {
	case F1_FLASH_ACR:
		flash->acr = merge_lanes(flash->acr, value, mask & F1_FLASH_ACR_WRITABLE);
		return true;
	case F1_FLASH_KEYR:
		return turn_key(&flash->lock, value);
	case F1_FLASH_OPTKEYR:
		return turn_key(&flash->option_lock, value);
	case F1_FLASH_SR:
		(void)nvm_is_busy(&flash->nvm);
		flash->sr &= ~(value & mask & F1_FLASH_SR_FLAGS);
		update_irq(flash);
		return true;
	case F1_FLASH_CR:
		(void)nvm_is_busy(&flash->nvm);
		return write_cr(flash, access, merge_lanes(read_cr(flash), value, mask));
	case F1_FLASH_AR:
		flash->ar = merge_lanes(flash->ar, value, mask);
		return true;
	default:
		return true;
	}
}

/* --- life ------------------------------------------------------------------------------------ */

static void flash_reset(void *model, enum board_reset kind)
{
	struct flash *flash = model;

	(void)kind;
	nvm_reset(&flash->nvm);
	flash->option_pending = false;
	flash->acr = F1_FLASH_ACR_RESET & F1_FLASH_ACR_WRITABLE;
	flash->sr = 0;
	flash->cr = 0;
	flash->ar = 0;
	flash->lock = (struct lock){ .locked = true };
	flash->option_lock = (struct lock){ .locked = true };
	load_options(flash);
	update_irq(flash);
}

static void flash_power_lost(void *model)
{
	struct flash *flash = model;

	nvm_power_lost(&flash->nvm);
	flash->option_pending = false;
}

static const char *const setting_keys[] = {
	"flash",
	"options",
	"write-protect",
	NVM_SETTING_KEYS,
	NULL,
};

static dapper_status set_write_protect(struct flash *flash, const char *key, const char *value)
{
	const uint32_t pages = flash->config->size / flash->config->page_size;
	uint8_t *bytes = flash->nvm.areas[OPTIONS].bytes;
	uint64_t page;
	unsigned bit;

	TRY(setting_number(key, value, pages - 1, &page));
	bit = (unsigned)page / flash->config->pages_per_wrp_bit;
	bytes += (size_t)UNIT * (F1_OPTION_WRP0 + bit / 8);
	put_option(flash, F1_OPTION_WRP0 + bit / 8, (uint8_t)(*bytes & ~(1u << bit % 8)));
	return DAPPER_OK;
}

static dapper_status flash_set(void *model, const char *key, const char *value, bool *taken)
{
	struct flash *flash = model;

	*taken = true;
	if (strcmp(key, "write-protect") == 0)
		return set_write_protect(flash, key, value);
	return nvm_set(&flash->nvm, key, value, taken);
}

static void flash_destroy(void *model)
{
	struct flash *flash = model;

	nvm_finish(&flash->nvm);
	free(flash);
}

static dapper_status keep_state(struct flash *flash)
{
	TRY(KEEP(flash->board, flash->acr));
	TRY(KEEP(flash->board, flash->sr));
	TRY(KEEP(flash->board, flash->cr));
	TRY(KEEP(flash->board, flash->ar));
	TRY(KEEP(flash->board, flash->lock));
	TRY(KEEP(flash->board, flash->option_lock));
	TRY(KEEP(flash->board, flash->obr));
	TRY(KEEP(flash->board, flash->wrpr));
	TRY(KEEP(flash->board, flash->option_pending));
	TRY(KEEP(flash->board, flash->option_range));
	return KEEP(flash->board, flash->option_data);
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
	if (flash->config->page_size < UNIT || flash->config->page_size % UNIT ||
		!flash->config->size || flash->config->size % flash->config->page_size ||
		!flash->config->pages_per_wrp_bit)
		return model_invalid(config, "the flash memory is not a number of pages");
	nvm_init(&flash->nvm, board, operation_ended, flash);
	TRY(nvm_add_area(&flash->nvm, flash->config->array_base, flash->config->size, "flash"));
	TRY(nvm_add_area(&flash->nvm, F1_OPTION_BASE, F1_OPTION_COUNT * UNIT, "options"));
	/* Factory values: open, nothing set, nothing protected. */
	for (unsigned i = 0; i < F1_OPTION_COUNT; i++)
		put_option(flash, i, i == F1_OPTION_RDP ? F1_RDP_OPEN : 0xff);
	TRY(board_add_window(board, "flash memory", flash->config->array_base, flash->config->size,
		LANES_RAW, &array_ops, flash));
	TRY(board_add_window(board, "option bytes", F1_OPTION_BASE, F1_OPTION_COUNT * UNIT,
		LANES_RAW, &option_ops, flash));
	return keep_state(flash);
}

static const struct model_field stm32f1_flash_fields[] = {
	{ "array-base", FIELD_U32, offsetof(struct stm32f1_flash_config, array_base), true },
	{ "size", FIELD_U32, offsetof(struct stm32f1_flash_config, size), true },
	{ "page-size", FIELD_U32, offsetof(struct stm32f1_flash_config, page_size), true },
	{ "pages-per-wrp-bit", FIELD_U32, offsetof(struct stm32f1_flash_config, pages_per_wrp_bit),
		true },
	{ NULL },
};

const struct model_class stm32f1_flash_class = {
	.name = "STM32F1 flash interface",
	.create = flash_create,
	.reset = flash_reset,
	.set = flash_set,
	.keys = setting_keys,
	.power_lost = flash_power_lost,
	.destroy = flash_destroy,
	.ops = { .read = flash_read, .write = flash_write },
	.fields = stm32f1_flash_fields,
	.config_size = sizeof(struct stm32f1_flash_config),
};
