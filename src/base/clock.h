/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/**
 * @file
 * Time as the library sees it: a clock that can be the host's monotonic one or, for a virtual board
 * in this process, simulated. Whoever waits takes the clock of its probe, never the host's, so that
 * a simulated second costs no real one and runs repeat exactly.
 */
#include <stdbool.h>
#include <stdint.h>

struct clock {
	uint64_t (*now_ns)(void *data);
	/** Let time pass; a real clock sleeps, a simulated one advances. */
	void (*sleep_ns)(void *data, uint64_t ns);
	void *data;
};

/** The host's monotonic clock. */
extern const struct clock host_clock;

uint64_t clock_now_ns(const struct clock *clock);
void clock_sleep_ms(const struct clock *clock, uint32_t ms);

/** A point in time that is handed down, instead of a fresh timeout at each level. */
struct deadline {
	const struct clock *clock;
	uint64_t end_ns;
};

struct deadline deadline_in_ms(const struct clock *clock, uint32_t ms);
bool deadline_passed(const struct deadline *deadline);
/** What is left, in milliseconds rounded up; 0 when passed. */
uint32_t deadline_left_ms(const struct deadline *deadline);

#endif /* BASE_CLOCK_H */
