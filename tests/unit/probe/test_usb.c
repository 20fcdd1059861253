/* SPDX-License-Identifier: Apache-2.0 */
/* Probes on USB through libusb and hidapi themselves: see mock_usb.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dapper/dapper.h>

#include "base/alloc.h"
#include "mock_usb.h"
#include "probe/drivers/cmsis_dap/transport.h"
#include "support/test.h"

enum { PACKET_MAX = 1024, LONG_MS = 5000, SHORT_MS = 30 };

#define CPUID 0xe000ed00u

static const struct mock_options v2_probe = {
	.port = "1-1",
	.address = 2,
	.vendor_id = 0x1209,
	.product_id = 0xda01,
	.product = "mock CMSIS-DAP",
	.serial = "MOCK-V2",
	.v2 = true,
	.endpoint = 512,
	.board = "stm32f407vg",
};

static const struct mock_options v1_probe = {
	.port = "1-2",
	.address = 3,
	.vendor_id = 0x1209,
	.product_id = 0xda02,
	.product = "mock CMSIS-DAP",
	.serial = "MOCK-V1",
	.v1 = true,
	.endpoint = 64,
	.board = "stm32f407vg,link=fs-hid",
};

struct rig {
	dapper_context *context;
	struct mock_usb *usb;
	struct mock_probe *probe;
	struct cmsis_dap_transport transport;
};

static void plug(struct rig *rig, const struct mock_options *options)
{
	memset(rig, 0, sizeof(*rig));
	assert_ok(dapper_context_new(&rig->context));
	rig->usb = mock_usb_new();
	rig->probe = mock_usb_plug(rig->usb, options);
}

static void unplug_all(struct rig *rig)
{
	mock_usb_free(rig->usb);
	dapper_context_unref(rig->context);
}

static void open_transport(struct rig *rig, const struct mock_options *options)
{
	plug(rig, options);
	assert_ok(cmsis_dap_usb_open(rig->context, options->serial, &rig->transport));
	if (rig->transport.ops->set_packet_size)
		rig->transport.ops->set_packet_size(rig->transport.data, 512);
	mock_probe_forget(rig->probe);
}

static void close_transport(struct rig *rig)
{
	struct mock_counts counts;

	rig->transport.ops->close(rig->transport.data);
	counts = mock_probe_count(rig->probe);
	assert_int_equal(counts.pending, 0);
	assert_int_equal(counts.abandoned, 0);
	assert_int_equal(counts.unended, 0);
	unplug_all(rig);
}

static dapper_status send_info(struct rig *rig)
{
	static const uint8_t request[] = { 0x00, 0xf0 };

	return rig->transport.ops->send(rig->transport.data, request, sizeof(request), LONG_MS);
}

static dapper_status receive(struct rig *rig, size_t *size, uint8_t *bytes, uint32_t timeout_ms)
{
	return rig->transport.ops->receive(
		rig->transport.data, bytes, PACKET_MAX, size, timeout_ms);
}

/* The answer to send_info() comes. */
static void expect_info(struct rig *rig)
{
	uint8_t bytes[PACKET_MAX];
	size_t size = 0;

	assert_ok(receive(rig, &size, bytes, LONG_MS));
	assert_int_equal(size, rig->transport.is_padded ? 64 : 4);
	assert_int_equal(bytes[0], 0x00);
	assert_int_equal(bytes[1], 2);
	assert_int_equal(bytes[2] & 0x11, 0x11); /* SWD, atomic commands */
}

/* ---- whole runs ---- */

static dapper_status open_session(
	dapper_context *context, const char *name, dapper_session **session)
{
	assert_ok(dapper_session_new(context, session));
	assert_ok(dapper_session_set_option(*session, "probe", name));
	return dapper_session_open(*session);
}

