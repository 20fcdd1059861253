/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/flm/small.flm, as it is and damaged. */
#include "unit/flash/flm_test.h"

#include <elf.h>

#include "base/alloc.h"

#define SMALL "tests/data/flm/small.flm"

/* Places in it, as arm-none-eabi-readelf -S shows them. */
#define SECTION(index, field) (720 + (index) * sizeof(Elf32_Shdr) + offsetof(Elf32_Shdr, field))
#define SYMBOL(index, field)  (0x144 + (index) * sizeof(Elf32_Sym) + offsetof(Elf32_Sym, field))
#define DEVICE(offset)        (0x8c + (offset)) /* struct FlashDevice */
#define SECTOR_SIZE(index)    DEVICE(160 + 8 * (index))
#define SECTOR_ADDRESS(index) DEVICE(164 + 8 * (index))

enum {
	/* Sections and symbols by number. */
	PRG_CODE = 1,
	PRG_DATA = 2,
	PRG_BSS = 3,
	DEV_DSCR = 4,
	SYMBOL_VERIFY = 7,
	SYMBOL_INIT = 12,
	SYMBOL_DEVICE = 13,
	MAX_PATCHES = 4,
	MAX_RUNS = 3,
};

struct flm_case {
	const char *what;
	struct {
		size_t offset;
		unsigned size; /* Bytes; 0: no more. */
		uint32_t value;
	} patches[MAX_PATCHES];
	dapper_status status;
	const char *message;
	/* On success; no runs, or image_size 0: not looked at. */
	struct flm_sectors sectors[MAX_RUNS];
	uint32_t image_size;
	uint32_t bss_size;
	uint32_t static_base;
	uint32_t alignment;
};

static uint8_t *small_file(size_t *size)
{
	return flm_test_file(test_source_path(SMALL), size);
}

static struct flm *parse_small(void)
{
	size_t size;
	uint8_t *data = small_file(&size);
	struct flm *flm = NULL;

	assert_ok(flm_parse("small.flm", data, size, &flm));
	free(data);
	return flm;
}

/* Against tests/data/flm/small.s. */
static void parse__understands_all(void **state)
{
	static const uint8_t image[] = {
		0x00, 0x20, 0x70, 0x47, /* Init: movs r0, #0; bx lr */
		0x00, 0x20, 0x70, 0x47, /* UnInit */
		0x00, 0x20, 0x70, 0x47, /* EraseSector */
		0x00, 0x20, 0x70, 0x47, /* ProgramPage */
		0x70, 0x47, 0xc0, 0x46, /* the local Verify: bx lr; nop */
		0x88, 0x77, 0x66, 0x55, /* PrgData */
	};
	struct flm *flm = parse_small();

	(void)state;
	flm_test_check(flm);
	assert_int_equal(flm->device.version, 0x0101);
	assert_string_equal(flm->device.name, "small");
	assert_int_equal(flm->device.type, FLM_TYPE_ONCHIP);
	assert_int_equal(flm->device.start, 0x08000000);
	assert_int_equal(flm->device.size, 0x18000);
	assert_int_equal(flm->device.page_size, 256);
	assert_int_equal(flm->device.erased_value, 0xff);
	assert_int_equal(flm->device.program_timeout_ms, 100);
	assert_int_equal(flm->device.erase_timeout_ms, 2000);
	assert_int_equal(flm->size, sizeof(image));
	assert_memory_equal(flm->bytes, image, sizeof(image));
	assert_int_equal(flm->bss_size, 8);
	assert_int_equal(flm->static_base, 0x14);
	assert_int_equal(flm->functions[FLM_INIT], 0x0);
	assert_int_equal(flm->functions[FLM_UNINIT], 0x4);
	assert_int_equal(flm->functions[FLM_ERASE_SECTOR], 0x8);
	assert_int_equal(flm->functions[FLM_PROGRAM_PAGE], 0xc);
	assert_int_equal(flm->functions[FLM_ERASE_CHIP], FLM_ABSENT);
	assert_int_equal(flm->functions[FLM_VERIFY], FLM_ABSENT);
	assert_int_equal(flm->functions[FLM_BLANK_CHECK], FLM_ABSENT);
	flm_free(flm);
}

static void parse__cuts_a_name_without_end(void **state)
{
	size_t size;
	uint8_t *data = small_file(&size);
	struct flm *flm = NULL;

	(void)state;
	memset(data + DEVICE(2), 'n', 128);
	assert_ok(flm_parse("small.flm", data, size, &flm));
	assert_int_equal(strlen(flm->device.name), 128);
	flm_free(flm);
	free(data);
}

