/* SPDX-License-Identifier: Apache-2.0 */
#include "connect.h"
#include "output.h"

static const struct arg args[] = {
	{ 'l', "halt", NULL, "Halt before the first instruction, and leave it so", NULL },
	{ 'm', "method", "TYPE", "How to reset", "default|hardware|system" },
	{ .name = NULL },
};

/* --method, or else what the option reset_type says. */
static dapper_reset_type choose_type(struct cli *cli, const dapper_session *session)
{
	const char *method = args_last(&cli->args, "method");
	dapper_reset_type type = DAPPER_RESET_DEFAULT;

	if (!method)
		method = dapper_session_get_option(session, "reset_type");
	(void)!parse_reset_type(method, &type);
	return type;
}

static enum exit_code reset(struct cli *cli, dapper_session *session, bool halt)
{
	dapper_target *target = dapper_session_get_target(session);
	dapper_reset_type type = choose_type(cli, session);
	dapper_status status = halt ? dapper_target_reset_and_halt(target, type)
	                            : dapper_target_reset(target, type);

	if (status == DAPPER_OK && halt)
		status = dapper_session_set_option(session, "resume_on_disconnect", "false");
	if (status != DAPPER_OK)
		return output_error(cli);
	if (cli->json)
		return output_json(
			cli, json_pack("{s:s, s:b}", "result", "ok", "halted", (int)halt));
	return EXIT_OK;
}

static enum exit_code run(struct cli *cli)
{
	bool halt = args_count(&cli->args, "halt") > 0;
	dapper_session *session;
	dapper_reset_type type;
	enum exit_code code;

	if (!parse_reset_type(args_last(&cli->args, "method"), &type))
		return output_usage(cli, "--method takes default, hardware or system");
	if (!connect_session(cli, "attach", &session, &code))
		return code;
	code = reset(cli, session, halt);
	return disconnect(cli, session, code);
}

const struct command command_reset = {
	.name = "reset",
	.summary = "Reset the target",
	.operands = "",
	.args = args,
	.options = COMMAND_TARGET,
	.examples = "  dapper reset\n"
		    "  dapper reset --halt\n"
		    "  dapper reset --method hardware    # by the nRESET pin",
	.run = run,
};
