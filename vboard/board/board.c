/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual part from its description: made, reset, losing power, ended. What it is made of is in
 * board/parts/, how it runs in time.c, how it is wired in bus.c.
 */
#include "vboard/board/board.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/context.h"
#include "base/error.h"
#include "vboard/board/description.h"
#include "vboard/board/state.h"

/* --- services for the models ----------------------------------------------------------------- */

enum { MEMORY_MAX = 128 << 20 };

dapper_status board_claim_memory(struct board *board, uint64_t size)
{
	if (size > MEMORY_MAX - board->claimed_memory)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"a virtual board has at most %u MB of memory in all",
			(unsigned)MEMORY_MAX >> 20);
	board->claimed_memory += size;
	return DAPPER_OK;
}

dapper_context *board_context(const struct board *board)
{
	return board->context;
}

struct cpu *board_cpu(const struct board *board, unsigned core)
{
	return board->cores[core < board->core_count ? core : 0].cpu;
}

unsigned board_core_count(const struct board *board)
{
	return board->core_count;
}

void board_set_core_irq(struct board *board, unsigned core, unsigned line, bool level)
{
	cpu_irq(board_cpu(board, core), line, level);
}

/** The cores that an interrupt line goes to, a bit each. */
static unsigned irq_cores(const struct board_part *part, unsigned line)
{
	for (size_t i = 0; i < part->irq_route_count; i++)
		if (line >= part->irq_routes[i].first && line <= part->irq_routes[i].last)
			return part->irq_routes[i].cores;
	return UINT8_MAX;
}

void board_set_irq(struct board *board, unsigned line, bool level)
{
	const unsigned cores = irq_cores(board->part, line);

	for (unsigned i = 0; i < board->core_count; i++)
		if (cores >> i & 1)
			board_set_core_irq(board, i, line, level);
}

uint32_t board_peek(struct board *board, uint32_t address)
{
	const struct bus_access access = {
		.size = 4, .debugger = true, .privileged = true, .secure = true
	};
	uint32_t value = 0;

	return bus_read(board, address, access, &value) ? value : 0;
}

bool board_poke(struct board *board, uint32_t address, uint32_t value)
{
	const struct bus_access access = {
		.size = 4, .debugger = true, .privileged = true, .secure = true
	};

	return bus_write(board, address, access, value);
}

void board_count_flash_busy(struct board *board, uint64_t ns)
{
	board->flash_busy_ns += ns;
}

dapper_status model_invalid(const struct model_config *config, const char *why)
{
	return dapper_fail(DAPPER_ERR_INVALID, "%s at 0x%08x: %s", config->name, config->base, why);
}

dapper_status setting_number(const char *key, const char *value, uint64_t limit, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(value, &end, 0);
	if (errno || *end || end == value || *value == '-')
		return dapper_fail(DAPPER_ERR_INVALID, "'%s' is not a number for '%s'", value, key);
	if (*number > limit)
		return dapper_fail(DAPPER_ERR_INVALID, "%s=%s is above the limit of %llu", key,
			value, (unsigned long long)limit);
	return DAPPER_OK;
}

/* --- reset and power ------------------------------------------------------------------------- */

/** A reset is to be done when the access or event being handled is over. */
static void end_slice(struct board *board)
{
	struct cpu *cpu = board->cores[board->running].cpu;

	board->resets_due = true;
	if (board->in_core)
		cpu_wake_at(cpu, cpu_cycles(cpu));
}

void board_request_reset(struct board *board, enum board_reset kind)
{
	board->reset_requested = true;
	board->requested_reset = kind;
	end_slice(board);
}

void board_request_core_reset(struct board *board, unsigned core)
{
	board->cores[core].reset_wanted = true;
	end_slice(board);
}

void board_hold_core(struct board *board, unsigned core, bool hold)
{
	board->cores[core].hold_wanted = hold;
	end_slice(board);
}

static void reset_models(struct board *board, enum board_reset kind)
{
	for (size_t i = 0; i < board->part->model_count; i++) {
		const struct model_class *class = board->part->models[i].class;

		if (class->reset)
			class->reset(board->models[i], kind);
	}
}

static void reset_core(struct core *core, bool debug_kept)
{
	core->held = core->hold_wanted;
	core->reset_wanted = false;
	cpu_reset(core->cpu, debug_kept);
	core_restart_clock(core, core->board->clock_hz[core->config->clock]);
}

/** What board_hold_core() and board_request_core_reset() asked for. */
static void do_core_resets(struct board *board)
{
	for (unsigned i = 0; i < board->core_count; i++) {
		struct core *core = &board->cores[i];

		if (core->reset_wanted || core->held != core->hold_wanted)
			reset_core(core, true);
	}
}

