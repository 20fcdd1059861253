/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_RIG_H
#define UNIT_VBOARD_RIG_H

/**
 * @file
 * A virtual part on the bench: accesses as a debugger or as its core, time, serial output.
 */
#include "support/test.h"

#include "vboard/board/internal.h"

struct board;

struct rig {
	struct vtarget target;
	struct board *board;
	uint64_t now_ns;
	bool as_core; /* who makes the accesses */
	char output[4096];
	size_t output_size;
};

/** A board that is built in. */
const struct vboard_type *rig_type(const char *name);

/** Make a board; @p settings like "flash=x,bad-cell=0x08000000" or "". */
void rig_open(struct rig *rig, const char *board, const char *settings);
/** The same, for what fails. */
dapper_status rig_try_open(struct rig *rig, const char *board, const char *settings);
void rig_close(struct rig *rig);

/** @return false: bus error. */
bool rig_read(struct rig *rig, uint32_t address, unsigned size, uint32_t *value);
bool rig_write(struct rig *rig, uint32_t address, unsigned size, uint32_t value);
/** Words, which must not fail. */
uint32_t rig_read32(struct rig *rig, uint32_t address);
void rig_write32(struct rig *rig, uint32_t address, uint32_t value);

/** Let time pass. */
void rig_wait(struct rig *rig, uint64_t ns);

/** Halt the core by the debugger's registers, and make it run from an address. */
void rig_halt(struct rig *rig);
void rig_run_from(struct rig *rig, uint32_t pc, uint32_t sp);
void rig_write_register(struct rig *rig, unsigned regsel, uint32_t value);
uint32_t rig_read_register(struct rig *rig, unsigned regsel);

/** A file name below the system's folder for such, new in each call. */
const char *rig_temporary_path(void);

#endif /* UNIT_VBOARD_RIG_H */
