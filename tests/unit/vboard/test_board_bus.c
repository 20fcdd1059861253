/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"

/* --- who answers ----------------------------------------------------------------------------- */

struct access_row {
	const char *what;
	const char *board;
	uint32_t address;
	bool answers;
};

static const struct access_row access_rows[] = {
	{ "flash", "stm32f407vg", 0x08000000, true },
	{ "last word of flash", "stm32f407vg", 0x080ffffc, true },
	{ "behind flash", "stm32f407vg", 0x08100000, false },
	{ "flash at 0", "stm32f407vg", 0x00000000, true },
	{ "last word of flash at 0", "stm32f407vg", 0x000ffffc, true },
	{ "behind flash at 0", "stm32f407vg", 0x00100000, false },
	{ "CCM RAM", "stm32f407vg", 0x1000fffc, true },
	{ "behind CCM RAM", "stm32f407vg", 0x10010000, false },
	{ "system memory", "stm32f407vg", 0x1fff0000, true },
	{ "OTP", "stm32f407vg", 0x1fff7800, true },
	{ "signature", "stm32f407vg", 0x1fff7a20, true },
	{ "option bytes", "stm32f407vg", 0x1fffc000, true },
	{ "between signature and option bytes", "stm32f407vg", 0x1fffb000, false },
	{ "SRAM", "stm32f407vg", 0x2001fffc, true },
	{ "behind SRAM", "stm32f407vg", 0x20020000, false },
	{ "TIM2, not modelled", "stm32f407vg", 0x40000000, true },
	{ "0x40002400, reserved", "stm32f407vg", 0x40002400, false },
	{ "0x40006000, reserved", "stm32f407vg", 0x40006000, false },
	{ "0x40007800, UART7 of the F42x", "stm32f407vg", 0x40007800, false },
	{ "0x40014c00, reserved", "stm32f407vg", 0x40014c00, false },
	{ "GPIOI", "stm32f407vg", 0x40022000, true },
	{ "GPIOJ of the F42x", "stm32f407vg", 0x40022400, false },
	{ "flash interface", "stm32f407vg", 0x40023c00, true },
	{ "Ethernet, last word", "stm32f407vg", 0x400293fc, true },
	{ "behind Ethernet", "stm32f407vg", 0x40029400, false },
	{ "CRYP of the F415", "stm32f407vg", 0x50060000, false },
	{ "RNG", "stm32f407vg", 0x50060800, true },
	{ "FSMC bank without memory", "stm32f407vg", 0x60000000, false },
	{ "DBGMCU", "stm32f407vg", 0xe0042000, true },
	{ "hole in the PPB", "stm32f407vg", 0xe0043000, false },
	{ "top of the address space", "stm32f407vg", 0xfffffffc, false },
	{ "code memory", "cortex-m0", 0x00000000, true },
	{ "behind code memory", "cortex-m0", 0x00010000, false },
	{ "RAM", "cortex-m0", 0x2000fffc, true },
	{ "flash of another part", "cortex-m0", 0x08000000, false },
	{ "bit-band alias of another part", "cortex-m0", 0x22000000, false },
};

static void bus_read__answers_where_something_is(void **state)
{
	const struct access_row *row = *state;
	struct rig rig;
	uint32_t value;

	rig_open(&rig, row->board, "");
	assert_int_equal(rig_read(&rig, row->address, 4, &value), row->answers);
	rig_close(&rig);
}

static void bus_read__quiet_ranges_read_zero(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, 0x40000000, 0xffffffff);
	assert_int_equal(rig_read32(&rig, 0x40000000), 0);
	rig_close(&rig);
}

static void bus_read__addresses_above_4_gb_fail(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_false(rig.target.aps[0].bus.read(
		rig.target.aps[0].bus.data, 0x120000000, 4, VBUS_PRIVILEGED, &value));
	rig_close(&rig);
}

/* --- widths ---------------------------------------------------------------------------------- */

