/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_CLOCK_H
#define VBOARD_ADI_CLOCK_H

/**
 * @file
 * The board's one simulated clock, and what SWCLK costs on it. The probe moves it on; the target
 * follows when it is next looked at.
 */
#include <stdint.h>

enum { VCLOCK_NS_PER_S = 1000000000, VCLOCK_DEFAULT_HZ = 1000000 };

struct vclock {
	uint64_t now_ns;
	uint64_t cycles;    /* of SWCLK, so far */
	uint64_t wire_ns;   /* time in which SWCLK ran */
	uint32_t swclk_hz;  /* never 0 */
	uint64_t remainder; /* of cycles * 1e9 / swclk_hz: no cycle is ever lost by rounding */
};

static inline void vclock_init(struct vclock *clock)
{
	*clock = (struct vclock){ .swclk_hz = VCLOCK_DEFAULT_HZ };
}

static inline void vclock_set_swclk(struct vclock *clock, uint32_t hz)
{
	clock->swclk_hz = hz;
	clock->remainder = 0;
}

/** The wire is clocked. */
static inline void vclock_run(struct vclock *clock, unsigned cycles)
{
	uint64_t product = (uint64_t)cycles * VCLOCK_NS_PER_S + clock->remainder;
	uint64_t ns = product / clock->swclk_hz;

	clock->remainder = product % clock->swclk_hz;
	clock->cycles += cycles;
	clock->wire_ns += ns;
	clock->now_ns += ns;
}

/** Time passes in which the wire is quiet. */
static inline void vclock_pass(struct vclock *clock, uint64_t ns)
{
	clock->now_ns += ns;
}

/** Wait until a point in time, if it is not past. */
static inline void vclock_reach(struct vclock *clock, uint64_t ns)
{
	if (clock->now_ns < ns)
		clock->now_ns = ns;
}

#endif /* VBOARD_ADI_CLOCK_H */
