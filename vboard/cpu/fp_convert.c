/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison, integral values, fixed point, other formats: see fp_math.h and fp_number.h. */
#include <stddef.h>

#include "vboard/cpu/fp_number.h"

/* --- comparison ------------------------------------------------------------------------------- */

/* A number that orders as the value does: sign and magnitude made two's complement. */
static int64_t ordered(const struct fp_format *f, const struct fp_value *v)
{
	const int64_t magnitude =
		v->class == FP_CLASS_ZERO ? 0 : (int64_t)(v->bits & (fp_sign_bit(f) - 1));

	return v->sign ? -magnitude : magnitude;
}

void fp_compare(
	const struct fp_format *f, uint64_t a, uint64_t b, bool quiet_invalid, uint32_t *fpscr)
{
	const struct fp_value x = fp_unpack(f, a, fpscr);
	const struct fp_value y = fp_unpack(f, b, fpscr);
	uint32_t flags;

	if (fp_is_nan(&x) || fp_is_nan(&y)) {
		flags = FPSCR_C | FPSCR_V;
		if (quiet_invalid || x.class == FP_CLASS_SNAN || y.class == FP_CLASS_SNAN)
			*fpscr |= FPSCR_IOC;
	} else if (ordered(f, &x) == ordered(f, &y)) {
		flags = FPSCR_Z | FPSCR_C;
	} else {
		flags = ordered(f, &x) < ordered(f, &y) ? FPSCR_N : FPSCR_C;
	}
	*fpscr = (*fpscr & ~FPSCR_NZCV) | flags;
}

/* Of zeros, the positive one is the larger. */
static uint64_t larger(
	const struct fp_format *f, const struct fp_value *a, const struct fp_value *b, bool smaller)
{
	const int64_t x = ordered(f, a);
	const int64_t y = ordered(f, b);
	const struct fp_value *v = (smaller ? x < y : x > y) ? a : b;

	if (a->class == FP_CLASS_ZERO && b->class == FP_CLASS_ZERO)
		return fp_signed(f, smaller ? a->sign || b->sign : a->sign && b->sign, 0);
	return v->class == FP_CLASS_ZERO ? fp_signed(f, v->sign, 0) : v->bits;
}

static uint64_t max_or_min_num(
	const struct fp_format *f, uint64_t a, uint64_t b, bool smaller, uint32_t *fpscr)
{
	const uint64_t loser = fp_signed(f, !smaller, fp_infinity(f));
	struct fp_value x = fp_unpack(f, a, fpscr);
	struct fp_value y = fp_unpack(f, b, fpscr);
	uint64_t result;

	if (x.class == FP_CLASS_QNAN && y.class != FP_CLASS_QNAN)
		x = fp_unpack(f, loser, fpscr);
	else if (y.class == FP_CLASS_QNAN && x.class != FP_CLASS_QNAN)
		y = fp_unpack(f, loser, fpscr);
	if (fp_process_two(f, &x, &y, fpscr, &result))
		return result;
	return larger(f, &x, &y, smaller);
}

uint64_t fp_max_num(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	return max_or_min_num(f, a, b, false, fpscr);
}

uint64_t fp_min_num(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	return max_or_min_num(f, a, b, true, fpscr);
}

/* --- fixed point and integers ----------------------------------------------------------------- */

/* |value| * 2^fraction as an integer, and whether it lost something. Huge ones come out huge. */
static uint64_t round_to_integer(
	const struct fp_value *v, int fraction, enum fp_rounding mode, bool *inexact)
{
	const int down = -(v->exp + fraction);
	uint64_t whole, below;

	*inexact = false;
	if (v->class == FP_CLASS_ZERO)
		return 0;
	if (v->class == FP_CLASS_INF || down < 0)
		return UINT64_MAX;
	whole = down < 64 ? v->sig >> down : 0;
	below = down == 0   ? 0
	        : down < 64 ? v->sig << (64 - down)
	                    : fp_shift_right_jam(v->sig, (unsigned)(down - 64));
	*inexact = below;
	return whole + fp_rounds_up(mode, v->sign, whole & 1, below, UINT64_C(1) << 63);
}

