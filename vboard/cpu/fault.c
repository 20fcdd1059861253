/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults: their cause registers, which exception handles them, escalation and lock-up. DDI 0403E.b
 * B1.5.14, B1.5.15; DDI 0553 B3.12, B3.33.
 */
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/internal.h"

/* Which vector catch a fault's cause answers to: C1.6.5, DEMCR. */
static const struct {
	uint32_t cfsr;
	uint32_t vector_catch;
} catch_of_cause[] = {
	{ CFSR_MMFSR, DEMCR_VC_MMERR },
	{ CFSR_BFSR, DEMCR_VC_BUSERR },
	{ CFSR_UNDEFINSTR | CFSR_INVSTATE | CFSR_INVPC, DEMCR_VC_STATERR },
	{ CFSR_NOCP, DEMCR_VC_NOCPERR },
	{ CFSR_UNALIGNED | CFSR_DIVBYZERO | CFSR_STKOF, DEMCR_VC_CHKERR },
	{ CFSR_MSTKERR | CFSR_MUNSTKERR | CFSR_STKERR | CFSR_UNSTKERR, DEMCR_VC_INTERR },
};

void fault_record(struct cpu *c, unsigned secure, uint32_t cfsr)
{
	if (!c->is_v7m)
		return;
	c->bank[secure & 1].cfsr |= cfsr & ~CFSR_BFSR;
	c->bfsr |= cfsr & CFSR_BFSR;
	for (size_t i = 0; i < ARRAY_SIZE(catch_of_cause); i++)
		if (cfsr & catch_of_cause[i].cfsr)
			c->fault_catch |= catch_of_cause[i].vector_catch;
}

void fault_record_secure(struct cpu *c, uint32_t sfsr)
{
	if (!c->is_v7m)
		return;
	c->sfsr |= sfsr;
	c->fault_catch |= DEMCR_VC_SFERR;
}

void exception_lockup(struct cpu *c)
{
	c->locked_up = 1;
	c->it = 0;
	c->it_written = 1;
	c->r[PC] = c->next_pc = c->is_v8m ? 0xeffffffe : 0xfffffffe;
	cpu_attention(c);
}

/* HardFault that may not preempt is lock-up (B1.5.15). */
static void hard_fault(struct cpu *c, unsigned id)
{
	if (nvic_preempts(c, id))
		nvic_pend(c, id, true);
	else
		exception_lockup(c);
}

/* HardFault instead of an exception that is off or may not preempt (B1.5.4, escalation). */
void fault_escalate(struct cpu *c, unsigned id)
{
	if (c->is_v7m)
		c->hfsr |= HFSR_FORCED;
	hard_fault(c, exc_id(c, EXC_HARDFAULT, exc_is_secure(c, id)));
}

void exception_pend_sync(struct cpu *c, unsigned id, uint32_t cfsr)
{
	fault_record(c, id >= EXC_BANKED, cfsr);
	c->sync_taken = 1;
	if (exc_number(id) == EXC_HARDFAULT)
		hard_fault(c, id);
	else if (nvic_enabled(c, id) && nvic_preempts(c, id))
		nvic_pend(c, id, true);
	else
		fault_escalate(c, id);
	cpu_attention(c);
}

static _Noreturn void raise_id(struct cpu *c, unsigned id, uint32_t cfsr)
{
	c->r[PC] = c->insn_pc; /* ReturnAddress(): this instruction's */
	exception_pend_sync(c, id, cfsr);
	longjmp(c->abandon, 1);
}

_Noreturn void fault_raise(struct cpu *c, enum exception exception, uint32_t cfsr)
{
	raise_id(c, exc_id(c, exception, c->secure), cfsr);
}

_Noreturn void fault_usage(struct cpu *c, uint32_t cfsr)
{
	fault_raise(c, EXC_USAGEFAULT, cfsr);
}

_Noreturn void fault_usage_secure(struct cpu *c, uint32_t cfsr)
{
	raise_id(c, exc_id(c, EXC_USAGEFAULT, owner_bank(c)), cfsr);
}

_Noreturn void fault_undefined(struct cpu *c)
{
	fault_usage(c, CFSR_UNDEFINSTR);
}

_Noreturn void fault_stack_limit(struct cpu *c)
{
	fault_usage(c, CFSR_STKOF);
}

_Noreturn void fault_secure(struct cpu *c, uint32_t sfsr)
{
	fault_record_secure(c, sfsr);
	raise_id(c, EXC_SECUREFAULT, 0);
}

/* Attribution refused: of a fetch, the branch was wrong; else the address counts. */
static _Noreturn void fault_attribution(struct cpu *c, uint32_t addr, unsigned attr)
{
	if (attr & CPU_A_FETCH)
		fault_secure(c, c->secure ? SFSR_INVTRAN : SFSR_INVEP);
	c->sfar = addr;
	fault_secure(c, SFSR_AUVIOL | SFSR_SFARVALID);
}

/* The MPU that refused is the one of the state that asked. */
_Noreturn void fault_access(struct cpu *c, enum mem_result result, uint32_t addr, unsigned attr)
{
	const unsigned secure = attr & CPU_A_SECURE ? owner_bank(c) : BANK_NS;
	const unsigned mem_manage = exc_id(c, EXC_MEMMANAGE, secure);

	if (result == MEM_SECURE)
		fault_attribution(c, addr, attr);
	if (attr & CPU_A_FETCH)
		raise_id(c, result == MEM_PROT ? mem_manage : EXC_BUSFAULT,
			result == MEM_PROT ? CFSR_IACCVIOL : CFSR_IBUSERR);
	if (result == MEM_PROT) {
		c->bank[secure].mmfar = addr;
		raise_id(c, mem_manage, CFSR_DACCVIOL | CFSR_MMARVALID);
	}
	c->bfar = addr;
	raise_id(c, EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID);
}

void exception_svc(struct cpu *c)
{
	const unsigned id = exc_id(c, EXC_SVCALL, c->secure);

	if (!nvic_preempts(c, id))
		raise_id(c, id, 0); /* escalates, and returns to the SVC itself */
	nvic_pend(c, id, true);
	c->sync_taken = 1;
}
