/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own boot ROM of the virtual RP2040, by what its datasheet says of the real one (2.8). It
 * drives the SSI as real software does, so that flash algorithms and programs that use it meet the
 * same registers. No USB boot: a part without a program waits for a debugger.
 */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

/* Atomic aliases (2.1.2). */
#define ALIAS_SET 0x2000u
#define ALIAS_CLR 0x3000u

/* RESETS (2.14). */
#define RESETS_RESET      0x4000c000u
#define RESETS_RESET_DONE REG(0x4000c008)
#define RESETS_QSPI       (1u << 6 | 1u << 9) /* IO_QSPI, PADS_QSPI */

/* IO_QSPI (2.19.6.2): control of the chip select. */
#define IO_QSPI_BASE 0x40018000u
#define QSPI_SS_CTRL REG(0x4001800c)
#define OUTOVER_MASK (3u << 8)
#define OUTOVER_LOW  (2u << 8)
#define OUTOVER_HIGH (3u << 8)

/* SSI (4.10.13). */
#define SSI_CTRLR0     REG(0x18000000)
#define SSI_CTRLR1     REG(0x18000004)
#define SSI_SSIENR     REG(0x18000008)
#define SSI_SER        REG(0x18000010)
#define SSI_BAUDR      REG(0x18000014)
#define SSI_SR         REG(0x18000028)
#define SSI_DR0        REG(0x18000060)
#define SSI_SPI_CTRLR0 REG(0x180000f4)
#define SR_TFNF        (1u << 1)
#define SR_TFE         (1u << 2)
#define SR_RFNE        (1u << 3)
#define SR_BUSY        (1u << 0)
#define CTRLR0_8BIT    (7u << 16)
#define CTRLR0_32BIT   (31u << 16)
#define CTRLR0_EEPROM  (3u << 8)

/* XIP (2.6.3). */
#define XIP_CTRL_CTRL  REG(0x14000000)
#define XIP_CTRL_FLUSH REG(0x14000004)

/* VREG_AND_CHIP_RESET (2.10.6). */
#define CHIP_RESET              REG(0x40064008)
#define CHIP_RESET_RESTART_FLAG (1u << 24)

/* Watchdog scratch registers (2.8.1.1). */
#define SCRATCH(n) REG(0x4005800cu + 4 * (n))

/* SIO FIFO (2.3.1.4). */
#define FIFO_ST REG(0xd0000050)
#define FIFO_WR REG(0xd0000054)
#define FIFO_RD REG(0xd0000058)

#define XIP_BASE    0x10000000u
#define STAGE2      0x20041f00u
#define STAGE2_SIZE 256u

enum {
	CMD_PROGRAM = 0x02,
	CMD_READ = 0x03,
	CMD_STATUS = 0x05,
	CMD_WRITE_ENABLE = 0x06,
	CMD_SECTOR_ERASE = 0x20
};
enum { PAGE = 256, SECTOR = 4096, FIFO_DEPTH = 14 };

void rom_hang(void);
void rom_enter_stage2(uint32_t address);
void rom_jump(uint32_t entry, uint32_t stack);

/* --- small functions (2.8.3.1.1, 2.8.3.1.2) --------------------------------------------------- */

uint32_t rom_popcount32(uint32_t value)
{
	uint32_t count = 0;

	for (; value; value &= value - 1)
		count++;
	return count;
}

uint32_t rom_reverse32(uint32_t value)
{
	uint32_t reversed = 0;

	for (int i = 0; i < 32; i++, value >>= 1)
		reversed = reversed << 1 | (value & 1);
	return reversed;
}

uint32_t rom_clz32(uint32_t value)
{
	uint32_t count = 0;

	for (uint32_t bit = 1u << 31; bit && !(value & bit); bit >>= 1)
		count++;
	return count;
}

uint32_t rom_ctz32(uint32_t value)
{
	return rom_clz32(rom_reverse32(value));
}

uint8_t *rom_memset(uint8_t *to, uint8_t byte, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		((volatile uint8_t *)to)[i] = byte;
	return to;
}

