/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_SCS_REGS_H
#define VBOARD_CPU_SCS_REGS_H

/**
 * @file
 * The System Control Space as offsets from 0xE000E000. DDI 0403E.b: B3.2 (SCB), B3.3 (SysTick),
 * B3.4 (NVIC), B3.5 (MPU), C1.6 (debug). Armv8-M: DDI 0553, D1.2 (register descriptions).
 */
#include "base/bits.h"

#define SCS_BASE    0xe000e000u
#define SCS_NS_BASE 0xe002e000u /* Secure code sees the Non-secure registers here */

enum {
	SCS_ICTR = 0x004,
	SCS_ACTLR = 0x008,
	SCS_CPPWR = 0x00c,
	SCS_SYST_CSR = 0x010,
	SCS_SYST_RVR = 0x014,
	SCS_SYST_CVR = 0x018,
	SCS_SYST_CALIB = 0x01c,
	SCS_NVIC_ISER = 0x100,
	SCS_NVIC_ICER = 0x180,
	SCS_NVIC_ISPR = 0x200,
	SCS_NVIC_ICPR = 0x280,
	SCS_NVIC_IABR = 0x300,
	SCS_NVIC_ITNS = 0x380,
	SCS_NVIC_IPR = 0x400,
	SCS_CPUID = 0xd00,
	SCS_ICSR = 0xd04,
	SCS_VTOR = 0xd08,
	SCS_AIRCR = 0xd0c,
	SCS_SCR = 0xd10,
	SCS_CCR = 0xd14,
	SCS_SHPR1 = 0xd18,
	SCS_SHPR2 = 0xd1c,
	SCS_SHPR3 = 0xd20,
	SCS_SHCSR = 0xd24,
	SCS_CFSR = 0xd28,
	SCS_HFSR = 0xd2c,
	SCS_DFSR = 0xd30,
	SCS_MMFAR = 0xd34,
	SCS_BFAR = 0xd38,
	SCS_AFSR = 0xd3c,
	SCS_ID_PFR0 = 0xd40,
	SCS_ID_ISAR5 = 0xd74,
	SCS_CLIDR = 0xd78,
	SCS_CTR = 0xd7c,
	SCS_CCSIDR = 0xd80,
	SCS_CSSELR = 0xd84,
	SCS_CPACR = 0xd88,
	SCS_NSACR = 0xd8c,
	SCS_MPU_TYPE = 0xd90,
	SCS_MPU_CTRL = 0xd94,
	SCS_MPU_RNR = 0xd98,
	SCS_MPU_RBAR = 0xd9c,
	SCS_MPU_RASR = 0xda0,
	SCS_MPU_RASR_A3 = 0xdb8,
	SCS_MPU_MAIR0 = 0xdc0,
	SCS_MPU_MAIR1 = 0xdc4,
	SCS_SAU_CTRL = 0xdd0,
	SCS_SAU_TYPE = 0xdd4,
	SCS_SAU_RNR = 0xdd8,
	SCS_SAU_RBAR = 0xddc,
	SCS_SAU_RLAR = 0xde0,
	SCS_SFSR = 0xde4,
	SCS_SFAR = 0xde8,
	SCS_DHCSR = 0xdf0,
	SCS_DCRSR = 0xdf4,
	SCS_DCRDR = 0xdf8,
	SCS_DEMCR = 0xdfc,
	SCS_DAUTHCTRL = 0xe04,
	SCS_DSCSR = 0xe08,
	SCS_STIR = 0xf00,
	SCS_FPCCR = 0xf34,
	SCS_FPCAR = 0xf38,
	SCS_FPDSCR = 0xf3c,
	SCS_MVFR0 = 0xf40,
	SCS_MVFR2 = 0xf48,
	SCS_DAUTHSTATUS = 0xfb8,
	SCS_DDEVARCH = 0xfbc,
	SCS_PIDR4 = 0xfd0,
	SCS_CIDR3 = 0xffc,
};

/* B3.3.3 */
#define SYST_CSR_ENABLE    BIT(0)
#define SYST_CSR_TICKINT   BIT(1)
#define SYST_CSR_CLKSOURCE BIT(2)
#define SYST_CSR_COUNTFLAG BIT(16)
#define SYST_COUNTER       BITS(23, 0)
#define SYST_CALIB_NOREF   BIT(31)

/* B3.2.4 */
#define ICSR_VECTACTIVE  BITS(8, 0)
#define ICSR_RETTOBASE   BIT(11)
#define ICSR_VECTPENDING BITS(20, 12)
#define ICSR_ISRPENDING  BIT(22)
#define ICSR_ISRPREEMPT  BIT(23)
#define ICSR_PENDSTCLR   BIT(25)
#define ICSR_PENDSTSET   BIT(26)
#define ICSR_PENDSVCLR   BIT(27)
#define ICSR_PENDSVSET   BIT(28)
#define ICSR_PENDNMICLR  BIT(30)
#define ICSR_NMIPENDSET  BIT(31)