uint64_t fp_round_int(const struct fp_format *f, uint64_t value, enum fp_rounding rounding,
	bool exact, uint32_t *fpscr)
{
	const struct fp_value v = fp_unpack(f, value, fpscr);
	uint64_t magnitude;
	bool inexact;

	if (fp_is_nan(&v))
		return fp_process_nan(f, &v, fpscr);
	if (v.class == FP_CLASS_ZERO)
		return fp_signed(f, v.sign, 0);
	if (v.class == FP_CLASS_INF || v.exp + FP_TOP_BIT >= f->fraction_bits)
		return value; /* has no bits behind the point */
	magnitude = round_to_integer(&v, 0, rounding, &inexact);
	if (inexact && exact)
		*fpscr |= FPSCR_IXC;
	return magnitude ? fp_round_pack(f, v.sign, 0, magnitude, FP_ROUND_ZERO, fpscr)
	                 : fp_signed(f, v.sign, 0);
}

uint32_t fp_to_fixed(const struct fp_format *f, uint64_t value, unsigned bits, unsigned fraction,
	bool is_unsigned, enum fp_rounding rounding, uint32_t *fpscr)
{
	const struct fp_value v = fp_unpack(f, value, fpscr);
	const uint64_t most = is_unsigned ? (v.sign ? 0 : (UINT64_C(1) << bits) - 1)
	                                  : (UINT64_C(1) << (bits - 1)) - !v.sign;
	uint64_t magnitude;
	bool inexact;

	if (fp_is_nan(&v)) {
		*fpscr |= FPSCR_IOC;
		return 0;
	}
	magnitude = round_to_integer(&v, (int)fraction, rounding, &inexact);
	if (magnitude > most) {
		*fpscr |= FPSCR_IOC;
		magnitude = most;
	} else if (inexact) {
		*fpscr |= FPSCR_IXC;
	}
	return (uint32_t)(v.sign ? 0 - magnitude : magnitude);
}

uint64_t fp_from_fixed(const struct fp_format *f, uint32_t value, unsigned bits, unsigned fraction,
	bool is_unsigned, enum fp_rounding rounding, uint32_t *fpscr)
{
	int64_t number = bits == 16 ? (is_unsigned ? (int64_t)(uint16_t)value : (int16_t)value)
	                            : (is_unsigned ? (int64_t)value : (int32_t)value);
	const bool sign = number < 0;

	if (number == 0)
		return 0;
	if (sign)
		number = -number;
	return fp_round_pack(f, sign, -(int)fraction, (uint64_t)number, rounding, fpscr);
}

/* --- other formats ---------------------------------------------------------------------------- */

/* FPConvertNaN(): the fraction's upper bits stay the upper ones. */
static uint64_t convert_nan(const struct fp_format *to, const struct fp_format *from,
	const struct fp_value *v, uint32_t *fpscr)
{
	const int up = to->fraction_bits - from->fraction_bits;
	const uint64_t fraction = v->bits & fp_fraction_mask(from);

	if (v->class == FP_CLASS_SNAN)
		*fpscr |= FPSCR_IOC;
	if (*fpscr & FPSCR_DN)
		return fp_default_nan(to);
	return fp_signed(
		to, v->sign, fp_default_nan(to) | (up > 0 ? fraction << up : fraction >> -up));
}

/* Alternative half precision has neither infinities nor NaNs: the largest number, or zero; both
 * invalid. */
static uint64_t special_to_alternative(const struct fp_value *v, uint32_t *fpscr)
{
	*fpscr |= FPSCR_IOC;
	return fp_signed(&fp_half, v->sign, fp_is_nan(v) ? 0 : fp_sign_bit(&fp_half) - 1);
}

uint64_t fp_convert(
	const struct fp_format *to, const struct fp_format *from, uint64_t value, uint32_t *fpscr)
{
	const struct fp_value v = fp_unpack(from, value, fpscr);

	if (v.class >= FP_CLASS_INF && to == &fp_half && (*fpscr & FPSCR_AHP))
		return special_to_alternative(&v, fpscr);
	if (fp_is_nan(&v))
		return convert_nan(to, from, &v, fpscr);
	if (v.class == FP_CLASS_FINITE)
		return fp_round_pack(to, v.sign, v.exp, v.sig, fp_rounding_of(*fpscr), fpscr);
	return fp_signed(to, v.sign, v.class == FP_CLASS_INF ? fp_infinity(to) : 0);
}
