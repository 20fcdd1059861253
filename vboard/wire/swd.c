/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/wire/swd.h"

#include "vboard/adi/dp_regs.h"
#include "vboard/adi/saved.h"

/* The packet request (B4.1.1), first bit lowest. */
#define REQUEST_APNDP   BIT(1)
#define REQUEST_RNW     BIT(2)
#define REQUEST_A       BITS(4, 3)
#define REQUEST_PARITY  BIT(5)
#define REQUEST_STOP    BIT(6)
#define REQUEST_PARK    BIT(7)
#define REQUEST_COVERED BITS(4, 1) /* by the parity */

enum vswd_phase_kind {
	PHASE_NONE,
	PHASE_RELEASED, /* nobody drives, or nobody looks */
	PHASE_ACK,
	PHASE_READ,
	PHASE_WRITE
};

static bool parity(uint32_t value)
{
	return __builtin_parity(value);
}

static void enter_idle(struct vswd *wire)
{
	wire->state = VSWD_IDLE;
	wire->shift = 0;
	wire->bit_count = 0;
}

static void lock(struct vswd *wire)
{
	if (wire->state != VSWD_LOCKED)
		vdp_protocol_error(wire->dp);
	wire->state = VSWD_LOCKED;
}

void vswd_init(struct vswd *wire, struct vdp *dp)
{
	*wire = (struct vswd){ .dp = dp, .state = VSWD_LOCKED };
}

/* --- what follows a request ------------------------------------------------------------------ */

static void plan(struct vswd *wire, const struct vswd_phase phases[VSWD_MAX_PHASES])
{
	for (unsigned i = 0; i < VSWD_MAX_PHASES; i++)
		wire->phases[i] = phases[i];
	wire->phase = 0;
	wire->shift = 0;
	wire->bit_count = 0;
	wire->state = VSWD_PHASES;
}

/*
 * B4.1.2 to B4.1.5. With overrun detection there is always a data phase (B4.2.6); after a refusal
 * nobody drives or looks at it.
 */
static void plan_answer(struct vswd *wire)
{
	uint8_t turn = (uint8_t)vdp_turnaround(wire->dp);
	uint8_t refused = vdp_detects_overrun(wire->dp) ? VSWD_DATA_BITS : 0;
	uint8_t kind = PHASE_RELEASED;
	uint8_t data = refused;

	if (wire->ack == VDP_ACK_OK) {
		kind = wire->request.read ? PHASE_READ : PHASE_WRITE;
		data = VSWD_DATA_BITS;
	}
	if (wire->request.read)
		plan(wire, (const struct vswd_phase[]){ { PHASE_RELEASED, turn },
				   { PHASE_ACK, VSWD_ACK_BITS }, { kind, data },
				   { PHASE_RELEASED, turn } });
	else
		plan(wire, (const struct vswd_phase[]){ { PHASE_RELEASED, turn },
				   { PHASE_ACK, VSWD_ACK_BITS }, { PHASE_RELEASED, turn },
				   { kind, data } });
}

/* Nobody acknowledges TARGETSEL, for several targets may be listening (B4.3.4). */
static void plan_select(struct vswd *wire)
{
	uint8_t turn = (uint8_t)vdp_turnaround(wire->dp);

	wire->select_phase = true;
	plan(wire, (const struct vswd_phase[]){ { PHASE_RELEASED, turn },
			   { PHASE_RELEASED, VSWD_ACK_BITS }, { PHASE_RELEASED, turn },
			   { PHASE_WRITE, VSWD_DATA_BITS } });
}

static bool is_targetsel(const struct vswd *wire)
{
	return !wire->request.ap && !wire->request.read && wire->request.reg == DP_TARGETSEL &&
	       vdp_version(wire->dp) >= 2;
}

static bool is_dpidr(const struct vswd *wire)
{
	return !wire->request.ap && wire->request.read && wire->request.reg == DP_DPIDR;
}

/* A target that lost power and got it back has forgotten that it was connected. */
static bool has_power(struct vswd *wire)
{
	unsigned boots = wire->dp->regs.boots;

	return vdp_is_alive(wire->dp) && wire->dp->regs.boots == boots;
}

