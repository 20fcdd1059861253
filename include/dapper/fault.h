/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_FAULT_H
#define DAPPER_FAULT_H

#include <dapper/common.h>
#include <dapper/error.h>
#include <dapper/target.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * Why a program faulted: the fault status registers in plain words, and the registers that the core
 * stacked when it took the exception.
 */

/** One bit that is set in a fault status register. Texts are static. */
typedef struct dapper_fault_cause {
	const char *reg;  /**< "CFSR", "HFSR", "SFSR" */
	const char *name; /**< As the Arm manual has it: "PRECISERR" */
	const char *text; /**< What it means, in plain words. */
} dapper_fault_cause;

enum { DAPPER_FAULT_CAUSES_MAX = 32 };

/** Which members of dapper_fault are known, a mask. */
typedef enum dapper_fault_known {
	DAPPER_FAULT_STATUS = 1 << 0, /**< cfsr, hfsr; Armv6-M and v8-M Baseline lack them. */
	DAPPER_FAULT_SECURE = 1 << 1, /**< sfsr, sfar */
	DAPPER_FAULT_MEMORY_ADDRESS = 1 << 2, /**< mmfar is valid (MMARVALID). */
	DAPPER_FAULT_BUS_ADDRESS = 1 << 3,    /**< bfar is valid (BFARVALID). */
	DAPPER_FAULT_SECURE_ADDRESS = 1 << 4, /**< sfar is valid (SFARVALID). */
	DAPPER_FAULT_FRAME = 1 << 5,          /**< frame_address, stacked */
	DAPPER_FAULT_FRAME_GUESSED = 1 << 6 /**< The frame was searched for, and looks like one. */
} dapper_fault_known;

/** The basic exception frame, in its order in memory. */
typedef struct dapper_fault_frame {
	uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
} dapper_fault_frame;

typedef struct dapper_fault {
	bool is_fault; /**< The core is in a fault handler or locked up: it has just happened. */
	bool is_locked_up; /**< A fault where no fault may be: the core gave up. */
	unsigned known;    /**< Mask of #dapper_fault_known. */

	unsigned exception; /**< IPSR: 0 is Thread mode, 3 HardFault, 16 and up interrupts. */
	char exception_name[24];

	uint32_t cfsr, hfsr, dfsr, mmfar, bfar, sfsr, sfar;
	dapper_fault_cause causes[DAPPER_FAULT_CAUSES_MAX];
	size_t cause_count;

	uint32_t exc_return;    /**< 0: not known. */
	bool uses_psp;          /**< The frame is on the process stack. */
	bool has_float_frame;   /**< It holds s0-s15 and fpscr too. */
	uint64_t frame_address; /**< Of its r0. */
	dapper_fault_frame stacked;

	/** The code that faulted: the stacked registers, or the core's own without a frame. */
	uint32_t pc, lr, sp;
} dapper_fault;

/**
 * Describe the fault that a halted core has met. The status registers are sticky: without
 * dapper_fault.is_fault they tell of an earlier fault since the last reset.
 *
 * The frame is found from EXC_RETURN in lr and the stack pointers; where the handler has pushed
 * registers already it is looked for on the stack. That it cannot be read is no failure: it is then
 * not #DAPPER_FAULT_FRAME.
 *
 * @retval DAPPER_ERR_NOT_HALTED  Halt it first.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_describe_fault(
	dapper_target *target, dapper_fault *fault);

/**
 * Halt the core when it takes a HardFault, before the handler's first instruction (Cortex-M:
 * DEMCR.VC_HARDERR). Faults that the program has handlers for do not halt it.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_catch_faults(
	dapper_target *target, bool enable);

DAPPER_END_DECLS

#endif /* DAPPER_FAULT_H */