static void ram__takes_all_widths(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, 0x20000000, 0x44332211);
	assert_true(rig_write(&rig, 0x20000001, 1, 0xffffffaa));
	assert_int_equal(rig_read32(&rig, 0x20000000), 0x4433aa11);
	assert_true(rig_write(&rig, 0x20000002, 2, 0xbeef));
	assert_int_equal(rig_read32(&rig, 0x20000000), 0xbeefaa11);
	assert_true(rig_read(&rig, 0x20000003, 1, &value));
	assert_int_equal(value, 0xbe);
	assert_true(rig_read(&rig, 0x20000002, 2, &value));
	assert_int_equal(value, 0xbeef);
	rig_close(&rig);
}

/* AHB registers take byte lanes; behind an APB bridge a narrow write fills the word. */
static void registers__take_narrow_accesses_as_their_bus_does(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, 0x40020c00, 0x11223344); /* GPIOD_MODER */
	assert_true(rig_write(&rig, 0x40020c02, 1, 0xaa));
	assert_int_equal(rig_read32(&rig, 0x40020c00), 0x11aa3344);
	assert_true(rig_read(&rig, 0x40020c02, 2, &value));
	assert_int_equal(value, 0x11aa);
	rig_write32(&rig, 0x40013808, 0); /* SYSCFG_EXTICR1, 16 bits */
	assert_true(rig_write(&rig, 0x40013808, 1, 0x5a));
	assert_int_equal(rig_read32(&rig, 0x40013808), 0x5a5a);
	rig_close(&rig);
}

static void rom__ignores_writes(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, 0x1fff0000, 0);
	assert_int_equal(rig_read32(&rig, 0x1fff0000), 0xffffffff);
	rig_close(&rig);
}

static void ram__is_garbage_after_power_on_and_the_same_each_time(void **state)
{
	struct rig rig;
	uint32_t first[2];
	uint32_t zeros = 0;

	(void)state;
	for (int run = 0; run < 2; run++) {
		rig_open(&rig, "stm32f407vg", "");
		first[run] = rig_read32(&rig, 0x20001000);
		for (uint32_t i = 0; i < 0x1000; i += 4)
			zeros += rig_read32(&rig, 0x20000000 + i) == 0;
		rig_close(&rig);
	}
	assert_int_equal(first[0], first[1]);
	assert_int_equal(zeros, 0);
}

/* --- aliases --------------------------------------------------------------------------------- */

static void alias__follows_memrmp_and_reset(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, 0x20000010, 0x12345678);
	assert_int_equal(rig_read32(&rig, 0x10), 0xffffffff);
	rig_write32(&rig, 0x40013800, 3); /* MEMRMP: SRAM1, 112 KB */
	assert_int_equal(rig_read32(&rig, 0x10), 0x12345678);
	rig_write32(&rig, 0x10, 0x9abcdef0);
	assert_int_equal(rig_read32(&rig, 0x20000010), 0x9abcdef0);
	assert_false(rig_read(&rig, 112 * 1024, 4, &value));
	rig_write32(&rig, 0x40013800, 2); /* FSMC: nothing there */
	assert_false(rig_read(&rig, 0x10, 4, &value));
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	assert_int_equal(rig_read32(&rig, 0x10), 0xffffffff);
	rig_close(&rig);
}

static void bit_band__reads_and_writes_single_bits(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	for (int as_core = 0; as_core < 2; as_core++) {
		rig.as_core = as_core;
		rig_write32(&rig, 0x20000004, 0x00008000);
		/* Byte 5, bit 7: alias + 5 * 32 + 7 * 4. */
		assert_int_equal(rig_read32(&rig, 0x220000bc), 1);
		assert_int_equal(rig_read32(&rig, 0x220000b8), 0);
		rig_write32(&rig, 0x220000b8, 0xffffffff);
		assert_int_equal(rig_read32(&rig, 0x20000004), 0x0000c000);
		rig_write32(&rig, 0x220000bc, 0xfffffffe);
		assert_int_equal(rig_read32(&rig, 0x20000004), 0x00004000);
	}
	/* GPIOD_ODR bit 12, in the peripherals' region. */
	rig_write32(&rig, 0x42000000 + 0x20c14 * 32 + 12 * 4, 1);
	assert_int_equal(rig_read32(&rig, 0x40020c14), 0x1000);
	rig_close(&rig);
}

