/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NODE_H
#define BASE_NODE_H

/**
 * @file
 * The object graph: every object at run time (session, probe, board, SoC, DP, AP, component, core)
 * embeds a node as its first member, so that the tree can be walked and shown without knowing them.
 *
 * Who stands above owns what stands below: node_destroy() ends the children, youngest first, and
 * then the object itself by its class's destroy(). A child holds a plain pointer to its parent.
 */
#include <dapper/node.h>

struct node;

struct node_class {
	const char *kind; /**< "session", "soc", "dp", "ap", "component", "core", ... */
	/** Put facts for people: see node_put(). NULL: none. */
	void (*describe)(const struct node *node, struct dapper_node_visitor *visitor);
	/** Free the object; children are gone already. */
	void (*destroy)(struct node *node);
};

struct node {
	const struct node_class *class;
	char name[64];
	struct node *parent;
	struct node *first_child;
	struct node *last_child;
	struct node *previous;
	struct node *next;
};

/** Make @p node a root. @p format names it. */
void node_init(struct node *node, const struct node_class *class, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/** Append to the children of @p parent, which owns it from now on. */
void node_attach(struct node *parent, struct node *node);
/** Take it out of its parent; the caller owns it. */
void node_detach(struct node *node);
/** End the object and everything below it, leaves first; detaches it. NULL is fine. */
void node_destroy(struct node *node);

/** Emit one fact. */
void node_put_text(struct dapper_node_visitor *visitor, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/** A number that people want in hex with so many digits. */
void node_put_hex(
	struct dapper_node_visitor *visitor, const char *key, uint64_t value, unsigned digits);
void node_put_number(struct dapper_node_visitor *visitor, const char *key, uint64_t value);

/** The object that embeds a node, where the node is its first member. */
#define NODE_OBJECT(type, node) ((type *)(void *)(node))
/** The same, to look at only. */
#define NODE_OBJECT_CONST(type, node) ((const type *)(const void *)(node))

#endif /* BASE_NODE_H */
