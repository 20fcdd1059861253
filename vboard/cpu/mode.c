/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xPSR, modes, Security states and the registers that are banked by them: DDI 0403E.b B1.4, DDI
 * 0553 B3.4 to B3.8.
 */
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/internal.h"

/* --- xPSR ------------------------------------------------------------------------------------- */

uint32_t xpsr_get(const struct cpu *c)
{
	return (c->flag_n & BIT(31)) | (uint32_t)(c->flag_z == 0) << 30 | c->flag_c << 29 |
	       c->flag_v << 28 | c->flag_q << 27 | c->ge << 16 | (c->it & 3) << 25 |
	       (c->it >> 2) << 10 | c->thumb << 24 | c->ipsr;
}

void xpsr_set_flags(struct cpu *c, uint32_t xpsr)
{
	c->flag_n = xpsr & BIT(31);
	c->flag_z = !(xpsr & BIT(30));
	c->flag_c = xpsr >> 29 & 1;
	c->flag_v = xpsr >> 28 & 1;
	c->flag_q = c->is_v7m ? xpsr >> 27 & 1 : 0;
	c->ge = c->has_dsp ? xpsr >> 16 & 15 : 0;
	c->it = c->is_v7m ? (xpsr >> 25 & 3) | (xpsr >> 8 & 0xfc) : 0;
	if (!(c->it & 15))
		c->it = 0;
	c->it_written = 1;
	c->thumb = xpsr >> 24 & 1;
	if (!c->thumb)
		cpu_attention(c);
}

uint32_t xpsr_exception(const struct cpu *c, uint32_t xpsr)
{
	return xpsr & (c->is_v7m || c->is_v8m ? 0x1ff : 0x3f);
}

void xpsr_set(struct cpu *c, uint32_t xpsr)
{
	xpsr_set_flags(c, xpsr);
	set_mode(c, xpsr_exception(c, xpsr), c->control);
}

/* --- stack pointers --------------------------------------------------------------------------- */

static unsigned selected_sp(uint32_t ipsr, uint32_t control)
{
	return !ipsr && (control & CONTROL_SPSEL) ? 1 : 0;
}

static void leave_stack(struct cpu *c)
{
	bank_now(c)->sp[selected_sp(c->ipsr, c->control)] = c->r[SP];
}

static void enter_stack(struct cpu *c)
{
	c->r[SP] = bank_now(c)->sp[selected_sp(c->ipsr, c->control)];
	sp_limit_update(c);
	mem_update_view(c);
}

void set_mode(struct cpu *c, uint32_t ipsr, uint32_t control)
{
	leave_stack(c);
	c->ipsr = ipsr;
	c->control = control;
	enter_stack(c);
}

void set_security(struct cpu *c, unsigned secure)
{
	const uint32_t fpca = c->control & CONTROL_FPCA;

	if (secure == c->secure)
		return;
	leave_stack(c);
	bank_now(c)->control = c->control & ~(uint32_t)CONTROL_FPCA;
	c->secure = secure & 1;
	c->control = bank_now(c)->control | fpca;
	enter_stack(c);
	cpu_attention(c);
}

static bool is_in_use(const struct cpu *c, unsigned secure, unsigned which)
{
	return secure == c->secure && which == selected_sp(c->ipsr, c->control);
}

uint32_t sp_get(const struct cpu *c, unsigned secure, unsigned which)
{
	return is_in_use(c, secure, which) ? c->r[SP] : c->bank[secure & 1].sp[which & 1];
}

void sp_set(struct cpu *c, unsigned secure, unsigned which, uint32_t value)
{
	if (is_in_use(c, secure, which))
		c->r[SP] = value & ~3u;
	else
		c->bank[secure & 1].sp[which & 1] = value & ~3u;
}

/* Baseline has limits in the Secure state only (DDI 0553, MSPLIM). */
void sp_limit_set(struct cpu *c, unsigned secure, unsigned which, uint32_t value)
{
	if (!c->is_v8m || (!c->is_v7m && !secure))
		return;
	c->bank[secure & 1].splim[which & 1] = value & ~7u;
	sp_limit_update(c);
}

uint32_t sp_limit_in_force(const struct cpu *c, unsigned secure, unsigned which)
{
	if ((c->bank[secure & 1].ccr & CCR_STKOFHFNMIGN) && nvic_negative(c, secure))
		return 0;
	return c->bank[secure & 1].splim[which & 1];
}

void sp_limit_update(struct cpu *c)
{
	c->sp_limit =
		c->is_v8m ? sp_limit_in_force(c, c->secure, selected_sp(c->ipsr, c->control)) : 0;
}

/* --- CONTROL ---------------------------------------------------------------------------------- */

uint32_t control_get(const struct cpu *c, unsigned secure)
{
	return secure == c->secure ? c->control
	                           : c->bank[secure & 1].control | (c->control & CONTROL_FPCA);
}

void control_set(struct cpu *c, unsigned secure, uint32_t value)
{
	if (secure == c->secure) {
		set_mode(c, c->ipsr, value);
		return;
	}
	c->bank[secure & 1].control = value & ~(uint32_t)CONTROL_FPCA;
	c->control = (c->control & ~(uint32_t)CONTROL_FPCA) | (value & CONTROL_FPCA);
}
