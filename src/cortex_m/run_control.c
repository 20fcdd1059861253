/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run control: halt, resume, step, state. Armv7-M ARM, DDI 0403E.e, C1.5 and C1.6.
 *
 * The rules behind much of it (C1.6.2): C_MASKINTS may only change by a write that finds C_HALT set
 * and sets it, C_STEP only in Debug state. Both are set here only between a halted state and the
 * next, and dropped before anybody else can let the core run.
 */
#include <inttypes.h>

#include "base/context.h"
#include "cortex_m/core.h"

enum {
	HALT_TIMEOUT_MS = 1000,
	STEP_TIMEOUT_MS = 1000,
	/* No poll is longer, by much: in between it is seen whether somebody cancelled. */
	POLL_SLICE_MS = 50,
	/* What one poll takes: 46 cycles of SWD and some idle ones, or what a probe needs at least
	 * to read a register. */
	POLL_CYCLES = 50,
	POLL_MIN_NS = 10000,
	POLL_DEFAULT_HZ = 1000000,
	MAX_POLL_RETRIES = 65535,
	BATCH_TIMEOUT_MS = 5000,
	NS_PER_MS = 1000000,
	NS_PER_S = 1000000000,
};

static uint32_t retries_in_ms(const struct cortex_m *core, uint32_t ms)
{
	uint64_t hz = core->dp->clock_hz ? core->dp->clock_hz : POLL_DEFAULT_HZ;
	uint64_t poll_ns = (uint64_t)POLL_CYCLES * NS_PER_S / hz;
	uint64_t retries;

	if (poll_ns < POLL_MIN_NS)
		poll_ns = POLL_MIN_NS;
	retries = (uint64_t)ms * NS_PER_MS / poll_ns;
	return retries < MAX_POLL_RETRIES ? (uint32_t)retries : MAX_POLL_RETRIES;
}

void control_init(struct cortex_m *core)
{
	core->poll_retries = retries_in_ms(core, POLL_SLICE_MS);
}

uint32_t control_retries_until(const struct cortex_m *core, const struct deadline *deadline)
{
	uint32_t left_ms = deadline_left_ms(deadline);

	return left_ms < POLL_SLICE_MS ? retries_in_ms(core, left_ms) : core->poll_retries;
}

void control_queue_write(struct cortex_m *core, struct batch *batch, uint32_t bits)
{
	core->kept_control |= bits & SCS_DHCSR_C_KEPT;
	mem_ap_queue_banked_write32(
		core->ap, batch, SCS_DHCSR, SCS_DHCSR_DBGKEY_KEY | SCS_DHCSR_C_DEBUGEN | bits);
}

void control_queue_wait_halted(struct cortex_m *core, struct batch *batch, uint32_t retries)
{
	mem_ap_queue_banked_poll32(
		core->ap, batch, SCS_DHCSR, SCS_DHCSR_S_HALT, SCS_DHCSR_S_HALT, retries);
}

void control_queue_poll_halted(struct cortex_m *core, struct batch *batch)
{
	control_queue_wait_halted(core, batch, core->poll_retries);
}

dapper_status control_run(struct cortex_m *core, const struct batch *batch)
{
	return dp_run_timeout(core->dp, batch, BATCH_TIMEOUT_MS);
}

dapper_status control_read_dhcsr(struct cortex_m *core, uint32_t *dhcsr)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	mem_ap_queue_banked_read32(core->ap, &batch, SCS_DHCSR, dhcsr);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return status;
}

dapper_status control_fail_not_halted(void)
{
	dapper_fail(DAPPER_ERR_NOT_HALTED, "the core is running");
	return dapper_fail_hint(DAPPER_ERR_NOT_HALTED, "halt it first");
}

/* --- waiting --------------------------------------------------------------------------------- */

static dapper_status wait_a_while(
	struct cortex_m *core, const struct deadline *deadline, uint32_t *dhcsr)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	mem_ap_queue_banked_read32(core->ap, &batch, SCS_DHCSR, dhcsr);
	control_queue_wait_halted(core, &batch, control_retries_until(core, deadline));
	status = control_run(core, &batch);
	batch_finish(&batch);
	return status;
}

