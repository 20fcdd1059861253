/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's debug behaviour: DDI 0403E.b C1 (DDI 0419C C1 for Armv6-M, DDI 0553 B12 for Armv8-M).
 * Debug state, DHCSR, breakpoints, watchpoints, vector catch, DebugMonitor. The other registers are
 * in debug_regs.c.
 */
#include "vboard/cpu/internal.h"

#define DHCSR_CONTROL \
	(DHCSR_C_DEBUGEN | DHCSR_C_HALT | DHCSR_C_STEP | DHCSR_C_MASKINTS | DHCSR_C_SNAPSTALL)

enum watch_kind { ON_READ = 1, ON_WRITE = 2, ON_EXEC = 4, ON_VALUE = 8 };

/* --- whether the Secure state may be debugged: DDI 0553 B12.3 --------------------------------- */

void cpu_set_spiden(struct cpu *c, bool spiden)
{
	c->spiden = spiden;
	debug_update_sdme(c);
	cpu_attention(c);
}

/* In Debug state it is as it was on entry. */
bool debug_secure_allowed(const struct cpu *c)
{
	if (c->halted)
		return c->sde;
	return c->dauthctrl & DAUTHCTRL_SPIDENSEL ? c->dauthctrl & DAUTHCTRL_INTSPIDEN : c->spiden;
}

/* DEMCR.SDME: whose DebugMonitor is. It does not change under one that is due or at work. */
void debug_update_sdme(struct cpu *c)
{
	if (!c->config.security || !c->is_v7m || exc_bit(c->pending, EXC_DEBUGMONITOR) ||
		exc_bit(c->active, EXC_DEBUGMONITOR))
		return;
	c->demcr &= ~DEMCR_SDME;
	if (debug_secure_allowed(c))
		c->demcr |= DEMCR_SDME;
}

bool debug_may_halt(const struct cpu *c)
{
	return halting_debug_enabled(c) && (!c->secure || debug_secure_allowed(c));
}

/* --- entering and leaving Debug state --------------------------------------------------------- */

void debug_halt(struct cpu *c, enum cpu_halt_why why, int comparator, uint32_t addr)
{
	c->sde = debug_secure_allowed(c);
	c->halted = 1;
	c->regs_ready = 1;
	c->dhcsr |= DHCSR_C_HALT;
	c->dfsr |= (uint32_t)why;
	c->halt_why = (uint32_t)why;
	c->halt_comparator = (uint32_t)comparator;
	c->halt_addr = addr;
	/* Debug state ends sleep and lock-up: C1.4, B1.5.15. */
	c->sleeping = AWAKE;
	c->locked_up = 0;
	cpu_attention(c);
	observe_halt(c);
}

bool cpu_halted(const struct cpu *c)
{
	return c->halted;
}

/* By default the registers are those of the state that runs; CDS is no key while it does. */
static void leave_debug_state(struct cpu *c)
{
	if (c->halted)
		c->restart_sticky = 1;
	c->halted = 0;
	cpu_attention(c);
}

void cpu_resume(struct cpu *c)
{
	c->dhcsr &= ~(DHCSR_C_HALT | DHCSR_C_STEP);
	leave_debug_state(c);
}

void debug_halt_if_due(struct cpu *c)
{
	if ((c->dhcsr & DHCSR_C_HALT) && !c->halted && debug_may_halt(c))
		debug_halt(c, CPU_HALT_REQ, -1, 0);
}

void cpu_external_halt(struct cpu *c)
{
	if (debug_may_halt(c) && !c->halted)
		debug_halt(c, CPU_HALT_EXTERNAL, -1, 0);
}

void debug_reset(struct cpu *c, bool power_on)
{
	c->halted = 0;
	c->regs_ready = 0;
	c->reset_sticky = 1;
	c->watch_hit = 0;
	if (power_on) {
		c->dhcsr = c->demcr = c->dfsr = c->dcrdr = c->dscsr = c->dauthctrl = 0;
		c->restart_sticky = 0;
		c->break_count = c->watch_count = 0;
		observe_reset(c);
		mem_flush(c);
	} else {
		c->dhcsr &= DHCSR_C_DEBUGEN;
		c->dscsr = 0;
		c->demcr &= ~(DEMCR_MON_EN | DEMCR_MON_PEND | DEMCR_MON_STEP | DEMCR_MON_REQ);
	}
	debug_update_sdme(c);
}

/* --- DHCSR: C1.6.2 ---------------------------------------------------------------------------- */

