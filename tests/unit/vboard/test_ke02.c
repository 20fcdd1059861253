/* SPDX-License-Identifier: Apache-2.0 */
/* Flash module, security and watchdog of the Kinetis KE02. */
#include "unit/vboard/rig.h"
#include "vboard/board/state.h"

#define FTM    0x40020000u
#define EEPROM 0x10000000u
#define ACCERR 0x20u
#define FPVIOL 0x10u
#define MGSTAT 0x03u

enum { FCLKDIV = 0, FCCOBIX = 2, FSTAT = 6, FPROT = 8, EEPROT = 9, FCCOBHI = 10, FCCOBLO = 11 };

static void open_halted(struct rig *rig, const char *settings)
{
	rig_open(rig, "mke02z64", settings);
	rig_halt(rig);
	rig_write32(rig, 0xe000edfc, 1); /* DEMCR.VC_CORERESET */
	assert_true(rig_write(rig, FTM + FCLKDIV, 1, 0x10));
}

static uint32_t read_byte(struct rig *rig, uint32_t address)
{
	uint32_t value = 0;

	assert_true(rig_read(rig, address, 1, &value));
	return value;
}

static void write_byte(struct rig *rig, uint32_t address, uint8_t value)
{
	assert_true(rig_write(rig, address, 1, value));
}

/** Launch a command with so many words; the errors when it is over. */
static uint32_t command(struct rig *rig, const uint16_t *words, unsigned count)
{
	write_byte(rig, FTM + FSTAT, ACCERR | FPVIOL);
	for (unsigned i = 0; i < count; i++) {
		write_byte(rig, FTM + FCCOBIX, (uint8_t)i);
		write_byte(rig, FTM + FCCOBHI, (uint8_t)(words[i] >> 8));
		write_byte(rig, FTM + FCCOBLO, (uint8_t)words[i]);
	}
	write_byte(rig, FTM + FSTAT, 0x80);
	for (int i = 0; i < 50 && !(read_byte(rig, FTM + FSTAT) & 0x80); i++)
		rig_wait(rig, 10 * NS_PER_MS);
	assert_true(read_byte(rig, FTM + FSTAT) & 0x80);
	return read_byte(rig, FTM + FSTAT) & ~0x80u;
}

struct command_row {
	const char *what;
	uint16_t words[6];
	uint8_t count;
	uint8_t errors;
};

/* The longword at 0x200 and the first byte of EEPROM hold 0x11... . */
static const struct command_row rows[] = {
	{ "there is no command 0x0F", { 0x0f00 }, 1, ACCERR },
	{ "program a longword", { 0x0600, 0x1000, 1, 2 }, 4, 0 },
	{ "program two", { 0x0600, 0x1000, 1, 2, 3, 4 }, 6, 0 },
	{ "program one and a half", { 0x0600, 0x1000, 1, 2, 3 }, 5, ACCERR },
	{ "program nothing", { 0x0600, 0x1000 }, 2, ACCERR },
	{ "program no longword's address", { 0x0600, 0x1002, 1, 2 }, 4, ACCERR },
	{ "program behind the end", { 0x0601, 0x0000, 1, 2 }, 4, ACCERR },
	{ "program over something", { 0x0600, 0x0200, 0xffff, 0xffff }, 4, MGSTAT },
	{ "erase a sector", { 0x0a00, 0x1000 }, 2, 0 },
	{ "erase a sector behind the end", { 0x0a01, 0x0000 }, 2, ACCERR },
	{ "erase flash", { 0x0900 }, 1, 0 },
	{ "erase EEPROM", { 0x0980 }, 1, 0 },
	{ "verify that all is erased", { 0x0100 }, 1, MGSTAT },
	{ "verify that flash is", { 0x0200 }, 1, MGSTAT },
	{ "verify a section that is erased", { 0x0300, 0x1000, 16 }, 3, 0 },
	{ "verify one that is not", { 0x0300, 0x0200, 1 }, 3, MGSTAT },
	{ "verify an empty one", { 0x0300, 0x0200, 0 }, 3, ACCERR },
	{ "verify EEPROM", { 0x1000, 0, 1 }, 3, MGSTAT },
	{ "program four bytes of EEPROM", { 0x1100, 0x10, 1, 2, 3, 4 }, 6, 0 },
	{ "program EEPROM behind the end", { 0x1100, 0xff, 1, 2 }, 4, ACCERR },
	{ "program EEPROM over something", { 0x1100, 0, 0xff }, 3, MGSTAT },
	{ "erase a sector of EEPROM", { 0x1200, 0 }, 2, 0 },
	{ "erase no sector of EEPROM", { 0x1200, 1 }, 2, ACCERR },
	{ "program once", { 0x0700, 7, 1, 2, 3, 4 }, 6, 0 },
	{ "program once behind the field", { 0x0700, 8, 1, 2, 3, 4 }, 6, ACCERR },
	{ "read once", { 0x0400, 0 }, 2, 0 },
	{ "verify a key that is not enabled", { 0x0c00, 1, 2, 3, 4 }, 5, ACCERR },
	{ "set a margin level", { 0x0d00, 1 }, 2, 0 },
};

static void command__is_checked_and_done(void **state)
{
	static const uint16_t flash[] = { 0x0600, 0x0200, 0x1111, 0x1111 };
	static const uint16_t eeprom[] = { 0x1100, 0, 0x11 };
	const struct command_row *row = *state;
	struct rig rig;

	open_halted(&rig, "");
	assert_int_equal(command(&rig, flash, 4), 0);
	assert_int_equal(command(&rig, eeprom, 3), 0);
	assert_int_equal(command(&rig, row->words, row->count), row->errors);
	rig_close(&rig);
}

