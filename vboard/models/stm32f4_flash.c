/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The STM32F4's flash memory interface, after RM0090 rev 19, section 3 (registers: _regs.h), with
 * the typical times of DS8626 rev 9.
 *
 * An operation (one programmed unit, one erase) is a struct operation with a begin and an end in
 * simulated time. Its effect on the array comes at its end, so that losing power in the middle, or
 * killing the process, leaves what a chip would have. Meanwhile BSY is set, and who reads or writes
 * the array or writes FLASH_CR waits on the bus (3.6: "will cause the AHB bus to stall").
 *
 * Not modelled: OTP programming, caches and wait states (ACR is only kept), RDP level 2 (acts as
 * level 1). Option bytes last as long as the board: the flash file holds the main array alone.
 */
#include "vboard/models/stm32f4_flash.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "vboard/models/flash_file.h"
#include "vboard/models/stm32f4_flash_regs.h"

enum { MAX_BAD_CELLS = 8, ROW_BYTES = 16 };

enum operation_kind { OP_NONE, OP_PROGRAM, OP_ERASE, OP_OPTIONS };

struct operation {
	enum operation_kind kind;
	uint32_t offset; /* in the array */
	uint32_t size;
	uint32_t value; /* OP_PROGRAM */
	uint64_t begin_ns;
	uint64_t end_ns;
	bool stuck; /* never ends: a fault */
};

/** Progress of a two-word unlock sequence. */
struct lock {
	uint32_t keys[2];
	unsigned step;
	bool jammed; /* wrong key: locked until reset */
	bool locked;
};

struct flash {
	struct board *board;
	const struct stm32f4_flash_config *config;
	uint16_t irq;
	uint8_t *array;
	uint32_t size;
	struct flash_file *file;
	bool store_failed;

	uint32_t acr, sr, cr, optcr;
	uint32_t options; /* what the option bytes hold, as OPTCR shows it */
	struct lock cr_lock, option_lock;

	struct operation op;
	/* The core may see an operation's end before the rest of the board (board/time.c). */
	uint64_t busy_until_ns;
	struct board_event end;

	/* Faults. */
	uint64_t op_count;
	uint64_t power_loss_at_op;
	uint64_t stuck_at_op;
	uint32_t bad_cells[MAX_BAD_CELLS]; /* offsets */
	size_t bad_cell_count;
};

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
	return &erase_times[FIELD_GET(FLASH_CR_PSIZE, flash->cr)];
}

static uint64_t sector_erase_ns(const struct flash *flash, unsigned sector)
{
	const struct erase_times *times = current_times(flash);
	const unsigned kb = flash->config->sector_kb[sector];

	return NS_PER_MS * (kb <= 16          ? times->kb16_ms
				   : kb <= 64 ? times->kb64_ms
					      : times->kb128_ms);
}

/* --- sectors --------------------------------------------------------------------------------- */

static uint32_t sector_offset(const struct flash *flash, unsigned sector)
{
	uint32_t offset = 0;

	for (unsigned i = 0; i < sector; i++)
		offset += 1024u * flash->config->sector_kb[i];
	return offset;
}

static unsigned sector_of(const struct flash *flash, uint32_t offset)
{
	unsigned sector = 0;

	while (sector + 1 < flash->config->sector_count &&
		offset >= sector_offset(flash, sector + 1))
		sector++;
	return sector;
}

/** nWRP: a 0 protects (3.7.4). */
static bool is_protected(const struct flash *flash, unsigned sector)
{
	return !(FIELD_GET(FLASH_OPTCR_NWRP, flash->options) >> sector & 1);
}

static bool any_protected(const struct flash *flash)
{
	for (unsigned i = 0; i < flash->config->sector_count; i++)
		if (is_protected(flash, i))
			return true;
	return false;
}

/* --- operations ------------------------------------------------------------------------------ */

static void update_irq(const struct flash *flash)
{
	const bool done = flash->cr & FLASH_CR_EOPIE && flash->sr & FLASH_SR_EOP;
	const bool failed = flash->cr & FLASH_CR_ERRIE && flash->sr & FLASH_SR_OPERR;

	board_set_irq(flash->board, flash->irq, done || failed);
}

