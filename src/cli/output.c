/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- errors --------------------------------------------------------------------------------------
 */

static json_t *json_error(const dapper_error *error)
{
	return json_pack("{s:s, s:{s:s, s:s, s:s, s:s}}", "result", "error", "error", "status",
		dapper_status_name(error->status), "message", error->message, "where", error->where,
		"hint", error->hint);
}

enum exit_code output_error(const struct cli *cli)
{
	const dapper_error *error = dapper_error_last();
	enum exit_code code = exit_code_for(error->status);

	if (cli->json)
		output_json(cli, json_error(error));
	fprintf(stderr, "dapper: %s\n",
		error->message[0] ? error->message : dapper_status_text(error->status));
	if (error->where[0])
		fprintf(stderr, "  where: %s\n", error->where);
	if (error->hint[0])
		fprintf(stderr, "  hint:  %s\n", error->hint);
	return code;
}

enum exit_code output_usage(const struct cli *cli, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "dapper: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n  hint:  see `dapper %s --help`\n", cli->command->name);
	return EXIT_USAGE;
}

/* --- log -----------------------------------------------------------------------------------------
 */

static void print_log(
	void *payload, dapper_log_topic topic, dapper_log_level level, const char *line)
{
	(void)payload;
	(void)topic;
	fprintf(stderr, "%s%s\n", level == DAPPER_LOG_WARNING ? "dapper: warning: " : "  | ", line);
}

void output_set_log(struct cli *cli)
{
	unsigned topics = DAPPER_LOG_ALL & ~(unsigned)DAPPER_LOG_WIRE;
	dapper_log_level level = cli->verbosity ? DAPPER_LOG_DEBUG : DAPPER_LOG_WARNING;

	if (cli->verbosity > 1)
		topics = DAPPER_LOG_ALL;
	if (!cli->quiet)
		dapper_context_set_log(cli->context, topics, level, print_log, NULL);
}

/* --- JSON ----------------------------------------------------------------------------------------
 */

enum exit_code output_json(const struct cli *cli, json_t *value)
{
	(void)cli;
	if (!value || json_dumpf(value, stdout, JSON_COMPACT) != 0) {
		fprintf(stderr, "dapper: cannot write JSON\n");
		json_decref(value);
		return EXIT_FAILED;
	}
	json_decref(value);
	putchar('\n');
	return EXIT_OK;
}

json_t *json_hex(uint64_t value)
{
	char text[20];

	snprintf(text, sizeof(text), "0x%08" PRIx64, value);
	return json_string(text);
}

/* --- counters ------------------------------------------------------------------------------------
 */

json_t *json_counters(const dapper_probe *probe)
{
	dapper_probe_counters c;

	dapper_probe_get_counters(probe, &c);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"transfers", (json_int_t)c.transfers, "batches", (json_int_t)c.batches,
		"packets_out", (json_int_t)c.packets_out, "packets_in", (json_int_t)c.packets_in,
		"bytes_out", (json_int_t)c.bytes_out, "bytes_in", (json_int_t)c.bytes_in, "waits",
		(json_int_t)c.waits, "swclk_cycles", (json_int_t)c.swclk_cycles, "simulated_ns",
		(json_int_t)c.simulated_ns, "wire_ns", (json_int_t)c.wire_ns, "flash_ns",
		(json_int_t)c.flash_ns, "wait_ns", (json_int_t)c.wait_ns);
}

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

void output_counters(const struct cli *cli, const dapper_probe *probe)
{
	dapper_probe_counters c;

	if (!cli->verbosity || cli->quiet || !probe)
		return;
	dapper_probe_get_counters(probe, &c);
	fprintf(stderr,
		"counters: %" PRIu64 " transfers in %" PRIu64 " batches; packets %" PRIu64
		" out, %" PRIu64 " in; bytes %" PRIu64 " out, %" PRIu64 " in; waited %" PRIu64
		" round trips\n",
		c.transfers, c.batches, c.packets_out, c.packets_in, c.bytes_out, c.bytes_in,
		c.waits);
	if (c.swclk_cycles)
		fprintf(stderr,
			"simulated: %" PRIu64
			" SWCLK cycles; %.6f s, of which wire %.6f, flash busy %.6f, host waiting "
			"%.6f\n",
			c.swclk_cycles, seconds(c.simulated_ns), seconds(c.wire_ns),
			seconds(c.flash_ns), seconds(c.wait_ns));
}

/* --- progress ------------------------------------------------------------------------------------
 */

static const char *phase_text(dapper_flash_phase phase)
{
	switch (phase) {
	case DAPPER_PHASE_COMPARE:
		return "compare";
	case DAPPER_PHASE_ERASE:
		return "erase";
	case DAPPER_PHASE_PROGRAM:
		return "program";
	case DAPPER_PHASE_VERIFY:
		return "verify";
	}
	return "";
}

void progress_init(struct progress *progress, const struct cli *cli)
{
	*progress = (struct progress){
		.cli = cli,
		.is_terminal = isatty(STDERR_FILENO) != 0,
		.shown_percent = -1,
	};
}

static void draw_bar(dapper_flash_phase phase, int percent)
{
	static const char full[] = "########################################";
	int filled = percent * (int)(sizeof(full) - 1) / 100;

	fprintf(stderr, "\r%-8s [%-40.*s] %3d %%", phase_text(phase), filled, full, percent);
	fflush(stderr);
}

/* How much it must have moved to be shown again: a bar moves smoothly, lines come now and then. */
static int step_percent(const struct progress *progress)
{
	return progress->is_terminal && !progress->cli->json ? 1 : 25;
}

static void update(
	struct progress *progress, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	int percent = total ? (int)(100 * done / total) : 100;
	bool new_phase = progress->shown_percent < 0 || phase != progress->phase;

	if (progress->cli->quiet || progress->is_hidden ||
		(!new_phase && percent < 100 &&
			percent < progress->shown_percent + step_percent(progress)) ||
		(!new_phase && percent == progress->shown_percent))
		return;
	progress->phase = phase;
	progress->shown_percent = percent;
	if (progress->cli->json)
		output_json(progress->cli, json_pack("{s:s, s:s, s:I, s:I}", "event", "progress",
						   "phase", phase_text(phase), "done",
						   (json_int_t)done, "total", (json_int_t)total));
	else if (progress->is_terminal)
		draw_bar(phase, percent);
	else
		fprintf(stderr, "%s %d %%\n", phase_text(phase), percent);
}

static void on_event(void *payload, const dapper_event *event)
{
	update(payload, event->data.flash.phase, event->data.flash.done, event->data.flash.total);
}

dapper_status progress_attach(struct progress *progress, dapper_session *session)
{
	const char *hide = dapper_session_get_option(session, "hide_programming_progress");

	progress->is_hidden = strcmp(hide, "true") == 0;
	return dapper_session_subscribe(
		session, DAPPER_EVENT_FLASH_PROGRESS, on_event, progress, &progress->subscription);
}

void progress_finish(struct progress *progress)
{
	dapper_unsubscribe(progress->subscription);
	progress->subscription = NULL;
	if (progress->is_terminal && !progress->cli->json && progress->shown_percent >= 0)
		fprintf(stderr, "\r%60s\r", "");
	progress->shown_percent = -1;
}

void format_rate(char *text, size_t size, uint64_t bytes, uint64_t ns)
{
	if (ns == 0)
		snprintf(text, size, "-");
	else
		snprintf(text, size, "%.1f KB/s", (double)bytes / 1024 / ((double)ns / 1e9));
}
