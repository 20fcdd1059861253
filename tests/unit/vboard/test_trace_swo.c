/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From firmware that prints through the ITM to bytes at the host: everything by CMSIS-DAP packets
 * to a whole virtual board.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "unit/vboard/itm_decoder.h"
#include "vboard/probe/swo.h"
#include "vboard/vboard.h"

enum { CODE = 0x20000000, TEXT = 0x20000100, PACKET = 512 };

struct host {
	struct vboard *board;
	uint64_t now_ns;
	uint8_t answer[PACKET];
	size_t size;
};

static void send(struct host *host, const uint8_t *request, size_t size)
{
	assert_ok(vboard_exchange(host->board, host->now_ns, request, size, host->answer,
		&host->size, &host->now_ns));
	assert_int_equal(host->answer[0], request[0]);
}

#define SEND(host, ...) \
	send((host), (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* DAP_Transfer with one write or read. */
static void write_register(struct host *host, uint8_t request, uint32_t value)
{
	uint8_t packet[8] = { 0x05, 0, 1, request };

	put_le32(packet + 4, value);
	send(host, packet, sizeof(packet));
	assert_int_equal(host->answer[2], 1);
}

static uint32_t read_register(struct host *host, uint8_t request)
{
	SEND(host, 0x05, 0, 1, request);
	assert_int_equal(host->answer[2], 1);
	return get_le32(host->answer + 3);
}

enum {
	DP_READ_ID = 0x02,
	DP_CTRL = 0x04,
	DP_SELECT = 0x08,
	AP_CSW = 0x01,
	AP_TAR = 0x05,
	AP_DRW = 0x0d,
	AP_READ_DRW = 0x0f
};

static void poke(struct host *host, uint32_t address, uint32_t value)
{
	write_register(host, AP_TAR, address);
	write_register(host, AP_DRW, value);
}

static uint32_t peek(struct host *host, uint32_t address)
{
	write_register(host, AP_TAR, address);
	return read_register(host, AP_READ_DRW);
}

static void connect(struct host *host, const char *board)
{
	memset(host, 0, sizeof(*host));
	assert_ok(vboard_create(NULL, board, &host->board));
	SEND(host, 0x02, 1);
	SEND(host, 0x11, 0x80, 0x96, 0x98, 0x00); /* 10 MHz */
	SEND(host, 0x12, 56, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
	SEND(host, 0x12, 16, 0x9e, 0xe7);
	SEND(host, 0x12, 64, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00);
	assert_int_equal(read_register(host, DP_READ_ID), 0x2ba01477);
	write_register(host, DP_CTRL, 0x50000000);
	host->now_ns += 1000000;
	write_register(host, DP_SELECT, 0);
	write_register(host, AP_CSW, 0x23000052);
	poke(host, 0xe000edf0, 0xa05f0003);
	poke(host, 0xe000edfc, BIT(24));
}

/*
 * ldrb r0, [r1]; cbz r0, end; 1: ldr r3, [r2]; cmp r3, #0; beq 1b; strb r0, [r2]; adds r1, #1;
 * b CODE; end: b end
 */
static const uint32_t print[] = { 0xb1287808, 0x2b006813, 0x7010d0fc, 0xe7f73101, 0xe7fee7fe };

static void write_core_register(struct host *host, uint32_t number, uint32_t value)
{
	poke(host, 0xe000edf8, value);
	poke(host, 0xe000edf4, BIT(16) | number);
}

/* Begin to print a text, whose length is a multiple of four, by port 0. */
static void start_printing(struct host *host, const char *text)
{
	const size_t size = strlen(text) + 4;

	for (uint32_t i = 0; i < ARRAY_SIZE(print); i++)
		poke(host, CODE + 4 * i, print[i]);
	for (uint32_t i = 0; i + 4 < size; i += 4)
		poke(host, TEXT + i, get_le32((const uint8_t *)text + i));
	poke(host, TEXT + (uint32_t)size - 4, 0);
	write_core_register(host, 1, TEXT);
	write_core_register(host, 2, 0xe0000000);
	write_core_register(host, 15, CODE);
	write_core_register(host, 16, BIT(24));
	poke(host, 0xe000edf0, 0xa05f0001);
}

static void trace_on(struct host *host, uint32_t protocol, uint32_t acpr)
{
	poke(host, 0xe0040010, acpr);
	poke(host, 0xe00400f0, protocol);
	poke(host, 0xe0040304, 0x100);
	poke(host, 0xe0000e00, 1);
	poke(host, 0xe0000e80, 0x00010001);
	assert_int_equal(peek(host, 0xe0000e00), 1);
	/* Where the board has to be told that the pin is SWO. */
	poke(host, 0xe0042004, 0x20);
}

static void capture(struct host *host, uint8_t transport, uint8_t mode, uint32_t baud)
{
	uint8_t rate[5] = { 0x19 };

	SEND(host, 0x17, transport);
	assert_int_equal(host->answer[1], 0);
	SEND(host, 0x18, mode);
	assert_int_equal(host->answer[1], 0);
	put_le32(rate + 1, baud);
	send(host, rate, sizeof(rate));
	assert_int_equal(get_le32(host->answer + 1), baud);
	SEND(host, 0x1a, 1);
	assert_int_equal(host->answer[1], 0);
}

/* "S0:48 S0:65 ..." of a text. */
static void expected_packets(const char *text, char *packets, size_t size)
{
	size_t used = 0;

	packets[0] = '\0';
	for (; *text && used < size; text++)
		used += (size_t)snprintf(packets + used, size - used, "%sS0:%02x", used ? " " : "",
			(unsigned char)*text);
}

/* DAP_SWO_Data until there is no more. */
static size_t read_all(struct host *host, uint8_t *bytes, uint8_t *status)
{
	size_t total = 0;
	size_t size;

	*status = 0;
	do {
		SEND(host, 0x1c, 0xff, 0xff);
		*status |= host->answer[1];
		size = get_le16(host->answer + 2);
		assert_int_equal(host->size, 4 + size);
		memcpy(bytes + total, host->answer + 4, size);
		total += size;
	} while (size);
	return total;
}

#define HELLO "Hello from the ITM!\n"

struct print_row {
	const char *what;
	uint32_t protocol, acpr;
	uint8_t mode;
	uint32_t baud;
	bool arrives;
	/* Two bytes make one of half the rate, whose stop bit is the second one's. */
	bool no_error;
};

/* The core runs at 16 MHz. */
static const struct print_row print_rows[] = {
	{ "UART, 2 Mbit/s", 2, 7, 1, 2000000, true },
	{ "UART, 115200 bit/s", 2, 138, 1, 115200, true },
	{ "UART, 3 % too fast", 2, 7, 1, 2060000, true },
	{ "UART, 3 % too slow", 2, 7, 1, 1940000, true },
	{ "UART, 10 % too fast", 2, 7, 1, 2200000, false },
	{ "UART, half the rate", 2, 7, 1, 1000000, false, .no_error = true },
	{ "UART, twice the rate", 2, 7, 1, 4000000, false },
	{ "Manchester, 2 Mbit/s", 1, 7, 2, 2000000, true },
	{ "Manchester, 100 kbit/s", 1, 159, 2, 100000, true },
	{ "Manchester, half the rate", 1, 7, 2, 1000000, false },
	{ "Manchester, twice the rate", 1, 7, 2, 4000000, false },
	{ "UART sent, Manchester heard", 2, 7, 2, 2000000, false },
	{ "Manchester sent, UART heard", 1, 7, 1, 2000000, false },
};

static void swo__what_firmware_prints(void **state)
{
	const struct print_row *row = *state;
	uint8_t bytes[VSWO_BUFFER_SIZE];
	char expected[400];
	char text[4000];
	struct host host;
	uint8_t status;
	size_t size;

	connect(&host, "stm32f407vg");
	trace_on(&host, row->protocol, row->acpr);
	capture(&host, 1, row->mode, row->baud);
	start_printing(&host, HELLO);
	host.now_ns += 20000000;
	size = read_all(&host, bytes, &status);
	expected_packets(HELLO, expected, sizeof(expected));
	itm_decode(bytes, size, text, sizeof(text));
	if (row->arrives) {
		assert_string_equal(text, expected);
		assert_int_equal(status, 1);
	} else {
		assert_string_not_equal(text, expected);
		assert_int_equal(status & BIT(6), row->no_error ? 0 : BIT(6));
	}
	vboard_destroy(host.board);
}

static void swo__stream_goes_to_the_endpoint(void **state)
{
	uint8_t bytes[VSWO_BUFFER_SIZE];
	char expected[400];
	char text[400];
	struct host host;
	size_t size;

	(void)state;
	connect(&host, "stm32f407vg");
	trace_on(&host, 2, 7);
	capture(&host, 2, 1, 2000000);
	start_printing(&host, HELLO);
	vboard_advance(host.board, host.now_ns += 20000000);
	/* DAP_SWO_Data has nothing then. */
	SEND(&host, 0x1c, 0xff, 0xff);
	assert_int_equal(get_le16(host.answer + 2), 0);
	size = vboard_read_swo(host.board, bytes, 7);
	assert_int_equal(size, 7);
	size += vboard_read_swo(host.board, bytes + 7, sizeof(bytes) - 7);
	assert_int_equal(vboard_read_swo(host.board, bytes, sizeof(bytes)), 0);
	itm_decode(bytes, size, text, sizeof(text));
	expected_packets(HELLO, expected, sizeof(expected));
	assert_string_equal(text, expected);
	vboard_destroy(host.board);
}

static void swo__counts_and_stamps(void **state)
{
	struct host host;
	uint64_t ended_ns;

	(void)state;
	connect(&host, "stm32f407vg");
	trace_on(&host, 2, 7);
	capture(&host, 1, 1, 2000000);
	poke(&host, 0xe0000000, 0x11223344);
	ended_ns = host.now_ns;
	host.now_ns += 1000000;
	SEND(&host, 0x1b);
	assert_int_equal(host.answer[1], 1);
	assert_int_equal(get_le32(host.answer + 2), 5);
	SEND(&host, 0x1c, 2, 0);
	assert_int_equal(get_le16(host.answer + 2), 2);
	/* Three are left; five came, the last shortly after the write. In ticks of 10 ns. */
	SEND(&host, 0x1e, 7);
	assert_int_equal(host.size, 14);
	assert_int_equal(host.answer[1], 1);
	assert_int_equal(get_le32(host.answer + 2), 3);
	assert_int_equal(get_le32(host.answer + 6), 5);
	assert_in_range(get_le32(host.answer + 10), (ended_ns - 500000) / 10, ended_ns / 10 + 2500);
	SEND(&host, 0x1a, 0);
	SEND(&host, 0x1b);
	assert_int_equal(host.answer[1], 0);
	assert_int_equal(get_le32(host.answer + 2), 3);
	/* The next capture begins with nothing. */
	SEND(&host, 0x1a, 1);
	SEND(&host, 0x1b);
	assert_int_equal(get_le32(host.answer + 2), 0);
	vboard_destroy(host.board);
}

/* Firmware prints for ever, the host does not look. */
static void swo__overruns_its_buffer(void **state)
{
	/* 1: ldr r3, [r2]; cmp r3, #0; beq 1b; str r1, [r2]; b 1b */
	static const uint32_t flood[] = { 0x2b006813, 0x6011d0fc, 0xe7fae7fa };
	uint8_t bytes[2 * VSWO_BUFFER_SIZE];
	struct host host;
	uint8_t status;

	(void)state;
	connect(&host, "stm32f407vg");
	trace_on(&host, 2, 0);
	capture(&host, 1, 1, 16000000);
	start_printing(&host, "");
	poke(&host, 0xe000edf0, 0xa05f0003);
	for (uint32_t i = 0; i < ARRAY_SIZE(flood); i++)
		poke(&host, CODE + 4 * i, flood[i]);
	write_core_register(&host, 15, CODE);
	poke(&host, 0xe000edf0, 0xa05f0001);
	host.now_ns += 20000000;
	poke(&host, 0xe000edf0, 0xa05f0003);
	host.now_ns += 1000000;
	assert_true(read_all(&host, bytes, &status) >= VSWO_BUFFER_SIZE);
	assert_int_equal(status & (BIT(7) | BIT(6)), BIT(7));
	/* Told once. */
	SEND(&host, 0x1b);
	assert_int_equal(host.answer[1], 1);
	vboard_destroy(host.board);
}

static void swo__is_not_heard_when_nobody_captures(void **state)
{
	struct host host;

	(void)state;
	connect(&host, "stm32f407vg");
	trace_on(&host, 2, 7);
	start_printing(&host, HELLO);
	host.now_ns += 20000000;
	SEND(&host, 0x1b);
	assert_int_equal(host.answer[1], 0);
	assert_int_equal(get_le32(host.answer + 2), 0);
	vboard_destroy(host.board);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(swo__stream_goes_to_the_endpoint),
		cmocka_unit_test(swo__counts_and_stamps),
		cmocka_unit_test(swo__overruns_its_buffer),
		cmocka_unit_test(swo__is_not_heard_when_nobody_captures),
	};

	return test_run_all("vboard/trace_swo", tests, ARRAY_SIZE(tests), swo__what_firmware_prints,
		print_rows, sizeof(print_rows[0]), ARRAY_SIZE(print_rows));
}
