/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "support/fake_vtarget.h"
#include "vboard/adi/mem_ap.h"
#include "vboard/adi/mem_ap_regs.h"

/* CSW values: Size in bits 2:0, AddrInc in bits 5:4; HPROT of FAKE_CSW. */
enum { BYTE = 0, HALF = 1, WORD = 2, SINGLE = 0x10, PACKED = 0x20, PROT = 0x23000000 };

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vmem_ap ap;
};

static void setup(struct bench *bench, unsigned index)
{
	fake_target_init(&bench->fake, &bench->target);
	vmem_ap_init(&bench->ap, &bench->target.aps[index]);
	for (unsigned i = 0; i < 16; i++)
		bench->fake.ram[0x3f8 + i] = (uint8_t)(0x10 + i);
}

static uint32_t read_ok(struct bench *bench, uint8_t reg)
{
	uint32_t value = 0xdeadbeef;

	assert_true(vmem_ap_read(&bench->ap, reg, &value));
	return value;
}

/* --- CSW ------------------------------------------------------------------------------------- */

struct csw_row {
	const char *what;
	unsigned ap; /* 0 can pack, 1 cannot */
	uint32_t written;
	uint32_t expected;
};

static const struct csw_row csw_rows[] = {
	{ "csw__keeps prot, size and increment", 0, 0xa3000012, 0xa3000052 },
	{ "csw__device enable is read-only", 0, 0, 0x40 },
	{ "csw__mode and trinprog are not there", 0, 0xf80, 0x40 },
	{ "csw__packed where the AP can", 0, PROT | PACKED, PROT | 0x60 },
	{ "csw__packed reads back as off where it cannot", 1, PROT | PACKED, PROT | 0x40 },
	{ "csw__reserved increment reads back as off", 0, PROT | 0x30, PROT | 0x40 },
	{ "csw__size of 64 bit reads back as 32", 0, PROT | 3, PROT | 0x42 },
	{ "csw__size 7 reads back as 32", 1, PROT | 7, PROT | 0x42 },
};

static void csw(void **state)
{
	const struct csw_row *row = *state;
	struct bench bench;

	setup(&bench, row->ap);
	assert_int_equal(read_ok(&bench, MEM_AP_CSW), FAKE_CSW);
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_CSW, row->written));
	assert_int_equal(read_ok(&bench, MEM_AP_CSW), row->expected);
}

/* --- DRW ------------------------------------------------------------------------------------- */

/* RAM at 0x200003f8 holds 10 11 12 13 14 15 16 17 (0x400:) 18 19 1a 1b 1c 1d 1e 1f. */
struct read_row {
	const char *what;
	uint32_t csw;
	uint32_t tar;
	uint32_t value;
	uint32_t tar_after;
	unsigned accesses;
};

static const struct read_row read_rows[] = {
	{ "read__word", PROT | WORD, 0x200003f8, 0x13121110, 0x200003f8, 1 },
	{ "read__word, increment", PROT | WORD | SINGLE, 0x200003f8, 0x13121110, 0x200003fc, 1 },
	{ "read__word, increment wraps in 1 KiB", PROT | WORD | SINGLE, 0x200003fc, 0x17161514,
		0x20000000, 1 },
	{ "read__word, low address bits do not count", PROT | WORD, 0x200003fb, 0x13121110,
		0x200003fb, 1 },
	{ "read__byte 0 in lane 0", PROT | BYTE, 0x200003f8, 0x10, 0x200003f8, 1 },
	{ "read__byte 1 in lane 1", PROT | BYTE | SINGLE, 0x200003f9, 0x1100, 0x200003fa, 1 },
	{ "read__byte 3 in lane 3", PROT | BYTE | SINGLE, 0x200003fb, 0x13000000, 0x200003fc, 1 },
	{ "read__byte, increment wraps", PROT | BYTE | SINGLE, 0x200003ff, 0x17000000, 0x20000000,
		1 },
	{ "read__half-word in the upper lanes", PROT | HALF | SINGLE, 0x200003fa, 0x13120000,
		0x200003fc, 1 },
	{ "read__half-word in the lower lanes", PROT | HALF, 0x200003fc, 0x1514, 0x200003fc, 1 },
	{ "read__packed bytes", PROT | BYTE | PACKED, 0x200003f8, 0x13121110, 0x200003fc, 4 },
	{ "read__packed half-words", PROT | HALF | PACKED, 0x200003fc, 0x17161514, 0x20000000, 2 },
	{ "read__packed bytes, not aligned: lanes of the address", PROT | BYTE | PACKED, 0x200003f9,
		0x13121114, 0x200003fd, 4 },
	{ "read__packed words are single words", PROT | WORD | PACKED, 0x200003f8, 0x13121110,
		0x200003fc, 1 },
};

