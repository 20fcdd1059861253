/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire, bit by bit. Patterns are written as they are on the line, first bit leftmost: 0 and 1
 * driven by the host, . nobody drives (the pull-up makes it 1), l and h driven by the target.
 */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/adi/dp_regs.h"
#include "vboard/probe/port.h"

/* 50 cycles high and two idle cycles: IHI 0031, B4.3.3. */
#define RESET_HIGH "11111111111111111111111111111111111111111111111111"
#define LINE_RESET RESET_HIGH "00"
#define TO_SWD     "0111100111100111" /* 0xE79E, lowest bit first */
#define TO_JTAG    "0011110011100111" /* 0xE73C */
#define CONNECT    RESET_HIGH TO_SWD LINE_RESET

/*
 * Read of DPIDR: start 1, APnDP 0, RnW 1, A 00, parity 1, stop 0, park 1 (0xA5), turnaround, OK
 * (100), 0x2ba01477 lowest bit first with parity 0 (14 ones), turnaround: 46 cycles.
 */
#define DPIDR_BITS "hhhlhhhlllhlhllllllllhlhhhlhlhll"
#define READ_DPIDR "10100101.hll" DPIDR_BITS "l."
#define ASK_DPIDR  "10100101"
#define SILENCE    "...................................." /* 36: turnaround, 3 ack, ... */
/* Write of ABORT 0x1e: request 0x81; parity of the data 0. */
#define ABORT_BITS  "01111000000000000000000000000000"
#define WRITE_ABORT "10000001.hll." ABORT_BITS "0"

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
	struct vport port;
};

static void setup(struct bench *bench)
{
	*bench = (struct bench){ 0 };
	fake_target_init(&bench->fake, &bench->target);
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
	vport_init(&bench->port, &bench->wire, &bench->clock);
	vport_connect(&bench->port, VPORT_SWD);
}

/* Play a pattern; what the host sees must be what is written. */
static void play(struct bench *bench, const char *pattern)
{
	for (size_t i = 0; pattern[i]; i++) {
		char c = pattern[i];
		bool driven = c == '0' || c == '1';
		bool level;

		vclock_run(&bench->clock, 1);
		level = vswj_clock(&bench->wire, driven, c == '1');
		if (level != (c == '1' || c == '.' || c == 'h')) {
			print_error("bit %zu of %s\n", i, pattern);
			fail();
		}
	}
}

struct row {
	const char *what;
	const char *pattern;
	uint32_t jtag_idcode;
};

