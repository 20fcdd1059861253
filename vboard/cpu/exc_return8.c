/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception and function return of Armv8-M: DDI 0553 B3.21, B3.22 (ExceptionReturn, PopStack,
 * ValidateExceptionReturn), B3.17 (function calls between Security states, FunctionReturn).
 */
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/internal.h"

/* One return under way. */
struct exc_return {
	uint32_t value;
	unsigned exc_secure; /* the state that handled the exception: ES */
	unsigned secure;     /* the state returned to: S */
	bool to_handler;
	bool fp;
	unsigned which; /* stack with the frame */
	unsigned attr;  /* of the accesses to it */
	uint32_t frame;
};

/* Take what is pending now instead of the return; the frame stays where it is. */
static void take_instead(struct cpu *c, uint32_t exc_return)
{
	if (!c->locked_up)
		exception_taken(c, exc_return, true);
}

static void secure_fault(struct cpu *c, uint32_t exc_return, uint32_t sfsr)
{
	fault_record_secure(c, sfsr);
	exception_pend_sync(c, EXC_SECUREFAULT, 0);
	take_instead(c, exc_return);
}

static void usage_fault(struct cpu *c, uint32_t exc_return, unsigned secure, uint32_t cfsr)
{
	exception_pend_sync(c, exc_id(c, EXC_USAGEFAULT, secure), cfsr);
	take_instead(c, exc_return);
}

/* --- is it a return at all? ------------------------------------------------------------------- */

/* ES and DCRS may not be claimed by Non-secure code. */
static bool has_integrity(const struct cpu *c, uint32_t value)
{
	return !c->config.security || c->secure ||
	       (!(value & EXC_RETURN_ES) && (value & EXC_RETURN_DCRS));
}

static bool has_valid_bits(const struct cpu *c, uint32_t value)
{
	if ((value & EXC_RETURN_RES1) != EXC_RETURN_RES1 || (value & EXC_RETURN_RES0))
		return false;
	if (!c->has_fp && !(value & EXC_RETURN_FTYPE))
		return false;
	return c->config.security ||
	       (value & (EXC_RETURN_S | EXC_RETURN_DCRS | EXC_RETURN_ES)) == EXC_RETURN_DCRS;
}

/* The instance of the active exception; @return 0 when it is not active. */
static unsigned active_id(const struct cpu *c, unsigned secure)
{
	const unsigned id = exc_id(c, (enum exception)c->ipsr, secure);

	return exc_bit(c->active, id) && exc_is_secure(c, id) == (secure != 0) ? id : 0;
}

static bool deactivate(struct cpu *c, unsigned exc_secure)
{
	const unsigned id = active_id(c, exc_secure);

	trace_exception(c, c->ipsr, CPU_EXC_EXIT);
	if (c->ipsr != EXC_NMI && (!c->config.security || nvic_raw_priority(c) >= 0))
		c->bank[exc_secure].faultmask = 0;
	if (id)
		nvic_activate(c, id, false);
	mem_update_view(c);
	return id;
}

static void set_spsel(struct cpu *c, const struct exc_return *ret)
{
	const uint32_t control = control_get(c, ret->exc_secure) & ~(uint32_t)CONTROL_SPSEL;

	control_set(
		c, ret->exc_secure, control | (ret->value & EXC_RETURN_SPSEL ? CONTROL_SPSEL : 0u));
}

/* FPCCR.CLRONRET. @return false: SecureFault LSERR instead. */
static bool clear_fp(struct cpu *c)
{
	const uint32_t fpccr = c->bank[owner_bank(c)].fpccr;

	if (!c->has_fp || !(fpccr & FPCCR_CLRONRET) || !(c->control & CONTROL_FPCA))
		return true;
	if (c->config.security && (fpccr & FPCCR_LSPACT))
		return false;
	fp_clear(c, FP_FRAME_REGS);
	return true;
}

/* --- PopStack --------------------------------------------------------------------------------- */

