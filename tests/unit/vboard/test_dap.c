/* SPDX-License-Identifier: Apache-2.0 */
/* The command processor: packets in, packets out. Layouts: CMSIS-DAP 2.1.1, "CMSIS-DAP Commands".
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "support/fake_vtarget.h"
#include "vboard/probe/dap.h"

enum { PACKET = 64, COMMAND_NS = 5000 };

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
	struct vport port;
	struct vdap dap;
	uint8_t response[PACKET];
	size_t size;
};

static void setup_bare(struct bench *bench)
{
	static const struct vdap_identity identity = {
		.serial = "1234",
		.device_vendor = "Vendor",
		.board_name = "board",
		.packet_size = PACKET,
		.packet_count = 4,
		.command_ns = COMMAND_NS,
	};

	*bench = (struct bench){ 0 };
	fake_target_init(&bench->fake, &bench->target);
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
	vport_init(&bench->port, &bench->wire, &bench->clock);
	vdap_init(&bench->dap, &identity, &bench->port);
}

/* Each packet is in memory of its own size, so that ASan sees a read past its end. */
static void send_bytes(struct bench *bench, const uint8_t *bytes, size_t size)
{
	uint8_t *request = malloc(size ? size : 1);
	uint8_t *response = malloc(PACKET);

	assert_non_null(request);
	assert_non_null(response);
	if (size)
		memcpy(request, bytes, size);
	bench->size = vdap_process(&bench->dap, request, size, response);
	assert_true(bench->size <= PACKET);
	memcpy(bench->response, response, bench->size);
	free(request);
	free(response);
}

/* "05 00 01": bytes in hex; words by W(). */
static size_t parse_hex(const char *text, uint8_t *bytes)
{
	size_t count = 0;
	unsigned value;
	int length;

	while (sscanf(text, " %2x%n", &value, &length) == 1) {
		assert_true(count < 2 * PACKET);
		bytes[count++] = (uint8_t)value;
		text += length;
	}
	return count;
}

static void send(struct bench *bench, const char *hex)
{
	uint8_t bytes[2 * PACKET];

	send_bytes(bench, bytes, parse_hex(hex, bytes));
}

static void expect(struct bench *bench, const char *hex)
{
	uint8_t bytes[2 * PACKET];
	size_t size = parse_hex(hex, bytes);

	if (bench->size == size && memcmp(bench->response, bytes, size) == 0)
		return;
	print_error("expected %s\nhave    ", hex);
	for (size_t i = 0; i < bench->size; i++)
		print_error(" %02x", bench->response[i]);
	print_error("\n");
	fail();
}

static void exchange(struct bench *bench, const char *request, const char *response)
{
	send(bench, request);
	expect(bench, response);
}

/* Connected, selected, DPIDR read, powered; AP 0: words with increment, TAR at the RAM. */
static void setup(struct bench *bench)
{
	setup_bare(bench);
	exchange(bench, "02 01", "02 01");
	exchange(bench, "12 33 ffffffffffffff", "12 00");
	exchange(bench, "12 10 9ee7", "12 00");
	exchange(bench, "12 33 ffffffffffffff", "12 00");
	exchange(bench, "12 08 00", "12 00");
	exchange(bench, "05 00 01 02", "05 01 01 7714a02b");
	exchange(bench, "05 00 01 04 00000050", "05 01 01");
	exchange(bench, "09 64 00", "09 00");
	exchange(bench, "05 00 02 01 12000023 05 00000020", "05 02 01");
	for (unsigned i = 0; i < 64; i++)
		bench->fake.ram[i] = (uint8_t)i;
}

/* --- packets that need no target ------------------------------------------------------------- */

struct row {
	const char *what;
	const char *request;
	const char *response;
};

