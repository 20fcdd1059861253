/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All flash algorithms that there are for STM32, unmodified, on virtual parts: Init, EraseSector of
 * each kind of sector, ProgramPage, EraseChip, Verify and BlankCheck where they have it; the
 * contents are looked at by the debugger, where it sees them. Option bytes and OTP apart.
 *
 * Operations run faster than on silicon ("speed"): a mass erase takes a minute otherwise.
 */
#include "unit/vboard/flm.h"

#include <stdio.h>

#include "base/bytes.h"
#include "vboard/board/state.h"
#include "vboard/models/qspi_nor.h"
#include "vboard/models/stm32_qspi.h"

#define F4 "packs/Keil.STM32F4xx_DFP/CMSIS/Flash/"
#define L5 "packs/Keil.STM32L5xx_DFP/CMSIS/Flash/"

struct row {
	const char *what; /* the FLM */
	const char *folder;
	const char *board;
	const char *settings;
	/* A setting that protects, and an address that is protected then. */
	const char *protect;
	uint32_t protected_address;
	/* Where EraseChip does not reach, by the algorithm's own mistake; 0: it erases all. */
	uint32_t not_erased;
	/* Memory behind a controller: not on the debugger's bus. */
	bool is_serial;
	/*
	 * Init works once after power-on: it leaves the chip in octal mode, where the reset command
	 * that it begins with is not heard.
	 */
	bool inits_once;
	/* BlankCheck always says 1: "erase it". */
	bool never_blank;
	/* A page that is not erased is refused, not programmed on top. */
	bool refuses_dirty;
};

#define PROTECT "write-protect=1"

static const struct row rows[] = {
	{ "STM32F4xx_128", F4, "stm32f401cb", "speed=100", PROTECT, 0x08004000 },
	{ "STM32F4xx_256", F4, "stm32f401cc", "speed=100", PROTECT, 0x08004000 },
	{ "STM32F4xx_384", F4, "stm32f401vd", "speed=100", PROTECT, 0x08004000 },
	{ "STM32F4xx_512", F4, "stm32f401re", "speed=100", PROTECT, 0x08004000 },
	{ "STM32F4xx_512", F4, "stm32f411re", "speed=100", PROTECT, 0x08004000 },
	{ "STM32F4xx_1024", F4, "stm32f407vg", "speed=100", PROTECT, 0x08004000 },
	{ "STM32F4xx_1024", F4, "stm32f412zg", "speed=100", PROTECT, 0x08004000 },
	/* Sets MER alone, which erases bank 1 alone (RM0090, 3.6.3). */
	{ "STM32F4xx_1024dual", F4, "stm32f429zg", "speed=100,db1m=1", PROTECT, 0x08004000,
		.not_erased = 0x08080000 },
	{ "STM32F4xx_1536", F4, "stm32f413zh", "speed=100", PROTECT, 0x08004000 },
	{ "STM32F4xx_2048", F4, "stm32f429zi", "speed=100", "write-protect=13", 0x08104000 },
	{ "STM32F446_Quad_SPI", F4, "stm32f446ze", "nor-speed=1000", .is_serial = true,
		.never_blank = true },
	{ "STM32F446RevA_Quad_SPI", F4, "stm32f446ze", "nor-speed=1000", .is_serial = true,
		.never_blank = true },
	{ "STM32F469_Quad_SPI", F4, "stm32f469ni", "nor-speed=1000", .is_serial = true },
	{ "STM32L5x_512_0800", L5, "stm32l552ze", "speed=10", PROTECT, 0x08000800,
		.refuses_dirty = true },
	{ "STM32L5x_512_0C00", L5, "stm32l552ze", "speed=10", PROTECT, 0x0c000800,
		.refuses_dirty = true },
	/* Its EraseChip does nothing at all. */
	{ "MX25L51245G_STM32L5_OSPI", L5, "stm32l552ze", "nor-speed=1000", .not_erased = 0x90000000,
		.is_serial = true, .inits_once = true, .never_blank = true },
	{ "STM32L552E_EVAL_MX25L51245G", L5, "stm32l552ze", "nor-speed=1000", .is_serial = true },
	{ "STM32L562E_DK_MX25L51245G", L5, "stm32l552ze", "nor-speed=1000", .is_serial = true },
};

