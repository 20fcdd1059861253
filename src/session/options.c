/* SPDX-License-Identifier: Apache-2.0 */
#include "session/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <dapper/session.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "base/names.h"

enum option_type { TYPE_BOOL, TYPE_INT, TYPE_TIME, TYPE_HZ, TYPE_TEXT, TYPE_CHOICE, TYPE_LIST };

static const struct option_spec {
	dapper_option_info info;
	enum option_type type;
	const char *constraint;
} specs[OPTION_COUNT] = {
#define OPTION(id, option_name, option_type, option_default, option_help, option_constraint) \
	[OPTION_##id] = {                                                                    \
		.info = { .name = option_name,                                               \
			.type = #option_type,                                                \
			.default_value = option_default,                                     \
			.help = option_help },                                               \
		.type = TYPE_##option_type,                                                  \
		.constraint = option_constraint,                                             \
	},
#include "session/options.def"
#undef OPTION
};

struct option_value {
	char *text; /* NULL: this source says nothing */
	uint64_t number;
};

struct options {
	struct option_value values[OPTION_COUNT][OPTION_SOURCE_COUNT];
};

const dapper_option_info *dapper_option_get_info(size_t index)
{
	return index < OPTION_COUNT ? &specs[index].info : NULL;
}

/* --- from text to values ------------------------------------------------------------------- */

static dapper_status fail_value(
	const struct option_spec *spec, const char *value, const char *wanted)
{
	dapper_fail(
		DAPPER_ERR_INVALID, "'%s' is no value for the option '%s'", value, spec->info.name);
	return dapper_fail_hint(DAPPER_ERR_INVALID, "it takes %s", wanted);
}

/* A number with a unit's prefix, in the unit times @p scale. */
static bool parse_scaled(const char *text, double scale, double *number)
{
	static const struct {
		const char *suffix;
		double factor;
	} suffixes[] = {
		{ "", 1 }, { "k", 1e3 }, { "m", 1e6 }, /* as pyOCD: k and m of hertz, in any case */
	};
	char *end;

	errno = 0;
	*number = strtod(text, &end);
	if (end == text || errno || !isfinite(*number))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t length = strlen(suffixes[i].suffix);

		if (strncasecmp(end, suffixes[i].suffix, length) == 0 &&
			(end[length] == '\0' || strcasecmp(end + length, "hz") == 0)) {
			*number *= suffixes[i].factor * scale;
			return true;
		}
	}
	return false;
}

static dapper_status parse_bool(const struct option_spec *spec, const char *value, uint64_t *number)
{
	static const char *const words[][2] = { { "false", "true" }, { "0", "1" }, { "no", "yes" },
		{ "off", "on" } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (unsigned truth = 0; truth < 2; truth++)
			if (strcasecmp(value, words[i][truth]) == 0) {
				*number = truth;
				return DAPPER_OK;
			}
	return fail_value(spec, value, "true or false");
}

static dapper_status parse_number(
	const struct option_spec *spec, const char *value, uint64_t *number)
{
	bool is_time = spec->type == TYPE_TIME;
	const char *unit = is_time ? " seconds" : spec->type == TYPE_HZ ? " Hz" : "";
	double scale = is_time ? 1e3 : 1;
	/* strtod() would take the first dot of ".." for a decimal point: the range is cut there. */
	double low = (double)strtoll(spec->constraint, NULL, 10);
	double high = strtod(strstr(spec->constraint, "..") + 2, NULL);
	double parsed;
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "a number in %s%s", spec->constraint, unit);
	if (!parse_scaled(value, scale, &parsed))
		return fail_value(spec, value, wanted);
	if (parsed < low * scale || parsed > high * scale)
		return fail_value(spec, value, wanted);
	*number = (uint64_t)ceil(parsed);
	return DAPPER_OK;
}

static dapper_status parse_choice(
	const struct option_spec *spec, const char *value, uint64_t *number)
{
	const char *word = spec->constraint;
	char wanted[128];

	for (uint64_t index = 0; *word; index++) {
		size_t length = strcspn(word, "|");

		if (strlen(value) == length && strncasecmp(word, value, length) == 0) {
			*number = index;
			return DAPPER_OK;
		}
		word += length + (word[length] == '|');
	}
	snprintf(wanted, sizeof(wanted), "one of %s", spec->constraint);
	return fail_value(spec, value, wanted);
}

static dapper_status parse_value(
	const struct option_spec *spec, const char *value, uint64_t *number)
{
	*number = 0;
	switch (spec->type) {
	case TYPE_BOOL:
		return parse_bool(spec, value, number);
	case TYPE_INT:
	case TYPE_TIME:
	case TYPE_HZ:
		return parse_number(spec, value, number);
	case TYPE_CHOICE:
		return parse_choice(spec, value, number);
	case TYPE_TEXT:
	case TYPE_LIST:
		break;
	}
	return DAPPER_OK;
}

/* --- setting --------------------------------------------------------------------------------- */

static const char *spec_name(const void *list, size_t index)
{
	const struct option_spec *all = list;

	return all[index].info.name;
}

dapper_status options_find(const char *name, enum option_id *id)
{
	const struct names names = { .get = spec_name, .list = specs, .count = OPTION_COUNT };
	size_t index;

	TRY(names_find(&names, "option", name, &index));
	*id = (enum option_id)index;
	return DAPPER_OK;
}

static dapper_status store(
	struct options *options, enum option_id id, enum option_source source, const char *text)
{
	const struct option_spec *spec = &specs[id];
	struct option_value *value = &options->values[id][source];
	uint64_t number;
	char *copy;

	TRY(parse_value(spec, text, &number));
	if (spec->type == TYPE_LIST && value->text && value->text[0])
		copy = xasprintf("%s\n%s", value->text, text);
	else
		copy = xstrdup(text);
	if (!copy)
		return FAIL_NO_MEMORY("an option's value");
	free(value->text);
	*value = (struct option_value){ .text = copy, .number = number };
	return DAPPER_OK;
}

dapper_status options_set(
	struct options *options, enum option_source source, const char *name, const char *value)
{
	enum option_id id;

	TRY(options_find(name, &id));
	return store(options, id, source, value);
}

/* "reset.hold_time" -> "DAPPER_RESET_HOLD_TIME", "dp-target-id" -> "DAPPER_DP_TARGET_ID" */
static void environment_name(const char *name, char *variable, size_t size)
{
	snprintf(variable, size, "DAPPER_%s", name);
	for (char *c = variable; *c; c++)
		*c = *c == '.' || *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static dapper_status set_initial(struct options *options, enum option_id id)
{
	char variable[64];
	const char *value;

	TRY(store(options, id, OPTION_SOURCE_DEFAULT, specs[id].info.default_value));
	environment_name(specs[id].info.name, variable, sizeof(variable));
	value = getenv(variable);
	if (value && store(options, id, OPTION_SOURCE_ENVIRONMENT, value) != DAPPER_OK)
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
			free(options->values[id][source].text);
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
		[OPTION_SOURCE_PROJECT_FILE] = "project file",
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
