/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "connect.h"
#include "output.h"

static json_t *json_option(const dapper_session *session, const dapper_option_info *info)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", info->name, "type", info->type,
		"value", dapper_session_get_option(session, info->name), "source",
		dapper_session_get_option_source(session, info->name), "default",
		info->default_value, "help", info->help);
}

static enum exit_code show(struct cli *cli, const dapper_session *session)
{
	json_t *options = json_array();
	const dapper_option_info *info;

	for (size_t i = 0; (info = dapper_option_get_info(i)); i++) {
		if (!cli->json)
			printf("%-28s %-12s (%s)  %s\n", info->name,
				dapper_session_get_option(session, info->name),
				dapper_session_get_option_source(session, info->name), info->help);
		json_array_append_new(options, json_option(session, info));
	}
	if (cli->json)
		return output_json(cli, json_pack("{s:o}", "options", options));
	json_decref(options);
	return EXIT_OK;
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
	.options = COMMAND_TARGET,
	.details = "Options are set by -O NAME=VALUE or by environment variables: DAPPER_ and the "
		   "name in capitals,\nwith _ for a dot (DAPPER_RESET_HOLD_TIME).",
	.examples = "  dapper config\n"
		    "  dapper config -O frequency=4M --json",
	.run = run,
};
