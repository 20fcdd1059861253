/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole state of a board's target in a file, and back: memories, the core, what the models have
 * declared (keep.c), time and power. The probe is not part of it: a board that is restored has its
 * probe freshly plugged in, its debug port powered down.
 *
 * A file is a head, then items (name, size, bytes) in the order in which the board was made, then a
 * checksum. It fits the same board made by the same version of dapper, which is checked item by item
 * before anything is changed. The bytes of an item are taken as they are: a snapshot is to be
 * trusted like the program that wrote it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "base/file.h"
#include "vboard/board/state.h"

enum { HEAD_SIZE = 16, SUM_SIZE = 8, NAME_SIZE = 24, ITEM_HEAD = NAME_SIZE + 8 };
enum { SNAPSHOT_LIMIT = 256 << 20 };

static const uint8_t magic[8] = { 'D', 'A', 'P', 'V', 'S', 'N', 'A', '2' };

/** What struct core itself keeps, as plain bytes. */
struct core_state {
	struct core_clock clock;
	uint32_t watch_hits;
	bool held, hold_wanted, reset_wanted;
};

/** What struct board itself keeps, as plain bytes. */
struct board_state {
	uint64_t now_ns, flash_busy_ns, power_lost_ns;
	struct core_state cores[BOARD_MAX_CORES];
	uint32_t clock_hz[BOARD_CLOCK_COUNT];
	struct alias aliases[BOARD_MAX_ALIASES];
	uint32_t power_cycles;
	bool powered, power_returns;
	bool in_reset, pin_holds_reset, model_holds_reset, resets_due, reset_requested;
	uint8_t requested_reset;
};

struct event_state {
	uint64_t at_ns;
	uint64_t armed;
};

/** One pass over all items: writing, checking, or reading. */
struct pass {
	enum { PASS_MEASURE, PASS_SAVE, PASS_CHECK, PASS_RESTORE } kind;
	uint8_t *bytes;
	size_t size, at;
	const char *mismatch; /* name of the first item that does not fit */
};

/* FNV-1a, 64 bit: against truncated and damaged files, not against malice. */
static uint64_t checksum(const uint8_t *bytes, size_t size)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static bool head_fits(const struct pass *pass, const char *name, size_t size)
{
	const uint8_t *head = pass->bytes + pass->at;

	return pass->size - pass->at >= ITEM_HEAD + size &&
	       strncmp((const char *)head, name, NAME_SIZE - 1) == 0 &&
	       get_le64(head + NAME_SIZE) == size;
}

static void item(struct pass *pass, const char *name, void *data, size_t size)
{
	/* Nothing is there yet to point into while it is being measured. */
	uint8_t *head = pass->bytes ? pass->bytes + pass->at : NULL;

	if (pass->mismatch)
		return;
	switch (pass->kind) {
	case PASS_MEASURE:
		break;
	case PASS_SAVE:
		memset(head, 0, ITEM_HEAD);
		memcpy(head, name, strnlen(name, NAME_SIZE - 1));
		put_le64(head + NAME_SIZE, size);
		memcpy(head + ITEM_HEAD, data, size);
		break;
	case PASS_CHECK:
		if (!head_fits(pass, name, size)) {
			pass->mismatch = name;
			return;
		}
		break;
	case PASS_RESTORE:
		memcpy(data, head + ITEM_HEAD, size);
		break;
	}
	pass->at += ITEM_HEAD + size;
}

/* --- what there is --------------------------------------------------------------------------- */

static void get_core_state(const struct core *core, struct core_state *state)
{
	state->clock = core->clock;
	state->watch_hits = core->watch_hits;
	state->held = core->held;
	state->hold_wanted = core->hold_wanted;
	state->reset_wanted = core->reset_wanted;
}

static void set_core_state(struct core *core, const struct core_state *state)
{
	core->clock = state->clock;
	core->watch_hits = state->watch_hits;
	core->held = state->held;
	core->hold_wanted = state->hold_wanted;
	core->reset_wanted = state->reset_wanted;
}

static struct board_state get_state(const struct board *board)
{
	struct board_state state;

