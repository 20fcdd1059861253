/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_PLAN_H
#define FLASH_PLAN_H

/**
 * @file
 * What goes where: images and memory map in, sectors and pieces of data out. Pure: it does not
 * touch the target, so that everything is known to fit before anything is.
 */
#include "flash/programmer.h"

/** A run of image bytes that lies in one sector of flash, or in one RAM region. */
struct plan_piece {
	uint64_t address;
	const uint8_t *data; /* the image's */
	size_t size;         /* never 0 */
};

/** A sector with something to do. */
struct plan_sector {
	const dapper_region *region;
	const struct flash_programmer *programmer;
	uint64_t address;
	uint64_t size;
	uint32_t page_size; /* pages count from the sector's start; the last may be shorter */
	size_t first_piece; /* into plan.pieces */
	size_t piece_count;
};

struct plan {
	struct plan_piece *pieces; /* in flash; sorted, without overlap */
	size_t piece_count;
	size_t piece_capacity;
	struct plan_sector *sectors; /* sorted */
	size_t sector_count;
	size_t sector_capacity;
	struct plan_piece *ram; /* sorted, without overlap */
	size_t ram_count;
	size_t ram_capacity;
	uint64_t image_bytes; /* flash and RAM */
};

enum { PLAN_SECTORS_MAX = 1 << 20 };

/**
 * Plan the programming of images, which must outlive the plan; map and programmers likewise.
 *
 * @param[out] plan  On failure there is nothing to finish.
 * @retval DAPPER_ERR_NO_REGION     A segment is not wholly in flash and RAM.
 * @retval DAPPER_ERR_NO_ALGORITHM  It is in flash that nobody programs.
 * @retval DAPPER_ERR_INVALID       Two images overlap, or there are none.
 */
dapper_status plan_create(const dapper_memory_map *map, const struct programmer_list *programmers,
	dapper_image *const *images, size_t image_count, struct plan *plan);

/** Plan the erasure of all sectors with a byte in [address, address + size). */
dapper_status plan_create_erase(const dapper_memory_map *map,
	const struct programmer_list *programmers, uint64_t address, uint64_t size,
	struct plan *plan);

void plan_finish(struct plan *plan);

static inline size_t plan_page_count(const struct plan_sector *sector)
{
	return (size_t)((sector->size + sector->page_size - 1) / sector->page_size);
}

/** Where page @p index begins, from the sector's start, and its size. */
static inline size_t plan_page(const struct plan_sector *sector, size_t index, size_t *offset)
{
	size_t left;

	*offset = index * sector->page_size;
	left = (size_t)sector->size - *offset;
	return left < sector->page_size ? left : sector->page_size;
}

#endif /* FLASH_PLAN_H */
