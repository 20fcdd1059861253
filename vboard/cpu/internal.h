/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_INTERNAL_H
#define VBOARD_CPU_INTERNAL_H

/**
 * @file
 * What the files of the core share.
 *
 * An instruction is a function that gets the opcode. Whatever stops it (a fault, an undefined
 * encoding) leaves it by longjmp() to the run loop, from any depth: so it first does what may
 * fault, and writes registers last. Register numbers come from opcode fields of four bits, or go
 * through the masked helpers of fpu.c: no opcode can index outside of the register files.
 */
#include "base/bytes.h"
#include "vboard/cpu/state.h"

/* --- small helpers ---------------------------------------------------------------------------- */

static inline bool in_handler_mode(const struct cpu *c)
{
	return c->ipsr != 0;
}

static inline bool is_privileged(const struct cpu *c)
{
	return c->ipsr || !(c->control & 1);
}

/** Banked state of the present Security state. */
static inline struct bank *bank_now(struct cpu *c)
{
	return &c->bank[c->secure & 1];
}

static inline const struct bank *bank_seen(const struct cpu *c)
{
	return &c->bank[c->secure & 1];
}

/** Where words are kept that have no copies but belong to the Secure state where there is one. */
static inline unsigned owner_bank(const struct cpu *c)
{
	return c->config.security ? BANK_S : BANK_NS;
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

_Noreturn void fault_stack_limit(struct cpu *c);

/** RSPCheck[]: is this value for register @p n below the stack limit? (DDI 0553, B3.10) */
static inline void check_sp_limit(struct cpu *c, unsigned n, uint32_t value)
{
	if (UNLIKELY(n == SP && value < c->sp_limit))
		fault_stack_limit(c);
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
	MEM_BUS,    /* the bus, or the PPB to unprivileged code, refused */
	MEM_PROT,   /* the MPU, or execute-never of the default map, refused */
	MEM_SECURE, /* the security attribution refused */
};

/**
 * One naturally aligned access that does not raise anything. CPU_A_SECURE in @p attr is the state
 * that makes it; the bus is told the attribute that comes of it.
 */
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
	return (is_privileged(c) ? CPU_A_DATA | CPU_A_PRIV : CPU_A_DATA) |
	       (c->secure ? CPU_A_SECURE : 0u);
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

/** Is the MPU of a Security state on for the present priority? */
bool mpu_active(const struct cpu *c, unsigned secure);
bool mpu_allows(const struct cpu *c, uint32_t addr, unsigned attr, bool write);
unsigned mpu_regions(const struct cpu *c, unsigned secure);
/** What TT tells: @return the one region that has it, or -1. */
int mpu_region_of(const struct cpu *c, unsigned secure, uint32_t addr);
/** Execute-never of the default memory map, B3.1. */
bool default_map_allows(uint32_t addr, unsigned attr);
/** May whole pages be trusted to one answer? */
bool mpu_page_uniform(const struct cpu *c, unsigned secure, uint32_t addr);

/* --- sau.c ------------------------------------------------------------------------------------ */

/** Whose an address is: DDI 0553, SecurityCheck(). */
struct attribution {
	bool ns, nsc;
	bool region_valid, idau_valid;
	uint8_t region, idau_region;
};

struct attribution sau_check(const struct cpu *c, uint32_t addr, bool fetch, unsigned secure);
bool sau_page_uniform(const struct cpu *c, uint32_t page);
/** TT and its like. */
uint32_t sau_test_target(const struct cpu *c, uint32_t addr, bool alternate, bool unprivileged);

/* --- fault.c ---------------------------------------------------------------------------------- */

/** Record a fault of the present Security state, pend what handles it, and leave the instruction. */
_Noreturn void fault_raise(struct cpu *c, enum exception exception, uint32_t cfsr);
_Noreturn void fault_usage(struct cpu *c, uint32_t cfsr);
_Noreturn void fault_undefined(struct cpu *c);
/** SecureFault with bits of SFSR. */
_Noreturn void fault_secure(struct cpu *c, uint32_t sfsr);
/** UsageFault of the Secure state, whatever the present one. */
_Noreturn void fault_usage_secure(struct cpu *c, uint32_t cfsr);
/** An access at @p addr was refused. */
_Noreturn void fault_access(struct cpu *c, enum mem_result result, uint32_t addr, unsigned attr);
/** Set bits of CFSR, BFSR included, and remember what vector catch they mean. */
void fault_record(struct cpu *c, unsigned secure, uint32_t cfsr);
void fault_record_secure(struct cpu *c, uint32_t sfsr);
/** Instead of exception @p id: HardFault, or lock-up. */
void fault_escalate(struct cpu *c, unsigned id);
/** Make an exception pending that is the instruction's own, with escalation; may lock up. */
void exception_pend_sync(struct cpu *c, unsigned id, uint32_t cfsr);
/** SVC: taken after the instruction. */
void exception_svc(struct cpu *c);
void exception_lockup(struct cpu *c);

/* --- mode.c ----------------------------------------------------------------------------------- */

uint32_t xpsr_get(const struct cpu *c);
void xpsr_set(struct cpu *c, uint32_t xpsr);
/** All but IPSR. */
void xpsr_set_flags(struct cpu *c, uint32_t xpsr);
uint32_t xpsr_exception(const struct cpu *c, uint32_t xpsr);
/** Change mode or stack selection, keeping the banked SPs right. */
void set_mode(struct cpu *c, uint32_t ipsr, uint32_t control);
/** Go to the other Security state, keeping what is banked right. */
void set_security(struct cpu *c, unsigned secure);
/** MSP (0) or PSP (1), in use or not. */
uint32_t sp_get(const struct cpu *c, unsigned secure, unsigned which);
void sp_set(struct cpu *c, unsigned secure, unsigned which, uint32_t value);
/** MSPLIM and PSPLIM; those that the core does not have stay zero. */
void sp_limit_set(struct cpu *c, unsigned secure, unsigned which, uint32_t value);
/** Is the limit of this state's stack in force? CCR.STKOFHFNMIGN. @return it, or 0. */
uint32_t sp_limit_in_force(const struct cpu *c, unsigned secure, unsigned which);
void sp_limit_update(struct cpu *c);
/** CONTROL of a Security state: nPRIV, SPSEL, FPCA. */
uint32_t control_get(const struct cpu *c, unsigned secure);
void control_set(struct cpu *c, unsigned secure, uint32_t value);

/* --- exception.c ------------------------------------------------------------------------------ */

/** Take the best pending exception if it may preempt. */
bool exception_take(struct cpu *c);
/** The registers of the present context go to its stack; a fault becomes pending. */
void exception_push(struct cpu *c, unsigned original);
/** ExceptionTaken() for what is best among the pending. @p tail: no new frame was made. */
void exception_taken(struct cpu *c, uint32_t exc_return, bool tail);
enum mem_result read_words(
	struct cpu *c, uint32_t addr, unsigned attr, uint32_t *words, size_t count);
enum mem_result write_words(
	struct cpu *c, uint32_t addr, unsigned attr, const uint32_t *words, size_t count);
/** A fault of the exception machinery itself. @p original: what was being entered; 0: a return. */
void exception_derived(
	struct cpu *c, enum mem_result result, uint32_t addr, unsigned secure, unsigned original);
uint32_t integrity_signature(const struct cpu *c, uint32_t exc_return);
void trace_exception(struct cpu *c, unsigned exception, enum cpu_exception_event event);

/* --- exc_return.c, exc_return8.c -------------------------------------------------------------- */

/** BX, POP, LDM, LDR to the PC: an address, or EXC_RETURN in Handler mode. */
void branch_interwork(struct cpu *c, uint32_t target);
void exception_return(struct cpu *c, uint32_t exc_return);
/** The same for Armv8-M. */
void exception_return8(struct cpu *c, uint32_t exc_return);
void function_return(struct cpu *c);

/* --- fp_state.c ------------------------------------------------------------------------------- */

/** ExecuteFPCheck(): may the instruction use the FPU? Saves state that is due. */
void fpu_check(struct cpu *c);
/** May the present code? Of use for encodings that are not allocated. */
bool fpu_access_allowed(const struct cpu *c);
/** Where the FP part of a frame goes, or the promise of it. */
enum mem_result fp_push(struct cpu *c, uint32_t frame, unsigned attr, bool overflow);
enum mem_result fp_pop(struct cpu *c, uint32_t frame, unsigned attr, bool callee_too);
/** Words after the basic frame for the present state. */
uint32_t fp_frame_size(const struct cpu *c, unsigned secure);
void fp_clear(struct cpu *c, unsigned count);
void fp_vlstm(struct cpu *c, uint32_t w);
void fp_vlldm(struct cpu *c, uint32_t w);
/** fpu_check() without beginning a context: saves what is due. */
void fp_settle(struct cpu *c);
void fp_vstr_sysreg(struct cpu *c, uint32_t w);
void fp_vldr_sysreg(struct cpu *c, uint32_t w);

/* --- nvic.c ----------------------------------------------------------------------------------- */

enum { PRIORITY_NONE = 256 };

/** Is it taken to the Secure state? */
bool exc_is_secure(const struct cpu *c, unsigned id);
/** The instance of a system exception for a Security state, with the number of one it has. */
unsigned exc_id(const struct cpu *c, enum exception exception, unsigned secure);
static inline unsigned exc_number(unsigned id)
{
	return id & (EXC_NUMBERS - 1);
}
/** AIRCR.BFHFNMINS; without the Security Extension as if it were set. */
bool bfhfnmins(const struct cpu *c);

int nvic_group_priority(const struct cpu *c, unsigned id);
int nvic_execution_priority(const struct cpu *c);
/** The same as if PRIMASK were clear: what WFI wakes on. */
int nvic_wake_priority(const struct cpu *c);
/** Of what is active alone. */
int nvic_raw_priority(const struct cpu *c);
/** Does a Security state run at a negative priority of its own? */
bool nvic_negative(const struct cpu *c, unsigned secure);
/** Highest-priority exception that is pending and enabled; 0: none. */
unsigned nvic_best(const struct cpu *c);
/** The same, for ICSR_NS: of the Non-secure ones. */
unsigned nvic_best_ns(const struct cpu *c);
/** Is it one that is switched on? */
bool nvic_enabled(const struct cpu *c, unsigned id);
bool nvic_preempts(const struct cpu *c, unsigned id);
void nvic_pend(struct cpu *c, unsigned id, bool pending);
void nvic_activate(struct cpu *c, unsigned id, bool active);
unsigned nvic_active_count(const struct cpu *c);
bool nvic_exception_exists(const struct cpu *c, unsigned id);
uint8_t nvic_priority_mask(const struct cpu *c);
bool nvic_wakes(const struct cpu *c);

/* --- systick.c -------------------------------------------------------------------------------- */

/** Catch up with the cycle counter. */
void systick_update(struct cpu *c);
/** The next tick that makes a difference: one that is not pending yet. */
uint64_t systick_next(const struct cpu *c);
void systick_reset(struct cpu *c);
uint32_t systick_read_csr(struct cpu *c, unsigned secure, bool debugger);
uint32_t systick_read_cvr(struct cpu *c, unsigned secure);
uint32_t systick_calib(const struct cpu *c);
void systick_write_csr(struct cpu *c, unsigned secure, uint32_t value);
void systick_write_rvr(struct cpu *c, unsigned secure, uint32_t value);
void systick_write_cvr(struct cpu *c, unsigned secure);

/* --- scs.c ------------------------------------------------------------------------------------ */

/** How the SCS is looked at: as a debugger or not, and which Security state's registers. */
enum scs_view { SCS_BY_CORE = 0, SCS_SECURE = 1, SCS_BY_DEBUGGER = 2 };

enum mem_result scs_read(
	struct cpu *c, uint32_t addr, unsigned size, unsigned view, uint32_t *value);
enum mem_result scs_write(
	struct cpu *c, uint32_t addr, unsigned size, unsigned view, uint32_t value);
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
void debug_vector_catch(struct cpu *c, unsigned id);
void debug_update_sdme(struct cpu *c);
/** DHCSR.S_SDE: may Secure state be debugged by halting? */
bool debug_secure_allowed(const struct cpu *c);
/** CanHaltOnEvent() in the present Security state. */
bool debug_may_halt(const struct cpu *c);
/** C_HALT that had to wait for the Non-secure state. */
void debug_halt_if_due(struct cpu *c);
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
uint32_t debug_read_dscsr(const struct cpu *c);
void debug_write_dscsr(struct cpu *c, uint32_t value);
uint32_t debug_read_dauthstatus(const struct cpu *c);

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
	uint32_t mvfr[3];     /* 0xF40..0xF48, with a single-precision FPU */
	uint32_t mvfr_dp[3];  /* with a double-precision one, or MVE */
	uint32_t clidr, ctr, ccsidr;
	uint8_t peripheral[8]; /* SCS PIDR0-7: low bytes */
};

/** By CPUID.PARTNO; for an unknown core, the row of its architecture. */
const struct id_regs *id_regs_find(const struct cpu_config *config);
/** As this core is configured: with or without the Security Extension, with which FPU. */
uint32_t id_regs_feature(const struct cpu *c, size_t word);
uint32_t id_regs_mvfr(const struct cpu *c, size_t word);

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
	thumb32_control_table, thumb32_v8m_table, loop_table, multiply_table, dsp_table,
	fpu_data_table, fpu_table;

#endif /* VBOARD_CPU_INTERNAL_H */
