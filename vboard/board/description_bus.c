/* SPDX-License-Identifier: Apache-2.0 */
/* Of a board's description: what is on the bus. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/names.h"
#include "vboard/board/description_internal.h"
#include "vboard/models/models.h"

enum { PERIPHERAL_SIZE = 0x400, COMPONENT_SIZE = 0x1000 }; /* where nothing is said */

/* --- memories -------------------------------------------------------------------------------- */

/* In the order of enum memory_kind and enum bus_lanes. */
static const char *const memory_words[] = { "ram", "nvram", "rom", NULL };
static const char *const lanes_words[] = { "raw", "ahb", "apb", NULL };

static const char *const item_keys[] = { "core", "omit", NULL };

static const struct model_field memory_fields[] = {
	{ "name", FIELD_TEXT, offsetof(struct memory_config, name), true },
	{ "kind", FIELD_WORD, offsetof(struct memory_config, kind), true, .words = memory_words },
	{ "base", FIELD_U32, offsetof(struct memory_config, base), true },
	{ "size", FIELD_U32, offsetof(struct memory_config, size), true },
	{ "fill", FIELD_U8, offsetof(struct memory_config, fill) },
	{ "security", FIELD_WORD, offsetof(struct memory_config, security),
		.words = security_words },
	{ NULL },
};

static dapper_status fill_memories(
	struct reader *reader, const struct items *items, struct memory_config *memories)
{
	for (size_t i = 0; i < items->count; i++) {
		TRY(reader_fill(reader, &items->all[i], "a memory", memory_fields, item_keys,
			&memories[i]));
		TRY(reader_core(reader, &items->all[i], "core", &memories[i].private_to));
	}
	return DAPPER_OK;
}

static dapper_status read_memories(struct reader *reader, const struct items *items)
{
	struct board_part *part = &reader->made->part;
	struct memory_config *memories;

	TRY(reader_alloc(reader, items->count, sizeof(*memories), &memories));
	part->memories = memories;
	part->memory_count = items->count;
	return fill_memories(reader, items, memories);
}

/* --- what is not modelled -------------------------------------------------------------------- */

static const struct model_field quiet_fields[] = {
	{ "name", FIELD_TEXT, offsetof(struct quiet_range, name), true },
	{ "base", FIELD_U32, offsetof(struct quiet_range, base), true },
	{ "size", FIELD_U32, offsetof(struct quiet_range, size) },
	{ NULL },
};

static dapper_status read_quiet(struct reader *reader, const struct items *items)
{
	static const char *const others[] = { "omit", NULL };
	struct board_part *part = &reader->made->part;
	struct quiet_range *ranges;

	TRY(reader_alloc(reader, items->count, sizeof(*ranges), &ranges));
	part->quiet = ranges;
	part->quiet_count = items->count;
	for (size_t i = 0; i < items->count; i++) {
		ranges[i].size = PERIPHERAL_SIZE;
		TRY(reader_fill(
			reader, &items->all[i], "a quiet range", quiet_fields, others, &ranges[i]));
	}
	return DAPPER_OK;
}

/* --- aliases, IDAU, interrupts --------------------------------------------------------------- */

static const struct model_field alias_fields[] = {
	{ "base", FIELD_U32, offsetof(struct alias_config, base), true },
	{ "size", FIELD_U32, offsetof(struct alias_config, size), true },
	{ "target", FIELD_U32, offsetof(struct alias_config, target), true },
	{ "security", FIELD_WORD, offsetof(struct alias_config, security),
		.words = security_words },
	{ NULL },
};

static dapper_status read_aliases(struct reader *reader, const struct items *items)
{
	static const char *const others[] = { "name", "omit", NULL };
	struct board_part *part = &reader->made->part;
	struct alias_config *aliases;

	TRY(reader_alloc(reader, items->count, sizeof(*aliases), &aliases));
	part->aliases = aliases;
	part->alias_count = items->count;
	for (size_t i = 0; i < items->count; i++)
		TRY(reader_fill(
			reader, &items->all[i], "an alias", alias_fields, others, &aliases[i]));
	return DAPPER_OK;
}

enum idau_word { IDAU_SECURE, IDAU_NONSECURE, IDAU_CALLABLE, IDAU_EXEMPT };
static const char *const idau_words[] = { "secure", "nonsecure", "callable", "exempt", NULL };

struct idau_entry {
	uint32_t base, size;
	enum idau_word security;
	uint8_t region;
};

static const struct model_field idau_fields[] = {
	{ "base", FIELD_U32, offsetof(struct idau_entry, base), true },
	{ "size", FIELD_U32, offsetof(struct idau_entry, size), true },
	{ "security", FIELD_WORD, offsetof(struct idau_entry, security), true,
		.words = idau_words },
	{ "region", FIELD_U8, offsetof(struct idau_entry, region) },
	{ NULL },
};

