/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The System Control Space as a debugger reaches it. The registers are the core's; here are the
 * identification registers and what the board must know of a debugger's writes.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/cti.h"

#define SCS_DEMCR 0xdfcu
#define SCS_DHCSR 0xdf0u

struct scs {
	struct board *board;
	unsigned core;
	const struct debug_link *link;
	const struct coresight_ids *ids;
	uint32_t base; /* 0xE000E000, or with the Security Extension the Non-secure alias */
};

static dapper_status scs_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct scs *scs = xnew(scs);

	if (!scs)
		return FAIL_NO_MEMORY("an SCS");
	*model = scs;
	scs->board = board;
	scs->core = model_core(config);
	scs->ids = config->data;
	scs->base = config->base;
	scs->link = debug_link(board);
	if (!scs->link)
		return dapper_error_last()->status;
	return DAPPER_OK;
}

/* AUTHSTATUS is the core's own register (DAUTHSTATUS). */
static bool is_identification(uint32_t offset)
{
	return offset >= CORESIGHT_DEVARCH;
}

static unsigned asker(const struct bus_access *access)
{
	return (access->debugger ? CPU_SCS_DEBUGGER : CPU_SCS_CORE) |
	       (access->secure ? 0u : CPU_SCS_NONSECURE);
}

static bool scs_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct scs *scs = model;

	if (is_identification(access->offset)) {
		if (!coresight_ids_read(scs->ids, access->offset, value))
			*value = 0;
		return access->size == 4;
	}
	return cpu_scs_read_sized(board_cpu(scs->board, scs->core), scs->base + access->offset,
		access->size, asker(access), value);
}

static bool scs_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	const struct scs *scs = model;

	(void)mask;
	if (is_identification(access->offset))
		return true;
	if (!cpu_scs_write_sized(board_cpu(scs->board, scs->core), scs->base + access->offset,
		    access->size, asker(access), value))
		return false;
	if ((access->offset & ~3u) == SCS_DEMCR)
		board_demcr_written(scs->board, scs->core);
	if ((access->offset & ~3u) == SCS_DHCSR)
		cti_core_released(scs->link, scs->core);
	return true;
}

/** The row's data is a struct coresight_ids, not one inside of something. */
struct scs_data {
	struct coresight_ids ids;
};

static const struct model_field scs_fields[] = {
	CORESIGHT_IDS_FIELDS(struct scs_data),
	{ NULL },
};

const struct model_class scs_class = {
	.name = "SCS",
	.create = scs_create,
	.destroy = free,
	.ops = { .read = scs_read, .write = scs_write },
	.fields = scs_fields,
	.config_size = sizeof(struct scs_data),
};
