/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash algorithm for STM32F4 with one bank of flash: STM32F405/407/415/417 and parts like them.
 * RM0090 rev 19, section 3 "Embedded flash memory interface".
 *
 * Programs by words (PSIZE x32, 3.6.2), which needs a supply of 2.7 V to 3.6 V: twice as fast as
 * half-words, and what boards have. Position-independent without a word of data of its own.
 *
 * Waits without counting: how long is long enough is said in FlashDevice, and the tool keeps it.
 */
#include "flash_os.h"
#include "stm32f4_regs.h"

#ifndef FLASH_KB
#error "compile with -DFLASH_KB=512 or 1024"
#endif

#define STRING(x)   #x
#define EXPANDED(x) STRING(x)

FLASH_DESCRIPTION
const struct flash_device FlashDevice = {
	.version = FLASH_ALGORITHM_VERSION,
	.name = "STM32F4 " EXPANDED(FLASH_KB) " KB, x32 (dapper)",
	.type = FLASH_ON_CHIP,
	.start = FLASH_START,
	.size = FLASH_KB * 1024u,
	.page_size = 1024,
	.erased_value = 0xff,
	/* DS8626, "Flash memory programming": a word takes 100 us at most, a page so 26 ms; a sector
	 * of 128 KB takes 2 s at most (x32). Doubled at least. */
	.program_timeout_ms = 100,
	.erase_timeout_ms = 4000,
	/* Table 5 "Flash module organization" */
	.sectors = {
		{ 0x4000, 0x00000 },
		{ 0x10000, 0x10000 },
		{ 0x20000, 0x20000 },
		FLASH_SECTORS_END,
	},
};

/* Let a write reach the flash before its status is asked for. */
FLASH_HELPER void barrier(void)
{
	__asm__ volatile("dsb" ::: "memory");
}

/*
 * Wait for the end of an operation. The independent watchdog, which firmware may have started and
 * which nothing stops any more, is fed meanwhile; where it does not run this does nothing.
 */
FLASH_HELPER uint32_t wait(void)
{
	uint32_t status;

	barrier();
	do {
		IWDG_KR = IWDG_KR_RELOAD;
		status = FLASH_SR;
	} while (status & FLASH_SR_BSY);
	return status & FLASH_SR_ERRORS;
}

/* Flags are cleared by writing 1 (3.9.5). */
FLASH_HELPER void clear_errors(void)
{
	FLASH_SR = FLASH_SR_ERRORS | FLASH_SR_EOP;
}

FLASH_FUNCTION
int Init(uint32_t address, uint32_t clock_hz, uint32_t operation)
{
	(void)address;
	(void)clock_hz;
	(void)operation;
	/* Watchdogs stand still while the core is halted between calls (38.16.4). */
	DBGMCU_APB1_FZ |= DBGMCU_APB1_FZ_DBG_IWDG_STOP | DBGMCU_APB1_FZ_DBG_WWDG_STOP;
	wait();
	/* 3.6.1 "Unlocking the Flash control register" */
	if (FLASH_CR & FLASH_CR_LOCK) {
		FLASH_KEYR = FLASH_KEY1;
		FLASH_KEYR = FLASH_KEY2;
	}
	clear_errors();
	return (FLASH_CR & FLASH_CR_LOCK) != 0;
}

/* What the caches hold may not be in the flash any more (3.6.4, "Programming and caches"); they can
 * only be reset while they are off (3.9.1). */
FLASH_HELPER void flush_caches(void)
{
	const uint32_t acr = FLASH_ACR;

	FLASH_ACR = acr & ~(FLASH_ACR_DCEN | FLASH_ACR_ICEN);
	FLASH_ACR = (acr & ~(FLASH_ACR_DCEN | FLASH_ACR_ICEN)) | FLASH_ACR_DCRST | FLASH_ACR_ICRST;
	FLASH_ACR = acr & ~(FLASH_ACR_DCEN | FLASH_ACR_ICEN);
	FLASH_ACR = acr;
}

FLASH_FUNCTION
int UnInit(uint32_t operation)
{
	(void)operation;
	FLASH_CR = FLASH_CR_LOCK;
	flush_caches();
	return 0;
}

/* 3.6.3: mass erase and sector erase differ in these bits only. */
FLASH_HELPER int erase(uint32_t what)
{
	uint32_t errors;

	wait();
	clear_errors();
	FLASH_CR = FLASH_CR_PSIZE_X32 | what;
	FLASH_CR = FLASH_CR_PSIZE_X32 | what | FLASH_CR_STRT;
	errors = wait();
	FLASH_CR = FLASH_CR_PSIZE_X32;
	return (int)errors;
}

FLASH_FUNCTION
int EraseChip(void)
{
	return erase(FLASH_CR_MER);
}

/* Sectors 0 to 3 have 16 KB, 4 has 64 KB, from 5 on 128 KB (table 5). */
FLASH_FUNCTION
int EraseSector(uint32_t address)
{
	const uint32_t offset = address - FLASH_START;
	uint32_t sector = offset / 0x4000;

	if (offset >= 0x20000)
		sector = 4 + offset / 0x20000;
	else if (offset >= 0x10000)
		sector = 4;
	return erase(FLASH_CR_SER | sector << FLASH_CR_SNB_SHIFT);
}

/* The last bytes, when it is not a multiple of words. */
FLASH_HELPER uint32_t get_rest(const uint8_t *data, uint32_t size)
{
	uint32_t word = 0xffffffff;

	while (size-- > 0)
		word = word << 8 | data[size];
	return word;
}

FLASH_HELPER void finish_word(void)
{
	IWDG_KR = IWDG_KR_RELOAD;
	barrier();
	while (FLASH_SR & FLASH_SR_BSY)
		;
}

/* One word takes 16 us: what does not need the flash is done meanwhile, and what need not be done
 * for each word is not, for the flash is idle until the next one comes. */
FLASH_HELPER void program_words(
	volatile uint32_t *to, const volatile uint32_t *from, const volatile uint32_t *end)
{
	uint32_t word = *from++;

	while (from != end) {
		*to++ = word;
		word = *from++;
		finish_word();
	}
	*to = word;
	finish_word();
}

/* 3.6.4 "Programming". The buffer and the address are word-aligned. Errors stay in the status
 * register until they are cleared; what is programmed after one does no harm. */
FLASH_FUNCTION
int ProgramPage(uint32_t address, uint32_t size, const uint8_t *data)
{
	const uint32_t whole = size & ~3u;
	uint32_t rest, errors;

	wait();
	clear_errors();
	FLASH_CR = FLASH_CR_PSIZE_X32 | FLASH_CR_PG;
	if (whole)
		program_words((volatile uint32_t *)address, (const void *)data,
			(const void *)(data + whole));
	if (size != whole) {
		rest = get_rest(data + whole, size - whole);
		program_words((volatile uint32_t *)(address + whole), &rest, &rest + 1);
	}
	errors = wait();
	FLASH_CR = FLASH_CR_PSIZE_X32;
	return (int)errors;
}
