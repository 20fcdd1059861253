/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a faulted core can tell: fault status registers and the stacked frame. Armv7-M ARM, DDI
 * 0403E.e, B1.5 (exceptions, frames) and B3.2.15 to B3.2.18; Armv8-M: DDI 0553B.
 *
 * Two batches: registers, then the stack. Nothing is changed: the sticky bits stay.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <dapper/fault.h>

#include "base/bytes.h"
#include "cortex_m/core.h"

/* --- words for bits -------------------------------------------------------------------------- */

enum status_register { CFSR, HFSR, SFSR };

static const char *const register_names[] = { "CFSR", "HFSR", "SFSR" };

#define CAUSE(reg, bit, text)                        \
	{                                            \
		(reg), SCS_##reg##_##bit, #bit, text \
	}

static const struct cause_row {
	enum status_register reg;
	uint32_t mask;
	const char *name;
	const char *text;
} cause_rows[] = {
	CAUSE(CFSR, DIVBYZERO, "an integer was divided by zero"),
	CAUSE(CFSR, UNALIGNED, "an access was not aligned to its size"),
	CAUSE(CFSR, STKOF, "the stack grew below its limit: stack overflow"),
	CAUSE(CFSR, NOCP,
		"a coprocessor or floating-point instruction while that unit is off (CPACR)"),
	CAUSE(CFSR, INVPC, "an exception returned with a bad EXC_RETURN: often a corrupt stack"),
	CAUSE(CFSR, INVSTATE,
		"a jump to an address without the Thumb bit: often a null or corrupt function "
		"pointer"),
	CAUSE(CFSR, UNDEFINSTR, "an undefined instruction: often a jump into data"),
	CAUSE(CFSR, LSPERR, "a bus error while floating-point registers were saved lazily"),
	CAUSE(CFSR, STKERR, "a bus error while registers were stacked: a bad stack pointer"),
	CAUSE(CFSR, UNSTKERR, "a bus error while registers were unstacked: a bad stack pointer"),
	CAUSE(CFSR, IMPRECISERR,
		"a bus error of an earlier write: pc is some instructions past it"),
	CAUSE(CFSR, PRECISERR, "a bus error of a data access by the instruction at pc"),
	CAUSE(CFSR, IBUSERR, "a bus error while an instruction was fetched"),
	CAUSE(CFSR, MLSPERR,
		"a memory protection error while floating-point registers were saved lazily"),
	CAUSE(CFSR, MSTKERR,
		"a memory protection error while registers were stacked: often a stack overflow"),
	CAUSE(CFSR, MUNSTKERR, "a memory protection error while registers were unstacked"),
	CAUSE(CFSR, DACCVIOL, "a data access that the memory protection forbids"),
	CAUSE(CFSR, IACCVIOL, "an instruction from where nothing may be executed"),
	CAUSE(HFSR, DEBUGEVT, "a breakpoint instruction or other debug event without a debugger"),
	CAUSE(HFSR, FORCED,
		"another fault became a HardFault: its own handler is off or could not run"),
	CAUSE(HFSR, VECTTBL, "the vector table could not be read: check VTOR"),
	CAUSE(SFSR, LSERR, "a lazy floating-point save into the wrong security state"),
	CAUSE(SFSR, LSPERR,
		"a security violation while floating-point registers were saved lazily"),
	CAUSE(SFSR, INVTRAN, "a branch from Secure to Non-secure code that was not marked as one"),
	CAUSE(SFSR, AUVIOL, "Non-secure code accessed Secure memory"),
	CAUSE(SFSR, INVER, "an exception return with a wrong security state"),
	CAUSE(SFSR, INVIS, "a Secure frame without its integrity signature"),
	CAUSE(SFSR, INVEP, "Non-secure code entered Secure code elsewhere than at an SG"),
};

_Static_assert(ARRAY_SIZE(cause_rows) <= DAPPER_FAULT_CAUSES_MAX, "each may be set");

static void explain(dapper_fault *fault)
{
	const uint32_t values[] = {
		[CFSR] = fault->cfsr, [HFSR] = fault->hfsr, [SFSR] = fault->sfsr
	};

	for (size_t i = 0; i < ARRAY_SIZE(cause_rows); i++)
		if (values[cause_rows[i].reg] & cause_rows[i].mask)
			fault->causes[fault->cause_count++] = (dapper_fault_cause){
				.reg = register_names[cause_rows[i].reg],
				.name = cause_rows[i].name,
				.text = cause_rows[i].text,
			};
}

