/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hardware breakpoints: the instruction comparators of the FPB (Armv7-M ARM, DDI 0403E.e, C1.11).
 * Breakpoints in software are not made here.
 */
#include <inttypes.h>

#include "base/bytes.h"
#include "cortex_m/core.h"

void fpb_init(struct cortex_m *core, uint32_t fp_ctrl)
{
	struct fpb *fpb = &core->fpb;

	fpb->count = FIELD_GET(FPB_FP_CTRL_NUM_CODE_3_0, fp_ctrl) |
	             FIELD_GET(FPB_FP_CTRL_NUM_CODE_6_4, fp_ctrl) << 4;
	if (fpb->count > 0)
		fpb->version = FIELD_GET(FPB_FP_CTRL_REV, fp_ctrl) == 0 ? 1 : 2;
}

/* --- what a comparator holds ----------------------------------------------------------------- */

/* A comparator of version 1 watches a word, and both its half-words where REPLACE is 3. */
static uint32_t v1_replace(uint32_t address)
{
	return FIELD_PREP(FPB_FP_COMP_REPLACE,
		address & 2 ? FPB_FP_COMP_REPLACE_UPPER : FPB_FP_COMP_REPLACE_LOWER);
}

static bool holds(const struct fpb *fpb, const struct fpb_comparator *comparator, uint32_t address)
{
	uint32_t value = comparator->value;

	if (value == 0)
		return false;
	if (fpb->version == 1)
		return (value & FPB_FP_COMP_COMP) == (address & FPB_FP_COMP_COMP) &&
		       (value & v1_replace(address));
	return (value & FPB_FP_COMP_BPADDR) == address;
}

/* The comparator's value with the address added to it; 0 when it cannot be. */
static uint32_t value_with(
	const struct fpb *fpb, const struct fpb_comparator *comparator, uint32_t address)
{
	uint32_t word = address & FPB_FP_COMP_COMP;

	if (comparator->is_firmware)
		return 0;
	if (fpb->version == 1) {
		if (comparator->value && (comparator->value & FPB_FP_COMP_COMP) != word)
			return 0;
		return comparator->value | word | v1_replace(address) | FPB_FP_COMP_ENABLE;
	}
	return comparator->value ? 0 : address | FPB_FP_COMP_BE;
}

static uint32_t value_without(
	const struct fpb *fpb, const struct fpb_comparator *comparator, uint32_t address)
{
	uint32_t value = comparator->value & ~v1_replace(address);

	return fpb->version == 1 && (value & FPB_FP_COMP_REPLACE) ? value : 0;
}

static struct fpb_comparator *find(struct fpb *fpb, uint32_t address)
{
	for (unsigned i = 0; i < fpb->count; i++)
		if (holds(fpb, &fpb->comparators[i], address))
			return &fpb->comparators[i];
	return NULL;
}

bool fpb_is_set(const struct cortex_m *core, uint32_t address)
{
	const struct fpb *fpb = &core->fpb;

	for (unsigned i = 0; i < fpb->count && fpb->used > 0; i++)
		if (holds(fpb, &fpb->comparators[i], address))
			return true;
	return false;
}

/* One that watches the other half of the same word already, or else a free one: two comparators
 * that match the same word are not defined. */
static struct fpb_comparator *find_room(struct fpb *fpb, uint32_t address)
{
	struct fpb_comparator *room = NULL;

	for (unsigned i = 0; i < fpb->count; i++) {
		struct fpb_comparator *comparator = &fpb->comparators[i];

		if (!value_with(fpb, comparator, address))
			continue;
		if (comparator->value)
			return comparator;
		if (!room)
			room = comparator;
	}
	return room;
}

/* --- the unit -------------------------------------------------------------------------------- */

static void queue_enable(struct cortex_m *core, struct batch *batch, bool enable)
{
	mem_ap_queue_write32(
		core->ap, batch, FPB_FP_CTRL, FPB_FP_CTRL_KEY | (enable ? FPB_FP_CTRL_ENABLE : 0u));
}

/* Firmware that remaps keeps the unit on. */
static bool serves_firmware(const struct fpb *fpb)
{
	for (unsigned i = 0; i < fpb->count; i++)
		if (fpb->comparators[i].is_firmware)
			return true;
	return false;
}

static void queue_comparators(struct cortex_m *core, struct batch *batch)
{
	for (unsigned i = 0; i < core->fpb.count; i++)
		if (!core->fpb.comparators[i].is_firmware)
			mem_ap_queue_write32(
				core->ap, batch, FPB_FP_COMP(i), core->fpb.comparators[i].value);
}

void fpb_queue_restore(struct cortex_m *core, struct batch *batch)
{
	if (!core->fpb.is_taken)
		return;
	queue_comparators(core, batch);
	queue_enable(core, batch, core->fpb.is_enabled);
}

/* The unit as a whole, where firmware does not need it for the very instruction that is stepped. */
void fpb_queue_suspend(struct cortex_m *core, struct batch *batch, bool suspend)
{
	struct fpb *fpb = &core->fpb;

	if (!serves_firmware(fpb)) {
		queue_enable(core, batch, !suspend);
		return;
	}
	for (unsigned i = 0; i < fpb->count; i++)
		if (fpb->comparators[i].value)
			mem_ap_queue_write32(core->ap, batch, FPB_FP_COMP(i),
				suspend ? 0 : fpb->comparators[i].value);
}

