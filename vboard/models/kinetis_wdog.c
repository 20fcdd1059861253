/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watchdog of Kinetis K (K64 RM, chapter 24, from memory): runs after reset with 1 kHz until it is
 * disabled, is unlocked by 0xC520 and 0xD928 for 256 bus clocks of configuration, refreshed by
 * 0xA602 and 0xB480. A wrong word resets the part, as a configuration does that comes too late.
 * Not modelled: window mode, its interrupt, the test modes, that it stops while the core is halted
 * only if told so (here it always stops: DBGEN's reset value).
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/cpu/cpu.h"
#include "vboard/models/kinetis.h"

/* Half-words at even offsets. */
enum {
	STCTRLH,
	STCTRLL,
	TOVALH,
	TOVALL,
	WINH,
	WINL,
	REFRESH,
	UNLOCK,
	TMROUTH,
	TMROUTL,
	RSTCNT,
	PRESC,
	WDOG_REGISTERS
};
#define STCTRLH_ALLOWUPDATE BIT(4)
#define STCTRLH_CLKSRC      BIT(1) /* 0: LPO, 1 kHz */
#define STCTRLH_WDOGEN      BIT(0)

#define LPO_HZ        1000u
#define UNLOCK_WINDOW 256u /* bus clocks */

static const uint16_t reset_values[WDOG_REGISTERS] = {
	[STCTRLH] = 0x01d3,
	[STCTRLL] = 0x0001,
	[TOVALH] = 0x004c,
	[TOVALL] = 0x4b4c,
	[WINL] = 0x0010,
	[REFRESH] = 0xb480,
	[UNLOCK] = 0xd928,
	[PRESC] = 0x0400,
};

struct wdog_state {
	uint16_t registers[WDOG_REGISTERS];
	uint16_t refresh_first, unlock_first; /* the first word of a sequence has been written */
	uint64_t unlocked_until_ns;
	uint64_t started_ns;
};

struct wdog {
	struct board *board;
	struct board_event timeout;
	struct wdog_state state;
};

static uint64_t period_ns(const struct wdog *wdog)
{
	const uint16_t *registers = wdog->state.registers;
	const uint64_t ticks = (uint32_t)registers[TOVALH] << 16 | registers[TOVALL];
	const uint64_t divide = 1 + (registers[PRESC] >> 8 & 7);
	const uint32_t hz = registers[STCTRLH] & STCTRLH_CLKSRC
	                            ? board_clock_hz(wdog->board, CLOCK_APB1)
	                            : LPO_HZ;

	return ticks * divide * NS_PER_S / (hz ? hz : 1);
}

static void restart(struct wdog *wdog)
{
	board_disarm(wdog->board, &wdog->timeout);
	wdog->state.started_ns = board_now_ns(wdog->board);
	if (wdog->state.registers[STCTRLH] & STCTRLH_WDOGEN)
		board_arm(wdog->board, &wdog->timeout, wdog->state.started_ns + period_ns(wdog));
}

static void timed_out(void *model)
{
	struct wdog *wdog = model;

	if (cpu_halted(board_cpu(wdog->board, 0)))
		restart(wdog);
	else
		board_request_reset(wdog->board, RESET_WATCHDOG);
}

static void write_unlock(struct wdog *wdog, uint16_t value)
{
	const uint64_t bus_hz = board_clock_hz(wdog->board, CLOCK_APB1);
	const uint64_t now = board_now_ns(wdog->board);

	if (value == 0xc520) {
		wdog->state.unlock_first = value;
	} else if (value == 0xd928 && wdog->state.unlock_first) {
		wdog->state.unlock_first = 0;
		wdog->state.unlocked_until_ns =
			now + UNLOCK_WINDOW * NS_PER_S / (bus_hz ? bus_hz : 1);
	} else {
		board_request_reset(wdog->board, RESET_WATCHDOG);
	}
}

static void write_refresh(struct wdog *wdog, uint16_t value)
{
	if (value == 0xa602) {
		wdog->state.refresh_first = value;
	} else if (value == 0xb480 && wdog->state.refresh_first) {
		wdog->state.refresh_first = 0;
		restart(wdog);
	} else {
		board_request_reset(wdog->board, RESET_WATCHDOG);
	}
}

static void write_register(struct wdog *wdog, unsigned index, uint16_t value)
{
	uint16_t *registers = wdog->state.registers;

	if (index == UNLOCK) {
		write_unlock(wdog, value);
	} else if (index == REFRESH) {
		write_refresh(wdog, value);
	} else if (index == RSTCNT || index == TMROUTH || index == TMROUTL) {
		return;
	} else if (board_now_ns(wdog->board) <= wdog->state.unlocked_until_ns &&
		   registers[STCTRLH] & STCTRLH_ALLOWUPDATE) {
		registers[index] = value;
		restart(wdog);
	}
}

static bool wdog_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct wdog *wdog = model;
	const unsigned index = access->offset / 2;

	*value = 0;
	if (index < WDOG_REGISTERS)
		*value = wdog->state.registers[index];
	if (access->size == 4 && index + 1 < WDOG_REGISTERS)
		*value |= (uint32_t)wdog->state.registers[index + 1] << 16;
	if (access->size == 1 && access->offset & 1)
		*value >>= 8;
	return true;
}

static bool wdog_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct wdog *wdog = model;
	const unsigned index = access->offset / 2;

	(void)mask;
	/* Bytes are ignored: registers are written as half-words or in pairs. */
	if (access->size >= 2 && index < WDOG_REGISTERS)
		write_register(wdog, index, (uint16_t)value);
	if (access->size == 4 && index + 1 < WDOG_REGISTERS)
		write_register(wdog, index + 1, (uint16_t)(value >> 16));
	return true;
}

static void wdog_reset(void *model, enum board_reset kind)
{
	struct wdog *wdog = model;
	const uint16_t count = wdog->state.registers[RSTCNT];

	wdog->state = (struct wdog_state){ 0 };
	for (unsigned i = 0; i < WDOG_REGISTERS; i++)
		wdog->state.registers[i] = reset_values[i];
	if (kind != RESET_POWER_ON)
		wdog->state.registers[RSTCNT] = (uint16_t)(count + (kind == RESET_WATCHDOG));
	/* After reset the configuration is open for as long as after an unlock. */
	write_unlock(wdog, 0xc520);
	write_unlock(wdog, 0xd928);
	restart(wdog);
}

static dapper_status wdog_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct wdog *wdog = xnew(wdog);

	(void)config;
	if (!wdog)
		return FAIL_NO_MEMORY("a watchdog");
	*model = wdog;
	wdog->board = board;
	wdog->timeout = (struct board_event){ .fire = timed_out, .model = wdog };
	TRY(board_keep_event(board, "watchdog's end", &wdog->timeout));
	return board_keep(board, "watchdog", &wdog->state, sizeof(wdog->state));
}

const struct model_class kinetis_wdog_class = {
	.name = "Kinetis watchdog",
	.create = wdog_create,
	.reset = wdog_reset,
	.destroy = free,
	.ops = { .read = wdog_read, .write = wdog_write },
};
