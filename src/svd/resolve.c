/* SPDX-License-Identifier: Apache-2.0 */
#include "svd/resolve.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "svd/expand.h"

enum {
	DEPTH_MAX =
		64, /* Clusters inside each other; derivedFrom can nest what the file does not. */
	DEFAULT_SIZE = 32,
	SIZE_MAX_BITS = 64
};

/* A register of 8 bytes there has a last byte. */
static const uint64_t address_end = UINT64_MAX - 7;

static const uint32_t inherited_properties = BIT(SVD_SIZE) | BIT(SVD_ACCESS) | BIT(SVD_PROTECTION) |
                                             BIT(SVD_RESET_VALUE) | BIT(SVD_RESET_MASK);

/* What a scope is made of while it is filled. */
struct scope {
	const struct svd_node *node;
	struct svd_inherited inherited;
	uint64_t address;
	const dapper_svd_cluster *cluster; /* NULL: the peripheral itself. */
	const dapper_svd_peripheral *peripheral;
	dapper_svd_content *content;
};

static dapper_status fill_scope(struct svd_resolver *resolver, const struct scope *scope);

static dapper_status fail_memory(const struct svd_resolver *resolver)
{
	return arena_fail(resolver->arena, "a System View Description");
}

static dapper_status locate(struct svd_located_list *list, uint64_t number, const void *item)
{
	struct svd_located *grown = xgrow(list->all, list->count, &list->capacity, sizeof(*grown));

	if (!grown)
		return FAIL_NO_MEMORY("a System View Description");
	list->all = grown;
	grown[list->count] =
		(struct svd_located){ .number = number, .order = list->count, .item = item };
	list->count++;
	return DAPPER_OK;
}

static struct svd_inherited inherit(
	struct svd_draft *draft, const struct svd_inherited *from, const struct svd_node *node)
{
	struct svd_inherited inherited = *from;
	uint32_t own = node->given & inherited_properties;
	uint64_t size = node->numbers[SVD_SIZE];

	if ((own & BIT(SVD_SIZE)) && (size == 0 || size > SIZE_MAX_BITS)) {
		svd_warn(draft, node->line, "%s '%.64s': registers cannot have %llu bits; ignored",
			svd_kind_text(node->kind), svd_text(node, SVD_NAME),
			(unsigned long long)size);
		own &= ~BIT(SVD_SIZE);
	}
	for (unsigned i = 0; i <= SVD_RESET_MASK; i++)
		if (own & BIT(i))
			inherited.numbers[i] = node->numbers[i];
	inherited.given |= own;
	return inherited;
}

/* ---- registers ---- */

static uint8_t size_in_bytes(unsigned bits)
{
	if (bits <= 8)
		return 1;
	if (bits <= 16)
		return 2;
	return bits <= 32 ? 4 : 8;
}

static void set_properties(dapper_svd_register *reg, const struct svd_inherited *inherited)
{
	unsigned bits = inherited->given & BIT(SVD_SIZE) ? (unsigned)inherited->numbers[SVD_SIZE]
	                                                 : DEFAULT_SIZE;
	uint64_t all = UINT64_MAX >> (SIZE_MAX_BITS - bits);

	reg->size_bits = (uint8_t)bits;
	reg->size_bytes = size_in_bytes(bits);
	if (inherited->given & BIT(SVD_PROTECTION))
		reg->protection = (dapper_svd_protection)inherited->numbers[SVD_PROTECTION];
	if (!(inherited->given & BIT(SVD_RESET_VALUE)))
		return;
	reg->reset_value = inherited->numbers[SVD_RESET_VALUE] & all;
	reg->reset_mask = all;
	if (inherited->given & BIT(SVD_RESET_MASK))
		reg->reset_mask &= inherited->numbers[SVD_RESET_MASK];
}

