/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

static const struct arg args[] = {
	{ .name = "tcp",
		.value = "PORT",
		.help = "Port for CMSIS-DAP over TCP; 0: any free one; default 4441" },
	{ .name = "bitbang",
		.value = "PORT",
		.help = "Port for OpenOCD's remote_bitbang; 0: any free one; alone unless --tcp is "
			"given too" },
	{ .name = "usb",
		.value = "KIND",
		.help = "Plug it into this machine's USB (Linux with vhci_hcd, as root): HID, bulk "
			"endpoints, both; without TCP unless --tcp is given too",
		.choices = "v1|v2|both" },
	{ .name = "host",
		.value = "ADDRESS",
		.help = "Address to listen on; default 127.0.0.1: this machine only" },
	{ .name = "flash",
		.value = "FILE",
		.help = "Keep the flash's contents in this file, as ,flash=FILE behind the board" },
	{ .name = "scenario",
		.value = "FILE",
		.help = "YAML file with settings and faults, as ,scenario=FILE behind the board" },
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

static void say_bitbang_ready(void *payload, const char *host, uint16_t port)
{
	const struct cli *cli = payload;

	if (cli->json)
		output_json(cli, json_pack("{s:s, s:s, s:i}", "event", "ready", "host", host,
					 "bitbang_port", (int)port));
	else
		printf("serving pins on %s:%u; in OpenOCD: adapter driver remote_bitbang; "
		       "remote_bitbang host %s; remote_bitbang port %u\n",
			host, port, host, port);
	fflush(stdout);
}

static void say_usb_ready(void *payload, const char *serial)
{
	const struct cli *cli = payload;

	if (cli->json)
		output_json(cli, json_pack("{s:s, s:s}", "event", "ready", "usb_serial", serial));
	else
		printf("plugged into USB; connect with --probe %s\n", serial);
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

struct listing {
	const struct cli *cli;
	json_t *boards;
};

static void list_file(void *payload, const dapper_vboard_file *file)
{
	struct listing *listing = payload;

	if (file->problem) {
		fprintf(stderr, "dapper: %s: %s\n",
			file->where && file->where[0] ? file->where : file->path, file->problem);
		return;
	}
	if (!listing->cli->json)
		printf("%-24s %s (%s)\n", file->name, file->description, file->path);
	json_array_append_new(
		listing->boards, json_pack("{s:s, s:s, s:s}", "name", file->name, "description",
					 file->description, "path", file->path));
}

static enum exit_code list_boards(struct cli *cli)
{
	const dapper_vboard_info *info;
	json_t *boards = json_array();
	struct listing listing = { cli, boards };

	for (size_t i = 0; (info = dapper_vboard_get_info(i)); i++) {
		if (!cli->json)
			printf("%-24s %s\n", info->name, info->description);
		json_array_append_new(boards, json_pack("{s:s, s:s}", "name", info->name,
						      "description", info->description));
	}
	if (dapper_vboard_list_files(cli->context, list_file, &listing) != DAPPER_OK) {
		json_decref(boards);
		return output_error(cli);
	}
	if (cli->json)
		return output_json(cli, json_pack("{s:o}", "boards", boards));
	json_decref(boards);
	return EXIT_OK;
}

static void say_good(void *payload, const dapper_vboard_file *file)
{
	const struct cli *cli = payload;

	if (file->problem)
		return;
	if (cli->json)
		output_json(cli, json_pack("{s:s, s:s, s:s}", "name", file->name, "description",
					 file->description, "path", file->path));
	else
		printf("%s: board %s, %s\n", file->path, file->name, file->description);
}

static enum exit_code check(struct cli *cli)
{
	if (dapper_vboard_check(cli->context, cli->args.operands[1], say_good, cli) != DAPPER_OK)
		return output_error(cli);
	return EXIT_OK;
}

/* @return false: not a port, which was said. */
static bool read_port(struct cli *cli, const char *name, uint16_t *port)
{
	const char *text = args_last(&cli->args, name);
	uint64_t number = *port;

	if (text && (!parse_number(text, &number) || number > UINT16_MAX)) {
		output_usage(cli, "'%s' is no port", text);
		return false;
	}
	*port = (uint16_t)number;
	return true;
}

/* @return false: no such kind, which was said. */
static bool read_usb(struct cli *cli, dapper_vboard_usb *usb)
{
	static const struct {
		const char *name;
		dapper_vboard_usb usb;
	} kinds[] = {
		{ "v1", DAPPER_VBOARD_USB_V1 },
		{ "v2", DAPPER_VBOARD_USB_V2 },
		{ "both", DAPPER_VBOARD_USB_BOTH },
	};
	const char *text = args_last(&cli->args, "usb");

	if (!text)
		return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(text, kinds[i].name) == 0) {
			*usb = kinds[i].usb;
			return true;
		}
	output_usage(cli, "--usb takes v1, v2 or both, not '%s'", text);
	return false;
}

/* BOARD[,KEY=VALUE]... with what the flags add; free() it. */
static char *make_spec(const struct cli *cli)
{
	static const char *const flags[] = { "flash", "scenario" };
	char *spec = strdup(cli->args.operands[1]);

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags) && spec; i++) {
		const char *value = args_last(&cli->args, flags[i]);
		char *longer;
		size_t size;

		if (!value)
			continue;
		size = strlen(spec) + strlen(flags[i]) + strlen(value) + 3;
		longer = malloc(size);
		if (longer)
			snprintf(longer, size, "%s,%s=%s", spec, flags[i], value);
		free(spec);
		spec = longer;
	}
	return spec;
}

