/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVMC, UICR, FICR and CTRL-AP of the virtual nRF52840 and nRF52832; each script runs twice, as a
 * debugger and as the core would make it. Expected values: nRF52840 PS v1.7, 4.3 to 4.8.
 */
#include "unit/vboard/script.h"

#include <stdio.h>

#include "vboard/models/nrf52_nvmc_regs.h"

#define NVMC      0x4001e000u
#define READY     (NVMC + NVMC_READY)
#define READYNEXT (NVMC + NVMC_READYNEXT)
#define CONFIG    (NVMC + NVMC_CONFIG)
#define PAGE      (NVMC + NVMC_ERASEPAGE)
#define PAGE_SIZE 0x1000u
#define LAST_840  0xffffcu
#define LAST_832  0x7fffcu
#define APPROTECT (UICR_BASE + UICR_APPROTECT)
#define CUSTOMER  (UICR_BASE + 0x80u)
#define ERASED    0xffffffffu

static const struct script_part nrf52840 = { "nrf52840", READY, 1, 0 };
static const struct script_part nrf52832 = { "nrf52832", READY, 1, 0 };

static const struct script both[] = {
	{ "reset values", "",
		{ { R32, READY, 1 }, { R32, CONFIG, 0 }, { R32, 0, ERASED },
			{ R32, APPROTECT, ERASED }, { R32, NVMC + NVMC_IHIT, 0 } } },
	{ "write a word", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0x100, 0x12345678 }, { BUSY, 0, 0 },
			{ IDLE, 0, 0 }, { R32, 0x100, 0x12345678 }, { R32, 0xfc, ERASED },
			{ R32, 0x104, ERASED } } },
	{ "writing only clears bits", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0, 0xf0f0ffff }, { IDLE, 0, 0 },
			{ W32, 0, 0x3c3c5555 }, { IDLE, 0, 0 }, { R32, 0, 0x30305555 } } },
	{ "less than a word is a bus error", "",
		{ { W32, CONFIG, NVMC_WEN }, { FAIL16, 0, 0 }, { FAIL8, 0, 0 }, { FAIL16, 2, 0 },
			{ NOT_BUSY, 0, 0 }, { R32, 0, ERASED } } },
	{ "read-only and erase modes take no writes", "",
		{ { FAIL32, 0, 0 }, { W32, CONFIG, NVMC_EEN }, { FAIL32, 0, 0 }, { NOT_BUSY, 0, 0 },
			{ R32, 0, ERASED } } },
	{ "reset disables writing", "",
		{ { W32, CONFIG, NVMC_WEN }, { RESET, 0, 0 }, { R32, CONFIG, 0 },
			{ FAIL32, 0, 0 } } },
	{ "erase a page", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0xffc, 0 }, { W32, 0x1000, 0 },
			{ W32, 0x1ffc, 0 }, { W32, 0x2000, 0 }, { W32, CONFIG, NVMC_EEN },
			{ W32, PAGE, 0x1000 }, { BUSY, 0, 0 }, { IDLE, 0, 0 }, { R32, 0xffc, 0 },
			{ R32, 0x1000, ERASED }, { R32, 0x1ffc, ERASED }, { R32, 0x2000, 0 } } },
	{ "ERASEPCR0 erases a page, too", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0x3000, 0 }, { W32, CONFIG, NVMC_EEN },
			{ W32, NVMC + NVMC_ERASEPCR0, 0x3000 }, { IDLE, 0, 0 },
			{ R32, 0x3000, ERASED } } },
	{ "erasing needs EEN", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0, 0 }, { IDLE, 0, 0 }, { W32, PAGE, 0 },
			{ W32, NVMC + NVMC_ERASEALL, 1 }, { NOT_BUSY, 0, 0 }, { R32, 0, 0 } } },
	{ "a page that is not there", "",
		{ { W32, CONFIG, NVMC_EEN }, { W32, PAGE, 0x100000 }, { NOT_BUSY, 0, 0 },
			{ W32, PAGE, 0x10001000 }, { NOT_BUSY, 0, 0 } } },
	{ "ERASEALL takes the UICR along", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0, 0 }, { W32, LAST_832, 0 },
			{ W32, CUSTOMER, 5 }, { IDLE, 0, 0 }, { R32, CUSTOMER, 5 },
			{ W32, CONFIG, NVMC_EEN }, { W32, NVMC + NVMC_ERASEALL, 0 },
			{ NOT_BUSY, 0, 0 }, { W32, NVMC + NVMC_ERASEALL, 1 }, { BUSY, 0, 0 },
			{ IDLE, 0, 0 }, { R32, 0, ERASED }, { R32, LAST_832, ERASED },
			{ R32, CUSTOMER, ERASED } } },
	{ "ERASEUICR leaves the flash", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0, 0 }, { W32, CUSTOMER, 5 },
			{ W32, CONFIG, NVMC_EEN }, { W32, NVMC + NVMC_ERASEUICR, 1 },
			{ IDLE, 0, 0 }, { R32, 0, 0 }, { R32, CUSTOMER, ERASED } } },
	{ "a read waits until the end", "",
		{ { W32, CONFIG, NVMC_EEN }, { W32, PAGE, 0 }, { BUSY, 0, 0 },
			{ R32, 0x5000, ERASED }, { NOT_BUSY, 0, 0 } } },
	{ "RAM does not wait, and is seen at 0x00800000", "",
		{ { W32, CONFIG, NVMC_EEN }, { W32, PAGE, 0 }, { W32, 0x20000100, 7 },
			{ R32, 0x00800100, 7 }, { BUSY, 0, 0 } } },

	{ "APPROTECT closes the AHB-AP from the next reset on", "",
		{ { OPEN, 0, 0 }, { APR, CTRL_AP_APPROTECTSTATUS, 1 }, { W32, CONFIG, NVMC_WEN },
			{ W32, APPROTECT, 0xffffff00 }, { IDLE, 0, 0 }, { OPEN, 0, 0 },
			{ RESET, 0, 0 }, { CLOSED, 0, 0 }, { APR, CTRL_AP_APPROTECTSTATUS, 0 } } },
	{ "CTRL-AP erases and opens it", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, APPROTECT, 0xffffff00 }, { W32, 0x40, 1 },
			{ IDLE, 0, 0 }, { RESET, 0, 0 }, { CLOSED, 0, 0 },
			{ APR, CTRL_AP_ERASEALLSTATUS, 0 }, { APW, CTRL_AP_ERASEALL, 1 },
			{ APR, CTRL_AP_ERASEALLSTATUS, 1 }, { US, 0, 295000 },
			{ APR, CTRL_AP_ERASEALLSTATUS, 0 }, { CLOSED, 0, 0 },
			{ APW, CTRL_AP_RESET, 1 }, { APR, CTRL_AP_RESET, 1 },
			{ APW, CTRL_AP_RESET, 0 }, { OPEN, 0, 0 },
			{ APR, CTRL_AP_APPROTECTSTATUS, 1 }, { R32, 0x40, ERASED },
			{ R32, APPROTECT, ERASED } } },
	{ "CTRL-AP's identity; ERASEALL = 0 does nothing", "",
		{ { APR, CTRL_AP_IDR, 0x02880000 }, { APW, CTRL_AP_ERASEALL, 0 },
			{ APR, CTRL_AP_ERASEALLSTATUS, 0 }, { APR, 0x10, 0 } } },
	{ "CTRL-AP waits for the operation under way", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0x40, 1 }, { APW, CTRL_AP_ERASEALL, 1 },
			{ APR, CTRL_AP_ERASEALLSTATUS, 1 }, { US, 0, 41 },
			{ APR, CTRL_AP_ERASEALLSTATUS, 1 }, { US, 0, 295000 },
			{ APR, CTRL_AP_ERASEALLSTATUS, 0 }, { R32, 0x40, ERASED } } },
	{ "a bad cell keeps its bits", "bad-cell=0x106",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0x100, 1 }, { W32, 0x104, 2 },
			{ W32, 0x108, 3 }, { IDLE, 0, 0 }, { R32, 0x100, 1 },
			{ R32, 0x104, ERASED }, { R32, 0x108, 3 } } },
	{ "stuck busy ends with a reset", "stuck-busy-at-op=2",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0, 1 }, { IDLE, 0, 0 }, { W32, 4, 2 },
			{ US, 0, 100000000 }, { BUSY, 0, 0 }, { RFAIL, 0, 0 }, { RESET, 0, 0 },
			{ NOT_BUSY, 0, 0 }, { R32, 0, 1 } } },
	{ "a reset leaves half a page erased", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0, 0 }, { W32, 0x7fc, 0 }, { W32, 0x800, 0 },
			{ IDLE, 0, 0 }, { W32, CONFIG, NVMC_EEN }, { W32, PAGE, 0 },
			{ RESET, 0, 0 }, { R32, 0, ERASED }, { R32, 0x7fc, ERASED },
			{ R32, 0x800, 0 } } },
};

