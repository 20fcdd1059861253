/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMSIS-DAP over TCP, with the framing of OpenOCD's cmsis_dap_tcp back end (its documentation,
 * "cmsis-dap tcp", and file reference): before each packet eight bytes, little-endian: signature,
 * length of the packet, type, 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/context.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/protocol.h"
#include "probe/drivers/cmsis_dap/transport.h"

enum {
	FRAME_SIGNATURE = 0x00504144, /* "DAP" and 0 */
	FRAME_HEADER = 8,
	FRAME_LENGTH = 4, /* places in the header */
	FRAME_TYPE = 6,
	FRAME_REQUEST = 1,
	FRAME_RESPONSE = 2,

	CONNECT_TIMEOUT_MS = 5000,
	SLICE_MS = 100, /* how long a cancelled program may go on connecting */
	ADDRESS_SIZE = 300
};

#define DEFAULT_PORT "4441"

struct tcp {
	int fd;
	bool broken; /* no longer known where a frame begins */
	char peer[ADDRESS_SIZE];
	size_t got; /* bytes of the frame that is coming in */
	uint8_t frame[FRAME_HEADER + UINT16_MAX];
};

/* ---- addresses ---- */

struct address {
	char host[ADDRESS_SIZE];
	char port[8];
};

static dapper_status fail_address(const char *address, const char *why)
{
	dapper_fail(DAPPER_ERR_INVALID, "'tcp:%s' %s", address, why);
	return dapper_fail_hint(DAPPER_ERR_INVALID,
		"write tcp:HOST or tcp:HOST:PORT; an IPv6 address with a port in brackets: "
		"tcp:[::1]:" DEFAULT_PORT);
}

static bool is_port(const char *text)
{
	unsigned value = 0;

	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 5)
		return false;
	for (; *text; text++)
		value = value * 10 + (unsigned)(*text - '0');
	return value >= 1 && value <= UINT16_MAX;
}

/* HOST, HOST:PORT, [HOST], [HOST]:PORT, and an IPv6 address, which has more than one colon. */
static dapper_status parse_address(const char *text, struct address *address)
{
	bool bracket = text[0] == '[';
	const char *host = bracket ? text + 1 : text;
	const char *end = bracket ? strchr(host, ']') : strchr(host, ':');
	const char *port;
	size_t length;

	if (bracket && !end)
		return fail_address(text, "lacks a ']'");
	if (!end || (!bracket && strchr(end + 1, ':')))
		end = host + strlen(host);
	length = (size_t)(end - host);
	port = bracket ? end + 1 : end;
	if (length == 0 || length >= sizeof(address->host))
		return fail_address(text, "names no host");
	if (*port && (*port != ':' || !is_port(port + 1)))
		return fail_address(text, "has no port number between 1 and 65535 at its end");
	memcpy(address->host, host, length);
	address->host[length] = '\0';
	snprintf(address->port, sizeof(address->port), "%s", *port ? port + 1 : DEFAULT_PORT);
	return DAPPER_OK;
}

/* ---- connecting ---- */

/* 1: ready, 0: time is up, -1: errno. A signal only shortens the wait. */
static int wait_ready(int fd, short events, uint32_t timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = events };
	struct deadline deadline = deadline_in_ms(&host_clock, timeout_ms);
	int ready = poll(&wait, 1, (int)timeout_ms);

	while (ready < 0 && errno == EINTR)
		ready = poll(&wait, 1, (int)deadline_left_ms(&deadline));
	return ready;
}

