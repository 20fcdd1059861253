/* SPDX-License-Identifier: Apache-2.0 */
/* --- Cortex-M4 r0p1 -------------------------------------------------------------------------- */

/* DDI 0439D, tables 8-1, 9-2, 10-2, 11-2, and the TRM of the ETM (DDI 0440C). */
#include "vboard/board/parts/cortex_m.h"

#include "base/bits.h"

const struct coresight_ids cortex_m4_scs = { .pidr = 0x04000bb00c, .cidr = CIDR_GENERIC_IP };

const struct fpb_config cortex_m4_fpb = {
	.ids = { .pidr = 0x04002bb003, .cidr = CIDR_GENERIC_IP },
	.code_count = 6,
	.literal_count = 2,
	.has_remap = true,
};

const struct dwt_config cortex_m4_dwt = {
	.ids = { .pidr = 0x04003bb002, .cidr = CIDR_GENERIC_IP },
	.comparator_count = 4,
	.mask_max = 15,
	.is_v7m = true,
};

/* The core alone writes after opening the lock (DDI 0439D, 10.3). */
const struct itm_config cortex_m4_itm = {
	.ids = { .pidr = 0x04003bb001, .cidr = CIDR_GENERIC_IP, .has_lock = true },
	.fifo_bytes = 10,
};

/* DDI 0439D, table 11-2. */
const struct tpiu_config cortex_m4_tpiu = {
	.ids = { .pidr = 0x04000bb9a1, .cidr = CIDR_CORESIGHT, .devid = 0xca1, .devtype = 0x11 },
	.port_sizes = 0xb, /* 1, 2 or 4 pins */
	.acpr_mask = BITS(12, 0),
};

/* DDI 0440C, table 3-1. */
static const struct register_row etm_rows[] = {
	{ 0x000, 0x00000411, 0x10c00fd0 | BIT(0) }, /* ETMCR */
	{ 0x004, 0x8c802000, 0 },                   /* ETMCCR */
	{ 0x008, 0, BITS(16, 0) },                  /* ETMTRIGGER */
	{ 0x010, 0x00000002, 0 },                   /* ETMSR */
	{ 0x014, 0x00020d09, 0 },                   /* ETMSCR */
	{ 0x020, 0, BITS(16, 0) },                  /* ETMTEEVR */
	{ 0x024, 0, BITS(25, 0) },                  /* ETMTECR1 */
	{ 0x02c, 0, BITS(7, 0) },                   /* ETMFFLR */
	{ 0x140, 0, BITS(15, 0) },                  /* ETMCNTRLDVR1 */
	{ 0x1e0, 0x00000400, 0 },                   /* ETMSYNCFR */
	{ 0x1e4, 0x4114f250, 0 },                   /* ETMIDR */
	{ 0x1e8, 0x18541800, 0 },                   /* ETMCCER */
	{ 0x1f0, 0, 0x000f000f },                   /* ETMTESSEICR */
	{ 0x1f8, 0, BITS(16, 0) },                  /* ETMTSEVR */
	{ 0x200, 0, BITS(6, 0) },                   /* ETMTRACEIDR */
	{ 0x314, 0x00000001, 0 },                   /* ETMPDSR */
};
const struct trace_config cortex_m4_etm = {
	.ids = { .pidr = 0x04000bb925, .cidr = CIDR_CORESIGHT, .devtype = 0x13 },
	.registers = etm_rows,
	.register_count = ARRAY_SIZE(etm_rows),
};

/* DDI 0439D, table 8-2: offset of the component | 32-bit format | present. */
const uint32_t cortex_m4_rom_entries[CORTEX_M4_ROM_ENTRIES] = {
	0xfff0f003, /* SCS */
	0xfff02003, /* DWT */
	0xfff03003, /* FPB */
	0xfff01003, /* ITM */
	0xfff41003, /* TPIU */
	0xfff42003, /* ETM */
	0x00000000,
};

/* --- Cortex-M3 r1p1 -------------------------------------------------------------------------- */

/*
 * DDI 0337E (r1p1), chapters 11 and 13, for what the components are; the revision fields of the
 * identification registers follow from those of the Cortex-M4 and were not checked against a
 * document. Registers of ITM and TPIU are those of the Cortex-M4.
 */
const struct coresight_ids cortex_m3_scs = { .pidr = 0x04000bb000, .cidr = CIDR_GENERIC_IP };

const struct fpb_config cortex_m3_fpb = {
	.ids = { .pidr = 0x04000bb003, .cidr = CIDR_GENERIC_IP },
	.code_count = 6,
	.literal_count = 2,
	.has_remap = true,
};

const struct dwt_config cortex_m3_dwt = {
	.ids = { .pidr = 0x04001bb002, .cidr = CIDR_GENERIC_IP },
	.comparator_count = 4,
	.mask_max = 15,
	.is_v7m = true,
};

const struct itm_config cortex_m3_itm = {
	.ids = { .pidr = 0x04001bb001, .cidr = CIDR_GENERIC_IP, .has_lock = true },
	.fifo_bytes = 10,
};

const struct tpiu_config cortex_m3_tpiu = {
	.ids = { .pidr = 0x04001bb923, .cidr = CIDR_CORESIGHT, .devid = 0xca0, .devtype = 0x11 },
	.port_sizes = 0xb,
	.acpr_mask = BITS(12, 0),
};
