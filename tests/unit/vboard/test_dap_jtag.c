/* SPDX-License-Identifier: Apache-2.0 */
/* JTAG by CMSIS-DAP 2.1.1: packets in hex, to the chain of an STM32F407 with RAM behind it. */
#include "support/test.h"

#include <stdio.h>

#include "support/fake_vtarget.h"
#include "vboard/adi/dp_regs.h"
#include "vboard/probe/dap.h"

enum { PACKET = 64 };

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
	struct vport port;
	struct vdap dap;
};

static void setup_bare(struct bench *bench)
{
	static const struct vdap_identity identity = { .packet_size = PACKET, .packet_count = 4 };

	*bench = (struct bench){ 0 };
	fake_target_init(&bench->fake, &bench->target);
	bench->target.tap_count = 1;
	bench->target.taps_before = 1;
	bench->target.taps[0] = (struct vtap_config){
		.idcode = 0x06413041, .ir_length = 5, .ir_capture = 1, .ir_idcode = 1
	};
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
	vport_init(&bench->port, &bench->wire, &bench->clock);
	vdap_init(&bench->dap, &identity, &bench->port);
}

static size_t parse_hex(const char *text, uint8_t *bytes)
{
	size_t count = 0;
	unsigned value;
	int length;

	while (sscanf(text, " %2x%n", &value, &length) == 1) {
		assert_true(count < PACKET);
		bytes[count++] = (uint8_t)value;
		text += length;
	}
	return count;
}

static void exchange(struct bench *bench, const char *request, const char *response)
{
	uint8_t sent[PACKET], wanted[PACKET], got[PACKET];
	size_t wanted_size = parse_hex(response, wanted);
	size_t size = vdap_process(&bench->dap, sent, parse_hex(request, sent), got);

	if (size == wanted_size && memcmp(got, wanted, size) == 0)
		return;
	print_error("%s: expected %s, have", request, response);
	for (size_t i = 0; i < size; i++)
		print_error(" %02x", got[i]);
	print_error("\n");
	fail();
}

/* Connected, in Run-Test/Idle, the chain told of: the DP is device 0, next to TDO. */
static void connect(struct bench *bench)
{
	setup_bare(bench);
	exchange(bench, "02 02", "02 02");
	exchange(bench, "12 06 1f", "12 00");
	exchange(bench, "15 02 04 05", "15 00");
}

/* And powered; AP 0: words with increment, TAR at the RAM. */
static void setup(struct bench *bench)
{
	connect(bench);
	exchange(bench, "05 00 01 04 00000050", "05 01 01");
	exchange(bench, "09 64 00", "09 00");
	exchange(bench, "05 00 02 01 12000023 05 00000020", "05 02 01");
	for (unsigned i = 0; i < 64; i++)
		bench->fake.ram[i] = (uint8_t)i;
}

struct row {
	const char *what;
	const char *request;
	const char *response;
};

