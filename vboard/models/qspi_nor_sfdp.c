/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serial flash discoverable parameters, made from what a chip is: JESD216B (from memory of it), the
 * basic table of 16 words, and the four-byte address instruction table for what has such.
 */
#include "base/bytes.h"
#include "vboard/models/qspi_nor_chips.h"

#include <string.h>

enum { BASIC_AT = 0x30, BASIC_WORDS = 16, FOUR_BYTE_AT = 0x80, FOUR_BYTE_WORDS = 2 };

/** Smallest count and unit that reach @p value: count - 1, the unit's index above it. */
static uint32_t time_field(
	uint32_t value, const uint32_t *units, unsigned unit_count, unsigned count_bits)
{
	for (uint32_t unit = 0; unit < unit_count; unit++) {
		const uint32_t count = (value + units[unit] - 1) / units[unit];

		if (count <= BIT(0) << count_bits)
			return (count ? count - 1 : 0) | unit << count_bits;
	}
	return (BIT(0) << (count_bits + 1)) - 1;
}

static uint32_t erase_times(const struct qspi_nor_chip *chip)
{
	static const uint32_t units_ms[] = { 1, 16, 128, 1000 };
	uint32_t word = 1; /* at most four times as long as typical */

	for (unsigned i = 0; i < NOR_ERASE_KINDS; i++)
		word |= time_field(chip->erase_ms[i], units_ms, ARRAY_SIZE(units_ms), 5)
		        << (4 + 7 * i);
	return word;
}

static uint32_t program_times(const struct qspi_nor_chip *chip)
{
	static const uint32_t page_us[] = { 8, 64 };
	static const uint32_t byte_us[] = { 1, 8 };
	static const uint32_t chip_ms[] = { 16, 256, 4000, 64000 };
	const uint32_t byte = chip->byte_program_ns / 1000;

	return BIT(31) | time_field(chip->chip_erase_ms, chip_ms, ARRAY_SIZE(chip_ms), 5) << 24 |
	       time_field(byte, byte_us, ARRAY_SIZE(byte_us), 4) << 14 |
	       time_field(byte, byte_us, ARRAY_SIZE(byte_us), 4) << 19 |
	       time_field(chip->program_us, page_us, ARRAY_SIZE(page_us), 5) << 8 | 8u << 4 | 1u;
}

/** Opcode, mode clocks and wait states of a fast read. */
static uint32_t fast_read(uint8_t opcode, unsigned mode_clocks, unsigned waits)
{
	return (uint32_t)opcode << 8 | mode_clocks << 5 | waits;
}

static void make_basic(const struct qspi_nor_chip *chip, uint32_t words[BASIC_WORDS])
{
	const bool quad = chip->sets & NOR_QUAD;
	const bool big = chip->sets & NOR_BIG;
	const bool micron = chip->sets & NOR_MICRON;

	words[0] = BITS(31, 23) | (uint32_t)nor_erase_opcodes[0] << 8 | BITS(7, 5) | BIT(2) | 1u |
	           (big ? BIT(17) : 0) | (quad ? BIT(22) | BIT(21) | BIT(20) | BIT(16) : 0);
	words[1] = chip->size * 8u - 1;
	if (quad) {
		words[2] = micron ? fast_read(0xeb, 1, 9) : fast_read(0xeb, 2, 4);
		words[2] |= fast_read(0x6b, 0, 8) << 16;
		words[3] = fast_read(0x3b, 0, 8) |
		           (micron ? fast_read(0xbb, 1, 7) : fast_read(0xbb, 4, 0)) << 16;
	}
	words[4] = UINT32_MAX & ~(BIT(4) | BIT(0)); /* neither 2-2-2 nor 4-4-4 */
	words[5] = 0x0000ffff;
	words[6] = 0x0000ffff;
	words[7] = 12u | (uint32_t)nor_erase_opcodes[0] << 8 | 15u << 16 |
	           (uint32_t)nor_erase_opcodes[1] << 24;
	words[8] = 16u | (uint32_t)nor_erase_opcodes[2] << 8;
	words[9] = erase_times(chip);
	words[10] = program_times(chip);
	words[11] = BIT(31); /* no suspend */
	words[13] = BIT(31) | BIT(2) | (micron ? BIT(3) : 0);
	words[14] = (uint32_t)chip->quad_enable << 20;
	words[15] = 0x10u << 8 | (big ? 0x02u << 24 | 0x02u << 14 : 0);
}

/** A parameter header: ID, minor and major revision, words, pointer. */
static void put_header(uint8_t *at, uint16_t id, uint8_t minor, uint8_t words, uint32_t pointer)
{
	const uint8_t header[] = { (uint8_t)id, minor, 1, words, (uint8_t)pointer,
		(uint8_t)(pointer >> 8), (uint8_t)(pointer >> 16), (uint8_t)(id >> 8) };

	memcpy(at, header, sizeof(header));
}

void qspi_nor_make_sfdp(const struct qspi_nor_chip *chip, uint8_t sfdp[NOR_SFDP_SIZE])
{
	const bool big = chip->sets & NOR_BIG;
	uint32_t words[BASIC_WORDS] = { 0 };

	memset(sfdp, 0xff, NOR_SFDP_SIZE);
	put_le32(sfdp, 0x50444653); /* "SFDP" */
	sfdp[4] = 6;
	sfdp[5] = 1;
	sfdp[6] = big ? 1 : 0; /* parameter headers - 1 */
	put_header(sfdp + 8, 0xff00, 6, BASIC_WORDS, BASIC_AT);
	make_basic(chip, words);
	for (unsigned i = 0; i < BASIC_WORDS; i++)
		put_le32(sfdp + BASIC_AT + 4 * (size_t)i, words[i]);
	if (!big)
		return;
	put_header(sfdp + 16, 0xff84, 0, FOUR_BYTE_WORDS, FOUR_BYTE_AT);
	/* 0x13, 0x0C, 0x12 and, with four lanes, 0x3C, 0x6C, 0xEC, 0x34; erases 1 to 3. */
	put_le32(sfdp + FOUR_BYTE_AT,
		BITS(11, 9) | BIT(6) | BITS(1, 0) |
			(chip->sets & NOR_QUAD ? BIT(2) | BIT(4) | BIT(5) | BIT(7) : 0) |
			BITS(31, 20));
	put_le32(sfdp + FOUR_BYTE_AT + 4, 0xffdc5c21);
}
