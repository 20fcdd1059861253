/* SPDX-License-Identifier: Apache-2.0 */
#include "svd/expand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum { EXPANDED_SIZE_MAX = 4096 };

static bool is_repeated(const struct svd_node *node)
{
	return svd_is_given(node, SVD_DIM);
}

/* How many instances a node has: 0 for one that cannot be. */
static uint32_t count_instances(
	struct svd_draft *draft, const struct svd_node *node, uint64_t base, uint64_t end)
{
	const char *kind = svd_kind_text(node->kind);
	uint64_t step = node->numbers[SVD_DIM_INCREMENT];
	uint64_t dim = is_repeated(node) ? node->numbers[SVD_DIM] : 1;

	if (!node->texts[SVD_NAME] || !svd_is_given(node, SVD_ADDRESS)) {
		svd_warn(draft, node->line, "%s '%.64s' has no %s; left out", kind,
			svd_text(node, SVD_NAME), node->texts[SVD_NAME] ? "address" : "name");
		return 0;
	}
	if (dim == 0 || dim > SVD_DIM_MAX) {
		svd_warn(draft, node->line, "%s '%.64s' is there %llu times; left out", kind,
			node->texts[SVD_NAME], (unsigned long long)dim);
		return 0;
	}
	if (base > end || node->numbers[SVD_ADDRESS] > end - base ||
		(dim > 1 && step > (end - base - node->numbers[SVD_ADDRESS]) / (dim - 1))) {
		svd_warn(draft, node->line, "%s '%.64s' goes past the last address; left out", kind,
			node->texts[SVD_NAME]);
		return 0;
	}
	return (uint32_t)dim;
}

static int compare_instances(const void *a, const void *b)
{
	const struct svd_instance *left = a;
	const struct svd_instance *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

/* Most files have nearly everything in order. */
static void sort_instances(struct svd_instances *instances)
{
	for (size_t i = 1; i < instances->count; i++)
		if (instances->all[i].address < instances->all[i - 1].address) {
			qsort(instances->all, instances->count, sizeof(instances->all[0]),
				compare_instances);
			return;
		}
}

static dapper_status append_instances(struct svd_instances *instances, size_t *capacity,
	const struct svd_node *node, uint64_t base, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct svd_instance *grown =
			xgrow(instances->all, instances->count, capacity, sizeof(*grown));

		if (!grown)
			return FAIL_NO_MEMORY("a System View Description");
		instances->all = grown;
		grown[instances->count] = (struct svd_instance){
			.node = node,
			.address = base + node->numbers[SVD_ADDRESS] +
			           node->numbers[SVD_DIM_INCREMENT] * i,
			.index = i,
			.order = (uint32_t)instances->count,
		};
		instances->count++;
	}
	return DAPPER_OK;
}

static dapper_status expand_children(struct svd_draft *draft, const struct svd_node *parent,
	enum svd_kind kind, uint64_t base, uint64_t end, struct svd_instances *instances)
{
	size_t capacity = 0;

	for (const struct svd_node *node = parent->first_child; node; node = node->next) {
		uint32_t count = 0;

		TRY(svd_count_steps(draft, 1));
		if (node->kind == kind)
			count = count_instances(draft, node, base, end);
		TRY(svd_count_steps(draft, count));
		TRY(append_instances(instances, &capacity, node, base, count));
	}
	return DAPPER_OK;
}

dapper_status svd_expand(struct svd_draft *draft, const struct svd_node *parent, enum svd_kind kind,
	uint64_t base, uint64_t end, struct svd_instances *instances)
{
	struct svd_instances made = { NULL, 0 };
	dapper_status status = expand_children(draft, parent, kind, base, end, &made);

	if (status != DAPPER_OK) {
		free(made.all);
		return status;
	}
	sort_instances(&made);
	*instances = made;
	return DAPPER_OK;
}

/* ---- indexes ---- */

static bool keep_index(struct svd_draft *draft, const char *text, size_t length, const char **index)
{
	*index = string_set_add(draft->strings, text, length, NULL);
	return *index != NULL;
}

static bool keep_number(struct svd_draft *draft, uint64_t number, const char **index)
{
	char text[24];
	int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)number);

	return keep_index(draft, text, (size_t)length, index);
}

/* "A,B,C" */
static size_t count_list(const char *list)
{
	size_t count = 1;

	for (; *list; list++)
		count += *list == ',';
	return count;
}

static bool keep_list(
	struct svd_draft *draft, const char *list, const char **indexes, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		size_t length;

		list += strspn(list, " ");
		length = strcspn(list, ", ");
		if (!keep_index(draft, list, length, &indexes[i]))
			return false;
		list += length;
		list += strspn(list, " ");
		list += *list == ',';
	}
	return true;
}

