/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VLDR and VSTR of system registers, Armv8.1-M: DDI 0553, VLDR (System Register), VSTR (System
 * Register); FPCXT_S and FPCXT_NS are how functions of either Security state keep each other's
 * floating-point context.
 */
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/fields32.h"
#include "vboard/cpu/fp_math.h"
#include "vboard/cpu/internal.h"

enum {
	SYSREG_FPSCR = 1,
	SYSREG_FPSCR_NZCVQC = 2,
	SYSREG_VPR = 12,
	SYSREG_P0 = 13,
	SYSREG_FPCXT_NS = 14,
	SYSREG_FPCXT_S = 15,
};

#define FPCXT_SFPA  BIT(31)
#define FPCXT_FPSCR BITS(27, 0)
#define VPR_P0      BITS(15, 0)

static unsigned register_of(uint32_t w)
{
	return bit(w, 22) << 3 | field(w, 15, 13);
}

/* Rn plus or minus imm7 words, before or after; P and W both clear is another instruction. */
static uint32_t address_of(struct cpu *c, uint32_t w, uint32_t *after)
{
	const uint32_t base = c->r[rn_of(w)];
	const uint32_t offset = (w & 0x7f) * 4;
	uint32_t addr;

	if (rn_of(w) == PC || (!bit(w, 24) && !bit(w, 21)))
		fault_undefined(c);
	*after = bit(w, 23) ? base + offset : base - offset;
	addr = bit(w, 24) ? *after : base;
	if (bit(w, 21))
		check_sp_limit(c, rn_of(w), *after);
	else
		*after = base;
	if (addr & 3)
		fault_usage(c, CFSR_UNALIGNED);
	return addr;
}

/* There is no context of the Non-secure state: none was begun. */
static bool is_inactive(const struct cpu *c)
{
	return (c->bank[BANK_NS].fpccr & FPCCR_ASPEN) && !(c->control & CONTROL_FPCA);
}

/* @return false: FPCXT_NS, and there is nothing to save or restore. */
static bool begin(struct cpu *c, unsigned reg)
{
	if (reg >= SYSREG_FPCXT_NS && !c->secure)
		fault_undefined(c);
	if (reg == SYSREG_FPCXT_NS) {
		if (is_inactive(c))
			return false;
		fp_settle(c);
	} else {
		fpu_check(c);
	}
	return true;
}

static uint32_t read_sysreg(struct cpu *c, unsigned reg)
{
	switch (reg) {
	case SYSREG_FPSCR:
		return c->fpscr;
	case SYSREG_FPSCR_NZCVQC:
		return c->fpscr & FPSCR_NZCV;
	case SYSREG_VPR:
		return c->vpr;
	case SYSREG_P0:
		return c->vpr & VPR_P0;
	case SYSREG_FPCXT_NS:
	case SYSREG_FPCXT_S:
		return (c->fpscr & FPCXT_FPSCR) | (c->sfpa ? FPCXT_SFPA : 0u);
	default:
		fault_undefined(c);
	}
}

static void write_sysreg(struct cpu *c, unsigned reg, uint32_t value)
{
	switch (reg) {
	case SYSREG_FPSCR:
		c->fpscr = value & FPSCR_MASK;
		break;
	case SYSREG_FPSCR_NZCVQC:
		c->fpscr = (c->fpscr & ~FPSCR_NZCV) | (value & FPSCR_NZCV);
		break;
	case SYSREG_VPR:
		c->vpr = value & VPR_MASK;
		break;
	case SYSREG_P0:
		c->vpr = (c->vpr & ~VPR_P0) | (value & VPR_P0);
		break;
	case SYSREG_FPCXT_NS:
	case SYSREG_FPCXT_S:
		c->fpscr = value & FPCXT_FPSCR & FPSCR_MASK;
		c->sfpa = value & FPCXT_SFPA ? CONTROL_SFPA : 0;
		break;
	default:
		fault_undefined(c);
	}
}

/* What is saved gives way to the Non-secure default, but for a Secure context that goes on. */
static void renew(struct cpu *c, unsigned reg)
{
	if (reg == SYSREG_FPCXT_S || (reg == SYSREG_FPCXT_NS && !c->sfpa))
		c->fpscr = c->bank[BANK_NS].fpdscr & FPDSCR_MASK;
}

void fp_vstr_sysreg(struct cpu *c, uint32_t w)
{
	const unsigned reg = register_of(w);
	const bool active = begin(c, reg);
	uint32_t after;
	const uint32_t addr = address_of(c, w, &after);

	store32(c, addr, active ? read_sysreg(c, reg) : c->bank[BANK_NS].fpdscr & FPDSCR_MASK);
	if (active)
		renew(c, reg);
	reg_write(c, rn_of(w), after);
}

void fp_vldr_sysreg(struct cpu *c, uint32_t w)
{
	const unsigned reg = register_of(w);
	const bool active = begin(c, reg);
	uint32_t after;
	const uint32_t addr = address_of(c, w, &after);
	const uint32_t value = load32(c, addr);

	if (active)
		write_sysreg(c, reg, value);
	reg_write(c, rn_of(w), after);
}
