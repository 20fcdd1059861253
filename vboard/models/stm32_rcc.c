/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock trees of STM32L4, G0 and L5: oscillators with their start-up times, PLL, system clock
 * switch, bus prescalers; reset flags. Enable and reset bits of peripherals are kept and have no
 * effect: every peripheral always has its clock. No clock interrupts, no security of the clocks.
 *
 * Registers of STM32L5: RM0438 rev 7, 9.8, checked against STM32L552.svd; those of STM32L4 (RM0351
 * rev 9, 6.4) and STM32G0 (RM0444 rev 5, 5.4), and all start-up times, are from memory.
 */
#include "vboard/models/stm32_rcc.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"

/* The same in all of them. */
#define RCC_CR       0x00u
#define RCC_PLLCFGR  0x0cu
#define RCC_CFGR     0x08u
#define CSR_FLAGS    BITS(31, 24)
#define CSR_IWDGRSTF BIT(29)
#define CSR_SFTRSTF  BIT(28)
#define CSR_PWRRSTF  BIT(27) /* power-on or brown-out */
#define CSR_PINRSTF  BIT(26)
#define CSR_RMVF     BIT(23)
#define HSI16_HZ     16000000u
#define MAX_SOURCES  5
#define MAX_HZ       250000000u /* a senseless PLL setting must not be faster */

enum source { OSC_MSI, OSC_HSI, OSC_HSE, OSC_PLL, OSC_LSI, OSC_LSE, OSC_HSI48, OSC_COUNT };

/** An oscillator's bits; on 0: there is none. */
struct oscillator {
	uint16_t offset;
	uint32_t on, ready;
	uint64_t start_ns;
};

struct rcc_family {
	const struct register_row *rows;
	size_t row_count;
	struct oscillator oscillators[OSC_COUNT];
	enum source sources[MAX_SOURCES]; /* by SW */
	uint8_t source_count;
	uint32_t sw, sws, hpre, ppre1, ppre2; /* of CFGR */
	uint32_t pllm, plln, pllr;            /* of PLLCFGR */
	bool pllr_counts_from_one;            /* otherwise 2, 4, 6, 8 */
	enum source pll_sources[4];           /* by PLLSRC; OSC_PLL: none */
	uint16_t bdcr, csr;
	uint32_t hsidiv; /* of CR: STM32G0 */
	enum source after_reset;
};

struct rcc_state {
	uint64_t ready_ns[OSC_COUNT]; /* UINT64_MAX: off */
	uint32_t reset_flags;
};

struct rcc {
	struct board *board;
	const struct rcc_family *family;
	const struct stm32_rcc_config *config;
	struct register_file registers;
	struct rcc_state s;
};

/* --- STM32L4, STM32L5 ------------------------------------------------------------------------- */

#define L4_OSCILLATORS                                                    \
	{                                                                 \
		[OSC_MSI] = { RCC_CR, BIT(0), BIT(1), 10 * NS_PER_US },   \
		[OSC_HSI] = { RCC_CR, BIT(8), BIT(10), 800 },             \
		[OSC_HSE] = { RCC_CR, BIT(16), BIT(17), 2 * NS_PER_MS },  \
		[OSC_PLL] = { RCC_CR, BIT(24), BIT(25), 15 * NS_PER_US }, \
		[OSC_LSI] = { 0x94, BIT(0), BIT(1), 80 * NS_PER_US },     \
		[OSC_LSE] = { 0x90, BIT(0), BIT(1), 2 * NS_PER_S },       \
		[OSC_HSI48] = { 0x98, BIT(0), BIT(1), 2500 },             \
	}

