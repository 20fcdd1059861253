/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "support/fake_vtarget.h"
#include "vboard/vboard.h"

/* What the board's create() was given, and the target that it made. */
static struct fake_target *made;
static char settings_seen[128];

static void destroy_target(void *data)
{
	free(data);
	made = NULL;
}

static dapper_status create_target(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	(void)context;
	settings_seen[0] = '\0';
	for (size_t i = 0; i < setting_count; i++) {
		strcat(settings_seen, settings[i].key);
		strcat(settings_seen, "=");
		strcat(settings_seen, settings[i].value);
		strcat(settings_seen, ";");
	}
	made = xnew(made);
	if (!made)
		return dapper_fail(DAPPER_ERR_NO_MEMORY, "no memory for the fake target");
	fake_target_init(made, target);
	target->destroy = destroy_target;
	return DAPPER_OK;
}

static dapper_status refuse(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	(void)context;
	(void)settings;
	(void)setting_count;
	(void)target;
	return dapper_fail(DAPPER_ERR_INVALID, "this board does not want to");
}

static const struct vboard_type fake_type = {
	.info = { .name = "fake32f407", .description = "RAM and holes" },
	.device_vendor = "Fakes",
	.device_name = "FAKE32F407",
	.create = create_target,
};

static const struct vboard_type refusing_type = {
	.info = { .name = "refusing", .description = "never made" },
	.create = refuse,
};

static const struct vboard_type *const types[] = { &fake_type, &refusing_type, NULL };

static struct vboard *create(const char *spec)
{
	struct vboard *board = NULL;

	assert_ok(vboard_create_from(NULL, types, spec, &board));
	assert_non_null(board);
	return board;
}

static size_t exchange(struct vboard *board, uint64_t host_ns, const char *request, size_t size,
	uint8_t *response, uint64_t *answer_ns)
{
	size_t response_size = 0;

	assert_ok(vboard_exchange(board, host_ns, (const uint8_t *)request, size, response,
		&response_size, answer_ns));
	return response_size;
}

/* --- creating -------------------------------------------------------------------------------- */

struct bad_row {
	const char *what;
	const char *spec;
	dapper_status status;
	const char *message;
	const char *hint;
};

static const struct bad_row bad_rows[] = {
	{ "create__unknown board: lists those there are", "zzz", DAPPER_ERR_NOT_FOUND, "zzz",
		"fake32f407, refusing" },
	{ "create__nearly the name", "fake32f408", DAPPER_ERR_NOT_FOUND, "fake32f408",
		"fake32f407" },
	{ "create__no name", "", DAPPER_ERR_NOT_FOUND, "", "fake32f407" },
	{ "create__no name but settings", ",link=fs-hid", DAPPER_ERR_NOT_FOUND, "", "fake32f407" },
	{ "create__key without value", "fake32f407,link", DAPPER_ERR_INVALID, "'link'", "" },
	{ "create__value without key", "fake32f407,=1", DAPPER_ERR_INVALID, "'=1'", "" },
	{ "create__nothing between commas", "fake32f407,,link=fs-hid", DAPPER_ERR_INVALID, "''",
		"" },
	{ "create__key twice", "fake32f407,link=fs-hid,link=fs-hid", DAPPER_ERR_INVALID, "'link'",
		"" },
	{ "create__board's key twice", "fake32f407,a=1,b=2,a=3", DAPPER_ERR_INVALID, "'a'", "" },
	{ "create__unknown link", "fake32f407,link=usb3", DAPPER_ERR_INVALID, "'usb3'", "hs-bulk" },
	{ "create__count of zero", "fake32f407,unplug-at=0", DAPPER_ERR_INVALID, "'0'", "" },
	{ "create__negative count", "fake32f407,unplug-at=-1", DAPPER_ERR_INVALID, "'-1'", "" },
	{ "create__count that is none", "fake32f407,silent-at=3x", DAPPER_ERR_INVALID, "'3x'", "" },
	{ "create__count too large", "fake32f407,silent-at=99999999999999999999",
		DAPPER_ERR_INVALID, "99999", "" },
	{ "create__wait without @", "fake32f407,wait=3", DAPPER_ERR_INVALID, "'3'", "" },
	{ "create__wait without count", "fake32f407,wait=@3", DAPPER_ERR_INVALID, "'@3'", "" },
	{ "create__wait at 0", "fake32f407,wait=1@0", DAPPER_ERR_INVALID, "'1@0'", "" },
	{ "create__board that refuses", "refusing", DAPPER_ERR_INVALID, "does not want to", "" },
};

