/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MPU and SAU as registers: DDI 0403E.b B3.5; DDI 0553, D1.2 (MPU_*, SAU_*).
 */
#include "vboard/cpu/scs_words.h"

/* --- MPU -------------------------------------------------------------------------------------- */

/* RBAR and RASR (RLAR) alternate; the later pairs are the same region in PMSAv7, and the next ones
 * of a group of four in PMSAv8. */
static unsigned region_at(struct cpu *c, uint32_t offset, unsigned view)
{
	const uint32_t rnr = view_bank(c, view)->mpu_rnr;
	const uint32_t alias = (offset - SCS_MPU_RBAR) / 8;

	return (c->is_v8m && alias ? (rnr & ~3u) | alias : rnr) % MAX_MPU_REGIONS;
}

static bool is_base(uint32_t offset)
{
	return (offset - SCS_MPU_RBAR) / 4 % 2 == 0;
}

static uint32_t read_mpu(struct cpu *c, uint32_t offset, unsigned view)
{
	const struct bank *bank = view_bank(c, view);
	const unsigned count = mpu_regions(c, view & SCS_SECURE);
	const unsigned region = region_at(c, offset, view);

	if (!count)
		return 0;
	switch (offset) {
	case SCS_MPU_TYPE:
		return FIELD_PREP(MPU_TYPE_DREGION, count);
	case SCS_MPU_CTRL:
		return bank->mpu_ctrl;
	case SCS_MPU_RNR:
		return bank->mpu_rnr;
	case SCS_MPU_MAIR0:
	case SCS_MPU_MAIR1:
		return bank->mpu_mair[(offset - SCS_MPU_MAIR0) / 4];
	default:
		break;
	}
	if (!is_base(offset))
		return bank->mpu_rasr[region];
	return c->is_v8m ? bank->mpu_rbar[region] : bank->mpu_rbar[region] | region;
}

static void write_rbar(struct cpu *c, uint32_t value)
{
	struct bank *bank = &c->bank[BANK_NS];

	if ((value & MPU_RBAR_VALID) && (value & MPU_RBAR_REGION) < c->config.mpu_regions)
		bank->mpu_rnr = value & MPU_RBAR_REGION;
	bank->mpu_rbar[bank->mpu_rnr % MAX_MPU_REGIONS] =
		value & (c->is_v7m ? MPU_RBAR_ADDR : BITS(31, 8));
}

static void write_region(struct cpu *c, uint32_t offset, uint32_t value, unsigned view)
{
	struct bank *bank = view_bank(c, view);
	const unsigned region = region_at(c, offset, view);

	if (c->is_v8m && region >= mpu_regions(c, view & SCS_SECURE))
		return;
	if (is_base(offset) && c->is_v8m)
		bank->mpu_rbar[region] = value;
	else if (is_base(offset))
		write_rbar(c, value);
	else if (c->is_v8m)
		bank->mpu_rasr[region] = c->config.mve ? value : value & ~MPU_RLAR8_PXN;
	else
		bank->mpu_rasr[region] = value & MPU_RASR_MASK;
}

static void write_mpu(struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	struct bank *bank = view_bank(c, view);
	const unsigned count = mpu_regions(c, view & SCS_SECURE);

	(void)lanes;
	if (!count || offset == SCS_MPU_TYPE)
		return;
	if (offset == SCS_MPU_CTRL)
		bank->mpu_ctrl = value & (MPU_CTRL_ENABLE | MPU_CTRL_HFNMIENA | MPU_CTRL_PRIVDEFEN);
	else if (offset == SCS_MPU_RNR)
		bank->mpu_rnr = (value & 0xff) < count ? value & 0xff : bank->mpu_rnr;
	else if (offset == SCS_MPU_MAIR0 || offset == SCS_MPU_MAIR1)
		bank->mpu_mair[(offset - SCS_MPU_MAIR0) / 4] = value;
	else
		write_region(c, offset, value, view);
	mem_update_view(c);
	mem_flush(c);
}

/* --- SAU -------------------------------------------------------------------------------------- */

static uint32_t read_sau(struct cpu *c, uint32_t offset, unsigned view)
{
	const unsigned region = c->sau_rnr % MAX_SAU_REGIONS;

	(void)view;
	switch (offset) {
	case SCS_SAU_CTRL:
		return c->sau_ctrl;
	case SCS_SAU_TYPE:
		return c->config.sau_regions;
	case SCS_SAU_RNR:
		return c->sau_rnr;
	case SCS_SAU_RBAR:
		return c->sau_rbar[region];
	default:
		return c->sau_rlar[region];
	}
}

static void write_sau(struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	const unsigned region = c->sau_rnr % MAX_SAU_REGIONS;

	(void)lanes;
	(void)view;
	if (offset == SCS_SAU_CTRL)
		c->sau_ctrl = value & (SAU_CTRL_ENABLE | SAU_CTRL_ALLNS);
	else if (offset == SCS_SAU_RNR)
		c->sau_rnr = (value & 0xff) < c->config.sau_regions ? value & 0xff : c->sau_rnr;
	else if (offset == SCS_SAU_RBAR && c->config.sau_regions)
		c->sau_rbar[region] = value & BITS(31, 5);
	else if (offset == SCS_SAU_RLAR && c->config.sau_regions)
		c->sau_rlar[region] = value & (BITS(31, 5) | SAU_RLAR_ENABLE | SAU_RLAR_NSC);
	mem_flush(c);
}

static const struct scs_word rows[] = {
	{ SCS_MPU_TYPE, SCS_MPU_RASR, read_mpu, write_mpu, SCS_ALWAYS },
	{ SCS_MPU_RASR + 4, SCS_MPU_RASR_A3, read_mpu, write_mpu, SCS_MAIN },
	{ SCS_MPU_MAIR0, SCS_MPU_MAIR1, read_mpu, write_mpu, SCS_V8M },
	{ SCS_SAU_CTRL, SCS_SAU_RLAR, read_sau, write_sau, SCS_SECURITY },
};

const struct scs_table scs_mpu_table = { rows, ARRAY_SIZE(rows) };
