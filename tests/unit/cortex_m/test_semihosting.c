/* SPDX-License-Identifier: Apache-2.0 */
/* Semihosting calls of a target that is an array and three registers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dapper/semihosting.h>

#include "base/bytes.h"
#include "support/fake_target.h"

enum {
	CODE = FAKE_RAM_START + 0x100,
	BLOCK = FAKE_RAM_START + 0x200,
	TEXT = FAKE_RAM_START + 0x1000,
	TEXT2 = FAKE_RAM_START + 0x1800,
	NOWHERE = 0x60000000,
	END = FAKE_RAM_START + FAKE_RAM_SIZE,
};

static const dapper_register registers[] = {
	{ "r0", "general", 0, 32 },
	{ "r1", "general", 1, 32 },
	{ "pc", "general", 2, 32 },
};

struct rig {
	struct fake_target *fake;
	struct target_ops ops;
	dapper_semihosting *host;
	char folder[64];
	char output[4096];
	size_t output_size;
	size_t error_size;
	const char *input;
};

static uint64_t values[3];

static const dapper_register *get_registers(const struct dapper_target *target, size_t *count)
{
	(void)target;
	*count = ARRAY_SIZE(registers);
	return registers;
}

static dapper_status read_registers(
	struct dapper_target *target, const uint16_t *ids, uint64_t *out, size_t count)
{
	(void)target;
	for (size_t i = 0; i < count; i++)
		out[i] = values[ids[i]];
	return DAPPER_OK;
}

static dapper_status write_registers(
	struct dapper_target *target, const uint16_t *ids, const uint64_t *in, size_t count)
{
	(void)target;
	for (size_t i = 0; i < count; i++)
		values[ids[i]] = in[i];
	return DAPPER_OK;
}

static void take_output(void *payload, bool is_error, const void *data, size_t size)
{
	struct rig *rig = payload;

	assert_in_range(size, 1, 4096);
	if (is_error)
		rig->error_size += size;
	if (rig->output_size + size < sizeof(rig->output))
		memcpy(rig->output + rig->output_size, data, size);
	rig->output_size += size;
}

static size_t give_input(void *payload, void *data, size_t size)
{
	struct rig *rig = payload;
	size_t length = strlen(rig->input);

	if (length > size)
		length = size;
	memcpy(data, rig->input, length);
	rig->input += length;
	return length;
}

static void make_host(struct rig *rig, const char *folder)
{
	dapper_semihosting_options options = DAPPER_SEMIHOSTING_OPTIONS_INIT;

	options.folder = folder;
	options.command_line = "test -x";
	options.output = take_output;
	options.input = give_input;
	options.payload = rig;
	dapper_semihosting_free(rig->host);
	assert_ok(dapper_semihosting_new(&rig->fake->target, &options, &rig->host));
}

static int set_up(void **state)
{
	static struct rig rig;

	memset(&rig, 0, sizeof(rig));
	rig.fake = fake_target_new();
	rig.ops = *rig.fake->target.ops;
	rig.ops.get_registers = get_registers;
	rig.ops.read_registers = read_registers;
	rig.ops.write_registers = write_registers;
	rig.fake->target.ops = &rig.ops;
	rig.input = "";
	put_le16(rig.fake->ram + (CODE - FAKE_RAM_START), 0xbeab);
	snprintf(rig.folder, sizeof(rig.folder), "/tmp/dapper-semihosting-XXXXXX");
	assert_non_null(mkdtemp(rig.folder));
	make_host(&rig, rig.folder);
	*state = &rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	char command[128];

	dapper_semihosting_free(rig->host);
	fake_target_free(rig->fake);
	snprintf(command, sizeof(command), "rm -rf '%s'", rig->folder);
	return system(command);
}

static uint8_t *at(struct rig *rig, uint32_t address)
{
	return rig->fake->ram + (address - FAKE_RAM_START);
}

/* One call with r1 as it is. @return r0. */
static int32_t call_raw(struct rig *rig, uint32_t operation, uint32_t argument)
{
	dapper_semihosting_event event;
	int32_t code;

	values[0] = operation;
	values[1] = argument;
	values[2] = CODE;
	assert_ok(dapper_semihosting_handle(rig->host, &event, &code));
	assert_int_equal(event, DAPPER_SEMIHOSTING_CALL);
	assert_int_equal(values[2], CODE + 2);
	return (int32_t)values[0];
}