static void bad(void **state)
{
	const struct bad_row *row = *state;
	struct vboard *board = NULL;

	assert_fails(row->status, vboard_create_from(NULL, types, row->spec, &board));
	assert_message(row->message);
	if (!strstr(dapper_error_last()->hint, row->hint))
		fail_msg("hint '%s' lacks '%s'", dapper_error_last()->hint, row->hint);
	assert_null(board);
}

static void create__hands_other_settings_to_the_board(void **state)
{
	struct vboard *board =
		create("fake32f407,flash=a/b=c.bin,link=fs-hid,power-loss-at-op=3,serial=X1");

	(void)state;
	assert_string_equal(settings_seen, "flash=a/b=c.bin;power-loss-at-op=3;");
	assert_int_equal(vboard_packet_size(board), 64);
	assert_int_equal(vboard_packet_count(board), 4);
	vboard_destroy(board);
	assert_null(made);
}

static void create__links(void **state)
{
	struct vboard *board = create("fake32f407");

	(void)state;
	assert_int_equal(vboard_packet_size(board), 512);
	vboard_destroy(board);
	board = create("FAKE32F407,link=fs-bulk");
	assert_int_equal(vboard_packet_size(board), 64);
	vboard_destroy(board);
	vboard_destroy(NULL);
}

static void create__every_allocation_may_fail(void **state)
{
	struct vboard *board = NULL;
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	unsigned n;

	(void)state;
	for (n = 1; n < 50 && status != DAPPER_OK; n++) {
		alloc_fail_at(n);
		test_clear_error();
		status = vboard_create_from(NULL, types, "fake32f407,flash=x,wait=1@1", &board);
		alloc_fail_at(0);
		if (status == DAPPER_OK)
			break;
		assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
		assert_int_equal(dapper_error_last()->status, status);
		assert_null(board);
		assert_null(made);
	}
	assert_true(n > 4);
	assert_ok(status);
	vboard_destroy(board);
}

/* --- exchange -------------------------------------------------------------------------------- */

static void exchange__tells_who_it_is(void **state)
{
	struct vboard *board = create("fake32f407,serial=S-1");
	uint8_t response[512];
	uint64_t answer_ns;
	size_t size;

	(void)state;
	size = exchange(board, 0, "\x00\x03", 2, response, &answer_ns);
	assert_int_equal(size, 6);
	assert_memory_equal(response, "\x00\x04S-1\x00", 6);
	exchange(board, 0, "\x00\x06", 2, response, &answer_ns);
	assert_string_equal((const char *)response + 2, "FAKE32F407");
	exchange(board, 0, "\x00\x08", 2, response, &answer_ns);
	assert_string_equal((const char *)response + 2, "fake32f407");
	vboard_destroy(board);
	board = create("fake32f407");
	exchange(board, 0, "\x00\x03", 2, response, &answer_ns);
	assert_string_equal((const char *)response + 2, "virtual-fake32f407");
	vboard_destroy(board);
}

