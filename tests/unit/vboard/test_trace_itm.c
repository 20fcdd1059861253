/* SPDX-License-Identifier: Apache-2.0 */
/* ITM and TPIU: what leaves by the pin, taken apart by a decoder of the test's own. */
#include "unit/vboard/trace_bench.h"

#include <stdio.h>

#define TCR_ON     0x00010001u /* TraceBusID 1, ITMENA */
#define TCR_TX     (TCR_ON | BIT(3))
#define TCR_TS     (TCR_ON | BIT(1))
#define UART_NS(n) ((n)*UINT64_C(625)) /* bytes at 16 Mbit/s */

static void itm_on(struct bench *bench, uint32_t tcr)
{
	rig_write32(&bench->rig, ITM + ITM_TER0, 0xffffffff);
	rig_write32(&bench->rig, ITM + ITM_TCR, tcr);
}

/* --- stimulus ports -------------------------------------------------------------------------- */

struct port_row {
	const char *what;
	uint32_t tcr, ter, demcr;
	uint32_t offset;
	unsigned size;
	uint32_t value;
	const char *text;
};

static const struct port_row port_rows[] = {
	{ "a byte", TCR_ON, 1, TRCENA, 0, 1, 'a', "S0:61" },
	{ "a half-word", TCR_ON, 1, TRCENA, 0, 2, 0x1234, "S0:1234" },
	{ "a word", TCR_ON, 1, TRCENA, 0, 4, 0x12345678, "S0:12345678" },
	{ "port 31", TCR_ON, BIT(31), TRCENA, 0x7c, 1, 0x55, "S31:55" },
	{ "a byte in the port's second lane", TCR_ON, 1, TRCENA, 1, 1, 0x55, "S0:55" },
	{ "a port that is off", TCR_ON, ~BIT(3), TRCENA, 12, 1, 0x55, "" },
	{ "ITM off", 0x00010000, 1, TRCENA, 0, 1, 'a', "" },
	{ "TRCENA off", TCR_ON, 1, 0, 0, 1, 'a', "" },
};

static void itm__sends_what_a_port_is_given(void **state)
{
	const struct port_row *row = *state;
	struct bench bench;

	bench_open(&bench, NULL);
	rig_write32(&bench.rig, ITM + ITM_TER0, row->ter);
	rig_write32(&bench.rig, ITM + ITM_TCR, row->tcr);
	rig_write32(&bench.rig, DEMCR, row->demcr);
	assert_true(rig_write(&bench.rig, ITM + row->offset, row->size, row->value));
	assert_string_equal(bench_text(&bench), row->text);
	bench_close(&bench);
}

static void itm__says_when_its_fifo_is_full(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	itm_on(&bench, TCR_ON);
	assert_int_equal(rig_read32(&bench.rig, ITM), 1);
	/* The first goes to the pin at once; two fit into ten bytes. */
	for (uint32_t i = 0; i < 3; i++)
		rig_write32(&bench.rig, ITM, i);
	assert_int_equal(rig_read32(&bench.rig, ITM), 0);
	assert_int_equal(rig_read32(&bench.rig, ITM + ITM_TCR), TCR_ON | ITM_TCR_BUSY);
	rig_wait(&bench.rig, UART_NS(5));
	assert_int_equal(rig_read32(&bench.rig, ITM), 1);
	assert_string_equal(bench_text(&bench), "S0:00000000 S0:00000001 S0:00000002");
	assert_int_equal(rig_read32(&bench.rig, ITM + ITM_TCR), TCR_ON);
	bench_close(&bench);
}

static void itm__tells_of_what_was_lost(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	itm_on(&bench, TCR_ON);
	for (uint32_t i = 0; i < 5; i++)
		rig_write32(&bench.rig, ITM, i);
	assert_string_equal(bench_text(&bench), "S0:00000000 S0:00000001 S0:00000002 ovf");
	rig_write32(&bench.rig, ITM, 9);
	assert_string_equal(bench_text(&bench), "S0:00000009");
	bench_close(&bench);
}

