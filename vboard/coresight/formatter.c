/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/coresight/formatter.h"

#include <string.h>

/* IDs above 0x6F are reserved (IHI 0029E, D4.2.4). */
enum { NULL_ID = 0 };

void formatter_reset(struct formatter *formatter)
{
	*formatter = (struct formatter){ .used = 0 };
}

bool formatter_is_empty(const struct formatter *formatter)
{
	return !formatter->used && !formatter->holds;
}

/* Between calls `used` is even. In the last place, 14, fits one more byte of the same source. */
bool formatter_has_room(const struct formatter *formatter, uint8_t id)
{
	return formatter->used < FRAME_AUXILIARY - 1 || (!formatter->holds && id == formatter->id);
}

/* The low bit of an even byte stands in the auxiliary byte. */
static void place_data(struct formatter *formatter, uint8_t byte)
{
	const unsigned place = formatter->used++;

	if (place % 2) {
		formatter->frame[place] = byte;
		return;
	}
	formatter->frame[place] = (uint8_t)(byte & ~FRAME_IS_ID);
	formatter->frame[FRAME_AUXILIARY] =
		(uint8_t)(formatter->frame[FRAME_AUXILIARY] | (byte & 1) << place / 2);
}

/* Always in an even place. @p late: the byte that follows still is of the ID before. */
static void place_id(struct formatter *formatter, uint8_t id, bool late)
{
	const unsigned place = formatter->used++;

	formatter->frame[place] = (uint8_t)(id << 1 | FRAME_IS_ID);
	formatter->frame[FRAME_AUXILIARY] =
		(uint8_t)(formatter->frame[FRAME_AUXILIARY] | (unsigned)late << place / 2);
	formatter->id = id;
}

static void change_id(struct formatter *formatter, uint8_t id)
{
	const bool late = formatter->holds;

	place_id(formatter, id, late);
	if (late)
		place_data(formatter, formatter->held);
	formatter->holds = false;
}

void formatter_put(struct formatter *formatter, uint8_t id, uint8_t byte)
{
	if (id != formatter->id)
		change_id(formatter, id);
	if (formatter->holds) {
		place_data(formatter, formatter->held);
		place_data(formatter, byte);
		formatter->holds = false;
	} else if (formatter->used % 2) {
		place_data(formatter, byte);
	} else {
		formatter->holds = true;
		formatter->held = byte;
	}
}

void formatter_take(struct formatter *formatter, uint8_t frame[FRAME_SIZE])
{
	if (formatter->holds && formatter->used == FRAME_AUXILIARY - 1) {
		place_data(formatter, formatter->held);
		formatter->holds = false;
	}
	if (formatter->used < FRAME_AUXILIARY)
		change_id(formatter, NULL_ID);
	memcpy(frame, formatter->frame, FRAME_SIZE);
	memset(formatter->frame, 0, sizeof(formatter->frame));
	formatter->used = 0;
}
