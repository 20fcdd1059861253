/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/usb/device.h"

#include <string.h>

#include "base/bytes.h"
#include "vboard/usb/control.h"

enum { NS_PER_MS = 1000000, DEFAULT_BAUD = 115200 };

void vusb_device_init(struct vusb_device *device, struct vboard *board, dapper_vboard_usb kind,
	const struct clock *clock)
{
	const struct vusb_identity identity = {
		.kind = kind,
		.high_speed = vboard_is_high_speed(board),
		.packet_size = (uint16_t)vboard_packet_size(board),
		.serial = vboard_serial(board),
	};

	*device = (struct vusb_device){
		.board = board,
		.clock = clock,
		.faults = *vboard_usb_faults(board),
		.v1.is_reports = true,
	};
	vusb_describe(&device->descriptors, &identity);
	vusb_device_reset(device);
}

static void reset_dap(struct vusb_dap *dap)
{
	dap->in_halted = false;
	dap->out_halted = false;
	dap->first = 0;
	dap->count = 0;
}

void vusb_device_reset(struct vusb_device *device)
{
	struct vusb_serial *serial = &device->serial;

	reset_dap(&device->v1);
	reset_dap(&device->v2);
	serial->in_halted = false;
	serial->out_halted = false;
	put_le32(serial->line_coding, DEFAULT_BAUD);
	memcpy(serial->line_coding + 4, "\0\0\10", 3); /* 8 bits, no parity, one stop bit */
	device->swo_halted = false;
	device->held = false;
	device->configuration = 0;
}

void vusb_device_stamp(struct vusb_device *device)
{
	uint64_t now_ns = vboard_now_ns(device->board);

	device->host_ns = now_ns > device->answer_ns ? now_ns : device->answer_ns;
}

void vusb_device_plug(struct vusb_device *device)
{
	vusb_device_reset(device);
	device->since_plug = 0;
}

/* --- CMSIS-DAP ------------------------------------------------------------------------------- */

static struct vusb_answer *add_answer(
	struct vusb_dap *dap, enum vusb_result result, const uint8_t *bytes, size_t size)
{
	struct vusb_answer *answer = &dap->answers[(dap->first + dap->count) % VUSB_QUEUE];

	dap->count++;
	answer->result = result;
	answer->due_ns = 0;
	answer->size = (uint16_t)size;
	memcpy(answer->bytes, bytes, size);
	return answer;
}

/* What becomes of the answer to the request that is being worked off. */
static void queue_answer(
	struct vusb_device *device, struct vusb_dap *dap, const uint8_t *bytes, size_t size)
{
	const struct vusb_faults *faults = &device->faults;
	const uint64_t at = device->requests;
	enum vusb_result result = VUSB_DONE;
	struct vusb_answer *answer;

	if (at == faults->silent_at)
		return;
	if (at == faults->stall_in_at)
		result = VUSB_STALL;
	if (at == faults->babble_at)
		result = VUSB_OVERFLOW;
	if (at == faults->empty_at)
		add_answer(dap, VUSB_DONE, bytes, 0);
	answer = add_answer(dap, result, bytes, size);
	if (at == faults->late_at)
		answer->due_ns = clock_now_ns(device->clock) + faults->late_ms * NS_PER_MS;
}

/* @return false: not yet. */
static bool is_taken(struct vusb_device *device, uint64_t request)
{
	if (request != device->faults.hold_at)
		return true;
	if (!device->held) {
		device->held = true;
		device->hold_until_ns =
			clock_now_ns(device->clock) + device->faults.hold_ms * NS_PER_MS;
	}
	return clock_now_ns(device->clock) >= device->hold_until_ns;
}

/* Pulled out once, or a little later each time. */
static bool is_pulled_out(struct vusb_device *device)
{
	struct vusb_faults *faults = &device->faults;

	if (!faults->unplug_at || device->since_plug != faults->unplug_at)
		return false;
	faults->unplug_at = faults->unplug_step ? faults->unplug_at + faults->unplug_step : 0;
	return true;
}

static enum vusb_result take_request(
	struct vusb_device *device, struct vusb_dap *dap, const uint8_t *bytes, size_t size)
{
	const struct vusb_faults *faults = &device->faults;
	const uint64_t request = device->requests + 1;
	uint8_t response[VUSB_PACKET_MAX] = { 0 };
	size_t response_size;

	/* As long as there is a buffer; one more holds the empty packet of a fault. */
	if (dap->count >= vboard_packet_count(device->board) || !is_taken(device, request))
		return VUSB_PENDING;
	device->requests++;
	device->since_plug++;
	if (is_pulled_out(device))
		return VUSB_GONE;
	if (request == faults->stall_out_at) {
		dap->out_halted = true;
		return VUSB_STALL;
	}
	if (vboard_exchange(device->board, device->host_ns, bytes, size, response, &response_size,
		    &device->answer_ns) != DAPPER_OK)
		return VUSB_GONE;
	if (response_size && dap->is_reports) {
		memset(response + response_size, 0, sizeof(response) - response_size);
		response_size = device->descriptors.identity.packet_size;
	}
	if (response_size)
		queue_answer(device, dap, response, response_size);
	return VUSB_DONE;
}

enum vusb_result vusb_take_report(struct vusb_device *device, const uint8_t *bytes, size_t size)
{
	if (!size || size > device->descriptors.identity.packet_size)
		return VUSB_STALL;
	return take_request(device, &device->v1, bytes, size);
}

