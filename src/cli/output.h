/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

/**
 * @file
 * Everything that commands print: results to stdout as text or JSON, errors, log and progress to
 * stderr.
 */
#include <jansson.h>

#include "command.h"

/** Print the last error (JSON on stdout too when asked for). @return Its exit code. */
enum exit_code output_error(const struct cli *cli);

/** A wrong command line that only the command itself could notice. @return EXIT_USAGE. */
enum exit_code output_usage(const struct cli *cli, const char *format, ...) DAPPER_PRINTF(2, 3);

/** Send the library's log to stderr as -v and -q say. */
void output_set_log(struct cli *cli);

/** Print a JSON value on one line (@p value is consumed; NULL: out of memory). */
enum exit_code output_json(const struct cli *cli, json_t *value);

/** "0x0801f000" */
json_t *json_hex(uint64_t value);

/** Print what a session has cost, when -v is given. */
void output_counters(const struct cli *cli, const dapper_probe *probe);
/** The same as a JSON object. */
json_t *json_counters(const dapper_probe *probe);

/** A progress bar on a terminal, lines otherwise, JSON events with --json, nothing with -q. */
struct progress {
	const struct cli *cli;
	dapper_subscription *subscription;
	bool is_terminal;
	bool is_hidden; /**< as the option hide_programming_progress says */
	dapper_flash_phase phase;
	int shown_percent; /**< -1: nothing shown yet */
};

void progress_init(struct progress *progress, const struct cli *cli);
/** Listen to the session's progress events. @p progress lives until progress_finish(). */
dapper_status progress_attach(struct progress *progress, dapper_session *session);
/** Listen no more, and clear the bar before other output. */
void progress_finish(struct progress *progress);

/** "12.3 KB/s" from bytes and nanoseconds. */
void format_rate(char *text, size_t size, uint64_t bytes, uint64_t ns);

#endif /* CLI_OUTPUT_H */
