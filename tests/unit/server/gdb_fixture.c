/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/server/gdb_fixture.h"

#include <stdio.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/node.h"
#include "target/memory_map.h"

#define GENERAL(name, id)               \
	{                               \
		name, "general", id, 32 \
	}

static const dapper_register registers[] = {
	GENERAL("r0", 0),
	GENERAL("r1", 1),
	GENERAL("sp", 13),
	GENERAL("lr", 14),
	GENERAL("pc", 15),
	GENERAL("xpsr", 16),
	{ "msp", "system", 17, 32 },
	{ "control", "system", 19, 8 },
	{ "msp_ns", "system", 24, 32 },
	{ "fpscr", "float", 33, 32 },
	{ "s0", "float", 64, 32 },
	{ "d0", "float", 48, 64 },
};

static struct fake_core *fake_of(struct dapper_target *target)
{
	return (struct fake_core *)(void *)target;
}

/* --- memory ----------------------------------------------------------------------------------- */

static uint8_t *memory_at(struct fake_core *core, uint64_t address, size_t size)
{
	uint64_t ram = address - FAKE_RAM;
	uint64_t flash = address - FAKE_FLASH;

	if (ram < FAKE_MEMORY && size <= FAKE_MEMORY - ram)
		return core->ram + ram;
	if (flash < FAKE_MEMORY && size <= FAKE_MEMORY - flash)
		return core->flash + flash;
	return NULL;
}

static dapper_status read_memory(
	struct dapper_target *target, uint64_t address, void *data, size_t size)
{
	struct fake_core *core = fake_of(target);

	core->memory_reads++;
	if (!memory_at(core, address, size))
		return dapper_fail(
			DAPPER_ERR_FAULT, "nothing at 0x%08llx", (unsigned long long)address);
	memcpy(data, memory_at(core, address, size), size);
	return DAPPER_OK;
}

static dapper_status write_memory(
	struct dapper_target *target, uint64_t address, const void *data, size_t size)
{
	uint8_t *memory = memory_at(fake_of(target), address, size);

	if (!memory)
		return dapper_fail(DAPPER_ERR_FAULT, "nothing there");
	memcpy(memory, data, size);
	return DAPPER_OK;
}

static dapper_status read_units(
	struct dapper_target *target, uint64_t address, unsigned size, void *data, size_t count)
{
	struct fake_core *core = fake_of(target);

	core->unit_reads++;
	if (address != FAKE_DEVICE || size != 4 || count != 1)
		return dapper_fail(DAPPER_ERR_FAULT, "no register there");
	put_le32(data, core->device);
	return DAPPER_OK;
}

static dapper_status write_units(struct dapper_target *target, uint64_t address, unsigned size,
	const void *data, size_t count)
{
	if (address != FAKE_DEVICE || size != 4 || count != 1)
		return dapper_fail(DAPPER_ERR_FAULT, "no register there");
	fake_of(target)->device = get_le32(data);
	return DAPPER_OK;
}

/* --- registers -------------------------------------------------------------------------------- */

static const dapper_register *get_registers(const struct dapper_target *target, size_t *count)
{
	(void)target;
	*count = ARRAY_SIZE(registers);
	return registers;
}

static dapper_status require_halted(const struct fake_core *core)
{
	return core->is_halted ? DAPPER_OK
	                       : dapper_fail(DAPPER_ERR_NOT_HALTED, "the core is running");
}

static dapper_status read_registers(
	struct dapper_target *target, const uint16_t *ids, uint64_t *values, size_t count)
{
	struct fake_core *core = fake_of(target);

	TRY(require_halted(core));
	core->register_reads++;
	for (size_t i = 0; i < count; i++)
		values[i] = core->registers[ids[i]];
	return DAPPER_OK;
}

static dapper_status write_registers(
	struct dapper_target *target, const uint16_t *ids, const uint64_t *values, size_t count)
{
	struct fake_core *core = fake_of(target);

	TRY(require_halted(core));
	core->register_writes++;
	for (size_t i = 0; i < count; i++)
		core->registers[ids[i]] = values[i];
	return DAPPER_OK;
}

/* --- run control ------------------------------------------------------------------------------ */

static dapper_status get_state(struct dapper_target *target, dapper_target_state *state)
{
	const struct fake_core *core = fake_of(target);

	*state = core->is_halted ? DAPPER_STATE_HALTED : DAPPER_STATE_RUNNING;
	if (core->is_locked_up)
		*state = DAPPER_STATE_LOCKUP;
	return DAPPER_OK;
}

static dapper_status get_halt_reason(struct dapper_target *target, dapper_halt_reason *reason)
{
	*reason = fake_of(target)->reason;
	return DAPPER_OK;
}

