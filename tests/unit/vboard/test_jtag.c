/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JTAG, cycle by cycle, as a host that knows nothing but IEEE 1149.1 and chapter B3 of IHI 0031
 * does it: TMS and TDI in, TDO out.
 */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/adi/dp_regs.h"
#include "vboard/wire/swj.h"

enum { ACK_OK = 2, ACK_WAIT = 1, DRW = 3, TAR = 1, CSW = 0 };
enum { DPACC = 0xa, APACC = 0xb, ABORT = 0x8, IDCODE = 0xe, BYPASS = 0xf };
enum { BOUNDARY_IDCODE = 0x06413041, DP_IDCODE = 0x4ba00477 };

#define POWER     0x50000000u
#define POWER_ACK 0xf0000000u

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
};

static const struct vtap_config boundary = {
	.name = "boundary scan",
	.idcode = BOUNDARY_IDCODE,
	.ir_length = 5,
	.ir_capture = 1,
	.ir_idcode = 1,
};

/* A chain with @p before other TAPs on the side of TDI and @p after on that of TDO. */
static void setup_chain(struct bench *bench, unsigned before, unsigned after, uint8_t ir_length)
{
	*bench = (struct bench){ 0 };
	fake_target_init(&bench->fake, &bench->target);
	bench->target.jtag_ir_length = ir_length;
	bench->target.tap_count = (uint8_t)(before + after);
	bench->target.taps_before = (uint8_t)before;
	for (unsigned i = 0; i < before + after; i++)
		bench->target.taps[i] = boundary;
	vclock_init(&bench->clock);
	vclock_set_swclk(&bench->clock, 10000000);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
}

static void setup(struct bench *bench)
{
	setup_chain(bench, 0, 0, 4);
}

static bool cycle(struct bench *bench, bool tms, bool tdi)
{
	const struct vswj_pins pins = { .driven = true, .tms = tms, .tdi = tdi };
	bool tdo;

	vclock_run(&bench->clock, 1);
	vswj_fall(&bench->wire);
	tdo = vswj_tdo(&bench->wire);
	vswj_rise(&bench->wire, pins);
	return tdo;
}

/* TMS as a string of 0 and 1, TDI high. */
static void walk(struct bench *bench, const char *tms)
{
	for (; *tms; tms++)
		cycle(bench, *tms == '1', true);
}

/* From Run-Test/Idle and back; @p ir: the instruction register. */
static uint64_t scan(struct bench *bench, bool ir, uint64_t tdi, unsigned bits)
{
	uint64_t tdo = 0;

	walk(bench, ir ? "1100" : "100");
	for (unsigned i = 0; i < bits; i++)
		tdo |= (uint64_t)cycle(bench, i + 1 == bits, tdi >> i & 1) << i;
	walk(bench, "10");
	return tdo;
}

static void reset(struct bench *bench)
{
	walk(bench, "111110");
}

struct result {
	unsigned ack;
	uint32_t data;
};

static struct result access(struct bench *bench, unsigned ir, bool read, unsigned a, uint32_t data)
{
	uint64_t tdo;

	scan(bench, true, ir, 4);
	tdo = scan(bench, false, (uint64_t)data << 3 | a << 1 | read, 35);
	return (struct result){ .ack = tdo & 7, .data = (uint32_t)(tdo >> 3) };
}

static uint32_t read_dp(struct bench *bench, unsigned a)
{
	struct result result;

	assert_int_equal(access(bench, DPACC, true, a, 0).ack, ACK_OK);
	result = access(bench, DPACC, true, 3, 0); /* RDBUFF */
	assert_int_equal(result.ack, ACK_OK);
	return result.data;
}

static void write_dp(struct bench *bench, unsigned a, uint32_t data)
{
	assert_int_equal(access(bench, DPACC, false, a, data).ack, ACK_OK);
}

static void write_ap(struct bench *bench, unsigned a, uint32_t data)
{
	assert_int_equal(access(bench, APACC, false, a, data).ack, ACK_OK);
}

