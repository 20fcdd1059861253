/* SPDX-License-Identifier: Apache-2.0 */
/* Does the target hold what it was given? By a hash computed there; what differs, or cannot be
 * hashed, is read back. */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "flash/loader_code.h"
#include "flash/operation.h"

/* One read: between two of them progress is shown and a cancellation seen. */
enum { READ_MAX = 4096 };

static dapper_status fail_differs(
	const struct operation *operation, uint64_t address, uint8_t expected, uint8_t found)
{
	const dapper_region *region =
		dapper_memory_map_find(operation->target->memory_map, address);
	const char *type = region ? dapper_region_type_text(region->type) : "memory";

	dapper_fail(DAPPER_ERR_VERIFY, "%s differs: expected 0x%02x, found 0x%02x", type, expected,
		found);
	dapper_fail_where(DAPPER_ERR_VERIFY, "address 0x%08" PRIx64, address);
	if (region && region->type == DAPPER_REGION_FLASH &&
		operation->options.erase == DAPPER_ERASE_NONE)
		return dapper_fail_hint(DAPPER_ERR_VERIFY,
			"it was programmed without an erase, which can only change bits from the "
			"erased value; try --erase auto");
	return dapper_fail_hint(DAPPER_ERR_VERIFY,
		"is the supply stable, does a lower --frequency help, does something else write "
		"there? A cell that stays wrong is worn out");
}

static dapper_status compare_bytes(const struct operation *operation, uint64_t address,
	const uint8_t *expected, const uint8_t *found, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (expected[i] != found[i])
			return fail_differs(operation, address + i, expected[i], found[i]);
	return DAPPER_OK;
}

dapper_status verify_memory(
	struct operation *operation, uint64_t address, const uint8_t *expected, size_t size)
{
	uint8_t found[READ_MAX];

	for (size_t done = 0; done < size;) {
		size_t part = size - done < sizeof(found) ? size - done : sizeof(found);

		TRY(operation_check_cancelled(operation));
		TRY(dapper_target_read_memory(operation->target, address + done, found, part));
		TRY(compare_bytes(operation, address + done, expected + done, found, part));
		operation->result.verified_bytes += part;
		phase_advance(operation, part);
		done += part;
	}
	return DAPPER_OK;
}

/* --- flash that cannot be read --------------------------------------------------------------- */

/*
 * Some flash answers a bus error where it is erased (LPC55: ECC). Its algorithm knows: BlankCheck
 * for blank pages, Verify for others. Without these functions the bus error is the result.
 */
static dapper_status verify_by_algorithm(struct operation *operation, const struct job *job,
	size_t offset, size_t size, enum flm_function function)
{
	const struct plan_sector *sector = job->sector;
	uint64_t address = sector->address + offset;
	bool is_blank = false;

	TRY(runner_begin(&operation->runner, sector->programmer, FLM_OPERATION_VERIFY));
	if (function == FLM_VERIFY)
		return runner_verify(
			&operation->runner, address, job->contents + offset, (uint32_t)size);
	TRY(runner_blank_check(&operation->runner, address, (uint32_t)size, &is_blank));
	if (is_blank)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_VERIFY, "flash is not blank, by the algorithm's BlankCheck");
	return dapper_fail_where(DAPPER_ERR_VERIFY, "address 0x%08" PRIx64, address);
}

static dapper_status verify_unreadable(
	struct operation *operation, const struct job *job, size_t offset, size_t size)
{
	const struct flash_programmer *programmer = job->sector->programmer;
	const uint8_t *bytes = job->contents + offset;
	bool blank = bytes[0] == programmer->flm->device.erased_value &&
	             memcmp(bytes, bytes + 1, size - 1) == 0;
	enum flm_function function = blank ? FLM_BLANK_CHECK : FLM_VERIFY;
	struct error_state fault;

