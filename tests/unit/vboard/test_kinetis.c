/* SPDX-License-Identifier: Apache-2.0 */
/* Flash module, MDM-AP, security and peripherals of the Kinetis parts. */
#include "unit/vboard/flm.h"
#include "vboard/board/state.h"
#include "vboard/models/kinetis_flash_regs.h"

#define FAC_FLM "packs/NXP.mcux-sdk_FLM-only/devices/MK22F51212/arm/MK2x_FAC.FLM"

#define FTF        0x40020000u
#define FCCOB_WORD (FTF + 4) /* command and address */
#define FCCOB_DATA (FTF + 8)
#define FPROT      (FTF + FTFX_FPROT)
#define DATA_FLASH 0x800000u /* bit of a command's address */

enum {
	ERASE_NS = 1000000000,
	COMMAND_NS = 10000000,
	MDM_STATUS = 0,
	MDM_CONTROL = 4,
	MDM_IDR = 0xfc,
};

/** The core is halted and stays so over resets: it would collide with what the tests write. */
static void open_halted(struct rig *rig, const char *board, const char *settings)
{
	rig_open(rig, board, settings);
	rig_halt(rig);
	rig_write32(rig, 0xe000edfc, 1); /* DEMCR.VC_CORERESET */
}

static uint32_t fstat(struct rig *rig)
{
	uint32_t value = 0;

	assert_true(rig_read(rig, FTF, 1, &value));
	return value;
}

/** Launch a command with FCCOB4 to 7 and 8 to B as words; FSTAT when it is over. */
static uint32_t command(
	struct rig *rig, uint8_t code, uint32_t address, uint32_t first, uint32_t second)
{
	assert_true(rig_write(rig, FTF, 1, FTFX_FSTAT_ERRORS));
	rig_write32(rig, FCCOB_WORD, (uint32_t)code << 24 | address);
	rig_write32(rig, FCCOB_DATA, first);
	rig_write32(rig, FCCOB_DATA + 4, second);
	assert_true(rig_write(rig, FTF, 1, FTFX_FSTAT_CCIF));
	for (int i = 0; i < 200 && !(fstat(rig) & FTFX_FSTAT_CCIF); i++)
		rig_wait(rig, COMMAND_NS);
	assert_true(fstat(rig) & FTFX_FSTAT_CCIF);
	return fstat(rig) & ~FTFX_FSTAT_CCIF;
}

static void reset(struct rig *rig)
{
	rig->target.drive_reset(rig->target.data, true);
	rig->target.drive_reset(rig->target.data, false);
}

static const struct vap_registers *mdm(struct rig *rig)
{
	return &rig->target.aps[1].registers;
}

static uint32_t mdm_read(struct rig *rig, uint8_t reg)
{
	uint32_t value = 0;

	assert_true(mdm(rig)->read(mdm(rig)->data, reg, &value));
	return value;
}

static void mdm_write(struct rig *rig, uint8_t reg, uint32_t value)
{
	assert_true(mdm(rig)->write(mdm(rig)->data, reg, value));
}

/* --- commands -------------------------------------------------------------------------------- */

struct command_row {
	const char *what;
	const char *board;
	uint32_t address, first, second;
	uint32_t errors;
	uint8_t code;
};

#define K64 "mk64fn1m0"
#define FX  "mk64fx512"
#define K22 "mk22fn512"

/* FCCOB4 is the highest byte of the first word. Sector 2 and on are erased, the phrase at 0 is not:
 * its first word is 0x11223344. */
