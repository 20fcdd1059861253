/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/coresight/link.h"

#include "base/error.h"

struct debug_link *debug_link(struct board *board)
{
	struct debug_link *link = board_shared(board, "debug link", sizeof(*link));

	if (!link)
		FAIL_NO_MEMORY("a board's debug components");
	return link;
}
