/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/adi/dp.h"
#include "vboard/adi/dp_regs.h"

enum { OK = VDP_ACK_OK, WAIT = VDP_ACK_WAIT, FAULT = VDP_ACK_FAULT };
enum { CSW = 0x0, TAR = 0x4, DRW = 0xc, IDR = 0xc };
enum { CSW_WORD_SINGLE = 0x23000012 };

#define POWER     (DP_CTRL_STAT_CSYSPWRUPREQ | DP_CTRL_STAT_CDBGPWRUPREQ)
#define POWER_ACK (DP_CTRL_STAT_CSYSPWRUPACK | DP_CTRL_STAT_CDBGPWRUPACK)
#define STICKY                                                                     \
	(DP_CTRL_STAT_WDATAERR | DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYCMP | \
		DP_CTRL_STAT_STICKYORUN)

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
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

static int write_ap(struct bench *bench, uint8_t reg, uint32_t value)
{
	return request(bench, true, false, reg, &value);
}

static int ack_of_read(struct bench *bench, bool ap, uint8_t reg)
{
	uint32_t value;

	return request(bench, ap, true, reg, &value);
}

static uint32_t read_dp(struct bench *bench, uint8_t reg)
{
	uint32_t value = 0xdeadbeef;

	assert_int_equal(request(bench, false, true, reg, &value), OK);
	return value;
}

static uint32_t read_posted(struct bench *bench, uint8_t reg)
{
	uint32_t value = 0xdeadbeef;

	assert_int_equal(request(bench, true, true, reg, &value), OK);
	return value;
}

static uint32_t sticky(struct bench *bench)
{
	return read_dp(bench, DP_CTRL_STAT) & STICKY;
}

static void setup_version(struct bench *bench, uint32_t dpidr)
{
	*bench = (struct bench){ 0 };
	fake_target_init(&bench->fake, &bench->target);
	bench->target.dpidr = dpidr;
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
}

/* Powered, AP 0 ready for words with increment at the start of RAM. */
static void setup(struct bench *bench)
{
	setup_version(bench, FAKE_DPIDR);
	assert_int_equal(write_dp(bench, DP_CTRL_STAT, POWER), OK);
	vclock_pass(&bench->clock, VDP_POWER_UP_NS);
	assert_int_equal(write_ap(bench, CSW, CSW_WORD_SINGLE), OK);
	assert_int_equal(write_ap(bench, TAR, FAKE_RAM), OK);
	for (unsigned i = 0; i < 64; i++)
		bench->fake.ram[i] = (uint8_t)i;
}

/* --- power ----------------------------------------------------------------------------------- */

static void power__comes_up_after_a_while(void **state)
{
	struct bench bench;

	(void)state;
	setup_version(&bench, FAKE_DPIDR);
	assert_int_equal(read_dp(&bench, DP_CTRL_STAT), 0);
	write_dp(&bench, DP_CTRL_STAT, POWER);
	assert_int_equal(read_dp(&bench, DP_CTRL_STAT), POWER);
	assert_true(bench.fake.debug && bench.fake.system);
	vclock_pass(&bench.clock, VDP_POWER_UP_NS);
	assert_int_equal(read_dp(&bench, DP_CTRL_STAT), POWER | POWER_ACK);
	write_dp(&bench, DP_CTRL_STAT, DP_CTRL_STAT_CSYSPWRUPREQ);
	assert_int_equal(read_dp(&bench, DP_CTRL_STAT),
		DP_CTRL_STAT_CSYSPWRUPREQ | DP_CTRL_STAT_CSYSPWRUPACK);
	assert_false(bench.fake.debug);
	assert_true(bench.fake.system);
	assert_int_equal(bench.fake.power_changes, 2);
}

static void power__ap_access_without_it_faults(void **state)
{
	struct bench bench;

	(void)state;
	setup_version(&bench, FAKE_DPIDR);
	assert_int_equal(ack_of_read(&bench, true, IDR), FAULT);
	assert_int_equal(sticky(&bench), DP_CTRL_STAT_STICKYERR);
	write_dp(&bench, DP_ABORT, DP_ABORT_STKERRCLR);
	write_dp(&bench, DP_CTRL_STAT, POWER);
	assert_int_equal(write_ap(&bench, TAR, 0), FAULT); /* asked for, not there yet */
	assert_int_equal(bench.fake.accesses, 0);
}

/* --- registers ------------------------------------------------------------------------------- */

