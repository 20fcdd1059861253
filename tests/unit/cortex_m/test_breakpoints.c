/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m/fpb_regs.h"
#include "unit/cortex_m/fixture.h"

/* FP_COMPn of version 1: REPLACE, word address, ENABLE (DDI 0403E.e, C1.11.5). */
#define LOWER (1u << 30)
#define UPPER (2u << 30)
#define BOTH  (3u << 30)

static int set_up_v2(void **state)
{
	struct fixture *f;

	fixture_set_up(state);
	f = *state;
	f->model.cpuid = 0x411fc272;
	f->model.fp_ctrl = 0x10000080;
	fixture_create(f);
	return 0;
}

static void set__writes_version_1(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x08000100));
	assert_int_equal(f->model.fp_comp[0], LOWER | 0x08000100 | 1);
	assert_int_equal(f->model.fp_ctrl & 1, 1);
	assert_ok(dapper_target_set_breakpoint(f->core, 0x08000206));
	assert_int_equal(f->model.fp_comp[1], UPPER | 0x08000204 | 1);
	/* Bit 0, the Thumb bit, is not part of the address. */
	assert_ok(dapper_target_set_breakpoint(f->core, 0x1ffffffd));
	assert_int_equal(f->model.fp_comp[2], LOWER | 0x1ffffffc | 1);
	assert_ok(dapper_target_set_breakpoint(f->core, 0));
	assert_int_equal(f->model.fp_comp[3], LOWER | 1);
}

static void set__shares_a_word_in_version_1(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x102));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x100));
	assert_int_equal(f->model.fp_comp[0], BOTH | 0x100 | 1);
	assert_int_equal(f->model.fp_comp[1], 0);
	assert_ok(dapper_target_clear_breakpoint(f->core, 0x102));
	assert_int_equal(f->model.fp_comp[0], LOWER | 0x100 | 1);
	assert_ok(dapper_target_clear_breakpoint(f->core, 0x100));
	assert_int_equal(f->model.fp_comp[0], 0);
}

static void set__prefers_the_word_to_a_free_comparator(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x200));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x100));
	assert_ok(dapper_target_clear_breakpoint(f->core, 0x200));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x102));
	assert_int_equal(f->model.fp_comp[0], 0);
	assert_int_equal(f->model.fp_comp[1], BOTH | 0x100 | 1);
}

static void set__writes_version_2(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x08000102));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x20000101));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x08000100));
	assert_int_equal(f->model.fp_comp[0], 0x08000103);
	assert_int_equal(f->model.fp_comp[1], 0x20000101);
	assert_int_equal(f->model.fp_comp[2], 0x08000101);
	assert_ok(dapper_target_clear_breakpoint(f->core, 0x20000100));
	assert_int_equal(f->model.fp_comp[1], 0);
}

static void set__twice_is_once(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x100));
	fixture_count(f);
	assert_ok(dapper_target_set_breakpoint(f->core, 0x101));
	assert_int_equal(fixture_batches(f), 0);
	assert_ok(dapper_target_clear_breakpoint(f->core, 0x100));
	assert_fails(DAPPER_ERR_NOT_FOUND, dapper_target_clear_breakpoint(f->core, 0x100));
	assert_message("no breakpoint at 0x00000100");
}

static void set__counts_batches(void **state)
{
	struct fixture *f = *state;

	/* The first looks at what is there and sets up the unit, later ones write a register. */
	fixture_count(f);
	assert_ok(dapper_target_set_breakpoint(f->core, 0x100));
	assert_int_equal(fixture_batches(f), 2);
	fixture_count(f);
	assert_ok(dapper_target_set_breakpoint(f->core, 0x200));
	assert_int_equal(fixture_batches(f), 1);
}

static void set__runs_out_of_comparators(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 0; i < 6; i++)
		assert_ok(dapper_target_set_breakpoint(f->core, 0x100 + 4 * i));
	assert_fails(DAPPER_ERR_NO_RESOURCE, dapper_target_set_breakpoint(f->core, 0x200));
	assert_message("no free breakpoint comparator for 0x00000200");
	assert_hint("this core has 6 of them");
	/* The other half of a word that is watched already is still possible. */
	assert_ok(dapper_target_set_breakpoint(f->core, 0x10a));
	assert_ok(dapper_target_clear_breakpoint(f->core, 0x104));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x200));
	assert_int_equal(f->model.fp_comp[1], LOWER | 0x200 | 1);
}

