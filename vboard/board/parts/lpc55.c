/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LPC55S69 (its first core) and LPC55S36, Cortex-M33 with TrustZone: what is at an address is also
 * seen with bit 28 set, as Secure. Documents: vboard/models/lpc55.h; addresses and interrupts of the
 * LPC55S69 are checked against LPC55S69_cm33_core0.xml. LPC55S36 has an octal NOR flash at its FlexSPI.
 * Not modelled: the LPC55S69's second core, the AHB secure controller, the debug mailbox.
 */
#include "vboard/models/lpc55.h"
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/registers.h"
#include "vboard/coresight/coresight.h"
#include "vboard/models/lpc.h"

#define KB 1024u

static const struct lpc_usart_config flexcomm = { .has_fifo = true };

/* SYSCON: what start-up code reads back; the PLLs have locked. UM11126, table 67. */
static const struct register_row syscon_rows[] = {
	{ 0x000, 0, BITS(1, 0) },
	{ 0x200, 0x00000380, UINT32_MAX },
	{ 0x204, 0, UINT32_MAX },
	{ 0x208, 0, UINT32_MAX },
	{ 0x280, 0, BITS(2, 0) },
	{ 0x284, 0, BITS(2, 0) },
	{ 0x290, 7, BITS(2, 0) },
	{ 0x294, 7, BITS(2, 0) },
	{ 0x2b0, 7, BITS(2, 0) },
	{ 0x300, 0x60000000, UINT32_MAX },
	{ 0x304, 0x60000000, UINT32_MAX },
	{ 0x380, 0, UINT32_MAX },
	{ 0x400, 0x00002000, UINT32_MAX },
	{ 0x560, 0, UINT32_MAX },
	{ 0x564, 1, 0 },
	{ 0x580, 0, UINT32_MAX },
	{ 0x584, 1, 0 },
	{ 0xff8, 0x000000a1, 0 },
};
static const struct register_block syscon = { syscon_rows, ARRAY_SIZE(syscon_rows), false };

/* 0x40000000 and up is one window each; what bit 28 adds is an alias of everything. */
static const struct alias_config aliases[] = {
	{ 0x10000000, 0x10000000, 0x00000000, SECURITY_SECURE },
	{ 0x30000000, 0x10000000, 0x20000000, SECURITY_SECURE },
	{ 0x50000000, 0x10000000, 0x40000000, SECURITY_SECURE },
};

static const struct lpc55_rom_config s69_rom_config = {
	.flash_size = 0x9d800,
	.array_size = 640 * KB,
	.ram_base = 0x20000000,
	.ram_size = 272 * KB,
	.tree = 0x10f0,
	.version = 3,
	.erase_us = 2000,
	.program_us = 1090,
};

static const struct lpc55_rom_config s36_rom_config = {
	.flash_size = 0x3d800,
	.array_size = 256 * KB,
	.ram_base = 0x20000000,
	.ram_size = 112 * KB,
	.tree = 0x2fc00,
	.direct = 0x2f8d8,
	.version = 1,
	.erase_us = 2000,
	.program_us = 1090,
	.nor = "MX25LM51245G",
	.nor_base = 0x08000000,
};

/*
 * Debug components of a Cortex-M33 r0p3 (Arm 100230, chapters 8 to 10): eight breakpoints, four
 * watchpoints; ITM, TPIU and ETM are not modelled.
 */
#define M33_IDS(arch)                                                           \
	{                                                                       \
		.pidr = 0x04000bbd21, .cidr = CIDR_CORESIGHT, .devarch = (arch) \
	}
