/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVMCTRL of SAM D21 (data sheet, chapter 22).
 *
 * - Commands go to CTRLA with the key 0xA5; they work on what ADDR (in half-words) says: a row is
 *   four pages and is what can be erased. A write into flash fills the page buffer and sets ADDR;
 *   the last word of a page programs it at once unless CTRLB.MANW says not to. Bytes cannot be
 *   written: a bus error.
 * - Errors: PROGE for a wrong key or command, or one while another is under way; LOCKE for a
 *   locked region, or the user row of a part with the security bit; NVME when a page does not hold
 *   what was programmed. Each sets INTFLAG.ERROR; they are cleared by writing 1.
 * - Reading while something is under way waits on the bus; so does writing.
 *
 * LR and UR last until reset, when LOCK is loaded from the user row. Not modelled: the cache, the
 * power reduction mode (SPRM and CPRM set and clear PRM only), the RWW EEPROM. Times: table 37-42,
 * typical values from memory.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/samd21_nvm.h"

#define CTRLA          0x00u
#define CTRLA_CMDEX    BITS(15, 8)
#define CTRLA_CMD      BITS(6, 0)
#define CTRLB          0x04u
#define CTRLB_MANW     BIT(7)
#define CTRLB_WRITABLE (BITS(18, 16) | BITS(9, 7) | BITS(4, 1))
#define PARAM          0x08u
#define INTENCLR       0x0cu
#define INTENSET       0x10u
#define INTFLAG        0x14u
#define INTFLAG_ERROR  BIT(1)
#define INTFLAG_READY  BIT(0)
#define STATUS         0x18u
#define STATUS_SB      BIT(8)
#define STATUS_NVME    BIT(4)
#define STATUS_LOCKE   BIT(3)
#define STATUS_PROGE   BIT(2)
#define STATUS_LOAD    BIT(1)
#define STATUS_PRM     BIT(0)
#define STATUS_W1C     (STATUS_NVME | STATUS_LOCKE | STATUS_PROGE | STATUS_LOAD)
#define ADDR           0x1cu
#define ADDR_ADDR      BITS(21, 0)
#define LOCK           0x20u

#define KEY           0xa5u
#define USER_ROW_BASE 0x00804000u

#define PAGE_NS (2500 * NS_PER_US)
#define ROW_NS  (6 * NS_PER_MS)
#define CHIP_NS (240 * NS_PER_MS)

static void update_irq(struct samd21_nvm *nvm)
{
	uint32_t flags = nvm->state.intflag;

	if (!nvm_is_busy(&nvm->nvm))
		flags |= INTFLAG_READY;
	board_set_irq(nvm->board, nvm->irq, flags & nvm->state.inten);
}

static void fail(struct samd21_nvm *nvm, uint16_t error)
{
	nvm->state.status |= error;
	nvm->state.intflag |= INTFLAG_ERROR;
}

bool samd21_is_secured(const struct samd21_nvm *nvm)
{
	return nvm->nvm.areas[SAMD21_SECURITY].bytes[0] != 0xff;
}

/* --- operations ------------------------------------------------------------------------------ */

/** Where ADDR points to, from @p align on down. false: into no memory. */
static bool take_address(
	struct samd21_nvm *nvm, unsigned area, uint32_t size, struct nvm_range *range)
{
	const uint32_t address = nvm->state.addr * 2;
	const uint32_t base = area == SAMD21_FLASH ? 0 : USER_ROW_BASE;

	if (address - base >= nvm->nvm.areas[area].size) {
		fail(nvm, STATUS_PROGE);
		return false;
	}
	*range = (struct nvm_range){ area, (address - base) & ~(size - 1), size };
	return true;
}

static bool is_locked(struct samd21_nvm *nvm, struct nvm_range range)
{
	const uint32_t region = nvm->config->flash_size / SAMD21_REGIONS;
	const bool locked = range.area == SAMD21_FLASH
	                            ? !(nvm->state.lock >> range.offset / region & 1)
	                            : samd21_is_secured(nvm);

	if (locked)
		fail(nvm, STATUS_LOCKE);
	return locked;
}