static dapper_status fill_register(struct svd_resolver *resolver, const struct scope *scope,
	const struct svd_instance *instance, dapper_svd_register *reg)
{
	struct svd_draft *draft = resolver->draft;
	const struct svd_node *node = instance->node;
	struct svd_inherited inherited = inherit(draft, &scope->inherited, node);

	reg->address = instance->address;
	reg->offset = instance->address - scope->peripheral->address;
	reg->read_action = (dapper_svd_read_action)node->numbers[SVD_READ_ACTION];
	reg->write_action = (dapper_svd_write_action)node->numbers[SVD_WRITE_ACTION];
	reg->constraint = svd_constraint_of(node);
	reg->data_type = svd_text(node, SVD_DATA_TYPE);
	reg->cluster = scope->cluster;
	reg->peripheral = scope->peripheral;
	set_properties(reg, &inherited);
	TRY(svd_resolve_fields(resolver, node, &inherited, reg));
	TRY(svd_expand_text(draft, instance, SVD_NAME, &reg->name));
	TRY(svd_expand_text(draft, instance, SVD_DISPLAY_NAME, &reg->display_name));
	TRY(svd_expand_text(draft, instance, SVD_DESCRIPTION, &reg->description));
	TRY(svd_expand_text(draft, instance, SVD_ALTERNATE_GROUP, &reg->alternate_group));
	TRY(svd_expand_text(draft, instance, SVD_ALTERNATE, &reg->alternate_register));
	return locate(&resolver->registers, reg->address, reg);
}

static dapper_status fill_registers(struct svd_resolver *resolver, const struct scope *scope,
	const struct svd_instances *instances)
{
	dapper_svd_register *registers =
		arena_alloc(resolver->arena, instances->count, sizeof(*registers));

	if (!registers)
		return fail_memory(resolver);
	for (size_t i = 0; i < instances->count; i++)
		TRY(fill_register(resolver, scope, &instances->all[i], &registers[i]));
	scope->content->registers = registers;
	scope->content->register_count = instances->count;
	return DAPPER_OK;
}

/* ---- clusters ---- */

static dapper_status fill_cluster(struct svd_resolver *resolver, const struct scope *scope,
	const struct svd_instance *instance, dapper_svd_cluster *cluster)
{
	struct svd_draft *draft = resolver->draft;
	struct svd_node *node = (struct svd_node *)(uintptr_t)instance->node;
	const struct scope inside = {
		.node = node,
		.inherited = inherit(draft, &scope->inherited, node),
		.address = instance->address,
		.cluster = cluster,
		.peripheral = scope->peripheral,
		.content = &cluster->content,
	};
	dapper_status status;

	cluster->address = instance->address;
	cluster->parent = scope->cluster;
	cluster->peripheral = scope->peripheral;
	TRY(svd_expand_text(draft, instance, SVD_NAME, &cluster->name));
	TRY(svd_expand_text(draft, instance, SVD_DESCRIPTION, &cluster->description));
	TRY(svd_expand_text(draft, instance, SVD_ALTERNATE, &cluster->alternate_cluster));
	TRY(svd_expand_text(draft, instance, SVD_STRUCT_NAME, &cluster->struct_name));
	if (node->is_open) {
		svd_warn(draft, node->line, "cluster '%.64s' contains itself; left empty there",
			cluster->name);
		return DAPPER_OK;
	}
	if (resolver->depth == DEPTH_MAX)
		return dapper_fail_where(dapper_fail(DAPPER_ERR_LIMIT,
						 "clusters are nested deeper than %d", DEPTH_MAX),
			"%s, line %u", draft->what, node->line);
	node->is_open = true;
	resolver->depth++;
	status = fill_scope(resolver, &inside);
	resolver->depth--;
	node->is_open = false;
	return status;
}

static dapper_status fill_clusters(struct svd_resolver *resolver, const struct scope *scope,
	const struct svd_instances *instances)
{
	dapper_svd_cluster *clusters =
		arena_alloc(resolver->arena, instances->count, sizeof(*clusters));

	if (!clusters)
		return fail_memory(resolver);
	for (size_t i = 0; i < instances->count; i++)
		TRY(fill_cluster(resolver, scope, &instances->all[i], &clusters[i]));
	scope->content->clusters = clusters;
	scope->content->cluster_count = instances->count;
	return DAPPER_OK;
}

