/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORTEX_M_SEMIHOSTING_FILES_H
#define CORTEX_M_SEMIHOSTING_FILES_H

/**
 * @file
 * The folder that a target's files lie in. Names are relative to it, parts separated by '/'; "..",
 * symbolic links, and what is no regular file are refused. Folders are neither made nor listed.
 *
 * All return -1 with errno set on failure, as the system calls they stand for.
 */
#include <dapper/error.h>

/** @param[out] folder  A descriptor, to be closed. */
dapper_status sandbox_open(const char *path, int *folder);

/** @param mode  0 to 11: "r", "rb", "r+", "r+b", "w", ... as SYS_OPEN has them. */
int sandbox_open_file(int folder, const char *name, unsigned mode);
int sandbox_remove(int folder, const char *name);
int sandbox_rename(int folder, const char *from, const char *to);

#endif /* CORTEX_M_SEMIHOSTING_FILES_H */
