/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to a CMSIS-DAP probe once, and what it may answer. */
#include "fake_dap.h"
#include "support/test.h"

#include "base/alloc.h"

static dapper_status open_fake(struct fake_dap *fake, struct dap **dap)
{
	struct cmsis_dap_transport transport = fake_dap_transport(fake);

	return cmsis_dap_open(NULL, "fake", &transport, dap);
}

static const char *property(const struct dap *dap, const char *wanted)
{
	const char *name, *value;

	for (size_t i = 0; cmsis_dap_get_property(dap, i, &name, &value); i++)
		if (strcmp(name, wanted) == 0)
			return value;
	fail_msg("no property '%s'", wanted);
	return NULL;
}

static void open__asks_one_by_one(void **state)
{
	struct fake_dap fake;
	struct dap *dap = NULL;

	(void)state;
	fake_dap_init(&fake);
	assert_ok(open_fake(&fake, &dap));
	assert_string_equal(fake.log, "I(f0)\nI(ff)\nI(fe)\nI(01)\nI(02)\nI(03)\nI(04)\nI(09)\n");
	assert_string_equal(fake.order, "srsrsrsrsrsrsrsr");
	assert_string_equal(property(dap, "vendor"), "Maker");
	assert_string_equal(property(dap, "product"), "Fake?DAP"); /* it sent a tab */
	assert_string_equal(property(dap, "serial number"), "0042");
	assert_string_equal(property(dap, "protocol version"), "2.1.1");
	assert_string_equal(property(dap, "firmware version"), "");
	assert_string_equal(property(dap, "packet size"), "512");
	assert_string_equal(property(dap, "packet count"), "4");
	assert_string_equal(property(dap, "capabilities"), "SWD");
	cmsis_dap_close(dap);
	assert_true(fake.closed);
}

static void open__asks_together_where_it_can(void **state)
{
	struct fake_dap fake;
	struct dap *dap = NULL;

	(void)state;
	fake_dap_init(&fake);
	fake.capabilities = 0x11;
	assert_ok(open_fake(&fake, &dap));
	assert_string_equal(fake.log, "I(f0)\nXI(ff)I(fe)\nXI(01)I(02)I(03)I(04)I(09)\n");
	assert_string_equal(property(dap, "serial number"), "0042");
	fake_dap_forget(&fake);
	assert_ok(cmsis_dap_connect(dap, DAPPER_WIRE_DEFAULT, 4000000));
	assert_string_equal(fake.log, "X0211C(0)1301\n");
	fake_dap_forget(&fake);
	cmsis_dap_close(dap);
	assert_string_equal(fake.log, "X0301\n");
}

static void open__does_without_what_is_promised_only(void **state)
{
	struct fake_dap fake;
	struct dap *dap = NULL;

	(void)state;
	fake_dap_init(&fake);
	fake.capabilities = 0x11;
	fake.no_execute = true;
	fake.no_lamp = true;
	assert_ok(open_fake(&fake, &dap));
	assert_string_equal(property(dap, "serial number"), "0042");
	assert_ok(cmsis_dap_connect(dap, DAPPER_WIRE_SWD, 1000000));
	assert_ok(cmsis_dap_disconnect(dap, 1000));
	cmsis_dap_close(dap);
}

static const struct packets_row {
	const char *what;
	uint16_t size;
	uint8_t count;
	bool good;
} packet_rows[] = {
	{ "63 bytes a packet", 63, 1, false },
	{ "64 bytes a packet", 64, 1, true },
	{ "32768 bytes a packet", 32768, 1, true },
	{ "32769 bytes a packet", 32769, 1, false },
	{ "no bytes a packet", 0, 1, false },
	{ "no packets", 64, 0, false },
	{ "255 packets", 64, 255, true },
};

