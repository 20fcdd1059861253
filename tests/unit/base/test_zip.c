/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/zip.h"
#include "support/folder.h"

static char *folder;
static const char *path;

static int set_up(void **state)
{
	(void)state;
	folder = folder_new();
	path = folder_path(folder, "a.zip");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	folder_remove(folder);
	return 0;
}

static void archive_read__gives_each_file(void **state)
{
	static const struct archived files[] = {
		{ "Flash/", NULL },
		{ "Flash/A.FLM", "algorithm" },
		{ "empty", "" },
	};
	struct archive *archive;
	uint8_t *data;
	size_t size;

	(void)state;
	folder_zip(path, files, ARRAY_SIZE(files));
	assert_ok(archive_open(path, &archive));
	assert_int_equal(archive_count(archive), 3);
	assert_string_equal(archive_get_name(archive, 1), "Flash/A.FLM");
	assert_null(archive_get_name(archive, 3));
	assert_int_equal(archive_find(archive, "Flash/A.FLM", false), 1);
	assert_int_equal(archive_find(archive, "flash/a.flm", false), ARCHIVE_NONE);
	assert_int_equal(archive_find(archive, "flash/a.flm", true), 1);
	assert_ok(archive_read(archive, 1, 100, &data, &size));
	assert_int_equal(size, 9);
	assert_memory_equal(data, "algorithm", 10);
	free(data);
	assert_ok(archive_read(archive, 2, 0, &data, &size));
	assert_int_equal(size, 0);
	free(data);
	archive_close(archive);
}

static void archive_read__holds_the_limit(void **state)
{
	static const struct archived file = { "f", "123456" };
	struct archive *archive;
	uint8_t *data;
	size_t size;

	(void)state;
	folder_zip(path, &file, 1);
	assert_ok(archive_open(path, &archive));
	assert_fails(DAPPER_ERR_LIMIT, archive_read(archive, 0, 5, &data, &size));
	assert_message("6 bytes are more than the limit of 5");
	assert_fails(DAPPER_ERR_INVALID, archive_read(archive, 1, 5, &data, &size));
	archive_close(archive);
}

static void archive_read__sees_damage(void **state)
{
	static const struct archived file = { "f", "abcdefghij" };
	struct archive *archive;
	uint8_t *data;
	uint8_t *content;
	size_t size;

	(void)state;
	folder_zip(path, &file, 1);
	assert_ok(file_read(path, 1000, &data, &size));
	/* So short a file is stored as it is, behind its header of 30 bytes and its name. */
	data[31] ^= 1;
	folder_write(folder, "a.zip", data, size);
	free(data);
	assert_ok(archive_open(path, &archive));
	assert_fails(DAPPER_ERR_PARSE, archive_read(archive, 0, 100, &content, &size));
	assert_message("damaged: CRC error");
	assert_non_null(strstr(dapper_error_last()->where, "'f' in "));
	archive_close(archive);
}

static void archive_open__survives_every_truncation(void **state)
{
	static const struct archived files[] = { { "a", "text" }, { "b", "more text" } };
	struct archive *archive;
	uint8_t *data;
	size_t size;

	(void)state;
	folder_zip(path, files, ARRAY_SIZE(files));
	assert_ok(file_read(path, 1000, &data, &size));
	for (size_t cut = 0; cut < size; cut++) {
		folder_write(folder, "a.zip", data, cut);
		assert_fails(DAPPER_ERR_PARSE, archive_open(path, &archive));
		assert_message("is not a zip archive, or is damaged");
	}
	free(data);
}

static void archive_open__says_why_not(void **state)
{
	struct archive *archive;

	(void)state;
	assert_fails(DAPPER_ERR_FILE, archive_open(path, &archive));
	assert_message("No such file");
}

static void archive_open__refuses_bombs(void **state)
{
	static const struct archived file = { "f", "text" };
	struct archive *archive;
	uint8_t *data;
	size_t size;
	size_t at;

	(void)state;
	folder_zip(path, &file, 1);
	assert_ok(file_read(path, 1000, &data, &size));
	/* The size in the central directory (APPNOTE 4.3.12: signature, and at 24 the size). */
	for (at = 0; get_le32(data + at) != 0x02014b50; at++)
		assert_true(at < size - 46);
	put_le32(data + at + 24, 0x7fffffff);
	folder_write(folder, "a.zip", data, size);
	free(data);
	assert_fails(DAPPER_ERR_LIMIT, archive_open(path, &archive));
	assert_message("unpacks to absurd sizes: 'f' alone to 2147483647 bytes from 4");
}

