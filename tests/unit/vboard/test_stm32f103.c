/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every rule of the FPEC of the virtual STM32F103, as scripts of accesses; each script runs twice,
 * as a debugger and as the core would make it. Expected values: PM0075 rev 2, DS5319.
 */
#include "unit/vboard/script.h"

#include <stdio.h>

#include "vboard/models/stm32f1_flash_regs.h"

#define REGS    0x40022000u
#define KEYR    (REGS + F1_FLASH_KEYR)
#define OPTKEYR (REGS + F1_FLASH_OPTKEYR)
#define SR      (REGS + F1_FLASH_SR)
#define CR      (REGS + F1_FLASH_CR)
#define AR      (REGS + F1_FLASH_AR)
#define OBR     (REGS + F1_FLASH_OBR)
#define WRPR    (REGS + F1_FLASH_WRPR)
#define A       0x08000000u
#define OB      F1_OPTION_BASE
#define ERASED  0xffffffffu

#define PG     F1_FLASH_CR_PG
#define PER    F1_FLASH_CR_PER
#define MER    F1_FLASH_CR_MER
#define STRT   F1_FLASH_CR_STRT
#define LOCK   F1_FLASH_CR_LOCK
#define OPTPG  F1_FLASH_CR_OPTPG
#define OPTER  F1_FLASH_CR_OPTER
#define OPTWRE F1_FLASH_CR_OPTWRE
#define EOP    F1_FLASH_SR_EOP

#define UNLOCK                           \
	{ W32, KEYR, F1_FLASH_KEY1 },    \
	{                                \
		W32, KEYR, F1_FLASH_KEY2 \
	}
#define UNLOCK_OPTIONS                      \
	{ W32, OPTKEYR, F1_FLASH_KEY1 },    \
	{                                   \
		W32, OPTKEYR, F1_FLASH_KEY2 \
	}

static const struct script_part part = { "stm32f103rb", SR, 1, 1 };

