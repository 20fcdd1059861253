/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums, products, quotients and roots in integers: see fp_math.h and fp_number.h. Where the host's
 * own arithmetic is sure to give the same bits and no new flag, it is used instead: round to
 * nearest, IXC set already, operands and result normal numbers.
 */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "vboard/cpu/fp_number.h"

/* --- the host's arithmetic, where it is the same ---------------------------------------------- */

#if FLT_EVAL_METHOD == 0
enum { HOST_IS_EXACT = 1 };
#else
enum { HOST_IS_EXACT = 0 };
#endif

enum operation { OP_ADD, OP_SUB, OP_MUL, OP_DIV };

static float as_float(uint64_t bits)
{
	const uint32_t low = (uint32_t)bits;
	float value;

	memcpy(&value, &low, sizeof(value));
	return value;
}

static uint64_t float_bits(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static double as_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint64_t double_bits(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline float float_op(enum operation op, float a, float b)
{
	return op == OP_ADD ? a + b : op == OP_SUB ? a - b : op == OP_MUL ? a * b : a / b;
}

static inline double double_op(enum operation op, double a, double b)
{
	return op == OP_ADD ? a + b : op == OP_SUB ? a - b : op == OP_MUL ? a * b : a / b;
}

static bool host_mode(const struct fp_format *f, uint32_t fpscr)
{
	return HOST_IS_EXACT && f != &fp_half && (fpscr & (FPSCR_IXC | FPSCR_RMODE)) == FPSCR_IXC;
}

static uint32_t exponent_of(const struct fp_format *f, uint64_t bits)
{
	return (uint32_t)(bits >> f->fraction_bits) & (uint32_t)f->exp_max;
}

static bool is_normal(const struct fp_format *f, uint64_t bits)
{
	return exponent_of(f, bits) - 1 < (uint32_t)f->exp_max - 1;
}

/* The smallest exponent is left out: such a result may have been tiny before it was rounded. */
static bool is_safe_result(const struct fp_format *f, uint64_t bits)
{
	return exponent_of(f, bits) - 2 < (uint32_t)f->exp_max - 2;
}

/* @return false: not sure to be the same. */
static inline bool host_op(const struct fp_format *f, enum operation op, uint64_t a, uint64_t b,
	uint32_t fpscr, uint64_t *result)
{
	if (!host_mode(f, fpscr) || !is_normal(f, a) || !is_normal(f, b))
		return false;
	*result = f == &fp_single ? float_bits(float_op(op, as_float(a), as_float(b)))
	                          : double_bits(double_op(op, as_double(a), as_double(b)));
	return is_safe_result(f, *result);
}

/* --- sign ------------------------------------------------------------------------------------- */

uint64_t fp_neg(const struct fp_format *f, uint64_t value)
{
	return value ^ fp_sign_bit(f);
}

uint64_t fp_abs(const struct fp_format *f, uint64_t value)
{
	return value & ~fp_sign_bit(f);
}

static uint64_t round_pack(
	const struct fp_format *f, bool sign, int exp, uint64_t sig, uint32_t *fpscr)
{
	return fp_round_pack(f, sign, exp, sig, fp_rounding_of(*fpscr), fpscr);
}

/* --- 128 bits: exact products ----------------------------------------------------------------- */

struct wide {
	uint64_t hi, lo;
};

static struct wide wide_product(uint64_t a, uint64_t b)
{
	const uint64_t a_hi = a >> 32, a_lo = a & UINT32_MAX;
	const uint64_t b_hi = b >> 32, b_lo = b & UINT32_MAX;
	const uint64_t low = a_lo * b_lo;
	const uint64_t middle = a_hi * b_lo + (low >> 32);
	const uint64_t other = a_lo * b_hi + (middle & UINT32_MAX);

	return (struct wide){
		.hi = a_hi * b_hi + (middle >> 32) + (other >> 32),
		.lo = other << 32 | (low & UINT32_MAX),
	};
}

static struct wide wide_left(struct wide w, unsigned amount)
{
	if (amount > 63)
		return (struct wide){ .hi = w.lo << (amount - 64), .lo = 0 };
	if (amount)
		w = (struct wide){ .hi = w.hi << amount | w.lo >> (64 - amount),
			.lo = w.lo << amount };
	return w;
}

static struct wide wide_right_jam(struct wide w, unsigned amount)
{
	if (amount > 63)
		return (struct wide){ .lo = fp_shift_right_jam(
					      w.hi | (w.lo != 0 ? 1u : 0u), amount - 64) };
	if (amount) {
		const bool lost = w.lo << (64 - amount);

		w = (struct wide){ .hi = w.hi >> amount,
			.lo = w.lo >> amount | w.hi << (64 - amount) | lost };
	}
	return w;
}

static bool wide_less(struct wide a, struct wide b)
{
	return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo);
}

static struct wide wide_sum(struct wide a, struct wide b)
{
	const uint64_t lo = a.lo + b.lo;

	return (struct wide){ .hi = a.hi + b.hi + (lo < a.lo), .lo = lo };
}

static struct wide wide_difference(struct wide a, struct wide b)
{
	return (struct wide){ .hi = a.hi - b.hi - (a.lo < b.lo), .lo = a.lo - b.lo };
}

/* --- addition --------------------------------------------------------------------------------- */

/* A number that may be the exact product of two: sig * 2^exp, exp being that of sig.hi's bit 0.
 * The highest set bit is FP_TOP_BIT of sig.hi. */
struct term {
	enum fp_class class;
	bool sign;
	int exp;
	struct wide sig;
};

static struct term term_of(const struct fp_value *v)
{
	return (struct term){
		.class = v->class, .sign = v->sign, .exp = v->exp, .sig = { .hi = v->sig }
	};
}

/* An exact zero that is not a sum of like zeros: negative only when rounding down. */
static uint64_t exact_zero(const struct fp_format *f, uint32_t fpscr)
{
	return fp_signed(f, fp_rounding_of(fpscr) == FP_ROUND_MINUS, 0);
}

static uint64_t round_term(const struct fp_format *f, struct term t, uint32_t *fpscr)
{
	int shift;

	if (!t.sig.hi) { /* cancelled: everything is in the lower word */
		t.sig = wide_left(t.sig, 64);
		t.exp -= 64;
	}
	shift = __builtin_clzll(t.sig.hi);
	t.sig = wide_left(t.sig, (unsigned)shift);
	t.exp -= shift;
	return round_pack(f, t.sign, t.exp, t.sig.hi | (t.sig.lo != 0 ? 1u : 0u), fpscr);
}

/*
 * The sum of two finite numbers, neither zero. Both have the same top bit with room for a carry;
 * the smaller is shifted down, jamming. Only operands of nearly equal exponent cancel, and those
 * lose nothing in the shift, having at most 106 bits to begin with.
 */
static uint64_t add_finite(const struct fp_format *f, struct term a, struct term b, uint32_t *fpscr)
{
	if (a.exp < b.exp || (a.exp == b.exp && wide_less(a.sig, b.sig))) {
		const struct term larger = b;

		b = a;
		a = larger;
	}
	b.sig = wide_right_jam(b.sig, (unsigned)(a.exp - b.exp));
	a.sig = a.sign == b.sign ? wide_sum(a.sig, b.sig) : wide_difference(a.sig, b.sig);
	return a.sig.hi || a.sig.lo ? round_term(f, a, fpscr) : exact_zero(f, *fpscr);
}

/* With NaNs out of the way. */
static uint64_t add_terms(
	const struct fp_format *f, const struct term *a, const struct term *b, uint32_t *fpscr)
{
	if (a->class == FP_CLASS_INF || b->class == FP_CLASS_INF) {
		if (a->class == b->class && a->sign != b->sign)
			return fp_invalid(f, fpscr);
		return fp_signed(f, a->class == FP_CLASS_INF ? a->sign : b->sign, fp_infinity(f));
	}
	if (a->class == FP_CLASS_ZERO && b->class == FP_CLASS_ZERO)
		return a->sign == b->sign ? fp_signed(f, a->sign, 0) : exact_zero(f, *fpscr);
	if (a->class == FP_CLASS_ZERO)
		return round_term(f, *b, fpscr);
	if (b->class == FP_CLASS_ZERO)
		return round_term(f, *a, fpscr);
	return add_finite(f, *a, *b, fpscr);
}

static uint64_t add_slowly(
	const struct fp_format *f, uint64_t a, uint64_t b, bool subtract, uint32_t *fpscr)
{
	const struct fp_value x = fp_unpack(f, a, fpscr);
	const struct fp_value y = fp_unpack(f, b, fpscr);
	struct term left, right;
	uint64_t result;

	if (fp_process_two(f, &x, &y, fpscr, &result))
		return result;
	left = term_of(&x);
	right = term_of(&y);
	right.sign = right.sign != subtract;
	return add_terms(f, &left, &right, fpscr);
}

uint64_t fp_add(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	uint64_t result;

	if (host_op(f, OP_ADD, a, b, *fpscr, &result))
		return result;
	return add_slowly(f, a, b, false, fpscr);
}

uint64_t fp_sub(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	uint64_t result;

	if (host_op(f, OP_SUB, a, b, *fpscr, &result))
		return result;
	return add_slowly(f, a, b, true, fpscr);
}

/* --- multiplication --------------------------------------------------------------------------- */

/* The exact product. NaNs are out of the way, and infinity times zero is not here. */
static struct term multiply(const struct fp_value *a, const struct fp_value *b)
{
	struct term p = { .sign = a->sign != b->sign, .exp = a->exp + b->exp + 64 };

	if (a->class == FP_CLASS_INF || b->class == FP_CLASS_INF) {
		p.class = FP_CLASS_INF;
	} else if (a->class == FP_CLASS_ZERO || b->class == FP_CLASS_ZERO) {
		p.class = FP_CLASS_ZERO;
	} else {
		int shift;

		p.class = FP_CLASS_FINITE;
		p.sig = wide_product(a->sig, b->sig);
		shift = __builtin_clzll(p.sig.hi) - (63 - FP_TOP_BIT);
		p.sig = wide_left(p.sig, (unsigned)shift);
		p.exp -= shift;
	}
	return p;
}

static bool is_infinity_times_zero(const struct fp_value *a, const struct fp_value *b)
{
	return (a->class == FP_CLASS_INF && b->class == FP_CLASS_ZERO) ||
	       (a->class == FP_CLASS_ZERO && b->class == FP_CLASS_INF);
}

static uint64_t multiply_slowly(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	const struct fp_value x = fp_unpack(f, a, fpscr);
	const struct fp_value y = fp_unpack(f, b, fpscr);
	struct term p;
	uint64_t result;

	if (fp_process_two(f, &x, &y, fpscr, &result))
		return result;
	if (is_infinity_times_zero(&x, &y))
		return fp_invalid(f, fpscr);
	p = multiply(&x, &y);
	if (p.class == FP_CLASS_FINITE)
		return round_term(f, p, fpscr);
	return fp_signed(f, p.sign, p.class == FP_CLASS_INF ? fp_infinity(f) : 0);
}

uint64_t fp_mul(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	uint64_t result;

	if (host_op(f, OP_MUL, a, b, *fpscr, &result))
		return result;
	return multiply_slowly(f, a, b, fpscr);
}

/* FPMulAdd() */
static uint64_t multiply_add_slowly(
	const struct fp_format *f, uint64_t addend, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	const struct fp_value z = fp_unpack(f, addend, fpscr);
	const struct fp_value x = fp_unpack(f, a, fpscr);
	const struct fp_value y = fp_unpack(f, b, fpscr);
	const struct fp_value *const values[] = { &z, &x, &y };
	struct term sum, product;
	uint64_t result;

	if (fp_process_nans(f, values, ARRAY_SIZE(values), fpscr, &result)) {
		if (z.class == FP_CLASS_QNAN && is_infinity_times_zero(&x, &y))
			result = fp_invalid(f, fpscr);
		return result;
	}
	if (is_infinity_times_zero(&x, &y))
		return fp_invalid(f, fpscr);
	sum = term_of(&z);
	product = multiply(&x, &y);
	return add_terms(f, &sum, &product, fpscr);
}

uint64_t fp_mul_add(
	const struct fp_format *f, uint64_t addend, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	if (host_mode(f, *fpscr) && is_normal(f, addend) && is_normal(f, a) && is_normal(f, b)) {
		const uint64_t result =
			f == &fp_single
				? float_bits(fmaf(as_float(a), as_float(b), as_float(addend)))
				: double_bits(fma(as_double(a), as_double(b), as_double(addend)));

		if (is_safe_result(f, result))
			return result;
	}
	return multiply_add_slowly(f, addend, a, b, fpscr);
}

/* --- division, square root -------------------------------------------------------------------- */

/* Bit by bit: 63 of the quotient, of which the last one jams. */
static uint64_t divide_finite(const struct fp_format *f, const struct fp_value *a,
	const struct fp_value *b, uint32_t *fpscr)
{
	uint64_t remainder = a->sig;
	uint64_t quotient = 0;

	for (int i = 0; i <= FP_TOP_BIT; i++) {
		quotient <<= 1;
		if (remainder >= b->sig) {
			remainder -= b->sig;
			quotient |= 1;
		}
		remainder <<= 1;
	}
	return round_pack(f, a->sign != b->sign, a->exp - b->exp - FP_TOP_BIT,
		quotient | (remainder != 0 ? 1u : 0u), fpscr);
}

static uint64_t divide_slowly(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	const struct fp_value x = fp_unpack(f, a, fpscr);
	const struct fp_value y = fp_unpack(f, b, fpscr);
	const bool sign = x.sign != y.sign;
	uint64_t result;

	if (fp_process_two(f, &x, &y, fpscr, &result))
		return result;
	if (x.class == y.class && x.class != FP_CLASS_FINITE)
		return fp_invalid(f, fpscr);
	if (y.class == FP_CLASS_ZERO && x.class != FP_CLASS_INF)
		*fpscr |= FPSCR_DZC;
	if (x.class == FP_CLASS_INF || y.class == FP_CLASS_ZERO)
		return fp_signed(f, sign, fp_infinity(f));
	if (x.class == FP_CLASS_ZERO || y.class == FP_CLASS_INF)
		return fp_signed(f, sign, 0);
	return divide_finite(f, &x, &y, fpscr);
}

uint64_t fp_div(const struct fp_format *f, uint64_t a, uint64_t b, uint32_t *fpscr)
{
	uint64_t result;

	if (host_op(f, OP_DIV, a, b, *fpscr, &result))
		return result;
	return divide_slowly(f, a, b, fpscr);
}

enum { ROOT_BITS = 60 };

/* The root of value * 2^(2 * ROOT_BITS - 64), two bits of it a time; the remainder jams. */
static uint64_t square_root(uint64_t value)
{
	uint64_t root = 0;
	uint64_t remainder = 0;

	for (int i = 0; i < ROOT_BITS; i++) {
		const uint64_t trial = root << 2 | 1;

		remainder = remainder << 2 | value >> 62;
		value <<= 2;
		root <<= 1;
		if (remainder >= trial) {
			remainder -= trial;
			root |= 1;
		}
	}
	return remainder ? root | 1 : root;
}

uint64_t fp_sqrt(const struct fp_format *f, uint64_t value, uint32_t *fpscr)
{
	struct fp_value v = fp_unpack(f, value, fpscr);

	if (fp_is_nan(&v))
		return fp_process_nan(f, &v, fpscr);
	if (v.class == FP_CLASS_ZERO)
		return fp_signed(f, v.sign, 0);
	if (v.sign)
		return fp_invalid(f, fpscr);
	if (v.class == FP_CLASS_INF)
		return value;
	if (v.exp & 1) { /* halve the exponent only when it is even */
		v.sig <<= 1;
		v.exp--;
	}
	/* At most 53 of the root's bits are kept: jamming the lowest is safe. */
	return round_pack(f, false, v.exp / 2 - (ROOT_BITS - 32), square_root(v.sig), fpscr);
}
