/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug registers other than DHCSR, and the core's registers by DCRSR.REGSEL: DDI 0403E.b C1.6;
 * DDI 0553, D1.2 (DCRSR, DEMCR, DAUTHCTRL, DSCSR, DAUTHSTATUS).
 */
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/fp_math.h"
#include "vboard/cpu/scs_words.h"

/* --- DCRSR: C1.6.3. Only in Debug state; S_REGRDY says when it is done -------------------------
 */

void debug_write_dcrsr(struct cpu *c, uint32_t value)
{
	const unsigned regsel = FIELD_GET(DCRSR_REGSEL, value);

	c->regs_ready = c->halted;
	if (!c->halted)
		return;
	if (value & DCRSR_REGWNR)
		cpu_reg_set(c, regsel, c->dcrdr);
	else if (!cpu_reg_get(c, regsel, &c->dcrdr))
		c->dcrdr = 0;
}

/* --- DEMCR: C1.6.5 ---------------------------------------------------------------------------- */

uint32_t debug_read_demcr(const struct cpu *c)
{
	return c->demcr | (exc_bit(c->pending, EXC_DEBUGMONITOR) ? DEMCR_MON_PEND : 0);
}

void debug_write_demcr(struct cpu *c, uint32_t value)
{
	uint32_t writable = DEMCR_VC_CORERESET | DEMCR_VC_HARDERR | DEMCR_TRCENA;

	if (c->is_v7m)
		writable |= BITS(10, 4) | DEMCR_MON_EN | DEMCR_MON_STEP | DEMCR_MON_REQ;
	if (c->is_v7m && c->config.security)
		writable |= DEMCR_VC_SFERR;
	if (c->config.mve)
		writable |= DEMCR_UMON_EN | DEMCR_MONPRKEY;
	c->demcr = (value & writable) | (c->demcr & DEMCR_SDME);
	debug_update_sdme(c);
	if (c->is_v7m) {
		exc_set(c->enabled, EXC_DEBUGMONITOR, value & DEMCR_MON_EN);
		nvic_pend(c, EXC_DEBUGMONITOR, value & DEMCR_MON_PEND);
	}
}

/* --- DSCSR, DAUTHSTATUS ----------------------------------------------------------------------- */

uint32_t debug_read_dscsr(const struct cpu *c)
{
	return c->dscsr | DSCSR_CDSKEY | (c->secure ? DSCSR_CDS : 0u);
}

/* CDS is written with CDSKEY zero, and in Debug state only. */
void debug_write_dscsr(struct cpu *c, uint32_t value)
{
	if (!c->config.security || !debug_secure_allowed(c))
		return;
	c->dscsr = value & (DSCSR_SBRSELEN | DSCSR_SBRSEL);
	if (c->halted && !(value & DSCSR_CDSKEY))
		set_security(c, value & DSCSR_CDS ? BANK_S : BANK_NS);
}

uint32_t debug_read_dauthstatus(const struct cpu *c)
{
	const uint32_t secure = debug_secure_allowed(c) ? 3 : 2;
	uint32_t value = FIELD_PREP(DAUTHSTATUS_NSID, 3u) | FIELD_PREP(DAUTHSTATUS_NSNID, 3u);

	if (c->config.security)
		value |= FIELD_PREP(DAUTHSTATUS_SID, secure) | FIELD_PREP(DAUTHSTATUS_SNID, secure);
	return value;
}

/* --- as words of the SCS ---------------------------------------------------------------------- */

/* MON_* of a Secure DebugMonitor are not the Non-secure program's. */
static uint32_t visible_demcr(const struct cpu *c, unsigned view)
{
	const bool hidden =
		(c->demcr & DEMCR_SDME) && !is_secure_view(c, view) && !(view & SCS_BY_DEBUGGER);

	return hidden ? ~(DEMCR_MON_EN | DEMCR_MON_PEND | DEMCR_MON_STEP | DEMCR_MON_REQ)
	              : UINT32_MAX;
}

static uint32_t read_debug(struct cpu *c, uint32_t offset, unsigned view)
{
	switch (offset) {
	case SCS_DHCSR:
		return debug_read_dhcsr(c, view & SCS_BY_DEBUGGER);
	case SCS_DCRDR:
		return c->dcrdr;
	case SCS_DEMCR:
		return debug_read_demcr(c) & visible_demcr(c, view);
	default: /* DCRSR is write-only */
		return 0;
	}
}

