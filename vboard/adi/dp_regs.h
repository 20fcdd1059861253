/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_DP_REGS_H
#define VBOARD_ADI_DP_REGS_H

/**
 * @file
 * Registers of the debug port. Document: Arm Debug Interface v5, IHI 0031 (ADIv5.0 to ADIv5.2),
 * chapter B2 "DP reference information"; for DPv3 Arm Debug Interface v6, IHI 0074 (ADIv6.0), chapter
 * B2. The latter was not at hand: its registers were compared with what OpenOCD (arm_adi_v5.h,
 * adi_v5_jtag.c, adi_v5_swd.c) knows of them.
 */
#include "base/bits.h"

/* ABORT, AP Abort register (B2.2.1); write */
#define DP_ABORT            0x0u
#define DP_ABORT_ORUNERRCLR BIT(4)
#define DP_ABORT_WDERRCLR   BIT(3)
#define DP_ABORT_STKERRCLR  BIT(2)
#define DP_ABORT_STKCMPCLR  BIT(1)
#define DP_ABORT_DAPABORT   BIT(0)

/* DPIDR, Debug Port Identification register (B2.2.5); read */
#define DP_DPIDR          0x0u
#define DP_DPIDR_REVISION BITS(31, 28)
#define DP_DPIDR_MIN      BIT(16)
#define DP_DPIDR_VERSION  BITS(15, 12)

/* DPIDR1, BASEPTR0, BASEPTR1 (IHI 0074, B2.2); register 0 with DPBANKSEL 1 to 3, DPv3; read */
enum { DP_BANK_DPIDR = 0, DP_BANK_DPIDR1 = 1, DP_BANK_BASEPTR0 = 2, DP_BANK_BASEPTR1 = 3 };
#define DP_DPIDR1_ERRMODE BIT(7)
#define DP_DPIDR1_ASIZE   BITS(6, 0)
#define DP_BASEPTR0_PTR   BITS(31, 12)
#define DP_BASEPTR0_VALID BIT(0)

/* CTRL/STAT, Control/Status register (B2.2.2); DPBANKSEL 0 */
#define DP_CTRL_STAT              0x4u
#define DP_CTRL_STAT_CSYSPWRUPACK BIT(31)
#define DP_CTRL_STAT_CSYSPWRUPREQ BIT(30)
#define DP_CTRL_STAT_CDBGPWRUPACK BIT(29)
#define DP_CTRL_STAT_CDBGPWRUPREQ BIT(28)
#define DP_CTRL_STAT_CDBGRSTACK   BIT(27)
#define DP_CTRL_STAT_CDBGRSTREQ   BIT(26)
#define DP_CTRL_STAT_ERRMODE      BIT(24) /* DPv3 */
#define DP_CTRL_STAT_TRNCNT       BITS(23, 12)
#define DP_CTRL_STAT_MASKLANE     BITS(11, 8)
#define DP_CTRL_STAT_WDATAERR     BIT(7)
#define DP_CTRL_STAT_READOK       BIT(6)
#define DP_CTRL_STAT_STICKYERR    BIT(5)
#define DP_CTRL_STAT_STICKYCMP    BIT(4)
#define DP_CTRL_STAT_TRNMODE      BITS(3, 2)
#define DP_CTRL_STAT_STICKYORUN   BIT(1)
#define DP_CTRL_STAT_ORUNDETECT   BIT(0)

/* Values of CTRL/STAT.TRNMODE */
enum { DP_TRNMODE_NORMAL = 0, DP_TRNMODE_VERIFY = 1, DP_TRNMODE_COMPARE = 2 };

/* DLCR, Data Link Control Register (B2.2.3); DPBANKSEL 1 */
#define DP_DLCR_TURNROUND BITS(9, 8)
#define DP_DLCR_WIREMODE  BITS(7, 6)

/* DLPIDR, Data Link Protocol Identification Register (B2.2.4); DPBANKSEL 3, DPv2 */
#define DP_DLPIDR_TINSTANCE BITS(31, 28)
#define DP_DLPIDR_PROTSVN   BITS(3, 0)

/* Banks of register 4 (B2.2.9, DPBANKSEL) */
enum {
	DP_BANK_CTRL_STAT = 0,
	DP_BANK_DLCR = 1,
	DP_BANK_TARGETID = 2,
	DP_BANK_DLPIDR = 3,
	DP_BANK_EVENTSTAT = 4, /* DPv2 and later */
	DP_BANK_SELECT1 = 5    /* DPv3; write: bits 63:32 of the address */
};

/* EVENTSTAT, Event Status register (B2.2.6): 0 when an event requires attention */
#define DP_EVENTSTAT_EA BIT(0)

/* RESEND, Read Resend register (B2.2.8); read */
#define DP_RESEND 0x8u

/* SELECT, AP Select register (B2.2.9); write */
#define DP_SELECT           0x8u
#define DP_SELECT_APSEL     BITS(31, 24)
#define DP_SELECT_APBANKSEL BITS(7, 4)
#define DP_SELECT_DPBANKSEL BITS(3, 0)
#define DP_SELECT_ADDR      BITS(31, 4) /* DPv3: of the AP register, but for A[3:2] */

/* RDBUFF, Read Buffer (B2.2.7); read */
#define DP_RDBUFF 0xCu

/* TARGETSEL, Target Selection register (B2.2.11); write, DPv2 */
#define DP_TARGETSEL           0xCu
#define DP_TARGETSEL_TINSTANCE BITS(31, 28)
#define DP_TARGETSEL_ID        BITS(27, 0)

#endif /* VBOARD_ADI_DP_REGS_H */
