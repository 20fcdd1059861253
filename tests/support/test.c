/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

enum { PATH_SIZE = 1024 };

void test_clear_error(void)
{
	error_clear();
}

static void print_last_error(void)
{
	const dapper_error *error = dapper_error_last();

	print_error("  status  %s\n  message %s\n  where   %s\n  hint    %s\n",
		dapper_status_name(error->status), error->message, error->where, error->hint);
}

void test_assert_ok(dapper_status status, const char *call, const char *file, int line)
{
	if (status == DAPPER_OK)
		return;
	print_error("%s = %s\n", call, dapper_status_name(status));
	print_last_error();
	_fail(file, line);
}

void test_assert_fails(
	dapper_status expected, dapper_status status, const char *call, const char *file, int line)
{
	const dapper_error *error = dapper_error_last();

	if (status == expected && error->status == status && error->message[0])
		return;
	print_error("%s = %s, expected %s with a fresh message\n", call, dapper_status_name(status),
		dapper_status_name(expected));
	print_last_error();
	_fail(file, line);
}

void test_assert_message(const char *text, const char *file, int line)
{
	if (strstr(dapper_error_last()->message, text))
		return;
	print_error("the message lacks '%s'\n", text);
	print_last_error();
	_fail(file, line);
}

static const char *join(const char *variable, const char *relative, char *path)
{
	const char *root = getenv(variable);

	snprintf(path, PATH_SIZE, "%s/%s", root ? root : ".", relative);
	return path;
}

const char *test_data_path(const char *relative)
{
	static char path[PATH_SIZE];

	join("DAPPER_DATA", relative, path);
	return access(path, R_OK) == 0 ? path : NULL;
}

int test_skip_all(const char *reason)
{
	printf("1..0 # SKIP %s\n", reason);
	return 0;
}

const char *test_source_path(const char *relative)
{
	static char path[PATH_SIZE];

	return join("DAPPER_SOURCE", relative, path);
}

static void add_rows(struct CMUnitTest *tests, const struct test_table *table)
{
	for (size_t i = 0; i < table->row_count; i++) {
		const char *row = (const char *)table->rows + i * table->row_size;

		tests[i].name = *(const char *const *)(const void *)row;
		tests[i].test_func = table->function;
		tests[i].initial_state = (void *)(uintptr_t)row;
	}
}

int test_run_tables(const char *group, const struct CMUnitTest *tests, size_t test_count,
	const struct test_table *tables, size_t table_count)
{
	struct CMUnitTest *all;
	size_t count = test_count;
	int failures;

	for (size_t i = 0; i < table_count; i++)
		count += tables[i].row_count;
	all = calloc(count, sizeof(*all));
	if (!all)
		return 1;
	if (test_count)
		memcpy(all, tests, test_count * sizeof(*all));
	count = test_count;
	for (size_t i = 0; i < table_count; i++) {
		add_rows(all + count, &tables[i]);
		count += tables[i].row_count;
	}
	failures = _cmocka_run_group_tests(group, all, count, NULL, NULL);
	free(all);
	return failures;
}

int test_run_all(const char *group, const struct CMUnitTest *tests, size_t test_count,
	CMUnitTestFunction function, const void *rows, size_t row_size, size_t row_count)
{
	const struct test_table table = { function, rows, row_size, row_count };

	return test_run_tables(group, tests, test_count, &table, 1);
}

int test_run_table(const char *group, CMUnitTestFunction function, const void *rows,
	size_t row_size, size_t row_count)
{
	return test_run_all(group, NULL, 0, function, rows, row_size, row_count);
}
