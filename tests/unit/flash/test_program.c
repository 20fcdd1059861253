/* SPDX-License-Identifier: Apache-2.0 */
/* What flash and RAM hold afterwards, and what was touched for it. */
#include "unit/flash/flash_test.h"

#include "flash/loader.h"
#include "flash/loader_code.h"

#include <stdio.h>
#include <stdlib.h>

static const struct fake_flm stm32_like = { 0 };

/* --- single rules --- */

static void program__keeps_the_rest_of_a_sector(void **state)
{
	uint8_t before[0x400], data[5] = { 1, 2, 3, 4, 5 };
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	flash_test_fill(test.first->bytes, 0x400, 3);
	memcpy(before, test.first->bytes, 0x400);
	flash_test_add_image(&test, 0x080001fe, data, sizeof(data));
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	memcpy(before + 0x1fe, data, sizeof(data));
	assert_memory_equal(test.first->bytes, before, 0x400);
	assert_int_equal(test.result.erased_sectors, 1);
	assert_int_equal(test.result.erased_bytes, 0x400);
	assert_int_equal(test.result.programmed_bytes, 0x400);
	assert_int_equal(test.result.verified_bytes, 0x400);
	assert_int_equal(test.result.image_bytes, 5);
	assert_int_equal(test.result.skipped_bytes, 0);
	flash_test_end(&test);
}

static void program__does_not_program_blank_pages_after_an_erase(void **state)
{
	uint8_t data[0x400];
	struct flash_test test;

	(void)state;
	memset(data, 0xff, sizeof(data));
	data[0x200] = 0x12;
	flash_test_begin(&test, true, &stm32_like, 1);
	memset(test.first->bytes, 0, 0x400);
	flash_test_add_image(&test, 0x08000000, data, sizeof(data));
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_memory_equal(test.first->bytes, data, sizeof(data));
	assert_int_equal(test.first->programmed_pages, 1);
	assert_int_equal(test.result.programmed_bytes, 0x100);
	/* That they are blank is looked at all the same. */
	assert_int_equal(test.result.verified_bytes, 0x400);
	flash_test_end(&test);
}

static void program__erases_for_bits_only_when_the_page_is_not_blank(void **state)
{
	const uint8_t data[2] = { 0x0f, 0x0f };
	struct flash_test test;

	(void)state;
	/* The bits could be cleared without an erase, but flash with ECC would not take it. */
	flash_test_begin(&test, true, &stm32_like, 1);
	memset(test.first->bytes, 0x1f, 2);
	flash_test_add_image(&test, 0x08000000, data, 2);
	assert_ok(flash_test_program(&test));
	assert_int_equal(test.result.erased_sectors, 1);
	flash_test_end(&test);
}

static void program__skips_the_right_pages_of_a_sector(void **state)
{
	uint8_t data[0x400];
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	flash_test_fill(data, sizeof(data), 9);
	memcpy(test.first->bytes, data, 0x200);
	flash_test_add_image(&test, 0x08000000, data, sizeof(data));
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_memory_equal(test.first->bytes, data, sizeof(data));
	assert_int_equal(test.result.erased_sectors, 0);
	assert_int_equal(test.result.skipped_bytes, 0x200);
	assert_int_equal(test.result.programmed_bytes, 0x200);
	flash_test_end(&test);
}

static void program__erases_all_it_touches_when_not_smart(void **state)
{
	size_t ours;
	uint8_t data[0x400];
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, false, &stm32_like, 1);
	flash_set_readback(test.flash, true);
	loader_code(&ours);
	ours += LOADER_SLOTS * RING_SLOT_SIZE;
	flash_test_fill(data, sizeof(data), 9);
	memcpy(test.first->bytes, data, 0x400);
	flash_test_add_image(&test, 0x08000000, data, sizeof(data));
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_int_equal(test.result.erased_sectors, 1);
	assert_int_equal(test.result.programmed_bytes, 0x400);
	assert_int_equal(test.result.skipped_bytes, 0);
	/* All is covered: there was nothing to read but to load and to verify. */
	assert_int_equal(test.fake->read_bytes - ours, 4 + 0x150 + 0x400);
	flash_test_end(&test);
}