/* A 2-byte request at high speed: (2 + 55) * 8 / 480 = 0.95 us, then 5 us for the command. */
static void exchange__takes_its_time(void **state)
{
	struct vboard *board = create("fake32f407");
	uint8_t response[512];
	uint64_t answer_ns;

	(void)state;
	exchange(board, 1000, "\x00\xfe", 2, response, &answer_ns);
	assert_int_equal(vboard_now_ns(board), 125000 + 950 + 5000);
	assert_int_equal(made->now_ns, vboard_now_ns(board));
	assert_int_equal(answer_ns, 250000);
	/* Sent with the first one: the probe is still at it. */
	exchange(board, 1000, "\x00\xfe", 2, response, &answer_ns);
	assert_int_equal(vboard_now_ns(board), 125000 + 950 + 2 * 5000);
	assert_int_equal(answer_ns, 250000);
	vboard_destroy(board);
}

static void advance__lets_the_target_run(void **state)
{
	struct vboard *board = create("fake32f407");

	(void)state;
	vboard_advance(board, 5000000);
	assert_int_equal(vboard_now_ns(board), 5000000);
	assert_int_equal(made->now_ns, 5000000);
	vboard_advance(board, 1000); /* never back */
	assert_int_equal(vboard_now_ns(board), 5000000);
	vboard_destroy(board);
}

static void counters__are_exact(void **state)
{
	struct vboard *board = create("fake32f407");
	struct vboard_counters counters;
	uint8_t response[512];
	uint64_t answer_ns;

	(void)state;
	exchange(board, 0, "\x02\x01", 2, response, &answer_ns);
	exchange(board, 0, "\x12\x33\xff\xff\xff\xff\xff\xff\xff", 9, response, &answer_ns);
	vboard_get_counters(board, &counters);
	assert_int_equal(counters.packets, 2);
	assert_int_equal(counters.swclk_cycles, 51);
	assert_int_equal(counters.wire_ns, 51000);
	assert_int_equal(counters.flash_ns, 12345);
	vboard_destroy(board);
}

static void exchange__size_of_the_request(void **state)
{
	struct vboard *board = create("fake32f407,link=fs-bulk");
	uint8_t request[65] = { 0, 0xfe };
	uint8_t response[64];
	uint64_t answer_ns;
	size_t size;

	(void)state;
	assert_fails(DAPPER_ERR_INVALID,
		vboard_exchange(board, 0, request, 0, response, &size, &answer_ns));
	assert_fails(DAPPER_ERR_INVALID,
		vboard_exchange(board, 0, request, 65, response, &size, &answer_ns));
	assert_ok(vboard_exchange(board, 0, request, 64, response, &size, &answer_ns));
	assert_int_equal(size, 3);
	vboard_destroy(board);
}

static void exchange__abort_has_no_answer(void **state)
{
	struct vboard *board = create("fake32f407");
	uint8_t response[512];
	uint64_t answer_ns;

	(void)state;
	assert_int_equal(exchange(board, 0, "\x07", 1, response, &answer_ns), 0);
	vboard_destroy(board);
}

static void fault__unplugged(void **state)
{
	struct vboard *board = create("fake32f407,unplug-at=2");
	const uint8_t request[] = { 0, 0xfe };
	uint8_t response[512];
	uint64_t answer_ns;
	size_t size;

	(void)state;
	exchange(board, 0, "\x00\xfe", 2, response, &answer_ns);
	for (unsigned i = 0; i < 3; i++)
		assert_fails(DAPPER_ERR_PROBE_GONE,
			vboard_exchange(board, 0, request, 2, response, &size, &answer_ns));
	vboard_destroy(board);
}

static void fault__truncated_answer(void **state)
{
	struct vboard *board = create("fake32f407,truncate-at=2");
	uint8_t response[512];
	uint64_t answer_ns;

	(void)state;
	assert_int_equal(exchange(board, 0, "\x00\xfe", 2, response, &answer_ns), 3);
	assert_int_equal(exchange(board, 0, "\x00\xfe", 2, response, &answer_ns), 1);
	assert_int_equal(exchange(board, 0, "\x00\xfe", 2, response, &answer_ns), 3);
	vboard_destroy(board);
}

