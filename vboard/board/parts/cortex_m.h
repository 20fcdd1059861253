/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_PARTS_CORTEX_M_H
#define VBOARD_BOARD_PARTS_CORTEX_M_H

/**
 * @file
 * The CoreSight components that Arm delivers with a core, for the tables of parts that have it in
 * its full configuration. The ROM table's identity is the part maker's.
 */
#include "vboard/coresight/coresight.h"

/* Cortex-M4 r0p1 */
extern const struct coresight_ids cortex_m4_scs;
extern const struct fpb_config cortex_m4_fpb;
extern const struct dwt_config cortex_m4_dwt;
extern const struct itm_config cortex_m4_itm;
extern const struct tpiu_config cortex_m4_tpiu;
extern const struct trace_config cortex_m4_etm;

/** SCS, DWT, FPB, ITM, TPIU, ETM, from a table at 0xE00FF000 on. */
enum { CORTEX_M4_ROM_ENTRIES = 7 };
extern const uint32_t cortex_m4_rom_entries[CORTEX_M4_ROM_ENTRIES];

/* Cortex-M3 r1p1 */
extern const struct coresight_ids cortex_m3_scs;
extern const struct fpb_config cortex_m3_fpb;
extern const struct dwt_config cortex_m3_dwt;
extern const struct itm_config cortex_m3_itm;
extern const struct tpiu_config cortex_m3_tpiu;

#endif /* VBOARD_BOARD_PARTS_CORTEX_M_H */
