/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual board for other programs, on USB (usb/plug.h) and by TCP:
 * - CMSIS-DAP packets, framed like OpenOCD's cmsis_dap_tcp back end does (facts from its source,
 *   src/jtag/drivers/cmsis_dap_tcp.c): before each packet 8 bytes, little-endian: signature
 * "DAP\0", payload length (2), type (1: request, 2: response), reserved (1);
 * - the characters of OpenOCD's remote_bitbang (probe/bitbang.h).
 *
 * No threads: one loop of poll(), in which the board is also kept running in real time. Where the
 * host is too slow for that the board lags, it never catches up in one go. One client at a time,
 * whatever it speaks: there is one probe on the wires. Only USB is there beside it.
 */
#include <errno.h>
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
#include "vboard/usb/plug.h"
#include "vboard/usb/vhci.h"
#include "vboard/vboard.h"

enum {
	HEADER_SIZE = 8,
	SIGNATURE = 0x00504144, /* "DAP\0" */
	TYPE_REQUEST = 1,
	TYPE_RESPONSE = 2,
	PAYLOAD_MAX = 1024, /* as in OpenOCD; a board's packets are no larger */
	IN_SIZE = 8 * 1024,
	OUT_SIZE = 4 * (HEADER_SIZE + PAYLOAD_MAX),
	QUEUE_LENGTH = 4,
	POLL_MS = 10
};

/* How much simulated time is made up for at once, and how much at all. */
enum { SLICE_NS = 5000000, LAG_MAX_NS = 100000000 };

enum { MAX_ENDPOINTS = 2 };

struct server;

/** What is spoken on a port. */
struct service {
	/** Work off what has arrived, as far as there is room for the answers. */
	void (*run)(struct server *server);
	void (*opened)(struct server *server); /* a client has come; NULL: nothing to do */
	void (*closed)(struct server *server);
};

struct endpoint {
	const struct service *service;
	int listener;
};

struct client {
	int fd; /* -1: none */
	const struct service *service;
	uint8_t in[IN_SIZE];
	size_t in_size;
	uint8_t out[OUT_SIZE];
	size_t out_size;
	const char *ending; /* why it is closed once its answers were sent; NULL: it is not */
};

struct server {
	const dapper_context *context;
	struct vboard *board;
	struct endpoint endpoints[MAX_ENDPOINTS];
	unsigned endpoint_count;
	struct client client;
	struct vplug *plug; /* on USB; NULL: it is not */
	const dapper_vboard_serve_options *options;
	uint64_t host_ns;   /* when the client sent what is being worked off, simulated */
	uint64_t answer_ns; /* when it had the last answer */
	uint64_t real_ns;   /* last look at the real clock, and at the board's */
	uint64_t board_ns;
	uint64_t lag_ns; /* real time that the board has not had yet */
};

static void close_client(struct server *server, const char *why)
{
	struct client *client = &server->client;

	log_debug(server->context, DAPPER_LOG_VBOARD, "client closed: %s", why);
	if (client->service->closed)
		client->service->closed(server);
	close(client->fd);
	client->fd = -1;
}

/* The client's first bytes are done with. */
static void drop_input(struct client *client, size_t size)
{
	memmove(client->in, client->in + size, client->in_size - size);
	client->in_size -= size;
}

/* --- CMSIS-DAP frames ------------------------------------------------------------------------ */

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
	drop_input(client, at);
}

static const struct service tcp_service = { .run = run_packets };

/* --- remote_bitbang -------------------------------------------------------------------------- */

static void run_bitbang(struct server *server)
{
	struct client *client = &server->client;
	size_t in_size = client->in_size;
	size_t out_size = sizeof(client->out) - client->out_size;
	const char *end = vboard_bitbang(
		server->board, client->in, &in_size, client->out + client->out_size, &out_size);

	client->out_size += out_size;
	client->ending = end;
	drop_input(client, in_size);
}

static void open_bitbang(struct server *server)
{
	vboard_bitbang_open(server->board);
}

