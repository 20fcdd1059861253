/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_REPLY_H
#define CMSIS_DAP_REPLY_H

/**
 * @file
 * What a probe answers to a packet of transfers: the words go where the batch wants them, or it is
 * found out which transfer failed and how. Everything in an answer is doubted.
 */
#include "probe/drivers/cmsis_dap/packer.h"

/** Where and how a batch failed. */
struct dap_failure {
	size_t index; /* of the transfer */
	size_t word;  /* of it */
	dapper_ack ack;
};

/**
 * Take the answer to @p packet, which is one of @p batch.
 *
 * @param is_padded     The answer may have bytes behind its end.
 * @param[out] failure  Meaningful when the status is that of a target.
 * @retval DAPPER_ERR_WAIT, FAULT, NO_ACK, PARITY, MISMATCH  The target failed.
 * @retval DAPPER_ERR_PROBE_PROTOCOL  The probe did.
 */
dapper_status cmsis_dap_take_reply(const dapper_transfer *batch, const struct dap_packet *packet,
	const uint8_t *answer, size_t size, bool is_padded, struct dap_failure *failure);

/** Is it a status that the target is the cause of? */
bool cmsis_dap_is_target_failure(dapper_status status);

#endif /* CMSIS_DAP_REPLY_H */
