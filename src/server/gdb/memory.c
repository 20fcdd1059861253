/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory: m, M, x, X. While everything is halted, lines of RAM, ROM and flash are remembered, and a
 * few more are fetched than asked for: GDB walks stacks word by word. Peripherals are accessed
 * exactly as asked.
 */
#include <dapper/plugin/error.h>

#include <stdlib.h>
#include <string.h>

#include "gdb.h"

enum {
	CACHED_MAX = 1024, /* longer reads go past the cache */
	LINES_AT_ONCE = 4, /* fetched at least, where the region goes on */
	LINES_IN_CALL = CACHED_MAX / GDB_LINE_SIZE + LINES_AT_ONCE + 1,
	READ_MAX = RSP_PACKET_SIZE / 2 - 1,
};

/* --- the cache --------------------------------------------------------------------------------- */

void gdb_forget_memory(struct gdb *gdb)
{
	for (size_t i = 0; i < GDB_LINES; i++)
		gdb->lines[i].is_valid = false;
}

static void forget_range(struct gdb *gdb, uint64_t address, size_t size)
{
	for (size_t i = 0; i < GDB_LINES; i++) {
		struct gdb_line *line = &gdb->lines[i];

		if (line->address < address + size && address < line->address + GDB_LINE_SIZE)
			line->is_valid = false;
	}
}

static struct gdb_line *line_for(struct gdb *gdb, uint64_t address)
{
	return &gdb->lines[address / GDB_LINE_SIZE % GDB_LINES];
}

static bool is_cached(struct gdb *gdb, uint64_t address)
{
	const struct gdb_line *line = line_for(gdb, address);

	return line->is_valid && line->address == address;
}

static const dapper_region *memory_at(const struct gdb *gdb, uint64_t address)
{
	const dapper_region *region =
		dapper_memory_map_find(dapper_target_get_memory_map(gdb->host.target), address);

	if (!region || region->type == DAPPER_REGION_DEVICE || region->type == DAPPER_REGION_OTHER)
		return NULL;
	return region;
}

/* The region in which the lines of a range lie; NULL: not to be cached. */
static const dapper_region *region_of(const struct gdb *gdb, uint64_t address, size_t size)
{
	const dapper_region *region = memory_at(gdb, address);
	uint64_t first = address / GDB_LINE_SIZE * GDB_LINE_SIZE;
	uint64_t offset;

	if (!region || size > CACHED_MAX || gdb_any_running(gdb) || first < region->address)
		return NULL;
	offset = first - region->address;
	size += (size_t)(address - first) + GDB_LINE_SIZE;
	return size <= region->size - offset ? region : NULL;
}

/* How many lines from @p address on are to be read: those that are missing, and some more. */
static size_t count_missing(
	struct gdb *gdb, const dapper_region *region, uint64_t address, uint64_t end)
{
	size_t count = 0;

	while (count < LINES_IN_CALL && !is_cached(gdb, address) &&
		(address < end || count < LINES_AT_ONCE) &&
		address - region->address + GDB_LINE_SIZE <= region->size) {
		address += GDB_LINE_SIZE;
		count++;
	}
	return count;
}

static dapper_status fill(
	struct gdb *gdb, const dapper_region *region, uint64_t address, uint64_t end)
{
	uint8_t bytes[LINES_IN_CALL * GDB_LINE_SIZE];
	size_t count = count_missing(gdb, region, address, end);
	dapper_status status = dapper_target_read_memory(
		gdb_selected(gdb)->target, address, bytes, count * GDB_LINE_SIZE);

	for (size_t i = 0; i < count && status == DAPPER_OK; i++) {
		struct gdb_line *line = line_for(gdb, address + i * GDB_LINE_SIZE);

		line->address = address + i * GDB_LINE_SIZE;
		line->is_valid = true;
		memcpy(line->bytes, bytes + i * GDB_LINE_SIZE, GDB_LINE_SIZE);
	}
	return status;
}

/* The line before comes along: GDB looks at the instruction before pc, too. */
static uint64_t first_missing(struct gdb *gdb, const dapper_region *region, uint64_t address)
{
	uint64_t before = address - GDB_LINE_SIZE;

	return address - region->address < GDB_LINE_SIZE || is_cached(gdb, before) ? address
	                                                                           : before;
}

static dapper_status read_cached(
	struct gdb *gdb, const dapper_region *region, uint64_t address, uint8_t *data, size_t size)
{
	for (uint64_t at = address; at < address + size;) {
		uint64_t start = at / GDB_LINE_SIZE * GDB_LINE_SIZE;
		size_t offset = (size_t)(at - start);
		size_t length = GDB_LINE_SIZE - offset;
		size_t left = (size_t)(address + size - at);

		if (!is_cached(gdb, start)) {
			dapper_status status = fill(
				gdb, region, first_missing(gdb, region, start), address + size);

			if (status != DAPPER_OK)
				return status;
		}
		length = length < left ? length : left;
		memcpy(data + (at - address), line_for(gdb, at)->bytes + offset, length);
		at += length;
	}
	return DAPPER_OK;
}

