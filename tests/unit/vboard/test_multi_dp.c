/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several DPs of one target on the same wires: SWD multidrop (IHI 0031, ADIv5.2: B4.3.4) as in an
 * RP2040 (its datasheet, 2.3.4: instances 0 and 1 of the cores, 15 of the rescue DP), and two
 * JTAG-DPs in one chain.
 */
#include "support/test.h"

#include "base/bytes.h"
#include "support/dp_boards.h"
#include "support/fake_vtarget.h"
#include "vboard/adi/dp_regs.h"
#include "vboard/probe/port.h"
#include "vboard/vboard.h"

enum { DP_COUNT = 3, RESCUE = 15 };
#define DPIDR     0x0bc12477u
#define TARGET_ID 0x01002927u
#define POWER     (DP_CTRL_STAT_CSYSPWRUPREQ | DP_CTRL_STAT_CDBGPWRUPREQ)

/* Requests as DAP_Transfer has them: APnDP, RnW, A[3:2]. */
enum {
	WRITE_ABORT = 0x0,
	READ_DPIDR = 0x2,
	WRITE_CTRL_STAT = 0x4,
	READ_CTRL_STAT = 0x6,
	WRITE_SELECT = 0x8,
	READ_RDBUFF = 0xe,
	WRITE_CSW = 0x1,
	WRITE_TAR = 0x5,
	READ_TAR = 0x7,
	READ_DRW = 0xf
};

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dps[DP_COUNT];
	struct vswj wire;
	struct vport port;
	unsigned rescue_changes;
	bool rescued;
};

static void rescue(void *data, bool debug, bool system)
{
	struct bench *bench = data;

	(void)system;
	bench->rescue_changes++;
	bench->rescued = debug;
}

static void start(struct bench *bench)
{
	const unsigned count = (unsigned)bench->target.dp_count;

	vclock_init(&bench->clock);
	for (unsigned i = 0; i < count; i++)
		vdp_init_nth(&bench->dps[i], &bench->target, i, &bench->clock, &bench->faults);
	vswj_init_all(&bench->wire, bench->dps, count);
	vport_init(&bench->port, &bench->wire, &bench->clock);
}

static void setup(struct bench *bench, bool by_cycles)
{
	struct vdp_config *dps = bench->target.dps;

	memset(bench, 0, sizeof(*bench));
	fake_target_init(&bench->fake, &bench->target);
	bench->target.dp_count = DP_COUNT;
	bench->target.dpidr = DPIDR;
	bench->target.target_id = TARGET_ID;
	bench->target.jtag_idcode = 0;
	dps[1] = dps[0];
	dps[1].instance = 1;
	dps[2] = dps[0];
	dps[2].instance = RESCUE;
	dps[2].ap_count = 0;
	dps[2].power_changed = rescue;
	dps[2].power_data = bench;
	start(bench);
	bench->port.by_cycles = by_cycles;
	vport_connect(&bench->port, VPORT_SWD);
	for (unsigned i = 0; i < 16; i++)
		bench->fake.ram[i] = (uint8_t)i;
}

static void line_reset(struct bench *bench)
{
	static const uint8_t ones[] = { 255, 255, 255, 255, 255, 255, 255 }, zeros[] = { 0 };

	vport_write_bits(&bench->port, ones, 56);
	vport_write_bits(&bench->port, zeros, 4);
}

/* Nobody acknowledges TARGETSEL. */
static void target_select(struct bench *bench, uint32_t value)
{
	const uint8_t request = 0x99;
	uint8_t data[5] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
		(uint8_t)(value >> 24), (uint8_t)__builtin_parity(value) };
	uint8_t ack;

	line_reset(bench);
	vport_write_bits(&bench->port, &request, 8);
	vport_read_bits(&bench->port, &ack, 5);
	assert_int_equal(ack, 0x1f);
	vport_write_bits(&bench->port, data, 33);
}

static uint8_t transfer(struct bench *bench, uint8_t request, uint32_t *data)
{
	return vport_transfer(&bench->port, request, data);
}

static uint32_t read_ok(struct bench *bench, uint8_t request)
{
	uint32_t value = 0;

	assert_int_equal(transfer(bench, request, &value), VPORT_ACK_OK);
	return value;
}

static void write_ok(struct bench *bench, uint8_t request, uint32_t value)
{
	assert_int_equal(transfer(bench, request, &value), VPORT_ACK_OK);
}

