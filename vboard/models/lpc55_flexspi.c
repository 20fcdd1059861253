/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FlexSPI NOR functions of an LPC55S3x boot ROM (UM11546, "FlexSPI flash driver"): they drive the
 * chip by its commands, with one lane and four bytes of address where the chip is larger than 16 MB.
 * get_config fills in what the others need: tag, page and sector size, size of the chip. Not
 * modelled: the FlexSPI controller itself, other lanes, clock settings (accepted).
 */
#include "base/bytes.h"
#include "vboard/models/lpc55_rom.h"

/* flexspi_nor_config_t: offsets. */
#define CONFIG_TAG         0x000u
#define CONFIG_TAG_VALUE   0x42464346u /* "FCFB" */
#define CONFIG_VERSION     0x004u
#define CONFIG_A1_SIZE     0x050u
#define CONFIG_PAGE_SIZE   0x1c0u
#define CONFIG_SECTOR_SIZE 0x1c4u
#define CONFIG_BLOCK_SIZE  0x1d0u
#define CONFIG_SIZE        0x200u

enum { PAGE_SIZE = 256, SECTOR = 4096, BLOCK = 65536 };
enum { READ_STATUS = 0x05, WRITE_ENABLE = 0x06, STATUS_WIP = 1, ERASE_CHIP = 0xc7 };
#define FOUR_BYTES_ABOVE 0x1000000u

/** Opcodes with three and four bytes of address. */
enum operation { ERASE_SECTOR, ERASE_BLOCK, PROGRAM, READ };
static const uint8_t opcodes[][2] = {
	[ERASE_SECTOR] = { 0x20, 0x21 },
	[ERASE_BLOCK] = { 0xd8, 0xdc },
	[PROGRAM] = { 0x02, 0x12 },
	[READ] = { 0x03, 0x13 },
};

static void send_command(struct lpc55_rom *rom, uint8_t opcode)
{
	qspi_nor_select(rom->nor, true);
	(void)qspi_nor_exchange(rom->nor, opcode);
	qspi_nor_select(rom->nor, false);
}

/** Begin a command with an address; the caller goes on and deselects. */
static void begin(struct lpc55_rom *rom, enum operation operation, uint32_t address)
{
	const bool four = qspi_nor_size(rom->nor) > FOUR_BYTES_ABOVE;

	if (operation != READ)
		send_command(rom, WRITE_ENABLE);
	qspi_nor_select(rom->nor, true);
	(void)qspi_nor_exchange(rom->nor, opcodes[operation][four]);
	for (int shift = four ? 24 : 16; shift >= 0; shift -= 8)
		(void)qspi_nor_exchange(rom->nor, (uint8_t)(address >> shift));
}

static bool chip_is_busy(struct lpc55_rom *rom)
{
	uint8_t status;

	qspi_nor_select(rom->nor, true);
	(void)qspi_nor_exchange(rom->nor, READ_STATUS);
	status = qspi_nor_exchange(rom->nor, 0xff);
	qspi_nor_select(rom->nor, false);
	return status & STATUS_WIP;
}

static void next_erase(struct lpc55_rom *rom)
{
	struct lpc55_work *work = &rom->state.nor;
	const bool block = work->offset % BLOCK == 0 && work->size >= BLOCK;
	const uint32_t step = block ? BLOCK : SECTOR;

	begin(rom, block ? ERASE_BLOCK : ERASE_SECTOR, work->offset);
	qspi_nor_select(rom->nor, false);
	work->offset += step;
	work->size -= step;
}

bool lpc55_flexspi_is_busy(struct lpc55_rom *rom)
{
	if (!rom->state.running)
		return false;
	if (chip_is_busy(rom))
		return true;
	if (rom->state.nor.size) {
		next_erase(rom);
		return true;
	}
	rom->state.running = false;
	return false;
}

static bool in_chip(const struct lpc55_rom *rom, uint32_t offset, uint32_t size)
{
	return offset < qspi_nor_size(rom->nor) && size <= qspi_nor_size(rom->nor) - offset;
}

static enum lpc55_status erase(struct lpc55_rom *rom, uint32_t offset, uint32_t size)
{
	if (!size || offset % SECTOR || size % SECTOR || !in_chip(rom, offset, size))
		return LPC55_INVALID_ARGUMENT;
	rom->state.nor = (struct lpc55_work){ .offset = offset, .size = size };
	rom->state.running = true;
	next_erase(rom);
	return LPC55_SUCCESS;
}

