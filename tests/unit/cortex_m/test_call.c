/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/cortex_m/fixture.h"

#include "base/bytes.h"

enum { FUNCTION = MODEL_RAM_BASE + 0x20, RETURN = MODEL_RAM_BASE, STACK = MODEL_RAM_BASE + 0x800 };

static const struct target_call call = {
	.function = FUNCTION | 1,
	.arguments = { 0x08000000, 0x400, 0x20000900 },
	.argument_count = 3,
	.stack_top = STACK,
	.static_base = MODEL_RAM_BASE + 0x100,
	.return_address = RETURN | 1,
	.timeout_ms = 300,
};

static void runs(struct fixture *f, int polls)
{
	f->model.run = (struct model_run){
		.polls = polls, .dfsr = SCS_DFSR_BKPT, .pc = RETURN, .r0 = 0xcafe
	};
}

/* What must hold after each call, however it ended. */
static void check_clean(struct fixture *f)
{
	assert_true(f->model.is_halted);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_HALT);
	assert_int_equal(f->model.demcr, SCS_DEMCR_TRCENA);
}

static int set_up(void **state)
{
	struct fixture *f;

	fixture_set_up(state);
	f = *state;
	f->model.demcr = SCS_DEMCR_TRCENA;
	fixture_create(f);
	assert_ok(dapper_target_halt(f->core));
	return 0;
}

static void call__follows_the_aapcs(void **state)
{
	struct fixture *f = *state;
	uint32_t result = 0;

	f->model.registers[REGSEL_CFBP] = 0x03000001;
	runs(f, 5);
	f->model.run.pc = RETURN;
	assert_ok(target_call(f->core, &call, &result));
	assert_int_equal(result, 0xcafe);
	assert_int_equal(f->model.registers[1], 0x400);
	assert_int_equal(f->model.registers[2], 0x20000900);
	assert_int_equal(f->model.registers[3], 0x11110003); /* not an argument */
	assert_int_equal(f->model.registers[REGSEL_R9], MODEL_RAM_BASE + 0x100);
	assert_int_equal(f->model.registers[REGSEL_SP], STACK);
	assert_int_equal(f->model.registers[REGSEL_LR], RETURN | 1);
	assert_int_equal(f->model.registers[REGSEL_XPSR], XPSR_T);
	assert_int_equal(f->model.registers[REGSEL_CFBP], 0);
	assert_int_equal(f->model.runs, 1);
	assert_int_equal(f->model.masked_runs, 1);
	assert_true(f->model.demcr_while_running & SCS_DEMCR_VC_HARDERR);
	assert_true(f->model.demcr_while_running & SCS_DEMCR_TRCENA);
	check_clean(f);
}

static void call__is_one_round_trip(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	runs(f, 20);
	assert_ok(target_call(f->core, &call, &result));
	fixture_count(f);
	assert_ok(target_call(f->core, &call, &result));
	assert_int_equal(fixture_batches(f), 1);
	/*
	 * SELECT, TAR, DFSR; TAR, SELECT; S_HALT, DEMCR; xPSR, CFBP, 3 arguments, r9, sp, lr, pc;
	 * mask, run, wait; r0, pc, DEMCR, unmask; SELECT, TAR, DFSR.
	 */
	assert_int_equal(fixture_transfers(f), 3 + 2 + 2 + 9 * 3 + 3 + 2 * 3 + 2 + 3);
}

static void call__reads_demcr_once(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	runs(f, 20);
	fixture_count(f);
	assert_ok(target_call(f->core, &call, &result));
	assert_int_equal(fixture_batches(f), 2);
}

static void call__waits_for_a_long_function(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	runs(f, 40000);
	fixture_count(f);
	assert_ok(target_call(f->core, &call, &result));
	assert_int_equal(result, 0xcafe);
	/* DEMCR, the call with 5000 polls, DHCSR, and seven times more polls. */
	assert_int_equal(fixture_batches(f), 10);
	check_clean(f);
}

static void call__needs_a_halted_core(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	assert_ok(dapper_target_resume(f->core));
	assert_fails(DAPPER_ERR_NOT_HALTED, target_call(f->core, &call, &result));
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.demcr, SCS_DEMCR_TRCENA);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN);
}

