/* SPDX-License-Identifier: Apache-2.0 */
/* The driver over the virtual board's probe: real packets, a real wire, simulated time. */
#include <stdio.h>

#include "base/bytes.h"
#include "probe/drivers/cmsis_dap/dap.h"
#include "probe/probe.h"
#include "support/fake_vtarget.h"
#include "support/test.h"

enum { WORDS = 1000, CSW = 0x0, TAR = 0x4, DRW = 0xc };

static struct fake_target target;

static dapper_status create_target(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *made)
{
	(void)context;
	(void)settings;
	(void)setting_count;
	fake_target_init(&target, made);
	return DAPPER_OK;
}

static const struct vboard_type type = {
	.info = { .name = "fake", .description = "RAM" },
	.create = create_target,
};
static const struct vboard_type *const types[] = { &type, NULL };

static dapper_status open_board(const char *spec, struct dap **dap)
{
	struct cmsis_dap_transport transport;
	struct vboard *board = NULL;
	dapper_status status;

	assert_ok(vboard_create_from(NULL, types, spec, &board));
	status = cmsis_dap_virtual_wrap(NULL, board, &transport);
	return status == DAPPER_OK ? cmsis_dap_open(NULL, spec, &transport, dap) : status;
}

static dapper_status run(struct dap *dap, const struct batch *batch, dapper_batch_result *result)
{
	return cmsis_dap_run_batch(dap, batch->transfers, batch->count, 1000, result);
}

static void poll(struct batch *batch, bool ap, uint8_t reg, uint32_t mask, uint32_t retries)
{
	dapper_transfer match = {
		.kind = DAPPER_TRANSFER_READ_UNTIL_MATCH,
		.ap = ap,
		.reg = reg,
		.mask = mask,
		.value = mask,
		.retries = retries,
		.count = 1,
	};

	batch_add(batch, &match, NULL);
}

/* From an open probe to a MEM-AP that can be used. */
static dapper_status start_target(struct dap *dap, uint32_t *dpidr)
{
	/* Line reset, JTAG-to-SWD, line reset, idle: IHI 0031, "Switching from JTAG to SWD". */
	static const uint8_t bits[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x9e, 0xe7, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 };
	struct batch batch = BATCH_INIT;
	dapper_batch_result result;
	dapper_status status = cmsis_dap_connect(dap, DAPPER_WIRE_SWD, 4000000);

	if (status == DAPPER_OK)
		status = cmsis_dap_swj_sequence(dap, 8 * sizeof(bits), bits);
	batch_read_dp(&batch, 0, dpidr);
	batch_write_dp(&batch, 0, 0x1e);
	batch_write_dp(&batch, 8, 0);
	batch_write_dp(&batch, 4, 0x50000000);
	poll(&batch, false, 4, 0xa0000000, 1000);
	batch_write_ap(&batch, CSW, 0x23000052);
	if (status == DAPPER_OK)
		status = run(dap, &batch, &result);
	batch_finish(&batch);
	return status;
}

static struct dap *start(const char *spec)
{
	struct dap *dap = NULL;
	uint32_t dpidr = 0;

	assert_ok(open_board(spec, &dap));
	assert_ok(start_target(dap, &dpidr));
	assert_int_equal(dpidr, FAKE_DPIDR);
	return dap;
}

/* Words through DRW, with TAR written for each 1 KiB as it wraps there. */
static void add_memory(struct batch *batch, uint8_t *bytes, bool read)
{
	for (size_t word = 0; word < WORDS; word += 256) {
		dapper_transfer block = {
			.kind = read ? DAPPER_TRANSFER_READ_BLOCK : DAPPER_TRANSFER_WRITE_BLOCK,
			.ap = true,
			.reg = DRW,
			.in = bytes + 4 * word,
			.out = bytes + 4 * word,
			.count = WORDS - word < 256 ? WORDS - word : 256,
		};

		batch_write_ap(batch, TAR, (uint32_t)(FAKE_RAM + 4 * word));
		batch_add(batch, &block, NULL);
	}
}

