/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to a probe once: who it is, how to drive the wire, the pins. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/exchange.h"
#include "probe/drivers/cmsis_dap/protocol.h"
#include "probe/drivers/cmsis_dap/transports/quirks.h"

enum {
	/* 8 request, 1 turnaround, 3 acknowledge, 1 turnaround: a transfer answered with WAIT. */
	WAIT_CYCLES = 13,
	/* How long an AP may be busy before the probe gives a transfer up. */
	WAIT_MS = 100,
	WAIT_RETRIES_MIN = 100,
	/* How long nRESET may take to rise against its capacitor. */
	RESET_SETTLE_US = 10000
};

enum property {
	PROPERTY_VENDOR,
	PROPERTY_PRODUCT,
	PROPERTY_SERIAL,
	PROPERTY_FIRMWARE,
	PROPERTY_PROTOCOL,
	PROPERTY_PACKET_SIZE,
	PROPERTY_PACKET_COUNT,
	PROPERTY_CAPABILITIES
};

static const char *const property_names[DAP_PROPERTY_COUNT] = {
	[PROPERTY_VENDOR] = "vendor",
	[PROPERTY_PRODUCT] = "product",
	[PROPERTY_SERIAL] = "serial number",
	[PROPERTY_FIRMWARE] = "firmware version",
	[PROPERTY_PROTOCOL] = "protocol version",
	[PROPERTY_PACKET_SIZE] = "packet size",
	[PROPERTY_PACKET_COUNT] = "packet count",
	[PROPERTY_CAPABILITIES] = "capabilities",
};

bool cmsis_dap_get_property(
	const struct dap *dap, size_t index, const char **name, const char **value)
{
	if (index >= DAP_PROPERTY_COUNT)
		return false;
	*name = property_names[index];
	*value = dap->properties[index];
	return true;
}

/* ---- identity ---- */

static struct exchange info(enum dap_info_id id)
{
	return (struct exchange){
		.request = { DAP_INFO, (uint8_t)id },
		.request_size = 2,
		.answer_size = EXCHANGE_COUNTED,
	};
}

/* Little-endian value of a DAP_Info that answers a number of at most two bytes; 0 when unknown. */
static uint32_t info_number(const struct exchange *answered)
{
	const uint8_t *bytes = answered->answer + 2;

	switch (answered->answer[1]) {
	case 0:
		return 0;
	case 1:
		return bytes[0];
	default:
		return get_le16(bytes);
	}
}

/* A probe's text is printed on terminals: keep what is printable, end it at its first NUL. */
static void info_text(const struct exchange *answered, char *text)
{
	const uint8_t *bytes = answered->answer + 2;
	size_t length = 0;

	while (length < answered->answer[1] && length + 1 < DAP_TEXT_SIZE && bytes[length] != 0) {
		bool printable = bytes[length] >= ' ' && bytes[length] <= '~';

		text[length] = printable ? (char)bytes[length] : '?';
		length++;
	}
	text[length] = '\0';
}

static void describe_capabilities(uint32_t capabilities, char *text)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{ DAP_CAPABILITY_SWD, "SWD" },
		{ DAP_CAPABILITY_JTAG, "JTAG" },
		{ DAP_CAPABILITY_SWO_UART, "SWO UART" },
		{ DAP_CAPABILITY_SWO_MANCHESTER, "SWO Manchester" },
		{ DAP_CAPABILITY_ATOMIC, "atomic" },
		{ DAP_CAPABILITY_TIMER, "timer" },
		{ DAP_CAPABILITY_SWO_STREAMING, "SWO streaming" },
		{ DAP_CAPABILITY_UART, "UART" },
		{ DAP_CAPABILITY_USB_COM, "USB COM" },
	};
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (capabilities & names[i].bit)
			used += (size_t)snprintf(text + used, DAP_TEXT_SIZE - used, "%s%s",
				used ? ", " : "", names[i].name);
}