static uint32_t read_ap(struct bench *bench, unsigned a)
{
	assert_int_equal(access(bench, APACC, true, a, 0).ack, ACK_OK);
	return access(bench, DPACC, true, 3, 0).data;
}

static void power_up(struct bench *bench)
{
	reset(bench);
	write_dp(bench, 1, POWER);
	vclock_pass(&bench->clock, VDP_POWER_UP_NS);
	assert_int_equal(read_dp(bench, 1), POWER | POWER_ACK);
	write_ap(bench, CSW, 0x23000012);
}

/* --- the state machine ----------------------------------------------------------------------- */

struct walk_row {
	const char *what;
	const char *tms; /* from Test-Logic-Reset */
	enum vtap_state state;
};

/* Each state by a way of its own, and each edge at least once: IEEE 1149.1-2001, figure 6-1. */
static const struct walk_row walk_rows[] = {
	{ "tap__stays in Test-Logic-Reset", "1", VTAP_RESET },
	{ "tap__Run-Test/Idle", "0", VTAP_IDLE },
	{ "tap__stays in Run-Test/Idle", "000", VTAP_IDLE },
	{ "tap__Select-DR-Scan", "01", VTAP_SELECT_DR },
	{ "tap__Capture-DR", "010", VTAP_CAPTURE_DR },
	{ "tap__Shift-DR", "0100", VTAP_SHIFT_DR },
	{ "tap__stays in Shift-DR", "010000", VTAP_SHIFT_DR },
	{ "tap__Exit1-DR from Capture-DR", "0101", VTAP_EXIT1_DR },
	{ "tap__Exit1-DR from Shift-DR", "01001", VTAP_EXIT1_DR },
	{ "tap__Pause-DR", "01010", VTAP_PAUSE_DR },
	{ "tap__stays in Pause-DR", "0101000", VTAP_PAUSE_DR },
	{ "tap__Exit2-DR", "010101", VTAP_EXIT2_DR },
	{ "tap__Shift-DR from Exit2-DR", "0101010", VTAP_SHIFT_DR },
	{ "tap__Update-DR from Exit2-DR", "0101011", VTAP_UPDATE_DR },
	{ "tap__Update-DR from Exit1-DR", "01011", VTAP_UPDATE_DR },
	{ "tap__Run-Test/Idle from Update-DR", "010110", VTAP_IDLE },
	{ "tap__Select-DR-Scan from Update-DR", "010111", VTAP_SELECT_DR },
	{ "tap__Select-IR-Scan", "011", VTAP_SELECT_IR },
	{ "tap__Test-Logic-Reset from Select-IR-Scan", "0111", VTAP_RESET },
	{ "tap__Capture-IR", "0110", VTAP_CAPTURE_IR },
	{ "tap__Shift-IR", "01100", VTAP_SHIFT_IR },
	{ "tap__stays in Shift-IR", "0110000", VTAP_SHIFT_IR },
	{ "tap__Exit1-IR from Capture-IR", "01101", VTAP_EXIT1_IR },
	{ "tap__Exit1-IR from Shift-IR", "011001", VTAP_EXIT1_IR },
	{ "tap__Pause-IR", "011010", VTAP_PAUSE_IR },
	{ "tap__stays in Pause-IR", "01101000", VTAP_PAUSE_IR },
	{ "tap__Exit2-IR", "0110101", VTAP_EXIT2_IR },
	{ "tap__Shift-IR from Exit2-IR", "01101010", VTAP_SHIFT_IR },
	{ "tap__Update-IR from Exit2-IR", "01101011", VTAP_UPDATE_IR },
	{ "tap__Update-IR from Exit1-IR", "011011", VTAP_UPDATE_IR },
	{ "tap__Run-Test/Idle from Update-IR", "0110110", VTAP_IDLE },
	{ "tap__Select-DR-Scan from Update-IR", "0110111", VTAP_SELECT_DR },
	/* Five ones lead to Test-Logic-Reset from anywhere. */
	{ "tap__five ones from Shift-DR", "010011111", VTAP_RESET },
	{ "tap__five ones from Pause-DR", "0101011111", VTAP_RESET },
	{ "tap__five ones from Shift-IR", "0110011111", VTAP_RESET },
	{ "tap__five ones from Pause-IR", "01101011111", VTAP_RESET },
	{ "tap__four ones from Shift-DR do not", "01001111", VTAP_SELECT_IR },
};

