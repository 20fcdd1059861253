/* SPDX-License-Identifier: Apache-2.0 */
/* A debug port by JTAG: chains, memory, and what goes wrong. */
#include "unit/adi/wire_bench.h"

#include "base/error.h"

enum { RAM = FAKE_RAM, SIZE = 5000 };

/* --- connecting ------------------------------------------------------------------------------- */

static void connect__finds_the_debug_port_of_an_stm32f4(void **state)
{
	struct wire_bench *bench = *state;

	wire_connect_ap(bench);
	assert_int_equal(bench->dp->dpidr, FAKE_DPIDR);
	assert_int_equal(bench->dp->chain.count, 2);
	assert_int_equal(bench->dp->tap, 0);
	assert_int_equal(bench->dp->chain.taps[0].ir_length, 4);
	assert_int_equal(bench->dp->chain.taps[1].idcode, 0x06413041);
	assert_int_equal(bench->dp->chain.taps[1].ir_length, 5);
	assert_true(bench->fake.debug && bench->fake.system);
	dp_disconnect(bench->dp);
	assert_false(bench->fake.debug || bench->fake.system);
}

/* One chain: other TAPs from TDI to TDO, where the DP is among them, and what is found. */
struct chain_row {
	const char *what;
	struct vtap_config taps[VTARGET_MAX_TAPS];
	uint8_t tap_count, taps_before;
	uint8_t long_ir; /* of the JTAG-DP: 8 */
	uint32_t dp_idcode;
	unsigned option; /* jtag_tap */
	dapper_status status;
	size_t tap;
};

#define BOUNDARY                                                                      \
	{                                                                             \
		.idcode = 0x06413041, .ir_length = 5, .ir_capture = 1, .ir_idcode = 1 \
	}
#define FPGA                                                                             \
	{                                                                                \
		.idcode = 0x13631093, .ir_length = 6, .ir_capture = 0x11, .ir_idcode = 9 \
	}
#define ARM_TOO                                                                         \
	{                                                                               \
		.idcode = 0x3ba00477, .ir_length = 4, .ir_capture = 1, .ir_idcode = 0xe \
	}

static const struct chain_row chains[] = {
	{ .what = "alone", .dp_idcode = 0x4ba00477 },
	{ .what = "alone, of another designer", .dp_idcode = 0x1234506f },
	{ .what = "IR of 8 bits",
		.dp_idcode = 0x0ba06477,
		.long_ir = 8,
		.taps = { BOUNDARY },
		.tap_count = 1,
		.taps_before = 1 },
	{ .what = "nearest to TDI",
		.dp_idcode = 0x4ba00477,
		.taps = { BOUNDARY, FPGA },
		.tap_count = 2,
		.taps_before = 0,
		.tap = 2 },
	{ .what = "in the middle",
		.dp_idcode = 0x4ba00477,
		.taps = { BOUNDARY, FPGA },
		.tap_count = 2,
		.taps_before = 1,
		.tap = 1 },
	{ .what = "four others",
		.dp_idcode = 0x4ba00477,
		.taps = { BOUNDARY, FPGA, BOUNDARY, FPGA },
		.tap_count = 4,
		.taps_before = 3,
		.tap = 1 },
	{ .what = "position by option",
		.dp_idcode = 0x4ba00477,
		.taps = { ARM_TOO },
		.tap_count = 1,
		.taps_before = 0,
		.option = 2,
		.tap = 1 },
	{ .what = "two of Arm's",
		.dp_idcode = 0x4ba00477,
		.taps = { ARM_TOO },
		.tap_count = 1,
		.taps_before = 1,
		.status = DAPPER_ERR_AMBIGUOUS },
	{ .what = "none of Arm's",
		.dp_idcode = 0x1234506f,
		.taps = { BOUNDARY },
		.tap_count = 1,
		.taps_before = 1,
		.status = DAPPER_ERR_AMBIGUOUS },
	{ .what = "position beyond the end",
		.dp_idcode = 0x4ba00477,
		.option = 2,
		.status = DAPPER_ERR_NOT_FOUND },
};

