/* SPDX-License-Identifier: Apache-2.0 */
/* Which functions are called in which order, and what is said when one fails. */
#include "unit/flash/flash_test.h"

#include "flash/loader.h"
#include "flash/loader_code.h"

#include <stdlib.h>

static const struct fake_flm stm32_like = { .program_timeout_ms = 100, .erase_timeout_ms = 4000 };

/* Two sectors of 1 KB; pages of 256 bytes. */
static void add_two_pages(struct flash_test *test, uint32_t seed)
{
	uint8_t data[0x100];

	flash_test_fill(data, sizeof(data), seed);
	flash_test_add_image(test, 0x08000100, data, sizeof(data));
	flash_test_add_image(test, 0x08000400, data, sizeof(data));
}

struct sequence_case {
	const char *what;
	dapper_erase_mode mode;
	bool is_programmed; /* something else before */
	bool is_external;
	unsigned without;
	const char *log;
};

#define P1 "ProgramPage 08000100 100\n"
#define P2 "ProgramPage 08000400 100\n"

static const struct sequence_case cases[] = {
	{ "blank flash: no erase", .log = "Init 08000000 0 2\n" P1 P2 "UnInit 2\n" },
	{ "programmed flash: erase first", .is_programmed = true,
		.log = "Init 08000000 0 1\nEraseSector 08000000\nEraseSector 08000400\nUnInit 1\n"
		       "Init 08000000 0 2\n" P1 P2 "UnInit 2\n" },
	{ "sectors: erase blank ones too", DAPPER_ERASE_SECTOR,
		.log = "Init 08000000 0 1\nEraseSector 08000000\nEraseSector 08000400\nUnInit 1\n"
		       "Init 08000000 0 2\n" P1 P2 "UnInit 2\n" },
	{ "chip: once", DAPPER_ERASE_CHIP, .is_programmed = true,
		.log = "Init 08000000 0 1\nEraseChip\nUnInit 1\n"
		       "Init 08000000 0 2\n" P1 P2 "UnInit 2\n" },
	{ "chip without EraseChip: all sectors", DAPPER_ERASE_CHIP, .without = BIT(FLM_ERASE_CHIP),
		.log = "Init 08000000 0 1\nEraseSector 08000000\nEraseSector 08000400\n"
		       "EraseSector 08000800\nEraseSector 08000c00\nEraseSector 08001000\n"
		       "EraseSector 08002000\nEraseSector 08003000\nUnInit 1\n"
		       "Init 08000000 0 2\n" P1 P2 "UnInit 2\n" },
	{ "none: no erase", DAPPER_ERASE_NONE, .log = "Init 08000000 0 2\n" P1 P2 "UnInit 2\n" },
	{ "external flash: mapped to be read", .is_external = true,
		.log = "Init 08000000 0 3\nUnInit 3\nInit 08000000 0 2\n" P1 P2
		       "UnInit 2\nInit 08000000 0 3\nUnInit 3\n" },
};

static void program__calls_in_order(void **state)
{
	const struct sequence_case *row = *state;
	struct fake_flm flm = stm32_like;
	struct flash_test test;

	flm.without = row->without;
	flm.type = row->is_external ? FLM_TYPE_EXTSPI : FLM_TYPE_ONCHIP;
	flash_test_begin(&test, true, &flm, 1);
	test.first->needs_init_3 = row->is_external;
	if (row->is_programmed) {
		test.first->bytes[0x100] = 0x12;
		test.first->bytes[0x4ff] = 0x34;
	}
	add_two_pages(&test, 1);
	test.options.erase = row->mode;
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_string_equal(test.fake->log, row->log);
	flash_test_end(&test);
}

static void program__calls_nothing_when_all_is_there(void **state)
{
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	flash_set_readback(test.flash, true);
	add_two_pages(&test, 1);
	assert_ok(flash_test_program(&test));
	fake_target_restart(test.fake);
	assert_ok(flash_test_program(&test));
	assert_string_equal(test.fake->log, "");
	/* Not even the algorithm is loaded. */
	assert_int_equal(test.fake->written_bytes, 0);
	assert_true(test.fake->is_halted);
	assert_int_equal(test.result.skipped_bytes, 0x200);
	flash_test_end(&test);
}

static void program__loads_each_algorithm_once_a_step(void **state)
{
	static const struct fake_flm two[] = { { 0 }, { .start = 0x09000000, .code_size = 0x200 } };
	const uint8_t byte = 0x42;
	struct flash_test test;
	size_t ours;

	(void)state;
	flash_test_begin(&test, true, two, 2);
	flash_set_readback(test.flash, true);
	test.fake->only_whole_calls = true;
	flash_test_add_image(&test, 0x08000000, &byte, 1);
	flash_test_add_image(&test, 0x08000400, &byte, 1);
	flash_test_add_image(&test, 0x09000000, &byte, 1);
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_string_equal(test.fake->log,
		"Init 08000000 0 2\nProgramPage 08000000 100\nProgramPage 08000400 100\nUnInit 2\n"
		"Init 09000000 0 2\nProgramPage 09000000 100\nUnInit 2\n");
	/* Two algorithms with their breakpoints and our own code, three pages. */
	loader_code(&ours);
	ours += LOADER_SLOTS * RING_SLOT_SIZE;
	assert_int_equal(test.fake->written_bytes, 4 + 0x150 + 4 + 0x200 + 2 * ours + 3 * 0x100);
	assert_int_equal(test.fake->starts, 7);
	flash_test_end(&test);
}