static const struct row connected_rows[] = {
	{ "DAP_JTAG_IDCODE__of the DP", "16 00", "16 00 7704a04b" },
	/* For Arm's DAPs only: elsewhere its instruction is another one, here BYPASS. */
	{ "DAP_JTAG_IDCODE__of the other TAP", "16 01", "16 00 feffffff" },
	{ "DAP_JTAG_IDCODE__no such device", "16 02", "16 ff" },
	{ "DAP_JTAG_IDCODE__short", "16", "16 ff" },
	/* Select-DR, Capture-DR, Shift-DR; 64 bits. */
	{ "DAP_JTAG_Sequence__reads both ID codes", "14 03 41 00 02 00 80 ffffffffffffffff",
		"14 00 7704a04b 41304106" },
	{ "DAP_JTAG_Sequence__in several pieces", "14 05 41 00 02 00 88 ff 98 ffffff a0 ffffffff",
		"14 00 77 04a04b 41304106" },
	{ "DAP_JTAG_Sequence__bits fill bytes up from below", "14 03 41 00 02 00 83 ff",
		"14 00 07" },
	{ "DAP_JTAG_Sequence__none", "14 00", "14 00" },
	{ "DAP_JTAG_Sequence__short", "14", "14 ff" },
	{ "DAP_JTAG_Sequence__fewer bits than said", "14 01 09 ff", "14 ff" },
	{ "DAP_JTAG_Configure__no device", "15 00", "15 00" },
	{ "DAP_JTAG_Configure__eight devices", "15 08 0404040404040404", "15 00" },
	{ "DAP_JTAG_Configure__nine devices", "15 09 040404040404040404", "15 ff" },
	{ "DAP_JTAG_Configure__a length of 0", "15 02 0400", "15 ff" },
	{ "DAP_JTAG_Configure__a length of 33", "15 02 0421", "15 ff" },
	{ "DAP_JTAG_Configure__fewer lengths than said", "15 02 04", "15 ff" },
	{ "DAP_Transfer__reads DPIDR", "05 00 01 02", "05 01 01 7714a02b" },
	{ "DAP_Transfer__reads DPIDR, CTRL/STAT, DPIDR", "05 00 03 02 06 02",
		"05 03 01 7714a02b 00000000 7714a02b" },
	{ "DAP_Transfer__no such device", "05 02 01 02", "05 00 00" },
	{ "DAP_TransferBlock__no such device", "06 02 0100 02", "06 0000 00" },
	{ "DAP_TransferBlock__reads DPIDR", "06 00 0300 02",
		"06 0300 01 7714a02b 7714a02b 7714a02b" },
	{ "DAP_Transfer__match", "05 00 02 20 ffffffff 12 7714a02b", "05 02 01" },
	{ "DAP_Transfer__no match", "05 00 02 20 ffffffff 12 7714a02c", "05 01 11" },
	{ "DAP_WriteABORT", "08 00 04000000", "08 00" },
	{ "DAP_WriteABORT__no such device", "08 02 04000000", "08 00" },
	{ "DAP_SWJ_Pins__all that JTAG has", "10 00 00 00000000", "10 ad" },
	{ "DAP_SWJ_Pins__nTRST low", "10 00 20 00000000", "10 8d" },
	{ "DAP_SWJ_Pins__TDI low", "10 00 04 00000000", "10 a9" },
};

static void connected(void **state)
{
	const struct row *row = *state;
	struct bench bench;

	connect(&bench);
	exchange(&bench, row->request, row->response);
}

static const struct row powered_rows[] = {
	{ "transfer__AP reads", "05 00 02 0f 0f", "05 02 01 00010203 04050607" },
	{ "transfer__AP and DP reads in turn", "05 00 05 02 0f 06 0f 0f",
		"05 05 01 7714a02b 00010203 000000f0 04050607 08090a0b" },
	{ "transfer__read after write", "05 00 03 0d aabbccdd 05 00000020 0f",
		"05 03 01 aabbccdd" },
	{ "transfer__write after read", "05 00 03 0f 05 20000020 0f",
		"05 03 01 00010203 20212223" },
	{ "transfer__AP match", "05 00 03 20 ff000000 1f 00000000 02", "05 03 01 7714a02b" },
	{ "transfer_block__reads", "06 00 0400 0f",
		"06 0400 01 00010203 04050607 08090a0b 0c0d0e0f" },
	{ "transfer_block__writes", "06 00 0200 0d 11223344 55667788", "06 0200 01" },
	/* There is no FAULT: the host looks at CTRL/STAT. */
	{ "transfer__an error is answered OK, and sticks", "05 00 03 05 00000010 0d 00000000 06",
		"05 03 01 200000f0" },
};

static void powered(void **state)
{
	const struct row *row = *state;
	struct bench bench;

	setup(&bench);
	exchange(&bench, row->request, row->response);
}

