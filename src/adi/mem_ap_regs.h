/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_MEM_AP_REGS_H
#define ADI_MEM_AP_REGS_H

/*
 * Access Port registers: IHI 0031 (ADIv5.2), chapters C1.3 (IDR) and C2.6 "MEM-AP register
 * descriptions". Addresses are those within the AP: A[7:4] is SELECT.APBANKSEL, A[3:2] is on the
 * wire.
 *
 * What the seven bits of CSW.Prot and the bits beside it mean is the bus's: IHI 0031, appendix E.
 */
#include "base/bits.h"

#define AP_REG_BANK(reg)   ((uint8_t)((reg) >> 4))
#define AP_REG_OFFSET(reg) ((uint8_t)((reg)&0xcu))

/* IDR, Identification register; every AP */
#define AP_IDR          0xfcu
#define AP_IDR_REVISION BITS(31, 28)
#define AP_IDR_DESIGNER BITS(27, 17)
#define AP_IDR_CLASS    BITS(16, 13)
#define AP_IDR_VARIANT  BITS(7, 4)
#define AP_IDR_TYPE     BITS(3, 0)

/* CSW, Control/Status Word register */
#define MEM_AP_CSW             0x00u
#define MEM_AP_CSW_DBGSWENABLE BIT(31)
#define MEM_AP_CSW_PROT        BITS(30, 24)
#define MEM_AP_CSW_SDEVICEEN   BIT(23) /* SPIDEN in older issues */
#define MEM_AP_CSW_TYPE        BITS(15, 12)
#define MEM_AP_CSW_MODE        BITS(11, 8)
#define MEM_AP_CSW_TRINPROG    BIT(7)
#define MEM_AP_CSW_DEVICEEN    BIT(6)
#define MEM_AP_CSW_ADDRINC     BITS(5, 4)
#define MEM_AP_CSW_SIZE        BITS(2, 0)

#define MEM_AP_CSW_ADDRINC_OFF    0u
#define MEM_AP_CSW_ADDRINC_SINGLE 1u
#define MEM_AP_CSW_ADDRINC_PACKED 2u
#define MEM_AP_CSW_SIZE_8         0u
#define MEM_AP_CSW_SIZE_16        1u
#define MEM_AP_CSW_SIZE_32        2u

/* CSW.Prot of an AHB access port: HPROT[4:0], and who the transfer says it is from */
#define MEM_AP_CSW_AHB_HNONSEC    BIT(30) /* AHB5 */
#define MEM_AP_CSW_AHB_MASTERTYPE BIT(29) /* AHB3: 1 debugger, 0 core */
#define MEM_AP_CSW_AHB_PRIVILEGED BIT(25) /* HPROT[1] */
#define MEM_AP_CSW_AHB_DATA       BIT(24) /* HPROT[0] */
/* CSW.Prot of an AXI access port: AxPROT[2:0] */
#define MEM_AP_CSW_AXI_INSTRUCTION BIT(30)
#define MEM_AP_CSW_AXI_NONSECURE   BIT(29)
#define MEM_AP_CSW_AXI_PRIVILEGED  BIT(28)

/* TAR, Transfer Address register, and its high half (Large Physical Address Extension) */
#define MEM_AP_TAR    0x04u
#define MEM_AP_TAR_HI 0x08u

/* DRW, Data Read/Write register */
#define MEM_AP_DRW 0x0cu

/* BD0 to BD3, Banked Data registers: the words of the 16 bytes that TAR[31:4] names */
#define MEM_AP_BD0 0x10u

/* CFG, Configuration register */
#define MEM_AP_CFG    0xf4u
#define MEM_AP_CFG_LD BIT(2)
#define MEM_AP_CFG_LA BIT(1)
#define MEM_AP_CFG_BE BIT(0)

/* BASE, Debug Base Address register, and its high half at 0xF0 */
#define MEM_AP_BASE_HI          0xf0u
#define MEM_AP_BASE             0xf8u
#define MEM_AP_BASE_BASEADDR    BITS(31, 12)
#define MEM_AP_BASE_FORMAT      BIT(1)
#define MEM_AP_BASE_P           BIT(0)
#define MEM_AP_BASE_LEGACY_NONE 0xffffffffu /* legacy format: no ROM table */

_Static_assert(FIELD_GET(AP_IDR_DESIGNER, 0x24770011u) == 0x23b, "STM32F4's AHB-AP is Arm's");
_Static_assert(FIELD_GET(AP_IDR_CLASS, 0x24770011u) == 8, "and a MEM-AP");
_Static_assert(AP_REG_BANK(AP_IDR) == 0xf && AP_REG_OFFSET(AP_IDR) == 0xc, "IDR ends the AP");

#endif /* ADI_MEM_AP_REGS_H */