/* A page goes over the wire while the one before it is programmed; or not, with the same result. */
static void program__works_without_overlap(void **state)
{
	uint8_t data[0x1000];
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	flash_test_fill(data, sizeof(data), 7);
	flash_test_add_image(&test, 0x08001000, data, sizeof(data));
	test.fake->only_whole_calls = true;
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_memory_equal(test.first->bytes + 0x1000, data, sizeof(data));
	assert_int_equal(test.first->programmed_pages, 16);
	flash_test_end(&test);
}

static void program__works_with_one_buffer(void **state)
{
	/* 0x7c00 of code leave 1 KB: 512 bytes of stack, one page of 256 bytes. */
	static const struct fake_flm large = { .code_size = 0x7c00 };
	uint8_t data[0x1000];
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &large, 1);
	flash_test_fill(data, sizeof(data), 7);
	flash_test_add_image(&test, 0x08001000, data, sizeof(data));
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_memory_equal(test.first->bytes + 0x1000, data, sizeof(data));
	flash_test_end(&test);
}

static void program__says_when_ram_is_too_small(void **state)
{
	static const struct fake_flm large = { .code_size = 0x7d00 };
	const uint8_t byte = 1;
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &large, 1);
	flash_test_add_image(&test, 0x08000000, &byte, 1);
	assert_fails(DAPPER_ERR_NO_RESOURCE, flash_test_program(&test));
	assert_message("there are 0x8000 at 0x20000000");
	assert_string_equal(test.fake->log, "");
	flash_test_end(&test);
}

/* --- failures --- */

struct failure_case {
	const char *what;
	size_t fail_call; /* of: Init, EraseSector twice, UnInit, Init, ProgramPage twice, UnInit */
	size_t hang_call;
	dapper_status status;
	const char *message;
	const char *where;
	const char *hint;
};

static const struct failure_case failures[] = {
	{ "Init fails", 1, 0, DAPPER_ERR_FLASH_ALGORITHM, "Init returned 1",
		"algorithm alg0.flm, address 0x08000000", "the algorithm for this device" },
	{ "EraseSector fails", 3, 0, DAPPER_ERR_FLASH_ALGORITHM, "EraseSector returned 1",
		"algorithm alg0.flm, address 0x08000400", "write-protected" },
	{ "UnInit fails", 4, 0, DAPPER_ERR_FLASH_ALGORITHM, "UnInit returned 1",
		"algorithm alg0.flm, address 0x08000000", "reset the target" },
	{ "ProgramPage fails", 6, 0, DAPPER_ERR_FLASH_ALGORITHM, "ProgramPage returned 1",
		"algorithm alg0.flm, address 0x08000100", "write-protected or not erased" },
	{ "the last ProgramPage fails", 7, 0, DAPPER_ERR_FLASH_ALGORITHM, "ProgramPage returned 1",
		"algorithm alg0.flm, address 0x08000400", "" },
	{ "the last UnInit fails", 8, 0, DAPPER_ERR_FLASH_ALGORITHM, "UnInit returned 1",
		"algorithm alg0.flm, address 0x08000000", "" },
	{ "Init hangs", 0, 1, DAPPER_ERR_TIMEOUT, "within 100 ms",
		"Init of algorithm alg0.flm, address 0x08000000", "" },
	/* The algorithm's 4 s are more than the option's 2. */
	{ "EraseSector hangs", 0, 2, DAPPER_ERR_TIMEOUT, "within 4000 ms",
		"EraseSector of algorithm alg0.flm, address 0x08000000", "" },
	/* The option's 300 ms are more than the algorithm's 100. */
	{ "ProgramPage hangs", 0, 7, DAPPER_ERR_TIMEOUT, "within 300 ms",
		"ProgramPage of algorithm alg0.flm, address 0x08000400", "" },
};

static void program__says_what_failed(void **state)
{
	const struct failure_case *row = *state;
	struct flash_test test;

	flash_test_begin(&test, true, &stm32_like, 1);
	test.first->bytes[0x100] = 0;
	test.first->bytes[0x400] = 0;
	add_two_pages(&test, 1);
	test.fake->fail_call = row->fail_call;
	test.fake->hang_call = row->hang_call;
	assert_fails(row->status, flash_test_program(&test));
	assert_message(row->message);
	assert_non_null(strstr(dapper_error_last()->where, row->where));
	assert_non_null(strstr(dapper_error_last()->hint, row->hint));
	/* UnInit comes last, and once. */
	assert_non_null(strstr(test.fake->log, "UnInit"));
	assert_int_equal(strncmp(strrchr(test.fake->log, 'U'), "UnInit", 6), 0);
	flash_test_check_end(&test);
	flash_test_end(&test);
}