static void connect__from_swd_and_back(void **state)
{
	struct bench bench;

	(void)state;
	connect(&bench);
	exchange(&bench, "16 00", "16 00 7704a04b");
	exchange(&bench, "02 01", "02 01");
	exchange(&bench, "16 00", "16 ff"); /* not with the pins of SWD */
	exchange(&bench, "12 33 ffffffffffffff", "12 00");
	exchange(&bench, "12 10 9ee7", "12 00");
	exchange(&bench, "12 33 ffffffffffffff", "12 00");
	exchange(&bench, "12 08 00", "12 00");
	exchange(&bench, "05 00 01 02", "05 01 01 7714a02b");
	exchange(&bench, "02 02", "02 02");
	exchange(&bench, "12 33 ffffffffffffff", "12 00");
	exchange(&bench, "12 10 3ce7", "12 00");
	exchange(&bench, "12 08 1f", "12 00");
	exchange(&bench, "16 00", "16 00 7704a04b");
}

static void wait__is_retried_by_the_probe(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.faults.wait_at = bench.faults.ap_requests + 1;
	bench.faults.wait_count = 3;
	exchange(&bench, "05 00 01 0f", "05 01 01 00010203");
}

static void wait__runs_out(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	exchange(&bench, "04 00 0200 0000", "04 00");
	bench.faults.wait_at = bench.faults.ap_requests + 1;
	bench.faults.wait_count = 3;
	exchange(&bench, "05 00 01 0f", "05 00 02");
	exchange(&bench, "05 00 01 0f", "05 01 01 00010203");
}

static void power__without_it_there_is_no_ack(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.fake.no_power = true;
	exchange(&bench, "05 00 01 02", "05 00 07");
	exchange(&bench, "16 00", "16 00 ffffffff");
}

static void abort__reaches_the_dp(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.dp.regs.ctrl_stat |= DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYORUN;
	exchange(&bench, "08 00 04000000", "08 00");
	exchange(&bench, "05 00 01 06", "05 01 01 020000f0");
}

/* IR: 4 + 9 + 2 cycles; DR: 3 + 35 + 1 + 2, once for the read and once for RDBUFF. */
static void cycles__of_a_read(void **state)
{
	struct bench bench;
	uint64_t before;

	(void)state;
	setup(&bench);
	before = bench.clock.cycles;
	exchange(&bench, "05 00 01 02", "05 01 01 7714a02b");
	assert_int_equal(bench.clock.cycles - before, 15 + 2 * 41);
	exchange(&bench, "04 08 6400 0000", "04 00"); /* 8 idle cycles after each */
	before = bench.clock.cycles;
	exchange(&bench, "05 00 01 0f", "05 01 01 00010203");
	assert_int_equal(bench.clock.cycles - before, 2 * 15 + 2 * 41 + 16);
}

static void sequence__captures_nothing_unless_connected(void **state)
{
	struct bench bench;

	(void)state;
	setup_bare(&bench);
	exchange(&bench, "14 01 88 ff", "14 00 00");
	assert_int_equal(bench.clock.cycles, 0);
}

/* A packet's room for answers: 64 bytes, 7 x 8 and status fit, 8 x 8 do not. */
static void sequence__answer_does_not_fit(void **state)
{
	struct bench bench;
	uint8_t request[2 + 8 * 9], response[PACKET];

	(void)state;
	connect(&bench);
	memset(request, 0, sizeof(request));
	request[0] = 0x14;
	request[1] = 8;
	for (unsigned i = 0; i < 8; i++)
		request[2 + 9 * i] = 0x80;
	assert_int_equal(vdap_process(&bench.dap, request, sizeof(request), response), 2);
	assert_int_equal(response[1], 0xff);
	request[1] = 7;
	assert_int_equal(vdap_process(&bench.dap, request, sizeof(request), response), 2 + 56);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(connect__from_swd_and_back),
		cmocka_unit_test(wait__is_retried_by_the_probe),
		cmocka_unit_test(wait__runs_out),
		cmocka_unit_test(power__without_it_there_is_no_ack),
		cmocka_unit_test(abort__reaches_the_dp),
		cmocka_unit_test(cycles__of_a_read),
		cmocka_unit_test(sequence__captures_nothing_unless_connected),
		cmocka_unit_test(sequence__answer_does_not_fit),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(connected, connected_rows),
		TEST_TABLE(powered, powered_rows),
	};

	return test_run_tables(
		"vboard/dap_jtag", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
