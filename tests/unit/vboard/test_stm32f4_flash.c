/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every rule of the flash interface, as scripts of accesses; each script runs twice, as a debugger
 * and as the core would make it. Expected values: RM0090 rev 19, section 3, and DS8626 rev 9, table
 * 40.
 */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"
#include "vboard/models/stm32f4_flash_regs.h"

#define REGS    0x40023c00u
#define KEYR    (REGS + FLASH_KEYR)
#define OPTKEYR (REGS + FLASH_OPTKEYR)
#define SR      (REGS + FLASH_SR)
#define CR      (REGS + FLASH_CR)
#define OPTCR   (REGS + FLASH_OPTCR)
#define A       0x08000000u

#define X8     0x000u
#define X16    0x100u
#define X32    0x200u
#define X64    0x300u
#define PG     FLASH_CR_PG
#define SER    FLASH_CR_SER
#define MER    FLASH_CR_MER
#define STRT   FLASH_CR_STRT
#define SNB(n) FIELD_PREP(FLASH_CR_SNB, n)

/* One step of a script. */
enum verb {
	END,
	W32, /* write */
	W16,
	W8,
	FAIL32, /* a write that is a bus error */
	R32,    /* read and compare */
	RFAIL,  /* a read that is a bus error */
	UNLOCK, /* both keys */
	OPT,    /* both option keys */
	IDLE,   /* poll SR until BSY is 0; compare the other flags */
	BUSY,   /* BSY is 1 */
	NOT_BUSY,
	US,    /* let so many microseconds pass */
	RESET, /* nRESET */
};

struct step {
	enum verb verb;
	uint32_t address;
	uint32_t value;
};

struct row {
	const char *what;
	const char *settings;
	struct step steps[16];
};