void board_reset(struct board *board, enum board_reset kind)
{
	const struct board_part *part = board->part;

	board->resets_due = false;
	board->reset_requested = false;
	for (unsigned i = 0; i < board->core_count; i++)
		board->cores[i].hold_wanted = board->cores[i].config->held;
	if (kind == RESET_POWER_ON)
		bus_scramble_ram(board);
	memcpy(board->clock_hz, part->clock_hz, sizeof(board->clock_hz));
	/* Cannot fail: the alias is there since board_make(). */
	if (part->boot_size)
		(void)board_set_alias(board, 0, part->boot_size, part->boot_base);
	reset_models(board, kind);
	for (unsigned i = 0; i < board->core_count; i++)
		reset_core(&board->cores[i], kind != RESET_POWER_ON);
	/* What the models asked for in their reset is in force now. */
	board->resets_due = board->reset_requested;
}

void board_do_resets(struct board *board)
{
	board->resets_due = false;
	if (!board->reset_requested) {
		do_core_resets(board);
		return;
	}
	log_debug(board->context, DAPPER_LOG_VBOARD, "%s resets itself at %llu ns",
		board->part->name, (unsigned long long)board->now_ns);
	board_reset(board, board->requested_reset);
}

/*
 * Reset happens at the falling edge; the core leaves it at the rising one, and honours what the
 * debugger has set meanwhile (vector catch).
 */
void board_change_reset(struct board *board, bool *holds, bool hold, enum board_reset kind)
{
	bool before = board->in_reset;

	if (!board->powered)
		return;
	*holds = hold;
	board->in_reset = board->pin_holds_reset || board->model_holds_reset;
	if (board->in_reset != before)
		board_reset(board, kind);
}

void board_hold_reset(struct board *board, bool hold)
{
	board_change_reset(board, &board->model_holds_reset, hold, RESET_SOFTWARE);
}

void board_forget_ram(struct board *board)
{
	bus_scramble_ram(board);
}

static void lose_power(void *model)
{
	struct board *board = model;

	log_info(board->context, DAPPER_LOG_VBOARD, "%s lost its power at %llu ns",
		board->part->name, (unsigned long long)board->now_ns);
	for (size_t i = 0; i < board->part->model_count; i++) {
		const struct model_class *class = board->part->models[i].class;

		if (class->power_lost)
			class->power_lost(board->models[i]);
	}
	while (board->events)
		board_disarm(board, board->events);
	board->powered = false;
	board->power_lost_ns = board->now_ns;
	bus_scramble_ram(board);
}

void board_power_up(struct board *board)
{
	board->powered = true;
	board->power_returns = false; /* once */
	board->power_cycles++;
	board->in_reset = board->pin_holds_reset = board->model_holds_reset = false;
	board_reset(board, RESET_POWER_ON);
}

void board_lose_power_at(struct board *board, uint64_t ns)
{
	if (ns < board_power_loss_ns(board))
		board_arm(board, &board->power_loss, ns);
}

uint64_t board_power_loss_ns(const struct board *board)
{
	if (!board->powered)
		return 0;
	return board->power_loss.armed ? board->power_loss.at_ns : UINT64_MAX;
}

/* --- settings -------------------------------------------------------------------------------- */

static dapper_status set_in_models(
	struct board *board, const struct vboard_setting *setting, bool *taken)
{
	for (size_t i = 0; i < board->part->model_count && !*taken; i++) {
		const struct model_class *class = board->part->models[i].class;

		if (class->set)
			TRY(class->set(board->models[i], setting->key, setting->value, taken));
	}
	return DAPPER_OK;
}

/** The keys that this board knows, for a hint. */
static void list_keys(const struct board *board, char *text, size_t size)
{
	size_t used = 0;

	for (const struct board_setting *own = board_settings; own->key && used < size; own++)
		used += (size_t)snprintf(
			text + used, size - used, "%s%s", used ? ", " : "", own->key);
	for (size_t i = 0; i < board->part->model_count; i++) {
		const char *const *key = board->part->models[i].class->keys;

		for (; key && *key && used < size; key++)
			used += (size_t)snprintf(text + used, size - used, ", %s", *key);
	}
}

