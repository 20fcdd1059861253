/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a description, but for derivedFrom. Source of what is expected: CMSIS-SVD 1.3. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "unit/svd/svd_support.h"

/* XML breaks where it means something. */
/* clang-format off */
static const struct layout_row {
	const char *what;
	const char *peripherals;
	const char *expected;
} layout_rows[] = {
	{
		"svd_layout__defaults",
		PERIPHERAL("P", "0x40000000", REGISTER("R", "4", "")),
		"P.R@40000004/32 rw, ",
	},
	{
		"svd_layout__by_address",
		PERIPHERAL("B", "0x2000", REGISTER("Y", "4", "") REGISTER("X", "0", ""))
			PERIPHERAL("A", "0x1000", REGISTER("Z", "0", "")),
		"A.Z@1000/32 rw, B.X@2000/32 rw, B.Y@2004/32 rw, ",
	},
	{
		"svd_layout__same_address_in_order_of_file",
		PERIPHERAL("P", "0", REGISTER("B", "0", "") REGISTER("A", "0", "")),
		"P.B@0/32 rw, P.A@0/32 rw, ",
	},
	{
		"svd_layout__array",
		PERIPHERAL("P", "0", REGISTER("R[%s]", "0x10", DIM("3", "8"))),
		"P.R[0]@10/32 rw, P.R[1]@18/32 rw, P.R[2]@20/32 rw, ",
	},
	{
		"svd_layout__list_of_letters",
		PERIPHERAL("P", "0",
			REGISTER("R%sX", "0", DIM("2", "4") "<dimIndex>A, B</dimIndex>")),
		"P.RAX@0/32 rw, P.RBX@4/32 rw, ",
	},
	{
		"svd_layout__range_of_numbers",
		PERIPHERAL("P", "0", REGISTER("R%s", "0", DIM("3", "4") "<dimIndex>3-5</dimIndex>")),
		"P.R3@0/32 rw, P.R4@4/32 rw, P.R5@8/32 rw, ",
	},
	{
		"svd_layout__range_of_letters",
		PERIPHERAL("P", "0", REGISTER("R%s", "0", DIM("2", "4") "<dimIndex>C-D</dimIndex>")),
		"P.RC@0/32 rw, P.RD@4/32 rw, ",
	},
	{
		"svd_layout__index_of_wrong_length",
		PERIPHERAL("P", "0", REGISTER("R%s", "0", DIM("2", "4") "<dimIndex>A,B,C</dimIndex>")),
		"P.R0@0/32 rw, P.R1@4/32 rw, ",
	},
	{
		"svd_layout__dim_without_placeholder",
		PERIPHERAL("P", "0", REGISTER("R", "0", DIM("2", "4")) REGISTER("S", "8", DIM("1", "4"))),
		"P.R0@0/32 rw, P.R1@4/32 rw, P.S@8/32 rw, ",
	},
	{
		"svd_layout__array_that_interleaves",
		PERIPHERAL("P", "0",
			REGISTER("A%s", "0", DIM("2", "8")) REGISTER("B%s", "4", DIM("2", "8"))),
		"P.A0@0/32 rw, P.B0@4/32 rw, P.A1@8/32 rw, P.B1@c/32 rw, ",
	},
	{
		"svd_layout__peripherals_repeated",
		"<peripheral><dim>2</dim><dimIncrement>0x100</dimIncrement><name>U[%s]</name>"
		"<baseAddress>0x1000</baseAddress><registers>" REGISTER(
			"R", "4", "") "</registers></peripheral>",
		"U[0].R@1004/32 rw, U[1].R@1104/32 rw, ",
	},
	{
		"svd_layout__clusters_nested_and_repeated",
		PERIPHERAL("P", "0x100",
			CLUSTER("C[%s]", "0x10",
				DIM("2", "0x40") CLUSTER("D", "0x20",
					REGISTER("R%s", "8", DIM("2", "4"))) REGISTER("S", "0", ""))),
		"P.C[0].S@110/32 rw, P.C[0].D.R0@138/32 rw, P.C[0].D.R1@13c/32 rw, "
		"P.C[1].S@150/32 rw, P.C[1].D.R0@178/32 rw, P.C[1].D.R1@17c/32 rw, ",
	},
	{
		"svd_layout__properties_inherited",
		"<peripheral><name>P</name><baseAddress>0</baseAddress><size>16</size>"
		"<access>read-only</access><resetValue>0x12345</resetValue><registers>" //
		REGISTER("A", "0", "") REGISTER("B", "2", "<size>8</size>") CLUSTER("C", "4",
			"<access>write-only</access><resetMask>0xFF</resetMask>" REGISTER("D", "0", "")
				REGISTER("E", "2", "<access>writeOnce</access>")) "</registers></peripheral>",
		"P.A@0/16 ro=2345&ffff, P.B@2/8 ro=45&ff, P.C.D@4/16 wo=2345&ff, "
		"P.C.E@6/16 w1=2345&ff, ",
	},
	{
		"svd_layout__64_bits",
		PERIPHERAL("P", "0xE0001000",
			REGISTER("R", "0xFF0",
				"<size>64</size><resetValue>0x123456789ABCDEF0</resetValue>")),
		"P.R@e0001ff0/64 rw=123456789abcdef0&ffffffffffffffff, ",
	},
	{
		"svd_layout__access_from_fields",
		PERIPHERAL("P", "0",
			REGISTER("RO", "0", "<fields>" FIELD("F", "[0:0]", "<access>read-only</access>")
				"</fields>")
			REGISTER("WO", "4", "<fields>" FIELD("F", "[0:0]", "<access>write-only</access>")
				FIELD("G", "[1:1]", "<access>writeOnce</access>") "</fields>")
			REGISTER("RW", "8", "<fields>" FIELD("F", "[0:0]", "<access>read-only</access>")
				FIELD("G", "[1:1]", "<access>write-only</access>") "</fields>")),
		"P.RO@0/32 ro, P.WO@4/32 wo, P.RW@8/32 rw, ",
	},
};
/* clang-format on */

