/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watchpoints: the comparators of the DWT on data addresses (dwt_regs.h). One comparator watches an
 * aligned block of 2^n bytes; other ranges are put together from several. Data values are not
 * compared here.
 */
#include <inttypes.h>

#include "cortex_m/core.h"

/* --- what a comparator holds ----------------------------------------------------------------- */

static uint32_t v7_function(unsigned watch)
{
	static const uint32_t functions[] = {
		[DAPPER_WATCH_READ] = DWT_DWT_FUNCTION_FUNCTION_READ,
		[DAPPER_WATCH_WRITE] = DWT_DWT_FUNCTION_FUNCTION_WRITE,
		[DAPPER_WATCH_ACCESS] = DWT_DWT_FUNCTION_FUNCTION_READWRITE,
	};

	return functions[watch];
}

static uint32_t v8_function(const struct dwt_comparator *comparator)
{
	static const uint32_t matches[] = {
		[DAPPER_WATCH_READ] = DWT_DWT_FUNCTION_MATCH_DATA_READ,
		[DAPPER_WATCH_WRITE] = DWT_DWT_FUNCTION_MATCH_DATA_WRITE,
		[DAPPER_WATCH_ACCESS] = DWT_DWT_FUNCTION_MATCH_DATA,
	};

	if (!comparator->watch)
		return 0;
	return FIELD_PREP(DWT_DWT_FUNCTION_DATAVSIZE, comparator->size_log2) |
	       FIELD_PREP(DWT_DWT_FUNCTION_ACTION, DWT_DWT_FUNCTION_ACTION_DEBUG) |
	       FIELD_PREP(DWT_DWT_FUNCTION_MATCH, matches[comparator->watch]);
}

static void queue_comparator(struct cortex_m *core, struct batch *batch, unsigned index)
{
	const struct dwt_comparator *comparator = &core->dwt.comparators[index];

	/* Off first: with half of the new values it must not match. */
	mem_ap_queue_write32(core->ap, batch, DWT_DWT_FUNCTION(index), 0);
	if (!comparator->watch)
		return;
	mem_ap_queue_write32(core->ap, batch, DWT_DWT_COMP(index), comparator->address);
	if (!core->dwt.is_v8)
		mem_ap_queue_write32(core->ap, batch, DWT_DWT_MASK(index), comparator->size_log2);
	mem_ap_queue_write32(core->ap, batch, DWT_DWT_FUNCTION(index),
		core->dwt.is_v8 ? v8_function(comparator) : v7_function(comparator->watch));
}

static void queue_all(struct cortex_m *core, struct batch *batch)
{
	for (unsigned i = 0; i < core->dwt.count; i++)
		queue_comparator(core, batch, i);
}

void dwt_queue_restore(struct cortex_m *core, struct batch *batch)
{
	if (core->dwt.is_taken)
		queue_all(core, batch);
}

void dwt_queue_remove_all(struct cortex_m *core, struct batch *batch)
{
	struct dwt *dwt = &core->dwt;

	if (!dwt->is_taken)
		return;
	for (unsigned i = 0; i < dwt->count; i++)
		dwt->comparators[i].watch = 0;
	dwt->used = 0;
	queue_all(core, batch);
}

/* --- the unit -------------------------------------------------------------------------------- */

/* Firmware may have switched it off since. */
static dapper_status enable(struct cortex_m *core)
{
	struct batch batch = BATCH_INIT;
	uint32_t demcr;
	dapper_status status;

	core->demcr_known = false;
	TRY(demcr_read(core, &demcr));
	if (demcr & SCS_DEMCR_TRCENA)
		return DAPPER_OK;
	mem_ap_queue_banked_write32(core->ap, &batch, SCS_DEMCR, demcr | SCS_DEMCR_TRCENA);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	core->demcr_known = false;
	if (status == DAPPER_OK)
		core->dwt.set_trcena = true;
	return status;
}

/* The largest MASK is up to the implementation: what is left of all ones (C1.8.16). What an earlier
 * session forgot is removed. */
static dapper_status take_over(struct cortex_m *core)
{
	struct batch batch = BATCH_INIT;
	uint32_t mask = 0;
	dapper_status status;

	if (core->dwt.is_taken)
		return DAPPER_OK;
	queue_all(core, &batch);
	if (!core->dwt.is_v8) {
		mem_ap_queue_write32(core->ap, &batch, DWT_DWT_MASK(0), DWT_DWT_MASK_MASK);
		mem_ap_queue_read32(core->ap, &batch, DWT_DWT_MASK(0), &mask);
	}
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	TRY(status);
	core->dwt.max_size_log2 = core->dwt.is_v8 ? 2 : (uint8_t)FIELD_GET(DWT_DWT_MASK_MASK, mask);
	core->dwt.is_taken = true;
	return DAPPER_OK;
}

/* --- watchpoints ----------------------------------------------------------------------------- */

static bool is_part_of(
	const struct dwt_comparator *comparator, uint64_t address, uint64_t size, unsigned watch)
{
	return comparator->watch == watch && comparator->of_address == address &&
	       comparator->of_size == size;
}

static bool find(const struct dwt *dwt, uint64_t address, uint64_t size, unsigned watch)
{
	for (unsigned i = 0; i < dwt->count; i++)
		if (is_part_of(&dwt->comparators[i], address, size, watch))
			return true;
	return false;
}

/* The largest block that begins at @p address, is aligned, and is within @p size. */
static uint8_t block_log2(const struct dwt *dwt, uint32_t address, uint64_t size)
{
	uint8_t log2 = 0;

	while (log2 < dwt->max_size_log2 && !(address & (UINT32_C(1) << log2)) &&
		(UINT64_C(2) << log2) <= size)
		log2++;
	return log2;
}