static void walks(void **state)
{
	const struct walk_row *row = *state;
	struct bench bench;

	setup(&bench);
	walk(&bench, row->tms);
	assert_int_equal(bench.wire.jtag.state, row->state);
}

/* --- registers ------------------------------------------------------------------------------- */

static void reset__selects_idcode(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	reset(&bench);
	assert_int_equal(scan(&bench, false, 0, 32), DP_IDCODE);
	scan(&bench, true, BYPASS, 4);
	reset(&bench);
	assert_int_equal(scan(&bench, false, 0, 32), DP_IDCODE);
}

/* What is shifted in comes out behind the register's own bits. */
static void scan__has_the_length_of_the_register(void **state)
{
	static const struct {
		unsigned ir, length;
	} registers[] = {
		{ IDCODE, 32 },
		{ DPACC, 35 },
		{ APACC, 35 },
		{ ABORT, 35 },
		{ BYPASS, 1 },
		{ 0x0, 1 }, /* EXTEST: there is no boundary register here */
		{ 0x9, 1 }, /* reserved: BYPASS */
		{ 0xc, 1 },
		{ 0xd, 1 },
	};
	struct bench bench;

	(void)state;
	setup(&bench);
	reset(&bench);
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		uint64_t tdo;

		scan(&bench, true, registers[i].ir, 4);
		tdo = scan(&bench, false, 0xbeef, 60);
		assert_int_equal(tdo >> registers[i].length & 0xffff, 0xbeef);
	}
}

static void ir__captures_0001(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	reset(&bench);
	assert_int_equal(scan(&bench, true, BYPASS, 4), 1);
	assert_int_equal(scan(&bench, true, IDCODE | 0xa0, 8), 0x01 | (IDCODE << 4));
}

static void ir__of_8_bits(void **state)
{
	struct bench bench;

	(void)state;
	setup_chain(&bench, 0, 0, 8);
	reset(&bench);
	assert_int_equal(scan(&bench, false, 0, 32), DP_IDCODE);
	assert_int_equal(scan(&bench, true, 0xfa, 8), 0x01);
	assert_int_equal(scan(&bench, false, 0xbeef, 60) >> 35 & 0xffff, 0xbeef); /* DPACC */
	/* Any other upper half is BYPASS. */
	scan(&bench, true, 0x7a, 8);
	assert_int_equal(scan(&bench, false, 0xbeef, 20), 0xbeef << 1 & 0xfffff);
	scan(&bench, true, 0xfe, 8);
	assert_int_equal(scan(&bench, false, 0, 32), DP_IDCODE);
}

/* The STM32F407's chain: boundary scan next to TDI, then the JTAG-DP (RM0090, 38.5). */
static void chain__of_two(void **state)
{
	struct bench bench;

	(void)state;
	setup_chain(&bench, 1, 0, 4);
	reset(&bench);
	assert_true(scan(&bench, false, UINT64_MAX, 64) ==
		    ((uint64_t)BOUNDARY_IDCODE << 32 | DP_IDCODE));
	/* 9 bits of IR: the DP's four come out first. */
	assert_int_equal(scan(&bench, true, 0x1ff, 9), 0x011);
	/* Both BYPASS: two zeros, then what went in. */
	assert_int_equal(scan(&bench, false, 0x2d, 10), 0x2d << 2);
	/* DP selected, the other one bypassed: its bit follows the 35. */
	scan(&bench, true, 0x1f << 4 | DPACC, 9);
	assert_int_equal(scan(&bench, false, 1, 36) & 7, ACK_OK); /* DPIDR */
	assert_int_equal(scan(&bench, false, 7, 36) >> 3, FAKE_DPIDR);
	/* The other way round. */
	scan(&bench, true, 0x01 << 4 | BYPASS, 9);
	assert_int_equal(scan(&bench, false, 0, 33), (uint64_t)BOUNDARY_IDCODE << 1);
}

