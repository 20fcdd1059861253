/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device as a CMSIS-Pack describes it. Flash is what a default algorithm serves; what else the
 * pack calls memory is RAM where it may be written, ROM where not.
 */
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "soc/device.h"

/* Is [start, start + size) known as flash already? Several algorithms for one place: the first
 * counts. */
static bool is_served(const struct device *device, uint64_t start, uint64_t size)
{
	for (size_t i = 0; i < device->algorithm_count; i++) {
		const struct flash_placement *other = &device->algorithms[i].placement;

		if (start < other->start + other->size && other->start < start + size)
			return true;
	}
	return false;
}

/* The memory that an algorithm's flash lies in, for its name and access; NULL: it is not listed. */
static const dapper_pack_memory *memory_around(
	const dapper_pack_device *pack_device, uint64_t address)
{
	for (size_t i = 0; i < pack_device->memory_count; i++)
		if (address - pack_device->memories[i].start < pack_device->memories[i].size)
			return &pack_device->memories[i];
	return NULL;
}

/* An algorithm often serves a whole family: a device has no more flash than its memory says. */
static uint64_t served_size(
	const dapper_pack_algorithm *algorithm, const dapper_pack_memory *memory)
{
	uint64_t left = memory ? memory->start + memory->size - algorithm->start : UINT64_MAX;

	return algorithm->size < left ? algorithm->size : left;
}

static dapper_status add_algorithm(dapper_context *context, dapper_pack *pack,
	const dapper_pack_device *pack_device, const dapper_pack_algorithm *algorithm,
	struct device *device)
{
	const dapper_pack_memory *memory = memory_around(pack_device, algorithm->start);
	dapper_region region = {
		.name = memory ? memory->name : algorithm->path,
		.access = memory ? memory->access : DAPPER_ACCESS_READ,
		.address = algorithm->start,
		.size = served_size(algorithm, memory),
		.is_boot = memory && memory->is_startup,
		.is_default = memory && memory->is_default,
	};
	const struct flash_placement placement = {
		.name = algorithm->path,
		.start = algorithm->start,
		.size = region.size,
		.ram_start = algorithm->ram_start,
		.ram_size = algorithm->ram_size,
	};
	dapper_status status;
	uint8_t *bytes;
	size_t size;

	TRY(dapper_pack_read_file(pack, algorithm->path, &bytes, &size));
	status = device_add_flash(context, device, &region, &placement, bytes, size);
	free(bytes);
	return status;
}

/* An algorithm that cannot be used makes its flash read-only; the device stays usable. */
static void add_algorithms(dapper_context *context, dapper_pack *pack,
	const dapper_pack_device *pack_device, struct device *device)
{
	for (size_t i = 0; i < pack_device->algorithm_count; i++) {
		const dapper_pack_algorithm *algorithm = &pack_device->algorithms[i];

		if (!algorithm->is_default || algorithm->size == 0 ||
			is_served(device, algorithm->start, algorithm->size))
			continue;
		if (add_algorithm(context, pack, pack_device, algorithm, device) != DAPPER_OK)
			log_warning(context, DAPPER_LOG_PACK, "ignoring flash algorithm '%s': %s",
				algorithm->path, dapper_error_last()->message);
	}
}

/* Add the parts of a memory that are not in the map yet: what lies before, between, behind flash.
 */
static dapper_status add_rest(struct device *device, const dapper_region *whole)
{
	uint64_t end = whole->address + whole->size;
	dapper_region part = *whole;

	while (part.address < end) {
		const dapper_region *taken = dapper_memory_map_find(device->map, part.address);
		const dapper_region *next;

		if (taken) {
			part.address = taken->address + taken->size;
			continue;
		}
		part.size = end - part.address;
		for (size_t i = 0; (next = dapper_memory_map_get(device->map, i)); i++)
			if (next->address > part.address &&
				next->address < part.address + part.size)
				part.size = next->address - part.address;
		TRY(memory_map_add(device->map, &part));
		part.address += part.size;
	}
	return DAPPER_OK;
}

static dapper_status add_memories(
	dapper_context *context, const dapper_pack_device *pack_device, struct device *device)
{
	for (size_t i = 0; i < pack_device->memory_count; i++) {
		const dapper_pack_memory *memory = &pack_device->memories[i];
		dapper_region region = {
			.name = memory->name,
			.type = memory->access & DAPPER_ACCESS_WRITE ? DAPPER_REGION_RAM
			                                             : DAPPER_REGION_ROM,
			.access = memory->access,
			.address = memory->start,
			.size = memory->size,
			.is_boot = memory->is_startup,
			.is_default = memory->is_default,
		};

		if (memory->size == 0 || memory->start + memory->size < memory->start) {
			log_warning(context, DAPPER_LOG_PACK, "ignoring memory '%s': no size",
				memory->name);
			continue;
		}
		TRY(add_rest(device, &region));
	}
	return DAPPER_OK;
}

dapper_status device_from_pack(dapper_context *context, dapper_pack *pack,
	const dapper_pack_device *pack_device, struct device *device)
{
	dapper_status status = device_init(device, pack_device->name);

	if (status == DAPPER_OK)
		status = memory_map_create(&device->map);
	if (status == DAPPER_OK) {
		add_algorithms(context, pack, pack_device, device);
		status = add_memories(context, pack_device, device);
	}
	if (status != DAPPER_OK)
		device_finish(device);
	return status;
}
