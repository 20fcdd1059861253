/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floating-point extension FPv4-SP: DDI 0403E.b A6.4 to A6.7 (the encodings), A7.7.221 ff.
 * (each instruction). Lazy saving of state is in fp_state.c, arithmetic in fp_math.c.
 */
#include "vboard/cpu/fields32.h"
#include "vboard/cpu/fp_math.h"
#include "vboard/cpu/internal.h"

/* --- registers -------------------------------------------------------------------------------- */

/* Numbers of single registers from opcode fields: four bits and a lowest one. */
static unsigned sd_of(uint32_t w)
{
	return (w >> 11 & 0x1e) | (w >> 22 & 1);
}

static unsigned sn_of(uint32_t w)
{
	return (w >> 15 & 0x1e) | (w >> 7 & 1);
}

static unsigned sm_of(uint32_t w)
{
	return (w << 1 & 0x1e) | (w >> 5 & 1);
}

/* First single register of a double one: the fifth bit is the highest, and there are only 16. */
static unsigned double_register(struct cpu *c, uint32_t four_bits, uint32_t highest)
{
	if (highest)
		fault_undefined(c);
	return (four_bits & 15) * 2;
}

static bool is_double(uint32_t w)
{
	return bit(w, 8);
}

static unsigned first_register(struct cpu *c, uint32_t w)
{
	return is_double(w) ? double_register(c, w >> 12, bit(w, 22)) : sd_of(w);
}

static uint32_t fp_get(const struct cpu *c, unsigned n)
{
	return c->fp[n % 32];
}

static void fp_put(struct cpu *c, unsigned n, uint32_t value)
{
	c->fp[n % 32] = value;
}

/* --- loads and stores ------------------------------------------------------------------------- */

static void require_word_alignment(struct cpu *c, uint32_t addr)
{
	if (addr & 3)
		fault_usage(c, CFSR_UNALIGNED);
}

static void load_registers(struct cpu *c, uint32_t addr, unsigned first, unsigned count)
{
	uint32_t loaded[32];

	require_word_alignment(c, addr);
	for (unsigned i = 0; i < count; i++)
		loaded[i] = load32(c, addr + 4 * i);
	for (unsigned i = 0; i < count; i++)
		fp_put(c, first + i, loaded[i]);
}

static void store_registers(struct cpu *c, uint32_t addr, unsigned first, unsigned count)
{
	require_word_alignment(c, addr);
	for (unsigned i = 0; i < count; i++)
		store32(c, addr + 4 * i, fp_get(c, first + i));
}

static uint32_t offset_address(const struct cpu *c, uint32_t w)
{
	const uint32_t base = rn_of(w) == PC ? pc_base(c) : c->r[rn_of(w)];

	return bit(w, 23) ? base + (w & 0xff) * 4 : base - (w & 0xff) * 4;
}

static void vldr(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	load_registers(c, offset_address(c, w), first_register(c, w), is_double(w) ? 2 : 1);
}

static void vstr(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	store_registers(c, offset_address(c, w), first_register(c, w), is_double(w) ? 2 : 1);
}

/* Where a list of registers goes, and Rn's value after it. */
struct fp_list {
	unsigned first, count;
	uint32_t addr, after;
};

/* P, U, W: increment after, or decrement before with write-back; the rest is undefined, as are
 * lists that are empty or pass S31. */
static struct fp_list decode_list(struct cpu *c, uint32_t w)
{
	const bool p = bit(w, 24);
	const bool u = bit(w, 23);
	const bool writeback = bit(w, 21);
	const uint32_t bytes = (w & 0xff) * 4;
	const uint32_t base = c->r[rn_of(w)];
	struct fp_list list = {
		.first = first_register(c, w),
		.count = is_double(w) ? w & 0xfe : w & 0xff,
		.addr = u ? base : base - bytes,
		.after = u ? base + bytes : base - bytes,
	};

	if (p == u || (p && !writeback) || (writeback && rn_of(w) == PC))
		fault_undefined(c);
	if (!list.count || list.first + list.count > 32)
		fault_undefined(c);
	if (!writeback)
		list.after = base;
	return list;
}

static void vldm(struct cpu *c, uint32_t w)
{
	struct fp_list list;

	fpu_check(c);
	list = decode_list(c, w);
	load_registers(c, list.addr, list.first, list.count);
	if (bit(w, 21))
		reg_write(c, rn_of(w), list.after);
}

static void vstm(struct cpu *c, uint32_t w)
{
	struct fp_list list;

	fpu_check(c);
	list = decode_list(c, w);
	if (bit(w, 21))
		check_sp_limit(c, rn_of(w), list.after);
	store_registers(c, list.addr, list.first, list.count);
	if (bit(w, 21))
		reg_write(c, rn_of(w), list.after);
}

