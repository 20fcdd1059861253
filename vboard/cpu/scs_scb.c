/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The System Control Block but for the faults: DDI 0403E.b B3.2; Armv8-M: DDI 0553, D1.2.
 */
#include "vboard/cpu/scs_words.h"

/* --- ICSR ------------------------------------------------------------------------------------- */

/* RETTOBASE: nothing but the exception of IPSR is active. */
static bool is_return_to_base(const struct cpu *c)
{
	return nvic_active_count(c) <= (in_handler_mode(c) ? 1 : 0);
}

/* VECTPENDING counts enabled exceptions whatever masks them; ISRPENDING counts external ones. */
static bool is_isr_pending(const struct cpu *c, unsigned view)
{
	for (unsigned id = EXC_IRQ0; id < EXC_IRQ0 + (unsigned)c->config.irqs; id++)
		if (exc_bit(c->pending, id) && sees_exception(c, id, view))
			return true;
	return false;
}

static bool is_pending(const struct cpu *c, enum exception exception, unsigned view)
{
	const unsigned id = exc_id(c, exception, view & SCS_SECURE);

	return exc_bit(c->pending, id) && sees_exception(c, id, view);
}

static uint32_t read_icsr(struct cpu *c, uint32_t offset, unsigned view)
{
	const unsigned best = is_secure_view(c, view) ? nvic_best(c) : nvic_best_ns(c);
	uint32_t value = c->ipsr & ICSR_VECTACTIVE;

	(void)offset;
	systick_update(c);
	value |= FIELD_PREP(ICSR_VECTPENDING, exc_number(best));
	if (c->is_v7m && is_return_to_base(c))
		value |= ICSR_RETTOBASE;
	if (is_isr_pending(c, view))
		value |= ICSR_ISRPENDING;
	if (is_pending(c, EXC_SYSTICK, view))
		value |= ICSR_PENDSTSET;
	if (is_pending(c, EXC_PENDSV, view))
		value |= ICSR_PENDSVSET;
	if (is_pending(c, EXC_NMI, view))
		value |= ICSR_NMIPENDSET;
	return value;
}

static void write_icsr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	static const struct {
		uint32_t bit;
		enum exception exception;
		bool pending;
		bool v8m_only;
	} actions[] = {
		{ ICSR_NMIPENDSET, EXC_NMI, true, false },
		{ ICSR_PENDNMICLR, EXC_NMI, false, true },
		{ ICSR_PENDSVSET, EXC_PENDSV, true, false },
		{ ICSR_PENDSVCLR, EXC_PENDSV, false, false },
		{ ICSR_PENDSTSET, EXC_SYSTICK, true, false },
		{ ICSR_PENDSTCLR, EXC_SYSTICK, false, false },
	};

	(void)offset;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		const unsigned id = exc_id(c, actions[i].exception, view & SCS_SECURE);

		if ((value & lanes & actions[i].bit) && (c->is_v8m || !actions[i].v8m_only) &&
			sees_exception(c, id, view))
			nvic_pend(c, id, actions[i].pending);
	}
}

/* --- VTOR, AIRCR ------------------------------------------------------------------------------ */

static uint32_t read_vtor(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	return c->is_v7m || c->config.has_vtor ? view_bank(c, view)->vtor : 0;
}

static void write_vtor(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	const bool wide = c->is_v7m || c->is_v8m;

	(void)offset;
	if (c->is_v7m || c->config.has_vtor)
		put_lanes(
			&view_bank(c, view)->vtor, value, lanes, wide ? BITS(31, 7) : BITS(31, 8));
}

static uint32_t read_aircr(struct cpu *c, uint32_t offset, unsigned view)
{
	uint32_t value = FIELD_PREP(AIRCR_VECTKEY, 0xfa05u);

	(void)offset;
	if (c->is_v7m)
		value |= FIELD_PREP(AIRCR_PRIGROUP, view_bank(c, view)->prigroup);
	if (c->reset_request)
		value |= AIRCR_SYSRESETREQ;
	if (!c->config.security)
		return value;
	value |= c->aircr & AIRCR_BFHFNMINS;
	if (view & SCS_SECURE)
		value |= c->aircr & (AIRCR_PRIS | AIRCR_SYSRESETREQS);
	return value;
}

/* VECTCLRACTIVE and VECTRESET are for debuggers of a halted core; else UNPREDICTABLE, ignored. */
static void clear_active(struct cpu *c)
{
	for (unsigned id = 1; id < EXC_SLOTS; id++)
		if (exc_bit(c->active, id))
			nvic_activate(c, id, false);
	for (size_t i = 0; i < BANK_COUNT; i++)
		c->bank[i].faultmask = 0;
	set_mode(c, 0, c->control);
}

