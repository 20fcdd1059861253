/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CLOCK and POWER, and BPROT in the same window (nRF52832 PS v1.4, sections 18, 19 and 12; nRF52840
 * PS v1.7, 5.3 and 5.4). The core always runs at 64 MHz, from whatever oscillator; starting an
 * oscillator takes its time and raises its event. RESETREAS adds up until it is cleared by writing
 * ones. GPREGRET survives all but power-on. Not modelled: calibration, System OFF (the request is
 * ignored), power-fail warnings, RAM power, BPROT's protection (its bits are kept).
 *
 * Start-up times are typical values of the electrical specifications: HFXO 360 us, LFRC 600 us,
 * LFXO 250 ms.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/nrf52.h"
#include "vboard/models/nrf_events.h"

#define TASKS_HFCLKSTART 0x000u
#define TASKS_HFCLKSTOP  0x004u
#define TASKS_LFCLKSTART 0x008u
#define TASKS_LFCLKSTOP  0x00cu
#define TASKS_CAL        0x010u

#define EVENTS_HFCLKSTARTED 0x100u
#define EVENTS_LFCLKSTARTED 0x104u
#define EVENTS_POFWARN      0x108u
#define EVENTS_DONE         0x10cu
#define EVENTS_CTTO         0x110u
#define EVENTS_SLEEPENTER   0x114u
#define EVENTS_SLEEPEXIT    0x118u

#define POWER_RESETREAS          0x400u
#define RESETREAS_RESETPIN       BIT(0)
#define RESETREAS_DOG            BIT(1)
#define RESETREAS_SREQ           BIT(2)
#define CLOCK_HFCLKRUN           0x408u
#define CLOCK_HFCLKSTAT          0x40cu
#define CLOCK_LFCLKRUN           0x414u
#define CLOCK_LFCLKSTAT          0x418u
#define CLOCK_LFCLKSRCCOPY       0x41cu
#define CLOCK_STAT_STATE         BIT(16)
#define CLOCK_HFCLKSTAT_SRC_XTAL BIT(0)
#define CLOCK_LFCLKSRC           0x518u
#define CLOCK_LFCLKSRC_SRC       BITS(1, 0)
#define POWER_GPREGRET           0x51cu
#define POWER_GPREGRET2          0x520u
#define BPROT_CONFIG0            0x600u
#define BPROT_CONFIG1            0x604u
#define BPROT_DISABLEINDEBUG     0x608u
#define BPROT_CONFIG2            0x610u
#define BPROT_CONFIG3            0x614u

#define HFXO_START_NS (360 * NS_PER_US)
#define LFRC_START_NS (600 * NS_PER_US)
#define LFXO_START_NS (250 * NS_PER_MS)
enum { LF_SOURCE_RC = 0 };

static const struct register_row rows[] = {
	{ 0x510, 0, BITS(4, 0) | BITS(11, 8) }, /* POFCON */
	{ CLOCK_LFCLKSRC, 0, CLOCK_LFCLKSRC_SRC | BITS(17, 16) },
	{ POWER_GPREGRET, 0, BITS(7, 0) },
	{ POWER_GPREGRET2, 0, BITS(7, 0) },
	{ 0x524, 3, BITS(17, 16) | BITS(1, 0) }, /* RAMON */
	{ 0x528, 0x10, BITS(7, 0) },             /* HFXODEBOUNCE */
	{ 0x538, 0, BITS(6, 0) },                /* CTIV */
	{ 0x554, 3, BITS(17, 16) | BITS(1, 0) }, /* RAMONB */
	{ 0x55c, 0, BITS(17, 16) | BITS(1, 0) }, /* TRACECONFIG */
	{ 0x578, 0, BIT(0) },                    /* DCDCEN */
	{ 0x580, 0, BIT(0) },                    /* DCDCEN0 */
	{ BPROT_CONFIG0, 0, UINT32_MAX },
	{ BPROT_CONFIG1, 0, UINT32_MAX },
	{ BPROT_DISABLEINDEBUG, 1, BIT(0) },
	{ BPROT_CONFIG2, 0, UINT32_MAX },
	{ BPROT_CONFIG3, 0, UINT32_MAX },
};

/** An oscillator: asked for, and running from a time on. */
struct oscillator {
	bool asked;
	bool runs;
	struct board_event started;
};

struct power_clock {
	struct board *board;
	struct nrf_events events;
	struct register_file registers;
	struct oscillator hf, lf;
	uint32_t lf_source; /* as it was when started: LFCLKSRCCOPY */
	uint32_t reset_reasons;
};

static void hf_started(void *model)
{
	struct power_clock *clock = model;

	clock->hf.runs = true;
	nrf_events_raise(&clock->events, NRF_EVENT(EVENTS_HFCLKSTARTED));
}

static void lf_started(void *model)
{
	struct power_clock *clock = model;

	clock->lf.runs = true;
	nrf_events_raise(&clock->events, NRF_EVENT(EVENTS_LFCLKSTARTED));
}

static void start(struct power_clock *clock, struct oscillator *oscillator, uint64_t start_ns)
{
	oscillator->asked = true;
	/* One that runs says so again at once. */
	board_arm(clock->board, &oscillator->started,
		board_now_ns(clock->board) + (oscillator->runs ? 0 : start_ns));
}

static void stop(struct power_clock *clock, struct oscillator *oscillator)
{
	board_disarm(clock->board, &oscillator->started);
	oscillator->asked = false;
	oscillator->runs = false;
}

static void start_lf(struct power_clock *clock)
{
	if (!clock->lf.runs)
		clock->lf_source = FIELD_GET(
			CLOCK_LFCLKSRC_SRC, registers_get(&clock->registers, CLOCK_LFCLKSRC));
	start(clock, &clock->lf, clock->lf_source == LF_SOURCE_RC ? LFRC_START_NS : LFXO_START_NS);
}

