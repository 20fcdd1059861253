/* SPDX-License-Identifier: Apache-2.0 */
/* What the models of a board share beside the bus: memory by name, and the trace pin. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "vboard/board/state.h"

struct shared {
	const char *name;
	struct shared *next;
	void *bytes;
};

void *board_shared(struct board *board, const char *name, size_t size)
{
	struct shared *shared = board->shared;

	while (shared && strcmp(shared->name, name) != 0)
		shared = shared->next;
	if (shared)
		return shared->bytes;
	shared = xnew(shared);
	if (!shared)
		return NULL;
	shared->bytes = xcalloc(1, size);
	if (!shared->bytes) {
		free(shared);
		return NULL;
	}
	shared->name = name;
	shared->next = board->shared;
	board->shared = shared;
	return shared->bytes;
}

void board_finish_shared(struct board *board)
{
	struct shared *shared = board->shared;

	while (shared) {
		struct shared *next = shared->next;

		free(shared->bytes);
		free(shared);
		shared = next;
	}
	board->shared = NULL;
}

void board_swo(struct board *board, const struct vswo_burst *burst)
{
	if (board->swo_sink)
		board->swo_sink(board->swo_payload, burst);
}

void board_set_swo(
	void *data, void (*sink)(void *payload, const struct vswo_burst *burst), void *payload)
{
	struct board *board = data;

	board->swo_sink = sink;
	board->swo_payload = payload;
}