static void run_memory(struct dap *dap, uint8_t *bytes, bool read)
{
	struct batch batch = BATCH_INIT;
	dapper_batch_result result;

	add_memory(&batch, bytes, read);
	assert_ok(run(dap, &batch, &result));
	batch_finish(&batch);
}

static void get_counters(struct dap *dap, dapper_probe_counters *counters)
{
	*counters = dap->link.counters;
	dap->link.transport.ops->get_counters(dap->link.transport.data, counters);
}

static const struct link_row {
	const char *what;
	const char *spec;
	/* Most packets for 1000 words in four pieces, each with a write of TAR before it. */
	unsigned write_packets;
	unsigned read_packets;
} links[] = {
	/*
	 * Written: 4000 bytes, four times 8 for TAR and 5 for a block, 2 a packet, 5 more where a
	 * packet ends within a block: 4103 in 8 packets, which have 4096, so 9. Read: 4 instead of
	 * 5, 3 instead of 8: 4072 at least.
	 */
	{ "memory over hs-bulk", "fake", 9, 8 },
	/* 14 and 15 words each, and one more for each TAR. */
	{ "memory over fs-bulk", "fake,link=fs-bulk", 76, 71 },
	{ "memory over fs-hid", "fake,link=fs-hid", 76, 71 },
};

static void virtual__moves_memory(void **state)
{
	const struct link_row *row = *state;
	struct dap *dap = start(row->spec);
	static uint8_t out[4 * WORDS], in[4 * WORDS];
	dapper_probe_counters before, middle, after;

	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 7 + i / 256);
	get_counters(dap, &before);
	run_memory(dap, out, false);
	get_counters(dap, &middle);
	run_memory(dap, in, true);
	get_counters(dap, &after);
	assert_memory_equal(target.ram, out, sizeof(out));
	assert_memory_equal(in, out, sizeof(out));
	assert_true(middle.packets_out - before.packets_out <= row->write_packets);
	assert_true(after.packets_out - middle.packets_out <= row->read_packets);
	/* Each word 46 cycles, and no more than one RDBUFF a command (speed.md). */
	assert_true(middle.swclk_cycles - before.swclk_cycles >= 46 * (WORDS + 4));
	assert_true(middle.swclk_cycles - before.swclk_cycles <=
		    46 * (WORDS + 4 + 2 * (middle.packets_out - before.packets_out) + 8));
	/* Packets overlap: less time than one after the other would need. */
	assert_true(middle.wait_ns - before.wait_ns <= middle.simulated_ns - before.simulated_ns);
	assert_true(after.waits <= after.packets_in);
	cmsis_dap_close(dap);
	assert_int_equal(target.destroyed, 1);
}

static void virtual__hides_the_link_behind_the_wire(void **state)
{
	struct dap *dap = start("fake");
	static uint8_t bytes[4 * WORDS];
	dapper_probe_counters before, after;
	uint64_t wire_ns, all_ns;

	(void)state;
	get_counters(dap, &before);
	run_memory(dap, bytes, false);
	get_counters(dap, &after);
	wire_ns = after.wire_ns - before.wire_ns;
	all_ns = after.simulated_ns - before.simulated_ns;
	/* 12 ms of wire; beside it the way there and back of one packet, not of each. */
	assert_true(all_ns >= wire_ns);
	assert_true(all_ns - wire_ns < 500000);
	cmsis_dap_close(dap);
}

