/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_GDB_TEXT_H
#define SERVER_GDB_TEXT_H

/**
 * @file
 * Bounded text: replies are put together here, and requests taken apart. Nothing writes or reads
 * beyond its end; what does not fit is cut off and remembered.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that are written one after the other; zero-terminated, the zero not counted. */
struct text {
	char *data;
	size_t size;
	size_t capacity; /**< One more byte is there, for the zero. */
	bool is_cut;
};

void text_clear(struct text *text);
void text_put(struct text *text, const void *data, size_t size);
void text_put_string(struct text *text, const char *string);
void text_put_format(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/** Two digits a byte. */
void text_put_hex(struct text *text, const void *data, size_t size);
/** A value's bytes as they lie in the target, little-endian, in hex. */
void text_put_value(struct text *text, uint64_t value, size_t bytes);
/** What XML wants written otherwise is. */
void text_put_xml(struct text *text, const char *string);

/** The rest of a request. */
struct scan {
	const char *at;
	const char *end;
};

/** Skip a character. @return false: another one is there, or none. */
bool scan_char(struct scan *scan, char c);
/** Skip a word. */
bool scan_word(struct scan *scan, const char *word);
/** A number in hex of at least one digit and 64 bits at most. */
bool scan_hex(struct scan *scan, uint64_t *number);
/** Bytes in hex, as many as @p size. */
bool scan_bytes(struct scan *scan, uint8_t *data, size_t size);
/** Nothing is left. */
bool scan_at_end(const struct scan *scan);
size_t scan_left(const struct scan *scan);

#endif /* SERVER_GDB_TEXT_H */
