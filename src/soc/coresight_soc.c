/* SPDX-License-Identifier: Apache-2.0 */
#include "soc/coresight_soc.h"

#include <stdlib.h>

#include <dapper/fault.h>

#include "adi/mem_ap.h"
#include "base/alloc.h"
#include "base/bits.h"
#include "base/context.h"
#include "base/error.h"
#include "cortex_m/cortex_m.h"

/* More Cortex-M cores than this behind one debug port are not made. */
enum { MAX_CORES = 16 };

struct coresight_soc {
	struct dapper_target target;
	dapper_probe *probe; /* borrowed */
	struct dp *dp;       /* below target.node */
	struct soc_options options;
	struct init_sequence *init;
	struct dapper_target *cores[MAX_CORES]; /* below target.node */
	size_t core_count;
	size_t selected;
	bool in_reset; /* nRESET is held low by us */
};

static struct coresight_soc *soc_of(struct dapper_target *target)
{
	return NODE_OBJECT(struct coresight_soc, target);
}

static const struct coresight_soc *const_soc_of(const struct dapper_target *target)
{
	return NODE_OBJECT_CONST(struct coresight_soc, target);
}

/* --- init steps ------------------------------------------------------------------------------ */

static dapper_status hold_reset(struct coresight_soc *soc)
{
	TRY(dapper_probe_drive_reset(soc->probe, true));
	soc->in_reset = true;
	clock_sleep_ms(soc->target.clock, soc->options.reset_hold_ms);
	return DAPPER_OK;
}

static dapper_status release_reset(struct coresight_soc *soc)
{
	TRY(dapper_probe_drive_reset(soc->probe, false));
	soc->in_reset = false;
	clock_sleep_ms(soc->target.clock, soc->options.reset_post_delay_ms);
	return DAPPER_OK;
}

static dapper_status pre_connect(void *data)
{
	struct coresight_soc *soc = data;

	switch (soc->options.connect_mode) {
	case CONNECT_PRE_RESET:
		TRY(hold_reset(soc));
		return release_reset(soc);
	case CONNECT_UNDER_RESET:
		return hold_reset(soc);
	case CONNECT_HALT:
	case CONNECT_ATTACH:
		break;
	}
	return DAPPER_OK;
}

static dapper_status connect_dp(void *data)
{
	struct coresight_soc *soc = data;
	struct dp_options options = {
		.wire = soc->options.wire,
		.clock_hz = soc->options.clock_hz,
		.under_reset = soc->in_reset,
		.target_sel = soc->options.target_sel,
		.use_dormant = soc->options.use_dormant,
		.jtag_tap = soc->options.jtag_tap,
	};

	return dp_connect(soc->dp, &options);
}

static dapper_status find_aps(void *data)
{
	struct coresight_soc *soc = data;
	size_t count;

	TRY(ap_scan(soc->dp, &count));
	if (count == 0)
		return dapper_fail(DAPPER_ERR_NO_CORE, "the debug port has no memory access port");
	return DAPPER_OK;
}

/*
 * What one AP or one core answers badly is reported, and the rest still used. All else (no answer at
 * all, a probe that has gone, Ctrl-C, no memory) ends the discovery.
 */
static dapper_status ignore_if_local(
	const struct coresight_soc *soc, dapper_status status, const char *what, uint64_t which)
{
	static const dapper_status local[] = { DAPPER_ERR_FAULT, DAPPER_ERR_WAIT,
		DAPPER_ERR_MISMATCH, DAPPER_ERR_POWER, DAPPER_ERR_LOCKED, DAPPER_ERR_UNSUPPORTED,
		DAPPER_ERR_NOT_FOUND, DAPPER_ERR_LIMIT };

	for (size_t i = 0; i < ARRAY_SIZE(local); i++)
		if (status == local[i]) {
			log_warning(soc->target.context, DAPPER_LOG_TARGET,
				"ignoring the %s 0x%llx: %s (%s)", what, (unsigned long long)which,
				dapper_error_last()->message, dapper_error_last()->where);
			return DAPPER_OK;
		}
	return status;
}

