/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/adi/dp.h"

#include "vboard/adi/dp_regs.h"

#define STICKY_FLAGS                                                               \
	(DP_CTRL_STAT_WDATAERR | DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYCMP | \
		DP_CTRL_STAT_STICKYORUN)
#define CLEARED_BY_WRITE (DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYCMP | DP_CTRL_STAT_STICKYORUN)
#define PUSHED_FIELDS    (DP_CTRL_STAT_TRNCNT | DP_CTRL_STAT_MASKLANE | DP_CTRL_STAT_TRNMODE)
#define POWER_REQUESTS   (DP_CTRL_STAT_CSYSPWRUPREQ | DP_CTRL_STAT_CDBGPWRUPREQ)
#define CTRL_STAT_PLAIN  (POWER_REQUESTS | DP_CTRL_STAT_CDBGRSTREQ | DP_CTRL_STAT_ORUNDETECT)

/* WIREMODE has one value that SWD implements: synchronous (B2.2.3). */
#define DLCR_RESET FIELD_PREP(DP_DLCR_WIREMODE, 1)

/* SWD protocol version 2 (B2.2.4). */
#define DLPIDR_PROTSVN_V2 1u

void vdp_init(struct vdp *dp, const struct vtarget *target, const struct vclock *clock,
	struct vfaults *faults)
{
	*dp = (struct vdp){
		.target = target, .clock = clock, .faults = faults, .dlcr = DLCR_RESET
	};
	for (size_t i = 0; i < target->ap_count; i++)
		vmem_ap_init(&dp->aps[i], &target->aps[i]);
}

bool vdp_is_alive(struct vdp *dp)
{
	const struct vtarget *target = dp->target;
	unsigned boots = dp->boots + 1;
	uint32_t cycles;

	target->advance(target->data, dp->clock->now_ns);
	if (!target->is_powered(target->data)) {
		dp->no_power = true;
		return false;
	}
	cycles = target->power_cycles ? target->power_cycles(target->data) : 0;
	if (dp->no_power || dp->power_cycles != cycles) {
		vdp_init(dp, target, dp->clock, dp->faults);
		dp->boots = boots;
		dp->power_cycles = cycles;
	}
	return !target->is_wired || target->is_wired(target->data);
}

void vdp_line_reset(struct vdp *dp)
{
	dp->dlcr = DLCR_RESET;
}

unsigned vdp_turnaround(const struct vdp *dp)
{
	return FIELD_GET(DP_DLCR_TURNROUND, dp->dlcr) + 1;
}

bool vdp_detects_overrun(const struct vdp *dp)
{
	return dp->ctrl_stat & DP_CTRL_STAT_ORUNDETECT;
}

unsigned vdp_version(const struct vdp *dp)
{
	return FIELD_GET(DP_DPIDR_VERSION, dp->target->dpidr);
}

bool vdp_is_selected_by(const struct vdp *dp, uint32_t targetsel)
{
	return targetsel == ((dp->target->target_id & DP_TARGETSEL_ID) |
				    FIELD_PREP(DP_TARGETSEL_TINSTANCE, dp->target->instance));
}

void vdp_protocol_error(struct vdp *dp)
{
	if (vdp_detects_overrun(dp))
		dp->ctrl_stat |= DP_CTRL_STAT_STICKYORUN;
}

/* --- AP accesses ----------------------------------------------------------------------------- */

static struct vmem_ap *selected_ap(struct vdp *dp)
{
	for (size_t i = 0; i < dp->target->ap_count; i++)
		if (dp->target->aps[i].apsel == FIELD_GET(DP_SELECT_APSEL, dp->select))
			return &dp->aps[i];
	return NULL;
}

static uint8_t ap_register(const struct vdp *dp, uint8_t reg)
{
	return (uint8_t)((dp->select & DP_SELECT_APBANKSEL) | reg);
}

/* When a bus access that was just made is over; a slow slave stalls the bus. */
static uint64_t bus_done_ns(const struct vdp *dp)
{
	const struct vtarget *target = dp->target;

	return target->now_ns ? target->now_ns(target->data) : 0;
}

/*
 * One AP transaction. It happens now as far as the target can tell; where the bus needs longer, its
 * error shows when it is over.
 */