static void erase_row(struct samd21_nvm *nvm, unsigned area)
{
	struct nvm_range range;

	if (take_address(nvm, area, SAMD21_ROW, &range) && !is_locked(nvm, range))
		nvm_erase(&nvm->nvm, &range, 1, ROW_NS);
}

static void clear_page_buffer(struct samd21_nvm *nvm)
{
	memset(nvm->state.page, 0xff, SAMD21_PAGE);
	nvm->state.page_loaded = false;
	nvm->state.status &= (uint16_t)~STATUS_LOAD;
}

static void write_page(struct samd21_nvm *nvm, unsigned area)
{
	struct nvm_range range;

	if (!take_address(nvm, area, SAMD21_PAGE, &range) || is_locked(nvm, range))
		return;
	nvm_program(&nvm->nvm, range, nvm->state.page, board_now_ns(nvm->board), PAGE_NS);
	clear_page_buffer(nvm);
}

static void set_lock(struct samd21_nvm *nvm, bool locked)
{
	const uint32_t region = nvm->config->flash_size / SAMD21_REGIONS;
	const uint32_t address = nvm->state.addr * 2;
	uint16_t bit;

	if (address >= nvm->config->flash_size) {
		fail(nvm, STATUS_PROGE);
		return;
	}
	bit = (uint16_t)(1u << address / region);
	if (locked)
		nvm->state.lock &= (uint16_t)~bit;
	else
		nvm->state.lock |= bit;
}

static void set_security(struct samd21_nvm *nvm)
{
	static const uint8_t set[4];
	const struct nvm_range range = { SAMD21_SECURITY, 0, sizeof(set) };

	nvm_program(&nvm->nvm, range, set, board_now_ns(nvm->board), PAGE_NS);
}

void samd21_chip_erase(struct samd21_nvm *nvm)
{
	const struct nvm_range ranges[] = {
		{ SAMD21_FLASH, 0, nvm->config->flash_size },
		{ SAMD21_SECURITY, 0, nvm->nvm.areas[SAMD21_SECURITY].size },
	};

	if (nvm_is_busy(&nvm->nvm)) {
		nvm->state.chip_erase_pending = true;
		return;
	}
	nvm->state.chip_erase_pending = false;
	nvm->state.chip_erasing = true;
	board_forget_ram(nvm->board);
	nvm_erase(&nvm->nvm, ranges, ARRAY_SIZE(ranges), CHIP_NS);
}

static void operation_ended(void *owner)
{
	struct samd21_nvm *nvm = owner;
	const struct nvm_operation *op = &nvm->nvm.op;
	const struct nvm_range *range = &op->ranges[0];

	if (op->program && memcmp(nvm->nvm.areas[range->area].bytes + range->offset, op->data,
				   range->size) != 0)
		fail(nvm, STATUS_NVME);
	if (nvm->state.chip_erasing) {
		nvm->state.chip_erasing = false;
		nvm->state.lock = UINT16_MAX;
		samd21_dsu_chip_erased(nvm);
	}
	if (nvm->state.chip_erase_pending)
		samd21_chip_erase(nvm);
	update_irq(nvm);
}

/* --- memories -------------------------------------------------------------------------------- */

static bool memory_write(
	struct samd21_nvm *nvm, unsigned area, const struct bus_access *access, uint32_t value)
{
	const uint32_t at = access->offset % SAMD21_PAGE;

	if (access->size == 1 || !nvm_wait_idle(&nvm->nvm, access))
		return false;
	if (access->size == 2)
		put_le16(nvm->state.page + at, (uint16_t)value);
	else
		put_le32(nvm->state.page + at, value);
	nvm->state.status |= STATUS_LOAD;
	nvm->state.addr = (access->offset + nvm->nvm.areas[area].base) / 2;
	if (!(nvm->state.ctrlb & CTRLB_MANW) && at + access->size == SAMD21_PAGE)
		write_page(nvm, area);
	return true;
}

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct samd21_nvm *nvm = model;

	return nvm_read(&nvm->nvm, SAMD21_FLASH, access, value);
}

static bool flash_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	(void)mask;
	return memory_write(model, SAMD21_FLASH, access, value);
}

static bool user_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct samd21_nvm *nvm = model;

	return nvm_read(&nvm->nvm, SAMD21_USER_ROW, access, value);
}

static bool user_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	(void)mask;
	return memory_write(model, SAMD21_USER_ROW, access, value);
}