dapper_status control_wait_halted(
	struct cortex_m *core, const struct deadline *deadline, uint32_t *dhcsr)
{
	for (;;) {
		dapper_status status = wait_a_while(core, deadline, dhcsr);

		if (status != DAPPER_ERR_MISMATCH || deadline_passed(deadline))
			return status;
	}
}

dapper_status cortex_m_wait_halted(struct dapper_target *target, uint32_t timeout_ms)
{
	struct cortex_m *core = cortex_m_of(target);
	struct deadline deadline = deadline_in_ms(target->clock, timeout_ms);
	uint32_t dhcsr = 0;
	dapper_status status = control_wait_halted(core, &deadline, &dhcsr);

	if (status != DAPPER_ERR_MISMATCH)
		return status;
	dapper_fail(DAPPER_ERR_TIMEOUT, "the core did not halt within %" PRIu32 " ms", timeout_ms);
	if (dhcsr & SCS_DHCSR_S_LOCKUP)
		dapper_fail_hint(DAPPER_ERR_TIMEOUT, "it is locked up: a fault in a fault handler");
	else if (dhcsr & SCS_DHCSR_S_SLEEP)
		dapper_fail_hint(DAPPER_ERR_TIMEOUT, "it sleeps, waiting for an interrupt");
	return DAPPER_ERR_TIMEOUT;
}

/* --- halt ------------------------------------------------------------------------------------ */

/* Why a core that was told to halt does not. */
static dapper_status fail_unhaltable(struct cortex_m *core)
{
	struct batch batch = BATCH_INIT;
	uint32_t dhcsr[2] = { 0 };
	dapper_status status = DAPPER_ERR_TIMEOUT;
	const char *hint = "its clock or power may be off; try --connect under-reset";

	/* S_RESET_ST is sticky: only the second reading is about now. */
	mem_ap_queue_banked_read32(core->ap, &batch, SCS_DHCSR, &dhcsr[0]);
	mem_ap_queue_banked_read32(core->ap, &batch, SCS_DHCSR, &dhcsr[1]);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	TRY(status);

	status = DAPPER_ERR_TIMEOUT;
	if (!(dhcsr[1] & SCS_DHCSR_C_DEBUGEN)) {
		status = DAPPER_ERR_LOCKED;
		hint = "DHCSR.C_DEBUGEN cannot be set: the part's protection forbids debugging";
	} else if (dhcsr[1] & SCS_DHCSR_S_RESET_ST) {
		hint = "it is held in reset: release nRESET, or whatever else holds it";
	} else if (dhcsr[1] & SCS_DHCSR_S_SLEEP) {
		hint = "it sleeps with its clock off; try --connect under-reset";
	}
	dapper_fail(status, "the core does not halt (DHCSR 0x%08" PRIx32 ")", dhcsr[1]);
	return dapper_fail_hint(status, "%s", hint);
}

/*
 * The write is repeated with each round of polls: a core that sleeps with its clock off takes it
 * only when it happens to be awake.
 */
static dapper_status try_halt(struct cortex_m *core)
{
	struct batch batch = BATCH_INIT;
	uint32_t kept = core->kept_control;
	dapper_status status;

	control_queue_write(core, &batch, SCS_DHCSR_C_HALT | kept);
	control_queue_poll_halted(core, &batch);
	if (kept)
		control_queue_write(core, &batch, SCS_DHCSR_C_HALT);
	status = control_run(core, &batch);
	batch_finish(&batch);
	if (status == DAPPER_OK)
		core->kept_control = 0;
	return status;
}

dapper_status cortex_m_halt(struct dapper_target *target)
{
	struct cortex_m *core = cortex_m_of(target);
	struct deadline deadline = deadline_in_ms(target->clock, HALT_TIMEOUT_MS);

	for (;;) {
		dapper_status status = try_halt(core);

		if (status != DAPPER_ERR_MISMATCH)
			return status;
		if (deadline_passed(&deadline))
			return fail_unhaltable(core);
	}
}

/* --- step and resume ------------------------------------------------------------------------- */

/*
 * Breakpoints are off for the one instruction: a breakpoint at pc would hit again before anything
 * is executed, and the core halts after the step anyway.
 */
