/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ROM tables (IHI 0029, D6 class 0x1 and D7 class 0x9): the walk from an AP's BASE.
 *
 * The walk goes level by level, so that the entries of all tables of a level share a batch, and
 * then the identification registers of all they list: two round trips a level, and the first
 * level's table comes with its first entries at once. What faults is looked at again alone, and
 * skipped.
 *
 * Everything read is hostile: tables that list themselves, that never end, that nest for ever.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "coresight/component_internal.h"

enum {
	DEPTH_LIMIT = 8,
	COMPONENT_LIMIT = 1024, /* below one AP; the largest parts have some 200 */
	WORD_LIMIT = 8192,      /* read of all tables below one AP */
	FIRST_WORDS = 16,       /* more than most tables of a Cortex-M have entries */
	NEXT_WORDS = 64,
	IDS_IN_BATCH = 24, /* 1.6 KB of answers */
};

/* A growing list of components, borrowed from the graph. */
struct list {
	struct component **items;
	size_t count, capacity;
};

/* The words of one table, as far as they are read. */
struct table {
	struct component *component;
	uint32_t words[CS_ROM_ENTRIES];
	size_t read;
};

struct walk {
	struct mem_ap *ap;
	size_t total;      /* components */
	size_t words;      /* of tables */
	struct list level; /* what the tables of the level above list */
	struct table *tables;
	size_t table_count;
};

static dapper_status list_add(struct list *list, struct component *component)
{
	struct component **items =
		xgrow(list->items, list->count, &list->capacity, sizeof(struct component *));

	if (!items)
		return FAIL_NO_MEMORY("a list of components");
	list->items = items;
	list->items[list->count++] = component;
	return DAPPER_OK;
}

/* A bad answer concerns one component, while the port itself goes on working. */
static bool is_local(const struct walk *walk, dapper_status status)
{
	return (status == DAPPER_ERR_FAULT || status == DAPPER_ERR_WAIT ||
		       status == DAPPER_ERR_NO_ACK || status == DAPPER_ERR_PARITY) &&
	       !walk->ap->ap.dp->is_lost;
}

static dapper_status run(struct walk *walk, struct batch *batch)
{
	dapper_status status = dp_run(walk->ap->ap.dp, batch);

	batch_finish(batch);
	return status;
}

static void note_failure(struct component *component, const char *what)
{
	const char *hint = component->power_id >= 0 ? ", its power domain may be off" : "";

	component_set_problem(component, "%s: %s%s", what, dapper_error_last()->message, hint);
	log_debug(component->ap->ap.dp->context, DAPPER_LOG_TARGET,
		"component at 0x%08llx: %s, ignoring", (unsigned long long)component->id_address,
		component->problem);
	error_clear();
}

/* --- identification
 * ------------------------------------------------------------------------------- */

static void queue_words(struct table *table, struct batch *batch, size_t count);

/* Together with the first words of the only one, where @p table is given. */
static dapper_status identify_together(
	struct walk *walk, struct component *const *items, size_t count, struct table *table)
{
	struct id_block blocks[IDS_IN_BATCH];
	struct batch batch = BATCH_INIT;

	for (size_t i = 0; i < count; i++)
		component_queue_id(items[i], &batch, &blocks[i], CS_ID_FIRST);
	if (table)
		queue_words(table, &batch, FIRST_WORDS);
	TRY(run(walk, &batch));
	if (table)
		table->read = FIRST_WORDS;
	for (size_t i = 0; i < count; i++)
		component_identify(items[i], &blocks[i]);
	return DAPPER_OK;
}

/* Generic components have nothing before PIDR4, and some fault there. */
static dapper_status identify_alone(struct walk *walk, struct component *component)
{
	struct id_block block = { { 0 } };
	struct batch batch = BATCH_INIT;
	dapper_status status = identify_together(walk, &component, 1, NULL);

	if (status == DAPPER_OK || !is_local(walk, status))
		return status;
	component_queue_id(component, &batch, &block, CS_PIDR4);
	status = run(walk, &batch);
	if (status == DAPPER_OK)
		component_identify(component, &block);
	else if (is_local(walk, status))
		note_failure(component, "its identification cannot be read");
	return is_local(walk, status) ? DAPPER_OK : status;
}

