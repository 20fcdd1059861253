/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DPv3 (IHI 0074, ADIv6.0), and what the other versions have beside test_dp.c: power, aborted
 * transfers, events, saved state. As SWD and as JTAG have it, below the wire.
 */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/adi/dp.h"
#include "vboard/adi/dp_regs.h"
#include "vboard/adi/jtag_ap_regs.h"

enum { OK = VDP_ACK_OK, WAIT = VDP_ACK_WAIT, FAULT = VDP_ACK_FAULT };
#define DPIDR_V3  0x4c013477u
#define DPIDR1_64 (0x40u | DP_DPIDR1_ERRMODE)
#define ROM       UINT64_C(0x1234500000000)
#define POWER     (DP_CTRL_STAT_CSYSPWRUPREQ | DP_CTRL_STAT_CDBGPWRUPREQ)
#define POWER_ACK (DP_CTRL_STAT_CSYSPWRUPACK | DP_CTRL_STAT_CDBGPWRUPACK)

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	bool event, in_reset;
	unsigned resets;
};

static int request(struct bench *bench, bool ap, bool read, uint8_t reg, uint32_t *data)
{
	const struct vdp_request what = { .ap = ap, .read = read, .reg = reg };
	enum vdp_ack ack;

	vclock_pass(&bench->clock, 1000);
	fake_advance(&bench->fake, bench->clock.now_ns);
	ack = vdp_begin(&bench->dp, what, data);
	if (ack == VDP_ACK_OK && !read)
		vdp_write(&bench->dp, what, *data, true);
	return ack;
}

static int write_dp(struct bench *bench, uint8_t reg, uint32_t value)
{
	return request(bench, false, false, reg, &value);
}

static uint32_t read_dp(struct bench *bench, uint8_t reg)
{
	uint32_t value = 0xdeadbeef;

	assert_int_equal(request(bench, false, true, reg, &value), OK);
	return value;
}

static uint32_t read_bank(struct bench *bench, uint8_t reg, unsigned bank)
{
	assert_int_equal(write_dp(bench, DP_SELECT, bank), OK);
	return read_dp(bench, reg);
}

/* An access at an address of the DP's bus. */
static int at(struct bench *bench, bool read, uint64_t address, uint32_t *value)
{
	int ack;

	assert_int_equal(write_dp(bench, DP_SELECT, DP_BANK_SELECT1), OK);
	assert_int_equal(write_dp(bench, DP_CTRL_STAT, (uint32_t)(address >> 32)), OK);
	assert_int_equal(write_dp(bench, DP_SELECT, (uint32_t)address & DP_SELECT_ADDR), OK);
	ack = request(bench, true, read, address & 0xc, value);
	if (ack == OK && read)
		ack = request(bench, false, true, DP_RDBUFF, value);
	return ack;
}

static uint32_t read_at(struct bench *bench, uint64_t address)
{
	uint32_t value = 0xdeadbeef;

	assert_int_equal(at(bench, true, address, &value), OK);
	return value;
}

static void write_at(struct bench *bench, uint64_t address, uint32_t value)
{
	assert_int_equal(at(bench, false, address, &value), OK);
}

static uint32_t ctrl_stat(struct bench *bench)
{
	return read_bank(bench, DP_CTRL_STAT, DP_BANK_CTRL_STAT);
}

static void start(struct bench *bench)
{
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
}

static void power_up(struct bench *bench)
{
	assert_int_equal(write_dp(bench, DP_SELECT, 0), OK);
	assert_int_equal(write_dp(bench, DP_CTRL_STAT, POWER), OK);
	vclock_pass(&bench->clock, VDP_POWER_UP_NS);
	assert_int_equal(ctrl_stat(bench) & POWER_ACK, POWER_ACK);
}