uint32_t debug_read_dhcsr(struct cpu *c, bool debugger)
{
	uint32_t value = c->dhcsr;

	if (c->regs_ready)
		value |= DHCSR_S_REGRDY;
	if (c->halted)
		value |= DHCSR_S_HALT;
	if (c->sleeping)
		value |= DHCSR_S_SLEEP;
	if (c->locked_up)
		value |= DHCSR_S_LOCKUP;
	if (cpu_insns(c) != c->retire_mark)
		value |= DHCSR_S_RETIRE_ST;
	if (c->reset_sticky)
		value |= DHCSR_S_RESET_ST;
	if (c->is_v8m && c->restart_sticky)
		value |= DHCSR_S_RESTART_ST;
	if (c->config.security && debug_secure_allowed(c))
		value |= DHCSR_S_SDE;
	if (debugger) {
		c->restart_sticky = 0;
		c->retire_mark = cpu_insns(c);
		c->reset_sticky = 0;
	}
	return value;
}

/* Without C_DEBUGEN the other bits mean nothing. C_MASKINTS changes in Debug state only. */
static uint32_t dhcsr_effective(const struct cpu *c, uint32_t value)
{
	uint32_t control = value & DHCSR_CONTROL;

	if (!(control & DHCSR_C_DEBUGEN))
		return 0;
	if (!c->halted)
		control = (control & ~DHCSR_C_MASKINTS) | (c->dhcsr & DHCSR_C_MASKINTS);
	if (!c->is_v7m)
		control &= ~DHCSR_C_SNAPSTALL;
	return control;
}

void debug_write_dhcsr(struct cpu *c, uint32_t value)
{
	if (value >> 16 != DHCSR_DBGKEY)
		return;
	c->dhcsr = dhcsr_effective(c, value);
	if (!(c->dhcsr & DHCSR_C_HALT) && c->halted)
		leave_debug_state(c);
	debug_halt_if_due(c);
	cpu_attention(c);
}

/* --- debug events ----------------------------------------------------------------------------- */

/* A Non-secure DebugMonitor has no business in the Secure state. */
static bool monitor_can_run(const struct cpu *c)
{
	if (c->secure && !exc_is_secure(c, EXC_DEBUGMONITOR))
		return false;
	return nvic_enabled(c, EXC_DEBUGMONITOR) && nvic_preempts(c, EXC_DEBUGMONITOR);
}

/* C1.3.1, table of debug events: halt, DebugMonitor, or else HardFault. */
void debug_breakpoint(struct cpu *c, int comparator)
{
	c->r[PC] = c->insn_pc;
	if (debug_may_halt(c)) {
		c->cycles--; /* it is not executed */
		debug_halt(c, CPU_HALT_BKPT, comparator, 0);
		return;
	}
	c->dfsr |= CPU_HALT_BKPT;
	if (monitor_can_run(c)) {
		exception_pend_sync(c, EXC_DEBUGMONITOR, 0);
		return;
	}
	if (c->is_v7m)
		c->hfsr |= HFSR_DEBUGEVT;
	exception_pend_sync(c, exc_id(c, EXC_HARDFAULT, c->secure), 0);
}

/* Watchpoints that neither halt nor reach DebugMonitor are ignored. */
void debug_watchpoint(struct cpu *c)
{
	const int comparator = (int)c->watch_hit - 1;

	c->watch_hit = 0;
	if (debug_may_halt(c)) {
		debug_halt(c, CPU_HALT_DWT, comparator, c->watch_addr);
	} else if (monitor_can_run(c)) {
		c->dfsr |= CPU_HALT_DWT;
		nvic_pend(c, EXC_DEBUGMONITOR, true);
	}
}

void cpu_watch_event(struct cpu *c)
{
	c->watch_hit = 1;
	c->watch_addr = c->r[PC];
	debug_watchpoint(c);
}

/* C1.4.2: on entry to a fault's handler, before its first instruction. */
void debug_vector_catch(struct cpu *c, unsigned id)
{
	const unsigned exception = exc_number(id);
	const uint32_t causes = c->fault_catch;
	uint32_t wanted = 0;

	if (exception == EXC_HARDFAULT)
		wanted = c->demcr & (DEMCR_VC_HARDERR | (causes & DEMCR_VC_INTERR));
	else if (exception >= EXC_MEMMANAGE && exception <= EXC_SECUREFAULT)
		wanted = c->demcr & causes;
	if (exception >= EXC_HARDFAULT && exception <= EXC_SECUREFAULT)
		c->fault_catch = 0;
	if (wanted && debug_may_halt(c))
		debug_halt(c, CPU_HALT_VCATCH, -1, 0);
}

bool debug_monitor_steps(const struct cpu *c)
{
	const uint32_t both = DEMCR_MON_EN | DEMCR_MON_STEP;

	return (c->demcr & both) == both && !halting_debug_enabled(c) && monitor_can_run(c);
}

