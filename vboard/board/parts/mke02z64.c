/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MKE02Z64VLH2 (Cortex-M0+, 20 MHz) on a board like FRDM-KE02Z. Document: vboard/models/ke02.h;
 * addresses and interrupt numbers are from memory of it. The clocks (ICS) keep what is written and
 * say that they are ready; the core runs at 16 MHz.
 */
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m0plus.h"
#include "vboard/board/registers.h"
#include "vboard/models/ke02.h"
#include "vboard/models/kinetis.h"

#define KB 1024u

static const struct memory_config memories[] = {
	{ "SRAM_L", 0x1ffffc00, 1 * KB, MEMORY_RAM, 0 },
	{ "SRAM_U", 0x20000000, 3 * KB, MEMORY_RAM, 0 },
};

static const struct ke02_flash_config flash_config = { 64 * KB, 256 };

/* SRSID (KE02, power-on reset), SOPT, PINSEL, SCGC, UUID (made up), BUSDIV. */
static const struct register_row sim_rows[] = {
	{ 0x00, 0x01110082, 0 },
	{ 0x04, 0x0000000e, UINT32_MAX },
	{ 0x08, 0, UINT32_MAX },
	{ 0x0c, 0x00003000, UINT32_MAX },
	{ 0x10, 0x70706164, 0 },
	{ 0x14, 0x00007265, 0 },
	{ 0x18, 0, BIT(0) },
};
static const struct register_block sim = { sim_rows, ARRAY_SIZE(sim_rows), false };

/* C1 to C4, S: internal reference, FLL locked. */
static const struct register_row ics_rows[] = {
	{ 0x00, 0x00002004, UINT32_MAX },
	{ 0x04, 0x00000050, 0 },
};
static const struct register_block ics = { ics_rows, ARRAY_SIZE(ics_rows), false };

/* MCM: PLASC and PLAMC, PLACR. */
static const struct register_row mcm_rows[] = {
	{ 0x08, 0x00070003, 0 },
	{ 0x0c, 0, 0x0001fc00 },
};
static const struct register_block mcm = { mcm_rows, ARRAY_SIZE(mcm_rows), false };

static const struct kinetis_uart_config uart = { CLOCK_APB1 };

#define UART(name, base, irq)                                                  \
	{                                                                      \
		&kinetis_uart_class, name, base, 0x1000, LANES_AHB, irq, &uart \
	}

static const struct model_config models[] = {
	{ &ke02_flash_class, "FTMRH", 0x40020000, 0x1000, LANES_AHB, 5, &flash_config },
	{ &register_block_class, "SIM", 0x40048000, 0x1000, LANES_AHB, 0, &sim },
	{ &ke02_wdog_class, "WDOG", 0x40052000, 0x1000, LANES_RAW, 28, NULL },
	{ &register_block_class, "ICS", 0x40064000, 0x1000, LANES_AHB, 0, &ics },
	UART("UART0", 0x4006a000, 12),
	UART("UART1", 0x4006b000, 13),
	UART("UART2", 0x4006c000, 14),
	{ &kinetis_gpio_class, "GPIOA", 0x400ff000, 0x40, LANES_AHB, 0, NULL },
	{ &kinetis_gpio_class, "GPIOB", 0x400ff040, 0x40, LANES_AHB, 0, NULL },
	{ &register_block_class, "MCM", 0xf0003000, 0x1000, LANES_AHB, 0, &mcm },
	CORTEX_M0PLUS_MODELS,
};

static const struct quiet_range quiet[] = {
	{ "IRQ and CRC", 0x40031000, 0x2000 },
	{ "PIT", 0x40037000, 0x1000 },
	{ "FTM", 0x40038000, 0x3000 },
	{ "ADC", 0x4003b000, 0x1000 },
	{ "RTC", 0x4003d000, 0x1000 },
	{ "PORT", 0x40049000, 0x1000 },
	{ "OSC", 0x40065000, 0x1000 },
	{ "I2C0", 0x40066000, 0x1000 },
	{ "ACMP and SPI", 0x40073000, 0x4000 },
	{ "KBI", 0x40079000, 0x2000 },
	{ "PMC", 0x4007d000, 0x1000 },
	{ "ROM table of NXP", 0xf0002000, 0x1000 },
};

const struct board_part mke02z64_part = {
	.name = "MKE02Z64",
	.cpu = {
		.arch = CPU_ARMV6M,
		.fpu = CPU_FPU_NONE,
		.cpuid = 0x410cc600,
		.prio_bits = 2,
		.irqs = 32,
		.has_vtor = true,
	},
	.clock_hz = { 16000000, 16000000, 16000000 },
	/* DDI 0484C, chapter 6. */
	.dpidr = 0x0bc11477,
	.ap_idr = 0x04770031,
	.ap_base = 0xe00ff003,
	.ap_csw_reset = 0x03000040,
	.memories = memories,
	.memory_count = ARRAY_SIZE(memories),
	.models = models,
	.model_count = ARRAY_SIZE(models),
	.quiet = quiet,
	.quiet_count = ARRAY_SIZE(quiet),
};
