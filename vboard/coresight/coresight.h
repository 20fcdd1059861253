/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_CORESIGHT_H
#define VBOARD_CORESIGHT_CORESIGHT_H

/**
 * @file
 * CoreSight components of a virtual part, as model classes for its table. What a row's `data`
 * points to stands with each class.
 */
#include "vboard/board/board.h"
#include "vboard/board/registers.h"
#include "vboard/coresight/ids.h"

/** A ROM table, class 1 or class 9: struct rom_table_config. */
extern const struct model_class rom_table_class;

struct rom_table_config {
	struct coresight_ids
		ids;             /* class 1: .devtype is MEMTYPE. Class 9: .devid says the format */
	const uint32_t *entries; /* as read, e.g. 0xfff0f003; 64-bit ones as two, low word first */
	size_t entry_count;
	/* Class 9 with power control (DEVID.PRR): how many power domains can be asked for. */
	uint8_t power_count;
};

/** The System Control Space's window: struct coresight_ids; the rest is the core's. */
extern const struct model_class scs_class;

/** Flash Patch and Breakpoint version 1 or 2, or the BPU of Armv6-M: struct fpb_config. */
extern const struct model_class fpb_class;

struct fpb_config {
	struct coresight_ids ids;
	unsigned code_count;
	unsigned literal_count;
	bool has_remap;
	bool version_2; /* breakpoints at any address, no remapping */
};

/** Data Watchpoint and Trace: struct dwt_config. */
extern const struct model_class dwt_class;

enum { DWT_MAX_COMPARATORS = 8 };

struct dwt_config {
	struct coresight_ids ids;
	unsigned comparator_count; /* at most DWT_MAX_COMPARATORS */
	unsigned mask_max;         /* largest DWT_MASKn; not on Armv8-M */
	/* Armv7-M, or an Armv8-M with counters and trace: DWT_CTRL.NOTRCPKT and so on are 0. */
	bool is_v7m;
	/* Armv8-M: DWT_FUNCTIONn.ID of each comparator, 0x08 to 0x1F; others have none. */
	const uint8_t *function_ids;
	size_t function_id_count;
};

/** Instrumentation Trace Macrocell: struct itm_config. */
extern const struct model_class itm_class;

struct itm_config {
	struct coresight_ids ids;
	uint16_t fifo_bytes; /* of either queue, stimulus and DWT; a packet has up to 5 */
	bool has_global_timestamps;
	bool is_v8m;
};

/** Trace Port Interface Unit with its SWO pin: struct tpiu_config. One a board. */
extern const struct model_class tpiu_class;

struct tpiu_config {
	struct coresight_ids ids;
	uint32_t port_sizes; /* TPIU_SSPSR */
	uint32_t acpr_mask;  /* bits of TPIU_ACPR that are there */
	bool has_pscr;
	uint32_t clock_hz; /* of the trace clock; 0: the core's */
	/* The pin is SWO while the word there, masked, has this value; mask 0: always. */
	uint32_t pin_address, pin_mask, pin_value;
};

/** Cross Trigger Interface: struct cti_config. */
extern const struct model_class cti_class;

struct cti_config {
	struct coresight_ids ids;
	uint8_t channels; /* at most 4 */
	uint8_t triggers; /* inputs and outputs, at most 8 */
};

/** ETM, MTB, PMU: registers that keep what is written to them: struct trace_config. */
extern const struct model_class trace_class;

struct trace_config {
	struct coresight_ids ids;
	const struct register_row *registers; /* others read 0 */
	size_t register_count;
	/* ETMv4: OSLAR and OSLSR; the OS lock is closed after power-on. */
	bool has_os_lock;
};

#endif /* VBOARD_CORESIGHT_CORESIGHT_H */
