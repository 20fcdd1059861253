/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m/dwt_regs.h"
#include "unit/cortex_m/fixture.h"

enum { READ = 5, WRITE = 6, READ_WRITE = 7 };

static int set_up_v8(void **state)
{
	struct fixture *f;

	fixture_set_up(state);
	f = *state;
	f->model.cpuid = 0x410fd214; /* Cortex-M33 */
	f->model.fp_ctrl = 0x10000080;
	f->model.dwt_mask_max = 0;
	fixture_create(f);
	return 0;
}

#define test_v8(function) cmocka_unit_test_setup_teardown(function, set_up_v8, fixture_tear_down)

static void set__writes_armv7_m(void **state)
{
	static const struct {
		uint64_t address;
		uint64_t size;
		dapper_watch watch;
		uint32_t mask;
		uint32_t function;
	} rows[] = {
		{ 0x20000001, 1, DAPPER_WATCH_READ, 0, READ },
		{ 0x20000004, 4, DAPPER_WATCH_WRITE, 2, WRITE },
		{ 0x20000100, 256, DAPPER_WATCH_ACCESS, 8, READ_WRITE },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_ok(dapper_target_set_watchpoint(
			f->core, rows[i].address, rows[i].size, rows[i].watch));
		assert_int_equal(f->model.dwt[i].comp, rows[i].address);
		assert_int_equal(f->model.dwt[i].mask, rows[i].mask);
		assert_int_equal(f->model.dwt[i].function, rows[i].function);
	}
	assert_true(f->model.demcr & SCS_DEMCR_TRCENA);
	/* Setting it again is nothing new. */
	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000004, 4, DAPPER_WATCH_WRITE));
	assert_int_equal(f->model.dwt[3].function, 0);
}

static void set__writes_armv8_m(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000004, 4, DAPPER_WATCH_WRITE));
	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000002, 2, DAPPER_WATCH_READ));
	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000000, 1, DAPPER_WATCH_ACCESS));
	assert_int_equal(f->model.dwt[0].function, 2 << 10 | 1 << 4 | 5);
	assert_int_equal(f->model.dwt[1].function, 1 << 10 | 1 << 4 | 6);
	assert_int_equal(f->model.dwt[2].function, 0 << 10 | 1 << 4 | 4);
}

static void set__puts_ragged_ranges_together(void **state)
{
	struct fixture *f = *state;

	/* 2 at 0x12, 4 at 0x14, 1 at 0x18 */
	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000012, 7, DAPPER_WATCH_WRITE));
	assert_int_equal(f->model.dwt[0].comp, 0x20000012);
	assert_int_equal(f->model.dwt[0].mask, 1);
	assert_int_equal(f->model.dwt[1].comp, 0x20000014);
	assert_int_equal(f->model.dwt[1].mask, 2);
	assert_int_equal(f->model.dwt[2].comp, 0x20000018);
	assert_int_equal(f->model.dwt[2].mask, 0);
	assert_int_equal(f->model.dwt[3].function, 0);
	assert_ok(dapper_target_clear_watchpoint(f->core, 0x20000012, 7, DAPPER_WATCH_WRITE));
	for (size_t i = 0; i < MODEL_WATCHPOINTS; i++)
		assert_int_equal(f->model.dwt[i].function, 0);
}

static void set__keeps_to_the_largest_mask(void **state)
{
	struct fixture *f = *state;

	f->model.dwt_mask_max = 4;
	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000000, 64, DAPPER_WATCH_WRITE));
	for (size_t i = 0; i < MODEL_WATCHPOINTS; i++) {
		assert_int_equal(f->model.dwt[i].comp, 0x20000000 + 16 * i);
		assert_int_equal(f->model.dwt[i].mask, 4);
	}
}

static void set__that_does_not_fit_takes_nothing(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
	assert_fails(DAPPER_ERR_NO_RESOURCE,
		dapper_target_set_watchpoint(f->core, 0x20000101, 14, DAPPER_WATCH_WRITE));
	assert_hint("4");
	assert_hint("1 in use");
	for (size_t i = 1; i < MODEL_WATCHPOINTS; i++)
		assert_int_equal(f->model.dwt[i].function, 0);
	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000101, 7, DAPPER_WATCH_WRITE));
}

