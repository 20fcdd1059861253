/* SPDX-License-Identifier: Apache-2.0 */
/* DWT, FPB and CTI with the core running: every function of a comparator, counters, samples. */
#include "unit/vboard/trace_bench.h"

#include <stdio.h>

#define TCR_TX  0x00010009u /* TraceBusID 1, TXENA, ITMENA */
#define MATCHED BIT(24)
#define S_HALT  BIT(17)

#define NOP  0xbf00
#define BKPT 0xbe00

/*
 * r0 counts from 0x41, r1 points to BENCH_DATA:
 *   1000: adds r0, #1; 1002: str r0, [r1]; 1004: ldr r2, [r1, #4]; 1006: strb r0, [r1, #8]; bkpt
 */
static const uint16_t accesses[] = { 0x3001, 0x6008, 0x684a, 0x7208, BKPT };
static const uint16_t stay[] = { 0xe7fe, BKPT };
static const uint16_t sleep[] = { 0xbf30, 0xe7fd, BKPT }; /* wfi; b sleep */

static void trace_on(struct bench *bench)
{
	rig_write32(&bench->rig, ITM + ITM_TER0, 0xffffffff);
	rig_write32(&bench->rig, ITM + ITM_TCR, TCR_TX);
}

static void start(struct bench *bench, const uint16_t *code)
{
	bench_load(bench, code);
	rig_run_from(&bench->rig, BENCH_CODE, BENCH_STACK);
}

static bool halted(struct bench *bench)
{
	return rig_read32(&bench->rig, DHCSR) & S_HALT;
}

/* --- Armv7-M: functions ---------------------------------------------------------------------- */

struct function_row {
	const char *what;
	uint32_t comp, mask, function;
	uint32_t stops_at; /* 0: at the BKPT */
	bool matches;
	const char *text; /* with N for the comparator's number */
};

#define EMIT BIT(5)

static const struct function_row function_rows[] = {
	{ "0: off", BENCH_DATA, 2, 0, 0, false, "" },
	{ "1: PC", BENCH_DATA, 2, 1, 0, true, "pN:1002" },
	{ "1: PC of a read", BENCH_DATA + 4, 2, 1, 0, true, "pN:1004" },
	{ "1: address", BENCH_DATA, 2, 1 | EMIT, 0, true, "aN:1000" },
	{ "2: value", BENCH_DATA, 2, 2, 0, true, "wN:00000042" },
	{ "2: value of a read", BENCH_DATA + 4, 2, 2, 0, true, "rN:1234abcd" },
	{ "2: value of a byte", BENCH_DATA + 8, 0, 2, 0, true, "wN:42" },
	{ "2: address and value", BENCH_DATA, 2, 2 | EMIT, 0, true, "aN:1000 wN:00000042" },
	{ "2: of a range", BENCH_DATA, 4, 2 | EMIT, 0, true,
		"aN:1000 wN:00000042 aN:1004 rN:1234abcd aN:1008 wN:42" },
	{ "3: PC and value", BENCH_DATA, 2, 3, 0, true, "pN:1002 wN:00000042" },
	{ "3: address and value", BENCH_DATA, 2, 3 | EMIT, 0, true, "aN:1000 wN:00000042" },
	{ "4: stops at an instruction", 0x1002, 0, 4, 0x1004, true, "" },
	{ "4: which is not there", 0x1010, 0, 4, 0, false, "" },
	{ "5: stops at a read", BENCH_DATA + 4, 2, 5, 0x1006, true, "" },
	{ "5: not at a write", BENCH_DATA, 2, 5, 0, false, "" },
	{ "6: stops at a write", BENCH_DATA, 2, 6, 0x1004, true, "" },
	{ "6: not at a read", BENCH_DATA + 4, 2, 6, 0, false, "" },
	{ "7: stops at a read, too", BENCH_DATA + 4, 2, 7, 0x1006, true, "" },
	{ "7: stops at a write, too", BENCH_DATA, 2, 7, 0x1004, true, "" },
	{ "8: triggers at an instruction", 0x1002, 0, 8, 0, true, "" },
	{ "9: triggers at a read", BENCH_DATA + 4, 2, 9, 0, true, "" },
	{ "9: not at a write", BENCH_DATA, 2, 9, 0, false, "" },
	{ "10: triggers at a write", BENCH_DATA, 2, 10, 0, true, "" },
	{ "10: not at a read", BENCH_DATA + 4, 2, 10, 0, false, "" },
	{ "11: triggers at either", BENCH_DATA + 4, 2, 11, 0, true, "" },
	{ "12: value of reads", BENCH_DATA, 4, 12, 0, true, "rN:1234abcd" },
	{ "12: address of reads", BENCH_DATA, 4, 12 | EMIT, 0, true, "aN:1004" },
	{ "13: value of writes", BENCH_DATA, 4, 13, 0, true, "wN:00000042 wN:42" },
	{ "13: address of writes", BENCH_DATA, 4, 13 | EMIT, 0, true, "aN:1000 aN:1008" },
	{ "14: PC and value of reads", BENCH_DATA, 4, 14, 0, true, "pN:1004 rN:1234abcd" },
	{ "14: address and value of reads", BENCH_DATA, 4, 14 | EMIT, 0, true,
		"aN:1004 rN:1234abcd" },
	{ "15: PC and value of writes", BENCH_DATA, 2, 15, 0, true, "pN:1002 wN:00000042" },
	{ "15: address and value of writes", BENCH_DATA, 2, 15 | EMIT, 0, true,
		"aN:1000 wN:00000042" },
};

