/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/resolve_internal.h"

#include <string.h>
#include <strings.h>

#include "base/bits.h"
#include "base/error.h"

/* ---- memories ---- */

static unsigned parse_access(const char *letters)
{
	static const struct {
		char letter;
		unsigned access;
	} table[] = {
		{ 'r', DAPPER_ACCESS_READ },
		{ 'w', DAPPER_ACCESS_WRITE },
		{ 'x', DAPPER_ACCESS_EXECUTE },
		{ 's', DAPPER_ACCESS_SECURE },
		/* Non-secure callable: code there is secure. */
		{ 'c', DAPPER_ACCESS_SECURE },
	};
	unsigned access = 0;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strchr(letters, table[i].letter))
			access |= table[i].access;
	return access;
}

/* Of IRAM1, IROM1, RAM1, ROM1 and of whatever has no access attribute. */
static unsigned access_by_name(const char *name)
{
	return strstr(name, "RAM") ? parse_access("rwx") : parse_access("rx");
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b ? b - a < a_size : a - b < b_size;
}

/* Why an address range cannot be; NULL: it can. */
static const char *range_problem(bool is_given, uint64_t start, uint64_t size)
{
	if (!is_given)
		return "needs a start and a size";
	if (size == 0)
		return "its size is 0";
	return size - 1 > UINT64_MAX - start ? "it goes beyond the address space" : NULL;
}

/* What an element says of a memory; @p memory is what an inherited one of this name said. */
static const char *apply_memory(
	const struct pdsc_element *element, bool is_known, dapper_pack_memory *memory)
{
	const char *access = pdsc_get_attribute(element, "access");
	const char *id = pdsc_get_attribute(element, "id");
	bool has_start = take_number(element, "start", &memory->start) || is_known;
	bool has_size = take_number(element, "size", &memory->size) || is_known;

	if (access)
		memory->access = parse_access(access);
	else if (!is_known)
		memory->access = access_by_name(id ? id : memory->name);
	take_text(element, "alias", &memory->alias);
	take_bool(element, "default", &memory->is_default);
	take_bool(element, "startup", &memory->is_startup);
	return range_problem(has_start && has_size, memory->start, memory->size);
}

static bool same_processor(const char *a, const char *b)
{
	return a == b || strcmp(a, b) == 0;
}

/* Drop the inherited ones that a new one stands for. @return How many inherited ones are left. */
static size_t drop_memories(
	dapper_pack_memory *list, size_t *count, size_t inherited, const dapper_pack_memory *by)
{
	size_t left = inherited;

	for (size_t i = inherited; i-- > 0;)
		if (same_processor(list[i].processor, by->processor) &&
			(strcmp(list[i].name, by->name) == 0 ||
				overlap(list[i].start, list[i].size, by->start, by->size))) {
			memmove(&list[i], &list[i + 1], (*count - i - 1) * sizeof(*list));
			(*count)--;
			left--;
		}
	return left;
}

static void add_memory(struct resolver *resolver, const struct pdsc_element *element,
	dapper_pack_memory *list, size_t *count, size_t *inherited)
{
	dapper_pack_memory memory = {
		.name = "",
		.alias = "",
		.processor = processor_of(element),
	};
	const char *problem;
	bool is_known = false;

	take_text(element, "id", &memory.name);
	take_text(element, "name", &memory.name);
	for (size_t i = 0; i < *inherited && !is_known; i++)
		if (same_processor(list[i].processor, memory.processor) &&
			strcmp(list[i].name, memory.name) == 0) {
			memory = list[i];
			is_known = true;
		}
	problem = apply_memory(element, is_known, &memory);
	if (!memory.name[0])
		problem = "needs a name";
	if (problem) {
		complain(resolver, element, problem);
		return;
	}
	*inherited = drop_memories(list, count, *inherited, &memory);
	list[(*count)++] = memory;
}

dapper_status add_memories(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited)
{
	size_t count = inherited->memory_count;
	size_t left = count;
	const struct pdsc_element *element;
	void *copy;

	TRY(copy_list(resolver, scope, "memory", inherited->memories, count,
		sizeof(dapper_pack_memory), &copy));
	if (!copy)
		return DAPPER_OK;
	element = next_named(scope->first_element, "memory");
	for (; element; element = next_named(element->next, "memory"))
		add_memory(resolver, element, copy, &count, &left);
	inherited->memories = copy;
	inherited->memory_count = count;
	return DAPPER_OK;
}

/* ---- algorithms ---- */

/* IAR and others have formats of their own under the same element; ours is Keil's, alias CMSIS. */
static bool is_our_style(const struct pdsc_element *element)
{
	const char *style = pdsc_get_attribute(element, "style");

	return !style || strcasecmp(style, "Keil") == 0 || strcasecmp(style, "CMSIS") == 0;
}

static bool stands_for(const dapper_pack_algorithm *by, const dapper_pack_algorithm *inherited)
{
	return same_processor(by->processor, inherited->processor) &&
	       by->start == inherited->start &&
	       (by->size == inherited->size || strcmp(by->path, inherited->path) == 0);
}

static size_t drop_algorithms(dapper_pack_algorithm *list, size_t *count, size_t inherited,
	const dapper_pack_algorithm *by)
{
	size_t left = inherited;

	for (size_t i = inherited; i-- > 0;)
		if (stands_for(by, &list[i])) {
			memmove(&list[i], &list[i + 1], (*count - i - 1) * sizeof(*list));
			(*count)--;
			left--;
		}
	return left;
}

static dapper_status add_algorithm(struct resolver *resolver, const struct pdsc_element *element,
	dapper_pack_algorithm *list, size_t *count, size_t *inherited)
{
	dapper_pack_algorithm algorithm = { .path = "", .processor = processor_of(element) };
	bool has_range = take_number(element, "start", &algorithm.start) &&
	                 take_number(element, "size", &algorithm.size);
	const char *problem = range_problem(has_range, algorithm.start, algorithm.size);

	if (!is_our_style(element))
		return DAPPER_OK;
	TRY(take_path(resolver, element, "name", &algorithm.path));
	if (!algorithm.path[0])
		problem = "needs a name";
	if (problem) {
		complain(resolver, element, problem);
		return DAPPER_OK;
	}
	take_number(element, "RAMstart", &algorithm.ram_start);
	take_number(element, "RAMsize", &algorithm.ram_size);
	/* A start alone says too little to be of use. */
	if (range_problem(true, algorithm.ram_start, algorithm.ram_size))
		algorithm.ram_start = algorithm.ram_size = 0;
	take_bool(element, "default", &algorithm.is_default);
	*inherited = drop_algorithms(list, count, *inherited, &algorithm);
	list[(*count)++] = algorithm;
	return DAPPER_OK;
}

dapper_status add_algorithms(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited)
{
	size_t count = inherited->algorithm_count;
	size_t left = count;
	const struct pdsc_element *element;
	void *copy;

	TRY(copy_list(resolver, scope, "algorithm", inherited->algorithms, count,
		sizeof(dapper_pack_algorithm), &copy));
	if (!copy)
		return DAPPER_OK;
	element = next_named(scope->first_element, "algorithm");
	for (; element; element = next_named(element->next, "algorithm"))
		TRY(add_algorithm(resolver, element, copy, &count, &left));
	inherited->algorithms = copy;
	inherited->algorithm_count = count;
	return DAPPER_OK;
}
