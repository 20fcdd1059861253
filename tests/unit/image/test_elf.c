/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/image/small.elf, damaged in one place or another. */
#include "unit/image/image_test.h"

#include <elf.h>

#include "base/bytes.h"

#define SMALL "tests/data/image/small.elf"

/* Places in it: see System V ABI, figures 4-3 and 5-1; its program headers begin at 52. */
#define HEADER(field)         offsetof(Elf32_Ehdr, field)
#define SEGMENT(index, field) (52 + (index) * sizeof(Elf32_Phdr) + offsetof(Elf32_Phdr, field))

enum { MAX_PATCHES = 3 };

struct elf_case {
	const char *what;
	struct {
		size_t offset;
		unsigned size; /* Bytes; 0: no more. */
		uint32_t value;
	} patches[MAX_PATCHES];
	dapper_status status;
	const char *expected; /* As in struct image_case. */
	const char *where;
};

#define TEXT  "0x08000000 0010002009000008fee7c046"
#define DATA  "44332211"
#define EXTRA "; 0x08001000 64617070657221"
#define ENTRY "; entry 0x08000009"

static void parse__refuses_object_files(void **state)
{
	size_t size;
	uint8_t *data = image_test_file("tests/data/image/object.elf", &size);
	dapper_image *image = NULL;

	(void)state;
	assert_fails(
		DAPPER_ERR_PARSE, image_test_parse("fw.o", data, size, DAPPER_IMAGE_AUTO, &image));
	assert_message("is an object file, not an executable");
	assert_string_equal(dapper_error_last()->where, "fw.o");
	assert_string_equal(dapper_error_last()->hint, "link it first");
	free(data);
}

static void parse__reports_each_failing_allocation(void **state)
{
	size_t size;
	uint8_t *data = image_test_file(SMALL, &size);

	(void)state;
	image_test_failing_allocations(data, size, DAPPER_IMAGE_ELF);
	free(data);
}

static void parse__reports_each_truncation(void **state)
{
	size_t size;
	uint8_t *data = image_test_file(SMALL, &size);

	(void)state;
	free(data);
	/* Section headers are at its end. */
	image_test_truncations(SMALL, DAPPER_IMAGE_ELF, size);
}

