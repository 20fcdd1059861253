/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_SWJ_H
#define ADI_SWJ_H

/**
 * @file
 * The bit sequences that select SWD on a wire shared with JTAG (IHI 0031, B4.3 line reset, B5.2 the
 * deprecated JTAG-to-SWD switch, B5.3 dormant operation).
 */
#include "probe/probe.h"

enum swj_sequence {
	SWJ_LINE_RESET,
	SWJ_JTAG_TO_SWD,
	/** By way of the dormant state; for targets that know no 0xE79E. */
	SWJ_DORMANT_TO_SWD,
};

/**
 * Clock out a sequence; after each of them a read of DPIDR must come first.
 *
 * @retval DAPPER_ERR_UNSUPPORTED  The probe does it by itself.
 */
dapper_status swj_send(dapper_probe *probe, enum swj_sequence sequence);

#endif /* ADI_SWJ_H */