static const struct row rows[] = {
	{ "reset values", "",
		{ { R32, REGS, 0 }, { R32, SR, 0 }, { R32, CR, FLASH_CR_LOCK },
			{ R32, OPTCR, 0x0fffaaed }, { R32, KEYR, 0 }, { R32, A, 0xffffffff } } },
	{ "CR cannot be written while locked", "",
		{ { W32, CR, PG | X32 }, { R32, CR, FLASH_CR_LOCK }, { UNLOCK, 0, 0 },
			{ W32, CR, PG | X32 }, { R32, CR, PG | X32 } } },
	{ "LOCK locks until the keys come again", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, FLASH_CR_LOCK }, { W32, CR, PG },
			{ R32, CR, FLASH_CR_LOCK }, { UNLOCK, 0, 0 }, { W32, CR, PG },
			{ R32, CR, PG } } },
	{ "a wrong first key is a bus error and locks until reset", "",
		{ { FAIL32, KEYR, 0x12345678 }, { FAIL32, KEYR, FLASH_KEY1 },
			{ FAIL32, KEYR, FLASH_KEY2 }, { R32, CR, FLASH_CR_LOCK }, { RESET, 0, 0 },
			{ UNLOCK, 0, 0 }, { R32, CR, 0 } } },
	{ "a wrong second key, too", "",
		{ { W32, KEYR, FLASH_KEY1 }, { FAIL32, KEYR, FLASH_KEY1 },
			{ FAIL32, KEYR, FLASH_KEY2 }, { R32, CR, FLASH_CR_LOCK } } },
	{ "keys for an open lock keep it open", "",
		{ { UNLOCK, 0, 0 }, { UNLOCK, 0, 0 }, { R32, CR, 0 } } },
	{ "reserved bits of CR read 0", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, 0x7cfefc80 }, { R32, CR, 0 } } },
	{ "reset locks and clears CR", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { RESET, 0, 0 },
			{ R32, CR, FLASH_CR_LOCK } } },

	{ "x32 programming", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A + 4, 0x12345678 },
			{ BUSY, 0, 0 }, { IDLE, 0, 0 }, { R32, A + 4, 0x12345678 },
			{ R32, A, 0xffffffff }, { R32, A + 8, 0xffffffff } } },
	{ "x16 programming", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X16 }, { W16, A + 6, 0x1234 }, { IDLE, 0, 0 },
			{ R32, A + 4, 0x1234ffff } } },
	{ "x8 programming", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X8 }, { W8, A + 5, 0x12 }, { IDLE, 0, 0 },
			{ R32, A + 4, 0xffff12ff } } },
	{ "programming only clears bits", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A, 0xf0f0ffff }, { IDLE, 0, 0 },
			{ W32, A, 0x3c3c5555 }, { IDLE, 0, 0 }, { R32, A, 0x30305555 },
			{ W32, A, 0xffffffff }, { IDLE, 0, 0 }, { R32, A, 0x30305555 } } },
	{ "through the alias at 0", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, 0x100, 0xcafef00d },
			{ IDLE, 0, 0 }, { R32, A + 0x100, 0xcafef00d },
			{ R32, 0x100, 0xcafef00d } } },
	{ "the last word", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A + 0xffffc, 1 }, { IDLE, 0, 0 },
			{ R32, A + 0xffffc, 1 } } },

	{ "without PG: PGSERR", "",
		{ { W32, A, 0 }, { IDLE, 0, FLASH_SR_PGSERR }, { R32, A, 0xffffffff } } },
	{ "with SER still set: PGSERR", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | SER | X32 }, { W32, A, 0 },
			{ IDLE, 0, FLASH_SR_PGSERR }, { R32, A, 0xffffffff } } },
	{ "a byte at x32: PGPERR", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W8, A, 0 },
			{ IDLE, 0, FLASH_SR_PGPERR }, { R32, A, 0xffffffff } } },
	{ "a half-word at x32: PGPERR", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W16, A, 0 },
			{ IDLE, 0, FLASH_SR_PGPERR } } },
	{ "a word at x8: PGPERR", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X8 }, { W32, A, 0 },
			{ IDLE, 0, FLASH_SR_PGPERR }, { R32, A, 0xffffffff } } },
	{ "a word at x64: PGPERR", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X64 }, { W32, A, 0 },
			{ IDLE, 0, FLASH_SR_PGPERR } } },
	{ "across a row of 16 bytes at x64: PGAERR", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X64 }, { W32, A + 0xc, 0 },
			{ IDLE, 0, FLASH_SR_PGAERR }, { R32, A + 0xc, 0xffffffff } } },
	{ "errors add up, a 1 clears each", "",
		{ { W32, A, 0 }, { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W8, A, 0 },
			{ IDLE, 0, FLASH_SR_PGSERR | FLASH_SR_PGPERR },
			{ W32, SR, FLASH_SR_PGSERR }, { IDLE, 0, FLASH_SR_PGPERR }, { W32, SR, 0 },
			{ IDLE, 0, FLASH_SR_PGPERR }, { W32, SR, 0xffffffff }, { IDLE, 0, 0 } } },
	{ "OPERR comes only with ERRIE", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 | FLASH_CR_ERRIE }, { W8, A, 0 },
			{ IDLE, 0, FLASH_SR_PGPERR | FLASH_SR_OPERR } } },
	{ "EOP comes only with EOPIE", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 | FLASH_CR_EOPIE }, { W32, A, 0 },
			{ IDLE, 0, FLASH_SR_EOP }, { W32, SR, FLASH_SR_EOP }, { IDLE, 0, 0 } } },

	{ "sector erase touches its sector only", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A + 0x3ffc, 0 },
			{ W32, A + 0x4000, 0 }, { W32, A + 0x7ffc, 0 }, { W32, A + 0x8000, 0 },
			{ W32, CR, SER | SNB(1) | X32 }, { W32, CR, SER | SNB(1) | X32 | STRT },
			{ BUSY, 0, 0 }, { R32, CR, SER | SNB(1) | X32 | STRT }, { IDLE, 0, 0 },
			{ R32, CR, SER | SNB(1) | X32 }, { R32, A + 0x3ffc, 0 },
			{ R32, A + 0x4000, 0xffffffff }, { R32, A + 0x7ffc, 0xffffffff },
			{ R32, A + 0x8000, 0 } } },
	{ "the 64 KB sector", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A + 0xfffc, 0 },
			{ W32, A + 0x10000, 0 }, { W32, A + 0x1fffc, 0 }, { W32, A + 0x20000, 0 },
			{ W32, CR, SER | SNB(4) | X32 | STRT }, { IDLE, 0, 0 },
			{ R32, A + 0xfffc, 0 }, { R32, A + 0x10000, 0xffffffff },
			{ R32, A + 0x1fffc, 0xffffffff }, { R32, A + 0x20000, 0 } } },
	{ "the last sector", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A + 0xdfffc, 0 },
			{ W32, A + 0xe0000, 0 }, { W32, A + 0xffffc, 0 },
			{ W32, CR, SER | SNB(11) | X32 | STRT }, { IDLE, 0, 0 },
			{ R32, A + 0xdfffc, 0 }, { R32, A + 0xe0000, 0xffffffff },
			{ R32, A + 0xffffc, 0xffffffff } } },
	{ "a sector that the part has not", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, SER | SNB(12) | X32 | STRT }, { NOT_BUSY, 0, 0 },
			{ IDLE, 0, FLASH_SR_PGSERR }, { R32, CR, SER | SNB(12) | X32 } } },
	{ "mass erase", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A, 0 }, { W32, A + 0xffffc, 0 },
			{ W32, CR, MER | X32 | STRT }, { BUSY, 0, 0 }, { IDLE, 0, 0 },
			{ R32, A, 0xffffffff }, { R32, A + 0xffffc, 0xffffffff } } },
	{ "SER and MER together do nothing", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A, 0 },
			{ W32, CR, SER | MER | X32 | STRT }, { NOT_BUSY, 0, 0 }, { IDLE, 0, 0 },
			{ R32, A, 0 } } },
	{ "STRT alone does nothing", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, X32 | STRT }, { NOT_BUSY, 0, 0 }, { IDLE, 0, 0 },
			{ R32, CR, X32 } } },

	{ "write-protected sector: WRPERR for programming", "write-protect=1",
		{ { R32, OPTCR, 0x0ffdaaed }, { UNLOCK, 0, 0 }, { W32, CR, PG | X32 },
			{ W32, A + 0x4000, 0 }, { IDLE, 0, FLASH_SR_WRPERR },
			{ R32, A + 0x4000, 0xffffffff }, { W32, A, 0 }, { R32, A, 0 } } },
	{ "write-protected sector: WRPERR for erase", "write-protect=1",
		{ { UNLOCK, 0, 0 }, { W32, CR, SER | SNB(1) | X32 | STRT }, { NOT_BUSY, 0, 0 },
			{ IDLE, 0, FLASH_SR_WRPERR } } },
	{ "write-protected sector: WRPERR for mass erase", "write-protect=11,write-protect=0",
		{ { R32, OPTCR, 0x07feaaed }, { UNLOCK, 0, 0 }, { W32, CR, MER | X32 | STRT },
			{ NOT_BUSY, 0, 0 }, { IDLE, 0, FLASH_SR_WRPERR } } },
	{ "OPTCR cannot be written while locked", "",
		{ { W32, OPTCR, 0 }, { R32, OPTCR, 0x0fffaaed } } },
	{ "option bytes: protect, program, unprotect", "",
		{ { OPT, 0, 0 }, { W32, OPTCR, 0x0ffeaaec }, { W32, OPTCR, 0x0ffeaaee },
			{ BUSY, 0, 0 }, { IDLE, 0, 0 }, { R32, OPTCR, 0x0ffeaaec },
			{ R32, 0x1fffc008, 0x0001fffe }, { UNLOCK, 0, 0 }, { W32, CR, PG | X32 },
			{ W32, A, 0 }, { IDLE, 0, FLASH_SR_WRPERR }, { RESET, 0, 0 },
			{ R32, OPTCR, 0x0ffeaaed } } },
	{ "option bytes take effect only when programmed", "",
		{ { OPT, 0, 0 }, { W32, OPTCR, 0x0ffeaaec }, { UNLOCK, 0, 0 },
			{ W32, CR, PG | X32 }, { W32, A, 0 }, { IDLE, 0, 0 }, { R32, A, 0 },
			{ RESET, 0, 0 }, { R32, OPTCR, 0x0fffaaed } } },
	{ "a wrong option key locks until reset", "",
		{ { W32, OPTKEYR, FLASH_OPTKEY1 }, { FAIL32, OPTKEYR, 1 },
			{ FAIL32, OPTKEYR, FLASH_OPTKEY1 }, { W32, OPTCR, 0 },
			{ R32, OPTCR, 0x0fffaaed }, { RESET, 0, 0 }, { OPT, 0, 0 },
			{ R32, OPTCR, 0x0fffaaec } } },
	{ "option bytes as memory", "",
		{ { R32, 0x1fffc000, 0x5510aaef }, { R32, 0x1fffc008, 0x0000ffff },
			{ FAIL32, 0x1fffc000, 0 } } },

	{ "reading the array waits until the end", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, SER | X32 | STRT }, { BUSY, 0, 0 },
			{ R32, A + 0x20000, 0xffffffff }, { NOT_BUSY, 0, 0 } } },
	{ "writing CR waits until the end", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A, 0 }, { BUSY, 0, 0 },
			{ W32, CR, 0 }, { NOT_BUSY, 0, 0 }, { R32, A, 0 } } },
	{ "the next word waits for the one before", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A, 1 }, { W32, A + 4, 2 },
			{ BUSY, 0, 0 }, { IDLE, 0, 0 }, { R32, A, 1 }, { R32, A + 4, 2 } } },
	{ "RAM and other peripherals do not wait", "",
		{ { UNLOCK, 0, 0 }, { W32, CR, MER | X32 | STRT }, { W32, 0x20000000, 5 },
			{ R32, 0x20000000, 5 }, { R32, 0xe0042000, 0x10076413 }, { BUSY, 0, 0 } } },

	{ "a bad cell keeps its bits", "bad-cell=0x08000106",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A + 0x100, 0x11111111 },
			{ W32, A + 0x104, 0x22222222 }, { W32, A + 0x108, 0x33333333 },
			{ IDLE, 0, 0 }, { R32, A + 0x100, 0x11111111 },
			{ R32, A + 0x104, 0xffffffff }, { R32, A + 0x108, 0x33333333 } } },
	{ "stuck busy: BSY never ends, the array is a bus error", "stuck-busy-at-op=2",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A, 1 }, { IDLE, 0, 0 },
			{ W32, A + 4, 2 }, { US, 0, 100000000 }, { BUSY, 0, 0 }, { RFAIL, A, 0 },
			{ FAIL32, CR, 0 }, { W32, 0x20000000, 1 } } },
	{ "stuck busy ends with a reset", "stuck-busy-at-op=1",
		{ { UNLOCK, 0, 0 }, { W32, CR, PG | X32 }, { W32, A, 1 }, { RESET, 0, 0 },
			{ NOT_BUSY, 0, 0 }, { R32, A + 8, 0xffffffff } } },
};

