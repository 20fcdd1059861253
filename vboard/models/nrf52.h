/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_NRF52_H
#define VBOARD_MODELS_NRF52_H

/**
 * @file
 * Peripherals of nRF52 parts as model classes for a part's table. Documents: nRF52832 Product
 * Specification v1.4, nRF52840 Product Specification v1.7 ("PS" in the models); addresses, offsets
 * and interrupt numbers were checked against the SVDs of NordicSemiconductor.nRF_DeviceFamilyPack
 * 8.32.1, the prose was not at hand: what rests on memory of it says so.
 */
#include "vboard/board/board.h"

/**
 * Flash memory, UICR, NVMC and CTRL-AP: struct nrf52_nvmc_config. The row stands at the registers;
 * flash, UICR and the access port put themselves where they belong.
 */
extern const struct model_class nrf52_nvmc_class;

struct nrf52_nvmc_config {
	uint32_t flash_size;
	uint16_t erase_all_ms;
	bool has_ready_next; /* a write is buffered while one is under way: READYNEXT */
	bool has_partial_erase;
	/* Where other families differ; 0: as nRF52. */
	uint32_t flash_base;
	uint32_t page_size;
	uint32_t uicr_base, uicr_size;
	uint16_t erase_page_ms;
	bool erases_by_write; /* nRF53, nRF91: 0xFFFFFFFF to a page's first word; no ERASEPAGE */
	bool has_no_ctrl_ap;  /* nRF51; nRF53 and nRF91: others stand for it */
	uint8_t core; /* of two: whose flash it is. The second's files are net-flash, net-uicr */
};

/** Factory information: struct nrf52_ficr_config. Read-only; erased where nothing is said. */
extern const struct model_class nrf52_ficr_class;

struct nrf52_ficr_word {
	uint16_t offset;
	uint32_t value;
};
struct nrf52_ficr_config {
	const struct nrf52_ficr_word *words;
	size_t count;
};

/** POWER, CLOCK and BPROT, which share a window. No data. */
extern const struct model_class nrf52_power_clock_class;

/** A GPIO port: the row stands at its OUT register, struct nrf52_gpio_config. */
extern const struct model_class nrf52_gpio_class;

struct nrf52_gpio_config {
	unsigned pin_count;
};

/** UART and UARTE in one window: transmits to board_output(). struct nrf52_uart_config. */
extern const struct model_class nrf52_uart_class;

struct nrf52_uart_config {
	bool has_uart;               /* ENABLE = 4, beside UARTE's 8 */
	uint32_t ram_base, ram_size; /* what EasyDMA reaches */
};

#endif /* VBOARD_MODELS_NRF52_H */
