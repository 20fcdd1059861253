/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STM32L476 and STM32G071: the rules of the flash interface, which are the same in both, as scripts
 * of accesses, as a debugger and as the core makes them; clocks, USART. Expected values: RM0351,
 * sections 3 and 6; RM0444, sections 3 and 5.
 */
#include "unit/vboard/script.h"

#include "vboard/models/stm32l4_flash_regs.h"

#define REGS    0x40022000u
#define KEYR    (REGS + 0x08)
#define OPTKEYR (REGS + 0x0c)
#define SR      (REGS + 0x10)
#define CR      (REGS + 0x14)
#define OPTR    (REGS + 0x20)
#define WRP1AR  (REGS + 0x2c)
#define A       0x08000000u

#define PG     L4_FLASH_CR_PG
#define PER    L4_FLASH_CR_PER
#define MER1   L4_FLASH_CR_MER1
#define STRT   L4_FLASH_CR_STRT
#define FSTPG  L4_FLASH_CR_FSTPG
#define PNB(n) FIELD_PREP(L4_FLASH_CR_PNB, n)

#define UNLOCK                           \
	{ W32, KEYR, L4_FLASH_KEY1 },    \
	{                                \
		W32, KEYR, L4_FLASH_KEY2 \
	}
#define OPT_UNLOCK                             \
	{ W32, OPTKEYR, L4_FLASH_OPTKEY1 },    \
	{                                      \
		W32, OPTKEYR, L4_FLASH_OPTKEY2 \
	}
#define IDLES              \
	{                  \
		IDLE, 0, 0 \
	}

static const struct script_part l476 = { "stm32l476rg", SR, L4_FLASH_SR_BSY, L4_FLASH_SR_BSY };
static const struct script_part g071 = { "stm32g071rb", SR, L4_FLASH_SR_BSY, L4_FLASH_SR_BSY };