/* An AP whose ROM table cannot be read may still serve memory. */
static dapper_status discover_components(void *data)
{
	struct coresight_soc *soc = data;
	struct mem_ap *ap;

	for (size_t i = 0; (ap = dp_get_mem_ap(soc->dp, i)); i++)
		if (ap->rom_present)
			TRY(ignore_if_local(
				soc, rom_table_discover(ap), "ROM table of AP", ap->ap.apsel));
	return DAPPER_OK;
}

static dapper_status drive_reset(void *data, bool assert_reset)
{
	struct coresight_soc *soc = data;

	return assert_reset ? hold_reset(soc) : release_reset(soc);
}

static dapper_status add_core(struct coresight_soc *soc, struct component *scs)
{
	const struct cortex_m_host host = { .drive_reset = drive_reset, .data = soc };
	struct dapper_target *core;

	TRY(cortex_m_create(soc->target.context, scs, &host, &core));
	core->memory_map = soc->target.memory_map;
	core->events = soc->target.events;
	node_attach(&soc->target.node, &core->node);
	soc->cores[soc->core_count++] = core;
	return DAPPER_OK;
}

static dapper_status create_cores(void *data)
{
	struct coresight_soc *soc = data;
	struct component *scs = component_find(&soc->dp->node, "scs");

	for (; scs && soc->core_count < MAX_CORES;
		scs = component_find_next(&soc->dp->node, scs, "scs"))
		TRY(ignore_if_local(soc, add_core(soc, scs), "core at", scs->address));
	return DAPPER_OK;
}

static dapper_status check_for_cores(void *data)
{
	struct coresight_soc *soc = data;

	if (soc->core_count == 0 && !soc->options.allow_no_cores) {
		dapper_fail(DAPPER_ERR_NO_CORE, "no Cortex-M core found");
		return dapper_fail_hint(DAPPER_ERR_NO_CORE,
			"the part may be locked or its core unpowered; try --connect under-reset, "
			"or -O allow_no_cores=true to look around");
	}
	if (soc->options.primary_core < soc->core_count)
		soc->selected = soc->options.primary_core;
	else if (soc->core_count > 0)
		return dapper_fail(DAPPER_ERR_INVALID, "there is no core %zu, only %zu",
			soc->options.primary_core, soc->core_count);
	return DAPPER_OK;
}

static dapper_status halt_on_connect(void *data)
{
	struct coresight_soc *soc = data;
	enum connect_mode mode = soc->options.connect_mode;

	if (mode == CONNECT_ATTACH || mode == CONNECT_UNDER_RESET)
		return DAPPER_OK;
	for (size_t i = 0; i < soc->core_count; i++)
		TRY(dapper_target_halt(soc->cores[i]));
	return DAPPER_OK;
}

/* Under reset: let go with the reset vector caught, so that not one instruction has run. */
static dapper_status post_connect(void *data)
{
	struct coresight_soc *soc = data;

	if (!soc->in_reset)
		return DAPPER_OK;
	for (size_t i = 0; i < soc->core_count; i++)
		TRY(cortex_m_set_reset_catch(soc->cores[i], true));
	TRY(release_reset(soc));
	TRY(dp_recover(soc->dp, soc->options.reset_halt_timeout_ms));
	for (size_t i = 0; i < soc->core_count; i++) {
		TRY(dapper_target_wait_halted(soc->cores[i], soc->options.reset_halt_timeout_ms));
		TRY(cortex_m_set_reset_catch(soc->cores[i], false));
	}
	return DAPPER_OK;
}

static dapper_status build_init_sequence(struct coresight_soc *soc)
{
	const struct init_step steps[] = {
		{ "pre_connect", pre_connect, soc },
		{ "connect_dp", connect_dp, soc },
		{ "find_aps", find_aps, soc },
		{ "discover_components", discover_components, soc },
		{ "create_cores", create_cores, soc },
		{ "check_for_cores", check_for_cores, soc },
		{ "halt_on_connect", halt_on_connect, soc },
		{ "post_connect", post_connect, soc },
	};

	TRY(init_sequence_create(&soc->init));
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		TRY(init_sequence_append(soc->init, &steps[i]));
	return DAPPER_OK;
}

