/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual board in this process. The host's time is simulated: it moves when somebody waits, for
 * an answer or by sleeping, and at no other time. So the same work always costs the same, and a
 * simulated second costs no real one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/transport.h"
#include "vboard/vboard.h"

enum { NS_PER_MS = 1000000, LINE_SIZE = 256 };

/* An answer on its way to the host. */
struct answer {
	uint64_t arrival_ns;
	size_t size;
	uint8_t *bytes;
};

struct virtual_probe {
	dapper_context *context;
	struct vboard *board;
	uint64_t host_ns;
	struct answer *queue; /* ring of capacity: as many as the probe buffers */
	size_t capacity;
	size_t oldest;
	size_t waiting;
	uint64_t wait_ns;
	char line[LINE_SIZE]; /* of the firmware's output, not ended yet */
	size_t line_length;
	dapper_serial_callback serial; /* NULL: to the log only */
	void *serial_payload;
};

/* ---- the firmware's serial output goes to the log, line by line ---- */

static void end_line(struct virtual_probe *probe)
{
	probe->line[probe->line_length] = '\0';
	probe->line_length = 0;
	log_info(probe->context, DAPPER_LOG_VBOARD, "%s", probe->line);
}

static void take_output(void *payload, const void *data, size_t size)
{
	struct virtual_probe *probe = payload;
	const char *text = data;

	if (probe->serial)
		probe->serial(probe->serial_payload, data, size);
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\r')
			continue;
		if (text[i] == '\n' || probe->line_length == LINE_SIZE - 1)
			end_line(probe);
		if (text[i] != '\n')
			probe->line[probe->line_length++] = text[i];
	}
}

/* ---- packets ---- */

static dapper_status virtual_send(
	void *data, const uint8_t *packet, size_t size, uint32_t timeout_ms)
{
	struct virtual_probe *probe = data;
	struct answer *answer = &probe->queue[(probe->oldest + probe->waiting) % probe->capacity];

	(void)timeout_ms;
	if (probe->waiting == probe->capacity)
		return dapper_fail(DAPPER_ERR_INTERNAL,
			"more packets in flight than the %zu that the virtual probe buffers",
			probe->capacity);
	TRY(vboard_exchange(probe->board, probe->host_ns, packet, size, answer->bytes,
		&answer->size, &answer->arrival_ns));
	probe->waiting++;
	return DAPPER_OK;
}

static dapper_status wait_for(
	struct virtual_probe *probe, const struct answer *answer, uint32_t timeout_ms)
{
	uint64_t limit_ns = probe->host_ns + (uint64_t)timeout_ms * NS_PER_MS;
	uint64_t until_ns = answer->arrival_ns < limit_ns ? answer->arrival_ns : limit_ns;

	if (answer->arrival_ns <= probe->host_ns)
		return DAPPER_OK;
	probe->wait_ns += until_ns - probe->host_ns;
	probe->host_ns = until_ns;
	if (until_ns < answer->arrival_ns)
		return dapper_fail(DAPPER_ERR_TIMEOUT,
			"the virtual probe did not answer within %u ms of its time",
			(unsigned)timeout_ms);
	return DAPPER_OK;
}

static dapper_status virtual_receive(
	void *data, uint8_t *packet, size_t capacity, size_t *size, uint32_t timeout_ms)
{
	struct virtual_probe *probe = data;
	const struct answer *answer = &probe->queue[probe->oldest];
	dapper_status status;

	if (probe->waiting == 0)
		return dapper_fail(DAPPER_ERR_TIMEOUT, "nothing was asked of the virtual probe");
	status = wait_for(probe, answer, timeout_ms);
	/* One that is lost does not keep those behind it from coming. */
	if (status != DAPPER_OK && answer->arrival_ns != VBOARD_NEVER)
		return status;
	probe->oldest = (probe->oldest + 1) % probe->capacity;
	probe->waiting--;
	TRY(status);
	if (answer->size > capacity)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the virtual probe answered %zu bytes, more than its packets have",
			answer->size);
	memcpy(packet, answer->bytes, answer->size);
	*size = answer->size;
	return DAPPER_OK;
}

static void virtual_get_counters(void *data, dapper_probe_counters *counters)
{
	const struct virtual_probe *probe = data;
	struct vboard_counters board;

	vboard_get_counters(probe->board, &board);
	counters->swclk_cycles = board.swclk_cycles;
	counters->simulated_ns = probe->host_ns;
	counters->wire_ns = board.wire_ns;
	counters->flash_ns = board.flash_ns;
	counters->wait_ns = probe->wait_ns;
}

static uint64_t virtual_now_ns(void *data)
{
	return ((const struct virtual_probe *)data)->host_ns;
}

static void virtual_sleep_ns(void *data, uint64_t ns)
{
	struct virtual_probe *probe = data;

	probe->host_ns += ns;
	vboard_advance(probe->board, probe->host_ns);
}

static void virtual_set_serial(void *data, dapper_serial_callback callback, void *payload)
{
	struct virtual_probe *probe = data;

	probe->serial = callback;
	probe->serial_payload = payload;
}

static void virtual_close(void *data)
{
	struct virtual_probe *probe = data;

	vboard_set_output(probe->board, NULL, NULL);
	if (probe->line_length > 0)
		end_line(probe);
	vboard_destroy(probe->board);
	for (size_t i = 0; i < probe->capacity; i++)
		free(probe->queue[i].bytes);
	free(probe->queue);
	free(probe);
}

static const struct cmsis_dap_transport_ops virtual_ops = {
	.send = virtual_send,
	.receive = virtual_receive,
	.close = virtual_close,
	.get_counters = virtual_get_counters,
	.now_ns = virtual_now_ns,
	.sleep_ns = virtual_sleep_ns,
	.set_serial = virtual_set_serial,
};

/* ---- opening ---- */

static dapper_status make_queue(struct virtual_probe *probe)
{
	size_t count = vboard_packet_count(probe->board);
	size_t size = vboard_packet_size(probe->board);

	probe->queue = xcalloc(count, sizeof(*probe->queue));
	if (!probe->queue)
		return FAIL_NO_MEMORY("answers of the virtual probe");
	probe->capacity = count;
	for (size_t i = 0; i < count; i++) {
		probe->queue[i].bytes = xcalloc(size, 1);
		if (!probe->queue[i].bytes)
			return FAIL_NO_MEMORY("answers of the virtual probe");
	}
	return DAPPER_OK;
}

dapper_status cmsis_dap_virtual_wrap(
	dapper_context *context, struct vboard *board, struct cmsis_dap_transport *transport)
{
	struct virtual_probe *probe = xnew(probe);
	dapper_status status;

	if (!probe) {
		vboard_destroy(board);
		return FAIL_NO_MEMORY("a virtual probe");
	}
	probe->context = context;
	probe->board = board;
	status = make_queue(probe);
	if (status != DAPPER_OK) {
		virtual_close(probe);
		return status;
	}
	vboard_set_output(board, take_output, probe);
	probe->host_ns = vboard_now_ns(board);
	*transport = (struct cmsis_dap_transport){ .ops = &virtual_ops, .data = probe };
	return DAPPER_OK;
}

dapper_status cmsis_dap_virtual_open(
	dapper_context *context, const char *address, struct cmsis_dap_transport *transport)
{
	struct vboard *board = NULL;

	TRY(vboard_create(context, address, &board));
	return cmsis_dap_virtual_wrap(context, board, transport);
}
