/* SPDX-License-Identifier: Apache-2.0 */
/* qCRC and qSearch:memory: GDB's `compare-sections` and `find`. */
#include "gdb.h"

#include <string.h>

enum { CHUNK = 4096, PATTERN_MAX = 1024, CRC_POLYNOMIAL = 0x04c11db7 };

/* E.2, Debug information in separate files: as there, the most significant bit first, begun with
 * all ones, not inverted at the end. */
static uint32_t crc_add(uint32_t crc, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		crc ^= (uint32_t)data[i] << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? CRC_POLYNOMIAL : 0u);
	}
	return crc;
}

/* A chunk of a long read; a Ctrl-C between them ends it. */
static bool read_chunk(struct gdb *gdb, uint64_t address, uint8_t *data, size_t size)
{
	gdb->host.poll(gdb->host.payload);
	if (gdb->is_interrupted) {
		gdb->is_interrupted = false;
		gdb_reply_error(gdb, "interrupted");
		return false;
	}
	if (gdb_read_memory(gdb, address, data, size) == DAPPER_OK)
		return true;
	gdb_reply_last_error(gdb);
	return false;
}

/* qCRC:ADDRESS,LENGTH */
void gdb_handle_crc(struct gdb *gdb, struct scan *scan)
{
	uint8_t data[CHUNK];
	uint64_t address, size;
	uint32_t crc = UINT32_MAX;

	if (!scan_hex(scan, &address) || !scan_char(scan, ',') || !scan_hex(scan, &size) ||
		size > UINT32_MAX) {
		gdb_reply_error(gdb, "address and length are malformed");
		return;
	}
	while (size > 0) {
		size_t now = size < CHUNK ? (size_t)size : CHUNK;

		if (!read_chunk(gdb, address, data, now))
			return;
		crc = crc_add(crc, data, now);
		address += now;
		size -= now;
	}
	gdb_reply(gdb, "");
	text_put_format(&gdb->reply, "C%x", crc);
}

static const uint8_t *find(
	const uint8_t *data, size_t size, const void *pattern, size_t pattern_size)
{
	for (size_t i = 0; i + pattern_size <= size; i++)
		if (memcmp(data + i, pattern, pattern_size) == 0)
			return data + i;
	return NULL;
}

/* Chunks overlap by the pattern's size less one. */
static void search(
	struct gdb *gdb, uint64_t address, uint64_t size, const void *pattern, size_t pattern_size)
{
	uint8_t data[CHUNK + PATTERN_MAX];

	while (size >= pattern_size) {
		size_t now = size < sizeof(data) ? (size_t)size : sizeof(data);
		const uint8_t *found;

		if (!read_chunk(gdb, address, data, now))
			return;
		found = find(data, now, pattern, pattern_size);
		if (found) {
			gdb_reply(gdb, "1,");
			text_put_format(&gdb->reply, "%llx",
				(unsigned long long)address + (unsigned long long)(found - data));
			return;
		}
		address += now - (pattern_size - 1);
		size -= now - (pattern_size - 1);
	}
	gdb_reply(gdb, "0");
}

/* qSearch:memory:ADDRESS;LENGTH;PATTERN, the pattern in binary */
void gdb_handle_search(struct gdb *gdb, struct scan *scan)
{
	uint64_t address, size;

	if (!scan_hex(scan, &address) || !scan_char(scan, ';') || !scan_hex(scan, &size) ||
		!scan_char(scan, ';') || scan_at_end(scan) || size > UINT32_MAX)
		gdb_reply_error(gdb, "the search is malformed");
	else if (scan_left(scan) > PATTERN_MAX)
		gdb_reply_error(gdb, "the pattern is longer than 1024 bytes");
	else
		search(gdb, address, size, scan->at, scan_left(scan));
}
