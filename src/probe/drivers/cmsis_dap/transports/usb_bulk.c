/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMSIS-DAP v2: a vendor's interface with bulk endpoints, in this order: requests, answers and,
 * with some, trace, which is not ours here (CMSIS-DAP 2.1.1, "USB Interface": "WinUSB").
 *
 * Requests and the reads of their answers are handed to the kernel at once, as many as the probe
 * buffers, so that the bus never waits for us. Each packet of the protocol is one transfer: a
 * packet ends with its first short USB packet, or is as long as all packets may be.
 */
#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/context.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/protocol.h"
#include "probe/drivers/cmsis_dap/transports/usb.h"

enum {
	RING_SIZE = DAP_PACKET_COUNT_MAX + 1,
	CLEAR_TIMEOUT_MS = 800, /* for what is cancelled to come back; close() has 1 s */
	DRAIN_QUIET_MS = 1,
	DRAIN_MS = 200,
	US_PER_MS = 1000,
	MS_PER_S = 1000
};

/* A transfer that is made once and used again and again. */
struct slot {
	struct libusb_transfer *transfer;
	uint8_t *buffer;
	size_t capacity;
	bool busy; /* libusb has it */
};

/* Transfers in the order in which they were handed over. */
struct ring {
	struct slot slots[RING_SIZE];
	size_t oldest;
	size_t used;
};

struct bulk {
	libusb_context *usb;
	libusb_device_handle *handle;
	int interface;
	bool claimed;
	bool gone;
	uint8_t out, in;              /* endpoints */
	size_t out_packet, in_packet; /* wMaxPacketSize */
	size_t packet_size;           /* of the protocol */
	struct ring requests;         /* whose answer was not taken */
	struct ring answers;          /* that are being read */
	char unique_id[2 * USB_TEXT_SIZE];
};

/* ---- errors ---- */

static dapper_status fail_gone(struct bulk *bulk, const char *why)
{
	bulk->gone = true;
	return usb_fail_gone(bulk->unique_id, why);
}

/* An error of a call of libusb. */
static dapper_status fail_call(struct bulk *bulk, int error, const char *what)
{
	if (error == LIBUSB_ERROR_NO_DEVICE)
		return fail_gone(bulk, "it was unplugged");
	if (error == LIBUSB_ERROR_NO_MEM)
		return FAIL_NO_MEMORY("a USB transfer");
	return dapper_fail(DAPPER_ERR_PROBE_IO, "cannot %s the probe %s: %s", what, bulk->unique_id,
		libusb_strerror(error));
}

static dapper_status fail_timeout(const struct bulk *bulk, const char *what, uint32_t timeout_ms)
{
	return dapper_fail(DAPPER_ERR_TIMEOUT, "the probe %s did not %s within %u ms",
		bulk->unique_id, what, (unsigned)timeout_ms);
}

/*
 * A transfer came back and not well. Of a probe that is being unplugged the bus is the first to
 * know, by errors; the hub tells a moment later. So both mean that it is gone.
 */
static dapper_status fail_transfer(struct bulk *bulk, const struct slot *slot)
{
	uint8_t endpoint = slot->transfer->endpoint;

	if (slot->transfer->status == LIBUSB_TRANSFER_OVERFLOW)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe %s answered more than its packets have", bulk->unique_id);
	if (slot->transfer->status != LIBUSB_TRANSFER_STALL)
		return fail_gone(bulk, slot->transfer->status == LIBUSB_TRANSFER_ERROR
					       ? "USB errors; was it unplugged?"
					       : "it was unplugged");
	if (libusb_clear_halt(bulk->handle, endpoint) == LIBUSB_ERROR_NO_DEVICE)
		return fail_gone(bulk, "it was unplugged");
	return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL, "the probe %s stalled instead of %s",
		bulk->unique_id, endpoint == bulk->in ? "answering" : "taking a request");
}

/* ---- transfers ---- */

