/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running batches, and the one place where failed transfers are recovered from.
 *
 *   WAIT      The AP is busy for longer than the probe retried. Wait, with back-off, until RDBUFF can
 *             be read, then go on where the batch stopped; after the deadline, DAPABORT.
 *   FAULT     A sticky flag is set: clear it (IHI 0031 B2.2, ABORT), and ask TAR where it was.
 *   no acknowledge, parity
 *             The two ends are out of step: line reset, with JTAG Test-Logic-Reset, and DPIDR
 *             (B4.3), then, when the DP still has
 *             its power, the batch once more if nothing in it can have happened.
 *   mismatch  The port is fine; a poll ran out.
 *   anything else came from the probe: the next batch begins with a new connection.
 */
#include <stdio.h>
#include <string.h>

#include "adi/dp_internal.h"
#include "adi/mem_ap_regs.h"
#include "base/context.h"
#include "base/error.h"

enum { RELINK_TRIES = 2, REPEATS = 1 };

/* --- SELECT as the wire has seen it ----------------------------------------------------------- */

static bool is_select(const dapper_transfer *t)
{
	return !t->ap && t->kind == DAPPER_TRANSFER_WRITE && t->reg == DP_SELECT;
}

void dp_follow_select(
	struct dp *dp, const struct batch *batch, const struct dapper_batch_result *result)
{
	/* Whether a write that failed has arrived is not known. */
	if (result->completed < batch->count && is_select(&batch->transfers[result->completed])) {
		dp->select_done_valid = false;
		return;
	}
	for (size_t i = result->completed; i-- > 0;)
		if (is_select(&batch->transfers[i])) {
			dp->select_done = batch->transfers[i].value;
			dp->select_done_valid = true;
			return;
		}
}

bool dp_select_after(const struct dp *dp, const struct batch *batch, uint32_t *select)
{
	for (size_t i = batch->count; i-- > 0;)
		if (is_select(&batch->transfers[i])) {
			*select = batch->transfers[i].value;
			return true;
		}
	*select = dp->select_done;
	return dp->select_done_valid;
}

dapper_status dp_run_bare(struct dp *dp, const struct batch *batch, uint32_t timeout_ms,
	struct dapper_batch_result *result)
{
	dapper_status status;

	dp->names.select = dp->select_done;
	if (dp_is_jtag(dp))
		return dp_jtag_run(dp, batch, timeout_ms, result);
	status = probe_run_transfers(dp->probe, batch, timeout_ms, result);
	if (!batch->out_of_memory)
		dp_follow_select(dp, batch, result);
	return status;
}

/* --- what a transfer is, and where ------------------------------------------------------------ */

/* One run of a batch and how it went. */
struct run {
	struct dp *dp;
	struct batch rest; /* what is still to do after a WAIT; owned */
	const struct batch *batch;
	struct dapper_batch_result result;
	struct deadline deadline;
	struct back_off back_off;
	uint32_t select_before; /* SELECT on the wire when the batch began */
	bool select_before_valid;
	unsigned repeats;
};

static const dapper_transfer *failed_transfer(const struct run *run)
{
	return &run->batch->transfers[run->result.completed];
}

static const struct batch_note *failed_note(const struct run *run)
{
	return &run->batch->notes[run->result.completed];
}

static uint8_t ap_address(uint32_t select, const dapper_transfer *t)
{
	return (uint8_t)((select & DP_SELECT_APBANKSEL) | t->reg);
}

static bool is_banked_data(uint8_t address)
{
	return AP_REG_BANK(address) == AP_REG_BANK(MEM_AP_BD0);
}

static bool is_data(uint8_t address)
{
	return address == MEM_AP_DRW || is_banked_data(address);
}

/* Bytes that one transfer, or all of a block, covers. */
static uint64_t note_length(const struct batch_note *note, const dapper_transfer *t)
{
	return note->stride ? (uint64_t)note->stride * t->count : 4;
}

static bool note_covers(const struct batch_note *note, const dapper_transfer *t, uint64_t address)
{
	return note->is_memory && address >= note->address &&
	       address - note->address < note_length(note, t);
}

