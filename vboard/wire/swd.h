/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_WIRE_SWD_H
#define VBOARD_WIRE_SWD_H

/**
 * @file
 * The target's end of the two wires, cycle by cycle (IHI 0031, ADIv5.2: chapter B4 "The Serial Wire
 * Debug Port"). Which protocol the wires speak is not decided here: wire/swj.h.
 *
 * Strictness: a request that breaks the rules (parity, stop, park; anything but DPIDR or TARGETSEL
 * after a line reset; a start bit before the two idle cycles) silences the target until the next
 * line reset, where the specification allows worse.
 */
#include "vboard/adi/dp.h"

enum vswd_state {
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
	bool fresh; /* since the line reset nothing but idle cycles */

	uint64_t shift; /* bits of the request or data phase, first lowest */
	unsigned bit_count;
	struct vdp_request request;
	enum vdp_ack ack;
	bool select_phase;  /* the data phase is TARGETSEL's */
	uint32_t read_data; /* what a read's data phase carries */
	bool read_parity;

	struct vswd_phase phases[VSWD_MAX_PHASES];
	unsigned phase;

	unsigned ones; /* cycles in a row with the line high and not by the target */
};

/** A line reset (B4.3.3): so many cycles high. */
enum { VSWD_RESET_CYCLES = 50 };
/** Nobody drives: there is a pull-up. */
enum { VSWD_RELEASED = -1 };

/** Silent until a line reset. @p dp outlives the wire. */
void vswd_init(struct vswd *wire, struct vdp *dp);

/** What the target drives in this cycle: 0, 1 or #VSWD_RELEASED. */
int vswd_drives(const struct vswd *wire);

/** SWCLK rises, with the line at @p level. */
void vswd_rise(struct vswd *wire, bool level);

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

/** A whole transaction went by with another target: @p other was part of it. */
void vswd_ignore(
	struct vswd *wire, const struct vswd *other, const struct vswd_transaction *transaction);

/** Does this make sense as the state of the wire, but for its pointers? For snapshots. */
bool vswd_is_valid(const struct vswd *saved);

/** Host drives the line low for some cycles at once; with false it must do it one by one. */
bool vswd_idle(struct vswd *wire, struct vclock *clock, unsigned cycles);

#endif /* VBOARD_WIRE_SWD_H */
