/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ETM, MTB, PMU: identification, and registers that keep what is programmed into them, so that a
 * debugger can set them up and read its settings back. Which registers there are is a table of the
 * part (struct trace_config). No instruction trace comes out.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"

/* ETMv4: OS Lock Access and Status (IHI 0064, 7.3): model in bits 3 and 0, locked in bit 1 */
#define TRCOSLAR      0x300u
#define TRCOSLSR      0x304u
#define TRCOSLSR_OSLM BIT(3)
#define TRCOSLSR_OSLK BIT(1)

struct trace {
	const struct trace_config *config;
	struct register_file registers;
	struct coresight_lock lock;
	bool os_lock_open;
};

static dapper_status trace_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct trace *trace = xnew(trace);

	if (!trace)
		return FAIL_NO_MEMORY("a trace component");
	*model = trace;
	trace->config = config->data;
	if (trace->config->register_count > REGISTERS_MAX)
		return dapper_fail(DAPPER_ERR_INVALID, "a trace component has at most %d registers",
			REGISTERS_MAX);
	board_registers_init(
		&trace->registers, trace->config->registers, trace->config->register_count);
	TRY(board_keep(
		board, config->name, trace->registers.values, sizeof(trace->registers.values)));
	TRY(board_keep(board, config->name, &trace->lock, sizeof(trace->lock)));
	return board_keep(board, config->name, &trace->os_lock_open, sizeof(trace->os_lock_open));
}

/* Trace components belong to the debug logic: only power-on resets them. */
static void trace_reset(void *model, enum board_reset kind)
{
	struct trace *trace = model;

	if (kind != RESET_POWER_ON)
		return;
	registers_reset(&trace->registers);
	trace->lock = (struct coresight_lock){ false };
	trace->os_lock_open = false;
}

static bool trace_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct trace *trace = model;
	const struct trace_config *config = trace->config;

	*value = 0;
	if (config->has_os_lock && access->offset == TRCOSLSR)
		*value = TRCOSLSR_OSLM | (trace->os_lock_open ? 0 : TRCOSLSR_OSLK);
	else if (!registers_read(&trace->registers, access->offset, value))
		(void)coresight_lock_read(&config->ids, &trace->lock, access, value);
	return true;
}

/* The OS lock keeps the core away, not a debugger (IHI 0064, 7.3.1). */
static bool trace_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct trace *trace = model;
	const struct trace_config *config = trace->config;

	if (!coresight_lock_write(&config->ids, &trace->lock, access, value))
		return true;
	if (config->has_os_lock && access->offset == TRCOSLAR)
		trace->os_lock_open = !(value & 1);
	else if (!config->has_os_lock || trace->os_lock_open || access->debugger)
		registers_write(&trace->registers, access->offset, value, mask);
	return true;
}

static const struct model_field register_fields[] = {
	{ "offset", FIELD_U16, offsetof(struct register_row, offset), true },
	{ "reset", FIELD_U32, offsetof(struct register_row, reset) },
	{ "writable", FIELD_U32, offsetof(struct register_row, writable) },
	{ NULL },
};

static const struct model_field trace_fields[] = {
	CORESIGHT_IDS_FIELDS(struct trace_config),
	{ .key = "registers",
		.kind = FIELD_LIST,
		.offset = offsetof(struct trace_config, registers),
		.element = register_fields,
		.element_size = sizeof(struct register_row),
		.count_offset = offsetof(struct trace_config, register_count) },
	{ "os-lock", FIELD_BOOL, offsetof(struct trace_config, has_os_lock) },
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
