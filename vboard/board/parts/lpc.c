/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LPC812M101 and LPC845M301 (Cortex-M0+), LPC54114J256 (Cortex-M4F). Documents:
 * vboard/models/lpc.h; addresses, interrupt numbers and identification are from memory of them. Of
 * LPC54114 the Cortex-M0+, which is off after reset, is not modelled, nor is the debug mailbox.
 */
#include "vboard/models/lpc.h"
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m.h"
#include "vboard/board/parts/cortex_m0plus.h"

#define KB 1024u

static const struct lpc_usart_config usart = { .has_fifo = false };
static const struct lpc_usart_config flexcomm = { .has_fifo = true };

#define USART(name, base, irq, config)                                       \
	{                                                                    \
		&lpc_usart_class, name, base, 0x1000, LANES_AHB, irq, config \
	}

/* --- LPC81x and LPC84x ----------------------------------------------------------------------- */

/* UM10601, table 5: SYSCON; the system PLL has locked, the device ID follows. */
#define LPC8XX_REGISTERS(device_id)                                                           \
	{ 0x004, 0x00001fff, UINT32_MAX }, { 0x008, 0, UINT32_MAX }, { 0x00c, 1, 0 },         \
		{ 0x020, 0, BITS(1, 0) }, { 0x024, 0x0a0, BITS(8, 0) },                       \
		{ 0x028, 0x080, BITS(7, 0) }, { 0x030, 1, 0 }, { 0x040, 0, BITS(1, 0) },      \
		{ 0x044, 0, 1 }, { 0x048, 0, BITS(1, 0) }, { 0x04c, 0, 1 },                   \
		{ 0x050, 0, BITS(1, 0) }, { 0x054, 0, 1 }, { 0x058, 1, BITS(7, 0) },          \
		{ 0x070, 0, BITS(1, 0) }, { 0x074, 0, 1 }, { 0x078, 1, BITS(7, 0) },          \
		{ 0x080, 0x000000df, UINT32_MAX }, { 0x084, 0x0000001f, UINT32_MAX },         \
		{ 0x088, 0, UINT32_MAX }, { 0x08c, 0, UINT32_MAX }, { 0x090, 7, BITS(2, 0) }, \
		{ 0x094, 7, BITS(2, 0) }, { 0x0d0, 0, UINT32_MAX }, { 0x0d4, 0, UINT32_MAX }, \
		{ 0x0f0, 0, BITS(7, 0) }, { 0x0f4, 0, BITS(7, 0) }, { 0x150, 0, UINT32_MAX }, \
		{ 0x230, 0x0000ffff, UINT32_MAX }, { 0x234, 0x0000edf0, UINT32_MAX },         \
		{ 0x238, 0x0000edf0, UINT32_MAX },                                            \
	{                                                                                     \
		0x3f8, device_id, 0                                                           \
	}

static const struct lpc_register lpc812_registers[] = { LPC8XX_REGISTERS(0x00008122) };
static const struct lpc_register lpc845_registers[] = { LPC8XX_REGISTERS(0x00008451) };

static const struct lpc_syscon_config lpc812_syscon = {
	.registers = lpc812_registers,
	.register_count = ARRAY_SIZE(lpc812_registers),
	.remap_size = 512,
	.rom_base = 0x1fff0000,
	.ram_base = 0x10000000,
};
static const struct lpc_syscon_config lpc845_syscon = {
	.registers = lpc845_registers,
	.register_count = ARRAY_SIZE(lpc845_registers),
	.remap_size = 512,
	.rom_base = 0x0f000000,
	.ram_base = 0x10000000,
};

/* UM10601, 25.5 and 25.6; LPC81xM data sheet, "Flash memory". */
static const struct lpc_iap_config lpc812_iap = {
	.entry = 0x1fff1ff1,
	.flash_size = 16 * KB,
	.sector_size = 1 * KB,
	.page_size = 64,
	.copy_sizes = 64 | 128 | 256 | 512 | 1024,
	.ram_base = 0x10000000,
	.ram_size = 4 * KB,
	.memory_remap = 0x40048000,
	.part_id = 0x00008122,
	.boot_version = 0x0d04,
	.erase_ms = 100,
	.page_us = 1000,
};
static const struct lpc_iap_config lpc845_iap = {
	.entry = 0x0f001ff1,
	.flash_size = 64 * KB,
	.sector_size = 1 * KB,
	.page_size = 64,
	.copy_sizes = 64 | 128 | 256 | 512 | 1024,
	.ram_base = 0x10000000,
	.ram_size = 16 * KB,
	.memory_remap = 0x40048000,
	.part_id = 0x00008451,
	.boot_version = 0x0d09,
	.erase_ms = 100,
	.page_us = 1000,
};

