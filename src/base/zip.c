/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/alloc.h"
#include "base/error.h"

/* Packs of vendors have up to some ten thousand files, and 1 to 2 GiB unpacked. */
enum { FILES_MAX = 200000 };
#define TOTAL_SIZE_MAX (UINT64_C(16) << 30)

/* Deflate reaches 1032:1 on zeros and some 50:1 on verbose XML. Small files may do as they like. */
enum { RATIO_MAX = 200, RATIO_FREE_SIZE = 8 << 20 };

struct archive {
	zip_t *zip;
	size_t count;
	char *path;
};

static dapper_status fail_open(const char *path, int code)
{
	zip_error_t error;
	dapper_status status;

	zip_error_init_with_code(&error, code);
	if (code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS || code == ZIP_ER_EOF) {
		status = dapper_fail(DAPPER_ERR_PARSE,
			"'%s' is not a zip archive, or is damaged: %s", path,
			zip_error_strerror(&error));
		status = dapper_fail_hint(status, "it may be cut short; download it again");
	} else if (code == ZIP_ER_MEMORY) {
		status = FAIL_NO_MEMORY("an archive");
	} else {
		status = dapper_fail(
			DAPPER_ERR_FILE, "cannot open '%s': %s", path, zip_error_strerror(&error));
	}
	zip_error_fini(&error);
	return status;
}

static bool part_is_safe(const char *part, size_t length)
{
	return length > 0 && !(length == 1 && part[0] == '.') &&
	       !(length == 2 && part[0] == '.' && part[1] == '.');
}

static bool has_drive(const char *name)
{
	char letter = (char)(name[0] | 0x20);

	return letter >= 'a' && letter <= 'z' && name[1] == ':';
}

bool archive_name_is_safe(const char *name)
{
	if (!name[0] || has_drive(name))
		return false;
	for (const char *at = name; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f || *at == '\\')
			return false;
	while (*name) {
		size_t length = strcspn(name, "/");

		if (!part_is_safe(name, length))
			return false;
		name += length;
		if (*name == '/')
			name++;
		else
			return true;
	}
	/* A folder: its name ends in '/'. */
	return true;
}

static bool is_bomb(const zip_stat_t *info)
{
	const zip_uint64_t sizes = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;

	return (info->valid & sizes) == sizes && info->size > RATIO_FREE_SIZE &&
	       info->size / RATIO_MAX > info->comp_size;
}

static dapper_status check_entry(struct archive *archive, size_t index, uint64_t *total)
{
	zip_stat_t info;

	if (zip_stat_index(archive->zip, index, 0, &info) != 0 || !(info.valid & ZIP_STAT_NAME) ||
		!(info.valid & ZIP_STAT_SIZE))
		return dapper_fail(DAPPER_ERR_PARSE, "'%s' is damaged: entry %zu cannot be read",
			archive->path, index);
	if (!archive_name_is_safe(info.name))
		return dapper_fail(DAPPER_ERR_PARSE,
			"'%s' has an entry (number %zu) whose name leads out of it", archive->path,
			index);
	if (info.size > TOTAL_SIZE_MAX - *total || is_bomb(&info))
		return dapper_fail(DAPPER_ERR_LIMIT,
			"'%s' unpacks to absurd sizes: '%.64s' alone to %llu bytes from %llu",
			archive->path, info.name, (unsigned long long)info.size,
			(unsigned long long)info.comp_size);
	*total += info.size;
	return DAPPER_OK;
}

static dapper_status check_entries(struct archive *archive)
{
	uint64_t total = 0;

	if (archive->count > FILES_MAX)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"'%s' has %zu files, more than the limit of %d", archive->path,
			archive->count, FILES_MAX);
	for (size_t i = 0; i < archive->count; i++)
		TRY(check_entry(archive, i, &total));
	return DAPPER_OK;
}

dapper_status archive_open(const char *path, struct archive **archive)
{
	struct archive *made = xnew(made);
	dapper_status status;
	int code = 0;

	if (!made || !(made->path = xstrdup(path))) {
		free(made);
		return FAIL_NO_MEMORY("an archive");
	}
	made->zip = zip_open(path, ZIP_RDONLY, &code);
	if (made->zip) {
		zip_int64_t count = zip_get_num_entries(made->zip, 0);

		made->count = count > 0 ? (size_t)count : 0;
		status = check_entries(made);
	} else {
		status = fail_open(path, code);
	}
	if (status != DAPPER_OK) {
		archive_close(made);
		return status;
	}
	*archive = made;
	return DAPPER_OK;
}

void archive_close(struct archive *archive)
{
	if (!archive)
		return;
	if (archive->zip)
		zip_discard(archive->zip);
	free(archive->path);
	free(archive);
}

size_t archive_count(const struct archive *archive)
{
	return archive->count;
}

const char *archive_get_name(const struct archive *archive, size_t index)
{
	return index < archive->count ? zip_get_name(archive->zip, index, 0) : NULL;
}

size_t archive_find(const struct archive *archive, const char *name, bool any_case)
{
	zip_int64_t index = zip_name_locate(archive->zip, name, any_case ? ZIP_FL_NOCASE : 0);

	return index < 0 ? ARCHIVE_NONE : (size_t)index;
}

static dapper_status read_to_end(zip_file_t *file, uint8_t *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		zip_int64_t got = zip_fread(file, bytes + done, size - done);

		if (got <= 0)
			return dapper_fail(DAPPER_ERR_PARSE, "damaged after %zu of %zu bytes: %s",
				done, size, got < 0 ? zip_file_strerror(file) : "it ends");
		done += (size_t)got;
	}
	/* The checksum is compared when the end is reached, which is one read later. */
	if (zip_fread(file, &(uint8_t){ 0 }, 1) != 0)
		return dapper_fail(DAPPER_ERR_PARSE, "damaged: %s", zip_file_strerror(file));
	return DAPPER_OK;
}

static dapper_status read_entry(struct archive *archive, size_t index, size_t size, uint8_t **data)
{
	zip_file_t *file = zip_fopen_index(archive->zip, index, 0);
	dapper_status status;
	uint8_t *bytes;

	if (!file)
		return dapper_fail(
			DAPPER_ERR_PARSE, "it cannot be unpacked: %s", zip_strerror(archive->zip));
	bytes = xcalloc(size + 1, 1);
	status = bytes ? read_to_end(file, bytes, size) : FAIL_NO_MEMORY("a file's contents");
	zip_fclose(file);
	if (status != DAPPER_OK) {
		free(bytes);
		return status;
	}
	*data = bytes;
	return DAPPER_OK;
}

dapper_status archive_read(
	struct archive *archive, size_t index, size_t limit, uint8_t **data, size_t *size)
{
	dapper_status status;
	zip_stat_t info;

	/* It had a size when the archive was opened, so this does not fail for an index that is. */
	if (index >= archive->count || zip_stat_index(archive->zip, index, 0, &info) != 0)
		return dapper_fail(
			DAPPER_ERR_INVALID, "'%s' has no entry %zu", archive->path, index);
	if (info.size > limit)
		status = dapper_fail(DAPPER_ERR_LIMIT, "%llu bytes are more than the limit of %zu",
			(unsigned long long)info.size, limit);
	else
		status = read_entry(archive, index, (size_t)info.size, data);
	if (status != DAPPER_OK)
		return dapper_fail_where(status, "'%.64s' in %s", info.name, archive->path);
	*size = (size_t)info.size;
	return DAPPER_OK;
}
