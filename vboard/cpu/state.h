/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_STATE_H
#define VBOARD_CPU_STATE_H

/**
 * @file
 * The core's state: what a snapshot keeps, and what is made again.
 */
#include <setjmp.h>
#include <stdatomic.h>

#include "base/bits.h"
#include "vboard/cpu/cpu.h"
#include "vboard/cpu/scs_regs.h"

#define LIKELY(x)   __builtin_expect((x) ? 1 : 0, 1)
#define UNLIKELY(x) __builtin_expect((x) ? 1 : 0, 0)

enum {
	EXC_COUNT = 16 + 480,
	EXC_NUMBERS = 512,        /* all that IPSR can name */
	EXC_BANKED = EXC_NUMBERS, /* added to a number: its Secure instance */
	EXC_SLOTS = EXC_NUMBERS + 32,
	EXC_WORDS = EXC_SLOTS / 32,
	PAGE_SIZE = 4096,
	TLB_ENTRIES = 256,
	MAX_MAPPINGS = 64,
	MAX_MPU_REGIONS = 16,
	MAX_SAU_REGIONS = 8,
	DECODE_CACHE_BITS = 10,
	SP = 13,
	LR = 14,
	PC = 15,
};

#define PAGE_OFFSET ((uint32_t)(PAGE_SIZE - 1))
/* No address equals it: compared are page address and the bits that alignment wants clear. */
#define TLB_EMPTY 0x800u

/**
 * Exception numbers, DDI 0403E.b B1.5.2. With the Security Extension some are banked: the Secure
 * instance is told by its number + EXC_BANKED.
 */
enum exception {
	EXC_RESET = 1,
	EXC_NMI = 2,
	EXC_HARDFAULT = 3,
	EXC_MEMMANAGE = 4,
	EXC_BUSFAULT = 5,
	EXC_USAGEFAULT = 6,
	EXC_SECUREFAULT = 7,
	EXC_SVCALL = 11,
	EXC_DEBUGMONITOR = 12,
	EXC_PENDSV = 14,
	EXC_SYSTICK = 15,
	EXC_IRQ0 = 16,
};

enum sleep_kind { AWAKE, SLEEP_WFI, SLEEP_WFE };

/** What an instruction needs of the core. */
enum feature {
	NEEDS_NOTHING = 0,
	NEEDS_V7M = 1 << 0,
	NEEDS_DSP = 1 << 1,
	NEEDS_FP = 1 << 2,
	NEEDS_FPV5 = 1 << 3,
	NEEDS_DP = 1 << 4,
	NEEDS_WIDE = 1 << 5,      /* Armv7-M, and Armv8-M with Baseline */
	NEEDS_V8M = 1 << 6,       /* Armv8-M, Baseline too */
	NOT_IMPLEMENTED = 1 << 7, /* the architecture has it, this core does not: warns */
	NEEDS_SECURITY = 1 << 8,
	NEEDS_V81M = 1 << 9,
};

/** One encoding of the manual: the row that first fits is taken. */
struct encoding {
	const char *name;
	uint32_t mask;
	uint32_t value;
	void (*exec)(struct cpu *c, uint32_t opcode);
	unsigned needs;
};

struct encoding_table {
	const struct encoding *rows;
	size_t count;
};

/** A page that needs no checks. */
struct tlb_entry {
	uint32_t tag; /* page address, or TLB_EMPTY */
	uint8_t *host;
};

struct mapping {
	uint32_t first, last; /* inclusive: the last byte may be 0xFFFFFFFF */
	uint8_t *host;
	bool write;
};

struct decode_slot {
	uint32_t opcode;
	void (*exec)(struct cpu *c, uint32_t opcode);
};

/** SysTick; see systick.c. */
struct systick {
	uint32_t csr, rvr;
	uint32_t stopped_at; /* SYST_CVR while disabled */
	uint64_t zero_at;    /* cycle at which it next counts to 0; UINT64_MAX: never */
};

/** What each Security state has a copy of. Without the Security Extension only [0], is used. */
struct bank {
	uint32_t sp[2], splim[2]; /* MSP, PSP; the one in use is in r[13] */
	uint32_t control;         /* nPRIV, SPSEL; that of the present state is in cpu.control */
	uint32_t primask, faultmask, basepri;
	uint32_t vtor, prigroup, scr, ccr;
	uint32_t cfsr, mmfar; /* MMFSR and UFSR; BFSR has no copies */
	uint32_t cpacr, fpccr, fpcar, fpdscr;
	uint32_t mpu_ctrl, mpu_rnr, mpu_mair[2];
	uint32_t mpu_rbar[MAX_MPU_REGIONS], mpu_rasr[MAX_MPU_REGIONS]; /* Armv8-M: RLAR */
	struct systick syst;
};

enum { BANK_NS = 0, BANK_S = 1, BANK_COUNT = 2 };