static struct idau_range make_idau_range(const struct idau_entry *entry, bool has_region)
{
	return (struct idau_range){
		.base = entry->base,
		.size = entry->size,
		.says = {
			.ns = entry->security == IDAU_NONSECURE,
			.nsc = entry->security == IDAU_CALLABLE,
			.exempt = entry->security == IDAU_EXEMPT,
			.valid = has_region,
			.region = entry->region,
		},
	};
}

/*
 * The way of Arm's subsystems (SSE-100, SSE-200) and of those built alike: one address bit says
 * Secure, below 0xE0000000; the region's number is the top of the address.
 */
enum { IDAU_BLOCK_BIT = 28, IDAU_BLOCKS = 14 };

static void add_idau_bit(struct idau_range *ranges, size_t *count)
{
	for (uint32_t block = 0; block < IDAU_BLOCKS; block++) {
		const struct idau_entry entry = {
			.base = block << IDAU_BLOCK_BIT,
			.size = 1u << IDAU_BLOCK_BIT,
			.security = block & 1 ? IDAU_SECURE : IDAU_NONSECURE,
			.region = (uint8_t)block,
		};

		ranges[(*count)++] = make_idau_range(&entry, true);
	}
}

static dapper_status read_idau(struct reader *reader, const struct items *items)
{
	static const char *const others[] = { "name", "omit", NULL };
	struct board_part *part = &reader->made->part;
	struct idau_range *ranges;
	struct ref bit, region;

	TRY(reader_alloc(reader, items->count + IDAU_BLOCKS, sizeof(*ranges), &ranges));
	part->idau = ranges;
	for (size_t i = 0; i < items->count; i++) {
		struct idau_entry entry = { 0 };

		TRY(reader_fill(reader, &items->all[i], "a range of the IDAU", idau_fields, others,
			&entry));
		ranges[part->idau_count++] =
			make_idau_range(&entry, view_find(&items->all[i], "region", &region));
	}
	if (!view_find(&reader->root, "idau-bit", &bit))
		return DAPPER_OK;
	if (bit.node->kind != YAML_KIND_TEXT || strcmp(bit.node->text, "28") != 0)
		return ref_fail(bit, "'idau-bit' can only be 28; others are ranges of 'idau'");
	add_idau_bit(ranges, &part->idau_count);
	return DAPPER_OK;
}

static const struct model_field route_fields[] = {
	{ "first", FIELD_U16, offsetof(struct irq_route, first), true },
	{ "last", FIELD_U16, offsetof(struct irq_route, last), true },
	{ NULL },
};

static dapper_status read_route(
	struct reader *reader, const struct view *view, struct irq_route *route)
{
	static const char *const others[] = { "name", "cores", "omit", NULL };
	struct ref cores;

	TRY(reader_fill(reader, view, "an interrupt's route", route_fields, others, route));
	if (!view_find(view, "cores", &cores) || cores.node->kind != YAML_KIND_LIST)
		return ref_fail(view->layers[0], "an interrupt's route needs the list 'cores'");
	for (const struct yaml_node *child = cores.node->first_child; child; child = child->next) {
		uint8_t core = 1;

		TRY(reader_find_core(reader, (struct ref){ child, cores.file }, &core));
		route->cores |= (uint8_t)(1u << (core - 1));
	}
	return DAPPER_OK;
}

static dapper_status read_routes(struct reader *reader, const struct items *items)
{
	struct board_part *part = &reader->made->part;
	struct irq_route *routes;

	TRY(reader_alloc(reader, items->count, sizeof(*routes), &routes));
	part->irq_routes = routes;
	part->irq_route_count = items->count;
	for (size_t i = 0; i < items->count; i++)
		TRY(read_route(reader, &items->all[i], &routes[i]));
	return DAPPER_OK;
}

/* --- peripherals ----------------------------------------------------------------------------- */

struct peripheral {
	const char *model;
	struct model_config row;
};

#define PERIPHERAL(key, kind, member, required)                               \
	{                                                                     \
		key, kind, offsetof(struct peripheral, row.member), required, \
	}

static const struct model_field peripheral_fields[] = {
	{ "model", FIELD_TEXT, offsetof(struct peripheral, model), true },
	PERIPHERAL("name", FIELD_TEXT, name, true),
	PERIPHERAL("base", FIELD_U32, base, true),
	PERIPHERAL("size", FIELD_U32, size, false),
	PERIPHERAL("irq", FIELD_U16, irq, false),
	{ "lanes", FIELD_WORD, offsetof(struct peripheral, row.lanes), .words = lanes_words },
	{ "security", FIELD_WORD, offsetof(struct peripheral, row.security),
		.words = security_words },
	{ NULL },
};