static void read_memory(dapper_session *session)
{
	dapper_target *target = dapper_session_get_target(session);
	static uint8_t written[3000], read[3000];
	uint8_t cpuid[4];

	assert_non_null(target);
	assert_ok(dapper_target_read_memory(target, CPUID, cpuid, sizeof(cpuid)));
	assert_int_equal(cpuid[3], 0x41); /* Arm */
	for (size_t i = 0; i < sizeof(written); i++)
		written[i] = (uint8_t)(i * 7 + (i >> 8));
	assert_ok(dapper_target_write_memory(target, 0x20000001, written, sizeof(written)));
	assert_ok(dapper_target_read_memory(target, 0x20000001, read, sizeof(read)));
	assert_memory_equal(read, written, sizeof(read));
}

static const struct run_row {
	const char *what;
	const struct mock_options *options;
	const char *property; /* the packet size in `dapper info` */
	unsigned ahead;       /* packets in flight */
} runs[] = {
	{ "a session over bulk endpoints", &v2_probe, "512", 4 },
	{ "a session over HID", &v1_probe, "64", 4 },
};

static void usb__runs_a_session(void **state)
{
	const struct run_row *row = *state;
	dapper_session *session = NULL;
	const char *name = "", *value = "";
	struct mock_counts counts;
	struct rig rig;

	plug(&rig, row->options);
	assert_ok(open_session(rig.context, row->options->serial, &session));
	read_memory(session);
	for (size_t i = 0; strcmp(name, "packet size") != 0; i++)
		assert_true(dapper_probe_get_property(
			dapper_session_get_probe(session), i, &name, &value));
	assert_string_equal(value, row->property);
	assert_ok(dapper_session_close(session));
	dapper_session_free(session);
	counts = mock_probe_count(rig.probe);
	assert_int_equal(counts.pending, 0);
	assert_int_equal(counts.abandoned, 0);
	assert_int_equal(counts.interfaces, 0);
	assert_int_equal(counts.unended, 0);
	assert_true(counts.most_ahead > 1);
	assert_true(counts.most_ahead <= row->ahead);
	unplug_all(&rig);
}

/* At each of the first packets, then at some later ones: a clear error, nothing left behind. */
static void run_unplugged(const struct mock_options *options, unsigned at)
{
	dapper_session *session = NULL;
	dapper_status status;
	struct rig rig;

	plug(&rig, options);
	mock_probe_set_fault(rig.probe, MOCK_UNPLUG, at);
	test_clear_error();
	status = open_session(rig.context, options->serial, &session);
	if (mock_probe_count(rig.probe).requests > at) {
		if (status == DAPPER_OK)
			status = dapper_session_close(session);
		assert_int_equal(status, DAPPER_ERR_PROBE_GONE);
		assert_message("gone");
	}
	dapper_session_free(session);
	assert_int_equal(mock_probe_count(rig.probe).pending, 0);
	unplug_all(&rig);
}

static void usb__is_unplugged_at_any_packet(void **state)
{
	const struct run_row *row = *state;

	for (unsigned at = 0; at < 60; at += at < 12 ? 1 : 7)
		run_unplugged(row->options, at);
}

/* ---- one transport ---- */

static const struct fault_row {
	const char *what;
	const struct mock_options *options;
	enum mock_fault fault;
	dapper_status status;
	const char *message;
	bool goes_on; /* the next request is answered as ever */
} faults[] = {
	{ "bulk: no answer", &v2_probe, MOCK_SILENT, DAPPER_ERR_TIMEOUT,
		"did not answer within 30 ms", false },
	{ "bulk: a stall instead of the answer", &v2_probe, MOCK_STALL_IN,
		DAPPER_ERR_PROBE_PROTOCOL, "stalled instead of answering", true },
	{ "bulk: a stall instead of the request", &v2_probe, MOCK_STALL_OUT,
		DAPPER_ERR_PROBE_PROTOCOL, "stalled instead of taking a request", true },
	{ "bulk: an empty packet before the answer", &v2_probe, MOCK_EMPTY, DAPPER_OK, "", true },
	{ "bulk: a short answer", &v2_probe, MOCK_SHORT, DAPPER_OK, "", true },
	{ "bulk: an answer longer than packets are", &v2_probe, MOCK_BABBLE,
		DAPPER_ERR_PROBE_PROTOCOL, "more than its packets have", true },
	{ "bulk: errors on the bus", &v2_probe, MOCK_ERROR, DAPPER_ERR_PROBE_GONE, "USB errors",
		false },
	{ "bulk: the request is not taken", &v2_probe, MOCK_HOLD, DAPPER_ERR_TIMEOUT,
		"did not take a request", false },
	{ "bulk: unplugged", &v2_probe, MOCK_UNPLUG, DAPPER_ERR_PROBE_GONE, "unplugged", false },
	{ "HID: no answer", &v1_probe, MOCK_SILENT, DAPPER_ERR_TIMEOUT,
		"did not answer within 30 ms", false },
};