static void read_drw(void **state)
{
	const struct read_row *row = *state;
	struct bench bench;

	setup(&bench, 0);
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_CSW, row->csw));
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_TAR, row->tar));
	assert_int_equal(read_ok(&bench, MEM_AP_DRW), row->value);
	assert_int_equal(read_ok(&bench, MEM_AP_TAR), row->tar_after);
	assert_int_equal(bench.fake.accesses, row->accesses);
}

struct write_row {
	const char *what;
	uint32_t csw;
	uint32_t tar;
	uint8_t bytes[8]; /* at 0x200003f8 after 0xa3a2a1a0 was written */
	unsigned size;    /* of the last access */
};

static const struct write_row write_rows[] = {
	{ "write__word", PROT | WORD, 0x200003f8,
		{ 0xa0, 0xa1, 0xa2, 0xa3, 0x14, 0x15, 0x16, 0x17 }, 4 },
	{ "write__byte takes its lane", PROT | BYTE, 0x200003fa,
		{ 0x10, 0x11, 0xa2, 0x13, 0x14, 0x15, 0x16, 0x17 }, 1 },
	{ "write__half-word takes its lanes", PROT | HALF, 0x200003fe,
		{ 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0xa2, 0xa3 }, 2 },
	{ "write__packed bytes", PROT | BYTE | PACKED, 0x200003fc,
		{ 0x10, 0x11, 0x12, 0x13, 0xa0, 0xa1, 0xa2, 0xa3 }, 1 },
	{ "write__packed half-words", PROT | HALF | PACKED, 0x200003f8,
		{ 0xa0, 0xa1, 0xa2, 0xa3, 0x14, 0x15, 0x16, 0x17 }, 2 },
};

static void write_drw(void **state)
{
	const struct write_row *row = *state;
	struct bench bench;

	setup(&bench, 0);
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_CSW, row->csw));
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_TAR, row->tar));
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_DRW, 0xa3a2a1a0));
	assert_memory_equal(bench.fake.ram + 0x3f8, row->bytes, sizeof(row->bytes));
	assert_int_equal(bench.fake.size, row->size);
}

/* The RAM holds 0x10, 0x11... from 0x200003f8; a byte stands in the lane of its address. */
static void drw__unaligned_where_the_bus_splits_it(void **state)
{
	static const struct {
		uint32_t csw, address, read;
		uint8_t written[8];
	} cases[] = {
		{ WORD, 0x200003f9, 0x13121114,
			{ 0x10, 0xa1, 0xa2, 0xa3, 0xa0, 0x15, 0x16, 0x17 } },
		{ HALF, 0x200003fb, 0x13000014,
			{ 0x10, 0x11, 0x12, 0xa3, 0xa0, 0x15, 0x16, 0x17 } },
		{ WORD, 0x200003f8, 0x13121110,
			{ 0xa0, 0xa1, 0xa2, 0xa3, 0x14, 0x15, 0x16, 0x17 } },
	};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(&bench, 0);
		bench.target.aps[0].can_unaligned = true;
		vmem_ap_write(&bench.ap, MEM_AP_CSW, PROT | cases[i].csw);
		vmem_ap_write(&bench.ap, MEM_AP_TAR, cases[i].address);
		assert_int_equal(read_ok(&bench, MEM_AP_DRW), cases[i].read);
		assert_true(vmem_ap_write(&bench.ap, MEM_AP_DRW, 0xa3a2a1a0));
		assert_memory_equal(bench.fake.ram + 0x3f8, cases[i].written, 8);
	}
}

/* The AHB-AP of a Cortex-M3 or M4: 4 KB (DDI 0439D, 8.3). */
static void drw__increment_wraps_where_the_ap_says(void **state)
{
	static const struct {
		uint8_t bits;
		uint32_t from, to;
	} cases[] = {
		{ 0, 0x20000bfc, 0x20000800 },
		{ 10, 0x20000bfc, 0x20000800 },
		{ 12, 0x20000bfc, 0x20000c00 },
		{ 12, 0x20000ffc, 0x20000000 },
	};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(&bench, 0);
		bench.target.aps[0].increment_bits = cases[i].bits;
		vmem_ap_write(&bench.ap, MEM_AP_CSW, PROT | WORD | SINGLE);
		vmem_ap_write(&bench.ap, MEM_AP_TAR, cases[i].from);
		read_ok(&bench, MEM_AP_DRW);
		assert_int_equal(read_ok(&bench, MEM_AP_TAR), cases[i].to);
	}
}

static void drw__error_leaves_tar(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, 0);
	vmem_ap_write(&bench.ap, MEM_AP_CSW, PROT | WORD | SINGLE);
	vmem_ap_write(&bench.ap, MEM_AP_TAR, 0x10000000);
	assert_false(vmem_ap_read(&bench.ap, MEM_AP_DRW, &value));
	assert_false(vmem_ap_write(&bench.ap, MEM_AP_DRW, 1));
	assert_int_equal(read_ok(&bench, MEM_AP_TAR), 0x10000000);
}

