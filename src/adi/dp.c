/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debug port: connecting and powering up (IHI 0031, B1.2 power control, B4.3 connection and
 * line reset), and the cache of SELECT. What happens when a transfer fails is in dp_recover.c.
 */
#include "adi/dp.h"

#include <stdio.h>
#include <stdlib.h>

#include "adi/dp_internal.h"
#include "adi/swj.h"
#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"

enum {
	POWER_UP_TIMEOUT_MS = 2000,
	POWER_UP_POLLS = 100, /* on the probe, in each try */
	BACK_OFF_MAX_MS = 64,
};

enum { ATTACH_ATTEMPTS = 4 };

/*
 * The deprecated switch first: it is what every part of the last fifteen years knows, but those
 * that share the wire with others, and those that wake up dormant.
 */
static const enum swj_sequence attach_sequences[2][2][ATTACH_ATTEMPTS] = {
	{ { SWJ_JTAG_TO_SWD, SWJ_JTAG_TO_SWD, SWJ_DORMANT_TO_SWD, SWJ_JTAG_TO_SWD },
		{ SWJ_DORMANT_TO_SWD, SWJ_DORMANT_TO_SWD, SWJ_JTAG_TO_SWD, SWJ_DORMANT_TO_SWD } },
	{ { SWJ_SWD_TO_JTAG, SWJ_SWD_TO_JTAG, SWJ_DORMANT_TO_JTAG, SWJ_SWD_TO_JTAG },
		{ SWJ_DORMANT_TO_JTAG, SWJ_DORMANT_TO_JTAG, SWJ_SWD_TO_JTAG,
			SWJ_DORMANT_TO_JTAG } },
};

/* TARGETSEL: what is of TARGETID. */
#define TARGETSEL_ID (DP_TARGETSEL_TPARTNO | DP_TARGETSEL_TDESIGNER)

static void describe_chain(const struct dp *dp, struct dapper_node_visitor *visitor)
{
	node_put_text(visitor, "wire", "JTAG");
	for (size_t i = 0; i < dp->chain.count; i++) {
		const struct jtag_tap *tap = &dp->chain.taps[i];
		char name[16];

		snprintf(name, sizeof(name), "tap %zu", i);
		if (i == dp->tap)
			node_put_text(visitor, name, "0x%08x, this one, IR of %u bits",
				(unsigned)tap->idcode, tap->ir_length);
		else
			node_put_hex(visitor, name, tap->idcode, 8);
	}
}

static void dp_describe(const struct node *node, struct dapper_node_visitor *visitor)
{
	const struct dp *dp = NODE_OBJECT_CONST(struct dp, node);

	node_put_hex(visitor, "dpidr", dp->dpidr, 8);
	node_put_text(visitor, "version", "DPv%u%s", dp->version, dp->is_minimal ? " minimal" : "");
	node_put_hex(visitor, "designer", FIELD_GET(DP_DPIDR_DESIGNER, dp->dpidr), 3);
	node_put_hex(visitor, "part", FIELD_GET(DP_DPIDR_PARTNO, dp->dpidr), 2);
	node_put_number(visitor, "revision", FIELD_GET(DP_DPIDR_REVISION, dp->dpidr));
	if (dp->version >= 2)
		node_put_hex(visitor, "target_id", dp->target_id, 8);
	if (dp->options.target_sel)
		node_put_number(visitor, "instance", FIELD_GET(DP_DLPIDR_TINSTANCE, dp->dlpidr));
	if (dp_is_jtag(dp))
		describe_chain(dp, visitor);
	node_put_number(visitor, "clock_hz", dp->clock_hz);
}

static void dp_destroy(struct node *node)
{
	struct dp *dp = NODE_OBJECT(struct dp, node);

	probe_set_describe(dp->probe, NULL, NULL);
	free(dp);
}

static const struct node_class dp_class = {
	.kind = "dp",
	.describe = dp_describe,
	.destroy = dp_destroy,
};