uint32_t *rom_memset4(uint32_t *to, uint8_t byte, uint32_t count)
{
	for (uint32_t i = 0; i < count / 4; i++)
		((volatile uint32_t *)to)[i] = byte * 0x01010101u;
	return to;
}

uint8_t *rom_memcpy(uint8_t *to, const uint8_t *from, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		((volatile uint8_t *)to)[i] = from[i];
	return to;
}

uint32_t *rom_memcpy44(uint32_t *to, const uint32_t *from, uint32_t count)
{
	for (uint32_t i = 0; i < count / 4; i++)
		((volatile uint32_t *)to)[i] = from[i];
	return to;
}

/* --- the flash (2.8.3.1.3) ---------------------------------------------------------------------- */

static void select_flash(int selected)
{
	QSPI_SS_CTRL = (QSPI_SS_CTRL & ~OUTOVER_MASK) | (selected ? OUTOVER_LOW : OUTOVER_HIGH);
}

/* Bytes out and in at once; either may be absent. As many as the FIFO holds are under way. */
static void exchange(const uint8_t *out, uint8_t *in, uint32_t count)
{
	uint32_t sent = 0;
	uint32_t received = 0;

	while (received < count) {
		if (sent < count && sent - received < FIFO_DEPTH && (SSI_SR & SR_TFNF)) {
			SSI_DR0 = out ? out[sent] : 0;
			sent++;
		}
		if (SSI_SR & SR_RFNE) {
			const uint8_t byte = (uint8_t)SSI_DR0;

			if (in)
				in[received] = byte;
			received++;
		}
	}
}

static void command(uint8_t code, uint32_t address)
{
	const uint8_t bytes[4] = { code, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
		(uint8_t)address };

	exchange(bytes, 0, sizeof(bytes));
}

static void single(uint8_t code)
{
	select_flash(1);
	exchange(&code, 0, 1);
	select_flash(0);
}

static void wait_ready(void)
{
	uint8_t status;

	do {
		const uint8_t code = CMD_STATUS;

		select_flash(1);
		exchange(&code, 0, 1);
		exchange(0, &status, 1);
		select_flash(0);
	} while (status & 1);
}

/* The pins become the SSI's, and the SSI a plain serial master of 8-bit frames. */
void rom_connect_internal_flash(void)
{
	REG(RESETS_RESET + ALIAS_SET) = RESETS_QSPI;
	REG(RESETS_RESET + ALIAS_CLR) = RESETS_QSPI;
	while ((RESETS_RESET_DONE & RESETS_QSPI) != RESETS_QSPI) {
	}
	for (uint32_t pin = 0; pin < 6; pin++)
		REG(IO_QSPI_BASE + 8 * pin + 4) = 0;
	SSI_SSIENR = 0;
	SSI_BAUDR = 6;
	SSI_CTRLR0 = CTRLR0_8BIT;
	SSI_SER = 1;
	SSI_SSIENR = 1;
}

/* Out of a continuous read: clocks with the chip deselected, then 0xFF on all lines. */
void rom_flash_exit_xip(void)
{
	static const uint8_t ones[4] = { 0xff, 0xff, 0xff, 0xff };

	SSI_SSIENR = 0;
	SSI_CTRLR0 = CTRLR0_8BIT;
	SSI_SPI_CTRLR0 = 0;
	SSI_SSIENR = 1;
	select_flash(0);
	exchange(ones, 0, 4);
	select_flash(1);
	exchange(ones, 0, 4);
	select_flash(0);
	select_flash(1);
	exchange(ones, 0, 1);
	select_flash(0);
}

void rom_flash_range_erase(uint32_t address, uint32_t count, uint32_t block_size, uint8_t block_cmd)
{
	const uint32_t end = address + count;

	while (address < end) {
		const int block = block_size > SECTOR && !(address & (block_size - 1)) &&
		                  end - address >= block_size;

		single(CMD_WRITE_ENABLE);
		select_flash(1);
		command(block ? block_cmd : CMD_SECTOR_ERASE, address);
		select_flash(0);
		wait_ready();
		address += block ? block_size : SECTOR;
	}
}