/* @return false: there are not enough free ones; some may have been taken. */
static bool allocate(struct dwt *dwt, uint32_t address, uint32_t size, unsigned watch)
{
	uint64_t done = 0;

	for (unsigned i = 0; i < dwt->count && done < size; i++) {
		struct dwt_comparator *comparator = &dwt->comparators[i];
		uint32_t at = address + (uint32_t)done;

		if (comparator->watch)
			continue;
		*comparator = (struct dwt_comparator){
			.address = at,
			.size_log2 = block_log2(dwt, at, size - done),
			.watch = (uint8_t)watch,
			.of_address = address,
			.of_size = size,
		};
		done += UINT64_C(1) << comparator->size_log2;
	}
	return done == size;
}

/* Forget it, and append switching it off. */
static unsigned release(
	struct cortex_m *core, struct batch *batch, uint64_t address, uint64_t size, unsigned watch)
{
	unsigned released = 0;

	for (unsigned i = 0; i < core->dwt.count; i++) {
		struct dwt_comparator *comparator = &core->dwt.comparators[i];

		if (!is_part_of(comparator, address, size, watch))
			continue;
		comparator->watch = 0;
		released++;
		queue_comparator(core, batch, i);
	}
	return released;
}

static void count_used(struct dwt *dwt)
{
	dwt->used = 0;
	for (unsigned i = 0; i < dwt->count; i++)
		dwt->used += dwt->comparators[i].watch != 0;
}

static dapper_status check_range(const struct dwt *dwt, uint64_t address, uint64_t size)
{
	if (dwt->count == 0)
		return dapper_fail(DAPPER_ERR_NO_RESOURCE, "this core has no watchpoints");
	if (address > UINT32_MAX || size > UINT32_MAX || address + size - 1 > UINT32_MAX)
		return dapper_fail(DAPPER_ERR_INVALID,
			"a watchpoint of 0x%" PRIx64 " bytes at 0x%08" PRIx64
			" is beyond the core's 32 bits",
			size, address);
	return DAPPER_OK;
}

static dapper_status fail_full(const struct dwt *dwt, uint64_t address, uint64_t size)
{
	dapper_fail(DAPPER_ERR_NO_RESOURCE,
		"not enough free watchpoint comparators for %" PRIu64 " bytes at 0x%08" PRIx64,
		size, address);
	return dapper_fail_hint(DAPPER_ERR_NO_RESOURCE,
		"this core has %u, %u in use, each for a power of two of aligned bytes, %" PRIu64
		" at most",
		dwt->count, dwt->used, UINT64_C(1) << dwt->max_size_log2);
}

dapper_status cortex_m_set_watchpoint(
	struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch)
{
	struct cortex_m *core = cortex_m_of(target);
	struct dwt *dwt = &core->dwt;
	struct batch batch = BATCH_INIT;
	struct batch undo = BATCH_INIT;
	dapper_status status;

	TRY(check_range(dwt, address, size));
	TRY(enable(core));
	TRY(take_over(core));
	if (find(dwt, address, size, watch))
		return DAPPER_OK;
	if (!allocate(dwt, (uint32_t)address, (uint32_t)size, watch)) {
		for (unsigned i = 0; i < dwt->count; i++)
			if (is_part_of(&dwt->comparators[i], address, size, watch))
				dwt->comparators[i].watch = 0;
		return fail_full(dwt, address, size);
	}
	for (unsigned i = 0; i < dwt->count; i++)
		if (is_part_of(&dwt->comparators[i], address, size, watch))
			queue_comparator(core, &batch, i);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	if (status != DAPPER_OK) {
		/* What of it was written is written over by the next to set one. */
		release(core, &undo, address, size, watch);
		batch_finish(&undo);
		dp_invalidate(core->dp);
		dwt->is_taken = false;
	}
	count_used(dwt);
	return status;
}

dapper_status cortex_m_clear_watchpoint(
	struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch)
{
	struct cortex_m *core = cortex_m_of(target);
	struct batch batch = BATCH_INIT;
	dapper_status status;

	if (!find(&core->dwt, address, size, watch))
		return dapper_fail(DAPPER_ERR_NOT_FOUND,
			"there is no such watchpoint at 0x%08" PRIx64, address);
	TRY(enable(core));
	release(core, &batch, address, size, watch);
	count_used(&core->dwt);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	if (status != DAPPER_OK)
		core->dwt.is_taken = false;
	return status;
}

/* MATCHED clears by reading. Of a step that two watchpoints match, the first is told. */
dapper_status cortex_m_get_watchpoint_hit(
	struct dapper_target *target, uint64_t *address, dapper_watch *watch)
{
	struct cortex_m *core = cortex_m_of(target);
	const struct dwt *dwt = &core->dwt;
	uint32_t functions[DWT_MAX_COMPARATORS] = { 0 };
	struct batch batch = BATCH_INIT;
	dapper_status status;

	for (unsigned i = 0; i < dwt->count; i++)
		if (dwt->comparators[i].watch)
			mem_ap_queue_read32(core->ap, &batch, DWT_DWT_FUNCTION(i), &functions[i]);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	TRY(status);
	for (unsigned i = 0; i < dwt->count; i++) {
		const struct dwt_comparator *comparator = &dwt->comparators[i];

		if (!comparator->watch || !(functions[i] & DWT_DWT_FUNCTION_MATCHED))
			continue;
		*address = comparator->of_address;
		*watch = (dapper_watch)comparator->watch;
		return DAPPER_OK;
	}
	return dapper_fail(DAPPER_ERR_NOT_FOUND, "no watchpoint has matched");
}
