/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/cortex_m/fixture.h"

static dapper_halt_reason reason(struct fixture *f)
{
	dapper_halt_reason reason = DAPPER_HALT_NONE;

	assert_ok(dapper_target_get_halt_reason(f->core, &reason));
	return reason;
}

/* --- halt ------------------------------------------------------------------------------------ */

static void halt__is_one_batch(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	fixture_count(f);
	assert_ok(dapper_target_halt(f->core));
	assert_int_equal(fixture_batches(f), 1);
	/* CSW is right; TAR, SELECT of the bank, the write, the poll. */
	assert_in_range(fixture_transfers(f), 2, 4);
	assert_true(f->model.is_halted);
	assert_int_equal(fixture_state(f), DAPPER_STATE_HALTED);
	assert_int_equal(reason(f), DAPPER_HALT_REQUEST);
}

static void halt__waits_for_a_slow_core(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	f->model.halt_polls = 3000;
	assert_ok(dapper_target_halt(f->core));
	assert_true(f->model.is_halted);
}

static void halt__asks_again_while_the_core_sleeps(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	f->model.halt_writes = 3;
	assert_ok(dapper_target_halt(f->core));
	assert_true(f->model.is_halted);
}

static void halt__of_a_halted_core_is_fine(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_halt(f->core));
	assert_true(f->model.is_halted);
}

static void halt__drops_a_forgotten_interrupt_mask(void **state)
{
	struct fixture *f = *state;

	f->model.control = SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_MASKINTS;
	fixture_create(f);
	assert_ok(dapper_target_halt(f->core));
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_HALT);
}

static void resume__drops_a_forgotten_interrupt_mask(void **state)
{
	struct fixture *f = *state;

	f->model.control = SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_MASKINTS;
	fixture_create(f);
	assert_fails(DAPPER_ERR_NOT_HALTED, dapper_target_step(f->core));
	assert_ok(dapper_target_resume(f->core));
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN);
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.masked_runs, 0);
}

enum stuck { STUCK, STUCK_ASLEEP, STUCK_IN_RESET };

static void make_stuck(struct fixture *f, enum stuck how)
{
	fixture_create(f);
	f->model.halt_polls = MODEL_FOREVER;
	f->model.is_sleeping = how == STUCK_ASLEEP;
	if (how != STUCK_IN_RESET)
		return;
	f->model.in_reset = true;
	f->model.reset_countdown = MODEL_FOREVER;
}

static void check_stuck(struct fixture *f, const char *hint)
{
	uint64_t start_ns = f->model.now_ns;

	assert_fails(DAPPER_ERR_TIMEOUT, dapper_target_halt(f->core));
	assert_message("the core does not halt (DHCSR 0x");
	assert_hint(hint);
	/* The deadline is 1 s and is not overrun by much. */
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 1000, 1200);
}

static void halt__says_that_the_core_sleeps(void **state)
{
	make_stuck(*state, STUCK_ASLEEP);
	check_stuck(*state, "sleeps with its clock off");
}

static void halt__says_that_the_core_is_in_reset(void **state)
{
	make_stuck(*state, STUCK_IN_RESET);
	check_stuck(*state, "held in reset");
}

static void halt__has_a_guess_for_the_rest(void **state)
{
	make_stuck(*state, STUCK);
	check_stuck(*state, "--connect under-reset");
}

static void halt__can_be_cancelled(void **state)
{
	struct fixture *f = *state;

	make_stuck(f, STUCK);
	dapper_context_cancel(f->context);
	assert_fails(DAPPER_ERR_CANCELLED, dapper_target_halt(f->core));
	dapper_context_resume(f->context);
}

/* --- resume ---------------------------------------------------------------------------------- */

static void resume__clears_the_reason(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->model.dfsr, SCS_DFSR_HALTED);
	fixture_count(f);
	assert_ok(dapper_target_resume(f->core));
	assert_int_equal(fixture_batches(f), 1);
	assert_int_equal(f->model.dfsr, 0);
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN);
	assert_int_equal(fixture_state(f), DAPPER_STATE_RUNNING);
	assert_int_equal(reason(f), DAPPER_HALT_NONE);
}

static void resume__of_a_running_core_does_nothing(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	assert_ok(dapper_target_resume(f->core));
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.runs, 0);
}

static void resume__steps_off_a_breakpoint(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x400));
	assert_ok(dapper_target_resume(f->core));
	assert_int_equal(f->model.steps, 1);
	assert_int_equal(f->model.runs, 1);
	assert_int_equal(f->model.masked_runs, 0);
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.registers[REGSEL_PC], 0x402);
	assert_int_equal(f->model.fp_ctrl & 1, 1);
}

