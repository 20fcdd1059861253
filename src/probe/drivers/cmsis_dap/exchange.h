/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_EXCHANGE_H
#define CMSIS_DAP_EXCHANGE_H

/**
 * @file
 * Small commands and their answers: everything but the transfers. Several go into one packet where
 * the probe can execute such packets.
 */
#include "probe/drivers/cmsis_dap/dap.h"

enum {
	EXCHANGE_REQUEST_MAX = 34, /* the longest SWJ sequence */
	EXCHANGE_ANSWER_MAX = 2 + 255,
	/** answer_size of a DAP_Info: command, length, so many bytes. */
	EXCHANGE_COUNTED = 0,
	/**
	 * Most bytes that a DAP_Info may answer when it shares a packet: the documentation bounds
	 * its strings by the smallest packet.
	 */
	EXCHANGE_COUNTED_MAX = 64
};

struct exchange {
	uint8_t request[EXCHANGE_REQUEST_MAX];
	uint8_t request_size;
	uint8_t answer_size; /* EXCHANGE_COUNTED, or exactly */
	uint8_t answer[EXCHANGE_ANSWER_MAX];
};

/** A request of one byte or a few, answered by command and status. */
#define EXCHANGE(...)                                                     \
	{                                                                 \
		.request = { __VA_ARGS__ },                               \
		.request_size = sizeof((const uint8_t[]){ __VA_ARGS__ }), \
		.answer_size = DAP_STATUS_ANSWER                          \
	}

/**
 * Run commands in order and keep their answers.
 *
 * @retval DAPPER_ERR_PROBE_IO        No answer in time.
 * @retval DAPPER_ERR_PROBE_PROTOCOL  An answer to something else, or of a wrong length.
 * @retval DAPPER_ERR_UNSUPPORTED     The probe does not implement one; those before it were run.
 */
dapper_status exchange_run(
	struct dap *dap, struct exchange *exchanges, size_t count, const struct deadline *deadline);

/**
 * Send the first @p request_size bytes of link.request, one command, and take its answer, which
 * must say OK in its second byte and have @p answer_size bytes. It is in link.answer.
 */
dapper_status exchange_packet(
	struct dap *dap, size_t request_size, size_t answer_size, const struct deadline *deadline);

/** DAPPER_ERR_PROBE_IO when the status byte of an answer is not OK. */
dapper_status exchange_check_status(const struct exchange *exchange);

#endif /* CMSIS_DAP_EXCHANGE_H */
