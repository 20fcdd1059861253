/* SPDX-License-Identifier: Apache-2.0 */
#include "image/ihex.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "image/parsers.h"
#include "image/text.h"

/* Mark, size, address, type, data, checksum. */
enum { HEADER_SIZE = 4, CHECKSUM_SIZE = 1 };

#define SEGMENT_SIZE  (UINT64_C(1) << 16)
#define ADDRESS_SPACE (UINT64_C(1) << 32)

static dapper_status check_bytes(const uint8_t *bytes, size_t count)
{
	size_t data_size = count - HEADER_SIZE - CHECKSUM_SIZE;
	uint8_t sum = 0;

	if (bytes[0] != data_size)
		return dapper_fail(DAPPER_ERR_PARSE, "record says %u data bytes but has %zu",
			bytes[0], data_size);
	for (size_t i = 0; i < count; i++)
		sum = (uint8_t)(sum + bytes[i]);
	if (sum != 0)
		return dapper_fail(DAPPER_ERR_PARSE, "checksum is 0x%02x, expected 0x%02x",
			bytes[count - 1], (uint8_t)(bytes[count - 1] - sum));
	return DAPPER_OK;
}

dapper_status ihex_parse_record(const char *line, size_t length, struct ihex_record *record)
{
	uint8_t bytes[HEADER_SIZE + IHEX_MAX_DATA + CHECKSUM_SIZE];
	size_t count = length / 2;

	if (length == 0 || line[0] != ':')
		return dapper_fail(DAPPER_ERR_PARSE, "record does not start with ':'");
	if (length % 2 == 0 || count < HEADER_SIZE + CHECKSUM_SIZE || count > sizeof(bytes))
		return dapper_fail(DAPPER_ERR_PARSE,
			"record has %zu characters, expected an odd number from %u to %zu", length,
			1 + 2 * (HEADER_SIZE + CHECKSUM_SIZE), 1 + 2 * sizeof(bytes));
	TRY(text_parse_bytes(line + 1, 2, bytes, count));
	TRY(check_bytes(bytes, count));

	record->size = bytes[0];
	record->address = (uint16_t)(bytes[1] << 8 | bytes[2]);
	record->type = bytes[3];
	memcpy(record->data, bytes + HEADER_SIZE, bytes[0]);
	return DAPPER_OK;
}