/* ROM table, an AHB5-AP 0x2000 and a JTAG-AP 0x4000 behind it. */
static void setup(struct bench *bench, uint32_t dpidr1, uint64_t rom)
{
	struct vbus bus;

	*bench = (struct bench){ 0 };
	fake_target_init(&bench->fake, &bench->target);
	bus = bench->target.aps[0].bus;
	bench->target.dpidr = DPIDR_V3;
	bench->target.dpidr1 = dpidr1;
	bench->target.has_rom = true;
	bench->target.rom_address = rom;
	bench->target.rom_pidr = UINT64_C(0x4001bb7d7);
	bench->target.aps[0] = (struct vap_config){ .kind = VAP_AHB5,
		.address = rom + 0x2000,
		.idr = 0x34770008,
		.csw_reset = 0x42,
		.bus = bus };
	bench->target.aps[1] =
		(struct vap_config){ .kind = VAP_JTAG, .address = rom + 0x4000, .idr = 0x14760010 };
	bench->target.aps[2] =
		(struct vap_config){ .kind = VAP_APB4, .address = 0x1000, .parent = 1 };
	bench->target.ap_count = 3;
	start(bench);
	bench->fake.ram[0] = 0x11;
}

/* --- registers ------------------------------------------------------------------------------- */

struct bank_row {
	const char *what;
	uint32_t dpidr;
	uint8_t reg, bank;
	uint32_t value;
};

static const struct bank_row bank_rows[] = {
	{ "bank__DPIDR", DPIDR_V3, DP_DPIDR, 0, DPIDR_V3 },
	{ "bank__DPIDR1", DPIDR_V3, DP_DPIDR, 1, DPIDR1_64 },
	{ "bank__BASEPTR0", DPIDR_V3, DP_DPIDR, 2, 1 },
	{ "bank__BASEPTR1", DPIDR_V3, DP_DPIDR, 3, 0x12345 },
	{ "bank__reserved", DPIDR_V3, DP_DPIDR, 4, 0 },
	{ "bank__TARGETID", DPIDR_V3, DP_CTRL_STAT, 2, FAKE_TARGET_ID },
	{ "bank__DLPIDR", DPIDR_V3, DP_CTRL_STAT, 3, 0x30000001 },
	{ "bank__DPv2: DPIDR is in each", FAKE_DPIDR_V2, DP_DPIDR, 1, FAKE_DPIDR_V2 },
	{ "bank__DPv1: no TARGETID", FAKE_DPIDR, DP_CTRL_STAT, 2, 0 },
	{ "bank__SELECT1 reads as 0", DPIDR_V3, DP_CTRL_STAT, 5, 0 },
};

static void bank(void **state)
{
	const struct bank_row *row = *state;
	struct bench bench;

	setup(&bench, DPIDR1_64, ROM);
	bench.target.dpidr = row->dpidr;
	bench.target.instance = 3;
	start(&bench);
	assert_int_equal(read_bank(&bench, row->reg, row->bank), row->value);
}

static void select__line_reset_selects_bank_0_of_dpv3(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	write_dp(&bench, DP_SELECT, DP_BANK_DPIDR1);
	vdp_line_reset(&bench.dp);
	assert_int_equal(read_dp(&bench, DP_DPIDR), DPIDR_V3);
	bench.target.dpidr = FAKE_DPIDR_V2;
	start(&bench);
	write_dp(&bench, DP_SELECT, DP_BANK_TARGETID);
	vdp_line_reset(&bench.dp);
	assert_int_equal(read_dp(&bench, DP_CTRL_STAT), FAKE_TARGET_ID);
}

static bool has_event(void *data)
{
	return ((const struct bench *)data)->event;
}

static void eventstat__is_low_with_an_event(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	assert_int_equal(read_bank(&bench, DP_CTRL_STAT, DP_BANK_EVENTSTAT), 0);
	bench.target.data = &bench; /* fake is its first member */
	bench.target.has_event = has_event;
	assert_int_equal(read_bank(&bench, DP_CTRL_STAT, DP_BANK_EVENTSTAT), DP_EVENTSTAT_EA);
	bench.event = true;
	assert_int_equal(read_bank(&bench, DP_CTRL_STAT, DP_BANK_EVENTSTAT), 0);
}

static void debug_reset(void *data, bool asserted)
{
	struct bench *bench = data;

	bench->in_reset = asserted;
	bench->resets++;
}

