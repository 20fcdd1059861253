/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/dap_internal.h"

enum { SEQUENCE_MAX = 64, INSTRUCTION_IDCODE = 0xfe };

/* Sequence info of DAP_JTAG_Sequence. */
#define SEQUENCE_CYCLES  BITS(5, 0)
#define SEQUENCE_TMS     BIT(6)
#define SEQUENCE_CAPTURE BIT(7)

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

		dap_read(&in, size);
		if (info & SEQUENCE_CAPTURE)
			dap_write(&out, size);
	}
	return !in.short_of_data && !out.overflow;
}

bool dap_jtag_sequence(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t count = dap_read_byte(in);

	if (in->short_of_data || !sequences_fit(*in, *out, count))
		return false;
	dap_write_byte(out, DAP_OK);
	for (unsigned i = 0; i < count; i++) {
		uint8_t info = dap_read_byte(in);
		unsigned cycles = sequence_cycles(info);
		size_t size = (cycles + 7) / 8;
		const uint8_t *tdi = dap_read(in, size);
		uint8_t *tdo = info & SEQUENCE_CAPTURE ? dap_write(out, size) : NULL;

		vport_jtag_bits(dap->port, info & SEQUENCE_TMS, tdi, tdo, cycles);
	}
	return true;
}

/* A length of 0 or of more than 32 bits is none that a device has. */
bool dap_jtag_configure(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t count = dap_read_byte(in);
	const uint8_t *lengths = dap_read(in, count);

	if (in->short_of_data || !lengths || count > VPORT_MAX_DEVICES)
		return false;
	for (unsigned i = 0; i < count; i++)
		if (!lengths[i] || lengths[i] > 32)
			return false;
	dap->port->device_count = count;
	for (unsigned i = 0; i < count; i++)
		dap->port->ir_lengths[i] = lengths[i];
	dap_write_byte(out, DAP_OK);
	return true;
}

bool dap_jtag_idcode(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t index = dap_read_byte(in);

	if (in->short_of_data || dap->port->mode != VPORT_JTAG ||
		!vport_jtag_select(dap->port, index) || out->capacity - out->size < 5)
		return false;
	vport_jtag_write_ir(dap->port, INSTRUCTION_IDCODE);
	dap_write_byte(out, DAP_OK);
	dap_write_word(out, vport_jtag_read_idcode(dap->port));
	return true;
}
