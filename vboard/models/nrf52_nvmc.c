/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash, UICR, NVMC and CTRL-AP of nRF52832 and nRF52840 (nrf52_nvmc_regs.h); flash, UICR and NVMC of
 * nRF51, nRF53 and nRF91, as struct nrf52_nvmc_config says they differ (from memory of their PSs, and
 * what Nordic's flash algorithms do).
 *
 * - CONFIG decides what can be done: nothing, write, erase. Only whole words are written; anything
 *   narrower is a bus error (PS 4.3.1). A write without WEN is a bus error, too, and an erase
 *   without EEN is ignored; the PS does not say what becomes of either.
 * - Who reads flash or UICR during an operation waits on the bus; a write waits, unless the part
 *   has READYNEXT and buffers one word behind a word that is being written.
 * - UICR.APPROTECT is looked at in each reset: other than 0xFF it closes the AHB-AP (DeviceEn 0,
 *   accesses fail). This is the scheme of the older build codes (nRF52832 before Gx0, nRF52840
 *   before Fx0), whose erased parts are open.
 * - CTRL-AP: ERASEALL erases flash, UICR and RAM, busy meanwhile; the next reset then opens the
 *   part. RESET holds the part in reset while it is 1.
 *
 * Times: nRF52840 PS v1.7, 4.3.9, maxima as ../shared/reference/speed.md has them; ERASEUICR is
 * taken for a page. Not modelled: the instruction cache (IHIT and IMISS stay 0), the limit on
 * writes of one word (n_WRITE), ACL and BPROT, contents between partial erases.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/nrf52.h"
#include "vboard/models/nrf52_nvmc_regs.h"
#include "vboard/models/nvm.h"

enum { FLASH, UICR };
enum { PAGE_SIZE = 4096, WORD_SIZE = 4, ERASE_PAGE_MS = 85, MAX_PAGES = 256 };

/* CONFIG.WEN of nRF53 and nRF91 has a third bit: partial erase enabled. */
#define NVMC_CONFIG_WEN_3BIT BITS(2, 0)

#define WRITE_NS (41 * NS_PER_US)

/** A word in the buffer behind READYNEXT. */
struct next_write {
	bool valid;
	struct nvm_range range;
	uint8_t data[WORD_SIZE];
};

struct nvmc {
	struct board *board;
	const struct nrf52_nvmc_config *config;
	uint32_t page_size, uicr_base, uicr_size; /* defaults filled in */
	uint16_t erase_page_ms;
	struct nvm nvm;
	uint32_t mode; /* CONFIG.WEN */
	uint32_t icachecnf;
	uint32_t partial_ms;
	uint8_t partial_done_ms[MAX_PAGES];
	struct next_write next;

	/* CTRL-AP */
	bool is_protected;
	bool erase_all_pending; /* asked for during another operation */
	bool erasing_all;       /* by CTRL-AP */
	bool reset_held;
};

/* --- operations ------------------------------------------------------------------------------ */

static struct nvm_range whole(const struct nvmc *nvmc, unsigned area)
{
	return (struct nvm_range){ area, 0, nvmc->nvm.areas[area].size };
}

static void erase_all(struct nvmc *nvmc)
{
	const struct nvm_range ranges[] = { whole(nvmc, FLASH), whole(nvmc, UICR) };

	nvm_erase(&nvmc->nvm, ranges, ARRAY_SIZE(ranges), nvmc->config->erase_all_ms * NS_PER_MS);
}

static void start_ctrl_erase(struct nvmc *nvmc)
{
	nvmc->erase_all_pending = false;
	nvmc->erasing_all = true;
	board_forget_ram(nvmc->board);
	erase_all(nvmc);
}

static void operation_ended(void *owner)
{
	struct nvmc *nvmc = owner;
	const struct next_write next = nvmc->next;

	nvmc->next.valid = false;
	if (nvmc->erase_all_pending)
		start_ctrl_erase(nvmc);
	else if (next.valid)
		nvm_program(&nvmc->nvm, next.range, next.data, nvmc->nvm.op.end_ns, WRITE_NS);
}

/** Can a write go into the buffer? */
static bool can_buffer(struct nvmc *nvmc)
{
	return nvmc->config->has_ready_next && nvmc->nvm.op.range_count && nvmc->nvm.op.program &&
	       !nvmc->next.valid && !nvmc->nvm.op.stuck;
}

static bool write_word(
	struct nvmc *nvmc, unsigned area, const struct bus_access *access, uint32_t value)
{
	const struct nvm_range range = { area, access->offset, WORD_SIZE };
	uint8_t data[WORD_SIZE];

	if (access->size != WORD_SIZE || nvmc->mode != NVMC_WEN)
		return false;
	put_le32(data, value);
	if (nvm_is_busy(&nvmc->nvm) && can_buffer(nvmc)) {
		nvmc->next = (struct next_write){ .valid = true, .range = range };
		memcpy(nvmc->next.data, data, sizeof(data));
		return true;
	}
	if (!nvm_wait_idle(&nvmc->nvm, access))
		return false;
	nvmc->erasing_all = false;
	if (area == FLASH)
		nvmc->partial_done_ms[range.offset / nvmc->page_size] = 0;
	nvm_program(&nvmc->nvm, range, data, board_now_ns(nvmc->board), WRITE_NS);
	return true;
}

/* --- erase registers ------------------------------------------------------------------------- */

static bool may_erase(struct nvmc *nvmc, const struct bus_access *access)
{
	if (nvmc->mode != NVMC_EEN || !nvm_wait_idle(&nvmc->nvm, access))
		return false;
	nvmc->erasing_all = false;
	return true;
}

static void erase_page(struct nvmc *nvmc, const struct bus_access *access, uint32_t address)
{
	const uint32_t offset = address - nvmc->config->flash_base;
	const struct nvm_range page = { FLASH, offset & ~(nvmc->page_size - 1), nvmc->page_size };

	if (offset >= nvmc->config->flash_size || !may_erase(nvmc, access))
		return;
	nvmc->partial_done_ms[page.offset / nvmc->page_size] = 0;
	nvm_erase(&nvmc->nvm, &page, 1, nvmc->erase_page_ms * NS_PER_MS);
}

/* A page is erased when its partial erases add up to a whole one's time (PS 4.3.6). */
static void erase_partial(struct nvmc *nvmc, const struct bus_access *access, uint32_t address)
{
	const uint32_t offset = address - nvmc->config->flash_base;
	struct nvm_range page = { FLASH, offset & ~(nvmc->page_size - 1), 0 };
	uint8_t *done_ms;

	if (offset >= nvmc->config->flash_size || !may_erase(nvmc, access))
		return;
	done_ms = &nvmc->partial_done_ms[page.offset / nvmc->page_size];
	if (*done_ms + nvmc->partial_ms >= nvmc->erase_page_ms) {
		*done_ms = 0;
		page.size = nvmc->page_size;
	} else {
		*done_ms = (uint8_t)(*done_ms + nvmc->partial_ms);
	}
	nvm_erase(&nvmc->nvm, &page, 1, nvmc->partial_ms * NS_PER_MS);
}

static void erase_everything(struct nvmc *nvmc, const struct bus_access *access, uint32_t value)
{
	if (value & 1 && may_erase(nvmc, access))
		erase_all(nvmc);
}

static void erase_uicr(struct nvmc *nvmc, const struct bus_access *access, uint32_t value)
{
	const struct nvm_range range = whole(nvmc, UICR);

	if (value & 1 && may_erase(nvmc, access))
		nvm_erase(&nvmc->nvm, &range, 1, nvmc->erase_page_ms * NS_PER_MS);
}

/* --- flash and UICR --------------------------------------------------------------------------- */

static bool flash_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct nvmc *nvmc = model;

	return nvm_read(&nvmc->nvm, FLASH, access, value);
}