static void dp__banks_of_version_1(void **state)
{
	struct bench bench;

	(void)state;
	setup_version(&bench, FAKE_DPIDR);
	assert_int_equal(read_dp(&bench, DP_DPIDR), FAKE_DPIDR);
	write_dp(&bench, DP_SELECT, DP_BANK_DLCR);
	assert_int_equal(read_dp(&bench, 4), 0x40);
	write_dp(&bench, 4, FIELD_PREP(DP_DLCR_TURNROUND, 2));
	assert_int_equal(read_dp(&bench, 4), 0x240);
	assert_int_equal(vdp_turnaround(&bench.dp), 3);
	write_dp(&bench, DP_SELECT, DP_BANK_TARGETID);
	assert_int_equal(read_dp(&bench, 4), 0);
	vdp_line_reset(&bench.dp);
	assert_int_equal(vdp_turnaround(&bench.dp), 1);
}

static void dp__banks_of_version_2(void **state)
{
	struct bench bench;

	(void)state;
	setup_version(&bench, FAKE_DPIDR_V2);
	write_dp(&bench, DP_SELECT, DP_BANK_TARGETID);
	assert_int_equal(read_dp(&bench, 4), FAKE_TARGET_ID);
	write_dp(&bench, 4, 0xffffffff); /* read-only */
	assert_int_equal(read_dp(&bench, 4), FAKE_TARGET_ID);
	write_dp(&bench, DP_SELECT, DP_BANK_DLPIDR);
	assert_int_equal(read_dp(&bench, 4), 1);
	assert_int_equal(bench.fake.power_changes, 0);
}

static void dp__minimal_has_no_pushed_operations(void **state)
{
	struct bench bench;

	(void)state;
	setup_version(&bench, FAKE_DPIDR_MIN);
	write_dp(&bench, DP_CTRL_STAT, 0x00ffff0d);
	assert_int_equal(read_dp(&bench, DP_CTRL_STAT), DP_CTRL_STAT_ORUNDETECT);
	setup_version(&bench, FAKE_DPIDR);
	write_dp(&bench, DP_CTRL_STAT, 0x00ffff0d);
	assert_int_equal(read_dp(&bench, DP_CTRL_STAT), 0x00ffff0d);
}

/* --- AP reads -------------------------------------------------------------------------------- */

static void ap_read__is_posted(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	read_posted(&bench, DRW);
	assert_int_equal(bench.fake.accesses, 1);
	assert_int_equal(read_posted(&bench, DRW), 0x03020100);
	assert_int_equal(bench.fake.accesses, 2);
	assert_int_equal(read_dp(&bench, DP_RDBUFF), 0x07060504);
	assert_int_equal(bench.fake.accesses, 2);
	assert_int_equal(read_dp(&bench, DP_RESEND), 0x07060504);
}

static void resend__repeats_what_was_sent_last(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	read_posted(&bench, DRW);
	read_posted(&bench, DRW);
	assert_int_equal(read_dp(&bench, DP_RESEND), 0x03020100);
	read_dp(&bench, DP_CTRL_STAT);
	assert_int_equal(read_dp(&bench, DP_RESEND), 0x03020100);
	assert_int_equal(bench.fake.accesses, 2);
}

static void select__takes_the_ap_and_its_bank(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	write_dp(&bench, DP_SELECT, 0x030000f0);
	read_posted(&bench, IDR);
	assert_int_equal(read_dp(&bench, DP_RDBUFF), FAKE_IDR_SIMPLE);
	write_dp(&bench, DP_SELECT, 0x000000f0);
	read_posted(&bench, 0x8);
	assert_int_equal(read_dp(&bench, DP_RDBUFF), FAKE_BASE);
}

static void select__absent_ap_reads_zero(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	read_posted(&bench, DRW);
	write_dp(&bench, DP_SELECT, 0x010000f0);
	read_posted(&bench, IDR);
	assert_int_equal(read_dp(&bench, DP_RDBUFF), 0);
	assert_int_equal(write_ap(&bench, 0, 0xffffffff), OK);
	assert_int_equal(sticky(&bench), 0);
}

/* --- sticky flags ---------------------------------------------------------------------------- */

static void make_sticky_err(struct bench *bench)
{
	write_ap(bench, TAR, 0x10000000);
	write_ap(bench, DRW, 0);
}

