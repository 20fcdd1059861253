/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which protocol the pins speak: the sequences of IHI 0031 (ADIv5.2), chapter B5, bit by bit.
 * Bytes of sequences are as the manual writes them, lowest bit first on the wire.
 */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/adi/dp_regs.h"
#include "vboard/wire/swj.h"

enum { DP_IDCODE = 0x4ba00477 };

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
};

static void setup(struct bench *bench, uint32_t dpidr)
{
	*bench = (struct bench){ 0 };
	fake_target_init(&bench->fake, &bench->target);
	bench->target.dpidr = dpidr;
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
}

static void send(struct bench *bench, uint64_t bits, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		vclock_run(&bench->clock, 1);
		vswj_clock(&bench->wire, true, bits >> i & 1);
	}
}

static void ones(struct bench *bench, unsigned count)
{
	while (count--)
		send(bench, 1, 1);
}

static void line_reset(struct bench *bench)
{
	ones(bench, 50);
	send(bench, 0, 2);
}

/* @return DPIDR; 0 when nobody acknowledges. */
static uint32_t swd_dpidr(struct bench *bench)
{
	uint64_t bits = 0;
	unsigned ack = 0;

	send(bench, 0xa5, 8);
	vswj_clock(&bench->wire, false, false);
	for (unsigned i = 0; i < 3; i++)
		ack |= (unsigned)vswj_clock(&bench->wire, false, false) << i;
	for (unsigned i = 0; i < 34; i++)
		bits |= (uint64_t)vswj_clock(&bench->wire, false, false) << i;
	return ack == VDP_ACK_OK ? (uint32_t)bits : 0;
}

/* @return The ID code; UINT32_MAX when TDO is not driven. */
static uint32_t jtag_idcode(struct bench *bench)
{
	uint32_t value = 0;

	ones(bench, 5);
	send(bench, 0x2, 4); /* Run-Test/Idle, Select-DR, Capture-DR, Shift-DR */
	for (unsigned i = 0; i < 32; i++) {
		vswj_fall(&bench->wire);
		value |= (uint32_t)vswj_tdo(&bench->wire) << i;
		vswj_rise(&bench->wire, (struct vswj_pins){ .driven = true, .tms = i == 31 });
	}
	send(bench, 1, 2);
	return value;
}

static void alert(struct bench *bench)
{
	ones(bench, 8);
	send(bench, 0x86852d956209f392, 64);
	send(bench, 0x19bc0ea2e3ddafe9, 64);
	send(bench, 0, 4);
}

static void to_dormant(struct bench *bench)
{
	if (bench->wire.mode == VSWJ_JTAG) {
		ones(bench, 5);
		send(bench, 0x33bbbbba, 31);
	} else {
		ones(bench, 50);
		send(bench, 0xe3bc, 16);
	}
	assert_int_equal(bench->wire.mode, VSWJ_DORMANT);
}

/* --- 16 bits --------------------------------------------------------------------------------- */

static void swj__starts_in_jtag_and_switches_both_ways(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR);
	assert_int_equal(jtag_idcode(&bench), DP_IDCODE);
	for (unsigned i = 0; i < 3; i++) {
		ones(&bench, 50);
		send(&bench, 0xe79e, 16);
		line_reset(&bench);
		assert_int_equal(swd_dpidr(&bench), FAKE_DPIDR);
		assert_int_equal(jtag_idcode(&bench), UINT32_MAX);
		ones(&bench, 50);
		send(&bench, 0xe73c, 16);
		assert_int_equal(bench.wire.jtag.state, VTAP_RESET);
		assert_int_equal(jtag_idcode(&bench), DP_IDCODE);
		line_reset(&bench);
		assert_int_equal(swd_dpidr(&bench), 0);
	}
}

/* Registers of the DP are the same, whatever speaks to it. */
static void swj__registers_survive_the_switch(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR);
	bench.dp.regs.select = 0x030000f0;
	ones(&bench, 50);
	send(&bench, 0xe79e, 16);
	line_reset(&bench);
	assert_int_equal(swd_dpidr(&bench), FAKE_DPIDR);
	ones(&bench, 50);
	send(&bench, 0xe73c, 16);
	assert_int_equal(bench.dp.regs.select, 0x030000f0);
}

struct short_row {
	const char *what;
	unsigned ones;
	uint32_t code;
	enum vswj_mode from, to;
	uint32_t dpidr;
};

