/* SPDX-License-Identifier: Apache-2.0 */
/* Where descriptions of boards are found, and whether they are any good. */
#include "vboard/board_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dapper/vboard.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/description.h"

#define SUFFIX ".yaml"

enum { FOLDER_COUNT = 2, FILES_MAX = 1000 };

/* --- folders --------------------------------------------------------------------------------- */

/** The user's folder of data (XDG base directory specification); NULL: none, or no memory. */
static char *user_folder(void)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	if (data && data[0] == '/')
		return xasprintf("%s/dapper/boards", data);
	return home ? xasprintf("%s/.local/share/dapper/boards", home) : NULL;
}

/** Number @p index, free() it. The first one counts where both have a board. */
static char *get_folder(unsigned index)
{
	return index == 0 ? xstrdup("boards") : user_folder();
}

static bool has_suffix(const char *name)
{
	const size_t length = strlen(name);

	return length > strlen(SUFFIX) && name[0] != '.' &&
	       strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static bool is_file(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

dapper_status board_file_find(const char *name, char **path)
{
	*path = NULL;
	if (strchr(name, '/') || has_suffix(name)) {
		*path = xstrdup(name);
		return *path ? DAPPER_OK : FAIL_NO_MEMORY("a path");
	}
	for (unsigned i = 0; i < FOLDER_COUNT && name[0] && name[0] != '.'; i++) {
		char *folder = get_folder(i);
		char *found = folder ? xasprintf("%s/%s%s", folder, name, SUFFIX) : NULL;

		free(folder);
		if (found && is_file(found)) {
			*path = found;
			return DAPPER_OK;
		}
		free(found);
	}
	return DAPPER_OK;
}

/* --- checking -------------------------------------------------------------------------------- */

typedef void (*each_file)(void *payload, const dapper_vboard_file *file);

static void tell(
	const char *path, const struct description *description, each_file each, void *payload)
{
	const dapper_error *error = description ? NULL : dapper_error_last();
	const dapper_vboard_file file = {
		.path = path,
		.name = description ? description->info.name : NULL,
		.description = description ? description->info.description : NULL,
		.problem = error ? error->message : NULL,
		.where = error ? error->where : NULL,
	};

	if (each)
		each(payload, &file);
}

/** Make the board, too: only then it is known that everything has its place on the bus. */
static dapper_status try_board(
	dapper_context *context, const char *path, const struct description *description)
{
	struct board *board;
	dapper_status status = board_make(context, &description->part, NULL, 0, &board);

	if (status != DAPPER_OK)
		return dapper_fail_where(status, "%s", path);
	board_destroy(board);
	return DAPPER_OK;
}

static dapper_status check(dapper_context *context, const char *path, each_file each, void *payload)
{
	struct description *description = NULL;
	dapper_status status = description_load(path, &description);

	if (status == DAPPER_OK)
		status = try_board(context, path, description);
	tell(path, status == DAPPER_OK ? description : NULL, each, payload);
	description_destroy(description);
	return status;
}

dapper_status dapper_vboard_check(dapper_context *context, const char *path,
	void (*each)(void *payload, const dapper_vboard_file *file), void *payload)
{
	return check(context, path, each, payload);
}

/* --- listing --------------------------------------------------------------------------------- */

static int is_description(const struct dirent *entry)
{
	return has_suffix(entry->d_name);
}

static dapper_status list_folder(
	dapper_context *context, const char *folder, each_file each, void *payload)
{
	struct dirent **entries = NULL;
	const int count = scandir(folder, &entries, is_description, alphasort);
	dapper_status status = DAPPER_OK;

	/* A folder that is not there has no boards. */
	for (int i = 0; i < count; i++) {
		char *path = xasprintf("%s/%s", folder, entries[i]->d_name);

		if (!path)
			status = FAIL_NO_MEMORY("a path");
		else if (i < FILES_MAX && status == DAPPER_OK && is_file(path))
			(void)check(context, path, each, payload);
		free(path);
		free(entries[i]);
	}
	free(entries);
	if (status == DAPPER_OK)
		error_clear();
	return status;
}

dapper_status dapper_vboard_list_files(dapper_context *context,
	void (*each)(void *payload, const dapper_vboard_file *file), void *payload)
{
	for (unsigned i = 0; i < FOLDER_COUNT; i++) {
		char *folder = get_folder(i);
		dapper_status status = DAPPER_OK;

		if (folder)
			status = list_folder(context, folder, each, payload);
		free(folder);
		TRY(status);
	}
	return DAPPER_OK;
}
