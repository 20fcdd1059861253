/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORTEX_M_SCS_REGS_H
#define CORTEX_M_SCS_REGS_H

/**
 * @file
 * Registers of the System Control Space that a debugger uses.
 *
 * Sections are those of the Armv7-M ARM, DDI 0403E.e; what Armv6-M (DDI 0419E) lacks or Armv8-M
 * (DDI 0553B) adds is said at the field. The addresses are the same in all three.
 */
#include "base/bits.h"

/* CPUID Base Register (B3.2.3) */
#define SCS_CPUID              0xe000ed00u
#define SCS_CPUID_IMPLEMENTER  BITS(31, 24)
#define SCS_CPUID_VARIANT      BITS(23, 20)
#define SCS_CPUID_ARCHITECTURE BITS(19, 16)
#define SCS_CPUID_PARTNO       BITS(15, 4)
#define SCS_CPUID_REVISION     BITS(3, 0)

/* VTOR, Vector Table Offset Register (B3.2.5) */
#define SCS_VTOR 0xe000ed08u

/* AIRCR, Application Interrupt and Reset Control Register (B3.2.6) */
#define SCS_AIRCR             0xe000ed0cu
#define SCS_AIRCR_VECTKEY     BITS(31, 16)
#define SCS_AIRCR_VECTKEY_KEY FIELD_PREP(SCS_AIRCR_VECTKEY, 0x05fau)
#define SCS_AIRCR_SYSRESETREQ BIT(2)

/* CFSR, Configurable Fault Status Register (B3.2.15); not in Armv6-M */
#define SCS_CFSR             0xe000ed28u
#define SCS_CFSR_DIVBYZERO   BIT(25)
#define SCS_CFSR_UNALIGNED   BIT(24)
#define SCS_CFSR_STKOF       BIT(20) /* Armv8-M */
#define SCS_CFSR_NOCP        BIT(19)
#define SCS_CFSR_INVPC       BIT(18)
#define SCS_CFSR_INVSTATE    BIT(17)
#define SCS_CFSR_UNDEFINSTR  BIT(16)
#define SCS_CFSR_BFARVALID   BIT(15)
#define SCS_CFSR_LSPERR      BIT(13)
#define SCS_CFSR_STKERR      BIT(12)
#define SCS_CFSR_UNSTKERR    BIT(11)
#define SCS_CFSR_IMPRECISERR BIT(10)
#define SCS_CFSR_PRECISERR   BIT(9)
#define SCS_CFSR_IBUSERR     BIT(8)
#define SCS_CFSR_MMARVALID   BIT(7)
#define SCS_CFSR_MLSPERR     BIT(5)
#define SCS_CFSR_MSTKERR     BIT(4)
#define SCS_CFSR_MUNSTKERR   BIT(3)
#define SCS_CFSR_DACCVIOL    BIT(1)
#define SCS_CFSR_IACCVIOL    BIT(0)

/* HFSR, HardFault Status Register (B3.2.16); not in Armv6-M */
#define SCS_HFSR          0xe000ed2cu
#define SCS_HFSR_DEBUGEVT BIT(31)
#define SCS_HFSR_FORCED   BIT(30)
#define SCS_HFSR_VECTTBL  BIT(1)

/* DFSR, Debug Fault Status Register (C1.6.1): bits are cleared by writing one */
#define SCS_DFSR          0xe000ed30u
#define SCS_DFSR_PMU      BIT(5) /* Armv8.1-M */
#define SCS_DFSR_EXTERNAL BIT(4)
#define SCS_DFSR_VCATCH   BIT(3)
#define SCS_DFSR_DWTTRAP  BIT(2)
#define SCS_DFSR_BKPT     BIT(1)
#define SCS_DFSR_HALTED   BIT(0)
#define SCS_DFSR_ALL      BITS(5, 0)

/* MMFAR and BFAR, fault address registers (B3.2.17, B3.2.18); not in Armv6-M */
#define SCS_MMFAR 0xe000ed34u
#define SCS_BFAR  0xe000ed38u

/* SFSR and SFAR, Secure Fault Status and Address Registers (DDI 0553B); Armv8-M Mainline with
 * Security Extension only, seen by secure accesses */
#define SCS_SFSR           0xe000ede4u
#define SCS_SFSR_LSERR     BIT(7)
#define SCS_SFSR_SFARVALID BIT(6)
#define SCS_SFSR_LSPERR    BIT(5)
#define SCS_SFSR_INVTRAN   BIT(4)
#define SCS_SFSR_AUVIOL    BIT(3)
#define SCS_SFSR_INVER     BIT(2)
#define SCS_SFSR_INVIS     BIT(1)
#define SCS_SFSR_INVEP     BIT(0)
#define SCS_SFAR           0xe000ede8u

/* EXC_RETURN, what lr holds on exception entry (B1.5.8; Armv8-M: DDI 0553B, EXC_RETURN) */
#define EXC_RETURN_PREFIX BITS(31, 24)
#define EXC_RETURN_S      BIT(6) /* Armv8-M: the frame is on a Secure stack */
#define EXC_RETURN_DCRS   BIT(5) /* Armv8-M: 0: callee registers are stacked too */
#define EXC_RETURN_FTYPE  BIT(4) /* 0: extended frame, with floating-point registers */
#define EXC_RETURN_MODE   BIT(3) /* 1: to Thread mode */
#define EXC_RETURN_SPSEL  BIT(2) /* 1: the frame is on the process stack */