static const struct row bare_rows[] = {
	{ "DAP_Info__vendor", "00 01", "00 07 646170706572 00" },
	{ "DAP_Info__serial number", "00 03", "00 05 31323334 00" },
	{ "DAP_Info__protocol version 2.1.1", "00 04", "00 06 322e312e31 00" },
	{ "DAP_Info__device vendor", "00 05", "00 07 56656e646f72 00" },
	{ "DAP_Info__device name that nobody knows", "00 06", "00 00" },
	{ "DAP_Info__board vendor", "00 07", "00 07 646170706572 00" },
	{ "DAP_Info__board name", "00 08", "00 06 626f617264 00" },
	{ "DAP_Info__capabilities: SWD, JTAG, atomic, timer, SWO", "00 f0", "00 02 7f 00" },
	{ "DAP_Info__SWO buffer size", "00 fd", "00 04 00 20 00 00" },
	{ "DAP_Info__timer: 100 MHz", "00 f1", "00 04 00e1f505" },
	{ "DAP_Info__packet count", "00 fe", "00 01 04" },
	{ "DAP_Info__packet size", "00 ff", "00 02 4000" },
	{ "DAP_Info__unknown", "00 77", "00 00" },
	{ "DAP_Info__without ID", "00", "00 ff" },
	{ "DAP_HostStatus", "01 00 01", "01 00" },
	{ "DAP_HostStatus__short", "01 00", "01 ff" },
	{ "DAP_Connect__default is SWD", "02 00", "02 01" },
	{ "DAP_Connect__SWD", "02 01", "02 01" },
	{ "DAP_Connect__JTAG", "02 02", "02 02" },
	{ "DAP_Connect__no such port", "02 03", "02 00" },
	{ "DAP_Connect__short", "02", "02 ff" },
	{ "DAP_Disconnect", "03", "03 00" },
	{ "DAP_TransferConfigure", "04 00 6400 0000", "04 00" },
	{ "DAP_TransferConfigure__short", "04 00 6400 00", "04 ff" },
	{ "DAP_Transfer__not connected", "05 00 01 02", "05 00 00" },
	{ "DAP_Transfer__none", "05 00 00", "05 00 00" },
	{ "DAP_Transfer__short header", "05 00", "05 ff" },
	{ "DAP_Transfer__fewer requests than said", "05 00 02 02", "05 ff" },
	{ "DAP_Transfer__fewer data than said", "05 00 01 00 112233", "05 ff" },
	{ "DAP_Transfer__no match value", "05 00 01 12 1122", "05 ff" },
	{ "DAP_Transfer__no match mask", "05 00 01 20", "05 ff" },
	{ "DAP_TransferBlock__not connected", "06 00 0100 02", "06 0000 00" },
	{ "DAP_TransferBlock__none", "06 00 0000 02", "06 0000 00" },
	{ "DAP_TransferBlock__short header", "06 00 0100", "06 ff" },
	{ "DAP_TransferBlock__fewer data than said", "06 00 0200 0d 01020304 010203", "06 ff" },
	{ "DAP_TransferBlock__15 words fit", "06 00 0f00 02", "06 0000 00" },
	{ "DAP_TransferBlock__16 words do not", "06 00 1000 02", "06 ff" },
	{ "DAP_TransferBlock__65535 words do not", "06 00 ffff 02", "06 ff" },
	{ "DAP_TransferAbort__has no answer", "07", "" },
	{ "DAP_WriteABORT", "08 00 1e000000", "08 00" },
	{ "DAP_WriteABORT__short", "08 00 1e0000", "08 ff" },
	{ "DAP_Delay", "09 6400", "09 00" },
	{ "DAP_Delay__short", "09 64", "09 ff" },
	{ "DAP_ResetTarget__has no sequence", "0a", "0a 00 00" },
	{ "DAP_SWJ_Pins__not connected: nRESET is high", "10 00 00 00000000", "10 80" },
	{ "DAP_SWJ_Pins__short", "10 00 00 000000", "10 ff" },
	{ "DAP_SWJ_Clock", "11 40420f00", "11 00" },
	{ "DAP_SWJ_Clock__0 Hz", "11 00000000", "11 ff" },
	{ "DAP_SWJ_Clock__short", "11 404200", "11 ff" },
	{ "DAP_SWJ_Sequence", "12 08 ff", "12 00" },
	{ "DAP_SWJ_Sequence__fewer bits than said", "12 09 ff", "12 ff" },
	{ "DAP_SWJ_Sequence__0 is 256", "12 00 ff", "12 ff" },
	{ "DAP_SWD_Configure", "13 03", "13 00" },
	{ "DAP_SWD_Configure__short", "13", "13 ff" },
	{ "DAP_JTAG_IDCODE__not connected", "16 00", "16 ff" },
	{ "DAP_SWO_Transport__data command", "17 01", "17 00" },
	{ "DAP_SWO_Transport__endpoint", "17 02", "17 00" },
	{ "DAP_SWO_Transport__unknown", "17 03", "17 ff" },
	{ "DAP_SWO_Transport__short", "17", "17 ff" },
	{ "DAP_SWO_Mode__off", "18 00", "18 00" },
	{ "DAP_SWO_Mode__Manchester", "18 02", "18 00" },
	{ "DAP_SWO_Mode__unknown", "18 03", "18 ff" },
	{ "DAP_SWO_Baudrate__without a mode there is none", "19 40420f00", "19 00000000" },
	{ "DAP_SWO_Baudrate__with one", "7f 02 1801 19 40420f00", "7f 02 1800 19 40420f00" },
	{ "DAP_SWO_Baudrate__faster than the probe", "7f 02 1801 19 ffffffff",
		"7f 02 1800 19 80f0fa02" },
	{ "DAP_SWO_Baudrate__short", "19 404200", "19 ff" },
	{ "DAP_SWO_Control__start without a mode", "1a 01", "1a ff" },
	{ "DAP_SWO_Control__start without a rate", "7f 02 1801 1a01", "7f 02 1800 1aff" },
	{ "DAP_SWO_Control__stop what does not run", "1a 00", "1a 00" },
	{ "DAP_SWO_Control__start, status", "7f 04 1801 19 40420f00 1a01 1b",
		"7f 04 1800 19 40420f00 1a00 1b01 00000000" },
	{ "DAP_SWO_Transport__not while it captures", "7f 04 1801 19 40420f00 1a01 1701",
		"7f 04 1800 19 40420f00 1a00 17ff" },
	{ "DAP_SWO_Mode__ends capture", "7f 05 1801 19 40420f00 1a01 1802 1b",
		"7f 05 1800 19 40420f00 1a00 1800 1b00 00000000" },
	{ "DAP_SWO_ExtendedStatus__nothing", "1e 00", "1e" },
	{ "DAP_SWO_ExtendedStatus__all", "1e 07", "1e 00 00000000 00000000 00000000" },
	{ "DAP_SWO_ExtendedStatus__short", "1e", "1e ff" },
	{ "DAP_SWO_Data__none", "1c 4000", "1c 00 0000" },
	{ "DAP_SWO_Data__short", "1c 40", "1c ff" },
	{ "DAP_UART_Transport__unknown", "1f 01", "ff" },
	{ "DAP_SWD_Sequence__none", "1d 00", "1d 00" },
	{ "DAP_SWD_Sequence__short", "1d 01", "1d ff" },
	{ "DAP_SWD_Sequence__fewer bits than said", "1d 01 09 ff", "1d ff" },
	{ "DAP_SWD_Sequence__answer does not fit", "1d 08 80 80 80 80 80 80 80 80", "1d ff" },
	{ "vendor command__unknown", "80", "ff" },
	{ "unknown command", "ff 01 02", "ff" },
	{ "DAP_ExecuteCommands__none", "7f 00", "7f 00" },
	{ "DAP_ExecuteCommands__short", "7f", "7f ff" },
	{ "DAP_ExecuteCommands__in order", "7f 03 00fe 096400 00ff", "7f 03 000104 0900 00024000" },
	{ "DAP_ExecuteCommands__fewer than said", "7f 02 00fe", "7f 01 000104" },
	{ "DAP_ExecuteCommands__stops at one that it cannot do", "7f 03 00fe 80 00ff",
		"7f 01 000104 ff" },
	{ "DAP_ExecuteCommands__stops at a short one", "7f 02 00fe 0901", "7f 01 000104 09ff" },
	{ "DAP_ExecuteCommands__does not nest", "7f 02 7f0100fe 00fe", "7f 00 7fff" },
	{ "DAP_ExecuteCommands__goes on behind failed transfers", "7f 02 0500020002030405 02 00fe",
		"7f 02 050000 000104" },
	{ "DAP_QueueCommands__is answered as executed", "7e 01 00fe", "7f 01 000104" },
};

