/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_FILES_H
#define PACK_FILES_H

/**
 * @file
 * The files of a pack, be it a zip archive or a folder. Names are relative to the pack's root, with
 * either slash; they never lead out of it. They are looked for as written, then in any case: packs
 * are made on Windows.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

enum { PACK_FILE_SIZE_MAX = 128 << 20 };

struct pack_files;

/**
 * Open a `.pack`, a folder, or the `.pdsc` in a folder, and find the pack description in it.
 *
 * @param[out] files  End it with pack_files_close().
 * @param[out] pdsc   Name of the pack description; lives as long as @p files.
 */
dapper_status pack_files_open(const char *path, struct pack_files **files, const char **pdsc);
/** NULL is fine. */
void pack_files_close(struct pack_files *files);

/** Fails only for want of memory. */
dapper_status pack_files_find(struct pack_files *files, const char *name, bool *is_there);
/** @param[out] data  With a NUL behind it that is not counted; free() it. */
dapper_status pack_files_read(
	struct pack_files *files, const char *name, uint8_t **data, size_t *size);

/**
 * Make a name as PDSCs write it plain: '/' between the parts, no "./" and no doubled slash.
 *
 * @return In new memory, or NULL.
 */
char *pack_files_plain_name(const char *name);

#endif /* PACK_FILES_H */