dapper_status dp_create(dapper_context *context, dapper_probe *probe, struct dp **dp)
{
	struct dp *made = xnew(made);

	if (!made)
		return FAIL_NO_MEMORY("a debug port");
	node_init(&made->node, &dp_class, "DP");
	made->context = context;
	made->probe = probe;
	probe_set_describe(probe, wire_names_describe, &made->names);
	*dp = made;
	return DAPPER_OK;
}

struct back_off back_off_start(dapper_probe *probe)
{
	return (struct back_off){ .clock = probe_clock(probe), .next_ms = 1 };
}

void back_off_wait(struct back_off *back_off)
{
	clock_sleep_ms(back_off->clock, back_off->next_ms);
	if (back_off->next_ms < BACK_OFF_MAX_MS)
		back_off->next_ms *= 2;
}

/* --- SELECT ---------------------------------------------------------------------------------- */

static void select_value(struct dp *dp, struct batch *batch, uint32_t value)
{
	batch_write_dp(batch, DP_SELECT, value);
	dp->select = value;
	dp->select_valid = true;
}

void dp_select_ap(struct dp *dp, struct batch *batch, uint8_t apsel, uint8_t bank)
{
	const uint32_t mask = DP_SELECT_APSEL | DP_SELECT_APBANKSEL;
	const uint32_t value =
		FIELD_PREP(DP_SELECT_APSEL, apsel) | FIELD_PREP(DP_SELECT_APBANKSEL, bank);

	/* DPBANKSEL is nothing to an access port. */
	if (!dp->select_valid || (dp->select & mask) != value)
		select_value(dp, batch, value);
}

void dp_select_dp_bank(struct dp *dp, struct batch *batch, uint8_t bank)
{
	const uint32_t others = dp->select_valid ? dp->select & ~DP_SELECT_DPBANKSEL : 0;
	const uint32_t value = others | FIELD_PREP(DP_SELECT_DPBANKSEL, bank);

	if (!dp->select_valid || dp->select != value)
		select_value(dp, batch, value);
}

void dp_invalidate(struct dp *dp)
{
	dp->select_valid = false;
	dp->generation++;
}

/* --- connecting ------------------------------------------------------------------------------ */

/* A minimal DP has no pushed compare, and wants zero for its flag (IHI 0031 B2.2, ABORT). */
static uint32_t abort_clear_bits(const struct dp *dp)
{
	const uint32_t bits = DP_ABORT_ORUNERRCLR | DP_ABORT_WDERRCLR | DP_ABORT_STKERRCLR;

	return dp->is_minimal ? bits : bits | DP_ABORT_STKCMPCLR;
}

/* JTAG: ABORT has DAPABORT only; flags are cleared by ones (IHI 0031 B2.2, ABORT, CTRL/STAT). */
static void queue_clear_jtag(struct batch *batch, uint32_t abort_bits, uint32_t *stat)
{
	if (abort_bits)
		batch_write_dp(batch, DP_ABORT, abort_bits);
	batch_write_dp(batch, DP_SELECT, 0);
	if (stat)
		batch_read_dp(batch, DP_CTRL_STAT, stat);
	batch_write_dp(batch, DP_CTRL_STAT,
		DP_POWER_REQUESTS | DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYCMP |
			DP_CTRL_STAT_STICKYORUN);
}

void dp_queue_clear(struct dp *dp, struct batch *batch, uint32_t abort_bits)
{
	if (dp_is_jtag(dp)) {
		queue_clear_jtag(batch, abort_bits, NULL);
		return;
	}
	batch_write_dp(batch, DP_ABORT, abort_clear_bits(dp) | abort_bits);
	batch_write_dp(batch, DP_SELECT, 0);
}

void dp_queue_look(struct dp *dp, struct batch *batch, uint32_t *stat)
{
	if (dp_is_jtag(dp)) {
		queue_clear_jtag(batch, 0, stat);
		return;
	}
	dp_queue_clear(dp, batch, 0);
	batch_read_dp(batch, DP_CTRL_STAT, stat);
}

dapper_status dp_run_once(struct dp *dp, struct batch *batch)
{
	struct dapper_batch_result result;
	dapper_status status = dp_run_bare(dp, batch, DP_TIMEOUT_MS, &result);

	batch_finish(batch);
	return status;
}

