/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/resolve_internal.h"

#include <stdlib.h>

#include "base/error.h"

static dapper_status enter_scope(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited)
{
	if (scope->level == PDSC_FAMILY)
		inherited->family = scope->name;
	if (scope->level == PDSC_SUB_FAMILY)
		inherited->sub_family = scope->name;
	if (scope->vendor[0])
		inherited->vendor = scope->vendor;
	TRY(add_processors(resolver, scope, inherited));
	TRY(add_memories(resolver, scope, inherited));
	return add_algorithms(resolver, scope, inherited);
}

/* @return Its index, which its variants need to know. */
static size_t put_device(struct resolver *resolver, const struct pdsc_scope *scope,
	const struct inherited *inherited)
{
	size_t *next = scope->first_child ? &resolver->next_unlisted : &resolver->next_listed;

	resolver->devices->devices[*next] = (struct pack_device){
		.device = {
			.name = scope->name,
			.vendor = inherited->vendor,
			.family = inherited->family,
			.sub_family = inherited->sub_family,
			.processors = inherited->joined,
			.processor_count = inherited->joined_count,
			.memories = inherited->memories,
			.memory_count = inherited->memory_count,
			.algorithms = inherited->algorithms,
			.algorithm_count = inherited->algorithm_count,
		},
		.scope = scope,
		.parent = inherited->parent_device,
	};
	return (*next)++;
}

/* Scopes are at most as deep as there are levels: four. */
static dapper_status resolve_scope(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited inherited)
{
	TRY(enter_scope(resolver, scope, &inherited));
	if (scope->level >= PDSC_DEVICE)
		inherited.parent_device = put_device(resolver, scope, &inherited);
	for (scope = scope->first_child; scope; scope = scope->next)
		TRY(resolve_scope(resolver, scope, inherited));
	return DAPPER_OK;
}

static size_t count_listed(const struct pdsc_scope *scope)
{
	size_t count = 0;

	for (; scope; scope = scope->next)
		count += scope->first_child ? count_listed(scope->first_child)
		                            : scope->level >= PDSC_DEVICE;
	return count;
}

static dapper_status resolve_families(struct resolver *resolver)
{
	const struct inherited nothing = {
		.family = "",
		.sub_family = "",
		.vendor = resolver->pdsc->vendor,
		.parent_device = (size_t)-1,
	};
	const struct pdsc_scope *family = resolver->pdsc->first_family;

	for (; family; family = family->next)
		TRY(resolve_scope(resolver, family, nothing));
	return DAPPER_OK;
}

dapper_status pack_resolve(dapper_context *context, const char *what, const struct pdsc *pdsc,
	struct string_set *strings, struct pack_devices *devices)
{
	struct pack_devices made = {
		.count = pdsc->device_count,
		.listed_count = count_listed(pdsc->first_family),
	};
	struct resolver resolver = {
		.context = context,
		.what = what,
		.pdsc = pdsc,
		.strings = strings,
		.devices = &made,
		.next_unlisted = made.listed_count,
	};
	dapper_status status;

	made.devices = arena_alloc(strings->arena, made.count, sizeof(*made.devices));
	if (!made.devices)
		return arena_fail(strings->arena, "a pack's devices");
	string_set_init(&resolver.files, strings->arena);
	status = resolve_families(&resolver);
	string_set_finish(&resolver.files);
	if (status != DAPPER_OK) {
		free(made.files);
		return status;
	}
	*devices = made;
	return DAPPER_OK;
}