/* @return 0, or an errno. */
static int wait_connected(dapper_context *context, int fd, const struct deadline *deadline)
{
	socklen_t size = sizeof(int);
	int error = 0;

	for (;;) {
		uint32_t left = deadline_left_ms(deadline);
		int ready = wait_ready(fd, POLLOUT, left < SLICE_MS ? left : SLICE_MS);

		if (ready < 0)
			return errno;
		if (ready > 0)
			break;
		if (context_check_cancelled(context) != DAPPER_OK)
			return ECANCELED;
		if (deadline_passed(deadline))
			return ETIMEDOUT;
	}
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/* @return 0 and a connected, non-blocking socket, or an errno. */
static int connect_to(dapper_context *context, const struct addrinfo *to,
	const struct deadline *deadline, int *fd)
{
	int made = socket(to->ai_family, to->ai_socktype, to->ai_protocol);
	int on = 1;
	int error;

	if (made < 0)
		return errno;
	fcntl(made, F_SETFD, FD_CLOEXEC);
	fcntl(made, F_SETFL, O_NONBLOCK);
	/* Packets are small and somebody waits for each: without this they wait for each other. */
	setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	error = connect(made, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
	if (error == EINPROGRESS || error == EINTR)
		error = wait_connected(context, made, deadline);
	if (error == 0)
		*fd = made;
	else
		close(made);
	return error;
}

static dapper_status fail_connect(const struct address *address, int error)
{
	if (error == ECANCELED)
		return DAPPER_ERR_CANCELLED; /* recorded where it was found out */
	dapper_fail(DAPPER_ERR_PROBE_IO, "cannot connect to a probe at %s port %s: %s",
		address->host, address->port, strerror(error));
	return dapper_fail_hint(
		DAPPER_ERR_PROBE_IO, "is the probe, or `dapper vboard serve`, running there?");
}

static dapper_status connect_any(dapper_context *context, const struct address *address, int *fd)
{
	struct addrinfo wanted = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct deadline deadline = deadline_in_ms(&host_clock, CONNECT_TIMEOUT_MS);
	struct addrinfo *found = NULL;
	int error = getaddrinfo(address->host, address->port, &wanted, &found);

	if (error != 0)
		return dapper_fail(DAPPER_ERR_NO_PROBE, "no host '%s' to look for a probe: %s",
			address->host, gai_strerror(error));
	error = EHOSTUNREACH;
	for (const struct addrinfo *to = found; to && error != 0 && error != ECANCELED;
		to = to->ai_next)
		error = connect_to(context, to, &deadline, fd);
	freeaddrinfo(found);
	return error == 0 ? DAPPER_OK : fail_connect(address, error);
}

/* ---- packets ---- */

static dapper_status fail_gone(struct tcp *tcp, const char *why)
{
	tcp->broken = true;
	dapper_fail(DAPPER_ERR_PROBE_GONE, "the probe at %s is gone: %s", tcp->peer, why);
	return dapper_fail_hint(
		DAPPER_ERR_PROBE_GONE, "check the probe's power and network, then connect again");
}

static dapper_status check_usable(const struct tcp *tcp)
{
	if (!tcp->broken)
		return DAPPER_OK;
	return dapper_fail(DAPPER_ERR_PROBE_GONE,
		"the connection to the probe at %s was given up after an earlier failure",
		tcp->peer);
}

static dapper_status fail_timeout(const struct tcp *tcp, const char *what, uint32_t timeout_ms)
{
	return dapper_fail(DAPPER_ERR_TIMEOUT, "the probe at %s did not %s within %u ms", tcp->peer,
		what, (unsigned)timeout_ms);
}

/* Nothing could be moved at present. (EWOULDBLOCK is EAGAIN on all that have poll().) */
static bool is_passing(int error)
{
	return error == EAGAIN || error == EINTR;
}

static dapper_status send_bytes(
	struct tcp *tcp, const uint8_t *bytes, size_t size, uint32_t timeout_ms)
{
	struct deadline deadline = deadline_in_ms(&host_clock, timeout_ms);
	size_t sent = 0;

	while (sent < size) {
		ssize_t n = send(tcp->fd, bytes + sent, size - sent, MSG_NOSIGNAL);

		if (n >= 0) {
			sent += (size_t)n;
			continue;
		}
		if (!is_passing(errno))
			return fail_gone(tcp, strerror(errno));
		if (wait_ready(tcp->fd, POLLOUT, deadline_left_ms(&deadline)) < 0)
			return fail_gone(tcp, strerror(errno));
		if (deadline_passed(&deadline)) {
			/* A frame sent in part cannot be taken back. */
			tcp->broken = sent > 0;
			return fail_timeout(tcp, "take a packet", timeout_ms);
		}
	}
	return DAPPER_OK;
}

static dapper_status tcp_send(void *data, const uint8_t *packet, size_t size, uint32_t timeout_ms)
{
	struct tcp *tcp = data;
	uint8_t frame[FRAME_HEADER + DAP_PACKET_SIZE_MAX];

	TRY(check_usable(tcp));
	if (size > DAP_PACKET_SIZE_MAX)
		return dapper_fail(DAPPER_ERR_INTERNAL, "a packet of %zu bytes", size);
	put_le32(frame, FRAME_SIGNATURE);
	put_le16(frame + FRAME_LENGTH, (uint16_t)size);
	frame[FRAME_TYPE] = FRAME_REQUEST;
	frame[FRAME_TYPE + 1] = 0;
	memcpy(frame + FRAME_HEADER, packet, size);
	/* In one piece: two would be two segments on the network. */
	return send_bytes(tcp, frame, FRAME_HEADER + size, timeout_ms);
}

/* Bytes that the frame coming in has, as far as that is known. */
static size_t frame_size(const struct tcp *tcp)
{
	if (tcp->got < FRAME_HEADER)
		return FRAME_HEADER;
	return FRAME_HEADER + (size_t)get_le16(tcp->frame + FRAME_LENGTH);
}

static dapper_status check_header(struct tcp *tcp)
{
	const uint8_t *frame = tcp->frame;

	if (tcp->got != FRAME_HEADER ||
		(get_le32(frame) == FRAME_SIGNATURE && frame[FRAME_TYPE] == FRAME_RESPONSE))
		return DAPPER_OK;
	tcp->broken = true;
	dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
		"what answers at %s does not speak CMSIS-DAP over TCP: it sent %02x %02x %02x %02x",
		tcp->peer, frame[0], frame[1], frame[2], frame[3]);
	return dapper_fail_hint(DAPPER_ERR_PROBE_PROTOCOL,
		"is it the right port? The protocol's own is " DEFAULT_PORT);
}

/* What has come in by now; no error when that is nothing. */
static dapper_status read_some(struct tcp *tcp)
{
	ssize_t n = recv(tcp->fd, tcp->frame + tcp->got, frame_size(tcp) - tcp->got, 0);

	if (n > 0) {
		tcp->got += (size_t)n;
		return check_header(tcp);
	}
	if (n == 0)
		return fail_gone(tcp, "it closed the connection");
	if (is_passing(errno))
		return DAPPER_OK;
	return fail_gone(tcp, strerror(errno));
}

static bool has_frame(const struct tcp *tcp)
{
	return tcp->got >= FRAME_HEADER && tcp->got == frame_size(tcp);
}

static dapper_status wait_frame(struct tcp *tcp, uint32_t timeout_ms)
{
	struct deadline deadline = deadline_in_ms(&host_clock, timeout_ms);

	for (;;) {
		size_t before = tcp->got;

		TRY(read_some(tcp));
		if (has_frame(tcp))
			return DAPPER_OK;
		if (tcp->got > before)
			continue;
		if (deadline_passed(&deadline))
			return fail_timeout(tcp, "answer", timeout_ms);
		if (wait_ready(tcp->fd, POLLIN, deadline_left_ms(&deadline)) < 0)
			return fail_gone(tcp, strerror(errno));
	}
}

static dapper_status tcp_receive(
	void *data, uint8_t *packet, size_t capacity, size_t *size, uint32_t timeout_ms)
{
	struct tcp *tcp = data;

	TRY(check_usable(tcp));
	TRY(wait_frame(tcp, timeout_ms));
	*size = tcp->got - FRAME_HEADER;
	tcp->got = 0;
	if (*size > capacity)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe at %s answered %zu bytes, more than its packets have", tcp->peer,
			*size);
	memcpy(packet, tcp->frame + FRAME_HEADER, *size);
	return DAPPER_OK;
}

static void tcp_close(void *data)
{
	struct tcp *tcp = data;

	close(tcp->fd);
	free(tcp);
}

static const struct cmsis_dap_transport_ops tcp_ops = {
	.send = tcp_send,
	.receive = tcp_receive,
	.close = tcp_close,
};

dapper_status cmsis_dap_tcp_open(
	dapper_context *context, const char *text, struct cmsis_dap_transport *transport)
{
	struct address address;
	struct tcp *tcp;
	dapper_status status;

	TRY(parse_address(text, &address));
	tcp = xnew(tcp);
	if (!tcp)
		return FAIL_NO_MEMORY("a connection to a probe");
	snprintf(tcp->peer, sizeof(tcp->peer), "%s", text);
	status = connect_any(context, &address, &tcp->fd);
	if (status != DAPPER_OK) {
		free(tcp);
		return status;
	}
	*transport = (struct cmsis_dap_transport){ .ops = &tcp_ops, .data = tcp };
	return DAPPER_OK;
}
