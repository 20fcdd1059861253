/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock tree of the STM32F4 (stm32f4_rcc_regs.h): oscillators with their start-up times, PLL,
 * system clock switch, bus prescalers; reset flags. Enable and reset bits of peripherals are kept
 * and have no effect: every peripheral always has its clock.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/stm32.h"
#include "vboard/models/stm32f4_rcc_regs.h"

#define HSI_HZ 16000000u

/* No part of the family is faster than 216 MHz; a senseless PLL setting must not be either. */
#define MAX_HZ 216000000u

static const struct register_row rows[] = {
	{ RCC_CR, 0x00000083, 0x050d00f9 }, { RCC_PLLCFGR, 0x24003010, 0x0f437fff },
	{ RCC_CFGR, 0x00000000, 0xfffffcf3 },
	{ 0x0c, 0, 0x00003f00 },          /* CIR: enables; no clock interrupt is ever raised */
	{ 0x10, 0, 0x22e011ff },          /* AHB1RSTR */
	{ 0x14, 0, 0x000000f1 },          /* AHB2RSTR */
	{ 0x18, 0, 0x00000001 },          /* AHB3RSTR */
	{ 0x20, 0, 0x36fec9ff },          /* APB1RSTR */
	{ 0x24, 0, 0x00075933 },          /* APB2RSTR */
	{ 0x30, 0x00100000, 0x7e7411ff }, /* AHB1ENR */
	{ 0x34, 0, 0x000000f1 },          /* AHB2ENR */
	{ 0x38, 0, 0x00000001 },          /* AHB3ENR */
	{ 0x40, 0, 0x36fec9ff },          /* APB1ENR */
	{ 0x44, 0, 0x00075f33 },          /* APB2ENR */
	{ 0x50, 0x7e6791ff, 0x7e6791ff }, /* AHB1LPENR */
	{ 0x54, 0x000000f1, 0x000000f1 }, /* AHB2LPENR */
	{ 0x58, 0x00000001, 0x00000001 }, /* AHB3LPENR */
	{ 0x60, 0x36fec9ff, 0x36fec9ff }, /* APB1LPENR */
	{ 0x64, 0x00075f33, 0x00075f33 }, /* APB2LPENR */
	{ RCC_BDCR, 0, 0x00018305 }, { RCC_CSR, 0, 0x00000001 },
	{ 0x80, 0, 0xcfffffff },          /* SSCGR */
	{ 0x84, 0x20003000, 0x70007fc0 }, /* PLLI2SCFGR */
};

/*
 * Start-up times, DS8626 rev 9, typical: HSE table 34, HSI table 36, LSI table 37, LSE table 35,
 * PLL table 38 (75 to 200 us over the VCO's range).
 */
struct oscillator {
	uint32_t offset, on, ready;
	uint64_t start_ns;
};

enum { OSC_HSI, OSC_HSE, OSC_PLL, OSC_PLLI2S, OSC_LSI, OSC_LSE, OSC_COUNT };

static const struct oscillator oscillators[OSC_COUNT] = {
	[OSC_HSI] = { RCC_CR, RCC_CR_HSION, RCC_CR_HSIRDY, 2200 },
	[OSC_HSE] = { RCC_CR, RCC_CR_HSEON, RCC_CR_HSERDY, 2 * NS_PER_MS },
	[OSC_PLL] = { RCC_CR, RCC_CR_PLLON, RCC_CR_PLLRDY, 100 * NS_PER_US },
	[OSC_PLLI2S] = { RCC_CR, RCC_CR_PLLI2SON, RCC_CR_PLLI2SRDY, 100 * NS_PER_US },
	[OSC_LSI] = { RCC_CSR, RCC_CSR_LSION, RCC_CSR_LSIRDY, 15 * NS_PER_US },
	[OSC_LSE] = { RCC_BDCR, RCC_BDCR_LSEON, RCC_BDCR_LSERDY, 2 * NS_PER_S },
};

