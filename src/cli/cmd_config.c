/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "connect.h"
#include "output.h"

enum { NAME_COLUMN = 42, VALUE_COLUMN = 20 };

static const struct arg args[] = {
	{ 'c', "changed", NULL, "Only options that have another value than the default", NULL },
	{ .name = NULL },
};

/* --- as JSON ------------------------------------------------------------------------------------
 */

static json_t *json_option(const dapper_session *session, const dapper_option_info *info)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "name", info->name,
		"type", info->type, "value", dapper_session_get_option(session, info->name),
		"source", dapper_session_get_option_source(session, info->name), "origin",
		dapper_session_get_option_origin(session, info->name), "default",
		info->default_value, "help", info->help, "values", info->values, "used",
		(int)info->is_used);
}

/* --- as text ------------------------------------------------------------------------------------
 */

/* A list has one entry a line; here they stand beside each other. */
static void print_value(const char *value)
{
	int width = 0;

	for (; *value; value++, width++)
		putchar(*value == '\n' ? ' ' : *value);
	printf("%*s", width < VALUE_COLUMN ? VALUE_COLUMN - width : 0, "");
}

static void print_option(const dapper_session *session, const dapper_option_info *info)
{
	const char *source = dapper_session_get_option_source(session, info->name);
	const char *origin = dapper_session_get_option_origin(session, info->name);

	printf("%-*s ", NAME_COLUMN, info->name);
	print_value(dapper_session_get_option(session, info->name));
	printf(" (%s%s%s)  %s\n", source, origin[0] ? ", " : "", origin, info->help);
}

static bool is_shown(
	const struct cli *cli, const dapper_session *session, const dapper_option_info *info)
{
	return !args_count(&cli->args, "changed") ||
	       strcmp(dapper_session_get_option_source(session, info->name), "default") != 0;
}

static void print_group(const struct cli *cli, const dapper_session *session, bool used)
{
	const dapper_option_info *info;

	for (size_t i = 0; (info = dapper_option_get_info(i)); i++)
		if (info->is_used == used && is_shown(cli, session, info))
			print_option(session, info);
}

static void print_all(const struct cli *cli, const dapper_session *session)
{
	print_group(cli, session, true);
	printf("\nUnderstood and kept, but not used yet:\n");
	print_group(cli, session, false);
	printf("\nProject folder: %s\n", dapper_session_get_project_folder(session));
}

static enum exit_code show(struct cli *cli, const dapper_session *session)
{
	const dapper_option_info *info;
	json_t *options;

	if (!cli->json) {
		print_all(cli, session);
		return EXIT_OK;
	}
	options = json_array();
	for (size_t i = 0; (info = dapper_option_get_info(i)); i++)
		if (is_shown(cli, session, info))
			json_array_append_new(options, json_option(session, info));
	return output_json(
		cli, json_pack("{s:s, s:o}", "project_folder",
			     dapper_session_get_project_folder(session), "options", options));
}

static enum exit_code run(struct cli *cli)
{
	dapper_session *session = NULL;
	dapper_status status = dapper_session_new(cli->context, &session);
	enum exit_code code;

	if (status == DAPPER_OK)
		status = set_session_options(cli, NULL, session);
	code = status == DAPPER_OK ? show(cli, session) : output_error(cli);
	dapper_session_free(session);
	return code;
}

const struct command command_config = {
	.name = "config",
	.summary = "Show every session option, its value and where that comes from",
	.operands = "",
	.args = args,
	.options = COMMAND_TARGET,
	.details =
		"The strongest that says something counts: the command line (-O NAME=VALUE and the "
		"flags), the\nenvironment (DAPPER_ and the name in capitals, with _ for a dot: "
		"DAPPER_RESET_HOLD_TIME), the\nproject's file (dapper.yaml, else pyocd.yaml, from "
		"the working folder upwards), the user's file\n($XDG_CONFIG_HOME/dapper/"
		"dapper.yaml), the command's own default, the built-in default. Of a file:\nits "
		"section for the probe, that for the board, the rest.",
	.examples = "  dapper config\n"
		    "  dapper config --changed --project ~/blinky\n"
		    "  dapper config -O frequency=4M --json",
	.run = run,
};