static void program__chip_erases_what_is_beside_the_image(void **state)
{
	static const struct fake_flm two[] = { { 0 }, { .start = 0x09000000, .code_size = 0x200 } };
	const uint8_t byte = 0x42;
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, two, 2);
	memset(test.first->bytes, 0, test.first->size);
	memset(test.fake->flashes[1].bytes, 0, test.fake->flashes[1].size);
	flash_test_add_image(&test, 0x08001234, &byte, 1);
	test.options.erase = DAPPER_ERASE_CHIP;
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_int_equal(test.first->bytes[0x1234], 0x42);
	assert_int_equal(test.first->bytes[0x1233], 0xff);
	assert_int_equal(test.first->bytes[0], 0xff);
	/* The image does not touch the other. */
	assert_int_equal(test.fake->flashes[1].bytes[0], 0);
	assert_int_equal(test.result.erased_sectors, 7);
	assert_int_equal(test.result.erased_bytes, 0x4000);
	flash_test_end(&test);
}

static void program__none_says_when_an_erase_was_due(void **state)
{
	const uint8_t byte = 0x42;
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	test.first->bytes[0x10] = 0x02;
	flash_test_add_image(&test, 0x08000010, &byte, 1);
	test.options.erase = DAPPER_ERASE_NONE;
	assert_fails(DAPPER_ERR_VERIFY, flash_test_program(&test));
	assert_message("flash differs: expected 0x42, found 0x02");
	assert_string_equal(dapper_error_last()->where, "address 0x08000010");
	assert_non_null(strstr(dapper_error_last()->hint, "--erase auto"));
	assert_int_equal(test.first->erased_sectors, 0);
	flash_test_end(&test);
}

static void program__verifies(void **state)
{
	uint8_t data[0x800];
	struct flash_test test;

	(void)state;
	memset(data, 0, sizeof(data));
	flash_test_begin(&test, true, &stm32_like, 1);
	test.first->bad_cell = 0x08000555;
	flash_test_add_image(&test, 0x08000000, data, sizeof(data));
	assert_fails(DAPPER_ERR_VERIFY, flash_test_program(&test));
	assert_message("flash differs: expected 0x00, found 0xff");
	assert_string_equal(dapper_error_last()->where, "address 0x08000555");
	assert_int_equal(test.result.programmed_bytes, 0x800);
	flash_test_check_end(&test);
	test.first->bytes[0x555] = 0xff;
	test.options.skip_verify = true;
	assert_ok(flash_test_program(&test));
	assert_int_equal(test.result.verified_bytes, 0);
	flash_test_end(&test);
}

static void program__needs_erase_sector_to_erase(void **state)
{
	static const struct fake_flm without = { .without = BIT(FLM_ERASE_SECTOR) };
	const uint8_t byte = 0x42;
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &without, 1);
	test.first->bytes[0] = 0;
	flash_test_add_image(&test, 0x08000000, &byte, 1);
	flash_test_add_image(&test, 0x08000800, &byte, 1);
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM, flash_test_program(&test));
	assert_message("no EraseSector");
	assert_non_null(strstr(dapper_error_last()->hint, "--erase chip"));
	/* It was known before anything was touched. */
	assert_string_equal(test.fake->log, "");
	assert_int_equal(test.first->bytes[0x800], 0xff);
	test.options.erase = DAPPER_ERASE_CHIP;
	assert_ok(flash_test_program(&test));
	flash_test_end(&test);
}

static void program__touches_nothing_when_some_does_not_fit(void **state)
{
	const uint8_t byte = 0x42;
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	flash_test_add_image(&test, 0x08000000, &byte, 1);
	flash_test_add_image(&test, 0x0a000000, &byte, 1);
	assert_fails(DAPPER_ERR_NO_REGION, flash_test_program(&test));
	assert_int_equal(test.fake->operations, 0);
	flash_test_check_end(&test);
	flash_test_end(&test);
}

