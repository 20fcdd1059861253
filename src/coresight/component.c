/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Components: what identification registers mean, and components as nodes. rom_table.c finds them.
 */
#include "coresight/component_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* --- tables -------------------------------------------------------------------------------------
 */

enum { ANY = 0xffff };

static const struct component_row {
	uint16_t designer, part, devtype, archid;
	struct component_type type;
} component_rows[] = {
#define COMPONENT(designer, part, devtype, archid, name, kind) \
	{ designer, part, devtype, archid, { name, kind } },
#include "coresight/components.def"
#undef COMPONENT
};

static const struct component_type rom_table_type = { "ROM table", "rom-table" };

static const struct {
	uint16_t code;
	const char *name;
} makers[] = {
#define MAKER(code, name) { code, name },
#include "coresight/jep106.def"
#undef MAKER
};

const char *jep106_name(uint16_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (makers[i].code == code)
			return makers[i].name;
	return NULL;
}

static bool fits(uint16_t wanted, uint16_t found)
{
	return wanted == ANY || wanted == found;
}

static const struct component_type *find_type(const struct component_id *id)
{
	if (id->class == COMPONENT_CLASS_ROM ||
		(id->class == COMPONENT_CLASS_CORESIGHT && id->archid == CS_ARCHID_ROM))
		return &rom_table_type;
	for (size_t i = 0; i < ARRAY_SIZE(component_rows); i++) {
		const struct component_row *row = &component_rows[i];

		if (fits(row->designer, id->designer) && fits(row->part, id->part) &&
			fits(row->devtype, id->devtype) && fits(row->archid, id->archid))
			return &row->type;
	}
	return NULL;
}

/* --- identification ------------------------------------------------------------------------------
 */

static uint32_t get(const struct id_block *block, uint32_t reg)
{
	return block->words[CS_ID_INDEX(reg)];
}

/* Four registers with a byte each, from the first one on. */
static uint32_t join_cidr(const struct id_block *block)
{
	uint32_t cidr = 0;

	for (unsigned i = 0; i < 4; i++)
		cidr |= (get(block, CS_CIDR0 + 4 * i) & 0xff) << 8 * i;
	return cidr;
}

static uint16_t get_designer(const struct id_block *block)
{
	/* Without JEDEC the code would be an old one of Arm's own, in ASCII. */
	if (!(get(block, CS_PIDR2) & CS_PIDR2_JEDEC))
		return 0;
	return (uint16_t)(FIELD_GET(CS_PIDR4_DES_2, get(block, CS_PIDR4)) << 7 |
			  FIELD_GET(CS_PIDR2_DES_1, get(block, CS_PIDR2)) << 4 |
			  FIELD_GET(CS_PIDR1_DES_0, get(block, CS_PIDR1)));
}

static uint16_t get_archid(const struct id_block *block)
{
	const uint32_t devarch = get(block, CS_DEVARCH);

	if (!(devarch & CS_DEVARCH_PRESENT) ||
		FIELD_GET(CS_DEVARCH_ARCHITECT, devarch) != CS_ARCHITECT_ARM)
		return 0;
	return (uint16_t)FIELD_GET(CS_DEVARCH_ARCHID, devarch);
}

static struct component_id decode(const struct id_block *block)
{
	struct component_id id = {
		.class = (uint8_t)FIELD_GET(CS_CIDR1_CLASS, get(block, CS_CIDR1)),
		.designer = get_designer(block),
		.part = (uint16_t)(FIELD_GET(CS_PIDR1_PART_1, get(block, CS_PIDR1)) << 8 |
				   FIELD_GET(CS_PIDR0_PART_0, get(block, CS_PIDR0))),
		.revision = (uint8_t)FIELD_GET(CS_PIDR2_REVISION, get(block, CS_PIDR2)),
		.size_log2 = (uint8_t)FIELD_GET(CS_PIDR4_SIZE, get(block, CS_PIDR4)),
	};

	if (id.class == COMPONENT_CLASS_CORESIGHT) {
		id.devtype =
			(uint8_t)(get(block, CS_DEVTYPE) & (CS_DEVTYPE_SUB | CS_DEVTYPE_MAJOR));
		id.archid = get_archid(block);
		id.devid = get(block, CS_DEVID);
	}
	return id;
}

/* --- nodes
 * ---------------------------------------------------------------------------------------- */

static void describe_id(const struct component_id *id, struct dapper_node_visitor *visitor)
{
	const char *maker = jep106_name(id->designer);

	node_put_hex(visitor, "class", id->class, 1);
	if (maker)
		node_put_text(visitor, "designer", "%s (0x%03x)", maker, (unsigned)id->designer);
	else
		node_put_hex(visitor, "designer", id->designer, 3);
	node_put_hex(visitor, "part", id->part, 3);
	node_put_number(visitor, "revision", id->revision);
	if (id->class == COMPONENT_CLASS_CORESIGHT)
		node_put_hex(visitor, "devtype", id->devtype, 2);
	if (id->archid)
		node_put_hex(visitor, "archid", id->archid, 4);
}