typedef dapper_status fill(struct svd_resolver *resolver, const struct scope *scope,
	const struct svd_instances *instances);

static dapper_status fill_kind(struct svd_resolver *resolver, const struct scope *scope,
	enum svd_kind kind, fill *fill_all)
{
	struct svd_instances instances;
	dapper_status status = DAPPER_OK;

	TRY(svd_expand(
		resolver->draft, scope->node, kind, scope->address, address_end, &instances));
	if (instances.count > 0)
		status = fill_all(resolver, scope, &instances);
	free(instances.all);
	return status;
}

static dapper_status fill_scope(struct svd_resolver *resolver, const struct scope *scope)
{
	TRY(fill_kind(resolver, scope, SVD_REGISTER, fill_registers));
	return fill_kind(resolver, scope, SVD_CLUSTER, fill_clusters);
}

/* ---- peripherals ---- */

static dapper_status fill_interrupts(struct svd_resolver *resolver, const struct svd_node *node,
	dapper_svd_peripheral *peripheral)
{
	dapper_svd_interrupt *interrupts =
		arena_alloc(resolver->arena, node->entries.count, sizeof(*interrupts));
	size_t count = 0;

	if (!interrupts)
		return fail_memory(resolver);
	for (const struct svd_entry *at = node->entries.first; at; at = at->next) {
		if (!at->name || !at->has_value || at->value > UINT32_MAX) {
			svd_warn(resolver->draft, at->line,
				"interrupt '%.64s' has no name or number; left out",
				at->name ? at->name : "");
			continue;
		}
		interrupts[count] = (dapper_svd_interrupt){
			.name = at->name,
			.description = at->description ? at->description : "",
			.number = (uint32_t)at->value,
			.peripheral = peripheral,
		};
		TRY(locate(&resolver->interrupts, at->value, &interrupts[count]));
		count++;
	}
	peripheral->interrupts = interrupts;
	peripheral->interrupt_count = count;
	return DAPPER_OK;
}

static dapper_status fill_blocks(struct svd_resolver *resolver, const struct svd_node *node,
	dapper_svd_peripheral *peripheral)
{
	dapper_svd_block *blocks =
		arena_alloc(resolver->arena, node->blocks.count, sizeof(*blocks));
	size_t count = 0;

	if (!blocks)
		return fail_memory(resolver);
	for (const struct svd_entry *at = node->blocks.first; at; at = at->next) {
		if (!at->has_value || !at->has_extra || at->extra == 0 ||
			at->value > UINT64_MAX - peripheral->address ||
			at->extra - 1 > UINT64_MAX - peripheral->address - at->value) {
			svd_warn(resolver->draft, at->line,
				"addressBlock of '%.64s' is no range of addresses; left out",
				peripheral->name);
			continue;
		}
		blocks[count++] = (dapper_svd_block){
			.address = peripheral->address + at->value,
			.size = at->extra,
			.usage = (dapper_svd_block_usage)at->usage,
			.protection = (dapper_svd_protection)at->protection,
		};
	}
	peripheral->blocks = blocks;
	peripheral->block_count = count;
	return DAPPER_OK;
}

static dapper_status fill_peripheral_texts(struct svd_draft *draft,
	const struct svd_instance *instance, dapper_svd_peripheral *peripheral)
{
	const struct svd_node *node = instance->node;

	peripheral->group = svd_text(node, SVD_GROUP_NAME);
	peripheral->version = svd_text(node, SVD_VERSION);
	peripheral->disable_condition = svd_text(node, SVD_DISABLE_CONDITION);
	peripheral->struct_name = svd_text(node, SVD_STRUCT_NAME);
	peripheral->prepend_to_name = svd_text(node, SVD_PREPEND);
	peripheral->append_to_name = svd_text(node, SVD_APPEND);
	peripheral->derived_from = svd_text(node, SVD_DERIVED_FROM);
	TRY(svd_expand_text(draft, instance, SVD_NAME, &peripheral->name));
	TRY(svd_expand_text(draft, instance, SVD_DESCRIPTION, &peripheral->description));
	return svd_expand_text(draft, instance, SVD_ALTERNATE, &peripheral->alternate_peripheral);
}

