/* SPDX-License-Identifier: Apache-2.0 */
/* The memory map of a Cortex-M of which nothing else is known. */
#include "base/bits.h"
#include "base/error.h"
#include "soc/coresight_soc.h"

enum {
	RW = DAPPER_ACCESS_READ | DAPPER_ACCESS_WRITE,
	RWX = RW | DAPPER_ACCESS_EXECUTE,
	RX = DAPPER_ACCESS_READ | DAPPER_ACCESS_EXECUTE,
};

/* The address space is cut into eight equal parts. */
enum { PART_SIZE = 0x20000000 };

/* DDI 0403E, B3.1, table B3-1. What lies inside the parts only the device's maker knows. */
static const struct {
	const char *name;
	dapper_region_type type;
	unsigned access;
} parts[] = {
	{ "Code", DAPPER_REGION_OTHER, RX },
	{ "SRAM", DAPPER_REGION_RAM, RWX },
	{ "Peripheral", DAPPER_REGION_DEVICE, RW },
	{ "RAM (write-back)", DAPPER_REGION_RAM, RWX },
	{ "RAM (write-through)", DAPPER_REGION_RAM, RWX },
	{ "Device (shareable)", DAPPER_REGION_DEVICE, RW },
	{ "Device", DAPPER_REGION_DEVICE, RW },
	{ "PPB and vendor", DAPPER_REGION_DEVICE, RW },
};

static dapper_status add_parts(struct dapper_memory_map *map)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const dapper_region region = {
			.name = parts[i].name,
			.type = parts[i].type,
			.access = parts[i].access,
			.address = (uint64_t)i * PART_SIZE,
			.size = PART_SIZE,
			.is_boot = i == 0,
			.is_default = i == 1,
		};

		TRY(memory_map_add(map, &region));
	}
	return DAPPER_OK;
}

dapper_status architecture_memory_map(struct dapper_memory_map **map)
{
	struct dapper_memory_map *made;
	dapper_status status;

	TRY(memory_map_create(&made));
	status = add_parts(made);
	if (status != DAPPER_OK) {
		memory_map_destroy(made);
		return status;
	}
	*map = made;
	return DAPPER_OK;
}
