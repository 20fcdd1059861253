/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <errno.h>
#include <time.h>

enum { NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

static uint64_t host_now_ns(void *data)
{
	struct timespec now;

	(void)data;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void host_sleep_ns(void *data, uint64_t ns)
{
	struct timespec left = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S),
	};

	(void)data;
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

const struct clock host_clock = { .now_ns = host_now_ns, .sleep_ns = host_sleep_ns };

uint64_t clock_now_ns(const struct clock *clock)
{
	return clock->now_ns(clock->data);
}

void clock_sleep_ms(const struct clock *clock, uint32_t ms)
{
	clock->sleep_ns(clock->data, (uint64_t)ms * NS_PER_MS);
}

struct deadline deadline_in_ms(const struct clock *clock, uint32_t ms)
{
	return (struct deadline){
		.clock = clock,
		.end_ns = clock_now_ns(clock) + (uint64_t)ms * NS_PER_MS,
	};
}

bool deadline_passed(const struct deadline *deadline)
{
	return clock_now_ns(deadline->clock) >= deadline->end_ns;
}

uint32_t deadline_left_ms(const struct deadline *deadline)
{
	uint64_t now = clock_now_ns(deadline->clock);

	if (now >= deadline->end_ns)
		return 0;
	return (uint32_t)((deadline->end_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}
