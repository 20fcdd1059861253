/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/cortex_m/fixture.h"

static void reset__lets_the_core_run(void **state)
{
	struct fixture *f = *state;

	f->model.reset_polls = 1;
	assert_ok(dapper_target_reset(f->core, DAPPER_RESET_DEFAULT));
	assert_int_equal(f->model.resets, 1);
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.demcr, 0);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN);
	assert_string_equal(f->log, "");
}

static void reset__resumes_a_part_that_stays_halted(void **state)
{
	struct fixture *f = *state;

	f->model.reset_keeps_halt = true;
	assert_ok(dapper_target_reset(f->core, DAPPER_RESET_SYSTEM));
	assert_false(f->model.is_halted);
}

static void reset__leaves_a_halt_by_the_catch(void **state)
{
	struct fixture *f = *state;

	assert_ok(cortex_m_set_reset_catch(f->core, true));
	assert_ok(dapper_target_reset(f->core, DAPPER_RESET_SYSTEM));
	assert_true(f->model.is_halted);
	assert_int_equal(f->model.demcr, SCS_DEMCR_VC_CORERESET);
	assert_ok(cortex_m_set_reset_catch(f->core, false));
	assert_int_equal(f->model.demcr, 0);
}

static void reset_and_halt__stops_at_the_vector(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;

	f->model.demcr = SCS_DEMCR_TRCENA;
	f->model.reset_polls = 2;
	assert_ok(dapper_target_resume(f->core));
	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_SYSTEM));
	assert_true(f->model.is_halted);
	assert_int_equal(fixture_read(f, "pc"), MODEL_RESET_PC);
	assert_ok(dapper_target_get_halt_reason(f->core, &reason));
	assert_int_equal(reason, DAPPER_HALT_VECTOR_CATCH);
	assert_int_equal(f->model.demcr, SCS_DEMCR_TRCENA);
	assert_string_equal(f->log, "");
}

static void reset_and_halt__forces_a_lost_catch(void **state)
{
	struct fixture *f = *state;

	f->model.loses_catch = true;
	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_SYSTEM));
	assert_true(f->model.is_halted);
	assert_int_equal(f->model.demcr, 0);
	assert_logged(f, "halted by force");
}

static void reset_and_halt__tells_of_another_pc(void **state)
{
	struct fixture *f = *state;

	f->model.reset_pc = 0x1fff0000;
	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_SYSTEM));
	assert_logged(f, "halted at pc 0x1fff0000, the reset vector is 0x00000201");
}

static void reset_and_halt__tells_of_another_reason(void **state)
{
	struct fixture *f = *state;

	f->model.loses_catch = true;
	f->model.reset_keeps_halt = true;
	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_SYSTEM));
	assert_logged(f, "not by the vector catch");
}

static void reset__comes_back_to_a_lost_port(void **state)
{
	struct fixture *f = *state;

	f->model.reset_drops_port = true;
	assert_ok(dapper_target_reset(f->core, DAPPER_RESET_SYSTEM));
	assert_int_equal(f->model.resets, 1);
	assert_false(f->model.is_silent);
	assert_ok(dapper_target_halt(f->core));
}

static void reset__gives_back_lost_debug_registers(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x500));
	f->model.demcr = SCS_DEMCR_TRCENA;
	f->model.reset_clears_debug = true;
	f->model.reset_drops_port = true;
	assert_ok(dapper_target_reset(f->core, DAPPER_RESET_SYSTEM));
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN);
	assert_int_equal(f->model.demcr, SCS_DEMCR_TRCENA);
	assert_int_equal(f->model.fp_comp[0], 1u << 30 | 0x500 | 1);
	assert_int_equal(f->model.fp_ctrl & 1, 1);
}

static void reset_and_halt__survives_lost_debug_registers(void **state)
{
	struct fixture *f = *state;

	f->model.reset_clears_debug = true;
	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_SYSTEM));
	assert_true(f->model.is_halted);
	assert_logged(f, "halted by force");
}