static void svd_layout__row(void **state)
{
	const struct layout_row *row = *state;
	dapper_svd *svd = svd_of(row->peripherals);
	char text[DESCRIPTION_SIZE];

	describe_registers(svd, text);
	assert_string_equal(text, row->expected);
	dapper_svd_free(svd);
}

/* XML breaks where it means something. */
/* clang-format off */
static const struct field_row {
	const char *what;
	const char *fields;
	const char *expected;
} field_rows[] = {
	{
		"svd_field__bit_range",
		FIELD("B", "[7:4]", "") FIELD("A", "[3:0]", ""),
		"A[3:0] rw, B[7:4] rw, ",
	},
	{
		"svd_field__offset_and_width",
		"<field><name>A</name><bitOffset>3</bitOffset><bitWidth>0x2</bitWidth></field>"
		"<field><name>B</name><bitOffset>9</bitOffset></field>",
		"A[4:3] rw, B[9:9] rw, ",
	},
	{
		"svd_field__lsb_and_msb",
		"<field><name>A</name><lsb>1</lsb><msb>5</msb></field>"
		"<field><name>B</name><msb>8</msb><lsb>8</lsb></field>",
		"A[5:1] rw, B[8:8] rw, ",
	},
	{
		"svd_field__repeated",
		"<field><dim>3</dim><dimIncrement>2</dimIncrement><name>M%s</name>"
		"<bitRange>[1:0]</bitRange></field>",
		"M0[1:0] rw, M1[3:2] rw, M2[5:4] rw, ",
	},
	{
		"svd_field__access_of_its_own",
		FIELD("A", "[0:0]", "<access>read-only</access>") FIELD("B", "[1:1]", ""),
		"A[0:0] ro, B[1:1] rw, ",
	},
	{
		"svd_field__enumerated_values",
		FIELD("A", "[2:0]",
			"<enumeratedValues>" VALUE("OFF", "0") VALUE("ON", "#001") VALUE("ANY", "#1xx")
				"<enumeratedValue><name>REST</name><isDefault>true</isDefault>"
				"</enumeratedValue></enumeratedValues>"),
		"A[2:0] rw OFF=0 ON=1 ANY=4&~3 REST=*, ",
	},
	{
		"svd_field__past_bit_63",
		FIELD("A", "[63:60]", "") FIELD("B", "[64:60]", "") FIELD("C", "[0:3]", ""),
		"A[63:60] rw, ",
	},
};
/* clang-format on */

static void svd_field__row(void **state)
{
	const struct field_row *row = *state;
	char text[DESCRIPTION_SIZE];
	char peripherals[4096];
	dapper_svd *svd;

	snprintf(peripherals, sizeof(peripherals),
		PERIPHERAL("P", "0", REGISTER("R", "0", "<size>64</size><fields>%s</fields>")),
		row->fields);
	svd = svd_of(peripherals);
	describe_fields(register_at(svd, "P.R"), text);
	assert_string_equal(text, row->expected);
	dapper_svd_free(svd);
}

