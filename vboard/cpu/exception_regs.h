/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_EXCEPTION_REGS_H
#define VBOARD_CPU_EXCEPTION_REGS_H

/**
 * @file
 * CONTROL, EXC_RETURN, RETPSR and stack frames. DDI 0403E.b B1.4, B1.5.6 to B1.5.8; DDI 0553 B3.18
 * (stacking), D1.2 (EXC_RETURN, FNC_RETURN, RETPSR).
 */
#include "base/bits.h"

#define XPSR_ALIGN BIT(9)
#define XPSR_SFPA  BIT(20)
#define XPSR_T     BIT(24)

enum {
	CONTROL_NPRIV = 1 << 0,
	CONTROL_SPSEL = 1 << 1,
	CONTROL_FPCA = 1 << 2,
	CONTROL_SFPA = 1 << 3,
};

/* EXC_RETURN; Armv7-M has FType, Mode and SPSEL only, the rest reads as one. */
#define EXC_RETURN_ES     BIT(0) /* the exception was taken to the Secure state */
#define EXC_RETURN_RES0   BIT(1)
#define EXC_RETURN_SPSEL  BIT(2)
#define EXC_RETURN_THREAD BIT(3) /* Mode */
#define EXC_RETURN_FTYPE  BIT(4) /* no FP state in the frame */
#define EXC_RETURN_DCRS   BIT(5) /* the callee's registers are not in it by the default rules */
#define EXC_RETURN_S      BIT(6) /* the registers were stacked to a Secure stack */
#define EXC_RETURN_RES1   BITS(31, 7)
#define EXC_RETURN_V7M    0xffffffe1u

#define FNC_RETURN 0xfeffffffu

/* Frames. The additional state context lies below the others, and begins with the signature. */
enum {
	BASIC_FRAME = 0x20,
	FP_FRAME = 0x48,        /* S0-S15, FPSCR, VPR */
	FP_CALLEE_FRAME = 0x40, /* S16-S31 */
	FP_OFFSET = 0x20,
	FPSCR_OFFSET = 0x60,
	FP_CALLEE_OFFSET = 0x68,
	FP_FRAME_REGS = 16,
	CALLEE_FRAME = 0x28,
	CALLEE_REGS_OFFSET = 8,
	CALLEE_REGS = 8, /* R4-R11 */
	FUNCTION_FRAME = 8,
};

#define INTEGRITY_SIGNATURE 0xfefa125au /* bit 0: EXC_RETURN.FType */

#endif /* VBOARD_CPU_EXCEPTION_REGS_H */
