/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/models/nvm.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"

/* --- contents -------------------------------------------------------------------------------- */

static void store(struct nvm *nvm, const struct nvm_range *range)
{
	struct nvm_area *area = &nvm->areas[range->area];

	board_touched(nvm->board, area->base + range->offset, range->size);
	if (!area->file || area->store_failed)
		return;
	if (flash_file_store(area->file, area->bytes, range->offset, range->size) == 0)
		return;
	area->store_failed = true;
	log_warning(board_context(nvm->board), DAPPER_LOG_VBOARD,
		"the file of '%s' cannot be written: contents will be lost", area->file_key);
}

static bool is_bad_cell(const struct nvm *nvm, uint32_t address)
{
	for (size_t i = 0; i < nvm->bad_cell_count; i++)
		if (nvm->bad_cells[i] == (address & ~3u))
			return true;
	return false;
}

/** Programming only clears bits. */
static void apply_program(struct nvm *nvm, struct nvm_range range)
{
	const struct nvm_area *area = &nvm->areas[range.area];

	for (uint32_t i = 0; i < range.size; i++)
		if (!is_bad_cell(nvm, area->base + range.offset + i))
			area->bytes[range.offset + i] &= nvm->op.data[i];
	store(nvm, &range);
}

static void apply_erase(struct nvm *nvm, struct nvm_range range)
{
	memset(nvm->areas[range.area].bytes + range.offset, 0xff, range.size);
	store(nvm, &range);
}

static void apply(struct nvm *nvm)
{
	const struct nvm_operation *op = &nvm->op;

	for (unsigned i = 0; i < op->range_count; i++)
		if (op->program)
			apply_program(nvm, op->ranges[i]);
		else
			apply_erase(nvm, op->ranges[i]);
}

/** What is left of an operation that was cut off: the first half of each range is done. */
static void apply_half(struct nvm *nvm)
{
	for (unsigned i = 0; i < nvm->op.range_count; i++)
		nvm->op.ranges[i].size /= 2;
	apply(nvm);
}

uint32_t nvm_peek(const struct nvm *nvm, unsigned area, uint32_t offset, unsigned size)
{
	const uint8_t *bytes = nvm->areas[area].bytes + offset;

	return size == 1 ? *bytes : size == 2 ? get_le16(bytes) : get_le32(bytes);
}

void nvm_put(struct nvm *nvm, unsigned area, uint32_t offset, const void *bytes, uint32_t size)
{
	const struct nvm_range range = { area, offset, size };

	memcpy(nvm->areas[area].bytes + offset, bytes, size);
	store(nvm, &range);
}

/* --- operations ------------------------------------------------------------------------------ */

static void settle(struct nvm *nvm)
{
	/* The end of one can begin the next, which may be over, too; each takes its time. */
	while (nvm->op.range_count && !nvm->op.stuck &&
		board_now_ns(nvm->board) >= nvm->op.end_ns &&
		board_power_loss_ns(nvm->board) >= nvm->op.end_ns) {
		apply(nvm);
		board_count_flash_busy(nvm->board, nvm->op.end_ns - nvm->op.begin_ns);
		nvm->op.range_count = 0;
		if (nvm->ended)
			nvm->ended(nvm->owner);
	}
}

static void end_fired(void *model)
{
	settle(model);
}

bool nvm_is_busy(struct nvm *nvm)
{
	settle(nvm);
	return nvm->op.range_count || board_now_ns(nvm->board) < nvm->busy_until_ns;
}

bool nvm_wait_idle(struct nvm *nvm, const struct bus_access *access)
{
	/* While a debugger waits the core may go on programming: give up after some turns. */
	for (int turn = 0; turn < 64 && nvm_is_busy(nvm); turn++) {
		const uint64_t dead_ns = board_power_loss_ns(nvm->board);

		if (nvm->op.range_count && nvm->op.stuck)
			return false;
		if (dead_ns < nvm->busy_until_ns) {
			board_stall(nvm->board, access, dead_ns);
			return false;
		}
		board_stall(nvm->board, access, nvm->busy_until_ns);
	}
	return !nvm_is_busy(nvm);
}

static void begin(struct nvm *nvm, uint64_t begin_ns, uint64_t duration_ns)
{
	assert(nvm->op.range_count > 0);
	duration_ns = nvm->speed > 1 ? duration_ns / nvm->speed + 1 : duration_ns;
	nvm->op_count++;
	nvm->op.begin_ns = begin_ns;
	nvm->op.end_ns = begin_ns + duration_ns;
	nvm->op.stuck = nvm->op_count == nvm->stuck_at_op;
	nvm->busy_until_ns = nvm->op.end_ns;
	board_conceal(nvm->board, nvm->areas[0].base);
	if (nvm->op_count == nvm->power_loss_at_op)
		board_lose_power_at(nvm->board, begin_ns + duration_ns / 2);
	board_arm(nvm->board, &nvm->end, nvm->op.end_ns);
}

void nvm_program(struct nvm *nvm, struct nvm_range range, const uint8_t *data, uint64_t begin_ns,
	uint64_t duration_ns)
{
	assert(range.size <= NVM_MAX_PROGRAM);
	nvm->op = (struct nvm_operation){ .ranges = { range }, .range_count = 1, .program = true };
	memcpy(nvm->op.data, data, range.size);
	begin(nvm, begin_ns, duration_ns);
}

