/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generic clock controller of SAM D21 (data sheet, chapter 15): keeps what each generator and each
 * channel is told, and sets the board's clock by generator 0, which the core runs from. Sources: the
 * 8 MHz oscillator with SYSCTRL.OSC8M.PRESC, the DFLL at 48 MHz, the DPLL at 96 MHz, the 32 kHz ones.
 * PM's dividers are taken as 1. Synchronisation is over at once.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/samd21.h"

/* The word at 0: CTRL, STATUS, CLKCTRL. */
#define GCLK_CTRL_SWRST     BIT(0)
#define GCLK_CLKCTRL        BITS(31, 16)
#define GCLK_GENCTRL        0x04u
#define GCLK_GENCTRL_GENEN  BIT(16)
#define GCLK_GENCTRL_DIVSEL BIT(20)
#define GCLK_GENCTRL_SRC    BITS(12, 8)
#define GCLK_GENDIV         0x08u
#define GCLK_GENDIV_DIV     BITS(23, 8)
#define GCLK_ID             BITS(3, 0)

#define SYSCTRL_OSC8M       0x40000820u
#define SYSCTRL_OSC8M_PRESC BITS(9, 8)

enum { CHANNELS = 64, SRC_OSC8M = 6, SRC_DFLL = 7, SRC_DPLL = 8 };

struct gclk {
	struct board *board;
	struct {
		uint32_t genctrl[16], gendiv[16];
		uint16_t clkctrl[CHANNELS];
		uint8_t generator, divider, channel; /* written last: what is read */
	} state;
};

static uint32_t source_hz(struct gclk *gclk, uint32_t source)
{
	switch (source) {
	case SRC_OSC8M:
		return 8000000 >>
		       FIELD_GET(SYSCTRL_OSC8M_PRESC, board_peek(gclk->board, SYSCTRL_OSC8M));
	case SRC_DFLL:
		return 48000000;
	case SRC_DPLL:
		return 96000000;
	default:
		return 32768;
	}
}

static void set_clock(struct gclk *gclk)
{
	const uint32_t genctrl = gclk->state.genctrl[0];
	uint32_t divide = FIELD_GET(GCLK_GENDIV_DIV, gclk->state.gendiv[0]);
	uint32_t hz = source_hz(gclk, FIELD_GET(GCLK_GENCTRL_SRC, genctrl));

	if (genctrl & GCLK_GENCTRL_DIVSEL)
		divide = 2u << (divide & 0xf);
	hz /= divide ? divide : 1;
	if (!(genctrl & GCLK_GENCTRL_GENEN) || !hz)
		return;
	board_set_clock(gclk->board, CLOCK_CORE, hz);
	board_set_clock(gclk->board, CLOCK_APB1, hz);
	board_set_clock(gclk->board, CLOCK_APB2, hz);
}

static bool gclk_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct gclk *gclk = model;

	*value = 0;
	if (access->offset == 0)
		*value = FIELD_PREP(GCLK_CLKCTRL, gclk->state.clkctrl[gclk->state.channel]);
	else if (access->offset == GCLK_GENCTRL)
		*value = gclk->state.genctrl[gclk->state.generator];
	else if (access->offset == GCLK_GENDIV)
		*value = gclk->state.gendiv[gclk->state.divider];
	return true;
}

static void reset_state(struct gclk *gclk)
{
	for (unsigned i = 0; i < 16; i++) {
		gclk->state.genctrl[i] = i;
		gclk->state.gendiv[i] = i;
	}
	for (unsigned i = 0; i < CHANNELS; i++)
		gclk->state.clkctrl[i] = (uint16_t)i;
	gclk->state.genctrl[0] |= FIELD_PREP(GCLK_GENCTRL_SRC, SRC_OSC8M) | GCLK_GENCTRL_GENEN;
}

/** Bytes select a generator or a channel for reading, words configure it. */
static bool gclk_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct gclk *gclk = model;
	const unsigned id = value & GCLK_ID;

	if (access->offset == 0) {
		if (value & mask & GCLK_CTRL_SWRST)
			reset_state(gclk);
		if (mask & BITS(23, 16))
			gclk->state.channel = value >> 16 & (CHANNELS - 1);
		if (mask & BITS(31, 24))
			gclk->state.clkctrl[gclk->state.channel] = (uint16_t)(value >> 16);
	} else if (access->offset == GCLK_GENCTRL) {
		gclk->state.generator = (uint8_t)id;
		if (access->size == 4)
			gclk->state.genctrl[id] = value;
	} else if (access->offset == GCLK_GENDIV) {
		gclk->state.divider = (uint8_t)id;
		if (access->size == 4)
			gclk->state.gendiv[id] = value;
	}
	set_clock(gclk);
	return true;
}

static void gclk_reset(void *model, enum board_reset kind)
{
	(void)kind;
	reset_state(model);
}

static dapper_status gclk_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct gclk *gclk = xnew(gclk);

	if (!gclk)
		return FAIL_NO_MEMORY("a clock controller");
	*model = gclk;
	gclk->board = board;
	return board_keep(board, config->name, &gclk->state, sizeof(gclk->state));
}

const struct model_class samd21_gclk_class = {
	.name = "SAMD21 GCLK",
	.create = gclk_create,
	.reset = gclk_reset,
	.destroy = free,
	.ops = { .read = gclk_read, .write = gclk_write },
};
