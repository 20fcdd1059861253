/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TIMER (datasheet 4.6) and WATCHDOG (4.7) of an RP2040. The microsecond tick is always there; time
 * does not stop when a core is halted (DBGPAUSE and PAUSE_DBG are kept, not obeyed).
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/rp2040.h"

enum { ALARMS = 4 };

#define TIMER_TIMEHW   0x00u
#define TIMER_TIMELW   0x04u
#define TIMER_TIMEHR   0x08u
#define TIMER_TIMELR   0x0cu
#define TIMER_ALARM0   0x10u
#define TIMER_ARMED    0x20u
#define TIMER_TIMERAWH 0x24u
#define TIMER_TIMERAWL 0x28u
#define TIMER_DBGPAUSE 0x2cu
#define TIMER_PAUSE    0x30u
#define TIMER_INTR     0x34u
#define TIMER_INTE     0x38u
#define TIMER_INTF     0x3cu
#define TIMER_INTS     0x40u

struct timer {
	struct board *board;
	uint16_t irq;
	struct {
		uint64_t offset_us; /* added to the board's time */
		uint32_t latched_high, written_low;
		uint32_t alarms[ALARMS];
		uint32_t armed, raised, enabled, forced;
	} state;
	struct board_event due; /* the next alarm */
};

static uint64_t timer_us(const struct timer *timer)
{
	return board_now_ns(timer->board) / NS_PER_US + timer->state.offset_us;
}

static void timer_update_irq(const struct timer *timer)
{
	const uint32_t pending = (timer->state.raised & timer->state.enabled) | timer->state.forced;

	for (unsigned i = 0; i < ALARMS; i++)
		board_set_irq(timer->board, timer->irq + i, pending & BIT(0) << i);
}

/* An alarm matches the low 32 bits (4.6.3). */
static void timer_plan(struct timer *timer)
{
	const uint64_t now_us = timer_us(timer);
	uint64_t soonest = UINT64_MAX;

	board_disarm(timer->board, &timer->due);
	for (unsigned i = 0; i < ALARMS; i++) {
		const uint32_t left = timer->state.alarms[i] - (uint32_t)now_us;

		if (timer->state.armed & BIT(0) << i && left < soonest)
			soonest = left;
	}
	if (soonest != UINT64_MAX)
		board_arm(timer->board, &timer->due,
			(now_us + soonest - timer->state.offset_us) * NS_PER_US);
}

static void timer_due(void *model)
{
	struct timer *timer = model;
	const uint32_t now = (uint32_t)timer_us(timer);

	for (unsigned i = 0; i < ALARMS; i++)
		if (timer->state.armed & BIT(0) << i && timer->state.alarms[i] == now) {
			timer->state.armed &= ~(BIT(0) << i);
			timer->state.raised |= BIT(0) << i;
		}
	timer_update_irq(timer);
	timer_plan(timer);
}

static bool timer_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct timer *timer = model;
	const uint32_t offset = access->offset & 0xfff;
	const uint64_t now = timer_us(timer);

	*value = 0;
	switch (offset) {
	case TIMER_TIMEHR:
		*value = timer->state.latched_high;
		break;
	case TIMER_TIMELR: /* latches the other half */
		timer->state.latched_high = (uint32_t)(now >> 32);
		*value = (uint32_t)now;
		break;
	case TIMER_TIMERAWH:
		*value = (uint32_t)(now >> 32);
		break;
	case TIMER_TIMERAWL:
		*value = (uint32_t)now;
		break;
	case TIMER_ARMED:
		*value = timer->state.armed;
		break;
	case TIMER_INTR:
		*value = timer->state.raised;
		break;
	case TIMER_INTE:
		*value = timer->state.enabled;
		break;
	case TIMER_INTF:
		*value = timer->state.forced;
		break;
	case TIMER_INTS:
		*value = (timer->state.raised & timer->state.enabled) | timer->state.forced;
		break;
	default:
		if (offset >= TIMER_ALARM0 && offset < TIMER_ARMED)
			*value = timer->state.alarms[(offset - TIMER_ALARM0) / 4];
		break;
	}
	return true;
}