static void open__doubts_packet_sizes(void **state)
{
	const struct packets_row *row = *state;
	struct cmsis_dap_transport transport;
	struct fake_dap fake;
	struct dap *dap = NULL;

	fake_dap_init(&fake);
	fake.packet_count = row->count;
	transport = fake_dap_transport(&fake);
	fake.packet_size = row->size;
	/* The fake checks requests against its size; let it take the first ones. */
	if (row->good) {
		assert_ok(cmsis_dap_open(NULL, "fake", &transport, &dap));
		assert_int_equal(dap->link.packet_size, row->size);
		assert_int_equal(dap->link.packet_count, row->count);
		cmsis_dap_close(dap);
		return;
	}
	assert_int_equal(cmsis_dap_open(NULL, "fake", &transport, &dap), DAPPER_ERR_PROBE_PROTOCOL);
	assert_true(fake.closed);
}

/* Each answer of open and connect, made into each lie: an error that says so, nothing leaks. */
static void open__survives_every_lie_at_every_packet(void **state)
{
	static const struct {
		enum fake_lie lie;
		dapper_status status;
	} lies[] = {
		{ FAKE_TRUNCATED, DAPPER_ERR_PROBE_PROTOCOL },
		{ FAKE_EMPTY, DAPPER_ERR_PROBE_PROTOCOL },
		{ FAKE_LONGER, DAPPER_ERR_PROBE_PROTOCOL },
		{ FAKE_OTHER_COMMAND, DAPPER_ERR_PROBE_PROTOCOL },
		{ FAKE_GARBAGE, DAPPER_ERR_PROBE_PROTOCOL },
		{ FAKE_SILENT, DAPPER_ERR_PROBE_IO },
		{ FAKE_GONE, DAPPER_ERR_PROBE_GONE },
	};

	(void)state;
	for (int atomic = 0; atomic < 2; atomic++)
		for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
			for (int at = 0; at < (atomic ? 4 : 13); at++) {
				struct fake_dap fake;
				struct dap *dap = NULL;
				dapper_status status;

				fake_dap_init(&fake);
				fake.capabilities = atomic ? 0x11 : 1;
				fake.lie_at = at;
				fake.lie = lies[i].lie;
				test_clear_error();
				status = open_fake(&fake, &dap);
				if (status == DAPPER_OK)
					status = cmsis_dap_connect(dap, DAPPER_WIRE_SWD, 1000000);
				assert_int_equal(status, lies[i].status);
				assert_int_equal(dapper_error_last()->status, status);
				if (dap)
					cmsis_dap_close(dap);
				assert_true(fake.closed);
			}
}

static void open__survives_every_lost_allocation(void **state)
{
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	unsigned n = 0;

	(void)state;
	while (status != DAPPER_OK) {
		struct fake_dap fake;
		struct dap *dap = NULL;

		assert_true(++n < 50);
		fake_dap_init(&fake);
		fake.packet_size = 2048;
		alloc_fail_at(n);
		test_clear_error();
		status = open_fake(&fake, &dap);
		alloc_fail_at(0);
		if (status == DAPPER_OK) {
			cmsis_dap_close(dap);
		} else {
			assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
			assert_int_equal(dapper_error_last()->status, status);
		}
		assert_true(fake.closed);
	}
	assert_true(n > 5);
}

static void connect__sends_these_bytes(void **state)
{
	/* 10 MHz, 0 idle cycles, 65535 retries (100 ms would be 76923), match retries 0. */
	static const uint8_t expected[] = { 0x7f, 5, 0x02, 1, 0x11, 0x80, 0x96, 0x98, 0, 0x04, 0,
		0xff, 0xff, 0, 0, 0x13, 0, 0x01, 0, 1 };
	struct fake_dap fake;
	struct dap *dap;

	(void)state;
	fake_dap_init(&fake);
	fake.capabilities = 0x11;
	dap = fake_dap_open(&fake, NULL);
	assert_ok(cmsis_dap_connect(dap, DAPPER_WIRE_SWD, 10000000));
	assert_int_equal(fake.last_size, sizeof(expected));
	assert_memory_equal(fake.last, expected, sizeof(expected));
	cmsis_dap_close(dap);
}

static void connect__refuses_a_wire_that_is_not_there(void **state)
{
	struct fake_dap fake;
	struct dap *dap;

	(void)state;
	fake_dap_init(&fake);
	dap = fake_dap_open(&fake, NULL);
	assert_fails(DAPPER_ERR_UNSUPPORTED, cmsis_dap_connect(dap, DAPPER_WIRE_JTAG, 1000000));
	assert_message("this probe has no JTAG");
	assert_string_equal(dapper_error_last()->hint, "it has: SWD");
	assert_string_equal(fake.log, "");
	cmsis_dap_close(dap);
}