static void run_task(struct power_clock *clock, uint32_t task)
{
	switch (task) {
	case TASKS_HFCLKSTART:
		start(clock, &clock->hf, HFXO_START_NS);
		break;
	case TASKS_HFCLKSTOP:
		stop(clock, &clock->hf);
		break;
	case TASKS_LFCLKSTART:
		start_lf(clock);
		break;
	case TASKS_LFCLKSTOP:
		stop(clock, &clock->lf);
		break;
	case TASKS_CAL:
		nrf_events_raise(&clock->events, NRF_EVENT(EVENTS_DONE));
		break;
	default:
		break;
	}
}

static bool power_clock_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct power_clock *clock = model;

	if (nrf_events_read(&clock->events, access->offset, value))
		return true;
	switch (access->offset) {
	case POWER_RESETREAS:
		*value = clock->reset_reasons;
		break;
	case CLOCK_HFCLKRUN:
		*value = clock->hf.asked;
		break;
	case CLOCK_HFCLKSTAT: /* the high frequency clock always runs, if from the RC */
		*value = CLOCK_STAT_STATE | (clock->hf.runs ? CLOCK_HFCLKSTAT_SRC_XTAL : 0);
		break;
	case CLOCK_LFCLKRUN:
		*value = clock->lf.asked;
		break;
	case CLOCK_LFCLKSTAT:
		*value = clock->lf.runs ? CLOCK_STAT_STATE | clock->lf_source : 0;
		break;
	case CLOCK_LFCLKSRCCOPY:
		*value = clock->lf_source;
		break;
	default:
		*value = registers_get(&clock->registers, access->offset);
		break;
	}
	return true;
}

/** Bits of BPROT's CONFIG registers can only be set (until the next reset). */
static bool is_set_only(uint32_t offset)
{
	return offset == BPROT_CONFIG0 || offset == BPROT_CONFIG1 || offset == BPROT_CONFIG2 ||
	       offset == BPROT_CONFIG3;
}

static bool power_clock_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct power_clock *clock = model;

	if (nrf_events_write(&clock->events, access->offset, value & mask))
		return true;
	if (is_set_only(access->offset))
		mask &= value;
	if (access->offset < NRF_EVENTS_BEGIN && value & mask & 1)
		run_task(clock, access->offset);
	else if (access->offset == POWER_RESETREAS)
		clock->reset_reasons &= ~(value & mask);
	else
		registers_write(&clock->registers, access->offset, value, mask);
	return true;
}

static uint32_t reason_of(enum board_reset kind)
{
	switch (kind) {
	case RESET_PIN:
		return RESETREAS_RESETPIN;
	case RESET_SOFTWARE:
		return RESETREAS_SREQ;
	case RESET_WATCHDOG:
		return RESETREAS_DOG;
	case RESET_POWER_ON:
		break;
	}
	return 0;
}

static void power_clock_reset(void *model, enum board_reset kind)
{
	struct power_clock *clock = model;
	const uint32_t kept = registers_get(&clock->registers, POWER_GPREGRET);
	const uint32_t kept2 = registers_get(&clock->registers, POWER_GPREGRET2);

	nrf_events_reset(&clock->events);
	registers_reset(&clock->registers);
	stop(clock, &clock->hf);
	stop(clock, &clock->lf);
	clock->lf_source = LF_SOURCE_RC;
	if (kind == RESET_POWER_ON) {
		clock->reset_reasons = 0;
		return;
	}
	clock->reset_reasons |= reason_of(kind);
	registers_set(&clock->registers, POWER_GPREGRET, kept);
	registers_set(&clock->registers, POWER_GPREGRET2, kept2);
}

static dapper_status power_clock_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct power_clock *clock = xnew(clock);

	if (!clock)
		return FAIL_NO_MEMORY("a clock controller");
	clock->board = board;
	clock->events = (struct nrf_events){
		.board = board,
		.irq = config->irq,
		.present = NRF_EVENT(EVENTS_HFCLKSTARTED) | NRF_EVENT(EVENTS_LFCLKSTARTED) |
		           NRF_EVENT(EVENTS_POFWARN) | NRF_EVENT(EVENTS_DONE) |
		           NRF_EVENT(EVENTS_CTTO) | NRF_EVENT(EVENTS_SLEEPENTER) |
		           NRF_EVENT(EVENTS_SLEEPEXIT),
	};
	clock->hf.started = (struct board_event){ .fire = hf_started, .model = clock };
	clock->lf.started = (struct board_event){ .fire = lf_started, .model = clock };
	board_registers_init(&clock->registers, rows, ARRAY_SIZE(rows));
	*model = clock;
	TRY(board_keep(
		board, config->name, clock->registers.values, sizeof(clock->registers.values)));
	TRY(KEEP(board, clock->hf.asked));
	TRY(KEEP(board, clock->hf.runs));
	TRY(KEEP(board, clock->lf.asked));
	TRY(KEEP(board, clock->lf.runs));
	TRY(KEEP(board, clock->lf_source));
	TRY(KEEP(board, clock->reset_reasons));
	TRY(nrf_events_keep(&clock->events));
	TRY(board_keep_event(board, "HFCLK", &clock->hf.started));
	return board_keep_event(board, "LFCLK", &clock->lf.started);
}

const struct model_class nrf52_power_clock_class = {
	.name = "nRF52 POWER and CLOCK",
	.create = power_clock_create,
	.reset = power_clock_reset,
	.destroy = free,
	.ops = { .read = power_clock_read, .write = power_clock_write },
};