static void transport__fails(void **state)
{
	const struct fault_row *row = *state;
	uint8_t bytes[PACKET_MAX];
	dapper_status status;
	struct rig rig;
	size_t size = 0;

	open_transport(&rig, row->options);
	mock_probe_set_fault(rig.probe, row->fault, 0);
	assert_ok(send_info(&rig));
	test_clear_error();
	status = receive(&rig, &size, bytes, SHORT_MS);
	assert_int_equal(status, row->status);
	if (status != DAPPER_OK)
		assert_message(row->message);
	else
		assert_int_equal(size, row->fault == MOCK_SHORT ? 1 : 4);
	if (row->goes_on) {
		assert_ok(send_info(&rig));
		expect_info(&rig);
	}
	if (status == DAPPER_ERR_PROBE_GONE)
		assert_fails(DAPPER_ERR_PROBE_GONE, send_info(&rig));
	close_transport(&rig);
}

static const struct fault_row send_faults[] = {
	{ "HID: the request is not taken", &v1_probe, MOCK_HOLD, DAPPER_ERR_TIMEOUT,
		"did not take a request", true },
	{ "HID: a stall instead of the request", &v1_probe, MOCK_STALL_OUT,
		DAPPER_ERR_PROBE_PROTOCOL, "stalled", true },
	{ "HID: unplugged", &v1_probe, MOCK_UNPLUG, DAPPER_ERR_PROBE_GONE, "unplugged", false },
};

static void transport__fails_to_send(void **state)
{
	const struct fault_row *row = *state;
	struct rig rig;

	open_transport(&rig, row->options);
	mock_probe_set_fault(rig.probe, row->fault, 0);
	assert_fails(row->status, send_info(&rig));
	assert_message(row->message);
	if (row->goes_on) {
		assert_ok(send_info(&rig));
		expect_info(&rig);
	} else {
		assert_fails(DAPPER_ERR_PROBE_GONE, send_info(&rig));
	}
	close_transport(&rig);
}

static const struct probe_row {
	const char *what;
	const struct mock_options *options;
} both[] = {
	{ "over bulk endpoints", &v2_probe },
	{ "over HID", &v1_probe },
};

/* A late answer is still that of its request. */
static void transport__takes_late_answers(void **state)
{
	const struct probe_row *row = *state;
	uint8_t bytes[PACKET_MAX];
	struct rig rig;
	size_t size;

	open_transport(&rig, row->options);
	mock_probe_set_fault(rig.probe, MOCK_LATE, 0);
	assert_ok(send_info(&rig));
	assert_fails(DAPPER_ERR_TIMEOUT, receive(&rig, &size, bytes, SHORT_MS));
	mock_probe_let_go(rig.probe);
	expect_info(&rig);
	assert_fails(DAPPER_ERR_TIMEOUT, receive(&rig, &size, bytes, 0));
	close_transport(&rig);
}

static void transport__has_many_in_flight(void **state)
{
	const struct probe_row *row = *state;
	struct rig rig;

	open_transport(&rig, row->options);
	for (int round = 0; round < 40; round++) {
		for (int i = 0; i < 8; i++)
			assert_ok(send_info(&rig));
		for (int i = 0; i < 8; i++)
			expect_info(&rig);
	}
	assert_int_equal(mock_probe_count(rig.probe).most_ahead, 8);
	close_transport(&rig);
}

