/* SPDX-License-Identifier: Apache-2.0 */
/* What options there are, and what values they take: options.def and option_names.def. */
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
#include "base/yaml.h"
#include "session/options.h"

enum option_use { USED, NOT_YET };

static const struct option_spec {
	dapper_option_info info;
	enum option_type type;
	enum option_use use;
} specs[OPTION_COUNT] = {
#define OPTION(                                                                                   \
	id, option_name, option_type, option_default, option_help, option_constraint, option_use) \
	[OPTION_##id] = {                                                                         \
		.info = { .name = option_name,                                                    \
			.type = #option_type,                                                     \
			.default_value = option_default,                                          \
			.help = option_help,                                                      \
			.values = option_constraint,                                              \
			.is_used = option_use == USED },                                          \
		.type = OPTION_TYPE_##option_type,                                                \
		.use = option_use,                                                                \
	},
#include "session/options.def"
#undef OPTION
};

static const struct option_alias {
	const char *alias;
	const char *name;
} aliases[] = {
#define ALIAS(old, new) { .alias = old, .name = new },
#define FOREIGN(name, why)
#include "session/option_names.def"
#undef ALIAS
#undef FOREIGN
};

static const struct foreign_option {
	const char *name;
	const char *why;
} foreign_options[] = {
#define ALIAS(old, new)
#define FOREIGN(option, reason) { .name = option, .why = reason },
#include "session/option_names.def"
#undef ALIAS
#undef FOREIGN
};

const dapper_option_info *dapper_option_get_info(size_t index)
{
	return index < OPTION_COUNT ? &specs[index].info : NULL;
}

const char *option_get_name(enum option_id id)
{
	return specs[id].info.name;
}

enum option_type option_get_type(enum option_id id)
{
	return specs[id].type;
}

bool option_is_path(enum option_id id)
{
	return strcmp(specs[id].info.values, "path") == 0;
}

bool option_is_list(enum option_id id)
{
	return specs[id].type == OPTION_TYPE_LIST || specs[id].type == OPTION_TYPE_PORTS;
}

bool option_is_used(enum option_id id)
{
	return specs[id].use == USED;
}

/* --- names ----------------------------------------------------------------------------------- */

const char *option_get_foreign(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(foreign_options); i++)
		if (strcmp(foreign_options[i].name, name) == 0)
			return foreign_options[i].why;
	return NULL;
}

static const char *without_alias(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (strcmp(aliases[i].alias, name) == 0)
			return aliases[i].name;
	return name;
}

static const char *spec_name(const void *list, size_t index)
{
	const struct option_spec *all = list;

	return all[index].info.name;
}

static const struct names option_names = {
	.get = spec_name,
	.list = specs,
	.count = OPTION_COUNT,
};

dapper_status options_find(const char *name, enum option_id *id)
{
	const char *foreign = option_get_foreign(name);
	size_t index = 0;

	if (foreign) {
		dapper_fail(DAPPER_ERR_NOT_FOUND, "the option '%s' has no meaning here", name);
		return dapper_fail_hint(DAPPER_ERR_NOT_FOUND, "%s", foreign);
	}
	TRY(names_find(&option_names, "option", without_alias(name), &index));
	*id = (enum option_id)index;
	return DAPPER_OK;
}

/* "'a', 'b' or 'c'", best first */
static void list_nearest(const char *name, char *text, size_t size)
{
	size_t nearest[NAMES_NEAREST_MAX];
	size_t count = names_nearest(&option_names, name, nearest);
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s'%s'",
			i == 0          ? ""
			: i + 1 < count ? ", "
					: " or ",
			specs[nearest[i]].info.name);
}

static dapper_status fail_unknown(const char *name)
{
	char list[NAMES_NEAREST_MAX * 64];

	dapper_fail(DAPPER_ERR_NOT_FOUND, "unknown option '%.64s'", name);
	list_nearest(name, list, sizeof(list));
	if (list[0])
		return dapper_fail_hint(DAPPER_ERR_NOT_FOUND, "did you mean %s?", list);
	return dapper_fail_hint(DAPPER_ERR_NOT_FOUND, "`dapper config` lists them");
}

dapper_status options_find_whole(const char *name, enum option_id *id)
{
	const char *wanted = without_alias(name);

	for (int i = 0; i < OPTION_COUNT; i++)
		if (names_match(specs[i].info.name, wanted) >= NAMES_FIT_FOLDED) {
			*id = (enum option_id)i;
			return DAPPER_OK;
		}
	return fail_unknown(name);
}

/* --- values ---------------------------------------------------------------------------------- */

static dapper_status fail_value(
	const struct option_spec *spec, const char *value, const char *wanted)
{
	dapper_fail(DAPPER_ERR_INVALID, "'%.64s' is no value for the option '%s'", value,
		spec->info.name);
	return dapper_fail_hint(DAPPER_ERR_INVALID, "it takes %s", wanted);
}

