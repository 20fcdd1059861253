/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What do the sectors hold, and what is there to do? Pages that the image covers are hashed on the
 * target, all in one go. What is left is read back, no more than is needed: other pages that the
 * image touches, and the rest of a sector, unless its hash says that it is blank, once it is clear
 * that it must be erased and what the image does not cover is to be kept.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "flash/loader_code.h"
#include "flash/operation.h"

/* One read, at most: between two of them progress is shown and a cancellation seen. */
enum { READ_MAX = 16384 };

/* --- pages and pieces ------------------------------------------------------------------------- */

/* Walks over what the image has for a sector, cut at the pages' borders. */
struct part {
	size_t piece; /* which, and how much of it was seen */
	size_t done;
	size_t page;
	size_t offset; /* from the sector's start */
	const uint8_t *data;
	size_t size;
};

static bool next_part(
	const struct operation *operation, const struct plan_sector *sector, struct part *part)
{
	const struct plan_piece *piece;
	size_t left, in_page;

	if (part->piece == sector->piece_count)
		return false;
	piece = &operation->plan.pieces[sector->first_piece + part->piece];
	left = piece->size - part->done;
	part->offset = (size_t)(piece->address - sector->address) + part->done;
	part->data = piece->data + part->done;
	part->page = part->offset / sector->page_size;
	in_page = sector->page_size - part->offset % sector->page_size;
	part->size = left < in_page ? left : in_page;
	part->done += part->size;
	if (part->done == piece->size) {
		part->piece++;
		part->done = 0;
	}
	return true;
}

static void mark_image_pages(const struct operation *operation, struct job *job)
{
	const struct plan_sector *sector = job->sector;
	struct part part = { .piece = 0 };
	size_t page = SIZE_MAX;
	size_t covered = 0;

	while (next_part(operation, sector, &part)) {
		size_t offset;

		covered = part.page == page ? covered + part.size : part.size;
		page = part.page;
		job->pages[page] |= PAGE_IMAGE;
		if (covered == plan_page(sector, page, &offset))
			job->pages[page] |= PAGE_COVERED;
	}
}

