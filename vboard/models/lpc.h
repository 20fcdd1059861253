/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_LPC_H
#define VBOARD_MODELS_LPC_H

/**
 * @file
 * Peripherals of NXP LPC parts as model classes for a part's table. Documents: UM10601 (LPC81x),
 * UM11029 (LPC84x), UM10914 (LPC5411x). They were not at hand: the models rest on memory of them and
 * on what NXP's flash algorithms do.
 */
#include "vboard/board/board.h"

/**
 * Flash memory and the boot ROM with its in-application programming: struct lpc_iap_config. The row
 * stands at the ROM: entry code of ours at the real entry, which hands over to the model.
 */
extern const struct model_class lpc_iap_class;

struct lpc_iap_config {
	uint32_t entry; /* of IAP; bit 0 set */
	uint32_t flash_size;
	uint32_t sector_size;
	uint32_t page_size;
	uint32_t copy_sizes;         /* what Copy RAM to flash takes: the powers of two, added up */
	uint32_t ram_base, ram_size; /* its top 32 bytes are IAP's */
	uint32_t memory_remap;       /* address of SYSMEMREMAP */
	uint32_t part_id;
	uint32_t boot_version;
	uint32_t erase_ms; /* of any number of sectors or pages */
	uint32_t page_us;
};

/** SYSCON with SYSMEMREMAP, else as a table says: struct lpc_syscon_config. */
extern const struct model_class lpc_syscon_class;

struct lpc_register {
	uint32_t offset, reset, writable;
};
struct lpc_syscon_config {
	const struct lpc_register *registers;
	size_t register_count;
	uint32_t remap_offset; /* of SYSMEMREMAP */
	uint32_t remap_size;   /* of what it shows at address 0 */
	uint32_t rom_base, ram_base;
};

/** USART: transmits to board_output(). struct lpc_usart_config. */
extern const struct model_class lpc_usart_class;

struct lpc_usart_config {
	bool has_fifo; /* of a Flexcomm: FIFOWR and FIFOSTAT at 0xE00 */
};

/** GPIO with byte, word and port registers. No data. */
extern const struct model_class lpc_gpio_class;

#endif /* VBOARD_MODELS_LPC_H */
