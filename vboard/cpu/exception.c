/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception entry: DDI 0403E.b B1.5.6, DDI 0553 B3.18 to B3.22. The functions follow the
 * pseudocode: ExceptionEntry, PushStack, PushCalleeStack, ExceptionTaken, DerivedLateArrival.
 */
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/internal.h"

void trace_exception(struct cpu *c, unsigned exception, enum cpu_exception_event event)
{
	if (c->trace.exception)
		c->trace.exception(c->trace.ctx, exception, event);
	observe_exception(c, exception, event);
}

/* --- derived exceptions ----------------------------------------------------------------------- */

/* Where a fault of stacking goes, after its cause is recorded. */
static unsigned derived_id(
	struct cpu *c, enum mem_result result, uint32_t addr, unsigned secure, bool push)
{
	switch (result) {
	case MEM_PROT:
		fault_record(c, secure, push ? CFSR_MSTKERR : CFSR_MUNSTKERR);
		return exc_id(c, EXC_MEMMANAGE, secure);
	case MEM_SECURE:
		c->sfar = addr;
		fault_record_secure(c, SFSR_AUVIOL | SFSR_SFARVALID);
		return EXC_SECUREFAULT;
	case MEM_OK:
	case MEM_BUS:
	default:
		fault_record(c, secure, push ? CFSR_STKERR : CFSR_UNSTKERR);
		return EXC_BUSFAULT;
	}
}

/*
 * A derived exception becomes pending beside the one being entered, and the better of the two is
 * entered, the other later. It is HardFault when it could not preempt what runs.
 */
static void pend_derived(struct cpu *c, unsigned id, unsigned original)
{
	if (nvic_enabled(c, id) && nvic_preempts(c, id)) {
		nvic_pend(c, id, true);
		return;
	}
	if (!original) {
		fault_escalate(c, id);
		return;
	}
	if (c->is_v7m)
		c->hfsr |= HFSR_FORCED;
	nvic_pend(c, exc_id(c, EXC_HARDFAULT, exc_is_secure(c, id)), true);
}

void exception_derived(
	struct cpu *c, enum mem_result result, uint32_t addr, unsigned secure, unsigned original)
{
	pend_derived(c, derived_id(c, result, addr, secure, original != 0), original);
}

/* The stack limit was passed: DDI 0553 B3.10. */
static void stack_overflow(struct cpu *c, unsigned original)
{
	fault_record(c, c->secure, CFSR_STKOF);
	pend_derived(c, exc_id(c, EXC_USAGEFAULT, c->secure), original);
}

/* --- frames ----------------------------------------------------------------------------------- */

/* Words in a row; the first refusal ends it. */
enum mem_result write_words(
	struct cpu *c, uint32_t addr, unsigned attr, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const enum mem_result result =
			mem_write(c, addr + 4 * (uint32_t)i, 4, attr, words[i]);

		if (result != MEM_OK)
			return result;
	}
	return MEM_OK;
}

enum mem_result read_words(
	struct cpu *c, uint32_t addr, unsigned attr, uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const enum mem_result result =
			mem_read(c, addr + 4 * (uint32_t)i, 4, attr, &words[i]);

		if (result != MEM_OK)
			return result;
	}
	return MEM_OK;
}

static uint32_t return_psr(const struct cpu *c, uint32_t padding)
{
	const uint32_t psr = (xpsr_get(c) & ~XPSR_ALIGN) | padding;

	return c->secure && c->sfpa ? psr | XPSR_SFPA : psr;
}

void exception_push(struct cpu *c, unsigned original)
{
	const bool fp = c->has_fp && (c->control & CONTROL_FPCA);
	const bool align = fp || c->is_v8m || (bank_now(c)->ccr & CCR_STKALIGN);
	const uint32_t padding = align && (c->r[SP] & 4) ? XPSR_ALIGN : 0;
	const uint32_t size = BASIC_FRAME + (fp ? fp_frame_size(c, c->secure) : 0);
	const uint32_t frame = (c->r[SP] - size) & ~(align ? 4u : 0u);
	const unsigned attr = data_attr(c) | CPU_A_STACK;
	/* It may also wrap around. */
	const bool overflow = c->sp_limit && (frame < c->sp_limit || frame > c->r[SP]);
	const uint32_t words[] = {
		c->r[0],
		c->r[1],
		c->r[2],
		c->r[3],
		c->r[12],
		c->r[LR],
		c->r[PC],
		return_psr(c, padding),
	};
	enum mem_result result = MEM_OK;

	if (overflow) {
		stack_overflow(c, original);
		c->r[SP] = c->sp_limit;
	} else {
		result = write_words(c, frame, attr, words, ARRAY_SIZE(words));
		c->r[SP] = frame;
	}
	if (fp && result == MEM_OK)
		result = fp_push(c, frame, attr, overflow);
	if (result != MEM_OK)
		exception_derived(c, result, frame, c->secure, original);
}

