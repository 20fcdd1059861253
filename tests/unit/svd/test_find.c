/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "unit/svd/svd_support.h"

/* XML breaks where it means something. */
/* clang-format off */
static const char peripherals[] =
	PERIPHERAL("GPIOA", "0x1000",
		REGISTER("MODER", "0",
			"<fields>" FIELD("MODER5", "[11:10]", "") FIELD("MODER15", "[31:30]", "")
			"</fields>")
		REGISTER("ODR", "0x14", "") REGISTER("OTYPER", "4", ""))
	PERIPHERAL("GPIOB", "0x2000", REGISTER("MODER", "0", ""))
	PERIPHERAL("RADIO", "0x3000",
		CLUSTER("PSEL", "0x10", REGISTER("TXD", "4", "") CLUSTER("IN", "8", REGISTER("A", "0", "")))
		REGISTER("PIN_CNF[%s]", "0x100", DIM("4", "4")))
	"<peripheral><name>CRC</name><baseAddress>0x4000</baseAddress>"
	"<prependToName>CRC_</prependToName>"
	"<addressBlock><offset>0x100</offset><size>0x80</size></addressBlock><registers>"
	REGISTER("DR", "0", "") REGISTER("DR8", "0", "<size>8</size>")
	REGISTER("WIDE", "8", "<size>64</size>") REGISTER("HALF", "0xA", "<size>16</size>")
	"</registers></peripheral>";
/* clang-format on */

/* What a path leads to: path of the register or peripheral, cluster and field, "-" for none. */
static const struct find_row {
	const char *what;
	const char *path;
	const char *peripheral;
	const char *cluster;
	const char *reg;
	const char *field;
} find_rows[] = {
	{ "svd_find__peripheral", "GPIOA", "GPIOA", "-", "-", "-" },
	{ "svd_find__register", "GPIOA.MODER", "GPIOA", "-", "MODER", "-" },
	{ "svd_find__field", "GPIOA.MODER.MODER5", "GPIOA", "-", "MODER", "MODER5" },
	{ "svd_find__any_case", "gpioa.moder.moder5", "GPIOA", "-", "MODER", "MODER5" },
	{ "svd_find__beginnings", "gpiob.m", "GPIOB", "-", "MODER", "-" },
	{ "svd_find__beginning_of_peripheral", "rad.psel.txd", "RADIO", "PSEL", "TXD", "-" },
	{ "svd_find__exact_before_longer", "GPIOA.MODER.MODER15", "GPIOA", "-", "MODER",
		"MODER15" },
	{ "svd_find__cluster", "RADIO.PSEL", "RADIO", "PSEL", "-", "-" },
	{ "svd_find__cluster_in_cluster", "RADIO.PSEL.IN.A", "RADIO", "IN", "A", "-" },
	{ "svd_find__array", "RADIO.PIN_CNF[3]", "RADIO", "-", "PIN_CNF[3]", "-" },
	{ "svd_find__array_without_brackets", "radio.pin_cnf3", "RADIO", "-", "PIN_CNF[3]", "-" },
	{ "svd_find__dash_is_underscore", "radio.pin-cnf[0]", "RADIO", "-", "PIN_CNF[0]", "-" },
	{ "svd_find__register_before_longer_one", "CRC.DR", "CRC", "-", "DR", "-" },
	{ "svd_find__name_of_header", "CRC.crc_wide", "CRC", "-", "WIDE", "-" },
};

static const char *or_dash(const void *thing, const char *name)
{
	return thing ? name : "-";
}

static void svd_find__row(void **state)
{
	const struct find_row *row = *state;
	dapper_svd *svd = svd_of(peripherals);
	dapper_svd_match match;

	assert_ok(dapper_svd_find(svd, row->path, &match));
	assert_string_equal(match.peripheral->name, row->peripheral);
	assert_string_equal(
		or_dash(match.cluster, match.cluster ? match.cluster->name : ""), row->cluster);
	assert_string_equal(or_dash(match.reg, match.reg ? match.reg->name : ""), row->reg);
	assert_string_equal(or_dash(match.field, match.field ? match.field->name : ""), row->field);
	dapper_svd_free(svd);
}

