/* SPDX-License-Identifier: Apache-2.0 */
/* What a part's models have declared as their state: what a snapshot of the board consists of. */
#include "base/alloc.h"
#include "base/error.h"
#include "vboard/board/state.h"

static dapper_status keep(struct board *board, struct kept kept)
{
	struct kept *grown =
		xgrow(board->kept, board->kept_count, &board->kept_capacity, sizeof(*grown));

	if (!grown)
		return FAIL_NO_MEMORY("a board's state");
	board->kept = grown;
	board->kept[board->kept_count++] = kept;
	return DAPPER_OK;
}

dapper_status board_keep(struct board *board, const char *name, void *bytes, size_t size)
{
	return keep(board, (struct kept){ .name = name, .bytes = bytes, .size = size });
}

dapper_status board_keep_event(struct board *board, const char *name, struct board_event *event)
{
	return keep(board, (struct kept){ .name = name, .event = event });
}