static void on_done(struct libusb_transfer *transfer)
{
	((struct slot *)transfer->user_data)->busy = false;
}

static struct slot *oldest(struct ring *ring)
{
	return &ring->slots[ring->oldest];
}

static void drop_oldest(struct ring *ring)
{
	ring->oldest = (ring->oldest + 1) % RING_SIZE;
	ring->used--;
}

static dapper_status make_slot(struct slot *slot, size_t size)
{
	if (!slot->transfer)
		slot->transfer = libusb_alloc_transfer(0);
	if (slot->capacity < size) {
		free(slot->buffer);
		slot->buffer = xcalloc(size, 1);
		slot->capacity = slot->buffer ? size : 0;
	}
	return slot->transfer && slot->buffer ? DAPPER_OK : FAIL_NO_MEMORY("a USB transfer");
}

/* Let libusb work, at most until something came back. */
static dapper_status handle_events(struct bulk *bulk, const struct deadline *deadline)
{
	uint32_t left = deadline_left_ms(deadline);
	struct timeval wait = {
		.tv_sec = left / MS_PER_S,
		.tv_usec = (suseconds_t)(left % MS_PER_S) * US_PER_MS,
	};
	int error = libusb_handle_events_timeout_completed(bulk->usb, &wait, NULL);

	/* A signal only shortens the wait. */
	if (error != 0 && error != LIBUSB_ERROR_INTERRUPTED)
		return fail_call(bulk, error, "wait for");
	return DAPPER_OK;
}

/* The slot behind those in use, once libusb has given it back. */
static dapper_status next_slot(
	struct bulk *bulk, struct ring *ring, const struct deadline *deadline, struct slot **slot)
{
	/* From the start where that is possible: what is made there already is used again. */
	if (ring->used == 0 && !ring->slots[0].busy)
		ring->oldest = 0;
	*slot = &ring->slots[(ring->oldest + ring->used) % RING_SIZE];
	if (ring->used == RING_SIZE)
		return dapper_fail(
			DAPPER_ERR_INTERNAL, "more than %d packets in flight", RING_SIZE);
	while ((*slot)->busy) {
		if (deadline_passed(deadline))
			return dapper_fail(DAPPER_ERR_TIMEOUT,
				"the probe %s does not take requests", bulk->unique_id);
		TRY(handle_events(bulk, deadline));
	}
	return DAPPER_OK;
}

static dapper_status submit(struct bulk *bulk, struct ring *ring, struct slot *slot)
{
	int error = libusb_submit_transfer(slot->transfer);

	if (error != 0)
		return fail_call(bulk, error, "talk to");
	slot->busy = true;
	ring->used++;
	return DAPPER_OK;
}

/*
 * A read that is longer than the answer ends with a short USB packet; one that is as long as all
 * packets may be needs none. It must be whole USB packets, or the last one might not fit.
 */
static size_t answer_size(const struct bulk *bulk)
{
	return (bulk->packet_size + bulk->in_packet - 1) / bulk->in_packet * bulk->in_packet;
}

static dapper_status submit_answer(struct bulk *bulk, const struct deadline *deadline)
{
	size_t size = answer_size(bulk);
	struct slot *slot = NULL;

	TRY(next_slot(bulk, &bulk->answers, deadline, &slot));
	TRY(make_slot(slot, size));
	libusb_fill_bulk_transfer(
		slot->transfer, bulk->handle, bulk->in, slot->buffer, (int)size, on_done, slot, 0);
	return submit(bulk, &bulk->answers, slot);
}

static dapper_status submit_request(
	struct bulk *bulk, const uint8_t *packet, size_t size, const struct deadline *deadline)
{
	struct slot *slot = NULL;