static const struct script only_840[] = {
	{ "READYNEXT: one word is buffered", "",
		{ { HALT, 0, 0 }, { W32, CONFIG, NVMC_WEN }, { R32, READYNEXT, 1 }, { W32, 0, 1 },
			{ R32, READYNEXT, 1 }, { W32, 4, 2 }, { R32, READYNEXT, 0 }, { BUSY, 0, 0 },
			{ US, 0, 41 }, { R32, READYNEXT, 1 }, { BUSY, 0, 0 }, { US, 0, 41 },
			{ NOT_BUSY, 0, 0 }, { R32, 0, 1 }, { R32, 4, 2 } } },
	{ "a third word waits", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0, 1 }, { W32, 4, 2 }, { W32, 8, 3 },
			{ W32, 12, 4 }, { IDLE, 0, 0 }, { R32, 0, 1 }, { R32, 4, 2 }, { R32, 8, 3 },
			{ R32, 12, 4 } } },
	{ "no buffer behind an erase", "",
		{ { W32, CONFIG, NVMC_EEN }, { W32, PAGE, 0 }, { R32, READYNEXT, 0 } } },
	{ "a reset loses what is buffered", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0, 0 }, { W32, 4, 0 }, { RESET, 0, 0 },
			{ US, 0, 100 }, { R32, 0, 0xffff0000 }, { R32, 4, ERASED } } },
	{ "partial erases add up", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, 0x40, 0 }, { IDLE, 0, 0 },
			{ W32, CONFIG, NVMC_EEN }, { R32, NVMC + NVMC_ERASEPAGEPARTIALCFG, 10 },
			{ W32, NVMC + NVMC_ERASEPAGEPARTIALCFG, 40 },
			{ W32, NVMC + NVMC_ERASEPAGEPARTIAL, 0 }, { BUSY, 0, 0 }, { US, 0, 40000 },
			{ NOT_BUSY, 0, 0 }, { W32, NVMC + NVMC_ERASEPAGEPARTIAL, 0 },
			{ IDLE, 0, 0 }, { R32, 0x40, 0 }, { W32, NVMC + NVMC_ERASEPAGEPARTIAL, 0 },
			{ IDLE, 0, 0 }, { R32, 0x40, ERASED } } },
	{ "the last word", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, LAST_840, 1 }, { IDLE, 0, 0 },
			{ R32, LAST_840, 1 }, { RFAIL, LAST_840 + 4, 0 } } },
	{ "FICR", "",
		{ { R32, 0x10000010, 0x1000 }, { R32, 0x10000014, 256 },
			{ R32, 0x10000100, 0x52840 }, { R32, 0x1000010c, 256 },
			{ R32, 0x10000110, 1024 }, { R32, 0x10000300, ERASED },
			{ FAIL32, 0x10000010, 0 } } },
};

