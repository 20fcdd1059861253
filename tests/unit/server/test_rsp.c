/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "server/gdb/rsp.h"
#include "support/test.h"

/* What a stream of bytes makes: packets in <>, other events by a letter. */
static const char *pump(const char *bytes, size_t size, bool no_ack, size_t chunk)
{
	static char out[1024];
	static struct rsp rsp;
	size_t used = 0;

	rsp_init(&rsp);
	rsp.no_ack = no_ack;
	out[0] = '\0';
	for (size_t at = 0; at < size;) {
		size_t now = size - at < chunk ? size - at : chunk;
		enum rsp_event event;

		at += rsp_feed(&rsp, bytes + at, now, &event);
		if (event == RSP_PACKET)
			used += (size_t)snprintf(
				out + used, sizeof(out) - used, "<%s>", rsp.packet.data);
		else if (event != RSP_NOTHING)
			used += (size_t)snprintf(
				out + used, sizeof(out) - used, "%c", "..DLC+-"[event]);
	}
	return out;
}

static const struct row {
	const char *what;
	const char *bytes;
	const char *events;
	const char *events_without_ack;
} rows[] = {
	{ "a packet", "$qC#b4", "<qC>", "<qC>" },
	{ "an empty packet", "$#00", "<>", "<>" },
	{ "capitals in the checksum", "$m0,4#FD", "<m0,4>", "<m0,4>" },
	{ "several", "+$g#67-$g#67\x03", "+<g>-<g>C", "+<g>-<g>C" },
	{ "noise between packets", "abc#00$g#67xyz", "<g>", "<g>" },
	{ "a wrong checksum", "$g#68$g#67", "D<g>", "<g><g>" },
	{ "no checksum", "$g#zz", "D", "<g>" },
	{ "an escaped byte", "$X}\x03#d8", "<X#>", "<X#>" },
	{ "an escaped Ctrl-C", "$}##a0", "<\x03>", "<\x03>" },
	{ "Ctrl-C as data", "$a\x03#64", "<a\x03>", "<a\x03>" },
	{ "a packet cut off by the next", "$m0,$g#67", "<g>", "<g>" },
	{ "an asterisk is itself", "$0*#5a", "<0*>", "<0*>" },
};

static void feed__takes(void **state)
{
	const struct row *row = *state;

	for (size_t chunk = 1; chunk <= strlen(row->bytes); chunk++) {
		assert_string_equal(
			pump(row->bytes, strlen(row->bytes), false, chunk), row->events);
		assert_string_equal(
			pump(row->bytes, strlen(row->bytes), true, chunk), row->events_without_ack);
	}
}

static void feed__bounds_a_packet(void **state)
{
	static char bytes[RSP_PACKET_SIZE + 16];
	static struct rsp rsp;
	enum rsp_event event;

	(void)state;
	memset(bytes, 'a', sizeof(bytes));
	bytes[0] = '$';
	rsp_init(&rsp);
	rsp.no_ack = true;
	assert_int_equal(rsp_feed(&rsp, bytes, sizeof(bytes), &event), sizeof(bytes));
	assert_int_equal(event, RSP_NOTHING);
	assert_int_equal(rsp_feed(&rsp, "#00$g#67", 8, &event), 3);
	assert_int_equal(event, RSP_TOO_LONG);
	rsp_feed(&rsp, "$g#67", 5, &event);
	assert_int_equal(event, RSP_PACKET);
	assert_string_equal(rsp.packet.data, "g");
}

static const char *encode(const char *data, size_t size)
{
	static char bytes[RSP_FRAME_SIZE + 1];
	static struct text frame = { .data = bytes, .capacity = RSP_FRAME_SIZE };

	rsp_encode(&frame, data, size);
	return bytes;
}

static void encode__makes_frames(void **state)
{
	(void)state;
	assert_string_equal(encode("", 0), "$#00");
	assert_string_equal(encode("OK", 2), "$OK#9a");
	assert_string_equal(encode("#$}*", 4), "$}\x03}\x04}]}\n#62");
	assert_string_equal(encode("000", 3), "$000#90");
	assert_string_equal(encode("0000", 4), "$0* #7a");
}

/* '#', '$', '+' and '-' may not stand for counts: 6, 7, 14 and 16 more. */
static void encode__avoids_four_counts(void **state)
{
	char data[256];

	(void)state;
	memset(data, 'a', sizeof(data));
	for (size_t size = 1; size <= sizeof(data); size++) {
		const char *frame = encode(data, size);
		size_t decoded = 0;

		for (const char *c = frame + 1; *c != '#'; c++) {
			if (*c != '*') {
				decoded++;
				continue;
			}
			c++;
			assert_null(strchr("#$+-", *c));
			assert_in_range(*c, ' ', '~');
			decoded += (size_t)(*c - 29);
		}
		assert_int_equal(decoded, size);
	}
}

/* Whatever goes out comes in again; runs are short here, they are for one direction only. */
static void encode__round_trip(void **state)
{
	static struct rsp rsp;
	char data[256];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)i;
	for (size_t size = 0; size <= sizeof(data); size++) {
		const char *frame = encode(data, size);
		enum rsp_event event = RSP_NOTHING;

		rsp_init(&rsp);
		for (size_t at = 0; event == RSP_NOTHING; at++)
			rsp_feed(&rsp, frame + at, 1, &event);
		assert_int_equal(event, RSP_PACKET);
		assert_int_equal(rsp.packet.size, size);
		assert_memory_equal(rsp.packet.data, data, size);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(feed__bounds_a_packet),
		cmocka_unit_test(encode__makes_frames),
		cmocka_unit_test(encode__avoids_four_counts),
		cmocka_unit_test(encode__round_trip),
	};

	return test_run_all("server/rsp", tests, ARRAY_SIZE(tests), feed__takes, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
