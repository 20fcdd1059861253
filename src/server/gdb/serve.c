/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listening socket and the one client. poll() and not an event loop: there is one connection,
 * and while the target runs it is the target that is waited for, in slices.
 */
#include <dapper/gdb.h>
#include <dapper/plugin/error.h>

#include <arpa/inet.h>
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

#include "gdb.h"

enum {
	IDLE_MS = 200, /* between looks whether somebody cancelled */
	SEND_TIMEOUT_MS = 10000,
	INPUT_SIZE = 16384,
	RESENDS_MAX = 8,
	LINGER_MS = 300, /* for a client to close, once it has our last reply */
};

struct server {
	dapper_context *context;
	const dapper_gdb_options *options;
	struct gdb *gdb;
	int client;
	bool is_closed; /* by the client, or after an error */
	struct rsp rsp;
	uint8_t input[INPUT_SIZE]; /* received and not looked at yet */
	size_t input_size;
	struct text frame; /* the last one sent, for a NAK */
	char frame_bytes[RSP_FRAME_SIZE + 1];
	unsigned resends;
};

/* --- output ------------------------------------------------------------------------------------ */

static bool wait_for(int fd, short events, int timeout_ms)
{
	struct pollfd poller = { .fd = fd, .events = events };

	return poll(&poller, 1, timeout_ms) > 0;
}

/* Two names for one number, here as on most systems. */
static bool would_block(int number)
{
	if (number == EAGAIN)
		return true;
	return number == EWOULDBLOCK;
}

/* A client that does not read its replies is dropped. */
static void send_all(struct server *server, const char *data, size_t size)
{
	while (size > 0 && !server->is_closed) {
		ssize_t sent = send(server->client, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent > 0) {
			data += sent;
			size -= (size_t)sent;
		} else if (sent < 0 && errno == EINTR) {
			continue;
		} else if (sent == 0 || !would_block(errno) ||
			   !wait_for(server->client, POLLOUT, SEND_TIMEOUT_MS)) {
			server->is_closed = true;
		}
	}
}

static void send_packet(struct server *server, const char *data, size_t size)
{
	rsp_encode(&server->frame, data, size);
	server->resends = 0;
	send_all(server, server->frame.data, server->frame.size);
}

/* "O" and the text in hex, in pieces. */
static void send_console(void *payload, const char *data, size_t size)
{
	enum { PIECE = 512 };
	struct server *server = payload;
	char bytes[2 * PIECE + 2];
	struct text packet = { .data = bytes, .capacity = sizeof(bytes) - 1 };

	for (size_t at = 0; at < size; at += PIECE) {
		text_clear(&packet);
		text_put(&packet, "O", 1);
		text_put_hex(&packet, data + at, size - at < PIECE ? size - at : PIECE);
		send_packet(server, packet.data, packet.size);
	}
}

/* --- input ------------------------------------------------------------------------------------- */

static void receive(struct server *server, int timeout_ms)
{
	size_t room = sizeof(server->input) - server->input_size;
	ssize_t size;

	if (room == 0 || server->is_closed || !wait_for(server->client, POLLIN, timeout_ms))
		return;
	size = recv(server->client, server->input + server->input_size, room, MSG_DONTWAIT);
	if (size > 0)
		server->input_size += (size_t)size;
	else if (size == 0 || (!would_block(errno) && errno != EINTR))
		server->is_closed = true;
}

/* In the middle of something long: only a Ctrl-C is looked for, which in a packet's data is
 * possible, too; but while a reply is owed nobody sends packets. */
static void look_for_interrupt(void *payload)
{
	struct server *server = payload;

	receive(server, 0);
	for (size_t i = 0; i < server->input_size; i++) {
		if (server->input[i] == '$')
			return;
		if (server->input[i] == 0x03)
			gdb_interrupt(server->gdb);
	}
	if (server->is_closed)
		gdb_interrupt(server->gdb);
}