static const struct model_config lpc812_models[] = {
	{ &lpc_iap_class, "boot ROM", 0x1fff0000, 8 * KB, LANES_RAW, 0, &lpc812_iap },
	{ &lpc_syscon_class, "SYSCON", 0x40048000, 0x4000, LANES_AHB, 0, &lpc812_syscon },
	USART("USART0", 0x40064000, 3, &usart),
	USART("USART1", 0x40068000, 4, &usart),
	USART("USART2", 0x4006c000, 5, &usart),
	{ &lpc_gpio_class, "GPIO", 0xa0000000, 0x4000, LANES_RAW, 0, NULL },
	CORTEX_M0PLUS_MODELS,
};
static const struct model_config lpc845_models[] = {
	{ &lpc_iap_class, "boot ROM", 0x0f000000, 16 * KB, LANES_RAW, 0, &lpc845_iap },
	{ &lpc_syscon_class, "SYSCON", 0x40048000, 0x4000, LANES_AHB, 0, &lpc845_syscon },
	USART("USART0", 0x40064000, 3, &usart),
	USART("USART1", 0x40068000, 4, &usart),
	USART("USART2", 0x4006c000, 5, &usart),
	{ &lpc_gpio_class, "GPIO", 0xa0000000, 0x4000, LANES_RAW, 0, NULL },
	CORTEX_M0PLUS_MODELS,
};

static const struct memory_config lpc812_memories[] = {
	{ "RAM", 0x10000000, 4 * KB, MEMORY_RAM, 0 },
};
static const struct memory_config lpc845_memories[] = {
	{ "RAM", 0x10000000, 16 * KB, MEMORY_RAM, 0 },
};

static const struct quiet_range lpc8xx_quiet[] = {
	{ "WWDT", 0x40000000, 0x4000 },
	{ "MRT", 0x40004000, 0x4000 },
	{ "WKT", 0x40008000, 0x4000 },
	{ "SWM", 0x4000c000, 0x4000 },
	{ "PMU", 0x40020000, 0x4000 },
	{ "comparator", 0x40024000, 0x4000 },
	{ "flash controller", 0x40040000, 0x4000 },
	{ "IOCON", 0x40044000, 0x4000 },
	{ "I2C0", 0x40050000, 0x4000 },
	{ "SPI0", 0x40058000, 0x4000 },
	{ "SPI1", 0x4005c000, 0x4000 },
	{ "CRC", 0x50000000, 0x4000 },
	{ "SCT", 0x50004000, 0x4000 },
	{ "pin interrupts", 0xa0004000, 0x4000 },
};

/* DDI 0484C, chapter 6. */
#define LPC8XX_PART                                                                              \
	.cpu = { .arch = CPU_ARMV6M,                                                             \
		.fpu = CPU_FPU_NONE,                                                             \
		.cpuid = 0x410cc601,                                                             \
		.prio_bits = 2,                                                                  \
		.irqs = 32,                                                                      \
		.has_vtor = true,                                                                \
		.systick_divide = 2 },                                                           \
	.clock_hz = { 12000000, 12000000, 12000000 }, .dpidr = 0x0bc11477, .ap_idr = 0x04770031, \
	.ap_base = 0xe00ff003, .ap_csw_reset = 0x03000040, .quiet = lpc8xx_quiet,                \
	.quiet_count = ARRAY_SIZE(lpc8xx_quiet)

const struct board_part lpc812_part = {
	LPC8XX_PART,
	.name = "LPC812",
	.memories = lpc812_memories,
	.memory_count = ARRAY_SIZE(lpc812_memories),
	.models = lpc812_models,
	.model_count = ARRAY_SIZE(lpc812_models),
};

const struct board_part lpc845_part = {
	LPC8XX_PART,
	.name = "LPC845",
	.memories = lpc845_memories,
	.memory_count = ARRAY_SIZE(lpc845_memories),
	.models = lpc845_models,
	.model_count = ARRAY_SIZE(lpc845_models),
};

/* --- LPC54114 -------------------------------------------------------------------------------- */

/* UM10914, table 61: clock selections, AHBCLKCTRL, dividers, PLL locked, device ID. */
static const struct lpc_register lpc54114_registers[] = {
	{ 0x040, 0, UINT32_MAX },
	{ 0x100, 0, UINT32_MAX },
	{ 0x104, 0, UINT32_MAX },
	{ 0x1f0, 1, 0 },
	{ 0x200, 0x0000018b, UINT32_MAX },
	{ 0x204, 0, UINT32_MAX },
	{ 0x280, 0, BITS(1, 0) },
	{ 0x284, 0, BITS(1, 0) },
	{ 0x288, 7, BITS(2, 0) },
	{ 0x290, 0, BITS(2, 0) },
	{ 0x2b0, 7, BITS(2, 0) },
	{ 0x380, 0, UINT32_MAX },
	{ 0x400, 0x0000001a, UINT32_MAX },
	{ 0x500, 0x4000a000, UINT32_MAX },
	{ 0x580, 0, UINT32_MAX },
	{ 0x584, 1, 0 },
	{ 0x588, 0, UINT32_MAX },
	{ 0x58c, 0, UINT32_MAX },
	{ 0x610, 0x00fbddfe, UINT32_MAX },
	{ 0xff8, 0x36454114, 0 },
	{ 0xffc, 0, 0 },
};
static const struct lpc_syscon_config lpc54114_syscon = {
	.registers = lpc54114_registers,
	.register_count = ARRAY_SIZE(lpc54114_registers),
	.remap_size = 512,
	.rom_base = 0x03000000,
	.ram_base = 0x20000000,
};

