/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_IHEX_H
#define IMAGE_IHEX_H

/**
 * @file
 * Intel HEX, by "Hexadecimal Object File Format Specification", Intel, revision A, 1988: lines in,
 * events out. Without I/O and without memory of its own; image.c collects.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

enum { IHEX_MAX_DATA = 255 };

/** Record types (RECTYP), sections 2 to 7. */
enum ihex_type {
	IHEX_DATA = 0x00,
	IHEX_END_OF_FILE = 0x01,
	IHEX_EXTENDED_SEGMENT_ADDRESS = 0x02,
	IHEX_START_SEGMENT_ADDRESS = 0x03,
	IHEX_EXTENDED_LINEAR_ADDRESS = 0x04,
	IHEX_START_LINEAR_ADDRESS = 0x05,
};

/** One line, checked but not yet understood. */
struct ihex_record {
	uint8_t type;
	uint16_t address; /**< LOAD OFFSET */
	uint8_t size;
	uint8_t data[IHEX_MAX_DATA];
};

/** Parse one line, without its line end. @p record is untouched on failure. */
dapper_status ihex_parse_record(const char *line, size_t length, struct ihex_record *record);

/** A pump; starts as { 0 }. */
struct ihex_parser {
	uint32_t base;  /**< USBA << 4 or ULBA << 16 */
	bool segmented; /**< Base is a USBA: offsets wrap at 64 KB. */
	bool ended;
};

enum ihex_event_kind { IHEX_EVENT_NONE, IHEX_EVENT_DATA, IHEX_EVENT_ENTRY };

struct ihex_event {
	enum ihex_event_kind kind;
	/** Of data: one run, or two when addresses wrap. Points into the record. */
	struct {
		uint32_t address;
		const uint8_t *data;
		size_t size;
	} runs[2];
	size_t run_count;
	uint32_t entry;
	struct ihex_record record;
};

/** Take one line that is not empty. */
dapper_status ihex_parser_feed(
	struct ihex_parser *parser, const char *line, size_t length, struct ihex_event *event);

/** The file is at its end. @retval DAPPER_ERR_PARSE  There was no end-of-file record. */
dapper_status ihex_parser_finish(const struct ihex_parser *parser);

#endif /* IMAGE_IHEX_H */
