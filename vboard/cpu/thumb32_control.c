/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 32-bit Thumb branches and miscellaneous control: DDI 0403E.b A5.3.4; MRS and MSR: B5.2.2, B5.2.3.
 */
#include "vboard/cpu/alu.h"
#include "vboard/cpu/exception_regs.h"
#include "vboard/cpu/fields32.h"

/* SYSm: B5.1.1. */
enum {
	SYSM_XPSR_LAST = 3, /* APSR, IAPSR, EAPSR, XPSR */
	SYSM_IPSR = 5,
	SYSM_EPSR = 6,
	SYSM_IEPSR = 7,
	SYSM_MSP = 8,
	SYSM_PSP = 9,
	SYSM_MSPLIM = 10,
	SYSM_PSPLIM = 11,
	SYSM_PRIMASK = 16,
	SYSM_BASEPRI = 17,
	SYSM_BASEPRI_MAX = 18,
	SYSM_FAULTMASK = 19,
	SYSM_CONTROL = 20,
	SYSM_SP = 24,
	SYSM_NS = 0x80, /* the Non-secure state's, for Secure code */
};

/* --- branches --------------------------------------------------------------------------------- */

static void b_t3(struct cpu *c, uint32_t w)
{
	const uint32_t offset = bit(w, 26) << 20 | bit(w, 11) << 19 | bit(w, 13) << 18 |
	                        field(w, 21, 16) << 12 | field(w, 10, 0) << 1;

	if (field(w, 25, 22) >= 14)
		fault_undefined(c);
	if (condition_holds(c, field(w, 25, 22)))
		c->next_pc = c->r[PC] + sign_extend(offset, 21);
}

/* I1 = NOT(J1 EOR S), I2 likewise. */
static uint32_t offset25(uint32_t w)
{
	const uint32_t s = bit(w, 26);
	const uint32_t i1 = bit(w, 13) ^ s ^ 1;
	const uint32_t i2 = bit(w, 11) ^ s ^ 1;

	return sign_extend(
		s << 24 | i1 << 23 | i2 << 22 | field(w, 25, 16) << 12 | field(w, 10, 0) << 1, 25);
}

static void b_t4(struct cpu *c, uint32_t w)
{
	c->next_pc = c->r[PC] + offset25(w);
}

static void bl(struct cpu *c, uint32_t w)
{
	c->r[LR] = c->next_pc | 1;
	c->next_pc = c->r[PC] + offset25(w);
}

static void udf(struct cpu *c, uint32_t w)
{
	(void)w;
	fault_undefined(c);
}

/* --- hints and barriers ----------------------------------------------------------------------- */

static void go_to_sleep(struct cpu *c, enum sleep_kind kind)
{
	c->sleeping = kind;
	cpu_attention(c);
}

void execute_hint(struct cpu *c, unsigned hint)
{
	enum { HINT_WFE = 2, HINT_WFI, HINT_SEV };

	switch (hint) {
	case HINT_WFE:
		if (!c->event)
			go_to_sleep(c, SLEEP_WFE);
		c->event = 0;
		break;
	case HINT_WFI:
		go_to_sleep(c, SLEEP_WFI);
		break;
	case HINT_SEV:
		c->event = 1;
		if (c->bus.send_event)
			c->bus.send_event(c->bus.ctx);
		break;
	default:
		break;
	}
}

static void hint32(struct cpu *c, uint32_t w)
{
	execute_hint(c, w & 0xff);
}

/* CLREX, DSB, DMB, ISB: the core is in order, so barriers have nothing to do. */
static void misc_control(struct cpu *c, uint32_t w)
{
	switch (field(w, 7, 4)) {
	case 2:
		if (!c->is_v7m && !c->is_v8m)
			fault_undefined(c);
		c->exclusive = 0;
		break;
	case 4:
	case 5:
	case 6:
		break;
	default:
		fault_undefined(c);
	}
}

/* --- MRS, MSR --------------------------------------------------------------------------------- */

/* Whose register it is; @return false: not to be named here. */
static bool special_bank(const struct cpu *c, unsigned sysm, unsigned *secure)
{
	*secure = sysm & SYSM_NS ? BANK_NS : c->secure;
	return !(sysm & SYSM_NS) || c->secure;
}

static unsigned ns_stack(const struct cpu *c)
{
	return !in_handler_mode(c) && (control_get(c, BANK_NS) & CONTROL_SPSEL) ? 1 : 0;
}

static uint32_t read_special(const struct cpu *c, unsigned sysm)
{
	unsigned secure;

	if (!special_bank(c, sysm, &secure))
		return 0;
	switch (sysm & ~(unsigned)SYSM_NS) {
	case SYSM_MSP:
		return sp_get(c, secure, 0);
	case SYSM_PSP:
		return sp_get(c, secure, 1);
	case SYSM_MSPLIM:
		return c->bank[secure].splim[0];
	case SYSM_PSPLIM:
		return c->bank[secure].splim[1];
	case SYSM_PRIMASK:
		return c->bank[secure].primask;
	case SYSM_BASEPRI:
	case SYSM_BASEPRI_MAX:
		return c->bank[secure].basepri;
	case SYSM_FAULTMASK:
		return c->bank[secure].faultmask;
	case SYSM_CONTROL: /* the present state's is for all: mrs() */
		return control_get(c, secure);
	case SYSM_SP:
		return sysm & SYSM_NS ? sp_get(c, BANK_NS, ns_stack(c)) : 0;
	default:
		return 0;
	}
}

