/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/image/image_test.h"

#include "image/ihex.h"

#define FORMAT DAPPER_IMAGE_IHEX

static void parser_feed__splits_data_where_addresses_wrap(void **state)
{
	static const char base[] = ":02000002F0000C";
	static const char data[] = ":02FFFF00AABB9B";
	struct ihex_parser parser = { 0 };
	struct ihex_event event;

	(void)state;
	assert_ok(ihex_parser_feed(&parser, base, strlen(base), &event));
	assert_int_equal(event.kind, IHEX_EVENT_NONE);
	assert_ok(ihex_parser_feed(&parser, data, strlen(data), &event));
	assert_int_equal(event.kind, IHEX_EVENT_DATA);
	assert_int_equal(event.run_count, 2);
	assert_int_equal(event.runs[0].address, 0xf0000 + 0xffff);
	assert_int_equal(event.runs[0].size, 1);
	assert_int_equal(event.runs[0].data[0], 0xaa);
	assert_int_equal(event.runs[1].address, 0xf0000);
	assert_int_equal(event.runs[1].size, 1);
	assert_int_equal(event.runs[1].data[0], 0xbb);
}

static void parse_record__leaves_the_record_on_failure(void **state)
{
	static const char wrong[] = ":0300300002337A1F";
	struct ihex_record record = { .type = 0x55, .size = 7 };

	(void)state;
	assert_fails(DAPPER_ERR_PARSE, ihex_parse_record(wrong, strlen(wrong), &record));
	assert_int_equal(record.type, 0x55);
	assert_int_equal(record.size, 7);
}

static void parse__reports_each_failing_allocation(void **state)
{
	size_t size;
	uint8_t *data = image_test_file("tests/data/image/small.hex", &size);

	(void)state;
	image_test_failing_allocations(data, size, FORMAT);
	free(data);
}

static void parse__reports_each_truncation(void **state)
{
	(void)state;
	/* CR LF at the end may be missing. */
	image_test_truncations("tests/data/image/small.hex", FORMAT, 134);
}

