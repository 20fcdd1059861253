/* SPDX-License-Identifier: Apache-2.0 */
/* The table of packets, the simple ones of them, and the connection's state as a whole. */
#include <dapper/plugin/error.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"

/* --- replies ---------------------------------------------------------------------------------- */

void gdb_reply(struct gdb *gdb, const char *text)
{
	text_clear(&gdb->reply);
	text_put_string(&gdb->reply, text);
	gdb->has_reply = true;
}

/*
 * "E.TEXT" (E.2, Standard Replies). A GDB that knows swbreak takes it for an error, too, and mostly
 * shows it, but not for memory: there it looks for two digits.
 */
void gdb_reply_error(struct gdb *gdb, const char *text)
{
	bool has_text = gdb->has_error_texts || (gdb->reports_swbreak && !gdb->is_memory_packet);

	gdb_reply(gdb, has_text ? "E." : "E01");
	if (has_text)
		text_put_string(&gdb->reply, text);
}

void gdb_reply_last_error(struct gdb *gdb)
{
	const dapper_error *error = dapper_error_last();
	char text[512];

	snprintf(text, sizeof(text), "%s%s%s%s%s%s", error->message, error->where[0] ? " (" : "",
		error->where, error->where[0] ? ")" : "", error->hint[0] ? "; " : "", error->hint);
	gdb_reply_error(gdb, text);
}

void gdb_reply_status(struct gdb *gdb, dapper_status status)
{
	if (status == DAPPER_OK)
		gdb_reply(gdb, "OK");
	else
		gdb_reply_last_error(gdb);
}

/* --- cores ------------------------------------------------------------------------------------ */

struct gdb_core *gdb_selected(struct gdb *gdb)
{
	return &gdb->cores[gdb->selected];
}

struct gdb_core *gdb_find_core(struct gdb *gdb, struct scan *scan)
{
	uint64_t number;

	if (scan_word(scan, "-1"))
		return gdb_selected(gdb);
	if (!scan_hex(scan, &number) || number > gdb->core_count)
		return NULL;
	return number == 0 ? gdb_selected(gdb) : &gdb->cores[number - 1];
}

void gdb_forget(struct gdb *gdb)
{
	for (size_t i = 0; i < gdb->core_count; i++)
		gdb_forget_registers(&gdb->cores[i]);
	gdb_forget_memory(gdb);
}

bool gdb_any_running(const struct gdb *gdb)
{
	for (size_t i = 0; i < gdb->core_count; i++)
		if (gdb->cores[i].is_running)
			return true;
	return false;
}

dapper_status gdb_halt_all(struct gdb *gdb)
{
	for (size_t i = 0; i < gdb->core_count; i++) {
		dapper_status status;

		if (!gdb->cores[i].is_running)
			continue;
		status = dapper_target_halt(gdb->cores[i].target);
		if (status != DAPPER_OK)
			return status;
		gdb->cores[i].is_running = false;
	}
	gdb_forget(gdb);
	return DAPPER_OK;
}

dapper_status gdb_reset_and_halt(struct gdb *gdb, dapper_reset_type type)
{
	dapper_status status = dapper_target_reset_and_halt(gdb->host.target, type);

	gdb_forget(gdb);
	/* The others may run after it. */
	for (size_t i = 0; i < gdb->core_count && status == DAPPER_OK; i++)
		status = dapper_target_halt(gdb->cores[i].target);
	for (size_t i = 0; i < gdb->core_count && status == DAPPER_OK; i++)
		gdb->cores[i].is_running = false;
	return status;
}

/* --- the connection --------------------------------------------------------------------------- */

static void add_core(struct gdb *gdb, dapper_target *target)
{
	struct gdb_core *core = &gdb->cores[gdb->core_count++];

	core->target = target;
	core->registers = dapper_target_get_registers(target, &core->register_count);
	if (core->register_count > GDB_REGISTERS_MAX)
		core->register_count = GDB_REGISTERS_MAX;
	/* Until it is known. */
	core->is_running = true;
}

struct gdb *gdb_new(const struct gdb_host *host)
{
	size_t count = dapper_target_core_count(host->target);
	struct gdb *gdb = calloc(1, sizeof(*gdb));

	if (!gdb) {
		dapper_fail(DAPPER_ERR_NO_MEMORY, "no memory for a GDB connection");
		return NULL;
	}
	gdb->host = *host;
	gdb->reply = (struct text){ .data = gdb->reply_bytes, .capacity = RSP_PACKET_SIZE };
	for (size_t i = 0; i < count && i < GDB_CORES_MAX; i++)
		add_core(gdb, dapper_target_get_core(host->target, i));
	if (count == 0)
		add_core(gdb, host->target);
	if (gdb->cores[0].register_count > 0)
		return gdb;
	dapper_fail(DAPPER_ERR_NO_CORE, "there is no core to debug");
	gdb_free(gdb);
	return NULL;
}

void gdb_free(struct gdb *gdb)
{
	if (!gdb)
		return;
	gdb_forget_flash(gdb);
	free(gdb);
}

dapper_status gdb_attach(struct gdb *gdb)
{
	return gdb_halt_all(gdb);
}

void gdb_detach(struct gdb *gdb, bool resume)
{
	(void)gdb_remove_points(gdb);
	gdb_forget(gdb);
	for (size_t i = 0; i < gdb->core_count; i++) {
		struct gdb_core *core = &gdb->cores[i];

		if (resume && !core->is_running)
			core->is_running = dapper_target_resume(core->target) == DAPPER_OK;
	}
}

