/* SPDX-License-Identifier: Apache-2.0 */
#include "session/config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/context.h"
#include "base/error.h"
#include "base/file.h"
#include "base/yaml.h"
#include "session/config_files.h"

/* What a file tells in parts: behind the source of its global part come those of its sections. */
enum section { SECTION_BOARDS, SECTION_PROBES, SECTION_COUNT };

static const char *const section_names[SECTION_COUNT] = {
	[SECTION_BOARDS] = "boards",
	[SECTION_PROBES] = "probes",
};

struct config_file {
	const char *path;   /* the config's; NULL: there is no such file */
	const char *folder; /* what its relative paths begin at */
	char *own_folder;   /* the same where it is not the project's */
	enum option_source source;
	struct yaml_tree *tree;
	const struct yaml_node *selected[SECTION_COUNT];
	bool is_told[OPTION_COUNT]; /* without effect, and named */
	char ignored[256];          /* names without a meaning, to be told */
	char unused[1024];          /* names without effect so far */
};

enum { FILE_USER, FILE_PROJECT, FILE_COUNT };

struct config {
	dapper_context *context;
	struct options *options;
	struct config_files names;
	struct config_file files[FILE_COUNT];
};

_Static_assert(
	OPTION_SOURCE_USER_FILE + 1 + SECTION_BOARDS == OPTION_SOURCE_USER_FILE_BOARD &&
		OPTION_SOURCE_USER_FILE + 1 + SECTION_PROBES == OPTION_SOURCE_USER_FILE_PROBE &&
		OPTION_SOURCE_PROJECT_FILE + 1 + SECTION_BOARDS ==
			OPTION_SOURCE_PROJECT_FILE_BOARD &&
		OPTION_SOURCE_PROJECT_FILE + 1 + SECTION_PROBES == OPTION_SOURCE_PROJECT_FILE_PROBE,
	"sources follow in the order of the sections");

static enum option_source section_source(const struct config_file *file, enum section section)
{
	return (enum option_source)((int)file->source + 1 + (int)section);
}

/* --- one option ------------------------------------------------------------------------------ */

static dapper_status at_node(
	const struct config_file *file, const struct yaml_node *node, dapper_status status)
{
	return status == DAPPER_OK ? status
	                           : dapper_fail_where(status, "%s:%u", file->path, node->line);
}

static dapper_status refuse(const struct config_file *file, const struct yaml_node *node,
	const char *name, const char *wanted)
{
	dapper_fail(DAPPER_ERR_INVALID, "'%.64s' takes %s, not %s", name, wanted,
		yaml_kind_text(node->kind));
	return at_node(file, node, DAPPER_ERR_INVALID);
}

/* What to do with a value: set it, or only see whether it could be. */
struct sink {
	const struct config_file *file;
	struct options *options; /* NULL: only check */
	enum option_source source;
};

static dapper_status put_text(
	const struct sink *sink, enum option_id id, const char *text, const struct yaml_node *node)
{
	char *origin = NULL;
	char *checked = NULL;
	dapper_status status;
	uint64_t number;

	if (!sink->options) {
		status = option_parse(id, text, &number, &checked);
		free(checked);
		return at_node(sink->file, node, status);
	}
	origin = xasprintf("%s:%u", sink->file->path, node->line);
	if (!origin)
		return FAIL_NO_MEMORY("an option's origin");
	status = options_set_id(sink->options, sink->source, id, text, origin);
	free(origin);
	return at_node(sink->file, node, status);
}

static dapper_status put_scalar(
	const struct sink *sink, enum option_id id, const struct yaml_node *node)
{
	dapper_status status;
	char *path;

	if (!option_is_path(id))
		return put_text(sink, id, node->text, node);
	path = config_resolve(sink->file->folder, node->text);
	if (!path)
		return FAIL_NO_MEMORY("a path");
	status = put_text(sink, id, path, node);
	free(path);
	return status;
}

static dapper_status put_data(
	const struct sink *sink, enum option_id id, const struct yaml_node *node)
{
	char *json = yaml_to_json(node);
	dapper_status status;

	if (!json)
		return FAIL_NO_MEMORY("an option's value");
	status = put_text(sink, id, json, node);
	free(json);
	return status;
}

static dapper_status put_list(
	const struct sink *sink, enum option_id id, const struct yaml_node *list)
{
	if (list->count == 0)
		return option_get_type(id) == OPTION_TYPE_LIST ? put_text(sink, id, "", list)
		                                               : DAPPER_OK;
	for (const struct yaml_node *node = list->first_child; node; node = node->next) {
		if (node->kind != YAML_KIND_TEXT)
			return refuse(sink->file, node, option_get_name(id), "a list of texts");
		TRY(put_scalar(sink, id, node));
	}
	return DAPPER_OK;
}

