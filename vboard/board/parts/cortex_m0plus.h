/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_PARTS_CORTEX_M0PLUS_H
#define VBOARD_BOARD_PARTS_CORTEX_M0PLUS_H

/**
 * @file
 * The CoreSight components of a Cortex-M0+ r0p1 (DDI 0484C, chapter 6): four breakpoints, two
 * watchpoints.
 */
#include "vboard/coresight/coresight.h"

extern const struct coresight_ids cortex_m0plus_scs;
extern const struct fpb_config cortex_m0plus_bpu;
extern const struct dwt_config cortex_m0plus_dwt;

/** SCS, DWT, BPU, from a table at 0xE00FF000 on, and Arm's identity of it. */
extern const struct rom_table_config cortex_m0plus_rom;

/** The rows of a part's table for them. */
#define CORTEX_M0PLUS_MODELS                                                                 \
	{ &dwt_class, "DWT", 0xe0001000, 0x1000, LANES_AHB, 0, &cortex_m0plus_dwt },         \
		{ &fpb_class, "BPU", 0xe0002000, 0x1000, LANES_AHB, 0, &cortex_m0plus_bpu }, \
		{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &cortex_m0plus_scs }, \
	{                                                                                    \
		&rom_table_class, "ROM table", 0xe00ff000, 0x1000, LANES_AHB, 0,             \
			&cortex_m0plus_rom                                                   \
	}

#endif /* VBOARD_BOARD_PARTS_CORTEX_M0PLUS_H */
