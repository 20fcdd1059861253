/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The System Control Space as a register file. A table says which word is what; words that only
 * store bits are rows without functions.
 *
 * Byte and halfword accesses: the value goes into its lanes of the word, and functions are given
 * which bits are meant, so that a byte of NVIC_IPR or CFSR is written alone.
 */
#include "vboard/cpu/internal.h"

/* One word of the SCS. */
struct scs_word {
	uint16_t first, last; /* offsets, inclusive */
	uint32_t (*read)(struct cpu *c, uint32_t offset, bool debugger);
	/* @p lanes: the bits that were written. */
	void (*write)(
		struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger);
	bool v7m_only;
};

/* --- NVIC: B3.4 ------------------------------------------------------------------------------- */

/* A word of the NVIC's bit arrays: 32 interrupts, of which only those that exist. */
static uint32_t get_lines(const struct cpu *c, const uint32_t *bits, uint32_t offset)
{
	const unsigned first = EXC_IRQ0 + (offset & 0x3f) * 8;
	uint32_t value = 0;

	for (unsigned i = 0; i < 32 && nvic_exception_exists(c, first + i); i++)
		value |= (uint32_t)exc_bit(bits, first + i) << i;
	return value;
}

static void set_enabled(struct cpu *c, unsigned exception, bool on)
{
	exc_set(c->enabled, exception, on);
}

/* A level that is still high makes the exception pending again at once. */
static void set_pending(struct cpu *c, unsigned exception, bool on)
{
	nvic_pend(c, exception,
		on || (exc_bit(c->level, exception) && !exc_bit(c->active, exception)));
}

static void put_lines(struct cpu *c, uint32_t offset, uint32_t value,
	void (*put)(struct cpu *c, unsigned exception, bool on), bool on)
{
	const unsigned first = EXC_IRQ0 + (offset & 0x3f) * 8;

	for (unsigned i = 0; i < 32 && nvic_exception_exists(c, first + i); i++)
		if (value >> i & 1)
			put(c, first + i, on);
	cpu_attention(c);
}

static uint32_t read_enabled(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)debugger;
	return get_lines(c, c->enabled, offset);
}

static uint32_t read_pending(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)debugger;
	return get_lines(c, c->pending, offset);
}

static uint32_t read_active(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)debugger;
	return get_lines(c, c->active, offset);
}

static void write_iser(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)debugger;
	put_lines(c, offset, value & lanes, set_enabled, true);
}

static void write_icer(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)debugger;
	put_lines(c, offset, value & lanes, set_enabled, false);
}

static void write_ispr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)debugger;
	put_lines(c, offset, value & lanes, set_pending, true);
}

static void write_icpr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)debugger;
	put_lines(c, offset, value & lanes, set_pending, false);
}

/* First exception of a word of four priorities. */
static unsigned priority_word(uint32_t offset)
{
	return offset >= SCS_SHPR1 ? 4 + (offset - SCS_SHPR1) : EXC_IRQ0 + (offset - SCS_NVIC_IPR);
}

/* Exceptions that have a configurable priority on this core: B3.2.10 to B3.2.12. */
static bool has_priority(const struct cpu *c, unsigned exception)
{
	const uint32_t system =
		c->is_v7m ? BIT(4) | BIT(5) | BIT(6) | BIT(11) | BIT(12) | BIT(14) | BIT(15)
			  : BIT(11) | BIT(14) | BIT(15);

	return exception < EXC_IRQ0 ? system >> exception & 1 : nvic_exception_exists(c, exception);
}

static uint32_t read_priorities(struct cpu *c, uint32_t offset, bool debugger)
{
	const unsigned first = priority_word(offset);
	uint32_t value = 0;

	(void)debugger;
	for (unsigned i = 0; i < 4 && first + i < EXC_COUNT; i++)
		value |= (uint32_t)c->priority[first + i] << (8 * i);
	return value;
}

static void write_priorities(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	const unsigned first = priority_word(offset);

	(void)debugger;
	for (unsigned i = 0; i < 4 && first + i < EXC_COUNT; i++)
		if (has_priority(c, first + i) && (lanes >> (8 * i) & 0xff))
			c->priority[first + i] =
				(uint8_t)(value >> (8 * i)) & nvic_priority_mask(c);
	cpu_attention(c);
}

static uint32_t read_ictr(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)offset;
	(void)debugger;
	return (c->config.irqs + 31u) / 32 - 1;
}