/* Each packet of the bus is a request; an empty one ends what was complete already. */
static enum vusb_result dap_out(struct vusb_device *device, struct vusb_dap *dap,
	const uint8_t *data, size_t size, size_t *done)
{
	const size_t packet = device->descriptors.identity.packet_size;

	while (*done < size) {
		size_t part = size - *done < packet ? size - *done : packet;
		enum vusb_result result;

		if (dap->out_halted)
			return VUSB_STALL;
		result = take_request(device, dap, data + *done, part);
		if (result != VUSB_DONE)
			return result;
		*done += part;
	}
	return dap->out_halted ? VUSB_STALL : VUSB_DONE;
}

static enum vusb_result dap_in(
	struct vusb_device *device, struct vusb_dap *dap, uint8_t *data, size_t size, size_t *done)
{
	const size_t packet = device->descriptors.identity.packet_size;

	while (!dap->in_halted) {
		const struct vusb_answer *answer = &dap->answers[dap->first];

		if (!dap->count || (answer->due_ns && clock_now_ns(device->clock) < answer->due_ns))
			return VUSB_PENDING;
		dap->first = (dap->first + 1) % VUSB_QUEUE;
		dap->count--;
		if (answer->result == VUSB_STALL)
			dap->in_halted = true;
		if (answer->result != VUSB_DONE)
			return answer->result;
		if (answer->size > size - *done)
			return VUSB_OVERFLOW;
		memcpy(data + *done, answer->bytes, answer->size);
		*done += answer->size;
		/* A short packet, or enough of them, ends a transfer. */
		if (answer->size < packet || *done == size || dap->is_reports)
			return VUSB_DONE;
	}
	return VUSB_STALL;
}

/* --- the serial port ------------------------------------------------------------------------- */

void vusb_serial_output(struct vusb_device *device, const void *bytes, size_t size)
{
	struct vusb_serial *serial = &device->serial;
	const uint8_t *from = bytes;

	for (size_t i = 0; i < size; i++) {
		serial->bytes[(serial->first + serial->count) % VUSB_SERIAL_BUFFER] = from[i];
		if (serial->count < VUSB_SERIAL_BUFFER)
			serial->count++;
		else
			serial->first = (serial->first + 1) % VUSB_SERIAL_BUFFER;
	}
}

static enum vusb_result serial_in(
	struct vusb_device *device, uint8_t *data, size_t size, size_t *done)
{
	struct vusb_serial *serial = &device->serial;

	if (serial->in_halted)
		return VUSB_STALL;
	if (!serial->count)
		return VUSB_PENDING;
	for (; *done < size && serial->count; ++*done) {
		data[*done] = serial->bytes[serial->first];
		serial->first = (serial->first + 1) % VUSB_SERIAL_BUFFER;
		serial->count--;
	}
	return VUSB_DONE;
}

static enum vusb_result serial_out(
	struct vusb_device *device, const uint8_t *data, size_t size, size_t *done)
{
	const struct vusb_serial *serial = &device->serial;

	if (serial->out_halted)
		return VUSB_STALL;
	*done += vboard_input(
		device->board, data + *done, size - *done, get_le32(serial->line_coding));
	return *done < size ? VUSB_PENDING : VUSB_DONE;
}

/* --- SWO ------------------------------------------------------------------------------------- */

/* What there is, in one go: a device ends that with a short packet, or an empty one. */
static enum vusb_result swo_in(struct vusb_device *device, uint8_t *data, size_t size, size_t *done)
{
	if (device->swo_halted)
		return VUSB_STALL;
	*done += vboard_read_swo(device->board, data + *done, size - *done);
	return *done ? VUSB_DONE : VUSB_PENDING;
}

/* --- endpoints ------------------------------------------------------------------------------- */

enum vusb_result vusb_out(
	struct vusb_device *device, uint8_t address, const uint8_t *data, size_t size, size_t *done)
{
	if (!vusb_has_endpoint(device, address))
		return VUSB_STALL;
	switch (address) {
	case VUSB_V2_OUT:
		return dap_out(device, &device->v2, data, size, done);
	case VUSB_V1_OUT:
		return dap_out(device, &device->v1, data, size, done);
	case VUSB_SERIAL_OUT:
		return serial_out(device, data, size, done);
	default:
		return VUSB_STALL;
	}
}

enum vusb_result vusb_in(
	struct vusb_device *device, uint8_t address, uint8_t *data, size_t size, size_t *done)
{
	if (!vusb_has_endpoint(device, address))
		return VUSB_STALL;
	switch (address) {
	case VUSB_V2_IN:
		return dap_in(device, &device->v2, data, size, done);
	case VUSB_V1_IN:
		return dap_in(device, &device->v1, data, size, done);
	case VUSB_SERIAL_IN:
		return serial_in(device, data, size, done);
	case VUSB_SWO_IN:
		return swo_in(device, data, size, done);
	case VUSB_SERIAL_NOTIFY: /* line states never change */
		return VUSB_PENDING;
	default:
		return VUSB_STALL;
	}
}

/* --- time ------------------------------------------------------------------------------------ */

static void earlier(uint64_t *due_ns, uint64_t ns)
{
	if (ns < *due_ns)
		*due_ns = ns;
}

int vusb_wait_ms(const struct vusb_device *device)
{
	const struct vusb_dap *const daps[] = { &device->v1, &device->v2 };
	uint64_t due_ns = UINT64_MAX;
	uint64_t now_ns;

	for (size_t i = 0; i < 2; i++)
		if (daps[i]->count && daps[i]->answers[daps[i]->first].due_ns)
			earlier(&due_ns, daps[i]->answers[daps[i]->first].due_ns);
	if (device->held && device->requests < device->faults.hold_at)
		earlier(&due_ns, device->hold_until_ns);
	now_ns = clock_now_ns(device->clock);
	/* What was due before now waits for the host. */
	if (due_ns == UINT64_MAX || due_ns < now_ns)
		return -1;
	return (int)((due_ns - now_ns) / NS_PER_MS) + 1;
}
