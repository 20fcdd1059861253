/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_BATCH_H
#define PROBE_BATCH_H

/**
 * @file
 * A batch: the list of DP and AP transfers that one piece of work needs, built by the layers above
 * and run by the probe in as few packets as it can.
 *
 * Adding never fails at once: when memory runs out the batch remembers it and running it reports
 * it, so that builders stay free of error paths. Buffers are borrowed until the batch has run.
 */
#include <dapper/plugin/probe_driver.h>

/** What a transfer is for, so that an error can name the place. */
struct batch_note {
	uint64_t address; /**< Memory address of the first word, when @p is_memory. */
	uint32_t stride;  /**< Bytes from one word of a block to the next: 4, or 0. */
	bool is_memory;
};

struct batch {
	dapper_transfer *transfers;
	struct batch_note *notes;
	size_t count;
	size_t capacity;
	bool out_of_memory;
};

/** An empty batch; no memory is held. */
#define BATCH_INIT                \
	{                         \
		.transfers = NULL \
	}

void batch_finish(struct batch *batch); /**< Release memory; the batch is empty and usable again. */
void batch_clear(struct batch *batch);  /**< Forget the transfers, keep the memory. */

/** Append a transfer as it is. The note may be NULL. */
void batch_add(struct batch *batch, const dapper_transfer *transfer, const struct batch_note *note);

/* Shorthands; reg is the byte offset A[3:2]. */
void batch_read_dp(struct batch *batch, uint8_t reg, uint32_t *word);
void batch_write_dp(struct batch *batch, uint8_t reg, uint32_t value);
void batch_read_ap(struct batch *batch, uint8_t reg, uint32_t *word);
void batch_write_ap(struct batch *batch, uint8_t reg, uint32_t value);

#endif /* PROBE_BATCH_H */
