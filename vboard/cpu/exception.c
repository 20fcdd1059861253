/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions: entry, return, faults and their escalation, lock-up. DDI 0403E.b B1.5; the functions
 * follow its pseudocode (ExceptionEntry, PushStack, ExceptionTaken, ExceptionReturn, PopStack).
 */
#include "vboard/cpu/fp_math.h"
#include "vboard/cpu/internal.h"

#define XPSR_ALIGN          BIT(9)
#define XPSR_T              BIT(24)
#define EXC_RETURN_STANDARD BIT(4) /* no FP state in the frame */
#define EXC_RETURN_THREAD   BIT(3)
#define EXC_RETURN_PSP      BIT(2)

enum {
	CONTROL_SPSEL = 1 << 1,
	CONTROL_FPCA = 1 << 2,
	BASIC_FRAME = 0x20,
	FP_FRAME = 0x68,
	FP_OFFSET = 0x20,
	FPSCR_OFFSET = 0x60,
	FP_FRAME_REGS = 16,
};

/* --- xPSR and the banked stack pointers ------------------------------------------------------- */

uint32_t xpsr_get(const struct cpu *c)
{
	return (c->flag_n & BIT(31)) | (uint32_t)(c->flag_z == 0) << 30 | c->flag_c << 29 |
	       c->flag_v << 28 | c->flag_q << 27 | c->ge << 16 | (c->it & 3) << 25 |
	       (c->it >> 2) << 10 | c->thumb << 24 | c->ipsr;
}

/* All but IPSR. */
static void put_flags(struct cpu *c, uint32_t xpsr)
{
	c->flag_n = xpsr & BIT(31);
	c->flag_z = !(xpsr & BIT(30));
	c->flag_c = xpsr >> 29 & 1;
	c->flag_v = xpsr >> 28 & 1;
	c->flag_q = c->is_v7m ? xpsr >> 27 & 1 : 0;
	c->ge = c->has_dsp ? xpsr >> 16 & 15 : 0;
	c->it = c->is_v7m ? (xpsr >> 25 & 3) | (xpsr >> 8 & 0xfc) : 0;
	if (!(c->it & 15))
		c->it = 0;
	c->it_written = 1;
	c->thumb = xpsr >> 24 & 1;
	if (!c->thumb)
		cpu_attention(c);
}

static uint32_t ipsr_of(const struct cpu *c, uint32_t xpsr)
{
	return xpsr & (c->is_v7m ? 0x1ff : 0x3f);
}

void xpsr_set(struct cpu *c, uint32_t xpsr)
{
	put_flags(c, xpsr);
	set_mode(c, ipsr_of(c, xpsr), c->control);
}

static unsigned selected_sp(uint32_t ipsr, uint32_t control)
{
	return !ipsr && (control & CONTROL_SPSEL) ? 1 : 0;
}

void set_mode(struct cpu *c, uint32_t ipsr, uint32_t control)
{
	c->sp_bank[selected_sp(c->ipsr, c->control)] = c->r[SP];
	c->ipsr = ipsr;
	c->control = control;
	c->r[SP] = c->sp_bank[selected_sp(ipsr, control)];
	mem_update_view(c);
}

uint32_t sp_get(const struct cpu *c, unsigned which)
{
	return which == selected_sp(c->ipsr, c->control) ? c->r[SP] : c->sp_bank[which & 1];
}

void sp_set(struct cpu *c, unsigned which, uint32_t value)
{
	if (which == selected_sp(c->ipsr, c->control))
		c->r[SP] = value & ~3u;
	else
		c->sp_bank[which & 1] = value & ~3u;
}

/* --- faults ----------------------------------------------------------------------------------- */