static void wait_idle(struct rig *rig, uint32_t flags)
{
	int polls = 0;

	while (rig_read32(rig, SR) & FLASH_SR_BSY) {
		assert_true(polls++ < 20000);
		rig_wait(rig, NS_PER_MS);
	}
	assert_int_equal(rig_read32(rig, SR), flags);
}

static void run_step(struct rig *rig, const struct step *step)
{
	uint32_t value;

	switch (step->verb) {
	case END:
		break;
	case W32:
		assert_true(rig_write(rig, step->address, 4, step->value));
		break;
	case W16:
		assert_true(rig_write(rig, step->address, 2, step->value));
		break;
	case W8:
		assert_true(rig_write(rig, step->address, 1, step->value));
		break;
	case FAIL32:
		assert_false(rig_write(rig, step->address, 4, step->value));
		break;
	case R32:
		assert_int_equal(rig_read32(rig, step->address), step->value);
		break;
	case RFAIL:
		assert_false(rig_read(rig, step->address, 4, &value));
		break;
	case UNLOCK:
		rig_write32(rig, KEYR, FLASH_KEY1);
		rig_write32(rig, KEYR, FLASH_KEY2);
		break;
	case OPT:
		rig_write32(rig, OPTKEYR, FLASH_OPTKEY1);
		rig_write32(rig, OPTKEYR, FLASH_OPTKEY2);
		break;
	case IDLE:
		wait_idle(rig, step->value);
		break;
	case BUSY:
		assert_true(rig_read32(rig, SR) & FLASH_SR_BSY);
		break;
	case NOT_BUSY:
		assert_false(rig_read32(rig, SR) & FLASH_SR_BSY);
		break;
	case US:
		rig_wait(rig, step->value * NS_PER_US);
		break;
	case RESET:
		rig->target.drive_reset(rig->target.data, true);
		rig->target.drive_reset(rig->target.data, false);
		break;
	}
}

