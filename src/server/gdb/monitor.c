/* SPDX-License-Identifier: Apache-2.0 */
/* GDB's `monitor`: qRcmd with a small table of commands. */
#include <dapper/plugin/error.h>

#include <inttypes.h>
#include <string.h>

#include "gdb.h"

enum { WORDS_MAX = 8, LINE_MAX_SIZE = 512, OUTPUT_SIZE = RSP_PACKET_SIZE / 2 - 1 };

struct monitor {
	struct gdb *gdb;
	struct text *out;
	const char *words[WORDS_MAX]; /* from the command's first argument on */
	size_t word_count;
};

struct command {
	const char *name;
	const char *arguments;
	const char *help;
	dapper_status (*run)(struct monitor *monitor);
};

static dapper_status run_help(struct monitor *monitor);

static dapper_status run_halt(struct monitor *monitor)
{
	for (size_t i = 0; i < monitor->gdb->core_count; i++)
		monitor->gdb->cores[i].is_running = true;
	return gdb_halt_all(monitor->gdb);
}

/* --- reset ------------------------------------------------------------------------------------- */

static dapper_status reset_and_run(struct gdb *gdb, dapper_reset_type type)
{
	dapper_status status = dapper_target_reset(gdb->host.target, type);

	gdb_forget(gdb);
	for (size_t i = 0; i < gdb->core_count; i++)
		gdb->cores[i].is_running = true;
	return status;
}

/* In any order, as OpenOCD's and pyOCD's users write it. */
static dapper_status run_reset(struct monitor *monitor)
{
	static const struct word {
		const char *word;
		bool halts;
		dapper_reset_type type;
	} words[] = {
		{ "run", false, DAPPER_RESET_DEFAULT },
		{ "halt", true, DAPPER_RESET_DEFAULT },
		{ "init", true, DAPPER_RESET_DEFAULT },
		{ "hardware", false, DAPPER_RESET_HARDWARE },
		{ "hw", false, DAPPER_RESET_HARDWARE },
		{ "system", false, DAPPER_RESET_SYSTEM },
	};
	dapper_reset_type type = DAPPER_RESET_DEFAULT;
	bool halts = false;

	for (size_t i = 0; i < monitor->word_count; i++) {
		size_t w = 0;

		while (w < GDB_COUNT(words) && strcmp(monitor->words[i], words[w].word) != 0)
			w++;
		if (w == GDB_COUNT(words))
			return dapper_fail(DAPPER_ERR_INVALID,
				"reset takes halt, init, run, hardware, system; not '%s'",
				monitor->words[i]);
		halts = halts || words[w].halts;
		if (words[w].type != DAPPER_RESET_DEFAULT)
			type = words[w].type;
	}
	return halts ? gdb_reset_and_halt(monitor->gdb, type) : reset_and_run(monitor->gdb, type);
}

/* --- regs -------------------------------------------------------------------------------------- */

static dapper_status put_one(struct monitor *monitor, struct gdb_core *core, size_t index)
{
	const dapper_register *reg = &core->registers[index];
	uint64_t value = 0;
	dapper_status status = gdb_read_register(core, index, &value);

	if (status == DAPPER_OK)
		text_put_format(
			monitor->out, "%10s 0x%0*" PRIx64 "\n", reg->name, reg->bits / 4, value);
	return status;
}

static bool is_wanted(const struct monitor *monitor, const dapper_register *reg)
{
	for (size_t i = 0; i < monitor->word_count; i++)
		if (strcmp(monitor->words[i], reg->name) == 0 ||
			strcmp(monitor->words[i], reg->group) == 0)
			return true;
	return monitor->word_count == 0 && strcmp(reg->group, "float") != 0;
}

static dapper_status run_regs(struct monitor *monitor)
{
	struct gdb_core *core = gdb_selected(monitor->gdb);
	dapper_status status = DAPPER_OK;

	for (size_t i = 0; i < core->register_count && status == DAPPER_OK; i++)
		if (gdb_is_shown(&core->registers[i]) && is_wanted(monitor, &core->registers[i]))
			status = put_one(monitor, core, i);
	if (status == DAPPER_OK && monitor->out->size == 0)
		return dapper_fail(DAPPER_ERR_NOT_FOUND,
			"no such register, and no group: general, system, float");
	return status;
}

/* --- info -------------------------------------------------------------------------------------- */

static void put_fact(
	void *payload, const char *key, const char *text, bool is_number, uint64_t number)
{
	struct monitor *monitor = payload;

	(void)is_number;
	(void)number;
	text_put_format(monitor->out, "    %s: %s\n", key, text);
}

static void put_core(struct monitor *monitor, const struct gdb_core *core, size_t index)
{
	dapper_node_visitor visitor = { .fact = put_fact, .payload = monitor };
	dapper_target_state state = DAPPER_STATE_UNKNOWN;

	if (dapper_target_get_state(core->target, &state) != DAPPER_OK)
		state = DAPPER_STATE_UNKNOWN;
	text_put_format(monitor->out, "core %zu: %s, %s\n", index,
		dapper_node_get_name(dapper_target_get_node(core->target)),
		dapper_target_state_text(state));
	dapper_node_describe(dapper_target_get_node(core->target), &visitor);
}