static void transport__drains_stale_answers(void **state)
{
	const struct probe_row *row = *state;
	struct mock_options options = *row->options;
	struct rig rig;

	options.stale = 5;
	open_transport(&rig, &options);
	assert_ok(send_info(&rig));
	expect_info(&rig);
	close_transport(&rig);
}

/* One request fails in the midst of others, which are answered as they should be. */
static void bulk__keeps_count_over_a_stall(void **state)
{
	uint8_t bytes[PACKET_MAX];
	struct rig rig;
	size_t size;

	(void)state;
	open_transport(&rig, &v2_probe);
	mock_probe_set_fault(rig.probe, MOCK_STALL_IN, 1);
	for (int i = 0; i < 4; i++)
		assert_ok(send_info(&rig));
	expect_info(&rig);
	assert_fails(DAPPER_ERR_PROBE_PROTOCOL, receive(&rig, &size, bytes, LONG_MS));
	expect_info(&rig);
	expect_info(&rig);
	close_transport(&rig);
}

/* Sizes around those of USB packets, in both directions, over endpoints of 64 bytes. */
static const struct size_row {
	const char *what;
	size_t request, answer;
	unsigned zero_packets;
} sizes[] = {
	{ "less than a USB packet", 63, 63, 0 },
	{ "a USB packet", 64, 64, 1 },
	{ "more than a USB packet", 65, 65, 0 },
	{ "all but one USB packet", 448, 448, 1 },
	{ "a byte less than a packet", 511, 511, 0 },
	{ "a whole packet", 512, 512, 0 },
};

static void bulk__ends_packets(void **state)
{
	const struct size_row *row = *state;
	struct mock_options options = v2_probe;
	uint8_t request[512] = { 0x80, (uint8_t)row->answer, (uint8_t)(row->answer >> 8) };
	uint8_t bytes[PACKET_MAX];
	struct rig rig;
	size_t size = 0;

	options.endpoint = 64;
	open_transport(&rig, &options);
	assert_ok(rig.transport.ops->send(rig.transport.data, request, row->request, LONG_MS));
	assert_ok(receive(&rig, &size, bytes, LONG_MS));
	assert_int_equal(size, row->answer);
	assert_int_equal(bytes[0], 0x80);
	assert_int_equal(mock_probe_count(rig.probe).zero_packets, row->zero_packets);
	close_transport(&rig);
}

static void bulk__is_closed_with_all_in_flight(void **state)
{
	struct rig rig;

	(void)state;
	open_transport(&rig, &v2_probe);
	mock_probe_set_fault(rig.probe, MOCK_HOLD, 0);
	for (int i = 0; i < 4; i++)
		assert_ok(send_info(&rig));
	assert_true(mock_probe_count(rig.probe).pending >= 1);
	close_transport(&rig);
}

/* ---- opening ---- */

static void usb__says_who_is_busy(void **state)
{
	struct mock_options options = v2_probe;
	struct cmsis_dap_transport transport;
	struct rig rig;

	(void)state;
	options.claimed = true;
	plug(&rig, &options);
	assert_fails(DAPPER_ERR_BUSY, cmsis_dap_usb_open(rig.context, "MOCK-V2", &transport));
	assert_message("another program uses the probe MOCK-V2");
	unplug_all(&rig);
}

