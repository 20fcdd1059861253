/* SPDX-License-Identifier: Apache-2.0 */
/* SWD on wires that need more than a switch: the dormant state, and one target among several. */
#include "unit/adi/wire_bench.h"

enum { INSTANCE_1 = 0x10000000 };

static int set_up(void **state)
{
	struct wire_bench *bench;

	if (wire_set_up(state))
		return 1;
	bench = *state;
	/* As an RP2040: SW-DPv2 without JTAG, dormant after power-on. */
	bench->target.dpidr = FAKE_DPIDR_V2;
	bench->target.jtag_idcode = 0;
	bench->target.tap_count = 0;
	bench->target.starts_dormant = true;
	bench->options.wire = DAPPER_WIRE_DEFAULT;
	return 0;
}

#define selection_test(function) cmocka_unit_test_setup_teardown(function, set_up, wire_tear_down)

static void assert_memory(struct wire_bench *bench)
{
	uint32_t word = 0;

	assert_ok(mem_ap_read32(bench->ap, FAKE_RAM + 0x40, &word));
	assert_memory_equal(&word, bench->fake.ram + 0x40, 4);
}

static void dormant__is_left_by_the_third_attempt(void **state)
{
	struct wire_bench *bench = *state;

	wire_connect_ap(bench);
	assert_memory(bench);
	assert_int_equal(bench->dp->target_id, FAKE_TARGET_ID);
}

static void dormant__is_left_at_once_where_asked(void **state)
{
	struct wire_bench *bench = *state;

	bench->options.use_dormant = true;
	wire_connect_ap(bench);
	/* No delay between attempts: there was one. */
	assert_true(bench->clock.now_ns == bench->clock.wire_ns);
}

static void target__is_selected(void **state)
{
	struct wire_bench *bench = *state;

	bench->target.instance = 1;
	bench->options.target_sel = FAKE_TARGET_ID | INSTANCE_1;
	wire_connect_ap(bench);
	assert_true(bench->clock.now_ns == bench->clock.wire_ns);
	assert_int_equal(bench->dp->dlpidr, INSTANCE_1 | 1);
	assert_memory(bench);
}

static void target__is_selected_with_swj_sequences_alone(void **state)
{
	struct wire_bench *bench = *state;

	bench->no_swd_sequence = true;
	bench->options.target_sel = FAKE_TARGET_ID;
	wire_connect_ap(bench);
	assert_memory(bench);
}

static void target__that_is_not_there_does_not_answer(void **state)
{
	struct wire_bench *bench = *state;

	bench->options.target_sel = FAKE_TARGET_ID | INSTANCE_1;
	assert_fails(DAPPER_ERR_NO_ACK, wire_connect(bench));
	assert_message("TARGETSEL 0x11002927");
	bench->options.target_sel = FAKE_TARGET_ID ^ 0x1000;
	assert_fails(DAPPER_ERR_NO_ACK, wire_connect(bench));
	bench->options.target_sel = FAKE_TARGET_ID;
	assert_ok(wire_connect(bench));
}

/* A DPv1 knows no TARGETSEL, takes it for a protocol error and is silent; never is it "selected". */
static void target__of_an_old_version_is_refused(void **state)
{
	struct wire_bench *bench = *state;

	bench->target.dpidr = FAKE_DPIDR;
	bench->target.starts_dormant = false;
	bench->options.target_sel = FAKE_TARGET_ID;
	assert_int_not_equal(wire_connect(bench), DAPPER_OK);
	bench->options.target_sel = 0;
	assert_ok(wire_connect(bench));
}

/* Every line reset deselects: it must be selected again. */
static void recovery__selects_again(void **state)
{
	struct wire_bench *bench = *state;

	bench->options.target_sel = FAKE_TARGET_ID;
	wire_connect_ap(bench);
	for (unsigned n = 1; n <= 12; n++) {
		bench->faults.silent_at = bench->faults.requests + n;
		if (mem_ap_write32(bench->ap, FAKE_RAM + 0x80, n) == DAPPER_OK)
			assert_int_equal(bench->fake.ram[0x80], n);
		bench->faults.silent_at = 0;
		assert_memory(bench);
	}
	assert_ok(dp_recover(bench->dp, 100));
	assert_memory(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		selection_test(dormant__is_left_by_the_third_attempt),
		selection_test(dormant__is_left_at_once_where_asked),
		selection_test(target__is_selected),
		selection_test(target__is_selected_with_swj_sequences_alone),
		selection_test(target__that_is_not_there_does_not_answer),
		selection_test(target__of_an_old_version_is_refused),
		selection_test(recovery__selects_again),
	};

	return cmocka_run_group_tests_name("adi/selection", tests, NULL, NULL);
}
