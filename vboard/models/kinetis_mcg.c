/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Multipurpose clock generator of Kinetis K (K64 RM, chapter 25, from memory): modes FEI, FEE, FBI,
 * FBE, PEE, PBE, BLPI, BLPE by C1, C2, C4, C5, C6, with S following at once. A change sets the
 * board's clocks: core and bus (CLOCK_APB1, CLOCK_APB2 as the core's) by SIM_CLKDIV1, read when MCG
 * is written: a later change of SIM_CLKDIV1 shows with the next write here.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/kinetis.h"

#define MCG_C1        0x00u
#define MCG_C1_CLKS   BITS(7, 6)
#define MCG_C1_FRDIV  BITS(5, 3)
#define MCG_C1_IREFS  BIT(2)
#define MCG_C2        0x01u
#define MCG_C2_RANGE  BITS(5, 4)
#define MCG_C2_EREFS  BIT(2)
#define MCG_C2_IRCS   BIT(0)
#define MCG_C4        0x03u
#define MCG_C4_DMX32  BIT(7)
#define MCG_C4_DRST   BITS(6, 5)
#define MCG_C5        0x04u
#define MCG_C5_PRDIV  BITS(4, 0)
#define MCG_C6        0x05u
#define MCG_C6_PLLS   BIT(6)
#define MCG_C6_VDIV   BITS(4, 0)
#define MCG_S         0x06u
#define MCG_S_LOCK    BIT(6)
#define MCG_S_PLLST   BIT(5)
#define MCG_S_IREFST  BIT(4)
#define MCG_S_CLKST   BITS(3, 2)
#define MCG_S_OSCINIT BIT(1)
#define MCG_S_IRCST   BIT(0)

enum { MCG_REGISTERS = 0x10, CLKS_INTERNAL = 1, CLKS_EXTERNAL = 2, CLKST_PLL = 3 };

struct mcg {
	struct board *board;
	const struct kinetis_mcg_config *config;
	uint8_t registers[MCG_REGISTERS];
};

static uint32_t fll_hz(const struct mcg *mcg)
{
	/* Factor by DMX32 and DRST_DRS (table "DCO range"). */
	static const uint32_t factors[2][4] = {
		{ 640, 1280, 1920, 2560 },
		{ 732, 1464, 2197, 2929 },
	};
	const uint8_t c1 = mcg->registers[MCG_C1];
	const uint8_t c4 = mcg->registers[MCG_C4];
	const uint32_t factor = factors[FIELD_GET(MCG_C4_DMX32, c4)][FIELD_GET(MCG_C4_DRST, c4)];
	uint32_t reference = mcg->config->irc_hz;

	if (!(c1 & MCG_C1_IREFS)) {
		const unsigned frdiv = FIELD_GET(MCG_C1_FRDIV, c1);

		reference = mcg->config->osc_hz >> frdiv;
		if (mcg->registers[MCG_C2] & MCG_C2_RANGE)
			reference = frdiv < 6 ? reference / 32
			                      : mcg->config->osc_hz / (frdiv == 6 ? 1280 : 1536);
	}
	return reference * factor;
}

static uint32_t pll_hz(const struct mcg *mcg)
{
	const uint32_t divide = FIELD_GET(MCG_C5_PRDIV, mcg->registers[MCG_C5]) + 1;
	const uint32_t multiply = FIELD_GET(MCG_C6_VDIV, mcg->registers[MCG_C6]) + 24;

	return mcg->config->osc_hz / divide * multiply;
}

static uint32_t output_hz(const struct mcg *mcg)
{
	const uint32_t clks = FIELD_GET(MCG_C1_CLKS, mcg->registers[MCG_C1]);

	if (clks == CLKS_INTERNAL)
		return mcg->registers[MCG_C2] & MCG_C2_IRCS ? mcg->config->irc_fast_hz / 2
		                                            : mcg->config->irc_hz;
	if (clks == CLKS_EXTERNAL)
		return mcg->config->osc_hz;
	return mcg->registers[MCG_C6] & MCG_C6_PLLS ? pll_hz(mcg) : fll_hz(mcg);
}

