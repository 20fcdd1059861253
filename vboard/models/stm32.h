/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32_H
#define VBOARD_MODELS_STM32_H

/**
 * @file
 * Peripherals of STM32F4 parts as model classes for a part's table. Sections are those of RM0090
 * rev 19.
 */
#include "vboard/board/board.h"

/** Reset and clock control (7): struct stm32f4_rcc_config. Sets the board's clocks. */
extern const struct model_class stm32f4_rcc_class;

struct stm32f4_rcc_config {
	uint32_t hse_hz; /* of the crystal on the board */
	bool has_qspi;   /* STM32F412, F446, F469: bits of QUADSPI, and PLLR */
};

/** System configuration controller (9): struct stm32f4_syscfg_config. */
extern const struct model_class stm32f4_syscfg_class;

struct stm32f4_memory_mode {
	uint32_t base, size;
};

struct stm32f4_syscfg_config {
	/* What MEMRMP shows at address 0, by MEM_MODE; size 0 and beyond: nothing. */
	const struct stm32f4_memory_mode *modes;
	size_t mode_count;
};

/** General-purpose I/O (8): struct stm32_gpio_config. */
extern const struct model_class stm32_gpio_class;

struct stm32_gpio_config {
	uint32_t moder, ospeedr, pupdr; /* after reset */
};

/** USART (30): transmits to board_output(), receives what comes to the board. enum board_clock. */
extern const struct model_class stm32_usart_class;
/** The same with ISR, ICR and TDR (STM32F0, F7, G0, L4, L5 ...). */
extern const struct model_class stm32_usart2_class;

struct stm32_usart_config {
	enum board_clock clock;
};

/** Independent watchdog (21): struct stm32_iwdg_config. */
extern const struct model_class stm32_iwdg_class;

struct stm32_iwdg_config {
	uint32_t lsi_hz;
	uint32_t freeze_address,
		freeze_mask; /* DBGMCU bit that stops it while the core is halted */
};

#endif /* VBOARD_MODELS_STM32_H */
