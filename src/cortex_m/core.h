/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORTEX_M_CORE_H
#define CORTEX_M_CORE_H

/**
 * @file
 * The core object, shared by the files of this folder and by nobody else.
 */
#include "base/clock.h"
#include "base/error.h"
#include "cortex_m/cortex_m.h"
#include "cortex_m/dwt_regs.h"
#include "cortex_m/fpb_regs.h"
#include "cortex_m/scs_regs.h"
#include "probe/batch.h"

enum cortex_m_arch {
	ARCH_V6M,
	ARCH_V7M,
	ARCH_V8M_BASE,
	ARCH_V8M_MAIN,
};

/* NUM_CODE has seven bits. */
enum { FPB_MAX_COMPARATORS = 127 };

/* One instruction comparator of the FPB as we have set it. */
struct fpb_comparator {
	uint32_t value;   /* what FP_COMPn holds; 0: free */
	bool is_firmware; /* found in use for remapping: not ours, not touched */
};

struct fpb {
	unsigned version; /* 0: there is none, 1, 2 */
	unsigned count;   /* instruction comparators */
	bool is_taken;    /* what is in the comparators is known, and ours but for firmware's */
	bool is_synced;   /* and the target has them as they are here */
	bool is_enabled;
	unsigned used;
	struct fpb_comparator comparators[FPB_MAX_COMPARATORS];
};

/* NUMCOMP has four bits. */
enum { DWT_MAX_COMPARATORS = 15 };

/* One comparator of the DWT as we have set it: a part of a watchpoint, or all of it. */
struct dwt_comparator {
	uint32_t address;
	uint8_t size_log2;
	uint8_t watch; /* dapper_watch; 0: free */
	/* the watchpoint */
	uint32_t of_address;
	uint32_t of_size;
};

struct dwt {
	unsigned count;
	unsigned used;
	bool is_v8;      /* FUNCTION and sizes of Armv8-M */
	bool is_taken;   /* max_size_log2 is known, and the comparators are as here */
	bool set_trcena; /* DEMCR.TRCENA was clear before us */
	uint8_t max_size_log2;
	struct dwt_comparator comparators[DWT_MAX_COMPARATORS];
};

/* Bytes of code that steps look ahead. */
enum { STEP_CODE_WINDOW = 128 };

/* Where a register is found: DCRSR.REGSEL, and for the parts of CFBP the lowest bit. */
struct register_place {
	uint8_t regsel;
	uint8_t low_bit;
};

/* r0-r15 and xpsr; msp psp; CFBP in four, thrice; stack pointers and limits of Armv8-M; vpr, fpscr,
 * s0-s31, d0-d15. */
enum { REGISTERS_MAX = 17 + 2 + 12 + 8 + 2 + 32 + 16 };

struct cortex_m {
	struct dapper_target target; /* first: see NODE_OBJECT */
	struct component *scs;
	struct mem_ap *ap;
	struct dp *dp;
	struct cortex_m_host host;

	uint32_t cpuid;
	enum cortex_m_arch arch;
	bool has_security; /* Armv8-M Security Extension */
	bool has_dsp;
	bool is_v8_1;
	uint32_t mvfr0;
	uint32_t mvfr1;
	uint32_t mvfr2;

	dapper_register registers[REGISTERS_MAX];
	struct register_place places[REGISTERS_MAX]; /* of the register of the same index */
	size_t register_count;

	struct fpb fpb;
	struct dwt dwt;
	/* C_MASKINTS and C_STEP as they may be set in DHCSR: neither may change while the core runs
	 * (C1.6.2), so they are written again until it is halted. 0 between operations. */
	uint32_t kept_control;
	/* What DEMCR holds; firmware may change it (TRCENA), so that it is only known while the
	 * core has not run since it was read. */
	uint32_t demcr;
	bool demcr_known;
	/* Of the call that was started and not finished. */
	uint32_t call_demcr;
	struct deadline call_deadline;
	/*
	 * Where the last step through a range ended, and what the code looked like. Both are only
	 * guesses by which steps are put together: the probe checks each.
	 */
	bool step_pc_known;
	uint32_t step_pc;
	uint32_t code_address; /* multiple of 4 */
	size_t code_size;      /* 0: none */
	uint8_t code[STEP_CODE_WINDOW];
	uint32_t poll_retries; /* of every poll: see control_init() */
};

