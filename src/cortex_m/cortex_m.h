/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORTEX_M_CORTEX_M_H
#define CORTEX_M_CORTEX_M_H

/**
 * @file
 * A Cortex-M core: Armv6-M (DDI 0419), v7-M (DDI 0403), v8-M (DDI 0553), found from its ID
 * registers.
 */
#include "coresight/component.h"
#include "target/target.h"

struct cortex_m;

/** What the core needs of the SoC above it. */
struct cortex_m_host {
	/**
	 * Pull nRESET and hold it for as long as the target needs, or let go; NULL where that is
	 * not possible.
	 */
	dapper_status (*drive_reset)(void *data, bool assert_reset);
	void *data;
};

/**
 * Make the core whose SCS is @p scs; reads its ID registers and enables halting debug
 * (DHCSR.C_DEBUGEN), changes nothing else: a core that is halted stays so. Where the part does not
 * allow halting debug there is a warning, and a core whose halt() fails with DAPPER_ERR_LOCKED.
 *
 * @param host  Copied.
 * @param[out] core  Attached nowhere, without a memory map (the SoC sets it); end it with
 *                   node_destroy().
 * @retval DAPPER_ERR_NO_CORE  There is none behind the SCS: it is switched off, or secured.
 */
dapper_status cortex_m_create(dapper_context *context, struct component *scs,
	const struct cortex_m_host *host, struct dapper_target **core);

/** Arm (or disarm) the halt after reset: DEMCR.VC_CORERESET. */
dapper_status cortex_m_set_reset_catch(struct dapper_target *core, bool enable);

/**
 * Leave the core as found: breakpoints gone, vector catch off; resumed and debug off unless
 * @p keep_halted. Best effort: all steps are tried.
 */
void cortex_m_release(struct dapper_target *core, bool keep_halted);

#endif /* CORTEX_M_CORTEX_M_H */
