/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>

#include "image/segments.h"

enum { MAX_PIECES = 5, FIRST_PLACE = 10 };

struct piece {
	uint64_t address;
	const char *data; /* NULL: no more. */
};

struct segments_case {
	const char *what;
	struct piece pieces[MAX_PIECES]; /* Their places are 10, 11, ... */
	struct piece segments[MAX_PIECES];
	const char *message; /* Instead of segments. */
	uint32_t place;
};

static void add__limits_the_bytes(void **state)
{
	const size_t half = SEGMENTS_MAX_BYTES / 2;
	uint8_t *bytes = calloc(half, 1);
	struct segments list = { 0 };

	(void)state;
	assert_non_null(bytes);
	assert_ok(segments_add(&list, 0, bytes, half, 1));
	assert_ok(segments_add(&list, half, bytes, half, 2));
	assert_fails(DAPPER_ERR_LIMIT, segments_add(&list, 2 * half, bytes, 1, 3));
	assert_message("more than 64 MB");
	segments_clear(&list);
	free(bytes);
}

static void finish__limits_the_segments(void **state)
{
	static const uint8_t byte = 0x42;
	struct segments list = { 0 };
	uint32_t place = 0;

	(void)state;
	for (uint32_t i = 0; i <= SEGMENTS_MAX_COUNT; i++)
		assert_ok(segments_add(&list, i * 2, &byte, 1, i));
	assert_fails(DAPPER_ERR_LIMIT, segments_finish(&list, "line", &place));
	assert_message("65537 separate segments");
	segments_clear(&list);
}

static const struct segments_case cases[] = {
	{ .what = "no pieces" },
	{ "one piece", .pieces = { { 0x100, "abc" } }, .segments = { { 0x100, "abc" } } },
	{ "empty pieces are none", .pieces = { { 0x100, "" }, { 0x200, "a" } },
		.segments = { { 0x200, "a" } } },
	{ "adjacent pieces merge", .pieces = { { 0x100, "abc" }, { 0x103, "de" } },
		.segments = { { 0x100, "abcde" } } },
	{ "adjacent pieces merge in reverse", .pieces = { { 0x103, "de" }, { 0x100, "abc" } },
		.segments = { { 0x100, "abcde" } } },
	{ "a gap of one byte separates", .pieces = { { 0x100, "abc" }, { 0x104, "d" } },
		.segments = { { 0x100, "abc" }, { 0x104, "d" } } },
	{ "a piece fills the gap between two",
		.pieces = { { 0x100, "ab" }, { 0x104, "e" }, { 0x102, "cd" } },
		.segments = { { 0x100, "abcde" } } },
	{ "sorted by address", .pieces = { { 0x300, "c" }, { 0x100, "a" }, { 0x200, "b" } },
		.segments = { { 0x100, "a" }, { 0x200, "b" }, { 0x300, "c" } } },
	{ "the end of 64 bits", .pieces = { { UINT64_MAX - 1, "ab" }, { 0, "c" } },
		.segments = { { 0, "c" }, { UINT64_MAX - 1, "ab" } } },
	{ "the same twice", .pieces = { { 0x100, "abc" }, { 0x100, "abc" } },
		.message =
			"data for 0x00000100..0x00000102 is given twice: in line 10 and in line 11",
		.place = 11 },
	{ "last byte of one is the first of another",
		.pieces = { { 0x103, "de" }, { 0x100, "abcd" } },
		.message =
			"data for 0x00000103..0x00000103 is given twice: in line 10 and in line 11",
		.place = 11 },
	{ "one inside another", .pieces = { { 0x100, "abcdef" }, { 0x200, "x" }, { 0x102, "c" } },
		.message =
			"data for 0x00000102..0x00000102 is given twice: in line 10 and in line 12",
		.place = 12 },
	{ "overlap at the end of 64 bits",
		.pieces = { { UINT64_MAX, "a" }, { UINT64_MAX - 1, "ab" } },
		.message = "is given twice: in line 10 and in line 11", .place = 11 },
};

static void check_segments(const struct segments *list, const struct piece *expected)
{
	size_t i = 0;
	size_t total = 0;

	for (; i < MAX_PIECES && expected[i].data; i++) {
		assert_true(i < list->count);
		assert_int_equal(list->items[i].address, expected[i].address);
		assert_int_equal(list->items[i].size, strlen(expected[i].data));
		assert_memory_equal(
			list->items[i].data, expected[i].data, strlen(expected[i].data));
		total += list->items[i].size;
	}
	assert_int_equal(list->count, i);
	assert_int_equal(list->size, total);
}

static void finish__row(void **state)
{
	const struct segments_case *row = *state;
	struct segments list = { 0 };
	uint32_t place = 0;

	for (uint32_t i = 0; i < MAX_PIECES && row->pieces[i].data; i++)
		assert_ok(segments_add(&list, row->pieces[i].address,
			(const uint8_t *)row->pieces[i].data, strlen(row->pieces[i].data),
			FIRST_PLACE + i));
	if (row->message) {
		assert_fails(DAPPER_ERR_PARSE, segments_finish(&list, "line", &place));
		assert_message(row->message);
	} else {
		assert_ok(segments_finish(&list, "line", &place));
		check_segments(&list, row->segments);
	}
	assert_int_equal(place, row->place);
	segments_clear(&list);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(add__limits_the_bytes),
		cmocka_unit_test(finish__limits_the_segments),
	};

	return test_run_all("image/segments", tests, ARRAY_SIZE(tests), finish__row, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
