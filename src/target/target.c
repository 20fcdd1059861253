/* SPDX-License-Identifier: Apache-2.0 */
/* The public face of targets: checks arguments, answers for ops that are not there, forwards. */
#include "target/target.h"

#include <strings.h>

#include <dapper/fault.h>

#include "base/bits.h"
#include "base/error.h"
#include "target/events.h"

/* Names that people use for a register besides its own (AAPCS, 5.1.1). */
static const struct register_alias {
	const char *alias;
	const char *name;
} register_aliases[] = {
	{ "r13", "sp" },
	{ "r14", "lr" },
	{ "r15", "pc" },
	{ "sb", "r9" },
	{ "sl", "r10" },
	{ "fp", "r11" },
	{ "ip", "r12" },
};

static dapper_status fail_unsupported(const dapper_target *target, const char *what)
{
	return dapper_fail(DAPPER_ERR_UNSUPPORTED, "%s cannot %s", target->node.name, what);
}

/* Where it happened, added once, by the core that failed and not by the SoC that forwarded. */
static dapper_status at_target(const dapper_target *target, dapper_status status)
{
	if (status == DAPPER_OK || target->ops->core_count)
		return status;
	return dapper_fail_where(status, "core %s", target->node.name);
}

#define REQUIRE_TARGET(target)                                                     \
	do {                                                                       \
		if (!(target))                                                     \
			return dapper_fail(DAPPER_ERR_INVALID, "no target given"); \
	} while (0)

/* Check, and call an op or say that the target lacks it. */
#define FORWARD(target, op, what, ...)                                              \
	do {                                                                        \
		REQUIRE_TARGET(target);                                             \
		if (!(target)->ops->op)                                             \
			return fail_unsupported(target, what);                      \
		return at_target(target, (target)->ops->op((target), __VA_ARGS__)); \
	} while (0)

const char *dapper_target_state_text(dapper_target_state state)
{
	static const char *const texts[] = {
		[DAPPER_STATE_UNKNOWN] = "unknown",
		[DAPPER_STATE_RUNNING] = "running",
		[DAPPER_STATE_HALTED] = "halted",
		[DAPPER_STATE_RESET] = "in reset",
		[DAPPER_STATE_SLEEPING] = "sleeping",
		[DAPPER_STATE_LOCKUP] = "locked up",
	};

	return (size_t)state < ARRAY_SIZE(texts) ? texts[state] : "unknown";
}

const char *dapper_halt_reason_text(dapper_halt_reason reason)
{
	static const char *const texts[] = {
		[DAPPER_HALT_NONE] = "none",
		[DAPPER_HALT_REQUEST] = "halt request or step",
		[DAPPER_HALT_BREAKPOINT] = "breakpoint",
		[DAPPER_HALT_WATCHPOINT] = "watchpoint",
		[DAPPER_HALT_VECTOR_CATCH] = "vector catch",
		[DAPPER_HALT_EXTERNAL] = "external request",
	};

	return (size_t)reason < ARRAY_SIZE(texts) ? texts[reason] : "unknown";
}

const dapper_node *dapper_target_get_node(const dapper_target *target)
{
	return &target->node;
}

const dapper_memory_map *dapper_target_get_memory_map(const dapper_target *target)
{
	return target->memory_map;
}

dapper_status dapper_target_read_memory(
	dapper_target *target, uint64_t address, void *data, size_t size)
{
	FORWARD(target, read_memory, "read memory", address, data, size);
}

dapper_status dapper_target_write_memory(
	dapper_target *target, uint64_t address, const void *data, size_t size)
{
	FORWARD(target, write_memory, "write memory", address, data, size);
}

static dapper_status check_units(uint64_t address, unsigned unit_size)
{
	if (unit_size != 1 && unit_size != 2 && unit_size != 4)
		return dapper_fail(
			DAPPER_ERR_INVALID, "no accesses of %u bytes: 1, 2 or 4", unit_size);
	if (address % unit_size)
		return dapper_fail(DAPPER_ERR_INVALID,
			"address 0x%08llx is not aligned to %u bytes", (unsigned long long)address,
			unit_size);
	return DAPPER_OK;
}

dapper_status dapper_target_read_units(
	dapper_target *target, uint64_t address, unsigned unit_size, void *data, size_t count)
{
	TRY(check_units(address, unit_size));
	FORWARD(target, read_units, "read memory", address, unit_size, data, count);
}

dapper_status dapper_target_write_units(
	dapper_target *target, uint64_t address, unsigned unit_size, const void *data, size_t count)
{
	TRY(check_units(address, unit_size));
	FORWARD(target, write_units, "write memory", address, unit_size, data, count);
}

