/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/zip.h"

struct pack_files_ops {
	/** Is it there? Fails only for want of memory. @p name is plain and safe. */
	dapper_status (*find)(struct pack_files *files, const char *name, bool *is_there);
	/** Called only for what find() found. */
	dapper_status (*read)(
		struct pack_files *files, const char *name, uint8_t **data, size_t *size);
};

struct pack_files {
	const struct pack_files_ops *ops;
	char *pdsc;
	char *root; /* Folder: its path. Archive: the folder in it that holds the PDSC, or "". */
	struct archive *archive;
};

char *pack_files_plain_name(const char *name)
{
	char *plain = xstrdup(name);
	const char *from = plain;
	char *to = plain;

	if (!plain)
		return NULL;
	for (char *at = plain; *at; at++)
		if (*at == '\\')
			*at = '/';
	while (*from) {
		size_t length = strcspn(from, "/");

		/* A slash in front stays: that name is absolute, and is refused for it. */
		if ((length == 0 && to != plain) || (length == 1 && *from == '.')) {
			from += length + (from[length] == '/');
			continue;
		}
		length += from[length] == '/';
		memmove(to, from, length);
		to += length;
		from += length;
	}
	*to = '\0';
	return plain;
}

static char *join(const char *folder, const char *name)
{
	bool needs_slash = folder[0] && folder[strlen(folder) - 1] != '/';

	return xasprintf("%s%s%s", folder, needs_slash ? "/" : "", name);
}

/* ---- a folder ---- */

