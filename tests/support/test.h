/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_TEST_H
#define SUPPORT_TEST_H

/**
 * @file
 * cmocka with what it wants before it, and what our tests share.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dapper/error.h>

#include "base/bits.h"

/** Require DAPPER_OK; print the error otherwise. */
#define assert_ok(call) test_assert_ok((call), #call, __FILE__, __LINE__)
/** Require a status, with a message that was set by this call and not before it. */
#define assert_fails(expected, call) \
	(test_clear_error(), test_assert_fails((expected), (call), #call, __FILE__, __LINE__))
/** Require that the last error's message holds a text. */
#define assert_message(text) test_assert_message((text), __FILE__, __LINE__)

void test_clear_error(void);
void test_assert_ok(dapper_status status, const char *call, const char *file, int line);
void test_assert_fails(
	dapper_status expected, dapper_status status, const char *call, const char *file, int line);
void test_assert_message(const char *text, const char *file, int line);

/** Path below shared/data, or NULL (the test should skip()) when it is not there. Static storage.
 */
const char *test_data_path(const char *relative);
/**
 * For a program all of whose tests need something that is not here: say so, once, before any test.
 * (cmocka 1.1.5 writes skip() as "not ok # SKIP", which Meson takes for a failure.)
 *
 * @return For main().
 */
int test_skip_all(const char *reason);
/** Path below the source folder. Static storage. */
const char *test_source_path(const char *relative);

/**
 * Run one test function over the rows of a table, each row as a test of its own: rows are structs
 * whose first member is `const char *what`. Returns the number of failures, for main().
 */
int test_run_table(const char *group, CMUnitTestFunction function, const void *rows,
	size_t row_size, size_t row_count);

/** As test_run_table(), with further tests in the same group: one TAP plan for all. */
int test_run_all(const char *group, const struct CMUnitTest *tests, size_t test_count,
	CMUnitTestFunction function, const void *rows, size_t row_size, size_t row_count);

/** A test function and its rows. */
struct test_table {
	CMUnitTestFunction function;
	const void *rows;
	size_t row_size;
	size_t row_count;
};
#define TEST_TABLE(function, rows)                                      \
	{                                                               \
		(function), (rows), sizeof((rows)[0]), ARRAY_SIZE(rows) \
	}

/** As test_run_all() with several tables. */
int test_run_tables(const char *group, const struct CMUnitTest *tests, size_t test_count,
	const struct test_table *tables, size_t table_count);

#endif /* SUPPORT_TEST_H */