static void make_sticky_cmp(struct bench *bench)
{
	write_dp(bench, DP_CTRL_STAT,
		POWER | FIELD_PREP(DP_CTRL_STAT_MASKLANE, 0xf) |
			FIELD_PREP(DP_CTRL_STAT_TRNMODE, DP_TRNMODE_VERIFY));
	write_ap(bench, DRW, 0x12345678);
}

static void make_sticky_orun(struct bench *bench)
{
	write_dp(bench, DP_CTRL_STAT, POWER | DP_CTRL_STAT_ORUNDETECT);
	write_ap(bench, TAR, FAKE_SLOW);
	write_ap(bench, DRW, 0);
	write_ap(bench, DRW, 0); /* WAIT */
	vclock_pass(&bench->clock, FAKE_SLOW_NS);
}

static void make_wdataerr(struct bench *bench)
{
	vdp_write(&bench->dp, (struct vdp_request){ .ap = true, .reg = TAR }, 0x55, false);
}

struct sticky_row {
	const char *what;
	void (*make)(struct bench *bench);
	uint32_t flag;
	uint32_t clear;
};

static const struct sticky_row sticky_rows[] = {
	{ "sticky__STICKYERR", make_sticky_err, DP_CTRL_STAT_STICKYERR, DP_ABORT_STKERRCLR },
	{ "sticky__STICKYCMP", make_sticky_cmp, DP_CTRL_STAT_STICKYCMP, DP_ABORT_STKCMPCLR },
	{ "sticky__STICKYORUN", make_sticky_orun, DP_CTRL_STAT_STICKYORUN, DP_ABORT_ORUNERRCLR },
	{ "sticky__WDATAERR", make_wdataerr, DP_CTRL_STAT_WDATAERR, DP_ABORT_WDERRCLR },
};

/* IHI 0031, B4.2.4: what is refused, what never is, and that only its own bit of ABORT helps. */
static void sticky_flag(void **state)
{
	const struct sticky_row *row = *state;
	struct bench bench;
	unsigned accesses;

	setup(&bench);
	row->make(&bench);
	accesses = bench.fake.accesses;
	assert_int_equal(sticky(&bench), row->flag);
	assert_int_equal(ack_of_read(&bench, true, IDR), FAULT);
	assert_int_equal(write_ap(&bench, DRW, 0), FAULT);
	assert_int_equal(ack_of_read(&bench, false, DP_RDBUFF), FAULT);
	assert_int_equal(ack_of_read(&bench, false, DP_RESEND), FAULT);
	assert_int_equal(write_dp(&bench, DP_SELECT, 0), FAULT);
	assert_int_equal(write_dp(&bench, DP_CTRL_STAT, 0), FAULT);
	assert_int_equal(ack_of_read(&bench, false, DP_DPIDR), OK);
	assert_int_equal(write_dp(&bench, DP_ABORT, 0x1e & ~row->clear), OK);
	assert_int_equal(sticky(&bench), row->flag);
	assert_int_equal(write_dp(&bench, DP_ABORT, row->clear), OK);
	assert_int_equal(sticky(&bench), 0);
	assert_int_equal(ack_of_read(&bench, true, IDR), OK);
	assert_int_equal(bench.fake.accesses, accesses + 1);
}

/* The access that fails is answered OK: only the next request can know. */
static void sticky_err__shows_on_the_next_request(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	assert_int_equal(write_ap(&bench, TAR, 0x10000000), OK);
	assert_int_equal(ack_of_read(&bench, true, DRW), OK);
	assert_int_equal(ack_of_read(&bench, true, DRW), FAULT);
	assert_int_equal(bench.fake.accesses, 1);
	write_dp(&bench, DP_ABORT, DP_ABORT_STKERRCLR);
	assert_int_equal(write_ap(&bench, DRW, 1), OK);
	assert_int_equal(ack_of_read(&bench, false, DP_RDBUFF), FAULT);
}

static void readok__follows_ap_and_rdbuff_reads(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	assert_false(read_dp(&bench, DP_CTRL_STAT) & DP_CTRL_STAT_READOK);
	read_posted(&bench, DRW);
	assert_true(read_dp(&bench, DP_CTRL_STAT) & DP_CTRL_STAT_READOK);
	make_sticky_err(&bench);
	assert_true(read_dp(&bench, DP_CTRL_STAT) & DP_CTRL_STAT_READOK);
	assert_int_equal(ack_of_read(&bench, false, DP_RDBUFF), FAULT);
	assert_false(read_dp(&bench, DP_CTRL_STAT) & DP_CTRL_STAT_READOK);
}

