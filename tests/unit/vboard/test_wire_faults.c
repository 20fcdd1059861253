/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scenario lets go wrong between probe and target: bit errors, stuck lines, scans that are
 * missed, packets that are short, late or lost.
 */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/probe/port.h"
#include "vboard/probe/settings.h"
#include "vboard/vboard.h"

enum { READ_DPIDR = 0x2, READ_CTRL_STAT = 0x6, READ_RDBUFF = 0xe };
enum { TRANSFERS = 20000 };

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
	struct vport port;
};

static void setup(struct bench *bench, enum vport_mode mode)
{
	memset(bench, 0, sizeof(*bench));
	fake_target_init(&bench->fake, &bench->target);
	if (mode == VPORT_SWD)
		bench->target.jtag_idcode = 0;
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
	vport_init(&bench->port, &bench->wire, &bench->clock);
	vport_connect(&bench->port, mode);
	bench->port.device_count = 1;
	bench->port.ir_lengths[0] = 4;
}

static void line_reset(struct bench *bench)
{
	static const uint8_t bits[] = { 255, 255, 255, 255, 255, 255, 255, 0 };

	vport_write_bits(&bench->port, bits, 60);
}

static void tap_reset(struct bench *bench)
{
	for (unsigned i = 0; i < 6; i++)
		vport_jtag_cycle(&bench->port, i < 5, true);
	vport_jtag_select(&bench->port, 0);
}

static uint8_t read_reg(struct bench *bench, uint8_t request, uint32_t *value)
{
	return vport_transfer(&bench->port, request, value);
}

/* --- bit errors ------------------------------------------------------------------------------ */

struct tally {
	unsigned right, wrong, parity, silent;
	uint64_t cycles;
};

/* Read DPIDR again and again, with a line reset after each failure. */
static struct tally read_much(struct bench *bench, uint64_t seed, uint64_t rate)
{
	struct tally tally = { 0 };

	setup(bench, VPORT_SWD);
	bench->faults.random = seed;
	bench->faults.bit_error_rate = rate;
	line_reset(bench);
	for (unsigned i = 0; i < TRANSFERS; i++) {
		uint32_t value = 0;
		uint8_t ack = read_reg(bench, READ_DPIDR, &value);

		if (ack == VPORT_ACK_OK)
			*(value == FAKE_DPIDR ? &tally.right : &tally.wrong) += 1;
		else
			*(ack == VPORT_PROTOCOL_ERROR ? &tally.parity : &tally.silent) += 1;
		if (ack != VPORT_ACK_OK)
			line_reset(bench);
	}
	tally.cycles = bench->clock.cycles;
	return tally;
}

/* 1e-3 of 46 bits: 4.5 % of all transactions fail, 3.3 % by parity; two errors pass it. */
static void bit_errors__come_at_their_rate(void **state)
{
	struct bench bench;
	struct tally tally = read_much(&bench, 1, UINT64_C(4294967));

	(void)state;
	assert_in_range(tally.parity, TRANSFERS * 2 / 100, TRANSFERS * 4 / 100);
	assert_in_range(tally.silent, TRANSFERS / 200, TRANSFERS * 3 / 100);
	assert_in_range(tally.wrong, 0, TRANSFERS / 500);
	assert_int_equal(tally.right + tally.wrong + tally.parity + tally.silent, TRANSFERS);
}

static void bit_errors__repeat_by_seed(void **state)
{
	struct bench bench;
	struct tally first = read_much(&bench, 7, UINT64_C(4294967));
	struct tally again = read_much(&bench, 7, UINT64_C(4294967));
	struct tally other = read_much(&bench, 8, UINT64_C(4294967));

	(void)state;
	assert_memory_equal(&first, &again, sizeof(first));
	assert_memory_not_equal(&first, &other, sizeof(first));
}

static void bit_errors__none_at_rate_0(void **state)
{
	struct bench bench;

	(void)state;
	assert_int_equal(read_much(&bench, 7, 0).right, TRANSFERS);
}

static void bit_errors__hit_jtag_both_ways(void **state)
{
	struct bench bench;
	unsigned wrong_acks = 0, wrong_data = 0, recovered = 0;

	(void)state;
	setup(&bench, VPORT_JTAG);
	bench.faults.bit_error_rate = UINT64_C(4294967); /* 1e-3 */
	tap_reset(&bench);
	for (unsigned i = 0; i < 2000; i++) {
		uint32_t value = 0;

		tap_reset(&bench);
		if (read_reg(&bench, READ_DPIDR, &value) != VPORT_ACK_OK ||
			read_reg(&bench, READ_RDBUFF, &value) != VPORT_ACK_OK)
			wrong_acks++;
		else if (value != FAKE_DPIDR)
			wrong_data++;
		else
			recovered++;
	}
	assert_in_range(wrong_acks, 10, 600);
	assert_in_range(wrong_data, 10, 600);
	assert_in_range(recovered, 1000, 1980);
}

