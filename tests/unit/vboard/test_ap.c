/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access ports of all kinds: IHI 0031 (ADIv5.2) and IHI 0074 (ADIv6.0), chapters C1 to C3. What
 * every MEM-AP has is in test_mem_ap.c.
 */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/adi/ap.h"
#include "vboard/adi/jtag_ap_regs.h"
#include "vboard/adi/mem_ap_regs.h"

enum { BYTE = 0, HALF = 1, WORD = 2, DOUBLE = 3, QUAD = 4, SINGLE = 0x10, PACKED = 0x20 };
#define DPIDR_V3 0x4c013477u /* of an RP2350 */

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vaps aps;
	bool secure; /* SPIDEN */
};

static bool is_secure(void *data)
{
	const struct fake_target *fake = data;
	const struct bench *bench = (const struct bench *)(const void *)fake; /* first member */

	return bench->secure;
}

/* One AP as @p config has it, RAM 10 11 12... from 0x20000000 on. */
static void setup(struct bench *bench, uint32_t dpidr, struct vap_config config)
{
	memset(bench, 0, sizeof(*bench));
	fake_target_init(&bench->fake, &bench->target);
	config.bus = bench->target.aps[0].bus;
	bench->target.dpidr = dpidr;
	bench->target.aps[0] = config;
	bench->target.ap_count = 1;
	vaps_init(&bench->aps, &bench->target.dps[0]);
	for (unsigned i = 0; i < 32; i++)
		bench->fake.ram[i] = (uint8_t)(0x10 + i);
}

static bool try_read(struct bench *bench, uint16_t offset, uint32_t *value)
{
	*value = 0xdeadbeef;
	return vap_access(&bench->aps.items[0], true, offset, value);
}

static uint32_t read_ok(struct bench *bench, uint16_t offset)
{
	uint32_t value;

	assert_true(try_read(bench, offset, &value));
	return value;
}

static bool try_write(struct bench *bench, uint16_t offset, uint32_t value)
{
	return vap_access(&bench->aps.items[0], false, offset, &value);
}

static void write_ok(struct bench *bench, uint16_t offset, uint32_t value)
{
	assert_true(try_write(bench, offset, value));
}

/* --- CSW by kind ----------------------------------------------------------------------------- */

struct csw_row {
	const char *what;
	struct vap_config config;
	uint32_t written, expected;
};

static const struct csw_row csw_rows[] = {
	{ "csw__AHB5 has HPROT and HNONSEC, not bit 29", { .kind = VAP_AHB5, .csw_reset = 0x40 },
		0xff000002, 0xdf000042 },
	{ "csw__APB2 has words and no attributes", { .kind = VAP_APB2, .csw_reset = 0x42 },
		0xff000010, 0x80000052 },
	{ "csw__APB4 has PPROT", { .kind = VAP_APB4, .csw_reset = 0x42 }, 0xff000000, 0xf0000042 },
	{ "csw__APB cannot pack", { .kind = VAP_APB4, .csw_reset = 0x42, .can_pack = true },
		PACKED | WORD, 0x42 },
	{ "csw__AXI has AxPROT, AxCACHE, domain and barriers",
		{ .kind = VAP_AXI, .csw_reset = 0x40 }, 0xff00f102, 0xff007142 },
	{ "csw__AXI has two modes", { .kind = VAP_AXI, .csw_reset = 0x40 }, 0x202, 0x42 },
	{ "csw__AHB has one mode", { .kind = VAP_AHB5, .csw_reset = 0x40 }, 0x102, 0x42 },
	{ "csw__64 bits with large data", { .kind = VAP_AXI, .csw_reset = 0x40, .data_bits = 64 },
		DOUBLE, 0x43 },
	{ "csw__128 bits are too large for 64",
		{ .kind = VAP_AXI, .csw_reset = 0x40, .data_bits = 64 }, QUAD, 0x42 },
	{ "csw__64 bits without large data", { .kind = VAP_AXI, .csw_reset = 0x40 }, DOUBLE, 0x42 },
};

