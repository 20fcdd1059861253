/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/drivers/cmsis_dap/exchange.h"

#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/protocol.h"

static const char *command_name(uint8_t id)
{
	static const struct {
		uint8_t id;
		const char *name;
	} names[] = {
		{ DAP_INFO, "DAP_Info" },
		{ DAP_HOST_STATUS, "DAP_HostStatus" },
		{ DAP_CONNECT, "DAP_Connect" },
		{ DAP_DISCONNECT, "DAP_Disconnect" },
		{ DAP_TRANSFER_CONFIGURE, "DAP_TransferConfigure" },
		{ DAP_SWJ_PINS, "DAP_SWJ_Pins" },
		{ DAP_SWJ_CLOCK, "DAP_SWJ_Clock" },
		{ DAP_SWJ_SEQUENCE, "DAP_SWJ_Sequence" },
		{ DAP_SWD_CONFIGURE, "DAP_SWD_Configure" },
		{ DAP_JTAG_SEQUENCE, "DAP_JTAG_Sequence" },
		{ DAP_JTAG_CONFIGURE, "DAP_JTAG_Configure" },
		{ DAP_SWD_SEQUENCE, "DAP_SWD_Sequence" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].id == id)
			return names[i].name;
	return "a command";
}

static size_t most_answer_bytes(const struct exchange *exchange)
{
	return exchange->answer_size == EXCHANGE_COUNTED ? EXCHANGE_COUNTED_MAX
	                                                 : exchange->answer_size;
}

/* How many of the commands fit into one packet; at least one does in any. */
static size_t count_for_packet(
	const struct dap *dap, const struct exchange *exchanges, size_t count)
{
	size_t request = DAP_EXECUTE_HEADER, answer = DAP_EXECUTE_HEADER;
	size_t n = 0;

	while (dap->atomic && n < count && n < UINT8_MAX) {
		request += exchanges[n].request_size;
		answer += most_answer_bytes(&exchanges[n]);
		if (request > dap->link.packet_size || answer > dap->link.packet_size)
			break;
		n++;
	}
	return n ? n : 1;
}

static dapper_status fail_no_answer(const struct exchange *exchange, dapper_status status)
{
	if (status != DAPPER_ERR_TIMEOUT)
		return status;
	dapper_fail(DAPPER_ERR_PROBE_IO, "the probe does not answer %s",
		command_name(exchange->request[0]));
	return dapper_fail_hint(DAPPER_ERR_PROBE_IO,
		"another program may be using it; unplug the probe and plug it in again");
}

static dapper_status send_packet(struct dap *dap, const struct exchange *exchanges, size_t count,
	const struct deadline *deadline)
{
	uint8_t *bytes = dap->link.request;
	size_t size = 0;

	if (count > 1) {
		bytes[size++] = DAP_EXECUTE_COMMANDS;
		bytes[size++] = (uint8_t)count;
	}
	for (size_t i = 0; i < count; i++) {
		memcpy(bytes + size, exchanges[i].request, exchanges[i].request_size);
		size += exchanges[i].request_size;
	}
	return link_send(&dap->link, bytes, size, deadline);
}

static dapper_status fail_answer(const struct exchange *exchange, const char *what)
{
	return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL, "the probe's answer to %s %s",
		command_name(exchange->request[0]), what);
}

/* Take one command's answer off the front of @p bytes. */
static dapper_status take_answer(struct exchange *exchange, const uint8_t **bytes, size_t *left)
{
	size_t size = exchange->answer_size;

	if (*left < 1)
		return fail_answer(exchange, "is missing");
	if ((*bytes)[0] == DAP_INVALID)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "the probe does not implement %s",
			command_name(exchange->request[0]));
	if ((*bytes)[0] != exchange->request[0])
		return fail_answer(exchange, "is one to another command");
	if (size == EXCHANGE_COUNTED)
		size = *left < 2 ? 2 : 2 + (size_t)(*bytes)[1];
	if (size > *left)
		return fail_answer(exchange, "is too short");
	memcpy(exchange->answer, *bytes, size);
	*bytes += size;
	*left -= size;
	return DAPPER_OK;
}

static dapper_status take_packet(
	struct dap *dap, struct exchange *exchanges, size_t count, size_t size)
{
	const uint8_t *bytes = dap->link.answer;

	if (count > 1) {
		if (size < DAP_EXECUTE_HEADER || bytes[0] != DAP_EXECUTE_COMMANDS ||
			bytes[1] > count)
			return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
				"the probe's answer to DAP_ExecuteCommands does not repeat it");
		/* It may stop at one that it does not implement; that is found below. */
		bytes += DAP_EXECUTE_HEADER;
		size -= DAP_EXECUTE_HEADER;
	}
	for (size_t i = 0; i < count; i++)
		TRY(take_answer(&exchanges[i], &bytes, &size));
	if (size > 0 && !dap->link.transport.is_padded)
		return fail_answer(&exchanges[count - 1], "is too long");
	return DAPPER_OK;
}

dapper_status exchange_run(
	struct dap *dap, struct exchange *exchanges, size_t count, const struct deadline *deadline)
{
	struct dap_link *link = &dap->link;
	size_t done = 0;

	TRY(fail_no_answer(exchanges, link_settle(link, deadline)));
	while (done < count) {
		struct exchange *next = &exchanges[done];
		size_t n = count_for_packet(dap, next, count - done);
		size_t size = 0;

		TRY(fail_no_answer(next, send_packet(dap, next, n, deadline)));
		TRY(fail_no_answer(next, link_receive(link, &size, deadline)));
		if (n > 1 && size >= 1 && link->answer[0] == DAP_INVALID) {
			/* It promised more than it keeps: nothing was executed. */
			log_debug(dap->context, DAPPER_LOG_PROBE,
				"the probe lacks DAP_ExecuteCommands after all");
			dap->atomic = false;
			continue;
		}
		TRY(take_packet(dap, next, n, size));
		done += n;
	}
	return DAPPER_OK;
}

dapper_status exchange_check_status(const struct exchange *exchange)
{
	if (exchange->answer[1] == DAP_STATUS_OK)
		return DAPPER_OK;
	return dapper_fail(DAPPER_ERR_PROBE_IO, "the probe refuses %s: status 0x%02x",
		command_name(exchange->request[0]), exchange->answer[1]);
}

dapper_status exchange_packet(
	struct dap *dap, size_t request_size, size_t answer_size, const struct deadline *deadline)
{
	struct dap_link *link = &dap->link;
	/* Of its own a command has no more to it here than its name and its status. */
	struct exchange exchange = { .request = { link->request[0] } };
	size_t size = 0;

	TRY(fail_no_answer(&exchange, link_settle(link, deadline)));
	TRY(fail_no_answer(&exchange, link_send(link, link->request, request_size, deadline)));
	TRY(fail_no_answer(&exchange, link_receive(link, &size, deadline)));
	if (size >= 1 && link->answer[0] == DAP_INVALID)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "the probe does not implement %s",
			command_name(exchange.request[0]));
	if (size < DAP_STATUS_ANSWER || link->answer[0] != exchange.request[0])
		return fail_answer(&exchange, "is one to another command");
	exchange.answer[1] = link->answer[1];
	TRY(exchange_check_status(&exchange));
	if (size < answer_size)
		return fail_answer(&exchange, "is too short");
	if (size > answer_size && !link->transport.is_padded)
		return fail_answer(&exchange, "is too long");
	return DAPPER_OK;
}
