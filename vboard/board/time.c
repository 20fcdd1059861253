/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simulated time of a virtual board. One clock in nanoseconds; the core's cycle counter is a view
 * of it (one instruction is one cycle, docs/virtual-boards-targets.md). The board runs in slices up
 * to the next event. A core that had to wait on the bus may be *ahead* of the board: it then simply
 * does not run until the board has caught up, so that everyone else sees the time in between.
 */
#include "base/bits.h"
#include "vboard/board/state.h"

/*
 * Most cycles run in one go. Bounds how late an event can be that is armed from within a slice, and
 * how soon a change of the core's clock shows, whatever the core makes of cpu_wake_at().
 */
enum { SLICE_CYCLES = 10000 };

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

static uint64_t core_now_ns(const struct board *board)
{
	return core_clock_ns_at(&board->core_clock, cpu_cycles(board->cpu));
}

uint64_t board_now_ns(const struct board *board)
{
	return board->in_core ? core_now_ns(board) : board->now_ns;
}

/** Time passes without the core: it is halted, in reset, or waits on the bus. */
static void core_skip_to(struct board *board, uint64_t ns)
{
	if (ns <= core_now_ns(board))
		return;
	board->core_clock.base_ns = ns;
	board->core_clock.base_cycles = cpu_cycles(board->cpu);
}

void board_set_clock(struct board *board, enum board_clock clock, uint32_t hz)
{
	if (hz == 0 || board->clock_hz[clock] == hz)
		return;
	if (clock == CLOCK_CORE) {
		const uint64_t now = core_now_ns(board);

		board->core_clock = (struct core_clock){ now, cpu_cycles(board->cpu), hz };
		/* The slice was planned with the old clock. */
		if (board->in_core)
			cpu_wake_at(board->cpu, cpu_cycles(board->cpu));
	}
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

	board_disarm(board, event);
	event->at_ns = at_ns;
	event->armed = true;
	while (*link && (*link)->at_ns <= at_ns)
		link = &(*link)->next;
	event->next = *link;
	*link = event;
	if (board->in_core) {
		const uint64_t cycle = core_clock_cycle_at(&board->core_clock, at_ns);

		if (cycle < board->slice_end_cycle)
			cpu_wake_at(board->cpu, board->slice_end_cycle = cycle);
	}
}

static void fire_due_events(struct board *board)
{
	while (board->events && board->events->at_ns <= board->now_ns && board->powered) {
		struct board_event *event = board->events;

		board->events = event->next;
		event->armed = false;
		event->fire(event->model);
		if (board->reset_requested)
			board_do_reset(board);
	}
}

/* --- running --------------------------------------------------------------------------------- */

static bool core_can_run(const struct board *board)
{
	return board->powered && !board->in_reset && !cpu_halted(board->cpu);
}

/** Run the core for one slice. @return false when it stands still: only time can pass. */
static bool run_slice(struct board *board, uint64_t until_ns)
{
	const uint64_t begin = cpu_cycles(board->cpu);
	uint64_t end = core_clock_cycle_at(&board->core_clock, until_ns);
	enum cpu_stop stop;

	if (end > begin + SLICE_CYCLES)
		end = begin + SLICE_CYCLES;
	board->slice_end_cycle = end;
	cpu_wake_at(board->cpu, end);
	board->in_core = true;
	stop = cpu_run(board->cpu, end - begin, NULL);
	board->in_core = false;

	switch (stop) {
	case CPU_STOP_BUDGET:
	case CPU_STOP_TIMER:
		return true;
	case CPU_STOP_RESETREQ:
		board_request_reset(board, RESET_SOFTWARE);
		return true;
	case CPU_STOP_HALTED:
	case CPU_STOP_SLEEP:
	case CPU_STOP_LOCKUP:
		return false;
	}
	return false;
}

/** Let the core run up to a time; on return it is there or beyond, or a reset is due. */
static void run_core(struct board *board, uint64_t until_ns)
{
	while (core_now_ns(board) < until_ns) {
		const uint64_t limit = board->events && board->events->at_ns < until_ns
		                               ? board->events->at_ns
		                               : until_ns;

		const uint64_t begin = cpu_cycles(board->cpu);

		if (!core_can_run(board) || !run_slice(board, limit)) {
			core_skip_to(board, limit);
			return;
		}
		/* A core that neither runs nor says why must not hold up the clock. */
		if (cpu_cycles(board->cpu) == begin && !board->reset_requested)
			core_skip_to(board, limit);
		if (board->reset_requested || core_now_ns(board) >= limit)
			return;
	}
}

void time_advance(struct board *board, uint64_t until_ns)
{
	while (board->now_ns < until_ns && board->powered) {
		uint64_t next = until_ns;

		if (board->events && board->events->at_ns < next)
			next = board->events->at_ns;
		if (next > board->now_ns)
			run_core(board, next);
		/* The core may have armed an event in the slice, or asked for a reset. */
		if (core_now_ns(board) < next)
			next = core_now_ns(board);
		if (next > board->now_ns)
			board->now_ns = next;
		if (board->reset_requested)
			board_do_reset(board);
		fire_due_events(board);
	}
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
	if (!access->debugger)
		core_skip_to(board, until_ns);
	else
		time_advance(board, until_ns);
}
