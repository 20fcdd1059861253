/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_DWT_REGS_H
#define VBOARD_CORESIGHT_DWT_REGS_H

/*
 * Data Watchpoint and Trace unit: Armv7-M ARM DDI 0403E.e, C1.8; Armv6-M: DDI 0419E, C1.8;
 * Armv8-M: DDI 0553, D1.2 (register descriptions) and B13 (its behaviour).
 */
#include "base/bits.h"

/* DWT_CTRL, Control register (C1.8.7) */
#define DWT_CTRL             0x000u
#define DWT_CTRL_NUMCOMP     BITS(31, 28)
#define DWT_CTRL_NOTRCPKT    BIT(27)
#define DWT_CTRL_NOEXTTRIG   BIT(26)
#define DWT_CTRL_NOCYCCNT    BIT(25)
#define DWT_CTRL_NOPRFCNT    BIT(24)
#define DWT_CTRL_CYCEVTENA   BIT(22)
#define DWT_CTRL_FOLDEVTENA  BIT(21)
#define DWT_CTRL_LSUEVTENA   BIT(20)
#define DWT_CTRL_SLEEPEVTENA BIT(19)
#define DWT_CTRL_EXCEVTENA   BIT(18)
#define DWT_CTRL_CPIEVTENA   BIT(17)
#define DWT_CTRL_EXCTRCENA   BIT(16)
#define DWT_CTRL_PCSAMPLENA  BIT(12)
#define DWT_CTRL_SYNCTAP     BITS(11, 10)
#define DWT_CTRL_CYCTAP      BIT(9)
#define DWT_CTRL_POSTINIT    BITS(8, 5)
#define DWT_CTRL_POSTPRESET  BITS(4, 1)
#define DWT_CTRL_CYCCNTENA   BIT(0)
#define DWT_CTRL_WRITABLE    (BITS(22, 16) | BITS(12, 0))

/* Counters (C1.8.8 to C1.8.13): CYCCNT, and five of 8 bits */
#define DWT_CYCCNT   0x004u
#define DWT_CPICNT   0x008u
#define DWT_EXCCNT   0x00cu
#define DWT_SLEEPCNT 0x010u
#define DWT_LSUCNT   0x014u
#define DWT_FOLDCNT  0x018u

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

/* Armv8-M: DWT_FUNCTIONn (DDI 0553, D1.2) */
#define DWT_FUNCTION_ID     BITS(31, 27)
#define DWT_FUNCTION_ACTION BITS(5, 4)
#define DWT_FUNCTION_MATCH  BITS(3, 0)

#define DWT_MATCH_DISABLED   0x0u
#define DWT_MATCH_CYCLE      0x1u
#define DWT_MATCH_PC         0x2u
#define DWT_MATCH_PC_LIMIT   0x3u
#define DWT_MATCH_DATA       0x4u /* 4 to 6: both, write, read */
#define DWT_MATCH_DATA_LIMIT 0x7u
#define DWT_MATCH_VALUE      0x8u /* 8 to 10 */
#define DWT_MATCH_VALUE_LINK 0xbu
#define DWT_MATCH_WITH_VALUE 0xcu /* 12 to 14: data address, with the value for the trace */

#define DWT_ACTION_TRIGGER 0u
#define DWT_ACTION_DEBUG   1u
#define DWT_ACTION_TRACE   2u /* a match packet, or the value */
#define DWT_ACTION_TRACE_2 3u /* the PC (with the value), or of a limit the address */

/* --- packets (DDI 0403E.e, D4.3; DDI 0553, E1) ----------------------------------------------- */

#define DWT_PACKET_EVENT     0x05u /* event counter wrapped: one byte of bits */
#define DWT_PACKET_EXCEPTION 0x0eu
#define DWT_PACKET_PC        0x17u
#define DWT_PACKET_PC_SLEEP  0x15u /* one byte 0 */
/* Data trace of comparator n: | n << 4 */
#define DWT_PACKET_MATCH      0x45u /* Armv8-M: one byte 1 */
#define DWT_PACKET_DATA_PC    0x47u
#define DWT_PACKET_DATA_ADDR  0x4eu
#define DWT_PACKET_DATA_READ  0x84u /* | size: 1, 2, 3 */
#define DWT_PACKET_DATA_WRITE 0x8cu
#define DWT_PACKET_COMPARATOR BITS(5, 4)

/* Bits of the event counter packet */
#define DWT_EVENT_CPI   BIT(0)
#define DWT_EVENT_EXC   BIT(1)
#define DWT_EVENT_SLEEP BIT(2)
#define DWT_EVENT_LSU   BIT(3)
#define DWT_EVENT_FOLD  BIT(4)
#define DWT_EVENT_CYC   BIT(5)

/* Exception trace packet: number, and what happened */
#define DWT_EXCEPTION_NUMBER   BITS(8, 0)
#define DWT_EXCEPTION_FUNCTION BITS(13, 12)

#endif /* VBOARD_CORESIGHT_DWT_REGS_H */
