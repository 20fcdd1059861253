/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "output.h"

static void print_device(const dapper_pack_device *device)
{
	printf("%-24s %-20s", device->name, device->processors[0].core);
	for (size_t i = 0; i < device->memory_count; i++)
		printf(" %s 0x%08" PRIx64 "+0x%" PRIx64, device->memories[i].name,
			device->memories[i].start, device->memories[i].size);
	for (size_t i = 0; i < device->algorithm_count; i++)
		printf("%s%s%s", i ? ", " : "  [", device->algorithms[i].path,
			i + 1 == device->algorithm_count ? "]" : "");
	putchar('\n');
}

static json_t *json_processors(const dapper_pack_device *device)
{
	json_t *list = json_array();

	for (size_t i = 0; i < device->processor_count; i++) {
		const dapper_pack_processor *p = &device->processors[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:i, s:s}", "name", p->name, "core", p->core,
				      "ap", (int)p->ap, "svd", p->svd));
	}
	return list;
}

static json_t *json_memories(const dapper_pack_device *device)
{
	json_t *list = json_array();

	for (size_t i = 0; i < device->memory_count; i++) {
		const dapper_pack_memory *m = &device->memories[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:I, s:I, s:b, s:b}", "name", m->name,
				      "processor", m->processor, "start", (json_int_t)m->start,
				      "size", (json_int_t)m->size, "startup", (int)m->is_startup,
				      "default", (int)m->is_default));
	}
	return list;
}

static json_t *json_algorithms(const dapper_pack_device *device)
{
	json_t *list = json_array();

	for (size_t i = 0; i < device->algorithm_count; i++) {
		const dapper_pack_algorithm *a = &device->algorithms[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:b}", "path", a->path,
				      "processor", a->processor, "start", (json_int_t)a->start,
				      "size", (json_int_t)a->size, "ram_start",
				      (json_int_t)a->ram_start, "ram_size", (json_int_t)a->ram_size,
				      "default", (int)a->is_default));
	}
	return list;
}

static json_t *json_device(const dapper_pack_device *device)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "name", device->name, "vendor",
		device->vendor, "family", device->family, "sub_family", device->sub_family,
		"processors", json_processors(device), "memories", json_memories(device),
		"algorithms", json_algorithms(device));
}

static enum exit_code show_pack(struct cli *cli, const dapper_pack *pack)
{
	json_t *devices = json_array();
	const dapper_pack_device *device;

	if (!cli->json)
		printf("%s.%s %s, %zu devices\n", dapper_pack_get_vendor(pack),
			dapper_pack_get_name(pack), dapper_pack_get_version(pack),
			dapper_pack_device_count(pack));
	for (size_t i = 0; (device = dapper_pack_get_device(pack, i)); i++) {
		if (!cli->json)
			print_device(device);
		else
			json_array_append_new(devices, json_device(device));
	}
	if (cli->json)
		return output_json(cli,
			json_pack("{s:s, s:s, s:s, s:o}", "vendor", dapper_pack_get_vendor(pack),
				"name", dapper_pack_get_name(pack), "version",
				dapper_pack_get_version(pack), "devices", devices));
	json_decref(devices);
	return EXIT_OK;
}

static enum exit_code check_and_show(struct cli *cli, dapper_pack *pack)
{
	size_t missing_count;

	if (dapper_pack_check(cli->context, pack, &missing_count) != DAPPER_OK)
		return output_error(cli);
	return show_pack(cli, pack);
}

static enum exit_code run(struct cli *cli)
{
	dapper_pack *pack;
	enum exit_code code;

	if (strcmp(cli->args.operands[0], "show") != 0)
		return output_usage(
			cli, "no such thing to do with packs: '%s'", cli->args.operands[0]);
	if (dapper_pack_open(cli->context, cli->args.operands[1], &pack) != DAPPER_OK)
		return output_error(cli);
	code = check_and_show(cli, pack);
	dapper_pack_close(pack);
	return code;
}

const struct command command_pack = {
	.name = "pack",
	.summary = "Look into CMSIS-Packs",
	.operands = "show PACK",
	.min_operands = 2,
	.max_operands = 2,
	.details =
		"show lists every device of a pack with its memories and flash algorithms. PACK is "
		"a .pack file,\nan unpacked folder, or the .pdsc in one.",
	.examples = "  dapper pack show Keil.STM32F4xx_DFP.2.17.0.pack\n"
		    "  dapper pack show ./Keil.STM32F4xx_DFP --json",
	.run = run,
};
