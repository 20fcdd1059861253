/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_GDB_RSP_H
#define SERVER_GDB_RSP_H

/**
 * @file
 * The frame of GDB's Remote Serial Protocol ("Debugging with GDB", appendix E.1, Overview): bytes
 * in, packets out, and the other way round. No I/O.
 */
#include "text.h"

enum {
	/** What we announce as PacketSize, and the longest packet that is taken, unescaped. */
	RSP_PACKET_SIZE = 0x8000,
	/** A reply's longest frame: every byte escaped, '$', '#' and two digits. */
	RSP_FRAME_SIZE = 2 * RSP_PACKET_SIZE + 4,
};

enum rsp_event {
	RSP_NOTHING,   /**< More bytes are needed. */
	RSP_PACKET,    /**< rsp.packet holds one; its checksum was right, or is not looked at. */
	RSP_DAMAGED,   /**< A packet with a wrong checksum. */
	RSP_TOO_LONG,  /**< A packet beyond RSP_PACKET_SIZE. */
	RSP_INTERRUPT, /**< Ctrl-C. */
	RSP_ACK,
	RSP_NAK,
};

struct rsp {
	/** Set once acknowledgements have been given up: checksums are not compared then. */
	bool no_ack;
	struct text packet; /**< Unescaped; valid until the next feed. */

	/* Where in a frame the next byte is. */
	enum {
		RSP_BETWEEN,
		RSP_DATA,
		RSP_ESCAPED,
		RSP_SUM_HIGH,
		RSP_SUM_LOW,
	} state;
	uint8_t sum;
	char sum_digits[2];
	char bytes[RSP_PACKET_SIZE + 1];
};

void rsp_init(struct rsp *rsp);
/**
 * Take bytes up to the next event.
 *
 * @return How many were taken; the rest is for the next call.
 */
size_t rsp_feed(struct rsp *rsp, const void *data, size_t size, enum rsp_event *event);

/** Make the frame of a packet: escaped, run-length encoded, with its checksum. */
void rsp_encode(struct text *frame, const void *data, size_t size);

#endif /* SERVER_GDB_RSP_H */
