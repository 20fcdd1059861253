/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floating-point data processing: FPv4-SP, FPv5 in single and double precision. DDI 0403E.b A6.5
 * (the encodings), A7.7.221 ff. (each instruction). Arithmetic itself is in fp_math.c.
 */
#include "vboard/cpu/alu.h"
#include "vboard/cpu/fpu.h"

/* --- operands: bit 8 (sz) says of which precision --------------------------------------------- */

static const struct fp_format *format_of(uint32_t w)
{
	return is_double(w) ? &fp_double : &fp_single;
}

static uint64_t get_d(struct cpu *c, uint32_t w)
{
	return is_double(w) ? fp_get_double(c, double_register(c, w >> 12, bit(w, 22)))
	                    : fp_get(c, sd_of(w));
}

static uint64_t get_n(struct cpu *c, uint32_t w)
{
	return is_double(w) ? fp_get_double(c, double_register(c, w >> 16, bit(w, 7)))
	                    : fp_get(c, sn_of(w));
}

static uint64_t get_m(struct cpu *c, uint32_t w)
{
	return is_double(w) ? fp_get_double(c, double_register(c, w, bit(w, 5)))
	                    : fp_get(c, sm_of(w));
}

static void put_d(struct cpu *c, uint32_t w, uint64_t value)
{
	if (is_double(w))
		fp_put_double(c, double_register(c, w >> 12, bit(w, 22)), value);
	else
		fp_put(c, sd_of(w), (uint32_t)value);
}

/* Nothing is changed, FPSCR included, when the destination does not exist. */
static void require_d(struct cpu *c, uint32_t w)
{
	if (is_double(w))
		double_register(c, w >> 12, bit(w, 22));
}

/* --- arithmetic: op is bit 6 ------------------------------------------------------------------ */

struct operands {
	const struct fp_format *f;
	uint64_t n, m;
};

static struct operands two_operands(struct cpu *c, uint32_t w)
{
	struct operands o = { .f = format_of(w) };

	fpu_check(c);
	require_d(c, w);
	o.n = get_n(c, w);
	o.m = get_m(c, w);
	return o;
}

static uint64_t product_of(struct cpu *c, const struct operands *o, bool negated)
{
	const uint64_t product = fp_mul(o->f, o->n, o->m, &c->fpscr);

	return negated ? fp_neg(o->f, product) : product;
}

/* op: VMLS */
static void vmla(struct cpu *c, uint32_t w)
{
	const struct operands o = two_operands(c, w);
	const uint64_t product = product_of(c, &o, bit(w, 6));

	put_d(c, w, fp_add(o.f, get_d(c, w), product, &c->fpscr));
}

/* op: VNMLA, else VNMLS */
static void vnmla(struct cpu *c, uint32_t w)
{
	const struct operands o = two_operands(c, w);
	const uint64_t product = product_of(c, &o, bit(w, 6));

	put_d(c, w, fp_add(o.f, fp_neg(o.f, get_d(c, w)), product, &c->fpscr));
}

static void vmul(struct cpu *c, uint32_t w)
{
	const struct operands o = two_operands(c, w);

	put_d(c, w, product_of(c, &o, bit(w, 6)));
}

static void vadd_vsub(struct cpu *c, uint32_t w)
{
	const struct operands o = two_operands(c, w);

	put_d(c, w,
		bit(w, 6) ? fp_sub(o.f, o.n, o.m, &c->fpscr) : fp_add(o.f, o.n, o.m, &c->fpscr));
}

static void vdiv(struct cpu *c, uint32_t w)
{
	const struct operands o = two_operands(c, w);

	put_d(c, w, fp_div(o.f, o.n, o.m, &c->fpscr));
}

/* op: VFMS */
static void vfma_vfms(struct cpu *c, uint32_t w)
{
	const struct operands o = two_operands(c, w);
	const uint64_t n = bit(w, 6) ? fp_neg(o.f, o.n) : o.n;

	put_d(c, w, fp_mul_add(o.f, get_d(c, w), n, o.m, &c->fpscr));
}

