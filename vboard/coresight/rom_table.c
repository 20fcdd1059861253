/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ROM tables: entries, an end marker, identification. Class 1 (IHI 0031G, D2; DDI 0403E.e, D1.3) is
 * nothing more. Class 9 (IHI 0029F, "Class 0x9 ROM Tables") says by DEVID whether entries have
 * 64 bits, and whether it can power domains up (PRR).
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"

/* Class 9 (IHI 0029F) */
#define DBGPCR0           0xa00u
#define DBGPCR_PRESENT    BIT(0)
#define DBGPCR_PR         BIT(1) /* power is requested */
#define DBGPSR0           0xa80u
#define DBGPSR_PS         BITS(1, 0)
#define DBGPSR_PS_POWERED 1u
#define PRIDR0            0xc00u
#define PRIDR0_VERSION    BITS(3, 0) /* 1 */

enum { MAX_POWER_DOMAINS = 32, MAX_ENTRY_WORDS = DBGPCR0 / 4 };

struct rom_table {
	const struct rom_table_config *config;
	uint32_t power; /* requests, a bit for each domain */
};

static dapper_status rom_table_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct rom_table *table = xnew(table);

	if (!table)
		return FAIL_NO_MEMORY("a ROM table");
	*model = table;
	table->config = config->data;
	if (table->config->entry_count > MAX_ENTRY_WORDS ||
		table->config->power_count > MAX_POWER_DOMAINS)
		return dapper_fail(DAPPER_ERR_INVALID,
			"a ROM table has at most %d words of entries and %d power domains",
			MAX_ENTRY_WORDS, MAX_POWER_DOMAINS);
	return board_keep(board, config->name, &table->power, sizeof(table->power));
}

static void rom_table_reset(void *model, enum board_reset kind)
{
	struct rom_table *table = model;

	if (kind == RESET_POWER_ON)
		table->power = 0;
}

/* The domain of a register of a row of them. */
static bool power_domain(
	const struct rom_table *table, uint32_t offset, uint32_t first, uint32_t *domain)
{
	*domain = (offset - first) / 4;
	return offset >= first && *domain < table->config->power_count;
}

static bool rom_table_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct rom_table *table = model;
	const size_t index = access->offset / 4;
	uint32_t domain;

	*value = 0;
	if (index < table->config->entry_count)
		*value = table->config->entries[index];
	else if (power_domain(table, access->offset, DBGPCR0, &domain))
		*value = DBGPCR_PRESENT | FIELD_PREP(DBGPCR_PR, table->power >> domain);
	else if (power_domain(table, access->offset, DBGPSR0, &domain))
		*value = FIELD_PREP(DBGPSR_PS, table->power >> domain & 1 ? DBGPSR_PS_POWERED : 0);
	else if (access->offset == PRIDR0 && table->config->power_count)
		*value = FIELD_PREP(PRIDR0_VERSION, 1);
	else
		(void)coresight_ids_read(&table->config->ids, access->offset, value);
	return true;
}

/* Read-only but for power requests. */
static bool rom_table_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct rom_table *table = model;
	uint32_t domain;

	(void)mask;
	if (power_domain(table, access->offset, DBGPCR0, &domain))
		table->power = merge_lanes(
			table->power, value & DBGPCR_PR ? UINT32_MAX : 0, BIT(0) << domain);
	return true;
}

static const struct model_field entry_element[] = {
	{ NULL, FIELD_U32, 0 },
	{ NULL },
};

static const struct model_field rom_table_fields[] = {
	CORESIGHT_IDS_FIELDS(struct rom_table_config),
	{ .key = "entries",
		.kind = FIELD_LIST,
		.offset = offsetof(struct rom_table_config, entries),
		.required = true,
		.element = entry_element,
		.element_size = sizeof(uint32_t),
		.count_offset = offsetof(struct rom_table_config, entry_count) },
	{ "power-domains", FIELD_U8, offsetof(struct rom_table_config, power_count) },
	{ NULL },
};

const struct model_class rom_table_class = {
	.name = "ROM table",
	.create = rom_table_create,
	.reset = rom_table_reset,
	.destroy = free,
	.ops = { .read = rom_table_read, .write = rom_table_write },
	.fields = rom_table_fields,
	.config_size = sizeof(struct rom_table_config),
};