static void run_chain(void **state)
{
	const struct chain_row *row = *state;
	struct wire_bench *bench;
	void *made = NULL;
	uint32_t word = 0;

	wire_set_up(&made);
	bench = made;
	memcpy(bench->target.taps, row->taps, sizeof(row->taps));
	bench->target.tap_count = row->tap_count;
	bench->target.taps_before = row->taps_before;
	bench->target.jtag_ir_length = row->long_ir;
	bench->target.jtag_idcode = row->dp_idcode;
	bench->options.jtag_tap = row->option;
	bench->packet_size = 64;
	if (row->status != DAPPER_OK) {
		assert_fails(row->status, wire_connect(bench));
		assert_non_null(strstr(dapper_error_last()->hint, "jtag.tap"));
	} else {
		wire_connect_ap(bench);
		assert_int_equal(bench->dp->tap, row->tap);
		assert_int_equal(bench->dp->chain.count, row->tap_count + 1);
		assert_ok(mem_ap_read32(bench->ap, RAM, &word));
		assert_memory_equal(&word, bench->fake.ram, 4);
	}
	wire_tear_down(&made);
}

static void connect__comes_from_swd(void **state)
{
	struct wire_bench *bench = *state;

	bench->options.wire = DAPPER_WIRE_SWD;
	wire_connect_ap(bench);
	dp_disconnect(bench->dp);
	bench->options.wire = DAPPER_WIRE_JTAG;
	assert_ok(wire_connect(bench));
	assert_int_equal(bench->wire.mode, VSWJ_JTAG);
}

static void connect__wakes_a_dormant_target(void **state)
{
	struct wire_bench *bench = *state;

	bench->target.dpidr = FAKE_DPIDR_V2;
	bench->target.starts_dormant = true;
	wire_connect_ap(bench);
	assert_int_equal(bench->dp->version, 2);
	assert_int_equal(bench->dp->target_id, FAKE_TARGET_ID);
}

static void connect__goes_through_dormant_where_asked(void **state)
{
	struct wire_bench *bench = *state;

	bench->target.dpidr = FAKE_DPIDR_V2;
	bench->options.wire = DAPPER_WIRE_SWD;
	assert_ok(wire_connect(bench));
	dp_disconnect(bench->dp);
	bench->options.wire = DAPPER_WIRE_JTAG;
	bench->options.use_dormant = true;
	assert_ok(wire_connect(bench));
	assert_int_equal(bench->wire.mode, VSWJ_JTAG);
}

static void connect__clears_what_somebody_left(void **state)
{
	struct wire_bench *bench = *state;
	uint32_t word = 0;

	wire_connect_ap(bench);
	assert_ok(mem_ap_read32(bench->ap, RAM, &word));
	bench->vdp.regs.ctrl_stat |= BIT(5); /* STICKYERR */
	assert_ok(wire_connect(bench));
	assert_ok(mem_ap_read32(bench->ap, RAM, &word));
}

static void connect__says_that_there_is_no_target(void **state)
{
	struct wire_bench *bench = *state;

	bench->fake.no_power = true;
	assert_fails(DAPPER_ERR_NO_ACK, wire_connect(bench));
	assert_non_null(strstr(dapper_error_last()->message, "TDO stays high"));
	bench->fake.no_power = false;
	assert_ok(wire_connect(bench));
}

static void connect__says_that_there_is_no_jtag(void **state)
{
	struct wire_bench *bench = *state;

	bench->target.jtag_idcode = 0;
	assert_fails(DAPPER_ERR_NO_ACK, wire_connect(bench));
	assert_non_null(strstr(dapper_error_last()->hint, "dap_protocol=swd"));
}

static void connect__takes_a_probe_that_cannot_look_at_its_word(void **state)
{
	struct wire_bench *bench = *state;
	uint32_t word = 0;

	bench->no_jtag_sequence = true;
	bench->target.tap_count = 0;
	wire_connect_ap(bench);
	assert_int_equal(bench->dp->chain.count, 0);
	assert_ok(mem_ap_read32(bench->ap, RAM, &word));
}

static void connect__refuses_a_chain_that_the_probe_cannot_do(void **state)
{
	struct wire_bench *bench = *state;

	bench->no_jtag_configure = true;
	assert_fails(DAPPER_ERR_UNSUPPORTED, wire_connect(bench));
}

/* --- memory ----------------------------------------------------------------------------------- */