static const struct script scripts[] = {
	{ "reset values", "",
		{ { R32, REGS, 0x30 }, { R32, SR, 0 }, { R32, CR, LOCK }, { R32, OBR, 0x03fffffc },
			{ R32, WRPR, ERASED }, { R32, KEYR, 0 }, { R32, A, ERASED },
			{ R32, OB, 0x00ff5aa5 }, { R32, OB + 8, 0x00ff00ff },
			{ R16, 0x1ffff7e0, 128 } } },
	{ "CR cannot be written while locked", "",
		{ { W32, CR, PG }, { R32, CR, LOCK }, UNLOCK, { R32, CR, 0 }, { W32, CR, PG },
			{ R32, CR, PG }, { W32, CR, LOCK }, { R32, CR, LOCK }, { W32, CR, PG },
			{ R32, CR, LOCK }, UNLOCK, { R32, CR, 0 } } },
	{ "a wrong key is a bus error and locks until reset", "",
		{ { FAIL32, KEYR, 0x12345678 }, { FAIL32, KEYR, F1_FLASH_KEY1 },
			{ FAIL32, KEYR, F1_FLASH_KEY2 }, { R32, CR, LOCK }, { RESET, 0, 0 }, UNLOCK,
			{ R32, CR, 0 } } },
	{ "the second key wrong, too", "",
		{ { W32, KEYR, F1_FLASH_KEY1 }, { FAIL32, KEYR, F1_FLASH_KEY1 },
			{ FAIL32, KEYR, F1_FLASH_KEY2 }, { R32, CR, LOCK } } },
	{ "prefetch says that it is on", "",
		{ { W32, REGS, 0x02 }, { R32, REGS, 0x02 }, { W32, REGS, 0x12 },
			{ R32, REGS, 0x32 } } },

	{ "program a half-word", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A + 6, 0x1234 }, { BUSY, 0, 0 }, { IDLE, 0, 0 },
			{ R32, SR, EOP }, { R32, A + 4, 0x1234ffff }, { R32, A + 8, ERASED },
			{ R32, CR, PG } } },
	{ "other widths are bus errors", "",
		{ UNLOCK, { W32, CR, PG }, { FAIL32, A, 0 }, { FAIL8, A, 0 }, { NOT_BUSY, 0, 0 },
			{ R32, A, ERASED }, { R32, SR, 0 } } },
	{ "not erased: PGERR, and nothing happens", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A, 0xfff0 }, { IDLE, 0, 0 }, { W32, SR, EOP },
			{ W16, A, 0xff00 }, { NOT_BUSY, 0, 0 }, { R32, SR, F1_FLASH_SR_PGERR },
			{ R32, A, 0xfffffff0 }, { W32, SR, F1_FLASH_SR_PGERR }, { R32, SR, 0 } } },
	{ "zero can always be programmed", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A, 0xfff0 }, { W16, A, 0 }, { IDLE, 0, 0 },
			{ R32, SR, EOP }, { R32, A, 0xffff0000 } } },
	{ "without PG nothing happens", "",
		{ UNLOCK, { W16, A, 0 }, { NOT_BUSY, 0, 0 }, { R32, A, ERASED } } },
	{ "through the alias at 0", "",
		{ UNLOCK, { W32, CR, PG }, { W16, 0x100, 0xcafe }, { IDLE, 0, 0 },
			{ R16, A + 0x100, 0xcafe }, { R16, 0x100, 0xcafe } } },
	{ "the last half-word", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A + 0x1fffe, 1 }, { IDLE, 0, 0 },
			{ R16, A + 0x1fffe, 1 }, { RFAIL, A + 0x20000, 0 } } },
	{ "the next half-word waits for the one before", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A, 1 }, { W16, A + 2, 2 }, { BUSY, 0, 0 },
			{ R32, A, 0x00020001 }, { NOT_BUSY, 0, 0 } } },

	{ "page erase touches its page only", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A + 0x3fe, 0 }, { W16, A + 0x400, 0 },
			{ W16, A + 0x7fe, 0 }, { W16, A + 0x800, 0 }, { W32, CR, PER },
			{ W32, AR, A + 0x555 }, { W32, CR, PER | STRT }, { BUSY, 0, 0 },
			{ R32, CR, PER | STRT }, { IDLE, 0, 0 }, { R32, CR, PER },
			{ R16, A + 0x3fe, 0 }, { R16, A + 0x400, 0xffff },
			{ R16, A + 0x7fe, 0xffff }, { R16, A + 0x800, 0 } } },
	{ "a page that is not there", "",
		{ UNLOCK, { W32, AR, A + 0x20000 }, { W32, CR, PER | STRT }, { NOT_BUSY, 0, 0 },
			{ R32, SR, 0 } } },
	{ "mass erase", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A, 0 }, { W16, A + 0x1fffe, 0 },
			{ W32, CR, MER | STRT }, { BUSY, 0, 0 }, { IDLE, 0, 0 }, { R32, SR, EOP },
			{ R32, A, ERASED }, { R16, A + 0x1fffe, 0xffff } } },
	{ "two kinds of erase do nothing, nor does STRT alone", "",
		{ UNLOCK, { W32, CR, PER | MER | STRT }, { NOT_BUSY, 0, 0 }, { W32, CR, STRT },
			{ NOT_BUSY, 0, 0 }, { R32, CR, 0 } } },

	{ "write protection: WRPRTERR", "write-protect=5",
		{ { R32, WRPR, 0xfffffffd }, UNLOCK, { W32, CR, PG }, { W16, A + 0x1000, 0 },
			{ NOT_BUSY, 0, 0 }, { R32, SR, F1_FLASH_SR_WRPRTERR },
			{ R32, A + 0x1000, ERASED }, { W32, SR, F1_FLASH_SR_WRPRTERR },
			{ W32, AR, A + 0x1c00 }, { W32, CR, PER | STRT },
			{ R32, SR, F1_FLASH_SR_WRPRTERR }, { W32, SR, F1_FLASH_SR_WRPRTERR },
			{ W32, CR, MER | STRT }, { R32, SR, F1_FLASH_SR_WRPRTERR },
			{ NOT_BUSY, 0, 0 }, { W32, AR, A }, { W32, CR, PER | STRT },
			{ BUSY, 0, 0 } } },

	{ "option bytes need both locks open", "",
		{ { W32, CR, OPTPG }, { W16, OB + 4, 0x12 }, UNLOCK, { W32, CR, OPTPG },
			{ W16, OB + 4, 0x12 }, { NOT_BUSY, 0, 0 }, { R16, OB + 4, 0x00ff },
			UNLOCK_OPTIONS, { R32, CR, OPTPG | OPTWRE }, { W32, CR, OPTPG },
			{ R32, CR, OPTPG } } },
	{ "option bytes: erase, program, reset", "",
		{ UNLOCK, UNLOCK_OPTIONS, { W32, CR, OPTWRE | OPTER | STRT }, { IDLE, 0, 0 },
			{ R32, OB, ERASED }, { W32, CR, OPTWRE | OPTPG }, { W16, OB, 0xa5 },
			{ W16, OB + 8, 0xfffe }, { IDLE, 0, 0 }, { R32, OB, 0xffff5aa5 },
			{ R32, OB + 8, 0xffff01fe }, { R32, WRPR, ERASED }, { RESET, 0, 0 },
			{ R32, WRPR, 0xfffffffe }, { R32, OBR, 0x03fffffc } } },
	{ "option bytes that are not erased: PGERR", "",
		{ UNLOCK, UNLOCK_OPTIONS, { W32, CR, OPTWRE | OPTPG }, { W16, OB + 4, 0x12 },
			{ R32, SR, F1_FLASH_SR_PGERR }, { R16, OB + 4, 0x00ff },
			{ FAIL32, OB, 0 } } },
	{ "a wrong option key leaves the other lock", "",
		{ { FAIL32, OPTKEYR, 1 }, UNLOCK, { R32, CR, 0 },
			{ FAIL32, OPTKEYR, F1_FLASH_KEY1 }, { R32, CR, 0 } } },

	{ "a bad cell keeps its bits", "bad-cell=0x08000106",
		{ UNLOCK, { W32, CR, PG }, { W16, A + 0x102, 1 }, { W16, A + 0x106, 2 },
			{ W16, A + 0x108, 3 }, { IDLE, 0, 0 }, { R16, A + 0x102, 1 },
			{ R16, A + 0x106, 0xffff }, { R16, A + 0x108, 3 } } },
	{ "stuck busy ends with a reset", "stuck-busy-at-op=1",
		{ UNLOCK, { W32, CR, PG }, { W16, A, 1 }, { US, 0, 100000000 }, { BUSY, 0, 0 },
			{ RFAIL, A, 0 }, { FAIL32, CR, 0 }, { RESET, 0, 0 }, { NOT_BUSY, 0, 0 } } },
};

