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

static bool is_listed(const struct pdsc_scope *scope)
{
	return scope->level >= PDSC_DEVICE && !scope->first_child;
}

/* @return Its index, which its variants need to know. */
static size_t put_device(struct resolver *resolver, const struct pdsc_scope *scope,
	const struct inherited *inherited)
{
	size_t *next = is_listed(scope) ? &resolver->next_listed : &resolver->next_unlisted;

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

/* The one behind @p scope in the order of the file: each before those inside it. */
static const struct pdsc_scope *next_scope(const struct pdsc_scope *scope)
{
	if (scope->first_child)
		return scope->first_child;
	while (scope && !scope->next)
		scope = scope->parent;
	return scope ? scope->next : NULL;
}

static size_t count_listed(const struct pdsc *pdsc)
{
	const struct pdsc_scope *scope = pdsc->first_family;
	size_t count = 0;

	for (; scope; scope = next_scope(scope))
		count += is_listed(scope);
	return count;
}

static dapper_status resolve_scopes(struct resolver *resolver)
{
	/* What holds in the scopes around the one at hand. */
	struct inherited at[PDSC_VARIANT + 1];
	const struct inherited nothing = {
		.family = "",
		.sub_family = "",
		.vendor = resolver->pdsc->vendor,
		.parent_device = (size_t)-1,
	};
	const struct pdsc_scope *scope = resolver->pdsc->first_family;

	for (; scope; scope = next_scope(scope)) {
		struct inherited *own = &at[scope->level];

		*own = scope->parent ? at[scope->parent->level] : nothing;
		TRY(enter_scope(resolver, scope, own));
		if (scope->level >= PDSC_DEVICE)
			own->parent_device = put_device(resolver, scope, own);
	}
	return DAPPER_OK;
}

dapper_status pack_resolve(dapper_context *context, const char *what, const struct pdsc *pdsc,
	struct string_set *strings, struct pack_devices *devices)
{
	struct pack_devices made = {
		.count = pdsc->device_count,
		.listed_count = count_listed(pdsc),
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
	status = resolve_scopes(&resolver);
	string_set_finish(&resolver.files);
	if (status != DAPPER_OK) {
		free(made.files);
		return status;
	}
	*devices = made;
	return DAPPER_OK;
}
