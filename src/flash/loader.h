/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_LOADER_H
#define FLASH_LOADER_H

/**
 * @file
 * A flash algorithm in the target's RAM: where its parts go, and how they get there.
 *
 * From low to high: a BKPT instruction that calls return to, code and data, zeroed data, stack, our
 * own code and its ring when there is room, and page buffers. The stack is below the buffers and not at the end, so that its size does
 * not depend on how much RAM the device has.
 */
#include "flash/programmer.h"

enum {
	LOADER_BUFFERS_MAX = 30, /* Twice as many as are written at once; with the calls around
	                         * them that is what the ring takes. */
	LOADER_BUFFERS_SIZE_MAX = 1 << 16, /* All of them: more would not be any faster. */
	LOADER_SLOTS = 32,                 /* Of the ring; one more than can be in use. */
	LOADER_STACK_MIN = 512,
	LOADER_STACK_MAX = 2048, /* When there is room. */
};

struct loader_layout {
	uint64_t breakpoint; /* also the lowest address used */
	uint64_t code;
	uint64_t static_base;
	uint64_t stack_top;
	uint32_t stack_size;
	uint64_t own_code; /* flash/loader_code.h; 0: RAM is too small for it */
	uint64_t ring;     /* LOADER_SLOTS of them, with own_code */
	uint64_t buffers[LOADER_BUFFERS_MAX];
	size_t buffer_count;    /* with own_code at least 2 */
	uint32_t buffer_size;   /* what a page needs: of each buffer */
	uint32_t buffer_stride; /* from one to the next */
	uint64_t end;
};

/** The largest page that ProgramPage is called with: pages end with their sector. */
uint32_t loader_page_size(const struct flm_device *device);

/**
 * Lay an algorithm out in a piece of RAM. No target access.
 *
 * @param name  Of the algorithm, for messages.
 * @param[out] layout  Untouched on failure.
 * @retval DAPPER_ERR_NO_RESOURCE  Too small; the message has the numbers.
 */
dapper_status loader_place(const char *name, const struct flm *flm, uint64_t ram_start,
	uint64_t ram_size, struct loader_layout *layout);

/**
 * Choose RAM for an algorithm: what its placement says; when that is missing or too small, RAM of
 * the memory map that code can run from, the default region first.
 *
 * @retval DAPPER_ERR_NO_REGION  There is none at all.
 */
dapper_status loader_find_place(const struct dapper_target *target,
	const struct flash_programmer *programmer, struct loader_layout *layout);

/**
 * Write the algorithm to the target, and read back once whether it is there.
 *
 * @retval DAPPER_ERR_VERIFY  RAM does not hold it; the place says the first address.
 */
dapper_status loader_load(struct dapper_target *target, const struct flash_programmer *programmer,
	const struct loader_layout *layout);

#endif /* FLASH_LOADER_H */
