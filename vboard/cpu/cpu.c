/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core as a whole: making one, reset, and the run loop.
 *
 * The loop runs without looking left or right up to a deadline, a cycle count; whatever wants to
 * be looked at between instructions sets the deadline to zero (cpu_attention()).
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/cpu/alu.h"

/* --- making one ------------------------------------------------------------------------------- */

static dapper_status check_config(const struct cpu_config *cfg)
{
	const bool v8m = cfg->arch == CPU_ARMV8M_BASE || cfg->arch == CPU_ARMV8M_MAIN;

	if (cfg->fpu != CPU_FPU_NONE && cfg->arch != CPU_ARMV7EM && cfg->arch != CPU_ARMV8M_MAIN)
		return dapper_fail(
			DAPPER_ERR_INVALID, "an FPU needs an Armv7E-M or an Armv8-M Mainline core");
	if ((cfg->security && !v8m) || (cfg->mve && cfg->arch != CPU_ARMV8M_MAIN))
		return dapper_fail(DAPPER_ERR_INVALID,
			"the Security Extension needs an Armv8-M core, MVE a Mainline one");
	if (cfg->sau_regions > MAX_SAU_REGIONS)
		return dapper_fail(DAPPER_ERR_INVALID, "%u SAU regions, expected 0 to %d",
			(unsigned)cfg->sau_regions, MAX_SAU_REGIONS);
	if (cfg->irqs < 1 || cfg->irqs > EXC_COUNT - EXC_IRQ0)
		return dapper_fail(DAPPER_ERR_INVALID, "%u interrupts, expected 1 to 480",
			(unsigned)cfg->irqs);
	if (cfg->prio_bits < 2 || cfg->prio_bits > 8)
		return dapper_fail(DAPPER_ERR_INVALID, "%u priority bits, expected 2 to 8",
			(unsigned)cfg->prio_bits);
	if (cfg->mpu_regions > MAX_MPU_REGIONS || cfg->mpu_ns_regions > MAX_MPU_REGIONS)
		return dapper_fail(DAPPER_ERR_INVALID, "%u MPU regions, expected 0 to %d",
			(unsigned)(cfg->mpu_regions > MAX_MPU_REGIONS ? cfg->mpu_regions
								      : cfg->mpu_ns_regions),
			MAX_MPU_REGIONS);
	return DAPPER_OK;
}

struct cpu *cpu_new(const struct cpu_config *cfg, const struct cpu_bus *bus)
{
	struct cpu *c;

	if (check_config(cfg) != DAPPER_OK)
		return NULL;
	c = xnew(c);
	if (!c) {
		FAIL_NO_MEMORY("a simulated core");
		return NULL;
	}
	c->config = *cfg;
	c->bus = *bus;
	c->is_v8m = cfg->arch == CPU_ARMV8M_BASE || cfg->arch == CPU_ARMV8M_MAIN;
	c->is_v7m = cfg->arch != CPU_ARMV6M && cfg->arch != CPU_ARMV8M_BASE;
	c->has_dsp = cfg->arch == CPU_ARMV7EM || cfg->arch == CPU_ARMV8M_MAIN;
	c->has_fp = cfg->fpu != CPU_FPU_NONE;
	c->id_regs = id_regs_find(cfg);
	c->wake_at = UINT64_MAX;
	c->thumb = 1;
	c->spiden = cfg->spiden;
	atomic_init(&c->halt_requested, false);
	decode_init(c);
	scs_reset(c);
	debug_reset(c, true);
	return c;
}

void cpu_free(struct cpu *c)
{
	free(c);
}

void cpu_set_trace(struct cpu *c, const struct cpu_trace *t)
{
	c->trace = t ? *t : (struct cpu_trace){ .ctx = NULL };
	cpu_attention(c);
}

void cpu_warn(struct cpu *c, size_t kind, const char *text)
{
	const size_t word = kind / 64 % ARRAY_SIZE(c->warned);
	const uint64_t mask = UINT64_C(1) << (kind % 64);

	if (!(c->warned[word] & mask) && c->bus.warn)
		c->bus.warn(c->bus.ctx, text);
	c->warned[word] |= mask;
}

/* --- reset: TakeReset(), B1.5.5 --------------------------------------------------------------- */

