/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SVD_EXPAND_H
#define SVD_EXPAND_H

/**
 * @file
 * Arrays and lists: one element with <dim> stands for several. Source: CMSIS-SVD 1.3,
 * "dimElementGroup".
 */
#include "svd/draft.h"

enum { SVD_DIM_MAX = 65536 };

/**
 * An element as it will be, for sorting: one for each instance.
 */
struct svd_instance {
	const struct svd_node *node;
	uint64_t address; /**< Or bit offset. */
	uint32_t index;   /**< Among the node's. */
	uint32_t order;   /**< In the file. */
};

/** Instances in the order of addresses; where they are equal, of the file. */
struct svd_instances {
	struct svd_instance *all; /**< Of the heap: free() it. */
	size_t count;
};

/**
 * The instances of all of @p parent's children of a kind.
 *
 * Those that cannot be (without a name or an address, past @p end) are left out with a warning.
 *
 * @param base  What their addresses are added to.
 * @param end   No instance's address is above it.
 */
dapper_status svd_expand(struct svd_draft *draft, const struct svd_node *parent, enum svd_kind kind,
	uint64_t base, uint64_t end, struct svd_instances *instances);

/**
 * A text of an instance, with its index for each "%s".
 *
 * @param[out] text  "" when the node has none.
 */
dapper_status svd_expand_text(struct svd_draft *draft, const struct svd_instance *instance,
	enum svd_text which, const char **text);

#endif /* SVD_EXPAND_H */