/* op: VFNMA */
static void vfnma_vfnms(struct cpu *c, uint32_t w)
{
	const struct operands o = two_operands(c, w);
	const uint64_t n = bit(w, 6) ? fp_neg(o.f, o.n) : o.n;

	put_d(c, w, fp_mul_add(o.f, fp_neg(o.f, get_d(c, w)), n, o.m, &c->fpscr));
}

/* FPv5; op: VMINNM */
static void vmaxnm_vminnm(struct cpu *c, uint32_t w)
{
	const struct operands o = two_operands(c, w);

	put_d(c, w,
		bit(w, 6) ? fp_min_num(o.f, o.n, o.m, &c->fpscr)
			  : fp_max_num(o.f, o.n, o.m, &c->fpscr));
}

/* FPv5: EQ, VS, GE or GT of APSR. */
static void vsel(struct cpu *c, uint32_t w)
{
	static const uint8_t conditions[] = { 0x0, 0x6, 0xa, 0xc };
	const struct operands o = two_operands(c, w);

	put_d(c, w, condition_holds(c, conditions[field(w, 21, 20)]) ? o.n : o.m);
}

/* VFPExpandImm(): sign, three bits of exponent (the first is repeated), four of fraction. */
static uint64_t expand_imm(uint32_t imm8, bool to_double)
{
	const struct fp_format *f = to_double ? &fp_double : &fp_single;
	const uint64_t rest = imm8 & 0x3f;
	uint64_t magnitude;

	if (to_double)
		magnitude = (imm8 & 0x40 ? UINT64_C(0x3fc) : UINT64_C(0x400)) << 52 | rest << 48;
	else
		magnitude = (imm8 & 0x40 ? UINT64_C(0x7c) : UINT64_C(0x80)) << 23 | rest << 19;
	return imm8 & 0x80 ? fp_neg(f, magnitude) : magnitude;
}

static void vmov_imm(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	put_d(c, w, expand_imm((w >> 12 & 0xf0) | (w & 15), is_double(w)));
}

static void vmov_reg(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	put_d(c, w, get_m(c, w));
}

static void vabs(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	put_d(c, w, fp_abs(format_of(w), get_m(c, w)));
}

static void vneg(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	put_d(c, w, fp_neg(format_of(w), get_m(c, w)));
}

static void vsqrt(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	require_d(c, w);
	put_d(c, w, fp_sqrt(format_of(w), get_m(c, w), &c->fpscr));
}

/* Bit 7 is E; bit 16 compares with zero. */
static void vcmp(struct cpu *c, uint32_t w)
{
	uint64_t d;

	fpu_check(c);
	d = get_d(c, w);
	fp_compare(format_of(w), d, bit(w, 16) ? 0 : get_m(c, w), bit(w, 7), &c->fpscr);
}

/* --- to integral values and integers ---------------------------------------------------------- */

/* RM of VRINTA, VRINTN, VRINTP, VRINTM and VCVTA... */
static enum fp_rounding directed_rounding(uint32_t w)
{
	static const enum fp_rounding modes[] = { FP_ROUND_NEAREST_AWAY, FP_ROUND_NEAREST,
		FP_ROUND_PLUS, FP_ROUND_MINUS };

	return modes[field(w, 17, 16)];
}

static void round_int(struct cpu *c, uint32_t w, enum fp_rounding rounding, bool exact)
{
	require_d(c, w);
	put_d(c, w, fp_round_int(format_of(w), get_m(c, w), rounding, exact, &c->fpscr));
}

static void vrint_directed(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	round_int(c, w, directed_rounding(w), false);
}

/* Bit 7: VRINTZ, else VRINTR. */
static void vrintr_vrintz(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	round_int(c, w, bit(w, 7) ? FP_ROUND_ZERO : fp_rounding_of(c->fpscr), false);
}

static void vrintx(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	round_int(c, w, fp_rounding_of(c->fpscr), true);
}