static int32_t call4(
	struct rig *rig, uint32_t operation, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	const uint32_t words[4] = { a, b, c, d };

	for (size_t i = 0; i < 4; i++)
		put_le32(at(rig, BLOCK) + 4 * i, words[i]);
	return call_raw(rig, operation, BLOCK);
}

static uint32_t put_text(struct rig *rig, uint32_t address, const char *text)
{
	memcpy(at(rig, address), text, strlen(text) + 1);
	return (uint32_t)strlen(text);
}

static int32_t open_file(struct rig *rig, const char *name, uint32_t mode)
{
	return call4(rig, 0x01, TEXT, mode, put_text(rig, TEXT, name), 0);
}

static int32_t last_errno(struct rig *rig)
{
	return call_raw(rig, 0x13, 0);
}

/* --- names that must not work ------------------------------------------------------------------ */

static const struct name_row {
	const char *what;
	const char *name;
} names[] = {
	{ "absolute", "/etc/passwd" },
	{ "parent", "../outside" },
	{ "parent further down", "inner/../../outside" },
	{ "parent within", "inner/../file" },
	{ "symbolic link to a file", "link" },
	{ "symbolic link to a folder", "linked/passwd" },
	{ "folder", "inner" },
	{ "folder with a slash", "inner/" },
	{ "FIFO", "fifo" },
	{ "empty", "" },
	{ "itself", "." },
	{ "what is not there", "missing" },
	{ "below a file", "file/x" },
};

static void fill_folder(struct rig *rig)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/link", rig->folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/linked", rig->folder);
	assert_int_equal(symlink("/etc", path), 0);
	snprintf(path, sizeof(path), "%s/inner", rig->folder);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/fifo", rig->folder);
	assert_int_equal(mkfifo(path, 0644), 0);
}

static void open__refuses(void **state)
{
	const struct name_row *row = *state;
	struct rig *rig;
	void *inner;
	int32_t file;

	set_up(&inner);
	rig = inner;
	fill_folder(rig);
	file = open_file(rig, "file", 4);
	assert_true(file > 0);
	assert_int_equal(call4(rig, 0x02, (uint32_t)file, 0, 0, 0), 0);
	assert_int_equal(open_file(rig, row->name, 0), -1);
	assert_int_not_equal(last_errno(rig), 0);
	/* Nor may it be moved away or removed, but for links: the link itself. */
	if (strchr(row->name, '/'))
		assert_int_equal(call4(rig, 0x0e, TEXT, put_text(rig, TEXT, row->name), 0, 0), -1);
	put_text(rig, TEXT, "file");
	if (strstr(row->name, "..") || row->name[0] == '/')
		assert_int_equal(
			call4(rig, 0x0f, TEXT, 4, TEXT2, put_text(rig, TEXT2, row->name)), -1);
	tear_down(&inner);
}

/* --- pointers that lead nowhere ---------------------------------------------------------------- */

static const struct pointer_row {
	const char *what;
	uint32_t operation;
	bool is_raw; /* r1 = words[0] */
	uint32_t words[4];
	int32_t result;
} pointers[] = {
	{ "argument nowhere", 0x01, true, { NOWHERE }, -1 },
	{ "argument at the end", 0x01, true, { END - 4 }, -1 },
	{ "argument wraps around", 0x0f, true, { 0xfffffff8 }, -1 },
	{ "name nowhere", 0x01, false, { NOWHERE, 0, 4, 0 }, -1 },
	{ "name of 4 GB", 0x01, false, { TEXT, 0, 0xffffffff, 0 }, -1 },
	{ "name wraps around", 0x01, false, { 0xfffffffe, 0, 4, 0 }, -1 },
	{ "mode that does not exist", 0x01, false, { TEXT, 12, 4, 0 }, -1 },
	{ "mode of 4 billion", 0x01, false, { TEXT, 0xffffffff, 4, 0 }, -1 },
	{ "write from nowhere", 0x05, false, { 1, NOWHERE, 10, 0 }, 10 },
	{ "write of 4 GB from the end", 0x05, false, { 1, END - 10, 0xffffffff, 0 }, -1 },
	{ "read to nowhere", 0x06, false, { 2, NOWHERE, 10, 0 }, -1 },
	{ "handle 0", 0x05, false, { 0, TEXT, 10, 0 }, 10 },
	{ "handle that was not opened", 0x02, false, { 40, 0, 0, 0 }, -1 },
	{ "handle of 4 billion", 0x0a, false, { 0xffffffff, 0, 0, 0 }, -1 },
	{ "length of a bad handle", 0x0c, false, { 65, 0, 0, 0 }, -1 },
	{ "string nowhere", 0x04, true, { NOWHERE }, -1 },
	{ "character nowhere", 0x03, true, { NOWHERE }, -1 },
	{ "command line to nowhere", 0x15, false, { NOWHERE, 80, 0, 0 }, -1 },
	{ "command line too long", 0x15, false, { TEXT, 7, 0, 0 }, -1 },
	{ "temporary name too long", 0x0d, false, { TEXT, 1, 3, 0 }, -1 },
	{ "heap to nowhere", 0x16, false, { NOWHERE, 0, 0, 0 }, -1 },
	{ "elapsed to nowhere", 0x30, true, { NOWHERE }, -1 },
	{ "system", 0x12, false, { TEXT, 4, 0, 0 }, -1 },
	{ "operation that does not exist", 0x99, true, { 0 }, -1 },
	{ "remove nothing", 0x0e, false, { TEXT, 0, 0, 0 }, -1 },
	{ "rename from nowhere", 0x0f, false, { NOWHERE, 4, TEXT, 4 }, -1 },
};

