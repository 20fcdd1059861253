/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

/**
 * @file
 * The probe as the layers above see it. Every op of a driver is called from here and only from
 * here: this is where missing ops, counters and the wire log live.
 */
#include <dapper/plugin/probe_driver.h>

#include "base/clock.h"
#include "probe/batch.h"

/** The clock that every wait on this probe counts in. Lives as long as the probe. */
const struct clock *probe_clock(dapper_probe *probe);
dapper_context *probe_context(dapper_probe *probe);
dapper_probe *probe_ref(dapper_probe *probe);

/**
 * Run a batch; the transfers are counted, and logged on #DAPPER_LOG_WIRE.
 *
 * On failure the error says which transfer, with the note of the batch as its place, and @p result
 * (which may be NULL) how far it came. No recovery is done here: see dp_run() in adi/dp.h.
 */
dapper_status probe_run_batch(dapper_probe *probe, const struct batch *batch, uint32_t timeout_ms,
	struct dapper_batch_result *result);

/** As probe_run_batch(), but leaves the place in memory to the caller, who can ask the target. */
dapper_status probe_run_transfers(dapper_probe *probe, const struct batch *batch,
	uint32_t timeout_ms, struct dapper_batch_result *result);

/** @retval DAPPER_ERR_UNSUPPORTED  The driver does the protocol switch by itself. */
dapper_status probe_swj_sequence(dapper_probe *probe, size_t bit_count, const uint8_t *bits);

/** The optional ops of JTAG and raw SWD. @retval DAPPER_ERR_UNSUPPORTED  The driver has it not. */
dapper_status probe_jtag_sequence(dapper_probe *probe, const dapper_jtag_run *runs, size_t count);
dapper_status probe_jtag_configure(
	dapper_probe *probe, const uint8_t *ir_lengths, size_t tap_count, size_t index);
dapper_status probe_swd_sequence(dapper_probe *probe, const dapper_swd_run *runs, size_t count);

/** While closing, a session goes on talking to the target although it was cancelled. */
void probe_set_cancellable(dapper_probe *probe, bool cancellable);

/** Called whenever an access fails with #DAPPER_ERR_PROBE_GONE, before it returns. NULL: nobody. */
typedef void (*probe_on_gone)(void *data);
void probe_set_on_gone(dapper_probe *probe, probe_on_gone on_gone, void *data);

/** How adi/ names a register for the wire log; @p text gets e.g. "CTRL/STAT <- CDBGPWRUPREQ=1". */
typedef void (*probe_describe_transfer)(
	void *data, const dapper_transfer *transfer, char *text, size_t size);
void probe_set_describe(dapper_probe *probe, probe_describe_transfer describe, void *data);

/** Wrap a driver's instance, for tests and for those who bring their own driver. Takes over @p
 * data. */
dapper_status probe_create(dapper_context *context, const dapper_probe_driver *driver,
	void *driver_data, const dapper_probe_info *info, dapper_probe **probe);

/** As dapper_probe_list_new() and dapper_probe_open(), over these drivers, NULL-terminated. */
dapper_status probe_list_from(dapper_context *context, const dapper_probe_driver *const *drivers,
	dapper_probe_list **list);
dapper_status probe_open_from(dapper_context *context, const dapper_probe_driver *const *drivers,
	const char *name, dapper_probe **probe);

#endif /* PROBE_PROBE_H */
