/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RP2040: two Cortex-M0+ r0p1, 264 KB RAM, on a board with a W25Q16JV (a Raspberry Pi Pico). Facts:
 * RP2040 datasheet, build 2023-03.
 */
#include "vboard/models/rp2040.h"
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/coresight/coresight.h"

#define KB 1024u

/* 2.2.3, 2.6.2: striped, and the two small banks behind; 5 KB of USB RAM. */
static const struct memory_config memories[] = {
	{ "SRAM", 0x20000000, 264 * KB, MEMORY_RAM, 0 },
	{ "USB RAM", 0x50100000, 4 * KB, MEMORY_RAM, 0 },
};

static const struct qspi_nor_config flash_config = {
	.chip = "W25Q16JV", .mapped_base = 0x10000000, .is_main = true
};

static const struct register_row sysinfo_rows[] = {
	{ 0x00, 0x20002927, 0 }, /* CHIP_ID of B2 */
	{ 0x04, 0x00000002, 0 }, /* PLATFORM: ASIC */
	{ 0x40, 0xe0c912e8, 0 },
};
static const struct register_row tbman_rows[] = { { 0x00, 0x00000001, 0 } };
static const struct register_row syscfg_rows[] = {
	{ 0x00, 0, UINT32_MAX },
	{ 0x04, 0, UINT32_MAX },
	{ 0x08, 0x10000000, UINT32_MAX },
	{ 0x0c, 0, 0x3fffffff },
	{ 0x10, 0, 0x3f },
	{ 0x14, 0, 0xff },
	{ 0x18, 0, 0xff },
};
static const struct register_row resets_rows[] = {
	{ 0x00, 0x01ffffff, 0x01ffffff },
	{ 0x04, 0, 0x01ffffff },
};
static const struct register_row psm_rows[] = {
	{ 0x00, 0, 0x0001ffff },
	{ 0x04, 0, 0x0001ffff },
	{ 0x08, 0, 0x0001ffff },
	{ 0x0c, 0x0001ffff, 0 },
};
static const struct register_row clocks_rows[] = {
	{ 0x00, 0, UINT32_MAX },
	{ 0x04, 0x100, UINT32_MAX },
	{ 0x0c, 0, UINT32_MAX },
	{ 0x10, 0x100, UINT32_MAX },
	{ 0x18, 0, UINT32_MAX },
	{ 0x1c, 0x100, UINT32_MAX },
	{ 0x24, 0, UINT32_MAX },
	{ 0x28, 0x100, UINT32_MAX },
	{ 0x30, 0, UINT32_MAX },
	{ 0x34, 0x100, UINT32_MAX },
	{ 0x3c, 0, UINT32_MAX },
	{ 0x40, 0x100, UINT32_MAX },
	{ 0x48, 0, UINT32_MAX },
	{ 0x54, 0, UINT32_MAX },
	{ 0x58, 0x100, UINT32_MAX },
	{ 0x60, 0, UINT32_MAX },
	{ 0x64, 0x100, UINT32_MAX },
	{ 0x6c, 0, UINT32_MAX },
	{ 0x70, 0x100, UINT32_MAX },
	{ 0x78, 0, UINT32_MAX },
	{ 0xa0, UINT32_MAX, UINT32_MAX },
	{ 0xa4, 0x7fff, 0x7fff },
};
static const struct register_row xosc_rows[] = {
	{ 0x00, 0, 0x00ffffff },
	{ 0x04, 0x80001000, 0 }, /* STABLE, ENABLED */
	{ 0x08, 0, UINT32_MAX },
	{ 0x0c, 0xc4, 0x00103fff },
};
static const struct register_row rosc_rows[] = {
	{ 0x00, 0xaa0, 0x00ffffff },
	{ 0x04, 0, UINT32_MAX },
	{ 0x08, 0, UINT32_MAX },
	{ 0x0c, 0, UINT32_MAX },
	{ 0x10, 0, 0xfff },
	{ 0x14, 8, 0xfff },
	{ 0x18, 0x80001000, 0 },
	{ 0x1c, 1, 0 },
};
static const struct register_row pll_rows[] = {
	{ 0x00, 1, 0x13f },
	{ 0x04, 0x2d, 0x2d },
	{ 0x08, 0, 0xfff },
	{ 0x0c, 0x77000, 0x77000 },
};
static const struct register_row vreg_rows[] = {
	{ 0x00, 0x10b1, 0xf3 },
	{ 0x04, 0x91, 0x91 },
	{ 0x08, 0x00000100, BIT(24) },
};