static dapper_status identify_group(struct walk *walk, struct component *const *items, size_t count)
{
	dapper_status status = identify_together(walk, items, count, NULL);

	if (status == DAPPER_OK || !is_local(walk, status))
		return status;
	error_clear();
	for (size_t i = 0; i < count; i++)
		TRY(identify_alone(walk, items[i]));
	return DAPPER_OK;
}

static dapper_status identify_all(struct walk *walk, const struct list *list)
{
	for (size_t i = 0; i < list->count; i += IDS_IN_BATCH) {
		const size_t left = list->count - i;

		TRY(identify_group(
			walk, list->items + i, left < IDS_IN_BATCH ? left : IDS_IN_BATCH));
	}
	return DAPPER_OK;
}

/* --- trace components that sleep
 * -------------------------------------------------------------------- */

static dapper_status collect_unidentified(const struct list *from, struct list *to)
{
	for (size_t i = 0; i < from->count; i++)
		if (!from->items[i]->is_identified)
			TRY(list_add(to, from->items[i]));
	return DAPPER_OK;
}

static const struct component *find_scs(const struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (component_find(&list->items[i]->node, "scs") == list->items[i])
			return list->items[i];
	return NULL;
}

static dapper_status identify_with_trace(
	struct walk *walk, const struct list *sleeping, uint64_t demcr_address)
{
	dapper_status status, restored;
	uint32_t demcr;

	TRY(mem_ap_read32(walk->ap, demcr_address, &demcr));
	if (demcr & CS_SCS_DEMCR_TRCENA)
		return DAPPER_OK;
	TRY(mem_ap_write32(walk->ap, demcr_address, demcr | CS_SCS_DEMCR_TRCENA));
	status = identify_all(walk, sleeping);
	restored = mem_ap_write32(walk->ap, demcr_address, demcr);
	return status == DAPPER_OK ? restored : status;
}

/*
 * DWT, ITM, ETM and TPIU of a Cortex-M may not answer while DEMCR.TRCENA is 0. Only when one did
 * not it is set, and put back: discovery leaves the target as it was.
 */
static dapper_status wake_trace(struct walk *walk)
{
	const struct component *scs = find_scs(&walk->level);
	struct list sleeping = { NULL, 0, 0 };
	dapper_status status = DAPPER_OK;

	if (!scs)
		return DAPPER_OK;
	status = collect_unidentified(&walk->level, &sleeping);
	if (status == DAPPER_OK && sleeping.count > 0)
		status = identify_with_trace(walk, &sleeping, scs->address + CS_SCS_DEMCR);
	free(sleeping.items);
	if (!is_local(walk, status))
		return status;
	error_clear();
	return DAPPER_OK;
}

/* --- entries
 * ----------------------------------------------------------------------------------------- */

static bool is_class9(const struct table *table)
{
	return table->component->id.class == COMPONENT_CLASS_CORESIGHT;
}

/* Words of an entry. */
static size_t entry_words(const struct table *table)
{
	return is_class9(table) && FIELD_GET(CS_DEVID_ROM_FORMAT, table->component->id.devid) == 1
	               ? 2
	               : 1;
}

static size_t word_limit(const struct table *table)
{
	return is_class9(table) ? CS_ROM9_WORDS : CS_ROM_ENTRIES;
}

static bool is_final(const struct table *table, uint32_t entry)
{
	return is_class9(table) ? FIELD_GET(CS_ROM9ENTRY_PRESENT, entry) == CS_ROM9_FINAL
	                        : entry == 0;
}

/* Whole entries before the final one, as far as they are read. @return Whether the final one is. */
static bool count_entries(const struct table *table, size_t *count)
{
	const size_t step = entry_words(table);

	for (*count = 0; (*count + 1) * step <= table->read; ++*count)
		if (is_final(table, table->words[*count * step]))
			return true;
	return table->read >= word_limit(table);
}

static void queue_words(struct table *table, struct batch *batch, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mem_ap_queue_read32(table->component->ap, batch,
			table->component->id_address + 4 * (table->read + i),
			&table->words[table->read + i]);
}

