/* SPDX-License-Identifier: Apache-2.0 */
/* derivedFrom. Source of what is expected: CMSIS-SVD 1.3, the sections of the elements. */
#include "support/test.h"

#include "unit/svd/svd_support.h"

#define DERIVED(tag, from, name, offset, more)                                        \
	"<" tag " derivedFrom='" from "'><name>" name "</name><addressOffset>" offset \
	"</addressOffset>" more "</" tag ">"
#define FIELDS(more) "<fields>" more "</fields>"

/* XML breaks where it means something. */
/* clang-format off */
static const struct register_row {
	const char *what;
	const char *peripherals;
	const char *expected;
	size_t warning_count;
} register_rows[] = {
	{
		"svd_derive__peripheral",
		PERIPHERAL("A", "0x100", REGISTER("R", "4", "<size>16</size>"))
			DERIVED_PERIPHERAL("A", "B", "0x200", ""),
		"A.R@104/16 rw, B.R@204/16 rw, ",
		0,
	},
	{
		"svd_derive__peripheral_from_a_later_one",
		DERIVED_PERIPHERAL("A", "B", "0x200", "")
			PERIPHERAL("A", "0x100", REGISTER("R", "4", "")),
		"A.R@104/32 rw, B.R@204/32 rw, ",
		0,
	},
	{
		"svd_derive__peripheral_of_a_derived_one",
		DERIVED_PERIPHERAL("B", "C", "0x300", "") DERIVED_PERIPHERAL("A", "B", "0x200", "")
			PERIPHERAL("A", "0x100", REGISTER("R", "4", "")),
		"A.R@104/32 rw, B.R@204/32 rw, C.R@304/32 rw, ",
		0,
	},
	{
		"svd_derive__peripheral_with_properties_of_its_own",
		PERIPHERAL("A", "0x100", REGISTER("R", "0", "") REGISTER("S", "4", "<size>8</size>"))
			DERIVED_PERIPHERAL("A", "B", "0x200", "<size>16</size><access>read-only</access>"),
		"A.R@100/32 rw, A.S@104/8 rw, B.R@200/16 ro, B.S@204/8 ro, ",
		0,
	},
	{
		"svd_derive__peripheral_with_registers_of_its_own",
		PERIPHERAL("A", "0x100", REGISTER("R", "0", "") REGISTER("S", "4", ""))
			DERIVED_PERIPHERAL("A", "B", "0x200",
				"<registers>" REGISTER("S", "8", "") REGISTER("T", "0xc", "")
				"</registers>"),
		"A.R@100/32 rw, A.S@104/32 rw, B.R@200/32 rw, B.S@208/32 rw, B.T@20c/32 rw, ",
		0,
	},
	{
		"svd_derive__register_beside_it",
		PERIPHERAL("A", "0",
			REGISTER("R", "0", "<size>8</size><access>read-only</access>")
			DERIVED("register", "R", "S", "4", "<access>write-only</access>")),
		"A.R@0/8 ro, A.S@4/8 wo, ",
		0,
	},
	{
		"svd_derive__register_by_path",
		PERIPHERAL("A", "0", DERIVED("register", "B.C.R", "S", "4", ""))
			PERIPHERAL("B", "0x10", CLUSTER("C", "0", REGISTER("R", "0", "<size>8</size>"))),
		"A.S@4/8 rw, B.C.R@10/8 rw, ",
		0,
	},
	{
		"svd_derive__register_through_a_derived_peripheral",
		PERIPHERAL("A", "0", DERIVED("register", "C.R", "S", "4", ""))
			DERIVED_PERIPHERAL("B", "C", "0x20", "")
			PERIPHERAL("B", "0x10", REGISTER("R", "0", "<size>8</size>")),
		"A.S@4/8 rw, B.R@10/8 rw, C.R@20/8 rw, ",
		0,
	},
	{
		"svd_derive__list_takes_dimensions",
		PERIPHERAL("A", "0",
			REGISTER("R%s", "0", DIM("2", "4") "<dimIndex>A,B</dimIndex>")
			DERIVED("register", "R%s", "S%s", "8", "")),
		"A.RA@0/32 rw, A.RB@4/32 rw, A.SA@8/32 rw, A.SB@c/32 rw, ",
		0,
	},
	{
		"svd_derive__single_of_a_list",
		PERIPHERAL("A", "0",
			REGISTER("R%s", "0", DIM("2", "4") "<size>16</size>")
			DERIVED("register", "R%s", "S", "8", "")),
		"A.R0@0/16 rw, A.R1@4/16 rw, A.S@8/16 rw, ",
		0,
	},
	{
		"svd_derive__named_by_an_instance",
		PERIPHERAL("A", "0",
			REGISTER("R[%s]", "0", DIM("2", "4") "<size>16</size>")
			DERIVED("register", "R[1]", "S", "8", "")),
		"A.R[0]@0/16 rw, A.R[1]@4/16 rw, A.S@8/16 rw, ",
		0,
	},
	{
		"svd_derive__cluster",
		PERIPHERAL("A", "0",
			CLUSTER("C", "0", REGISTER("R", "0", "") REGISTER("S", "4", ""))
			DERIVED("cluster", "C", "D", "0x10", "")
			DERIVED("cluster", "A.C", "E", "0x20", REGISTER("S", "8", ""))),
		"A.C.R@0/32 rw, A.C.S@4/32 rw, A.D.R@10/32 rw, A.D.S@14/32 rw, "
		"A.E.R@20/32 rw, A.E.S@28/32 rw, ",
		0,
	},
	{
		"svd_derive__address_taken_over",
		PERIPHERAL("A", "0",
			REGISTER("R", "4", "") "<register derivedFrom='R'><name>S</name></register>"),
		"A.R@4/32 rw, A.S@4/32 rw, ",
		0,
	},
	{
		"svd_derive__unknown",
		DERIVED_PERIPHERAL("X", "A", "0", "<registers>" REGISTER("R", "4", "") "</registers>"),
		"A.R@4/32 rw, ",
		1,
	},
	{
		"svd_derive__itself",
		PERIPHERAL("A", "0", DERIVED("register", "R", "R", "4", "<size>8</size>")),
		"A.R@4/8 rw, ",
		1,
	},
	{
		"svd_derive__circle",
		PERIPHERAL("A", "0",
			DERIVED("register", "S", "R", "0", "") DERIVED("register", "T", "S", "4", "")
			DERIVED("register", "R", "T", "8", "<size>16</size>")),
		"A.R@0/16 rw, A.S@4/16 rw, A.T@8/16 rw, ",
		1,
	},
	{
		"svd_derive__cluster_from_the_one_around_it",
		PERIPHERAL("A", "0",
			CLUSTER("C", "0", REGISTER("R", "0", "")
				DERIVED("cluster", "A.C", "D", "0x10", ""))),
		"A.C.R@0/32 rw, A.C.D.R@10/32 rw, ",
		1,
	},
};
/* clang-format on */