static const struct script scripts[] = {
	{ "CR is locked, both locks", "",
		{ { R32, CR, 0xc0000000 }, { W32, CR, PG }, { R32, CR, 0xc0000000 } } },
	{ "keys open it, LOCK closes it", "",
		{ UNLOCK, { R32, CR, 0x40000000 }, { W32, CR, PG | 0x40000000 },
			{ R32, CR, PG | 0x40000000 }, { W32, CR, 0x80000000 },
			{ R32, CR, 0xc0000000 } } },
	{ "a wrong key is a bus error and locks until reset", "",
		{ { FAIL32, KEYR, 1 }, { FAIL32, KEYR, L4_FLASH_KEY1 }, { RESET, 0, 0 }, UNLOCK,
			{ R32, CR, 0x40000000 } } },
	{ "a double word", "",
		{ UNLOCK, { W32, CR, PG }, { W32, A + 8, 0x11223344 }, { NOT_BUSY, 0, 0 },
			{ W32, A + 12, 0x55667788 }, { BUSY, 0, 0 }, { US, 0, 90 },
			{ NOT_BUSY, 0, 0 }, { R32, A + 8, 0x11223344 }, { R32, A + 12, 0x55667788 },
			{ R32, A + 16, 0xffffffff }, { R32, SR, 0 } } },
	{ "EOP comes with EOPIE", "",
		{ UNLOCK, { W32, CR, PG | L4_FLASH_CR_EOPIE }, { W32, A, 0 }, { W32, A + 4, 0 },
			IDLES, { R32, SR, 1 }, { W32, SR, 1 }, { R32, SR, 0 } } },
	{ "without PG: PGSERR", "",
		{ { W32, A, 0 }, { R32, SR, L4_FLASH_SR_PGSERR }, { R32, A, 0xffffffff } } },
	{ "a half-word: SIZERR", "",
		{ UNLOCK, { W32, CR, PG }, { W16, A, 0 }, { R32, SR, L4_FLASH_SR_SIZERR } } },
	{ "a byte: SIZERR", "",
		{ UNLOCK, { W32, CR, PG }, { W8, A, 0 }, { R32, SR, L4_FLASH_SR_SIZERR } } },
	{ "the second half first: PGAERR", "",
		{ UNLOCK, { W32, CR, PG }, { W32, A + 4, 0 }, { R32, SR, L4_FLASH_SR_PGAERR } } },
	{ "halves of two double words: PGAERR", "",
		{ UNLOCK, { W32, CR, PG }, { W32, A, 0 }, { W32, A + 12, 0 },
			{ R32, SR, L4_FLASH_SR_PGAERR }, { R32, A, 0xffffffff } } },
	{ "what is not erased: PROGERR, unless it is zero", "",
		{ UNLOCK, { W32, CR, PG }, { W32, A, 0xffff0000 }, { W32, A + 4, 0xffffffff },
			IDLES, { W32, A, 0xff000000 }, { W32, A + 4, 0xffffffff },
			{ R32, SR, L4_FLASH_SR_PROGERR }, { R32, A, 0xffff0000 },
			{ W32, SR, L4_FLASH_SR_PROGERR }, { W32, A, 0 }, { W32, A + 4, 0 }, IDLES,
			{ R32, SR, 0 }, { R32, A, 0 }, { R32, A + 4, 0 } } },
	{ "an error flag from before: PGSERR", "",
		{ UNLOCK, { W32, CR, PG }, { W8, A, 0 }, { W32, A, 0 },
			{ R32, SR, L4_FLASH_SR_SIZERR | L4_FLASH_SR_PGSERR } } },
	{ "page erase takes its page only", "",
		{ UNLOCK, { W32, CR, PG }, { W32, A + 0x7f8, 0 }, { W32, A + 0x7fc, 0 }, IDLES,
			{ W32, A + 0x800, 0 }, { W32, A + 0x804, 0 }, IDLES,
			{ W32, CR, PER | PNB(1) }, { W32, CR, PER | PNB(1) | STRT }, { BUSY, 0, 0 },
			{ US, 0, 22000 }, { BUSY, 0, 0 }, { US, 0, 30 }, { NOT_BUSY, 0, 0 },
			{ R32, A + 0x7fc, 0 }, { R32, A + 0x800, 0xffffffff }, { R32, SR, 0 } } },
	{ "mass erase", "",
		{ UNLOCK, { W32, CR, PG }, { W32, A + 0x7f8, 0 }, { W32, A + 0x7fc, 0 }, IDLES,
			{ W32, CR, MER1 }, { W32, CR, MER1 | STRT }, IDLES,
			{ R32, CR, 0x40000000 | MER1 }, { R32, A + 0x7fc, 0xffffffff } } },
	{ "a protected page: WRPERR", "write-protect=1",
		{ { R32, WRP1AR, 0x00010001 }, UNLOCK, { W32, CR, PG }, { W32, A + 0x800, 0 },
			{ R32, SR, L4_FLASH_SR_WRPERR }, { W32, SR, L4_FLASH_SR_WRPERR },
			{ W32, CR, PER | PNB(1) | STRT }, { R32, SR, L4_FLASH_SR_WRPERR },
			{ W32, SR, L4_FLASH_SR_WRPERR }, { W32, CR, MER1 | STRT },
			{ R32, SR, L4_FLASH_SR_WRPERR }, { W32, SR, L4_FLASH_SR_WRPERR },
			{ W32, CR, PER | PNB(2) | STRT }, IDLES, { R32, SR, 0 } } },
	{ "fast programming wants the row's beginning", "",
		{ UNLOCK, { W32, CR, FSTPG }, { W32, A + 8, 0 },
			{ R32, SR, L4_FLASH_SR_PGAERR | L4_FLASH_SR_FASTERR } } },
	{ "fast programming: a late word", "",
		{ UNLOCK, { W32, CR, FSTPG }, { W32, A, 0 }, { US, 0, 100 }, { W32, A + 4, 0 },
			{ R32, SR, L4_FLASH_SR_MISERR | L4_FLASH_SR_FASTERR } } },
	{ "option registers are locked", "",
		{ UNLOCK, { W32, WRP1AR, 0x00020001 }, { R32, WRP1AR, 0xff00ffff } } },
	{ "option registers count after OBL_LAUNCH", "",
		{ UNLOCK, OPT_UNLOCK, { W32, WRP1AR, 0x00020001 }, { W32, CR, L4_FLASH_CR_OPTSTRT },
			{ BUSY, 0, 0 }, IDLES, { W32, CR, PER | PNB(1) | STRT }, IDLES,
			{ R32, SR, 0 }, { W32, CR, L4_FLASH_CR_OBL_LAUNCH },
			{ R32, CR, 0xc0000000 }, UNLOCK, { W32, CR, PER | PNB(1) | STRT },
			{ R32, SR, L4_FLASH_SR_WRPERR } } },
	{ "a system reset alone loads nothing", "",
		{ UNLOCK, OPT_UNLOCK, { W32, WRP1AR, 0x00020001 }, { W32, CR, L4_FLASH_CR_OPTSTRT },
			IDLES, { RESET, 0, 0 }, { R32, WRP1AR, 0xff00ffff } } },
};

