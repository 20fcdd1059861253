/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_MEM_AP_INTERNAL_H
#define ADI_MEM_AP_INTERNAL_H

/**
 * @file
 * Between the files of the MEM-AP: what ap.c needs to make one, and CSW and TAR with their caches.
 */
#include "adi/mem_ap.h"
#include "adi/mem_ap_regs.h"

/** What all access ports have in common. */
void ap_init(
	struct ap *ap, const struct node_class *class, struct dp *dp, uint8_t apsel, uint32_t idr);
void ap_describe(const struct ap *ap, struct dapper_node_visitor *visitor);

/** What must be read of a MEM-AP before it can be used. */
struct mem_ap_setup {
	uint32_t csw, cfg, base, base_hi;
};

/** Append reading the set-up registers. */
void mem_ap_queue_setup(
	struct dp *dp, struct batch *batch, uint8_t apsel, struct mem_ap_setup *setup);
/** Make one from them. NULL: no memory. Sizes are not known yet. */
struct mem_ap *mem_ap_create(
	struct dp *dp, uint8_t apsel, uint32_t idr, const struct mem_ap_setup *setup);
bool mem_ap_is(const struct node *node);

/** What CSW read back for the sizes that were tried. */
struct mem_ap_sizes {
	uint32_t byte, half, packed;
};

/** Append finding out the access sizes, by writing CSW and reading it back. */
void mem_ap_queue_sizes(struct mem_ap *ap, struct batch *batch, struct mem_ap_sizes *sizes);
void mem_ap_take_sizes(struct mem_ap *ap, const struct mem_ap_sizes *sizes);

/** Append what makes CSW hold this size and increment, TAR this address; nothing when they do. */
void mem_ap_queue_csw(struct mem_ap *ap, struct batch *batch, unsigned size, unsigned addrinc);
void mem_ap_queue_tar(struct mem_ap *ap, struct batch *batch, uint64_t address);
/**
 * Append one DRW access, or a run of them, at the address TAR holds: the transfer's kind, buffers
 * and count are the caller's. @p step: how far TAR moves with each.
 */
void mem_ap_queue_drw(
	struct mem_ap *ap, struct batch *batch, const dapper_transfer *transfer, uint32_t step);

#endif /* ADI_MEM_AP_INTERNAL_H */