static bool is_file(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_folder(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Replace one part of a path, in place, by the entry of its folder that differs in case only. */
static bool correct_case(const char *folder, char *part)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	bool found = false;

	if (!entries)
		return false;
	while (!found && (entry = readdir(entries)))
		if (strcasecmp(entry->d_name, part) == 0) {
			/* The same number of bytes, or strcasecmp() would say otherwise. */
			memcpy(part, entry->d_name, strlen(part));
			found = true;
		}
	closedir(entries);
	return found;
}

/* Correct each part of @p path behind its first @p start characters, from the left. */
static bool correct_path(char *path, size_t start)
{
	char *part = path + start;

	while (*part) {
		size_t length = strcspn(part, "/");
		char end = part[length];
		char before = part[-1];
		bool found;

		part[length] = '\0';
		found = is_file(path) || is_folder(path);
		if (!found) {
			part[-1] = '\0';
			found = correct_case(path, part);
			part[-1] = before;
		}
		part[length] = end;
		if (!found)
			return false;
		part += length + (end == '/');
	}
	return true;
}

/* @param[out] path  In new memory; NULL: it is not there. */
static dapper_status find_in_folder(const char *root, const char *name, char **path)
{
	char *made = join(root, name);

	if (!made)
		return FAIL_NO_MEMORY("a file name");
	if (!is_file(made) && !(correct_path(made, strlen(made) - strlen(name)) && is_file(made))) {
		free(made);
		made = NULL;
	}
	*path = made;
	return DAPPER_OK;
}

static dapper_status folder_find(struct pack_files *files, const char *name, bool *is_there)
{
	char *path = NULL;

	TRY(find_in_folder(files->root, name, &path));
	*is_there = path != NULL;
	free(path);
	return DAPPER_OK;
}

static dapper_status folder_read(
	struct pack_files *files, const char *name, uint8_t **data, size_t *size)
{
	dapper_status status;
	char *path = NULL;

	TRY(find_in_folder(files->root, name, &path));
	if (!path)
		return dapper_fail(DAPPER_ERR_FILE, "'%s' has just gone", name);
	status = file_read(path, PACK_FILE_SIZE_MAX, data, size);
	free(path);
	return status;
}

static const struct pack_files_ops folder_ops = { .find = folder_find, .read = folder_read };

/* ---- a zip archive ---- */

static dapper_status find_in_archive(struct pack_files *files, const char *name, size_t *index)
{
	char *full = join(files->root, name);

	if (!full)
		return FAIL_NO_MEMORY("a file name");
	*index = archive_find(files->archive, full, false);
	if (*index == ARCHIVE_NONE)
		*index = archive_find(files->archive, full, true);
	free(full);
	return DAPPER_OK;
}

static dapper_status archive_find_file(struct pack_files *files, const char *name, bool *is_there)
{
	size_t index = ARCHIVE_NONE;

	TRY(find_in_archive(files, name, &index));
	*is_there = index != ARCHIVE_NONE;
	return DAPPER_OK;
}

static dapper_status archive_read_file(
	struct pack_files *files, const char *name, uint8_t **data, size_t *size)
{
	size_t index = ARCHIVE_NONE;

	TRY(find_in_archive(files, name, &index));
	return archive_read(files->archive, index, PACK_FILE_SIZE_MAX, data, size);
}

static const struct pack_files_ops archive_ops = {
	.find = archive_find_file,
	.read = archive_read_file,
};

/* ---- which file is the pack description ---- */

static bool has_extension(const char *name, const char *extension)
{
	size_t length = strlen(name);
	size_t extension_length = strlen(extension);

	return length > extension_length &&
	       strcasecmp(name + length - extension_length, extension) == 0;
}

static dapper_status fail_no_pdsc(const char *path)
{
	return dapper_fail_hint(
		dapper_fail(DAPPER_ERR_PARSE, "'%s' is not a pack: no .pdsc file in it", path),
		"give a .pack file, the folder it was unpacked to, or the .pdsc in there");
}

static dapper_status fail_two_pdscs(const char *path, const char *one, const char *other)
{
	bool in_order = strcmp(one, other) < 0;

	return dapper_fail_hint(dapper_fail(DAPPER_ERR_AMBIGUOUS,
					"'%s' holds more than one pack description: '%s' and '%s'",
					path, in_order ? one : other, in_order ? other : one),
		"give the path of the .pdsc itself");
}

static dapper_status take_folder_entry(
	struct pack_files *files, const char *path, const struct dirent *entry)
{
	if (!has_extension(entry->d_name, ".pdsc"))
		return DAPPER_OK;
	if (files->pdsc)
		return fail_two_pdscs(path, files->pdsc, entry->d_name);
	files->pdsc = xstrdup(entry->d_name);
	return files->pdsc ? DAPPER_OK : FAIL_NO_MEMORY("a file name");
}

static dapper_status open_folder(struct pack_files *files, const char *path)
{
	dapper_status status = DAPPER_OK;
	const struct dirent *entry;
	DIR *entries;

	files->ops = &folder_ops;
	files->root = xstrdup(path);
	if (!files->root)
		return FAIL_NO_MEMORY("a file name");
	entries = opendir(path);
	if (!entries)
		return dapper_fail(DAPPER_ERR_FILE, "cannot open '%s': %s", path, strerror(errno));
	while (status == DAPPER_OK && (entry = readdir(entries)))
		status = take_folder_entry(files, path, entry);
	closedir(entries);
	TRY(status);
	return files->pdsc ? DAPPER_OK : fail_no_pdsc(path);
}

/* A `.pdsc` stands in the root of its pack. */
static dapper_status open_pdsc(struct pack_files *files, const char *path)
{
	const char *slash = strrchr(path, '/');

	files->ops = &folder_ops;
	files->root = slash ? xstrndup(path, (size_t)(slash + 1 - path)) : xstrdup("./");
	files->pdsc = xstrdup(slash ? slash + 1 : path);
	return files->root && files->pdsc ? DAPPER_OK : FAIL_NO_MEMORY("a file name");
}

/* How many folders a name is in. */
static size_t depth_of(const char *name)
{
	size_t depth = 0;

	for (; *name; name++)
		depth += *name == '/';
	return depth;
}

/*
 * The PDSC is in the root, or, when someone zipped the folder itself, in the one folder there.
 * What lies deeper belongs to something that the pack carries along. NULL: there is none.
 */
static dapper_status find_pdsc_in_archive(
	const struct archive *archive, const char *path, const char **pdsc)
{
	const char *found[2][2] = { { NULL } };
	const char **pair;

	for (size_t i = 0; i < archive_count(archive); i++) {
		const char *name = archive_get_name(archive, i);
		size_t depth = name ? depth_of(name) : 2;

		if (depth > 1 || !has_extension(name, ".pdsc"))
			continue;
		found[depth][found[depth][0] != NULL] = name;
	}
	pair = found[found[0][0] ? 0 : 1];
	if (pair[0] && pair[1])
		return fail_two_pdscs(path, pair[0], pair[1]);
	*pdsc = pair[0];
	return DAPPER_OK;
}

static dapper_status open_archive(struct pack_files *files, const char *path)
{
	const char *pdsc = NULL;
	const char *slash;

	files->ops = &archive_ops;
	TRY(archive_open(path, &files->archive));
	TRY(find_pdsc_in_archive(files->archive, path, &pdsc));
	if (!pdsc)
		return fail_no_pdsc(path);
	slash = strrchr(pdsc, '/');
	files->root = xstrndup(pdsc, slash ? (size_t)(slash + 1 - pdsc) : 0);
	files->pdsc = xstrdup(slash ? slash + 1 : pdsc);
	return files->root && files->pdsc ? DAPPER_OK : FAIL_NO_MEMORY("a file name");
}

dapper_status pack_files_open(const char *path, struct pack_files **files, const char **pdsc)
{
	struct pack_files *made;
	dapper_status status;
	struct stat info;

	if (stat(path, &info) != 0)
		return dapper_fail(
			DAPPER_ERR_FILE, "cannot open pack '%s': %s", path, strerror(errno));
	if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode))
		return dapper_fail(
			DAPPER_ERR_FILE, "'%s' is neither a regular file nor a folder", path);
	made = xnew(made);
	if (!made)
		return FAIL_NO_MEMORY("a pack");
	status = S_ISDIR(info.st_mode)          ? open_folder(made, path)
	         : has_extension(path, ".pdsc") ? open_pdsc(made, path)
	                                        : open_archive(made, path);
	if (status != DAPPER_OK) {
		pack_files_close(made);
		return status;
	}
	*files = made;
	*pdsc = made->pdsc;
	return DAPPER_OK;
}

