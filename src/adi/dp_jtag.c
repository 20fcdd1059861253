/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is different about a debug port behind JTAG (IHI 0031, chapter B3):
 *
 *   - It is one TAP of a chain, which must be found.
 *   - A scan is answered WAIT or OK/FAULT in one: whether something failed is in the sticky flags of
 *     CTRL/STAT, and an access port ignores what comes after. Each batch ends with a look at them.
 *   - The sticky flags are cleared there too: dp_queue_clear().
 */
#include "adi/dp_internal.h"
#include "adi/swj.h"
#include "base/context.h"
#include "base/error.h"

/* --- connecting ------------------------------------------------------------------------------- */

static dapper_status find_tap(struct dp *dp)
{
	uint8_t ir_lengths[JTAG_MAX_TAPS];
	const struct jtag_chain *chain = &dp->chain;

	TRY(jtag_chain_detect(dp->probe, dp->options.jtag_tap, &dp->chain, &dp->tap));
	for (size_t i = 0; i < chain->count; i++) {
		ir_lengths[i] = chain->taps[i].ir_length;
		log_debug(dp->context, DAPPER_LOG_ADI, "TAP %zu: IDCODE 0x%08x%s", i,
			(unsigned)chain->taps[i].idcode, i == dp->tap ? ", the debug port" : "");
	}
	return probe_jtag_configure(dp->probe, ir_lengths, chain->count, dp->tap);
}

/* A probe that cannot look is taken at its word: one TAP. */
static dapper_status find_tap_if_possible(struct dp *dp)
{
	dapper_status status = find_tap(dp);

	if (status != DAPPER_ERR_UNSUPPORTED || dp->options.jtag_tap > 1 || dp->chain.count > 1)
		return status;
	log_info(dp->context, DAPPER_LOG_ADI, "%s; the debug port is taken to be alone",
		dapper_error_last()->message);
	error_clear();
	dp->chain.count = 0;
	return DAPPER_OK;
}

/* DPv0 has no DPIDR, but the ID code, whose version field says so (B2.2, DPIDR). */
static uint32_t identity(const struct dp *dp, uint32_t dpidr)
{
	return dpidr == 0 && dp->chain.count > 0 ? dp->chain.taps[dp->tap].idcode : dpidr;
}

dapper_status dp_jtag_identify(struct dp *dp, unsigned attempt)
{
	struct dapper_batch_result result;
	struct batch batch = BATCH_INIT;
	dapper_status status;
	uint32_t dpidr = 0;

	TRY(dp_send_sequence(dp, attempt));
	if (attempt > 0)
		TRY(find_tap_if_possible(dp));
	batch_read_dp(&batch, DP_DPIDR, &dpidr);
	/* Without a look at flags: what somebody left behind is cleared next. */
	status = probe_run_transfers(dp->probe, &batch, DP_TIMEOUT_MS, &result);
	batch_finish(&batch);
	if (status != DAPPER_OK)
		return status;
	if (!dp_take_dpidr(dp, identity(dp, dpidr)))
		return dapper_fail(DAPPER_ERR_NO_ACK, "DPIDR reads 0x%08x, which no debug port has",
			(unsigned)dpidr);
	return DAPPER_OK;
}

/* --- running a batch -------------------------------------------------------------------------- */

/* CTRL/STAT is in bank 0. */
static void queue_flags(struct batch *batch, uint32_t select, uint32_t *stat)
{
	const bool banked = (select & DP_SELECT_DPBANKSEL) != 0;

	if (banked)
		batch_write_dp(batch, DP_SELECT, select & ~DP_SELECT_DPBANKSEL);
	batch_read_dp(batch, DP_CTRL_STAT, stat);
	if (banked)
		batch_write_dp(batch, DP_SELECT, select);
}

static dapper_status read_flags(struct dp *dp, uint32_t timeout_ms, uint32_t *stat)
{
	struct dapper_batch_result result;
	struct batch batch = BATCH_INIT;
	dapper_status status;

	queue_flags(&batch, dp->select_done, stat);
	status = probe_run_transfers(dp->probe, &batch, timeout_ms, &result);
	dp_follow_select(dp, &batch, &result);
	batch_finish(&batch);
	return status;
}

/* All of a batch was accepted, but its last access takes its time. */
static dapper_status wait_for_flags(struct dp *dp, uint32_t timeout_ms, uint32_t *stat)
{
	struct deadline deadline = deadline_in_ms(probe_clock(dp->probe), timeout_ms);
	struct back_off back_off = back_off_start(dp->probe);
	dapper_status status;

	do {
		back_off_wait(&back_off);
		status = read_flags(dp, timeout_ms, stat);
	} while (status == DAPPER_ERR_WAIT && !deadline_passed(&deadline));
	if (status == DAPPER_OK)
		error_clear();
	return status;
}

static dapper_status run_checked(struct dp *dp, const struct batch *batch, uint32_t timeout_ms,
	struct dapper_batch_result *result, uint32_t *stat)
{
	struct batch checked = BATCH_INIT;
	dapper_status status;
	uint32_t select;

	for (size_t i = 0; i < batch->count; i++)
		batch_add(&checked, &batch->transfers[i], &batch->notes[i]);
	if (dp_select_after(dp, batch, &select))
		queue_flags(&checked, select, stat);
	status = probe_run_transfers(dp->probe, &checked, timeout_ms, result);
	if (!checked.out_of_memory)
		dp_follow_select(dp, &checked, result);
	batch_finish(&checked);
	return status;
}

/* As far as is known: the last access of an access port. The place comes from TAR. */
static dapper_status fail_flags(
	const struct batch *batch, uint32_t stat, struct dapper_batch_result *result)
{
	size_t last = batch->count - 1;

	for (size_t i = batch->count; i-- > 0;)
		if (batch->transfers[i].ap) {
			last = i;
			break;
		}
	*result = (struct dapper_batch_result){ .completed = last, .ack = DAPPER_ACK_FAULT };
	return dapper_fail(
		DAPPER_ERR_FAULT, "an access failed (FAULT): CTRL/STAT is 0x%08x", (unsigned)stat);
}

dapper_status dp_jtag_run(struct dp *dp, const struct batch *batch, uint32_t timeout_ms,
	struct dapper_batch_result *result)
{
	uint32_t stat = 0;
	dapper_status status;

	if (batch->count == 0 || batch->out_of_memory)
		return probe_run_transfers(dp->probe, batch, timeout_ms, result);
	status = run_checked(dp, batch, timeout_ms, result, &stat);
	if (status == DAPPER_ERR_WAIT && result->completed >= batch->count)
		status = wait_for_flags(dp, timeout_ms, &stat);
	else if (status == DAPPER_ERR_MISMATCH && dp->select_done_valid) {
		/* What a read gives that an access port ignored is never what was waited for. */
		struct error_state mismatch;

		error_save(&mismatch);
		TRY(read_flags(dp, timeout_ms, &stat));
		error_restore(&mismatch);
	}
	if ((status == DAPPER_OK || status == DAPPER_ERR_MISMATCH) && (stat & DP_STICKY_FLAGS))
		return fail_flags(batch, stat, result);
	if (status != DAPPER_OK && result->completed >= batch->count)
		result->completed = batch->count - 1;
	else if (status == DAPPER_OK)
		result->completed = batch->count;
	return status;
}
