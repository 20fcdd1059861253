/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Multiplies and divides that every Armv7-M core has: DDI 0403E.b A5.3.16, A5.3.17. Those of the
 * DSP extension are in dsp.c.
 */
#include "vboard/cpu/alu.h"
#include "vboard/cpu/fields32.h"

/* MLA; MUL when Ra is 15. */
static void mla(struct cpu *c, uint32_t w)
{
	const uint32_t addend = rt_of(w) == PC ? 0 : c->r[rt_of(w)];

	reg_write(c, rd_of(w), c->r[rn_of(w)] * c->r[rm_of(w)] + addend);
}

static void mls(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), c->r[rt_of(w)] - c->r[rn_of(w)] * c->r[rm_of(w)]);
}

static uint64_t signed_product(const struct cpu *c, uint32_t w)
{
	return (uint64_t)((int64_t)(int32_t)c->r[rn_of(w)] * (int32_t)c->r[rm_of(w)]);
}

static uint64_t unsigned_product(const struct cpu *c, uint32_t w)
{
	return (uint64_t)c->r[rn_of(w)] * c->r[rm_of(w)];
}

static uint64_t accumulator(const struct cpu *c, uint32_t w)
{
	return (uint64_t)c->r[rd_of(w)] << 32 | c->r[rt_of(w)];
}

static void put_long(struct cpu *c, uint32_t w, uint64_t value)
{
	reg_write(c, rt_of(w), (uint32_t)value);
	reg_write(c, rd_of(w), (uint32_t)(value >> 32));
}

static void smull(struct cpu *c, uint32_t w)
{
	put_long(c, w, signed_product(c, w));
}

static void umull(struct cpu *c, uint32_t w)
{
	put_long(c, w, unsigned_product(c, w));
}

static void smlal(struct cpu *c, uint32_t w)
{
	put_long(c, w, accumulator(c, w) + signed_product(c, w));
}

static void umlal(struct cpu *c, uint32_t w)
{
	put_long(c, w, accumulator(c, w) + unsigned_product(c, w));
}

/* IntegerZeroDivideTrappingEnabled(), else the quotient is zero. */
static bool divides_by_zero(struct cpu *c, uint32_t w)
{
	if (c->r[rm_of(w)])
		return false;
	if (bank_now(c)->ccr & CCR_DIV_0_TRP)
		fault_usage(c, CFSR_DIVBYZERO);
	return true;
}

static void sdiv(struct cpu *c, uint32_t w)
{
	const bool by_zero = divides_by_zero(c, w);
	const int64_t n = (int32_t)c->r[rn_of(w)];
	const int64_t d = (int32_t)c->r[rm_of(w)];

	reg_write(c, rd_of(w), by_zero ? 0 : (uint32_t)(n / d));
}

static void udiv(struct cpu *c, uint32_t w)
{
	const bool by_zero = divides_by_zero(c, w);

	reg_write(c, rd_of(w), by_zero ? 0 : c->r[rn_of(w)] / c->r[rm_of(w)]);
}

/* clang-format off */
static const struct encoding rows[] = {
	{ "MLA, MUL T2", 0xfff000f0u, 0xfb000000u, mla, NEEDS_V7M },
	{ "MLS",         0xfff000f0u, 0xfb000010u, mls, NEEDS_V7M },
	{ "SMULL",       0xfff000f0u, 0xfb800000u, smull, NEEDS_V7M },
	{ "SDIV",        0xfff0f0f0u, 0xfb90f0f0u, sdiv, NEEDS_WIDE },
	{ "UMULL",       0xfff000f0u, 0xfba00000u, umull, NEEDS_V7M },
	{ "UDIV",        0xfff0f0f0u, 0xfbb0f0f0u, udiv, NEEDS_WIDE },
	{ "SMLAL",       0xfff000f0u, 0xfbc00000u, smlal, NEEDS_V7M },
	{ "UMLAL",       0xfff000f0u, 0xfbe00000u, umlal, NEEDS_V7M },
};
/* clang-format on */

const struct encoding_table multiply_table = { rows, ARRAY_SIZE(rows) };
