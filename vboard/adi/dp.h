/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_DP_H
#define VBOARD_ADI_DP_H

/**
 * @file
 * A debug port of the target, as seen over SWD (IHI 0031: chapter B1, B2 and, for the answers, B4.2)
 * and over JTAG (B3.4): DPv0 to DPv2, also minimal ones, and DPv3 (IHI 0074). Owns the state of the
 * APs behind it.
 *
 * What the specification leaves open, and what was chosen:
 * - AP accesses are posted. An error of the bus sets STICKYERR when the access is done, so that the
 *   access itself is answered OK and the *next* request is answered FAULT, reads as well as writes
 *   (B1.2.3 and B4.2.4).
 * - With a sticky flag set, all is answered FAULT but reads of DPIDR and of register 4 and writes
 * of ABORT; thus also writes of SELECT and CTRL/STAT, and RESEND (B4.2.4).
 * - With ORUNDETECT, a WAIT and a malformed request set STICKYORUN (B1.2.3).
 * - An AP access without debug power is answered FAULT and sets STICKYERR (B2.4.3: the access
 *   "generates an error response").
 * - The transaction counter repeats AP writes, not reads (B1.2.4 gives it a meaning for fills and
 *   searches only).
 * - A scan of DPACC or APACC that is answered WAIT is not carried out, whatever is shifted in
 * (B3.4.2).
 * - JTAG-DP: what a read of an AP that failed gives is the result of the read before.
 * - A JTAG-DPv3 answers a scan FAULT while a sticky flag is set; DPACC works all the same.
 * - DPv3: an address where no AP is answers with an error. In ADIv5 it is RAZ/WI (B2.2.9).
 * - DPv3 with CTRL/STAT.ERRMODE: an error of an AP access sets no flag, and later ones are made.
 * - A transfer that was aborted stays on its AP's bus until it is over: CSW.TrInProg is 1, and
 *   accesses that need the bus are answered WAIT.
 * - CDBGRSTACK follows CDBGRSTREQ at once where the target has such a reset, else it stays 0.
 * - A SWJ-DP has one DPIDR for both protocols, and one set of registers.
 * - A line reset gives DLCR.TURNROUND its reset value, for a host that lost track could not come
 *   back otherwise; the other registers are kept (B4.3.3).
 */
#include "vboard/adi/ap.h"
#include "vboard/adi/clock.h"
#include "vboard/adi/faults.h"

/** How long a power domain takes to come up once asked. Real ones: tens of clock cycles. */
enum { VDP_POWER_UP_NS = 20000 };

/** Answers on the wire, first bit lowest (B4.2). */
enum vdp_ack { VDP_ACK_OK = 1, VDP_ACK_WAIT = 2, VDP_ACK_FAULT = 4, VDP_ACK_NONE = 7 };

/** What a request's header says. */
struct vdp_request {
	bool ap;
	bool read;
	uint8_t reg; /* 0x0, 0x4, 0x8, 0xC */
};

/** What a snapshot keeps of the registers. */
struct vdp_registers {
	uint32_t ctrl_stat;
	uint32_t select, select1;
	uint32_t dlcr;
	uint32_t read_buffer;  /* result of the last AP read */
	uint32_t resend;       /* last data sent for an AP or RDBUFF read */
	uint32_t scan_result;  /* what the next scan of DPACC or APACC shifts out */
	unsigned boots;        /* power-on resets since it was made */
	bool no_power;         /* last seen without */
	uint32_t power_cycles; /* of the target, as last seen */

	uint64_t busy_until_ns; /* the last AP access is under way until then */
	uint8_t busy_ap;        /* at this one, from 1 on; 0: none */
	bool error_pending;     /* and will set STICKYERR */
	uint64_t debug_power_ns;
	uint64_t system_power_ns; /* when the powers asked for are there */
};

/** What a snapshot keeps: plain bytes, the same in each run. */
struct vdp_state {
	struct vdp_registers regs;
	struct vap_state aps[VTARGET_MAX_APS];
};

struct vdp {
	const struct vtarget *target;
	const struct vdp_config *config;
	const struct vclock *clock;
	struct vfaults *faults;
	struct vdp_registers regs;
	struct vaps aps;
};

/** Power-on reset; @p target, @p clock and @p faults outlive the DP. It must not be moved. */
void vdp_init(struct vdp *dp, const struct vtarget *target, const struct vclock *clock,
	struct vfaults *faults);
/** The same for one of several, dps[index] of the target. */
void vdp_init_nth(struct vdp *dp, const struct vtarget *target, unsigned index,
	const struct vclock *clock, struct vfaults *faults);

/** For snapshots. */
void vdp_save(const struct vdp *dp, struct vdp_state *state);
/** @return false, and nothing done: @p state is not that of such a DP. */
bool vdp_restore(struct vdp *dp, const struct vdp_state *state);

/**
 * Let the target run up to now. A DP that was found without power and has it again was reset.
 *
 * @return Whether it has power, and so can answer at all.
 */
bool vdp_is_alive(struct vdp *dp);

/** The wire was reset (B4.3.3). */
void vdp_line_reset(struct vdp *dp);

/** What the wire must know of the registers. */
unsigned vdp_turnaround(const struct vdp *dp); /* 1 to 4 cycles */
bool vdp_detects_overrun(const struct vdp *dp);
unsigned vdp_version(const struct vdp *dp);
/** Would this value of TARGETSEL select this target? DPv2. */
bool vdp_is_selected_by(const struct vdp *dp, uint32_t targetsel);

/**
 * The header of a request has arrived: what is the answer?
 *
 * @param[out] data  For a read with #VDP_ACK_OK: what the data phase carries.
 */
enum vdp_ack vdp_begin(struct vdp *dp, struct vdp_request request, uint32_t *data);

/** The data of a write that was answered OK. @p intact: its parity was right. */
void vdp_write(struct vdp *dp, struct vdp_request request, uint32_t data, bool intact);

/** The wire saw something that is no request: counts as an overrun where those are detected. */
void vdp_protocol_error(struct vdp *dp);

/**
 * JTAG: Capture-DR with DPACC or, @p ap, APACC.
 *
 * @param[out] result  With #VDP_ACK_OK: what is shifted out.
 * @return #VDP_ACK_OK or #VDP_ACK_WAIT: there the Update-DR must not reach the DP. A DPv3 also
 *         #VDP_ACK_FAULT.
 */
enum vdp_ack vdp_scan_begin(struct vdp *dp, bool ap, uint32_t *result);
/** Update-DR after #VDP_ACK_OK. */
void vdp_scan_end(struct vdp *dp, struct vdp_request request, uint32_t data);
/** Update-DR with ABORT. */
void vdp_scan_abort(struct vdp *dp, uint32_t data);

#endif /* VBOARD_ADI_DP_H */
