/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual board for other programs: CMSIS-DAP packets over TCP, framed like OpenOCD's
 * cmsis_dap_tcp back end does (facts from its source, src/jtag/drivers/cmsis_dap_tcp.c): before
 * each packet 8 bytes, little-endian: signature "DAP\0", payload length (2), type (1: request, 2:
 * response), reserved (1).
 *
 * No threads: one loop of poll(), in which the board is also kept running in real time. Where the
 * host is too slow for that the board lags, it never catches up in one go.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/context.h"
#include "base/error.h"
#include "vboard/vboard.h"

enum {
	HEADER_SIZE = 8,
	SIGNATURE = 0x00504144, /* "DAP\0" */
	TYPE_REQUEST = 1,
	TYPE_RESPONSE = 2,
	PAYLOAD_MAX = 1024, /* as in OpenOCD; a board's packets are no larger */
	OUT_SIZE = 4 * (HEADER_SIZE + PAYLOAD_MAX),
	QUEUE_LENGTH = 4,
	POLL_MS = 10
};

/* How much simulated time is made up for at once, and how much at all. */
enum { SLICE_NS = 5000000, LAG_MAX_NS = 100000000 };

struct client {
	int fd; /* -1: none */
	uint8_t in[HEADER_SIZE + PAYLOAD_MAX];
	size_t in_size;
	uint8_t out[OUT_SIZE];
	size_t out_size;
};

struct server {
	const dapper_context *context;
	struct vboard *board;
	int listener;
	struct client client;
	uint64_t host_ns;   /* when the client sent what is being worked off, simulated */
	uint64_t answer_ns; /* when it had the last answer */
	uint64_t real_ns;   /* last look at the real clock */
	uint64_t lag_ns;    /* real time that the board has not had yet */
};

/* --- frames ---------------------------------------------------------------------------------- */

static void close_client(struct server *server, const char *why)
{
	log_debug(server->context, DAPPER_LOG_VBOARD, "client closed: %s", why);
	close(server->client.fd);
	server->client.fd = -1;
}

static void put_response(struct client *client, size_t size)
{
	uint8_t *header = client->out + client->out_size;

	put_le32(header, SIGNATURE);
	put_le16(header + 4, (uint16_t)size);
	header[6] = TYPE_RESPONSE;
	header[7] = 0;
	client->out_size += HEADER_SIZE + size;
}

static bool has_room(const struct client *client)
{
	return sizeof(client->out) - client->out_size >= HEADER_SIZE + PAYLOAD_MAX;
}

/* @return false: the client is closed. */
static bool run_packet(struct server *server, const uint8_t *request, size_t size)
{
	struct client *client = &server->client;
	uint8_t *response = client->out + client->out_size + HEADER_SIZE;
	size_t response_size;

	if (vboard_exchange(server->board, server->host_ns, request, size, response, &response_size,
		    &server->answer_ns) != DAPPER_OK) {
		close_client(server, dapper_error_last()->message);
		return false;
	}
	if (response_size)
		put_response(client, response_size);
	return true;
}

/* @return false: the client is closed. */
static bool check_header(struct server *server, const uint8_t *header)
{
	size_t size = get_le16(header + 4);

	if (get_le32(header) == SIGNATURE && header[6] == TYPE_REQUEST && size &&
		size <= PAYLOAD_MAX)
		return true;
	close_client(server, "not a CMSIS-DAP request");
	return false;
}

/* Work off what has arrived, as far as there is room for the answers. */
static void run_packets(struct server *server)
{
	struct client *client = &server->client;
	size_t at = 0;

	while (client->in_size - at >= HEADER_SIZE && has_room(client)) {
		const uint8_t *header = client->in + at;
		size_t size = get_le16(header + 4);

		if (!check_header(server, header))
			return;
		if (client->in_size - at - HEADER_SIZE < size)
			break;
		if (!run_packet(server, header + HEADER_SIZE, size))
			return;
		at += HEADER_SIZE + size;
	}
	memmove(client->in, client->in + at, client->in_size - at);
	client->in_size -= at;
}

/* --- sockets --------------------------------------------------------------------------------- */

static bool would_block(ssize_t result)
{
	return result < 0 && (errno == EAGAIN || errno == EINTR);
}

static void receive(struct server *server)
{
	struct client *client = &server->client;
	ssize_t got = recv(client->fd, client->in + client->in_size,
		sizeof(client->in) - client->in_size, MSG_DONTWAIT);

	if (would_block(got))
		return;
	if (got <= 0) {
		close_client(server, got ? strerror(errno) : "by the client");
		return;
	}
	client->in_size += (size_t)got;
	/* What comes together was sent together; what comes later may answer what we said. */
	server->host_ns = vboard_now_ns(server->board);
	if (server->host_ns < server->answer_ns)
		server->host_ns = server->answer_ns;
}