/* The clock enables and resets are kept whole; reset values from the SVD. */
static const struct register_row l5_rows[] = {
	{ RCC_CR, 0x00000063, 0x150f0bf9 | BIT(29) | BIT(28) },
	{ 0x04, 0x40000000, 0x7f00ff00 }, /* ICSCR */
	{ RCC_CFGR, 0, 0x7f00bff3 },
	{ RCC_PLLCFGR, 0x00001000, 0xfb337ff3 | BITS(7, 4) | BITS(26, 24) },
	{ 0x10, 0x00001000, UINT32_MAX }, /* PLLSAI1CFGR */
	{ 0x14, 0x00001000, UINT32_MAX }, /* PLLSAI2CFGR */
	{ 0x18, 0, BITS(11, 0) },         /* CIER */
	{ 0x28, 0, UINT32_MAX },          /* AHB1RSTR */
	{ 0x2c, 0, UINT32_MAX }, { 0x30, 0, UINT32_MAX }, { 0x38, 0, UINT32_MAX },
	{ 0x3c, 0, UINT32_MAX }, { 0x40, 0, UINT32_MAX },
	{ 0x48, 0x00000100, UINT32_MAX }, /* AHB1ENR */
	{ 0x4c, 0, UINT32_MAX }, { 0x50, 0, UINT32_MAX }, { 0x58, 0, UINT32_MAX },
	{ 0x5c, 0, UINT32_MAX }, { 0x60, 0, UINT32_MAX },
	{ 0x68, 0x00c11307, UINT32_MAX }, /* AHB1SMENR */
	{ 0x6c, 0x006f22ff, UINT32_MAX }, { 0x70, 0x00000101, UINT32_MAX },
	{ 0x78, 0xf1fecc3f, UINT32_MAX }, { 0x7c, 0x00a00223, UINT32_MAX },
	{ 0x80, 0x01677801, UINT32_MAX }, { 0x88, 0, UINT32_MAX }, /* CCIPR1 */
	{ 0x90, 0, 0x0301837d },                                   /* BDCR */
	{ 0x94, 0x00000600, 0x00000f11 },                          /* CSR */
	{ 0x98, 0, 0x0000ff81 },                                   /* CRRCR */
	{ 0x9c, 0, UINT32_MAX },                                   /* CCIPR2 */
	{ 0xb8, 0, BITS(12, 0) },                                  /* SECCFGR */
};

static const struct rcc_family l4 = {
	.rows = l5_rows,
	.row_count = ARRAY_SIZE(l5_rows),
	.oscillators = L4_OSCILLATORS,
	.sources = { OSC_MSI, OSC_HSI, OSC_HSE, OSC_PLL },
	.source_count = 4,
	.sw = BITS(1, 0),
	.sws = BITS(3, 2),
	.hpre = BITS(7, 4),
	.ppre1 = BITS(10, 8),
	.ppre2 = BITS(13, 11),
	.pllm = BITS(6, 4),
	.plln = BITS(14, 8),
	.pllr = BITS(26, 25),
	.pll_sources = { OSC_PLL, OSC_MSI, OSC_HSI, OSC_HSE },
	.bdcr = 0x90,
	.csr = 0x94,
	.after_reset = OSC_MSI,
};

static const struct rcc_family l5 = {
	.rows = l5_rows,
	.row_count = ARRAY_SIZE(l5_rows),
	.oscillators = L4_OSCILLATORS,
	.sources = { OSC_MSI, OSC_HSI, OSC_HSE, OSC_PLL },
	.source_count = 4,
	.sw = BITS(1, 0),
	.sws = BITS(3, 2),
	.hpre = BITS(7, 4),
	.ppre1 = BITS(10, 8),
	.ppre2 = BITS(13, 11),
	.pllm = BITS(7, 4),
	.plln = BITS(14, 8),
	.pllr = BITS(26, 25),
	.pll_sources = { OSC_PLL, OSC_MSI, OSC_HSI, OSC_HSE },
	.bdcr = 0x90,
	.csr = 0x94,
	.after_reset = OSC_MSI,
};

/* --- STM32G0 ---------------------------------------------------------------------------------- */

