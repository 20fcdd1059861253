/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_DAP_H
#define CMSIS_DAP_DAP_H

/**
 * @file
 * One open CMSIS-DAP probe, as the files of this driver share it.
 */
#include "probe/drivers/cmsis_dap/link.h"
#include "probe/drivers/cmsis_dap/packer.h"

enum {
	DAP_TEXT_SIZE = 96,
	DAP_PROPERTY_COUNT = 8,
	/** Every operation that is given no timeout of its own. */
	DAP_TIMEOUT_MS = 5000,
	DAP_CLOSE_TIMEOUT_MS = 1000,
	/**
	 * SWD idle cycles after each transfer. 0: they would be paid on every transfer (2 of them
	 * cost 4 %) and buy nothing. A slow AP answers WAIT, which the probe repeats by itself, and
	 * a last write, which needs clocks to get through the debug port, gets them from the read
	 * of RDBUFF by which the probe checks it.
	 */
	DAP_IDLE_CYCLES = 0
};

struct dap {
	dapper_context *context;
	struct dap_link link;
	uint32_t capabilities;
	bool atomic; /* DAP_ExecuteCommands works */
	bool connected;
	bool jtag;         /* as which it is */
	uint8_t dap_index; /* JTAG: of the TAP that transfers go to, from TDO */
	uint32_t clock_hz;
	uint16_t wait_retries;
	struct dap_poll_state poll;
	struct dap_packet *flight; /* ring of link.packet_count: sent, not answered */
	char *name;
	char properties[DAP_PROPERTY_COUNT][DAP_TEXT_SIZE];
};

/* ---- commands.c: what is said once ---- */

/** Ask for capabilities, packets, names; size the buffers. */
dapper_status cmsis_dap_identify(struct dap *dap);
dapper_status cmsis_dap_connect(struct dap *dap, dapper_wire wire, uint32_t clock_hz);
dapper_status cmsis_dap_disconnect(struct dap *dap, uint32_t timeout_ms);
dapper_status cmsis_dap_drive_reset(struct dap *dap, bool assert_reset);
dapper_status cmsis_dap_swj_sequence(struct dap *dap, size_t bit_count, const uint8_t *bits);
dapper_status cmsis_dap_jtag_configure(
	struct dap *dap, const uint8_t *ir_lengths, size_t tap_count, size_t index);
/** Name and value of a fact about the probe. */
bool cmsis_dap_get_property(
	const struct dap *dap, size_t index, const char **name, const char **value);

/* ---- sequence.c: runs of cycles ---- */

dapper_status cmsis_dap_jtag_sequence(struct dap *dap, const dapper_jtag_run *runs, size_t count);
dapper_status cmsis_dap_swd_sequence(struct dap *dap, const dapper_swd_run *runs, size_t count);

/* ---- pipeline.c: batches ---- */

dapper_status cmsis_dap_run_batch(struct dap *dap, const dapper_transfer *batch, size_t count,
	uint32_t timeout_ms, dapper_batch_result *result);

/* ---- api.c ---- */

/** Open the probe behind a transport, which is taken over, also on failure. */
dapper_status cmsis_dap_open(dapper_context *context, const char *name,
	const struct cmsis_dap_transport *transport, struct dap **dap);
void cmsis_dap_close(struct dap *dap);

#endif /* CMSIS_DAP_DAP_H */
