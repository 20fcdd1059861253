/* SPDX-License-Identifier: Apache-2.0 */
/* CMSIS-DAP over TCP against a small server in a thread of its own. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "fake_dap.h"
#include "probe/probe.h"
#include "support/test.h"

enum { WAIT_MS = 5000 };

/* What the server does instead of answering packet number at. */
enum misdeed {
	HONEST,
	VANISH,      /* closes the connection */
	VANISH_HALF, /* after half an answer */
	RESET,       /* with data unread */
	SILENT,
	GARBAGE,
	WRONG_TYPE,
	TOO_LONG,
	SLOWLY /* every byte by itself */
};

struct server {
	int listener;
	uint16_t port;
	pthread_t thread;
	enum misdeed misdeed;
	int at;
	int packets;
	struct fake_dap fake;
};

static bool read_all(int fd, uint8_t *bytes, size_t size)
{
	for (size_t got = 0; got < size;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		ssize_t n = poll(&wait, 1, WAIT_MS) > 0 ? recv(fd, bytes + got, size - got, 0) : -1;

		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

static void send_all(int fd, const uint8_t *bytes, size_t size, bool slowly)
{
	for (size_t i = 0; i < size; i += slowly ? 1 : size)
		send(fd, bytes + i, slowly ? 1 : size, MSG_NOSIGNAL);
}

/* @return false: close the connection. */
static bool answer(struct server *server, int fd, const uint8_t *frame, size_t size)
{
	static uint8_t reply[8 + 2048];
	enum misdeed misdeed = server->packets++ == server->at ? server->misdeed : HONEST;
	struct cmsis_dap_transport transport = fake_dap_transport(&server->fake);

	transport.ops->send(transport.data, frame + 8, size - 8, 0);
	transport.ops->receive(transport.data, reply + 8, sizeof(reply) - 8, &size, 0);
	put_le32(reply, misdeed == GARBAGE ? 0x50545448 : 0x00504144);
	reply[6] = misdeed == WRONG_TYPE ? 1 : 2;
	reply[7] = 0;
	if (misdeed == TOO_LONG)
		size = 2000;
	put_le16(reply + 4, (uint16_t)size);
	if (misdeed == SILENT)
		return true;
	if (misdeed == VANISH || misdeed == RESET)
		return false;
	send_all(fd, reply, misdeed == VANISH_HALF ? 9 : size + 8, misdeed == SLOWLY);
	return misdeed != VANISH_HALF;
}

static void *serve(void *data)
{
	struct server *server = data;
	int fd = accept(server->listener, NULL, NULL);
	uint8_t frame[8 + 2048];
	bool go_on = fd >= 0;

	while (go_on) {
		uint16_t size;

		go_on = read_all(fd, frame, 8);
		if (!go_on)
			break;
		size = get_le16(frame + 4);
		go_on = get_le32(frame) == 0x00504144 && frame[6] == 1 && size <= 2048 &&
		        read_all(fd, frame + 8, size) && answer(server, fd, frame, size + 8u);
	}
	if (fd >= 0) {
		struct linger hard = { .l_onoff = 1, .l_linger = 0 };

		if (server->misdeed == RESET)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		close(fd);
	}
	return NULL;
}

static void start(struct server *server, enum misdeed misdeed, int at)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);

	memset(server, 0, sizeof(*server));
	fake_dap_init(&server->fake);
	server->misdeed = misdeed;
	server->at = at;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server->listener, 1), 0);
	assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
	server->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
}

static dapper_status open_probe(
	const struct server *server, dapper_context *context, dapper_probe **probe)
{
	char name[64];

	snprintf(name, sizeof(name), "tcp:127.0.0.1:%u", server->port);
	return dapper_probe_open(context, name, probe);
}

static void tcp__runs_batches(void **state)
{
	static struct server server;
	dapper_context *context = NULL;
	dapper_probe *probe = NULL;
	dapper_probe_counters counters;
	uint8_t bytes[4 * 700] = { 0 };
	dapper_transfer block = {
		.kind = DAPPER_TRANSFER_READ_BLOCK, .ap = true, .reg = 12, .in = bytes, .count = 700
	};
	struct batch batch = BATCH_INIT;

	(void)state;
	assert_ok(dapper_context_new(&context));
	start(&server, SLOWLY, 3);
	assert_ok(open_probe(&server, context, &probe));
	assert_string_equal(dapper_probe_get_info(probe)->vendor, "Maker");
	assert_int_equal(dapper_probe_get_property_count(probe), 8);
	assert_ok(dapper_probe_connect(probe, DAPPER_WIRE_SWD, 1000000, NULL));
	batch_add(&batch, &block, NULL);
	server.fake.read_count = 0;
	assert_ok(probe_run_batch(probe, &batch, WAIT_MS, NULL));
	for (size_t i = 0; i < 700; i++)
		assert_int_equal(get_le32(bytes + 4 * i), 0x1000 + i);
	dapper_probe_get_counters(probe, &counters);
	assert_int_equal(counters.packets_out, 8 + 5 + 6);
	assert_int_equal(counters.packets_in, 8 + 5 + 6);
	assert_true(counters.waits > 0 && counters.waits <= counters.packets_in);
	assert_int_equal(counters.simulated_ns, 0);
	batch_finish(&batch);
	dapper_probe_unref(probe);
	stop(&server);
	dapper_context_unref(context);
}

