/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_IMAGE_H
#define DAPPER_IMAGE_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * Firmware images: what a file says should be where in the target's memory.
 *
 * Ownership: an image owns its segments. Threads: an image is constant once loaded.
 */

typedef enum dapper_image_format {
	DAPPER_IMAGE_AUTO, /**< Found from the contents, never from the file's name. */
	DAPPER_IMAGE_ELF,
	DAPPER_IMAGE_IHEX,
	DAPPER_IMAGE_SREC,
	DAPPER_IMAGE_BIN
} dapper_image_format;

/** A run of bytes at one address. Segments are sorted and do not overlap or touch. */
typedef struct dapper_segment {
	uint64_t address; /**< Load (physical) address. */
	const uint8_t *data;
	size_t size; /**< Never 0. */
} dapper_segment;

typedef struct dapper_image dapper_image;

typedef struct dapper_image_options {
	size_t struct_size; /**< sizeof(dapper_image_options) */
	dapper_image_format format;
	bool has_base_address;
	uint64_t base_address; /**< Raw binaries only. */
} dapper_image_options;

#define DAPPER_IMAGE_OPTIONS_INIT                           \
	{                                                   \
		.struct_size = sizeof(dapper_image_options) \
	}

/**
 * Load a file.
 *
 * What an image is by format: ELF, the PT_LOAD program headers that have bytes, at their physical
 * addresses; Intel HEX and S-record, all data records, in any order; binary, the file. Data that is
 * given twice is an error, as is a file that has none. A text file that is neither Intel HEX nor
 * S-record is no binary, unless #DAPPER_IMAGE_BIN says so. Whether the target has memory there is
 * not looked at.
 *
 * @param options  NULL: all defaults.
 * @param[out] image  Owned by the caller: dapper_image_free().
 * @retval DAPPER_ERR_FILE   It cannot be read.
 * @retval DAPPER_ERR_PARSE  It is damaged; the place says file and line ("fw.hex:12") or program
 *                           header ("fw.elf, program header 2").
 * @retval DAPPER_ERR_INVALID  A raw binary without a base address, or one given for another format.
 * @retval DAPPER_ERR_UNSUPPORTED  ELF for something else than 32-bit Arm, or UF2.
 * @retval DAPPER_ERR_LIMIT  More than 64 MB of file or of data, or 65536 segments.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_image_load(dapper_context *context,
	const char *path, const dapper_image_options *options, dapper_image **image);

/** As dapper_image_load(), from memory; @p name stands for the file in messages. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_image_parse(dapper_context *context,
	const char *name, const void *data, size_t size, const dapper_image_options *options,
	dapper_image **image);

/** NULL is fine. */
DAPPER_API void dapper_image_free(dapper_image *image);

DAPPER_API const char *dapper_image_get_name(const dapper_image *image);
DAPPER_API dapper_image_format dapper_image_get_format(const dapper_image *image);
DAPPER_API size_t dapper_image_segment_count(const dapper_image *image);
/** @return Belongs to the image; NULL when @p index is too large. */
DAPPER_API const dapper_segment *dapper_image_get_segment(const dapper_image *image, size_t index);
/** Sum of all segments' sizes, in bytes. */
DAPPER_API uint64_t dapper_image_get_size(const dapper_image *image);
/**
 * Entry point, as the file has it: with the Thumb bit in ELF. ELF and S-record files say 0 for
 * none.
 *
 * @return false when the file has none; @p address is untouched.
 */
DAPPER_API bool dapper_image_get_entry(const dapper_image *image, uint64_t *address);
/** "ELF", "Intel HEX", "S-record", "binary". */
DAPPER_API const char *dapper_image_format_text(dapper_image_format format);

DAPPER_END_DECLS

#endif /* DAPPER_IMAGE_H */