static void write_stir(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)offset;
	(void)debugger;
	nvic_pend(c, EXC_IRQ0 + (value & lanes & 0x1ff), true);
}

/* --- SysTick ---------------------------------------------------------------------------------- */

static uint32_t read_syst(struct cpu *c, uint32_t offset, bool debugger)
{
	switch (offset) {
	case SCS_SYST_CSR:
		return systick_read_csr(c, debugger);
	case SCS_SYST_RVR:
		return c->syst_rvr;
	case SCS_SYST_CVR:
		return systick_read_cvr(c);
	default:
		return systick_calib(c);
	}
}

static void write_syst(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)debugger;
	value &= lanes;
	if (offset == SCS_SYST_CSR)
		systick_write_csr(c, value);
	else if (offset == SCS_SYST_RVR)
		systick_write_rvr(c, value);
	else if (offset == SCS_SYST_CVR)
		systick_write_cvr(c);
}

/* --- SCB: B3.2 -------------------------------------------------------------------------------- */

static uint32_t read_cpuid(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)offset;
	(void)debugger;
	return c->config.cpuid;
}

/* RETTOBASE: nothing but the exception of IPSR is active. */
static bool is_return_to_base(const struct cpu *c)
{
	return nvic_active_count(c) <= (in_handler_mode(c) ? 1 : 0);
}

/* VECTPENDING counts enabled exceptions whatever masks them; ISRPENDING counts external ones. */
static bool is_isr_pending(const struct cpu *c)
{
	uint32_t any = c->pending[0] & ~BITS(15, 0);

	for (size_t word = 1; word < EXC_WORDS; word++)
		any |= c->pending[word];
	return any;
}

static uint32_t read_icsr(struct cpu *c, uint32_t offset, bool debugger)
{
	uint32_t value = c->ipsr & ICSR_VECTACTIVE;

	(void)offset;
	(void)debugger;
	systick_update(c);
	value |= FIELD_PREP(ICSR_VECTPENDING, nvic_best(c));
	if (c->is_v7m && is_return_to_base(c))
		value |= ICSR_RETTOBASE;
	if (is_isr_pending(c))
		value |= ICSR_ISRPENDING;
	if (exc_bit(c->pending, EXC_SYSTICK))
		value |= ICSR_PENDSTSET;
	if (exc_bit(c->pending, EXC_PENDSV))
		value |= ICSR_PENDSVSET;
	if (exc_bit(c->pending, EXC_NMI))
		value |= ICSR_NMIPENDSET;
	return value;
}

static void write_icsr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	static const struct {
		uint32_t bit;
		enum exception exception;
		bool pending;
	} actions[] = {
		{ ICSR_NMIPENDSET, EXC_NMI, true },
		{ ICSR_PENDSVSET, EXC_PENDSV, true },
		{ ICSR_PENDSVCLR, EXC_PENDSV, false },
		{ ICSR_PENDSTSET, EXC_SYSTICK, true },
		{ ICSR_PENDSTCLR, EXC_SYSTICK, false },
	};

	(void)offset;
	(void)debugger;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (value & lanes & actions[i].bit)
			nvic_pend(c, actions[i].exception, actions[i].pending);
}

static uint32_t read_vtor(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)offset;
	(void)debugger;
	return c->is_v7m || c->config.has_vtor ? c->vtor : 0;
}

static void write_vtor(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)offset;
	(void)debugger;
	if (c->is_v7m)
		c->vtor = ((c->vtor & ~lanes) | (value & lanes)) & BITS(31, 7);
	else if (c->config.has_vtor)
		c->vtor = ((c->vtor & ~lanes) | (value & lanes)) & BITS(31, 8);
}

static uint32_t read_aircr(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)offset;
	(void)debugger;
	return FIELD_PREP(AIRCR_VECTKEY, 0xfa05) | FIELD_PREP(AIRCR_PRIGROUP, c->prigroup) |
	       (c->reset_request ? AIRCR_SYSRESETREQ : 0);
}

/* VECTCLRACTIVE and VECTRESET are for debuggers of a halted core; else UNPREDICTABLE, ignored. */
static void clear_active(struct cpu *c)
{
	for (unsigned n = 1; n < EXC_COUNT; n++)
		if (exc_bit(c->active, n))
			nvic_activate(c, n, false);
	c->faultmask = 0;
	set_mode(c, 0, c->control);
}

