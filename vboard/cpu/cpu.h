/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_CPU_H
#define VBOARD_CPU_CPU_H

/**
 * @file
 * One simulated Cortex-M core.
 *
 * The core owns: instructions, exceptions, NVIC, SysTick, SCB, MPU, FPU, the *debug behaviour* of
 * the core (halt, step, vector catch, lock-up, sleep) and its DCRSR-visible registers.
 * The board owns: the bus, memories, peripherals, bit-banding, flash controllers, the AP/DP in
 * front of it all, and the comparator *register files* (FPB, DWT): it hands the core the armed
 * comparators.
 *
 * Time is the core's cycle counter and nothing else: one instruction is one cycle (this is not a
 * timing model), sleeping jumps to the next event, and a halted core's time stands still. Same
 * image and same inputs at the same cycle give the same run, bit for bit.
 *
 * Threads: one thread drives a core; only cpu_request_halt() may come from another. Every other
 * call may also be made from inside a bus callback, and takes effect after the instruction that
 * caused it; the exceptions are cpu_run(), cpu_step(), cpu_reset(), cpu_free() and cpu_restore().
 *
 * Documents: DDI 0403E.b (Armv7-M), DDI 0419C (Armv6-M), DDI 0553 (Armv8-M). Section numbers in
 * vboard/cpu were written from memory, without the documents at hand: check before relying on one.
 * Not modelled: vector instructions of Armv8.1-M (MVE; UNDEFINED, with a warning), imprecise bus
 * faults, big-endian data.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;

enum cpu_arch { CPU_ARMV6M, CPU_ARMV7M, CPU_ARMV7EM, CPU_ARMV8M_BASE, CPU_ARMV8M_MAIN };
enum cpu_fpu { CPU_FPU_NONE, CPU_FPU_FPV4_SP, CPU_FPU_FPV5_SP, CPU_FPU_FPV5_DP };

/** What is fixed in silicon. */
struct cpu_config {
	enum cpu_arch arch;
	enum cpu_fpu fpu;       /**< FPv4-SP, FPv5 single or double precision; D0 to D15 */
	uint32_t cpuid;         /**< 0xE000ED00; its PARTNO selects the other ID registers */
	uint8_t prio_bits;      /**< 2..8 */
	uint16_t irqs;          /**< external lines, 1..480 */
	uint8_t mpu_regions;    /**< 0 (no MPU), 8 or 16 */
	bool has_vtor;          /**< Cortex-M0: false. Armv7-M always has it */
	uint32_t vtor_reset;    /**< where the vector table is after reset */
	uint8_t systick_divide; /**< processor cycles to one of the reference clock; 0: none */
	uint32_t systick_calib; /**< SYST_CALIB; NOREF follows from systick_divide */
	bool security;          /**< Armv8-M: the Security Extension is there */
	uint8_t sau_regions;    /**< 0, 4 or 8 */
	uint8_t mpu_ns_regions; /**< of the Non-secure MPU; mpu_regions is the Secure one's */
	bool mve;               /**< Armv8.1-M: VPR, the Q registers, low-overhead loops */
	uint32_t vtor_ns_reset; /**< VTOR_NS after reset; vtor_reset is the Secure one's */
	uint16_t itcm_kb;       /**< Cortex-M7: what ITCMCR says; 0 (none) or 4 to 16384 */
	uint16_t dtcm_kb;       /**< DTCMCR; where the memories are is the board's business */
	bool spiden;            /**< Secure debug is allowed at first: cpu_set_spiden() */
};

/* --- bus: everything that is not cpu_map_ram()ed --------------------------------------------- */

/** What an access is for; several at once. */
enum cpu_attr {
	CPU_A_DATA = 0,
	CPU_A_FETCH = 1,
	CPU_A_PRIV = 2,
	CPU_A_STACK = 4, /**< exception entry and return */
	CPU_A_VECTOR = 8,
	CPU_A_SECURE = 16 /**< the access's attribute; without the Security Extension always set */
};

/** What an implementation-defined attribution unit says of an address (DDI 0553, B8.3). */
struct cpu_idau {
	bool ns;     /**< Non-secure */
	bool nsc;    /**< Secure, Non-secure callable */
	bool exempt; /**< not checked: of either */
	bool valid;  /**< IREGION is valid */
	uint8_t region;
};

