/* SPDX-License-Identifier: Apache-2.0 */
#include "flash/plan.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "flash/loader.h"

/* A segment with the image that it is from. */
struct source {
	const dapper_segment *segment;
	const dapper_image *image;
};

struct planner {
	const dapper_memory_map *map;
	const struct programmer_list *programmers;
	struct plan *plan;
};

void plan_finish(struct plan *plan)
{
	free(plan->pieces);
	free(plan->sectors);
	free(plan->ram);
	*plan = (struct plan){ .pieces = NULL };
}

static uint64_t region_end(const dapper_region *region)
{
	return region->address + region->size;
}

/* --- sorting ---------------------------------------------------------------------------------- */

static size_t count_segments(dapper_image *const *images, size_t image_count)
{
	size_t count = 0;

	for (size_t i = 0; i < image_count; i++)
		count += dapper_image_segment_count(images[i]);
	return count;
}

static int compare_sources(const void *a, const void *b)
{
	const struct source *one = a;
	const struct source *other = b;

	if (one->segment->address != other->segment->address)
		return one->segment->address < other->segment->address ? -1 : 1;
	return 0;
}

static void collect(dapper_image *const *images, size_t image_count, struct source *sources)
{
	for (size_t i = 0; i < image_count; i++)
		for (size_t k = 0; k < dapper_image_segment_count(images[i]); k++)
			*sources++ = (struct source){
				.segment = dapper_image_get_segment(images[i], k),
				.image = images[i],
			};
}

static dapper_status check_overlap(const struct source *one, const struct source *next)
{
	const char *name = dapper_image_get_name(one->image);
	const char *next_name = dapper_image_get_name(next->image);

	if (next->segment->address - one->segment->address >= one->segment->size)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_INVALID, "'%s' and '%s' overlap at address 0x%08" PRIx64, name,
		next_name, next->segment->address);
	return dapper_fail_hint(DAPPER_ERR_INVALID,
		"each address can be programmed by one file only: leave one out, or cut it");
}

/* --- where a segment lies --------------------------------------------------------------------- */

static bool has_flash(const dapper_memory_map *map)
{
	for (size_t i = 0; i < dapper_memory_map_count(map); i++)
		if (dapper_memory_map_get(map, i)->type == DAPPER_REGION_FLASH)
			return true;
	return false;
}

static uint64_t distance(const dapper_region *region, uint64_t address)
{
	if (address < region->address)
		return region->address - address;
	return address - (region_end(region) - 1);
}

/* Where it may have been meant to go. */
static const dapper_region *nearest_memory(const dapper_memory_map *map, uint64_t address)
{
	const dapper_region *nearest = NULL;

	for (size_t i = 0; i < dapper_memory_map_count(map); i++) {
		const dapper_region *region = dapper_memory_map_get(map, i);

		if (region->type != DAPPER_REGION_FLASH && region->type != DAPPER_REGION_RAM)
			continue;
		if (!nearest || distance(region, address) < distance(nearest, address))
			nearest = region;
	}
	return nearest;
}

static dapper_status hint_no_region(
	const dapper_memory_map *map, const struct source *source, uint64_t address)
{
	const dapper_region *near = nearest_memory(map, address);

	if (!has_flash(map))
		return dapper_fail_hint(DAPPER_ERR_NO_REGION,
			"no flash is known: name the device with --target, and give its pack with "
			"--pack unless it is built in");
	if (dapper_image_get_format(source->image) == DAPPER_IMAGE_BIN)
		return dapper_fail_hint(DAPPER_ERR_NO_REGION,
			"is --base-address right? The nearest memory is %s '%s' at 0x%08" PRIx64
			" to 0x%08" PRIx64,
			dapper_region_type_text(near->type), near->name, near->address,
			region_end(near) - 1);
	return dapper_fail_hint(DAPPER_ERR_NO_REGION,
		"is it linked for this device? The nearest memory is %s '%s' at 0x%08" PRIx64
		" to 0x%08" PRIx64,
		dapper_region_type_text(near->type), near->name, near->address,
		region_end(near) - 1);
}

