/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_WIRE_JTAG_H
#define VBOARD_WIRE_JTAG_H

/**
 * @file
 * The target's scan chain, edge by edge: the TAP controllers (IEEE 1149.1-2001, chapter 6), which
 * all see the same TMS and so are always in the same state, and their registers: the JTAG-DP's
 * (IHI 0031, chapter B3) and, of other TAPs, IDCODE and BYPASS. There may be several JTAG-DPs.
 *
 * Choices:
 * - An instruction that a TAP does not have selects BYPASS, also the reserved ones of the JTAG-DP
 *   (B3.2.1) and the boundary scan instructions, for there is no boundary register.
 * - A scan of DPACC, APACC or ABORT that is not 35 bits long has no meaning; what is in the
 * register at Update-DR counts.
 * - ABORT captures zeros.
 * - TDO is pulled up: where no TAP drives it, a host reads ones.
 */
#include "vboard/adi/dp.h"

/** States of a TAP controller. */
enum vtap_state {
	VTAP_RESET, /* Test-Logic-Reset */
	VTAP_IDLE,  /* Run-Test/Idle */
	VTAP_SELECT_DR,
	VTAP_CAPTURE_DR,
	VTAP_SHIFT_DR,
	VTAP_EXIT1_DR,
	VTAP_PAUSE_DR,
	VTAP_EXIT2_DR,
	VTAP_UPDATE_DR,
	VTAP_SELECT_IR,
	VTAP_CAPTURE_IR,
	VTAP_SHIFT_IR,
	VTAP_EXIT1_IR,
	VTAP_PAUSE_IR,
	VTAP_EXIT2_IR,
	VTAP_UPDATE_IR
};

/** Instructions of a JTAG-DP with 4 bits; one of 8 bits has ones above (table B3-1). */
enum { VTAP_ABORT = 0x8, VTAP_DPACC = 0xa, VTAP_APACC = 0xb, VTAP_IDCODE = 0xe, VTAP_BYPASS = 0xf };

/** One TAP's registers. */
struct vtap {
	const struct vtap_config *config; /* NULL: a JTAG-DP, namely... */
	struct vdp *dp;
	uint8_t ir_length;
	uint32_t ir;
	uint64_t shift; /* IR or DR between Capture and Update, first bit out lowest */
	uint8_t length;
	bool refused; /* WAIT was captured: this scan has no effect */
};

struct vjtag {
	struct vdp *dps; /* all of the target's */
	unsigned dp_count;
	enum vtap_state state;
	bool in_trst; /* nTRST is held */
	bool alive;   /* there was power at the last Capture */
	bool driving; /* TDO is driven, to... */
	bool tdo;
	struct vtap taps[VTARGET_MAX_TAPS + VTARGET_MAX_DPS]; /* from TDI to TDO */
	unsigned tap_count;
};

/** The state that TMS leads to. */
enum vtap_state vtap_next(enum vtap_state state, bool tms);

/** In Test-Logic-Reset. @p dps outlive the chain. */
void vjtag_init(struct vjtag *jtag, struct vdp *dps, unsigned dp_count);
/** Does this make sense as the state of such a chain, but for its pointers? For snapshots. */
bool vjtag_is_valid(const struct vjtag *jtag, const struct vjtag *saved);

/** TCK rises. */
void vjtag_rise(struct vjtag *jtag, bool tms, bool tdi);
/** TCK falls: the update registers and TDO change. */
void vjtag_fall(struct vjtag *jtag);
/** All TAPs to Test-Logic-Reset at once. */
void vjtag_reset(struct vjtag *jtag);
/** The nTRST pin. */
void vjtag_drive_trst(struct vjtag *jtag, bool asserted);

/** The level of TDO. */
bool vjtag_tdo(const struct vjtag *jtag);

#endif /* VBOARD_WIRE_JTAG_H */
