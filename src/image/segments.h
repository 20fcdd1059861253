/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_SEGMENTS_H
#define IMAGE_SEGMENTS_H

/**
 * @file
 * Collects pieces of data in whatever order a file has them and makes of them the sorted, merged
 * segments of an image. Pieces that overlap are an error that names both.
 *
 * A list starts as `struct segments list = { 0 };` and is ended by segments_clear() at any time.
 */
#include <dapper/image.h>

enum {
	SEGMENTS_MAX_BYTES = 64 << 20, /**< In all. */
	SEGMENTS_MAX_COUNT = 64 << 10, /**< After merging. */
};

/** What was added by one call: a record, a program header. */
struct segments_piece {
	uint64_t address;
	uint32_t offset; /**< Into segments.bytes. */
	uint32_t size;
	uint32_t place; /**< Where in the file it is: a line, the number of a program header. */
};

struct segments {
	/* While collecting. */
	struct segments_piece *pieces;
	size_t piece_count;
	size_t piece_capacity;
	size_t capacity; /**< Of bytes. */

	uint8_t *bytes; /**< All data; at the end in order of address. */
	size_t size;

	/* At the end. */
	dapper_segment *items;
	size_t count;
};

/**
 * Add a copy of @p data; 0 bytes are no piece.
 *
 * @param address  Of the first byte; address + size does not wrap.
 * @param place    For the message when it overlaps another.
 * @retval DAPPER_ERR_LIMIT  Over #SEGMENTS_MAX_BYTES.
 */
dapper_status segments_add(
	struct segments *list, uint64_t address, const uint8_t *data, size_t size, uint32_t place);

/**
 * Make the segments. Nothing is added after this.
 *
 * @param[out] place  On overlap: of the piece that comes later in the file; else untouched.
 * @param place_text  What places are, for the message: "line".
 * @retval DAPPER_ERR_PARSE  Two pieces overlap; the message names both places.
 * @retval DAPPER_ERR_LIMIT  Over #SEGMENTS_MAX_COUNT.
 */
dapper_status segments_finish(struct segments *list, const char *place_text, uint32_t *place);

/** Free what the list holds. */
void segments_clear(struct segments *list);

#endif /* IMAGE_SEGMENTS_H */
