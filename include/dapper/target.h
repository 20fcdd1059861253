/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_TARGET_H
#define DAPPER_TARGET_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>
#include <dapper/memory_map.h>
#include <dapper/node.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * The abstract target: memory, core registers, reset, run control, breakpoints, state. The SoC and
 * each of its cores both are targets; the SoC forwards what concerns a core to its selected core.
 *
 * Ownership: targets belong to their session.
 * Threads: as the session's: one at a time.
 */

typedef struct dapper_target dapper_target;

typedef enum dapper_target_state {
	DAPPER_STATE_UNKNOWN,
	DAPPER_STATE_RUNNING,
	DAPPER_STATE_HALTED,
	DAPPER_STATE_RESET,    /**< Held in reset. */
	DAPPER_STATE_SLEEPING, /**< In WFI or WFE, or sleep-on-exit. */
	DAPPER_STATE_LOCKUP    /**< A fault inside the highest fault handlers. */
} dapper_target_state;

typedef enum dapper_halt_reason {
	DAPPER_HALT_NONE,
	DAPPER_HALT_REQUEST, /**< Asked for, or a finished step. */
	DAPPER_HALT_BREAKPOINT,
	DAPPER_HALT_WATCHPOINT,
	DAPPER_HALT_VECTOR_CATCH,
	DAPPER_HALT_EXTERNAL
} dapper_halt_reason;

typedef enum dapper_reset_type {
	DAPPER_RESET_DEFAULT,
	DAPPER_RESET_HARDWARE, /**< The nRESET pin. */
	DAPPER_RESET_SYSTEM    /**< AIRCR.SYSRESETREQ on Cortex-M. */
} dapper_reset_type;

/** "halted", "running", ... */
DAPPER_API const char *dapper_target_state_text(dapper_target_state state);
DAPPER_API const char *dapper_halt_reason_text(dapper_halt_reason reason);

/** The target as a node of the object graph. */
DAPPER_API const dapper_node *dapper_target_get_node(const dapper_target *target);
/** Its memory map; belongs to the target. */
DAPPER_API const dapper_memory_map *dapper_target_get_memory_map(const dapper_target *target);

/* --- memory -------------------------------------------------------------------------------- */

/**
 * Read memory, any address and size; word accesses where possible, bytes and half-words at ragged
 * ends. For registers of peripherals use dapper_target_read_units(), which keeps the access size.
 *
 * @param address  Byte address.
 * @param size     Bytes; 0 is fine.
 * @retval DAPPER_ERR_FAULT  The place says the first address that did not answer.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_read_memory(
	dapper_target *target, uint64_t address, void *data, size_t size);
/** Write memory, as dapper_target_read_memory(). Flash is not programmed by this: see flash.h. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_write_memory(
	dapper_target *target, uint64_t address, const void *data, size_t size);

/**
 * Read @p count units of exactly @p unit_size bytes each (1, 2 or 4), each by one access of that
 * size.
 *
 * @param address  Aligned to @p unit_size.
 * @param data     Units in the target's byte order (little-endian).
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_read_units(
	dapper_target *target, uint64_t address, unsigned unit_size, void *data, size_t count);
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_write_units(dapper_target *target,
	uint64_t address, unsigned unit_size, const void *data, size_t count);

/* --- core registers ------------------------------------------------------------------------- */

typedef struct dapper_register {
	const char *name;  /**< Lower case: "r0", "sp", "xpsr", "control", "s0", "d0". */
	const char *group; /**< "general", "system", "float". */
	uint16_t id;       /**< For the calls below; stable for one core. */
	uint8_t bits;      /**< 8, 32 or 64. */
} dapper_register;

/** All registers of the (selected) core. @param[out] count May be 0 before discovery. */
DAPPER_API const dapper_register *dapper_target_get_registers(
	const dapper_target *target, size_t *count);
/** By name, in any case, aliases ("r13", "r14", "r15") included; NULL when there is none. */
DAPPER_API const dapper_register *dapper_target_find_register(
	const dapper_target *target, const char *name);

