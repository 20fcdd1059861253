/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STM32L476RG (Nucleo-64, 8 MHz from its ST-LINK), STM32G071RB and STM32L552ZE (Nucleo-144, with a
 * MX25L51245G as ST's evaluation board has it). Addresses, interrupts and reset values: RM0351,
 * RM0444 and RM0438, the last one's checked against STM32L552.svd; the others are from memory.
 */
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m.h"
#include "vboard/board/parts/cortex_m0plus.h"
#include "vboard/coresight/coresight.h"
#include "vboard/models/signature.h"
#include "vboard/models/stm32.h"
#include "vboard/models/stm32_qspi.h"
#include "vboard/models/stm32_rcc.h"
#include "vboard/models/stm32l4_flash.h"

#define KB 1024u

static const struct stm32_usart_config usart_apb1 = { CLOCK_APB1 };
static const struct stm32_usart_config usart_apb2 = { CLOCK_APB2 };
static const struct stm32_gpio_config gpio_analog = { .moder = 0xffffffff };

/* Made up: "dapper" as the lot; then the flash's size in KB at 0x50. */
#define UNIQUE_ID 0x29, 0, 0x17, 0, 1, 'd', 'a', 'p', 'p', 'e', 'r', '1'
#define SIGNATURE(kb)                                                                      \
	{                                                                                  \
		UNIQUE_ID, [0x50] = (uint8_t)((kb)&0xff), [0x51] = (uint8_t)((kb) >> 8), 0 \
	}

/* --- STM32L476RG ------------------------------------------------------------------------------ */

static const struct memory_config l476_memories[] = {
	{ "SRAM2", 0x10000000, 32 * KB, MEMORY_RAM, 0 },
	{ "system memory", 0x1fff0000, 0x7000, MEMORY_ROM, 0xff },
	{ "SRAM1", 0x20000000, 96 * KB, MEMORY_RAM, 0 },
};
static const struct alias_config l476_aliases[] = { { 0x20018000, 32 * KB, 0x10000000 } };
static const struct stm32l4_flash_config l476_flash = {
	.array_base = 0x08000000,
	.size = 1024 * KB,
	.option_base = 0x1fff7800,
};
static const struct stm32_rcc_config l476_rcc = { .hse_hz = 8000000 };
static const struct stm32_gpio_config l476_gpio_a = { 0xabffffff, 0x0c000000, 0x64000000 };
static const struct stm32_gpio_config l476_gpio_b = { 0xfffffebf, 0, 0x00000100 };
static const struct stm32_iwdg_config l476_iwdg = {
	.lsi_hz = 32000,
	.freeze_address = 0xe0042008,
	.freeze_mask = BIT(12),
};
static const struct register_row l4_pwr_rows[] = {
	{ 0x00, 0x00000200, 0x00004777 }, /* CR1: range 1 */
	{ 0x04, 0, 0x000007ff },
	{ 0x08, 0x00008000, 0x0000851f },
	{ 0x0c, 0, 0x0000031f },
	{ 0x10, 0, 0 },
	{ 0x14, 0x00000100, 0 },
};
static const struct register_block l476_pwr = { l4_pwr_rows, ARRAY_SIZE(l4_pwr_rows), false };
static const struct register_row l476_dbgmcu_rows[] = {
	{ 0x00, 0x10076415, 0 },
	{ 0x04, 0, 0x000000e7 },
	{ 0x08, 0, 0x80e21c3f | BIT(12) },
	{ 0x0c, 0, 0x00000020 },
	{ 0x10, 0, 0x00072800 },
};
static const struct register_block l476_dbgmcu = { l476_dbgmcu_rows, ARRAY_SIZE(l476_dbgmcu_rows),
	true };
static const uint8_t l476_signature[0x60] = SIGNATURE(1024);
static const struct rom_table_config l476_rom = {
	.ids = { .pidr = 0x00000a0415, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = cortex_m4_rom_entries,
	.entry_count = CORTEX_M4_ROM_ENTRIES,
};
static const struct model_config l476_models[] = {
	{ &signature_class, "device signature", 0x1fff7590, 0x60, LANES_RAW, 0, l476_signature },
	{ &stm32_iwdg_class, "IWDG", 0x40003000, 0x400, LANES_APB, 0, &l476_iwdg },
	{ &stm32_usart2_class, "USART2", 0x40004400, 0x400, LANES_APB, 38, &usart_apb1 },
	{ &stm32_usart2_class, "USART3", 0x40004800, 0x400, LANES_APB, 39, &usart_apb1 },
	{ &register_block_class, "PWR", 0x40007000, 0x400, LANES_APB, 0, &l476_pwr },
	{ &stm32_usart2_class, "USART1", 0x40013800, 0x400, LANES_APB, 37, &usart_apb2 },
	{ &stm32l4_rcc_class, "RCC", 0x40021000, 0x400, LANES_AHB, 5, &l476_rcc },
	{ &stm32l4_flash_class, "FLASH", 0x40022000, 0x400, LANES_AHB, 4, &l476_flash },
	{ &stm32_gpio_class, "GPIOA", 0x48000000, 0x400, LANES_AHB, 0, &l476_gpio_a },
	{ &stm32_gpio_class, "GPIOB", 0x48000400, 0x400, LANES_AHB, 0, &l476_gpio_b },
	{ &stm32_gpio_class, "GPIOC", 0x48000800, 0x400, LANES_AHB, 0, &gpio_analog },
	{ &stm32_gpio_class, "GPIOD", 0x48000c00, 0x400, LANES_AHB, 0, &gpio_analog },
	{ &stm32_gpio_class, "GPIOH", 0x48001c00, 0x400, LANES_AHB, 0, &gpio_analog },
	{ &trace_class, "ITM", 0xe0000000, 0x1000, LANES_AHB, 0, &cortex_m4_itm },
	{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &cortex_m4_dwt },
	{ &fpb_class, "FPB", 0xe0002000, 0x1000, LANES_AHB, 0, &cortex_m4_fpb },
	{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &cortex_m4_scs },
	{ &trace_class, "TPIU", 0xe0040000, 0x1000, LANES_AHB, 0, &cortex_m4_tpiu },
	{ &trace_class, "ETM", 0xe0041000, 0x1000, LANES_AHB, 0, &cortex_m4_etm },
	{ &register_block_class, "DBGMCU", 0xe0042000, 0x400, LANES_AHB, 0, &l476_dbgmcu },
	{ &rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &l476_rom },
};
static const struct quiet_range l476_quiet[] = {
	{ "TIM2 to TIM7, LCD, RTC, WWDG", 0x40000000, 0x3000 },
	{ "SPI2, SPI3", 0x40003800, 0x800 },
	{ "UART4, UART5, I2C, CAN1", 0x40004c00, 0x1c00 },
	{ "DAC, OPAMP, LPTIM1, LPUART1", 0x40007400, 0x2400 },
	{ "SYSCFG, EXTI", 0x40010000, 0x800 },
	{ "FIREWALL, SDMMC, TIM1, SPI1, TIM8", 0x40011c00, 0x1c00 },
	{ "TIM15 to TIM17, SAI, DFSDM", 0x40014000, 0x2400 },
	{ "DMA1, DMA2", 0x40020000, 0x800 },
	{ "CRC, TSC", 0x40023000, 0x1400 },
	{ "GPIOE to GPIOG", 0x48001000, 0xc00 },
	{ "OTG_FS, ADC, RNG", 0x50000000, 0x61000 },
};

const struct board_part stm32l476rg_part = {
	.name = "STM32L476RG",
	.cpu = {
		.arch = CPU_ARMV7EM,
		.fpu = CPU_FPU_FPV4_SP,
		.cpuid = 0x410fc241,
		.prio_bits = 4,
		.irqs = 82,
		.mpu_regions = 8,
		.has_vtor = true,
		.systick_divide = 8,
		.systick_calib = 0x4000270f,
	},
	.clock_hz = { 4000000, 4000000, 4000000 },
	.bit_band = true,
	.boot_base = 0x08000000,
	.boot_size = 1024 * KB,
	.aliases = l476_aliases,
	.alias_count = ARRAY_SIZE(l476_aliases),
	.dpidr = 0x2ba01477,
	.jtag_idcode = 0x4ba00477,
	.ap_idr = 0x24770011,
	.ap_base = 0xe00ff003,
	.ap_csw_reset = 0x23000040,
	.ap_can_pack = true,
	.ap_can_unaligned = true,
	.ap_increment_bits = 12,
	.memories = l476_memories,
	.memory_count = ARRAY_SIZE(l476_memories),
	.models = l476_models,
	.model_count = ARRAY_SIZE(l476_models),
	.quiet = l476_quiet,
	.quiet_count = ARRAY_SIZE(l476_quiet),
};

/* --- STM32G071RB ------------------------------------------------------------------------------ */

static const struct memory_config g071_memories[] = {
	{ "system memory", 0x1fff0000, 0x7000, MEMORY_ROM, 0xff },
	{ "SRAM", 0x20000000, 36 * KB, MEMORY_RAM, 0 },
};
static const struct stm32l4_flash_config g071_flash = {
	.array_base = 0x08000000,
	.size = 128 * KB,
	.option_base = 0x1fff7800,
};
static const struct stm32_rcc_config g071_rcc = { .hse_hz = 0 };
static const struct stm32_gpio_config g071_gpio_a = { 0xebffffff, 0x0c000000, 0x24000000 };
static const struct stm32_iwdg_config g071_iwdg = {
	.lsi_hz = 32000,
	.freeze_address = 0x40015808,
	.freeze_mask = BIT(12),
};
static const struct register_row g071_pwr_rows[] = {
	{ 0x00, 0x00000208, 0x0000477f },
	{ 0x04, 0x00000100, 0x000000ff },
	{ 0x08, 0x00008000, 0x0000863f },
	{ 0x0c, 0, 0x0000033f },
	{ 0x14, 0x00000000, 0 },
};
static const struct register_block g071_pwr = { g071_pwr_rows, ARRAY_SIZE(g071_pwr_rows), false };
static const struct register_row g071_dbg_rows[] = {
	{ 0x00, 0x20006460, 0 },
	{ 0x04, 0, 0x00000006 },
	{ 0x08, 0, 0xc0601c33 },
	{ 0x0c, 0, 0x00078800 },
};
static const struct register_block g071_dbg = { g071_dbg_rows, ARRAY_SIZE(g071_dbg_rows), true };
static const uint8_t g071_signature[0x60] = SIGNATURE(128);
static const struct model_config g071_models[] = {
	{ &signature_class, "device signature", 0x1fff7590, 0x60, LANES_RAW, 0, g071_signature },
	{ &stm32_iwdg_class, "IWDG", 0x40003000, 0x400, LANES_APB, 0, &g071_iwdg },
	{ &stm32_usart2_class, "USART2", 0x40004400, 0x400, LANES_APB, 28, &usart_apb1 },
	{ &register_block_class, "PWR", 0x40007000, 0x400, LANES_APB, 0, &g071_pwr },
	{ &stm32_usart2_class, "USART1", 0x40013800, 0x400, LANES_APB, 27, &usart_apb1 },
	{ &register_block_class, "DBG", 0x40015800, 0x400, LANES_APB, 0, &g071_dbg },
	{ &stm32g0_rcc_class, "RCC", 0x40021000, 0x400, LANES_AHB, 4, &g071_rcc },
	{ &stm32g0_flash_class, "FLASH", 0x40022000, 0x400, LANES_AHB, 3, &g071_flash },
	{ &stm32_gpio_class, "GPIOA", 0x50000000, 0x400, LANES_AHB, 0, &g071_gpio_a },
	{ &stm32_gpio_class, "GPIOB", 0x50000400, 0x400, LANES_AHB, 0, &gpio_analog },
	{ &stm32_gpio_class, "GPIOC", 0x50000800, 0x400, LANES_AHB, 0, &gpio_analog },
	{ &stm32_gpio_class, "GPIOD", 0x50000c00, 0x400, LANES_AHB, 0, &gpio_analog },
	{ &stm32_gpio_class, "GPIOF", 0x50001400, 0x400, LANES_AHB, 0, &gpio_analog },
	CORTEX_M0PLUS_MODELS,
};
static const struct quiet_range g071_quiet[] = {
	{ "TIM2 to TIM14, RTC, WWDG", 0x40000000, 0x3000 },
	{ "SPI2", 0x40003800, 0x400 },
	{ "USART3, USART4, I2C", 0x40004800, 0x1400 },
	{ "DAC, CEC, LPTIM, LPUART, TAMP, UCPD", 0x40007400, 0x4000 },
	{ "SYSCFG, ADC", 0x40010000, 0x2800 },
	{ "TIM1, SPI1", 0x40012c00, 0x800 },
	{ "TIM15 to TIM17", 0x40014000, 0xc00 },
	{ "DMA, DMAMUX", 0x40020000, 0x1000 },
	{ "EXTI", 0x40021800, 0x400 },
	{ "CRC", 0x40023000, 0x400 },
};

const struct board_part stm32g071rb_part = {
	.name = "STM32G071RB",
	.cpu = {
		.arch = CPU_ARMV6M,
		.fpu = CPU_FPU_NONE,
		.cpuid = 0x410cc601,
		.prio_bits = 2,
		.irqs = 32,
		.mpu_regions = 8,
		.has_vtor = true,
		.systick_divide = 8,
	},
	.clock_hz = { 16000000, 16000000, 16000000 },
	.boot_base = 0x08000000,
	.boot_size = 128 * KB,
	.dpidr = 0x0bc11477,
	.jtag_idcode = 0,
	.ap_idr = 0x04770031,
	.ap_base = 0xe00ff003,
	.ap_csw_reset = 0x03000040,
	.memories = g071_memories,
	.memory_count = ARRAY_SIZE(g071_memories),
	.models = g071_models,
	.model_count = ARRAY_SIZE(g071_models),
	.quiet = g071_quiet,
	.quiet_count = ARRAY_SIZE(g071_quiet),
};