static void parse__reports_each_failing_allocation(void **state)
{
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	size_t size;
	uint8_t *data = small_file(&size);
	uint64_t n = 0;

	(void)state;
	while (status != DAPPER_OK) {
		struct flm *flm = NULL;

		assert_true(++n < 100);
		alloc_fail_at(n);
		status = flm_parse("small.flm", data, size, &flm);
		alloc_fail_at(0);
		if (status != DAPPER_OK) {
			assert_null(flm);
			test_assert_fails(
				DAPPER_ERR_NO_MEMORY, status, "flm_parse", __FILE__, __LINE__);
			assert_string_equal(dapper_error_last()->where, "small.flm");
		}
		flm_free(flm);
	}
	/* The FLM, the ELF file, sectors and image. */
	assert_int_equal(n, 5);
	free(data);
}

static void parse__reports_each_truncation(void **state)
{
	size_t size;
	uint8_t *data = small_file(&size);

	(void)state;
	for (size_t length = 0; length < size; length++) {
		uint8_t *part = malloc(length ? length : 1);
		struct flm *flm = NULL;

		assert_non_null(part);
		memcpy(part, data, length);
		assert_fails(DAPPER_ERR_PARSE, flm_parse("small.flm", part, length, &flm));
		assert_string_equal(dapper_error_last()->where, "small.flm");
		assert_null(flm);
		free(part);
	}
	free(data);
}

/* Each byte of the file wrong, one after the other: accepted or refused, never out of bounds. */
static void parse__survives_each_damaged_byte(void **state)
{
	static const uint8_t damages[] = { 0x01, 0x80, 0xff };
	size_t size;
	uint8_t *data = small_file(&size);

	(void)state;
	for (size_t i = 0; i < size * ARRAY_SIZE(damages); i++) {
		uint8_t *place = &data[i / ARRAY_SIZE(damages)];
		struct flm *flm = NULL;

		*place ^= damages[i % ARRAY_SIZE(damages)];
		if (flm_parse("small.flm", data, size, &flm) == DAPPER_OK)
			flm_test_check(flm);
		flm_free(flm);
		*place ^= damages[i % ARRAY_SIZE(damages)];
	}
	free(data);
}

static void parse__refuses_executables(void **state)
{
	size_t size;
	uint8_t *data = flm_test_file(test_source_path("tests/data/image/small.elf"), &size);
	struct flm *flm = NULL;

	(void)state;
	assert_fails(DAPPER_ERR_PARSE, flm_parse("small.elf", data, size, &flm));
	assert_message("section 'PrgCode' is missing");
	assert_string_equal(
		dapper_error_last()->hint, "this ELF file is not a CMSIS flash algorithm");
	free(data);
}

static void find_sector__finds_each(void **state)
{
	static const struct {
		uint64_t address;
		uint32_t start; /* 0: none */
		uint32_t size;
	} places[] = {
		{ 0x07ffffff, 0, 0 },
		{ 0x08000000, 0x08000000, 0x4000 },
		{ 0x08003fff, 0x08000000, 0x4000 },
		{ 0x08004000, 0x08004000, 0x4000 },
		{ 0x08008000, 0x08008000, 0x8000 },
		{ 0x08017fff, 0x08010000, 0x8000 },
		{ 0x08018000, 0, 0 },
		{ UINT64_C(0x108000000), 0, 0 },
	};
	struct flm *flm = parse_small();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		uint32_t start = 0;
		uint32_t size = 0;
		bool found = flm_find_sector(&flm->device, places[i].address, &start, &size);

		assert_int_equal(found, places[i].size != 0);
		assert_int_equal(start, places[i].start);
		assert_int_equal(size, places[i].size);
	}
	flm_free(flm);
}

static void free__takes_null(void **state)
{
	(void)state;
	flm_free(NULL);
}

static void function_text__names_each(void **state)
{
	(void)state;
	assert_string_equal(flm_function_text(FLM_INIT), "Init");
	assert_string_equal(flm_function_text(FLM_PROGRAM_PAGE), "ProgramPage");
	assert_string_equal(flm_function_text(FLM_BLANK_CHECK), "BlankCheck");
	assert_string_equal(flm_function_text(FLM_FUNCTION_COUNT), "unknown");
}

