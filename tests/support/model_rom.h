/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_MODEL_ROM_H
#define SUPPORT_MODEL_ROM_H

/**
 * @file
 * Components and ROM tables for the bus of model_ap.h: pages of 4 KB, everything else faults.
 */
#include "support/model_ap.h"

enum { MODEL_PAGES = 48, MODEL_PAGE_WORDS = 1024 };

struct model_rom {
	struct model_page {
		uint64_t address;
		uint32_t words[MODEL_PAGE_WORDS];
		bool faults;           /* all of it */
		bool faults_below_fd0; /* DEVARCH and its neighbours too */
		bool needs_trcena;     /* reads as 0 while DEMCR.TRCENA is 0 */
	} pages[MODEL_PAGES];
	size_t count;
	uint32_t demcr; /* word 0xdfc of the page at 0xe000e000, if there is one */
	uint64_t demcr_writes;
};

/** Put it on the model's bus. */
void model_rom_init(struct model_rom *rom, struct model *model);

/** Add a page with identification registers; PIDR2 has JEDEC set and revision 3. */
struct model_page *model_rom_add(
	struct model_rom *rom, uint64_t address, unsigned class, unsigned designer, unsigned part);
/** Give a class 9 one its DEVARCH (architect Arm) and DEVTYPE. */
void model_rom_set_arch(struct model_page *page, unsigned archid, unsigned devtype);

/**
 * The first level of an STM32F407 (RM0090, 38.6.3 and the Cortex-M4 TRM 100166, table 3-10): ROM
 * table at 0xe00ff000 with SCS, DWT, FPB, ITM, TPIU, ETM.
 */
void model_rom_add_stm32f4(struct model_rom *rom);

#endif /* SUPPORT_MODEL_ROM_H */
