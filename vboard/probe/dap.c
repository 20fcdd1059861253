/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/dap.h"

#include "vboard/probe/dap_internal.h"

enum { ID_QUEUE_COMMANDS = 0x7e, ID_EXECUTE_COMMANDS = 0x7f, ID_INVALID = 0xff, NS_PER_US = 1000 };

void vdap_init(struct vdap *dap, const struct vdap_identity *identity, struct vport *port)
{
	*dap = (struct vdap){
		.identity = *identity,
		.port = port,
		.clock = port->clock,
		.wait_retry = 100, /* Arm's firmware starts with this */
	};
	dap_swo_init(dap);
}

/* --- packets --------------------------------------------------------------------------------- */

const uint8_t *dap_read(struct dap_reader *in, size_t size)
{
	const uint8_t *data = in->data + in->at;

	if (size > in->size - in->at) {
		in->short_of_data = true;
		return NULL;
	}
	in->at += size;
	return data;
}

uint8_t dap_read_byte(struct dap_reader *in)
{
	const uint8_t *data = dap_read(in, 1);

	return data ? *data : 0;
}

uint16_t dap_read_short(struct dap_reader *in)
{
	const uint8_t *data = dap_read(in, 2);

	return data ? get_le16(data) : 0;
}

uint32_t dap_read_word(struct dap_reader *in)
{
	const uint8_t *data = dap_read(in, 4);

	return data ? get_le32(data) : 0;
}

uint8_t *dap_write(struct dap_writer *out, size_t size)
{
	uint8_t *data = out->data + out->size;

	if (size > out->capacity - out->size) {
		out->overflow = true;
		return NULL;
	}
	out->size += size;
	return data;
}

void dap_write_byte(struct dap_writer *out, uint8_t value)
{
	uint8_t *data = dap_write(out, 1);

	if (data)
		*data = value;
}

void dap_write_word(struct dap_writer *out, uint32_t value)
{
	uint8_t *data = dap_write(out, 4);

	if (data)
		put_le32(data, value);
}

/* --- commands without a file of their own ---------------------------------------------------- */

/* Two LEDs, which nobody sees here. */
static bool host_status(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	(void)dap;
	dap_read(in, 2);
	dap_write_byte(out, DAP_OK);
	return !in->short_of_data;
}

static bool delay(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint16_t us = dap_read_short(in);

	if (in->short_of_data)
		return false;
	vclock_pass(dap->clock, (uint64_t)us * NS_PER_US);
	dap_write_byte(out, DAP_OK);
	return true;
}

/* "Execute: 0 = no device specific reset sequence is implemented". */
static bool reset_target(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	(void)dap;
	(void)in;
	dap_write_byte(out, DAP_OK);
	dap_write_byte(out, 0);
	return true;
}

/* It has no answer at all. */
static bool transfer_abort(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	(void)dap;
	(void)in;
	out->size--;
	return true;
}

static bool execute_commands(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);

static const struct command {
	uint8_t id;
	dap_handler run;
} commands[] = {
	{ 0x00, dap_info },
	{ 0x01, host_status },
	{ 0x02, dap_connect },
	{ 0x03, dap_disconnect },
	{ 0x04, dap_transfer_configure },
	{ 0x05, dap_transfer },
	{ 0x06, dap_transfer_block },
	{ 0x07, transfer_abort },
	{ 0x08, dap_write_abort },
	{ 0x09, delay },
	{ 0x0a, reset_target },
	{ 0x10, dap_swj_pins },
	{ 0x11, dap_swj_clock },
	{ 0x12, dap_swj_sequence },
	{ 0x13, dap_swd_configure },
	{ 0x14, dap_jtag_sequence },
	{ 0x15, dap_jtag_configure },
	{ 0x16, dap_jtag_idcode },
	{ 0x17, dap_swo_transport },
	{ 0x18, dap_swo_mode },
	{ 0x19, dap_swo_baudrate },
	{ 0x1a, dap_swo_control },
	{ 0x1b, dap_swo_status },
	{ 0x1c, dap_swo_data },
	{ 0x1d, dap_swd_sequence },
	{ 0x1e, dap_swo_extended_status },
	{ ID_QUEUE_COMMANDS, execute_commands },
	{ ID_EXECUTE_COMMANDS, execute_commands },
};

static const struct command *find_command(uint8_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].id == id)
			return &commands[i];
	return NULL;
}

/* @return false: what follows in the packet cannot be made sense of. */
static bool run_command(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t id = dap_read_byte(in);
	const struct command *command = find_command(id);
	size_t start = out->size;

	if (in->short_of_data)
		return false;
	vclock_pass(dap->clock, dap->identity.command_ns);
	if (!command) {
		dap_write_byte(out, ID_INVALID);
		return false;
	}
	dap_write_byte(out, id);
	if (out->overflow || (command->run(dap, in, out) && !out->overflow))
		return !out->overflow;
	out->size = start;
	out->overflow = false;
	dap_write_byte(out, id);
	dap_write_byte(out, DAP_ERROR);
	return false;
}

/* Commands do not nest; the first one that cannot be done ends the list. */
static bool execute_commands(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t count = dap_read_byte(in);
	uint8_t *done;

	if (dap->in_list || in->short_of_data)
		return false;
	out->data[out->size - 1] = ID_EXECUTE_COMMANDS; /* also for queued ones */
	done = dap_write(out, 1);
	if (!done)
		return false;
	dap->in_list = true;
	for (*done = 0; *done < count; ++*done)
		if (!run_command(dap, in, out))
			break;
	dap->in_list = false;
	out->overflow = false;
	return true;
}

size_t vdap_process(
	struct vdap *dap, const uint8_t *request, size_t request_size, uint8_t *response)
{
	struct dap_reader in = { .data = request, .size = request_size };
	struct dap_writer out = { .capacity = dap->identity.packet_size };

	out.data = response;
	run_command(dap, &in, &out);
	return out.size;
}