static void svd_parse__texts_are_tidied_and_indexed(void **state)
{
	dapper_svd *svd = svd_of(PERIPHERAL("P", "0",
		REGISTER("R%s", "0",
			DIM("2", "4") "<displayName>r%s</displayName><alternateRegister>Q%s"
				      "</alternateRegister><description> One\n\t of   %s &amp; all "
				      "</description>")));
	const dapper_svd_register *reg = register_at(svd, "P.R1");

	(void)state;
	assert_string_equal(reg->display_name, "r1");
	assert_string_equal(reg->description, "One of 1 & all");
	assert_string_equal(reg->alternate_register, "Q1");
	assert_string_equal(reg->alternate_group, "");
	dapper_svd_free(svd);
}

static void svd_parse__side_effects(void **state)
{
	dapper_svd *svd = svd_of(PERIPHERAL("P", "0",
		REGISTER("DR", "0",
			"<readAction>modifyExternal</readAction><fields>" FIELD(
				"A", "[0:0]", "") FIELD("B", "[1:1]",
				"<readAction>clear</readAction>") "</fields>") REGISTER("SR", "4",
			"<modifiedWriteValues>zeroToClear</modifiedWriteValues><fields>" FIELD(
				"A", "[0:0]", "") FIELD("B", "[1:1]",
				"<modifiedWriteValues>oneToToggle</modifiedWriteValues>"
				"<readAction>set</readAction>") "</fields>")
			REGISTER("CR", "8", "")));
	const dapper_svd_register *dr = register_at(svd, "P.DR");
	const dapper_svd_register *sr = register_at(svd, "P.SR");

	(void)state;
	assert_int_equal(dr->read_action, DAPPER_SVD_READ_MODIFIES_OTHERS);
	assert_int_equal(dr->fields[0].read_action, DAPPER_SVD_READ_MODIFIES_OTHERS);
	assert_int_equal(dr->fields[1].read_action, DAPPER_SVD_READ_CLEARS);
	assert_true(dr->has_read_effect);
	assert_int_equal(sr->read_action, DAPPER_SVD_READ_HARMLESS);
	assert_int_equal(sr->fields[1].read_action, DAPPER_SVD_READ_SETS);
	assert_true(sr->has_read_effect);
	assert_int_equal(sr->fields[0].write_action, DAPPER_SVD_WRITE_ZERO_TO_CLEAR);
	assert_int_equal(sr->fields[1].write_action, DAPPER_SVD_WRITE_ONE_TO_TOGGLE);
	assert_false(register_at(svd, "P.CR")->has_read_effect);
	assert_string_equal(dapper_svd_read_action_text(dr->read_action), "modifyExternal");
	assert_string_equal(dapper_svd_write_action_text(sr->write_action), "zeroToClear");
	dapper_svd_free(svd);
}

static void svd_parse__write_constraints(void **state)
{
	dapper_svd *svd = svd_of(PERIPHERAL("P", "0",
		REGISTER("A", "0",
			"<writeConstraint><range><minimum>2</minimum><maximum>0x10</maximum></"
			"range>"
			"</writeConstraint><fields>" FIELD("F", "[0:0]",
				"<writeConstraint><useEnumeratedValues>true</useEnumeratedValues>"
				"</writeConstraint>") "</fields>") REGISTER("B", "4",
			"<writeConstraint><writeAsRead>true</writeAsRead></writeConstraint>")
			REGISTER("C", "8",
				"<writeConstraint><writeAsRead>false</writeAsRead></"
				"writeConstraint>")));
	const dapper_svd_register *a = register_at(svd, "P.A");

	(void)state;
	assert_int_equal(a->constraint.kind, DAPPER_SVD_WRITE_RANGE);
	assert_int_equal(a->constraint.minimum, 2);
	assert_int_equal(a->constraint.maximum, 16);
	assert_int_equal(a->fields[0].constraint.kind, DAPPER_SVD_WRITE_ENUMERATED);
	assert_int_equal(register_at(svd, "P.B")->constraint.kind, DAPPER_SVD_WRITE_AS_READ);
	assert_int_equal(register_at(svd, "P.C")->constraint.kind, DAPPER_SVD_WRITE_ANY);
	dapper_svd_free(svd);
}

