/* SPDX-License-Identifier: Apache-2.0 */
/* Input that is wrong, or made to do harm: an error or a description without it, and in time. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "unit/svd/svd_support.h"

#define DEVICE(more) "<device><name>T</name><peripherals>" more "</peripherals></device>"

/* XML breaks where it means something. */
/* clang-format off */
static const struct bad_row {
	const char *what;
	const char *xml;
	dapper_status status;
	const char *message;
} bad_rows[] = {
	{ "svd_parse__empty", "", DAPPER_ERR_PARSE, "not XML" },
	{ "svd_parse__not_xml", "\x7f" "ELF", DAPPER_ERR_PARSE, "not well-formed" },
	{ "svd_parse__cut", "<device><name>T</name><peripherals", DAPPER_ERR_PARSE,
		"not well-formed" },
	{ "svd_parse__other_xml", "<package/>", DAPPER_ERR_PARSE,
		"the root element is 'package', not 'device'" },
	{ "svd_parse__entities",
		"<!DOCTYPE d [<!ENTITY a 'aaaa'>]><device><name>&a;</name></device>",
		DAPPER_ERR_PARSE, "document type declarations are refused" },
	{ "svd_parse__repeated_beyond_memory",
		DEVICE(PERIPHERAL("P", "0",
			CLUSTER("A%s", "0",
				DIM("0x10000", "0") CLUSTER("B%s", "0",
					DIM("0x10000", "0") REGISTER("R%s", "0", DIM("0x10000", "0")))))),
		DAPPER_ERR_LIMIT, "needs more than" },
};
/* clang-format on */

static void svd_parse__bad(void **state)
{
	const struct bad_row *row = *state;
	dapper_svd *svd = NULL;

	assert_fails(
		row->status, dapper_svd_parse(NULL, "bad.svd", row->xml, strlen(row->xml), &svd));
	assert_message(row->message);
	assert_null(svd);
}

/* Registers that are left, and how many warnings there are. */
/* XML breaks where it means something. */
/* clang-format off */
static const struct odd_row {
	const char *what;
	const char *peripherals;
	const char *expected;
	size_t warning_count;
} odd_rows[] = {
	{ "svd_parse__nothing_inside", "", "", 0 },
	{ "svd_parse__peripheral_without_address",
		"<peripheral><name>P</name><registers>" REGISTER("R", "0", "")
		"</registers></peripheral>", "", 1 },
	{ "svd_parse__peripheral_without_name",
		"<peripheral><baseAddress>0</baseAddress></peripheral>", "", 1 },
	{ "svd_parse__empty_elements", PERIPHERAL("P", "0", "<register/><cluster/>"), "", 2 },
	{ "svd_parse__register_without_offset",
		PERIPHERAL("P", "0", "<register><name>R</name></register>" REGISTER("S", "4", "")),
		"P.S@4/32 rw, ", 1 },
	{ "svd_parse__offset_is_no_number",
		PERIPHERAL("P", "0", REGISTER("R", "four", "")), "", 2 },
	{ "svd_parse__number_beyond_64_bits",
		PERIPHERAL("P", "0x100000000000000000", REGISTER("R", "4", "")), "", 2 },
	{ "svd_parse__dim_of_0", PERIPHERAL("P", "0", REGISTER("R%s", "0", DIM("0", "4"))), "", 1 },
	{ "svd_parse__dim_of_2_to_31",
		PERIPHERAL("P", "0",
			REGISTER("R%s", "0", DIM("2147483648", "4")) REGISTER("S", "0", "")),
		"P.S@0/32 rw, ", 1 },
	{ "svd_parse__dim_past_the_end",
		PERIPHERAL("P", "0xFFFFFFFFFFFFFF00", REGISTER("R%s", "0", DIM("64", "8"))), "",
		1 },
	{ "svd_parse__increment_past_the_end",
		PERIPHERAL("P", "0", REGISTER("R%s", "0", DIM("3", "0x8000000000000000"))), "", 1 },
	{ "svd_parse__offset_past_the_end",
		PERIPHERAL("P", "0xFFFFFFFFFFFFFF00",
			REGISTER("R", "0x100", "") REGISTER("S", "0xF8", "<size>64</size>")),
		"P.S@fffffffffffffff8/64 rw, ", 1 },
	{ "svd_parse__size_of_0_or_65",
		PERIPHERAL("P", "0", REGISTER("R", "0", "<size>0</size>")
			REGISTER("S", "4", "<size>65</size>")),
		"P.R@0/32 rw, P.S@4/32 rw, ", 2 },
	{ "svd_parse__unknown_words",
		PERIPHERAL("P", "0",
			REGISTER("R", "0", "<access>sometimes</access><readAction>jump</readAction>")),
		"P.R@0/32 rw, ", 2 },
	{ "svd_parse__elements_in_values",
		PERIPHERAL("P", "0", REGISTER("R", "<b>9</b>4<c/>", "")), "P.R@4/32 rw, ", 0 },
	{ "svd_parse__elements_out_of_place",
		"<register><name>X</name></register>" PERIPHERAL("P", "0",
			"<field><name>F</name></field>" REGISTER("R", "0", "<peripherals/>")),
		"P.R@0/32 rw, ", 0 },
	{ "svd_parse__interrupt_and_block_without_number",
		"<peripheral><name>P</name><baseAddress>0xFFFFFFFFFFFF0000</baseAddress>"
		"<interrupt><name>I</name></interrupt>"
		"<interrupt><name>J</name><value>0x100000000</value></interrupt>"
		"<addressBlock><offset>0</offset></addressBlock>"
		"<addressBlock><offset>0</offset><size>0</size></addressBlock>"
		"<addressBlock><offset>0x10000</offset><size>1</size></addressBlock>"
		"<addressBlock><offset>1</offset><size>0x10000</size></addressBlock></peripheral>",
		"", 6 },
};
/* clang-format on */