static void call__does_not_take_a_dead_core_for_done(void **state)
{
	struct fixture *f = *state;
	uint32_t result = 1;

	f->model.regrdy_polls = MODEL_FOREVER;
	assert_fails(DAPPER_ERR_TIMEOUT, target_call(f->core, &call, &result));
	assert_message("register transfer does not end");
	assert_int_equal(f->model.runs, 0);
	assert_int_equal(result, 1);
}

static void call__times_out(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns = f->model.now_ns;
	uint32_t result = 1;

	f->model.run.polls = MODEL_FOREVER;
	assert_fails(DAPPER_ERR_TIMEOUT, target_call(f->core, &call, &result));
	assert_message(
		"function 0x20000021 did not return within 300 ms, it hangs at pc 0x20000020");
	assert_hint("halted at pc 0x20000020");
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 300, 330);
	assert_int_equal(result, 1);
	check_clean(f);
}

static void call__takes_a_return_at_the_last_moment(void **state)
{
	struct fixture *f = *state;
	struct target_call brief = call;
	uint32_t result = 0;

	/* Between the last look and the halt: the model returns when it is told to halt. */
	brief.timeout_ms = 0;
	runs(f, MODEL_FOREVER);
	f->model.returns_on_halt = true;
	assert_ok(target_call(f->core, &brief, &result));
	assert_int_equal(result, 0xcafe);
	check_clean(f);
}

static void call__explains_a_fault(void **state)
{
	struct fixture *f = *state;
	uint32_t result = 1;

	/* CFSR: PRECISERR, BFARVALID; HFSR: FORCED; the frame's return address says where. */
	f->model.run = (struct model_run){
		.polls = 5,
		.dfsr = SCS_DFSR_VCATCH,
		.pc = 0x08000190,
		.cfsr = SCS_CFSR_PRECISERR | SCS_CFSR_BFARVALID,
		.hfsr = SCS_HFSR_FORCED,
	};
	put_le32(f->model.ram + 0x800 + 24, 0x20000044);
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM, target_call(f->core, &call, &result));
	assert_message("function 0x20000021 faulted at pc 0x20000044 "
		       "(CFSR 0x00008200, HFSR 0x40000000)");
	assert_hint("PRECISERR");
	assert_int_equal(result, 1);
	check_clean(f);
}

static void call__explains_a_fault_without_a_stack(void **state)
{
	struct fixture *f = *state;
	struct target_call broken = call;
	uint32_t result;

	f->model.run = (struct model_run){
		.polls = 5, .dfsr = SCS_DFSR_VCATCH, .pc = 0x08000190, .cfsr = SCS_CFSR_STKERR
	};
	broken.stack_top = 0x60000000;
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM, target_call(f->core, &broken, &result));
	assert_message("faulted at the handler's pc 0x08000190");
	assert_hint("STKERR");
	check_clean(f);
}

static void call__explains_a_fault_of_a_small_core(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	f->model.cpuid = 0x410cc200;
	fixture_create(f);
	assert_ok(dapper_target_halt(f->core));
	f->model.run = (struct model_run){ .polls = 5, .dfsr = SCS_DFSR_VCATCH, .pc = 0x190 };
	put_le32(f->model.ram + 0x800 + 24, 0x20000044);
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM, target_call(f->core, &call, &result));
	assert_string_equal(
		dapper_error_last()->message, "function 0x20000021 faulted at pc 0x20000044");
}

static void call__ends_a_lockup_at_once(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns = f->model.now_ns;
	uint32_t result;

	f->model.run = (struct model_run){ .polls = 5, .locks_up = true, .hfsr = SCS_HFSR_VECTTBL };
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM, target_call(f->core, &call, &result));
	assert_message("HFSR 0x00000002");
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 0, 50);
	check_clean(f);
}

static void call__tells_of_a_halt_elsewhere(void **state)
{
	struct fixture *f = *state;
	uint32_t result = 1;

	runs(f, 5);
	f->model.run.pc = 0x20000064;
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM, target_call(f->core, &call, &result));
	assert_message("halted at pc 0x20000064, not at 0x20000000");
	assert_int_equal(result, 1);
	check_clean(f);
}

static void call__can_be_cancelled(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	f->model.run.polls = MODEL_FOREVER;
	f->model.cancels_when_run = true;
	assert_fails(DAPPER_ERR_CANCELLED, target_call(f->core, &call, &result));
	dapper_context_resume(f->context);
	check_clean(f);
}

