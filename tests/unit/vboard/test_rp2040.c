/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual RP2040: how it boots, its flash chip, its cores, its timer. */
#include "unit/vboard/rig.h"

#include <stdio.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/bytes.h"

#define DHCSR         0xe000edf0u
#define DHCSR_S_SLEEP BIT(18)
#define XIP           0x10000000u
#define RAM           0x20000000u
#define SIO           0xd0000000u
#define TIMER         0x40054000u
#define WATCHDOG      0x40058000u
#define RESETS        0x4000c000u
#define ATOMIC_XOR    0x1000u
#define ATOMIC_SET    0x2000u
#define ATOMIC_CLR    0x3000u

enum { FLASH_SIZE = 2 << 20, STAGE2_SIZE = 256, MS = 1000000 };

static uint32_t read_as(struct rig *rig, unsigned ap, uint32_t address)
{
	const struct vbus *bus = &rig->target.dps[ap].aps[0].bus;
	uint32_t value = 0;

	assert_true(bus->read(bus->data, address, 4, VBUS_PRIVILEGED, &value));
	return value;
}

/* --- booting ---------------------------------------------------------------------------------- */

/* The polynomial division of 2.8.1.3.1, a bit at a time from the other end than the ROM's. */
static uint32_t stage2_checksum(const uint8_t *bytes)
{
	uint32_t sum = UINT32_MAX;

	for (unsigned bit = 0; bit < (STAGE2_SIZE - 4) * 8; bit++) {
		const uint32_t in = bytes[bit / 8] >> (7 - bit % 8) & 1;
		const uint32_t out = sum >> 31;

		sum = sum << 1 ^ (in ^ out ? 0x04c11db7 : 0);
	}
	return sum;
}

/* ldr r0, =RAM; ldr r1, =0x600df00d; str r1, [r0]; b . */
static void make_flash(const char *path, bool good)
{
	static const uint16_t code[] = { 0x4801, 0x4902, 0x6001, 0xe7fe };
	uint8_t stage2[STAGE2_SIZE] = { 0 };
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	for (size_t i = 0; i < ARRAY_SIZE(code); i++)
		put_le16(stage2 + 2 * i, code[i]);
	put_le32(stage2 + 8, RAM);
	put_le32(stage2 + 12, 0x600df00d);
	put_le32(stage2 + STAGE2_SIZE - 4, stage2_checksum(stage2) ^ !good);
	assert_int_equal(fwrite(stage2, 1, sizeof(stage2), file), sizeof(stage2));
	for (int i = STAGE2_SIZE; i < FLASH_SIZE; i++)
		fputc(0xff, file);
	fclose(file);
}

static void open_with_stage2(struct rig *rig, bool good)
{
	const char *path = rig_temporary_path();
	char settings[300];

	make_flash(path, good);
	snprintf(settings, sizeof(settings), "flash=%s", path);
	rig_open(rig, "rp2040", settings);
	unlink(path);
}

static void boot__runs_a_second_stage_with_the_right_checksum(void **state)
{
	struct rig rig;

	(void)state;
	open_with_stage2(&rig, true);
	rig_wait(&rig, 5 * MS);
	assert_int_equal(rig_read32(&rig, RAM), 0x600df00d);
	rig_close(&rig);

	open_with_stage2(&rig, false);
	rig_wait(&rig, 5 * MS);
	assert_int_not_equal(rig_read32(&rig, RAM), 0x600df00d);
	assert_true(rig_read32(&rig, DHCSR) & DHCSR_S_SLEEP);
	rig_close(&rig);
}

static void boot__goes_where_the_scratch_registers_say(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "rp2040", "");
	rig_wait(&rig, 5 * MS);
	rig_write32(&rig, RAM + 0x100, 0xe7febf00); /* nop; b . */
	rig_write32(&rig, WATCHDOG + 0x0c + 4 * 4, 0xb007c0d3);
	rig_write32(&rig, WATCHDOG + 0x0c + 4 * 5, (RAM + 0x101) ^ -0xb007c0d3u);
	rig_write32(&rig, WATCHDOG + 0x0c + 4 * 6, RAM + 0x1000);
	rig_write32(&rig, WATCHDOG + 0x0c + 4 * 7, RAM + 0x101);
	rig_write32(&rig, WATCHDOG, BIT(31)); /* TRIGGER */
	rig_wait(&rig, MS);
	assert_int_equal(rig_read32(&rig, WATCHDOG + 8), 2); /* REASON: FORCE */
	assert_false(rig_read32(&rig, DHCSR) & DHCSR_S_SLEEP);
	rig_halt(&rig);
	assert_in_range(rig_read_register(&rig, 15), RAM + 0x100, RAM + 0x102);
	rig_close(&rig);
}

static void core_1__is_launched_through_the_fifo(void **state)
{
	const uint32_t words[] = { 0, 0, 1, RAM, RAM + 0x2000, RAM + 0x101 };
	struct rig rig;

	(void)state;
	rig_open(&rig, "rp2040", "");
	rig_wait(&rig, 5 * MS);
	assert_int_equal(read_as(&rig, 0, SIO), 0);
	assert_int_equal(read_as(&rig, 1, SIO), 1);
	/* Core 1 sleeps until core 0 sends an event: sev; b .-2 */
	rig_halt(&rig);
	rig_write32(&rig, RAM + 0x200, 0xe7fdbf40);
	rig_run_from(&rig, RAM + 0x200, RAM + 0x1000);
	rig_write32(&rig, RAM + 0x100, 0xe7fe);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		rig_write32(&rig, SIO + 0x54, words[i]);
		rig_wait(&rig, MS);
		assert_int_equal(rig_read32(&rig, SIO + 0x50) & 1, 1);
		assert_int_equal(rig_read32(&rig, SIO + 0x58), words[i]);
	}
	rig_wait(&rig, MS);
	assert_int_equal(read_as(&rig, 1, 0xe000ed08), RAM); /* VTOR of core 1 */
	assert_false(read_as(&rig, 1, DHCSR) & DHCSR_S_SLEEP);
	rig_close(&rig);
}

