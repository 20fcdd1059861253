/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a session's options: one for each source, of which the strongest counts. */
#include "session/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dapper/session.h>

#include "base/alloc.h"
#include "base/error.h"

struct option_value {
	char *text;   /* NULL: this source says nothing */
	char *origin; /* NULL: there is no more to say than the source */
	uint64_t number;
};

struct options {
	struct option_value values[OPTION_COUNT][OPTION_SOURCE_COUNT];
	options_listener listener;
	void *listener_data;
};

/* --- setting --------------------------------------------------------------------------------- */

static void free_value(struct option_value *value)
{
	free(value->text);
	free(value->origin);
	*value = (struct option_value){ .text = NULL };
}

void options_set_listener(struct options *options, options_listener listener, void *data)
{
	options->listener = listener;
	options->listener_data = data;
}

/*
 * Put a value in its place (NULL text: none), and tell the listener when another one counts now.
 * Taking a value back never fails: rather nobody is told.
 */
static dapper_status replace(struct options *options, enum option_source source, enum option_id id,
	struct option_value *made)
{
	struct option_value *value = &options->values[id][source];
	char *old = NULL;

	if (options->listener) {
		old = xstrdup(options_get_text(options, id));
		if (!old && made->text) {
			free_value(made);
			return FAIL_NO_MEMORY("an option's value");
		}
	}
	free_value(value);
	*value = *made;
	if (old && strcmp(old, options_get_text(options, id)) != 0)
		options->listener(options->listener_data, id, old);
	free(old);
	return DAPPER_OK;
}

/* The entries that a list has already, and a new one behind them. */
static dapper_status append(const struct option_value *present, struct option_value *made)
{
	char *joined = xasprintf("%s\n%s", present->text, made->text);

	if (!joined) {
		free_value(made);
		return FAIL_NO_MEMORY("an option's value");
	}
	free(made->text);
	made->text = joined;
	made->number = present->number;
	return DAPPER_OK;
}

dapper_status options_set_id(struct options *options, enum option_source source, enum option_id id,
	const char *value, const char *origin)
{
	const struct option_value *present = &options->values[id][source];
	struct option_value made = { .text = NULL };

	TRY(option_parse(id, value, &made.number, &made.text));
	made.origin = xstrdup(origin);
	if (origin && !made.origin) {
		free_value(&made);
		return FAIL_NO_MEMORY("an option's value");
	}
	if (option_is_list(id) && present->text && present->text[0])
		TRY(append(present, &made));
	return replace(options, source, id, &made);
}

dapper_status options_set(
	struct options *options, enum option_source source, const char *name, const char *value)
{
	enum option_id id;

	TRY(options_find(name, &id));
	return options_set_id(options, source, id, value, NULL);
}

void options_forget(struct options *options, enum option_source source, enum option_id id)
{
	struct option_value none = { .text = NULL };

	if (options->values[id][source].text)
		(void)!replace(options, source, id, &none);
}

/* --- life ------------------------------------------------------------------------------------ */

/* "reset.hold_time" -> "DAPPER_RESET_HOLD_TIME", "dp-target-id" -> "DAPPER_DP_TARGET_ID" */
static void environment_name(const char *name, char *variable, size_t size)
{
	snprintf(variable, size, "DAPPER_%s", name);
	for (char *c = variable; *c; c++)
		*c = *c == '.' || *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static dapper_status set_initial(struct options *options, enum option_id id)
{
	const dapper_option_info *info = dapper_option_get_info((size_t)id);
	char variable[64];
	const char *value;

	TRY(options_set_id(options, OPTION_SOURCE_DEFAULT, id, info->default_value, NULL));
	environment_name(info->name, variable, sizeof(variable));
	value = getenv(variable);
	if (value && options_set_id(options, OPTION_SOURCE_ENVIRONMENT, id, value, variable) !=
			     DAPPER_OK)
		return dapper_fail_where(
			dapper_error_last()->status, "environment variable %s", variable);
	return DAPPER_OK;
}

dapper_status options_create(struct options **options)
{
	struct options *made = xnew(made);

	if (!made)
		return FAIL_NO_MEMORY("options");
	for (int id = 0; id < OPTION_COUNT; id++) {
		dapper_status status = set_initial(made, (enum option_id)id);

		if (status != DAPPER_OK) {
			options_destroy(made);
			return status;
		}
	}
	*options = made;
	return DAPPER_OK;
}

void options_destroy(struct options *options)
{
	if (!options)
		return;
	for (int id = 0; id < OPTION_COUNT; id++)
		for (int source = 0; source < OPTION_SOURCE_COUNT; source++)
			free_value(&options->values[id][source]);
	free(options);
}

/* --- reading --------------------------------------------------------------------------------- */

enum option_source options_get_source(const struct options *options, enum option_id id)
{
	int source = OPTION_SOURCE_COUNT - 1;

	while (source > OPTION_SOURCE_DEFAULT && !options->values[id][source].text)
		source--;
	return (enum option_source)source;
}

const char *option_source_text(enum option_source source)
{
	static const char *const texts[OPTION_SOURCE_COUNT] = {
		[OPTION_SOURCE_DEFAULT] = "default",
		[OPTION_SOURCE_TOOL] = "command's default",
		[OPTION_SOURCE_BOARD] = "board",
		[OPTION_SOURCE_USER_FILE] = "user file",
		[OPTION_SOURCE_USER_FILE_BOARD] = "user file, this board",
		[OPTION_SOURCE_USER_FILE_PROBE] = "user file, this probe",
		[OPTION_SOURCE_PROJECT_FILE] = "project file",
		[OPTION_SOURCE_PROJECT_FILE_BOARD] = "project file, this board",
		[OPTION_SOURCE_PROJECT_FILE_PROBE] = "project file, this probe",
		[OPTION_SOURCE_ENVIRONMENT] = "environment",
		[OPTION_SOURCE_COMMAND_LINE] = "command line",
	};

	return texts[source];
}

static const struct option_value *winner(const struct options *options, enum option_id id)
{
	return &options->values[id][options_get_source(options, id)];
}

const char *options_get_text(const struct options *options, enum option_id id)
{
	return winner(options, id)->text;
}

bool options_get_bool(const struct options *options, enum option_id id)
{
	return winner(options, id)->number != 0;
}

uint64_t options_get_number(const struct options *options, enum option_id id)
{
	return winner(options, id)->number;
}

const char *options_get_origin(const struct options *options, enum option_id id)
{
	const struct option_value *value = winner(options, id);

	return value->origin ? value->origin : "";
}
