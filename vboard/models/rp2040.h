/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_RP2040_H
#define VBOARD_MODELS_RP2040_H

/**
 * @file
 * Models of the RP2040 (RP2040 datasheet, build 2023-03). What a row's `data` points to stands with
 * each class. Peripherals on APB and AHB have atomic aliases: +0x1000 XOR, +0x2000 set, +0x3000
 * clear (2.1.2).
 */
#include "vboard/board/board.h"
#include "vboard/board/registers.h"
#include "vboard/models/qspi_nor.h"

/** The value that a write through an atomic alias stands for. @p offset as on the bus. */
static inline uint32_t rp2040_atomic(uint32_t offset, uint32_t old, uint32_t value)
{
	switch (offset >> 12 & 3) {
	case 1:
		return old ^ value;
	case 2:
		return old | value;
	case 3:
		return old & ~value;
	default:
		return value;
	}
}

/** Our boot ROM (vboard/rom): no configuration. */
extern const struct model_class rp2040_rom_class;

/** SSI, XIP (0x10000000, 0x14000000, 0x18000000) and IO_QSPI, with the flash chip: a struct
 * qspi_nor_config. The row's window is the SSI's. */
extern const struct model_class rp2040_qspi_class;

/** What else a block does than keep its registers. */
enum rp2040_block_kind {
	RP2040_PLAIN,
	RP2040_RESETS, /* RESET_DONE follows RESET */
	RP2040_CLOCKS, /* SELECTED follows CTRL */
	RP2040_PLL,    /* LOCK follows PWR */
	RP2040_VREG,   /* CHIP_RESET remembers a rescue */
	RP2040_BLOCK_KINDS
};

/** Registers with atomic aliases: struct rp2040_block_config. */
extern const struct model_class rp2040_block_class;

struct rp2040_block_config {
	uint32_t kind; /* enum rp2040_block_kind */
	const struct register_row *rows;
	size_t row_count;
};

/** Cores, FIFOs, spinlocks, divider, GPIO (2.3.1): no configuration. */
extern const struct model_class rp2040_sio_class;

/** TIMER (4.6); the row's irq is that of alarm 0. */
extern const struct model_class rp2040_timer_class;

/** WATCHDOG (4.7). */
extern const struct model_class rp2040_watchdog_class;

/** UART, an Arm PL011, with atomic aliases. */
extern const struct model_class rp2040_uart_class;

#endif /* VBOARD_MODELS_RP2040_H */
