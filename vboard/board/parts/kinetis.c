/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MK64FN1M0 and MK64FX512 (Cortex-M4F, 120 MHz) on a board like FRDM-K64F with 50 MHz at EXTAL, and
 * MK22FN512 (FRDM-K22F, 8 MHz crystal). Documents: vboard/models/kinetis.h; addresses and interrupt
 * numbers are from memory of them. SIM_SDID and SIM_FCFG are as NXP's and others' flash drivers
 * take them apart. Not modelled beside the quiet ranges: ETB and CTI, the EzPort.
 */
#include "vboard/models/kinetis.h"
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m.h"
#include "vboard/board/registers.h"

#define KB 1024u

#define FLEXRAM_BASE 0x14000000u
#define SRAM_U_BASE  0x20000000u
#define SIM_BASE     0x40047000u
#define SIM_CLKDIV1  0x40048044u

/* --- flash ----------------------------------------------------------------------------------- */

/* K64P144M120SF5 rev 7, 3.4.1: typical times. */
#define FTFE                                                                    \
	.program_sector = 4 * KB, .ram_base = FLEXRAM_BASE, .ram_size = 4 * KB, \
	.ifr_size = 1 * KB, .program_us = 90, .erase_sector_ms = 15, .unit = 8, .section_unit = 16

static const struct kinetis_flash_config flash_fn1m0 = {
	FTFE,
	.program_size = 1024 * KB,
	.erase_block_ms = 435,
	.block_count = 2,
};

static const struct kinetis_flash_config flash_fx512 = {
	FTFE,
	.program_size = 512 * KB,
	.data_size = 128 * KB,
	.data_sector = 4 * KB,
	.erase_block_ms = 435,
	.block_count = 1,
};

/* K22P121M120SF7 rev 7, 3.4.1. */
static const struct kinetis_flash_config flash_fn512 = {
	.program_size = 512 * KB,
	.program_sector = 2 * KB,
	.ifr_size = 256,
	.program_us = 65,
	.erase_sector_ms = 14,
	.erase_block_ms = 250,
	.block_count = 2,
	.unit = 4,
	.section_unit = 8,
	.has_access_control = true,
};

/* --- the rest of the part -------------------------------------------------------------------- */

static const struct kinetis_mcg_config mcg_k64 = { 32768, 4000000, 50000000, SIM_CLKDIV1 };
static const struct kinetis_mcg_config mcg_k22 = { 32768, 4000000, 8000000, SIM_CLKDIV1 };

/* UART0 and UART1 run with the core's clock, the others with the bus's. */
static const struct kinetis_uart_config uart_core = { CLOCK_APB2 };
static const struct kinetis_uart_config uart_bus = { CLOCK_APB1 };

/* SIM from SOPT1 on; unique ID made up ("dapper"). */
#define SIM_ROWS(sdid, fcfg1, fcfg2)                                                             \
	{ 0x0000, 0x80008000, 0xe00c0000 }, { 0x0004, 0, 0x07000000 },                           \
		{ 0x1004, 0x00001000, UINT32_MAX }, { 0x100c, 0, UINT32_MAX },                   \
		{ 0x1010, 0, UINT32_MAX }, { 0x1018, 0, UINT32_MAX }, { 0x1024, sdid, 0 },       \
		{ 0x1028, 0, UINT32_MAX }, { 0x102c, 0, UINT32_MAX }, { 0x1030, 0, UINT32_MAX }, \
		{ 0x1034, 0xf0100030, UINT32_MAX }, { 0x1038, 0x00040182, UINT32_MAX },          \
		{ 0x103c, 0x40000001, UINT32_MAX }, { 0x1040, 0x00000006, UINT32_MAX },          \
		{ 0x1044, 0x00110000, 0xffff0000 }, { 0x1048, 0, BITS(3, 0) },                   \
		{ 0x104c, fcfg1, BITS(1, 0) }, { 0x1050, fcfg2, 0 }, { 0x1054, 0x64617070, 0 },  \
		{ 0x1058, 0x65720000, 0 }, { 0x105c, 0x00000001, 0 },                            \
	{                                                                                        \
		0x1060, 0x00000002, 0                                                            \
	}

/* FCFG1: NVMSIZE, PFSIZE, EEESIZE. FCFG2: MAXADDR0, PFLSH, MAXADDR1 in units of 8 KB. */
static const struct register_row sim_fn1m0_rows[] = {
	SIM_ROWS(0x6400030a, 0x0d0f0000, 0x40c00000),
};
static const struct register_block sim_fn1m0 = { sim_fn1m0_rows, ARRAY_SIZE(sim_fn1m0_rows),
	false };

