/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORESIGHT_CORESIGHT_REGS_H
#define CORESIGHT_CORESIGHT_REGS_H

/*
 * Identification registers of components, IHI 0029 (CoreSight Architecture Specification v3.0),
 * chapter B2.2; ROM tables of class 0x1 and 0x9, chapter D6 and D7 there (class 0x1 also IHI 0031,
 * D3). Offsets are from the component's last 4 KB.
 */
#include "base/bits.h"

/* The block that is read of each component: DEVARCH to CIDR3. */
#define CS_ID_FIRST      0xfbcu
#define CS_ID_LAST       0xffcu
#define CS_ID_COUNT      ((CS_ID_LAST - CS_ID_FIRST) / 4 + 1)
#define CS_ID_INDEX(reg) (((reg)-CS_ID_FIRST) / 4)

/* DEVARCH, Device Architecture register */
#define CS_DEVARCH           0xfbcu
#define CS_DEVARCH_ARCHITECT BITS(31, 21)
#define CS_DEVARCH_PRESENT   BIT(20)
#define CS_DEVARCH_REVISION  BITS(19, 16)
#define CS_DEVARCH_ARCHID    BITS(15, 0)

/* DEVID, Device Configuration register; of a class 0x9 ROM table: */
#define CS_DEVID            0xfc8u
#define CS_DEVID_ROM_PRR    BIT(5)
#define CS_DEVID_ROM_SYSMEM BIT(4)
#define CS_DEVID_ROM_FORMAT BITS(3, 0) /* 0: 32-bit entries, 1: 64-bit entries */

/* DEVTYPE, Device Type register */
#define CS_DEVTYPE       0xfccu
#define CS_DEVTYPE_SUB   BITS(7, 4)
#define CS_DEVTYPE_MAJOR BITS(3, 0)

/* PIDR0 to PIDR7, Peripheral Identification registers; of each the low byte counts */
#define CS_PIDR4          0xfd0u
#define CS_PIDR4_SIZE     BITS(7, 4)
#define CS_PIDR4_DES_2    BITS(3, 0)
#define CS_PIDR0          0xfe0u
#define CS_PIDR0_PART_0   BITS(7, 0)
#define CS_PIDR1          0xfe4u
#define CS_PIDR1_DES_0    BITS(7, 4)
#define CS_PIDR1_PART_1   BITS(3, 0)
#define CS_PIDR2          0xfe8u
#define CS_PIDR2_REVISION BITS(7, 4)
#define CS_PIDR2_JEDEC    BIT(3)
#define CS_PIDR2_DES_1    BITS(2, 0)

/* CIDR0 to CIDR3, Component Identification registers: 0x0d, class and 0, 0x05, 0xb1 */
#define CS_CIDR0       0xff0u
#define CS_CIDR1       0xff4u
#define CS_CIDR1_CLASS BITS(7, 4)
#define CS_CIDR2       0xff8u
#define CS_CIDR3       0xffcu
#define CS_CIDR        0xb105000du
#define CS_CIDR_CLASS  BITS(15, 12) /* of the four bytes put together */

/* ROMENTRY of a class 0x1 ROM table; a zero one ends the table */
#define CS_ROM_ENTRIES           960
#define CS_ROMENTRY_OFFSET       BITS(31, 12)
#define CS_ROMENTRY_POWERID      BITS(8, 4)
#define CS_ROMENTRY_POWERIDVALID BIT(2)
#define CS_ROMENTRY_FORMAT       BIT(1)
#define CS_ROMENTRY_PRESENT      BIT(0)

/* ROMENTRY of a class 0x9 ROM table; its PRESENT has two bits, 0b00 ends the table */
#define CS_ROM9_WORDS        512
#define CS_ROM9ENTRY_PRESENT BITS(1, 0)
#define CS_ROM9_FINAL        0u
#define CS_ROM9_PRESENT      3u

/* Values of DEVARCH.ARCHITECT and ARCHID */
#define CS_ARCHITECT_ARM 0x23bu
#define CS_ARCHID_ROM    0x0af7u

/* DEMCR of a Cortex-M (DDI 0403E, C1.6.5), from its SCS: trace components may read as nothing
 * without TRCENA. */
#define CS_SCS_DEMCR        0xdfcu
#define CS_SCS_DEMCR_TRCENA BIT(24)

_Static_assert(CS_ID_COUNT == 17, "one block read");

#endif /* CORESIGHT_CORESIGHT_REGS_H */