static bool flash_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct nvmc *nvmc = model;

	(void)mask;
	if (!nvmc->config->erases_by_write || nvmc->mode != NVMC_EEN)
		return write_word(nvmc, FLASH, access, value);
	if (value == UINT32_MAX && access->size == WORD_SIZE)
		erase_page(nvmc, access, nvmc->config->flash_base + access->offset);
	return true;
}

static bool uicr_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct nvmc *nvmc = model;

	return nvm_read(&nvmc->nvm, UICR, access, value);
}

static bool uicr_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	(void)mask;
	return write_word(model, UICR, access, value);
}

static const struct window_ops flash_ops = { .read = flash_read, .write = flash_write };
static const struct window_ops uicr_ops = { .read = uicr_read, .write = uicr_write };

/* --- registers ------------------------------------------------------------------------------- */

static bool nvmc_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct nvmc *nvmc = model;
	const bool busy = nvm_is_busy(&nvmc->nvm);

	*value = 0;
	switch (access->offset) {
	case NVMC_READY:
		*value = !busy;
		break;
	case NVMC_READYNEXT:
		*value = nvmc->config->has_ready_next && (!busy || can_buffer(nvmc));
		break;
	case NVMC_CONFIG:
		*value = nvmc->mode;
		break;
	case NVMC_ERASEPAGEPARTIALCFG:
		*value = nvmc->config->has_partial_erase ? nvmc->partial_ms : 0;
		break;
	case NVMC_ICACHECNF:
		*value = nvmc->icachecnf;
		break;
	default: /* write-only, counters of a cache that is not there, reserved */
		break;
	}
	return true;
}