static void flash__as_a_debugger_sees_it(void **state)
{
	script_run(&part, *state, false);
}

static void flash__as_the_core_sees_it(void **state)
{
	script_run(&part, *state, true);
}

/* Read protection shows to the debugger only. */
static const struct script protection_scripts[] = {
	{ "read protection hides the flash and ends with a mass erase", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A + 0x1000, 0x1234 }, UNLOCK_OPTIONS,
			{ W32, CR, OPTWRE | OPTER | STRT }, { IDLE, 0, 0 },
			{ R16, A + 0x1000, 0x1234 }, { RESET, 0, 0 }, { R32, OBR, 0x03fffffe },
			{ RFAIL, A + 0x1000, 0 }, { FAIL16, A + 0x1002, 0 }, UNLOCK, UNLOCK_OPTIONS,
			{ W32, CR, OPTWRE | OPTPG }, { W16, OB, 0xa5 }, { BUSY, 0, 0 } } },
	{ "pages 0 to 3 are write-protected then", "",
		{ UNLOCK, UNLOCK_OPTIONS, { W32, CR, OPTWRE | OPTER | STRT }, { IDLE, 0, 0 },
			{ RESET, 0, 0 }, UNLOCK, { W32, AR, A + 0xc00 }, { W32, CR, PER | STRT },
			{ R32, SR, F1_FLASH_SR_WRPRTERR }, { W32, SR, F1_FLASH_SR_WRPRTERR },
			{ W32, AR, A + 0x1000 }, { W32, CR, PER | STRT }, { BUSY, 0, 0 } } },
};

static void protection__as_a_debugger_sees_it(void **state)
{
	script_run(&part, *state, false);
}

