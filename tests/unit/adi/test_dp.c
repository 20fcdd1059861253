/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "support/adi_fixture.h"
#include "support/fake_probe.h"

#include "base/alloc.h"

enum { HZ = 1000000 };

/* --- what is sent: over the fake probe, that records it
 * ------------------------------------------- */

struct wire_fixture {
	dapper_context *context;
	struct fake_probe fake;
	dapper_probe *probe;
	struct dp *dp;
};

static int wire_set_up(void **state)
{
	static struct wire_fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	assert_ok(dapper_context_new(&fixture.context));
	fixture.probe = fake_probe_new(fixture.context, &fixture.fake);
	assert_ok(dp_create(fixture.context, fixture.probe, &fixture.dp));
	*state = &fixture;
	return 0;
}

static int wire_tear_down(void **state)
{
	struct wire_fixture *f = *state;

	node_destroy(&f->dp->node);
	dapper_probe_unref(f->probe);
	dapper_context_unref(f->context);
	return 0;
}

static void script(struct wire_fixture *f, const uint32_t *reads, size_t count)
{
	memcpy(f->fake.reads, reads, count * sizeof(*reads));
	f->fake.read_count = count;
}

static void connect__sends_two_batches(void **state)
{
	static const uint32_t reads[] = { 0x2ba01477 };
	const struct dp_options options = { .clock_hz = HZ };
	struct wire_fixture *f = *state;
	dapper_probe_counters counters;

	script(f, reads, ARRAY_SIZE(reads));
	assert_ok(dp_connect(f->dp, &options));
	assert_string_equal(f->fake.log, "connect 1 1000000\n"
					 "swj 136\n"
					 "R dp 0\n"
					 "W dp 0 0000001e\n"
					 "W dp 8 00000000\n"
					 "W dp 4 50000000\n"
					 "M dp 4 a0000000/a0000000\n");
	dapper_probe_get_counters(f->probe, &counters);
	assert_int_equal(counters.batches, 2);
	assert_int_equal(f->dp->version, 1);
	assert_false(f->dp->is_minimal);
}

static void connect__reads_target_id_of_dpv2(void **state)
{
	/* RP2040's DPIDR, as its data sheet (2.3.4.1) has it; minimal, DPv2. */
	static const uint32_t reads[] = { 0x0bc12477, 0x1ba00477 };
	const struct dp_options options = { .clock_hz = HZ };
	struct wire_fixture *f = *state;

	script(f, reads, ARRAY_SIZE(reads));
	assert_ok(dp_connect(f->dp, &options));
	/* No STKCMPCLR for a minimal DP. */
	assert_non_null(strstr(f->fake.log, "W dp 0 0000001c\n"));
	assert_non_null(strstr(f->fake.log, "W dp 8 00000002\nR dp 4\nW dp 8 00000000\n"));
	assert_int_equal(f->dp->version, 2);
	assert_true(f->dp->is_minimal);
	assert_int_equal(f->dp->target_id, 0x1ba00477);
}

static void connect__holds_reset_when_asked(void **state)
{
	static const uint32_t reads[] = { 0x2ba01477 };
	const struct dp_options options = { .clock_hz = HZ, .under_reset = true };
	struct wire_fixture *f = *state;

	script(f, reads, ARRAY_SIZE(reads));
	assert_ok(dp_connect(f->dp, &options));
	assert_ptr_equal(strstr(f->fake.log, "connect 1 1000000\nreset 1\nswj 136\n"), f->fake.log);
	assert_null(strstr(f->fake.log, "reset 0"));
}

static void disconnect__powers_down_and_lets_go(void **state)
{
	static const uint32_t reads[] = { 0x2ba01477 };
	const struct dp_options options = { .clock_hz = HZ };
	struct wire_fixture *f = *state;

	script(f, reads, ARRAY_SIZE(reads));
	assert_ok(dp_connect(f->dp, &options));
	f->fake.log[0] = '\0';
	dp_disconnect(f->dp);
	assert_string_equal(f->fake.log, "W dp 0 0000001e\n"
					 "W dp 8 00000000\n"
					 "W dp 4 10000000\n"
					 "W dp 4 00000000\n"
					 "M dp 4 00000000/a0000000\n"
					 "disconnect\n");
	dp_disconnect(f->dp);
	assert_null(strstr(f->fake.log, "disconnect\ndisconnect"));
}

static void keep_line(
	void *payload, dapper_log_topic topic, dapper_log_level level, const char *line)
{
	char *text = payload;
	size_t used = strlen(text);

	(void)topic;
	(void)level;
	snprintf(text + used, 1024 - used, "%s\n", line);
}

