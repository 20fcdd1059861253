/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/resolve_internal.h"

#include <string.h>
#include <strings.h>

#include "base/bits.h"
#include "base/error.h"

/*
 * @p element or the first behind it of those that are for one processor (@p named), or for all.
 * In each scope, what is for all comes first.
 */
static const struct pdsc_element *next_for(
	const struct pdsc_element *element, const char *name, bool named)
{
	element = next_named(element, name);
	while (element && (processor_of(element)[0] != '\0') != named)
		element = next_named(element->next, name);
	return element;
}

/* ---- processors ---- */

/* Dmpu="1", Dmpu="MPU" against "0", "NO_MPU". */
static void take_feature(const struct pdsc_element *element, const char *name, bool *flag)
{
	const char *value = pdsc_get_attribute(element, name);

	if (value)
		*flag = strcmp(value, "0") != 0 && strncmp(value, "NO_", 3) != 0;
}

static unsigned fpu_bits(const char *text)
{
	static const struct {
		const char *text;
		unsigned bits;
	} values[] = { { "1", 32 }, { "FPU", 32 }, { "SP_FPU", 32 }, { "2", 64 },
		{ "DP_FPU", 64 } };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (strcmp(values[i].text, text) == 0)
			return values[i].bits;
	return 0;
}

static void apply_processor(const struct pdsc_element *element, dapper_pack_processor *processor)
{
	const char *fpu = pdsc_get_attribute(element, "Dfpu");
	const char *endian = pdsc_get_attribute(element, "Dendian");

	take_text(element, "Dcore", &processor->core);
	take_text(element, "DcoreVersion", &processor->revision);
	take_unsigned(element, "Dclock", &processor->clock_hz);
	take_unsigned(element, "Punits", &processor->unit_count);
	take_feature(element, "Dmpu", &processor->has_mpu);
	take_feature(element, "Ddsp", &processor->has_dsp);
	take_feature(element, "Dtz", &processor->has_trustzone);
	if (fpu)
		processor->fpu_bits = fpu_bits(fpu);
	if (endian)
		processor->is_big_endian = strcasecmp(endian, "Big-endian") == 0;
}

static size_t find_processor(const dapper_pack_processor *list, size_t count, const char *name)
{
	size_t i = 0;

	while (i < count && strcmp(list[i].name, name) != 0)
		i++;
	return i;
}

/* The entry for a processor; a new one starts as what holds for all. */
static size_t need_processor(dapper_pack_processor *list, size_t *count, const char *name)
{
	size_t index = find_processor(list, *count, name);
	size_t base = find_processor(list, *count, "");

	if (index < *count)
		return index;
	list[index] = base < *count ? list[base]
	                            : (dapper_pack_processor){
					      .core = "", .svd = "", .revision = "", .unit_count = 1
				      };
	list[index].name = name;
	(*count)++;
	return index;
}

static void apply_processors(
	const struct pdsc_scope *scope, bool named, dapper_pack_processor *list, size_t *count)
{
	const struct pdsc_element *element = next_for(scope->first_element, "processor", named);

	for (; element; element = next_for(element->next, "processor", named)) {
		size_t index = need_processor(list, count, processor_of(element));

		for (size_t i = 0; i < *count; i++)
			if (i == index || !named)
				apply_processor(element, &list[i]);
	}
}

static dapper_status add_own_processors(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited)
{
	size_t count = inherited->processor_count;
	void *copy;

	TRY(copy_list(resolver, scope, "processor", inherited->processors, count,
		sizeof(dapper_pack_processor), &copy));
	if (!copy)
		return DAPPER_OK;
	apply_processors(scope, false, copy, &count);
	apply_processors(scope, true, copy, &count);
	inherited->processors = copy;
	inherited->processor_count = count;
	inherited->joined = NULL;
	return DAPPER_OK;
}

/* ---- debug and access ports ---- */

static dapper_status apply_debug(
	struct resolver *resolver, const struct pdsc_element *element, struct debug *debug)
{
	take_unsigned(element, "__dp", &debug->dp);
	if (take_unsigned(element, "__ap", &debug->ap))
		debug->has_port = false;
	if (take_unsigned(element, "__apid", &debug->port))
		debug->has_port = true;
	return take_path(resolver, element, "svd", &debug->svd);
}

static size_t find_debug(const struct debug *list, size_t count, const char *processor)
{
	size_t i = 0;

	while (i < count && strcmp(list[i].processor, processor) != 0)
		i++;
	return i;
}

static size_t need_debug(struct debug *list, size_t *count, const char *processor)
{
	size_t index = find_debug(list, *count, processor);
	size_t base = find_debug(list, *count, "");

	if (index < *count)
		return index;
	list[index] = base < *count ? list[base] : (struct debug){ .svd = "" };
	list[index].processor = processor;
	(*count)++;
	return index;
}

