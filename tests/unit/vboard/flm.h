/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_FLM_H
#define UNIT_VBOARD_FLM_H

/**
 * @file
 * A vendor's flash algorithm (CMSIS FLM) run by a virtual part's core, with nothing between: loaded
 * into RAM, called by setting registers, until it comes back to a breakpoint.
 */
#include "unit/vboard/rig.h"

enum {
	FLM_MAX_SECTOR_KINDS = 8,
	FLM_STACK = 0x300, /* what most need; small parts have no more */
	FLM_LARGE_STACK = 0x1000,
};

struct flm {
	struct rig rig;
	uint8_t *elf;
	size_t size;
	/* FlashDevice */
	uint32_t device_base, device_size, page_size;
	struct {
		uint32_t size, offset;
	} sectors[FLM_MAX_SECTOR_KINDS];
	unsigned sector_kinds;
	uint32_t sector_size; /* of the first kind */
	/* In the part's RAM. */
	uint32_t code, static_base, stack, buffer;
};

/**
 * Make the board, halt its core and put the algorithm into RAM, followed by stack and buffer.
 *
 * @param path  Below shared/data; it must be there.
 */
void flm_open(struct flm *flm, const char *path, const char *board, const char *settings,
	uint32_t ram, uint32_t stack_size);
void flm_close(struct flm *flm);

bool flm_has(const struct flm *flm, const char *function);
/** Call a function and wait for its end; its result. */
uint32_t flm_call(struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2);
/** Start one and see that it does not end in @p ns. */
void flm_call_hangs(
	struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2, uint64_t ns);
/** What a test programs: differs from word to word and from address to address. */
uint32_t flm_pattern(uint32_t address);
/** The pattern of these addresses, into the buffer. */
void flm_fill_buffer(struct flm *flm, uint32_t address, uint32_t size);
/** Fill the buffer and call ProgramPage for one page. */
uint32_t flm_program(struct flm *flm, uint32_t address);

#endif /* UNIT_VBOARD_FLM_H */
