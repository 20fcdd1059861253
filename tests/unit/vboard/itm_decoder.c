/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/itm_decoder.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct decoder {
	const uint8_t *at, *end;
	char *text;
	size_t room;
};

static void say(struct decoder *d, const char *format, ...)
{
	va_list args;
	int length;

	if (d->room < 2)
		return;
	va_start(args, format);
	length = vsnprintf(d->text, d->room, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= d->room)
		length = (int)d->room - 1;
	d->text += length;
	d->room -= (size_t)length;
}

static uint64_t bytes_value(struct decoder *d, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count && d->at < d->end; i++)
		value |= (uint64_t)*d->at++ << 8 * i;
	return value;
}

/* Groups of seven bits while bit 7 says that more follow. */
static uint64_t groups_value(struct decoder *d, uint8_t *last)
{
	uint64_t value = 0;

	for (unsigned shift = 0; d->at < d->end && shift < 64; shift += 7) {
		*last = *d->at++;
		value |= (uint64_t)(*last & 0x7f) << shift;
		if (!(*last & 0x80))
			break;
	}
	return value;
}

static void decode_sync(struct decoder *d)
{
	unsigned zeros = 1;

	while (d->at < d->end && *d->at == 0) {
		zeros++;
		d->at++;
	}
	if (d->at < d->end && *d->at++ == 0x80 && zeros >= 5)
		say(d, "sync ");
	else
		say(d, "? ");
}

static void decode_data_trace(struct decoder *d, unsigned id, unsigned size)
{
	const unsigned comparator = (id >> 1) & 3;
	const uint64_t value = bytes_value(d, size);
	const int digits = 2 * (int)size;

	if (id >= 16)
		say(d, "%c%u:%0*llx ", id & 1 ? 'w' : 'r', comparator, digits,
			(unsigned long long)value);
	else if (id & 1)
		say(d, "a%u:%llx ", comparator, (unsigned long long)value);
	else if (size == 1)
		say(d, value == 1 ? "m%u " : "? ", comparator);
	else
		say(d, "p%u:%llx ", comparator, (unsigned long long)value);
}

static void decode_hardware(struct decoder *d, unsigned id, unsigned size)
{
	uint64_t value;

	if (id >= 8 && id <= 23) {
		decode_data_trace(d, id, size);
		return;
	}
	value = bytes_value(d, size);
	if (id == 0)
		say(d, "ev:%llx ", (unsigned long long)value);
	else if (id == 1)
		say(d, "exc:%llu+%llu ", (unsigned long long)(value & 0x1ff),
			(unsigned long long)(value >> 12 & 3));
	else if (id == 2 && size == 4)
		say(d, "pc:%llx ", (unsigned long long)value);
	else if (id == 2 && size == 1 && value == 0)
		say(d, "sleep ");
	else
		say(d, "? ");
}

static void decode_local_timestamp(struct decoder *d, uint8_t header)
{
	const unsigned tc = header >> 4 & 3;
	uint8_t last = 0;
	uint64_t value;

	if (!(header & 0x80)) {
		say(d, "t%u ", header >> 4 & 7);
		return;
	}
	value = groups_value(d, &last);
	if (tc)
		say(d, "T%llu/%u ", (unsigned long long)value, tc);
	else
		say(d, "T%llu ", (unsigned long long)value);
}

static void decode_global_timestamp(struct decoder *d, uint8_t header)
{
	uint8_t last = 0;
	uint64_t value = groups_value(d, &last);

	if (header == 0x94)
		say(d, "g1%s:%llx ", last & 0x40 ? "w" : "",
			(unsigned long long)(value & 0x3ffffff));
	else
		say(d, "g2:%llx ", (unsigned long long)value);
}

static void decode_packet(struct decoder *d)
{
	static const unsigned sizes[] = { 0, 1, 2, 4 };
	const uint8_t header = *d->at++;
	const unsigned size = sizes[header & 3];

	if (header == 0)
		decode_sync(d);
	else if (header == 0x70)
		say(d, "ovf ");
	else if (size && header & 4)
		decode_hardware(d, header >> 3, size);
	else if (size)
		say(d, "S%u:%0*llx ", header >> 3, 2 * (int)size,
			(unsigned long long)bytes_value(d, size));
	else if (header == 0x94 || header == 0xb4)
		decode_global_timestamp(d, header);
	else if ((header & 0x8f) == 0 || (header & 0xcf) == 0xc0)
		decode_local_timestamp(d, header);
	else
		say(d, "? ");
}

void itm_decode(const uint8_t *stream, size_t size, char *text, size_t text_size)
{
	struct decoder d = { stream, stream + size, text, text_size };

	text[0] = '\0';
	while (d.at < d.end)
		decode_packet(&d);
	/* No blank at the end. */
	if (d.text > text)
		d.text[-1] = '\0';
}

int itm_deformat(const uint8_t *stream, size_t size, uint8_t id, uint8_t *out)
{
	static const uint8_t sync[] = { 0xff, 0xff, 0xff, 0x7f };
	uint8_t current = 0;
	int count = 0;

	while (size) {
		if (size >= 4 && memcmp(stream, sync, 4) == 0) {
			stream += 4;
			size -= 4;
			continue;
		}
		if (size < 16)
			return -1;
		for (unsigned i = 0; i < 15; i++) {
			const unsigned bit = stream[15] >> i / 2 & 1;
			const bool is_id = i % 2 == 0 && (stream[i] & 1);
			uint8_t byte = stream[i];
			uint8_t next = current;

			if (is_id) {
				next = byte >> 1;
				/* Bit set: the byte behind it still is the old source's. */
				if (bit && i < 14 && current == id)
					out[count++] = stream[i + 1];
				if (bit && i < 14)
					i++;
				current = next;
				continue;
			}
			if (i % 2 == 0)
				byte = (uint8_t)(byte | bit);
			if (current == id)
				out[count++] = byte;
		}
		stream += 16;
		size -= 16;
	}
	return count;
}