static bool access_ap(struct vdp *dp, bool read, uint8_t reg, uint32_t *value)
{
	struct vmem_ap *ap = selected_ap(dp);
	uint64_t done_ns = 0;
	bool ok;

	if (vfaults_hit(&dp->faults->ap_accesses, dp->faults->ap_error_at)) {
		dp->ctrl_stat |= DP_CTRL_STAT_STICKYERR;
		return false;
	}
	if (!ap) { /* RAZ/WI (B2.2.9, APSEL) */
		*value = 0;
		return true;
	}
	reg = ap_register(dp, reg);
	ok = read ? vmem_ap_read(ap, reg, value) : vmem_ap_write(ap, reg, *value);
	if (vmem_ap_uses_bus(reg))
		done_ns = bus_done_ns(dp);
	if (done_ns > dp->clock->now_ns) {
		dp->busy_until_ns = done_ns;
		dp->error_pending = !ok;
	} else if (!ok) {
		dp->ctrl_stat |= DP_CTRL_STAT_STICKYERR;
	}
	return ok;
}

/* The bytes that MASKLANE compares, as a mask of the word (table B2-8). */
static uint32_t compared_bits(const struct vdp *dp)
{
	uint32_t lanes = FIELD_GET(DP_CTRL_STAT_MASKLANE, dp->ctrl_stat);
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
	unsigned mode = FIELD_GET(DP_CTRL_STAT_TRNMODE, dp->ctrl_stat);
	uint32_t value;
	bool same;

	if (!access_ap(dp, true, reg, &value))
		return false;
	same = ((value ^ data) & compared_bits(dp)) == 0;
	if (same == (mode == DP_TRNMODE_COMPARE))
		dp->ctrl_stat |= DP_CTRL_STAT_STICKYCMP;
	return !(dp->ctrl_stat & DP_CTRL_STAT_STICKYCMP);
}

/* An AP write is made TRNCNT + 1 times, counting down; a sticky flag stops it (B1.2.4). */
static void write_ap(struct vdp *dp, uint8_t reg, uint32_t data)
{
	unsigned mode = FIELD_GET(DP_CTRL_STAT_TRNMODE, dp->ctrl_stat);
	bool pushed = mode == DP_TRNMODE_VERIFY || mode == DP_TRNMODE_COMPARE;
	uint32_t left = FIELD_GET(DP_CTRL_STAT_TRNCNT, dp->ctrl_stat);

	while (pushed ? push_compare(dp, reg, data) : access_ap(dp, false, reg, &data)) {
		if (!left--)
			return;
		dp->ctrl_stat = (dp->ctrl_stat & ~DP_CTRL_STAT_TRNCNT) |
		                FIELD_PREP(DP_CTRL_STAT_TRNCNT, left);
	}
}

/* --- DP registers ---------------------------------------------------------------------------- */

static bool has_power(const struct vdp *dp, uint32_t request, uint64_t since_ns)
{
	return (dp->ctrl_stat & request) && dp->clock->now_ns >= since_ns;
}

static uint32_t read_ctrl_stat(const struct vdp *dp)
{
	uint32_t value = dp->ctrl_stat;

	if (has_power(dp, DP_CTRL_STAT_CDBGPWRUPREQ, dp->debug_power_ns))
		value |= DP_CTRL_STAT_CDBGPWRUPACK;
	if (has_power(dp, DP_CTRL_STAT_CSYSPWRUPREQ, dp->system_power_ns))
		value |= DP_CTRL_STAT_CSYSPWRUPACK;
	return value;
}

/* Banks that this version lacks read as 0. */
static uint32_t read_banked(const struct vdp *dp)
{
	unsigned bank = FIELD_GET(DP_SELECT_DPBANKSEL, dp->select);

	if (bank == DP_BANK_CTRL_STAT)
		return read_ctrl_stat(dp);
	if (bank == DP_BANK_DLCR)
		return dp->dlcr;
	if (bank == DP_BANK_TARGETID && vdp_version(dp) >= 2)
		return dp->target->target_id;
	if (bank == DP_BANK_DLPIDR && vdp_version(dp) >= 2)
		return DLPIDR_PROTSVN_V2 | FIELD_PREP(DP_DLPIDR_TINSTANCE, dp->target->instance);
	return 0;
}

static uint32_t read_dp(struct vdp *dp, uint8_t reg)
{
	switch (reg) {
	case DP_DPIDR:
		return dp->target->dpidr;
	case DP_CTRL_STAT:
		return read_banked(dp);
	case DP_RESEND:
		return dp->resend;
	default:
		return dp->read_buffer;
	}
}

