/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario does to the part: firmware that misbehaves, bus faults, power; and snapshots. */
#include "unit/vboard/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/file.h"
#include "vboard/board/state.h"

#define DHCSR      0xe000edf0u
#define S_SLEEP    BIT(18)
#define S_LOCKUP   BIT(19)
#define S_RESET_ST BIT(25)

enum { RAM = 0x20000000, MS = 1000000 };

static void firmware__sleeps(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "firmware=sleep");
	assert_false(rig_read32(&rig, DHCSR) & S_SLEEP);
	rig_wait(&rig, 5 * MS);
	assert_true(rig_read32(&rig, DHCSR) & S_SLEEP);
	rig_close(&rig);
}

static void firmware__locks_up(void **state)
{
	static const char *const boards[] = { "cortex-m0", "stm32f407vg", "nrf52832" };
	struct rig rig;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(boards); i++) {
		rig_open(&rig, boards[i], "firmware=lockup");
		rig_wait(&rig, 5 * MS);
		assert_true(rig_read32(&rig, DHCSR) & S_LOCKUP);
		rig_close(&rig);
	}
}

static void firmware__resets_in_a_loop(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f103rb", "firmware=reset-loop");
	(void)rig_read32(&rig, DHCSR);
	for (int i = 0; i < 3; i++) {
		rig_wait(&rig, 5 * MS);
		assert_true(rig_read32(&rig, DHCSR) & S_RESET_ST);
	}
	/* Halted before its time it stays. */
	rig_wait(&rig, 1000);
	rig_halt(&rig);
	(void)rig_read32(&rig, DHCSR);
	rig_wait(&rig, 20 * MS);
	assert_false(rig_read32(&rig, DHCSR) & S_RESET_ST);
	rig_close(&rig);
}

/* Firmware that makes other use of the debug pins: gone for the debugger, until a reset. */
static void firmware__takes_the_debug_pins(void **state)
{
	static const char *const boards[] = { "stm32f103rb", "stm32f407vg" };
	struct rig rig;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(boards); i++) {
		rig_open(&rig, boards[i], "firmware=swd-off");
		assert_true(rig.target.is_wired(rig.target.data));
		rig_wait(&rig, 5 * MS);
		assert_false(rig.target.is_wired(rig.target.data));
		rig.target.drive_reset(rig.target.data, true);
		assert_true(rig.target.is_wired(rig.target.data));
		rig.target.drive_reset(rig.target.data, false);
		rig_wait(&rig, 5 * MS);
		assert_false(rig.target.is_wired(rig.target.data));
		rig_close(&rig);
	}
}

static void firmware__starves_its_watchdog(void **state)
{
	static const char *const boards[] = { "stm32f103rb", "stm32f407vg", "rp2040" };
	struct rig rig;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(boards); i++) {
		rig_open(&rig, boards[i], "firmware=watchdog");
		rig_wait(&rig, 300 * MS);
		(void)rig_read32(&rig, DHCSR);
		rig_wait(&rig, 300 * MS);
		assert_true(rig_read32(&rig, DHCSR) & S_RESET_ST);
		rig_close(&rig);
	}
}

static void bus_fault__hits_the_accesses_it_says(void **state)
{
	uint32_t value;
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "bus-fault=0x20000010+8@2x1");
	assert_true(rig_read(&rig, RAM + 0x10, 4, &value));
	assert_false(rig_read(&rig, RAM + 0x14, 4, &value));
	assert_true(rig_read(&rig, RAM + 0x14, 4, &value));
	assert_true(rig_read(&rig, RAM + 0x18, 4, &value));
	rig_close(&rig);
}

/* The core loads and stores RAM directly otherwise. */
static void bus_fault__hits_the_core(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "bus-fault=0x20000010");
	rig_halt(&rig);
	rig_write32(&rig, RAM + 0x100, 0xe7fe6801); /* ldr r1, [r0]; b . */
	rig_write_register(&rig, 0, RAM + 0x10);
	rig_run_from(&rig, RAM + 0x100, RAM + 0x1000);
	rig_wait(&rig, MS);
	/* No handler: HardFault's vector is 0xFFFFFFFF in an erased part, and then lock-up. */
	assert_true(rig_read32(&rig, DHCSR) & S_LOCKUP);
	rig_close(&rig);
}

static void power__comes_back(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "power-loss-at-ns=1000000,power-returns-after-ns=2000000");
	rig_write32(&rig, RAM, 0x12345678);
	rig_wait(&rig, 2 * MS);
	assert_false(rig.target.is_powered(rig.target.data));
	rig_wait(&rig, 2 * MS);
	assert_true(rig.target.is_powered(rig.target.data));
	assert_int_equal(rig.target.power_cycles(rig.target.data), 1);
	assert_int_not_equal(rig_read32(&rig, RAM), 0x12345678);
	rig_wait(&rig, 10 * MS);
	assert_true(rig.target.is_powered(rig.target.data));
	rig_close(&rig);
}

