/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORTEX_M_FPB_REGS_H
#define CORTEX_M_FPB_REGS_H

/**
 * @file
 * The Flash Patch and Breakpoint unit (Armv7-M ARM, DDI 0403E.e, C1.11; version 2: Armv8-M ARM, DDI
 * 0553B, FP_*), and its small brother in Armv6-M, the Breakpoint Unit (DDI 0419E, C1.9), whose
 * BP_CTRL and BP_COMPn lie and look like FP_CTRL and FP_COMPn of version 1.
 */
#include "base/bits.h"

/* FP_CTRL, FlashPatch Control Register (C1.11.3) */
#define FPB_FP_CTRL              0xe0002000u
#define FPB_FP_CTRL_REV          BITS(31, 28) /* 0: version 1, 1: version 2 */
#define FPB_FP_CTRL_NUM_CODE_6_4 BITS(14, 12)
#define FPB_FP_CTRL_NUM_LIT      BITS(11, 8)
#define FPB_FP_CTRL_NUM_CODE_3_0 BITS(7, 4)
#define FPB_FP_CTRL_KEY          BIT(1)
#define FPB_FP_CTRL_ENABLE       BIT(0)

/* FP_COMPn, FlashPatch Comparator registers (C1.11.5) */
#define FPB_FP_COMP(n)     (0xe0002008u + 4u * (uint32_t)(n))
#define FPB_FP_COMP_ENABLE BIT(0)
/* version 1, instruction comparators: within the Code region, below 0x20000000, only */
#define FPB_FP_COMP_REPLACE       BITS(31, 30)
#define FPB_FP_COMP_REPLACE_REMAP 0u
#define FPB_FP_COMP_REPLACE_LOWER 1u /* breakpoint on the half-word at COMP:00 */
#define FPB_FP_COMP_REPLACE_UPPER 2u /* breakpoint on the half-word at COMP:10 */
#define FPB_FP_COMP_COMP          BITS(28, 2)
#define FPB_V1_END                0x20000000u
/* version 2 */
#define FPB_FP_COMP_BPADDR BITS(31, 1)
#define FPB_FP_COMP_BE     BIT(0)

#endif /* CORTEX_M_FPB_REGS_H */
