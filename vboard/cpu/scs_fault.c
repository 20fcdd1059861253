/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault handling of the System Control Block: SHCSR, CFSR, HFSR, DFSR and the address registers.
 * DDI 0403E.b B3.2.13 to B3.2.18; SFSR, SFAR and what the Non-secure state sees: DDI 0553, D1.2.
 */
#include "vboard/cpu/scs_words.h"

/* --- SHCSR: active, pending and enable bits of system exceptions ------------------------------ */

enum shcsr_kind { SHCSR_ACTIVE, SHCSR_PENDED, SHCSR_ENABLE };

static const struct {
	uint8_t bit;
	uint8_t exception;
	uint8_t kind;
	bool v8m_only;
} shcsr_bits[] = {
	{ 0, EXC_MEMMANAGE, SHCSR_ACTIVE, false },
	{ 1, EXC_BUSFAULT, SHCSR_ACTIVE, false },
	{ 2, EXC_HARDFAULT, SHCSR_ACTIVE, true },
	{ 3, EXC_USAGEFAULT, SHCSR_ACTIVE, false },
	{ 4, EXC_SECUREFAULT, SHCSR_ACTIVE, true },
	{ 5, EXC_NMI, SHCSR_ACTIVE, true },
	{ 7, EXC_SVCALL, SHCSR_ACTIVE, false },
	{ 8, EXC_DEBUGMONITOR, SHCSR_ACTIVE, false },
	{ 10, EXC_PENDSV, SHCSR_ACTIVE, false },
	{ 11, EXC_SYSTICK, SHCSR_ACTIVE, false },
	{ 12, EXC_USAGEFAULT, SHCSR_PENDED, false },
	{ 13, EXC_MEMMANAGE, SHCSR_PENDED, false },
	{ 14, EXC_BUSFAULT, SHCSR_PENDED, false },
	{ 15, EXC_SVCALL, SHCSR_PENDED, false },
	{ 16, EXC_MEMMANAGE, SHCSR_ENABLE, false },
	{ 17, EXC_BUSFAULT, SHCSR_ENABLE, false },
	{ 18, EXC_USAGEFAULT, SHCSR_ENABLE, false },
	{ 19, EXC_SECUREFAULT, SHCSR_ENABLE, true },
	{ 20, EXC_SECUREFAULT, SHCSR_PENDED, true },
	{ 21, EXC_HARDFAULT, SHCSR_PENDED, true },
};

static uint32_t *shcsr_words(struct cpu *c, unsigned kind)
{
	return kind == SHCSR_ACTIVE ? c->active : kind == SHCSR_PENDED ? c->pending : c->enabled;
}

/* Armv6-M has SVCALLPENDED alone; Baseline the bits of exceptions that it has. */
static bool has_shcsr_bit(const struct cpu *c, size_t i)
{
	const uint32_t baseline = BIT(EXC_NMI) | BIT(EXC_HARDFAULT) | BIT(EXC_SVCALL) |
	                          BIT(EXC_PENDSV) | BIT(EXC_SYSTICK);

	if (shcsr_bits[i].v8m_only && !c->is_v8m)
		return false;
	if (shcsr_bits[i].exception == EXC_SECUREFAULT && !c->config.security)
		return false;
	if (c->is_v7m)
		return true;
	return c->is_v8m ? baseline >> shcsr_bits[i].exception & 1 : shcsr_bits[i].bit == 15;
}

/* The instance that bit @p i is about in a view; @return false when it is not to be seen. */
static bool shcsr_id(const struct cpu *c, size_t i, unsigned view, unsigned *id)
{
	*id = exc_id(c, (enum exception)shcsr_bits[i].exception, view & SCS_SECURE);
	return has_shcsr_bit(c, i) && sees_exception(c, *id, view);
}

static uint32_t read_shcsr(struct cpu *c, uint32_t offset, unsigned view)
{
	uint32_t value = 0;
	unsigned id;

	(void)offset;
	for (size_t i = 0; i < ARRAY_SIZE(shcsr_bits); i++)
		if (shcsr_id(c, i, view, &id) && exc_bit(shcsr_words(c, shcsr_bits[i].kind), id))
			value |= BIT(shcsr_bits[i].bit);
	return value;
}

static void write_shcsr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	unsigned id;

	(void)offset;
	for (size_t i = 0; i < ARRAY_SIZE(shcsr_bits); i++)
		if ((lanes & BIT(shcsr_bits[i].bit)) && shcsr_id(c, i, view, &id))
			exc_set(shcsr_words(c, shcsr_bits[i].kind), id,
				value & BIT(shcsr_bits[i].bit));
	cpu_attention(c);
}

/* --- words that are written one to clear ------------------------------------------------------ */

static bool sees_bus_faults(const struct cpu *c, unsigned view)
{
	return is_secure_view(c, view) || bfhfnmins(c);
}

static uint32_t read_cfsr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	return view_bank(c, view)->cfsr | (sees_bus_faults(c, view) ? c->bfsr : 0);
}

static void write_cfsr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	view_bank(c, view)->cfsr &= ~(value & lanes);
	if (sees_bus_faults(c, view))
		c->bfsr &= ~(value & lanes);
}

static uint32_t read_hfsr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	return sees_bus_faults(c, view) ? c->hfsr : 0;
}

static void write_hfsr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	if (sees_bus_faults(c, view))
		c->hfsr &= ~(value & lanes);
}

static uint32_t read_dfsr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return c->dfsr;
}

static void write_dfsr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)offset;
	(void)view;
	c->dfsr &= ~(value & lanes);
}

static uint32_t read_sfsr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)view;
	return offset == SCS_SFSR ? c->sfsr : c->sfar;
}

static void write_sfsr(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	(void)view;
	if (offset == SCS_SFSR)
		c->sfsr &= ~(value & lanes);
	else
		put_lanes(&c->sfar, value, lanes, UINT32_MAX);
}

/* --- addresses -------------------------------------------------------------------------------- */

static uint32_t *address_word(struct cpu *c, uint32_t offset, unsigned view)
{
	if (offset == SCS_MMFAR)
		return &view_bank(c, view)->mmfar;
	if (offset == SCS_BFAR)
		return sees_bus_faults(c, view) ? &c->bfar : NULL;
	return NULL; /* AFSR: nothing is auxiliary here */
}

static uint32_t read_address(struct cpu *c, uint32_t offset, unsigned view)
{
	const uint32_t *word = address_word(c, offset, view);

	return word ? *word : 0;
}

static void write_address(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	uint32_t *word = address_word(c, offset, view);

	if (word)
		put_lanes(word, value, lanes, UINT32_MAX);
}

static const struct scs_word rows[] = {
	{ SCS_SHCSR, SCS_SHCSR, read_shcsr, write_shcsr, SCS_ALWAYS },
	{ SCS_CFSR, SCS_CFSR, read_cfsr, write_cfsr, SCS_MAIN },
	{ SCS_HFSR, SCS_HFSR, read_hfsr, write_hfsr, SCS_MAIN },
	{ SCS_DFSR, SCS_DFSR, read_dfsr, write_dfsr, SCS_ALWAYS },
	{ SCS_MMFAR, SCS_AFSR, read_address, write_address, SCS_MAIN },
	{ SCS_SFSR, SCS_SFAR, read_sfsr, write_sfsr, SCS_MAIN | SCS_SECURITY },
};

const struct scs_table scs_fault_table = { rows, ARRAY_SIZE(rows) };