bool dp_take_dpidr(struct dp *dp, uint32_t dpidr)
{
	if (!(dpidr & DP_DPIDR_RAO) || dpidr == UINT32_MAX)
		return false;
	dp->dpidr = dpidr;
	dp->version = FIELD_GET(DP_DPIDR_VERSION, dpidr);
	dp->is_minimal = (dpidr & DP_DPIDR_MIN) != 0;
	return true;
}

static enum swj_sequence sequence_of(const struct dp *dp, unsigned attempt)
{
	const bool dormant = dp->options.use_dormant || dp->options.target_sel;

	if (attempt == 0)
		return dp_is_jtag(dp) ? SWJ_TAP_RESET : SWJ_LINE_RESET;
	return attach_sequences[dp_is_jtag(dp)][dormant][(attempt - 1) % ATTACH_ATTEMPTS];
}

dapper_status dp_send_sequence(struct dp *dp, unsigned attempt)
{
	dapper_status status = swj_send(dp->probe, sequence_of(dp, attempt));

	/* A driver without sequences does the switch whenever it connects. */
	if (status == DAPPER_ERR_UNSUPPORTED) {
		error_clear();
		status = dapper_probe_connect(
			dp->probe, dp->options.wire, dp->options.clock_hz, NULL);
	}
	return status;
}

dapper_status dp_identify(struct dp *dp, unsigned attempt)
{
	struct batch batch = BATCH_INIT;
	uint32_t dpidr = 0;

	dp->select_done_valid = false;
	if (dp_is_jtag(dp))
		return dp_jtag_identify(dp, attempt);
	TRY(dp_send_sequence(dp, attempt));
	if (dp->options.target_sel)
		TRY(swj_select_target(dp->probe, dp->options.target_sel));
	batch_read_dp(&batch, DP_DPIDR, &dpidr);
	TRY(dp_run_once(dp, &batch));
	if (!dp_take_dpidr(dp, dpidr))
		return dapper_fail(
			DAPPER_ERR_NO_ACK, "DPIDR reads 0x%08x, which no debug port has", dpidr);
	return DAPPER_OK;
}

static void queue_target_id(struct dp *dp, struct batch *batch)
{
	batch_write_dp(batch, DP_SELECT, DP_TARGETID_BANK);
	batch_read_dp(batch, DP_TARGETID, &dp->target_id);
	if (dp->options.target_sel) {
		batch_write_dp(batch, DP_SELECT, DP_DLPIDR_BANK);
		batch_read_dp(batch, DP_DLPIDR, &dp->dlpidr);
	}
	batch_write_dp(batch, DP_SELECT, 0);
}

static void queue_power_up(struct dp *dp, struct batch *batch, uint32_t abort_bits)
{
	const dapper_transfer wait = {
		.kind = DAPPER_TRANSFER_READ_UNTIL_MATCH,
		.reg = DP_CTRL_STAT,
		.value = DP_POWER_ACKS,
		.mask = DP_POWER_ACKS,
		.retries = POWER_UP_POLLS,
		.count = 1,
	};

	/* This comes first: with a sticky flag set nothing else is let through. */
	dp_queue_clear(dp, batch, abort_bits);
	batch_write_dp(batch, DP_CTRL_STAT, DP_POWER_REQUESTS);
	batch_add(batch, &wait, NULL);
	if (dp->version >= 2)
		queue_target_id(dp, batch);
}

static dapper_status fail_power(struct dp *dp)
{
	struct batch batch = BATCH_INIT;
	uint32_t stat = 0;
	const char *who;

	batch_read_dp(&batch, DP_CTRL_STAT, &stat);
	TRY(dp_run_once(dp, &batch));
	who = stat & DP_CTRL_STAT_CDBGPWRUPACK ? "CSYSPWRUPACK" : "CDBGPWRUPACK";
	dapper_fail(DAPPER_ERR_POWER, "%s stays 0 for %d ms, CTRL/STAT is 0x%08x", who,
		(int)POWER_UP_TIMEOUT_MS, (unsigned)stat);
	return dapper_fail_hint(DAPPER_ERR_POWER,
		"is the target powered, or in a sleep mode that switches debug off? "
		"try --connect under-reset");
}

