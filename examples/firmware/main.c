/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo firmware: something that visibly runs once it has been programmed. For an STM32F407 with
 * an 8 MHz crystal (STM32F4DISCOVERY, or the virtual board stm32f407vg): clocks from the PLL at
 * 168 MHz, a greeting and a counter on USART2 (PA2, 115200 baud), PD12 toggles (the green LED), the
 * core sleeps in between.
 *
 * No vendor's headers: registers by address, RM0090 rev 19.
 */
#include <stdbool.h>
#include <stdint.h>

/* The test-suite checks that prebuilt/ was built from this version: change both. */
#define DEMO_VERSION "1.0"

#define REG(address) (*(volatile uint32_t *)(address))

#define RCC_CR      REG(0x40023800)
#define RCC_PLLCFGR REG(0x40023804)
#define RCC_CFGR    REG(0x40023808)
#define RCC_AHB1ENR REG(0x40023830)
#define RCC_APB1ENR REG(0x40023840)
#define FLASH_ACR   REG(0x40023c00)
#define PWR_CR      REG(0x40007000)
#define GPIOA_MODER REG(0x40020000)
#define GPIOA_AFRL  REG(0x40020020)
#define GPIOD_MODER REG(0x40020c00)
#define GPIOD_ODR   REG(0x40020c14)
#define GPIOD_BSRR  REG(0x40020c18)
#define USART2_SR   REG(0x40004400)
#define USART2_DR   REG(0x40004404)
#define USART2_BRR  REG(0x40004408)
#define USART2_CR1  REG(0x4000440c)
#define SYST_CSR    REG(0xe000e010)
#define SYST_RVR    REG(0xe000e014)
#define SYST_CVR    REG(0xe000e018)

enum { BAUD = 115200, TICKS_PER_S = 100, LED_PIN = 12 };

const char demo_version[] = "dapper-demo-version=" DEMO_VERSION;

/* Counted by SysTick; a debugger may watch it, and change how often a line comes. */
volatile uint32_t ticks;
volatile uint32_t ticks_per_line = 10;

void systick_handler(void);
int main(void);

void systick_handler(void)
{
	ticks++;
}

/* --- clocks ---------------------------------------------------------------------------------- */

static bool wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
	for (uint32_t tries = 0; tries < 1000000; tries++)
		if ((*reg & mask) == value)
			return true;
	return false;
}

/** HSE, PLL to 168 MHz, APB1 at 42 MHz. @return APB1's clock; HSI's when there is no crystal. */
static uint32_t start_clocks(uint32_t *core_hz)
{
	*core_hz = 16000000;
	RCC_APB1ENR |= 1u << 28; /* PWREN */
	PWR_CR |= 1u << 14;      /* VOS: scale 1, for 168 MHz */
	RCC_CR |= 1u << 16;      /* HSEON */
	if (!wait_for(&RCC_CR, 1u << 17, 1u << 17))
		return *core_hz;
	/* 8 MHz / 8 * 336 / 2; PLLQ 7 for 48 MHz. */
	RCC_PLLCFGR = 7u << 24 | 1u << 22 | 0u << 16 | 336u << 6 | 8u;
	RCC_CR |= 1u << 24; /* PLLON */
	FLASH_ACR = 5 | 7u << 8;
	RCC_CFGR = 4u << 13 | 5u << 10; /* PPRE2 = /2, PPRE1 = /4 */
	if (!wait_for(&RCC_CR, 1u << 25, 1u << 25))
		return *core_hz / 4;
	RCC_CFGR |= 2; /* SW = PLL */
	if (!wait_for(&RCC_CFGR, 3u << 2, 2u << 2))
		return *core_hz / 4;
	*core_hz = 168000000;
	return 42000000;
}

/* --- serial port ----------------------------------------------------------------------------- */

static void start_usart2(uint32_t clock_hz)
{
	RCC_AHB1ENR |= 1u << 0;                             /* GPIOA */
	RCC_APB1ENR |= 1u << 17;                            /* USART2 */
	GPIOA_MODER = (GPIOA_MODER & ~(3u << 4)) | 2u << 4; /* PA2: alternate function */
	GPIOA_AFRL = (GPIOA_AFRL & ~(0xfu << 8)) | 7u << 8; /* AF7 */
	USART2_BRR = (clock_hz + BAUD / 2) / BAUD;
	USART2_CR1 = 1u << 13 | 1u << 3; /* UE, TE */
}

static void put_char(char c)
{
	while (!(USART2_SR & 1u << 7)) /* TXE */
		;
	USART2_DR = (uint8_t)c;
}

static void put_text(const char *text)
{
	while (*text)
		put_char(*text++);
}

static void put_number(uint32_t number)
{
	char digits[10];
	unsigned count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (count)
		put_char(digits[--count]);
}

/* --- the table of the large variant ---------------------------------------------------------- */

#ifdef DEMO_TABLE
/* table.S: words of a xorshift32 sequence, and their sum. */
extern const uint32_t table[];
extern const uint32_t table_end[];
extern const uint32_t table_sum;

static void check_table(void)
{
	uint32_t sum = 0;

	for (const uint32_t *word = table; word < table_end; word++)
		sum += *word;
	put_text("table: ");
	put_number((uint32_t)(table_end - table));
	put_text(sum == table_sum ? " words, sum ok\r\n" : " words, sum WRONG\r\n");
}
#else
static void check_table(void)
{
}
#endif

/* --- main ------------------------------------------------------------------------------------ */

int main(void)
{
	uint32_t core_hz;
	const uint32_t usart_hz = start_clocks(&core_hz);
	uint32_t shown = 0;

	start_usart2(usart_hz);
	put_text("dapper demo: hello from the virtual STM32F407\r\n");
	check_table();

	RCC_AHB1ENR |= 1u << 3; /* GPIOD */
	GPIOD_MODER = (GPIOD_MODER & ~(3u << 2 * LED_PIN)) | 1u << 2 * LED_PIN;

	SYST_RVR = core_hz / TICKS_PER_S - 1;
	SYST_CVR = 0;
	SYST_CSR = 7; /* core clock, interrupt, enable */

	for (;;) {
		const uint32_t now = ticks / ticks_per_line;

		if (now != shown) {
			shown = now;
			GPIOD_BSRR =
				GPIOD_ODR & 1u << LED_PIN ? 1u << (LED_PIN + 16) : 1u << LED_PIN;
			put_text("count ");
			put_number(shown);
			put_text("\r\n");
		}
		__asm__ volatile("wfi");
	}
}
