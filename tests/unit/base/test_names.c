/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "base/names.h"

static const char *const devices[] = {
	"STM32F407VG",
	"STM32F407VGTx",
	"STM32F407VE",
	"STM32F411RE",
	"STM32F411RETx",
	"nRF52840_xxAA",
	"nRF52840_xxAA",
	"Alpha",
	"ALPHA",
};

static size_t parent_of(const void *list, size_t index)
{
	(void)list;
	return index == 1 ? 0 : index == 4 ? 3 : NAMES_NONE;
}

static const struct names names = {
	.get = names_get_from_array,
	.parent = parent_of,
	.list = devices,
	.count = ARRAY_SIZE(devices),
};

struct row {
	const char *what;
	const char *typed;
	dapper_status status;
	size_t index;
	const char *message;
	const char *hint;
};

static const struct row rows[] = {
	{ "names_find__takes_the_exact_name", "STM32F407VGTx", DAPPER_OK, .index = 1 },
	{ "names_find__prefers_the_exact_case", "ALPHA", DAPPER_OK, .index = 8 },
	{ "names_find__takes_any_case", "stm32f407vgtX", DAPPER_OK, .index = 1 },
	{ "names_find__whole_name_beats_prefix", "stm32f407vg", DAPPER_OK, .index = 0 },
	{ "names_find__takes_a_prefix", "nRF", DAPPER_OK, .index = 5 },
	{ "names_find__takes_a_dash_for_an_underscore", "nrf52840-XXaa", DAPPER_OK, .index = 5 },
	{ "names_find__lets_the_parent_stand_for_its_children", "stm32f41", DAPPER_OK, .index = 3 },
	{ "names_find__takes_the_child_when_only_it_fits", "stm32f411ret", DAPPER_OK, .index = 4 },
	{ "names_find__counts_an_ambiguous_prefix", "stm32f4", DAPPER_ERR_AMBIGUOUS,
		.message = "device 'stm32f4' fits 3 names",
		.hint = "say which: 'STM32F407VG', 'STM32F407VE' or 'STM32F411RE'" },
	{ "names_find__does_not_choose_a_case", "aLPHA", DAPPER_ERR_AMBIGUOUS,
		.message = "fits 2 names", .hint = "say which: 'Alpha' or 'ALPHA'" },
	{ "names_find__names_the_nearest", "stm32f401vg", DAPPER_ERR_NOT_FOUND,
		.message = "unknown device 'stm32f401vg'",
		.hint = "did you mean 'STM32F407VG', 'STM32F407VGTx' or 'STM32F407VE'?" },
	{ "names_find__sees_swapped_characters", "nrf52480_xxaa", DAPPER_ERR_NOT_FOUND,
		.message = "unknown", .hint = "did you mean 'nRF52840_xxAA'?" },
	{ "names_find__sees_a_mistyped_beginning", "stm32f4O7ve", DAPPER_ERR_NOT_FOUND,
		.message = "unknown",
		.hint = "did you mean 'STM32F407VE', 'STM32F407VG' or 'STM32F407VGTx'?" },
	{ "names_find__suggests_nothing_far_away", "lpc1768", DAPPER_ERR_NOT_FOUND,
		.message = "unknown device 'lpc1768'", .hint = "" },
	{ "names_find__finds_nothing_by_the_empty_name", "", DAPPER_ERR_NOT_FOUND,
		.message = "unknown device ''", .hint = "" },
};

static void names_find__row(void **state)
{
	const struct row *row = *state;
	size_t index = 77;

	if (row->status == DAPPER_OK) {
		assert_ok(names_find(&names, "device", row->typed, &index));
		assert_int_equal(index, row->index);
		return;
	}
	assert_fails(row->status, names_find(&names, "device", row->typed, &index));
	assert_message(row->message);
	assert_string_equal(dapper_error_last()->hint, row->hint);
	assert_int_equal(index, 77);
}

static void names_find__says_how_many_more_fit(void **state)
{
	static const char *const many[] = { "a1", "a2", "a3", "a4", "a5" };
	const struct names list = {
		.get = names_get_from_array, .list = many, .count = ARRAY_SIZE(many)
	};
	size_t index;

	(void)state;
	assert_fails(DAPPER_ERR_AMBIGUOUS, names_find(&list, "option", "A", &index));
	assert_message("option 'A' fits 5 names");
	assert_string_equal(dapper_error_last()->hint, "say which: 'a1', 'a2', 'a3' or 2 more");
}

static void names_find__bears_any_length(void **state)
{
	static char long_name[5000];
	static const char *const list[] = { long_name, "b" };
	const struct names names_with_long = {
		.get = names_get_from_array, .list = list, .count = ARRAY_SIZE(list)
	};
	char typed[4000];
	size_t index;

	(void)state;
	memset(long_name, 'a', sizeof(long_name) - 1);
	memset(typed, 'a', sizeof(typed));
	typed[sizeof(typed) - 1] = '\0';
	assert_ok(names_find(&names_with_long, "name", typed, &index));
	assert_int_equal(index, 0);
	typed[100] = 'x';
	assert_fails(DAPPER_ERR_NOT_FOUND, names_find(&names_with_long, "name", typed, &index));
	assert_non_null(strstr(dapper_error_last()->hint, "did you mean 'aaa"));
}

static void names_nearest__orders_by_distance(void **state)
{
	static const char *const list[] = { "frequent", "frequency", "fruit", "freq" };
	const struct names options = {
		.get = names_get_from_array, .list = list, .count = ARRAY_SIZE(list)
	};
	size_t nearest[NAMES_NEAREST_MAX];

	(void)state;
	assert_int_equal(names_nearest(&options, "freqeuncy", nearest), 2);
	assert_int_equal(nearest[0], 1);
	assert_int_equal(nearest[1], 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_find__says_how_many_more_fit),
		cmocka_unit_test(names_find__bears_any_length),
		cmocka_unit_test(names_nearest__orders_by_distance),
	};
	return test_run_all("base/names", tests, ARRAY_SIZE(tests), names_find__row, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