/* Which vector catch a fault's cause answers to: C1.6.5, DEMCR. */
static const struct {
	uint32_t cfsr;
	uint32_t vector_catch;
} catch_of_cause[] = {
	{ CFSR_MMFSR, DEMCR_VC_MMERR },
	{ CFSR_BFSR, DEMCR_VC_BUSERR },
	{ CFSR_UNDEFINSTR | CFSR_INVSTATE | CFSR_INVPC, DEMCR_VC_STATERR },
	{ CFSR_NOCP, DEMCR_VC_NOCPERR },
	{ CFSR_UNALIGNED | CFSR_DIVBYZERO, DEMCR_VC_CHKERR },
	{ CFSR_MSTKERR | CFSR_MUNSTKERR | CFSR_STKERR | CFSR_UNSTKERR, DEMCR_VC_INTERR },
};

static void record_cause(struct cpu *c, uint32_t cfsr)
{
	if (!c->is_v7m)
		return;
	c->cfsr |= cfsr;
	for (size_t i = 0; i < ARRAY_SIZE(catch_of_cause); i++)
		if (cfsr & catch_of_cause[i].cfsr)
			c->fault_catch |= catch_of_cause[i].vector_catch;
}

void exception_lockup(struct cpu *c)
{
	c->locked_up = 1;
	c->it = 0;
	c->it_written = 1;
	c->r[PC] = c->next_pc = 0xfffffffe;
	cpu_attention(c);
}

/* HardFault instead of an exception that is off or may not preempt (B1.5.4, escalation). */
static void escalate(struct cpu *c)
{
	if (c->is_v7m)
		c->hfsr |= HFSR_FORCED;
	if (nvic_execution_priority(c) <= -1)
		exception_lockup(c);
	else
		nvic_pend(c, EXC_HARDFAULT, true);
}

void exception_pend_sync(struct cpu *c, enum exception exception, uint32_t cfsr)
{
	record_cause(c, cfsr);
	c->sync_taken = 1;
	if (exception == EXC_HARDFAULT) {
		if (nvic_execution_priority(c) <= -1)
			exception_lockup(c);
		else
			nvic_pend(c, EXC_HARDFAULT, true);
	} else if (nvic_enabled(c, exception) && nvic_preempts(c, exception)) {
		nvic_pend(c, exception, true);
	} else {
		escalate(c);
	}
	cpu_attention(c);
}

_Noreturn void fault_raise(struct cpu *c, enum exception exception, uint32_t cfsr)
{
	c->r[PC] = c->insn_pc; /* ReturnAddress(): this instruction's */
	exception_pend_sync(c, exception, cfsr);
	longjmp(c->abandon, 1);
}

_Noreturn void fault_usage(struct cpu *c, uint32_t cfsr)
{
	fault_raise(c, EXC_USAGEFAULT, cfsr);
}

_Noreturn void fault_undefined(struct cpu *c)
{
	fault_usage(c, CFSR_UNDEFINSTR);
}

_Noreturn void fault_access(struct cpu *c, enum mem_result result, uint32_t addr, unsigned attr)
{
	if (attr & CPU_A_FETCH)
		fault_raise(c, result == MEM_PROT ? EXC_MEMMANAGE : EXC_BUSFAULT,
			result == MEM_PROT ? CFSR_IACCVIOL : CFSR_IBUSERR);
	if (result == MEM_PROT) {
		c->mmfar = addr;
		fault_raise(c, EXC_MEMMANAGE, CFSR_DACCVIOL | CFSR_MMARVALID);
	}
	c->bfar = addr;
	fault_raise(c, EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID);
}

void exception_svc(struct cpu *c)
{
	if (!nvic_preempts(c, EXC_SVCALL))
		fault_raise(c, EXC_SVCALL, 0); /* escalates, and returns to the SVC itself */
	nvic_pend(c, EXC_SVCALL, true);
	c->sync_taken = 1;
}

/* --- entry ------------------------------------------------------------------------------------ */

/* A fault of the exception machinery itself is a derived exception: it becomes pending beside the
 * first one, and the better of the two is entered (B1.5.12). */
