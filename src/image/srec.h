/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_SREC_H
#define IMAGE_SREC_H

/**
 * @file
 * Motorola S-records, by "M68000 Family Programmer's Reference Manual", M68000PM/AD rev. 1,
 * appendix C: lines in, events out. Without I/O and without memory of its own; image.c collects.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

/** The count byte covers address, data and checksum. */
enum { SREC_MAX_COUNT = 255 };

/** One line, checked but not yet understood. */
struct srec_record {
	uint8_t type;     /**< 0 to 9, not 4. */
	uint32_t address; /**< Or the count of S5, S6, or the start address of S7, S8, S9. */
	size_t size;      /**< Of data. */
	uint8_t data[SREC_MAX_COUNT];
};

/** Parse one line, without its line end. @p record is untouched on failure. */
dapper_status srec_parse_record(const char *line, size_t length, struct srec_record *record);

/** A pump; starts as { 0 }. */
struct srec_parser {
	uint32_t data_count; /**< S1, S2 and S3 records so far. */
	bool ended;
};

enum srec_event_kind { SREC_EVENT_NONE, SREC_EVENT_DATA, SREC_EVENT_ENTRY };

struct srec_event {
	enum srec_event_kind kind;
	struct srec_record record; /**< Address and data, or the entry as address. */
};

/** Take one line that is not empty. */
dapper_status srec_parser_feed(
	struct srec_parser *parser, const char *line, size_t length, struct srec_event *event);

/** The file is at its end. @retval DAPPER_ERR_PARSE  There was no S7, S8 or S9 record. */
dapper_status srec_parser_finish(const struct srec_parser *parser);

#endif /* IMAGE_SREC_H */
