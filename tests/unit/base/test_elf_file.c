/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/image/small.elf and tests/data/flm/small.flm as arm-none-eabi-readelf -hlSs shows
 * them. What happens to damaged ones is tested through image/elf and flash/flm too. */
#include "support/test.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/elf_file.h"
#include "base/file.h"

static uint8_t *bytes;
static size_t size;

static struct elf_file *open_test_file(const char *path)
{
	struct elf_file *file;

	assert_ok(file_read(test_source_path(path), 1 << 20, &bytes, &size));
	assert_ok(elf_file_open(bytes, size, &file));
	return file;
}

static void close_test_file(struct elf_file *file)
{
	elf_file_close(file);
	free(bytes);
}

static void open__reads_the_header(void **state)
{
	struct elf_file *file = open_test_file("tests/data/image/small.elf");

	(void)state;
	assert_int_equal(elf_file_get_type(file), ET_EXEC);
	assert_int_equal(elf_file_get_entry(file), 0x08000009);
	assert_int_equal(elf_file_segment_count(file), 4);
	assert_int_equal(elf_file_section_count(file), 8);
	assert_int_equal(elf_file_symbol_count(file), 14);
	close_test_file(file);
}

static void get_segment__gives_addresses_and_bytes(void **state)
{
	struct elf_file *file = open_test_file("tests/data/image/small.elf");
	struct elf_segment segment;

	(void)state;
	assert_ok(elf_file_get_segment(file, 2, &segment));
	assert_int_equal(segment.type, PT_LOAD);
	assert_int_equal(segment.flags, PF_R | PF_W);
	assert_int_equal(segment.virtual_address, 0x20000000);
	assert_int_equal(segment.physical_address, 0x0800000c);
	assert_int_equal(segment.memory_size, 4);
	assert_int_equal(segment.size, 4);
	assert_ptr_equal(segment.data, bytes + 0xc0);

	assert_ok(elf_file_get_segment(file, 3, &segment));
	assert_int_equal(segment.memory_size, 16);
	assert_int_equal(segment.size, 0);
	assert_null(segment.data);
	assert_fails(DAPPER_ERR_INVALID, elf_file_get_segment(file, 4, &segment));
	close_test_file(file);
}

static void get_section__gives_name_and_bytes(void **state)
{
	struct elf_file *file = open_test_file("tests/data/image/small.elf");
	struct elf_section section;

	(void)state;
	assert_ok(elf_file_get_section(file, 0, &section));
	assert_string_equal(section.name, "");
	assert_null(section.data);
	assert_ok(elf_file_get_section(file, 1, &section));
	assert_string_equal(section.name, ".text");
	assert_int_equal(section.index, 1);
	assert_int_equal(section.type, SHT_PROGBITS);
	assert_int_equal(section.flags, SHF_ALLOC | SHF_EXECINSTR);
	assert_int_equal(section.address, 0x08000000);
	assert_int_equal(section.alignment, 2);
	assert_int_equal(section.size, 12);
	assert_ptr_equal(section.data, bytes + 0xb4);
	assert_ok(elf_file_get_section(file, 4, &section));
	assert_string_equal(section.name, ".bss");
	assert_int_equal(section.type, SHT_NOBITS);
	assert_int_equal(section.size, 16);
	assert_null(section.data);
	assert_fails(DAPPER_ERR_INVALID, elf_file_get_section(file, 8, &section));
	close_test_file(file);
}

static void next_section__finds_all_of_one_name(void **state)
{
	struct elf_file *file = open_test_file("tests/data/flm/small.flm");
	struct elf_section section;
	size_t index = 0;
	bool found;

	(void)state;
	assert_ok(elf_file_next_section(file, "PrgData", &index, &section, &found));
	assert_true(found);
	assert_int_equal(section.type, SHT_PROGBITS);
	assert_int_equal(section.address, 0x14);
	assert_ok(elf_file_next_section(file, "PrgData", &index, &section, &found));
	assert_true(found);
	assert_int_equal(section.type, SHT_NOBITS);
	assert_int_equal(section.address, 0x18);
	assert_ok(elf_file_next_section(file, "PrgData", &index, &section, &found));
	assert_false(found);
	index = 0;
	assert_ok(elf_file_next_section(file, "Prg", &index, &section, &found));
	assert_false(found);
	close_test_file(file);
}

static void get_symbol__gives_functions_and_objects(void **state)
{
	struct elf_file *file = open_test_file("tests/data/image/small.elf");
	struct elf_symbol symbol;

	(void)state;
	assert_ok(elf_file_get_symbol(file, 13, &symbol));
	assert_string_equal(symbol.name, "start");
	assert_int_equal(symbol.value, 0x08000009);
	assert_int_equal(symbol.size, 4);
	assert_int_equal(symbol.type, STT_FUNC);
	assert_int_equal(symbol.binding, STB_GLOBAL);
	assert_int_equal(symbol.section_index, 1);
	assert_ok(elf_file_get_symbol(file, 11, &symbol));
	assert_string_equal(symbol.name, "buffer");
	assert_int_equal(symbol.type, STT_OBJECT);
	assert_int_equal(symbol.size, 16);
	assert_fails(DAPPER_ERR_INVALID, elf_file_get_symbol(file, 14, &symbol));
	close_test_file(file);
}

/* Vendors' files lie at any address inside a pack that was read into memory. */
static void open__takes_bytes_at_odd_addresses(void **state)
{
	struct elf_file *file = open_test_file("tests/data/image/small.elf");
	uint8_t *odd = malloc(size + 1);
	struct elf_symbol symbol;
	struct elf_segment segment;

	(void)state;
	assert_non_null(odd);
	elf_file_close(file);
	memcpy(odd + 1, bytes, size);
	assert_ok(elf_file_open(odd + 1, size, &file));
	assert_ok(elf_file_get_symbol(file, 13, &symbol));
	assert_string_equal(symbol.name, "start");
	assert_ok(elf_file_get_segment(file, 1, &segment));
	assert_memory_equal(segment.data, "dapper!", 7);
	assert_memory_equal(odd + 1, bytes, size);
	close_test_file(file);
	free(odd);
}

static void open__reports_a_failing_allocation(void **state)
{
	struct elf_file *file = open_test_file("tests/data/image/small.elf");
	struct elf_file *second = NULL;

	(void)state;
	alloc_fail_at(1);
	assert_fails(DAPPER_ERR_NO_MEMORY, elf_file_open(bytes, size, &second));
	alloc_fail_at(0);
	assert_null(second);
	close_test_file(file);
}

static void detect__looks_at_four_bytes(void **state)
{
	(void)state;
	assert_true(elf_file_detect("\177ELF", 4));
	assert_false(elf_file_detect("\177ELF", 3));
	assert_false(elf_file_detect("\177ELG", 4));
	assert_false(elf_file_detect("", 0));
}

static void close__takes_null(void **state)
{
	(void)state;
	elf_file_close(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(open__reads_the_header),
		cmocka_unit_test(get_segment__gives_addresses_and_bytes),
		cmocka_unit_test(get_section__gives_name_and_bytes),
		cmocka_unit_test(next_section__finds_all_of_one_name),
		cmocka_unit_test(get_symbol__gives_functions_and_objects),
		cmocka_unit_test(open__takes_bytes_at_odd_addresses),
		cmocka_unit_test(open__reports_a_failing_allocation),
		cmocka_unit_test(detect__looks_at_four_bytes),
		cmocka_unit_test(close__takes_null),
	};
	return cmocka_run_group_tests_name("base/elf_file", tests, NULL, NULL);
}
