/* SPDX-License-Identifier: Apache-2.0 */
/* JTAG: sequences, the chain, ABORT, posted reads of the DP; raw cycles of SWD. */
#include "fake_dap.h"
#include "support/test.h"

enum { DP_ABORT = 0 };

static struct dap *open_jtag(struct fake_dap *fake, uint16_t packet_size)
{
	struct dap *dap;

	fake_dap_init(fake);
	fake->capabilities = 0x13; /* SWD, JTAG, atomic */
	fake->packet_size = packet_size;
	dap = fake_dap_open(fake, NULL);
	assert_ok(cmsis_dap_connect(dap, DAPPER_WIRE_JTAG, 1000000));
	fake_dap_forget(fake);
	return dap;
}

static void jtag_sequence__puts_runs_together(void **state)
{
	const uint8_t tdi[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 1 };
	const uint8_t request[] = { 0x14, 4, 0x46, 0xff, 0x01, 0xff, 0x80, 1, 2, 3, 4, 5, 6, 7, 8,
		0x83, 1 };
	uint8_t tdo[9] = { 0 };
	const dapper_jtag_run runs[] = {
		{ .tms = true, .bit_count = 6 },
		{ .bit_count = 1 },
		{ .bit_count = 67, .tdi = tdi, .tdo = tdo },
	};
	struct fake_dap fake;
	struct dap *dap = open_jtag(&fake, 512);

	(void)state;
	assert_ok(cmsis_dap_jtag_sequence(dap, runs, ARRAY_SIZE(runs)));
	assert_string_equal(fake.log, "J(+6 1 64 3)\n");
	assert_int_equal(fake.last_size, sizeof(request));
	assert_memory_equal(fake.last, request, sizeof(request));
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(tdo[i], 0xff);
	assert_int_equal(tdo[8], 0x07); /* spare bits are 0 */
	cmsis_dap_close(dap);
}

static void jtag_sequence__goes_on_in_another_packet(void **state)
{
	uint8_t tdo[80] = { 0 };
	const dapper_jtag_run runs[] = { { .bit_count = 640, .tdo = tdo } };
	struct fake_dap fake;
	struct dap *dap = open_jtag(&fake, 64);

	(void)state;
	/* 2 + 6 * 9 = 56 bytes */
	assert_ok(cmsis_dap_jtag_sequence(dap, runs, 1));
	assert_string_equal(fake.log, "J(64 64 64 64 64 64)\nJ(64 64 64 64)\n");
	for (size_t i = 0; i < sizeof(tdo); i++)
		assert_int_equal(tdo[i], 0xff);
	cmsis_dap_close(dap);
}

static void swd_sequence__drives_and_listens(void **state)
{
	const uint8_t out[5] = { 0x27, 0x29, 0, 1, 0 };
	const uint8_t request[] = { 0x1d, 3, 0x08, 0x27, 0x85, 0x28, 0x27, 0x29, 0, 1, 0 };
	const dapper_swd_run runs[] = {
		{ .bit_count = 8, .out = out },
		{ .bit_count = 5 },
		{ .bit_count = 40, .out = out },
	};
	struct fake_dap fake;
	struct dap *dap = open_jtag(&fake, 64);

	(void)state;
	assert_ok(cmsis_dap_swd_sequence(dap, runs, ARRAY_SIZE(runs)));
	assert_string_equal(fake.log, "S(+8 5 +40)\n");
	assert_int_equal(fake.last_size, sizeof(request));
	assert_memory_equal(fake.last, request, sizeof(request));
	cmsis_dap_close(dap);
}

static const struct lie_row {
	const char *what;
	enum fake_lie lie;
	dapper_status status;
} lie_rows[] = {
	{ "too short", FAKE_TRUNCATED, DAPPER_ERR_PROBE_PROTOCOL },
	{ "nothing", FAKE_EMPTY, DAPPER_ERR_PROBE_PROTOCOL },
	{ "too long", FAKE_LONGER, DAPPER_ERR_PROBE_PROTOCOL },
	{ "another command", FAKE_OTHER_COMMAND, DAPPER_ERR_PROBE_PROTOCOL },
	{ "a bad status", FAKE_COUNT_HIGH, DAPPER_ERR_PROBE_IO },
	{ "no answer", FAKE_SILENT, DAPPER_ERR_PROBE_IO },
	{ "no probe", FAKE_GONE, DAPPER_ERR_PROBE_GONE },
};