/* DDI 0403E.e, table B1-4; 7: Armv8-M. */
static const char *const exception_names[16] = {
	[0] = "Thread mode",
	[1] = "Reset",
	[2] = "NMI",
	[3] = "HardFault",
	[4] = "MemManage",
	[5] = "BusFault",
	[6] = "UsageFault",
	[7] = "SecureFault",
	[11] = "SVCall",
	[12] = "DebugMonitor",
	[14] = "PendSV",
	[15] = "SysTick",
};

enum { HARD_FAULT = 3, LAST_FAULT = 7, FIRST_INTERRUPT = 16 };

static void name_exception(dapper_fault *fault)
{
	unsigned number = fault->exception;

	if (number >= FIRST_INTERRUPT)
		snprintf(fault->exception_name, sizeof(fault->exception_name), "interrupt %u",
			number - FIRST_INTERRUPT);
	else if (exception_names[number])
		snprintf(fault->exception_name, sizeof(fault->exception_name), "%s",
			exception_names[number]);
	else
		snprintf(fault->exception_name, sizeof(fault->exception_name), "exception %u",
			number);
}

/* --- registers ------------------------------------------------------------------------------- */

/* CFSR to BFAR lie side by side. */
enum { AT_CFSR, AT_HFSR, AT_DFSR, AT_MMFAR, AT_BFAR, STATUS_WORDS };

_Static_assert(SCS_BFAR - SCS_CFSR == 4 * AT_BFAR, "one block");

struct readings {
	uint32_t dhcsr;
	uint8_t status[4 * STATUS_WORDS];
	uint32_t sfsr, sfar;
	uint32_t sp, lr, pc, xpsr, msp, psp;
	uint32_t msp_s, psp_s, msp_ns, psp_ns;
};

static bool has_secure_faults(const struct cortex_m *core)
{
	return core->has_security && core->arch == ARCH_V8M_MAIN;
}

static void queue_core_registers(struct cortex_m *core, struct batch *batch, struct readings *r)
{
	registers_queue_read(core, batch, REGSEL_SP, &r->sp);
	registers_queue_read(core, batch, REGSEL_LR, &r->lr);
	registers_queue_read(core, batch, REGSEL_PC, &r->pc);
	registers_queue_read(core, batch, REGSEL_XPSR, &r->xpsr);
	registers_queue_read(core, batch, REGSEL_MSP, &r->msp);
	registers_queue_read(core, batch, REGSEL_PSP, &r->psp);
	if (!core->has_security)
		return;
	registers_queue_read(core, batch, REGSEL_MSP_S, &r->msp_s);
	registers_queue_read(core, batch, REGSEL_PSP_S, &r->psp_s);
	registers_queue_read(core, batch, REGSEL_MSP_NS, &r->msp_ns);
	registers_queue_read(core, batch, REGSEL_PSP_NS, &r->psp_ns);
}

static dapper_status read_registers(struct cortex_m *core, struct readings *r)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	control_queue_poll_halted(core, &batch);
	mem_ap_queue_banked_read32(core->ap, &batch, SCS_DHCSR, &r->dhcsr);
	queue_core_registers(core, &batch, r);
	if (cortex_m_is_mainline(core))
		mem_ap_queue_read_block(core->ap, &batch, SCS_CFSR, r->status, STATUS_WORDS);
	if (has_secure_faults(core)) {
		mem_ap_queue_read32(core->ap, &batch, SCS_SFSR, &r->sfsr);
		mem_ap_queue_read32(core->ap, &batch, SCS_SFAR, &r->sfar);
	}
	status = control_run(core, &batch);
	batch_finish(&batch);
	return registers_explain(core, status);
}

static uint32_t status_word(const struct readings *r, size_t index)
{
	return get_le32(&r->status[4 * index]);
}

static void take_status(const struct cortex_m *core, const struct readings *r, dapper_fault *fault)
{
	if (cortex_m_is_mainline(core)) {
		fault->known |= DAPPER_FAULT_STATUS;
		fault->cfsr = status_word(r, AT_CFSR);
		fault->hfsr = status_word(r, AT_HFSR);
		fault->dfsr = status_word(r, AT_DFSR);
		fault->mmfar = status_word(r, AT_MMFAR);
		fault->bfar = status_word(r, AT_BFAR);
	}
	if (has_secure_faults(core)) {
		fault->known |= DAPPER_FAULT_SECURE;
		fault->sfsr = r->sfsr;
		fault->sfar = r->sfar;
	}
	if (fault->cfsr & SCS_CFSR_MMARVALID)
		fault->known |= DAPPER_FAULT_MEMORY_ADDRESS;
	if (fault->cfsr & SCS_CFSR_BFARVALID)
		fault->known |= DAPPER_FAULT_BUS_ADDRESS;
	if (fault->sfsr & SCS_SFSR_SFARVALID)
		fault->known |= DAPPER_FAULT_SECURE_ADDRESS;
}