struct cpu {
	/* === State: from here to end_of_state is what a snapshot keeps. Plain integers only === */
	uint32_t r[16];  /* r[13]: the SP in use. r[15]: between instructions, the next one's
	                  * address; inside one, its own address + 4 */
	uint32_t flag_n; /* bit 31 is N */
	uint32_t flag_z; /* Z is set when this is 0 */
	uint32_t flag_c, flag_v, flag_q;
	uint32_t ge;
	uint32_t it;
	uint32_t it_written; /* this instruction was IT: do not advance */
	uint32_t thumb;
	uint32_t ipsr;
	uint32_t secure;   /* the Security state; 0 without the Security Extension */
	uint32_t control;  /* CONTROL of the present state, but for SFPA */
	uint32_t sfpa;     /* CONTROL.SFPA, in its place */
	uint32_t sp_limit; /* of the SP in use; 0: none */
	struct bank bank[BANK_COUNT];
	uint32_t fp[32];
	uint32_t fpscr, vpr;
	uint32_t ltpsize;   /* FPSCR.LTPSIZE of Armv8.1-M loops */
	uint32_t exclusive; /* local monitor; it tags all memory, as Cortex-M3's does */
	uint32_t insn_pc;   /* address of the instruction under way, or of the last */
	uint32_t next_pc;

	uint64_t cycles;
	uint64_t slept; /* of them */
	uint64_t retire_mark;
	uint64_t wake_at;
	uint32_t event;
	uint32_t sleeping; /* enum sleep_kind */
	uint32_t locked_up;
	uint32_t reset_request;

	uint32_t pending[EXC_WORDS], active[EXC_WORDS], enabled[EXC_WORDS], level[EXC_WORDS];
	uint32_t itns[EXC_WORDS]; /* NVIC_ITNS, by exception: Non-secure interrupts */
	uint8_t priority[EXC_SLOTS];
	uint32_t actlr, cppwr, nsacr, csselr;
	uint32_t m7_control[5]; /* ITCMCR, DTCMCR, AHBPCR, CACR, AHBSCR as written */
	uint32_t aircr;         /* PRIS, BFHFNMINS, SYSRESETREQS */
	uint32_t bfsr, hfsr, dfsr, bfar, afsr, sfsr, sfar;
	uint32_t fault_catch; /* DEMCR.VC_* bits that the pending fault answers to */
	uint32_t sau_ctrl, sau_rnr, sau_rbar[MAX_SAU_REGIONS], sau_rlar[MAX_SAU_REGIONS];

	uint32_t dhcsr; /* C_* bits as written */
	uint32_t demcr, dcrdr, dscsr, dauthctrl;
	uint32_t spiden;         /* the signal: Secure invasive debug */
	uint32_t sde;            /* DHCSR.S_SDE, as it was when Debug state was entered */
	uint32_t restart_sticky; /* DHCSR.S_RESTART_ST */
	uint32_t halted, regs_ready, reset_sticky;
	uint32_t halt_why, halt_comparator, halt_addr;
	uint32_t sync_taken; /* the instruction under way caused an exception of its own */
	uint32_t watch_hit;  /* index + 1 */
	uint32_t watch_addr;
	uint32_t break_count, watch_count;
	uint32_t breaks[CPU_MAX_COMPARATORS];
	struct watch_state {
		uint32_t addr, mask, kinds, value, size, last;
	} watches[CPU_MAX_COMPARATORS];
	uint64_t observe_at;
	uint32_t patch_count;
	struct patch_state {
		uint32_t addr, target, kinds;
	} patches[CPU_MAX_PATCHES];
	uint8_t end_of_state;

	/* === The rest: configuration, callbacks and caches === */
	uint64_t deadline; /* run without looking up to this cycle; 0: look now */
	atomic_bool halt_requested;
	bool has_fp, has_dsp;
	bool is_v7m; /* the Main Extension: Armv7-M, Armv8-M Mainline */
	bool is_v8m; /* Armv8-M, Baseline and Mainline */
	struct cpu_config config;
	struct cpu_bus bus;
	struct cpu_trace trace;
	struct cpu_observer observer;
	void (*halt_listener)(void *ctx);
	void *halt_listener_ctx;
	const struct id_regs *id_regs;
	jmp_buf abandon; /* leave the instruction under way */
	struct tlb_entry tlb_read[TLB_ENTRIES], tlb_write[TLB_ENTRIES];
	uint32_t mpu_view; /* what the TLB was filled for */
	struct mapping mappings[MAX_MAPPINGS];
	size_t mapping_count;
	uint64_t warned[8];
	void (*thumb16[1024])(struct cpu *c, uint32_t opcode);
	struct decode_slot decode_cache[1 << DECODE_CACHE_BITS];
};

#endif /* VBOARD_CPU_STATE_H */
