/* SPDX-License-Identifier: Apache-2.0 */
#include "flash/operation.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"

dapper_status flash_take_options(const dapper_flash_options *options, dapper_flash_options *taken)
{
	*taken = (dapper_flash_options)DAPPER_FLASH_OPTIONS_INIT;
	if (!options)
		return DAPPER_OK;
	if (options->struct_size < sizeof(options->struct_size))
		return dapper_fail(DAPPER_ERR_INVALID, "dapper_flash_options.struct_size is %zu",
			options->struct_size);
	/* A caller that was built against an older library knows fewer of them. */
	memcpy(taken, options,
		options->struct_size < sizeof(*options) ? options->struct_size : sizeof(*options));
	taken->struct_size = sizeof(*options);
	if ((unsigned)taken->erase > DAPPER_ERASE_NONE)
		return dapper_fail(
			DAPPER_ERR_INVALID, "there is no erase mode %d", (int)taken->erase);
	return DAPPER_OK;
}

dapper_status operation_begin(
	struct operation *operation, struct flash *flash, const dapper_flash_options *options)
{
	*operation = (struct operation){ .flash = flash, .target = flash->soc };
	runner_init(&operation->runner, flash->soc, &flash->timeouts);
	operation->runner.no_hash = flash->readback;
	return flash_take_options(options, &operation->options);
}

void job_release(struct job *job)
{
	free(job->contents);
	job->contents = NULL;
}

dapper_status operation_end(
	struct operation *operation, dapper_status status, dapper_flash_result *result)
{
	if (status == DAPPER_OK)
		status = runner_end(&operation->runner);
	if (status != DAPPER_OK) {
		/* From a clean state, for it may be an Init that has failed. */
		status = runner_abandon(&operation->runner, status);
		restore_kept(operation);
		status = runner_abandon(&operation->runner, status);
	}
	for (size_t i = 0; operation->jobs && i < operation->plan.sector_count; i++) {
		job_release(&operation->jobs[i]);
		free(operation->jobs[i].pages);
	}
	free(operation->jobs);
	plan_finish(&operation->plan);
	if (result)
		*result = operation->result;
	return status;
}

dapper_status operation_make_jobs(struct operation *operation)
{
	const struct plan *plan = &operation->plan;

	operation->jobs = xcalloc(plan->sector_count, sizeof(*operation->jobs));
	if (!operation->jobs)
		return FAIL_NO_MEMORY("a programming plan");
	for (size_t i = 0; i < plan->sector_count; i++)
		operation->jobs[i].sector = &plan->sectors[i];
	return DAPPER_OK;
}

/* --- phases ----------------------------------------------------------------------------------- */

static void report(const struct operation *operation)
{
	if (operation->options.progress && operation->total > 0)
		operation->options.progress(operation->options.payload, operation->phase,
			operation->done, operation->total);
}

void phase_begin(struct operation *operation, dapper_flash_phase phase, uint64_t total)
{
	operation->phase = phase;
	operation->done = 0;
	operation->total = total;
	operation->phase_start_ns = clock_now_ns(operation->target->clock);
	report(operation);
}

void phase_advance(struct operation *operation, uint64_t bytes)
{
	uint64_t left = operation->total - operation->done;

	/* The work may turn out to be more than was foreseen, as when contents are to be kept. */
	operation->done += bytes < left ? bytes : left;
	if (left > 0)
		report(operation);
}

static uint64_t *phase_time(struct operation *operation)
{
	dapper_flash_result *result = &operation->result;

	switch (operation->phase) {
	case DAPPER_PHASE_COMPARE:
		return &result->compare_ns;
	case DAPPER_PHASE_ERASE:
		return &result->erase_ns;
	case DAPPER_PHASE_PROGRAM:
		return &result->program_ns;
	case DAPPER_PHASE_VERIFY:
		break;
	}
	return &result->verify_ns;
}

dapper_status phase_end(struct operation *operation, dapper_status status)
{
	*phase_time(operation) +=
		clock_now_ns(operation->target->clock) - operation->phase_start_ns;
	if (status == DAPPER_OK)
		phase_advance(operation, operation->total);
	return status;
}

dapper_status operation_check_cancelled(const struct operation *operation)
{
	if (operation->is_restoring)
		return DAPPER_OK;
	return context_check_cancelled(operation->target->context);
}

dapper_status operation_prepare_read(struct operation *operation, const struct plan_sector *sector)
{
	if (sector->programmer->flm->device.type == FLM_TYPE_ONCHIP)
		return DAPPER_OK;
	return runner_begin(&operation->runner, sector->programmer, FLM_OPERATION_VERIFY);
}