static void bare(void **state)
{
	const struct row *row = *state;
	struct bench bench;

	setup_bare(&bench);
	exchange(&bench, row->request, row->response);
	assert_int_equal(bench.fake.accesses, 0);
}

static void info__names_what_hosts_look_for(void **state)
{
	struct bench bench;

	(void)state;
	setup_bare(&bench);
	send(&bench, "00 02");
	assert_non_null(strstr((const char *)bench.response + 2, "CMSIS-DAP"));
	send(&bench, "00 09");
	assert_string_equal((const char *)bench.response + 2, DAPPER_VERSION);
}

static void info__long_serial_is_cut(void **state)
{
	struct bench bench;

	(void)state;
	setup_bare(&bench);
	bench.dap.identity.serial =
		"0123456789012345678901234567890123456789012345678901234567890123456789";
	send(&bench, "00 03");
	assert_int_equal(bench.size, bench.response[1] + 2u);
	assert_int_equal(bench.response[bench.size - 1], 0);
	assert_memory_equal(bench.response + 2, "0123456789", 10);
}

/* Hosts of HID probes fill packets up with zeros; what is behind a command does not matter. */
static void process__ignores_padding(void **state)
{
	uint8_t request[PACKET] = { 0x00, 0xfe };
	struct bench bench;

	(void)state;
	setup_bare(&bench);
	send_bytes(&bench, request, sizeof(request));
	expect(&bench, "00 01 04");
}