static void csw(void **state)
{
	const struct csw_row *row = *state;
	struct bench bench;

	setup(&bench, FAKE_DPIDR, row->config);
	write_ok(&bench, MEM_AP_CSW, row->written);
	assert_int_equal(read_ok(&bench, MEM_AP_CSW), row->expected);
}

/* What reaches the bus. */
struct attr_row {
	const char *what;
	enum vap_kind kind;
	uint32_t csw;
	unsigned attr;
};

static const struct attr_row attr_rows[] = {
	{ "attributes__AHB5, user, secure", VAP_AHB5, 0, VBUS_SECURE },
	{ "attributes__AHB5, HPROT[1]", VAP_AHB5, BIT(25), VBUS_SECURE | VBUS_PRIVILEGED },
	{ "attributes__AHB5, HNONSEC", VAP_AHB5, BIT(30), 0 },
	{ "attributes__APB2 is always both", VAP_APB2, 0, VBUS_SECURE | VBUS_PRIVILEGED },
	{ "attributes__APB4, PPROT[0]", VAP_APB4, BIT(28), VBUS_SECURE | VBUS_PRIVILEGED },
	{ "attributes__APB4, PPROT[1]", VAP_APB4, BIT(29), 0 },
	{ "attributes__AXI, AxPROT[1:0]", VAP_AXI, BIT(29) | BIT(28), VBUS_PRIVILEGED },
	{ "attributes__AXI, instruction", VAP_AXI, BIT(30), VBUS_SECURE },
};

static void attributes(void **state)
{
	const struct attr_row *row = *state;
	struct bench bench;

	setup(&bench, FAKE_DPIDR, (struct vap_config){ .kind = row->kind, .csw_reset = 0x42 });
	write_ok(&bench, MEM_AP_CSW, row->csw | WORD);
	write_ok(&bench, MEM_AP_TAR, FAKE_RAM);
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x13121110);
	assert_int_equal(bench.fake.attr, row->attr);
}

static void csw__spiden_lets_secure_accesses_through(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, FAKE_DPIDR,
		(struct vap_config){
			.kind = VAP_AHB5, .csw_reset = 0x40, .is_secure_enabled = is_secure });
	write_ok(&bench, MEM_AP_TAR, FAKE_RAM);
	write_ok(&bench, MEM_AP_CSW, WORD);
	assert_int_equal(read_ok(&bench, MEM_AP_CSW), 0x42);
	assert_false(try_read(&bench, MEM_AP_DRW, &value));
	assert_int_equal(bench.fake.accesses, 0);
	write_ok(&bench, MEM_AP_CSW, BIT(30) | WORD);
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x13121110);
	bench.secure = true;
	write_ok(&bench, MEM_AP_CSW, WORD);
	assert_int_equal(read_ok(&bench, MEM_AP_CSW), 0x42 | MEM_AP_CSW_SPIDEN);
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x13121110);
}

/* --- CFG ------------------------------------------------------------------------------------- */

struct cfg_row {
	const char *what;
	uint32_t dpidr;
	struct vap_config config;
	uint32_t cfg;
};

static const struct cfg_row cfg_rows[] = {
	{ "cfg__large address and data", FAKE_DPIDR,
		{ .kind = VAP_AXI, .address_bits = 40, .data_bits = 64 }, 6 },
	{ "cfg__big-endian", FAKE_DPIDR, { .big_endian = true }, 1 },
	{ "cfg__ADIv5 knows nothing of DARs and errors", FAKE_DPIDR,
		{ .has_dars = true, .has_error_control = true, .increment_bits = 12 }, 0 },
	/* That of an RP2350: TARINC 1 (10 bits), ERR 1, DARSIZE 10. */
	{ "cfg__ADIv6: TARINC, ERR, DARSIZE", DPIDR_V3,
		{ .has_dars = true, .has_error_control = true }, 0x101a0 },
	{ "cfg__ADIv6: 12 bits increment", DPIDR_V3, { .increment_bits = 12 }, 0x30000 },
};