static const struct fail_row {
	const char *what;
	const char *path;
	dapper_status status;
	const char *message;
	const char *where;
	const char *hint;
} fail_rows[] = {
	{ "svd_find__ambiguous_peripheral", "GPIO", DAPPER_ERR_AMBIGUOUS,
		"peripheral 'GPIO' fits 2 names", "test.svd", "say which: 'GPIOA' or 'GPIOB'" },
	{ "svd_find__ambiguous_register", "gpioa.o", DAPPER_ERR_AMBIGUOUS,
		"register 'o' fits 2 names", "in GPIOA of test.svd",
		"say which: 'OTYPER' or 'ODR'" },
	{ "svd_find__unknown_register", "GPIOA.MODRE", DAPPER_ERR_NOT_FOUND,
		"unknown register 'MODRE'", "in GPIOA of test.svd", "did you mean 'MODER'?" },
	{ "svd_find__unknown_field", "GPIOA.MODER.X", DAPPER_ERR_NOT_FOUND, "unknown field 'X'",
		"in GPIOA.MODER of test.svd", NULL },
	{ "svd_find__unknown_in_cluster", "RADIO.PSEL.IN.Q7", DAPPER_ERR_NOT_FOUND,
		"unknown register 'Q7'", "in RADIO.PSEL.IN of test.svd", NULL },
	{ "svd_find__nothing_in_fields", "GPIOA.MODER.MODER5.X", DAPPER_ERR_NOT_FOUND,
		"there is no 'X' in a field", "in GPIOA.MODER of test.svd", NULL },
	{ "svd_find__empty", "", DAPPER_ERR_NOT_FOUND, "unknown peripheral ''", "test.svd", NULL },
	{ "svd_find__empty_part", "GPIOA..X", DAPPER_ERR_NOT_FOUND, "unknown register ''",
		"in GPIOA of test.svd", NULL },
	{ "svd_find__dot_at_the_end", "GPIOA.", DAPPER_ERR_NOT_FOUND, "unknown register ''",
		"in GPIOA of test.svd", NULL },
	{ "svd_find__no_path", NULL, DAPPER_ERR_INVALID, "svd, path or match is NULL", "", NULL },
};

static void svd_find__fails(void **state)
{
	const struct fail_row *row = *state;
	dapper_svd *svd = svd_of(peripherals);
	dapper_svd_match match = { .field = NULL };

	assert_fails(row->status, dapper_svd_find(svd, row->path, &match));
	assert_message(row->message);
	assert_string_equal(dapper_error_last()->where, row->where);
	if (row->hint)
		assert_string_equal(dapper_error_last()->hint, row->hint);
	assert_null(match.peripheral);
	dapper_svd_free(svd);
}

static void svd_find_at__all_that_hold_the_byte(void **state)
{
	dapper_svd *svd = svd_of(peripherals);
	const dapper_svd_register *found[4];

	(void)state;
	assert_int_equal(dapper_svd_find_at(svd, 0x4000, found, 4), 2);
	assert_string_equal(found[0]->name, "DR");
	assert_string_equal(found[1]->name, "DR8");
	assert_int_equal(dapper_svd_find_at(svd, 0x4001, found, 4), 1);
	assert_int_equal(dapper_svd_find_at(svd, 0x4004, found, 4), 0);
	assert_int_equal(dapper_svd_find_at(svd, 0x400b, found, 4), 2);
	assert_string_equal(found[0]->name, "WIDE");
	assert_string_equal(found[1]->name, "HALF");
	assert_int_equal(dapper_svd_find_at(svd, 0x400f, found, 4), 1);
	assert_int_equal(dapper_svd_find_at(svd, 0x4010, found, 4), 0);
	assert_int_equal(dapper_svd_find_at(svd, 0, found, 4), 0);
	assert_int_equal(dapper_svd_find_at(svd, UINT64_MAX, found, 4), 0);
	dapper_svd_free(svd);
}

static void svd_find_at__more_than_room(void **state)
{
	dapper_svd *svd = svd_of(peripherals);
	const dapper_svd_register *found[2] = { NULL, NULL };

	(void)state;
	assert_int_equal(dapper_svd_find_at(svd, 0x4000, found, 1), 2);
	assert_string_equal(found[0]->name, "DR");
	assert_null(found[1]);
	dapper_svd_free(svd);
}

static void svd_find_peripheral_at__address_blocks(void **state)
{
	dapper_svd *svd = svd_of(peripherals);

	(void)state;
	assert_string_equal(dapper_svd_find_peripheral_at(svd, 0x4100)->name, "CRC");
	assert_string_equal(dapper_svd_find_peripheral_at(svd, 0x417f)->name, "CRC");
	assert_null(dapper_svd_find_peripheral_at(svd, 0x40ff));
	assert_null(dapper_svd_find_peripheral_at(svd, 0x4180));
	dapper_svd_free(svd);
}

static void svd_describe_path__cut(void **state)
{
	dapper_svd *svd = svd_of(peripherals);
	const dapper_svd_register *reg = register_at(svd, "RADIO.PSEL.IN.A");
	char text[32] = "";

	(void)state;
	assert_int_equal(dapper_svd_describe_path(reg, text, sizeof(text)), 15);
	assert_string_equal(text, "RADIO.PSEL.IN.A");
	assert_int_equal(dapper_svd_describe_path(reg, text, 9), 15);
	assert_string_equal(text, "RADIO.PS");
	assert_int_equal(dapper_svd_describe_path(reg, NULL, 0), 15);
	dapper_svd_free(svd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(svd_find_at__all_that_hold_the_byte),
		cmocka_unit_test(svd_find_at__more_than_room),
		cmocka_unit_test(svd_find_peripheral_at__address_blocks),
		cmocka_unit_test(svd_describe_path__cut),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(svd_find__row, find_rows),
		TEST_TABLE(svd_find__fails, fail_rows),
	};

	return test_run_tables("svd/find", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