static void process__empty_packet_has_no_answer(void **state)
{
	struct bench bench;

	(void)state;
	setup_bare(&bench);
	send_bytes(&bench, NULL, 0);
	assert_int_equal(bench.size, 0);
}

static void execute__lists_one_after_the_other(void **state)
{
	struct bench bench;

	(void)state;
	setup_bare(&bench);
	exchange(&bench, "7f 01 00fe", "7f 01 000104");
	exchange(&bench, "7f 01 00fe", "7f 01 000104");
}

static void execute__stops_when_the_answer_is_full(void **state)
{
	struct bench bench;

	(void)state;
	setup_bare(&bench);
	/* 10 bytes each: the seventh does not fit in 64 any more, its error does. */
	send(&bench, "7f 07 1d0180 1d0180 1d0180 1d0180 1d0180 1d0180 1d0180");
	assert_int_equal(bench.response[1], 6);
	assert_int_equal(bench.size, 64);
	assert_memory_equal(bench.response + bench.size - 2, "\x1d\xff", 2);
}

/* --- transfers ------------------------------------------------------------------------------- */

/* RAM holds 00 01 02 ...; requests: bits APnDP, RnW, A2, A3. 0f: read DRW; 0d: write DRW. */
static const struct row transfer_rows[] = {
	{ "transfer__DP read", "05 00 01 02", "05 01 01 7714a02b" },
	{ "transfer__AP read fetches from RDBUFF", "05 00 01 0f", "05 01 01 00010203" },
	{ "transfer__AP reads in a row", "05 00 03 0f0f0f", "05 03 01 00010203 04050607 08090a0b" },
	{ "transfer__AP read, DP read, AP read", "05 00 03 0f020f",
		"05 03 01 00010203 7714a02b 04050607" },
	{ "transfer__AP read, then write", "05 00 03 0f 05 10000020 0f",
		"05 03 01 00010203 10111213" },
	{ "transfer__write and read back", "05 00 04 0d aabbccdd 05 00000020 0f 0f",
		"05 04 01 aabbccdd 04050607" },
	{ "transfer__error of an AP read shows at its end", "05 00 02 05 00000010 0f", "05 02 04" },
	{ "transfer__error of an AP read shows at the next", "05 00 03 05 00000010 0f 0f",
		"05 02 04" },
	{ "transfer__error of the last write shows", "05 00 02 05 00000010 0d 00000000",
		"05 02 04" },
	{ "transfer__error of a write shows at the next", "05 00 03 05 00000010 0d 00000000 02",
		"05 03 01 7714a02b" },
	{ "transfer__a DP read hides a write's error until the next AP access",
		"05 00 04 05 00000010 0d 00000000 02 0f", "05 03 04 7714a02b" },
	{ "transfer__match at once", "05 00 04 20 ff000000 1f 00000000 05 04000020 0f",
		"05 04 01 04050607" },
	{ "transfer__match of a DP register", "05 00 02 20 ffffffff 12 7714a02b", "05 02 01" },
	{ "transfer__match searches", "05 00 02 20 ffffffff 1f 08090a0b", "05 02 01" },
	{ "transfer__match in vain", "05 00 03 20 ffffffff 12 00000000 02", "05 01 11" },
	{ "transfer__match after AP read fetches it first", "05 00 03 20 ffffffff 0f 1f 08090a0b",
		"05 03 01 00010203" },
	{ "transfer__match mask alone is no transfer", "05 00 01 20 ffffffff", "05 01 01" },
	{ "transfer__the mask stays", "05 00 02 20 000000ff 02", "05 02 01 7714a02b" },
	{ "transfer block__DP read", "06 00 0200 02", "06 0200 01 7714a02b 7714a02b" },
	{ "transfer block__AP read", "06 00 0300 0f", "06 0300 01 00010203 04050607 08090a0b" },
	{ "transfer block__AP read of one", "06 00 0100 0f", "06 0100 01 00010203" },
	{ "transfer block__AP write", "06 00 0200 0d a0a1a2a3 b0b1b2b3", "06 0200 01" },
	{ "WriteABORT", "08 00 1e000000", "08 00" },
};

