/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions with APs: plain, pushed, repeated (IHI 0031, B1.2). */
#include "vboard/adi/dp_internal.h"

/* When a bus access that was just made is over; a slow slave stalls the bus. */
static uint64_t bus_done_ns(const struct vdp *dp)
{
	const struct vtarget *target = dp->target;

	return target->now_ns ? target->now_ns(target->data) : 0;
}

/* DPv3 with ERRMODE: the DP does not look at errors (IHI 0074, B2.2.2). */
static void note_error(struct vdp *dp)
{
	if (!(dp->regs.ctrl_stat & DP_CTRL_STAT_ERRMODE))
		dp->regs.ctrl_stat |= DP_CTRL_STAT_STICKYERR;
}

static bool access_place(struct vdp *dp, struct dp_place place, bool read, uint32_t *value)
{
	struct vmem_ap *mem;

	if (!place.ap)
		return dp_access_other(dp, place, read, value);
	mem = &place.ap->mem;
	mem->in_progress = dp->clock->now_ns < mem->state.busy_until_ns;
	mem->no_bus_power = dp->config->needs_system_power && !dp_has_system_power(dp);
	return vap_access(place.ap, read, place.offset, value);
}

uint64_t dp_ready_ns(struct vdp *dp, struct vdp_request request)
{
	const struct dp_place place = dp_selected(dp, request.reg);

	if (!request.ap || !place.ap)
		return 0;
	return vap_ready_ns(place.ap, request.read, place.offset);
}

/*
 * Until when the AP that was just accessed is at work. Over SWD one that was not ready is not
 * accessed; over JTAG only the next scan can wait.
 */
static uint64_t done_ns(const struct vdp *dp, struct dp_place place, bool read, uint64_t ready_ns)
{
	uint64_t bus_ns;

	if (!place.ap)
		return 0;
	if (vap_stalls(place.ap, read, place.offset))
		return UINT64_MAX;
	bus_ns = vap_uses_bus(place.ap, place.offset) ? bus_done_ns(dp) : 0;
	return bus_ns > ready_ns ? bus_ns : ready_ns;
}

/*
 * One AP transaction. It happens now as far as the target can tell; where the bus needs longer, its
 * error shows when it is over.
 */
bool dp_access_ap(struct vdp *dp, bool read, uint8_t reg, uint32_t *value)
{
	struct vdp_registers *regs = &dp->regs;
	struct dp_place place = dp_selected(dp, reg);
	uint64_t ready_ns, done;
	bool ok;

	if (vfaults_hit(&dp->faults->ap_accesses, dp->faults->ap_error_at)) {
		note_error(dp);
		return false;
	}
	ready_ns = place.ap ? vap_ready_ns(place.ap, read, place.offset) : 0;
	ok = access_place(dp, place, read, value);
	done = done_ns(dp, place, read, ready_ns);
	regs->busy_ap = 0;
	if (done > dp->clock->now_ns) {
		regs->busy_until_ns = done;
		regs->busy_ap = (uint8_t)(place.ap - dp->aps.items + 1);
		regs->error_pending = !ok && !(regs->ctrl_stat & DP_CTRL_STAT_ERRMODE);
	} else if (!ok) {
		note_error(dp);
	}
	return ok;
}

/* The bytes that MASKLANE compares, as a mask of the word (table B2-8). */
static uint32_t compared_bits(const struct vdp *dp)
{
	uint32_t lanes = FIELD_GET(DP_CTRL_STAT_MASKLANE, dp->regs.ctrl_stat);
	uint32_t mask = 0;

	for (unsigned lane = 0; lane < 4; lane++)
		if (lanes & BIT(lane))
			mask |= BITS(8 * lane + 7, 8 * lane);
	return mask;
}

/*
 * Pushed verify and pushed compare: the AP is read instead of written (B1.2.5). Verify stops at a
 * difference, compare where it finds the value.
 */
static bool push_compare(struct vdp *dp, uint8_t reg, uint32_t data)
{
	unsigned mode = FIELD_GET(DP_CTRL_STAT_TRNMODE, dp->regs.ctrl_stat);
	uint32_t value;
	bool same;

	if (!dp_access_ap(dp, true, reg, &value))
		return false;
	same = ((value ^ data) & compared_bits(dp)) == 0;
	if (same == (mode == DP_TRNMODE_COMPARE))
		dp->regs.ctrl_stat |= DP_CTRL_STAT_STICKYCMP;
	return !(dp->regs.ctrl_stat & DP_CTRL_STAT_STICKYCMP);
}

/* An AP write is made TRNCNT + 1 times, counting down; a sticky flag stops it (B1.2.4). */
void dp_write_ap(struct vdp *dp, uint8_t reg, uint32_t data)
{
	unsigned mode = FIELD_GET(DP_CTRL_STAT_TRNMODE, dp->regs.ctrl_stat);
	bool pushed = mode == DP_TRNMODE_VERIFY || mode == DP_TRNMODE_COMPARE;
	uint32_t left = FIELD_GET(DP_CTRL_STAT_TRNCNT, dp->regs.ctrl_stat);

	while (pushed ? push_compare(dp, reg, data) : dp_access_ap(dp, false, reg, &data)) {
		if (!left--)
			return;
		dp->regs.ctrl_stat = (dp->regs.ctrl_stat & ~DP_CTRL_STAT_TRNCNT) |
		                     FIELD_PREP(DP_CTRL_STAT_TRNCNT, left);
	}
}