static void usb__says_which_rule_is_missing(void **state)
{
	const struct probe_row *row = *state;
	struct cmsis_dap_transport transport;
	dapper_status status;
	struct rig rig;
	uid_t user = geteuid();

	plug(&rig, row->options);
	mock_usb_forbid(rig.usb, rig.probe);
	if (user == 0) /* whom no permission holds back */
		assert_int_equal(seteuid(65534), 0);
	test_clear_error();
	status = cmsis_dap_usb_open(rig.context, row->options->serial, &transport);
	if (user == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(status, DAPPER_ERR_PROBE_IO);
	assert_message("no permission");
	assert_non_null(strstr(dapper_error_last()->hint, "60-dapper.rules"));
	unplug_all(&rig);
}

static void usb__lists_without_opening(void **state)
{
	struct mock_options other = v2_probe, twofold = v1_probe;
	struct mock_probe *probes[4];
	dapper_probe_list *list = NULL;
	const char *ids[] = { "MOCK-V2", "MOCK-V1", "usb-1209-da02-1-3" };
	struct rig rig;

	(void)state;
	plug(&rig, &v2_probe);
	probes[0] = rig.probe;
	probes[1] = mock_usb_plug(rig.usb, &v1_probe);
	twofold.port = "1-3";
	twofold.address = 4;
	twofold.serial = NULL;
	twofold.v2 = true;
	probes[2] = mock_usb_plug(rig.usb, &twofold);
	other.port = "1-4";
	other.address = 5;
	other.product = "keyboard";
	other.v2 = false;
	probes[3] = mock_usb_plug(rig.usb, &other);
	assert_ok(dapper_probe_list_new(rig.context, &list));
	assert_int_equal(dapper_probe_list_count(list), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(dapper_probe_list_get(list, i)->unique_id, ids[i]);
		assert_string_equal(dapper_probe_list_get(list, i)->driver, "cmsis-dap");
	}
	assert_non_null(
		strstr(dapper_probe_list_get(list, 2)->description, "v2, 1209:da02 at 1-3"));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(mock_probe_count(probes[i]).calls, 0);
	dapper_probe_list_free(list);
	unplug_all(&rig);
}

/* Another probe and what is no probe are left alone when one is opened. */
static void usb__opens_only_the_one(void **state)
{
	struct mock_options other = v1_probe;
	struct mock_probe *bystander;
	dapper_probe *probe = NULL;
	struct rig rig;

	(void)state;
	plug(&rig, &v2_probe);
	other.v2 = true;
	bystander = mock_usb_plug(rig.usb, &other);
	assert_ok(dapper_probe_open(rig.context, "mock-v2", &probe));
	assert_int_equal(mock_probe_count(bystander).calls, 0);
	dapper_probe_unref(probe);
	unplug_all(&rig);
}

static const struct address_row {
	const char *what;
	const char *name;
	dapper_status status;
	const char *message;
} addresses[] = {
	{ "by both IDs", "usb:1209:da02", DAPPER_OK, "" },
	{ "by both IDs and the serial number", "usb:1209:DA01:MOCK-B", DAPPER_OK, "" },
	{ "by part of the unique ID", "ock-b", DAPPER_OK, "" },
	{ "several fit", "usb:1209:da01", DAPPER_ERR_AMBIGUOUS, "fits several" },
	{ "none fits", "usb:1209:da07", DAPPER_ERR_NO_PROBE, "1209:da07" },
	{ "none of that serial number", "usb:1209:da02:X", DAPPER_ERR_NO_PROBE, "X" },
	{ "no address at all", "usb:", DAPPER_ERR_INVALID, "names no probe" },
	{ "only one ID", "usb:1209", DAPPER_ERR_INVALID, "names no probe" },
	{ "an ID too long", "usb:1209:da012", DAPPER_ERR_INVALID, "names no probe" },
	{ "no number", "usb:12g9:da01", DAPPER_ERR_INVALID, "names no probe" },
};

static void usb__opens_by_address(void **state)
{
	const struct address_row *row = *state;
	struct mock_options second = v2_probe;
	dapper_probe *probe = NULL;
	struct rig rig;

	plug(&rig, &v2_probe);
	second.port = "1-5";
	second.address = 6;
	second.serial = "MOCK-B";
	mock_usb_plug(rig.usb, &second);
	mock_usb_plug(rig.usb, &v1_probe);
	if (row->status == DAPPER_OK) {
		assert_ok(dapper_probe_open(rig.context, row->name, &probe));
	} else {
		assert_fails(row->status, dapper_probe_open(rig.context, row->name, &probe));
		assert_message(row->message);
	}
	dapper_probe_unref(probe);
	unplug_all(&rig);
}

/* The N-th allocation fails: nothing is left behind, and said is what it is. */
static void usb__survives_lack_of_memory(void **state)
{
	const struct probe_row *row = *state;
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	dapper_probe *probe = NULL;
	struct rig rig;

	plug(&rig, row->options);
	for (uint64_t n = 1; n < 200 && status != DAPPER_OK; n++) {
		alloc_fail_at(n);
		status = dapper_probe_open(rig.context, row->options->serial, &probe);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
		assert_int_equal(mock_probe_count(rig.probe).interfaces,
			status == DAPPER_OK && row->options->v2);
	}
	assert_int_equal(status, DAPPER_OK);
	dapper_probe_unref(probe);
	unplug_all(&rig);
}

static void usb__limits_packets_of_known_liars(void **state)
{
	struct mock_options options = v2_probe;
	const char *name = "", *value = "";
	dapper_probe *probe = NULL;
	struct rig rig;

	(void)state;
	options.vendor_id = 0x2e8a;
	options.product_id = 0x000c;
	options.product = "Picoprobe CMSIS-DAP";
	plug(&rig, &options);
	assert_ok(dapper_probe_open(rig.context, "MOCK-V2", &probe));
	for (size_t i = 0; strcmp(name, "packet count") != 0; i++)
		assert_true(dapper_probe_get_property(probe, i, &name, &value));
	assert_string_equal(value, "1");
	dapper_probe_unref(probe);
	unplug_all(&rig);
}

/* The tool itself, in a process of its own. */
static void run_tool(const char *arguments, char *text, size_t size)
{
	const char *tool = getenv("DAPPER");
	char command[512];
	size_t got;
	FILE *pipe;

	assert_non_null(tool);
	snprintf(command, sizeof(command), "%s %s 2>&1", tool, arguments);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	got = fread(text, 1, size - 1, pipe);
	text[got] = '\0';
	if (pclose(pipe) != 0)
		fail_msg("%s:\n%s", command, text);
}

static void tool__lists_and_shows(void **state)
{
	static char text[65536];
	struct rig rig;

	(void)state;
	plug(&rig, &v2_probe);
	mock_usb_plug(rig.usb, &v1_probe);
	run_tool("list", text, sizeof(text));
	assert_non_null(strstr(text, "MOCK-V2"));
	assert_non_null(strstr(text, "MOCK-V1"));
	run_tool("info --probe MOCK-V2", text, sizeof(text));
	assert_non_null(strstr(text, "Cortex-M4"));
	run_tool("info --probe MOCK-V1", text, sizeof(text));
	assert_non_null(strstr(text, "Cortex-M4"));
	unplug_all(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bulk__keeps_count_over_a_stall),
		cmocka_unit_test(bulk__is_closed_with_all_in_flight),
		cmocka_unit_test(usb__says_who_is_busy),
		cmocka_unit_test(usb__lists_without_opening),
		cmocka_unit_test(usb__opens_only_the_one),
		cmocka_unit_test(usb__limits_packets_of_known_liars),
		cmocka_unit_test(tool__lists_and_shows),
	};
	const struct test_table tables[] = {
		TEST_TABLE(usb__runs_a_session, runs),
		TEST_TABLE(usb__is_unplugged_at_any_packet, runs),
		TEST_TABLE(transport__fails, faults),
		TEST_TABLE(transport__fails_to_send, send_faults),
		TEST_TABLE(transport__takes_late_answers, both),
		TEST_TABLE(transport__has_many_in_flight, both),
		TEST_TABLE(transport__drains_stale_answers, both),
		TEST_TABLE(usb__says_which_rule_is_missing, both),
		TEST_TABLE(bulk__ends_packets, sizes),
		TEST_TABLE(usb__opens_by_address, addresses),
		TEST_TABLE(usb__survives_lack_of_memory, both),
	};

	const char *preload = getenv("LD_PRELOAD");

	/* (umockdev_in_mock_environment() of 0.17 says no before there is a testbed.) */
	if (!preload || !strstr(preload, "umockdev"))
		return test_skip_all("must be run by umockdev-wrapper");
	return test_run_tables("usb", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