static void svd_parse__odd(void **state)
{
	const struct odd_row *row = *state;
	dapper_svd *svd = svd_of(row->peripherals);
	char text[DESCRIPTION_SIZE];

	describe_registers(svd, text);
	assert_string_equal(text, row->expected);
	assert_int_equal(dapper_svd_warning_count(svd), row->warning_count);
	dapper_svd_free(svd);
}

/* ---- made by the metre ---- */

struct text {
	char *all;
	size_t length;
	FILE *out;
};

static FILE *begin(struct text *text)
{
	text->out = open_memstream(&text->all, &text->length);
	assert_non_null(text->out);
	fputs("<device><name>T</name><peripherals><peripheral><name>P</name>"
	      "<baseAddress>0</baseAddress><registers>",
		text->out);
	return text->out;
}

static dapper_status end(struct text *text, dapper_svd **svd)
{
	dapper_status status;

	fputs("</registers></peripheral></peripherals></device>", text->out);
	fclose(text->out);
	test_clear_error();
	status = dapper_svd_parse(NULL, "metre.svd", text->all, text->length, svd);
	free(text->all);
	return status;
}

static void svd_parse__nested_deeply(void **state)
{
	struct text text;
	FILE *out = begin(&text);
	dapper_svd *svd = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++)
		fputs("<cluster><name>C</name><addressOffset>0</addressOffset>", out);
	for (int i = 0; i < 1000; i++)
		fputs("</cluster>", out);
	assert_int_equal(end(&text, &svd), DAPPER_ERR_LIMIT);
	assert_message("nested deeper");
	assert_null(svd);
}

/* Each cluster holds one that is derived from the next: nothing in the file is nested. */
static void svd_derive__nested_deeply(void **state)
{
	struct text text;
	FILE *out = begin(&text);
	dapper_svd *svd = NULL;

	(void)state;
	for (int i = 200; i > 0; i--)
		fprintf(out,
			"<cluster><name>C%d</name><addressOffset>0</addressOffset>"
			"<cluster "
			"derivedFrom='P.C%d'><name>D</name><addressOffset>0</addressOffset>"
			"</cluster></cluster>",
			i, i - 1);
	fputs("<cluster><name>C0</name><addressOffset>0</addressOffset></cluster>", out);
	assert_int_equal(end(&text, &svd), DAPPER_ERR_LIMIT);
	assert_message("clusters are nested deeper than 64");
	assert_null(svd);
}

/* Each holds the next one twice: 2 to the 40th. */
static void svd_derive__doubled_often(void **state)
{
	struct text text;
	FILE *out = begin(&text);
	dapper_svd *svd = NULL;

	(void)state;
	for (int i = 40; i > 0; i--)
		fprintf(out,
			"<cluster><name>C%d</name><addressOffset>0</addressOffset>"
			"<cluster derivedFrom='P.C%d'><name>D%%s</name><dim>2</dim>"
			"<dimIncrement>0</dimIncrement><addressOffset>0</addressOffset>"
			"</cluster></cluster>",
			i, i - 1);
	fputs("<cluster><name>C0</name><addressOffset>0</addressOffset></cluster>", out);
	assert_int_equal(end(&text, &svd), DAPPER_ERR_LIMIT);
	assert_null(svd);
}