#define FAILS(expected, text) .status = DAPPER_##expected, .message = (text)

static const struct flm_case cases[] = {
	/* Sectors: 2 of 0x4000 at 0, 2 of 0x8000 at 0x8000 in a device of 0x18000 at 0x08000000. */
	{ .what = "sectors of two sizes", .sectors = { { 0, 0x4000, 2 }, { 0x8000, 0x8000, 2 } } },
	{ .what = "sectors by address, not offset",
		.patches = { { SECTOR_ADDRESS(0), 4, 0x08000000 },
			{ SECTOR_ADDRESS(1), 4, 0x08008000 } },
		.sectors = { { 0, 0x4000, 2 }, { 0x8000, 0x8000, 2 } } },
	{ .what = "sectors by an address before the device",
		.patches = { { SECTOR_ADDRESS(0), 4, 0x07ff0000 },
			{ SECTOR_ADDRESS(1), 4, 0x08008000 } },
		.sectors = { { 0, 0x4000, 2 }, { 0x8000, 0x8000, 2 } } },
	{ .what = "sectors by address of a device that is larger than its address",
		.patches = { { DEVICE(132), 4, 0x4000 }, { SECTOR_ADDRESS(0), 4, 0x4000 },
			{ SECTOR_ADDRESS(1), 4, 0xc000 } },
		.sectors = { { 0, 0x4000, 2 }, { 0x8000, 0x8000, 2 } } },
	{ .what = "first sector not at the device's start",
		.patches = { { SECTOR_ADDRESS(0), 4, 0x4000 } },
		.sectors = { { 0x4000, 0x4000, 1 }, { 0x8000, 0x8000, 2 } } },
	{ .what = "last sector reaches over the device",
		.patches = { { DEVICE(136), 4, 0x14001 } },
		.sectors = { { 0, 0x4000, 2 }, { 0x8000, 0x8000, 2 } } },
	{ .what = "sectors behind the device are left out",
		.patches = { { DEVICE(136), 4, 0x6000 } },
		.sectors = { { 0, 0x4000, 2 } } },
	{ .what = "sector that is no power of two",
		.patches = { { DEVICE(136), 4, 528 }, { DEVICE(140), 4, 528 },
			{ SECTOR_SIZE(0), 4, 528 } },
		.sectors = { { 0, 528, 1 } } },
	{ .what = "device at the end of the address space",
		.patches = { { DEVICE(132), 4, 0xfffe8000 } },
		.sectors = { { 0, 0x4000, 2 }, { 0x8000, 0x8000, 2 } } },
	{ .what = "device over the end of the address space",
		.patches = { { DEVICE(132), 4, 0xfffe8001 } },
		FAILS(ERR_PARSE, "0x18000 bytes at 0xfffe8001 reach over the end") },
	{ .what = "device of size 0",
		.patches = { { DEVICE(136), 4, 0 } },
		FAILS(ERR_PARSE, "device has size 0") },
	{ .what = "page of size 0",
		.patches = { { DEVICE(140), 4, 0 } },
		FAILS(ERR_PARSE, "page has size 0") },
	{ .what = "page over the limit",
		.patches = { { DEVICE(140), 4, (1 << 20) + 1 } },
		FAILS(ERR_LIMIT, "page has 0x100001 bytes, more than the limit of 0x100000") },
	{ .what = "sectors of size 0",
		.patches = { { SECTOR_SIZE(1), 4, 0 } },
		FAILS(ERR_PARSE, "sectors of run 1 have size 0") },
	{ .what = "no sectors",
		.patches = { { SECTOR_SIZE(0), 4, UINT32_MAX },
			{ SECTOR_ADDRESS(0), 4, UINT32_MAX } },
		FAILS(ERR_PARSE, "no sectors") },
	{ .what = "sector table without end",
		.patches = { { SECTOR_ADDRESS(2), 4, 0 } },
		FAILS(ERR_PARSE, "sector table has no end") },
	{ .what = "sector addresses that do not ascend",
		.patches = { { SECTOR_ADDRESS(1), 4, 0 } },
		FAILS(ERR_PARSE, "sector addresses do not ascend") },
	{ .what = "sectors that do not fill their run",
		.patches = { { SECTOR_ADDRESS(1), 4, 0x9000 } },
		FAILS(ERR_PARSE, "sectors of 0x4000 bytes do not fill 0x0..0x9000") },
	{ .what = "sector across the device's start",
		.patches = { { SECTOR_ADDRESS(0), 4, 0x07ffe000 },
			{ SECTOR_ADDRESS(1), 4, 0x08008000 } },
		FAILS(ERR_PARSE, "a sector of 0x4000 bytes lies across the device's start") },
	{ .what = "no sector inside the device",
		.patches = { { SECTOR_ADDRESS(0), 4, 0x09000000 },
			{ SECTOR_ADDRESS(1), 4, 0x0a000000 } },
		FAILS(ERR_PARSE, "no sector lies inside the device") },

	/* Sections: PrgCode at 0 (0x14), PrgData at 0x14 (4), NOBITS at 0x18 (8). */
	{ .what = "as it is",
		.image_size = 0x18,
		.bss_size = 8,
		.static_base = 0x14,
		.alignment = 4 },
	{ .what = "gap between code and data",
		.patches = { { SECTION(PRG_DATA, sh_addr), 4, 0x20 },
			{ SECTION(PRG_BSS, sh_addr), 4, 0x24 } },
		.image_size = 0x24,
		.bss_size = 8,
		.static_base = 0x20,
		.alignment = 4 },
	{ .what = "gap before the zeros",
		.patches = { { SECTION(PRG_BSS, sh_addr), 4, 0x20 } },
		.image_size = 0x18,
		.bss_size = 0x10,
		.static_base = 0x14,
		.alignment = 4 },
	{ .what = "zeros only",
		.patches = { { SECTION(PRG_DATA, sh_size), 4, 0 } },
		.image_size = 0x14,
		.bss_size = 0xc,
		.static_base = 0x18,
		.alignment = 4 },
	{ .what = "no data",
		.patches = { { SECTION(PRG_DATA, sh_size), 4, 0 },
			{ SECTION(PRG_BSS, sh_size), 4, 0 } },
		.image_size = 0x14,
		.bss_size = 0,
		.static_base = 0x14,
		.alignment = 4 },
	{ .what = "greater alignment",
		.patches = { { SECTION(PRG_DATA, sh_addralign), 4, 16 } },
		.image_size = 0x18,
		.bss_size = 8,
		.static_base = 0x14,
		.alignment = 16 },
	{ .what = "without the symbol FlashDevice",
		.patches = { { SYMBOL(SYMBOL_DEVICE, st_name), 4, 0 } },
		.image_size = 0x18,
		.bss_size = 8,
		.static_base = 0x14,
		.alignment = 4 },
	{ .what = "global Verify by its symbol's number of section",
		.patches = { { SYMBOL(SYMBOL_VERIFY, st_info), 1,
				     ELF32_ST_INFO(STB_GLOBAL, STT_FUNC) },
			{ SYMBOL(SYMBOL_VERIFY, st_shndx), 2, DEV_DSCR } },
		.image_size = 0x18,
		.bss_size = 8,
		.static_base = 0x14,
		.alignment = 4 },
	{ .what = "code and data overlap",
		.patches = { { SECTION(PRG_DATA, sh_addr), 4, 0x13 } },
		FAILS(ERR_PARSE, "sections 1 'PrgCode' and 2 'PrgData' overlap") },
	{ .what = "data far away",
		.patches = { { SECTION(PRG_DATA, sh_addr), 4, 0x20000000 } },
		FAILS(ERR_LIMIT, "code and data span 0x20000004 bytes") },
	{ .what = "zeros without end",
		.patches = { { SECTION(PRG_BSS, sh_size), 4, 0xffffffff } },
		FAILS(ERR_LIMIT, "more than the limit of 0x100000") },
	{ .what = "code without bytes",
		.patches = { { SECTION(PRG_CODE, sh_type), 4, SHT_NOBITS } },
		FAILS(ERR_PARSE, "section 'PrgCode' has no bytes") },
	{ .what = "code of an odd type",
		.patches = { { SECTION(PRG_CODE, sh_type), 4, SHT_NOTE } },
		FAILS(ERR_PARSE, "section 'PrgCode' has type 7") },
	{ .what = "alignment that is no power of two",
		.patches = { { SECTION(PRG_CODE, sh_addralign), 4, 6 } },
		FAILS(ERR_PARSE, "section 1 'PrgCode' has alignment 6") },
	{ .what = "code outside the file",
		.patches = { { SECTION(PRG_CODE, sh_offset), 4, 0x7fffffff } },
		FAILS(ERR_PARSE, "section 1 'PrgCode': its 0x14 bytes at 0x7fffffff reach over") },
	{ .what = "Init outside the code",
		.patches = { { SYMBOL(SYMBOL_INIT, st_value), 4, 0x15 } },
		FAILS(ERR_PARSE, "function 'Init' is missing") },
	{ .what = "Init as data",
		.patches = { { SYMBOL(SYMBOL_INIT, st_info), 1,
			ELF32_ST_INFO(STB_GLOBAL, STT_OBJECT) } },
		FAILS(ERR_PARSE, "function 'Init' is missing") },
	{ .what = "name of a symbol outside its table",
		.patches = { { SYMBOL(SYMBOL_INIT, st_name), 4, 0x10000 } },
		FAILS(ERR_PARSE, "symbol 12: its name lies outside the string table") },
	{ .what = "stripped",
		.patches = { { SECTION(5, sh_type), 4, SHT_NULL } },
		FAILS(ERR_PARSE, "function 'Init' is missing: the file has no symbols") },
	{ .what = "symbols outside the file",
		.patches = { { SECTION(5, sh_size), 4, 0x10000 } },
		FAILS(ERR_PARSE, "symbol table reaches over the file's end") },
	{ .what = "description outside its section",
		.patches = { { SYMBOL(SYMBOL_DEVICE, st_value), 4, 0x18 + 0xb8 } },
		FAILS(ERR_PARSE,
			"flash description ('FlashDevice' in section 'DevDscr') is missing") },
	{ .what = "description that is cut short",
		.patches = { { SECTION(DEV_DSCR, sh_size), 4, 159 } },
		FAILS(ERR_PARSE, "flash description has 159 bytes, expected at least 160") },
	{ .what = "description in a section that is not there",
		.patches = { { SYMBOL(SYMBOL_DEVICE, st_shndx), 2, 99 } },
		FAILS(ERR_PARSE,
			"flash description ('FlashDevice' in section 'DevDscr') is missing") },
};