uint32_t integrity_signature(const struct cpu *c, uint32_t exc_return)
{
	return INTEGRITY_SIGNATURE | (!c->has_fp || (exc_return & EXC_RETURN_FTYPE) ? 1u : 0u);
}

/* The stack that the background's frame is on, when it is Secure and LR says how it was. */
static unsigned background_stack(const struct cpu *c, uint32_t exc_return)
{
	return (exc_return & EXC_RETURN_THREAD) && (control_get(c, BANK_S) & CONTROL_SPSEL) ? 1 : 0;
}

static unsigned background_attr(const struct cpu *c, uint32_t exc_return)
{
	const bool user =
		(exc_return & EXC_RETURN_THREAD) && (control_get(c, BANK_S) & CONTROL_NPRIV);

	return CPU_A_STACK | CPU_A_SECURE | (user ? 0u : (unsigned)CPU_A_PRIV);
}

/* PushCalleeStack(): what the Non-secure handler must not see. @return false: a fault is pending. */
static bool push_callee(struct cpu *c, uint32_t exc_return, unsigned original)
{
	const unsigned which = background_stack(c, exc_return);
	const uint32_t limit = sp_limit_in_force(c, BANK_S, which);
	const uint32_t sp = sp_get(c, BANK_S, which);
	const uint32_t frame = sp - CALLEE_FRAME;
	const unsigned attr = background_attr(c, exc_return);
	const uint32_t signature = integrity_signature(c, exc_return);
	enum mem_result result;

	if (limit && (frame < limit || frame > sp)) {
		fault_record(c, BANK_S, CFSR_STKOF);
		pend_derived(c, exc_id(c, EXC_USAGEFAULT, BANK_S), original);
		sp_set(c, BANK_S, which, limit);
		return false;
	}
	result = write_words(c, frame, attr, &signature, 1);
	if (result == MEM_OK)
		result = write_words(c, frame + CALLEE_REGS_OFFSET, attr, &c->r[4], CALLEE_REGS);
	sp_set(c, BANK_S, which, frame);
	if (result == MEM_OK)
		return true;
	exception_derived(c, result, frame, BANK_S, original);
	return false;
}

/* --- ExceptionTaken --------------------------------------------------------------------------- */

/* The vector, or that of HardFault if it cannot be read; lock-up if that cannot either. */
static bool read_vector(struct cpu *c, unsigned *id, uint32_t *vector)
{
	const unsigned secure = exc_is_secure(c, *id);
	const unsigned attr = CPU_A_PRIV | CPU_A_VECTOR | (secure ? CPU_A_SECURE : 0u);
	const uint32_t number = exc_number(*id);

	if (mem_read(c, c->bank[secure].vtor + 4 * number, 4, attr, vector) == MEM_OK)
		return true;
	if (c->is_v7m) {
		c->hfsr |= HFSR_VECTTBL;
		c->fault_catch |= DEMCR_VC_INTERR;
	}
	if (number == EXC_HARDFAULT || number == EXC_NMI)
		return false;
	*id = exc_id(c, EXC_HARDFAULT, secure);
	return read_vector(c, id, vector);
}

/* Which registers are saved where, and what the handler is told of it. @return false: start again,
 * for a fault is pending. */
static bool save_callee(
	struct cpu *c, uint32_t *exc_return, unsigned id, bool tail, bool ignore_faults)
{
	/* Left on the stack by an earlier exception to the Non-secure state. */
	const bool saved_before = tail && !(*exc_return & EXC_RETURN_ES);
	bool complete = true;

