/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_CMSDK_H
#define VBOARD_MODELS_CMSDK_H

/**
 * @file
 * Peripherals of Arm's Cortex-M System Design Kit, as MPS2 boards and Arm's subsystems have them:
 * DDI 0479C (CMSDK TRM), section 3.
 */
#include "vboard/board/board.h"

/** APB UART: transmits to board_output(); nothing is ever received. struct cmsdk_uart_config. */
extern const struct model_class cmsdk_uart_class;

struct cmsdk_uart_config {
	enum board_clock clock;
	/* The row's irq is the transmit interrupt's, TXINT; overruns (TXOVRINT) have none. */
};

/** APB timer, 32 bits down to 0 and again: struct cmsdk_timer_config. No external input. */
extern const struct model_class cmsdk_timer_class;

struct cmsdk_timer_config {
	enum board_clock clock;
};

#endif /* VBOARD_MODELS_CMSDK_H */