/** The board as the core sees it. All take `ctx` first. */
struct cpu_bus {
	/**
	 * One access of 1, 2 or 4 bytes, naturally aligned (the core splits). The PPB comes here
	 * too, but for the SCS (0xE000Exxx).
	 *
	 * @return false: bus error, a precise BusFault.
	 */
	bool (*read)(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t *val);
	bool (*write)(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t val);
	void *ctx;
	/** Optional: a watch of cpu_set_watches() matched; for DWT_FUNCTION.MATCHED. */
	void (*matched)(void *ctx, unsigned comparator);
	/** Optional: something the core does not implement was used; once per kind. */
	void (*warn)(void *ctx, const char *text);
	/** Optional: SEV was executed: the other cores of the board get the event. */
	void (*send_event)(void *ctx);
	/** Optional: the IDAU. NULL: all is Non-secure as far as it is concerned, as without one. */
	struct cpu_idau (*idau)(void *ctx, uint32_t addr);
};

/**
 * Make a core, as after a power-on reset but without its vectors read: cpu_reset() it once memory
 * is mapped.
 *
 * @return NULL, with the error recorded: no memory, or a configuration that is not implemented.
 */
struct cpu *cpu_new(const struct cpu_config *cfg, const struct cpu_bus *bus);
/** NULL is fine. */
void cpu_free(struct cpu *c);

/**
 * Memory that the core may touch without a callback, any address and length.
 *
 * @param host   Stays the caller's, and must live until it is unmapped.
 * @param write  false: reads and fetches only; writes go to the bus (flash controllers).
 * @return false when there is no memory, or too many are mapped (64). Mapped again, the newest
 * wins. Length 0 is a no-op.
 */
bool cpu_map_ram(struct cpu *c, uint32_t addr, uint32_t len, void *host, bool write);
/** Take out every mapping, or part of one, in a range. */
void cpu_unmap(struct cpu *c, uint32_t addr, uint32_t len);
/** Bytes behind a mapping were changed, other than by this core (debugger, flash controller, DMA).
 * This interpreter needs no telling; an engine that translates would. */
void cpu_touched(struct cpu *c, uint32_t addr, uint32_t len);

/* --- reset and inputs ------------------------------------------------------------------------ */

/**
 * Reset: @p debug_kept for SYSRESETREQ and nRESET, which keep C_DEBUGEN, DEMCR and the
 * comparators; false for power-on. DEMCR.VC_CORERESET is honoured: the core is then halted.
 */
void cpu_reset(struct cpu *c, bool debug_kept);
/** Has AIRCR.SYSRESETREQ been written since the last reset? Halted or running. */
bool cpu_reset_requested(const struct cpu *c);
/** Level of an external interrupt line; out of range: ignored. */
void cpu_irq(struct cpu *c, unsigned line, bool level);
void cpu_nmi(struct cpu *c);
/** RXEV: wakes WFE. */
void cpu_event(struct cpu *c);
/** Another master may have written where an exclusive load was: the next exclusive store fails. */
void cpu_clear_exclusive(struct cpu *c);
/** The board's next timer: cpu_run() returns #CPU_STOP_TIMER once at this cycle. UINT64_MAX: none.
 */
void cpu_wake_at(struct cpu *c, uint64_t cycle);
/** Cycles since cpu_new(), instructions and sleep; exact in the middle of a run, too. */
uint64_t cpu_cycles(const struct cpu *c);
uint64_t cpu_insns(const struct cpu *c);
/**
 * The access under way takes this many cycles more: bus stalls. For bus callbacks; SysTick and all
 * that goes by cpu_cycles() see them pass, and they are no instructions.
 */
void cpu_stall(struct cpu *c, uint64_t cycles);

/* --- running --------------------------------------------------------------------------------- */

enum cpu_stop {
	CPU_STOP_BUDGET,   /**< max_insns retired */
	CPU_STOP_TIMER,    /**< cpu_wake_at() reached */
	CPU_STOP_HALTED,   /**< S_HALT is set: see struct cpu_halt */
	CPU_STOP_SLEEP,    /**< WFI/WFE, no armed timer: nothing can happen without an input */
	CPU_STOP_LOCKUP,   /**< S_LOCKUP is set */
	CPU_STOP_RESETREQ, /**< AIRCR.SYSRESETREQ: the board decides, and calls cpu_reset() */
};

/** Bits of DFSR. */
enum cpu_halt_why {
	CPU_HALT_REQ = 1,
	CPU_HALT_BKPT = 2,
	CPU_HALT_DWT = 4,
	CPU_HALT_VCATCH = 8,
	CPU_HALT_EXTERNAL = 16
};

