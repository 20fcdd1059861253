/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/node.h"

struct thing {
	struct node node;
	char *order;
};

static void thing_destroy(struct node *node)
{
	struct thing *thing = NODE_OBJECT(struct thing, node);

	strcat(thing->order, node->name);
	free(thing);
}

static void thing_describe(const struct node *node, struct dapper_node_visitor *visitor)
{
	node_put_text(visitor, "name", "%s", node->name);
	node_put_hex(visitor, "address", 0x1000, 8);
}

static const struct node_class thing_class = {
	.kind = "thing",
	.describe = thing_describe,
	.destroy = thing_destroy,
};

static struct node *make_thing(const char *name, char *order)
{
	struct thing *thing = xnew(thing);

	assert_non_null(thing);
	node_init(&thing->node, &thing_class, "%s", name);
	thing->order = order;
	return &thing->node;
}

static void node_destroy__ends_leaves_first(void **state)
{
	char order[16] = "";
	struct node *root = make_thing("r", order);
	struct node *a = make_thing("a", order);

	(void)state;
	node_attach(root, a);
	node_attach(root, make_thing("b", order));
	node_attach(a, make_thing("c", order));
	node_destroy(root);
	assert_string_equal(order, "bcar");
}

static void node_detach__unlinks_from_the_middle(void **state)
{
	char order[16] = "";
	struct node *root = make_thing("r", order);
	struct node *b = make_thing("b", order);

	(void)state;
	node_attach(root, make_thing("a", order));
	node_attach(root, b);
	node_attach(root, make_thing("c", order));
	node_destroy(b);
	assert_string_equal(
		dapper_node_get_name(dapper_node_next(dapper_node_first_child(root))), "c");
	node_destroy(root);
	assert_string_equal(order, "bcar");
}

static void collect(
	void *payload, const char *key, const char *text, bool is_number, uint64_t number)
{
	char *all = payload;

	(void)is_number;
	(void)number;
	sprintf(all + strlen(all), "%s=%s;", key, text);
}

static void node_describe__hands_out_facts(void **state)
{
	char order[16] = "";
	char facts[128] = "";
	dapper_node_visitor visitor = { .fact = collect, .payload = facts };
	struct node *root = make_thing("r", order);

	(void)state;
	dapper_node_describe(root, &visitor);
	assert_string_equal(facts, "name=r;address=0x00001000;");
	node_destroy(root);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(node_destroy__ends_leaves_first),
		cmocka_unit_test(node_detach__unlinks_from_the_middle),
		cmocka_unit_test(node_describe__hands_out_facts),
	};
	return cmocka_run_group_tests_name("base/node", tests, NULL, NULL);
}