static const struct command_row command_rows[] = {
	{ "there is no command 0xFF", K64, 0, 0, 0, FTFX_FSTAT_ACCERR, 0xff },
	{ "FTFE has no Program Longword", K64, 0x2000, 0, 0, FTFX_FSTAT_ACCERR, FTFX_PGM4 },
	{ "FTFA has no Program Phrase", K22, 0x2000, 0, 0, FTFX_FSTAT_ACCERR, FTFX_PGM8 },
	{ "FTFA has no Program Section", K22, 0x2000, 0x00010000, 0, FTFX_FSTAT_ACCERR,
		FTFX_PGMSEC },
	{ "Program Phrase", K64, 0x2000, 1, 2, 0, FTFX_PGM8 },
	{ "Program Phrase in data flash", FX, DATA_FLASH, 1, 2, 0, FTFX_PGM8 },
	{ "Program Phrase in data flash that is not there", K64, DATA_FLASH, 1, 2,
		FTFX_FSTAT_ACCERR, FTFX_PGM8 },
	{ "Program Phrase not aligned", K64, 0x2004, 1, 2, FTFX_FSTAT_ACCERR, FTFX_PGM8 },
	{ "Program Phrase behind the end", K64, 0x100000, 1, 2, FTFX_FSTAT_ACCERR, FTFX_PGM8 },
	{ "Program Phrase over another", K64, 0, UINT32_MAX, 0, FTFX_FSTAT_MGSTAT0, FTFX_PGM8 },
	{ "Program Longword", K22, 0x2004, 1, 0, 0, FTFX_PGM4 },
	{ "Program Longword not aligned", K22, 0x2002, 1, 0, FTFX_FSTAT_ACCERR, FTFX_PGM4 },
	{ "Erase Sector", K64, 0x3000, 0, 0, 0, FTFX_ERSSCR },
	{ "Erase Sector not aligned", K64, 0x3008, 0, 0, FTFX_FSTAT_ACCERR, FTFX_ERSSCR },
	{ "Erase Sector in data flash", FX, DATA_FLASH | 0x1f000, 0, 0, 0, FTFX_ERSSCR },
	{ "Erase Sector behind data flash", FX, DATA_FLASH | 0x20000, 0, 0, FTFX_FSTAT_ACCERR,
		FTFX_ERSSCR },
	{ "Erase Block", K64, 0x80000, 0, 0, 0, FTFX_ERSBLK },
	{ "Read 1s Block of an erased one", K64, 0x80000, 0, 0, 0, FTFX_RD1BLK },
	{ "Read 1s Block of another", K64, 0, 0, 0, FTFX_FSTAT_MGSTAT0, FTFX_RD1BLK },
	{ "Read 1s Block with margin 3", K64, 0x80000, 0x03000000, 0, FTFX_FSTAT_ACCERR,
		FTFX_RD1BLK },
	{ "Read 1s Section", K64, 0x2000, 0x01000000, 0, 0, FTFX_RD1SEC },
	{ "Read 1s Section that is not erased", K64, 0, 0x00010000, 0, FTFX_FSTAT_MGSTAT0,
		FTFX_RD1SEC },
	{ "Read 1s Section of nothing", K64, 0x2000, 0, 0, FTFX_FSTAT_ACCERR, FTFX_RD1SEC },
	{ "Read 1s Section over a block's end", K64, 0x7fff0, 0x00020000, 0, FTFX_FSTAT_ACCERR,
		FTFX_RD1SEC },
	{ "Read 1s All of what is not erased", K64, 0, 0, 0, FTFX_FSTAT_MGSTAT0, FTFX_RD1ALL },
	{ "Program Check", K64, 0, 0x01000000, 0x11223344, 0, FTFX_PGMCHK },
	{ "Program Check of another value", K64, 0, 0x01000000, 0x11223345, FTFX_FSTAT_MGSTAT0,
		FTFX_PGMCHK },
	{ "Program Check with margin 0", K64, 0, 0, 0x11223344, FTFX_FSTAT_ACCERR, FTFX_PGMCHK },
	{ "Read Resource 2", K64, 0, 0x02000000, 0, FTFX_FSTAT_ACCERR, FTFX_RDRSRC },
	{ "Program Once of the last record", K64, 0x070000, 5, 6, 0, FTFX_PGMONCE },
	{ "Program Once behind it", K64, 0x080000, 5, 6, FTFX_FSTAT_ACCERR, FTFX_PGMONCE },
	{ "Program Once of XACCA", K22, 0x100000, 5, 6, 0, FTFX_PGMONCE },
	{ "Program Once of what is not there", K22, 0x140000, 5, 6, FTFX_FSTAT_ACCERR,
		FTFX_PGMONCE },
	{ "Verify Backdoor Access Key is not enabled", K64, 0, 0, 0, FTFX_FSTAT_ACCERR,
		FTFX_VFYKEY },
	{ "Set FlexRAM to RAM", FX, 0xff0000, 0, 0, 0, FTFX_SETRAM },
	{ "Set FlexRAM to EEPROM", FX, 0, 0, 0, FTFX_FSTAT_ACCERR, FTFX_SETRAM },
	{ "Erase All Execute-only Segments", K22, 0, 0, 0, 0, FTFX_ERSXA },
	{ "Erase All Execute-only Segments of a K64", K64, 0, 0, 0, FTFX_FSTAT_ACCERR, FTFX_ERSXA },
};