static void put_number(const char *pattern, unsigned number, char *text)
{
	for (; *pattern; pattern++)
		*text++ = *pattern == 'N' ? (char)('0' + number) : *pattern;
	*text = '\0';
}

static void dwt_v7m__function(void **state)
{
	const struct function_row *row = *state;
	static const struct itm_config itm = { .fifo_bytes = 40 };
	char expected[100];

	for (unsigned n = 0; n < 4; n++) {
		struct bench bench;

		bench_open(&bench, &(struct bench_options){ .itm = &itm });
		trace_on(&bench);
		rig_write32(&bench.rig, COMP(n), row->comp);
		rig_write32(&bench.rig, MASK(n), row->mask);
		rig_write32(&bench.rig, FUNCTION(n), row->function);
		bench_run(&bench, accesses);
		assert_int_equal(rig_read_register(&bench.rig, CPU_REG_PC),
			row->stops_at ? row->stops_at : BENCH_CODE + 8);
		assert_int_equal(rig_read32(&bench.rig, DFSR), row->stops_at ? 4 : 2);
		assert_int_equal(
			rig_read32(&bench.rig, FUNCTION(n)) & MATCHED, row->matches ? MATCHED : 0);
		assert_int_equal(rig_read32(&bench.rig, FUNCTION(n)) & MATCHED, 0);
		put_number(row->text, n, expected);
		assert_string_equal(bench_text(&bench), expected);
		bench_close(&bench);
	}
}

/* Functions with TXENA clear, or the ITM off, still work; nothing is sent. */
static void dwt__needs_txena_to_be_heard(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	trace_on(&bench);
	rig_write32(&bench.rig, ITM + ITM_TCR, TCR_TX & ~ITM_TCR_TXENA);
	rig_write32(&bench.rig, COMP(0), BENCH_DATA);
	rig_write32(&bench.rig, FUNCTION(0), 2);
	bench_run(&bench, accesses);
	assert_int_equal(rig_read32(&bench.rig, FUNCTION(0)) & MATCHED, MATCHED);
	assert_string_equal(bench_text(&bench), "");
	bench_close(&bench);
}

