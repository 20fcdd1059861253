/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/adi/dp.h"

#include <string.h>

#include "vboard/adi/dp_internal.h"
#include "vboard/adi/saved.h"

void vdp_init_nth(struct vdp *dp, const struct vtarget *target, unsigned index,
	const struct vclock *clock, struct vfaults *faults)
{
	*dp = (struct vdp){
		.target = target,
		.config = &target->dps[index],
		.clock = clock,
		.faults = faults,
		.regs.dlcr = DP_DLCR_RESET,
	};
	vaps_init(&dp->aps, dp->config);
}

void vdp_init(struct vdp *dp, const struct vtarget *target, const struct vclock *clock,
	struct vfaults *faults)
{
	vdp_init_nth(dp, target, 0, clock, faults);
}

void vdp_save(const struct vdp *dp, struct vdp_state *state)
{
	/* Also the bytes between the fields: snapshots of the same state are the same. */
	memset(state, 0, sizeof(*state));
	state->regs = dp->regs;
	for (size_t i = 0; i < dp->aps.count; i++) {
		state->aps[i].mem = dp->aps.items[i].mem.state;
		state->aps[i].jtag = dp->aps.items[i].jtag.state;
	}
}

bool vdp_restore(struct vdp *dp, const struct vdp_state *state)
{
	static const size_t bools[] = {
		offsetof(struct vdp_registers, no_power),
		offsetof(struct vdp_registers, error_pending),
	};

	if (state->regs.busy_ap > dp->aps.count ||
		!saved_bools_are_valid(&state->regs, bools, ARRAY_SIZE(bools)))
		return false;
	for (size_t i = 0; i < dp->aps.count; i++)
		if (!vmem_ap_is_valid(&dp->aps.items[i].mem, &state->aps[i].mem))
			return false;
	dp->regs = state->regs;
	for (size_t i = 0; i < dp->aps.count; i++) {
		dp->aps.items[i].mem.state = state->aps[i].mem;
		dp->aps.items[i].jtag.state = state->aps[i].jtag;
	}
	return true;
}

bool vdp_is_alive(struct vdp *dp)
{
	const struct vtarget *target = dp->target;
	unsigned boots = dp->regs.boots + 1;
	uint32_t cycles;

	target->advance(target->data, dp->clock->now_ns);
	if (!target->is_powered(target->data)) {
		dp->regs.no_power = true;
		return false;
	}
	cycles = target->power_cycles ? target->power_cycles(target->data) : 0;
	if (dp->regs.no_power || dp->regs.power_cycles != cycles) {
		vdp_init_nth(
			dp, target, (unsigned)(dp->config - target->dps), dp->clock, dp->faults);
		dp->regs.boots = boots;
		dp->regs.power_cycles = cycles;
	}
	return !target->is_wired || target->is_wired(target->data);
}

/* B4.3.3; SELECT.DPBANKSEL: IHI 0074, as OpenOCD's adi_v5_swd.c has it. */
void vdp_line_reset(struct vdp *dp)
{
	if (vdp_version(dp) >= DP_VERSION_3)
		dp->regs.select &= ~DP_SELECT_DPBANKSEL;
	dp->regs.dlcr = DP_DLCR_RESET;
}

unsigned vdp_turnaround(const struct vdp *dp)
{
	return FIELD_GET(DP_DLCR_TURNROUND, dp->regs.dlcr) + 1;
}

bool vdp_detects_overrun(const struct vdp *dp)
{
	return dp->regs.ctrl_stat & DP_CTRL_STAT_ORUNDETECT;
}

unsigned vdp_version(const struct vdp *dp)
{
	return FIELD_GET(DP_DPIDR_VERSION, dp->config->dpidr);
}

bool vdp_is_selected_by(const struct vdp *dp, uint32_t targetsel)
{
	return targetsel == ((dp->config->target_id & DP_TARGETSEL_ID) |
				    FIELD_PREP(DP_TARGETSEL_TINSTANCE, dp->config->instance));
}

