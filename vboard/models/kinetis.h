/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_KINETIS_H
#define VBOARD_MODELS_KINETIS_H

/**
 * @file
 * Peripherals of Kinetis K parts as model classes for a part's table. Documents: K64
 * (K64P144M120SF5RM rev 2) and K22 (K22P121M120SF7RM rev 4) reference manuals and data sheets. They
 * were not at hand: what the models do rests on memory of them, and on what NXP's flash algorithms
 * do.
 */
#include "vboard/board/board.h"

/**
 * Program flash, data flash, their module (FTFE or FTFA) and the MDM-AP. The row stands at the
 * registers; memories and the access port put themselves where they belong. The second interrupt,
 * that of read collisions, has the next number.
 */
extern const struct model_class kinetis_flash_class;

struct kinetis_flash_config {
	uint32_t program_size;
	uint32_t program_sector;
	uint32_t data_size; /* FlexNVM; 0: none, program flash only */
	uint32_t data_sector;
	uint32_t ram_base; /* FlexRAM or programming acceleration RAM; a memory of the part */
	uint32_t ram_size; /* 0: no Program Section */
	uint32_t ifr_size; /* its last 64 bytes are the Program Once field */
	uint32_t program_us;
	uint32_t erase_sector_ms;
	uint32_t erase_block_ms;
	uint8_t block_count;     /* of program flash: one can be read while another is written */
	uint8_t unit;            /* what is programmed at once: 8: phrase (FTFE), 4: longword */
	uint8_t section_unit;    /* what Read 1s Section counts in */
	bool has_access_control; /* FTFA: XACC and SACC */
};

/** Multipurpose clock generator: struct kinetis_mcg_config. Sets the board's clocks. */
extern const struct model_class kinetis_mcg_class;

struct kinetis_mcg_config {
	uint32_t irc_hz;      /* slow internal reference */
	uint32_t irc_fast_hz; /* fast one */
	uint32_t osc_hz;      /* crystal or clock at EXTAL */
	uint32_t sim_clkdiv1; /* address of SIM_CLKDIV1, whose OUTDIV1 and OUTDIV2 divide */
};

/** Watchdog (WDOG of Kinetis K): unlock sequence, refresh, reset. No data. */
extern const struct model_class kinetis_wdog_class;

/** UART of byte registers: transmits to board_output(). struct kinetis_uart_config. */
extern const struct model_class kinetis_uart_class;

struct kinetis_uart_config {
	enum board_clock clock;
};

/** A GPIO port: PDOR, PSOR, PCOR, PTOR, PDIR, PDDR. No data. */
extern const struct model_class kinetis_gpio_class;

#endif /* VBOARD_MODELS_KINETIS_H */