static void transfers(void **state)
{
	const struct row *row = *state;
	struct bench bench;

	setup(&bench);
	exchange(&bench, "04 00 6400 0800", "04 00");
	exchange(&bench, row->request, row->response);
}

static void transfer_block__writes_memory(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	exchange(&bench, "06 00 0200 0d a0a1a2a3 b0b1b2b3", "06 0200 01");
	assert_memory_equal(bench.fake.ram, "\xa0\xa1\xa2\xa3\xb0\xb1\xb2\xb3", 8);
}

static void transfer_block__counts_up_to_the_error(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.faults.ap_error_at = bench.faults.ap_accesses + 3;
	exchange(&bench, "06 00 0500 0f", "06 0200 04 00010203 04050607");
	exchange(&bench, "08 00 1e000000", "08 00");
	bench.faults.ap_error_at = bench.faults.ap_accesses + 2;
	exchange(&bench, "06 00 0300 0d a0a1a2a3 b0b1b2b3 c0c1c2c3", "06 0200 04");
}

/* 46 cycles each: read 3 words = post, 2 chained, RDBUFF; write 2 = 2 and RDBUFF. */
static void transfer_block__cycles(void **state)
{
	struct bench bench;
	uint64_t before;

	(void)state;
	setup(&bench);
	before = bench.clock.cycles;
	send(&bench, "06 00 0300 0f");
	assert_int_equal(bench.clock.cycles - before, 4 * 46);
	before = bench.clock.cycles;
	send(&bench, "06 00 0200 0d a0a1a2a3 b0b1b2b3");
	assert_int_equal(bench.clock.cycles - before, 3 * 46);
	exchange(&bench, "04 02 6400 0000", "04 00"); /* idle cycles */
	before = bench.clock.cycles;
	send(&bench, "05 00 02 02 02");
	assert_int_equal(bench.clock.cycles - before, 2 * 48);
}