static void memory__agrees_at_any_packet_size(void **state)
{
	static uint8_t data[SIZE];
	struct wire_bench *bench = *state;

	bench->packet_size = 64;
	wire_connect_ap(bench);
	assert_ok(mem_ap_read(bench->ap, RAM + 3, data, sizeof(data)));
	assert_memory_equal(data, bench->fake.ram + 3, sizeof(data));
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] ^= 0x5a;
	assert_ok(mem_ap_write(bench->ap, RAM + 0x2001, data, sizeof(data)));
	assert_memory_equal(data, bench->fake.ram + 0x2001, sizeof(data));
}

/* The check of the flags rides in the packet. */
static void a_word__takes_one_round_trip(void **state)
{
	struct wire_bench *bench = *state;
	uint32_t word = 0;
	unsigned packets;

	wire_connect_ap(bench);
	packets = bench->packets;
	assert_ok(mem_ap_read32(bench->ap, RAM, &word));
	assert_int_equal(bench->packets - packets, 1);
}

static void slow_access__is_waited_for(void **state)
{
	struct wire_bench *bench = *state;
	uint32_t word = 0;

	wire_connect_ap(bench);
	assert_ok(mem_ap_write32(bench->ap, FAKE_SLOW, 1));
	assert_ok(mem_ap_read32(bench->ap, FAKE_SLOW, &word));
}

static bool write_very_slowly(
	void *data, uint64_t address, unsigned size, unsigned attr, uint32_t value)
{
	struct fake_target *fake = data;

	fake->stalled_ns = fake->now_ns + 1500000000;
	return fake_write(data, address, size, attr, value);
}

/* Longer than the probe repeats what gets WAIT: here the look at the flags. Nothing is done twice. */
static void last_write__is_waited_for_and_done_once(void **state)
{
	struct wire_bench *bench = *state;
	unsigned accesses;

	bench->target.aps[0].bus.write = write_very_slowly;
	wire_connect_ap(bench);
	accesses = bench->fake.accesses;
	assert_ok(mem_ap_write32(bench->ap, RAM + 0x80, 0x12345678));
	assert_int_equal(bench->fake.accesses - accesses, 1);
	assert_true(bench->clock.now_ns > bench->fake.stalled_ns);
}

/* --- failures --------------------------------------------------------------------------------- */

static void assert_usable(struct wire_bench *bench)
{
	uint32_t word = 0;

	assert_ok(mem_ap_read32(bench->ap, RAM + 0x40, &word));
	assert_memory_equal(&word, bench->fake.ram + 0x40, 4);
}

static const struct fault_row {
	const char *what;
	uint32_t address;
	size_t size;
	bool write;
	const char *where;
} fault_rows[] = {
	{ "read", 0x60000000, 4, false, "AP#0, address 0x60000000" },
	{ "write", 0x60000000, 4, true, "AP#0, address 0x60000000" },
	{ "read over the end", RAM + FAKE_RAM_SIZE - 32, 64, false, "AP#0, address 0x20010000" },
	{ "write over the end", RAM + FAKE_RAM_SIZE - 32, 64, true, "AP#0, address 0x20010000" },
	{ "long read over the end", RAM + FAKE_RAM_SIZE - 9000, 9004, false,
		"AP#0, address 0x20010000" },
	{ "slow one", FAKE_SLOW_FAULT, 4, false, "AP#0, address 0x40001004" },
	{ "slow write", FAKE_SLOW_FAULT, 4, true, "AP#0, address 0x40001004" },
	{ "bytes", 0x60000001, 2, false, "AP#0, address 0x60000001" },
};

static void run_fault(void **state)
{
	const struct fault_row *row = *state;
	static uint8_t data[16384];
	struct wire_bench *bench;
	void *made = NULL;

	wire_set_up(&made);
	bench = made;
	wire_connect_ap(bench);
	assert_fails(DAPPER_ERR_FAULT,
		row->write ? mem_ap_write(bench->ap, row->address, data, row->size)
			   : mem_ap_read(bench->ap, row->address, data, row->size));
	assert_non_null(strstr(dapper_error_last()->where, row->where));
	assert_non_null(strstr(dapper_error_last()->hint, "not mapped"));
	assert_usable(bench);
	wire_tear_down(&made);
}

