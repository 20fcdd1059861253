/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_FLASH_H
#define DAPPER_FLASH_H

#include <dapper/common.h>
#include <dapper/error.h>
#include <dapper/image.h>
#include <dapper/session.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * Programming: put images into a target's flash and RAM, erase, verify.
 *
 * Threads: as the session's.
 */

typedef enum dapper_erase_mode {
	DAPPER_ERASE_AUTO,   /**< Sectors whose contents change. */
	DAPPER_ERASE_SECTOR, /**< Every sector that the image touches. */
	DAPPER_ERASE_CHIP,   /**< Whole flash regions that the image touches. */
	DAPPER_ERASE_NONE
} dapper_erase_mode;

typedef enum dapper_flash_phase {
	DAPPER_PHASE_COMPARE,
	DAPPER_PHASE_ERASE,
	DAPPER_PHASE_PROGRAM,
	DAPPER_PHASE_VERIFY
} dapper_flash_phase;

/** Called now and then; @p done and @p total are bytes of this phase. */
typedef void (*dapper_progress_callback)(
	void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total);

typedef struct dapper_flash_options {
	size_t struct_size; /**< sizeof(dapper_flash_options) */
	dapper_erase_mode erase;
	bool skip_verify;
	dapper_progress_callback progress; /**< May be NULL. The same is told by events: event.h. */
	void *payload;
} dapper_flash_options;

#define DAPPER_FLASH_OPTIONS_INIT                           \
	{                                                   \
		.struct_size = sizeof(dapper_flash_options) \
	}

/** What was done; times in nanoseconds of the probe's clock. */
typedef struct dapper_flash_result {
	uint64_t image_bytes;
	uint64_t erased_bytes;
	uint64_t programmed_bytes;
	uint64_t skipped_bytes; /**< Already right, not touched. */
	uint64_t verified_bytes;
	size_t erased_sectors;
	uint64_t compare_ns;
	uint64_t erase_ns;
	uint64_t program_ns;
	uint64_t verify_ns;
} dapper_flash_result;

/**
 * Put images into the target: compare, erase as needed, program, verify. The core is halted for it
 * and stays halted, its registers unspecified; RAM that the flash algorithm uses is overwritten.
 * Sectors that are touched only in part keep what the image does not cover, also when programming
 * fails or is cancelled, as long as the target can still be talked to.
 *
 * Nothing is erased unless every segment of every image lies in flash or RAM of the memory map and
 * the images do not overlap.
 *
 * @param options  NULL: all defaults.
 * @param[out] result  May be NULL; also filled as far as it came when programming fails.
 *
 * @retval DAPPER_ERR_NO_REGION        A segment lies outside; nothing was touched.
 * @retval DAPPER_ERR_FLASH_ALGORITHM  The place says function, address and result code.
 * @retval DAPPER_ERR_TIMEOUT          The algorithm did not return in time; the core was halted.
 * @retval DAPPER_ERR_VERIFY           The place says the first address, expected and found.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_flash_program(dapper_session *session,
	dapper_image *const *images, size_t image_count, const dapper_flash_options *options,
	dapper_flash_result *result);

/** Erase whole flash regions of the device. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_flash_erase_chip(
	dapper_session *session, const dapper_flash_options *options, dapper_flash_result *result);

/** Erase every sector that has a byte in [address, address + size). */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_flash_erase_range(dapper_session *session,
	uint64_t address, uint64_t size, const dapper_flash_options *options,
	dapper_flash_result *result);

DAPPER_END_DECLS

#endif /* DAPPER_FLASH_H */