static void wait__is_retried_by_the_probe(void **state)
{
	struct bench bench;
	uint64_t before;

	(void)state;
	setup(&bench);
	bench.faults.wait_at = bench.faults.ap_requests + 2;
	bench.faults.wait_count = 3;
	before = bench.clock.cycles;
	exchange(&bench, "05 00 02 0f0f", "05 02 01 00010203 04050607");
	assert_int_equal(bench.clock.cycles - before, 3 * 46 + 3 * 13);
	assert_int_equal(bench.fake.accesses, 2);
}

static void wait__runs_out(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	exchange(&bench, "04 00 0200 0000", "04 00");
	bench.faults.wait_at = bench.faults.ap_requests + 1;
	bench.faults.wait_count = 3;
	exchange(&bench, "05 00 02 0f0f", "05 00 02");
	exchange(&bench, "05 00 01 0f", "05 01 01 00010203");
}

static void silence__is_no_ack(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.faults.silent_at = bench.faults.requests + 2;
	exchange(&bench, "05 00 03 02 02 02", "05 01 07 7714a02b");
	exchange(&bench, "05 00 01 02", "05 00 07");
	exchange(&bench, "12 33 ffffffffffffff", "12 00");
	exchange(&bench, "12 08 00", "12 00");
	exchange(&bench, "05 00 01 02", "05 01 01 7714a02b");
}

static void parity_error__is_a_protocol_error(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.faults.parity_error_at = bench.faults.reads + 2;
	exchange(&bench, "05 00 03 02 02 02", "05 01 08 7714a02b");
}

/* The polled register is the target's own clock: it moves because the probe polls. */
static void match__time_passes_while_it_polls(void **state)
{
	struct bench bench;
	uint8_t request[] = { 0x05, 0, 3, 0x20, 0, 0, 0xff, 0xff, 0x05, 0, 0, 0, 0x40, 0x1f, 0, 0,
		2, 0 };

	(void)state;
	setup(&bench);
	exchange(&bench, "05 00 01 01 02000023", "05 01 01"); /* no increment */
	exchange(&bench, "04 00 6400 ffff", "04 00");
	send_bytes(&bench, request, sizeof(request)); /* until 131 ms */
	expect(&bench, "05 03 01");
	assert_in_range(bench.clock.now_ns, 131072000, 131072000 + 100 * 1000);
}

/* 65535 retries in vain: 65536 tries and the post, 46 us each at 1 MHz. */
static void match__all_retries_cost_their_time(void **state)
{
	struct bench bench;
	uint64_t before;

	(void)state;
	setup(&bench);
	exchange(&bench, "04 00 6400 ffff", "04 00");
	exchange(&bench, "05 00 01 20 ffffffff", "05 01 01");
	before = bench.clock.now_ns;
	exchange(&bench, "05 00 01 1f 78563412", "05 00 11");
	assert_int_equal(bench.clock.now_ns - before, 65537ull * 46000 + COMMAND_NS);
}

/* Time stamps: ticks of 10 ns, when the transfer's data were through. */
static void timestamp__comes_before_the_data(void **state)
{
	struct bench bench;
	uint64_t start;

	(void)state;
	setup(&bench);
	start = bench.clock.now_ns + COMMAND_NS;
	send(&bench, "05 00 02 82 84 00000050"); /* read DPIDR, write CTRL/STAT */
	assert_int_equal(bench.size, 3 + 8 + 4);
	assert_int_equal(get_le32(bench.response + 3), (start + 46000) / 10);
	assert_int_equal(get_le32(bench.response + 7), FAKE_DPIDR);
	assert_int_equal(get_le32(bench.response + 11), (start + 2 * 46000) / 10);
	start = bench.clock.now_ns + COMMAND_NS;
	send(&bench, "05 00 02 8f 8f"); /* two AP reads: stamp, data 1 and stamp 2, data 2 */
	assert_int_equal(bench.size, 3 + 16);
	assert_int_equal(get_le32(bench.response + 3), (start + 46000) / 10);
	assert_int_equal(get_le32(bench.response + 7), 0x03020100);
	assert_int_equal(get_le32(bench.response + 11), (start + 2 * 46000) / 10);
	assert_int_equal(get_le32(bench.response + 15), 0x07060504);
}

