/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_LPC55_ROM_H
#define VBOARD_MODELS_LPC55_ROM_H

/**
 * @file
 * Inside the model of an LPC55 boot ROM: lpc55_rom.c (code, tables, services, flash array),
 * lpc55_api.c (what the flash functions do), lpc55_flexspi.c (the FlexSPI NOR functions).
 */
#include "base/bits.h"
#include "vboard/models/lpc55.h"
#include "vboard/models/nvm.h"
#include "vboard/models/qspi_nor.h"

enum { LPC55_PAGE = 512, LPC55_MAX_PAGES = 2048, LPC55_NAMES = 5 };

/** Status codes of the ROM (fsl_iap.h and fsl_flexspi_nor_flash.h name them kStatus_...). */
enum lpc55_status {
	LPC55_SUCCESS = 0,
	LPC55_FAIL = 1,
	LPC55_INVALID_ARGUMENT = 4,
	LPC55_ALIGNMENT_ERROR = 101,
	LPC55_ADDRESS_ERROR = 102,
	LPC55_COMMAND_FAILURE = 105,
	LPC55_UNKNOWN_PROPERTY = 106,
	LPC55_ERASE_KEY_ERROR = 107,
	LPC55_NOT_SUPPORTED = 111,
	LPC55_COMPARE_ERROR = 117,
};

/** Functions, by the number of their entry and their services. */
enum lpc55_function {
	LPC55_FLASH_INIT,
	LPC55_FLASH_ERASE,
	LPC55_FLASH_PROGRAM,
	LPC55_FLASH_VERIFY_ERASE,
	LPC55_FLASH_VERIFY_PROGRAM,
	LPC55_FLASH_GET_PROPERTY,
	LPC55_FFR_INIT,
	LPC55_FFR_LOCK,
	LPC55_FFR_FACTORY_WRITE,
	LPC55_FFR_GET_UUID,
	LPC55_FFR_GET_FACTORY,
	LPC55_FFR_KEYSTORE,
	LPC55_FFR_INFIELD_WRITE,
	LPC55_FFR_GET_INFIELD,
	LPC55_NOR_INIT,
	LPC55_NOR_PROGRAM,
	LPC55_NOR_ERASE_ALL,
	LPC55_NOR_ERASE,
	LPC55_NOR_ERASE_SECTOR,
	LPC55_NOR_ERASE_BLOCK,
	LPC55_NOR_GET_CONFIG,
	LPC55_NOR_READ,
	LPC55_NOR_CLOCK,
	LPC55_UNSUPPORTED,
	LPC55_FUNCTIONS,
};

/** What is still to do of a call. */
struct lpc55_work {
	uint32_t offset, size; /* flash or NOR */
	uint32_t source;       /* address of what is to be programmed */
	uint32_t step;         /* of NOR: what one command erases */
};

/** What a snapshot keeps. */
struct lpc55_state {
	uint32_t arguments[6];
	uint32_t status;
	bool running;
	struct lpc55_work flash, nor;
	/* Pages that hold something: others have no valid ECC, and cannot be read. */
	uint8_t programmed[LPC55_MAX_PAGES / 8];
};

struct lpc55_rom {
	struct board *board;
	const struct lpc55_rom_config *config;
	uint32_t base, size; /* of the ROM */
	struct nvm nvm;
	struct qspi_nor *nor;
	struct lpc55_state state;
};

/** Is a range of addresses in the part's RAM, by its Secure or Non-secure address? */
bool lpc55_in_ram(const struct lpc55_rom *rom, uint32_t address, uint32_t size);
/** Has a page been programmed since it was erased? */
bool lpc55_is_programmed(const struct lpc55_rom *rom, uint32_t page);
void lpc55_set_programmed(struct lpc55_rom *rom, uint32_t offset, uint32_t size, bool programmed);

/** lpc55_api.c: begin a call; what takes time goes on in struct lpc55_work. */
enum lpc55_status lpc55_call(struct lpc55_rom *rom, enum lpc55_function function);
/** The flash is idle: the next page of what is under way, beginning at @p begin_ns. */
void lpc55_continue(struct lpc55_rom *rom, uint64_t begin_ns);

/** lpc55_flexspi.c */
enum lpc55_status lpc55_flexspi_call(struct lpc55_rom *rom, enum lpc55_function function);
/** Is a command under way? If one has just ended, the next begins. */
bool lpc55_flexspi_is_busy(struct lpc55_rom *rom);

#endif /* VBOARD_MODELS_LPC55_ROM_H */
