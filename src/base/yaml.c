/* SPDX-License-Identifier: Apache-2.0 */
/* libyaml's events become a tree; whatever the input, memory, depth and time are bounded. */
#include "base/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"

enum { ARENA_LIMIT = 8 << 20 };

/* What a node is when every alias in it is written out. */
struct extent {
	size_t nodes;
	size_t height; /* lists and maps inside each other */
};

struct anchor {
	const char *name;
	const struct yaml_node *node;
	struct extent extent;
};

/* A list or map that is being read. */
struct level {
	struct yaml_node *node;
	struct yaml_node *last_child;
	const char *anchor;
	const char *key; /* of a map: read, its value is awaited */
	unsigned key_line;
	struct extent below;
};

struct yaml_tree {
	const char *what; /* during parsing only */
	struct arena arena;
	struct yaml_node *root;
	struct anchor anchors[YAML_TREE_ANCHORS_MAX];
	size_t anchor_count;
	struct level levels[YAML_TREE_DEPTH_MAX];
	size_t depth;
	bool has_document;
};

static const struct yaml_node empty_document = { .kind = YAML_KIND_NULL, .line = 1 };

/* --- errors -------------------------------------------------------------------------------- */

static unsigned line_of(const yaml_event_t *event)
{
	return (unsigned)event->start_mark.line + 1;
}

static dapper_status at_line(const struct yaml_tree *tree, unsigned line, dapper_status status)
{
	return dapper_fail_where(status, "%s:%u", tree->what, line);
}

static dapper_status refuse(const struct yaml_tree *tree, unsigned line, const char *what)
{
	return at_line(tree, line, dapper_fail(DAPPER_ERR_PARSE, "%s", what));
}

static dapper_status fail_syntax(const struct yaml_tree *tree, const yaml_parser_t *parser)
{
	size_t line = parser->problem_mark.line;

	if (parser->error == YAML_MEMORY_ERROR)
		return FAIL_NO_MEMORY("a YAML parser");
	/* A reader error has an offset instead of a line. */
	dapper_fail(DAPPER_ERR_PARSE, "this is not YAML: %s",
		parser->problem ? parser->problem : "unknown problem");
	return at_line(tree, (unsigned)line + 1, DAPPER_ERR_PARSE);
}

/* --- nodes --------------------------------------------------------------------------------- */

/* Only what PyYAML's safe loader takes too: a tag that makes objects has no meaning here. */
static dapper_status check_tag(
	const struct yaml_tree *tree, const yaml_event_t *event, const yaml_char_t *tag)
{
	static const char standard[] = "tag:yaml.org,2002:";
	const char *text = (const char *)tag;

	if (!text || strcmp(text, "!") == 0 ||
		(strncmp(text, standard, sizeof(standard) - 1) == 0 &&
			!strchr(text + sizeof(standard) - 1, '/')))
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_PARSE, "the tag '%.40s' is not understood", text);
	return at_line(tree, line_of(event), DAPPER_ERR_PARSE);
}

static const char *keep(struct yaml_tree *tree, const void *text, size_t length)
{
	char *copy = arena_alloc(&tree->arena, length + 1, 1);

	if (copy && length > 0)
		memcpy(copy, text, length);
	return copy;
}

static dapper_status fail_nodes(const struct yaml_tree *tree, unsigned line)
{
	dapper_fail(DAPPER_ERR_LIMIT, "more than %d entries, with aliases written out",
		(int)YAML_TREE_NODES_MAX);
	return at_line(tree, line, DAPPER_ERR_LIMIT);
}

static dapper_status fail_depth(const struct yaml_tree *tree, unsigned line)
{
	dapper_fail(DAPPER_ERR_LIMIT, "more than %d lists and maps inside each other",
		(int)YAML_TREE_DEPTH_MAX);
	return at_line(tree, line, DAPPER_ERR_LIMIT);
}

static dapper_status add_extent(struct yaml_tree *tree, unsigned line, const struct extent *extent)
{
	struct level *level;

	if (tree->depth == 0)
		return DAPPER_OK;
	level = &tree->levels[tree->depth - 1];
	level->below.nodes += extent->nodes;
	if (extent->height > level->below.height)
		level->below.height = extent->height;
	return level->below.nodes <= YAML_TREE_NODES_MAX ? DAPPER_OK : fail_nodes(tree, line);
}