static void resume__hits_the_next_breakpoint(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x400));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x402));
	assert_ok(dapper_target_resume(f->core));
	assert_ok(dapper_target_wait_halted(f->core, 10));
	assert_int_equal(fixture_read(f, "pc"), 0x402);
	assert_int_equal(reason(f), DAPPER_HALT_BREAKPOINT);
}

static void resume__stops_where_the_first_instruction_does(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x400));
	f->model.step_dfsr = SCS_DFSR_DWTTRAP;
	assert_ok(dapper_target_resume(f->core));
	assert_true(f->model.is_halted);
	assert_int_equal(f->model.runs, 0);
	assert_int_equal(reason(f), DAPPER_HALT_WATCHPOINT);
}

static void resume__with_breakpoints_of_a_running_core_does_nothing(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	assert_ok(dapper_target_set_breakpoint(f->core, 0x400));
	assert_ok(dapper_target_resume(f->core));
	assert_int_equal(f->model.steps, 0);
	assert_int_equal(f->model.fp_ctrl & 1, 1);
	assert_string_equal(dapper_error_last()->message, "");
}

/* --- step ------------------------------------------------------------------------------------ */

static void step__is_one_batch(void **state)
{
	struct fixture *f = *state;

	fixture_count(f);
	assert_ok(dapper_target_step(f->core));
	assert_int_equal(fixture_batches(f), 1);
	/* SELECT, TAR, DFSR; TAR, SELECT; two polls and three writes. */
	assert_int_equal(fixture_transfers(f), 10);
	assert_int_equal(f->model.steps, 1);
	assert_int_equal(f->model.runs, 0);
	assert_int_equal(fixture_read(f, "pc"), 0x402);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_HALT);
	assert_int_equal(reason(f), DAPPER_HALT_REQUEST);
}

static void step__leaves_a_breakpoint(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x400));
	assert_ok(dapper_target_step(f->core));
	assert_int_equal(fixture_read(f, "pc"), 0x402);
	assert_int_equal(f->model.fp_ctrl & 1, 1);
}

static void step__needs_a_halted_core(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	assert_fails(DAPPER_ERR_NOT_HALTED, dapper_target_step(f->core));
	assert_hint("halt it first");
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN);
	assert_int_equal(f->model.steps, 0);
}

static void step__waits_for_a_stalled_instruction(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x500));
	f->model.step_polls = 5000;
	assert_ok(dapper_target_step(f->core));
	assert_int_equal(fixture_read(f, "pc"), 0x402);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_HALT);
	assert_int_equal(f->model.fp_ctrl & 1, 1);
}

static void step__gives_up_after_a_second(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x500));
	f->model.step_polls = MODEL_FOREVER;
	assert_fails(DAPPER_ERR_TIMEOUT, dapper_target_step(f->core));
	assert_message("the instruction did not end within 1000 ms");
	assert_true(f->model.is_halted);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_HALT);
	assert_int_equal(f->model.fp_ctrl & 1, 1);
}

/* --- state ----------------------------------------------------------------------------------- */

static void get_state__is_one_reading(void **state)
{
	struct fixture *f = *state;
	dapper_target_state now;

	fixture_count(f);
	assert_ok(dapper_target_get_state(f->core, &now));
	assert_int_equal(fixture_transfers(f), 1);
	assert_int_equal(now, DAPPER_STATE_HALTED);
}

static void get_state__tells_past_from_present_resets(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	f->model.saw_reset = true;
	f->model.retired = false;
	assert_int_equal(fixture_state(f), DAPPER_STATE_RUNNING);
	f->model.in_reset = true;
	f->model.retired = false;
	f->model.reset_countdown = MODEL_FOREVER;
	assert_int_equal(fixture_state(f), DAPPER_STATE_RESET);
}

static void get_state__sees_sleep_and_lockup(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	f->model.is_sleeping = true;
	assert_int_equal(fixture_state(f), DAPPER_STATE_SLEEPING);
	f->model.is_locked_up = true;
	assert_int_equal(fixture_state(f), DAPPER_STATE_LOCKUP);
	assert_ok(dapper_target_halt(f->core));
	f->model.is_sleeping = true;
	assert_int_equal(fixture_state(f), DAPPER_STATE_HALTED);
}

static void get_halt_reason__prefers_the_special(void **state)
{
	struct fixture *f = *state;
	static const struct {
		uint32_t dfsr;
		dapper_halt_reason reason;
	} rows[] = {
		{ SCS_DFSR_HALTED, DAPPER_HALT_REQUEST },
		{ SCS_DFSR_BKPT, DAPPER_HALT_BREAKPOINT },
		{ SCS_DFSR_DWTTRAP | SCS_DFSR_HALTED, DAPPER_HALT_WATCHPOINT },
		{ SCS_DFSR_VCATCH, DAPPER_HALT_VECTOR_CATCH },
		{ SCS_DFSR_EXTERNAL, DAPPER_HALT_EXTERNAL },
		{ 0, DAPPER_HALT_REQUEST },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		f->model.dfsr = rows[i].dfsr;
		assert_int_equal(reason(f), rows[i].reason);
	}
}

