/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/usb/vhci.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/error.h"

const char vhci_folder[] = "/sys/devices/platform/vhci_hcd.0";

enum {
	/* enum usb_device_speed of the kernel */
	SPEED_FULL = 2,
	SPEED_HIGH = 3,
	STATE_FREE = 4, /* VDEV_ST_NULL */
	/* Bus and device number on the machine that exports it: only seen in the list of ports. */
	DEVICE_ID = 0x00010002,
	MAX_PORTS = 64
};

static dapper_status fail_to_use(const char *path)
{
	const int error = errno;

	if (error == ENOENT) {
		dapper_fail(DAPPER_ERR_UNSUPPORTED,
			"this machine has no virtual USB host controller (no %s)", path);
		return dapper_fail_hint(DAPPER_ERR_UNSUPPORTED,
			"Linux has it as a module: `modprobe vhci-hcd` as root; in containers it "
			"is the host's matter");
	}
	dapper_fail(DAPPER_ERR_FILE, "cannot plug in a virtual USB device: %s: %s", path,
		strerror(error));
	if (error == EACCES || error == EPERM)
		dapper_fail_hint(DAPPER_ERR_FILE, "only root may: try it with sudo");
	return DAPPER_ERR_FILE;
}

static dapper_status open_file(const char *folder, const char *name, int flags, int *fd)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	*fd = open(path, flags | O_CLOEXEC);
	return *fd >= 0 ? DAPPER_OK : fail_to_use(path);
}

/*
 * Free ports, from a table of lines
 *   hub port sta spd dev      sockfd local_busid
 *   hs  0000 004 000 00000000 000000 0-0
 * Ports of the other hub, "ss", are for SuperSpeed.
 */
static size_t find_free_ports(char *table, unsigned ports[MAX_PORTS])
{
	size_t count = 0;
	char *rest = NULL;

	for (char *line = strtok_r(table, "\n", &rest); line && count < MAX_PORTS;
		line = strtok_r(NULL, "\n", &rest)) {
		unsigned port, state;

		/* Numbers of up to four digits cannot overflow. */
		// NOLINTNEXTLINE(cert-err34-c)
		if (sscanf(line, "hs %4u %3u", &port, &state) == 2 && state == STATE_FREE)
			ports[count++] = port;
	}
	return count;
}

static dapper_status read_free_ports(const char *folder, unsigned ports[MAX_PORTS], size_t *count)
{
	char table[4096];
	ssize_t size;
	int fd;

	TRY(open_file(folder, "status", O_RDONLY, &fd));
	size = read(fd, table, sizeof(table) - 1);
	close(fd);
	if (size < 0)
		return fail_to_use(folder);
	table[size] = '\0';
	*count = find_free_ports(table, ports);
	if (*count)
		return DAPPER_OK;
	return dapper_fail(
		DAPPER_ERR_BUSY, "all ports of the virtual USB host controller are taken");
}

/* @return 0 or an errno. */
static int attach_port(int attach, unsigned port, int socket, bool high_speed)
{
	char text[64];
	const int size = snprintf(text, sizeof(text), "%u %d %u %d", port, socket,
		(unsigned)DEVICE_ID, high_speed ? SPEED_HIGH : SPEED_FULL);

	return write(attach, text, (size_t)size) == size ? 0 : errno;
}

static dapper_status attach_any(const char *folder, int socket, bool high_speed)
{
	unsigned ports[MAX_PORTS];
	size_t count = 0;
	int error = EBUSY;
	int attach;

	TRY(read_free_ports(folder, ports, &count));
	TRY(open_file(folder, "attach", O_WRONLY, &attach));
	/* Somebody else may have taken it meanwhile. */
	for (size_t i = 0; i < count && error == EBUSY; i++)
		error = attach_port(attach, ports[i], socket, high_speed);
	close(attach);
	errno = error;
	return error ? fail_to_use(folder) : DAPPER_OK;
}

dapper_status vhci_attach(const char *folder, bool high_speed, int *device)
{
	int ends[2];
	dapper_status status;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return dapper_fail(DAPPER_ERR_FILE, "no sockets: %s", strerror(errno));
	status = attach_any(folder, ends[1], high_speed);
	close(ends[1]); /* the kernel has its own reference now */
	if (status == DAPPER_OK && fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		status = dapper_fail(DAPPER_ERR_FILE, "no socket: %s", strerror(errno));
	if (status == DAPPER_OK)
		*device = ends[0];
	else
		close(ends[0]);
	return status;
}