static const struct row rows[] = {
	{ "wire__JTAG after power-on ignores SWD", LINE_RESET ASK_DPIDR SILENCE, 1 },
	{ "wire__a target without JTAG needs a line reset only", LINE_RESET READ_DPIDR, 0 },
	{ "wire__JTAG to SWD", CONNECT READ_DPIDR, 1 },
	{ "wire__more ones and idle cycles do no harm", "111" CONNECT "0000" READ_DPIDR, 1 },
	{ "wire__a request right after the last", CONNECT READ_DPIDR READ_DPIDR, 1 },
	{ "wire__49 ones are no line reset",
		"1111111111111111111111111111111111111111111111111" TO_SWD LINE_RESET ASK_DPIDR
			SILENCE,
		1 },
	{ "wire__a line reset must follow the selection", RESET_HIGH TO_SWD "00" ASK_DPIDR SILENCE,
		1 },
	{ "wire__one idle cycle after a line reset is too few",
		CONNECT READ_DPIDR RESET_HIGH "0" ASK_DPIDR SILENCE, 1 },
	{ "wire__SWD to JTAG", CONNECT READ_DPIDR RESET_HIGH TO_JTAG LINE_RESET ASK_DPIDR SILENCE,
		1 },
	{ "wire__and back again", CONNECT READ_DPIDR RESET_HIGH TO_JTAG CONNECT READ_DPIDR, 1 },
	{ "wire__selection again does no harm", CONNECT CONNECT READ_DPIDR, 1 },
	{ "wire__no JTAG, no switching",
		LINE_RESET READ_DPIDR RESET_HIGH TO_JTAG LINE_RESET READ_DPIDR, 0 },
	{ "wire__write", CONNECT READ_DPIDR WRITE_ABORT READ_DPIDR, 1 },
	{ "wire__after a line reset only DPIDR may come first: CTRL/STAT",
		CONNECT "10110001" SILENCE, 1 },
	{ "wire__after a line reset only DPIDR may come first: ABORT", CONNECT "10000001" SILENCE,
		1 },
	{ "wire__wrong parity of the request", CONNECT READ_DPIDR "10100001" SILENCE, 1 },
	{ "wire__wrong stop bit", CONNECT READ_DPIDR "10100111" SILENCE, 1 },
	{ "wire__wrong park bit", CONNECT READ_DPIDR "10100100" SILENCE, 1 },
	{ "wire__park bit may be left to the pull-up",
		CONNECT "1010010."
			".hll" DPIDR_BITS "l.",
		1 },
	{ "wire__silent until the line reset",
		CONNECT READ_DPIDR "10100001"
				   "00000000" ASK_DPIDR SILENCE
				   "00" ASK_DPIDR SILENCE LINE_RESET READ_DPIDR,
		1 },
	{ "wire__line reset in the middle of a write's data",
		CONNECT READ_DPIDR "10000001.hll."
				   "0101010101" LINE_RESET READ_DPIDR,
		1 },
	{ "wire__AP without power: FAULT, no data phase",
		CONNECT READ_DPIDR "11100001.llh." READ_DPIDR, 1 },
};

static void bits(void **state)
{
	const struct row *row = *state;
	struct bench bench;

	setup(&bench);
	bench.target.jtag_idcode = row->jtag_idcode;
	vswj_init(&bench.wire, &bench.dp);
	play(&bench, row->pattern);
	assert_int_equal(bench.clock.cycles, strlen(row->pattern));
}

static void write__reaches_the_register(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT READ_DPIDR);
	bench.dp.regs.ctrl_stat = DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYORUN;
	play(&bench, WRITE_ABORT);
	assert_int_equal(bench.dp.regs.ctrl_stat, 0);
}

static void write__with_wrong_parity_sets_wdataerr(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT READ_DPIDR "10000001.hll." ABORT_BITS "1");
	assert_int_equal(bench.dp.regs.ctrl_stat, DP_CTRL_STAT_WDATAERR);
}

/* Overrun detection: a refused transfer keeps its data phase, that nobody drives or looks at. */
static void overrun__data_phase_follows_a_refusal(void **state)
{
	static const char undriven[] = ".................................";
	static const char any[] = "010101010101010101010101010101010";
	struct bench bench;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT READ_DPIDR);
	bench.dp.regs.ctrl_stat = DP_CTRL_STAT_ORUNDETECT | DP_CTRL_STAT_STICKYERR;
	play(&bench, "11100001.llh"); /* AP read 0 */
	play(&bench, undriven);
	play(&bench, ".");
	play(&bench, "11000101.llh."); /* AP write 0: 1 1 0 00 1 0 1 */
	play(&bench, any);
	play(&bench, READ_DPIDR);
}

static void turnaround__of_the_dlcr(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT READ_DPIDR);
	bench.dp.regs.dlcr |= FIELD_PREP(DP_DLCR_TURNROUND, 2);
	play(&bench, "10100101...hll" DPIDR_BITS "l...");
	play(&bench, "10000001...hll..." ABORT_BITS "0");
	play(&bench, LINE_RESET READ_DPIDR);
}

/* TARGETSEL (0xC): start 1, DP 0, write 0, A 11 (first A2), parity 0, stop 0, park 1. */
#define ASK_TARGETSEL "10011001....." /* turnaround, no ack, turnaround */
/* 0x01002927, lowest bit first, and its parity (8 ones). */
#define TARGET_ID_BITS                     \
	"11100100100101000000000010000000" \
	"0"

