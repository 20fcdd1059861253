/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a vendor's flash algorithm makes of faults: ST's, on the virtual STM32F407. That all of them
 * work is in test_vendor_stm32.c and its like. Skipped when the pack is not there.
 */
#include "unit/vboard/flm.h"

#define FLM "packs/Keil.STM32F4xx_DFP/CMSIS/Flash/STM32F4xx_1024.FLM"

enum { FLASH = 0x08000000, RAM = 0x20000000, SECTOR_1 = FLASH + 0x4000, ERASE = 1 };

#define SECOND UINT64_C(1000000000)

static void algorithm__reports_write_protection(void **state)
{
	struct flm flm;

	(void)state;
	flm_open(&flm, FLM, "stm32f407vg", "write-protect=1", RAM, FLM_STACK);
	assert_int_equal(flm_call(&flm, "Init", FLASH, 0, ERASE), 0);
	assert_int_not_equal(flm_program(&flm, SECTOR_1), 0);
	assert_int_equal(flm_program(&flm, FLASH), 0);
	flm_close(&flm);
}

static void algorithm__hangs_on_a_stuck_controller(void **state)
{
	struct flm flm;

	(void)state;
	flm_open(&flm, FLM, "stm32f407vg", "stuck-busy-at-op=10", RAM, FLM_STACK);
	assert_int_equal(flm_call(&flm, "Init", FLASH, 0, ERASE), 0);
	flm_fill_buffer(&flm, FLASH, flm.page_size);
	flm_call_hangs(&flm, "ProgramPage", FLASH, flm.page_size, flm.buffer, 2 * SECOND);
	flm_close(&flm);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(algorithm__reports_write_protection),
		cmocka_unit_test(algorithm__hangs_on_a_stuck_controller),
	};

	if (!test_data_path(FLM))
		return test_skip_all("the pack Keil.STM32F4xx_DFP is not there");
	return cmocka_run_group_tests_name("vboard/vendor algorithm", tests, NULL, NULL);
}
