/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/yaml.h"

/* --- what is understood, seen as JSON ------------------------------------------------------ */

static const struct yaml_case {
	const char *what;
	const char *text;
	const char *json; /* NULL: refused */
	dapper_status status;
	const char *message;
	const char *where;
} cases[] = {
	{ "nothing", "", "null", DAPPER_OK, NULL, NULL },
	{ "only a comment", "# nothing\n", "null", DAPPER_OK, NULL, NULL },
	{ "a map", "a: 1\nb: x y\n", "{\"a\":1,\"b\":\"x y\"}", DAPPER_OK, NULL, NULL },
	{ "dotted keys", "reset.hold_time: 0.5", "{\"reset.hold_time\":0.5}", DAPPER_OK, NULL,
		NULL },
	{ "a list in a map", "pack:\n  - a.pack\n  - b.pack\n",
		"{\"pack\":[\"a.pack\",\"b.pack\"]}", DAPPER_OK, NULL, NULL },
	{ "flow style", "{a: [1, {b: true}], c: ~}", "{\"a\":[1,{\"b\":true}],\"c\":null}",
		DAPPER_OK, NULL, NULL },
	{ "quotes make texts", "[1, '1', \"true\", true, 'null', null]",
		"[1,\"1\",\"true\",true,\"null\",null]", DAPPER_OK, NULL, NULL },
	{ "what JSON cannot say as a number", "[0x10, 1_000, 007, -3, .5, 1e3]",
		"[\"0x10\",\"1_000\",\"007\",-3,\".5\",\"1e3\"]", DAPPER_OK, NULL, NULL },
	{ "block text", "a: |\n  one\n  \"two\"\n", "{\"a\":\"one\\u000a\\\"two\\\"\\u000a\"}",
		DAPPER_OK, NULL, NULL },
	{ "aliases share", "a: &x [1, 2]\nb: *x\nc: *x\n", "{\"a\":[1,2],\"b\":[1,2],\"c\":[1,2]}",
		DAPPER_OK, NULL, NULL },
	{ "an anchor set anew", "[&x 1, *x, &x 2, *x]", "[1,1,2,2]", DAPPER_OK, NULL, NULL },
	{ "standard tags", "a: !!str 5", "{\"a\":5}", DAPPER_OK, NULL, NULL },
	{ "a document start", "---\na: 1\n...\n", "{\"a\":1}", DAPPER_OK, NULL, NULL },

	{ "not closed", "a: 1\nb: [1, 2\n", NULL, DAPPER_ERR_PARSE, "not YAML", "t.yaml:3" },
	{ "a tab as indentation", "a:\n\tb: 1\n", NULL, DAPPER_ERR_PARSE, "not YAML", "t.yaml:2" },
	{ "a key twice", "a: 1\nb: 2\na: 3\n", NULL, DAPPER_ERR_PARSE,
		"'a' is there twice, first in line 1", "t.yaml:3" },
	{ "a list as key", "? [a]\n: 1\n", NULL, DAPPER_ERR_PARSE, "a key must be a plain text",
		"t.yaml:1" },
	{ "an unknown alias", "a: 1\nb: *x\n", NULL, DAPPER_ERR_PARSE, "no anchor '&x'",
		"t.yaml:2" },
	{ "an alias in its anchor", "a: &x\n  - *x\n", NULL, DAPPER_ERR_PARSE, "no anchor '&x'",
		"t.yaml:2" },
	{ "an alias as key", "a: &x y\n*x : 1\n", NULL, DAPPER_ERR_PARSE,
		"a key must be a plain text", "t.yaml:2" },
	{ "an object of Python", "a: !!python/object/apply:os.system [ls]", NULL, DAPPER_ERR_PARSE,
		"the tag 'tag:yaml.org,2002:python/object", "t.yaml:1" },
	{ "a tag of one's own", "\na: !mine 1", NULL, DAPPER_ERR_PARSE, "the tag '!mine'",
		"t.yaml:2" },
	{ "merge keys", "a: &x {b: 1}\nc:\n  <<: *x\n", NULL, DAPPER_ERR_PARSE, "merge keys",
		"t.yaml:3" },
	{ "two documents", "a: 1\n---\nb: 2\n", NULL, DAPPER_ERR_PARSE, "a second document",
		"t.yaml:2" },
	{ "a NUL escaped into a text", "a: \"x\\0y\"", NULL, DAPPER_ERR_PARSE, "a NUL",
		"t.yaml:1" },
	{ "a control character", "a: \x01", NULL, DAPPER_ERR_PARSE, "not YAML", "t.yaml:1" },
	{ "bytes that are no UTF-8", "a: \xff\xfe\xfd", NULL, DAPPER_ERR_PARSE, "not YAML",
		"t.yaml:1" },
};

static void yaml_tree_parse__case(void **state)
{
	const struct yaml_case *c = *state;
	struct yaml_tree *tree;
	char *json;

	if (!c->json) {
		assert_fails(c->status, yaml_tree_parse("t.yaml", c->text, strlen(c->text), &tree));
		assert_message(c->message);
		assert_string_equal(dapper_error_last()->where, c->where);
		return;
	}
	assert_ok(yaml_tree_parse("t.yaml", c->text, strlen(c->text), &tree));
	json = yaml_to_json(yaml_tree_root(tree));
	assert_string_equal(json, c->json);
	free(json);
	yaml_tree_destroy(tree);
}

/* --- the tree ------------------------------------------------------------------------------- */