/* JTAG: a sticky flag was found when all had run. */
static bool is_anywhere(const struct run *run)
{
	return dp_is_jtag(run->dp) && run->result.ack == DAPPER_ACK_FAULT;
}

/* How many transfers, from the failed one back, may be the one. */
static size_t back_limit(const struct run *run)
{
	return is_anywhere(run) ? SIZE_MAX : 4;
}

/*
 * Where the failure was. A bus error of a write shows at the transfer after it, so TAR, which stays
 * at the access that failed, is believed when it lies in what was just being accessed.
 */
static bool find_place(const struct run *run, const uint64_t *tar, uint64_t *address)
{
	const struct batch_note *note = failed_note(run);
	const size_t failed = run->result.completed;

	for (size_t back = 0; tar && back < back_limit(run) && back <= failed; back++)
		if (note_covers(&run->batch->notes[failed - back],
			    &run->batch->transfers[failed - back], *tar)) {
			*address = *tar;
			/* BDn: TAR names 16 bytes only. */
			if (note_covers(note, failed_transfer(run), *tar) && !note->stride)
				*address = note->address;
			return true;
		}
	*address = note->address + (uint64_t)run->result.words * note->stride;
	return note->is_memory && !is_anywhere(run);
}

static dapper_status fail_at_place(
	const struct run *run, dapper_status status, uint32_t select, const uint64_t *tar)
{
	const dapper_transfer *t = failed_transfer(run);
	uint64_t address;

	if (!t->ap && !tar)
		return status;
	dapper_fail_where(status, "AP#%u", (unsigned)FIELD_GET(DP_SELECT_APSEL, select));
	if (!find_place(run, tar, &address))
		return status;
	return dapper_fail_where(status, "address 0x%08llx", (unsigned long long)address);
}

/* --- FAULT -------------------------------------------------------------------------------------
 */

/* TAR is read only where the failing transfer goes to the AP: elsewhere there may be no MEM-AP. */
static bool wants_tar(const struct run *run)
{
	const size_t failed = run->result.completed;

	for (size_t back = 0; back < back_limit(run) && back <= failed; back++)
		if (run->batch->notes[failed - back].is_memory)
			return true;
	return false;
}

static dapper_status read_tar(struct dp *dp, uint32_t select, uint64_t *tar)
{
	struct batch batch = BATCH_INIT;
	uint32_t low = 0;

	batch_write_dp(&batch, DP_SELECT, select & DP_SELECT_APSEL);
	batch_read_ap(&batch, AP_REG_OFFSET(MEM_AP_TAR), &low);
	TRY(dp_run_once(dp, &batch));
	*tar = low;
	return DAPPER_OK;
}

/* Clear what is sticky; @p stat is CTRL/STAT as found. ABORT and CTRL/STAT work in any state. */
static dapper_status clear_sticky(struct dp *dp, uint32_t abort_bits, uint32_t *stat)
{
	struct batch batch = BATCH_INIT;
	uint32_t after = 0;

	/* JTAG: even this would have to wait for what is to be aborted. */
	if (!dp_is_jtag(dp) || !abort_bits)
		batch_read_dp(&batch, DP_CTRL_STAT, stat);
	dp_queue_clear(dp, &batch, abort_bits);
	batch_read_dp(&batch, DP_CTRL_STAT, &after);
	TRY(dp_run_once(dp, &batch));
	if (after & DP_STICKY_FLAGS)
		return dapper_fail(DAPPER_ERR_FAULT,
			"sticky errors do not clear, CTRL/STAT is 0x%08x", (unsigned)after);
	if ((after & DP_POWER_ACKS) != DP_POWER_ACKS)
		return dp_power_up(dp, 0);
	return DAPPER_OK;
}

/* Try everything to be able to talk again. */
static dapper_status reattach(struct dp *dp)
{
	log_info(dp->context, DAPPER_LOG_ADI, "connecting to the debug port again");
	return dp_attach(dp);
}

