/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_QSPI_NOR_CHIPS_H
#define VBOARD_MODELS_QSPI_NOR_CHIPS_H

/**
 * @file
 * What a serial NOR chip is, and its commands, as tables; for qspi_nor.c.
 */
#include "base/bits.h"
#include "vboard/board/board.h"

enum { NOR_PAGE = 256, NOR_ERASE_KINDS = 3 };

/** Who knows a command. */
#define NOR_ALL        BIT(0)
#define NOR_WINBOND    BIT(1)
#define NOR_MICRON     BIT(2)
#define NOR_MACRONIX   BIT(3)
#define NOR_BIG        BIT(4) /* above 16 MB: commands with four address bytes */
#define NOR_QUAD       BIT(5)
#define NOR_OCTAL      BIT(6)
#define NOR_MICRON_128 BIT(7) /* 0x12 is a quad program there, and a 4-byte one elsewhere */

enum nor_kind {
	NOR_READ,
	NOR_READ_ID,
	NOR_READ_MAKER_ID, /* 0x90 */
	NOR_READ_SFDP,
	NOR_READ_UNIQUE_ID,
	NOR_READ_REGISTER, /* .index */
	NOR_WRITE_REGISTER,
	NOR_READ_CR2,
	NOR_WRITE_CR2,
	NOR_WRITE_ENABLE,
	NOR_WRITE_ENABLE_VOLATILE,
	NOR_WRITE_DISABLE,
	NOR_CLEAR_FLAGS,
	NOR_PROGRAM,
	NOR_ERASE, /* .index: of the chip's erase kinds */
	NOR_ERASE_CHIP,
	NOR_FOUR_BYTES_ON,
	NOR_FOUR_BYTES_OFF,
	NOR_RESET_ENABLE,
	NOR_RESET,
	NOR_POWER_DOWN,
	NOR_POWER_UP, /* and read the electronic signature */
};

enum nor_register {
	NOR_SR1,
	NOR_SR2,   /* Winbond; Macronix: configuration register */
	NOR_SR3,   /* Winbond */
	NOR_FLAGS, /* Micron: flag status register; Macronix: security register */
	NOR_VCR,   /* Micron: volatile configuration */
	NOR_EVCR,  /* Micron: enhanced volatile configuration */
	NOR_NVCR_LOW,
	NOR_NVCR_HIGH,
	NOR_EAR, /* extended address */
	NOR_REGISTERS,
};

/** Address bytes: as the mode says. */
enum { NOR_MODE_ADDRESS = 0xff };
/** Dummy cycles: as a register of the chip says. */
enum { NOR_DUMMY_OUTPUT = 0xfe, NOR_DUMMY_IO = 0xff, NOR_DUMMY_OCTAL = 0xfd };

struct nor_command {
	uint8_t opcode;
	uint8_t kind;
	uint8_t index;
	uint8_t sets; /* NOR_...: any of them */
	uint8_t address_bytes;
	uint8_t address_lanes;
	uint8_t data_lanes;
	uint8_t dummy;
	bool has_mode; /* the first dummy cycles are mode bits: continuous read */
};

struct qspi_nor_chip {
	const char *name;
	uint8_t id[3];
	uint8_t sets;
	uint32_t size;
	uint32_t protect_granule; /* what BP = 1 protects */
	/* Typical times of the data sheet. */
	uint32_t program_us;      /* a page */
	uint32_t byte_program_ns; /* more for each byte until that */
	uint32_t erase_ms[NOR_ERASE_KINDS];
	uint32_t chip_erase_ms;
	uint32_t register_ms;
	uint8_t registers[NOR_REGISTERS]; /* as delivered */
	uint8_t quad_enable;              /* SFDP: QER */
};

/** 4 KB, 32 KB, 64 KB. */
extern const uint32_t nor_erase_sizes[NOR_ERASE_KINDS];
extern const uint8_t nor_erase_opcodes[NOR_ERASE_KINDS];

/** NULL: no such chip. */
const struct qspi_nor_chip *qspi_nor_find_chip(const char *name);
/** For messages: the names with commas. */
const char *qspi_nor_chip_names(void);
/** Index for qspi_nor_command(); -1: the chip does not know it. */
int qspi_nor_find_command(const struct qspi_nor_chip *chip, uint8_t opcode, bool octal);
const struct nor_command *qspi_nor_command(int index);

enum { NOR_SFDP_SIZE = 256 };
void qspi_nor_make_sfdp(const struct qspi_nor_chip *chip, uint8_t sfdp[NOR_SFDP_SIZE]);

#endif /* VBOARD_MODELS_QSPI_NOR_CHIPS_H */
