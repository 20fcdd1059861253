/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_FLASH_H
#define FLASH_FLASH_H

/**
 * @file
 * The programmers of a SoC's flash: which algorithm serves which addresses, and the programming of
 * images with them. Sees the SoC only as an abstract Target.
 */
#include <dapper/flash.h>

#include "flash/flm.h"
#include "target/target.h"

/** Longest times allowed, in milliseconds of the probe's clock. */
struct flash_timeouts {
	uint32_t init;
	uint32_t erase_all;
	uint32_t erase_sector; /* the algorithm's own figure counts when it is longer */
	uint32_t program;      /* the same */
};

/** Which flash an algorithm programs, and which RAM it may use for it. */
struct flash_placement {
	const char *name; /* of the algorithm, for messages; copied */
	uint64_t start;   /* flash it serves: one region of the SoC's memory map */
	uint64_t size;
	uint64_t ram_start; /* 0, 0: the memory map's default RAM */
	uint64_t ram_size;
};

struct flash;

/** @p soc must outlive the result. */
dapper_status flash_create(struct dapper_target *soc, const struct flash_timeouts *timeouts,
	bool smart, struct flash **flash);
/** Compare and verify by reading back, and not by hashes that the target computes. */
void flash_set_readback(struct flash *flash, bool readback);
/** NULL is fine. */
void flash_destroy(struct flash *flash);

/** Let an algorithm serve a region. @p flm is taken over, also on failure. */
dapper_status flash_add(
	struct flash *flash, const struct flash_placement *placement, struct flm *flm);

/** See the public functions of the same names in <dapper/flash.h>. */
dapper_status flash_program(struct flash *flash, dapper_image *const *images, size_t image_count,
	const dapper_flash_options *options, dapper_flash_result *result);
dapper_status flash_erase_chip(
	struct flash *flash, const dapper_flash_options *options, dapper_flash_result *result);
dapper_status flash_erase_range(struct flash *flash, uint64_t address, uint64_t size,
	const dapper_flash_options *options, dapper_flash_result *result);

/**
 * The caller's options as this library knows them, checked.
 *
 * @param options  NULL: all defaults.
 */
dapper_status flash_take_options(const dapper_flash_options *options, dapper_flash_options *taken);

#endif /* FLASH_FLASH_H */