static const struct elf_case cases[] = {
	{ "as it is", .expected = TEXT DATA EXTRA ENTRY },
	{ "entry 0 is none", { { HEADER(e_entry), 4, 0 } }, .expected = TEXT DATA EXTRA },
	{ "shared object", { { HEADER(e_type), 2, ET_DYN } }, .expected = TEXT DATA EXTRA ENTRY },
	{ "without section headers", { { HEADER(e_shoff), 4, 0 }, { HEADER(e_shnum), 2, 0 } },
		.expected = TEXT DATA EXTRA ENTRY },
	{ "physical address, not virtual", { { SEGMENT(1, p_paddr), 4, 0x100 } },
		.expected = "0x00000100 64617070657221; " TEXT DATA ENTRY },
	{ "not PT_LOAD", { { SEGMENT(2, p_type), 4, PT_NOTE } }, .expected = TEXT EXTRA ENTRY },
	{ "file size 0", { { SEGMENT(2, p_filesz), 4, 0 } }, .expected = TEXT EXTRA ENTRY },
	{ "at the end of the address space", { { SEGMENT(2, p_paddr), 4, 0xfffffffc } },
		.expected = TEXT EXTRA "; 0xfffffffc " DATA ENTRY },
	{ "over the end of the address space", { { SEGMENT(2, p_paddr), 4, 0xfffffffd } },
		DAPPER_ERR_PARSE, "0x4 bytes at 0xfffffffd reach over the end of the address space",
		.where = "fw, program header 2" },
	{ "overlap names both program headers", { { SEGMENT(2, p_paddr), 4, 0x08000ffe } },
		DAPPER_ERR_PARSE,
		"data for 0x08001000..0x08001001 is given twice: in program header 1 and in "
		"program header 2",
		.where = "fw, program header 2" },
	{ "more in the file than in memory", { { SEGMENT(1, p_memsz), 4, 6 } }, DAPPER_ERR_PARSE,
		"0x7 bytes in the file for 0x6 bytes of memory", .where = "fw, program header 1" },
	{ "data outside the file", { { SEGMENT(1, p_offset), 4, 836 - 6 } }, DAPPER_ERR_PARSE,
		"reach over the file's end at 0x344", .where = "fw, program header 1" },
	{ "offset and size that wrap",
		{ { SEGMENT(1, p_offset), 4, 0xffffffff }, { SEGMENT(1, p_filesz), 4, 8 } },
		DAPPER_ERR_PARSE, "reach over the file's end", .where = "fw, program header 1" },
	{ "nothing to load", { { HEADER(e_phnum), 2, 0 } }, DAPPER_ERR_PARSE, "nothing to load",
		.where = "fw" },
	{ "core dump", { { HEADER(e_type), 2, ET_CORE } }, DAPPER_ERR_PARSE,
		"is a core dump, not an executable", .where = "fw" },
	{ "unknown type", { { HEADER(e_type), 2, 0x1234 } }, DAPPER_ERR_PARSE, "is of unknown type",
		.where = "fw" },
	{ "64-bit", { { EI_CLASS, 1, ELFCLASS64 } }, DAPPER_ERR_UNSUPPORTED,
		"ELF class is 2, expected 1 (32-bit)", .where = "fw" },
	{ "big-endian", { { EI_DATA, 1, ELFDATA2MSB } }, DAPPER_ERR_UNSUPPORTED,
		"ELF data encoding is 2, expected 1 (little-endian)", .where = "fw" },
	{ "another machine", { { HEADER(e_machine), 2, EM_RISCV } }, DAPPER_ERR_UNSUPPORTED,
		"ELF machine is 243, expected 40 (Arm)", .where = "fw" },
	{ "another version", { { EI_VERSION, 1, 2 } }, DAPPER_ERR_PARSE, "ELF version",
		.where = "fw" },
	{ "odd size of program headers", { { HEADER(e_phentsize), 2, 31 } }, DAPPER_ERR_PARSE,
		"program header table entries have 31 bytes, expected 32", .where = "fw" },
	{ "odd size of section headers", { { HEADER(e_shentsize), 2, 0 } }, DAPPER_ERR_PARSE,
		"section header table entries have 0 bytes, expected 40", .where = "fw" },
	{ "program headers outside the file", { { HEADER(e_phoff), 4, 836 - 4 * 32 + 1 } },
		DAPPER_ERR_PARSE, "program header table (4 entries at 0x2c5) reaches over",
		.where = "fw" },
	{ "section headers outside the file", { { HEADER(e_shnum), 2, 9 } }, DAPPER_ERR_PARSE,
		"section header table (9 entries at 0x204) reaches over", .where = "fw" },
	{ "number of segments elsewhere", { { HEADER(e_phnum), 2, PN_XNUM } }, DAPPER_ERR_LIMIT,
		"more than 65000 segments", .where = "fw" },
	{ "number of sections elsewhere", { { HEADER(e_shnum), 2, 0 } }, DAPPER_ERR_LIMIT,
		"more than 65000 sections", .where = "fw" },
};

static void patch(const struct elf_case *row, uint8_t *data)
{
	for (size_t i = 0; i < MAX_PATCHES; i++)
		for (unsigned k = 0; k < row->patches[i].size; k++)
			data[row->patches[i].offset + k] =
				(uint8_t)(row->patches[i].value >> (8 * k));
}

static void parse__row(void **state)
{
	const struct elf_case *row = *state;
	struct image_case image_row = {
		.what = row->what,
		.status = row->status,
		.expected = row->expected,
		.where = row->where,
	};
	void *image_state = &image_row;
	uint8_t *data = image_test_file(SMALL, &image_row.size);

	patch(row, data);
	image_row.text = (const char *)data;
	image_test_row(&image_state);
	free(data);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__refuses_object_files),
		cmocka_unit_test(parse__reports_each_failing_allocation),
		cmocka_unit_test(parse__reports_each_truncation),
	};

	return test_run_all("image/elf", tests, ARRAY_SIZE(tests), parse__row, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