static dapper_status put_option(
	const struct sink *sink, enum option_id id, const struct yaml_node *node)
{
	if (node->kind == YAML_KIND_NULL)
		return DAPPER_OK;
	if (option_get_type(id) == OPTION_TYPE_DATA)
		return put_data(sink, id, node);
	if (node->kind == YAML_KIND_LIST && option_is_list(id))
		return put_list(sink, id, node);
	if (node->kind != YAML_KIND_TEXT)
		return refuse(sink->file, node, option_get_name(id),
			option_is_list(id) ? "a text or a list of texts" : "one value");
	return put_scalar(sink, id, node);
}

/* --- maps of options ------------------------------------------------------------------------- */

static bool is_section(const struct yaml_node *node)
{
	for (size_t i = 0; i < SECTION_COUNT; i++)
		if (strcmp(node->key, section_names[i]) == 0)
			return true;
	return false;
}

/* These say which files are read: too late in one of them. */
static bool is_bootstrap(enum option_id id)
{
	return id == OPTION_CONFIG_FILE || id == OPTION_NO_CONFIG || id == OPTION_PROJECT_DIR;
}

static dapper_status find_option(
	const struct config_file *file, const struct yaml_node *node, enum option_id *id)
{
	TRY(at_node(file, node, options_find_whole(node->key, id)));
	if (!is_bootstrap(*id))
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_INVALID, "'%s' cannot be set in a configuration file", node->key);
	dapper_fail_hint(DAPPER_ERR_INVALID,
		"give it on the command line, or as a variable of the environment");
	return at_node(file, node, DAPPER_ERR_INVALID);
}

static dapper_status put_map(
	const struct sink *sink, const struct yaml_node *map, bool has_sections)
{
	for (const struct yaml_node *node = map->first_child; node; node = node->next) {
		enum option_id id = OPTION_COUNT;

		if ((has_sections && is_section(node)) || option_get_foreign(node->key))
			continue;
		TRY(find_option(sink->file, node, &id));
		TRY(put_option(sink, id, node));
	}
	return DAPPER_OK;
}

static void add_name(char *list, size_t size, const char *name)
{
	size_t used = strlen(list);

	snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
}

/* Remember what to tell of the options of a checked map. */
static void note_without_effect(struct config_file *file, const struct yaml_node *map)
{
	for (const struct yaml_node *node = map->first_child; node; node = node->next) {
		enum option_id id;

		if (option_get_foreign(node->key)) {
			if (!strstr(file->ignored, node->key))
				add_name(file->ignored, sizeof(file->ignored), node->key);
			continue;
		}
		if (is_section(node) || options_find_whole(node->key, &id) != DAPPER_OK ||
			option_is_used(id) || file->is_told[id])
			continue;
		file->is_told[id] = true;
		add_name(file->unused, sizeof(file->unused), option_get_name(id));
	}
}

static dapper_status check_section(struct config_file *file, const struct yaml_node *section)
{
	const struct sink check = { .file = file };

	if (section->kind == YAML_KIND_NULL)
		return DAPPER_OK;
	if (section->kind != YAML_KIND_MAP)
		return refuse(file, section, section->key, "a map");
	for (const struct yaml_node *node = section->first_child; node; node = node->next) {
		if (!node->key[0])
			return refuse(file, node, section->key, "names that are not empty");
		if (node->kind == YAML_KIND_NULL)
			continue;
		if (node->kind != YAML_KIND_MAP)
			return refuse(file, node, node->key, "a map of options");
		TRY(put_map(&check, node, false));
		note_without_effect(file, node);
	}
	return DAPPER_OK;
}

/* --- files ----------------------------------------------------------------------------------- */

static dapper_status read_tree(struct config_file *file)
{
	dapper_status status;
	uint8_t *data;
	size_t size;

	TRY(file_read(file->path, YAML_TREE_SIZE_MAX, &data, &size));
	status = yaml_tree_parse(file->path, data, size, &file->tree);
	free(data);
	return status;
}

static void warn_of_no_effect(const struct config *config, const struct config_file *file)
{
	if (file->ignored[0])
		log_warning(config->context, DAPPER_LOG_SESSION,
			"%s: ignored, for it has no meaning here: %s", file->path, file->ignored);
	if (file->unused[0])
		log_warning(config->context, DAPPER_LOG_SESSION,
			"%s: not used yet, so without effect: %s", file->path, file->unused);
}