static void clock__must_have_been_divided(void **state)
{
	static const uint16_t erase[] = { 0x0a00, 0x1000 };
	struct rig rig;

	(void)state;
	rig_open(&rig, "mke02z64", "");
	rig_halt(&rig);
	assert_int_equal(command(&rig, erase, 2), ACCERR);
	write_byte(&rig, FTM + FCLKDIV, 0x10);
	assert_int_equal(read_byte(&rig, FTM + FCLKDIV), 0x90);
	assert_int_equal(command(&rig, erase, 2), 0);
	rig_close(&rig);
}

static void protection__stops_and_only_grows(void **state)
{
	static const uint16_t low[] = { 0x0a00, 0x0600 }, above[] = { 0x0a00, 0x0800 };
	static const uint16_t all[] = { 0x0800 }, eeprom[] = { 0x1200, 0x001e },
			      eeprom_above[] = { 0x1200, 0x0020 };
	struct rig rig;

	(void)state;
	open_halted(&rig, "");
	write_byte(&rig, FTM + FPROT, 0xf8); /* FPLDIS 0, FPLS 0: the first 2 KB */
	assert_int_equal(command(&rig, low, 2), FPVIOL);
	assert_int_equal(command(&rig, above, 2), 0);
	assert_int_equal(command(&rig, all, 1), FPVIOL);
	write_byte(&rig, FTM + FPROT, 0xff);
	assert_int_equal(read_byte(&rig, FTM + FPROT), 0xf8);
	write_byte(&rig, FTM + EEPROT, 0x78); /* DPOPEN 0, DPS 0: the first 32 bytes */
	assert_int_equal(command(&rig, eeprom, 2), FPVIOL);
	assert_int_equal(command(&rig, eeprom_above, 2), 0);
	rig_close(&rig);
}

static void reset(struct rig *rig)
{
	rig->target.drive_reset(rig->target.data, true);
	rig->target.drive_reset(rig->target.data, false);
}

static void mass_erase__opens_a_secured_part(void **state)
{
	static const uint16_t erase[] = { 0x0a00, 0x0400 };
	const struct vap_registers *mdm;
	uint32_t value;
	struct rig rig;

	(void)state;
	open_halted(&rig, "");
	mdm = &rig.target.aps[1].registers;
	assert_int_equal(command(&rig, erase, 2), 0);
	assert_true(rig.target.aps[0].is_enabled(rig.target.aps[0].bus.data));
	reset(&rig);
	assert_false(rig.target.aps[0].is_enabled(rig.target.aps[0].bus.data));
	assert_true(mdm->read(mdm->data, 0xfc, &value));
	assert_int_equal(value, 0x001c0020);
	assert_true(mdm->write(mdm->data, 4, 1));
	assert_true(mdm->read(mdm->data, 0, &value));
	assert_int_equal(value & 5, 5);
	rig_wait(&rig, 200 * NS_PER_MS);
	assert_true(mdm->read(mdm->data, 4, &value));
	assert_int_equal(value, 0);
	assert_true(rig.target.aps[0].is_enabled(rig.target.aps[0].bus.data));
	reset(&rig);
	assert_true(rig.target.aps[0].is_enabled(rig.target.aps[0].bus.data));
	rig_close(&rig);
}

static void read__gives_nothing_while_erasing(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "");
	write_byte(&rig, FTM + FCCOBIX, 0);
	write_byte(&rig, FTM + FCCOBHI, 0x0a);
	write_byte(&rig, FTM + FCCOBIX, 1);
	write_byte(&rig, FTM + FSTAT, 0x80);
	assert_int_equal(read_byte(&rig, FTM + FSTAT), 0x08);
	assert_int_equal(rig_read32(&rig, 0x1000), 0);
	assert_int_equal(rig_read32(&rig, EEPROM), UINT32_MAX);
	assert_false(rig_write(&rig, 0x1000, 4, 0));
	rig_wait(&rig, 30 * NS_PER_MS);
	assert_int_equal(rig_read32(&rig, 0x1000), UINT32_MAX);
	rig_close(&rig);
}

static void watchdog__bites_unless_disabled(void **state)
{
	struct rig rig;

	(void)state;
	/* Without a program the core locks up, and the watchdog resets it every 5 ms. */
	rig_open(&rig, "mke02z64", "");
	write_byte(&rig, FTM + FCLKDIV, 0x10);
	rig_wait(&rig, 20 * NS_PER_MS);
	assert_int_equal(read_byte(&rig, FTM + FCLKDIV), 0);
	assert_true(rig_write(&rig, 0x40052002, 2, 0x20c5));
	assert_true(rig_write(&rig, 0x40052002, 2, 0x28d9));
	write_byte(&rig, 0x40052000, 0x20);
	write_byte(&rig, FTM + FCLKDIV, 0x10);
	rig_wait(&rig, 50 * NS_PER_MS);
	assert_int_equal(read_byte(&rig, FTM + FCLKDIV), 0x90);
	/* A wrong word resets at once. */
	assert_true(rig_write(&rig, 0x40052002, 2, 0x1234));
	assert_int_equal(read_byte(&rig, FTM + FCLKDIV), 0);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock__must_have_been_divided),
		cmocka_unit_test(protection__stops_and_only_grows),
		cmocka_unit_test(mass_erase__opens_a_secured_part),
		cmocka_unit_test(read__gives_nothing_while_erasing),
		cmocka_unit_test(watchdog__bites_unless_disabled),
	};

	return test_run_all("vboard/ke02", tests, ARRAY_SIZE(tests), command__is_checked_and_done,
		rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
