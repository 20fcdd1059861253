/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STM32F103RB (medium density) on a board with 8 MHz at HSE, as the NUCLEO-F103RB has it, and the
 * boot pins at "main flash". Addresses: RM0008 rev 21, section 3.3, checked against STM32F103.svd;
 * core: DDI 0337E (Cortex-M3 r1p1); debug: RM0008, section 31. What else is not from a document at
 * hand is said in vboard/models/stm32f1.h and vboard/board/parts/cortex_m.c.
 */
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m.h"
#include "vboard/models/signature.h"
#include "vboard/models/stm32.h"
#include "vboard/models/stm32f1.h"

#define KB 1024u

#define FLASH_BASE  0x08000000u
#define FLASH_SIZE  (128 * KB)
#define SYSTEM_BASE 0x1ffff000u
#define SRAM_BASE   0x20000000u
#define DBGMCU_BASE 0xe0042000u

static const struct memory_config memories[] = {
	{ "system memory", SYSTEM_BASE, 0x7e0, MEMORY_ROM, 0xff },
	{ "SRAM", SRAM_BASE, 20 * KB, MEMORY_RAM, 0 },
};

/* --- ST's peripherals ------------------------------------------------------------------------ */

static const struct stm32f1_flash_config flash_config = {
	.array_base = FLASH_BASE,
	.size = FLASH_SIZE,
	.page_size = KB,
	.pages_per_wrp_bit = 4,
};

static const struct stm32f1_rcc_config rcc_config = { .hse_hz = 8000000 };

static const struct stm32_usart_config usart_apb1 = { CLOCK_APB1 };
static const struct stm32_usart_config usart_apb2 = { CLOCK_APB2 };

/* DBGMCU_CR.DBG_IWDG_STOP (31.16.3). */
static const struct stm32_iwdg_config iwdg_config = {
	.lsi_hz = 40000,
	.freeze_address = DBGMCU_BASE + 0x04,
	.freeze_mask = BIT(8),
};

static const struct register_row pwr_rows[] = {
	{ 0x00, 0, 0x000001f3 },
	{ 0x04, 0, 0x00000100 },
};
static const struct register_block pwr_config = { pwr_rows, ARRAY_SIZE(pwr_rows), false };

static const struct register_row afio_rows[] = {
	{ 0x00, 0, BITS(7, 0) },  /* EVCR */
	{ 0x04, 0, 0x071fffff },  /* MAPR */
	{ 0x08, 0, BITS(15, 0) }, /* EXTICR1 to EXTICR4 */
	{ 0x0c, 0, BITS(15, 0) },
	{ 0x10, 0, BITS(15, 0) },
	{ 0x14, 0, BITS(15, 0) },
};
static const struct register_block afio_config = { afio_rows, ARRAY_SIZE(afio_rows), false };

/* Enables, triggers; a software interrupt event (SWIER) is kept and not raised. */
static const struct register_row exti_rows[] = {
	{ 0x00, 0, BITS(18, 0) },
	{ 0x04, 0, BITS(18, 0) },
	{ 0x08, 0, BITS(18, 0) },
	{ 0x0c, 0, BITS(18, 0) },
	{ 0x10, 0, BITS(18, 0) },
};
static const struct register_block exti_config = { exti_rows, ARRAY_SIZE(exti_rows), false };

/* 31.6.1: medium density, revision Y; CR; kept over system resets. */
static const struct register_row dbgmcu_rows[] = {
	{ 0x00, 0x20036410, 0 },
	{ 0x04, 0, 0x001fffe7 },
};
static const struct register_block dbgmcu_config = { dbgmcu_rows, ARRAY_SIZE(dbgmcu_rows), true };

/* 30.1 and 30.2: flash size in KB at 0x1FFFF7E0; unique ID (made up) at +8. */
static const uint8_t signature[0x20] = {
	0x80, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* F_SIZE: 128 */
	0x31, 0xff, 0x06, 0x00, 'd', 'a', 'p', 'p',     /* U_ID */
	'e', 'r', '2', '0', 0xff, 0xff, 0xff, 0xff,     /* */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* reserved */
};

