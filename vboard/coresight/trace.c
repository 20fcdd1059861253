/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ITM, TPIU and ETM: identification, and registers that keep what is programmed into them, so that
 * a debugger can set trace up and read its settings back. Which registers there are is a table of
 * the part (struct trace_config).
 *
 * No trace comes out: the virtual board's trace output is a later issue. An ITM stimulus port says
 * "ready" while the ITM is enabled and forgets what is written, so that firmware does not wait.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"

struct trace {
	const struct trace_config *config;
	struct register_file registers;
};

static dapper_status trace_create(
	struct board *board, const struct model_config *config, void **model)
{
	const struct trace_config *trace_config = config->data;
	struct trace *trace;

	(void)board;
	if (trace_config->register_count > REGISTERS_MAX)
		return model_invalid(config, "a component has at most 64 registers");
	trace = xnew(trace);
	if (!trace)
		return FAIL_NO_MEMORY("a trace component");
	trace->config = trace_config;
	board_registers_init(
		&trace->registers, trace->config->registers, trace->config->register_count);
	*model = trace;
	return DAPPER_OK;
}

/* Trace components belong to the debug logic: only power-on resets them. */
static void trace_reset(void *model, enum board_reset kind)
{
	struct trace *trace = model;

	if (kind == RESET_POWER_ON)
		registers_reset(&trace->registers);
}

static bool trace_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct trace *trace = model;
	const struct trace_config *config = trace->config;
	if (registers_read(&trace->registers, access->offset, value))
		return true;
	*value = 0;
	if (access->offset < config->stimulus_end)
		*value = registers_get(&trace->registers, config->enable_offset) &
		         config->enable_mask;
	else
		(void)coresight_ids_read(&config->ids, access->offset, value);
	return true;
}

static bool trace_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct trace *trace = model;

	registers_write(&trace->registers, access->offset, value, mask);
	return true;
}

static const struct model_field trace_fields[] = {
	CORESIGHT_IDS_FIELDS(struct trace_config),
	{ "registers", FIELD_LIST, offsetof(struct trace_config, registers), false,
		register_row_fields, sizeof(struct register_row),
		offsetof(struct trace_config, register_count) },
	{ "stimulus-end", FIELD_U32, offsetof(struct trace_config, stimulus_end) },
	{ "enable-offset", FIELD_U32, offsetof(struct trace_config, enable_offset) },
	{ "enable-mask", FIELD_U32, offsetof(struct trace_config, enable_mask) },
	{ NULL },
};

const struct model_class trace_class = {
	.name = "trace component",
	.create = trace_create,
	.reset = trace_reset,
	.destroy = free,
	.ops = { .read = trace_read, .write = trace_write },
	.fields = trace_fields,
	.config_size = sizeof(struct trace_config),
};