static const struct register_row g0_rows[] = {
	{ RCC_CR, 0x00000500, 0x010f3b00 }, { 0x04, 0x00004000, BITS(14, 8) }, /* ICSCR */
	{ RCC_CFGR, 0, 0x7f007f07 }, { RCC_PLLCFGR, 0x00001000, 0xfb3f7f73 },
	{ 0x18, 0, BITS(5, 0) },          /* CIER */
	{ 0x24, 0, BITS(5, 0) },          /* IOPRSTR */
	{ 0x28, 0, UINT32_MAX },          /* AHBRSTR */
	{ 0x2c, 0, UINT32_MAX },          /* APBRSTR1 */
	{ 0x30, 0, UINT32_MAX },          /* APBRSTR2 */
	{ 0x34, 0, BITS(5, 0) },          /* IOPENR */
	{ 0x38, 0x00000100, UINT32_MAX }, /* AHBENR */
	{ 0x3c, 0, UINT32_MAX },          /* APBENR1 */
	{ 0x40, 0, UINT32_MAX },          /* APBENR2 */
	{ 0x44, 0x0000003f, BITS(5, 0) }, /* IOPSMENR */
	{ 0x48, 0x00051303, UINT32_MAX }, /* AHBSMENR */
	{ 0x4c, 0xfffeb733, UINT32_MAX }, /* APBSMENR1 */
	{ 0x50, 0x0017d801, UINT32_MAX }, /* APBSMENR2 */
	{ 0x54, 0, UINT32_MAX },          /* CCIPR */
	{ 0x5c, 0, 0x0301837d },          /* BDCR */
	{ 0x60, 0, BIT(0) },              /* CSR */
};

static const struct rcc_family g0 = {
	.rows = g0_rows,
	.row_count = ARRAY_SIZE(g0_rows),
	.oscillators = {
		[OSC_HSI] = { RCC_CR, BIT(8), BIT(10), 800 },
		[OSC_HSE] = { RCC_CR, BIT(16), BIT(17), 2 * NS_PER_MS },
		[OSC_PLL] = { RCC_CR, BIT(24), BIT(25), 15 * NS_PER_US },
		[OSC_LSI] = { 0x60, BIT(0), BIT(1), 80 * NS_PER_US },
		[OSC_LSE] = { 0x5c, BIT(0), BIT(1), 2 * NS_PER_S },
	},
	.sources = { OSC_HSI, OSC_HSE, OSC_PLL, OSC_LSI, OSC_LSE },
	.source_count = 5,
	.sw = BITS(2, 0),
	.sws = BITS(5, 3),
	.hpre = BITS(11, 8),
	.ppre1 = BITS(14, 12),
	.ppre2 = BITS(14, 12),
	.pllm = BITS(6, 4),
	.plln = BITS(14, 8),
	.pllr = BITS(31, 29),
	.pllr_counts_from_one = true,
	.pll_sources = { OSC_PLL, OSC_PLL, OSC_HSI, OSC_HSE },
	.bdcr = 0x5c,
	.csr = 0x60,
	.hsidiv = BITS(13, 11),
	.after_reset = OSC_HSI,
};

/* --- clocks ----------------------------------------------------------------------------------- */

static uint32_t get(const struct rcc *rcc, uint32_t offset)
{
	return registers_get(&rcc->registers, offset);
}

/** A field whose mask is only known at run time. */
static uint32_t field(uint32_t mask, uint32_t value)
{
	return mask ? (value & mask) / (mask & -mask) : 0;
}

static bool is_ready(const struct rcc *rcc, unsigned oscillator)
{
	return board_now_ns(rcc->board) >= rcc->s.ready_ns[oscillator];
}

/** Oscillators that have just been switched on start, those switched off stop at once. */
static void update_oscillators(struct rcc *rcc)
{
	for (unsigned i = 0; i < OSC_COUNT; i++) {
		const struct oscillator *oscillator = &rcc->family->oscillators[i];
		uint32_t value = get(rcc, oscillator->offset);

		if (!oscillator->on)
			continue;
		/* Without a crystal HSE never is ready. */
		if (!(value & oscillator->on) || (i == OSC_HSE && !rcc->config->hse_hz))
			rcc->s.ready_ns[i] = UINT64_MAX;
		else if (rcc->s.ready_ns[i] == UINT64_MAX)
			rcc->s.ready_ns[i] = board_now_ns(rcc->board) + oscillator->start_ns;
		value &= ~oscillator->ready;
		if (is_ready(rcc, i))
			value |= oscillator->ready;
		registers_set(&rcc->registers, oscillator->offset, value);
	}
}

