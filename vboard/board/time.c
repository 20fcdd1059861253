/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simulated time of a virtual board. One clock in nanoseconds; a core's cycle counter is a view of
 * it (one instruction is one cycle, docs/virtual-boards-targets.md). The board runs in slices up to
 * the next event. A core that had to wait on the bus may be *ahead* of the board: it then simply
 * does not run until the board has caught up, so that everyone else sees the time in between.
 *
 * Several cores take turns, always in the same order, in slices so short that what one writes or
 * sends is soon seen by the others. A run can be repeated exactly.
 */
#include "base/bits.h"
#include "vboard/board/state.h"

enum {
	/*
	 * Most cycles run in one go. Bounds how late an event can be that is armed from within a
	 * slice, and how soon a change of the core's clock shows, whatever the core makes of
	 * cpu_wake_at().
	 */
	SLICE_CYCLES = 10000,
	/* The same while other cores can run, too, in cycles of CLOCK_CORE. */
	TURN_CYCLES = 256,
};

uint64_t core_clock_ns_at(const struct core_clock *clock, uint64_t cycles)
{
	const uint64_t delta = cycles - clock->base_cycles;

	return clock->base_ns + delta / clock->hz * NS_PER_S +
	       delta % clock->hz * NS_PER_S / clock->hz;
}

uint64_t core_clock_cycle_at(const struct core_clock *clock, uint64_t ns)
{
	uint64_t delta;

	if (ns <= clock->base_ns)
		return clock->base_cycles;
	delta = ns - clock->base_ns;
	return clock->base_cycles + delta / NS_PER_S * clock->hz +
	       (delta % NS_PER_S * clock->hz + NS_PER_S - 1) / NS_PER_S;
}

uint64_t core_now_ns(const struct core *core)
{
	return core_clock_ns_at(&core->clock, cpu_cycles(core->cpu));
}

uint64_t board_now_ns(const struct board *board)
{
	return board->in_core ? core_now_ns(&board->cores[board->running]) : board->now_ns;
}

void core_restart_clock(struct core *core, uint32_t hz)
{
	core->clock = (struct core_clock){
		.base_ns = core->board->now_ns,
		.base_cycles = cpu_cycles(core->cpu),
		.hz = hz,
	};
}

/** Time passes without the core: it is halted, in reset, or waits on the bus. */
static void core_skip_to(struct core *core, uint64_t ns)
{
	if (ns <= core_now_ns(core))
		return;
	core->clock.base_ns = ns;
	core->clock.base_cycles = cpu_cycles(core->cpu);
}

static void set_core_clock(struct core *core, uint32_t hz)
{
	const struct board *board = core->board;

	core->clock = (struct core_clock){ core_now_ns(core), cpu_cycles(core->cpu), hz };
	/* The slice was planned with the old clock. */
	if (board->in_core && board->running == core->number)
		cpu_wake_at(core->cpu, cpu_cycles(core->cpu));
}

void board_set_clock(struct board *board, enum board_clock clock, uint32_t hz)
{
	if (hz == 0 || board->clock_hz[clock] == hz)
		return;
	for (unsigned i = 0; i < board->core_count; i++)
		if (board->cores[i].config->clock == clock)
			set_core_clock(&board->cores[i], hz);
	board->clock_hz[clock] = hz;
}

uint32_t board_clock_hz(const struct board *board, enum board_clock clock)
{
	return board->clock_hz[clock];
}

/* --- events ---------------------------------------------------------------------------------- */

void board_disarm(struct board *board, struct board_event *event)
{
	struct board_event **link = &board->events;

	if (!event->armed)
		return;
	while (*link != event)
		link = &(*link)->next;
	*link = event->next;
	event->armed = false;
}

void board_arm(struct board *board, struct board_event *event, uint64_t at_ns)
{
	struct board_event **link = &board->events;
	struct core *core = &board->cores[board->running];

	board_disarm(board, event);
	event->at_ns = at_ns;
	event->armed = true;
	while (*link && (*link)->at_ns <= at_ns)
		link = &(*link)->next;
	event->next = *link;
	*link = event;
	if (board->in_core) {
		const uint64_t cycle = core_clock_cycle_at(&core->clock, at_ns);

		if (cycle < core->slice_end_cycle)
			cpu_wake_at(core->cpu, core->slice_end_cycle = cycle);
	}
}

static void fire_due_events(struct board *board)
{
	while (board->events && board->events->at_ns <= board->now_ns && board->powered) {
		struct board_event *event = board->events;

		board->events = event->next;
		event->armed = false;
		event->fire(event->model);
		if (board->resets_due)
			board_do_resets(board);
	}
}

/* --- running one core ------------------------------------------------------------------------ */

static bool core_can_run(const struct core *core)
{
	const struct board *board = core->board;

	return board->powered && !board->in_reset && !core->held && !cpu_halted(core->cpu);
}

/*
 * What one core stored while the others stood still could have been where they hold an exclusive
 * monitor: theirs are open after its turn. An exclusive store may fail at any time (DDI 0403E.e,
 * A3.4), and a turn is longer than any sequence of exclusives.
 */
static void clear_other_monitors(const struct core *core)
{
	struct board *board = core->board;

	for (unsigned i = 0; i < board->core_count; i++)
		if (i != core->number)
			cpu_clear_exclusive(board->cores[i].cpu);
}