static void handle__survives(void **state)
{
	const struct pointer_row *row = *state;
	const uint32_t *w = row->words;
	struct rig *rig;
	void *inner;
	int32_t result;

	set_up(&inner);
	rig = inner;
	rig->input = "input";
	assert_int_equal(open_file(rig, ":tt", 4), 1);
	assert_int_equal(open_file(rig, ":tt", 0), 2);
	put_text(rig, TEXT, "name");
	result = row->is_raw ? call_raw(rig, row->operation, w[0])
	                     : call4(rig, row->operation, w[0], w[1], w[2], w[3]);
	assert_int_equal(result, row->result);
	assert_int_not_equal(last_errno(rig), 0);
	tear_down(&inner);
}

/* --- what works ------------------------------------------------------------------------------ */

static void files__are_written_and_read(void **state)
{
	struct rig *rig = *state;
	int32_t file = open_file(rig, "data.bin", 7);
	uint32_t big = 10000;

	assert_true(file > 0);
	for (uint32_t i = 0; i < big; i++)
		at(rig, TEXT)[i] = (uint8_t)(i * 13);
	assert_int_equal(call4(rig, 0x05, (uint32_t)file, TEXT, big, 0), 0);
	assert_int_equal(call4(rig, 0x0c, (uint32_t)file, 0, 0, 0), big);
	assert_int_equal(call4(rig, 0x0a, (uint32_t)file, 1000, 0, 0), 0);
	assert_int_equal(call4(rig, 0x09, (uint32_t)file, 0, 0, 0), 0);
	memset(at(rig, TEXT), 0, big);
	assert_int_equal(call4(rig, 0x06, (uint32_t)file, TEXT, big, 0), 1000);
	for (uint32_t i = 0; i < big - 1000; i++)
		assert_int_equal(at(rig, TEXT)[i], (uint8_t)((i + 1000) * 13));
	assert_int_equal(call4(rig, 0x06, (uint32_t)file, TEXT, 5, 0), 5); /* end of file */
	assert_int_equal(call4(rig, 0x02, (uint32_t)file, 0, 0, 0), 0);
	assert_int_equal(call4(rig, 0x02, (uint32_t)file, 0, 0, 0), -1);
	put_text(rig, TEXT, "data.bin");
	put_text(rig, TEXT2, "new.bin");
	assert_int_equal(call4(rig, 0x0f, TEXT, 8, TEXT2, 7), 0);
	assert_int_equal(open_file(rig, "data.bin", 0), -1);
	assert_int_equal(last_errno(rig), ENOENT);
	assert_int_equal(call4(rig, 0x0e, TEXT2, 7, 0, 0), 0);
	assert_int_equal(open_file(rig, "new.bin", 0), -1);
}