static void to_integer(struct cpu *c, uint32_t w, bool is_unsigned, enum fp_rounding rounding)
{
	fp_put(c, sd_of(w),
		fp_to_fixed(format_of(w), get_m(c, w), 32, 0, is_unsigned, rounding, &c->fpscr));
}

/* VCVT rounds towards zero, VCVTR (bit 7 clear) as FPSCR says. */
static void vcvt_to_integer(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	to_integer(c, w, !bit(w, 16), bit(w, 7) ? FP_ROUND_ZERO : fp_rounding_of(c->fpscr));
}

static void vcvt_directed(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	to_integer(c, w, !bit(w, 7), directed_rounding(w));
}

static void vcvt_from_integer(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	require_d(c, w);
	put_d(c, w,
		fp_from_fixed(format_of(w), fp_get(c, sm_of(w)), 32, 0, !bit(w, 7),
			fp_rounding_of(c->fpscr), &c->fpscr));
}

/* Fixed point is sign- or zero-extended to the register's length. */
static uint64_t extend_fixed(uint32_t w, uint32_t fixed)
{
	return is_double(w) && !bit(w, 16) ? (uint64_t)(int64_t)(int32_t)fixed : fixed;
}

/* Fixed point: sx (bit 7) is the size, bit 16 unsigned, bit 18 the direction; one register. */
static void vcvt_fixed(struct cpu *c, uint32_t w)
{
	const struct fp_format *f = format_of(w);
	const unsigned bits = bit(w, 7) ? 32 : 16;
	const unsigned imm5 = field(w, 3, 0) << 1 | bit(w, 5);
	uint64_t value;

	fpu_check(c);
	if (imm5 > bits)
		fault_undefined(c);
	value = get_d(c, w);
	if (bit(w, 18))
		value = extend_fixed(w, fp_to_fixed(f, value, bits, bits - imm5, bit(w, 16),
						FP_ROUND_ZERO, &c->fpscr));
	else
		value = fp_from_fixed(f, (uint32_t)value, bits, bits - imm5, bit(w, 16),
			FP_ROUND_NEAREST, &c->fpscr);
	put_d(c, w, value);
}

/* --- other formats ---------------------------------------------------------------------------- */

/* Bit 7: the upper half. */
static void vcvt_from_half(struct cpu *c, uint32_t w)
{
	uint32_t half;

	fpu_check(c);
	require_d(c, w);
	half = bit(w, 7) ? fp_get(c, sm_of(w)) >> 16 : fp_get(c, sm_of(w)) & 0xffff;
	put_d(c, w, fp_convert(format_of(w), &fp_half, half, &c->fpscr));
}

/* The other half of the destination stays. */
static void vcvt_to_half(struct cpu *c, uint32_t w)
{
	uint32_t half, old;

	fpu_check(c);
	half = (uint32_t)fp_convert(&fp_half, format_of(w), get_m(c, w), &c->fpscr);
	old = fp_get(c, sd_of(w));
	fp_put(c, sd_of(w), bit(w, 7) ? half << 16 | (old & 0xffff) : half | (old & 0xffff0000u));
}

/* sz is the operand's precision here. */
static void vcvt_single_double(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	if (is_double(w))
		fp_put(c, sd_of(w),
			(uint32_t)fp_convert(&fp_single, &fp_double, get_m(c, w), &c->fpscr));
	else
		fp_put_double(c, double_register(c, w >> 12, bit(w, 22)),
			fp_convert(&fp_double, &fp_single, fp_get(c, sm_of(w)), &c->fpscr));
}

/* clang-format off */
/* A row for single, and one for double precision. */
#define BOTH(name, mask, value, exec, needs) \
	{ name, (mask) | BIT(8), (uint32_t)(value), exec, needs }, \
	{ name ".F64", (mask) | BIT(8), (uint32_t)(value) | BIT(8), exec, (needs) | NEEDS_DP }

