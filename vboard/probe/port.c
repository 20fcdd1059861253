/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/port.h"

/* Request bits of DAP_Transfer (CMSIS-DAP 2.1.1). */
#define REQUEST_APNDP BIT(0)
#define REQUEST_RNW   BIT(1)
#define REQUEST_A     BITS(3, 2)

void vport_init(struct vport *port, struct vswd *wire, struct vclock *clock)
{
	*port = (struct vport){
		.wire = wire,
		.clock = clock,
		.target = wire->dp->target,
		.nreset = true,
		.turnaround = 1,
	};
}

static void drive_nreset(struct vport *port, bool level)
{
	const struct vtarget *target = port->target;

	if (port->nreset == level)
		return;
	port->nreset = level;
	target->advance(target->data, port->clock->now_ns);
	target->drive_reset(target->data, !level);
}

void vport_connect(struct vport *port)
{
	port->connected = true;
	port->swclk = true;
	port->swdio = true;
	drive_nreset(port, true);
}

void vport_disconnect(struct vport *port)
{
	port->connected = false;
	drive_nreset(port, true);
}

/* --- cycles ---------------------------------------------------------------------------------- */

static void write_bit(struct vport *port, bool level)
{
	vclock_run(port->clock, 1);
	port->swclk = true;
	vswd_clock(port->wire, true, level);
}

static bool read_bit(struct vport *port)
{
	vclock_run(port->clock, 1);
	return vswd_clock(port->wire, false, false);
}

static void skip_bits(struct vport *port, unsigned count)
{
	while (count--)
		read_bit(port);
}

static void write_word(struct vport *port, uint64_t bits, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		write_bit(port, bits >> i & 1);
}

static uint64_t read_word(struct vport *port, unsigned count)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < count; i++)
		bits |= (uint64_t)read_bit(port) << i;
	return bits;
}

void vport_write_bits(struct vport *port, const uint8_t *bits, unsigned count)
{
	if (!port->connected)
		return;
	for (unsigned i = 0; i < count; i++) {
		port->swdio = bits[i / 8] >> i % 8 & 1;
		write_bit(port, port->swdio);
	}
}

void vport_read_bits(struct vport *port, uint8_t *bits, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (i % 8 == 0)
			bits[i / 8] = 0;
		if (port->connected && read_bit(port))
			bits[i / 8] |= (uint8_t)(1u << i % 8);
	}
}

/* --- pins ------------------------------------------------------------------------------------ */

uint8_t vport_read_pins(const struct vport *port)
{
	uint32_t pins = 0;

	if (port->connected && port->swclk)
		pins |= VPORT_PIN_SWCLK;
	if (port->connected && port->swdio)
		pins |= VPORT_PIN_SWDIO;
	if (port->nreset)
		pins |= VPORT_PIN_NRESET;
	return (uint8_t)pins;
}

void vport_write_pins(struct vport *port, uint8_t output, uint8_t select)
{
	bool was_high = port->swclk;

	if (!port->connected)
		return;
	if (select & VPORT_PIN_SWDIO)
		port->swdio = output & VPORT_PIN_SWDIO;
	if (select & VPORT_PIN_NRESET)
		drive_nreset(port, output & VPORT_PIN_NRESET);
	if (!(select & VPORT_PIN_SWCLK))
		return;
	port->swclk = output & VPORT_PIN_SWCLK;
	if (port->swclk && !was_high)
		write_bit(port, port->swdio);
}

/* --- transactions ---------------------------------------------------------------------------- */

static bool parity(uint32_t value)
{
	return __builtin_parity(value);
}

/* Start, the four bits, parity, stop, park (IHI 0031, B4.1.1). */
static void write_request(struct vport *port, uint8_t request)
{
	uint32_t bits =
		1u | (uint32_t)(request & 0xf) << 1 | (uint32_t)parity(request & 0xf) << 5 | BIT(7);

	write_word(port, bits, VSWD_REQUEST_BITS);
}

static uint8_t finish_read(struct vport *port, uint32_t *data)
{
	uint64_t bits = read_word(port, VSWD_DATA_BITS);

	skip_bits(port, port->turnaround);
	if (parity((uint32_t)bits) != (bits >> 32))
		return VPORT_PROTOCOL_ERROR;
	*data = (uint32_t)bits;
	return VPORT_ACK_OK;
}

static uint8_t finish_write(struct vport *port, uint32_t data)
{
	skip_bits(port, port->turnaround);
	write_word(port, data | (uint64_t)parity(data) << 32, VSWD_DATA_BITS);
	return VPORT_ACK_OK;
}

static void finish_refused(struct vport *port, bool read)
{
	if (port->data_phase && read)
		skip_bits(port, VSWD_DATA_BITS);
	skip_bits(port, port->turnaround);
	if (port->data_phase && !read)
		write_word(port, 0, VSWD_DATA_BITS);
}

static uint8_t transfer_by_cycles(struct vport *port, uint8_t request, uint32_t *data)
{
	bool read = request & REQUEST_RNW;
	uint8_t ack;

	write_request(port, request);
	skip_bits(port, port->turnaround);
	ack = (uint8_t)read_word(port, VSWD_ACK_BITS);
	if (ack == VPORT_ACK_OK)
		return read ? finish_read(port, data) : finish_write(port, *data);
	if (ack == VPORT_ACK_WAIT || ack == VPORT_ACK_FAULT)
		finish_refused(port, read);
	else /* stay off the line for as long as a target may drive it */
		skip_bits(port, port->turnaround + VSWD_DATA_BITS);
	return ack;
}

static bool transfer_at_once(struct vport *port, uint8_t request, uint32_t *data, uint8_t *response)
{
	struct vswd_transaction transaction = {
		.request = {
			.ap = request & REQUEST_APNDP,
			.read = request & REQUEST_RNW,
			.reg = (uint8_t)(4 * FIELD_GET(REQUEST_A, request)),
		},
		.data = *data,
	};

	if (!vswd_transact(
		    port->wire, port->clock, port->turnaround, port->data_phase, &transaction))
		return false;
	*response = (uint8_t)transaction.ack;
	if (transaction.ack != VDP_ACK_OK || !transaction.request.read)
		return true;
	if (transaction.parity_ok)
		*data = transaction.data;
	else
		*response = VPORT_PROTOCOL_ERROR;
	return true;
}

static void idle(struct vport *port)
{
	if (!port->by_cycles && vswd_idle(port->wire, port->clock, port->idle_cycles))
		return;
	for (unsigned i = 0; i < port->idle_cycles; i++)
		write_bit(port, false);
}

uint8_t vport_transfer(struct vport *port, uint8_t request, uint32_t *data)
{
	uint8_t response;

	if (port->by_cycles || !transfer_at_once(port, request, data, &response))
		response = transfer_by_cycles(port, request, data);
	port->swdio = true;
	port->stamp_ns = port->clock->now_ns;
	if (response == VPORT_ACK_OK || response == VPORT_PROTOCOL_ERROR)
		idle(port);
	return response;
}