static void command__is_checked_and_done(void **state)
{
	const struct command_row *row = *state;
	const bool is_ftfa = strcmp(row->board, K22) == 0;
	struct rig rig;

	open_halted(&rig, row->board, "");
	assert_int_equal(
		command(&rig, is_ftfa ? FTFX_PGM4 : FTFX_PGM8, 0, 0x11223344, 0x55667788), 0);
	assert_int_equal(
		command(&rig, row->code, row->address, row->first, row->second), row->errors);
	/* An error in the way keeps the next from being launched. */
	if (row->errors & FTFX_FSTAT_ACCERR) {
		assert_true(rig_write(&rig, FTF, 1, FTFX_FSTAT_CCIF));
		assert_true(fstat(&rig) & FTFX_FSTAT_CCIF);
	}
	rig_close(&rig);
}

static void program_section__takes_the_acceleration_ram(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	for (uint32_t i = 0; i < 0x400; i += 4)
		rig_write32(&rig, 0x14000000 + i, 0xabc00000 + i);
	assert_int_equal(command(&rig, FTFX_PGMSEC, 0x4000, 0x00400000, 0), 0);
	for (uint32_t i = 0; i < 0x400; i += 4)
		assert_int_equal(rig_read32(&rig, 0x4000 + i), 0xabc00000 + i);
	assert_int_equal(rig_read32(&rig, 0x4400), UINT32_MAX);
	/* More than fits. */
	assert_int_equal(command(&rig, FTFX_PGMSEC, 0x8000, 0x01010000, 0), FTFX_FSTAT_ACCERR);
	rig_close(&rig);
}

static void once__is_read_back_and_programmed_once(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	assert_int_equal(command(&rig, FTFX_PGMONCE, 0x030000, 0x12345678, 0x9abcdef0), 0);
	assert_int_equal(command(&rig, FTFX_RDONCE, 0x030000, 0, 0), 0);
	assert_int_equal(rig_read32(&rig, FCCOB_DATA), 0x12345678);
	assert_int_equal(rig_read32(&rig, FCCOB_DATA + 4), 0x9abcdef0);
	assert_int_equal(command(&rig, FTFX_PGMONCE, 0x030000, 0, 0), FTFX_FSTAT_ACCERR);
	/* The field is in the IFR. */
	assert_int_equal(command(&rig, FTFX_RDRSRC, 0x3d8, 0, 0), 0);
	assert_int_equal(rig_read32(&rig, FCCOB_DATA), 0x12345678);
	rig_close(&rig);
}

static void protection__stops_what_would_change_a_region(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	rig_write32(&rig, FPROT, ~BIT(2)); /* 64 KB from 32 KB regions: 0x10000 */
	assert_int_equal(command(&rig, FTFX_ERSSCR, 0x10000, 0, 0), FTFX_FSTAT_FPVIOL);
	assert_int_equal(command(&rig, FTFX_PGM8, 0x17ff8, 0, 0), FTFX_FSTAT_FPVIOL);
	assert_int_equal(command(&rig, FTFX_ERSBLK, 0, 0, 0), FTFX_FSTAT_FPVIOL);
	assert_int_equal(command(&rig, FTFX_ERSALL, 0, 0, 0), FTFX_FSTAT_FPVIOL);
	assert_int_equal(command(&rig, FTFX_ERSSCR, 0x18000, 0, 0), 0);
	/* Only more of it until the next reset. */
	rig_write32(&rig, FPROT, UINT32_MAX);
	assert_int_equal(rig_read32(&rig, FPROT), ~BIT(2));
	reset(&rig);
	assert_int_equal(rig_read32(&rig, FPROT), UINT32_MAX);
	rig_close(&rig);
}

static void read__collides_in_the_block_that_is_written(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	rig_write32(&rig, FCCOB_WORD, (uint32_t)FTFX_ERSSCR << 24 | 0x2000);
	assert_true(rig_write(&rig, FTF, 1, FTFX_FSTAT_CCIF));
	assert_int_equal(rig_read32(&rig, 0x80000), UINT32_MAX);
	assert_int_equal(fstat(&rig), 0);
	/* FCCOB is closed meanwhile. */
	rig_write32(&rig, FCCOB_WORD, 0);
	assert_int_equal(rig_read32(&rig, FCCOB_WORD), (uint32_t)FTFX_ERSSCR << 24 | 0x2000);
	assert_int_equal(rig_read32(&rig, 0), 0);
	assert_int_equal(fstat(&rig), FTFX_FSTAT_RDCOLERR);
	rig_wait(&rig, ERASE_NS);
	assert_int_equal(rig_read32(&rig, 0), UINT32_MAX);
	assert_int_equal(fstat(&rig), FTFX_FSTAT_CCIF | FTFX_FSTAT_RDCOLERR);
	assert_false(rig_write(&rig, 0x2000, 4, 0));
	rig_close(&rig);
}

