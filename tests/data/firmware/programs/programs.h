/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROGRAMS_H
#define PROGRAMS_H

/**
 * @file
 * Programs that give the same text on a simulated core, in QEMU and on the host: each reports
 * numbers that depend on everything it computed. No result may depend on the compiler's choices:
 * fixed-width types, no unspecified order, no contraction of floating-point expressions.
 */
#include <stdint.h>

/** One line: a name and a number. */
void report(const char *name, uint32_t value);

/** Folds a value into a sum, order counts. */
static inline uint32_t fold(uint32_t sum, uint32_t value)
{
	sum ^= value;
	sum = (sum << 13 | sum >> 19) * 5u + 0xe6546b64u;
	return sum;
}

/** xorshift32: the same numbers everywhere. */
static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

void run_sorts(void);
void run_digests(void);
void run_numbers(void);
void run_floats(void);
void run_control(void);
void run_exceptions(void);

#endif /* PROGRAMS_H */