/* OPERR comes with the others, "only if error interrupts are enabled" (3.9.5). */
static void raise_error(struct flash *flash, uint32_t flag)
{
	flash->sr |= flag;
	if (flash->cr & FLASH_CR_ERRIE)
		flash->sr |= FLASH_SR_OPERR;
	update_irq(flash);
}

static bool is_bad_cell(const struct flash *flash, uint32_t offset)
{
	for (size_t i = 0; i < flash->bad_cell_count; i++)
		if (flash->bad_cells[i] == (offset & ~3u))
			return true;
	return false;
}

static void store(struct flash *flash, uint32_t offset, uint32_t size)
{
	board_touched(flash->board, flash->config->array_base + offset, size);
	if (!flash->file || flash->store_failed)
		return;
	if (flash_file_store(flash->file, flash->array, offset, size) == 0)
		return;
	flash->store_failed = true;
	log_warning(board_context(flash->board), DAPPER_LOG_VBOARD,
		"the flash file cannot be written: flash contents will be lost");
}

/* Programming only clears bits; a 1 needs an erase (3.6.4, note). */
static void program(struct flash *flash, uint32_t offset, uint32_t value, unsigned size)
{
	if (is_bad_cell(flash, offset))
		return;
	for (unsigned i = 0; i < size; i++)
		flash->array[offset + i] &= (uint8_t)(value >> 8 * i);
	store(flash, offset, size);
}

static void erase(struct flash *flash, uint32_t offset, uint32_t size)
{
	memset(flash->array + offset, 0xff, size);
	store(flash, offset, size);
}

static void apply(struct flash *flash)
{
	const struct operation *op = &flash->op;

	switch (op->kind) {
	case OP_NONE:
		break;
	case OP_PROGRAM:
		program(flash, op->offset, op->value, op->size);
		break;
	case OP_OPTIONS:
		flash->options = flash->optcr & FLASH_OPTCR_WRITABLE;
		flash->optcr &= ~FLASH_OPTCR_OPTSTRT;
		if (op->size)
			erase(flash, op->offset, op->size);
		break;
	case OP_ERASE:
		erase(flash, op->offset, op->size);
		break;
	}
}

/** What is left when power goes in the middle: half of the unit or of the range is done. */
static void apply_half(struct flash *flash)
{
	const struct operation *op = &flash->op;

	if (op->kind == OP_PROGRAM && op->size == 1)
		program(flash, op->offset, op->value | 0xf0, 1);
	else if (op->kind == OP_PROGRAM)
		program(flash, op->offset, op->value, op->size / 2);
	else if (op->kind != OP_NONE && op->size)
		erase(flash, op->offset, op->size / 2);
}

/** End the operation if its time is over for whoever looks. */
static void settle(struct flash *flash)
{
	const struct operation *op = &flash->op;

	if (op->kind == OP_NONE || op->stuck || board_now_ns(flash->board) < op->end_ns ||
		board_power_loss_ns(flash->board) < op->end_ns)
		return;
	apply(flash);
	board_count_flash_busy(flash->board, op->end_ns - op->begin_ns);
	flash->op.kind = OP_NONE;
	flash->cr &= ~FLASH_CR_STRT;
	/* EOP is "set only if the end of operation interrupts are enabled" (3.9.5). */
	if (flash->cr & FLASH_CR_EOPIE)
		flash->sr |= FLASH_SR_EOP;
	update_irq(flash);
}

static void end_fired(void *model)
{
	settle(model);
}

static bool is_busy(struct flash *flash)
{
	settle(flash);
	return flash->op.kind != OP_NONE || board_now_ns(flash->board) < flash->busy_until_ns;
}

/**
 * Wait on the bus until the interface is idle.
 *
 * @return false: it never will be (stuck, or power goes first). A real bus would hang; here the
 * access ends in a bus error.
 */
static bool wait_idle(struct flash *flash, const struct bus_access *access)
{
	/* While a debugger waits the core may go on programming: give up after some turns. */
	for (int turn = 0; turn < 64 && is_busy(flash); turn++) {
		const uint64_t dead_ns = board_power_loss_ns(flash->board);

		if (flash->op.kind != OP_NONE && flash->op.stuck)
			return false;
		if (dead_ns < flash->busy_until_ns) {
			board_stall(flash->board, access, dead_ns);
			return false;
		}
		board_stall(flash->board, access, flash->busy_until_ns);
	}
	return !is_busy(flash);
}

