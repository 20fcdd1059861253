/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "base/file.h"
#include "base/yaml.h"

static dapper_status parse_link(struct vsettings *settings, const char *value)
{
	for (size_t i = 0; vlink_types[i]; i++)
		if (strcmp(vlink_types[i]->name, value) == 0) {
			settings->link = vlink_types[i];
			return DAPPER_OK;
		}
	dapper_fail(DAPPER_ERR_INVALID, "no link is called '%s'", value);
	return dapper_fail_hint(DAPPER_ERR_INVALID, "links are hs-bulk, fs-bulk and fs-hid");
}

static dapper_status parse_serial(struct vsettings *settings, const char *value)
{
	settings->serial = value;
	return DAPPER_OK;
}

static dapper_status parse_scenario(struct vsettings *settings, const char *value);

static const struct key {
	const char *name;
	dapper_status (*parse)(struct vsettings *settings, const char *value);
} keys[] = {
	{ "link", parse_link },
	{ "scenario", parse_scenario },
	{ "serial", parse_serial },
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static dapper_status check_new(const struct vsettings *settings, const char *name)
{
	for (size_t i = 0; i < settings->all_count; i++)
		if (strcmp(settings->all[i].key, name) == 0)
			return dapper_fail(DAPPER_ERR_INVALID,
				"setting '%s' of the virtual board is there twice", name);
	return DAPPER_OK;
}

static dapper_status append(struct vboard_setting **list, size_t *count, size_t *capacity,
	const struct vboard_setting *setting)
{
	struct vboard_setting *grown = xgrow(*list, *count, capacity, sizeof(*grown));

	if (!grown)
		return FAIL_NO_MEMORY("a board's settings");
	*list = grown;
	grown[(*count)++] = *setting;
	return DAPPER_OK;
}

static dapper_status take_setting(struct vsettings *settings, const char *name, const char *value)
{
	const struct key *key = find_key(name);
	const struct vboard_setting setting = { name, value };
	dapper_status status;
	bool taken = true;

	TRY(append(&settings->all, &settings->all_count, &settings->all_capacity, &setting));
	if (key)
		status = key->parse(settings, value);
	else
		status = vsettings_take_fault(settings, name, value, &taken);
	if (!taken)
		return append(
			&settings->rest, &settings->rest_count, &settings->rest_capacity, &setting);
	if (status != DAPPER_OK)
		dapper_fail_where(status, "setting '%s' of the virtual board", name);
	return status;
}

/* One key of a scenario, whose value is a text or a list of texts. */
static dapper_status take_entry(struct vsettings *settings, const struct yaml_node *entry)
{
	const struct yaml_node *item = entry->kind == YAML_KIND_LIST ? entry->first_child : entry;

	TRY(check_new(settings, entry->key));
	for (; item; item = entry->kind == YAML_KIND_LIST ? item->next : NULL) {
		if (item->kind != YAML_KIND_TEXT)
			return dapper_fail(DAPPER_ERR_PARSE,
				"line %u: '%s' is %s, and should be a value or a list of values",
				item->line, entry->key, yaml_kind_text(item->kind));
		TRY(take_setting(settings, entry->key, item->text));
	}
	return DAPPER_OK;
}

static dapper_status parse_scenario(struct vsettings *settings, const char *value)
{
	const struct yaml_node *root;
	dapper_status status;
	uint8_t *data;
	size_t size;

	if (settings->scenario)
		return dapper_fail(DAPPER_ERR_INVALID, "a scenario cannot name another");
	TRY(file_read(value, YAML_TREE_SIZE_MAX, &data, &size));
	status = yaml_tree_parse(value, data, size, &settings->scenario);
	free(data);
	TRY(status);
	root = yaml_tree_root(settings->scenario);
	if (root->kind != YAML_KIND_MAP)
		return dapper_fail(DAPPER_ERR_PARSE,
			"%s holds %s, and should hold a map of settings, as in "
			"docs/virtual-boards.md",
			value, yaml_kind_text(root->kind));
	for (const struct yaml_node *entry = root->first_child; entry && status == DAPPER_OK;
		entry = entry->next)
		status = take_entry(settings, entry);
	return status;
}

/* @p next is behind the comma of "NAME,A=1,B=2". */
static dapper_status parse_pairs(struct vsettings *settings, char *next)
{
	while (next) {
		char *name = next;
		char *value;

		next = strchr(name, ',');
		if (next)
			*next++ = '\0';
		value = strchr(name, '=');
		if (!value || value == name)
			return dapper_fail(DAPPER_ERR_INVALID,
				"'%s' is not KEY=VALUE, as it should be behind a board's name",
				name);
		*value++ = '\0';
		TRY(check_new(settings, name));
		TRY(take_setting(settings, name, value));
	}
	return DAPPER_OK;
}

dapper_status vsettings_parse(struct vsettings *settings, const char *spec)
{
	char *next;

	*settings = (struct vsettings){ .link = vlink_types[0] };
	settings->text = xstrdup(spec);
	if (!settings->text)
		return FAIL_NO_MEMORY("a board's settings");
	settings->name = settings->text;
	next = strchr(settings->text, ',');
	if (next)
		*next++ = '\0';
	return parse_pairs(settings, next);
}

void vsettings_finish(struct vsettings *settings)
{
	free(settings->rest);
	free(settings->all);
	free(settings->text);
	yaml_tree_destroy(settings->scenario);
	*settings = (struct vsettings){ 0 };
}
