/* SPDX-License-Identifier: Apache-2.0 */
#include "cortex_m/dwt_regs.h"
#include "cortex_m/fpb_regs.h"
#include "unit/cortex_m/fixture.h"

static void describe__tells_all_facts(void **state)
{
	struct fixture *f = *state;

	fixture_create(f);
	assert_string_equal(fixture_facts(f), "CPUID=0x410fc241\n"
					      "revision=r0p1\n"
					      "architecture=Armv7E-M\n"
					      "FPU=FPv4-SP\n"
					      "breakpoints=6\n"
					      "breakpoint unit=FPB version 1, below 0x20000000\n"
					      "watchpoints=4\n");
}

static void create__takes_two_batches(void **state)
{
	struct fixture *f = *state;

	fixture_count(f);
	fixture_create(f);
	assert_int_equal(fixture_batches(f), 2);
	assert_int_equal(f->model.control, SCS_DHCSR_C_DEBUGEN);
	assert_int_equal(f->model.demcr, 0);
}

static void create__keeps_a_halted_core_halted(void **state)
{
	struct fixture *f = *state;

	f->model.control = SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_HALT;
	f->model.is_halted = true;
	fixture_create(f);
	assert_true(f->model.is_halted);
	assert_int_equal(f->model.runs, 0);
	assert_int_equal(fixture_state(f), DAPPER_STATE_HALTED);
}

static void create__keeps_demcr(void **state)
{
	struct fixture *f = *state;

	f->model.demcr = SCS_DEMCR_VC_HARDERR;
	fixture_create(f);
	assert_int_equal(f->model.demcr, SCS_DEMCR_VC_HARDERR);
}

static void create__lives_without_breakpoint_unit(void **state)
{
	struct fixture *f = *state;

	f->model.absent = FPB_FP_CTRL;
	fixture_create(f);
	assert_non_null(strstr(fixture_facts(f), "breakpoints=0\n"));
	assert_non_null(strstr(fixture_facts(f), "FPU=FPv4-SP\n"));
	assert_fails(DAPPER_ERR_NO_RESOURCE, dapper_target_set_breakpoint(f->core, 0x100));
}

static void create__lives_without_watchpoint_unit(void **state)
{
	struct fixture *f = *state;

	f->model.absent = DWT_DWT_CTRL;
	fixture_create(f);
	assert_non_null(strstr(fixture_facts(f), "watchpoints=0\n"));
	assert_int_equal(f->model.demcr, 0);
}

static void create__needs_a_core(void **state)
{
	struct fixture *f = *state;

	f->model.cpuid = 0;
	assert_fails(DAPPER_ERR_NO_CORE, fixture_make_core(f));
	assert_message("CPUID reads 0x00000000");
	assert_null(f->core);
}

static void create__warns_when_debug_is_forbidden(void **state)
{
	struct fixture *f = *state;

	f->model.forbids_debug = true;
	fixture_create(f);
	assert_logged(f, "halting debug is disabled");
	assert_fails(DAPPER_ERR_LOCKED, dapper_target_halt(f->core));
	assert_hint("protection");
}

static void create__passes_a_lost_probe_on(void **state)
{
	struct fixture *f = *state;

	f->model.fail_at = f->model.transfers + 3;
	assert_fails(DAPPER_ERR_PROBE_IO, fixture_make_core(f));
	assert_null(f->core);
}

/* --- memory ---------------------------------------------------------------------------------- */

static void memory__goes_to_the_ap(void **state)
{
	struct fixture *f = *state;
	const uint32_t words[2] = { 0x11223344, 0x55667788 };
	uint32_t back[2] = { 0 };

	fixture_create(f);
	assert_ok(dapper_target_write_memory(f->core, MODEL_RAM_BASE, words, sizeof(words)));
	assert_memory_equal(f->model.ram, words, sizeof(words));
	assert_ok(dapper_target_read_memory(f->core, MODEL_RAM_BASE, back, sizeof(back)));
	assert_memory_equal(back, words, sizeof(words));
	assert_ok(dapper_target_write_units(f->core, MODEL_RAM_BASE + 8, 4, words, 1));
	assert_ok(dapper_target_read_units(f->core, MODEL_RAM_BASE + 8, 4, back, 1));
	assert_int_equal(back[0], words[0]);
	assert_fails(DAPPER_ERR_FAULT, dapper_target_read_memory(f->core, 0x60000000, back, 4));
	assert_non_null(strstr(dapper_error_last()->where, "address 0x60000000"));
	assert_non_null(strstr(dapper_error_last()->where, "core Cortex-M4"));
}

/* --- release --------------------------------------------------------------------------------- */

static void release__leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x500));
	assert_ok(cortex_m_set_reset_catch(f->core, true));
	f->model.demcr |= SCS_DEMCR_TRCENA;
	cortex_m_release(f->core, false);
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.control, 0);
	assert_int_equal(f->model.demcr, SCS_DEMCR_TRCENA);
	assert_int_equal(f->model.fp_ctrl & FPB_FP_CTRL_ENABLE, 0);
	for (size_t i = 0; i < MODEL_COMPARATORS; i++)
		assert_int_equal(f->model.fp_comp[i], 0);
	assert_int_equal(f->model.dfsr, 0);
}

static void release__can_keep_the_core_halted(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x500));
	cortex_m_release(f->core, true);
	assert_true(f->model.is_halted);
	assert_int_equal(f->model.fp_comp[0], 0);
	assert_int_equal(f->model.runs, 0);
}

static void release__drops_a_forgotten_interrupt_mask(void **state)
{
	struct fixture *f = *state;

	f->model.control = SCS_DHCSR_C_DEBUGEN | SCS_DHCSR_C_MASKINTS;
	fixture_create(f);
	cortex_m_release(f->core, false);
	assert_int_equal(f->model.control, 0);
	assert_false(f->model.is_halted);
	assert_int_equal(f->model.masked_runs, 0);
}

static void release__tries_everything(void **state)
{
	struct fixture *f = *state;

	assert_ok(dapper_target_set_breakpoint(f->core, 0x500));
	f->model.absent = 0;
	f->model.fail_at = f->model.transfers + 1;
	cortex_m_release(f->core, false);
	assert_logged(f, "cannot remove the breakpoints");
	assert_int_equal(f->model.control, 0);
	assert_string_equal(dapper_error_last()->message, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fixture_test(describe__tells_all_facts),
		fixture_test(create__takes_two_batches),
		fixture_test(create__keeps_a_halted_core_halted),
		fixture_test(create__keeps_demcr),
		fixture_test(create__lives_without_breakpoint_unit),
		fixture_test(create__lives_without_watchpoint_unit),
		fixture_test(create__needs_a_core),
		fixture_test(create__warns_when_debug_is_forbidden),
		fixture_test(create__passes_a_lost_probe_on),
		fixture_test(memory__goes_to_the_ap),
		fixture_test_halted(release__leaves_nothing_behind),
		fixture_test_halted(release__can_keep_the_core_halted),
		fixture_test(release__drops_a_forgotten_interrupt_mask),
		fixture_test_halted(release__tries_everything),
	};

	return cmocka_run_group_tests_name("cortex_m/cortex_m", tests, NULL, NULL);
}
