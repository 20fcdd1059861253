/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serial NOR chips and their commands. The data sheets were not at hand; identifiers, commands and
 * typical times are from memory of
 * - Winbond W25Q16JV rev H, W25Q128JV rev F
 * - Micron N25Q128A rev M, N25Q256A rev M
 * - Macronix MX25L51245G rev 1.6, MX25LM51245G rev 1.2 (octal)
 */
#include "vboard/models/qspi_nor_chips.h"

#include <string.h>

const uint32_t nor_erase_sizes[NOR_ERASE_KINDS] = { 0x1000, 0x8000, 0x10000 };
const uint8_t nor_erase_opcodes[NOR_ERASE_KINDS] = { 0x20, 0x52, 0xd8 };

#define MB (1024u * 1024u)

static const struct qspi_nor_chip chips[] = {
	{
		.name = "W25Q16JV",
		.id = { 0xef, 0x40, 0x15 },
		.sets = NOR_ALL | NOR_WINBOND | NOR_QUAD,
		.size = 2 * MB,
		.protect_granule = 64 * 1024,
		.program_us = 400,
		.byte_program_ns = 2500,
		.erase_ms = { 45, 120, 150 },
		.chip_erase_ms = 5000,
		.register_ms = 10,
		.registers = { [NOR_SR3] = 0x60 },
		.quad_enable = 5,
	},
	{
		.name = "W25Q128JV",
		.id = { 0xef, 0x40, 0x18 },
		.sets = NOR_ALL | NOR_WINBOND | NOR_QUAD,
		.size = 16 * MB,
		.protect_granule = 256 * 1024,
		.program_us = 400,
		.byte_program_ns = 2500,
		.erase_ms = { 45, 120, 150 },
		.chip_erase_ms = 40000,
		.register_ms = 10,
		.registers = { [NOR_SR3] = 0x60 },
		.quad_enable = 5,
	},
	{
		.name = "N25Q128A",
		.id = { 0x20, 0xba, 0x18 },
		.sets = NOR_ALL | NOR_MICRON | NOR_QUAD | NOR_MICRON_128,
		.size = 16 * MB,
		.protect_granule = 64 * 1024,
		.program_us = 500,
		.byte_program_ns = 15000,
		.erase_ms = { 250, 400, 700 },
		.chip_erase_ms = 170000,
		.register_ms = 1,
		.registers = { [NOR_FLAGS] = 0x80,
			[NOR_VCR] = 0xfb,
			[NOR_EVCR] = 0xdf,
			[NOR_NVCR_LOW] = 0xff,
			[NOR_NVCR_HIGH] = 0xff },
	},
	{
		.name = "N25Q256A",
		.id = { 0x20, 0xba, 0x19 },
		.sets = NOR_ALL | NOR_MICRON | NOR_QUAD | NOR_BIG,
		.size = 32 * MB,
		.protect_granule = 64 * 1024,
		.program_us = 500,
		.byte_program_ns = 15000,
		.erase_ms = { 250, 400, 700 },
		.chip_erase_ms = 240000,
		.register_ms = 1,
		.registers = { [NOR_FLAGS] = 0x80,
			[NOR_VCR] = 0xfb,
			[NOR_EVCR] = 0xdf,
			[NOR_NVCR_LOW] = 0xff,
			[NOR_NVCR_HIGH] = 0xff },
	},
	{
		.name = "MX25L51245G",
		.id = { 0xc2, 0x20, 0x1a },
		.sets = NOR_ALL | NOR_MACRONIX | NOR_QUAD | NOR_BIG,
		.size = 64 * MB,
		.protect_granule = 64 * 1024,
		.program_us = 250,
		.byte_program_ns = 16000,
		.erase_ms = { 30, 150, 220 },
		.chip_erase_ms = 150000,
		.register_ms = 1,
		.registers = { [NOR_SR2] = 0x07 },
		.quad_enable = 2,
	},
	{
		.name = "MX25LM51245G",
		.id = { 0xc2, 0x85, 0x3a },
		.sets = NOR_ALL | NOR_MACRONIX | NOR_BIG | NOR_OCTAL,
		.size = 64 * MB,
		.protect_granule = 64 * 1024,
		.program_us = 150,
		.byte_program_ns = 16000,
		.erase_ms = { 25, 150, 220 },
		.chip_erase_ms = 150000,
		.register_ms = 1,
		.registers = { [NOR_SR2] = 0x07 },
	},
};