struct cpu_halt {
	enum cpu_halt_why why;
	int comparator; /**< index given to cpu_set_breaks/watches(), or -1 */
	uint32_t pc;
	uint32_t addr; /**< of the access, for #CPU_HALT_DWT */
};

/**
 * Run. A core that is halted, locked up or asleep with nothing armed returns at once.
 *
 * A breakpoint on the first instruction hits, as on silicon: whoever resumes from one disarms it
 * for a step first.
 *
 * @param halt  [out] Why, when #CPU_STOP_HALTED is returned. NULL is fine.
 */
enum cpu_stop cpu_run(struct cpu *c, uint64_t max_insns, struct cpu_halt *halt);
/** From any thread, at any time: as a debugger's C_DEBUGEN | C_HALT. One atomic store. */
void cpu_request_halt(struct cpu *c);
/**
 * The signal SPIDEN: may the Secure state be halted, and its registers be seen? DHCSR.S_SDE shows
 * it. Without the Security Extension it has no meaning.
 */
void cpu_set_spiden(struct cpu *c, bool spiden);
/** EDBGRQ: halts (DFSR.EXTERNAL) where halting debug is enabled, else nothing. */
void cpu_external_halt(struct cpu *c);
/**
 * Make one step from wherever it stands, as C_STEP does, and be halted: exactly one instruction
 * (IT, WFI and SVC included; an instruction that faults ends at its handler's first one), or one
 * exception entry. cpu_wake_at() does not stop it.
 *
 * @return #CPU_STOP_HALTED, or #CPU_STOP_RESETREQ with nothing executed.
 */
enum cpu_stop cpu_step(struct cpu *c, bool mask_ints, struct cpu_halt *halt);
bool cpu_halted(const struct cpu *c);
/** Leave Debug state: as a debugger's write of DHCSR with C_HALT and C_STEP clear. */
void cpu_resume(struct cpu *c);

/* --- debug state: numbered as DCRSR.REGSEL --------------------------------------------------- */

enum {
	CPU_REG_SP = 13,
	CPU_REG_LR = 14,
	CPU_REG_PC = 15,
	CPU_REG_XPSR = 16,
	CPU_REG_MSP = 17,
	CPU_REG_PSP = 18,
	CPU_REG_CFBP = 20, /**< CONTROL, FAULTMASK, BASEPRI, PRIMASK from bit 31 down */
	/* Armv8-M; those by Security state only with the Security Extension, but for the last two */
	CPU_REG_MSP_NS = 24,
	CPU_REG_PSP_NS = 25,
	CPU_REG_MSP_S = 26,
	CPU_REG_PSP_S = 27,
	CPU_REG_MSPLIM_S = 28,
	CPU_REG_PSPLIM_S = 29,
	CPU_REG_MSPLIM_NS = 30,
	CPU_REG_PSPLIM_NS = 31,
	CPU_REG_FPSCR = 33,
	CPU_REG_CFBP_S = 34,
	CPU_REG_CFBP_NS = 35,
	CPU_REG_VPR = 36, /**< with MVE */
	CPU_REG_S0 = 64
};

/** Halted or not. @return false: no such register. */
bool cpu_reg_get(const struct cpu *c, unsigned regsel, uint32_t *val);
bool cpu_reg_set(struct cpu *c, unsigned regsel, uint32_t val);

/** Who asks for a word of the SCS; true, for a debugger, is CPU_SCS_DEBUGGER. */
enum cpu_scs_who {
	CPU_SCS_CORE = 0,
	CPU_SCS_DEBUGGER = 1, /**< through the AP: privileged, and allowed to write DHCSR */
	CPU_SCS_NONSECURE =
		2 /**< the access is Non-secure: it sees what the Non-secure state sees */
};

/**
 * The System Control Space (0xE000E000..0xE000EFFF) by words: SCB, NVIC, SysTick, MPU, DHCSR,
 * DCRSR, DEMCR, DFSR... With the Security Extension also 0xE002E000..0xE002EFFF, the registers of
 * the Non-secure state. A debugger sees those of the present Security state, or as DSCSR says;
 * where Secure debug is not allowed, the Non-secure ones.
 *
 * @param who  Of enum cpu_scs_who.
 * @return false: bus error. Reserved words read as zero.
 */
