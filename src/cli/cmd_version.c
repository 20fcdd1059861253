/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "output.h"

static enum exit_code run(struct cli *cli)
{
	if (cli->json)
		return output_json(cli, json_pack("{s:s}", "version", dapper_version()));
	printf("dapper %s\n", dapper_version());
	return EXIT_OK;
}

const struct command command_version = {
	.name = "version",
	.summary = "Show the version",
	.operands = "",
	.examples = "  dapper version",
	.run = run,
};