static dapper_status fail_no_region(
	const dapper_memory_map *map, const struct source *source, uint64_t address)
{
	const dapper_segment *segment = source->segment;
	const dapper_region *region = dapper_memory_map_find(map, address);

	if (region)
		dapper_fail(DAPPER_ERR_NO_REGION,
			"data for address 0x%08" PRIx64
			", which is in '%s' (%s): neither flash nor RAM",
			address, region->name, dapper_region_type_text(region->type));
	else
		dapper_fail(DAPPER_ERR_NO_REGION,
			"data for address 0x%08" PRIx64 ", where this device has no memory",
			address);
	dapper_fail_where(DAPPER_ERR_NO_REGION, "'%s', segment 0x%08" PRIx64 " to 0x%08" PRIx64,
		dapper_image_get_name(source->image), segment->address,
		segment->address + segment->size - 1);
	return hint_no_region(map, source, address);
}

static dapper_status fail_no_algorithm(const dapper_region *region, uint64_t address)
{
	dapper_fail(DAPPER_ERR_NO_ALGORITHM,
		"no flash algorithm for address 0x%08" PRIx64 " in flash '%s'", address,
		region->name);
	return dapper_fail_hint(DAPPER_ERR_NO_ALGORITHM,
		"give the device's pack with --pack and its name with --target; -v shows whether "
		"an algorithm of it was refused");
}

/* --- pieces and sectors ----------------------------------------------------------------------- */

static dapper_status add_piece(
	struct plan_piece **pieces, size_t *count, size_t *capacity, const struct plan_piece *piece)
{
	struct plan_piece *grown = xgrow(*pieces, *count, capacity, sizeof(*grown));

	if (!grown)
		return FAIL_NO_MEMORY("a programming plan");
	*pieces = grown;
	grown[(*count)++] = *piece;
	return DAPPER_OK;
}

/* A region without sectors is one that can only be erased as a whole. */
static void find_sector(const dapper_region *region, uint64_t address, struct plan_sector *sector)
{
	if (region->sector_run_count > 0) {
		region_get_sector(region, address, &sector->address, &sector->size);
		return;
	}
	sector->address = region->address;
	sector->size = region->size;
}

/* The plan's sector for an address, which is not below those added before. */
static dapper_status need_sector(
	struct planner *planner, const dapper_region *region, uint64_t address)
{
	struct plan *plan = planner->plan;
	struct plan_sector sector = {
		.region = region,
		.programmer = programmer_find(planner->programmers, address),
		.first_piece = plan->piece_count,
	};
	const struct plan_sector *last =
		plan->sector_count ? &plan->sectors[plan->sector_count - 1] : NULL;
	struct plan_sector *sectors;

	if (last && address - last->address < last->size)
		return DAPPER_OK;
	if (!sector.programmer)
		return fail_no_algorithm(region, address);
	find_sector(region, address, &sector);
	sector.page_size = loader_page_size(&sector.programmer->flm->device);
	if (sector.page_size > sector.size)
		sector.page_size = (uint32_t)sector.size;
	if (plan->sector_count == PLAN_SECTORS_MAX)
		return dapper_fail(
			DAPPER_ERR_LIMIT, "more than %d sectors in one run", PLAN_SECTORS_MAX);
	sectors =
		xgrow(plan->sectors, plan->sector_count, &plan->sector_capacity, sizeof(*sectors));
	if (!sectors)
		return FAIL_NO_MEMORY("a programming plan");
	plan->sectors = sectors;
	sectors[plan->sector_count++] = sector;
	return DAPPER_OK;
}

/* Cut what lies in one flash region into its sectors. */
static dapper_status add_flash(
	struct planner *planner, const dapper_region *region, struct plan_piece part)
{
	struct plan *plan = planner->plan;

	while (part.size > 0) {
		struct plan_piece piece = part;
		struct plan_sector *sector;
		uint64_t left;

		TRY(need_sector(planner, region, part.address));
		sector = &plan->sectors[plan->sector_count - 1];
		left = sector->address + sector->size - part.address;
		if (piece.size > left)
			piece.size = (size_t)left;
		TRY(add_piece(&plan->pieces, &plan->piece_count, &plan->piece_capacity, &piece));
		sector->piece_count++;
		part.address += piece.size;
		part.data += piece.size;
		part.size -= piece.size;
	}
	return DAPPER_OK;
}

static bool is_writable_ram(const dapper_region *region)
{
	return region->type == DAPPER_REGION_RAM &&
	       (region->access == 0 || (region->access & DAPPER_ACCESS_WRITE));
}