static void dwt__overflows(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	trace_on(&bench);
	rig_write32(&bench.rig, COMP(0), BENCH_DATA);
	rig_write32(&bench.rig, MASK(0), 4);
	rig_write32(&bench.rig, FUNCTION(0), 3);
	bench_run(&bench, accesses);
	/* The first is on its way, ten bytes wait, the rest is lost. */
	assert_string_equal(bench_text(&bench), "p0:1002 w0:00000042 p0:1004 ovf");
	bench_close(&bench);
}

struct value_row {
	const char *what;
	uint32_t value;
	uint32_t size, address_0, address_1; /* comparators linked */
	uint32_t function;
	uint32_t stops_at;
};

/* Comparator 2 has BENCH_DATA, 3 BENCH_DATA + 8, 0 BENCH_DATA + 4. */
static const struct value_row value_rows[] = {
	{ "a word written", 0x42, 2, 2, 2, 6, 0x1004 },
	{ "another value", 0x43, 2, 2, 2, 6, 0 },
	{ "at the second address", 0x42, 0, 2, 3, 6, 0x1008 },
	{ "at the first address", 0x42, 2, 2, 3, 6, 0x1004 },
	{ "another address", 0x42, 2, 0, 0, 7, 0 },
	{ "a word read", 0x1234abcd, 2, 0, 0, 5, 0x1006 },
	{ "a word read, not written", 0x1234abcd, 2, 0, 0, 6, 0 },
	{ "at any address", 0x1234abcd, 2, 1, 1, 7, 0x1006 },
	{ "another size", 0x42, 1, 2, 2, 6, 0 },
	{ "a byte, of whose comparator only the low bits count", 0xffffff42, 0, 3, 3, 7, 0x1008 },
	{ "as a trigger", 0x42, 2, 2, 2, 10, 0 },
};

static void dwt_v7m__value(void **state)
{
	const struct value_row *row = *state;
	struct bench bench;

	bench_open(&bench, NULL);
	rig_write32(&bench.rig, COMP(0), BENCH_DATA + 4);
	rig_write32(&bench.rig, COMP(1), row->value);
	rig_write32(&bench.rig, COMP(2), BENCH_DATA);
	rig_write32(&bench.rig, COMP(3), BENCH_DATA + 8);
	rig_write32(&bench.rig, FUNCTION(1),
		row->size << 10 | row->address_0 << 12 | row->address_1 << 16 | BIT(8) |
			row->function);
	bench_run(&bench, accesses);
	assert_int_equal(rig_read_register(&bench.rig, CPU_REG_PC),
		row->stops_at ? row->stops_at : BENCH_CODE + 8);
	assert_int_equal(rig_read32(&bench.rig, FUNCTION(1)) & MATCHED,
		row->stops_at || row->function == 10 ? MATCHED : 0);
	bench_close(&bench);
}

/* --- Armv8-M --------------------------------------------------------------------------------- */

/* What a Cortex-M33 has, with all of it in the last. */
static const uint8_t v8_ids[] = { 0x0b, 0x1e, 0x0a, 0x1f };
static const struct dwt_config v8_dwt = {
	.comparator_count = 4, .is_v7m = true, .function_ids = v8_ids, .function_id_count = 4
};

struct v8_row {
	const char *what;
	struct {
		uint32_t comp, function;
	} comparators[4];
	uint32_t stops_at;
	uint32_t matched; /* a bit each */
	const char *text;
};

#define F(match, action, size) ((match) | (action) << 4 | (size) << 10)

