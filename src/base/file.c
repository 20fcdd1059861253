/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

static dapper_status fail_errno(const char *verb, const char *path)
{
	return dapper_fail(DAPPER_ERR_FILE, "cannot %s '%s': %s", verb, path, strerror(errno));
}

static dapper_status read_open_file(
	FILE *file, const char *path, size_t limit, uint8_t **data, size_t *size)
{
	struct stat info;
	uint8_t *bytes;

	if (fstat(fileno(file), &info) != 0)
		return fail_errno("examine", path);
	if (!S_ISREG(info.st_mode))
		return dapper_fail(DAPPER_ERR_FILE, "'%s' is not a regular file", path);
	if (info.st_size < 0 || (uint64_t)info.st_size > limit)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"'%s' has %lld bytes, more than the limit of %zu", path,
			(long long)info.st_size, limit);

	bytes = xcalloc((size_t)info.st_size + 1, 1);
	if (!bytes)
		return FAIL_NO_MEMORY("a file's contents");
	if (fread(bytes, 1, (size_t)info.st_size, file) != (size_t)info.st_size) {
		free(bytes);
		return dapper_fail(DAPPER_ERR_FILE, "'%s' cannot be read to its end", path);
	}
	*data = bytes;
	*size = (size_t)info.st_size;
	return DAPPER_OK;
}

dapper_status file_read(const char *path, size_t limit, uint8_t **data, size_t *size)
{
	FILE *file = fopen(path, "rb");
	dapper_status status;

	if (!file)
		return fail_errno("open", path);
	status = read_open_file(file, path, limit, data, size);
	fclose(file);
	return status;
}

dapper_status file_write(const char *path, const void *data, size_t size)
{
	char *temporary = xasprintf("%s.dapper-tmp-%ld", path, (long)getpid());
	dapper_status status = DAPPER_OK;
	FILE *file;

	if (!temporary)
		return FAIL_NO_MEMORY("a file name");
	file = fopen(temporary, "wb");
	if (!file) {
		status = fail_errno("create", temporary);
		goto free_name;
	}
	if (fwrite(data, 1, size, file) != size)
		status = fail_errno("write", temporary);
	if (fclose(file) != 0 && status == DAPPER_OK)
		status = fail_errno("write", temporary);
	if (status == DAPPER_OK && rename(temporary, path) != 0)
		status = fail_errno("replace", path);
	if (status != DAPPER_OK)
		unlink(temporary);
free_name:
	free(temporary);
	return status;
}