/* CPUID scheme (B4.3 to B4.5); Armv6-M reads them as zero */
#define SCS_ID_PFR1            0xe000ed44u
#define SCS_ID_PFR1_SECURITY   BITS(7, 4) /* Armv8-M */
#define SCS_ID_ISAR0           0xe000ed60u
#define SCS_ID_ISAR0_CMPBRANCH BITS(15, 12) /* 3: low-overhead branches, Armv8.1-M */
#define SCS_ID_ISAR3           0xe000ed6cu
#define SCS_ID_ISAR3_SIMD      BITS(7, 4) /* 3: DSP extension */

/* DHCSR, Debug Halting Control and Status Register (C1.6.2) */
#define SCS_DHCSR             0xe000edf0u
#define SCS_DHCSR_DBGKEY      BITS(31, 16)
#define SCS_DHCSR_DBGKEY_KEY  FIELD_PREP(SCS_DHCSR_DBGKEY, 0xa05fu)
#define SCS_DHCSR_S_RESET_ST  BIT(25) /* cleared by reading */
#define SCS_DHCSR_S_RETIRE_ST BIT(24) /* cleared by reading */
#define SCS_DHCSR_S_SDE       BIT(20) /* Armv8-M */
#define SCS_DHCSR_S_LOCKUP    BIT(19)
#define SCS_DHCSR_S_SLEEP     BIT(18)
#define SCS_DHCSR_S_HALT      BIT(17)
#define SCS_DHCSR_S_REGRDY    BIT(16)
#define SCS_DHCSR_C_MASKINTS  BIT(3)
#define SCS_DHCSR_C_STEP      BIT(2)
#define SCS_DHCSR_C_HALT      BIT(1)
#define SCS_DHCSR_C_DEBUGEN   BIT(0)

/* DCRSR, Debug Core Register Selector Register (C1.6.3) */
#define SCS_DCRSR        0xe000edf4u
#define SCS_DCRSR_REGWNR BIT(16)
#define SCS_DCRSR_REGSEL BITS(6, 0)

/* Values of DCRSR.REGSEL (Table C1-19; Armv8-M: DDI 0553B, DCRSR) */
enum {
	REGSEL_R0 = 0,
	REGSEL_R9 = 9,
	REGSEL_SP = 13,
	REGSEL_LR = 14,
	REGSEL_PC = 15, /* DebugReturnAddress */
	REGSEL_XPSR = 16,
	REGSEL_MSP = 17,
	REGSEL_PSP = 18,
	REGSEL_CFBP = 20, /* CONTROL [31:24], FAULTMASK [23:16], BASEPRI [15:8], PRIMASK [7:0] */
	REGSEL_MSP_NS = 24,
	REGSEL_PSP_NS = 25,
	REGSEL_MSP_S = 26,
	REGSEL_PSP_S = 27,
	REGSEL_MSPLIM_S = 28,
	REGSEL_PSPLIM_S = 29,
	REGSEL_MSPLIM_NS = 30,
	REGSEL_PSPLIM_NS = 31,
	REGSEL_FPSCR = 33,
	REGSEL_CFBP_S = 34,
	REGSEL_CFBP_NS = 35,
	REGSEL_VPR = 36,
	REGSEL_S0 = 64,
	REGSEL_COUNT = 128,
};

/* xPSR as DCRSR transfers it (B1.4.2) */
#define XPSR_T         BIT(24)
#define XPSR_EXCEPTION BITS(8, 0)

/* DCRDR, Debug Core Register Data Register (C1.6.4) */
#define SCS_DCRDR 0xe000edf8u

/* DEMCR, Debug Exception and Monitor Control Register (C1.6.5); Armv6-M has VC_HARDERR,
 * VC_CORERESET and DWTENA (bit 24) only. A system reset clears bits [19:16] alone. */
#define SCS_DEMCR              0xe000edfcu
#define SCS_DEMCR_TRCENA       BIT(24)
#define SCS_DEMCR_VC_SFERR     BIT(11) /* Armv8-M */
#define SCS_DEMCR_VC_HARDERR   BIT(10)
#define SCS_DEMCR_VC_INTERR    BIT(9)
#define SCS_DEMCR_VC_BUSERR    BIT(8)
#define SCS_DEMCR_VC_STATERR   BIT(7)
#define SCS_DEMCR_VC_CHKERR    BIT(6)
#define SCS_DEMCR_VC_NOCPERR   BIT(5)
#define SCS_DEMCR_VC_MMERR     BIT(4)
#define SCS_DEMCR_VC_CORERESET BIT(0)
#define SCS_DEMCR_VC_FAULTS    BITS(11, 4)
#define SCS_DEMCR_VC_ALL       (SCS_DEMCR_VC_FAULTS | SCS_DEMCR_VC_CORERESET)

/* MVFR0 to MVFR2, Media and FP Feature Registers (B4.7); zero without an FPU */
#define SCS_MVFR0        0xe000ef40u
#define SCS_MVFR0_DOUBLE BITS(11, 8)
#define SCS_MVFR0_SINGLE BITS(7, 4)
#define SCS_MVFR1        0xe000ef44u
#define SCS_MVFR1_FP16   BITS(23, 20) /* Armv8.1-M: half-precision arithmetic */
#define SCS_MVFR1_MVE    BITS(11, 8)  /* Armv8.1-M: 1 integer, 2 also floating point */
#define SCS_MVFR2        0xe000ef48u
#define SCS_MVFR2_FPMISC BITS(7, 4) /* 4: FPv5 */

/* DHCSR and its neighbours must share one 16-byte block: BD0..BD3 reach them without moving TAR. */
_Static_assert((SCS_DHCSR & ~15u) == (SCS_DEMCR & ~15u), "the debug registers are one bank");
_Static_assert(SCS_DHCSR_DBGKEY_KEY == 0xa05f0000u, "DBGKEY");
_Static_assert(SCS_AIRCR_VECTKEY_KEY == 0x05fa0000u, "VECTKEY");

#endif /* CORTEX_M_SCS_REGS_H */