static const struct v8_row v8_rows[] = {
	{ "off", { { BENCH_DATA, F(0, 1, 2) } }, 0, 0, "" },
	{ "instruction", { { 0x1002, F(2, 1, 1) } }, 0x1004, 1, "" },
	{ "instruction: trigger", { { 0x1002, F(2, 0, 1) } }, 0, 1, "" },
	{ "instruction: match packet", { { 0x1002, F(2, 2, 1) } }, 0, 1, "m0" },
	{ "instruction: PC packet", { [2] = { 0x1002, F(2, 3, 1) } }, 0, 4, "p2:1002" },
	{ "instructions up to a limit", { { 0x1004, F(2, 2, 1) }, { 0x1006, F(3, 0, 1) } }, 0, 3,
		"m0 m0" },
	{ "instructions up to a limit: stop", { { 0x1002, F(2, 1, 1) }, { 0x1006, F(3, 0, 1) } },
		0x1004, 3, "" },
	{ "data: read or write: write", { { BENCH_DATA, F(4, 1, 2) } }, 0x1004, 1, "" },
	{ "data: read or write: read", { { BENCH_DATA + 4, F(4, 1, 2) } }, 0x1006, 1, "" },
	{ "data: write", { { BENCH_DATA, F(5, 1, 2) } }, 0x1004, 1, "" },
	{ "data: write, not read", { { BENCH_DATA + 4, F(5, 1, 2) } }, 0, 0, "" },
	{ "data: read", { { BENCH_DATA + 4, F(6, 1, 2) } }, 0x1006, 1, "" },
	{ "data: read, not write", { { BENCH_DATA, F(6, 1, 2) } }, 0, 0, "" },
	{ "data: a byte of it", { { BENCH_DATA + 1, F(4, 1, 0) } }, 0x1004, 1, "" },
	{ "data: the byte behind", { { BENCH_DATA + 9, F(4, 1, 0) } }, 0, 0, "" },
	{ "data: half of a word", { { BENCH_DATA + 8, F(4, 1, 1) } }, 0x1008, 1, "" },
	{ "data: match packet", { { BENCH_DATA, F(4, 2, 2) } }, 0, 1, "m0" },
	{ "data: PC packet", { { BENCH_DATA, F(4, 3, 2) } }, 0, 1, "p0:1002" },
	{ "data up to a limit", { { BENCH_DATA + 2, F(5, 2, 0) }, { BENCH_DATA + 9, F(7, 0, 0) } },
		0, 3, "m0 m0" },
	{ "data up to a limit: addresses",
		{ [2] = { BENCH_DATA + 3, F(4, 0, 0) }, [3] = { BENCH_DATA + 7, F(7, 3, 0) } }, 0,
		12, "a3:1000 a3:1004" },
	{ "data up to a limit: the wrong way round",
		{ { BENCH_DATA + 8, F(4, 1, 0) }, { BENCH_DATA, F(7, 0, 0) } }, 0, 0, "" },
	{ "value", { [3] = { 0x1234abcd, F(8, 1, 2) } }, 0x1006, 8, "" },
	{ "value: written", { [3] = { 0x42424242, F(9, 1, 0) } }, 0x1008, 8, "" },
	{ "value: written, not read", { [3] = { 0x1234abcd, F(9, 1, 2) } }, 0, 0, "" },
	{ "value: read", { [3] = { 0x1234abcd, F(10, 1, 2) } }, 0x1006, 8, "" },
	{ "value: match packet", { [3] = { 0x1234abcd, F(10, 2, 2) } }, 0, 8, "m3" },
	{ "value at an address", { [2] = { BENCH_DATA, F(5, 0, 2) }, [3] = { 0x42, F(11, 1, 2) } },
		0x1004, 12, "" },
	{ "another value at an address",
		{ [2] = { BENCH_DATA, F(5, 0, 2) }, [3] = { 0x43, F(11, 1, 2) } }, 0, 4, "" },
	{ "value at another address",
		{ [2] = { BENCH_DATA + 4, F(4, 0, 2) }, [3] = { 0x42, F(11, 1, 2) } }, 0, 4, "" },
	{ "data with value", { { BENCH_DATA, F(12, 2, 2) } }, 0, 1, "w0:00000042" },
	{ "data with value: written", { { BENCH_DATA, F(13, 2, 2) } }, 0, 1, "w0:00000042" },
	{ "data with value: read", { { BENCH_DATA + 4, F(14, 2, 2) } }, 0, 1, "r0:1234abcd" },
	{ "data with value: and PC", { { BENCH_DATA + 4, F(14, 3, 2) } }, 0, 1,
		"p0:1004 r0:1234abcd" },
	{ "data with value: stop", { { BENCH_DATA + 4, F(14, 1, 2) } }, 0x1006, 1, "" },
	{ "a value where there is no such comparator", { { 0x42, F(8, 1, 2) } }, 0, 0, "" },
	{ "a limit where there is no such comparator",
		{ [1] = { BENCH_DATA, F(4, 1, 0) }, [2] = { BENCH_DATA + 8, F(7, 0, 0) } }, 0x1004,
		2, "" },
};

