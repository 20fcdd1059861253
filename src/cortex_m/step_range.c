/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stepping through a range of code, as for a line of source.
 *
 * One batch per run of straight instructions: where each step leads is known before, so that the
 * probe compares pc itself, and stops when it is elsewhere (a fault, a breakpoint instruction).
 */
#include "cortex_m/core.h"
#include "cortex_m/thumb.h"

enum { MAX_AT_ONCE = 24 }; /* steps of one batch */

struct range {
	struct cortex_m *core;
	uint32_t start;
	uint32_t end;
	uint32_t pc;
	uint32_t dfsr;
	uint32_t steps_left;
};

static bool is_inside(const struct range *range)
{
	return range->pc >= range->start && range->pc < range->end;
}

static bool is_known(const struct range *range)
{
	const struct cortex_m *core = range->core;

	return core->step_pc_known && core->code_size >= 4 &&
	       core->step_pc - core->code_address <= core->code_size - 4;
}

/* Where the core is, and the code, in one go, unless it is known. That the code cannot be read is no
 * failure. */
static dapper_status look(struct range *range)
{
	struct cortex_m *core = range->core;
	struct batch batch = BATCH_INIT;
	dapper_status status;

	if (is_known(range)) {
		range->pc = core->step_pc;
		return DAPPER_OK;
	}
	core->code_address = range->start & ~3u;
	core->code_size = sizeof(core->code);
	control_queue_poll_halted(core, &batch);
	registers_queue_read(core, &batch, REGSEL_PC, &range->pc);
	mem_ap_queue_read_block(
		core->ap, &batch, core->code_address, core->code, core->code_size / 4);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	if (status != DAPPER_OK)
		core->code_size = 0;
	if (status == DAPPER_ERR_FAULT) {
		error_clear();
		return DAPPER_OK;
	}
	return registers_explain(core, status);
}

/* The next instruction's address when the one at @p pc is straight and the next inside, without a
 * breakpoint. */
static bool predict(const struct range *range, uint32_t *pc)
{
	const struct cortex_m *core = range->core;
	uint32_t offset = *pc - core->code_address;
	unsigned length = 0;

	if (offset >= core->code_size ||
		!thumb_is_straight(core->code + offset, core->code_size - offset, &length))
		return false;
	*pc += length;
	return *pc < range->end && !fpb_is_set(range->core, *pc);
}

/* Require that the step led where it should, and that nothing but the step halted the core. */
static void queue_check(struct range *range, struct batch *batch, uint32_t pc)
{
	struct cortex_m *core = range->core;

	mem_ap_queue_banked_write32(
		core->ap, batch, SCS_DCRSR, FIELD_PREP(SCS_DCRSR_REGSEL, REGSEL_PC));
	mem_ap_queue_banked_poll32(core->ap, batch, SCS_DHCSR,
		SCS_DHCSR_S_REGRDY | SCS_DHCSR_S_HALT, SCS_DHCSR_S_REGRDY | SCS_DHCSR_S_HALT,
		core->poll_retries);
	mem_ap_queue_banked_poll32(core->ap, batch, SCS_DCRDR, UINT32_MAX, pc, core->poll_retries);
	if (core->dwt.used)
		mem_ap_queue_poll32(core->ap, batch, SCS_DFSR, SCS_DFSR_ALL, SCS_DFSR_HALTED,
			core->poll_retries);
}

/* The probe stopped somewhere in the batch: @p range->pc is read anew. */
static dapper_status recover(struct range *range, dapper_status status)
{
	struct cortex_m *core = range->core;
	struct batch batch = BATCH_INIT;

	TRY(control_conclude_steps(core, status, &range->dfsr));
	registers_queue_read(core, &batch, REGSEL_PC, &range->pc);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return registers_explain(core, status);
}

static dapper_status step_straight(struct range *range, uint32_t at_once)
{
	struct cortex_m *core = range->core;
	struct batch batch = BATCH_INIT;
	uint32_t pc = range->pc;
	uint32_t steps = 1;
	dapper_status status;

	core->step_pc_known = false;
	control_queue_before_steps(core, &batch);
	while (steps < at_once && predict(range, &pc)) {
		control_queue_step(core, &batch);
		queue_check(range, &batch, pc);
		steps++;
	}
	control_queue_step(core, &batch);
	registers_queue_read(core, &batch, REGSEL_PC, &range->pc);
	control_queue_after_steps(core, &batch, &range->dfsr);
	status = control_run(core, &batch);
	batch_finish(&batch);
	/* Where a step was stopped early it counts as all: the bound is what matters. */
	range->steps_left -= steps;
	if (status == DAPPER_ERR_MISMATCH)
		return recover(range, status);
	return control_conclude_steps(core, status, NULL);
}

dapper_status cortex_m_step_range(struct dapper_target *target, uint64_t start, uint64_t end,
	uint32_t max_steps, uint64_t *pc, dapper_halt_reason *reason)
{
	struct range range = {
		.core = cortex_m_of(target),
		.start = (uint32_t)start,
		.end = end > UINT32_MAX ? UINT32_MAX : (uint32_t)end,
		.steps_left = max_steps,
	};

	if (start > UINT32_MAX || range.end <= range.start)
		range.end = range.start = 0;
	else if (max_steps > 1)
		TRY(look(&range));
	do {
		uint32_t at_once = range.steps_left < MAX_AT_ONCE ? range.steps_left : MAX_AT_ONCE;

		TRY(step_straight(&range, at_once));
		range.core->step_pc = range.pc;
		range.core->step_pc_known = true;
		*pc = range.pc;
		*reason = control_reason_of(range.dfsr);
		/* Breakpoints are off while stepping, but they count where the range goes on. */
		if (*reason == DAPPER_HALT_REQUEST && is_inside(&range) &&
			fpb_is_set(range.core, range.pc))
			*reason = DAPPER_HALT_BREAKPOINT;
	} while (is_inside(&range) && *reason == DAPPER_HALT_REQUEST && range.steps_left > 0);
	return DAPPER_OK;
}