void control_queue_before_steps(struct cortex_m *core, struct batch *batch)
{
	core->demcr_known = false;
	core->step_pc_known = false;
	mem_ap_queue_write32(core->ap, batch, SCS_DFSR, SCS_DFSR_ALL);
	control_queue_poll_halted(core, batch);
	if (core->fpb.used)
		fpb_queue_suspend(core, batch, true);
	control_queue_write(core, batch, SCS_DHCSR_C_HALT | SCS_DHCSR_C_MASKINTS);
}

void control_queue_step(struct cortex_m *core, struct batch *batch)
{
	control_queue_write(core, batch, SCS_DHCSR_C_STEP | SCS_DHCSR_C_MASKINTS);
	control_queue_poll_halted(core, batch);
}

void control_queue_after_steps(struct cortex_m *core, struct batch *batch, uint32_t *dfsr)
{
	control_queue_write(core, batch, SCS_DHCSR_C_HALT);
	if (core->fpb.used)
		fpb_queue_suspend(core, batch, false);
	if (dfsr)
		mem_ap_queue_read32(core->ap, batch, SCS_DFSR, dfsr);
}

static dapper_status end_step(struct cortex_m *core, uint32_t *dfsr)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	control_queue_after_steps(core, &batch, dfsr);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	if (status == DAPPER_OK)
		core->kept_control = 0;
	return status;
}

/* The instruction takes longer than the first poll: an access that is stalled, mostly. */
static dapper_status finish_long_step(struct cortex_m *core, uint32_t *dfsr)
{
	struct deadline deadline = deadline_in_ms(core->target.clock, STEP_TIMEOUT_MS);
	uint32_t dhcsr = 0;
	dapper_status status;

	TRY(control_read_dhcsr(core, &dhcsr));
	if (!(dhcsr & SCS_DHCSR_C_STEP)) {
		core->kept_control = dhcsr & SCS_DHCSR_C_KEPT;
		return control_fail_not_halted();
	}
	status = control_wait_halted(core, &deadline, &dhcsr);
	if (status == DAPPER_ERR_MISMATCH) {
		TRY(cortex_m_halt(&core->target));
		TRY(end_step(core, NULL));
		dapper_fail(DAPPER_ERR_TIMEOUT, "the instruction did not end within %d ms",
			STEP_TIMEOUT_MS);
		return dapper_fail_hint(DAPPER_ERR_TIMEOUT, "the core was halted by force");
	}
	TRY(status);
	return end_step(core, dfsr);
}

dapper_status control_conclude_steps(struct cortex_m *core, dapper_status status, uint32_t *dfsr)
{
	if (status == DAPPER_OK)
		core->kept_control = 0;
	if (status == DAPPER_ERR_MISMATCH)
		return finish_long_step(core, dfsr);
	return status;
}

/* @p dfsr may be NULL; else it tells why the core halted again. */
static dapper_status step(struct cortex_m *core, uint32_t *dfsr)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	control_queue_before_steps(core, &batch);
	control_queue_step(core, &batch);
	control_queue_after_steps(core, &batch, dfsr);
	status = control_run(core, &batch);
	batch_finish(&batch);
	return control_conclude_steps(core, status, dfsr);
}

dapper_status cortex_m_step(struct dapper_target *target)
{
	return step(cortex_m_of(target), NULL);
}

static dapper_status run(struct cortex_m *core)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	if (core->kept_control)
		TRY(cortex_m_halt(&core->target));
	core->demcr_known = false;
	core->step_pc_known = false;
	mem_ap_queue_write32(core->ap, &batch, SCS_DFSR, SCS_DFSR_ALL);
	control_queue_write(core, &batch, 0);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return status;
}

/*
 * With breakpoints set, the instruction at pc is stepped first, so that a breakpoint which has just
 * been hit does not hit again. Whatever else that instruction causes to halt counts.
 */
dapper_status cortex_m_resume(struct dapper_target *target)
{
	struct cortex_m *core = cortex_m_of(target);
	uint32_t dfsr = 0;
	dapper_status status;

	if (core->fpb.used == 0)
		return run(core);
	status = step(core, &dfsr);
	if (status == DAPPER_ERR_NOT_HALTED) {
		error_clear();
		return DAPPER_OK;
	}
	TRY(status);
	return dfsr & ~SCS_DFSR_HALTED & SCS_DFSR_ALL ? DAPPER_OK : run(core);
}

/* --- state ----------------------------------------------------------------------------------- */

