/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/board/description_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "base/file.h"

/* --- files ----------------------------------------------------------------------------------- */

void sources_finish(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++) {
		yaml_tree_destroy(sources->all[i].tree);
		free(sources->all[i].name);
	}
	sources->count = 0;
}

static dapper_status add_named(
	struct sources *sources, struct ref name, bool parts_only, struct view *view);

static dapper_status add_includes(struct sources *sources, struct ref map, struct view *view)
{
	const struct view own = { .layers = { map }, .count = 1 };
	struct ref include;

	if (!view_find(&own, "include", &include))
		return DAPPER_OK;
	if (include.node->kind != YAML_KIND_LIST)
		return add_named(sources, include, false, view);
	for (const struct yaml_node *child = include.node->first_child; child; child = child->next)
		TRY(add_named(sources, (struct ref){ child, include.file }, false, view));
	return DAPPER_OK;
}

/* A file that includes itself ends at the limit, too. */
dapper_status sources_add_text(struct sources *sources, const char *name, bool is_file,
	const void *text, size_t size, struct view *view)
{
	struct source *source = &sources->all[sources->count];
	struct ref map;

	if (sources->count == SOURCES_MAX)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"a board's description includes more than %d files", SOURCES_MAX);
	*source = (struct source){ .name = xstrdup(name), .is_file = is_file };
	if (!source->name)
		return FAIL_NO_MEMORY("a board's description");
	sources->count++;
	TRY(yaml_tree_parse(source->name, text, size, &source->tree));
	map = (struct ref){ yaml_tree_root(source->tree), source->name };
	TRY(view_add(view, map));
	return add_includes(sources, map, view);
}

dapper_status sources_add_file(struct sources *sources, const char *path, struct view *view)
{
	dapper_status status;
	uint8_t *text;
	size_t size;

	TRY(file_read(path, YAML_TREE_SIZE_MAX, &text, &size));
	status = sources_add_text(sources, path, true, text, size, view);
	free(text);
	return status;
}

static const struct board_text *find_builtin(const char *name)
{
	for (size_t i = 0; board_texts[i].name; i++)
		if (strcmp(board_texts[i].name, name) == 0)
			return &board_texts[i];
	return NULL;
}

static dapper_status add_builtin(
	struct sources *sources, const struct board_text *builtin, struct view *view)
{
	char *file = xasprintf("%s.yaml (built in)", builtin->name);
	dapper_status status;

	if (!file)
		return FAIL_NO_MEMORY("a board's description");
	status = sources_add_text(sources, file, false, builtin->text, builtin->size, view);
	free(file);
	return status;
}

dapper_status sources_add_builtin(struct sources *sources, const char *name, struct view *view)
{
	const struct board_text *builtin = find_builtin(name);

	if (!builtin)
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "no description is called '%s'", name);
	return add_builtin(sources, builtin, view);
}

/** What is there to be included by boards is below parts/. */
static const struct board_text *find_part(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "parts/%s", name);
	return find_builtin(path);
}

/** The path of a file beside another one. */
static char *beside(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');

	if (name[0] == '/' || !slash)
		return xstrdup(name);
	return xasprintf("%.*s/%s", (int)(slash - file), file, name);
}

static bool is_path(const char *name)
{
	const size_t length = strlen(name);

	return strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0);
}

static bool comes_from_file(const struct sources *sources, const char *name)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->all[i].name == name)
			return sources->all[i].is_file;
	return false;
}

/** @p parts_only: boards of that name are not meant. */
static dapper_status add_named(
	struct sources *sources, struct ref name, bool parts_only, struct view *view)
{
	const struct board_text *builtin = NULL;
	dapper_status status;
	char *path;

