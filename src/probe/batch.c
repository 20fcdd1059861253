/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void batch_finish(struct batch *batch)
{
	free(batch->transfers);
	free(batch->notes);
	*batch = (struct batch)BATCH_INIT;
}

void batch_clear(struct batch *batch)
{
	batch->count = 0;
	batch->out_of_memory = false;
}

/* Both arrays have the same capacity, also when the second cannot grow. */
static bool make_room(struct batch *batch)
{
	size_t capacity = batch->capacity;
	dapper_transfer *transfers;
	struct batch_note *notes;

	if (batch->count < batch->capacity)
		return true;
	transfers = xgrow(batch->transfers, batch->count, &capacity, sizeof(*transfers));
	if (!transfers)
		return false;
	batch->transfers = transfers;
	capacity = batch->capacity;
	notes = xgrow(batch->notes, batch->count, &capacity, sizeof(*notes));
	if (!notes)
		return false;
	batch->notes = notes;
	batch->capacity = capacity;
	return true;
}

void batch_add(struct batch *batch, const dapper_transfer *transfer, const struct batch_note *note)
{
	if (!make_room(batch)) {
		batch->out_of_memory = true;
		return;
	}
	batch->transfers[batch->count] = *transfer;
	batch->notes[batch->count] = note ? *note : (struct batch_note){ .is_memory = false };
	batch->count++;
}

static void add_word(struct batch *batch, dapper_transfer_kind kind, bool ap, uint8_t reg,
	uint32_t value, uint32_t *word)
{
	dapper_transfer transfer = {
		.kind = kind,
		.ap = ap,
		.reg = reg,
		.value = value,
		.word = word,
		.count = 1,
	};

	batch_add(batch, &transfer, NULL);
}

void batch_read_dp(struct batch *batch, uint8_t reg, uint32_t *word)
{
	add_word(batch, DAPPER_TRANSFER_READ, false, reg, 0, word);
}

void batch_write_dp(struct batch *batch, uint8_t reg, uint32_t value)
{
	add_word(batch, DAPPER_TRANSFER_WRITE, false, reg, value, NULL);
}

void batch_read_ap(struct batch *batch, uint8_t reg, uint32_t *word)
{
	add_word(batch, DAPPER_TRANSFER_READ, true, reg, 0, word);
}

void batch_write_ap(struct batch *batch, uint8_t reg, uint32_t value)
{
	add_word(batch, DAPPER_TRANSFER_WRITE, true, reg, value, NULL);
}