static enum exit_code serve_spec(struct cli *cli, const char *spec)
{
	dapper_vboard_serve_options options = DAPPER_VBOARD_SERVE_OPTIONS_INIT;
	dapper_status status;

	options.tcp_port = DEFAULT_TCP_PORT;
	if (!read_port(cli, "tcp", &options.tcp_port) ||
		!read_port(cli, "bitbang", &options.bitbang_port) || !read_usb(cli, &options.usb))
		return EXIT_USAGE;
	options.board = spec;
	options.host = args_last(&cli->args, "host");
	options.bitbang = args_last(&cli->args, "bitbang");
	options.no_tcp = !args_last(&cli->args, "tcp");
	options.ready = say_ready;
	options.bitbang_ready = say_bitbang_ready;
	options.usb_ready = say_usb_ready;
	options.output = print_output;
	options.payload = cli;
	status = dapper_vboard_serve(cli->context, &options);
	/* Ctrl-C is how serving ends. */
	if (status != DAPPER_OK && status != DAPPER_ERR_CANCELLED)
		return output_error(cli);
	return EXIT_OK;
}

static enum exit_code serve(struct cli *cli)
{
	char *spec = make_spec(cli);
	enum exit_code code;

	if (!spec)
		return EXIT_FAILED;
	code = serve_spec(cli, spec);
	free(spec);
	return code;
}

static enum exit_code run(struct cli *cli)
{
	const char *what = cli->args.operands[0];

	if (strcmp(what, "list") == 0 && cli->args.operand_count == 1)
		return list_boards(cli);
	if (strcmp(what, "serve") == 0 && cli->args.operand_count == 2)
		return serve(cli);
	if (strcmp(what, "check") == 0 && cli->args.operand_count == 2)
		return check(cli);
	return output_usage(cli, "vboard takes `list`, `check FILE`, or `serve BOARD`");
}

const struct command command_vboard = {
	.name = "vboard",
	.summary = "Virtual boards: list, check or serve them",
	.operands = "list | check FILE | serve BOARD[,KEY=VALUE]...",
	.min_operands = 1,
	.max_operands = 2,
	.args = args,
	.details =
		"A served board is a CMSIS-DAP probe over TCP with a target behind it, for "
		"--probe tcp:HOST:PORT\nand for OpenOCD's cmsis_dap_tcp; or its bare pins, JTAG "
		"and SWD, for OpenOCD's remote_bitbang;\nor a device on this machine's USB. What "
		"its firmware writes to the serial "
		"port appears here. In this process a board is used by\n--probe virtual:BOARD. The "
		"keys are in docs/virtual-boards.md; how to describe a board of your own "
		"in a file, too:\nboards are found by name in ./boards and in "
		"~/.local/share/dapper/boards, or given as a path.",
	.examples = "  dapper vboard list\n"
		    "  dapper vboard check my-board.yaml\n"
		    "  dapper vboard serve stm32f407vg --tcp 4441\n"
		    "  dapper vboard serve ./my-board.yaml\n"
		    "  dapper vboard serve stm32f407vg,flash=board.bin\n"
		    "  dapper vboard serve stm32f407vg --bitbang 9824\n"
		    "  dapper vboard serve stm32f407vg --scenario flaky-wire.yaml\n"
		    "  dapper vboard serve stm32f407vg --usb v2",
	.run = run,
};
