/* SPDX-License-Identifier: Apache-2.0 */
/* NVMCTRL, DSU and peripherals of the SAM D21. */
#include "unit/vboard/script.h"

#define NVM     0x41004000u
#define CTRLA   (NVM + 0x00)
#define CTRLB   (NVM + 0x04)
#define PARAM   (NVM + 0x08)
#define INTFLAG (NVM + 0x14)
#define STATUS  (NVM + 0x18)
#define ADDR    (NVM + 0x1c)
#define LOCK    (NVM + 0x20)

#define ER  0xa502
#define WP  0xa504
#define EAR 0xa505
#define WAP 0xa506
#define LR  0xa540
#define UR  0xa541
#define PBC 0xa544
#define SSB 0xa545

#define PROGE 0x04
#define LOCKE 0x08
#define NVME  0x10

#define USER 0x00804000u
#define DSU  0x41002000u
#define EXT  0x41002100u /* DSU's external address space */

static const struct script_part samd21 = { "samd21j18a", INTFLAG, 1, 0 };

static const struct script scripts[] = {
	{ "tells its size", "",
		{ { R32, PARAM, 0x00031000 }, { R32, LOCK, 0xffff }, { R32, INTFLAG, 1 },
			{ R32, DSU + 0x18, 0x10010300 } } },
	{ "writes a page and erases its row", "",
		{ { W32, CTRLB, 0x80 }, { W32, 0x1000, 0x11223344 }, { W32, 0x103c, 0x55667788 },
			{ R32, STATUS, 2 }, { R32, ADDR, 0x103c / 2 }, { R32, 0x1000, 0xffffffff },
			{ W16, CTRLA, WP }, { BUSY }, { US, 0, 3000 }, { NOT_BUSY },
			{ R32, 0x1000, 0x11223344 }, { R32, 0x103c, 0x55667788 },
			{ R32, 0x1004, 0xffffffff }, { W32, ADDR, 0x10c0 / 2 }, { W16, CTRLA, ER },
			{ BUSY }, { R32, 0x1000, 0xffffffff }, { NOT_BUSY }, { R32, STATUS, 0 } } },
	{ "writes a page by itself at its last word", "",
		{ { W32, 0x2000, 1 }, { NOT_BUSY }, { W32, 0x203c, 2 }, { BUSY }, { IDLE },
			{ R32, 0x2000, 1 }, { R32, 0x203c, 2 }, { R32, STATUS, 0 } } },
	{ "takes half-words, but no bytes", "",
		{ { W32, CTRLB, 0x80 }, { W16, 0x2002, 0xabcd }, { FAIL8, 0x2000, 1 },
			{ W16, CTRLA, WP }, { IDLE }, { R32, 0x2000, 0xabcdffff } } },
	{ "fails to program what is not erased", "",
		{ { W32, CTRLB, 0x80 }, { W32, 0x2000, 0 }, { W16, CTRLA, WP }, { IDLE },
			{ W32, 0x2000, 1 }, { W16, CTRLA, WP }, { IDLE }, { R32, STATUS, NVME },
			{ R32, INTFLAG, 3 }, { W32, STATUS, NVME }, { R32, STATUS, 0 },
			{ W32, INTFLAG, 2 }, { R32, INTFLAG, 1 } } },
	{ "reports a cell that is bad", "bad-cell=0x2004",
		{ { W32, CTRLB, 0x80 }, { W32, 0x2004, 0 }, { W16, CTRLA, WP }, { IDLE },
			{ R32, STATUS, NVME } } },
	{ "clears the page buffer", "",
		{ { W32, CTRLB, 0x80 }, { W32, 0x2000, 1 }, { W16, CTRLA, PBC }, { R32, STATUS, 0 },
			{ W16, CTRLA, WP }, { IDLE }, { R32, 0x2000, 0xffffffff } } },
	{ "takes neither a wrong key nor a wrong command", "",
		{ { W16, CTRLA, 0xa402 }, { NOT_BUSY }, { R32, STATUS, PROGE },
			{ W32, STATUS, PROGE }, { W16, CTRLA, 0xa57f }, { R32, STATUS, PROGE } } },
	{ "takes no command during another", "",
		{ { W32, ADDR, 0 }, { W16, CTRLA, ER }, { W16, CTRLA, ER }, { R32, STATUS, PROGE },
			{ IDLE }, { R32, INTFLAG, 3 } } },
	{ "does not erase behind its end", "",
		{ { W32, ADDR, 0x40000 / 2 }, { W16, CTRLA, ER }, { R32, STATUS, PROGE } } },
	{ "locks and unlocks regions", "",
		{ { W32, ADDR, 0x4000 / 2 }, { W16, CTRLA, LR }, { R32, LOCK, 0xfffd },
			{ W16, CTRLA, ER }, { NOT_BUSY }, { R32, STATUS, LOCKE },
			{ W32, STATUS, LOCKE }, { W32, ADDR, 0x3f00 / 2 }, { W16, CTRLA, ER },
			{ BUSY }, { IDLE }, { R32, STATUS, 0 }, { W32, ADDR, 0x7ffe / 2 },
			{ W16, CTRLA, UR }, { R32, LOCK, 0xffff }, { W16, CTRLA, ER }, { BUSY },
			{ IDLE }, { R32, STATUS, 0 } } },
	{ "loads LOCK from the user row", "",
		{ { R32, USER + 4, 0xfffffc5d }, { W32, ADDR, USER / 2 }, { W16, CTRLA, EAR },
			{ IDLE }, { W32, CTRLB, 0x80 }, { W32, USER, 0xd8e0c7ff },
			{ W32, USER + 4, 0xfffefc5d }, { W16, CTRLA, WAP }, { IDLE },
			{ R32, USER + 4, 0xfffefc5d }, { R32, LOCK, 0xffff }, { RESET },
			{ R32, LOCK, 0xfffe }, { W32, ADDR, 0 }, { W16, CTRLA, ER },
			{ R32, STATUS, LOCKE } } },
	{ "the security bit closes all but the DSU", "",
		{ { HALT }, { W16, CTRLA, SSB }, { US, 0, 5000 }, { RFAIL, 0x20000000 },
			{ RFAIL, 0 }, { RFAIL, 0xe000edf0 }, { FAIL32, 0x20000000, 0 },
			{ RFAIL, DSU + 0x18 }, { R32, EXT + 0x18, 0x10010300 },
			{ R32, EXT, 0x00130000 }, { R32, DSU + 0x1fe0, 0xd0 }, { RESET },
			{ RFAIL, 0 } } },
	{ "chip erase opens it", "",
		{ { W32, CTRLB, 0x80 }, { W32, 0x3000, 7 }, { W16, CTRLA, WP }, { IDLE },
			{ W16, CTRLA, SSB }, { US, 0, 5000 }, { RFAIL, 0 }, { W8, EXT, 0x10 },
			{ R32, EXT, 0x00130000 }, { US, 0, 250000 }, { R32, EXT, 0x00120100 },
			{ R32, 0x3000, 0xffffffff }, { W32, EXT, 0x0100 }, { R32, EXT, 0x00120000 },
			{ R32, USER + 4, 0xfffffc5d } } },
	{ "computes a CRC", "",
		{ { W32, 0x20000000, 0x34333231 }, { W32, 0x20000004, 0x38373635 },
			{ W32, DSU + 4, 0x20000000 }, { W32, DSU + 8, 8 },
			{ W32, DSU + 0xc, 0xffffffff }, { W8, DSU, 4 }, { R32, DSU, 0x00120100 },
			{ R32, DSU + 0xc, ~0x9ae0daafu }, { W32, DSU + 4, 0x30000000 },
			{ W8, DSU, 4 }, { R32, DSU, 0x00120500 } } },
	{ "PORT drives, sets, clears, toggles", "",
		{ { W32, 0x41004408, 0x0f }, { W32, 0x41004418, 0x05 }, { W32, 0x4100441c, 0x0c },
			{ R32, 0x41004410, 0x09 }, { R32, 0x60000020, 0x09 },
			{ W32, 0x41004414, 0x08 }, { R32, 0x41004420, 0x01 } } },
	{ "PORT configures several pins", "",
		{ { W32, 0x41004428, 0xd2050003 }, { R32, 0x41004438, 0x00000022 },
			{ R32, 0x41004450, 0x00000505 } } },
};

