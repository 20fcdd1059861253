/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single-precision arithmetic in integers: see fp_math.h.
 *
 * A finite number is sig * 2^exp with any exp and a 64-bit sig, the lowest bit of which may stand
 * for "and something smaller" (jamming); round_pack() makes an encoding of it. Where the host's
 * own arithmetic is sure to give the same bits and no new flag, it is used instead: round to
 * nearest, IXC set already, operands and result normal numbers.
 */
#include "vboard/cpu/fp_math.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define DEFAULT_NAN 0x7fc00000u
#define INFINITY_   0x7f800000u
#define MAX_NORMAL  0x7f7fffffu
#define QUIET_BIT   BIT(22)
#define SIGN        BIT(31)
#define FRACTION    BITS(22, 0)
#define EXPONENT    BITS(30, 23)

enum { FRACTION_BITS = 23, BIAS = 127, EXP_MAX = 255, HALF_BIAS = 15, HALF_EXP_MAX = 31 };

enum fp_class { FP_CLASS_ZERO, FP_CLASS_FINITE, FP_CLASS_INF, FP_CLASS_QNAN, FP_CLASS_SNAN };

struct fp_value {
	enum fp_class class;
	bool sign;
	int exp;
	uint64_t sig;
	uint32_t bits;
};

/* --- the host's arithmetic, where it is the same ---------------------------------------------- */

#if FLT_EVAL_METHOD == 0
enum { HOST_IS_EXACT = 1 };
#else
enum { HOST_IS_EXACT = 0 };
#endif

