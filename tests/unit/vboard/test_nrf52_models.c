/* SPDX-License-Identifier: Apache-2.0 */
/* POWER, CLOCK, GPIO, UART and UARTE of the virtual nRF52840 (PS v1.7). */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"

#define CLOCK       0x40000000u
#define UART        0x40002000u
#define P0          0x50000000u
#define P1          0x50000300u
#define NVIC        0xe000e100u
#define ISPR        0xe000e200u
#define BAUD_1M     0x10000000u
#define BAUD_115200 0x01d7e000u
#define BIT_1M      (1000u)

enum {
	OUT = 0x504,
	OUTSET = 0x508,
	OUTCLR = 0x50c,
	IN = 0x510,
	DIR = 0x514,
	DIRSET = 0x518,
	DIRCLR = 0x51c,
	PIN_CNF = 0x700
};

/* --- clocks ---------------------------------------------------------------------------------- */

struct clock_row {
	const char *what;
	uint32_t source; /* LFCLKSRC */
	uint32_t task, event, run, stat;
	uint32_t stat_off, stat_on;
	uint64_t start_ns;
};

static const struct clock_row clock_rows[] = {
	{ "HFXO", 0, 0x000, 0x100, 0x408, 0x40c, 0x10000, 0x10001, 360 * NS_PER_US },
	{ "LFRC", 0, 0x008, 0x104, 0x414, 0x418, 0, 0x10000, 600 * NS_PER_US },
	{ "LFXO", 1, 0x008, 0x104, 0x414, 0x418, 0, 0x10001, 250 * NS_PER_MS },
};

static void clock__starts_and_says_so(void **state)
{
	const struct clock_row *row = *state;
	struct rig rig;

	rig_open(&rig, "nrf52840", "");
	rig_write32(&rig, CLOCK + 0x518, row->source);
	rig_write32(&rig, CLOCK + 0x304, 3); /* INTENSET */
	rig_write32(&rig, CLOCK + row->task, 1);
	rig_wait(&rig, row->start_ns - 1);
	assert_int_equal(rig_read32(&rig, CLOCK + row->event), 0);
	assert_int_equal(rig_read32(&rig, CLOCK + row->stat), row->stat_off);
	assert_int_equal(rig_read32(&rig, CLOCK + row->run), 1);
	rig_wait(&rig, 1);
	assert_int_equal(rig_read32(&rig, CLOCK + row->event), 1);
	assert_int_equal(rig_read32(&rig, CLOCK + row->stat), row->stat_on);
	assert_int_equal(rig_read32(&rig, ISPR) & 1, 1);
	rig_write32(&rig, CLOCK + row->event, 0);
	assert_int_equal(rig_read32(&rig, CLOCK + row->event), 0);
	/* Stopped; and a reset forgets all. */
	rig_write32(&rig, CLOCK + row->task + 4, 1);
	assert_int_equal(rig_read32(&rig, CLOCK + row->stat), row->stat_off);
	assert_int_equal(rig_read32(&rig, CLOCK + row->run), 0);
	rig_close(&rig);
}

static void power__keeps_reset_reasons_and_gpregret(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "nrf52840", "");
	assert_int_equal(rig_read32(&rig, CLOCK + 0x400), 0);
	rig_write32(&rig, CLOCK + 0x51c, 0x1b1);
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	assert_int_equal(rig_read32(&rig, CLOCK + 0x400), 1);
	assert_int_equal(rig_read32(&rig, CLOCK + 0x51c), 0xb1);
	rig_write32(&rig, 0xe000ed0c, 0x05fa0004); /* AIRCR.SYSRESETREQ */
	assert_int_equal(rig_read32(&rig, CLOCK + 0x400), 5);
	rig_write32(&rig, CLOCK + 0x400, 1);
	assert_int_equal(rig_read32(&rig, CLOCK + 0x400), 4);
	rig_close(&rig);
}

static void bprot__bits_can_only_be_set(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "nrf52832", "");
	rig_write32(&rig, CLOCK + 0x600, 0x5);
	rig_write32(&rig, CLOCK + 0x600, 0x2);
	assert_int_equal(rig_read32(&rig, CLOCK + 0x600), 0x7);
	assert_int_equal(rig_read32(&rig, CLOCK + 0x608), 1);
	rig_close(&rig);
}

/* --- pins ------------------------------------------------------------------------------------ */

