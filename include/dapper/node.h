/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_NODE_H
#define DAPPER_NODE_H

#include <dapper/common.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * The object graph of a session, to be walked and shown. Nodes belong to their session.
 *
 * Threads: as the session's.
 */

typedef struct node dapper_node;

/** Kind of object: "session", "probe", "board", "soc", "dp", "ap", "rom-table", "component",
 * "core". */
DAPPER_API const char *dapper_node_get_kind(const dapper_node *node);
/** Its name, e.g. "AP#0" or "Cortex-M4". */
DAPPER_API const char *dapper_node_get_name(const dapper_node *node);
/** NULL when there is none. */
DAPPER_API const dapper_node *dapper_node_first_child(const dapper_node *node);
/** The next child of the same parent; NULL when there is none. */
DAPPER_API const dapper_node *dapper_node_next(const dapper_node *node);
/** NULL for a root. */
DAPPER_API const dapper_node *dapper_node_parent(const dapper_node *node);

/** Receives the facts of one node; the texts live for the call. */
typedef struct dapper_node_visitor {
	/** @p number is valid when @p is_number; @p text is always what people read. */
	void (*fact)(
		void *payload, const char *key, const char *text, bool is_number, uint64_t number);
	void *payload;
} dapper_node_visitor;

/** Hand all facts of a node to a visitor. Does not touch the target. */
DAPPER_API void dapper_node_describe(const dapper_node *node, dapper_node_visitor *visitor);

DAPPER_END_DECLS

#endif /* DAPPER_NODE_H */
