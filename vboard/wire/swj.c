/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/wire/swj.h"

#include "base/bits.h"
#include "vboard/adi/saved.h"

/*
 * Selection sequences, first bit lowest, and the cycles high before them (IHI 0031, B5.2, B5.3).
 * Each begins with a 0.
 */
enum { SHORT_BITS = 16, LONG_BITS = 31, JTAG_RESET_CYCLES = 5 };
#define JTAG_TO_SWD     0xe79eu
#define SWD_TO_JTAG     0xe73cu
#define SWD_TO_DORMANT  0xe3bcu
#define JTAG_TO_DORMANT 0x33bbbbbau

/* The selection alert (B5.3.4), 128 bits, first bit lowest. */
#define ALERT_FIRST  0x86852d956209f392u
#define ALERT_SECOND 0x19bc0ea2e3ddafe9u

/* After it four cycles low and an activation code (table B5-3). */
enum { GAP_BITS = 4, CODE_BITS = 8, SERIAL_BITS = 12 };
enum { ACTIVATE_SWD = 0x1a, ACTIVATE_JTAG_DP = 0x0a, ACTIVATE_SERIAL = 0x000 };

static bool has_jtag(const struct vswj *wire)
{
	return wire->dp->config->jtag_idcode;
}

static bool has_swd(const struct vswj *wire)
{
	return !wire->dp->target->no_swd;
}

static bool has_dormant(const struct vswj *wire)
{
	return vdp_version(wire->dp) >= 2;
}

static void select_mode(struct vswj *wire, enum vswj_mode mode)
{
	wire->mode = mode;
	wire->collected = 0;
	wire->ones = 0;
	wire->alert[0] = 0;
	wire->alert[1] = 0;
	wire->alerted = false;
	vjtag_reset(&wire->jtag);
	for (unsigned i = 0; i < wire->dp_count; i++)
		vswd_init(&wire->swd[i], &wire->dp[i]);
}

static enum vswj_mode first_mode(const struct vswj *wire)
{
	if (has_dormant(wire) && wire->dp->target->starts_dormant)
		return VSWJ_DORMANT;
	return has_jtag(wire) ? VSWJ_JTAG : VSWJ_SWD;
}

static unsigned count_boots(const struct vdp *dps, unsigned dp_count)
{
	unsigned boots = 0;

	for (unsigned i = 0; i < dp_count; i++)
		boots += dps[i].regs.boots;
	return boots;
}

void vswj_init_all(struct vswj *wire, struct vdp *dps, unsigned dp_count)
{
	*wire = (struct vswj){
		.dp = dps, .dp_count = dp_count, .boots = count_boots(dps, dp_count)
	};
	vjtag_init(&wire->jtag, dps, dp_count);
	select_mode(wire, first_mode(wire));
}

void vswj_init(struct vswj *wire, struct vdp *dp)
{
	vswj_init_all(wire, dp, 1);
}

/* --- selection ------------------------------------------------------------------------------- */

/* After 16 bits. */
static void look_at_short(struct vswj *wire)
{
	bool is_swj = has_jtag(wire) && has_swd(wire);

	if (wire->ones_then < VSWD_RESET_CYCLES)
		return;
	if (wire->bits == JTAG_TO_SWD && is_swj && wire->mode == VSWJ_JTAG)
		select_mode(wire, VSWJ_SWD);
	else if (wire->bits == SWD_TO_JTAG && is_swj && wire->mode == VSWJ_SWD)
		select_mode(wire, VSWJ_JTAG);
	else if (wire->bits == SWD_TO_DORMANT && has_dormant(wire) && wire->mode == VSWJ_SWD)
		select_mode(wire, VSWJ_DORMANT);
}

/* After 31. */
static void look_at_long(struct vswj *wire)
{
	wire->collected = 0;
	if (wire->bits == JTAG_TO_DORMANT && has_dormant(wire) && wire->mode == VSWJ_JTAG)
		select_mode(wire, VSWJ_DORMANT);
}

/* A 0 after a reset begins a selection sequence; none has so many ones inside. */
static void look_for_selection(struct vswj *wire, bool level)
{
	if (!level && wire->ones >= JTAG_RESET_CYCLES) {
		wire->ones_then = wire->ones;
		wire->bits = 0;
		wire->collected = 0;
	} else if (!wire->collected) {
		return;
	}
	wire->bits |= (uint32_t)level << wire->collected++;
	if (wire->collected == SHORT_BITS)
		look_at_short(wire);
	else if (wire->collected == LONG_BITS)
		look_at_long(wire);
}