#define MODE NOR_MODE_ADDRESS

/* Opcode, kind, index, who, address bytes, address lanes, data lanes, dummy cycles, mode bits. */
static const struct nor_command commands[] = {
	{ 0x03, NOR_READ, 0, NOR_ALL, MODE, 1, 1, 0, false },
	{ 0x0b, NOR_READ, 0, NOR_ALL, MODE, 1, 1, NOR_DUMMY_OUTPUT, false },
	{ 0x3b, NOR_READ, 0, NOR_QUAD, MODE, 1, 2, NOR_DUMMY_OUTPUT, false },
	{ 0xbb, NOR_READ, 0, NOR_WINBOND, MODE, 2, 2, 4, true },
	{ 0xbb, NOR_READ, 0, NOR_MACRONIX, MODE, 2, 2, 4, false },
	{ 0xbb, NOR_READ, 0, NOR_MICRON, MODE, 2, 2, NOR_DUMMY_OUTPUT, false },
	{ 0x6b, NOR_READ, 0, NOR_QUAD, MODE, 1, 4, NOR_DUMMY_OUTPUT, false },
	{ 0xeb, NOR_READ, 0, NOR_QUAD, MODE, 4, 4, NOR_DUMMY_IO, true },
	{ 0x13, NOR_READ, 0, NOR_BIG, 4, 1, 1, 0, false },
	{ 0x0c, NOR_READ, 0, NOR_BIG, 4, 1, 1, NOR_DUMMY_OUTPUT, false },
	{ 0x3c, NOR_READ, 0, NOR_BIG, 4, 1, 2, NOR_DUMMY_OUTPUT, false },
	{ 0x6c, NOR_READ, 0, NOR_BIG, 4, 1, 4, NOR_DUMMY_OUTPUT, false },
	{ 0xec, NOR_READ, 0, NOR_BIG, 4, 4, 4, NOR_DUMMY_IO, true },

	{ 0x9f, NOR_READ_ID, 0, NOR_ALL, 0, 1, 1, 0, false },
	{ 0x9e, NOR_READ_ID, 0, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0x90, NOR_READ_MAKER_ID, 0, NOR_WINBOND | NOR_MACRONIX, 3, 1, 1, 0, false },
	{ 0x4b, NOR_READ_UNIQUE_ID, 0, NOR_WINBOND, 0, 1, 1, 32, false },
	{ 0x5a, NOR_READ_SFDP, 0, NOR_ALL, 3, 1, 1, 8, false },
	{ 0xab, NOR_POWER_UP, 0, NOR_ALL, 0, 1, 1, 24, false },
	{ 0xb9, NOR_POWER_DOWN, 0, NOR_ALL, 0, 1, 1, 0, false },

	{ 0x06, NOR_WRITE_ENABLE, 0, NOR_ALL, 0, 1, 1, 0, false },
	{ 0x50, NOR_WRITE_ENABLE_VOLATILE, 0, NOR_WINBOND, 0, 1, 1, 0, false },
	{ 0x50, NOR_CLEAR_FLAGS, 0, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0x04, NOR_WRITE_DISABLE, 0, NOR_ALL, 0, 1, 1, 0, false },
	{ 0x05, NOR_READ_REGISTER, NOR_SR1, NOR_ALL, 0, 1, 1, 0, false },
	{ 0x35, NOR_READ_REGISTER, NOR_SR2, NOR_WINBOND, 0, 1, 1, 0, false },
	{ 0x15, NOR_READ_REGISTER, NOR_SR3, NOR_WINBOND, 0, 1, 1, 0, false },
	{ 0x15, NOR_READ_REGISTER, NOR_SR2, NOR_MACRONIX, 0, 1, 1, 0, false },
	{ 0x2b, NOR_READ_REGISTER, NOR_FLAGS, NOR_MACRONIX, 0, 1, 1, 0, false },
	{ 0x70, NOR_READ_REGISTER, NOR_FLAGS, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0x85, NOR_READ_REGISTER, NOR_VCR, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0x65, NOR_READ_REGISTER, NOR_EVCR, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0xb5, NOR_READ_REGISTER, NOR_NVCR_LOW, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0xc8, NOR_READ_REGISTER, NOR_EAR, NOR_BIG, 0, 1, 1, 0, false },
	{ 0x01, NOR_WRITE_REGISTER, NOR_SR1, NOR_ALL, 0, 1, 1, 0, false },
	{ 0x31, NOR_WRITE_REGISTER, NOR_SR2, NOR_WINBOND, 0, 1, 1, 0, false },
	{ 0x11, NOR_WRITE_REGISTER, NOR_SR3, NOR_WINBOND, 0, 1, 1, 0, false },
	{ 0x81, NOR_WRITE_REGISTER, NOR_VCR, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0x61, NOR_WRITE_REGISTER, NOR_EVCR, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0xb1, NOR_WRITE_REGISTER, NOR_NVCR_LOW, NOR_MICRON, 0, 1, 1, 0, false },
	{ 0xc5, NOR_WRITE_REGISTER, NOR_EAR, NOR_BIG, 0, 1, 1, 0, false },
	{ 0x71, NOR_READ_CR2, 0, NOR_OCTAL, 4, 1, 1, 0, false },
	{ 0x72, NOR_WRITE_CR2, 0, NOR_OCTAL, 4, 1, 1, 0, false },

	{ 0x02, NOR_PROGRAM, 0, NOR_ALL, MODE, 1, 1, 0, false },
	{ 0xa2, NOR_PROGRAM, 0, NOR_MICRON, MODE, 1, 2, 0, false },
	{ 0x32, NOR_PROGRAM, 0, NOR_WINBOND | NOR_MICRON, MODE, 1, 4, 0, false },
	{ 0x38, NOR_PROGRAM, 0, NOR_MACRONIX | NOR_MICRON, MODE, 4, 4, 0, false },
	{ 0x12, NOR_PROGRAM, 0, NOR_MICRON_128, MODE, 4, 4, 0, false },
	{ 0x12, NOR_PROGRAM, 0, NOR_BIG, 4, 1, 1, 0, false },
	{ 0x34, NOR_PROGRAM, 0, NOR_BIG, 4, 1, 4, 0, false },
	{ 0x3e, NOR_PROGRAM, 0, NOR_MACRONIX, 4, 4, 4, 0, false },

	{ 0x20, NOR_ERASE, 0, NOR_ALL, MODE, 1, 1, 0, false },
	{ 0x52, NOR_ERASE, 1, NOR_ALL, MODE, 1, 1, 0, false },
	{ 0xd8, NOR_ERASE, 2, NOR_ALL, MODE, 1, 1, 0, false },
	{ 0x21, NOR_ERASE, 0, NOR_BIG, 4, 1, 1, 0, false },
	{ 0x5c, NOR_ERASE, 1, NOR_BIG, 4, 1, 1, 0, false },
	{ 0xdc, NOR_ERASE, 2, NOR_BIG, 4, 1, 1, 0, false },
	{ 0xc7, NOR_ERASE_CHIP, 0, NOR_ALL, 0, 1, 1, 0, false },
	{ 0x60, NOR_ERASE_CHIP, 0, NOR_ALL, 0, 1, 1, 0, false },

	{ 0xb7, NOR_FOUR_BYTES_ON, 0, NOR_BIG, 0, 1, 1, 0, false },
	{ 0xe9, NOR_FOUR_BYTES_OFF, 0, NOR_BIG, 0, 1, 1, 0, false },
	{ 0x66, NOR_RESET_ENABLE, 0, NOR_ALL, 0, 1, 1, 0, false },
	{ 0x99, NOR_RESET, 0, NOR_ALL, 0, 1, 1, 0, false },
};

