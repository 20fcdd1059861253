/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other parts of the STM32F4 family, one of each flash memory that there is: 128, 256, 384 and 512
 * KB (STM32F401, F411), 1 MB as one or two banks and 2 MB (F429), 1.5 MB (F413), and those with a
 * QUADSPI controller and a serial flash behind it (F446, F469), as on ST's STM32446E-EVAL and
 * 32F469IDISCOVERY. 8 MHz crystal (F446 on MCBSTM32F400: 25 MHz).
 *
 * Sizes and identification codes: RM0368, RM0383, RM0430, RM0090, RM0390, RM0386, the DEV_ID ones
 * as OpenOCD and the vendor's pack know them, from memory. What differs from STM32F407 beyond that
 * (timers, SAI, LTDC, DSI ...) is not modelled and answers 0.
 */
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m.h"
#include "vboard/coresight/coresight.h"
#include "vboard/models/signature.h"
#include "vboard/models/stm32.h"
#include "vboard/models/stm32_qspi.h"
#include "vboard/models/stm32f4_flash.h"

#define KB 1024u

#define FLASH_BASE  0x08000000u
#define SYSTEM_BASE 0x1fff0000u
#define SRAM_BASE   0x20000000u
#define DBGMCU_BASE 0xe0042000u

static const struct stm32f4_rcc_config rcc_config = { .hse_hz = 8000000, .has_qspi = true };
static const struct stm32_gpio_config gpio_a = { 0xa8000000, 0x0c000000, 0x64000000 };
static const struct stm32_gpio_config gpio_b = { 0x00000280, 0x000000c0, 0x00000100 };
static const struct stm32_gpio_config gpio_other = { 0 };
static const struct stm32_usart_config usart_apb1 = { CLOCK_APB1 };
static const struct stm32_usart_config usart_apb2 = { CLOCK_APB2 };
static const struct stm32_iwdg_config iwdg_config = {
	.lsi_hz = 32000,
	.freeze_address = DBGMCU_BASE + 0x08,
	.freeze_mask = BIT(12),
};

/*
 * PWR of F42x, F446 and F469 (RM0090, 5.5): over-drive is ready as soon as it is asked for, which
 * here is from the beginning; smaller parts do not look.
 */
static const struct register_row pwr_rows[] = {
	{ 0x00, 0x0000c000, 0x000fffff },
	{ 0x04, 0x00034000, 0x00000300 },
};
static const struct register_block pwr_config = { pwr_rows, ARRAY_SIZE(pwr_rows), false };