#define BLOCK(name, kind)                                                            \
	static const struct rp2040_block_config name##_config = { kind, name##_rows, \
		ARRAY_SIZE(name##_rows) }
BLOCK(sysinfo, RP2040_PLAIN);
BLOCK(tbman, RP2040_PLAIN);
BLOCK(syscfg, RP2040_PLAIN);
BLOCK(resets, RP2040_RESETS);
BLOCK(psm, RP2040_PLAIN);
BLOCK(clocks, RP2040_CLOCKS);
BLOCK(xosc, RP2040_PLAIN);
BLOCK(rosc, RP2040_PLAIN);
BLOCK(pll, RP2040_PLL);
BLOCK(vreg, RP2040_PLAIN);

/* Identification of a Cortex-M0+ (DDI 0484C, 3.3, 7.1, 8.1). */
static const struct coresight_ids scs_ids = { .pidr = 0x04000bb008, .cidr = CIDR_GENERIC_IP };
static const struct fpb_config bpu_config = {
	.ids = { .pidr = 0x04000bb00b, .cidr = CIDR_GENERIC_IP },
	.code_count = 4,
};
static const struct dwt_config dwt_config = {
	.ids = { .pidr = 0x04000bb00a, .cidr = CIDR_GENERIC_IP },
	.comparator_count = 2,
	.mask_max = 31,
};
static const uint32_t rom_entries[] = { 0xfff0f003, 0xfff02003, 0xfff03003, 0 };
static const struct rom_table_config rom_config = {
	.ids = { .pidr = 0x04000bb4c0, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = rom_entries,
	.entry_count = ARRAY_SIZE(rom_entries),
};

#define PPB(core)                                                                                  \
	{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &dwt_config, core },                \
		{ &fpb_class, "BPU", 0xe0002000, 0x1000, LANES_AHB, 0, &bpu_config, core },        \
		{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &scs_ids, core },           \
	{                                                                                          \
		&rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &rom_config, core \
	}

static const struct model_config models[] = {
	{ &rp2040_rom_class, "ROM", 0x00000000, 0x4000, LANES_RAW, 0, NULL },
	{ &rp2040_qspi_class, "SSI", 0x18000000, 0x1000, LANES_AHB, 0, &flash_config },
	{ &rp2040_block_class, "SYSINFO", 0x40000000, 0x4000, LANES_APB, 0, &sysinfo_config },
	{ &rp2040_block_class, "SYSCFG", 0x40004000, 0x4000, LANES_APB, 0, &syscfg_config },
	{ &rp2040_block_class, "CLOCKS", 0x40008000, 0x4000, LANES_APB, 0, &clocks_config },
	{ &rp2040_block_class, "RESETS", 0x4000c000, 0x4000, LANES_APB, 0, &resets_config },
	{ &rp2040_block_class, "PSM", 0x40010000, 0x4000, LANES_APB, 0, &psm_config },
	{ &rp2040_block_class, "XOSC", 0x40024000, 0x4000, LANES_APB, 0, &xosc_config },
	{ &rp2040_block_class, "PLL_SYS", 0x40028000, 0x4000, LANES_APB, 0, &pll_config },
	{ &rp2040_block_class, "PLL_USB", 0x4002c000, 0x4000, LANES_APB, 0, &pll_config },
	{ &rp2040_uart_class, "UART0", 0x40034000, 0x4000, LANES_APB, 20, NULL },
	{ &rp2040_uart_class, "UART1", 0x40038000, 0x4000, LANES_APB, 21, NULL },
	{ &rp2040_timer_class, "TIMER", 0x40054000, 0x4000, LANES_APB, 0, NULL },
	{ &rp2040_watchdog_class, "WATCHDOG", 0x40058000, 0x4000, LANES_APB, 0, NULL },
	{ &rp2040_block_class, "ROSC", 0x40060000, 0x4000, LANES_APB, 0, &rosc_config },
	{ &rp2040_block_class, "VREG", 0x40064000, 0x4000, LANES_APB, 0, &vreg_config },
	{ &rp2040_block_class, "TBMAN", 0x4006c000, 0x4000, LANES_APB, 0, &tbman_config },
	{ &rp2040_sio_class, "SIO", 0xd0000000, 0x200, LANES_AHB, 0, NULL },
	PPB(1),
	PPB(2),
};

/* 2.2. Pads and GPIO functions: what is written has no effect that could be seen. */
static const struct quiet_range quiet[] = {
	{ "IO_BANK0", 0x40014000, 0x4000 },
	{ "PADS_BANK0", 0x4001c000, 0x4000 },
	{ "PADS_QSPI", 0x40020000, 0x4000 },
	{ "BUSCTRL", 0x40030000, 0x4000 },
	{ "SPI0", 0x4003c000, 0x4000 },
	{ "SPI1", 0x40040000, 0x4000 },
	{ "I2C0", 0x40044000, 0x4000 },
	{ "I2C1", 0x40048000, 0x4000 },
	{ "ADC", 0x4004c000, 0x4000 },
	{ "PWM", 0x40050000, 0x4000 },
	{ "RTC", 0x4005c000, 0x4000 },
	{ "DMA", 0x50000000, 0x4000 },
	{ "USB registers", 0x50110000, 0x4000 },
	{ "PIO0", 0x50200000, 0x4000 },
	{ "PIO1", 0x50300000, 0x4000 },
};

#define M0PLUS                                                                                \
	{                                                                                     \
		.arch = CPU_ARMV6M, .fpu = CPU_FPU_NONE, .cpuid = 0x410cc601, .prio_bits = 2, \
		.irqs = 32, .mpu_regions = 8, .has_vtor = true, .systick_divide = 125,        \
		.systick_calib = 0x270f                                                       \
	}
static const struct core_config cores[] = {
	{ .cpu = M0PLUS, .name = "core0" },
	{ .cpu = M0PLUS, .name = "core1" },
};

#define MEM_AP(number, owner)                      \
	{                                          \
		.config = { .apsel = number,       \
			.idr = 0x04770031,         \
			.base = 0xe00ff003,        \
			.csw_reset = 0x03000040 }, \
		.core = owner                      \
	}
static const struct part_ap aps[] = { MEM_AP(0, 0), MEM_AP(1, 1) };

const struct board_part rp2040_part = {
	.name = "RP2040",
	.cores = cores,
	.core_count = ARRAY_SIZE(cores),
	.clock_hz = { 125000000, 125000000, 125000000 },
	.dpidr = 0x0bc12477,
	.target_id = 0x01002927,
	.aps = aps,
	.ap_count = ARRAY_SIZE(aps),
	.memories = memories,
	.memory_count = ARRAY_SIZE(memories),
	.models = models,
	.model_count = ARRAY_SIZE(models),
	.quiet = quiet,
	.quiet_count = ARRAY_SIZE(quiet),
};