/* MX25LM51245G, OPI: each opcode is followed by its complement (0xEC 0x13). */
static const struct nor_command octal_commands[] = {
	{ 0xec, NOR_READ, 0, NOR_OCTAL, 4, 8, 8, NOR_DUMMY_OCTAL, false },
	{ 0xee, NOR_READ, 0, NOR_OCTAL, 4, 8, 8, NOR_DUMMY_OCTAL, false },
	{ 0x9f, NOR_READ_ID, 0, NOR_OCTAL, 4, 8, 8, 4, false },
	{ 0x5a, NOR_READ_SFDP, 0, NOR_OCTAL, 4, 8, 8, 20, false },
	{ 0x06, NOR_WRITE_ENABLE, 0, NOR_OCTAL, 0, 8, 8, 0, false },
	{ 0x04, NOR_WRITE_DISABLE, 0, NOR_OCTAL, 0, 8, 8, 0, false },
	{ 0x05, NOR_READ_REGISTER, NOR_SR1, NOR_OCTAL, 4, 8, 8, 4, false },
	{ 0x15, NOR_READ_REGISTER, NOR_SR2, NOR_OCTAL, 4, 8, 8, 4, false },
	{ 0x2b, NOR_READ_REGISTER, NOR_FLAGS, NOR_OCTAL, 4, 8, 8, 4, false },
	{ 0x01, NOR_WRITE_REGISTER, NOR_SR1, NOR_OCTAL, 4, 8, 8, 0, false },
	{ 0x71, NOR_READ_CR2, 0, NOR_OCTAL, 4, 8, 8, 4, false },
	{ 0x72, NOR_WRITE_CR2, 0, NOR_OCTAL, 4, 8, 8, 0, false },
	{ 0x12, NOR_PROGRAM, 0, NOR_OCTAL, 4, 8, 8, 0, false },
	{ 0x21, NOR_ERASE, 0, NOR_OCTAL, 4, 8, 8, 0, false },
	{ 0xdc, NOR_ERASE, 2, NOR_OCTAL, 4, 8, 8, 0, false },
	{ 0x60, NOR_ERASE_CHIP, 0, NOR_OCTAL, 0, 8, 8, 0, false },
	{ 0xc7, NOR_ERASE_CHIP, 0, NOR_OCTAL, 0, 8, 8, 0, false },
	{ 0xb9, NOR_POWER_DOWN, 0, NOR_OCTAL, 0, 8, 8, 0, false },
	{ 0xab, NOR_POWER_UP, 0, NOR_OCTAL, 0, 8, 8, 0, false },
	{ 0x66, NOR_RESET_ENABLE, 0, NOR_OCTAL, 0, 8, 8, 0, false },
	{ 0x99, NOR_RESET, 0, NOR_OCTAL, 0, 8, 8, 0, false },
};

const struct qspi_nor_chip *qspi_nor_find_chip(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(chips); i++)
		if (strcmp(chips[i].name, name) == 0)
			return &chips[i];
	return NULL;
}

const char *qspi_nor_chip_names(void)
{
	return "W25Q16JV, W25Q128JV, N25Q128A, N25Q256A, MX25L51245G, MX25LM51245G";
}

int qspi_nor_find_command(const struct qspi_nor_chip *chip, uint8_t opcode, bool octal)
{
	if (octal) {
		for (size_t i = 0; i < ARRAY_SIZE(octal_commands); i++)
			if (octal_commands[i].opcode == opcode)
				return (int)(ARRAY_SIZE(commands) + i);
		return -1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].opcode == opcode && commands[i].sets & chip->sets)
			return (int)i;
	return -1;
}

const struct nor_command *qspi_nor_command(int index)
{
	const size_t i = (size_t)index;

	return i < ARRAY_SIZE(commands) ? &commands[i] : &octal_commands[i - ARRAY_SIZE(commands)];
}
