/* SPDX-License-Identifier: Apache-2.0 */
/* UART and timer of Arm's Cortex-M System Design Kit, on the generic Cortex-M3 at 25 MHz. */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"

#define UART      0x40004000u
#define DATA      (UART + 0x0)
#define STATE     (UART + 0x4)
#define CTRL      (UART + 0x8)
#define INTSTATUS (UART + 0xc)
#define BAUDDIV   (UART + 0x10)

#define TIMER        0x40000000u
#define TIMER_CTRL   (TIMER + 0x0)
#define TIMER_VALUE  (TIMER + 0x4)
#define TIMER_RELOAD (TIMER + 0x8)
#define TIMER_INT    (TIMER + 0xc)

#define NVIC_ISPR 0xe000e200u

static void open_halted(struct rig *rig)
{
	rig_open(rig, "cortex-m3", "");
	rig_halt(rig);
}

static void uart__sends_in_the_time_that_it_takes(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig);
	rig_write32(&rig, BAUDDIV, 250); /* 100 kbit/s: 100 us a byte */
	rig_write32(&rig, CTRL, 1);
	rig_write32(&rig, DATA, 'a');
	rig_write32(&rig, DATA, 'b');
	assert_int_equal(rig_read32(&rig, STATE), 1);
	rig_write32(&rig, DATA, 'c'); /* lost */
	assert_int_equal(rig_read32(&rig, STATE), 5);
	rig_write32(&rig, STATE, 4);
	rig_wait(&rig, 101 * NS_PER_US);
	assert_string_equal(rig.output, "a");
	assert_int_equal(rig_read32(&rig, STATE), 0);
	rig_wait(&rig, 100 * NS_PER_US);
	assert_string_equal(rig.output, "ab");
	rig_close(&rig);
}

static void uart__waits_until_it_is_set_up(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig);
	rig_write32(&rig, DATA, 'x');
	rig_wait(&rig, NS_PER_MS);
	assert_string_equal(rig.output, "");
	assert_int_equal(rig_read32(&rig, STATE), 1);
	rig_write32(&rig, CTRL, 1);
	rig_write32(&rig, BAUDDIV, 16);
	rig_wait(&rig, NS_PER_MS);
	assert_string_equal(rig.output, "x");
	rig_close(&rig);
}

static void uart__interrupts_when_there_is_room(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig);
	rig_write32(&rig, BAUDDIV, 16);
	rig_write32(&rig, CTRL, 5);
	assert_int_equal(rig_read32(&rig, INTSTATUS), 0);
	rig_write32(&rig, DATA, 'x');
	assert_int_equal(rig_read32(&rig, INTSTATUS), 1);
	assert_int_equal(rig_read32(&rig, NVIC_ISPR) >> 1 & 1, 1);
	rig_write32(&rig, INTSTATUS, 1);
	assert_int_equal(rig_read32(&rig, INTSTATUS), 0);
	rig_close(&rig);
}

static void timer__counts_down_and_again(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig);
	rig_write32(&rig, TIMER_RELOAD, 25000); /* 1 ms */
	rig_write32(&rig, TIMER_CTRL, 9);
	rig_wait(&rig, 400 * NS_PER_US);
	assert_in_range(rig_read32(&rig, TIMER_VALUE), 14990, 15000);
	assert_int_equal(rig_read32(&rig, TIMER_INT), 0);
	rig_wait(&rig, 601 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, TIMER_INT), 1);
	assert_int_equal(rig_read32(&rig, NVIC_ISPR) >> 8 & 1, 1);
	assert_in_range(rig_read32(&rig, TIMER_VALUE), 24900, 25000);
	rig_write32(&rig, TIMER_INT, 1);
	assert_int_equal(rig_read32(&rig, TIMER_INT), 0);
	/* Stopped, it keeps its value. */
	rig_write32(&rig, TIMER_CTRL, 0);
	rig_write32(&rig, TIMER_VALUE, 77);
	rig_wait(&rig, NS_PER_MS);
	assert_int_equal(rig_read32(&rig, TIMER_VALUE), 77);
	rig_close(&rig);
}

static void ids__are_the_designers(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig);
	assert_int_equal(rig_read32(&rig, UART + 0xfe0), 0x21);
	assert_int_equal(rig_read32(&rig, TIMER + 0xfe0), 0x22);
	assert_int_equal(rig_read32(&rig, UART + 0xff4), 0xf0);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(uart__sends_in_the_time_that_it_takes),
		cmocka_unit_test(uart__waits_until_it_is_set_up),
		cmocka_unit_test(uart__interrupts_when_there_is_room),
		cmocka_unit_test(timer__counts_down_and_again),
		cmocka_unit_test(ids__are_the_designers),
	};

	return cmocka_run_group_tests_name("cmsdk_models", tests, NULL, NULL);
}
