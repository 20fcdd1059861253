/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_SCRIPT_H
#define UNIT_VBOARD_SCRIPT_H

/**
 * @file
 * Scripts of accesses to a virtual part, as rows of a table: what a flash controller's manual says,
 * step by step. Each can run as a debugger and as the core would make it.
 */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"

enum script_verb {
	END,
	W32, /* write */
	W16,
	W8,
	FAIL32, /* a write that is a bus error */
	FAIL16,
	FAIL8,
	R32, /* read and compare */
	R16,
	RFAIL,    /* a read that is a bus error */
	IDLE,     /* poll until the controller is ready */
	BUSY,     /* it is not */
	NOT_BUSY, /* it is */
	US,       /* let so many microseconds pass */
	RESET,    /* nRESET */
	HALT,     /* the core */
	APR,      /* read a register of AP 1 and compare */
	APW,
	CLOSED, /* the MEM-AP's DeviceEn is 0 */
	OPEN,
};

struct script_step {
	enum script_verb verb;
	uint32_t address;
	uint32_t value;
};

enum { SCRIPT_STEPS = 20 };

struct script {
	const char *what;
	const char *settings;
	struct script_step steps[SCRIPT_STEPS];
};

/** How a controller tells that it is busy. */
struct script_part {
	const char *board;
	uint32_t address, mask, busy;
};

void script_run(const struct script_part *part, const struct script *script, bool as_core);
bool script_is_busy(const struct script_part *part, struct rig *rig);

#endif /* UNIT_VBOARD_SCRIPT_H */