static void set_clocks(struct mcg *mcg)
{
	const uint32_t divide = board_peek(mcg->board, mcg->config->sim_clkdiv1);
	const uint32_t hz = output_hz(mcg);
	const uint32_t core = hz / (FIELD_GET(BITS(31, 28), divide) + 1);

	if (!core)
		return;
	board_set_clock(mcg->board, CLOCK_CORE, core);
	board_set_clock(mcg->board, CLOCK_APB2, core);
	board_set_clock(mcg->board, CLOCK_APB1, hz / (FIELD_GET(BITS(27, 24), divide) + 1));
}

static uint8_t status(const struct mcg *mcg)
{
	const uint8_t c1 = mcg->registers[MCG_C1];
	const uint8_t c2 = mcg->registers[MCG_C2];
	const bool pll = mcg->registers[MCG_C6] & MCG_C6_PLLS;
	uint32_t clkst = FIELD_GET(MCG_C1_CLKS, c1);

	if (clkst == 0 && pll)
		clkst = CLKST_PLL;
	return (uint8_t)(FIELD_PREP(MCG_S_LOCK, pll) | FIELD_PREP(MCG_S_PLLST, pll) |
			 FIELD_PREP(MCG_S_IREFST, FIELD_GET(MCG_C1_IREFS, c1)) |
			 FIELD_PREP(MCG_S_CLKST, clkst) |
			 FIELD_PREP(MCG_S_OSCINIT, FIELD_GET(MCG_C2_EREFS, c2)) |
			 FIELD_PREP(MCG_S_IRCST, FIELD_GET(MCG_C2_IRCS, c2)));
}

static bool mcg_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct mcg *mcg = model;

	*value = 0;
	for (unsigned lane = 0; lane < 4; lane++) {
		const unsigned offset = access->offset + lane;

		if (offset < MCG_REGISTERS)
			*value |= (uint32_t)(offset == MCG_S ? status(mcg) : mcg->registers[offset])
			          << 8 * lane;
	}
	return true;
}

static bool mcg_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct mcg *mcg = model;

	for (unsigned lane = 0; lane < 4; lane++)
		if (mask >> 8 * lane & 0xff && access->offset + lane < MCG_REGISTERS)
			mcg->registers[access->offset + lane] = (uint8_t)(value >> 8 * lane);
	set_clocks(mcg);
	return true;
}

static void mcg_reset(void *model, enum board_reset kind)
{
	struct mcg *mcg = model;

	(void)kind;
	for (unsigned i = 0; i < MCG_REGISTERS; i++)
		mcg->registers[i] = 0;
	mcg->registers[MCG_C1] = MCG_C1_IREFS;
	mcg->registers[MCG_C2] = BIT(7);
}

static dapper_status mcg_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct mcg *mcg = xnew(mcg);

	if (!mcg)
		return FAIL_NO_MEMORY("a clock generator");
	*model = mcg;
	mcg->board = board;
	mcg->config = config->data;
	return board_keep(board, config->name, mcg->registers, sizeof(mcg->registers));
}

#define FIELD(member)                                                                 \
	{                                                                             \
#member, FIELD_U32, offsetof(struct kinetis_mcg_config, member), true \
	}
static const struct model_field fields[] = {
	FIELD(irc_hz),
	FIELD(irc_fast_hz),
	FIELD(osc_hz),
	FIELD(sim_clkdiv1),
	{ NULL },
};

const struct model_class kinetis_mcg_class = {
	.name = "Kinetis MCG",
	.create = mcg_create,
	.reset = mcg_reset,
	.destroy = free,
	.ops = { .read = mcg_read, .write = mcg_write },
	.fields = fields,
	.config_size = sizeof(struct kinetis_mcg_config),
};