/* B3.2.6 */
#define AIRCR_VECTRESET     BIT(0)
#define AIRCR_VECTCLRACTIVE BIT(1)
#define AIRCR_SYSRESETREQ   BIT(2)
#define AIRCR_SYSRESETREQS  BIT(3)
#define AIRCR_PRIGROUP      BITS(10, 8)
#define AIRCR_BFHFNMINS     BIT(13)
#define AIRCR_PRIS          BIT(14)
#define AIRCR_VECTKEY       BITS(31, 16)

/* B3.2.7, B3.2.8 */
#define SCR_SLEEPONEXIT    BIT(1)
#define SCR_SLEEPDEEP      BIT(2)
#define SCR_SLEEPDEEPS     BIT(3)
#define SCR_SEVONPEND      BIT(4)
#define CCR_NONBASETHRDENA BIT(0)
#define CCR_USERSETMPEND   BIT(1)
#define CCR_UNALIGN_TRP    BIT(3)
#define CCR_DIV_0_TRP      BIT(4)
#define CCR_BFHFNMIGN      BIT(8)
#define CCR_STKALIGN       BIT(9)
#define CCR_STKOFHFNMIGN   BIT(10)
#define CCR_DC             BIT(16)
#define CCR_IC             BIT(17)
#define CCR_BP             BIT(18)
#define CCR_LOB            BIT(19)
#define CCR_TRD            BIT(20)

/* B3.2.13: enable bits of the configurable faults; exceptions 4..6 are bits 16..18. */
#define SHCSR_FAULT_ENA BITS(18, 16)

/* B3.2.15 to B3.2.16 */
#define CFSR_IACCVIOL    BIT(0)
#define CFSR_DACCVIOL    BIT(1)
#define CFSR_MUNSTKERR   BIT(3)
#define CFSR_MSTKERR     BIT(4)
#define CFSR_MLSPERR     BIT(5)
#define CFSR_MMARVALID   BIT(7)
#define CFSR_IBUSERR     BIT(8)
#define CFSR_PRECISERR   BIT(9)
#define CFSR_IMPRECISERR BIT(10)
#define CFSR_UNSTKERR    BIT(11)
#define CFSR_STKERR      BIT(12)
#define CFSR_LSPERR      BIT(13)
#define CFSR_BFARVALID   BIT(15)
#define CFSR_UNDEFINSTR  BIT(16)
#define CFSR_INVSTATE    BIT(17)
#define CFSR_INVPC       BIT(18)
#define CFSR_NOCP        BIT(19)
#define CFSR_STKOF       BIT(20)
#define CFSR_UNALIGNED   BIT(24)
#define CFSR_DIVBYZERO   BIT(25)
#define CFSR_MMFSR       BITS(7, 0)
#define CFSR_BFSR        BITS(15, 8)
#define HFSR_VECTTBL     BIT(1)
#define HFSR_FORCED      BIT(30)
#define HFSR_DEBUGEVT    BIT(31)

/* B3.2.20, B3.2.21 */
#define FPCCR_LSPACT    BIT(0)
#define FPCCR_USER      BIT(1)
#define FPCCR_THREAD    BIT(3)
#define FPCCR_HFRDY     BIT(4)
#define FPCCR_MMRDY     BIT(5)
#define FPCCR_BFRDY     BIT(6)
#define FPCCR_S         BIT(2)
#define FPCCR_SFRDY     BIT(7)
#define FPCCR_MONRDY    BIT(8)
#define FPCCR_SPLIMVIOL BIT(9)
#define FPCCR_UFRDY     BIT(10)
#define FPCCR_TS        BIT(26)
#define FPCCR_CLRONRETS BIT(27)
#define FPCCR_CLRONRET  BIT(28)
#define FPCCR_LSPENS    BIT(29)
#define FPCCR_LSPEN     BIT(30)
#define FPCCR_ASPEN     BIT(31)
#define FPDSCR_MASK     0x07c00000u
#define CPACR_CP10_CP11 BITS(23, 20)
#define NSACR_CP10      BIT(10)
#define NSACR_CP11      BIT(11)
#define CPPWR_SU10      BIT(20)
#define CPPWR_SUS10     BIT(21)
#define CPPWR_SU11      BIT(22)
#define CPPWR_SUS11     BIT(23)
#define VPR_MASK        BITS(23, 0)

