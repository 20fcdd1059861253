/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/flash/flash_test.h"

#include <stdio.h>

static void report(void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	struct flash_test *test = payload;

	assert_true(total > 0 && done <= total);
	/* It only grows, but for a phase that begins again with what goes to RAM. */
	assert_true(
		done >= test->last_done[phase] || done == 0 || total != test->last_total[phase]);
	test->last_done[phase] = done;
	test->last_total[phase] = total;
	test->reports++;
}

void flash_test_begin(
	struct flash_test *test, bool smart, const struct fake_flm *flms, size_t count)
{
	const struct flash_timeouts timeouts = {
		.init = 100, .erase_all = 5000, .erase_sector = 2000, .program = 300
	};

	*test = (struct flash_test){ .fake = fake_target_new() };
	assert_ok(flash_create(&test->fake->target, &timeouts, smart, &test->flash));
	for (size_t i = 0; i < count; i++) {
		char name[16];
		struct flash_placement placement = { .name = name };

		test->flms[i] = fake_flm_new(&flms[i]);
		placement.start = test->flms[i]->device.start;
		placement.size = test->flms[i]->device.size;
		snprintf(name, sizeof(name), "alg%zu.flm", i);
		fake_target_add_flash(
			test->fake, i ? "flash 2" : "flash", placement.start, test->flms[i]);
		assert_ok(flash_add(test->flash, &placement, fake_flm_copy(test->flms[i])));
	}
	test->first = &test->fake->flashes[0];
	test->options = (dapper_flash_options)DAPPER_FLASH_OPTIONS_INIT;
	test->options.progress = report;
	test->options.payload = test;
}

void flash_test_end(struct flash_test *test)
{
	flash_test_drop_images(test);
	flash_destroy(test->flash);
	fake_target_free(test->fake);
	for (size_t i = 0; i < FAKE_FLASHES_MAX; i++)
		flm_free(test->flms[i]);
}

void flash_test_add_image(struct flash_test *test, uint64_t address, const void *data, size_t size)
{
	char name[16];

	assert_true(test->image_count < FLASH_TEST_IMAGES);
	snprintf(name, sizeof(name), "image%zu", test->image_count);
	test->images[test->image_count++] = fake_image_new(name, address, data, size);
}

void flash_test_drop_images(struct flash_test *test)
{
	while (test->image_count > 0)
		dapper_image_free(test->images[--test->image_count]);
}

dapper_status flash_test_program(struct flash_test *test)
{
	memset(&test->result, 0xee, sizeof(test->result));
	memset(test->last_done, 0, sizeof(test->last_done));
	memset(test->last_total, 0, sizeof(test->last_total));
	test_clear_error();
	return flash_program(
		test->flash, test->images, test->image_count, &test->options, &test->result);
}

void flash_test_check_end(const struct flash_test *test)
{
	const dapper_flash_result *result = &test->result;

	assert_string_equal(test->fake->broken, "");
	assert_true(test->fake->cancellable);
	assert_false(test->fake->is_running);
	/* Filled, whatever happened. */
	assert_true(result->programmed_bytes < 1 << 24 && result->erased_bytes < 1 << 24);
	assert_true(result->erased_sectors < 1 << 16 && result->verified_bytes < 1 << 24);
}

void flash_test_fill(uint8_t *bytes, size_t size, uint32_t seed)
{
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(1 + (seed >> 24) % 254);
	}
}