/* --- waiting --------------------------------------------------------------------------------- */

static void wait_halted__sees_the_halt(void **state)
{
	struct fixture *f = *state;

	f->model.run = (struct model_run){ .polls = 50, .dfsr = SCS_DFSR_BKPT, .pc = 0x666 };
	assert_ok(dapper_target_resume(f->core));
	fixture_count(f);
	assert_ok(dapper_target_wait_halted(f->core, 1000));
	assert_int_equal(fixture_batches(f), 1);
	assert_int_equal(fixture_read(f, "pc"), 0x666);
	assert_int_equal(reason(f), DAPPER_HALT_BREAKPOINT);
}

static void wait_halted__polls_on_the_probe(void **state)
{
	struct fixture *f = *state;

	/* In batches of 50 ms at the 10 us a poll that are reckoned with: 5000 polls. */
	f->model.run = (struct model_run){ .polls = 200000, .dfsr = SCS_DFSR_BKPT };
	assert_ok(dapper_target_resume(f->core));
	fixture_count(f);
	assert_ok(dapper_target_wait_halted(f->core, 10000));
	assert_in_range(fixture_batches(f), 40, 41);
}

static void wait_halted__ends_in_time(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns;

	assert_ok(dapper_target_resume(f->core));
	start_ns = f->model.now_ns;
	assert_fails(DAPPER_ERR_TIMEOUT, dapper_target_wait_halted(f->core, 250));
	assert_message("did not halt within 250 ms");
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 250, 260);
	f->model.is_sleeping = true;
	assert_fails(DAPPER_ERR_TIMEOUT, dapper_target_wait_halted(f->core, 0));
	assert_hint("sleeps");
}

static void wait_halted__tells_of_a_lockup(void **state)
{
	struct fixture *f = *state;

	f->model.run = (struct model_run){ .polls = 10, .locks_up = true };
	assert_ok(dapper_target_resume(f->core));
	assert_fails(DAPPER_ERR_TIMEOUT, dapper_target_wait_halted(f->core, 20));
	assert_hint("locked up");
}

static void wait_halted__can_be_cancelled(void **state)
{
	struct fixture *f = *state;

	f->model.cancels_when_run = true;
	assert_ok(dapper_target_resume(f->core));
	assert_fails(DAPPER_ERR_CANCELLED, dapper_target_wait_halted(f->core, 1000));
	dapper_context_resume(f->context);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fixture_test(halt__is_one_batch),
		fixture_test(halt__waits_for_a_slow_core),
		fixture_test(halt__asks_again_while_the_core_sleeps),
		fixture_test_halted(halt__of_a_halted_core_is_fine),
		fixture_test(halt__drops_a_forgotten_interrupt_mask),
		fixture_test(resume__drops_a_forgotten_interrupt_mask),
		fixture_test(halt__says_that_the_core_sleeps),
		fixture_test(halt__says_that_the_core_is_in_reset),
		fixture_test(halt__has_a_guess_for_the_rest),
		fixture_test(halt__can_be_cancelled),
		fixture_test_halted(resume__clears_the_reason),
		fixture_test(resume__of_a_running_core_does_nothing),
		fixture_test_halted(resume__steps_off_a_breakpoint),
		fixture_test_halted(resume__hits_the_next_breakpoint),
		fixture_test_halted(resume__stops_where_the_first_instruction_does),
		fixture_test(resume__with_breakpoints_of_a_running_core_does_nothing),
		fixture_test_halted(step__is_one_batch),
		fixture_test_halted(step__leaves_a_breakpoint),
		fixture_test(step__needs_a_halted_core),
		fixture_test_halted(step__waits_for_a_stalled_instruction),
		fixture_test_halted(step__gives_up_after_a_second),
		fixture_test_halted(get_state__is_one_reading),
		fixture_test(get_state__tells_past_from_present_resets),
		fixture_test(get_state__sees_sleep_and_lockup),
		fixture_test_halted(get_halt_reason__prefers_the_special),
		fixture_test_halted(wait_halted__sees_the_halt),
		fixture_test_halted(wait_halted__polls_on_the_probe),
		fixture_test_halted(wait_halted__ends_in_time),
		fixture_test_halted(wait_halted__tells_of_a_lockup),
		fixture_test_halted(wait_halted__can_be_cancelled),
	};

	return cmocka_run_group_tests_name("cortex_m/run_control", tests, NULL, NULL);
}