static uint32_t get_be(const uint8_t *bytes, size_t size)
{
	uint32_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

static void add_run(struct ihex_event *event, uint32_t address, size_t from, size_t to)
{
	event->runs[event->run_count].address = address;
	event->runs[event->run_count].data = event->record.data + from;
	event->runs[event->run_count].size = to - from;
	event->run_count++;
}

/* Each byte's address is SBA + ([DRLO + DRI] MOD 64K), or (LBA + DRLO + DRI) MOD 4G (section 4).
 * Without either base, addresses are linear from 0. */
static void take_data(struct ihex_parser *parser, struct ihex_event *event)
{
	uint32_t address = parser->base + event->record.address;
	size_t size = event->record.size;
	uint64_t room =
		parser->segmented ? SEGMENT_SIZE - event->record.address : ADDRESS_SPACE - address;
	size_t first = size < room ? size : (size_t)room;

	event->kind = IHEX_EVENT_DATA;
	if (first > 0)
		add_run(event, address, 0, first);
	if (first < size)
		add_run(event, parser->segmented ? parser->base : 0, first, size);
}

static void take_end(struct ihex_parser *parser, struct ihex_event *event)
{
	(void)event;
	parser->ended = true;
}

static void take_segment_base(struct ihex_parser *parser, struct ihex_event *event)
{
	parser->base = get_be(event->record.data, 2) << 4;
	parser->segmented = true;
}

static void take_linear_base(struct ihex_parser *parser, struct ihex_event *event)
{
	parser->base = get_be(event->record.data, 2) << 16;
	parser->segmented = false;
}

/* CS:IP of an 8086. */
static void take_segment_start(struct ihex_parser *parser, struct ihex_event *event)
{
	(void)parser;
	event->kind = IHEX_EVENT_ENTRY;
	event->entry = (get_be(event->record.data, 2) << 4) + get_be(event->record.data + 2, 2);
}

static void take_linear_start(struct ihex_parser *parser, struct ihex_event *event)
{
	(void)parser;
	event->kind = IHEX_EVENT_ENTRY;
	event->entry = get_be(event->record.data, 4);
}

static const struct type {
	const char *text;
	int size; /* -1: any */
	void (*take)(struct ihex_parser *parser, struct ihex_event *event);
} types[] = {
	[IHEX_DATA] = { "data", -1, take_data },
	[IHEX_END_OF_FILE] = { "end-of-file", 0, take_end },
	[IHEX_EXTENDED_SEGMENT_ADDRESS] = { "extended segment address", 2, take_segment_base },
	[IHEX_START_SEGMENT_ADDRESS] = { "start segment address", 4, take_segment_start },
	[IHEX_EXTENDED_LINEAR_ADDRESS] = { "extended linear address", 2, take_linear_base },
	[IHEX_START_LINEAR_ADDRESS] = { "start linear address", 4, take_linear_start },
};

/* The universal hex format of the micro:bit adds types 0A to 0E (Micro:bit Educational Foundation,
 * "micro:bit Universal Hex Format", spec v0.4). Its parts for different boards overlap. */
static dapper_status fail_type(uint8_t type)
{
	dapper_status status = dapper_fail(DAPPER_ERR_PARSE, "unknown record type 0x%02x", type);

	if (type >= 0x0a && type <= 0x0e)
		dapper_fail_hint(status, "this may be a micro:bit universal hex, which holds "
					 "images for several boards; take the one for yours");
	return status;
}

dapper_status ihex_parser_feed(
	struct ihex_parser *parser, const char *line, size_t length, struct ihex_event *event)
{
	const struct type *type;

	event->kind = IHEX_EVENT_NONE;
	event->run_count = 0;
	TRY(ihex_parse_record(line, length, &event->record));
	if (parser->ended)
		return dapper_fail(DAPPER_ERR_PARSE, "record after the end-of-file record");
	if (event->record.type >= ARRAY_SIZE(types))
		return fail_type(event->record.type);
	type = &types[event->record.type];
	if (type->size >= 0 && event->record.size != type->size)
		return dapper_fail(DAPPER_ERR_PARSE, "%s record has %u data bytes, expected %d",
			type->text, event->record.size, type->size);
	type->take(parser, event);
	return DAPPER_OK;
}

dapper_status ihex_parser_finish(const struct ihex_parser *parser)
{
	if (parser->ended)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_PARSE, "end-of-file record (:00000001FF) is missing");
	return dapper_fail_hint(DAPPER_ERR_PARSE, "the file was cut short; make or copy it again");
}

static dapper_status collect(
	struct image_contents *contents, const struct ihex_event *event, uint32_t line)
{
	for (size_t i = 0; i < event->run_count; i++)
		TRY(segments_add(&contents->segments, event->runs[i].address, event->runs[i].data,
			event->runs[i].size, line));
	if (event->kind == IHEX_EVENT_ENTRY) {
		contents->has_entry = true;
		contents->entry = event->entry;
	}
	return DAPPER_OK;
}

static dapper_status parse_lines(
	struct ihex_parser *parser, struct text_lines *lines, struct image_contents *contents)
{
	struct ihex_event event = { 0 };
	struct text_line line;

	while (text_next_line(lines, &line)) {
		if (line.length == 0)
			continue;
		TRY(ihex_parser_feed(parser, line.text, line.length, &event));
		TRY(collect(contents, &event, lines->number));
	}
	return ihex_parser_finish(parser);
}

dapper_status ihex_parse(const struct image_source *source, struct image_contents *contents)
{
	struct text_lines lines = image_source_lines(source);
	struct ihex_parser parser = { 0 };
	dapper_status status = parse_lines(&parser, &lines, contents);

	return image_finish_text(source, contents, status, lines.number);
}
