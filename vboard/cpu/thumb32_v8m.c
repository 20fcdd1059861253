/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions that Armv8-M adds: load-acquire and store-release, test target, and the calls between
 * Security states. DDI 0553 C2.4 (each instruction), B3.17.
 */
#include "vboard/cpu/alu.h"
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/fields32.h"
#include "vboard/cpu/v8m.h"

/* --- load-acquire, store-release: never unaligned --------------------------------------------- */

/* 0: byte, 1: halfword, 2: word, as in bits [5:4]. */
static unsigned size_of(uint32_t w)
{
	return 1u << field(w, 5, 4);
}

static uint32_t aligned_base(struct cpu *c, uint32_t w)
{
	const uint32_t addr = c->r[rn_of(w)];

	if (addr & (size_of(w) - 1))
		fault_usage(c, CFSR_UNALIGNED);
	return addr;
}

static uint32_t load(struct cpu *c, uint32_t w)
{
	const uint32_t addr = aligned_base(c, w);

	return size_of(w) == 1   ? load8(c, addr)
	       : size_of(w) == 2 ? load16(c, addr)
	                         : load32(c, addr);
}

static void store(struct cpu *c, uint32_t w)
{
	const uint32_t addr = aligned_base(c, w);
	const uint32_t value = c->r[rt_of(w)];

	if (size_of(w) == 1)
		store8(c, addr, value);
	else if (size_of(w) == 2)
		store16(c, addr, value);
	else
		store32(c, addr, value);
}

static void lda(struct cpu *c, uint32_t w)
{
	reg_write(c, rt_of(w), load(c, w));
}

static void ldaex(struct cpu *c, uint32_t w)
{
	const uint32_t value = load(c, w);

	c->exclusive = 1;
	reg_write(c, rt_of(w), value);
}

static void stl(struct cpu *c, uint32_t w)
{
	store(c, w);
}

static void stlex(struct cpu *c, uint32_t w)
{
	const bool pass = c->exclusive;

	if (pass)
		store(c, w);
	else
		aligned_base(c, w);
	c->exclusive = 0;
	reg_write(c, rm_of(w), !pass);
}

/* --- TT, TTT, TTA, TTAT ----------------------------------------------------------------------- */

static void tt(struct cpu *c, uint32_t w)
{
	const bool alternate = bit(w, 7);

	if (rd_of(w) == SP || rd_of(w) == PC || rn_of(w) == PC || (alternate && !c->secure))
		fault_undefined(c);
	reg_write(c, rd_of(w), sau_test_target(c, c->r[rn_of(w)], alternate, bit(w, 6)));
}

/* --- SG, BXNS, BLXNS -------------------------------------------------------------------------- */

/* Armv8.1-M CCR_S.TRD: a Thread mode stack that begins with an exception frame is no caller's. */
static void check_thread_reentry(struct cpu *c)
{
	const unsigned which = control_get(c, BANK_S) & CONTROL_SPSEL ? 1 : 0;
	const unsigned attr = CPU_A_SECURE | CPU_A_PRIV;
	uint32_t word;
	enum mem_result result;

	if (!(c->bank[BANK_S].ccr & CCR_TRD) || in_handler_mode(c))
		return;
	result = mem_read(c, sp_get(c, BANK_S, which), 4, attr, &word);
	if (result != MEM_OK)
		fault_access(c, result, sp_get(c, BANK_S, which), attr);
	if ((word & ~1u) == INTEGRITY_SIGNATURE || which == 0)
		fault_secure(c, SFSR_INVEP);
}

/* From Non-secure code it could be fetched only where that may call: mem_fetch(). Anywhere else it
 * does nothing. */
static void sg(struct cpu *c, uint32_t w)
{
	(void)w;
	if (!c->config.security || c->secure || sau_check(c, c->insn_pc, true, BANK_NS).ns)
		return;
	check_thread_reentry(c);
	c->r[LR] &= ~1u;
	c->sfpa = 0;
	c->it = 0;
	c->it_written = 1;
	set_security(c, BANK_S);
}

void execute_bxns(struct cpu *c, uint32_t target)
{
	if (!c->secure)
		fault_undefined(c);
	if (target >= 0xf0000000u || (target & 1)) {
		branch_interwork(c, target);
		return;
	}
	c->sfpa = 0;
	c->next_pc = target;
	set_security(c, BANK_NS);
}

/* The return address stays on the Secure stack; LR says where to fetch it from. */
void execute_blxns(struct cpu *c, uint32_t target)
{
	const uint32_t back = c->next_pc | 1;
	const uint32_t frame = c->r[SP] - FUNCTION_FRAME;

	if (!c->secure)
		fault_undefined(c);
	if (target & 1) {
		c->r[LR] = back;
		c->next_pc = target & ~1u;
		return;
	}
	check_sp_limit(c, SP, frame);
	store32(c, frame, back);
	store32(c, frame + 4, c->ipsr | (c->sfpa ? XPSR_SFPA : 0u));
	c->r[SP] = frame;
	c->r[LR] = FNC_RETURN;
	c->next_pc = target;
	c->sfpa = 0;
	if (in_handler_mode(c)) /* which one is the Secure state's secret */
		set_mode(c, EXC_RESET, c->control);
	set_security(c, BANK_NS);
}

