/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watchdog of Kinetis KE02 (RM, chapter 22): runs after reset with 1 kHz and 4 ticks until it is
 * disabled; 0x20C5 and 0x28D9 in CNT unlock the configuration for 128 bus clocks, which CS1, CS2,
 * TOVAL and WIN can then be written in; 0x02A6 and 0x80B4 refresh. Anything else in CNT, or a
 * configuration while locked, resets the part. It stops while the core is halted. Not modelled: the
 * window, its interrupt, the test modes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/cpu/cpu.h"
#include "vboard/models/ke02.h"

/* Bytes; CNT, TOVAL and WIN have their high byte first. */
enum { CS1, CS2, CNTH, CNTL, TOVALH, TOVALL, WINH, WINL, WDOG_REGISTERS };
#define CS1_EN     BIT(7)
#define CS1_UPDATE BIT(5)
#define CS2_CLK    BITS(1, 0)

/* As half-words of the bus. */
#define UNLOCK_1  0x20c5u
#define UNLOCK_2  0x28d9u
#define REFRESH_1 0x02a6u
#define REFRESH_2 0x80b4u

#define UNLOCK_CLOCKS 128u

struct wdog {
	struct board *board;
	struct board_event timeout;
	struct {
		uint8_t registers[WDOG_REGISTERS];
		uint16_t first; /* of a sequence that has begun */
		uint64_t unlocked_until_ns;
	} state;
};

static uint64_t period_ns(const struct wdog *wdog)
{
	const uint8_t *registers = wdog->state.registers;
	const uint32_t ticks = (uint32_t)registers[TOVALH] << 8 | registers[TOVALL];
	const uint32_t bus_hz = board_clock_hz(wdog->board, CLOCK_APB1);
	const uint32_t clocks[] = { bus_hz, 1000, 32768, 32768 };
	const uint32_t hz = clocks[registers[CS2] & CS2_CLK];

	return (ticks + 1) * NS_PER_S / (hz ? hz : 1);
}

static void restart(struct wdog *wdog)
{
	board_disarm(wdog->board, &wdog->timeout);
	if (wdog->state.registers[CS1] & CS1_EN)
		board_arm(wdog->board, &wdog->timeout, board_now_ns(wdog->board) + period_ns(wdog));
}

static void timed_out(void *model)
{
	struct wdog *wdog = model;

	if (cpu_halted(board_cpu(wdog->board, 0)))
		restart(wdog);
	else
		board_request_reset(wdog->board, RESET_WATCHDOG);
}

static void unlock(struct wdog *wdog)
{
	const uint64_t bus_hz = board_clock_hz(wdog->board, CLOCK_APB1);

	wdog->state.unlocked_until_ns =
		board_now_ns(wdog->board) + UNLOCK_CLOCKS * NS_PER_S / (bus_hz ? bus_hz : 1);
}

static void write_count(struct wdog *wdog, uint16_t value)
{
	const uint16_t first = wdog->state.first;

	wdog->state.first = value;
	if (value == UNLOCK_1 || value == REFRESH_1)
		return;
	wdog->state.first = 0;
	if (value == UNLOCK_2 && first == UNLOCK_1)
		unlock(wdog);
	else if (value == REFRESH_2 && first == REFRESH_1)
		restart(wdog);
	else
		board_request_reset(wdog->board, RESET_WATCHDOG);
}

static bool wdog_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct wdog *wdog = model;

	*value = 0;
	for (unsigned i = 0; i < access->size; i++)
		if (access->offset + i < WDOG_REGISTERS)
			*value |= (uint32_t)wdog->state.registers[access->offset + i] << 8 * i;
	return true;
}

static bool wdog_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct wdog *wdog = model;

	(void)mask;
	if (access->offset == CNTH && access->size == 2) {
		write_count(wdog, (uint16_t)value);
		return true;
	}
	if (board_now_ns(wdog->board) > wdog->state.unlocked_until_ns ||
		!(wdog->state.registers[CS1] & CS1_UPDATE)) {
		board_request_reset(wdog->board, RESET_WATCHDOG);
		return true;
	}
	for (unsigned i = 0; i < access->size; i++)
		if (access->offset + i < WDOG_REGISTERS)
			wdog->state.registers[access->offset + i] = (uint8_t)(value >> 8 * i);
	restart(wdog);
	return true;
}

static void wdog_reset(void *model, enum board_reset kind)
{
	static const uint8_t values[WDOG_REGISTERS] = { [CS1] = 0xa0, [CS2] = 0x01, [TOVALL] = 4 };
	struct wdog *wdog = model;

	(void)kind;
	memcpy(wdog->state.registers, values, sizeof(values));
	wdog->state.first = 0;
	unlock(wdog);
	restart(wdog);
}

static dapper_status wdog_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct wdog *wdog = xnew(wdog);

	if (!wdog)
		return FAIL_NO_MEMORY("a watchdog");
	*model = wdog;
	wdog->board = board;
	wdog->timeout = (struct board_event){ .fire = timed_out, .model = wdog };
	TRY(board_keep_event(board, config->name, &wdog->timeout));
	return board_keep(board, config->name, &wdog->state, sizeof(wdog->state));
}

const struct model_class ke02_wdog_class = {
	.name = "KE02 watchdog",
	.create = wdog_create,
	.reset = wdog_reset,
	.destroy = free,
	.ops = { .read = wdog_read, .write = wdog_write },
};
