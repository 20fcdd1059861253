/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calling a function on the halted core, by the AAPCS: the heart of running flash algorithms.
 *
 * Registers, run, wait and results are one batch: a call that returns before the probe has polled
 * its share costs one round trip. DHCSR.C_MASKINTS is set from just before the core runs until it
 * is halted again, so it also tells whether the function was started.
 */
#include <inttypes.h>

#include "base/context.h"
#include "cortex_m/core.h"

/* Where the exception frame holds the return address (DDI 0403E.e, B1.5.6). */
enum { FRAME_RETURN_ADDRESS = 24 };

struct call {
	struct cortex_m *core;
	const struct target_call *what;
	uint32_t demcr; /* as it was */
	struct deadline deadline;
	/* Filled when the core has halted. */
	uint32_t r0;
	uint32_t pc;
	uint32_t dfsr;
	uint32_t dhcsr;
};

static void queue_arguments(struct call *call, struct batch *batch)
{
	const struct target_call *what = call->what;
	struct cortex_m *core = call->core;

	/* Thread mode, Thumb state, no IT block; privileged, on the main stack, nothing masked. */
	registers_queue_write(core, batch, REGSEL_XPSR, XPSR_T);
	registers_queue_write(core, batch, REGSEL_CFBP, 0);
	if (core->has_security && cortex_m_is_mainline(core)) {
		/* Limits that the application has set for its own stack. */
		registers_queue_write(core, batch, REGSEL_MSPLIM_S, 0);
		registers_queue_write(core, batch, REGSEL_MSPLIM_NS, 0);
	}
	for (size_t i = 0; i < what->argument_count; i++)
		registers_queue_write(core, batch, REGSEL_R0 + (unsigned)i, what->arguments[i]);
	registers_queue_write(core, batch, REGSEL_R9, (uint32_t)what->static_base);
	registers_queue_write(core, batch, REGSEL_SP, (uint32_t)what->stack_top);
	registers_queue_write(core, batch, REGSEL_LR, (uint32_t)what->return_address | 1u);
	registers_queue_write(core, batch, REGSEL_PC, (uint32_t)what->function & ~1u);
}

static void queue_start(struct call *call, struct batch *batch)
{
	struct cortex_m *core = call->core;

	mem_ap_queue_write32(core->ap, batch, SCS_DFSR, SCS_DFSR_ALL);
	control_queue_poll_halted(core, batch);
	/* A fault shall stop at once, and not run the application's handler. */
	mem_ap_queue_banked_write32(core->ap, batch, SCS_DEMCR, call->demcr | SCS_DEMCR_VC_FAULTS);
	queue_arguments(call, batch);
	control_queue_write(core, batch, SCS_DHCSR_C_HALT | SCS_DHCSR_C_MASKINTS);
	control_queue_write(core, batch, SCS_DHCSR_C_MASKINTS);
}

/* Wait for the halt, fetch what there is to know, and leave the core as it was found. */
static void queue_finish(struct call *call, struct batch *batch)
{
	struct cortex_m *core = call->core;

	control_queue_wait_halted(core, batch, control_retries_until(core, &call->deadline));
	registers_queue_read(core, batch, REGSEL_R0, &call->r0);
	registers_queue_read(core, batch, REGSEL_PC, &call->pc);
	mem_ap_queue_banked_write32(core->ap, batch, SCS_DEMCR, call->demcr);
	control_queue_write(core, batch, SCS_DHCSR_C_HALT);
	mem_ap_queue_read32(core->ap, batch, SCS_DFSR, &call->dfsr);
}

static dapper_status run_round(struct call *call, struct batch *batch)
{
	dapper_status status = control_run(call->core, batch);

	batch_finish(batch);
	if (status == DAPPER_OK)
		call->core->kept_control = 0;
	return status;
}

static dapper_status start(struct call *call)
{
	struct batch batch = BATCH_INIT;

	queue_start(call, &batch);
	queue_finish(call, &batch);
	return run_round(call, &batch);
}

static dapper_status wait_more(struct call *call)
{
	struct batch batch = BATCH_INIT;

	mem_ap_queue_banked_read32(call->core->ap, &batch, SCS_DHCSR, &call->dhcsr);
	queue_finish(call, &batch);
	return run_round(call, &batch);
}