static dapper_status halt(struct dapper_target *target)
{
	fake_of(target)->is_halted = true;
	fake_of(target)->is_locked_up = false;
	return DAPPER_OK;
}

static dapper_status resume(struct dapper_target *target)
{
	fake_of(target)->is_halted = false;
	fake_of(target)->resumes++;
	return DAPPER_OK;
}

static dapper_status step_range(struct dapper_target *target, uint64_t start, uint64_t end,
	uint32_t max_steps, uint64_t *pc, dapper_halt_reason *reason)
{
	struct fake_core *core = fake_of(target);

	TRY(require_halted(core));
	do {
		core->registers[15] += 2;
		core->steps++;
	} while (--max_steps && core->registers[15] >= start && core->registers[15] < end);
	*pc = core->registers[15];
	*reason = core->reason;
	return DAPPER_OK;
}

static dapper_status wait_halted(struct dapper_target *target, uint32_t timeout_ms)
{
	struct fake_core *core = fake_of(target);

	(void)timeout_ms;
	if (core->wait_status != DAPPER_OK)
		return dapper_fail(core->wait_status, "waiting fails");
	core->waits -= core->waits > 0;
	if (!core->is_halted && core->waits != 0)
		return dapper_fail(DAPPER_ERR_TIMEOUT, "it runs");
	if (!core->is_halted)
		core->registers[15] = core->halt_pc;
	core->is_halted = true;
	return DAPPER_OK;
}

static dapper_status reset(struct dapper_target *target, dapper_reset_type type, bool halt_after)
{
	struct fake_core *core = fake_of(target);

	core->resets++;
	core->reset_type = type;
	core->is_halted = halt_after;
	core->registers[15] = 0x100;
	return DAPPER_OK;
}

static dapper_status set_breakpoint(struct dapper_target *target, uint64_t address)
{
	struct fake_core *core = fake_of(target);

	if (core->breakpoint_count == FAKE_POINTS)
		return dapper_fail(DAPPER_ERR_NO_RESOURCE, "no free comparator");
	core->breakpoints[core->breakpoint_count++] = address;
	return DAPPER_OK;
}

static dapper_status clear_breakpoint(struct dapper_target *target, uint64_t address)
{
	struct fake_core *core = fake_of(target);

	for (size_t i = 0; i < core->breakpoint_count; i++)
		if (core->breakpoints[i] == address) {
			core->breakpoints[i] = core->breakpoints[--core->breakpoint_count];
			return DAPPER_OK;
		}
	return dapper_fail(DAPPER_ERR_NOT_FOUND, "no such breakpoint");
}

static dapper_status set_watchpoint(
	struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch)
{
	fake_of(target)->watchpoint = (struct gdb_watchpoint){ address, size, watch };
	return DAPPER_OK;
}

static dapper_status clear_watchpoint(
	struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch)
{
	struct gdb_watchpoint *set = &fake_of(target)->watchpoint;

	if (set->address != address || set->size != size || set->watch != watch)
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "no such watchpoint");
	set->size = 0;
	return DAPPER_OK;
}

static dapper_status get_watchpoint_hit(
	struct dapper_target *target, uint64_t *address, dapper_watch *watch)
{
	const struct fake_core *core = fake_of(target);

	if (!core->is_hit)
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "none");
	*address = core->watchpoint.address;
	*watch = core->watchpoint.watch;
	return DAPPER_OK;
}

/* --- life ------------------------------------------------------------------------------------- */

static void describe(const struct node *node, struct dapper_node_visitor *visitor)
{
	(void)node;
	node_put_text(visitor, "architecture", "%s", "Armv8-M Mainline");
}

static const struct node_class fake_class = { .kind = "core", .describe = describe };

static const struct target_ops fake_ops = {
	.read_memory = read_memory,
	.write_memory = write_memory,
	.read_units = read_units,
	.write_units = write_units,
	.get_registers = get_registers,
	.read_registers = read_registers,
	.write_registers = write_registers,
	.get_state = get_state,
	.get_halt_reason = get_halt_reason,
	.halt = halt,
	.resume = resume,
	.step_range = step_range,
	.wait_halted = wait_halted,
	.reset = reset,
	.set_breakpoint = set_breakpoint,
	.clear_breakpoint = clear_breakpoint,
	.set_watchpoint = set_watchpoint,
	.clear_watchpoint = clear_watchpoint,
	.get_watchpoint_hit = get_watchpoint_hit,
};