static bool is_blank(const struct job *job, size_t offset, size_t size)
{
	const uint8_t *bytes = job->contents + offset;

	/* All equal to the first, which is the erased value. */
	return bytes[0] == job->sector->programmer->flm->device.erased_value &&
	       memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* A block that cannot be read as a whole: find out which pages. Flash with ECC answers a bus error
 * where it is erased, or where power failed while it was programmed. */
static dapper_status read_single_pages(
	struct operation *operation, struct job *job, size_t first, size_t end)
{
	const struct plan_sector *sector = job->sector;

	for (size_t page = first; page < end; page++) {
		size_t offset;
		size_t size = plan_page(sector, page, &offset);
		dapper_status status = dapper_target_read_memory(
			operation->target, sector->address + offset, job->contents + offset, size);

		if (status == DAPPER_ERR_FAULT) {
			memset(job->contents + offset, sector->programmer->flm->device.erased_value,
				size);
			job->pages[page] |= PAGE_UNREADABLE;
		} else if (status != DAPPER_OK) {
			return status;
		}
	}
	return DAPPER_OK;
}

static dapper_status read_block(
	struct operation *operation, struct job *job, size_t first, size_t end)
{
	const struct plan_sector *sector = job->sector;
	size_t start, last, size;
	dapper_status status;

	TRY(operation_check_cancelled(operation));
	plan_page(sector, first, &start);
	size = plan_page(sector, end - 1, &last);
	size += last - start;
	status = dapper_target_read_memory(
		operation->target, sector->address + start, job->contents + start, size);
	if (status == DAPPER_ERR_FAULT)
		status = read_single_pages(operation, job, first, end);
	TRY(status);
	for (size_t page = first; page < end; page++)
		job->pages[page] |= PAGE_READ | PAGE_KNOWN;
	phase_advance(operation, size);
	return DAPPER_OK;
}

static bool is_wanted(const struct job *job, size_t page, unsigned wanted)
{
	return !(job->pages[page] & PAGE_KNOWN) && (job->pages[page] & wanted) == wanted;
}

/*
 * Read the next block of pages that are not known yet; only those with all of the @p wanted flags.
 * @p page is where to go on; it ends at the sector's page count.
 */
static dapper_status read_next(
	struct operation *operation, struct job *job, unsigned wanted, size_t *page)
{
	const struct plan_sector *sector = job->sector;
	size_t count = plan_page_count(sector);
	size_t per_block = sector->page_size < READ_MAX ? READ_MAX / sector->page_size : 1;
	size_t first = *page;
	size_t end;

	while (first < count && !is_wanted(job, first, wanted))
		first++;
	end = first;
	while (end < count && end - first < per_block && is_wanted(job, end, wanted))
		end++;
	*page = end;
	return end > first ? read_block(operation, job, first, end) : DAPPER_OK;
}

static dapper_status read_pages(struct operation *operation, struct job *job, unsigned wanted)
{
	size_t count = plan_page_count(job->sector);

	for (size_t page = 0; page < count;)
		TRY(read_next(operation, job, wanted, &page));
	return DAPPER_OK;
}

/* --- hashing ---------------------------------------------------------------------------------- */

static bool is_hash_blank(const struct job *job, size_t size, uint64_t hash)
{
	return hash ==
	       loader_hash_of_value(job->sector->programmer->flm->device.erased_value, size);
}

/* Is the image there? */
static bool is_covered(const struct job *job, size_t page)
{
	return job->pages[page] & PAGE_COVERED;
}

static void take_covered(
	struct operation *operation, struct job *job, size_t offset, size_t size, uint64_t hash)
{
	uint16_t *flags = &job->pages[offset / job->sector->page_size];

	*flags |= PAGE_KNOWN;
	if (hash == loader_hash(job->contents + offset, size))
		*flags |= PAGE_SAME;
	if (is_hash_blank(job, size, hash))
		*flags |= PAGE_BLANK;
	phase_advance(operation, size);
}

static const struct page_hasher covered_hasher = { is_covered, take_covered, false };

/* Is there nothing to keep? */
static bool is_unknown(const struct job *job, size_t page)
{
	return !(job->pages[page] & PAGE_KNOWN);
}

static void take_blank(
	struct operation *operation, struct job *job, size_t offset, size_t size, uint64_t hash)
{
	if (!is_hash_blank(job, size, hash))
		return;
	memset(job->contents + offset, job->sector->programmer->flm->device.erased_value, size);
	job->pages[offset / job->sector->page_size] |= PAGE_KNOWN | PAGE_BLANK;
	phase_advance(operation, size);
}

static const struct page_hasher blank_hasher = { is_unknown, take_blank, false };

/* What is to be kept of a sector: all pages that the image does not cover wholly. */
static dapper_status read_kept(struct operation *operation, struct job *job)
{
	size_t count = plan_page_count(job->sector);

	/* Of a covered page nothing is needed. */
	for (size_t page = 0; page < count; page++)
		if (job->pages[page] & PAGE_COVERED)
			job->pages[page] |= PAGE_KNOWN;
	TRY(hash_pages(operation, job, 1, &blank_hasher));
	return read_pages(operation, job, 0);
}

/* --- deciding --------------------------------------------------------------------------------- */

static bool can_compare(const struct job *job, size_t page)
{
	return (job->pages[page] & PAGE_IMAGE) && (job->pages[page] & PAGE_READ) &&
	       !(job->pages[page] & PAGE_UNREADABLE);
}

/* Which of the image's pages are right already, of those that were read. */
static void compare_pages(const struct operation *operation, struct job *job)
{
	const struct plan_sector *sector = job->sector;
	size_t count = plan_page_count(sector);
	struct part part = { .piece = 0 };

	for (size_t page = 0; page < count; page++) {
		size_t offset;
		size_t size = plan_page(sector, page, &offset);

		if (!can_compare(job, page))
			continue;
		job->pages[page] |= PAGE_SAME;
		if (is_blank(job, offset, size))
			job->pages[page] |= PAGE_BLANK;
	}
	while (next_part(operation, sector, &part))
		if (can_compare(job, part.page) &&
			memcmp(job->contents + part.offset, part.data, part.size) != 0)
			job->pages[part.page] &= (uint16_t)~PAGE_SAME;
}

static void overlay_image(const struct operation *operation, struct job *job)
{
	struct part part = { .piece = 0 };

	while (next_part(operation, job->sector, &part))
		memcpy(job->contents + part.offset, part.data, part.size);
}

/* Which pages hold something beside the image? What they hold under it is blanked. */
static void mark_kept(const struct operation *operation, struct job *job)
{
	const uint8_t erased_value = job->sector->programmer->flm->device.erased_value;
	size_t count = plan_page_count(job->sector);
	struct part part = { .piece = 0 };

	while (next_part(operation, job->sector, &part))
		memset(job->contents + part.offset, erased_value, part.size);
	for (size_t page = 0; page < count; page++) {
		size_t offset;
		size_t size = plan_page(job->sector, page, &offset);

		if (!(job->pages[page] & PAGE_COVERED) && !is_blank(job, offset, size))
			job->pages[page] |= PAGE_KEPT;
	}
}

/* Have all pages with the flags @p of one of the flags @p any? */
static bool all_pages(const struct job *job, unsigned of, unsigned any)
{
	size_t count = plan_page_count(job->sector);

	for (size_t page = 0; page < count; page++)
		if ((job->pages[page] & of) == of && !(job->pages[page] & any))
			return false;
	return true;
}

/* Image bytes in pages that stay as they are. */
static uint64_t skipped_bytes(const struct operation *operation, const struct job *job)
{
	struct part part = { .piece = 0 };
	uint64_t sum = 0;

	while (next_part(operation, job->sector, &part))
		if (job->pages[part.page] & PAGE_SAME)
			sum += part.size;
	return sum;
}

/* Contents are complete: which pages get programmed, and which are looked at afterwards? */
static void choose_pages(struct job *job)
{
	size_t count = plan_page_count(job->sector);

	for (size_t page = 0; page < count; page++) {
		size_t offset;
		size_t size = plan_page(job->sector, page, &offset);
		bool blank = is_blank(job, offset, size);
		uint16_t *flags = &job->pages[page];

		if (job->action == JOB_ERASE) {
			if (!blank)
				*flags |= PAGE_PROGRAM;
			if (!blank || (*flags & PAGE_IMAGE))
				*flags |= PAGE_VERIFY;
		} else if (*flags & PAGE_IMAGE) {
			if (!blank && !(*flags & PAGE_SAME))
				*flags |= PAGE_PROGRAM;
			*flags |= PAGE_VERIFY;
		}
	}
}

static dapper_status fail_cannot_erase(const struct plan_sector *sector)
{
	dapper_fail(DAPPER_ERR_FLASH_ALGORITHM,
		"the flash algorithm has no EraseSector, and the sector at 0x%08" PRIx64
		" must be erased",
		sector->address);
	dapper_fail_where(
		DAPPER_ERR_FLASH_ALGORITHM, "algorithm %s", sector->programmer->placement.name);
	return dapper_fail_hint(DAPPER_ERR_FLASH_ALGORITHM,
		"--erase chip erases the whole region, --erase none programs without erasing");
}

static dapper_status finish_erase_job(struct operation *operation, struct job *job)
{
	if (!programmer_has(job->sector->programmer, FLM_ERASE_SECTOR))
		return fail_cannot_erase(job->sector);
	job->action = JOB_ERASE;
	TRY(read_kept(operation, job));
	mark_kept(operation, job);
	overlay_image(operation, job);
	choose_pages(job);
	return DAPPER_OK;
}

/* Without an erase: what is the same is left alone, the rest programmed as it is. */
static void finish_program_job(struct operation *operation, struct job *job)
{
	operation->result.skipped_bytes += skipped_bytes(operation, job);
	job->action = JOB_PROGRAM;
	overlay_image(operation, job);
	choose_pages(job);
}

static void skip(struct operation *operation, struct job *job)
{
	operation->result.skipped_bytes += skipped_bytes(operation, job);
	job->action = JOB_SKIP;
	job_release(job);
}

/* A page that is not right needs an erase unless it is blank. Once there is one, what else the
 * image has for this sector needs no comparison any more. */
static dapper_status decide_auto(struct operation *operation, struct job *job)
{
	const unsigned known = PAGE_IMAGE | PAGE_KNOWN;
	size_t count = plan_page_count(job->sector);

	if (!all_pages(job, known, PAGE_SAME | PAGE_BLANK))
		return finish_erase_job(operation, job);
	for (size_t page = 0; page < count;) {
		TRY(read_next(operation, job, PAGE_IMAGE, &page));
		compare_pages(operation, job);
		if (!all_pages(job, known, PAGE_SAME | PAGE_BLANK))
			return finish_erase_job(operation, job);
	}
	if (all_pages(job, PAGE_IMAGE, PAGE_SAME))
		skip(operation, job);
	else
		finish_program_job(operation, job);
	return DAPPER_OK;
}

static dapper_status decide_none(struct operation *operation, struct job *job)
{
	TRY(read_pages(operation, job, PAGE_IMAGE));
	if (operation->flash->smart)
		compare_pages(operation, job);
	if (all_pages(job, PAGE_IMAGE, PAGE_SAME))
		skip(operation, job);
	else
		finish_program_job(operation, job);
	return DAPPER_OK;
}

/* The whole region is erased: nothing is kept. */
static dapper_status decide_chip(struct operation *operation, struct job *job)
{
	memset(job->contents, job->sector->programmer->flm->device.erased_value,
		(size_t)job->sector->size);
	job->action = JOB_ERASE;
	overlay_image(operation, job);
	choose_pages(job);
	return DAPPER_OK;
}

static dapper_status decide(struct operation *operation, struct job *job)
{
	dapper_erase_mode mode = operation->options.erase;

	if (mode == DAPPER_ERASE_CHIP)
		return decide_chip(operation, job);
	TRY(operation_prepare_read(operation, job->sector));
	if (mode == DAPPER_ERASE_NONE)
		return decide_none(operation, job);
	if (mode == DAPPER_ERASE_SECTOR || !operation->flash->smart)
		return finish_erase_job(operation, job);
	return decide_auto(operation, job);
}

static dapper_status begin_job(const struct operation *operation, struct job *job)
{
	const struct plan_sector *sector = job->sector;

	job->pages = xcalloc(plan_page_count(sector), sizeof(*job->pages));
	job->contents = xcalloc((size_t)sector->size, 1);
	if (!job->pages || !job->contents)
		return FAIL_NO_MEMORY("a sector's contents");
	mark_image_pages(operation, job);
	return DAPPER_OK;
}

/* Is it of interest whether the image is there already? */
static bool is_compared(const struct operation *operation)
{
	dapper_erase_mode mode = operation->options.erase;

	return operation->flash->smart && (mode == DAPPER_ERASE_AUTO || mode == DAPPER_ERASE_NONE);
}

static dapper_status hash_covered(struct operation *operation)
{
	size_t count = operation->plan.sector_count;

	/* What is expected; should a page be read after all, that replaces it. */
	for (size_t i = 0; i < count; i++)
		overlay_image(operation, &operation->jobs[i]);
	return hash_pages(operation, operation->jobs, count, &covered_hasher);
}

static dapper_status compare_all(struct operation *operation)
{
	size_t count = operation->plan.sector_count;

	for (size_t i = 0; i < count; i++)
		TRY(begin_job(operation, &operation->jobs[i]));
	if (is_compared(operation))
		TRY(hash_covered(operation));
	for (size_t i = 0; i < count; i++) {
		TRY(operation_check_cancelled(operation));
		TRY(decide(operation, &operation->jobs[i]));
	}
	return DAPPER_OK;
}

dapper_status compare_jobs(struct operation *operation)
{
	uint64_t total = 0;

	for (size_t i = 0; i < operation->plan.piece_count; i++)
		total += operation->plan.pieces[i].size;
	phase_begin(operation, DAPPER_PHASE_COMPARE,
		operation->options.erase == DAPPER_ERASE_CHIP ? 0 : total);
	return phase_end(operation, compare_all(operation));
}
