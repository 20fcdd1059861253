/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nRF52832 (QFAA, build code E0, rev 2) and nRF52840 (QIAA, build code D0, rev 2) on boards like
 * Nordic's development kits, with crystals. Documents: nRF52832 PS v1.4, nRF52840 PS v1.7; what of
 * them was checked against what: vboard/models/nrf52.h.
 *
 * Not from documents: FICR at 0x130 and 0x134 (part and revision, as Nordic's start-up code and
 * flash algorithms read them); the ROM table's identity (designer 0x244 = Nordic, part 0x006 and
 * 0x008, as debuggers print it of such parts; Nordic's start-up code reads the same words at
 * 0xF0000FE0, where the tables here are visible, too).
 *
 * The reset pin always works, as on a kit whose UICR.PSELRESET is set.
 */
#include "vboard/models/nrf52.h"
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m.h"

#define KB 1024u

#define RAM_BASE      0x20000000u
#define CODE_RAM_BASE 0x00800000u /* the same RAM, for code (PS "Memory") */

/* --- what both have -------------------------------------------------------------------------- */

static const struct nrf52_gpio_config gpio_32 = { .pin_count = 32 };

/*
 * The words that differ between the two come first. Device ID and address are made up ("dapper").
 * VARIANT: "AAE0" and "AAD0". PACKAGE: QF (48 pins) and QI (73 pins).
 */
#define FICR_WORDS(pages, part, variant, package, ram_kb, flash_kb, code, revision)             \
	{ 0x010, 4096 }, { 0x014, pages }, { 0x060, 0x70706164 }, { 0x064, 0x00007265 },        \
		{ 0x0a0, 1 }, { 0x0a4, 0x61707065 }, { 0x0a8, 0xffffc072 }, { 0x100, part },    \
		{ 0x104, variant }, { 0x108, package }, { 0x10c, ram_kb }, { 0x110, flash_kb }, \
		{ 0x130, code },                                                                \
	{                                                                                       \
		0x134, revision                                                                 \
	}

/* Nordic's table at 0xF0000000 leads to Arm's. */
static const uint32_t nordic_rom_entries[] = { 0xf00ff003, 0x00000000 };

/* Rows of the table that are the same on both; interrupt numbers are peripheral IDs. */
#define COMMON_MODELS(uart, rom, nordic_rom)                                                       \
	{ &nrf52_power_clock_class, "POWER and CLOCK", 0x40000000, 0x1000, LANES_APB, 0, NULL },   \
		{ &nrf52_uart_class, "UARTE0", 0x40002000, 0x1000, LANES_APB, 2, uart },           \
		{ &nrf52_gpio_class, "P0", 0x50000504, 0x2fc, LANES_AHB, 0, &gpio_32 },            \
		{ &itm_class, "ITM", 0xe0000000, 0x1000, LANES_AHB, 0, &cortex_m4_itm },           \
		{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &cortex_m4_dwt },           \
		{ &fpb_class, "FPB", 0xe0002000, 0x1000, LANES_AHB, 0, &cortex_m4_fpb },           \
		{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &cortex_m4_scs },           \
		{ &tpiu_class, "TPIU", 0xe0040000, 0x1000, LANES_AHB, 0, &cortex_m4_tpiu },        \
		{ &trace_class, "ETM", 0xe0041000, 0x1000, LANES_AHB, 0, &cortex_m4_etm },         \
		{ &rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, rom },          \
	{                                                                                          \
		&rom_table_class, "Nordic ROM table", 0xf0000000, 0x1000, LANES_AHB, 0, nordic_rom \
	}

/* PS "Debug": SW-DP without JTAG; the AHB-AP as in DDI 0439D. */
#define COMMON_DEBUG                                                               \
	.dpidr = 0x2ba01477, .ap_idr = 0x24770011, .ap_base = 0xe00ff003,          \
	.ap_csw_reset = 0x23000040, .ap_can_pack = true, .ap_can_unaligned = true, \
	.ap_increment_bits = 12

/* 64 MHz; three priority bits; no external clock for SysTick. */
#define COMMON_CPU                                                                        \
	.arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV4_SP, .cpuid = 0x410fc241, .prio_bits = 3, \
	.mpu_regions = 8, .has_vtor = true

/* --- nRF52832 ------------------------------------------------------------------------------ */

static const struct memory_config memories_832[] = {
	{ "RAM", RAM_BASE, 64 * KB, MEMORY_RAM, 0 },
};

static const struct nrf52_nvmc_config nvmc_832 = {
	.flash_size = 512 * KB,
	.erase_all_ms = 295,
	.has_ready_next = false,
	.has_partial_erase = false,
};