	if (name.node->kind != YAML_KIND_TEXT)
		return ref_fail(name, "the name of a description is expected here");
	if (!is_path(name.node->text)) {
		builtin = parts_only ? NULL : find_builtin(name.node->text);
		builtin = builtin ? builtin : find_part(name.node->text);
		if (builtin)
			return add_builtin(sources, builtin, view);
		ref_fail(name, "no description is called '%s'", name.node->text);
		return dapper_fail_hint(DAPPER_ERR_PARSE,
			"names are of what is built in; a file is './%s.yaml'", name.node->text);
	}
	if (!comes_from_file(sources, name.file))
		return ref_fail(name, "only a file can name the file '%s'", name.node->text);
	path = beside(name.file, name.node->text);
	if (!path)
		return FAIL_NO_MEMORY("a board's description");
	status = sources_add_file(sources, path, view);
	free(path);
	return status;
}

dapper_status sources_add_part(struct sources *sources, struct ref name, struct view *view)
{
	return add_named(sources, name, true, view);
}

/* --- items ----------------------------------------------------------------------------------- */

static const char *name_of(const struct yaml_node *map)
{
	const struct yaml_node *name = yaml_find(map, "name");

	return name && name->kind == YAML_KIND_TEXT ? name->text : NULL;
}

static struct view *find_item(struct items *items, const char *name)
{
	for (size_t i = 0; name && i < items->count; i++) {
		const char *other = name_of(items->all[i].layers[0].node);

		if (other && strcmp(other, name) == 0)
			return &items->all[i];
	}
	return NULL;
}

/** A more special description of an item comes before the others. */
static dapper_status add_item(struct items *items, struct ref map)
{
	struct view *item;

	if (map.node->kind != YAML_KIND_MAP)
		return ref_fail(map, "keys with values are expected here, not %s",
			yaml_kind_text(map.node->kind));
	item = find_item(items, name_of(map.node));
	if (!item) {
		if (items->count == ITEMS_MAX)
			return ref_fail(map, "too many items (%d at most)", ITEMS_MAX);
		item = &items->all[items->count++];
	}
	if (item->count == VIEW_LAYERS_MAX)
		return ref_fail(
			map, "this is described in too many files (%d at most)", VIEW_LAYERS_MAX);
	memmove(&item->layers[1], &item->layers[0], item->count * sizeof(item->layers[0]));
	item->layers[0] = map;
	item->count++;
	return DAPPER_OK;
}

/* In one file a name stands once: who repeats it has made a mistake. */
static dapper_status check_new(struct items *items, struct ref map)
{
	const struct view *item = find_item(items, name_of(map.node));

	if (!item || item->layers[0].file != map.file)
		return DAPPER_OK;
	return ref_fail(map, "'%s' is there twice, also in line %u", name_of(map.node),
		item->layers[0].node->line);
}

static dapper_status gather_list(struct items *items, struct ref list)
{
	if (list.node->kind != YAML_KIND_LIST)
		return ref_fail(
			list, "a list is expected here, not %s", yaml_kind_text(list.node->kind));
	for (const struct yaml_node *child = list.node->first_child; child; child = child->next) {
		const struct ref map = { child, list.file };

		if (child->kind == YAML_KIND_MAP)
			TRY(check_new(items, map));
		TRY(add_item(items, map));
	}
	return DAPPER_OK;
}

static bool is_omitted(const struct view *item)
{
	struct ref omit;

	return view_find(item, "omit", &omit) && omit.node->kind == YAML_KIND_TEXT &&
	       (strcmp(omit.node->text, "yes") == 0 || strcmp(omit.node->text, "true") == 0);
}

static dapper_status gather(const struct view *view, const char *key, struct items *items)
{
	size_t kept = 0;

	for (size_t i = view->count; i-- > 0;) {
		const struct view layer = { .layers = { view->layers[i] }, .count = 1 };
		struct ref list;

		if (view_find(&layer, key, &list))
			TRY(gather_list(items, list));
	}
	for (size_t i = 0; i < items->count; i++)
		if (!is_omitted(&items->all[i]))
			items->all[kept++] = items->all[i];
	items->count = kept;
	return DAPPER_OK;
}

dapper_status items_gather(const struct view *view, const char *key, struct items **items)
{
	struct items *made = xnew(made);
	dapper_status status;

	if (!made)
		return FAIL_NO_MEMORY("a board's description");
	status = gather(view, key, made);
	if (status != DAPPER_OK) {
		free(made);
		return status;
	}
	*items = made;
	return DAPPER_OK;
}