/* A well-formed request is there: wire->request. */
static void answer(struct vswd *wire)
{
	struct vfaults *faults = wire->dp->faults;
	bool fresh = wire->fresh;

	if (!has_power(wire)) {
		wire->state = VSWD_LOCKED;
		return;
	}
	if (vfaults_hit(&faults->requests, faults->silent_at)) {
		lock(wire);
		return;
	}
	wire->fresh = false;
	if (fresh && is_targetsel(wire)) {
		plan_select(wire);
		return;
	}
	if (is_targetsel(wire) || (fresh && !is_dpidr(wire))) {
		lock(wire);
		return;
	}
	wire->ack = vdp_begin(wire->dp, wire->request, &wire->read_data);
	if (wire->ack == VDP_ACK_OK && wire->request.read)
		wire->read_parity = parity(wire->read_data) ^
		                    vfaults_hit(&faults->reads, faults->parity_error_at);
	plan_answer(wire);
}

static void finish_write(struct vswd *wire, uint32_t data, bool intact)
{
	if (!wire->select_phase) {
		vdp_write(wire->dp, wire->request, data, intact);
		return;
	}
	wire->select_phase = false;
	wire->fresh = true; /* DPIDR must be read next (B4.3.4) */
	if (!intact || !vdp_is_selected_by(wire->dp, data))
		wire->state = VSWD_LOCKED;
}

/* --- cycles ---------------------------------------------------------------------------------- */

static void take_request_bit(struct vswd *wire, bool level)
{
	uint32_t bits;

	wire->shift |= (uint64_t)level << wire->bit_count++;
	if (wire->bit_count < VSWD_REQUEST_BITS)
		return;
	bits = (uint32_t)wire->shift;
	if ((bits & REQUEST_STOP) || !(bits & REQUEST_PARK) ||
		parity(bits & REQUEST_COVERED) != FIELD_GET(REQUEST_PARITY, bits)) {
		lock(wire);
		return;
	}
	wire->request = (struct vdp_request){
		.ap = bits & REQUEST_APNDP,
		.read = bits & REQUEST_RNW,
		.reg = (uint8_t)(4 * FIELD_GET(REQUEST_A, bits)),
	};
	answer(wire);
}

/* Go on to the next phase that has cycles; idle after the last. */
static void skip_finished_phases(struct vswd *wire)
{
	while (wire->phase < VSWD_MAX_PHASES && !wire->phases[wire->phase].cycles)
		wire->phase++;
	if (wire->phase == VSWD_MAX_PHASES)
		enter_idle(wire);
}

static void end_phase(struct vswd *wire)
{
	uint64_t bits = wire->shift;
	uint8_t kind = wire->phases[wire->phase++].kind;

	wire->shift = 0;
	wire->bit_count = 0;
	skip_finished_phases(wire);
	if (kind == PHASE_WRITE)
		finish_write(wire, (uint32_t)bits, parity((uint32_t)bits) == (bits >> 32));
}

int vswd_drives(const struct vswd *wire)
{
	unsigned bit = wire->bit_count;

	if (wire->state != VSWD_PHASES)
		return VSWD_RELEASED;
	switch (wire->phases[wire->phase].kind) {
	case PHASE_ACK:
		return wire->ack >> bit & 1;
	case PHASE_READ:
		return bit < 32 ? wire->read_data >> bit & 1 : wire->read_parity;
	default:
		return VSWD_RELEASED;
	}
}

static void take_phase_bit(struct vswd *wire, bool level)
{
	wire->shift |= (uint64_t)level << wire->bit_count++;
	if (wire->bit_count == wire->phases[wire->phase].cycles)
		end_phase(wire);
}

static void take_bit(struct vswd *wire, bool level)
{
	switch (wire->state) {
	case VSWD_LOCKED:
		break;
	case VSWD_RESET:
		if (!level)
			wire->state = VSWD_RESET_LOW;
		break;
	case VSWD_RESET_LOW:
		if (level) {
			lock(wire);
			break;
		}
		wire->fresh = true;
		enter_idle(wire);
		break;
	case VSWD_IDLE:
		if (!level)
			break;
		wire->state = VSWD_REQUEST;
		take_request_bit(wire, level);
		break;
	case VSWD_REQUEST:
		take_request_bit(wire, level);
		break;
	case VSWD_PHASES:
		take_phase_bit(wire, level);
		break;
	}
}

static void count_ones(struct vswd *wire, bool level)
{
	wire->ones = level ? wire->ones + 1 : 0;
	if (wire->ones != VSWD_RESET_CYCLES)
		return;
	wire->state = VSWD_RESET;
	vdp_line_reset(wire->dp);
}