void rom_flash_range_program(uint32_t address, const uint8_t *data, uint32_t count)
{
	const uint32_t end = address + count;

	for (; address < end; address += PAGE, data += PAGE) {
		single(CMD_WRITE_ENABLE);
		select_flash(1);
		command(CMD_PROGRAM, address);
		exchange(data, 0, PAGE);
		select_flash(0);
		wait_ready();
	}
}

/* The cache is emptied, and the chip select the SSI's again. */
void rom_flash_flush_cache(void)
{
	XIP_CTRL_FLUSH = 1;
	(void)XIP_CTRL_FLUSH;
	XIP_CTRL_CTRL |= 1;
	QSPI_SS_CTRL &= ~OUTOVER_MASK;
}

/* Plain 03h reads, one 32-bit word each. */
void rom_flash_enter_cmd_xip(void)
{
	SSI_SSIENR = 0;
	SSI_CTRLR0 = CTRLR0_EEPROM | CTRLR0_32BIT;
	SSI_CTRLR1 = 0;
	/* Instruction of 8 bits, address of 24, no wait cycles. */
	SSI_SPI_CTRLR0 = (uint32_t)CMD_READ << 24 | 2u << 8 | 6u << 2;
	SSI_SSIENR = 1;
}

static void read_flash(uint32_t address, uint8_t *to, uint32_t count)
{
	select_flash(1);
	command(CMD_READ, address);
	exchange(0, to, count);
	select_flash(0);
}

/* --- booting (2.8.1) ---------------------------------------------------------------------------- */

/* 2.8.1.3.1: polynomial 0x04C11DB7, from all ones, nothing reflected or inverted. */
static uint32_t checksum(const uint8_t *data, uint32_t count)
{
	uint32_t sum = 0xffffffff;

	for (uint32_t i = 0; i < count; i++) {
		sum ^= (uint32_t)data[i] << 24;
		for (int bit = 0; bit < 8; bit++)
			sum = sum & 1u << 31 ? sum << 1 ^ 0x04c11db7 : sum << 1;
	}
	return sum;
}

/* 2.8.1.1: a program may leave where to go on after a watchdog reset. */
static void boot_by_scratch(void)
{
	const uint32_t entry = SCRATCH(7);

	if (SCRATCH(4) != 0xb007c0d3 || (SCRATCH(5) ^ entry) != (uint32_t)-0xb007c0d3)
		return;
	SCRATCH(4) = 0;
	rom_jump(entry, SCRATCH(6));
}

void rom_boot(void)
{
	uint8_t *stage2 = (uint8_t *)STAGE2;

	/* 2.8.1.1: after a rescue nothing is run, so that a debugger finds the part as it is. */
	if (CHIP_RESET & CHIP_RESET_RESTART_FLAG) {
		CHIP_RESET = CHIP_RESET_RESTART_FLAG;
		for (;;)
			__asm__ volatile("wfi");
	}
	boot_by_scratch();
	rom_connect_internal_flash();
	rom_flash_exit_xip();
	read_flash(0, stage2, STAGE2_SIZE);
	if (checksum(stage2, STAGE2_SIZE - 4) == *(const uint32_t *)(STAGE2 + STAGE2_SIZE - 4)) {
		QSPI_SS_CTRL &= ~OUTOVER_MASK;
		rom_enter_stage2(STAGE2 + 1);
	}
	for (;;)
		__asm__ volatile("wfi");
}

void rom_reset_to_usb_boot(uint32_t pins, uint32_t interfaces)
{
	(void)pins;
	(void)interfaces;
	for (;;)
		__asm__ volatile("wfi");
}

/* 2.8.2: core 1 takes 0, 0, 1, vector table, stack, entry, and answers each with the same. */
uint32_t *rom_wait_for_launch(void)
{
	static uint32_t *const given = (uint32_t *)0x20040700;
	uint32_t state = 0;

	while (state < 6) {
		uint32_t word;

		while (!(FIFO_ST & 1))
			__asm__ volatile("wfe");
		word = FIFO_RD;
		if (state < 3 ? word == (state == 2) : 1) {
			if (state >= 3)
				given[state - 3] = word;
			state++;
		} else {
			state = word == 0;
		}
		while (!(FIFO_ST & 2)) {
		}
		FIFO_WR = word;
		__asm__ volatile("sev");
	}
	return given;
}
