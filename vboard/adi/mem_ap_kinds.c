/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents: CoreSight SoC-400 (DDI 0480) for AHB3, APB2 and AXI, CoreSight SoC-600 (100806) for
 * AHB5 and APB4, chapters "Programmers Model", CSW of each AP. They were not at hand: part numbers
 * were compared with pyOCD's table of components (coresight/component_ids.py).
 */
#include "vboard/adi/mem_ap_kinds.h"

#include "vboard/adi/mem_ap_regs.h"

#define SIZE_WORD    BIT(MEM_AP_SIZE_WORD)
#define SIZES_TO_32  (BIT(MEM_AP_SIZE_BYTE) | BIT(MEM_AP_SIZE_HALFWORD) | SIZE_WORD)
#define HPROT        BITS(28, 24)
#define AXI_PROT     BITS(30, 28)
#define AXI_CACHE    BITS(27, 24)
#define AXI_DOMAIN   BITS(14, 13)
#define AXI_ACE      BIT(12)
#define APB4_PROT    BITS(30, 28)
#define PART_AHB_AP  0x9e3
#define PART_APB_AP  0x9e2
#define PART_AXI_AP  0x9e4
#define PART_JTAG_AP 0x9e6

const struct mem_ap_kind mem_ap_kinds[] = {
	/* The bits that a core's own AHB-AP ignores differ from one to the next: all are kept. */
	[VAP_AHB3] = {
		.csw_writable = MEM_AP_CSW_DBGSWEN | MEM_AP_CSW_PROT,
		.sizes = SIZES_TO_32,
		.packs = true,
		.privileged = MEM_AP_CSW_HPROT1,
		.nonsecure = MEM_AP_CSW_HNONSEC,
		.part = PART_AHB_AP,
	},
	[VAP_AHB5] = {
		.csw_writable = MEM_AP_CSW_DBGSWEN | MEM_AP_CSW_HNONSEC | HPROT,
		.sizes = SIZES_TO_32,
		.packs = true,
		.privileged = MEM_AP_CSW_HPROT1,
		.nonsecure = MEM_AP_CSW_HNONSEC,
		.part = PART_AHB_AP,
	},
	[VAP_APB2] = {
		.csw_writable = MEM_AP_CSW_DBGSWEN,
		.sizes = SIZE_WORD,
		.part = PART_APB_AP,
	},
	[VAP_APB4] = {
		.csw_writable = MEM_AP_CSW_DBGSWEN | APB4_PROT,
		.sizes = SIZE_WORD,
		.privileged = MEM_AP_CSW_PRIVILEGED,
		.nonsecure = MEM_AP_CSW_NONSECURE,
		.part = PART_APB_AP,
	},
	[VAP_AXI] = {
		.csw_writable = MEM_AP_CSW_DBGSWEN | AXI_PROT | AXI_CACHE | AXI_DOMAIN | AXI_ACE,
		.sizes = SIZES_TO_32,
		.packs = true,
		.has_barriers = true,
		.privileged = MEM_AP_CSW_PRIVILEGED,
		.nonsecure = MEM_AP_CSW_NONSECURE,
		.part = PART_AXI_AP,
	},
	[VAP_JTAG] = { .part = PART_JTAG_AP },
};
