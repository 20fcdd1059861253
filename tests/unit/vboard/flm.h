/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_FLM_H
#define UNIT_VBOARD_FLM_H

/**
 * @file
 * A vendor's flash algorithm (CMSIS FLM) run by a virtual part's core, with nothing between: loaded
 * into RAM, called by setting registers, until it comes back to a breakpoint.
 */
#include "unit/vboard/rig.h"

enum { FLM_MAX_SECTOR_KINDS = 8 };

struct flm {
	uint8_t *elf;
	size_t size;
	/* FlashDevice */
	uint32_t base, device_size, page_size;
	struct {
		uint32_t size, offset;
	} sectors[FLM_MAX_SECTOR_KINDS];
	unsigned sector_kinds;
	/* In the part's RAM. */
	uint32_t code, data, buffer, stack;
};

/** Read it from shared data (which must be there), and what it says of its device. */
void flm_open(struct flm *flm, const char *path);
void flm_close(struct flm *flm);
/** Put it into RAM; the core is halted. */
void flm_load(struct flm *flm, struct rig *rig, uint32_t ram, uint32_t ram_size);
bool flm_has(const struct flm *flm, const char *function);
/** Call a function and wait until it is back. */
uint32_t flm_call(struct flm *flm, struct rig *rig, const char *function, uint32_t r0, uint32_t r1,
	uint32_t r2);

#endif /* UNIT_VBOARD_FLM_H */
