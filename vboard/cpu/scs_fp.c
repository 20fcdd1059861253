/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access to coprocessors and the floating-point context as registers: DDI 0403E.b B3.2.20 to
 * B3.2.23; DDI 0553, D1.2 (CPACR, NSACR, CPPWR, FPCCR, FPCAR, FPDSCR).
 */
#include "vboard/cpu/scs_words.h"

/* --- CPACR, NSACR, CPPWR ---------------------------------------------------------------------- */

static uint32_t read_cpacr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	return view_bank(c, view)->cpacr;
}

static void write_cpacr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	if (c->has_fp)
		put_lanes(&view_bank(c, view)->cpacr, value, lanes, CPACR_CP10_CP11);
}

static uint32_t read_nsacr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return c->nsacr;
}

static void write_nsacr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	(void)view;
	put_lanes(&c->nsacr, value, lanes, c->has_fp ? NSACR_CP10 | NSACR_CP11 : 0);
}

/* SUSn keep SUn for the Secure state. */
static uint32_t visible_cppwr(const struct cpu *c, unsigned view)
{
	uint32_t visible = CPPWR_SU10 | CPPWR_SU11;

	if (!c->has_fp)
		return 0;
	if (is_secure_view(c, view))
		return c->config.security ? visible | CPPWR_SUS10 | CPPWR_SUS11 : visible;
	if (c->cppwr & CPPWR_SUS10)
		visible &= ~CPPWR_SU10;
	if (c->cppwr & CPPWR_SUS11)
		visible &= ~CPPWR_SU11;
	return visible;
}

static uint32_t read_cppwr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	return c->cppwr & visible_cppwr(c, view);
}

static void write_cppwr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	put_lanes(&c->cppwr, value, lanes, visible_cppwr(c, view));
}

static uint32_t read_csselr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return c->csselr;
}

static void write_csselr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	(void)view;
	put_lanes(&c->csselr, value, lanes, 1);
}

/* --- FPCCR: some fields there is one of, some are the Secure state's alone -------------------- */

#define FPCCR_BANKED                                                                             \
	(FPCCR_ASPEN | FPCCR_UFRDY | FPCCR_SPLIMVIOL | FPCCR_MMRDY | FPCCR_THREAD | FPCCR_USER | \
		FPCCR_LSPACT)
#define FPCCR_SHARED (FPCCR_LSPEN | FPCCR_CLRONRET | FPCCR_MONRDY | FPCCR_BFRDY | FPCCR_HFRDY)
#define FPCCR_SECURE (FPCCR_LSPENS | FPCCR_CLRONRETS | FPCCR_TS | FPCCR_SFRDY | FPCCR_S)
#define FPCCR_V8M    (FPCCR_UFRDY | FPCCR_SPLIMVIOL | FPCCR_CLRONRET)

/* Readiness of faults that are the Secure state's is not to be seen by the other. */
static uint32_t shared_seen(const struct cpu *c, unsigned view)
{
	uint32_t seen = FPCCR_SHARED;

	if (is_secure_view(c, view))
		return seen | (c->config.security ? FPCCR_SECURE : 0u);
	if (!bfhfnmins(c))
		seen &= ~(FPCCR_BFRDY | FPCCR_HFRDY);
	if (c->demcr & DEMCR_SDME)
		seen &= ~FPCCR_MONRDY;
	return seen;
}

/* LSPENS and CLRONRETS keep the bits beside them for the Secure state. */
static uint32_t shared_writable(const struct cpu *c, unsigned view)
{
	uint32_t writable = shared_seen(c, view);
	const uint32_t fpccr = c->bank[owner_bank(c)].fpccr;

	if (is_secure_view(c, view))
		return writable;
	if (fpccr & FPCCR_LSPENS)
		writable &= ~FPCCR_LSPEN;
	if (fpccr & FPCCR_CLRONRETS)
		writable &= ~FPCCR_CLRONRET;
	return writable;
}

static uint32_t implemented_fpccr(const struct cpu *c)
{
	return c->is_v8m ? UINT32_MAX : ~FPCCR_V8M;
}

static uint32_t read_fpccr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	return (view_bank(c, view)->fpccr & FPCCR_BANKED) |
	       (c->bank[owner_bank(c)].fpccr & shared_seen(c, view));
}

static void write_fpccr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	if (!c->has_fp)
		return;
	lanes &= implemented_fpccr(c);
	put_lanes(&view_bank(c, view)->fpccr, value, lanes, FPCCR_BANKED);
	put_lanes(&c->bank[owner_bank(c)].fpccr, value, lanes, shared_writable(c, view));
}

/* --- FPCAR, FPDSCR ---------------------------------------------------------------------------- */

static uint32_t read_context(struct cpu *c, uint32_t offset, unsigned view)
{
	return offset == SCS_FPCAR ? view_bank(c, view)->fpcar : view_bank(c, view)->fpdscr;
}

static void write_context(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	if (!c->has_fp)
		return;
	if (offset == SCS_FPCAR)
		put_lanes(&view_bank(c, view)->fpcar, value, lanes, BITS(31, 3));
	else
		put_lanes(&view_bank(c, view)->fpdscr, value, lanes, FPDSCR_MASK);
}

static const struct scs_word rows[] = {
	{ SCS_CPPWR, SCS_CPPWR, read_cppwr, write_cppwr, SCS_MAIN | SCS_V8M },
	{ SCS_CSSELR, SCS_CSSELR, read_csselr, write_csselr, SCS_MAIN },
	{ SCS_CPACR, SCS_CPACR, read_cpacr, write_cpacr, SCS_MAIN },
	{ SCS_NSACR, SCS_NSACR, read_nsacr, write_nsacr, SCS_MAIN | SCS_SECURITY },
	{ SCS_FPCCR, SCS_FPCCR, read_fpccr, write_fpccr, SCS_MAIN },
	{ SCS_FPCAR, SCS_FPDSCR, read_context, write_context, SCS_MAIN },
};

const struct scs_table scs_fp_table = { rows, ARRAY_SIZE(rows) };
