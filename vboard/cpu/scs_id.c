/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identification registers of the System Control Space; the values are in id_regs.c.
 */
#include "vboard/cpu/scs_words.h"

static uint32_t read_feature(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)view;
	return id_regs_feature(c, (offset - SCS_ID_PFR0) / 4);
}

static uint32_t read_cache_id(struct cpu *c, uint32_t offset, unsigned view)
{
	const bool instruction = c->csselr & 1; /* CSSELR.InD */

	(void)view;
	if (offset == SCS_CCSIDR && instruction && c->id_regs->ccsidr_instruction)
		return c->id_regs->ccsidr_instruction;
	return offset == SCS_CLIDR ? c->id_regs->clidr
	       : offset == SCS_CTR ? c->id_regs->ctr
	                           : c->id_regs->ccsidr;
}

static uint32_t read_mvfr(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)view;
	return id_regs_mvfr(c, (offset - SCS_MVFR0) / 4);
}

/* DDI 0553, DDEVARCH: Arm, present, architecture 0x2A04, v8 (0) or v8.1 (1) in REVISION. */
static uint32_t read_devarch(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)offset;
	(void)view;
	return c->config.mve ? 0x47712a04 : 0x47702a04;
}

/* PIDR4-7, PIDR0-3, CIDR0-3 from 0xFD0: C1.2, "CoreSight component identification". */
static uint32_t read_component_id(struct cpu *c, uint32_t offset, unsigned view)
{
	static const uint8_t cidr[] = { 0x0d, 0xe0, 0x05, 0xb1 };
	const uint32_t word = (offset - SCS_PIDR4) / 4;

	(void)view;
	if (word < 8)
		return c->id_regs->peripheral[word ^ 4];
	if (word == 9 && c->is_v8m) /* class 9 */
		return 0x90;
	return cidr[word - 8];
}

static const struct scs_word rows[] = {
	{ SCS_ID_PFR0, SCS_ID_ISAR5, read_feature, NULL, SCS_ALWAYS },
	{ SCS_CLIDR, SCS_CCSIDR, read_cache_id, NULL, SCS_ALWAYS },
	{ SCS_MVFR0, SCS_MVFR2, read_mvfr, NULL, SCS_MAIN },
	{ SCS_DDEVARCH, SCS_DDEVARCH, read_devarch, NULL, SCS_V8M },
	{ SCS_PIDR4, SCS_CIDR3, read_component_id, NULL, SCS_ALWAYS },
};

const struct scs_table scs_id_table = { rows, ARRAY_SIZE(rows) };