static void protocol_error__is_an_overrun_where_those_count(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	vdp_protocol_error(&bench.dp);
	assert_int_equal(sticky(&bench), 0);
	write_dp(&bench, DP_CTRL_STAT, POWER | DP_CTRL_STAT_ORUNDETECT);
	vdp_protocol_error(&bench.dp);
	assert_int_equal(sticky(&bench), DP_CTRL_STAT_STICKYORUN);
}

/* --- WAIT ------------------------------------------------------------------------------------ */

static void wait__while_the_bus_is_stalled(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	write_ap(&bench, TAR, FAKE_SLOW);
	assert_int_equal(ack_of_read(&bench, true, DRW), OK);
	assert_int_equal(ack_of_read(&bench, true, DRW), WAIT);
	assert_int_equal(ack_of_read(&bench, false, DP_RDBUFF), WAIT);
	assert_int_equal(write_dp(&bench, DP_SELECT, 0), WAIT);
	assert_int_equal(write_dp(&bench, DP_CTRL_STAT, POWER), WAIT);
	assert_int_equal(ack_of_read(&bench, false, DP_DPIDR), OK);
	assert_int_equal(ack_of_read(&bench, false, DP_CTRL_STAT), OK);
	assert_int_equal(ack_of_read(&bench, false, DP_RESEND), OK);
	assert_int_equal(write_dp(&bench, DP_ABORT, 0), OK);
	assert_int_equal(sticky(&bench), 0);
	vclock_pass(&bench.clock, FAKE_SLOW_NS);
	assert_int_equal(ack_of_read(&bench, false, DP_RDBUFF), OK);
	assert_int_equal(bench.fake.accesses, 1);
}

static void wait__error_shows_when_the_access_is_over(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	write_ap(&bench, TAR, FAKE_SLOW_FAULT);
	assert_int_equal(ack_of_read(&bench, true, DRW), OK);
	assert_int_equal(sticky(&bench), 0);
	assert_int_equal(ack_of_read(&bench, false, DP_RDBUFF), WAIT);
	vclock_pass(&bench.clock, FAKE_SLOW_NS);
	assert_int_equal(ack_of_read(&bench, false, DP_RDBUFF), FAULT);
	assert_int_equal(sticky(&bench), DP_CTRL_STAT_STICKYERR);
}

static void wait__dapabort_ends_it(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	write_ap(&bench, TAR, FAKE_SLOW_FAULT);
	write_ap(&bench, DRW, 1);
	assert_int_equal(write_ap(&bench, DRW, 1), WAIT);
	assert_int_equal(write_dp(&bench, DP_ABORT, DP_ABORT_DAPABORT), OK);
	assert_int_equal(write_ap(&bench, TAR, FAKE_RAM), OK);
	assert_int_equal(sticky(&bench), 0);
}

static void wait__injected(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench); /* AP requests 1 and 2 */
	bench.faults.wait_at = 4;
	bench.faults.wait_count = 2;
	assert_int_equal(ack_of_read(&bench, true, DRW), OK);
	assert_int_equal(ack_of_read(&bench, true, DRW), WAIT);
	assert_int_equal(ack_of_read(&bench, false, DP_RDBUFF), OK);
	assert_int_equal(write_ap(&bench, DRW, 0), WAIT);
	assert_int_equal(write_ap(&bench, DRW, 0), OK);
	assert_int_equal(bench.fake.accesses, 2);
}

static void ap_error__injected(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.faults.ap_error_at = 4;
	assert_int_equal(ack_of_read(&bench, true, DRW), OK);
	assert_int_equal(ack_of_read(&bench, true, DRW), OK);
	assert_int_equal(sticky(&bench), DP_CTRL_STAT_STICKYERR);
	assert_int_equal(bench.fake.accesses, 1);
}

/* --- pushed operations and the counter ------------------------------------------------------- */

struct push_row {
	const char *what;
	uint32_t mode, lanes, count;
	uint32_t data;
	bool stopped;
	uint32_t left; /* TRNCNT after it */
	unsigned accesses;
};