static dapper_status set_packets(struct dap *dap, uint32_t size, uint32_t count)
{
	const struct cmsis_dap_transport *transport = &dap->link.transport;

	if (size < DAP_PACKET_SIZE_MIN || size > DAP_PACKET_SIZE_MAX)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe says that its packets have %u bytes; possible are %d to %d",
			(unsigned)size, DAP_PACKET_SIZE_MIN, DAP_PACKET_SIZE_MAX);
	if (count < 1 || count > DAP_PACKET_COUNT_MAX)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe says that it buffers %u packets; possible are 1 to %d",
			(unsigned)count, DAP_PACKET_COUNT_MAX);
	if (transport->packet_size_max && size > transport->packet_size_max)
		size = (uint32_t)transport->packet_size_max;
	if (transport->packet_count_max && count > transport->packet_count_max)
		count = transport->packet_count_max;
	dap->flight = xcalloc(count, sizeof(*dap->flight));
	if (!dap->flight)
		return FAIL_NO_MEMORY("the packets in flight");
	TRY(link_set_packets(&dap->link, size, count));
	snprintf(dap->properties[PROPERTY_PACKET_SIZE], DAP_TEXT_SIZE, "%u", (unsigned)size);
	snprintf(dap->properties[PROPERTY_PACKET_COUNT], DAP_TEXT_SIZE, "%u", (unsigned)count);
	return DAPPER_OK;
}

/* Capabilities first: from then on several questions go into one packet where that is possible. */
static dapper_status identify_packets(struct dap *dap, const struct deadline *deadline)
{
	struct exchange capabilities = info(DAP_INFO_CAPABILITIES);
	struct exchange packets[] = { info(DAP_INFO_PACKET_SIZE), info(DAP_INFO_PACKET_COUNT) };

	/* Numbers: they fit into the smallest packet together. */
	packets[0].answer_size = 4;
	packets[1].answer_size = 3;
	TRY(exchange_run(dap, &capabilities, 1, deadline));
	dap->capabilities = info_number(&capabilities);
	dap->atomic = dap->capabilities & DAP_CAPABILITY_ATOMIC;
	describe_capabilities(dap->capabilities, dap->properties[PROPERTY_CAPABILITIES]);
	TRY(exchange_run(dap, packets, ARRAY_SIZE(packets), deadline));
	if (packets[0].answer[1] != 2 || packets[1].answer[1] != 1)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe does not say how large its packets are");
	return set_packets(dap, info_number(&packets[0]), info_number(&packets[1]));
}

static dapper_status identify_names(struct dap *dap, const struct deadline *deadline)
{
	static const struct {
		enum dap_info_id id;
		enum property property;
	} texts[] = {
		{ DAP_INFO_VENDOR, PROPERTY_VENDOR },
		{ DAP_INFO_PRODUCT, PROPERTY_PRODUCT },
		{ DAP_INFO_SERIAL, PROPERTY_SERIAL },
		{ DAP_INFO_PROTOCOL_VERSION, PROPERTY_PROTOCOL },
		{ DAP_INFO_FIRMWARE_VERSION, PROPERTY_FIRMWARE },
	};
	struct exchange exchanges[ARRAY_SIZE(texts)];

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		exchanges[i] = info(texts[i].id);
	TRY(exchange_run(dap, exchanges, ARRAY_SIZE(exchanges), deadline));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		info_text(&exchanges[i], dap->properties[texts[i].property]);
	return DAPPER_OK;
}

/* Old firmware tells its own version where newer tells that of the protocol. */
static void apply_quirks(struct dap *dap)
{
	static const enum property versions[] = { PROPERTY_FIRMWARE, PROPERTY_PROTOCOL };
	const struct cmsis_dap_transport *transport = &dap->link.transport;

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		struct cmsis_dap_limits limits =
			quirks_find_limits(transport->usb_vendor_id, transport->usb_product_id,
				dap->properties[versions[i]], transport->usb_product);

		if (limits.packet_count == 0 || limits.packet_count >= dap->link.packet_count)
			continue;
		log_info(dap->context, DAPPER_LOG_PROBE, "at most %u packets at a time: %s",
			limits.packet_count, limits.why);
		dap->link.packet_count = limits.packet_count;
		snprintf(dap->properties[PROPERTY_PACKET_COUNT], DAP_TEXT_SIZE, "%u",
			limits.packet_count);
	}
}