/* The failure as it was, whatever the recovery met; and whether the port is usable again. */
static dapper_status report(
	struct dp *dp, struct error_state *failure, dapper_status recovered, const char *hint)
{
	dp->is_lost = recovered != DAPPER_OK;
	error_restore(failure);
	if (dp->is_lost)
		return dapper_fail_hint(failure->status,
			"the debug port does not recover; check power and wiring, or lower the "
			"clock (-f)");
	return hint ? dapper_fail_hint(failure->status, "%s", hint) : failure->status;
}

static const char *fault_hint(uint32_t stat)
{
	if ((stat & DP_POWER_ACKS) != DP_POWER_ACKS)
		return "the debug domain had lost its power and was powered up again";
	if (stat & DP_CTRL_STAT_WDATAERR)
		return "the target saw a parity error in written data: wiring, or a lower clock";
	if (stat & DP_CTRL_STAT_STICKYERR)
		return "the address is not mapped in this part, its clock is off, or it is "
		       "protected";
	return NULL;
}

static dapper_status recover_fault(struct run *run)
{
	const uint32_t select = run->dp->select_done;
	/* Else the address 0x4 of the DP is another register. */
	const bool stat_is_readable = run->dp->select_done_valid && !(select & DP_SELECT_DPBANKSEL);
	struct error_state failure;
	dapper_status recovered;
	uint64_t tar = 0;
	uint32_t stat = 0;
	bool has_tar = false;

	error_save(&failure);
	recovered = clear_sticky(run->dp, 0, &stat);
	if (recovered != DAPPER_OK)
		recovered = reattach(run->dp);
	else if (wants_tar(run))
		has_tar = read_tar(run->dp, select, &tar) == DAPPER_OK;
	error_restore(&failure);
	fail_at_place(run, failure.status, select, has_tar ? &tar : NULL);
	error_save(&failure);
	return report(run->dp, &failure, recovered,
		stat_is_readable && recovered == DAPPER_OK ? fault_hint(stat) : NULL);
}

/* --- no acknowledge, parity --------------------------------------------------------------------
 */

static dapper_status relink_once(struct dp *dp, bool *was_powered)
{
	struct batch batch = BATCH_INIT;
	uint32_t stat = 0;

	TRY(dp_identify(dp, 0));
	dp_queue_look(dp, &batch, &stat);
	TRY(dp_run_once(dp, &batch));
	*was_powered = (stat & DP_POWER_ACKS) == DP_POWER_ACKS;
	return *was_powered ? DAPPER_OK : dp_power_up(dp, 0);
}

static dapper_status relink(struct dp *dp, bool *was_powered)
{
	dapper_status status = DAPPER_OK;

	*was_powered = false;
	for (int i = 0; i < RELINK_TRIES; i++) {
		status = relink_once(dp, was_powered);
		if (!dp_is_target_answer(status))
			return status;
	}
	/* A target that lost its power is back in JTAG mode perhaps. */
	*was_powered = false;
	return reattach(dp);
}

/* Would doing it twice be the same as once? */
static bool is_repeatable(const struct run *run)
{
	const dapper_transfer *t = failed_transfer(run);

	if (run->result.completed > 0 || run->result.words > 0 || !run->select_before_valid)
		return false;
	return t->ap ? !is_data(ap_address(run->select_before, t)) : t->reg != DP_RDBUFF;
}

static dapper_status put_select_back(struct run *run)
{
	struct batch batch = BATCH_INIT;

	batch_write_dp(&batch, DP_SELECT, run->select_before);
	return dp_run_once(run->dp, &batch);
}

/* @return DAPPER_OK: run the batch again. */
static dapper_status recover_link(struct run *run)
{
	const uint32_t select = run->dp->select_done;
	const bool repeat = is_repeatable(run) && run->repeats < REPEATS;
	struct error_state failure;
	dapper_status recovered;
	bool was_powered;

	error_save(&failure);
	recovered = relink(run->dp, &was_powered);
	if (recovered == DAPPER_OK && was_powered && repeat) {
		run->repeats++;
		recovered = put_select_back(run);
		if (recovered == DAPPER_OK) {
			log_info(run->dp->context, DAPPER_LOG_ADI,
				"reset of the wire after '%s', trying again", failure.message);
			error_clear();
			return DAPPER_OK;
		}
	}
	error_restore(&failure);
	fail_at_place(run, failure.status, select, NULL);
	error_save(&failure);
	return report(
		run->dp, &failure, recovered, "check the wiring, or try a lower clock (-f 1M)");
}