static dapper_status read_first_words(struct walk *walk, struct table *tables, size_t count)
{
	struct batch batch = BATCH_INIT;

	for (size_t i = 0; i < count; i++)
		if (tables[i].read == 0)
			queue_words(&tables[i], &batch, FIRST_WORDS);
	TRY(run(walk, &batch));
	for (size_t i = 0; i < count; i++)
		if (tables[i].read == 0)
			tables[i].read = FIRST_WORDS;
	return DAPPER_OK;
}

static dapper_status read_next_words(struct walk *walk, struct table *table)
{
	const size_t left = word_limit(table) - table->read;
	const size_t count = left < NEXT_WORDS ? left : NEXT_WORDS;
	uint8_t bytes[4 * NEXT_WORDS];

	TRY(mem_ap_read(
		walk->ap, table->component->id_address + 4 * table->read, bytes, 4 * count));
	for (size_t i = 0; i < count; i++)
		table->words[table->read + i] = get_le32(bytes + 4 * i);
	table->read += count;
	walk->words += count;
	return DAPPER_OK;
}

static dapper_status read_to_the_end(struct walk *walk, struct table *table)
{
	dapper_status status = DAPPER_OK;
	size_t count;

	if (table->read == 0)
		status = read_first_words(walk, table, 1);
	while (status == DAPPER_OK && !count_entries(table, &count)) {
		if (walk->words >= WORD_LIMIT) {
			component_set_problem(table->component,
				"too many entries below one AP, the rest is left out");
			return DAPPER_OK;
		}
		status = read_next_words(walk, table);
	}
	if (status == DAPPER_OK || !is_local(walk, status))
		return status;
	note_failure(table->component, "its entries cannot be read");
	return DAPPER_OK;
}

static dapper_status read_tables(struct walk *walk)
{
	dapper_status status = read_first_words(walk, walk->tables, walk->table_count);

	if (status != DAPPER_OK && !is_local(walk, status))
		return status;
	error_clear();
	for (size_t i = 0; i < walk->table_count; i++)
		TRY(read_to_the_end(walk, &walk->tables[i]));
	return DAPPER_OK;
}

/* --- from entries to components
 * ------------------------------------------------------------------------ */

struct entry {
	bool is_present;
	uint64_t address;
	int power_id; /* -1: none */
};

static struct entry decode_entry(const struct walk *walk, const struct table *table, size_t index)
{
	const size_t step = entry_words(table);
	const uint32_t low = table->words[index * step];
	const uint32_t offset = low & CS_ROMENTRY_OFFSET;
	/* Offsets are signed. */
	uint64_t distance = (uint64_t)(int64_t)(int32_t)offset;
	struct entry entry = { .power_id = -1 };

	if (step == 2)
		distance = offset | (uint64_t)table->words[index * step + 1] << 32;
	entry.address = table->component->id_address + distance;
	if (!walk->ap->large_address)
		entry.address &= UINT32_MAX;
	if (low & CS_ROMENTRY_POWERIDVALID)
		entry.power_id = (int)FIELD_GET(CS_ROMENTRY_POWERID, low);
	entry.is_present = is_class9(table)
	                           ? FIELD_GET(CS_ROM9ENTRY_PRESENT, low) == CS_ROM9_PRESENT
	                           : (low & CS_ROMENTRY_PRESENT) != 0;
	return entry;
}

/* Is there a table at this address at or above @p component? */
static bool is_ancestor(const struct component *component, uint64_t address)
{
	for (const struct node *node = &component->node; component_is(node); node = node->parent)
		if (NODE_OBJECT_CONST(struct component, node)->id_address == address)
			return true;
	return false;
}

/* NULL: no memory. */
static struct component *add_component(
	struct walk *walk, struct node *parent, uint64_t address, int power_id)
{
	struct component *component = component_create(walk->ap, address, power_id);

	if (!component)
		return NULL;
	node_attach(parent, &component->node);
	walk->total++;
	return component;
}

