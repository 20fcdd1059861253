/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "output.h"

static const struct arg args[] = {
	{ .name = "tcp",
		.value = "PORT",
		.help = "Port for CMSIS-DAP over TCP; 0: any free one; default 4441" },
	{ .name = "host",
		.value = "ADDRESS",
		.help = "Address to listen on; default 127.0.0.1: this machine only" },
	{ .name = NULL },
};

enum { DEFAULT_TCP_PORT = 4441 }; /* as OpenOCD's cmsis_dap_tcp */

static void say_ready(void *payload, const char *host, uint16_t tcp_port)
{
	const struct cli *cli = payload;

	if (cli->json)
		output_json(cli, json_pack("{s:s, s:s, s:i}", "event", "ready", "host", host,
					 "tcp_port", (int)tcp_port));
	else
		printf("serving on %s:%u; connect with --probe tcp:%s:%u\n", host, tcp_port, host,
			tcp_port);
	fflush(stdout);
}

static void print_output(void *payload, const void *data, size_t size)
{
	const struct cli *cli = payload;

	if (cli->json)
		output_json(cli, json_pack("{s:s, s:s%}", "event", "output", "text",
					 (const char *)data, size));
	else
		fwrite(data, 1, size, stdout);
	fflush(stdout);
}

static enum exit_code list_boards(struct cli *cli)
{
	const dapper_vboard_info *info;
	json_t *boards = json_array();

	for (size_t i = 0; (info = dapper_vboard_get_info(i)); i++) {
		if (!cli->json)
			printf("%-24s %s\n", info->name, info->description);
		json_array_append_new(boards, json_pack("{s:s, s:s}", "name", info->name,
						      "description", info->description));
	}
	if (cli->json)
		return output_json(cli, json_pack("{s:o}", "boards", boards));
	json_decref(boards);
	return EXIT_OK;
}

static enum exit_code serve(struct cli *cli)
{
	dapper_vboard_serve_options options = DAPPER_VBOARD_SERVE_OPTIONS_INIT;
	const char *port = args_last(&cli->args, "tcp");
	uint64_t number = DEFAULT_TCP_PORT;
	dapper_status status;

	if (port && (!parse_number(port, &number) || number > UINT16_MAX))
		return output_usage(cli, "'%s' is no port", port);
	options.board = cli->args.operands[1];
	options.host = args_last(&cli->args, "host");
	options.tcp_port = (uint16_t)number;
	options.ready = say_ready;
	options.output = print_output;
	options.payload = cli;
	status = dapper_vboard_serve(cli->context, &options);
	/* Ctrl-C is how serving ends. */
	if (status != DAPPER_OK && status != DAPPER_ERR_CANCELLED)
		return output_error(cli);
	return EXIT_OK;
}

static enum exit_code run(struct cli *cli)
{
	const char *what = cli->args.operands[0];

	if (strcmp(what, "list") == 0 && cli->args.operand_count == 1)
		return list_boards(cli);
	if (strcmp(what, "serve") == 0 && cli->args.operand_count == 2)
		return serve(cli);
	return output_usage(cli, "vboard takes `list`, or `serve BOARD`");
}

const struct command command_vboard = {
	.name = "vboard",
	.summary = "Virtual boards: list them, or serve one to other tools",
	.operands = "list | serve BOARD[,KEY=VALUE]...",
	.min_operands = 1,
	.max_operands = 2,
	.args = args,
	.details =
		"A served board is a CMSIS-DAP probe over TCP with a target behind it, for "
		"--probe tcp:HOST:PORT\nand for OpenOCD's cmsis_dap_tcp. What its firmware writes "
		"to the serial port appears here.\nIn this process a board is used by --probe "
		"virtual:BOARD. The keys are in docs/virtual-boards.md.",
	.examples = "  dapper vboard list\n"
		    "  dapper vboard serve stm32f407vg --tcp 4441\n"
		    "  dapper vboard serve stm32f407vg,flash=board.bin",
	.run = run,
};