struct rcc {
	struct board *board;
	const struct stm32f4_rcc_config *config;
	struct register_file registers;
	uint64_t ready_ns[OSC_COUNT]; /* UINT64_MAX: off */
	uint32_t reset_flags;
};

static bool is_ready(const struct rcc *rcc, unsigned oscillator)
{
	return board_now_ns(rcc->board) >= rcc->ready_ns[oscillator];
}

/** Oscillators that have just been switched on start, those switched off stop at once. */
static void update_oscillators(struct rcc *rcc)
{
	for (unsigned i = 0; i < OSC_COUNT; i++) {
		const struct oscillator *oscillator = &oscillators[i];
		uint32_t value = registers_get(&rcc->registers, oscillator->offset);

		if (!(value & oscillator->on))
			rcc->ready_ns[i] = UINT64_MAX;
		else if (rcc->ready_ns[i] == UINT64_MAX)
			rcc->ready_ns[i] = board_now_ns(rcc->board) + oscillator->start_ns;
		value &= ~oscillator->ready;
		if (is_ready(rcc, i))
			value |= oscillator->ready;
		registers_set(&rcc->registers, oscillator->offset, value);
	}
}

/* 7.3.2: f(VCO) = f(in) * PLLN / PLLM, f(PLL) = f(VCO) / PLLP. */
static uint64_t pll_hz(const struct rcc *rcc)
{
	const uint32_t value = registers_get(&rcc->registers, RCC_PLLCFGR);
	const uint64_t input = value & RCC_PLLCFGR_PLLSRC ? rcc->config->hse_hz : HSI_HZ;
	const uint32_t m = FIELD_GET(RCC_PLLCFGR_PLLM, value);
	const uint32_t p = 2 * (FIELD_GET(RCC_PLLCFGR_PLLP, value) + 1);

	return m ? input * FIELD_GET(RCC_PLLCFGR_PLLN, value) / m / p : 0;
}

/** AHB: 1, then 2, 4, 8, 16, 64, 128, 256, 512 from code 8 on (7.3.3). */
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

/* The switch waits until the wanted source is ready (7.2.6). */
static void update_clocks(struct rcc *rcc)
{
	static const unsigned sources[] = { OSC_HSI, OSC_HSE, OSC_PLL };
	uint32_t cfgr = registers_get(&rcc->registers, RCC_CFGR);
	const uint32_t wanted = FIELD_GET(RCC_CFGR_SW, cfgr);
	uint64_t hz;

	if (wanted < ARRAY_SIZE(sources) && is_ready(rcc, sources[wanted])) {
		cfgr = (cfgr & ~RCC_CFGR_SWS) | FIELD_PREP(RCC_CFGR_SWS, wanted);
		registers_set(&rcc->registers, RCC_CFGR, cfgr);
	}
	switch (FIELD_GET(RCC_CFGR_SWS, cfgr)) {
	case 1:
		hz = rcc->config->hse_hz;
		break;
	case 2:
		hz = pll_hz(rcc);
		break;
	default:
		hz = HSI_HZ;
		break;
	}
	hz = (hz < MAX_HZ ? hz : MAX_HZ) >> ahb_shift(FIELD_GET(RCC_CFGR_HPRE, cfgr));
	board_set_clock(rcc->board, CLOCK_CORE, (uint32_t)hz);
	board_set_clock(
		rcc->board, CLOCK_APB1, (uint32_t)hz >> apb_shift(FIELD_GET(RCC_CFGR_PPRE1, cfgr)));
	board_set_clock(
		rcc->board, CLOCK_APB2, (uint32_t)hz >> apb_shift(FIELD_GET(RCC_CFGR_PPRE2, cfgr)));
}

static bool rcc_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct rcc *rcc = model;

	update_oscillators(rcc);
	update_clocks(rcc);
	*value = registers_get(&rcc->registers, access->offset);
	if (access->offset == RCC_CSR)
		*value |= rcc->reset_flags;
	return true;
}

