/* SPDX-License-Identifier: Apache-2.0 */
#include "flash/loader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "flash/loader_code.h"

/* Two BKPT #0, Thumb encoding T1 (DDI 0403E.e, A7.7.17): a whole word, so that one word write
 * places it. */
#define BREAKPOINT_WORD 0xbe00be00u

enum {
	BREAKPOINT_SIZE = 4,
	STACK_ALIGNMENT = 8,  /* AAPCS, "Stack constraints at a public interface" */
	BUFFER_ALIGNMENT = 8, /* algorithms load words, or pairs of them, from the buffer */
};

uint32_t loader_page_size(const struct flm_device *device)
{
	uint32_t largest_sector = 0;

	for (size_t i = 0; i < device->sectors_count; i++)
		if (device->sectors[i].size > largest_sector)
			largest_sector = device->sectors[i].size;
	return device->page_size < largest_sector ? device->page_size : largest_sector;
}

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
	return (value + alignment - 1) & ~(alignment - 1);
}

/* @return where it ends. */
static uint64_t lay_out_own_code(struct loader_layout *layout)
{
	size_t size;

	layout->own_code = align_up(layout->stack_top, LOADER_CODE_ALIGNMENT);
	loader_code(&size);
	layout->ring = align_up(layout->own_code + size, LOADER_CODE_ALIGNMENT);
	return layout->ring + (uint64_t)LOADER_SLOTS * RING_SLOT_SIZE;
}

struct choice {
	uint32_t stack_size;
	size_t buffer_count;
	bool own_code;
};

/* How an algorithm would lie, ignoring where RAM ends. */
static struct loader_layout lay_out(
	const struct flm *flm, uint64_t start, const struct choice *choice)
{
	struct loader_layout layout = {
		.stack_size = choice->stack_size,
		.buffer_count = choice->buffer_count,
	};
	uint64_t at;

	layout.breakpoint = align_up(start, BREAKPOINT_SIZE);
	layout.code = align_up(layout.breakpoint + BREAKPOINT_SIZE, flm->alignment);
	layout.static_base = layout.code + flm->static_base;
	at = layout.code + flm->size + flm->bss_size;
	layout.stack_top = align_up(at, STACK_ALIGNMENT) + choice->stack_size;
	layout.buffer_size = loader_page_size(&flm->device);
	layout.buffer_stride = (uint32_t)align_up(layout.buffer_size, BUFFER_ALIGNMENT);
	at = choice->own_code ? lay_out_own_code(&layout) : layout.stack_top;
	for (size_t i = 0; i < choice->buffer_count; i++) {
		layout.buffers[i] = align_up(at, BUFFER_ALIGNMENT);
		at = layout.buffers[i] + layout.buffer_size;
	}
	layout.end = at;
	return layout;
}

/* With our own code: as many buffers as there is room for. */
static void add_buffers(struct loader_layout *layout, uint64_t ram_end)
{
	while (layout->own_code && layout->buffer_count < LOADER_BUFFERS_MAX &&
		(layout->buffer_count + 1) * layout->buffer_stride <= LOADER_BUFFERS_SIZE_MAX) {
		uint64_t next = layout->buffers[layout->buffer_count - 1] + layout->buffer_stride;

		if (next + layout->buffer_size > ram_end)
			return;
		layout->buffers[layout->buffer_count++] = next;
		layout->end = next + layout->buffer_size;
	}
}

/* What to give up first when RAM is short: a generous stack, our own code, then the second buffer. */
static const struct choice choices[] = {
	{ LOADER_STACK_MAX, 2, true },
	{ LOADER_STACK_MIN, 2, true },
	{ LOADER_STACK_MAX, 2, false },
	{ LOADER_STACK_MIN, 2, false },
	{ LOADER_STACK_MAX, 1, false },
	{ LOADER_STACK_MIN, 1, false },
};

dapper_status loader_place(const char *name, const struct flm *flm, uint64_t ram_start,
	uint64_t ram_size, struct loader_layout *layout)
{
	struct loader_layout tried = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		tried = lay_out(flm, ram_start, &choices[i]);
		if (tried.end - ram_start <= ram_size) {
			add_buffers(&tried, ram_start + ram_size);
			*layout = tried;
			return DAPPER_OK;
		}
	}
	dapper_fail(DAPPER_ERR_NO_RESOURCE,
		"flash algorithm needs 0x%" PRIx64 " bytes of RAM (code and data 0x%" PRIx32
		", stack 0x%x, page 0x%" PRIx32 "), there are 0x%" PRIx64 " at 0x%08" PRIx64,
		tried.end - ram_start, flm->size + flm->bss_size, LOADER_STACK_MIN,
		tried.buffer_size, ram_size, ram_start);
	dapper_fail_where(DAPPER_ERR_NO_RESOURCE, "algorithm %s", name);
	return dapper_fail_hint(DAPPER_ERR_NO_RESOURCE,
		"is it the algorithm for this device, and does the pack give the right RAM?");
}

/* --- choosing RAM ---------------------------------------------------------------------------- */

static bool can_run_code(const dapper_region *region)
{
	return region->type == DAPPER_REGION_RAM &&
	       (region->access == 0 || (region->access & DAPPER_ACCESS_EXECUTE));
}

