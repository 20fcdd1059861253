/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of flash, computed on the target: whether pages hold what they should costs 16 bytes over
 * the wire for each of them. Where it cannot be, nothing is known, and others read back.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "flash/loader_code.h"
#include "flash/operation.h"

enum {
	PAGE_SIZE_MIN = 64,     /* below, the list is longer than the pages */
	BYTES_MAX = 256 * 1024, /* of one call: between two of them progress is shown */
	ENTRIES_MAX = 4096,
	TIMEOUT_MS = 1000,
	SLOWEST_BYTES_PER_MS = 10, /* a core at 1 MHz that multiplies in 32 cycles: a tenth of it */
};

struct entry {
	struct job *job;
	size_t offset; /* from its sector's start */
	size_t size;
};

struct hashing {
	struct operation *operation;
	const struct page_hasher *hasher;
	struct entry *entries;
	uint8_t *list; /* as hash_list() takes and returns it */
	size_t count;
	uint64_t bytes;
};

/* --- on the target ---------------------------------------------------------------------------- */

static dapper_status run_list(struct runner *runner, uint8_t *list, size_t count, uint64_t bytes)
{
	const struct loader_layout *layout = &runner->layout;
	struct target_call call = {
		.function = layout->own_code + loader_code_offset(LOADER_HASH_LIST),
		.arguments = { (uint32_t)layout->buffers[0], (uint32_t)count },
		.argument_count = 2,
		.stack_top = layout->stack_top,
		.static_base = layout->static_base,
		.return_address = layout->breakpoint,
		.timeout_ms = TIMEOUT_MS + (uint32_t)(bytes / SLOWEST_BYTES_PER_MS),
	};
	uint32_t result = 0;

	TRY(dapper_target_write_memory(
		runner->target, layout->buffers[0], list, count * LOADER_LIST_ENTRY));
	TRY(target_call(runner->target, &call, &result));
	if (result != 0)
		return dapper_fail(
			DAPPER_ERR_FLASH_ALGORITHM, "hashing returned 0x%08x", (unsigned)result);
	return dapper_target_read_memory(
		runner->target, layout->buffers[0], list, count * LOADER_LIST_ENTRY);
}

/* Failures of the target's, as a page that answers a bus error: reading back can do better. */
static bool is_no_reason_to_stop(dapper_status status)
{
	return status == DAPPER_ERR_FLASH_ALGORITHM || status == DAPPER_ERR_TIMEOUT ||
	       status == DAPPER_ERR_FAULT;
}

static dapper_status give_up(struct runner *runner, dapper_status status)
{
	if (!is_no_reason_to_stop(status))
		return status;
	log_info(runner->target->context, DAPPER_LOG_FLASH,
		"flash is read back, for it cannot be hashed on the target: %s",
		dapper_error_last()->message);
	runner->no_hash = true;
	return DAPPER_OK;
}

static size_t capacity(const struct loader_layout *layout)
{
	size_t room = (size_t)(layout->end - layout->buffers[0]) / LOADER_LIST_ENTRY;

	return room < ENTRIES_MAX ? room : ENTRIES_MAX;
}

/* --- lists ------------------------------------------------------------------------------------ */

static dapper_status flush(struct hashing *hashing)
{
	struct operation *operation = hashing->operation;
	size_t count = hashing->count;
	uint64_t bytes = hashing->bytes;

	hashing->count = 0;
	hashing->bytes = 0;
	if (count == 0)
		return DAPPER_OK;
	TRY(operation_check_cancelled(operation));
	TRY(give_up(&operation->runner, run_list(&operation->runner, hashing->list, count, bytes)));
	for (size_t i = 0; i < count && !operation->runner.no_hash; i++) {
		const uint8_t *result = hashing->list + i * LOADER_LIST_ENTRY;
		const struct entry *entry = &hashing->entries[i];

		hashing->hasher->take(operation, entry->job, entry->offset, entry->size,
			(uint64_t)get_le32(result + 4) << 32 | get_le32(result));
	}
	return DAPPER_OK;
}