static void component_describe(const struct node *node, struct dapper_node_visitor *visitor)
{
	const struct component *component = NODE_OBJECT_CONST(struct component, node);

	node_put_hex(visitor, "address", component->address, 8);
	if (component->type)
		node_put_text(visitor, "type", "%s", component->type->kind);
	if (component->is_identified)
		describe_id(&component->id, visitor);
	if (component->power_id >= 0)
		node_put_number(visitor, "power_domain", (unsigned)component->power_id);
	if (component->absent_entries)
		node_put_number(visitor, "absent_entries", component->absent_entries);
	if (component->problem[0])
		node_put_text(visitor, "problem", "%s", component->problem);
}

static void component_destroy(struct node *node)
{
	free(NODE_OBJECT(struct component, node));
}

static const struct node_class component_class = {
	.kind = "component",
	.describe = component_describe,
	.destroy = component_destroy,
};

static const struct node_class rom_table_class = {
	.kind = "rom-table",
	.describe = component_describe,
	.destroy = component_destroy,
};

bool component_is(const struct node *node)
{
	return node->class == &component_class || node->class == &rom_table_class;
}

bool component_is_rom_table(const struct component *component)
{
	return component->type == &rom_table_type;
}

struct component *component_create(struct mem_ap *ap, uint64_t address, int power_id)
{
	struct component *component = xnew(component);

	if (!component)
		return NULL;
	node_init(&component->node, &component_class, "unknown");
	component->ap = ap;
	component->address = address;
	component->id_address = address;
	component->power_id = power_id;
	return component;
}

void component_set_problem(struct component *component, const char *format, ...)
{
	va_list args;

	if (component->problem[0])
		return;
	va_start(args, format);
	vsnprintf(component->problem, sizeof(component->problem), format, args);
	va_end(args);
}

void component_queue_id(const struct component *component, struct batch *batch,
	struct id_block *block, uint32_t first_reg)
{
	/* Words one by one, not a block: several components then share a packet of the probe. */
	for (uint32_t reg = first_reg; reg <= CS_ID_LAST; reg += 4)
		mem_ap_queue_read32(component->ap, batch, component->id_address + reg,
			&block->words[CS_ID_INDEX(reg)]);
}

static void set_name(struct component *component)
{
	const struct component_id *id = &component->id;
	const char *maker = jep106_name(id->designer);
	char *name = component->node.name;
	const size_t size = sizeof(component->node.name);

	if (component->type)
		snprintf(name, size, "%s", component->type->name);
	else
		snprintf(name, size, "part 0x%03x of %s", (unsigned)id->part,
			maker ? maker : "an unknown maker");
}

void component_identify(struct component *component, const struct id_block *block)
{
	const uint32_t cidr = join_cidr(block);
	const uint64_t size = UINT64_C(4096) << FIELD_GET(CS_PIDR4_SIZE, get(block, CS_PIDR4));

	if ((cidr & ~CS_CIDR_CLASS) != CS_CIDR) {
		component_set_problem(component,
			"no CoreSight identification: CIDR is 0x%08x, expected 0xb105?00d",
			(unsigned)cidr);
		return;
	}
	component->problem[0] = '\0';
	component->id = decode(block);
	component->is_identified = true;
	/* Larger ones are listed by their last 4 KB. */
	component->address = component->id_address - (size - 4096);
	if (!component->ap->large_address)
		component->address &= UINT32_MAX;
	component->type = find_type(&component->id);
	if (component_is_rom_table(component))
		component->node.class = &rom_table_class;
	set_name(component);
}

/* --- finding
 * -------------------------------------------------------------------------------------- */

/* The one after @p node, depth first, within @p root. */
static struct node *next_node(const struct node *root, struct node *node)
{
	if (node->first_child)
		return node->first_child;
	while (node != root && !node->next)
		node = node->parent;
	return node == root ? NULL : node->next;
}

static struct component *find_from(const struct node *root, struct node *node, const char *kind)
{
	for (; node; node = next_node(root, node)) {
		struct component *component = NODE_OBJECT(struct component, node);

		if (component_is(node) && component->type &&
			strcmp(component->type->kind, kind) == 0)
			return component;
	}
	return NULL;
}

struct component *component_find(struct node *node, const char *kind)
{
	return find_from(node, node, kind);
}

struct component *component_find_next(
	struct node *root, const struct component *previous, const char *kind)
{
	/* Our own object; const to those who hold it only as a mark. */
	struct node *node = (struct node *)(uintptr_t)&previous->node;

	return find_from(root, next_node(root, node), kind);
}