/* Checksums were computed apart from the library. */
static const struct image_case cases[] = {
	{ "data record",
		.text = ":0300300002337A1E\n"
			":00000001FF\n",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "lower case digits",
		.text = ":0300300002337a1e\n"
			":00000001ff\n",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "no line end after the last record",
		.text = ":0300300002337A1E\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "CR LF line ends",
		.text = ":0300300002337A1E\r\n"
			":00000001FF\r\n",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "CR line ends",
		.text = ":0300300002337A1E\r"
			":00000001FF\r",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "blanks, empty lines and Ctrl-Z",
		.text = "\n"
			"  :0300300002337A1E \t\n"
			"\n"
			":00000001FF\n"
			"\n"
			"\x1a",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "empty data record",
		.text = ":00001000F0\n"
			":0300300002337A1E\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00000030 02337a" },
	{ "255 data bytes",
		.text = ":FF000000000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F2"
			"02122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40414243444"
			"5464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696"
			"A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8"
			"F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B"
			"4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D"
			"9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDF"
			"E80\n"
			":00000001FF",
		.options.format = FORMAT,
		.expected =
			"0x00000000 "
			"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324"
			"25262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40414243444546474849"
			"4a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e"
			"6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f90919293"
			"9495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8"
			"b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdd"
			"dedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfe" },
	{ "extended linear address",
		.text = ":020000040800F2\n"
			":020010000102EB\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x08000010 0102" },
	{ "extended segment address",
		.text = ":020000021234B6\n"
			":020010000102EB\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00012350 0102" },
	{ "linear base replaces a segment base",
		.text = ":020000021234B6\n"
			":020000042000DA\n"
			":0100000001FE\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x20000000 01" },
	{ "segment base replaces a linear base",
		.text = ":020000042000DA\n"
			":020000021000EC\n"
			":0100000001FE\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00010000 01" },
	{ "without base, addresses are linear",
		.text = ":04FFFE0001020304F5\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x0000fffe 01020304" },
	{ "linear addresses run over 64 KB",
		.text = ":020000040800F2\n"
			":04FFFE0001020304F5\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x0800fffe 01020304" },
	{ "linear addresses wrap at 4 GB",
		.text = ":02000004FFFFFC\n"
			":04FFFE0001020304F5\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00000000 0304; 0xfffffffe 0102" },
	{ "last byte of the address space",
		.text = ":02000004FFFFFC\n"
			":01FFFF000100\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0xffffffff 01" },
	{ "segment offsets wrap at 64 KB",
		.text = ":020000021000EC\n"
			":04FFFE0001020304F5\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00010000 0304; 0x0001fffe 0102" },
	{ "start linear address",
		.text = ":0100000001FE\n"
			":0400000508000131BD\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00000000 01; entry 0x08000131" },
	{ "start segment address is CS * 16 + IP",
		.text = ":0100000001FE\n"
			":0400000312340005AE\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00000000 01; entry 0x00012345" },
	{ "adjacent records merge, in any order",
		.text = ":0100040005F6\n"
			":0400000001020304F2\n"
			":0100080009EE\n"
			":00000001FF",
		.options.format = FORMAT, .expected = "0x00000000 0102030405; 0x00000008 09" },
	{ "no colon",
		.text = ":0300300002337A1E\n"
			"00000001FF\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "does not start with ':'", .where = "fw:2" },
	{ "half a byte",
		.text = ":0300300002337A1E\n"
			":00000001F\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "record has 10 characters", .where = "fw:2" },
	{ "too short", .text = ":00000001\n", .options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "record has 9 characters", .where = "fw:1" },
	{ "too long",
		.text = ":0000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000000000000000000000000000000000000000000000000000000000000000000000000"
			"00000\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "record has 523 characters", .where = "fw:1" },
	{ "bad digit", .text = ":0000000GFF\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "not a hex digit in column 9",
		.where = "fw:1" },
	{ "bad first digit of a pair", .text = ":000000G1FF\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "not a hex digit in column 8",
		.where = "fw:1" },
	{ "size lies", .text = ":01000001FF\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "record says 1 data bytes but has 0",
		.where = "fw:1" },
	{ "bad checksum", .text = ":0300300002337A1F\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "checksum is 0x1f, expected 0x1e",
		.where = "fw:1" },
	{ "line numbers count empty lines and CR LF",
		.text = "\r\n"
			"\r\n"
			"\n"
			":0300300002337A1F\r\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE, .expected = "checksum",
		.where = "fw:4" },
	{ "no end-of-file record", .text = ":0300300002337A1E\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE,
		.expected = "end-of-file record (:00000001FF) is missing", .where = "fw:1",
		.hint = "cut short" },
	{ "data after the end",
		.text = ":0300300002337A1E\n"
			":00000001FF\n"
			":0100000001FE\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "after the end-of-file record", .where = "fw:3" },
	{ "second end",
		.text = ":0100000001FE\n"
			":00000001FF\n"
			":00000001FF\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "after the end-of-file record", .where = "fw:3" },
	{ "text after the end",
		.text = ":0100000001FE\n"
			":00000001FF\n"
			"thank you\n",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "does not start with ':'", .where = "fw:3" },
	{ "end with data", .text = ":0100000101FD\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE,
		.expected = "end-of-file record has 1 data bytes, expected 0", .where = "fw:1" },
	{ "segment base of 4 bytes", .text = ":0400000200001000EA\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE,
		.expected = "extended segment address record has 4 data bytes, expected 2",
		.where = "fw:1" },
	{ "linear base of 1 byte", .text = ":0100000408F3\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE,
		.expected = "extended linear address record has 1 data bytes, expected 2",
		.where = "fw:1" },
	{ "segment start of 2 bytes", .text = ":020000030800F3\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE,
		.expected = "start segment address record has 2 data bytes, expected 4",
		.where = "fw:1" },
	{ "linear start of 5 bytes", .text = ":050000050800000000EE\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE,
		.expected = "start linear address record has 5 data bytes, expected 4",
		.where = "fw:1" },
	{ "unknown type", .text = ":0100000601F8\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "unknown record type 0x06",
		.where = "fw:1" },
	{ "micro:bit universal hex", .text = ":0400000A9903C0DEB8\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "unknown record type 0x0a", .where = "fw:1",
		.hint = "micro:bit universal hex" },
	{ "overlap names both lines",
		.text = ":0400100001020304E2\n"
			":0100000000FF\n"
			":020012000304E5\n"
			":00000001FF",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "0x00000012..0x00000013 is given twice: in line 1 and in line 3",
		.where = "fw:3" },
	{ "overlap with an earlier, lower record",
		.text = ":020012000304E5\n"
			":0400100001020304E2\n"
			":00000001FF",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "in line 1 and in line 2", .where = "fw:2" },
	{ "overlap by wrapping",
		.text = ":02000004FFFFFC\n"
			":02FFFF000102FD\n"
			":020000040000FA\n"
			":0100000002FD\n"
			":00000001FF",
		.options.format = FORMAT, .status = DAPPER_ERR_PARSE,
		.expected = "0x00000000..0x00000000 is given twice: in line 2 and in line 4",
		.where = "fw:4" },
	{ "nothing but the end", .text = ":00000001FF\n", .options.format = FORMAT,
		.status = DAPPER_ERR_PARSE, .expected = "nothing to load", .where = "fw" },
};

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parser_feed__splits_data_where_addresses_wrap),
		cmocka_unit_test(parse_record__leaves_the_record_on_failure),
		cmocka_unit_test(parse__reports_each_failing_allocation),
		cmocka_unit_test(parse__reports_each_truncation),
	};

	return test_run_all("image/ihex", tests, ARRAY_SIZE(tests), image_test_row, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
