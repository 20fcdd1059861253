/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock tree of the STM32F103 (RM0008 rev 21, section 7.3; fields checked against
 * STM32F103.svd): oscillators with their start-up times, PLL, system clock switch, prescalers;
 * reset flags. Enable and reset bits of peripherals are kept and have no effect: every peripheral
 * always has its clock. No clock interrupts.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/stm32f1.h"

#define RCC_CR            0x00u
#define RCC_CR_PLLRDY     BIT(25)
#define RCC_CR_PLLON      BIT(24)
#define RCC_CR_HSERDY     BIT(17)
#define RCC_CR_HSEON      BIT(16)
#define RCC_CR_HSIRDY     BIT(1)
#define RCC_CR_HSION      BIT(0)
#define RCC_CFGR          0x04u
#define RCC_CFGR_PLLMUL   BITS(21, 18)
#define RCC_CFGR_PLLXTPRE BIT(17)
#define RCC_CFGR_PLLSRC   BIT(16)
#define RCC_CFGR_PPRE2    BITS(13, 11)
#define RCC_CFGR_PPRE1    BITS(10, 8)
#define RCC_CFGR_HPRE     BITS(7, 4)
#define RCC_CFGR_SWS      BITS(3, 2)
#define RCC_CFGR_SW       BITS(1, 0)
#define RCC_BDCR          0x20u
#define RCC_BDCR_LSERDY   BIT(1)
#define RCC_BDCR_LSEON    BIT(0)
#define RCC_CSR           0x24u
#define RCC_CSR_IWDGRSTF  BIT(29)
#define RCC_CSR_SFTRSTF   BIT(28)
#define RCC_CSR_PORRSTF   BIT(27)
#define RCC_CSR_PINRSTF   BIT(26)
#define RCC_CSR_RMVF      BIT(24)
#define RCC_CSR_LSIRDY    BIT(1)
#define RCC_CSR_LSION     BIT(0)

#define HSI_HZ 8000000u
/* The part's limit; a senseless PLL setting must not be faster than it can multiply. */
#define MAX_HZ 128000000u

static const struct register_row rows[] = {
	{ RCC_CR, 0x00000083, 0x010d00f9 },
	{ RCC_CFGR, 0x00000000, 0x077ffff3 },
	{ 0x08, 0, 0x00001f00 },          /* CIR: enables */
	{ 0x0c, 0, 0x0038fffd },          /* APB2RSTR */
	{ 0x10, 0, 0x3afec9ff },          /* APB1RSTR */
	{ 0x14, 0x00000014, 0x00000557 }, /* AHBENR */
	{ 0x18, 0, 0x0038fffd },          /* APB2ENR */
	{ 0x1c, 0, 0x3afec9ff },          /* APB1ENR */
	{ RCC_BDCR, 0, 0x00018305 },
	{ RCC_CSR, 0, RCC_CSR_LSION },
};

/* Start-up times, DS5319, typical: HSE 2 ms, LSE 3 s; maximal: HSI 2 us, LSI 85 us, PLL 200 us. */
struct oscillator {
	uint32_t offset, on, ready;
	uint64_t start_ns;
};

enum { OSC_HSI, OSC_HSE, OSC_PLL, OSC_LSI, OSC_LSE, OSC_COUNT };

static const struct oscillator oscillators[OSC_COUNT] = {
	[OSC_HSI] = { RCC_CR, RCC_CR_HSION, RCC_CR_HSIRDY, 2 * NS_PER_US },
	[OSC_HSE] = { RCC_CR, RCC_CR_HSEON, RCC_CR_HSERDY, 2 * NS_PER_MS },
	[OSC_PLL] = { RCC_CR, RCC_CR_PLLON, RCC_CR_PLLRDY, 200 * NS_PER_US },
	[OSC_LSI] = { RCC_CSR, RCC_CSR_LSION, RCC_CSR_LSIRDY, 85 * NS_PER_US },
	[OSC_LSE] = { RCC_BDCR, RCC_BDCR_LSEON, RCC_BDCR_LSERDY, 3 * NS_PER_S },
};

struct rcc {
	struct board *board;
	const struct stm32f1_rcc_config *config;
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

/* 7.3.2: HSI / 2, or HSE, or HSE / 2, times 2 to 16. */
static uint32_t pll_hz(const struct rcc *rcc)
{
	const uint32_t cfgr = registers_get(&rcc->registers, RCC_CFGR);
	uint32_t input = HSI_HZ / 2;
	uint32_t factor = FIELD_GET(RCC_CFGR_PLLMUL, cfgr) + 2;

	if (cfgr & RCC_CFGR_PLLSRC)
		input = cfgr & RCC_CFGR_PLLXTPRE ? rcc->config->hse_hz / 2 : rcc->config->hse_hz;
	return input * (factor > 16 ? 16 : factor);
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

/* The switch waits until the wanted source is ready (7.2.6). */
static void update_clocks(struct rcc *rcc)
{
	static const unsigned sources[] = { OSC_HSI, OSC_HSE, OSC_PLL };
	const uint32_t source_hz[] = { HSI_HZ, rcc->config->hse_hz, pll_hz(rcc), HSI_HZ };
	uint32_t cfgr = registers_get(&rcc->registers, RCC_CFGR);
	const uint32_t wanted = FIELD_GET(RCC_CFGR_SW, cfgr);
	uint32_t hz;

	if (wanted < ARRAY_SIZE(sources) && is_ready(rcc, sources[wanted])) {
		cfgr = (cfgr & ~RCC_CFGR_SWS) | FIELD_PREP(RCC_CFGR_SWS, wanted);
		registers_set(&rcc->registers, RCC_CFGR, cfgr);
	}
	hz = source_hz[FIELD_GET(RCC_CFGR_SWS, cfgr)];
	hz = (hz < MAX_HZ ? hz : MAX_HZ) >> ahb_shift(FIELD_GET(RCC_CFGR_HPRE, cfgr));
	board_set_clock(rcc->board, CLOCK_CORE, hz);
	board_set_clock(rcc->board, CLOCK_APB1, hz >> apb_shift(FIELD_GET(RCC_CFGR_PPRE1, cfgr)));
	board_set_clock(rcc->board, CLOCK_APB2, hz >> apb_shift(FIELD_GET(RCC_CFGR_PPRE2, cfgr)));
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

static bool rcc_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct rcc *rcc = model;

	registers_write(&rcc->registers, access->offset, value, mask);
	if (access->offset == RCC_CSR && value & mask & RCC_CSR_RMVF)
		rcc->reset_flags = 0;
	keep_source_on(rcc);
	update_oscillators(rcc);
	update_clocks(rcc);
	return true;
}

/* 7.3.10. The reset pin is driven low by every internal reset, too (7.1.1). */
static uint32_t flags_of(enum board_reset kind)
{
	switch (kind) {
	case RESET_POWER_ON:
		return RCC_CSR_PORRSTF | RCC_CSR_PINRSTF;
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

static const struct model_field stm32f1_rcc_fields[] = {
	{ "hse", FIELD_U32, offsetof(struct stm32f1_rcc_config, hse_hz), true },
	{ NULL },
};

const struct model_class stm32f1_rcc_class = {
	.name = "STM32F1 RCC",
	.create = rcc_create,
	.reset = rcc_reset,
	.destroy = free,
	.ops = { .read = rcc_read, .write = rcc_write },
	.fields = stm32f1_rcc_fields,
	.config_size = sizeof(struct stm32f1_rcc_config),
};
