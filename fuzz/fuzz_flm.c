/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "flash/flm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What flm.h promises. */
static void check(const struct flm *flm)
{
	const struct flm_device *device = &flm->device;
	uint32_t start;
	uint32_t size;

	if (flm->size == 0 || device->sectors_count == 0 || device->page_size == 0)
		abort();
	for (size_t i = 0; i < FLM_FUNCTION_COUNT; i++)
		if (flm->functions[i] != FLM_ABSENT && flm->functions[i] >= flm->size)
			abort();
	for (size_t i = 0; i < device->sectors_count; i++) {
		uint64_t address = (uint64_t)device->start + device->sectors[i].offset;

		if (!flm_find_sector(device, address, &start, &size) || start != address ||
			size != device->sectors[i].size)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flm *flm;

	if (flm_parse("fuzz", data, size, &flm) == DAPPER_OK) {
		check(flm);
		flm_free(flm);
	}
	return 0;
}
