/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The System Control Space as a register file: which table has the word, and who looks at it.
 *
 * Byte and halfword accesses: the value goes into its lanes of the word, and functions are given
 * which bits are meant, so that a byte of NVIC_IPR or CFSR is written alone.
 */
#include "vboard/cpu/scs_words.h"

static const struct scs_table *const tables[] = {
	&scs_scb_table,
	&scs_nvic_table,
	&scs_debug_table,
	&scs_fault_table,
	&scs_mpu_table,
	&scs_fp_table,
	&scs_id_table,
};

static bool is_present(const struct cpu *c, const struct scs_word *word, unsigned view)
{
	const unsigned here = (c->is_v7m ? SCS_MAIN : 0u) | (c->is_v8m ? SCS_V8M : 0u) |
	                      (c->config.security && is_secure_view(c, view) ? SCS_SECURITY : 0u) |
	                      (c->config.mve ? SCS_V81M : 0u);

	return !(word->presence & ~here);
}

static const struct scs_word *find_word(const struct cpu *c, uint32_t offset, unsigned view)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (size_t n = 0; n < tables[i]->count; n++) {
			const struct scs_word *word = &tables[i]->rows[n];

			if (offset >= word->first && offset <= word->last)
				return is_present(c, word, view) ? word : NULL;
		}
	return NULL;
}

static uint32_t lanes_of(uint32_t addr, unsigned size)
{
	return (size >= 4 ? UINT32_MAX : BITS(8 * size - 1, 0)) << (8 * (addr & 3));
}

static uint32_t offset_of(uint32_t addr)
{
	return addr & PAGE_OFFSET & ~3u;
}

enum mem_result scs_read(
	struct cpu *c, uint32_t addr, unsigned size, unsigned view, uint32_t *value)
{
	const uint32_t offset = offset_of(addr);
	const struct scs_word *word = find_word(c, offset, view);
	const uint32_t whole = word && word->read ? word->read(c, offset, view) : 0;

	*value = (whole & lanes_of(addr, size)) >> (8 * (addr & 3));
	return MEM_OK;
}

enum mem_result scs_write(
	struct cpu *c, uint32_t addr, unsigned size, unsigned view, uint32_t value)
{
	const uint32_t offset = offset_of(addr);
	const struct scs_word *word = find_word(c, offset, view);

	if (word && word->write)
		word->write(c, offset, value << (8 * (addr & 3)), lanes_of(addr, size), view);
	return MEM_OK;
}

/* --- from outside ----------------------------------------------------------------------------- */

static bool is_access(const struct cpu *c, uint32_t addr, unsigned size)
{
	const uint32_t page = addr & ~PAGE_OFFSET;

	return (page == SCS_BASE || (page == SCS_NS_BASE && c->config.security)) &&
	       (size == 1 || size == 2 || size == 4) && !(addr & (size - 1));
}

/* DSCSR decides which of the banked registers a debugger sees, if it may see those of the Secure
 * state at all (DDI 0553, DSCSR.SBRSELEN). */
static bool sees_secure(const struct cpu *c, uint32_t addr, unsigned who)
{
	if ((addr & ~PAGE_OFFSET) == SCS_NS_BASE || (who & CPU_SCS_NONSECURE))
		return false;
	if (!(who & CPU_SCS_DEBUGGER))
		return c->secure;
	if (!debug_secure_allowed(c))
		return false;
	return c->dscsr & DSCSR_SBRSELEN ? c->dscsr & DSCSR_SBRSEL : c->secure;
}

static unsigned view_of(const struct cpu *c, uint32_t addr, unsigned who)
{
	return (who & CPU_SCS_DEBUGGER ? SCS_BY_DEBUGGER : 0u) |
	       (c->config.security && sees_secure(c, addr, who) ? SCS_SECURE : 0u);
}

bool cpu_scs_read_sized(struct cpu *c, uint32_t addr, unsigned size, unsigned who, uint32_t *val)
{
	return is_access(c, addr, size) &&
	       scs_read(c, addr, size, view_of(c, addr, who), val) == MEM_OK;
}

bool cpu_scs_write_sized(struct cpu *c, uint32_t addr, unsigned size, unsigned who, uint32_t val)
{
	return is_access(c, addr, size) &&
	       scs_write(c, addr, size, view_of(c, addr, who), val) == MEM_OK;
}

bool cpu_scs_read(struct cpu *c, uint32_t addr, unsigned who, uint32_t *val)
{
	return cpu_scs_read_sized(c, addr, 4, who, val);
}

bool cpu_scs_write(struct cpu *c, uint32_t addr, unsigned who, uint32_t val)
{
	return cpu_scs_write_sized(c, addr, 4, who, val);
}

/* --- reset ------------------------------------------------------------------------------------ */

static void reset_bank(struct cpu *c, struct bank *bank)
{
	*bank = (struct bank){
		.vtor = c->config.vtor_reset,
		.ccr = CCR_STKALIGN | (c->is_v8m ? CCR_NONBASETHRDENA : 0u),
		.fpccr = c->has_fp ? FPCCR_ASPEN | FPCCR_LSPEN : 0,
	};
}

void scs_reset(struct cpu *c)
{
	for (size_t i = 0; i < EXC_WORDS; i++)
		c->pending[i] = c->active[i] = c->enabled[i] = c->itns[i] = 0;
	for (size_t i = 0; i < EXC_SLOTS; i++)
		c->priority[i] = 0;
	for (size_t i = 0; i < BANK_COUNT; i++)
		reset_bank(c, &c->bank[i]);
	if (c->config.security && c->has_fp)
		c->bank[BANK_S].fpccr |= FPCCR_S;
	for (size_t i = 0; i < MAX_SAU_REGIONS; i++)
		c->sau_rbar[i] = c->sau_rlar[i] = 0;
	if (c->config.security)
		c->bank[BANK_NS].vtor = c->config.vtor_ns_reset;
	c->sau_ctrl = c->sau_rnr = 0;
	c->aircr = c->actlr = c->cppwr = c->nsacr = c->csselr = 0;
	c->bfsr = c->hfsr = c->bfar = c->afsr = c->sfsr = c->sfar = c->fault_catch = 0;
	systick_reset(c);
}