static void send_responses(struct server *server)
{
	struct client *client = &server->client;
	ssize_t sent;

	if (client->fd < 0 || !client->out_size)
		return;
	sent = send(client->fd, client->out, client->out_size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (would_block(sent))
		return;
	if (sent < 0) {
		close_client(server, strerror(errno));
		return;
	}
	client->out_size -= (size_t)sent;
	memmove(client->out, client->out + sent, client->out_size);
}

static void accept_client(struct server *server)
{
	struct client *client = &server->client;
	int on = 1;

	client->fd = accept(server->listener, NULL, NULL);
	if (client->fd < 0)
		return; /* gone again */
	client->in_size = 0;
	client->out_size = 0;
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	log_debug(server->context, DAPPER_LOG_VBOARD, "client connected");
}

static void handle_client(struct server *server, short events)
{
	const struct client *client = &server->client;
	size_t before;

	if (events & (POLLIN | POLLHUP | POLLERR))
		receive(server);
	do { /* sending makes room for more answers */
		before = client->in_size;
		if (client->fd >= 0)
			run_packets(server);
		send_responses(server);
	} while (client->fd >= 0 && client->in_size < before);
}

static short wanted_events(const struct client *client)
{
	short events = 0;

	if (client->in_size < sizeof(client->in))
		events |= POLLIN;
	if (client->out_size)
		events |= POLLOUT;
	return events;
}

/* --- time ------------------------------------------------------------------------------------ */

static void keep_running(struct server *server)
{
	uint64_t now_ns = clock_now_ns(&host_clock);
	uint64_t slice_ns;

	server->lag_ns += now_ns - server->real_ns;
	server->real_ns = now_ns;
	if (server->lag_ns > LAG_MAX_NS)
		server->lag_ns = LAG_MAX_NS;
	slice_ns = server->lag_ns < SLICE_NS ? server->lag_ns : SLICE_NS;
	server->lag_ns -= slice_ns;
	vboard_advance(server->board, vboard_now_ns(server->board) + slice_ns);
}

static dapper_status serve(struct server *server)
{
	server->real_ns = clock_now_ns(&host_clock);
	for (;;) {
		struct client *client = &server->client;
		bool connected = client->fd >= 0;
		struct pollfd fd = {
			.fd = connected ? client->fd : server->listener,
			.events = connected ? wanted_events(client) : POLLIN,
		};

		TRY(context_check_cancelled(server->context));
		if (poll(&fd, 1, server->lag_ns ? 0 : POLL_MS) > 0) {
			if (connected)
				handle_client(server, fd.revents);
			else
				accept_client(server);
		}
		keep_running(server);
	}
}

/* --- the port -------------------------------------------------------------------------------- */

static int open_listener(const struct addrinfo *address)
{
	int on = 1;
	int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
	int error;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, QUEUE_LENGTH) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static dapper_status listen_on(const char *host, uint16_t port, int *listener)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *addresses = NULL;
	char service[8];
	int error;

	snprintf(service, sizeof(service), "%u", port);
	error = getaddrinfo(host, service, &hints, &addresses);
	if (error)
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "cannot find host '%s': %s", host,
			gai_strerror(error));
	for (const struct addrinfo *address = addresses; address; address = address->ai_next) {
		*listener = open_listener(address);
		if (*listener >= 0)
			break;
	}
	error = errno;
	freeaddrinfo(addresses);
	if (*listener >= 0)
		return DAPPER_OK;
	if (error != EADDRINUSE)
		return dapper_fail(DAPPER_ERR_INVALID, "cannot listen on %s port %u: %s", host,
			port, strerror(error));
	dapper_fail(DAPPER_ERR_BUSY, "port %u of %s is in use", port, host);
	return dapper_fail_hint(DAPPER_ERR_BUSY,
		"another server may be running; take another port, or 0 for any free one");
}

static uint16_t real_port(int listener)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof(address);
	uint16_t port;

	if (getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		return 0;
	/* sin_port and sin6_port are at the same place. */
	memcpy(&port, (const char *)&address + offsetof(struct sockaddr_in, sin_port),
		sizeof(port));
	return ntohs(port);
}

dapper_status vboard_serve(
	dapper_context *context, struct vboard *board, const dapper_vboard_serve_options *options)
{
	struct server server = {
		.context = context, .board = board, .listener = -1, .client.fd = -1
	};
	const char *host = options->host ? options->host : "127.0.0.1";
	dapper_status status;

	TRY(listen_on(host, options->tcp_port, &server.listener));
	vboard_set_output(board, options->output, options->payload);
	if (options->ready)
		options->ready(options->payload, host, real_port(server.listener));
	status = serve(&server);
	vboard_set_output(board, NULL, NULL);
	if (server.client.fd >= 0)
		close(server.client.fd);
	close(server.listener);
	return status;
}

dapper_status dapper_vboard_serve(
	dapper_context *context, const dapper_vboard_serve_options *options)
{
	struct vboard *board;
	dapper_status status;

	if (!context || !options || options->struct_size < sizeof(*options) || !options->board)
		return dapper_fail(DAPPER_ERR_INVALID, "a context and a board to serve are needed");
	TRY(vboard_create(context, options->board, &board));
	status = vboard_serve(context, board, options);
	vboard_destroy(board);
	return status;
}
