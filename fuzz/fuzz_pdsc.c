/* SPDX-License-Identifier: Apache-2.0 */
/* Pack descriptions: whatever the bytes, an error or devices that can be read through. */
#include <stdlib.h>
#include <string.h>

#include "pack/pdsc.h"
#include "pack/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LIMIT = 8 << 20 };

/* Touches every string and range, for the sanitizers to see. */
static size_t read_device(const dapper_pack_device *device)
{
	size_t sum = strlen(device->name) + strlen(device->vendor) + strlen(device->family) +
	             strlen(device->sub_family);

	for (size_t i = 0; i < device->processor_count; i++)
		sum += strlen(device->processors[i].name) + strlen(device->processors[i].core) +
		       strlen(device->processors[i].svd) + strlen(device->processors[i].revision);
	for (size_t i = 0; i < device->memory_count; i++) {
		const dapper_pack_memory *memory = &device->memories[i];

		sum += strlen(memory->name) + strlen(memory->processor) + strlen(memory->alias);
		if (memory->size == 0 || memory->size - 1 > UINT64_MAX - memory->start)
			abort();
	}
	for (size_t i = 0; i < device->algorithm_count; i++) {
		const dapper_pack_algorithm *algorithm = &device->algorithms[i];

		sum += strlen(algorithm->path) + strlen(algorithm->processor);
		if (algorithm->size == 0 || algorithm->size - 1 > UINT64_MAX - algorithm->start)
			abort();
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pack_devices devices;
	struct string_set strings;
	struct arena arena;
	struct pdsc pdsc;

	arena_init(&arena, ARENA_LIMIT);
	string_set_init(&strings, &arena);
	if (pdsc_parse("fuzz.pdsc", data, size, &strings, &pdsc) == DAPPER_OK &&
		pack_resolve(NULL, "fuzz.pdsc", &pdsc, &strings, &devices) == DAPPER_OK) {
		for (size_t i = 0; i < devices.count; i++)
			if (read_device(&devices.devices[i].device) > ARENA_LIMIT)
				abort();
		free(devices.files);
	}
	string_set_finish(&strings);
	arena_finish(&arena);
	return 0;
}
