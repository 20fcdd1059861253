/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_DP_H
#define VBOARD_ADI_DP_H

/**
 * @file
 * The target's debug port, as seen over SWD (IHI 0031: chapter B1, B2 and, for the answers, B4.2)
 * and over JTAG (B3.4): DPv0 to DPv2, also minimal ones. Owns the state of the APs behind it.
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
 * - A SWJ-DP has one DPIDR for both protocols, and one set of registers.
 * - A line reset gives DLCR.TURNROUND its reset value, for a host that lost track could not come
 *   back otherwise; the other registers are kept (B4.3.3).
 */
#include "vboard/adi/clock.h"
#include "vboard/adi/faults.h"
#include "vboard/adi/mem_ap.h"

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

struct vdp {
	const struct vtarget *target;
	const struct vclock *clock;
	struct vfaults *faults;

	uint32_t ctrl_stat;
	uint32_t select;
	uint32_t dlcr;
	uint32_t read_buffer;  /* result of the last AP read */
	uint32_t resend;       /* last data sent for an AP or RDBUFF read */
	uint32_t scan_result;  /* what the next scan of DPACC or APACC shifts out */
	unsigned boots;        /* power-on resets since it was made */
	bool no_power;         /* last seen without */
	uint32_t power_cycles; /* of the target, as last seen */

	uint64_t busy_until_ns; /* the last AP access is under way until then */
	bool error_pending;     /* and will set STICKYERR */
	uint64_t debug_power_ns;
	uint64_t system_power_ns; /* when the powers asked for are there */

	struct vmem_ap aps[VTARGET_MAX_APS];
};

/** Power-on reset; @p target, @p clock and @p faults outlive the DP. */
void vdp_init(struct vdp *dp, const struct vtarget *target, const struct vclock *clock,
	struct vfaults *faults);

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
 * @return #VDP_ACK_OK or #VDP_ACK_WAIT: there the Update-DR must not reach the DP.
 */
enum vdp_ack vdp_scan_begin(struct vdp *dp, bool ap, uint32_t *result);
/** Update-DR after #VDP_ACK_OK. */
void vdp_scan_end(struct vdp *dp, struct vdp_request request, uint32_t data);
/** Update-DR with ABORT. */
void vdp_scan_abort(struct vdp *dp, uint32_t data);

#endif /* VBOARD_ADI_DP_H */