static const struct script only_832[] = {
	{ "the next word waits for the one before", "",
		{ { W32, CONFIG, NVMC_WEN }, { R32, READYNEXT, 0 }, { W32, 0, 1 }, { W32, 4, 2 },
			{ BUSY, 0, 0 }, { R32, 0, 1 }, { R32, 4, 2 } } },
	{ "no partial erase", "",
		{ { W32, CONFIG, NVMC_EEN }, { W32, NVMC + NVMC_ERASEPAGEPARTIAL, 0 },
			{ NOT_BUSY, 0, 0 }, { R32, NVMC + NVMC_ERASEPAGEPARTIALCFG, 0 } } },
	{ "the last word", "",
		{ { W32, CONFIG, NVMC_WEN }, { W32, LAST_832, 1 }, { IDLE, 0, 0 },
			{ R32, LAST_832, 1 }, { RFAIL, LAST_832 + 4, 0 } } },
	{ "FICR", "",
		{ { R32, 0x10000010, 0x1000 }, { R32, 0x10000014, 128 },
			{ R32, 0x10000100, 0x52832 }, { R32, 0x1000010c, 64 },
			{ R32, 0x10000110, 512 }, { R32, 0x10000130, 6 },
			{ R32, 0xf0000fe0, 6 } } },
};