struct bench {
	const struct row *row;
	struct flm flm;
	bool is_init;
};

static void open_bench(struct bench *bench, const struct row *row, const char *more)
{
	char path[200], settings[200];

	bench->row = row;
	bench->is_init = false;
	snprintf(path, sizeof(path), "%s%s.FLM", row->folder, row->what);
	snprintf(settings, sizeof(settings), "%s%s%s", row->settings, *more ? "," : "", more);
	flm_open(&bench->flm, path, row->board, settings, 0x20000000, FLM_LARGE_STACK);
}

static void close_bench(struct bench *bench)
{
	flm_close(&bench->flm);
}

static uint32_t call(
	struct bench *bench, const char *function, uint32_t r0, uint32_t r1, uint32_t r2)
{
	return flm_call(&bench->flm, function, r0, r1, r2);
}

static void init(struct bench *bench, uint32_t function)
{
	if (bench->is_init && bench->row->inits_once)
		return;
	assert_int_equal(call(bench, "Init", bench->flm.device_base, 0, function), 0);
	bench->is_init = true;
}

static uint32_t program(struct bench *bench, uint32_t address)
{
	return flm_program(&bench->flm, address);
}

/** A page as the algorithm's own Verify and BlankCheck see it. */
static void check_by_algorithm(struct bench *bench, uint32_t address, bool programmed)
{
	const uint32_t size = bench->flm.page_size;

	if (programmed && flm_has(&bench->flm, "Verify")) {
		flm_fill_buffer(&bench->flm, address, size);
		assert_int_equal(
			call(bench, "Verify", address, size, bench->flm.buffer), address + size);
	}
	if (flm_has(&bench->flm, "BlankCheck"))
		assert_int_equal(call(bench, "BlankCheck", address, size, 0xff),
			programmed || bench->row->never_blank);
}

/** The contents of the serial flash behind the part's controller. */
static const uint8_t *serial_bytes(const struct bench *bench)
{
	const struct board_part *part = bench->flm.rig.board->part;

	for (size_t i = 0; i < part->model_count; i++)
		if (part->models[i].class == &stm32_quadspi_class ||
			part->models[i].class == &stm32_octospi_class)
			return qspi_nor_bytes(stm32_qspi_nor(bench->flm.rig.board->models[i]));
	fail_msg("no serial flash");
	return NULL;
}

/** The contents, as they are in the model. */
static void check_page(struct bench *bench, uint32_t address, bool programmed)
{
	check_by_algorithm(bench, address, programmed);
	if (bench->row->is_serial) {
		const uint8_t *bytes = serial_bytes(bench) + (address - bench->flm.device_base);

		for (uint32_t i = 0; i < bench->flm.page_size; i += 4)
			assert_int_equal(get_le32(bytes + i),
				programmed ? flm_pattern(address + i) : UINT32_MAX);
		return;
	}
	for (uint32_t i = 0; i < bench->flm.page_size; i += 4)
		assert_int_equal(rig_read32(&bench->flm.rig, address + i),
			programmed ? flm_pattern(address + i) : UINT32_MAX);
}

/** Program a sector's first page and the one after the sector, erase the sector. */
static void check_sector(struct bench *bench, uint32_t address, uint32_t size)
{
	const bool has_next = address + size - bench->flm.device_base < bench->flm.device_size;

	init(bench, 2);
	assert_int_equal(program(bench, address), 0);
	if (has_next)
		assert_int_equal(program(bench, address + size), 0);
	check_page(bench, address, true);
	if (has_next)
		check_page(bench, address + size, true);
	call(bench, "UnInit", 2, 0, 0);

	init(bench, 1);
	assert_int_equal(call(bench, "EraseSector", address, 0, 0), 0);
	check_page(bench, address, false);
	if (has_next)
		check_page(bench, address + size, true);
	if (has_next)
		assert_int_equal(call(bench, "EraseSector", address + size, 0, 0), 0);
	call(bench, "UnInit", 1, 0, 0);
}

static void algorithm__erases_and_programs_each_kind_of_sector(void **state)
{
	struct bench bench;

	open_bench(&bench, *state, "");
	for (unsigned i = 0; i < bench.flm.sector_kinds; i++)
		check_sector(&bench, bench.flm.device_base + bench.flm.sectors[i].offset,
			bench.flm.sectors[i].size);
	close_bench(&bench);
}