static const struct register_row sim_fx512_rows[] = {
	SIM_ROWS(0x6400030a, 0x7b0f0000, 0x40100000),
};
static const struct register_block sim_fx512 = { sim_fx512_rows, ARRAY_SIZE(sim_fx512_rows),
	false };

static const struct register_row sim_fn512_rows[] = {
	SIM_ROWS(0x22000e85, 0x0b0f0000, 0x20a00000),
};
static const struct register_block sim_fn512 = { sim_fn512_rows, ARRAY_SIZE(sim_fn512_rows),
	false };

/* Flash memory controller: PFAPR, PFB0CR, PFB1CR. */
static const struct register_row fmc_rows[] = {
	{ 0x00, 0x00f8003f, 0x00ffffff },
	{ 0x04, 0x3004001f, 0x0f00007f },
	{ 0x08, 0x3004001f, 0x0000001f },
};
static const struct register_block fmc = { fmc_rows, ARRAY_SIZE(fmc_rows), false };

/* Pin control registers; no pin has an interrupt flag. */
#define PCR(n)                         \
	{                              \
		4 * (n), 0, 0x010f8777 \
	}
#define PCR4(n) PCR(n), PCR((n) + 1), PCR((n) + 2), PCR((n) + 3)
static const struct register_row port_rows[] = {
	PCR4(0),
	PCR4(4),
	PCR4(8),
	PCR4(12),
	PCR4(16),
	PCR4(20),
	PCR4(24),
	PCR4(28),
};
static const struct register_block port = { port_rows, ARRAY_SIZE(port_rows), false };

/* SMC: PMPROT, PMCTRL, VLLSCTRL, PMSTAT (RUN). RCM: SRS0 (POR, LVD). */
static const struct register_row smc_rows[] = { { 0x00, 0x01030000, 0x00ff6faa } };
static const struct register_block smc = { smc_rows, ARRAY_SIZE(smc_rows), false };
static const struct register_row rcm_rows[] = { { 0x00, 0x00000082, 0 } };
static const struct register_block rcm = { rcm_rows, ARRAY_SIZE(rcm_rows), true };