/* RAM holds 03020100 07060504 0b0a0908 0f0e0d0c, and 0 behind 64 bytes. */
static const struct push_row push_rows[] = {
	{ "push__verify same", 1, 0xf, 0, 0x03020100, false, 0, 1 },
	{ "push__verify differs", 1, 0xf, 0, 0x03020101, true, 0, 1 },
	{ "push__verify differs in a lane that does not count", 1, 0xe, 0, 0x030201ff, false, 0,
		1 },
	{ "push__verify without lanes is never different", 1, 0, 0, 0xffffffff, false, 0, 1 },
	{ "push__verify stops the counter", 1, 0xf, 9, 0x03020100, true, 8, 2 },
	{ "push__compare finds at once", 2, 0xf, 0, 0x03020100, true, 0, 1 },
	{ "push__compare does not find", 2, 0xf, 0, 0x12345678, false, 0, 1 },
	{ "push__compare searches", 2, 0xf, 9, 0x0b0a0908, true, 7, 3 },
	{ "push__compare searches one lane", 2, 0x8, 9, 0x0f000000, true, 6, 4 },
	{ "push__compare searches in vain", 2, 0xf, 4, 0xffffffff, false, 0, 5 },
};

static void push(void **state)
{
	const struct push_row *row = *state;
	struct bench bench;
	uint8_t before[64];
	uint32_t ctrl;

	setup(&bench);
	memcpy(before, bench.fake.ram, sizeof(before));
	write_dp(&bench, DP_CTRL_STAT,
		POWER | FIELD_PREP(DP_CTRL_STAT_TRNMODE, row->mode) |
			FIELD_PREP(DP_CTRL_STAT_MASKLANE, row->lanes) |
			FIELD_PREP(DP_CTRL_STAT_TRNCNT, row->count));
	assert_int_equal(write_ap(&bench, DRW, row->data), OK);
	ctrl = read_dp(&bench, DP_CTRL_STAT);
	assert_int_equal(ctrl & STICKY, row->stopped ? DP_CTRL_STAT_STICKYCMP : 0);
	assert_int_equal(FIELD_GET(DP_CTRL_STAT_TRNCNT, ctrl), row->left);
	assert_int_equal(bench.fake.accesses, row->accesses);
	assert_memory_equal(bench.fake.ram, before, sizeof(before));
}

static void counter__fills_memory(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	write_dp(&bench, DP_CTRL_STAT, POWER | FIELD_PREP(DP_CTRL_STAT_TRNCNT, 2));
	assert_int_equal(write_ap(&bench, DRW, 0xa5a5a5a5), OK);
	assert_int_equal(bench.fake.accesses, 3);
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(bench.fake.ram[i], 0xa5);
	assert_int_equal(bench.fake.ram[12], 12);
	assert_int_equal(read_dp(&bench, DP_CTRL_STAT) & DP_CTRL_STAT_TRNCNT, 0);
	assert_int_equal(write_ap(&bench, DRW, 0), OK); /* now once */
	assert_int_equal(bench.fake.accesses, 4);
}

static void is_selected_by__wants_the_whole_id(void **state)
{
	struct bench bench;

	(void)state;
	setup_version(&bench, FAKE_DPIDR_V2);
	assert_true(vdp_is_selected_by(&bench.dp, FAKE_TARGET_ID));
	assert_false(vdp_is_selected_by(&bench.dp, FAKE_TARGET_ID | 0x10000000)); /* instance 1 */
	assert_false(vdp_is_selected_by(&bench.dp, FAKE_TARGET_ID ^ 2));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(power__comes_up_after_a_while),
		cmocka_unit_test(power__ap_access_without_it_faults),
		cmocka_unit_test(dp__banks_of_version_1),
		cmocka_unit_test(dp__banks_of_version_2),
		cmocka_unit_test(dp__minimal_has_no_pushed_operations),
		cmocka_unit_test(ap_read__is_posted),
		cmocka_unit_test(resend__repeats_what_was_sent_last),
		cmocka_unit_test(select__takes_the_ap_and_its_bank),
		cmocka_unit_test(select__absent_ap_reads_zero),
		cmocka_unit_test(sticky_err__shows_on_the_next_request),
		cmocka_unit_test(readok__follows_ap_and_rdbuff_reads),
		cmocka_unit_test(protocol_error__is_an_overrun_where_those_count),
		cmocka_unit_test(wait__while_the_bus_is_stalled),
		cmocka_unit_test(wait__error_shows_when_the_access_is_over),
		cmocka_unit_test(wait__dapabort_ends_it),
		cmocka_unit_test(wait__injected),
		cmocka_unit_test(ap_error__injected),
		cmocka_unit_test(counter__fills_memory),
		cmocka_unit_test(is_selected_by__wants_the_whole_id),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(sticky_flag, sticky_rows),
		TEST_TABLE(push, push_rows),
	};

	return test_run_tables("vboard/dp", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
