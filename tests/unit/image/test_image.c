/* SPDX-License-Identifier: Apache-2.0 */
/* Detection, options, raw binaries, and the object. */
#include "unit/image/image_test.h"

#define HEX    ":0300300002337A1E\n:00000001FF\n"
#define SREC   "S106003002337A1A\nS9030000FC\n"
#define BINARY "\x00\x10\x00\x20"
#define UF2    "UF2\n\x57\x51\x5d\x9e rest"

/* A text with NULs in it, or any: without the NUL at its end. */
#define BYTES(string) .text = (string), .size = sizeof(string) - 1
#define BASE(address) .options = { .has_base_address = true, .base_address = (address) }

static void load__gives_the_same_for_each_format(void **state)
{
	static const struct {
		const char *path;
		dapper_image_format format;
	} files[] = {
		{ "tests/data/image/small.elf", DAPPER_IMAGE_ELF },
		{ "tests/data/image/small.hex", DAPPER_IMAGE_IHEX },
		{ "tests/data/image/small.srec", DAPPER_IMAGE_SREC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *path = test_source_path(files[i].path);
		dapper_context *context = image_test_context();
		char text[1024];
		dapper_image *image;

		assert_ok(dapper_image_load(context, path, NULL, &image));
		dapper_context_unref(context);
		assert_int_equal(dapper_image_get_format(image), files[i].format);
		assert_string_equal(dapper_image_get_name(image), path);
		assert_int_equal(dapper_image_get_size(image), 12 + 4 + 7);
		/* As arm-none-eabi-readelf -l and arm-none-eabi-objdump -s show the ELF file. */
		image_test_describe(image, text, sizeof(text));
		assert_string_equal(text, "0x08000000 0010002009000008fee7c04644332211; "
					  "0x08001000 64617070657221; entry 0x08000009");
		assert_null(dapper_image_get_segment(image, 2));
		dapper_image_free(image);
	}
}

static void load__reports_files_that_cannot_be_read(void **state)
{
	dapper_context *context = image_test_context();
	dapper_image *image = NULL;

	(void)state;
	assert_fails(DAPPER_ERR_FILE,
		dapper_image_load(context, test_source_path("tests/none.hex"), NULL, &image));
	assert_message("tests/none.hex");
	assert_fails(DAPPER_ERR_FILE,
		dapper_image_load(context, test_source_path("tests"), NULL, &image));
	assert_message("not a regular file");
	assert_null(image);
	dapper_context_unref(context);
}

static void load__names_file_and_line(void **state)
{
	static const char text[] = ":0300300002337A1E\n:0000000";
	char path[] = "/tmp/dapper-test-XXXXXX";
	int file = mkstemp(path);
	dapper_context *context = image_test_context();
	dapper_image *image = NULL;
	char where[64];

	(void)state;
	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	close(file);
	snprintf(where, sizeof(where), "%s:2", path);
	assert_fails(DAPPER_ERR_PARSE, dapper_image_load(context, path, NULL, &image));
	assert_string_equal(dapper_error_last()->where, where);
	unlink(path);
	dapper_context_unref(context);
}

static void parse__refuses_files_over_the_limit(void **state)
{
	const size_t size = (64 << 20) + 1;
	uint8_t *data = calloc(size, 1);
	dapper_image *image = NULL;

	(void)state;
	assert_non_null(data);
	assert_fails(
		DAPPER_ERR_LIMIT, image_test_parse("fw", data, size, DAPPER_IMAGE_IHEX, &image));
	assert_message("larger than 64 MB");
	free(data);
}

static void parse__refuses_missing_arguments(void **state)
{
	dapper_context *context = image_test_context();
	dapper_image *image = NULL;

	(void)state;
	assert_fails(DAPPER_ERR_INVALID, dapper_image_parse(NULL, "fw", HEX, 5, NULL, &image));
	assert_fails(DAPPER_ERR_INVALID, dapper_image_parse(context, NULL, HEX, 5, NULL, &image));
	assert_fails(DAPPER_ERR_INVALID, dapper_image_parse(context, "fw", NULL, 5, NULL, &image));
	assert_fails(DAPPER_ERR_INVALID, dapper_image_parse(context, "fw", HEX, 5, NULL, NULL));
	assert_fails(DAPPER_ERR_INVALID, dapper_image_load(NULL, "fw", NULL, &image));
	assert_fails(DAPPER_ERR_INVALID, dapper_image_load(context, NULL, NULL, &image));
	assert_fails(DAPPER_ERR_INVALID, dapper_image_load(context, "fw", NULL, NULL));
	dapper_context_unref(context);
}

static void parse__checks_options(void **state)
{
	dapper_image_options options = { .format = DAPPER_IMAGE_IHEX };
	dapper_context *context = image_test_context();
	dapper_image *image = NULL;

	(void)state;
	assert_fails(DAPPER_ERR_INVALID,
		dapper_image_parse(context, "fw", HEX, strlen(HEX), &options, &image));
	assert_message("struct_size");
	options.struct_size = sizeof(options);
	options.format = (dapper_image_format)99;
	assert_fails(DAPPER_ERR_INVALID,
		dapper_image_parse(context, "fw", HEX, strlen(HEX), &options, &image));
	assert_message("no image format 99");
	dapper_context_unref(context);
}

/* One that was compiled before there was a base address: it is not read. */
static void parse__takes_shorter_options(void **state)
{
	dapper_image_options options = { .has_base_address = true };
	dapper_context *context = image_test_context();
	dapper_image *image;

	(void)state;
	options.struct_size = offsetof(dapper_image_options, has_base_address);
	assert_ok(dapper_image_parse(context, "fw", HEX, strlen(HEX), &options, &image));
	dapper_image_free(image);
	dapper_context_unref(context);
}

static void parse__copies_what_it_is_given(void **state)
{
	char data[] = BINARY;
	char name[] = "fw";
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_context *context = image_test_context();
	dapper_image *image;

	(void)state;
	options.has_base_address = true;
	assert_ok(dapper_image_parse(context, name, data, 4, &options, &image));
	dapper_context_unref(context);
	memset(data, 0x55, sizeof(data));
	name[0] = 'x';
	assert_string_equal(dapper_image_get_name(image), "fw");
	assert_memory_equal(dapper_image_get_segment(image, 0)->data, BINARY, 4);
	dapper_image_free(image);
}

static void parse__reports_each_failing_allocation_of_a_binary(void **state)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_context *context = image_test_context();
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	uint64_t n = 0;

	(void)state;
	options.has_base_address = true;
	while (status != DAPPER_OK) {
		dapper_image *image = NULL;

		assert_true(++n < 100);
		alloc_fail_at(n);
		status = dapper_image_parse(context, "fw", BINARY, 4, &options, &image);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			test_assert_fails(
				DAPPER_ERR_NO_MEMORY, status, "parse", __FILE__, __LINE__);
		dapper_image_free(image);
	}
	/* The image, its name, pieces, bytes, segments. */
	assert_int_equal(n, 6);
	dapper_context_unref(context);
}

