/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SWO commands (CMSIS-DAP 2.1.1, "SWO Commands"); where the page is silent, what Arm's
 * firmware does: settings are refused while capture is active, reading the status clears its
 * errors, and only with transport 1 does DAP_SWO_Data hand out bytes.
 *
 * SWO shares its pin with TDO: nothing is heard while the port is connected for JTAG.
 */
#include "vboard/probe/dap_internal.h"

enum { TRANSPORT_NONE = 0, TRANSPORT_DATA = 1, TRANSPORT_ENDPOINT = 2 };

/* Trace status */
#define STATUS_ACTIVE       BIT(0)
#define STATUS_STREAM_ERROR BIT(6)
#define STATUS_OVERRUN      BIT(7)

/* Control of DAP_SWO_ExtendedStatus: what is wanted */
#define WANT_STATUS BIT(0)
#define WANT_COUNT  BIT(1)
#define WANT_INDEX  BIT(2)

enum { DATA_HEAD = 4, SWO_TICK_NS = VCLOCK_NS_PER_S / VDAP_TIMER_HZ };

static void hear_burst(void *payload, const struct vswo_burst *burst)
{
	struct vdap *dap = payload;

	if (dap->port->mode != VPORT_JTAG)
		vswo_receive(&dap->swo, burst);
}

void dap_swo_init(struct vdap *dap)
{
	const struct vtarget *target = dap->port->target;

	if (target && target->set_swo)
		target->set_swo(target->data, hear_burst, dap);
}

/* The target is only as far as it was last looked at. */
static void catch_up(struct vdap *dap)
{
	const struct vtarget *target = dap->port->target;

	target->advance(target->data, dap->clock->now_ns);
}

bool dap_swo_transport(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t transport = dap_read_byte(in);
	bool accepted = !dap->swo.active && transport <= TRANSPORT_ENDPOINT;

	if (in->short_of_data)
		return false;
	if (accepted)
		dap->swo_transport = transport;
	dap_write_byte(out, accepted ? DAP_OK : DAP_ERROR);
	return true;
}

/* The mode can be changed at any time, which ends capture. */
bool dap_swo_mode(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t mode = dap_read_byte(in);
	bool accepted = mode <= VSWO_MANCHESTER;

	if (in->short_of_data)
		return false;
	catch_up(dap);
	vswo_stop(&dap->swo, dap->clock->now_ns);
	dap->swo.mode = accepted ? (enum vswo_mode)mode : VSWO_OFF;
	dap_write_byte(out, accepted ? DAP_OK : DAP_ERROR);
	return true;
}

/* Answers the rate that is in effect; 0: none. A running capture goes on from here. */
bool dap_swo_baudrate(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint32_t baud = dap_read_word(in);

	if (in->short_of_data)
		return false;
	catch_up(dap);
	if (!baud || dap->swo.mode == VSWO_OFF)
		vswo_stop(&dap->swo, dap->clock->now_ns);
	dap->swo.baud = baud < VDAP_MAX_HZ ? baud : VDAP_MAX_HZ;
	dap_write_word(out, dap->swo.mode == VSWO_OFF ? 0 : dap->swo.baud);
	return true;
}

bool dap_swo_control(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	struct vswo *swo = &dap->swo;
	bool active = dap_read_byte(in) & STATUS_ACTIVE;
	bool possible = swo->mode != VSWO_OFF && swo->baud;

	if (in->short_of_data)
		return false;
	catch_up(dap);
	if (active && !swo->active && possible)
		vswo_start(swo, dap->clock->now_ns);
	else if (!active)
		vswo_stop(swo, dap->clock->now_ns);
	dap_write_byte(out, active && !possible ? DAP_ERROR : DAP_OK);
	return true;
}

/* Errors are told once. */
static uint8_t take_status(struct vswo *swo)
{
	const uint32_t status = FIELD_PREP(STATUS_ACTIVE, swo->active) |
	                        FIELD_PREP(STATUS_STREAM_ERROR, swo->stream_error) |
	                        FIELD_PREP(STATUS_OVERRUN, swo->overrun);

	swo->stream_error = swo->overrun = false;
	return (uint8_t)status;
}

bool dap_swo_status(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	(void)in;
	catch_up(dap);
	dap_write_byte(out, take_status(&dap->swo));
	dap_write_word(out, vswo_count(&dap->swo));
	return true;
}

bool dap_swo_extended_status(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t wanted = dap_read_byte(in);

	if (in->short_of_data)
		return false;
	catch_up(dap);
	if (wanted & WANT_STATUS)
		dap_write_byte(out, take_status(&dap->swo));
	if (wanted & WANT_COUNT)
		dap_write_word(out, vswo_count(&dap->swo));
	if (wanted & WANT_INDEX) {
		dap_write_word(out, dap->swo.in);
		dap_write_word(out, (uint32_t)(dap->swo.stamp_ns / SWO_TICK_NS));
	}
	return true;
}

bool dap_swo_data(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	size_t size = dap_read_short(in);
	size_t room;
	uint8_t *data;

	if (in->short_of_data || out->capacity - out->size < DATA_HEAD - 1)
		return false;
	catch_up(dap);
	dap_write_byte(out, take_status(&dap->swo));
	room = out->capacity - out->size - 2;
	if (size > room)
		size = room;
	if (size > vswo_count(&dap->swo))
		size = vswo_count(&dap->swo);
	if (dap->swo_transport != TRANSPORT_DATA)
		size = 0;
	dap_write_byte(out, (uint8_t)size);
	dap_write_byte(out, (uint8_t)(size >> 8));
	data = dap_write(out, size);
	if (data)
		vswo_take(&dap->swo, data, size);
	return true;
}

size_t vdap_read_swo(struct vdap *dap, uint8_t *bytes, size_t size)
{
	return dap->swo_transport == TRANSPORT_ENDPOINT ? vswo_take(&dap->swo, bytes, size) : 0;
}
