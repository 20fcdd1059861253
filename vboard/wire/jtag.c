/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/wire/jtag.h"

#include "vboard/adi/dp_regs.h"
#include "vboard/adi/saved.h"

/* DPACC, APACC and ABORT (IHI 0031, B3.4.2): 35 bits. */
#define SCAN_RNW  BIT(0)
#define SCAN_A    BITS(2, 1)
#define SCAN_DATA 3 /* first bit of DATAIN, of ReadResult */

enum { SCAN_BITS = 35, IDCODE_BITS = 32, DP_IR_LENGTH = 4, DP_IR_LENGTH_LONG = 8 };

/* ACK as it is captured, in the lowest three bits (table B3-3). */
enum { SCAN_ACK_WAIT = 1, SCAN_ACK_OK_FAULT = 2, SCAN_ACK_NONE = 7 };
/* That of a JTAG-DPv3 (IHI 0074, B3; as in OpenOCD's adi_v5_jtag.c). */
enum { SCAN_ACK_V3_FAULT = 2, SCAN_ACK_V3_OK = 4, DP_VERSION_3 = 3 };

/* --- the state machine ----------------------------------------------------------------------- */

/* IEEE 1149.1-2001, figure 6-1. */
static const uint8_t next_states[][2] = {
	[VTAP_RESET] = { VTAP_IDLE, VTAP_RESET },
	[VTAP_IDLE] = { VTAP_IDLE, VTAP_SELECT_DR },
	[VTAP_SELECT_DR] = { VTAP_CAPTURE_DR, VTAP_SELECT_IR },
	[VTAP_CAPTURE_DR] = { VTAP_SHIFT_DR, VTAP_EXIT1_DR },
	[VTAP_SHIFT_DR] = { VTAP_SHIFT_DR, VTAP_EXIT1_DR },
	[VTAP_EXIT1_DR] = { VTAP_PAUSE_DR, VTAP_UPDATE_DR },
	[VTAP_PAUSE_DR] = { VTAP_PAUSE_DR, VTAP_EXIT2_DR },
	[VTAP_EXIT2_DR] = { VTAP_SHIFT_DR, VTAP_UPDATE_DR },
	[VTAP_UPDATE_DR] = { VTAP_IDLE, VTAP_SELECT_DR },
	[VTAP_SELECT_IR] = { VTAP_CAPTURE_IR, VTAP_RESET },
	[VTAP_CAPTURE_IR] = { VTAP_SHIFT_IR, VTAP_EXIT1_IR },
	[VTAP_SHIFT_IR] = { VTAP_SHIFT_IR, VTAP_EXIT1_IR },
	[VTAP_EXIT1_IR] = { VTAP_PAUSE_IR, VTAP_UPDATE_IR },
	[VTAP_PAUSE_IR] = { VTAP_PAUSE_IR, VTAP_EXIT2_IR },
	[VTAP_EXIT2_IR] = { VTAP_SHIFT_IR, VTAP_UPDATE_IR },
	[VTAP_UPDATE_IR] = { VTAP_IDLE, VTAP_SELECT_DR },
};

enum vtap_state vtap_next(enum vtap_state state, bool tms)
{
	return next_states[state][tms];
}

/* --- instructions ---------------------------------------------------------------------------- */

static uint32_t all_ones(unsigned length)
{
	return (1u << length) - 1;
}

static uint32_t idcode_instruction(const struct vtap *tap)
{
	if (tap->config)
		return tap->config->ir_idcode;
	return (all_ones(tap->ir_length) & ~0xfu) | VTAP_IDCODE;
}

/* The JTAG-DP's instruction by its lowest four bits; BYPASS is what it does not know. */
static unsigned dp_instruction(const struct vtap *tap)
{
	unsigned low = tap->ir & 0xf;
	uint32_t high = all_ones(tap->ir_length) & ~0xfu;

	if ((tap->ir & ~0xfu) != high)
		return VTAP_BYPASS;
	return low == VTAP_ABORT || low == VTAP_DPACC || low == VTAP_APACC || low == VTAP_IDCODE
	               ? low
	               : VTAP_BYPASS;
}

static void capture_ir(struct vtap *tap)
{
	tap->shift = tap->config ? tap->config->ir_capture : 1; /* IRCAPTURE (B3.2.1) */
	tap->length = tap->ir_length;
}