static dapper_status add_segment(struct planner *planner, const struct source *source)
{
	struct plan *plan = planner->plan;
	uint64_t address = source->segment->address;
	size_t done = 0;

	while (done < source->segment->size) {
		const dapper_region *region = dapper_memory_map_find(planner->map, address + done);
		struct plan_piece part = {
			.address = address + done,
			.data = source->segment->data + done,
			.size = source->segment->size - done,
		};
		dapper_status status;

		if (!region || (region->type != DAPPER_REGION_FLASH && !is_writable_ram(region)))
			return fail_no_region(planner->map, source, address + done);
		if (part.size > region_end(region) - part.address)
			part.size = (size_t)(region_end(region) - part.address);
		if (region->type == DAPPER_REGION_FLASH)
			status = add_flash(planner, region, part);
		else
			status =
				add_piece(&plan->ram, &plan->ram_count, &plan->ram_capacity, &part);
		if (status != DAPPER_OK)
			return dapper_fail_where(status, "'%s', segment 0x%08" PRIx64,
				dapper_image_get_name(source->image), address);
		done += part.size;
	}
	plan->image_bytes += done;
	return DAPPER_OK;
}

static dapper_status add_sources(
	struct planner *planner, const struct source *sources, size_t count)
{
	for (size_t i = 1; i < count; i++)
		TRY(check_overlap(&sources[i - 1], &sources[i]));
	for (size_t i = 0; i < count; i++)
		TRY(add_segment(planner, &sources[i]));
	return DAPPER_OK;
}

dapper_status plan_create(const dapper_memory_map *map, const struct programmer_list *programmers,
	dapper_image *const *images, size_t image_count, struct plan *plan)
{
	struct planner planner = { .map = map, .programmers = programmers, .plan = plan };
	size_t count = count_segments(images, image_count);
	struct source *sources;
	dapper_status status;

	*plan = (struct plan){ .pieces = NULL };
	if (count == 0)
		return dapper_fail(DAPPER_ERR_INVALID, "there is nothing to program");
	sources = xcalloc(count, sizeof(*sources));
	if (!sources)
		return FAIL_NO_MEMORY("a programming plan");
	collect(images, image_count, sources);
	qsort(sources, count, sizeof(*sources), compare_sources);
	status = add_sources(&planner, sources, count);
	free(sources);
	if (status != DAPPER_OK)
		plan_finish(plan);
	return status;
}

/* --- erasing ---------------------------------------------------------------------------------- */

static dapper_status fail_not_flash(const dapper_memory_map *map, uint64_t address)
{
	const dapper_region *region = dapper_memory_map_find(map, address);

	if (region)
		dapper_fail(DAPPER_ERR_NO_REGION,
			"address 0x%08" PRIx64 " is in '%s' (%s), not in flash", address,
			region->name, dapper_region_type_text(region->type));
	else
		dapper_fail(DAPPER_ERR_NO_REGION, "address 0x%08" PRIx64 " is in no memory region",
			address);
	return dapper_fail_hint(DAPPER_ERR_NO_REGION,
		has_flash(map) ? "`dapper info` shows the memory map"
			       : "no flash is known: name the device with --target, and give its "
				 "pack with --pack unless it is built in");
}

static dapper_status add_range(struct planner *planner, uint64_t address, uint64_t end)
{
	const struct plan *plan = planner->plan;

	while (address < end) {
		const dapper_region *region = dapper_memory_map_find(planner->map, address);
		const struct plan_sector *sector;

		if (!region || region->type != DAPPER_REGION_FLASH)
			return fail_not_flash(planner->map, address);
		TRY(need_sector(planner, region, address));
		sector = &plan->sectors[plan->sector_count - 1];
		address = sector->address + sector->size;
	}
	return DAPPER_OK;
}

dapper_status plan_create_erase(const dapper_memory_map *map,
	const struct programmer_list *programmers, uint64_t address, uint64_t size,
	struct plan *plan)
{
	struct planner planner = { .map = map, .programmers = programmers, .plan = plan };
	dapper_status status;

	*plan = (struct plan){ .pieces = NULL };
	if (size == 0 || size > UINT64_MAX - address)
		return dapper_fail(DAPPER_ERR_INVALID,
			"cannot erase 0x%" PRIx64 " bytes at 0x%08" PRIx64, size, address);
	status = add_range(&planner, address, address + size);
	if (status != DAPPER_OK)
		plan_finish(plan);
	return status;
}
