/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_clear(struct text *text)
{
	text->size = 0;
	text->data[0] = '\0';
	text->is_cut = false;
}

void text_put(struct text *text, const void *data, size_t size)
{
	if (size > text->capacity - text->size) {
		size = text->capacity - text->size;
		text->is_cut = true;
	}
	memcpy(text->data + text->size, data, size);
	text->size += size;
	text->data[text->size] = '\0';
}

void text_put_string(struct text *text, const char *string)
{
	text_put(text, string, strlen(string));
}

void text_put_format(struct text *text, const char *format, ...)
{
	char line[512];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (length < 0)
		return;
	text->is_cut = text->is_cut || (size_t)length >= sizeof(line);
	text_put_string(text, line);
}

void text_put_hex(struct text *text, const void *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++) {
		const char pair[] = { digits[bytes[i] >> 4], digits[bytes[i] & 15] };

		text_put(text, pair, sizeof(pair));
	}
}

void text_put_value(struct text *text, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		uint8_t byte = (uint8_t)(value >> (8 * i));

		text_put_hex(text, &byte, 1);
	}
}

void text_put_xml(struct text *text, const char *string)
{
	for (; *string; string++) {
		switch (*string) {
		case '<':
			text_put_string(text, "&lt;");
			break;
		case '&':
			text_put_string(text, "&amp;");
			break;
		case '"':
			text_put_string(text, "&quot;");
			break;
		default:
			text_put(text, string, 1);
		}
	}
}

/* --- requests -------------------------------------------------------------------------------- */

bool scan_at_end(const struct scan *scan)
{
	return scan->at == scan->end;
}

size_t scan_left(const struct scan *scan)
{
	return (size_t)(scan->end - scan->at);
}

bool scan_char(struct scan *scan, char c)
{
	if (scan_at_end(scan) || *scan->at != c)
		return false;
	scan->at++;
	return true;
}

bool scan_word(struct scan *scan, const char *word)
{
	size_t length = strlen(word);

	if (length > scan_left(scan) || memcmp(scan->at, word, length) != 0)
		return false;
	scan->at += length;
	return true;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool scan_hex(struct scan *scan, uint64_t *number)
{
	const char *start = scan->at;
	uint64_t value = 0;

	while (!scan_at_end(scan) && digit_of(*scan->at) >= 0) {
		if (value >> 60)
			return false;
		value = value << 4 | (uint64_t)digit_of(*scan->at++);
	}
	*number = value;
	return scan->at > start;
}

bool scan_bytes(struct scan *scan, uint8_t *data, size_t size)
{
	if (size > scan_left(scan) / 2)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = digit_of(scan->at[0]);
		int low = digit_of(scan->at[1]);

		if (high < 0 || low < 0)
			return false;
		data[i] = (uint8_t)(high << 4 | low);
		scan->at += 2;
	}
	return true;
}