static void write_chain(FILE *out, int count, bool is_forward)
{
	for (int i = 0; i < count; i++)
		fprintf(out,
			"<register derivedFrom='R%d'><name>R%d</name>"
			"<addressOffset>%d</addressOffset></register>",
			is_forward ? i + 1 : i - 1, i, i * 4);
	fprintf(out,
		"<register><name>R%d</name><addressOffset>0</addressOffset><size>8</size></"
		"register>",
		is_forward ? count : -1);
}

static void svd_derive__long_chain_backwards(void **state)
{
	struct text text;
	dapper_svd *svd = NULL;

	(void)state;
	write_chain(begin(&text), 2000, false);
	assert_ok(end(&text, &svd));
	assert_int_equal(register_at(svd, "P.R1999")->size_bits, 8);
	dapper_svd_free(svd);
}

static void svd_derive__long_chain_forwards(void **state)
{
	struct text text;
	dapper_svd *svd = NULL;

	(void)state;
	write_chain(begin(&text), 2000, true);
	assert_int_equal(end(&text, &svd), DAPPER_ERR_LIMIT);
	assert_message("derived each from a later one");
	assert_null(svd);
}

/* Each search for a name goes through all of them: the square of 20,000. */
static void svd_derive__searches_without_end(void **state)
{
	struct text text;
	FILE *out = begin(&text);
	dapper_svd *svd = NULL;

	(void)state;
	for (int i = 0; i < 20000; i++)
		fputs("<register derivedFrom='X'><name>R</name><addressOffset>0</addressOffset>"
		      "</register>",
			out);
	assert_int_equal(end(&text, &svd), DAPPER_ERR_LIMIT);
	assert_message("takes more than");
	assert_null(svd);
}

static void svd_parse__long_names(void **state)
{
	struct text text;
	FILE *out = begin(&text);
	dapper_svd_match match;
	dapper_svd *svd = NULL;

	(void)state;
	fputs("<register><dim>2</dim><dimIncrement>4</dimIncrement><name>", out);
	for (int i = 0; i < 100000; i++)
		fputs("%sx", out);
	fputs("</name><addressOffset>0</addressOffset></register>", out);
	assert_ok(end(&text, &svd));
	assert_int_equal(dapper_svd_register_count(svd), 2);
	assert_in_range(strlen(dapper_svd_get_register(svd, 0)->name), 1000, 5000);
	assert_fails(DAPPER_ERR_NOT_FOUND,
		dapper_svd_find(svd, dapper_svd_get_register(svd, 0)->name, &match));
	dapper_svd_free(svd);
}

/* ---- without memory ---- */

static const char everything[] = DEVICE(PERIPHERAL("A", "0x100",
	CLUSTER("C%s", "0",
		DIM("2", "0x20") REGISTER("R[%s]", "0",
			DIM("3", "4") "<description>d %s</description><fields>" FIELD("F", "[1:0]",
				"<enumeratedValues><name>E</name>" VALUE(
					"V", "1") "</enumeratedValues>") "</fields>"))
		REGISTER("S", "0x80", "") "<register derivedFrom='S'><name>T</name></register>")
		DERIVED_PERIPHERAL("A", "B", "0x200",
			"<interrupt><name>I</name><value>1</value></interrupt><registers>" //
			REGISTER("S", "0x84", "") "</registers>"));

static void svd_parse__without_memory(void **state)
{
	dapper_svd *svd = NULL;
	uint64_t n = 1;

	(void)state;
	for (; !svd; n++) {
		dapper_status status;

		test_clear_error();
		alloc_fail_at(n);
		status = dapper_svd_parse(NULL, "e.svd", everything, strlen(everything), &svd);
		alloc_fail_at(0);
		assert_true(status == DAPPER_OK || status == DAPPER_ERR_NO_MEMORY);
		if (status != DAPPER_OK) {
			assert_null(svd);
			assert_message("no memory");
		}
		assert_true(n < 1000);
	}
	assert_true(n > 10);
	assert_int_equal(dapper_svd_register_count(svd), 16);
	dapper_svd_free(svd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(svd_parse__nested_deeply),
		cmocka_unit_test(svd_derive__nested_deeply),
		cmocka_unit_test(svd_derive__doubled_often),
		cmocka_unit_test(svd_derive__long_chain_backwards),
		cmocka_unit_test(svd_derive__long_chain_forwards),
		cmocka_unit_test(svd_derive__searches_without_end),
		cmocka_unit_test(svd_parse__long_names),
		cmocka_unit_test(svd_parse__without_memory),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(svd_parse__bad, bad_rows),
		TEST_TABLE(svd_parse__odd, odd_rows),
	};

	return test_run_tables("svd/hostile", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