static void yaml_find__gives_lines_and_counts(void **state)
{
	static const char text[] = "a: 1\n\nlist: &l\n  - x\n  - y\nalias: *l\n";
	struct yaml_tree *tree;
	const struct yaml_node *root, *list, *alias;

	(void)state;
	assert_ok(yaml_tree_parse("t.yaml", text, sizeof(text) - 1, &tree));
	root = yaml_tree_root(tree);
	list = yaml_find(root, "list");
	alias = yaml_find(root, "alias");
	assert_int_equal(root->count, 3);
	assert_int_equal(yaml_find(root, "a")->line, 1);
	assert_int_equal(list->line, 3);
	assert_int_equal(list->count, 2);
	assert_int_equal(list->first_child->next->line, 5);
	assert_int_equal(alias->line, 6);
	assert_ptr_equal(alias->first_child, list->first_child);
	assert_null(alias->next);
	assert_null(yaml_find(root, "b"));
	assert_null(yaml_find(list, "a"));
	yaml_tree_destroy(tree);
}

/* --- hostile input -------------------------------------------------------------------------- */

static void yaml_tree_parse__stops_an_expansion(void **state)
{
	/* Ten lines, ten aliases each: 10^10 nodes when written out. */
	char text[1024] = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
	struct yaml_tree *tree;

	(void)state;
	for (unsigned i = 1; i < 10; i++) {
		size_t used = strlen(text);

		used += (size_t)snprintf(text + used, sizeof(text) - used, "a%u: &a%u [", i, i);
		for (unsigned k = 0; k < 10; k++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "*a%u%s", i - 1,
				k < 9 ? "," : "]\n");
	}
	assert_fails(DAPPER_ERR_LIMIT, yaml_tree_parse("t.yaml", text, strlen(text), &tree));
	assert_message("aliases written out");
}

static dapper_status parse_nested(unsigned depth, struct yaml_tree **tree)
{
	char text[4096];

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return yaml_tree_parse("t.yaml", text, (size_t)2 * depth, tree);
}

static void yaml_tree_parse__bounds_depth(void **state)
{
	struct yaml_tree *tree;

	(void)state;
	assert_ok(parse_nested(YAML_TREE_DEPTH_MAX, &tree));
	yaml_tree_destroy(tree);
	assert_fails(DAPPER_ERR_LIMIT, parse_nested(YAML_TREE_DEPTH_MAX + 1, &tree));
	assert_fails(DAPPER_ERR_LIMIT, parse_nested(2000, &tree));
}

static void yaml_tree_parse__bounds_depth_by_aliases(void **state)
{
	char text[2048] = "- &a0 []\n";
	struct yaml_tree *tree;
	size_t used = strlen(text);

	(void)state;
	for (unsigned i = 1; i < 40; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "- &a%u [*a%u]\n", i, i - 1);
	assert_fails(DAPPER_ERR_LIMIT, yaml_tree_parse("t.yaml", text, used, &tree));
	assert_message("inside each other");
}

static void yaml_tree_parse__bounds_size_and_anchors(void **state)
{
	char *text = xcalloc(YAML_TREE_SIZE_MAX + 1, 1);
	struct yaml_tree *tree;
	size_t used = 0;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', YAML_TREE_SIZE_MAX + 1);
	assert_ok(yaml_tree_parse("t.yaml", text, YAML_TREE_SIZE_MAX, &tree));
	yaml_tree_destroy(tree);
	assert_fails(
		DAPPER_ERR_LIMIT, yaml_tree_parse("t.yaml", text, YAML_TREE_SIZE_MAX + 1, &tree));
	for (unsigned i = 0; i <= YAML_TREE_ANCHORS_MAX; i++)
		used += (size_t)snprintf(text + used, 16, "- &a%u x\n", i);
	assert_fails(DAPPER_ERR_LIMIT, yaml_tree_parse("t.yaml", text, used, &tree));
	assert_message("anchors");
	used = 0;
	for (unsigned i = 0; i <= YAML_TREE_NODES_MAX; i++)
		used += (size_t)snprintf(text + used, 16, "- x\n");
	assert_fails(DAPPER_ERR_LIMIT, yaml_tree_parse("t.yaml", text, used, &tree));
	assert_message("entries");
	used = 0;
	for (unsigned i = 0; i <= YAML_TREE_KEYS_MAX; i++)
		used += (size_t)snprintf(text + used, 16, "k%u: 1\n", i);
	assert_fails(DAPPER_ERR_LIMIT, yaml_tree_parse("t.yaml", text, used, &tree));
	assert_message("keys in one map");
	free(text);
}

static void yaml_tree_parse__survives_lost_memory(void **state)
{
	static const char text[] = "a: &x [1, 2]\nb: *x\n";
	struct yaml_tree *tree = NULL;

	(void)state;
	for (uint64_t n = 1; n < 100 && !tree; n++) {
		dapper_status status;

		alloc_fail_at(n);
		status = yaml_tree_parse("t.yaml", text, sizeof(text) - 1, &tree);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
	}
	assert_non_null(tree);
	alloc_fail_at(2);
	assert_null(yaml_to_json(yaml_tree_root(tree)));
	alloc_fail_at(0);
	yaml_tree_destroy(tree);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_find__gives_lines_and_counts),
		cmocka_unit_test(yaml_tree_parse__stops_an_expansion),
		cmocka_unit_test(yaml_tree_parse__bounds_depth),
		cmocka_unit_test(yaml_tree_parse__bounds_depth_by_aliases),
		cmocka_unit_test(yaml_tree_parse__bounds_size_and_anchors),
		cmocka_unit_test(yaml_tree_parse__survives_lost_memory),
	};

	return test_run_all("base/yaml", tests, ARRAY_SIZE(tests), yaml_tree_parse__case, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