/* MSIRANGE, with MSIRGSEL; otherwise MSISRANGE of CSR, which is 4 MHz after reset. */
static uint32_t msi_hz(const struct rcc *rcc)
{
	static const uint32_t khz[] = { 100, 200, 400, 800, 1000, 2000, 4000, 8000, 16000, 24000,
		32000, 48000 };
	const uint32_t cr = get(rcc, RCC_CR);
	const uint32_t range = cr & BIT(3) ? cr >> 4 & 15 : get(rcc, rcc->family->csr) >> 8 & 15;

	return 1000 * khz[range < ARRAY_SIZE(khz) ? range : ARRAY_SIZE(khz) - 1];
}

static uint32_t source_hz(const struct rcc *rcc, enum source source);

/* f(VCO) = f(in) * PLLN / PLLM; PLLR divides it. */
static uint32_t pll_hz(const struct rcc *rcc)
{
	const struct rcc_family *family = rcc->family;
	const uint32_t value = get(rcc, RCC_PLLCFGR);
	const enum source input = family->pll_sources[value & 3];
	const uint32_t r = field(family->pllr, value);
	const uint32_t divider = (field(family->pllm, value) + 1) *
	                         (family->pllr_counts_from_one ? r + 1 : 2 * (r + 1));
	uint64_t hz;

	if (input == OSC_PLL)
		return 0;
	hz = (uint64_t)source_hz(rcc, input) * field(family->plln, value) / divider;
	return hz < MAX_HZ ? (uint32_t)hz : MAX_HZ;
}

/* NOLINTNEXTLINE(misc-no-recursion): the PLL's source is never the PLL */
static uint32_t source_hz(const struct rcc *rcc, enum source source)
{
	switch (source) {
	case OSC_MSI:
		return msi_hz(rcc);
	case OSC_HSI:
		return HSI16_HZ;
	case OSC_HSE:
		return rcc->config->hse_hz;
	case OSC_PLL:
		return pll_hz(rcc);
	case OSC_LSI:
		return 32000;
	case OSC_LSE:
		return 32768;
	case OSC_HSI48:
	case OSC_COUNT:
		break;
	}
	return 0;
}

/** AHB: 1, then 2, 4, 8, 16, 64, 128, 256, 512 from code 8 on. */
static unsigned ahb_shift(uint32_t hpre)
{
	static const uint8_t shifts[] = { 1, 2, 3, 4, 6, 7, 8, 9 };

	return hpre < 8 ? 0 : shifts[hpre - 8];
}

/** APB: 1, then 2, 4, 8, 16 from code 4 on. */
static unsigned apb_shift(uint32_t ppre)
{
	return ppre < 4 ? 0 : ppre - 3;
}

/* The switch waits until the wanted source is ready. */
static void update_clocks(struct rcc *rcc)
{
	const struct rcc_family *family = rcc->family;
	uint32_t cfgr = get(rcc, RCC_CFGR);
	const uint32_t wanted = field(family->sw, cfgr);
	enum source source;
	uint32_t hz;

	if (wanted < family->source_count && is_ready(rcc, family->sources[wanted])) {
		cfgr = (cfgr & ~family->sws) | wanted * (family->sws & -family->sws);
		registers_set(&rcc->registers, RCC_CFGR, cfgr);
	}
	source = family->sources[field(family->sws, cfgr) % MAX_SOURCES];
	hz = source_hz(rcc, source);
	if (source == OSC_HSI)
		hz >>= field(family->hsidiv, get(rcc, RCC_CR));
	hz >>= ahb_shift(field(family->hpre, cfgr));
	hz = hz ? hz : 1;
	board_set_clock(rcc->board, CLOCK_CORE, hz);
	board_set_clock(rcc->board, CLOCK_APB1, hz >> apb_shift(field(family->ppre1, cfgr)));
	board_set_clock(rcc->board, CLOCK_APB2, hz >> apb_shift(field(family->ppre2, cfgr)));
}

