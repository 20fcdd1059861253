/* SPDX-License-Identifier: Apache-2.0 */
/* OpenOCD's remote_bitbang, character by character. */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/probe/bitbang.h"

enum { DP_IDCODE = 0x4ba00477, SIZE = 4096 };

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
	struct vport port;
	struct vbitbang bitbang;
	/* A conversation under way. */
	char in[SIZE];
	size_t in_size;
	char out[SIZE];
	size_t out_size;
};

static void setup(struct bench *bench)
{
	*bench = (struct bench){ 0 };
	fake_target_init(&bench->fake, &bench->target);
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
	vport_init(&bench->port, &bench->wire, &bench->clock);
	vclock_set_swclk(&bench->clock, 10000000); /* whoever was here before */
	vbitbang_init(&bench->bitbang, &bench->port);
}

static void put(struct bench *bench, const char *text)
{
	size_t size = strlen(text);

	assert_true(bench->in_size + size < sizeof(bench->in));
	memcpy(bench->in + bench->in_size, text, size);
	bench->in_size += size;
}

/* Send what was put, all of which must be taken; the answers are in bench->out. */
static void run(struct bench *bench)
{
	size_t in_size = bench->in_size;

	bench->out_size = sizeof(bench->out) - 1;
	assert_int_equal(vbitbang_process(&bench->bitbang, (const uint8_t *)bench->in, &in_size,
				 (uint8_t *)bench->out, &bench->out_size),
		VBITBANG_MORE);
	assert_int_equal(in_size, bench->in_size);
	bench->out[bench->out_size] = '\0';
	bench->in_size = 0;
}

static const char *answers(struct bench *bench, const char *text)
{
	put(bench, text);
	run(bench);
	return bench->out;
}

/* A cycle of TCK as OpenOCD makes it: data with the clock low, sample, clock high. */
static void put_jtag(struct bench *bench, bool tms, bool tdi, bool ask)
{
	const char bits = (char)('0' + 2 * tms + tdi);
	const char text[] = { bits, ask ? 'R' : ' ', (char)(bits + 4), '\0' };

	put(bench, text);
}

static uint32_t word_of(const char *digits)
{
	uint32_t value = 0;

	for (unsigned i = 0; digits[i] && i < 32; i++)
		value |= (uint32_t)(digits[i] - '0') << i;
	return value;
}

static void jtag__reads_the_idcode(void **state)
{
	static const char to_shift_dr[] = "1111101" /* reset, idle, select */
					  "00";
	struct bench bench;

	(void)state;
	setup(&bench);
	for (size_t i = 0; to_shift_dr[i]; i++)
		put_jtag(&bench, to_shift_dr[i] == '1', true, false);
	for (unsigned i = 0; i < 32; i++)
		put_jtag(&bench, i == 31, false, true);
	run(&bench);
	assert_int_equal(bench.out_size, 32);
	assert_int_equal(word_of(bench.out), DP_IDCODE);
	assert_int_equal(bench.clock.cycles, 9 + 32);
}

/* The level is that before the edge, however often it is asked for. */
static void read__does_not_clock(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	answers(&bench, "3737373737" /* reset */ "1537151511" /* Shift-DR, TCK low */);
	assert_string_equal(answers(&bench, "RRR"), "111");
	assert_string_equal(answers(&bench, "5151RR51R51R"), "1101");
	assert_string_equal(answers(&bench, "1R1R51R"), "111");
}

static void put_swd(struct bench *bench, uint64_t bits, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		put(bench, bits >> i & 1 ? "eg" : "df");
}

