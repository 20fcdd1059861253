/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may use the FPU, and how its state gets to the stack, lazily or at once: DDI 0403E.b B1.5.7;
 * DDI 0553 B3.24 to B3.27, ExecuteFPCheck(), PreserveFPState(), UpdateFPCCR(), VLSTM, VLLDM.
 */
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/fields32.h"
#include "vboard/cpu/fp_math.h"
#include "vboard/cpu/internal.h"

enum { FP_REGS = 32 };

/* FPCCR has fields of which there is one, in the Secure copy where there are two. */
static uint32_t *fpccr_shared(struct cpu *c)
{
	return &c->bank[owner_bank(c)].fpccr;
}

static bool treats_as_secure(const struct cpu *c, unsigned secure)
{
	return secure && (c->bank[BANK_S].fpccr & FPCCR_TS);
}

/* --- access ----------------------------------------------------------------------------------- */

/* CP10 and CP11 must agree; 1 is for privileged code only (B3.2.20). */
static bool cpacr_allows(const struct cpu *c, unsigned secure, bool privileged)
{
	switch (c->bank[secure & 1].cpacr >> 20 & 3) {
	case 1:
		return privileged;
	case 3:
		return true;
	default:
		return false;
	}
}

static bool nsacr_allows(const struct cpu *c, unsigned secure)
{
	return !c->config.security || secure || (c->nsacr & NSACR_CP10);
}

bool fpu_access_allowed(const struct cpu *c)
{
	return cpacr_allows(c, c->secure, is_privileged(c)) && nsacr_allows(c, c->secure) &&
	       !(c->cppwr & CPPWR_SU10);
}

/* CheckCPEnabled(): NSACR's refusal is a matter of the Secure state. */
static void check_access(struct cpu *c)
{
	if (LIKELY(fpu_access_allowed(c)))
		return;
	if (cpacr_allows(c, c->secure, is_privileged(c)) && !nsacr_allows(c, c->secure))
		fault_usage_secure(c, CFSR_NOCP);
	fault_usage(c, CFSR_NOCP);
}

/* --- saving and restoring --------------------------------------------------------------------- */

uint32_t fp_frame_size(const struct cpu *c, unsigned secure)
{
	return FP_FRAME + (treats_as_secure(c, secure) ? FP_CALLEE_FRAME : 0);
}

void fp_clear(struct cpu *c, unsigned count)
{
	for (unsigned i = 0; i < count && i < FP_REGS; i++)
		c->fp[i] = 0;
	c->fpscr = 0;
	c->vpr = 0;
}

/* @p base is where S0 goes. */
static enum mem_result save(struct cpu *c, uint32_t base, unsigned attr, bool callee_too)
{
	const uint32_t status[] = { c->fpscr, c->vpr };
	enum mem_result result = write_words(c, base, attr, c->fp, FP_FRAME_REGS);

	if (result == MEM_OK)
		result = write_words(
			c, base + FPSCR_OFFSET - FP_OFFSET, attr, status, c->config.mve ? 2 : 1);
	if (result == MEM_OK && callee_too)
		result = write_words(c, base + FP_CALLEE_OFFSET - FP_OFFSET, attr,
			&c->fp[FP_FRAME_REGS], FP_REGS - FP_FRAME_REGS);
	return result;
}

static enum mem_result load(struct cpu *c, uint32_t base, unsigned attr, bool callee_too)
{
	const unsigned count = callee_too ? FP_REGS : FP_FRAME_REGS;
	uint32_t words[FP_REGS];
	uint32_t status[2] = { 0, 0 };
	enum mem_result result = read_words(c, base, attr, words, FP_FRAME_REGS);

	if (result == MEM_OK)
		result = read_words(
			c, base + FPSCR_OFFSET - FP_OFFSET, attr, status, c->config.mve ? 2 : 1);
	if (result == MEM_OK && callee_too)
		result = read_words(c, base + FP_CALLEE_OFFSET - FP_OFFSET, attr,
			&words[FP_FRAME_REGS], FP_REGS - FP_FRAME_REGS);
	if (result != MEM_OK)
		return result;
	for (unsigned i = 0; i < count; i++)
		c->fp[i] = words[i];
	c->fpscr = status[0] & FPSCR_MASK;
	c->vpr = status[1] & VPR_MASK;
	return MEM_OK;
}

static bool is_ready(const struct cpu *c, unsigned id)
{
	return nvic_enabled(c, id) && nvic_preempts(c, id);
}

static void put_bits(uint32_t *word, uint32_t mask, bool on)
{
	*word = on ? *word | mask : *word & ~mask;
}

