/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CMSDK APB timer (DDI 0479C, 3.2): counts down from RELOAD, raises its interrupt at 0 and
 * starts again. The manual was not at hand: offsets and bits are from memory of it and agree with
 * QEMU's hw/timer/cmsdk-apb-timer.c. External clock and enable (CTRL[2:1]) are kept and do nothing:
 * nothing is connected.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/cmsdk.h"

#define TIMER_CTRL          0x000u
#define TIMER_CTRL_INT      BIT(3)
#define TIMER_CTRL_ENABLE   BIT(0)
#define TIMER_CTRL_WRITABLE BITS(3, 0)
#define TIMER_VALUE         0x004u
#define TIMER_RELOAD        0x008u
#define TIMER_INTSTATUS     0x00cu /* and INTCLEAR */
#define TIMER_PIDR4         0xfd0u

struct timer {
	struct board *board;
	const struct cmsdk_timer_config *config;
	uint16_t irq;
	struct board_event zero; /* armed while it counts */
	struct timer_state {
		uint32_t ctrl, reload;
		uint32_t value; /* at since_ns */
		uint64_t since_ns;
		bool raised;
	} s;
};

static const uint8_t ids[] = { 0x04, 0, 0, 0, 0x22, 0xb8, 0x1b, 0, 0x0d, 0xf0, 0x05, 0xb1 };

static uint64_t ticks_ns(const struct timer *timer, uint64_t ticks)
{
	const uint64_t hz = board_clock_hz(timer->board, timer->config->clock);

	return ticks / hz * NS_PER_S + (ticks % hz * NS_PER_S + hz - 1) / hz;
}

static uint32_t value_now(const struct timer *timer)
{
	const uint64_t hz = board_clock_hz(timer->board, timer->config->clock);
	const uint64_t ns = board_now_ns(timer->board) - timer->s.since_ns;
	uint64_t ticks;

	if (!timer->zero.armed)
		return timer->s.value;
	ticks = ns / NS_PER_S * hz + ns % NS_PER_S * hz / NS_PER_S;
	return ticks < timer->s.value ? timer->s.value - (uint32_t)ticks : 0;
}

/** From now on, or from @p at_ns, it counts from this value if it counts at all. */
static void count_from(struct timer *timer, uint32_t value, uint64_t at_ns)
{
	timer->s.value = value;
	timer->s.since_ns = at_ns;
	board_disarm(timer->board, &timer->zero);
	if (value && timer->s.ctrl & TIMER_CTRL_ENABLE)
		board_arm(timer->board, &timer->zero, at_ns + ticks_ns(timer, value));
}

static void update_irq(const struct timer *timer)
{
	board_set_irq(timer->board, timer->irq, timer->s.raised);
}

static void reached_zero(void *model)
{
	struct timer *timer = model;

	if (timer->s.ctrl & TIMER_CTRL_INT)
		timer->s.raised = true;
	count_from(timer, timer->s.reload, timer->zero.at_ns);
	update_irq(timer);
}

static bool timer_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct timer *timer = model;

	*value = 0;
	if (access->offset == TIMER_CTRL)
		*value = timer->s.ctrl;
	else if (access->offset == TIMER_VALUE)
		*value = value_now(timer);
	else if (access->offset == TIMER_RELOAD)
		*value = timer->s.reload;
	else if (access->offset == TIMER_INTSTATUS)
		*value = timer->s.raised;
	else if (access->offset >= TIMER_PIDR4)
		*value = ids[(access->offset - TIMER_PIDR4) / 4];
	return true;
}

static void write_ctrl(struct timer *timer, uint32_t value)
{
	const uint32_t now = value_now(timer);

	timer->s.ctrl = value & TIMER_CTRL_WRITABLE;
	count_from(timer, now ? now : timer->s.reload, board_now_ns(timer->board));
}

static bool timer_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct timer *timer = model;

	(void)mask;
	if (access->offset == TIMER_CTRL)
		write_ctrl(timer, value);
	else if (access->offset == TIMER_VALUE)
		count_from(timer, value, board_now_ns(timer->board));
	else if (access->offset == TIMER_RELOAD) {
		/* A write also loads the counter (table 3-4). */
		timer->s.reload = value;
		count_from(timer, value, board_now_ns(timer->board));
	} else if (access->offset == TIMER_INTSTATUS && value & 1) {
		timer->s.raised = false;
	}
	update_irq(timer);
	return true;
}

static void timer_reset(void *model, enum board_reset kind)
{
	struct timer *timer = model;

	(void)kind;
	board_disarm(timer->board, &timer->zero);
	timer->s = (struct timer_state){ .ctrl = 0 };
	update_irq(timer);
}

static dapper_status timer_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct timer *timer = xnew(timer);

	if (!timer)
		return FAIL_NO_MEMORY("a timer");
	*model = timer; /* the board ends it, whatever comes */
	timer->board = board;
	timer->config = config->data;
	timer->irq = config->irq;
	timer->zero = (struct board_event){ .fire = reached_zero, .model = timer };
	if (config->size > 0x1000)
		return model_invalid(config, "a timer has a window of at most 4 KB");
	TRY(board_keep_event(board, config->name, &timer->zero));
	return board_keep(board, config->name, &timer->s, sizeof(timer->s));
}

static const struct model_field timer_fields[] = {
	{ "clock", FIELD_WORD, offsetof(struct cmsdk_timer_config, clock),
		.words = board_clock_words },
	{ NULL },
};

const struct model_class cmsdk_timer_class = {
	.name = "CMSDK timer",
	.create = timer_create,
	.reset = timer_reset,
	.destroy = free,
	.ops = { .read = timer_read, .write = timer_write },
	.fields = timer_fields,
	.config_size = sizeof(struct cmsdk_timer_config),
};
