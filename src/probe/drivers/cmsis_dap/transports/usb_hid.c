/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMSIS-DAP v1: HID reports of a fixed size, without an ID. A request is padded to the size of its
 * report (CMSIS-DAP 2.1.1, "USB Interface": "HID"); so are the answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <hidapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/protocol.h"
#include "probe/drivers/cmsis_dap/transports/usb.h"

enum {
	REPORT_DEFAULT = 64, /* where no descriptor tells: what full speed has */
	REPORT_MAX = 4096, /* HID_MAX_BUFFER_SIZE of the kernel was that when v1 probes were made */
	/*
	 * Linux keeps 64 reports that nobody read (HIDRAW_BUFFER_SIZE, include/linux/hidraw.h) and
	 * loses those behind; some are left free for answers that somebody else caused.
	 */
	PACKETS_MAX = 48,
	DRAIN_MS = 200,
	DRAIN_QUIET_MS = 1
};

struct hid {
	hid_device *device;
	bool gone;
	size_t out_size; /* of reports */
	size_t in_size;
	uint8_t *out; /* ID 0, and a report */
	uint8_t *in;
	char unique_id[2 * USB_TEXT_SIZE];
};

static dapper_status fail_gone(struct hid *hid, const char *why)
{
	hid->gone = true;
	return usb_fail_gone(hid->unique_id, why);
}

static dapper_status check_usable(struct hid *hid)
{
	return hid->gone ? fail_gone(hid, "it was unplugged earlier") : DAPPER_OK;
}

/* What the kernel says of a device whose plug is being pulled depends on how far that has got. */
static const char *why_gone(int error)
{
	switch (error) {
	case 0: /* hidapi found the device gone by itself */
	case EIO:
	case ENODEV:
	case ESHUTDOWN:
		return "it was unplugged";
	case EILSEQ: /* Documentation/driver-api/usb/error-codes.rst: nobody answers on the bus */
	case EPROTO:
	case ETIME:
		return "USB errors; was it unplugged?";
	default:
		return strerror(error);
	}
}

/*
 * The kernel does the write there and then, and gives up after 5 s (USB_CTRL_SET_TIMEOUT), which is
 * also the longest that anything here may take.
 */
static dapper_status hid_send(void *data, const uint8_t *packet, size_t size, uint32_t timeout_ms)
{
	struct hid *hid = data;
	int written;

	TRY(check_usable(hid));
	if (size > hid->out_size)
		return dapper_fail(DAPPER_ERR_INTERNAL, "a packet of %zu bytes for reports of %zu",
			size, hid->out_size);
	hid->out[0] = 0;
	memcpy(hid->out + 1, packet, size);
	memset(hid->out + 1 + size, 0, hid->out_size - size);
	errno = 0;
	written = hid_write(hid->device, hid->out, hid->out_size + 1);
	if (written >= 0)
		return DAPPER_OK;
	if (errno == ETIMEDOUT)
		return dapper_fail(DAPPER_ERR_TIMEOUT,
			"the probe %s did not take a request within %u ms", hid->unique_id,
			(unsigned)timeout_ms);
	if (errno == EPIPE)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe %s stalled instead of taking a request", hid->unique_id);
	return fail_gone(hid, why_gone(errno));
}

/* The next report. @p got 0: none within the time. */
static dapper_status read_report(struct hid *hid, uint32_t timeout_ms, size_t *got)
{
	struct deadline deadline = deadline_in_ms(&host_clock, timeout_ms);
	int size;

	do {
		errno = 0;
		size = hid_read_timeout(
			hid->device, hid->in, hid->in_size, (int)deadline_left_ms(&deadline));
		/* Only a signal; or the kernel thought better of it. */
		if (size < 0 && errno == EINTR)
			size = 0;
		if (size < 0)
			return fail_gone(hid, why_gone(errno));
	} while (size == 0 && !deadline_passed(&deadline));
	*got = (size_t)size;
	return DAPPER_OK;
}

static dapper_status hid_receive(
	void *data, uint8_t *packet, size_t capacity, size_t *size, uint32_t timeout_ms)
{
	struct hid *hid = data;
	size_t got = 0;

	TRY(check_usable(hid));
	TRY(read_report(hid, timeout_ms, &got));
	if (got == 0)
		return dapper_fail(DAPPER_ERR_TIMEOUT, "the probe %s did not answer within %u ms",
			hid->unique_id, (unsigned)timeout_ms);
	if (got > capacity)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe %s answered %zu bytes, more than its packets have",
			hid->unique_id, got);
	memcpy(packet, hid->in, got);
	*size = got;
	return DAPPER_OK;
}

static void hid_close_transport(void *data)
{
	struct hid *hid = data;

	if (hid->device)
		hid_close(hid->device);
	free(hid->out);
	free(hid->in);
	free(hid);
}

static const struct cmsis_dap_transport_ops hid_ops = {
	.send = hid_send,
	.receive = hid_receive,
	.close = hid_close_transport,
};

/* ---- opening ---- */

static size_t report_size(uint16_t told)
{
	return told > 0 && told <= REPORT_MAX ? told : REPORT_DEFAULT;
}

/* hidapi says why only in words for people: ask the kernel first. */
static dapper_status check_node(const struct hid *hid, const struct usb_probe *probe)
{
	int fd = open(probe->node, O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return DAPPER_OK;
	}
	if (errno == EACCES || errno == EPERM)
		return usb_fail_access(probe);
	if (errno == ENOENT || errno == ENODEV || errno == ENXIO)
		return usb_fail_gone(hid->unique_id, "it was unplugged");
	return dapper_fail(DAPPER_ERR_PROBE_IO, "cannot open the probe %s, %s: %s", hid->unique_id,
		probe->node, strerror(errno));
}

static dapper_status set_up(struct hid *hid, const struct usb_probe *probe)
{
	struct deadline deadline = deadline_in_ms(&host_clock, DRAIN_MS);
	size_t got = 1;

	hid->out_size = report_size(probe->report_out);
	hid->in_size = report_size(probe->report_in);
	hid->out = xcalloc(hid->out_size + 1, 1);
	hid->in = xcalloc(hid->in_size, 1);
	if (!hid->out || !hid->in)
		return FAIL_NO_MEMORY("a HID probe");
	TRY(check_node(hid, probe));
	hid->device = hid_open_path(probe->node);
	if (!hid->device)
		return dapper_fail(DAPPER_ERR_PROBE_IO,
			"cannot open the probe %s: %s is no HID "
			"device",
			hid->unique_id, probe->node);
	/* Answers that a program before us did not wait for. */
	while (got > 0 && !deadline_passed(&deadline))
		TRY(read_report(hid, DRAIN_QUIET_MS, &got));
	return DAPPER_OK;
}

dapper_status usb_hid_open(dapper_context *context, const struct usb_probe *probe,
	struct cmsis_dap_transport *transport)
{
	struct hid *hid = xnew(hid);
	dapper_status status;

	(void)context;
	if (!hid)
		return FAIL_NO_MEMORY("a HID probe");
	snprintf(hid->unique_id, sizeof(hid->unique_id), "%s", probe->unique_id);
	status = set_up(hid, probe);
	if (status != DAPPER_OK) {
		hid_close_transport(hid);
		return status;
	}
	*transport = (struct cmsis_dap_transport){
		.ops = &hid_ops,
		.data = hid,
		.is_padded = true,
		.packet_size_max = hid->out_size < hid->in_size ? hid->out_size : hid->in_size,
		.packet_count_max = PACKETS_MAX,
	};
	return DAPPER_OK;
}