static void put_entry(struct hashing *hashing, size_t index)
{
	const struct entry *entry = &hashing->entries[index];
	uint8_t *bytes = hashing->list + index * LOADER_LIST_ENTRY;

	put_le32(bytes, (uint32_t)(entry->job->sector->address + entry->offset));
	put_le32(bytes + 4, (uint32_t)entry->size);
}

/* Is it in a row with the last one? */
static bool goes_on(const struct hashing *hashing, const struct entry *entry)
{
	const struct entry *last;

	if (!hashing->hasher->in_a_row || hashing->count == 0)
		return false;
	last = &hashing->entries[hashing->count - 1];
	return last->job == entry->job && last->offset + last->size == entry->offset;
}

static dapper_status add(struct hashing *hashing, struct job *job, size_t page)
{
	struct entry entry = { .job = job };

	entry.size = plan_page(job->sector, page, &entry.offset);
	if (goes_on(hashing, &entry))
		hashing->entries[hashing->count - 1].size += entry.size;
	else
		hashing->entries[hashing->count++] = entry;
	put_entry(hashing, hashing->count - 1);
	hashing->bytes += entry.size;
	if (hashing->count == capacity(&hashing->operation->runner.layout) ||
		hashing->bytes >= BYTES_MAX)
		return flush(hashing);
	return DAPPER_OK;
}

static dapper_status hash_job(struct hashing *hashing, struct job *job)
{
	size_t count = plan_page_count(job->sector);

	for (size_t page = 0; page < count && !hashing->operation->runner.no_hash; page++)
		if (hashing->hasher->is_wanted(job, page))
			TRY(add(hashing, job, page));
	return DAPPER_OK;
}

static bool is_any_wanted(const struct page_hasher *hasher, const struct job *job)
{
	for (size_t page = 0; page < plan_page_count(job->sector); page++)
		if (hasher->is_wanted(job, page))
			return true;
	return false;
}

static bool is_possible(const struct operation *operation, const struct plan_sector *sector)
{
	return !operation->runner.no_hash && sector->page_size >= PAGE_SIZE_MIN;
}

/* The code on the target, with what is to be read within its reach. */
static dapper_status prepare(
	struct hashing *hashing, const struct plan_sector *sector, bool *prepared)
{
	struct runner *runner = &hashing->operation->runner;
	dapper_status status;

	if (runner->loaded != sector->programmer)
		TRY(flush(hashing));
	status = runner_load(runner, sector->programmer);
	/* No RAM, or none that works: should it be needed, loading will fail again. */
	if (status == DAPPER_ERR_NO_RESOURCE || status == DAPPER_ERR_NO_REGION ||
		status == DAPPER_ERR_VERIFY || status == DAPPER_ERR_FAULT) {
		runner->no_hash = true;
		return DAPPER_OK;
	}
	TRY(status);
	*prepared = runner->layout.own_code != 0;
	return *prepared ? operation_prepare_read(hashing->operation, sector) : DAPPER_OK;
}

static dapper_status hash_all(struct hashing *hashing, struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool prepared = false;

		if (!is_possible(hashing->operation, jobs[i].sector) ||
			!is_any_wanted(hashing->hasher, &jobs[i]))
			continue;
		TRY(prepare(hashing, jobs[i].sector, &prepared));
		if (prepared)
			TRY(hash_job(hashing, &jobs[i]));
	}
	return hashing->operation->runner.no_hash ? DAPPER_OK : flush(hashing);
}

dapper_status hash_pages(struct operation *operation, struct job *jobs, size_t job_count,
	const struct page_hasher *hasher)
{
	struct hashing hashing = { .operation = operation, .hasher = hasher };
	dapper_status status;

	if (operation->runner.no_hash)
		return DAPPER_OK;
	hashing.entries = xcalloc(ENTRIES_MAX, sizeof(*hashing.entries));
	hashing.list = xcalloc(ENTRIES_MAX, LOADER_LIST_ENTRY);
	if (hashing.entries && hashing.list)
		status = hash_all(&hashing, jobs, job_count);
	else
		status = FAIL_NO_MEMORY("a list of pages");
	free(hashing.entries);
	free(hashing.list);
	return status;
}
