/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/models/flash_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"

struct flash_file {
	int fd;
	int first_error;
};

static dapper_status fail_errno(const char *verb, const char *path)
{
	return dapper_fail(
		DAPPER_ERR_FILE, "cannot %s flash file '%s': %s", verb, path, strerror(errno));
}

/* One board at a time: two would each overwrite what the other has programmed. */
static dapper_status lock(int fd, const char *path)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &whole) == 0)
		return DAPPER_OK;
	if (errno != EACCES && errno != EAGAIN)
		return fail_errno("lock", path);
	dapper_fail(DAPPER_ERR_BUSY, "flash file '%s' is in use by another virtual board", path);
	return dapper_fail_hint(DAPPER_ERR_BUSY, "end the other one, or use a copy of the file");
}

static dapper_status read_all(int fd, const char *path, uint8_t *contents, size_t size)
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return fail_errno("examine", path);
	if (!S_ISREG(info.st_mode) || (uint64_t)info.st_size != size) {
		dapper_fail(DAPPER_ERR_FILE, "flash file '%s' has %lld bytes, the flash memory %zu",
			path, (long long)info.st_size, size);
		return dapper_fail_hint(DAPPER_ERR_FILE,
			"a flash file is the memory's plain contents; without one an erased "
			"file is made");
	}
	for (size_t done = 0; done < size;) {
		const ssize_t got = pread(fd, contents + done, size - done, (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return fail_errno("read", path);
		done += (size_t)got;
	}
	return DAPPER_OK;
}

dapper_status flash_file_open(
	const char *path, uint8_t *contents, size_t size, struct flash_file **file)
{
	struct flash_file *made;
	dapper_status status;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		TRY(file_write(path, contents, size));
		fd = open(path, O_RDWR | O_CLOEXEC);
	}
	if (fd < 0)
		return fail_errno("open", path);
	status = lock(fd, path);
	if (status == DAPPER_OK)
		status = read_all(fd, path, contents, size);
	made = status == DAPPER_OK ? xnew(made) : NULL;
	if (!made) {
		close(fd);
		return status == DAPPER_OK ? FAIL_NO_MEMORY("a flash file") : status;
	}
	made->fd = fd;
	*file = made;
	return DAPPER_OK;
}

int flash_file_store(struct flash_file *file, const uint8_t *contents, size_t offset, size_t size)
{
	while (size && !file->first_error) {
		const ssize_t done = pwrite(file->fd, contents + offset, size, (off_t)offset);

		if (done < 0 && errno != EINTR)
			file->first_error = errno;
		if (done <= 0)
			continue;
		offset += (size_t)done;
		size -= (size_t)done;
	}
	return file->first_error;
}

void flash_file_close(struct flash_file *file)
{
	if (!file)
		return;
	close(file->fd);
	free(file);
}