static void send_reply(struct server *server)
{
	struct gdb *gdb = server->gdb;

	if (!gdb->has_reply)
		return;
	send_packet(server, gdb->reply.data, gdb->reply.size);
	gdb->has_reply = false;
	if (gdb->wants_no_ack)
		server->rsp.no_ack = true;
	gdb->wants_no_ack = false;
}

static void acknowledge(struct server *server, const char *sign)
{
	if (!server->rsp.no_ack)
		send_all(server, sign, 1);
}

static void send_again(struct server *server)
{
	if (server->frame.size == 0 || ++server->resends > RESENDS_MAX)
		server->is_closed = true;
	else
		send_all(server, server->frame.data, server->frame.size);
}

static void take_event(struct server *server, enum rsp_event event)
{
	switch (event) {
	case RSP_PACKET:
		acknowledge(server, "+");
		gdb_handle(server->gdb, server->rsp.packet.data, server->rsp.packet.size);
		send_reply(server);
		break;
	case RSP_TOO_LONG:
		acknowledge(server, "+");
		gdb_reply_error(server->gdb, "the packet is too long");
		send_reply(server);
		break;
	case RSP_DAMAGED:
		acknowledge(server, "-");
		break;
	case RSP_INTERRUPT:
		gdb_interrupt(server->gdb);
		break;
	case RSP_NAK:
		if (!server->rsp.no_ack)
			send_again(server);
		break;
	case RSP_ACK:
	case RSP_NOTHING:
		break;
	}
}

static void take_input(struct server *server)
{
	while (server->input_size > 0 && !server->is_closed && !server->gdb->is_leaving) {
		enum rsp_event event;
		size_t taken = rsp_feed(&server->rsp, server->input, server->input_size, &event);

		server->input_size -= taken;
		memmove(server->input, server->input + taken, server->input_size);
		take_event(server, event);
	}
}

/* --- one client -------------------------------------------------------------------------------- */

static dapper_status talk(struct server *server)
{
	struct gdb *gdb = server->gdb;

	while (!server->is_closed && !gdb->is_leaving) {
		if (dapper_context_is_cancelled(server->context))
			return dapper_fail(DAPPER_ERR_CANCELLED, "cancelled");
		receive(server, gdb->is_running ? 0 : IDLE_MS);
		take_input(server);
		if (!gdb->is_running)
			continue;
		gdb_run_a_while(gdb);
		send_reply(server);
		if (gdb->lost != DAPPER_OK)
			return gdb->lost;
	}
	return DAPPER_OK;
}

/* Does the session leave the cores running when it ends? Then a client does, too. */
static bool resumes(const dapper_session *session)
{
	const char *value = dapper_session_get_option(session, "resume_on_disconnect");

	return !value || strcmp(value, "false") != 0;
}

static dapper_status serve_client(
	struct server *server, dapper_session *session, const struct gdb_host *host)
{
	dapper_status status;

	server->is_closed = false;
	server->input_size = 0;
	server->frame = (struct text){ .data = server->frame_bytes, .capacity = RSP_FRAME_SIZE };
	text_clear(&server->frame);
	rsp_init(&server->rsp);
	server->gdb = gdb_new(host);
	if (!server->gdb)
		return dapper_error_last()->status;
	status = gdb_attach(server->gdb);
	if (status == DAPPER_OK)
		status = talk(server);
	/* Without a good-bye: as if detached. */
	if (server->gdb->lost == DAPPER_OK && status != DAPPER_ERR_CANCELLED)
		gdb_detach(server->gdb, resumes(session));
	gdb_free(server->gdb);
	server->gdb = NULL;
	return status;
}

/* --- listening --------------------------------------------------------------------------------- */