static dapper_status load_file(struct config *config, struct config_file *file)
{
	const struct sink sink = { file, config->options, file->source };
	const struct yaml_node *root;

	if (!file->path)
		return DAPPER_OK;
	TRY(read_tree(file));
	root = yaml_tree_root(file->tree);
	if (root->kind == YAML_KIND_NULL)
		return DAPPER_OK;
	if (root->kind != YAML_KIND_MAP)
		return refuse(file, root, "the file", "a map of options");
	TRY(put_map(&sink, root, true));
	note_without_effect(file, root);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		const struct yaml_node *section = yaml_find(root, section_names[i]);

		if (section)
			TRY(check_section(file, section));
	}
	warn_of_no_effect(config, file);
	log_debug(config->context, DAPPER_LOG_SESSION, "read %s", file->path);
	return DAPPER_OK;
}

static dapper_status load_files(struct config *config)
{
	struct config_file *user = &config->files[FILE_USER];
	struct config_file *project = &config->files[FILE_PROJECT];

	TRY(config_files_find(config->options, &config->names));
	*user = (struct config_file){ .path = config->names.user,
		.source = OPTION_SOURCE_USER_FILE };
	*project = (struct config_file){ .path = config->names.project,
		.folder = config->names.folder,
		.source = OPTION_SOURCE_PROJECT_FILE };
	if (user->path) {
		user->own_folder = config_folder_of(user->path);
		if (!user->own_folder)
			return FAIL_NO_MEMORY("a path");
		user->folder = user->own_folder;
	}
	TRY(load_file(config, user));
	TRY(load_file(config, project));
	return config_select(config, options_get_text(config->options, OPTION_PROBE));
}

dapper_status config_load(dapper_context *context, struct options *options, struct config **config)
{
	struct config *made = xnew(made);
	dapper_status status;

	if (!made)
		return FAIL_NO_MEMORY("a configuration");
	made->context = context;
	made->options = options;
	status = load_files(made);
	if (status != DAPPER_OK) {
		struct error_state error;

		error_save(&error);
		config_destroy(made);
		return error_restore(&error);
	}
	*config = made;
	return DAPPER_OK;
}

static void forget_source(struct options *options, enum option_source source)
{
	for (int id = 0; id < OPTION_COUNT; id++)
		options_forget(options, source, (enum option_id)id);
}

void config_destroy(struct config *config)
{
	if (!config)
		return;
	for (int source = OPTION_SOURCE_USER_FILE; source <= OPTION_SOURCE_PROJECT_FILE_PROBE;
		source++)
		forget_source(config->options, (enum option_source)source);
	for (size_t i = 0; i < FILE_COUNT; i++) {
		yaml_tree_destroy(config->files[i].tree);
		free(config->files[i].own_folder);
	}
	config_files_finish(&config->names);
	free(config);
}

const char *config_get_folder(const struct config *config)
{
	return config->names.folder;
}

/* --- sections -------------------------------------------------------------------------------- */

static bool contains(const char *text, const char *part)
{
	size_t length = strlen(part);

	for (; *text; text++)
		if (strncasecmp(text, part, length) == 0)
			return true;
	return false;
}

static bool fits(enum section section, const char *key, const char *name)
{
	if (section == SECTION_PROBES)
		return contains(name, key);
	return strcasecmp(key, name) == 0;
}

/* As with pyOCD, the first that fits is the one. */
static const struct yaml_node *find_fitting(
	const struct config_file *file, enum section section, const char *name)
{
	const struct yaml_node *map =
		file->tree ? yaml_find(yaml_tree_root(file->tree), section_names[section]) : NULL;

	for (const struct yaml_node *node = map ? map->first_child : NULL; node; node = node->next)
		if (fits(section, node->key, name))
			return node;
	return NULL;
}

static dapper_status select_section(
	struct config *config, struct config_file *file, enum section section, const char *name)
{
	const struct sink sink = { file, config->options, section_source(file, section) };
	const struct yaml_node *fitting = find_fitting(file, section, name);

	if (fitting == file->selected[section])
		return DAPPER_OK;
	forget_source(config->options, sink.source);
	file->selected[section] = NULL;
	if (fitting && fitting->kind == YAML_KIND_MAP)
		TRY(put_map(&sink, fitting, false));
	file->selected[section] = fitting;
	return DAPPER_OK;
}

dapper_status config_select(struct config *config, const char *probe_id)
{
	for (size_t i = 0; i < FILE_COUNT; i++)
		TRY(select_section(config, &config->files[i], SECTION_PROBES, probe_id));
	/* What is said of the probe may say which board it is on. */
	for (size_t i = 0; i < FILE_COUNT; i++)
		TRY(select_section(config, &config->files[i], SECTION_BOARDS,
			options_get_text(config->options, OPTION_TARGET_OVERRIDE)));
	return DAPPER_OK;
}