/* --- when it goes wrong ---------------------------------------------------------------------- */

/* Halt, restore, and find out where the core was. */
static dapper_status abandon(struct call *call)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	TRY(cortex_m_halt(&call->core->target));
	queue_finish(call, &batch);
	status = control_run(call->core, &batch);
	batch_finish(&batch);
	return status;
}

/* As abandon(), for failures that have their own error: that one is kept. */
static dapper_status abandon_after(struct call *call, dapper_status failure)
{
	struct cortex_m *core = call->core;
	struct error_state error;
	dapper_status status;

	error_save(&error);
	/* Whoever cancelled wants the target back in a known state. */
	if (failure == DAPPER_ERR_CANCELLED)
		probe_set_cancellable(core->dp->probe, false);
	status = abandon(call);
	if (failure == DAPPER_ERR_CANCELLED)
		probe_set_cancellable(core->dp->probe, true);
	if (status != DAPPER_OK)
		log_warning(core->target.context, DAPPER_LOG_TARGET,
			"core %s was left running a function of ours: %s", core->target.node.name,
			dapper_error_last()->message);
	return error_restore(&error);
}

static const struct fault_text {
	uint32_t bit;
	const char *text;
} fault_texts[] = {
	{ SCS_CFSR_STKOF, "STKOF: the stack is too small" },
	{ SCS_CFSR_PRECISERR, "PRECISERR: a data access was answered by a bus error" },
	{ SCS_CFSR_IMPRECISERR, "IMPRECISERR: an earlier write was answered by a bus error" },
	{ SCS_CFSR_IBUSERR, "IBUSERR: there are no instructions where it jumped" },
	{ SCS_CFSR_STKERR | SCS_CFSR_MSTKERR, "STKERR: the stack is not in memory" },
	{ SCS_CFSR_UNSTKERR | SCS_CFSR_MUNSTKERR, "UNSTKERR: the stack is not in memory" },
	{ SCS_CFSR_LSPERR | SCS_CFSR_MLSPERR, "LSPERR: floating-point state cannot be saved" },
	{ SCS_CFSR_DACCVIOL, "DACCVIOL: the MPU forbids a data access" },
	{ SCS_CFSR_IACCVIOL, "IACCVIOL: the MPU forbids execution there" },
	{ SCS_CFSR_UNDEFINSTR, "UNDEFINSTR: an instruction that this core does not have" },
	{ SCS_CFSR_INVSTATE, "INVSTATE: it jumped to an even address" },
	{ SCS_CFSR_INVPC, "INVPC: the return address is broken" },
	{ SCS_CFSR_NOCP, "NOCP: the FPU is used but not switched on" },
	{ SCS_CFSR_UNALIGNED, "UNALIGNED: an unaligned access" },
	{ SCS_CFSR_DIVBYZERO, "DIVBYZERO: a division by zero" },
};

static const char *fault_text(uint32_t cfsr)
{
	for (size_t i = 0; i < ARRAY_SIZE(fault_texts); i++)
		if (cfsr & fault_texts[i].bit)
			return fault_texts[i].text;
	return "look at its code, and at what it expects of clocks and memory";
}

/* Where it faulted is on the stack, if there is one. @return false: not known. */
static bool read_fault_pc(struct call *call, uint32_t *pc)
{
	struct batch batch = BATCH_INIT;
	struct cortex_m *core = call->core;
	uint32_t sp = 0;
	dapper_status status;

	registers_queue_read(core, &batch, REGSEL_SP, &sp);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return status == DAPPER_OK && !(sp & 3u) &&
	       mem_ap_read32(core->ap, sp + FRAME_RETURN_ADDRESS, pc) == DAPPER_OK;
}