/* --- access ------------------------------------------------------------------------------------ */

/* A register, most likely: one access of this size. */
static bool is_unit(uint64_t address, size_t size)
{
	return (size == 1 || size == 2 || size == 4) && address % size == 0;
}

static dapper_status read_plain(struct gdb *gdb, uint64_t address, uint8_t *data, size_t size)
{
	dapper_target *target = gdb_selected(gdb)->target;

	if (is_unit(address, size) && !memory_at(gdb, address))
		return dapper_target_read_units(target, address, (unsigned)size, data, 1);
	return dapper_target_read_memory(target, address, data, size);
}

dapper_status gdb_read_memory(struct gdb *gdb, uint64_t address, void *data, size_t size)
{
	const dapper_region *region = region_of(gdb, address, size);
	dapper_status status = DAPPER_ERR_FAULT;

	if (region)
		status = read_cached(gdb, region, address, data, size);
	/* More than what was asked for may be what cannot be read. */
	if (status == DAPPER_ERR_FAULT)
		status = read_plain(gdb, address, data, size);
	if (status == DAPPER_OK)
		gdb_hide_breakpoints(gdb, address, data, size);
	return status;
}

/* @p data is changed where a breakpoint lies. */
static dapper_status write_owned(struct gdb *gdb, uint64_t address, uint8_t *data, size_t size)
{
	dapper_target *target = gdb_selected(gdb)->target;

	forget_range(gdb, address, size);
	gdb_keep_breakpoints(gdb, address, data, size);
	if (is_unit(address, size) && !memory_at(gdb, address))
		return dapper_target_write_units(target, address, (unsigned)size, data, 1);
	return dapper_target_write_memory(target, address, data, size);
}

dapper_status gdb_write_memory(struct gdb *gdb, uint64_t address, const void *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	dapper_status status;

	if (!copy)
		return dapper_fail(DAPPER_ERR_NO_MEMORY, "no memory for %zu bytes", size);
	memcpy(copy, data, size);
	status = write_owned(gdb, address, copy, size);
	free(copy);
	return status;
}

/* --- packets ----------------------------------------------------------------------------------- */

/* "ADDRESS,LENGTH" */
static bool scan_range(struct gdb *gdb, struct scan *scan, uint64_t *address, uint64_t *size)
{
	if (!scan_hex(scan, address) || !scan_char(scan, ',') || !scan_hex(scan, size)) {
		gdb_reply_error(gdb, "address and length are malformed");
		return false;
	}
	if (*size > RSP_PACKET_SIZE || *address + *size < *address) {
		gdb_reply_error(gdb, "the length is too large");
		return false;
	}
	return true;
}

/* As much as fits; GDB asks for the rest itself. */
static bool read_range(struct gdb *gdb, struct scan *scan, uint8_t *data, size_t *size)
{
	uint64_t address, wanted;

	if (!scan_range(gdb, scan, &address, &wanted))
		return false;
	*size = wanted < READ_MAX ? (size_t)wanted : READ_MAX;
	if (*size == 0 || gdb_read_memory(gdb, address, data, *size) == DAPPER_OK)
		return true;
	gdb_reply_last_error(gdb);
	return false;
}

void gdb_handle_read(struct gdb *gdb, struct scan *scan)
{
	uint8_t data[READ_MAX];
	size_t size;

	if (!read_range(gdb, scan, data, &size))
		return;
	gdb_reply(gdb, "");
	text_put_hex(&gdb->reply, data, size);
}

void gdb_handle_read_binary(struct gdb *gdb, struct scan *scan)
{
	uint8_t data[READ_MAX];
	size_t size;

	if (!read_range(gdb, scan, data, &size))
		return;
	gdb_reply(gdb, "b");
	text_put(&gdb->reply, data, size);
}

static void write_and_reply(struct gdb *gdb, uint64_t address, uint8_t *data, size_t size)
{
	/* An X of length 0 asks whether there is an X. */
	gdb_reply_status(gdb, size ? write_owned(gdb, address, data, size) : DAPPER_OK);
}

void gdb_handle_write(struct gdb *gdb, struct scan *scan)
{
	uint8_t data[RSP_PACKET_SIZE];
	uint64_t address, size;

	if (!scan_range(gdb, scan, &address, &size))
		return;
	if (!scan_char(scan, ':') || !scan_bytes(scan, data, (size_t)size) || !scan_at_end(scan))
		gdb_reply_error(gdb, "length and data disagree");
	else
		write_and_reply(gdb, address, data, (size_t)size);
}

void gdb_handle_write_binary(struct gdb *gdb, struct scan *scan)
{
	uint8_t data[RSP_PACKET_SIZE];
	uint64_t address, size;

	if (!scan_range(gdb, scan, &address, &size))
		return;
	if (!scan_char(scan, ':') || scan_left(scan) != size) {
		gdb_reply_error(gdb, "length and data disagree");
		return;
	}
	memcpy(data, scan->at, (size_t)size);
	write_and_reply(gdb, address, data, (size_t)size);
}
