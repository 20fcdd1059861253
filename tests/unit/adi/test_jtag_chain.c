/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of the bits that come out of TDO. */
#include "adi/jtag_chain.h"

#include <string.h>

#include "support/test.h"

/* --- ID codes --------------------------------------------------------------------------------- */

static const struct idcode_row {
	const char *what;
	size_t bypasses; /* zeros */
	uint32_t words[17];
	size_t word_count;
	bool then_zeros; /* instead of ones */
	size_t count;
	const char *message; /* NULL: it works */
} idcode_rows[] = {
	{ "nothing", 0, { 0 }, 0, false, 0, "TDO stays high" },
	{ "zeros", 0, { 0 }, 0, true, 0, "TDO stays low" },
	{ "one", 0, { 0x4ba00477 }, 1, false, 1, NULL },
	{ "two", 0, { 0x4ba00477, 0x06413041 }, 2, false, 2, NULL },
	{ "without ID code", 3, { 0 }, 0, false, 3, NULL },
	{ "without, then with", 1, { 0x4ba00477 }, 1, false, 2, NULL },
	{ "sixteen", 0, { 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31 }, 16, false,
		16, NULL },
	{ "seventeen", 0, { 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33 }, 17,
		false, 0, "more than 16" },
	{ "one and a broken wire", 0, { 0x4ba00477 }, 1, true, 0, "more than 16" },
};

static void set_bit(uint8_t *bits, size_t at, bool value)
{
	if (value)
		bits[at / 8] |= (uint8_t)BIT(at % 8);
	else
		bits[at / 8] &= (uint8_t)~BIT(at % 8);
}

static void take_idcodes(void **state)
{
	const struct idcode_row *row = *state;
	uint8_t bits[JTAG_DR_BITS / 8];
	struct jtag_chain chain;
	size_t at = 0;

	memset(bits, row->then_zeros ? 0 : 0xff, sizeof(bits));
	for (size_t i = 0; i < row->bypasses; i++)
		set_bit(bits, at++, false);
	for (size_t i = 0; i < row->word_count; i++)
		for (unsigned bit = 0; bit < 32; bit++)
			set_bit(bits, at++, row->words[i] >> bit & 1);
	if (row->message) {
		assert_fails(DAPPER_ERR_NO_ACK, jtag_chain_take_idcodes(&chain, bits));
		assert_message(row->message);
		return;
	}
	assert_ok(jtag_chain_take_idcodes(&chain, bits));
	assert_int_equal(chain.count, row->count);
	for (size_t i = 0; i < row->count; i++)
		assert_int_equal(chain.taps[i].idcode,
			i < row->bypasses ? 0 : row->words[i - row->bypasses]);
}

/* --- instruction registers -------------------------------------------------------------------- */

enum { DP = 0x4ba00477, OTHER = 0x06413041 };

static const struct ir_row {
	const char *what;
	uint32_t idcodes[4];
	size_t count, dp;
	const char *captured; /* first bit out first */
	dapper_status status;
	uint8_t before, length; /* bits before the debug port's, and its own */
} ir_rows[] = {
	{ "alone", { DP }, 1, 0, "1000", DAPPER_OK, 0, 4 },
	{ "alone, 8 bits", { DP }, 1, 0, "10000000", DAPPER_OK, 0, 8 },
	{ "alone, but 5 bits", { DP }, 1, 0, "10000", DAPPER_ERR_NO_ACK, 0, 0 },
	{ "STM32", { DP, OTHER }, 2, 0, "100010000", DAPPER_OK, 0, 4 },
	{ "other order", { OTHER, DP }, 2, 1, "100001000", DAPPER_OK, 5, 4 },
	/* Status bits look like another register: it does not matter whose they are. */
	{ "others can be cut in two ways", { OTHER, OTHER, DP }, 3, 2, "10101000101000", DAPPER_OK,
		10, 4 },
	{ "ours can be cut in two ways", { DP, OTHER }, 2, 0, "1000100010", DAPPER_ERR_AMBIGUOUS, 0,
		0 },
	{ "ours can lie in two places", { OTHER, DP, OTHER }, 3, 1, "1000100010001000",
		DAPPER_ERR_AMBIGUOUS, 0, 0 },
	{ "too few", { DP, OTHER }, 2, 0, "1000", DAPPER_ERR_NO_ACK, 0, 0 },
	{ "does not begin with 01", { DP, OTHER }, 2, 0, "000010000", DAPPER_ERR_NO_ACK, 0, 0 },
	{ "no bits", { DP }, 1, 0, "", DAPPER_ERR_NO_ACK, 0, 0 },
};