static const struct short_row short_rows[] = {
	{ "select__JTAG to SWD", 50, 0xe79e, VSWJ_JTAG, VSWJ_SWD, FAKE_DPIDR },
	{ "select__JTAG to SWD, DPv2", 50, 0xe79e, VSWJ_JTAG, VSWJ_SWD, FAKE_DPIDR_V2 },
	{ "select__more than 50", 133, 0xe79e, VSWJ_JTAG, VSWJ_SWD, FAKE_DPIDR },
	{ "select__49 ones are too few", 49, 0xe79e, VSWJ_JTAG, VSWJ_JTAG, FAKE_DPIDR },
	{ "select__one bit wrong", 50, 0xe79a, VSWJ_JTAG, VSWJ_JTAG, FAKE_DPIDR },
	{ "select__last bit wrong", 50, 0x679e, VSWJ_JTAG, VSWJ_JTAG, FAKE_DPIDR },
	{ "select__SWD to JTAG while in JTAG", 50, 0xe73c, VSWJ_JTAG, VSWJ_JTAG, FAKE_DPIDR },
	{ "select__SWD to JTAG", 50, 0xe73c, VSWJ_SWD, VSWJ_JTAG, FAKE_DPIDR },
	{ "select__JTAG to SWD while in SWD", 50, 0xe79e, VSWJ_SWD, VSWJ_SWD, FAKE_DPIDR },
	{ "select__SWD to dormant: DPv1 has none", 50, 0xe3bc, VSWJ_SWD, VSWJ_SWD, FAKE_DPIDR },
	{ "select__SWD to dormant", 50, 0xe3bc, VSWJ_SWD, VSWJ_DORMANT, FAKE_DPIDR_V2 },
	{ "select__SWD to dormant, 49 ones", 49, 0xe3bc, VSWJ_SWD, VSWJ_SWD, FAKE_DPIDR_V2 },
	{ "select__SWD to dormant while in JTAG", 50, 0xe3bc, VSWJ_JTAG, VSWJ_JTAG, FAKE_DPIDR_V2 },
	{ "select__dormant does not listen", 50, 0xe79e, VSWJ_DORMANT, VSWJ_DORMANT,
		FAKE_DPIDR_V2 },
};

static void go_to(struct bench *bench, enum vswj_mode mode)
{
	if (mode == VSWJ_JTAG)
		return;
	ones(bench, 50);
	send(bench, 0xe79e, 16);
	if (mode == VSWJ_DORMANT)
		to_dormant(bench);
	send(bench, 0, 1); /* so that ones are counted anew */
}

static void short_codes(void **state)
{
	const struct short_row *row = *state;
	struct bench bench;

	setup(&bench, row->dpidr);
	go_to(&bench, row->from);
	assert_int_equal(bench.wire.mode, row->from);
	ones(&bench, row->ones);
	send(&bench, row->code, 16);
	assert_int_equal(bench.wire.mode, row->to);
}

static void swd_only__needs_no_selection(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR);
	bench.target.jtag_idcode = 0;
	vswj_init(&bench.wire, &bench.dp);
	line_reset(&bench);
	assert_int_equal(swd_dpidr(&bench), FAKE_DPIDR);
	ones(&bench, 50);
	send(&bench, 0xe73c, 16);
	assert_int_equal(bench.wire.mode, VSWJ_SWD);
}

static void jtag_only__never_leaves(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR);
	bench.target.no_swd = true;
	vswj_init(&bench.wire, &bench.dp);
	ones(&bench, 50);
	send(&bench, 0xe79e, 16);
	line_reset(&bench);
	assert_int_equal(swd_dpidr(&bench), 0);
	assert_int_equal(jtag_idcode(&bench), DP_IDCODE);
}

/* --- dormant --------------------------------------------------------------------------------- */

static void dormant__from_jtag(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR_V2);
	to_dormant(&bench);
	assert_int_equal(jtag_idcode(&bench), UINT32_MAX);
	line_reset(&bench);
	assert_int_equal(swd_dpidr(&bench), 0);
}

static void dormant__four_ones_are_no_jtag_reset(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR_V2);
	send(&bench, 0, 1);
	ones(&bench, 4);
	send(&bench, 0x33bbbbba, 31);
	assert_int_equal(bench.wire.mode, VSWJ_JTAG);
	send(&bench, 0, 1);
	ones(&bench, 5);
	send(&bench, 0x33bbbbba, 31);
	assert_int_equal(bench.wire.mode, VSWJ_DORMANT);
}

static void dormant__dpv1_has_none(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR);
	ones(&bench, 5);
	send(&bench, 0x33bbbbba, 31);
	assert_int_equal(bench.wire.mode, VSWJ_JTAG);
	assert_int_equal(jtag_idcode(&bench), DP_IDCODE);
}

struct code_row {
	const char *what;
	uint32_t code;
	unsigned bits;
	enum vswj_mode mode;
};