static const struct coresight_ids scs = M33_IDS(0x47702a04);
static const struct fpb_config fpb = {
	.ids = M33_IDS(0x47701a03),
	.code_count = 8,
	.version_2 = true,
};
static const uint8_t dwt_functions[] = { 0x0b, 0x1e, 0x0a, 0x1e };
static const struct dwt_config dwt = {
	.ids = M33_IDS(0x47701a02),
	.comparator_count = 4,
	.is_v7m = true,
	.function_ids = dwt_functions,
	.function_id_count = ARRAY_SIZE(dwt_functions),
};
static const uint32_t rom_entries[] = {
	0xfff0f003, /* SCS */
	0xfff02003, /* DWT */
	0xfff03003, /* BPU */
	0x00000000,
};
static const struct rom_table_config rom_table = {
	.ids = { .pidr = 0x04000bb4c9, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = rom_entries,
	.entry_count = ARRAY_SIZE(rom_entries),
};

#define FLEXCOMM(n, base, irq)                                                           \
	{                                                                                \
		&lpc_usart_class, "FLEXCOMM" #n, base, 0x1000, LANES_AHB, irq, &flexcomm \
	}

#define COMMON_MODELS(rom_size, rom_config)                                                     \
	{ &lpc55_rom_class, "boot ROM", 0x03000000, rom_size, LANES_RAW, 0, rom_config },       \
		{ &register_block_class, "SYSCON", 0x40000000, 0x1000, LANES_AHB, 0, &syscon }, \
		FLEXCOMM(0, 0x40086000, 14), FLEXCOMM(1, 0x40087000, 15),                       \
		FLEXCOMM(2, 0x40088000, 16),                                                    \
		{ &lpc_gpio_class, "GPIO", 0x4008c000, 0x4000, LANES_RAW, 0, NULL },            \
		{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &dwt },                  \
		{ &fpb_class, "FPB", 0xe0002000, 0x1000, LANES_AHB, 0, &fpb },                  \
		{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &scs },                  \
	{                                                                                       \
		&rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &rom_table     \
	}

static const struct model_config s69_models[] = { COMMON_MODELS(64 * KB, &s69_rom_config) };
static const struct model_config s36_models[] = { COMMON_MODELS(256 * KB, &s36_rom_config) };

static const struct memory_config s69_memories[] = {
	{ "SRAMX", 0x04000000, 32 * KB, MEMORY_RAM, 0 },
	{ "SRAM0 to SRAM4", 0x20000000, 272 * KB, MEMORY_RAM, 0 },
};
static const struct memory_config s36_memories[] = {
	{ "SRAMX", 0x04000000, 16 * KB, MEMORY_RAM, 0 },
	{ "SRAM", 0x20000000, 112 * KB, MEMORY_RAM, 0 },
};

static const struct quiet_range quiet[] = {
	{ "IOCON", 0x40001000, 0x1000 },
	{ "GINT", 0x40002000, 0x2000 },
	{ "PINT", 0x40004000, 0x1000 },
	{ "INPUTMUX", 0x40006000, 0x1000 },
	{ "timers", 0x40008000, 0x2000 },
	{ "WWDT", 0x4000c000, 0x1000 },
	{ "MRT", 0x4000d000, 0x1000 },
	{ "UTICK", 0x4000e000, 0x1000 },
	{ "ANACTRL", 0x40013000, 0x1000 },
	{ "PMC", 0x40020000, 0x1000 },
	{ "SYSCTL", 0x40023000, 0x1000 },
	{ "CTIMER", 0x40028000, 0x3000 },
	{ "RTC", 0x4002c000, 0x2000 },
	{ "flash controller", 0x40034000, 0x1000 },
	{ "PRINCE", 0x40035000, 0x1000 },
	{ "DMA", 0x40082000, 0x1000 },
	{ "SCT", 0x40085000, 0x1000 },
	{ "CRC", 0x40095000, 0x1000 },
	{ "AHB secure controller", 0x400ac000, 0x1000 },
};

#define LPC55_CPU                                                                          \
	.arch = CPU_ARMV8M_MAIN, .fpu = CPU_FPU_FPV5_SP, .prio_bits = 3, .mpu_regions = 8, \
	.has_vtor = true, .vtor_reset = 0x13000000, .security = true, .sau_regions = 8,    \
	.mpu_ns_regions = 8, .spiden = true

/* ADIv5.2, DPv2; the MEM-AP of the first core. */
#define LPC55_PART                                                                               \
	.clock_hz = { 12000000, 12000000, 12000000 }, .dpidr = 0x6ba02477, .ap_idr = 0x84770001, \
	.ap_base = 0xe00ff003, .ap_csw_reset = 0x43800042, .ap_can_unaligned = true,             \
	.ap_increment_bits = 12, .aliases = aliases, .alias_count = ARRAY_SIZE(aliases),         \
	.quiet = quiet, .quiet_count = ARRAY_SIZE(quiet)

const struct board_part lpc55s69_part = {
	LPC55_PART,
	.name = "LPC55S69",
	.cpu = { LPC55_CPU, .cpuid = 0x410fd213, .irqs = 60 },
	.memories = s69_memories,
	.memory_count = ARRAY_SIZE(s69_memories),
	.models = s69_models,
	.model_count = ARRAY_SIZE(s69_models),
};

const struct board_part lpc55s36_part = {
	LPC55_PART,
	.name = "LPC55S36",
	.cpu = { LPC55_CPU, .cpuid = 0x410fd214, .irqs = 76 },
	.memories = s36_memories,
	.memory_count = ARRAY_SIZE(s36_memories),
	.models = s36_models,
	.model_count = ARRAY_SIZE(s36_models),
};