static void check_sectors(const struct flm_case *row, const struct flm_device *device)
{
	for (size_t i = 0; i < MAX_RUNS && row->sectors[i].size; i++) {
		assert_true(i < device->sectors_count);
		assert_int_equal(device->sectors[i].offset, row->sectors[i].offset);
		assert_int_equal(device->sectors[i].size, row->sectors[i].size);
		assert_int_equal(device->sectors[i].count, row->sectors[i].count);
		assert_true(i + 1 == MAX_RUNS || row->sectors[i + 1].size ||
			    device->sectors_count == i + 1);
	}
}

static void check_success(const struct flm_case *row, const struct flm *flm)
{
	flm_test_check(flm);
	check_sectors(row, &flm->device);
	if (row->image_size == 0)
		return;
	assert_int_equal(flm->size, row->image_size);
	assert_int_equal(flm->bss_size, row->bss_size);
	assert_int_equal(flm->static_base, row->static_base);
	assert_int_equal(flm->alignment, row->alignment);
	assert_int_equal(flm->functions[FLM_VERIFY], FLM_ABSENT);
}

static void parse__row(void **state)
{
	const struct flm_case *row = *state;
	struct flm *flm = NULL;
	dapper_status status;
	uint8_t *data;
	size_t size;

	data = small_file(&size);
	for (size_t i = 0; i < MAX_PATCHES; i++)
		for (unsigned k = 0; k < row->patches[i].size; k++)
			data[row->patches[i].offset + k] =
				(uint8_t)(row->patches[i].value >> (8 * k));
	test_clear_error();
	status = flm_parse("small.flm", data, size, &flm);
	free(data);
	if (row->status == DAPPER_OK) {
		assert_ok(status);
		check_success(row, flm);
	} else {
		assert_null(flm);
		test_assert_fails(row->status, status, row->what, __FILE__, __LINE__);
		assert_message(row->message);
		assert_string_equal(dapper_error_last()->where, "small.flm");
	}
	flm_free(flm);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__understands_all),
		cmocka_unit_test(parse__cuts_a_name_without_end),
		cmocka_unit_test(parse__reports_each_failing_allocation),
		cmocka_unit_test(parse__reports_each_truncation),
		cmocka_unit_test(parse__survives_each_damaged_byte),
		cmocka_unit_test(parse__refuses_executables),
		cmocka_unit_test(find_sector__finds_each),
		cmocka_unit_test(free__takes_null),
		cmocka_unit_test(function_text__names_each),
	};

	return test_run_all("flash/flm", tests, ARRAY_SIZE(tests), parse__row, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
