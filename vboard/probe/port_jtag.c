/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans as Arm's CMSIS-DAP firmware makes them: they begin and end in Run-Test/Idle, shift ones
 * into the devices that are not meant, and stop after an acknowledge that is not OK.
 */
#include "vboard/probe/port_internal.h"

/* Instructions of a JTAG-DP in an IR of any length: only ones above (IHI 0031, table B3-1). */
enum { IR_ABORT = 0xf8, IR_DPACC = 0xfa, IR_APACC = 0xfb };

enum { DATA_BITS = 32 };

bool vport_jtag_cycle(struct vport *port, bool tms, bool tdi)
{
	const struct vswj_pins pins = { .driven = true, .tms = tms, .tdi = tdi };
	bool tdo;

	vclock_run(port->clock, 1);
	port->swclk = true;
	port->swdio = tms;
	port->tdi = tdi;
	vswj_fall(port->wire);
	tdo = vswj_tdo(port->wire);
	vswj_rise(port->wire, pins);
	return tdo;
}

void vport_jtag_bits(struct vport *port, bool tms, const uint8_t *tdi, uint8_t *tdo, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		bool out = tdi[i / 8] >> i % 8 & 1;
		bool in = port->mode != VPORT_OFF && vport_jtag_cycle(port, tms, out);

		if (!tdo)
			continue;
		if (i % 8 == 0)
			tdo[i / 8] = 0;
		tdo[i / 8] |= (uint8_t)(in << i % 8);
	}
}

bool vport_jtag_select(struct vport *port, uint8_t device)
{
	port->device = device;
	port->ir = 0;
	return device < port->device_count;
}

/* --- scans ----------------------------------------------------------------------------------- */

/* From Run-Test/Idle to Shift-DR or Shift-IR. */
static void enter_shift(struct vport *port, bool ir)
{
	vport_jtag_cycle(port, true, true);
	if (ir)
		vport_jtag_cycle(port, true, true);
	vport_jtag_cycle(port, false, true);
	vport_jtag_cycle(port, false, true);
}

/* From Exit1 over Update to Run-Test/Idle. */
static void leave_shift(struct vport *port)
{
	vport_jtag_cycle(port, true, true);
	vport_jtag_cycle(port, false, true);
}

/* Bits for devices that are not meant; with @p last the last one leaves Shift. */
static void shift_ones(struct vport *port, unsigned count, bool last)
{
	for (unsigned i = 0; i < count; i++)
		vport_jtag_cycle(port, last && i + 1 == count, true);
}

/* @return What was shifted out of the device. */
static uint32_t shift_word(struct vport *port, uint32_t value, unsigned count, bool last)
{
	uint32_t out = 0;

	for (unsigned i = 0; i < count; i++) {
		bool tms = last && i + 1 == count;

		out |= (uint32_t)vport_jtag_cycle(port, tms, value >> i & 1) << i;
	}
	return out;
}

static unsigned ir_bits(const struct vport *port, unsigned from, unsigned to)
{
	unsigned bits = 0;

	for (unsigned i = from; i < to; i++)
		bits += port->ir_lengths[i];
	return bits;
}

/* Devices behind ours as the bits go; those before it are nearer to TDO. */
static unsigned devices_after(const struct vport *port)
{
	return port->device_count - port->device - 1u;
}

void vport_jtag_write_ir(struct vport *port, uint8_t instruction)
{
	unsigned before = ir_bits(port, 0, port->device);
	unsigned after = ir_bits(port, port->device + 1u, port->device_count);
	unsigned length = port->ir_lengths[port->device];

	enter_shift(port, true);
	shift_ones(port, before, false);
	/* Ones above: an IR longer than 8 bits is filled up. */
	for (unsigned i = 0; i < length; i++)
		vport_jtag_cycle(
			port, !after && i + 1 == length, i < 8 ? instruction >> i & 1 : true);
	shift_ones(port, after, true);
	leave_shift(port);
	port->ir = instruction;
}

static void make_ir(struct vport *port, uint8_t instruction)
{
	if (port->ir != instruction)
		vport_jtag_write_ir(port, instruction);
}

/* 32 bits, with the devices behind. */
static uint32_t shift_data(struct vport *port, uint32_t value)
{
	unsigned after = devices_after(port);
	uint32_t out = shift_word(port, value, DATA_BITS, !after);

	shift_ones(port, after, true);
	return out;
}

uint32_t vport_jtag_read_idcode(struct vport *port)
{
	uint32_t value;

	enter_shift(port, false);
	shift_ones(port, port->device, false);
	value = shift_data(port, UINT32_MAX);
	leave_shift(port);
	return value;
}

void vport_jtag_write_abort(struct vport *port, uint32_t data)
{
	make_ir(port, IR_ABORT);
	enter_shift(port, false);
	shift_ones(port, port->device, false);
	shift_word(port, 0, 3, false); /* RnW 0, A 00 */
	shift_data(port, data);
	leave_shift(port);
}

/* OK/FAULT 0b010 and WAIT 0b001 (IHI 0031, table B3-3) to those of SWD, by the bits. */
static uint8_t to_response(uint32_t ack)
{
	return (uint8_t)((ack >> 1 & 1) | (ack & 1) << 1 | (ack & 4));
}

uint8_t vport_jtag_transfer(struct vport *port, uint8_t request, uint32_t *data)
{
	bool read = request & REQUEST_RNW;
	uint32_t value;
	uint8_t response;

	make_ir(port, request & REQUEST_APNDP ? IR_APACC : IR_DPACC);
	enter_shift(port, false);
	shift_ones(port, port->device, false);
	response = to_response(shift_word(port, request >> 1, 3, false));
	if (response == VPORT_ACK_OK) {
		value = shift_data(port, read ? 0 : *data);
		if (read)
			*data = value;
	} else {
		vport_jtag_cycle(port, true, true); /* Exit1-DR */
	}
	leave_shift(port);
	port->stamp_ns = port->clock->now_ns;
	for (unsigned i = 0; i < port->idle_cycles; i++)
		vport_jtag_cycle(port, false, true);
	return response;
}
