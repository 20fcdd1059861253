/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The serial NOR chip, on its pins: commands as bytes with CS# around them; each row is a sequence of
 * commands and what the last one answers.
 */
#include "unit/vboard/rig.h"

#include "base/bytes.h"
#include "vboard/models/qspi_nor.h"
#include "vboard/models/qspi_nor_chips.h"

enum { MAX_COMMANDS = 8, MAX_BYTES = 12 };

struct command {
	uint8_t out[MAX_BYTES];
	uint8_t out_count;
	uint8_t lanes; /* of all after the opcode; 0: 1 */
	uint8_t dummy; /* cycles */
	uint8_t in[MAX_BYTES];
	uint8_t in_count;
	uint32_t wait_us; /* afterwards */
};

struct row {
	const char *what;
	const char *chip;
	struct command commands[MAX_COMMANDS];
};

#define WREN                                   \
	{                                      \
		{ 0x06 }, 1, 0, 0, { 0 }, 0, 0 \
	}
#define SR1(v)                                   \
	{                                        \
		{ 0x05 }, 1, 0, 0, { (v) }, 1, 0 \
	}
#define OUT1(us, a)                          \
	{                                    \
		{ a }, 1, 0, 0, { 0 }, 0, us \
	}
#define PROGRAM_AT_0x100(us)                                         \
	{                                                            \
		{ 0x02, 0, 1, 0, 0x12, 0x34 }, 6, 0, 0, { 0 }, 0, us \
	}
#define READ_0x100(a, b)                                   \
	{                                                  \
		{ 0x03, 0, 1, 0 }, 4, 0, 0, { a, b }, 2, 0 \
	}