/* XML breaks where it means something. */
/* clang-format off */
static const char device_text[] =
	"<device schemaVersion='1.3'><vendor>V</vendor><vendorID>VI</vendorID><name>N</name>"
	"<series>S</series><version>1.2</version><description>D</description>"
	"<licenseText>L</licenseText><cpu><name>CM33</name><revision>r0p1</revision>"
	"<endian>little</endian><mpuPresent>true</mpuPresent><fpuPresent>1</fpuPresent>"
	"<fpuDP>false</fpuDP><dspPresent>true</dspPresent><icachePresent>true</icachePresent>"
	"<dcachePresent>true</dcachePresent><vtorPresent>false</vtorPresent>"
	"<nvicPrioBits>3</nvicPrioBits><vendorSystickConfig>false</vendorSystickConfig>"
	"<deviceNumInterrupts>60</deviceNumInterrupts><sauNumRegions>8</sauNumRegions>"
	"<sauRegionsConfig enabled='true' protectionWhenDisabled='s'>"
	"<region enabled='true' name='R'><base>0</base><limit>0x1f</limit><access>n</access>"
	"</region></sauRegionsConfig></cpu>"
	"<addressUnitBits>8</addressUnitBits><width>64</width><size>16</size>"
	"<protection>s</protection>"
	"<peripherals><peripheral><name>P</name><baseAddress>0x1000</baseAddress>"
	"<groupName>G</groupName><alternatePeripheral>Q</alternatePeripheral>"
	"<disableCondition>X == 1</disableCondition><prependToName>P_</prependToName>"
	"<addressBlock><offset>0x10</offset><size>0x20</size><usage>buffer</usage>"
	"<protection>n</protection></addressBlock>"
	"<interrupt><name>I5</name><value>5</value></interrupt>"
	"<interrupt><name>I3</name><description>three</description><value>3</value></interrupt>"
	"<registers><register><name>R</name><addressOffset>0</addressOffset></register></registers>"
	"</peripheral>"
	"<peripheral><name>O</name><baseAddress>0</baseAddress>"
	"<interrupt><name>OTHER5</name><value>5</value></interrupt></peripheral></peripherals>"
	"<vendorExtensions><name>not the name</name></vendorExtensions></device>";
/* clang-format on */

static void svd_parse__device_facts(void **state)
{
	dapper_svd *svd = svd_from(device_text);
	const dapper_svd_device *device = dapper_svd_get_device(svd);

	(void)state;
	assert_string_equal(device->name, "N");
	assert_string_equal(device->vendor, "V");
	assert_string_equal(device->vendor_id, "VI");
	assert_string_equal(device->series, "S");
	assert_string_equal(device->version, "1.2");
	assert_string_equal(device->description, "D");
	assert_string_equal(device->license, "L");
	assert_int_equal(device->address_unit_bits, 8);
	assert_int_equal(device->width, 64);
	assert_string_equal(device->cpu.name, "CM33");
	assert_string_equal(device->cpu.revision, "r0p1");
	assert_string_equal(device->cpu.endian, "little");
	assert_true(device->cpu.has_mpu && device->cpu.has_fpu && !device->cpu.has_double_fpu);
	assert_true(device->cpu.has_dsp && !device->cpu.has_vtor);
	assert_true(device->cpu.has_instruction_cache && device->cpu.has_data_cache);
	assert_false(device->cpu.has_vendor_systick);
	assert_int_equal(device->cpu.nvic_priority_bits, 3);
	assert_int_equal(device->cpu.interrupt_count, 60);
	assert_int_equal(device->cpu.sau_region_count, 8);
	assert_int_equal(dapper_svd_warning_count(svd), 0);
	dapper_svd_free(svd);
}

static void svd_parse__peripheral_facts(void **state)
{
	dapper_svd *svd = svd_from(device_text);
	const dapper_svd_peripheral *peripheral = dapper_svd_get_peripheral(svd, 1);

	(void)state;
	assert_string_equal(peripheral->name, "P");
	assert_string_equal(peripheral->group, "G");
	assert_string_equal(peripheral->alternate_peripheral, "Q");
	assert_string_equal(peripheral->disable_condition, "X == 1");
	assert_string_equal(peripheral->prepend_to_name, "P_");
	assert_int_equal(peripheral->block_count, 1);
	assert_int_equal(peripheral->blocks[0].address, 0x1010);
	assert_int_equal(peripheral->blocks[0].size, 0x20);
	assert_int_equal(peripheral->blocks[0].usage, DAPPER_SVD_BLOCK_BUFFER);
	assert_int_equal(peripheral->blocks[0].protection, DAPPER_SVD_NON_SECURE);
	assert_int_equal(peripheral->content.registers[0].protection, DAPPER_SVD_SECURE);
	assert_int_equal(peripheral->content.registers[0].size_bits, 16);
	assert_null(dapper_svd_get_peripheral(svd, 2));
	dapper_svd_free(svd);
}

