/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The System Control Space as a debugger reaches it. The registers are the core's; here are the
 * identification registers and what the board must know of a debugger's writes.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"
#include "vboard/cpu/cpu.h"

#define SCS_BASE  0xe000e000u
#define SCS_DEMCR 0xdfcu

struct scs {
	struct board *board;
	unsigned core;
	const struct coresight_ids *ids;
};

static dapper_status scs_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct scs *scs = xnew(scs);

	if (!scs)
		return FAIL_NO_MEMORY("an SCS");
	scs->board = board;
	scs->core = model_core(config);
	scs->ids = config->data;
	*model = scs;
	return DAPPER_OK;
}

static bool scs_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct scs *scs = model;

	if (access->offset >= CORESIGHT_PIDR4)
		return access->size == 4 && coresight_ids_read(scs->ids, access->offset, value);
	return cpu_scs_read_sized(board_cpu(scs->board, scs->core), SCS_BASE + access->offset,
		access->size, access->debugger, value);
}

static bool scs_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	const struct scs *scs = model;

	(void)mask;
	if (access->offset >= CORESIGHT_PIDR4)
		return true;
	if (!cpu_scs_write_sized(board_cpu(scs->board, scs->core), SCS_BASE + access->offset,
		    access->size, access->debugger, value))
		return false;
	if ((access->offset & ~3u) == SCS_DEMCR)
		board_demcr_written(scs->board, scs->core);
	return true;
}

const struct model_class scs_class = {
	.name = "SCS",
	.create = scs_create,
	.destroy = free,
	.ops = { .read = scs_read, .write = scs_write },
};