static void nrf52840__as_a_debugger_sees_it(void **state)
{
	script_run(&nrf52840, *state, false);
}

static void nrf52840__as_the_core_sees_it(void **state)
{
	script_run(&nrf52840, *state, true);
}

static void nrf52832__as_a_debugger_sees_it(void **state)
{
	script_run(&nrf52832, *state, false);
}

static void nrf52832__as_the_core_sees_it(void **state)
{
	script_run(&nrf52832, *state, true);
}

/* --- times ----------------------------------------------------------------------------------- */

struct time_row {
	const char *what;
	const struct script_part *part;
	uint32_t mode, address;
	uint32_t value;
	uint64_t ns;
};

static const struct time_row time_rows[] = {
	{ "a word", &nrf52840, NVMC_WEN, 0x10, 0, 41 * NS_PER_US },
	{ "a word of the UICR", &nrf52840, NVMC_WEN, CUSTOMER, 0, 41 * NS_PER_US },
	{ "a page", &nrf52840, NVMC_EEN, PAGE, 0, 85 * NS_PER_MS },
	{ "all, nRF52840", &nrf52840, NVMC_EEN, NVMC + NVMC_ERASEALL, 1, 169 * NS_PER_MS },
	{ "all, nRF52832", &nrf52832, NVMC_EEN, NVMC + NVMC_ERASEALL, 1, 295 * NS_PER_MS },
};

/* Busy one nanosecond before the end, ready at the end; and counted. */
static void nvmc__is_busy_for_exactly_its_time(void **state)
{
	const struct time_row *row = *state;
	struct rig rig;

	rig_open(&rig, row->part->board, "");
	rig_wait(&rig, 12345);
	rig_write32(&rig, CONFIG, row->mode);
	rig_write32(&rig, row->address, row->value);
	rig_wait(&rig, row->ns - 1);
	assert_true(script_is_busy(row->part, &rig));
	rig_wait(&rig, 1);
	assert_false(script_is_busy(row->part, &rig));
	assert_int_equal(rig.target.flash_busy_ns(rig.target.data), row->ns);
	rig_close(&rig);
}

static void ctrl_ap__holds_the_part_in_reset(void **state)
{
	struct rig rig;
	const struct vap_registers *ap = &rig.target.aps[1].registers;

	(void)state;
	rig_open(&rig, "nrf52840", "");
	assert_true(ap->write(ap->data, CTRL_AP_RESET, 1));
	assert_true(rig.board->in_reset);
	/* The pin comes and goes; the part stays in reset. */
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	assert_true(rig.board->in_reset);
	assert_true(ap->write(ap->data, CTRL_AP_RESET, 0));
	assert_false(rig.board->in_reset);
	/* RESETREAS: soft reset. */
	assert_int_equal(rig_read32(&rig, 0x40000400), 4);
	rig_close(&rig);
}

