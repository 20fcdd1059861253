/* SPDX-License-Identifier: Apache-2.0 */
#include "image/text.h"

#include <string.h>

#include "base/error.h"

enum { CTRL_Z = 0x1a };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == CTRL_Z;
}

static struct text_line trim(const char *from, const char *to)
{
	while (from < to && is_blank(*from))
		from++;
	while (to > from && is_blank(to[-1]))
		to--;
	return (struct text_line){ .text = from, .length = (size_t)(to - from) };
}

bool text_next_line(struct text_lines *lines, struct text_line *line)
{
	const char *at = lines->text;

	if (at == lines->end)
		return false;
	while (at < lines->end && *at != '\n' && *at != '\r')
		at++;
	*line = trim(lines->text, at);
	if (at < lines->end) {
		bool two = *at == '\r' && at + 1 < lines->end && at[1] == '\n';

		at += two ? 2 : 1;
	}
	lines->text = at;
	lines->number++;
	return true;
}

int text_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

dapper_status text_parse_bytes(const char *digits, size_t column, uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int hi = text_hex_digit(digits[2 * i]);
		int lo = text_hex_digit(digits[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return dapper_fail(DAPPER_ERR_PARSE, "not a hex digit in column %zu",
				column + 2 * i + (hi >= 0));
		bytes[i] = (uint8_t)(hi << 4 | lo);
	}
	return DAPPER_OK;
}

bool text_detect(const uint8_t *data, size_t size)
{
	static const char controls[] = { '\t', '\n', '\v', '\f', '\r', CTRL_Z };

	for (size_t i = 0; i < size; i++)
		if ((data[i] < ' ' && !memchr(controls, data[i], sizeof(controls))) ||
			data[i] == 0x7f)
			return false;
	return true;
}
