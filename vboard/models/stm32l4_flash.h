/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32L4_FLASH_H
#define VBOARD_MODELS_STM32L4_FLASH_H

/**
 * @file
 * Flash memory and flash interface of the newer STM32: double words, pages, option registers. The
 * class's row stands at the registers; the array, its secure alias and the option bytes put
 * themselves on the bus.
 */
#include "vboard/board/board.h"

/** RM0351 (STM32L47x), section 3. */
extern const struct model_class stm32l4_flash_class;
/** RM0444 (STM32G0x1), section 3. */
extern const struct model_class stm32g0_flash_class;
/** RM0438 (STM32L5), section 6. */
extern const struct model_class stm32l5_flash_class;

struct stm32l4_flash_config {
	uint32_t array_base;
	uint32_t secure_base; /* the same with Security; 0: none */
	uint32_t size;
	uint32_t option_base; /* 0: the option bytes are not on the bus (STM32L5) */
};

#endif /* VBOARD_MODELS_STM32L4_FLASH_H */