static void wire_log__names_registers(void **state)
{
	static const uint32_t reads[] = { 0x2ba01477 };
	const struct dp_options options = { .clock_hz = HZ };
	struct wire_fixture *f = *state;
	char text[1024] = "";

	dapper_context_set_log(f->context, DAPPER_LOG_WIRE, DAPPER_LOG_DEBUG, keep_line, text);
	script(f, reads, ARRAY_SIZE(reads));
	assert_ok(dp_connect(f->dp, &options));
	assert_string_equal(text,
		"DP DPIDR -> REVISION=0x2 PARTNO=0xba VERSION=0x1 DESIGNER=0x23b\n"
		"DP ABORT <- ORUNERRCLR=1 WDERRCLR=1 STKERRCLR=1 STKCMPCLR=1\n"
		"DP SELECT <- 0\n"
		"DP CTRL/STAT <- CSYSPWRUPREQ=1 CDBGPWRUPREQ=1\n"
		"DP CTRL/STAT until & 0xa0000000 is 0xa0000000\n");
	dapper_context_set_log(f->context, 0, DAPPER_LOG_WARNING, NULL, NULL);
}

static void wire_log__shows_no_word_of_a_failed_read(void **state)
{
	struct wire_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	struct dapper_batch_result result;
	char text[1024] = "";
	uint32_t word = 0x12345678;

	dapper_context_set_log(f->context, DAPPER_LOG_WIRE, DAPPER_LOG_DEBUG, keep_line, text);
	batch_read_dp(&batch, 0x4, &word);
	f->fake.fail_at = 1;
	f->fake.fail_status = DAPPER_ERR_WAIT;
	assert_fails(DAPPER_ERR_WAIT, probe_run_transfers(f->probe, &batch, 100, &result));
	assert_string_equal(text, "DP CTRL/STAT -> (not kept)  ** failed\n");
	dapper_context_set_log(f->context, 0, DAPPER_LOG_WARNING, NULL, NULL);
	batch_finish(&batch);
}

static void select__is_written_only_when_it_changes(void **state)
{
	struct wire_fixture *f = *state;
	struct batch batch = BATCH_INIT;

	dp_select_ap(f->dp, &batch, 0, 0xf);
	dp_select_ap(f->dp, &batch, 0, 0xf);
	dp_select_ap(f->dp, &batch, 0, 0);
	dp_select_dp_bank(f->dp, &batch, 2);
	dp_select_ap(f->dp, &batch, 0, 0);
	dp_select_dp_bank(f->dp, &batch, 0);
	dp_select_ap(f->dp, &batch, 3, 1);
	dp_invalidate(f->dp);
	dp_select_ap(f->dp, &batch, 3, 1);
	assert_ok(dp_run(f->dp, &batch));
	assert_string_equal(f->fake.log, "W dp 8 000000f0\n"
					 "W dp 8 00000000\n"
					 "W dp 8 00000002\n"
					 "W dp 8 00000000\n"
					 "W dp 8 03000010\n"
					 "W dp 8 03000010\n");
	batch_finish(&batch);
}

/* --- how it copes: over the model
 * ------------------------------------------------------------------ */

static void connect__works_on_every_wire_state(void **state)
{
	struct adi_fixture *f = *state;
	static const enum model_wire states[] = { MODEL_JTAG, MODEL_SWD, MODEL_DORMANT };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		f->model.wire = states[i];
		adi_connect(f);
		assert_int_equal(f->dp->dpidr, 0x2ba01477);
		dp_disconnect(f->dp);
	}
	assert_int_equal(f->model.protocol_violations, 0);
}

static void connect__goes_by_dormant_when_the_switch_is_unknown(void **state)
{
	struct adi_fixture *f = *state;

	f->model.knows_no_switch = true;
	adi_connect(f);
	assert_int_equal(f->model.sequences, 3);
	assert_int_equal(f->model.protocol_violations, 0);
}

static void connect__needs_no_sequences_of_a_driver_without(void **state)
{
	struct adi_fixture *f = *state;

	f->model.has_no_sequences = true;
	adi_remake(f);
	adi_connect(f);
	assert_int_equal(f->model.sequences, 0);
}

static void connect__polls_power_up(void **state)
{
	struct adi_fixture *f = *state;

	/* Longer than one try polls on the probe. */
	f->model.power_polls = 350;
	adi_connect(f);
	assert_true(f->model.batches >= 4);
}

static void connect__fails_when_power_never_comes(void **state)
{
	const struct dp_options options = { .clock_hz = HZ };
	struct adi_fixture *f = *state;

	f->model.power_polls = UINT32_MAX;
	assert_fails(DAPPER_ERR_POWER, dp_connect(f->dp, &options));
	assert_message("CDBGPWRUPACK stays 0");
	assert_true(dapper_error_last()->hint[0]);
	assert_true(f->model.now_ns < UINT64_C(4000000000));
}

static void connect__says_what_to_check_when_nobody_answers(void **state)
{
	const struct dp_options options = { .clock_hz = HZ };
	struct adi_fixture *f = *state;

	f->model.is_dead = true;
	assert_fails(DAPPER_ERR_NO_ACK, dp_connect(f->dp, &options));
	assert_string_equal(dapper_error_last()->message, "no target answers on SWD");
	assert_non_null(strstr(dapper_error_last()->hint, "try a lower clock (-f 100k)"));
	assert_int_equal(f->model.sequences, 4);
}

