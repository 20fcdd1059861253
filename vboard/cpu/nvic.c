/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Priorities, and which exception comes next: DDI 0403E.b B1.5.4, B3.4.
 */
#include "vboard/cpu/internal.h"

enum { PRIORITY_RESET = -3, PRIORITY_NMI = -2, PRIORITY_HARDFAULT = -1 };

static int exception_priority(const struct cpu *c, unsigned exception)
{
	switch (exception) {
	case EXC_RESET:
		return PRIORITY_RESET;
	case EXC_NMI:
		return PRIORITY_NMI;
	case EXC_HARDFAULT:
		return PRIORITY_HARDFAULT;
	default:
		return c->priority[exception];
	}
}

/* What counts for preemption: AIRCR.PRIGROUP splits off the subpriority. */
static int group_of(const struct cpu *c, int priority)
{
	return priority < 0 ? priority : priority >> (c->prigroup + 1) << (c->prigroup + 1);
}

int nvic_group_priority(const struct cpu *c, unsigned exception)
{
	return group_of(c, exception_priority(c, exception));
}

static size_t words_in_use(const struct cpu *c)
{
	return (EXC_IRQ0 + c->config.irqs + 31u) / 32;
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

/* ExecutionPriority(), B1.5.4. */
int nvic_wake_priority(const struct cpu *c)
{
	int priority = PRIORITY_NONE;

	for (size_t word = 0; word < words_in_use(c); word++)
		for (uint32_t left = c->active[word]; left; left &= left - 1)
			priority = min(priority,
				nvic_group_priority(
					c, (unsigned)(word * 32) + (unsigned)__builtin_ctz(left)));
	if (c->basepri)
		priority = min(priority, group_of(c, (int)c->basepri));
	if (c->faultmask)
		priority = min(priority, PRIORITY_HARDFAULT);
	return priority;
}

int nvic_execution_priority(const struct cpu *c)
{
	const int priority = nvic_wake_priority(c);

	return c->primask ? min(priority, 0) : priority;
}

/* C_MASKINTS hides PendSV, SysTick and external interrupts: C1.5.1, table of DHCSR. */
static bool interrupts_masked(const struct cpu *c)
{
	return halting_debug_enabled(c) && (c->dhcsr & DHCSR_C_MASKINTS);
}

/* The system exceptions that can be switched off: by SHCSR, and DebugMonitor by DEMCR.MON_EN. */
#define CONFIGURABLE (BITS(EXC_USAGEFAULT, EXC_MEMMANAGE) | BIT(EXC_DEBUGMONITOR))

bool nvic_enabled(const struct cpu *c, unsigned exception)
{
	return exc_bit(c->enabled, exception) ||
	       (exception < EXC_IRQ0 && !(BIT(exception) & CONFIGURABLE));
}

static uint32_t takeable(const struct cpu *c, size_t word)
{
	uint32_t enabled = c->enabled[word];

	if (word == 0)
		enabled |= BITS(15, 0) & ~CONFIGURABLE;
	if (interrupts_masked(c))
		enabled &= word == 0 ? BITS(13, 0) : 0;
	return c->pending[word] & enabled;
}

unsigned nvic_best(const struct cpu *c)
{
	unsigned best = 0;
	int best_priority = PRIORITY_NONE;

	for (size_t word = 0; word < words_in_use(c); word++)
		for (uint32_t left = takeable(c, word); left; left &= left - 1) {
			const unsigned n = (unsigned)(word * 32) + (unsigned)__builtin_ctz(left);
			const int priority = exception_priority(c, n);

			if (priority < best_priority) {
				best = n;
				best_priority = priority;
			}
		}
	return best;
}

bool nvic_preempts(const struct cpu *c, unsigned exception)
{
	return nvic_group_priority(c, exception) < nvic_execution_priority(c);
}

/* B1.5.18: WFI wakes for what would be taken, were it not for PRIMASK. */
bool nvic_wakes(const struct cpu *c)
{
	const unsigned best = nvic_best(c);

	return best && nvic_group_priority(c, best) < nvic_wake_priority(c);
}

bool nvic_exception_exists(const struct cpu *c, unsigned exception)
{
	return exception < EXC_IRQ0 + (unsigned)c->config.irqs;
}

uint8_t nvic_priority_mask(const struct cpu *c)
{
	return (uint8_t)(0xffu << (8 - c->config.prio_bits));
}

/* A new pending exception is an event for WFE when SCR.SEVONPEND says so (B1.5.18). */
void nvic_pend(struct cpu *c, unsigned exception, bool pending)
{
	if (!nvic_exception_exists(c, exception))
		return;
	if (pending && !exc_bit(c->pending, exception) && (c->scr & SCR_SEVONPEND))
		c->event = 1;
	exc_set(c->pending, exception, pending);
	cpu_attention(c);
}

/* A line that is still high when its handler ends, or is cleared, is pending again (B3.4.1). */
void nvic_activate(struct cpu *c, unsigned exception, bool active)
{
	exc_set(c->active, exception, active);
	if (!active && exc_bit(c->level, exception))
		nvic_pend(c, exception, true);
}

unsigned nvic_active_count(const struct cpu *c)
{
	unsigned count = 0;

	for (size_t word = 0; word < words_in_use(c); word++)
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
