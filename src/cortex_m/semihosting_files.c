/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox. Each part of a name is opened from the folder before it, never through a symbolic
 * link, so that nothing which happens in between, by whomever, can lead outside.
 */
#include "cortex_m/semihosting_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/error.h"

dapper_status sandbox_open(const char *path, int *folder)
{
	*folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*folder >= 0)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_FILE, "cannot open folder '%s': %s", path, strerror(errno));
	return dapper_fail_hint(DAPPER_ERR_FILE, "it must be there; dapper does not make it");
}

/* Cut the next part off. false: refused, errno says why. */
static bool next_part(const char **name, char *part, size_t size)
{
	size_t length = strcspn(*name, "/");

	if (length >= size) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(part, *name, length);
	part[length] = '\0';
	*name += length;
	*name += strspn(*name, "/");
	if (length == 0 || strcmp(part, "..") == 0) {
		errno = EACCES;
		return false;
	}
	return true;
}

/*
 * Walk to the folder of the last part.
 *
 * @param[out] last  The last part, NAME_MAX + 1 bytes.
 * @return A descriptor, to be closed.
 */
static int open_parent(int folder, const char *name, char *last)
{
	int at = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (at >= 0) {
		int next = -1;
		int error;

		if (next_part(&name, last, NAME_MAX + 1)) {
			if (!*name)
				return at;
			next = openat(at, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		error = errno;
		close(at);
		errno = error;
		at = next;
	}
	return -1;
}

static int keep_errno_and_close(int descriptor, int result)
{
	int error = errno;

	close(descriptor);
	errno = error;
	return result;
}

static int require_regular(int file)
{
	struct stat status;

	if (fstat(file, &status) != 0)
		return keep_errno_and_close(file, -1);
	if (S_ISREG(status.st_mode))
		return file;
	errno = EACCES;
	return keep_errno_and_close(file, -1);
}

int sandbox_open_file(int folder, const char *name, unsigned mode)
{
	static const int flags[] = {
		O_RDONLY,
		O_RDWR,
		O_WRONLY | O_CREAT | O_TRUNC,
		O_RDWR | O_CREAT | O_TRUNC,
		O_WRONLY | O_CREAT | O_APPEND,
		O_RDWR | O_CREAT | O_APPEND,
	};
	char last[NAME_MAX + 1];
	int parent, file;

	if (mode / 2 >= ARRAY_SIZE(flags)) {
		errno = EINVAL;
		return -1;
	}
	parent = open_parent(folder, name, last);
	if (parent < 0)
		return -1;
	/* O_NONBLOCK: a FIFO would make the debugger wait; it is refused right after. */
	file = openat(parent, last,
		flags[mode / 2] | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
	file = keep_errno_and_close(parent, file);
	return file < 0 ? -1 : require_regular(file);
}

int sandbox_remove(int folder, const char *name)
{
	char last[NAME_MAX + 1];
	int parent = open_parent(folder, name, last);

	return parent < 0 ? -1 : keep_errno_and_close(parent, unlinkat(parent, last, 0));
}

int sandbox_rename(int folder, const char *from, const char *to)
{
	char old_last[NAME_MAX + 1], new_last[NAME_MAX + 1];
	int old_parent = open_parent(folder, from, old_last);
	int new_parent, result;

	if (old_parent < 0)
		return -1;
	new_parent = open_parent(folder, to, new_last);
	if (new_parent < 0)
		return keep_errno_and_close(old_parent, -1);
	result = renameat(old_parent, old_last, new_parent, new_last);
	result = keep_errno_and_close(new_parent, result);
	return keep_errno_and_close(old_parent, result);
}