static void cell__that_is_bad_fails_verification(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "bad-cell=0x3008");
	assert_int_equal(command(&rig, FTFX_PGM8, 0x3000, 0, 0), 0);
	assert_int_equal(command(&rig, FTFX_PGM8, 0x3008, 0, 0), FTFX_FSTAT_MGSTAT0);
	rig_close(&rig);
}

/* --- security -------------------------------------------------------------------------------- */

/** Erase the sector of the configuration field, write FSEC and a key, reset. */
static void secure(struct rig *rig, uint8_t fsec)
{
	assert_int_equal(command(rig, FTFX_ERSSCR, 0, 0, 0), 0);
	assert_int_equal(command(rig, FTFX_PGM8, 0x400, 0x04030201, 0x08070605), 0);
	assert_int_equal(command(rig, FTFX_PGM8, 0x408, UINT32_MAX, 0xffffff00 | fsec), 0);
	reset(rig);
}

static bool is_open(struct rig *rig)
{
	return rig->target.aps[0].is_enabled(rig->target.aps[0].bus.data);
}

static void mass_erase__opens_a_secured_part(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	assert_int_equal(mdm_read(&rig, MDM_IDR), 0x001c0000);
	assert_int_equal(mdm_read(&rig, MDM_STATUS) & 0x3f, 0x2a);
	secure(&rig, 0xff);
	assert_false(is_open(&rig));
	assert_int_equal(mdm_read(&rig, MDM_STATUS) & 0x3f, 0x2e);

	/* As debuggers do it: in reset. */
	mdm_write(&rig, MDM_CONTROL, 0x08);
	assert_int_equal(mdm_read(&rig, MDM_STATUS) & 0x08, 0);
	mdm_write(&rig, MDM_CONTROL, 0x09);
	assert_int_equal(mdm_read(&rig, MDM_STATUS) & 1, 1);
	assert_int_equal(mdm_read(&rig, MDM_CONTROL), 0x09);
	rig_wait(&rig, ERASE_NS);
	assert_int_equal(mdm_read(&rig, MDM_CONTROL), 0x08);
	mdm_write(&rig, MDM_CONTROL, 0);
	assert_true(is_open(&rig));
	assert_int_equal(rig_read32(&rig, 0x40c), 0xfffffffe);
	assert_int_equal(rig_read32(&rig, 0x400), UINT32_MAX);
	rig_close(&rig);
}

static void mass_erase__can_be_disabled(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	secure(&rig, 0xef); /* MEEN 10 */
	assert_int_equal(mdm_read(&rig, MDM_STATUS) & 0x24, 0x04);
	mdm_write(&rig, MDM_CONTROL, 1);
	assert_int_equal(mdm_read(&rig, MDM_CONTROL), 0);
	rig_wait(&rig, ERASE_NS);
	assert_false(is_open(&rig));
	rig_close(&rig);
}

static void backdoor_key__opens_until_reset(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	secure(&rig, 0xbf); /* KEYEN 10 */
	rig.as_core = true;
	assert_int_equal(command(&rig, FTFX_VFYKEY, 0, 0x04030201, 0x08070605), 0);
	assert_true(is_open(&rig));
	reset(&rig);
	assert_false(is_open(&rig));
	/* A wrong key closes the door. */
	assert_int_equal(command(&rig, FTFX_VFYKEY, 0, 0x04030201, 0x08070600), FTFX_FSTAT_ACCERR);
	assert_int_equal(command(&rig, FTFX_VFYKEY, 0, 0x04030201, 0x08070605), FTFX_FSTAT_ACCERR);
	assert_false(is_open(&rig));
	rig_close(&rig);
}

static void erase_all__leaves_the_field_erased_or_open(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	assert_int_equal(command(&rig, FTFX_ERSALL, 0, 0, 0), 0);
	assert_int_equal(rig_read32(&rig, 0x40c), UINT32_MAX);
	assert_int_equal(command(&rig, FTFX_RD1ALL, 0, 0, 0), 0);
	assert_int_equal(command(&rig, FTFX_ERSALLU, 0, 0, 0), 0);
	assert_int_equal(rig_read32(&rig, 0x40c), 0xfffffffe);
	rig_close(&rig);
}