static void make_ir(uint8_t *bits, const char *captured)
{
	const size_t length = strlen(captured);

	memset(bits, 0xff, (JTAG_IR_BITS + 7) / 8);
	for (size_t i = 0; i < length; i++)
		set_bit(bits, i, captured[i] == '1');
	/* The marker needs one cycle for each bit of the chain. */
	set_bit(bits, JTAG_IR_FILL + length, false);
}

static void take_ir(void **state)
{
	const struct ir_row *row = *state;
	struct jtag_chain chain = { .count = row->count };
	uint8_t bits[(JTAG_IR_BITS + 7) / 8];
	size_t before = 0;

	for (size_t i = 0; i < row->count; i++)
		chain.taps[i].idcode = row->idcodes[i];
	make_ir(bits, row->captured);
	if (row->status != DAPPER_OK) {
		assert_fails(row->status, jtag_chain_take_ir(&chain, bits, row->dp));
		return;
	}
	assert_ok(jtag_chain_take_ir(&chain, bits, row->dp));
	for (size_t i = 0; i < row->dp; i++)
		before += chain.taps[i].ir_length;
	assert_int_equal(before, row->before);
	assert_int_equal(chain.taps[row->dp].ir_length, row->length);
}

static void ir__that_ends_nowhere_is_refused(void **state)
{
	uint8_t bits[(JTAG_IR_BITS + 7) / 8];
	struct jtag_chain chain = { .count = 1 };

	(void)state;
	memset(bits, 0xff, sizeof(bits));
	assert_fails(DAPPER_ERR_NO_ACK, jtag_chain_take_ir(&chain, bits, 0));
	memset(bits, 0, sizeof(bits));
	assert_fails(DAPPER_ERR_NO_ACK, jtag_chain_take_ir(&chain, bits, 0));
}

/* Noise: never a crash or a long search, and what is accepted is consistent. */
static void noise__is_survived(void **state)
{
	uint8_t dr[JTAG_DR_BITS / 8], ir[(JTAG_IR_BITS + 7) / 8];
	uint32_t random = 1;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct jtag_chain chain;
		size_t total = 0, dp = 0;

		for (size_t i = 0; i < sizeof(dr); i++)
			dr[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
		make_ir(ir, "");
		/* Many places where a register could begin. */
		memset(ir, round % 2 ? 0x55 : 0x11, JTAG_IR_FILL / 8 - round % 7);
		for (size_t i = 0; i < 8 * (size_t)(round % 7); i++)
			set_bit(ir, JTAG_IR_FILL - 1 - i, true);
		memset(ir + JTAG_IR_FILL / 8, 0xff, sizeof(ir) - JTAG_IR_FILL / 8);
		set_bit(ir, 2 * JTAG_IR_FILL - 8 * (size_t)(round % 7), false);
		chain.count = round % JTAG_MAX_TAPS + 1;
		memset(chain.taps, 0, sizeof(chain.taps));
		if (round % 3 == 0 && jtag_chain_take_idcodes(&chain, dr) != DAPPER_OK)
			continue;
		if (jtag_chain_find_dp(&chain, 0, &dp) != DAPPER_OK)
			dp = chain.count - 1;
		if (jtag_chain_take_ir(&chain, ir, dp) != DAPPER_OK)
			continue;
		for (size_t i = 0; i < chain.count; i++)
			total += chain.taps[i].ir_length;
		assert_int_equal(total, JTAG_IR_FILL - 8 * (size_t)(round % 7));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ir__that_ends_nowhere_is_refused),
		cmocka_unit_test(noise__is_survived),
	};
	const struct test_table tables[] = {
		TEST_TABLE(take_idcodes, idcode_rows),
		TEST_TABLE(take_ir, ir_rows),
	};

	return test_run_tables(
		"adi/jtag_chain", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