static const struct code_row code_rows[] = {
	{ "activate__SWD", 0x1a, 8, VSWJ_SWD },
	{ "activate__JTAG-DP", 0x0a, 8, VSWJ_JTAG },
	{ "activate__JTAG-Serial, 12 zeros", 0x000, 12, VSWJ_JTAG },
	{ "activate__11 zeros are too few", 0x000, 11, VSWJ_DORMANT },
	{ "activate__no JTAG-Serial: 12th bit", 0x800, 12, VSWJ_DORMANT },
	{ "activate__no JTAG-Serial: 9th bit", 0x100, 12, VSWJ_DORMANT },
	{ "activate__7 bits are too few", 0x1a, 7, VSWJ_DORMANT },
	{ "activate__another code", 0x1b, 8, VSWJ_DORMANT },
	{ "activate__ones", 0xff, 8, VSWJ_DORMANT },
};

static void codes(void **state)
{
	const struct code_row *row = *state;
	struct bench bench;

	setup(&bench, FAKE_DPIDR_V2);
	to_dormant(&bench);
	alert(&bench);
	send(&bench, row->code, row->bits);
	assert_int_equal(bench.wire.mode, row->mode);
}

static void dormant__to_swd_and_back_and_to_jtag(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR_V2);
	to_dormant(&bench);
	alert(&bench);
	send(&bench, 0x1a, 8);
	assert_int_equal(swd_dpidr(&bench), 0); /* a line reset must follow */
	line_reset(&bench);
	assert_int_equal(swd_dpidr(&bench), FAKE_DPIDR_V2);
	to_dormant(&bench);
	line_reset(&bench);
	assert_int_equal(swd_dpidr(&bench), 0);
	alert(&bench);
	send(&bench, 0x0a, 8);
	assert_int_equal(jtag_idcode(&bench), DP_IDCODE);
}

/* Wherever an alert begins it is found, also behind one that was broken off. */
static void alert__after_a_broken_one(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR_V2);
	to_dormant(&bench);
	send(&bench, 0x5, 3);
	send(&bench, 0x86852d956209f392, 64);
	send(&bench, 0x19bc0ea2e3ddafe9, 63);
	alert(&bench);
	send(&bench, 0x1a, 8);
	assert_int_equal(bench.wire.mode, VSWJ_SWD);
}

static void alert__with_one_bit_wrong(void **state)
{
	struct bench bench;

	(void)state;
	for (unsigned bit = 0; bit < 128; bit++) {
		uint64_t first = 0x86852d956209f392, second = 0x19bc0ea2e3ddafe9;

		setup(&bench, FAKE_DPIDR_V2);
		to_dormant(&bench);
		if (bit < 64)
			first ^= UINT64_C(1) << bit;
		else
			second ^= UINT64_C(1) << (bit - 64);
		ones(&bench, 8);
		send(&bench, first, 64);
		send(&bench, second, 64);
		send(&bench, 0x1a0, 12);
		assert_int_equal(bench.wire.mode, VSWJ_DORMANT);
	}
}

static void alert__four_low_cycles_must_follow(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR_V2);
	to_dormant(&bench);
	ones(&bench, 8);
	send(&bench, 0x86852d956209f392, 64);
	send(&bench, 0x19bc0ea2e3ddafe9, 64);
	send(&bench, 0x1a4, 12);
	assert_int_equal(bench.wire.mode, VSWJ_DORMANT);
	alert(&bench);
	send(&bench, 0x1a, 8);
	assert_int_equal(bench.wire.mode, VSWJ_SWD);
}

static void alert__for_a_protocol_that_is_not_there(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR_V2);
	bench.target.jtag_idcode = 0;
	bench.target.starts_dormant = true;
	vswj_init(&bench.wire, &bench.dp);
	assert_int_equal(bench.wire.mode, VSWJ_DORMANT);
	alert(&bench);
	send(&bench, 0x0a, 8);
	assert_int_equal(bench.wire.mode, VSWJ_DORMANT);
	alert(&bench);
	send(&bench, 0x1a, 8);
	line_reset(&bench);
	assert_int_equal(swd_dpidr(&bench), FAKE_DPIDR_V2);
}

/* As any other power-on: the protocol is the first again. */
static void dormant__ends_with_the_power(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR_V2);
	to_dormant(&bench);
	bench.fake.no_power = true;
	alert(&bench);
	send(&bench, 0x1a, 8);
	assert_int_equal(bench.wire.mode, VSWJ_DORMANT);
	bench.fake.no_power = false;
	alert(&bench);
	assert_int_equal(bench.wire.mode, VSWJ_JTAG);
	assert_int_equal(jtag_idcode(&bench), DP_IDCODE);
}

