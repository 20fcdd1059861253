/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raspberry Pi's flash algorithm runs unmodified on the virtual RP2040: it calls the boot ROM, and
 * copies a second stage of its own. Skipped when the pack is not there.
 */
#include "unit/vboard/flm.h"

#define FLM "packs/RaspberryPi.RP2xxx_DFP/CMSIS/Flash/Raspberry_Pi_Pico.FLM"

enum { PROGRAM = 2 };

static void check_erased(struct flm *flm, uint32_t from, uint32_t size)
{
	for (uint32_t i = 0; i < size; i += 4)
		assert_int_equal(rig_read32(&flm->rig, from + i), UINT32_MAX);
}

static void algorithm__erases_programs_and_verifies(void **state)
{
	struct flm flm;
	uint32_t sector;

	(void)state;
	flm_open(&flm, FLM, "rp2040", "", 0x20000000, FLM_STACK);
	sector = flm.device_base + flm.sector_size;
	assert_int_equal(flm_call(&flm, "Init", flm.device_base, 0, PROGRAM), 0);
	assert_int_equal(flm_program(&flm, sector), 0);
	for (uint32_t i = 0; i < flm.page_size; i += 4)
		assert_int_equal(rig_read32(&flm.rig, sector + i), flm_pattern(sector + i));
	assert_int_equal(flm_call(&flm, "Verify", sector, flm.page_size, flm.buffer),
		sector + flm.page_size);
	rig_write32(&flm.rig, flm.buffer, ~rig_read32(&flm.rig, flm.buffer));
	assert_int_not_equal(flm_call(&flm, "Verify", sector, flm.page_size, flm.buffer),
		sector + flm.page_size);
	assert_int_equal(flm_call(&flm, "EraseSector", sector, 0, 0), 0);
	check_erased(&flm, sector, flm.sector_size);
	assert_int_equal(flm_program(&flm, flm.device_base), 0);
	assert_int_equal(flm_call(&flm, "EraseChip", 0, 0, 0), 0);
	check_erased(&flm, flm.device_base, flm.page_size);
	assert_int_equal(flm_call(&flm, "UnInit", PROGRAM, 0, 0), 0);
	flm_close(&flm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(algorithm__erases_programs_and_verifies),
	};

	if (!test_data_path(FLM))
		return test_skip_all("the pack RaspberryPi.RP2xxx_DFP is not there");
	return cmocka_run_group_tests_name("vboard/rp2040 algorithm", tests, NULL, NULL);
}
