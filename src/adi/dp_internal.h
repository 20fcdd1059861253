/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_DP_INTERNAL_H
#define ADI_DP_INTERNAL_H

/**
 * @file
 * Shared by dp.c (connecting) and dp_recover.c (what to do about failed transfers).
 */
#include "adi/dp.h"
#include "adi/dp_regs.h"

enum { DP_TIMEOUT_MS = 5000 };

/** Run a batch without any recovery, and follow what SELECT holds on the wire. */
dapper_status dp_run_bare(struct dp *dp, const struct batch *batch, uint32_t timeout_ms,
	struct dapper_batch_result *result);

/** dp_run_bare() of a batch made for once; ends the batch. */
dapper_status dp_run_once(struct dp *dp, struct batch *batch);

/** The sticky flags that ABORT can clear on this version of DP. */
uint32_t dp_abort_clear_bits(const struct dp *dp);

/** Is this a bad answer of the target, rather than a failure of the probe? */
bool dp_is_target_answer(dapper_status status);

/** A line reset or a protocol switch, then DPIDR. */
dapper_status dp_identify(struct dp *dp, unsigned attempt);
/** Switch the wire to SWD, identify and power up; several attempts. */
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
