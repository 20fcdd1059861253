/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception return of Armv6-M and Armv7-M: DDI 0403E.b B1.5.8, ExceptionReturn() and PopStack();
 * and what a branch to an address of that kind is.
 */
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/internal.h"

static void deactivate(struct cpu *c, unsigned exception)
{
	trace_exception(c, exception, CPU_EXC_EXIT);
	if (exception != EXC_NMI)
		bank_now(c)->faultmask = 0;
	nvic_activate(c, exception, false);
	mem_update_view(c);
}

/* LR of a fault by a bad return. */
static uint32_t faulty_lr(uint32_t exc_return)
{
	return 0xf0000000u | (exc_return & 0x0fffffffu);
}

/* A bad EXC_RETURN or frame: UsageFault INVPC, entered by tail-chaining without a new frame. */
static void return_invalid(struct cpu *c, uint32_t exc_return)
{
	exception_pend_sync(c, EXC_USAGEFAULT, CFSR_INVPC);
	c->r[LR] = faulty_lr(exc_return);
	if (!c->locked_up)
		exception_taken(c, faulty_lr(exc_return), true);
}

static bool return_is_valid(const struct cpu *c, uint32_t exc_return)
{
	const bool nested = nvic_active_count(c) != 1;

	if (!exc_bit(c->active, c->ipsr))
		return false;
	if (!c->has_fp && !(exc_return & EXC_RETURN_FTYPE))
		return false;
	if ((exc_return & 0x0fffffe0u) != 0x0fffffe0u)
		return false;
	switch (exc_return & 15) {
	case 1:
		return nested || c->is_v7m; /* Armv7-M finds out by the IPSR it pops */
	case 9:
	case 13:
		return !nested || (bank_seen(c)->ccr & CCR_NONBASETHRDENA);
	default:
		return false;
	}
}

/* PopStack() with mode and stack already those returned to. */
static bool pop_stack(struct cpu *c, uint32_t exc_return)
{
	const bool fp = c->has_fp && !(exc_return & EXC_RETURN_FTYPE);
	const uint32_t frame = c->r[SP];
	const unsigned attr = data_attr(c) | CPU_A_STACK;
	uint32_t w[8];
	enum mem_result result = read_words(c, frame, attr, w, ARRAY_SIZE(w));

	if (result == MEM_OK && fp)
		result = fp_pop(c, frame, attr, false);
	if (result != MEM_OK) {
		exception_derived(c, result, frame, BANK_NS, 0);
		return false;
	}
	for (unsigned i = 0; i < 4; i++)
		c->r[i] = w[i];
	c->r[12] = w[4];
	c->r[LR] = w[5];
	c->r[PC] = c->next_pc = w[6] & ~1u;
	c->r[SP] = frame + BASIC_FRAME + (fp ? FP_FRAME : 0);
	if ((fp || (bank_seen(c)->ccr & CCR_STKALIGN)) && (w[7] & XPSR_ALIGN))
		c->r[SP] |= 4;
	xpsr_set_flags(c, w[7]);
	set_mode(c, xpsr_exception(c, w[7]), c->control);
	return true;
}

/* The frame's IPSR must fit the mode returned to. */
static bool mode_matches(const struct cpu *c, uint32_t exc_return)
{
	return (c->ipsr == 0) == ((exc_return & EXC_RETURN_THREAD) != 0);
}

static void unstack(struct cpu *c, unsigned exception, uint32_t exc_return)
{
	const bool thread = exc_return & EXC_RETURN_THREAD;
	uint32_t control = c->control & ~(uint32_t)(CONTROL_SPSEL | CONTROL_FPCA);

	if (thread && (exc_return & EXC_RETURN_SPSEL))
		control |= CONTROL_SPSEL;
	if (c->has_fp && !(exc_return & EXC_RETURN_FTYPE))
		control |= CONTROL_FPCA;
	/* In Handler mode until the frame says which handler this is. */
	set_mode(c, thread ? 0 : exception, control);
	if (!pop_stack(c, exc_return)) {
		if (!c->locked_up)
			exception_taken(c, exc_return, true);
		return;
	}
	if (!mode_matches(c, exc_return)) {
		exception_pend_sync(c, EXC_USAGEFAULT, CFSR_INVPC);
		if (c->locked_up)
			return;
		exception_push(c, EXC_USAGEFAULT);
		exception_taken(c, faulty_lr(exc_return), true);
		return;
	}
	trace_exception(c, c->ipsr, CPU_EXC_RETURN);
	if (thread && nvic_active_count(c) == 0 && (bank_seen(c)->scr & SCR_SLEEPONEXIT))
		c->sleeping = SLEEP_WFI;
}

void exception_return(struct cpu *c, uint32_t exc_return)
{
	const unsigned exception = c->ipsr;
	const bool valid = return_is_valid(c, exc_return);
	unsigned next;

	deactivate(c, exception);
	c->exclusive = 0;
	c->event = 1;
	cpu_attention(c);
	if (!valid) {
		return_invalid(c, exc_return);
		return;
	}
	next = nvic_best(c);
	if (next && nvic_preempts(c, next)) /* tail-chaining: the frame stays */
		exception_taken(c, exc_return, true);
	else
		unstack(c, exception, exc_return);
}

/* @return true: it was more than a branch. */
static bool is_magic_branch(struct cpu *c, uint32_t target)
{
	if (!c->is_v8m) {
		if (!in_handler_mode(c))
			return false;
		exception_return(c, target);
		return true;
	}
	if (c->config.security && (target | 1) == FNC_RETURN) {
		function_return(c);
		return true;
	}
	if (target < 0xff000000u || !in_handler_mode(c))
		return false;
	exception_return8(c, target);
	return true;
}

void branch_interwork(struct cpu *c, uint32_t target)
{
	if (UNLIKELY(target >= 0xf0000000u) && is_magic_branch(c, target))
		return;
	c->next_pc = target & ~1u;
	c->thumb = target & 1;
	if (UNLIKELY(!c->thumb))
		cpu_attention(c);
}