static void algorithm__erases_the_chip(void **state)
{
	const struct row *row = *state;
	struct bench bench;
	uint32_t last;

	open_bench(&bench, row, "");
	/* 24 bits of address: the F446's algorithm reaches half of its 32 MB. */
	last = bench.flm.device_base +
	       (bench.flm.device_size > 0x1000000 && strstr(row->what, "F446")
			       ? 0x1000000
			       : bench.flm.device_size) -
	       bench.flm.page_size;
	init(&bench, 2);
	assert_int_equal(program(&bench, bench.flm.device_base), 0);
	assert_int_equal(program(&bench, last), 0);
	assert_int_equal(call(&bench, "EraseChip", 0, 0, 0), 0);
	check_page(&bench, bench.flm.device_base,
		row->not_erased != 0 && bench.flm.device_base >= row->not_erased);
	check_page(&bench, last, row->not_erased != 0 && last >= row->not_erased);
	close_bench(&bench);
}

static void algorithm__reports_protection(void **state)
{
	const struct row *row = *state;
	struct bench bench;

	if (!row->protect)
		return; /* the algorithm does not look */
	open_bench(&bench, row, row->protect);
	init(&bench, 2);
	assert_int_not_equal(program(&bench, row->protected_address), 0);
	assert_int_not_equal(call(&bench, "EraseSector", row->protected_address, 0, 0), 0);
	assert_int_equal(program(&bench, bench.flm.device_base), 0);
	close_bench(&bench);
}

static void algorithm__programs_what_is_not_erased(void **state)
{
	const struct row *row = *state;
	struct bench bench;
	uint32_t result;

	if (row->is_serial)
		return;
	open_bench(&bench, row, "");
	init(&bench, 2);
	assert_int_equal(program(&bench, bench.flm.device_base), 0);
	for (uint32_t i = 0; i < bench.flm.page_size; i += 4)
		rig_write32(&bench.flm.rig, bench.flm.buffer + i, 0x0f0f0f0f);
	result = call(&bench, "ProgramPage", bench.flm.device_base, bench.flm.page_size,
		bench.flm.buffer);
	assert_int_equal(result != 0, row->refuses_dirty);
	assert_int_equal(rig_read32(&bench.flm.rig, bench.flm.device_base),
		row->refuses_dirty ? flm_pattern(bench.flm.device_base)
				   : flm_pattern(bench.flm.device_base) & 0x0f0f0f0f);
	close_bench(&bench);
}

/* --- option bytes and OTP --------------------------------------------------------------------- */

struct option_row {
	const char *what;
	const char *folder;
	const char *board;
	const char *settings;
	uint32_t words[12];
	/* A register, and what it holds after programming and after EraseChip. */
	uint32_t address, programmed, erased;
};

#define OPTCR  0x40023c14u
#define OPTCR1 0x40023c18u

static const struct option_row option_rows[] = {
	{ "STM32F401xx_OPT", F4, "stm32f401cc", "", { 0x0ffbaaec }, OPTCR, 0x0ffbaaed, 0x0fffaaed },
	{ "STM32F411xx_OPT", F4, "stm32f411re", "", { 0x0ffbaaec }, OPTCR, 0x0ffbaaed, 0x0fffaaed },
	{ "STM32F40xxx_41xxx_OPT", F4, "stm32f407vg", "", { 0x07ffaae0 }, OPTCR, 0x07ffaae1,
		0x0fffaaed },
	{ "STM32F410xx_412xx_OPT", F4, "stm32f412zg", "", { 0x0ffbaaec }, OPTCR, 0x0ffbaaed,
		0x0fffaaed },
	{ "STM32F413xx_423xx_OPT", F4, "stm32f413zh", "", { 0x0bffaaec }, OPTCR, 0x0bffaaed,
		0x0fffaaed },
	{ "STM32F446xx_OPT", F4, "stm32f446ze", "", { 0x0ffbaaec }, OPTCR, 0x0ffbaaed, 0x0fffaaed },
	{ "STM32F42xxx_43xxx_OPT", F4, "stm32f429zi", "", { 0x0ffbaaec, 0x0ffd0000 }, OPTCR1,
		0x0ffd0000, 0x0fff0000 },
	{ "STM32F469xx_479xx_OPT", F4, "stm32f469ni", "", { 0x0ffbaaec, 0x0ffd0000 }, OPTCR1,
		0x0ffd0000, 0x0fff0000 },
	{ "STM32L5x_OPT", L5, "stm32l552ze", "",
		{ 0x7feff8aa, 0, 0, 0x0800007f, 0x0bf9007f, 0, 0, 0xff82ff81, 0xff80ffff, 0,
			0xff80ffff, 0xff80ffff },
		0x40022058, 0xff82ff81, 0xff80ffff },
};