static void itm__is_locked_for_the_core(void **state)
{
	struct bench bench;
	struct rig *rig = &bench.rig;

	(void)state;
	bench_open(&bench, NULL);
	assert_int_equal(rig_read32(rig, ITM + 0xfb4), 0); /* a debugger's view */
	rig->as_core = true;
	assert_int_equal(rig_read32(rig, ITM + 0xfb4), 3);
	rig_write32(rig, ITM + ITM_TER0, 1);
	assert_int_equal(rig_read32(rig, ITM + ITM_TER0), 0);
	rig_write32(rig, ITM + 0xfb0, 0xc5acce55);
	assert_int_equal(rig_read32(rig, ITM + 0xfb4), 1);
	rig_write32(rig, ITM + ITM_TER0, 1);
	assert_int_equal(rig_read32(rig, ITM + ITM_TER0), 1);
	rig_write32(rig, ITM + 0xfb0, 0);
	assert_int_equal(rig_read32(rig, ITM + 0xfb4), 3);
	rig_write32(rig, ITM + ITM_TER0, 0);
	assert_int_equal(rig_read32(rig, ITM + ITM_TER0), 1);
	bench_close(&bench);
}

/* An access of unprivileged code. */
static bool write_unprivileged(struct bench *bench, uint32_t address, uint32_t value)
{
	struct board *board = bench->rig.board;

	return bus_core_write(&board->cores[0], address, 4, 0, value);
}

static void itm__keeps_ports_for_privileged_code(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	itm_on(&bench, TCR_ON);
	bench.rig.as_core = true;
	rig_write32(&bench.rig, ITM + 0xfb0, 0xc5acce55);
	rig_write32(&bench.rig, ITM + ITM_TPR, 2); /* ports 8 to 15 */
	assert_true(write_unprivileged(&bench, ITM + 4 * 7, 7));
	assert_string_equal(bench_text(&bench), "S7:00000007");
	assert_true(write_unprivileged(&bench, ITM + 4 * 8, 8));
	assert_string_equal(bench_text(&bench), "");
	assert_true(write_unprivileged(&bench, ITM + ITM_TER0, 0));
	assert_int_equal(rig_read32(&bench.rig, ITM + ITM_TER0), 0xff00);
	assert_true(write_unprivileged(&bench, ITM + ITM_TPR, 0));
	assert_int_equal(rig_read32(&bench.rig, ITM + ITM_TPR), 2);
	assert_true(write_unprivileged(&bench, ITM + ITM_TCR, 0));
	assert_int_equal(rig_read32(&bench.rig, ITM + ITM_TCR), TCR_ON);
	/* The rest of the private bus is not for it. */
	assert_false(write_unprivileged(&bench, DWT, 0));
	bench_close(&bench);
}

static void itm__of_armv8m_says_that_a_port_is_off(void **state)
{
	static const struct itm_config itm = { .fifo_bytes = 10, .is_v8m = true };
	struct bench bench;

	(void)state;
	bench_open(&bench, &(struct bench_options){ .itm = &itm });
	assert_int_equal(rig_read32(&bench.rig, ITM), 2);
	rig_write32(&bench.rig, ITM + ITM_TCR, TCR_ON | BIT(5));
	assert_int_equal(rig_read32(&bench.rig, ITM + ITM_TCR), TCR_ON | BIT(5));
	rig_write32(&bench.rig, ITM + ITM_TER0, 1);
	assert_int_equal(rig_read32(&bench.rig, ITM), 1);
	assert_int_equal(rig_read32(&bench.rig, ITM + 4), 2);
	bench_close(&bench);
}

/* --- timestamps ------------------------------------------------------------------------------ */

struct stamp_row {
	const char *what;
	uint32_t tcr, acpr;
	uint16_t code[12];
	const char *text;
};

#define INC  0x3001 /* adds r0, #1 */
#define OUT  0x7010 /* strb r0, [r2] */
#define NOP  0xbf00
#define BKPT 0xbe00