/* --- transfers -------------------------------------------------------------------------------- */

static void vmov_core_single(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	if (bit(w, 20))
		reg_write(c, rt_of(w), fp_get(c, sn_of(w)));
	else
		fp_put(c, sn_of(w), c->r[rt_of(w)]);
}

/* VMOV.32 of one half of a double register; bit 21 says which. */
static void vmov_core_scalar(struct cpu *c, uint32_t w)
{
	unsigned n;

	fpu_check(c);
	n = double_register(c, rn_of(w), bit(w, 7)) + bit(w, 21);
	if (bit(w, 20))
		reg_write(c, rt_of(w), fp_get(c, n));
	else
		fp_put(c, n, c->r[rt_of(w)]);
}

static void transfer_pair(struct cpu *c, uint32_t w, unsigned m)
{
	if (m > 30)
		fault_undefined(c);
	if (bit(w, 20)) {
		reg_write(c, rt_of(w), fp_get(c, m));
		reg_write(c, rn_of(w), fp_get(c, m + 1));
	} else {
		fp_put(c, m, c->r[rt_of(w)]);
		fp_put(c, m + 1, c->r[rn_of(w)]);
	}
}

static void vmov_core_two_singles(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	transfer_pair(c, w, sm_of(w));
}

static void vmov_core_double(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	transfer_pair(c, w, double_register(c, w, bit(w, 5)));
}

/* Rt 15 is APSR_nzcv. */
static void vmrs(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	if (rt_of(w) != PC) {
		reg_write(c, rt_of(w), c->fpscr);
		return;
	}
	c->flag_n = c->fpscr & FPSCR_N;
	c->flag_z = !(c->fpscr & FPSCR_Z);
	c->flag_c = c->fpscr >> 29 & 1;
	c->flag_v = c->fpscr >> 28 & 1;
}

static void vmsr(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	c->fpscr = c->r[rt_of(w)] & FPSCR_MASK;
}

/* --- arithmetic: A6.5. op is bit 6 ------------------------------------------------------------ */

static void vmla(struct cpu *c, uint32_t w)
{
	uint32_t product;

	fpu_check(c);
	product = fp_mul(fp_get(c, sn_of(w)), fp_get(c, sm_of(w)), &c->fpscr);
	if (bit(w, 6)) /* VMLS */
		product = fp_neg(product);
	fp_put(c, sd_of(w), fp_add(fp_get(c, sd_of(w)), product, &c->fpscr));
}

static void vnmla(struct cpu *c, uint32_t w)
{
	uint32_t product;

	fpu_check(c);
	product = fp_mul(fp_get(c, sn_of(w)), fp_get(c, sm_of(w)), &c->fpscr);
	if (bit(w, 6)) /* VNMLA, else VNMLS */
		product = fp_neg(product);
	fp_put(c, sd_of(w), fp_add(fp_neg(fp_get(c, sd_of(w))), product, &c->fpscr));
}

static void vmul(struct cpu *c, uint32_t w)
{
	uint32_t product;

	fpu_check(c);
	product = fp_mul(fp_get(c, sn_of(w)), fp_get(c, sm_of(w)), &c->fpscr);
	fp_put(c, sd_of(w), bit(w, 6) ? fp_neg(product) : product);
}

static void vadd_vsub(struct cpu *c, uint32_t w)
{
	uint32_t n, m;

	fpu_check(c);
	n = fp_get(c, sn_of(w));
	m = fp_get(c, sm_of(w));
	fp_put(c, sd_of(w), bit(w, 6) ? fp_sub(n, m, &c->fpscr) : fp_add(n, m, &c->fpscr));
}

static void vdiv(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	if (bit(w, 6))
		fault_undefined(c);
	fp_put(c, sd_of(w), fp_div(fp_get(c, sn_of(w)), fp_get(c, sm_of(w)), &c->fpscr));
}

static void fused(struct cpu *c, uint32_t w, uint32_t addend)
{
	const uint32_t n = bit(w, 6) ? fp_neg(fp_get(c, sn_of(w))) : fp_get(c, sn_of(w));

	fp_put(c, sd_of(w), fp_mul_add(addend, n, fp_get(c, sm_of(w)), &c->fpscr));
}

static void vfma_vfms(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fused(c, w, fp_get(c, sd_of(w)));
}

static void vfnma_vfnms(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fused(c, w, fp_neg(fp_get(c, sd_of(w))));
}

/* VFPExpandImm() */
static void vmov_imm(struct cpu *c, uint32_t w)
{
	const uint32_t imm8 = (w >> 12 & 0xf0) | (w & 15);
	const uint32_t exponent = imm8 & 0x40 ? 0x3e000000u : 0x40000000u;

	fpu_check(c);
	fp_put(c, sd_of(w), (imm8 & 0x80) << 24 | exponent | (imm8 & 0x3f) << 19);
}