static void bus_core_read__keeps_the_ppb_from_unprivileged_code(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_true(bus_core_read(&rig.board->cores[0], 0xe0002000, 4, CPU_A_PRIV, &value));
	assert_false(bus_core_read(&rig.board->cores[0], 0xe0002000, 4, 0, &value));
	assert_false(bus_core_write(&rig.board->cores[0], 0xe0002000, 4, 0, 3));
	assert_false(bus_core_read(
		&rig.board->cores[0], 0xe0002000, 2, CPU_A_FETCH | CPU_A_PRIV, &value));
	assert_true(bus_core_read(&rig.board->cores[0], 0x20000000, 4, 0, &value));
	rig_close(&rig);
}

static void board_add_window__refuses_overlaps(void **state)
{
	static const struct window_ops ops = { 0 };
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_fails(DAPPER_ERR_INVALID,
		board_add_window(rig.board, "inside", 0x08000100, 4, LANES_AHB, &ops, NULL));
	assert_fails(DAPPER_ERR_INVALID,
		board_add_window(rig.board, "before", 0x07fffffc, 8, LANES_AHB, &ops, NULL));
	assert_ok(board_add_window(rig.board, "free", 0x07fffffc, 4, LANES_AHB, &ops, NULL));
	rig_close(&rig);
}

/* --- reset pin ------------------------------------------------------------------------------- */

static void reset_pin__leaves_the_debug_registers_reachable(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig.target.drive_reset(rig.target.data, true);
	assert_false(rig_read(&rig, 0x20000000, 4, &value));
	assert_int_equal(rig_read32(&rig, 0xe00ff000), 0xfff0f003);
	rig.target.drive_reset(rig.target.data, false);
	assert_true(rig_read(&rig, 0x20000000, 4, &value));
	rig_close(&rig);
}

static void settings__unknown_ones_are_refused_with_a_list(void **state)
{
	struct rig rig;

	(void)state;
	assert_fails(DAPPER_ERR_INVALID, rig_try_open(&rig, "stm32f407vg", "flsh=x"));
	assert_message("has no setting 'flsh'");
	assert_non_null(strstr(dapper_error_last()->hint, "power-loss-at-op"));
	assert_fails(DAPPER_ERR_INVALID, rig_try_open(&rig, "cortex-m0", "flash=x"));
	assert_message("has no setting 'flash'");
	assert_fails(DAPPER_ERR_INVALID, rig_try_open(&rig, "stm32f407vg", "power-loss-at-ns=-1"));
	assert_fails(DAPPER_ERR_INVALID, rig_try_open(&rig, "stm32f407vg", "power-loss-at-op="));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bus_read__quiet_ranges_read_zero),
		cmocka_unit_test(bus_read__addresses_above_4_gb_fail),
		cmocka_unit_test(ram__takes_all_widths),
		cmocka_unit_test(registers__take_narrow_accesses_as_their_bus_does),
		cmocka_unit_test(rom__ignores_writes),
		cmocka_unit_test(ram__is_garbage_after_power_on_and_the_same_each_time),
		cmocka_unit_test(alias__follows_memrmp_and_reset),
		cmocka_unit_test(bit_band__reads_and_writes_single_bits),
		cmocka_unit_test(bus_core_read__keeps_the_ppb_from_unprivileged_code),
		cmocka_unit_test(board_add_window__refuses_overlaps),
		cmocka_unit_test(reset_pin__leaves_the_debug_registers_reachable),
		cmocka_unit_test(settings__unknown_ones_are_refused_with_a_list),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(bus_read__answers_where_something_is, access_rows),
	};

	return test_run_tables("vboard/bus", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