static void gpio__drives_and_reads_pins(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "nrf52840", "");
	assert_int_equal(rig_read32(&rig, P0 + PIN_CNF), 2);
	rig_write32(&rig, P0 + DIRSET, 0x9);
	rig_write32(&rig, P0 + OUTSET, 0x9);
	assert_int_equal(rig_read32(&rig, P0 + OUT), 0x9);
	assert_int_equal(rig_read32(&rig, P0 + PIN_CNF + 4 * 3), 3);
	assert_int_equal(rig_read32(&rig, P0 + IN), 0); /* inputs are disconnected */
	rig_write32(&rig, P0 + PIN_CNF + 4 * 3, 1);
	assert_int_equal(rig_read32(&rig, P0 + IN), 0x8);
	rig_write32(&rig, P0 + OUTCLR, 0x8);
	assert_int_equal(rig_read32(&rig, P0 + IN), 0);
	rig_write32(&rig, P0 + PIN_CNF + 4 * 5, 0xc); /* pulled up */
	assert_int_equal(rig_read32(&rig, P0 + IN), 0x20);
	rig_write32(&rig, P0 + DIRCLR, 1);
	assert_int_equal(rig_read32(&rig, P0 + DIR), 0x8);
	rig_write32(&rig, P1 + OUT, 0xffffffff);
	assert_int_equal(rig_read32(&rig, P1 + OUT), 0xffff); /* P1 has 16 pins */
	assert_int_equal(rig_read32(&rig, P0 + OUT), 0x1);
	rig_close(&rig);
}

/* --- serial port ----------------------------------------------------------------------------- */

static void uart__sends_what_is_written(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "nrf52840", "");
	rig_write32(&rig, UART + 0x524, BAUD_1M);
	rig_write32(&rig, UART + 0x51c, 'x'); /* not enabled */
	rig_write32(&rig, UART + 0x500, 4);
	rig_write32(&rig, UART + 0x51c, 'y'); /* not started */
	rig_write32(&rig, UART + 0x008, 1);
	rig_write32(&rig, UART + 0x304, 1u << 7);
	rig_write32(&rig, UART + 0x51c, 'h');
	rig_wait(&rig, 10 * BIT_1M - 1);
	assert_string_equal(rig.output, "");
	assert_int_equal(rig_read32(&rig, UART + 0x11c), 0);
	rig_wait(&rig, 1);
	assert_string_equal(rig.output, "h");
	assert_int_equal(rig_read32(&rig, UART + 0x11c), 1);
	assert_int_equal(rig_read32(&rig, ISPR) & 4, 4);
	rig_write32(&rig, UART + 0x51c, 'i');
	rig_write32(&rig, UART + 0x51c, '!');
	rig_wait(&rig, 20 * BIT_1M);
	assert_string_equal(rig.output, "hi!");
	rig_close(&rig);
}

static void uarte__sends_from_ram(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "nrf52840", "");
	rig_write32(&rig, 0x20000100, 0x6c656820);
	rig_write32(&rig, 0x20000104, 0x00006f6c);
	rig_write32(&rig, UART + 0x524, BAUD_115200);
	rig_write32(&rig, UART + 0x500, 8);
	rig_write32(&rig, UART + 0x544, 0x20000101);
	rig_write32(&rig, UART + 0x548, 5);
	rig_write32(&rig, UART + 0x008, 1);
	assert_int_equal(rig_read32(&rig, UART + 0x150), 1);
	/* 50 bits at 115,108 baud, which is what this value makes */
	rig_wait(&rig, 434 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, UART + 0x120), 0);
	rig_wait(&rig, NS_PER_US);
	assert_int_equal(rig_read32(&rig, UART + 0x120), 1);
	assert_int_equal(rig_read32(&rig, UART + 0x54c), 5);
	assert_string_equal(rig.output, "hello");
	/* Cut off after the first byte. */
	rig_write32(&rig, UART + 0x120, 0);
	rig_write32(&rig, UART + 0x008, 1);
	rig_write32(&rig, UART + 0x00c, 1);
	rig_wait(&rig, NS_PER_MS);
	assert_int_equal(rig_read32(&rig, UART + 0x158), 1);
	assert_int_equal(rig_read32(&rig, UART + 0x54c), 1);
	assert_string_equal(rig.output, "helloh");
	/* EasyDMA does not reach flash. */
	rig_write32(&rig, UART + 0x544, 0);
	rig_write32(&rig, UART + 0x548, 1);
	rig_write32(&rig, UART + 0x008, 1);
	rig_wait(&rig, NS_PER_MS);
	assert_int_equal(rig.output_size, 7);
	assert_int_equal(rig.output[6], 0);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(power__keeps_reset_reasons_and_gpregret),
		cmocka_unit_test(bprot__bits_can_only_be_set),
		cmocka_unit_test(gpio__drives_and_reads_pins),
		cmocka_unit_test(uart__sends_what_is_written),
		cmocka_unit_test(uarte__sends_from_ram),
	};

	return test_run_all("vboard/nrf52_models", tests, ARRAY_SIZE(tests),
		clock__starts_and_says_so, clock_rows, sizeof(clock_rows[0]),
		ARRAY_SIZE(clock_rows));
}
