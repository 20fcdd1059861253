/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing: the sectors of the jobs, whole regions, and what users ask for. */
#include "base/error.h"
#include "flash/operation.h"

/* --- sectors ---------------------------------------------------------------------------------- */

static dapper_status erase_one(struct operation *operation, const struct plan_sector *sector)
{
	TRY(operation_check_cancelled(operation));
	TRY(runner_begin(&operation->runner, sector->programmer, FLM_OPERATION_ERASE));
	TRY(runner_erase_sector(&operation->runner, sector->address));
	operation->result.erased_bytes += sector->size;
	operation->result.erased_sectors++;
	phase_advance(operation, sector->size);
	return DAPPER_OK;
}

static dapper_status erase_all_jobs(struct operation *operation)
{
	for (size_t i = 0; i < operation->plan.sector_count; i++) {
		struct job *job = &operation->jobs[i];

		if (job->action != JOB_ERASE || job->streamed)
			continue;
		job->erase_started = true;
		TRY(erase_one(operation, job->sector));
		job->erased = true;
	}
	return DAPPER_OK;
}

dapper_status erase_jobs(struct operation *operation)
{
	uint64_t total = 0;

	for (size_t i = 0; i < operation->plan.sector_count; i++)
		if (operation->jobs[i].action == JOB_ERASE && !operation->jobs[i].streamed)
			total += operation->jobs[i].sector->size;
	if (total == 0)
		return DAPPER_OK;
	phase_begin(operation, DAPPER_PHASE_ERASE, total);
	return phase_end(operation, erase_all_jobs(operation));
}

/* --- whole regions ---------------------------------------------------------------------------- */

static struct programmer_list programmers_of(const struct operation *operation)
{
	return (struct programmer_list){
		.items = operation->flash->programmers,
		.count = operation->flash->programmer_count,
	};
}

static size_t count_sectors(struct operation *operation, const struct flash_placement *placement)
{
	const struct programmer_list programmers = programmers_of(operation);
	struct plan plan;
	size_t count;

	if (plan_create_erase(operation->target->memory_map, &programmers, placement->start,
		    placement->size, &plan) != DAPPER_OK)
		return 1;
	count = plan.sector_count;
	plan_finish(&plan);
	return count;
}

/* By the algorithm's own EraseChip. */
static dapper_status erase_region_at_once(
	struct operation *operation, const struct flash_programmer *programmer)
{
	TRY(operation_check_cancelled(operation));
	TRY(runner_begin(&operation->runner, programmer, FLM_OPERATION_ERASE));
	TRY(runner_erase_chip(&operation->runner));
	operation->result.erased_bytes += programmer->placement.size;
	operation->result.erased_sectors += count_sectors(operation, &programmer->placement);
	phase_advance(operation, programmer->placement.size);
	return DAPPER_OK;
}

static dapper_status fail_cannot_erase(const struct flash_programmer *programmer)
{
	dapper_fail(DAPPER_ERR_FLASH_ALGORITHM,
		"the flash algorithm has neither EraseChip nor EraseSector");
	dapper_fail_where(DAPPER_ERR_FLASH_ALGORITHM, "algorithm %s", programmer->placement.name);
	return dapper_fail_hint(DAPPER_ERR_FLASH_ALGORITHM,
		"this flash cannot be erased, or not by this algorithm");
}

static dapper_status erase_region_by_sectors(
	struct operation *operation, const struct flash_programmer *programmer)
{
	const struct programmer_list programmers = programmers_of(operation);
	struct plan plan;
	dapper_status status = DAPPER_OK;

	if (!programmer_has(programmer, FLM_ERASE_SECTOR))
		return fail_cannot_erase(programmer);
	TRY(plan_create_erase(operation->target->memory_map, &programmers,
		programmer->placement.start, programmer->placement.size, &plan));
	for (size_t i = 0; status == DAPPER_OK && i < plan.sector_count; i++)
		status = erase_one(operation, &plan.sectors[i]);
	plan_finish(&plan);
	return status;
}

static dapper_status erase_region(
	struct operation *operation, const struct flash_programmer *programmer)
{
	if (programmer_has(programmer, FLM_ERASE_CHIP))
		return erase_region_at_once(operation, programmer);
	return erase_region_by_sectors(operation, programmer);
}

/* Has the plan a sector that it serves? */
static bool is_touched(const struct operation *operation, const struct flash_programmer *programmer)
{
	for (size_t i = 0; i < operation->plan.sector_count; i++)
		if (operation->plan.sectors[i].programmer == programmer)
			return true;
	return false;
}

static dapper_status erase_chosen(struct operation *operation, bool only_touched)
{
	const struct flash *flash = operation->flash;

	for (size_t i = 0; i < flash->programmer_count; i++)
		if (!only_touched || is_touched(operation, &flash->programmers[i]))
			TRY(erase_region(operation, &flash->programmers[i]));
	return DAPPER_OK;
}

static dapper_status erase_programmers(struct operation *operation, bool only_touched)
{
	const struct flash *flash = operation->flash;
	uint64_t total = 0;

	for (size_t i = 0; i < flash->programmer_count; i++)
		if (!only_touched || is_touched(operation, &flash->programmers[i]))
			total += flash->programmers[i].placement.size;
	phase_begin(operation, DAPPER_PHASE_ERASE, total);
	return phase_end(operation, erase_chosen(operation, only_touched));
}

dapper_status erase_regions(struct operation *operation)
{
	if (operation->plan.sector_count == 0)
		return DAPPER_OK;
	return erase_programmers(operation, true);
}

/* --- for users -------------------------------------------------------------------------------- */

static dapper_status erase_chip(struct operation *operation)
{
	if (operation->flash->programmer_count == 0) {
		dapper_fail(DAPPER_ERR_NO_ALGORITHM, "there is no flash algorithm");
		return dapper_fail_hint(DAPPER_ERR_NO_ALGORITHM,
			"name the device with --target, and give its pack with --pack unless it is "
			"built in");
	}
	TRY(dapper_target_halt(operation->target));
	return erase_programmers(operation, false);
}

dapper_status flash_erase_chip(
	struct flash *flash, const dapper_flash_options *options, dapper_flash_result *result)
{
	struct operation operation;
	dapper_status status = operation_begin(&operation, flash, options);

	if (status == DAPPER_OK)
		status = erase_chip(&operation);
	return operation_end(&operation, status, result);
}

static dapper_status check_erasable(const struct plan *plan)
{
	for (size_t i = 0; i < plan->sector_count; i++)
		if (!programmer_has(plan->sectors[i].programmer, FLM_ERASE_SECTOR))
			return fail_cannot_erase(plan->sectors[i].programmer);
	return DAPPER_OK;
}

static dapper_status erase_range(struct operation *operation, uint64_t address, uint64_t size)
{
	const struct programmer_list programmers = programmers_of(operation);

	TRY(plan_create_erase(
		operation->target->memory_map, &programmers, address, size, &operation->plan));
	TRY(check_erasable(&operation->plan));
	TRY(operation_make_jobs(operation));
	for (size_t i = 0; i < operation->plan.sector_count; i++)
		operation->jobs[i].action = JOB_ERASE;
	TRY(dapper_target_halt(operation->target));
	return erase_jobs(operation);
}

dapper_status flash_erase_range(struct flash *flash, uint64_t address, uint64_t size,
	const dapper_flash_options *options, dapper_flash_result *result)
{
	struct operation operation;
	dapper_status status = operation_begin(&operation, flash, options);

	if (status == DAPPER_OK)
		status = erase_range(&operation, address, size);
	return operation_end(&operation, status, result);
}