static void close_bitbang(struct server *server)
{
	vboard_bitbang_close(server->board);
}

static const struct service bitbang_service = {
	.run = run_bitbang,
	.opened = open_bitbang,
	.closed = close_bitbang,
};

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

static void accept_client(struct server *server, const struct endpoint *endpoint)
{
	struct client *client = &server->client;
	int on = 1;

	client->fd = accept(endpoint->listener, NULL, NULL);
	if (client->fd < 0)
		return; /* gone again */
	client->service = endpoint->service;
	client->ending = NULL;
	client->in_size = 0;
	client->out_size = 0;
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (client->service->opened)
		client->service->opened(server);
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
			client->service->run(server);
		send_responses(server);
		if (client->fd >= 0 && client->ending)
			close_client(server, client->ending);
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

/* The wire's time counts: only what it did not take is still to be run. */
static void keep_running(struct server *server)
{
	uint64_t now_ns = clock_now_ns(&host_clock);
	uint64_t had_ns = vboard_now_ns(server->board) - server->board_ns;
	uint64_t slice_ns;

	server->lag_ns += now_ns - server->real_ns;
	server->lag_ns -= had_ns < server->lag_ns ? had_ns : server->lag_ns;
	server->real_ns = now_ns;
	if (server->lag_ns > LAG_MAX_NS)
		server->lag_ns = LAG_MAX_NS;
	slice_ns = server->lag_ns < SLICE_NS ? server->lag_ns : SLICE_NS;
	server->lag_ns -= slice_ns;
	vboard_advance(server->board, vboard_now_ns(server->board) + slice_ns);
	server->board_ns = vboard_now_ns(server->board);
}

/* The client or, where there is none, for whom to wait. @return How many. */
static unsigned want_clients(const struct server *server, struct pollfd fds[MAX_ENDPOINTS])
{
	const struct client *client = &server->client;

	if (client->fd >= 0) {
		fds[0] = (struct pollfd){ .fd = client->fd, .events = wanted_events(client) };
		return 1;
	}
	for (unsigned i = 0; i < server->endpoint_count; i++)
		fds[i] = (struct pollfd){ .fd = server->endpoints[i].listener, .events = POLLIN };
	return server->endpoint_count;
}

static void handle_clients(struct server *server, const struct pollfd *fds)
{
	const struct client *client = &server->client;

	if (client->fd >= 0) {
		handle_client(server, fds[0].revents);
		return;
	}
	for (unsigned i = 0; i < server->endpoint_count && client->fd < 0; i++)
		if (fds[i].revents)
			accept_client(server, &server->endpoints[i]);
}

static void wait_for_events(struct server *server, int timeout_ms)
{
	struct pollfd fds[MAX_ENDPOINTS + 1];
	unsigned clients = want_clients(server, fds);
	unsigned count = clients;

	if (server->plug) {
		int wait_ms = vplug_wait_ms(server->plug);

		if (wait_ms >= 0 && wait_ms < timeout_ms)
			timeout_ms = wait_ms;
		fds[count].revents = 0;
		fds[count].fd = vplug_fd(server->plug, &fds[count].events);
		count++;
	}
	if (poll(fds, count, timeout_ms) > 0)
		handle_clients(server, fds);
	/* Whatever came: the firmware may have said something, or time has passed. */
	if (server->plug)
		vplug_run(server->plug);
}

static dapper_status serve(struct server *server)
{
	server->real_ns = clock_now_ns(&host_clock);
	server->board_ns = vboard_now_ns(server->board);
	for (;;) {
		TRY(context_check_cancelled(server->context));
		wait_for_events(server, server->lag_ns ? 0 : POLL_MS);
		keep_running(server);
	}
}

/* --- the ports ------------------------------------------------------------------------------- */

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

static dapper_status add_endpoint(
	struct server *server, const struct service *service, const char *host, uint16_t port)
{
	struct endpoint *endpoint = &server->endpoints[server->endpoint_count];

	endpoint->service = service;
	endpoint->listener = -1;
	TRY(listen_on(host, port, &endpoint->listener));
	server->endpoint_count++;
	return DAPPER_OK;
}

static dapper_status add_endpoints(
	struct server *server, const char *host, const dapper_vboard_serve_options *options)
{
	const bool is_alone = options->bitbang || options->usb;

	if (options->bitbang)
		TRY(add_endpoint(server, &bitbang_service, host, options->bitbang_port));
	if (!is_alone || !options->no_tcp)
		TRY(add_endpoint(server, &tcp_service, host, options->tcp_port));
	return DAPPER_OK;
}

static void tell_ready(
	const struct server *server, const char *host, const dapper_vboard_serve_options *options)
{
	for (unsigned i = 0; i < server->endpoint_count; i++) {
		const struct endpoint *endpoint = &server->endpoints[i];
		uint16_t port = real_port(endpoint->listener);

		if (endpoint->service == &tcp_service && options->ready)
			options->ready(options->payload, host, port);
		else if (endpoint->service == &bitbang_service && options->bitbang_ready)
			options->bitbang_ready(options->payload, host, port);
	}
	if (server->plug && options->usb_ready)
		options->usb_ready(options->payload, vboard_serial(server->board));
}

static void take_output(void *payload, const void *data, size_t size)
{
	const struct server *server = payload;

	if (server->options->output)
		server->options->output(server->options->payload, data, size);
	if (server->plug)
		vplug_output(server->plug, data, size);
}

static void finish(struct server *server)
{
	if (server->client.fd >= 0)
		close_client(server, "the server ends");
	vplug_free(server->plug);
	for (unsigned i = 0; i < server->endpoint_count; i++)
		close(server->endpoints[i].listener);
}

dapper_status vboard_serve(
	dapper_context *context, struct vboard *board, const dapper_vboard_serve_options *options)
{
	struct server server = {
		.context = context,
		.board = board,
		.client.fd = -1,
		.options = options,
	};
	const char *host = options->host ? options->host : "127.0.0.1";
	dapper_status status = add_endpoints(&server, host, options);

	if (status == DAPPER_OK && options->usb)
		status = vplug_new(context, board, options->usb, vhci_folder, &server.plug);
	if (status == DAPPER_OK) {
		vboard_set_output(board, take_output, &server);
		tell_ready(&server, host, options);
		status = serve(&server);
		vboard_set_output(board, NULL, NULL);
	}
	finish(&server);
	return status;
}

/* Where the user does not say which link, it is the fastest that the interfaces are known for. */
static char *complete_spec(const dapper_vboard_serve_options *options)
{
	static const char *const links[] = {
		[DAPPER_VBOARD_USB_NONE] = "",
		[DAPPER_VBOARD_USB_V1] = ",link=fs-hid",
		[DAPPER_VBOARD_USB_V2] = ",link=hs-bulk",
		[DAPPER_VBOARD_USB_BOTH] = ",link=fs-bulk",
	};

	return xasprintf("%s%s", options->board,
		strstr(options->board, ",link=") ? "" : links[options->usb]);
}

dapper_status dapper_vboard_serve(
	dapper_context *context, const dapper_vboard_serve_options *options)
{
	struct vboard *board;
	dapper_status status;
	char *spec;

	if (!context || !options || options->struct_size < sizeof(*options) || !options->board)
		return dapper_fail(DAPPER_ERR_INVALID, "a context and a board to serve are needed");
	if ((unsigned)options->usb > DAPPER_VBOARD_USB_BOTH)
		return dapper_fail(DAPPER_ERR_INVALID, "no such kind of USB device");
	spec = complete_spec(options);
	if (!spec)
		return FAIL_NO_MEMORY("a virtual board");
	status = vboard_create(context, spec, &board);
	free(spec);
	TRY(status);
	status = vboard_serve(context, board, options);
	vboard_destroy(board);
	return status;
}