void vdp_protocol_error(struct vdp *dp)
{
	if (vdp_detects_overrun(dp))
		dp->regs.ctrl_stat |= DP_CTRL_STAT_STICKYORUN;
}

/* --- requests -------------------------------------------------------------------------------- */

bool dp_is_busy(const struct vdp *dp)
{
	return dp->clock->now_ns < dp->regs.busy_until_ns;
}

/* An access that is over shows its error. */
void dp_settle(struct vdp *dp)
{
	if (!dp->regs.error_pending || dp_is_busy(dp))
		return;
	dp->regs.error_pending = false;
	dp->regs.ctrl_stat |= DP_CTRL_STAT_STICKYERR;
}

/* These are never refused (B4.2.3, B4.2.4). */
static bool is_always_ok(struct vdp_request request)
{
	if (request.ap)
		return false;
	return request.read ? request.reg == DP_DPIDR || request.reg == DP_CTRL_STAT
	                    : request.reg == DP_ABORT;
}

bool dp_must_wait(struct vdp *dp, struct vdp_request request)
{
	struct vfaults *faults = dp->faults;

	if (request.ap) {
		uint64_t number = ++faults->ap_requests;

		if (faults->wait_at && number >= faults->wait_at &&
			number - faults->wait_at < faults->wait_count)
			return true;
	}
	return dp_is_busy(dp) && !(!request.ap && request.read && request.reg == DP_RESEND);
}

static enum vdp_ack decide(struct vdp *dp, struct vdp_request request)
{
	if (is_always_ok(request))
		return VDP_ACK_OK;
	if (dp->regs.ctrl_stat & DP_STICKY_FLAGS)
		return VDP_ACK_FAULT;
	if (dp_must_wait(dp, request) || dp_ready_ns(dp, request) > dp->clock->now_ns) {
		if (vdp_detects_overrun(dp))
			dp->regs.ctrl_stat |= DP_CTRL_STAT_STICKYORUN;
		return VDP_ACK_WAIT;
	}
	if (request.ap && !dp_has_debug_power(dp)) {
		dp->regs.ctrl_stat |= DP_CTRL_STAT_STICKYERR;
		return VDP_ACK_FAULT;
	}
	return VDP_ACK_OK;
}

/* READOK: was the last read of an AP, or of what an AP gave, answered OK (B2.2.2)? */
static void note_read(struct vdp *dp, enum vdp_ack ack)
{
	if (ack == VDP_ACK_OK)
		dp->regs.ctrl_stat |= DP_CTRL_STAT_READOK;
	else
		dp->regs.ctrl_stat &= ~DP_CTRL_STAT_READOK;
}

/* AP reads are posted: each one sends the result of the one before and starts the next (B4.2.2). */
static uint32_t begin_ap_read(struct vdp *dp, uint8_t reg)
{
	uint32_t sent = dp->regs.read_buffer;
	uint32_t value;

	if (dp_access_ap(dp, true, reg, &value))
		dp->regs.read_buffer = value;
	return sent;
}

enum vdp_ack vdp_begin(struct vdp *dp, struct vdp_request request, uint32_t *data)
{
	bool of_ap = request.read && (request.ap || request.reg == DP_RDBUFF);
	enum vdp_ack ack;

	dp_settle(dp);
	ack = decide(dp, request);
	if (of_ap)
		note_read(dp, ack);
	if (ack != VDP_ACK_OK || !request.read)
		return ack;
	*data = request.ap ? begin_ap_read(dp, request.reg) : dp_read(dp, request.reg);
	if (of_ap)
		dp->regs.resend = *data;
	return ack;
}

void vdp_write(struct vdp *dp, struct vdp_request request, uint32_t data, bool intact)
{
	dp->target->advance(dp->target->data, dp->clock->now_ns);
	if (!intact)
		dp->regs.ctrl_stat |= DP_CTRL_STAT_WDATAERR;
	else if (request.ap)
		dp_write_ap(dp, request.reg, data);
	else
		dp_write(dp, request.reg, data);
}