/* --- pins, clock, sequences ------------------------------------------------------------------ */

static void pins__drive_nreset(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	exchange(&bench, "10 00 80 00000000", "10 03");
	assert_true(bench.fake.in_reset);
	exchange(&bench, "10 80 80 00000000", "10 83");
	assert_false(bench.fake.in_reset);
	assert_int_equal(bench.fake.resets, 1);
	exchange(&bench, "10 00 80 00000000", "10 03");
	exchange(&bench, "03", "03 00"); /* lets go of it */
	assert_false(bench.fake.in_reset);
}

static void connect__releases_nreset(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	exchange(&bench, "10 00 80 00000000", "10 03");
	exchange(&bench, "02 01", "02 01");
	assert_false(bench.fake.in_reset);
}

static void pins__wait_only_for_what_is_not_so(void **state)
{
	struct bench bench;
	uint64_t before;

	(void)state;
	setup(&bench);
	before = bench.clock.now_ns;
	exchange(&bench, "10 00 80 40420f00", "10 03"); /* 1 s, but it is low at once */
	assert_int_equal(bench.clock.now_ns - before, COMMAND_NS);
	before = bench.clock.now_ns;
	exchange(&bench, "10 08 08 e8030000", "10 03"); /* TDO: not there */
	assert_int_equal(bench.clock.now_ns - before, COMMAND_NS + 1000000);
	before = bench.clock.now_ns;
	exchange(&bench, "10 08 08 ffffffff", "10 03"); /* at most 3 s */
	assert_int_equal(bench.clock.now_ns - before, COMMAND_NS + 3000000000ull);
}

/* A line reset and a request by hand: SWDIO, then SWCLK up and down. */
static void pins__can_clock_the_wire(void **state)
{
	struct bench bench;
	uint64_t before;

	(void)state;
	setup(&bench);
	before = bench.clock.cycles;
	for (unsigned i = 0; i < 52; i++) {
		send(&bench, i < 50 ? "10 02 03 00000000" : "10 00 03 00000000");
		send(&bench, i < 50 ? "10 03 03 00000000" : "10 01 03 00000000");
	}
	assert_int_equal(bench.clock.cycles - before, 52);
	exchange(&bench, "05 00 01 06", "05 00 07"); /* CTRL/STAT: not before DPIDR */
}

static void swj_clock__sets_the_pace(void **state)
{
	static const struct {
		const char *request;
		uint64_t ns; /* of 46 cycles */
	} cases[] = {
		{ "11 40420f00", 46000 }, /* 1 MHz */
		{ "11 80969800", 4600 },  /* 10 MHz */
		{ "11 80f0fa02", 920 },   /* 50 MHz */
		{ "11 00e1f505", 920 },   /* 100 MHz: more than the probe can */
		{ "11 00366e01", 1916 },  /* 24 MHz: 1916.67 */
	};
	struct bench bench;

	(void)state;
	setup(&bench);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t before;

		exchange(&bench, cases[i].request, "11 00");
		before = bench.clock.now_ns;
		exchange(&bench, "05 00 01 02", "05 01 01 7714a02b");
		assert_int_equal(bench.clock.now_ns - before, cases[i].ns + COMMAND_NS);
	}
}

static void swj_clock__no_cycle_is_lost_by_rounding(void **state)
{
	struct vclock clock;

	(void)state;
	vclock_init(&clock);
	vclock_set_swclk(&clock, 24000000);
	for (unsigned i = 0; i < 24000; i++)
		vclock_run(&clock, 1);
	assert_int_equal(clock.now_ns, 1000000);
	assert_int_equal(clock.wire_ns, 1000000);
	assert_int_equal(clock.cycles, 24000);
}

