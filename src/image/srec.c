/* SPDX-License-Identifier: Apache-2.0 */
#include "image/srec.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "image/parsers.h"
#include "image/text.h"

enum { MARK_LENGTH = 2, CHECKSUM_SIZE = 1 };

static dapper_status take_header(struct srec_parser *parser, struct srec_event *event)
{
	(void)parser;
	(void)event;
	return DAPPER_OK;
}

static dapper_status take_data(struct srec_parser *parser, struct srec_event *event)
{
	const struct srec_record *record = &event->record;

	if (record->size > (UINT64_C(1) << 32) - record->address)
		return dapper_fail(DAPPER_ERR_PARSE,
			"%zu bytes at 0x%08" PRIx32 " reach over the end of the address space",
			record->size, record->address);
	parser->data_count++;
	event->kind = SREC_EVENT_DATA;
	return DAPPER_OK;
}

static dapper_status take_count(struct srec_parser *parser, struct srec_event *event)
{
	if (event->record.address == parser->data_count)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_PARSE,
		"file has %" PRIu32 " data records up to here but says %" PRIu32,
		parser->data_count, event->record.address);
	return dapper_fail_hint(
		DAPPER_ERR_PARSE, "lines were lost or added; make or copy the file again");
}

static dapper_status take_end(struct srec_parser *parser, struct srec_event *event)
{
	parser->ended = true;
	/* The address is not optional, so writers put 0 where there is no entry. */
	if (event->record.address != 0)
		event->kind = SREC_EVENT_ENTRY;
	return DAPPER_OK;
}

static const struct type {
	size_t address_size; /* 0: no such type */
	bool has_data;
	dapper_status (*take)(struct srec_parser *parser, struct srec_event *event);
} types[10] = {
	[0] = { 2, true, take_header },
	[1] = { 2, true, take_data },
	[2] = { 3, true, take_data },
	[3] = { 4, true, take_data },
	[5] = { 2, false, take_count },
	[6] = { 3, false, take_count },
	[7] = { 4, false, take_end },
	[8] = { 3, false, take_end },
	[9] = { 2, false, take_end },
};

static dapper_status check_mark(const char *line, size_t length)
{
	if (length < MARK_LENGTH || line[0] != 'S' || line[1] < '0' || line[1] > '9')
		return dapper_fail(DAPPER_ERR_PARSE, "record does not start with 'S' and a digit");
	if (types[line[1] - '0'].address_size == 0)
		return dapper_fail(DAPPER_ERR_PARSE, "record type S%c is reserved", line[1]);
	return DAPPER_OK;
}

static dapper_status check_bytes(
	const struct type *type, char name, const uint8_t *bytes, size_t count)
{
	size_t least = type->address_size + CHECKSUM_SIZE;
	uint8_t sum = 0;

	if (bytes[0] != count - 1)
		return dapper_fail(
			DAPPER_ERR_PARSE, "record says %u bytes but has %zu", bytes[0], count - 1);
	if (bytes[0] < least || (bytes[0] > least && !type->has_data))
		return dapper_fail(DAPPER_ERR_PARSE, "S%c record has %u bytes, expected %s%zu",
			name, bytes[0], type->has_data ? "at least " : "", least);
	for (size_t i = 0; i < count; i++)
		sum = (uint8_t)(sum + bytes[i]);
	if (sum != 0xff)
		return dapper_fail(DAPPER_ERR_PARSE, "checksum is 0x%02x, expected 0x%02x",
			bytes[count - 1], (uint8_t)(bytes[count - 1] + 0xff - sum));
	return DAPPER_OK;
}

dapper_status srec_parse_record(const char *line, size_t length, struct srec_record *record)
{
	uint8_t bytes[1 + SREC_MAX_COUNT];
	size_t count = length / 2 - (length >= MARK_LENGTH);
	const struct type *type;
	uint32_t address = 0;
	size_t data_at;

	TRY(check_mark(line, length));
	if (length % 2 != 0 || count < 1 + CHECKSUM_SIZE || count > sizeof(bytes))
		return dapper_fail(DAPPER_ERR_PARSE,
			"record has %zu characters, expected an even number from 10 to %zu", length,
			MARK_LENGTH + 2 * sizeof(bytes));
	TRY(text_parse_bytes(line + MARK_LENGTH, MARK_LENGTH + 1, bytes, count));
	type = &types[line[1] - '0'];
	TRY(check_bytes(type, line[1], bytes, count));

	for (size_t i = 0; i < type->address_size; i++)
		address = address << 8 | bytes[1 + i];
	data_at = 1 + type->address_size;
	record->type = (uint8_t)(line[1] - '0');
	record->address = address;
	record->size = count - data_at - CHECKSUM_SIZE;
	memcpy(record->data, bytes + data_at, record->size);
	return DAPPER_OK;
}

dapper_status srec_parser_feed(
	struct srec_parser *parser, const char *line, size_t length, struct srec_event *event)
{
	event->kind = SREC_EVENT_NONE;
	TRY(srec_parse_record(line, length, &event->record));
	if (parser->ended)
		return dapper_fail(DAPPER_ERR_PARSE, "record after the S7, S8 or S9 record");
	return types[event->record.type].take(parser, event);
}

dapper_status srec_parser_finish(const struct srec_parser *parser)
{
	if (parser->ended)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_PARSE, "record that ends the file (S7, S8 or S9) is missing");
	return dapper_fail_hint(DAPPER_ERR_PARSE, "the file was cut short; make or copy it again");
}

static dapper_status collect(
	struct image_contents *contents, const struct srec_event *event, uint32_t line)
{
	const struct srec_record *record = &event->record;

	if (event->kind == SREC_EVENT_DATA)
		return segments_add(
			&contents->segments, record->address, record->data, record->size, line);
	if (event->kind == SREC_EVENT_ENTRY) {
		contents->has_entry = true;
		contents->entry = record->address;
	}
	return DAPPER_OK;
}

static dapper_status parse_lines(
	struct srec_parser *parser, struct text_lines *lines, struct image_contents *contents)
{
	struct srec_event event = { 0 };
	struct text_line line;

	while (text_next_line(lines, &line)) {
		if (line.length == 0)
			continue;
		TRY(srec_parser_feed(parser, line.text, line.length, &event));
		TRY(collect(contents, &event, lines->number));
	}
	return srec_parser_finish(parser);
}

dapper_status srec_parse(const struct image_source *source, struct image_contents *contents)
{
	struct text_lines lines = image_source_lines(source);
	struct srec_parser parser = { 0 };
	dapper_status status = parse_lines(&parser, &lines, contents);

	return image_finish_text(source, contents, status, lines.number);
}