static void reset__waits_for_a_late_one(void **state)
{
	struct fixture *f = *state;

	f->model.reset_delay = 6;
	f->model.reset_polls = 10;
	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_SYSTEM));
	assert_int_equal(f->model.resets, 1);
	assert_true(f->model.is_halted);
	assert_string_equal(f->log, "");
}

static void reset__tells_when_there_was_none(void **state)
{
	struct fixture *f = *state;

	f->model.reset_delay = MODEL_FOREVER;
	assert_ok(dapper_target_reset(f->core, DAPPER_RESET_HARDWARE));
	assert_int_equal(f->model.resets, 0);
	assert_logged(f, "no reset was seen");
}

static void reset__that_never_ends_is_an_error(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns = f->model.now_ns;

	f->model.reset_polls = MODEL_FOREVER;
	assert_fails(DAPPER_ERR_TIMEOUT, dapper_target_reset(f->core, DAPPER_RESET_SYSTEM));
	assert_message("stays in reset for more than 2000 ms");
	assert_hint("holds nRESET");
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 2000, 2100);
}

static void reset__by_the_pin_holds_it(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns = f->model.now_ns;

	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_HARDWARE));
	assert_int_equal(f->model.resets, 1);
	assert_false(f->model.pin_low);
	assert_true(f->model.is_halted);
	assert_in_range((f->model.now_ns - start_ns) / 1000000, 10, 13);
	assert_int_equal(f->model.demcr, 0);
}

static void reset__by_the_pin_needs_one(void **state)
{
	struct fixture *f = *state;

	f->host.drive_reset = NULL;
	fixture_create(f);
	assert_fails(DAPPER_ERR_UNSUPPORTED, dapper_target_reset(f->core, DAPPER_RESET_HARDWARE));
	assert_message("nRESET");
}

static void reset__stops_for_a_lost_probe(void **state)
{
	struct fixture *f = *state;

	f->model.fail_at = f->model.transfers + 4;
	assert_fails(DAPPER_ERR_PROBE_IO, dapper_target_reset(f->core, DAPPER_RESET_SYSTEM));
	assert_int_equal(f->model.resets, 0);
}

static void reset__counts_batches(void **state)
{
	struct fixture *f = *state;

	/* DEMCR, the reset, the debug port, the core. */
	fixture_count(f);
	assert_ok(dapper_target_reset(f->core, DAPPER_RESET_SYSTEM));
	assert_int_equal(fixture_batches(f), 4);
	/* Besides: halted? then where; the vector. */
	fixture_count(f);
	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_SYSTEM));
	assert_int_equal(fixture_batches(f), 7);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fixture_test_halted(reset__lets_the_core_run),
		fixture_test_halted(reset__resumes_a_part_that_stays_halted),
		fixture_test_halted(reset__leaves_a_halt_by_the_catch),
		fixture_test_halted(reset_and_halt__stops_at_the_vector),
		fixture_test_halted(reset_and_halt__forces_a_lost_catch),
		fixture_test_halted(reset_and_halt__tells_of_another_pc),
		fixture_test_halted(reset_and_halt__tells_of_another_reason),
		fixture_test_halted(reset__comes_back_to_a_lost_port),
		fixture_test_halted(reset__gives_back_lost_debug_registers),
		fixture_test_halted(reset_and_halt__survives_lost_debug_registers),
		fixture_test_halted(reset__waits_for_a_late_one),
		fixture_test_halted(reset__tells_when_there_was_none),
		fixture_test_halted(reset__that_never_ends_is_an_error),
		fixture_test_halted(reset__by_the_pin_holds_it),
		fixture_test(reset__by_the_pin_needs_one),
		fixture_test_halted(reset__stops_for_a_lost_probe),
		fixture_test_halted(reset__counts_batches),
	};

	return cmocka_run_group_tests_name("cortex_m/reset", tests, NULL, NULL);
}