static dapper_status fail_errno(const char *what, const char *host, uint16_t port)
{
	int number = errno;

	dapper_fail(DAPPER_ERR_INVALID, "cannot %s %s:%u: %s", what, host, port, strerror(number));
	return dapper_fail_hint(DAPPER_ERR_INVALID, "%s",
		number == EADDRINUSE ? "another server is running there; choose another --port"
				     : "check the address and the port");
}

static bool find_address(const char *host, uint16_t port, struct sockaddr_in *address)
{
	*address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
	return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

static dapper_status listen_on(const char *host, uint16_t port, int *listener)
{
	struct sockaddr_in address;
	int fd, on = 1;

	if (!find_address(host, port, &address)) {
		dapper_fail(DAPPER_ERR_INVALID, "'%s' is no address to listen on", host);
		return dapper_fail_hint(DAPPER_ERR_INVALID, "127.0.0.1, 0.0.0.0 or another one");
	}
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return fail_errno("listen on", host, port);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 1) != 0) {
		dapper_status status = fail_errno("listen on", host, port);

		close(fd);
		return status;
	}
	*listener = fd;
	return DAPPER_OK;
}

static uint16_t port_of(int listener)
{
	struct sockaddr_in address = { 0 };
	socklen_t size = sizeof(address);

	if (getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		return 0;
	return ntohs(address.sin_port);
}

/* @return DAPPER_OK with a client, or cancelled. */
static dapper_status accept_client(struct server *server, int listener)
{
	int on = 1;

	for (;;) {
		if (dapper_context_is_cancelled(server->context))
			return dapper_fail(DAPPER_ERR_CANCELLED, "cancelled");
		if (!wait_for(listener, POLLIN, IDLE_MS))
			continue;
		server->client = accept(listener, NULL, NULL);
		if (server->client >= 0)
			break;
	}
	(void)fcntl(server->client, F_SETFD, FD_CLOEXEC);
	/* Replies are small and waited for. */
	(void)setsockopt(server->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return DAPPER_OK;
}

/* Closed with input that was not read, e.g. the last acknowledgement, a socket takes back what was
 * sent: the client would not see the last reply. So its end is waited for, a while. */
static void close_client(struct server *server)
{
	enum { READS_MAX = 64 };
	ssize_t size = 1;

	(void)shutdown(server->client, SHUT_WR);
	for (int i = 0; i < READS_MAX && size > 0; i++) {
		if (!wait_for(server->client, POLLIN, LINGER_MS))
			break;
		size = recv(server->client, server->input, sizeof(server->input), MSG_DONTWAIT);
	}
	close(server->client);
}

static dapper_status serve_clients(
	struct server *server, int listener, dapper_session *session, const struct gdb_host *host)
{
	for (;;) {
		dapper_status status = accept_client(server, listener);

		if (status != DAPPER_OK)
			return status;
		status = serve_client(server, session, host);
		close_client(server);
		if (status != DAPPER_OK || !server->options->persist)
			return status;
	}
}

dapper_status dapper_gdb_serve(
	dapper_context *context, dapper_session *session, const dapper_gdb_options *options)
{
	const char *host_name = options->host ? options->host : "127.0.0.1";
	struct server *server = calloc(1, sizeof(*server));
	struct gdb_host host = {
		.context = context,
		.target = dapper_session_get_target(session),
		.session = session,
		.program = dapper_flash_program,
		.erase = dapper_flash_erase_range,
		.send = send_console,
		.poll = look_for_interrupt,
		.payload = server,
	};
	dapper_status status;
	int listener = -1;

	if (!server)
		return dapper_fail(DAPPER_ERR_NO_MEMORY, "no memory for a server");
	server->context = context;
	server->options = options;
	status = host.target ? listen_on(host_name, options->port, &listener)
	                     : dapper_fail(DAPPER_ERR_INVALID, "the session is not open");
	if (status == DAPPER_OK) {
		if (options->ready)
			options->ready(options->payload, host_name, port_of(listener));
		status = serve_clients(server, listener, session, &host);
		close(listener);
	}
	free(server);
	return status;
}
