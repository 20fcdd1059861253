/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_ALGORITHM_H
#define FLASH_ALGORITHM_H

/**
 * @file
 * Running flash algorithms on the target: which one is loaded, what Init and UnInit have announced,
 * and the calls themselves. One runner serves one operation from halting the core to the end.
 *
 * Calling convention: flash/flm.h; Open-CMSIS-Pack, "Flash Programming", "Algorithm functions".
 */
#include "flash/loader.h"

struct runner {
	struct dapper_target *target;
	const struct flash_timeouts *timeouts;
	const struct flash_programmer *loaded; /* whose code is in RAM; NULL: nobody's */
	struct loader_layout layout;           /* of the loaded one */
	enum flm_operation active;             /* what Init was told; 0: UnInit was called */
	bool ring_is_clear;                    /* all slots are free */
	bool no_hash;                          /* reading back is wanted, or all that works */

	/* Programming in the background. */
	bool is_pending; /* a ProgramPage was started and not waited for */
	bool only_whole; /* the target cannot start without waiting */
	struct target_call pending_call;
	uint64_t pending_address;
	uint32_t pending_size;
	size_t next_buffer;
	uint64_t programmed; /* bytes whose ProgramPage has returned 0, since runner_init() */
};

void runner_init(
	struct runner *runner, struct dapper_target *target, const struct flash_timeouts *timeouts);

/** Get an algorithm ready for an operation: load it and call UnInit and Init as needed. */
dapper_status runner_begin(struct runner *runner, const struct flash_programmer *programmer,
	enum flm_operation operation);

/** Only load it, as for our own code that comes with it. */
dapper_status runner_load(struct runner *runner, const struct flash_programmer *programmer);

/** UnInit, when Init was called. */
dapper_status runner_end(struct runner *runner);

/**
 * After a failure: wait for what still runs and try UnInit, whatever comes of it and although the
 * context may be cancelled.
 *
 * @return @p status, with its error as it was.
 */
dapper_status runner_abandon(struct runner *runner, dapper_status status);

/** Longest times of the loaded algorithm's functions, in milliseconds. */
uint32_t runner_erase_timeout(const struct runner *runner);
uint32_t runner_program_timeout(const struct runner *runner);

/** Say which function it was, of a call that did not work: a fault, a timeout, a lost target. */
dapper_status runner_at_call(const struct runner *runner, enum flm_function function,
	uint64_t address, dapper_status status);
/** Is a result, of a function for which 0 means that all is well, 0? */
dapper_status runner_check_result(
	const struct runner *runner, enum flm_function function, uint64_t address, uint32_t result);

/* All below: between runner_begin() and runner_end(); addresses are absolute. */

dapper_status runner_erase_sector(struct runner *runner, uint64_t address);
/** Needs a programmer that has FLM_ERASE_CHIP: see programmer_has(). */
dapper_status runner_erase_chip(struct runner *runner);

/**
 * Program a page, without waiting for the end of it where the target can do that: the next page
 * goes over the wire meanwhile. An error may be about an earlier page; its place says which.
 *
 * @param size  At most loader_page_size().
 */
dapper_status runner_program_page(
	struct runner *runner, uint64_t address, const uint8_t *data, uint32_t size);
/** Wait for the last page. */
dapper_status runner_finish_pages(struct runner *runner);

/**
 * Ask the algorithm whether flash holds @p data; at most a page.
 *
 * @retval DAPPER_ERR_VERIFY  It does not; the place says the address that Verify returned.
 */
dapper_status runner_verify(
	struct runner *runner, uint64_t address, const uint8_t *data, uint32_t size);

/** Ask the algorithm whether flash is blank. */
dapper_status runner_blank_check(
	struct runner *runner, uint64_t address, uint32_t size, bool *is_blank);

/** Does the algorithm have this function? */
bool programmer_has(const struct flash_programmer *programmer, enum flm_function function);

#endif /* FLASH_ALGORITHM_H */
