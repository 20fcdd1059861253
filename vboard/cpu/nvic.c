/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Priorities, and which exception comes next: DDI 0403E.b B1.5.4, B3.4; with the Security
 * Extension DDI 0553 B3.9 (priorities) and ExecutionPriority(), ExceptionPriority().
 */
#include "vboard/cpu/internal.h"

enum {
	PRIORITY_RESET = -4,
	PRIORITY_SECURE_HARDFAULT = -3, /* with AIRCR.BFHFNMINS */
	PRIORITY_NMI = -2,
	PRIORITY_HARDFAULT = -1,
	PRIORITY_NS_LIMIT = 0x80, /* with AIRCR.PRIS, RestrictedNSPri() */
};

/* Exceptions that each Security state has its own of. */
#define BANKED_EXCEPTIONS                                                                  \
	(BIT(EXC_HARDFAULT) | BIT(EXC_MEMMANAGE) | BIT(EXC_USAGEFAULT) | BIT(EXC_SVCALL) | \
		BIT(EXC_PENDSV) | BIT(EXC_SYSTICK))

/* --- Security state --------------------------------------------------------------------------- */

bool bfhfnmins(const struct cpu *c)
{
	return !c->config.security || (c->aircr & AIRCR_BFHFNMINS);
}

bool exc_is_secure(const struct cpu *c, unsigned id)
{
	if (!c->config.security)
		return false;
	if (id >= EXC_IRQ0 && id < EXC_NUMBERS)
		return !exc_bit(c->itns, id);
	switch (id) {
	case EXC_RESET:
	case EXC_SECUREFAULT:
		return true;
	case EXC_NMI:
	case EXC_BUSFAULT:
		return !bfhfnmins(c);
	case EXC_DEBUGMONITOR:
		return c->demcr & DEMCR_SDME;
	default:
		return id >= EXC_BANKED;
	}
}

/* Without BFHFNMINS, there is only the Secure HardFault to go to. */
unsigned exc_id(const struct cpu *c, enum exception exception, unsigned secure)
{
	if (!c->config.security || exception >= EXC_IRQ0 || !(BANKED_EXCEPTIONS >> exception & 1))
		return exception;
	if (exception == EXC_HARDFAULT && !bfhfnmins(c))
		secure = BANK_S;
	return secure ? (unsigned)exception + EXC_BANKED : (unsigned)exception;
}

/* --- priorities ------------------------------------------------------------------------------- */

/* AIRCR_S.PRIS puts all that is Non-secure into the lower half. */
static int squeezed(const struct cpu *c, int priority, bool secure)
{
	return !secure && (c->aircr & AIRCR_PRIS) ? (priority >> 1) + PRIORITY_NS_LIMIT : priority;
}

static int exception_priority(const struct cpu *c, unsigned id, bool group)
{
	const bool secure = exc_is_secure(c, id);
	int priority;

	switch (exc_number(id)) {
	case EXC_RESET:
		return PRIORITY_RESET;
	case EXC_NMI:
		return PRIORITY_NMI;
	case EXC_HARDFAULT:
		return secure && bfhfnmins(c) ? PRIORITY_SECURE_HARDFAULT : PRIORITY_HARDFAULT;
	default:
		break;
	}
	priority = c->priority[id % EXC_SLOTS];
	if (group) {
		const uint32_t shift = c->bank[secure].prigroup + 1;

		priority = priority >> shift << shift;
	}
	return squeezed(c, priority, secure);
}

int nvic_group_priority(const struct cpu *c, unsigned id)
{
	return exception_priority(c, id, true);
}

/* Words of the bit arrays that can hold a one: the last is that of the banked exceptions. */
static size_t words_in_use(const struct cpu *c)
{
	return (EXC_IRQ0 + c->config.irqs + 31u) / 32;
}

static size_t next_word(const struct cpu *c, size_t word)
{
	word++;
	return c->config.security && word == words_in_use(c) ? EXC_WORDS - 1 : word;
}

