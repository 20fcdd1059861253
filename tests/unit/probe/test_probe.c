/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_probe.h"
#include "support/test.h"

#include "base/alloc.h"

struct fixture {
	dapper_context *context;
	struct fake_probe fake;
	dapper_probe *probe;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	assert_ok(dapper_context_new(&fixture.context));
	fixture.probe = fake_probe_new(fixture.context, &fixture.fake);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	dapper_probe_unref(f->probe);
	dapper_context_unref(f->context);
	return 0;
}

static void run_batch__counts_words(void **state)
{
	struct fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint8_t bytes[16];
	dapper_transfer block = {
		.kind = DAPPER_TRANSFER_READ_BLOCK, .ap = true, .reg = 0xc, .in = bytes, .count = 4
	};
	dapper_probe_counters counters;

	batch_write_dp(&batch, 0x8, 0);
	batch_add(&batch, &block, NULL);
	assert_ok(probe_run_batch(f->probe, &batch, 100, NULL));
	dapper_probe_get_counters(f->probe, &counters);
	assert_int_equal(counters.transfers, 5);
	assert_int_equal(counters.batches, 1);
	assert_string_equal(f->fake.log, "W dp 8 00000000\nR ap c x4\n");
	batch_finish(&batch);
}

static void run_batch__says_where_it_failed(void **state)
{
	struct fixture *f = *state;
	struct batch batch = BATCH_INIT;
	struct batch_note note = { .address = 0x20000010, .stride = 4, .is_memory = true };
	dapper_transfer read = { .kind = DAPPER_TRANSFER_READ, .ap = true, .reg = 0xc, .count = 1 };
	struct dapper_batch_result result;

	batch_write_dp(&batch, 0x8, 0);
	batch_add(&batch, &read, &note);
	f->fake.fail_at = 2;
	f->fake.fail_status = DAPPER_ERR_FAULT;
	assert_fails(DAPPER_ERR_FAULT, probe_run_batch(f->probe, &batch, 100, &result));
	assert_string_equal(dapper_error_last()->where, "address 0x20000010, probe fake (fake)");
	assert_int_equal(result.completed, 1);
	assert_int_equal(result.ack, DAPPER_ACK_FAULT);
	batch_finish(&batch);
}

static void run_transfers__leaves_the_place_to_the_caller(void **state)
{
	struct fixture *f = *state;
	struct batch batch = BATCH_INIT;
	struct batch_note note = { .address = 0x20000010, .stride = 4, .is_memory = true };
	dapper_transfer read = { .kind = DAPPER_TRANSFER_READ, .ap = true, .reg = 0xc, .count = 1 };
	struct dapper_batch_result result;

	batch_add(&batch, &read, &note);
	f->fake.fail_at = 1;
	f->fake.fail_status = DAPPER_ERR_FAULT;
	assert_fails(DAPPER_ERR_FAULT, probe_run_transfers(f->probe, &batch, 100, &result));
	assert_string_equal(dapper_error_last()->where, "probe fake (fake)");
	assert_int_equal(result.ack, DAPPER_ACK_FAULT);
	batch_finish(&batch);
}

static void run_batch__reports_lost_memory(void **state)
{
	struct fixture *f = *state;
	struct batch batch = BATCH_INIT;

	alloc_fail_at(2);
	batch_write_dp(&batch, 0x8, 0);
	alloc_fail_at(0);
	assert_true(batch.out_of_memory);
	assert_fails(DAPPER_ERR_NO_MEMORY, probe_run_batch(f->probe, &batch, 100, NULL));
	batch_finish(&batch);
}

static void run_batch__stops_when_cancelled(void **state)
{
	struct fixture *f = *state;
	struct batch batch = BATCH_INIT;

	batch_write_dp(&batch, 0x8, 0);
	dapper_context_cancel(f->context);
	assert_fails(DAPPER_ERR_CANCELLED, probe_run_batch(f->probe, &batch, 100, NULL));
	assert_string_equal(f->fake.log, "");
	dapper_context_resume(f->context);
	batch_finish(&batch);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(run_batch__counts_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(run_batch__says_where_it_failed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			run_transfers__leaves_the_place_to_the_caller, set_up, tear_down),
		cmocka_unit_test_setup_teardown(run_batch__reports_lost_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(run_batch__stops_when_cancelled, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("probe/probe", tests, NULL, NULL);
}