/* UpdateFPCCR(): remember under what circumstances the state will be saved, if at all. */
static void reserve_lazy(struct cpu *c, uint32_t base, bool overflow)
{
	struct bank *bank = bank_now(c);
	uint32_t *shared = fpccr_shared(c);

	bank->fpcar = base & ~7u;
	put_bits(&bank->fpccr, FPCCR_LSPACT, true);
	put_bits(&bank->fpccr, FPCCR_USER, !is_privileged(c));
	put_bits(&bank->fpccr, FPCCR_THREAD, !in_handler_mode(c));
	put_bits(&bank->fpccr, FPCCR_MMRDY, is_ready(c, exc_id(c, EXC_MEMMANAGE, c->secure)));
	put_bits(shared, FPCCR_HFRDY, nvic_preempts(c, exc_id(c, EXC_HARDFAULT, c->secure)));
	put_bits(shared, FPCCR_BFRDY, is_ready(c, EXC_BUSFAULT));
	put_bits(shared, FPCCR_MONRDY, is_ready(c, EXC_DEBUGMONITOR));
	if (!c->is_v8m)
		return;
	put_bits(&bank->fpccr, FPCCR_SPLIMVIOL, overflow);
	for (unsigned secure = 0; secure <= owner_bank(c); secure++)
		put_bits(&c->bank[secure].fpccr, FPCCR_UFRDY,
			is_ready(c, exc_id(c, EXC_USAGEFAULT, secure)));
	put_bits(shared, FPCCR_S, c->secure);
	put_bits(shared, FPCCR_SFRDY, c->config.security && is_ready(c, EXC_SECUREFAULT));
}

enum mem_result fp_push(struct cpu *c, uint32_t frame, unsigned attr, bool overflow)
{
	enum mem_result result = MEM_OK;
	const bool callee_too = treats_as_secure(c, c->secure);

	if (*fpccr_shared(c) & FPCCR_LSPEN) {
		reserve_lazy(c, frame + FP_OFFSET, overflow);
		return MEM_OK;
	}
	if (!nsacr_allows(c, c->secure)) {
		fault_record(c, BANK_S, CFSR_NOCP);
		nvic_pend(c, exc_id(c, EXC_USAGEFAULT, BANK_S), true);
		return MEM_OK;
	}
	if (!overflow)
		result = save(c, frame + FP_OFFSET, attr, callee_too);
	if (callee_too)
		fp_clear(c, FP_REGS);
	return result;
}

enum mem_result fp_pop(struct cpu *c, uint32_t frame, unsigned attr, bool callee_too)
{
	struct bank *bank = &c->bank[attr & CPU_A_SECURE ? BANK_S : BANK_NS];

	if (bank->fpccr & FPCCR_LSPACT) { /* never saved: the registers still hold it */
		bank->fpccr &= ~FPCCR_LSPACT;
		return MEM_OK;
	}
	return load(c, frame + FP_OFFSET, attr, callee_too);
}

/* --- PreserveFPState() ------------------------------------------------------------------------ */

static unsigned lazy_fault(struct cpu *c, enum mem_result result, unsigned secure)
{
	switch (result) {
	case MEM_PROT:
		fault_record(c, secure, CFSR_MLSPERR);
		return exc_id(c, EXC_MEMMANAGE, secure);
	case MEM_SECURE:
		fault_record_secure(c, SFSR_LSPERR);
		return EXC_SECUREFAULT;
	case MEM_OK:
	case MEM_BUS:
	default:
		fault_record(c, secure, CFSR_LSPERR);
		return EXC_BUSFAULT;
	}
}

/* The faults of saving are those of the code whose state it is: its readiness counts, which FPCCR
 * remembers. @return true: an exception is taken before the instruction. */
static bool lazy_fault_taken(struct cpu *c, unsigned id, unsigned secure)
{
	static const struct {
		uint8_t exception;
		uint32_t ready;
		bool shared;
	} ready_bits[] = {
		{ EXC_MEMMANAGE, FPCCR_MMRDY, false },
		{ EXC_BUSFAULT, FPCCR_BFRDY, true },
		{ EXC_USAGEFAULT, FPCCR_UFRDY, false },
		{ EXC_SECUREFAULT, FPCCR_SFRDY, true },
	};
	const unsigned bank = exc_number(id) == EXC_USAGEFAULT ? id >= EXC_BANKED : secure;

	for (size_t i = 0; i < ARRAY_SIZE(ready_bits); i++)
		if (ready_bits[i].exception == exc_number(id) &&
			!((ready_bits[i].shared ? *fpccr_shared(c) : c->bank[bank].fpccr) &
				ready_bits[i].ready)) {
			id = exc_id(c, EXC_HARDFAULT, exc_is_secure(c, id));
			c->hfsr |= HFSR_FORCED;
			break;
		}
	if (exc_number(id) == EXC_HARDFAULT && !(*fpccr_shared(c) & FPCCR_HFRDY)) {
		exception_lockup(c);
		return true;
	}
	nvic_pend(c, id, true);
	c->sync_taken = 1;
	return nvic_preempts(c, id);
}

