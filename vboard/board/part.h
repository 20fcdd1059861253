/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_PART_H
#define VBOARD_BOARD_PART_H

/**
 * @file
 * A microcontroller (with the board it sits on) as data: struct board_part. One file per part in
 * board/parts/; board/types.c lists them. Nothing here is code, so that descriptions can also come
 * from files later.
 */
#include "vboard/board/board.h"
#include "vboard/board/internal.h"
#include "vboard/cpu/cpu.h"

enum memory_kind {
	MEMORY_RAM,   /* garbage at power-on, kept over resets */
	MEMORY_NVRAM, /* starts with all bytes `fill`, keeps what is written */
	MEMORY_ROM,   /* all bytes `fill`; writes are ignored */
};

struct memory_config {
	const char *name;
	uint32_t base;
	uint32_t size;
	enum memory_kind kind;
	uint8_t fill;
};

/** A range of addresses that the real part has and the board does not model. */
struct quiet_range {
	const char *name;
	uint32_t base;
	uint32_t size;
};

struct board_part {
	const char *name; /* as printed on the part */
	struct cpu_config cpu;
	uint32_t clock_hz[BOARD_CLOCK_COUNT]; /* after reset */
	bool bit_band;                        /* Cortex-M3 and -M4 alias regions */
	/* What is at address 0 after reset, 0: nothing is remapped there. */
	uint32_t boot_base, boot_size;
	/* Another place where a memory is seen; size 0: none. */
	struct {
		uint32_t base, size, target;
	} alias;

	/* The wire. */
	uint32_t dpidr;
	uint32_t target_id;
	uint32_t jtag_idcode;
	/* TAPs nearer to TDI than the debug port's. */
	const struct vtap_config *taps;
	uint8_t tap_count;
	uint32_t ap_idr;
	uint32_t ap_base;
	uint32_t ap_csw_reset;
	bool ap_can_pack;
	bool ap_can_unaligned;
	uint8_t ap_increment_bits; /* of TAR; 0: 10 */

	const struct memory_config *memories;
	size_t memory_count;
	const struct model_config *models;
	size_t model_count;
	const struct quiet_range *quiet;
	size_t quiet_count;
};

extern const struct board_part stm32f407vg_part;
extern const struct board_part stm32f103rb_part;
extern const struct board_part cortex_m0_part;
extern const struct board_part mk22fn512_part;
extern const struct board_part mk64fn1m0_part;
extern const struct board_part mk64fx512_part;
extern const struct board_part nrf52832_part;
extern const struct board_part nrf52840_part;

/** What a struct vboard_type's create() does for a part. */
dapper_status board_make(dapper_context *context, const struct board_part *part,
	const struct vboard_setting *settings, size_t setting_count, struct board **board);
void board_destroy(struct board *board);

/** Fill in the seam to the probe side. The target owns @p board from now on. */
void board_fill_target(struct board *board, struct vtarget *target);

#endif /* VBOARD_BOARD_PART_H */