/* DDI 0337E, 4.1: the ETM is an option that this part has, at 0xE0041000; not modelled. */
static const uint32_t rom_entries[] = {
	0xfff0f003, /* SCS */
	0xfff02003, /* DWT */
	0xfff03003, /* FPB */
	0xfff01003, /* ITM */
	0xfff41003, /* TPIU */
	0xfff42002, /* ETM: said not to be there */
	0x00000000,
};
static const struct rom_table_config rom_config = {
	.ids = { .pidr = 0x00000a0410, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = rom_entries,
	.entry_count = ARRAY_SIZE(rom_entries),
};

/* --- the map --------------------------------------------------------------------------------- */

/* Interrupt numbers: RM0008, table 63. */
static const struct model_config models[] = {
	{ &signature_class, "device signature", 0x1ffff7e0, 0x20, LANES_RAW, 0, signature },
	{ &stm32_iwdg_class, "IWDG", 0x40003000, 0x400, LANES_APB, 0, &iwdg_config },
	{ &stm32_usart_class, "USART2", 0x40004400, 0x400, LANES_APB, 38, &usart_apb1 },
	{ &stm32_usart_class, "USART3", 0x40004800, 0x400, LANES_APB, 39, &usart_apb1 },
	{ &register_block_class, "PWR", 0x40007000, 0x400, LANES_APB, 0, &pwr_config },
	{ &register_block_class, "AFIO", 0x40010000, 0x400, LANES_APB, 0, &afio_config },
	{ &register_block_class, "EXTI", 0x40010400, 0x400, LANES_APB, 0, &exti_config },
	{ &stm32f1_gpio_class, "GPIOA", 0x40010800, 0x400, LANES_APB, 0, NULL },
	{ &stm32f1_gpio_class, "GPIOB", 0x40010c00, 0x400, LANES_APB, 0, NULL },
	{ &stm32f1_gpio_class, "GPIOC", 0x40011000, 0x400, LANES_APB, 0, NULL },
	{ &stm32f1_gpio_class, "GPIOD", 0x40011400, 0x400, LANES_APB, 0, NULL },
	{ &stm32_usart_class, "USART1", 0x40013800, 0x400, LANES_APB, 37, &usart_apb2 },
	{ &stm32f1_rcc_class, "RCC", 0x40021000, 0x400, LANES_AHB, 0, &rcc_config },
	{ &stm32f1_flash_class, "FLASH", 0x40022000, 0x400, LANES_AHB, 4, &flash_config },
	{ &itm_class, "ITM", 0xe0000000, 0x1000, LANES_AHB, 0, &cortex_m3_itm },
	{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &cortex_m3_dwt },
	{ &fpb_class, "FPB", 0xe0002000, 0x1000, LANES_AHB, 0, &cortex_m3_fpb },
	{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &cortex_m3_scs },
	{ &tpiu_class, "TPIU", 0xe0040000, 0x1000, LANES_AHB, 0, &cortex_m3_tpiu },
	{ &register_block_class, "DBGMCU", DBGMCU_BASE, 0x400, LANES_AHB, 0, &dbgmcu_config },
	{ &rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &rom_config },
};

/* What medium-density parts have beyond that (DS5319, table 2 and figure 11). */
static const struct quiet_range quiet[] = {
	{ "TIM2", 0x40000000, 0x400 },
	{ "TIM3", 0x40000400, 0x400 },
	{ "TIM4", 0x40000800, 0x400 },
	{ "RTC", 0x40002800, 0x400 },
	{ "WWDG", 0x40002c00, 0x400 },
	{ "SPI2", 0x40003800, 0x400 },
	{ "I2C1", 0x40005400, 0x400 },
	{ "I2C2", 0x40005800, 0x400 },
	{ "USB", 0x40005c00, 0x400 },
	{ "USB and CAN SRAM", 0x40006000, 0x400 },
	{ "CAN", 0x40006400, 0x400 },
	{ "BKP", 0x40006c00, 0x400 },
	{ "GPIOE", 0x40011800, 0x400 },
	{ "ADC1", 0x40012400, 0x400 },
	{ "ADC2", 0x40012800, 0x400 },
	{ "TIM1", 0x40012c00, 0x400 },
	{ "SPI1", 0x40013000, 0x400 },
	{ "DMA", 0x40020000, 0x400 },
	{ "CRC", 0x40023000, 0x400 },
};

/*
 * The boundary-scan TAP comes first (31.5); its ID code: 31.6.2, medium density, revisions B, Z and
 * Y. Instructions and what Capture-IR loads: ST's BSDL files.
 */
static const struct vtap_config taps[] = {
	{ .name = "boundary scan",
		.idcode = 0x16410041,
		.ir_length = 5,
		.ir_capture = 0x01,
		.ir_idcode = 0x01 },
};

const struct board_part stm32f103rb_part = {
	.name = "STM32F103RB",
	.cpu = {
		.arch = CPU_ARMV7M,
		.fpu = CPU_FPU_NONE,
		.cpuid = 0x411fc231,
		.prio_bits = 4,
		.irqs = 43,
		.has_vtor = true,
		.systick_divide = 8,   /* HCLK/8 */
		.systick_calib = 9000, /* 1 ms at 9 MHz */
	},
	.clock_hz = { 8000000, 8000000, 8000000 },
	.bit_band = true,
	.boot_base = FLASH_BASE,
	.boot_size = FLASH_SIZE,
	/* 31.8.3 (SW-DP), 31.6.3 (JTAG-DP); the AHB-AP: DDI 0337E, 11.5. */
	.dpidr = 0x1ba01477,
	.jtag_idcode = 0x3ba00477,
	.taps = taps,
	.tap_count = ARRAY_SIZE(taps),
	.ap_idr = 0x14770011,
	.ap_base = 0xe00ff003,
	.ap_csw_reset = 0x23000040,
	.ap_can_pack = true,
	.ap_can_unaligned = true, /* split by the bus interfaces: DDI 0337E, 14.9 */
	.ap_increment_bits = 12,  /* as the Cortex-M4's */
	.memories = memories,
	.memory_count = ARRAY_SIZE(memories),
	.models = models,
	.model_count = ARRAY_SIZE(models),
	.quiet = quiet,
	.quiet_count = ARRAY_SIZE(quiet),
};
