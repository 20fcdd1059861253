/* SPDX-License-Identifier: Apache-2.0 */
/* The TCP server in a thread, with this test as its client. Every wait is bounded. */
#include "support/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <dapper/context.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "support/fake_vtarget.h"
#include "vboard/vboard.h"

enum { TIMEOUT_S = 20, HEADER = 8 };

struct server {
	dapper_context *context;
	struct vboard *board;
	pthread_t thread;
	int port_pipe[2];
	bool bitbang, no_tcp;
	uint16_t port;
	uint16_t bitbang_port;
	dapper_status status;
	char output[16];
};

static void set_output(
	void *data, void (*output)(void *payload, const void *bytes, size_t size), void *payload)
{
	(void)data;
	if (output)
		output(payload, "booted", 6);
}

static dapper_status create_target(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	struct fake_target *fake = xnew(fake);

	(void)context;
	(void)settings;
	(void)setting_count;
	assert_non_null(fake);
	fake_target_init(fake, target);
	target->destroy = free;
	target->set_output = set_output;
	return DAPPER_OK;
}

static const struct vboard_type type = {
	.info = { .name = "fake", .description = "RAM and holes" },
	.create = create_target,
};

static const struct vboard_type *const types[] = { &type, NULL };

static void ready(void *payload, const char *host, uint16_t tcp_port)
{
	const struct server *server = payload;

	if (strcmp(host, "127.0.0.1") != 0)
		tcp_port = 0;
	if (write(server->port_pipe[1], &tcp_port, sizeof(tcp_port)) < 0)
		abort();
}

static void bitbang_ready(void *payload, const char *host, uint16_t port)
{
	struct server *server = payload;

	if (strcmp(host, "127.0.0.1") == 0)
		server->bitbang_port = port;
	if (server->no_tcp)
		ready(payload, host, port);
}

static void take_output(void *payload, const void *data, size_t size)
{
	struct server *server = payload;

	strncat(server->output, data, size);
}

static void *run_server(void *payload)
{
	struct server *server = payload;
	dapper_vboard_serve_options options = DAPPER_VBOARD_SERVE_OPTIONS_INIT;

	/* The last one to be told lets the test go on. */
	options.ready = ready;
	options.bitbang_ready = bitbang_ready;
	options.bitbang = server->bitbang;
	options.no_tcp = server->no_tcp;
	options.output = take_output;
	options.payload = server;
	server->status = vboard_serve(server->context, server->board, &options);
	return NULL;
}

static void start_as(struct server *server, const char *spec, bool bitbang, bool no_tcp)
{
	*server = (struct server){ .bitbang = bitbang, .no_tcp = no_tcp };
	assert_ok(dapper_context_new(&server->context));
	assert_ok(vboard_create_from(server->context, types, spec, &server->board));
	assert_int_equal(pipe(server->port_pipe), 0);
	assert_int_equal(pthread_create(&server->thread, NULL, run_server, server), 0);
	assert_int_equal(read(server->port_pipe[0], &server->port, sizeof(server->port)),
		sizeof(server->port));
	assert_int_not_equal(server->port, 0);
}

static void start(struct server *server, const char *spec)
{
	start_as(server, spec, false, false);
}

static void stop(struct server *server)
{
	dapper_context_cancel(server->context);
	assert_int_equal(pthread_join(server->thread, NULL), 0);
	assert_int_equal(server->status, DAPPER_ERR_CANCELLED);
	assert_string_equal(server->output, "booted");
	close(server->port_pipe[0]);
	close(server->port_pipe[1]);
	vboard_destroy(server->board);
	dapper_context_unref(server->context);
}

/* --- a client -------------------------------------------------------------------------------- */

static int connect_to(uint16_t port)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static int connect_client(const struct server *server)
{
	return connect_to(server->port);
}

static size_t put_frame(uint8_t *at, const void *payload, size_t size)
{
	put_le32(at, 0x00504144);
	put_le16(at + 4, (uint16_t)size);
	at[6] = 1;
	at[7] = 0;
	memcpy(at + HEADER, payload, size);
	return HEADER + size;
}

static void send_all(int fd, const void *data, size_t size)
{
	assert_int_equal(send(fd, data, size, MSG_NOSIGNAL), size);
}

static void send_frame(int fd, const void *payload, size_t size)
{
	uint8_t frame[HEADER + 1100];

	send_all(fd, frame, put_frame(frame, payload, size));
}

static void receive_all(int fd, uint8_t *data, size_t size)
{
	for (size_t have = 0; have < size;) {
		ssize_t got = recv(fd, data + have, size - have, 0);

		assert_true(got > 0);
		have += (size_t)got;
	}
}

