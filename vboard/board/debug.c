/* SPDX-License-Identifier: Apache-2.0 */
/* Between the core and the debug components on its private bus. */
#include "base/bits.h"
#include "base/context.h"
#include "base/error.h"
#include "vboard/board/state.h"

/* DEMCR (DDI 0403E.e, C1.6.5). */
#define DEMCR        0xe000edfcu
#define DEMCR_TRCENA BIT(24)

void debug_core_matched(void *ctx, unsigned comparator)
{
	struct core *core = ctx;

	if (comparator < 32)
		core->watch_hits |= BIT(0) << comparator;
}

void debug_core_warn(void *ctx, const char *text)
{
	const struct core *core = ctx;
	const struct board *board = core->board;

	if (board->core_count > 1)
		log_warning(board->context, DAPPER_LOG_VBOARD, "%s, %s: %s", board->part->name,
			core->config->name, text);
	else
		log_warning(board->context, DAPPER_LOG_VBOARD, "%s: %s", board->part->name, text);
}

uint32_t board_take_watch_hits(struct board *board, unsigned core)
{
	const uint32_t hits = board->cores[core].watch_hits;

	board->cores[core].watch_hits = 0;
	return hits;
}

bool board_trace_enabled(const struct board *board, unsigned core)
{
	uint32_t demcr = 0;

	cpu_scs_read(board->cores[core].cpu, DEMCR, true, &demcr);
	return demcr & DEMCR_TRCENA;
}

void board_listen_demcr(
	struct board *board, unsigned core, void (*changed)(void *model), void *model)
{
	board->cores[core].demcr_changed = changed;
	board->cores[core].demcr_listener = model;
}

void board_demcr_written(struct board *board, unsigned core)
{
	if (board->cores[core].demcr_changed)
		board->cores[core].demcr_changed(board->cores[core].demcr_listener);
}

dapper_status board_add_ap(struct board *board, const struct board_ap *ap)
{
	if (board->ap_count == BOARD_MAX_APS ||
		board->ap_count + board->part->ap_count >= VTARGET_MAX_APS)
		return dapper_fail(DAPPER_ERR_INVALID, "too many access ports on one board");
	board->aps[board->ap_count++] = (struct own_ap){ board, *ap };
	return DAPPER_OK;
}

void board_limit_debug(
	struct board *board, bool (*reaches)(void *model, uint32_t address), void *model)
{
	board->debug_limit = reaches;
	board->debug_limit_model = model;
}

void board_listen_rescue(struct board *board, void (*rescue)(void *model), void *model)
{
	board->rescue = rescue;
	board->rescue_model = model;
}

void board_gate_wire(struct board *board, bool (*is_connected)(void *model), void *model)
{
	board->wire_gate = is_connected;
	board->wire_gate_model = model;
}

void board_gate_debug(struct board *board, bool (*is_open)(void *model), void *model)
{
	board->debug_gate = is_open;
	board->debug_gate_model = model;
}

void board_gate_secure_debug(struct board *board, bool (*is_open)(void *model), void *model)
{
	board->secure_gate = is_open;
	board->secure_gate_model = model;
}
