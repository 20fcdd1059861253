/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_FIELDS32_H
#define VBOARD_CPU_FIELDS32_H

/**
 * @file
 * Fields of 32-bit Thumb opcodes, first halfword in bits [31:16].
 */
#include <stdint.h>

static inline uint32_t rn_of(uint32_t w)
{
	return w >> 16 & 15;
}

/** Rt, Ra and RdLo stand in the same place. */
static inline uint32_t rt_of(uint32_t w)
{
	return w >> 12 & 15;
}

/** Rd, RdHi and Rt2 stand in the same place. */
static inline uint32_t rd_of(uint32_t w)
{
	return w >> 8 & 15;
}

static inline uint32_t rm_of(uint32_t w)
{
	return w & 15;
}

/** imm3:imm2, a shift amount or bit position. */
static inline uint32_t imm5_of(uint32_t w)
{
	return (w >> 10 & 0x1c) | (w >> 6 & 3);
}

/** i:imm3:imm8. */
static inline uint32_t imm12_of(uint32_t w)
{
	return (w >> 15 & 0x800) | (w >> 4 & 0x700) | (w & 0xff);
}

#endif /* VBOARD_CPU_FIELDS32_H */