static void select_instance(struct bench *bench, unsigned instance)
{
	target_select(bench, (TARGET_ID & DP_TARGETSEL_ID) | instance << 28);
	assert_int_equal(read_ok(bench, READ_DPIDR), DPIDR);
}

static void power_up(struct bench *bench)
{
	write_ok(bench, WRITE_ABORT, 0x1e);
	write_ok(bench, WRITE_SELECT, 0);
	write_ok(bench, WRITE_CTRL_STAT, POWER);
	vclock_pass(&bench->clock, VDP_POWER_UP_NS);
}

/* --- SWD ------------------------------------------------------------------------------------- */

static void multidrop__targetsel_selects_one(bool by_cycles)
{
	struct bench bench;

	setup(&bench, by_cycles);
	for (unsigned i = 0; i < DP_COUNT; i++) {
		const unsigned instance = i == 2 ? RESCUE : i;

		select_instance(&bench, instance);
		write_ok(&bench, WRITE_SELECT, DP_BANK_DLPIDR);
		assert_int_equal(read_ok(&bench, READ_CTRL_STAT), 1 | instance << 28);
		write_ok(&bench, WRITE_SELECT, DP_BANK_TARGETID);
		assert_int_equal(read_ok(&bench, READ_CTRL_STAT), TARGET_ID);
	}
}

static void multidrop__registers_are_each_dps_own(bool by_cycles)
{
	struct bench bench;

	setup(&bench, by_cycles);
	select_instance(&bench, 0);
	power_up(&bench);
	write_ok(&bench, WRITE_CSW, 0x23000012);
	write_ok(&bench, WRITE_TAR, FAKE_RAM);
	select_instance(&bench, 1);
	assert_int_equal(read_ok(&bench, READ_CTRL_STAT), 0);
	power_up(&bench);
	write_ok(&bench, WRITE_CSW, 0x23000012);
	write_ok(&bench, WRITE_TAR, FAKE_RAM + 8);
	read_ok(&bench, READ_DRW);
	assert_int_equal(read_ok(&bench, READ_RDBUFF), 0x0b0a0908);
	select_instance(&bench, 0);
	read_ok(&bench, READ_DRW);
	assert_int_equal(read_ok(&bench, READ_RDBUFF), 0x03020100);
}

static void multidrop__nobody_answers_to_another_target(bool by_cycles)
{
	static const uint32_t others[] = { 0x21002927, 0x01002928, 0x11002926 };
	struct bench bench;
	uint32_t value = 0;

	setup(&bench, by_cycles);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		target_select(&bench, others[i]);
		assert_int_equal(transfer(&bench, READ_DPIDR, &value), VPORT_ACK_NONE);
	}
	select_instance(&bench, 1);
}

/* All are selected after a line reset (B4.3.4), and drive the line against each other. */
static void multidrop__without_targetsel_all_answer(bool by_cycles)
{
	struct bench bench;
	uint32_t value = 0;

	setup(&bench, by_cycles);
	line_reset(&bench);
	assert_int_equal(read_ok(&bench, READ_DPIDR), DPIDR);
	write_ok(&bench, WRITE_SELECT, DP_BANK_DLPIDR);
	/* Zeros win: data 1, with the parity of instance 1. */
	assert_int_equal(transfer(&bench, READ_CTRL_STAT, &value), VPORT_PROTOCOL_ERROR);
	for (unsigned i = 0; i < DP_COUNT; i++)
		assert_int_equal(bench.dps[i].regs.select, DP_BANK_DLPIDR);
}

static void multidrop__rescue_dp_has_power_of_its_own(bool by_cycles)
{
	struct bench bench;

	setup(&bench, by_cycles);
	select_instance(&bench, RESCUE);
	write_ok(&bench, WRITE_CTRL_STAT, DP_CTRL_STAT_CDBGPWRUPREQ);
	assert_true(bench.rescued);
	write_ok(&bench, WRITE_CTRL_STAT, 0);
	assert_false(bench.rescued);
	assert_int_equal(bench.rescue_changes, 2);
	assert_int_equal(bench.fake.power_changes, 0);
}

static void multidrop__power_loss_is_noticed_by_all(bool by_cycles)
{
	struct bench bench;
	uint32_t value = 0;

	setup(&bench, by_cycles);
	select_instance(&bench, 1);
	power_up(&bench);
	bench.fake.no_power = true;
	assert_int_equal(transfer(&bench, READ_DPIDR, &value), VPORT_ACK_NONE);
	bench.fake.no_power = false;
	/* It is noticed with the first request. */
	target_select(&bench, TARGET_ID & DP_TARGETSEL_ID);
	assert_int_equal(transfer(&bench, READ_DPIDR, &value), VPORT_ACK_NONE);
	select_instance(&bench, 1);
	assert_int_equal(read_ok(&bench, READ_CTRL_STAT), 0);
	select_instance(&bench, 0);
	assert_int_equal(read_ok(&bench, READ_CTRL_STAT), 0);
}

