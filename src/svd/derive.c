/* SPDX-License-Identifier: Apache-2.0 */
/*
 * derivedFrom: what an element does not say itself is taken from another of its kind. Children are
 * taken too, except those of which it has one with the same name.
 *
 * A path is looked for from the device if it has dots, and then from the scopes around, innermost
 * first; a name without dots from the scopes around first. Enumerated values may in addition be
 * named by the end of their path, wherever they are ("field.values"): CMSIS-SVD 1.3,
 * "enumeratedValues".
 */
#include <string.h>

#include "base/error.h"
#include "svd/draft.h"

enum {
	PATH_PARTS_MAX = 32,
	/* Of forward references, each to the next. */
	CHAIN_MAX = 64
};

struct path {
	const char *parts[PATH_PARTS_MAX]; /* Of the string set: same text, same address. */
	size_t count;
	enum svd_kind kind; /* Of what it names. */
	/* One instance of an array or list may be named, too: "CH0" for "CH%s". */
	bool is_loose;
};

static dapper_status derive(struct svd_draft *draft, struct svd_node *node, unsigned depth);

static dapper_status split_path(
	struct svd_draft *draft, const struct svd_node *node, struct path *path)
{
	const char *text = node->texts[SVD_DERIVED_FROM];

	path->kind = node->kind;
	path->count = 0;
	while (path->count < PATH_PARTS_MAX) {
		size_t length = strcspn(text, ".");
		const char *part = string_set_add(draft->strings, text, length, NULL);

		if (!part)
			return arena_fail(draft->strings->arena, "a System View Description");
		path->parts[path->count++] = part;
		text += length;
		if (!*text)
			return DAPPER_OK;
		text++;
	}
	path->count = 0; /* Longer than any that leads somewhere. */
	return DAPPER_OK;
}

/* Is @p name one of what "CH%s" or "CH[%s]" stands for? */
static bool is_instance_name(const struct svd_node *node, const char *name)
{
	const char *raw = svd_text(node, SVD_NAME);
	const char *placeholder = strstr(raw, "%s");
	size_t before = placeholder ? (size_t)(placeholder - raw) : 0;
	size_t after = placeholder ? strlen(placeholder + 2) : 0;
	size_t length = strlen(name);

	return placeholder && length > before + after && strncmp(raw, name, before) == 0 &&
	       strcmp(placeholder + 2, name + length - after) == 0;
}

static bool fits(const struct svd_node *node, const struct path *path, size_t part)
{
	if (part + 1 == path->count && node->kind != path->kind)
		return false;
	return node->texts[SVD_NAME] == path->parts[part] ||
	       (path->is_loose && is_instance_name(node, path->parts[part]));
}

/* A field stands for its first enumerated values. */
static struct svd_node *first_enumeration(struct svd_node *node, const struct path *path)
{
	if (!node || path->kind != SVD_ENUMERATION || node->kind != SVD_FIELD)
		return node;
	return node->first_child;
}

/* Downwards from a scope, through what has been taken over as well. */
static dapper_status walk_down(struct svd_draft *draft, struct svd_node *scope,
	const struct path *path, unsigned depth, struct svd_node **found)
{
	struct svd_node *node = scope;

	*found = NULL;
	for (size_t part = 0; part < path->count && node; part++) {
		bool is_field_of_values = path->kind == SVD_ENUMERATION && part > 0;
		struct svd_node *child;

		if (node->state == SVD_NOT_DERIVED && node->texts[SVD_DERIVED_FROM])
			TRY(derive(draft, node, depth + 1));
		for (child = node->first_child; child; child = child->next) {
			TRY(svd_count_steps(draft, 1));
			if (fits(child, path, part))
				break;
			if (is_field_of_values && part + 1 == path->count &&
				child->kind == SVD_FIELD &&
				child->texts[SVD_NAME] == path->parts[part])
				break;
		}
		node = child;
	}
	*found = first_enumeration(node, path);
	return DAPPER_OK;
}

