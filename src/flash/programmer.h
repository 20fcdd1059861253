/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_PROGRAMMER_H
#define FLASH_PROGRAMMER_H

/**
 * @file
 * What the files of this folder share: the programmers of a SoC.
 */
#include "flash/flash.h"

/** One algorithm and the flash that it serves. */
struct flash_programmer {
	struct flash_placement placement; /* name is ours */
	struct flm *flm;
};

struct flash {
	struct dapper_target *soc;
	struct flash_timeouts timeouts;
	bool smart;
	bool readback;
	struct flash_programmer *programmers;
	size_t programmer_count;
	size_t programmer_capacity;
};

/** A list of programmers, borrowed. */
struct programmer_list {
	const struct flash_programmer *items;
	size_t count;
};

/** The one that serves an address, or NULL. */
const struct flash_programmer *programmer_find(
	const struct programmer_list *list, uint64_t address);

#endif /* FLASH_PROGRAMMER_H */