static dapper_status take_key(
	struct yaml_tree *tree, struct level *level, const char *key, unsigned line)
{
	const struct yaml_node *same;

	if (strcmp(key, "<<") == 0)
		return refuse(tree, line, "merge keys ('<<') are not understood");
	if (level->node->count == YAML_TREE_KEYS_MAX) {
		dapper_fail(
			DAPPER_ERR_LIMIT, "more than %d keys in one map", (int)YAML_TREE_KEYS_MAX);
		return at_line(tree, line, DAPPER_ERR_LIMIT);
	}
	same = yaml_find(level->node, key);
	if (same) {
		dapper_fail(DAPPER_ERR_PARSE, "'%.64s' is there twice, first in line %u", key,
			same->line);
		return at_line(tree, line, DAPPER_ERR_PARSE);
	}
	level->key = key;
	level->key_line = line;
	return DAPPER_OK;
}

/* Hang a node where the document is at. */
static dapper_status place(
	struct yaml_tree *tree, struct yaml_node *node, const struct extent *extent)
{
	struct level *level;

	if (tree->depth == 0) {
		tree->root = node;
		return DAPPER_OK;
	}
	level = &tree->levels[tree->depth - 1];
	if (level->node->kind == YAML_KIND_MAP) {
		if (!level->key)
			return refuse(tree, node->line, "a key must be a plain text");
		node->key = level->key;
		node->line = level->key_line;
		level->key = NULL;
	}
	if (level->last_child)
		level->last_child->next = node;
	else
		level->node->first_child = node;
	level->last_child = node;
	level->node->count++;
	return add_extent(tree, node->line, extent);
}

/* NULL: see arena_fail(). */
static struct yaml_node *new_node(struct yaml_tree *tree, const yaml_event_t *event)
{
	struct yaml_node *made = arena_new(&tree->arena, made);

	if (made)
		made->line = line_of(event);
	return made;
}

static dapper_status set_anchor(struct yaml_tree *tree, unsigned line, const char *name,
	const struct yaml_node *node, const struct extent *extent)
{
	size_t i = 0;

	if (!name)
		return DAPPER_OK;
	/* An anchor may be set anew: the last one before an alias counts (YAML 1.2, 3.2.2.2). */
	while (i < tree->anchor_count && strcmp(tree->anchors[i].name, name) != 0)
		i++;
	if (i == YAML_TREE_ANCHORS_MAX) {
		dapper_fail(DAPPER_ERR_LIMIT, "more than %d anchors", (int)YAML_TREE_ANCHORS_MAX);
		return at_line(tree, line, DAPPER_ERR_LIMIT);
	}
	if (i == tree->anchor_count)
		tree->anchor_count++;
	tree->anchors[i] = (struct anchor){ .name = name, .node = node, .extent = *extent };
	return DAPPER_OK;
}

static dapper_status keep_anchor(struct yaml_tree *tree, const yaml_char_t *name, const char **kept)
{
	*kept = NULL;
	if (!name)
		return DAPPER_OK;
	*kept = keep(tree, name, strlen((const char *)name));
	return *kept ? DAPPER_OK : arena_fail(&tree->arena, "a YAML document");
}

/* --- events -------------------------------------------------------------------------------- */

static bool is_null(const yaml_event_t *event)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		if (strcmp((const char *)event->data.scalar.value, nulls[i]) == 0)
			return true;
	return false;
}

static dapper_status on_scalar(struct yaml_tree *tree, const yaml_event_t *event)
{
	struct level *level = tree->depth > 0 ? &tree->levels[tree->depth - 1] : NULL;
	size_t length = event->data.scalar.length;
	const struct extent extent = { .nodes = 1 };
	struct yaml_node *node;
	const char *anchor, *text;

	TRY(check_tag(tree, event, event->data.scalar.tag));
	if (memchr(event->data.scalar.value, '\0', length))
		return refuse(tree, line_of(event), "a NUL in a text");
	text = keep(tree, event->data.scalar.value, length);
	if (!text)
		return arena_fail(&tree->arena, "a YAML document");
	if (level && level->node->kind == YAML_KIND_MAP && !level->key)
		return take_key(tree, level, text, line_of(event));

	node = new_node(tree, event);
	if (!node)
		return arena_fail(&tree->arena, "a YAML document");
	node->kind = is_null(event) ? YAML_KIND_NULL : YAML_KIND_TEXT;
	node->text = text;
	node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	TRY(keep_anchor(tree, event->data.scalar.anchor, &anchor));
	TRY(set_anchor(tree, line_of(event), anchor, node, &extent));
	return place(tree, node, &extent);
}