const dapper_register *dapper_target_get_registers(const dapper_target *target, size_t *count)
{
	*count = 0;
	if (!target || !target->ops->get_registers)
		return NULL;
	return target->ops->get_registers(target, count);
}

const dapper_register *dapper_target_find_register(const dapper_target *target, const char *name)
{
	const dapper_register *registers;
	size_t count;

	for (size_t i = 0; i < ARRAY_SIZE(register_aliases); i++)
		if (strcasecmp(name, register_aliases[i].alias) == 0)
			name = register_aliases[i].name;
	registers = dapper_target_get_registers(target, &count);
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(name, registers[i].name) == 0)
			/* The table is the core's; cppcheck takes it for the count's address. */
			/* cppcheck-suppress returnDanglingLifetime */
			return &registers[i];
	return NULL;
}

static dapper_status check_registers(const dapper_target *target, const uint16_t *ids, size_t count)
{
	size_t known_count;
	const dapper_register *known = dapper_target_get_registers(target, &known_count);

	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < known_count && known[k].id != ids[i])
			k++;
		if (k == known_count)
			return dapper_fail(DAPPER_ERR_INVALID, "%s has no register number %u",
				target->node.name, ids[i]);
	}
	return DAPPER_OK;
}

dapper_status dapper_target_read_registers(
	dapper_target *target, const uint16_t *ids, uint64_t *values, size_t count)
{
	REQUIRE_TARGET(target);
	TRY(check_registers(target, ids, count));
	FORWARD(target, read_registers, "read core registers", ids, values, count);
}

dapper_status dapper_target_write_registers(
	dapper_target *target, const uint16_t *ids, const uint64_t *values, size_t count)
{
	REQUIRE_TARGET(target);
	TRY(check_registers(target, ids, count));
	FORWARD(target, write_registers, "write core registers", ids, values, count);
}

static dapper_status do_get_state(dapper_target *target, dapper_target_state *state)
{
	FORWARD(target, get_state, "say its state", state);
}

dapper_status dapper_target_get_state(dapper_target *target, dapper_target_state *state)
{
	TRY(do_get_state(target, state));
	target_tell_state(target, *state);
	return DAPPER_OK;
}

dapper_status dapper_target_get_halt_reason(dapper_target *target, dapper_halt_reason *reason)
{
	FORWARD(target, get_halt_reason, "say why it halted", reason);
}

/* Ops without arguments. */
#define FORWARD_PLAIN(target, op, what)                              \
	do {                                                         \
		REQUIRE_TARGET(target);                              \
		if (!(target)->ops->op)                              \
			return fail_unsupported(target, what);       \
		return at_target(target, (target)->ops->op(target)); \
	} while (0)

static dapper_status do_halt(dapper_target *target)
{
	FORWARD_PLAIN(target, halt, "halt");
}

dapper_status dapper_target_halt(dapper_target *target)
{
	TRY(do_halt(target));
	target_tell_halted(target);
	return DAPPER_OK;
}

static dapper_status do_resume(dapper_target *target)
{
	FORWARD_PLAIN(target, resume, "resume");
}

dapper_status dapper_target_resume(dapper_target *target)
{
	TRY(do_resume(target));
	target_tell_resumed(target);
	return DAPPER_OK;
}

static dapper_status do_step(dapper_target *target)
{
	FORWARD_PLAIN(target, step, "step");
}

static dapper_status do_step_range(dapper_target *target, uint64_t start, uint64_t end,
	uint32_t max_steps, uint64_t *pc, dapper_halt_reason *reason)
{
	if (max_steps == 0)
		return dapper_fail(DAPPER_ERR_INVALID, "no steps to make");
	FORWARD(target, step_range, "step", start, end, max_steps, pc, reason);
}

dapper_status dapper_target_step_range(dapper_target *target, uint64_t start, uint64_t end,
	uint32_t max_steps, uint64_t *pc, dapper_halt_reason *reason)
{
	TRY(do_step_range(target, start, end, max_steps, pc, reason));
	target_tell_resumed(target);
	target_tell_halted(target);
	return DAPPER_OK;
}

dapper_status dapper_target_step(dapper_target *target)
{
	TRY(do_step(target));
	target_tell_resumed(target);
	target_tell_halted(target);
	return DAPPER_OK;
}

static dapper_status do_wait_halted(dapper_target *target, uint32_t timeout_ms)
{
	FORWARD(target, wait_halted, "wait for a halt", timeout_ms);
}

dapper_status dapper_target_wait_halted(dapper_target *target, uint32_t timeout_ms)
{
	TRY(do_wait_halted(target, timeout_ms));
	target_tell_halted(target);
	return DAPPER_OK;
}