static void take_exception(const struct readings *r, dapper_fault *fault)
{
	fault->exception = FIELD_GET(XPSR_EXCEPTION, r->xpsr);
	fault->is_locked_up = (r->dhcsr & SCS_DHCSR_S_LOCKUP) != 0;
	fault->is_fault = fault->is_locked_up ||
	                  (fault->exception >= HARD_FAULT && fault->exception <= LAST_FAULT);
	fault->pc = r->pc;
	fault->lr = r->lr;
	fault->sp = r->sp;
	name_exception(fault);
}

/* --- the frame ------------------------------------------------------------------------------- */

enum {
	FRAME_WORDS = 8,
	FLOAT_FRAME_WORDS = 18, /* s0-s15, fpscr, one reserved (B1.5.7) */
	CALLEE_WORDS = 10,      /* signature, reserved, r4-r11 (DDI 0553B) */
	SEARCH_WORDS = 64,      /* how much a handler may have pushed */
	STACK_WORDS = SEARCH_WORDS + CALLEE_WORDS + FRAME_WORDS,
	AT_LR = 5,
	AT_PC = 6,
	AT_XPSR = 7,
};

#define INTEGRITY_SIGNATURE      0xfefa125au
#define INTEGRITY_SIGNATURE_MASK 0xfffffffeu

static bool is_exc_return(uint32_t value)
{
	return (value & EXC_RETURN_PREFIX) == EXC_RETURN_PREFIX && value < 0xfffffffeu &&
	       value >= 0xffffff00u;
}

struct stack {
	uint32_t address;
	size_t words; /* read */
	uint8_t bytes[4 * STACK_WORDS];
};

static uint32_t stack_word(const struct stack *stack, size_t index)
{
	return get_le32(stack->bytes + 4 * index);
}

/*
 * As much as there is: the stack may end, and memory with it. Halves are tried after a fault, down
 * to one frame.
 */
static dapper_status read_stack(struct cortex_m *core, uint32_t address, struct stack *stack)
{
	dapper_status status = DAPPER_ERR_FAULT;

	stack->address = address & ~3u;
	for (stack->words = STACK_WORDS; stack->words >= FRAME_WORDS; stack->words /= 2) {
		if (stack->address > UINT32_MAX - 4 * stack->words)
			continue;
		status = mem_ap_read(core->ap, stack->address, stack->bytes, 4 * stack->words);
		if (status != DAPPER_ERR_FAULT)
			break;
		error_clear();
	}
	if (stack->words < FRAME_WORDS || status == DAPPER_ERR_FAULT)
		stack->words = 0;
	return status == DAPPER_ERR_FAULT ? DAPPER_OK : status;
}

/* Could these eight words be a frame? pc is where nothing but code can be, and the reserved bits of
 * xPSR are 0 (B1.4.2); T may be 0, which is then the fault. */
static bool looks_like_frame(const struct stack *stack, size_t at)
{
	uint32_t pc, xpsr;

	if (at + FRAME_WORDS > stack->words)
		return false;
	pc = stack_word(stack, at + AT_PC);
	xpsr = stack_word(stack, at + AT_XPSR);
	return !(pc & 1) && pc < 0xe0000000u && (xpsr & XPSR_T) && !(xpsr & BITS(23, 20));
}

/* Where the frame begins, counted in words from the top of the stack. */
static bool find_frame(const struct stack *stack, size_t start, size_t *at, bool *is_guess)
{
	*is_guess = false;
	for (*at = start; *at <= SEARCH_WORDS && *at + FRAME_WORDS <= stack->words; ++*at) {
		if (looks_like_frame(stack, *at))
			return true;
		*is_guess = true;
	}
	/* INVSTATE: the stacked T bit is 0. The frame is then only believed on top. */
	*at = start;
	return start + FRAME_WORDS <= stack->words;
}

static void take_frame(const struct stack *stack, size_t at, dapper_fault *fault)
{
	uint32_t words[FRAME_WORDS];
	uint32_t frame_words = FRAME_WORDS;

	for (size_t i = 0; i < FRAME_WORDS; i++)
		words[i] = stack_word(stack, at + i);
	fault->known |= DAPPER_FAULT_FRAME;
	fault->frame_address = stack->address + 4 * (uint32_t)at;
	fault->stacked = (dapper_fault_frame){ words[0], words[1], words[2], words[3], words[4],
		words[AT_LR], words[AT_PC], words[AT_XPSR] };
	fault->pc = words[AT_PC];
	fault->lr = words[AT_LR];
	if (fault->has_float_frame)
		frame_words += FLOAT_FRAME_WORDS;
	/* Bit 9 of the stacked xPSR: a word was skipped to align the frame (B1.5.7). */
	if (words[AT_XPSR] & BIT(9))
		frame_words++;
	fault->sp = (uint32_t)fault->frame_address + 4 * frame_words;
}