static void call__halts_after_a_failure_of_the_probe(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	f->model.run.polls = MODEL_FOREVER;
	f->model.fail_at = f->model.transfers + 1000;
	assert_fails(DAPPER_ERR_PROBE_IO, target_call(f->core, &call, &result));
	assert_message("the cable was pulled");
	check_clean(f);
}

static void call__checks_what_it_is_given(void **state)
{
	struct fixture *f = *state;
	struct target_call bad = call;
	uint32_t result;

	fixture_count(f);
	bad.argument_count = 5;
	assert_fails(DAPPER_ERR_INVALID, target_call(f->core, &bad, &result));
	bad = call;
	bad.stack_top = 0x100000000ull;
	assert_fails(DAPPER_ERR_INVALID, target_call(f->core, &bad, &result));
	assert_int_equal(fixture_batches(f), 0);
}

static void call__lifts_stack_limits_of_v8m(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	f->model.cpuid = 0x410fd213;
	f->model.pfr1 = 0x10;
	fixture_create(f);
	assert_ok(dapper_target_halt(f->core));
	runs(f, 5);
	assert_ok(target_call(f->core, &call, &result));
	assert_int_equal(f->model.registers[REGSEL_MSPLIM_S], 0);
	assert_int_equal(f->model.registers[REGSEL_MSPLIM_NS], 0);
}

/* --- in two halves --- */

static void call_start__lets_memory_be_written_meanwhile(void **state)
{
	struct fixture *f = *state;
	const uint8_t page[8] = "dapper!";
	uint8_t found[8];
	uint32_t result = 0;

	runs(f, 20);
	assert_ok(target_call(f->core, &call, &result));
	fixture_count(f);
	assert_ok(target_call_start(f->core, &call));
	assert_int_equal(fixture_batches(f), 1);
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.registers[REGSEL_LR], RETURN | 1);
	assert_ok(dapper_target_write_memory(f->core, MODEL_RAM_BASE + 0x400, page, 8));
	assert_ok(dapper_target_read_memory(f->core, MODEL_RAM_BASE + 0x400, found, 8));
	assert_memory_equal(found, page, 8);
	result = 0;
	fixture_count(f);
	assert_ok(target_call_finish(f->core, &call, &result));
	assert_int_equal(fixture_batches(f), 1);
	assert_int_equal(result, 0xcafe);
	check_clean(f);
}

static void call_finish__counts_time_from_the_start(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns = f->model.now_ns;
	uint32_t result = 1;

	f->model.run.polls = MODEL_FOREVER;
	assert_ok(target_call_start(f->core, &call));
	clock_sleep_ms(f->core->clock, 250);
	assert_fails(DAPPER_ERR_TIMEOUT, target_call_finish(f->core, &call, &result));
	assert_message("function 0x20000021 did not return within 300 ms");
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 300, 330);
	assert_int_equal(result, 1);
	check_clean(f);
}

static void call_finish__explains_a_fault(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	f->model.run = (struct model_run){
		.polls = 5, .dfsr = SCS_DFSR_VCATCH, .pc = 0x08000190, .cfsr = SCS_CFSR_UNDEFINSTR
	};
	assert_ok(target_call_start(f->core, &call));
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM, target_call_finish(f->core, &call, &result));
	assert_hint("UNDEFINSTR");
	check_clean(f);
}

static void call_start__needs_a_halted_core(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_resume(f->core));
	assert_fails(DAPPER_ERR_NOT_HALTED, target_call_start(f->core, &call));
	assert_int_equal(f->model.demcr, SCS_DEMCR_TRCENA);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN);
}

static void call_finish__can_be_cancelled(void **state)
{
	struct fixture *f = *state;
	uint32_t result;

	f->model.run.polls = MODEL_FOREVER;
	assert_ok(target_call_start(f->core, &call));
	dapper_context_cancel(f->context);
	assert_fails(DAPPER_ERR_CANCELLED, target_call_finish(f->core, &call, &result));
	dapper_context_resume(f->context);
	check_clean(f);
}

/* --- watching memory meanwhile --- */

static const struct target_wait until_7 = {
	.address = MODEL_RAM_BASE + 0x400, .mask = 0xff, .value = 7, .timeout_ms = 300
};