static dapper_status apply_debugs(struct resolver *resolver, const struct pdsc_scope *scope,
	bool named, struct debug *list, size_t *count)
{
	const struct pdsc_element *element = next_for(scope->first_element, "debug", named);

	for (; element; element = next_for(element->next, "debug", named)) {
		unsigned unit = 0;
		size_t index;

		/* Further cores of one multi-processor: the first stands for it. */
		if (take_unsigned(element, "Punit", &unit) && unit > 0)
			continue;
		index = need_debug(list, count, processor_of(element));
		for (size_t i = 0; i < *count; i++)
			if (i == index || !named)
				TRY(apply_debug(resolver, element, &list[i]));
	}
	return DAPPER_OK;
}

static dapper_status add_debugs(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited)
{
	size_t count = inherited->debug_count;
	void *copy;

	TRY(copy_list(
		resolver, scope, "debug", inherited->debugs, count, sizeof(struct debug), &copy));
	if (!copy)
		return DAPPER_OK;
	TRY(apply_debugs(resolver, scope, false, copy, &count));
	TRY(apply_debugs(resolver, scope, true, copy, &count));
	inherited->debugs = copy;
	inherited->debug_count = count;
	inherited->joined = NULL;
	return DAPPER_OK;
}

static void put_port(struct port *list, size_t *count, const struct port *port)
{
	size_t i = 0;

	while (i < *count && list[i].id != port->id)
		i++;
	list[i] = *port;
	if (i == *count)
		(*count)++;
}

/* APv1 has an index, APv2 an address. */
static dapper_status add_ports(struct resolver *resolver, const struct pdsc_scope *scope,
	const char *name, const char *attribute, struct inherited *inherited)
{
	size_t count = inherited->port_count;
	const struct pdsc_element *element;
	struct port *list;
	void *copy;

	TRY(copy_list(resolver, scope, name, inherited->ports, count, sizeof(*list), &copy));
	if (!copy)
		return DAPPER_OK;
	list = copy;
	element = next_named(scope->first_element, name);
	for (; element; element = next_named(element->next, name)) {
		struct port port = { .id = 0 };

		port.has_dp = take_unsigned(element, "__dp", &port.dp);
		if (take_unsigned(element, "__apid", &port.id) &&
			take_unsigned(element, attribute, &port.ap))
			put_port(list, &count, &port);
		else
			complain(resolver, element, "needs __apid and its number or address");
	}
	inherited->ports = list;
	inherited->port_count = count;
	inherited->joined = NULL;
	return DAPPER_OK;
}

static void join_debug(const struct inherited *inherited, dapper_pack_processor *processor)
{
	size_t count = inherited->debug_count;
	size_t index = find_debug(inherited->debugs, count, processor->name);
	const struct debug *debug;

	if (index == count)
		index = find_debug(inherited->debugs, count, "");
	/* The only processor has no name, but its debug element has one. */
	if (index == count && !processor->name[0])
		index = 0;
	if (index >= count)
		return;
	debug = &inherited->debugs[index];
	processor->svd = debug->svd;
	processor->ap = debug->ap;
	processor->dp = debug->dp;
	for (size_t i = 0; debug->has_port && i < inherited->port_count; i++)
		if (inherited->ports[i].id == debug->port) {
			processor->ap = inherited->ports[i].ap;
			processor->dp =
				inherited->ports[i].has_dp ? inherited->ports[i].dp : debug->dp;
		}
}

/* The processors that there are: those with names, or else the one that stands for all. */
static dapper_status join_processors(struct resolver *resolver, struct inherited *inherited)
{
	size_t base = find_processor(inherited->processors, inherited->processor_count, "");
	bool only_base = inherited->processor_count == 1 && base == 0;
	dapper_pack_processor *joined;
	size_t count = 0;

	if (inherited->joined || inherited->processor_count == 0)
		return DAPPER_OK;
	joined = arena_alloc(resolver->strings->arena, inherited->processor_count, sizeof(*joined));
	if (!joined)
		return arena_fail(resolver->strings->arena, "a pack description");
	for (size_t i = 0; i < inherited->processor_count; i++) {
		if (i == base && !only_base)
			continue;
		joined[count] = inherited->processors[i];
		join_debug(inherited, &joined[count++]);
	}
	inherited->joined = joined;
	inherited->joined_count = count;
	return DAPPER_OK;
}

dapper_status add_processors(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited)
{
	TRY(add_own_processors(resolver, scope, inherited));
	TRY(add_debugs(resolver, scope, inherited));
	TRY(add_ports(resolver, scope, "accessportV1", "index", inherited));
	TRY(add_ports(resolver, scope, "accessportV2", "address", inherited));
	return join_processors(resolver, inherited);
}
