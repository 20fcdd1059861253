/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_INTERNAL_H
#define VBOARD_CPU_INTERNAL_H

/**
 * @file
 * The core's state and what its files share.
 *
 * An instruction is a function that gets the opcode. Whatever stops it (a fault, an undefined
 * encoding) leaves it by longjmp() to the run loop, from any depth: so it first does what may
 * fault, and writes registers last. Register numbers come from opcode fields of four bits, or go
 * through the masked helpers of fpu.c: no opcode can index outside of the register files.
 */
#include <setjmp.h>
#include <stdatomic.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "vboard/cpu/cpu.h"
#include "vboard/cpu/scs_regs.h"

#define LIKELY(x)   __builtin_expect((x) ? 1 : 0, 1)
#define UNLIKELY(x) __builtin_expect((x) ? 1 : 0, 0)

enum {
	EXC_COUNT = 16 + 480,
	EXC_SLOTS = 512, /* all that IPSR can name */
	EXC_WORDS = EXC_SLOTS / 32,
	PAGE_SIZE = 4096,
	TLB_ENTRIES = 256,
	MAX_MAPPINGS = 64,
	MAX_MPU_REGIONS = 16,
	DECODE_CACHE_BITS = 10,
	SP = 13,
	LR = 14,
	PC = 15,
};

#define PAGE_OFFSET ((uint32_t)(PAGE_SIZE - 1))
/* No address equals it: compared are page address and the bits that alignment wants clear. */
#define TLB_EMPTY 0x800u

/** Exception numbers, DDI 0403E.b B1.5.2. */
enum exception {
	EXC_RESET = 1,
	EXC_NMI = 2,
	EXC_HARDFAULT = 3,
	EXC_MEMMANAGE = 4,
	EXC_BUSFAULT = 5,
	EXC_USAGEFAULT = 6,
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
	NOT_IMPLEMENTED = 1 << 7, /* the architecture has it, this core does not: warns */
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
	uint32_t sp_bank[2]; /* MSP, PSP: valid for the one not in use */
	uint32_t primask, faultmask, basepri, control;
	uint32_t fp[32];
	uint32_t fpscr;
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
	uint8_t priority[EXC_SLOTS];
	uint32_t vtor, prigroup, scr, ccr, actlr;
	uint32_t cfsr, hfsr, dfsr, mmfar, bfar, afsr;
	uint32_t fault_catch; /* DEMCR.VC_* bits that the pending fault answers to */
	uint32_t cpacr, fpccr, fpcar, fpdscr, csselr;
	uint32_t mpu_ctrl, mpu_rnr;
	uint32_t mpu_rbar[MAX_MPU_REGIONS], mpu_rasr[MAX_MPU_REGIONS];
	uint32_t syst_csr, syst_rvr;
	uint32_t syst_stopped_at; /* SYST_CVR while disabled */
	uint64_t syst_zero_at;    /* cycle at which it next counts to 0; UINT64_MAX: never */

