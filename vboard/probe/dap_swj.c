/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/dap_internal.h"

enum {
	PORT_DEFAULT = 0,
	PORT_SWD = 1,
	PORT_JTAG = 2,
	PINS_WAIT_MAX_US = 3000000, /* "max 3 s" */
	NS_PER_US = 1000,
	SEQUENCE_MAX = 64 /* SWD_Sequence: 0 stands for this */
};

/* Sequence info of DAP_SWD_Sequence. */
#define SEQUENCE_CYCLES BITS(5, 0)
#define SEQUENCE_INPUT  BIT(7)

/* DAP_SWD_Configure */
#define CONFIGURE_TURNAROUND BITS(1, 0)
#define CONFIGURE_DATA_PHASE BIT(2)

bool dap_connect(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t port = dap_read_byte(in);

	if (in->short_of_data)
		return false;
	if (port == PORT_DEFAULT || port == PORT_SWD) {
		vport_connect(dap->port, VPORT_SWD);
		dap_write_byte(out, PORT_SWD);
	} else if (port == PORT_JTAG) {
		vport_connect(dap->port, VPORT_JTAG);
		dap_write_byte(out, PORT_JTAG);
	} else {
		dap_write_byte(out, 0); /* "Initialization failed" */
	}
	return true;
}

bool dap_disconnect(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	(void)in;
	vport_disconnect(dap->port);
	dap_write_byte(out, DAP_OK);
	return true;
}

/* The pins are what they will be at once; only a wait for what cannot be takes its time. */
bool dap_swj_pins(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t output = dap_read_byte(in);
	uint8_t select = dap_read_byte(in);
	uint32_t wait_us = dap_read_word(in);
	uint8_t pins;

	if (in->short_of_data)
		return false;
	vport_write_pins(dap->port, output, select);
	pins = vport_read_pins(dap->port);
	if (wait_us > PINS_WAIT_MAX_US)
		wait_us = PINS_WAIT_MAX_US;
	if ((pins ^ output) & select)
		vclock_pass(dap->clock, (uint64_t)wait_us * NS_PER_US);
	dap_write_byte(out, pins);
	return true;
}

bool dap_swj_clock(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint32_t hz = dap_read_word(in);

	if (in->short_of_data || !hz)
		return false;
	vclock_set_swclk(dap->clock, hz < VDAP_MAX_HZ ? hz : VDAP_MAX_HZ);
	dap_write_byte(out, DAP_OK);
	return true;
}

bool dap_swj_sequence(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t count = dap_read_byte(in);
	unsigned bits = count ? count : 256;
	const uint8_t *data = dap_read(in, (bits + 7) / 8);

	if (in->short_of_data || !data)
		return false;
	vport_write_bits(dap->port, data, bits);
	dap_write_byte(out, DAP_OK);
	return true;
}

bool dap_swd_configure(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t value = dap_read_byte(in);

	if (in->short_of_data)
		return false;
	dap->port->turnaround = (uint8_t)(FIELD_GET(CONFIGURE_TURNAROUND, value) + 1);
	dap->port->data_phase = value & CONFIGURE_DATA_PHASE;
	dap_write_byte(out, DAP_OK);
	return true;
}

static unsigned sequence_cycles(uint8_t info)
{
	unsigned cycles = FIELD_GET(SEQUENCE_CYCLES, info);

	return cycles ? cycles : SEQUENCE_MAX;
}

/* Is all of it there, and will the answer fit? */
static bool sequences_fit(struct dap_reader in, struct dap_writer out, unsigned count)
{
	dap_write_byte(&out, DAP_OK);
	for (unsigned i = 0; i < count && !in.short_of_data; i++) {
		uint8_t info = dap_read_byte(&in);
		size_t size = (sequence_cycles(info) + 7) / 8;

		if (info & SEQUENCE_INPUT)
			dap_write(&out, size);
		else
			dap_read(&in, size);
	}
	return !in.short_of_data && !out.overflow;
}

bool dap_swd_sequence(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t count = dap_read_byte(in);

	if (in->short_of_data || !sequences_fit(*in, *out, count))
		return false;
	dap_write_byte(out, DAP_OK);
	for (unsigned i = 0; i < count; i++) {
		uint8_t info = dap_read_byte(in);
		unsigned cycles = sequence_cycles(info);
		size_t size = (cycles + 7) / 8;

		if (info & SEQUENCE_INPUT)
			vport_read_bits(dap->port, dap_write(out, size), cycles);
		else
			vport_write_bits(dap->port, dap_read(in, size), cycles);
	}
	return true;
}
