/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/board/parts/cortex_m0plus.h"

#include "base/bits.h"

const struct coresight_ids cortex_m0plus_scs = { .pidr = 0x04000bb008, .cidr = CIDR_GENERIC_IP };

const struct fpb_config cortex_m0plus_bpu = {
	.ids = { .pidr = 0x04000bb00b, .cidr = CIDR_GENERIC_IP },
	.code_count = 4,
};

const struct dwt_config cortex_m0plus_dwt = {
	.ids = { .pidr = 0x04000bb00a, .cidr = CIDR_GENERIC_IP },
	.comparator_count = 2,
	.mask_max = 31,
};

static const uint32_t rom_entries[] = {
	0xfff0f003, /* SCS */
	0xfff02003, /* DWT */
	0xfff03003, /* BPU */
	0x00000000,
};
const struct rom_table_config cortex_m0plus_rom = {
	.ids = { .pidr = 0x04000bb4c0, .cidr = CIDR_ROM_TABLE, .devtype = 1 },
	.entries = rom_entries,
	.entry_count = ARRAY_SIZE(rom_entries),
};