static void chain__of_five(void **state)
{
	struct bench bench;

	(void)state;
	setup_chain(&bench, 2, 2, 4);
	assert_int_equal(bench.wire.jtag.tap_count, 5);
	reset(&bench);
	/* 2 x 5 bits towards TDO, the DP's 4, 2 x 5 towards TDI. */
	assert_int_equal(scan(&bench, true, 0x3ffull << 14 | DPACC << 10 | 0x3ff, 24),
		0x21ull << 14 | 0x1 << 10 | 0x21);
	scan(&bench, false, 1ull << 2, 39);
	assert_int_equal(scan(&bench, false, 7ull << 2, 39) >> 5 & UINT32_MAX, FAKE_DPIDR);
}

static void tdo__is_high_where_nobody_drives(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	reset(&bench);
	assert_true(cycle(&bench, true, false));  /* to Select-DR */
	assert_true(cycle(&bench, false, false)); /* Capture-DR */
	assert_true(cycle(&bench, false, false)); /* Shift-DR */
	assert_true(cycle(&bench, false, false)); /* 0x4ba00477 begins with 1110 1110 */
	assert_true(cycle(&bench, false, false));
	assert_true(cycle(&bench, false, false));
	assert_false(cycle(&bench, true, false));
	assert_true(cycle(&bench, false, false)); /* Exit1-DR */
	assert_true(cycle(&bench, true, false));  /* Pause-DR */
	assert_true(cycle(&bench, false, false)); /* Exit2-DR */
	assert_true(cycle(&bench, false, false)); /* goes on where it was */
	assert_true(cycle(&bench, false, false));
	assert_true(cycle(&bench, false, false));
	assert_false(cycle(&bench, true, false));
}

static void trst__resets_at_once(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	walk(&bench, "0100");
	vswj_drive_trst(&bench.wire, true);
	assert_int_equal(bench.wire.jtag.state, VTAP_RESET);
	walk(&bench, "0100");
	assert_int_equal(bench.wire.jtag.state, VTAP_RESET);
	vswj_drive_trst(&bench.wire, false);
	walk(&bench, "0");
	assert_int_equal(scan(&bench, false, 0, 32), DP_IDCODE);
}

/* --- accesses -------------------------------------------------------------------------------- */

static void dpacc__registers(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	reset(&bench);
	assert_int_equal(read_dp(&bench, 0), FAKE_DPIDR);
	assert_int_equal(read_dp(&bench, 1), 0);
	write_dp(&bench, 2, 0x030000f0);
	assert_int_equal(read_dp(&bench, 2), 0x030000f0); /* SELECT can be read by JTAG */
	assert_int_equal(read_dp(&bench, 3), 0);          /* RDBUFF reads as zero */
	write_dp(&bench, 2, 1);
	assert_int_equal(read_dp(&bench, 1), FIELD_PREP(DP_DLCR_WIREMODE, 1));
}

static void apacc__reads_and_writes(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	power_up(&bench);
	write_ap(&bench, TAR, FAKE_RAM);
	write_ap(&bench, DRW, 0x11223344);
	write_ap(&bench, DRW, 0x55667788);
	assert_memory_equal(bench.fake.ram, "\x44\x33\x22\x11\x88\x77\x66\x55", 8);
	write_ap(&bench, TAR, FAKE_RAM);
	assert_int_equal(read_ap(&bench, DRW), 0x11223344);
	/* One after the other: each scan brings the result of the one before. */
	write_ap(&bench, TAR, FAKE_RAM);
	access(&bench, APACC, true, DRW, 0);
	assert_int_equal(access(&bench, APACC, true, DRW, 0).data, 0x11223344);
	assert_int_equal(access(&bench, DPACC, true, 3, 0).data, 0x55667788);
	/* READOK is the SW-DP's. */
	assert_int_equal(read_dp(&bench, 1), POWER | POWER_ACK);
}