static void lie__is_found(void **state)
{
	const struct lie_row *row = *state;
	uint8_t tdo[80];
	const dapper_jtag_run runs[] = { { .bit_count = 640, .tdo = tdo } };
	struct fake_dap fake;
	struct dap *dap = open_jtag(&fake, 64);

	fake.lie = row->lie;
	fake.lie_at = fake.packets + 1;
	assert_fails(row->status, cmsis_dap_jtag_sequence(dap, runs, 1));
	cmsis_dap_close(dap);
}

static void jtag_configure__names_the_chain(void **state)
{
	const uint8_t lengths[] = { 5, 4, 6 };
	const uint8_t request[] = { 0x15, 3, 5, 4, 6 };
	const uint8_t transfer[] = { 0x05, 1, 1, 0x06 };
	dapper_transfer read = { .kind = DAPPER_TRANSFER_READ, .reg = 4, .count = 1 };
	dapper_batch_result result;
	struct fake_dap fake;
	struct dap *dap = open_jtag(&fake, 64);

	(void)state;
	assert_ok(cmsis_dap_jtag_configure(dap, lengths, 3, 1));
	assert_memory_equal(fake.last, request, sizeof(request));
	assert_ok(cmsis_dap_run_batch(dap, &read, 1, 100, &result));
	assert_memory_equal(fake.last, transfer, sizeof(transfer));
	assert_fails(DAPPER_ERR_INVALID, cmsis_dap_jtag_configure(dap, lengths, 3, 3));
	assert_fails(DAPPER_ERR_INVALID, cmsis_dap_jtag_configure(dap, lengths, 0, 0));
	cmsis_dap_close(dap);
}

static void abort__is_a_command_of_its_own(void **state)
{
	const uint8_t request[] = { 0x08, 0, 1, 0, 0, 0 };
	const dapper_transfer batch[] = {
		{ .kind = DAPPER_TRANSFER_WRITE, .reg = 8, .count = 1 },
		{ .kind = DAPPER_TRANSFER_WRITE, .reg = DP_ABORT, .value = 1, .count = 1 },
		{ .kind = DAPPER_TRANSFER_WRITE, .reg = 8, .count = 1 },
	};
	dapper_batch_result result;
	struct fake_dap fake;
	struct dap *dap = open_jtag(&fake, 64);

	(void)state;
	assert_ok(cmsis_dap_run_batch(dap, batch, ARRAY_SIZE(batch), 100, &result));
	assert_string_equal(fake.log, "T(w1)\n08\nT(w1)\n");
	assert_int_equal(result.completed, 3);
	assert_ok(cmsis_dap_run_batch(dap, batch + 1, 1, 100, &result));
	assert_memory_equal(fake.last, request, sizeof(request));
	/* With SWD it is a register like others. */
	assert_ok(cmsis_dap_connect(dap, DAPPER_WIRE_SWD, 1000000));
	fake_dap_forget(&fake);
	assert_ok(cmsis_dap_run_batch(dap, batch, ARRAY_SIZE(batch), 100, &result));
	assert_string_equal(fake.log, "T(w3)\n");
	cmsis_dap_close(dap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jtag_sequence__puts_runs_together),
		cmocka_unit_test(jtag_sequence__goes_on_in_another_packet),
		cmocka_unit_test(swd_sequence__drives_and_listens),
		cmocka_unit_test(jtag_configure__names_the_chain),
		cmocka_unit_test(abort__is_a_command_of_its_own),
	};

	return test_run_all("probe/cmsis_dap_sequence", tests, ARRAY_SIZE(tests), lie__is_found,
		lie_rows, sizeof(lie_rows[0]), ARRAY_SIZE(lie_rows));
}