static const struct rom_table_config rom_config = {
	.ids = { .pidr = 0x00000a0411, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = cortex_m4_rom_entries,
	.entry_count = CORTEX_M4_ROM_ENTRIES,
};

#define SMALL       16, 16, 16, 16, 64
#define BANK        SMALL, 128, 128, 128, 128, 128, 128, 128
#define SIZE_LE(kb) (uint8_t)((kb)&0xff), (uint8_t)((kb) >> 8)

/* What the parts have in common; further rows of models may follow. */
#define MODELS(part)                                                                               \
	{ &signature_class, "device signature", 0x1fff7a10, 0x20, LANES_RAW, 0,                    \
		&(const struct signature_config){ part##_signature, sizeof(part##_signature) } },  \
		{ &stm32_iwdg_class, "IWDG", 0x40003000, 0x400, LANES_APB, 0, &iwdg_config },      \
		{ &stm32_usart_class, "USART2", 0x40004400, 0x400, LANES_APB, 38, &usart_apb1 },   \
		{ &register_block_class, "PWR", 0x40007000, 0x400, LANES_APB, 0, &pwr_config },    \
		{ &stm32_usart_class, "USART1", 0x40011000, 0x400, LANES_APB, 37, &usart_apb2 },   \
		{ &stm32_gpio_class, "GPIOA", 0x40020000, 0x400, LANES_AHB, 0, &gpio_a },          \
		{ &stm32_gpio_class, "GPIOB", 0x40020400, 0x400, LANES_AHB, 0, &gpio_b },          \
		{ &stm32_gpio_class, "GPIOC", 0x40020800, 0x400, LANES_AHB, 0, &gpio_other },      \
		{ &stm32_gpio_class, "GPIOD", 0x40020c00, 0x400, LANES_AHB, 0, &gpio_other },      \
		{ &stm32_gpio_class, "GPIOE", 0x40021000, 0x400, LANES_AHB, 0, &gpio_other },      \
		{ &stm32_gpio_class, "GPIOF", 0x40021400, 0x400, LANES_AHB, 0, &gpio_other },      \
		{ &stm32_gpio_class, "GPIOG", 0x40021800, 0x400, LANES_AHB, 0, &gpio_other },      \
		{ &stm32_gpio_class, "GPIOH", 0x40021c00, 0x400, LANES_AHB, 0, &gpio_other },      \
		{ &stm32f4_rcc_class, "RCC", 0x40023800, 0x400, LANES_AHB, 0, &rcc_config },       \
		{ &stm32f4_flash_class, "FLASH", 0x40023c00, 0x400, LANES_AHB, 4, &part##_flash }, \
		{ &itm_class, "ITM", 0xe0000000, 0x1000, LANES_AHB, 0, &cortex_m4_itm },           \
		{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &cortex_m4_dwt },           \
		{ &fpb_class, "FPB", 0xe0002000, 0x1000, LANES_AHB, 0, &cortex_m4_fpb },           \
		{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &cortex_m4_scs },           \
		{ &tpiu_class, "TPIU", 0xe0040000, 0x1000, LANES_AHB, 0, &cortex_m4_tpiu },        \
		{ &trace_class, "ETM", 0xe0041000, 0x1000, LANES_AHB, 0, &cortex_m4_etm },         \
		{ &register_block_class, "DBGMCU", DBGMCU_BASE, 0x400, LANES_AHB, 0,               \
			&part##_dbgmcu },                                                          \
	{                                                                                          \
		&rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &rom_config       \
	}

static const struct quiet_range quiet[] = {
	{ "TIM2 to TIM14", 0x40000000, 0x2400 },
	{ "RTC and backup registers", 0x40002800, 0x400 },
	{ "WWDG", 0x40002c00, 0x400 },
	{ "SPI2, SPI3, I2S", 0x40003400, 0x1000 },
	{ "USART3, UART4, UART5", 0x40004800, 0xc00 },
	{ "I2C1 to I2C4", 0x40005400, 0x1000 },
	{ "CAN1, CAN2, CEC", 0x40006400, 0xc00 },
	{ "DAC", 0x40007400, 0x400 },
	{ "UART7, UART8", 0x40007800, 0x800 },
	{ "TIM1, TIM8", 0x40010000, 0x800 },
	{ "USART6 and further", 0x40011400, 0xc00 },
	{ "ADC1 to ADC3", 0x40012000, 0x400 },
	{ "SDIO, SPI1, SPI4", 0x40012c00, 0xc00 },
	{ "SYSCFG, EXTI", 0x40013800, 0x800 },
	{ "TIM9 to TIM11", 0x40014000, 0xc00 },
	{ "SPI5, SPI6, SAI, LTDC, DSI", 0x40015000, 0x3000 },
	{ "GPIOI to GPIOK", 0x40022000, 0xc00 },
	{ "CRC", 0x40023000, 0x400 },
	{ "DMA1, DMA2", 0x40026000, 0x800 },
	{ "Ethernet MAC", 0x40028000, 0x1400 },
	{ "USB OTG HS", 0x40040000, 0x40000 },
	{ "USB OTG FS", 0x50000000, 0x40000 },
	{ "DCMI", 0x50050000, 0x400 },
	{ "RNG", 0x50060800, 0x400 },
};

/*
 * A part: DBGMCU_IDCODE, SRAM and flash in KB, sectors, what the flash has beyond that, further
 * models.
 */
#define PART(part, text, idcode, ram_kb, flash_kb, sectors, more_flash, ...)                     \
	static const uint16_t part##_sectors[] = { sectors };                                    \
	static const struct stm32f4_flash_config part##_flash = { .array_base = FLASH_BASE,      \
		.option_base = 0x1fffc000,                                                       \
		.otp_base = 0x1fff7800,                                                          \
		.sector_count = ARRAY_SIZE(part##_sectors),                                      \
		.sector_kb = part##_sectors,                                                     \
		more_flash };                                                                    \
	static const struct register_row part##_dbgmcu_rows[] = {                                \
		{ 0x00, (idcode), 0 },                                                           \
		{ 0x04, 0, 0x000000e7 },                                                         \
		{ 0x08, 0, 0x06e01dff },                                                         \
		{ 0x0c, 0, 0x00070003 },                                                         \
	};                                                                                       \
	static const struct register_block part##_dbgmcu = { part##_dbgmcu_rows,                 \
		ARRAY_SIZE(part##_dbgmcu_rows), true };                                          \
	static const uint8_t part##_signature[0x20] = { 0x29, 0, 0x17, 0, 1, 'd', 'a', 'p', 'p', \
		'e', 'r', '1', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, SIZE_LE(flash_kb) };          \
	static const struct memory_config part##_memories[] = {                                  \
		{ "system memory", SYSTEM_BASE, 0x7800, MEMORY_ROM, 0xff },                      \
		{ "SRAM", SRAM_BASE, (ram_kb)*KB, MEMORY_RAM, 0 },                               \
	};                                                                                       \
	static const struct model_config part##_models[] = { MODELS(part), __VA_ARGS__ };        \
	const struct board_part part##_part = {                                                \
		.name = (text),                                                                \
		.cpu = {                                                                       \
			.arch = CPU_ARMV7EM,                                                   \
			.fpu = CPU_FPU_FPV4_SP,                                                \
			.cpuid = 0x410fc241,                                                   \
			.prio_bits = 4,                                                        \
			.irqs = 102,                                                           \
			.mpu_regions = 8,                                                      \
			.has_vtor = true,                                                      \
			.systick_divide = 8,                                                   \
			.systick_calib = 0x493e,                                               \
		},                                                                             \
		.clock_hz = { 16000000, 16000000, 16000000 },                                  \
		.bit_band = true,                                                              \
		.boot_base = FLASH_BASE,                                                       \
		.boot_size = (flash_kb) * KB,                                                  \
		.dpidr = 0x2ba01477,                                                           \
		.jtag_idcode = 0x4ba00477,                                                     \
		.ap_idr = 0x24770011,                                                          \
		.ap_base = 0xe00ff003,                                                         \
		.ap_csw_reset = 0x23000040,                                                    \
		.ap_can_pack = true,                                                           \
		.ap_can_unaligned = true,                                                      \
		.ap_increment_bits = 12,                                                       \
		.memories = part##_memories,                                                   \
		.memory_count = ARRAY_SIZE(part##_memories),                                   \
		.models = part##_models,                                                       \
		.model_count = ARRAY_SIZE(part##_models),                                      \
		.quiet = quiet,                                                                \
		.quiet_count = ARRAY_SIZE(quiet),                                              \
	}

#define LIST(...) __VA_ARGS__
#define NOTHING   .bank2_sector = 0
#define FMC_ROW                                                                            \
	{                                                                                  \
		&register_block_class, "FMC", 0xa0000000, 0x800, LANES_AHB, 0, &fmc_config \
	}

/* The memory controllers' registers are kept, which is all that start-up code asks of them. */
static const struct register_row fmc_rows[] = {
	{ 0x00, 0x000030db, UINT32_MAX },
	{ 0x140, 0x000002d0, UINT32_MAX },
};
static const struct register_block fmc_config = { fmc_rows, ARRAY_SIZE(fmc_rows), false };

static const struct stm32_qspi_config qspi_446 = {
	.mapped_base = 0x90000000,
	.chip = "N25Q256A",
};
static const struct stm32_qspi_config qspi_469 = {
	.mapped_base = 0x90000000,
	.chip = "N25Q128A",
};

PART(stm32f401cb, "STM32F401CB", 0x10016423, 64, 128, LIST(SMALL), NOTHING, FMC_ROW);
PART(stm32f401cc, "STM32F401CC", 0x10016423, 64, 256, LIST(SMALL, 128), NOTHING, FMC_ROW);
PART(stm32f401re, "STM32F401RE", 0x10016433, 96, 512, LIST(SMALL, 128, 128, 128), NOTHING, FMC_ROW);
PART(stm32f401vd, "STM32F401VD", 0x10016433, 96, 384, LIST(SMALL, 128, 128), NOTHING, FMC_ROW);
PART(stm32f411re, "STM32F411RE", 0x10006431, 128, 512, LIST(SMALL, 128, 128, 128), NOTHING,
	FMC_ROW);
PART(stm32f412zg, "STM32F412ZG", 0x10006441, 256, 1024, LIST(BANK), NOTHING, FMC_ROW);
PART(stm32f413zh, "STM32F413ZH", 0x10006463, 320, 1536, LIST(BANK, 128, 128, 128, 128), NOTHING,
	FMC_ROW);
PART(stm32f429zg, "STM32F429ZG", 0x20036419, 192, 1024, LIST(BANK), .has_db1m = true, FMC_ROW);
PART(stm32f429zi, "STM32F429ZI", 0x20036419, 192, 2048, LIST(BANK, BANK), .bank2_sector = 12,
	FMC_ROW);
PART(stm32f446ze, "STM32F446ZE", 0x10006421, 128, 512, LIST(SMALL, 128, 128, 128), NOTHING,
	{ &stm32_quadspi_class, "QUADSPI", 0xa0001000, 0x400, LANES_RAW, 92, &qspi_446 }, FMC_ROW);
PART(stm32f469ni, "STM32F469NI", 0x20006434, 320, 2048, LIST(BANK, BANK), .bank2_sector = 12,
	{ &stm32_quadspi_class, "QUADSPI", 0xa0001000, 0x400, LANES_RAW, 91, &qspi_469 }, FMC_ROW);