/* --- multidrop ------------------------------------------------------------------------------- */

/* Two targets on the same two wires: whoever drives low wins against the pull-up. */
static bool clock_both(struct bench pair[2], bool driven, bool level)
{
	const struct vswj_pins pins = { .driven = driven, .tms = level, .tdi = true };
	bool line = vswj_swdio(&pair[0].wire, pins) && vswj_swdio(&pair[1].wire, pins);

	for (unsigned i = 0; i < 2; i++) {
		vswj_fall(&pair[i].wire);
		vswj_rise(&pair[i].wire, driven ? pins : (struct vswj_pins){ .tdi = true });
	}
	return line;
}

static void send_both(struct bench pair[2], uint64_t bits, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		clock_both(pair, true, bits >> i & 1);
}

static uint64_t receive_both(struct bench pair[2], unsigned count)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < count; i++)
		bits |= (uint64_t)clock_both(pair, false, false) << i;
	return bits;
}

static void reset_both(struct bench pair[2])
{
	send_both(pair, UINT64_MAX, 50);
	send_both(pair, 0, 2);
}

/* Write of TARGETSEL, 0x99: not acknowledged, by nobody. */
static void targetsel(struct bench pair[2], uint32_t value)
{
	reset_both(pair);
	send_both(pair, 0x99, 8);
	assert_int_equal(receive_both(pair, 5), 0x1f);
	send_both(pair, value | (uint64_t)__builtin_parity(value) << 32, 33);
}

static uint32_t dpidr_of_selected(struct bench pair[2])
{
	send_both(pair, 0xa5, 8);
	receive_both(pair, 1);
	if (receive_both(pair, 3) != VDP_ACK_OK) {
		receive_both(pair, 34);
		return 0;
	}
	return (uint32_t)receive_both(pair, 34);
}

/* SELECT.DPBANKSEL := 3 (0xb1), then register 4 (0x8d): DLPIDR. */
static uint32_t dlpidr_of_selected(struct bench pair[2])
{
	send_both(pair, 0xb1, 8);
	receive_both(pair, 5);
	send_both(pair, 3, 33);
	send_both(pair, 0x8d, 8);
	receive_both(pair, 1);
	assert_int_equal(receive_both(pair, 3), VDP_ACK_OK);
	return (uint32_t)receive_both(pair, 34);
}

static void multidrop__instances_are_told_apart(void **state)
{
	struct bench pair[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		setup(&pair[i], i ? 0x4c013477 : 0x3c013477 /* DPv3: as DPv2 here */);
		pair[i].target.target_id = 0x01002927;
		pair[i].target.instance = (uint8_t)i;
		pair[i].target.jtag_idcode = 0;
		vswj_init(&pair[i].wire, &pair[i].dp);
	}
	targetsel(pair, 0x01002927);
	assert_int_equal(dpidr_of_selected(pair), 0x3c013477);
	assert_int_equal(dlpidr_of_selected(pair), 0x00000001);
	targetsel(pair, 0x11002927);
	assert_int_equal(dpidr_of_selected(pair), 0x4c013477);
	assert_int_equal(dlpidr_of_selected(pair), 0x10000001);
	targetsel(pair, 0x21002927); /* nobody */
	assert_int_equal(dpidr_of_selected(pair), 0);
	targetsel(pair, 0x01002926); /* bit 0 is 1 */
	assert_int_equal(dpidr_of_selected(pair), 0);
	targetsel(pair, 0x01002927);
	assert_int_equal(dpidr_of_selected(pair), 0x3c013477);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(swj__starts_in_jtag_and_switches_both_ways),
		cmocka_unit_test(swj__registers_survive_the_switch),
		cmocka_unit_test(swd_only__needs_no_selection),
		cmocka_unit_test(jtag_only__never_leaves),
		cmocka_unit_test(dormant__from_jtag),
		cmocka_unit_test(dormant__four_ones_are_no_jtag_reset),
		cmocka_unit_test(dormant__dpv1_has_none),
		cmocka_unit_test(dormant__to_swd_and_back_and_to_jtag),
		cmocka_unit_test(alert__after_a_broken_one),
		cmocka_unit_test(alert__with_one_bit_wrong),
		cmocka_unit_test(alert__four_low_cycles_must_follow),
		cmocka_unit_test(alert__for_a_protocol_that_is_not_there),
		cmocka_unit_test(dormant__ends_with_the_power),
		cmocka_unit_test(multidrop__instances_are_told_apart),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(short_codes, short_rows),
		TEST_TABLE(codes, code_rows),
	};

	return test_run_tables("vboard/swj", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