/* --- stuck lines ----------------------------------------------------------------------------- */

static void stuck__from_its_cycle_on(void **state)
{
	struct bench bench;
	uint32_t value = 0;

	(void)state;
	for (unsigned high = 0; high < 2; high++) {
		setup(&bench, VPORT_SWD);
		bench.faults.stuck_high = high;
		line_reset(&bench); /* 60 cycles */
		bench.faults.stuck_at = bench.clock.cycles + 46 + 1;
		assert_int_equal(read_reg(&bench, READ_DPIDR, &value), VPORT_ACK_OK);
		assert_int_equal(value, FAKE_DPIDR);
		assert_int_equal(read_reg(&bench, READ_DPIDR, &value), high ? VPORT_ACK_NONE : 0);
		line_reset(&bench);
		assert_int_equal(read_reg(&bench, READ_DPIDR, &value), high ? VPORT_ACK_NONE : 0);
	}
}

static void stuck__tdo(void **state)
{
	struct bench bench;
	uint32_t value = 0;

	(void)state;
	setup(&bench, VPORT_JTAG);
	tap_reset(&bench);
	assert_int_equal(read_reg(&bench, READ_DPIDR, &value), VPORT_ACK_OK);
	bench.faults.stuck_at = 1;
	vport_jtag_write_ir(&bench.port, 0xfe);
	assert_int_equal(vport_jtag_read_idcode(&bench.port), 0);
	bench.faults.stuck_high = true;
	assert_int_equal(vport_jtag_read_idcode(&bench.port), UINT32_MAX);
}

/* --- scans ----------------------------------------------------------------------------------- */

static void silent__scan_is_missed(void **state)
{
	struct bench bench;
	uint32_t value = 0;

	(void)state;
	setup(&bench, VPORT_JTAG);
	tap_reset(&bench);
	bench.faults.silent_at = 3;
	value = 0x50000000;
	assert_int_equal(read_reg(&bench, 0x4, &value), VPORT_ACK_OK); /* CTRL/STAT: power */
	assert_int_equal(read_reg(&bench, READ_CTRL_STAT, &value), VPORT_ACK_OK);
	value = 0;
	assert_int_equal(read_reg(&bench, 0x4, &value), VPORT_ACK_NONE);
	assert_int_equal(read_reg(&bench, READ_CTRL_STAT, &value), VPORT_ACK_OK);
	assert_int_equal(read_reg(&bench, READ_RDBUFF, &value), VPORT_ACK_OK);
	assert_int_equal(value & 0x50000000, 0x50000000); /* the write had no effect */
}

static void parity_error__of_a_scan_is_a_wrong_bit(void **state)
{
	struct bench bench;
	uint32_t value = 0;

	(void)state;
	setup(&bench, VPORT_JTAG);
	tap_reset(&bench);
	bench.faults.parity_error_at = 2;
	assert_int_equal(read_reg(&bench, READ_DPIDR, &value), VPORT_ACK_OK);
	assert_int_equal(read_reg(&bench, READ_DPIDR, &value), VPORT_ACK_OK);
	assert_int_equal(value, FAKE_DPIDR ^ 1);
	assert_int_equal(read_reg(&bench, READ_RDBUFF, &value), VPORT_ACK_OK);
	assert_int_equal(value, FAKE_DPIDR);
}

/* --- packets --------------------------------------------------------------------------------- */

static void exchange(
	struct vboard *board, uint64_t *ns, uint8_t *response, size_t *size, uint64_t *answer)
{
	static const uint8_t info[] = { 0x00, 0xff }; /* DAP_Info: packet size */

	assert_ok(vboard_exchange(board, *ns, info, sizeof(info), response, size, answer));
	*ns = *answer == VBOARD_NEVER ? *ns + 1000000 : *answer;
}

