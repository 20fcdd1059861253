/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_DWT_INTERNAL_H
#define VBOARD_CORESIGHT_DWT_INTERNAL_H

/**
 * @file
 * What dwt.c (registers, counters, samples) and dwt_match.c (comparators) share.
 */
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/dwt_regs.h"
#include "vboard/coresight/itm.h"

/* Data value matching of Armv7-M links two addresses: two watches of one comparator. */
enum { DWT_MAX_WATCHES = 2 * DWT_MAX_COMPARATORS };

struct comparator {
	uint32_t comp;
	uint32_t mask;
	uint32_t function;
	bool matched;
};

struct dwt {
	struct board *board;
	const struct dwt_config *config;
	struct debug_link *link;
	unsigned core;
	struct dwt_state {
		uint32_t ctrl;
		struct coresight_lock lock;
		/* CYCCNT: its value when it was last written, started or stopped, and when. */
		uint32_t cyccnt;
		uint64_t cyccnt_cycles;
		uint32_t taps_seen; /* CYCCNT when its taps were last looked at */
		uint8_t postcnt;
		/* CPICNT to FOLDCNT. Of SLEEPCNT the count is `slept` of the core from there on. */
		uint8_t counters[5];
		uint64_t slept;
		struct comparator comparators[DWT_MAX_COMPARATORS];
		uint8_t watch_owner[DWT_MAX_WATCHES];
	} state;
};

/* dwt.c */
bool dwt_is_on(const struct dwt *dwt);
/** CYCCNT counts. */
bool dwt_is_counting(const struct dwt *dwt);
uint32_t dwt_cyccnt(const struct dwt *dwt);
/** Have the core call when the next thing happens that depends on cycles. */
void dwt_schedule(struct dwt *dwt);

/* dwt_match.c */
void dwt_comparator_read(struct dwt *dwt, unsigned index, uint32_t which, uint32_t *value);
void dwt_comparator_write(struct dwt *dwt, unsigned index, uint32_t which, uint32_t value);
/** Tell the core what to watch. */
void dwt_update_watches(struct dwt *dwt);
/** The core's: a watch matched. */
bool dwt_matched(void *ctx, const struct cpu_match *match);
/** Does comparator 0 wait for a value of CYCCNT? */
bool dwt_matches_cycle(const struct dwt *dwt);
/** It is there. */
void dwt_cycle_matched(struct dwt *dwt);

static inline struct cpu *dwt_cpu(const struct dwt *dwt)
{
	return board_cpu(dwt->board, dwt->core);
}

static inline void dwt_packet(const struct dwt *dwt, uint32_t header, uint32_t payload)
{
	itm_hardware_packet(dwt->link->itm[dwt->core], (uint8_t)header, payload);
}

#endif /* VBOARD_CORESIGHT_DWT_INTERNAL_H */