/* opc1 (bits 23, 21, 20) of data processing, bit 6 free; and with opc2, opc3 of "other". */
#define DATA(name, opc1, exec) \
	BOTH(name, 0xffb00e10u, 0xee000a00u | (uint32_t)(opc1) << 20, exec, NEEDS_FP)
#define OTHER(name, opc2, exec) \
	BOTH(name, 0xffbf0e50u, 0xeeb00a40u | (uint32_t)(opc2) << 16, exec, NEEDS_FP)
#define OTHER7(name, opc2, opc3, exec) BOTH(name, 0xffbf0ed0u, \
	0xeeb00a40u | (uint32_t)(opc2) << 16 | (uint32_t)(opc3) << 7, exec, NEEDS_FP)

static const struct encoding rows[] = {
	DATA("VMLA, VMLS",   0x0, vmla),
	DATA("VNMLA, VNMLS", 0x1, vnmla),
	DATA("VMUL, VNMUL",  0x2, vmul),
	DATA("VADD, VSUB",   0x3, vadd_vsub),
	BOTH("VDIV", 0xffb00e50u, 0xee800a00u, vdiv, NEEDS_FP),
	DATA("VFNMA, VFNMS", 0x9, vfnma_vfnms),
	DATA("VFMA, VFMS",   0xa, vfma_vfms),
	BOTH("VMOV (immediate)", 0xffb00ef0u, 0xeeb00a00u, vmov_imm, NEEDS_FP),
	OTHER7("VMOV (register)", 0x0, 0, vmov_reg),
	OTHER7("VABS",  0x0, 1, vabs),
	OTHER7("VNEG",  0x1, 0, vneg),
	OTHER7("VSQRT", 0x1, 1, vsqrt),
	OTHER("VCVTB, VCVTT (from half)", 0x2, vcvt_from_half),
	OTHER("VCVTB, VCVTT (to half)",   0x3, vcvt_to_half),
	OTHER("VCMP", 0x4, vcmp),
	BOTH("VCMP (zero)", 0xffbf0e7fu, 0xeeb50a40u, vcmp, NEEDS_FP),
	BOTH("VRINTR, VRINTZ", 0xffbf0e50u, 0xeeb60a40u, vrintr_vrintz, NEEDS_FP | NEEDS_FPV5),
	BOTH("VRINTX", 0xffbf0ed0u, 0xeeb70a40u, vrintx, NEEDS_FP | NEEDS_FPV5),
	{ "VCVT (single and double)", 0xffbf0ed0u, 0xeeb70ac0u, vcvt_single_double,
		NEEDS_FP | NEEDS_DP },
	OTHER("VCVT (from integer)", 0x8, vcvt_from_integer),
	OTHER("VCVT (from signed fixed)",   0xa, vcvt_fixed),
	OTHER("VCVT (from unsigned fixed)", 0xb, vcvt_fixed),
	OTHER("VCVT (to unsigned)", 0xc, vcvt_to_integer),
	OTHER("VCVT (to signed)",   0xd, vcvt_to_integer),
	OTHER("VCVT (to signed fixed)",   0xe, vcvt_fixed),
	OTHER("VCVT (to unsigned fixed)", 0xf, vcvt_fixed),
	BOTH("VSEL", 0xff800e50u, 0xfe000a00u, vsel, NEEDS_FP | NEEDS_FPV5),
	BOTH("VMAXNM, VMINNM", 0xffb00e10u, 0xfe800a00u, vmaxnm_vminnm, NEEDS_FP | NEEDS_FPV5),
	BOTH("VRINTA, VRINTN, VRINTP, VRINTM", 0xffbc0ed0u, 0xfeb80a40u, vrint_directed,
		NEEDS_FP | NEEDS_FPV5),
	BOTH("VCVTA, VCVTN, VCVTP, VCVTM", 0xffbc0e50u, 0xfebc0a40u, vcvt_directed,
		NEEDS_FP | NEEDS_FPV5),
};
/* clang-format on */

const struct encoding_table fpu_data_table = { rows, ARRAY_SIZE(rows) };
