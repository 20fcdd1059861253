/* SPDX-License-Identifier: Apache-2.0 */
#include "base/node.h"

#include <stdarg.h>
#include <stdio.h>

const char *dapper_node_get_kind(const dapper_node *node)
{
	return node->class->kind;
}

const char *dapper_node_get_name(const dapper_node *node)
{
	return node->name;
}

const dapper_node *dapper_node_first_child(const dapper_node *node)
{
	return node->first_child;
}

const dapper_node *dapper_node_next(const dapper_node *node)
{
	return node->next;
}

const dapper_node *dapper_node_parent(const dapper_node *node)
{
	return node->parent;
}

void dapper_node_describe(const dapper_node *node, dapper_node_visitor *visitor)
{
	if (node->class->describe)
		node->class->describe(node, visitor);
}

void node_init(struct node *node, const struct node_class *class, const char *format, ...)
{
	va_list args;

	*node = (struct node){ .class = class };
	va_start(args, format);
	vsnprintf(node->name, sizeof(node->name), format, args);
	va_end(args);
}

void node_attach(struct node *parent, struct node *node)
{
	node->parent = parent;
	node->next = NULL;
	node->previous = parent->last_child;
	if (parent->last_child)
		parent->last_child->next = node;
	else
		parent->first_child = node;
	parent->last_child = node;
}

void node_detach(struct node *node)
{
	struct node *parent = node->parent;

	if (!parent)
		return;
	if (node->previous)
		node->previous->next = node->next;
	else
		parent->first_child = node->next;
	if (node->next)
		node->next->previous = node->previous;
	else
		parent->last_child = node->previous;
	node->parent = node->previous = node->next = NULL;
}

/* The tree is as deep as ROM tables nest, which discovery bounds; recursion is safe. */
void node_destroy(struct node *node)
{
	if (!node)
		return;
	while (node->last_child)
		node_destroy(node->last_child);
	node_detach(node);
	node->class->destroy(node);
}

void node_put_text(struct dapper_node_visitor *visitor, const char *key, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	visitor->fact(visitor->payload, key, text, false, 0);
}

void node_put_hex(
	struct dapper_node_visitor *visitor, const char *key, uint64_t value, unsigned digits)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%0*llx", (int)digits, (unsigned long long)value);
	visitor->fact(visitor->payload, key, text, true, value);
}

void node_put_number(struct dapper_node_visitor *visitor, const char *key, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	visitor->fact(visitor->payload, key, text, true, value);
}