/**
 * Read registers of a halted core, all in one batch.
 *
 * @retval DAPPER_ERR_NOT_HALTED  Halt it first.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_read_registers(
	dapper_target *target, const uint16_t *ids, uint64_t *values, size_t count);
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_write_registers(
	dapper_target *target, const uint16_t *ids, const uint64_t *values, size_t count);

/* --- run control ---------------------------------------------------------------------------- */

DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_get_state(
	dapper_target *target, dapper_target_state *state);
/** Why it halted; #DAPPER_HALT_NONE when it did not. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_get_halt_reason(
	dapper_target *target, dapper_halt_reason *reason);
/** Halt and wait until it is. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_halt(dapper_target *target);
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_resume(dapper_target *target);
/** Execute one instruction of a halted core with interrupts masked. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_step(dapper_target *target);
/**
 * Step until pc has left [start, end): what a debugger does for a line of source. Straight runs of
 * instructions are stepped without asking between them.
 *
 * @param start,end   With @p end <= @p start it is one instruction.
 * @param max_steps   At most so many instructions, at least 1; pc then may still be inside.
 * @param[out] pc      Where the core is.
 * @param[out] reason  #DAPPER_HALT_REQUEST, or what else ended it: a watchpoint, a breakpoint
 *                     behind the first instruction, a vector catch.
 * @retval DAPPER_ERR_NOT_HALTED  Halt it first.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_step_range(dapper_target *target,
	uint64_t start, uint64_t end, uint32_t max_steps, uint64_t *pc, dapper_halt_reason *reason);
/**
 * Wait until the core halts by itself.
 *
 * @param timeout_ms  In the probe's time.
 * @retval DAPPER_ERR_TIMEOUT  It still runs.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_wait_halted(
	dapper_target *target, uint32_t timeout_ms);

/** Reset and let it run. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_reset(
	dapper_target *target, dapper_reset_type type);
/** Reset and halt before the first instruction (Cortex-M: DEMCR.VC_CORERESET). */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_reset_and_halt(
	dapper_target *target, dapper_reset_type type);

/* --- breakpoints ---------------------------------------------------------------------------- */

/**
 * Set a hardware breakpoint on an instruction address (bit 0 is ignored).
 *
 * @retval DAPPER_ERR_NO_RESOURCE  All comparators are in use; the hint says how many there are.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_set_breakpoint(
	dapper_target *target, uint64_t address);
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_clear_breakpoint(
	dapper_target *target, uint64_t address);

/* --- watchpoints ---------------------------------------------------------------------------- */

/** What a watchpoint halts on, a mask. */
typedef enum dapper_watch {
	DAPPER_WATCH_READ = 1 << 0,
	DAPPER_WATCH_WRITE = 1 << 1,
	DAPPER_WATCH_ACCESS = DAPPER_WATCH_READ | DAPPER_WATCH_WRITE
} dapper_watch;

/**
 * Halt the core when its program accesses a byte of [address, address + size).
 *
 * Sizes that are no power of two, and addresses that are not aligned to their size, take several
 * comparators.
 *
 * @retval DAPPER_ERR_NO_RESOURCE  Not enough comparators are free; the hint says how many there
 *                                 are.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_set_watchpoint(
	dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch);
/** @retval DAPPER_ERR_NOT_FOUND  There is none with exactly these values. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_clear_watchpoint(
	dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch);
/**
 * Which watchpoint halted the core; hardware tells it once.
 *
 * @param[out] address  As it was set.
 * @param[out] watch    As it was set.
 * @retval DAPPER_ERR_NOT_FOUND  None did.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_get_watchpoint_hit(
	dapper_target *target, uint64_t *address, dapper_watch *watch);

/* --- cores of a SoC -------------------------------------------------------------------------- */

/** Cores below the SoC; 0 for a core. */
DAPPER_API size_t dapper_target_core_count(const dapper_target *soc);
/** @return Belongs to the SoC; NULL when @p index is too large. */
DAPPER_API dapper_target *dapper_target_get_core(const dapper_target *soc, size_t index);
/** Which core the SoC forwards to. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_target_select_core(
	dapper_target *soc, size_t index);

DAPPER_END_DECLS

#endif /* DAPPER_TARGET_H */