static void cfg(void **state)
{
	const struct cfg_row *row = *state;
	struct bench bench;

	setup(&bench, row->dpidr, row->config);
	assert_int_equal(
		read_ok(&bench, MEM_AP_CFG + (row->dpidr == DPIDR_V3 ? MEM_AP_V2_BASE : 0)),
		row->cfg);
}

/* --- large data and addresses ---------------------------------------------------------------- */

static void setup_wide(struct bench *bench, uint32_t csw)
{
	setup(bench, FAKE_DPIDR,
		(struct vap_config){ .kind = VAP_AXI, .data_bits = 256, .address_bits = 40 });
	write_ok(bench, MEM_AP_CSW, csw);
	write_ok(bench, MEM_AP_TAR, FAKE_RAM);
}

static void drw__reads_64_bits_in_two_halves(void **state)
{
	struct bench bench;

	(void)state;
	setup_wide(&bench, DOUBLE | SINGLE);
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x13121110);
	assert_int_equal(bench.fake.accesses, 2); /* both words came with the first half */
	assert_int_equal(read_ok(&bench, MEM_AP_TAR), FAKE_RAM);
	setup_wide(&bench, DOUBLE | SINGLE);
	read_ok(&bench, MEM_AP_DRW);
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x17161514);
	assert_int_equal(bench.fake.accesses, 2);
	assert_int_equal(read_ok(&bench, MEM_AP_TAR), FAKE_RAM + 8);
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x1b1a1918);
}

static void drw__writes_128_bits_with_the_last_quarter(void **state)
{
	struct bench bench;

	(void)state;
	setup_wide(&bench, QUAD);
	for (unsigned i = 0; i < 3; i++)
		write_ok(&bench, MEM_AP_DRW, i);
	assert_int_equal(bench.fake.accesses, 0);
	write_ok(&bench, MEM_AP_DRW, 3);
	assert_int_equal(bench.fake.accesses, 4);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(bench.fake.ram[4 * i], i);
	assert_int_equal(bench.fake.ram[16], 0x20);
	assert_int_equal(read_ok(&bench, MEM_AP_TAR), FAKE_RAM); /* no increment */
}

static void drw__another_register_begins_a_wide_transfer_anew(void **state)
{
	struct bench bench;

	(void)state;
	setup_wide(&bench, DOUBLE);
	read_ok(&bench, MEM_AP_DRW);
	write_ok(&bench, MEM_AP_TAR, FAKE_RAM + 8);
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x1b1a1918);
	write_ok(&bench, MEM_AP_DRW, 1); /* and so does another direction */
	write_ok(&bench, MEM_AP_DRW, 2);
	assert_int_equal(bench.fake.ram[8], 1);
	assert_int_equal(bench.fake.ram[12], 2);
}

static void drw__wide_error_begins_anew(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup_wide(&bench, DOUBLE | SINGLE);
	write_ok(&bench, MEM_AP_TAR, FAKE_RAM + FAKE_RAM_SIZE - 4); /* aligned down: the last 8 */
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0);
	write_ok(&bench, MEM_AP_TAR, FAKE_RAM + FAKE_RAM_SIZE);
	assert_false(try_read(&bench, MEM_AP_DRW, &value));
	assert_false(try_read(&bench, MEM_AP_DRW, &value));
	assert_int_equal(read_ok(&bench, MEM_AP_TAR), FAKE_RAM + FAKE_RAM_SIZE);
}

static void tar__has_the_high_bits_that_the_ap_has(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup_wide(&bench, WORD | SINGLE);
	write_ok(&bench, MEM_AP_TAR_HIGH, 0xffffffff);
	assert_int_equal(read_ok(&bench, MEM_AP_TAR_HIGH), 0xff); /* 40 bits */
	assert_false(try_read(&bench, MEM_AP_DRW, &value));       /* nothing is there */
	write_ok(&bench, MEM_AP_TAR, FAKE_RAM);
	assert_int_equal(read_ok(&bench, MEM_AP_TAR_HIGH), 0xff);
	write_ok(&bench, MEM_AP_TAR_HIGH, 0);
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x13121110);

	setup(&bench, FAKE_DPIDR, (struct vap_config){ .csw_reset = 0x42 });
	write_ok(&bench, MEM_AP_TAR_HIGH, 0xffffffff);
	assert_int_equal(read_ok(&bench, MEM_AP_TAR_HIGH), 0);
}