struct init_sequence *coresight_soc_get_init_sequence(struct dapper_target *soc)
{
	return soc_of(soc)->init;
}

dapper_status coresight_soc_init(struct dapper_target *target)
{
	struct coresight_soc *soc = soc_of(target);
	dapper_status status = init_sequence_run(soc->init, target->context);
	struct error_state error;

	if (status == DAPPER_OK || !soc->in_reset)
		return status;
	/* Never leave a board in reset because something else went wrong. */
	error_save(&error);
	(void)!release_reset(soc);
	return error_restore(&error);
}

void coresight_soc_release(struct dapper_target *target, bool resume)
{
	struct coresight_soc *soc = soc_of(target);

	if (soc->in_reset)
		(void)!release_reset(soc);
	for (size_t i = 0; i < soc->core_count; i++)
		cortex_m_release(soc->cores[i], !resume);
	dp_disconnect(soc->dp);
}

/* --- Target: forward to the selected core ----------------------------------------------------- */

static dapper_status get_selected(struct dapper_target *target, struct dapper_target **core)
{
	struct coresight_soc *soc = soc_of(target);

	if (soc->core_count == 0)
		return dapper_fail(DAPPER_ERR_NO_CORE, "%s has no core", target->node.name);
	*core = soc->cores[soc->selected];
	return DAPPER_OK;
}

#define FORWARD_TO_CORE(target, call)               \
	do {                                        \
		struct dapper_target *core = NULL;  \
		TRY(get_selected((target), &core)); \
		return call;                        \
	} while (0)

/* Memory is there without a core too, through the first MEM-AP. */
static struct mem_ap *memory_without_core(struct dapper_target *target)
{
	struct coresight_soc *soc = soc_of(target);

	return soc->core_count == 0 ? dp_get_mem_ap(soc->dp, 0) : NULL;
}

static dapper_status soc_read_memory(
	struct dapper_target *target, uint64_t address, void *data, size_t size)
{
	struct mem_ap *ap = memory_without_core(target);

	if (ap)
		return mem_ap_read(ap, address, data, size);
	FORWARD_TO_CORE(target, dapper_target_read_memory(core, address, data, size));
}

static dapper_status soc_write_memory(
	struct dapper_target *target, uint64_t address, const void *data, size_t size)
{
	struct mem_ap *ap = memory_without_core(target);

	if (ap)
		return mem_ap_write(ap, address, data, size);
	FORWARD_TO_CORE(target, dapper_target_write_memory(core, address, data, size));
}

static dapper_status soc_read_units(struct dapper_target *target, uint64_t address,
	unsigned unit_size, void *data, size_t count)
{
	struct mem_ap *ap = memory_without_core(target);

	if (ap)
		return mem_ap_read_units(ap, address, unit_size, data, count);
	FORWARD_TO_CORE(target, dapper_target_read_units(core, address, unit_size, data, count));
}

static dapper_status soc_write_units(struct dapper_target *target, uint64_t address,
	unsigned unit_size, const void *data, size_t count)
{
	struct mem_ap *ap = memory_without_core(target);

	if (ap)
		return mem_ap_write_units(ap, address, unit_size, data, count);
	FORWARD_TO_CORE(target, dapper_target_write_units(core, address, unit_size, data, count));
}

static const dapper_register *soc_get_registers(const struct dapper_target *target, size_t *count)
{
	const struct coresight_soc *soc = const_soc_of(target);

	*count = 0;
	if (soc->core_count == 0)
		return NULL;
	return dapper_target_get_registers(soc->cores[soc->selected], count);
}

static dapper_status soc_read_registers(
	struct dapper_target *target, const uint16_t *ids, uint64_t *values, size_t count)
{
	FORWARD_TO_CORE(target, dapper_target_read_registers(core, ids, values, count));
}