static void program__writes_ram_last(void **state)
{
	uint8_t code[0x100], ram[0x5000];
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	flash_test_fill(code, sizeof(code), 1);
	flash_test_fill(ram, sizeof(ram), 2);
	/* Right over the algorithm and its buffers. */
	flash_test_add_image(&test, FAKE_RAM_START, ram, sizeof(ram));
	flash_test_add_image(&test, 0x08000000, code, sizeof(code));
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_memory_equal(test.first->bytes, code, sizeof(code));
	assert_memory_equal(test.fake->ram, ram, sizeof(ram));
	assert_int_equal(test.result.programmed_bytes, 0x5100);
	assert_int_equal(test.result.verified_bytes, 0x5100);
	assert_int_equal(test.result.image_bytes, 0x5100);
	flash_test_end(&test);
}

static void program__verifies_ram(void **state)
{
	uint8_t ram[0x100] = { 0 };
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	test.fake->bad_ram = FAKE_RAM_START + 0x7055;
	flash_test_add_image(&test, FAKE_RAM_START + 0x7000, ram, sizeof(ram));
	assert_fails(DAPPER_ERR_VERIFY, flash_test_program(&test));
	assert_message("RAM differs: expected 0x00, found 0x01");
	assert_string_equal(dapper_error_last()->where, "address 0x20007055");
	flash_test_end(&test);
}

static void program__reports_time_and_progress(void **state)
{
	uint8_t data[0x800];
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	memset(test.first->bytes, 0, 0x400);
	flash_test_fill(data, sizeof(data), 1);
	flash_test_add_image(&test, 0x08000000, data, sizeof(data));
	assert_ok(flash_test_program(&test));
	for (size_t phase = 0; phase < 4; phase++) {
		assert_true(test.last_total[phase] > 0);
		assert_int_equal(test.last_done[phase], test.last_total[phase]);
	}
	assert_int_equal(test.last_total[DAPPER_PHASE_COMPARE], 0x800);
	assert_int_equal(test.last_total[DAPPER_PHASE_ERASE], 0x400);
	assert_int_equal(test.last_total[DAPPER_PHASE_PROGRAM], 0x800);
	assert_int_equal(test.last_total[DAPPER_PHASE_VERIFY], 0x800);
	/* Init, EraseSector and UnInit; Init and eight pages: 1 ms each. */
	assert_in_range(test.result.compare_ns, 1, 100000);
	assert_in_range(test.result.erase_ns, 3000000, 3100000);
	assert_in_range(test.result.program_ns, 9000000, 9100000);
	assert_in_range(test.result.verify_ns, 1, 100000);
	flash_test_end(&test);
}

static void program__checks_its_options(void **state)
{
	const uint8_t byte = 1;
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	assert_fails(DAPPER_ERR_INVALID, flash_test_program(&test));
	flash_test_add_image(&test, 0x08000000, &byte, 1);
	test.options.erase = (dapper_erase_mode)7;
	assert_fails(DAPPER_ERR_INVALID, flash_test_program(&test));
	test.options.erase = DAPPER_ERASE_AUTO;
	test.options.struct_size = 0;
	assert_fails(DAPPER_ERR_INVALID, flash_test_program(&test));
	assert_int_equal(test.fake->operations, 0);
	/* From before there was anything but the mode. */
	test.options.struct_size = offsetof(dapper_flash_options, skip_verify);
	test.options.skip_verify = true;
	assert_ok(flash_test_program(&test));
	assert_int_equal(test.reports, 0);
	assert_int_equal(test.result.verified_bytes, 0x100);
	fake_target_restart(test.fake);
	assert_ok(flash_program(test.flash, test.images, 1, NULL, NULL));
	test.images[1] = NULL;
	assert_fails(DAPPER_ERR_INVALID, flash_program(test.flash, test.images, 2, NULL, NULL));
	assert_fails(DAPPER_ERR_INVALID, flash_program(test.flash, NULL, 1, NULL, NULL));
	flash_test_end(&test);
}

/* --- flash that is different --- */

