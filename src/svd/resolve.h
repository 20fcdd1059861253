/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SVD_RESOLVE_H
#define SVD_RESOLVE_H

/**
 * @file
 * From the draft to what users see: instances, addresses, inherited properties.
 */
#include "svd/draft.h"

/** Something with a number to be found by. */
struct svd_located {
	uint64_t number;
	size_t order;
	const void *item;
};

struct svd_located_list {
	struct svd_located *all; /**< Of the heap. */
	size_t count;
	size_t capacity;
};

/** The result; all of it lives in an arena. */
struct svd_resolved {
	dapper_svd_peripheral *peripherals; /**< By address. */
	size_t peripheral_count;
	const dapper_svd_register **registers; /**< By address. */
	size_t register_count;
	const dapper_svd_interrupt **interrupts; /**< By number, each once. */
	size_t interrupt_count;
};

/** Properties that go down the tree: size, access, protection, resetValue and resetMask. */
struct svd_inherited {
	uint32_t given; /**< Mask of BIT(enum svd_number). */
	uint64_t numbers[SVD_RESET_MASK + 1];
};

struct svd_resolver {
	struct svd_draft *draft;
	struct arena *arena;
	struct svd_located_list registers;
	struct svd_located_list interrupts;
	unsigned depth; /**< Clusters open. */
};

/** @param arena  Also the one of the draft's strings. */
dapper_status svd_resolve(
	struct svd_draft *draft, struct arena *arena, struct svd_resolved *resolved);

/** The fields of a register, and what follows from them: they are resolved once for each access
 * that they inherit. */
dapper_status svd_resolve_fields(struct svd_resolver *resolver, const struct svd_node *node,
	const struct svd_inherited *inherited, dapper_svd_register *reg);

/** What may be written, from its element. */
dapper_svd_constraint svd_constraint_of(const struct svd_node *node);

#endif /* SVD_RESOLVE_H */
