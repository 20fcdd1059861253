/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASHALGO_FLASH_OS_H
#define FLASHALGO_FLASH_OS_H

/**
 * @file
 * The interface of CMSIS flash algorithms (Open-CMSIS-Pack, "Flash Programming"), as seen by the
 * algorithm. int results: 0 is success. Written from the specification; layout of FlashDevice as
 * tools read it, see src/flash/flm.h.
 */
#include <stdint.h>

#define FLASH_ALGORITHM_VERSION 0x0101u
#define FLASH_SECTORS_END                        \
	{                                        \
		UINT32_C(0xffffffff), 0xffffffff \
	}

enum { FLASH_ON_CHIP = 1, FLASH_SECTORS_MAX = 8 };

struct flash_sectors {
	uint32_t size;
	uint32_t offset; /* of the first, from the device's start */
};

struct flash_device {
	uint16_t version;
	char name[128];
	uint16_t type;
	uint32_t start;
	uint32_t size;
	uint32_t page_size;
	uint32_t reserved;
	uint8_t erased_value;
	uint8_t padding[3];
	uint32_t program_timeout_ms;
	uint32_t erase_timeout_ms;
	struct flash_sectors sectors[FLASH_SECTORS_MAX];
};

/* Where tools look for them. */
#define FLASH_DESCRIPTION __attribute__((section("DevDscr"), used))
#define FLASH_FUNCTION    __attribute__((section("PrgCode"), used))
/* For helpers: inlined, so that there is no other section. */
#define FLASH_HELPER static inline __attribute__((always_inline))

int Init(uint32_t address, uint32_t clock_hz, uint32_t operation);
int UnInit(uint32_t operation);
int EraseChip(void);
int EraseSector(uint32_t address);
int ProgramPage(uint32_t address, uint32_t size, const uint8_t *data);

#endif /* FLASHALGO_FLASH_OS_H */