static void connect__clears_what_was_left_behind(void **state)
{
	struct adi_fixture *f = *state;

	f->model.ctrl_stat = 0xb2;
	adi_connect(f);
	assert_int_equal(f->model.ctrl_stat & 0xb2, 0);
	assert_int_equal(f->model.batches, 2);
}

static void connect__aborts_an_access_left_hanging(void **state)
{
	struct adi_fixture *f = *state;

	f->model.is_stuck = true;
	adi_connect(f);
	assert_false(f->model.is_stuck);
}

static void connect__gives_up_when_the_probe_is_gone(void **state)
{
	const struct dp_options options = { .clock_hz = HZ };
	struct adi_fixture *f = *state;

	adi_problem(f, MODEL_PROBE_LOST, 1);
	assert_fails(DAPPER_ERR_PROBE_GONE, dp_connect(f->dp, &options));
	assert_int_equal(f->model.sequences, 1);
}

static void connect__refuses_a_target_id_with_jtag(void **state)
{
	const struct dp_options options = {
		.wire = DAPPER_WIRE_JTAG, .clock_hz = HZ, .target_sel = 0x01002927
	};
	struct adi_fixture *f = *state;

	assert_fails(DAPPER_ERR_INVALID, dp_connect(f->dp, &options));
	assert_int_equal(f->model.connects, 0);
}

static void connect__survives_each_lost_transaction(void **state)
{
	struct adi_fixture *f = *state;

	for (uint64_t n = 1; n <= 8; n++) {
		adi_problem(f, MODEL_SILENT, n);
		adi_connect(f);
		dp_disconnect(f->dp);
	}
}

static void disconnect__keeps_the_error_on_its_way_out(void **state)
{
	struct adi_fixture *f = *state;

	adi_connect(f);
	f->model.is_dead = true;
	dapper_fail(DAPPER_ERR_FAULT, "what really happened");
	dp_disconnect(f->dp);
	assert_string_equal(dapper_error_last()->message, "what really happened");
}

static void create__reports_lost_memory(void **state)
{
	struct adi_fixture *f = *state;
	struct dp *dp = NULL;

	alloc_fail_at(1);
	assert_fails(DAPPER_ERR_NO_MEMORY, dp_create(f->context, f->probe, &dp));
	alloc_fail_at(0);
	assert_null(dp);
}

/* --- after resets
 * ----------------------------------------------------------------------------------- */

static void recover__takes_one_batch_when_nothing_happened(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t batches;

	adi_connect(f);
	batches = f->model.batches;
	assert_ok(dp_recover(f->dp, 1000));
	assert_int_equal(f->model.batches, batches + 1);
}

static void recover__connects_again_after_power_loss(void **state)
{
	struct adi_fixture *f = *state;
	uint32_t generation;

	adi_connect(f);
	generation = f->dp->generation;
	adi_problem(f, MODEL_POWER_LOSS, 1);
	assert_ok(dp_recover(f->dp, 1000));
	assert_int_equal(f->model.ctrl_stat & 0x50000000, 0x50000000);
	assert_true(f->dp->generation != generation);
}

static void recover__ends_at_its_deadline(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t start;

	adi_connect(f);
	f->model.is_dead = true;
	start = f->model.now_ns;
	assert_fails(DAPPER_ERR_NO_ACK, dp_recover(f->dp, 500));
	assert_in_range(f->model.now_ns - start, 500000000, 1000000000);
	assert_true(f->dp->is_lost);
}

#define wire_test(function) cmocka_unit_test_setup_teardown(function, wire_set_up, wire_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(connect__sends_two_batches),
		wire_test(connect__reads_target_id_of_dpv2),
		wire_test(connect__holds_reset_when_asked),
		wire_test(disconnect__powers_down_and_lets_go),
		wire_test(wire_log__names_registers),
		wire_test(wire_log__shows_no_word_of_a_failed_read),
		wire_test(select__is_written_only_when_it_changes),
		adi_test(connect__works_on_every_wire_state),
		adi_test(connect__goes_by_dormant_when_the_switch_is_unknown),
		adi_test(connect__needs_no_sequences_of_a_driver_without),
		adi_test(connect__polls_power_up),
		adi_test(connect__fails_when_power_never_comes),
		adi_test(connect__says_what_to_check_when_nobody_answers),
		adi_test(connect__clears_what_was_left_behind),
		adi_test(connect__aborts_an_access_left_hanging),
		adi_test(connect__gives_up_when_the_probe_is_gone),
		adi_test(connect__refuses_a_target_id_with_jtag),
		adi_test(connect__survives_each_lost_transaction),
		adi_test(disconnect__keeps_the_error_on_its_way_out),
		adi_test(create__reports_lost_memory),
		adi_test(recover__takes_one_batch_when_nothing_happened),
		adi_test(recover__connects_again_after_power_loss),
		adi_test(recover__ends_at_its_deadline),
	};
	return cmocka_run_group_tests_name("adi/dp", tests, NULL, NULL);
}
