/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_FAKE_DAP_H
#define PROBE_FAKE_DAP_H

/**
 * @file
 * A CMSIS-DAP probe as a transport, for tests of the driver. It reads packets with a parser of its
 * own, logs what is in them, answers as Arm's firmware does, and fails or lies where it is told to.
 *
 * Reads give 0x1000, 0x1001, ... in the order of the requests.
 */
#include "probe/drivers/cmsis_dap/dap.h"

enum { FAKE_DAP_QUEUE = 16, FAKE_DAP_PACKET = 2048, FAKE_DAP_LOG = 1 << 14, FAKE_NO_FAIL = -1 };

/** What an answer is made into. */
enum fake_lie {
	FAKE_HONEST,
	FAKE_TRUNCATED, /* its last byte is missing */
	FAKE_EMPTY,
	FAKE_LONGER, /* a byte too many */
	FAKE_OTHER_COMMAND,
	FAKE_COUNT_HIGH, /* one transfer, or command, more than asked for */
	FAKE_COUNT_LOW,
	FAKE_ODD_RESPONSE, /* bits that do not exist in the response byte */
	FAKE_SILENT,
	FAKE_GARBAGE, /* the transport itself says so */
	FAKE_GONE
};

struct fake_dap {
	uint16_t packet_size;
	uint8_t packet_count;
	uint8_t capabilities;
	bool padded;
	bool no_execute; /* promises DAP_ExecuteCommands and does not know it */
	bool no_lamp;    /* does not know DAP_HostStatus */

	/** Entry (word, mask or match, from 0, over all packets) that fails, with this response. */
	int fail_at;
	uint8_t fail_response;
	bool fail_check; /* the check at the end of the command that holds it, not itself */
	/** Match reads fail so often before they succeed; retries of each try are not counted. */
	unsigned mismatches;

	/** Packet (from 0) that is answered with a lie. */
	int lie_at;
	enum fake_lie lie;
	bool lie_on; /* and all behind it */

	/**
	 * "T(w3 r2 k1 m1)" a DAP_Transfer of writes, reads, masks, matches; "B(w14)" a block;
	 * "J(+6 64)" and "S(+8 5)" runs of JTAG and SWD cycles, TMS or SWDIO driven with a plus;
	 * "C(9)" retries configured; "X" before what DAP_ExecuteCommands holds; "I(f0)" an info;
	 * others by number; a line a packet.
	 */
	char log[FAKE_DAP_LOG];
	/** 's' for each packet sent, 'r' for each answer taken. */
	char order[512];
	uint8_t last[FAKE_DAP_PACKET]; /* the last request, as it came */
	size_t last_size;
	uint32_t written[FAKE_DAP_PACKET];
	size_t write_count;
	uint32_t read_count;
	int entries;
	int packets;
	unsigned most_in_flight;
	bool sticky; /* a failure that makes everything behind it fail */
	bool closed;
	uint64_t now_ns;

	struct {
		uint8_t bytes[FAKE_DAP_PACKET];
		size_t size;
		enum fake_lie lie;
	} queue[FAKE_DAP_QUEUE];
	unsigned oldest, waiting;
};

/** Bulk link of 512 bytes and four packets, SWD, no atomic commands. */
void fake_dap_init(struct fake_dap *fake);

struct cmsis_dap_transport fake_dap_transport(struct fake_dap *fake);

/** Open it, forget what that logged. */
struct dap *fake_dap_open(struct fake_dap *fake, dapper_context *context);

/** The same, connected at 1 MHz. */
struct dap *fake_dap_connect(struct fake_dap *fake, dapper_context *context);

void fake_dap_forget(struct fake_dap *fake);

#endif /* PROBE_FAKE_DAP_H */