static dapper_status set_one(struct board *board, const struct vboard_setting *setting)
{
	char keys[400];
	bool taken = false;

	for (const struct board_setting *own = board_settings; own->key; own++)
		if (strcmp(own->key, setting->key) == 0)
			return own->set(board, setting->key, setting->value);
	TRY(set_in_models(board, setting, &taken));
	if (taken)
		return DAPPER_OK;
	list_keys(board, keys, sizeof(keys));
	dapper_fail(DAPPER_ERR_INVALID, "a virtual %s has no setting '%s'", board->part->name,
		setting->key);
	return dapper_fail_hint(DAPPER_ERR_INVALID, "its settings are %s", keys);
}

/* --- life ------------------------------------------------------------------------------------ */

static dapper_status add_models(struct board *board)
{
	const size_t count = board->part->model_count;

	board->models = xcalloc(count ? count : 1, sizeof(*board->models));
	if (!board->models)
		return FAIL_NO_MEMORY("a board's models");
	for (size_t i = 0; i < count; i++) {
		const struct model_config *config = &board->part->models[i];

		TRY(config->class->create(board, config, &board->models[i]));
		TRY(bus_add_window(board,
			&(struct window){ config->name, config->base, config->size, config->lanes,
				&config->class->ops, board->models[i], config->security },
			config->private_to));
	}
	return DAPPER_OK;
}

/* SEV (DDI 0403E.e, A7.7.130): an event for all processors of the system. */
static void send_event(void *ctx)
{
	const struct core *sender = ctx;

	for (unsigned i = 0; i < sender->board->core_count; i++)
		if (i != sender->number)
			cpu_event(sender->board->cores[i].cpu);
}

static dapper_status add_core(struct board *board, const struct core_config *config)
{
	struct core *core = &board->cores[board->core_count];
	const struct cpu_bus bus = {
		.read = bus_core_read,
		.write = bus_core_write,
		.matched = debug_core_matched,
		.warn = debug_core_warn,
		.send_event = send_event,
		.idau = board->part->idau_count ? security_core_idau : NULL,
		.ctx = core,
	};

	core->board = board;
	core->config = config;
	core->number = (uint8_t)board->core_count;
	core->clock.hz = board->part->clock_hz[config->clock];
	core->cpu = cpu_new(&config->cpu, &bus);
	if (!core->cpu)
		return dapper_error_last()->status;
	board->core_count++;
	return DAPPER_OK;
}

static dapper_status add_cores(struct board *board)
{
	const struct board_part *part = board->part;

	if (part->core_count > BOARD_MAX_CORES)
		return dapper_fail(DAPPER_ERR_INTERNAL, "too many cores on one board");
	board->only_core = (struct core_config){ .cpu = part->cpu, .name = "core" };
	if (!part->core_count)
		return add_core(board, &board->only_core);
	for (size_t i = 0; i < part->core_count; i++)
		TRY(add_core(board, &part->cores[i]));
	return DAPPER_OK;
}

static dapper_status build(struct board *board)
{
	const struct board_part *part = board->part;

	TRY(add_cores(board));
	board->powered = true;
	board->power_loss = (struct board_event){ .fire = lose_power, .model = board };
	if (part->boot_size)
		TRY(board_set_alias(board, 0, part->boot_size, part->boot_base));
	TRY(bus_add_aliases(board));
	TRY(bus_add_memories(board));
	TRY(bus_add_quiet_ranges(board));
	return add_models(board);
}

dapper_status board_make(dapper_context *context, const struct board_part *part,
	const struct vboard_setting *settings, size_t setting_count, struct board **board)
{
	struct board *made = xnew(made);
	dapper_status status;

	if (!made)
		return FAIL_NO_MEMORY("a virtual board");
	made->context = context;
	made->part = part;
	status = build(made);
	for (size_t i = 0; i < setting_count && status == DAPPER_OK; i++)
		status = set_one(made, &settings[i]);
	if (status != DAPPER_OK) {
		board_destroy(made);
		return status;
	}
	board_reset(made, RESET_POWER_ON);
	status = board_put_firmware(made);
	if (status == DAPPER_OK)
		status = board_restore_if_asked(made);
	if (status != DAPPER_OK) {
		board_destroy(made);
		return status;
	}
	*board = made;
	return DAPPER_OK;
}

void board_destroy(struct board *board)
{
	if (!board)
		return;
	board_save_if_asked(board);
	free(board->firmware);
	free(board->save_to);
	free(board->restore_from);
	for (size_t i = 0; board->models && i < board->part->model_count; i++)
		if (board->models[i])
			board->part->models[i].class->destroy(board->models[i]);
	free(board->models);
	free(board->kept);
	board_finish_shared(board);
	for (unsigned i = 0; i < board->core_count; i++)
		cpu_free(board->cores[i].cpu);
	bus_finish(board);
	description_destroy(board->description);
	free(board);
}