static void files__append(void **state)
{
	struct rig *rig = *state;

	for (int i = 0; i < 2; i++) {
		int32_t file = open_file(rig, "log", 8);

		put_text(rig, TEXT2, "abc");
		assert_int_equal(call4(rig, 0x05, (uint32_t)file, TEXT2, 3, 0), 0);
		assert_int_equal(call4(rig, 0x0c, (uint32_t)file, 0, 0, 0), 3 + 3 * i);
		assert_int_equal(call4(rig, 0x02, (uint32_t)file, 0, 0, 0), 0);
	}
}

static void files__run_out_of_handles(void **state)
{
	struct rig *rig = *state;
	int32_t handle = 0;

	for (int i = 0; i < 64; i++)
		assert_int_equal(open_file(rig, ":tt", 4), ++handle);
	assert_int_equal(open_file(rig, ":tt", 4), -1);
	assert_int_equal(last_errno(rig), EMFILE);
}

static void files__are_off_without_a_folder(void **state)
{
	struct rig *rig = *state;

	make_host(rig, NULL);
	assert_int_equal(open_file(rig, "x", 4), -1);
	assert_int_equal(last_errno(rig), EACCES);
	assert_int_equal(call4(rig, 0x0e, TEXT, 1, 0, 0), -1);
	assert_int_equal(call4(rig, 0x0f, TEXT, 1, TEXT, 1), -1);
	assert_int_equal(open_file(rig, ":tt", 4), 1);
}

static void new__needs_the_folder(void **state)
{
	struct rig *rig = *state;
	dapper_semihosting_options options = DAPPER_SEMIHOSTING_OPTIONS_INIT;
	dapper_semihosting *host;

	options.folder = "/nonexistent/folder";
	assert_fails(DAPPER_ERR_FILE, dapper_semihosting_new(&rig->fake->target, &options, &host));
	assert_message("/nonexistent/folder");
}

static void console__prints_and_reads(void **state)
{
	struct rig *rig = *state;
	int32_t out = open_file(rig, ":tt", 4), err = open_file(rig, ":tt", 8);
	int32_t in = open_file(rig, ":tt", 0);
	char text[200];

	memset(text, 'x', sizeof(text));
	text[199] = '\0';
	put_text(rig, TEXT + 61, text);
	call_raw(rig, 0x04, TEXT + 61);
	assert_int_equal(rig->output_size, 199);
	*at(rig, TEXT) = '!';
	call_raw(rig, 0x03, TEXT);
	assert_int_equal(rig->output[199], '!');
	assert_int_equal(call4(rig, 0x05, (uint32_t)out, TEXT, 1, 0), 0);
	assert_int_equal(rig->error_size, 0);
	assert_int_equal(call4(rig, 0x05, (uint32_t)err, TEXT, 1, 0), 0);
	assert_int_equal(rig->error_size, 1);
	assert_int_equal(call4(rig, 0x09, (uint32_t)out, 0, 0, 0), 1);
	rig->input = "line\n";
	assert_int_equal(call4(rig, 0x06, (uint32_t)in, TEXT, 80, 0), 75);
	assert_memory_equal(at(rig, TEXT), "line\n", 5);
	assert_int_equal(call4(rig, 0x06, (uint32_t)in, TEXT, 80, 0), 80);
	assert_int_equal(call_raw(rig, 0x07, 0), -1);
	rig->input = "c";
	assert_int_equal(call_raw(rig, 0x07, 0), 'c');
}

/* A string without end: what is printed is bounded, and memory's end is no failure of ours. */
static void console__bounds_strings(void **state)
{
	struct rig *rig = *state;

	memset(at(rig, TEXT), 'y', FAKE_RAM_SIZE - 0x1000);
	assert_int_equal(call_raw(rig, 0x04, TEXT), -1);
	assert_int_equal(rig->output_size, FAKE_RAM_SIZE - 0x1000);
}

static void features__say_what_there_is(void **state)
{
	struct rig *rig = *state;
	int32_t handle = open_file(rig, ":semihosting-features", 0);

	assert_true(handle > 0);
	assert_int_equal(call4(rig, 0x0c, (uint32_t)handle, 0, 0, 0), 5);
	assert_int_equal(call4(rig, 0x06, (uint32_t)handle, TEXT, 10, 0), 5);
	assert_memory_equal(at(rig, TEXT), "SHFB\x03", 5);
	assert_int_equal(call4(rig, 0x0a, (uint32_t)handle, 4, 0, 0), 0);
	assert_int_equal(call4(rig, 0x06, (uint32_t)handle, TEXT, 1, 0), 0);
	assert_int_equal(*at(rig, TEXT), 3);
	assert_int_equal(open_file(rig, ":semihosting-features", 4), -1);
}

