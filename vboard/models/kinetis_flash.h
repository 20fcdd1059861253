/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_KINETIS_FLASH_H
#define VBOARD_MODELS_KINETIS_FLASH_H

/**
 * @file
 * Inside the model of a Kinetis flash module: kinetis_flash.c (registers, security, life),
 * kinetis_flash_commands.c (what FCCOB can ask for).
 */
#include "vboard/models/kinetis.h"
#include "vboard/models/kinetis_flash_regs.h"
#include "vboard/models/mdm_ap.h"
#include "vboard/models/nvm.h"

enum { KINETIS_PROGRAM }; /* area 0; the others are where struct kinetis_flash says */
enum { KINETIS_MAX_UNIT = 8, KINETIS_ONCE_SIZE = 64 };

/** What a snapshot keeps. */
struct kinetis_flash_state {
	uint8_t registers[FTFX_REGISTERS_SIZE]; /* FSTAT holds errors only, no CCIF */
	uint64_t quick_end_ns;                  /* of a command that changes no memory */
	bool backdoor_locked;                   /* a wrong key: until the next reset */
	bool mass_erase_pending;                /* asked for during another command */
	bool mass_erasing;                      /* memories are being erased */
	bool mass_erase_closing;                /* the security byte is being programmed */
	bool release_security;                  /* when the erase under way has succeeded */
};

struct kinetis_flash {
	struct board *board;
	const struct kinetis_flash_config *config;
	uint16_t irq;
	struct nvm nvm;
	unsigned data_area; /* 0: there is none */
	unsigned ifr_area;
	struct board_event quick_end;
	struct mdm_ap mdm;
	struct kinetis_flash_state state;
};

/** FCCOB0 to FCCOBB. */
static inline uint8_t kinetis_fccob(const struct kinetis_flash *flash, unsigned index)
{
	return flash->state.registers[FTFX_FCCOB + (index ^ 3)];
}

bool kinetis_flash_is_busy(struct kinetis_flash *flash);
bool kinetis_flash_is_secured(const struct kinetis_flash *flash);
/** FSEC.SEC is opened, until the next reset. */
void kinetis_flash_release_security(struct kinetis_flash *flash);

/** kinetis_flash_commands.c: do what FCCOB says. Errors are in FSTAT when it returns. */
void kinetis_flash_launch(struct kinetis_flash *flash);
/** The same for the debugger's mass erase, which no protection stops. */
void kinetis_flash_start_mass_erase(struct kinetis_flash *flash);
/** An erase or program operation of the memory has ended. */
void kinetis_flash_operation_ended(struct kinetis_flash *flash);

#endif /* VBOARD_MODELS_KINETIS_FLASH_H */