static enum lpc55_status erase_all(struct lpc55_rom *rom)
{
	send_command(rom, WRITE_ENABLE);
	send_command(rom, ERASE_CHIP);
	rom->state.running = true;
	return LPC55_SUCCESS;
}

/** Arguments: instance, configuration, offset, source: one page. */
static enum lpc55_status program_page(struct lpc55_rom *rom)
{
	const uint32_t offset = rom->state.arguments[2], source = rom->state.arguments[3];

	if (offset % PAGE_SIZE || !in_chip(rom, offset, PAGE_SIZE) || source % 4 ||
		!lpc55_in_ram(rom, source, PAGE_SIZE))
		return LPC55_INVALID_ARGUMENT;
	begin(rom, PROGRAM, offset);
	for (uint32_t i = 0; i < PAGE_SIZE; i++)
		(void)qspi_nor_exchange(rom->nor,
			(uint8_t)(board_peek(rom->board, source + (i & ~3u)) >> 8 * (i & 3)));
	qspi_nor_select(rom->nor, false);
	rom->state.running = true;
	return LPC55_SUCCESS;
}

/** Arguments: instance, configuration, where to, offset, size (on the stack). */
static enum lpc55_status read(struct lpc55_rom *rom)
{
	const uint32_t to = rom->state.arguments[2], offset = rom->state.arguments[3];
	const uint32_t size = rom->state.arguments[4];

	if ((to | size) % 4 || !in_chip(rom, offset, size) || !lpc55_in_ram(rom, to, size))
		return LPC55_INVALID_ARGUMENT;
	begin(rom, READ, offset);
	for (uint32_t i = 0; i < size; i += 4) {
		uint8_t word[4];

		for (unsigned k = 0; k < sizeof(word); k++)
			word[k] = qspi_nor_exchange(rom->nor, 0xff);
		(void)board_poke(rom->board, to + i, get_le32(word));
	}
	qspi_nor_select(rom->nor, false);
	return LPC55_SUCCESS;
}

/** Arguments: instance, where to, options: 0xC in the highest nibble. */
static enum lpc55_status get_config(struct lpc55_rom *rom)
{
	const uint32_t to = rom->state.arguments[1];
	const struct {
		uint32_t offset, value;
	} words[] = {
		{ CONFIG_TAG, CONFIG_TAG_VALUE },
		{ CONFIG_VERSION, 0x56010400 },
		{ CONFIG_A1_SIZE, qspi_nor_size(rom->nor) },
		{ CONFIG_PAGE_SIZE, PAGE_SIZE },
		{ CONFIG_SECTOR_SIZE, SECTOR },
		{ CONFIG_BLOCK_SIZE, BLOCK },
	};

	if (!lpc55_in_ram(rom, to, CONFIG_SIZE) ||
		board_peek(rom->board, rom->state.arguments[2]) >> 28 != 0xc)
		return LPC55_INVALID_ARGUMENT;
	for (uint32_t i = 0; i < CONFIG_SIZE; i += 4)
		(void)board_poke(rom->board, to + i, 0);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		(void)board_poke(rom->board, to + words[i].offset, words[i].value);
	return LPC55_SUCCESS;
}

/** The configuration must have been filled in. */
static bool has_config(const struct lpc55_rom *rom)
{
	return lpc55_in_ram(rom, rom->state.arguments[1], CONFIG_SIZE) &&
	       board_peek(rom->board, rom->state.arguments[1]) == CONFIG_TAG_VALUE;
}

enum lpc55_status lpc55_flexspi_call(struct lpc55_rom *rom, enum lpc55_function function)
{
	const uint32_t *arguments = rom->state.arguments;

	if (function == LPC55_NOR_CLOCK)
		return LPC55_SUCCESS;
	if (arguments[0] != 0) /* the instance */
		return LPC55_INVALID_ARGUMENT;
	if (function == LPC55_NOR_GET_CONFIG)
		return get_config(rom);
	if (!has_config(rom))
		return LPC55_INVALID_ARGUMENT;
	if (function == LPC55_NOR_PROGRAM)
		return program_page(rom);
	if (function == LPC55_NOR_ERASE_ALL)
		return erase_all(rom);
	if (function == LPC55_NOR_ERASE)
		return erase(rom, arguments[2], arguments[3]);
	if (function == LPC55_NOR_ERASE_SECTOR)
		return erase(rom, arguments[2], SECTOR);
	if (function == LPC55_NOR_ERASE_BLOCK)
		return erase(rom, arguments[2], BLOCK);
	if (function == LPC55_NOR_READ)
		return read(rom);
	return LPC55_SUCCESS; /* LPC55_NOR_INIT */
}