static float as_float(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint32_t as_bits(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static bool host_mode(uint32_t fpscr)
{
	return HOST_IS_EXACT && (fpscr & (FPSCR_IXC | FPSCR_RMODE)) == FPSCR_IXC;
}

static bool is_normal(uint32_t bits)
{
	return FIELD_GET(EXPONENT, bits) - 1 < EXP_MAX - 1;
}

/* The smallest exponent is left out: such a result may have been tiny before it was rounded. */
static bool is_safe_result(uint32_t bits)
{
	return FIELD_GET(EXPONENT, bits) - 2 < EXP_MAX - 2;
}

/* --- unpack, NaNs, round ---------------------------------------------------------------------- */

static struct fp_value unpack(uint32_t bits, uint32_t *fpscr)
{
	struct fp_value v = { .sign = bits >> 31, .bits = bits, .sig = bits & FRACTION };
	const int exponent = (int)FIELD_GET(EXPONENT, bits);

	if (exponent == EXP_MAX) {
		v.class = !v.sig ? FP_CLASS_INF : bits & QUIET_BIT ? FP_CLASS_QNAN : FP_CLASS_SNAN;
	} else if (exponent) {
		v.class = FP_CLASS_FINITE;
		v.sig |= FRACTION + 1;
		v.exp = exponent - BIAS - FRACTION_BITS;
	} else if (v.sig && !(*fpscr & FPSCR_FZ)) {
		v.class = FP_CLASS_FINITE;
		v.exp = 1 - BIAS - FRACTION_BITS;
	} else {
		if (v.sig)
			*fpscr |= FPSCR_IDC;
		v.class = FP_CLASS_ZERO;
	}
	return v;
}

static bool is_nan(const struct fp_value *v)
{
	return v->class >= FP_CLASS_QNAN;
}

/* FPProcessNaN() */
static uint32_t process_nan(const struct fp_value *v, uint32_t *fpscr)
{
	if (v->class == FP_CLASS_SNAN)
		*fpscr |= FPSCR_IOC;
	return *fpscr & FPSCR_DN ? DEFAULT_NAN : v->bits | QUIET_BIT;
}

/* FPProcessNaNs(), FPProcessNaNs3(): the first signalling one, else the first quiet one. */
static bool process_nans(
	const struct fp_value *const *values, size_t count, uint32_t *fpscr, uint32_t *result)
{
	for (enum fp_class class = FP_CLASS_SNAN; class >= FP_CLASS_QNAN; class --)
		for (size_t i = 0; i < count; i++)
			if (values[i]->class == class) {
				*result = process_nan(values[i], fpscr);
				return true;
			}
	return false;
}

static bool process_two(
	const struct fp_value *a, const struct fp_value *b, uint32_t *fpscr, uint32_t *result)
{
	const struct fp_value *const values[] = { a, b };

	return process_nans(values, 2, fpscr, result);
}

static uint32_t invalid(uint32_t *fpscr)
{
	*fpscr |= FPSCR_IOC;
	return DEFAULT_NAN;
}

static uint32_t signed_bits(bool sign, uint32_t magnitude)
{
	return sign ? magnitude | SIGN : magnitude;
}

static enum fp_rounding rounding_of(uint32_t fpscr)
{
	return (enum fp_rounding)FIELD_GET(FPSCR_RMODE, fpscr);
}

static uint64_t shift_right_jam(uint64_t value, unsigned amount)
{
	if (amount == 0)
		return value;
	if (amount > 63)
		return value != 0;
	return value >> amount | ((value << (64 - amount)) != 0);
}

/* Left until bit @p top is the highest set. */
static void normalize(uint64_t *sig, int *exp, int top)
{
	const int shift = __builtin_clzll(*sig) - (63 - top);

	*sig <<= shift;
	*exp -= shift;
}

/* Does the part below the kept bits, of which @p half is the middle, round up? */
static bool rounds_up(enum fp_rounding mode, bool sign, bool odd, uint64_t remainder, uint64_t half)
{
	switch (mode) {
	case FP_ROUND_NEAREST:
		return remainder > half || (remainder == half && odd);
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

/* A format to round to: fraction bits, bias, largest exponent. */
struct fp_format {
	int fraction_bits;
	int bias;
	int exp_max;
};

static const struct fp_format single_format = { FRACTION_BITS, BIAS, EXP_MAX };
static const struct fp_format half_format = { 10, HALF_BIAS, HALF_EXP_MAX };

/*
 * Exponent and fraction of sig * 2^exp, sig not zero. *exponent may come out as exp_max or more:
 * overflow, for the caller. Tininess is detected before rounding.
 */
static uint32_t round_magnitude(const struct fp_format *format, bool sign, int exp, uint64_t sig,
	enum fp_rounding mode, uint32_t *fpscr, int *exponent)
{
	const int dropped = 63 - format->fraction_bits;
	uint64_t remainder, kept;

	normalize(&sig, &exp, 63);
	*exponent = exp + 63 + format->bias;
	if (*exponent < 1) {
		sig = shift_right_jam(sig, (unsigned)(1 - *exponent));
		*exponent = 0;
	}
	kept = sig >> dropped;
	remainder = sig & ((UINT64_C(1) << dropped) - 1);
	if (remainder) {
		*fpscr |= FPSCR_IXC;
		if (*exponent == 0)
			*fpscr |= FPSCR_UFC;
	}
	if (rounds_up(mode, sign, kept & 1, remainder, UINT64_C(1) << (dropped - 1)))
		kept++;
	/* The hidden bit adds one to the exponent, and a carry out of it another one. */
	if (*exponent)
		(*exponent)--;
	kept += (uint64_t)*exponent << format->fraction_bits;
	*exponent = (int)(kept >> format->fraction_bits);
	return (uint32_t)kept;
}

/* FPRound() */
static uint32_t round_pack_as(
	bool sign, int exp, uint64_t sig, enum fp_rounding mode, uint32_t *fpscr)
{
	const int msb = exp + 63 - __builtin_clzll(sig);
	int exponent;
	uint32_t magnitude;
	const uint32_t before = *fpscr;

	if ((*fpscr & FPSCR_FZ) && msb + BIAS < 1) {
		*fpscr |= FPSCR_UFC;
		return signed_bits(sign, 0);
	}
	magnitude = round_magnitude(&single_format, sign, exp, sig, mode, fpscr, &exponent);
	if (exponent >= EXP_MAX) {
		*fpscr = before | FPSCR_OFC | FPSCR_IXC;
		magnitude = overflows_to_infinity(mode, sign) ? INFINITY_ : MAX_NORMAL;
	}
	return signed_bits(sign, magnitude);
}

static uint32_t round_pack(bool sign, int exp, uint64_t sig, uint32_t *fpscr)
{
	return round_pack_as(sign, exp, sig, rounding_of(*fpscr), fpscr);
}

/* --- addition --------------------------------------------------------------------------------- */

/* An exact zero that is not a sum of like zeros: negative only when rounding down. */
static uint32_t exact_zero(uint32_t fpscr)
{
	return signed_bits(rounding_of(fpscr) == FP_ROUND_MINUS, 0);
}

/*
 * The sum of two finite numbers, neither zero. Both are brought to the same top bit with room for
 * a carry; the smaller is shifted down, jamming. Only operands of nearly equal exponent cancel,
 * and those lose nothing in the shift, having fewer than 61 bits to begin with.
 */
static uint32_t add_finite(struct fp_value a, struct fp_value b, uint32_t *fpscr)
{
	normalize(&a.sig, &a.exp, 62);
	normalize(&b.sig, &b.exp, 62);
	if (a.exp < b.exp || (a.exp == b.exp && a.sig < b.sig)) {
		const struct fp_value larger = b;

		b = a;
		a = larger;
	}
	b.sig = shift_right_jam(b.sig, (unsigned)(a.exp - b.exp));
	a.sig = a.sign == b.sign ? a.sig + b.sig : a.sig - b.sig;
	return a.sig ? round_pack(a.sign, a.exp, a.sig, fpscr) : exact_zero(*fpscr);
}

/* With NaNs out of the way. */
static uint32_t add_values(const struct fp_value *a, const struct fp_value *b, uint32_t *fpscr)
{
	if (a->class == FP_CLASS_INF || b->class == FP_CLASS_INF) {
		if (a->class == b->class && a->sign != b->sign)
			return invalid(fpscr);
		return signed_bits(a->class == FP_CLASS_INF ? a->sign : b->sign, INFINITY_);
	}
	if (a->class == FP_CLASS_ZERO && b->class == FP_CLASS_ZERO)
		return a->sign == b->sign ? signed_bits(a->sign, 0) : exact_zero(*fpscr);
	if (a->class == FP_CLASS_ZERO)
		return round_pack(b->sign, b->exp, b->sig, fpscr);
	if (b->class == FP_CLASS_ZERO)
		return round_pack(a->sign, a->exp, a->sig, fpscr);
	return add_finite(*a, *b, fpscr);
}

static uint32_t add_slowly(uint32_t a, uint32_t b, bool subtract, uint32_t *fpscr)
{
	const struct fp_value x = unpack(a, fpscr);
	struct fp_value y = unpack(b, fpscr);
	uint32_t result;

	if (process_two(&x, &y, fpscr, &result))
		return result;
	y.sign = y.sign != subtract;
	return add_values(&x, &y, fpscr);
}

uint32_t fp_add(uint32_t a, uint32_t b, uint32_t *fpscr)
{
	if (host_mode(*fpscr) && is_normal(a) && is_normal(b)) {
		const uint32_t result = as_bits(as_float(a) + as_float(b));

		if (is_safe_result(result))
			return result;
	}
	return add_slowly(a, b, false, fpscr);
}

uint32_t fp_sub(uint32_t a, uint32_t b, uint32_t *fpscr)
{
	if (host_mode(*fpscr) && is_normal(a) && is_normal(b)) {
		const uint32_t result = as_bits(as_float(a) - as_float(b));

		if (is_safe_result(result))
			return result;
	}
	return add_slowly(a, b, true, fpscr);
}

/* --- multiplication --------------------------------------------------------------------------- */

/* The exact product: up to 48 bits. NaNs are out of the way, and infinity times zero is not here.
 */
static struct fp_value multiply(const struct fp_value *a, const struct fp_value *b)
{
	struct fp_value p = { .sign = a->sign != b->sign, .exp = a->exp + b->exp };

	p.sig = a->sig * b->sig;
	if (a->class == FP_CLASS_INF || b->class == FP_CLASS_INF)
		p.class = FP_CLASS_INF;
	else if (a->class == FP_CLASS_ZERO || b->class == FP_CLASS_ZERO)
		p.class = FP_CLASS_ZERO;
	else
		p.class = FP_CLASS_FINITE;
	return p;
}

static bool is_infinity_times_zero(const struct fp_value *a, const struct fp_value *b)
{
	return (a->class == FP_CLASS_INF && b->class == FP_CLASS_ZERO) ||
	       (a->class == FP_CLASS_ZERO && b->class == FP_CLASS_INF);
}

static uint32_t multiply_slowly(uint32_t a, uint32_t b, uint32_t *fpscr)
{
	const struct fp_value x = unpack(a, fpscr);
	const struct fp_value y = unpack(b, fpscr);
	struct fp_value p;
	uint32_t result;

	if (process_two(&x, &y, fpscr, &result))
		return result;
	if (is_infinity_times_zero(&x, &y))
		return invalid(fpscr);
	p = multiply(&x, &y);
	if (p.class == FP_CLASS_FINITE)
		return round_pack(p.sign, p.exp, p.sig, fpscr);
	return signed_bits(p.sign, p.class == FP_CLASS_INF ? INFINITY_ : 0);
}

uint32_t fp_mul(uint32_t a, uint32_t b, uint32_t *fpscr)
{
	if (host_mode(*fpscr) && is_normal(a) && is_normal(b)) {
		const uint32_t result = as_bits(as_float(a) * as_float(b));

		if (is_safe_result(result))
			return result;
	}
	return multiply_slowly(a, b, fpscr);
}

/* FPMulAdd() */
static uint32_t multiply_add_slowly(uint32_t addend, uint32_t a, uint32_t b, uint32_t *fpscr)
{
	const struct fp_value z = unpack(addend, fpscr);
	const struct fp_value x = unpack(a, fpscr);
	const struct fp_value y = unpack(b, fpscr);
	const struct fp_value *const values[] = { &z, &x, &y };
	struct fp_value p;
	uint32_t result;

	if (process_nans(values, ARRAY_SIZE(values), fpscr, &result)) {
		if (z.class == FP_CLASS_QNAN && is_infinity_times_zero(&x, &y))
			result = invalid(fpscr);
		return result;
	}
	if (is_infinity_times_zero(&x, &y))
		return invalid(fpscr);
	p = multiply(&x, &y);
	return add_values(&z, &p, fpscr);
}

uint32_t fp_mul_add(uint32_t addend, uint32_t a, uint32_t b, uint32_t *fpscr)
{
	if (host_mode(*fpscr) && is_normal(addend) && is_normal(a) && is_normal(b)) {
		const uint32_t result = as_bits(fmaf(as_float(a), as_float(b), as_float(addend)));

		if (is_safe_result(result))
			return result;
	}
	return multiply_add_slowly(addend, a, b, fpscr);
}

/* --- division, square root -------------------------------------------------------------------- */

static uint32_t divide_finite(struct fp_value a, struct fp_value b, uint32_t *fpscr)
{
	enum { EXTRA_BITS = 38 };
	uint64_t quotient;

	normalize(&a.sig, &a.exp, FRACTION_BITS);
	normalize(&b.sig, &b.exp, FRACTION_BITS);
	a.sig <<= EXTRA_BITS;
	quotient = a.sig / b.sig;
	if (a.sig % b.sig)
		quotient |= 1;
	return round_pack(a.sign != b.sign, a.exp - EXTRA_BITS - b.exp, quotient, fpscr);
}

static uint32_t divide_slowly(uint32_t a, uint32_t b, uint32_t *fpscr)
{
	const struct fp_value x = unpack(a, fpscr);
	const struct fp_value y = unpack(b, fpscr);
	const bool sign = x.sign != y.sign;
	uint32_t result;

	if (process_two(&x, &y, fpscr, &result))
		return result;
	if (x.class == y.class && x.class != FP_CLASS_FINITE)
		return invalid(fpscr);
	if (y.class == FP_CLASS_ZERO && x.class != FP_CLASS_INF)
		*fpscr |= FPSCR_DZC;
	if (x.class == FP_CLASS_INF || y.class == FP_CLASS_ZERO)
		return signed_bits(sign, INFINITY_);
	if (x.class == FP_CLASS_ZERO || y.class == FP_CLASS_INF)
		return signed_bits(sign, 0);
	return divide_finite(x, y, fpscr);
}

uint32_t fp_div(uint32_t a, uint32_t b, uint32_t *fpscr)
{
	if (host_mode(*fpscr) && is_normal(a) && is_normal(b)) {
		const uint32_t result = as_bits(as_float(a) / as_float(b));

		if (is_safe_result(result))
			return result;
	}
	return divide_slowly(a, b, fpscr);
}

/* Bit by bit; the remainder jams. */
static uint64_t square_root(uint64_t value)
{
	uint64_t root = 0;

	for (uint64_t place = UINT64_C(1) << 62; place; place >>= 2) {
		const uint64_t trial = root + place;

		root >>= 1;
		if (value >= trial) {
			value -= trial;
			root += place;
		}
	}
	return value ? root | 1 : root;
}

uint32_t fp_sqrt(uint32_t value, uint32_t *fpscr)
{
	struct fp_value v = unpack(value, fpscr);

	if (is_nan(&v))
		return process_nan(&v, fpscr);
	if (v.class == FP_CLASS_ZERO)
		return signed_bits(v.sign, 0);
	if (v.sign)
		return invalid(fpscr);
	if (v.class == FP_CLASS_INF)
		return value;
	normalize(&v.sig, &v.exp, 62);
	if (v.exp & 1) { /* halve the exponent only when it is even */
		v.sig >>= 1;
		v.exp++;
	}
	/* The root has 31 bits or more, of which 24 are kept: jamming the lowest is safe. */
	return round_pack(false, v.exp / 2, square_root(v.sig), fpscr);
}

/* --- comparison ------------------------------------------------------------------------------- */

/* A number that orders as the value does: sign and magnitude made two's complement. */
static int32_t ordered(const struct fp_value *v)
{
	const int32_t magnitude = v->class == FP_CLASS_ZERO ? 0 : (int32_t)(v->bits & ~SIGN);

	return v->sign ? -magnitude : magnitude;
}

void fp_compare(uint32_t a, uint32_t b, bool quiet_invalid, uint32_t *fpscr)
{
	const struct fp_value x = unpack(a, fpscr);
	const struct fp_value y = unpack(b, fpscr);
	uint32_t flags;

	if (is_nan(&x) || is_nan(&y)) {
		flags = FPSCR_C | FPSCR_V;
		if (quiet_invalid || x.class == FP_CLASS_SNAN || y.class == FP_CLASS_SNAN)
			*fpscr |= FPSCR_IOC;
	} else if (ordered(&x) == ordered(&y)) {
		flags = FPSCR_Z | FPSCR_C;
	} else {
		flags = ordered(&x) < ordered(&y) ? FPSCR_N : FPSCR_C;
	}
	*fpscr = (*fpscr & ~FPSCR_NZCV) | flags;
}

/* --- fixed point and integers ----------------------------------------------------------------- */

/* |value| * 2^fraction as an integer, and whether it lost something. Huge ones come out huge. */
static uint64_t round_to_integer(
	const struct fp_value *v, unsigned fraction, enum fp_rounding mode, bool *inexact)
{
	const int exp = v->exp + (int)fraction;
	uint64_t whole, remainder;

	*inexact = false;
	if (v->class == FP_CLASS_INF || exp > 32)
		return UINT64_MAX;
	if (v->class == FP_CLASS_ZERO || exp >= 0)
		return v->class == FP_CLASS_ZERO ? 0 : v->sig << exp;
	/* 24 bits of significand go up to leave room for everything below the point. */
	whole = shift_right_jam(v->sig << 32, (unsigned)-exp);
	remainder = whole & UINT32_MAX;
	whole >>= 32;
	*inexact = remainder;
	return whole + rounds_up(mode, v->sign, whole & 1, remainder, UINT64_C(1) << 31);
}

uint32_t fp_to_fixed(uint32_t value, unsigned bits, unsigned fraction, bool is_unsigned,
	enum fp_rounding rounding, uint32_t *fpscr)
{
	const struct fp_value v = unpack(value, fpscr);
	const uint64_t most = is_unsigned ? (v.sign ? 0 : (UINT64_C(1) << bits) - 1)
	                                  : (UINT64_C(1) << (bits - 1)) - !v.sign;
	uint64_t magnitude;
	bool inexact;

	if (is_nan(&v)) {
		*fpscr |= FPSCR_IOC;
		return 0;
	}
	magnitude = round_to_integer(&v, fraction, rounding, &inexact);
	if (magnitude > most) {
		*fpscr |= FPSCR_IOC;
		magnitude = most;
	} else if (inexact) {
		*fpscr |= FPSCR_IXC;
	}
	return (uint32_t)(v.sign ? 0 - magnitude : magnitude);
}

uint32_t fp_from_fixed(uint32_t value, unsigned bits, unsigned fraction, bool is_unsigned,
	enum fp_rounding rounding, uint32_t *fpscr)
{
	int64_t number = bits == 16 ? (is_unsigned ? (int64_t)(uint16_t)value : (int16_t)value)
	                            : (is_unsigned ? (int64_t)value : (int32_t)value);
	const bool sign = number < 0;

	if (number == 0)
		return 0;
	if (sign)
		number = -number;
	return round_pack_as(sign, -(int)fraction, (uint64_t)number, rounding, fpscr);
}

/* --- half precision --------------------------------------------------------------------------- */

#define HALF_SIGN     BIT(15)
#define HALF_FRACTION BITS(9, 0)
#define HALF_QUIET    BIT(9)
#define HALF_INFINITY 0x7c00u
#define HALF_MAX      0x7bffu

static uint32_t half_nan_to_single(uint32_t half, uint32_t *fpscr)
{
	const bool sign = half & HALF_SIGN;

	if (!(half & HALF_QUIET))
		*fpscr |= FPSCR_IOC;
	if (*fpscr & FPSCR_DN)
		return DEFAULT_NAN;
	return signed_bits(sign, DEFAULT_NAN | (half & HALF_FRACTION) << 13);
}

/* FZ does not apply to half-precision operands; every one of them is exact in single. */
uint32_t fp_from_half(uint32_t half, uint32_t *fpscr)
{
	const bool sign = half & HALF_SIGN;
	const uint32_t exponent = half >> 10 & HALF_EXP_MAX;
	const uint32_t fraction = half & HALF_FRACTION;
	uint64_t sig = fraction | (HALF_FRACTION + 1);
	int exp = (int)exponent - HALF_BIAS - 10;

	if (exponent == HALF_EXP_MAX && !(*fpscr & FPSCR_AHP))
		return fraction ? half_nan_to_single(half, fpscr) : signed_bits(sign, INFINITY_);
	if (exponent == 0) {
		sig = fraction;
		exp = 1 - HALF_BIAS - 10;
	}
	return sig ? round_pack(sign, exp, sig, fpscr) : signed_bits(sign, 0);
}

/* Alternative half precision has neither infinities nor NaNs: the largest number, and invalid. */
static uint32_t special_to_half(const struct fp_value *v, uint32_t *fpscr)
{
	const uint32_t sign = v->sign ? HALF_SIGN : 0;

	if (*fpscr & FPSCR_AHP) {
		*fpscr |= FPSCR_IOC;
		return is_nan(v) ? sign : sign | 0x7fff;
	}
	if (!is_nan(v))
		return sign | HALF_INFINITY;
	if (v->class == FP_CLASS_SNAN)
		*fpscr |= FPSCR_IOC;
	if (*fpscr & FPSCR_DN)
		return HALF_INFINITY | HALF_QUIET;
	return sign | HALF_INFINITY | HALF_QUIET | (v->bits >> 13 & HALF_FRACTION);
}

uint32_t fp_to_half(uint32_t value, uint32_t *fpscr)
{
	const struct fp_value v = unpack(value, fpscr);
	const uint32_t sign = v.sign ? HALF_SIGN : 0;
	const enum fp_rounding mode = rounding_of(*fpscr);
	const bool ahp = *fpscr & FPSCR_AHP;
	const uint32_t before = *fpscr;
	uint32_t magnitude;
	int exponent;

	if (v.class >= FP_CLASS_INF)
		return special_to_half(&v, fpscr);
	if (v.class == FP_CLASS_ZERO)
		return sign;
	magnitude = round_magnitude(&half_format, v.sign, v.exp, v.sig, mode, fpscr, &exponent);
	if (ahp && exponent > HALF_EXP_MAX) {
		*fpscr = before | FPSCR_IOC;
		magnitude = 0x7fff;
	} else if (!ahp && exponent >= HALF_EXP_MAX) {
		*fpscr = before | FPSCR_OFC | FPSCR_IXC;
		magnitude = overflows_to_infinity(mode, v.sign) ? HALF_INFINITY : HALF_MAX;
	}
	return sign | magnitude;
}