static void begin(struct flash *flash, enum operation_kind kind, uint32_t offset, uint32_t size,
	uint32_t value, uint64_t duration_ns)
{
	const uint64_t now = board_now_ns(flash->board);

	flash->op_count++;
	flash->op = (struct operation){
		.kind = kind,
		.offset = offset,
		.size = size,
		.value = value,
		.begin_ns = now,
		.end_ns = now + duration_ns,
		.stuck = flash->op_count == flash->stuck_at_op,
	};
	flash->busy_until_ns = flash->op.end_ns;
	board_conceal(flash->board, flash->config->array_base);
	if (flash->op_count == flash->power_loss_at_op)
		board_lose_power_at(flash->board, now + duration_ns / 2);
	board_arm(flash->board, &flash->end, flash->op.end_ns);
}

/* --- the array ------------------------------------------------------------------------------- */

/* 3.7.3, level 1: no access while the debug feature is connected. */
static bool is_hidden(const struct flash *flash, const struct bus_access *access)
{
	return access->debugger && FIELD_GET(FLASH_OPTCR_RDP, flash->options) != FLASH_RDP_LEVEL_0;
}

static bool array_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;
	const uint8_t *bytes = flash->array + access->offset;

	if (is_hidden(flash, access) || !wait_idle(flash, access))
		return false;
	*value = access->size == 1 ? *bytes : access->size == 2 ? get_le16(bytes) : get_le32(bytes);
	/* From here on the core reads by itself; without memory for that it goes on asking. */
	if (!access->debugger)
		(void)board_expose(
			flash->board, flash->config->array_base, flash->size, flash->array, false);
	return true;
}

/** Which rule of 3.6.4 a write breaks; 0: none. */
static uint32_t check_program(const struct flash *flash, const struct bus_access *access)
{
	const unsigned width = 1u << FIELD_GET(FLASH_CR_PSIZE, flash->cr);

	if (!(flash->cr & FLASH_CR_PG) || flash->cr & (FLASH_CR_SER | FLASH_CR_MER))
		return FLASH_SR_PGSERR;
	if (is_protected(flash, sector_of(flash, access->offset)))
		return FLASH_SR_WRPERR;
	if (access->offset % ROW_BYTES + width > ROW_BYTES)
		return FLASH_SR_PGAERR;
	/* x64 needs V_PP and a double-word access, which this bus has not: always an error. */
	if (access->size != width)
		return FLASH_SR_PGPERR;
	return 0;
}

static bool array_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct flash *flash = model;
	uint32_t error;

	(void)mask;
	if (is_hidden(flash, access) || !wait_idle(flash, access))
		return false;
	error = check_program(flash, access);
	if (error)
		raise_error(flash, error);
	else
		begin(flash, OP_PROGRAM, access->offset, access->size, value, PROGRAM_NS);
	return true;
}

static const struct window_ops array_ops = { .read = array_read, .write = array_write };

/*
 * Option bytes as memory (3.7.1, table 14): RDP and user byte in the half-word at 0, nWRP at 8,
 * each with its complement above it, which is what parts show; bits that are not used are ones.
 */
static bool option_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct flash *flash = model;
	uint32_t half = 0xffff;

	if (access->offset == 0)
		half = (flash->options &
			       (FLASH_OPTCR_RDP | FLASH_OPTCR_USER | FLASH_OPTCR_BOR_LEV)) |
		       3;
	else if (access->offset == 8)
		half = FIELD_GET(FLASH_OPTCR_NWRP, flash->options) | 0xf000;
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

static void start_erase(struct flash *flash)
{
	const unsigned sector = FIELD_GET(FLASH_CR_SNB, flash->cr);
	const uint32_t which = flash->cr & (FLASH_CR_SER | FLASH_CR_MER);

	flash->cr |= FLASH_CR_STRT;
	if (which == FLASH_CR_MER && !any_protected(flash)) {
		begin(flash, OP_ERASE, 0, flash->size, 0,
			NS_PER_MS * current_times(flash)->mass_ms);
		return;
	}
	if (which == FLASH_CR_SER && sector < flash->config->sector_count &&
		!is_protected(flash, sector)) {
		begin(flash, OP_ERASE, sector_offset(flash, sector),
			1024u * flash->config->sector_kb[sector], 0,
			sector_erase_ns(flash, sector));
		return;
	}
	flash->cr &= ~FLASH_CR_STRT;
	/* With MER and SER both set neither erase is performed (3.6.3, note); no flag is told of.
	 */
	if (which == FLASH_CR_SER && sector >= flash->config->sector_count)
		raise_error(flash, FLASH_SR_PGSERR); /* "not allowed" (3.9.7); no flag is told of */
	else if (which == FLASH_CR_SER || which == FLASH_CR_MER)
		raise_error(flash, FLASH_SR_WRPERR);
}

