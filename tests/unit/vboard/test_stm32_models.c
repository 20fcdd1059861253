/* SPDX-License-Identifier: Apache-2.0 */
/* Clock tree, ports, serial port, watchdog of the virtual STM32F407 (RM0090 rev 19). */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"

#define RCC_CR      0x40023800u
#define RCC_PLLCFGR 0x40023804u
#define RCC_CFGR    0x40023808u
#define RCC_CSR     0x40023874u
#define GPIOA       0x40020000u
#define GPIOB       0x40020400u
#define GPIOD       0x40020c00u
#define USART2      0x40004400u
#define IWDG        0x40003000u

/* --- RCC ------------------------------------------------------------------------------------- */

struct pll_row {
	const char *what;
	uint32_t pllcfgr;
	uint32_t cfgr; /* with SW */
	uint32_t core_hz, apb1_hz, apb2_hz;
};

static const struct pll_row pll_rows[] = {
	{ "HSI", 0x24003010, 0, 16000000, 16000000, 16000000 },
	{ "HSE", 0x24003010, 1, 8000000, 8000000, 8000000 },
	{ "PLL from HSE: 168 MHz", 7u << 24 | BIT(22) | 336 << 6 | 8, 4u << 13 | 5u << 10 | 2,
		168000000, 42000000, 84000000 },
	{ "PLL from HSI: 84 MHz", 0u << 22 | 1u << 16 | 336 << 6 | 16, 2, 84000000, 84000000,
		84000000 },
	{ "PLLP = 8", 3u << 16 | BIT(22) | 192 << 6 | 8, 2, 24000000, 24000000, 24000000 },
	{ "AHB / 2", 0x24003010, 8u << 4, 8000000, 8000000, 8000000 },
	{ "AHB / 64", 0x24003010, 0xcu << 4, 250000, 250000, 250000 },
	{ "AHB / 512, APB1 / 16", 0x24003010, 0xfu << 4 | 7u << 10, 31250, 1953, 31250 },
};

static void rcc__sets_the_clocks(void **state)
{
	const struct pll_row *row = *state;
	struct rig rig;

	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, RCC_PLLCFGR, row->pllcfgr);
	rig_write32(&rig, RCC_CR, 0x00010083); /* HSEON */
	rig_wait(&rig, 2 * NS_PER_MS);
	rig_write32(&rig, RCC_CR, 0x01010083); /* PLLON */
	rig_write32(&rig, RCC_CFGR, row->cfgr);
	rig_wait(&rig, 100 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, RCC_CFGR), row->cfgr | (row->cfgr & 3) << 2);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), row->core_hz);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB1), row->apb1_hz);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB2), row->apb2_hz);
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), 16000000);
	rig_close(&rig);
}

static void rcc__oscillators_take_their_time(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_int_equal(rig_read32(&rig, RCC_CR), 0x83);
	rig_write32(&rig, RCC_CR, 0x00010083);
	rig_wait(&rig, 2 * NS_PER_MS - 1);
	assert_int_equal(rig_read32(&rig, RCC_CR), 0x00010083);
	rig_wait(&rig, 1);
	assert_int_equal(rig_read32(&rig, RCC_CR), 0x00030083);
	/* The source of the system clock stays on. */
	rig_write32(&rig, RCC_CR, 0x00010080);
	assert_int_equal(rig_read32(&rig, RCC_CR), 0x00030083);
	rig_write32(&rig, RCC_CFGR, 1);
	rig_write32(&rig, RCC_CR, 0x00000080);
	assert_int_equal(rig_read32(&rig, RCC_CR), 0x00030080);
	rig_close(&rig);
}

/* A core whose clock changes goes on without a jump in time. */
static void rcc__a_change_of_clock_keeps_the_time(void **state)
{
	struct rig rig;
	uint64_t begin;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_halt(&rig);
	/* CODE: b CODE */
	rig_write32(&rig, 0x20000000, 0xe7fee7fe);
	rig_run_from(&rig, 0x20000000, 0x20001000);
	rig_wait(&rig, NS_PER_MS);
	begin = rig.target.instructions(rig.target.data);
	rig_write32(&rig, RCC_CFGR, 8u << 4); /* 8 MHz */
	rig_wait(&rig, NS_PER_MS);
	assert_in_range(rig.target.instructions(rig.target.data) - begin, 7999, 8001);
	rig_close(&rig);
}

static void rcc__tells_why_it_was_reset(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_int_equal(rig_read32(&rig, RCC_CSR), 0x0e000000);
	rig_write32(&rig, RCC_CSR, BIT(24)); /* RMVF */
	assert_int_equal(rig_read32(&rig, RCC_CSR), 0);
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	assert_int_equal(rig_read32(&rig, RCC_CSR), 0x04000000);
	rig_close(&rig);
}