void time_core_resets(struct core *core)
{
	if (!cpu_reset_requested(core->cpu))
		return;
	if (core->config->resets_itself)
		board_request_core_reset(core->board, core->number);
	else
		board_request_reset(core->board, RESET_SOFTWARE);
}

/** Run a core for one slice. @return false when it stands still: only time can pass. */
static bool run_slice(struct core *core, uint64_t until_ns)
{
	struct board *board = core->board;
	const uint64_t begin = cpu_cycles(core->cpu);
	uint64_t end = core_clock_cycle_at(&core->clock, until_ns);
	enum cpu_stop stop;

	if (end > begin + SLICE_CYCLES)
		end = begin + SLICE_CYCLES;
	core->slice_end_cycle = end;
	cpu_wake_at(core->cpu, end);
	board->running = core->number;
	board->in_core = true;
	stop = cpu_run(core->cpu, end - begin, NULL);
	board->in_core = false;

	switch (stop) {
	case CPU_STOP_BUDGET:
	case CPU_STOP_TIMER:
		return true;
	case CPU_STOP_RESETREQ:
		time_core_resets(core);
		return true;
	case CPU_STOP_HALTED:
	case CPU_STOP_SLEEP:
	case CPU_STOP_LOCKUP:
		return false;
	}
	return false;
}

static uint64_t next_event_ns(const struct board *board, uint64_t until_ns)
{
	return board->events && board->events->at_ns < until_ns ? board->events->at_ns : until_ns;
}

/** Let a core run up to a time; on return it is there or beyond, or a reset is due. */
static void run_core(struct core *core, uint64_t until_ns)
{
	const struct board *board = core->board;

	while (core_now_ns(core) < until_ns) {
		const uint64_t limit = next_event_ns(board, until_ns);
		const uint64_t begin = cpu_cycles(core->cpu);

		if (!core_can_run(core) || !run_slice(core, limit)) {
			core_skip_to(core, limit);
			return;
		}
		/* A core that neither runs nor says why must not hold up the clock. */
		if (cpu_cycles(core->cpu) == begin && !board->resets_due)
			core_skip_to(core, limit);
		if (board->resets_due || core_now_ns(core) >= limit)
			return;
	}
}

/* --- running them all ------------------------------------------------------------------------ */

/** How far the cores may go in this turn. */
static uint64_t turn_end_ns(const struct board *board, uint64_t until_ns)
{
	const uint64_t turn_ns = TURN_CYCLES * NS_PER_S / board->clock_hz[CLOCK_CORE] + 1;
	unsigned can_run = 0;

	for (unsigned i = 0; i < board->core_count; i++)
		can_run += core_can_run(&board->cores[i]);
	if (can_run > 1 && until_ns - board->now_ns > turn_ns)
		return board->now_ns + turn_ns;
	return until_ns;
}

/** One turn of each core. @return What time it is then: at most @p until_ns. */
static uint64_t run_cores(struct board *board, uint64_t until_ns)
{
	uint64_t end = turn_end_ns(board, until_ns);
	bool did_something = false;

	for (unsigned i = 0; i < board->core_count; i++) {
		struct core *core = &board->cores[i];
		const uint64_t begin = cpu_cycles(core->cpu);

		run_core(core, end);
		if (cpu_cycles(core->cpu) != begin) {
			did_something = true;
			clear_other_monitors(core);
		}
		/* It may have armed an event in the slice, or asked for a reset. */
		if (core_now_ns(core) < end)
			end = core_now_ns(core);
	}
	if (did_something || board->resets_due)
		return end;
	/* Nothing of theirs can happen before the next event. */
	for (unsigned i = 0; i < board->core_count; i++)
		core_skip_to(&board->cores[i], until_ns);
	return until_ns;
}

void time_advance(struct board *board, uint64_t until_ns)
{
	while (board->now_ns < until_ns && board->powered) {
		uint64_t next;

		if (board->resets_due)
			board_do_resets(board);
		next = next_event_ns(board, until_ns);
		if (next > board->now_ns)
			next = run_cores(board, next);
		if (next > board->now_ns)
			board->now_ns = next;
		if (board->resets_due)
			board_do_resets(board);
		fire_due_events(board);
	}
	if (board->resets_due && board->powered)
		board_do_resets(board);
	/* Without power nothing happens any more, but time; it may come back. */
	if (!board->powered && board->power_returns &&
		board->power_lost_ns + board->power_off_ns <= until_ns) {
		board->now_ns = board->power_lost_ns + board->power_off_ns;
		board_power_up(board);
		time_advance(board, until_ns);
	}
	if (board->now_ns < until_ns)
		board->now_ns = until_ns;
}

void board_stall(struct board *board, const struct bus_access *access, uint64_t until_ns)
{
	struct core *core = &board->cores[access->core];
	uint64_t until;

	if (access->debugger) {
		time_advance(board, until_ns);
		return;
	}
	/* The core waits, while its SysTick and its cycle counter go on. */
	until = core_clock_cycle_at(&core->clock, until_ns);
	if (until > cpu_cycles(core->cpu))
		cpu_stall(core->cpu, until - cpu_cycles(core->cpu));
}