static void write_debug(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	const bool debugger = view & SCS_BY_DEBUGGER;

	(void)lanes;
	if (offset == SCS_DEMCR)
		debug_write_demcr(c, (value & visible_demcr(c, view)) |
					     (debug_read_demcr(c) & ~visible_demcr(c, view)));
	else if (offset == SCS_DCRDR)
		c->dcrdr = value;
	else if (debugger && offset == SCS_DHCSR)
		debug_write_dhcsr(c, value);
	else if (debugger && offset == SCS_DCRSR)
		debug_write_dcrsr(c, value);
}

static uint32_t read_dscsr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return c->config.security ? debug_read_dscsr(c) : 0;
}

static uint32_t read_dauthctrl(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return c->dauthctrl;
}

/* DAUTHCTRL is the Secure program's, not the debugger's. */
static void write_security(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	if (offset == SCS_DSCSR && (view & SCS_BY_DEBUGGER))
		debug_write_dscsr(c, value);
	else if (offset == SCS_DAUTHCTRL && !(view & SCS_BY_DEBUGGER))
		put_lanes(&c->dauthctrl, value, lanes, DAUTHCTRL_MASK);
	debug_update_sdme(c);
}

static uint32_t read_dauthstatus(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return debug_read_dauthstatus(c);
}

static const struct scs_word rows[] = {
	{ SCS_DHCSR, SCS_DEMCR, read_debug, write_debug, SCS_ALWAYS },
	{ SCS_DAUTHCTRL, SCS_DAUTHCTRL, read_dauthctrl, write_security, SCS_SECURITY },
	{ SCS_DSCSR, SCS_DSCSR, read_dscsr, write_security, SCS_V8M },
	{ SCS_DAUTHSTATUS, SCS_DAUTHSTATUS, read_dauthstatus, NULL, SCS_V8M },
};

const struct scs_table scs_debug_table = { rows, ARRAY_SIZE(rows) };

/* --- registers by REGSEL ---------------------------------------------------------------------- */

/* Numbers of DDI 0553, DCRSR: the stack pointers and their limits by Security state. */
static const struct {
	uint8_t regsel;
	uint8_t secure;
	uint8_t which;
	bool limit;
	bool security; /* only with the Security Extension */
} stack_registers[] = {
	{ CPU_REG_MSP_NS, BANK_NS, 0, false, true },
	{ CPU_REG_PSP_NS, BANK_NS, 1, false, true },
	{ CPU_REG_MSP_S, BANK_S, 0, false, true },
	{ CPU_REG_PSP_S, BANK_S, 1, false, true },
	{ CPU_REG_MSPLIM_S, BANK_S, 0, true, true },
	{ CPU_REG_PSPLIM_S, BANK_S, 1, true, true },
	{ CPU_REG_MSPLIM_NS, BANK_NS, 0, true, false },
	{ CPU_REG_PSPLIM_NS, BANK_NS, 1, true, false },
};

static int find_stack_register(const struct cpu *c, unsigned regsel)
{
	for (size_t i = 0; c->is_v8m && i < ARRAY_SIZE(stack_registers); i++)
		if (stack_registers[i].regsel == regsel)
			return stack_registers[i].security && !c->config.security ? -1 : (int)i;
	return -1;
}

static uint32_t get_stack_register(const struct cpu *c, unsigned i)
{
	const unsigned secure = stack_registers[i].secure;
	const unsigned which = stack_registers[i].which;

	return stack_registers[i].limit ? c->bank[secure].splim[which] : sp_get(c, secure, which);
}

static void set_stack_register(struct cpu *c, unsigned i, uint32_t val)
{
	if (stack_registers[i].limit)
		sp_limit_set(c, stack_registers[i].secure, stack_registers[i].which, val);
	else
		sp_set(c, stack_registers[i].secure, stack_registers[i].which, val);
}

static bool is_fp_register(const struct cpu *c, unsigned regsel)
{
	return c->has_fp && regsel >= CPU_REG_S0 && regsel < CPU_REG_S0 + 32;
}