static void locate_frame(struct cpu *c, struct exc_return *ret)
{
	const uint32_t control = control_get(c, ret->secure);
	const bool user = !ret->to_handler && (control & CONTROL_NPRIV);

	ret->which = !ret->to_handler && (control & CONTROL_SPSEL) ? 1 : 0;
	ret->frame = sp_get(c, ret->secure, ret->which);
	ret->attr = CPU_A_STACK | (user ? 0u : (unsigned)CPU_A_PRIV) |
	            (ret->secure ? (unsigned)CPU_A_SECURE : 0u);
}

static bool has_callee_frame(const struct exc_return *ret)
{
	return ret->secure && (ret->value & (EXC_RETURN_ES | EXC_RETURN_DCRS)) !=
	                              (EXC_RETURN_ES | EXC_RETURN_DCRS);
}

/* @return false: another exception was taken. */
static bool pop_callee(struct cpu *c, struct exc_return *ret)
{
	uint32_t signature;
	uint32_t regs[CALLEE_REGS];
	enum mem_result result = read_words(c, ret->frame, ret->attr, &signature, 1);

	if (result == MEM_OK && signature != integrity_signature(c, ret->value)) {
		secure_fault(c, ret->value, SFSR_INVIS);
		return false;
	}
	if (result == MEM_OK)
		result = read_words(
			c, ret->frame + CALLEE_REGS_OFFSET, ret->attr, regs, ARRAY_SIZE(regs));
	if (result != MEM_OK) {
		exception_derived(c, result, ret->frame, ret->secure, 0);
		take_instead(c, ret->value);
		return false;
	}
	for (unsigned i = 0; i < CALLEE_REGS; i++)
		c->r[4 + i] = regs[i];
	ret->frame += CALLEE_FRAME;
	return true;
}

static bool is_privileged_return(const struct exc_return *ret)
{
	return ret->attr & CPU_A_PRIV;
}

/* @return false: another exception was taken. */
static bool pop_fp(struct cpu *c, struct exc_return *ret)
{
	const uint32_t fpccr_s = c->bank[BANK_S].fpccr;
	const uint32_t cp10 = c->bank[ret->secure].cpacr >> 20 & 3;
	enum mem_result result;

	if (c->config.security && !ret->secure && (fpccr_s & FPCCR_LSPACT)) {
		secure_fault(c, ret->value, SFSR_LSERR);
		return false;
	}
	if (!(c->bank[ret->secure].fpccr & FPCCR_LSPACT)) {
		if (cp10 != 3 && !(cp10 == 1 && is_privileged_return(ret))) {
			usage_fault(c, ret->value, ret->secure, CFSR_NOCP);
			return false;
		}
		if (c->config.security && !ret->secure && !(c->nsacr & NSACR_CP10)) {
			usage_fault(c, ret->value, BANK_S, CFSR_NOCP);
			return false;
		}
	}
	result = fp_pop(c, ret->frame, ret->attr, ret->secure && (fpccr_s & FPCCR_TS));
	if (result != MEM_OK) {
		exception_derived(c, result, ret->frame, ret->secure, 0);
		take_instead(c, ret->value);
		return false;
	}
	return true;
}

static void commit(struct cpu *c, struct exc_return *ret, const uint32_t w[8])
{
	const uint32_t size = BASIC_FRAME + (ret->fp ? fp_frame_size(c, ret->secure) : 0);

	for (unsigned i = 0; i < 4; i++)
		c->r[i] = w[i];
	c->r[12] = w[4];
	c->r[LR] = w[5];
	c->r[PC] = c->next_pc = w[6] & ~1u;
	sp_set(c, ret->secure, ret->which, (ret->frame + size) | (w[7] & XPSR_ALIGN ? 4u : 0u));
	set_mode(
		c, c->ipsr, (c->control & ~(uint32_t)CONTROL_FPCA) | (ret->fp ? CONTROL_FPCA : 0u));
	xpsr_set_flags(c, w[7]);
	set_mode(c, xpsr_exception(c, w[7]), c->control);
	if (ret->secure)
		c->sfpa = c->has_fp && (w[7] & XPSR_SFPA) ? CONTROL_SFPA : 0;
}