void nvm_erase(
	struct nvm *nvm, const struct nvm_range *ranges, unsigned count, uint64_t duration_ns)
{
	assert(count <= NVM_MAX_AREAS);
	nvm->op = (struct nvm_operation){ .range_count = count };
	memcpy(nvm->op.ranges, ranges, count * sizeof(*ranges));
	begin(nvm, board_now_ns(nvm->board), duration_ns);
}

bool nvm_read(struct nvm *nvm, unsigned area, const struct bus_access *access, uint32_t *value)
{
	const struct nvm_area *from = &nvm->areas[area];

	if (!nvm_wait_idle(nvm, access))
		return false;
	*value = nvm_peek(nvm, area, access->offset, access->size);
	/*
	 * From here on the core reads the main array by itself; without memory for that it goes on
	 * asking.
	 */
	if (!access->debugger && area == 0)
		(void)board_expose(nvm->board, from->base, from->size, from->bytes, false);
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

void nvm_reset(struct nvm *nvm)
{
	settle(nvm);
	if (nvm->op.range_count) {
		const uint64_t now = board_now_ns(nvm->board);

		if (now > nvm->op.begin_ns)
			board_count_flash_busy(nvm->board, now - nvm->op.begin_ns);
		apply_half(nvm);
	}
	board_disarm(nvm->board, &nvm->end);
	nvm->op.range_count = 0;
	nvm->busy_until_ns = 0;
}

void nvm_power_lost(struct nvm *nvm)
{
	settle(nvm);
	/* A core that is ahead of the board may have begun what never happened. */
	if (nvm->op.begin_ns < board_now_ns(nvm->board))
		apply_half(nvm);
	nvm->op.range_count = 0;
}

static dapper_status set_bad_cell(struct nvm *nvm, const char *key, const char *value)
{
	uint64_t address;

	TRY(setting_number(key, value, UINT32_MAX, &address));
	if (address < nvm->areas[0].base || address - nvm->areas[0].base >= nvm->areas[0].size)
		return dapper_fail(DAPPER_ERR_INVALID, "%s=%s is not in flash memory", key, value);
	if (nvm->bad_cell_count == NVM_MAX_BAD_CELLS)
		return dapper_fail(
			DAPPER_ERR_INVALID, "more than %d times '%s'", NVM_MAX_BAD_CELLS, key);
	nvm->bad_cells[nvm->bad_cell_count++] = (uint32_t)address & ~3u;
	return DAPPER_OK;
}

static dapper_status set_file(struct nvm_area *area, const char *path)
{
	if (area->file)
		return dapper_fail(
			DAPPER_ERR_INVALID, "more than one file for '%s'", area->file_key);
	return flash_file_open(path, area->bytes, area->size, &area->file);
}

dapper_status nvm_set(struct nvm *nvm, const char *key, const char *value, bool *taken)
{
	*taken = true;
	for (unsigned i = 0; i < nvm->area_count; i++)
		if (strcmp(key, nvm->areas[i].file_key) == 0)
			return set_file(&nvm->areas[i], value);
	if (strcmp(key, "power-loss-at-op") == 0)
		return setting_number(key, value, UINT64_MAX, &nvm->power_loss_at_op);
	if (strcmp(key, "stuck-busy-at-op") == 0)
		return setting_number(key, value, UINT64_MAX, &nvm->stuck_at_op);
	if (strcmp(key, "speed") == 0)
		return setting_number(key, value, 1000000, &nvm->speed);
	if (strcmp(key, "bad-cell") == 0)
		return set_bad_cell(nvm, key, value);
	*taken = false;
	return DAPPER_OK;
}

void nvm_init(struct nvm *nvm, struct board *board, void (*ended)(void *owner), void *owner)
{
	*nvm = (struct nvm){ .board = board, .ended = ended, .owner = owner };
	nvm->end = (struct board_event){ .fire = end_fired, .model = nvm };
}

static dapper_status keep_state(struct nvm *nvm)
{
	TRY(KEEP(nvm->board, nvm->op));
	TRY(KEEP(nvm->board, nvm->busy_until_ns));
	TRY(KEEP(nvm->board, nvm->op_count));
	return board_keep_event(nvm->board, "flash operation", &nvm->end);
}

dapper_status nvm_add_area(struct nvm *nvm, uint32_t base, uint32_t size, const char *file_key)
{
	struct nvm_area *area = &nvm->areas[nvm->area_count];

	assert(nvm->area_count < NVM_MAX_AREAS);
	*area = (struct nvm_area){ .base = base, .size = size, .file_key = file_key };
	TRY(board_claim_memory(nvm->board, size));
	area->bytes = xcalloc(size, 1);
	if (!area->bytes)
		return FAIL_NO_MEMORY("a flash memory");
	memset(area->bytes, 0xff, size);
	nvm->area_count++;
	if (nvm->area_count == 1)
		TRY(keep_state(nvm));
	return board_keep(nvm->board, file_key, area->bytes, size);
}

void nvm_finish(struct nvm *nvm)
{
	for (unsigned i = 0; i < nvm->area_count; i++) {
		struct nvm_area *area = &nvm->areas[i];

		if (area->file)
			(void)flash_file_store(area->file, area->bytes, 0, area->size);
		flash_file_close(area->file);
		free(area->bytes);
	}
}
