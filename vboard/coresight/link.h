/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_LINK_H
#define VBOARD_CORESIGHT_LINK_H

/**
 * @file
 * How the debug components of a board reach each other and their core: the wires beside the bus.
 */
#include "vboard/board/board.h"
#include "vboard/cpu/cpu.h"

enum { LINK_MAX_CORES = 4, LINK_MAX_CTIS = 8 };

struct cti;
struct dwt;
struct itm;
struct tpiu;

/** One per board. Members are NULL while there is no such component. */
struct debug_link {
	struct tpiu *tpiu;
	struct itm *itm[LINK_MAX_CORES];
	struct dwt *dwt[LINK_MAX_CORES];
	struct cti *cti[LINK_MAX_CTIS];
	unsigned cti_count;
};

/** NULL: out of memory, which is recorded. */
struct debug_link *debug_link(struct board *board);

#endif /* VBOARD_CORESIGHT_LINK_H */