/* --- big-endian ------------------------------------------------------------------------------ */

static void drw__big_endian_lanes(void **state)
{
	static const struct {
		uint32_t csw, address, read;
	} cases[] = {
		{ WORD, 0, 0x10111213 },
		{ HALF, 0, 0x10110000 },
		{ HALF, 2, 0x00001213 },
		{ BYTE, 0, 0x10000000 },
		{ BYTE, 3, 0x00000013 },
	};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(&bench, FAKE_DPIDR, (struct vap_config){ .big_endian = true });
		write_ok(&bench, MEM_AP_CSW, cases[i].csw);
		write_ok(&bench, MEM_AP_TAR, FAKE_RAM + cases[i].address);
		assert_int_equal(read_ok(&bench, MEM_AP_DRW), cases[i].read);
		write_ok(&bench, MEM_AP_DRW, cases[i].read);
		for (unsigned j = 0; j < 8; j++)
			assert_int_equal(bench.fake.ram[j], 0x10 + j);
	}
}

/* --- ADIv6 ----------------------------------------------------------------------------------- */

static void setup_v2(struct bench *bench, uint32_t csw)
{
	setup(bench, DPIDR_V3,
		(struct vap_config){
			.kind = VAP_AHB5,
			.idr = 0x34770008,
			.base = 0xe00ff003,
			.base_high = 0x12,
			.cfg1 = 0x55,
			.csw_reset = 0x40,
			.has_dars = true,
			.has_error_control = true,
		});
	write_ok(bench, 0xd00, csw);
	write_ok(bench, 0xd04, FAKE_RAM);
}

struct v2_row {
	const char *what;
	uint16_t offset;
	uint32_t value;
};

static const struct v2_row v2_rows[] = {
	{ "v2__BASE", 0xdf8, 0xe00ff003 },
	{ "v2__BASE, high word", 0xdf0, 0x12 },
	{ "v2__IDR", 0xdfc, 0x34770008 },
	{ "v2__CFG1", 0xde0, 0x55 },
	{ "v2__CSW", 0xd00, 0x52 },
	{ "v2__TAR", 0xd04, FAKE_RAM },
	{ "v2__DRW", 0xd0c, 0x13121110 },
	{ "v2__BD1", 0xd14, 0x17161514 },
	{ "v2__DAR0", 0x000, 0x13121110 },
	{ "v2__DAR3", 0x00c, 0x1f1e1d1c },
	{ "v2__DAR255", 0x3fc, 0 },
	{ "v2__reserved", 0x400, 0 },
	{ "v2__reserved, before the ADIv5 offsets", 0xcfc, 0 },
	{ "v2__DEVARCH: a MEM-AP", 0xfbc, 0x47700a17 },
	{ "v2__PIDR0: part 0x9E3", 0xfe0, 0xe3 },
	{ "v2__PIDR1", 0xfe4, 0xb9 },
	{ "v2__PIDR2", 0xfe8, 0x0b },
	{ "v2__PIDR4: Arm", 0xfd0, 0x04 },
	{ "v2__CIDR1: class 9", 0xff4, 0x90 },
	{ "v2__CIDR3", 0xffc, 0xb1 },
};

static void v2(void **state)
{
	const struct v2_row *row = *state;
	struct bench bench;

	setup_v2(&bench, WORD | SINGLE);
	assert_int_equal(read_ok(&bench, row->offset), row->value);
}