/* What kept_control keeps. */
#define SCS_DHCSR_C_KEPT (SCS_DHCSR_C_MASKINTS | SCS_DHCSR_C_STEP)

static inline struct cortex_m *cortex_m_of(struct dapper_target *target)
{
	return NODE_OBJECT(struct cortex_m, target);
}

static inline const struct cortex_m *cortex_m_of_const(const struct dapper_target *target)
{
	return NODE_OBJECT_CONST(struct cortex_m, target);
}

static inline bool cortex_m_has_fpu(const struct cortex_m *core)
{
	return FIELD_GET(SCS_MVFR0_SINGLE, core->mvfr0) != 0 ||
	       (core->is_v8_1 && FIELD_GET(SCS_MVFR1_MVE, core->mvfr1) != 0);
}

/* Has CFSR, HFSR, BASEPRI, FAULTMASK: all but Armv6-M and Armv8-M Baseline. */
static inline bool cortex_m_is_mainline(const struct cortex_m *core)
{
	return core->arch == ARCH_V7M || core->arch == ARCH_V8M_MAIN;
}

/* --- run_control.c --------------------------------------------------------------------------- */

/** Append DHCSR <- DBGKEY, C_DEBUGEN and @p bits. */
void control_queue_write(struct cortex_m *core, struct batch *batch, uint32_t bits);
/** Append a poll for S_HALT, which stops the batch when the core is not halted. */
void control_queue_poll_halted(struct cortex_m *core, struct batch *batch);
/** The same, with other than the usual retries: see control_retries_until(). */
void control_queue_wait_halted(struct cortex_m *core, struct batch *batch, uint32_t retries);
/** Run a batch that may poll for long. #DAPPER_ERR_MISMATCH: a poll did not match. */
dapper_status control_run(struct cortex_m *core, const struct batch *batch);
dapper_status control_read_dhcsr(struct cortex_m *core, uint32_t *dhcsr);
/**
 * How long polls last, by the clock of the wire.
 *
 * All polls have the same number of retries: CMSIS-DAP probes are told it by a command of its own,
 * so that each change costs a packet, and more than the retries that are not needed.
 */
void control_init(struct cortex_m *core);
/** Retries of a poll that waits: the usual number, or less when the deadline is near. */
uint32_t control_retries_until(const struct cortex_m *core, const struct deadline *deadline);
/**
 * Poll until the core is halted.
 *
 * @param[out] dhcsr  As last read.
 * @retval DAPPER_ERR_MISMATCH  Not until the deadline; the caller says what that means.
 */
dapper_status control_wait_halted(
	struct cortex_m *core, const struct deadline *deadline, uint32_t *dhcsr);
/** Record ERR_NOT_HALTED. */
dapper_status control_fail_not_halted(void);

/** Append what goes before steps: the core is halted, breakpoints off, interrupts masked. */
void control_queue_before_steps(struct cortex_m *core, struct batch *batch);
/** Append one step, up to its halt. */
void control_queue_step(struct cortex_m *core, struct batch *batch);
/** Append what goes after the last step. @p dfsr: why the core halted; NULL: not asked for. */
void control_queue_after_steps(struct cortex_m *core, struct batch *batch, uint32_t *dfsr);
/** A batch of steps ended with @p status: wait for the step that is not done yet, clean up. */
dapper_status control_conclude_steps(struct cortex_m *core, dapper_status status, uint32_t *dfsr);
dapper_halt_reason control_reason_of(uint32_t dfsr);

dapper_status cortex_m_halt(struct dapper_target *target);
dapper_status cortex_m_resume(struct dapper_target *target);
dapper_status cortex_m_step(struct dapper_target *target);
dapper_status cortex_m_wait_halted(struct dapper_target *target, uint32_t timeout_ms);
dapper_status cortex_m_get_state(struct dapper_target *target, dapper_target_state *state);
dapper_status cortex_m_get_halt_reason(struct dapper_target *target, dapper_halt_reason *reason);