static dapper_status fill_peripheral(struct svd_resolver *resolver, const struct scope *device,
	const struct svd_instance *instance, dapper_svd_peripheral *peripheral)
{
	const struct svd_node *node = instance->node;
	const struct scope scope = {
		.node = node,
		.inherited = inherit(resolver->draft, &device->inherited, node),
		.address = instance->address,
		.peripheral = peripheral,
		.content = &peripheral->content,
	};

	peripheral->address = instance->address;
	TRY(svd_count_steps(resolver->draft, node->entries.count + node->blocks.count));
	TRY(fill_peripheral_texts(resolver->draft, instance, peripheral));
	TRY(fill_interrupts(resolver, node, peripheral));
	TRY(fill_blocks(resolver, node, peripheral));
	return fill_scope(resolver, &scope);
}

static dapper_status fill_peripherals(struct svd_resolver *resolver,
	const struct svd_instances *instances, struct svd_resolved *resolved)
{
	const struct svd_inherited nothing = { .given = 0 };
	const struct svd_node *root = resolver->draft->root;
	const struct scope device = {
		.node = root,
		.inherited = inherit(resolver->draft, &nothing, root),
	};
	dapper_svd_peripheral *peripherals =
		arena_alloc(resolver->arena, instances->count, sizeof(*peripherals));

	if (!peripherals)
		return fail_memory(resolver);
	for (size_t i = 0; i < instances->count; i++)
		TRY(fill_peripheral(resolver, &device, &instances->all[i], &peripherals[i]));
	resolved->peripherals = peripherals;
	resolved->peripheral_count = instances->count;
	return DAPPER_OK;
}

/* ---- by number ---- */

static int compare_located(const void *a, const void *b)
{
	const struct svd_located *left = a;
	const struct svd_located *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

/* @return The items by number, in the arena; NULL: no memory. */
static const void **sort_located(
	struct svd_resolver *resolver, struct svd_located_list *list, bool is_each_once)
{
	const void **items = arena_alloc(resolver->arena, list->count, sizeof(*items));
	size_t count = 0;

	if (!items)
		return NULL;
	if (list->count > 1)
		qsort(list->all, list->count, sizeof(list->all[0]), compare_located);
	for (size_t i = 0; i < list->count; i++)
		if (!is_each_once || i == 0 || list->all[i].number != list->all[i - 1].number)
			items[count++] = list->all[i].item;
	list->count = count;
	return items;
}

static dapper_status sort_all(struct svd_resolver *resolver, struct svd_resolved *resolved)
{
	const void **registers = sort_located(resolver, &resolver->registers, false);
	const void **interrupts = sort_located(resolver, &resolver->interrupts, true);

	if (!registers || !interrupts)
		return fail_memory(resolver);
	resolved->registers = (const dapper_svd_register **)(void *)registers;
	resolved->register_count = resolver->registers.count;
	resolved->interrupts = (const dapper_svd_interrupt **)(void *)interrupts;
	resolved->interrupt_count = resolver->interrupts.count;
	return DAPPER_OK;
}

dapper_status svd_resolve(
	struct svd_draft *draft, struct arena *arena, struct svd_resolved *resolved)
{
	struct svd_resolver resolver = { .draft = draft, .arena = arena };
	struct svd_instances instances;
	dapper_status status;

	TRY(svd_expand(draft, draft->root, SVD_PERIPHERAL, 0, address_end, &instances));
	status = fill_peripherals(&resolver, &instances, resolved);
	free(instances.all);
	if (status == DAPPER_OK)
		status = sort_all(&resolver, resolved);
	free(resolver.registers.all);
	free(resolver.interrupts.all);
	return status;
}
