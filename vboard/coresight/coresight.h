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

/** A class-1 ROM table: struct rom_table_config. */
extern const struct model_class rom_table_class;

struct rom_table_config {
	struct coresight_ids ids; /* .devtype is MEMTYPE */
	const uint32_t *entries;  /* as read, e.g. 0xfff0f003 */
	size_t entry_count;
};

/** The System Control Space's window: struct coresight_ids; the rest is the core's. */
extern const struct model_class scs_class;

/** Flash Patch and Breakpoint version 1, or the BPU of Armv6-M: struct fpb_config. */
extern const struct model_class fpb_class;

struct fpb_config {
	struct coresight_ids ids;
	unsigned code_count;
	unsigned literal_count;
	bool has_remap;
};

/** Data Watchpoint and Trace: struct dwt_config. */
extern const struct model_class dwt_class;

struct dwt_config {
	struct coresight_ids ids;
	unsigned comparator_count; /* at most 4 */
	unsigned mask_max;         /* largest DWT_MASKn */
	bool is_v7m;               /* cycle and event counters, data value matching */
};

/** ITM, TPIU, ETM: registers that keep what is written: struct trace_config. */
extern const struct model_class trace_class;

struct trace_config {
	struct coresight_ids ids;
	const struct register_row *registers; /* others read 0 */
	size_t register_count;
	/* Offsets below this are stimulus ports: ready while the unit is enabled. ITM only. */
	uint32_t stimulus_end;
	uint32_t enable_offset, enable_mask;
};

#endif /* VBOARD_CORESIGHT_CORESIGHT_H */
