/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLASH_FLASH_TEST_H
#define UNIT_FLASH_FLASH_TEST_H

/** @file A fake target with flash programmers over it. */
#include "flash/flash.h"
#include "support/fake_target.h"

enum { FLASH_TEST_IMAGES = 4 };

struct flash_test {
	struct fake_target *fake;
	struct fake_flash *first; /* = &fake->flashes[0] */
	struct flm *flms[FAKE_FLASHES_MAX];
	struct flash *flash;
	dapper_image *images[FLASH_TEST_IMAGES];
	size_t image_count;
	dapper_flash_options options;
	dapper_flash_result result;
	/* Of the progress callback. */
	uint64_t last_done[4];
	uint64_t last_total[4];
	size_t reports;
};

/** Flash of one or more algorithms, each at its device's start. */
void flash_test_begin(
	struct flash_test *test, bool smart, const struct fake_flm *flms, size_t count);
void flash_test_end(struct flash_test *test);

/** Add an image, named "image0" and so on. */
void flash_test_add_image(struct flash_test *test, uint64_t address, const void *data, size_t size);
void flash_test_drop_images(struct flash_test *test);

/** Program the images; everything in the fake is counted anew. */
dapper_status flash_test_program(struct flash_test *test);

/** What must hold after every run, good or bad. */
void flash_test_check_end(const struct flash_test *test);

/** Fill with bytes that are not blank and differ by @p seed. */
void flash_test_fill(uint8_t *bytes, size_t size, uint32_t seed);

#endif /* UNIT_FLASH_FLASH_TEST_H */