static void targetsel__selects_and_deselects(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.target.dpidr = FAKE_DPIDR_V2;
	play(&bench, CONNECT ASK_TARGETSEL TARGET_ID_BITS);
	play(&bench, "10100101.hll"); /* DPIDR is answered */
	play(&bench, CONNECT ASK_TARGETSEL "01100100100101000000000010000000"
					   "1");
	play(&bench, ASK_DPIDR SILENCE);
	play(&bench, LINE_RESET "10100101.hll");
}

static void targetsel__wants_dpidr_next(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.target.dpidr = FAKE_DPIDR_V2;
	play(&bench, CONNECT ASK_TARGETSEL TARGET_ID_BITS "10110001" SILENCE); /* CTRL/STAT */
}

/* A selection that a line reset cut off is forgotten: the next data are a write's. */
static void targetsel__line_reset_in_its_data(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT);
	bench.target.dpidr = FAKE_DPIDR_V2;
	play(&bench, LINE_RESET ASK_TARGETSEL "1110" RESET_HIGH);
	bench.target.dpidr = FAKE_DPIDR; /* whose bits we have */
	play(&bench, "00" READ_DPIDR);
	bench.dp.regs.ctrl_stat = DP_CTRL_STAT_STICKYERR;
	play(&bench, WRITE_ABORT READ_DPIDR);
	assert_int_equal(bench.dp.regs.ctrl_stat, 0);
}

static void targetsel__is_unknown_to_version_1(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT ASK_TARGETSEL TARGET_ID_BITS ASK_DPIDR SILENCE);
}

static void power__without_it_nobody_answers(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT READ_DPIDR);
	bench.fake.no_power = true;
	play(&bench, ASK_DPIDR SILENCE "00" LINE_RESET ASK_DPIDR SILENCE);
	bench.dp.regs.ctrl_stat = DP_CTRL_STAT_STICKYERR;
	bench.fake.no_power = false; /* starts anew, in JTAG */
	play(&bench, LINE_RESET ASK_DPIDR SILENCE CONNECT READ_DPIDR);
	assert_int_equal(bench.dp.regs.ctrl_stat, 0);
}

static void faults__silent_and_parity(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.faults.parity_error_at = 2;
	bench.faults.silent_at = 3;
	play(&bench, CONNECT READ_DPIDR);
	play(&bench, "10100101.hll" DPIDR_BITS "h.");
	play(&bench, ASK_DPIDR SILENCE LINE_RESET READ_DPIDR);
}

/* --- the port, at once and by cycles --------------------------------------------------------- */

struct cycles_row {
	const char *what;
	uint8_t request;
	uint8_t turnaround, idle;
	bool data_phase;
	uint32_t ctrl_stat; /* of the DP before */
	uint8_t response;
	unsigned cycles;
};

enum { READ_DPIDR_REQUEST = 0x2, WRITE_SELECT = 0x8, READ_AP = 0x3, WRITE_AP = 0x1 };

#define OVERRUN DP_CTRL_STAT_ORUNDETECT
#define ERROR   DP_CTRL_STAT_STICKYERR

static const struct cycles_row cycles_rows[] = {
	{ "cycles__read: 8+1+3+33+1", READ_DPIDR_REQUEST, 1, 0, false, 0, 1, 46 },
	{ "cycles__write: 8+1+3+1+33", WRITE_SELECT, 1, 0, false, 0, 1, 46 },
	{ "cycles__idle cycles", WRITE_SELECT, 1, 8, false, 0, 1, 54 },
	{ "cycles__turnaround 4: 8+4+3+33+4", READ_DPIDR_REQUEST, 4, 0, false, 0, 1, 52 },
	{ "cycles__refused read: 8+1+3+1", READ_AP, 1, 8, false, ERROR, 4, 13 },
	{ "cycles__refused write: 8+1+3+1", WRITE_AP, 1, 8, false, ERROR, 4, 13 },
	{ "cycles__refused read with data phase", READ_AP, 1, 0, true, ERROR | OVERRUN, 4, 46 },
	{ "cycles__refused write with data phase", WRITE_AP, 1, 0, true, ERROR | OVERRUN, 4, 46 },
};

