/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_WIRE_SWD_H
#define VBOARD_WIRE_SWD_H

/**
 * @file
 * The target's end of the two wires, cycle by cycle (IHI 0031, ADIv5.2: chapter B4 "The Serial Wire
 * Debug Port", B5.2 "SWD and JTAG select mechanism").
 *
 * A target with a JTAG ID code is a SWJ-DP and starts up in JTAG; the JTAG state machine is not
 * there yet, so that such a wire only listens for the selection sequences. There is no dormant
 * state: DPv1 has none.
 *
 * Strictness: a request that breaks the rules (parity, stop, park; anything but DPIDR or TARGETSEL
 * after a line reset; a start bit before the two idle cycles) silences the target until the next
 * line reset, where the specification allows worse.
 */
#include "vboard/adi/dp.h"

enum vswd_state {
	VSWD_JTAG,      /* not listening to SWD */
	VSWD_LOCKED,    /* silent after a protocol error, or deselected */
	VSWD_RESET,     /* in a line reset, line still high */
	VSWD_RESET_LOW, /* after it, one idle cycle seen */
	VSWD_IDLE,      /* a start bit may come */
	VSWD_REQUEST,
	VSWD_PHASES /* between request and idle: see struct vswd_phase */
};

/** What happens on the wire after a request: a run of cycles of one kind. */
struct vswd_phase {
	uint8_t kind; /* enum vswd_phase_kind */
	uint8_t cycles;
};

enum { VSWD_MAX_PHASES = 4, VSWD_REQUEST_BITS = 8, VSWD_ACK_BITS = 3, VSWD_DATA_BITS = 33 };

struct vswd {
	struct vdp *dp;
	enum vswd_state state;
	bool fresh;    /* since the line reset nothing but idle cycles */
	bool no_power; /* the target was last seen without */

	uint64_t shift; /* bits of the request or data phase, first lowest */
	unsigned bit_count;
	struct vdp_request request;
	enum vdp_ack ack;
	bool select_phase;  /* the data phase is TARGETSEL's */
	uint32_t read_data; /* what a read's data phase carries */
	bool read_parity;

	struct vswd_phase phases[VSWD_MAX_PHASES];
	unsigned phase;

	/* The selection sequences, found in any state. */
	unsigned ones;        /* cycles in a row with the line high */
	unsigned select_bits; /* bits seen since a line reset; 0: not looking */
	uint16_t select;
};

/** Power-on reset of wire and DP. @p dp outlives the wire. */
void vswd_init(struct vswd *wire, struct vdp *dp);

/**
 * One SWCLK cycle. Time is the caller's business: see struct vclock.
 *
 * @param level  What the host drives; nobody's level when @p driven is false.
 * @return The level on the line, as the host would sample it; high (pulled up) when nobody drives.
 */
bool vswd_clock(struct vswd *wire, bool driven, bool level);

/** A whole transaction as a host does it that is configured like the target. */
struct vswd_transaction {
	struct vdp_request request;
	uint32_t data;  /* of a write; of a read with VDP_ACK_OK afterwards */
	bool parity_ok; /* of a read: false when its parity was wrong on the wire */
	enum vdp_ack ack;
};

/**
 * Run a transaction at once, with the same outcome, state and times as its cycles would have.
 *
 * @return false, and nothing done, when only single cycles can tell what happens: the target is
 * not listening, or host and target differ in turnaround or data phase.
 */
bool vswd_transact(struct vswd *wire, struct vclock *clock, unsigned turnaround, bool data_phase,
	struct vswd_transaction *transaction);

/** Host drives the line low for some cycles at once; with false it must do it one by one. */
bool vswd_idle(struct vswd *wire, struct vclock *clock, unsigned cycles);

#endif /* VBOARD_WIRE_SWD_H */
