/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

/**
 * @file
 * Command-line options as tables: the parser, --help, shell completion and the man pages all read
 * them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One option. A table ends with { .name = NULL }. */
struct arg {
	char letter;         /**< Short form, or 0. */
	const char *name;    /**< Long form without dashes. */
	const char *value;   /**< What it takes, for --help: "FILE"; NULL for a flag. */
	const char *help;    /**< One line. */
	const char *choices; /**< "a|b|c" for completion, or NULL. */
};

struct command;

/** What was on the command line. */
struct args {
	struct given {
		const struct arg *arg;
		const char *value; /**< NULL for a flag. */
	} * given;
	size_t given_count;
	const char **operands;
	size_t operand_count;
};

/**
 * Parse the words behind a command's name. Options and operands may be mixed; "--" ends the
 * options.
 *
 * @return false after having said on stderr what is wrong.
 */
bool args_parse(struct args *args, const struct command *command, int argc, char **argv);
void args_finish(struct args *args);

/** How often a flag or option was given. */
size_t args_count(const struct args *args, const char *name);
/** Value number @p index of an option, in the order given; NULL past the last. */
const char *args_get(const struct args *args, const char *name, size_t index);
/** The last value, which counts; NULL when not given. */
const char *args_last(const struct args *args, const char *name);

/** Tables of options that a command has: the common ones, and its own. NULL past the last. */
const struct arg *args_table(const struct command *command, size_t index);

/** A whole number, decimal or 0x..., with k and M for 1024 and 1024 * 1024. */
bool parse_number(const char *text, uint64_t *number);

#endif /* CLI_ARGS_H */