static void ctrl_stat__debug_reset_is_acknowledged_where_it_is(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	write_dp(&bench, DP_CTRL_STAT, DP_CTRL_STAT_CDBGRSTREQ);
	assert_int_equal(ctrl_stat(&bench), DP_CTRL_STAT_CDBGRSTREQ);
	write_dp(&bench, DP_CTRL_STAT, 0);
	bench.target.data = &bench;
	bench.target.debug_reset = debug_reset;
	write_dp(&bench, DP_CTRL_STAT, DP_CTRL_STAT_CDBGRSTREQ);
	write_dp(&bench, DP_CTRL_STAT, DP_CTRL_STAT_CDBGRSTREQ);
	assert_true(bench.in_reset);
	assert_int_equal(ctrl_stat(&bench), DP_CTRL_STAT_CDBGRSTREQ | DP_CTRL_STAT_CDBGRSTACK);
	write_dp(&bench, DP_CTRL_STAT, 0);
	assert_false(bench.in_reset);
	assert_int_equal(ctrl_stat(&bench), 0);
	assert_int_equal(bench.resets, 2);
}

/* --- the DP's bus ---------------------------------------------------------------------------- */

static void rom__lists_the_aps_on_the_bus(void **state)
{
	static const struct {
		uint16_t offset;
		uint32_t value;
	} wide[] = {
		{ 0x000, 0x2003 },
		{ 0x004, 0 },
		{ 0x008, 0x4003 },
		{ 0x010, 0 },
		{ 0xfbc, 0x47700af7 },
		{ 0xfc8, 1 },
		{ 0xfe0, 0xd7 },
		{ 0xff4, 0x90 },
	}, narrow[] = {
		{ 0x000, 0x2003 },
		{ 0x004, 0x4003 },
		{ 0x008, 0 },
		{ 0xfc8, 0 },
	};
	struct bench bench;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	power_up(&bench);
	for (size_t i = 0; i < ARRAY_SIZE(wide); i++)
		assert_int_equal(read_at(&bench, ROM + wide[i].offset), wide[i].value);
	setup(&bench, 0, 0);
	power_up(&bench);
	for (size_t i = 0; i < ARRAY_SIZE(narrow); i++)
		assert_int_equal(read_at(&bench, narrow[i].offset), narrow[i].value);
}

static void aps__are_at_their_addresses(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	power_up(&bench);
	assert_int_equal(read_at(&bench, ROM + 0x2dfc), 0x34770008);
	assert_int_equal(read_at(&bench, ROM + 0x4dfc), 0x14760010);
	write_at(&bench, ROM + 0x2d04, FAKE_RAM);
	assert_int_equal(read_at(&bench, ROM + 0x2d0c), 0x11);
	assert_int_equal(ctrl_stat(&bench) & DP_CTRL_STAT_STICKYERR, 0);
}

static void address__has_asize_bits(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, 0x20, 0); /* 32 */
	power_up(&bench);
	assert_int_equal(read_at(&bench, UINT64_C(0x700002dfc)), 0x34770008);
	setup(&bench, 0x24, UINT64_C(0x700000000));
	power_up(&bench);
	assert_int_equal(read_at(&bench, UINT64_C(0x7700002dfc)), 0x34770008);
}

static void address__without_an_ap_is_an_error(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	power_up(&bench);
	assert_int_equal(at(&bench, true, ROM + 0x3000, &value), FAULT);
	assert_true(read_dp(&bench, DP_CTRL_STAT) & DP_CTRL_STAT_STICKYERR);
	write_dp(&bench, DP_ABORT, DP_ABORT_STKERRCLR);
	assert_int_equal(at(&bench, true, 0x1dfc, &value), FAULT); /* the nested one is not here */
	write_dp(&bench, DP_ABORT, DP_ABORT_STKERRCLR);
	assert_int_equal(read_at(&bench, ROM + 0x2dfc), 0x34770008);
}

static void errmode__errors_set_no_flag(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	power_up(&bench);
	write_dp(&bench, DP_CTRL_STAT, POWER | DP_CTRL_STAT_ERRMODE);
	assert_int_equal(at(&bench, true, ROM + 0x3000, &value), OK);
	assert_int_equal(ctrl_stat(&bench) & DP_CTRL_STAT_STICKYERR, 0);
	assert_true(ctrl_stat(&bench) & DP_CTRL_STAT_ERRMODE);
	setup(&bench, 0x20, ROM); /* without it */
	power_up(&bench);
	write_dp(&bench, DP_CTRL_STAT, POWER | DP_CTRL_STAT_ERRMODE);
	assert_int_equal(ctrl_stat(&bench) & DP_CTRL_STAT_ERRMODE, 0);
}

/* --- power ----------------------------------------------------------------------------------- */