static void vmov_reg(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fp_put(c, sd_of(w), fp_get(c, sm_of(w)));
}

static void vabs(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fp_put(c, sd_of(w), fp_abs(fp_get(c, sm_of(w))));
}

static void vneg(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fp_put(c, sd_of(w), fp_neg(fp_get(c, sm_of(w))));
}

static void vsqrt(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fp_put(c, sd_of(w), fp_sqrt(fp_get(c, sm_of(w)), &c->fpscr));
}

/* Bit 7 is E; bit 16 compares with zero. */
static void vcmp(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fp_compare(fp_get(c, sd_of(w)), bit(w, 16) ? 0 : fp_get(c, sm_of(w)), bit(w, 7), &c->fpscr);
}

/* --- conversions ------------------------------------------------------------------------------ */

static enum fp_rounding fpscr_rounding(const struct cpu *c)
{
	return (enum fp_rounding)FIELD_GET(FPSCR_RMODE, c->fpscr);
}

static void vcvt_from_half(struct cpu *c, uint32_t w)
{
	uint32_t half;

	fpu_check(c);
	half = bit(w, 7) ? fp_get(c, sm_of(w)) >> 16 : fp_get(c, sm_of(w)) & 0xffff;
	fp_put(c, sd_of(w), fp_from_half(half, &c->fpscr));
}

/* The other half of the destination stays. */
static void vcvt_to_half(struct cpu *c, uint32_t w)
{
	uint32_t half, old;

	fpu_check(c);
	half = fp_to_half(fp_get(c, sm_of(w)), &c->fpscr);
	old = fp_get(c, sd_of(w));
	fp_put(c, sd_of(w), bit(w, 7) ? half << 16 | (old & 0xffff) : half | (old & 0xffff0000u));
}

static void vcvt_from_integer(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fp_put(c, sd_of(w),
		fp_from_fixed(
			fp_get(c, sm_of(w)), 32, 0, !bit(w, 7), fpscr_rounding(c), &c->fpscr));
}

/* VCVT rounds towards zero, VCVTR (bit 7 clear) as FPSCR says. */
static void vcvt_to_integer(struct cpu *c, uint32_t w)
{
	fpu_check(c);
	fp_put(c, sd_of(w),
		fp_to_fixed(fp_get(c, sm_of(w)), 32, 0, !bit(w, 16),
			bit(w, 7) ? FP_ROUND_ZERO : fpscr_rounding(c), &c->fpscr));
}

/* Fixed point: sx (bit 7) is the size, bit 16 unsigned, bit 18 the direction; one register. */
static void vcvt_fixed(struct cpu *c, uint32_t w)
{
	const unsigned bits = bit(w, 7) ? 32 : 16;
	const unsigned imm5 = field(w, 3, 0) << 1 | bit(w, 5);
	const uint32_t value = fp_get(c, sd_of(w));

	fpu_check(c);
	if (imm5 > bits)
		fault_undefined(c);
	if (bit(w, 18))
		fp_put(c, sd_of(w),
			fp_to_fixed(
				value, bits, bits - imm5, bit(w, 16), FP_ROUND_ZERO, &c->fpscr));
	else
		fp_put(c, sd_of(w),
			fp_from_fixed(
				value, bits, bits - imm5, bit(w, 16), FP_ROUND_NEAREST, &c->fpscr));
}

/* --- what is left of the coprocessor space ---------------------------------------------------- */

/* An unallocated encoding of CP10 or CP11, if the unit may be used at all; else no coprocessor. */
static void other_coprocessor(struct cpu *c, uint32_t w)
{
	if (c->has_fp && field(w, 11, 9) == 5 && fpu_access_allowed(c))
		fault_undefined(c);
	fault_usage(c, CFSR_NOCP);
}

/* clang-format off */
/* opc1 (bits 23, 21, 20) of data processing; and with opc2, opc3 of "other". */
#define DATA(value)  0xffb00e10u | BIT(8), 0xee000a00u | (uint32_t)(value) << 20
#define OTHER(opc2)  0xffbf0e50u | BIT(8), 0xeeb00a40u | (uint32_t)(opc2) << 16
#define OTHER7(opc2, opc3) OTHER_MASK7, 0xeeb00a40u | (uint32_t)(opc2) << 16 | (uint32_t)(opc3) << 7
#define OTHER_MASK7  (0xffbf0e50u | BIT(8) | BIT(7))