/* The source of the system clock cannot be switched off. */
static void keep_source_on(struct rcc *rcc)
{
	const struct rcc_family *family = rcc->family;
	const uint32_t now = field(family->sws, get(rcc, RCC_CFGR)) % MAX_SOURCES;
	const struct oscillator *oscillator = &family->oscillators[family->sources[now]];

	registers_set(
		&rcc->registers, oscillator->offset, get(rcc, oscillator->offset) | oscillator->on);
}

/* --- registers -------------------------------------------------------------------------------- */

static bool rcc_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct rcc *rcc = model;

	update_oscillators(rcc);
	update_clocks(rcc);
	*value = get(rcc, access->offset);
	if (access->offset == rcc->family->csr)
		*value |= rcc->s.reset_flags;
	return true;
}

static bool rcc_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct rcc *rcc = model;

	registers_write(&rcc->registers, access->offset, value, mask);
	if (access->offset == rcc->family->csr && value & mask & CSR_RMVF)
		rcc->s.reset_flags = 0;
	keep_source_on(rcc);
	update_oscillators(rcc);
	update_clocks(rcc);
	return true;
}

/* The reset pin is driven low by every internal reset, too. */
static uint32_t flags_of(enum board_reset kind)
{
	switch (kind) {
	case RESET_POWER_ON:
		return CSR_PWRRSTF | CSR_PINRSTF;
	case RESET_PIN:
		return CSR_PINRSTF;
	case RESET_SOFTWARE:
		return CSR_SFTRSTF | CSR_PINRSTF;
	case RESET_WATCHDOG:
		return CSR_IWDGRSTF | CSR_PINRSTF;
	}
	return 0;
}

static void rcc_reset(void *model, enum board_reset kind)
{
	struct rcc *rcc = model;
	const uint32_t bdcr = get(rcc, rcc->family->bdcr);

	registers_reset(&rcc->registers);
	/* The backup domain keeps its settings over a system reset. */
	if (kind != RESET_POWER_ON)
		registers_set(&rcc->registers, rcc->family->bdcr, bdcr);
	else
		rcc->s.reset_flags = 0;
	rcc->s.reset_flags |= flags_of(kind);
	for (unsigned i = 0; i < OSC_COUNT; i++)
		if (i != OSC_LSE || kind == RESET_POWER_ON)
			rcc->s.ready_ns[i] = UINT64_MAX;
	rcc->s.ready_ns[rcc->family->after_reset] = 0;
	update_oscillators(rcc);
	update_clocks(rcc);
}

/* --- life ------------------------------------------------------------------------------------- */

static dapper_status create(struct board *board, const struct model_config *config,
	const struct rcc_family *family, void **model)
{
	struct rcc *rcc = xnew(rcc);

	if (!rcc)
		return FAIL_NO_MEMORY("an RCC");
	*model = rcc;
	rcc->board = board;
	rcc->family = family;
	rcc->config = config->data;
	board_registers_init(&rcc->registers, family->rows, family->row_count);
	TRY(board_keep(board, "RCC", rcc->registers.values, sizeof(rcc->registers.values)));
	return board_keep(board, "RCC state", &rcc->s, sizeof(rcc->s));
}

static dapper_status l4_create(struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &l4, model);
}

static dapper_status g0_create(struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &g0, model);
}

static dapper_status l5_create(struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &l5, model);
}

static const struct model_field fields[] = {
	{ "hse", FIELD_U32, offsetof(struct stm32_rcc_config, hse_hz) },
	{ NULL },
};

#define RCC_CLASS(text, create_function)                                                          \
	{                                                                                         \
		.name = (text), .create = (create_function), .reset = rcc_reset, .destroy = free, \
		.ops = { .read = rcc_read, .write = rcc_write }, .fields = fields,                \
		.config_size = sizeof(struct stm32_rcc_config),                                   \
	}

const struct model_class stm32l4_rcc_class = RCC_CLASS("STM32L4 RCC", l4_create);
const struct model_class stm32g0_rcc_class = RCC_CLASS("STM32G0 RCC", g0_create);
const struct model_class stm32l5_rcc_class = RCC_CLASS("STM32L5 RCC", l5_create);
