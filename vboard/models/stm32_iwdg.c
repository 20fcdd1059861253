/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The independent watchdog (RM0090 rev 19, section 21). Once started only a reset stops it; it
 * goes on while the core is halted, unless the debugger has set its freeze bit in DBGMCU (38.16.4):
 * then it starts its period anew when the core runs again.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/cpu/cpu.h"
#include "vboard/models/stm32.h"

/* 21.4.1 to 21.4.4 */
#define IWDG_KR        0x00u
#define IWDG_KR_ACCESS 0x5555u
#define IWDG_KR_RELOAD 0xaaaau
#define IWDG_KR_START  0xccccu
#define IWDG_PR        0x04u
#define IWDG_RLR       0x08u

static const struct register_row rows[] = {
	{ IWDG_PR, 0, BITS(2, 0) },
	{ IWDG_RLR, 0xfff, BITS(11, 0) },
};

struct iwdg {
	struct board *board;
	const struct stm32_iwdg_config *config;
	struct register_file registers;
	bool can_write;
	bool running;
	struct board_event expiry;
};

/* Table 107: the prescaler is 4 << PR, at most 256. */
static uint64_t period_ns(const struct iwdg *iwdg)
{
	const uint32_t pr = registers_get(&iwdg->registers, IWDG_PR);
	const uint64_t ticks = registers_get(&iwdg->registers, IWDG_RLR) + 1;

	return (ticks << (2 + (pr < 6 ? pr : 6))) * NS_PER_S / iwdg->config->lsi_hz;
}

static void reload(struct iwdg *iwdg)
{
	if (iwdg->running)
		board_arm(iwdg->board, &iwdg->expiry, board_now_ns(iwdg->board) + period_ns(iwdg));
}

static void expired(void *model)
{
	struct iwdg *iwdg = model;

	if (cpu_halted(board_cpu(iwdg->board, 0)) &&
		board_peek(iwdg->board, iwdg->config->freeze_address) & iwdg->config->freeze_mask)
		reload(iwdg);
	else
		board_request_reset(iwdg->board, RESET_WATCHDOG);
}

static bool iwdg_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct iwdg *iwdg = model;

	/* SR reads 0: a new prescaler or reload value is there at once. */
	*value = registers_get(&iwdg->registers, access->offset);
	return true;
}

static bool iwdg_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct iwdg *iwdg = model;

	if (access->offset != IWDG_KR) {
		if (iwdg->can_write)
			registers_write(&iwdg->registers, access->offset, value, mask);
		return true;
	}
	value &= BITS(15, 0);
	iwdg->can_write = value == IWDG_KR_ACCESS;
	if (value == IWDG_KR_START)
		iwdg->running = true;
	if (value == IWDG_KR_START || value == IWDG_KR_RELOAD)
		reload(iwdg);
	return true;
}

static void iwdg_reset(void *model, enum board_reset kind)
{
	struct iwdg *iwdg = model;

	(void)kind;
	board_disarm(iwdg->board, &iwdg->expiry);
	registers_reset(&iwdg->registers);
	iwdg->can_write = false;
	iwdg->running = false;
}

static dapper_status iwdg_create(
	struct board *board, const struct model_config *config, void **model)
{
	const struct stm32_iwdg_config *iwdg_config = config->data;
	struct iwdg *iwdg;

	if (iwdg_config->lsi_hz < 1000)
		return model_invalid(config, "lsi must be 1 kHz at least");
	iwdg = xnew(iwdg);
	if (!iwdg)
		return FAIL_NO_MEMORY("a watchdog");
	iwdg->board = board;
	iwdg->config = iwdg_config;
	iwdg->expiry = (struct board_event){ .fire = expired, .model = iwdg };
	board_registers_init(&iwdg->registers, rows, ARRAY_SIZE(rows));
	*model = iwdg;
	TRY(board_keep(
		board, config->name, iwdg->registers.values, sizeof(iwdg->registers.values)));
	TRY(KEEP(board, iwdg->can_write));
	TRY(KEEP(board, iwdg->running));
	return board_keep_event(board, "IWDG expiry", &iwdg->expiry);
}

static const struct model_field stm32_iwdg_fields[] = {
	{ "lsi", FIELD_U32, offsetof(struct stm32_iwdg_config, lsi_hz), true },
	{ "freeze-address", FIELD_U32, offsetof(struct stm32_iwdg_config, freeze_address) },
	{ "freeze-mask", FIELD_U32, offsetof(struct stm32_iwdg_config, freeze_mask) },
	{ NULL },
};

const struct model_class stm32_iwdg_class = {
	.name = "STM32 IWDG",
	.create = iwdg_create,
	.reset = iwdg_reset,
	.destroy = free,
	.ops = { .read = iwdg_read, .write = iwdg_write },
	.fields = stm32_iwdg_fields,
	.config_size = sizeof(struct stm32_iwdg_config),
};
