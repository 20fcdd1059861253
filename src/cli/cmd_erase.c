/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "connect.h"
#include "memory_args.h"
#include "output.h"

static const struct arg args[] = {
	{ 'c', "chip", NULL, "Everything: all flash of the device", NULL },
	{ 's', "sector", "ADDR+LEN", "The sectors that this range touches; may be repeated", NULL },
	{ .name = NULL },
};

static void add(dapper_flash_result *sum, const dapper_flash_result *part)
{
	sum->erased_bytes += part->erased_bytes;
	sum->erased_sectors += part->erased_sectors;
	sum->erase_ns += part->erase_ns;
}

static dapper_status erase_ranges(struct cli *cli, dapper_session *session,
	const dapper_flash_options *options, dapper_flash_result *result)
{
	dapper_status status = DAPPER_OK;
	uint64_t address, size;
	const char *text;

	for (size_t i = 0; status == DAPPER_OK && (text = args_get(&cli->args, "sector", i)); i++) {
		dapper_flash_result part = { 0 };

		parse_range(text, &address, &size);
		status = dapper_flash_erase_range(session, address, size, options, &part);
		add(result, &part);
	}
	return status;
}

static enum exit_code report(struct cli *cli, const dapper_flash_result *result)
{
	if (cli->json)
		return output_json(
			cli, json_pack("{s:s, s:I, s:I, s:I}", "result", "ok", "erased_bytes",
				     (json_int_t)result->erased_bytes, "erased_sectors",
				     (json_int_t)result->erased_sectors, "erase_ns",
				     (json_int_t)result->erase_ns));
	if (!cli->quiet)
		printf("erased %zu sectors (%" PRIu64 " bytes) in %.3f s\n", result->erased_sectors,
			result->erased_bytes, (double)result->erase_ns / 1e9);
	return EXIT_OK;
}

static enum exit_code erase(struct cli *cli, dapper_session *session)
{
	dapper_flash_options options = DAPPER_FLASH_OPTIONS_INIT;
	dapper_flash_result result = { 0 };
	struct progress progress;
	dapper_status status;

	progress_init(&progress, cli);
	status = progress_attach(&progress, session);
	if (status == DAPPER_OK)
		status = prepare_for_flash(session);
	if (status == DAPPER_OK && args_count(&cli->args, "chip"))
		status = dapper_flash_erase_chip(session, &options, &result);
	else if (status == DAPPER_OK)
		status = erase_ranges(cli, session, &options, &result);
	progress_finish(&progress);
	return status == DAPPER_OK ? report(cli, &result) : output_error(cli);
}

static enum exit_code check_ranges(struct cli *cli)
{
	uint64_t address, size;
	const char *text;

	if (args_count(&cli->args, "chip") + (args_count(&cli->args, "sector") > 0) != 1)
		return output_usage(cli, "say what to erase: --chip, or --sector ADDR+LEN");
	for (size_t i = 0; (text = args_get(&cli->args, "sector", i)); i++)
		if (!parse_range(text, &address, &size))
			return output_usage(
				cli, "'%s' is no range: ADDR+LEN, e.g. 0x08004000+16k", text);
	return EXIT_OK;
}

static enum exit_code run(struct cli *cli)
{
	enum exit_code code = check_ranges(cli);
	dapper_session *session;

	if (code != EXIT_OK || !connect_session(cli, "halt", &session, &code))
		return code;
	return disconnect(cli, session, erase(cli, session));
}

const struct command command_erase = {
	.name = "erase",
	.summary = "Erase flash: all of it, or sectors",
	.operands = "",
	.args = args,
	.options = COMMAND_TARGET,
	.examples = "  dapper erase --chip -t stm32f407vg\n"
		    "  dapper erase --sector 0x08004000+16k -t stm32f407vg",
	.run = run,
};
