/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <dapper/svd.h>

#include "svd/number.h"

static const struct number_row {
	const char *what;
	const char *text;
	bool is_number;
	uint64_t value;
} number_rows[] = {
	{ "svd_read_number__decimal", "42", true, 42 },
	{ "svd_read_number__leading_zero_is_decimal", "010", true, 10 },
	{ "svd_read_number__plus", "+7", true, 7 },
	{ "svd_read_number__hexadecimal", "0xfFe0", true, 0xffe0 },
	{ "svd_read_number__upper_hexadecimal", "0X20", true, 0x20 },
	{ "svd_read_number__binary", "#1011", true, 11 },
	{ "svd_read_number__c_binary", "0b101", true, 5 },
	{ "svd_read_number__kilo", "4k", true, 4096 },
	{ "svd_read_number__mega", "0x2M", true, 2 << 20 },
	{ "svd_read_number__giga", "4G", true, 4ull << 30 },
	{ "svd_read_number__tera", "1t", true, 1ull << 40 },
	{ "svd_read_number__largest", "0xffffffffffffffff", true, UINT64_MAX },
	{ "svd_read_number__largest_decimal", "18446744073709551615", true, UINT64_MAX },
	{ "svd_read_number__too_large", "18446744073709551616", false, 0 },
	{ "svd_read_number__too_large_hexadecimal", "0x10000000000000000", false, 0 },
	{ "svd_read_number__too_large_scaled", "0xffffffffffffffk", false, 0 },
	{ "svd_read_number__empty", "", false, 0 },
	{ "svd_read_number__prefix_only", "0x", false, 0 },
	{ "svd_read_number__hash_only", "#", false, 0 },
	{ "svd_read_number__negative", "-1", false, 0 },
	{ "svd_read_number__letters", "12ab", false, 0 },
	{ "svd_read_number__not_binary", "#12", false, 0 },
	{ "svd_read_number__suffix_twice", "1kk", false, 0 },
	{ "svd_read_number__dont_care", "#1x", false, 0 },
	{ "svd_read_number__space_inside", "1 2", false, 0 },
};

static void svd_read_number__row(void **state)
{
	const struct number_row *row = *state;
	uint64_t value = 0x5a;

	assert_int_equal(svd_read_number(row->text, &value), row->is_number);
	assert_true(value == (row->is_number ? row->value : 0x5a));
}

static const struct pattern_row {
	const char *what;
	const char *text;
	bool is_pattern;
	uint64_t value;
	uint64_t mask;
} pattern_rows[] = {
	{ "svd_read_pattern__number", "0x1F", true, 0x1f, UINT64_MAX },
	{ "svd_read_pattern__binary", "#0101", true, 5, UINT64_MAX },
	{ "svd_read_pattern__dont_care", "#1x0X", true, 8, ~5ull },
	{ "svd_read_pattern__c_dont_care", "0b1xx", true, 4, ~3ull },
	{ "svd_read_pattern__hexadecimal_has_an_x_too", "0x10", true, 16, UINT64_MAX },
	{ "svd_read_pattern__all_64",
		"#x000000000000000000000000000000000000000000000000000000000000001", true, 1,
		UINT64_MAX >> 1 },
	{ "svd_read_pattern__65_bits",
		"#xx000000000000000000000000000000000000000000000000000000000000001", false, 0, 0 },
	{ "svd_read_pattern__digit", "#1x2", false, 0, 0 },
	{ "svd_read_pattern__text", "xyz", false, 0, 0 },
};

static void svd_read_pattern__row(void **state)
{
	const struct pattern_row *row = *state;
	uint64_t value = 0;
	uint64_t mask = 0;

	assert_int_equal(svd_read_pattern(row->text, &value, &mask), row->is_pattern);
	assert_true(value == row->value);
	assert_true(mask == row->mask);
}

static const struct range_row {
	const char *what;
	const char *text;
	bool is_range;
	uint64_t lsb;
	uint64_t msb;
} range_rows[] = {
	{ "svd_read_bit_range__range", "[31:8]", true, 8, 31 },
	{ "svd_read_bit_range__bit", "[0:0]", true, 0, 0 },
	{ "svd_read_bit_range__one_number", "[3]", false, 0, 0 },
	{ "svd_read_bit_range__open", "[3:0", false, 0, 0 },
	{ "svd_read_bit_range__no_brackets", "3:0", false, 0, 0 },
	{ "svd_read_bit_range__empty", "", false, 0, 0 },
	{ "svd_read_bit_range__rest", "[3:0]]", false, 0, 0 },
};

static void svd_read_bit_range__row(void **state)
{
	const struct range_row *row = *state;
	uint64_t lsb = 0;
	uint64_t msb = 0;

	assert_int_equal(svd_read_bit_range(row->text, &lsb, &msb), row->is_range);
	assert_int_equal(lsb, row->lsb);
	assert_int_equal(msb, row->msb);
}

static void svd_read_word__in_any_case_of_its_set(void **state)
{
	uint64_t value = 99;

	(void)state;
	assert_true(svd_read_word(SVD_WORDS_ACCESS, "Read-WriteOnce", &value));
	assert_int_equal(value, DAPPER_SVD_READ_WRITE_ONCE);
	assert_true(svd_read_word(SVD_WORDS_READ_ACTION, "set", &value));
	assert_int_equal(value, DAPPER_SVD_READ_SETS);
	assert_true(svd_read_word(SVD_WORDS_WRITE_ACTION, "set", &value));
	assert_int_equal(value, DAPPER_SVD_WRITE_SETS);
	assert_false(svd_read_word(SVD_WORDS_ACCESS, "set", &value));
	assert_int_equal(value, DAPPER_SVD_WRITE_SETS);
}

static void svd_read_flag__words(void **state)
{
	bool flag = false;

	(void)state;
	assert_true(svd_read_flag("true", &flag) && flag);
	assert_true(svd_read_flag("0", &flag) && !flag);
	assert_true(svd_read_flag("1", &flag) && flag);
	assert_true(svd_read_flag("FALSE", &flag) && !flag);
	assert_false(svd_read_flag("yes", &flag));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(svd_read_word__in_any_case_of_its_set),
		cmocka_unit_test(svd_read_flag__words),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(svd_read_number__row, number_rows),
		TEST_TABLE(svd_read_pattern__row, pattern_rows),
		TEST_TABLE(svd_read_bit_range__row, range_rows),
	};

	return test_run_tables("svd/number", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
