/* SPDX-License-Identifier: Apache-2.0 */
#include "svd/resolve.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "svd/expand.h"

/* As access that a register inherits: nobody says. */
enum { ACCESS_OPEN = 0xff };

static dapper_status fail_memory(const struct svd_resolver *resolver)
{
	return arena_fail(resolver->arena, "a System View Description");
}

dapper_svd_constraint svd_constraint_of(const struct svd_node *node)
{
	dapper_svd_constraint constraint = {
		.kind = (dapper_svd_constraint_kind)node->numbers[SVD_CONSTRAINT],
	};

	if (!(node->given & (BIT(SVD_MINIMUM) | BIT(SVD_MAXIMUM))))
		return constraint;
	constraint.kind = DAPPER_SVD_WRITE_RANGE;
	constraint.minimum = node->numbers[SVD_MINIMUM];
	constraint.maximum =
		svd_is_given(node, SVD_MAXIMUM) ? node->numbers[SVD_MAXIMUM] : UINT64_MAX;
	return constraint;
}

/* ---- enumerated values ---- */

static bool fill_value(struct svd_draft *draft, const struct svd_entry *entry, uint8_t usage,
	dapper_svd_value *value)
{
	if (!entry->has_value && !entry->is_default) {
		svd_warn(draft, entry->line, "enumeratedValue '%.64s' has no value; left out",
			entry->name ? entry->name : "");
		return false;
	}
	*value = (dapper_svd_value){
		.name = entry->name ? entry->name : "",
		.description = entry->description ? entry->description : "",
		.value = entry->is_default ? 0 : entry->value,
		.mask = entry->is_default ? 0 : entry->extra,
		.usage = usage,
		.is_default = entry->is_default,
	};
	return true;
}

static dapper_status resolve_values(struct svd_resolver *resolver, struct svd_node *node)
{
	dapper_svd_value *values;
	size_t count = 0;

	for (const struct svd_node *set = node->first_child; set; set = set->next)
		count += set->entries.count;
	TRY(svd_count_steps(resolver->draft, count));
	values = arena_alloc(resolver->arena, count, sizeof(*values));
	if (!values)
		return fail_memory(resolver);
	count = 0;
	for (const struct svd_node *set = node->first_child; set; set = set->next) {
		uint8_t usage = svd_is_given(set, SVD_USAGE)
		                        ? (uint8_t)set->numbers[SVD_USAGE]
		                        : DAPPER_SVD_USAGE_READ | DAPPER_SVD_USAGE_WRITE;

		for (const struct svd_entry *at = set->entries.first; at; at = at->next)
			count += fill_value(resolver->draft, at, usage, &values[count]);
	}
	node->values = values;
	node->value_count = count;
	return DAPPER_OK;
}

/* ---- fields ---- */

/* In bits; 0: it is none. */
static uint64_t field_width(const struct svd_node *node, uint64_t lsb)
{
	uint64_t width = svd_is_given(node, SVD_SIZE) ? node->numbers[SVD_SIZE] : 1;

	if (svd_is_given(node, SVD_MSB))
		width = node->numbers[SVD_MSB] < lsb ? 0 : node->numbers[SVD_MSB] - lsb + 1;
	return width <= 64 - lsb ? width : 0;
}

static dapper_status fill_field(struct svd_resolver *resolver, const struct svd_instance *instance,
	const struct svd_node *reg, uint8_t access, dapper_svd_field *field)
{
	struct svd_node *node = (struct svd_node *)(uintptr_t)instance->node;

	if (node->first_child && !node->values)
		TRY(resolve_values(resolver, node));
	*field = (dapper_svd_field){
		.lsb = (uint8_t)instance->address,
		.width = (uint8_t)field_width(node, instance->address),
		.access = svd_is_given(node, SVD_ACCESS)
		                  ? (dapper_svd_access)node->numbers[SVD_ACCESS]
		          : access == ACCESS_OPEN ? DAPPER_SVD_READ_WRITE
		                                  : (dapper_svd_access)access,
		.read_action = (dapper_svd_read_action)(svd_is_given(node, SVD_READ_ACTION)
								? node->numbers[SVD_READ_ACTION]
								: reg->numbers[SVD_READ_ACTION]),
		.write_action = (dapper_svd_write_action)(svd_is_given(node, SVD_WRITE_ACTION)
								  ? node->numbers[SVD_WRITE_ACTION]
								  : reg->numbers[SVD_WRITE_ACTION]),
		.constraint = svd_constraint_of(node),
		.values = node->values,
		.value_count = node->value_count,
	};
	TRY(svd_expand_text(resolver->draft, instance, SVD_NAME, &field->name));
	return svd_expand_text(resolver->draft, instance, SVD_DESCRIPTION, &field->description);
}

