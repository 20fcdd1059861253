/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Core registers: read once per halt, a group at a time; written through. GDB's numbers are the
 * library's ids.
 */
#include <dapper/plugin/error.h>

#include <string.h>

#include "gdb.h"

enum {
	/* The g packet ends before this number: what is above, FPU and more, is asked for by p,
	 * when somebody wants to see it. */
	G_PACKET_END = 32,
};

bool gdb_is_shown(const dapper_register *reg)
{
	return strcmp(reg->group, "float") != 0 || reg->name[0] != 's';
}

void gdb_forget_registers(struct gdb_core *core)
{
	memset(core->is_known, 0, sizeof(core->is_known));
}

/* --- fetching ---------------------------------------------------------------------------------- */

/* Of the FPU only the doubles are apart: `info registers` shows fpscr, too. */
static bool is_float(const struct gdb_core *core, size_t index)
{
	return strcmp(core->registers[index].group, "float") == 0 &&
	       core->registers[index].bits == 64;
}

/* All of a kind that are shown and not known, in one batch. */
static dapper_status fetch(struct gdb_core *core, bool floats)
{
	uint16_t ids[GDB_REGISTERS_MAX];
	uint64_t values[GDB_REGISTERS_MAX];
	size_t count = 0;
	dapper_status status;

	for (size_t i = 0; i < core->register_count; i++)
		if (!core->is_known[i] && is_float(core, i) == floats &&
			gdb_is_shown(&core->registers[i]))
			ids[count++] = core->registers[i].id;
	if (count == 0)
		return DAPPER_OK;
	status = dapper_target_read_registers(core->target, ids, values, count);
	if (status != DAPPER_OK)
		return status;
	count = 0;
	for (size_t i = 0; i < core->register_count; i++) {
		if (core->is_known[i] || is_float(core, i) != floats ||
			!gdb_is_shown(&core->registers[i]))
			continue;
		core->values[i] = values[count++];
		core->is_known[i] = true;
	}
	return DAPPER_OK;
}

dapper_status gdb_fetch_registers(struct gdb_core *core)
{
	return fetch(core, false);
}

dapper_status gdb_read_register(struct gdb_core *core, size_t index, uint64_t *value)
{
	dapper_status status = DAPPER_OK;

	if (!core->is_known[index])
		status = fetch(core, is_float(core, index));
	if (status == DAPPER_OK)
		*value = core->values[index];
	return status;
}

/* --- writing ----------------------------------------------------------------------------------- */

/* r0-r12, lr and pc are nothing but themselves; sp, CONTROL and the like change others too. */
static bool stands_alone(const dapper_register *reg)
{
	return strcmp(reg->group, "general") == 0 && strcmp(reg->name, "sp") != 0 &&
	       strcmp(reg->name, "xpsr") != 0;
}

static dapper_status write_register(struct gdb_core *core, size_t index, uint64_t value)
{
	const dapper_register *reg = &core->registers[index];
	dapper_status status = dapper_target_write_registers(core->target, &reg->id, &value, 1);

	if (status != DAPPER_OK || !stands_alone(reg)) {
		gdb_forget_registers(core);
		return status;
	}
	core->values[index] = strcmp(reg->name, "pc") == 0 ? value & ~UINT64_C(1) : value;
	return DAPPER_OK;
}

static bool find_id(const struct gdb_core *core, uint64_t id, size_t *index)
{
	for (*index = 0; *index < core->register_count; ++*index)
		if (core->registers[*index].id == id && gdb_is_shown(&core->registers[*index]))
			return true;
	return false;
}

static dapper_status find_named(const struct gdb_core *core, const char *name, size_t *index)
{
	const dapper_register *reg = dapper_target_find_register(core->target, name);

	if (!reg || !find_id(core, reg->id, index))
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "this core has no register '%s'", name);
	return DAPPER_OK;
}

dapper_status gdb_read_named(struct gdb_core *core, const char *name, uint64_t *value)
{
	size_t index = 0;
	dapper_status status = find_named(core, name, &index);

	return status == DAPPER_OK ? gdb_read_register(core, index, value) : status;
}