static void update_ir(struct vtap *tap)
{
	tap->ir = (uint32_t)tap->shift;
}

/* --- data registers -------------------------------------------------------------------------- */

static void load(struct vtap *tap, uint64_t value, unsigned length)
{
	tap->shift = value;
	tap->length = (uint8_t)length;
}

static unsigned scan_ack(const struct vdp *dp, enum vdp_ack ack)
{
	if (ack == VDP_ACK_WAIT)
		return SCAN_ACK_WAIT;
	if (vdp_version(dp) < DP_VERSION_3)
		return SCAN_ACK_OK_FAULT;
	return ack == VDP_ACK_OK ? SCAN_ACK_V3_OK : SCAN_ACK_V3_FAULT;
}

static void capture_access(struct vtap *tap, bool ap)
{
	struct vdp *dp = tap->dp;
	struct vfaults *faults = dp->faults;
	uint32_t result = 0;
	enum vdp_ack ack;

	if (vfaults_hit(&faults->requests, faults->silent_at)) {
		tap->refused = true;
		load(tap, (uint64_t)UINT32_MAX << SCAN_DATA | SCAN_ACK_NONE, SCAN_BITS);
		return;
	}
	ack = vdp_scan_begin(dp, ap, &result);
	tap->refused = ack == VDP_ACK_WAIT;
	if (!tap->refused && vfaults_hit(&faults->reads, faults->parity_error_at))
		result ^= 1;
	load(tap, (uint64_t)result << SCAN_DATA | scan_ack(dp, ack), SCAN_BITS);
}

static void capture_dp(struct vtap *tap)
{
	switch (dp_instruction(tap)) {
	case VTAP_DPACC:
		capture_access(tap, false);
		break;
	case VTAP_APACC:
		capture_access(tap, true);
		break;
	case VTAP_ABORT:
		load(tap, 0, SCAN_BITS);
		break;
	case VTAP_IDCODE:
		load(tap, tap->dp->config->jtag_idcode, IDCODE_BITS);
		break;
	default:
		load(tap, 0, 1); /* BYPASS captures 0 (IEEE 1149.1-2001, 9.1.1) */
		break;
	}
}

static void capture_dr(struct vtap *tap)
{
	if (!tap->config)
		capture_dp(tap);
	else if (tap->ir == tap->config->ir_idcode)
		load(tap, tap->config->idcode, IDCODE_BITS);
	else
		load(tap, 0, 1);
}

static void update_dr(struct vtap *tap)
{
	unsigned instruction = tap->config ? VTAP_BYPASS : dp_instruction(tap);
	uint32_t bits = (uint32_t)tap->shift;
	uint32_t data = (uint32_t)(tap->shift >> SCAN_DATA);
	const struct vdp_request request = {
		.ap = instruction == VTAP_APACC,
		.read = bits & SCAN_RNW,
		.reg = (uint8_t)(4 * FIELD_GET(SCAN_A, bits)),
	};

	if (instruction == VTAP_ABORT) {
		if (!request.read && request.reg == DP_ABORT) /* B3.4.1: else reserved */
			vdp_scan_abort(tap->dp, data);
	} else if (instruction == VTAP_DPACC || instruction == VTAP_APACC) {
		if (!tap->refused)
			vdp_scan_end(tap->dp, request, data);
	}
}

/* --- the chain ------------------------------------------------------------------------------- */

static void add_tap(
	struct vjtag *jtag, const struct vtap_config *config, struct vdp *dp, unsigned ir_length)
{
	jtag->taps[jtag->tap_count++] =
		(struct vtap){ .config = config, .dp = dp, .ir_length = (uint8_t)ir_length };
}

static void add_dps(struct vjtag *jtag)
{
	for (unsigned i = 0; i < jtag->dp_count; i++) {
		struct vdp *dp = &jtag->dps[i];
		bool is_long = dp->config->jtag_ir_length == DP_IR_LENGTH_LONG;

		/* Where none has an ID code the wire never speaks JTAG. */
		if (i == 0 || dp->config->jtag_idcode)
			add_tap(jtag, NULL, dp, is_long ? DP_IR_LENGTH_LONG : DP_IR_LENGTH);
	}
}