static void write_aircr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)offset;
	value &= lanes;
	if (FIELD_GET(AIRCR_VECTKEY, value) != 0x05fa)
		return;
	if (c->is_v7m)
		c->prigroup = FIELD_GET(AIRCR_PRIGROUP, value);
	if (value & AIRCR_SYSRESETREQ)
		c->reset_request = 1;
	cpu_attention(c);
	if (!debugger || !c->halted)
		return;
	if (value & AIRCR_VECTCLRACTIVE)
		clear_active(c);
	if ((value & AIRCR_VECTRESET) && c->is_v7m)
		cpu_local_reset(c);
}

/* STKALIGN and UNALIGN_TRP read as one, and are fixed, on Armv6-M. */
static uint32_t read_ccr(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)offset;
	(void)debugger;
	return c->is_v7m ? c->ccr : CCR_STKALIGN | CCR_UNALIGN_TRP;
}

static void write_ccr(struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	uint32_t writable = CCR_NONBASETHRDENA | CCR_USERSETMPEND | CCR_UNALIGN_TRP |
	                    CCR_DIV_0_TRP | CCR_BFHFNMIGN | CCR_STKALIGN;

	(void)offset;
	(void)debugger;
	if (c->id_regs->ccsidr)
		writable |= CCR_DC | CCR_IC | CCR_BP;
	if (c->is_v7m)
		c->ccr = (c->ccr & ~(lanes & writable)) | (value & lanes & writable);
}

/* SHCSR: active and pending bits of system exceptions, and the enable bits. B3.2.13. */
static const struct {
	uint8_t bit;
	uint8_t exception;
	bool pending; /* else active */
} shcsr_bits[] = {
	{ 0, EXC_MEMMANAGE, false },
	{ 1, EXC_BUSFAULT, false },
	{ 3, EXC_USAGEFAULT, false },
	{ 7, EXC_SVCALL, false },
	{ 8, EXC_DEBUGMONITOR, false },
	{ 10, EXC_PENDSV, false },
	{ 11, EXC_SYSTICK, false },
	{ 12, EXC_USAGEFAULT, true },
	{ 13, EXC_MEMMANAGE, true },
	{ 14, EXC_BUSFAULT, true },
	{ 15, EXC_SVCALL, true },
};

static uint32_t read_shcsr(struct cpu *c, uint32_t offset, bool debugger)
{
	uint32_t value = 0;

	(void)offset;
	(void)debugger;
	for (size_t i = 0; i < ARRAY_SIZE(shcsr_bits); i++)
		value |= (uint32_t)exc_bit(shcsr_bits[i].pending ? c->pending : c->active,
				 shcsr_bits[i].exception)
		         << shcsr_bits[i].bit;
	if (!c->is_v7m)
		return value & BIT(15);
	return value | FIELD_PREP(SHCSR_FAULT_ENA, c->enabled[0] >> EXC_MEMMANAGE);
}

static void write_shcsr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)offset;
	(void)debugger;
	for (size_t i = 0; i < ARRAY_SIZE(shcsr_bits); i++) {
		const uint32_t mask = BIT(shcsr_bits[i].bit);

		if ((lanes & mask) && (c->is_v7m || mask == BIT(15)))
			exc_set(shcsr_bits[i].pending ? c->pending : c->active,
				shcsr_bits[i].exception, value & mask);
	}
	if (c->is_v7m)
		for (unsigned n = EXC_MEMMANAGE; n <= EXC_USAGEFAULT; n++)
			if (lanes & BIT(12 + n))
				exc_set(c->enabled, n, value & BIT(12 + n));
	cpu_attention(c);
}

/* --- words that are written one to clear ------------------------------------------------------ */

static uint32_t *sticky_word(struct cpu *c, uint32_t offset)
{
	return offset == SCS_CFSR ? &c->cfsr : offset == SCS_HFSR ? &c->hfsr : &c->dfsr;
}

static uint32_t read_sticky(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)debugger;
	return *sticky_word(c, offset);
}

static void write_sticky(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)debugger;
	*sticky_word(c, offset) &= ~(value & lanes);
}

/* --- words that only store -------------------------------------------------------------------- */

struct stored {
	uint16_t offset;
	size_t place; /* in struct cpu */
	uint32_t writable;
	bool needs_fp;
};

