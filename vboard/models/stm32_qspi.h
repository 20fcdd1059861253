/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32_QSPI_H
#define VBOARD_MODELS_STM32_QSPI_H

/**
 * @file
 * ST's controllers for serial memories, each with a NOR flash chip on its pins (qspi_nor.h). The
 * row stands at the registers; the mapped memory puts itself on the bus.
 */
#include "vboard/board/board.h"

/** QUADSPI of STM32F4, F7, L4 (RM0390, section 12): struct stm32_qspi_config. */
extern const struct model_class stm32_quadspi_class;
/** OCTOSPI of STM32L4+, L5 (RM0438, section 19): the same. */
extern const struct model_class stm32_octospi_class;

struct qspi_nor;

struct stm32_qspi_config {
	uint32_t mapped_base;
	const char *chip; /* qspi_nor_chip_names() */
};

/** The chip behind a controller's model; of the board, whose end is its end. */
struct qspi_nor *stm32_qspi_nor(void *model);

#endif /* VBOARD_MODELS_STM32_QSPI_H */