/* O is behind P in the file, and before it by address: that counts. */
static void svd_interrupts__by_number_each_once(void **state)
{
	dapper_svd *svd = svd_from(device_text);
	const dapper_svd_interrupt *three = dapper_svd_find_interrupt(svd, 3);

	(void)state;
	assert_int_equal(dapper_svd_interrupt_count(svd), 2);
	assert_ptr_equal(dapper_svd_get_interrupt(svd, 0), three);
	assert_string_equal(three->name, "I3");
	assert_string_equal(three->description, "three");
	assert_ptr_equal(three->peripheral, dapper_svd_get_peripheral(svd, 1));
	assert_string_equal(dapper_svd_find_interrupt(svd, 5)->name, "OTHER5");
	assert_null(dapper_svd_find_interrupt(svd, 4));
	assert_null(dapper_svd_find_interrupt(svd, 6));
	assert_null(dapper_svd_get_interrupt(svd, 2));
	dapper_svd_free(svd);
}

static void svd_field_find_value__exact_then_pattern_then_default(void **state)
{
	dapper_svd *svd = svd_of(PERIPHERAL("P", "0",
		REGISTER("R", "0",
			"<fields>" FIELD("F", "[6:4]",
				"<enumeratedValues><usage>read</usage>"
				"<enumeratedValue><name>ELSE</name><isDefault>true</isDefault>"
				"</enumeratedValue>" VALUE("HIGH", "#1xx") VALUE("SIX",
					"6") "</enumeratedValues><enumeratedValues><usage>write</"
					     "usage>" VALUE("GO",
						     "1") "</enumeratedValues>") "</fields>")));
	const dapper_svd_field *field = register_at(svd, "P.R")->fields;

	(void)state;
#define NAME_OF(value, usage) dapper_svd_field_find_value(field, value, usage)->name
	assert_string_equal(NAME_OF(6, DAPPER_SVD_USAGE_READ), "SIX");
	assert_string_equal(NAME_OF(7, DAPPER_SVD_USAGE_READ), "HIGH");
	assert_string_equal(NAME_OF(1, DAPPER_SVD_USAGE_READ), "ELSE");
	assert_string_equal(NAME_OF(1, DAPPER_SVD_USAGE_WRITE), "GO");
	assert_null(dapper_svd_field_find_value(field, 2, DAPPER_SVD_USAGE_WRITE));
	assert_int_equal(dapper_svd_field_extract(field, 0xff5f), 5);
	assert_int_equal(dapper_svd_field_insert(field, 0xff5f, 0xa), 0xff2f);
	dapper_svd_free(svd);
}

static void svd_field_insert__whole_register(void **state)
{
	const dapper_svd_field field = { .lsb = 0, .width = 64 };

	(void)state;
	assert_true(dapper_svd_field_extract(&field, UINT64_MAX) == UINT64_MAX);
	assert_true(dapper_svd_field_insert(&field, UINT64_MAX, 5) == 5);
}

static void svd_load__missing_file(void **state)
{
	dapper_svd *svd = NULL;

	(void)state;
	assert_fails(DAPPER_ERR_FILE, dapper_svd_load(NULL, "/nowhere/x.svd", &svd));
	assert_fails(DAPPER_ERR_INVALID, dapper_svd_load(NULL, NULL, &svd));
	assert_fails(DAPPER_ERR_INVALID, dapper_svd_parse(NULL, "x", NULL, 1, &svd));
	assert_null(svd);
	dapper_svd_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(svd_parse__texts_are_tidied_and_indexed),
		cmocka_unit_test(svd_parse__side_effects),
		cmocka_unit_test(svd_parse__write_constraints),
		cmocka_unit_test(svd_parse__device_facts),
		cmocka_unit_test(svd_parse__peripheral_facts),
		cmocka_unit_test(svd_interrupts__by_number_each_once),
		cmocka_unit_test(svd_field_find_value__exact_then_pattern_then_default),
		cmocka_unit_test(svd_field_insert__whole_register),
		cmocka_unit_test(svd_load__missing_file),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(svd_layout__row, layout_rows),
		TEST_TABLE(svd_field__row, field_rows),
	};

	return test_run_tables("svd/svd", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