/* An error shows in CTRL/STAT, not in the ACK; accesses are dropped until it is cleared there. */
static void fault__is_answered_ok(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	power_up(&bench);
	write_ap(&bench, TAR, 0x10000000);
	write_ap(&bench, DRW, 1);
	assert_int_equal(read_dp(&bench, 1) & DP_CTRL_STAT_STICKYERR, DP_CTRL_STAT_STICKYERR);
	write_ap(&bench, TAR, FAKE_RAM);
	write_ap(&bench, DRW, 0x12345678);
	assert_int_equal(bench.fake.accesses, 1);
	write_dp(&bench, 1, POWER | DP_CTRL_STAT_STICKYERR);
	assert_int_equal(read_dp(&bench, 1), POWER | POWER_ACK);
	assert_int_equal(read_ap(&bench, TAR), 0x10000000);
	write_ap(&bench, TAR, FAKE_RAM);
	write_ap(&bench, DRW, 0x12345678);
	assert_memory_equal(bench.fake.ram, "\x78\x56\x34\x12", 4);
}

static void fault__without_debug_power(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	reset(&bench);
	assert_int_equal(access(&bench, APACC, true, 3, 0).ack, ACK_OK);
	assert_int_equal(read_dp(&bench, 1), DP_CTRL_STAT_STICKYERR);
}

static void wait__while_the_bus_is_stalled(void **state)
{
	struct bench bench;
	struct result result;

	(void)state;
	setup(&bench);
	power_up(&bench);
	write_ap(&bench, TAR, FAKE_SLOW);
	write_ap(&bench, DRW, 1);
	/* Not carried out: neither the write of TAR nor that of SELECT. */
	assert_int_equal(access(&bench, APACC, false, TAR, FAKE_RAM).ack, ACK_WAIT);
	assert_int_equal(access(&bench, DPACC, false, 2, 0x03000000).ack, ACK_WAIT);
	vclock_pass(&bench.clock, FAKE_SLOW_NS);
	result = access(&bench, DPACC, true, 2, 0);
	assert_int_equal(result.ack, ACK_OK);
	assert_int_equal(access(&bench, DPACC, true, 3, 0).data, 0);
	assert_int_equal(read_ap(&bench, TAR), FAKE_SLOW + 4);
	assert_int_equal(read_dp(&bench, 1), POWER | POWER_ACK); /* no overrun detection */
}

static void wait__is_an_overrun_where_those_are_detected(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	power_up(&bench);
	write_dp(&bench, 1, POWER | DP_CTRL_STAT_ORUNDETECT);
	write_ap(&bench, TAR, FAKE_SLOW);
	write_ap(&bench, DRW, 1);
	assert_int_equal(access(&bench, APACC, true, DRW, 0).ack, ACK_WAIT);
	vclock_pass(&bench.clock, FAKE_SLOW_NS);
	assert_int_equal(read_dp(&bench, 1) & DP_CTRL_STAT_STICKYORUN, DP_CTRL_STAT_STICKYORUN);
	write_dp(&bench, 1, POWER | DP_CTRL_STAT_STICKYORUN | DP_CTRL_STAT_ORUNDETECT);
	assert_int_equal(read_dp(&bench, 1), POWER | POWER_ACK | DP_CTRL_STAT_ORUNDETECT);
}