static void archive_open__survives_failing_allocations(void **state)
{
	static const struct archived file = { "f", "text" };
	struct archive *archive = NULL;
	uint8_t *data = NULL;
	size_t size;

	(void)state;
	folder_zip(path, &file, 1);
	for (unsigned n = 1; n <= 2; n++) {
		alloc_fail_at(n);
		assert_fails(DAPPER_ERR_NO_MEMORY, archive_open(path, &archive));
	}
	alloc_fail_at(0);
	assert_ok(archive_open(path, &archive));
	alloc_fail_at(1);
	assert_fails(DAPPER_ERR_NO_MEMORY, archive_read(archive, 0, 10, &data, &size));
	assert_null(data);
	archive_close(archive);
}

static const struct row {
	const char *what;
	const char *name;
	bool is_safe;
	/* libzip does not let it be a file's name, or takes its characters for others (CP437). */
	bool is_name_only;
} rows[] = {
	{ "archive_name_is_safe__file", "a.pdsc", .is_safe = true },
	{ "archive_name_is_safe__below", "CMSIS/Flash/a..b.FLM", .is_safe = true },
	{ "archive_name_is_safe__folder", "CMSIS/", .is_safe = true, .is_name_only = true },
	{ "archive_name_is_safe__hidden", ".git/...", .is_safe = true },
	{ "archive_name_is_safe__empty", "", .is_safe = false, .is_name_only = true },
	{ "archive_name_is_safe__absolute", "/etc/passwd", .is_safe = false },
	{ "archive_name_is_safe__up", "../x", .is_safe = false },
	{ "archive_name_is_safe__up_and_down", "a/../../x", .is_safe = false },
	{ "archive_name_is_safe__up_at_end", "a/..", .is_safe = false },
	{ "archive_name_is_safe__here", "./x", .is_safe = false },
	{ "archive_name_is_safe__doubled", "a//x", .is_safe = false },
	{ "archive_name_is_safe__backslash", "..\\x", .is_safe = false },
	{ "archive_name_is_safe__drive", "C:/x", .is_safe = false },
	{ "archive_name_is_safe__control", "a\x1b[2J", .is_safe = false, .is_name_only = true },
};

static void archive_name__row(void **state)
{
	const struct row *row = *state;

	assert_int_equal(archive_name_is_safe(row->name), row->is_safe);
}

/* Unsafe names make the whole archive refused. */
static void archive_open__row(void **state)
{
	const struct row *row = *state;
	const struct archived file = { row->name, "x" };
	struct archive *archive;

	folder_zip(path, &file, 1);
	if (row->is_safe) {
		assert_ok(archive_open(path, &archive));
		archive_close(archive);
	} else {
		assert_fails(DAPPER_ERR_PARSE, archive_open(path, &archive));
		assert_message("has an entry (number 0) whose name leads out of it");
	}
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	struct CMUnitTest tests[7 + 2 * ARRAY_SIZE(rows)] = {
		WITH_FOLDER(archive_read__gives_each_file),
		WITH_FOLDER(archive_read__holds_the_limit),
		WITH_FOLDER(archive_read__sees_damage),
		WITH_FOLDER(archive_open__survives_every_truncation),
		WITH_FOLDER(archive_open__says_why_not),
		WITH_FOLDER(archive_open__refuses_bombs),
		WITH_FOLDER(archive_open__survives_failing_allocations),
	};

	/* One group: TAP has one plan for a program. */
	size_t count = 7;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct CMUnitTest test = {
			.name = row->what,
			.test_func = archive_name__row,
			.initial_state = (void *)(uintptr_t)row,
		};

		tests[count++] = test;
		if (row->is_name_only)
			continue;
		test.test_func = archive_open__row;
		test.setup_func = set_up;
		test.teardown_func = tear_down;
		tests[count++] = test;
	}
	return _cmocka_run_group_tests("base/zip", tests, count, NULL, NULL);
}