static void dwt_v8m__comparator(void **state)
{
	const struct v8_row *row = *state;
	static const struct itm_config itm = { .fifo_bytes = 40 };
	const struct bench_options options = { .dwt = &v8_dwt, .itm = &itm };
	struct bench bench;

	bench_open(&bench, &options);
	trace_on(&bench);
	for (unsigned n = 0; n < 4; n++) {
		rig_write32(&bench.rig, COMP(n), row->comparators[n].comp);
		rig_write32(&bench.rig, FUNCTION(n), row->comparators[n].function);
	}
	bench_run(&bench, accesses);
	assert_int_equal(rig_read_register(&bench.rig, CPU_REG_PC),
		row->stops_at ? row->stops_at : BENCH_CODE + 8);
	for (unsigned n = 0; n < 4; n++)
		assert_int_equal(rig_read32(&bench.rig, FUNCTION(n)) & MATCHED,
			row->matched >> n & 1 ? MATCHED : 0);
	assert_string_equal(bench_text(&bench), row->text);
	bench_close(&bench);
}

static void dwt_v8m__says_what_a_comparator_can_do(void **state)
{
	const struct bench_options options = { .dwt = &v8_dwt };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	for (unsigned n = 0; n < 4; n++) {
		rig_write32(&bench.rig, FUNCTION(n), 0xffffffff);
		assert_int_equal(rig_read32(&bench.rig, FUNCTION(n)),
			(uint32_t)v8_ids[n] << 27 | 0x00000c30);
		rig_write32(&bench.rig, MASK(n), 31);
		assert_int_equal(rig_read32(&bench.rig, MASK(n)), 0);
	}
	bench_close(&bench);
}

static void dwt_v8m__of_baseline_has_no_counters(void **state)
{
	static const uint8_t ids[] = { 0x0a, 0x1a };
	static const struct dwt_config dwt = {
		.comparator_count = 2, .function_ids = ids, .function_id_count = 2
	};
	const struct bench_options options = { .dwt = &dwt };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	assert_int_equal(rig_read32(&bench.rig, DWT), 0x2f000000);
	rig_write32(&bench.rig, DWT, 1);
	assert_int_equal(rig_read32(&bench.rig, DWT), 0x2f000000);
	rig_write32(&bench.rig, COMP(1), BENCH_DATA);
	rig_write32(&bench.rig, FUNCTION(1), F(5, 1, 2));
	bench_run(&bench, accesses);
	assert_int_equal(rig_read_register(&bench.rig, CPU_REG_PC), 0x1004);
	bench_close(&bench);
}

/* --- cycles ---------------------------------------------------------------------------------- */

#define RUN_NS(cycles) ((cycles)*NS_PER_US / 16)

struct cycle_row {
	const char *what;
	bool v8;
	uint32_t function;
	bool stops;
	const char *text;
};

static const struct cycle_row cycle_rows[] = {
	{ "CYCMATCH stops", false, BIT(7) | 4, true, "" },
	{ "CYCMATCH samples", false, BIT(7) | 1, false, "p0:1000" },
	{ "CYCMATCH triggers", false, BIT(7) | 8, false, "" },
	{ "Armv8-M: stops", true, F(1, 1, 0), true, "" },
	{ "Armv8-M: triggers", true, F(1, 0, 0), false, "" },
	{ "Armv8-M: match packet", true, F(1, 2, 0), false, "m0" },
	{ "Armv8-M: PC packet", true, F(1, 3, 0), false, "p0:1000" },
};