static const char *const peripheral_keys[] = { "config", "core", "omit", NULL };

static const char *get_model_name(const void *list, size_t index)
{
	const struct model_name *names = list;

	return names[index].name;
}

static dapper_status find_class(
	const struct view *view, const char *model, const struct model_class **class)
{
	const struct names names = { get_model_name, NULL, model_names, model_name_count };
	struct ref at = view->layers[0];
	size_t nearest[NAMES_NEAREST_MAX];

	for (size_t i = 0; i < model_name_count; i++)
		if (same_key(model_names[i].name, model)) {
			*class = model_names[i].class;
			return DAPPER_OK;
		}
	(void)view_find(view, "model", &at);
	ref_fail(at, "no model is called '%s'", model);
	if (names_nearest(&names, model, nearest))
		return dapper_fail_hint(
			DAPPER_ERR_PARSE, "did you mean '%s'?", model_names[nearest[0]].name);
	return dapper_fail_hint(DAPPER_ERR_PARSE, "docs/virtual-boards.md lists the models");
}

static dapper_status read_config(
	struct reader *reader, const struct view *item, const char *model, struct model_config *row)
{
	struct view view;
	char what[64];
	void *config;

	TRY(view_below(item, "config", &view));
	if (!row->class->fields)
		return view.count
		               ? ref_fail(view.layers[0], "the model '%s' takes no 'config'", model)
		               : DAPPER_OK;
	/* A failure is at the line of the peripheral where it has no configuration. */
	if (!view.count)
		for (const struct model_field *field = row->class->fields; field->key; field++)
			if (field->required)
				return ref_fail(item->layers[0],
					"the model '%s' needs the key '%s' in 'config'", model,
					field->key);
	snprintf(what, sizeof(what), "the model '%s'", model);
	TRY(reader_alloc(reader, 1, row->class->config_size, &config));
	row->data = config;
	return reader_fill(reader, &view, what, row->class->fields, NULL, config);
}

/** @p core: whose component it is, from 1 on; 0 for the board's. */
static dapper_status read_peripheral(
	struct reader *reader, const struct view *item, uint8_t core, struct model_config *row)
{
	struct peripheral made = {
		.row = { .size = core ? COMPONENT_SIZE : PERIPHERAL_SIZE, .lanes = LANES_AHB },
	};
	uint8_t named;

	TRY(reader_fill(reader, item, "a peripheral", peripheral_fields, peripheral_keys, &made));
	TRY(find_class(item, made.model, &made.row.class));
	TRY(read_config(reader, item, made.model, &made.row));
	TRY(reader_core(reader, item, "core", &named));
	made.row.private_to = named ? named : core;
	/* What is the only core's may as well be everybody's. */
	if (reader->made->part.core_count == 1)
		made.row.private_to = 0;
	*row = made.row;
	return DAPPER_OK;
}

static dapper_status add_peripherals(
	struct reader *reader, const struct items *items, uint8_t core, struct model_config *models)
{
	struct board_part *part = &reader->made->part;

	for (size_t i = 0; i < items->count; i++) {
		if (part->model_count == ITEMS_MAX)
			return ref_fail(items->all[i].layers[0],
				"too many peripherals (%d at most)", ITEMS_MAX);
		TRY(read_peripheral(reader, &items->all[i], core, &models[part->model_count]));
		part->model_count++;
	}
	return DAPPER_OK;
}

static dapper_status add_components(struct reader *reader, struct model_config *models)
{
	for (size_t i = 0; i < reader->cores->count; i++) {
		struct items *items;
		dapper_status status;

		TRY(items_gather(&reader->cores->all[i], "components", &items));
		status = add_peripherals(reader, items, (uint8_t)(i + 1), models);
		free(items);
		TRY(status);
	}
	return DAPPER_OK;
}

static dapper_status read_peripherals(struct reader *reader, const struct items *items)
{
	struct model_config *models;

	TRY(reader_alloc(reader, ITEMS_MAX, sizeof(*models), &models));
	reader->made->part.models = models;
	TRY(add_peripherals(reader, items, 0, models));
	return add_components(reader, models);
}

/* --- all of it ------------------------------------------------------------------------------- */

dapper_status reader_read_bus(struct reader *reader)
{
	static const struct {
		const char *key;
		dapper_status (*read)(struct reader *reader, const struct items *items);
	} lists[] = {
		{ "memories", read_memories },
		{ "quiet", read_quiet },
		{ "aliases", read_aliases },
		{ "idau", read_idau },
		{ "irq-routes", read_routes },
		{ "peripherals", read_peripherals },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct items *items;
		dapper_status status;

		TRY(items_gather(&reader->root, lists[i].key, &items));
		status = lists[i].read(reader, items);
		free(items);
		TRY(status);
	}
	return DAPPER_OK;
}
