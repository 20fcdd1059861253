/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/drivers/cmsis_dap/link.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/protocol.h"

/* Before the packet size is known a probe on TCP may already use larger answers than a HID one. */
enum { FIRST_CAPACITY = 1024 };

static dapper_status make_buffers(struct dap_link *link, size_t capacity)
{
	uint8_t *request = xcalloc(capacity + DAP_EXECUTE_HEADER, 1);
	uint8_t *answer = xcalloc(capacity, 1);

	if (!request || !answer) {
		free(request);
		free(answer);
		return FAIL_NO_MEMORY("packets of the probe");
	}
	free(link->request);
	free(link->answer);
	link->request = request;
	link->answer = answer;
	link->capacity = capacity;
	return DAPPER_OK;
}

dapper_status link_init(struct dap_link *link, const struct cmsis_dap_transport *transport)
{
	const struct cmsis_dap_transport_ops *ops = transport->ops;
	dapper_status status;

	*link = (struct dap_link){
		.transport = *transport,
		.clock = host_clock,
		.packet_size = DAP_PACKET_SIZE_MIN,
		.packet_count = 1,
	};
	if (ops->now_ns && ops->sleep_ns)
		link->clock = (struct clock){ ops->now_ns, ops->sleep_ns, transport->data };
	status = make_buffers(link, FIRST_CAPACITY);
	if (status != DAPPER_OK)
		link_finish(link);
	return status;
}

void link_finish(struct dap_link *link)
{
	link->transport.ops->close(link->transport.data);
	free(link->request);
	free(link->answer);
}

dapper_status link_set_packets(struct dap_link *link, size_t packet_size, unsigned packet_count)
{
	if (packet_size > link->capacity)
		TRY(make_buffers(link, packet_size));
	link->packet_size = packet_size;
	link->packet_count = packet_count;
	if (link->transport.ops->set_packet_size)
		link->transport.ops->set_packet_size(link->transport.data, packet_size);
	return DAPPER_OK;
}

static dapper_status fail_gone(void)
{
	return dapper_fail(DAPPER_ERR_PROBE_GONE, "the probe went away earlier; open it again");
}

static dapper_status note_gone(struct dap_link *link, dapper_status status)
{
	if (status == DAPPER_ERR_PROBE_GONE) {
		link->gone = true;
		link->in_flight = 0;
	}
	return status;
}

dapper_status link_send(
	struct dap_link *link, const uint8_t *bytes, size_t size, const struct deadline *deadline)
{
	const struct cmsis_dap_transport *transport = &link->transport;

	if (link->gone)
		return fail_gone();
	TRY(note_gone(link,
		transport->ops->send(transport->data, bytes, size, deadline_left_ms(deadline))));
	link->in_flight++;
	link->counters.packets_out++;
	link->counters.bytes_out += size;
	return DAPPER_OK;
}

dapper_status link_receive(struct dap_link *link, size_t *size, const struct deadline *deadline)
{
	const struct cmsis_dap_transport *transport = &link->transport;
	dapper_status status;

	if (link->gone)
		return fail_gone();
	status = transport->ops->receive(
		transport->data, link->answer, link->capacity, size, deadline_left_ms(deadline));
	if (status == DAPPER_OK || status == DAPPER_ERR_PROBE_PROTOCOL)
		link->in_flight--;
	if (status != DAPPER_OK)
		return note_gone(link, status);
	link->counters.packets_in++;
	/* Nothing else in flight: the probe was idle while this answer travelled, and while the
	 * next request will. */
	link->counters.waits += link->in_flight == 0;
	link->counters.bytes_in += *size;
	return DAPPER_OK;
}

dapper_status link_settle(struct dap_link *link, const struct deadline *deadline)
{
	size_t size;

	while (link->in_flight > 0) {
		dapper_status status = link_receive(link, &size, deadline);

		/* Nonsense was an answer too: it is off the stream. */
		if (status != DAPPER_OK && status != DAPPER_ERR_PROBE_PROTOCOL)
			return status;
	}
	return DAPPER_OK;
}

void link_drain(struct dap_link *link, const struct deadline *deadline)
{
	struct error_state error;

	error_save(&error);
	link_settle(link, deadline);
	error_restore(&error);
}