/* --- erase --- */

static void erase_range__erases_its_sectors(void **state)
{
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	memset(test.first->bytes, 0x11, test.first->size);
	assert_ok(flash_erase_range(test.flash, 0x08000c01, 0x400, &test.options, &test.result));
	assert_string_equal(test.fake->log,
		"Init 08000000 0 1\nEraseSector 08000c00\nEraseSector 08001000\nUnInit 1\n");
	assert_int_equal(test.result.erased_sectors, 2);
	assert_int_equal(test.result.erased_bytes, 0x1400);
	assert_true(test.result.erase_ns >= 2000000);
	assert_int_equal(test.first->bytes[0xbff], 0x11);
	assert_int_equal(test.first->bytes[0xc00], 0xff);
	assert_int_equal(test.first->bytes[0x2000], 0x11);
	flash_test_check_end(&test);
	flash_test_end(&test);
}

static void erase_range__touches_nothing_when_some_is_no_flash(void **state)
{
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	assert_fails(DAPPER_ERR_NO_REGION,
		flash_erase_range(test.flash, 0x08003000, 0x2000, NULL, &test.result));
	assert_int_equal(test.fake->operations, 0);
	assert_int_equal(test.result.erased_bytes, 0);
	flash_test_end(&test);
}

static void erase_chip__erases_all_flash(void **state)
{
	static const struct fake_flm two[] = { { 0 },
		{ .start = 0x09000000, .without = BIT(FLM_ERASE_CHIP), .code_size = 0x200 } };
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, two, 2);
	memset(test.first->bytes, 0x11, test.first->size);
	memset(test.fake->flashes[1].bytes, 0x11, test.fake->flashes[1].size);
	assert_ok(flash_erase_chip(test.flash, NULL, &test.result));
	assert_int_equal(test.first->erased_chips, 1);
	assert_int_equal(test.fake->flashes[1].erased_sectors, 7);
	assert_int_equal(test.result.erased_sectors, 14);
	assert_int_equal(test.result.erased_bytes, 0x8000);
	assert_int_equal(test.fake->flashes[1].bytes[0x3fff], 0xff);
	flash_test_check_end(&test);
	flash_test_end(&test);
}

static void erase_chip__needs_an_algorithm(void **state)
{
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, NULL, 0);
	assert_fails(DAPPER_ERR_NO_ALGORITHM, flash_erase_chip(test.flash, NULL, NULL));
	assert_int_equal(test.fake->operations, 0);
	flash_test_end(&test);
}

static void erase_range__needs_erase_sector(void **state)
{
	static const struct fake_flm without = { .without = BIT(FLM_ERASE_SECTOR) };
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &without, 1);
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM,
		flash_erase_range(test.flash, 0x08000000, 1, NULL, &test.result));
	assert_int_equal(test.fake->operations, 0);
	flash_test_end(&test);
}

static void add__refuses_what_is_served_already(void **state)
{
	const struct fake_flm small = { 0 };
	struct flash_placement placement = { .name = "b.flm", .start = 0x08003fff, .size = 0x100 };
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &small, 1);
	assert_fails(DAPPER_ERR_INVALID, flash_add(test.flash, &placement, fake_flm_new(&small)));
	assert_message("'alg0.flm' and 'b.flm' both serve address 0x08003fff");
	placement.start = 0xffffff00;
	placement.size = 0x101;
	assert_fails(DAPPER_ERR_INVALID, flash_add(test.flash, &placement, fake_flm_new(&small)));
	flash_test_end(&test);
}

int main(void)
{
	struct CMUnitTest tests[11 + ARRAY_SIZE(failures)] = {
		cmocka_unit_test(program__calls_nothing_when_all_is_there),
		cmocka_unit_test(program__loads_each_algorithm_once_a_step),
		cmocka_unit_test(program__works_without_overlap),
		cmocka_unit_test(program__works_with_one_buffer),
		cmocka_unit_test(program__says_when_ram_is_too_small),
		cmocka_unit_test(erase_range__erases_its_sectors),
		cmocka_unit_test(erase_range__touches_nothing_when_some_is_no_flash),
		cmocka_unit_test(erase_chip__erases_all_flash),
		cmocka_unit_test(erase_chip__needs_an_algorithm),
		cmocka_unit_test(erase_range__needs_erase_sector),
		cmocka_unit_test(add__refuses_what_is_served_already),
	};

	for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
		tests[11 + i] = (struct CMUnitTest){
			.name = failures[i].what,
			.test_func = program__says_what_failed,
			.initial_state = (void *)(uintptr_t)&failures[i],
		};
	return test_run_all("flash/algorithm", tests, ARRAY_SIZE(tests), program__calls_in_order,
		cases, sizeof(cases[0]), ARRAY_SIZE(cases));
}