dapper_status dp_power_up(struct dp *dp, uint32_t abort_bits)
{
	struct deadline deadline = deadline_in_ms(probe_clock(dp->probe), POWER_UP_TIMEOUT_MS);
	struct back_off back_off = back_off_start(dp->probe);
	dapper_status status;

	for (;;) {
		struct batch batch = BATCH_INIT;

		queue_power_up(dp, &batch, abort_bits);
		status = dp_run_once(dp, &batch);
		if (status != DAPPER_ERR_MISMATCH)
			return status;
		if (deadline_passed(&deadline))
			return fail_power(dp);
		back_off_wait(&back_off);
	}
}

/* A failure that another attempt, or another sequence, may get over. */
bool dp_is_target_answer(dapper_status status)
{
	return status == DAPPER_ERR_NO_ACK || status == DAPPER_ERR_PARITY ||
	       status == DAPPER_ERR_WAIT || status == DAPPER_ERR_FAULT ||
	       status == DAPPER_ERR_MISMATCH;
}

/* Say it for people: the message changes, its place and status stay. */
static dapper_status fail_attach(const struct dp *dp, dapper_status status)
{
	struct error_state state;

	if (dp_is_jtag(dp))
		return dapper_fail_hint(status,
			"check power, TCK/TMS/TDI/TDO/GND wiring and that no other tool uses the "
			"target; try a lower clock (-f 100k) or --connect under-reset");
	if (status == DAPPER_ERR_NO_ACK) {
		error_save(&state);
		if (dp->options.target_sel)
			snprintf(state.message, sizeof(state.message),
				"no target with TARGETSEL 0x%08x answers on SWD",
				(unsigned)dp->options.target_sel);
		else
			snprintf(state.message, sizeof(state.message), "no target answers on SWD");
		error_restore(&state);
	}
	return dapper_fail_hint(status,
		"check power, SWDIO/SWCLK/GND wiring and that no other tool uses the target; "
		"try a lower clock (-f 100k) or --connect under-reset");
}

/* Others on the wire must not have been meant too. */
static dapper_status check_selection(const struct dp *dp)
{
	const uint32_t wanted = dp->options.target_sel;

	if (!wanted)
		return DAPPER_OK;
	if (dp->version < 2)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED,
			"the target that answers is a DPv%u, which cannot be selected by "
			"dp-target-id",
			dp->version);
	if ((wanted ^ dp->target_id) & TARGETSEL_ID)
		return dapper_fail(DAPPER_ERR_NO_ACK, "TARGETID of the target is 0x%08x",
			(unsigned)dp->target_id);
	if ((wanted ^ dp->dlpidr) & DP_TARGETSEL_TINSTANCE)
		return dapper_fail(
			DAPPER_ERR_NO_ACK, "DLPIDR of the target is 0x%08x", (unsigned)dp->dlpidr);
	return DAPPER_OK;
}

static dapper_status attach_once(struct dp *dp, unsigned attempt, uint32_t abort_bits)
{
	TRY(dp_identify(dp, attempt));
	TRY(dp_power_up(dp, abort_bits));
	return check_selection(dp);
}

/*
 * Parts that have several debug ports on their own wire, by TARGETID: until one is selected all of
 * them answer at once.
 */
static const struct shared_wire {
	uint32_t target_id;
	const char *name;
} shared_wires[] = {
	{ 0x01002927, "RP2040" }, /* RP2040 datasheet, 2.3.4 */
};

/* @return The one to be selected when the user did not say; 0: there is no choice. */
static uint32_t default_target_sel(const struct dp *dp)
{
	if (dp->options.target_sel || dp_is_jtag(dp) || dp->version < 2)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(shared_wires); i++)
		if (!((shared_wires[i].target_id ^ dp->target_id) & TARGETSEL_ID)) {
			log_info(dp->context, DAPPER_LOG_ADI,
				"%s: several debug ports on this wire; the first is taken "
				"(dp-target-id chooses another)",
				shared_wires[i].name);
			return shared_wires[i].target_id & ~DP_TARGETSEL_TINSTANCE;
		}
	return 0;
}