static void dwt__waits_for_a_cycle(void **state)
{
	const struct cycle_row *row = *state;
	const struct bench_options v8 = { .dwt = &v8_dwt };
	struct bench bench;

	bench_open(&bench, row->v8 ? &v8 : NULL);
	trace_on(&bench);
	rig_write32(&bench.rig, COMP(0), 1000);
	rig_write32(&bench.rig, FUNCTION(0), row->function);
	rig_write32(&bench.rig, DWT, 1);
	start(&bench, stay);
	rig_wait(&bench.rig, RUN_NS(999));
	assert_int_equal(rig_read32(&bench.rig, DWT + 4), 999);
	assert_int_equal(rig_read32(&bench.rig, FUNCTION(0)) & MATCHED, 0);
	rig_wait(&bench.rig, RUN_NS(100));
	assert_int_equal(rig_read32(&bench.rig, FUNCTION(0)) & MATCHED, MATCHED);
	assert_int_equal(halted(&bench), row->stops);
	if (row->stops) {
		assert_int_equal(rig_read32(&bench.rig, DWT + 4), 1000);
		assert_int_equal(rig_read32(&bench.rig, DFSR), 4);
	}
	assert_string_equal(bench_text(&bench), row->text);
	bench_close(&bench);
}

struct sample_row {
	const char *what;
	uint32_t ctrl;
	const uint16_t *code;
	unsigned cycles;
	const char *text;
};

#define POST(init, preset) ((init) << 5 | (preset) << 1)

static const struct sample_row sample_rows[] = {
	{ "PC every 64 cycles", BIT(12) | 1, stay, 200, "pc:1000 pc:1000 pc:1000" },
	{ "PC every 128", BIT(12) | POST(1, 1) | 1, stay, 260, "pc:1000 pc:1000" },
	{ "PC first after 4 * 64", BIT(12) | POST(3, 0) | 1, stay, 330, "pc:1000 pc:1000" },
	{ "PC every 1024", BIT(12) | BIT(9) | 1, stay, 2100, "pc:1000 pc:1000" },
	{ "not without the counter", BIT(12), stay, 200, "" },
	{ "asleep", BIT(12) | 1, sleep, 130, "sleep sleep" },
	{ "CYCEVT", BIT(22) | POST(1, 1) | 1, stay, 260, "ev:20 ev:20" },
	{ "a PC rather than an event", BIT(22) | BIT(12) | 1, stay, 130, "pc:1000 pc:1000" },
	{ "SLEEPEVT", BIT(19), sleep, 600, "ev:4 ev:4" },
	{ "SLEEPEVT awake", BIT(19), stay, 600, "" },
};

static void dwt__samples(void **state)
{
	const struct sample_row *row = *state;
	struct bench bench;

	bench_open(&bench, NULL);
	trace_on(&bench);
	/* POSTINIT counts where nothing uses POSTCNT. */
	rig_write32(&bench.rig, DWT, row->ctrl & ~(BIT(12) | BIT(22)));
	rig_write32(&bench.rig, DWT, row->ctrl);
	start(&bench, row->code);
	rig_wait(&bench.rig, RUN_NS(row->cycles));
	rig_write32(&bench.rig, DHCSR, 0xa05f0003);
	assert_string_equal(bench_text(&bench), row->text);
	bench_close(&bench);
}

