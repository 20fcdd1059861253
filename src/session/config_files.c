/* SPDX-License-Identifier: Apache-2.0 */
#include "session/config_files.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"

/* In one folder the first one counts; the later ones are pyOCD's, in its order. */
static const char *const project_names[] = {
	"dapper.yaml",
	"dapper.yml",
	"pyocd.yaml",
	"pyocd.yml",
	".pyocd.yaml",
	".pyocd.yml",
};

static dapper_status no_memory(void)
{
	return FAIL_NO_MEMORY("a path");
}

/* --- paths ----------------------------------------------------------------------------------- */

char *config_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *config_resolve(const char *folder, const char *path)
{
	const char *home = getenv("HOME");

	if (home && strncmp(path, "~/", 2) == 0)
		return xasprintf("%s%s", home, path + 1);
	if (path[0] == '/' || path[0] == '\0' || strcmp(folder, ".") == 0)
		return xstrdup(path);
	return xasprintf("%s%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/", path);
}

static bool is_folder(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* What is no folder and is there is meant to be read, even if that will fail. */
static bool is_file(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

/* --- the project's file ---------------------------------------------------------------------- */

/* @param[out] found  NULL when the folder has no such file. */
static dapper_status look_into(const char *folder, char **found)
{
	*found = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(project_names); i++) {
		char *path = config_resolve(folder, project_names[i]);

		if (!path)
			return no_memory();
		if (is_file(path)) {
			*found = path;
			return DAPPER_OK;
		}
		free(path);
	}
	return DAPPER_OK;
}

/* Into a folder such as /tmp anyone can put a file: it is nobody's project. */
static bool is_anyones(const char *folder)
{
	struct stat info;

	return stat(folder, &info) != 0 || (info.st_mode & S_IWOTH);
}

/* From @p folder to the root; each turn shortens the path. */
static dapper_status search_upwards(char *folder, char **found)
{
	TRY(look_into(folder, found));
	while (!*found && folder[0] == '/' && folder[1]) {
		char *slash = strrchr(folder, '/');

		slash[slash == folder] = '\0';
		if (!is_anyones(folder))
			TRY(look_into(folder, found));
	}
	return DAPPER_OK;
}

static dapper_status find_from_here(struct config_files *files)
{
	char here[PATH_MAX];

	/* A working folder that is gone, or has too long a name, is no reason not to work. */
	if (!getcwd(here, sizeof(here))) {
		files->folder = xstrdup(".");
		return files->folder ? DAPPER_OK : no_memory();
	}
	files->folder = xstrdup(here);
	if (!files->folder)
		return no_memory();
	TRY(search_upwards(here, &files->project));
	if (!files->project)
		return DAPPER_OK;
	free(files->folder);
	files->folder = config_folder_of(files->project);
	return files->folder ? DAPPER_OK : no_memory();
}

static dapper_status find_in_folder(const char *folder, bool look, struct config_files *files)
{
	if (!is_folder(folder))
		return dapper_fail(DAPPER_ERR_FILE, "there is no project folder '%s'", folder);
	files->folder = xstrdup(folder);
	if (!files->folder)
		return no_memory();
	return look ? look_into(folder, &files->project) : DAPPER_OK;
}

static dapper_status take_named(const char *path, struct config_files *files)
{
	files->project = xstrdup(path);
	if (files->project && !files->folder)
		files->folder = config_folder_of(path);
	return files->project && files->folder ? DAPPER_OK : no_memory();
}

/* --- the user's file ------------------------------------------------------------------------- */

static dapper_status find_user_file(struct config_files *files)
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;

	/* A relative one is to be ignored (XDG Base Directory Specification 0.8). */
	if (base && base[0] == '/')
		path = xasprintf("%s/dapper/dapper.yaml", base);
	else if (home && home[0] == '/')
		path = xasprintf("%s/.config/dapper/dapper.yaml", home);
	else
		return DAPPER_OK;
	if (!path)
		return no_memory();
	if (is_file(path))
		files->user = path;
	else
		free(path);
	return DAPPER_OK;
}

dapper_status config_files_find(const struct options *options, struct config_files *files)
{
	const char *folder = options_get_text(options, OPTION_PROJECT_DIR);
	const char *named = options_get_text(options, OPTION_CONFIG_FILE);
	bool look = !options_get_bool(options, OPTION_NO_CONFIG);

	*files = (struct config_files){ .user = NULL };
	if (folder[0])
		TRY(find_in_folder(folder, look && !named[0], files));
	if (named[0])
		TRY(take_named(named, files));
	if (!files->folder && look)
		TRY(find_from_here(files));
	if (!files->folder)
		TRY(find_in_folder(".", false, files));
	return look ? find_user_file(files) : DAPPER_OK;
}

void config_files_finish(struct config_files *files)
{
	free(files->user);
	free(files->project);
	free(files->folder);
	*files = (struct config_files){ .user = NULL };
}