static void dar__is_a_word_of_the_kilobyte_around_tar(void **state)
{
	struct bench bench;

	(void)state;
	setup_v2(&bench, BYTE | SINGLE);
	write_ok(&bench, 0xd04, FAKE_RAM + 0x7f8);
	write_ok(&bench, 0x010, 0xa3a2a1a0);
	assert_int_equal(bench.fake.address, FAKE_RAM + 0x410);
	assert_int_equal(bench.fake.size, 4);
	assert_int_equal(bench.fake.ram[0x413], 0xa3);
	assert_int_equal(read_ok(&bench, 0xd04), FAKE_RAM + 0x7f8);
}

static void dar__is_not_there_where_the_ap_has_none(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, DPIDR_V3, (struct vap_config){ .csw_reset = 0x42 });
	write_ok(&bench, 0xd04, FAKE_RAM);
	assert_int_equal(read_ok(&bench, 0), 0);
	write_ok(&bench, 0, 1);
	assert_int_equal(bench.fake.accesses, 0);
}

static void errors__are_kept_and_stop_others_as_csw_says(void **state)
{
	static const struct {
		uint32_t csw;
		bool error_seen, next_stopped;
	} cases[] = {
		{ 0, true, false },
		{ MEM_AP_CSW_ERRNPASS, false, false },
		{ MEM_AP_CSW_ERRSTOP, true, true },
		{ MEM_AP_CSW_ERRSTOP | MEM_AP_CSW_ERRNPASS, false, true },
	};
	struct bench bench;
	uint32_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		setup_v2(&bench, WORD | cases[i].csw);
		write_ok(&bench, 0xd04, 0);
		assert_int_equal(try_read(&bench, 0xd0c, &value), !cases[i].error_seen);
		assert_int_equal(read_ok(&bench, 0xd24), MEM_AP_TRR_ERR);
		write_ok(&bench, 0xd04, FAKE_RAM);
		bench.fake.accesses = 0;
		try_read(&bench, 0xd0c, &value);
		assert_int_equal(bench.fake.accesses, !cases[i].next_stopped);
		write_ok(&bench, 0xd24, MEM_AP_TRR_ERR);
		assert_int_equal(read_ok(&bench, 0xd24), 0);
		assert_int_equal(read_ok(&bench, 0xd0c), 0x13121110);
	}
}

static bool read_own(void *data, uint8_t reg, uint32_t *value)
{
	*value = *(uint32_t *)data + reg;
	return reg != 0x10;
}

static bool write_own(void *data, uint8_t reg, uint32_t value)
{
	*(uint32_t *)data = value;
	return reg != 0x10;
}

/* An APB-AP at 0x2000 of the DP's bus, behind it an AHB-AP and an AP of the part's own. */
static void nested__ap_behind_an_ap(void **state)
{
	struct bench bench;
	struct vap_config *config = bench.target.aps;
	uint32_t own = 0x100, value;

	(void)state;
	setup(&bench, DPIDR_V3,
		(struct vap_config){
			.kind = VAP_APB4, .idr = 0x11, .csw_reset = 0x42, .address = 0x2000 });
	config[1] = (struct vap_config){ .kind = VAP_AHB5,
		.idr = 0x22,
		.address = 0x80001000,
		.parent = 1,
		.bus = config[0].bus };
	config[2] = (struct vap_config){
		.address = 0x80002000, .parent = 1, .registers = { read_own, write_own, &own }
	};
	bench.target.ap_count = 3;
	vaps_init(&bench.aps, &bench.target.dps[0]);
	assert_ptr_equal(vaps_at(&bench.aps, NULL, 0x2ffc), &bench.aps.items[0]);
	assert_null(vaps_at(&bench.aps, NULL, 0x80001000));

	write_ok(&bench, 0xd04, 0x80001dfc);
	assert_int_equal(read_ok(&bench, 0xd0c), 0x22);
	write_ok(&bench, 0xd04, 0x80001d00);
	write_ok(&bench, 0xd10, WORD | SINGLE); /* BD0: CSW of the AP behind */
	write_ok(&bench, 0xd14, FAKE_RAM);      /* BD1: its TAR */
	assert_int_equal(read_ok(&bench, 0xd1c), 0x13121110);
	assert_int_equal(read_ok(&bench, 0xd14), FAKE_RAM + 4);
	write_ok(&bench, 0xd04, 0x80002d04);
	assert_int_equal(read_ok(&bench, 0xd0c), 0x104);
	write_ok(&bench, 0xd04, 0x80002d10);
	assert_false(try_read(&bench, 0xd0c, &value));
	write_ok(&bench, 0xd04, 0x80002fbc);
	assert_int_equal(read_ok(&bench, 0xd0c), 0x47700a47);
	write_ok(&bench, 0xd04, FAKE_RAM); /* what is no AP is memory */
	assert_int_equal(read_ok(&bench, 0xd0c), 0x13121110);
}

