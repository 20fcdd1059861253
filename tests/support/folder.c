/* SPDX-License-Identifier: Apache-2.0 */
#include "support/folder.h"

#include "support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

enum { PATH_SIZE = 1024 };

char *folder_new(void)
{
	const char *base = getenv("TMPDIR");
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/dapper-folder-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(path));
	return strdup(path);
}

const char *folder_path(const char *folder, const char *name)
{
	static char paths[8][PATH_SIZE];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, PATH_SIZE, "%s/%s", folder, name);
	return path;
}

/* Calls @p visit for each entry but "." and "..". */
static void for_each_entry(const char *folder,
	void (*visit)(void *payload, const char *path, const char *name), void *payload)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;

	assert_non_null(entries);
	while ((entry = readdir(entries))) {
		char path[PATH_SIZE];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		visit(payload, path, entry->d_name);
	}
	closedir(entries);
}

static bool is_folder(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static void remove_entry(void *payload, const char *path, const char *name)
{
	(void)name;
	if (is_folder(path))
		for_each_entry(path, remove_entry, payload);
	assert_int_equal(remove(path), 0);
}

void folder_remove(char *folder)
{
	remove_entry(NULL, folder, NULL);
	free(folder);
}

void folder_write(const char *folder, const char *name, const void *data, size_t size)
{
	char path[PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

static zip_t *create(const char *path)
{
	zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);

	assert_non_null(zip);
	return zip;
}

void folder_zip(const char *path, const struct archived *files, size_t count)
{
	zip_t *zip = create(path);

	for (size_t i = 0; i < count; i++) {
		const char *text = files[i].text;

		if (text)
			assert_true(zip_file_add(zip, files[i].name,
					    zip_source_buffer(zip, text, strlen(text), 0), 0) >= 0);
		else
			assert_true(zip_dir_add(zip, files[i].name, 0) >= 0);
	}
	assert_int_equal(zip_close(zip), 0);
}

struct tree {
	zip_t *zip;
	const char *prefix;
};

static void zip_entry(void *payload, const char *path, const char *name)
{
	const struct tree *tree = payload;
	char inside[PATH_SIZE];
	struct tree below = { .zip = tree->zip, .prefix = inside };

	snprintf(inside, sizeof(inside), "%s%s%s", tree->prefix, name, is_folder(path) ? "/" : "");
	if (is_folder(path))
		for_each_entry(path, zip_entry, &below);
	else
		assert_true(zip_file_add(tree->zip, inside, zip_source_file(tree->zip, path, 0, -1),
				    0) >= 0);
}

void folder_zip_tree(const char *path, const char *folder, const char *prefix)
{
	struct tree tree = { .zip = create(path), .prefix = prefix };

	for_each_entry(folder, zip_entry, &tree);
	assert_int_equal(zip_close(tree.zip), 0);
}