static dapper_status soc_write_registers(
	struct dapper_target *target, const uint16_t *ids, const uint64_t *values, size_t count)
{
	FORWARD_TO_CORE(target, dapper_target_write_registers(core, ids, values, count));
}

static dapper_status soc_get_state(struct dapper_target *target, dapper_target_state *state)
{
	FORWARD_TO_CORE(target, dapper_target_get_state(core, state));
}

static dapper_status soc_get_halt_reason(struct dapper_target *target, dapper_halt_reason *reason)
{
	FORWARD_TO_CORE(target, dapper_target_get_halt_reason(core, reason));
}

static dapper_status soc_halt(struct dapper_target *target)
{
	FORWARD_TO_CORE(target, dapper_target_halt(core));
}

static dapper_status soc_resume(struct dapper_target *target)
{
	FORWARD_TO_CORE(target, dapper_target_resume(core));
}

static dapper_status soc_step(struct dapper_target *target)
{
	FORWARD_TO_CORE(target, dapper_target_step(core));
}

static dapper_status soc_step_range(struct dapper_target *target, uint64_t start, uint64_t end,
	uint32_t max_steps, uint64_t *pc, dapper_halt_reason *reason)
{
	FORWARD_TO_CORE(target, dapper_target_step_range(core, start, end, max_steps, pc, reason));
}

static dapper_status soc_wait_halted(struct dapper_target *target, uint32_t timeout_ms)
{
	FORWARD_TO_CORE(target, dapper_target_wait_halted(core, timeout_ms));
}

static dapper_status soc_reset(
	struct dapper_target *target, dapper_reset_type type, bool halt_after)
{
	FORWARD_TO_CORE(target, halt_after ? dapper_target_reset_and_halt(core, type)
					   : dapper_target_reset(core, type));
}

static dapper_status soc_set_breakpoint(struct dapper_target *target, uint64_t address)
{
	FORWARD_TO_CORE(target, dapper_target_set_breakpoint(core, address));
}

static dapper_status soc_clear_breakpoint(struct dapper_target *target, uint64_t address)
{
	FORWARD_TO_CORE(target, dapper_target_clear_breakpoint(core, address));
}

static dapper_status soc_read_areas(
	struct dapper_target *target, const struct target_area *areas, size_t count)
{
	FORWARD_TO_CORE(target, target_read_areas(core, areas, count));
}

static dapper_status soc_describe_fault(struct dapper_target *target, dapper_fault *fault)
{
	FORWARD_TO_CORE(target, dapper_target_describe_fault(core, fault));
}

static dapper_status soc_catch_faults(struct dapper_target *target, bool enable)
{
	FORWARD_TO_CORE(target, dapper_target_catch_faults(core, enable));
}

static dapper_status soc_set_watchpoint(
	struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch)
{
	FORWARD_TO_CORE(target, dapper_target_set_watchpoint(core, address, size, watch));
}

static dapper_status soc_clear_watchpoint(
	struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch)
{
	FORWARD_TO_CORE(target, dapper_target_clear_watchpoint(core, address, size, watch));
}

static dapper_status soc_get_watchpoint_hit(
	struct dapper_target *target, uint64_t *address, dapper_watch *watch)
{
	FORWARD_TO_CORE(target, dapper_target_get_watchpoint_hit(core, address, watch));
}

static dapper_status soc_call(
	struct dapper_target *target, const struct target_call *call, uint32_t *result)
{
	FORWARD_TO_CORE(target, target_call(core, call, result));
}

static dapper_status soc_call_start(struct dapper_target *target, const struct target_call *call)
{
	FORWARD_TO_CORE(target, target_call_start(core, call));
}

static dapper_status soc_call_finish(
	struct dapper_target *target, const struct target_call *call, uint32_t *result)
{
	FORWARD_TO_CORE(target, target_call_finish(core, call, result));
}