static void ctrl_ap__erases_the_ram(void **state)
{
	struct rig rig;
	const struct vap_registers *ap = &rig.target.aps[1].registers;

	(void)state;
	rig_open(&rig, "nrf52832", "");
	rig_write32(&rig, 0x2000fffc, 0x12345678);
	assert_true(ap->write(ap->data, CTRL_AP_ERASEALL, 1));
	assert_int_not_equal(rig_read32(&rig, 0x2000fffc), 0x12345678);
	rig_close(&rig);
}

static void files__keep_flash_and_uicr(void **state)
{
	const char *flash = rig_temporary_path();
	char path[200], settings[500];
	struct rig rig;

	(void)state;
	snprintf(path, sizeof(path), "%s", flash);
	snprintf(settings, sizeof(settings), "flash=%s,uicr=%s.uicr", path, path);
	rig_open(&rig, "nrf52840", settings);
	rig_write32(&rig, CONFIG, NVMC_WEN);
	rig_write32(&rig, 0x200, 0xcafef00d);
	rig_write32(&rig, APPROTECT, 0xffffff00);
	rig_wait(&rig, NS_PER_MS);
	rig_close(&rig);
	rig_open(&rig, "nrf52840", settings);
	assert_int_equal(rig_read32(&rig, 0x200), 0xcafef00d);
	assert_false(rig.target.aps[0].is_enabled(rig.target.aps[0].bus.data));
	rig_close(&rig);
	assert_int_equal(remove(path), 0);
	strcat(path, ".uicr");
	assert_int_equal(remove(path), 0);
}

static void power_loss__leaves_half_of_a_page(void **state)
{
	char settings[300];
	const char *path = rig_temporary_path();
	struct rig rig;
	uint32_t value;

	(void)state;
	snprintf(settings, sizeof(settings), "flash=%s,power-loss-at-op=3", path);
	rig_open(&rig, "nrf52840", settings);
	rig_write32(&rig, CONFIG, NVMC_WEN);
	rig_write32(&rig, 0, 0);
	rig_write32(&rig, 0x800, 0);
	rig_wait(&rig, NS_PER_MS);
	rig_write32(&rig, CONFIG, NVMC_EEN);
	rig_write32(&rig, PAGE, 0);
	rig_wait(&rig, 100 * NS_PER_MS);
	assert_false(rig.target.is_powered(rig.target.data));
	assert_false(rig_read(&rig, 0, 4, &value));
	rig_close(&rig);
	settings[strlen(settings) - strlen(",power-loss-at-op=3")] = 0;
	rig_open(&rig, "nrf52840", settings);
	assert_int_equal(rig_read32(&rig, 0), ERASED);
	assert_int_equal(rig_read32(&rig, 0x800), 0);
	rig_close(&rig);
	assert_int_equal(remove(path), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ctrl_ap__holds_the_part_in_reset),
		cmocka_unit_test(ctrl_ap__erases_the_ram),
		cmocka_unit_test(files__keep_flash_and_uicr),
		cmocka_unit_test(power_loss__leaves_half_of_a_page),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(nrf52840__as_a_debugger_sees_it, both),
		TEST_TABLE(nrf52840__as_the_core_sees_it, both),
		TEST_TABLE(nrf52832__as_a_debugger_sees_it, both),
		TEST_TABLE(nrf52832__as_the_core_sees_it, both),
		TEST_TABLE(nrf52840__as_a_debugger_sees_it, only_840),
		TEST_TABLE(nrf52840__as_the_core_sees_it, only_840),
		TEST_TABLE(nrf52832__as_a_debugger_sees_it, only_832),
		TEST_TABLE(nrf52832__as_the_core_sees_it, only_832),
		TEST_TABLE(nvmc__is_busy_for_exactly_its_time, time_rows),
	};

	return test_run_tables(
		"vboard/nrf52_nvmc", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
