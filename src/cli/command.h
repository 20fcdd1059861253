/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/**
 * @file
 * A subcommand: one line of commands.def and one file cmd_<name>.c that defines `command_<name>`.
 */
#include <dapper/dapper.h>

#include "args.h"
#include "exit_code.h"

/** What the commands share: the parsed command line and what was made from it. */
struct cli {
	const struct command *command;
	struct args args;
	dapper_context *context;
	bool json;
	unsigned verbosity; /**< Number of -v. */
	bool quiet;
};

enum command_options {
	COMMAND_PLAIN,  /**< --json, -v, -q, --help only. */
	COMMAND_TARGET, /**< The connection options too. */
};

struct command {
	const char *name;
	const char *summary;  /**< One line. */
	const char *operands; /**< "FILE...", "" for none. */
	size_t min_operands;
	size_t max_operands;
	const struct arg *args; /**< Its own options, or NULL. */
	enum command_options options;
	const char *details;  /**< More of what it does; may be NULL. */
	const char *examples; /**< Lines "dapper ...   # what it does". */
	enum exit_code (*run)(struct cli *cli);
};

/** All commands, in the order of `dapper --help`. NULL past the last. */
const struct command *command_get(size_t index);
const struct command *command_find(const char *name);

/** Print --help of one command, or of the tool. */
void help_command(const struct command *command);
void help_tool(void);

#endif /* CLI_COMMAND_H */
