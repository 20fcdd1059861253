/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an operation ends early, sectors are erased, and what they held beside the image is in this
 * process only. It goes back to its place: Ctrl-C or one bad cell shall not cost the neighbours.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "flash/operation.h"

/* Does a page hold what it should? One that cannot be read does not. */
static dapper_status look(
	struct operation *operation, const struct job *job, size_t page, uint8_t *found, bool *same)
{
	size_t offset;
	size_t size = plan_page(job->sector, page, &offset);
	dapper_status status = dapper_target_read_memory(
		operation->target, job->sector->address + offset, found, size);

	*same = status == DAPPER_OK && memcmp(found, job->contents + offset, size) == 0;
	return status == DAPPER_ERR_FAULT ? DAPPER_OK : status;
}

/* Leave PAGE_PROGRAM to those pages that lack what is to be kept. */
static dapper_status find_lost(
	struct operation *operation, struct job *job, uint8_t *found, bool *any)
{
	size_t count = plan_page_count(job->sector);

	*any = false;
	TRY(operation_prepare_read(operation, job->sector));
	for (size_t page = 0; page < count; page++) {
		bool same;

		job->pages[page] &= (uint16_t)~PAGE_PROGRAM;
		if (!(job->pages[page] & PAGE_KEPT))
			continue;
		TRY(look(operation, job, page, found, &same));
		if (!same)
			job->pages[page] |= PAGE_PROGRAM;
		*any = *any || !same;
	}
	return DAPPER_OK;
}

static dapper_status restore(struct operation *operation, struct job *job, uint8_t *found)
{
	bool any;

	TRY(find_lost(operation, job, found, &any));
	if (!any)
		return DAPPER_OK;
	if (!job->erased) {
		/* The erase was cut off, so that nobody knows what is there. */
		TRY(runner_begin(&operation->runner, job->sector->programmer, FLM_OPERATION_ERASE));
		TRY(runner_erase_sector(&operation->runner, job->sector->address));
		job->erased = true;
		TRY(find_lost(operation, job, found, &any));
	}
	TRY(program_job(operation, job));
	return runner_finish_pages(&operation->runner);
}

static dapper_status restore_job(struct operation *operation, struct job *job)
{
	uint8_t *found = xcalloc(job->sector->page_size, 1);
	dapper_status status;

	if (!found)
		return FAIL_NO_MEMORY("a page");
	status = restore(operation, job, found);
	free(found);
	return status;
}

static bool is_at_risk(const struct job *job)
{
	size_t count = plan_page_count(job->sector);

	for (size_t page = 0; job->erase_started && job->pages && page < count; page++)
		if (job->pages[page] & PAGE_KEPT)
			return true;
	return false;
}

/* Up to the first that fails: where one page cannot be written, the probe or the target is gone. */
static void restore_all(struct operation *operation)
{
	for (size_t i = 0; operation->jobs && i < operation->plan.sector_count; i++) {
		struct job *job = &operation->jobs[i];

		if (!is_at_risk(job) || restore_job(operation, job) == DAPPER_OK)
			continue;
		log_warning(operation->target->context, DAPPER_LOG_FLASH,
			"what the sector at 0x%08" PRIx64
			" held beside the image could not be put back: %s",
			job->sector->address, dapper_error_last()->message);
		return;
	}
}

void restore_kept(struct operation *operation)
{
	struct error_state error;

	error_save(&error);
	operation->is_restoring = true;
	target_set_cancellable(operation->target, false);
	restore_all(operation);
	target_set_cancellable(operation->target, true);
	operation->is_restoring = false;
	error_restore(&error);
}