/* The target drives the line itself: that is no selection. */
static void watch_line(struct vswj *wire, bool level, bool by_target)
{
	if (by_target) {
		wire->collected = 0;
		wire->ones = 0;
		return;
	}
	look_for_selection(wire, level);
	if (wire->mode != VSWJ_DORMANT)
		wire->ones = level ? wire->ones + 1 : 0;
}

static enum vswj_mode mode_of(const struct vswj *wire, uint32_t code)
{
	if (code == ACTIVATE_SWD && has_swd(wire))
		return VSWJ_SWD;
	if ((code == ACTIVATE_JTAG_DP || code == ACTIVATE_SERIAL) && has_jtag(wire))
		return VSWJ_JTAG;
	return VSWJ_DORMANT;
}

/* How many bits follow an alert. A code of eight zeros has four more to come. */
static unsigned activation_bits(uint32_t bits)
{
	return GAP_BITS + (bits >> GAP_BITS & BITS(CODE_BITS - 1, 0) ? CODE_BITS : SERIAL_BITS);
}

/* Behind an alert: four cycles low, then the code. */
static void take_activation(struct vswj *wire, bool level)
{
	wire->bits |= (uint32_t)level << wire->collected++;
	if (wire->collected == GAP_BITS && wire->bits)
		select_mode(wire, VSWJ_DORMANT);
	else if (wire->collected >= GAP_BITS + CODE_BITS &&
		 wire->collected == activation_bits(wire->bits))
		select_mode(wire, mode_of(wire, wire->bits >> GAP_BITS));
}

static void take_dormant_bit(struct vswj *wire, bool level)
{
	if (wire->alerted) {
		take_activation(wire, level);
		return;
	}
	wire->alert[0] = wire->alert[0] >> 1 | wire->alert[1] << 63;
	wire->alert[1] = wire->alert[1] >> 1 | (uint64_t)level << 63;
	if (wire->alert[0] != ALERT_FIRST || wire->alert[1] != ALERT_SECOND ||
		!vdp_is_alive(wire->dp))
		return;
	wire->alerted = true;
	wire->bits = 0;
	wire->collected = 0;
}

/* --- edges ----------------------------------------------------------------------------------- */

static int target_drives(const struct vswj *wire)
{
	int level = VSWD_RELEASED;

	if (wire->mode != VSWJ_SWD)
		return level;
	for (unsigned i = 0; i < wire->dp_count; i++) {
		int drives = vswd_drives(&wire->swd[i]);

		if (drives != VSWD_RELEASED && level != 0)
			level = drives;
	}
	return level;
}

/* What the fault of a stuck line makes of a level. */
static bool on_line(const struct vswj *wire, bool level, bool flip)
{
	const struct vfaults *faults = wire->dp->faults;

	if (faults->stuck_at && wire->dp->clock->cycles >= faults->stuck_at)
		return faults->stuck_high;
	return level ^ flip;
}

bool vswj_swdio(const struct vswj *wire, struct vswj_pins pins)
{
	return on_line(wire, pins.driven ? pins.tms : target_drives(wire) != 0, wire->flip_data);
}

bool vswj_tdo(const struct vswj *wire)
{
	return on_line(wire, wire->mode != VSWJ_JTAG || vjtag_tdo(&wire->jtag), wire->flip_tdo);
}

/* A target that lost power and got it back has forgotten everything. */
static void notice_boot(struct vswj *wire)
{
	bool in_trst = wire->jtag.in_trst;

	if (wire->boots == count_boots(wire->dp, wire->dp_count))
		return;
	for (unsigned i = 0; i < wire->dp_count; i++)
		vdp_is_alive(&wire->dp[i]);
	vswj_init_all(wire, wire->dp, wire->dp_count);
	wire->jtag.in_trst = in_trst;
}

void vswj_fall(struct vswj *wire)
{
	if (wire->low)
		return;
	wire->low = true;
	wire->flip_data = vfaults_flip(wire->dp->faults);
	wire->flip_tdi = vfaults_flip(wire->dp->faults);
	wire->flip_tdo = vfaults_flip(wire->dp->faults);
	if (wire->mode == VSWJ_JTAG)
		vjtag_fall(&wire->jtag);
}

void vswj_rise(struct vswj *wire, struct vswj_pins pins)
{
	bool level = vswj_swdio(wire, pins);
	bool by_target = target_drives(wire) != VSWD_RELEASED;

	if (!wire->low)
		return;
	wire->low = false;
	if (wire->mode == VSWJ_DORMANT) {
		take_dormant_bit(wire, level);
		notice_boot(wire);
		return;
	}
	if (wire->mode == VSWJ_JTAG)
		vjtag_rise(&wire->jtag, level, pins.tdi ^ wire->flip_tdi);
	for (unsigned i = 0; wire->mode == VSWJ_SWD && i < wire->dp_count; i++)
		vswd_rise(&wire->swd[i], level);
	notice_boot(wire);
	watch_line(wire, level, by_target);
}

