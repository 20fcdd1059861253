/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_MEM_AP_REGS_H
#define VBOARD_ADI_MEM_AP_REGS_H

/**
 * @file
 * Registers of a memory access port. Document: IHI 0031 (ADIv5.2), chapter C2 "The Memory Access
 * Port", section C2.6 "MEM-AP register summary". Offsets include the bank.
 */
#include "base/bits.h"

/* CSW, Control/Status Word register (C2.6.4) */
#define MEM_AP_CSW           0x00u
#define MEM_AP_CSW_DBGSWEN   BIT(31)
#define MEM_AP_CSW_PROT      BITS(30, 24)
#define MEM_AP_CSW_DEVICE_EN BIT(6)
#define MEM_AP_CSW_ADDR_INC  BITS(5, 4)
#define MEM_AP_CSW_SIZE      BITS(2, 0)

/* AHB-AP and AHB5-AP: bits of Prot (appendix E1.3: HPROT[1] and HNONSEC) */
#define MEM_AP_CSW_HPROT1  BIT(25)
#define MEM_AP_CSW_HNONSEC BIT(30)

/* Values of CSW.Size and CSW.AddrInc (tables C2-9 and C2-8) */
enum { MEM_AP_SIZE_BYTE = 0, MEM_AP_SIZE_HALFWORD = 1, MEM_AP_SIZE_WORD = 2 };
enum { MEM_AP_ADDR_INC_OFF = 0, MEM_AP_ADDR_INC_SINGLE = 1, MEM_AP_ADDR_INC_PACKED = 2 };

/* TAR, Transfer Address Register (C2.6.10). Of its bits only 9:0 are sure to increment (C2.2.2). */
#define MEM_AP_TAR 0x04u
enum { MEM_AP_TAR_INCREMENT_BITS = 10 };

/* DRW, Data Read/Write register (C2.6.5) */
#define MEM_AP_DRW 0x0Cu

/* BD0 to BD3, Banked Data registers (C2.6.1) */
#define MEM_AP_BD0 0x10u
#define MEM_AP_BD3 0x1Cu

/* CFG, BASE, IDR (C2.6.3, C2.6.2, C1.3.1) */
#define MEM_AP_CFG  0xF4u
#define MEM_AP_BASE 0xF8u
#define MEM_AP_IDR  0xFCu

#endif /* VBOARD_ADI_MEM_AP_REGS_H */