static bool nvmc_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct nvmc *nvmc = model;

	switch (access->offset) {
	case NVMC_CONFIG:
		nvmc->mode = merge_lanes(nvmc->mode, value,
			mask & (nvmc->config->erases_by_write ? NVMC_CONFIG_WEN_3BIT
							      : NVMC_CONFIG_WEN));
		break;
	case NVMC_ERASEPAGE:
	case NVMC_ERASEPCR0:
		if (!nvmc->config->erases_by_write)
			erase_page(nvmc, access, value & mask);
		break;
	case NVMC_ERASEALL:
		erase_everything(nvmc, access, value & mask);
		break;
	case NVMC_ERASEUICR:
		erase_uicr(nvmc, access, value & mask);
		break;
	case NVMC_ERASEPAGEPARTIAL:
		if (nvmc->config->has_partial_erase)
			erase_partial(nvmc, access, value & mask);
		break;
	case NVMC_ERASEPAGEPARTIALCFG:
		nvmc->partial_ms =
			merge_lanes(nvmc->partial_ms, value, mask & NVMC_PARTIAL_DURATION);
		break;
	case NVMC_ICACHECNF:
		nvmc->icachecnf =
			merge_lanes(nvmc->icachecnf, value, mask & NVMC_ICACHECNF_WRITABLE);
		break;
	default:
		break;
	}
	return true;
}

/* --- CTRL-AP --------------------------------------------------------------------------------- */

static bool debug_is_open(void *model)
{
	const struct nvmc *nvmc = model;

	return !nvmc->is_protected;
}

static bool ctrl_ap_read(void *model, uint8_t reg, uint32_t *value)
{
	struct nvmc *nvmc = model;

	/* The core may be ahead and have seen the end; for the debugger it is not over. */
	if (!nvm_is_busy(&nvmc->nvm))
		nvmc->erasing_all = false;
	*value = 0;
	switch (reg) {
	case CTRL_AP_RESET:
		*value = nvmc->reset_held;
		break;
	case CTRL_AP_ERASEALLSTATUS:
		*value = nvmc->erasing_all || nvmc->erase_all_pending;
		break;
	case CTRL_AP_APPROTECTSTATUS:
		*value = !nvmc->is_protected;
		break;
	case CTRL_AP_IDR:
		*value = CTRL_AP_IDR_VALUE;
		break;
	default:
		break;
	}
	return true;
}

static bool ctrl_ap_write(void *model, uint8_t reg, uint32_t value)
{
	struct nvmc *nvmc = model;

	if (reg == CTRL_AP_RESET) {
		nvmc->reset_held = value & 1;
		board_hold_reset(nvmc->board, nvmc->reset_held);
	} else if (reg == CTRL_AP_ERASEALL && value & 1) {
		if (!nvm_is_busy(&nvmc->nvm))
			start_ctrl_erase(nvmc);
		else
			nvmc->erase_all_pending = !nvmc->erasing_all;
	}
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static void nvmc_reset(void *model, enum board_reset kind)
{
	struct nvmc *nvmc = model;

	(void)kind;
	nvm_reset(&nvmc->nvm);
	nvmc->next.valid = false;
	nvmc->erasing_all = false;
	nvmc->erase_all_pending = false;
	nvmc->mode = NVMC_REN;
	nvmc->icachecnf = 0;
	nvmc->partial_ms = NVMC_PARTIAL_RESET;
	nvmc->is_protected = !nvmc->config->has_no_ctrl_ap &&
	                     FIELD_GET(UICR_PALL, nvm_peek(&nvmc->nvm, UICR, UICR_APPROTECT,
							  WORD_SIZE)) != UICR_PALL_OPEN;
}

static void nvmc_power_lost(void *model)
{
	struct nvmc *nvmc = model;

	nvm_power_lost(&nvmc->nvm);
	nvmc->next.valid = false;
}

static const char *const setting_keys[] = { "flash", "uicr", "net-flash", "net-uicr",
	NVM_SETTING_KEYS, NULL };

static dapper_status nvmc_set(void *model, const char *key, const char *value, bool *taken)
{
	struct nvmc *nvmc = model;

	return nvm_set(&nvmc->nvm, key, value, taken);
}

static void nvmc_destroy(void *model)
{
	struct nvmc *nvmc = model;

	nvm_finish(&nvmc->nvm);
	free(nvmc);
}

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
	return value ? value : otherwise;
}

static dapper_status take_config(struct nvmc *nvmc, const struct model_config *config)
{
	const struct nrf52_nvmc_config *given = config->data;

	nvmc->config = given;
	nvmc->page_size = or_default(given->page_size, PAGE_SIZE);
	nvmc->uicr_base = or_default(given->uicr_base, UICR_BASE);
	nvmc->uicr_size = or_default(given->uicr_size, UICR_SIZE);
	nvmc->erase_page_ms = (uint16_t)or_default(given->erase_page_ms, ERASE_PAGE_MS);
	if (nvmc->page_size & (nvmc->page_size - 1) || !given->flash_size ||
		given->flash_size % nvmc->page_size ||
		given->flash_size / nvmc->page_size > MAX_PAGES ||
		nvmc->uicr_size < UICR_APPROTECT + WORD_SIZE)
		return model_invalid(
			config, "flash-size is up to 256 pages, uicr-size at least 524");
	return DAPPER_OK;
}

