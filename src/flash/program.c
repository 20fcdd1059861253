/* SPDX-License-Identifier: Apache-2.0 */
/* Putting images into the target: the order of the steps, and programming the pages. */
#include "base/error.h"
#include "flash/operation.h"

/* --- pages ------------------------------------------------------------------------------------ */

uint64_t job_bytes_to_program(const struct job *job)
{
	uint64_t sum = 0;
	size_t count, offset;

	if (job->action == JOB_SKIP || job->streamed)
		return 0;
	count = plan_page_count(job->sector);
	for (size_t page = 0; page < count; page++)
		if (job->pages[page] & PAGE_PROGRAM)
			sum += plan_page(job->sector, page, &offset);
	return sum;
}

/* What has come back good since it was last asked. */
static void count_programmed(struct operation *operation)
{
	uint64_t news = operation->runner.programmed - operation->result.programmed_bytes;

	if (news == 0)
		return;
	operation->result.programmed_bytes += news;
	phase_advance(operation, news);
}

dapper_status program_job(struct operation *operation, const struct job *job)
{
	const struct plan_sector *sector = job->sector;
	size_t count = plan_page_count(sector);

	TRY(runner_begin(&operation->runner, sector->programmer, FLM_OPERATION_PROGRAM));
	for (size_t page = 0; page < count; page++) {
		size_t offset;
		size_t size = plan_page(sector, page, &offset);

		if (!(job->pages[page] & PAGE_PROGRAM))
			continue;
		TRY(operation_check_cancelled(operation));
		TRY(runner_program_page(&operation->runner, sector->address + offset,
			job->contents + offset, (uint32_t)size));
		count_programmed(operation);
	}
	return DAPPER_OK;
}

static dapper_status program_all(struct operation *operation)
{
	dapper_status status = DAPPER_OK;

	for (size_t i = 0; status == DAPPER_OK && i < operation->plan.sector_count; i++)
		if (job_bytes_to_program(&operation->jobs[i]) > 0)
			status = program_job(operation, &operation->jobs[i]);
	if (status == DAPPER_OK)
		status = runner_finish_pages(&operation->runner);
	if (status != DAPPER_OK)
		status = runner_abandon(&operation->runner, status);
	count_programmed(operation);
	return status;
}

dapper_status program_jobs(struct operation *operation)
{
	uint64_t total = 0;

	for (size_t i = 0; i < operation->plan.sector_count; i++)
		total += job_bytes_to_program(&operation->jobs[i]);
	if (total == 0)
		return DAPPER_OK;
	phase_begin(operation, DAPPER_PHASE_PROGRAM, total);
	return phase_end(operation, program_all(operation));
}

/* --- images ----------------------------------------------------------------------------------- */

static dapper_status plan_images(
	struct operation *operation, dapper_image *const *images, size_t image_count)
{
	const struct programmer_list programmers = {
		.items = operation->flash->programmers,
		.count = operation->flash->programmer_count,
	};

	for (size_t i = 0; i < image_count; i++)
		if (!images || !images[i])
			return dapper_fail(DAPPER_ERR_INVALID, "image %zu is NULL", i);
	TRY(plan_create(operation->target->memory_map, &programmers, images, image_count,
		&operation->plan));
	operation->result.image_bytes = operation->plan.image_bytes;
	return operation_make_jobs(operation);
}

static dapper_status erase_and_program(struct operation *operation)
{
	bool is_chip = operation->options.erase == DAPPER_ERASE_CHIP;

	if (is_chip)
		TRY(erase_regions(operation));
	TRY(stream_jobs(operation, !is_chip));
	if (!is_chip)
		TRY(erase_jobs(operation));
	return program_jobs(operation);
}

static dapper_status program(
	struct operation *operation, dapper_image *const *images, size_t image_count)
{
	TRY(plan_images(operation, images, image_count));
	TRY(dapper_target_halt(operation->target));
	TRY(compare_jobs(operation));
	TRY(erase_and_program(operation));
	if (!operation->options.skip_verify)
		TRY(verify_jobs(operation));
	return ram_write(operation);
}

dapper_status flash_program(struct flash *flash, dapper_image *const *images, size_t image_count,
	const dapper_flash_options *options, dapper_flash_result *result)
{
	struct operation operation;
	dapper_status status = operation_begin(&operation, flash, options);

	if (status == DAPPER_OK)
		status = program(&operation, images, image_count);
	return operation_end(&operation, status, result);
}