/* --- WAIT --------------------------------------------------------------------------------------
 */

/* Until the AP has ended what it is at: RDBUFF answers then. */
static dapper_status wait_until_idle(struct run *run)
{
	dapper_status status;

	if (run->result.completed > 0 || run->result.words > 0)
		run->back_off = back_off_start(run->dp->probe);
	do {
		struct batch batch = BATCH_INIT;

		back_off_wait(&run->back_off);
		batch_read_dp(&batch, DP_RDBUFF, NULL);
		status = dp_run_once(run->dp, &batch);
	} while (status == DAPPER_ERR_WAIT && !deadline_passed(&run->deadline));
	return status;
}

/*
 * Can the transfer that got WAIT be done, or begun, again? A write was not accepted; a read may
 * have been, and only its value be late: of memory it is read again. Not so a run of reads of one
 * address, which a FIFO would notice.
 */
static bool is_resumable(const struct run *run)
{
	const dapper_transfer *t = failed_transfer(run);
	const struct batch_note *note = failed_note(run);

	if (!t->ap)
		return t->reg != DP_RDBUFF;
	if (!run->dp->select_done_valid)
		return false;
	if (!is_data(ap_address(run->dp->select_done, t)))
		return true;
	return t->kind == DAPPER_TRANSFER_READ_UNTIL_MATCH || t->kind == DAPPER_TRANSFER_WRITE ||
	       (note->is_memory && (t->count == 1 || note->stride));
}

/* Make run->rest what is still to do; TAR is set anew, for the access may have moved it. */
static void queue_rest(struct run *run)
{
	const dapper_transfer *failed = failed_transfer(run);
	const size_t words = run->result.words < failed->count ? run->result.words : 0;
	struct batch_note note = *failed_note(run);
	struct batch rest = BATCH_INIT;
	dapper_transfer first = *failed;

	note.address += (uint64_t)words * note.stride;
	first.count -= words;
	if (failed->kind == DAPPER_TRANSFER_READ_BLOCK)
		first.in += words * 4;
	if (failed->kind == DAPPER_TRANSFER_WRITE_BLOCK)
		first.out += words * 4;
	if (first.ap && note.is_memory && ap_address(run->dp->select_done, &first) == MEM_AP_DRW)
		batch_write_ap(&rest, AP_REG_OFFSET(MEM_AP_TAR), (uint32_t)note.address);
	batch_add(&rest, &first, &note);
	for (size_t i = run->result.completed + 1; i < run->batch->count; i++)
		batch_add(&rest, &run->batch->transfers[i], &run->batch->notes[i]);
	batch_finish(&run->rest);
	run->rest = rest;
	run->batch = &run->rest;
}

/* What hangs is given up; @return Whether the port is usable again. */
static dapper_status abort_access(struct dp *dp)
{
	uint32_t stat = 0;
	dapper_status status = clear_sticky(dp, DP_ABORT_DAPABORT, &stat);

	return dp_is_target_answer(status) ? reattach(dp) : status;
}

/* @return DAPPER_OK: run run->batch, which is now what is left. */
static dapper_status recover_wait(struct run *run)
{
	const uint32_t select = run->dp->select_done;
	struct error_state failure;
	dapper_status recovered;

	error_save(&failure);
	recovered = wait_until_idle(run);
	if (recovered == DAPPER_OK && is_resumable(run) && !deadline_passed(&run->deadline)) {
		queue_rest(run);
		error_clear();
		return DAPPER_OK;
	}
	/* A FAULT here is how the access that took so long has ended. */
	if (recovered == DAPPER_ERR_FAULT)
		return recover_fault(run);
	if (recovered == DAPPER_OK || dp_is_target_answer(recovered))
		recovered = abort_access(run->dp);
	error_restore(&failure);
	fail_at_place(run, failure.status, select, NULL);
	error_save(&failure);
	return report(run->dp, &failure, recovered,
		"the access hangs in the target and was aborted: is the bus or the memory busy, or "
		"its clock off?");
}