static void write_abort(struct vdp *dp, uint32_t value)
{
	static const struct {
		uint32_t clear, flag;
	} flags[] = {
		{ DP_ABORT_ORUNERRCLR, DP_CTRL_STAT_STICKYORUN },
		{ DP_ABORT_WDERRCLR, DP_CTRL_STAT_WDATAERR },
		{ DP_ABORT_STKERRCLR, DP_CTRL_STAT_STICKYERR },
		{ DP_ABORT_STKCMPCLR, DP_CTRL_STAT_STICKYCMP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (value & flags[i].clear)
			dp->ctrl_stat &= ~flags[i].flag;
	if (value & DP_ABORT_DAPABORT) {
		dp->busy_until_ns = 0;
		dp->error_pending = false;
	}
}

static void write_ctrl_stat(struct vdp *dp, uint32_t value)
{
	const struct vtarget *target = dp->target;
	bool minimal = target->dpidr & DP_DPIDR_MIN;
	uint32_t writable = CTRL_STAT_PLAIN | (minimal ? 0 : PUSHED_FIELDS);
	uint32_t changed = (dp->ctrl_stat ^ value) & POWER_REQUESTS;

	dp->ctrl_stat = (dp->ctrl_stat & ~writable) | (value & writable);
	if (changed & DP_CTRL_STAT_CDBGPWRUPREQ)
		dp->debug_power_ns = dp->clock->now_ns + VDP_POWER_UP_NS;
	if (changed & DP_CTRL_STAT_CSYSPWRUPREQ)
		dp->system_power_ns = dp->clock->now_ns + VDP_POWER_UP_NS;
	if (changed)
		target->debug_power(target->data, value & DP_CTRL_STAT_CDBGPWRUPREQ,
			value & DP_CTRL_STAT_CSYSPWRUPREQ);
}

static void write_dp(struct vdp *dp, uint8_t reg, uint32_t value)
{
	unsigned bank = FIELD_GET(DP_SELECT_DPBANKSEL, dp->select);

	if (reg == DP_ABORT)
		write_abort(dp, value);
	else if (reg == DP_SELECT)
		dp->select = value;
	else if (reg == DP_CTRL_STAT && bank == DP_BANK_CTRL_STAT)
		write_ctrl_stat(dp, value);
	else if (reg == DP_CTRL_STAT && bank == DP_BANK_DLCR)
		dp->dlcr = DLCR_RESET | (value & DP_DLCR_TURNROUND);
}

/* --- requests -------------------------------------------------------------------------------- */

static bool is_busy(const struct vdp *dp)
{
	return dp->clock->now_ns < dp->busy_until_ns;
}

/* An access that is over shows its error. */
static void settle(struct vdp *dp)
{
	if (!dp->error_pending || is_busy(dp))
		return;
	dp->error_pending = false;
	dp->ctrl_stat |= DP_CTRL_STAT_STICKYERR;
}

/* These are never refused (B4.2.3, B4.2.4). */
static bool is_always_ok(struct vdp_request request)
{
	if (request.ap)
		return false;
	return request.read ? request.reg == DP_DPIDR || request.reg == DP_CTRL_STAT
	                    : request.reg == DP_ABORT;
}

static bool must_wait(struct vdp *dp, struct vdp_request request)
{
	struct vfaults *faults = dp->faults;

	if (request.ap) {
		uint64_t number = ++faults->ap_requests;

		if (faults->wait_at && number >= faults->wait_at &&
			number - faults->wait_at < faults->wait_count)
			return true;
	}
	return is_busy(dp) && !(!request.ap && request.read && request.reg == DP_RESEND);
}

static enum vdp_ack decide(struct vdp *dp, struct vdp_request request)
{
	if (is_always_ok(request))
		return VDP_ACK_OK;
	if (dp->ctrl_stat & STICKY_FLAGS)
		return VDP_ACK_FAULT;
	if (must_wait(dp, request)) {
		if (vdp_detects_overrun(dp))
			dp->ctrl_stat |= DP_CTRL_STAT_STICKYORUN;
		return VDP_ACK_WAIT;
	}
	if (request.ap && !has_power(dp, DP_CTRL_STAT_CDBGPWRUPREQ, dp->debug_power_ns)) {
		dp->ctrl_stat |= DP_CTRL_STAT_STICKYERR;
		return VDP_ACK_FAULT;
	}
	return VDP_ACK_OK;
}

/* READOK: was the last read of an AP, or of what an AP gave, answered OK (B2.2.2)? */
static void note_read(struct vdp *dp, enum vdp_ack ack)
{
	if (ack == VDP_ACK_OK)
		dp->ctrl_stat |= DP_CTRL_STAT_READOK;
	else
		dp->ctrl_stat &= ~DP_CTRL_STAT_READOK;
}

/* AP reads are posted: each one sends the result of the one before and starts the next (B4.2.2). */
static uint32_t begin_ap_read(struct vdp *dp, uint8_t reg)
{
	uint32_t sent = dp->read_buffer;
	uint32_t value;

	if (access_ap(dp, true, reg, &value))
		dp->read_buffer = value;
	return sent;
}

enum vdp_ack vdp_begin(struct vdp *dp, struct vdp_request request, uint32_t *data)
{
	bool of_ap = request.read && (request.ap || request.reg == DP_RDBUFF);
	enum vdp_ack ack;

	settle(dp);
	ack = decide(dp, request);
	if (of_ap)
		note_read(dp, ack);
	if (ack != VDP_ACK_OK || !request.read)
		return ack;
	*data = request.ap ? begin_ap_read(dp, request.reg) : read_dp(dp, request.reg);
	if (of_ap)
		dp->resend = *data;
	return ack;
}

void vdp_write(struct vdp *dp, struct vdp_request request, uint32_t data, bool intact)
{
	dp->target->advance(dp->target->data, dp->clock->now_ns);
	if (!intact)
		dp->ctrl_stat |= DP_CTRL_STAT_WDATAERR;
	else if (request.ap)
		write_ap(dp, request.reg, data);
	else
		write_dp(dp, request.reg, data);
}

/* --- scans of a JTAG-DP ---------------------------------------------------------------------- */

enum vdp_ack vdp_scan_begin(struct vdp *dp, bool ap, uint32_t *result)
{
	settle(dp);
	if (must_wait(dp, (struct vdp_request){ .ap = ap })) {
		vdp_protocol_error(dp);
		return VDP_ACK_WAIT;
	}
	*result = dp->scan_result;
	return VDP_ACK_OK;
}

/* A sticky flag lets AP accesses be discarded (B1.2); nothing is refused. */
static void scan_ap(struct vdp *dp, struct vdp_request request, uint32_t data)
{
	uint32_t value;

	if (dp->ctrl_stat & STICKY_FLAGS)
		return;
	if (!has_power(dp, DP_CTRL_STAT_CDBGPWRUPREQ, dp->debug_power_ns))
		dp->ctrl_stat |= DP_CTRL_STAT_STICKYERR;
	else if (!request.read)
		write_ap(dp, request.reg, data);
	else if (access_ap(dp, true, request.reg, &value))
		dp->scan_result = value;
}

/* What differs from the SW-DP (tables B2-2 and B2-3): no RESEND, and nothing in the buffer. */
static uint32_t scan_dp_read(struct vdp *dp, uint8_t reg)
{
	if (reg == DP_SELECT)
		return dp->select;
	if (reg == DP_RDBUFF || (reg == DP_DPIDR && !vdp_version(dp)))
		return 0;
	/* READOK is a flag of the SW-DP (B2.2.2). */
	return read_dp(dp, reg) &
	       ~(reg == DP_CTRL_STAT && !FIELD_GET(DP_SELECT_DPBANKSEL, dp->select)
			       ? DP_CTRL_STAT_READOK
			       : 0);
}

/* ABORT has an instruction of its own; the sticky flags are cleared by writing 1 (B2.2.2). */
static void scan_dp_write(struct vdp *dp, uint8_t reg, uint32_t data)
{
	if (reg == DP_ABORT)
		return;
	if (reg == DP_CTRL_STAT && !FIELD_GET(DP_SELECT_DPBANKSEL, dp->select))
		dp->ctrl_stat &= ~(data & CLEARED_BY_WRITE);
	write_dp(dp, reg, data);
}

void vdp_scan_end(struct vdp *dp, struct vdp_request request, uint32_t data)
{
	dp->target->advance(dp->target->data, dp->clock->now_ns);
	if (request.ap)
		scan_ap(dp, request, data);
	else if (request.read)
		dp->scan_result = scan_dp_read(dp, request.reg);
	else
		scan_dp_write(dp, request.reg, data);
}

void vdp_scan_abort(struct vdp *dp, uint32_t data)
{
	dp->target->advance(dp->target->data, dp->clock->now_ns);
	write_abort(dp, vdp_version(dp) ? data : data & DP_ABORT_DAPABORT);
}