static void pop_stack(struct cpu *c, struct exc_return *ret)
{
	uint32_t w[8];
	enum mem_result result;

	locate_frame(c, ret);
	if (has_callee_frame(ret) && !pop_callee(c, ret))
		return;
	result = read_words(c, ret->frame, ret->attr, w, ARRAY_SIZE(w));
	if (result != MEM_OK) {
		exception_derived(c, result, ret->frame, ret->secure, 0);
		take_instead(c, ret->value);
		return;
	}
	if ((xpsr_exception(c, w[7]) != 0) != ret->to_handler) {
		usage_fault(c, ret->value, ret->secure, CFSR_INVPC);
		return;
	}
	if (ret->fp && !pop_fp(c, ret))
		return;
	commit(c, ret, w);
	trace_exception(c, c->ipsr, CPU_EXC_RETURN);
	if (!ret->to_handler && nvic_active_count(c) == 0 &&
		(c->bank[ret->exc_secure].scr & SCR_SLEEPONEXIT))
		c->sleeping = SLEEP_WFI;
}

/* --- ExceptionReturn -------------------------------------------------------------------------- */

/* What stands in the way of the return; @return false: it was taken instead. */
static bool validate(struct cpu *c, struct exc_return *ret, bool integrity, bool was_active)
{
	if (!clear_fp(c)) {
		secure_fault(c, ret->value, SFSR_LSERR);
		return false;
	}
	if (!integrity) {
		secure_fault(c, ret->value, SFSR_INVER);
		return false;
	}
	if (!was_active || !has_valid_bits(c, ret->value)) {
		usage_fault(c, ret->value | EXC_RETURN_RES1, c->secure, CFSR_INVPC);
		return false;
	}
	return true;
}

void exception_return8(struct cpu *c, uint32_t exc_return)
{
	const bool integrity = has_integrity(c, exc_return);
	struct exc_return ret = { .value = integrity ? exc_return : exc_return & ~EXC_RETURN_ES };
	bool was_active;
	unsigned next;

	ret.exc_secure = c->config.security && (ret.value & EXC_RETURN_ES) ? BANK_S : BANK_NS;
	ret.secure = c->config.security && (ret.value & EXC_RETURN_S) ? BANK_S : BANK_NS;
	ret.to_handler = !(ret.value & EXC_RETURN_THREAD);
	ret.fp = c->has_fp && !(ret.value & EXC_RETURN_FTYPE);
	was_active = deactivate(c, ret.exc_secure);
	c->exclusive = 0;
	c->event = 1;
	cpu_attention(c);
	set_spsel(c, &ret);
	if (!validate(c, &ret, integrity, was_active))
		return;
	next = nvic_best(c);
	if (next && nvic_preempts(c, next)) {
		exception_taken(c, ret.value, true);
		return;
	}
	set_security(c, ret.secure);
	pop_stack(c, &ret);
}

/* --- FunctionReturn --------------------------------------------------------------------------- */

/* A Non-secure function that Secure code called by BLXNS returns. */
void function_return(struct cpu *c)
{
	const unsigned which =
		!in_handler_mode(c) && (control_get(c, BANK_S) & CONTROL_SPSEL) ? 1 : 0;
	const bool user = !in_handler_mode(c) && (control_get(c, BANK_S) & CONTROL_NPRIV);
	const unsigned attr = CPU_A_SECURE | (user ? 0u : (unsigned)CPU_A_PRIV);
	const uint32_t frame = sp_get(c, BANK_S, which);
	uint32_t w[2]; /* return address, partial RETPSR */
	uint32_t exception;
	const enum mem_result result = read_words(c, frame, attr, w, ARRAY_SIZE(w));

	if (result != MEM_OK)
		fault_access(c, result, frame, attr);
	exception = xpsr_exception(c, w[1]);
	if (!(c->ipsr == 0 && exception == 0) && !(c->ipsr == 1 && exception != 0))
		fault_usage(c, CFSR_INVPC);
	sp_set(c, BANK_S, which, frame + FUNCTION_FRAME);
	set_security(c, BANK_S);
	set_mode(c, exception, c->control);
	c->sfpa = c->has_fp && (w[1] & XPSR_SFPA) ? CONTROL_SFPA : 0;
	c->it = 0;
	c->it_written = 1;
	c->thumb = w[0] & 1;
	c->next_pc = w[0] & ~1u;
	cpu_attention(c);
}
