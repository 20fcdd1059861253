/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Halt a target and show its registers. Built against the installed library alone:
 *
 *     cc registers.c $(pkg-config --cflags --libs dapper) -o registers
 *     ./registers virtual:stm32f407vg
 */
#include <inttypes.h>
#include <stdio.h>

#include <dapper/dapper.h>

enum { MAX_REGISTERS = 64 };

static int fail(void)
{
	const dapper_error *error = dapper_error_last();

	fprintf(stderr, "%s\n  where: %s\n  hint:  %s\n", error->message, error->where,
		error->hint);
	return 1;
}

static int show_registers(dapper_target *soc)
{
	dapper_target *core = dapper_target_get_core(soc, 0);
	uint16_t ids[MAX_REGISTERS];
	uint64_t values[MAX_REGISTERS];
	size_t count;
	const dapper_register *registers = dapper_target_get_registers(core, &count);

	if (count > MAX_REGISTERS)
		count = MAX_REGISTERS;
	for (size_t i = 0; i < count; i++)
		ids[i] = registers[i].id;
	if (dapper_target_halt(core) != DAPPER_OK ||
		dapper_target_read_registers(core, ids, values, count) != DAPPER_OK)
		return fail();
	printf("%s\n", dapper_node_get_name(dapper_target_get_node(core)));
	for (size_t i = 0; i < count; i++)
		printf("%-10s 0x%08" PRIx64 "\n", registers[i].name, values[i]);
	return 0;
}

int main(int argc, char **argv)
{
	dapper_context *context;
	dapper_session *session;
	int result = 1;

	if (dapper_context_new(&context) != DAPPER_OK)
		return fail();
	if (dapper_session_new(context, &session) == DAPPER_OK) {
		if ((argc < 2 ||
			    dapper_session_set_option(session, "probe", argv[1]) == DAPPER_OK) &&
			dapper_session_open(session) == DAPPER_OK)
			result = show_registers(dapper_session_get_target(session));
		else
			result = fail();
		dapper_session_free(session);
	}
	dapper_context_unref(context);
	return result;
}
