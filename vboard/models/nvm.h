/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_NVM_H
#define VBOARD_MODELS_NVM_H

/**
 * @file
 * What all flash controllers share: memories whose cells programming clears and erasing sets, one
 * operation at a time with a begin and an end in simulated time, the files that hold the contents,
 * and the faults a scenario injects. A controller adds its registers and rules.
 *
 * An operation's effect on the memory comes at its end, so that losing power in the middle, a reset
 * or killing the process leaves what a chip would have: the first half done.
 */
#include "vboard/board/board.h"
#include "vboard/models/flash_file.h"

enum { NVM_MAX_AREAS = 3, NVM_MAX_BAD_CELLS = 8, NVM_MAX_PROGRAM = 4096 };

/** A memory of its own: the main array, option bytes, UICR. */
struct nvm_area {
	uint32_t base;
	uint32_t size;
	const char *file_key; /* setting that names its file: "flash" */
	uint8_t *bytes;
	struct flash_file *file;
	bool store_failed;
};

/** A part of an area. */
struct nvm_range {
	unsigned area;
	uint32_t offset;
	uint32_t size;
};

struct nvm_operation {
	struct nvm_range ranges[NVM_MAX_AREAS]; /* to erase; to program: the first */
	unsigned range_count;                   /* 0: none is under way */
	bool program;
	bool stuck; /* never ends: a fault */
	uint8_t data[NVM_MAX_PROGRAM];
	uint64_t begin_ns, end_ns;
};

struct nvm {
	struct board *board;
	/** An operation has just ended, at op.end_ns; may begin the next. */
	void (*ended)(void *owner);
	void *owner;
	struct nvm_area areas[NVM_MAX_AREAS];
	unsigned area_count;

	struct nvm_operation op;
	/* The core may see an operation's end before the rest of the board (board/time.c). */
	uint64_t busy_until_ns;
	struct board_event end;

	uint64_t op_count;
	uint64_t power_loss_at_op;
	uint64_t stuck_at_op;
	uint64_t speed;                        /* operations are that many times as fast */
	uint32_t bad_cells[NVM_MAX_BAD_CELLS]; /* addresses of words */
	size_t bad_cell_count;
};

/** For the class's `keys`, with those of the areas before and a NULL after. */
#define NVM_SETTING_KEYS "power-loss-at-op", "stuck-busy-at-op", "bad-cell", "speed"

void nvm_init(struct nvm *nvm, struct board *board, void (*ended)(void *owner), void *owner);
/** An erased memory. The controller puts it on the bus. */
dapper_status nvm_add_area(struct nvm *nvm, uint32_t base, uint32_t size, const char *file_key);
void nvm_finish(struct nvm *nvm);

/** The contents as they are, whoever may look; value of 1, 2 or 4 bytes. */
uint32_t nvm_peek(const struct nvm *nvm, unsigned area, uint32_t offset, unsigned size);

/** Put contents there at once: what a maker writes, what a controller keeps by itself. */
void nvm_put(struct nvm *nvm, unsigned area, uint32_t offset, const void *bytes, uint32_t size);

/** End the operation if its time is over for whoever looks. */
bool nvm_is_busy(struct nvm *nvm);
/**
 * Wait on the bus until nothing is under way.
 *
 * @return false: it never will be (stuck, or power goes first). A real bus would hang; here the
 * access ends in a bus error.
 */
bool nvm_wait_idle(struct nvm *nvm, const struct bus_access *access);

/** Begin at @p begin_ns, now or when the one before ended. Nothing may be under way. */
void nvm_program(struct nvm *nvm, struct nvm_range range, const uint8_t *data, uint64_t begin_ns,
	uint64_t duration_ns);
void nvm_erase(
	struct nvm *nvm, const struct nvm_range *ranges, unsigned count, uint64_t duration_ns);

/** For the window of an area: read after waiting; the core then reads the array by itself. */
bool nvm_read(struct nvm *nvm, unsigned area, const struct bus_access *access, uint32_t *value);

/** A reset cuts off what is under way. */
void nvm_reset(struct nvm *nvm);
void nvm_power_lost(struct nvm *nvm);
dapper_status nvm_set(struct nvm *nvm, const char *key, const char *value, bool *taken);

#endif /* VBOARD_MODELS_NVM_H */
