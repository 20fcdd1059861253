/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_DP_REGS_H
#define ADI_DP_REGS_H

/*
 * Debug Port registers: IHI 0031 (ADIv5.2), chapter B2.2 "DP register descriptions"; of DPv3 the
 * same names in IHI 0074 (ADIv6.0), B2.2. Offsets are A[3:2] as a byte offset.
 */
#include "base/bits.h"

/* DPIDR, Debug Port Identification register; read, address 0x0 */
#define DP_DPIDR          0x0u
#define DP_DPIDR_REVISION BITS(31, 28)
#define DP_DPIDR_PARTNO   BITS(27, 20)
#define DP_DPIDR_MIN      BIT(16)
#define DP_DPIDR_VERSION  BITS(15, 12)
#define DP_DPIDR_DESIGNER BITS(11, 1)
#define DP_DPIDR_RAO      BIT(0)

/* ABORT, AP Abort register; write, address 0x0 */
#define DP_ABORT            0x0u
#define DP_ABORT_ORUNERRCLR BIT(4)
#define DP_ABORT_WDERRCLR   BIT(3)
#define DP_ABORT_STKERRCLR  BIT(2)
#define DP_ABORT_STKCMPCLR  BIT(1) /* should be zero on a minimal DP */
#define DP_ABORT_DAPABORT   BIT(0)

/* CTRL/STAT, Control/Status register; address 0x4, DPBANKSEL 0x0 */
#define DP_CTRL_STAT              0x4u
#define DP_CTRL_STAT_CSYSPWRUPACK BIT(31)
#define DP_CTRL_STAT_CSYSPWRUPREQ BIT(30)
#define DP_CTRL_STAT_CDBGPWRUPACK BIT(29)
#define DP_CTRL_STAT_CDBGPWRUPREQ BIT(28)
#define DP_CTRL_STAT_CDBGRSTACK   BIT(27)
#define DP_CTRL_STAT_CDBGRSTREQ   BIT(26)
#define DP_CTRL_STAT_TRNCNT       BITS(23, 12)
#define DP_CTRL_STAT_MASKLANE     BITS(11, 8)
#define DP_CTRL_STAT_WDATAERR     BIT(7)
#define DP_CTRL_STAT_READOK       BIT(6)
#define DP_CTRL_STAT_STICKYERR    BIT(5)
#define DP_CTRL_STAT_STICKYCMP    BIT(4)
#define DP_CTRL_STAT_TRNMODE      BITS(3, 2)
#define DP_CTRL_STAT_STICKYORUN   BIT(1)
#define DP_CTRL_STAT_ORUNDETECT   BIT(0)

/* DLCR, Data Link Control register; address 0x4, DPBANKSEL 0x1 */
#define DP_DLCR           0x4u
#define DP_DLCR_BANK      0x1u
#define DP_DLCR_TURNROUND BITS(9, 8)

/* TARGETID, Target Identification register; DPv2 on, read, address 0x4, DPBANKSEL 0x2 */
#define DP_TARGETID           0x4u
#define DP_TARGETID_BANK      0x2u
#define DP_TARGETID_TREVISION BITS(31, 28)
#define DP_TARGETID_TPARTNO   BITS(27, 12)
#define DP_TARGETID_TDESIGNER BITS(11, 1)

/* DLPIDR, Data Link Protocol Identification register; DPv2 on, address 0x4, DPBANKSEL 0x3 */
#define DP_DLPIDR           0x4u
#define DP_DLPIDR_BANK      0x3u
#define DP_DLPIDR_TINSTANCE BITS(31, 28)
#define DP_DLPIDR_PROTVSN   BITS(3, 0)

/* EVENTSTAT, Event Status register; DPv2 on, address 0x4, DPBANKSEL 0x4 */
#define DP_EVENTSTAT      0x4u
#define DP_EVENTSTAT_BANK 0x4u
#define DP_EVENTSTAT_EA   BIT(0)

/* SELECT, AP Select register; write, address 0x8 */
#define DP_SELECT           0x8u
#define DP_SELECT_APSEL     BITS(31, 24)
#define DP_SELECT_APBANKSEL BITS(7, 4)
#define DP_SELECT_DPBANKSEL BITS(3, 0)

/* RESEND; SW-DP, read, address 0x8 */
#define DP_RESEND 0x8u

/* RDBUFF, Read Buffer register; read, address 0xC */
#define DP_RDBUFF 0xcu

/* TARGETSEL, Target Selection register; SW-DPv2 on, write, address 0xC */
#define DP_TARGETSEL           0xcu
#define DP_TARGETSEL_TINSTANCE BITS(31, 28)
#define DP_TARGETSEL_TPARTNO   BITS(27, 12)
#define DP_TARGETSEL_TDESIGNER BITS(11, 1)

_Static_assert(DP_CTRL_STAT_TRNCNT == 0x00fff000u, "TRNCNT is [23:12]");
_Static_assert(DP_SELECT_APSEL == 0xff000000u, "APSEL is [31:24]");
_Static_assert(FIELD_GET(DP_DPIDR_DESIGNER, 0x2ba01477u) == 0x23b, "Arm made the STM32F4's DP");
_Static_assert(FIELD_GET(DP_DPIDR_VERSION, 0x2ba01477u) == 1, "and it is a DPv1");

#endif /* ADI_DP_REGS_H */