/* --- GPIO ------------------------------------------------------------------------------------ */

static void gpio__drives_and_reads_back(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_int_equal(rig_read32(&rig, GPIOA), 0xa8000000);
	assert_int_equal(rig_read32(&rig, GPIOA + 0x0c), 0x64000000);
	assert_int_equal(rig_read32(&rig, GPIOB), 0x280);
	/* PA13 and PA15 are pulled up, PA14 down. */
	assert_int_equal(rig_read32(&rig, GPIOA + 0x10), 0xa000);
	rig_write32(&rig, GPIOD + 0x18, 0xffff0000 | BIT(12)); /* BSRR: set wins */
	assert_int_equal(rig_read32(&rig, GPIOD + 0x14), 0x1000);
	assert_int_equal(rig_read32(&rig, GPIOD + 0x10), 0);
	rig_write32(&rig, GPIOD, 1u << 24); /* output */
	assert_int_equal(rig_read32(&rig, GPIOD + 0x10), 0x1000);
	assert_true(rig_write(&rig, GPIOD + 0x1a, 2, BIT(12)));
	assert_int_equal(rig_read32(&rig, GPIOD + 0x10), 0);
	assert_int_equal(rig_read32(&rig, GPIOD + 0x18), 0);
	rig_close(&rig);
}

/* --- USART ----------------------------------------------------------------------------------- */

struct baud_row {
	const char *what;
	uint32_t brr, cr1, cr2;
	uint64_t frame_ns;
};

/* At 16 MHz: clocks of a bit * bits * 62.5 ns. */
static const struct baud_row baud_rows[] = {
	{ "115200: 139 clocks, 10 bits", 139, 0x2008, 0, 86875 },
	{ "9600: 1667 clocks", 1667, 0x2008, 0, 1041875 },
	{ "9 bits", 139, 0x3008, 0, 95562 },
	{ "2 stop bits", 139, 0x2008, 0x2000, 95562 },
	{ "half a stop bit", 139, 0x2008, 0x1000, 82531 },
	{ "OVER8: 17 * 8 + 3 clocks", 0x113, 0xa008, 0, 86875 },
};

static void usart__frame_takes_its_time(void **state)
{
	const struct baud_row *row = *state;
	struct rig rig;

	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, USART2 + 0x08, row->brr);
	rig_write32(&rig, USART2 + 0x10, row->cr2);
	rig_write32(&rig, USART2 + 0x0c, row->cr1);
	assert_int_equal(rig_read32(&rig, USART2), 0xc0);
	rig_write32(&rig, USART2 + 4, 'A');
	assert_int_equal(rig_read32(&rig, USART2), 0x80); /* TXE, not TC */
	rig_write32(&rig, USART2 + 4, 'B');
	assert_int_equal(rig_read32(&rig, USART2), 0x00);
	rig_wait(&rig, row->frame_ns - 1);
	assert_int_equal(rig.output_size, 0);
	rig_wait(&rig, 1);
	assert_string_equal(rig.output, "A");
	assert_int_equal(rig_read32(&rig, USART2), 0x80);
	rig_wait(&rig, row->frame_ns - 1);
	assert_string_equal(rig.output, "A");
	rig_wait(&rig, 1);
	assert_string_equal(rig.output, "AB");
	assert_int_equal(rig_read32(&rig, USART2), 0xc0);
	rig_close(&rig);
}

static void usart__sends_only_when_enabled(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, USART2 + 4, 'A');
	rig_write32(&rig, USART2 + 0x0c, BIT(13));
	rig_write32(&rig, USART2 + 4, 'B');
	rig_wait(&rig, 100 * NS_PER_MS);
	assert_int_equal(rig.output_size, 0);
	assert_int_equal(rig_read32(&rig, USART2), 0xc0);
	rig_close(&rig);
}

static void usart__interrupts_the_core(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, USART2 + 0x08, 139);
	rig_write32(&rig, USART2 + 0x0c, 0x2008 | BIT(6)); /* TCIE; TC is set */
	/* NVIC_ISPR1, line 38. */
	assert_int_equal(rig_read32(&rig, 0xe000e204), BIT(6));
	rig_close(&rig);
}

