/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash algorithm for STM32F101/102/103 with one bank of flash: low and medium density (pages of
 * 1 KB), high density up to 512 KB and connectivity line (pages of 2 KB). PM0075 "STM32F10xxx Flash
 * memory microcontrollers".
 *
 * Programs by half-words, which is all that the controller takes. Position-independent without a
 * word of data of its own.
 *
 * Waits without counting: how long is long enough is said in FlashDevice, and the tool keeps it.
 */
#include "flash_os.h"
#include "stm32f1_regs.h"

#if !defined(FLASH_KB) || !defined(PAGE_KB)
#error "compile with -DFLASH_KB=128 -DPAGE_KB=1, for example"
#endif

#define STRING(x)   #x
#define EXPANDED(x) STRING(x)

FLASH_DESCRIPTION
const struct flash_device FlashDevice = {
	.version = FLASH_ALGORITHM_VERSION,
	.name = "STM32F1 " EXPANDED(FLASH_KB) " KB (dapper)",
	.type = FLASH_ON_CHIP,
	.start = FLASH_START,
	.size = FLASH_KB * 1024u,
	.page_size = 1024,
	.erased_value = 0xff,
	/* DS5319, "Flash memory characteristics": a half-word takes 70 us at most, a page of the
	 * algorithm so 36 ms; an erase 40 ms. Doubled at least. */
	.program_timeout_ms = 200,
	.erase_timeout_ms = 500,
	.sectors = {
		{ PAGE_KB * 1024u, 0 },
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

/* Flags are cleared by writing 1 (3.4). */
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
	/* Watchdogs stand still while the core is halted between calls. */
	DBGMCU_CR |= DBGMCU_CR_DBG_IWDG_STOP | DBGMCU_CR_DBG_WWDG_STOP;
	/* Programming needs the HSI, which firmware may have switched off (2.3). */
	RCC_CR |= RCC_CR_HSION;
	while (!(RCC_CR & RCC_CR_HSIRDY))
		;
	wait();
	/* 2.3.1 "Unlocking the Flash memory": a key too many locks it until reset. */
	if (FLASH_CR & FLASH_CR_LOCK) {
		FLASH_KEYR = FLASH_KEY1;
		FLASH_KEYR = FLASH_KEY2;
	}
	clear_errors();
	return (FLASH_CR & FLASH_CR_LOCK) != 0;
}

FLASH_FUNCTION
int UnInit(uint32_t operation)
{
	(void)operation;
	FLASH_CR = FLASH_CR_LOCK;
	return 0;
}

/* 2.3.3 "Flash memory erase": page erase has an address beside. */
FLASH_HELPER int erase(uint32_t what, uint32_t address)
{
	uint32_t errors;

	wait();
	clear_errors();
	FLASH_CR = what;
	FLASH_AR = address;
	FLASH_CR = what | FLASH_CR_STRT;
	errors = wait();
	FLASH_CR = 0;
	return (int)errors;
}

FLASH_FUNCTION
int EraseChip(void)
{
	return erase(FLASH_CR_MER, FLASH_START);
}

FLASH_FUNCTION
int EraseSector(uint32_t address)
{
	return erase(FLASH_CR_PER, address);
}

/* 2.3.2 "Main Flash memory programming". The buffer and the address are word-aligned. */
FLASH_FUNCTION
int ProgramPage(uint32_t address, uint32_t size, const uint8_t *data)
{
	uint32_t errors = 0;

	wait();
	clear_errors();
	FLASH_CR = FLASH_CR_PG;
	for (uint32_t i = 0; i < size && !errors; i += 2) {
		/* The last byte, when they are odd, has an erased one beside it. */
		const uint32_t high = i + 1 < size ? data[i + 1] : 0xffu;

		/* What is erased anyway would still take its time. */
		if ((data[i] | high << 8) == 0xffffu)
			continue;
		*(volatile uint16_t *)(address + i) = (uint16_t)(data[i] | high << 8);
		errors = wait();
	}
	FLASH_CR = 0;
	return (int)errors;
}
