/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32F4_FLASH_H
#define VBOARD_MODELS_STM32F4_FLASH_H

/**
 * @file
 * Flash memory and flash interface of STM32F405/407/415/417 (RM0090 rev 19, section 3): the class's
 * row stands at the registers; the array and the option bytes put themselves on the bus.
 */
#include "vboard/board/board.h"

extern const struct model_class stm32f4_flash_class;

enum { STM32F4_FLASH_MAX_SECTORS = 12 };

struct stm32f4_flash_config {
	uint32_t array_base;
	uint32_t option_base;
	const uint16_t *sector_kb;
	size_t sector_count; /* 1 to STM32F4_FLASH_MAX_SECTORS */
};

#endif /* VBOARD_MODELS_STM32F4_FLASH_H */
