/* SPDX-License-Identifier: Apache-2.0 */
#include "connect.h"
#include "fault_output.h"

static enum exit_code show(struct cli *cli, dapper_target *target)
{
	dapper_fault fault;

	if (dapper_target_describe_fault(target, &fault) != DAPPER_OK)
		return output_error(cli);
	if (cli->json)
		return output_json(cli, json_fault(&fault));
	print_fault(stdout, &fault);
	return EXIT_OK;
}

static enum exit_code run(struct cli *cli)
{
	dapper_session *session;
	enum exit_code code;

	if (!connect_session(cli, "halt", &session, &code))
		return code;
	code = show(cli, dapper_session_get_target(session));
	return disconnect(cli, session, code);
}

const struct command command_faults = {
	.name = "faults",
	.summary = "Explain the fault that a core has met",
	.operands = "",
	.options = COMMAND_TARGET,
	.details =
		"Halts the core for it. Shows the fault status registers in plain words, and the "
		"registers\nthat the core stacked when it took the exception: where the program "
		"was.",
	.examples = "  dapper faults\n"
		    "  dapper faults --json",
	.run = run,
};
