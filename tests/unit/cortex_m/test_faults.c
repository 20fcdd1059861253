/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each operation with its N-th transfer or allocation failing, for all N until it succeeds: a true
 * error each time, nothing forbidden done to the core, and a release that still cleans up.
 */
#include "base/alloc.h"
#include "cortex_m/fpb_regs.h"
#include "unit/cortex_m/fixture.h"

/* More than any of them needs. */
enum { MAX_N = 2000 };

enum { FUNCTION = MODEL_RAM_BASE + 0x20, RETURN = MODEL_RAM_BASE };

static dapper_status do_create(struct fixture *f)
{
	if (f->core)
		node_destroy(&f->core->node);
	f->core = NULL;
	return fixture_make_core(f);
}

static dapper_status do_halt(struct fixture *f)
{
	return dapper_target_halt(f->core);
}

static dapper_status do_resume(struct fixture *f)
{
	return dapper_target_resume(f->core);
}

static dapper_status do_step(struct fixture *f)
{
	return dapper_target_step(f->core);
}

static dapper_status do_long_step(struct fixture *f)
{
	f->model.step_polls = 1000;
	return dapper_target_step(f->core);
}

static dapper_status do_state(struct fixture *f)
{
	dapper_target_state state;
	dapper_halt_reason reason;
	dapper_status status = dapper_target_get_state(f->core, &state);

	return status == DAPPER_OK ? dapper_target_get_halt_reason(f->core, &reason) : status;
}

static dapper_status do_wait(struct fixture *f)
{
	return dapper_target_wait_halted(f->core, 100);
}

static dapper_status do_registers(struct fixture *f)
{
	static const uint16_t ids[4] = { 0, 15, 19, 48 };
	uint64_t values[4];
	dapper_status status = dapper_target_read_registers(f->core, ids, values, 4);

	return status == DAPPER_OK ? dapper_target_write_registers(f->core, ids, values, 4)
	                           : status;
}

static dapper_status do_breakpoints(struct fixture *f)
{
	dapper_status status = dapper_target_set_breakpoint(f->core, 0x300);

	if (status == DAPPER_OK)
		status = dapper_target_set_breakpoint(f->core, 0x302);
	return status == DAPPER_OK ? dapper_target_clear_breakpoint(f->core, 0x300) : status;
}

static dapper_status do_reset(struct fixture *f)
{
	return dapper_target_reset(f->core, DAPPER_RESET_SYSTEM);
}

static dapper_status do_reset_halt(struct fixture *f)
{
	return dapper_target_reset_and_halt(f->core, DAPPER_RESET_HARDWARE);
}

static dapper_status do_call(struct fixture *f)
{
	static const struct target_call call = {
		.function = FUNCTION | 1,
		.argument_count = 2,
		.stack_top = MODEL_RAM_BASE + 0x800,
		.return_address = RETURN | 1,
		.timeout_ms = 50,
	};
	uint32_t result;

	f->model.run = (struct model_run){ .polls = 500, .dfsr = SCS_DFSR_BKPT, .pc = RETURN };
	return target_call(f->core, &call, &result);
}

enum kind { PROBE_FAILS, TARGET_IS_SILENT, NO_MEMORY };