static void reset_registers(struct cpu *c)
{
	for (unsigned i = 0; i < 13; i++)
		c->r[i] = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(c->fp); i++)
		c->fp[i] = 0;
	c->r[LR] = UINT32_MAX;
	c->flag_n = c->flag_c = c->flag_v = c->flag_q = c->ge = c->it = 0;
	c->flag_z = 1;
	c->ipsr = c->control = c->sfpa = c->sp_limit = 0;
	c->secure = owner_bank(c);
	c->fpscr = c->vpr = 0;
	c->ltpsize = 4;
	c->exclusive = c->event = c->sleeping = c->locked_up = 0;
	c->sync_taken = 0;
}

/* Lines that are high are pending again at once. */
static void pend_levels(struct cpu *c)
{
	for (unsigned n = EXC_IRQ0; nvic_exception_exists(c, n); n++)
		if (exc_bit(c->level, n))
			nvic_pend(c, n, true);
}

/* An unreadable vector is lock-up. */
static void read_reset_vectors(struct cpu *c)
{
	struct bank *bank = bank_now(c);
	const unsigned attr = CPU_A_PRIV | CPU_A_VECTOR | (c->secure ? CPU_A_SECURE : 0u);
	uint32_t sp = 0;
	uint32_t start = 0;
	const bool readable = mem_read(c, bank->vtor, 4, attr, &sp) == MEM_OK &&
	                      mem_read(c, bank->vtor + 4, 4, attr, &start) == MEM_OK;

	c->r[SP] = bank->sp[0] = sp & ~3u;
	c->r[PC] = start & ~1u;
	c->thumb = start & 1;
	if (!readable)
		exception_lockup(c);
}

void cpu_local_reset(struct cpu *c)
{
	reset_registers(c);
	scs_reset(c);
	debug_reset(c, false);
	mem_update_view(c);
	mem_flush(c);
	pend_levels(c);
	read_reset_vectors(c);
	if (debug_may_halt(c) && (c->demcr & DEMCR_VC_CORERESET))
		debug_halt(c, CPU_HALT_VCATCH, -1, 0);
	cpu_attention(c);
}

void cpu_reset(struct cpu *c, bool debug_kept)
{
	c->reset_request = 0;
	if (!debug_kept)
		debug_reset(c, true);
	cpu_local_reset(c);
}

bool cpu_reset_requested(const struct cpu *c)
{
	return c->reset_request;
}

/* --- time ------------------------------------------------------------------------------------- */

void cpu_wake_at(struct cpu *c, uint64_t cycle)
{
	c->wake_at = cycle;
	cpu_attention(c);
}

uint64_t cpu_cycles(const struct cpu *c)
{
	return c->cycles;
}

