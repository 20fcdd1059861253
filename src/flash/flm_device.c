/* SPDX-License-Identifier: Apache-2.0 */
#include "flash/flm_device.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

/* struct FlashDevice of FlashOS.h, as compilers for Arm lay it out (AAPCS: long is 4 bytes). */
enum {
	OFFSET_VERS = 0,
	OFFSET_DEV_NAME = 2,
	DEV_NAME_SIZE = 128,
	OFFSET_DEV_TYPE = 130,
	OFFSET_DEV_ADR = 132,
	OFFSET_SZ_DEV = 136,
	OFFSET_SZ_PAGE = 140,
	OFFSET_VAL_EMPTY = 148,
	OFFSET_TO_PROG = 152,
	OFFSET_TO_ERASE = 156,
	OFFSET_SECTORS = 160,
	/* struct FlashSectors: szSector, AddrSector */
	SECTORS_SIZE = 8,
	SECTORS_MAX = 512, /* SECTOR_NUM */
};

/* SECTOR_END: the pair that ends the sector table. */
#define SECTOR_END UINT32_MAX

struct entry {
	uint32_t size;
	uint32_t address;
};

static struct entry get_entry(const uint8_t *table, size_t index)
{
	const uint8_t *bytes = table + index * SECTORS_SIZE;

	return (struct entry){ .size = get_le32(bytes), .address = get_le32(bytes + 4) };
}

static dapper_status count_entries(const uint8_t *table, size_t size, size_t *count)
{
	for (size_t i = 0; i < size / SECTORS_SIZE && i < SECTORS_MAX; i++) {
		struct entry entry = get_entry(table, i);

		if (entry.size == SECTOR_END && entry.address == SECTOR_END) {
			*count = i;
			return DAPPER_OK;
		}
		if (entry.size == 0)
			return dapper_fail(DAPPER_ERR_PARSE,
				"flash description: sectors of run %zu have size 0", i);
	}
	return dapper_fail(DAPPER_ERR_PARSE, "flash description: sector table has no end");
}

/* One run, from where it begins to where the next begins or the device ends. Offsets are signed
 * and 64 bits wide: with absolute addresses a run may begin before the device. */
static dapper_status add_run(
	struct flm_device *device, uint32_t sector_size, int64_t begin, int64_t end)
{
	bool is_last = end >= (int64_t)device->size;

	if (is_last)
		end = device->size;
	if (begin < 0 && end > 0) {
		if (-begin % sector_size != 0)
			return dapper_fail(DAPPER_ERR_PARSE,
				"flash description: a sector of 0x%" PRIx32
				" bytes lies across the device's start",
				sector_size);
		begin = 0;
	}
	if (begin < 0 || begin >= end)
		return DAPPER_OK;
	if (!is_last && (end - begin) % sector_size != 0)
		return dapper_fail(DAPPER_ERR_PARSE,
			"flash description: sectors of 0x%" PRIx32 " bytes do not fill 0x%" PRIx64
			"..0x%" PRIx64,
			sector_size, (uint64_t)begin, (uint64_t)end);
	device->sectors[device->sectors_count++] = (struct flm_sectors){
		.offset = (uint32_t)begin,
		.size = sector_size,
		.count = (uint32_t)((end - begin + sector_size - 1) / sector_size),
	};
	return DAPPER_OK;
}

static dapper_status add_runs(struct flm_device *device, const uint8_t *table, size_t count)
{
	/* AddrSector is an offset, but some vendors give addresses (nrf53xx_network.flm), even of
	 * a place before the device (nrf53xx_network_uicr.flm). No offset is as large as the
	 * device. */
	uint32_t first = get_entry(table, 0).address;
	bool absolute = first >= device->size || first == device->start;
	int64_t shift = absolute ? (int64_t)device->start : 0;

	for (size_t i = 0; i < count; i++) {
		struct entry entry = get_entry(table, i);
		int64_t begin = (int64_t)entry.address - shift;
		int64_t end = device->size;

		if (i + 1 < count)
			end = (int64_t)get_entry(table, i + 1).address - shift;
		if (i + 1 < count && end <= begin)
			return dapper_fail(DAPPER_ERR_PARSE,
				"flash description: sector addresses do not ascend");
		TRY(add_run(device, entry.size, begin, end));
	}
	if (device->sectors_count == 0)
		return dapper_fail(
			DAPPER_ERR_PARSE, "flash description: no sector lies inside the device");
	return DAPPER_OK;
}

static dapper_status parse_sectors(const uint8_t *table, size_t size, struct flm_device *device)
{
	size_t count = 0;

	TRY(count_entries(table, size, &count));
	if (count == 0)
		return dapper_fail(DAPPER_ERR_PARSE, "flash description: no sectors");
	device->sectors = xcalloc(count, sizeof(*device->sectors));
	if (!device->sectors)
		return FAIL_NO_MEMORY("a flash device's sectors");
	return add_runs(device, table, count);
}

static dapper_status check_sizes(const struct flm_device *device)
{
	if (device->size == 0)
		return dapper_fail(DAPPER_ERR_PARSE, "flash description: device has size 0");
	if (device->size > (UINT64_C(1) << 32) - device->start)
		return dapper_fail(DAPPER_ERR_PARSE,
			"flash description: 0x%" PRIx32 " bytes at 0x%08" PRIx32
			" reach over the end of the address space",
			device->size, device->start);
	if (device->page_size == 0)
		return dapper_fail(DAPPER_ERR_PARSE, "flash description: page has size 0");
	if (device->page_size > FLM_MAX_PAGE_SIZE)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"flash description: page has 0x%" PRIx32
			" bytes, more than the limit of 0x%x",
			device->page_size, FLM_MAX_PAGE_SIZE);
	return DAPPER_OK;
}

dapper_status flm_device_parse(const uint8_t *bytes, size_t size, struct flm_device *device)
{
	if (size < OFFSET_SECTORS)
		return dapper_fail(DAPPER_ERR_PARSE,
			"flash description has %zu bytes, expected at least %d", size,
			OFFSET_SECTORS);
	_Static_assert(sizeof(device->name) == DEV_NAME_SIZE + 1, "room for a name without NUL");
	memcpy(device->name, bytes + OFFSET_DEV_NAME, DEV_NAME_SIZE);
	device->version = get_le16(bytes + OFFSET_VERS);
	device->type = get_le16(bytes + OFFSET_DEV_TYPE);
	device->start = get_le32(bytes + OFFSET_DEV_ADR);
	device->size = get_le32(bytes + OFFSET_SZ_DEV);
	device->page_size = get_le32(bytes + OFFSET_SZ_PAGE);
	device->erased_value = bytes[OFFSET_VAL_EMPTY];
	device->program_timeout_ms = get_le32(bytes + OFFSET_TO_PROG);
	device->erase_timeout_ms = get_le32(bytes + OFFSET_TO_ERASE);
	TRY(check_sizes(device));
	return parse_sectors(bytes + OFFSET_SECTORS, size - OFFSET_SECTORS, device);
}

bool flm_find_sector(
	const struct flm_device *device, uint64_t address, uint32_t *start, uint32_t *size)
{
	uint64_t offset = address - device->start;

	if (address < device->start || offset >= device->size)
		return false;
	for (size_t i = device->sectors_count; i-- > 0;) {
		const struct flm_sectors *run = &device->sectors[i];
		uint64_t number = (offset - run->offset) / run->size;

		if (offset < run->offset || number >= run->count)
			continue;
		*start = (uint32_t)(device->start + run->offset + number * run->size);
		*size = run->size;
		return true;
	}
	return false;
}
