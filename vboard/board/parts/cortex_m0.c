/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A generic Cortex-M0 r0p0 with full debug (DDI 0432C): at address 0 a memory that is written like
 * RAM, without a flash controller (an erased one makes the core lock up, as erased flash does), and
 * no peripheral at all. It keeps the board from being shaped by one part, and is the smallest
 * target for trying things out.
 */
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/coresight/coresight.h"

#define KB 1024u

static const struct memory_config memories[] = {
	{ "code memory", 0x00000000, 64 * KB, MEMORY_NVRAM, 0xff },
	{ "RAM", 0x20000000, 64 * KB, MEMORY_RAM, 0 },
};

/* Identification: DDI 0432C, tables 6-1 to 6-7. */
static const struct coresight_ids scs_ids = { .pidr = 0x04000bb008, .cidr = CIDR_GENERIC_IP };

static const struct fpb_config bpu_config = {
	.ids = { .pidr = 0x04000bb00b, .cidr = CIDR_GENERIC_IP },
	.code_count = 4,
};

static const struct dwt_config dwt_config = {
	.ids = { .pidr = 0x04000bb00a, .cidr = CIDR_GENERIC_IP },
	.comparator_count = 2,
	.mask_max = 31, /* DDI 0419E, C1.8.6 */
};

static const uint32_t rom_entries[] = {
	0xfff0f003, /* SCS */
	0xfff02003, /* DWT */
	0xfff03003, /* BPU */
	0x00000000,
};
static const struct rom_table_config rom_config = {
	.ids = { .pidr = 0x04000bb471, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = rom_entries,
	.entry_count = ARRAY_SIZE(rom_entries),
};

static const struct model_config models[] = {
	{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &dwt_config },
	{ &fpb_class, "BPU", 0xe0002000, 0x1000, LANES_AHB, 0, &bpu_config },
	{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &scs_ids },
	{ &rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0, &rom_config },
};

const struct board_part cortex_m0_part = {
	.name = "Cortex-M0",
	.cpu = {
		.arch = CPU_ARMV6M,
		.fpu = CPU_FPU_NONE,
		.cpuid = 0x410cc200,
		.prio_bits = 2,
		.irqs = 32,
	},
	.clock_hz = { 48000000, 48000000, 48000000 },
	/* DDI 0432C, 6.2: the DAP of the Cortex-M0. */
	.dpidr = 0x0bb11477,
	.jtag_idcode = 0x0ba00477,
	.ap_idr = 0x04770021,
	.ap_base = 0xe00ff003,
	.ap_csw_reset = 0x03000040,
	.memories = memories,
	.memory_count = ARRAY_SIZE(memories),
	.models = models,
	.model_count = ARRAY_SIZE(models),
};