/* LPC55: what is erased cannot be read. */
static void program__copes_with_unreadable_pages(void **state)
{
	uint8_t data[0x300];
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &stm32_like, 1);
	test.first->blank_faults = true;
	flash_test_fill(test.first->bytes + 0x300, 0x100, 5);
	flash_test_fill(data, sizeof(data), 6);
	memset(data + 0x100, 0xff, 0x100);
	flash_test_add_image(&test, 0x08000000, data, sizeof(data));
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_memory_equal(test.first->bytes, data, sizeof(data));
	assert_int_not_equal(test.first->bytes[0x300], 0xff);
	/* What is blank is asked of the algorithm. */
	assert_non_null(strstr(test.fake->log, "BlankCheck 08000100 100\n"));
	assert_int_equal(test.result.verified_bytes, 0x400);
	flash_test_end(&test);
}

static void program__needs_blank_check_for_unreadable_pages(void **state)
{
	static const struct fake_flm without = { .without = BIT(FLM_BLANK_CHECK) };
	uint8_t data[0x200];
	struct flash_test test;

	(void)state;
	flash_test_begin(&test, true, &without, 1);
	test.first->blank_faults = true;
	memset(data, 0xff, sizeof(data));
	data[0] = 0;
	flash_test_add_image(&test, 0x08000000, data, sizeof(data));
	assert_fails(DAPPER_ERR_FAULT, flash_test_program(&test));
	flash_test_check_end(&test);
	flash_test_end(&test);
}

/* --- random images over random contents, against what must come out --- */

struct random_case {
	const char *what;
	struct fake_flm flm;
	bool smart;
	bool only_whole_calls;
	dapper_erase_mode mode;
	bool external;
};

static const struct random_case random_cases[] = {
	{ "random: auto", .smart = true },
	{ "random: auto, not smart", .smart = false },
	{ "random: sectors", .smart = true, .mode = DAPPER_ERASE_SECTOR },
	{ "random: chip", .smart = true, .mode = DAPPER_ERASE_CHIP },
	{ "random: whole calls only", .smart = true, .only_whole_calls = true },
	{ "random: erases to 0", { .erases_to_zero = true }, .smart = true },
	{ "random: pages of 2 bytes",
		{ .size = 0x100, .page_size = 2, .sectors = { { 0, 2, 128 } } }, .smart = true },
	{ "random: one sector of 528 bytes",
		{ .size = 528, .page_size = 528, .sectors = { { 0, 528, 1 } } }, .smart = true },
	{ "random: pages that do not divide sectors",
		{ .size = 0x1200, .page_size = 200, .sectors = { { 0, 0x300, 6 } } },
		.smart = true },
	{ "random: pages larger than sectors",
		{ .size = 0x1000, .page_size = 0x400, .sectors = { { 0, 0x100, 16 } } },
		.smart = true },
	{ "random: page as large as the device",
		{ .size = 0x1000,
			.page_size = 0x1000,
			.sectors = { { 0, 0x100, 8 }, { 0x800, 0x800, 1 } } },
		.smart = true },
	{ "random: last sector cut by the device's end",
		{ .size = 0x1100, .page_size = 0x80, .sectors = { { 0, 0x400, 5 } } },
		.smart = true },
	{ "random: one page buffer", { .code_size = 0x7c00 }, .smart = true },
	{ "random: external flash", { .type = FLM_TYPE_EXTSPI }, .smart = true, .external = true },
};

enum { ROUNDS = 60, MAX_FLASH = 0x4000 };

struct oracle {
	uint8_t expected[MAX_FLASH];
	bool is_image[MAX_FLASH];
	uint32_t seed;
};

static uint32_t pick(struct oracle *oracle, uint32_t below)
{
	oracle->seed = oracle->seed * 1664525 + 1013904223;
	return (oracle->seed >> 8) % below;
}

/* Blank, or not, or what the image before has left; in runs. */
static void scramble(struct oracle *oracle, struct fake_flash *flash)
{
	uint32_t at = 0;

	while (at < flash->size) {
		uint32_t run = 1 + pick(oracle, flash->size / 4);

		run = run < flash->size - at ? run : flash->size - at;
		switch (pick(oracle, 3)) {
		case 0:
			memset(flash->bytes + at, flash->flm->device.erased_value, run);
			break;
		case 1:
			flash_test_fill(flash->bytes + at, run, oracle->seed);
			break;
		default:
			break;
		}
		at += run;
	}
}

