/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_OPERATION_H
#define FLASH_OPERATION_H

/**
 * @file
 * One run of flash_program() or flash_erase_*(): what its steps share.
 */
#include "flash/algorithm.h"
#include "flash/plan.h"

/** Of a page, as a mask. */
enum page_flag {
	PAGE_READ = 1 << 0,       /* the job's buffer holds what was there before */
	PAGE_UNREADABLE = 1 << 1, /* reading it is answered by a bus error */
	PAGE_IMAGE = 1 << 2,      /* the image has bytes in it */
	PAGE_SAME = 1 << 3,       /* the image's bytes are there already */
	PAGE_BLANK = 1 << 4,      /* as it was before; only with PAGE_KNOWN */
	PAGE_PROGRAM = 1 << 5,
	PAGE_VERIFY = 1 << 6,
	PAGE_COVERED = 1 << 7, /* the image has all of it */
	PAGE_KEPT = 1 << 8,    /* holds something beside the image; only with JOB_ERASE */
	PAGE_KNOWN = 1 << 9,   /* PAGE_READ, or its hash has told what there is to know */
};

enum job_action { JOB_SKIP, JOB_PROGRAM, JOB_ERASE };

/** What is done to one sector. */
struct job {
	const struct plan_sector *sector;
	enum job_action action;
	bool erase_started;
	bool erased;
	bool streamed;   /* by stream.c: there is nothing left to erase or program */
	uint16_t *pages; /* page flags */
	/* The whole sector: at first what was read of it, then what it is to hold. NULL when it is
	 * not needed any more. */
	uint8_t *contents;
};

struct operation {
	struct flash *flash;
	struct dapper_target *target;
	struct runner runner;
	dapper_flash_options options;
	dapper_flash_result result;
	struct plan plan;
	struct job *jobs;  /* one for each of plan.sectors */
	bool is_restoring; /* it goes on although it was cancelled */
	/* Progress of the phase that runs. */
	dapper_flash_phase phase;
	uint64_t done;
	uint64_t total;
	uint64_t phase_start_ns;
};

/**
 * Start; the target is not touched. Always followed by operation_end().
 *
 * @param options  NULL: all defaults.
 */
dapper_status operation_begin(
	struct operation *operation, struct flash *flash, const dapper_flash_options *options);

/** End with @p status: what the algorithm needs, memory; fills @p result (NULL is fine). */
dapper_status operation_end(
	struct operation *operation, dapper_status status, dapper_flash_result *result);

/** Make the jobs of the plan, all undecided. */
dapper_status operation_make_jobs(struct operation *operation);

/** Enter a phase; @p total bytes of it. */
void phase_begin(struct operation *operation, dapper_flash_phase phase, uint64_t total);
void phase_advance(struct operation *operation, uint64_t bytes);
/** Leave it; its time is added up also when it failed. @return @p status. */
dapper_status phase_end(struct operation *operation, dapper_status status);

/** Between two steps: shall it go on? */
dapper_status operation_check_cancelled(const struct operation *operation);

/** Get ready to read a sector: flash outside the chip is only mapped by its algorithm. */
dapper_status operation_prepare_read(struct operation *operation, const struct plan_sector *sector);

void job_release(struct job *job);
/** program.c: its pages with PAGE_PROGRAM. */
uint64_t job_bytes_to_program(const struct job *job);

/* --- the steps, in order ---------------------------------------------------------------------- */

/** Which pages to hash, and what to do with the hash of each. */
struct page_hasher {
	bool (*is_wanted)(const struct job *job, size_t page);
	/* @param size  From @p offset of the job's sector: one page, or all that are wanted in a
	 * row. */
	void (*take)(struct operation *operation, struct job *job, size_t offset, size_t size,
		uint64_t hash);
	bool in_a_row; /* the hash of several pages will do */
};

/**
 * hash.c: hash pages on the target. Those of which nothing is taken could not be hashed: there is
 * no RAM for it, or the target failed at it, or it would not pay.
 */
dapper_status hash_pages(struct operation *operation, struct job *jobs, size_t job_count,
	const struct page_hasher *hasher);
/** compare.c: read what is there and decide about each sector. */
dapper_status compare_jobs(struct operation *operation);
/** erase.c */
dapper_status erase_jobs(struct operation *operation);
/** erase.c: the whole region of each programmer that has a job. */
dapper_status erase_regions(struct operation *operation);
/**
 * stream.c: erase and program with one start of the core for each programmer; those jobs are marked
 * as streamed. Others: RAM is too small, or the target cannot start without waiting.
 */
dapper_status stream_jobs(struct operation *operation, bool with_erase);
/** program.c */
dapper_status program_jobs(struct operation *operation);
/** program.c: the pages of one job that have PAGE_PROGRAM. */
dapper_status program_job(struct operation *operation, const struct job *job);
/**
 * restore.c: after a failure, put back what erased sectors held beside the image. Best effort; the
 * error is kept.
 */
void restore_kept(struct operation *operation);
/** verify.c */
dapper_status verify_jobs(struct operation *operation);
/** verify.c: read back and compare; within a phase. */
dapper_status verify_memory(
	struct operation *operation, uint64_t address, const uint8_t *expected, size_t size);
/** ram.c: write and verify what goes to RAM; the algorithm there may be overwritten. */
dapper_status ram_write(struct operation *operation);

#endif /* FLASH_OPERATION_H */