static void usart__receives(void **state)
{
	enum { FRAME_NS = 86805 }; /* 10 bits at 115200 */
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	/* Lost: nobody listens yet. */
	assert_int_equal(rig.target.input(rig.target.data, "x", 1, 115200), 1);
	rig_wait(&rig, FRAME_NS);
	rig_write32(&rig, USART2 + 0x0c, 0x2024); /* UE, RXNEIE, RE */
	assert_int_equal(rig_read32(&rig, USART2), 0xc0);
	assert_int_equal(rig.target.input(rig.target.data, "abcd", 4, 115200), 4);
	rig_wait(&rig, FRAME_NS - 1);
	assert_int_equal(rig_read32(&rig, USART2), 0xc0);
	rig_wait(&rig, 1);
	assert_int_equal(rig_read32(&rig, USART2), 0xe0);       /* RXNE */
	assert_int_equal(rig_read32(&rig, 0xe000e204), BIT(6)); /* NVIC_ISPR1, line 38 */
	assert_int_equal(rig_read32(&rig, USART2 + 4), 'a');
	assert_int_equal(rig_read32(&rig, USART2), 0xc0);
	/* b is not fetched in time: c is lost, which ORE says until SR and DR were read. */
	rig_wait(&rig, 2 * FRAME_NS);
	assert_int_equal(rig_read32(&rig, USART2 + 4), 'b');
	assert_int_equal(rig_read32(&rig, USART2), 0xc8);
	assert_int_equal(rig_read32(&rig, USART2 + 4), 'b');
	assert_int_equal(rig_read32(&rig, USART2), 0xc0);
	rig_wait(&rig, FRAME_NS);
	assert_int_equal(rig_read32(&rig, USART2 + 4), 'd');
	rig_close(&rig);
}

static void usart__input_is_bounded(void **state)
{
	static uint8_t bytes[10000];
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_int_equal(rig.target.input(rig.target.data, bytes, sizeof(bytes), 0), 4096);
	assert_int_equal(rig.target.input(rig.target.data, bytes, sizeof(bytes), 0), 0);
	/* At 300 baud, the slowest there is. */
	rig_wait(&rig, 33333334);
	assert_int_equal(rig.target.input(rig.target.data, bytes, sizeof(bytes), UINT32_MAX), 1);
	rig_close(&rig);
}

/* --- IWDG ------------------------------------------------------------------------------------ */

static void iwdg__resets_when_nobody_reloads_it(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, GPIOD + 0x14, 5);
	rig_write32(&rig, IWDG, 0x5555);
	rig_write32(&rig, IWDG + 8, 31); /* 32 ticks of 4 / 32 kHz: 4 ms */
	rig_write32(&rig, IWDG, 0xcccc);
	rig_wait(&rig, 3 * NS_PER_MS);
	rig_write32(&rig, IWDG, 0xaaaa);
	rig_wait(&rig, 4 * NS_PER_MS - 1);
	assert_int_equal(rig_read32(&rig, GPIOD + 0x14), 5);
	rig_wait(&rig, 1);
	assert_int_equal(rig_read32(&rig, GPIOD + 0x14), 0);
	assert_int_equal(rig_read32(&rig, RCC_CSR) >> 29 & 1, 1);
	rig_close(&rig);
}

static void iwdg__can_be_frozen_while_the_core_is_halted(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_halt(&rig);
	rig_write32(&rig, GPIOD + 0x14, 5);
	rig_write32(&rig, IWDG, 0xcccc); /* 4096 ticks: 512 ms */
	rig_write32(&rig, 0xe0042008, BIT(12));
	rig_wait(&rig, 5000 * NS_PER_MS);
	assert_int_equal(rig_read32(&rig, GPIOD + 0x14), 5);
	rig_write32(&rig, 0xe0042008, 0);
	rig_wait(&rig, 512 * NS_PER_MS);
	assert_int_equal(rig_read32(&rig, GPIOD + 0x14), 0);
	rig_close(&rig);
}

/* --- interrupt of the flash interface -------------------------------------------------------- */

static void flash__interrupts_at_the_end(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, 0x40023c04, 0x45670123);
	rig_write32(&rig, 0x40023c04, 0xcdef89ab);
	rig_write32(&rig, 0x40023c10, BIT(24) | 0x201); /* EOPIE, x32, PG */
	rig_write32(&rig, 0x08000000, 0);
	assert_int_equal(rig_read32(&rig, 0xe000e200) & BIT(4), 0);
	rig_wait(&rig, 16 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, 0xe000e200) & BIT(4), BIT(4));
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rcc__oscillators_take_their_time),
		cmocka_unit_test(rcc__a_change_of_clock_keeps_the_time),
		cmocka_unit_test(rcc__tells_why_it_was_reset),
		cmocka_unit_test(gpio__drives_and_reads_back),
		cmocka_unit_test(usart__sends_only_when_enabled),
		cmocka_unit_test(usart__interrupts_the_core),
		cmocka_unit_test(usart__receives),
		cmocka_unit_test(usart__input_is_bounded),
		cmocka_unit_test(iwdg__resets_when_nobody_reloads_it),
		cmocka_unit_test(iwdg__can_be_frozen_while_the_core_is_halted),
		cmocka_unit_test(flash__interrupts_at_the_end),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(rcc__sets_the_clocks, pll_rows),
		TEST_TABLE(usart__frame_takes_its_time, baud_rows),
	};

	return test_run_tables(
		"vboard/stm32 models", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