static dapper_status soc_call_wait(
	struct dapper_target *target, const struct target_wait *wait, bool *matched)
{
	FORWARD_TO_CORE(target, target_call_wait(core, wait, matched));
}

static void soc_set_cancellable(struct dapper_target *target, bool cancellable)
{
	probe_set_cancellable(soc_of(target)->probe, cancellable);
}

static size_t soc_core_count(const struct dapper_target *target)
{
	return const_soc_of(target)->core_count;
}

static struct dapper_target *soc_get_core(const struct dapper_target *target, size_t index)
{
	return const_soc_of(target)->cores[index];
}

static dapper_status soc_select_core(struct dapper_target *target, size_t index)
{
	soc_of(target)->selected = index;
	return DAPPER_OK;
}

static const struct target_ops soc_ops = {
	.read_memory = soc_read_memory,
	.write_memory = soc_write_memory,
	.read_units = soc_read_units,
	.write_units = soc_write_units,
	.get_registers = soc_get_registers,
	.read_registers = soc_read_registers,
	.write_registers = soc_write_registers,
	.get_state = soc_get_state,
	.get_halt_reason = soc_get_halt_reason,
	.halt = soc_halt,
	.resume = soc_resume,
	.step = soc_step,
	.step_range = soc_step_range,
	.wait_halted = soc_wait_halted,
	.reset = soc_reset,
	.set_breakpoint = soc_set_breakpoint,
	.clear_breakpoint = soc_clear_breakpoint,
	.set_watchpoint = soc_set_watchpoint,
	.clear_watchpoint = soc_clear_watchpoint,
	.get_watchpoint_hit = soc_get_watchpoint_hit,
	.call = soc_call,
	.call_start = soc_call_start,
	.call_finish = soc_call_finish,
	.call_wait = soc_call_wait,
	.set_cancellable = soc_set_cancellable,
	.read_areas = soc_read_areas,
	.describe_fault = soc_describe_fault,
	.catch_faults = soc_catch_faults,
	.core_count = soc_core_count,
	.get_core = soc_get_core,
	.select_core = soc_select_core,
};

/* --- life ------------------------------------------------------------------------------------- */

static void describe(const struct node *node, struct dapper_node_visitor *visitor)
{
	const struct coresight_soc *soc = NODE_OBJECT_CONST(struct coresight_soc, node);

	node_put_number(visitor, "cores", soc->core_count);
	if (soc->core_count > 1)
		node_put_number(visitor, "selected core", soc->selected);
}

static void destroy(struct node *node)
{
	struct coresight_soc *soc = NODE_OBJECT(struct coresight_soc, node);

	init_sequence_destroy(soc->init);
	memory_map_destroy(soc->target.memory_map);
	free(soc);
}

static const struct node_class soc_class = {
	.kind = "soc",
	.describe = describe,
	.destroy = destroy,
};

static dapper_status build(struct coresight_soc *soc)
{
	if (!soc->target.memory_map)
		TRY(architecture_memory_map(&soc->target.memory_map));
	TRY(dp_create(soc->target.context, soc->probe, &soc->dp));
	node_attach(&soc->target.node, &soc->dp->node);
	return build_init_sequence(soc);
}

dapper_status coresight_soc_create(dapper_context *context, dapper_probe *probe, const char *name,
	struct dapper_memory_map *map, const struct soc_options *options,
	struct dapper_target **soc)
{
	struct coresight_soc *made = xnew(made);
	dapper_status status;

	if (!made) {
		memory_map_destroy(map);
		return FAIL_NO_MEMORY("a SoC");
	}
	node_init(&made->target.node, &soc_class, "%s", name);
	made->target.ops = &soc_ops;
	made->target.context = context;
	made->target.clock = probe_clock(probe);
	made->target.memory_map = map;
	made->probe = probe;
	made->options = *options;
	status = build(made);
	if (status != DAPPER_OK) {
		node_destroy(&made->target.node);
		return status;
	}
	*soc = &made->target;
	return DAPPER_OK;
}
