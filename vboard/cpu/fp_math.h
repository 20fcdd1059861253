/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_FP_MATH_H
#define VBOARD_CPU_FP_MATH_H

/**
 * @file
 * Floating-point arithmetic to the bit: DDI 0403E.b A2.5 and the FP* functions of its pseudocode.
 *
 * Values are IEEE 754 encodings in the low bits of a uint64_t; the format says which. @p fpscr
 * gives rounding mode, FZ, DN and AHP, and takes the cumulative exception flags.
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

/** FPSCR.RMode, and one that only instructions ask for. */
enum fp_rounding {
	FP_ROUND_NEAREST,
	FP_ROUND_PLUS,
	FP_ROUND_MINUS,
	FP_ROUND_ZERO,
	FP_ROUND_NEAREST_AWAY, /**< ties away from zero: VCVTA, VRINTA */
};

struct fp_format;
extern const struct fp_format fp_half, fp_single, fp_double;

/** FPSCR.RMode. */
static inline enum fp_rounding fp_rounding_of(uint32_t fpscr)
{
	return (enum fp_rounding)FIELD_GET(FPSCR_RMODE, fpscr);
}

/* --- fp_math.c -------------------------------------------------------------------------------- */

uint64_t fp_neg(const struct fp_format *f, uint64_t value);
uint64_t fp_abs(const struct fp_format *f, uint64_t value);
uint64_t fp_add(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr);
uint64_t fp_sub(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr);
uint64_t fp_mul(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr);
uint64_t fp_div(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr);
uint64_t fp_sqrt(const struct fp_format *f, uint64_t value, uint32_t *fpscr);
/** @p addend + @p a * @p b, rounded once. */
uint64_t fp_mul_add(
	const struct fp_format *f, uint64_t addend, uint64_t a, uint64_t b, uint32_t *fpscr);

/* --- fp_convert.c ----------------------------------------------------------------------------- */

/** Sets FPSCR.NZCV. @p quiet_invalid: VCMPE, for which quiet NaNs are invalid, too. */
void fp_compare(
	const struct fp_format *f, uint64_t a, uint64_t b, bool quiet_invalid, uint32_t *fpscr);
/** FPMaxNum(), FPMinNum(): a number wins over a quiet NaN. */
uint64_t fp_max_num(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr);
uint64_t fp_min_num(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr);
/** FPRoundInt(): to an integral value of the same format. @p exact: IXC where it was not one. */
uint64_t fp_round_int(const struct fp_format *f, uint64_t value, enum fp_rounding rounding,
	bool exact, uint32_t *fpscr);
/** To an integer of @p bits (16 or 32) with @p fraction bits of it behind the point; saturates.
 * Sign- or zero-extended to 32 bits. */
uint32_t fp_to_fixed(const struct fp_format *f, uint64_t value, unsigned bits, unsigned fraction,
	bool is_unsigned, enum fp_rounding rounding, uint32_t *fpscr);
uint64_t fp_from_fixed(const struct fp_format *f, uint32_t value, unsigned bits, unsigned fraction,
	bool is_unsigned, enum fp_rounding rounding, uint32_t *fpscr);
/** From one format to another; half precision as FPSCR.AHP says. */
uint64_t fp_convert(
	const struct fp_format *to, const struct fp_format *from, uint64_t value, uint32_t *fpscr);

#endif /* VBOARD_CPU_FP_MATH_H */