bool cpu_scs_read(struct cpu *c, uint32_t addr, unsigned who, uint32_t *val);
bool cpu_scs_write(struct cpu *c, uint32_t addr, unsigned who, uint32_t val);
/** The same with 1, 2 or 4 bytes, naturally aligned; the value is right-aligned. */
bool cpu_scs_read_sized(struct cpu *c, uint32_t addr, unsigned size, unsigned who, uint32_t *val);
bool cpu_scs_write_sized(struct cpu *c, uint32_t addr, unsigned size, unsigned who, uint32_t val);

/* --- comparators, as armed in FPB and DWT ----------------------------------------------------- */

enum { CPU_MAX_COMPARATORS = 32 };

/** Instruction at a halfword address: BKPT takes its place. */
struct cpu_break {
	uint32_t addr;
};

/** Data (or PC) address comparator. An access matches that touches a byte of the range. */
struct cpu_watch {
	uint32_t addr;
	uint32_t mask; /**< address bits that do not matter: (1 << DWT_MASK) - 1 */
	uint32_t last; /**< not 0: the range is [addr, last], and mask does not count */
	bool on_read;
	bool on_write;
	bool on_exec;  /**< instruction address match */
	bool on_value; /**< and only if the access has this size and value */
	uint32_t value;
	unsigned size;
};

/** Replace all; n is cut to #CPU_MAX_COMPARATORS. They cost nothing on pages that hold none. */
void cpu_set_breaks(struct cpu *c, const struct cpu_break *b, size_t n);
void cpu_set_watches(struct cpu *c, const struct cpu_watch *w, size_t n);

/** A watch matched: what a DWT wants to know of the access. */
struct cpu_match {
	unsigned watch; /**< index given to cpu_set_watches() */
	uint32_t pc;    /**< of the instruction */
	uint32_t addr;  /**< of the access; for an instruction the same as pc */
	uint32_t value;
	uint8_t size;
	bool exec, write;
};

/** A trace unit beside the core. All optional; NULL costs nothing. */
struct cpu_observer {
	/** @return Is it a debug event? Without this function each match is one. */
	bool (*matched)(void *ctx, const struct cpu_match *match);
	/** As in struct cpu_trace. */
	void (*exception)(void *ctx, unsigned number, int enter_exit_return);
	/** The cycle of cpu_observe_at() is over. */
	void (*due)(void *ctx);
	void *ctx;
};
/** NULL: none. */
void cpu_set_observer(struct cpu *c, const struct cpu_observer *o);
/** Call the observer's due() once, when so many cycles are over; UINT64_MAX: never. */
void cpu_observe_at(struct cpu *c, uint64_t cycle);
/** A debug event of the DWT that no access makes (CYCMATCH). From due() only. */
void cpu_watch_event(struct cpu *c);
/** The core has entered Debug state, for a cross trigger. NULL: nobody cares. */
void cpu_listen_halt(struct cpu *c, void (*halted)(void *ctx), void *ctx);

/** A word that the core reads from elsewhere: FPB's remapping. */
struct cpu_patch {
	uint32_t addr;   /**< of the word */
	uint32_t target; /**< where it is read instead */
	bool code, data; /**< what for: instructions, literals. Never vectors */
};
enum { CPU_MAX_PATCHES = 16 };
/** Replace all; n is cut to #CPU_MAX_PATCHES. */
void cpu_set_patches(struct cpu *c, const struct cpu_patch *p, size_t n);

/* --- the gift of an own core ------------------------------------------------------------------ */

/**
 * Everything that the core itself keeps, comparators included; memory is the board's. Plain bytes
 * with a version; read by the same build of the library only.
 */
size_t cpu_snapshot_size(const struct cpu *c);
void cpu_snapshot(const struct cpu *c, void *buf);
/** @return false, and nothing changed: not a snapshot of a core configured like this one. */
bool cpu_restore(struct cpu *c, const void *buf, size_t len);

/** Values of cpu_trace.exception, as DWT's exception trace packets have them. */
enum cpu_exception_event { CPU_EXC_ENTER = 1, CPU_EXC_EXIT = 2, CPU_EXC_RETURN = 3 };

/** All optional; NULL costs nothing. */
struct cpu_trace {
	/** Before an instruction; @p opcode has the first halfword high when it is 32 bits long. */
	void (*insn)(void *ctx, uint32_t pc, uint32_t opcode, uint64_t cycle);
	void (*exception)(void *ctx, unsigned number, int enter_exit_return);
	void *ctx;
};
/** NULL: no tracing. */
void cpu_set_trace(struct cpu *c, const struct cpu_trace *t);

#endif /* VBOARD_CPU_CPU_H */