static void rescue_power(void *data, bool debug, bool system)
{
	unsigned *seen = data;

	*seen = 1 | (unsigned)debug << 1 | (unsigned)system << 2;
}

static void power__comes_when_the_board_says(void **state)
{
	struct bench bench;
	unsigned seen = 0;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	bench.target.power_up_ns = 5000000;
	bench.target.power_changed = rescue_power;
	bench.target.power_data = &seen;
	start(&bench);
	write_dp(&bench, DP_CTRL_STAT, DP_CTRL_STAT_CDBGPWRUPREQ);
	assert_int_equal(seen, 3);
	assert_int_equal(bench.fake.power_changes, 0);
	vclock_pass(&bench.clock, 4900000);
	assert_int_equal(ctrl_stat(&bench), DP_CTRL_STAT_CDBGPWRUPREQ);
	vclock_pass(&bench.clock, 100000);
	assert_int_equal(ctrl_stat(&bench), DP_CTRL_STAT_CDBGPWRUPREQ | DP_CTRL_STAT_CDBGPWRUPACK);
}

static void power__memory_without_it_is_an_error(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	bench.target.needs_system_power = true;
	start(&bench);
	write_dp(&bench, DP_CTRL_STAT, DP_CTRL_STAT_CDBGPWRUPREQ);
	vclock_pass(&bench.clock, VDP_POWER_UP_NS);
	assert_int_equal(read_at(&bench, ROM + 0x2dfc), 0x34770008); /* the AP is there */
	write_at(&bench, ROM + 0x2d04, FAKE_RAM);
	assert_int_equal(at(&bench, true, ROM + 0x2d0c, &value), FAULT);
	assert_int_equal(bench.fake.accesses, 0);
	write_dp(&bench, DP_ABORT, DP_ABORT_STKERRCLR);
	power_up(&bench);
	assert_int_equal(read_at(&bench, ROM + 0x2d0c), 0x11);
}

/* --- aborted transfers ----------------------------------------------------------------------- */

static void abort__leaves_the_transfer_on_the_bus(void **state)
{
	struct bench bench;
	uint32_t value = 0;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	power_up(&bench);
	write_at(&bench, ROM + 0x2d04, FAKE_SLOW);
	assert_int_equal(at(&bench, true, ROM + 0x2d0c, &value), WAIT);
	write_dp(&bench, DP_ABORT, DP_ABORT_DAPABORT);
	assert_int_equal(read_at(&bench, ROM + 0x2d00) & BIT(7), BIT(7)); /* CSW.TrInProg */
	write_dp(&bench, DP_SELECT, (uint32_t)(ROM + 0x2d00));
	assert_int_equal(request(&bench, true, true, 0xc, &value), WAIT);
	vclock_pass(&bench.clock, FAKE_SLOW_NS);
	assert_int_equal(read_at(&bench, ROM + 0x2d00) & BIT(7), 0);
	write_at(&bench, ROM + 0x2d04, FAKE_RAM);
	assert_int_equal(read_at(&bench, ROM + 0x2d0c), 0x11);
}

static void abort__ends_the_wait_for_a_jtag_ap(void **state)
{
	struct bench bench;
	uint32_t value = 0;

	(void)state;
	setup(&bench, DPIDR1_64, ROM);
	power_up(&bench);
	assert_int_equal(at(&bench, true, ROM + 0x4d00 + JTAG_AP_BFIFO1, &value), WAIT);
	vclock_pass(&bench.clock, UINT64_C(1000000000));
	assert_int_equal(request(&bench, false, true, DP_RDBUFF, &value), WAIT);
	write_dp(&bench, DP_ABORT, DP_ABORT_DAPABORT);
	assert_int_equal(read_at(&bench, ROM + 0x4dfc), 0x14760010);
}

/* --- JTAG ------------------------------------------------------------------------------------ */

static int scan(struct bench *bench, struct vdp_request what, uint32_t data, uint32_t *result)
{
	int ack;

	vclock_pass(&bench->clock, 1000);
	fake_advance(&bench->fake, bench->clock.now_ns);
	ack = vdp_scan_begin(&bench->dp, what.ap, result);
	if (ack != WAIT)
		vdp_scan_end(&bench->dp, what, data);
	return ack;
}