static void unprotect__erases_and_then_programs(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f103rb", "");
	for (int round = 0; round < 2; round++) {
		rig_write32(&rig, KEYR, F1_FLASH_KEY1);
		rig_write32(&rig, KEYR, F1_FLASH_KEY2);
		rig_write32(&rig, OPTKEYR, F1_FLASH_KEY1);
		rig_write32(&rig, OPTKEYR, F1_FLASH_KEY2);
		if (round == 0) {
			rig_write32(&rig, CR, OPTWRE | PG);
			assert_true(rig_write(&rig, A + 0x1000, 2, 0x1234));
			rig_write32(&rig, CR, OPTWRE | OPTER | STRT);
		} else {
			rig_write32(&rig, CR, OPTWRE | OPTPG);
			assert_true(rig_write(&rig, OB, 2, 0xa5));
			/* The erase, then the option byte. */
			rig_wait(&rig, 30 * NS_PER_MS + 52499);
			assert_true(script_is_busy(&part, &rig));
		}
		rig_wait(&rig, 40 * NS_PER_MS);
		rig.target.drive_reset(rig.target.data, true);
		rig.target.drive_reset(rig.target.data, false);
	}
	assert_int_equal(rig_read32(&rig, OBR), 0x03fffffc);
	assert_int_equal(rig_read32(&rig, A + 0x1000), ERASED);
	rig_close(&rig);
}

/* --- times ----------------------------------------------------------------------------------- */

struct time_row {
	const char *what;
	uint32_t cr;
	uint64_t ns;
};

static const struct time_row time_rows[] = {
	{ "a half-word", PG, 52500 },
	{ "a page", PER | STRT, 30 * NS_PER_MS },
	{ "all", MER | STRT, 30 * NS_PER_MS },
};

static void flash__is_busy_for_exactly_its_time(void **state)
{
	const struct time_row *row = *state;
	struct rig rig;

	rig_open(&rig, "stm32f103rb", "");
	rig_wait(&rig, 12345);
	rig_write32(&rig, KEYR, F1_FLASH_KEY1);
	rig_write32(&rig, KEYR, F1_FLASH_KEY2);
	rig_write32(&rig, AR, A);
	rig_write32(&rig, CR, row->cr);
	if (row->cr & PG)
		assert_true(rig_write(&rig, A, 2, 0));
	rig_wait(&rig, row->ns - 1);
	assert_true(script_is_busy(&part, &rig));
	rig_wait(&rig, 1);
	assert_false(script_is_busy(&part, &rig));
	assert_int_equal(rig.target.flash_busy_ns(rig.target.data), row->ns);
	rig_close(&rig);
}

static void options__are_kept_in_their_file(void **state)
{
	char settings[300], path[256];
	struct rig rig;

	(void)state;
	snprintf(path, sizeof(path), "%s", rig_temporary_path());
	snprintf(settings, sizeof(settings), "options=%s,write-protect=0", path);
	rig_open(&rig, "stm32f103rb", settings);
	assert_int_equal(rig_read32(&rig, WRPR), 0xfffffffe);
	rig_close(&rig);
	snprintf(settings, sizeof(settings), "options=%s", path);
	rig_open(&rig, "stm32f103rb", settings);
	assert_int_equal(rig_read32(&rig, WRPR), 0xfffffffe);
	assert_int_equal(rig_read32(&rig, OBR), 0x03fffffc);
	rig_close(&rig);
	assert_int_equal(remove(path), 0);
}

static void options__with_a_wrong_complement_are_an_error(void **state)
{
	static const uint8_t bytes[16] = { 0xa5, 0x5a, 0x00, 0x00, 0xff, 0xff, 0x12, 0xed, 0xff,
		0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00 };
	char settings[300], path[256];
	struct rig rig;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s", rig_temporary_path());
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, sizeof(bytes), file), sizeof(bytes));
	fclose(file);
	snprintf(settings, sizeof(settings), "options=%s", path);
	rig_open(&rig, "stm32f103rb", settings);
	/* OPTERR for USER; DATA0 is erased, which is none; DATA1 is 0x12. */
	assert_int_equal(rig_read32(&rig, OBR), 0x12u << 18 | 0xff << 10 | 0xff << 2 | 1);
	rig_close(&rig);
	assert_int_equal(remove(path), 0);
}