	/* Padding too: two snapshots of one state are the same file. */
	memset(&state, 0, sizeof(state));
	state.now_ns = board->now_ns;
	state.flash_busy_ns = board->flash_busy_ns;
	state.power_lost_ns = board->power_lost_ns;
	for (unsigned i = 0; i < board->core_count; i++)
		get_core_state(&board->cores[i], &state.cores[i]);
	memcpy(state.clock_hz, board->clock_hz, sizeof(state.clock_hz));
	memcpy(state.aliases, board->aliases, sizeof(state.aliases));
	state.power_cycles = board->power_cycles;
	state.powered = board->powered;
	state.power_returns = board->power_returns;
	state.in_reset = board->in_reset;
	state.pin_holds_reset = board->pin_holds_reset;
	state.model_holds_reset = board->model_holds_reset;
	state.resets_due = board->resets_due;
	state.reset_requested = board->reset_requested;
	state.requested_reset = (uint8_t)board->requested_reset;
	return state;
}

static void set_state(struct board *board, const struct board_state *state)
{
	board->now_ns = state->now_ns;
	board->flash_busy_ns = state->flash_busy_ns;
	board->power_lost_ns = state->power_lost_ns;
	for (unsigned i = 0; i < board->core_count; i++)
		set_core_state(&board->cores[i], &state->cores[i]);
	memcpy(board->clock_hz, state->clock_hz, sizeof(state->clock_hz));
	board->power_cycles = state->power_cycles;
	board->powered = state->powered;
	board->power_returns = state->power_returns;
	board->in_reset = state->in_reset;
	board->pin_holds_reset = state->pin_holds_reset;
	board->model_holds_reset = state->model_holds_reset;
	board->resets_due = state->resets_due;
	board->reset_requested = state->reset_requested;
	board->requested_reset = (enum board_reset)state->requested_reset;
}

static void kept_item(struct pass *pass, struct board *board, const struct kept *kept)
{
	struct event_state state;

	if (!kept->event) {
		item(pass, kept->name, kept->bytes, kept->size);
		return;
	}
	state = (struct event_state){ kept->event->at_ns, kept->event->armed };
	item(pass, kept->name, &state, sizeof(state));
	if (pass->kind != PASS_RESTORE)
		return;
	board_disarm(board, kept->event);
	if (state.armed)
		board_arm(board, kept->event, state.at_ns);
}

/* Snapshots of all cores, one behind the other. */
static size_t cores_size(const struct board *board)
{
	size_t size = 0;

	for (unsigned i = 0; i < board->core_count; i++)
		size += cpu_snapshot_size(board->cores[i].cpu);
	return size;
}

static void all_items(
	struct pass *pass, struct board *board, struct board_state *state, uint8_t *cores)
{
	item(pass, board->part->name, state, sizeof(*state));
	item(pass, "cores", cores, cores_size(board));
	for (size_t i = 0; i < board->part->memory_count; i++)
		item(pass, board->part->memories[i].name, board->memories[i].bytes,
			board->part->memories[i].size);
	for (size_t i = 0; i < board->kept_count; i++)
		kept_item(pass, board, &board->kept[i]);
}

/* --- saving ---------------------------------------------------------------------------------- */

static void save_cores(const struct board *board, uint8_t *at)
{
	for (unsigned i = 0; i < board->core_count; i++) {
		cpu_snapshot(board->cores[i].cpu, at);
		at += cpu_snapshot_size(board->cores[i].cpu);
	}
}

dapper_status board_save(struct board *board, const char *path)
{
	uint8_t *cores = xcalloc(cores_size(board), 1);
	struct board_state state = get_state(board);
	struct pass pass = { .kind = PASS_MEASURE, .at = HEAD_SIZE };
	dapper_status status;

	if (!cores)
		return FAIL_NO_MEMORY("a snapshot");
	save_cores(board, cores);
	all_items(&pass, board, &state, cores);
	pass = (struct pass){ .kind = PASS_SAVE, .at = HEAD_SIZE, .size = pass.at };
	pass.bytes = xcalloc(pass.size + SUM_SIZE, 1);
	if (!pass.bytes) {
		free(cores);
		return FAIL_NO_MEMORY("a snapshot");
	}
	memcpy(pass.bytes, magic, sizeof(magic));
	put_le64(pass.bytes + sizeof(magic), pass.size);
	all_items(&pass, board, &state, cores);
	put_le64(pass.bytes + pass.size, checksum(pass.bytes, pass.size));
	status = file_write(path, pass.bytes, pass.size + SUM_SIZE);
	free(pass.bytes);
	free(cores);
	return status;
}

/* --- restoring ------------------------------------------------------------------------------- */

static dapper_status check_file(const uint8_t *bytes, size_t size, const char *path)
{
	if (size < HEAD_SIZE + SUM_SIZE || memcmp(bytes, magic, sizeof(magic)) != 0)
		return dapper_fail(DAPPER_ERR_PARSE, "%s is no snapshot of a virtual board", path);
	if (get_le64(bytes + sizeof(magic)) != size - SUM_SIZE ||
		checksum(bytes, size - SUM_SIZE) != get_le64(bytes + size - SUM_SIZE))
		return dapper_fail(DAPPER_ERR_PARSE, "the snapshot %s is damaged", path);
	return DAPPER_OK;
}