	TRY(next_slot(bulk, &bulk->requests, deadline, &slot));
	TRY(make_slot(slot, size));
	memcpy(slot->buffer, packet, size);
	libusb_fill_bulk_transfer(
		slot->transfer, bulk->handle, bulk->out, slot->buffer, (int)size, on_done, slot, 0);
	/* Without a short USB packet at its end the probe would wait for more of it. */
	slot->transfer->flags = size < bulk->packet_size && size % bulk->out_packet == 0
	                                ? LIBUSB_TRANSFER_ADD_ZERO_PACKET
	                                : 0;
	return submit(bulk, &bulk->requests, slot);
}

/* ---- ops ---- */

static dapper_status check_usable(struct bulk *bulk)
{
	return bulk->gone ? fail_gone(bulk, "it was unplugged earlier") : DAPPER_OK;
}

static dapper_status bulk_send(void *data, const uint8_t *packet, size_t size, uint32_t timeout_ms)
{
	struct bulk *bulk = data;
	struct deadline deadline = deadline_in_ms(&host_clock, timeout_ms);

	TRY(check_usable(bulk));
	/* The read first: the answer finds it waiting. One may be left of a request that failed. */
	if (bulk->answers.used <= bulk->requests.used)
		TRY(submit_answer(bulk, &deadline));
	return submit_request(bulk, packet, size, &deadline);
}

static bool is_back(const struct slot *slot)
{
	return !slot->busy;
}

static bool is_failed(const struct slot *slot)
{
	return is_back(slot) && slot->transfer->status != LIBUSB_TRANSFER_COMPLETED;
}

/* The oldest read is back: take what it read. An empty one only ended what was whole before. */
static dapper_status take_answer(struct bulk *bulk, uint8_t *packet, size_t capacity, size_t *size,
	const struct deadline *deadline)
{
	struct slot *slot = oldest(&bulk->answers);
	size_t got = (size_t)slot->transfer->actual_length;

	drop_oldest(&bulk->answers);
	if (is_failed(slot)) {
		drop_oldest(&bulk->requests);
		return fail_transfer(bulk, slot);
	}
	if (got == 0) {
		*size = 0;
		return submit_answer(bulk, deadline);
	}
	drop_oldest(&bulk->requests);
	if (got > capacity)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe %s answered %zu bytes, more than its packets have",
			bulk->unique_id, got);
	memcpy(packet, slot->buffer, got);
	*size = got;
	return DAPPER_OK;
}

static dapper_status bulk_receive(
	void *data, uint8_t *packet, size_t capacity, size_t *size, uint32_t timeout_ms)
{
	struct bulk *bulk = data;
	struct deadline deadline = deadline_in_ms(&host_clock, timeout_ms);

	TRY(check_usable(bulk));
	if (bulk->requests.used == 0)
		return dapper_fail(DAPPER_ERR_TIMEOUT, "nothing was asked of the probe");
	*size = 0;
	for (;;) {
		const struct slot *request = oldest(&bulk->requests);

		if (is_failed(request)) {
			/* It never got there: no answer will come to it. */
			drop_oldest(&bulk->requests);
			return fail_transfer(bulk, request);
		}
		if (is_back(oldest(&bulk->answers))) {
			TRY(take_answer(bulk, packet, capacity, size, &deadline));
			if (*size > 0)
				return DAPPER_OK;
		}
		if (deadline_passed(&deadline))
			return fail_timeout(
				bulk, is_back(request) ? "answer" : "take a request", timeout_ms);
		TRY(handle_events(bulk, &deadline));
	}
}

/* What the probe said: reads are made that long from now on. */
static void bulk_set_packet_size(void *data, size_t size)
{
	((struct bulk *)data)->packet_size = size;
}

/* ---- the end ---- */

static bool cancel_ring(struct ring *ring)
{
	bool busy = false;

	for (size_t i = 0; i < RING_SIZE; i++)
		if (ring->slots[i].busy) {
			libusb_cancel_transfer(ring->slots[i].transfer);
			busy = true;
		}
	return busy;
}

static bool is_ring_busy(const struct ring *ring)
{
	for (size_t i = 0; i < RING_SIZE; i++)
		if (ring->slots[i].busy)
			return true;
	return false;
}

