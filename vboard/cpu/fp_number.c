/* SPDX-License-Identifier: Apache-2.0 */
/* FPUnpack(), FPProcessNaN() and FPRound() of the pseudocode, DDI 0403E.b A2.5: see fp_number.h. */
#include <stddef.h>

#include "vboard/cpu/fp_number.h"

const struct fp_format fp_half = { 10, 15, 31 };
const struct fp_format fp_single = { 23, 127, 255 };
const struct fp_format fp_double = { 52, 1023, 2047 };

/* --- unpack, NaNs ----------------------------------------------------------------------------- */

static struct fp_value unpack_special(const struct fp_format *f, struct fp_value v)
{
	v.class = !v.sig ? FP_CLASS_INF : v.bits & fp_quiet_bit(f) ? FP_CLASS_QNAN : FP_CLASS_SNAN;
	return v;
}

/* FZ does not apply to half-precision operands, and those of AHP have no infinities or NaNs. */
struct fp_value fp_unpack(const struct fp_format *f, uint64_t bits, uint32_t *fpscr)
{
	struct fp_value v = { .bits = bits, .sig = bits & fp_fraction_mask(f) };
	int exponent = (int)(bits >> f->fraction_bits) & f->exp_max;

	v.sign = bits & fp_sign_bit(f);
	if (exponent == f->exp_max && !(f == &fp_half && (*fpscr & FPSCR_AHP)))
		return unpack_special(f, v);
	if (exponent) {
		v.sig |= fp_fraction_mask(f) + 1;
	} else if (!v.sig) {
		return v;
	} else if ((*fpscr & FPSCR_FZ) && f != &fp_half) {
		*fpscr |= FPSCR_IDC;
		v.sig = 0;
		return v;
	} else {
		exponent = 1;
	}
	v.class = FP_CLASS_FINITE;
	v.exp = exponent - f->bias - f->fraction_bits;
	fp_normalize(&v.sig, &v.exp, FP_TOP_BIT);
	return v;
}

uint64_t fp_process_nan(const struct fp_format *f, const struct fp_value *v, uint32_t *fpscr)
{
	if (v->class == FP_CLASS_SNAN)
		*fpscr |= FPSCR_IOC;
	return *fpscr & FPSCR_DN ? fp_default_nan(f) : v->bits | fp_quiet_bit(f);
}

bool fp_process_nans(const struct fp_format *f, const struct fp_value *const *values, size_t count,
	uint32_t *fpscr, uint64_t *result)
{
	for (int class = FP_CLASS_SNAN; class >= FP_CLASS_QNAN; class --)
		for (size_t i = 0; i < count; i++)
			if (values[i]->class == (enum fp_class) class) {
				*result = fp_process_nan(f, values[i], fpscr);
				return true;
			}
	return false;
}

bool fp_process_two(const struct fp_format *f, const struct fp_value *a, const struct fp_value *b,
	uint32_t *fpscr, uint64_t *result)
{
	const struct fp_value *const values[] = { a, b };

	return fp_process_nans(f, values, ARRAY_SIZE(values), fpscr, result);
}

uint64_t fp_invalid(const struct fp_format *f, uint32_t *fpscr)
{
	*fpscr |= FPSCR_IOC;
	return fp_default_nan(f);
}

/* --- round ------------------------------------------------------------------------------------ */

uint64_t fp_shift_right_jam(uint64_t value, unsigned amount)
{
	if (amount == 0)
		return value;
	if (amount > 63)
		return value != 0;
	return value >> amount | ((value << (64 - amount)) != 0);
}

void fp_normalize(uint64_t *sig, int *exp, int top)
{
	const int shift = __builtin_clzll(*sig) - (63 - top);

	*sig = shift >= 0 ? *sig << shift : fp_shift_right_jam(*sig, (unsigned)-shift);
	*exp -= shift;
}

bool fp_rounds_up(enum fp_rounding mode, bool sign, bool odd, uint64_t remainder, uint64_t half)
{
	switch (mode) {
	case FP_ROUND_NEAREST:
		return remainder > half || (remainder == half && odd);
	case FP_ROUND_NEAREST_AWAY:
		return remainder >= half;
	case FP_ROUND_PLUS:
		return remainder && !sign;
	case FP_ROUND_MINUS:
		return remainder && sign;
	case FP_ROUND_ZERO:
		break;
	}
	return false;
}

static bool overflows_to_infinity(enum fp_rounding mode, bool sign)
{
	return mode == FP_ROUND_NEAREST || mode == (sign ? FP_ROUND_MINUS : FP_ROUND_PLUS);
}

/* Too large. Alternative half precision has no infinity: the largest number, and invalid. */
static uint64_t overflow(
	const struct fp_format *f, bool sign, enum fp_rounding mode, uint32_t *fpscr)
{
	if (f == &fp_half && (*fpscr & FPSCR_AHP)) {
		*fpscr |= FPSCR_IOC;
		return fp_sign_bit(f) - 1;
	}
	*fpscr |= FPSCR_OFC | FPSCR_IXC;
	return overflows_to_infinity(mode, sign) ? fp_infinity(f) : fp_infinity(f) - 1;
}

/* Exponent and fraction as encoded, when *exponent is not too large for the format: else it is for
 * the caller. Tininess is detected before rounding. */
static uint64_t round_magnitude(const struct fp_format *f, bool sign, int exp, uint64_t sig,
	enum fp_rounding mode, uint32_t *fpscr, int *exponent)
{
	const int dropped = 63 - f->fraction_bits;
	uint64_t remainder, kept;

	fp_normalize(&sig, &exp, 63);
	*exponent = exp + 63 + f->bias;
	if (*exponent < 1) {
		sig = fp_shift_right_jam(sig, (unsigned)(1 - *exponent));
		*exponent = 0;
	}
	kept = sig >> dropped;
	remainder = sig & ((UINT64_C(1) << dropped) - 1);
	if (remainder)
		*fpscr |= *exponent ? FPSCR_IXC : FPSCR_IXC | FPSCR_UFC;
	if (fp_rounds_up(mode, sign, kept & 1, remainder, UINT64_C(1) << (dropped - 1)))
		kept++;
	/* The hidden bit adds one to the exponent, and a carry out of it another one. */
	if (*exponent > f->exp_max + 1)
		return 0;
	if (*exponent)
		(*exponent)--;
	kept += (uint64_t)*exponent << f->fraction_bits;
	*exponent = (int)(kept >> f->fraction_bits);
	return kept;
}

uint64_t fp_round_pack(const struct fp_format *f, bool sign, int exp, uint64_t sig,
	enum fp_rounding mode, uint32_t *fpscr)
{
	const int msb = exp + 63 - __builtin_clzll(sig);
	const bool ahp = f == &fp_half && (*fpscr & FPSCR_AHP);
	const uint32_t before = *fpscr;
	uint64_t magnitude;
	int exponent;

	if ((*fpscr & FPSCR_FZ) && f != &fp_half && msb + f->bias < 1) {
		*fpscr |= FPSCR_UFC;
		return fp_signed(f, sign, 0);
	}
	magnitude = round_magnitude(f, sign, exp, sig, mode, fpscr, &exponent);
	if (exponent >= f->exp_max + ahp) {
		*fpscr = before;
		magnitude = overflow(f, sign, mode, fpscr);
	}
	return fp_signed(f, sign, magnitude);
}