static void make_images(struct oracle *oracle, struct flash_test *test)
{
	uint32_t size = test->first->size, at = pick(oracle, size);
	uint8_t data[MAX_FLASH];

	memset(oracle->is_image, 0, sizeof(oracle->is_image));
	for (size_t i = 0; i < 3 && at < size; i++) {
		uint32_t length = 1 + pick(oracle, (size - at));

		if (pick(oracle, 2))
			length = 1 + length / 16;
		flash_test_fill(data, length, oracle->seed);
		/* Blank bytes, and some that are there already. */
		for (uint32_t k = 0; k < length; k++)
			if (k / 300 % 3 == 1)
				data[k] = test->first->flm->device.erased_value;
			else if (k / 700 % 3 == 2)
				data[k] = test->first->bytes[at + k];
		flash_test_add_image(test, test->first->start + at, data, length);
		memcpy(oracle->expected + at, data, length);
		memset(oracle->is_image + at, true, length);
		at += length + pick(oracle, size / 2);
	}
}

/* Chip: all that is beside the images is gone. */
static void forget_the_rest(struct oracle *oracle, const struct fake_flash *flash)
{
	for (uint32_t i = 0; i < flash->size; i++)
		if (!oracle->is_image[i])
			oracle->expected[i] = flash->flm->device.erased_value;
}

static void check_again(struct flash_test *test)
{
	fake_target_restart(test->fake);
	test->options.erase = DAPPER_ERASE_AUTO;
	assert_ok(flash_test_program(test));
	flash_test_check_end(test);
	assert_int_equal(test->result.skipped_bytes, test->result.image_bytes);
	assert_int_equal(test->first->erased_sectors + test->first->programmed_pages, 0);
}

static void program__makes_flash_as_wanted(void **state)
{
	const struct random_case *row = *state;
	struct oracle *oracle = calloc(1, sizeof(*oracle));
	struct flash_test test;

	assert_non_null(oracle);
	oracle->seed = 20260101;
	flash_test_begin(&test, row->smart, &row->flm, 1);
	test.first->needs_init_3 = row->external;
	for (size_t round = 0; round < ROUNDS; round++) {
		fake_target_restart(test.fake);
		test.fake->only_whole_calls = row->only_whole_calls;
		scramble(oracle, test.first);
		memcpy(oracle->expected, test.first->bytes, test.first->size);
		make_images(oracle, &test);
		if (row->mode == DAPPER_ERASE_CHIP)
			forget_the_rest(oracle, test.first);
		test.options.erase = row->mode;
		assert_ok(flash_test_program(&test));
		flash_test_check_end(&test);
		assert_memory_equal(test.first->bytes, oracle->expected, test.first->size);
		if (row->mode != DAPPER_ERASE_CHIP)
			assert_int_equal(test.result.erased_sectors, test.first->erased_sectors);
		if (row->smart)
			check_again(&test);
		flash_test_drop_images(&test);
	}
	flash_test_end(&test);
	free(oracle);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(program__keeps_the_rest_of_a_sector),
		cmocka_unit_test(program__does_not_program_blank_pages_after_an_erase),
		cmocka_unit_test(program__erases_for_bits_only_when_the_page_is_not_blank),
		cmocka_unit_test(program__skips_the_right_pages_of_a_sector),
		cmocka_unit_test(program__erases_all_it_touches_when_not_smart),
		cmocka_unit_test(program__chip_erases_what_is_beside_the_image),
		cmocka_unit_test(program__none_says_when_an_erase_was_due),
		cmocka_unit_test(program__verifies),
		cmocka_unit_test(program__needs_erase_sector_to_erase),
		cmocka_unit_test(program__touches_nothing_when_some_does_not_fit),
		cmocka_unit_test(program__writes_ram_last),
		cmocka_unit_test(program__verifies_ram),
		cmocka_unit_test(program__reports_time_and_progress),
		cmocka_unit_test(program__checks_its_options),
		cmocka_unit_test(program__copes_with_unreadable_pages),
		cmocka_unit_test(program__needs_blank_check_for_unreadable_pages),
	};

	return test_run_all("flash/program", tests, ARRAY_SIZE(tests),
		program__makes_flash_as_wanted, random_cases, sizeof(random_cases[0]),
		ARRAY_SIZE(random_cases));
}
