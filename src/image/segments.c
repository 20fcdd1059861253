/* SPDX-License-Identifier: Apache-2.0 */
#include "image/segments.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static dapper_status reserve(struct segments *list, size_t size)
{
	size_t capacity = list->capacity ? list->capacity : 4096;
	uint8_t *grown;

	if (size > SEGMENTS_MAX_BYTES - list->size)
		return dapper_fail(DAPPER_ERR_LIMIT, "image has more than %u MB of data",
			SEGMENTS_MAX_BYTES >> 20);
	if (size <= list->capacity - list->size)
		return DAPPER_OK;
	while (capacity < list->size + size)
		capacity *= 2;
	grown = xrealloc_array(list->bytes, capacity, 1);
	if (!grown)
		return FAIL_NO_MEMORY("an image's data");
	list->bytes = grown;
	list->capacity = capacity;
	return DAPPER_OK;
}

dapper_status segments_add(
	struct segments *list, uint64_t address, const uint8_t *data, size_t size, uint32_t place)
{
	struct segments_piece *pieces;

	if (size == 0)
		return DAPPER_OK;
	TRY(reserve(list, size));
	pieces = xgrow(list->pieces, list->piece_count, &list->piece_capacity, sizeof(*pieces));
	if (!pieces)
		return FAIL_NO_MEMORY("an image's records");
	list->pieces = pieces;
	pieces[list->piece_count++] = (struct segments_piece){
		.address = address,
		.offset = (uint32_t)list->size,
		.size = (uint32_t)size,
		.place = place,
	};
	memcpy(list->bytes + list->size, data, size);
	list->size += size;
	return DAPPER_OK;
}

static int compare_pieces(const void *a, const void *b)
{
	const struct segments_piece *one = a;
	const struct segments_piece *other = b;

	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* @return Whether the data is in order as well, as in nearly every file. */
static bool sort_pieces(struct segments *list)
{
	for (size_t i = 1; i < list->piece_count; i++)
		if (compare_pieces(&list->pieces[i - 1], &list->pieces[i]) > 0) {
			qsort(list->pieces, list->piece_count, sizeof(*list->pieces),
				compare_pieces);
			return false;
		}
	return true;
}

static dapper_status check_overlap(const struct segments_piece *a, const struct segments_piece *b,
	const char *place_text, uint32_t *place)
{
	uint64_t a_last = a->address + (a->size - 1);
	uint64_t b_last = b->address + (b->size - 1);

	if (b->address > a_last)
		return DAPPER_OK;
	*place = a->offset < b->offset ? b->place : a->place;
	return dapper_fail(DAPPER_ERR_PARSE,
		"data for 0x%08" PRIx64 "..0x%08" PRIx64 " is given twice: in %s %" PRIu32
		" and in %s %" PRIu32,
		b->address, a_last < b_last ? a_last : b_last, place_text,
		a->offset < b->offset ? a->place : b->place, place_text, *place);
}

static bool touches(const struct segments_piece *a, const struct segments_piece *b)
{
	/* Not a->address + a->size, which may be 2^64. */
	return b->address - 1 == a->address + (a->size - 1);
}

static dapper_status count_segments(struct segments *list, const char *place_text, uint32_t *place)
{
	size_t count = list->piece_count > 0;

	for (size_t i = 1; i < list->piece_count; i++) {
		const struct segments_piece *piece = &list->pieces[i];

		TRY(check_overlap(piece - 1, piece, place_text, place));
		count += !touches(piece - 1, piece);
	}
	if (count > SEGMENTS_MAX_COUNT)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"image has %zu separate segments, more than the limit of %u", count,
			SEGMENTS_MAX_COUNT);
	list->count = count;
	return DAPPER_OK;
}

/* Move the data into the order of the pieces. */
static dapper_status sort_bytes(struct segments *list)
{
	uint8_t *sorted = xcalloc(list->size, 1);
	size_t size = 0;

	if (!sorted)
		return FAIL_NO_MEMORY("an image's data");
	for (size_t i = 0; i < list->piece_count; i++) {
		struct segments_piece *piece = &list->pieces[i];

		memcpy(sorted + size, list->bytes + piece->offset, piece->size);
		piece->offset = (uint32_t)size;
		size += piece->size;
	}
	free(list->bytes);
	list->bytes = sorted;
	return DAPPER_OK;
}

static dapper_status make_items(struct segments *list)
{
	dapper_segment *item;

	list->items = xcalloc(list->count, sizeof(*list->items));
	if (!list->items)
		return FAIL_NO_MEMORY("an image's segments");
	item = list->items;
	for (size_t i = 0; i < list->piece_count; i++) {
		const struct segments_piece *piece = &list->pieces[i];

		if (i > 0 && touches(piece - 1, piece)) {
			item->size += piece->size;
			continue;
		}
		if (i > 0)
			item++;
		*item = (dapper_segment){
			.address = piece->address,
			.data = list->bytes + piece->offset,
			.size = piece->size,
		};
	}
	return DAPPER_OK;
}

dapper_status segments_finish(struct segments *list, const char *place_text, uint32_t *place)
{
	bool in_order = sort_pieces(list);

	TRY(count_segments(list, place_text, place));
	if (!in_order)
		TRY(sort_bytes(list));
	TRY(make_items(list));
	free(list->pieces);
	list->pieces = NULL;
	list->piece_count = list->piece_capacity = 0;
	return DAPPER_OK;
}

void segments_clear(struct segments *list)
{
	free(list->pieces);
	free(list->bytes);
	free(list->items);
	*list = (struct segments){ 0 };
}
