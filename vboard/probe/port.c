/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/port_internal.h"

void vport_init(struct vport *port, struct vswj *wire, struct vclock *clock)
{
	*port = (struct vport){
		.wire = wire,
		.clock = clock,
		.target = wire->dp->target,
		.ntrst = true,
		.nreset = true,
		.turnaround = 1,
	};
}

void vport_drive_nreset(struct vport *port, bool level)
{
	const struct vtarget *target = port->target;

	if (port->nreset == level)
		return;
	port->nreset = level;
	target->advance(target->data, port->clock->now_ns);
	target->drive_reset(target->data, !level);
}

void vport_drive_ntrst(struct vport *port, bool level)
{
	if (port->ntrst == level)
		return;
	port->ntrst = level;
	vswj_drive_trst(port->wire, !level);
}

void vport_connect(struct vport *port, enum vport_mode mode)
{
	port->mode = mode;
	port->swclk = true;
	port->swdio = true;
	port->tdi = true;
	vport_drive_ntrst(port, true);
	vport_drive_nreset(port, true);
}

void vport_disconnect(struct vport *port)
{
	port->mode = VPORT_OFF;
	vport_drive_ntrst(port, true);
	vport_drive_nreset(port, true);
}

/* --- cycles ---------------------------------------------------------------------------------- */

static void write_bit(struct vport *port, bool level)
{
	const struct vswj_pins pins = { .driven = true, .tms = level, .tdi = port->tdi };

	vclock_run(port->clock, 1);
	port->swclk = true;
	vswj_fall(port->wire);
	vswj_rise(port->wire, pins);
}

static bool read_bit(struct vport *port)
{
	vclock_run(port->clock, 1);
	return vswj_clock(port->wire, false, false);
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
	if (port->mode == VPORT_OFF)
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
		if (port->mode != VPORT_OFF && read_bit(port))
			bits[i / 8] |= (uint8_t)(1u << i % 8);
	}
}

/* --- pins ------------------------------------------------------------------------------------ */

uint8_t vport_read_pins(const struct vport *port)
{
	const struct {
		bool level;
		uint32_t pin;
		enum vport_mode from; /* pins of JTAG are not there in SWD */
	} pins[] = {
		{ port->swclk, VPORT_PIN_SWCLK, VPORT_SWD },
		{ port->swdio, VPORT_PIN_SWDIO, VPORT_SWD },
		{ port->tdi, VPORT_PIN_TDI, VPORT_JTAG },
		{ vswj_tdo(port->wire), VPORT_PIN_TDO, VPORT_JTAG },
		{ port->ntrst, VPORT_PIN_NTRST, VPORT_JTAG },
		{ port->nreset, VPORT_PIN_NRESET, VPORT_OFF },
	};
	uint32_t levels = 0;

	for (size_t i = 0; i < ARRAY_SIZE(pins); i++)
		if (pins[i].level && port->mode >= pins[i].from)
			levels |= pins[i].pin;
	return (uint8_t)levels;
}

static void drive_clock(struct vport *port, bool level)
{
	bool was_high = port->swclk;

	port->swclk = level;
	if (!level)
		vswj_fall(port->wire);
	else if (!was_high)
		write_bit(port, port->swdio);
}

void vport_write_pins(struct vport *port, uint8_t output, uint8_t select)
{
	if (port->mode == VPORT_OFF)
		return;
	if (select & VPORT_PIN_SWDIO)
		port->swdio = output & VPORT_PIN_SWDIO;
	if (port->mode == VPORT_JTAG && (select & VPORT_PIN_TDI))
		port->tdi = output & VPORT_PIN_TDI;
	if (port->mode == VPORT_JTAG && (select & VPORT_PIN_NTRST))
		vport_drive_ntrst(port, output & VPORT_PIN_NTRST);
	if (select & VPORT_PIN_NRESET)
		vport_drive_nreset(port, output & VPORT_PIN_NRESET);
	if (select & VPORT_PIN_SWCLK)
		drive_clock(port, output & VPORT_PIN_SWCLK);
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

	if (!vswj_transact(
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
	if (!port->by_cycles && vswj_idle(port->wire, port->clock, port->idle_cycles))
		return;
	for (unsigned i = 0; i < port->idle_cycles; i++)
		write_bit(port, false);
}

uint8_t vport_transfer(struct vport *port, uint8_t request, uint32_t *data)
{
	uint8_t response;

	if (port->mode == VPORT_JTAG)
		return vport_jtag_transfer(port, request, data);
	if (port->by_cycles || !transfer_at_once(port, request, data, &response))
		response = transfer_by_cycles(port, request, data);
	port->swdio = true;
	port->stamp_ns = port->clock->now_ns;
	if (response == VPORT_ACK_OK || response == VPORT_PROTOCOL_ERROR)
		idle(port);
	return response;
}