static void swd__reads_dpidr(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	put(&bench, "O");
	put_swd(&bench, UINT64_MAX, 50);
	put_swd(&bench, 0xe79e, 16);
	put_swd(&bench, UINT64_MAX, 50);
	put_swd(&bench, 0, 2);
	put_swd(&bench, 0xa5, 8);
	put(&bench, "odf"); /* turnaround: released, whatever is written */
	for (unsigned i = 0; i < 3 + 33; i++)
		put(&bench, "dcf");
	put(&bench, "dfO");
	run(&bench);
	assert_int_equal(bench.out_size, 36);
	assert_memory_equal(bench.out, "100", 3);
	assert_int_equal(word_of(bench.out + 3), FAKE_DPIDR);
	assert_string_equal(answers(&bench, "ec"), "1"); /* our own level */
	assert_string_equal(answers(&bench, "dc"), "0");
	assert_string_equal(answers(&bench, "oc"), "1"); /* the pull-up */
}

static void reset__lines(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	answers(&bench, "s");
	assert_true(bench.fake.in_reset);
	assert_false(bench.wire.jtag.in_trst);
	answers(&bench, "u");
	assert_true(bench.fake.in_reset);
	assert_true(bench.wire.jtag.in_trst);
	answers(&bench, "t");
	assert_false(bench.fake.in_reset);
	assert_true(bench.wire.jtag.in_trst);
	answers(&bench, "r");
	assert_false(bench.wire.jtag.in_trst);
	answers(&bench, "u");
	vbitbang_finish(&bench.bitbang);
	assert_false(bench.fake.in_reset);
	assert_false(bench.wire.jtag.in_trst);
}

static void sleep__takes_simulated_time(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	answers(&bench, "ZZz");
	assert_int_equal(bench.clock.now_ns, 2001000);
	assert_int_equal(bench.clock.cycles, 0);
}

static void clock__only_edges_count(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	answers(&bench, "44445555 11110000 4 Bb\r\n 0");
	assert_int_equal(bench.clock.cycles, 2);
	assert_int_equal(bench.clock.now_ns, 2000);
}

struct end_row {
	const char *what;
	const char *in;
	enum vbitbang_end end;
	size_t taken;
};

static const struct end_row end_rows[] = {
	{ "process__stops at Q", "0R4Q0R", VBITBANG_QUIT, 3 },
	{ "process__stops at what means nothing", "04x04", VBITBANG_GARBAGE, 2 },
	{ "process__stops at HTTP", "GET / HTTP/1.1", VBITBANG_GARBAGE, 0 },
	{ "process__stops at 8", "8", VBITBANG_GARBAGE, 0 },
	{ "process__stops at bytes above ASCII", "0\xff", VBITBANG_GARBAGE, 1 },
	{ "process__stops at the byte behind z", "{", VBITBANG_GARBAGE, 0 },
	{ "process__no more room than three answers", "RRR0R1R", VBITBANG_MORE, 4 },
	{ "process__nothing", "", VBITBANG_MORE, 0 },
};

static void ends(void **state)
{
	const struct end_row *row = *state;
	struct bench bench;
	size_t taken = strlen(row->in);
	uint8_t out[3];
	size_t size = sizeof(out);

	setup(&bench);
	assert_int_equal(
		vbitbang_process(&bench.bitbang, (const uint8_t *)row->in, &taken, out, &size),
		row->end);
	assert_int_equal(taken, row->taken);
	assert_true(size <= sizeof(out));
}

/* NUL is a character like any other. */
static void process__stops_at_nul(void **state)
{
	struct bench bench;
	size_t taken = 2, size = 0;

	(void)state;
	setup(&bench);
	assert_int_equal(
		vbitbang_process(&bench.bitbang, (const uint8_t *)"0\0", &taken, NULL, &size),
		VBITBANG_GARBAGE);
	assert_int_equal(taken, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(jtag__reads_the_idcode),
		cmocka_unit_test(read__does_not_clock),
		cmocka_unit_test(swd__reads_dpidr),
		cmocka_unit_test(reset__lines),
		cmocka_unit_test(sleep__takes_simulated_time),
		cmocka_unit_test(clock__only_edges_count),
		cmocka_unit_test(process__stops_at_nul),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(ends, end_rows),
	};

	return test_run_tables(
		"vboard/bitbang", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