static bool has_word(const struct cpu *c, size_t word)
{
	return word < words_in_use(c) || (c->config.security && word == EXC_WORDS - 1);
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

int nvic_raw_priority(const struct cpu *c)
{
	int priority = PRIORITY_NONE;

	for (size_t word = 0; has_word(c, word); word = next_word(c, word))
		for (uint32_t left = c->active[word]; left; left &= left - 1)
			priority = min(priority,
				nvic_group_priority(
					c, (unsigned)(word * 32) + (unsigned)__builtin_ctz(left)));
	return priority;
}

static int basepri_boost(const struct cpu *c, unsigned secure)
{
	const struct bank *bank = &c->bank[secure];
	const uint32_t shift = bank->prigroup + 1;

	return bank->basepri ? squeezed(c, (int)(bank->basepri >> shift << shift), secure)
	                     : PRIORITY_NONE;
}

static int faultmask_boost(const struct cpu *c, unsigned secure)
{
	if (!c->bank[secure].faultmask)
		return PRIORITY_NONE;
	if (secure)
		return bfhfnmins(c) ? PRIORITY_SECURE_HARDFAULT : PRIORITY_HARDFAULT;
	return bfhfnmins(c) ? PRIORITY_HARDFAULT : squeezed(c, 0, false);
}

/* ExecutionPriority() without PRIMASK. */
int nvic_wake_priority(const struct cpu *c)
{
	int priority = nvic_raw_priority(c);

	for (unsigned secure = 0; secure <= owner_bank(c); secure++) {
		priority = min(priority, basepri_boost(c, secure));
		priority = min(priority, faultmask_boost(c, secure));
	}
	return priority;
}

int nvic_execution_priority(const struct cpu *c)
{
	int priority = nvic_wake_priority(c);

	for (unsigned secure = 0; secure <= owner_bank(c); secure++)
		if (c->bank[secure].primask)
			priority = min(priority, squeezed(c, 0, secure));
	return priority;
}

/* IsReqExcPriNeg(): what MPU_CTRL.HFNMIENA and CCR.STKOFHFNMIGN go by. */
bool nvic_negative(const struct cpu *c, unsigned secure)
{
	return c->bank[secure & 1].faultmask ||
	       (exc_bit(c->active, EXC_NMI) && exc_is_secure(c, EXC_NMI) == (secure != 0)) ||
	       exc_bit(c->active, secure ? EXC_HARDFAULT + EXC_BANKED : EXC_HARDFAULT);
}

/* --- what is next ----------------------------------------------------------------------------- */

/* C_MASKINTS hides PendSV, SysTick and external interrupts: C1.5.1, table of DHCSR. Those of the
 * Secure state it hides only where that may be debugged (DDI 0553, DHCSR). */
static bool is_masked(const struct cpu *c, unsigned id)
{
	const uint32_t both = DHCSR_C_DEBUGEN | DHCSR_C_MASKINTS;

	return (c->dhcsr & both) == both && exc_number(id) >= EXC_PENDSV &&
	       (!exc_is_secure(c, id) || debug_secure_allowed(c));
}

/* The system exceptions that can be switched off: by SHCSR, and DebugMonitor by DEMCR.MON_EN. */
#define CONFIGURABLE (BITS(EXC_SECUREFAULT, EXC_MEMMANAGE) | BIT(EXC_DEBUGMONITOR))

bool nvic_enabled(const struct cpu *c, unsigned id)
{
	return exc_bit(c->enabled, id) ||
	       (exc_number(id) < EXC_IRQ0 && !(BIT(exc_number(id)) & CONFIGURABLE));
}

static uint32_t takeable(const struct cpu *c, size_t word)
{
	uint32_t enabled = c->enabled[word];

	if (word == 0 || word == EXC_WORDS - 1)
		enabled |= BITS(15, 0) & ~CONFIGURABLE;
	return c->pending[word] & enabled;
}

/* In this order: group priority, subpriority, number, Secure first. */
static bool is_better(const struct cpu *c, unsigned id, unsigned than)
{
	const int group = exception_priority(c, id, true);
	const int group2 = exception_priority(c, than, true);
	const int priority = exception_priority(c, id, false);
	const int priority2 = exception_priority(c, than, false);

	if (group != group2)
		return group < group2;
	if (priority != priority2)
		return priority < priority2;
	if (exc_number(id) != exc_number(than))
		return exc_number(id) < exc_number(than);
	return id > than;
}

static unsigned best_of(const struct cpu *c, bool ns_only)
{
	unsigned best = 0;

	for (size_t word = 0; has_word(c, word); word = next_word(c, word))
		for (uint32_t left = takeable(c, word); left; left &= left - 1) {
			const unsigned id = (unsigned)(word * 32) + (unsigned)__builtin_ctz(left);

			if (!is_masked(c, id) && !(ns_only && exc_is_secure(c, id)) &&
				(!best || is_better(c, id, best)))
				best = id;
		}
	return best;
}

unsigned nvic_best(const struct cpu *c)
{
	return best_of(c, false);
}

unsigned nvic_best_ns(const struct cpu *c)
{
	return best_of(c, true);
}

bool nvic_preempts(const struct cpu *c, unsigned id)
{
	return nvic_group_priority(c, id) < nvic_execution_priority(c);
}

/* B1.5.18: WFI wakes for what would be taken, were it not for PRIMASK. */
bool nvic_wakes(const struct cpu *c)
{
	const unsigned best = nvic_best(c);

	return best && nvic_group_priority(c, best) < nvic_wake_priority(c);
}

bool nvic_exception_exists(const struct cpu *c, unsigned id)
{
	return id < EXC_IRQ0 + (unsigned)c->config.irqs ||
	       (c->config.security && id >= EXC_BANKED && id < EXC_BANKED + EXC_IRQ0);
}

uint8_t nvic_priority_mask(const struct cpu *c)
{
	return (uint8_t)(0xffu << (8 - c->config.prio_bits));
}

/* --- pending, active, inputs ------------------------------------------------------------------ */

/* A new pending exception is an event for WFE when SCR.SEVONPEND says so (B1.5.18). */
void nvic_pend(struct cpu *c, unsigned id, bool pending)
{
	if (!nvic_exception_exists(c, id))
		return;
	if (pending && !exc_bit(c->pending, id) &&
		(c->bank[exc_is_secure(c, id)].scr & SCR_SEVONPEND))
		c->event = 1;
	exc_set(c->pending, id, pending);
	cpu_attention(c);
}

/* A line that is still high when its handler ends, or is cleared, is pending again (B3.4.1). */
void nvic_activate(struct cpu *c, unsigned id, bool active)
{
	exc_set(c->active, id, active);
	if (!active && exc_bit(c->level, id))
		nvic_pend(c, id, true);
}

unsigned nvic_active_count(const struct cpu *c)
{
	unsigned count = 0;

	for (size_t word = 0; has_word(c, word); word = next_word(c, word))
		count += (unsigned)__builtin_popcount(c->active[word]);
	return count;
}

void cpu_irq(struct cpu *c, unsigned line, bool level)
{
	const unsigned exception = EXC_IRQ0 + line;

	if (line >= c->config.irqs)
		return;
	if (level && !exc_bit(c->level, exception))
		nvic_pend(c, exception, true);
	exc_set(c->level, exception, level);
}

void cpu_nmi(struct cpu *c)
{
	nvic_pend(c, EXC_NMI, true);
}

void cpu_clear_exclusive(struct cpu *c)
{
	c->exclusive = 0;
}

void cpu_event(struct cpu *c)
{
	c->event = 1;
	cpu_attention(c);
}
