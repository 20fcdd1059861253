/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_TEXT_H
#define IMAGE_TEXT_H

/**
 * @file
 * What the text formats share: lines, and pairs of hex digits.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

/** Where a reader of lines is. Starts as { .text = ..., .end = ... }. */
struct text_lines {
	const char *text; /**< The next character. */
	const char *end;
	uint32_t number; /**< Of the line last returned, from 1. */
};

/** A line without its end and without blanks around it. */
struct text_line {
	const char *text;
	size_t length; /**< 0: an empty line. */
};

/**
 * The next line, empty ones included. Lines end with LF, CR LF or CR; a Ctrl-Z (end of file in DOS)
 * is a blank.
 *
 * @return false at the end.
 */
bool text_next_line(struct text_lines *lines, struct text_line *line);

/** Value of a hex digit of either case, or -1. */
int text_hex_digit(char c);

/**
 * Pairs of hex digits to bytes.
 *
 * @param column  Of the first digit in its line, from 1, for the message.
 * @retval DAPPER_ERR_PARSE  Something else than a hex digit; the message names its column.
 */
dapper_status text_parse_bytes(const char *digits, size_t column, uint8_t *bytes, size_t count);

/** Does it look like text throughout? Printable ASCII, blanks, line ends; UTF-8 counts. */
bool text_detect(const uint8_t *data, size_t size);

#endif /* IMAGE_TEXT_H */