/* --- clocks and pins ------------------------------------------------------------------------- */

struct clock_row {
	const char *what;
	uint32_t cfgr;
	uint32_t core_hz, apb1_hz, apb2_hz;
};

static const struct clock_row clock_rows[] = {
	{ "HSI", 0, 8000000, 8000000, 8000000 },
	{ "HSE", 1, 8000000, 8000000, 8000000 },
	{ "PLL: HSE x 9", 7u << 18 | BIT(16) | 4u << 8 | 2, 72000000, 36000000, 72000000 },
	{ "PLL: HSI / 2 x 16", 15u << 18 | 4u << 8 | 2, 64000000, 32000000, 64000000 },
	{ "PLL: HSE / 2 x 2, APB2 / 16", BIT(17) | BIT(16) | 7u << 11 | 2, 8000000, 8000000,
		500000 },
	{ "AHB / 512", 15u << 4, 15625, 15625, 15625 },
};

static void rcc__sets_the_clocks(void **state)
{
	const struct clock_row *row = *state;
	struct rig rig;

	rig_open(&rig, "stm32f103rb", "");
	rig_write32(&rig, 0x40021000, 0x00010083); /* HSEON */
	assert_int_equal(rig_read32(&rig, 0x40021000), 0x00010083);
	rig_wait(&rig, 2 * NS_PER_MS);
	assert_int_equal(rig_read32(&rig, 0x40021000), 0x00030083);
	rig_write32(&rig, 0x40021004, row->cfgr & ~3u);
	rig_write32(&rig, 0x40021000, 0x01010083); /* PLLON */
	rig_write32(&rig, 0x40021004, row->cfgr);
	rig_wait(&rig, 200 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, 0x40021004), row->cfgr | (row->cfgr & 3) << 2);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), row->core_hz);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB1), row->apb1_hz);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB2), row->apb2_hz);
	rig_close(&rig);
}

static void gpio__drives_and_reads_pins(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f103rb", "");
	assert_int_equal(rig_read32(&rig, 0x40010804), 0x44444444);
	rig_write32(&rig, 0x40010800, 0x44444481); /* PA0 drives, PA1 has a pull resistor */
	rig_write32(&rig, 0x40010804, 0x2444444b); /* PA15 drives, PA8 is an alternate function */
	rig_write32(&rig, 0x40010810, 0x00008103);
	assert_int_equal(rig_read32(&rig, 0x4001080c), 0x8103);
	assert_int_equal(rig_read32(&rig, 0x40010808), 0x8003);
	rig_write32(&rig, 0x40010810, 0x00010000);
	rig_write32(&rig, 0x40010814, 0x00008000);
	assert_int_equal(rig_read32(&rig, 0x40010808), 0x0002);
	rig_close(&rig);
}

static void rcc__keeps_reset_reasons(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f103rb", "");
	assert_int_equal(rig_read32(&rig, 0x40021024), 0x0c000000);
	rig_write32(&rig, 0x40021024, BIT(24)); /* RMVF */
	assert_int_equal(rig_read32(&rig, 0x40021024), 0);
	rig_write32(&rig, 0xe000ed0c, 0x05fa0004);
	assert_int_equal(rig_read32(&rig, 0x40021024), 0x14000000);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(unprotect__erases_and_then_programs),
		cmocka_unit_test(options__are_kept_in_their_file),
		cmocka_unit_test(options__with_a_wrong_complement_are_an_error),
		cmocka_unit_test(gpio__drives_and_reads_pins),
		cmocka_unit_test(rcc__keeps_reset_reasons),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(flash__as_a_debugger_sees_it, scripts),
		TEST_TABLE(flash__as_the_core_sees_it, scripts),
		TEST_TABLE(protection__as_a_debugger_sees_it, protection_scripts),
		TEST_TABLE(flash__is_busy_for_exactly_its_time, time_rows),
		TEST_TABLE(rcc__sets_the_clocks, clock_rows),
	};

	return test_run_tables(
		"vboard/stm32f103", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