/* 0: saved; else the exception that says why not. */
static unsigned preserve_or_fault(struct cpu *c, unsigned secure)
{
	const uint32_t fpccr = c->bank[secure].fpccr;
	const bool user = fpccr & FPCCR_USER;
	const unsigned attr = CPU_A_STACK | (user ? 0u : (unsigned)CPU_A_PRIV) |
	                      (secure ? (unsigned)CPU_A_SECURE : 0u);
	enum mem_result result;

	if (c->is_v8m && (!cpacr_allows(c, secure, !user) || !nsacr_allows(c, secure))) {
		const unsigned owner = cpacr_allows(c, secure, !user) ? BANK_S : secure;

		fault_record(c, owner, CFSR_NOCP);
		return exc_id(c, EXC_USAGEFAULT, owner);
	}
	if (fpccr & FPCCR_SPLIMVIOL)
		return 0;
	result = save(c, c->bank[secure].fpcar, attr, treats_as_secure(c, secure));
	return result == MEM_OK ? 0 : lazy_fault(c, result, secure);
}

/* With the privilege and the Security state of the code whose state it is. */
static void preserve_state(struct cpu *c, unsigned secure)
{
	const unsigned fault = preserve_or_fault(c, secure);

	if (fault && lazy_fault_taken(c, fault, secure)) {
		c->r[PC] = c->insn_pc;
		longjmp(c->abandon, 1);
	}
	c->bank[secure].fpccr &= ~FPCCR_LSPACT;
	if (treats_as_secure(c, secure))
		fp_clear(c, FP_REGS);
}

static void preserve_if_due(struct cpu *c)
{
	for (unsigned secure = 0; secure <= owner_bank(c); secure++)
		if (UNLIKELY(c->bank[secure].fpccr & FPCCR_LSPACT))
			preserve_state(c, secure);
}

/* --- ExecuteFPCheck() ------------------------------------------------------------------------- */

void fp_settle(struct cpu *c)
{
	check_access(c);
	preserve_if_due(c);
}

void fpu_check(struct cpu *c)
{
	struct bank *bank = bank_now(c);

	fp_settle(c);
	if (LIKELY((c->control & CONTROL_FPCA) && (!c->secure || c->sfpa)))
		return;
	if (!(bank->fpccr & FPCCR_ASPEN))
		return;
	c->control |= CONTROL_FPCA;
	c->sfpa = c->secure ? CONTROL_SFPA : c->sfpa;
	c->fpscr = (c->fpscr & ~FPDSCR_MASK) | (bank->fpdscr & FPDSCR_MASK);
	if (c->is_v8m) {
		c->fpscr = bank->fpdscr & FPDSCR_MASK;
		c->vpr = 0;
	}
}

/* --- VLSTM, VLLDM ----------------------------------------------------------------------------- */

/* Both: @return false when there is nothing to do. */
static bool begins(struct cpu *c, uint32_t addr)
{
	if (!c->secure)
		fault_undefined(c);
	if (!c->has_fp || !c->sfpa)
		return false;
	check_access(c);
	if (addr & 7)
		fault_usage(c, CFSR_UNALIGNED);
	return true;
}

/* Secure code is about to call Non-secure code. */
void fp_vlstm(struct cpu *c, uint32_t w)
{
	const uint32_t addr = c->r[rn_of(w)];
	const bool callee_too = treats_as_secure(c, BANK_S);
	enum mem_result result;

	if (!begins(c, addr))
		return;
	if (bank_now(c)->fpccr & FPCCR_LSPACT)
		fault_secure(c, SFSR_LSERR);
	if (*fpccr_shared(c) & FPCCR_LSPEN) {
		reserve_lazy(c, addr, false);
	} else {
		result = save(c, addr, data_attr(c), callee_too);
		if (result != MEM_OK)
			fault_access(c, result, addr, data_attr(c));
		if (callee_too)
			fp_clear(c, FP_REGS);
	}
	c->control &= ~(uint32_t)CONTROL_FPCA;
}

void fp_vlldm(struct cpu *c, uint32_t w)
{
	const uint32_t addr = c->r[rn_of(w)];
	enum mem_result result;

	if (!begins(c, addr))
		return;
	if (bank_now(c)->fpccr & FPCCR_LSPACT) {
		bank_now(c)->fpccr &= ~FPCCR_LSPACT;
	} else {
		result = load(c, addr, data_attr(c), treats_as_secure(c, BANK_S));
		if (result != MEM_OK)
			fault_access(c, result, addr, data_attr(c));
	}
	c->control |= CONTROL_FPCA;
}