static void derived_fault(struct cpu *c, enum mem_result result, bool push)
{
	const bool mem = result == MEM_PROT;
	const enum exception exception = mem ? EXC_MEMMANAGE : EXC_BUSFAULT;

	record_cause(c, mem ? (push ? CFSR_MSTKERR : CFSR_MUNSTKERR)
			    : (push ? CFSR_STKERR : CFSR_UNSTKERR));
	if (nvic_enabled(c, exception) && nvic_preempts(c, exception)) {
		nvic_pend(c, exception, true);
		return;
	}
	if (push) {
		if (c->is_v7m)
			c->hfsr |= HFSR_FORCED;
		nvic_pend(c, EXC_HARDFAULT, true);
	} else {
		escalate(c);
	}
}

static unsigned stack_attr(const struct cpu *c)
{
	return data_attr(c) | CPU_A_STACK;
}

/* Words in a row; the first refusal ends it. */
static enum mem_result write_words(
	struct cpu *c, uint32_t addr, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const enum mem_result result =
			mem_write(c, addr + 4 * (uint32_t)i, 4, stack_attr(c), words[i]);

		if (result != MEM_OK)
			return result;
	}
	return MEM_OK;
}

static enum mem_result read_words(struct cpu *c, uint32_t addr, uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const enum mem_result result =
			mem_read(c, addr + 4 * (uint32_t)i, 4, stack_attr(c), &words[i]);

		if (result != MEM_OK)
			return result;
	}
	return MEM_OK;
}

/* UpdateFPCCR(): remember under what circumstances the state will be saved, if at all. */
static void reserve_lazy_frame(struct cpu *c, uint32_t frame)
{
	uint32_t fpccr = c->fpccr & ~(FPCCR_USER | FPCCR_THREAD | FPCCR_HFRDY | FPCCR_MMRDY |
					    FPCCR_BFRDY | FPCCR_MONRDY);

	c->fpcar = (frame + FP_OFFSET) & ~7u;
	fpccr |= FPCCR_LSPACT;
	if (!is_privileged(c))
		fpccr |= FPCCR_USER;
	if (!in_handler_mode(c))
		fpccr |= FPCCR_THREAD;
	if (nvic_execution_priority(c) > -1)
		fpccr |= FPCCR_HFRDY;
	if (nvic_enabled(c, EXC_BUSFAULT) && nvic_preempts(c, EXC_BUSFAULT))
		fpccr |= FPCCR_BFRDY;
	if (nvic_enabled(c, EXC_MEMMANAGE) && nvic_preempts(c, EXC_MEMMANAGE))
		fpccr |= FPCCR_MMRDY;
	if (nvic_enabled(c, EXC_DEBUGMONITOR) && nvic_preempts(c, EXC_DEBUGMONITOR))
		fpccr |= FPCCR_MONRDY;
	c->fpccr = fpccr;
}

static enum mem_result push_fp(struct cpu *c, uint32_t frame)
{
	enum mem_result result;

	if (c->fpccr & FPCCR_LSPEN) {
		reserve_lazy_frame(c, frame);
		return MEM_OK;
	}
	result = write_words(c, frame + FP_OFFSET, c->fp, FP_FRAME_REGS);
	return result == MEM_OK ? write_words(c, frame + FPSCR_OFFSET, &c->fpscr, 1) : result;
}

static void push_stack(struct cpu *c)
{
	const bool fp = c->has_fp && (c->control & CONTROL_FPCA);
	const bool align = fp || (c->ccr & CCR_STKALIGN);
	const uint32_t padding = align && (c->r[SP] & 4) ? XPSR_ALIGN : 0;
	const uint32_t frame = (c->r[SP] - (fp ? FP_FRAME : BASIC_FRAME)) & ~(align ? 4u : 0u);
	const uint32_t words[] = {
		c->r[0],
		c->r[1],
		c->r[2],
		c->r[3],
		c->r[12],
		c->r[LR],
		c->r[PC],
		(xpsr_get(c) & ~XPSR_ALIGN) | padding,
	};
	enum mem_result result = write_words(c, frame, words, ARRAY_SIZE(words));

	c->r[SP] = frame;
	if (fp && result == MEM_OK)
		result = push_fp(c, frame);
	if (result != MEM_OK)
		derived_fault(c, result, true);
}