	uint32_t dhcsr; /* C_* bits as written */
	uint32_t demcr, dcrdr;
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
	bool has_fp, has_dsp, is_v7m;
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

/* --- small helpers ---------------------------------------------------------------------------- */

static inline bool in_handler_mode(const struct cpu *c)
{
	return c->ipsr != 0;
}

static inline bool is_privileged(const struct cpu *c)
{
	return c->ipsr || !(c->control & 1);
}

/** Look at exceptions, halts and timers before the next instruction. */
static inline void cpu_attention(struct cpu *c)
{
	c->deadline = 0;
}

/** Bits [hi:lo] of an opcode. */
static inline uint32_t field(uint32_t opcode, unsigned hi, unsigned lo)
{
	return opcode >> lo & (0xffffffffu >> (31 - (hi - lo)));
}

static inline uint32_t bit(uint32_t opcode, unsigned n)
{
	return opcode >> n & 1;
}

/** Sign-extended low bits; @p bits 1..32. */
static inline uint32_t sign_extend(uint32_t value, unsigned bits)
{
	const uint32_t sign = 1u << (bits - 1);

	value &= sign | (sign - 1);
	return (value ^ sign) - sign;
}

/** Write a register other than the PC; SP's bits [1:0] are always zero (B1.4.1). */
static inline void reg_write(struct cpu *c, unsigned n, uint32_t value)
{
	c->r[n & 15] = n == SP ? value & ~3u : value;
}

/** Word-aligned PC, base of literals. */
static inline uint32_t pc_base(const struct cpu *c)
{
	return c->r[PC] & ~3u;
}

static inline bool exc_bit(const uint32_t *words, unsigned n)
{
	return words[n / 32] >> (n % 32) & 1;
}

static inline void exc_set(uint32_t *words, unsigned n, bool on)
{
	const uint32_t mask = 1u << (n % 32);

	words[n / 32] = on ? words[n / 32] | mask : words[n / 32] & ~mask;
}

/* --- memory.c --------------------------------------------------------------------------------- */

enum mem_result {
	MEM_OK,
	MEM_BUS,  /* the bus, or the PPB to unprivileged code, refused */
	MEM_PROT, /* the MPU, or execute-never of the default map, refused */
};

/** One naturally aligned access that does not raise anything. */
enum mem_result mem_read(
	struct cpu *c, uint32_t addr, unsigned size, unsigned attr, uint32_t *value);
enum mem_result mem_write(
	struct cpu *c, uint32_t addr, unsigned size, unsigned attr, uint32_t value);
/** Any alignment, raising what there is to raise. @p attr as in enum cpu_attr. */
uint32_t mem_load(struct cpu *c, uint32_t addr, unsigned size, unsigned attr);
void mem_store(struct cpu *c, uint32_t addr, unsigned size, unsigned attr, uint32_t value);
/** The page's code, or NULL when it must be fetched piece by piece with mem_fetch(). */
const uint8_t *mem_code_page(struct cpu *c, uint32_t pc);
uint32_t mem_fetch(struct cpu *c, uint32_t addr);
void mem_flush(struct cpu *c);
/** After anything the MPU's answer depends on changed: privilege, priority, its registers. */
void mem_update_view(struct cpu *c);

static inline unsigned data_attr(const struct cpu *c)
{
	return is_privileged(c) ? CPU_A_DATA | CPU_A_PRIV : CPU_A_DATA;
}

/* One compare tells page hit and alignment. */
static inline const uint8_t *fast_read(const struct cpu *c, uint32_t addr, unsigned size)
{
	const struct tlb_entry *e = &c->tlb_read[addr / PAGE_SIZE % TLB_ENTRIES];

	return LIKELY(e->tag == (addr & (~PAGE_OFFSET | (size - 1))))
	               ? e->host + (addr & PAGE_OFFSET)
	               : NULL;
}

static inline uint8_t *fast_write(const struct cpu *c, uint32_t addr, unsigned size)
{
	const struct tlb_entry *e = &c->tlb_write[addr / PAGE_SIZE % TLB_ENTRIES];

	return LIKELY(e->tag == (addr & (~PAGE_OFFSET | (size - 1))))
	               ? e->host + (addr & PAGE_OFFSET)
	               : NULL;
}

static inline uint32_t load32(struct cpu *c, uint32_t addr)
{
	const uint8_t *host = fast_read(c, addr, 4);

	return host ? get_le32(host) : mem_load(c, addr, 4, data_attr(c));
}

static inline uint32_t load16(struct cpu *c, uint32_t addr)
{
	const uint8_t *host = fast_read(c, addr, 2);

	return host ? get_le16(host) : mem_load(c, addr, 2, data_attr(c));
}

static inline uint32_t load8(struct cpu *c, uint32_t addr)
{
	const uint8_t *host = fast_read(c, addr, 1);

	return host ? *host : mem_load(c, addr, 1, data_attr(c));
}

static inline void store32(struct cpu *c, uint32_t addr, uint32_t value)
{
	uint8_t *host = fast_write(c, addr, 4);

	if (LIKELY(host != NULL))
		put_le32(host, value);
	else
		mem_store(c, addr, 4, data_attr(c), value);
}

static inline void store16(struct cpu *c, uint32_t addr, uint32_t value)
{
	uint8_t *host = fast_write(c, addr, 2);

	if (LIKELY(host != NULL))
		put_le16(host, (uint16_t)value);
	else
		mem_store(c, addr, 2, data_attr(c), value);
}

static inline void store8(struct cpu *c, uint32_t addr, uint32_t value)
{
	uint8_t *host = fast_write(c, addr, 1);

	if (LIKELY(host != NULL))
		*host = (uint8_t)value;
	else
		mem_store(c, addr, 1, data_attr(c), value);
}

/* --- mpu.c ------------------------------------------------------------------------------------ */

/** Is the MPU on for the present priority? */
bool mpu_active(const struct cpu *c);
bool mpu_allows(const struct cpu *c, uint32_t addr, unsigned attr, bool write);
/** Execute-never of the default memory map, B3.1. */
bool default_map_allows(uint32_t addr, unsigned attr);
/** May whole pages be trusted to one answer? */
bool mpu_page_uniform(const struct cpu *c, uint32_t addr);

/* --- exception.c ------------------------------------------------------------------------------ */

/** Record a fault, pend what handles it, and leave the instruction. */
_Noreturn void fault_raise(struct cpu *c, enum exception exception, uint32_t cfsr);
_Noreturn void fault_usage(struct cpu *c, uint32_t cfsr);
_Noreturn void fault_undefined(struct cpu *c);
/** An access at @p addr was refused. */
_Noreturn void fault_access(struct cpu *c, enum mem_result result, uint32_t addr, unsigned attr);
/** Make an exception pending that is the instruction's own, with escalation; may lock up. */
void exception_pend_sync(struct cpu *c, enum exception exception, uint32_t cfsr);
/** SVC: taken after the instruction. */
void exception_svc(struct cpu *c);
void exception_lockup(struct cpu *c);
/** Take the best pending exception if it may preempt. */
bool exception_take(struct cpu *c);
/** BX, POP, LDM, LDR to the PC: an address, or EXC_RETURN in Handler mode. */
void branch_interwork(struct cpu *c, uint32_t target);
void exception_return(struct cpu *c, uint32_t exc_return);
uint32_t xpsr_get(const struct cpu *c);
void xpsr_set(struct cpu *c, uint32_t xpsr);
/** Change mode or stack selection, keeping the banked SPs right. */
void set_mode(struct cpu *c, uint32_t ipsr, uint32_t control);
/** MSP (0) or PSP (1), in use or not. */
uint32_t sp_get(const struct cpu *c, unsigned which);
void sp_set(struct cpu *c, unsigned which, uint32_t value);

/* --- nvic.c ----------------------------------------------------------------------------------- */

enum { PRIORITY_NONE = 256 };

int nvic_group_priority(const struct cpu *c, unsigned exception);
int nvic_execution_priority(const struct cpu *c);
/** The same as if PRIMASK were clear: what WFI wakes on. */
int nvic_wake_priority(const struct cpu *c);
/** Highest-priority exception that is pending and enabled; 0: none. */
unsigned nvic_best(const struct cpu *c);
/** Is it one that is switched on? */
bool nvic_enabled(const struct cpu *c, unsigned exception);
bool nvic_preempts(const struct cpu *c, unsigned exception);
void nvic_pend(struct cpu *c, unsigned exception, bool pending);
void nvic_activate(struct cpu *c, unsigned exception, bool active);
unsigned nvic_active_count(const struct cpu *c);
bool nvic_exception_exists(const struct cpu *c, unsigned exception);
uint8_t nvic_priority_mask(const struct cpu *c);
bool nvic_wakes(const struct cpu *c);

/* --- systick.c -------------------------------------------------------------------------------- */

/** Catch up with the cycle counter. */
void systick_update(struct cpu *c);
uint32_t systick_read_csr(struct cpu *c, bool debugger);
uint32_t systick_read_cvr(struct cpu *c);
uint32_t systick_calib(const struct cpu *c);
void systick_write_csr(struct cpu *c, uint32_t value);
void systick_write_rvr(struct cpu *c, uint32_t value);
void systick_write_cvr(struct cpu *c);

/* --- scs.c ------------------------------------------------------------------------------------ */

enum mem_result scs_read(
	struct cpu *c, uint32_t addr, unsigned size, bool debugger, uint32_t *value);
enum mem_result scs_write(
	struct cpu *c, uint32_t addr, unsigned size, bool debugger, uint32_t value);
void scs_reset(struct cpu *c);

/* --- debug.c ---------------------------------------------------------------------------------- */

static inline bool halting_debug_enabled(const struct cpu *c)
{
	return c->dhcsr & DHCSR_C_DEBUGEN;
}

/** Enter Debug state for a reason, with DFSR. */
void debug_halt(struct cpu *c, enum cpu_halt_why why, int comparator, uint32_t addr);
/** BKPT, or an FPB match (@p comparator >= 0), at the instruction under way. */
void debug_breakpoint(struct cpu *c, int comparator);
/** A watch matched during the instruction that just ended. */
void debug_watchpoint(struct cpu *c);
/** An exception was entered: vector catch. */
void debug_vector_catch(struct cpu *c, enum exception exception);
/** Is DEMCR.MON_STEP in effect? */
bool debug_monitor_steps(const struct cpu *c);
void debug_monitor_stepped(struct cpu *c);
/** Before each instruction of a page with breakpoints. @return false: do not execute it. */
bool debug_before_insn(struct cpu *c, uint32_t pc);
bool debug_page_has_comparators(const struct cpu *c, uint32_t page);
void debug_data_access(struct cpu *c, uint32_t addr, unsigned size, bool write, uint32_t value);
bool debug_page_watched(const struct cpu *c, uint32_t page);
void debug_reset(struct cpu *c, bool power_on);
uint32_t debug_read_dhcsr(struct cpu *c, bool debugger);
void debug_write_dhcsr(struct cpu *c, uint32_t value);
void debug_write_dcrsr(struct cpu *c, uint32_t value);
uint32_t debug_read_demcr(const struct cpu *c);
void debug_write_demcr(struct cpu *c, uint32_t value);

/* --- observe.c -------------------------------------------------------------------------------- */

/** Before the next instruction, with cpu_observe_at()'s cycle reached or not. */
void observe_cycles(struct cpu *c);
/** Where an access to this address really goes. */
uint32_t observe_patched(const struct cpu *c, uint32_t addr, unsigned attr);
bool observe_page_patched(const struct cpu *c, uint32_t page, unsigned attr);
/** Is this match a debug event? */
bool observe_match(struct cpu *c, const struct cpu_match *match);
void observe_exception(struct cpu *c, unsigned exception, enum cpu_exception_event event);
void observe_halt(struct cpu *c);
/** Power-on. */
void observe_reset(struct cpu *c);

/* --- id_regs.c -------------------------------------------------------------------------------- */

/** ID registers of one kind of core. */
struct id_regs {
	uint16_t partno;      /* CPUID.PARTNO */
	uint32_t feature[14]; /* 0xD40..0xD74: PFR0-1, DFR0, AFR0, MMFR0-3, ISAR0-5 */
	uint32_t mvfr[3];     /* 0xF40..0xF48, with the FPU */
	uint32_t clidr, ctr, ccsidr;
	uint8_t peripheral[8]; /* SCS PIDR0-7: low bytes */
};

/** By CPUID.PARTNO; for an unknown core, the row of its architecture. */
const struct id_regs *id_regs_find(const struct cpu_config *config);

/* --- cpu.c ------------------------------------------------------------------------------------ */

void cpu_local_reset(struct cpu *c);
void cpu_warn(struct cpu *c, size_t kind, const char *text);

/* --- decode.c --------------------------------------------------------------------------------- */

void decode_init(struct cpu *c);
/** What executes this 32-bit instruction. */
void (*decode32(struct cpu *c, uint32_t opcode))(struct cpu *c, uint32_t opcode);

static inline void execute32(struct cpu *c, uint32_t opcode)
{
	const struct decode_slot *slot =
		&c->decode_cache[(opcode * 0x9e3779b1u) >> (32 - DECODE_CACHE_BITS)];

	if (LIKELY(slot->opcode == opcode))
		slot->exec(c, opcode);
	else
		decode32(c, opcode)(c, opcode);
}

/* --- instructions shared by files --------------------------------------------------------------
 */

/** For the base of the two below. Writing r[15] inside an instruction has no effect. */
enum { NO_WRITEBACK = PC };
/** LDM, POP: ascending from @p addr, which must be aligned. @p base becomes @p new_base. */
void load_multiple(struct cpu *c, uint32_t addr, uint32_t list, unsigned base, uint32_t new_base);
/** STM, PUSH. */
void store_multiple(struct cpu *c, uint32_t addr, uint32_t list, unsigned base, uint32_t new_base);
uint32_t list_bytes(uint32_t list);
/** NOP, YIELD, WFE, WFI, SEV and the reserved ones, which are NOPs. */
void execute_hint(struct cpu *c, unsigned hint);

extern const struct encoding_table thumb16_table, thumb32_data_table, thumb32_memory_table,
	thumb32_control_table, multiply_table, dsp_table, fpu_data_table, fpu_table;

#endif /* VBOARD_CPU_INTERNAL_H */
