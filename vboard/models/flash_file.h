/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_FLASH_FILE_H
#define VBOARD_MODELS_FLASH_FILE_H

/**
 * @file
 * A file that holds what a flash memory holds, byte for byte, at every moment: so that a process
 * that is killed leaves what a real chip would have.
 */
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

struct flash_file;

/**
 * Open a file and read it; when there is none, make one.
 *
 * @param[in,out] contents  size bytes; what a new file begins with.
 * @retval DAPPER_ERR_FILE  It cannot be used, or has another size than the memory.
 * @retval DAPPER_ERR_BUSY  Another process's board uses it.
 */
dapper_status flash_file_open(
	const char *path, uint8_t *contents, size_t size, struct flash_file **file);

/** Bytes of @p contents have changed. @return 0, or the errno of the first failure since open. */
int flash_file_store(struct flash_file *file, const uint8_t *contents, size_t offset, size_t size);

/** NULL is fine. */
void flash_file_close(struct flash_file *file);

#endif /* VBOARD_MODELS_FLASH_FILE_H */