static const struct stamp_row stamp_rows[] = {
	{ "off", TCR_ON, 0, { INC, OUT, BKPT }, "S0:42" },
	{ "of one byte", TCR_TS, 0, { INC, OUT, BKPT }, "S0:42 t2" },
	{ "of two", TCR_TS, 0, { INC, NOP, NOP, NOP, NOP, NOP, OUT, BKPT }, "S0:42 T7" },
	/* The second waits for the pin: two bytes are 20 cycles. */
	{ "of a late packet", TCR_TS, 0, { INC, OUT, INC, OUT, BKPT }, "S0:42 t2 S0:43 T2/2" },
	{ "a quarter of the cycles", TCR_TS | 1 << 8, 0,
		{ INC, NOP, NOP, NOP, NOP, NOP, NOP, OUT, BKPT }, "S0:42 t2" },
	{ "in bits of the pin", TCR_TS | BIT(4), 1, { INC, NOP, NOP, OUT, BKPT }, "S0:42 t2" },
};

static void itm__stamps(void **state)
{
	const struct stamp_row *row = *state;
	struct bench bench;

	bench_open(&bench, NULL);
	rig_write32(&bench.rig, TPIU + TPIU_ACPR, row->acpr);
	itm_on(&bench, row->tcr);
	bench_run(&bench, row->code);
	assert_string_equal(bench_text(&bench), row->text);
	bench_close(&bench);
}

/* The core's cycles so far are what the first one shows; the second comes later. */
static void itm__stamps_globally(void **state)
{
	static const struct itm_config itm = { .fifo_bytes = 10, .has_global_timestamps = true };
	static const uint16_t code[] = { INC, OUT, INC, OUT, BKPT };
	struct bench bench;
	char expected[80];
	uint64_t cycles;

	(void)state;
	bench_open(&bench, &(struct bench_options){ .itm = &itm });
	itm_on(&bench, TCR_ON | 3 << 10);
	bench_load(&bench, code);
	cycles = cpu_cycles(board_cpu(bench.rig.board, 0));
	bench_run(&bench, code);
	/* The second byte leaves at the end, when the core has long stopped at the BKPT. */
	snprintf(expected, sizeof(expected), "S0:42 S0:43 g1:%llx", (unsigned long long)cycles + 4);
	assert_string_equal(bench_text(&bench), expected);
	bench_close(&bench);
}

/* --- the pin --------------------------------------------------------------------------------- */

struct rate_row {
	const char *what;
	uint32_t acpr, sppr;
	uint32_t bit_rate;
	bool manchester;
	uint64_t ns; /* for two bytes */
};

static const struct rate_row rate_rows[] = {
	{ "UART at the clock's rate", 0, 2, 16000000, false, 1250 },
	{ "UART at 2 Mbit/s", 7, 2, 2000000, false, 10000 },
	{ "Manchester at 1 Mbit/s", 15, 1, 1000000, true, 18000 },
	{ "as slow as it goes", 0x1fff, 2, 1953, false, 10240656 },
};

static void tpiu__takes_its_time(void **state)
{
	const struct rate_row *row = *state;
	struct bench bench;

	bench_open(&bench, NULL);
	rig_write32(&bench.rig, TPIU + TPIU_ACPR, row->acpr);
	rig_write32(&bench.rig, TPIU + TPIU_SPPR, row->sppr);
	itm_on(&bench, TCR_ON);
	rig_write(&bench.rig, ITM, 1, 'x');
	rig_wait(&bench.rig, row->ns - 1);
	assert_int_equal(bench.size, 0);
	rig_wait(&bench.rig, 1);
	assert_int_equal(bench.size, 2);
	assert_int_equal(bench.last.bit_rate, row->bit_rate);
	assert_int_equal(bench.last.manchester, row->manchester);
	bench_close(&bench);
}