#define STORED(offset, member, writable, needs_fp)                       \
	{                                                                \
		offset, offsetof(struct cpu, member), writable, needs_fp \
	}

static const struct stored stored_words[] = {
	STORED(SCS_ACTLR, actlr, 0x00000307, false),
	STORED(SCS_SCR, scr, SCR_SLEEPONEXIT | SCR_SLEEPDEEP | SCR_SEVONPEND, false),
	STORED(SCS_MMFAR, mmfar, UINT32_MAX, false),
	STORED(SCS_BFAR, bfar, UINT32_MAX, false),
	STORED(SCS_AFSR, afsr, 0, false),
	STORED(SCS_CSSELR, csselr, 1, false),
	STORED(SCS_CPACR, cpacr, CPACR_CP10_CP11, true),
	STORED(SCS_FPCCR, fpccr,
		FPCCR_ASPEN | FPCCR_LSPEN | FPCCR_MONRDY | FPCCR_BFRDY | FPCCR_MMRDY | FPCCR_HFRDY |
			FPCCR_THREAD | FPCCR_USER | FPCCR_LSPACT,
		true),
	STORED(SCS_FPCAR, fpcar, BITS(31, 3), true),
	STORED(SCS_FPDSCR, fpdscr, FPDSCR_MASK, true),
};

static const struct stored *find_stored(const struct cpu *c, uint32_t offset)
{
	for (size_t i = 0; i < ARRAY_SIZE(stored_words); i++)
		if (stored_words[i].offset == offset)
			return stored_words[i].needs_fp && !c->has_fp ? NULL : &stored_words[i];
	return NULL;
}

static uint32_t *place_of(struct cpu *c, const struct stored *word)
{
	return (uint32_t *)(void *)((uint8_t *)c + word->place);
}

static uint32_t read_stored(struct cpu *c, uint32_t offset, bool debugger)
{
	const struct stored *word = find_stored(c, offset);

	(void)debugger;
	return word ? *place_of(c, word) : 0;
}

static void write_stored(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	const struct stored *word = find_stored(c, offset);
	uint32_t *place;

	(void)debugger;
	if (!word)
		return;
	place = place_of(c, word);
	lanes &= word->writable;
	*place = (*place & ~lanes) | (value & lanes);
}

/* --- identification --------------------------------------------------------------------------- */

static uint32_t read_feature(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)debugger;
	return c->id_regs->feature[(offset - SCS_ID_PFR0) / 4];
}

static uint32_t read_cache_id(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)debugger;
	return offset == SCS_CLIDR ? c->id_regs->clidr
	       : offset == SCS_CTR ? c->id_regs->ctr
	                           : c->id_regs->ccsidr;
}

static uint32_t read_mvfr(struct cpu *c, uint32_t offset, bool debugger)
{
	(void)debugger;
	return c->has_fp ? c->id_regs->mvfr[(offset - SCS_MVFR0) / 4] : 0;
}

/* PIDR4-7, PIDR0-3, CIDR0-3 from 0xFD0: C1.2, "CoreSight component identification". */
static uint32_t read_component_id(struct cpu *c, uint32_t offset, bool debugger)
{
	static const uint8_t cidr[] = { 0x0d, 0xe0, 0x05, 0xb1 };
	const uint32_t word = (offset - SCS_PIDR4) / 4;

	(void)debugger;
	if (word < 8)
		return c->id_regs->peripheral[word ^ 4];
	return cidr[word - 8];
}

/* --- MPU -------------------------------------------------------------------------------------- */

static uint32_t read_mpu(struct cpu *c, uint32_t offset, bool debugger)
{
	const unsigned region = c->mpu_rnr % MAX_MPU_REGIONS;

	(void)debugger;
	if (!c->config.mpu_regions)
		return 0;
	if (offset == SCS_MPU_TYPE)
		return FIELD_PREP(MPU_TYPE_DREGION, c->config.mpu_regions);
	if (offset == SCS_MPU_CTRL)
		return c->mpu_ctrl;
	if (offset == SCS_MPU_RNR)
		return c->mpu_rnr;
	/* RBAR and RASR alternate; the later ones are aliases. */
	return (offset - SCS_MPU_RBAR) / 4 % 2 ? c->mpu_rasr[region] : c->mpu_rbar[region] | region;
}

