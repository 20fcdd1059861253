/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_FPU_H
#define VBOARD_CPU_FPU_H

/**
 * @file
 * The floating-point registers as opcodes name them: what fpu.c and fpu_data.c share.
 *
 * S registers are c->fp[]; a double one is two of them, the lower word first.
 */
#include "vboard/cpu/fields32.h"
#include "vboard/cpu/fp_math.h"
#include "vboard/cpu/internal.h"

/* Numbers of single registers from opcode fields: four bits and a lowest one. */
static inline unsigned sd_of(uint32_t w)
{
	return (w >> 11 & 0x1e) | (w >> 22 & 1);
}

static inline unsigned sn_of(uint32_t w)
{
	return (w >> 15 & 0x1e) | (w >> 7 & 1);
}

static inline unsigned sm_of(uint32_t w)
{
	return (w << 1 & 0x1e) | (w >> 5 & 1);
}

/** First single register of a double one: the fifth bit is the highest, and there are only 16. */
static inline unsigned double_register(struct cpu *c, uint32_t four_bits, uint32_t highest)
{
	if (highest)
		fault_undefined(c);
	return (four_bits & 15) * 2;
}

/** sz: double precision. */
static inline bool is_double(uint32_t w)
{
	return bit(w, 8);
}

static inline uint32_t fp_get(const struct cpu *c, unsigned n)
{
	return c->fp[n % 32];
}

static inline void fp_put(struct cpu *c, unsigned n, uint32_t value)
{
	c->fp[n % 32] = value;
}

static inline uint64_t fp_get_double(const struct cpu *c, unsigned first)
{
	return (uint64_t)fp_get(c, first + 1) << 32 | fp_get(c, first);
}

static inline void fp_put_double(struct cpu *c, unsigned first, uint64_t value)
{
	fp_put(c, first, (uint32_t)value);
	fp_put(c, first + 1, (uint32_t)(value >> 32));
}

#endif /* VBOARD_CPU_FPU_H */