/* --- running ------------------------------------------------------------------------------------
 */

/* @return DAPPER_OK: run run->batch. */
static dapper_status recover(struct run *run, dapper_status status)
{
	switch ((int)status) {
	case DAPPER_ERR_WAIT:
		return recover_wait(run);
	case DAPPER_ERR_FAULT:
		return recover_fault(run);
	case DAPPER_ERR_NO_ACK:
	case DAPPER_ERR_PARITY:
		return recover_link(run);
	case DAPPER_ERR_MISMATCH:
		return fail_at_place(run, status, run->dp->select_done, NULL);
	case DAPPER_ERR_CANCELLED:
		return status;
	default:
		run->dp->is_lost = true;
		return status;
	}
}

static void begin(struct run *run, struct dp *dp, const struct batch *batch, uint32_t timeout_ms)
{
	*run = (struct run){
		.dp = dp,
		.batch = batch,
		.deadline = deadline_in_ms(probe_clock(dp->probe), timeout_ms),
		.back_off = back_off_start(dp->probe),
	};
}

/* The caches stand for the end of the batch; they are right if it got there. */
static void settle_caches(struct run *run, dapper_status status)
{
	const bool all_but_poll =
		status == DAPPER_ERR_MISMATCH && run->result.completed + 1 == run->batch->count;

	if (status != DAPPER_OK && !all_but_poll)
		dp_invalidate(run->dp);
}

dapper_status dp_run_timeout(struct dp *dp, const struct batch *batch, uint32_t timeout_ms)
{
	dapper_status status = DAPPER_OK;
	struct run run;

	begin(&run, dp, batch, timeout_ms);
	if (dp->is_lost && !batch->out_of_memory)
		status = reattach(dp);
	if (status != DAPPER_OK || batch->count == 0 || batch->out_of_memory) {
		if (status == DAPPER_OK)
			status = probe_run_transfers(dp->probe, batch, timeout_ms, &run.result);
		if (status != DAPPER_OK)
			dp_invalidate(dp);
		return status;
	}
	for (;;) {
		run.select_before = dp->select_done;
		run.select_before_valid = dp->select_done_valid;
		status = dp_run_bare(dp, run.batch, timeout_ms, &run.result);
		if (status == DAPPER_OK)
			break;
		status = recover(&run, status);
		if (status != DAPPER_OK)
			break;
	}
	settle_caches(&run, status);
	batch_finish(&run.rest);
	return status;
}

dapper_status dp_run(struct dp *dp, const struct batch *batch)
{
	return dp_run_timeout(dp, batch, DP_TIMEOUT_MS);
}

/* --- after a reset ------------------------------------------------------------------------------
 */

/* The usual case in one round trip: the port has not noticed the reset. */
static dapper_status check_port(struct dp *dp)
{
	struct batch batch = BATCH_INIT;
	uint32_t stat = 0;

	dp_queue_look(dp, &batch, &stat);
	TRY(dp_run_once(dp, &batch));
	return (stat & DP_POWER_ACKS) == DP_POWER_ACKS ? DAPPER_OK : dp_power_up(dp, 0);
}

dapper_status dp_recover(struct dp *dp, uint32_t timeout_ms)
{
	struct deadline deadline = deadline_in_ms(probe_clock(dp->probe), timeout_ms);
	struct back_off back_off = back_off_start(dp->probe);
	dapper_status status;

	dp_invalidate(dp);
	status = dp->is_lost ? reattach(dp) : check_port(dp);
	while (dp_is_target_answer(status) && !deadline_passed(&deadline)) {
		back_off_wait(&back_off);
		status = reattach(dp);
	}
	dp->is_lost = status != DAPPER_OK;
	if (status != DAPPER_OK)
		return dapper_fail_hint(status, "the debug port did not come back after the reset");
	dp->select = dp->select_done;
	dp->select_valid = dp->select_done_valid;
	return DAPPER_OK;
}
