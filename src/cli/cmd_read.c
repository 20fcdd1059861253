/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "memory_args.h"
#include "output.h"

/* Reading more than a Cortex-M has is a slip of the finger. */
enum { MAX_SIZE = 256 * 1024 * 1024, DUMP_WIDTH = 16 };

static const struct arg args[] = {
	{ 'o', "output", "FILE", "Write the bytes to a file instead of a dump", NULL },
	{ .name = "width",
		.value = "BITS",
		.help = "Access size; auto takes the fastest, which is wrong for some registers",
		.choices = "auto|8|16|32" },
	{ .name = NULL },
};

struct request {
	uint64_t address;
	uint64_t size;
	unsigned width; /* bytes of an access; 0: any */
};

static void print_line(uint64_t address, const uint8_t *bytes, size_t count, unsigned unit)
{
	printf("%08" PRIx64 ": ", address);
	for (size_t i = 0; i < DUMP_WIDTH; i += unit) {
		putchar(' ');
		/* A unit is shown as a number: its most significant byte first. */
		for (size_t b = unit; b-- > 0;)
			if (i + b < count)
				printf("%02x", bytes[i + b]);
			else
				printf("  ");
	}
	printf("  ");
	for (size_t i = 0; i < count; i++)
		putchar(bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.');
	putchar('\n');
}

static enum exit_code print_json(
	struct cli *cli, const struct request *request, const uint8_t *bytes)
{
	char *hex = calloc((size_t)request->size * 2 + 1, 1);
	enum exit_code code;

	for (size_t i = 0; hex && i < request->size; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	code = output_json(
		cli, json_pack("{s:I, s:I, s:s}", "address", (json_int_t)request->address, "size",
			     (json_int_t)request->size, "data", hex ? hex : ""));
	free(hex);
	return code;
}

static enum exit_code write_file(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	bool done = file && fwrite(bytes, 1, size, file) == size;

	if (file && fclose(file) != 0)
		done = false;
	if (done)
		return EXIT_OK;
	fprintf(stderr, "dapper: cannot write '%s': %s\n", path, strerror(errno));
	return EXIT_INPUT;
}

static enum exit_code show(struct cli *cli, const struct request *request, const uint8_t *bytes)
{
	const char *path = args_last(&cli->args, "output");
	size_t size = (size_t)request->size;

	if (path)
		return write_file(path, bytes, size);
	if (cli->json)
		return print_json(cli, request, bytes);
	for (size_t i = 0; i < size; i += DUMP_WIDTH)
		print_line(request->address + i, bytes + i,
			size - i < DUMP_WIDTH ? size - i : DUMP_WIDTH,
			request->width ? request->width : 1);
	return EXIT_OK;
}

static enum exit_code read_and_show(
	struct cli *cli, dapper_target *target, const struct request *request)
{
	uint8_t *bytes = malloc((size_t)request->size);
	dapper_status status;
	enum exit_code code;

	if (!bytes) {
		fprintf(stderr, "dapper: out of memory\n");
		return EXIT_FAILED;
	}
	if (request->width)
		status = dapper_target_read_units(target, request->address, request->width, bytes,
			(size_t)request->size / request->width);
	else
		status = dapper_target_read_memory(
			target, request->address, bytes, (size_t)request->size);
	code = status == DAPPER_OK ? show(cli, request, bytes) : output_error(cli);
	free(bytes);
	return code;
}

static enum exit_code run(struct cli *cli)
{
	struct request request;
	dapper_session *session;
	enum exit_code code;

	if (!parse_number(cli->args.operands[0], &request.address))
		return output_usage(cli, "'%s' is no address", cli->args.operands[0]);
	if (!parse_number(cli->args.operands[1], &request.size) || request.size == 0 ||
		request.size > MAX_SIZE)
		return output_usage(cli, "'%s' is no length", cli->args.operands[1]);
	if (!parse_width(args_last(&cli->args, "width"), &request.width))
		return output_usage(cli, "--width takes auto, 8, 16 or 32");
	if (request.width && (request.address | request.size) % request.width)
		return output_usage(
			cli, "address and length must be multiples of %u", request.width);
	if (!connect_session(cli, "attach", &session, &code))
		return code;
	code = read_and_show(cli, dapper_session_get_target(session), &request);
	return disconnect(cli, session, code);
}

const struct command command_read = {
	.name = "read",
	.summary = "Read memory: a hex dump, or into a file",
	.operands = "ADDRESS LENGTH",
	.min_operands = 2,
	.max_operands = 2,
	.args = args,
	.options = COMMAND_TARGET,
	.details =
		"Numbers are decimal or 0x...; k and M multiply by 1024 and 1048576. The core is "
		"not halted.",
	.examples = "  dapper read 0x08000000 64\n"
		    "  dapper read 0x08000000 1M -o flash.bin\n"
		    "  dapper read 0x40023800 16 --width 32    # registers: 32-bit accesses",
	.run = run,
};
