/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_SAMD21_H
#define VBOARD_MODELS_SAMD21_H

/**
 * @file
 * Peripherals of SAM D21 parts as model classes for a part's table. Document: SAM D21 data sheet
 * (DS40001882); it was not at hand: registers were checked against ATSAMD21G18A.svd, the prose rests
 * on memory.
 */
#include "vboard/board/board.h"

/**
 * Flash, user row, NVMCTRL and DSU: struct samd21_nvm_config. The row stands at NVMCTRL; memories
 * and the DSU put themselves where they belong.
 */
extern const struct model_class samd21_nvm_class;

struct samd21_nvm_config {
	uint32_t flash_size;
	uint32_t did;      /* DSU.DID */
	uint32_t ram_base; /* DSU's CRC and the chip erase reach it */
	uint32_t ram_size;
	uint32_t user_row_low;  /* its factory contents */
	uint32_t user_row_high; /* bits 31:16: lock regions, 1: not locked */
};

/** Generic clock controller: sets the board's clock by generator 0. No data. */
extern const struct model_class samd21_gclk_class;

/** SERCOM as USART with internal clock: transmits to board_output(). No data. */
extern const struct model_class samd21_sercom_class;

/** A group of PORT (0x80 bytes). No data. */
extern const struct model_class samd21_port_class;

#endif /* VBOARD_MODELS_SAMD21_H */