static dapper_status wait_for(struct fixture *f, uint8_t byte, bool *matched)
{
	const uint8_t word[4] = { byte, 0x55, 0x55, 0x55 };

	assert_ok(target_call_start(f->core, &call));
	assert_ok(dapper_target_write_memory(f->core, until_7.address, word, 4));
	fixture_count(f);
	return target_call_wait(f->core, &until_7, matched);
}

static void call_wait__ends_when_the_word_is_there(void **state)
{
	struct fixture *f = *state;
	uint32_t result = 0;
	bool matched = false;

	runs(f, 20);
	assert_ok(wait_for(f, 7, &matched));
	assert_true(matched);
	assert_int_equal(fixture_batches(f), 1);
	assert_false(f->model.is_halted);
	assert_ok(target_call_finish(f->core, &call, &result));
	assert_int_equal(result, 0xcafe);
	check_clean(f);
}

static void call_wait__ends_when_the_function_has_returned(void **state)
{
	struct fixture *f = *state;
	uint32_t result = 0;
	bool matched = true;

	runs(f, 1);
	assert_ok(wait_for(f, 6, &matched));
	assert_false(matched);
	assert_ok(target_call_finish(f->core, &call, &result));
	assert_int_equal(result, 0xcafe);
	check_clean(f);
}

/* And the call is over as well then. */
static void call_wait__times_out(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns = f->model.now_ns;
	uint32_t result;
	bool matched = true;

	f->model.run.polls = MODEL_FOREVER;
	assert_fails(DAPPER_ERR_TIMEOUT, wait_for(f, 6, &matched));
	assert_false(matched);
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 300, 360);
	assert_fails(DAPPER_ERR_TIMEOUT, target_call_finish(f->core, &call, &result));
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 300, 420);
	check_clean(f);
}

/* A run of many functions may take longer than each of them is allowed to. */
static void call_wait__gives_the_call_its_time_anew(void **state)
{
	struct fixture *f = *state;
	uint32_t result = 0;
	bool matched;

	runs(f, 40);
	assert_ok(wait_for(f, 7, &matched));
	for (unsigned i = 0; i < 4; i++) {
		clock_sleep_ms(f->core->clock, 250);
		assert_ok(target_call_wait(f->core, &until_7, &matched));
	}
	assert_ok(target_call_finish(f->core, &call, &result));
	check_clean(f);
}

static void call_wait__can_be_cancelled(void **state)
{
	struct fixture *f = *state;
	uint32_t result;
	bool matched;

	f->model.run.polls = MODEL_FOREVER;
	assert_ok(target_call_start(f->core, &call));
	dapper_context_cancel(f->context);
	assert_fails(DAPPER_ERR_CANCELLED, target_call_wait(f->core, &until_7, &matched));
	assert_fails(DAPPER_ERR_CANCELLED, target_call_finish(f->core, &call, &result));
	dapper_context_resume(f->context);
	check_clean(f);
}

#define call_test(function) cmocka_unit_test_setup_teardown(function, set_up, fixture_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		call_test(call__follows_the_aapcs),
		call_test(call__is_one_round_trip),
		call_test(call__reads_demcr_once),
		call_test(call__waits_for_a_long_function),
		call_test(call__needs_a_halted_core),
		call_test(call__does_not_take_a_dead_core_for_done),
		call_test(call__times_out),
		call_test(call__takes_a_return_at_the_last_moment),
		call_test(call__explains_a_fault),
		call_test(call__explains_a_fault_without_a_stack),
		fixture_test(call__explains_a_fault_of_a_small_core),
		call_test(call__ends_a_lockup_at_once),
		call_test(call__tells_of_a_halt_elsewhere),
		call_test(call__can_be_cancelled),
		call_test(call__halts_after_a_failure_of_the_probe),
		call_test(call__checks_what_it_is_given),
		fixture_test(call__lifts_stack_limits_of_v8m),
		call_test(call_start__lets_memory_be_written_meanwhile),
		call_test(call_start__needs_a_halted_core),
		call_test(call_finish__counts_time_from_the_start),
		call_test(call_finish__explains_a_fault),
		call_test(call_finish__can_be_cancelled),
		call_test(call_wait__ends_when_the_word_is_there),
		call_test(call_wait__ends_when_the_function_has_returned),
		call_test(call_wait__times_out),
		call_test(call_wait__gives_the_call_its_time_anew),
		call_test(call_wait__can_be_cancelled),
	};

	return cmocka_run_group_tests_name("cortex_m/call", tests, NULL, NULL);
}