static uint32_t entry_exc_return(const struct cpu *c)
{
	uint32_t value = 0xffffffe1u;

	if (!c->has_fp || !(c->control & CONTROL_FPCA))
		value |= EXC_RETURN_STANDARD;
	if (!in_handler_mode(c)) {
		value |= EXC_RETURN_THREAD;
		if (c->control & CONTROL_SPSEL)
			value |= EXC_RETURN_PSP;
	}
	return value;
}

static void trace_exception(struct cpu *c, unsigned exception, enum cpu_exception_event event)
{
	if (c->trace.exception)
		c->trace.exception(c->trace.ctx, exception, event);
	observe_exception(c, exception, event);
}

/* The vector, or that of HardFault if it cannot be read; lock-up if that cannot either. */
static bool read_vector(struct cpu *c, unsigned *exception, uint32_t *vector)
{
	const unsigned attr = CPU_A_PRIV | CPU_A_VECTOR;

	if (mem_read(c, c->vtor + 4 * *exception, 4, attr, vector) == MEM_OK)
		return true;
	if (c->is_v7m) {
		c->hfsr |= HFSR_VECTTBL;
		c->fault_catch |= DEMCR_VC_INTERR;
	}
	if (*exception == EXC_HARDFAULT || *exception == EXC_NMI)
		return false;
	*exception = EXC_HARDFAULT;
	return mem_read(c, c->vtor + 4 * EXC_HARDFAULT, 4, attr, vector) == MEM_OK;
}

/* ExceptionTaken(). LR has its value for the handler. */
static void exception_taken(struct cpu *c, unsigned exception)
{
	uint32_t vector = 0;
	bool readable;

	exc_set(c->pending, exception, false);
	readable = read_vector(c, &exception, &vector);
	exc_set(c->pending, exception, false);
	c->it = 0;
	c->it_written = 1;
	set_mode(c, exception, c->control & ~(uint32_t)(CONTROL_FPCA | CONTROL_SPSEL));
	nvic_activate(c, exception, true);
	c->exclusive = 0;
	c->event = 1;
	c->sleeping = AWAKE;
	c->thumb = vector & 1;
	c->r[PC] = c->next_pc = vector & ~1u;
	mem_update_view(c);
	cpu_attention(c);
	trace_exception(c, exception, CPU_EXC_ENTER);
	if (!readable)
		exception_lockup(c);
	else
		debug_vector_catch(c, (enum exception)exception);
}

bool exception_take(struct cpu *c)
{
	const unsigned best = nvic_best(c);
	uint32_t exc_return;

	if (!best || !nvic_preempts(c, best))
		return false;
	c->locked_up = 0;
	exc_return = entry_exc_return(c);
	push_stack(c);
	c->r[LR] = exc_return;
	/* Late arrival: stacking may have made something better pending. */
	exception_taken(c, nvic_best(c));
	return true;
}

/* --- return ----------------------------------------------------------------------------------- */

static void deactivate(struct cpu *c, unsigned exception)
{
	trace_exception(c, exception, CPU_EXC_EXIT);
	if (exception != EXC_NMI)
		c->faultmask = 0;
	nvic_activate(c, exception, false);
	mem_update_view(c);
}

/* A bad EXC_RETURN or frame: UsageFault INVPC, entered by tail-chaining without a new frame. */
static void return_invalid(struct cpu *c, uint32_t exc_return)
{
	exception_pend_sync(c, EXC_USAGEFAULT, CFSR_INVPC);
	c->r[LR] = 0xf0000000u | (exc_return & 0x0fffffffu);
	if (!c->locked_up)
		exception_taken(c, nvic_best(c));
}