/* UM10914, 7.4 and 7.6. */
static const struct lpc_iap_config lpc54114_iap = {
	.entry = 0x03000205,
	.flash_size = 256 * KB,
	.sector_size = 32 * KB,
	.page_size = 256,
	.copy_sizes = 256 | 512 | 1024 | 4096,
	.ram_base = 0x20000000,
	.ram_size = 160 * KB,
	.memory_remap = 0x40000000,
	.part_id = 0x36454114,
	.boot_version = 0x1200,
	.erase_ms = 100,
	.page_us = 1000,
};

static const struct rom_table_config lpc54114_rom = {
	.ids = { .pidr = 0x04000bb4c4, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = cortex_m4_rom_entries,
	.entry_count = CORTEX_M4_ROM_ENTRIES,
};

static const struct model_config lpc54114_models[] = {
	{ &lpc_iap_class, "boot ROM", 0x03000000, 32 * KB, LANES_RAW, 0, &lpc54114_iap },
	{ &lpc_syscon_class, "SYSCON", 0x40000000, 0x1000, LANES_AHB, 0, &lpc54114_syscon },
	USART("FLEXCOMM0", 0x40086000, 14, &flexcomm),
	USART("FLEXCOMM1", 0x40087000, 15, &flexcomm),
	{ &lpc_gpio_class, "GPIO", 0x4008c000, 0x4000, LANES_RAW, 0, NULL },
	{ &trace_class, "ITM", 0xe0000000, 0x1000, LANES_AHB, 0, &cortex_m4_itm },
	{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &cortex_m4_dwt },
	{ &fpb_class, "FPB", 0xe0002000, 0x1000, LANES_AHB, 0, &cortex_m4_fpb },
	{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &cortex_m4_scs },
	{ &trace_class, "TPIU", 0xe0040000, 0x1000, LANES_AHB, 0, &cortex_m4_tpiu },
	{ &trace_class, "ETM", 0xe0041000, 0x1000, LANES_AHB, 0, &cortex_m4_etm },
	{ &rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &lpc54114_rom },
};

static const struct memory_config lpc54114_memories[] = {
	{ "SRAMX", 0x04000000, 32 * KB, MEMORY_RAM, 0 },
	{ "SRAM0 to SRAM2", 0x20000000, 160 * KB, MEMORY_RAM, 0 },
};

static const struct quiet_range lpc54114_quiet[] = {
	{ "IOCON", 0x40001000, 0x1000 },
	{ "GINT", 0x40002000, 0x2000 },
	{ "PINT", 0x40004000, 0x1000 },
	{ "INPUTMUX", 0x40005000, 0x1000 },
	{ "timers", 0x40008000, 0x2000 },
	{ "WWDT", 0x4000c000, 0x1000 },
	{ "MRT", 0x4000d000, 0x1000 },
	{ "UTICK", 0x4000e000, 0x1000 },
	{ "RTC", 0x4002c000, 0x1000 },
	{ "flash controller", 0x40034000, 0x1000 },
	{ "ASYNC SYSCON", 0x40040000, 0x1000 },
	{ "DMA", 0x40082000, 0x1000 },
	{ "SCT", 0x40085000, 0x1000 },
	{ "FLEXCOMM2 to 4", 0x40088000, 0x3000 },
	{ "mailbox", 0x4008b000, 0x1000 },
	{ "CRC", 0x40095000, 0x1000 },
	{ "FLEXCOMM5 to 7", 0x40096000, 0x3000 },
	{ "ADC", 0x400a0000, 0x1000 },
};

const struct board_part lpc54114_part = {
	.name = "LPC54114",
	.cpu = {
		.arch = CPU_ARMV7EM,
		.fpu = CPU_FPU_FPV4_SP,
		.cpuid = 0x410fc241,
		.prio_bits = 3,
		.irqs = 40,
		.mpu_regions = 8,
		.has_vtor = true,
	},
	.clock_hz = { 12000000, 12000000, 12000000 },
	.dpidr = 0x2ba01477,
	.ap_idr = 0x24770011,
	.ap_base = 0xe00ff003,
	.ap_csw_reset = 0x23000040,
	.ap_can_pack = true,
	.ap_can_unaligned = true,
	.ap_increment_bits = 12,
	.memories = lpc54114_memories,
	.memory_count = ARRAY_SIZE(lpc54114_memories),
	.models = lpc54114_models,
	.model_count = ARRAY_SIZE(lpc54114_models),
	.quiet = lpc54114_quiet,
	.quiet_count = ARRAY_SIZE(lpc54114_quiet),
};
