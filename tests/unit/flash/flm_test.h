/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLASH_FLM_TEST_H
#define UNIT_FLASH_FLM_TEST_H

#include "support/test.h"

#include <stdlib.h>

#include "base/file.h"
#include "flash/flm.h"

/** Contents of a file. */
static inline uint8_t *flm_test_file(const char *path, size_t *size)
{
	uint8_t *data;

	assert_ok(file_read(path, 1 << 20, &data, size));
	return data;
}

/** What holds for every FLM that was accepted. */
static inline void flm_test_check(const struct flm *flm)
{
	const struct flm_device *device = &flm->device;
	uint64_t end = 0;

	assert_true(device->size > 0 && device->page_size > 0);
	assert_true(device->page_size <= FLM_MAX_PAGE_SIZE);
	assert_true((uint64_t)device->start + device->size <= UINT64_C(1) << 32);
	assert_true(device->sectors_count > 0);
	assert_true(strlen(device->name) < sizeof(device->name));
	for (size_t i = 0; i < device->sectors_count; i++) {
		const struct flm_sectors *run = &device->sectors[i];

		assert_true(run->size > 0 && run->count > 0);
		assert_true(run->offset >= end);
		end = run->offset + (uint64_t)run->size * run->count;
		assert_true(end - run->size < device->size);
	}
	assert_true(flm->size > 0);
	assert_true((uint64_t)flm->size + flm->bss_size <= FLM_MAX_IMAGE_SIZE);
	assert_true(flm->alignment >= 4 && (flm->alignment & (flm->alignment - 1)) == 0);
	assert_true(flm->static_base <= flm->size + flm->bss_size);
	for (size_t i = 0; i < FLM_FUNCTION_COUNT; i++)
		assert_true(flm->functions[i] == FLM_ABSENT || flm->functions[i] < flm->size);
	assert_true(flm->functions[FLM_INIT] != FLM_ABSENT);
	assert_true(flm->functions[FLM_UNINIT] != FLM_ABSENT);
	assert_true(flm->functions[FLM_PROGRAM_PAGE] != FLM_ABSENT);
}

#endif /* UNIT_FLASH_FLM_TEST_H */