static dapper_status on_start(struct yaml_tree *tree, const yaml_event_t *event)
{
	bool is_map = event->type == YAML_MAPPING_START_EVENT;
	const struct extent self = { .nodes = 1 };
	struct yaml_node *node;
	const char *anchor;

	TRY(check_tag(tree, event,
		is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag));
	if (tree->depth == YAML_TREE_DEPTH_MAX)
		return fail_depth(tree, line_of(event));
	node = new_node(tree, event);
	if (!node)
		return arena_fail(&tree->arena, "a YAML document");
	node->kind = is_map ? YAML_KIND_MAP : YAML_KIND_LIST;
	TRY(keep_anchor(tree,
		is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
		&anchor));
	TRY(place(tree, node, &self));
	tree->levels[tree->depth++] = (struct level){ .node = node, .anchor = anchor };
	return DAPPER_OK;
}

static dapper_status on_end(struct yaml_tree *tree, const yaml_event_t *event)
{
	const struct level level = tree->levels[--tree->depth];

	struct extent extent = level.below;

	/* The node itself was counted when it began. */
	extent.height++;
	TRY(add_extent(tree, line_of(event), &extent));
	/* Only now: an alias inside its own anchor would make the tree endless. */
	extent.nodes++;
	return set_anchor(tree, level.node->line, level.anchor, level.node, &extent);
}

static dapper_status on_alias(struct yaml_tree *tree, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct yaml_node *node;
	size_t i = 0;

	while (i < tree->anchor_count && strcmp(tree->anchors[i].name, name) != 0)
		i++;
	if (i == tree->anchor_count) {
		dapper_fail(DAPPER_ERR_PARSE, "no anchor '&%.64s' ends before this alias", name);
		return at_line(tree, line_of(event), DAPPER_ERR_PARSE);
	}
	if (tree->depth + tree->anchors[i].extent.height > YAML_TREE_DEPTH_MAX)
		return fail_depth(tree, line_of(event));
	node = new_node(tree, event);
	if (!node)
		return arena_fail(&tree->arena, "a YAML document");
	*node = *tree->anchors[i].node;
	node->line = line_of(event);
	node->key = NULL;
	node->next = NULL;
	return place(tree, node, &tree->anchors[i].extent);
}

static dapper_status on_event(struct yaml_tree *tree, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (tree->has_document)
			return refuse(tree, line_of(event), "a second document in one file");
		tree->has_document = true;
		return DAPPER_OK;
	case YAML_SCALAR_EVENT:
		return on_scalar(tree, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return on_start(tree, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(tree, event);
	case YAML_ALIAS_EVENT:
		return on_alias(tree, event);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return DAPPER_OK;
}

/* Bounded by the size of the input: every event but the last uses up some of it, or ends what has. */
static dapper_status run_parser(struct yaml_tree *tree, yaml_parser_t *parser)
{
	bool is_over = false;

	while (!is_over) {
		yaml_event_t event;
		dapper_status status;

		if (!yaml_parser_parse(parser, &event))
			return fail_syntax(tree, parser);
		is_over = event.type == YAML_STREAM_END_EVENT;
		status = on_event(tree, &event);
		yaml_event_delete(&event);
		if (status != DAPPER_OK)
			return status;
	}
	return DAPPER_OK;
}

dapper_status yaml_tree_parse(
	const char *what, const void *data, size_t size, struct yaml_tree **tree)
{
	struct yaml_tree *made;
	yaml_parser_t parser;
	dapper_status status;

	if (size > YAML_TREE_SIZE_MAX)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"'%s' has %zu bytes, more than the limit of %d", what, size,
			(int)YAML_TREE_SIZE_MAX);
	made = xnew(made);
	if (!made)
		return FAIL_NO_MEMORY("a YAML document");
	if (!yaml_parser_initialize(&parser)) {
		free(made);
		return FAIL_NO_MEMORY("a YAML parser");
	}
	made->what = what;
	arena_init(&made->arena, ARENA_LIMIT);
	yaml_parser_set_input_string(&parser, data, size);
	status = run_parser(made, &parser);
	yaml_parser_delete(&parser);
	made->what = NULL;
	if (status != DAPPER_OK) {
		yaml_tree_destroy(made);
		return status;
	}
	*tree = made;
	return DAPPER_OK;
}

void yaml_tree_destroy(struct yaml_tree *tree)
{
	if (!tree)
		return;
	arena_finish(&tree->arena);
	free(tree);
}

/* --- reading ------------------------------------------------------------------------------- */

const struct yaml_node *yaml_tree_root(const struct yaml_tree *tree)
{
	return tree->root ? tree->root : &empty_document;
}

const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key)
{
	if (map->kind != YAML_KIND_MAP)
		return NULL;
	for (const struct yaml_node *node = map->first_child; node; node = node->next)
		if (strcmp(node->key, key) == 0)
			return node;
	return NULL;
}