static void timer_set(struct timer *timer, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case TIMER_TIMELW:
		timer->state.written_low = value;
		break;
	case TIMER_TIMEHW:
		timer->state.offset_us = ((uint64_t)value << 32 | timer->state.written_low) -
		                         board_now_ns(timer->board) / NS_PER_US;
		break;
	case TIMER_ARMED:
		timer->state.armed &= ~value;
		break;
	case TIMER_INTR:
		timer->state.raised &= ~value;
		break;
	case TIMER_INTE:
		timer->state.enabled = value & 0xf;
		break;
	case TIMER_INTF:
		timer->state.forced = value & 0xf;
		break;
	default:
		if (offset >= TIMER_ALARM0 && offset < TIMER_ARMED) {
			const unsigned alarm = (offset - TIMER_ALARM0) / 4;

			timer->state.alarms[alarm] = value;
			timer->state.armed |= BIT(0) << alarm;
		}
		break;
	}
}

static uint32_t timer_old(const struct timer *timer, uint32_t offset)
{
	return offset == TIMER_INTE   ? timer->state.enabled
	       : offset == TIMER_INTF ? timer->state.forced
	                              : 0;
}

static bool timer_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct timer *timer = model;
	const uint32_t offset = access->offset & 0xfff;

	(void)mask;
	timer_set(timer, offset, rp2040_atomic(access->offset, timer_old(timer, offset), value));
	timer_update_irq(timer);
	timer_plan(timer);
	return true;
}

static dapper_status timer_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct timer *timer = xnew(timer);

	if (!timer)
		return FAIL_NO_MEMORY("a timer");
	*model = timer;
	timer->board = board;
	timer->irq = config->irq;
	timer->due = (struct board_event){ .fire = timer_due, .model = timer };
	TRY(KEEP(board, timer->state));
	return board_keep_event(board, "alarm", &timer->due);
}

static void timer_reset(void *model, enum board_reset kind)
{
	struct timer *timer = model;

	(void)kind;
	memset(&timer->state, 0, sizeof(timer->state));
	timer->state.offset_us = 0 - board_now_ns(timer->board) / NS_PER_US;
	board_disarm(timer->board, &timer->due);
	timer_update_irq(timer);
}

const struct model_class rp2040_timer_class = {
	.name = "rp2040-timer",
	.create = timer_create,
	.reset = timer_reset,
	.destroy = free,
	.ops = { .read = timer_read, .write = timer_write },
};

/* --- watchdog -------------------------------------------------------------------------------- */

#define WATCHDOG_CTRL     0x00u
#define WATCHDOG_LOAD     0x04u
#define WATCHDOG_REASON   0x08u
#define WATCHDOG_SCRATCH0 0x0cu
#define WATCHDOG_TICK     0x2cu
#define CTRL_TRIGGER      BIT(31)
#define CTRL_ENABLE       BIT(30)
#define CTRL_TIME         BITS(23, 0)
#define REASON_TIMER      BIT(0)
#define REASON_FORCE      BIT(1)
#define TICK_ENABLE       BIT(9)
#define TICK_RUNNING      BIT(10)

enum { SCRATCHES = 8 };

struct watchdog {
	struct board *board;
	struct {
		uint32_t ctrl, reason, tick, scratch[SCRATCHES];
		uint64_t end_us;
	} state;
	struct board_event bite;
};

static void watchdog_bite(void *model)
{
	struct watchdog *watchdog = model;

	watchdog->state.reason = REASON_TIMER;
	board_request_reset(watchdog->board, RESET_WATCHDOG);
}