static dapper_status look_around(struct svd_draft *draft, const struct svd_node *node,
	const struct path *path, unsigned depth, struct svd_node **found)
{
	*found = NULL;
	if (path->count > 1) {
		TRY(walk_down(draft, draft->root, path, depth, found));
		if (*found && *found != node)
			return DAPPER_OK;
	}
	for (struct svd_node *scope = node->parent; scope; scope = scope->parent) {
		TRY(walk_down(draft, scope, path, depth, found));
		if (*found && *found != node)
			return DAPPER_OK;
	}
	*found = NULL;
	return DAPPER_OK;
}

/* Do the elements around it have the names that the path has before the last? */
static bool is_end_of_path(const struct svd_node *node, const struct path *path)
{
	for (size_t part = path->count; part > 0; part--, node = node->parent)
		if (!node || node->texts[SVD_NAME] != path->parts[part - 1])
			return false;
	return true;
}

/* The next one in the order of the file, or NULL. */
static struct svd_node *next_in_file(struct svd_node *node)
{
	if (node->kind != SVD_ENUMERATION && node->first_child && node->first_child->parent == node)
		return node->first_child;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

/* Enumerated values by the end of their path, anywhere: the file's first. */
static dapper_status look_everywhere(struct svd_draft *draft, const struct svd_node *node,
	const struct path *path, struct svd_node **found)
{
	for (struct svd_node *at = draft->root; at; at = next_in_file(at)) {
		TRY(svd_count_steps(draft, 1));
		if (at->kind == SVD_ENUMERATION && at != node && is_end_of_path(at, path)) {
			*found = at;
			return DAPPER_OK;
		}
	}
	return DAPPER_OK;
}

static dapper_status find_base(struct svd_draft *draft, const struct svd_node *node, unsigned depth,
	struct svd_node **found)
{
	struct path path = { .is_loose = false };

	TRY(split_path(draft, node, &path));
	TRY(look_around(draft, node, &path, depth, found));
	if (!*found && node->kind == SVD_ENUMERATION && path.count > 0)
		TRY(look_everywhere(draft, node, &path, found));
	if (*found)
		return DAPPER_OK;
	path.is_loose = true;
	return look_around(draft, node, &path, depth, found);
}

/* ---- taking over ---- */

static bool takes_text(enum svd_text text, bool has_dimensions)
{
	switch ((int)text) {
	case SVD_DERIVED_FROM:
	case SVD_DISPLAY_NAME: /* It names the other one. */
		return false;
	case SVD_DIM_INDEX:
		return has_dimensions;
	default:
		return true;
	}
}

/* A name with a place for an index takes the dimensions that it lacks; others are single. */
static bool takes_dimensions(const struct svd_node *node)
{
	return !svd_is_given(node, SVD_DIM) && strstr(svd_text(node, SVD_NAME), "%s");
}

static bool has_constraint(const struct svd_node *node)
{
	return node->given & (BIT(SVD_CONSTRAINT) | BIT(SVD_MINIMUM) | BIT(SVD_MAXIMUM));
}

static void take_properties(struct svd_node *node, const struct svd_node *base)
{
	uint32_t taken = base->given & ~node->given;
	bool has_dimensions = takes_dimensions(node);

	if (!has_dimensions && !svd_is_given(node, SVD_DIM))
		taken &= ~(BIT(SVD_DIM) | BIT(SVD_DIM_INCREMENT));
	if (has_constraint(node))
		taken &= ~(BIT(SVD_CONSTRAINT) | BIT(SVD_MINIMUM) | BIT(SVD_MAXIMUM));
	/* Two ways to say where a field ends. */
	if (node->kind == SVD_FIELD && (node->given & (BIT(SVD_MSB) | BIT(SVD_SIZE))))
		taken &= ~(BIT(SVD_MSB) | BIT(SVD_SIZE));
	for (unsigned i = 0; i < SVD_NUMBER_COUNT; i++)
		if (taken & BIT(i))
			svd_give(node, (enum svd_number)i, base->numbers[i]);
	for (unsigned i = 0; i < SVD_TEXT_COUNT; i++)
		if (!node->texts[i] && takes_text((enum svd_text)i, has_dimensions))
			node->texts[i] = base->texts[i];
	if (!node->entries.first)
		node->entries = base->entries;
	if (!node->blocks.first)
		node->blocks = base->blocks;
}

static dapper_status has_child(struct svd_draft *draft, const struct svd_node *first,
	const struct svd_node *end, const struct svd_node *like, bool *result)
{
	*result = false;
	for (const struct svd_node *at = first; at != end && !*result; at = at->next) {
		TRY(svd_count_steps(draft, 1));
		*result = at->kind == like->kind && at->texts[SVD_NAME] == like->texts[SVD_NAME];
	}
	return DAPPER_OK;
}

/* @return The copy, without children of its own: it shares them. */
static dapper_status copy_child(
	struct svd_draft *draft, const struct svd_node *child, struct svd_node **copy)
{
	*copy = arena_new(&draft->arena, *copy);
	if (!*copy)
		return arena_fail(&draft->arena, "a System View Description");
	**copy = *child;
	(*copy)->next = NULL;
	(*copy)->next_derived = NULL;
	return DAPPER_OK;
}

/* Behind its own children, copies of those of the base that have other names. */
static dapper_status merge_children(
	struct svd_draft *draft, struct svd_node *node, struct svd_node *base, unsigned depth)
{
	struct svd_node *last = node->last_child;

