/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/image/image_test.h"

#include "image/srec.h"

#define FORMAT DAPPER_IMAGE_SREC

static void parse_record__finds_address_and_data(void **state)
{
	static const char line[] = "S30900001234AABBCCDDA2";
	struct srec_record record;

	(void)state;
	assert_ok(srec_parse_record(line, strlen(line), &record));
	assert_int_equal(record.type, 3);
	assert_int_equal(record.address, 0x1234);
	assert_int_equal(record.size, 4);
	assert_memory_equal(record.data, "\xaa\xbb\xcc\xdd", 4);
}

static void parse__reports_each_failing_allocation(void **state)
{
	size_t size;
	uint8_t *data = image_test_file("tests/data/image/small.srec", &size);

	(void)state;
	image_test_failing_allocations(data, size, FORMAT);
	free(data);
}

static void parse__reports_each_truncation(void **state)
{
	(void)state;
	/* CR LF at the end may be missing. */
	image_test_truncations("tests/data/image/small.srec", FORMAT, 152);
}

/* Checksums were computed apart from the library. */
static const struct image_case cases[] = {
	{ "S1",
		.text = "S106003002337A1A\n"
			"S9030000FC\n",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "S2",
		.text = "S20712003002337A07\n"
			"S804000000FB\n",
		.options.format = FORMAT, .expected = "0x00120030 02337a" },
	{ "S3",
		.text = "S3080800003002337A10\n"
			"S70500000000FA\n",
		.options.format = FORMAT, .expected = "0x08000030 02337a" },
	{ "types mixed",
		.text = "S104001001EA\n"
			"S3062000000002D7\n"
			"S20500001103E6\n"
			"S9030000FC",
		.options.format = FORMAT, .expected = "0x00000010 0103; 0x20000000 02" },
	{ "header is skipped",
		.text = "S00600004844521B\n"
			"S104000001FA\n"
			"S9030000FC",
		.options.format = FORMAT, .expected = "0x00000000 01" },
	{ "header alone says nothing to load",
		.text = "S00600004844521B\n"
			"S9030000FC",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE, .expected = "nothing to load",
		.where = "fw" },
	{ "lower case digits",
		.text = "S106003002337a1a\n"
			"S9030000fc",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "CR LF, blanks, empty lines",
		.text = "\r\n"
			" S106003002337A1A \r\n"
			"\r\n"
			"S9030000FC\r\n"
			"\x1a",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "record without data",
		.text = "S1030030CC\n"
			"S104003101C9\n"
			"S9030000FC",
		.options.format = FORMAT, .expected = "0x00000031 01" },
	{ "entry of S7",
		.text = "S104000001FA\n"
			"S70508000131C0",
		.options.format = FORMAT, .expected = "0x00000000 01; entry 0x08000131" },
	{ "entry of S8",
		.text = "S104000001FA\n"
			"S8041234565F",
		.options.format = FORMAT, .expected = "0x00000000 01; entry 0x00123456" },
	{ "entry of S9",
		.text = "S104000001FA\n"
			"S9031234B6",
		.options.format = FORMAT, .expected = "0x00000000 01; entry 0x00001234" },
	{ "entry 0 is none",
		.text = "S104000001FA\n"
			"S70500000000FA",
		.options.format = FORMAT, .expected = "0x00000000 01" },
	{ "S5 count",
		.text = "S104000001FA\n"
			"S20500000102F7\n"
			"S5030002FA\n"
			"S9030000FC",
		.options.format = FORMAT, .expected = "0x00000000 0102" },
	{ "S6 count",
		.text = "S104000001FA\n"
			"S604000001FA\n"
			"S9030000FC",
		.options.format = FORMAT, .expected = "0x00000000 01" },
	{ "S5 count differs",
		.text = "S004000048B3\n"
			"S104000001FA\n"
			"S5030002FA\n"
			"S9030000FC",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "file has 1 data records up to here but says 2", .where = "fw:3",
		.hint = "lost or added" },
	{ "S6 count differs",
		.text = "S104000001FA\n"
			"S604010001F9\n"
			"S9030000FC",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "file has 1 data records up to here but says 65537", .where = "fw:2" },
	{ "S4 is reserved", .text = "S4030000FC\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "record type S4 is reserved",
		.where = "fw:1" },
	{ "last byte of the address space",
		.text = "S306FFFFFFFF01FC\n"
			"S70500000000FA",
		.options.format = FORMAT, .expected = "0xffffffff 01" },
	{ "over the end of the address space",
		.text = "S307FFFFFFFF0102F9\n"
			"S70500000000FA",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "2 bytes at 0xffffffff reach over the end", .where = "fw:1" },
	{ "S1 runs over 64 KB",
		.text = "S105FFFF0102F9\n"
			"S9030000FC",
		.options.format = FORMAT, .expected = "0x0000ffff 0102" },
	{ "250 data bytes",
		.text = "S3FF00000000000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E"
			"1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40414243"
			"4445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768"
			"696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D"
			"8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2"
			"B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7"
			"D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F96B\n"
			"S70500000000FA",
		.options.format = FORMAT,
		.expected =
			"0x00000000 "
			"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324"
			"25262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40414243444546474849"
			"4a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e"
			"6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f90919293"
			"9495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8"
			"b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdd"
			"dedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9" },
	{ "no S",
		.text = "S104000001FA\n"
			"9030000FC\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "does not start with 'S' and a digit", .where = "fw:2" },
	{ "no digit", .text = "SX030000FC\n", .options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "does not start with 'S' and a digit", .where = "fw:1" },
	{ "only S", .text = "S\n", .options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "does not start with 'S' and a digit", .where = "fw:1" },
	{ "only S1", .text = "S1\n", .options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "record has 2 characters", .where = "fw:1" },
	{ "half a byte", .text = "S9030000F\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "record has 9 characters",
		.where = "fw:1" },
	{ "too long",
		.text = "S3FF0000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"000000000000000000000000000000000000000000000000000000000000000000000000"
			"\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "record has 516 characters", .where = "fw:1" },
	{ "bad digit", .text = "S903000GFC\n", .options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "not a hex digit in column 8", .where = "fw:1" },
	{ "count lies", .text = "S9040000FC\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "record says 4 bytes but has 3",
		.where = "fw:1" },
	{ "too few bytes for the address", .text = "S3030000FC\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE,
		.expected = "S3 record has 3 bytes, expected at least 5", .where = "fw:1" },
	{ "end with data", .text = "S904000000FB\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "S9 record has 4 bytes, expected 3",
		.where = "fw:1" },
	{ "count with data", .text = "S504000000FB\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "S5 record has 4 bytes, expected 3",
		.where = "fw:1" },
	{ "bad checksum", .text = "S9030000FB\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "checksum is 0xfb, expected 0xfc",
		.where = "fw:1" },
	{ "no end", .text = "S104000001FA\n", .options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "S7, S8 or S9) is missing", .where = "fw:1", .hint = "cut short" },
	{ "data after the end",
		.text = "S9030000FC\n"
			"S104000001FA\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "after the S7, S8 or S9 record", .where = "fw:2" },
	{ "overlap names both lines",
		.text = "S004000048B3\n"
			"S107001001020304DE\n"
			"S104001304E4\n"
			"S9030000FC",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "0x00000013..0x00000013 is given twice: in line 2 and in line 3",
		.where = "fw:3" },
};

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_record__finds_address_and_data),
		cmocka_unit_test(parse__reports_each_failing_allocation),
		cmocka_unit_test(parse__reports_each_truncation),
	};

	return test_run_all("image/srec", tests, ARRAY_SIZE(tests), image_test_row, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
