/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_SWJ_H
#define ADI_SWJ_H

/**
 * @file
 * The bit sequences that select SWD or JTAG on shared wires (IHI 0031, B4.3 line reset, B5.2 the
 * deprecated switches between the two, B5.3 dormant operation), and one SWD target among several
 * (B4.3.4 target selection).
 */
#include "probe/probe.h"

enum swj_sequence {
	SWJ_LINE_RESET,
	SWJ_JTAG_TO_SWD,
	/** By way of the dormant state; for targets that know no 0xE79E. */
	SWJ_DORMANT_TO_SWD,
	/** Test-Logic-Reset, then Run-Test/Idle; JTAG's line reset. */
	SWJ_TAP_RESET,
	SWJ_SWD_TO_JTAG,
	/** By way of the dormant state; for targets that know no 0xE73C. */
	SWJ_DORMANT_TO_JTAG,
};

/**
 * Clock out a sequence; with SWD a read of DPIDR must come next.
 *
 * @retval DAPPER_ERR_UNSUPPORTED  The probe does it by itself.
 */
dapper_status swj_send(dapper_probe *probe, enum swj_sequence sequence);

/**
 * Write TARGETSEL, after a line reset; a read of DPIDR must come next. No target acknowledges it,
 * so that this is no transfer.
 */
dapper_status swj_select_target(dapper_probe *probe, uint32_t targetsel);

#endif /* ADI_SWJ_H */