static void cycles(void **state)
{
	const struct cycles_row *row = *state;
	struct bench bench;
	uint64_t before;
	uint32_t data = 0;

	setup(&bench);
	play(&bench, CONNECT READ_DPIDR);
	bench.port.turnaround = row->turnaround;
	bench.port.idle_cycles = row->idle;
	bench.port.data_phase = row->data_phase;
	bench.dp.regs.dlcr |= FIELD_PREP(DP_DLCR_TURNROUND, row->turnaround - 1u);
	bench.dp.regs.ctrl_stat = row->ctrl_stat;
	before = bench.clock.cycles;
	assert_int_equal(vport_transfer(&bench.port, row->request, &data), row->response);
	assert_int_equal(bench.clock.cycles - before, row->cycles);
}

static void transfer__nobody_there(void **state)
{
	struct bench bench;
	uint32_t data = 0;

	(void)state;
	setup(&bench);
	bench.fake.no_power = true;
	assert_int_equal(vport_transfer(&bench.port, READ_DPIDR_REQUEST, &data), VPORT_ACK_NONE);
	assert_int_equal(bench.clock.cycles, 8 + 1 + 3 + 1 + 33);
}

static void transfer__parity_error(void **state)
{
	struct bench bench;
	uint32_t data = 0x1234;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT READ_DPIDR);
	bench.faults.parity_error_at = 2;
	assert_int_equal(
		vport_transfer(&bench.port, READ_DPIDR_REQUEST, &data), VPORT_PROTOCOL_ERROR);
	assert_int_equal(data, 0x1234);
	assert_int_equal(vport_transfer(&bench.port, READ_DPIDR_REQUEST, &data), VPORT_ACK_OK);
	assert_int_equal(data, FAKE_DPIDR);
}

/* Host and target that disagree about the turnaround do not understand each other. */
static void transfer__other_turnaround(void **state)
{
	struct bench bench;
	uint32_t data = 0;

	(void)state;
	setup(&bench);
	play(&bench, CONNECT READ_DPIDR);
	bench.port.turnaround = 2;
	assert_int_not_equal(vport_transfer(&bench.port, READ_DPIDR_REQUEST, &data), VPORT_ACK_OK);
}

/* The same transfers twice, at once and by single cycles: every bit of state must agree. */
static uint8_t transfer_by_bits(struct bench *bench, uint8_t request, uint32_t *data)
{
	uint8_t response;

	bench->port.by_cycles = true;
	response = vport_transfer(&bench->port, request, data);
	bench->port.by_cycles = false;
	return response;
}

static uint32_t random_word(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8 | *seed << 24;
}

static void assert_same(const struct bench *a, const struct bench *b)
{
	assert_int_equal(a->clock.now_ns, b->clock.now_ns);
	assert_int_equal(a->clock.cycles, b->clock.cycles);
	assert_int_equal(a->wire.swd[0].state, b->wire.swd[0].state);
	assert_int_equal(a->wire.swd[0].fresh, b->wire.swd[0].fresh);
	assert_int_equal(a->wire.ones, b->wire.ones);
	assert_int_equal(a->wire.swd[0].ones, b->wire.swd[0].ones);
	assert_int_equal(a->dp.regs.ctrl_stat, b->dp.regs.ctrl_stat);
	assert_int_equal(a->dp.regs.select, b->dp.regs.select);
	assert_int_equal(a->dp.regs.dlcr, b->dp.regs.dlcr);
	assert_int_equal(a->dp.regs.read_buffer, b->dp.regs.read_buffer);
	assert_int_equal(a->fake.accesses, b->fake.accesses);
	assert_int_equal(a->fake.address, b->fake.address);
	assert_int_equal(a->fake.now_ns, b->fake.now_ns);
	assert_memory_equal(a->fake.ram, b->fake.ram, sizeof(a->fake.ram));
}

