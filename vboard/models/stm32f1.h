/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32F1_H
#define VBOARD_MODELS_STM32F1_H

/**
 * @file
 * Peripherals of STM32F1 parts as model classes for a part's table. Documents: PM0075 rev 2
 * (flash), RM0008 rev 21 (the rest), DS5319 rev 17 (times of STM32F103x8/xB). The documents were
 * not at hand; registers were checked against STM32F103.svd, and what rests on memory of the prose
 * is said in each model.
 */
#include "vboard/board/board.h"

/**
 * Flash memory, option bytes and FPEC: struct stm32f1_flash_config. The row stands at the
 * registers; the array and the option bytes put themselves on the bus.
 */
extern const struct model_class stm32f1_flash_class;

struct stm32f1_flash_config {
	uint32_t array_base;
	uint32_t size;
	uint32_t page_size;
	unsigned pages_per_wrp_bit;
};

/** Reset and clock control: struct stm32f1_rcc_config. Sets the board's clocks. */
extern const struct model_class stm32f1_rcc_class;

struct stm32f1_rcc_config {
	uint32_t hse_hz; /* of the crystal or clock on the board */
};

/** General-purpose I/O: no data. */
extern const struct model_class stm32f1_gpio_class;

#endif /* VBOARD_MODELS_STM32F1_H */