/* The first byte can be read, the second cannot: TAR stands at the one that failed. */
static void drw__packed_stops_at_the_error(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, 0);
	vmem_ap_write(&bench.ap, MEM_AP_CSW, PROT | BYTE | PACKED);
	vmem_ap_write(&bench.ap, MEM_AP_TAR, FAKE_MICROSECONDS);
	assert_false(vmem_ap_read(&bench.ap, MEM_AP_DRW, &value));
	assert_int_equal(read_ok(&bench, MEM_AP_TAR), FAKE_MICROSECONDS + 1);
	assert_int_equal(bench.fake.accesses, 2);
}

static void bd__is_the_word_around_tar(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, 0);
	vmem_ap_write(&bench.ap, MEM_AP_CSW, PROT | BYTE | SINGLE);
	vmem_ap_write(&bench.ap, MEM_AP_TAR, 0x200003f5);
	assert_int_equal(read_ok(&bench, MEM_AP_BD0 + 8), 0x13121110);
	assert_int_equal(read_ok(&bench, MEM_AP_BD3), 0x17161514);
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_BD0, 0x01020304));
	assert_int_equal(bench.fake.address, 0x200003f0);
	assert_int_equal(bench.fake.size, 4);
	assert_int_equal(read_ok(&bench, MEM_AP_TAR), 0x200003f5);
}

static void registers__identify_the_ap(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench, 0);
	assert_int_equal(read_ok(&bench, MEM_AP_IDR), FAKE_IDR);
	assert_int_equal(read_ok(&bench, MEM_AP_BASE), FAKE_BASE);
	assert_int_equal(read_ok(&bench, MEM_AP_CFG), 0);
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_IDR, 0));
	assert_int_equal(read_ok(&bench, MEM_AP_IDR), FAKE_IDR);
	assert_int_equal(read_ok(&bench, 0x20), 0);
	assert_int_equal(bench.fake.accesses, 0);
}

struct attr_row {
	const char *what;
	uint32_t csw;
	unsigned attr;
};

static const struct attr_row attr_rows[] = {
	{ "attributes__user, secure", 0x00000002, VBUS_SECURE },
	{ "attributes__privileged, secure", 0x02000002, VBUS_SECURE | VBUS_PRIVILEGED },
	{ "attributes__privileged, non-secure", 0x42000002, VBUS_PRIVILEGED },
	{ "attributes__user, non-secure", 0x40000002, 0 },
};

static void attributes(void **state)
{
	const struct attr_row *row = *state;
	struct bench bench;

	setup(&bench, 0);
	vmem_ap_write(&bench.ap, MEM_AP_CSW, row->csw);
	vmem_ap_write(&bench.ap, MEM_AP_TAR, FAKE_RAM);
	read_ok(&bench, MEM_AP_DRW);
	assert_int_equal(bench.fake.attr, row->attr);
}

/* --- DeviceEn, and APs that are no MEM-AP ----------------------------------------------------- */

static bool never(void *data)
{
	(void)data;
	return false;
}

static void csw__without_device_enable_nothing_is_accessed(void **state)
{
	struct bench bench;
	uint32_t value;

	(void)state;
	setup(&bench, 0);
	bench.target.aps[0].is_enabled = never;
	assert_true(vmem_ap_write(&bench.ap, MEM_AP_TAR, 0x3f8));
	assert_int_equal(read_ok(&bench, MEM_AP_CSW), FAKE_CSW & ~MEM_AP_CSW_DEVICE_EN);
	assert_false(vmem_ap_read(&bench.ap, MEM_AP_DRW, &value));
	assert_false(vmem_ap_write(&bench.ap, MEM_AP_DRW, 0));
	assert_false(vmem_ap_read(&bench.ap, MEM_AP_BD0, &value));
	assert_int_equal(bench.fake.ram[0x3f8], 0x10);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(drw__unaligned_where_the_bus_splits_it),
		cmocka_unit_test(drw__increment_wraps_where_the_ap_says),
		cmocka_unit_test(drw__error_leaves_tar),
		cmocka_unit_test(drw__packed_stops_at_the_error),
		cmocka_unit_test(bd__is_the_word_around_tar),
		cmocka_unit_test(registers__identify_the_ap),
		cmocka_unit_test(csw__without_device_enable_nothing_is_accessed),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(csw, csw_rows),
		TEST_TABLE(read_drw, read_rows),
		TEST_TABLE(write_drw, write_rows),
		TEST_TABLE(attributes, attr_rows),
	};

	return test_run_tables(
		"vboard/mem_ap", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