static bool write_cr(struct flash *flash, const struct bus_access *access, uint32_t value)
{
	if (!wait_idle(flash, access))
		return false;
	if (flash->cr_lock.locked)
		return true;
	flash->cr = value & FLASH_CR_WRITABLE;
	flash->cr_lock.locked = value & FLASH_CR_LOCK;
	if (value & FLASH_CR_STRT)
		start_erase(flash);
	update_irq(flash);
	return true;
}

/*
 * Going from read protection level 1 to 0 erases everything (3.7.3). The data sheet has no time for
 * option bytes; they are taken for a sector of 16 KB.
 */
static void start_options(struct flash *flash)
{
	const struct erase_times *times = current_times(flash);
	const bool was_open = FIELD_GET(FLASH_OPTCR_RDP, flash->options) == FLASH_RDP_LEVEL_0;
	const bool opens = FIELD_GET(FLASH_OPTCR_RDP, flash->optcr) == FLASH_RDP_LEVEL_0;

	flash->optcr |= FLASH_OPTCR_OPTSTRT;
	if (!was_open && opens)
		begin(flash, OP_OPTIONS, 0, flash->size, 0, NS_PER_MS * times->mass_ms);
	else
		begin(flash, OP_OPTIONS, 0, 0, 0, NS_PER_MS * times->kb16_ms);
}

static bool write_optcr(struct flash *flash, const struct bus_access *access, uint32_t value)
{
	if (!wait_idle(flash, access))
		return false;
	if (flash->option_lock.locked)
		return true;
	flash->optcr = value & FLASH_OPTCR_WRITABLE;
	flash->option_lock.locked = value & FLASH_OPTCR_OPTLOCK;
	if (value & FLASH_OPTCR_OPTSTRT)
		start_options(flash);
	return true;
}

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct flash *flash = model;
	const bool busy = is_busy(flash);

	*value = 0;
	switch (access->offset) {
	case FLASH_ACR:
		*value = flash->acr;
		break;
	case FLASH_SR:
		*value = flash->sr | FIELD_PREP(FLASH_SR_BSY, busy);
		break;
	case FLASH_CR:
		*value = flash->cr | FIELD_PREP(FLASH_CR_LOCK, flash->cr_lock.locked);
		break;
	case FLASH_OPTCR:
		*value = flash->optcr | FIELD_PREP(FLASH_OPTCR_OPTLOCK, flash->option_lock.locked);
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
		flash->acr = merge_lanes(flash->acr, value, mask & FLASH_ACR_WRITABLE);
		return true;
	case FLASH_KEYR:
		return turn_key(&flash->cr_lock, value);
	case FLASH_OPTKEYR:
		return turn_key(&flash->option_lock, value);
	case FLASH_SR:
		flash->sr &= ~(value & mask & FLASH_SR_FLAGS);
		update_irq(flash);
		return true;
	case FLASH_CR:
		settle(flash);
		return write_cr(flash, access, merge_lanes(flash->cr, value, mask));
	case FLASH_OPTCR:
		return write_optcr(flash, access, merge_lanes(flash->optcr, value, mask));
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
	settle(flash);
	if (flash->op.kind != OP_NONE) {
		const uint64_t now = board_now_ns(flash->board);

		if (now > flash->op.begin_ns)
			board_count_flash_busy(flash->board, now - flash->op.begin_ns);
		apply_half(flash);
	}
	board_disarm(flash->board, &flash->end);
	flash->op.kind = OP_NONE;
	flash->busy_until_ns = 0;
	flash->acr = 0;
	flash->sr = 0;
	flash->cr = 0;
	flash->optcr = flash->options;
	flash->cr_lock = (struct lock){ .keys = { FLASH_KEY1, FLASH_KEY2 }, .locked = true };
	flash->option_lock =
		(struct lock){ .keys = { FLASH_OPTKEY1, FLASH_OPTKEY2 }, .locked = true };
	update_irq(flash);
}

