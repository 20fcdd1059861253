/* SPDX-License-Identifier: Apache-2.0 */
/* Scans of a JTAG-DP (IHI 0031, B3.4). */
#include "vboard/adi/dp_internal.h"

#define CLEARED_BY_WRITE (DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYCMP | DP_CTRL_STAT_STICKYORUN)

enum vdp_ack vdp_scan_begin(struct vdp *dp, bool ap, uint32_t *result)
{
	dp_settle(dp);
	if (dp_must_wait(dp, (struct vdp_request){ .ap = ap })) {
		vdp_protocol_error(dp);
		return VDP_ACK_WAIT;
	}
	*result = dp->regs.scan_result;
	if (vdp_version(dp) >= DP_VERSION_3 && (dp->regs.ctrl_stat & DP_STICKY_FLAGS))
		return VDP_ACK_FAULT;
	return VDP_ACK_OK;
}

/* A sticky flag lets AP accesses be discarded (B1.2); nothing is refused. */
static void scan_ap(struct vdp *dp, struct vdp_request request, uint32_t data)
{
	uint32_t value;

	if (dp->regs.ctrl_stat & DP_STICKY_FLAGS)
		return;
	if (!dp_has_debug_power(dp))
		dp->regs.ctrl_stat |= DP_CTRL_STAT_STICKYERR;
	else if (!request.read)
		dp_write_ap(dp, request.reg, data);
	else if (dp_access_ap(dp, true, request.reg, &value))
		dp->regs.scan_result = value;
}

/* What differs from the SW-DP (tables B2-2 and B2-3): no RESEND, and nothing in the buffer. */
static uint32_t scan_dp_read(struct vdp *dp, uint8_t reg)
{
	if (reg == DP_SELECT)
		return dp->regs.select;
	if (reg == DP_RDBUFF || (reg == DP_DPIDR && !vdp_version(dp)))
		return 0;
	/* READOK is a flag of the SW-DP (B2.2.2). */
	return dp_read(dp, reg) &
	       ~(reg == DP_CTRL_STAT && !FIELD_GET(DP_SELECT_DPBANKSEL, dp->regs.select)
			       ? DP_CTRL_STAT_READOK
			       : 0);
}

/* ABORT has an instruction of its own; the sticky flags are cleared by writing 1 (B2.2.2). */
static void scan_dp_write(struct vdp *dp, uint8_t reg, uint32_t data)
{
	if (reg == DP_ABORT)
		return;
	if (reg == DP_CTRL_STAT && !FIELD_GET(DP_SELECT_DPBANKSEL, dp->regs.select))
		dp->regs.ctrl_stat &= ~(data & CLEARED_BY_WRITE);
	dp_write(dp, reg, data);
}

void vdp_scan_end(struct vdp *dp, struct vdp_request request, uint32_t data)
{
	dp->target->advance(dp->target->data, dp->clock->now_ns);
	if (request.ap)
		scan_ap(dp, request, data);
	else if (request.read)
		dp->regs.scan_result = scan_dp_read(dp, request.reg);
	else
		scan_dp_write(dp, request.reg, data);
}

void vdp_scan_abort(struct vdp *dp, uint32_t data)
{
	dp->target->advance(dp->target->data, dp->clock->now_ns);
	dp_write_abort(dp, vdp_version(dp) ? data : data & DP_ABORT_DAPABORT);
}