static void scan__fault_is_seen_with_dpv3(void **state)
{
	static const struct vdp_request read_rdbuff = { .read = true, .reg = DP_RDBUFF },
					write_select = { .reg = DP_SELECT },
					read_ap = { .ap = true, .read = true, .reg = 0xc },
					write_stat = { .reg = DP_CTRL_STAT };
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, 0, 0);
	power_up(&bench);
	assert_int_equal(scan(&bench, write_select, 0x2df0, &value), OK);
	assert_int_equal(scan(&bench, read_ap, 0, &value), OK);
	assert_int_equal(scan(&bench, read_rdbuff, 0, &value), OK);
	assert_int_equal(value, 0x34770008);
	assert_int_equal(scan(&bench, write_select, 0x3df0, &value), OK);
	assert_int_equal(scan(&bench, read_ap, 0, &value), OK);
	assert_int_equal(scan(&bench, read_ap, 0, &value), FAULT);
	assert_int_equal(scan(&bench, write_select, 0, &value), FAULT);
	assert_int_equal(scan(&bench, write_stat, POWER | DP_CTRL_STAT_STICKYERR, &value), FAULT);
	assert_int_equal(scan(&bench, read_rdbuff, 0, &value), OK);
}

/* --- saved state ----------------------------------------------------------------------------- */

static void state__is_saved_and_restored(void **unused)
{
	struct bench bench;
	struct vdp_state saved, again;

	(void)unused;
	setup(&bench, DPIDR1_64, ROM);
	power_up(&bench);
	write_at(&bench, ROM + 0x2d04, FAKE_RAM);
	write_at(&bench, ROM + 0x2d00, 0x12);
	vdp_save(&bench.dp, &saved);
	start(&bench);
	assert_true(vdp_restore(&bench.dp, &saved));
	vdp_save(&bench.dp, &again);
	assert_memory_equal(&saved, &again, sizeof(saved));
	vclock_pass(&bench.clock, UINT64_C(1000000000));
	assert_int_equal(ctrl_stat(&bench), POWER | POWER_ACK);
	assert_int_equal(read_at(&bench, ROM + 0x2d0c), 0x11);
	assert_int_equal(read_at(&bench, ROM + 0x2d04), FAKE_RAM + 4);
}

static void state__that_makes_no_sense_is_refused(void **unused)
{
	struct bench bench;
	struct vdp_state saved, bad;

	(void)unused;
	setup(&bench, DPIDR1_64, ROM);
	vdp_save(&bench.dp, &saved);
	bad = saved;
	bad.regs.busy_ap = 4;
	assert_false(vdp_restore(&bench.dp, &bad));
	bad = saved;
	bad.aps[0].mem.csw = 5; /* 256 bits, which it has not */
	assert_false(vdp_restore(&bench.dp, &bad));
	bad = saved;
	bad.aps[0].mem.word = 8;
	assert_false(vdp_restore(&bench.dp, &bad));
	bad = saved;
	memset(&bad.regs.no_power, 2, 1);
	assert_false(vdp_restore(&bench.dp, &bad));
	assert_true(vdp_restore(&bench.dp, &saved));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(select__line_reset_selects_bank_0_of_dpv3),
		cmocka_unit_test(eventstat__is_low_with_an_event),
		cmocka_unit_test(ctrl_stat__debug_reset_is_acknowledged_where_it_is),
		cmocka_unit_test(rom__lists_the_aps_on_the_bus),
		cmocka_unit_test(aps__are_at_their_addresses),
		cmocka_unit_test(address__has_asize_bits),
		cmocka_unit_test(address__without_an_ap_is_an_error),
		cmocka_unit_test(errmode__errors_set_no_flag),
		cmocka_unit_test(power__comes_when_the_board_says),
		cmocka_unit_test(power__memory_without_it_is_an_error),
		cmocka_unit_test(abort__leaves_the_transfer_on_the_bus),
		cmocka_unit_test(abort__ends_the_wait_for_a_jtag_ap),
		cmocka_unit_test(scan__fault_is_seen_with_dpv3),
		cmocka_unit_test(state__is_saved_and_restored),
		cmocka_unit_test(state__that_makes_no_sense_is_refused),
	};

	return test_run_all("vboard/dp_v3", tests, ARRAY_SIZE(tests), bank, bank_rows,
		sizeof(bank_rows[0]), ARRAY_SIZE(bank_rows));
}