/* It counts down by two each microsecond: erratum RP2040-E1. */
static uint32_t watchdog_left(const struct watchdog *watchdog)
{
	const uint64_t now_us = board_now_ns(watchdog->board) / NS_PER_US;

	return watchdog->state.end_us > now_us ? (uint32_t)(watchdog->state.end_us - now_us) * 2
	                                       : 0;
}

static void watchdog_plan(struct watchdog *watchdog)
{
	board_disarm(watchdog->board, &watchdog->bite);
	if (watchdog->state.ctrl & CTRL_ENABLE)
		board_arm(watchdog->board, &watchdog->bite, watchdog->state.end_us * NS_PER_US);
}

static bool watchdog_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct watchdog *watchdog = model;
	const uint32_t offset = access->offset & 0xfff;

	*value = 0;
	if (offset == WATCHDOG_CTRL)
		*value = watchdog->state.ctrl | (watchdog_left(watchdog) & CTRL_TIME);
	else if (offset == WATCHDOG_REASON)
		*value = watchdog->state.reason;
	else if (offset == WATCHDOG_TICK)
		*value = watchdog->state.tick |
		         (watchdog->state.tick & TICK_ENABLE ? TICK_RUNNING : 0);
	else if (offset >= WATCHDOG_SCRATCH0 && offset < WATCHDOG_TICK)
		*value = watchdog->state.scratch[(offset - WATCHDOG_SCRATCH0) / 4];
	return true;
}

static void watchdog_control(struct watchdog *watchdog, uint32_t value)
{
	if (value & CTRL_TRIGGER) {
		watchdog->state.reason = REASON_FORCE;
		board_request_reset(watchdog->board, RESET_WATCHDOG);
		return;
	}
	watchdog->state.ctrl = value & (CTRL_ENABLE | BITS(26, 24));
}

static bool watchdog_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct watchdog *watchdog = model;
	const uint32_t offset = access->offset & 0xfff;
	uint32_t old = 0;

	(void)mask;
	(void)watchdog_read(model, &(struct bus_access){ .offset = offset }, &old);
	value = rp2040_atomic(access->offset, old, value);
	if (offset == WATCHDOG_CTRL)
		watchdog_control(watchdog, value);
	else if (offset == WATCHDOG_LOAD)
		watchdog->state.end_us =
			board_now_ns(watchdog->board) / NS_PER_US + (value & CTRL_TIME) / 2;
	else if (offset == WATCHDOG_TICK)
		watchdog->state.tick = value & BITS(9, 0);
	else if (offset >= WATCHDOG_SCRATCH0 && offset < WATCHDOG_TICK)
		watchdog->state.scratch[(offset - WATCHDOG_SCRATCH0) / 4] = value;
	watchdog_plan(watchdog);
	return true;
}

static dapper_status watchdog_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct watchdog *watchdog = xnew(watchdog);

	(void)config;
	if (!watchdog)
		return FAIL_NO_MEMORY("a watchdog");
	*model = watchdog;
	watchdog->board = board;
	watchdog->bite = (struct board_event){ .fire = watchdog_bite, .model = watchdog };
	TRY(KEEP(board, watchdog->state));
	return board_keep_event(board, "watchdog", &watchdog->bite);
}

/* Its own reset leaves the reason and the scratch registers (4.7.5). */
static void watchdog_reset(void *model, enum board_reset kind)
{
	struct watchdog *watchdog = model;

	if (kind == RESET_POWER_ON || kind == RESET_PIN)
		memset(&watchdog->state, 0, sizeof(watchdog->state));
	watchdog->state.ctrl = 0;
	watchdog->state.tick = TICK_ENABLE;
	board_disarm(watchdog->board, &watchdog->bite);
}

const struct model_class rp2040_watchdog_class = {
	.name = "rp2040-watchdog",
	.create = watchdog_create,
	.reset = watchdog_reset,
	.destroy = free,
	.ops = { .read = watchdog_read, .write = watchdog_write },
};
