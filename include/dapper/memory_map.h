/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_MEMORY_MAP_H
#define DAPPER_MEMORY_MAP_H

#include <dapper/common.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * What lies where in a target's address space. A map belongs to its target and is sorted by
 * address; regions do not overlap.
 */

typedef enum dapper_region_type {
	DAPPER_REGION_RAM,
	DAPPER_REGION_ROM,
	DAPPER_REGION_FLASH,
	DAPPER_REGION_DEVICE,
	DAPPER_REGION_OTHER
} dapper_region_type;

/** Access rights, a mask. */
typedef enum dapper_region_access {
	DAPPER_ACCESS_READ = 1 << 0,
	DAPPER_ACCESS_WRITE = 1 << 1,
	DAPPER_ACCESS_EXECUTE = 1 << 2,
	DAPPER_ACCESS_SECURE = 1 << 3
} dapper_region_access;

/** A run of equal sectors: from @p address, as far as the next run or the region's end. */
typedef struct dapper_sector_run {
	uint64_t address;
	uint64_t sector_size; /**< Erase unit, in bytes. */
} dapper_sector_run;

typedef struct dapper_region {
	const char *name;
	dapper_region_type type;
	unsigned access;
	uint64_t address;
	uint64_t size;
	bool is_boot;    /**< The core starts from here. */
	bool is_default; /**< Images and algorithms go here when nothing else is said. */

	/* Flash only. */
	uint32_t page_size;               /**< Program unit of the algorithm, in bytes. */
	uint8_t erased_value;             /**< What erased bytes read as. */
	const dapper_sector_run *sectors; /**< Sorted; at least one for flash that can be erased. */
	size_t sector_run_count;
} dapper_region;

typedef struct dapper_memory_map dapper_memory_map;

DAPPER_API size_t dapper_memory_map_count(const dapper_memory_map *map);
/** @return Belongs to the map; NULL when @p index is too large. */
DAPPER_API const dapper_region *dapper_memory_map_get(const dapper_memory_map *map, size_t index);
/** The region that holds @p address, or NULL. */
DAPPER_API const dapper_region *dapper_memory_map_find(
	const dapper_memory_map *map, uint64_t address);
/** "RAM", "ROM", "flash", "device" or "other". */
DAPPER_API const char *dapper_region_type_text(dapper_region_type type);

DAPPER_END_DECLS

#endif /* DAPPER_MEMORY_MAP_H */
