/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_MODEL_CORE_H
#define SUPPORT_MODEL_CORE_H

/**
 * @file
 * A model of the debug registers of one Cortex-M core, with a little RAM, behind a probe of its own
 * with the least of a DP and an AHB-AP. It follows the Armv7-M ARM (DDI 0403E.e, C1.6, C1.11), and
 * watches its user: whatever the manual calls UNPREDICTABLE or UNKNOWN is recorded as a violation.
 *
 * What the core does when it runs is not simulated but said in struct model_run. For a core that
 * executes instructions use a virtual board.
 */
#include "probe/probe.h"

enum {
	MODEL_RAM_BASE = 0x20000000,
	MODEL_RAM_SIZE = 4096,
	MODEL_VECTORS = 0x1000, /* size of the read-only memory at 0 */
	MODEL_COMPARATORS = 8,
	MODEL_WATCHPOINTS = 4,
	MODEL_RESET_PC = 0x00000200,
	MODEL_FOREVER = -1,
};

/** What happens when the core runs: after so many readings of DHCSR it halts like this. */
struct model_run {
	int polls;     /**< #MODEL_FOREVER: it does not halt by itself. */
	uint32_t dfsr; /**< SCS_DFSR_BKPT, ... */
	uint32_t pc;
	uint32_t r0;
	uint32_t cfsr;
	uint32_t hfsr;
	bool locks_up; /**< S_LOCKUP instead of a halt. */
};

struct model_core {
	/* --- what it is: set before use; model_core_init() makes a Cortex-M4 with FPU --- */
	uint32_t cpuid;
	uint32_t pfr1;
	uint32_t isar0;
	uint32_t isar3;
	uint32_t mvfr[3];
	uint32_t fp_ctrl;
	uint32_t dwt_ctrl;
	uint32_t dwt_mask_max; /**< Largest DWT_MASKn; 0: there is none, as in Armv8-M. */
	uint32_t absent;       /**< This address answers with FAULT. */

	/* --- how it misbehaves --- */
	bool forbids_debug;    /**< C_DEBUGEN stays 0. */
	int halt_polls;        /**< Readings of DHCSR until a halt request works; or never. */
	unsigned halt_writes;  /**< Halt requests that are not even seen: asleep, clock off. */
	int step_polls;        /**< Readings until a step is done; or never. */
	uint32_t step_dfsr;    /**< Besides HALTED. */
	int regrdy_polls;      /**< Readings until S_REGRDY; or never. */
	int reset_delay;       /**< Readings of DHCSR until a reset begins; or it never does. */
	int reset_polls;       /**< Readings that a reset lasts; or for ever. */
	bool reset_drops_port; /**< Nobody answers after a reset until a line reset. */
	bool reset_clears_debug;
	bool reset_keeps_halt;
	bool loses_catch;
	uint32_t reset_pc;
	bool returns_on_halt;  /**< Told to halt, it comes to its end just before. */
	bool cancels_when_run; /**< Somebody cancels as soon as the core runs. */

	struct model_run run;

	/* --- its state --- */
	uint32_t registers[128]; /**< By DCRSR.REGSEL. */
	uint32_t control;        /**< Bits [15:0] of DHCSR. */
	uint32_t mmfar;
	uint32_t bfar;
	uint32_t sfsr;
	uint32_t sfar;
	bool is_halted;
	bool is_locked_up;
	bool is_sleeping;
	bool is_ready; /**< S_REGRDY */
	bool saw_reset;
	bool retired;
	bool in_reset;
	uint32_t dcrdr;
	uint32_t demcr;
	uint32_t demcr_while_running;
	uint32_t dfsr;
	uint32_t fp_comp[MODEL_COMPARATORS];
	struct model_watchpoint {
		uint32_t comp;
		uint32_t mask;
		uint32_t function;
	} dwt[MODEL_WATCHPOINTS];
	uint8_t ram[MODEL_RAM_SIZE];
	unsigned runs; /**< How often it left Debug state to run, and to step. */
	unsigned steps;
	unsigned resets;
	bool pin_low;
	unsigned masked_runs;
	int countdown; /**< Readings of DHCSR until what is going on ends. */
	int regrdy_countdown;
	int reset_countdown;
	int reset_delay_countdown;

	bool fp_ctrl_is_watched; /**< Switching the FPB off is a violation. */

	/** What the user did that the manual forbids; "" if nothing. */
	char violation[128];

	/* --- DP and AP --- */
	uint32_t select;
	uint32_t ctrl_stat;
	uint32_t csw;
	uint32_t tar;
	bool is_silent;
	dapper_context *context;
	uint64_t now_ns;
	unsigned transfers;
	unsigned fail_at;   /**< Transfer that fails with PROBE_IO; 0: none. */
	unsigned silent_at; /**< Transfer from which nobody answers until a line reset; 0: none. */
};

void model_core_init(struct model_core *model, dapper_context *context);
/** A probe over it; end it with dapper_probe_unref(). */
dapper_probe *model_core_probe(struct model_core *model);
/** As the nRESET pin does it. */
void model_core_reset(struct model_core *model);

#endif /* SUPPORT_MODEL_CORE_H */