void fpb_queue_remove_all(struct cortex_m *core, struct batch *batch)
{
	struct fpb *fpb = &core->fpb;

	if (!fpb->is_taken)
		return;
	for (unsigned i = 0; i < fpb->count; i++)
		fpb->comparators[i].value = 0;
	fpb->used = 0;
	fpb->is_enabled = serves_firmware(fpb);
	fpb_queue_restore(core, batch);
}

/* Comparators that firmware patches code with are left to it; breakpoints that an earlier session
 * forgot are not. */
static dapper_status take_over(struct cortex_m *core)
{
	struct fpb *fpb = &core->fpb;
	struct batch batch = BATCH_INIT;
	uint8_t found[4 * FPB_MAX_COMPARATORS];
	dapper_status status;

	mem_ap_queue_read_block(core->ap, &batch, FPB_FP_COMP(0), found, fpb->count);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	TRY(status);
	for (size_t i = 0; i < fpb->count; i++) {
		uint32_t value = get_le32(found + 4 * i);

		fpb->comparators[i] = (struct fpb_comparator){
			.is_firmware =
				fpb->version == 1 && (value & FPB_FP_COMP_ENABLE) &&
				FIELD_GET(FPB_FP_COMP_REPLACE, value) == FPB_FP_COMP_REPLACE_REMAP,
		};
	}
	fpb->is_taken = true;
	return DAPPER_OK;
}

/* The first one of a session, or after a failure, sets up the whole unit. */
static void queue_change(
	struct cortex_m *core, struct batch *batch, const struct fpb_comparator *comparator)
{
	struct fpb *fpb = &core->fpb;

	if (fpb->is_synced)
		mem_ap_queue_write32(core->ap, batch, FPB_FP_COMP(comparator - fpb->comparators),
			comparator->value);
	else
		queue_comparators(core, batch);
	if (!fpb->is_enabled)
		queue_enable(core, batch, true);
}

static dapper_status change_comparator(
	struct cortex_m *core, struct fpb_comparator *comparator, uint32_t value)
{
	struct fpb *fpb = &core->fpb;
	struct batch batch = BATCH_INIT;
	uint32_t old = comparator->value;
	dapper_status status;

	comparator->value = value;
	queue_change(core, &batch, comparator);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	fpb->is_synced = status == DAPPER_OK;
	if (status != DAPPER_OK) {
		comparator->value = old;
		return status;
	}
	fpb->is_enabled = true;
	fpb->used = fpb->used + (value != 0) - (old != 0);
	return DAPPER_OK;
}

/* --- operations ------------------------------------------------------------------------------ */

static dapper_status check_address(const struct fpb *fpb, uint64_t address)
{
	if (address > UINT32_MAX)
		return dapper_fail(DAPPER_ERR_INVALID,
			"address 0x%08" PRIx64 " is beyond the core's 32 bits", address);
	if (fpb->version == 0)
		return dapper_fail(
			DAPPER_ERR_NO_RESOURCE, "this core has no breakpoint comparators");
	if (fpb->version == 1 && address >= FPB_V1_END) {
		dapper_fail(DAPPER_ERR_UNSUPPORTED,
			"no hardware breakpoint is possible at 0x%08" PRIx64, address);
		return dapper_fail_hint(DAPPER_ERR_UNSUPPORTED,
			"the breakpoint unit of this core reaches addresses below 0x%08x only",
			FPB_V1_END);
	}
	return DAPPER_OK;
}

dapper_status cortex_m_set_breakpoint(struct dapper_target *target, uint64_t address)
{
	struct cortex_m *core = cortex_m_of(target);
	struct fpb *fpb = &core->fpb;
	uint32_t at = (uint32_t)address & ~1u;
	struct fpb_comparator *comparator;

	TRY(check_address(fpb, address));
	if (find(fpb, at))
		return DAPPER_OK;
	if (!fpb->is_taken)
		TRY(take_over(core));
	comparator = find_room(fpb, at);
	if (!comparator) {
		dapper_fail(DAPPER_ERR_NO_RESOURCE,
			"no free breakpoint comparator for 0x%08" PRIx32, at);
		return dapper_fail_hint(DAPPER_ERR_NO_RESOURCE,
			"this core has %u of them, all in use: clear a breakpoint first",
			fpb->count);
	}
	return change_comparator(core, comparator, value_with(fpb, comparator, at));
}

dapper_status cortex_m_clear_breakpoint(struct dapper_target *target, uint64_t address)
{
	struct cortex_m *core = cortex_m_of(target);
	struct fpb *fpb = &core->fpb;
	uint32_t at = (uint32_t)address & ~1u;
	struct fpb_comparator *comparator;

	TRY(check_address(fpb, address));
	comparator = find(fpb, at);
	if (!comparator)
		return dapper_fail(
			DAPPER_ERR_NOT_FOUND, "there is no breakpoint at 0x%08" PRIx32, at);
	return change_comparator(core, comparator, value_without(fpb, comparator, at));
}