static void cancel_all(struct bulk *bulk)
{
	struct deadline deadline = deadline_in_ms(&host_clock, CLEAR_TIMEOUT_MS);
	bool busy = cancel_ring(&bulk->requests);

	busy = cancel_ring(&bulk->answers) || busy;
	while (busy && !deadline_passed(&deadline) && handle_events(bulk, &deadline) == DAPPER_OK)
		busy = is_ring_busy(&bulk->requests) || is_ring_busy(&bulk->answers);
}

static void free_ring(struct ring *ring)
{
	for (size_t i = 0; i < RING_SIZE; i++) {
		libusb_free_transfer(ring->slots[i].transfer);
		free(ring->slots[i].buffer);
	}
}

/* Transfers that did not even come back cancelled are forgotten by libusb when it closes. */
static void bulk_close(void *data)
{
	struct bulk *bulk = data;
	struct error_state error;

	error_save(&error);
	if (bulk->handle) {
		cancel_all(bulk);
		if (bulk->claimed)
			libusb_release_interface(bulk->handle, bulk->interface);
		libusb_close(bulk->handle);
	}
	error_restore(&error);
	free_ring(&bulk->requests);
	free_ring(&bulk->answers);
	if (bulk->usb)
		libusb_exit(bulk->usb);
	free(bulk);
}

static const struct cmsis_dap_transport_ops bulk_ops = {
	.send = bulk_send,
	.receive = bulk_receive,
	.set_packet_size = bulk_set_packet_size,
	.close = bulk_close,
};

/* ---- opening ---- */

static bool is_bulk(const struct libusb_endpoint_descriptor *endpoint, bool in)
{
	bool is_in = endpoint->bEndpointAddress & LIBUSB_ENDPOINT_IN;

	return is_in == in && endpoint->wMaxPacketSize > 0 &&
	       (endpoint->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) == LIBUSB_TRANSFER_TYPE_BULK;
}

static dapper_status take_endpoints(
	struct bulk *bulk, const struct libusb_interface_descriptor *interface)
{
	const struct libusb_endpoint_descriptor *endpoints = interface->endpoint;

	if (interface->bNumEndpoints < 2 || !is_bulk(&endpoints[0], false) ||
		!is_bulk(&endpoints[1], true))
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"interface %d of the probe %s calls itself CMSIS-DAP, but does not have "
			"its bulk endpoints",
			bulk->interface, bulk->unique_id);
	bulk->out = endpoints[0].bEndpointAddress;
	bulk->in = endpoints[1].bEndpointAddress;
	bulk->out_packet = endpoints[0].wMaxPacketSize & 0x7ff; /* USB 2.0, 9.6.6: bits 10..0 */
	bulk->in_packet = endpoints[1].wMaxPacketSize & 0x7ff;
	if (bulk->out_packet == 0 || bulk->in_packet == 0)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the endpoints of the probe %s have no size", bulk->unique_id);
	bulk->packet_size = bulk->in_packet;
	return DAPPER_OK;
}

static dapper_status find_endpoints(struct bulk *bulk)
{
	struct libusb_config_descriptor *config = NULL;
	int error = libusb_get_active_config_descriptor(libusb_get_device(bulk->handle), &config);
	dapper_status status = DAPPER_ERR_PROBE_PROTOCOL;
	bool found = false;

	if (error != 0)
		return fail_call(bulk, error, "read the descriptors of");
	for (size_t i = 0; i < config->bNumInterfaces && !found; i++) {
		const struct libusb_interface *interface = &config->interface[i];

		found = interface->num_altsetting > 0 &&
		        interface->altsetting[0].bInterfaceNumber == bulk->interface;
		if (found)
			status = take_endpoints(bulk, &interface->altsetting[0]);
	}
	libusb_free_config_descriptor(config);
	if (!found)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL, "the probe %s lost its interface %d",
			bulk->unique_id, bulk->interface);
	return status;
}