static const struct nrf52_ficr_word ficr_words_832[] = {
	FICR_WORDS(128, 0x00052832, 0x41414530, 0x2000, 64, 512, 6, 5),
};
static const struct nrf52_ficr_config ficr_832 = { ficr_words_832, ARRAY_SIZE(ficr_words_832) };

static const struct nrf52_uart_config uart_832 = { true, RAM_BASE, 64 * KB };

static const struct rom_table_config rom_832 = {
	.ids = { .pidr = 0x02005c4006, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = cortex_m4_rom_entries,
	.entry_count = CORTEX_M4_ROM_ENTRIES,
};
static const struct rom_table_config nordic_rom_832 = {
	.ids = { .pidr = 0x02005c4006, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = nordic_rom_entries,
	.entry_count = ARRAY_SIZE(nordic_rom_entries),
};

static const struct model_config models_832[] = {
	{ &nrf52_ficr_class, "FICR", 0x10000000, 0x1000, LANES_AHB, 0, &ficr_832 },
	{ &nrf52_nvmc_class, "NVMC", 0x4001e000, 0x1000, LANES_APB, 0, &nvmc_832 },
	COMMON_MODELS(&uart_832, &rom_832, &nordic_rom_832),
};

/* The peripherals of the SVD beyond that. */
static const struct quiet_range quiet_832[] = {
	{ "RADIO", 0x40001000, 0x1000 },
	{ "SPIM0", 0x40003000, 0x1000 },
	{ "SPIM1", 0x40004000, 0x1000 },
	{ "NFCT", 0x40005000, 0x1000 },
	{ "GPIOTE", 0x40006000, 0x1000 },
	{ "SAADC", 0x40007000, 0x1000 },
	{ "TIMER0", 0x40008000, 0x1000 },
	{ "TIMER1", 0x40009000, 0x1000 },
	{ "TIMER2", 0x4000a000, 0x1000 },
	{ "RTC0", 0x4000b000, 0x1000 },
	{ "TEMP", 0x4000c000, 0x1000 },
	{ "RNG", 0x4000d000, 0x1000 },
	{ "ECB", 0x4000e000, 0x1000 },
	{ "CCM", 0x4000f000, 0x1000 },
	{ "WDT", 0x40010000, 0x1000 },
	{ "RTC1", 0x40011000, 0x1000 },
	{ "QDEC", 0x40012000, 0x1000 },
	{ "COMP", 0x40013000, 0x1000 },
	{ "SWI0", 0x40014000, 0x1000 },
	{ "SWI1", 0x40015000, 0x1000 },
	{ "SWI2", 0x40016000, 0x1000 },
	{ "SWI3", 0x40017000, 0x1000 },
	{ "SWI4", 0x40018000, 0x1000 },
	{ "SWI5", 0x40019000, 0x1000 },
	{ "TIMER3", 0x4001a000, 0x1000 },
	{ "TIMER4", 0x4001b000, 0x1000 },
	{ "PWM0", 0x4001c000, 0x1000 },
	{ "PDM", 0x4001d000, 0x1000 },
	{ "PPI", 0x4001f000, 0x1000 },
	{ "MWU", 0x40020000, 0x1000 },
	{ "PWM1", 0x40021000, 0x1000 },
	{ "PWM2", 0x40022000, 0x1000 },
	{ "SPIM2", 0x40023000, 0x1000 },
	{ "RTC2", 0x40024000, 0x1000 },
	{ "I2S", 0x40025000, 0x1000 },
	{ "FPU", 0x40026000, 0x1000 },
};

static const struct alias_config aliases_832[] = {
	{ CODE_RAM_BASE, 64 * KB, RAM_BASE, SECURITY_ANY },
};

const struct board_part nrf52832_part = {
	.name = "nRF52832",
	.aliases = aliases_832,
	.alias_count = ARRAY_SIZE(aliases_832),
	.cpu = { COMMON_CPU, .irqs = 39 },
	.clock_hz = { 64000000, 64000000, 64000000 },
	COMMON_DEBUG,
	.memories = memories_832,
	.memory_count = ARRAY_SIZE(memories_832),
	.models = models_832,
	.model_count = ARRAY_SIZE(models_832),
	.quiet = quiet_832,
	.quiet_count = ARRAY_SIZE(quiet_832),
};

/* --- nRF52840 ------------------------------------------------------------------------------ */

static const struct memory_config memories_840[] = {
	{ "RAM", RAM_BASE, 256 * KB, MEMORY_RAM, 0 },
};

static const struct nrf52_nvmc_config nvmc_840 = {
	.flash_size = 1024 * KB,
	.erase_all_ms = 169,
	.has_ready_next = true,
	.has_partial_erase = true,
};

static const struct nrf52_ficr_word ficr_words_840[] = {
	FICR_WORDS(256, 0x00052840, 0x41414430, 0x2004, 256, 1024, 8, 2),
};
static const struct nrf52_ficr_config ficr_840 = { ficr_words_840, ARRAY_SIZE(ficr_words_840) };

static const struct nrf52_uart_config uart_840 = { true, RAM_BASE, 256 * KB };
static const struct nrf52_uart_config uarte_840 = { false, RAM_BASE, 256 * KB };
static const struct nrf52_gpio_config gpio_16 = { .pin_count = 16 };

static const struct rom_table_config rom_840 = {
	.ids = { .pidr = 0x02002c4008, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = cortex_m4_rom_entries,
	.entry_count = CORTEX_M4_ROM_ENTRIES,
};
static const struct rom_table_config nordic_rom_840 = {
	.ids = { .pidr = 0x02002c4008, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = nordic_rom_entries,
	.entry_count = ARRAY_SIZE(nordic_rom_entries),
};

static const struct model_config models_840[] = {
	{ &nrf52_ficr_class, "FICR", 0x10000000, 0x1000, LANES_AHB, 0, &ficr_840 },
	{ &nrf52_nvmc_class, "NVMC", 0x4001e000, 0x1000, LANES_APB, 0, &nvmc_840 },
	COMMON_MODELS(&uart_840, &rom_840, &nordic_rom_840),
	{ &nrf52_uart_class, "UARTE1", 0x40028000, 0x1000, LANES_APB, 40, &uarte_840 },
	{ &nrf52_gpio_class, "P1", 0x50000804, 0x2fc, LANES_AHB, 0, &gpio_16 },
};

/* The peripherals of the SVD beyond that. */
static const struct quiet_range quiet_840[] = {
	{ "RADIO", 0x40001000, 0x1000 },
	{ "SPI0", 0x40003000, 0x1000 },
	{ "SPI1", 0x40004000, 0x1000 },
	{ "NFCT", 0x40005000, 0x1000 },
	{ "GPIOTE", 0x40006000, 0x1000 },
	{ "SAADC", 0x40007000, 0x1000 },
	{ "TIMER0", 0x40008000, 0x1000 },
	{ "TIMER1", 0x40009000, 0x1000 },
	{ "TIMER2", 0x4000a000, 0x1000 },
	{ "RTC0", 0x4000b000, 0x1000 },
	{ "TEMP", 0x4000c000, 0x1000 },
	{ "RNG", 0x4000d000, 0x1000 },
	{ "ECB", 0x4000e000, 0x1000 },
	{ "AAR", 0x4000f000, 0x1000 },
	{ "WDT", 0x40010000, 0x1000 },
	{ "RTC1", 0x40011000, 0x1000 },
	{ "QDEC", 0x40012000, 0x1000 },
	{ "COMP", 0x40013000, 0x1000 },
	{ "EGU0", 0x40014000, 0x1000 },
	{ "EGU1", 0x40015000, 0x1000 },
	{ "EGU2", 0x40016000, 0x1000 },
	{ "EGU3", 0x40017000, 0x1000 },
	{ "EGU4", 0x40018000, 0x1000 },
	{ "EGU5", 0x40019000, 0x1000 },
	{ "TIMER3", 0x4001a000, 0x1000 },
	{ "TIMER4", 0x4001b000, 0x1000 },
	{ "PWM0", 0x4001c000, 0x1000 },
	{ "PDM", 0x4001d000, 0x1000 },
	{ "PPI", 0x4001f000, 0x1000 },
	{ "MWU", 0x40020000, 0x1000 },
	{ "PWM1", 0x40021000, 0x1000 },
	{ "PWM2", 0x40022000, 0x1000 },
	{ "SPI2", 0x40023000, 0x1000 },
	{ "RTC2", 0x40024000, 0x1000 },
	{ "I2S", 0x40025000, 0x1000 },
	{ "FPU", 0x40026000, 0x1000 },
	{ "USBD", 0x40027000, 0x1000 },
	{ "QSPI", 0x40029000, 0x1000 },
	{ "PWM3", 0x4002d000, 0x1000 },
	{ "SPIM3", 0x4002f000, 0x1000 },
	{ "CRYPTOCELL", 0x5002a000, 0x1000 },
};

static const struct alias_config aliases_840[] = {
	{ CODE_RAM_BASE, 256 * KB, RAM_BASE, SECURITY_ANY },
};

const struct board_part nrf52840_part = {
	.name = "nRF52840",
	.aliases = aliases_840,
	.alias_count = ARRAY_SIZE(aliases_840),
	.cpu = { COMMON_CPU, .irqs = 48 },
	.clock_hz = { 64000000, 64000000, 64000000 },
	COMMON_DEBUG,
	.memories = memories_840,
	.memory_count = ARRAY_SIZE(memories_840),
	.models = models_840,
	.model_count = ARRAY_SIZE(models_840),
	.quiet = quiet_840,
	.quiet_count = ARRAY_SIZE(quiet_840),
};
