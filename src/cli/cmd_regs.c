/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "output.h"

enum { MAX_REGISTERS = 128 };

static const struct arg args[] = {
	{ 'a', "all", NULL, "Floating-point registers too", NULL },
	{ .name = NULL },
};

struct selection {
	const dapper_register *registers[MAX_REGISTERS];
	uint16_t ids[MAX_REGISTERS];
	uint64_t values[MAX_REGISTERS];
	size_t count;
};

static void add(struct selection *selection, const dapper_register *reg)
{
	if (selection->count == MAX_REGISTERS)
		return;
	selection->registers[selection->count] = reg;
	selection->ids[selection->count++] = reg->id;
}

static enum exit_code select_registers(
	struct cli *cli, const dapper_target *target, struct selection *selection)
{
	size_t count;
	const dapper_register *all = dapper_target_get_registers(target, &count);

	for (size_t i = 0; i < cli->args.operand_count; i++) {
		const dapper_register *reg =
			dapper_target_find_register(target, cli->args.operands[i]);

		if (!reg)
			return output_usage(
				cli, "this core has no register '%s'", cli->args.operands[i]);
		add(selection, reg);
	}
	if (cli->args.operand_count > 0)
		return EXIT_OK;
	for (size_t i = 0; i < count; i++)
		if (args_count(&cli->args, "all") || strcmp(all[i].group, "float") != 0)
			add(selection, &all[i]);
	return EXIT_OK;
}

static enum exit_code print_json(struct cli *cli, const struct selection *selection)
{
	json_t *values = json_object();

	for (size_t i = 0; i < selection->count; i++)
		json_object_set_new(values, selection->registers[i]->name,
			json_integer((json_int_t)selection->values[i]));
	return output_json(cli, json_pack("{s:o}", "registers", values));
}

static void print_text(const struct selection *selection)
{
	enum { PER_LINE = 4 };

	for (size_t i = 0; i < selection->count; i++) {
		const dapper_register *reg = selection->registers[i];
		bool last = i + 1 == selection->count || i % PER_LINE == PER_LINE - 1;

		printf("%10s 0x%0*" PRIx64 "%s", reg->name, reg->bits / 4, selection->values[i],
			last ? "\n" : "  ");
	}
}

static enum exit_code show(struct cli *cli, dapper_target *target)
{
	struct selection selection = { .count = 0 };
	enum exit_code code = select_registers(cli, target, &selection);

	if (code != EXIT_OK)
		return code;
	if (dapper_target_read_registers(
		    target, selection.ids, selection.values, selection.count) != DAPPER_OK)
		return output_error(cli);
	if (cli->json)
		return print_json(cli, &selection);
	print_text(&selection);
	return EXIT_OK;
}

static enum exit_code run(struct cli *cli)
{
	dapper_session *session;
	enum exit_code code;

	if (!connect_session(cli, "halt", &session, &code))
		return code;
	code = show(cli, dapper_session_get_target(session));
	return disconnect(cli, session, code);
}

const struct command command_regs = {
	.name = "regs",
	.summary = "Show core registers",
	.operands = "[REGISTER]...",
	.max_operands = MAX_REGISTERS,
	.args = args,
	.options = COMMAND_TARGET,
	.details = "Halts the core for it and lets it run again (-O resume_on_disconnect=false: "
		   "leaves it halted).",
	.examples = "  dapper regs\n"
		    "  dapper regs pc sp control --json\n"
		    "  dapper regs --all",
	.run = run,
};