void pack_files_close(struct pack_files *files)
{
	if (!files)
		return;
	archive_close(files->archive);
	free(files->pdsc);
	free(files->root);
	free(files);
}

static dapper_status find_plain(struct pack_files *files, const char *name, bool *is_there)
{
	*is_there = false;
	/* An archive lists folders, too. */
	if (name[0] && name[strlen(name) - 1] == '/')
		return DAPPER_OK;
	return archive_name_is_safe(name) ? files->ops->find(files, name, is_there) : DAPPER_OK;
}

static dapper_status read_plain(
	struct pack_files *files, const char *name, uint8_t **data, size_t *size)
{
	bool is_there = false;

	if (!archive_name_is_safe(name))
		return dapper_fail(DAPPER_ERR_INVALID, "'%s' leads out of the pack", name);
	TRY(find_plain(files, name, &is_there));
	if (!is_there)
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "no file '%s' in the pack", name);
	return files->ops->read(files, name, data, size);
}

dapper_status pack_files_find(struct pack_files *files, const char *name, bool *is_there)
{
	char *plain = pack_files_plain_name(name);
	dapper_status status;

	if (!plain)
		return FAIL_NO_MEMORY("a file name");
	status = find_plain(files, plain, is_there);
	free(plain);
	return status;
}

dapper_status pack_files_read(
	struct pack_files *files, const char *name, uint8_t **data, size_t *size)
{
	char *plain = pack_files_plain_name(name);
	dapper_status status;

	if (!plain)
		return FAIL_NO_MEMORY("a file name");
	status = read_plain(files, plain, data, size);
	free(plain);
	return status;
}