static const struct row rows[] = {
	{ "identifies itself", "W25Q16JV", { { { 0x9f }, 1, 0, 0, { 0xef, 0x40, 0x15 }, 3, 0 } } },
	{ "identifies itself, Micron", "N25Q128A",
		{ { { 0x9f }, 1, 0, 0, { 0x20, 0xba, 0x18 }, 3, 0 } } },
	{ "has SFDP", "W25Q16JV",
		{ { { 0x5a, 0, 0, 0 }, 4, 0, 8, { 'S', 'F', 'D', 'P', 6, 1, 0, 0xff }, 8, 0 } } },
	{ "SFDP: density", "W25Q16JV",
		{ { { 0x5a, 0, 0, 0x34 }, 4, 0, 8, { 0xff, 0xff, 0xff, 0x00 }, 4, 0 } } },
	{ "an unknown command is answered by the pull-ups", "W25Q16JV",
		{ { { 0xd7 }, 1, 0, 0, { 0xff, 0xff }, 2, 0 } } },
	{ "programs after WREN", "W25Q16JV",
		{ WREN, SR1(0x02), PROGRAM_AT_0x100(10), SR1(0x00), READ_0x100(0x12, 0x34) } },
	{ "is busy while it programs", "W25Q16JV",
		{ WREN, PROGRAM_AT_0x100(1), SR1(0x03), READ_0x100(0xff, 0xff) } },
	{ "does not program without WREN", "W25Q16JV",
		{ PROGRAM_AT_0x100(1000), READ_0x100(0xff, 0xff) } },
	{ "WREN lasts for one command", "W25Q16JV",
		{ WREN, PROGRAM_AT_0x100(1000), SR1(0x00),
			{ { 0x02, 0, 1, 0, 0, 0 }, 6, 0, 0, { 0 }, 0, 1000 },
			READ_0x100(0x12, 0x34) } },
	{ "programming clears bits only", "W25Q16JV",
		{ WREN, PROGRAM_AT_0x100(1000), WREN,
			{ { 0x02, 0, 1, 0, 0xf0, 0x0f }, 6, 0, 0, { 0 }, 0, 1000 },
			READ_0x100(0x10, 0x04) } },
	{ "the page wraps", "W25Q16JV",
		{ WREN, { { 0x02, 0, 1, 0xff, 0x12, 0x34 }, 6, 0, 0, { 0 }, 0, 1000 },
			READ_0x100(0x34, 0xff) } },
	{ "erases 4 KB", "W25Q16JV",
		{ WREN, PROGRAM_AT_0x100(1000), WREN,
			{ { 0x20, 0, 0x0f, 0xff }, 4, 0, 0, { 0 }, 0, 44000 }, SR1(0x03),
			OUT1(2000, 0x05), READ_0x100(0xff, 0xff) } },
	{ "a page of the next sector stays", "W25Q16JV",
		{ WREN, PROGRAM_AT_0x100(1000), WREN,
			{ { 0x20, 0, 0x10, 0 }, 4, 0, 0, { 0 }, 0, 50000 },
			READ_0x100(0x12, 0x34) } },
	{ "erases 32 KB", "W25Q16JV",
		{ WREN, PROGRAM_AT_0x100(1000), WREN,
			{ { 0x52, 0, 0x7f, 0 }, 4, 0, 0, { 0 }, 0, 130000 },
			READ_0x100(0xff, 0xff) } },
	{ "erases 64 KB", "W25Q16JV",
		{ WREN, PROGRAM_AT_0x100(1000), WREN,
			{ { 0xd8, 0, 0xff, 0 }, 4, 0, 0, { 0 }, 0, 160000 },
			READ_0x100(0xff, 0xff) } },
	{ "erases itself", "W25Q16JV",
		{ WREN, PROGRAM_AT_0x100(1000), WREN, OUT1(4900000, 0xc7), SR1(0x03),
			OUT1(200000, 0x05), READ_0x100(0xff, 0xff) } },
	{ "block protection: all", "W25Q16JV",
		{ WREN, { { 0x01, 0x1c }, 2, 0, 0, { 0 }, 0, 20000 }, WREN, PROGRAM_AT_0x100(1000),
			SR1(0x1c), READ_0x100(0xff, 0xff) } },
	{ "quad output needs QE", "W25Q16JV", { { { 0x6b, 0, 0, 0 }, 4, 0, 8, { 0xff }, 1, 0 } } },
	{ "quad I/O read with QE", "W25Q16JV",
		{ WREN, { { 0x31, 0x02 }, 2, 0, 0, { 0 }, 0, 20000 }, WREN, PROGRAM_AT_0x100(1000),
			{ { 0xeb, 0, 1, 0, 0xff }, 5, 4, 4, { 0x12, 0x34 }, 2, 0 } } },
	{ "too few dummy cycles shift the data", "W25Q16JV",
		{ WREN, { { 0x31, 0x02 }, 2, 0, 0, { 0 }, 0, 20000 }, WREN, PROGRAM_AT_0x100(1000),
			{ { 0xeb, 0, 1, 0, 0xff }, 5, 4, 3, { 0xf1, 0x23, 0x4f }, 3, 0 } } },
	{ "continuous read: the second one has no opcode", "W25Q16JV",
		{ WREN, { { 0x31, 0x02 }, 2, 0, 0, { 0 }, 0, 20000 }, WREN, PROGRAM_AT_0x100(1000),
			{ { 0xeb, 0, 1, 0, 0xa0 }, 5, 4, 4, { 0x12, 0x34 }, 2, 0 },
			{ { 0, 0, 1, 1, 0xff, 0 }, 0xff, 4, 4, { 0x34, 0xff }, 2, 0 },
			{ { 0x9f }, 1, 0, 0, { 0xef, 0x40, 0x15 }, 3, 0 } } },
	{ "four-byte mode", "N25Q256A",
		{ WREN, OUT1(0, 0xb7), WREN,
			{ { 0x02, 1, 0, 1, 0, 0x12, 0x34 }, 7, 0, 0, { 0 }, 0, 1000 },
			{ { 0x03, 1, 0, 1, 0 }, 5, 0, 0, { 0x12, 0x34 }, 2, 0 }, OUT1(0, 0xe9),
			READ_0x100(0xff, 0xff) } },
	{ "Micron's flag status register tells of protection", "N25Q128A",
		{ WREN, { { 0x01, 0x1c }, 2, 0, 0, { 0 }, 0, 20000 }, WREN, PROGRAM_AT_0x100(1000),
			{ { 0x70 }, 1, 0, 0, { 0x92 }, 1, 0 }, OUT1(0, 0x50),
			{ { 0x70 }, 1, 0, 0, { 0x80 }, 1, 0 } } },
	{ "power-down hears nothing but its end", "W25Q16JV",
		{ OUT1(0, 0xb9), { { 0x9f }, 1, 0, 0, { 0xff, 0xff }, 2, 0 }, OUT1(10, 0xab),
			{ { 0x9f }, 1, 0, 0, { 0xef, 0x40 }, 2, 0 } } },
	{ "reset needs its enable right before", "W25Q16JV",
		{ WREN, OUT1(0, 0x99), SR1(0x02), OUT1(0, 0x66), OUT1(0, 0x05), OUT1(0, 0x99),
			SR1(0x02) } },
	{ "reset", "W25Q16JV", { WREN, OUT1(0, 0x66), OUT1(0, 0x99), SR1(0x00) } },
};