/* Whichever access fails, nothing behind it is done, and the port is usable. */
static void bus_error__is_found_wherever_it_comes(void **state)
{
	struct wire_bench *bench = *state;
	uint8_t data[128], before[128];

	wire_connect_ap(bench);
	for (unsigned n = 1; n <= 28; n++) {
		memset(data, (int)n, sizeof(data));
		memcpy(before, bench->fake.ram + 0x100, sizeof(before));
		bench->faults.ap_error_at = bench->faults.ap_accesses + n + 4;
		assert_fails(
			DAPPER_ERR_FAULT, mem_ap_write(bench->ap, RAM + 0x100, data, sizeof(data)));
		/* TAR at least comes before the words. */
		assert_memory_equal(bench->fake.ram + 0x100 + 4 * (n + 3), before + 4 * (n + 3),
			sizeof(before) - 4 * (n + 3));
		assert_usable(bench);
	}
}

static uint32_t next_random(uint32_t *state, uint32_t limit)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % limit;
}

static dapper_status random_access(struct wire_bench *bench, uint8_t *expected, uint32_t *random)
{
	const uint32_t at = next_random(random, FAKE_RAM_SIZE - 600);
	const size_t size = 1 + next_random(random, 600);
	uint8_t data[600];

	if (next_random(random, 2)) {
		TRY(mem_ap_read(bench->ap, RAM + at, data, size));
		assert_memory_equal(data, expected + at, size);
		return DAPPER_OK;
	}
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)next_random(random, 256);
	memcpy(expected + at, data, size);
	return mem_ap_write(bench->ap, RAM + at, data, size);
}

/*
 * Bus errors and long waits at any place: what failed is done again, and all is well. (Cycles too
 * many or too few are not among them: JTAG has no parity, and may do anything then.)
 */
static void random_walk__ends_as_without_failures(void **state)
{
	static uint8_t expected[FAKE_RAM_SIZE];
	struct wire_bench *bench = *state;
	uint32_t random = 1;
	unsigned failures = 0;

	wire_connect_ap(bench);
	memcpy(expected, bench->fake.ram, sizeof(expected));
	for (unsigned step = 0; step < 1500; step++) {
		uint32_t again = random;
		dapper_status status;

		bench->faults.ap_error_at =
			bench->faults.ap_accesses + 1 + next_random(&again, 300);
		bench->faults.wait_at = bench->faults.ap_requests + 1 + next_random(&again, 3000);
		bench->faults.wait_count = 9000;
		again = random;
		status = random_access(bench, expected, &random);
		for (unsigned tries = 0; status != DAPPER_OK; tries++) {
			assert_true(tries < 3);
			assert_int_equal(status, DAPPER_ERR_FAULT);
			failures++;
			random = again;
			status = random_access(bench, expected, &random);
		}
	}
	assert_memory_equal(bench->fake.ram, expected, sizeof(expected));
	assert_true(failures > 100);
}

static void poll__that_meets_an_error_is_a_fault(void **state)
{
	struct wire_bench *bench = *state;
	struct batch batch = BATCH_INIT;

	wire_connect_ap(bench);
	mem_ap_queue_poll32(bench->ap, &batch, 0x60000000, 1, 1, 10);
	assert_fails(DAPPER_ERR_FAULT, dp_run(bench->dp, &batch));
	batch_clear(&batch);
	mem_ap_queue_poll32(bench->ap, &batch, RAM, 0xff, bench->fake.ram[0] ^ 1u, 10);
	assert_fails(DAPPER_ERR_MISMATCH, dp_run(bench->dp, &batch));
	batch_finish(&batch);
	assert_usable(bench);
}

/* More than the probe repeats by itself. */
static void wait__is_waited_for_wherever_it_comes(void **state)
{
	struct wire_bench *bench = *state;
	uint8_t data[64];

	wire_connect_ap(bench);
	for (unsigned n = 1; n <= 24; n++) {
		bench->faults.wait_at = bench->faults.ap_requests + n;
		bench->faults.wait_count = 9000;
		assert_ok(mem_ap_read(bench->ap, RAM + n * 4, data, sizeof(data)));
		assert_memory_equal(data, bench->fake.ram + n * 4, sizeof(data));
		memset(data, (int)n, sizeof(data));
		bench->faults.wait_at = bench->faults.ap_requests + n;
		assert_ok(mem_ap_write(bench->ap, RAM + 0x400, data, sizeof(data)));
		assert_memory_equal(data, bench->fake.ram + 0x400, sizeof(data));
	}
}

