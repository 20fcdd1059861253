/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "adi/reg_names.h"

/* Transfers as the wire log shows them; SELECT is followed over the rows before. */
struct row {
	const char *what;
	uint32_t select;
	dapper_transfer transfer;
	uint32_t word;
	const char *text;
};

#define READ(on_ap, r)  .kind = DAPPER_TRANSFER_READ, .ap = (on_ap), .reg = (r), .count = 1
#define WRITE(on_ap, r) .kind = DAPPER_TRANSFER_WRITE, .ap = (on_ap), .reg = (r), .count = 1

static const struct row rows[] = {
	{ "power-up request", 0, { WRITE(false, 4), .value = 0x50000000 }, 0,
		"DP CTRL/STAT <- CSYSPWRUPREQ=1 CDBGPWRUPREQ=1" },
	{ "fields of several bits are hex", 0, { WRITE(false, 4), .value = 0x3020 }, 0,
		"DP CTRL/STAT <- TRNCNT=0x3 STICKYERR=1" },
	{ "nothing set", 0, { READ(false, 4) }, 0, "DP CTRL/STAT -> 0" },
	{ "same address, other direction", 0, { WRITE(false, 0), .value = 0x1e }, 0,
		"DP ABORT <- ORUNERRCLR=1 WDERRCLR=1 STKERRCLR=1 STKCMPCLR=1" },
	{ "DPIDR of an STM32F4", 0, { READ(false, 0) }, 0x2ba01477,
		"DP DPIDR -> REVISION=0x2 PARTNO=0xba VERSION=0x1 DESIGNER=0x23b" },
	{ "DPBANKSEL counts", 0x2, { READ(false, 4) }, 0x00411041,
		"DP TARGETID -> TPARTNO=0x411 TDESIGNER=0x20" },
	{ "reserved bank", 0x9, { READ(false, 4) }, 1,
		"DP address 0x4 of a reserved bank -> 0x00000001" },
	{ "SELECT", 0, { WRITE(false, 8), .value = 0x010000f0 }, 0,
		"DP SELECT <- APSEL=0x1 APBANKSEL=0xf" },
	{ "AP by SELECT", 0x010000f0, { READ(true, 0xc) }, 0x24770011,
		"AP#1 IDR -> REVISION=0x2 DESIGNER=0x23b CLASS=0x8 VARIANT=0x1 TYPE=0x1" },
	{ "CSW", 0, { WRITE(true, 0), .value = 0x23000052 }, 0,
		"AP#0 CSW <- PROT=0x23 DEVICEEN=1 ADDRINC=0x1 SIZE=0x2" },
	{ "register without fields", 0, { WRITE(true, 4), .value = 0xe000edf0 }, 0,
		"AP#0 TAR <- 0xe000edf0" },
	{ "banked data", 0x10, { READ(true, 0x8) }, 0x12, "AP#0 BD2 -> 0x00000012" },
	{ "no name", 0x20, { READ(true, 0x8) }, 0x12, "AP#0 0x28 -> 0x00000012" },
	{ "poll", 0x10,
		{ .kind = DAPPER_TRANSFER_READ_UNTIL_MATCH,
			.ap = true,
			.mask = 0x20000,
			.value = 0x20000,
			.count = 1 },
		0, "AP#0 BD0 until & 0x00020000 is 0x00020000" },
	{ "block", 0, { .kind = DAPPER_TRANSFER_WRITE_BLOCK, .ap = true, .reg = 0xc, .count = 256 },
		0, "AP#0 DRW <- 256 words" },
};

static void describe__names_registers(void **state)
{
	const struct row *row = *state;
	struct wire_names names = { .select = row->select };
	dapper_transfer transfer = row->transfer;
	uint32_t word = row->word;
	char text[160];

	transfer.word = &word;
	wire_names_describe(&names, &transfer, text, sizeof(text));
	assert_string_equal(text, row->text);
}

static void describe__follows_select(void **state)
{
	struct wire_names names = { 0 };
	const dapper_transfer select = { WRITE(false, 8), .value = 0xf0 };
	const dapper_transfer read = { READ(true, 0xc) };
	char text[160];

	(void)state;
	wire_names_describe(&names, &select, text, sizeof(text));
	wire_names_describe(&names, &read, text, sizeof(text));
	assert_string_equal(text, "AP#0 IDR -> (not kept)");
}

static void describe__cuts_text_to_its_buffer(void **state)
{
	struct wire_names names = { 0 };
	const dapper_transfer transfer = { WRITE(false, 4), .value = UINT32_MAX };

	(void)state;
	for (size_t size = 1; size < 150; size++) {
		char text[160];

		memset(text, 0x55, sizeof(text));
		wire_names_describe(&names, &transfer, text, size);
		assert_true(strlen(text) < size);
		assert_int_equal(text[size], 0x55);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(describe__follows_select),
		cmocka_unit_test(describe__cuts_text_to_its_buffer),
	};
	return test_run_all("adi/reg_names", tests, ARRAY_SIZE(tests), describe__names_registers,
		rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