void vswj_drive_trst(struct vswj *wire, bool asserted)
{
	vjtag_drive_trst(&wire->jtag, asserted);
}

bool vswj_clock(struct vswj *wire, bool driven, bool level)
{
	const struct vswj_pins pins = { .driven = driven, .tms = level, .tdi = true };
	bool seen;

	vswj_fall(wire);
	seen = vswj_swdio(wire, pins);
	vswj_rise(wire, pins);
	return seen;
}

/* --- several cycles at once ------------------------------------------------------------------ */

/* More cycles than any transaction has. */
enum { TRANSACTION_CYCLES = 64 };

static bool has_faults(const struct vswj *wire, uint64_t cycles)
{
	const struct vfaults *faults = wire->dp->faults;

	return faults->bit_error_rate ||
	       (faults->stuck_at && wire->dp->clock->cycles + cycles >= faults->stuck_at);
}

/* The one target that listens; NULL: none, or more than one does. */
static struct vswd *listener(struct vswj *wire)
{
	struct vswd *found = NULL;

	for (unsigned i = 0; i < wire->dp_count; i++) {
		if (wire->swd[i].state == VSWD_LOCKED)
			continue;
		if (found)
			return NULL;
		found = &wire->swd[i];
	}
	return found;
}

bool vswj_transact(struct vswj *wire, struct vclock *clock, unsigned turnaround, bool data_phase,
	struct vswd_transaction *transaction)
{
	struct vswd *swd = wire->mode == VSWJ_SWD ? listener(wire) : NULL;

	if (!swd || has_faults(wire, TRANSACTION_CYCLES) ||
		!vswd_transact(swd, clock, turnaround, data_phase, transaction))
		return false;
	for (unsigned i = 0; i < wire->dp_count; i++)
		if (&wire->swd[i] != swd)
			vswd_ignore(&wire->swd[i], swd, transaction);
	wire->low = false;
	wire->collected = 0;
	wire->ones = swd->ones;
	notice_boot(wire);
	return true;
}

bool vswj_idle(struct vswj *wire, struct vclock *clock, unsigned cycles)
{
	struct vswd *swd = wire->mode == VSWJ_SWD ? listener(wire) : NULL;

	if (!swd || wire->collected || has_faults(wire, cycles) || !vswd_idle(swd, clock, cycles))
		return false;
	if (!cycles)
		return true;
	wire->ones = 0;
	for (unsigned i = 0; i < wire->dp_count; i++)
		wire->swd[i].ones = 0;
	return true;
}

/* --- snapshots ------------------------------------------------------------------------------- */

void vswj_save(const struct vswj *wire, struct vswj *saved)
{
	*saved = *wire;
	saved->dp = NULL;
	saved->jtag.dps = NULL;
	for (unsigned i = 0; i < VTARGET_MAX_DPS; i++)
		saved->swd[i].dp = NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(saved->jtag.taps); i++) {
		saved->jtag.taps[i].config = NULL;
		saved->jtag.taps[i].dp = NULL;
	}
}

static bool is_valid(const struct vswj *wire, const struct vswj *saved)
{
	static const size_t bools[] = {
		offsetof(struct vswj, low),
		offsetof(struct vswj, alerted),
		offsetof(struct vswj, flip_data),
		offsetof(struct vswj, flip_tdi),
		offsetof(struct vswj, flip_tdo),
	};

	if ((unsigned)saved->mode > VSWJ_DORMANT || saved->dp_count != wire->dp_count ||
		!saved_bools_are_valid(saved, bools, ARRAY_SIZE(bools)) ||
		saved->collected >= (saved->alerted ? activation_bits(saved->bits) : LONG_BITS) ||
		!vjtag_is_valid(&wire->jtag, &saved->jtag))
		return false;
	for (unsigned i = 0; i < wire->dp_count; i++)
		if (!vswd_is_valid(&saved->swd[i]))
			return false;
	return true;
}

bool vswj_restore(struct vswj *wire, const struct vswj *saved)
{
	struct vswj now = *wire;

	if (!is_valid(wire, saved))
		return false;
	*wire = *saved;
	wire->dp = now.dp;
	wire->jtag.dps = now.jtag.dps;
	wire->jtag.dp_count = now.jtag.dp_count;
	for (unsigned i = 0; i < VTARGET_MAX_DPS; i++)
		wire->swd[i].dp = now.swd[i].dp;
	for (unsigned i = 0; i < ARRAY_SIZE(wire->jtag.taps); i++) {
		wire->jtag.taps[i].config = now.jtag.taps[i].config;
		wire->jtag.taps[i].dp = now.jtag.taps[i].dp;
	}
	return true;
}
