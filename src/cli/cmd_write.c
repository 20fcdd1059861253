/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "connect.h"
#include "memory_args.h"
#include "output.h"

enum { MAX_VALUES = 4096 };

static const struct arg args[] = {
	{ 'i', "input", "FILE", "Write the bytes of a file", NULL },
	{ .name = "width",
		.value = "BITS",
		.help = "Size of the values; default 32",
		.choices = "8|16|32" },
	{ .name = NULL },
};

struct request {
	uint64_t address;
	unsigned width; /* bytes; 0 for a file: any accesses */
	size_t size;
	uint8_t *bytes;
};

static enum exit_code collect_file(struct cli *cli, const char *path, struct request *request)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	const dapper_segment *segment;
	dapper_image *image;

	options.format = DAPPER_IMAGE_BIN;
	options.has_base_address = true;
	options.base_address = request->address;
	if (dapper_image_load(cli->context, path, &options, &image) != DAPPER_OK)
		return output_error(cli);
	segment = dapper_image_get_segment(image, 0);
	request->size = segment ? segment->size : 0;
	request->bytes = malloc(request->size + 1);
	for (size_t i = 0; request->bytes && i < request->size; i++)
		request->bytes[i] = segment->data[i];
	dapper_image_free(image);
	return request->bytes ? EXIT_OK : EXIT_FAILED;
}

static enum exit_code collect_values(struct cli *cli, struct request *request)
{
	size_t count = cli->args.operand_count - 1;

	if (count == 0)
		return output_usage(cli, "give values to write, or --input FILE");
	if (request->address % request->width)
		return output_usage(cli, "the address must be a multiple of %u", request->width);
	request->size = count * request->width;
	request->bytes = malloc(request->size);
	if (!request->bytes)
		return EXIT_FAILED;
	for (size_t i = 0; i < count; i++) {
		const char *text = cli->args.operands[i + 1];
		uint64_t value;

		if (!parse_number(text, &value) || value >> (8 * request->width) != 0)
			return output_usage(
				cli, "'%s' is no %u-bit value", text, 8 * request->width);
		for (unsigned b = 0; b < request->width; b++)
			request->bytes[i * request->width + b] = (uint8_t)(value >> (8 * b));
	}
	return EXIT_OK;
}

static enum exit_code collect(struct cli *cli, struct request *request)
{
	const char *path = args_last(&cli->args, "input");
	const char *width = args_last(&cli->args, "width");

	if (!parse_number(cli->args.operands[0], &request->address))
		return output_usage(cli, "'%s' is no address", cli->args.operands[0]);
	if (!parse_width(width ? width : "32", &request->width) || request->width == 0)
		return output_usage(cli, "--width takes 8, 16 or 32");
	if (!path)
		return collect_values(cli, request);
	if (cli->args.operand_count > 1)
		return output_usage(cli, "give values or --input, not both");
	request->width = 0;
	return collect_file(cli, path, request);
}

/* Flash is not written like RAM: the bus write would be lost or fault. */
static enum exit_code check_region(const dapper_target *target, const struct request *request)
{
	const dapper_region *region =
		dapper_memory_map_find(dapper_target_get_memory_map(target), request->address);

	if (!region || region->type != DAPPER_REGION_FLASH)
		return EXIT_OK;
	fprintf(stderr,
		"dapper: address 0x%08" PRIx64 " lies in flash (%s)\n"
		"  hint:  use `dapper flash FILE --base-address ADDRESS` to program it\n",
		request->address, region->name);
	return EXIT_USAGE;
}

static enum exit_code write_all(
	struct cli *cli, dapper_target *target, const struct request *request)
{
	dapper_status status;

	if (request->width)
		status = dapper_target_write_units(target, request->address, request->width,
			request->bytes, request->size / request->width);
	else
		status = dapper_target_write_memory(
			target, request->address, request->bytes, request->size);
	if (status != DAPPER_OK)
		return output_error(cli);
	if (cli->json)
		return output_json(cli,
			json_pack("{s:s, s:I, s:I}", "result", "ok", "address",
				(json_int_t)request->address, "size", (json_int_t)request->size));
	return EXIT_OK;
}

static enum exit_code run(struct cli *cli)
{
	struct request request = { .bytes = NULL };
	dapper_session *session;
	enum exit_code code = collect(cli, &request);

	if (code == EXIT_OK && connect_session(cli, "attach", &session, &code)) {
		dapper_target *target = dapper_session_get_target(session);

		code = check_region(target, &request);
		if (code == EXIT_OK)
			code = write_all(cli, target, &request);
		code = disconnect(cli, session, code);
	}
	free(request.bytes);
	return code;
}

const struct command command_write = {
	.name = "write",
	.summary = "Write memory: values, or the bytes of a file",
	.operands = "ADDRESS [VALUE]...",
	.min_operands = 1,
	.max_operands = MAX_VALUES,
	.args = args,
	.options = COMMAND_TARGET,
	.details = "The core is not halted. Flash is programmed by `dapper flash`.",
	.examples = "  dapper write 0x20000000 0x12345678 0xcafe\n"
		    "  dapper write 0x40020c18 0x1000           # GPIOD.BSRR: a register\n"
		    "  dapper write 0x20000000 -i table.bin",
	.run = run,
};