void debug_monitor_stepped(struct cpu *c)
{
	if (!debug_monitor_steps(c))
		return;
	c->dfsr |= CPU_HALT_REQ;
	nvic_pend(c, EXC_DEBUGMONITOR, true);
}

/* --- comparators ------------------------------------------------------------------------------ */

void cpu_set_breaks(struct cpu *c, const struct cpu_break *b, size_t n)
{
	c->break_count = n < CPU_MAX_COMPARATORS ? (uint32_t)n : CPU_MAX_COMPARATORS;
	for (size_t i = 0; i < c->break_count; i++)
		c->breaks[i] = b[i].addr & ~1u;
	mem_flush(c);
}

void cpu_set_watches(struct cpu *c, const struct cpu_watch *w, size_t n)
{
	c->watch_count = n < CPU_MAX_COMPARATORS ? (uint32_t)n : CPU_MAX_COMPARATORS;
	for (size_t i = 0; i < c->watch_count; i++)
		c->watches[i] = (struct watch_state){
			.addr = w[i].last ? w[i].addr : w[i].addr & ~w[i].mask,
			.mask = w[i].mask,
			.kinds = (w[i].on_read ? ON_READ : 0u) | (w[i].on_write ? ON_WRITE : 0u) |
			         (w[i].on_exec ? ON_EXEC : 0u) | (w[i].on_value ? ON_VALUE : 0u),
			.value = w[i].value,
			.size = w[i].size,
			.last = w[i].last ? w[i].last : w[i].addr | w[i].mask,
		};
	mem_flush(c);
}

/* Does [first, last] meet the comparator's range? */
static bool overlaps(const struct watch_state *w, uint32_t first, uint32_t last)
{
	return first <= w->last && last >= w->addr;
}

bool debug_page_watched(const struct cpu *c, uint32_t page)
{
	for (size_t i = 0; i < c->watch_count; i++)
		if ((c->watches[i].kinds & (ON_READ | ON_WRITE)) &&
			overlaps(&c->watches[i], page, page | PAGE_OFFSET))
			return true;
	return false;
}

bool debug_page_has_comparators(const struct cpu *c, uint32_t page)
{
	for (size_t i = 0; i < c->break_count; i++)
		if ((c->breaks[i] & ~PAGE_OFFSET) == page)
			return true;
	for (size_t i = 0; i < c->watch_count; i++)
		if ((c->watches[i].kinds & ON_EXEC) &&
			overlaps(&c->watches[i], page, page | PAGE_OFFSET))
			return true;
	return false;
}

/* The event comes after the instruction. The first match is the one reported. */
static void watch_matched(struct cpu *c, const struct cpu_match *match)
{
	if (!observe_match(c, match))
		return;
	if (!c->watch_hit) {
		c->watch_hit = match->watch + 1;
		c->watch_addr = match->addr;
	}
	if (c->bus.matched)
		c->bus.matched(c->bus.ctx, match->watch);
	cpu_attention(c);
}

static bool value_matches(const struct watch_state *w, unsigned size, uint32_t value)
{
	const uint32_t lanes = size >= 4 ? UINT32_MAX : BITS(8 * size - 1, 0);

	return !(w->kinds & ON_VALUE) || (w->size == size && !((value ^ w->value) & lanes));
}

void debug_data_access(struct cpu *c, uint32_t addr, unsigned size, bool write, uint32_t value)
{
	const uint32_t kind = write ? ON_WRITE : ON_READ;

	for (size_t i = 0; i < c->watch_count; i++)
		if ((c->watches[i].kinds & kind) &&
			overlaps(&c->watches[i], addr, addr + size - 1) &&
			value_matches(&c->watches[i], size, value))
			watch_matched(c, &(struct cpu_match){ .watch = (unsigned)i,
						 .pc = c->insn_pc,
						 .addr = addr,
						 .value = value,
						 .size = (uint8_t)size,
						 .write = write });
}

bool debug_before_insn(struct cpu *c, uint32_t pc)
{
	/* Code that may not be debugged is not matched. */
	if (c->secure && !debug_secure_allowed(c))
		return true;
	for (size_t i = 0; i < c->break_count; i++)
		if (c->breaks[i] == pc) {
			debug_breakpoint(c, (int)i);
			return false;
		}
	for (size_t i = 0; i < c->watch_count; i++)
		if ((c->watches[i].kinds & ON_EXEC) && overlaps(&c->watches[i], pc, pc + 1))
			watch_matched(c, &(struct cpu_match){ .watch = (unsigned)i,
						 .pc = pc,
						 .addr = pc,
						 .size = 2,
						 .exec = true });
	return true;
}