/* B3.5 */
#define MPU_TYPE_DREGION   BITS(15, 8)
#define MPU_CTRL_ENABLE    BIT(0)
#define MPU_CTRL_HFNMIENA  BIT(1)
#define MPU_CTRL_PRIVDEFEN BIT(2)
#define MPU_RBAR_VALID     BIT(4)
#define MPU_RBAR_REGION    BITS(3, 0)
#define MPU_RBAR_ADDR      BITS(31, 5)
#define MPU_RASR_ENABLE    BIT(0)
#define MPU_RASR_SIZE      BITS(5, 1)
#define MPU_RASR_SRD       BITS(15, 8)
#define MPU_RASR_AP        BITS(26, 24)
#define MPU_RASR_XN        BIT(28)
#define MPU_RASR_MASK      0x173fff3fu

/* DDI 0553, MPU_RBAR, MPU_RLAR */
#define MPU_RBAR8_XN    BIT(0)
#define MPU_RBAR8_RO    BIT(2) /* AP[2] */
#define MPU_RBAR8_NP    BIT(1) /* AP[1] */
#define MPU_RBAR8_BASE  BITS(31, 5)
#define MPU_RLAR8_EN    BIT(0)
#define MPU_RLAR8_PXN   BIT(4) /* Armv8.1-M */
#define MPU_RLAR8_LIMIT BITS(31, 5)

/* DDI 0553, SAU_CTRL, SAU_RLAR, SFSR */
#define SAU_CTRL_ENABLE BIT(0)
#define SAU_CTRL_ALLNS  BIT(1)
#define SAU_RLAR_ENABLE BIT(0)
#define SAU_RLAR_NSC    BIT(1)
#define SFSR_INVEP      BIT(0)
#define SFSR_INVIS      BIT(1)
#define SFSR_INVER      BIT(2)
#define SFSR_AUVIOL     BIT(3)
#define SFSR_INVTRAN    BIT(4)
#define SFSR_LSPERR     BIT(5)
#define SFSR_SFARVALID  BIT(6)
#define SFSR_LSERR      BIT(7)

/* C1.6.2 */
#define DHCSR_C_DEBUGEN    BIT(0)
#define DHCSR_C_HALT       BIT(1)
#define DHCSR_C_STEP       BIT(2)
#define DHCSR_C_MASKINTS   BIT(3)
#define DHCSR_C_SNAPSTALL  BIT(5)
#define DHCSR_S_REGRDY     BIT(16)
#define DHCSR_S_HALT       BIT(17)
#define DHCSR_S_SLEEP      BIT(18)
#define DHCSR_S_LOCKUP     BIT(19)
#define DHCSR_S_SDE        BIT(20)
#define DHCSR_S_RETIRE_ST  BIT(24)
#define DHCSR_S_RESET_ST   BIT(25)
#define DHCSR_S_RESTART_ST BIT(26)
#define DHCSR_DBGKEY       0xa05fu

/* C1.6.3 */
#define DCRSR_REGSEL BITS(6, 0)
#define DCRSR_REGWNR BIT(16)

/* C1.6.5 */
#define DEMCR_VC_CORERESET BIT(0)
#define DEMCR_VC_MMERR     BIT(4)
#define DEMCR_VC_NOCPERR   BIT(5)
#define DEMCR_VC_CHKERR    BIT(6)
#define DEMCR_VC_STATERR   BIT(7)
#define DEMCR_VC_BUSERR    BIT(8)
#define DEMCR_VC_INTERR    BIT(9)
#define DEMCR_VC_HARDERR   BIT(10)
#define DEMCR_VC_SFERR     BIT(11)
#define DEMCR_MON_EN       BIT(16)
#define DEMCR_MON_PEND     BIT(17)
#define DEMCR_MON_STEP     BIT(18)
#define DEMCR_MON_REQ      BIT(19)
#define DEMCR_SDME         BIT(20)
#define DEMCR_UMON_EN      BIT(21) /* Armv8.1-M, and the next */
#define DEMCR_MONPRKEY     BIT(23)
#define DEMCR_TRCENA       BIT(24)

/* DDI 0553, DAUTHCTRL, DSCSR, DAUTHSTATUS */
#define DAUTHCTRL_SPIDENSEL BIT(0)
#define DAUTHCTRL_INTSPIDEN BIT(1)
#define DAUTHCTRL_MASK      BITS(3, 0)
#define DSCSR_SBRSELEN      BIT(0)
#define DSCSR_SBRSEL        BIT(1)
#define DSCSR_CDS           BIT(16)
#define DSCSR_CDSKEY        BIT(17)
#define DAUTHSTATUS_NSID    BITS(1, 0)
#define DAUTHSTATUS_NSNID   BITS(3, 2)
#define DAUTHSTATUS_SID     BITS(5, 4)
#define DAUTHSTATUS_SNID    BITS(7, 6)

#define DFSR_ALL BITS(4, 0)

#endif /* VBOARD_CPU_SCS_REGS_H */