dapper_status cmsis_dap_identify(struct dap *dap)
{
	struct deadline deadline = deadline_in_ms(&dap->link.clock, DAP_TIMEOUT_MS);

	TRY(identify_packets(dap, &deadline));
	TRY(identify_names(dap, &deadline));
	apply_quirks(dap);
	return DAPPER_OK;
}

/* ---- the wire ---- */

static uint16_t wait_retries_for(uint32_t clock_hz)
{
	uint64_t retries = (uint64_t)clock_hz * WAIT_MS / (UINT64_C(1000) * WAIT_CYCLES);

	if (retries < WAIT_RETRIES_MIN)
		return WAIT_RETRIES_MIN;
	return retries > UINT16_MAX ? UINT16_MAX : (uint16_t)retries;
}

static dapper_status choose_port(const struct dap *dap, dapper_wire wire, uint8_t *port)
{
	bool swd = dap->capabilities & DAP_CAPABILITY_SWD;
	bool jtag = dap->capabilities & DAP_CAPABILITY_JTAG;

	if (wire == DAPPER_WIRE_DEFAULT)
		wire = swd ? DAPPER_WIRE_SWD : DAPPER_WIRE_JTAG;
	if (wire == DAPPER_WIRE_SWD ? swd : jtag) {
		*port = wire == DAPPER_WIRE_SWD ? DAP_PORT_SWD : DAP_PORT_JTAG;
		return DAPPER_OK;
	}
	dapper_fail(DAPPER_ERR_UNSUPPORTED, "this probe has no %s",
		wire == DAPPER_WIRE_SWD ? "SWD" : "JTAG");
	return dapper_fail_hint(DAPPER_ERR_UNSUPPORTED, "it has: %s",
		dap->capabilities ? dap->properties[PROPERTY_CAPABILITIES] : "nothing");
}

/*
 * Run commands of which the last one only lights the probe's lamp: a probe without it is none the
 * worse. (Commands have numbers other than 0 here, so that an answer tells itself from none.)
 */
static dapper_status run_with_lamp(
	struct dap *dap, struct exchange *exchanges, size_t count, const struct deadline *deadline)
{
	dapper_status status = exchange_run(dap, exchanges, count, deadline);

	if (status == DAPPER_ERR_UNSUPPORTED && exchanges[count - 2].answer[0])
		return DAPPER_OK;
	return status;
}

static dapper_status open_port(
	struct dap *dap, uint8_t port, uint32_t clock_hz, const struct deadline *deadline)
{
	uint16_t retries = wait_retries_for(clock_hz);
	struct exchange exchanges[] = {
		EXCHANGE(DAP_CONNECT, port),
		EXCHANGE(DAP_SWJ_CLOCK, 0, 0, 0, 0),
		EXCHANGE(DAP_TRANSFER_CONFIGURE, DAP_IDLE_CYCLES, 0, 0, 0, 0),
		/* One cycle of turnaround, no data phase after WAIT and FAULT. */
		EXCHANGE(DAP_SWD_CONFIGURE, 0),
		EXCHANGE(DAP_HOST_STATUS, 0, 1),
	};

	put_le32(exchanges[1].request + 1, clock_hz);
	put_le16(exchanges[2].request + 2, retries);
	if (port == DAP_PORT_JTAG)
		/* One TAP, with the four instruction bits of Arm's JTAG-DP. */
		exchanges[3] = (struct exchange)EXCHANGE(DAP_JTAG_CONFIGURE, 1, 4);
	TRY(run_with_lamp(dap, exchanges, ARRAY_SIZE(exchanges), deadline));
	if (exchanges[0].answer[1] != port)
		return dapper_fail(DAPPER_ERR_PROBE_IO, "the probe refuses to open its %s port",
			port == DAP_PORT_SWD ? "SWD" : "JTAG");
	for (size_t i = 1; i + 1 < ARRAY_SIZE(exchanges); i++)
		TRY(exchange_check_status(&exchanges[i]));
	dap->wait_retries = retries;
	dap->clock_hz = clock_hz;
	dap->jtag = port == DAP_PORT_JTAG;
	dap->dap_index = 0;
	dap->poll = (struct dap_poll_state){ .retries_known = true, .retries = 0 };
	return DAPPER_OK;
}