/** DEMCR, from the cache or the target. */
dapper_status demcr_read(struct cortex_m *core, uint32_t *demcr);

/* --- registers.c ----------------------------------------------------------------------------- */

/** Fill the core's list of registers from what its ID registers say. */
void registers_init(struct cortex_m *core);
/** Append reading one register of the halted core; polls for the end of the transfer. */
void registers_queue_read(
	struct cortex_m *core, struct batch *batch, unsigned regsel, uint32_t *word);
void registers_queue_write(
	struct cortex_m *core, struct batch *batch, unsigned regsel, uint32_t value);
/** Say why a batch of register transfers ended with #DAPPER_ERR_MISMATCH; else pass it on. */
dapper_status registers_explain(struct cortex_m *core, dapper_status status);

const dapper_register *cortex_m_get_registers(const struct dapper_target *target, size_t *count);
dapper_status cortex_m_read_registers(
	struct dapper_target *target, const uint16_t *ids, uint64_t *values, size_t count);
dapper_status cortex_m_write_registers(
	struct dapper_target *target, const uint16_t *ids, const uint64_t *values, size_t count);

/* --- breakpoints.c --------------------------------------------------------------------------- */

/** Whether there is a breakpoint of ours. */
bool fpb_is_set(const struct cortex_m *core, uint32_t address);
/** From FP_CTRL, as read. */
void fpb_init(struct cortex_m *core, uint32_t fp_ctrl);
/** Append switching our breakpoints off for a while, or on again. */
void fpb_queue_suspend(struct cortex_m *core, struct batch *batch, bool suspend);
/** Append writing everything again: the debug logic was reset. */
void fpb_queue_restore(struct cortex_m *core, struct batch *batch);
/** Append removing all breakpoints; they are forgotten at once. */
void fpb_queue_remove_all(struct cortex_m *core, struct batch *batch);

dapper_status cortex_m_set_breakpoint(struct dapper_target *target, uint64_t address);
dapper_status cortex_m_clear_breakpoint(struct dapper_target *target, uint64_t address);

/* --- watchpoints.c --------------------------------------------------------------------------- */

/** Append writing everything again: the debug logic was reset. */
void dwt_queue_restore(struct cortex_m *core, struct batch *batch);
/** Append removing all watchpoints; they are forgotten at once. */
void dwt_queue_remove_all(struct cortex_m *core, struct batch *batch);

dapper_status cortex_m_set_watchpoint(
	struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch);
dapper_status cortex_m_clear_watchpoint(
	struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch);
dapper_status cortex_m_get_watchpoint_hit(
	struct dapper_target *target, uint64_t *address, dapper_watch *watch);

/* --- step_range.c ---------------------------------------------------------------------------- */

dapper_status cortex_m_step_range(struct dapper_target *target, uint64_t start, uint64_t end,
	uint32_t max_steps, uint64_t *pc, dapper_halt_reason *reason);

/* --- reset.c, call.c ------------------------------------------------------------------------- */

dapper_status cortex_m_reset(struct dapper_target *target, dapper_reset_type type, bool halt_after);
dapper_status cortex_m_call(
	struct dapper_target *target, const struct target_call *call, uint32_t *result);
dapper_status cortex_m_call_start(struct dapper_target *target, const struct target_call *call);
dapper_status cortex_m_call_finish(
	struct dapper_target *target, const struct target_call *call, uint32_t *result);
dapper_status cortex_m_call_wait(
	struct dapper_target *target, const struct target_wait *wait, bool *matched);

/* --- faults.c -------------------------------------------------------------------------------- */

dapper_status cortex_m_describe_fault(struct dapper_target *target, struct dapper_fault *fault);
dapper_status cortex_m_catch_faults(struct dapper_target *target, bool enable);
dapper_status cortex_m_read_areas(
	struct dapper_target *target, const struct target_area *areas, size_t count);

#endif /* CORTEX_M_CORE_H */
