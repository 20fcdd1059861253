/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floating-point extension, but for data processing (fpu_data.c): loads, stores and transfers.
 * DDI 0403E.b A6.4 to A6.7 (the encodings), A7.7.221 ff. (each instruction). Who may use it, and the
 * saving of state: fp_state.c.
 */
#include "vboard/cpu/fpu.h"

/* --- registers -------------------------------------------------------------------------------- */

static unsigned first_register(struct cpu *c, uint32_t w)
{
	return is_double(w) ? double_register(c, w >> 12, bit(w, 22)) : sd_of(w);
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

/* --- what is left of the coprocessor space ---------------------------------------------------- */

/* An unallocated encoding of CP10 or CP11, if the unit may be used at all; else no coprocessor. */
static void other_coprocessor(struct cpu *c, uint32_t w)
{
	if (c->has_fp && field(w, 11, 9) == 5 && fpu_access_allowed(c))
		fault_undefined(c);
	fault_usage(c, CFSR_NOCP);
}

/* clang-format off */
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
	{ "unallocated, was Advanced SIMD", 0xef000000u, 0xef000000u, NULL, 0 },
	{ "coprocessor", 0xec000000u, 0xec000000u, other_coprocessor, NEEDS_V7M },
};
/* clang-format on */

const struct encoding_table fpu_table = { rows, ARRAY_SIZE(rows) };