struct both_row {
	const char *what;
	void (*run)(bool by_cycles);
};

static const struct both_row both_rows[] = {
	{ "multidrop__targetsel selects one", multidrop__targetsel_selects_one },
	{ "multidrop__registers are each DP's own", multidrop__registers_are_each_dps_own },
	{ "multidrop__nobody answers to another target",
		multidrop__nobody_answers_to_another_target },
	{ "multidrop__without TARGETSEL all answer", multidrop__without_targetsel_all_answer },
	{ "multidrop__rescue DP has power of its own", multidrop__rescue_dp_has_power_of_its_own },
	{ "multidrop__power loss is noticed by all", multidrop__power_loss_is_noticed_by_all },
};

static void both_ways(void **state)
{
	const struct both_row *row = *state;

	row->run(true);
	row->run(false);
}

/* Whole transactions leave everything as their cycles do. */
static void multidrop__at_once_is_as_cycle_by_cycle(void **state)
{
	struct bench pair[2];
	struct vswj wires[2];
	uint32_t random = 1;

	(void)state;
	setup(&pair[0], true);
	setup(&pair[1], false);
	for (unsigned n = 0; n < 2000; n++) {
		uint32_t value[2];
		uint8_t ack[2];

		random = random * 1664525 + 1013904223;
		for (unsigned i = 0; i < 2; i++) {
			if (random >> 24 < 20)
				select_instance(&pair[i], random >> 20 & 1);
			if (random >> 24 == 20) {
				select_instance(&pair[i], 0);
				power_up(&pair[i]);
			}
			value[i] = random >> 16 & 1 ? random : 0xfffffff0;
			ack[i] = transfer(&pair[i], random >> 8 & 0xf, &value[i]);
		}
		assert_int_equal(ack[0], ack[1]);
		assert_int_equal(value[0], value[1]);
		assert_int_equal(pair[0].clock.cycles, pair[1].clock.cycles);
		for (unsigned i = 0; i < 2; i++)
			vswj_save(&pair[i].wire, &wires[i]);
		for (unsigned i = 0; i < DP_COUNT; i++) {
			assert_int_equal(wires[0].swd[i].state, wires[1].swd[i].state);
			assert_int_equal(
				pair[0].dps[i].regs.ctrl_stat, pair[1].dps[i].regs.ctrl_stat);
		}
	}
}

static void multidrop__starts_dormant(void **state)
{
	/* IHI 0031, B5.3: 8 ones, the alert, 4 zeros, the activation code of SWD. */
	static const uint8_t alert[] = { 0xff, 0x92, 0xf3, 0x09, 0x62, 0x95, 0x2d, 0x85, 0x86, 0xe9,
		0xaf, 0xdd, 0xe3, 0xa2, 0x0e, 0xbc, 0x19, 0xa0, 0x01 };
	struct bench bench;
	uint32_t value = 0;

	(void)state;
	setup(&bench, false);
	bench.target.starts_dormant = true;
	start(&bench);
	vport_connect(&bench.port, VPORT_SWD);
	target_select(&bench, TARGET_ID & DP_TARGETSEL_ID);
	assert_int_equal(transfer(&bench, READ_DPIDR, &value), VPORT_ACK_NONE);
	vport_write_bits(&bench.port, alert, 8 * sizeof(alert));
	select_instance(&bench, 1);
	select_instance(&bench, RESCUE);
}

/* --- JTAG ------------------------------------------------------------------------------------ */

enum { IDCODE_0 = 0x4ba00477, IDCODE_1 = 0x5ba00477, IDCODE_OTHER = 0x06413041 };

