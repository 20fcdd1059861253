/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "connect.h"
#include "output.h"

enum { DEFAULT_PORT = 3333 }; /* as OpenOCD and pyOCD */

static const struct arg args[] = {
	{ .name = "port",
		.value = "PORT",
		.help = "Where GDB connects; 0: any free one; default 3333" },
	{ .name = "persist", .help = "Wait for the next client when one has gone" },
	{ .name = "allow-remote", .help = "Listen on all addresses, not on this machine's only" },
	{ .name = "host", .value = "ADDRESS", .help = "Address to listen on" },
	{ .name = NULL },
};

/*
 * In the words by which IDEs recognise pyOCD's server, on the same stream; the VS Code extension
 * cortex-debug waits for "GDB server (started|listening) (at|on) port".
 */
static void say_ready(void *payload, const char *host, uint16_t port)
{
	const struct cli *cli = payload;

	if (cli->json)
		output_json(cli, json_pack("{s:s, s:s, s:i}", "event", "ready", "host", host,
					 "port", (int)port));
	fprintf(stderr, "GDB server listening on port %u (%s)\n", port, host);
	fflush(stderr);
	fflush(stdout);
}

static enum exit_code serve(struct cli *cli, const dapper_gdb_options *options)
{
	dapper_session *session;
	enum exit_code code;
	dapper_status status;

	if (!connect_session(cli, NULL, &session, &code))
		return code;
	status = dapper_gdb_serve(cli->context, session, options);
	code = EXIT_OK;
	/* Ctrl-C is how serving ends; the target is then still to be released. */
	if (status == DAPPER_ERR_CANCELLED)
		dapper_context_resume(cli->context);
	else if (status != DAPPER_OK)
		code = output_error(cli);
	return disconnect(cli, session, code);
}

static enum exit_code run(struct cli *cli)
{
	dapper_gdb_options options = DAPPER_GDB_OPTIONS_INIT;
	const char *port = args_last(&cli->args, "port");
	uint64_t number = DEFAULT_PORT;

	if (port && (!parse_number(port, &number) || number > UINT16_MAX))
		return output_usage(cli, "'%s' is no port", port);
	options.port = (uint16_t)number;
	options.persist = args_count(&cli->args, "persist") > 0;
	options.host = args_last(&cli->args, "host");
	if (!options.host && args_count(&cli->args, "allow-remote"))
		options.host = "0.0.0.0";
	options.ready = say_ready;
	options.payload = cli;
	return serve(cli, &options);
}

const struct command command_gdb = {
	.name = "gdb",
	.summary = "GDB server: debug with arm-none-eabi-gdb, gdb-multiarch or an IDE",
	.operands = "",
	.args = args,
	.options = COMMAND_TARGET,
	.details = "Also as `dapper gdbserver`. In GDB: `target extended-remote :3333`, `load`, "
		   "`monitor help`.\nCores are threads; flash is programmed as by `dapper flash`. "
		   "Ends when GDB detaches, or with\n--persist by Ctrl-C.",
	.examples = "  dapper gdb -t stm32f407vg\n"
		    "  dapper gdb -t stm32f407vg -p virtual:stm32f407vg --persist --port 3334\n"
		    "  dapper gdb --connect attach            # GDB halts it, nothing before",
	.run = run,
};
