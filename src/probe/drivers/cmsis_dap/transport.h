/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_TRANSPORT_H
#define CMSIS_DAP_TRANSPORT_H

/**
 * @file
 * How packets get to a CMSIS-DAP probe and back. A transport knows nothing of what is in them.
 *
 * Several requests may be sent before the first answer is taken; answers come in the order of the
 * requests, one each. A transport that pads its packets (HID reports) pads in send() and says so.
 */
#include <dapper/plugin/probe_driver.h>

struct cmsis_dap_transport_ops {
	/**
	 * Send a request. Does not wait for its answer.
	 *
	 * @retval DAPPER_ERR_TIMEOUT     It could not be handed over in time.
	 * @retval DAPPER_ERR_PROBE_GONE  There is nobody any more, and will not be.
	 */
	dapper_status (*send)(void *data, const uint8_t *packet, size_t size, uint32_t timeout_ms);

	/**
	 * Take the next answer.
	 *
	 * @param capacity   Bytes that @p packet has room for.
	 * @param[out] size  Bytes of the answer.
	 * @retval DAPPER_ERR_TIMEOUT        None came in time; it may still come.
	 * @retval DAPPER_ERR_PROBE_PROTOCOL One came and was no packet, or too long; it is used up.
	 * @retval DAPPER_ERR_PROBE_GONE     None will come any more.
	 */
	dapper_status (*receive)(
		void *data, uint8_t *packet, size_t capacity, size_t *size, uint32_t timeout_ms);

	/** Release everything. Never fails, blocks at most 1 s. */
	void (*close)(void *data);

	/**
	 * The probe has said how large its packets are; until then they have the smallest size.
	 * NULL: it makes no difference.
	 */
	void (*set_packet_size)(void *data, size_t size);

	/** Fill in what only a simulation knows; the rest is counted above. NULL: nothing. */
	void (*get_counters)(void *data, dapper_probe_counters *counters);

	/* Optional, both or neither: the time that timeouts count in. NULL: the host's clock. */
	uint64_t (*now_ns)(void *data);
	void (*sleep_ns)(void *data, uint64_t ns);

	/** Hand on what the firmware writes to its serial port. NULL: not known here. */
	void (*set_serial)(void *data, dapper_serial_callback callback, void *payload);
};

struct cmsis_dap_transport {
	const struct cmsis_dap_transport_ops *ops;
	void *data;
	/** Answers may be longer than what the probe said: padded to the packet's size. */
	bool is_padded;
	/* What the way there can carry, whatever the probe says. 0: no limit. */
	size_t packet_size_max;
	unsigned packet_count_max;
	/* Who it is on USB, for the table of quirks. 0: it is not on USB. */
	uint16_t usb_vendor_id;
	uint16_t usb_product_id;
	char usb_product[128];
};

/** Open what the part of a probe's name behind "KIND:" names. */
typedef dapper_status (*cmsis_dap_transport_open)(
	dapper_context *context, const char *address, struct cmsis_dap_transport *transport);

/** "HOST[:PORT]", "[IPV6]:PORT": the framing of OpenOCD's cmsis_dap_tcp back end. */
dapper_status cmsis_dap_tcp_open(
	dapper_context *context, const char *address, struct cmsis_dap_transport *transport);

/** "BOARD[,KEY=VALUE]...": a virtual board in this process, in simulated time. */
dapper_status cmsis_dap_virtual_open(
	dapper_context *context, const char *address, struct cmsis_dap_transport *transport);

/** A unique ID of cmsis_dap_usb_enumerate(): a probe on USB, by HID (v1) or bulk endpoints (v2). */
dapper_status cmsis_dap_usb_open(
	dapper_context *context, const char *unique_id, struct cmsis_dap_transport *transport);

/** "VENDOR:PRODUCT[:SERIAL]": the probe on USB of these IDs. */
dapper_status cmsis_dap_usb_open_address(
	dapper_context *context, const char *address, struct cmsis_dap_transport *transport);

/** Report the probes on USB, without opening any. */
dapper_status cmsis_dap_usb_enumerate(
	dapper_context *context, dapper_probe_found found, void *payload);

struct vboard;

/** The same over a board that was made already, which is taken over, also on failure. */
dapper_status cmsis_dap_virtual_wrap(
	dapper_context *context, struct vboard *board, struct cmsis_dap_transport *transport);

#endif /* CMSIS_DAP_TRANSPORT_H */
