/* SPDX-License-Identifier: Apache-2.0 */
#include "args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static const struct arg plain_args[] = {
	{ .name = "json", .help = "Print JSON, for programs" },
	{ 'v', "verbose", NULL, "Say what is done and count it; twice: every transfer", NULL },
	{ 'q', "quiet", NULL, "No progress, no summary", NULL },
	{ 'h', "help", NULL, "Show this help", NULL },
	{ .name = NULL },
};

static const struct arg target_args[] = {
	{ 'p', "probe", "PROBE", "Serial number or part of it, tcp:HOST:PORT, virtual:BOARD",
		NULL },
	{ 't', "target", "DEVICE", "Device: a name from a pack, a built-in one, or cortex_m",
		NULL },
	{ .name = "pack",
		.value = "PATH",
		.help = "CMSIS-Pack: .pack file or unpacked folder; may be repeated" },
	{ 'f', "frequency", "HZ", "Clock of the wire, e.g. 100k, 4M; default 1M", NULL },
	{ 'M', "connect", "MODE", "What to do to the core when connecting",
		"halt|attach|pre-reset|under-reset" },
	{ 'O', "option", "NAME=VALUE", "Set a session option; see `dapper config`", NULL },
	{ 'j', "project", "DIR", "Project folder; found from the working folder upwards by default",
		NULL },
	{ .name = "config",
		.value = "FILE",
		.help = "Configuration file to read instead of the project's dapper.yaml" },
	{ .name = "no-config", .help = "Read no configuration file but that of --config" },
	{ .name = NULL },
};

static const struct arg no_args[] = { { .name = NULL } };

const struct arg *args_table(const struct command *command, size_t index)
{
	const struct arg *tables[] = {
		command->args ? command->args : no_args,
		command->options == COMMAND_TARGET ? target_args : no_args,
		plain_args,
	};

	return index < sizeof(tables) / sizeof(tables[0]) ? tables[index] : NULL;
}

static const struct arg *find_arg(
	const struct command *command, char letter, const char *name, size_t length)
{
	const struct arg *table;

	for (size_t t = 0; (table = args_table(command, t)); t++)
		for (; table->name; table++)
			if (name ? strlen(table->name) == length &&
						strncmp(table->name, name, length) == 0
				 : table->letter == letter)
				return table;
	return NULL;
}

static bool complain(const struct command *command, const char *problem, const char *word)
{
	fprintf(stderr, "dapper: %s '%s'\n  hint:  see `dapper %s --help`\n", problem, word,
		command->name);
	return false;
}

static void add_given(struct args *args, const struct arg *arg, const char *value)
{
	args->given[args->given_count++] = (struct given){ .arg = arg, .value = value };
}

/* "--name", "--name=value" or "--name value": @p next is the following word or NULL. */
static bool parse_long(struct args *args, const struct command *command, const char *word,
	const char *next, int *used)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const struct arg *arg = find_arg(command, 0, word + 2, length - 2);

	*used = 1;
	if (!arg)
		return complain(command, "unknown option", word);
	if (!arg->value) {
		if (equals)
			return complain(command, "this option takes no value:", word);
		add_given(args, arg, NULL);
		return true;
	}
	if (!equals && !next)
		return complain(command, "this option needs a value:", word);
	add_given(args, arg, equals ? equals + 1 : next);
	*used = equals ? 1 : 2;
	return true;
}

/* "-v", "-vv", "-f 4M" or "-f4M". */
static bool parse_short(struct args *args, const struct command *command, const char *word,
	const char *next, int *used)
{
	*used = 1;
	for (const char *letter = word + 1; *letter; letter++) {
		const struct arg *arg = find_arg(command, *letter, NULL, 0);

		if (!arg)
			return complain(command, "unknown option", word);
		if (!arg->value) {
			add_given(args, arg, NULL);
			continue;
		}
		if (!letter[1] && !next)
			return complain(command, "this option needs a value:", word);
		add_given(args, arg, letter[1] ? letter + 1 : next);
		*used = letter[1] ? 1 : 2;
		break;
	}
	return true;
}

static bool parse_words(struct args *args, const struct command *command, int argc, char **argv)
{
	bool options_over = false;

	for (int i = 0; i < argc;) {
		const char *word = argv[i];
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;
		int used = 1;

		if (!options_over && strcmp(word, "--") == 0)
			options_over = true;
		else if (options_over || word[0] != '-' || !word[1])
			args->operands[args->operand_count++] = word;
		else if (word[1] == '-') {
			if (!parse_long(args, command, word, next, &used))
				return false;
		} else if (!parse_short(args, command, word, next, &used)) {
			return false;
		}
		i += used;
	}
	return true;
}

static bool check_operands(const struct args *args, const struct command *command)
{
	if (args_count(args, "help"))
		return true;
	if (args->operand_count < command->min_operands) {
		fprintf(stderr, "dapper: %s needs %s\n  hint:  see `dapper %s --help`\n",
			command->name, command->operands, command->name);
		return false;
	}
	if (args->operand_count > command->max_operands)
		return complain(
			command, "one word too many:", args->operands[command->max_operands]);
	return true;
}

bool args_parse(struct args *args, const struct command *command, int argc, char **argv)
{
	size_t letters = 1;

	/* "-vvv" gives several from one word: room for every letter. */
	for (int i = 0; i < argc; i++)
		letters += strlen(argv[i]) + 1;
	*args = (struct args){
		.given = calloc(letters, sizeof(*args->given)),
		.operands = calloc((size_t)argc + 1, sizeof(*args->operands)),
	};
	if (!args->given || !args->operands) {
		fprintf(stderr, "dapper: out of memory\n");
		return false;
	}
	return parse_words(args, command, argc, argv) && check_operands(args, command);
}

void args_finish(struct args *args)
{
	free(args->given);
	free(args->operands);
	*args = (struct args){ .given = NULL };
}

const char *args_get(const struct args *args, const char *name, size_t index)
{
	for (size_t i = 0; i < args->given_count; i++)
		if (strcmp(args->given[i].arg->name, name) == 0 && index-- == 0)
			return args->given[i].value;
	return NULL;
}

size_t args_count(const struct args *args, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < args->given_count; i++)
		count += strcmp(args->given[i].arg->name, name) == 0;
	return count;
}

const char *args_last(const struct args *args, const char *name)
{
	size_t count = args_count(args, name);

	return count ? args_get(args, name, count - 1) : NULL;
}

bool parse_number(const char *text, uint64_t *number)
{
	uint64_t factor = 1;
	uint64_t value;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno)
		return false;
	if (*end == 'k' || *end == 'K')
		factor = 1024;
	else if (*end == 'M')
		factor = UINT64_C(1024) * 1024;
	if (end[factor != 1] || value > UINT64_MAX / factor)
		return false;
	*number = value * factor;
	return true;
}