static void virtual__places_faults(void **state)
{
	struct dap *dap = start("fake");
	struct batch batch = BATCH_INIT;
	dapper_batch_result result;
	uint32_t word = 0;

	(void)state;
	put_le32(target.ram, 0x12345678);
	batch_write_ap(&batch, TAR, FAKE_RAM);
	batch_read_ap(&batch, DRW, &word);
	batch_write_ap(&batch, TAR, 0x80000000);
	batch_read_ap(&batch, DRW, &word);
	batch_read_dp(&batch, 0, NULL);
	assert_fails(DAPPER_ERR_FAULT, run(dap, &batch, &result));
	assert_int_equal(result.completed, 3);
	assert_int_equal(result.ack, DAPPER_ACK_FAULT);
	assert_int_equal(word, 0x12345678);
	/* Sticky until it is cleared, and then all is as before. */
	batch_clear(&batch);
	batch_read_ap(&batch, CSW, NULL);
	assert_fails(DAPPER_ERR_FAULT, run(dap, &batch, &result));
	batch_clear(&batch);
	batch_write_dp(&batch, 0, 0x1e);
	batch_read_ap(&batch, CSW, NULL);
	assert_ok(run(dap, &batch, &result));
	batch_finish(&batch);
	cmsis_dap_close(dap);
}

/* A stalled bus costs simulated time, in the probe, and no packet. */
static void virtual__waits_in_the_probe(void **state)
{
	struct dap *dap = start("fake");
	struct batch batch = BATCH_INIT;
	dapper_probe_counters before, after;
	dapper_batch_result result;
	uint32_t word = 0;

	(void)state;
	get_counters(dap, &before);
	batch_write_ap(&batch, TAR, FAKE_SLOW);
	batch_read_ap(&batch, DRW, &word);
	assert_ok(run(dap, &batch, &result));
	get_counters(dap, &after);
	assert_int_equal(after.packets_out - before.packets_out, 1);
	assert_int_equal(after.waits - before.waits, 1);
	assert_true(after.simulated_ns - before.simulated_ns >= FAKE_SLOW_NS);
	batch_finish(&batch);
	cmsis_dap_close(dap);
}

/* RAM that nobody changes: the retries run out, in simulated time and over several packets. */
static void virtual__polls_until_retries_are_used(void **state)
{
	struct dap *dap = start("fake");
	struct batch batch = BATCH_INIT;
	dapper_probe_counters before, after;
	dapper_batch_result result;

	(void)state;
	get_counters(dap, &before);
	batch_write_ap(&batch, CSW, 0x23000042); /* no increment */
	batch_write_ap(&batch, TAR, FAKE_RAM);
	poll(&batch, true, DRW, 1, 30000);
	assert_fails(DAPPER_ERR_MISMATCH, run(dap, &batch, &result));
	get_counters(dap, &after);
	assert_int_equal(result.completed, 2);
	/* 46 cycles at 4 MHz: 11.5 us a read. */
	assert_true(after.simulated_ns - before.simulated_ns >= 30001 * UINT64_C(11500));
	assert_int_equal(after.packets_out - before.packets_out, 2);
	batch_finish(&batch);
	cmsis_dap_close(dap);
}

static void virtual__polls_no_longer_than_the_timeout(void **state)
{
	struct dap *dap = start("fake");
	struct batch batch = BATCH_INIT;
	uint64_t before = clock_now_ns(&dap->link.clock);
	dapper_batch_result result;

	(void)state;
	batch_write_ap(&batch, CSW, 0x23000042);
	batch_write_ap(&batch, TAR, FAKE_RAM);
	poll(&batch, true, DRW, 1, 65535);
	assert_fails(DAPPER_ERR_MISMATCH,
		cmsis_dap_run_batch(dap, batch.transfers, batch.count, 100, &result));
	assert_true(clock_now_ns(&dap->link.clock) - before < UINT64_C(200000000));
	batch_finish(&batch);
	cmsis_dap_close(dap);
}

static void virtual__sleeps_in_simulated_time(void **state)
{
	struct dap *dap = start("fake");
	uint64_t before = clock_now_ns(&dap->link.clock);

	(void)state;
	clock_sleep_ms(&dap->link.clock, 3600000);
	assert_int_equal(clock_now_ns(&dap->link.clock) - before, UINT64_C(3600000000000));
	/* The target ran for that hour too. */
	assert_true(target.now_ns >= UINT64_C(3600000000000));
	cmsis_dap_close(dap);
}