/* --- Armv8.1-M: clearing, conditional selection ----------------------------------------------- */

/* Bit 15 of the list is APSR. */
static void clrm(struct cpu *c, uint32_t w)
{
	const uint32_t list = w & 0xffff;

	if (!list || bit(list, SP))
		fault_undefined(c);
	for (unsigned i = 0; i <= LR; i++)
		if (bit(list, i))
			c->r[i] = 0;
	if (bit(list, PC))
		xpsr_set_flags(c, (xpsr_get(c) & 0x0700fc00u) | XPSR_T);
}

/* Of the FP registers from Sd (or Dd) on, and VPR. */
static void vscclrm(struct cpu *c, uint32_t w)
{
	const bool is_double = bit(w, 8);
	const unsigned vd = rt_of(w);
	const unsigned first = is_double ? 2 * vd : vd << 1 | bit(w, 22);
	const unsigned count = is_double ? w & 0xfe : w & 0xff;

	fpu_check(c);
	if ((is_double && bit(w, 22)) || first + count > ARRAY_SIZE(c->fp))
		fault_undefined(c);
	for (unsigned i = first; i < first + count; i++)
		c->fp[i] = 0;
	c->vpr = 0;
}

static uint32_t or_zero(const struct cpu *c, unsigned n)
{
	return n == PC ? 0 : c->r[n];
}

/* CSEL, CSINC, CSINV, CSNEG: bits [13:12]. */
static void csel(struct cpu *c, uint32_t w)
{
	const uint32_t other = or_zero(c, rm_of(w));
	const uint32_t otherwise[] = { other, other + 1, ~other, ~other + 1 };

	if (rd_of(w) == PC || rd_of(w) == SP || rn_of(w) == SP || rm_of(w) == SP)
		fault_undefined(c);
	reg_write(c, rd_of(w),
		condition_holds(c, field(w, 7, 4)) ? or_zero(c, rn_of(w))
						   : otherwise[field(w, 13, 12)]);
}

/* clang-format off */
static const struct encoding rows[] = {
	{ "SG",              0xffffffffu, 0xe97fe97fu, sg, NEEDS_V8M },
	{ "TT, TTT, TTA, TTAT", 0xfff0f03fu, 0xe840f000u, tt, NEEDS_V8M },
	{ "LDAB",            0xfff00fffu, 0xe8d00f8fu, lda, NEEDS_V8M },
	{ "LDAH",            0xfff00fffu, 0xe8d00f9fu, lda, NEEDS_V8M },
	{ "LDA",             0xfff00fffu, 0xe8d00fafu, lda, NEEDS_V8M },
	{ "LDAEXB",          0xfff00fffu, 0xe8d00fcfu, ldaex, NEEDS_V8M },
	{ "LDAEXH",          0xfff00fffu, 0xe8d00fdfu, ldaex, NEEDS_V8M },
	{ "LDAEX",           0xfff00fffu, 0xe8d00fefu, ldaex, NEEDS_V8M },
	{ "STLB",            0xfff00fffu, 0xe8c00f8fu, stl, NEEDS_V8M },
	{ "STLH",            0xfff00fffu, 0xe8c00f9fu, stl, NEEDS_V8M },
	{ "STL",             0xfff00fffu, 0xe8c00fafu, stl, NEEDS_V8M },
	{ "STLEXB",          0xfff00ff0u, 0xe8c00fc0u, stlex, NEEDS_V8M },
	{ "STLEXH",          0xfff00ff0u, 0xe8c00fd0u, stlex, NEEDS_V8M },
	{ "STLEX",           0xfff00ff0u, 0xe8c00fe0u, stlex, NEEDS_V8M },
	{ "VLSTM",           0xfff0ff7fu, 0xec200a00u, fp_vlstm, NEEDS_V7M | NEEDS_SECURITY },
	{ "VLLDM",           0xfff0ff7fu, 0xec300a00u, fp_vlldm, NEEDS_V7M | NEEDS_SECURITY },
	{ "VSCCLRM",         0xffbf0e00u, 0xec9f0a00u, vscclrm, NEEDS_V81M | NEEDS_FP },
	{ "VSTR (system register)", 0xfe101f80u, 0xec000f80u, fp_vstr_sysreg, NEEDS_V81M | NEEDS_FP },
	{ "VLDR (system register)", 0xfe101f80u, 0xec100f80u, fp_vldr_sysreg, NEEDS_V81M | NEEDS_FP },
	{ "CLRM",            0xffff2000u, 0xe89f0000u, clrm, NEEDS_V81M },
	{ "CSEL, CSINC, CSINV, CSNEG", 0xfff0c000u, 0xea508000u, csel, NEEDS_V81M },
};
/* clang-format on */

const struct encoding_table thumb32_v8m_table = { rows, ARRAY_SIZE(rows) };