static void make_core(struct fake_core *core, dapper_context *context)
{
	static const dapper_sector_run runs[] = {
		{ FAKE_FLASH, 0x400 },
		{ FAKE_FLASH + 0x1000, 0x1000 },
	};
	const dapper_region ram = {
		.name = "RAM", .type = DAPPER_REGION_RAM, .address = FAKE_RAM, .size = FAKE_MEMORY
	};
	const dapper_region flash = { .name = "flash",
		.type = DAPPER_REGION_FLASH,
		.address = FAKE_FLASH,
		.size = FAKE_MEMORY,
		.sectors = runs,
		.sector_run_count = ARRAY_SIZE(runs) };

	memset(core, 0, sizeof(*core));
	node_init(&core->target.node, &fake_class, "fake & core");
	core->target.ops = &fake_ops;
	core->target.context = context;
	assert_ok(memory_map_create(&core->target.memory_map));
	assert_ok(memory_map_add(core->target.memory_map, &ram));
	assert_ok(memory_map_add(core->target.memory_map, &flash));
	for (size_t i = 0; i < FAKE_MEMORY; i++)
		core->ram[i] = core->flash[i] = (uint8_t)(i ^ i >> 8);
	for (size_t i = 0; i < ARRAY_SIZE(core->registers); i++)
		core->registers[i] = 0x01020300 + i;
	core->registers[19] = 3;
	core->reason = DAPPER_HALT_REQUEST;
}

static void log_flash(struct gdb_fixture *f, const char *what, uint64_t address, uint64_t size)
{
	size_t used = strlen(f->flash_log);

	snprintf(f->flash_log + used, sizeof(f->flash_log) - used, "%s %llx+%llx\n", what,
		(unsigned long long)address, (unsigned long long)size);
}

/* The session is the fixture here: nobody else looks at it. */
static struct gdb_fixture *current;

static dapper_status program(dapper_session *session, dapper_image *const *images, size_t count,
	const dapper_flash_options *options, dapper_flash_result *result)
{
	(void)session;
	(void)result;
	options->progress(options->payload, DAPPER_PHASE_PROGRAM, 0, 1);
	for (size_t i = 0; i < count; i++) {
		const dapper_segment *segment = dapper_image_get_segment(images[i], 0);

		log_flash(current, "program", segment->address, segment->size);
	}
	if (dapper_context_is_cancelled(current->context))
		return dapper_fail(DAPPER_ERR_CANCELLED, "cancelled");
	return current->flash_status == DAPPER_OK
	               ? DAPPER_OK
	               : dapper_fail(current->flash_status, "it will not program");
}

static dapper_status erase(dapper_session *session, uint64_t address, uint64_t size,
	const dapper_flash_options *options, dapper_flash_result *result)
{
	(void)session;
	(void)options;
	(void)result;
	log_flash(current, "erase", address, size);
	return DAPPER_OK;
}

static void take_console(void *payload, const char *data, size_t size)
{
	struct gdb_fixture *f = payload;

	snprintf(f->console, sizeof(f->console), "%.*s", (int)size, data);
}

static void look(void *payload)
{
	struct gdb_fixture *f = payload;

	if (++f->polls == f->interrupt_at)
		gdb_interrupt(f->gdb);
}

int gdb_fixture_set_up(void **state)
{
	static struct gdb_fixture fixture;
	struct gdb_fixture *f = &fixture;
	struct gdb_host host = {
		.target = &f->core.target,
		.program = program,
		.erase = erase,
		.send = take_console,
		.poll = look,
		.payload = f,
	};

	memset(f, 0, sizeof(*f));
	current = f;
	assert_ok(dapper_context_new(&f->context));
	host.context = f->context;
	make_core(&f->core, f->context);
	f->gdb = gdb_new(&host);
	assert_non_null(f->gdb);
	assert_ok(gdb_attach(f->gdb));
	*state = f;
	return 0;
}

int gdb_fixture_tear_down(void **state)
{
	struct gdb_fixture *f = *state;

	gdb_free(f->gdb);
	memory_map_destroy(f->core.target.memory_map);
	dapper_context_unref(f->context);
	return 0;
}

const char *ask_bytes(struct gdb_fixture *f, const char *packet, size_t size)
{
	gdb_handle(f->gdb, packet, size);
	return f->gdb->has_reply ? f->gdb->reply.data : NULL;
}

const char *ask(struct gdb_fixture *f, const char *packet)
{
	return ask_bytes(f, packet, strlen(packet));
}

const char *run_until_reply(struct gdb_fixture *f, unsigned slices)
{
	for (unsigned i = 0; i < slices; i++) {
		gdb_run_a_while(f->gdb);
		if (f->gdb->has_reply)
			return f->gdb->reply.data;
	}
	return NULL;
}