/* --- other APs ------------------------------------------------------------------------------- */

static void registers__of_another_ap_are_its_own(void **state)
{
	uint32_t own = 0x100;
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, FAKE_DPIDR,
		(struct vap_config){ .registers = { read_own, write_own, &own } });
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), 0x10c);
	assert_int_equal(read_ok(&bench, MEM_AP_IDR), 0x1fc);
	write_ok(&bench, MEM_AP_CSW, 0x200);
	assert_int_equal(own, 0x200);
	assert_false(try_read(&bench, 0x10, &value));
	assert_false(try_write(&bench, 0x10, 0));
	assert_false(vap_uses_bus(&bench.aps.items[0], MEM_AP_DRW));
}

static void jtag_ap__has_registers_and_nobody_behind(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, FAKE_DPIDR, (struct vap_config){ .kind = VAP_JTAG, .idr = 0x14760010 });
	assert_int_equal(read_ok(&bench, JTAG_AP_IDR), 0x14760010);
	write_ok(&bench, JTAG_AP_CSW, UINT32_MAX);
	assert_int_equal(read_ok(&bench, JTAG_AP_CSW), JTAG_AP_CSW_TRST_OUT | JTAG_AP_CSW_SRST_OUT);
	write_ok(&bench, JTAG_AP_PSEL, 0x1ff);
	assert_int_equal(read_ok(&bench, JTAG_AP_PSEL), 0xff);
	assert_int_equal(read_ok(&bench, JTAG_AP_PSTA), 0);
	write_ok(&bench, JTAG_AP_BFIFO4, 0x12345678);
	assert_false(vap_stalls(&bench.aps.items[0], false, JTAG_AP_BFIFO4));
	assert_true(vap_stalls(&bench.aps.items[0], true, JTAG_AP_BFIFO1));
	assert_false(vap_stalls(&bench.aps.items[0], true, JTAG_AP_CSW));
	assert_int_equal(bench.fake.accesses, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(csw__spiden_lets_secure_accesses_through),
		cmocka_unit_test(drw__reads_64_bits_in_two_halves),
		cmocka_unit_test(drw__writes_128_bits_with_the_last_quarter),
		cmocka_unit_test(drw__another_register_begins_a_wide_transfer_anew),
		cmocka_unit_test(drw__wide_error_begins_anew),
		cmocka_unit_test(tar__has_the_high_bits_that_the_ap_has),
		cmocka_unit_test(drw__big_endian_lanes),
		cmocka_unit_test(dar__is_a_word_of_the_kilobyte_around_tar),
		cmocka_unit_test(dar__is_not_there_where_the_ap_has_none),
		cmocka_unit_test(errors__are_kept_and_stop_others_as_csw_says),
		cmocka_unit_test(nested__ap_behind_an_ap),
		cmocka_unit_test(registers__of_another_ap_are_its_own),
		cmocka_unit_test(jtag_ap__has_registers_and_nobody_behind),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(csw, csw_rows),
		TEST_TABLE(attributes, attr_rows),
		TEST_TABLE(cfg, cfg_rows),
		TEST_TABLE(v2, v2_rows),
	};

	return test_run_tables("vboard/ap", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