	error_save(&fault);
	if (!programmer_has(programmer, function))
		return error_restore(&fault);
	TRY(verify_by_algorithm(operation, job, offset, size, function));
	operation->result.verified_bytes += size;
	phase_advance(operation, size);
	return DAPPER_OK;
}

/* --- jobs ------------------------------------------------------------------------------------- */

static dapper_status verify_single_pages(
	struct operation *operation, const struct job *job, size_t first, size_t end)
{
	const struct plan_sector *sector = job->sector;

	for (size_t page = first; page < end; page++) {
		size_t offset;
		size_t size = plan_page(sector, page, &offset);
		uint64_t verified = operation->result.verified_bytes;
		dapper_status status = verify_memory(
			operation, sector->address + offset, job->contents + offset, size);

		if (status == DAPPER_ERR_FAULT && operation->result.verified_bytes == verified)
			status = verify_unreadable(operation, job, offset, size);
		TRY(status);
	}
	return DAPPER_OK;
}

static dapper_status verify_run(
	struct operation *operation, const struct job *job, size_t first, size_t end)
{
	const struct plan_sector *sector = job->sector;
	size_t start, last, size;
	uint64_t verified = operation->result.verified_bytes;
	dapper_status status;

	plan_page(sector, first, &start);
	size = plan_page(sector, end - 1, &last);
	size += last - start;
	status = verify_memory(operation, sector->address + start, job->contents + start, size);
	if (status != DAPPER_ERR_FAULT)
		return status;
	/* Again, page by page. */
	operation->done -= operation->result.verified_bytes - verified;
	operation->result.verified_bytes = verified;
	return verify_single_pages(operation, job, first, end);
}

static dapper_status verify_job(struct operation *operation, const struct job *job)
{
	size_t count = plan_page_count(job->sector);

	TRY(operation_prepare_read(operation, job->sector));
	for (size_t page = 0; page < count;) {
		size_t end = page;

		while (end < count && (job->pages[end] & PAGE_VERIFY))
			end++;
		if (end > page)
			TRY(verify_run(operation, job, page, end));
		page = end + 1;
	}
	return DAPPER_OK;
}

static bool is_to_verify(const struct job *job, size_t page)
{
	return job->action != JOB_SKIP && (job->pages[page] & PAGE_VERIFY);
}

/* Only what is right is done with: reading back tells what is wrong. */
static void take_hash(
	struct operation *operation, struct job *job, size_t offset, size_t size, uint64_t hash)
{
	const uint32_t page_size = job->sector->page_size;

	if (hash != loader_hash(job->contents + offset, size))
		return;
	for (size_t page = offset / page_size; page * page_size < offset + size; page++)
		job->pages[page] &= (uint16_t)~PAGE_VERIFY;
	operation->result.verified_bytes += size;
	phase_advance(operation, size);
}

static const struct page_hasher hasher = { is_to_verify, take_hash, true };

static dapper_status verify_all(struct operation *operation)
{
	TRY(hash_pages(operation, operation->jobs, operation->plan.sector_count, &hasher));
	for (size_t i = 0; i < operation->plan.sector_count; i++)
		if (operation->jobs[i].action != JOB_SKIP)
			TRY(verify_job(operation, &operation->jobs[i]));
	return DAPPER_OK;
}

static uint64_t bytes_to_verify(const struct job *job)
{
	uint64_t sum = 0;
	size_t offset;

	for (size_t page = 0; page < plan_page_count(job->sector); page++)
		if (job->pages[page] & PAGE_VERIFY)
			sum += plan_page(job->sector, page, &offset);
	return sum;
}

dapper_status verify_jobs(struct operation *operation)
{
	uint64_t total = 0;

	for (size_t i = 0; i < operation->plan.sector_count; i++)
		total += bytes_to_verify(&operation->jobs[i]);
	if (total == 0)
		return DAPPER_OK;
	phase_begin(operation, DAPPER_PHASE_VERIFY, total);
	return phase_end(operation, verify_all(operation));
}