/* --- SIO, registers, timer ---------------------------------------------------------------------- */

static void spinlock__is_taken_once(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "rp2040", "");
	assert_int_equal(read_as(&rig, 1, SIO + 0x100 + 4 * 7), BIT(7));
	assert_int_equal(read_as(&rig, 0, SIO + 0x100 + 4 * 7), 0);
	assert_int_equal(rig_read32(&rig, SIO + 0x5c), BIT(7));
	rig_write32(&rig, SIO + 0x100 + 4 * 7, 0);
	assert_int_equal(read_as(&rig, 0, SIO + 0x100 + 4 * 7), BIT(7));
	rig_close(&rig);
}

static const struct division {
	const char *name;
	uint32_t dividend, divisor;
	bool is_signed;
	uint32_t quotient, remainder;
} divisions[] = {
	{ "unsigned", 100, 7, false, 14, 2 },
	{ "negative dividend", (uint32_t)-100, 7, true, (uint32_t)-14, (uint32_t)-2 },
	{ "negative divisor", 100, (uint32_t)-7, true, (uint32_t)-14, 2 },
	{ "most negative by -1", 0x80000000, UINT32_MAX, true, 0x80000000, 0 },
	{ "by zero", 5, 0, false, UINT32_MAX, 5 },
	{ "negative by zero", (uint32_t)-5, 0, true, 1, (uint32_t)-5 },
};

static void divider__divides(void **state)
{
	const struct division *row = *state;
	const uint32_t first = SIO + (row->is_signed ? 0x68 : 0x60);
	struct rig rig;

	rig_open(&rig, "rp2040", "");
	rig_write32(&rig, first, row->dividend);
	rig_write32(&rig, first + 4, row->divisor);
	assert_int_equal(rig_read32(&rig, SIO + 0x78), 3);
	assert_int_equal(rig_read32(&rig, SIO + 0x74), row->remainder);
	assert_int_equal(rig_read32(&rig, SIO + 0x70), row->quotient);
	rig_close(&rig);
}

static void registers__have_atomic_aliases(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "rp2040", "");
	rig_halt(&rig);
	rig_write32(&rig, RESETS, 0x00ff00);
	rig_write32(&rig, RESETS + ATOMIC_SET, 0x0000f0);
	rig_write32(&rig, RESETS + ATOMIC_CLR, 0x00f000);
	rig_write32(&rig, RESETS + ATOMIC_XOR, 0x0000ff);
	assert_int_equal(rig_read32(&rig, RESETS), 0x00000f0f);
	assert_int_equal(rig_read32(&rig, RESETS + 8), 0x01fff0f0); /* RESET_DONE */
	rig_close(&rig);
}

static void timer__raises_its_alarm(void **state)
{
	uint32_t now;
	struct rig rig;

	(void)state;
	rig_open(&rig, "rp2040", "");
	rig_wait(&rig, 5 * MS);
	now = rig_read32(&rig, TIMER + 0x28);
	assert_in_range(now, 4990, 5010);
	rig_write32(&rig, TIMER + 0x38, BIT(1));
	rig_write32(&rig, TIMER + 0x14, now + 100);
	assert_int_equal(rig_read32(&rig, TIMER + 0x20), BIT(1));
	rig_wait(&rig, 90000);
	assert_int_equal(rig_read32(&rig, TIMER + 0x40), 0);
	rig_wait(&rig, 20000);
	assert_int_equal(rig_read32(&rig, TIMER + 0x40), BIT(1));
	assert_int_equal(rig_read32(&rig, 0xe000e200), BIT(1)); /* NVIC_ISPR */
	rig_write32(&rig, TIMER + 0x34, BIT(1));
	assert_int_equal(rig_read32(&rig, TIMER + 0x40), 0);
	rig_close(&rig);
}

static void watchdog__resets_when_it_is_starved(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "rp2040", "");
	rig_wait(&rig, 5 * MS);
	rig_write32(&rig, RAM, 0x12345678);
	rig_write32(&rig, WATCHDOG + 0x04, 2000); /* 1 ms: RP2040-E1 */
	rig_write32(&rig, WATCHDOG, BIT(30));
	rig_wait(&rig, 900000);
	assert_int_equal(rig_read32(&rig, WATCHDOG + 8), 0);
	rig_wait(&rig, 200000);
	assert_int_equal(rig_read32(&rig, WATCHDOG + 8), 1);
	assert_int_equal(rig_read32(&rig, RAM), 0x12345678);
	rig_close(&rig);
}

static void window__is_a_bus_error_without_the_ssi(void **state)
{
	uint32_t value;
	struct rig rig;

	(void)state;
	rig_open(&rig, "rp2040", "");
	rig_halt(&rig);
	rig_write32(&rig, 0x18000008, 0);
	assert_false(rig_read(&rig, XIP, 4, &value));
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot__runs_a_second_stage_with_the_right_checksum),
		cmocka_unit_test(boot__goes_where_the_scratch_registers_say),
		cmocka_unit_test(core_1__is_launched_through_the_fifo),
		cmocka_unit_test(spinlock__is_taken_once),
		cmocka_unit_test(registers__have_atomic_aliases),
		cmocka_unit_test(timer__raises_its_alarm),
		cmocka_unit_test(watchdog__resets_when_it_is_starved),
		cmocka_unit_test(window__is_a_bus_error_without_the_ssi),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(divider__divides, divisions),
	};

	return test_run_tables(
		"vboard/rp2040", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
