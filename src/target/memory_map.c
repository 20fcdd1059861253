/* SPDX-License-Identifier: Apache-2.0 */
#include "target/memory_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

struct dapper_memory_map {
	dapper_region *regions; /* sorted by address; names and sector runs are ours */
	size_t count;
	size_t capacity;
};

dapper_status memory_map_create(struct dapper_memory_map **map)
{
	struct dapper_memory_map *made = xnew(made);

	if (!made)
		return FAIL_NO_MEMORY("a memory map");
	*map = made;
	return DAPPER_OK;
}

static void free_region(dapper_region *region)
{
	free((void *)(uintptr_t)region->name);
	free((void *)(uintptr_t)region->sectors);
}

void memory_map_destroy(struct dapper_memory_map *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->count; i++)
		free_region(&map->regions[i]);
	free(map->regions);
	free(map);
}

static uint64_t last_address(const dapper_region *region)
{
	return region->address + (region->size - 1);
}

static dapper_status check_region(const struct dapper_memory_map *map, const dapper_region *region)
{
	if (region->size == 0 || last_address(region) < region->address)
		return dapper_fail(DAPPER_ERR_INVALID,
			"memory region '%s' at 0x%08llx has an impossible size of 0x%llx",
			region->name, (unsigned long long)region->address,
			(unsigned long long)region->size);
	for (size_t i = 0; i < map->count; i++) {
		const dapper_region *other = &map->regions[i];

		if (region->address <= last_address(other) &&
			other->address <= last_address(region))
			return dapper_fail(DAPPER_ERR_INVALID,
				"memory region '%s' at 0x%08llx overlaps '%s' at 0x%08llx",
				region->name, (unsigned long long)region->address, other->name,
				(unsigned long long)other->address);
	}
	return DAPPER_OK;
}

static bool copy_region(dapper_region *copy, const dapper_region *region)
{
	size_t run_bytes = region->sector_run_count * sizeof(*region->sectors);
	dapper_sector_run *runs = xcalloc(region->sector_run_count, sizeof(*runs));

	*copy = *region;
	copy->name = xstrdup(region->name);
	copy->sectors = runs;
	if (runs && run_bytes)
		memcpy(runs, region->sectors, run_bytes);
	return copy->name && runs;
}

dapper_status memory_map_add(struct dapper_memory_map *map, const dapper_region *region)
{
	dapper_region *regions;
	dapper_region copy;
	size_t at = 0;

	TRY(check_region(map, region));
	regions = xgrow(map->regions, map->count, &map->capacity, sizeof(*regions));
	if (!regions)
		return FAIL_NO_MEMORY("a memory region");
	map->regions = regions;
	if (!copy_region(&copy, region)) {
		free_region(&copy);
		return FAIL_NO_MEMORY("a memory region");
	}
	while (at < map->count && regions[at].address < region->address)
		at++;
	memmove(&regions[at + 1], &regions[at], (map->count - at) * sizeof(*regions));
	regions[at] = copy;
	map->count++;
	return DAPPER_OK;
}

size_t dapper_memory_map_count(const dapper_memory_map *map)
{
	return map ? map->count : 0;
}

const dapper_region *dapper_memory_map_get(const dapper_memory_map *map, size_t index)
{
	return map && index < map->count ? &map->regions[index] : NULL;
}

const dapper_region *dapper_memory_map_find(const dapper_memory_map *map, uint64_t address)
{
	for (size_t i = 0; map && i < map->count; i++)
		if (address - map->regions[i].address < map->regions[i].size)
			return &map->regions[i];
	return NULL;
}

const dapper_region *memory_map_first_of(
	const struct dapper_memory_map *map, dapper_region_type type)
{
	const dapper_region *first = NULL;

	for (size_t i = 0; i < map->count; i++) {
		const dapper_region *region = &map->regions[i];

		if (region->type != type)
			continue;
		if (region->is_default)
			return region;
		if (!first)
			first = region;
	}
	return first;
}

void region_get_sector(
	const dapper_region *region, uint64_t address, uint64_t *start, uint64_t *size)
{
	const dapper_sector_run *run = &region->sectors[0];
	uint64_t end = region->address + region->size;

	for (size_t i = 1; i < region->sector_run_count; i++)
		if (region->sectors[i].address <= address)
			run = &region->sectors[i];
	*start = address - (address - run->address) % run->sector_size;
	*size = *start + run->sector_size > end ? end - *start : run->sector_size;
}

const char *dapper_region_type_text(dapper_region_type type)
{
	switch (type) {
	case DAPPER_REGION_RAM:
		return "RAM";
	case DAPPER_REGION_ROM:
		return "ROM";
	case DAPPER_REGION_FLASH:
		return "flash";
	case DAPPER_REGION_DEVICE:
		return "device";
	case DAPPER_REGION_OTHER:
		break;
	}
	return "other";
}