/* --- simple packets --------------------------------------------------------------------------- */

static void handle_extended(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb->is_extended = true;
	gdb_reply(gdb, "OK");
}

/* Hg: whose registers; Hc is for c and s, which resume all. */
static void handle_thread(struct gdb *gdb, struct scan *scan)
{
	bool is_general = scan_char(scan, 'g');
	struct gdb_core *core;

	if (!is_general && !scan_char(scan, 'c')) {
		gdb_reply(gdb, "");
		return;
	}
	core = gdb_find_core(gdb, scan);
	if (!core) {
		gdb_reply_error(gdb, "no such thread: threads are cores, from 1");
		return;
	}
	if (is_general)
		gdb->selected = (size_t)(core - gdb->cores);
	gdb_reply(gdb, "OK");
}

static void handle_is_alive(struct gdb *gdb, struct scan *scan)
{
	if (gdb_find_core(gdb, scan))
		gdb_reply(gdb, "OK");
	else
		gdb_reply_error(gdb, "no such thread");
}

static void handle_detach(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_detach(gdb, true);
	gdb->is_leaving = !gdb->is_extended;
	gdb_reply(gdb, "OK");
}

/* Bare metal cannot be killed: breakpoints are removed and the cores left halted, until vRun or the
 * end of the connection. */
static void kill_target(struct gdb *gdb)
{
	gdb_detach(gdb, false);
	gdb->was_killed = true;
	gdb->is_leaving = !gdb->is_extended;
}

static void handle_kill(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	kill_target(gdb);
}

static void handle_vkill(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	kill_target(gdb);
	gdb->is_leaving = false;
	gdb_reply(gdb, "OK");
}

static void handle_restart(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb->was_killed = false;
	/* R has no reply, not even for an error: the next packet will say. */
	(void)gdb_reset_and_halt(gdb, DAPPER_RESET_DEFAULT);
}

static void handle_run(struct gdb *gdb, struct scan *scan)
{
	gdb->was_killed = false;
	if (gdb_reset_and_halt(gdb, DAPPER_RESET_DEFAULT) != DAPPER_OK)
		gdb_reply_last_error(gdb);
	else
		gdb_handle_why(gdb, scan);
}

static void handle_attach(struct gdb *gdb, struct scan *scan)
{
	gdb->was_killed = false;
	for (size_t i = 0; i < gdb->core_count; i++)
		gdb->cores[i].is_running = true;
	if (gdb_halt_all(gdb) != DAPPER_OK)
		gdb_reply_last_error(gdb);
	else
		gdb_handle_why(gdb, scan);
}

/* --- the table -------------------------------------------------------------------------------- */

static const struct gdb_packet packets[] = {
	{ "!", handle_extended },
	{ "?", gdb_handle_why },
	{ "c", gdb_handle_continue },
	{ "C", gdb_handle_continue_signal },
	{ "D", handle_detach },
	{ "g", gdb_handle_read_registers },
	{ "G", gdb_handle_write_registers },
	{ "H", handle_thread },
	{ "k", handle_kill },
	{ "m", gdb_handle_read },
	{ "M", gdb_handle_write },
	{ "p", gdb_handle_read_register },
	{ "P", gdb_handle_write_register },
	{ "q", gdb_handle_query },
	{ "Q", gdb_handle_set },
	{ "R", handle_restart },
	{ "s", gdb_handle_step },
	{ "S", gdb_handle_step_signal },
	{ "T", handle_is_alive },
	{ "vAttach;", handle_attach },
	{ "vCont;", gdb_handle_vcont },
	{ "vCont?", gdb_handle_vcont_query },
	{ "vFlashDone", gdb_handle_flash_done },
	{ "vFlashErase:", gdb_handle_flash_erase },
	{ "vFlashWrite:", gdb_handle_flash_write },
	{ "vKill;", handle_vkill },
	{ "vRun;", handle_run },
	{ "x", gdb_handle_read_binary },
	{ "X", gdb_handle_write_binary },
	{ "z", gdb_handle_clear_point },
	{ "Z", gdb_handle_set_point },
};

bool gdb_dispatch(struct gdb *gdb, const struct gdb_packet *table, size_t count, struct scan *scan)
{
	const struct gdb_packet *best = NULL;

	for (size_t i = 0; i < count; i++) {
		struct scan rest = *scan;

		if (!scan_word(&rest, table[i].name))
			continue;
		if (!best || strlen(table[i].name) > strlen(best->name))
			best = &table[i];
	}
	if (!best)
		return false;
	scan->at += strlen(best->name);
	best->handle(gdb, scan);
	return true;
}

void gdb_handle(struct gdb *gdb, const char *data, size_t size)
{
	struct scan scan = { data, data + size };

	gdb->has_reply = false;
	gdb->is_memory_packet = size > 0 && data[0] && strchr("mMxX", data[0]);
	gdb->is_interrupted = gdb->is_interrupted && gdb->is_running;
	text_clear(&gdb->reply);
	/* What is not known is answered by nothing, which says so. */
	if (!gdb_dispatch(gdb, packets, GDB_COUNT(packets), &scan))
		gdb_reply(gdb, "");
	if (gdb->has_reply && gdb->reply.is_cut)
		gdb_reply_error(gdb, "the reply is too long");
}
