/* SPDX-License-Identifier: Apache-2.0 */
#include "connect.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "output.h"

/* Flags that are session options under another name. */
static const struct {
	const char *flag;
	const char *option;
} flag_options[] = {
	{ "probe", "probe" },
	{ "target", "target_override" },
	{ "pack", "pack" },
	{ "frequency", "frequency" },
	{ "connect", "connect_mode" },
	{ "project", "project_dir" },
	{ "config", "config_file" },
};

/* "name=value"; a bare name is true, "no-name" false, as with pyOCD. */
static dapper_status set_from_text(dapper_session *session, const char *text)
{
	const char *equals = strchr(text, '=');
	dapper_status status;
	char *name;

	if (!equals && strncmp(text, "no-", 3) == 0)
		return dapper_session_set_option(session, text + 3, "false");
	if (!equals)
		return dapper_session_set_option(session, text, "true");
	name = strndup(text, (size_t)(equals - text));
	if (!name)
		return DAPPER_ERR_NO_MEMORY;
	status = dapper_session_set_option(session, name, equals + 1);
	free(name);
	return status;
}

dapper_status set_session_options(
	struct cli *cli, const char *default_mode, dapper_session *session)
{
	dapper_status status = DAPPER_OK;
	const char *value;

	if (default_mode)
		status = dapper_session_set_default(session, "connect_mode", default_mode);
	for (size_t i = 0; status == DAPPER_OK && (value = args_get(&cli->args, "option", i)); i++)
		status = set_from_text(session, value);
	for (size_t f = 0; f < sizeof(flag_options) / sizeof(flag_options[0]); f++)
		for (size_t i = 0; status == DAPPER_OK &&
				   (value = args_get(&cli->args, flag_options[f].flag, i));
			i++)
			status = dapper_session_set_option(session, flag_options[f].option, value);
	if (status == DAPPER_OK && args_count(&cli->args, "no-config"))
		status = dapper_session_set_option(session, "no_config", "true");
	if (status == DAPPER_OK)
		status = dapper_session_load_config(session);
	return status;
}

bool connect_session(
	struct cli *cli, const char *default_mode, dapper_session **session, enum exit_code *code)
{
	dapper_session *made = NULL;
	dapper_status status = dapper_session_new(cli->context, &made);

	if (status == DAPPER_OK)
		status = set_session_options(cli, default_mode, made);
	if (status == DAPPER_OK)
		status = dapper_session_open(made);
	if (status == DAPPER_OK) {
		*session = made;
		return true;
	}
	*code = output_error(cli);
	dapper_session_free(made);
	return false;
}

bool parse_reset_type(const char *text, dapper_reset_type *type)
{
	static const struct {
		const char *text;
		dapper_reset_type type;
	} types[] = {
		{ "default", DAPPER_RESET_DEFAULT },
		{ "hardware", DAPPER_RESET_HARDWARE },
		{ "hw", DAPPER_RESET_HARDWARE },
		{ "system", DAPPER_RESET_SYSTEM },
		/* pyOCD's other names of the same on Cortex-M. */
		{ "software", DAPPER_RESET_SYSTEM },
		{ "sw", DAPPER_RESET_SYSTEM },
		{ "sysresetreq", DAPPER_RESET_SYSTEM },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!text || strcasecmp(text, types[i].text) == 0) {
			*type = types[i].type;
			return true;
		}
	return false;
}

dapper_status prepare_for_flash(dapper_session *session)
{
	dapper_reset_type type;

	/* "off" is no type of reset. */
	if (!parse_reset_type(dapper_session_get_option(session, "load.pre_reset"), &type))
		return DAPPER_OK;
	return dapper_target_reset_and_halt(dapper_session_get_target(session), type);
}

enum exit_code disconnect(struct cli *cli, dapper_session *session, enum exit_code code)
{
	output_counters(cli, dapper_session_get_probe(session));
	if (dapper_session_close(session) != DAPPER_OK && code == EXIT_OK)
		code = output_error(cli);
	dapper_session_free(session);
	return code;
}