static void wait__of_a_scenario_counts_scans_of_apacc(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	power_up(&bench); /* one */
	bench.faults.wait_at = 3;
	bench.faults.wait_count = 2;
	write_ap(&bench, TAR, FAKE_RAM);
	assert_int_equal(access(&bench, APACC, false, DRW, 1).ack, ACK_WAIT);
	assert_int_equal(read_dp(&bench, 0), FAKE_DPIDR);
	assert_int_equal(access(&bench, APACC, false, DRW, 2).ack, ACK_WAIT);
	assert_int_equal(access(&bench, APACC, false, DRW, 3).ack, ACK_OK);
	assert_int_equal(bench.fake.accesses, 1);
	assert_int_equal(bench.fake.ram[0], 3);
}

static void abort__ends_a_wait_and_clears_flags(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	power_up(&bench);
	write_ap(&bench, TAR, FAKE_SLOW);
	write_ap(&bench, DRW, 1);
	assert_int_equal(access(&bench, DPACC, true, 1, 0).ack, ACK_WAIT);
	access(&bench, ABORT, false, 0, DP_ABORT_DAPABORT);
	assert_int_equal(access(&bench, DPACC, true, 1, 0).ack, ACK_OK);
	bench.dp.regs.ctrl_stat |= DP_CTRL_STAT_STICKYERR;
	access(&bench, ABORT, true, 0, DP_ABORT_STKERRCLR);  /* a read is reserved */
	access(&bench, ABORT, false, 1, DP_ABORT_STKERRCLR); /* and so is any other address */
	assert_int_equal(read_dp(&bench, 1) & DP_CTRL_STAT_STICKYERR, DP_CTRL_STAT_STICKYERR);
	access(&bench, ABORT, false, 0, DP_ABORT_STKERRCLR);
	assert_int_equal(read_dp(&bench, 1) & DP_CTRL_STAT_STICKYERR, 0);
}

/* DPv0: only DAPABORT, and no DPIDR. */
static void dpv0__has_neither_dpidr_nor_clear_bits(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.target.dpidr = 0x2ba00477;
	power_up(&bench);
	assert_int_equal(read_dp(&bench, 0), 0);
	bench.dp.regs.ctrl_stat |= DP_CTRL_STAT_STICKYERR;
	access(&bench, ABORT, false, 0, DP_ABORT_STKERRCLR);
	assert_int_equal(read_dp(&bench, 1) & DP_CTRL_STAT_STICKYERR, DP_CTRL_STAT_STICKYERR);
}

static void power__without_it_tdo_is_high(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	power_up(&bench);
	bench.fake.no_power = true;
	assert_true(scan(&bench, true, DPACC, 32) == UINT32_MAX);
	assert_true(scan(&bench, false, 0, 32) == UINT32_MAX);
	bench.fake.no_power = false;
	assert_true(scan(&bench, false, 0, 32) == UINT32_MAX); /* starts anew */
	reset(&bench);
	assert_int_equal(scan(&bench, false, 0, 32), DP_IDCODE);
	assert_int_equal(read_dp(&bench, 1), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reset__selects_idcode),
		cmocka_unit_test(scan__has_the_length_of_the_register),
		cmocka_unit_test(ir__captures_0001),
		cmocka_unit_test(ir__of_8_bits),
		cmocka_unit_test(chain__of_two),
		cmocka_unit_test(chain__of_five),
		cmocka_unit_test(tdo__is_high_where_nobody_drives),
		cmocka_unit_test(trst__resets_at_once),
		cmocka_unit_test(dpacc__registers),
		cmocka_unit_test(apacc__reads_and_writes),
		cmocka_unit_test(fault__is_answered_ok),
		cmocka_unit_test(fault__without_debug_power),
		cmocka_unit_test(wait__while_the_bus_is_stalled),
		cmocka_unit_test(wait__is_an_overrun_where_those_are_detected),
		cmocka_unit_test(wait__of_a_scenario_counts_scans_of_apacc),
		cmocka_unit_test(abort__ends_a_wait_and_clears_flags),
		cmocka_unit_test(dpv0__has_neither_dpidr_nor_clear_bits),
		cmocka_unit_test(power__without_it_tdo_is_high),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(walks, walk_rows),
	};

	return test_run_tables("vboard/jtag", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