dapper_status gdb_write_named(struct gdb_core *core, const char *name, uint64_t value)
{
	size_t index = 0;
	dapper_status status = find_named(core, name, &index);

	return status == DAPPER_OK ? write_register(core, index, value) : status;
}

/* --- packets ----------------------------------------------------------------------------------- */

static size_t bytes_of(const dapper_register *reg)
{
	return reg->bits / 8u;
}

void gdb_put_expedited(struct gdb *gdb, struct gdb_core *core)
{
	for (size_t i = 0; i < core->register_count; i++) {
		const dapper_register *reg = &core->registers[i];

		if (!core->is_known[i] || strcmp(reg->group, "general") != 0)
			continue;
		text_put_format(&gdb->reply, "%x:", reg->id);
		text_put_value(&gdb->reply, core->values[i], bytes_of(reg));
		text_put_string(&gdb->reply, ";");
	}
}

void gdb_handle_read_registers(struct gdb *gdb, struct scan *scan)
{
	struct gdb_core *core = gdb_selected(gdb);
	size_t index;

	(void)scan;
	if (gdb_fetch_registers(core) != DAPPER_OK) {
		gdb_reply_last_error(gdb);
		return;
	}
	gdb_reply(gdb, "");
	for (uint64_t id = 0; id < G_PACKET_END; id++)
		if (find_id(core, id, &index))
			text_put_value(&gdb->reply, core->values[index],
				bytes_of(&core->registers[index]));
}

static bool scan_value(struct scan *scan, size_t bytes, uint64_t *value)
{
	uint8_t data[8];

	if (bytes > sizeof(data) || !scan_bytes(scan, data, bytes))
		return false;
	*value = 0;
	for (size_t i = 0; i < bytes; i++)
		*value |= (uint64_t)data[i] << (8 * i);
	return true;
}

/* Only what differs is written; GDB sends all of them for one. */
void gdb_handle_write_registers(struct gdb *gdb, struct scan *scan)
{
	struct gdb_core *core = gdb_selected(gdb);
	uint16_t ids[G_PACKET_END];
	uint64_t values[G_PACKET_END], value;
	size_t count = 0, index;
	dapper_status status = gdb_fetch_registers(core);

	for (uint64_t id = 0; id < G_PACKET_END && status == DAPPER_OK; id++) {
		if (!find_id(core, id, &index))
			continue;
		if (!scan_value(scan, bytes_of(&core->registers[index]), &value)) {
			gdb_reply_error(gdb, "register contents are missing");
			return;
		}
		if (value == core->values[index])
			continue;
		ids[count] = (uint16_t)id;
		values[count++] = value;
	}
	if (status == DAPPER_OK && count > 0) {
		status = dapper_target_write_registers(core->target, ids, values, count);
		gdb_forget_registers(core);
	}
	gdb_reply_status(gdb, status);
}

static bool scan_register(struct gdb *gdb, struct scan *scan, size_t *index)
{
	uint64_t id;

	if (scan_hex(scan, &id) && find_id(gdb_selected(gdb), id, index))
		return true;
	gdb_reply_error(gdb, "this core has no such register");
	return false;
}

void gdb_handle_read_register(struct gdb *gdb, struct scan *scan)
{
	struct gdb_core *core = gdb_selected(gdb);
	uint64_t value = 0;
	size_t index;

	if (!scan_register(gdb, scan, &index))
		return;
	if (gdb_read_register(core, index, &value) != DAPPER_OK) {
		gdb_reply_last_error(gdb);
		return;
	}
	gdb_reply(gdb, "");
	text_put_value(&gdb->reply, value, bytes_of(&core->registers[index]));
}

void gdb_handle_write_register(struct gdb *gdb, struct scan *scan)
{
	struct gdb_core *core = gdb_selected(gdb);
	uint64_t value;
	size_t index;

	if (!scan_register(gdb, scan, &index))
		return;
	if (!scan_char(scan, '=') || !scan_value(scan, bytes_of(&core->registers[index]), &value)) {
		gdb_reply_error(gdb, "the register's contents are missing");
		return;
	}
	gdb_reply_status(gdb, write_register(core, index, value));
}