static dapper_status fail_open(struct bulk *bulk, const struct usb_probe *probe, int error)
{
	return error == LIBUSB_ERROR_ACCESS ? usb_fail_access(probe)
	                                    : fail_call(bulk, error, "open");
}

static dapper_status open_device(struct bulk *bulk, const struct usb_probe *probe)
{
	libusb_device **list = NULL;
	int error = LIBUSB_ERROR_NO_DEVICE;
	ssize_t count = libusb_get_device_list(bulk->usb, &list);

	if (count < 0)
		return fail_open(bulk, probe, (int)count);
	for (ssize_t i = 0; i < count; i++)
		if (libusb_get_bus_number(list[i]) == probe->bus &&
			libusb_get_device_address(list[i]) == probe->address)
			error = libusb_open(list[i], &bulk->handle);
	libusb_free_device_list(list, 1);
	return error == 0 ? DAPPER_OK : fail_open(bulk, probe, error);
}

static dapper_status claim(struct bulk *bulk)
{
	int error;

	/* No driver of the kernel takes such interfaces, unless a user told one to. */
	libusb_set_auto_detach_kernel_driver(bulk->handle, 1);
	error = libusb_claim_interface(bulk->handle, bulk->interface);
	bulk->claimed = error == 0;
	if (error == LIBUSB_ERROR_BUSY) {
		dapper_fail(DAPPER_ERR_BUSY, "another program uses the probe %s", bulk->unique_id);
		return dapper_fail_hint(DAPPER_ERR_BUSY,
			"end the other debugger; `fuser -v` on the device's node finds it");
	}
	return error == 0 ? DAPPER_OK : fail_call(bulk, error, "claim the interface of");
}

/* Answers that a program before us did not wait for. */
static dapper_status drain(struct bulk *bulk)
{
	struct deadline deadline = deadline_in_ms(&host_clock, DRAIN_MS);
	size_t size = DAP_PACKET_SIZE_MAX / bulk->in_packet * bulk->in_packet;
	uint8_t *buffer = xcalloc(size, 1);
	int error = 0;

	if (!buffer)
		return FAIL_NO_MEMORY("a USB transfer");
	while (error == 0 && !deadline_passed(&deadline)) {
		int got;

		error = libusb_bulk_transfer(
			bulk->handle, bulk->in, buffer, (int)size, &got, DRAIN_QUIET_MS);
		if (error == LIBUSB_ERROR_PIPE)
			error = libusb_clear_halt(bulk->handle, bulk->in);
		if (error == LIBUSB_ERROR_OVERFLOW || (error == LIBUSB_ERROR_TIMEOUT && got > 0))
			error = 0;
	}
	free(buffer);
	if (error == 0 || error == LIBUSB_ERROR_TIMEOUT)
		return DAPPER_OK;
	return fail_call(bulk, error, "read from");
}

static dapper_status set_up(struct bulk *bulk, const struct usb_probe *probe)
{
	int error = libusb_init(&bulk->usb);

	if (error != 0)
		return dapper_fail(
			DAPPER_ERR_PROBE_IO, "cannot use USB: %s", libusb_strerror(error));
	TRY(open_device(bulk, probe));
	TRY(find_endpoints(bulk));
	TRY(claim(bulk));
	return drain(bulk);
}

dapper_status usb_bulk_open(dapper_context *context, const struct usb_probe *probe,
	struct cmsis_dap_transport *transport)
{
	struct bulk *bulk = xnew(bulk);
	dapper_status status;

	(void)context;
	if (!bulk)
		return FAIL_NO_MEMORY("a USB probe");
	bulk->interface = probe->interface;
	snprintf(bulk->unique_id, sizeof(bulk->unique_id), "%s", probe->unique_id);
	status = set_up(bulk, probe);
	if (status != DAPPER_OK) {
		bulk_close(bulk);
		return status;
	}
	*transport = (struct cmsis_dap_transport){ .ops = &bulk_ops, .data = bulk };
	return DAPPER_OK;
}