static void run_script(const struct row *row, bool as_core)
{
	struct rig rig;

	rig_open(&rig, "stm32f407vg", row->settings);
	rig.as_core = as_core;
	for (size_t i = 0; i < ARRAY_SIZE(row->steps); i++)
		run_step(&rig, &row->steps[i]);
	rig_close(&rig);
}

static void flash__as_a_debugger_sees_it(void **state)
{
	run_script(*state, false);
}

static void flash__as_the_core_sees_it(void **state)
{
	run_script(*state, true);
}

/* --- times ----------------------------------------------------------------------------------- */

struct time_row {
	const char *what;
	uint32_t cr; /* with STRT, or PG: then one unit is programmed */
	uint64_t ns;
};

static const struct time_row time_rows[] = {
	{ "program x8", PG | X8, 16 * NS_PER_US },
	{ "program x16", PG | X16, 16 * NS_PER_US },
	{ "program x32", PG | X32, 16 * NS_PER_US },
	{ "16 KB x8", STRT | SER | SNB(3) | X8, 400 * NS_PER_MS },
	{ "16 KB x16", STRT | SER | SNB(3) | X16, 300 * NS_PER_MS },
	{ "16 KB x32", STRT | SER | SNB(3) | X32, 250 * NS_PER_MS },
	{ "64 KB x8", STRT | SER | SNB(4) | X8, 1200 * NS_PER_MS },
	{ "64 KB x16", STRT | SER | SNB(4) | X16, 700 * NS_PER_MS },
	{ "64 KB x32", STRT | SER | SNB(4) | X32, 550 * NS_PER_MS },
	{ "128 KB x8", STRT | SER | SNB(5) | X8, 2000 * NS_PER_MS },
	{ "128 KB x16", STRT | SER | SNB(5) | X16, 1300 * NS_PER_MS },
	{ "128 KB x32", STRT | SER | SNB(11) | X32, 1000 * NS_PER_MS },
	{ "mass erase x8", STRT | MER | X8, 16000 * NS_PER_MS },
	{ "mass erase x16", STRT | MER | X16, 11000 * NS_PER_MS },
	{ "mass erase x32", STRT | MER | X32, 8000 * NS_PER_MS },
};