static const struct rom_table_config rom_config = {
	.ids = { .pidr = 0x04000bb4c4, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = cortex_m4_rom_entries,
	.entry_count = CORTEX_M4_ROM_ENTRIES,
};

#define PORT(letter, n)                                                                  \
	{                                                                                \
		&register_block_class, "PORT" letter, 0x40049000 + 0x1000 * (n), 0x1000, \
			LANES_AHB, 0, &port                                              \
	}
#define GPIO(letter, n)                                                                          \
	{                                                                                        \
		&kinetis_gpio_class, "GPIO" letter, 0x400ff000 + 0x40 * (n), 0x40, LANES_AHB, 0, \
			NULL                                                                     \
	}
#define UART(name, base, irq, config)                                           \
	{                                                                       \
		&kinetis_uart_class, name, base, 0x1000, LANES_AHB, irq, config \
	}

#define COMMON_MODELS(flash, sim, mcg)                                                       \
	{ &register_block_class, "FMC", 0x4001f000, 0x1000, LANES_AHB, 0, &fmc },            \
		{ &kinetis_flash_class, "FTF", 0x40020000, 0x1000, LANES_AHB, 18, flash },   \
		{ &register_block_class, "SIM", SIM_BASE, 0x2000, LANES_AHB, 0, sim },       \
		PORT("A", 0), PORT("B", 1), PORT("C", 2), PORT("D", 3), PORT("E", 4),        \
		{ &kinetis_wdog_class, "WDOG", 0x40052000, 0x1000, LANES_RAW, 22, NULL },    \
		{ &kinetis_mcg_class, "MCG", 0x40064000, 0x1000, LANES_AHB, 0, mcg },        \
		UART("UART0", 0x4006a000, 31, &uart_core),                                   \
		UART("UART1", 0x4006b000, 33, &uart_core),                                   \
		UART("UART2", 0x4006c000, 35, &uart_bus),                                    \
		{ &register_block_class, "SMC", 0x4007e000, 0x1000, LANES_AHB, 0, &smc },    \
		{ &register_block_class, "RCM", 0x4007f000, 0x1000, LANES_AHB, 0, &rcm },    \
		GPIO("A", 0), GPIO("B", 1), GPIO("C", 2), GPIO("D", 3), GPIO("E", 4),        \
		{ &itm_class, "ITM", 0xe0000000, 0x1000, LANES_AHB, 0, &cortex_m4_itm },     \
		{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &cortex_m4_dwt },     \
		{ &fpb_class, "FPB", 0xe0002000, 0x1000, LANES_AHB, 0, &cortex_m4_fpb },     \
		{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &cortex_m4_scs },     \
		{ &tpiu_class, "TPIU", 0xe0040000, 0x1000, LANES_AHB, 0, &cortex_m4_tpiu },  \
		{ &trace_class, "ETM", 0xe0041000, 0x1000, LANES_AHB, 0, &cortex_m4_etm },   \
	{                                                                                    \
		&rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &rom_config \
	}

static const struct model_config models_fn1m0[] = {
	COMMON_MODELS(&flash_fn1m0, &sim_fn1m0, &mcg_k64),
	UART("UART3", 0x4006d000, 37, &uart_bus),
};
static const struct model_config models_fx512[] = {
	COMMON_MODELS(&flash_fx512, &sim_fx512, &mcg_k64),
	UART("UART3", 0x4006d000, 37, &uart_bus),
};
static const struct model_config models_fn512[] = {
	COMMON_MODELS(&flash_fn512, &sim_fn512, &mcg_k22),
};

static const struct memory_config memories_k64[] = {
	{ "FlexRAM", FLEXRAM_BASE, 4 * KB, MEMORY_RAM, 0 },
	{ "SRAM_L", 0x1fff0000, 64 * KB, MEMORY_RAM, 0 },
	{ "SRAM_U", SRAM_U_BASE, 192 * KB, MEMORY_RAM, 0 },
};
static const struct memory_config memories_k22[] = {
	{ "SRAM_L", 0x1fff0000, 64 * KB, MEMORY_RAM, 0 },
	{ "SRAM_U", SRAM_U_BASE, 64 * KB, MEMORY_RAM, 0 },
};

static const struct quiet_range quiet[] = {
	{ "AXBS", 0x40004000, 0x1000 },
	{ "DMA", 0x40008000, 0x2000 },
	{ "MPU", 0x4000d000, 0x1000 },
	{ "DMAMUX", 0x40021000, 0x1000 },
	{ "SPI0", 0x4002c000, 0x2000 },
	{ "I2S0", 0x4002f000, 0x1000 },
	{ "CRC", 0x40032000, 0x1000 },
	{ "PIT", 0x40037000, 0x1000 },
	{ "FTM0", 0x40038000, 0x3000 },
	{ "ADC0", 0x4003b000, 0x1000 },
	{ "RTC", 0x4003d000, 0x1000 },
	{ "LPTMR0", 0x40040000, 0x1000 },
	{ "OSC", 0x40065000, 0x1000 },
	{ "I2C0", 0x40066000, 0x2000 },
	{ "USB0", 0x40072000, 0x1000 },
	{ "CMP", 0x40073000, 0x2000 },
	{ "LLWU", 0x4007c000, 0x1000 },
	{ "PMC", 0x4007d000, 0x1000 },
};

#define COMMON_PART                                                                          \
	.clock_hz = { 20971520, 20971520, 20971520 }, .bit_band = true, .dpidr = 0x2ba01477, \
	.jtag_idcode = 0x4ba00477, .ap_idr = 0x24770011, .ap_base = 0xe00ff003,              \
	.ap_csw_reset = 0x23000040, .ap_can_pack = true, .ap_can_unaligned = true,           \
	.ap_increment_bits = 12, .quiet = quiet, .quiet_count = ARRAY_SIZE(quiet)
#define COMMON_CPU                                                                        \
	.arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV4_SP, .cpuid = 0x410fc241, .prio_bits = 4, \
	.has_vtor = true

const struct board_part mk64fn1m0_part = {
	COMMON_PART,
	.name = "MK64FN1M0",
	.cpu = { COMMON_CPU, .irqs = 86 },
	.memories = memories_k64,
	.memory_count = ARRAY_SIZE(memories_k64),
	.models = models_fn1m0,
	.model_count = ARRAY_SIZE(models_fn1m0),
};

const struct board_part mk64fx512_part = {
	COMMON_PART,
	.name = "MK64FX512",
	.cpu = { COMMON_CPU, .irqs = 86 },
	.memories = memories_k64,
	.memory_count = ARRAY_SIZE(memories_k64),
	.models = models_fx512,
	.model_count = ARRAY_SIZE(models_fx512),
};

const struct board_part mk22fn512_part = {
	COMMON_PART,
	.name = "MK22FN512",
	.cpu = { COMMON_CPU, .irqs = 74 },
	.memories = memories_k22,
	.memory_count = ARRAY_SIZE(memories_k22),
	.models = models_fn512,
	.model_count = ARRAY_SIZE(models_fn512),
};
