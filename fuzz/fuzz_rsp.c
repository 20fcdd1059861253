/* SPDX-License-Identifier: Apache-2.0 */
/* A client's bytes: with acknowledgements and without, whole and byte by byte; and what comes out of
 * the pump in again. */
#include <stdlib.h>
#include <string.h>

#include "server/gdb/rsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct rsp *rsp)
{
	static char bytes[RSP_FRAME_SIZE + 1];
	static struct text frame = { .data = bytes, .capacity = RSP_FRAME_SIZE };

	rsp_encode(&frame, rsp->packet.data, rsp->packet.size);
	if (frame.is_cut || frame.size < 4 || frame.data[0] != '$')
		abort();
}

static size_t pump(const uint8_t *data, size_t size, bool no_ack, size_t chunk)
{
	static struct rsp rsp;
	size_t packets = 0;

	rsp_init(&rsp);
	rsp.no_ack = no_ack;
	for (size_t at = 0; at < size;) {
		size_t now = size - at < chunk ? size - at : chunk;
		enum rsp_event event;

		at += rsp_feed(&rsp, data + at, now, &event);
		if (event != RSP_PACKET)
			continue;
		packets++;
		check_round_trip(&rsp);
	}
	return packets;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int no_ack = 0; no_ack < 2; no_ack++)
		if (pump(data, size, no_ack, size) != pump(data, size, no_ack, 1))
			abort();
	return 0;
}