static dapper_status run_info(struct monitor *monitor)
{
	struct gdb *gdb = monitor->gdb;
	const dapper_memory_map *map = dapper_target_get_memory_map(gdb->host.target);

	text_put_format(monitor->out, "dapper %s, target %s\n", dapper_version(),
		dapper_node_get_name(dapper_target_get_node(gdb->host.target)));
	for (size_t i = 0; i < gdb->core_count; i++)
		put_core(monitor, &gdb->cores[i], i);
	for (size_t i = 0; i < dapper_memory_map_count(map); i++) {
		const dapper_region *region = dapper_memory_map_get(map, i);

		text_put_format(monitor->out, "%-8s 0x%08" PRIx64 " 0x%08" PRIx64 " %s\n",
			dapper_region_type_text(region->type), region->address, region->size,
			region->name);
	}
	return DAPPER_OK;
}

/* What the probe was kept busy with: differences tell what a command of GDB costs. */
static dapper_status run_counters(struct monitor *monitor)
{
	const dapper_session *session = monitor->gdb->host.session;
	const dapper_probe *probe = session ? dapper_session_get_probe(session) : NULL;
	dapper_probe_counters counters = { 0 };

	if (!probe)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "there is no probe to count on");
	dapper_probe_get_counters(probe, &counters);
	text_put_format(monitor->out,
		"transfers %" PRIu64 ", batches %" PRIu64 ", round trips waited for %" PRIu64 "\n",
		counters.transfers, counters.batches, counters.waits);
	return DAPPER_OK;
}

/* pyOCD's and OpenOCD's users have it in their scripts; everything is ready here. */
static dapper_status run_init(struct monitor *monitor)
{
	(void)monitor;
	return DAPPER_OK;
}

/* --- the table --------------------------------------------------------------------------------- */

static const struct command commands[] = {
	{ "counters", "", "what the probe has done so far", run_counters },
	{ "halt", "", "halt all cores", run_halt },
	{ "help", "", "this list", run_help },
	{ "info", "", "target, cores, memory", run_info },
	{ "init", "", "nothing: for scripts written for other servers", run_init },
	{ "regs", "[REGISTER|GROUP]...", "core registers", run_regs },
	{ "reset", "[halt] [hardware|system]", "reset; and halt before the first instruction",
		run_reset },
};

static dapper_status run_help(struct monitor *monitor)
{
	for (size_t i = 0; i < GDB_COUNT(commands); i++)
		text_put_format(monitor->out, "%-8s %-26s %s\n", commands[i].name,
			commands[i].arguments, commands[i].help);
	return DAPPER_OK;
}

static dapper_status run_command(struct monitor *monitor, const char *name)
{
	for (size_t i = 0; i < GDB_COUNT(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return commands[i].run(monitor);
	dapper_fail(DAPPER_ERR_NOT_FOUND, "there is no monitor command '%s'", name);
	return dapper_fail_hint(DAPPER_ERR_NOT_FOUND, "`monitor help` lists them");
}

static dapper_status run_line(struct monitor *monitor, char *line)
{
	char *rest = NULL;
	const char *name = strtok_r(line, " \t\r\n", &rest);

	while (monitor->word_count < WORDS_MAX) {
		const char *word = strtok_r(NULL, " \t\r\n", &rest);

		if (!word)
			break;
		monitor->words[monitor->word_count++] = word;
	}
	return run_command(monitor, name ? name : "help");
}

/* GDB shows what is sent as console output, and an error's text only of late: both are sent. */
static void reply_failure(struct gdb *gdb, struct text *out)
{
	const dapper_error *error = dapper_error_last();

	text_put_format(out, "%s\n", error->message);
	if (error->hint[0])
		text_put_format(out, "  hint: %s\n", error->hint);
	if (gdb->host.send)
		gdb->host.send(gdb->host.payload, out->data, out->size);
	gdb_reply(gdb, "E01");
}

/* qRcmd,COMMAND in hex */
void gdb_handle_monitor(struct gdb *gdb, struct scan *scan)
{
	char line[LINE_MAX_SIZE + 1];
	char bytes[OUTPUT_SIZE + 1];
	struct text out = { .data = bytes, .capacity = OUTPUT_SIZE };
	struct monitor monitor = { .gdb = gdb, .out = &out };
	size_t size = scan_left(scan) / 2;

	text_clear(&out);
	if (size > LINE_MAX_SIZE || !scan_bytes(scan, (uint8_t *)line, size)) {
		gdb_reply_error(gdb, "the command is malformed");
		return;
	}
	line[size] = '\0';
	if (run_line(&monitor, line) != DAPPER_OK) {
		reply_failure(gdb, &out);
		return;
	}
	gdb_reply(gdb, out.size ? "" : "OK");
	text_put_hex(&gdb->reply, out.data, out.size);
}