/* As Python and YAML 1.1 allow: "1_000_000". */
static bool copy_number(const char *text, char *copy, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; text[i]; i++) {
		if (text[i] == '_' && i > 0 && isdigit((unsigned char)text[i - 1]) &&
			isdigit((unsigned char)text[i + 1]))
			continue;
		if (length + 1 == size)
			return false;
		copy[length++] = text[i];
	}
	copy[length] = '\0';
	return true;
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
	char copy[64];
	char *end;

	if (!copy_number(text, copy, sizeof(copy)))
		return false;
	errno = 0;
	*number = strtod(copy, &end);
	if (end == copy || errno || !isfinite(*number))
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
	bool is_time = spec->type == OPTION_TYPE_TIME;
	bool is_hz = spec->type == OPTION_TYPE_HZ;
	const char *unit = is_time ? " seconds" : is_hz ? " Hz" : "";
	double scale = is_time ? 1e3 : 1;
	/* strtod() would take the first dot of ".." for a decimal point: the range is cut there. */
	double low = (double)strtoll(spec->info.values, NULL, 10);
	double high = strtod(strstr(spec->info.values, "..") + 2, NULL);
	double parsed;
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "a %snumber in %s%s", is_time || is_hz ? "" : "whole ",
		spec->info.values, unit);
	if (!parse_scaled(value, scale, &parsed))
		return fail_value(spec, value, wanted);
	if (parsed < low * scale || parsed > high * scale)
		return fail_value(spec, value, wanted);
	if (!is_time && !is_hz && parsed != floor(parsed))
		return fail_value(spec, value, wanted);
	*number = (uint64_t)(int64_t)ceil(parsed);
	return DAPPER_OK;
}

static dapper_status parse_choice(
	const struct option_spec *spec, const char *value, uint64_t *number)
{
	const char *word = spec->info.values;
	char wanted[128];

	for (uint64_t index = 0; *word; index++) {
		size_t length = strcspn(word, "|");

		if (strlen(value) == length && strncasecmp(word, value, length) == 0) {
			*number = index;
			return DAPPER_OK;
		}
		word += length + (word[length] == '|');
	}
	snprintf(wanted, sizeof(wanted), "one of %s", spec->info.values);
	return fail_value(spec, value, wanted);
}

/* "3333" or "3333,3334": one a line is kept, the first one is the number. */
static dapper_status parse_ports(const struct option_spec *spec, char *text, uint64_t *number)
{
	bool is_first = true;

	for (char *entry = text; entry;) {
		char *comma = strchr(entry, ',');
		dapper_status status;
		uint64_t port = 0;

		if (comma)
			*comma = '\0';
		status = parse_number(spec, entry, &port);
		if (comma)
			*comma = '\n';
		if (status != DAPPER_OK)
			return status;
		if (is_first)
			*number = port;
		is_first = false;
		entry = comma ? comma + 1 : NULL;
	}
	return DAPPER_OK;
}

/* YAML, of which JSON is a part, to JSON. */
static dapper_status parse_data(const struct option_spec *spec, char **text)
{
	const char *name = spec->info.name;
	struct yaml_tree *tree;
	enum yaml_kind kind;
	char *json;

	if (!(*text)[0])
		return DAPPER_OK;
	TRY(yaml_tree_parse(name, *text, strlen(*text), &tree));
	kind = yaml_tree_root(tree)->kind;
	json = yaml_to_json(yaml_tree_root(tree));
	yaml_tree_destroy(tree);
	if (!json)
		return FAIL_NO_MEMORY("an option's value");
	if (kind != YAML_KIND_LIST && kind != YAML_KIND_MAP) {
		free(json);
		return fail_value(spec, *text, "a list or a map, in YAML or JSON");
	}
	free(*text);
	*text = json;
	return DAPPER_OK;
}

static dapper_status parse_value(
	const struct option_spec *spec, const char *value, uint64_t *number, char **text)
{
	switch (spec->type) {
	case OPTION_TYPE_BOOL:
		return parse_bool(spec, value, number);
	case OPTION_TYPE_INT:
	case OPTION_TYPE_TIME:
	case OPTION_TYPE_HZ:
		return parse_number(spec, value, number);
	case OPTION_TYPE_CHOICE:
		return parse_choice(spec, value, number);
	case OPTION_TYPE_PORTS:
		return parse_ports(spec, *text, number);
	case OPTION_TYPE_DATA:
		return parse_data(spec, text);
	case OPTION_TYPE_TEXT:
	case OPTION_TYPE_LIST:
		break;
	}
	return DAPPER_OK;
}

/* A choice and a truth are kept in the table's words, however they were written. */
static dapper_status normalise(const struct option_spec *spec, uint64_t number, char **text)
{
	const char *word = spec->info.values;
	char *copy;

	if (spec->type == OPTION_TYPE_BOOL) {
		copy = xstrdup(number ? "true" : "false");
	} else if (spec->type == OPTION_TYPE_CHOICE) {
		while (number-- > 0)
			word += strcspn(word, "|") + 1;
		copy = xstrndup(word, strcspn(word, "|"));
	} else {
		return DAPPER_OK;
	}
	if (!copy)
		return FAIL_NO_MEMORY("an option's value");
	free(*text);
	*text = copy;
	return DAPPER_OK;
}

dapper_status option_parse(enum option_id id, const char *value, uint64_t *number, char **text)
{
	char *copy = xstrdup(value);
	dapper_status status;

	if (!copy)
		return FAIL_NO_MEMORY("an option's value");
	*number = 0;
	status = parse_value(&specs[id], value, number, &copy);
	if (status == DAPPER_OK)
		status = normalise(&specs[id], *number, &copy);
	if (status != DAPPER_OK) {
		free(copy);
		return status;
	}
	*text = copy;
	return DAPPER_OK;
}