static void time__is_the_probes(void **state)
{
	struct rig *rig = *state;

	rig->fake->now_ns += 2500000000u;
	assert_int_equal(call_raw(rig, 0x10, 0), 250);
	assert_int_equal(call_raw(rig, 0x31, 0), 1000000);
	assert_int_equal(call_raw(rig, 0x30, TEXT), 0);
	assert_in_range(get_le64(at(rig, TEXT)), 2500000, 2500100);
	assert_true(call_raw(rig, 0x11, 0) > 1600000000);
}

static void rest__answers(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(call4(rig, 0x08, 0xffffffff, 0, 0, 0), 1);
	assert_int_equal(call4(rig, 0x08, 3, 0, 0, 0), 0);
	assert_int_equal(call4(rig, 0x15, TEXT, 80, 0, 0), 0);
	assert_string_equal((char *)at(rig, TEXT), "test -x");
	assert_int_equal(get_le32(at(rig, BLOCK + 4)), 7);
	assert_int_equal(call4(rig, 0x0d, TEXT, 7, 80, 0), 0);
	assert_string_equal((char *)at(rig, TEXT), "dapper-7.tmp");
	assert_int_equal(call4(rig, 0x16, TEXT, 0, 0, 0), 0);
	assert_int_equal(get_le32(at(rig, TEXT)), 0);
}

static void exit__gives_the_code(void **state)
{
	static const struct {
		uint32_t operation, argument, reason, subcode;
		int32_t code;
	} rows[] = {
		{ 0x18, 0x20026, 0, 0, 0 },
		{ 0x18, 0x20023, 0, 0, 1 },
		{ 0x20, BLOCK, 0x20026, 42, 42 },
		{ 0x20, BLOCK, 0x20026, 0, 0 },
		{ 0x20, BLOCK, 0x20026, 0xffffffff, -1 },
		{ 0x20, BLOCK, 0x20024, 5, 1 },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		dapper_semihosting_event event;
		int32_t code = 99;

		put_le32(at(rig, BLOCK), rows[i].reason);
		put_le32(at(rig, BLOCK + 4), rows[i].subcode);
		values[0] = rows[i].operation;
		values[1] = rows[i].argument;
		values[2] = CODE;
		assert_ok(dapper_semihosting_handle(rig->host, &event, &code));
		assert_int_equal(event, DAPPER_SEMIHOSTING_EXIT);
		assert_int_equal(code, rows[i].code);
	}
}

static void handle__leaves_other_halts_alone(void **state)
{
	static const uint32_t places[] = { CODE + 2, NOWHERE, END - 1, 0xfffffffe };
	struct rig *rig = *state;
	dapper_semihosting_event event;
	int32_t code;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		values[0] = 0x18;
		values[2] = places[i];
		assert_ok(dapper_semihosting_handle(rig->host, &event, &code));
		assert_int_equal(event, DAPPER_SEMIHOSTING_NO_CALL);
		assert_int_equal(values[2], places[i]);
	}
}

static void handle__passes_a_lost_probe_on(void **state)
{
	struct rig *rig = *state;
	dapper_semihosting_event event;
	int32_t code;

	rig->fake->operations = 0;
	rig->fake->fail_at = 2;
	rig->fake->fail_status = DAPPER_ERR_PROBE_GONE;
	values[0] = 0x04;
	values[1] = TEXT;
	values[2] = CODE;
	assert_int_equal(
		dapper_semihosting_handle(rig->host, &event, &code), DAPPER_ERR_PROBE_GONE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(files__are_written_and_read),
		TEST(files__append),
		TEST(files__run_out_of_handles),
		TEST(files__are_off_without_a_folder),
		TEST(new__needs_the_folder),
		TEST(console__prints_and_reads),
		TEST(console__bounds_strings),
		TEST(features__say_what_there_is),
		TEST(time__is_the_probes),
		TEST(rest__answers),
		TEST(exit__gives_the_code),
		TEST(handle__leaves_other_halts_alone),
		TEST(handle__passes_a_lost_probe_on),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(open__refuses, names),
		TEST_TABLE(handle__survives, pointers),
	};

	return test_run_tables(
		"cortex_m/semihosting", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