static void svd_derive__register_row(void **state)
{
	const struct register_row *row = *state;
	dapper_svd *svd = svd_of(row->peripherals);
	char text[DESCRIPTION_SIZE];

	describe_registers(svd, text);
	assert_string_equal(text, row->expected);
	assert_int_equal(dapper_svd_warning_count(svd), row->warning_count);
	dapper_svd_free(svd);
}

#define VALUES(name, more)   "<enumeratedValues><name>" name "</name>" more "</enumeratedValues>"
#define DERIVED_VALUES(from) "<enumeratedValues derivedFrom='" from "'/>"

/* What "P.R" has. */
/* XML breaks where it means something. */
/* clang-format off */
static const struct field_row {
	const char *what;
	const char *peripherals;
	const char *expected;
} field_rows[] = {
	{
		"svd_derive__fields_of_a_register",
		PERIPHERAL("P", "0",
			DERIVED("register", "Q", "R", "0",
				FIELDS(FIELD("B", "[9:8]", "") FIELD("C", "[5:5]", "")))
			REGISTER("Q", "4", FIELDS(FIELD("A", "[0:0]", "") FIELD("B", "[1:1]", "")))),
		"A[0:0] rw, C[5:5] rw, B[9:8] rw, ",
	},
	{
		"svd_derive__fields_inherit_where_they_are",
		PERIPHERAL("P", "0",
			DERIVED("register", "Q", "R", "0", "<access>write-only</access>")
			REGISTER("Q", "4",
				"<access>read-only</access>" FIELDS(FIELD("A", "[0:0]", "")))),
		"A[0:0] wo, ",
	},
	{
		"svd_derive__field_with_another_offset",
		PERIPHERAL("P", "0",
			REGISTER("R", "0",
				FIELDS(FIELD("A", "[7:4]", "<access>read-only</access>")
					"<field derivedFrom='A'><name>B</name><bitOffset>12</bitOffset>"
					"</field>"))),
		"A[7:4] ro, B[15:12] ro, ",
	},
	{
		"svd_derive__field_by_path",
		PERIPHERAL("P", "0",
			REGISTER("R", "0",
				FIELDS("<field derivedFrom='O.S.X'><name>B</name><bitRange>[3:2]"
				       "</bitRange></field>")))
			PERIPHERAL("O", "0x100",
				REGISTER("S", "0",
					FIELDS(FIELD("X", "[0:0]", VALUES("", VALUE("ON", "1")))))),
		"B[3:2] rw ON=1, ",
	},
	{
		"svd_derive__values_by_name",
		PERIPHERAL("P", "0",
			REGISTER("R", "0",
				FIELDS(FIELD("A", "[0:0]", VALUES("E", VALUE("ON", "1")))
					FIELD("B", "[1:1]", DERIVED_VALUES("E"))))),
		"A[0:0] rw ON=1, B[1:1] rw ON=1, ",
	},
	{
		"svd_derive__values_by_the_end_of_their_path",
		PERIPHERAL("P", "0",
			REGISTER("R", "0", FIELDS(FIELD("B", "[1:1]", DERIVED_VALUES("S.A.E")))))
			PERIPHERAL("O", "0x100",
				REGISTER("T", "0",
					FIELDS(FIELD("A", "[0:0]", VALUES("E", VALUE("NO", "1")))))
				REGISTER("S", "4",
					FIELDS(FIELD("A", "[0:0]", VALUES("E", VALUE("YES", "1")))))),
		"B[1:1] rw YES=1, ",
	},
	{
		"svd_derive__values_by_whole_path",
		PERIPHERAL("P", "0",
			REGISTER("R", "0", FIELDS(FIELD("B", "[1:1]", DERIVED_VALUES("O.S.A.E")))))
			PERIPHERAL("O", "0x100",
				REGISTER("S", "4",
					FIELDS(FIELD("A", "[0:0]", VALUES("E", VALUE("YES", "1")))))),
		"B[1:1] rw YES=1, ",
	},
	{
		"svd_derive__values_of_a_field",
		PERIPHERAL("P", "0",
			REGISTER("R", "0",
				FIELDS(FIELD("A", "[0:0]", "<enumeratedValues>" VALUE("ON", "1")
					"</enumeratedValues>")
					FIELD("B", "[1:1]", DERIVED_VALUES("P.R.A"))))),
		"A[0:0] rw ON=1, B[1:1] rw ON=1, ",
	},
	{
		"svd_derive__own_values_replace",
		PERIPHERAL("P", "0",
			REGISTER("R", "0",
				FIELDS(FIELD("A", "[0:0]", VALUES("E", VALUE("ON", "1")))
					"<field derivedFrom='A'><name>B</name><bitRange>[1:1]</bitRange>"
					VALUES("F", VALUE("UP", "1")) "</field>"))),
		"A[0:0] rw ON=1, B[1:1] rw UP=1, ",
	},
};
/* clang-format on */