/* The EPSR reads as zero. IPSR and the rest are for privileged code; APSR and CONTROL for all. */
static void mrs(struct cpu *c, uint32_t w)
{
	const unsigned sysm = w & 0xff;
	uint32_t value = 0;

	if (sysm <= SYSM_XPSR_LAST)
		value = xpsr_get(c) & 0xf80f0000u;
	if (sysm <= SYSM_IEPSR && sysm != 4) {
		if ((sysm & 1) && is_privileged(c))
			value |= c->ipsr;
	} else if (sysm == SYSM_CONTROL) {
		value = c->control | (c->secure ? c->sfpa : 0);
	} else if (is_privileged(c)) {
		value = read_special(c, sysm);
	}
	reg_write(c, rd_of(w), value);
}

static void write_apsr(struct cpu *c, uint32_t value, unsigned mask)
{
	if (mask & 2) {
		c->flag_n = value & BIT(31);
		c->flag_z = !(value & BIT(30));
		c->flag_c = value >> 29 & 1;
		c->flag_v = value >> 28 & 1;
		if (c->is_v7m)
			c->flag_q = value >> 27 & 1;
	}
	if ((mask & 1) && c->has_dsp)
		c->ge = value >> 16 & 15;
}

static void write_basepri(struct cpu *c, unsigned secure, uint32_t value, bool only_raise)
{
	struct bank *bank = &c->bank[secure];

	value &= nvic_priority_mask(c);
	if (!only_raise || (value && (!bank->basepri || value < bank->basepri)))
		bank->basepri = value;
}

/* SPSEL is writable in Thread mode, FPCA with the FPU (Non-secure code needs NSACR's leave), nPRIV
 * where there is unprivileged code: not on Cortex-M0, which has no VTOR either. */
static void write_control(struct cpu *c, unsigned secure, uint32_t value)
{
	const bool fp = c->has_fp && (!c->config.security || c->secure || (c->nsacr & NSACR_CP10));
	uint32_t writable = 0;

	if (c->is_v7m || c->is_v8m || c->config.has_vtor)
		writable |= CONTROL_NPRIV;
	if (!in_handler_mode(c) || secure != c->secure)
		writable |= CONTROL_SPSEL;
	if (fp)
		writable |= CONTROL_FPCA;
	if (secure && c->has_fp)
		c->sfpa = value & CONTROL_SFPA;
	control_set(c, secure, (control_get(c, secure) & ~writable) | (value & writable));
}

static void write_sp_ns(struct cpu *c, uint32_t value)
{
	if (value < sp_limit_in_force(c, BANK_NS, ns_stack(c)))
		fault_stack_limit(c);
	sp_set(c, BANK_NS, ns_stack(c), value);
}

/* BASEPRI and FAULTMASK, of the Main Extension. FAULTMASK cannot be raised at a negative priority. */
static void write_main_special(struct cpu *c, unsigned sysm, unsigned secure, uint32_t value)
{
	if (sysm == SYSM_BASEPRI || sysm == SYSM_BASEPRI_MAX)
		write_basepri(c, secure, value, sysm == SYSM_BASEPRI_MAX);
	else if (sysm == SYSM_FAULTMASK && nvic_execution_priority(c) > -1)
		c->bank[secure].faultmask = value & 1;
}

static void write_special(struct cpu *c, unsigned sysm, uint32_t value)
{
	unsigned secure;

	if (!special_bank(c, sysm, &secure))
		return;
	if (sysm == (SYSM_SP | SYSM_NS)) {
		write_sp_ns(c, value);
		return;
	}
	sysm &= ~(unsigned)SYSM_NS;
	switch (sysm) {
	case SYSM_MSP:
	case SYSM_PSP:
		sp_set(c, secure, sysm - SYSM_MSP, value);
		break;
	case SYSM_MSPLIM:
	case SYSM_PSPLIM:
		sp_limit_set(c, secure, sysm - SYSM_MSPLIM, value);
		break;
	case SYSM_PRIMASK:
		c->bank[secure].primask = value & 1;
		break;
	case SYSM_CONTROL:
		write_control(c, secure, value);
		break;
	default:
		if (c->is_v7m)
			write_main_special(c, sysm, secure, value);
		break;
	}
}

static void msr(struct cpu *c, uint32_t w)
{
	const unsigned sysm = w & 0xff;
	const uint32_t value = c->r[rn_of(w)];

	if (sysm <= SYSM_XPSR_LAST) {
		write_apsr(c, value, field(w, 11, 10));
		return;
	}
	if (!is_privileged(c))
		return;
	write_special(c, sysm, value);
	sp_limit_update(c);
	mem_update_view(c);
	cpu_attention(c);
}

/* clang-format off */
static const struct encoding rows[] = {
	{ "BL",        0xf800d000u, 0xf000d000u, bl, 0 },
	{ "B T4",      0xf800d000u, 0xf0009000u, b_t4, NEEDS_WIDE },
	{ "MSR",       0xffe0d000u, 0xf3808000u, msr, 0 },
	{ "MRS",       0xffe0d000u, 0xf3e08000u, mrs, 0 },
	{ "DSB, DMB, ISB, CLREX", 0xfff0d000u, 0xf3b08000u, misc_control, 0 },
	{ "hints",     0xfff0d700u, 0xf3a08000u, hint32, NEEDS_V7M },
	{ "UDF T2",    0xfff0f000u, 0xf7f0a000u, udf, 0 },
	{ "B T3",      0xf800d000u, 0xf0008000u, b_t3, NEEDS_V7M },
};
/* clang-format on */

const struct encoding_table thumb32_control_table = { rows, ARRAY_SIZE(rows) };