static void connect__opens_jtag_where_it_is_all_there_is(void **state)
{
	struct fake_dap fake;
	struct dap *dap;

	(void)state;
	fake_dap_init(&fake);
	fake.capabilities = 0x02;
	fake.no_lamp = true;
	dap = fake_dap_open(&fake, NULL);
	assert_ok(cmsis_dap_connect(dap, DAPPER_WIRE_DEFAULT, 1000000));
	assert_string_equal(fake.log, "02\n11\nC(0)\n15\n\n");
	cmsis_dap_close(dap);
}

static void swj_sequence__is_cut_at_256_bits(void **state)
{
	static const uint8_t bits[38] = { [0] = 1, [32] = 0x77, [37] = 2 };
	struct fake_dap fake;
	struct dap *dap;

	(void)state;
	fake_dap_init(&fake);
	fake.packet_size = 64;
	dap = fake_dap_open(&fake, NULL);
	assert_ok(cmsis_dap_swj_sequence(dap, 300, bits));
	assert_string_equal(fake.log, "12(256)\n12(44)\n");
	assert_int_equal(fake.last_size, 8);
	assert_memory_equal(fake.last, ((const uint8_t[]){ 0x12, 44, 0x77, 0, 0, 0, 0, 2 }), 8);
	cmsis_dap_close(dap);
}

static void drive_reset__moves_only_nreset(void **state)
{
	struct fake_dap fake;
	struct dap *dap;

	(void)state;
	fake_dap_init(&fake);
	dap = fake_dap_open(&fake, NULL);
	assert_ok(cmsis_dap_drive_reset(dap, true));
	assert_memory_equal(fake.last, ((const uint8_t[]){ 0x10, 0, 0x80, 0x10, 0x27, 0, 0 }), 7);
	assert_ok(cmsis_dap_drive_reset(dap, false));
	assert_memory_equal(fake.last, ((const uint8_t[]){ 0x10, 0x80, 0x80 }), 3);
	cmsis_dap_close(dap);
}

/* A command that got no answer in time leaves one owed: it is not taken for the next one's. */
static void exchange__takes_no_late_answer_for_another(void **state)
{
	struct fake_dap fake;
	struct dap *dap;

	(void)state;
	fake_dap_init(&fake);
	dap = fake_dap_open(&fake, NULL);
	fake.lie_at = 0;
	fake.lie = FAKE_SILENT;
	assert_fails(DAPPER_ERR_PROBE_IO, cmsis_dap_drive_reset(dap, true));
	assert_message("does not answer DAP_SWJ_Pins");
	for (size_t i = 0; i < FAKE_DAP_QUEUE; i++)
		fake.queue[i].lie = FAKE_HONEST;
	assert_ok(cmsis_dap_connect(dap, DAPPER_WIRE_SWD, 1000000));
	assert_int_equal(fake.waiting, 0);
	cmsis_dap_close(dap);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(open__asks_one_by_one),
		cmocka_unit_test(open__asks_together_where_it_can),
		cmocka_unit_test(open__does_without_what_is_promised_only),
		cmocka_unit_test(open__survives_every_lie_at_every_packet),
		cmocka_unit_test(open__survives_every_lost_allocation),
		cmocka_unit_test(connect__sends_these_bytes),
		cmocka_unit_test(connect__refuses_a_wire_that_is_not_there),
		cmocka_unit_test(connect__opens_jtag_where_it_is_all_there_is),
		cmocka_unit_test(swj_sequence__is_cut_at_256_bits),
		cmocka_unit_test(drive_reset__moves_only_nreset),
		cmocka_unit_test(exchange__takes_no_late_answer_for_another),
	};

	return test_run_all("probe/cmsis_dap", tests, ARRAY_SIZE(tests), open__doubts_packet_sizes,
		packet_rows, sizeof(packet_rows[0]), ARRAY_SIZE(packet_rows));
}
