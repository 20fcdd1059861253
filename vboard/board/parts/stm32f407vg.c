/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STM32F407VG, on a board with an 8 MHz crystal and the boot pins at "main flash" (as the
 * STM32F4DISCOVERY has it). Addresses: RM0090 rev 19, table 1; sizes and times: DS8626 rev 9; core:
 * DDI 0439D (Cortex-M4 r0p1); debug: RM0090, section 38.
 *
 * Identification of the CoreSight components: DDI 0439D, tables 8-1, 9-2, 10-2, 11-2 and the TRM of
 * the ETM (DDI 0440C); the same values were read from a Cortex-M4 STM32 by OpenOCD's "dap info"
 * (wrongbaud's blog, "Hardware Debugging for Reverse Engineers Part 2"). The ROM table bears ST's
 * own identity: designer 0x20 in bank 0, part 0x413 = DBGMCU_IDCODE.DEV_ID.
 */
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m.h"
#include "vboard/coresight/coresight.h"
#include "vboard/models/signature.h"
#include "vboard/models/stm32.h"
#include "vboard/models/stm32f4_flash.h"

#define KB 1024u

#define FLASH_BASE  0x08000000u
#define SYSTEM_BASE 0x1fff0000u
#define SRAM_BASE   0x20000000u
#define DBGMCU_BASE 0xe0042000u

static const struct memory_config memories[] = {
	{ "CCM RAM", 0x10000000, 64 * KB, MEMORY_RAM, 0 },
	{ "system memory", SYSTEM_BASE, 0x7800, MEMORY_ROM, 0xff },
	{ "SRAM", SRAM_BASE, 128 * KB, MEMORY_RAM, 0 },
	{ "backup SRAM", 0x40024000, 4 * KB, MEMORY_RAM, 0 },
};

/* --- ST's peripherals ------------------------------------------------------------------------ */

static const uint16_t sector_kb[] = { 16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128 };
static const struct stm32f4_flash_config flash_config = {
	.array_base = FLASH_BASE,
	.option_base = 0x1fffc000,
	.otp_base = 0x1fff7800,
	.sector_count = ARRAY_SIZE(sector_kb),
	.sector_kb = sector_kb,
};

static const struct stm32f4_rcc_config rcc_config = { .hse_hz = 8000000 };

/* 9.2.1: main flash, system memory, FSMC bank 1 (nothing is connected), SRAM1. */
static const struct stm32f4_syscfg_config syscfg_config = {
	.modes = { { FLASH_BASE, KB *KB }, { SYSTEM_BASE, 0x7800 }, { 0, 0 },
		{ SRAM_BASE, 112 * KB } },
};

static const struct stm32_gpio_config gpio_a = { 0xa8000000, 0x00000000, 0x64000000 };
static const struct stm32_gpio_config gpio_b = { 0x00000280, 0x000000c0, 0x00000100 };
static const struct stm32_gpio_config gpio_other = { 0 };

static const struct stm32_usart_config usart_apb1 = { CLOCK_APB1 };
static const struct stm32_usart_config usart_apb2 = { CLOCK_APB2 };

/* DBGMCU_APB1_FZ.DBG_IWDG_STOP (38.16.4). */
static const struct stm32_iwdg_config iwdg_config = {
	.lsi_hz = 32000,
	.freeze_address = DBGMCU_BASE + 0x08,
	.freeze_mask = BIT(12),
};

/* 5.4: PWR_CR with VOS = 1; PWR_CSR with VOSRDY. */
static const struct register_row pwr_rows[] = {
	{ 0x00, 0x00004000, 0x000043f3 },
	{ 0x04, 0x00004000, 0x00000300 },
};
static const struct register_block pwr_config = { pwr_rows, ARRAY_SIZE(pwr_rows), false };

/* 12.3: enables, triggers; a software interrupt event (SWIER) is kept and not raised. */
static const struct register_row exti_rows[] = {
	{ 0x00, 0, BITS(22, 0) },
	{ 0x04, 0, BITS(22, 0) },
	{ 0x08, 0, BITS(22, 0) },
	{ 0x0c, 0, BITS(22, 0) },
	{ 0x10, 0, BITS(22, 0) },
};
static const struct register_block exti_config = { exti_rows, ARRAY_SIZE(exti_rows), false };

/* 38.6.1 and 38.16: IDCODE of revision 2 (REV_ID 0x1007), CR, APB1_FZ, APB2_FZ; kept over system
 * resets. */
static const struct register_row dbgmcu_rows[] = {
	{ 0x00, 0x10076413, 0 },
	{ 0x04, 0, 0x000000e7 },
	{ 0x08, 0, 0x06e01dff },
	{ 0x0c, 0, 0x00070003 },
};
static const struct register_block dbgmcu_config = { dbgmcu_rows, ARRAY_SIZE(dbgmcu_rows), true };

/* 39.1 and 39.2: unique ID at 0x1FFF7A10 (made up: "dapper" as the lot), flash size in KB at +0x12.
 */
static const uint8_t signature[0x20] = {
	0x29,
	0x00,
	0x17,
	0x00,
	0x01,
	'd',
	'a',
	'p',
	'p',
	'e',
	'r',
	'1', /* U_ID */
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff, /* reserved */
	0x00,
	0x04, /* F_SIZE: 1024 */
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
};

/* --- CoreSight ------------------------------------------------------------------------------- */

static const struct rom_table_config rom_config = {
	.ids = { .pidr = 0x00000a0413, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = cortex_m4_rom_entries,
	.entry_count = CORTEX_M4_ROM_ENTRIES,
};

/* --- the map --------------------------------------------------------------------------------- */

/* Interrupt numbers: RM0090, table 62. */
static const struct model_config models[] = {
	{ &signature_class, "device signature", 0x1fff7a10, 0x20, LANES_RAW, 0, signature },
	{ &stm32_iwdg_class, "IWDG", 0x40003000, 0x400, LANES_APB, 0, &iwdg_config },
	{ &stm32_usart_class, "USART2", 0x40004400, 0x400, LANES_APB, 38, &usart_apb1 },
	{ &stm32_usart_class, "USART3", 0x40004800, 0x400, LANES_APB, 39, &usart_apb1 },
	{ &register_block_class, "PWR", 0x40007000, 0x400, LANES_APB, 0, &pwr_config },
	{ &stm32_usart_class, "USART1", 0x40011000, 0x400, LANES_APB, 37, &usart_apb2 },
	{ &stm32f4_syscfg_class, "SYSCFG", 0x40013800, 0x400, LANES_APB, 0, &syscfg_config },
	{ &register_block_class, "EXTI", 0x40013c00, 0x400, LANES_APB, 0, &exti_config },
	{ &stm32_gpio_class, "GPIOA", 0x40020000, 0x400, LANES_AHB, 0, &gpio_a },
	{ &stm32_gpio_class, "GPIOB", 0x40020400, 0x400, LANES_AHB, 0, &gpio_b },
	{ &stm32_gpio_class, "GPIOC", 0x40020800, 0x400, LANES_AHB, 0, &gpio_other },
	{ &stm32_gpio_class, "GPIOD", 0x40020c00, 0x400, LANES_AHB, 0, &gpio_other },
	{ &stm32_gpio_class, "GPIOE", 0x40021000, 0x400, LANES_AHB, 0, &gpio_other },
	{ &stm32_gpio_class, "GPIOF", 0x40021400, 0x400, LANES_AHB, 0, &gpio_other },
	{ &stm32_gpio_class, "GPIOG", 0x40021800, 0x400, LANES_AHB, 0, &gpio_other },
	{ &stm32_gpio_class, "GPIOH", 0x40021c00, 0x400, LANES_AHB, 0, &gpio_other },
	{ &stm32_gpio_class, "GPIOI", 0x40022000, 0x400, LANES_AHB, 0, &gpio_other },
	{ &stm32f4_rcc_class, "RCC", 0x40023800, 0x400, LANES_AHB, 0, &rcc_config },
	{ &stm32f4_flash_class, "FLASH", 0x40023c00, 0x400, LANES_AHB, 4, &flash_config },
	{ &itm_class, "ITM", 0xe0000000, 0x1000, LANES_AHB, 0, &cortex_m4_itm },
	{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &cortex_m4_dwt },
	{ &fpb_class, "FPB", 0xe0002000, 0x1000, LANES_AHB, 0, &cortex_m4_fpb },
	{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &cortex_m4_scs },
	{ &tpiu_class, "TPIU", 0xe0040000, 0x1000, LANES_AHB, 0, &cortex_m4_tpiu },
	{ &trace_class, "ETM", 0xe0041000, 0x1000, LANES_AHB, 0, &cortex_m4_etm },
	{ &register_block_class, "DBGMCU", DBGMCU_BASE, 0x400, LANES_AHB, 0, &dbgmcu_config },
	{ &rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &rom_config },
};

/* What RM0090's table 1 lists for STM32F405/407 beyond that. */
static const struct quiet_range quiet[] = {
	{ "TIM2", 0x40000000, 0x400 },
	{ "TIM3", 0x40000400, 0x400 },
	{ "TIM4", 0x40000800, 0x400 },
	{ "TIM5", 0x40000c00, 0x400 },
	{ "TIM6", 0x40001000, 0x400 },
	{ "TIM7", 0x40001400, 0x400 },
	{ "TIM12", 0x40001800, 0x400 },
	{ "TIM13", 0x40001c00, 0x400 },
	{ "TIM14", 0x40002000, 0x400 },
	{ "RTC and backup registers", 0x40002800, 0x400 },
	{ "WWDG", 0x40002c00, 0x400 },
	{ "I2S2ext", 0x40003400, 0x400 },
	{ "SPI2", 0x40003800, 0x400 },
	{ "SPI3", 0x40003c00, 0x400 },
	{ "I2S3ext", 0x40004000, 0x400 },
	{ "UART4", 0x40004c00, 0x400 },
	{ "UART5", 0x40005000, 0x400 },
	{ "I2C1", 0x40005400, 0x400 },
	{ "I2C2", 0x40005800, 0x400 },
	{ "I2C3", 0x40005c00, 0x400 },
	{ "CAN1", 0x40006400, 0x400 },
	{ "CAN2", 0x40006800, 0x400 },
	{ "DAC", 0x40007400, 0x400 },
	{ "TIM1", 0x40010000, 0x400 },
	{ "TIM8", 0x40010400, 0x400 },
	{ "USART6", 0x40011400, 0x400 },
	{ "ADC1-ADC3", 0x40012000, 0x400 },
	{ "SDIO", 0x40012c00, 0x400 },
	{ "SPI1", 0x40013000, 0x400 },
	{ "TIM9", 0x40014000, 0x400 },
	{ "TIM10", 0x40014400, 0x400 },
	{ "TIM11", 0x40014800, 0x400 },
	{ "CRC", 0x40023000, 0x400 },
	{ "DMA1", 0x40026000, 0x400 },
	{ "DMA2", 0x40026400, 0x400 },
	{ "Ethernet MAC", 0x40028000, 0x1400 },
	{ "USB OTG HS", 0x40040000, 0x40000 },
	{ "USB OTG FS", 0x50000000, 0x40000 },
	{ "DCMI", 0x50050000, 0x400 },
	{ "RNG", 0x50060800, 0x400 },
	{ "FSMC control registers", 0xa0000000, 0x1000 },
};

/*
 * The boundary-scan TAP comes first (RM0090, 38.5 "STM32F4xx JTAG TAP connection"). ID
 * code: 38.6.2. Instructions and what Capture-IR loads ("XXX01"): ST's BSDL files.
 */
static const struct vtap_config taps[] = {
	{ .name = "boundary scan",
		.idcode = 0x06413041,
		.ir_length = 5,
		.ir_capture = 0x01,
		.ir_idcode = 0x01 },
};

const struct board_part stm32f407vg_part = {
	.name = "STM32F407VG",
	.cpu = {
		.arch = CPU_ARMV7EM,
		.fpu = CPU_FPU_FPV4_SP,
		.cpuid = 0x410fc241,
		.prio_bits = 4,
		.irqs = 82, /* RM0090, 12.1.1 */
		.mpu_regions = 8,
		.has_vtor = true,
		.systick_divide = 8,     /* HCLK/8, 7.2 */
		.systick_calib = 0x493e, /* 18750, 12.1.2 */
	},
	.clock_hz = { 16000000, 16000000, 16000000 },
	.bit_band = true,
	.boot_base = FLASH_BASE,
	.boot_size = KB * KB,
	/* 38.8.3 (SW-DP), 38.6.3 (JTAG-DP); the AHB-AP: DDI 0439D, 8.3. */
	.dpidr = 0x2ba01477,
	.jtag_idcode = 0x4ba00477,
	.taps = taps,
	.tap_count = ARRAY_SIZE(taps),
	.ap_idr = 0x24770011,
	.ap_base = 0xe00ff003,
	.ap_csw_reset = 0x23000040, /* MasterType debug, HPROT[1:0], DeviceEn */
	.ap_can_pack = true,
	.ap_can_unaligned = true, /* split by the bus interfaces: DDI 0337E, 14.9 */
	.ap_increment_bits = 12, /* wraps within 4 KB: DDI 0439D, 8.3, AHB-AP */
	.memories = memories,
	.memory_count = ARRAY_SIZE(memories),
	.models = models,
	.model_count = ARRAY_SIZE(models),
	.quiet = quiet,
	.quiet_count = ARRAY_SIZE(quiet),
};