static void script__as_debugger(void **state)
{
	script_run(&samd21, *state, false);
}

static void sercom__prints(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "samd21j18a", "");
	rig_write32(&rig, 0x42001404, BIT(16)); /* SERCOM3: CTRLB.TXEN */
	rig_write32(&rig, 0x42001400, 0x06);    /* USART, ENABLE */
	assert_int_equal(rig_read32(&rig, 0x42001418), 1);
	assert_true(rig_write(&rig, 0x42001428, 2, 'o'));
	assert_true(rig_write(&rig, 0x42001428, 2, 'k'));
	assert_int_equal(rig_read32(&rig, 0x42001418), 0);
	rig_wait(&rig, 10 * NS_PER_MS);
	assert_string_equal(rig.output, "ok");
	assert_int_equal(rig_read32(&rig, 0x42001418), 3);
	rig_close(&rig);
}

static void gclk__sets_the_clock(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "samd21j18a", "");
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), 1000000);
	rig_write32(&rig, 0x40000c04, 0x00010700); /* generator 0: DFLL */
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), 48000000);
	rig_write32(&rig, 0x40000c08, 0x00000300); /* divided by 3 */
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), 16000000);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sercom__prints),
		cmocka_unit_test(gclk__sets_the_clock),
	};

	return test_run_all("vboard/samd21", tests, ARRAY_SIZE(tests), script__as_debugger, scripts,
		sizeof(scripts[0]), ARRAY_SIZE(scripts));
}