static void l476__as_a_debugger_sees_it(void **state)
{
	script_run(&l476, *state, false);
}

static void l476__as_the_core_sees_it(void **state)
{
	script_run(&l476, *state, true);
}

static void g071__as_a_debugger_sees_it(void **state)
{
	script_run(&g071, *state, false);
}

static void g071__as_the_core_sees_it(void **state)
{
	script_run(&g071, *state, true);
}

/* --- what only one has ------------------------------------------------------------------------ */

static const struct script l476_scripts[] = {
	{ "BKER: page 1 of bank 2", "",
		{ UNLOCK, { W32, CR, PG }, { W32, A + 0x80800, 0 }, { W32, A + 0x80804, 0 }, IDLES,
			{ W32, CR, PER | PNB(1) | L4_FLASH_CR_BKER | STRT }, IDLES,
			{ R32, A + 0x80800, 0xffffffff } } },
	{ "MER2 leaves bank 1", "",
		{ UNLOCK, { W32, CR, PG }, { W32, A + 0x80800, 0 }, { W32, A + 0x80804, 0 }, IDLES,
			{ W32, A, 0 }, { W32, A + 4, 0 }, IDLES,
			{ W32, CR, L4_FLASH_CR_MER2 | STRT }, IDLES,
			{ R32, A + 0x80800, 0xffffffff }, { R32, A, 0 } } },
	{ "the other bank can be read", "",
		{ UNLOCK, { W32, CR, PER | L4_FLASH_CR_BKER | STRT }, { R32, A, 0xffffffff },
			{ BUSY, 0, 0 }, { R32, A + 0x80000, 0xffffffff }, { NOT_BUSY, 0, 0 } } },
	{ "option registers keep their reserved bits", "",
		{ UNLOCK, OPT_UNLOCK, { W32, WRP1AR, 0x00020001 }, { R32, WRP1AR, 0xff02ff01 } } },
	{ "SRAM2 is seen above SRAM1", "",
		{ { W32, 0x10000004, 0x12345678 }, { R32, 0x20018004, 0x12345678 } } },
};

static void l476_alone__as_the_core_sees_it(void **state)
{
	script_run(&l476, *state, true);
}

static const struct script rdp_scripts[] = {
	{ "level 1 hides the array", "rdp=1", { { RFAIL, A, 0 }, { R32, OPTR, 0xffeff8bb } } },
	{ "level 0 again erases it", "rdp=1",
		{ UNLOCK, OPT_UNLOCK, { W32, OPTR, 0xffeff8aa }, { W32, CR, L4_FLASH_CR_OPTSTRT },
			IDLES, { RFAIL, A, 0 }, { W32, CR, L4_FLASH_CR_OBL_LAUNCH },
			{ R32, OPTR, 0xffeff8aa }, { R32, A, 0xffffffff } } },
	{ "level 2 is for ever", "rdp=2",
		{ UNLOCK, OPT_UNLOCK, { W32, OPTR, 0xffeff8aa }, { W32, CR, L4_FLASH_CR_OPTSTRT },
			{ NOT_BUSY, 0, 0 }, { R32, SR, L4_FLASH_SR_WRPERR } } },
};

static void rdp__as_a_debugger_sees_it(void **state)
{
	script_run(&l476, *state, false);
}

static void fast_programming__writes_a_row(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32l476rg", "");
	rig_write32(&rig, KEYR, L4_FLASH_KEY1);
	rig_write32(&rig, KEYR, L4_FLASH_KEY2);
	rig_write32(&rig, CR, FSTPG);
	for (uint32_t i = 0; i < L4_ROW; i += 4)
		rig_write32(&rig, A + 0x100 + i, i);
	rig_wait(&rig, 2 * NS_PER_MS);
	assert_int_equal(rig_read32(&rig, SR), 0);
	for (uint32_t i = 0; i < L4_ROW; i += 4)
		assert_int_equal(rig_read32(&rig, A + 0x100 + i), i);
	assert_int_equal(rig_read32(&rig, A + 0x200), 0xffffffff);
	rig_close(&rig);
}

/* --- clocks and USART ------------------------------------------------------------------------- */

struct clock_row {
	const char *what;
	const char *board;
	uint32_t cr, pllcfgr, cfgr;
	uint32_t core_hz, apb1_hz, apb2_hz;
};

