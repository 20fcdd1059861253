/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32_RCC_H
#define VBOARD_MODELS_STM32_RCC_H

/**
 * @file
 * Reset and clock control of the newer STM32, which differ in tables only. Set the board's clocks.
 */
#include "vboard/board/board.h"

/** RM0351, section 6; RM0444, section 5; RM0438, section 9: struct stm32_rcc_config. */
extern const struct model_class stm32l4_rcc_class;
extern const struct model_class stm32g0_rcc_class;
extern const struct model_class stm32l5_rcc_class;

struct stm32_rcc_config {
	uint32_t hse_hz; /* of the crystal or clock on the board; 0: none */
};

#endif /* VBOARD_MODELS_STM32_RCC_H */
