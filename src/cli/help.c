/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "command.h"

enum { HELP_COLUMN = 28 };

static void print_arg(const struct arg *arg)
{
	char left[80] = "";
	int used;

	if (arg->letter)
		used = snprintf(left, sizeof(left), "  -%c, --%s", arg->letter, arg->name);
	else
		used = snprintf(left, sizeof(left), "      --%s", arg->name);
	if (arg->value)
		snprintf(left + used, sizeof(left) - (size_t)used, " %s", arg->value);
	if (strlen(left) >= HELP_COLUMN)
		printf("%s\n%*s", left, HELP_COLUMN, "");
	else
		printf("%-*s", HELP_COLUMN, left);
	printf("%s\n", arg->help);
	if (arg->choices)
		printf("%*s(%s)\n", HELP_COLUMN, "", arg->choices);
}

void help_command(const struct command *command)
{
	static const char *const titles[] = { "Options", "Connection", "Common" };

	printf("usage: dapper %s%s%s [OPTION]...\n\n%s.\n", command->name,
		command->operands[0] ? " " : "", command->operands, command->summary);
	if (command->details)
		printf("\n%s\n", command->details);
	for (size_t t = 0; t < sizeof(titles) / sizeof(titles[0]); t++) {
		const struct arg *table = args_table(command, t);

		if (!table || !table->name)
			continue;
		printf("\n%s:\n", titles[t]);
		for (; table->name; table++)
			print_arg(table);
	}
	printf("\nExamples:\n%s\n", command->examples);
}

void help_tool(void)
{
	const struct command *command;

	printf("usage: dapper COMMAND [OPTION]...\n\n"
	       "Debug and program Arm Cortex-M microcontrollers.\n\nCommands:\n");
	for (size_t i = 0; (command = command_get(i)); i++)
		printf("  %-12s %s\n", command->name, command->summary);
	printf("\n`dapper COMMAND --help` tells more of each.\n\n"
	       "Exit codes: 0 done, 1 the operation failed, 2 wrong command line, 3 no probe or it "
	       "does not\nanswer, 4 the target does not answer, 5 erasing or programming failed, "
	       "6 contents differ,\n7 a file cannot be read or is malformed,\n124 `dapper run` "
	       "timed out, 130 Ctrl-C.\n");
}