const char *yaml_kind_text(enum yaml_kind kind)
{
	static const char *const texts[] = {
		[YAML_KIND_NULL] = "nothing",
		[YAML_KIND_TEXT] = "a text",
		[YAML_KIND_LIST] = "a list",
		[YAML_KIND_MAP] = "a map",
	};

	return texts[kind];
}

/* --- JSON ---------------------------------------------------------------------------------- */

/* Text that grows; once it could not, it stays NULL. */
struct json_text {
	char *text;
	size_t length;
	size_t capacity;
	bool has_failed;
};

static void put(struct json_text *json, char c)
{
	char *grown;

	if (json->has_failed)
		return;
	grown = xgrow(json->text, json->length, &json->capacity, 1);
	if (!grown) {
		json->has_failed = true;
		return;
	}
	json->text = grown;
	json->text[json->length++] = c;
}

static void put_text(struct json_text *json, const char *text)
{
	while (*text)
		put(json, *text++);
}

static void put_string(struct json_text *json, const char *text)
{
	char escape[8];

	put(json, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\') {
			put(json, '\\');
			put(json, *text);
		} else if ((unsigned char)*text < 0x20) {
			snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)*text);
			put_text(json, escape);
		} else {
			put(json, *text);
		}
	}
	put(json, '"');
}

/* Decimal as JSON has it (RFC 8259, 6); 0x10 and 1_000 stay texts, for the reader to judge. */
static bool is_json_number(const char *text)
{
	const char *digits = text + (*text == '-');
	size_t count = strspn(digits, "0123456789");
	const char *rest = digits + count;

	if (count == 0 || (count > 1 && digits[0] == '0'))
		return false;
	if (*rest == '.') {
		count = strspn(rest + 1, "0123456789");
		rest += count + 1;
		return count > 0 && *rest == '\0';
	}
	return *rest == '\0';
}

static void put_scalar(struct json_text *json, const struct yaml_node *node)
{
	bool is_truth = strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0;

	if (!node->is_quoted && (is_truth || is_json_number(node->text)))
		put_text(json, node->text);
	else
		put_string(json, node->text);
}

/* The recursion is bounded by YAML_TREE_DEPTH_MAX, aliases included. */
static void put_node(struct json_text *json, const struct yaml_node *node)
{
	const char *brackets = node->kind == YAML_KIND_MAP ? "{}" : "[]";

	if (node->kind == YAML_KIND_NULL) {
		put_text(json, "null");
		return;
	}
	if (node->kind == YAML_KIND_TEXT) {
		put_scalar(json, node);
		return;
	}
	put(json, brackets[0]);
	for (const struct yaml_node *child = node->first_child; child; child = child->next) {
		if (child != node->first_child)
			put(json, ',');
		if (child->key) {
			put_string(json, child->key);
			put(json, ':');
		}
		put_node(json, child);
	}
	put(json, brackets[1]);
}

char *yaml_to_json(const struct yaml_node *node)
{
	struct json_text json = { .text = NULL };

	put_node(&json, node);
	put(&json, '\0');
	if (!json.has_failed)
		return json.text;
	free(json.text);
	return NULL;
}