dapper_status cmsis_dap_connect(struct dap *dap, dapper_wire wire, uint32_t clock_hz)
{
	struct deadline deadline = deadline_in_ms(&dap->link.clock, DAP_TIMEOUT_MS);
	uint8_t port = 0;

	TRY(choose_port(dap, wire, &port));
	TRY(open_port(dap, port, clock_hz, &deadline));
	dap->connected = true;
	return DAPPER_OK;
}

dapper_status cmsis_dap_disconnect(struct dap *dap, uint32_t timeout_ms)
{
	struct deadline deadline = deadline_in_ms(&dap->link.clock, timeout_ms);
	struct exchange exchanges[] = {
		EXCHANGE(DAP_DISCONNECT),
		EXCHANGE(DAP_HOST_STATUS, 0, 0),
	};

	dap->connected = false;
	TRY(run_with_lamp(dap, exchanges, ARRAY_SIZE(exchanges), &deadline));
	return exchange_check_status(&exchanges[0]);
}

dapper_status cmsis_dap_drive_reset(struct dap *dap, bool assert_reset)
{
	struct deadline deadline = deadline_in_ms(&dap->link.clock, DAP_TIMEOUT_MS);
	struct exchange exchange = EXCHANGE(
		DAP_SWJ_PINS, assert_reset ? 0 : DAP_PIN_NRESET, DAP_PIN_NRESET, 0, 0, 0, 0);

	put_le32(exchange.request + 3, RESET_SETTLE_US);
	TRY(exchange_run(dap, &exchange, 1, &deadline));
	/* Not every probe can read the pin back: the caller finds out from the target. */
	if (((exchange.answer[1] & DAP_PIN_NRESET) == 0) != assert_reset)
		log_debug(dap->context, DAPPER_LOG_PROBE, "nRESET does not read back as driven");
	return DAPPER_OK;
}

dapper_status cmsis_dap_swj_sequence(struct dap *dap, size_t bit_count, const uint8_t *bits)
{
	struct deadline deadline = deadline_in_ms(&dap->link.clock, DAP_TIMEOUT_MS);

	while (bit_count > 0) {
		size_t n = bit_count < DAP_SEQUENCE_BITS_MAX ? bit_count : DAP_SEQUENCE_BITS_MAX;
		size_t bytes = (n + 7) / 8;
		/* 256 bits are written as 0. */
		struct exchange exchange = EXCHANGE(DAP_SWJ_SEQUENCE, (uint8_t)n);

		memcpy(exchange.request + 2, bits, bytes);
		exchange.request_size = (uint8_t)(2 + bytes);
		TRY(exchange_run(dap, &exchange, 1, &deadline));
		TRY(exchange_check_status(&exchange));
		bits += bytes;
		bit_count -= n;
	}
	return DAPPER_OK;
}

dapper_status cmsis_dap_jtag_configure(
	struct dap *dap, const uint8_t *ir_lengths, size_t tap_count, size_t index)
{
	struct deadline deadline = deadline_in_ms(&dap->link.clock, DAP_TIMEOUT_MS);
	struct exchange exchange = EXCHANGE(DAP_JTAG_CONFIGURE, (uint8_t)tap_count);

	if (tap_count == 0 || tap_count > sizeof(exchange.request) - 2 || index >= tap_count)
		return dapper_fail(DAPPER_ERR_INVALID, "there is no TAP %zu in a chain of %zu",
			index, tap_count);
	memcpy(exchange.request + 2, ir_lengths, tap_count);
	exchange.request_size = (uint8_t)(2 + tap_count);
	TRY(exchange_run(dap, &exchange, 1, &deadline));
	if (exchange_check_status(&exchange) != DAPPER_OK)
		return dapper_fail_hint(DAPPER_ERR_PROBE_IO,
			"the chain has %zu TAPs; most probes can do with 8", tap_count);
	dap->dap_index = (uint8_t)index;
	return DAPPER_OK;
}
