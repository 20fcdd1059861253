/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_FPB_REGS_H
#define VBOARD_CORESIGHT_FPB_REGS_H

/*
 * Flash Patch and Breakpoint unit: Armv7-M ARM DDI 0403E.e, C1.11 (versions 1 and 2); Armv8-M: DDI
 * 0553, D1.2 (version 2). The BPU of Armv6-M (DDI 0419E, C1.9) is version 1 without remapping and
 * literal comparators.
 */
#include "base/bits.h"

/* FP_CTRL, FlashPatch Control Register (C1.11.3) */
#define FP_CTRL            0x000u
#define FP_CTRL_REV        BITS(31, 28)
#define FP_CTRL_REV_2      1u
#define FP_CTRL_NUM_CODE_H BITS(14, 12)
#define FP_CTRL_NUM_LIT    BITS(11, 8)
#define FP_CTRL_NUM_CODE   BITS(7, 4)
#define FP_CTRL_KEY        BIT(1)
#define FP_CTRL_ENABLE     BIT(0)

/* FP_REMAP, FlashPatch Remap register (C1.11.4) */
#define FP_REMAP        0x004u
#define FP_REMAP_RMPSPT BIT(29)
#define FP_REMAP_REMAP  BITS(28, 5)
#define FP_REMAP_BASE   BIT(29) /* the table lies in the SRAM region, whose address this is */

/* FP_COMPn, FlashPatch Comparator register, version 1 (C1.11.5) */
#define FP_COMP0         0x008u
#define FP_COMP_REPLACE  BITS(31, 30)
#define FP_REPLACE_REMAP 0u
#define FP_REPLACE_LOWER 1u
#define FP_REPLACE_UPPER 2u
#define FP_REPLACE_BOTH  3u
#define FP_COMP_COMP     BITS(28, 2)
#define FP_COMP_ENABLE   BIT(0)

/* Version 2: bit 0 is BE, with it bits 31:1 are BPADDR; without it bit 31 is FE (remapping) */
#define FP_COMP_BE     BIT(0)
#define FP_COMP_BPADDR BITS(31, 1)

#endif /* VBOARD_CORESIGHT_FPB_REGS_H */
