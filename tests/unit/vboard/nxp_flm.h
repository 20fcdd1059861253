/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_NXP_FLM_H
#define UNIT_VBOARD_NXP_FLM_H

/**
 * @file
 * A vendor's flash algorithm (CMSIS-Pack FLM) on a virtual part: loaded into its RAM and called as
 * a debugger does, with what its FlashDevice says.
 */
#include "unit/vboard/rig.h"

struct flm {
	struct rig rig;
	uint8_t *elf;
	size_t size;
	uint32_t code;        /* where PrgCode is in RAM */
	uint32_t static_base; /* R9: where PrgData is */
	uint32_t stack;
	uint32_t buffer;
	/* struct FlashDevice */
	uint32_t device_base, device_size, page_size, sector_size;
};

/** @p path below shared/data. The board's core is halted, the algorithm is in its RAM. */
void flm_open(
	struct flm *flm, const char *path, const char *board, const char *settings, uint32_t ram);
void flm_close(struct flm *flm);

bool flm_has(const struct flm *flm, const char *function);
/** Call a function and wait for its end; its result. */
uint32_t flm_call(struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2);
/** Start one and see that it does not end in @p ns. */
void flm_call_hangs(struct flm *flm, const char *function, uint32_t r0, uint64_t ns);
/** Bytes that differ from word to word and from address to address, into the buffer. */
void flm_fill_buffer(struct flm *flm, uint32_t address, uint32_t size);
/** Fill the buffer and call ProgramPage for one page. */
uint32_t flm_program(struct flm *flm, uint32_t address);

#endif /* UNIT_VBOARD_NXP_FLM_H */
