/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/wire/jtag.h"

#include "vboard/adi/dp_regs.h"

/* DPACC, APACC and ABORT (IHI 0031, B3.4.2): 35 bits. */
#define SCAN_RNW  BIT(0)
#define SCAN_A    BITS(2, 1)
#define SCAN_DATA 3 /* first bit of DATAIN, of ReadResult */

enum { SCAN_BITS = 35, IDCODE_BITS = 32, DP_IR_LENGTH = 4, DP_IR_LENGTH_LONG = 8 };

/* ACK as it is captured, in the lowest three bits (table B3-3). */
enum { SCAN_ACK_WAIT = 1, SCAN_ACK_OK_FAULT = 2 };

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

static void capture_ir(struct vjtag *jtag, struct vtap *tap)
{
	(void)jtag;
	tap->shift = tap->config ? tap->config->ir_capture : 1; /* IRCAPTURE (B3.2.1) */
	tap->length = tap->ir_length;
}

static void update_ir(struct vjtag *jtag, struct vtap *tap)
{
	(void)jtag;
	tap->ir = (uint32_t)tap->shift;
}

/* --- data registers -------------------------------------------------------------------------- */

static void load(struct vtap *tap, uint64_t value, unsigned length)
{
	tap->shift = value;
	tap->length = (uint8_t)length;
}

static void capture_access(struct vdp *dp, struct vtap *tap, bool ap)
{
	uint32_t result = 0;

	tap->refused = vdp_scan_begin(dp, ap, &result) == VDP_ACK_WAIT;
	load(tap,
		(uint64_t)result << SCAN_DATA | (tap->refused ? SCAN_ACK_WAIT : SCAN_ACK_OK_FAULT),
		SCAN_BITS);
}

static void capture_dp(struct vdp *dp, struct vtap *tap)
{
	switch (dp_instruction(tap)) {
	case VTAP_DPACC:
		capture_access(dp, tap, false);
		break;
	case VTAP_APACC:
		capture_access(dp, tap, true);
		break;
	case VTAP_ABORT:
		load(tap, 0, SCAN_BITS);
		break;
	case VTAP_IDCODE:
		load(tap, dp->target->jtag_idcode, IDCODE_BITS);
		break;
	default:
		load(tap, 0, 1); /* BYPASS captures 0 (IEEE 1149.1-2001, 9.1.1) */
		break;
	}
}

static void capture_dr(struct vjtag *jtag, struct vtap *tap)
{
	if (!tap->config)
		capture_dp(jtag->dp, tap);
	else if (tap->ir == tap->config->ir_idcode)
		load(tap, tap->config->idcode, IDCODE_BITS);
	else
		load(tap, 0, 1);
}

static void update_dr(struct vjtag *jtag, struct vtap *tap)
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
			vdp_scan_abort(jtag->dp, data);
	} else if (instruction == VTAP_DPACC || instruction == VTAP_APACC) {
		if (!tap->refused)
			vdp_scan_end(jtag->dp, request, data);
	}
}

/* --- the chain ------------------------------------------------------------------------------- */

static void add_tap(struct vjtag *jtag, const struct vtap_config *config, unsigned ir_length)
{
	jtag->taps[jtag->tap_count++] =
		(struct vtap){ .config = config, .ir_length = (uint8_t)ir_length };
}

void vjtag_init(struct vjtag *jtag, struct vdp *dp)
{
	const struct vtarget *target = dp->target;
	bool is_long = target->jtag_ir_length == DP_IR_LENGTH_LONG;

	*jtag = (struct vjtag){ .dp = dp };
	for (unsigned i = 0; i < target->tap_count; i++) {
		if (i == target->taps_before)
			add_tap(jtag, NULL, is_long ? DP_IR_LENGTH_LONG : DP_IR_LENGTH);
		add_tap(jtag, &target->taps[i], target->taps[i].ir_length);
	}
	if (target->taps_before >= target->tap_count)
		add_tap(jtag, NULL, is_long ? DP_IR_LENGTH_LONG : DP_IR_LENGTH);
	vjtag_reset(jtag);
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

static void each_tap(struct vjtag *jtag, void (*act)(struct vjtag *jtag, struct vtap *tap))
{
	for (unsigned i = 0; i < jtag->tap_count; i++)
		act(jtag, &jtag->taps[i]);
}

static void capture(struct vjtag *jtag, void (*act)(struct vjtag *jtag, struct vtap *tap))
{
	unsigned boots = jtag->dp->boots;

	jtag->alive = vdp_is_alive(jtag->dp) && jtag->dp->boots == boots;
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

		tap->shift = tap->shift >> 1 | bit << (tap->length - 1);
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