void vswd_rise(struct vswd *wire, bool level)
{
	bool driving = vswd_drives(wire) != VSWD_RELEASED;

	take_bit(wire, level);
	if (driving)
		wire->ones = 0;
	else
		count_ones(wire, level);
}

/* --- several cycles at once ------------------------------------------------------------------ */

static unsigned count_trailing_ones(uint32_t data)
{
	unsigned count = 0;

	if (!parity(data))
		return 0;
	for (count = 1; count <= 32 && (data & BIT(32 - count)); count++)
		;
	return count;
}

/* How long the line has been high at the end of a transaction: pulled up, or by its data. */
static unsigned ones_after(const struct vswd *wire, const struct vswd_transaction *t)
{
	unsigned turnaround = wire->phases[0].cycles;
	unsigned refused_data = wire->phases[t->request.read ? 2 : 3].cycles;

	if (t->ack == VDP_ACK_OK)
		return t->request.read ? turnaround : count_trailing_ones(t->data);
	if (t->request.read)
		return turnaround + refused_data;
	return refused_data ? 0 : turnaround; /* a host writes zeros then */
}

/* As if its cycles had been clocked. */
static void run_phases(struct vswd *wire, struct vclock *clock, struct vswd_transaction *t)
{
	for (unsigned i = 0; i < VSWD_MAX_PHASES; i++)
		vclock_run(clock, wire->phases[i].cycles);
	enter_idle(wire);
	wire->ones = ones_after(wire, t);
	if (t->ack != VDP_ACK_OK)
		return;
	if (t->request.read) {
		t->data = wire->read_data;
		t->parity_ok = wire->read_parity == parity(wire->read_data);
	} else {
		finish_write(wire, t->data, true);
	}
}

bool vswd_transact(struct vswd *wire, struct vclock *clock, unsigned turnaround, bool data_phase,
	struct vswd_transaction *transaction)
{
	struct vdp *dp = wire->dp;

	if (wire->state != VSWD_IDLE || turnaround != vdp_turnaround(dp) ||
		data_phase != vdp_detects_overrun(dp))
		return false;
	wire->request = transaction->request;
	if (is_targetsel(wire))
		return false;
	wire->ones = 0;
	vclock_run(clock, VSWD_REQUEST_BITS);
	answer(wire);
	if (wire->state != VSWD_PHASES) { /* no answer: what a host does then */
		transaction->ack = VDP_ACK_NONE;
		vclock_run(clock, VSWD_ACK_BITS + 2 * turnaround + VSWD_DATA_BITS);
		wire->ones = VSWD_ACK_BITS + 2 * turnaround + VSWD_DATA_BITS + 1;
		return true;
	}
	transaction->ack = wire->ack;
	run_phases(wire, clock, transaction);
	return true;
}

void vswd_ignore(
	struct vswd *wire, const struct vswd *other, const struct vswd_transaction *transaction)
{
	wire->ones = other->ones;
	/* A target knows when the line is its own; others only see that it is high. */
	if (transaction->ack == VDP_ACK_OK && transaction->request.read && other->read_parity)
		wire->ones += count_trailing_ones(other->read_data);
}

bool vswd_is_valid(const struct vswd *saved)
{
	static const size_t bools[] = {
		offsetof(struct vswd, fresh),
		offsetof(struct vswd, request.ap),
		offsetof(struct vswd, request.read),
		offsetof(struct vswd, select_phase),
		offsetof(struct vswd, read_parity),
	};

	if ((unsigned)saved->state > VSWD_PHASES ||
		!saved_bools_are_valid(saved, bools, ARRAY_SIZE(bools)))
		return false;
	if (saved->state == VSWD_IDLE || saved->state == VSWD_REQUEST)
		return saved->bit_count < VSWD_REQUEST_BITS;
	if (saved->state != VSWD_PHASES) /* the count begins anew behind it */
		return true;
	if (saved->phase >= VSWD_MAX_PHASES)
		return false;
	for (unsigned i = 0; i < VSWD_MAX_PHASES; i++)
		if (saved->phases[i].kind > PHASE_WRITE || saved->phases[i].cycles > VSWD_DATA_BITS)
			return false;
	return saved->bit_count < saved->phases[saved->phase].cycles;
}

bool vswd_idle(struct vswd *wire, struct vclock *clock, unsigned cycles)
{
	if (wire->state != VSWD_IDLE)
		return false;
	vclock_run(clock, cycles);
	if (cycles)
		wire->ones = 0;
	return true;
}