static void tpiu__of_the_parallel_port_is_not_heard(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	rig_write32(&bench.rig, TPIU + TPIU_SPPR, 0);
	rig_write32(&bench.rig, TPIU + TPIU_CSPSR, 8);
	assert_int_equal(rig_read32(&bench.rig, TPIU + TPIU_CSPSR), 8);
	rig_write32(&bench.rig, TPIU + TPIU_CSPSR, 4); /* there is no such size */
	assert_int_equal(rig_read32(&bench.rig, TPIU + TPIU_CSPSR), 8);
	itm_on(&bench, TCR_ON);
	for (unsigned i = 0; i < 100; i++) {
		rig_write(&bench.rig, ITM, 1, i);
		rig_wait(&bench.rig, 20 * NS_PER_US);
		assert_int_equal(rig_read32(&bench.rig, ITM), 1);
	}
	assert_string_equal(bench_text(&bench), "");
	bench_close(&bench);
}

static void tpiu__needs_its_pin(void **state)
{
	static const struct tpiu_config tpiu = { .port_sizes = 1,
		.acpr_mask = 0xf,
		.pin_address = BENCH_DATA,
		.pin_mask = 0xff,
		.pin_value = 0x20 };
	struct bench bench;

	(void)state;
	bench_open(&bench, &(struct bench_options){ .tpiu = &tpiu });
	itm_on(&bench, TCR_ON);
	rig_write(&bench.rig, ITM, 1, 'x');
	assert_string_equal(bench_text(&bench), "");
	rig_write32(&bench.rig, BENCH_DATA, 0x1120);
	rig_write(&bench.rig, ITM, 1, 'x');
	assert_string_equal(bench_text(&bench), "S0:78");
	bench_close(&bench);
}

/* --- the formatter --------------------------------------------------------------------------- */

static void formatter__makes_frames_of_a_source(void **state)
{
	struct bench bench;
	uint8_t out[1024];
	char text[200];
	int size;

	(void)state;
	bench_open(&bench, NULL);
	rig_write32(&bench.rig, TPIU + TPIU_FFCR, 0x102);
	itm_on(&bench, (TCR_ON & ~ITM_TCR_TRACEBUSID) | 5 << 16);
	for (uint32_t i = 0; i < 7; i++) {
		rig_write32(&bench.rig, ITM + 4 * i, 0x80818283u + i);
		rig_wait(&bench.rig, 8 * NS_PER_US);
	}
	rig_wait(&bench.rig, NS_PER_MS);
	size = itm_deformat(bench.stream, bench.size, 5, out);
	assert_true(size > 0);
	itm_decode(out, (size_t)size, text, sizeof(text));
	assert_string_equal(text, "S0:80818283 S1:80818284 S2:80818285 S3:80818286 "
				  "S4:80818287 S5:80818288 S6:80818289");
	/* Nobody else has said anything. */
	assert_int_equal(itm_deformat(bench.stream, bench.size, 6, out), 0);
	bench_close(&bench);
}

static void formatter__begins_with_a_synchronisation(void **state)
{
	static const uint8_t sync[] = { 0xff, 0xff, 0xff, 0x7f };
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	rig_write32(&bench.rig, TPIU + TPIU_FFCR, 0x102);
	itm_on(&bench, TCR_ON);
	rig_write(&bench.rig, ITM, 1, 'x');
	rig_wait(&bench.rig, NS_PER_MS);
	assert_int_equal(bench.size, 20);
	assert_memory_equal(bench.stream, sync, 4);
	bench_close(&bench);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(itm__says_when_its_fifo_is_full),
		cmocka_unit_test(itm__tells_of_what_was_lost),
		cmocka_unit_test(itm__is_locked_for_the_core),
		cmocka_unit_test(itm__keeps_ports_for_privileged_code),
		cmocka_unit_test(itm__of_armv8m_says_that_a_port_is_off),
		cmocka_unit_test(itm__stamps_globally),
		cmocka_unit_test(tpiu__of_the_parallel_port_is_not_heard),
		cmocka_unit_test(tpiu__needs_its_pin),
		cmocka_unit_test(formatter__makes_frames_of_a_source),
		cmocka_unit_test(formatter__begins_with_a_synchronisation),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(itm__sends_what_a_port_is_given, port_rows),
		TEST_TABLE(itm__stamps, stamp_rows),
		TEST_TABLE(tpiu__takes_its_time, rate_rows),
	};

	return test_run_tables(
		"vboard/trace_itm", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