static void write_rbar(struct cpu *c, uint32_t value)
{
	if ((value & MPU_RBAR_VALID) && (value & MPU_RBAR_REGION) < c->config.mpu_regions)
		c->mpu_rnr = value & MPU_RBAR_REGION;
	c->mpu_rbar[c->mpu_rnr % MAX_MPU_REGIONS] =
		value & (c->is_v7m ? MPU_RBAR_ADDR : BITS(31, 8));
}

static void write_mpu(struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)lanes;
	(void)debugger;
	if (!c->config.mpu_regions || offset == SCS_MPU_TYPE)
		return;
	if (offset == SCS_MPU_CTRL)
		c->mpu_ctrl = value & (MPU_CTRL_ENABLE | MPU_CTRL_HFNMIENA | MPU_CTRL_PRIVDEFEN);
	else if (offset == SCS_MPU_RNR)
		c->mpu_rnr = (value & 0xff) < c->config.mpu_regions ? value & 0xff : c->mpu_rnr;
	else if ((offset - SCS_MPU_RBAR) / 4 % 2 == 0)
		write_rbar(c, value);
	else
		c->mpu_rasr[c->mpu_rnr % MAX_MPU_REGIONS] = value & MPU_RASR_MASK;
	mem_update_view(c);
	mem_flush(c);
}

/* --- debug: C1.6 ------------------------------------------------------------------------------ */

static uint32_t read_debug(struct cpu *c, uint32_t offset, bool debugger)
{
	switch (offset) {
	case SCS_DHCSR:
		return debug_read_dhcsr(c, debugger);
	case SCS_DCRDR:
		return c->dcrdr;
	case SCS_DEMCR:
		return debug_read_demcr(c);
	default: /* DCRSR is write-only */
		return 0;
	}
}

static void write_debug(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, bool debugger)
{
	(void)lanes;
	if (offset == SCS_DEMCR)
		debug_write_demcr(c, value);
	else if (offset == SCS_DCRDR)
		c->dcrdr = value;
	else if (debugger && offset == SCS_DHCSR)
		debug_write_dhcsr(c, value);
	else if (debugger && offset == SCS_DCRSR)
		debug_write_dcrsr(c, value);
}

/* --- the table -------------------------------------------------------------------------------- */

static const struct scs_word words[] = {
	{ SCS_ICTR, SCS_ICTR, read_ictr, NULL, true },
	{ SCS_ACTLR, SCS_ACTLR, read_stored, write_stored, true },
	{ SCS_SYST_CSR, SCS_SYST_CALIB, read_syst, write_syst, false },
	{ SCS_NVIC_ISER, SCS_NVIC_ISER + 0x3c, read_enabled, write_iser, false },
	{ SCS_NVIC_ICER, SCS_NVIC_ICER + 0x3c, read_enabled, write_icer, false },
	{ SCS_NVIC_ISPR, SCS_NVIC_ISPR + 0x3c, read_pending, write_ispr, false },
	{ SCS_NVIC_ICPR, SCS_NVIC_ICPR + 0x3c, read_pending, write_icpr, false },
	{ SCS_NVIC_IABR, SCS_NVIC_IABR + 0x3c, read_active, NULL, true },
	{ SCS_NVIC_IPR, SCS_NVIC_IPR + 0x1dc, read_priorities, write_priorities, false },
	{ SCS_CPUID, SCS_CPUID, read_cpuid, NULL, false },
	{ SCS_ICSR, SCS_ICSR, read_icsr, write_icsr, false },
	{ SCS_VTOR, SCS_VTOR, read_vtor, write_vtor, false },
	{ SCS_AIRCR, SCS_AIRCR, read_aircr, write_aircr, false },
	{ SCS_SCR, SCS_SCR, read_stored, write_stored, false },
	{ SCS_CCR, SCS_CCR, read_ccr, write_ccr, false },
	{ SCS_SHPR1, SCS_SHPR3, read_priorities, write_priorities, false },
	{ SCS_SHCSR, SCS_SHCSR, read_shcsr, write_shcsr, false },
	{ SCS_CFSR, SCS_HFSR, read_sticky, write_sticky, true },
	{ SCS_DFSR, SCS_DFSR, read_sticky, write_sticky, false },
	{ SCS_MMFAR, SCS_AFSR, read_stored, write_stored, true },
	{ SCS_ID_PFR0, SCS_ID_ISAR5, read_feature, NULL, true },
	{ SCS_CLIDR, SCS_CCSIDR, read_cache_id, NULL, true },
	{ SCS_CSSELR, SCS_CPACR, read_stored, write_stored, true },
	{ SCS_MPU_TYPE, SCS_MPU_RASR, read_mpu, write_mpu, false },
	{ SCS_MPU_RASR + 4, SCS_MPU_RASR_A3, read_mpu, write_mpu, true },
	{ SCS_DHCSR, SCS_DEMCR, read_debug, write_debug, false },
	{ SCS_STIR, SCS_STIR, NULL, write_stir, true },
	{ SCS_FPCCR, SCS_FPDSCR, read_stored, write_stored, true },
	{ SCS_MVFR0, SCS_MVFR2, read_mvfr, NULL, true },
	{ SCS_PIDR4, SCS_CIDR3, read_component_id, NULL, false },
};