/* --- the rest -------------------------------------------------------------------------------- */

static void access_control__is_programmed_by_the_vendors_algorithm(void **state)
{
	struct flm flm;

	(void)state;
	if (!test_data_path(FAC_FLM)) {
		print_message("# the flash algorithms of NXP are not there\n");
		return;
	}
	flm_open(&flm, FAC_FLM, K22, "", 0x20000000, FLM_STACK);
	assert_int_equal(flm_call(&flm, "Init", 0xffff0000, 12000000, 2), 0);
	/* Its "page": which of four records, and what is in them. */
	flm_fill_buffer(&flm, 0, 36);
	rig_write32(&flm.rig, flm.buffer, 0x00010001);
	assert_int_equal(flm_call(&flm, "ProgramPage", 0xffff0000, 36, flm.buffer), 0);
	assert_int_equal(flm_call(&flm, "Verify", 0xffff0000, 36, flm.buffer), 0xffff0000 + 36);
	/* Records can be programmed once. */
	assert_int_equal(flm_call(&flm, "ProgramPage", 0xffff0000, 36, flm.buffer), 1);
	rig_write32(&flm.rig, flm.buffer + 4, 0);
	assert_int_not_equal(flm_call(&flm, "Verify", 0xffff0000, 36, flm.buffer), 0xffff0000 + 36);
	flm_close(&flm);
}

static void uart__prints(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	assert_true(rig_write(&rig, 0x4006a003, 1, 0x08)); /* C2.TE */
	assert_true(rig_write(&rig, 0x4006a007, 1, 'h'));
	assert_true(rig_write(&rig, 0x4006a007, 1, 'i'));
	rig_wait(&rig, 10 * NS_PER_MS);
	assert_string_equal(rig.output, "hi");
	rig_close(&rig);
}

static void mcg__sets_the_clocks(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, K64, "");
	rig_write32(&rig, 0x40048044, 0x01140000);         /* OUTDIV1 /1, OUTDIV2 /2 */
	assert_true(rig_write(&rig, 0x40064004, 1, 0x13)); /* C5: PRDIV 20 */
	assert_true(rig_write(&rig, 0x40064005, 1, 0x58)); /* C6: PLLS, VDIV 48 */
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), 120000000);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB1), 60000000);
	rig_close(&rig);
}

static void watchdog__resets_unless_disabled(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	open_halted(&rig, K64, "");
	assert_true(rig_read(&rig, 0x40052014, 2, &value));
	assert_int_equal(value, 0);
	/* A wrong word. */
	assert_true(rig_write(&rig, 0x4005200c, 2, 1));
	assert_true(rig_read(&rig, 0x40052014, 2, &value));
	assert_int_equal(value, 1);
	/* In time, and too late. */
	assert_true(rig_write(&rig, 0x4005200e, 2, 0xc520));
	assert_true(rig_write(&rig, 0x4005200e, 2, 0xd928));
	assert_true(rig_write(&rig, 0x40052000, 2, 0x01d2));
	assert_true(rig_read(&rig, 0x40052000, 2, &value));
	assert_int_equal(value, 0x01d2);
	rig_wait(&rig, NS_PER_MS);
	assert_true(rig_write(&rig, 0x40052000, 2, 0x01d3));
	assert_true(rig_read(&rig, 0x40052000, 2, &value));
	assert_int_equal(value, 0x01d2);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(program_section__takes_the_acceleration_ram),
		cmocka_unit_test(once__is_read_back_and_programmed_once),
		cmocka_unit_test(protection__stops_what_would_change_a_region),
		cmocka_unit_test(read__collides_in_the_block_that_is_written),
		cmocka_unit_test(cell__that_is_bad_fails_verification),
		cmocka_unit_test(mass_erase__opens_a_secured_part),
		cmocka_unit_test(mass_erase__can_be_disabled),
		cmocka_unit_test(backdoor_key__opens_until_reset),
		cmocka_unit_test(erase_all__leaves_the_field_erased_or_open),
		cmocka_unit_test(access_control__is_programmed_by_the_vendors_algorithm),
		cmocka_unit_test(uart__prints),
		cmocka_unit_test(mcg__sets_the_clocks),
		cmocka_unit_test(watchdog__resets_unless_disabled),
	};

	return test_run_all("vboard/kinetis", tests, ARRAY_SIZE(tests),
		command__is_checked_and_done, command_rows, sizeof(command_rows[0]),
		ARRAY_SIZE(command_rows));
}
