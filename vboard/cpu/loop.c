/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Low-overhead loops of Armv8.1-M: DDI 0553, DLS, WLS, LE and their tail-predicated forms. There is
 * no loop cache: LE branches each time, as it may. Of tail predication there is the counting; the
 * vector instructions that it is for are not implemented.
 */
#include "vboard/cpu/fields32.h"
#include "vboard/cpu/internal.h"

enum { LTPSIZE_NONE = 4 };

/* imm10:imm1:0. */
static uint32_t offset_of(uint32_t w)
{
	return field(w, 10, 1) << 2 | bit(w, 11) << 1;
}

static void begin(struct cpu *c, uint32_t w, uint32_t ltpsize)
{
	c->ltpsize = ltpsize;
	c->r[LR] = c->r[rn_of(w)];
}

static void require_counter(struct cpu *c, uint32_t w)
{
	if (rn_of(w) == SP || rn_of(w) == PC)
		fault_undefined(c);
}

static void dls(struct cpu *c, uint32_t w)
{
	require_counter(c, w);
	begin(c, w, LTPSIZE_NONE);
}

static void wls(struct cpu *c, uint32_t w)
{
	require_counter(c, w);
	if (c->r[rn_of(w)])
		begin(c, w, LTPSIZE_NONE);
	else
		c->next_pc = c->r[PC] + offset_of(w);
}

static void dlstp(struct cpu *c, uint32_t w)
{
	require_counter(c, w);
	fpu_check(c);
	begin(c, w, field(w, 21, 20));
}

static void wlstp(struct cpu *c, uint32_t w)
{
	require_counter(c, w);
	fpu_check(c);
	if (c->r[rn_of(w)])
		begin(c, w, field(w, 21, 20));
	else
		c->next_pc = c->r[PC] + offset_of(w);
}

static void branch_back(struct cpu *c, uint32_t w)
{
	c->next_pc = c->r[PC] - offset_of(w);
}

static void le(struct cpu *c, uint32_t w)
{
	if (c->r[LR] <= 1)
		return;
	c->r[LR]--;
	branch_back(c, w);
}

/* A round does as many elements as a vector has of the loop's size. */
static void letp(struct cpu *c, uint32_t w)
{
	const uint32_t elements = 1u << (LTPSIZE_NONE - c->ltpsize % (LTPSIZE_NONE + 1));

	fpu_check(c);
	if (c->r[LR] <= elements) {
		c->ltpsize = LTPSIZE_NONE;
		return;
	}
	c->r[LR] -= elements;
	branch_back(c, w);
}

static void lctp(struct cpu *c, uint32_t w)
{
	(void)w;
	fpu_check(c);
	c->ltpsize = LTPSIZE_NONE;
}

/* clang-format off */
static const struct encoding rows[] = {
	{ "LE",    0xfffff001u, 0xf00fc001u, le, NEEDS_V81M },
	{ "LE (without LR)", 0xfffff001u, 0xf02fc001u, branch_back, NEEDS_V81M },
	{ "LETP",  0xfffff001u, 0xf01fc001u, letp, NEEDS_V81M },
	{ "LCTP",  0xffffffffu, 0xf00fe001u, lctp, NEEDS_V81M },
	{ "DLS",   0xfff0ffffu, 0xf040e001u, dls, NEEDS_V81M },
	{ "WLS",   0xfff0f001u, 0xf040c001u, wls, NEEDS_V81M },
	{ "DLSTP", 0xffc0ffffu, 0xf000e001u, dlstp, NEEDS_V81M },
	{ "WLSTP", 0xffc0f001u, 0xf000c001u, wlstp, NEEDS_V81M },
	{ "BF, BFX, BFL, BFCSEL (Armv8.1-M)", 0xf800d001u, 0xf000c001u, NULL,
		NEEDS_V81M | NOT_IMPLEMENTED },
	{ "vector instruction (MVE)", 0xef800000u, 0xef000000u, NULL, NEEDS_V81M | NOT_IMPLEMENTED },
	{ "vector load, store or operation (MVE)", 0xec000e00u, 0xec000e00u, NULL,
		NEEDS_V81M | NOT_IMPLEMENTED },
};
/* clang-format on */

const struct encoding_table loop_table = { rows, ARRAY_SIZE(rows) };
