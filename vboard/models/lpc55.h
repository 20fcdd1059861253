/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_LPC55_H
#define VBOARD_MODELS_LPC55_H

/**
 * @file
 * Flash and boot ROM of LPC55S6x and LPC55S3x as a model class for a part's table. Documents: UM11126
 * (LPC55S6x), UM11546 (LPC55S3x), not at hand: the ROM's tables and calls were found in NXP's flash
 * algorithms, the rest is from memory.
 */
#include "vboard/board/board.h"

/** The row stands at the ROM (its Non-secure address); flash puts itself at 0. */
extern const struct model_class lpc55_rom_class;

struct lpc55_rom_config {
	uint32_t flash_size; /* what ROM functions erase and program */
	uint32_t array_size; /* with the protected region's pages at the end */
	uint32_t ram_base, ram_size;
	uint32_t tree;       /* offset of the boot loader tree in the ROM */
	uint32_t direct;     /* offset of a table of pointers to functions; 0: none */
	uint8_t version;     /* the tree's version, major */
	uint32_t erase_us;   /* of a page */
	uint32_t program_us; /* of a page */
	const char *nor;     /* the chip at FlexSPI; NULL: there is no FlexSPI */
	uint32_t nor_base;   /* where it is seen */
};

#endif /* VBOARD_MODELS_LPC55_H */