static void free__takes_null(void **state)
{
	(void)state;
	dapper_image_free(NULL);
}

static void format_text__names_each(void **state)
{
	(void)state;
	assert_string_equal(dapper_image_format_text(DAPPER_IMAGE_ELF), "ELF");
	assert_string_equal(dapper_image_format_text(DAPPER_IMAGE_IHEX), "Intel HEX");
	assert_string_equal(dapper_image_format_text(DAPPER_IMAGE_SREC), "S-record");
	assert_string_equal(dapper_image_format_text(DAPPER_IMAGE_BIN), "binary");
	assert_string_equal(dapper_image_format_text((dapper_image_format)99), "unknown");
}

static const struct image_case cases[] = {
	{ "Intel HEX is detected", BYTES(HEX), .expected = "0x00000030 02337a" },
	{ "S-record is detected", BYTES(SREC), .expected = "0x00000030 02337a" },
	{ "binary is detected", BYTES(BINARY), BASE(0x20000000),
		.expected = "0x20000000 00100020" },
	{ "Intel HEX after empty lines", BYTES("\n\r\n " HEX), .expected = "0x00000030 02337a" },
	{ "damaged Intel HEX is still that", BYTES(":0300300002337A1E\n:\0000000001FF\n"),
		.status = DAPPER_ERR_PARSE, .expected = "not a hex digit in column 2",
		.where = "fw:2" },
	{ "damaged S-record is still that", BYTES("S106003002337A1A\nS9\00130000FC\n"),
		.status = DAPPER_ERR_PARSE, .expected = "not a hex digit", .where = "fw:2" },
	{ "Intel HEX with a damaged first line", BYTES(":03q\n" HEX), .status = DAPPER_ERR_PARSE,
		.expected = "record has 4 characters", .where = "fw:1" },
	{ "S-record with a damaged first line", BYTES("S1q\n" SREC), .status = DAPPER_ERR_PARSE,
		.expected = "record has 3 characters", .where = "fw:1" },
	{ "binary that begins with a colon", BYTES(":123\x01\xff"), BASE(0),
		.expected = "0x00000000 3a31323301ff" },
	{ "binary that begins with S1", BYTES("S123\x01\xff"), BASE(0),
		.expected = "0x00000000 5331323301ff" },
	{ "text of another kind", BYTES("\nint main(void)\n"), .status = DAPPER_ERR_PARSE,
		.expected = "text file that is neither Intel HEX nor S-record", .where = "fw:2",
		.hint = "Intel HEX lines start with ':'" },
	{ "text that begins with S", BYTES("Some text\n"), .status = DAPPER_ERR_PARSE,
		.expected = "text file that is neither Intel HEX nor S-record", .where = "fw:1" },
	{ "text with a base address is a binary", BYTES("text"), BASE(0),
		.expected = "0x00000000 74657874" },
	{ "text as binary on request", BYTES("text"),
		.options = { .format = DAPPER_IMAGE_BIN, .has_base_address = true },
		.expected = "0x00000000 74657874" },
	{ "only empty lines", BYTES("\n \n\n"), .status = DAPPER_ERR_PARSE,
		.expected = "text file that is neither" },
	{ "UF2", BYTES(UF2), .status = DAPPER_ERR_UNSUPPORTED, .expected = "UF2", .where = "fw",
		.hint = "ELF or Intel HEX" },
	{ "ELF by its first bytes",
		BYTES("\x7f"
		      "ELF"),
		.status = DAPPER_ERR_PARSE, .expected = "ELF header is cut short", .where = "fw" },
	{ "binary without base address", BYTES(BINARY), .status = DAPPER_ERR_INVALID,
		.expected = "raw binary does not say", .where = "fw", .hint = "--base-address" },
	{ "binary on request without base address", BYTES(HEX),
		.options = { .format = DAPPER_IMAGE_BIN }, .status = DAPPER_ERR_INVALID,
		.expected = "raw binary does not say", .hint = "--base-address" },
	{ "base address for Intel HEX", BYTES(HEX), BASE(0x1000), .status = DAPPER_ERR_INVALID,
		.expected = "the file is Intel HEX and has its own addresses", .where = "fw",
		.hint = "leave --base-address away" },
	{ "base address for S-record", BYTES(SREC), BASE(0x1000), .status = DAPPER_ERR_INVALID,
		.expected = "the file is S-record and has its own addresses" },
	{ "base address for ELF",
		BYTES("\x7f"
		      "ELF"),
		BASE(0), .status = DAPPER_ERR_INVALID,
		.expected = "the file is ELF and has its own addresses" },
	{ "Intel HEX on request", BYTES(SREC), .options = { .format = DAPPER_IMAGE_IHEX },
		.status = DAPPER_ERR_PARSE, .expected = "does not start with ':'",
		.where = "fw:1" },
	{ "ELF on request", BYTES(HEX), .options = { .format = DAPPER_IMAGE_ELF },
		.status = DAPPER_ERR_PARSE, .expected = "not an ELF file", .where = "fw" },
	{ "binary at the end of 64 bits", BYTES(BINARY), BASE(UINT64_MAX - 3),
		.expected = "0xfffffffffffffffc 00100020" },
	{ "binary over the end of 64 bits", BYTES(BINARY), BASE(UINT64_MAX - 2),
		.status = DAPPER_ERR_INVALID, .expected = "reach over the end", .where = "fw" },
};

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(load__gives_the_same_for_each_format),
		cmocka_unit_test(load__reports_files_that_cannot_be_read),
		cmocka_unit_test(load__names_file_and_line),
		cmocka_unit_test(parse__refuses_files_over_the_limit),
		cmocka_unit_test(parse__refuses_missing_arguments),
		cmocka_unit_test(parse__checks_options),
		cmocka_unit_test(parse__takes_shorter_options),
		cmocka_unit_test(parse__copies_what_it_is_given),
		cmocka_unit_test(parse__reports_each_failing_allocation_of_a_binary),
		cmocka_unit_test(free__takes_null),
		cmocka_unit_test(format_text__names_each),
	};

	return test_run_all("image/image", tests, ARRAY_SIZE(tests), image_test_row, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
