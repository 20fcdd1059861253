/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The breakpoint unit (fpb_regs.h): code comparators become breaks of the core. Registers keep
 * their values over every reset but power-on.
 *
 * Not modelled: flash patching. A comparator set to remap does nothing but say so in the log.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/fpb_regs.h"
#include "vboard/cpu/cpu.h"

enum { FPB_MAX_COMPARATORS = 16 };

struct fpb {
	struct board *board;
	unsigned core;
	const struct fpb_config *config;
	bool enabled;
	uint32_t remap;
	uint32_t comparators[FPB_MAX_COMPARATORS];
};

static dapper_status fpb_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct fpb *fpb = xnew(fpb);

	if (!fpb)
		return FAIL_NO_MEMORY("an FPB");
	fpb->board = board;
	fpb->core = model_core(config);
	fpb->config = config->data;
	*model = fpb;
	return DAPPER_OK;
}

static void update_breaks(const struct fpb *fpb)
{
	struct cpu_break breaks[2 * FPB_MAX_COMPARATORS];
	size_t count = 0;

	for (unsigned i = 0; fpb->enabled && i < fpb->config->code_count; i++) {
		const uint32_t comparator = fpb->comparators[i];
		const uint32_t replace = FIELD_GET(FP_COMP_REPLACE, comparator);

		if (!(comparator & FP_COMP_ENABLE))
			continue;
		if (replace & FP_REPLACE_LOWER)
			breaks[count++] = (struct cpu_break){ comparator & FP_COMP_COMP };
		if (replace & FP_REPLACE_UPPER)
			breaks[count++] = (struct cpu_break){ (comparator & FP_COMP_COMP) + 2 };
		if (replace == FP_REPLACE_REMAP)
			log_debug(board_context(fpb->board), DAPPER_LOG_VBOARD,
				"FPB comparator %u remaps: not modelled", i);
	}
	cpu_set_breaks(board_cpu(fpb->board, fpb->core), breaks, count);
}

static void fpb_reset(void *model, enum board_reset kind)
{
	struct fpb *fpb = model;

	if (kind != RESET_POWER_ON)
		return;
	fpb->enabled = false;
	fpb->remap = 0;
	for (size_t i = 0; i < FPB_MAX_COMPARATORS; i++)
		fpb->comparators[i] = 0;
	update_breaks(fpb);
}

static unsigned comparator_count(const struct fpb *fpb)
{
	return fpb->config->code_count + fpb->config->literal_count;
}

static bool fpb_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct fpb *fpb = model;
	const struct fpb_config *config = fpb->config;
	const unsigned index = (access->offset - FP_COMP0) / 4;

	*value = 0;
	if (access->offset == FP_CTRL)
		*value = FIELD_PREP(FP_CTRL_NUM_CODE_H, config->code_count >> 4) |
		         FIELD_PREP(FP_CTRL_NUM_CODE, config->code_count) |
		         FIELD_PREP(FP_CTRL_NUM_LIT, config->literal_count) |
		         FIELD_PREP(FP_CTRL_ENABLE, fpb->enabled);
	else if (access->offset == FP_REMAP)
		*value = config->has_remap ? FP_REMAP_RMPSPT | fpb->remap : 0;
	else if (index < comparator_count(fpb))
		*value = fpb->comparators[index];
	else
		(void)coresight_ids_read(&config->ids, access->offset, value);
	return true;
}

static bool fpb_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct fpb *fpb = model;
	const unsigned index = (access->offset - FP_COMP0) / 4;
	/* A literal comparator can only remap: it has no REPLACE field (C1.11.5). */
	const uint32_t replace = index < fpb->config->code_count ? FP_COMP_REPLACE : 0;

	(void)mask;
	if (access->offset == FP_CTRL) {
		/* A write without the key is ignored (C1.11.3). */
		if (value & FP_CTRL_KEY)
			fpb->enabled = value & FP_CTRL_ENABLE;
	} else if (access->offset == FP_REMAP) {
		fpb->remap = value & FP_REMAP_REMAP;
	} else if (index < comparator_count(fpb)) {
		fpb->comparators[index] = value & (replace | FP_COMP_COMP | FP_COMP_ENABLE);
	}
	update_breaks(fpb);
	return true;
}

const struct model_class fpb_class = {
	.name = "FPB",
	.create = fpb_create,
	.reset = fpb_reset,
	.destroy = free,
	.ops = { .read = fpb_read, .write = fpb_write },
};
