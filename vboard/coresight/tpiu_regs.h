/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_TPIU_REGS_H
#define VBOARD_CORESIGHT_TPIU_REGS_H

/* Trace Port Interface Unit: Armv7-M ARM DDI 0403E.e, C1.10; Cortex-M4 TRM DDI 0439D, chapter 11. */
#include "base/bits.h"

/* TPIU_SSPSR, Supported Parallel Port Sizes: bit n - 1 for n pins */
#define TPIU_SSPSR 0x000u
/* TPIU_CSPSR, Current Parallel Port Size: one of those bits */
#define TPIU_CSPSR 0x004u

/* TPIU_ACPR, Asynchronous Clock Prescaler */
#define TPIU_ACPR           0x010u
#define TPIU_ACPR_PRESCALER BITS(15, 0)

/* TPIU_SPPR, Selected Pin Protocol */
#define TPIU_SPPR         0x0f0u
#define TPIU_SPPR_TXMODE  BITS(1, 0)
#define TXMODE_PARALLEL   0u
#define TXMODE_MANCHESTER 1u
#define TXMODE_NRZ        2u

/* TPIU_FFSR, Formatter and Flush Status */
#define TPIU_FFSR           0x300u
#define TPIU_FFSR_FTNONSTOP BIT(3)

/* TPIU_FFCR, Formatter and Flush Control */
#define TPIU_FFCR         0x304u
#define TPIU_FFCR_TRIGIN  BIT(8)
#define TPIU_FFCR_ENFCONT BIT(1)

/* TPIU_PSCR, Periodic Synchronization Counter: frames between synchronisations (Armv8-M) */
#define TPIU_PSCR         0x308u
#define TPIU_PSCR_PSCOUNT BITS(4, 0)

/* TPIU_DEVID (CORESIGHT_DEVID): bits 11:9 say which modes there are; TPIU_TYPE is DEVTYPE */

/* --- the formatter's frames (IHI 0029E, D4.2) ------------------------------------------------ */

#define FRAME_SIZE      16u
#define FRAME_AUXILIARY 15u         /* byte of the low bits of the even ones */
#define FRAME_IS_ID     BIT(0)      /* of an even byte: bits 7:1 are an ID */
#define FRAME_SYNC      0x7fffffffu /* full synchronisation, lowest byte first */

#endif /* VBOARD_CORESIGHT_TPIU_REGS_H */
