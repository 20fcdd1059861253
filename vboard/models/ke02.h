/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_KE02_H
#define VBOARD_MODELS_KE02_H

/**
 * @file
 * Peripherals of Kinetis KE02 as model classes for a part's table. Document: KE02 Sub-Family
 * Reference Manual (MKE02P64M20SF0RM rev 3) and data sheet; not at hand: the models rest on memory of
 * it and on what NXP's flash algorithms do.
 */
#include "vboard/board/board.h"

/** Flash, EEPROM, their module (FTMRH) and the MDM-AP: struct ke02_flash_config. */
extern const struct model_class ke02_flash_class;

struct ke02_flash_config {
	uint32_t flash_size;
	uint32_t eeprom_size;
};

/** Watchdog of byte registers. No data. */
extern const struct model_class ke02_wdog_class;

#endif /* VBOARD_MODELS_KE02_H */