static const char connect_packet[] = "\x7f\x05"
				     "\x02\x01"
				     "\x12\x33\xff\xff\xff\xff\xff\xff\xff"
				     "\x12\x10\x9e\xe7"
				     "\x12\x33\xff\xff\xff\xff\xff\xff\xff"
				     "\x12\x08\x00";

struct fault_row {
	const char *what;
	const char *spec;
	uint8_t responses[3]; /* of three reads of DPIDR */
};

static const struct fault_row fault_rows[] = {
	{ "fault__none", "fake32f407", { 1, 1, 1 } },
	{ "fault__silent", "fake32f407,silent-at=2", { 1, 7, 7 } },
	{ "fault__parity", "fake32f407,parity-error-at=2", { 1, 8, 1 } },
	{ "fault__AP errors do not touch the DP", "fake32f407,ap-error-at=1,wait=9@1",
		{ 1, 1, 1 } },
};

static void wire_fault(void **state)
{
	const struct fault_row *row = *state;
	struct vboard *board = create(row->spec);
	uint8_t response[512];
	uint64_t answer_ns;

	exchange(board, 0, connect_packet, sizeof(connect_packet) - 1, response, &answer_ns);
	assert_int_equal(response[1], 5);
	for (unsigned i = 0; i < 3; i++) {
		exchange(board, 0, "\x05\x00\x01\x02", 4, response, &answer_ns);
		assert_int_equal(response[2], row->responses[i]);
	}
	vboard_destroy(board);
}

static void fault__wait(void **state)
{
	struct vboard *board = create("fake32f407,wait=2@1,ap-error-at=0x2");
	uint8_t response[512];
	uint64_t answer_ns;

	(void)state;
	exchange(board, 0, connect_packet, sizeof(connect_packet) - 1, response, &answer_ns);
	exchange(board, 0, "\x04\x00\x00\x00\x00\x00", 6, response, &answer_ns); /* no retries */
	exchange(board, 0, "\x05\x00\x02\x02\x04\x00\x00\x00\x50", 9, response, &answer_ns);
	exchange(board, 0, "\x09\x64\x00", 3, response, &answer_ns);
	for (unsigned i = 0; i < 2; i++) {
		exchange(board, 0, "\x05\x00\x01\x03", 4, response, &answer_ns);
		assert_int_equal(response[2], 2);
	}
	exchange(board, 0, "\x05\x00\x01\x03", 4, response, &answer_ns);
	assert_int_equal(response[2], 1);
	exchange(board, 0, "\x05\x00\x01\x03", 4, response, &answer_ns);
	assert_int_equal(response[2], 4);
	vboard_destroy(board);
}

static void take_output(void *payload, const void *data, size_t size)
{
	strncat(payload, data, size);
}

static void set_output__reaches_the_target(void **state)
{
	struct vboard *board = create("fake32f407");
	char text[16] = "";

	(void)state;
	vboard_set_output(board, take_output, text);
	made->output(made->payload, "hello", 5);
	assert_string_equal(text, "hello");
	vboard_destroy(board);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(create__hands_other_settings_to_the_board),
		cmocka_unit_test(create__links),
		cmocka_unit_test(create__every_allocation_may_fail),
		cmocka_unit_test(exchange__tells_who_it_is),
		cmocka_unit_test(exchange__takes_its_time),
		cmocka_unit_test(advance__lets_the_target_run),
		cmocka_unit_test(counters__are_exact),
		cmocka_unit_test(exchange__size_of_the_request),
		cmocka_unit_test(exchange__abort_has_no_answer),
		cmocka_unit_test(fault__unplugged),
		cmocka_unit_test(fault__truncated_answer),
		cmocka_unit_test(fault__wait),
		cmocka_unit_test(set_output__reaches_the_target),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(bad, bad_rows),
		TEST_TABLE(wire_fault, fault_rows),
	};

	return test_run_tables(
		"vboard/vboard", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