static void dwt__counts_sleep(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	rig_write32(&bench.rig, DWT, BIT(19) | BIT(17) | 1);
	start(&bench, sleep);
	rig_wait(&bench.rig, RUN_NS(100));
	/* One instruction: the WFI. */
	assert_int_equal(rig_read32(&bench.rig, DWT + DWT_CYCCNT), 100);
	assert_int_equal(rig_read32(&bench.rig, DWT + DWT_SLEEPCNT), 99);
	assert_int_equal(rig_read32(&bench.rig, DWT + DWT_CPICNT), 0);
	rig_write32(&bench.rig, DWT + DWT_SLEEPCNT, 0x1f0);
	assert_int_equal(rig_read32(&bench.rig, DWT + DWT_SLEEPCNT), 0xf0);
	rig_wait(&bench.rig, RUN_NS(32));
	assert_int_equal(rig_read32(&bench.rig, DWT + DWT_SLEEPCNT), 0x10);
	bench_close(&bench);
}

static void dwt__synchronises(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	trace_on(&bench);
	rig_write32(&bench.rig, ITM + ITM_TCR, TCR_TX | ITM_TCR_SYNCENA);
	rig_write32(&bench.rig, DWT + 4, 0x00fffff0);
	rig_write32(&bench.rig, DWT, 1 << 10 | 1);
	start(&bench, stay);
	rig_wait(&bench.rig, RUN_NS(15));
	rig_wait(&bench.rig, RUN_NS(100));
	rig_write32(&bench.rig, DHCSR, 0xa05f0003);
	assert_string_equal(bench_text(&bench), "sync");
	bench_close(&bench);
}

static void dwt__traces_exceptions(void **state)
{
	static const struct itm_config itm = { .fifo_bytes = 40 };
	static const uint16_t svc[] = { 0xdf00, NOP, BKPT };
	struct bench bench;

	(void)state;
	bench_open(&bench, &(struct bench_options){ .itm = &itm });
	trace_on(&bench);
	rig_write32(&bench.rig, DWT, BIT(16));
	bench_run(&bench, svc);
	assert_string_equal(bench_text(&bench), "exc:11+1 exc:11+2 exc:0+3");
	bench_close(&bench);
}

/* --- FPB ------------------------------------------------------------------------------------- */

#define FP_COMP(n) (FPB + FP_COMP0 + 4 * (n))

/* A word of code and a literal are read from the table at 0x20000100. */
static void fpb__remaps(void **state)
{
	/* movs r3, #1; nop; ldr r4, [pc, #4] (literal at 100C); bkpt; -; literal */
	static const uint16_t code[] = { 0x2301, NOP, 0x4c01, NOP, NOP, NOP, 0x5555, 0x5555, BKPT };
	struct bench bench;
	struct rig *rig = &bench.rig;

	(void)state;
	bench_open(&bench, NULL);
	bench_load(&bench, code);
	rig_write(rig, 0x1008, 2, BKPT);
	rig_write32(rig, 0x20000100, 0x26072302);      /* movs r3, #2; movs r6, #7 */
	rig_write32(rig, 0x20000100 + 24, 0xcafef00d); /* of literal comparator 6 */
	rig_write32(rig, FPB + FP_REMAP, 0x20000100);
	rig_write32(rig, FP_COMP(0), 0x1000 | 1);
	rig_write32(rig, FP_COMP(6), 0x100c | 1);
	rig_write32(rig, FPB, 3);
	rig_run_from(rig, BENCH_CODE, BENCH_STACK);
	rig_wait(rig, NS_PER_US);
	assert_true(halted(&bench));
	assert_int_equal(rig_read_register(rig, 3), 2);
	assert_int_equal(rig_read_register(rig, 6), 7);
	assert_int_equal(rig_read_register(rig, 4), 0xcafef00d);
	/* A debugger sees what is there, and with the unit off so does the core. */
	assert_int_equal(rig_read32(rig, 0x1000) & 0xffff, 0x2301);
	rig_write32(rig, FPB, 2);
	rig_run_from(rig, BENCH_CODE, BENCH_STACK);
	rig_wait(rig, NS_PER_US);
	assert_int_equal(rig_read_register(rig, 3), 1);
	assert_int_equal(rig_read_register(rig, 4), 0x55555555);
	bench_close(&bench);
}