static bool looks_reset(uint32_t dhcsr)
{
	return (dhcsr & SCS_DHCSR_S_RESET_ST) && !(dhcsr & SCS_DHCSR_S_RETIRE_ST);
}

static dapper_target_state state_of(uint32_t dhcsr)
{
	/* S_HALT first: it is certain, while S_SLEEP may last into Debug state. */
	static const struct {
		uint32_t bit;
		dapper_target_state state;
	} states[] = {
		{ SCS_DHCSR_S_HALT, DAPPER_STATE_HALTED },
		{ SCS_DHCSR_S_LOCKUP, DAPPER_STATE_LOCKUP },
		{ SCS_DHCSR_S_SLEEP, DAPPER_STATE_SLEEPING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (dhcsr & states[i].bit)
			return states[i].state;
	return DAPPER_STATE_RUNNING;
}

/* S_RESET_ST says "since the last reading": only when it is there again, and nothing was executed
 * in between, the core is in reset now. */
dapper_status cortex_m_get_state(struct dapper_target *target, dapper_target_state *state)
{
	struct cortex_m *core = cortex_m_of(target);
	uint32_t dhcsr = 0;

	TRY(control_read_dhcsr(core, &dhcsr));
	if (looks_reset(dhcsr)) {
		TRY(control_read_dhcsr(core, &dhcsr));
		if (looks_reset(dhcsr)) {
			*state = DAPPER_STATE_RESET;
			return DAPPER_OK;
		}
	}
	*state = state_of(dhcsr);
	return DAPPER_OK;
}

/* The special before the general: a step that ends on a watchpoint sets both. */
dapper_halt_reason control_reason_of(uint32_t dfsr)
{
	static const struct {
		uint32_t bit;
		dapper_halt_reason reason;
	} reasons[] = {
		{ SCS_DFSR_BKPT, DAPPER_HALT_BREAKPOINT },
		{ SCS_DFSR_DWTTRAP, DAPPER_HALT_WATCHPOINT },
		{ SCS_DFSR_VCATCH, DAPPER_HALT_VECTOR_CATCH },
		{ SCS_DFSR_EXTERNAL, DAPPER_HALT_EXTERNAL },
		{ SCS_DFSR_PMU, DAPPER_HALT_EXTERNAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (dfsr & reasons[i].bit)
			return reasons[i].reason;
	return DAPPER_HALT_REQUEST;
}

dapper_status cortex_m_get_halt_reason(struct dapper_target *target, dapper_halt_reason *reason)
{
	struct cortex_m *core = cortex_m_of(target);
	struct batch batch = BATCH_INIT;
	uint32_t dhcsr = 0, dfsr = 0;
	dapper_status status;

	mem_ap_queue_banked_read32(core->ap, &batch, SCS_DHCSR, &dhcsr);
	mem_ap_queue_read32(core->ap, &batch, SCS_DFSR, &dfsr);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	TRY(status);
	*reason = dhcsr & SCS_DHCSR_S_HALT ? control_reason_of(dfsr) : DAPPER_HALT_NONE;
	return DAPPER_OK;
}

/* --- vector catch ---------------------------------------------------------------------------- */

dapper_status demcr_read(struct cortex_m *core, uint32_t *demcr)
{
	struct batch batch = BATCH_INIT;
	dapper_status status = DAPPER_OK;

	if (!core->demcr_known) {
		mem_ap_queue_banked_read32(core->ap, &batch, SCS_DEMCR, &core->demcr);
		status = dp_run(core->dp, &batch);
		batch_finish(&batch);
		core->demcr_known = status == DAPPER_OK;
	}
	*demcr = core->demcr;
	return status;
}

dapper_status cortex_m_set_reset_catch(struct dapper_target *target, bool enable)
{
	struct cortex_m *core = cortex_m_of(target);
	struct batch batch = BATCH_INIT;
	uint32_t demcr;
	dapper_status status;

	/* The core may have been running all the time. */
	core->demcr_known = false;
	core->step_pc_known = false;
	TRY(demcr_read(core, &demcr));
	demcr &= ~SCS_DEMCR_VC_CORERESET;
	if (enable)
		demcr |= SCS_DEMCR_VC_CORERESET;
	mem_ap_queue_banked_write32(core->ap, &batch, SCS_DEMCR, demcr);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	core->demcr_known = false;
	core->step_pc_known = false;
	return status;
}