static const struct encoding rows[] = {
	{ "VSTR", 0xff300e00u, 0xed000a00u, vstr, NEEDS_FP },
	{ "VLDR", 0xff300e00u, 0xed100a00u, vldr, NEEDS_FP },
	{ "VMOV (two core and two single registers)", 0xffe00fd0u, 0xec400a10u,
		vmov_core_two_singles, NEEDS_FP },
	{ "VMOV (two core and a double register)", 0xffe00fd0u, 0xec400b10u,
		vmov_core_double, NEEDS_FP },
	{ "64-bit transfers, unallocated", 0xffe00e00u, 0xec400a00u, other_coprocessor, 0 },
	{ "VSTM, VPUSH", 0xfe100e00u, 0xec000a00u, vstm, NEEDS_FP },
	{ "VLDM, VPOP",  0xfe100e00u, 0xec100a00u, vldm, NEEDS_FP },
	{ "VMOV (core and single register)", 0xffe00f7fu, 0xee000a10u, vmov_core_single, NEEDS_FP },
	{ "VMSR", 0xffff0fffu, 0xeee10a10u, vmsr, NEEDS_FP },
	{ "VMRS", 0xffff0fffu, 0xeef10a10u, vmrs, NEEDS_FP },
	{ "VMOV (core register and scalar)", 0xffc00f7fu, 0xee000b10u, vmov_core_scalar, NEEDS_FP },
	{ "VMLA, VMLS",   DATA(0x0), vmla, NEEDS_FP },
	{ "VNMLA, VNMLS", DATA(0x1), vnmla, NEEDS_FP },
	{ "VMUL, VNMUL",  DATA(0x2), vmul, NEEDS_FP },
	{ "VADD, VSUB",   DATA(0x3), vadd_vsub, NEEDS_FP },
	{ "VDIV",         DATA(0x8), vdiv, NEEDS_FP },
	{ "VFNMA, VFNMS", DATA(0x9), vfnma_vfnms, NEEDS_FP },
	{ "VFMA, VFMS",   DATA(0xa), vfma_vfms, NEEDS_FP },
	{ "VMOV (immediate)", 0xffb00ff0u, 0xeeb00a00u, vmov_imm, NEEDS_FP },
	{ "VMOV (register)", OTHER7(0x0, 0), vmov_reg, NEEDS_FP },
	{ "VABS",  OTHER7(0x0, 1), vabs, NEEDS_FP },
	{ "VNEG",  OTHER7(0x1, 0), vneg, NEEDS_FP },
	{ "VSQRT", OTHER7(0x1, 1), vsqrt, NEEDS_FP },
	{ "VCVTB, VCVTT (from half)", OTHER(0x2), vcvt_from_half, NEEDS_FP },
	{ "VCVTB, VCVTT (to half)",   OTHER(0x3), vcvt_to_half, NEEDS_FP },
	{ "VCMP",        OTHER(0x4), vcmp, NEEDS_FP },
	{ "VCMP (zero)", 0xffbf0f7fu, 0xeeb50a40u, vcmp, NEEDS_FP },
	{ "VCVT (from integer)", OTHER(0x8), vcvt_from_integer, NEEDS_FP },
	{ "VCVT (from signed fixed)",   OTHER(0xa), vcvt_fixed, NEEDS_FP },
	{ "VCVT (from unsigned fixed)", OTHER(0xb), vcvt_fixed, NEEDS_FP },
	{ "VCVT (to unsigned)", OTHER(0xc), vcvt_to_integer, NEEDS_FP },
	{ "VCVT (to signed)",   OTHER(0xd), vcvt_to_integer, NEEDS_FP },
	{ "VCVT (to signed fixed)",   OTHER(0xe), vcvt_fixed, NEEDS_FP },
	{ "VCVT (to unsigned fixed)", OTHER(0xf), vcvt_fixed, NEEDS_FP },
	{ "VRINTR, VRINTZ (FPv5)", 0xffbf0f50u, 0xeeb60a40u, NULL, NEEDS_FPV5 | NOT_IMPLEMENTED },
	{ "VRINTX (FPv5)",         0xffbf0f50u, 0xeeb70a40u, NULL, NEEDS_FPV5 | NOT_IMPLEMENTED },
	{ "VSEL, VMAXNM, VRINTA, VCVTA (FPv5)", 0xff000e00u, 0xfe000a00u, NULL,
		NEEDS_FPV5 | NOT_IMPLEMENTED },
	{ "double precision (FPv5)", 0xff000f10u, 0xee000b00u, NULL, NEEDS_DP | NOT_IMPLEMENTED },
	{ "unallocated, was Advanced SIMD", 0xef000000u, 0xef000000u, NULL, 0 },
	{ "coprocessor", 0xec000000u, 0xec000000u, other_coprocessor, NEEDS_V7M },
};
/* clang-format on */

const struct encoding_table fpu_table = { rows, ARRAY_SIZE(rows) };
