/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_FP_NUMBER_H
#define VBOARD_CPU_FP_NUMBER_H

/**
 * @file
 * Numbers taken apart and put together again: what the fp_*.c files share.
 *
 * A finite number is sig * 2^exp with any exp and a 64-bit sig, the lowest bit of which may stand
 * for "and something smaller" (jamming).
 */
#include "vboard/cpu/fp_math.h"

/** An IEEE 754 interchange format: fraction bits, bias, largest exponent. */
struct fp_format {
	int fraction_bits;
	int bias;
	int exp_max;
};

enum fp_class { FP_CLASS_ZERO, FP_CLASS_FINITE, FP_CLASS_INF, FP_CLASS_QNAN, FP_CLASS_SNAN };

struct fp_value {
	enum fp_class class;
	bool sign;
	int exp;
	uint64_t sig; /* the highest set bit is FP_TOP_BIT */
	uint64_t bits;
};

/** One below the highest leaves room for a carry. */
enum { FP_TOP_BIT = 62 };

static inline uint64_t fp_sign_bit(const struct fp_format *f)
{
	return ((uint64_t)f->exp_max + 1) << f->fraction_bits;
}

static inline uint64_t fp_fraction_mask(const struct fp_format *f)
{
	return (UINT64_C(1) << f->fraction_bits) - 1;
}

static inline uint64_t fp_quiet_bit(const struct fp_format *f)
{
	return UINT64_C(1) << (f->fraction_bits - 1);
}

static inline uint64_t fp_infinity(const struct fp_format *f)
{
	return (uint64_t)f->exp_max << f->fraction_bits;
}

static inline uint64_t fp_default_nan(const struct fp_format *f)
{
	return fp_infinity(f) | fp_quiet_bit(f);
}

static inline uint64_t fp_signed(const struct fp_format *f, bool sign, uint64_t magnitude)
{
	return sign ? magnitude | fp_sign_bit(f) : magnitude;
}

static inline bool fp_is_nan(const struct fp_value *v)
{
	return v->class >= FP_CLASS_QNAN;
}

/** FPUnpack(). */
struct fp_value fp_unpack(const struct fp_format *f, uint64_t bits, uint32_t *fpscr);
/** FPProcessNaN(). */
uint64_t fp_process_nan(const struct fp_format *f, const struct fp_value *v, uint32_t *fpscr);
/** FPProcessNaNs(), FPProcessNaNs3(): the first signalling one, else the first quiet one.
 * @return false: there is none. */
bool fp_process_nans(const struct fp_format *f, const struct fp_value *const *values, size_t count,
	uint32_t *fpscr, uint64_t *result);
bool fp_process_two(const struct fp_format *f, const struct fp_value *a, const struct fp_value *b,
	uint32_t *fpscr, uint64_t *result);
/** Invalid operation: the default NaN. */
uint64_t fp_invalid(const struct fp_format *f, uint32_t *fpscr);

uint64_t fp_shift_right_jam(uint64_t value, unsigned amount);
/** Left until bit @p top is the highest set; *sig is not zero. */
void fp_normalize(uint64_t *sig, int *exp, int top);
/** Does the part below the kept bits, of which @p half is the middle, round up? */
bool fp_rounds_up(enum fp_rounding mode, bool sign, bool odd, uint64_t remainder, uint64_t half);
/** FPRound() of sig * 2^exp, sig not zero. */
uint64_t fp_round_pack(const struct fp_format *f, bool sign, int exp, uint64_t sig,
	enum fp_rounding mode, uint32_t *fpscr);

#endif /* VBOARD_CPU_FP_NUMBER_H */
