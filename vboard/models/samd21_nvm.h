/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_SAMD21_NVM_H
#define VBOARD_MODELS_SAMD21_NVM_H

/**
 * @file
 * Inside the model of flash and debug access of a SAM D21: samd21_nvmctrl.c (NVMCTRL and the
 * memories), samd21_dsu.c (the debugger's side: identification, chip erase, CRC).
 */
#include "base/bits.h"
#include "vboard/models/nvm.h"
#include "vboard/models/samd21.h"

enum { SAMD21_FLASH, SAMD21_USER_ROW, SAMD21_SECURITY };
enum { SAMD21_PAGE = 64, SAMD21_ROW = 256, SAMD21_REGIONS = 16 };

/** What a snapshot keeps. */
struct samd21_nvm_state {
	uint32_t ctrlb, addr;
	uint16_t status, lock;
	uint8_t inten, intflag; /* of INTFLAG only ERROR */
	bool page_loaded;
	uint8_t page[SAMD21_PAGE];
	bool chip_erasing, chip_erase_pending;
	uint32_t dsu_addr, dsu_length, dsu_data, dsu_dcc[2];
	uint8_t dsu_statusa;
};

struct samd21_nvm {
	struct board *board;
	const struct samd21_nvm_config *config;
	uint16_t irq;
	struct nvm nvm;
	struct samd21_nvm_state state;
};

/** The security bit is set: debuggers reach the DSU's external half only. */
bool samd21_is_secured(const struct samd21_nvm *nvm);
/** DSU's chip erase; flash, lock bits and security bit go, the user row stays. */
void samd21_chip_erase(struct samd21_nvm *nvm);

/** samd21_dsu.c */
dapper_status samd21_dsu_create(struct samd21_nvm *nvm);
void samd21_dsu_reset(struct samd21_nvm *nvm, enum board_reset kind);
void samd21_dsu_chip_erased(struct samd21_nvm *nvm);

#endif /* VBOARD_MODELS_SAMD21_NVM_H */