static dapper_status fill_fields(struct svd_resolver *resolver, struct svd_node *reg,
	uint8_t access, const struct svd_instances *instances)
{
	dapper_svd_field *fields = arena_alloc(resolver->arena, instances->count, sizeof(*fields));
	size_t count = 0;

	if (!fields)
		return fail_memory(resolver);
	for (size_t i = 0; i < instances->count; i++) {
		const struct svd_instance *instance = &instances->all[i];

		if (field_width(instance->node, instance->address) == 0) {
			svd_warn(resolver->draft, instance->node->line,
				"field '%.64s' has no bits, or some above 63; left out",
				svd_text(instance->node, SVD_NAME));
			continue;
		}
		TRY(fill_field(resolver, instance, reg, access, &fields[count]));
		count++;
	}
	reg->fields = fields;
	reg->field_count = count;
	reg->fields_access = access;
	return DAPPER_OK;
}

static dapper_status make_fields(
	struct svd_resolver *resolver, struct svd_node *reg, uint8_t access)
{
	struct svd_instances instances;
	dapper_status status;

	TRY(svd_expand(resolver->draft, reg, SVD_FIELD, 0, 63, &instances));
	status = fill_fields(resolver, reg, access, &instances);
	free(instances.all);
	return status;
}

/* Of a register of which nobody says it: what its fields allow together. */
static dapper_svd_access access_of_fields(const dapper_svd_register *reg)
{
	dapper_svd_access access =
		reg->field_count > 0 ? reg->fields[0].access : DAPPER_SVD_READ_WRITE;

	for (size_t i = 1; i < reg->field_count; i++)
		if (reg->fields[i].access != access) {
			bool is_readable = dapper_svd_is_readable(access) ||
			                   dapper_svd_is_readable(reg->fields[i].access);
			bool is_writable = dapper_svd_is_writable(access) ||
			                   dapper_svd_is_writable(reg->fields[i].access);

			access = is_readable && is_writable ? DAPPER_SVD_READ_WRITE
			         : is_readable              ? DAPPER_SVD_READ_ONLY
			                                    : DAPPER_SVD_WRITE_ONLY;
		}
	return access;
}

dapper_status svd_resolve_fields(struct svd_resolver *resolver, const struct svd_node *node,
	const struct svd_inherited *inherited, dapper_svd_register *reg)
{
	struct svd_node *remembered = (struct svd_node *)(uintptr_t)node;
	bool is_open = !(inherited->given & BIT(SVD_ACCESS));
	uint8_t access = is_open ? ACCESS_OPEN : (uint8_t)inherited->numbers[SVD_ACCESS];

	if (node->first_child && (!node->fields || node->fields_access != access))
		TRY(make_fields(resolver, remembered, access));
	reg->fields = node->fields;
	reg->field_count = node->field_count;
	assert(reg->fields || reg->field_count == 0);
	reg->access = is_open ? access_of_fields(reg) : (dapper_svd_access)access;
	reg->has_read_effect = reg->read_action != DAPPER_SVD_READ_HARMLESS;
	for (size_t i = 0; i < reg->field_count; i++)
		if (reg->fields[i].read_action != DAPPER_SVD_READ_HARMLESS)
			reg->has_read_effect = true;
	return DAPPER_OK;
}