static const struct window_ops flash_ops = { .read = flash_read, .write = flash_write };
static const struct window_ops user_ops = { .read = user_read, .write = user_write };

/* --- registers ------------------------------------------------------------------------------- */

enum action { ERASE, WRITE, LOCKING, UNLOCKING, PRM_SET, PRM_CLEAR, CLEAR_BUFFER, SECURE, CACHE };

/* CTRLA.CMD: code, what, area. */
static const struct command {
	uint8_t code, action, area;
} commands[] = {
	{ 0x02, ERASE, SAMD21_FLASH },        /* ER */
	{ 0x04, WRITE, SAMD21_FLASH },        /* WP */
	{ 0x05, ERASE, SAMD21_USER_ROW },     /* EAR */
	{ 0x06, WRITE, SAMD21_USER_ROW },     /* WAP */
	{ 0x40, LOCKING, SAMD21_FLASH },      /* LR */
	{ 0x41, UNLOCKING, SAMD21_FLASH },    /* UR */
	{ 0x42, PRM_SET, SAMD21_FLASH },      /* SPRM */
	{ 0x43, PRM_CLEAR, SAMD21_FLASH },    /* CPRM */
	{ 0x44, CLEAR_BUFFER, SAMD21_FLASH }, /* PBC */
	{ 0x45, SECURE, SAMD21_FLASH },       /* SSB */
	{ 0x46, CACHE, SAMD21_FLASH },        /* INVALL */
};

static void do_action(struct samd21_nvm *nvm, const struct command *command)
{
	switch ((enum action)command->action) {
	case ERASE:
		erase_row(nvm, command->area);
		break;
	case WRITE:
		write_page(nvm, command->area);
		break;
	case LOCKING:
	case UNLOCKING:
		set_lock(nvm, command->action == LOCKING);
		break;
	case PRM_SET:
		nvm->state.status |= STATUS_PRM;
		break;
	case PRM_CLEAR:
		nvm->state.status &= (uint16_t)~STATUS_PRM;
		break;
	case CLEAR_BUFFER:
		clear_page_buffer(nvm);
		break;
	case SECURE:
		set_security(nvm);
		break;
	case CACHE:
		break;
	}
}

static void write_ctrla(struct samd21_nvm *nvm, uint32_t value)
{
	if (FIELD_GET(CTRLA_CMDEX, value) == KEY && !nvm_is_busy(&nvm->nvm))
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
			if (commands[i].code == FIELD_GET(CTRLA_CMD, value)) {
				do_action(nvm, &commands[i]);
				return;
			}
	fail(nvm, STATUS_PROGE);
}

static bool nvmctrl_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct samd21_nvm *nvm = model;
	const bool busy = nvm_is_busy(&nvm->nvm);

	*value = 0;
	switch (access->offset) {
	case CTRLB:
		*value = nvm->state.ctrlb;
		break;
	case PARAM: /* pages, and their size as 8 << 3 */
		*value = nvm->config->flash_size / SAMD21_PAGE | 3u << 16;
		break;
	case INTENCLR:
	case INTENSET:
		*value = nvm->state.inten;
		break;
	case INTFLAG:
		*value = nvm->state.intflag | (busy ? 0 : INTFLAG_READY);
		break;
	case STATUS:
		*value = nvm->state.status | (samd21_is_secured(nvm) ? STATUS_SB : 0);
		break;
	case ADDR:
		*value = nvm->state.addr;
		break;
	case LOCK:
		*value = nvm->state.lock;
		break;
	default:
		break;
	}
	return true;
}

