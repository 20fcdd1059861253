/* SPDX-License-Identifier: Apache-2.0 */
#include "rsp.h"

#include <string.h>

enum { INTERRUPT = 0x03, ESCAPE = '}', ESCAPE_XOR = 0x20 };

void rsp_init(struct rsp *rsp)
{
	rsp->no_ack = false;
	rsp->state = RSP_BETWEEN;
	rsp->packet = (struct text){ .data = rsp->bytes, .capacity = RSP_PACKET_SIZE };
	text_clear(&rsp->packet);
}

/* --- in -------------------------------------------------------------------------------------- */

static void begin_packet(struct rsp *rsp)
{
	rsp->state = RSP_DATA;
	rsp->sum = 0;
	text_clear(&rsp->packet);
}

/* Between packets everything but these is noise. */
static enum rsp_event take_between(struct rsp *rsp, char c)
{
	switch (c) {
	case '$':
		begin_packet(rsp);
		return RSP_NOTHING;
	case INTERRUPT:
		return RSP_INTERRUPT;
	case '+':
		return RSP_ACK;
	case '-':
		return RSP_NAK;
	}
	return RSP_NOTHING;
}

/* A packet that begins within another: the rest of the first got lost. */
static void take_data(struct rsp *rsp, char c)
{
	if (c == '$') {
		begin_packet(rsp);
		return;
	}
	if (c == '#') {
		rsp->state = RSP_SUM_HIGH;
		return;
	}
	rsp->sum = (uint8_t)(rsp->sum + (uint8_t)c);
	if (c == ESCAPE)
		rsp->state = RSP_ESCAPED;
	else
		text_put(&rsp->packet, &c, 1);
}

static void take_escaped(struct rsp *rsp, char c)
{
	char plain = (char)(c ^ ESCAPE_XOR);

	rsp->sum = (uint8_t)(rsp->sum + (uint8_t)c);
	text_put(&rsp->packet, &plain, 1);
	rsp->state = RSP_DATA;
}

static enum rsp_event end_packet(struct rsp *rsp)
{
	struct scan scan = { rsp->sum_digits, rsp->sum_digits + sizeof(rsp->sum_digits) };
	uint8_t sum = 0;

	rsp->state = RSP_BETWEEN;
	if (!rsp->no_ack && (!scan_bytes(&scan, &sum, 1) || sum != rsp->sum))
		return RSP_DAMAGED;
	return rsp->packet.is_cut ? RSP_TOO_LONG : RSP_PACKET;
}

static enum rsp_event take(struct rsp *rsp, char c)
{
	switch (rsp->state) {
	case RSP_BETWEEN:
		return take_between(rsp, c);
	case RSP_DATA:
		take_data(rsp, c);
		break;
	case RSP_ESCAPED:
		take_escaped(rsp, c);
		break;
	case RSP_SUM_HIGH:
		rsp->sum_digits[0] = c;
		rsp->state = RSP_SUM_LOW;
		break;
	case RSP_SUM_LOW:
		rsp->sum_digits[1] = c;
		return end_packet(rsp);
	}
	return RSP_NOTHING;
}

size_t rsp_feed(struct rsp *rsp, const void *data, size_t size, enum rsp_event *event)
{
	const char *bytes = data;
	size_t taken = 0;

	*event = RSP_NOTHING;
	while (taken < size && *event == RSP_NOTHING)
		*event = take(rsp, bytes[taken++]);
	return taken;
}

/* --- out ------------------------------------------------------------------------------------- */

enum { RUN_MIN = 4, RUN_MAX = 98, RUN_BIAS = 29 };

static bool needs_escape(char c)
{
	return c == '#' || c == '$' || c == ESCAPE || c == '*';
}

static size_t run_length(const char *data, size_t size)
{
	size_t length = 1;

	while (length < size && length < RUN_MAX && data[length] == data[0])
		length++;
	return length;
}

/*
 * A character and how often it comes again, as a printable one: "0* " is four zeros. Counts that
 * would read as '#', '$', '+' or '-' are not allowed: such a run is made shorter.
 */
static size_t put_run(struct text *frame, const char *data, size_t length)
{
	char count;

	do
		count = (char)(--length + RUN_BIAS);
	while (count == '#' || count == '$' || count == '+' || count == '-');
	text_put(frame, data, 1);
	text_put(frame, "*", 1);
	text_put(frame, &count, 1);
	return length + 1;
}

static size_t put_next(struct text *frame, const char *data, size_t size)
{
	size_t length = run_length(data, size);

	if (needs_escape(data[0])) {
		const char pair[] = { ESCAPE, (char)(data[0] ^ ESCAPE_XOR) };

		text_put(frame, pair, sizeof(pair));
		return 1;
	}
	if (length >= RUN_MIN)
		return put_run(frame, data, length);
	text_put(frame, data, 1);
	return 1;
}

void rsp_encode(struct text *frame, const void *data, size_t size)
{
	const char *bytes = data;
	uint8_t sum = 0;

	text_clear(frame);
	text_put(frame, "$", 1);
	for (size_t i = 0; i < size;)
		i += put_next(frame, bytes + i, size - i);
	for (size_t i = 1; i < frame->size; i++)
		sum = (uint8_t)(sum + (uint8_t)frame->data[i]);
	text_put(frame, "#", 1);
	text_put_hex(frame, &sum, 1);
}
