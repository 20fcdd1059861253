/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_ITM_REGS_H
#define VBOARD_CORESIGHT_ITM_REGS_H

/* Instrumentation Trace Macrocell: Armv7-M ARM DDI 0403E.e, C1.7; Armv8-M: DDI 0553, D1.2. */
#include "base/bits.h"

/* ITM_STIMn, Stimulus Port registers (C1.7.3) */
#define ITM_STIM0          0x000u
#define ITM_STIM_END       0x080u /* 32 ports */
#define ITM_STIM_FIFOREADY BIT(0)
#define ITM_STIM_DISABLED  BIT(1) /* Armv8-M */

/* ITM_TER0, Trace Enable Register (C1.7.4) */
#define ITM_TER0 0xe00u

/* ITM_TPR, Trace Privilege Register (C1.7.5): a bit for eight ports */
#define ITM_TPR          0xe40u
#define ITM_TPR_PRIVMASK BITS(3, 0)

/* ITM_TCR, Trace Control Register (C1.7.6) */
#define ITM_TCR            0xe80u
#define ITM_TCR_BUSY       BIT(23)
#define ITM_TCR_TRACEBUSID BITS(22, 16)
#define ITM_TCR_GTSFREQ    BITS(11, 10)
#define ITM_TCR_TSPRESCALE BITS(9, 8)
#define ITM_TCR_STALLENA   BIT(5) /* Armv8-M */
#define ITM_TCR_SWOENA     BIT(4)
#define ITM_TCR_TXENA      BIT(3)
#define ITM_TCR_SYNCENA    BIT(2)
#define ITM_TCR_TSENA      BIT(1)
#define ITM_TCR_ITMENA     BIT(0)

/* --- packets (DDI 0403E.e, appendix D4) ------------------------------------------------------ */

#define ITM_OVERFLOW 0x70u /* D4.2.3 */

/* Synchronization: 47 zeros and a one (D4.2.1) */
#define ITM_SYNC_SIZE 6u
#define ITM_SYNC_LAST 0x80u

/* Local timestamps, format 1 and 2 (D4.2.4): TC says what is late */
#define ITM_LTS1           0xc0u
#define ITM_LTS1_TC        BITS(5, 4)
#define ITM_LTS1_MAX       BITS(27, 0)
#define ITM_LTS2_TS        BITS(6, 4)
#define ITM_LTS2_MAX       6u
#define ITM_TC_SYNCHRONOUS 0u
#define ITM_TC_DATA_LATE   2u /* the packet is late in the stream, the timestamp is not */

/* Global timestamps (D4.2.5) */
#define ITM_GTS1       0x94u
#define ITM_GTS1_TS    BITS(25, 0)
#define ITM_GTS1_CLKCH BIT(5) /* of the fourth byte */
#define ITM_GTS1_WRAP  BIT(6)
#define ITM_GTS2       0xb4u
#define ITM_GTS_MASK   ((UINT64_C(1) << 48) - 1)

/* Source packets: identifier, hardware or not, size (D4.2.6, D4.2.7) */
#define ITM_SOURCE_ID       BITS(7, 3)
#define ITM_SOURCE_HARDWARE BIT(2)
#define ITM_SOURCE_SIZE     BITS(1, 0) /* 1, 2, 3: a byte, two, four */

#define ITM_CONTINUES BIT(7) /* another payload byte of a timestamp follows */

#endif /* VBOARD_CORESIGHT_ITM_REGS_H */