static dapper_status fail_fault(struct call *call)
{
	struct cortex_m *core = call->core;
	struct batch batch = BATCH_INIT;
	uint32_t function = (uint32_t)call->what->function;
	uint32_t cfsr = 0, hfsr = 0, pc = call->pc;
	const char *where = read_fault_pc(call, &pc) ? "" : "the handler's ";
	dapper_status status;

	if (!cortex_m_is_mainline(core)) {
		dapper_fail(DAPPER_ERR_FLASH_ALGORITHM,
			"function 0x%08" PRIx32 " faulted at %spc 0x%08" PRIx32, function, where,
			pc);
		return dapper_fail_hint(DAPPER_ERR_FLASH_ALGORITHM, "%s", fault_text(0));
	}
	mem_ap_queue_read32(core->ap, &batch, SCS_CFSR, &cfsr);
	mem_ap_queue_read32(core->ap, &batch, SCS_HFSR, &hfsr);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	TRY(status);
	dapper_fail(DAPPER_ERR_FLASH_ALGORITHM,
		"function 0x%08" PRIx32 " faulted at %spc 0x%08" PRIx32 " (CFSR 0x%08" PRIx32
		", HFSR 0x%08" PRIx32 ")",
		function, where, pc, cfsr, hfsr);
	return dapper_fail_hint(DAPPER_ERR_FLASH_ALGORITHM, "%s", fault_text(cfsr));
}

static bool is_at_return(const struct call *call)
{
	return call->pc == ((uint32_t)call->what->return_address & ~1u);
}

static dapper_status fail_timeout(struct call *call)
{
	uint32_t function = (uint32_t)call->what->function;

	TRY(abandon(call));
	/* It came back between the last look and the halt. */
	if (is_at_return(call) && (call->dfsr & SCS_DFSR_BKPT))
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_TIMEOUT,
		"function 0x%08" PRIx32 " did not return within %" PRIu32
		" ms, it hangs at pc 0x%08" PRIx32,
		function, call->what->timeout_ms, call->pc);
	return dapper_fail_hint(DAPPER_ERR_TIMEOUT,
		"the core is halted at pc 0x%08" PRIx32
		"; it waits there for something, or needs more time",
		call->pc);
}

static dapper_status fail_lockup(struct call *call)
{
	TRY(abandon(call));
	return fail_fault(call);
}

static dapper_status fail_not_started(struct call *call)
{
	uint32_t dhcsr = call->dhcsr;

	call->core->kept_control = dhcsr & SCS_DHCSR_C_KEPT;
	if (!(dhcsr & SCS_DHCSR_S_HALT))
		return control_fail_not_halted();
	return registers_explain(call->core, DAPPER_ERR_MISMATCH);
}

static dapper_status check_result(struct call *call)
{
	const struct target_call *what = call->what;

	if (call->dfsr & SCS_DFSR_VCATCH)
		return fail_fault(call);
	if (is_at_return(call) && (call->dfsr & SCS_DFSR_BKPT))
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_FLASH_ALGORITHM,
		"function 0x%08" PRIx32 " halted at pc 0x%08" PRIx32 ", not at 0x%08" PRIx32
		" where it should return to",
		(uint32_t)what->function, call->pc, (uint32_t)what->return_address & ~1u);
	return dapper_fail_hint(DAPPER_ERR_FLASH_ALGORITHM,
		"a breakpoint in its code, or somebody else halted the core");
}

/* --- the call -------------------------------------------------------------------------------- */

static dapper_status check_call(const struct target_call *call)
{
	const uint64_t addresses[] = {
		call->function,
		call->stack_top,
		call->static_base,
		call->return_address,
	};

	if (call->argument_count > ARRAY_SIZE(call->arguments))
		return dapper_fail(DAPPER_ERR_INVALID, "%zu arguments, at most %zu go in registers",
			call->argument_count, ARRAY_SIZE(call->arguments));
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		if (addresses[i] > UINT32_MAX)
			return dapper_fail(DAPPER_ERR_INVALID,
				"address 0x%08" PRIx64 " is beyond the core's 32 bits",
				addresses[i]);
	return DAPPER_OK;
}

/* Everything after the first batch did not see the core halt. DHCSR is looked at before more is
 * done: that it is not halted may also mean that it never was, or that it did not take a register.
 */
static dapper_status wait_for_return(struct call *call)
{
	TRY(control_read_dhcsr(call->core, &call->dhcsr));
	if (!(call->dhcsr & SCS_DHCSR_C_MASKINTS))
		return fail_not_started(call);
	for (;;) {
		dapper_status status;

		if (call->dhcsr & SCS_DHCSR_S_LOCKUP)
			return fail_lockup(call);
		status = wait_more(call);
		if (status != DAPPER_ERR_MISMATCH)
			return status;
		if (deadline_passed(&call->deadline))
			return fail_timeout(call);
	}
}

