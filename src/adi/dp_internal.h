/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_DP_INTERNAL_H
#define ADI_DP_INTERNAL_H

/**
 * @file
 * Shared by dp.c (connecting), dp_jtag.c (what is different there) and dp_recover.c (what to do about
 * failed transfers).
 */
#include "adi/dp.h"
#include "adi/dp_regs.h"

enum { DP_TIMEOUT_MS = 5000 };

#define DP_POWER_REQUESTS (DP_CTRL_STAT_CSYSPWRUPREQ | DP_CTRL_STAT_CDBGPWRUPREQ)
#define DP_POWER_ACKS     (DP_CTRL_STAT_CSYSPWRUPACK | DP_CTRL_STAT_CDBGPWRUPACK)
#define DP_STICKY_FLAGS                                                              \
	(DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYCMP | DP_CTRL_STAT_STICKYORUN | \
		DP_CTRL_STAT_WDATAERR)

static inline bool dp_is_jtag(const struct dp *dp)
{
	return dp->options.wire == DAPPER_WIRE_JTAG;
}

/** Run a batch without any recovery, and follow what SELECT holds on the wire. */
dapper_status dp_run_bare(struct dp *dp, const struct batch *batch, uint32_t timeout_ms,
	struct dapper_batch_result *result);

/** dp_run_bare() of a batch made for once; ends the batch. */
dapper_status dp_run_once(struct dp *dp, struct batch *batch);

/** Remember what SELECT is after a batch that came so far. */
void dp_follow_select(
	struct dp *dp, const struct batch *batch, const struct dapper_batch_result *result);

/** What SELECT will be after a batch. @return false: not known. */
bool dp_select_after(const struct dp *dp, const struct batch *batch, uint32_t *select);

/**
 * Append what clears the sticky flags, and makes SELECT 0: ABORT; JTAG-DPs have them in CTRL/STAT,
 * where the power requests are written too.
 *
 * @param abort_bits  Besides: 0 or DAPABORT.
 */
void dp_queue_clear(struct dp *dp, struct batch *batch, uint32_t abort_bits);
/** The same; @p stat gets CTRL/STAT, whose power acknowledges are as they were before. */
void dp_queue_look(struct dp *dp, struct batch *batch, uint32_t *stat);

/** Is this a bad answer of the target, rather than a failure of the probe? */
bool dp_is_target_answer(dapper_status status);

/** A line reset (attempt 0) or a protocol switch, target selection, then DPIDR. */
dapper_status dp_identify(struct dp *dp, unsigned attempt);
/** Its part: clock out the sequence that is due. */
dapper_status dp_send_sequence(struct dp *dp, unsigned attempt);
/** DPIDR as read; false: no debug port has this one. */
bool dp_take_dpidr(struct dp *dp, uint32_t dpidr);

/* ---- dp_jtag.c ---- */

/** dp_identify(): the look for our TAP comes with a switch. */
dapper_status dp_jtag_identify(struct dp *dp, unsigned attempt);
/** dp_run_bare(): @p result->completed is not exact when the status is DAPPER_ERR_FAULT. */
dapper_status dp_jtag_run(struct dp *dp, const struct batch *batch, uint32_t timeout_ms,
	struct dapper_batch_result *result);
/** Switch the wire, identify and power up; several attempts. */
dapper_status dp_attach(struct dp *dp);
/** Clear sticky flags, request both power domains and wait for them. @p abort_bits: besides. */
dapper_status dp_power_up(struct dp *dp, uint32_t abort_bits);

/** The delays between tries: 1, 2, 4 ... ms, at most 64. */
struct back_off {
	const struct clock *clock;
	uint32_t next_ms;
};

struct back_off back_off_start(dapper_probe *probe);
void back_off_wait(struct back_off *back_off);

#endif /* ADI_DP_INTERNAL_H */