uint64_t cpu_insns(const struct cpu *c)
{
	return c->cycles - c->slept;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t next_event(const struct cpu *c)
{
	return earlier(earlier(c->wake_at, c->observe_at), systick_next(c));
}

void cpu_stall(struct cpu *c, uint64_t cycles)
{
	c->cycles += cycles;
	c->slept += cycles;
}

/* --- instructions ----------------------------------------------------------------------------- */

/* ITAdvance(), A7.3.2. */
static uint32_t it_advanced(uint32_t it)
{
	return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
}

static bool is_bkpt(uint32_t h)
{
	return (h & 0xff00) == 0xbe00;
}

static bool is_wide(uint32_t h)
{
	return h >= 0xe800;
}

/* BKPT is executed whatever the condition (A7.3). */
static void execute_in_it(struct cpu *c, uint32_t opcode)
{
	const bool wide = opcode >> 16;
	const uint32_t it = c->it;

	c->it_written = 0;
	if (condition_holds(c, it >> 4) || (!wide && is_bkpt(opcode))) {
		if (wide)
			execute32(c, opcode);
		else
			c->thumb16[opcode >> 6](c, opcode);
	}
	if (!c->it_written)
		c->it = it_advanced(it);
}

/* The page being executed. */
struct code_page {
	uint32_t page;
	const uint8_t *host; /* NULL: fetch piece by piece */
	bool has_comparators;
};

static inline uint32_t fetch16(struct cpu *c, const struct code_page *code, uint32_t addr)
{
	if (LIKELY(code->host && (addr & ~PAGE_OFFSET) == code->page))
		return get_le16(code->host + (addr & PAGE_OFFSET));
	return mem_fetch(c, addr);
}

static void change_page(struct cpu *c, struct code_page *code, uint32_t pc)
{
	code->page = pc & ~PAGE_OFFSET;
	code->host = mem_code_page(c, pc);
	code->has_comparators = debug_page_has_comparators(c, code->page) || c->trace.insn;
}

static void trace_insn(struct cpu *c, const struct code_page *code, uint32_t pc)
{
	uint32_t opcode = fetch16(c, code, pc);

	if (is_wide(opcode))
		opcode = opcode << 16 | fetch16(c, code, pc + 2);
	if (c->trace.insn)
		c->trace.insn(c->trace.ctx, pc, opcode, c->cycles);
}

static void run_to_deadline(struct cpu *c)
{
	struct code_page code = { .page = 1 };

	while (c->cycles < c->deadline &&
		!atomic_load_explicit(&c->halt_requested, memory_order_relaxed)) {
		const uint32_t pc = c->r[PC];
		uint32_t h;

		c->insn_pc = pc;
		c->cycles++;
		if (UNLIKELY((pc & ~PAGE_OFFSET) != code.page))
			change_page(c, &code, pc);
		if (UNLIKELY(code.has_comparators)) {
			if (!debug_before_insn(c, pc))
				return;
			trace_insn(c, &code, pc);
		}
		h = fetch16(c, &code, pc);
		c->r[PC] = pc + 4;
		if (LIKELY(!is_wide(h))) {
			c->next_pc = pc + 2;
			if (LIKELY(!c->it))
				c->thumb16[h >> 6](c, h);
			else
				execute_in_it(c, h);
		} else {
			h = h << 16 | fetch16(c, &code, pc + 2);
			c->next_pc = pc + 4;
			if (LIKELY(!c->it))
				execute32(c, h);
			else
				execute_in_it(c, h);
		}
		c->r[PC] = c->next_pc;
	}
}

/* Branches to even addresses clear EPSR.T: the next instruction faults (B1.4.2). */
static void fault_not_thumb(struct cpu *c)
{
	c->insn_pc = c->r[PC];
	c->cycles++;
	fault_usage(c, CFSR_INVSTATE);
}

/* Come back at the deadline, or from within an instruction that was abandoned. */
static void execute(struct cpu *c)
{
	if (setjmp(c->abandon))
		return;
	if (UNLIKELY(!c->thumb))
		fault_not_thumb(c);
	run_to_deadline(c);
}

/* --- the run loop ----------------------------------------------------------------------------- */

/* B1.5.17, B1.5.18. */
static bool wakes_up(struct cpu *c)
{
	if (nvic_wakes(c))
		return true;
	if (c->sleeping != SLEEP_WFE || !c->event)
		return false;
	c->event = 0;
	return true;
}

/* @return false: nothing will ever happen. */
static bool sleep_on(struct cpu *c)
{
	const uint64_t until = next_event(c);

	if (until == UINT64_MAX)
		return false;
	if (until > c->cycles) {
		c->slept += until - c->cycles;
		c->cycles = until;
	}
	return true;
}

static bool is_stepping(const struct cpu *c)
{
	const uint32_t both = DHCSR_C_DEBUGEN | DHCSR_C_STEP;

	return (c->dhcsr & (both | DHCSR_C_HALT)) == both && debug_may_halt(c);
}

/* One step, C1.5.1: an exception entry, or an instruction with the exception that is its own. WFI
 * and WFE are woken by the step's debug event. */
static void step_once(struct cpu *c)
{
	c->sleeping = AWAKE;
	c->sync_taken = 0;
	systick_update(c);
	if (!exception_take(c) && !c->locked_up) {
		c->deadline = c->cycles + 1;
		execute(c);
		if (c->watch_hit)
			debug_watchpoint(c);
		if (c->sync_taken && !c->halted)
			exception_take(c);
	}
	if (c->halted)
		return;
	if (debug_may_halt(c))
		debug_halt(c, CPU_HALT_REQ, -1, 0);
	else /* it went where it may not be halted: as soon as it may */
		c->dhcsr |= DHCSR_C_HALT;
}

/* DebugMonitor's own single step, DEMCR.MON_STEP. */
static void monitor_step(struct cpu *c)
{
	c->sync_taken = 0;
	c->deadline = c->cycles + 1;
	execute(c);
	if (!c->sync_taken)
		debug_monitor_stepped(c);
}

static void run_slice(struct cpu *c, uint64_t insns_left)
{
	const uint64_t budget_end =
		insns_left > UINT64_MAX - c->cycles ? UINT64_MAX : c->cycles + insns_left;

	if (debug_monitor_steps(c)) {
		monitor_step(c);
	} else {
		c->deadline = earlier(budget_end, next_event(c));
		execute(c);
	}
	if (c->watch_hit)
		debug_watchpoint(c);
}

static void accept_halt_request(struct cpu *c)
{
	if (!atomic_exchange_explicit(&c->halt_requested, false, memory_order_acquire))
		return;
	c->dhcsr |= DHCSR_C_DEBUGEN | DHCSR_C_HALT;
}

/* What stops a run between instructions. */
static bool must_stop(struct cpu *c, uint64_t end, enum cpu_stop *stop)
{
	observe_cycles(c);
	accept_halt_request(c);
	debug_halt_if_due(c);
	if (c->reset_request)
		*stop = CPU_STOP_RESETREQ;
	else if (c->halted)
		*stop = CPU_STOP_HALTED;
	else if (c->cycles >= c->wake_at)
		*stop = CPU_STOP_TIMER;
	else if (cpu_insns(c) >= end)
		*stop = CPU_STOP_BUDGET;
	else
		return false;
	if (*stop == CPU_STOP_TIMER)
		c->wake_at = UINT64_MAX;
	return true;
}

static enum cpu_stop run(struct cpu *c, uint64_t end)
{
	enum cpu_stop stop;

	while (!must_stop(c, end, &stop)) {
		if (is_stepping(c)) {
			step_once(c);
			continue;
		}
		systick_update(c);
		if (c->sleeping && wakes_up(c))
			c->sleeping = AWAKE;
		if (exception_take(c))
			continue;
		if (c->locked_up)
			return CPU_STOP_LOCKUP;
		if (!c->sleeping)
			run_slice(c, end - cpu_insns(c));
		else if (!sleep_on(c))
			return CPU_STOP_SLEEP;
	}
	return stop;
}

static void report_halt(const struct cpu *c, enum cpu_stop stop, struct cpu_halt *halt)
{
	if (stop == CPU_STOP_HALTED && halt)
		*halt = (struct cpu_halt){
			.why = (enum cpu_halt_why)c->halt_why,
			.comparator = (int)c->halt_comparator,
			.pc = c->r[PC],
			.addr = c->halt_addr,
		};
}

enum cpu_stop cpu_run(struct cpu *c, uint64_t max_insns, struct cpu_halt *halt)
{
	const uint64_t now = cpu_insns(c);
	const enum cpu_stop stop =
		run(c, max_insns > UINT64_MAX - now ? UINT64_MAX : now + max_insns);

	report_halt(c, stop, halt);
	return stop;
}

void cpu_request_halt(struct cpu *c)
{
	atomic_store_explicit(&c->halt_requested, true, memory_order_release);
}

/* A step into a Secure state that may not be halted ends when it is left; some never are. */
enum { STEP_LIMIT = 1000000 };

/* The board's timer does not stop a step: the next run reports it. */
enum cpu_stop cpu_step(struct cpu *c, bool mask_ints, struct cpu_halt *halt)
{
	const uint32_t kept = c->dhcsr & DHCSR_C_SNAPSTALL;
	const uint64_t wake_at = c->wake_at;
	enum cpu_stop stop;

	c->halted = 0;
	c->dhcsr = DHCSR_C_DEBUGEN | DHCSR_C_STEP | kept | (mask_ints ? DHCSR_C_MASKINTS : 0);
	c->wake_at = UINT64_MAX;
	stop = cpu_run(c, STEP_LIMIT, halt);
	c->wake_at = earlier(c->wake_at, wake_at);
	c->dhcsr &= ~(DHCSR_C_STEP | DHCSR_C_MASKINTS);
	if (!c->halted) { /* a reset is due: nothing was executed */
		c->dhcsr |= DHCSR_C_HALT;
		c->halted = 1;
	}
	return stop;
}