static dapper_status add_entry(struct walk *walk, struct table *table, const struct entry *entry)
{
	struct component *parent = table->component;
	struct component *component;

	if (!entry->is_present) {
		parent->absent_entries++;
		return DAPPER_OK;
	}
	component = add_component(walk, &parent->node, entry->address, entry->power_id);
	if (!component)
		return FAIL_NO_MEMORY("a component");
	if (is_ancestor(parent, entry->address)) {
		component_set_problem(component, "the table lists itself or one it is listed in");
		return DAPPER_OK;
	}
	return list_add(&walk->level, component);
}

static dapper_status add_entries(struct walk *walk, struct table *table)
{
	size_t count;

	count_entries(table, &count);
	for (size_t i = 0; i < count; i++) {
		const struct entry entry = decode_entry(walk, table, i);

		if (walk->total >= COMPONENT_LIMIT) {
			component_set_problem(table->component,
				"more than %d components below one AP, the rest is left out",
				(int)COMPONENT_LIMIT);
			return DAPPER_OK;
		}
		TRY(add_entry(walk, table, &entry));
	}
	return DAPPER_OK;
}

/* --- the walk
 * ------------------------------------------------------------------------------------------ */

/* The ROM tables among what was just identified become the tables of the next level. */
static dapper_status take_tables(struct walk *walk)
{
	size_t count = 0;

	for (size_t i = 0; i < walk->level.count; i++)
		count += component_is_rom_table(walk->level.items[i]);
	free(walk->tables);
	walk->table_count = 0;
	walk->tables = xcalloc(count, sizeof(*walk->tables));
	if (!walk->tables)
		return FAIL_NO_MEMORY("ROM tables");
	for (size_t i = 0; i < walk->level.count; i++)
		if (component_is_rom_table(walk->level.items[i]))
			walk->tables[walk->table_count++].component = walk->level.items[i];
	return DAPPER_OK;
}

static dapper_status walk_level(struct walk *walk)
{
	TRY(read_tables(walk));
	walk->level.count = 0;
	for (size_t i = 0; i < walk->table_count; i++)
		TRY(add_entries(walk, &walk->tables[i]));
	TRY(identify_all(walk, &walk->level));
	TRY(wake_trace(walk));
	return take_tables(walk);
}

static dapper_status walk_from(struct walk *walk)
{
	for (int depth = 0; depth < DEPTH_LIMIT && walk->table_count > 0; depth++)
		TRY(walk_level(walk));
	for (size_t i = 0; i < walk->table_count; i++)
		component_set_problem(walk->tables[i].component,
			"ROM tables nest deeper than %d, not followed", (int)DEPTH_LIMIT);
	return DAPPER_OK;
}

/* The first table: with it the first entries are read, on the bet that it is one. */
static dapper_status read_root(struct walk *walk)
{
	struct component *root;
	dapper_status status;

	root = add_component(walk, &walk->ap->ap.node, walk->ap->rom_base, -1);
	walk->tables = xnew(walk->tables);
	if (!root || !walk->tables)
		return FAIL_NO_MEMORY("a ROM table");
	walk->tables[0].component = root;
	status = identify_together(walk, &root, 1, &walk->tables[0]);
	if (status != DAPPER_OK && is_local(walk, status)) {
		error_clear();
		status = identify_alone(walk, root);
	}
	if (status != DAPPER_OK)
		return status;
	if (!root->is_identified)
		return dapper_fail(
			DAPPER_ERR_NOT_FOUND, "there is no ROM table: %s", root->problem);
	/* BASE may name the only component itself. */
	walk->table_count = component_is_rom_table(root) ? 1 : 0;
	return DAPPER_OK;
}

dapper_status rom_table_discover(struct mem_ap *ap)
{
	struct walk walk = { .ap = ap };
	dapper_status status;

	if (!ap->rom_present)
		return DAPPER_OK;
	status = read_root(&walk);
	if (status != DAPPER_OK)
		dapper_fail_where(status, "AP#%u, ROM table at 0x%08llx", (unsigned)ap->ap.apsel,
			(unsigned long long)ap->rom_base);
	else
		status = walk_from(&walk);
	free(walk.tables);
	free(walk.level.items);
	return status;
}