static bool nvmctrl_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct samd21_nvm *nvm = model;
	struct samd21_nvm_state *state = &nvm->state;

	switch (access->offset) {
	case CTRLA:
		write_ctrla(nvm, value & mask);
		break;
	case CTRLB:
		state->ctrlb = merge_lanes(state->ctrlb, value, mask & CTRLB_WRITABLE);
		break;
	case INTENCLR:
		state->inten &= (uint8_t) ~(value & mask);
		break;
	case INTENSET:
		state->inten |= value & mask & (INTFLAG_ERROR | INTFLAG_READY);
		break;
	case INTFLAG:
		state->intflag &= (uint8_t) ~(value & mask);
		break;
	case STATUS:
		state->status &= (uint16_t) ~(value & mask & STATUS_W1C);
		break;
	case ADDR:
		state->addr = merge_lanes(state->addr, value, mask & ADDR_ADDR);
		break;
	default:
		break;
	}
	update_irq(nvm);
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static void nvmctrl_reset(void *model, enum board_reset kind)
{
	struct samd21_nvm *nvm = model;
	const struct samd21_nvm_state before = nvm->state;

	nvm_reset(&nvm->nvm);
	nvm->state = (struct samd21_nvm_state){
		.lock = (uint16_t)nvm_peek(&nvm->nvm, SAMD21_USER_ROW, 6, 2),
		.dsu_addr = before.dsu_addr,
		.dsu_length = before.dsu_length,
		.dsu_data = before.dsu_data,
		.dsu_dcc = { before.dsu_dcc[0], before.dsu_dcc[1] },
		.dsu_statusa = before.dsu_statusa,
	};
	clear_page_buffer(nvm);
	samd21_dsu_reset(nvm, kind);
	update_irq(nvm);
}

static void nvmctrl_power_lost(void *model)
{
	struct samd21_nvm *nvm = model;

	nvm_power_lost(&nvm->nvm);
}

static void nvmctrl_restored(void *model)
{
	update_irq(model);
}

static const char *const setting_keys[] = { "flash", "user-row", "security", NVM_SETTING_KEYS,
	NULL };

static dapper_status nvmctrl_set(void *model, const char *key, const char *value, bool *taken)
{
	struct samd21_nvm *nvm = model;

	return nvm_set(&nvm->nvm, key, value, taken);
}

static void nvmctrl_destroy(void *model)
{
	struct samd21_nvm *nvm = model;

	nvm_finish(&nvm->nvm);
	free(nvm);
}

static dapper_status nvmctrl_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct samd21_nvm *nvm = xnew(nvm);

	if (!nvm)
		return FAIL_NO_MEMORY("a flash controller");
	*model = nvm; /* the board ends it, whatever comes */
	nvm->board = board;
	nvm->config = config->data;
	nvm->irq = config->irq;
	nvm_init(&nvm->nvm, board, operation_ended, nvm);
	TRY(nvm_add_area(&nvm->nvm, 0, nvm->config->flash_size, "flash"));
	TRY(nvm_add_area(&nvm->nvm, USER_ROW_BASE, SAMD21_ROW, "user-row"));
	/* The bit is in a row that the bus does not show. */
	TRY(nvm_add_area(&nvm->nvm, 0, 4, "security"));
	put_le32(nvm->nvm.areas[SAMD21_USER_ROW].bytes, nvm->config->user_row_low);
	put_le32(nvm->nvm.areas[SAMD21_USER_ROW].bytes + 4, nvm->config->user_row_high);
	TRY(board_add_window(
		board, "flash memory", 0, nvm->config->flash_size, LANES_RAW, &flash_ops, nvm));
	TRY(board_add_window(
		board, "user row", USER_ROW_BASE, SAMD21_ROW, LANES_RAW, &user_ops, nvm));
	TRY(samd21_dsu_create(nvm));
	return board_keep(board, "NVMCTRL and DSU", &nvm->state, sizeof(nvm->state));
}

#define FIELD(member)                                                                \
	{                                                                            \
#member, FIELD_U32, offsetof(struct samd21_nvm_config, member), true \
	}
static const struct model_field fields[] = {
	FIELD(flash_size),
	FIELD(did),
	FIELD(ram_base),
	FIELD(ram_size),
	FIELD(user_row_low),
	FIELD(user_row_high),
	{ NULL },
};

const struct model_class samd21_nvm_class = {
	.name = "SAMD21 NVMCTRL and DSU",
	.create = nvmctrl_create,
	.reset = nvmctrl_reset,
	.set = nvmctrl_set,
	.keys = setting_keys,
	.power_lost = nvmctrl_power_lost,
	.restored = nvmctrl_restored,
	.destroy = nvmctrl_destroy,
	.ops = { .read = nvmctrl_read, .write = nvmctrl_write },
	.fields = fields,
	.config_size = sizeof(struct samd21_nvm_config),
};
