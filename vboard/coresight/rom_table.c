/* SPDX-License-Identifier: Apache-2.0 */
/* A class-1 ROM table (IHI 0031G, D2; DDI 0403E.e, D1.3): entries, an end marker, identification.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"

struct rom_table {
	const struct rom_table_config *config;
};

static dapper_status rom_table_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct rom_table *table = xnew(table);

	(void)board;
	if (!table)
		return FAIL_NO_MEMORY("a ROM table");
	table->config = config->data;
	*model = table;
	return DAPPER_OK;
}

static bool rom_table_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct rom_table *table = model;
	const size_t index = access->offset / 4;

	*value = 0;
	if (index < table->config->entry_count)
		*value = table->config->entries[index];
	else
		(void)coresight_ids_read(&table->config->ids, access->offset, value);
	return true;
}

/* Read-only: writes are ignored. */
static bool rom_table_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	(void)model;
	(void)access;
	(void)value;
	(void)mask;
	return true;
}

static const struct model_field entry_field[] = { { NULL, FIELD_U32 } };

static const struct model_field rom_table_fields[] = {
	CORESIGHT_IDS_FIELDS(struct rom_table_config),
	{ "entries", FIELD_LIST, offsetof(struct rom_table_config, entries), true, entry_field,
		sizeof(uint32_t), offsetof(struct rom_table_config, entry_count) },
	{ NULL },
};

const struct model_class rom_table_class = {
	.name = "ROM table",
	.create = rom_table_create,
	.destroy = free,
	.ops = { .read = rom_table_read, .write = rom_table_write },
	.fields = rom_table_fields,
	.config_size = sizeof(struct rom_table_config),
};