static uint32_t frame_stack(
	const struct cortex_m *core, const struct readings *r, const dapper_fault *fault)
{
	bool secure = (fault->exc_return & EXC_RETURN_S) != 0;

	if (!core->has_security)
		return fault->uses_psp ? r->psp : r->msp;
	if (fault->uses_psp)
		return secure ? r->psp_s : r->psp_ns;
	return secure ? r->msp_s : r->msp_ns;
}

/* A handler that has called something keeps EXC_RETURN on its stack instead of in lr. */
static dapper_status find_exc_return(
	struct cortex_m *core, const struct readings *r, dapper_fault *fault)
{
	struct stack stack = { .words = 0 };

	if (is_exc_return(r->lr)) {
		fault->exc_return = r->lr;
		return DAPPER_OK;
	}
	TRY(read_stack(core, r->msp, &stack));
	for (size_t i = 0; i < stack.words && i < SEARCH_WORDS && !fault->exc_return; i++)
		if (is_exc_return(stack_word(&stack, i)))
			fault->exc_return = stack_word(&stack, i);
	return DAPPER_OK;
}

static dapper_status find_and_take_frame(
	struct cortex_m *core, const struct readings *r, dapper_fault *fault)
{
	struct stack stack = { .words = 0 };
	bool has_float = cortex_m_has_fpu(core);
	bool is_guess = false;
	size_t start = 0, at = 0;

	TRY(find_exc_return(core, r, fault));
	fault->uses_psp = (fault->exc_return & EXC_RETURN_SPSEL) != 0;
	fault->has_float_frame =
		has_float && fault->exc_return && !(fault->exc_return & EXC_RETURN_FTYPE);
	TRY(read_stack(core, frame_stack(core, r, fault), &stack));
	if (core->has_security && stack.words > CALLEE_WORDS &&
		!(fault->exc_return & EXC_RETURN_DCRS) &&
		(stack_word(&stack, 0) & INTEGRITY_SIGNATURE_MASK) ==
			(INTEGRITY_SIGNATURE & INTEGRITY_SIGNATURE_MASK))
		start = CALLEE_WORDS;
	if (!find_frame(&stack, start, &at, &is_guess))
		return DAPPER_OK;
	if (is_guess || !fault->exc_return)
		fault->known |= DAPPER_FAULT_FRAME_GUESSED;
	take_frame(&stack, at, fault);
	return DAPPER_OK;
}

dapper_status cortex_m_describe_fault(struct dapper_target *target, dapper_fault *fault)
{
	struct cortex_m *core = cortex_m_of(target);
	struct readings readings = { .dhcsr = 0 };

	*fault = (dapper_fault){ .known = 0 };
	TRY(read_registers(core, &readings));
	take_status(core, &readings, fault);
	take_exception(&readings, fault);
	explain(fault);
	/* In Thread mode nothing is stacked. */
	return fault->exception ? find_and_take_frame(core, &readings, fault) : DAPPER_OK;
}

/* --- catching -------------------------------------------------------------------------------- */

dapper_status cortex_m_catch_faults(struct dapper_target *target, bool enable)
{
	struct cortex_m *core = cortex_m_of(target);
	uint32_t demcr;

	/* The core may have been running all the time. */
	core->demcr_known = false;
	TRY(demcr_read(core, &demcr));
	core->demcr_known = false;
	demcr &= ~SCS_DEMCR_VC_HARDERR;
	if (enable)
		demcr |= SCS_DEMCR_VC_HARDERR;
	return mem_ap_write32(core->ap, SCS_DEMCR, demcr);
}

/* --- several areas --------------------------------------------------------------------------- */

dapper_status cortex_m_read_areas(
	struct dapper_target *target, const struct target_area *areas, size_t count)
{
	struct cortex_m *core = cortex_m_of(target);
	struct batch batch = BATCH_INIT;
	dapper_status status;

	for (size_t i = 0; i < count; i++) {
		if ((areas[i].address | areas[i].size) % 4 || areas[i].address > UINT32_MAX ||
			areas[i].size > UINT32_MAX - areas[i].address)
			return dapper_fail(DAPPER_ERR_INVALID,
				"areas are whole words below 4 GB (0x%08" PRIx64 ", %zu bytes)",
				areas[i].address, areas[i].size);
	}
	for (size_t i = 0; i < count; i++)
		if (areas[i].size)
			mem_ap_queue_read_block(core->ap, &batch, areas[i].address, areas[i].data,
				areas[i].size / 4);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return status;
}
