/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_FP_MATH_H
#define VBOARD_CPU_FP_MATH_H

/**
 * @file
 * Single-precision arithmetic to the bit: DDI 0403E.b A2.5 and the FP* functions of its pseudocode.
 *
 * Values are IEEE 754 encodings. @p fpscr gives rounding mode, FZ, DN and AHP, and takes the
 * cumulative exception flags.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/bits.h"

#define FPSCR_N     BIT(31)
#define FPSCR_Z     BIT(30)
#define FPSCR_C     BIT(29)
#define FPSCR_V     BIT(28)
#define FPSCR_NZCV  BITS(31, 28)
#define FPSCR_AHP   BIT(26)
#define FPSCR_DN    BIT(25)
#define FPSCR_FZ    BIT(24)
#define FPSCR_RMODE BITS(23, 22)
#define FPSCR_IDC   BIT(7)
#define FPSCR_IXC   BIT(4)
#define FPSCR_UFC   BIT(3)
#define FPSCR_OFC   BIT(2)
#define FPSCR_DZC   BIT(1)
#define FPSCR_IOC   BIT(0)
#define FPSCR_MASK  0xf7c0009fu

/** FPSCR.RMode. */
enum fp_rounding { FP_ROUND_NEAREST, FP_ROUND_PLUS, FP_ROUND_MINUS, FP_ROUND_ZERO };

static inline uint32_t fp_neg(uint32_t value)
{
	return value ^ BIT(31);
}

static inline uint32_t fp_abs(uint32_t value)
{
	return value & ~BIT(31);
}

uint32_t fp_add(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_sub(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_mul(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_div(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_sqrt(uint32_t value, uint32_t *fpscr);
/** @p addend + @p a * @p b, rounded once. */
uint32_t fp_mul_add(uint32_t addend, uint32_t a, uint32_t b, uint32_t *fpscr);
/** Sets FPSCR.NZCV. @p quiet_invalid: VCMPE, for which quiet NaNs are invalid, too. */
void fp_compare(uint32_t a, uint32_t b, bool quiet_invalid, uint32_t *fpscr);

/** To an integer of @p bits (16 or 32) with @p fraction bits of it behind the point; saturates.
 * Sign- or zero-extended to 32 bits. */
uint32_t fp_to_fixed(uint32_t value, unsigned bits, unsigned fraction, bool is_unsigned,
	enum fp_rounding rounding, uint32_t *fpscr);
uint32_t fp_from_fixed(uint32_t value, unsigned bits, unsigned fraction, bool is_unsigned,
	enum fp_rounding rounding, uint32_t *fpscr);
uint32_t fp_from_half(uint32_t half, uint32_t *fpscr);
uint32_t fp_to_half(uint32_t value, uint32_t *fpscr);

#endif /* VBOARD_CPU_FP_MATH_H */
