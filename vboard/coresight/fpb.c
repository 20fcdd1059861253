/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The breakpoint unit (fpb_regs.h): code comparators become breaks of the core, or words that it
 * reads from the remap table; literal comparators the latter. Registers keep their values over
 * every reset but power-on. Vectors are never remapped, nor is what a debugger reads.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/fpb_regs.h"
#include "vboard/coresight/link.h"

enum { FPB_MAX_COMPARATORS = 16 };

struct fpb {
	struct board *board;
	const struct fpb_config *config;
	unsigned core;
	struct fpb_state {
		bool enabled;
		uint32_t remap;
		uint32_t comparators[FPB_MAX_COMPARATORS];
		struct coresight_lock lock;
	} state;
};

static unsigned comparator_count(const struct fpb *fpb)
{
	return fpb->config->code_count + fpb->config->literal_count;
}

/* --- what the comparators do ----------------------------------------------------------------- */

struct comparators {
	struct cpu_break breaks[2 * FPB_MAX_COMPARATORS];
	size_t break_count;
	struct cpu_patch patches[FPB_MAX_COMPARATORS];
	size_t patch_count;
};

static void add_break(struct comparators *all, uint32_t address)
{
	all->breaks[all->break_count++] = (struct cpu_break){ .addr = address };
}

static void add_version_1(const struct fpb *fpb, unsigned index, struct comparators *all)
{
	const uint32_t comparator = fpb->state.comparators[index];
	const uint32_t replace = FIELD_GET(FP_COMP_REPLACE, comparator);
	const uint32_t address = comparator & FP_COMP_COMP;
	const bool is_code = index < fpb->config->code_count;

	if (!(comparator & FP_COMP_ENABLE))
		return;
	if (replace & FP_REPLACE_LOWER)
		add_break(all, address);
	if (replace & FP_REPLACE_UPPER)
		add_break(all, address + 2);
	if (replace == FP_REPLACE_REMAP && fpb->config->has_remap)
		all->patches[all->patch_count++] = (struct cpu_patch){
			.addr = address,
			.target = (FP_REMAP_BASE | fpb->state.remap) + 4 * index,
			.code = is_code,
			.data = !is_code,
		};
}

static void add_version_2(const struct fpb *fpb, unsigned index, struct comparators *all)
{
	const uint32_t comparator = fpb->state.comparators[index];

	if (comparator & FP_COMP_BE)
		add_break(all, comparator & FP_COMP_BPADDR);
}

static void update(const struct fpb *fpb)
{
	struct cpu *cpu = board_cpu(fpb->board, fpb->core);
	struct comparators all = { .break_count = 0 };

	for (unsigned i = 0; fpb->state.enabled && i < comparator_count(fpb); i++) {
		if (fpb->config->version_2)
			add_version_2(fpb, i, &all);
		else
			add_version_1(fpb, i, &all);
	}
	cpu_set_breaks(cpu, all.breaks, all.break_count);
	cpu_set_patches(cpu, all.patches, all.patch_count);
}

/* --- registers ------------------------------------------------------------------------------- */

static uint32_t read_ctrl(const struct fpb *fpb)
{
	const struct fpb_config *config = fpb->config;

	return FIELD_PREP(FP_CTRL_REV, config->version_2 ? FP_CTRL_REV_2 : 0) |
	       FIELD_PREP(FP_CTRL_NUM_CODE_H, config->code_count >> 4) |
	       FIELD_PREP(FP_CTRL_NUM_CODE, config->code_count) |
	       FIELD_PREP(FP_CTRL_NUM_LIT, config->literal_count) |
	       FIELD_PREP(FP_CTRL_ENABLE, fpb->state.enabled);
}

static bool fpb_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct fpb *fpb = model;
	const struct fpb_config *config = fpb->config;
	const unsigned index = (access->offset - FP_COMP0) / 4;

	*value = 0;
	if (access->offset == FP_CTRL)
		*value = read_ctrl(fpb);
	else if (access->offset == FP_REMAP)
		*value = config->has_remap ? FP_REMAP_RMPSPT | fpb->state.remap : 0;
	else if (index < comparator_count(fpb))
		*value = fpb->state.comparators[index];
	else
		(void)coresight_lock_read(&config->ids, &fpb->state.lock, access, value);
	return true;
}

static uint32_t comparator_bits(const struct fpb *fpb, unsigned index, uint32_t value)
{
	/* A literal comparator can only remap: it has no REPLACE field (C1.11.5). */
	const uint32_t replace = index < fpb->config->code_count ? FP_COMP_REPLACE : 0;

	if (!fpb->config->version_2)
		return value & (replace | FP_COMP_COMP | FP_COMP_ENABLE);
	/* Without remapping FE and FPADDR are not there: only a breakpoint is kept. */
	return value & (FP_COMP_BPADDR | FP_COMP_BE);
}

static bool fpb_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct fpb *fpb = model;
	const unsigned index = (access->offset - FP_COMP0) / 4;

	(void)mask;
	if (!coresight_lock_write(&fpb->config->ids, &fpb->state.lock, access, value))
		return true;
	if (access->offset == FP_CTRL) {
		/* A write without the key is ignored (C1.11.3). */
		if (value & FP_CTRL_KEY)
			fpb->state.enabled = value & FP_CTRL_ENABLE;
	} else if (access->offset == FP_REMAP) {
		fpb->state.remap = value & FP_REMAP_REMAP;
	} else if (index < comparator_count(fpb)) {
		fpb->state.comparators[index] = comparator_bits(fpb, index, value);
	}
	update(fpb);
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static dapper_status fpb_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct fpb *fpb = xnew(fpb);

	if (!fpb)
		return FAIL_NO_MEMORY("an FPB");
	*model = fpb;
	fpb->board = board;
	fpb->config = config->data;
	fpb->core = model_core(config);
	if (comparator_count(fpb) > FPB_MAX_COMPARATORS)
		return dapper_fail(DAPPER_ERR_INVALID, "an FPB has at most %d comparators",
			FPB_MAX_COMPARATORS);
	return board_keep(board, config->name, &fpb->state, sizeof(fpb->state));
}

static void fpb_reset(void *model, enum board_reset kind)
{
	struct fpb *fpb = model;

	if (kind != RESET_POWER_ON)
		return;
	fpb->state = (struct fpb_state){ .enabled = false };
	update(fpb);
}

static const struct model_field fpb_fields[] = {
	CORESIGHT_IDS_FIELDS(struct fpb_config),
	{ "code-comparators", FIELD_U32, offsetof(struct fpb_config, code_count), true },
	{ "literal-comparators", FIELD_U32, offsetof(struct fpb_config, literal_count) },
	{ "remap", FIELD_BOOL, offsetof(struct fpb_config, has_remap) },
	{ "version-2", FIELD_BOOL, offsetof(struct fpb_config, version_2) },
	{ NULL },
};

const struct model_class fpb_class = {
	.name = "FPB",
	.create = fpb_create,
	.reset = fpb_reset,
	.destroy = free,
	.ops = { .read = fpb_read, .write = fpb_write },
	.fields = fpb_fields,
	.config_size = sizeof(struct fpb_config),
};
