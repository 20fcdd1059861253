/* SPDX-License-Identifier: Apache-2.0 */
/* Shell completion, written from the same tables that the parser reads. */
#include <stdio.h>
#include <string.h>

#include "output.h"

/* "a|b|c" -> "a b c" */
static void print_words(const char *choices)
{
	for (; *choices; choices++)
		putchar(*choices == '|' ? ' ' : *choices);
}

static void print_options(const struct command *command)
{
	const struct arg *table;

	for (size_t t = 0; (table = args_table(command, t)); t++)
		for (; table->name; table++) {
			printf("--%s ", table->name);
			if (table->letter)
				printf("-%c ", table->letter);
		}
}

static void print_choices(const struct command *command)
{
	const struct arg *table;

	for (size_t t = 0; (table = args_table(command, t)); t++)
		for (; table->name; table++) {
			if (!table->choices)
				continue;
			printf("\t%s:--%s", command->name, table->name);
			if (table->letter)
				printf("|%s:-%c", command->name, table->letter);
			printf(") words=\"");
			print_words(table->choices);
			printf("\" ;;\n");
		}
}

static enum exit_code print_bash(void)
{
	const struct command *command;

	printf("# bash completion for dapper; load with: source <(dapper completion bash)\n"
	       "_dapper() {\n"
	       "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
	       "\tlocal command=${COMP_WORDS[1]} words=\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	       "\t\twords=\"");
	for (size_t i = 0; (command = command_get(i)); i++)
		printf("%s ", command->name);
	printf("\"\n\telse\n\tcase $command:$previous in\n");
	for (size_t i = 0; (command = command_get(i)); i++)
		print_choices(command);
	printf("\tesac\n\tif [ -z \"$words\" ]; then case $command in\n");
	for (size_t i = 0; (command = command_get(i)); i++) {
		printf("\t%s) words=\"", command->name);
		print_options(command);
		printf("\" ;;\n");
	}
	printf("\tesac; fi\n\tfi\n"
	       "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
	       "}\n"
	       "complete -o default -F _dapper dapper\n");
	return EXIT_OK;
}

static enum exit_code run(struct cli *cli)
{
	if (strcmp(cli->args.operands[0], "bash") == 0)
		return print_bash();
	return output_usage(cli, "no completion for '%s': only bash", cli->args.operands[0]);
}

const struct command command_completion = {
	.name = "completion",
	.summary = "Print a shell's completion script",
	.operands = "bash",
	.min_operands = 1,
	.max_operands = 1,
	.examples = "  source <(dapper completion bash)",
	.run = run,
};
