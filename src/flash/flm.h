/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_FLM_H
#define FLASH_FLM_H

/**
 * @file
 * FLM files: the flash algorithms of CMSIS-Packs. Bytes in, plain data out; no target here.
 *
 * Format: Open-CMSIS-Pack specification, "Flash Programming" (flashAlgorithm.html), and FlashOS.h
 * of its template. An FLM is an ELF file with two parts: what runs on the target (sections PrgCode
 * and PrgData) and what only the tool reads (section DevDscr: one struct FlashDevice).
 *
 * How to run one (flash/algorithm.c does):
 *
 *   1. Choose an address `load` in the target's RAM, a multiple of flm.alignment.
 *   2. Write flm.bytes (flm.size) at `load`, and flm.bss_size zero bytes behind them. Code and data
 *      are independent of their position, but not of each other: keep them together.
 *   3. Call a function: pc = `load + flm.functions[...]` with xPSR.T set, arguments in r0..r3, r9 =
 *      `load + flm.static_base`, sp at the end of a stack that is 8-byte aligned, lr = address of a
 *      breakpoint, with bit 0 set. r0 on return: 0 is success, but for FLM_VERIFY.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

/** Functions of an algorithm, with their C prototypes; int results: 0 is success, 1 failure. */
enum flm_function {
	/** int Init(unsigned long adr, unsigned long clk, unsigned long fnc): adr is the device's
	 * start, clk in Hz (0: unknown), fnc an #flm_operation. */
	FLM_INIT,
	/** int UnInit(unsigned long fnc) */
	FLM_UNINIT,
	/** int EraseChip(void) */
	FLM_ERASE_CHIP,
	/** int EraseSector(unsigned long adr): adr is absolute. */
	FLM_ERASE_SECTOR,
	/** int ProgramPage(unsigned long adr, unsigned long sz, unsigned char *buf) */
	FLM_PROGRAM_PAGE,
	/** unsigned long Verify(unsigned long adr, unsigned long sz, unsigned char *buf): the
	 * address it stopped at: adr + sz when all is well. */
	FLM_VERIFY,
	/** int BlankCheck(unsigned long adr, unsigned long sz, unsigned char pat) */
	FLM_BLANK_CHECK,
	FLM_FUNCTION_COUNT
};

/** What Init and UnInit are told is coming (their fnc). */
enum flm_operation { FLM_OPERATION_ERASE = 1, FLM_OPERATION_PROGRAM = 2, FLM_OPERATION_VERIFY = 3 };

/** Init's clk: the algorithm is to find out or not to care (as uVision, which passes 0 as well). */
#define FLM_CLOCK_UNKNOWN 0u

/** Value of flm.functions[] for a function that the FLM does not have. */
#define FLM_ABSENT UINT32_MAX

/** FlashDevice.DevType */
enum flm_device_type {
	FLM_TYPE_UNKNOWN = 0,
	FLM_TYPE_ONCHIP = 1,
	FLM_TYPE_EXT8BIT = 2,
	FLM_TYPE_EXT16BIT = 3,
	FLM_TYPE_EXT32BIT = 4,
	FLM_TYPE_EXTSPI = 5,
};

/** Consecutive sectors of one size. */
struct flm_sectors {
	uint32_t offset; /**< Of the first, from flm_device.start. */
	uint32_t size;   /**< Of each; never 0, not always a power of two. */
	uint32_t count;  /**< Never 0. */
};

/** struct FlashDevice, checked. */
struct flm_device {
	uint16_t version; /**< Vers, of the algorithm interface: 0x0101. */
	char name[129];   /**< DevName */
	uint16_t type;    /**< DevType, an #flm_device_type or a vendor's. */
	uint32_t start;   /**< DevAdr: address of the first byte. */
	uint32_t size;    /**< szDev, in bytes; never 0; start + size is at most 2^32. */
	/** szPage: the most that one ProgramPage takes, in bytes; 1 to #FLM_MAX_PAGE_SIZE. Not
	 * always a power of two (528), may be smaller than a word (2) or as large as the device. */
	uint32_t page_size;
	uint8_t erased_value;        /**< valEmpty */
	uint32_t program_timeout_ms; /**< toProg, for one page. May be 0. */
	uint32_t erase_timeout_ms;   /**< toErase, for one sector. May be 0. */
	struct flm_sectors *sectors; /**< In order of offset, without overlap, inside the device. */
	size_t sectors_count;        /**< Runs; at least 1. */
};

enum {
	FLM_MAX_PAGE_SIZE = 1 << 20,
	FLM_MAX_IMAGE_SIZE = 1 << 20, /**< flm.size + flm.bss_size */
};

struct flm {
	struct flm_device device;

	/** PrgCode, then PrgData as far as it has initial values, with any gap between filled with
	 * zeros. Never empty. */
	uint8_t *bytes;
	uint32_t size;
	/** Bytes of PrgData that start as 0; they belong at offset flm.size. Often 0. */
	uint32_t bss_size;
	/** Of the place in RAM: a power of two, at least 4. */
	uint32_t alignment;
	/** Offset of PrgData, which r9 points to. Without PrgData: of the end of the code. */
	uint32_t static_base;
	/** Offset of each function, with the Thumb bit cleared, or #FLM_ABSENT. Always there:
	 * FLM_INIT, FLM_UNINIT, FLM_PROGRAM_PAGE. */
	uint32_t functions[FLM_FUNCTION_COUNT];
};

/**
 * Parse an FLM file.
 *
 * @param name      For messages: its path in the pack.
 * @param data      Borrowed for the call.
 * @param[out] flm  Owned by the caller: flm_free().
 * @retval DAPPER_ERR_PARSE        Damaged, or not an FLM; the place names the file.
 * @retval DAPPER_ERR_UNSUPPORTED  ELF for something else than Arm.
 * @retval DAPPER_ERR_LIMIT        Page or image over the limits above.
 */
dapper_status flm_parse(const char *name, const void *data, size_t size, struct flm **flm);

/** NULL is fine. */
void flm_free(struct flm *flm);

/** "Init", "ProgramPage", ...: as the FLM's symbols are called. */
const char *flm_function_text(enum flm_function function);

/**
 * The sector that holds an address.
 *
 * @param address       Absolute.
 * @param[out] start    Absolute. Of the last sector, start + size may be over the device's end.
 * @return false: it is in none.
 */
bool flm_find_sector(
	const struct flm_device *device, uint64_t address, uint32_t *start, uint32_t *size);

#endif /* FLASH_FLM_H */
