/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "output.h"

static const struct arg args[] = {
	{ .name = "drivers", .help = "List the probe drivers instead" },
	{ .name = "virtual", .help = "List the virtual boards instead" },
	{ .name = NULL },
};

static enum exit_code print_probes(struct cli *cli, const dapper_probe_list *list)
{
	const dapper_probe_info *info;
	json_t *probes = json_array();

	for (size_t i = 0; (info = dapper_probe_list_get(list, i)); i++) {
		if (!cli->json)
			printf("%-24s %-12s %s\n", info->unique_id, info->driver,
				info->description);
		json_array_append_new(
			probes, json_pack("{s:s, s:s, s:s, s:s, s:s}", "unique_id", info->unique_id,
					"driver", info->driver, "vendor", info->vendor, "product",
					info->product, "description", info->description));
	}
	if (cli->json)
		return output_json(cli, json_pack("{s:o}", "probes", probes));
	json_decref(probes);
	if (dapper_probe_list_count(list) == 0)
		printf("no debug probes found; `dapper list --virtual` lists boards that need "
		       "none\n");
	return EXIT_OK;
}

static enum exit_code list_probes(struct cli *cli)
{
	dapper_probe_list *list;
	enum exit_code code;

	if (dapper_probe_list_new(cli->context, &list) != DAPPER_OK)
		return output_error(cli);
	code = print_probes(cli, list);
	dapper_probe_list_free(list);
	return code;
}

/* A table of two columns; @p get returns false past the last row. */
static enum exit_code list_pairs(struct cli *cli, const char *title,
	bool (*get)(size_t index, const char **name, const char **description))
{
	json_t *rows = json_array();
	const char *name, *description;

	for (size_t i = 0; get(i, &name, &description); i++) {
		if (!cli->json)
			printf("%-24s %s\n", name, description);
		json_array_append_new(
			rows, json_pack("{s:s, s:s}", "name", name, "description", description));
	}
	if (cli->json)
		return output_json(cli, json_pack("{s:o}", title, rows));
	json_decref(rows);
	return EXIT_OK;
}

static bool get_driver(size_t index, const char **name, const char **description)
{
	*name = dapper_probe_driver_get_name(index);
	*description = dapper_probe_driver_get_description(index);
	return *name != NULL;
}

static bool get_board(size_t index, const char **name, const char **description)
{
	const dapper_vboard_info *info = dapper_vboard_get_info(index);

	if (!info)
		return false;
	*name = info->name;
	*description = info->description;
	return true;
}

static enum exit_code run(struct cli *cli)
{
	if (args_count(&cli->args, "drivers"))
		return list_pairs(cli, "drivers", get_driver);
	if (args_count(&cli->args, "virtual"))
		return list_pairs(cli, "boards", get_board);
	return list_probes(cli);
}

const struct command command_list = {
	.name = "list",
	.summary = "List the debug probes that are plugged in",
	.operands = "",
	.args = args,
	.examples = "  dapper list\n"
		    "  dapper list --json       # for scripts\n"
		    "  dapper list --virtual    # boards that need no hardware",
	.run = run,
};