/* From TDI to TDO: a TAP of 5 bits, DP 0 (4 bits), DP 1 (8 bits); devices 2, 1, 0 of the probe. */
static void setup_chain(struct bench *bench)
{
	setup(bench, false);
	bench->target.dp_count = 2;
	bench->target.dps[0].jtag_idcode = IDCODE_0;
	bench->target.dps[1].jtag_idcode = IDCODE_1;
	bench->target.dps[1].jtag_ir_length = 8;
	bench->target.tap_count = 1;
	bench->target.taps_before = 1;
	bench->target.taps[0] = (struct vtap_config){
		.idcode = IDCODE_OTHER, .ir_length = 5, .ir_capture = 1, .ir_idcode = 1
	};
	start(bench);
	vport_connect(&bench->port, VPORT_JTAG);
	bench->port.device_count = 3;
	bench->port.ir_lengths[0] = 8;
	bench->port.ir_lengths[1] = 4;
	bench->port.ir_lengths[2] = 5;
	for (unsigned i = 0; i < 6; i++)
		vport_jtag_cycle(&bench->port, i < 5, true);
}

static void chain__has_all_id_codes(void **state)
{
	struct bench bench;

	(void)state;
	setup_chain(&bench);
	assert_int_equal(bench.wire.jtag.tap_count, 3);
	for (uint8_t i = 0; i < 2; i++) {
		vport_jtag_select(&bench.port, i);
		vport_jtag_write_ir(&bench.port, 0xfe);
		assert_int_equal(vport_jtag_read_idcode(&bench.port), i ? IDCODE_0 : IDCODE_1);
	}
}

static void chain__dps_are_apart(void **state)
{
	struct bench bench;

	(void)state;
	setup_chain(&bench);
	for (uint8_t i = 0; i < 2; i++) {
		vport_jtag_select(&bench.port, i);
		write_ok(&bench, WRITE_CTRL_STAT, POWER);
		vclock_pass(&bench.clock, VDP_POWER_UP_NS);
		write_ok(&bench, WRITE_SELECT, 0);
		write_ok(&bench, WRITE_CSW, 0x23000012);
		write_ok(&bench, WRITE_TAR, FAKE_RAM + 4u * i);
	}
	for (uint8_t i = 0; i < 2; i++) {
		vport_jtag_select(&bench.port, i);
		read_ok(&bench, READ_DRW);
		assert_int_equal(read_ok(&bench, READ_RDBUFF), i ? 0x07060504 : 0x03020100);
	}
}

/* --- the boards of support/dp_boards.h ------------------------------------------------------- */

/* A DAP command; @return the answer's byte behind the command's. */
static uint8_t command(struct vboard *board, const uint8_t *bytes, size_t size, uint8_t *answer)
{
	uint8_t response[512] = { 0 };
	size_t response_size;
	uint64_t ns;

	assert_ok(vboard_exchange(
		board, vboard_now_ns(board), bytes, size, response, &response_size, &ns));
	assert_true(response_size >= 2);
	assert_int_equal(response[0], bytes[0]);
	if (answer)
		memcpy(answer, response, 16);
	return response[1];
}

struct board_row {
	const char *what;
	const char *name;
	bool swd;
	uint32_t id; /* DPIDR, or the ID code nearest to TDO */
};

static const struct board_row board_rows[] = {
	{ "board__adiv6 by SWD", "adiv6", true, 0x4c013477 },
	{ "board__adiv6 by JTAG", "adiv6", false, 0x4ba06477 },
	{ "board__adiv6-52 by SWD", "adiv6-52", true, 0x4c013477 },
	{ "board__nested by SWD", "nested", true, 0x4c013477 },
	{ "board__pair by SWD: the first DP's version", "pair", true, 0x0bb11477 },
	{ "board__pair by JTAG", "pair", false, 0x5ba00477 },
	{ "board__multidrop", "multidrop", true, DPIDR },
};

