/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_LINK_H
#define CMSIS_DAP_LINK_H

/**
 * @file
 * The packet stream to one probe: buffers, counters, and how many answers are still to come. An
 * operation that gives up leaves its answers owed; the next one takes them off the stream first, so
 * that no answer is ever taken for that of another request.
 */
#include "base/clock.h"
#include "probe/drivers/cmsis_dap/transport.h"

struct dap_link {
	struct cmsis_dap_transport transport;
	struct clock clock;
	size_t packet_size;
	unsigned packet_count;
	unsigned in_flight; /* requests whose answer has not been taken */
	bool gone;
	size_t capacity;  /* bytes of an answer; a request has room for DAP_EXECUTE_HEADER more */
	uint8_t *request; /* the next packet is built here */
	uint8_t *answer;  /* the last one received */
	dapper_probe_counters counters;
};

/** Start with the smallest packets, one at a time. Takes over the transport, also on failure. */
dapper_status link_init(struct dap_link *link, const struct cmsis_dap_transport *transport);
void link_finish(struct dap_link *link);

/** What the probe said of its packets; both are within the protocol's bounds. */
dapper_status link_set_packets(struct dap_link *link, size_t packet_size, unsigned packet_count);

/** Send @p size bytes at @p bytes, which lie in the request buffer. */
dapper_status link_send(
	struct dap_link *link, const uint8_t *bytes, size_t size, const struct deadline *deadline);
/** Take the next answer into the answer buffer. */
dapper_status link_receive(struct dap_link *link, size_t *size, const struct deadline *deadline);

/**
 * Take and forget the answers that are owed.
 *
 * @retval DAPPER_ERR_TIMEOUT  Some did not come.
 */
dapper_status link_settle(struct dap_link *link, const struct deadline *deadline);

/** As link_settle(), after a failure whose error is to be kept; what does not come stays owed. */
void link_drain(struct dap_link *link, const struct deadline *deadline);

#endif /* CMSIS_DAP_LINK_H */