static void svd_derive__field_row(void **state)
{
	const struct field_row *row = *state;
	dapper_svd *svd = svd_of(row->peripherals);
	char text[DESCRIPTION_SIZE];

	describe_fields(register_at(svd, "P.R"), text);
	assert_string_equal(text, row->expected);
	assert_int_equal(dapper_svd_warning_count(svd), 0);
	dapper_svd_free(svd);
}

static void svd_derive__facts_of_peripherals(void **state)
{
	dapper_svd *svd = svd_of(
		"<peripheral><name>A</name><baseAddress>0</baseAddress><groupName>G</groupName>"
		"<description>one</description>"
		"<addressBlock><offset>0</offset><size>0x10</size></addressBlock>"
		"<interrupt><name>IA</name><value>1</value></interrupt></peripheral>" //
		DERIVED_PERIPHERAL("A", "B", "0x100",
			"<interrupt><name>IB</name><value>2</value>"
			"</interrupt>")
			DERIVED_PERIPHERAL("A", "C", "0x200", "<description>three</description>"));
	const dapper_svd_peripheral *b = dapper_svd_get_peripheral(svd, 1);
	const dapper_svd_peripheral *c = dapper_svd_get_peripheral(svd, 2);

	(void)state;
	assert_string_equal(b->derived_from, "A");
	assert_string_equal(b->group, "G");
	assert_string_equal(b->description, "one");
	assert_int_equal(b->blocks[0].address, 0x100);
	assert_int_equal(b->interrupt_count, 1);
	assert_string_equal(b->interrupts[0].name, "IB");
	assert_string_equal(c->description, "three");
	assert_string_equal(c->interrupts[0].name, "IA");
	dapper_svd_free(svd);
}

/* A name that the other one is shown by is not this one's. */
static void svd_derive__display_name_stays(void **state)
{
	dapper_svd *svd = svd_of(PERIPHERAL("A", "0",
		REGISTER("R", "0", "<displayName>shown</displayName><description>d</description>")
			DERIVED("register", "R", "S", "4", "")));

	(void)state;
	assert_string_equal(register_at(svd, "A.S")->display_name, "");
	assert_string_equal(register_at(svd, "A.S")->description, "d");
	dapper_svd_free(svd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(svd_derive__facts_of_peripherals),
		cmocka_unit_test(svd_derive__display_name_stays),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(svd_derive__register_row, register_rows),
		TEST_TABLE(svd_derive__field_row, field_rows),
	};

	return test_run_tables("svd/derive", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