static dapper_status do_reset(dapper_target *target, dapper_reset_type type, bool halt_after)
{
	FORWARD(target, reset, "be reset", type, halt_after);
}

dapper_status dapper_target_reset(dapper_target *target, dapper_reset_type type)
{
	TRY(do_reset(target, type, false));
	target_tell_reset(target, false);
	return DAPPER_OK;
}

dapper_status dapper_target_reset_and_halt(dapper_target *target, dapper_reset_type type)
{
	TRY(do_reset(target, type, true));
	target_tell_reset(target, true);
	return DAPPER_OK;
}

dapper_status dapper_target_set_breakpoint(dapper_target *target, uint64_t address)
{
	FORWARD(target, set_breakpoint, "set breakpoints", address);
}

dapper_status dapper_target_clear_breakpoint(dapper_target *target, uint64_t address)
{
	FORWARD(target, clear_breakpoint, "clear breakpoints", address);
}

static dapper_status check_watchpoint(uint64_t address, uint64_t size, dapper_watch watch)
{
	if (size == 0 || address + (size - 1) < address)
		return dapper_fail(DAPPER_ERR_INVALID,
			"a watchpoint of 0x%llx bytes at 0x%08llx is impossible",
			(unsigned long long)size, (unsigned long long)address);
	if ((watch & ~DAPPER_WATCH_ACCESS) || watch == 0)
		return dapper_fail(DAPPER_ERR_INVALID, "there is no kind of watchpoint %d", watch);
	return DAPPER_OK;
}

dapper_status dapper_target_set_watchpoint(
	dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch)
{
	TRY(check_watchpoint(address, size, watch));
	FORWARD(target, set_watchpoint, "set watchpoints", address, size, watch);
}

dapper_status dapper_target_clear_watchpoint(
	dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch)
{
	TRY(check_watchpoint(address, size, watch));
	FORWARD(target, clear_watchpoint, "clear watchpoints", address, size, watch);
}

dapper_status dapper_target_get_watchpoint_hit(
	dapper_target *target, uint64_t *address, dapper_watch *watch)
{
	FORWARD(target, get_watchpoint_hit, "say which watchpoint it was", address, watch);
}

dapper_status target_call(
	struct dapper_target *target, const struct target_call *call, uint32_t *result)
{
	FORWARD(target, call, "call functions", call, result);
}

dapper_status target_call_start(struct dapper_target *target, const struct target_call *call)
{
	FORWARD(target, call_start, "start functions without waiting", call);
}

dapper_status target_call_finish(
	struct dapper_target *target, const struct target_call *call, uint32_t *result)
{
	FORWARD(target, call_finish, "start functions without waiting", call, result);
}

dapper_status target_call_wait(
	struct dapper_target *target, const struct target_wait *wait, bool *matched)
{
	FORWARD(target, call_wait, "watch functions that run", wait, matched);
}

dapper_status target_read_areas(
	struct dapper_target *target, const struct target_area *areas, size_t count)
{
	REQUIRE_TARGET(target);
	if (target->ops->read_areas)
		return at_target(target, target->ops->read_areas(target, areas, count));
	for (size_t i = 0; i < count; i++)
		TRY(dapper_target_read_memory(
			target, areas[i].address, areas[i].data, areas[i].size));
	return DAPPER_OK;
}

dapper_status dapper_target_describe_fault(dapper_target *target, dapper_fault *fault)
{
	if (!fault)
		return dapper_fail(DAPPER_ERR_INVALID, "no place for the description of a fault");
	FORWARD(target, describe_fault, "describe faults", fault);
}

dapper_status dapper_target_catch_faults(dapper_target *target, bool enable)
{
	FORWARD(target, catch_faults, "halt on faults", enable);
}

void target_set_cancellable(struct dapper_target *target, bool cancellable)
{
	if (target->ops->set_cancellable)
		target->ops->set_cancellable(target, cancellable);
}

size_t dapper_target_core_count(const dapper_target *soc)
{
	return soc && soc->ops->core_count ? soc->ops->core_count(soc) : 0;
}

dapper_target *dapper_target_get_core(const dapper_target *soc, size_t index)
{
	if (index >= dapper_target_core_count(soc))
		return NULL;
	return soc->ops->get_core(soc, index);
}

dapper_status dapper_target_select_core(dapper_target *soc, size_t index)
{
	if (index >= dapper_target_core_count(soc))
		return dapper_fail(DAPPER_ERR_INVALID, "there is no core %zu, only %zu", index,
			dapper_target_core_count(soc));
	FORWARD(soc, select_core, "select a core", index);
}
