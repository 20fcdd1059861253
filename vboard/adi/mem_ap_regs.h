/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_MEM_AP_REGS_H
#define VBOARD_ADI_MEM_AP_REGS_H

/**
 * @file
 * Registers of a memory access port. Documents: IHI 0031 (ADIv5.2), chapter C2 "The Memory Access
 * Port", section C2.6 "MEM-AP register summary"; IHI 0074 (ADIv6.0), chapter C2, where it says so.
 * Offsets include the bank; in ADIv6 they stand 0xD00 higher. IHI 0074 was not at hand: its offsets
 * and bits were compared with what OpenOCD (arm_adi_v5.h) and pyOCD (coresight/ap.py) know of them.
 */
#include "base/bits.h"

/* ADIv6: where in the 4 KB the registers begin, and DAR0 to DAR255 (IHI 0074, C2.5). */
#define MEM_AP_V2_BASE    0xd00u
#define MEM_AP_V2_DAR_END 0x400u

/* CSW, Control/Status Word register (C2.6.4) */
#define MEM_AP_CSW           0x00u
#define MEM_AP_CSW_DBGSWEN   BIT(31)
#define MEM_AP_CSW_PROT      BITS(30, 24)
#define MEM_AP_CSW_SPIDEN    BIT(23)
#define MEM_AP_CSW_ERRSTOP   BIT(17) /* ADIv6 */
#define MEM_AP_CSW_ERRNPASS  BIT(16) /* ADIv6 */
#define MEM_AP_CSW_TYPE      BITS(15, 12)
#define MEM_AP_CSW_MODE      BITS(11, 8)
#define MEM_AP_CSW_TRINPROG  BIT(7)
#define MEM_AP_CSW_DEVICE_EN BIT(6)
#define MEM_AP_CSW_ADDR_INC  BITS(5, 4)
#define MEM_AP_CSW_SIZE      BITS(2, 0)

/* AHB-AP and AHB5-AP: bits of Prot (appendix E1.3: HPROT[1] and HNONSEC) */
#define MEM_AP_CSW_HPROT1  BIT(25)
#define MEM_AP_CSW_HNONSEC BIT(30)
/* APB4-AP and AXI-AP: PPROT and AxPROT (E1.5, E1.2) */
#define MEM_AP_CSW_PRIVILEGED BIT(28)
#define MEM_AP_CSW_NONSECURE  BIT(29)

/* Values of CSW.Size, CSW.AddrInc (tables C2-9 and C2-8) and CSW.Mode (C2.6.4) */
enum { MEM_AP_SIZE_BYTE = 0, MEM_AP_SIZE_HALFWORD = 1, MEM_AP_SIZE_WORD = 2, MEM_AP_SIZE_256 = 5 };
enum { MEM_AP_ADDR_INC_OFF = 0, MEM_AP_ADDR_INC_SINGLE = 1, MEM_AP_ADDR_INC_PACKED = 2 };
enum { MEM_AP_MODE_BASIC = 0, MEM_AP_MODE_BARRIER = 1 };

/* TAR, Transfer Address Register (C2.6.10). Of its bits only 9:0 are sure to increment (C2.2.2). */
#define MEM_AP_TAR      0x04u
#define MEM_AP_TAR_HIGH 0x08u /* bits 63:32, with large physical addresses */
enum { MEM_AP_TAR_INCREMENT_BITS = 10 };

/* DRW, Data Read/Write register (C2.6.5) */
#define MEM_AP_DRW 0x0Cu

/* BD0 to BD3, Banked Data registers (C2.6.1) */
#define MEM_AP_BD0 0x10u
#define MEM_AP_BD3 0x1Cu

/* MBT, Memory Barrier Transfer register (C2.6.9) */
#define MEM_AP_MBT 0x20u

/* TRR, Transfer Response Register (IHI 0074, C2.6) */
#define MEM_AP_TRR     0x24u
#define MEM_AP_TRR_ERR BIT(0)

/* CFG1, CFG, BASE, IDR (IHI 0074, C2.6; C2.6.3, C2.6.2, C1.3.1) */
#define MEM_AP_CFG1        0xE0u
#define MEM_AP_BASE_HIGH   0xF0u
#define MEM_AP_CFG         0xF4u
#define MEM_AP_CFG_TARINC  BITS(19, 16) /* ADIv6: bits of TAR that increment, less 9 */
#define MEM_AP_CFG_ERR     BITS(11, 8)  /* ADIv6: 1, there are CSW.ERRSTOP and TRR */
#define MEM_AP_CFG_DARSIZE BITS(7, 4)   /* ADIv6 */
#define MEM_AP_CFG_LD      BIT(2)
#define MEM_AP_CFG_LA      BIT(1)
#define MEM_AP_CFG_BE      BIT(0)
#define MEM_AP_BASE        0xF8u
#define MEM_AP_IDR         0xFCu

/* CFG.DARSIZE: 1 KB of them, that is DAR0 to DAR255. CFG.TARINC counts from here. */
enum { MEM_AP_DARSIZE_1K = 0xa, MEM_AP_TARINC_BASE = 9 };

#endif /* VBOARD_ADI_MEM_AP_REGS_H */
