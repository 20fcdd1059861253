/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files: whatever the bytes, an error or a tree of bounded size that can be walked. */
#include <stdlib.h>
#include <string.h>

#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct yaml_node *node, size_t depth)
{
	size_t count = 1;
	size_t children = 0;

	if (depth > YAML_TREE_DEPTH_MAX)
		abort();
	if (node->kind == YAML_KIND_TEXT && strlen(node->text) > YAML_TREE_SIZE_MAX)
		abort();
	for (const struct yaml_node *child = node->first_child; child; child = child->next) {
		if ((node->kind == YAML_KIND_MAP) != (child->key != NULL))
			abort();
		count += walk(child, depth + 1);
		children++;
	}
	if (children != node->count)
		abort();
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yaml_tree *tree;
	char *json;

	if (yaml_tree_parse("fuzz.yaml", data, size, &tree) != DAPPER_OK)
		return 0;
	if (walk(yaml_tree_root(tree), 0) > YAML_TREE_NODES_MAX + 1)
		abort();
	json = yaml_to_json(yaml_tree_root(tree));
	yaml_tree_destroy(tree);
	if (json) {
		/* JSON is YAML: what was written reads back, unless escapes hide what is refused. */
		if (yaml_tree_parse("json", json, strlen(json), &tree) == DAPPER_OK)
			yaml_tree_destroy(tree);
		free(json);
	}
	return 0;
}