static const struct row {
	const char *what;
	enum kind kind;
	dapper_status (*operation)(struct fixture *f);
	bool has_breakpoint;
} rows[] = {
	{ "create, probe fails", PROBE_FAILS, do_create, false },
	{ "create, target silent", TARGET_IS_SILENT, do_create, false },
	{ "create, no memory", NO_MEMORY, do_create, false },
	{ "halt, probe fails", PROBE_FAILS, do_halt, false },
	{ "halt, target silent", TARGET_IS_SILENT, do_halt, false },
	{ "halt, no memory", NO_MEMORY, do_halt, false },
	{ "resume, probe fails", PROBE_FAILS, do_resume, true },
	{ "resume, target silent", TARGET_IS_SILENT, do_resume, true },
	{ "resume, no memory", NO_MEMORY, do_resume, true },
	{ "step, probe fails", PROBE_FAILS, do_step, true },
	{ "step, target silent", TARGET_IS_SILENT, do_step, true },
	{ "step, no memory", NO_MEMORY, do_step, true },
	{ "long step, probe fails", PROBE_FAILS, do_long_step, true },
	{ "long step, target silent", TARGET_IS_SILENT, do_long_step, true },
	{ "long step, no memory", NO_MEMORY, do_long_step, true },
	{ "state, probe fails", PROBE_FAILS, do_state, false },
	{ "state, target silent", TARGET_IS_SILENT, do_state, false },
	{ "state, no memory", NO_MEMORY, do_state, false },
	{ "wait, probe fails", PROBE_FAILS, do_wait, false },
	{ "wait, target silent", TARGET_IS_SILENT, do_wait, false },
	{ "wait, no memory", NO_MEMORY, do_wait, false },
	{ "registers, probe fails", PROBE_FAILS, do_registers, false },
	{ "registers, target silent", TARGET_IS_SILENT, do_registers, false },
	{ "registers, no memory", NO_MEMORY, do_registers, false },
	{ "breakpoints, probe fails", PROBE_FAILS, do_breakpoints, false },
	{ "breakpoints, target silent", TARGET_IS_SILENT, do_breakpoints, true },
	{ "breakpoints, no memory", NO_MEMORY, do_breakpoints, false },
	{ "reset, probe fails", PROBE_FAILS, do_reset, true },
	{ "reset, target silent", TARGET_IS_SILENT, do_reset, true },
	{ "reset, no memory", NO_MEMORY, do_reset, true },
	{ "reset and halt, probe fails", PROBE_FAILS, do_reset_halt, false },
	{ "reset and halt, target silent", TARGET_IS_SILENT, do_reset_halt, false },
	{ "reset and halt, no memory", NO_MEMORY, do_reset_halt, false },
	{ "call, probe fails", PROBE_FAILS, do_call, false },
	{ "call, target silent", TARGET_IS_SILENT, do_call, false },
	{ "call, no memory", NO_MEMORY, do_call, false },
};

static void arm(struct fixture *f, enum kind kind, unsigned n)
{
	switch (kind) {
	case PROBE_FAILS:
		f->model.fail_at = f->model.transfers + n;
		break;
	case TARGET_IS_SILENT:
		f->model.silent_at = f->model.transfers + n;
		break;
	case NO_MEMORY:
		alloc_fail_at(n);
		break;
	}
}

/* Did the failure happen, or was the operation over before? */
static bool disarm(struct fixture *f, enum kind kind, unsigned n)
{
	bool is_armed = f->model.fail_at != 0 || f->model.silent_at != 0;

	f->model.fail_at = f->model.silent_at = 0;
	if (kind != NO_MEMORY)
		return !is_armed;
	alloc_fail_at(0);
	return n < 50;
}

static void check_status(enum kind kind, dapper_status status, bool happened)
{
	if (status == DAPPER_OK)
		return;
	assert_true(happened);
	assert_int_equal(dapper_error_last()->status, status);
	assert_true(dapper_error_last()->message[0]);
	if (kind == PROBE_FAILS)
		assert_int_equal(status, DAPPER_ERR_PROBE_IO);
	if (kind == NO_MEMORY)
		assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
}

/* However it went, the core can be left as a debugger should leave it. */
static void check_release(struct fixture *f)
{
	if (!f->core)
		return;
	f->model.run.polls = MODEL_FOREVER;
	f->model.step_polls = 0;
	cortex_m_release(f->core, false);
	assert_int_equal(f->model.control, 0);
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.demcr & SCS_DEMCR_VC_ALL, 0);
	for (size_t i = 0; i < MODEL_COMPARATORS; i++)
		assert_int_equal(f->model.fp_comp[i], 0);
}

/* @return true: it went through before anything failed. */
static bool try_once(const struct row *row, unsigned n)
{
	struct fixture *f;
	dapper_status status;
	bool happened;
	void *fixture;

	fixture_set_up_halted(&fixture);
	f = fixture;
	if (row->has_breakpoint)
		assert_ok(dapper_target_set_breakpoint(f->core, 0x500));
	if (row->operation == do_wait) {
		f->model.run = (struct model_run){ .polls = 300, .dfsr = SCS_DFSR_BKPT };
		assert_ok(dapper_target_resume(f->core));
	}
	test_clear_error();
	arm(f, row->kind, n);
	status = row->operation(f);
	happened = disarm(f, row->kind, n);
	check_status(row->kind, status, happened);
	check_release(f);
	assert_int_equal(fixture_tear_down(&fixture), 0);
	return !happened;
}

static void operation__survives_each_failure(void **state)
{
	const struct row *row = *state;
	unsigned n = 1;

	while (n < MAX_N && !try_once(row, n))
		n++;
	assert_in_range(n, 2, MAX_N - 1);
}

int main(void)
{
	return test_run_table("cortex_m/faults", operation__survives_each_failure, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
