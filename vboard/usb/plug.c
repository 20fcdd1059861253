/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/usb/plug.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "vboard/usb/usbip.h"
#include "vboard/usb/vhci.h"

enum {
	NS_PER_MS = 1000000,
	RECEIVE_SIZE = 16 * 1024,
	OUTPUT_MAX = 4 << 20, /* who does not fetch what it asked for is not served further */
	RETRY_MS = 10,        /* the port is free only when the kernel has cleaned up */
	RETRIES = 500
};

struct vplug {
	dapper_context *context;
	const char *folder;
	struct vusb_device device;
	struct vusbip *usbip;
	int fd; /* -1: plugged out */
	bool comes_back;
	uint64_t back_ns;
	unsigned tries_left;
};

static dapper_status plug_in(struct vplug *plug)
{
	int fd;

	plug->usbip = vusbip_new(&plug->device);
	if (!plug->usbip)
		return FAIL_NO_MEMORY("a USB device");
	vusb_device_plug(&plug->device);
	TRY(vhci_attach(plug->folder, plug->device.descriptors.identity.high_speed, &fd));
	plug->fd = fd;
	return DAPPER_OK;
}

static void plug_out(struct vplug *plug, const char *why)
{
	if (plug->fd >= 0) {
		log_debug(plug->context, DAPPER_LOG_VBOARD, "USB: unplugged: %s", why);
		close(plug->fd);
	}
	plug->fd = -1;
	vusbip_free(plug->usbip);
	plug->usbip = NULL;
}

dapper_status vplug_new(dapper_context *context, struct vboard *board, dapper_vboard_usb kind,
	const char *folder, struct vplug **plug)
{
	struct vplug *made = xnew(made);
	dapper_status status;

	if (!made)
		return FAIL_NO_MEMORY("a USB device");
	made->context = context;
	made->folder = folder;
	made->fd = -1;
	vusb_device_init(&made->device, board, kind, &host_clock);
	status = plug_in(made);
	if (status != DAPPER_OK) {
		vplug_free(made);
		return status;
	}
	*plug = made;
	return DAPPER_OK;
}

void vplug_free(struct vplug *plug)
{
	if (!plug)
		return;
	plug_out(plug, "the server ends");
	free(plug);
}

/* --- plugged out, and in again --------------------------------------------------------------- */

static void lose(struct vplug *plug, const char *why)
{
	const uint64_t replug_ms = plug->device.faults.replug_ms;

	plug_out(plug, why);
	plug->comes_back = replug_ms;
	plug->back_ns = clock_now_ns(&host_clock) + replug_ms * NS_PER_MS;
	plug->tries_left = RETRIES;
}

static void come_back(struct vplug *plug)
{
	if (!plug->comes_back || clock_now_ns(&host_clock) < plug->back_ns)
		return;
	if (plug_in(plug) == DAPPER_OK) {
		plug->comes_back = false;
		log_debug(plug->context, DAPPER_LOG_VBOARD, "USB: plugged in again");
		return;
	}
	plug_out(plug, "");
	plug->comes_back = --plug->tries_left > 0;
	plug->back_ns += (uint64_t)RETRY_MS * NS_PER_MS;
	if (!plug->comes_back)
		log_warning(plug->context, DAPPER_LOG_VBOARD, "USB: cannot be plugged in again: %s",
			dapper_error_last()->message);
}

/* --- the socket ------------------------------------------------------------------------------ */

static bool would_block(ssize_t result)
{
	return result < 0 && (errno == EAGAIN || errno == EINTR);
}

static dapper_status receive(struct vplug *plug)
{
	uint8_t bytes[RECEIVE_SIZE];
	ssize_t got = recv(plug->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (would_block(got))
		return DAPPER_OK;
	if (got <= 0)
		return dapper_fail(DAPPER_ERR_PROBE_GONE, "%s",
			got ? strerror(errno) : "the host controller has dropped it");
	/* What comes together was sent together. */
	vusb_device_stamp(&plug->device);
	return vusbip_feed(plug->usbip, bytes, (size_t)got);
}

static dapper_status send_output(struct vplug *plug)
{
	size_t size;
	const uint8_t *bytes = vusbip_output(plug->usbip, &size);
	ssize_t sent;

	if (!size)
		return DAPPER_OK;
	sent = send(plug->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (would_block(sent))
		return DAPPER_OK;
	if (sent < 0)
		return dapper_fail(DAPPER_ERR_PROBE_GONE, "%s", strerror(errno));
	vusbip_sent(plug->usbip, (size_t)sent);
	return DAPPER_OK;
}

static bool is_full(const struct vplug *plug)
{
	size_t size;

	vusbip_output(plug->usbip, &size);
	return size > OUTPUT_MAX;
}

static dapper_status run(struct vplug *plug)
{
	if (!is_full(plug)) {
		TRY(receive(plug));
		TRY(vusbip_run(plug->usbip));
	}
	return send_output(plug);
}

void vplug_run(struct vplug *plug)
{
	if (plug->fd < 0)
		come_back(plug);
	else if (run(plug) != DAPPER_OK)
		lose(plug, dapper_error_last()->message);
}

int vplug_fd(const struct vplug *plug, short *events)
{
	size_t size = 0;

	if (plug->fd < 0)
		return -1;
	vusbip_output(plug->usbip, &size);
	*events = (short)((size <= OUTPUT_MAX ? POLLIN : 0) | (size ? POLLOUT : 0));
	return plug->fd;
}

int vplug_wait_ms(const struct vplug *plug)
{
	uint64_t now_ns = clock_now_ns(&host_clock);

	if (plug->fd >= 0)
		return vusb_wait_ms(&plug->device);
	if (!plug->comes_back)
		return -1;
	return plug->back_ns <= now_ns ? 0 : (int)((plug->back_ns - now_ns) / NS_PER_MS) + 1;
}

void vplug_output(struct vplug *plug, const void *bytes, size_t size)
{
	vusb_serial_output(&plug->device, bytes, size);
}
