/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

/**
 * @file
 * Zip archives to read from: libzip, hardened for files from anywhere. An archive with a name that
 * leads out of it, with absurd sizes or with an absurd number of files is refused when opened, so
 * that nothing of it is ever used.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

struct archive;

/** No file, where an index is expected. */
#define ARCHIVE_NONE ((size_t)-1)

/**
 * @param[out] archive  End it with archive_close().
 * @retval DAPPER_ERR_FILE   It cannot be read.
 * @retval DAPPER_ERR_PARSE  It is not a zip archive, or a name in it leads out of it.
 * @retval DAPPER_ERR_LIMIT  Too many files, or too large ones.
 */
dapper_status archive_open(const char *path, struct archive **archive);
/** NULL is fine. */
void archive_close(struct archive *archive);

/** Files and folders in it. */
size_t archive_count(const struct archive *archive);
/** Folders end in '/'. @return Lives as long as the archive; NULL when @p index is too large. */
const char *archive_get_name(const struct archive *archive, size_t index);
/** @return Index, or ARCHIVE_NONE. */
size_t archive_find(const struct archive *archive, const char *name, bool any_case);

/**
 * Read one file whole.
 *
 * @param limit      Largest size accepted, in bytes.
 * @param[out] data  New memory, with a NUL behind it that is not counted; free() it.
 */
dapper_status archive_read(
	struct archive *archive, size_t index, size_t limit, uint8_t **data, size_t *size);

/**
 * Is it a relative path that stays below where it starts, with '/' between its parts? Nothing
 * empty, no "..", no drive, no backslash, no control characters.
 */
bool archive_name_is_safe(const char *name);

#endif /* BASE_ZIP_H */
