/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32F4_FLASH_H
#define VBOARD_MODELS_STM32F4_FLASH_H

/**
 * @file
 * Flash memory and flash interface of the STM32F4 (RM0090 rev 19, section 3; RM0368, RM0383,
 * RM0390, RM0386 and RM0430 where parts differ): the class's row stands at the registers; the
 * array, the option bytes and the OTP area put themselves on the bus.
 */
#include "vboard/board/board.h"

extern const struct model_class stm32f4_flash_class;

enum { STM32F4_FLASH_MAX_SECTORS = 24 };

struct stm32f4_flash_config {
	uint32_t array_base;
	uint32_t option_base;
	uint32_t otp_base; /* 0: not modelled */
	size_t sector_count;
	const uint16_t *sector_kb;
	/* Index of the first sector of bank 2; 0: there is one bank. */
	uint32_t bank2_sector;
	/* STM32F42x with 1 MB: OPTCR.DB1M makes two banks of it; the sectors given are DB1M = 0. */
	bool has_db1m;
};

#endif /* VBOARD_MODELS_STM32F4_FLASH_H */
