/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_PACK_H
#define DAPPER_PACK_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>
#include <dapper/memory_map.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * CMSIS-Packs: what a vendor's device family pack says about its devices.
 *
 * Ownership: a pack owns its devices and all strings. Threads: constant once opened, but for
 * dapper_pack_read_file(): one thread at a time.
 */

typedef struct dapper_pack dapper_pack;

typedef struct dapper_pack_processor {
	const char *name; /**< Pname, or "" for the only one. */
	const char *core; /**< Dcore, e.g. "Cortex-M4". */
	/** From the <debug> element: index of the AP, or its address where the pack says that it is
	 * an APv2; 0 when not given. */
	unsigned ap;
	const char *svd; /**< Path inside the pack with '/' between its parts, or "". */

	unsigned dp;          /**< From the <debug> element; 0 when not given. */
	const char *revision; /**< DcoreVersion, e.g. "r0p1", or "". */
	uint32_t clock_hz;    /**< Dclock, the highest; 0 when not given. */
	unsigned unit_count;  /**< Punits: cores in one multi-processor; at least 1. */
	unsigned fpu_bits;    /**< Dfpu: 32 single precision, 64 double; 0 none. */
	bool has_mpu;
	bool has_dsp;
	bool has_trustzone;
	bool is_big_endian;
} dapper_pack_processor;

typedef struct dapper_pack_memory {
	const char *name;
	const char *processor; /**< Pname it is for; "" for all. */
	unsigned access;       /**< Mask of dapper_region_access. */
	uint64_t start;
	uint64_t size;
	bool is_startup;
	bool is_default;
	const char *alias; /**< Name of the memory that this is another address of, or "". */
} dapper_pack_memory;

typedef struct dapper_pack_algorithm {
	const char *path;      /**< Of the FLM inside the pack, with '/' between its parts. */
	const char *processor; /**< Pname it is for; "" for all. */
	uint64_t start;
	uint64_t size;
	uint64_t ram_start; /**< 0 with ram_size 0: not given. */
	uint64_t ram_size;
	bool is_default;
} dapper_pack_algorithm;

/**
 * A device or, where a device has variants, each variant. Everything inherited is resolved.
 *
 * A device that has variants is not listed itself (Keil's STM32F4 pack lists 211, the variants of
 * 149 devices), but dapper_pack_find_device() finds it: STM32F407VG as well as STM32F407VGTx.
 */
typedef struct dapper_pack_device {
	const char *name; /**< Dname or Dvariant. */
	const char *vendor;
	const char *family;
	const char *sub_family; /**< Or "". */
	const dapper_pack_processor *processors;
	size_t processor_count;
	const dapper_pack_memory *memories;
	size_t memory_count;
	const dapper_pack_algorithm *algorithms;
	size_t algorithm_count;
} dapper_pack_device;

/**
 * Open a pack: a `.pack` file (zip), an unpacked folder, or a `.pdsc` file in one.
 *
 * Files that the PDSC names need not be there: see dapper_pack_check(). Hostile
 * archives (paths that leave the pack, absurd sizes) and XML (entity expansion) are refused.
 *
 * @param[out] pack  Owned by the caller: dapper_pack_close().
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_pack_open(
	dapper_context *context, const char *path, dapper_pack **pack);
/**
 * Look for every file that the PDSC names. One that is not there is a warning in the log, once: packs
 * are published so, and only who needs the file is troubled.
 *
 * @param[out] missing_count  How many are not there.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_pack_check(
	dapper_context *context, dapper_pack *pack, size_t *missing_count);

/** NULL is fine. */
DAPPER_API void dapper_pack_close(dapper_pack *pack);

DAPPER_API const char *dapper_pack_get_vendor(const dapper_pack *pack);
DAPPER_API const char *dapper_pack_get_name(const dapper_pack *pack);
/** The newest release in the PDSC, or "". */
DAPPER_API const char *dapper_pack_get_version(const dapper_pack *pack);
/** Path given to dapper_pack_open(). */
DAPPER_API const char *dapper_pack_get_path(const dapper_pack *pack);

DAPPER_API size_t dapper_pack_device_count(const dapper_pack *pack);
/** @return Belongs to the pack; NULL when @p index is too large. */
DAPPER_API const dapper_pack_device *dapper_pack_get_device(const dapper_pack *pack, size_t index);

/**
 * Find a device by name: exactly, else in any case, else by an unambiguous prefix; '-' and '_' are
 * the same. A device and its variants are not ambiguous: the shorter name, the device, wins.
 *
 * @retval DAPPER_ERR_NOT_FOUND  The hint names the nearest ones.
 * @retval DAPPER_ERR_AMBIGUOUS  The hint names those that fit.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_pack_find_device(
	const dapper_pack *pack, const char *name, const dapper_pack_device **device);
/** The same over several packs at once; of packs that know the same name, the first is taken.
 * @param[out] pack Which one it is in. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_packs_find_device(dapper_pack *const *packs,
	size_t pack_count, const char *name, dapper_pack **pack, const dapper_pack_device **device);

/** Is a file that the PDSC names there? Either slash is fine; names are compared as they are
 * written, then in any case. */
DAPPER_API bool dapper_pack_has_file(dapper_pack *pack, const char *name);
/**
 * Read a file out of the pack.
 *
 * @param[out] data  New memory, with a NUL behind it that is not counted; free() it.
 * @retval DAPPER_ERR_NOT_FOUND  It is not in the pack.
 * @retval DAPPER_ERR_INVALID    The name leads out of the pack.
 * @retval DAPPER_ERR_PARSE      The archive is damaged.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_pack_read_file(
	dapper_pack *pack, const char *name, uint8_t **data, size_t *size);

DAPPER_END_DECLS

#endif /* DAPPER_PACK_H */
