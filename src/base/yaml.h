/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

/**
 * @file
 * YAML as a small tree: libyaml, hardened for files from anywhere. One document, whose keys are
 * plain texts and occur once; no tags but the standard ones. An alias shares what its anchor holds,
 * and what that would be when written out counts against the limit: a file of a few lines cannot
 * become millions of nodes for those who walk the tree. No node holds itself.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

enum {
	YAML_TREE_SIZE_MAX = 1 << 18,  /**< Of a document, in bytes. */
	YAML_TREE_DEPTH_MAX = 32,      /**< Lists and maps inside each other, by aliases too. */
	YAML_TREE_NODES_MAX = 1 << 13, /**< Nodes, every alias written out. */
	YAML_TREE_KEYS_MAX = 1024,     /**< Of one map: each is compared with all before it. */
	YAML_TREE_ANCHORS_MAX = 256,
};

enum yaml_kind {
	YAML_KIND_NULL, /**< Nothing, "~" or "null". */
	YAML_KIND_TEXT, /**< A scalar; what it means is the reader's matter. */
	YAML_KIND_LIST,
	YAML_KIND_MAP
};

struct yaml_node {
	enum yaml_kind kind;
	const char *key;  /**< In a map; NULL elsewhere. */
	const char *text; /**< YAML_KIND_TEXT only: without NULs inside. */
	bool is_quoted;   /**< The text was in quotes, or a block: it is no number and no truth. */
	unsigned line;    /**< From 1: of the key in a map, else of the value. */
	size_t count;     /**< Of children. */
	const struct yaml_node *first_child;
	const struct yaml_node *next; /**< Of the same list or map. */
};

struct yaml_tree;

/**
 * Parse a document.
 *
 * @param what  Of what, for messages: a file name. The place of an error is "what:line".
 * @param[out] tree  End it with yaml_tree_destroy().
 * @retval DAPPER_ERR_PARSE  It is malformed, or has what is refused here.
 * @retval DAPPER_ERR_LIMIT  Too large, too deep, too many nodes.
 */
dapper_status yaml_tree_parse(
	const char *what, const void *data, size_t size, struct yaml_tree **tree);
/** NULL is fine. */
void yaml_tree_destroy(struct yaml_tree *tree);

/** The document; YAML_KIND_NULL when it is empty. Belongs to the tree. */
const struct yaml_node *yaml_tree_root(const struct yaml_tree *tree);

/** The value of a key of a map; NULL when @p map is no map or has no such key. */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key);

/** "a text", "a list", ... for messages. */
const char *yaml_kind_text(enum yaml_kind kind);

/**
 * A node as JSON in one line: a plain number, true, false and null as such, other texts as strings.
 *
 * @return free() it; NULL when there is no memory.
 */
char *yaml_to_json(const struct yaml_node *node);

#endif /* BASE_YAML_H */