static dapper_status add_windows(struct nvmc *nvmc)
{
	const struct nrf52_nvmc_config *config = nvmc->config;

	TRY(board_add_window(nvmc->board, "flash memory", config->flash_base, config->flash_size,
		LANES_RAW, &flash_ops, nvmc));
	return board_add_window(
		nvmc->board, "UICR", nvmc->uicr_base, nvmc->uicr_size, LANES_RAW, &uicr_ops, nvmc);
}

static dapper_status keep_state(struct nvmc *nvmc)
{
	struct board *board = nvmc->board;

	TRY(KEEP(board, nvmc->mode));
	TRY(KEEP(board, nvmc->icachecnf));
	TRY(KEEP(board, nvmc->partial_ms));
	TRY(KEEP(board, nvmc->partial_done_ms));
	TRY(KEEP(board, nvmc->next));
	TRY(KEEP(board, nvmc->is_protected));
	TRY(KEEP(board, nvmc->erase_all_pending));
	TRY(KEEP(board, nvmc->erasing_all));
	return KEEP(board, nvmc->reset_held);
}

static dapper_status add_ctrl_ap(struct nvmc *nvmc)
{
	const struct board_ap ctrl_ap = { CTRL_AP_APSEL, ctrl_ap_read, ctrl_ap_write, nvmc };

	if (nvmc->config->has_no_ctrl_ap)
		return DAPPER_OK;
	board_gate_debug(nvmc->board, debug_is_open, nvmc);
	return board_add_ap(nvmc->board, &ctrl_ap);
}

static dapper_status nvmc_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct nvmc *nvmc = xnew(nvmc);
	bool second;

	if (!nvmc)
		return FAIL_NO_MEMORY("a flash controller");
	*model = nvmc; /* the board ends it, whatever comes */
	nvmc->board = board;
	TRY(take_config(nvmc, config));
	second = nvmc->config->core != 0;
	nvm_init(&nvmc->nvm, board, operation_ended, nvmc);
	TRY(nvm_add_area(&nvmc->nvm, nvmc->config->flash_base, nvmc->config->flash_size,
		second ? "net-flash" : "flash"));
	TRY(nvm_add_area(
		&nvmc->nvm, nvmc->uicr_base, nvmc->uicr_size, second ? "net-uicr" : "uicr"));
	TRY(add_ctrl_ap(nvmc));
	TRY(add_windows(nvmc));
	return keep_state(nvmc);
}

static const struct model_field nrf52_nvmc_fields[] = {
	{ "flash-size", FIELD_U32, offsetof(struct nrf52_nvmc_config, flash_size), true },
	{ "erase-all-ms", FIELD_U16, offsetof(struct nrf52_nvmc_config, erase_all_ms), true },
	{ "ready-next", FIELD_BOOL, offsetof(struct nrf52_nvmc_config, has_ready_next) },
	{ "partial-erase", FIELD_BOOL, offsetof(struct nrf52_nvmc_config, has_partial_erase) },
	{ "flash-base", FIELD_U32, offsetof(struct nrf52_nvmc_config, flash_base) },
	{ "page-size", FIELD_U32, offsetof(struct nrf52_nvmc_config, page_size) },
	{ "uicr-base", FIELD_U32, offsetof(struct nrf52_nvmc_config, uicr_base) },
	{ "uicr-size", FIELD_U32, offsetof(struct nrf52_nvmc_config, uicr_size) },
	{ "erase-page-ms", FIELD_U16, offsetof(struct nrf52_nvmc_config, erase_page_ms) },
	{ "erases-by-write", FIELD_BOOL, offsetof(struct nrf52_nvmc_config, erases_by_write) },
	{ "no-ctrl-ap", FIELD_BOOL, offsetof(struct nrf52_nvmc_config, has_no_ctrl_ap) },
	{ "core", FIELD_U8, offsetof(struct nrf52_nvmc_config, core) },
	{ NULL },
};

const struct model_class nrf52_nvmc_class = {
	.name = "nRF52 NVMC",
	.create = nvmc_create,
	.reset = nvmc_reset,
	.set = nvmc_set,
	.keys = setting_keys,
	.power_lost = nvmc_power_lost,
	.destroy = nvmc_destroy,
	.ops = { .read = nvmc_read, .write = nvmc_write },
	.fields = nrf52_nvmc_fields,
	.config_size = sizeof(struct nrf52_nvmc_config),
};
