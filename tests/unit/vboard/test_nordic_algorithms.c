/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nordic's flash algorithms run unmodified on the virtual nRF51, nRF52, nRF53 and nRF91. Skipped when
 * the pack is not there.
 */
#include "unit/vboard/flm.h"

#define PACK "packs/NordicSemiconductor.nRF_DeviceFamilyPack/Flash/"

enum { INIT_ERASE = 1, INIT_PROGRAM = 2 };

struct algorithm {
	const char *what;
	const char *path;
	const char *board;
	uint32_t ram;
	uint32_t size; /* of the memory; the algorithms say 2 MB for all */
	bool one_sector;
};

static const struct algorithm algorithms[] = {
	{ "nrf51xxx", PACK "nrf51xxx.flm", "nrf51822", 0x20000000, 256 << 10 },
	{ "nrf51xxx_ecb", PACK "nrf51xxx_ecb.flm", "nrf51822", 0x20000000, 256 << 10 },
	{ "nrf51xxx_sde", PACK "nrf51xxx_sde.flm", "nrf51822", 0x20000000, 256 << 10 },
	{ "nrf52xxx on nRF52832", PACK "nrf52xxx.flm", "nrf52832", 0x20000000, 512 << 10 },
	{ "nrf52xxx on nRF52840", PACK "nrf52xxx.flm", "nrf52840", 0x20000000, 1 << 20 },
	{ "nrf52xxx_sde", PACK "nrf52xxx_sde.flm", "nrf52840", 0x20000000, 1 << 20 },
	{ "nrf52xxx_uicr", PACK "nrf52xxx_uicr.flm", "nrf52840", 0x20000000, 0x1000, true },
	{ "nrf53xx_application", PACK "nrf53xx_application.flm", "nrf5340", 0x20000000, 1 << 20 },
	{ "nrf53xx_application_uicr", PACK "nrf53xx_application_uicr.flm", "nrf5340", 0x20000000,
		0x1000, true },
	{ "nrf53xx_network", PACK "nrf53xx_network.flm", "nrf5340", 0x21000000, 256 << 10 },
	{ "nrf53xx_network_uicr", PACK "nrf53xx_network_uicr.flm", "nrf5340", 0x21000000, 0x1000,
		true },
	{ "nrf91xx", PACK "nrf91xx.flm", "nrf9160", 0x20000000, 1 << 20 },
	{ "nrf91xx_uicr", PACK "nrf91xx_uicr.flm", "nrf9160", 0x20000000, 0x1000, true },
};

static void call_ok(struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2)
{
	const uint32_t result = flm_call(flm, function, r0, r1, r2);

	if (result)
		fail_msg("%s(0x%08x, 0x%x) returns %u", function, r0, r1, result);
}

static void check_erased(struct flm *flm, uint32_t from, uint32_t size)
{
	for (uint32_t i = 0; i < size; i += 4)
		if (rig_read32(&flm->rig, from + i) != UINT32_MAX)
			fail_msg("0x%08x is not erased", from + i);
}

static void exercise_sector(struct flm *flm, uint32_t address)
{
	const uint32_t page = flm->page_size < flm->sector_size ? flm->page_size : flm->sector_size;

	call_ok(flm, "Init", flm->device_base, 0, INIT_ERASE);
	call_ok(flm, "EraseSector", address, 0, 0);
	check_erased(flm, address, flm->sector_size);
	call_ok(flm, "UnInit", INIT_ERASE, 0, 0);

	call_ok(flm, "Init", flm->device_base, 0, INIT_PROGRAM);
	assert_int_equal(flm_program(flm, address), 0);
	for (uint32_t i = 0; i < page; i += 4)
		assert_int_equal(
			rig_read32(&flm->rig, address + i), rig_read32(&flm->rig, flm->buffer + i));
	if (flm_has(flm, "Verify")) {
		assert_int_equal(
			flm_call(flm, "Verify", address, page, flm->buffer), address + page);
		rig_write32(&flm->rig, flm->buffer, ~rig_read32(&flm->rig, flm->buffer));
		assert_int_not_equal(
			flm_call(flm, "Verify", address, page, flm->buffer), address + page);
	}
	call_ok(flm, "UnInit", INIT_PROGRAM, 0, 0);
}

static void algorithm__erases_programs_and_verifies(void **state)
{
	const struct algorithm *row = *state;
	struct flm flm;

	flm_open(&flm, row->path, row->board, "speed=50", row->ram, FLM_STACK);
	exercise_sector(&flm, flm.device_base);
	if (!row->one_sector) {
		exercise_sector(&flm, flm.device_base + flm.sector_size);
		exercise_sector(&flm, flm.device_base + row->size - flm.sector_size);
		/* The neighbour is untouched. */
		assert_int_not_equal(rig_read32(&flm.rig, flm.device_base), UINT32_MAX);
	}
	if (flm_has(&flm, "EraseChip")) {
		call_ok(&flm, "Init", flm.device_base, 0, INIT_ERASE);
		call_ok(&flm, "EraseChip", 0, 0, 0);
		check_erased(&flm, flm.device_base, row->size);
		call_ok(&flm, "UnInit", INIT_ERASE, 0, 0);
	}
	flm_close(&flm);
}

int main(void)
{
	if (!test_data_path(PACK "nrf52xxx.flm"))
		return test_skip_all("the flash algorithms of Nordic are not there");
	return test_run_table("vboard/Nordic algorithms", algorithm__erases_programs_and_verifies,
		algorithms, sizeof(algorithms[0]), ARRAY_SIZE(algorithms));
}