static void set__refuses_nonsense(void **state)
{
	struct fixture *f = *state;

	assert_fails(DAPPER_ERR_INVALID,
		dapper_target_set_watchpoint(f->core, 0x20000000, 0, DAPPER_WATCH_WRITE));
	assert_fails(DAPPER_ERR_INVALID,
		dapper_target_set_watchpoint(f->core, UINT64_MAX, 2, DAPPER_WATCH_WRITE));
	assert_fails(DAPPER_ERR_INVALID,
		dapper_target_set_watchpoint(f->core, 0xffffffff, 2, DAPPER_WATCH_WRITE));
	assert_fails(
		DAPPER_ERR_INVALID, dapper_target_set_watchpoint(f->core, 0, 4, (dapper_watch)4));
	assert_fails(
		DAPPER_ERR_INVALID, dapper_target_set_watchpoint(f->core, 0, 4, (dapper_watch)0));
}

static void set__that_fails_is_not_remembered(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
	for (unsigned n = 1;; n++) {
		dapper_status status;

		f->model.fail_at = f->model.transfers + n;
		status = dapper_target_set_watchpoint(f->core, 0x20000040, 4, DAPPER_WATCH_READ);
		f->model.fail_at = 0;
		if (status == DAPPER_OK)
			break;
		assert_int_equal(status, DAPPER_ERR_PROBE_IO);
		assert_fails(DAPPER_ERR_NOT_FOUND,
			dapper_target_clear_watchpoint(f->core, 0x20000040, 4, DAPPER_WATCH_READ));
		assert_true(n < 100);
	}
	assert_int_equal(f->model.dwt[0].function, WRITE);
	assert_int_equal(f->model.dwt[1].function, READ);
}

static void clear__wants_exactly_what_was_set(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
	assert_fails(DAPPER_ERR_NOT_FOUND,
		dapper_target_clear_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_READ));
	assert_fails(DAPPER_ERR_NOT_FOUND,
		dapper_target_clear_watchpoint(f->core, 0x20000000, 2, DAPPER_WATCH_WRITE));
	assert_ok(dapper_target_clear_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
	assert_fails(DAPPER_ERR_NOT_FOUND,
		dapper_target_clear_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
}

static void hit__tells_the_whole_watchpoint_once(void **state)
{
	struct fixture *f = *state;
	dapper_watch watch = DAPPER_WATCH_READ;
	uint64_t address = 0;

	assert_fails(
		DAPPER_ERR_NOT_FOUND, dapper_target_get_watchpoint_hit(f->core, &address, &watch));
	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000012, 6, DAPPER_WATCH_ACCESS));
	f->model.dwt[2].function |= DWT_DWT_FUNCTION_MATCHED;
	assert_ok(dapper_target_get_watchpoint_hit(f->core, &address, &watch));
	assert_int_equal(address, 0x20000012);
	assert_int_equal(watch, DAPPER_WATCH_ACCESS);
	assert_fails(
		DAPPER_ERR_NOT_FOUND, dapper_target_get_watchpoint_hit(f->core, &address, &watch));
}

static void release__leaves_the_unit_as_it_was(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
	cortex_m_release(f->core, false);
	assert_int_equal(f->model.dwt[0].function, 0);
	assert_false(f->model.demcr & SCS_DEMCR_TRCENA);
}

static void reset__brings_watchpoints_back(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
	f->model.reset_clears_debug = true;
	memset(f->model.dwt, 0, sizeof(f->model.dwt));
	assert_ok(dapper_target_reset_and_halt(f->core, DAPPER_RESET_SYSTEM));
	assert_int_equal(f->model.dwt[0].function, WRITE);
	assert_int_equal(f->model.dwt[0].comp, 0x20000000);
}

static void set__needs_comparators(void **state)
{
	struct fixture *f = *state;

	f->model.dwt_ctrl = 0;
	fixture_create(f);
	assert_fails(DAPPER_ERR_NO_RESOURCE,
		dapper_target_set_watchpoint(f->core, 0x20000000, 4, DAPPER_WATCH_WRITE));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fixture_test_halted(set__writes_armv7_m),
		test_v8(set__writes_armv8_m),
		fixture_test_halted(set__puts_ragged_ranges_together),
		fixture_test_halted(set__keeps_to_the_largest_mask),
		fixture_test_halted(set__that_does_not_fit_takes_nothing),
		fixture_test_halted(set__refuses_nonsense),
		fixture_test_halted(set__that_fails_is_not_remembered),
		fixture_test_halted(clear__wants_exactly_what_was_set),
		fixture_test_halted(hit__tells_the_whole_watchpoint_once),
		fixture_test_halted(release__leaves_the_unit_as_it_was),
		fixture_test_halted(reset__brings_watchpoints_back),
		fixture_test(set__needs_comparators),
	};

	return cmocka_run_group_tests_name("cortex_m/watchpoints", tests, NULL, NULL);
}
