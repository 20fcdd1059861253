/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TARGET_MEMORY_MAP_H
#define TARGET_MEMORY_MAP_H

#include <dapper/error.h>
#include <dapper/memory_map.h>

dapper_status memory_map_create(struct dapper_memory_map **map);
/** NULL is fine. */
void memory_map_destroy(struct dapper_memory_map *map);

/**
 * Add a region; names and sector runs are copied.
 *
 * @retval DAPPER_ERR_INVALID  It is empty, wraps around the address space, or overlaps another; the
 *                             message names both.
 */
dapper_status memory_map_add(struct dapper_memory_map *map, const dapper_region *region);

/** The first region of a type, the default one before others; NULL when there is none. */
const dapper_region *memory_map_first_of(
	const struct dapper_memory_map *map, dapper_region_type type);

/** The sector that holds @p address, which lies in the flash region @p region. */
void region_get_sector(
	const dapper_region *region, uint64_t address, uint64_t *start, uint64_t *size);

#endif /* TARGET_MEMORY_MAP_H */