/* DPIDR by DAP_SWD_Sequence: 8 bits out; turnaround, ack, data, parity, turnaround in (38). */
static void swd_sequence__reads_a_register(void **state)
{
	struct bench bench;
	uint64_t bits = 0;

	(void)state;
	setup(&bench);
	send(&bench, "1d 02 08 a5 a6");
	assert_int_equal(bench.size, 2 + 5);
	assert_int_equal(bench.response[1], 0);
	for (unsigned i = 0; i < 5; i++)
		bits |= (uint64_t)bench.response[2 + i] << 8 * i;
	assert_int_equal(bits >> 1 & 7, 1);
	assert_int_equal((uint32_t)(bits >> 4), FAKE_DPIDR);
	assert_int_equal(bits >> 36 & 1, 0);
	exchange(&bench, "05 00 01 02", "05 01 01 7714a02b"); /* still in step */
}

static void swd_configure__turnaround(void **state)
{
	struct bench bench;
	uint64_t before;

	(void)state;
	setup(&bench);
	bench.dp.regs.dlcr |= 0x100; /* 2 cycles */
	exchange(&bench, "13 01", "13 00");
	before = bench.clock.cycles;
	exchange(&bench, "05 00 01 02", "05 01 01 7714a02b");
	assert_int_equal(bench.clock.cycles - before, 48);
}

static void delay__lets_the_target_run(void **state)
{
	struct bench bench;

	(void)state;
	setup_bare(&bench);
	exchange(&bench, "09 e803", "09 00");
	assert_int_equal(bench.clock.now_ns, 1000000 + COMMAND_NS);
	assert_int_equal(bench.clock.wire_ns, 0);
}

static void write_abort__clears_sticky_flags(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	exchange(&bench, "05 00 02 05 00000010 0f", "05 02 04");
	exchange(&bench, "05 00 01 0f", "05 00 04");
	exchange(&bench, "08 00 04000000", "08 00");
	exchange(&bench, "05 00 02 05 00000020 0f", "05 02 01 00010203");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(info__names_what_hosts_look_for),
		cmocka_unit_test(info__long_serial_is_cut),
		cmocka_unit_test(process__ignores_padding),
		cmocka_unit_test(process__empty_packet_has_no_answer),
		cmocka_unit_test(execute__lists_one_after_the_other),
		cmocka_unit_test(execute__stops_when_the_answer_is_full),
		cmocka_unit_test(transfer_block__writes_memory),
		cmocka_unit_test(transfer_block__counts_up_to_the_error),
		cmocka_unit_test(transfer_block__cycles),
		cmocka_unit_test(wait__is_retried_by_the_probe),
		cmocka_unit_test(wait__runs_out),
		cmocka_unit_test(silence__is_no_ack),
		cmocka_unit_test(parity_error__is_a_protocol_error),
		cmocka_unit_test(match__time_passes_while_it_polls),
		cmocka_unit_test(match__all_retries_cost_their_time),
		cmocka_unit_test(timestamp__comes_before_the_data),
		cmocka_unit_test(pins__drive_nreset),
		cmocka_unit_test(connect__releases_nreset),
		cmocka_unit_test(pins__wait_only_for_what_is_not_so),
		cmocka_unit_test(pins__can_clock_the_wire),
		cmocka_unit_test(swj_clock__sets_the_pace),
		cmocka_unit_test(swj_clock__no_cycle_is_lost_by_rounding),
		cmocka_unit_test(swd_sequence__reads_a_register),
		cmocka_unit_test(swd_configure__turnaround),
		cmocka_unit_test(delay__lets_the_target_run),
		cmocka_unit_test(write_abort__clears_sticky_flags),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(bare, bare_rows),
		TEST_TABLE(transfers, transfer_rows),
	};

	return test_run_tables("vboard/dap", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
