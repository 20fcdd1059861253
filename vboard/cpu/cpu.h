/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpu.h - one simulated Cortex-M core (sketch of the narrow interface; own design).
 *
 * The core owns: instructions, exceptions, NVIC, SysTick, SCB, FPU, the *debug behaviour* of the
 * core (halt, step, vector catch, lock-up, sleep) and its DCRSR-visible registers.
 * The board owns: the bus, memories, peripherals, flash controllers, the AP/DP in front of it all,
 * and the comparator *register files* (FPB, DWT): it hands the core the armed comparators.
 *
 * Time is the core's cycle counter and nothing else: same image + same inputs at the same cycle
 * => same run, bit for bit. One thread drives a core; only cpu_request_halt() may come from
 * another.
 */
#ifndef VBOARD_CPU_CPU_H
#define VBOARD_CPU_CPU_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;

enum cpu_arch { CPU_ARMV6M, CPU_ARMV7M, CPU_ARMV7EM, CPU_ARMV8M_BASE, CPU_ARMV8M_MAIN };
enum cpu_fpu { CPU_FPU_NONE, CPU_FPU_FPV4_SP, CPU_FPU_FPV5_SP, CPU_FPU_FPV5_DP };

struct cpu_config {
	enum cpu_arch arch;
	enum cpu_fpu fpu;
	uint32_t cpuid;      /* 0xE000ED00 */
	uint8_t prio_bits;   /* 2..8 */
	uint16_t irqs;       /* external lines, 1..480 */
	uint8_t mpu_regions; /* 0: no MPU */
	bool has_vtor;       /* M0: false */
	uint32_t vtor_reset;
};

/* --- bus: everything that is not cpu_map_ram()ed --------------------------------------------- */
enum cpu_attr {
	CPU_A_DATA = 0,
	CPU_A_FETCH = 1,
	CPU_A_PRIV = 2,
	CPU_A_STACK = 4,
	CPU_A_VECTOR = 8
};
struct cpu_bus {
	/* size 1, 2 or 4, naturally aligned (the core splits). false: bus error -> precise
	 * BusFault. */
	bool (*read)(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t *val);
	bool (*write)(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t val);
	void *ctx;
};
struct cpu *cpu_new(const struct cpu_config *cfg, const struct cpu_bus *bus);
void cpu_free(struct cpu *c);

/* Fast path: pages the core may touch without a callback. `write` false: reads and fetches only
 * (flash: writes go to the bus, i.e. to the flash controller). Idempotent; len 0 bytes is a no-op.
 */
void cpu_map_ram(struct cpu *c, uint32_t addr, uint32_t len, void *host, bool write);
void cpu_unmap(struct cpu *c, uint32_t addr, uint32_t len);
/* Bytes behind a mapping changed other than by this core (debugger, flash controller, DMA).
 * A plain interpreter ignores it; a predecoding or translating engine must not. */
void cpu_touched(struct cpu *c, uint32_t addr, uint32_t len);

/* --- reset and inputs ------------------------------------------------------------------------ */
void cpu_reset(struct cpu *c, bool debug_kept); /* SYSRESETREQ/nRESET; VC_CORERESET honoured */
void cpu_irq(struct cpu *c, unsigned line, bool level);
void cpu_nmi(struct cpu *c);
void cpu_event(struct cpu *c); /* RXEV: wakes WFE */
void cpu_wake_at(
	struct cpu *c, uint64_t cycle); /* board's next timer: run returns CPU_STOP_TIMER */
uint64_t cpu_cycles(const struct cpu *c);
uint64_t cpu_insns(const struct cpu *c);

/* --- running --------------------------------------------------------------------------------- */
enum cpu_stop {
	CPU_STOP_BUDGET,   /* max_insns retired */
	CPU_STOP_TIMER,    /* cpu_wake_at reached */
	CPU_STOP_HALTED,   /* S_HALT now set: see struct cpu_halt.why */
	CPU_STOP_SLEEP,    /* WFI/WFE, no armed timer: nothing can happen without an input */
	CPU_STOP_LOCKUP,   /* S_LOCKUP */
	CPU_STOP_RESETREQ, /* AIRCR.SYSRESETREQ: the board decides */
};
enum cpu_halt_why {
	CPU_HALT_REQ = 1,
	CPU_HALT_BKPT = 2,
	CPU_HALT_DWT = 4,
	CPU_HALT_VCATCH = 8,
	CPU_HALT_EXTERNAL = 16
}; /* = DFSR bits */
struct cpu_halt {
	enum cpu_halt_why why;
	int comparator;
	uint32_t pc;
	uint32_t addr;
};

enum cpu_stop cpu_run(struct cpu *c, uint64_t max_insns, struct cpu_halt *h);
void cpu_request_halt(struct cpu *c); /* any thread, any time; one atomic store */
/* C_STEP: exactly one instruction, or one exception entry; IT, WFI, faulting insns included. */
enum cpu_stop cpu_step(struct cpu *c, bool mask_ints, struct cpu_halt *h);
bool cpu_halted(const struct cpu *c);
void cpu_resume(struct cpu *c);

/* --- debug state: numbered as DCRSR.REGSEL --------------------------------------------------- */
enum {
	CPU_REG_PC = 15,
	CPU_REG_XPSR = 16,
	CPU_REG_MSP = 17,
	CPU_REG_PSP = 18,
	CPU_REG_CFBP = 20,
	CPU_REG_FPSCR = 33,
	CPU_REG_S0 = 64
};
bool cpu_reg_get(const struct cpu *c, unsigned regsel, uint32_t *val); /* false: no such register */
bool cpu_reg_set(struct cpu *c, unsigned regsel, uint32_t val);
/* DHCSR, DFSR, DEMCR, SCB, NVIC, SysTick as seen on the PPB. `debugger`: access came from the AP.
 */
bool cpu_scs_read(struct cpu *c, uint32_t addr, bool debugger, uint32_t *val);
bool cpu_scs_write(struct cpu *c, uint32_t addr, bool debugger, uint32_t val);

/* --- comparators, as armed in FPB and DWT ----------------------------------------------------- */
struct cpu_break {
	uint32_t addr;
}; /* halfword address */
struct cpu_watch {
	uint32_t addr, mask;
	bool on_read, on_write, on_value;
	uint32_t value;
	unsigned size;
};
void cpu_set_breaks(struct cpu *c, const struct cpu_break *b, size_t n);
void cpu_set_watches(struct cpu *c, const struct cpu_watch *w, size_t n);

/* --- the gift of an own core ------------------------------------------------------------------ */
size_t cpu_snapshot_size(const struct cpu *c);
void cpu_snapshot(const struct cpu *c, void *buf); /* plain bytes, versioned */
bool cpu_restore(struct cpu *c, const void *buf, size_t len);
struct cpu_trace { /* all optional; NULL = free */
	void (*insn)(void *ctx, uint32_t pc, uint32_t opcode,
		uint64_t cycle); /* coverage, ETM, profile */
	void (*exception)(void *ctx, unsigned number, int enter_exit_return); /* DWT EXCTRC */
	void *ctx;
};
void cpu_set_trace(struct cpu *c, const struct cpu_trace *t);
#endif