/* All that a SWJ-DP may want before a line reset: alert, activation, JTAG to SWD. */
static void connect_swd(struct vboard *board)
{
	static const uint8_t steps[][24] = {
		{ 0x02, 1 },
		{ 0x12, 152, 0xff, 0x92, 0xf3, 0x09, 0x62, 0x95, 0x2d, 0x85, 0x86, 0xe9, 0xaf, 0xdd,
			0xe3, 0xa2, 0x0e, 0xbc, 0x19, 0xa0, 0x01 },
		{ 0x12, 56, 255, 255, 255, 255, 255, 255, 255 },
		{ 0x12, 16, 0x9e, 0xe7 },
		{ 0x12, 64, 255, 255, 255, 255, 255, 255, 255, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		command(board, steps[i], sizeof(steps[i]), NULL);
}

static void board_is_made(void **state)
{
	static const uint8_t read_dpidr[] = { 0x05, 0, 1, READ_DPIDR };
	static const uint8_t jtag[][12] = {
		{ 0x02, 2 }, { 0x14, 1, 0x48, 0xff }, /* Test-Logic-Reset */
		{ 0x14, 1, 0x01, 0 },                 /* Run-Test/Idle */
		{ 0x14, 2, 0x41, 1, 0x02, 0 },        /* Shift-DR: ID codes */
	};
	static const uint8_t shift[] = { 0x14, 1, 0xa0, 0, 0, 0, 0 };
	const struct board_row *row = *state;
	struct vboard *board;
	uint8_t answer[16];

	assert_ok(vboard_create_from(NULL, dp_board_types, row->name, &board));
	if (row->swd) {
		connect_swd(board);
		assert_int_equal(command(board, read_dpidr, sizeof(read_dpidr), answer), 1);
		assert_int_equal(get_le32(answer + 3), row->id);
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(jtag); i++)
			command(board, jtag[i], sizeof(jtag[i]), NULL);
		assert_int_equal(command(board, shift, sizeof(shift), answer), 0);
		assert_int_equal(get_le32(answer + 2), row->id);
	}
	vboard_destroy(board);
}

/* --- saved state ----------------------------------------------------------------------------- */

static void state__of_the_wire_in_the_middle_of_a_request(void **state)
{
	const uint8_t request[] = { 0xa5 };
	struct bench bench, other;
	struct vdp_state dps[DP_COUNT];
	struct vswj saved;
	uint64_t bits = 0;

	(void)state;
	setup(&bench, true);
	select_instance(&bench, 1);
	vport_write_bits(&bench.port, request, 5);
	vswj_save(&bench.wire, &saved);
	for (unsigned i = 0; i < DP_COUNT; i++)
		vdp_save(&bench.dps[i], &dps[i]);
	setup(&other, true);
	assert_true(vswj_restore(&other.wire, &saved));
	for (unsigned i = 0; i < DP_COUNT; i++)
		assert_true(vdp_restore(&other.dps[i], &dps[i]));
	for (unsigned i = 5; i < 8; i++)
		vswj_clock(&other.wire, true, request[0] >> i & 1);
	for (unsigned i = 0; i < 37; i++)
		bits |= (uint64_t)vswj_clock(&other.wire, false, false) << i;
	assert_int_equal(bits >> 1 & 7, VDP_ACK_OK);
	assert_int_equal((uint32_t)(bits >> 4), DPIDR);
}

static void state__that_makes_no_sense_is_refused(void **state)
{
	struct bench bench;
	struct vswj saved, bad;

	(void)state;
	setup(&bench, true);
	vswj_save(&bench.wire, &saved);
	bad = saved;
	bad.swd[0].state = VSWD_LOCKED; /* as a wrong request leaves it */
	bad.swd[0].bit_count = VSWD_REQUEST_BITS;
	assert_true(vswj_restore(&bench.wire, &bad));
	bad = saved;
	bad.dp_count = 4;
	assert_false(vswj_restore(&bench.wire, &bad));
	bad = saved;
	bad.jtag.state = 16;
	assert_false(vswj_restore(&bench.wire, &bad));
	bad = saved;
	bad.jtag.taps[0].length = 65;
	assert_false(vswj_restore(&bench.wire, &bad));
	bad = saved;
	bad.swd[1].state = VSWD_PHASES;
	bad.swd[1].phase = VSWD_MAX_PHASES;
	assert_false(vswj_restore(&bench.wire, &bad));
	bad = saved;
	bad.swd[1].state = VSWD_REQUEST;
	bad.swd[1].bit_count = 8;
	assert_false(vswj_restore(&bench.wire, &bad));
	bad = saved;
	bad.collected = 31;
	assert_false(vswj_restore(&bench.wire, &bad));
	bad = saved;
	memset(&bad.low, 2, 1);
	assert_false(vswj_restore(&bench.wire, &bad));
	assert_true(vswj_restore(&bench.wire, &saved));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(multidrop__at_once_is_as_cycle_by_cycle),
		cmocka_unit_test(multidrop__starts_dormant),
		cmocka_unit_test(chain__has_all_id_codes),
		cmocka_unit_test(chain__dps_are_apart),
		cmocka_unit_test(state__of_the_wire_in_the_middle_of_a_request),
		cmocka_unit_test(state__that_makes_no_sense_is_refused),
	};

	static const struct test_table tables[] = {
		TEST_TABLE(both_ways, both_rows),
		TEST_TABLE(board_is_made, board_rows),
	};

	return test_run_tables(
		"vboard/multi_dp", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