	if (!c->config.security || !(*exc_return & EXC_RETURN_S))
		return true;
	if (exc_is_secure(c, id)) {
		if (saved_before)
			*exc_return &= ~EXC_RETURN_DCRS;
		return true;
	}
	if ((*exc_return & EXC_RETURN_DCRS) && !saved_before)
		complete = push_callee(c, *exc_return, id) || ignore_faults;
	*exc_return |= EXC_RETURN_DCRS;
	return complete;
}

/* No value of Secure code may be seen by Non-secure code; Armv8.1-M clears them for all. */
static void clear_registers(struct cpu *c, uint32_t exc_return, bool secure)
{
	const bool callee_too = !secure && (exc_return & EXC_RETURN_S);

	if (!c->config.security || (secure && !c->config.mve))
		return;
	for (unsigned i = 0; i <= 12; i++)
		if (callee_too || i < 4 || i > 11)
			c->r[i] = 0;
	xpsr_set_flags(c, XPSR_T);
}

/* EXC_RETURN's ES and SPSEL are those of the state that handles the exception. */
static uint32_t handler_exc_return(const struct cpu *c, uint32_t exc_return, unsigned secure)
{
	if (!c->is_v8m)
		return exc_return;
	exc_return &= ~(EXC_RETURN_ES | EXC_RETURN_SPSEL);
	if (secure)
		exc_return |= EXC_RETURN_ES;
	if (control_get(c, secure) & CONTROL_SPSEL)
		exc_return |= EXC_RETURN_SPSEL;
	return exc_return;
}

static void enter_handler(struct cpu *c, unsigned id, uint32_t vector, uint32_t exc_return)
{
	const unsigned secure = exc_is_secure(c, id);

	exc_return = handler_exc_return(c, exc_return, secure);
	clear_registers(c, exc_return, secure);
	set_mode(c, exc_number(id), c->control & ~(uint32_t)CONTROL_FPCA);
	set_security(c, secure);
	set_mode(c, exc_number(id), c->control & ~(uint32_t)CONTROL_SPSEL);
	c->sfpa = 0;
	c->it = 0;
	c->it_written = 1;
	nvic_activate(c, id, true);
	sp_limit_update(c);
	c->r[LR] = exc_return;
	c->thumb = vector & 1;
	c->r[PC] = c->next_pc = vector & ~1u;
}

void exception_taken(struct cpu *c, uint32_t exc_return, bool tail)
{
	unsigned id = nvic_best(c);
	uint32_t vector = 0;
	bool readable;

	/* A fault of saving may make a better exception pending: once more, for that. */
	if (!save_callee(c, &exc_return, id, tail, false)) {
		id = nvic_best(c);
		save_callee(c, &exc_return, id, true, true);
	}
	exc_set(c->pending, id, false);
	readable = read_vector(c, &id, &vector);
	exc_set(c->pending, id, false);
	enter_handler(c, id, vector, exc_return);
	c->exclusive = 0;
	c->event = 1;
	c->sleeping = AWAKE;
	mem_update_view(c);
	cpu_attention(c);
	trace_exception(c, exc_number(id), CPU_EXC_ENTER);
	if (!readable)
		exception_lockup(c);
	else
		debug_vector_catch(c, id);
}

static uint32_t entry_exc_return(const struct cpu *c)
{
	uint32_t value = EXC_RETURN_V7M;

	if (c->is_v8m)
		value = EXC_RETURN_RES1 | EXC_RETURN_DCRS | (c->secure ? EXC_RETURN_S : 0u);
	if (!c->has_fp || !(c->control & CONTROL_FPCA))
		value |= EXC_RETURN_FTYPE;
	if (!in_handler_mode(c)) {
		value |= EXC_RETURN_THREAD;
		if (c->control & CONTROL_SPSEL)
			value |= EXC_RETURN_SPSEL;
	}
	return value;
}

bool exception_take(struct cpu *c)
{
	const unsigned best = nvic_best(c);
	uint32_t exc_return;

	if (!best || !nvic_preempts(c, best))
		return false;
	c->locked_up = 0;
	exc_return = entry_exc_return(c);
	exception_push(c, best);
	/* Late arrival: stacking may have made something better pending. */
	exception_taken(c, exc_return, false);
	return true;
}