static void virtual__drives_reset(void **state)
{
	struct dap *dap = start("fake");

	(void)state;
	assert_ok(cmsis_dap_drive_reset(dap, true));
	assert_true(target.in_reset);
	assert_ok(cmsis_dap_drive_reset(dap, false));
	assert_false(target.in_reset);
	assert_int_equal(target.resets, 1);
	cmsis_dap_close(dap);
}

/* Unplugged at each packet from the first on, until all of it works. */
static void virtual__is_unplugged_at_every_packet(void **state)
{
	dapper_status status = DAPPER_ERR_PROBE_GONE;
	unsigned at = 0;

	(void)state;
	while (status != DAPPER_OK) {
		struct dap *dap = NULL;
		uint32_t dpidr;
		char spec[64];

		assert_true(++at < 50);
		snprintf(spec, sizeof(spec), "fake,link=fs-bulk,unplug-at=%u", at);
		test_clear_error();
		status = open_board(spec, &dap);
		if (status == DAPPER_OK)
			status = start_target(dap, &dpidr);
		if (status != DAPPER_OK)
			assert_int_equal(status, DAPPER_ERR_PROBE_GONE);
		if (dap)
			cmsis_dap_close(dap);
		assert_int_equal(target.destroyed, 1);
	}
	assert_true(at > 5);
}

static void log_lines(
	void *payload, dapper_log_topic topic, dapper_log_level level, const char *line)
{
	(void)level;
	if (topic != DAPPER_LOG_VBOARD)
		return;
	strncat(payload, line, 63);
	strncat(payload, "|", 2);
}

static void virtual__logs_the_firmware_s_output_by_lines(void **state)
{
	struct cmsis_dap_transport transport;
	dapper_context *context = NULL;
	struct vboard *board = NULL;
	char text[256] = "";

	(void)state;
	assert_ok(dapper_context_new(&context));
	dapper_context_set_log(context, DAPPER_LOG_ALL, DAPPER_LOG_INFO, log_lines, text);
	assert_ok(vboard_create_from(context, types, "fake", &board));
	assert_ok(cmsis_dap_virtual_wrap(context, board, &transport));
	target.output(target.payload, "Hel", 3);
	assert_string_equal(text, "");
	target.output(target.payload, "lo\r\nwor", 7);
	assert_string_equal(text, "Hello|");
	transport.ops->close(transport.data);
	assert_string_equal(text, "Hello|wor|");
	dapper_context_unref(context);
}

static void open__refuses_an_unknown_board(void **state)
{
	dapper_context *context = NULL;
	dapper_probe *probe = NULL;

	(void)state;
	assert_ok(dapper_context_new(&context));
	assert_fails(
		DAPPER_ERR_NOT_FOUND, dapper_probe_open(context, "virtual:no-such-board", &probe));
	assert_fails(DAPPER_ERR_INVALID,
		dapper_probe_open(context, "virtual:no-such-board,link", &probe));
	dapper_context_unref(context);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(virtual__hides_the_link_behind_the_wire),
		cmocka_unit_test(virtual__places_faults),
		cmocka_unit_test(virtual__waits_in_the_probe),
		cmocka_unit_test(virtual__polls_until_retries_are_used),
		cmocka_unit_test(virtual__polls_no_longer_than_the_timeout),
		cmocka_unit_test(virtual__sleeps_in_simulated_time),
		cmocka_unit_test(virtual__drives_reset),
		cmocka_unit_test(virtual__is_unplugged_at_every_packet),
		cmocka_unit_test(virtual__logs_the_firmware_s_output_by_lines),
		cmocka_unit_test(open__refuses_an_unknown_board),
	};

	return test_run_all("probe/cmsis_dap_virtual", tests, ARRAY_SIZE(tests),
		virtual__moves_memory, links, sizeof(links[0]), ARRAY_SIZE(links));
}