static const struct row {
	const char *what;
	enum misdeed misdeed;
	dapper_status status;
	const char *text;
} rows[] = {
	{ "peer vanishes", VANISH, DAPPER_ERR_PROBE_GONE, "it closed the connection" },
	{ "peer vanishes in an answer", VANISH_HALF, DAPPER_ERR_PROBE_GONE,
		"it closed the connection" },
	{ "connection reset", RESET, DAPPER_ERR_PROBE_GONE, "is gone" },
	{ "peer speaks something else", GARBAGE, DAPPER_ERR_PROBE_PROTOCOL,
		"does not speak CMSIS-DAP over TCP: it sent 48 54 54 50" },
	{ "peer answers with a request", WRONG_TYPE, DAPPER_ERR_PROBE_PROTOCOL,
		"does not speak CMSIS-DAP over TCP" },
	{ "answer longer than packets are", TOO_LONG, DAPPER_ERR_PROBE_PROTOCOL,
		"answered 2000 bytes" },
};

/* At each packet of opening, connecting and a batch behind it. */
static void tcp__survives(void **state)
{
	const struct row *row = *state;
	dapper_context *context = NULL;

	assert_ok(dapper_context_new(&context));
	for (int at = 0; at < 14; at++) {
		static struct server server;
		struct batch batch = BATCH_INIT;
		dapper_probe *probe = NULL;
		dapper_status status;

		start(&server, row->misdeed, at);
		test_clear_error();
		status = open_probe(&server, context, &probe);
		if (status == DAPPER_OK)
			status = dapper_probe_connect(probe, DAPPER_WIRE_SWD, 1000000, NULL);
		batch_write_ap(&batch, 4, 1);
		if (status == DAPPER_OK)
			status = probe_run_batch(probe, &batch, WAIT_MS, NULL);
		assert_int_equal(status, row->status);
		assert_int_equal(dapper_error_last()->status, row->status);
		assert_message(row->text);
		batch_finish(&batch);
		dapper_probe_unref(probe);
		stop(&server);
	}
	dapper_context_unref(context);
}

static void tcp__times_out_on_silence(void **state)
{
	static struct server server;
	struct batch batch = BATCH_INIT;
	dapper_context *context = NULL;
	dapper_probe *probe = NULL;

	(void)state;
	assert_ok(dapper_context_new(&context));
	start(&server, SILENT, 13);
	assert_ok(open_probe(&server, context, &probe));
	assert_ok(dapper_probe_connect(probe, DAPPER_WIRE_SWD, 1000000, NULL));
	batch_write_ap(&batch, 4, 1);
	assert_fails(DAPPER_ERR_TIMEOUT, probe_run_batch(probe, &batch, 20, NULL));
	assert_message("did not answer within 20 ms");
	batch_finish(&batch);
	/* Closing says goodbye, in vain; that is bounded too. */
	dapper_probe_unref(probe);
	stop(&server);
	dapper_context_unref(context);
}

static void open__refuses(const char *name, dapper_status status, const char *text)
{
	dapper_context *context = NULL;
	dapper_probe *probe = NULL;

	assert_ok(dapper_context_new(&context));
	test_clear_error();
	assert_int_equal(dapper_probe_open(context, name, &probe), status);
	assert_message(text);
	assert_string_not_equal(dapper_error_last()->message, "");
	dapper_context_unref(context);
}

static void open__refuses_bad_addresses(void **state)
{
	(void)state;
	open__refuses("tcp:", DAPPER_ERR_INVALID, "names no host");
	open__refuses("tcp::1", DAPPER_ERR_INVALID, "names no host");
	open__refuses("tcp:host:0", DAPPER_ERR_INVALID, "no port number");
	open__refuses("tcp:host:65536", DAPPER_ERR_INVALID, "no port number");
	open__refuses("tcp:host:12x", DAPPER_ERR_INVALID, "no port number");
	open__refuses("tcp:host:", DAPPER_ERR_INVALID, "no port number");
	open__refuses("tcp:[::1", DAPPER_ERR_INVALID, "lacks a ']'");
	open__refuses("tcp:[::1]x", DAPPER_ERR_INVALID, "no port number");
	open__refuses("tcp:name.invalid", DAPPER_ERR_NO_PROBE, "no host 'name.invalid'");
}

static void open__says_that_nobody_listens(void **state)
{
	static struct server server;
	char name[64];

	(void)state;
	start(&server, HONEST, -1);
	snprintf(name, sizeof(name), "tcp:localhost:%u", server.port);
	stop(&server);
	open__refuses(name, DAPPER_ERR_PROBE_IO, "Connection refused");
	snprintf(name, sizeof(name), "tcp:[::ffff:127.0.0.1]:%u", server.port);
	open__refuses(name, DAPPER_ERR_PROBE_IO, "cannot connect to a probe at ::ffff:127.0.0.1");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp__runs_batches),
		cmocka_unit_test(tcp__times_out_on_silence),
		cmocka_unit_test(open__refuses_bad_addresses),
		cmocka_unit_test(open__says_that_nobody_listens),
	};

	return test_run_all("probe/cmsis_dap_tcp", tests, ARRAY_SIZE(tests), tcp__survives, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