static const struct scs_word *find_word(const struct cpu *c, uint32_t offset)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (offset >= words[i].first && offset <= words[i].last)
			return words[i].v7m_only && !c->is_v7m ? NULL : &words[i];
	return NULL;
}

static uint32_t lanes_of(uint32_t addr, unsigned size)
{
	return (size >= 4 ? UINT32_MAX : BITS(8 * size - 1, 0)) << (8 * (addr & 3));
}

enum mem_result scs_read(
	struct cpu *c, uint32_t addr, unsigned size, bool debugger, uint32_t *value)
{
	const uint32_t offset = (addr - SCS_BASE) & ~3u;
	const struct scs_word *word = find_word(c, offset);
	const uint32_t whole = word && word->read ? word->read(c, offset, debugger) : 0;

	*value = (whole & lanes_of(addr, size)) >> (8 * (addr & 3));
	return MEM_OK;
}

enum mem_result scs_write(
	struct cpu *c, uint32_t addr, unsigned size, bool debugger, uint32_t value)
{
	const uint32_t offset = (addr - SCS_BASE) & ~3u;
	const struct scs_word *word = find_word(c, offset);

	if (word && word->write)
		word->write(c, offset, value << (8 * (addr & 3)), lanes_of(addr, size), debugger);
	return MEM_OK;
}

static bool is_access(uint32_t addr, unsigned size)
{
	return (addr & ~PAGE_OFFSET) == SCS_BASE && (size == 1 || size == 2 || size == 4) &&
	       !(addr & (size - 1));
}

bool cpu_scs_read_sized(struct cpu *c, uint32_t addr, unsigned size, bool debugger, uint32_t *val)
{
	return is_access(addr, size) && scs_read(c, addr, size, debugger, val) == MEM_OK;
}

bool cpu_scs_write_sized(struct cpu *c, uint32_t addr, unsigned size, bool debugger, uint32_t val)
{
	return is_access(addr, size) && scs_write(c, addr, size, debugger, val) == MEM_OK;
}

bool cpu_scs_read(struct cpu *c, uint32_t addr, bool debugger, uint32_t *val)
{
	return cpu_scs_read_sized(c, addr, 4, debugger, val);
}

bool cpu_scs_write(struct cpu *c, uint32_t addr, bool debugger, uint32_t val)
{
	return cpu_scs_write_sized(c, addr, 4, debugger, val);
}

/* --- reset ------------------------------------------------------------------------------------ */

void scs_reset(struct cpu *c)
{
	for (size_t i = 0; i < EXC_WORDS; i++)
		c->pending[i] = c->active[i] = c->enabled[i] = 0;
	for (size_t i = 0; i < EXC_COUNT; i++)
		c->priority[i] = 0;
	for (size_t i = 0; i < MAX_MPU_REGIONS; i++)
		c->mpu_rbar[i] = c->mpu_rasr[i] = 0;
	c->vtor = c->config.vtor_reset;
	c->prigroup = c->scr = c->actlr = c->csselr = 0;
	c->ccr = CCR_STKALIGN;
	c->cfsr = c->hfsr = c->mmfar = c->bfar = c->afsr = c->fault_catch = 0;
	c->cpacr = c->fpcar = c->fpdscr = 0;
	c->fpccr = c->has_fp ? FPCCR_ASPEN | FPCCR_LSPEN : 0;
	c->mpu_ctrl = c->mpu_rnr = 0;
	c->syst_csr = c->syst_rvr = c->syst_stopped_at = 0;
	c->syst_zero_at = UINT64_MAX;
}