/* 7.3.1: the source of the system clock cannot be switched off. */
static void keep_source_on(struct rcc *rcc)
{
	static const uint32_t on[] = { RCC_CR_HSION, RCC_CR_HSEON, RCC_CR_PLLON, 0 };
	const uint32_t source = FIELD_GET(RCC_CFGR_SWS, registers_get(&rcc->registers, RCC_CFGR));

	registers_set(&rcc->registers, RCC_CR, registers_get(&rcc->registers, RCC_CR) | on[source]);
}

/** Bits that only parts with QUADSPI have (RM0390, 6.3.2, 6.3.7, 6.3.12; RM0386). */
static void write_more(struct rcc *rcc, uint32_t offset, uint32_t value, uint32_t mask)
{
	const uint32_t more = offset == RCC_PLLCFGR                                ? BITS(30, 28)
	                      : offset == 0x18 || offset == 0x38 || offset == 0x58 ? BIT(1)
	                                                                           : 0;

	registers_set(&rcc->registers, offset,
		merge_lanes(registers_get(&rcc->registers, offset), value, mask & more));
}

static bool rcc_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct rcc *rcc = model;

	registers_write(&rcc->registers, access->offset, value, mask);
	if (rcc->config->has_qspi)
		write_more(rcc, access->offset, value, mask);
	if (access->offset == RCC_CSR && value & mask & RCC_CSR_RMVF)
		rcc->reset_flags = 0;
	keep_source_on(rcc);
	update_oscillators(rcc);
	update_clocks(rcc);
	return true;
}

/* 7.3.21. The reset pin is driven low by every internal reset, too (7.1.1). */
static uint32_t flags_of(enum board_reset kind)
{
	switch (kind) {
	case RESET_POWER_ON:
		return RCC_CSR_PORRSTF | RCC_CSR_PINRSTF | RCC_CSR_BORRSTF;
	case RESET_PIN:
		return RCC_CSR_PINRSTF;
	case RESET_SOFTWARE:
		return RCC_CSR_SFTRSTF | RCC_CSR_PINRSTF;
	case RESET_WATCHDOG:
		return RCC_CSR_IWDGRSTF | RCC_CSR_PINRSTF;
	}
	return 0;
}

static void rcc_reset(void *model, enum board_reset kind)
{
	struct rcc *rcc = model;
	const uint32_t bdcr = registers_get(&rcc->registers, RCC_BDCR);

	registers_reset(&rcc->registers);
	/* The backup domain keeps its settings over a system reset (7.1.3). */
	if (kind != RESET_POWER_ON)
		registers_set(&rcc->registers, RCC_BDCR, bdcr);
	else
		rcc->reset_flags = 0;
	rcc->reset_flags |= flags_of(kind);
	for (unsigned i = 0; i < OSC_COUNT; i++)
		if (i != OSC_LSE || kind == RESET_POWER_ON)
			rcc->ready_ns[i] = UINT64_MAX;
	rcc->ready_ns[OSC_HSI] = 0;
	update_oscillators(rcc);
}

static dapper_status rcc_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct rcc *rcc = xnew(rcc);

	if (!rcc)
		return FAIL_NO_MEMORY("an RCC");
	rcc->board = board;
	rcc->config = config->data;
	board_registers_init(&rcc->registers, rows, ARRAY_SIZE(rows));
	*model = rcc;
	TRY(board_keep(board, config->name, rcc->registers.values, sizeof(rcc->registers.values)));
	TRY(KEEP(board, rcc->ready_ns));
	return KEEP(board, rcc->reset_flags);
}

static const struct model_field stm32f4_rcc_fields[] = {
	{ "hse", FIELD_U32, offsetof(struct stm32f4_rcc_config, hse_hz), true },
	{ "qspi", FIELD_BOOL, offsetof(struct stm32f4_rcc_config, has_qspi) },
	{ NULL },
};

const struct model_class stm32f4_rcc_class = {
	.name = "STM32F4 RCC",
	.create = rcc_create,
	.reset = rcc_reset,
	.destroy = free,
	.ops = { .read = rcc_read, .write = rcc_write },
	.fields = stm32f4_rcc_fields,
	.config_size = sizeof(struct stm32f4_rcc_config),
};