static void start(struct rig *rig, uint32_t cr)
{
	rig_write32(rig, KEYR, FLASH_KEY1);
	rig_write32(rig, KEYR, FLASH_KEY2);
	rig_write32(rig, CR, cr);
	if (cr & PG)
		assert_true(rig_write(rig, A, 1u << FIELD_GET(FLASH_CR_PSIZE, cr), 0));
}

/* Busy one nanosecond before the end, idle at the end; and counted. */
static void flash__is_busy_for_exactly_the_time_of_the_data_sheet(void **state)
{
	const struct time_row *row = *state;
	struct rig rig;

	rig_open(&rig, "stm32f407vg", "");
	rig_wait(&rig, 12345);
	start(&rig, row->cr);
	assert_int_equal(rig.now_ns, 12345);
	rig_wait(&rig, row->ns - 1);
	assert_true(rig_read32(&rig, SR) & FLASH_SR_BSY);
	rig_wait(&rig, 1);
	assert_int_equal(rig_read32(&rig, SR), 0);
	assert_int_equal(rig.target.flash_busy_ns(rig.target.data), row->ns);
	rig_close(&rig);
}

/* A debugger that reads the array meanwhile gets its answer when the operation is over. */
static void flash__stalls_a_read_until_the_end(void **state)
{
	const struct time_row *row = *state;
	struct rig rig;

	rig_open(&rig, "stm32f407vg", "");
	start(&rig, row->cr);
	rig_wait(&rig, row->ns / 2);
	(void)rig_read32(&rig, A + 0x80);
	assert_int_equal(rig.target.now_ns(rig.target.data), row->ns);
	rig_close(&rig);
}

