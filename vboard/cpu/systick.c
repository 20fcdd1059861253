/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SysTick: DDI 0403E.b B3.3; with the Security Extension there are two. Not counted cycle by cycle: kept is the cycle at which the counter
 * next goes from 1 to 0, from which all else follows.
 */
#include "vboard/cpu/internal.h"

/* Processor cycles to one count. */
static uint64_t divisor(const struct cpu *c, const struct systick *t)
{
	return (t->csr & SYST_CSR_CLKSOURCE) || !c->config.systick_divide
	               ? 1
	               : c->config.systick_divide;
}

/* Zero is reached in @p counts; a reload value of zero stops the counter (B3.3.1). */
static void arm(struct cpu *c, struct systick *t, uint64_t from, uint64_t counts)
{
	t->zero_at = counts ? from + counts * divisor(c, t) : UINT64_MAX;
	cpu_attention(c);
}

/* From zero, the next count loads SYST_RVR. */
static void arm_reload(struct cpu *c, struct systick *t, uint64_t from)
{
	arm(c, t, from, t->rvr ? t->rvr + UINT64_C(1) : 0);
}

static void update(struct cpu *c, unsigned secure)
{
	struct systick *t = &c->bank[secure].syst;

	if (LIKELY(!(t->csr & SYST_CSR_ENABLE) || c->cycles < t->zero_at))
		return;
	t->csr |= SYST_CSR_COUNTFLAG;
	if (t->csr & SYST_CSR_TICKINT)
		nvic_pend(c, exc_id(c, EXC_SYSTICK, secure), true);
	arm_reload(c, t, t->zero_at);
	if (t->zero_at <= c->cycles) { /* a long sleep passed more than one */
		const uint64_t period = (t->rvr + UINT64_C(1)) * divisor(c, t);

		t->zero_at += ((c->cycles - t->zero_at) / period + 1) * period;
	}
}

void systick_update(struct cpu *c)
{
	for (unsigned secure = 0; secure <= owner_bank(c); secure++)
		update(c, secure);
}

uint64_t systick_next(const struct cpu *c)
{
	uint64_t next = UINT64_MAX;

	for (unsigned secure = 0; secure <= owner_bank(c); secure++) {
		const struct systick *t = &c->bank[secure].syst;

		if ((t->csr & SYST_CSR_TICKINT) && t->zero_at < next &&
			!exc_bit(c->pending, exc_id(c, EXC_SYSTICK, secure)))
			next = t->zero_at;
	}
	return next;
}

void systick_reset(struct cpu *c)
{
	for (size_t i = 0; i < BANK_COUNT; i++)
		c->bank[i].syst = (struct systick){ .zero_at = UINT64_MAX };
}

static uint32_t current_value(const struct cpu *c, const struct systick *t)
{
	uint64_t counts;

	if (!(t->csr & SYST_CSR_ENABLE))
		return t->stopped_at;
	if (t->zero_at == UINT64_MAX)
		return 0;
	counts = (t->zero_at - c->cycles + divisor(c, t) - 1) / divisor(c, t);
	return counts > t->rvr ? 0 : (uint32_t)counts;
}

/* COUNTFLAG is cleared by a read of the program, not of a debugger (B3.3.3). */
uint32_t systick_read_csr(struct cpu *c, unsigned secure, bool debugger)
{
	struct systick *t = &c->bank[secure & 1].syst;
	uint32_t value;

	systick_update(c);
	value = t->csr;
	if (!debugger)
		t->csr &= ~SYST_CSR_COUNTFLAG;
	if (!c->config.systick_divide)
		value |= SYST_CSR_CLKSOURCE;
	return value;
}

uint32_t systick_read_cvr(struct cpu *c, unsigned secure)
{
	systick_update(c);
	return current_value(c, &c->bank[secure & 1].syst);
}

uint32_t systick_calib(const struct cpu *c)
{
	const uint32_t noref = c->config.systick_divide ? 0 : SYST_CALIB_NOREF;

	return (c->config.systick_calib & ~SYST_CALIB_NOREF) | noref;
}

void systick_write_csr(struct cpu *c, unsigned secure, uint32_t value)
{
	const uint32_t writable = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLKSOURCE;
	struct systick *t = &c->bank[secure & 1].syst;

	systick_update(c);
	t->stopped_at = current_value(c, t);
	t->csr = (t->csr & ~writable) | (value & writable);
	if (!(t->csr & SYST_CSR_ENABLE))
		t->zero_at = UINT64_MAX;
	else if (t->stopped_at)
		arm(c, t, c->cycles, t->stopped_at);
	else
		arm_reload(c, t, c->cycles);
}

/* Takes effect when the counter reloads; it may wait at zero for that. */
void systick_write_rvr(struct cpu *c, unsigned secure, uint32_t value)
{
	struct systick *t = &c->bank[secure & 1].syst;
	const bool waiting = t->zero_at == UINT64_MAX;

	systick_update(c);
	t->rvr = value & SYST_COUNTER;
	if ((t->csr & SYST_CSR_ENABLE) && waiting)
		arm_reload(c, t, c->cycles);
}

/* Any write clears the counter and COUNTFLAG. */
void systick_write_cvr(struct cpu *c, unsigned secure)
{
	struct systick *t = &c->bank[secure & 1].syst;

	systick_update(c);
	t->stopped_at = 0;
	t->csr &= ~SYST_CSR_COUNTFLAG;
	if (t->csr & SYST_CSR_ENABLE)
		arm_reload(c, t, c->cycles);
}
