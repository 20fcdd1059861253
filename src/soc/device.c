/* SPDX-License-Identifier: Apache-2.0 */
#include "soc/device.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"

/* The target that is always there: nothing known but the architecture. */
static const char generic_name[] = "cortex_m";

dapper_status device_init(struct device *device, const char *name)
{
	*device = (struct device){ .name = xstrdup(name) };
	if (!device->name)
		return FAIL_NO_MEMORY("a device");
	return DAPPER_OK;
}

void device_finish(struct device *device)
{
	for (size_t i = 0; i < device->algorithm_count; i++) {
		free((void *)(uintptr_t)device->algorithms[i].placement.name);
		flm_free(device->algorithms[i].flm);
	}
	free(device->algorithms);
	memory_map_destroy(device->map);
	free(device->name);
	*device = (struct device){ .name = NULL };
}

static dapper_status keep_algorithm(
	struct device *device, const struct flash_placement *placement, struct flm *flm)
{
	struct device_algorithm *algorithms = xgrow(device->algorithms, device->algorithm_count,
		&device->algorithm_capacity, sizeof(*algorithms));
	char *name;

	if (!algorithms)
		return FAIL_NO_MEMORY("a flash algorithm");
	device->algorithms = algorithms;
	name = xstrdup(placement->name);
	if (!name)
		return FAIL_NO_MEMORY("a flash algorithm");
	algorithms[device->algorithm_count] =
		(struct device_algorithm){ .placement = *placement, .flm = flm };
	algorithms[device->algorithm_count++].placement.name = name;
	return DAPPER_OK;
}

/* The region with what only the FLM knows: page, erased value, sectors. @p runs is to be freed. */
static dapper_status fill_region(
	dapper_region *region, const struct flm_device *flash, dapper_sector_run **runs)
{
	dapper_sector_run *made = xcalloc(flash->sectors_count, sizeof(*made));

	if (!made)
		return FAIL_NO_MEMORY("a sector table");
	region->type = DAPPER_REGION_FLASH;
	region->page_size = flash->page_size;
	region->erased_value = flash->erased_value;
	region->sectors = made;
	region->sector_run_count = 0;
	for (size_t i = 0; i < flash->sectors_count; i++) {
		if (flash->sectors[i].offset >= region->size)
			break;
		made[region->sector_run_count++] = (dapper_sector_run){
			.address = region->address + flash->sectors[i].offset,
			.sector_size = flash->sectors[i].size,
		};
	}
	*runs = made;
	return DAPPER_OK;
}

static dapper_status add_flash(dapper_context *context, struct device *device,
	const dapper_region *region, const struct flash_placement *placement, struct flm *flm)
{
	dapper_region filled = *region;
	struct flash_placement fitted = *placement;
	dapper_sector_run *runs = NULL;
	dapper_status status;

	if (flm->device.size < region->size)
		log_warning(context, DAPPER_LOG_PACK,
			"%s: the flash at 0x%08llx has 0x%llx bytes by the pack, 0x%x by the "
			"algorithm, which counts",
			placement->name, (unsigned long long)region->address,
			(unsigned long long)region->size, (unsigned)flm->device.size);
	if (flm->device.size < filled.size)
		filled.size = fitted.size = flm->device.size;
	TRY(fill_region(&filled, &flm->device, &runs));
	status = memory_map_add(device->map, &filled);
	free(runs);
	if (status == DAPPER_OK)
		status = keep_algorithm(device, &fitted, flm);
	return status;
}

dapper_status device_add_flash(dapper_context *context, struct device *device,
	const dapper_region *region, const struct flash_placement *placement,
	const uint8_t *flm_bytes, size_t flm_size)
{
	struct flm *flm;
	dapper_status status;

	TRY(flm_parse(placement->name, flm_bytes, flm_size, &flm));
	status = add_flash(context, device, region, placement, flm);
	if (status != DAPPER_OK)
		flm_free(flm);
	return status;
}

static bool is_generic(const char *name)
{
	return !name || !name[0] || strcasecmp(name, generic_name) == 0;
}

dapper_status device_find(dapper_context *context, dapper_pack *const *packs, size_t pack_count,
	const char *name, struct device *device)
{
	const dapper_pack_device *found;
	dapper_status status;
	dapper_pack *pack;

	if (is_generic(name))
		return device_init(device, generic_name);
	if (pack_count == 0)
		return device_from_builtin(context, name, device);
	status = dapper_packs_find_device(packs, pack_count, name, &pack, &found);
	if (status == DAPPER_OK)
		return device_from_pack(context, pack, found, device);
	if (status == DAPPER_ERR_NOT_FOUND) {
		/* What is near in the user's packs helps more than what is built in. */
		struct error_state not_in_packs;

		error_save(&not_in_packs);
		if (device_from_builtin(context, name, device) == DAPPER_OK)
			return DAPPER_OK;
		return error_restore(&not_in_packs);
	}
	return status;
}
