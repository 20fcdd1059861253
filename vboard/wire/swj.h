/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_WIRE_SWJ_H
#define VBOARD_WIRE_SWJ_H

/**
 * @file
 * All the debug pins of a target, edge by edge, and which protocol they speak (IHI 0031, ADIv5.2:
 * chapter B5 "The Serial Wire/JTAG Debug Port"): TCK/SWCLK, TMS/SWDIO, TDI, TDO, nTRST.
 *
 * Choices:
 * - The 16 bits from JTAG to SWD and back are understood by every SWJ-DP, also those with the
 *   dormant state (B5.2 only deprecates them there).
 * - The dormant state is there with DPv2 and later.
 * - While JTAG is not selected, its TAPs are held in Test-Logic-Reset. SWD that is selected is
 *   silent until a line reset.
 * - Several DPs that share the wires have one selection between them: dps[0]'s version decides
 *   whether there is a dormant state. Where they drive SWDIO against each other it is low.
 * - Bits that arrive wrong do so in single cycles, on SWDIO/TMS, TDI and TDO alike; a stuck line
 *   is SWDIO/TMS as well as TDO.
 * - Of the activation codes (table B5-3) those of SWD, of the JTAG-DP and "JTAG-Serial" are
 *   understood; after any other one the target waits for the next selection alert.
 */
#include "vboard/wire/jtag.h"
#include "vboard/wire/swd.h"

enum vswj_mode { VSWJ_JTAG, VSWJ_SWD, VSWJ_DORMANT };

/** What the host does with the pins. */
struct vswj_pins {
	bool driven; /* TMS/SWDIO is driven, to... */
	bool tms;
	bool tdi;
};

struct vswj {
	struct vdp *dp; /* the first of... */
	unsigned dp_count;
	enum vswj_mode mode;
	struct vswd swd[VTARGET_MAX_DPS]; /* each on the same two wires */
	struct vjtag jtag;
	unsigned boots; /* of all DPs */
	bool low;       /* level of the clock */

	/* Selection sequences, found in any state. */
	unsigned ones;      /* cycles in a row with the line high */
	unsigned ones_then; /* before the bits that are collected */
	unsigned collected; /* 0: not looking */
	uint32_t bits;
	/* In the dormant state: the last 128 bits, oldest lowest; and what follows an alert. */
	uint64_t alert[2];
	bool alerted;
	/* Bits that arrive wrong in this cycle. */
	bool flip_data, flip_tdi, flip_tdo;
};

/** Power-on reset of the wire. @p dp outlives it. */
void vswj_init(struct vswj *wire, struct vdp *dp);
/** The same with several DPs of one target, @p dps[0] to @p dps[dp_count - 1]. */
void vswj_init_all(struct vswj *wire, struct vdp *dps, unsigned dp_count);

/** For snapshots: a copy in which all pointers are NULL. */
void vswj_save(const struct vswj *wire, struct vswj *saved);
/** @return false, and nothing done: @p saved is no state of such a wire. */
bool vswj_restore(struct vswj *wire, const struct vswj *saved);

/** The level of TMS/SWDIO, as a host samples it; high (pulled up) when nobody drives. */
bool vswj_swdio(const struct vswj *wire, struct vswj_pins pins);
/** The level of TDO. */
bool vswj_tdo(const struct vswj *wire);

/** The clock falls or rises; nothing when it is at that level. Time is the caller's business. */
void vswj_fall(struct vswj *wire);
void vswj_rise(struct vswj *wire, struct vswj_pins pins);

/** The nTRST pin. */
void vswj_drive_trst(struct vswj *wire, bool asserted);

/** A whole cycle on two wires: low, sample, high. @return As vswj_swdio(). */
bool vswj_clock(struct vswj *wire, bool driven, bool level);

/** As vswd_transact() and vswd_idle(); false also where the wires do not speak SWD. */
bool vswj_transact(struct vswj *wire, struct vclock *clock, unsigned turnaround, bool data_phase,
	struct vswd_transaction *transaction);
bool vswj_idle(struct vswj *wire, struct vclock *clock, unsigned cycles);

#endif /* VBOARD_WIRE_SWJ_H */