static size_t receive_frame(int fd, uint8_t *payload)
{
	uint8_t header[HEADER];
	size_t size;

	receive_all(fd, header, HEADER);
	assert_memory_equal(header, "DAP\0", 4);
	assert_int_equal(header[6], 2);
	assert_int_equal(header[7], 0);
	size = get_le16(header + 4);
	assert_true(size <= 512);
	receive_all(fd, payload, size);
	return size;
}

static void assert_served(int fd)
{
	uint8_t payload[512];

	send_frame(fd, "\x00\xfe", 2);
	assert_int_equal(receive_frame(fd, payload), 3);
	assert_memory_equal(payload, "\x00\x01\x04", 3);
}

static void assert_closed(int fd)
{
	uint8_t byte;

	assert_true(recv(fd, &byte, 1, 0) <= 0);
	close(fd);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void serve__answers(void **state)
{
	struct server server;
	uint8_t payload[512];
	int fd;

	(void)state;
	start(&server, "fake");
	fd = connect_client(&server);
	assert_served(fd);
	send_frame(fd, "\x00\xff", 2);
	assert_int_equal(receive_frame(fd, payload), 4);
	assert_memory_equal(payload, "\x00\x02\x00\x02", 4);
	close(fd);
	stop(&server);
}

static void serve__stops_with_a_client_connected(void **state)
{
	struct server server;
	int fd;

	(void)state;
	start(&server, "fake");
	fd = connect_client(&server);
	assert_served(fd);
	stop(&server);
	assert_closed(fd);
}

/* More requests at once than there is room for answers: 60 answers of about 500 bytes. */
static void serve__many_requests_before_the_first_answer_is_read(void **state)
{
	enum { COUNT = 60, WORDS = 120 };
	uint8_t frames[COUNT * (HEADER + 5)];
	uint8_t payload[512];
	struct server server;
	size_t size = 0;
	int fd;

	(void)state;
	start(&server, "fake");
	fd = connect_client(&server);
	send_frame(fd, "\x02\x01", 2);
	receive_frame(fd, payload);
	send_frame(fd,
		"\x7f\x04\x12\x33\xff\xff\xff\xff\xff\xff\xff\x12\x10\x9e\xe7"
		"\x12\x33\xff\xff\xff\xff\xff\xff\xff\x12\x08\x00",
		27);
	receive_frame(fd, payload);
	for (unsigned i = 0; i < COUNT; i++)
		size += put_frame(frames + size, "\x06\x00\x78\x00\x02", 5);
	send_all(fd, frames, size);
	for (unsigned i = 0; i < COUNT; i++) {
		assert_int_equal(receive_frame(fd, payload), 4 + 4 * WORDS);
		assert_int_equal(get_le16(payload + 1), WORDS);
		assert_int_equal(get_le32(payload + 4 * WORDS), FAKE_DPIDR);
	}
	close(fd);
	stop(&server);
}

static void serve__request_in_pieces(void **state)
{
	struct server server;
	uint8_t frame[16], payload[512];
	size_t size = put_frame(frame, "\x00\xfe", 2);
	int fd;

	(void)state;
	start(&server, "fake");
	fd = connect_client(&server);
	for (size_t i = 0; i < size; i++) {
		send_all(fd, frame + i, 1);
		clock_sleep_ms(&host_clock, 1);
	}
	assert_int_equal(receive_frame(fd, payload), 3);
	close(fd);
	stop(&server);
}

static void serve__one_client_at_a_time(void **state)
{
	struct server server;
	uint8_t payload[512];
	int first, second;

	(void)state;
	start(&server, "fake");
	first = connect_client(&server);
	assert_served(first);
	second = connect_client(&server);
	send_frame(second, "\x00\xfe", 2);
	assert_served(first);
	close(first);
	assert_int_equal(receive_frame(second, payload), 3);
	close(second);
	stop(&server);
}

static void serve__runs_the_target_while_nobody_talks(void **state)
{
	struct server server;
	uint8_t payload[512];
	uint32_t before;
	int fd;

	(void)state;
	start(&server, "fake");
	fd = connect_client(&server);
	send_frame(fd, "\x02\x01", 2);
	receive_frame(fd, payload);
	send_frame(fd,
		"\x7f\x05\x12\x33\xff\xff\xff\xff\xff\xff\xff\x12\x10\x9e\xe7"
		"\x12\x33\xff\xff\xff\xff\xff\xff\xff\x12\x08\x00\x05\x00\x01\x82",
		31);
	assert_int_equal(receive_frame(fd, payload), 2 + 4 * 2 + 3 + 8);
	before = get_le32(payload + 13);
	clock_sleep_ms(&host_clock, 50);
	send_frame(fd, "\x05\x00\x01\x82", 4);
	assert_int_equal(receive_frame(fd, payload), 11);
	assert_true(get_le32(payload + 3) - before > 500000); /* 5 ms */
	close(fd);
	stop(&server);
}

/* --- remote_bitbang -------------------------------------------------------------------------- */

/* Test-Logic-Reset, then 32 bits of the DP's ID code. */
static void assert_pins_served(int fd)
{
	static const char to_shift_dr[] = "373737373715371515";
	uint8_t digits[32];
	uint32_t value = 0;

	send_all(fd, to_shift_dr, sizeof(to_shift_dr) - 1);
	for (unsigned i = 0; i < 32; i++)
		send_all(fd, "1R5", 3);
	receive_all(fd, digits, sizeof(digits));
	for (unsigned i = 0; i < 32; i++)
		value |= (uint32_t)(digits[i] - '0') << i;
	assert_int_equal(value, 0x4ba00477);
}

static void bitbang__beside_cmsis_dap(void **state)
{
	struct server server;
	int fd;

	(void)state;
	start_as(&server, "fake", true, false);
	for (unsigned i = 0; i < 2; i++) {
		fd = connect_client(&server);
		assert_served(fd);
		close(fd);
		fd = connect_to(server.bitbang_port);
		assert_pins_served(fd);
		assert_pins_served(fd);
		close(fd);
	}
	stop(&server);
}

static void bitbang__alone(void **state)
{
	struct server server;
	uint8_t answers[2];
	int fd;

	(void)state;
	start_as(&server, "fake", true, true);
	assert_int_equal(server.port, server.bitbang_port);
	fd = connect_to(server.bitbang_port);
	assert_pins_served(fd);
	send_all(fd, "RRQR", 4); /* answers that were asked for still come */
	receive_all(fd, answers, 2);
	assert_closed(fd);
	stop(&server);
}

static void bitbang__waits_while_cmsis_dap_is_used(void **state)
{
	struct server server;
	int dap, pins;

	(void)state;
	start_as(&server, "fake", true, false);
	dap = connect_client(&server);
	assert_served(dap);
	pins = connect_to(server.bitbang_port);
	send_all(pins, "0", 1);
	assert_served(dap);
	close(dap);
	assert_pins_served(pins);
	close(pins);
	stop(&server);
}

static void bitbang__garbage_closes(void **state)
{
	struct server server;
	int fd;

	(void)state;
	start_as(&server, "fake", true, true);
	fd = connect_to(server.bitbang_port);
	send_all(fd, "GET / HTTP/1.0\r\n\r\n", 18);
	assert_closed(fd);
	fd = connect_to(server.bitbang_port);
	assert_pins_served(fd);
	close(fd);
	stop(&server);
}

/* More answers than the server keeps, before the first is read. */
static void bitbang__many_questions_at_once(void **state)
{
	enum { COUNT = 30000 };
	struct server server;
	char *questions = malloc(COUNT);
	uint8_t *answers = malloc(COUNT);
	int fd;

	(void)state;
	assert_non_null(questions);
	assert_non_null(answers);
	memset(questions, 'R', COUNT);
	start_as(&server, "fake", true, true);
	fd = connect_to(server.bitbang_port);
	send_all(fd, questions, COUNT);
	receive_all(fd, answers, COUNT);
	for (unsigned i = 0; i < COUNT; i++)
		assert_int_equal(answers[i], '1');
	assert_pins_served(fd);
	close(fd);
	stop(&server);
	free(questions);
	free(answers);
}

static void bitbang__port_that_is_taken(void **state)
{
	dapper_vboard_serve_options options = DAPPER_VBOARD_SERVE_OPTIONS_INIT;
	struct server server;

	(void)state;
	start(&server, "fake");
	options.bitbang = true;
	options.bitbang_port = server.port;
	assert_fails(DAPPER_ERR_BUSY, vboard_serve(server.context, server.board, &options));
	stop(&server);
}

struct bad_row {
	const char *what;
	uint8_t header[HEADER];
};

static const struct bad_row bad_rows[] = {
	{ "serve__closes on a wrong signature", { 'D', 'A', 'Q', 0, 2, 0, 1, 0 } },
	{ "serve__closes on a response", { 'D', 'A', 'P', 0, 2, 0, 2, 0 } },
	{ "serve__closes on an empty request", { 'D', 'A', 'P', 0, 0, 0, 1, 0 } },
	{ "serve__closes on 1025 bytes", { 'D', 'A', 'P', 0, 1, 4, 1, 0 } },
	{ "serve__closes on HTTP", { 'G', 'E', 'T', ' ', '/', ' ', 'H', 'T' } },
};

static void bad_header(void **state)
{
	const struct bad_row *row = *state;
	struct server server;
	int fd;

	start(&server, "fake");
	fd = connect_client(&server);
	send_all(fd, row->header, HEADER);
	assert_closed(fd);
	fd = connect_client(&server);
	assert_served(fd);
	close(fd);
	stop(&server);
}

static void serve__closes_on_more_than_a_packet(void **state)
{
	uint8_t large[513] = { 0x00, 0xfe };
	struct server server;
	int fd;

	(void)state;
	start(&server, "fake");
	fd = connect_client(&server);
	send_frame(fd, large, sizeof(large));
	assert_closed(fd);
	stop(&server);
}

static void serve__client_that_goes_in_the_middle(void **state)
{
	struct server server;
	int fd;

	(void)state;
	start(&server, "fake");
	for (unsigned i = 0; i < 3; i++) {
		fd = connect_client(&server);
		send_all(fd, "DAP", 3);
		close(fd);
	}
	fd = connect_client(&server);
	assert_served(fd);
	close(fd);
	stop(&server);
}

static void serve__unplugged_probe_closes(void **state)
{
	struct server server;
	int fd;

	(void)state;
	start(&server, "fake,unplug-at=2");
	fd = connect_client(&server);
	assert_served(fd);
	send_frame(fd, "\x00\xfe", 2);
	assert_closed(fd);
	stop(&server);
}

static void serve__port_that_is_taken(void **state)
{
	dapper_vboard_serve_options options = DAPPER_VBOARD_SERVE_OPTIONS_INIT;
	struct server server;

	(void)state;
	start(&server, "fake");
	options.tcp_port = server.port;
	assert_fails(DAPPER_ERR_BUSY, vboard_serve(server.context, server.board, &options));
	assert_true(dapper_error_last()->hint[0]);
	stop(&server);
}

static void serve__bad_arguments(void **state)
{
	dapper_vboard_serve_options options = DAPPER_VBOARD_SERVE_OPTIONS_INIT;
	struct vboard *board;
	dapper_context *context;

	(void)state;
	assert_ok(dapper_context_new(&context));
	assert_ok(vboard_create_from(context, types, "fake", &board));
	assert_fails(DAPPER_ERR_INVALID, dapper_vboard_serve(context, NULL));
	assert_fails(DAPPER_ERR_INVALID, dapper_vboard_serve(context, &options));
	options.board = "no-such-board";
	assert_fails(DAPPER_ERR_INVALID, dapper_vboard_serve(NULL, &options));
	assert_fails(DAPPER_ERR_NOT_FOUND, dapper_vboard_serve(context, &options));
	options.host = "300.300.300.300";
	assert_fails(DAPPER_ERR_NOT_FOUND, vboard_serve(context, board, &options));
	options.host = "192.0.2.1"; /* not ours: RFC 5737 */
	assert_fails(DAPPER_ERR_INVALID, vboard_serve(context, board, &options));
	vboard_destroy(board);
	dapper_context_unref(context);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(serve__answers),
		cmocka_unit_test(serve__stops_with_a_client_connected),
		cmocka_unit_test(serve__many_requests_before_the_first_answer_is_read),
		cmocka_unit_test(serve__request_in_pieces),
		cmocka_unit_test(serve__one_client_at_a_time),
		cmocka_unit_test(serve__runs_the_target_while_nobody_talks),
		cmocka_unit_test(serve__closes_on_more_than_a_packet),
		cmocka_unit_test(serve__client_that_goes_in_the_middle),
		cmocka_unit_test(serve__unplugged_probe_closes),
		cmocka_unit_test(serve__port_that_is_taken),
		cmocka_unit_test(serve__bad_arguments),
		cmocka_unit_test(bitbang__beside_cmsis_dap),
		cmocka_unit_test(bitbang__alone),
		cmocka_unit_test(bitbang__waits_while_cmsis_dap_is_used),
		cmocka_unit_test(bitbang__garbage_closes),
		cmocka_unit_test(bitbang__many_questions_at_once),
		cmocka_unit_test(bitbang__port_that_is_taken),
	};

	return test_run_all("vboard/serve", tests, ARRAY_SIZE(tests), bad_header, bad_rows,
		sizeof(bad_rows[0]), ARRAY_SIZE(bad_rows));
}