static void flash__256_words_take_256_times_16_us(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	start(&rig, X32);
	rig_write32(&rig, CR, PG | X32);
	for (uint32_t i = 0; i < 256; i++)
		rig_write32(&rig, A + 4 * i, i);
	wait_idle(&rig, 0);
	assert_int_equal(rig.target.flash_busy_ns(rig.target.data), 256 * 16 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, A + 4 * 255), 255);
	rig_close(&rig);
}

/* The core waits alone: a debugger still sees the flash busy, and the time pass. */
static void flash__a_stalled_core_does_not_hurry_the_board(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	start(&rig, STRT | SER | X32);
	rig.board->in_core = true;
	assert_true(bus_core_read(&rig.board->cores[0], A, 4, CPU_A_PRIV, &value));
	rig.board->in_core = false;
	assert_int_equal(rig.target.now_ns(rig.target.data), 0);
	assert_true(rig_read32(&rig, SR) & FLASH_SR_BSY);
	rig_wait(&rig, 250 * NS_PER_MS - 1);
	assert_true(rig_read32(&rig, SR) & FLASH_SR_BSY);
	rig_wait(&rig, 1);
	assert_false(rig_read32(&rig, SR) & FLASH_SR_BSY);
	rig_close(&rig);
}

/* --- read protection ------------------------------------------------------------------------- */

static void program_options(struct rig *rig, uint32_t optcr)
{
	rig_write32(rig, OPTKEYR, FLASH_OPTKEY1);
	rig_write32(rig, OPTKEYR, FLASH_OPTKEY2);
	rig_write32(rig, OPTCR, optcr);
	rig_write32(rig, OPTCR, optcr | FLASH_OPTCR_OPTSTRT);
	wait_idle(rig, 0);
}

static void read_protection__hides_the_array_and_ends_with_a_mass_erase(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	start(&rig, PG | X32);
	wait_idle(&rig, 0);
	program_options(&rig, 0x0fff55ec);
	assert_false(rig_read(&rig, A, 4, &value));
	assert_false(rig_write(&rig, A + 4, 4, 0));
	rig.as_core = true;
	assert_int_equal(rig_read32(&rig, A), 0);
	rig.as_core = false;
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	program_options(&rig, 0x0fffaaec);
	assert_int_equal(rig_read32(&rig, A), 0xffffffff);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(flash__256_words_take_256_times_16_us),
		cmocka_unit_test(flash__a_stalled_core_does_not_hurry_the_board),
		cmocka_unit_test(read_protection__hides_the_array_and_ends_with_a_mass_erase),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(flash__as_a_debugger_sees_it, rows),
		TEST_TABLE(flash__as_the_core_sees_it, rows),
		TEST_TABLE(flash__is_busy_for_exactly_the_time_of_the_data_sheet, time_rows),
		TEST_TABLE(flash__stalls_a_read_until_the_end, time_rows),
	};

	return test_run_tables(
		"vboard/stm32f4_flash", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