static bool is_memory(const struct board *board, uint32_t base)
{
	for (size_t i = 0; i < board->part->memory_count; i++)
		if (board->part->memories[i].base == base)
			return true;
	return false;
}

/* What a core saw directly of a model's memory it sees again once it has asked the model. */
static void conceal_models_memory(struct board *board)
{
	for (size_t i = 0; i < board->exposure_count; i++)
		if (!is_memory(board, board->exposures[i].base))
			board_conceal(board, board->exposures[i].base);
}

static void take_over(struct board *board, struct pass *pass, uint8_t *cores)
{
	struct board_state state;

	while (board->events)
		board_disarm(board, board->events);
	pass->kind = PASS_RESTORE;
	pass->at = HEAD_SIZE;
	all_items(pass, board, &state, cores);
	set_state(board, &state);
	for (size_t i = 0; i < board->alias_count; i++)
		/* Only what a model has changed since the reset: its Security is that of all. */
		if (memcmp(&board->aliases[i], &state.aliases[i], sizeof(state.aliases[i])) != 0)
			(void)board_set_alias(board, state.aliases[i].base, state.aliases[i].size,
				state.aliases[i].target);
	conceal_models_memory(board);
	for (size_t i = 0; i < board->part->model_count; i++)
		if (board->part->models[i].class->restored)
			board->part->models[i].class->restored(board->models[i]);
}

static dapper_status restore_cores(struct board *board, const uint8_t *at, const char *path)
{
	for (unsigned i = 0; i < board->core_count; i++) {
		const size_t size = cpu_snapshot_size(board->cores[i].cpu);

		if (!cpu_restore(board->cores[i].cpu, at, size))
			return dapper_fail(DAPPER_ERR_PARSE,
				"the snapshot %s is of another core than this virtual %s has", path,
				board->part->name);
		at += size;
	}
	return DAPPER_OK;
}

static dapper_status restore_items(
	struct board *board, uint8_t *bytes, size_t size, uint8_t *cores, const char *path)
{
	struct pass pass = {
		.kind = PASS_CHECK, .bytes = bytes, .size = size - SUM_SIZE, .at = HEAD_SIZE
	};
	struct board_state unused;

	all_items(&pass, board, &unused, cores);
	if (pass.mismatch || pass.at != pass.size) {
		dapper_fail(DAPPER_ERR_PARSE, "the snapshot %s does not fit this virtual %s: %s",
			path, board->part->name,
			pass.mismatch ? pass.mismatch : "it holds more than there is here");
		return dapper_fail_hint(DAPPER_ERR_PARSE, "a snapshot fits the same board, with "
							  "the same settings, of the same version "
							  "of dapper");
	}
	take_over(board, &pass, cores);
	return restore_cores(board, cores, path);
}

dapper_status board_restore(struct board *board, const char *path)
{
	uint8_t *cores = xcalloc(cores_size(board), 1);
	dapper_status status;
	uint8_t *bytes;
	size_t size;

	if (!cores)
		return FAIL_NO_MEMORY("a snapshot");
	status = file_read(path, SNAPSHOT_LIMIT, &bytes, &size);
	if (status == DAPPER_OK) {
		status = check_file(bytes, size, path);
		if (status == DAPPER_OK)
			status = restore_items(board, bytes, size, cores, path);
		free(bytes);
	}
	free(cores);
	return status;
}

/* --- by settings ----------------------------------------------------------------------------- */

static dapper_status set_path(char **path, const char *value)
{
	free(*path);
	*path = xstrdup(value);
	return *path ? DAPPER_OK : FAIL_NO_MEMORY("a file name");
}

dapper_status set_restore(struct board *board, const char *key, const char *value)
{
	(void)key;
	return set_path(&board->restore_from, value);
}

dapper_status set_save_at_end(struct board *board, const char *key, const char *value)
{
	(void)key;
	return set_path(&board->save_to, value);
}

dapper_status board_restore_if_asked(struct board *board)
{
	return board->restore_from ? board_restore(board, board->restore_from) : DAPPER_OK;
}

void board_save_if_asked(struct board *board)
{
	if (!board->save_to || board_save(board, board->save_to) == DAPPER_OK)
		return;
	log_warning(board->context, DAPPER_LOG_VBOARD, "no snapshot was saved: %s",
		dapper_error_last()->message);
}