/* Of which Security state CFBP is asked for; @return -1: this is not it. */
static int cfbp_bank(const struct cpu *c, unsigned regsel)
{
	if (regsel == CPU_REG_CFBP)
		return (int)c->secure;
	if (!c->config.security)
		return -1;
	return regsel == CPU_REG_CFBP_S ? BANK_S : regsel == CPU_REG_CFBP_NS ? BANK_NS : -1;
}

static uint32_t get_cfbp(const struct cpu *c, unsigned secure)
{
	const struct bank *bank = &c->bank[secure];
	const uint32_t control = control_get(c, secure) | (secure ? c->sfpa : 0);

	return control << 24 | bank->faultmask << 16 | bank->basepri << 8 | bank->primask;
}

static void set_cfbp(struct cpu *c, unsigned secure, uint32_t val)
{
	struct bank *bank = &c->bank[secure];
	const uint32_t npriv = c->is_v7m || c->is_v8m || c->config.has_vtor ? CONTROL_NPRIV : 0;
	const uint32_t control = CONTROL_SPSEL | npriv | (c->has_fp ? CONTROL_FPCA : 0u);

	bank->primask = val & 1;
	if (c->is_v7m) {
		bank->basepri = val >> 8 & nvic_priority_mask(c);
		bank->faultmask = val >> 16 & 1;
	}
	if (secure && c->has_fp)
		c->sfpa = val >> 24 & CONTROL_SFPA;
	control_set(c, secure, val >> 24 & control);
}

/* Without leave to debug it, what is the Secure state's reads as zero and is not written. */
static bool is_hidden(const struct cpu *c, unsigned regsel)
{
	if (!c->config.security || !c->halted || c->sde)
		return false;
	return regsel == CPU_REG_CFBP_S || (regsel >= CPU_REG_MSP_S && regsel <= CPU_REG_PSPLIM_S);
}

bool cpu_reg_get(const struct cpu *c, unsigned regsel, uint32_t *val)
{
	const int stack = find_stack_register(c, regsel);
	const int cfbp = cfbp_bank(c, regsel);

	if (is_hidden(c, regsel))
		*val = 0;
	else if (regsel <= CPU_REG_PC)
		*val = c->r[regsel];
	else if (regsel == CPU_REG_XPSR)
		*val = xpsr_get(c);
	else if (regsel == CPU_REG_MSP || regsel == CPU_REG_PSP)
		*val = sp_get(c, c->secure, regsel - CPU_REG_MSP);
	else if (stack >= 0)
		*val = get_stack_register(c, (unsigned)stack);
	else if (cfbp >= 0)
		*val = get_cfbp(c, (unsigned)cfbp);
	else if (regsel == CPU_REG_FPSCR && c->has_fp)
		*val = c->fpscr;
	else if (regsel == CPU_REG_VPR && c->config.mve)
		*val = c->vpr;
	else if (is_fp_register(c, regsel))
		*val = c->fp[(regsel - CPU_REG_S0) % 32];
	else
		return false;
	return true;
}

static bool set_register(struct cpu *c, unsigned regsel, uint32_t val)
{
	const int stack = find_stack_register(c, regsel);
	const int cfbp = cfbp_bank(c, regsel);

	if (regsel == CPU_REG_PC)
		c->r[PC] = val & ~1u;
	else if (regsel < CPU_REG_PC)
		reg_write(c, regsel, val);
	else if (regsel == CPU_REG_XPSR)
		xpsr_set(c, val);
	else if (regsel == CPU_REG_MSP || regsel == CPU_REG_PSP)
		sp_set(c, c->secure, regsel - CPU_REG_MSP, val);
	else if (stack >= 0)
		set_stack_register(c, (unsigned)stack, val);
	else if (cfbp >= 0)
		set_cfbp(c, (unsigned)cfbp, val);
	else if (regsel == CPU_REG_FPSCR && c->has_fp)
		c->fpscr = val & FPSCR_MASK;
	else if (regsel == CPU_REG_VPR && c->config.mve)
		c->vpr = val & VPR_MASK;
	else if (is_fp_register(c, regsel))
		c->fp[(regsel - CPU_REG_S0) % 32] = val;
	else
		return false;
	return true;
}

bool cpu_reg_set(struct cpu *c, unsigned regsel, uint32_t val)
{
	if (is_hidden(c, regsel))
		return true;
	if (!set_register(c, regsel, val))
		return false;
	cpu_attention(c);
	return true;
}