/* RAM number @p index of the map that code can run from, the default ones before others. */
static const dapper_region *nth_ram(const dapper_memory_map *map, size_t index)
{
	for (int is_default = 1; is_default >= 0; is_default--) {
		for (size_t i = 0; i < dapper_memory_map_count(map); i++) {
			const dapper_region *region = dapper_memory_map_get(map, i);

			if (can_run_code(region) && region->is_default == is_default &&
				index-- == 0)
				return region;
		}
	}
	return NULL;
}

static dapper_status place_in_map(const dapper_memory_map *map,
	const struct flash_programmer *programmer, struct loader_layout *layout)
{
	const char *name = programmer->placement.name;
	dapper_status status = DAPPER_ERR_NO_REGION;
	const dapper_region *ram;
	struct error_state first;

	for (size_t i = 0; (ram = nth_ram(map, i)); i++) {
		status = loader_place(name, programmer->flm, ram->address, ram->size, layout);
		if (status == DAPPER_OK)
			return DAPPER_OK;
		if (i == 0)
			error_save(&first);
	}
	if (status == DAPPER_ERR_NO_RESOURCE)
		return error_restore(&first);
	dapper_fail(status, "there is no RAM to run a flash algorithm from");
	dapper_fail_where(status, "algorithm %s", name);
	return dapper_fail_hint(
		status, "the device's memory map has none: is it the right pack and device?");
}

dapper_status loader_find_place(const struct dapper_target *target,
	const struct flash_programmer *programmer, struct loader_layout *layout)
{
	const struct flash_placement *placement = &programmer->placement;
	struct error_state given;
	dapper_status status;

	if (placement->ram_size == 0)
		return place_in_map(target->memory_map, programmer, layout);
	status = loader_place(placement->name, programmer->flm, placement->ram_start,
		placement->ram_size, layout);
	if (status == DAPPER_OK)
		return DAPPER_OK;
	/* Some packs give an algorithm less RAM than it needs. */
	error_save(&given);
	if (place_in_map(target->memory_map, programmer, layout) != DAPPER_OK)
		return error_restore(&given);
	log_info(target->context, DAPPER_LOG_FLASH, "%s: %s; taking RAM at 0x%08" PRIx64,
		placement->name, given.message, layout->breakpoint);
	return DAPPER_OK;
}

/* --- loading --------------------------------------------------------------------------------- */

static void fill(const struct flm *flm, const struct loader_layout *layout, uint8_t *bytes)
{
	put_le32(bytes, BREAKPOINT_WORD);
	memcpy(bytes + (layout->code - layout->breakpoint), flm->bytes, flm->size);
}

static dapper_status check_loaded(struct dapper_target *target, const uint8_t *bytes, size_t size,
	uint64_t address, uint8_t *found)
{
	TRY(dapper_target_read_memory(target, address, found, size));
	for (size_t i = 0; i < size; i++) {
		if (found[i] == bytes[i])
			continue;
		dapper_fail(DAPPER_ERR_VERIFY,
			"RAM does not hold the flash algorithm: expected 0x%02x, found 0x%02x",
			bytes[i], found[i]);
		dapper_fail_where(DAPPER_ERR_VERIFY, "address 0x%08" PRIx64, address + i);
		return dapper_fail_hint(DAPPER_ERR_VERIFY,
			"is there RAM at this address, is its clock on, does something else write "
			"to it? A lower --frequency shows whether it is the wire");
	}
	return DAPPER_OK;
}

static dapper_status write_checked(
	struct dapper_target *target, uint64_t address, uint8_t *bytes, size_t size)
{
	TRY(dapper_target_write_memory(target, address, bytes, size));
	return check_loaded(target, bytes, size, address, bytes + size);
}

static dapper_status load_algorithm(
	struct dapper_target *target, const struct flm *flm, const struct loader_layout *layout)
{
	size_t size = (size_t)(layout->code - layout->breakpoint) + flm->size + flm->bss_size;
	uint8_t *bytes = xcalloc(2, size);
	dapper_status status;

	if (!bytes)
		return FAIL_NO_MEMORY("a flash algorithm");
	fill(flm, layout, bytes);
	status = write_checked(target, layout->breakpoint, bytes, size);
	free(bytes);
	return status;
}

/* Our own code, and the ring with all its slots free. */
static dapper_status load_own_code(struct dapper_target *target, const struct loader_layout *layout)
{
	size_t code_size;
	const uint8_t *code = loader_code(&code_size);
	size_t size =
		(size_t)(layout->ring - layout->own_code) + (size_t)LOADER_SLOTS * RING_SLOT_SIZE;
	uint8_t *bytes = xcalloc(2, size);
	dapper_status status;

	if (!bytes)
		return FAIL_NO_MEMORY("code for the target");
	memcpy(bytes, code, code_size);
	status = write_checked(target, layout->own_code, bytes, size);
	free(bytes);
	return status;
}

dapper_status loader_load(struct dapper_target *target, const struct flash_programmer *programmer,
	const struct loader_layout *layout)
{
	dapper_status status = load_algorithm(target, programmer->flm, layout);

	if (status == DAPPER_OK && layout->own_code)
		status = load_own_code(target, layout);
	if (status != DAPPER_OK)
		return dapper_fail_where(
			status, "loading algorithm %s", programmer->placement.name);
	return DAPPER_OK;
}
