/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_DWT_REGS_H
#define VBOARD_CORESIGHT_DWT_REGS_H

/* Data Watchpoint and Trace unit: Armv7-M ARM DDI 0403E.e, C1.8; Armv6-M: DDI 0419E, C1.8. */
#include "base/bits.h"

/* DWT_CTRL, Control register (C1.8.7) */
#define DWT_CTRL           0x000u
#define DWT_CTRL_NUMCOMP   BITS(31, 28)
#define DWT_CTRL_WRITABLE  (BITS(22, 16) | BITS(12, 0))
#define DWT_CTRL_CYCCNTENA BIT(0)

/* Counters (C1.8.8 to C1.8.13) */
#define DWT_CYCCNT  0x004u
#define DWT_FOLDCNT 0x018u

/* DWT_PCSR, Program Counter Sample Register (C1.8.14) */
#define DWT_PCSR 0x01cu

/* Comparator n at 0x20 + 16 n (C1.8.15 to C1.8.17) */
#define DWT_COMP0    0x020u
#define DWT_COMP     0x0u
#define DWT_MASK     0x4u
#define DWT_FUNCTION 0x8u

#define DWT_FUNCTION_MATCHED    BIT(24)
#define DWT_FUNCTION_DATAVADDR1 BITS(19, 16)
#define DWT_FUNCTION_DATAVADDR0 BITS(15, 12)
#define DWT_FUNCTION_DATAVSIZE  BITS(11, 10)
#define DWT_FUNCTION_LNK1ENA    BIT(9)
#define DWT_FUNCTION_DATAVMATCH BIT(8)
#define DWT_FUNCTION_CYCMATCH   BIT(7)
#define DWT_FUNCTION_EMITRANGE  BIT(5)
#define DWT_FUNCTION_FUNCTION   BITS(3, 0)

/* FUNCTION values that make a debug event (tables C1-14 and C1-15) */
#define DWT_EVENT_PC         4u
#define DWT_EVENT_READ       5u
#define DWT_EVENT_WRITE      6u
#define DWT_EVENT_READ_WRITE 7u

#endif /* VBOARD_CORESIGHT_DWT_REGS_H */
