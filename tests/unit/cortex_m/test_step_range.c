/* SPDX-License-Identifier: Apache-2.0 */
/* The model's core makes steps of two bytes; its code is in RAM. */
#include "base/bytes.h"
#include "base/node.h"
#include "unit/cortex_m/fixture.h"

enum { CODE = MODEL_RAM_BASE + 0x100, NOP = 0xbf00, BRANCH = 0xe000 };

static void put_code(struct fixture *f, size_t count, uint16_t instruction)
{
	for (size_t i = 0; i < count; i++)
		put_le16(f->model.ram + 0x100 + 2 * i, instruction);
	fixture_write(f, "pc", CODE);
}

static void step(struct fixture *f, uint32_t size, uint32_t max_steps, uint64_t *pc,
	dapper_halt_reason *reason)
{
	*pc = 0;
	*reason = DAPPER_HALT_NONE;
	fixture_count(f);
	assert_ok(dapper_target_step_range(f->core, CODE, CODE + size, max_steps, pc, reason));
}

static void range__is_one_step_when_empty(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;
	uint64_t pc;

	put_code(f, 8, NOP);
	step(f, 0, 100, &pc, &reason);
	assert_int_equal(f->model.steps, 1);
	assert_int_equal(pc, CODE + 2);
	assert_int_equal(reason, DAPPER_HALT_REQUEST);
	assert_int_equal(fixture_batches(f), 1);
}

static void range__makes_straight_steps_at_once(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;
	uint64_t pc;

	put_code(f, 20, NOP);
	step(f, 40, 100, &pc, &reason);
	assert_int_equal(f->model.steps, 20);
	assert_int_equal(pc, CODE + 40);
	assert_int_equal(reason, DAPPER_HALT_REQUEST);
	/* Where it is and the code; the steps. */
	assert_int_equal(fixture_batches(f), 2);
	assert_int_equal(f->model.control & SCS_DHCSR_C_MASKINTS, 0);
}

static void range__asks_after_branches(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;
	uint64_t pc;

	put_code(f, 4, BRANCH);
	step(f, 8, 100, &pc, &reason);
	assert_int_equal(f->model.steps, 4);
	assert_int_equal(pc, CODE + 8);
	assert_int_equal(fixture_batches(f), 5);
}

static void range__ends_after_so_many_steps(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;
	uint64_t pc;

	put_code(f, 64, NOP);
	step(f, 128, 30, &pc, &reason);
	assert_int_equal(f->model.steps, 30);
	assert_int_equal(pc, CODE + 60);
	assert_int_equal(reason, DAPPER_HALT_REQUEST);
}

/* Wide instructions as far as is known, but the model makes two bytes: it is elsewhere. */
static void range__notices_that_it_is_elsewhere(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;
	uint64_t pc;

	put_code(f, 8, 0xf240);
	step(f, 16, 100, &pc, &reason);
	assert_int_equal(pc, CODE + 16);
	assert_int_equal(f->model.steps, 8);
	assert_int_equal(reason, DAPPER_HALT_REQUEST);
	assert_int_equal(f->model.control & SCS_DHCSR_C_MASKINTS, 0);
}

static void range__stops_at_a_breakpoint(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;
	uint64_t pc;

	f->model.fp_ctrl |= 0x10000000; /* version 2, for RAM */
	f->core = (node_destroy(&f->core->node), NULL);
	fixture_create(f);
	assert_ok(dapper_target_set_breakpoint(f->core, CODE));
	assert_ok(dapper_target_set_breakpoint(f->core, CODE + 6));
	put_code(f, 8, NOP);
	step(f, 16, 100, &pc, &reason);
	assert_int_equal(pc, CODE + 6);
	assert_int_equal(f->model.steps, 3);
	assert_int_equal(reason, DAPPER_HALT_BREAKPOINT);
}

static void range__tells_a_watchpoint(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;
	uint64_t pc;

	assert_ok(dapper_target_set_watchpoint(f->core, MODEL_RAM_BASE, 4, DAPPER_WATCH_WRITE));
	put_code(f, 8, NOP);
	f->model.step_dfsr = SCS_DFSR_DWTTRAP;
	step(f, 16, 100, &pc, &reason);
	assert_int_equal(f->model.steps, 1);
	assert_int_equal(pc, CODE + 2);
	assert_int_equal(reason, DAPPER_HALT_WATCHPOINT);
}

static void range__works_without_the_code(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason = DAPPER_HALT_NONE;
	uint64_t pc = 0;

	fixture_write(f, "pc", 0x60000000);
	assert_ok(dapper_target_step_range(f->core, 0x60000000, 0x60000006, 100, &pc, &reason));
	assert_int_equal(pc, 0x60000006);
	assert_int_equal(f->model.steps, 3);
}

static void range__needs_a_halted_core(void **state)
{
	struct fixture *f = *state;
	dapper_halt_reason reason;
	uint64_t pc;

	f->model.run.polls = MODEL_FOREVER;
	assert_ok(dapper_target_resume(f->core));
	assert_fails(DAPPER_ERR_NOT_HALTED,
		dapper_target_step_range(f->core, CODE, CODE + 8, 10, &pc, &reason));
	assert_fails(
		DAPPER_ERR_NOT_HALTED, dapper_target_step_range(f->core, 0, 0, 1, &pc, &reason));
	assert_fails(DAPPER_ERR_INVALID, dapper_target_step_range(f->core, 0, 0, 0, &pc, &reason));
}

/* Whatever transfer fails, the core is controllable afterwards. */
static void range__survives_each_failure(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 1;; n++) {
		dapper_halt_reason reason;
		dapper_status status;
		uint64_t pc = 0;

		put_code(f, 8, NOP);
		f->model.fail_at = f->model.transfers + n;
		status = dapper_target_step_range(f->core, CODE, CODE + 16, 100, &pc, &reason);
		f->model.fail_at = 0;
		if (status == DAPPER_OK)
			break;
		assert_int_equal(status, DAPPER_ERR_PROBE_IO);
		assert_ok(dapper_target_halt(f->core));
		assert_true(n < 1000);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fixture_test_halted(range__is_one_step_when_empty),
		fixture_test_halted(range__makes_straight_steps_at_once),
		fixture_test_halted(range__asks_after_branches),
		fixture_test_halted(range__ends_after_so_many_steps),
		fixture_test_halted(range__notices_that_it_is_elsewhere),
		fixture_test_halted(range__stops_at_a_breakpoint),
		fixture_test_halted(range__tells_a_watchpoint),
		fixture_test_halted(range__works_without_the_code),
		fixture_test_halted(range__needs_a_halted_core),
		fixture_test_halted(range__survives_each_failure),
	};

	return cmocka_run_group_tests_name("cortex_m/step_range", tests, NULL, NULL);
}