static void fpb_version_2__stops_anywhere(void **state)
{
	static const struct fpb_config fpb = { .code_count = 8, .version_2 = true };
	/* ldr r5, =0x20000201; bx r5 */
	static const uint16_t code[] = { 0x4d01, 0x4728, NOP, NOP, 0x0201, 0x2000, BKPT };
	struct bench bench;
	struct rig *rig = &bench.rig;

	(void)state;
	bench_open(&bench, &(struct bench_options){ .fpb = &fpb });
	assert_int_equal(rig_read32(rig, FPB), 0x10000080);
	assert_int_equal(rig_read32(rig, FPB + FP_REMAP), 0);
	bench_load(&bench, code);
	for (uint32_t at = 0x20000200; at < 0x20000210; at += 2)
		rig_write(rig, at, 2, NOP);
	rig_write32(rig, FPB, 3);
	rig_write32(rig, FP_COMP(7), 0x20000206 | 1);
	assert_int_equal(rig_read32(rig, FP_COMP(7)), 0x20000207);
	rig_run_from(rig, BENCH_CODE, BENCH_STACK);
	rig_wait(rig, NS_PER_US);
	assert_true(halted(&bench));
	assert_int_equal(rig_read_register(rig, CPU_REG_PC), 0x20000206);
	bench_close(&bench);
}

/* --- CTI ------------------------------------------------------------------------------------- */

static void cti__halts_and_restarts_a_core(void **state)
{
	struct bench bench;
	struct rig *rig = &bench.rig;

	(void)state;
	bench_open(&bench, NULL);
	rig_write32(rig, CTI, 1);
	rig_write32(rig, CTI + 0x0a0, 1); /* channel 0 halts */
	rig_write32(rig, CTI + 0x0a4, 2); /* channel 1 restarts */
	start(&bench, stay);
	rig_wait(rig, NS_PER_US);
	assert_false(halted(&bench));
	rig_write32(rig, CTI + 0x01c, 1);
	rig_wait(rig, NS_PER_US);
	assert_true(halted(&bench));
	assert_int_equal(rig_read32(rig, DFSR), 16);
	assert_int_equal(rig_read32(rig, CTI + 0x130), 1);
	/* The request stands: it halts again. */
	rig_write32(rig, DHCSR, 0xa05f0001);
	rig_wait(rig, NS_PER_US);
	assert_true(halted(&bench));
	assert_int_equal(rig_read32(rig, CTI + 0x134), 1);
	rig_write32(rig, CTI + 0x010, 1);
	assert_int_equal(rig_read32(rig, CTI + 0x134), 0);
	rig_write32(rig, CTI + 0x01c, 2);
	rig_wait(rig, NS_PER_US);
	assert_false(halted(&bench));
	bench_close(&bench);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(dwt__needs_txena_to_be_heard),
		cmocka_unit_test(dwt__overflows),
		cmocka_unit_test(dwt_v8m__says_what_a_comparator_can_do),
		cmocka_unit_test(dwt_v8m__of_baseline_has_no_counters),
		cmocka_unit_test(dwt__counts_sleep),
		cmocka_unit_test(dwt__synchronises),
		cmocka_unit_test(dwt__traces_exceptions),
		cmocka_unit_test(fpb__remaps),
		cmocka_unit_test(fpb_version_2__stops_anywhere),
		cmocka_unit_test(cti__halts_and_restarts_a_core),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(dwt_v7m__function, function_rows),
		TEST_TABLE(dwt_v7m__value, value_rows),
		TEST_TABLE(dwt_v8m__comparator, v8_rows),
		TEST_TABLE(dwt__waits_for_a_cycle, cycle_rows),
		TEST_TABLE(dwt__samples, sample_rows),
	};

	return test_run_tables(
		"vboard/trace_dwt", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
