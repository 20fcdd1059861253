/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "connect.h"
#include "output.h"

/* --- as text: one line a node, drawn as a tree -------------------------------------------------
 */

enum { PREFIX_SIZE = 128 };

static void print_fact(
	void *payload, const char *key, const char *text, bool is_number, uint64_t number)
{
	bool *first = payload;

	(void)is_number;
	(void)number;
	printf("%s%s %s", *first ? ": " : ", ", key, text);
	*first = false;
}

static void print_tree(const dapper_node *node, const char *prefix, const char *branch)
{
	const char *below = branch[0] == '\0' ? "" : dapper_node_next(node) ? "|  " : "   ";
	bool first = true;
	dapper_node_visitor visitor = { .fact = print_fact, .payload = &first };
	char next[PREFIX_SIZE];

	printf("%s%s%s %s", prefix, branch, dapper_node_get_kind(node), dapper_node_get_name(node));
	dapper_node_describe(node, &visitor);
	putchar('\n');
	snprintf(next, sizeof(next), "%s%s", prefix, below);
	for (const dapper_node *child = dapper_node_first_child(node); child;
		child = dapper_node_next(child))
		print_tree(child, next, "+- ");
}

static void access_text(unsigned access, char text[5])
{
	snprintf(text, 5, "%c%c%c%c", access & DAPPER_ACCESS_READ ? 'r' : '-',
		access & DAPPER_ACCESS_WRITE ? 'w' : '-',
		access & DAPPER_ACCESS_EXECUTE ? 'x' : '-',
		access & DAPPER_ACCESS_SECURE ? 's' : '-');
}

static void print_sectors(const dapper_region *region)
{
	for (size_t i = 0; i < region->sector_run_count; i++) {
		const dapper_sector_run *run = &region->sectors[i];
		uint64_t end = i + 1 < region->sector_run_count ? run[1].address
		                                                : region->address + region->size;

		printf("%s%" PRIu64 " x %" PRIu64 " bytes", i ? ", " : "; sectors ",
			(end - run->address + run->sector_size - 1) / run->sector_size,
			run->sector_size);
	}
}

static void print_map(const dapper_memory_map *map)
{
	const dapper_region *region;
	char access[5];

	printf("\nmemory map\n");
	for (size_t i = 0; (region = dapper_memory_map_get(map, i)); i++) {
		access_text(region->access, access);
		printf("  0x%08" PRIx64 "-0x%08" PRIx64 "  %-6s %s  %s", region->address,
			region->address + region->size - 1, dapper_region_type_text(region->type),
			access, region->name);
		print_sectors(region);
		putchar('\n');
	}
}

/* --- as JSON -------------------------------------------------------------------------------------
 */

static void json_fact(
	void *payload, const char *key, const char *text, bool is_number, uint64_t number)
{
	json_object_set_new(
		payload, key, is_number ? json_integer((json_int_t)number) : json_string(text));
}

static json_t *json_tree(const dapper_node *node)
{
	json_t *facts = json_object();
	json_t *children = json_array();
	dapper_node_visitor visitor = { .fact = json_fact, .payload = facts };

	dapper_node_describe(node, &visitor);
	for (const dapper_node *child = dapper_node_first_child(node); child;
		child = dapper_node_next(child))
		json_array_append_new(children, json_tree(child));
	return json_pack("{s:s, s:s, s:o, s:o}", "kind", dapper_node_get_kind(node), "name",
		dapper_node_get_name(node), "facts", facts, "children", children);
}

static json_t *json_region(const dapper_region *region)
{
	json_t *sectors = json_array();
	char access[5];

	access_text(region->access, access);
	for (size_t i = 0; i < region->sector_run_count; i++)
		json_array_append_new(sectors,
			json_pack("{s:I, s:I}", "address", (json_int_t)region->sectors[i].address,
				"sector_size", (json_int_t)region->sectors[i].sector_size));
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:o}", "name", region->name, "type",
		dapper_region_type_text(region->type), "access", access, "address",
		(json_int_t)region->address, "size", (json_int_t)region->size, "sectors", sectors);
}

static enum exit_code print_json(struct cli *cli, dapper_session *session)
{
	const dapper_memory_map *map =
		dapper_target_get_memory_map(dapper_session_get_target(session));
	json_t *regions = json_array();
	const dapper_region *region;

	for (size_t i = 0; (region = dapper_memory_map_get(map, i)); i++)
		json_array_append_new(regions, json_region(region));
	return output_json(
		cli, json_pack("{s:o, s:o, s:o}", "tree",
			     json_tree(dapper_session_get_node(session)), "memory_map", regions,
			     "counters", json_counters(dapper_session_get_probe(session))));
}

static enum exit_code run(struct cli *cli)
{
	dapper_session *session;
	enum exit_code code;

	if (!connect_session(cli, "attach", &session, &code))
		return code;
	if (cli->json) {
		code = print_json(cli, session);
	} else {
		print_tree(dapper_session_get_node(session), "", "");
		print_map(dapper_target_get_memory_map(dapper_session_get_target(session)));
		code = EXIT_OK;
	}
	return disconnect(cli, session, code);
}

const struct command command_info = {
	.name = "info",
	.summary = "Show the probe, and what can be discovered of the target",
	.operands = "",
	.options = COMMAND_TARGET,
	.details =
		"The object graph as a tree: probe, debug port, access ports, ROM tables, cores; "
		"and the\nmemory map. Works without a pack: then the map is the architecture's. "
		"The core is not halted.",
	.examples = "  dapper info\n"
		    "  dapper info --probe virtual:stm32f407vg\n"
		    "  dapper info -t STM32F407VG --pack Keil.STM32F4xx_DFP.2.17.0.pack --json",
	.run = run,
};
