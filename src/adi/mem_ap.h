/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_MEM_AP_H
#define ADI_MEM_AP_H

/**
 * @file
 * Access ports, and the MEM-AP as a memory interface (IHI 0031 C1, C2).
 *
 * Two levels: mem_ap_queue_*() append to a batch of the caller's, for those who make one batch out
 * of several accesses; mem_ap_read() and its like build and run one of their own.
 */
#include "adi/dp.h"

enum ap_class { AP_CLASS_NONE = 0, AP_CLASS_COM = 1, AP_CLASS_MEM = 8 };

/** MEM-AP types (IHI 0031, C1.3 IDR.TYPE; the later ones IHI 0074, C1.3). */
enum ap_type {
	AP_TYPE_AHB3 = 1,
	AP_TYPE_APB = 2,
	AP_TYPE_AXI3 = 4,
	AP_TYPE_AHB5 = 5,
	AP_TYPE_APB4 = 6,
	AP_TYPE_AXI5 = 7,
	AP_TYPE_AHB5_HPROT = 8,
};

struct ap {
	struct node node;
	struct dp *dp;
	uint8_t apsel;
	uint32_t idr;
	const char *type;  /* "AHB3-AP", "JTAG-AP", ... */
	char problem[160]; /* why it could not be set up, or "" */
};

struct mem_ap {
	struct ap ap;
	uint64_t rom_base; /* component base address from BASE */
	bool rom_present;
	bool can_byte;      /* CSW.Size can be 8 and 16 bit */
	bool can_pack;      /* CSW.AddrInc can be packed */
	bool large_address; /* CFG.LA */
	uint32_t wrap;      /* TAR auto-increments within blocks of this size, in bytes; by IDR */
	uint32_t csw_base;  /* Prot, DbgSwEnable: what CSW holds besides Size and AddrInc */
	/* Caches; valid while generation == dp->generation. */
	uint32_t generation;
	bool csw_valid;
	bool tar_valid;
	uint32_t csw;
	uint64_t tar;
};

/**
 * Look for the access ports of an ADIv5 DP and attach an object for each to @p dp.
 *
 * Scans APSEL from 0, stopping after a few consecutive empty ones (IHI 0031 C1.2: APs are
 * contiguous in practice, the number 3 is pyOCD's default). An AP that cannot be read is reported
 * and skipped.
 * @param[out] count  MEM-APs found.
 */
dapper_status ap_scan(struct dp *dp, size_t *count);

/** The n-th MEM-AP below @p dp; NULL when there is none. */
struct mem_ap *dp_get_mem_ap(const struct dp *dp, size_t index);

/* --- appending to a batch ---------------------------------------------------------------------
 *
 * Addresses are below 4 GB, unless large_address is set; the whole accesses check that. A batch
 * that was built must be run by dp_run() before the next one is begun, or dropped with
 * dp_invalidate(): CSW, TAR and SELECT are cached as of its end.
 */

/** Append a 32-bit read; @p word gets the value when the batch has run. Word-aligned. */
void mem_ap_queue_read32(struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t *word);
void mem_ap_queue_write32(struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t value);
/** Append reading until (word & mask) == value; the probe polls. At most 65535 retries. */
void mem_ap_queue_poll32(struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t mask,
	uint32_t value, uint32_t retries);
/**
 * Append accesses to registers in one 16-byte block through BD0..BD3 without moving TAR: the way to
 * DHCSR, DCRSR, DCRDR and DEMCR. @p address is the register's; the first use sets TAR.
 */
void mem_ap_queue_banked_read32(
	struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t *word);
void mem_ap_queue_banked_write32(
	struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t value);
void mem_ap_queue_banked_poll32(struct mem_ap *ap, struct batch *batch, uint64_t address,
	uint32_t mask, uint32_t value, uint32_t retries);
/** Append a block of words; address word-aligned. @p data is borrowed until the batch has run. */
void mem_ap_queue_read_block(
	struct mem_ap *ap, struct batch *batch, uint64_t address, uint8_t *data, size_t word_count);
void mem_ap_queue_write_block(struct mem_ap *ap, struct batch *batch, uint64_t address,
	const uint8_t *data, size_t word_count);

/* --- whole accesses --------------------------------------------------------------------------
 *
 * They fail with DAPPER_ERR_INVALID beyond the AP's address space. What is read is valid only on
 * success.
 */

/**
 * Any address and size: words where they are aligned, 8 and 16 bits at the ends.
 *
 * @retval DAPPER_ERR_UNSUPPORTED  A ragged write through an AP that has 32-bit accesses only.
 */
dapper_status mem_ap_read(struct mem_ap *ap, uint64_t address, void *data, size_t size);
dapper_status mem_ap_write(struct mem_ap *ap, uint64_t address, const void *data, size_t size);
/**
 * Units of exactly 1, 2 or 4 bytes; one bus access each, aligned to their size.
 *
 * @retval DAPPER_ERR_UNSUPPORTED  The AP has 32-bit accesses only.
 */
dapper_status mem_ap_read_units(
	struct mem_ap *ap, uint64_t address, unsigned unit_size, void *data, size_t count);
dapper_status mem_ap_write_units(
	struct mem_ap *ap, uint64_t address, unsigned unit_size, const void *data, size_t count);
dapper_status mem_ap_read32(struct mem_ap *ap, uint64_t address, uint32_t *word);
dapper_status mem_ap_write32(struct mem_ap *ap, uint64_t address, uint32_t value);

#endif /* ADI_MEM_AP_H */