static bool return_is_valid(const struct cpu *c, uint32_t exc_return)
{
	const bool nested = nvic_active_count(c) != 1;

	if (!exc_bit(c->active, c->ipsr))
		return false;
	if (!c->has_fp && !(exc_return & EXC_RETURN_STANDARD))
		return false;
	if ((exc_return & 0x0fffffe0u) != 0x0fffffe0u)
		return false;
	switch (exc_return & 15) {
	case 1:
		return nested || c->is_v7m; /* Armv7-M finds out by the IPSR it pops */
	case 9:
	case 13:
		return !nested || (c->ccr & CCR_NONBASETHRDENA);
	default:
		return false;
	}
}

static enum mem_result pop_fp(struct cpu *c, uint32_t frame)
{
	uint32_t words[FP_FRAME_REGS];
	uint32_t fpscr;

	if (c->fpccr & FPCCR_LSPACT) { /* never saved: the registers still hold it */
		c->fpccr &= ~FPCCR_LSPACT;
		return MEM_OK;
	}
	if (read_words(c, frame + FP_OFFSET, words, FP_FRAME_REGS) != MEM_OK ||
		read_words(c, frame + FPSCR_OFFSET, &fpscr, 1) != MEM_OK)
		return MEM_BUS;
	for (size_t i = 0; i < FP_FRAME_REGS; i++)
		c->fp[i] = words[i];
	c->fpscr = fpscr & FPSCR_MASK;
	return MEM_OK;
}

/* PopStack() with mode and stack already those returned to. */
static bool pop_stack(struct cpu *c, uint32_t exc_return)
{
	const bool fp = c->has_fp && !(exc_return & EXC_RETURN_STANDARD);
	const uint32_t frame = c->r[SP];
	uint32_t w[8];
	enum mem_result result = read_words(c, frame, w, ARRAY_SIZE(w));

	if (result == MEM_OK && fp)
		result = pop_fp(c, frame);
	if (result != MEM_OK) {
		derived_fault(c, result, false);
		return false;
	}
	for (unsigned i = 0; i < 4; i++)
		c->r[i] = w[i];
	c->r[12] = w[4];
	c->r[LR] = w[5];
	c->r[PC] = c->next_pc = w[6] & ~1u;
	c->r[SP] = frame + (fp ? FP_FRAME : BASIC_FRAME);
	if ((fp || (c->ccr & CCR_STKALIGN)) && (w[7] & XPSR_ALIGN))
		c->r[SP] |= 4;
	put_flags(c, w[7]);
	set_mode(c, ipsr_of(c, w[7]), c->control);
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

	if (thread && (exc_return & EXC_RETURN_PSP))
		control |= CONTROL_SPSEL;
	if (c->has_fp && !(exc_return & EXC_RETURN_STANDARD))
		control |= CONTROL_FPCA;
	/* In Handler mode until the frame says which handler this is. */
	set_mode(c, thread ? 0 : exception, control);
	if (!pop_stack(c, exc_return)) {
		if (c->locked_up)
			return;
		c->r[LR] = exc_return;
		exception_taken(c, nvic_best(c));
		return;
	}
	if (!mode_matches(c, exc_return)) {
		exception_pend_sync(c, EXC_USAGEFAULT, CFSR_INVPC);
		if (c->locked_up)
			return;
		push_stack(c);
		c->r[LR] = 0xf0000000u | (exc_return & 0x0fffffffu);
		exception_taken(c, nvic_best(c));
		return;
	}
	trace_exception(c, c->ipsr, CPU_EXC_RETURN);
	if (thread && nvic_active_count(c) == 0 && (c->scr & SCR_SLEEPONEXIT))
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
	if (next && nvic_preempts(c, next)) { /* tail-chaining: the frame stays */
		c->r[LR] = exc_return;
		exception_taken(c, next);
		return;
	}
	unstack(c, exception, exc_return);
}

void branch_interwork(struct cpu *c, uint32_t target)
{
	if (UNLIKELY(target >= 0xf0000000u && in_handler_mode(c))) {
		exception_return(c, target);
		return;
	}
	c->next_pc = target & ~1u;
	c->thumb = target & 1;
	if (UNLIKELY(!c->thumb))
		cpu_attention(c);
}