	for (struct svd_node *child = base->first_child; child; child = child->next) {
		struct svd_node *copy;
		bool is_own;

		TRY(has_child(draft, node->first_child, last->next, child, &is_own));
		if (is_own)
			continue;
		TRY(derive(draft, child, depth + 1));
		if (child->state == SVD_DERIVING)
			continue;
		TRY(copy_child(draft, child, &copy));
		copy->parent = node;
		node->last_child->next = copy;
		node->last_child = copy;
	}
	return DAPPER_OK;
}

static dapper_status take_over(
	struct svd_draft *draft, struct svd_node *node, struct svd_node *base, unsigned depth)
{
	take_properties(node, base);
	if (!node->first_child) {
		node->first_child = base->first_child;
		node->last_child = base->last_child;
		return DAPPER_OK;
	}
	/* A field's own enumerated values stand for themselves. */
	return node->kind == SVD_FIELD ? DAPPER_OK : merge_children(draft, node, base, depth);
}

static dapper_status follow(struct svd_draft *draft, struct svd_node *node, unsigned depth)
{
	const char *kind = svd_kind_text(node->kind);
	struct svd_node *base;

	TRY(find_base(draft, node, depth, &base));
	if (!base) {
		svd_warn(draft, node->line,
			"%s '%.64s' is derived from '%.128s', which is not there", kind,
			svd_text(node, SVD_NAME), node->texts[SVD_DERIVED_FROM]);
		return DAPPER_OK;
	}
	TRY(derive(draft, base, depth + 1));
	if (base->state == SVD_DERIVING) {
		svd_warn(draft, node->line, "%s '%.64s' is derived from itself, by way of '%.128s'",
			kind, svd_text(node, SVD_NAME), node->texts[SVD_DERIVED_FROM]);
		return DAPPER_OK;
	}
	return take_over(draft, node, base, depth);
}

static dapper_status derive(struct svd_draft *draft, struct svd_node *node, unsigned depth)
{
	if (node->state != SVD_NOT_DERIVED)
		return DAPPER_OK;
	if (!node->texts[SVD_DERIVED_FROM]) {
		node->state = SVD_DERIVED;
		return DAPPER_OK;
	}
	if (depth > CHAIN_MAX)
		return dapper_fail_where(
			dapper_fail(DAPPER_ERR_LIMIT,
				"more than %d elements are derived each from a later one",
				CHAIN_MAX),
			"%s, line %u", draft->what, node->line);
	node->state = SVD_DERIVING;
	TRY(follow(draft, node, depth));
	node->state = SVD_DERIVED;
	return DAPPER_OK;
}

dapper_status svd_derive(struct svd_draft *draft)
{
	for (struct svd_node *node = draft->first_derived; node; node = node->next_derived)
		TRY(derive(draft, node, 0));
	return DAPPER_OK;
}