/* The failures above have halted the core themselves; of others it is not known. */
static bool may_run(const struct call *call, dapper_status status)
{
	return status != DAPPER_OK && call->core->kept_control != 0;
}

/* The first look is taken, with @p status: wait on as needed, judge, clean up. */
static dapper_status conclude(struct call *call, dapper_status status, uint32_t *result)
{
	if (status == DAPPER_ERR_MISMATCH)
		status = wait_for_return(call);
	if (may_run(call, status))
		return abandon_after(call, status);
	TRY(status);
	TRY(check_result(call));
	*result = call->r0;
	return DAPPER_OK;
}

static dapper_status prepare(struct call *call)
{
	TRY(check_call(call->what));
	call->core->step_pc_known = false;
	TRY(demcr_read(call->core, &call->demcr));
	call->deadline = deadline_in_ms(call->core->target.clock, call->what->timeout_ms);
	return DAPPER_OK;
}

dapper_status cortex_m_call(
	struct dapper_target *target, const struct target_call *what, uint32_t *result)
{
	struct call call = { .core = cortex_m_of(target), .what = what };

	TRY(prepare(&call));
	return conclude(&call, start(&call), result);
}

/* --- in two halves --------------------------------------------------------------------------- */

static dapper_status start_only(struct call *call)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	queue_start(call, &batch);
	status = control_run(call->core, &batch);
	batch_finish(&batch);
	return status;
}

dapper_status cortex_m_call_start(struct dapper_target *target, const struct target_call *what)
{
	struct cortex_m *core = cortex_m_of(target);
	struct call call = { .core = core, .what = what };
	dapper_status status;

	TRY(prepare(&call));
	status = start_only(&call);
	/* All that is polled for comes before the start. */
	if (status == DAPPER_ERR_MISMATCH) {
		TRY(control_read_dhcsr(core, &call.dhcsr));
		return fail_not_started(&call);
	}
	if (may_run(&call, status))
		return abandon_after(&call, status);
	TRY(status);
	core->call_demcr = call.demcr;
	core->call_deadline = call.deadline;
	return DAPPER_OK;
}

static dapper_status look(struct call *call)
{
	struct batch batch = BATCH_INIT;

	queue_finish(call, &batch);
	return run_round(call, &batch);
}

dapper_status cortex_m_call_finish(
	struct dapper_target *target, const struct target_call *what, uint32_t *result)
{
	struct cortex_m *core = cortex_m_of(target);
	struct call call = {
		.core = core,
		.what = what,
		.demcr = core->call_demcr,
		.deadline = core->call_deadline,
	};

	return conclude(&call, look(&call), result);
}

/* --- watching it ------------------------------------------------------------------------------ */

/* The probe polls for a while. */
static dapper_status poll_word(
	struct cortex_m *core, const struct target_wait *wait, const struct deadline *deadline)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	mem_ap_queue_poll32(core->ap, &batch, wait->address, wait->mask, wait->value,
		control_retries_until(core, deadline));
	status = control_run(core, &batch);
	batch_finish(&batch);
	return status;
}

dapper_status cortex_m_call_wait(
	struct dapper_target *target, const struct target_wait *wait, bool *matched)
{
	struct cortex_m *core = cortex_m_of(target);
	uint32_t dhcsr = 0;

	core->call_deadline = deadline_in_ms(target->clock, wait->timeout_ms);
	for (;;) {
		dapper_status status = poll_word(core, wait, &core->call_deadline);

		*matched = status == DAPPER_OK;
		if (status != DAPPER_ERR_MISMATCH)
			return status;
		TRY(control_read_dhcsr(core, &dhcsr));
		if (dhcsr & (SCS_DHCSR_S_HALT | SCS_DHCSR_S_LOCKUP))
			return DAPPER_OK;
		if (deadline_passed(&core->call_deadline))
			return dapper_fail(DAPPER_ERR_TIMEOUT, "no progress within %" PRIu32 " ms",
				wait->timeout_ms);
	}
}