/* The bus never answers: DAPABORT, which JTAG has an instruction for. */
static void hanging_access__is_aborted(void **state)
{
	struct wire_bench *bench = *state;
	uint32_t word = 0;

	wire_connect_ap(bench);
	assert_ok(mem_ap_read32(bench->ap, RAM, &word));
	bench->vdp.regs.busy_until_ns = UINT64_MAX;
	assert_fails(DAPPER_ERR_WAIT, mem_ap_read32(bench->ap, RAM + 0x80, &word));
	assert_non_null(strstr(dapper_error_last()->hint, "aborted"));
	assert_usable(bench);
}

static const struct disturb_row {
	const char *what;
	const char *bits;
} disturb_rows[] = {
	{ "a cycle too many", "1" },
	{ "in Shift-DR", "100" },
	{ "in Shift-IR", "1100" },
	{ "in Pause-IR", "11010" },
	{ "other instruction", "11000010110" },
	{ "Test-Logic-Reset", "11111111" },
	{ "switched to SWD", "1111111111111111111111111111111111111111111111111111"
			     "0111100111100111" },
};

static void run_disturb(void **state)
{
	const struct disturb_row *row = *state;
	struct wire_bench *bench;
	void *made = NULL;
	uint32_t word = 0;

	wire_set_up(&made);
	bench = made;
	wire_connect_ap(bench);
	assert_usable(bench);
	wire_disturb(bench, row->bits);
	/* What was in flight may be lost, with a message; the port comes back. */
	if (mem_ap_read32(bench->ap, RAM + 0x80, &word) == DAPPER_OK)
		assert_memory_equal(&word, bench->fake.ram + 0x80, 4);
	assert_usable(bench);
	wire_tear_down(&made);
}

static void power__may_come_back_later(void **state)
{
	struct wire_bench *bench = *state;
	uint32_t word = 0;

	wire_connect_ap(bench);
	bench->fake.no_power = true;
	assert_fails(DAPPER_ERR_NO_ACK, mem_ap_read32(bench->ap, RAM, &word));
	assert_fails(DAPPER_ERR_NO_ACK, mem_ap_read32(bench->ap, RAM, &word));
	bench->fake.no_power = false;
	assert_usable(bench);
	assert_true(bench->fake.debug);
}

static void recover__works_after_a_reset_of_the_target(void **state)
{
	struct wire_bench *bench = *state;

	wire_connect_ap(bench);
	assert_ok(dp_recover(bench->dp, 100));
	assert_usable(bench);
	bench->fake.no_power = true;
	(void)vdp_is_alive(&bench->vdp);
	bench->fake.no_power = false;
	assert_ok(dp_recover(bench->dp, 100));
	assert_usable(bench);
}

static void unplugged_probe__is_no_failure_of_the_target(void **state)
{
	struct wire_bench *bench = *state;
	uint32_t word = 0;

	wire_connect_ap(bench);
	bench->unplugged = true;
	assert_fails(DAPPER_ERR_PROBE_GONE, mem_ap_read32(bench->ap, RAM, &word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		wire_test(connect__finds_the_debug_port_of_an_stm32f4),
		wire_test(connect__comes_from_swd),
		wire_test(connect__wakes_a_dormant_target),
		wire_test(connect__goes_through_dormant_where_asked),
		wire_test(connect__clears_what_somebody_left),
		wire_test(connect__says_that_there_is_no_target),
		wire_test(connect__says_that_there_is_no_jtag),
		wire_test(connect__takes_a_probe_that_cannot_look_at_its_word),
		wire_test(connect__refuses_a_chain_that_the_probe_cannot_do),
		wire_test(memory__agrees_at_any_packet_size),
		wire_test(a_word__takes_one_round_trip),
		wire_test(slow_access__is_waited_for),
		wire_test(last_write__is_waited_for_and_done_once),
		wire_test(bus_error__is_found_wherever_it_comes),
		wire_test(random_walk__ends_as_without_failures),
		wire_test(poll__that_meets_an_error_is_a_fault),
		wire_test(wait__is_waited_for_wherever_it_comes),
		wire_test(hanging_access__is_aborted),
		wire_test(power__may_come_back_later),
		wire_test(recover__works_after_a_reset_of_the_target),
		wire_test(unplugged_probe__is_no_failure_of_the_target),
	};
	const struct test_table tables[] = {
		TEST_TABLE(run_chain, chains),
		TEST_TABLE(run_fault, fault_rows),
		TEST_TABLE(run_disturb, disturb_rows),
	};

	return test_run_tables("adi/jtag", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