static void set__knows_its_reach(void **state)
{
	struct fixture *f = *state;

	assert_fails(DAPPER_ERR_UNSUPPORTED, dapper_target_set_breakpoint(f->core, MODEL_RAM_BASE));
	assert_hint("below 0x20000000");
	assert_fails(DAPPER_ERR_INVALID, dapper_target_set_breakpoint(f->core, 0x100000000ull));
}

static void set__clears_what_an_earlier_session_left(void **state)
{
	struct fixture *f = *state;

	f->model.fp_ctrl |= 1;
	f->model.fp_comp[0] = LOWER | 0x300 | 1;
	f->model.fp_comp[5] = BOTH | 0x400 | 1;
	assert_ok(dapper_target_set_breakpoint(f->core, 0x100));
	assert_int_equal(f->model.fp_comp[0], LOWER | 0x100 | 1);
	assert_int_equal(f->model.fp_comp[5], 0);
}

static void set__leaves_patches_of_firmware_alone(void **state)
{
	struct fixture *f = *state;
	const uint32_t patch = 0x300 | 1;

	f->model.fp_ctrl |= 1;
	f->model.fp_comp[0] = patch;
	f->model.fp_comp[6] = 0x12345679; /* a literal comparator */
	assert_ok(dapper_target_set_breakpoint(f->core, 0x100));
	assert_int_equal(f->model.fp_comp[0], patch);
	assert_int_equal(f->model.fp_comp[1], LOWER | 0x100 | 1);
	/* Not even for a step is the unit switched off. */
	assert_ok(dapper_target_set_breakpoint(f->core, 0x400));
	f->model.fp_ctrl_is_watched = true;
	assert_ok(dapper_target_step(f->core));
	assert_int_equal(fixture_read(f, "pc"), 0x402);
	assert_int_equal(f->model.fp_comp[2], LOWER | 0x400 | 1);
	f->model.fp_ctrl_is_watched = false;
	for (uint32_t i = 0; i < 3; i++)
		assert_ok(dapper_target_set_breakpoint(f->core, 0x200 + 4 * i));
	assert_fails(DAPPER_ERR_NO_RESOURCE, dapper_target_set_breakpoint(f->core, 0x500));
	cortex_m_release(f->core, false);
	assert_int_equal(f->model.fp_comp[0], patch);
	assert_int_equal(f->model.fp_comp[1], 0);
	assert_int_equal(f->model.fp_comp[6], 0x12345679);
	assert_int_equal(f->model.fp_ctrl & 1, 1);
}

static void set__that_fails_is_not_remembered(void **state)
{
	struct fixture *f = *state;

	f->model.fail_at = f->model.transfers + 1;
	assert_fails(DAPPER_ERR_PROBE_IO, dapper_target_set_breakpoint(f->core, 0x100));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x200));
	f->model.fail_at = f->model.transfers + 1;
	assert_fails(DAPPER_ERR_PROBE_IO, dapper_target_set_breakpoint(f->core, 0x100));
	assert_fails(DAPPER_ERR_NOT_FOUND, dapper_target_clear_breakpoint(f->core, 0x100));
	assert_ok(dapper_target_set_breakpoint(f->core, 0x100));
	assert_int_equal(f->model.fp_comp[1], LOWER | 0x100 | 1);
}

static void count__has_seven_bits(void **state)
{
	struct fixture *f = *state;

	f->model.fp_ctrl = 0x00007260 & ~0x2000u; /* NUM_CODE 101:0110 */
	fixture_create(f);
	assert_non_null(strstr(fixture_facts(f), "breakpoints=86\n"));
}

#define test_v2(function) cmocka_unit_test_setup_teardown(function, set_up_v2, fixture_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fixture_test_halted(set__writes_version_1),
		fixture_test_halted(set__shares_a_word_in_version_1),
		fixture_test_halted(set__prefers_the_word_to_a_free_comparator),
		test_v2(set__writes_version_2),
		fixture_test_halted(set__twice_is_once),
		fixture_test_halted(set__counts_batches),
		fixture_test_halted(set__runs_out_of_comparators),
		fixture_test_halted(set__knows_its_reach),
		fixture_test_halted(set__clears_what_an_earlier_session_left),
		fixture_test_halted(set__leaves_patches_of_firmware_alone),
		fixture_test_halted(set__that_fails_is_not_remembered),
		fixture_test(count__has_seven_bits),
	};

	return cmocka_run_group_tests_name("cortex_m/breakpoints", tests, NULL, NULL);
}