static void open_option_bench(struct bench *bench, const struct option_row *row, struct row *plain)
{
	*plain = (struct row){ .what = row->what,
		.folder = row->folder,
		.board = row->board,
		.settings = row->settings };
	open_bench(bench, plain, "");
}

static void option_algorithm__programs_and_erases(void **state)
{
	const struct option_row *row = *state;
	struct bench bench;
	struct row plain;

	open_option_bench(&bench, row, &plain);
	init(&bench, 2);
	for (uint32_t i = 0; i < bench.flm.page_size; i += 4)
		rig_write32(&bench.flm.rig, bench.flm.buffer + i, row->words[i / 4]);
	assert_int_equal(call(&bench, "ProgramPage", bench.flm.device_base, bench.flm.page_size,
				 bench.flm.buffer),
		0);
	assert_int_equal(call(&bench, "Verify", bench.flm.device_base, bench.flm.page_size,
				 bench.flm.buffer),
		bench.flm.device_base + bench.flm.page_size);
	call(&bench, "UnInit", 2, 0, 0);
	assert_int_equal(rig_read32(&bench.flm.rig, row->address), row->programmed);

	init(&bench, 1);
	assert_int_equal(call(&bench, "EraseSector", bench.flm.device_base, 0, 0), 0);
	assert_int_equal(call(&bench, "EraseChip", 0, 0, 0), 0);
	rig_wait(&bench.flm.rig, 1000 * NS_PER_MS);
	call(&bench, "UnInit", 1, 0, 0);
	assert_int_equal(rig_read32(&bench.flm.rig, row->address), row->erased);
	close_bench(&bench);
}

/* 512 bytes and their 16 locks, once: a locked block takes nothing more. */
static void otp_algorithm__programs_once(void **state)
{
	static const struct option_row row = { "STM32F4xx_OTP", F4, "stm32f407vg", "", { 0 }, 0, 0,
		0 };
	struct bench bench;
	struct row plain;

	(void)state;
	open_option_bench(&bench, &row, &plain);
	init(&bench, 2);
	for (uint32_t i = 0; i < 528; i += 4)
		rig_write32(&bench.flm.rig, bench.flm.buffer + i, i < 512 ? flm_pattern(i) : 0);
	assert_int_equal(
		call(&bench, "ProgramPage", bench.flm.device_base, 528, bench.flm.buffer), 0);
	assert_int_equal(rig_read32(&bench.flm.rig, bench.flm.device_base + 508), flm_pattern(508));
	assert_int_not_equal(
		call(&bench, "ProgramPage", bench.flm.device_base, 528, bench.flm.buffer), 0);
	assert_int_equal(call(&bench, "EraseSector", bench.flm.device_base, 0, 0), 0);
	assert_int_equal(rig_read32(&bench.flm.rig, bench.flm.device_base), flm_pattern(0));
	close_bench(&bench);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(otp_algorithm__programs_once),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(algorithm__erases_and_programs_each_kind_of_sector, rows),
		TEST_TABLE(algorithm__erases_the_chip, rows),
		TEST_TABLE(algorithm__reports_protection, rows),
		TEST_TABLE(algorithm__programs_what_is_not_erased, rows),
		TEST_TABLE(option_algorithm__programs_and_erases, option_rows),
	};

	if (!test_data_path(F4 "STM32F4xx_1024.FLM") || !test_data_path(L5 "STM32L5x_OPT.FLM"))
		return test_skip_all("the packs of STM32F4 and STM32L5 are not there");
	return test_run_tables("vboard/vendor algorithms of STM32", tests, ARRAY_SIZE(tests),
		tables, ARRAY_SIZE(tables));
}