static const struct bad_setting {
	const char *name, *settings;
} bad_settings[] = {
	{ "no such firmware", "firmware=dances" },
	{ "no address", "bus-fault=@1" },
	{ "empty range", "bus-fault=0x20000000+0" },
	{ "count from 0", "bus-fault=0x20000000@0" },
	{ "trailing", "bus-fault=0x20000000@1x2y" },
	{ "no snapshot", "restore=/nonexistent/snapshot" },
};

static void settings__that_make_no_sense(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad_settings); i++) {
		struct rig rig;

		assert_int_not_equal(
			rig_try_open(&rig, "stm32f407vg", bad_settings[i].settings), DAPPER_OK);
	}
}

/* --- snapshots ------------------------------------------------------------------------------- */

/* Open with the snapshot of @p path to be restored. */
static void open_from(struct rig *rig, const char *board, const char *path)
{
	char settings[300];

	snprintf(settings, sizeof(settings), "restore=%s", path);
	rig_open(rig, board, settings);
}

/* Walk the items of two snapshots (board/snapshot.c) and name those that differ. */
static void expect_equal_snapshots(const char *a, const char *b)
{
	enum { HEAD = 16, NAME = 24, SUM = 8, LIMIT = 256 << 20 };
	uint8_t *one, *two;
	size_t size, other;
	bool equal = true;

	assert_ok(file_read(a, LIMIT, &one, &size));
	assert_ok(file_read(b, LIMIT, &two, &other));
	assert_int_equal(size, other);
	for (size_t at = HEAD; at < size - SUM;) {
		const size_t length = (size_t)get_le64(one + at + NAME);
		const uint8_t *x = one + at + NAME + 8;
		const uint8_t *y = two + at + NAME + 8;

		for (size_t i = 0; i < length; i++)
			if (x[i] != y[i]) {
				print_message("# %.24s differs at %zu of %zu\n",
					(const char *)one + at, i, length);
				equal = false;
				break;
			}
		at += NAME + 8 + length;
	}
	assert_true(equal);
	free(one);
	free(two);
}

/* A run that is cut in two by a snapshot ends as the same run without. */
static void expect_snapshot_changes_nothing(const char *board, const char *settings)
{
	char *middle = strdup(rig_temporary_path());
	char *through = strdup(rig_temporary_path());
	char *resumed = strdup(rig_temporary_path());
	struct rig rig;

	rig_open(&rig, board, settings);
	rig_wait(&rig, 3 * MS + 12345);
	assert_int_equal(board_save(rig.board, middle), DAPPER_OK);
	rig_wait(&rig, 7 * MS);
	assert_int_equal(board_save(rig.board, through), DAPPER_OK);
	rig_close(&rig);

	open_from(&rig, board, middle);
	rig.now_ns = rig.target.now_ns(rig.target.data);
	rig_wait(&rig, 7 * MS);
	assert_int_equal(board_save(rig.board, resumed), DAPPER_OK);
	rig_close(&rig);
	expect_equal_snapshots(through, resumed);
	unlink(middle);
	unlink(through);
	unlink(resumed);
	free(middle);
	free(through);
	free(resumed);
}

static void snapshot__changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; vboard_types[i]; i++) {
		print_message("# %s\n", vboard_types[i]->info.name);
		expect_snapshot_changes_nothing(vboard_types[i]->info.name, "");
	}
	expect_snapshot_changes_nothing("stm32f103rb", "firmware=reset-loop");
	expect_snapshot_changes_nothing("stm32f407vg", "firmware=reset-loop");
	expect_snapshot_changes_nothing("nrf52832", "firmware=sleep");
}

static void snapshot__that_is_damaged_or_of_another_board(void **state)
{
	const char *path = rig_temporary_path();
	char settings[300];
	struct rig rig;
	FILE *file;

	(void)state;
	rig_open(&rig, "cortex-m0", "");
	assert_int_equal(board_save(rig.board, path), DAPPER_OK);
	rig_close(&rig);
	snprintf(settings, sizeof(settings), "restore=%s", path);
	assert_int_equal(rig_try_open(&rig, "stm32f407vg", settings), DAPPER_ERR_PARSE);

	file = fopen(path, "r+b");
	assert_non_null(file);
	fseek(file, 5000, SEEK_SET);
	fputc(0x55, file);
	fputc(0x56, file);
	fclose(file);
	assert_int_equal(rig_try_open(&rig, "cortex-m0", settings), DAPPER_ERR_PARSE);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(rig_try_open(&rig, "cortex-m0", settings), DAPPER_ERR_PARSE);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmware__sleeps),
		cmocka_unit_test(firmware__locks_up),
		cmocka_unit_test(firmware__resets_in_a_loop),
		cmocka_unit_test(firmware__takes_the_debug_pins),
		cmocka_unit_test(firmware__starves_its_watchdog),
		cmocka_unit_test(bus_fault__hits_the_accesses_it_says),
		cmocka_unit_test(bus_fault__hits_the_core),
		cmocka_unit_test(power__comes_back),
		cmocka_unit_test(settings__that_make_no_sense),
		cmocka_unit_test(snapshot__changes_nothing),
		cmocka_unit_test(snapshot__that_is_damaged_or_of_another_board),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
