/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIC and SysTick as registers: DDI 0403E.b B3.3, B3.4; NVIC_ITNS and what the Non-secure state
 * sees: DDI 0553, D1.2.
 */
#include "vboard/cpu/scs_words.h"

/* --- interrupts, a bit each ------------------------------------------------------------------- */

static unsigned first_line(uint32_t offset)
{
	return EXC_IRQ0 + (offset & 0x3f) * 8;
}

/* A word of the NVIC's bit arrays: 32 interrupts, of which only those that exist. */
static uint32_t get_lines(const struct cpu *c, const uint32_t *bits, uint32_t offset, unsigned view)
{
	const unsigned first = first_line(offset);
	uint32_t value = 0;

	for (unsigned i = 0; i < 32 && nvic_exception_exists(c, first + i); i++)
		if (sees_exception(c, first + i, view))
			value |= (uint32_t)exc_bit(bits, first + i) << i;
	return value;
}

static void set_enabled(struct cpu *c, unsigned id, bool on)
{
	exc_set(c->enabled, id, on);
}

/* A level that is still high makes the exception pending again at once. */
static void set_pending(struct cpu *c, unsigned id, bool on)
{
	nvic_pend(c, id, on || (exc_bit(c->level, id) && !exc_bit(c->active, id)));
}

static void put_lines(struct cpu *c, uint32_t offset, uint32_t value, unsigned view,
	void (*put)(struct cpu *c, unsigned id, bool on), bool on)
{
	const unsigned first = first_line(offset);

	for (unsigned i = 0; i < 32 && nvic_exception_exists(c, first + i); i++)
		if ((value >> i & 1) && sees_exception(c, first + i, view))
			put(c, first + i, on);
	cpu_attention(c);
}

static uint32_t read_enabled(struct cpu *c, uint32_t offset, unsigned view)
{
	return get_lines(c, c->enabled, offset, view);
}

static uint32_t read_pending(struct cpu *c, uint32_t offset, unsigned view)
{
	return get_lines(c, c->pending, offset, view);
}

static uint32_t read_active(struct cpu *c, uint32_t offset, unsigned view)
{
	return get_lines(c, c->active, offset, view);
}

static void write_iser(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	put_lines(c, offset, value & lanes, view, set_enabled, true);
}

static void write_icer(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	put_lines(c, offset, value & lanes, view, set_enabled, false);
}

static void write_ispr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	put_lines(c, offset, value & lanes, view, set_pending, true);
}

static void write_icpr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	put_lines(c, offset, value & lanes, view, set_pending, false);
}

static uint32_t read_itns(struct cpu *c, uint32_t offset, unsigned view)
{
	return get_lines(c, c->itns, offset, view);
}

static void write_itns(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	const unsigned first = first_line(offset);

	(void)view;
	for (unsigned i = 0; i < 32 && nvic_exception_exists(c, first + i); i++)
		if (lanes >> i & 1)
			exc_set(c->itns, first + i, value >> i & 1);
	cpu_attention(c);
}

/* --- priorities ------------------------------------------------------------------------------- */

/* The exception of one byte of a word of four priorities, in the view's instance. */
static unsigned priority_id(const struct cpu *c, uint32_t offset, unsigned byte, unsigned view)
{
	if (offset < SCS_SHPR1)
		return EXC_IRQ0 + (offset - SCS_NVIC_IPR) + byte;
	return exc_id(c, (enum exception)(4 + (offset - SCS_SHPR1) + byte), view & SCS_SECURE);
}

/* Exceptions that have a configurable priority on this core: B3.2.10 to B3.2.12. */
static bool has_priority(const struct cpu *c, unsigned id)
{
	uint32_t system = BIT(11) | BIT(14) | BIT(15);

	if (c->is_v7m)
		system |= BIT(4) | BIT(5) | BIT(6) | BIT(12);
	if (c->is_v7m && c->config.security)
		system |= BIT(7);
	return exc_number(id) < EXC_IRQ0 ? system >> exc_number(id) & 1
	                                 : nvic_exception_exists(c, id);
}

static uint32_t read_priorities(struct cpu *c, uint32_t offset, unsigned view)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 4; i++) {
		const unsigned id = priority_id(c, offset, i, view);

		if (has_priority(c, id) && sees_exception(c, id, view))
			value |= (uint32_t)c->priority[id] << (8 * i);
	}
	return value;
}

static void write_priorities(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	for (unsigned i = 0; i < 4; i++) {
		const unsigned id = priority_id(c, offset, i, view);

		if (has_priority(c, id) && sees_exception(c, id, view) && (lanes >> (8 * i) & 0xff))
			c->priority[id] = (uint8_t)(value >> (8 * i)) & nvic_priority_mask(c);
	}
	cpu_attention(c);
}

/* --- the rest --------------------------------------------------------------------------------- */

static uint32_t read_ictr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return (c->config.irqs + 31u) / 32 - 1;
}

static void write_stir(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	const unsigned id = EXC_IRQ0 + (value & lanes & 0x1ff);

	(void)offset;
	if (nvic_exception_exists(c, id) && sees_exception(c, id, view))
		nvic_pend(c, id, true);
}

static uint32_t read_syst(struct cpu *c, uint32_t offset, unsigned view)
{
	const unsigned secure = view & SCS_SECURE;

	switch (offset) {
	case SCS_SYST_CSR:
		return systick_read_csr(c, secure, view & SCS_BY_DEBUGGER);
	case SCS_SYST_RVR:
		return c->bank[secure].syst.rvr;
	case SCS_SYST_CVR:
		return systick_read_cvr(c, secure);
	default:
		return systick_calib(c);
	}
}

static void write_syst(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	const unsigned secure = view & SCS_SECURE;

	value &= lanes;
	if (offset == SCS_SYST_CSR)
		systick_write_csr(c, secure, value);
	else if (offset == SCS_SYST_RVR)
		systick_write_rvr(c, secure, value);
	else if (offset == SCS_SYST_CVR)
		systick_write_cvr(c, secure);
}

static const struct scs_word rows[] = {
	{ SCS_ICTR, SCS_ICTR, read_ictr, NULL, SCS_MAIN },
	{ SCS_SYST_CSR, SCS_SYST_CALIB, read_syst, write_syst, SCS_ALWAYS },
	{ SCS_NVIC_ISER, SCS_NVIC_ISER + 0x3c, read_enabled, write_iser, SCS_ALWAYS },
	{ SCS_NVIC_ICER, SCS_NVIC_ICER + 0x3c, read_enabled, write_icer, SCS_ALWAYS },
	{ SCS_NVIC_ISPR, SCS_NVIC_ISPR + 0x3c, read_pending, write_ispr, SCS_ALWAYS },
	{ SCS_NVIC_ICPR, SCS_NVIC_ICPR + 0x3c, read_pending, write_icpr, SCS_ALWAYS },
	{ SCS_NVIC_IABR, SCS_NVIC_IABR + 0x3c, read_active, NULL, SCS_MAIN },
	{ SCS_NVIC_ITNS, SCS_NVIC_ITNS + 0x3c, read_itns, write_itns, SCS_SECURITY },
	{ SCS_NVIC_IPR, SCS_NVIC_IPR + 0x1dc, read_priorities, write_priorities, SCS_ALWAYS },
	{ SCS_SHPR1, SCS_SHPR3, read_priorities, write_priorities, SCS_ALWAYS },
	{ SCS_STIR, SCS_STIR, NULL, write_stir, SCS_MAIN },
};

const struct scs_table scs_nvic_table = { rows, ARRAY_SIZE(rows) };
