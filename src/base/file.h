/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <dapper/error.h>

/**
 * Read a whole regular file.
 *
 * @param limit     Largest size accepted, in bytes.
 * @param[out] data  New memory, with a NUL behind it that is not counted; free() it.
 * @retval DAPPER_ERR_FILE   It cannot be read; the message names it and says why.
 * @retval DAPPER_ERR_LIMIT  It is larger than @p limit.
 */
dapper_status file_read(const char *path, size_t limit, uint8_t **data, size_t *size);

/** Write a whole file by way of a temporary one beside it: it is never half written. */
dapper_status file_write(const char *path, const void *data, size_t size);

#endif /* BASE_FILE_H */