/* Who owns HardFault, NMI and BusFault may change: what was Non-secure HardFault's goes over. */
static void write_aircr_secure(struct cpu *c, uint32_t value, uint32_t lanes)
{
	put_lanes(&c->aircr, value, lanes, AIRCR_PRIS | AIRCR_BFHFNMINS | AIRCR_SYSRESETREQS);
	if (!(c->aircr & AIRCR_BFHFNMINS))
		exc_set(c->pending, EXC_HARDFAULT, false);
}

static void write_aircr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	if (FIELD_GET(AIRCR_VECTKEY, value & lanes) != 0x05fa)
		return;
	if (c->is_v7m && (lanes & AIRCR_PRIGROUP))
		view_bank(c, view)->prigroup = FIELD_GET(AIRCR_PRIGROUP, value);
	if (c->config.security && (view & SCS_SECURE))
		write_aircr_secure(c, value, lanes);
	if ((value & lanes & AIRCR_SYSRESETREQ) &&
		(is_secure_view(c, view) || !(c->aircr & AIRCR_SYSRESETREQS)))
		c->reset_request = 1;
	cpu_attention(c);
	if (!(view & SCS_BY_DEBUGGER) || !c->halted)
		return;
	if (value & lanes & AIRCR_VECTCLRACTIVE)
		clear_active(c);
	if ((value & lanes & AIRCR_VECTRESET) && c->is_v7m && !c->is_v8m)
		cpu_local_reset(c);
}

/* --- SCR, CCR, CPUID, ACTLR ------------------------------------------------------------------- */

static uint32_t read_scr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	return view_bank(c, view)->scr;
}

static void write_scr(struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	uint32_t writable = SCR_SLEEPONEXIT | SCR_SLEEPDEEP | SCR_SEVONPEND;

	(void)offset;
	if (c->config.security && (view & SCS_SECURE))
		writable |= SCR_SLEEPDEEPS;
	if (c->config.security && !(view & SCS_SECURE) && (c->bank[BANK_S].scr & SCR_SLEEPDEEPS))
		writable &= ~SCR_SLEEPDEEP;
	put_lanes(&view_bank(c, view)->scr, value, lanes, writable);
}

/* STKALIGN and UNALIGN_TRP read as one, and are fixed, on Armv6-M and Baseline; so is bit 0 of
 * Armv8-M. BFHFNMIGN is not banked: DDI 0553, CCR. */
static uint32_t read_ccr(struct cpu *c, uint32_t offset, unsigned view)
{
	const uint32_t shared = CCR_BFHFNMIGN;
	uint32_t value;

	(void)offset;
	if (!c->is_v7m)
		return CCR_STKALIGN | CCR_UNALIGN_TRP | (c->is_v8m ? CCR_NONBASETHRDENA : 0u);
	value = view_bank(c, view)->ccr & ~shared;
	if (is_secure_view(c, view) || bfhfnmins(c))
		value |= c->bank[owner_bank(c)].ccr & shared;
	return value;
}

static uint32_t writable_ccr(const struct cpu *c)
{
	uint32_t writable = CCR_USERSETMPEND | CCR_UNALIGN_TRP | CCR_DIV_0_TRP;

	if (c->id_regs->ccsidr)
		writable |= CCR_DC | CCR_IC | CCR_BP;
	if (c->config.mve)
		writable |= CCR_LOB | CCR_TRD;
	return writable | (c->is_v8m ? CCR_STKOFHFNMIGN : CCR_NONBASETHRDENA | CCR_STKALIGN);
}

static void write_ccr(struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	if (!c->is_v7m)
		return;
	put_lanes(&view_bank(c, view)->ccr, value, lanes, writable_ccr(c));
	if (is_secure_view(c, view) || bfhfnmins(c))
		put_lanes(&c->bank[owner_bank(c)].ccr, value, lanes, CCR_BFHFNMIGN);
	sp_limit_update(c);
}

static uint32_t read_cpuid(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return c->config.cpuid;
}

static uint32_t read_actlr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return c->actlr;
}

static void write_actlr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	(void)view;
	put_lanes(&c->actlr, value, lanes, 0x00000307);
}

static const struct scs_word rows[] = {
	{ SCS_ACTLR, SCS_ACTLR, read_actlr, write_actlr, SCS_MAIN },
	{ SCS_CPUID, SCS_CPUID, read_cpuid, NULL, SCS_ALWAYS },
	{ SCS_ICSR, SCS_ICSR, read_icsr, write_icsr, SCS_ALWAYS },
	{ SCS_VTOR, SCS_VTOR, read_vtor, write_vtor, SCS_ALWAYS },
	{ SCS_AIRCR, SCS_AIRCR, read_aircr, write_aircr, SCS_ALWAYS },
	{ SCS_SCR, SCS_SCR, read_scr, write_scr, SCS_ALWAYS },
	{ SCS_CCR, SCS_CCR, read_ccr, write_ccr, SCS_ALWAYS },
};

const struct scs_table scs_scb_table = { rows, ARRAY_SIZE(rows) };