/* "3-6" or "A-D". */
struct range {
	unsigned long first;
	unsigned long last;
	bool is_letters;
};

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool read_range(const char *text, struct range *range)
{
	size_t digits = strspn(text, "0123456789");
	const char *second = text + digits + 1;

	if (is_letter(text[0]) && text[1] == '-' && is_letter(text[2]) && !text[3]) {
		*range = (struct range){ (unsigned char)text[0], (unsigned char)text[2], true };
		return range->first <= range->last;
	}
	if (digits == 0 || digits > 9 || text[digits] != '-' ||
		strspn(second, "0123456789") != strlen(second) || !*second || strlen(second) > 9)
		return false;
	*range = (struct range){ strtoul(text, NULL, 10), strtoul(second, NULL, 10), false };
	return range->first <= range->last;
}

static bool keep_range(
	struct svd_draft *draft, const struct range *range, const char **indexes, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		char letter = (char)(range->first + i);
		bool is_kept = range->is_letters
		                       ? keep_index(draft, &letter, 1, &indexes[i])
		                       : keep_number(draft, range->first + i, &indexes[i]);

		if (!is_kept)
			return false;
	}
	return true;
}

static bool keep_indexes(
	struct svd_draft *draft, const struct svd_node *node, const char **indexes, uint64_t count)
{
	const char *given = svd_text(node, SVD_DIM_INDEX);
	struct range range = { 0, count - 1, false };

	if (*given && read_range(given, &range) && range.last - range.first + 1 == count)
		return keep_range(draft, &range, indexes, count);
	if (*given && count_list(given) == count)
		return keep_list(draft, given, indexes, count);
	if (*given)
		svd_warn(draft, node->line,
			"dimIndex '%.64s' is not for %llu elements; numbers are taken", given,
			(unsigned long long)count);
	range = (struct range){ 0, count - 1, false };
	return keep_range(draft, &range, indexes, count);
}

static dapper_status get_index(
	struct svd_draft *draft, const struct svd_instance *instance, const char **index)
{
	/* The instances are of constant nodes, but for what is remembered of them. */
	struct svd_node *node = (struct svd_node *)(uintptr_t)instance->node;
	uint64_t count = node->numbers[SVD_DIM];
	const char **indexes;

	if (!node->indexes) {
		TRY(svd_count_steps(draft, count));
		indexes = arena_alloc(&draft->arena, count, sizeof(*indexes));
		if (!indexes)
			return arena_fail(&draft->arena, "a System View Description");
		if (!keep_indexes(draft, node, indexes, count))
			return arena_fail(draft->strings->arena, "a System View Description");
		node->indexes = indexes;
	}
	*index = node->indexes[instance->index];
	return DAPPER_OK;
}

/* ---- texts ---- */

/* @return Length; what is longer than the room is cut. */
static size_t replace_placeholders(
	const char *text, const char *index, char expanded[EXPANDED_SIZE_MAX])
{
	size_t length = 0;
	const char *at;

	while ((at = strstr(text, "%s")) && length < EXPANDED_SIZE_MAX) {
		length += (size_t)snprintf(expanded + length, EXPANDED_SIZE_MAX - length, "%.*s%s",
			(int)(at - text), text, index);
		text = at + 2;
	}
	if (length < EXPANDED_SIZE_MAX)
		length +=
			(size_t)snprintf(expanded + length, EXPANDED_SIZE_MAX - length, "%s", text);
	return length < EXPANDED_SIZE_MAX ? length : EXPANDED_SIZE_MAX - 1;
}

dapper_status svd_expand_text(struct svd_draft *draft, const struct svd_instance *instance,
	enum svd_text which, const char **text)
{
	const char *raw = svd_text(instance->node, which);
	bool has_placeholder = strstr(raw, "%s");
	char expanded[EXPANDED_SIZE_MAX];
	const char *index = "";
	size_t length;

	/* Of several with one name, each needs its number. */
	if (!is_repeated(instance->node) ||
		(!has_placeholder &&
			(which != SVD_NAME || instance->node->numbers[SVD_DIM] == 1))) {
		*text = raw;
		return DAPPER_OK;
	}
	TRY(get_index(draft, instance, &index));
	length = replace_placeholders(raw, index, expanded);
	if (!has_placeholder)
		length = (size_t)snprintf(
			expanded, sizeof(expanded), "%.*s%s", EXPANDED_SIZE_MAX / 2, raw, index);
	*text = string_set_add(draft->strings, expanded,
		length < sizeof(expanded) ? length : sizeof(expanded) - 1, NULL);
	return *text ? DAPPER_OK : arena_fail(draft->strings->arena, "a System View Description");
}