static void run_command(struct rig *rig, struct qspi_nor *nor, const struct command *command)
{
	const unsigned lanes = command->lanes ? command->lanes : 1;
	const bool is_continuous = command->out_count == 0xff;
	const unsigned count = is_continuous ? 5 : command->out_count;

	qspi_nor_select(nor, true);
	for (unsigned i = is_continuous ? 1 : 0; i < count; i++)
		qspi_nor_send(nor, command->out[i], i == 0 ? 1 : lanes);
	qspi_nor_idle(nor, command->dummy);
	for (unsigned i = 0; i < command->in_count; i++)
		assert_int_equal(
			qspi_nor_receive(nor, command->out[0] == 0x6b ? 4 : lanes), command->in[i]);
	qspi_nor_select(nor, false);
	rig_wait(rig, NS_PER_US * command->wait_us);
}

static void qspi_nor__follows_its_data_sheet(void **state)
{
	const struct row *row = *state;
	const struct qspi_nor_config config = { .chip = row->chip, .mapped_base = 0x90000000 };
	struct qspi_nor *nor;
	struct rig rig;

	rig_open(&rig, "cortex-m0", "");
	assert_ok(qspi_nor_create(rig.board, &config, &nor));
	for (unsigned i = 0; i < MAX_COMMANDS && row->commands[i].out_count; i++)
		run_command(&rig, nor, &row->commands[i]);
	rig_close(&rig);
	qspi_nor_destroy(nor);
}

static void octal(struct qspi_nor *nor, const uint8_t *out, size_t out_count, unsigned dummy,
	uint8_t *in, size_t in_count)
{
	qspi_nor_select(nor, true);
	for (size_t i = 0; i < out_count; i++)
		qspi_nor_send(nor, out[i], 8);
	qspi_nor_idle(nor, dummy);
	for (size_t i = 0; i < in_count; i++)
		in[i] = qspi_nor_receive(nor, 8);
	qspi_nor_select(nor, false);
}

/* MX25LM51245G, CR2: single-rate octal. */
static void qspi_nor__has_an_octal_mode(void **state)
{
	static const uint8_t enter[] = { 0x72, 0, 0, 0, 0, 0x01 };
	static const uint8_t read_id[] = { 0x9f, 0x60, 0, 0, 0, 0 };
	static const uint8_t enable[] = { 0x06, 0xf9 };
	static const uint8_t program[] = { 0x12, 0xed, 0x03, 0, 0, 0, 0xca, 0xfe };
	static const uint8_t read[] = { 0xec, 0x13, 0x03, 0, 0, 0 };
	const struct qspi_nor_config config = { .chip = "MX25LM51245G" };
	struct qspi_nor *nor;
	struct rig rig;
	uint8_t in[3];

	(void)state;
	rig_open(&rig, "cortex-m0", "");
	assert_ok(qspi_nor_create(rig.board, &config, &nor));
	qspi_nor_select(nor, true);
	qspi_nor_send(nor, 0x06, 1);
	qspi_nor_select(nor, false);
	qspi_nor_select(nor, true);
	for (size_t i = 0; i < sizeof(enter); i++)
		qspi_nor_send(nor, enter[i], 1);
	qspi_nor_select(nor, false);
	octal(nor, read_id, sizeof(read_id), 4, in, 3);
	assert_memory_equal(in, ((const uint8_t[]){ 0xc2, 0x85, 0x3a }), 3);
	octal(nor, enable, sizeof(enable), 0, NULL, 0);
	octal(nor, program, sizeof(program), 0, NULL, 0);
	rig_wait(&rig, NS_PER_MS);
	octal(nor, read, sizeof(read), 20, in, 2);
	assert_memory_equal(in, ((const uint8_t[]){ 0xca, 0xfe }), 2);
	assert_int_equal(qspi_nor_bytes(nor)[0x03000001], 0xfe);
	rig_close(&rig);
	qspi_nor_destroy(nor);
}

static void qspi_nor_create__refuses_a_chip_it_does_not_know(void **state)
{
	const struct qspi_nor_config config = { .chip = "AT45DB" };
	struct qspi_nor *nor;
	struct rig rig;

	(void)state;
	rig_open(&rig, "cortex-m0", "");
	assert_fails(DAPPER_ERR_INVALID, qspi_nor_create(rig.board, &config, &nor));
	assert_message("N25Q128A");
	rig_close(&rig);
	qspi_nor_destroy(nor);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(qspi_nor__has_an_octal_mode),
		cmocka_unit_test(qspi_nor_create__refuses_a_chip_it_does_not_know),
	};

	return test_run_all("vboard/qspi nor", tests, ARRAY_SIZE(tests),
		qspi_nor__follows_its_data_sheet, rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