static dapper_status attach(struct dp *dp)
{
	struct back_off back_off = back_off_start(dp->probe);
	dapper_status status = DAPPER_OK;
	uint32_t abort_bits = 0;

	for (unsigned i = 0; i < ATTACH_ATTEMPTS; i++) {
		if (i > 0)
			back_off_wait(&back_off);
		status = attach_once(dp, i + 1, abort_bits);
		if (!dp_is_target_answer(status))
			break;
		/* An access that somebody left hanging in an AP. */
		if (status == DAPPER_ERR_WAIT)
			abort_bits = DP_ABORT_DAPABORT;
	}
	dp->is_lost = status != DAPPER_OK;
	return dp_is_target_answer(status) ? fail_attach(dp, status) : status;
}

dapper_status dp_attach(struct dp *dp)
{
	uint32_t target_sel;

	TRY(attach(dp));
	target_sel = default_target_sel(dp);
	if (!target_sel)
		return DAPPER_OK;
	dp->options.target_sel = target_sel;
	return attach(dp);
}

static dapper_status take_options(struct dp *dp, const struct dp_options *options)
{
	dp->options = *options;
	dp->chain.count = 0;
	if (options->wire == DAPPER_WIRE_DEFAULT)
		dp->options.wire = DAPPER_WIRE_SWD;
	if (dp_is_jtag(dp) && options->target_sel) {
		dapper_fail(DAPPER_ERR_INVALID, "JTAG has no targets to select by dp-target-id");
		return dapper_fail_hint(DAPPER_ERR_INVALID,
			"use -O dap_protocol=swd, or -O jtag.tap=N to name a place in the chain");
	}
	return DAPPER_OK;
}

dapper_status dp_connect(struct dp *dp, const struct dp_options *options)
{
	TRY(take_options(dp, options));
	dp_invalidate(dp);
	dp->clock_hz = options->clock_hz;
	TRY(dapper_probe_connect(dp->probe, dp->options.wire, options->clock_hz, &dp->clock_hz));
	dp->is_connected = true;
	if (options->under_reset)
		TRY(dapper_probe_drive_reset(dp->probe, true));
	TRY(dp_attach(dp));
	dp->select = dp->select_done;
	dp->select_valid = dp->select_done_valid;
	log_info(dp->context, DAPPER_LOG_ADI, "DPv%u, DPIDR 0x%08x", dp->version,
		(unsigned)dp->dpidr);
	return DAPPER_OK;
}

/* The system domain before the debug domain, and both before the pins are let go. */
static void power_down(struct dp *dp)
{
	const dapper_transfer wait = {
		.kind = DAPPER_TRANSFER_READ_UNTIL_MATCH,
		.reg = DP_CTRL_STAT,
		.mask = DP_POWER_ACKS,
		.retries = POWER_UP_POLLS,
		.count = 1,
	};
	struct batch batch = BATCH_INIT;

	dp_queue_clear(dp, &batch, 0);
	batch_write_dp(&batch, DP_CTRL_STAT, DP_CTRL_STAT_CDBGPWRUPREQ);
	batch_write_dp(&batch, DP_CTRL_STAT, 0);
	batch_add(&batch, &wait, NULL);
	/* Some parts keep their domains up as long as they run: that is no failure. */
	if (dp_run_once(dp, &batch) == DAPPER_ERR_MISMATCH)
		log_debug(dp->context, DAPPER_LOG_ADI, "the debug domain stays powered");
}

void dp_disconnect(struct dp *dp)
{
	struct error_state state;

	if (!dp->is_connected)
		return;
	/* Often called on the way out of a failure, which must not be lost. */
	error_save(&state);
	if (!dp->is_lost)
		power_down(dp);
	dapper_probe_disconnect(dp->probe);
	dp->is_connected = false;
	dp_invalidate(dp);
	error_restore(&state);
}
