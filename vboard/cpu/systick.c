/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SysTick: DDI 0403E.b B3.3. Not counted cycle by cycle: kept is the cycle at which the counter
 * next goes from 1 to 0, from which all else follows.
 */
#include "vboard/cpu/internal.h"

/* Processor cycles to one count. */
static uint64_t divisor(const struct cpu *c)
{
	return (c->syst_csr & SYST_CSR_CLKSOURCE) || !c->config.systick_divide
	               ? 1
	               : c->config.systick_divide;
}

/* Zero is reached in @p counts; a reload value of zero stops the counter (B3.3.1). */
static void arm(struct cpu *c, uint64_t from, uint64_t counts)
{
	c->syst_zero_at = counts ? from + counts * divisor(c) : UINT64_MAX;
	cpu_attention(c);
}

/* From zero, the next count loads SYST_RVR. */
static void arm_reload(struct cpu *c, uint64_t from)
{
	arm(c, from, c->syst_rvr ? c->syst_rvr + UINT64_C(1) : 0);
}

void systick_update(struct cpu *c)
{
	uint64_t zero_at;

	if (LIKELY(!(c->syst_csr & SYST_CSR_ENABLE) || c->cycles < c->syst_zero_at))
		return;
	c->syst_csr |= SYST_CSR_COUNTFLAG;
	if (c->syst_csr & SYST_CSR_TICKINT)
		nvic_pend(c, EXC_SYSTICK, true);
	zero_at = c->syst_zero_at;
	arm_reload(c, zero_at);
	if (c->syst_zero_at <= c->cycles) { /* a long sleep passed more than one */
		const uint64_t period = (c->syst_rvr + UINT64_C(1)) * divisor(c);

		c->syst_zero_at += ((c->cycles - c->syst_zero_at) / period + 1) * period;
	}
}

static uint32_t current_value(const struct cpu *c)
{
	uint64_t counts;

	if (!(c->syst_csr & SYST_CSR_ENABLE))
		return c->syst_stopped_at;
	if (c->syst_zero_at == UINT64_MAX)
		return 0;
	counts = (c->syst_zero_at - c->cycles + divisor(c) - 1) / divisor(c);
	return counts > c->syst_rvr ? 0 : (uint32_t)counts;
}

/* COUNTFLAG is cleared by a read of the program, not of a debugger (B3.3.3). */
uint32_t systick_read_csr(struct cpu *c, bool debugger)
{
	uint32_t value;

	systick_update(c);
	value = c->syst_csr;
	if (!debugger)
		c->syst_csr &= ~SYST_CSR_COUNTFLAG;
	if (!c->config.systick_divide)
		value |= SYST_CSR_CLKSOURCE;
	return value;
}

uint32_t systick_read_cvr(struct cpu *c)
{
	systick_update(c);
	return current_value(c);
}

uint32_t systick_calib(const struct cpu *c)
{
	const uint32_t noref = c->config.systick_divide ? 0 : SYST_CALIB_NOREF;

	return (c->config.systick_calib & ~SYST_CALIB_NOREF) | noref;
}

void systick_write_csr(struct cpu *c, uint32_t value)
{
	const uint32_t writable = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLKSOURCE;

	systick_update(c);
	c->syst_stopped_at = current_value(c);
	c->syst_csr = (c->syst_csr & ~writable) | (value & writable);
	if (!(c->syst_csr & SYST_CSR_ENABLE))
		c->syst_zero_at = UINT64_MAX;
	else if (c->syst_stopped_at)
		arm(c, c->cycles, c->syst_stopped_at);
	else
		arm_reload(c, c->cycles);
}

/* Takes effect when the counter reloads; it may wait at zero for that. */
void systick_write_rvr(struct cpu *c, uint32_t value)
{
	const bool waiting = c->syst_zero_at == UINT64_MAX;

	systick_update(c);
	c->syst_rvr = value & SYST_COUNTER;
	if ((c->syst_csr & SYST_CSR_ENABLE) && waiting)
		arm_reload(c, c->cycles);
}

/* Any write clears the counter and COUNTFLAG. */
void systick_write_cvr(struct cpu *c)
{
	systick_update(c);
	c->syst_stopped_at = 0;
	c->syst_csr &= ~SYST_CSR_COUNTFLAG;
	if (c->syst_csr & SYST_CSR_ENABLE)
		arm_reload(c, c->cycles);
}