static uint32_t interesting_data(uint32_t *seed, uint8_t request)
{
	static const uint32_t addresses[] = { FAKE_RAM, FAKE_SLOW, FAKE_SLOW_FAULT, 0x10000000,
		FAKE_RAM + 0x100 };
	uint32_t data = random_word(seed);

	if (request == 0x0) /* ABORT */
		return data & 0x1f;
	if (request == 0x4) /* CTRL/STAT or DLCR */
		return (data & 0x0000f3c) | (data & 1) | 0x50000000;
	if (request == 0x8) /* SELECT */
		return data & 1;
	if (request == 0x5) /* TAR */
		return addresses[data % ARRAY_SIZE(addresses)];
	return data;
}

static void transfer__at_once_is_as_by_cycles(void **state)
{
	struct bench a, b;
	uint32_t seed = 1;

	(void)state;
	setup(&a);
	setup(&b);
	play(&a, CONNECT READ_DPIDR);
	play(&b, CONNECT READ_DPIDR);
	a.faults.silent_at = b.faults.silent_at = 1500;
	a.faults.wait_at = b.faults.wait_at = 200;
	a.faults.wait_count = b.faults.wait_count = 3;
	for (unsigned i = 0; i < 3000; i++) {
		uint8_t request = (uint8_t)(random_word(&seed) & 0xf);
		uint32_t one, two;
		uint8_t response;

		if (request == 0xc) /* TARGETSEL: ends everything */
			continue;
		if (i % 5 == 0)
			request = 0; /* ABORT, or nothing would ever happen */
		one = two = interesting_data(&seed, request);
		if (i % 5 == 0)
			one = two = 0x1e;
		a.port.idle_cycles = b.port.idle_cycles = (uint8_t)(i % 7);
		a.port.turnaround = b.port.turnaround = (uint8_t)vdp_turnaround(&a.dp);
		a.port.data_phase = b.port.data_phase = vdp_detects_overrun(&a.dp);
		response = vport_transfer(&a.port, request, &one);
		assert_int_equal(transfer_by_bits(&b, request, &two), response);
		assert_int_equal(one, two);
		assert_same(&a, &b);
		if (response == VPORT_ACK_NONE) {
			play(&a, CONNECT READ_DPIDR);
			play(&b, CONNECT READ_DPIDR);
		}
	}
	assert_true(a.fake.accesses > 100);
	assert_int_equal(a.faults.ap_requests, b.faults.ap_requests);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__reaches_the_register),
		cmocka_unit_test(write__with_wrong_parity_sets_wdataerr),
		cmocka_unit_test(overrun__data_phase_follows_a_refusal),
		cmocka_unit_test(turnaround__of_the_dlcr),
		cmocka_unit_test(targetsel__selects_and_deselects),
		cmocka_unit_test(targetsel__wants_dpidr_next),
		cmocka_unit_test(targetsel__line_reset_in_its_data),
		cmocka_unit_test(targetsel__is_unknown_to_version_1),
		cmocka_unit_test(power__without_it_nobody_answers),
		cmocka_unit_test(faults__silent_and_parity),
		cmocka_unit_test(transfer__nobody_there),
		cmocka_unit_test(transfer__parity_error),
		cmocka_unit_test(transfer__other_turnaround),
		cmocka_unit_test(transfer__at_once_is_as_by_cycles),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(bits, rows),
		TEST_TABLE(cycles, cycles_rows),
	};

	return test_run_tables("vboard/swd", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