static void flash_power_lost(void *model)
{
	struct flash *flash = model;

	settle(flash);
	/* A core that is ahead of the board may have begun what never happened. */
	if (flash->op.begin_ns < board_now_ns(flash->board))
		apply_half(flash);
	flash->op.kind = OP_NONE;
}

static const char *const setting_keys[] = {
	"flash",
	"power-loss-at-op",
	"stuck-busy-at-op",
	"bad-cell",
	"write-protect",
	NULL,
};

static dapper_status set_bad_cell(struct flash *flash, const char *key, const char *value)
{
	uint64_t address;

	TRY(setting_number(key, value, UINT32_MAX, &address));
	if (address < flash->config->array_base ||
		address - flash->config->array_base >= flash->size)
		return dapper_fail(DAPPER_ERR_INVALID, "%s=%s is not in flash memory", key, value);
	if (flash->bad_cell_count == MAX_BAD_CELLS)
		return dapper_fail(
			DAPPER_ERR_INVALID, "more than %d times '%s'", MAX_BAD_CELLS, key);
	flash->bad_cells[flash->bad_cell_count++] =
		((uint32_t)address - flash->config->array_base) & ~3u;
	return DAPPER_OK;
}

static dapper_status set_write_protect(struct flash *flash, const char *key, const char *value)
{
	uint64_t sector;

	TRY(setting_number(key, value, flash->config->sector_count - 1, &sector));
	flash->options &= ~FIELD_PREP(FLASH_OPTCR_NWRP, BIT(0) << sector);
	return DAPPER_OK;
}

static dapper_status set_file(struct flash *flash, const char *path)
{
	if (flash->file)
		return dapper_fail(DAPPER_ERR_INVALID, "more than one flash file");
	return flash_file_open(path, flash->array, flash->size, &flash->file);
}

static dapper_status flash_set(void *model, const char *key, const char *value, bool *taken)
{
	struct flash *flash = model;

	*taken = true;
	if (strcmp(key, "flash") == 0)
		return set_file(flash, value);
	if (strcmp(key, "power-loss-at-op") == 0)
		return setting_number(key, value, UINT64_MAX, &flash->power_loss_at_op);
	if (strcmp(key, "stuck-busy-at-op") == 0)
		return setting_number(key, value, UINT64_MAX, &flash->stuck_at_op);
	if (strcmp(key, "bad-cell") == 0)
		return set_bad_cell(flash, key, value);
	if (strcmp(key, "write-protect") == 0)
		return set_write_protect(flash, key, value);
	*taken = false;
	return DAPPER_OK;
}

static void flash_destroy(void *model)
{
	struct flash *flash = model;

	if (flash->file)
		(void)flash_file_store(flash->file, flash->array, 0, flash->size);
	flash_file_close(flash->file);
	free(flash->array);
	free(flash);
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
	flash->options = FLASH_OPTCR_RESET & FLASH_OPTCR_WRITABLE;
	flash->end = (struct board_event){ .fire = end_fired, .model = flash };
	if (!flash->config->sector_count || flash->config->sector_count > STM32F4_FLASH_MAX_SECTORS)
		return model_invalid(config, "there are 1 to 12 sectors");
	flash->size = sector_offset(flash, (unsigned)flash->config->sector_count);
	TRY(board_claim_memory(board, flash->size));
	flash->array = xcalloc(flash->size, 1);
	if (!flash->array)
		return FAIL_NO_MEMORY("a flash memory");
	memset(flash->array, 0xff, flash->size);
	TRY(board_add_window(board, "flash memory", flash->config->array_base, flash->size,
		LANES_RAW, &array_ops, flash));
	return board_add_window(board, "option bytes", flash->config->option_base, 16, LANES_AHB,
		&option_ops, flash);
}

static const struct model_field sector_field[] = { { NULL, FIELD_U16 } };

static const struct model_field stm32f4_flash_fields[] = {
	{ "array-base", FIELD_U32, offsetof(struct stm32f4_flash_config, array_base), true },
	{ "option-base", FIELD_U32, offsetof(struct stm32f4_flash_config, option_base), true },
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