static void packets__short_late_and_lost(void **state)
{
	static const struct {
		const char *spec;
		size_t sizes[5];
		unsigned late; /* bits of packets that take 30 ms longer */
	} cases[] = {
		{ "cortex-m0", { 4, 4, 4, 4, 4 }, 0 },
		{ "cortex-m0,truncate-at=2", { 4, 1, 4, 4, 4 }, 0 },
		{ "cortex-m0,truncate-at=2-4", { 4, 1, 1, 1, 4 }, 0 },
		{ "cortex-m0,lost-at=3", { 4, 4, 0, 4, 4 }, 0 },
		{ "cortex-m0,lost-at=1-2,truncate-at=5", { 0, 0, 4, 4, 1 }, 0 },
		{ "cortex-m0,late=30@2-3", { 4, 4, 4, 4, 4 }, 0x6 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vboard *board;
		uint64_t ns = 0;

		assert_ok(vboard_create(NULL, cases[i].spec, &board));
		for (unsigned n = 0; n < 5; n++) {
			uint8_t response[512];
			uint64_t before = ns, answer;
			size_t size;

			exchange(board, &ns, response, &size, &answer);
			assert_int_equal(size, cases[i].sizes[n]);
			assert_int_equal(answer == VBOARD_NEVER, size == 0);
			assert_int_equal(ns - before > 30000000, cases[i].late >> n & 1);
		}
		vboard_destroy(board);
	}
}

/* --- settings -------------------------------------------------------------------------------- */

struct setting_row {
	const char *what;
	const char *text;
	dapper_status status;
};

static const struct setting_row setting_rows[] = {
	{ "setting__rate", "b,bit-error-rate=1e-4", DAPPER_OK },
	{ "setting__rate 1", "b,bit-error-rate=1", DAPPER_OK },
	{ "setting__rate above 1", "b,bit-error-rate=1.1", DAPPER_ERR_INVALID },
	{ "setting__rate below 0", "b,bit-error-rate=-1e-9", DAPPER_ERR_INVALID },
	{ "setting__rate is no number", "b,bit-error-rate=nan", DAPPER_ERR_INVALID },
	{ "setting__rate and more", "b,bit-error-rate=1e-4x", DAPPER_ERR_INVALID },
	{ "setting__rate, empty", "b,bit-error-rate=", DAPPER_ERR_INVALID },
	{ "setting__seed", "b,seed=0x1234", DAPPER_OK },
	{ "setting__seed is no number", "b,seed=x", DAPPER_ERR_INVALID },
	{ "setting__stuck high", "b,line-stuck=high@5", DAPPER_OK },
	{ "setting__stuck low", "b,line-stuck=low@5", DAPPER_OK },
	{ "setting__stuck at no level", "b,line-stuck=mid@5", DAPPER_ERR_INVALID },
	{ "setting__stuck from no cycle", "b,line-stuck=low@0", DAPPER_ERR_INVALID },
	{ "setting__stuck without cycle", "b,line-stuck=low", DAPPER_ERR_INVALID },
	{ "setting__packets", "b,lost-at=3-5,truncate-at=7", DAPPER_OK },
	{ "setting__packets backwards", "b,lost-at=5-3", DAPPER_ERR_INVALID },
	{ "setting__packet 0", "b,truncate-at=0", DAPPER_ERR_INVALID },
	{ "setting__packets without end", "b,truncate-at=3-", DAPPER_ERR_INVALID },
	{ "setting__late", "b,late=50@3-4", DAPPER_OK },
	{ "setting__late by too much", "b,late=3600001@3", DAPPER_ERR_INVALID },
	{ "setting__late without packet", "b,late=50", DAPPER_ERR_INVALID },
};

static void setting(void **state)
{
	const struct setting_row *row = *state;
	struct vsettings settings;

	assert_int_equal(vsettings_parse(&settings, row->text), row->status);
	vsettings_finish(&settings);
}

static void setting__values_are_kept(void **state)
{
	struct vsettings settings;

	(void)state;
	assert_ok(vsettings_parse(
		&settings, "b,bit-error-rate=0.25,seed=9,line-stuck=high@77,lost-at=3-5,late=2@6"));
	assert_int_equal(settings.faults.bit_error_rate, 0x40000000);
	assert_int_equal(settings.faults.random, 9);
	assert_true(settings.faults.stuck_high);
	assert_int_equal(settings.faults.stuck_at, 77);
	assert_int_equal(settings.faults.lose.first, 3);
	assert_int_equal(settings.faults.lose.last, 5);
	assert_int_equal(settings.faults.delay_ns, 2000000);
	assert_int_equal(settings.faults.delay.last, 6);
	assert_int_equal(settings.rest_count, 0);
	vsettings_finish(&settings);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bit_errors__come_at_their_rate),
		cmocka_unit_test(bit_errors__repeat_by_seed),
		cmocka_unit_test(bit_errors__none_at_rate_0),
		cmocka_unit_test(bit_errors__hit_jtag_both_ways),
		cmocka_unit_test(stuck__from_its_cycle_on),
		cmocka_unit_test(stuck__tdo),
		cmocka_unit_test(silent__scan_is_missed),
		cmocka_unit_test(parity_error__of_a_scan_is_a_wrong_bit),
		cmocka_unit_test(packets__short_late_and_lost),
		cmocka_unit_test(setting__values_are_kept),
	};

	return test_run_all("vboard/wire_faults", tests, ARRAY_SIZE(tests), setting, setting_rows,
		sizeof(setting_rows[0]), ARRAY_SIZE(setting_rows));
}