static const struct clock_row clock_rows[] = {
	{ "L4: MSI 4 MHz", "stm32l476rg", 0x63, 0x1000, 0, 4000000, 4000000, 4000000 },
	{ "L4: MSI range 11", "stm32l476rg", 0xb9, 0x1000, 0, 48000000, 48000000, 48000000 },
	{ "L4: HSI16", "stm32l476rg", 0x163, 0x1000, 1, 16000000, 16000000, 16000000 },
	{ "L4: HSE, AHB / 2, APB1 / 4", "stm32l476rg", 0x10063, 0x1000, 2 | 8 << 4 | 5 << 8,
		4000000, 1000000, 4000000 },
	/* MSI 4 MHz / 1 * 40 / 2 */
	{ "L4: PLL 80 MHz from MSI", "stm32l476rg", 0x1000063, 0x01002801, 3, 80000000, 80000000,
		80000000 },
	{ "G0: HSI16 / 8", "stm32g071rb", 0x1d00, 0x1000, 0, 2000000, 2000000, 2000000 },
	/* HSI16 / 2 * 16 / 2 */
	{ "G0: PLL 64 MHz", "stm32g071rb", 0x1000500, 0x30001012, 2, 64000000, 64000000, 64000000 },
};

static void rcc__sets_the_clocks(void **state)
{
	const struct clock_row *row = *state;
	struct rig rig;

	rig_open(&rig, row->board, "");
	rig_write32(&rig, 0x4002100c, row->pllcfgr);
	rig_write32(&rig, 0x40021000, row->cr);
	rig_wait(&rig, 3 * NS_PER_MS);
	rig_write32(&rig, 0x40021008, row->cfgr);
	rig_wait(&rig, NS_PER_MS);
	rig_read32(&rig, 0x40021008);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), row->core_hz);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB1), row->apb1_hz);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB2), row->apb2_hz);
	rig_close(&rig);
}

struct usart_row {
	const char *what;
	const char *board;
};

static const struct usart_row usart_rows[] = {
	{ "USART2 of L4", "stm32l476rg" },
	{ "USART2 of G0", "stm32g071rb" },
};

/* 115200 baud at 16 MHz; TE is acknowledged, TDR takes a byte, ISR tells when it is out. */
static void usart__prints(void **state)
{
	const struct usart_row *row = *state;
	struct rig rig;

	rig_open(&rig, row->board, "");
	rig_write32(&rig, 0x4000440c, 139);
	rig_write32(&rig, 0x40004400, BIT(3) | BIT(0));
	assert_int_equal(rig_read32(&rig, 0x4000441c), BIT(21) | BIT(7) | BIT(6));
	rig_write32(&rig, 0x40004428, 'h');
	assert_int_equal(rig_read32(&rig, 0x4000441c), BIT(21) | BIT(7));
	rig_write32(&rig, 0x40004428, 'i');
	assert_int_equal(rig_read32(&rig, 0x4000441c), BIT(21));
	rig_wait(&rig, NS_PER_MS);
	assert_int_equal(rig_read32(&rig, 0x4000441c), BIT(21) | BIT(7) | BIT(6));
	rig_write32(&rig, 0x40004420, BIT(6)); /* TCCF */
	assert_int_equal(rig_read32(&rig, 0x4000441c), BIT(21) | BIT(7));
	assert_string_equal(rig.output, "hi");
	rig_close(&rig);
}

static void rcc__keeps_reset_reasons(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32l476rg", "");
	assert_int_equal(rig_read32(&rig, 0x40021094), 0x0c000600);
	rig_write32(&rig, 0x40021094, BIT(23)); /* RMVF */
	rig_write32(&rig, 0xe000ed0c, 0x05fa0004);
	assert_int_equal(rig_read32(&rig, 0x40021094), 0x14000600);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_programming__writes_a_row),
		cmocka_unit_test(rcc__keeps_reset_reasons),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(l476__as_a_debugger_sees_it, scripts),
		TEST_TABLE(l476__as_the_core_sees_it, scripts),
		TEST_TABLE(g071__as_a_debugger_sees_it, scripts),
		TEST_TABLE(g071__as_the_core_sees_it, scripts),
		TEST_TABLE(l476_alone__as_the_core_sees_it, l476_scripts),
		TEST_TABLE(rdp__as_a_debugger_sees_it, rdp_scripts),
		TEST_TABLE(rcc__sets_the_clocks, clock_rows),
		TEST_TABLE(usart__prints, usart_rows),
	};

	return test_run_tables(
		"vboard/stm32l4 and g0", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
