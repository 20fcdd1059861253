/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOC_DEVICE_H
#define SOC_DEVICE_H

/**
 * @file
 * What is known about a device before anything is connected: memory map and flash algorithms, from
 * a pack, from the built-in table, or nothing but the architecture.
 */
#include <dapper/pack.h>

#include "flash/flash.h"

/** One flash algorithm, ready to be handed to flash_add(). */
struct device_algorithm {
	struct flash_placement placement; /* name is ours */
	struct flm *flm;
};

struct device {
	char *name;
	struct dapper_memory_map *map; /* NULL once taken, or when nothing is known */
	struct device_algorithm *algorithms;
	size_t algorithm_count;
	size_t algorithm_capacity;
};

/**
 * Find a device by name: in the packs, then built in, "cortex_m" (or NULL or "") being the one that
 * is always there.
 *
 * Oddities of a pack (missing FLM, sizes that disagree, overlaps) are warnings in the log.
 * @param[out] device  Owned by the caller: device_finish().
 * @retval DAPPER_ERR_NOT_FOUND  Nowhere; the hint names the nearest.
 */
dapper_status device_find(dapper_context *context, dapper_pack *const *packs, size_t pack_count,
	const char *name, struct device *device);
void device_finish(struct device *device);

/* --- for the sources of devices: soc/device_pack.c, soc/device_builtin.c ---------------------- */

dapper_status device_init(struct device *device, const char *name);

/**
 * Add a flash algorithm from the bytes of its FLM, and the region that it serves to the map.
 *
 * @param region  Name, access and flags; page and sector sizes come from the FLM.
 */
dapper_status device_add_flash(dapper_context *context, struct device *device,
	const dapper_region *region, const struct flash_placement *placement,
	const uint8_t *flm_bytes, size_t flm_size);

dapper_status device_from_pack(dapper_context *context, dapper_pack *pack,
	const dapper_pack_device *pack_device, struct device *device);

/** @retval DAPPER_ERR_NOT_FOUND  Not built in; the hint names the nearest. */
dapper_status device_from_builtin(dapper_context *context, const char *name, struct device *device);

#endif /* SOC_DEVICE_H */