void vjtag_init(struct vjtag *jtag, struct vdp *dps, unsigned dp_count)
{
	const struct vtarget *target = dps->target;

	*jtag = (struct vjtag){ .dps = dps, .dp_count = dp_count };
	for (unsigned i = 0; i < target->tap_count; i++) {
		if (i == target->taps_before)
			add_dps(jtag);
		add_tap(jtag, &target->taps[i], NULL, target->taps[i].ir_length);
	}
	if (target->taps_before >= target->tap_count)
		add_dps(jtag);
	vjtag_reset(jtag);
}

bool vjtag_is_valid(const struct vjtag *jtag, const struct vjtag *saved)
{
	static const size_t bools[] = {
		offsetof(struct vjtag, in_trst),
		offsetof(struct vjtag, alive),
		offsetof(struct vjtag, driving),
		offsetof(struct vjtag, tdo),
	};
	static const size_t tap_bools[] = { offsetof(struct vtap, refused) };

	if ((unsigned)saved->state > VTAP_UPDATE_IR || saved->tap_count != jtag->tap_count ||
		!saved_bools_are_valid(saved, bools, ARRAY_SIZE(bools)))
		return false;
	for (unsigned i = 0; i < jtag->tap_count; i++)
		if (saved->taps[i].ir_length != jtag->taps[i].ir_length ||
			saved->taps[i].length > SCAN_BITS ||
			!saved_bools_are_valid(&saved->taps[i], tap_bools, ARRAY_SIZE(tap_bools)))
			return false;
	return true;
}

void vjtag_reset(struct vjtag *jtag)
{
	jtag->state = VTAP_RESET;
	jtag->driving = false;
	for (unsigned i = 0; i < jtag->tap_count; i++)
		jtag->taps[i].ir = idcode_instruction(&jtag->taps[i]);
}

void vjtag_drive_trst(struct vjtag *jtag, bool asserted)
{
	jtag->in_trst = asserted;
	if (asserted)
		vjtag_reset(jtag);
}

static void each_tap(struct vjtag *jtag, void (*act)(struct vtap *tap))
{
	for (unsigned i = 0; i < jtag->tap_count; i++)
		act(&jtag->taps[i]);
}

/* Is there power, and was there all the time? */
static bool is_alive(struct vjtag *jtag)
{
	bool alive = true;

	for (unsigned i = 0; i < jtag->dp_count; i++) {
		struct vdp *dp = &jtag->dps[i];
		unsigned boots = dp->regs.boots;

		if (!vdp_is_alive(dp) || dp->regs.boots != boots)
			alive = false;
	}
	return alive;
}

static void capture(struct vjtag *jtag, void (*act)(struct vtap *tap))
{
	jtag->alive = is_alive(jtag);
	if (jtag->alive)
		each_tap(jtag, act);
}

/* Each TAP's lowest bit goes to the next one. */
static void shift(struct vjtag *jtag, bool tdi)
{
	uint64_t bit = tdi;

	for (unsigned i = 0; i < jtag->tap_count; i++) {
		struct vtap *tap = &jtag->taps[i];
		uint64_t out = tap->shift & 1;

		tap->shift = tap->shift >> 1 | (tap->length ? bit << (tap->length - 1) : 0);
		bit = out;
	}
}

void vjtag_rise(struct vjtag *jtag, bool tms, bool tdi)
{
	enum vtap_state state = jtag->state;

	if (jtag->in_trst)
		return;
	if (state == VTAP_CAPTURE_DR)
		capture(jtag, capture_dr);
	else if (state == VTAP_CAPTURE_IR)
		capture(jtag, capture_ir);
	else if (jtag->alive && (state == VTAP_SHIFT_DR || state == VTAP_SHIFT_IR))
		shift(jtag, tdi);
	jtag->state = vtap_next(state, tms);
}

void vjtag_fall(struct vjtag *jtag)
{
	enum vtap_state state = jtag->state;

	if (state == VTAP_RESET)
		vjtag_reset(jtag);
	else if (jtag->alive && state == VTAP_UPDATE_DR)
		each_tap(jtag, update_dr);
	else if (jtag->alive && state == VTAP_UPDATE_IR)
		each_tap(jtag, update_ir);
	jtag->driving = jtag->alive && (state == VTAP_SHIFT_DR || state == VTAP_SHIFT_IR);
	jtag->tdo = jtag->taps[jtag->tap_count - 1].shift & 1;
}

bool vjtag_tdo(const struct vjtag *jtag)
{
	return !jtag->driving || jtag->tdo;
}
