/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>

#include <dapper/context.h>

#include "base/alloc.h"
#include "soc/device.h"
#include "target/memory_map.h"

static dapper_context *context;

static int set_up(void **state)
{
	(void)state;
	return dapper_context_new(&context) != DAPPER_OK;
}

static int tear_down(void **state)
{
	(void)state;
	context = dapper_context_unref(context);
	return 0;
}

/* --- built in ----------------------------------------------------------------------------------- */

static void device_find__knows_the_built_in_ones(void **state)
{
	struct device device;
	const dapper_region *flash;

	(void)state;
	assert_ok(device_find(context, NULL, 0, "STM32F407VG", &device));
	assert_string_equal(device.name, "stm32f407vg");
	flash = dapper_memory_map_find(device.map, 0x08000000);
	assert_int_equal(flash->type, DAPPER_REGION_FLASH);
	assert_int_equal(flash->size, 0x100000);
	assert_int_equal(flash->sector_run_count, 3);
	assert_int_equal(device.algorithm_count, 1);
	assert_string_equal(memory_map_first_of(device.map, DAPPER_REGION_RAM)->name, "SRAM");
	device_finish(&device);
}

static void device_find__needs_no_knowledge_for_cortex_m(void **state)
{
	static const char *const names[] = { NULL, "", "cortex_m", "CORTEX_M" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct device device;

		assert_ok(device_find(context, NULL, 0, names[i], &device));
		assert_string_equal(device.name, "cortex_m");
		assert_null(device.map);
		device_finish(&device);
	}
}

static void device_find__suggests_the_nearest(void **state)
{
	struct device device;

	(void)state;
	assert_fails(DAPPER_ERR_NOT_FOUND, device_find(context, NULL, 0, "stm32f407vh", &device));
	assert_non_null(strstr(dapper_error_last()->hint, "stm32f407vg"));
	assert_fails(DAPPER_ERR_NOT_FOUND, device_find(context, NULL, 0, "zzz", &device));
	assert_non_null(strstr(dapper_error_last()->hint, "--pack"));
}

static void device_find__survives_lost_memory(void **state)
{
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	struct device device;

	(void)state;
	for (uint64_t n = 1; status != DAPPER_OK; n++) {
		assert_true(n < 1000);
		alloc_fail_at(n);
		status = device_find(context, NULL, 0, "stm32f407vg", &device);
		alloc_fail_at(0);
		assert_true(status == DAPPER_OK || status == DAPPER_ERR_NO_MEMORY ||
			    status == DAPPER_ERR_PARSE);
	}
	device_finish(&device);
}

/* --- packs: expected values read off the PDSCs by eye -------------------------------------------- */

struct region_row {
	const char *what; /* also the pack's folder, before the slash */
	const char *device;
	uint64_t address;
	dapper_region_type type; /* OTHER: nothing must be there */
	uint64_t start;
	uint64_t size;
};

static const struct region_row region_rows[] = {
	{ "Keil.STM32F4xx_DFP/flash", "STM32F407VG", 0x08000000, DAPPER_REGION_FLASH, 0x08000000,
		0x100000 },
	{ "Keil.STM32F4xx_DFP/SRAM", "STM32F407VG", 0x20000000, DAPPER_REGION_RAM, 0x20000000,
		0x20000 },
	{ "Keil.STM32F4xx_DFP/CCM", "STM32F407VG", 0x10000000, DAPPER_REGION_RAM, 0x10000000,
		0x10000 },
	/* Its algorithm is not default: option bytes are not flash to be programmed by chance. */
	{ "Keil.STM32F4xx_DFP/option bytes", "STM32F407VG", 0x1fffc000, DAPPER_REGION_OTHER, 0, 0 },
	/* The algorithm serves 2 MB of a whole family, the device has 256 KB. */
	{ "NordicSemiconductor.nRF_DeviceFamilyPack/nRF51", "nRF51822_xxAA", 0, DAPPER_REGION_FLASH,
		0, 0x40000 },
	{ "NordicSemiconductor.nRF_DeviceFamilyPack/nRF52 UICR", "nRF52840_xxAA", 0x10001000,
		DAPPER_REGION_FLASH, 0x10001000, 0x1000 },
	{ "RaspberryPi.RP2xxx_DFP/QSPI", "RP2040", 0x10000000, DAPPER_REGION_FLASH, 0x10000000,
		0x200000 },
	/* PDSC says 0x40000, the FLM 0x3d800: the smaller counts, and the rest is no flash. */
	{ "NXP.LPC55S36_DFP/flash", "LPC55S36", 0, DAPPER_REGION_FLASH, 0, 0x3d800 },
	{ "Keil.STM32L5xx_DFP/secure alias", "STM32L552ZETx", 0x0c000000, DAPPER_REGION_FLASH,
		0x0c000000, 0x80000 },
};

static dapper_pack *open_pack(const char *folder)
{
	char path[128];
	dapper_pack *pack = NULL;

	snprintf(path, sizeof(path), "packs/%.*s", (int)strcspn(folder, "/"), folder);
	assert_ok(dapper_pack_open(context, test_data_path(path), &pack));
	return pack;
}

static void device_from_pack__region(void **state)
{
	const struct region_row *row = *state;
	const dapper_region *region;
	struct device device;
	dapper_pack *pack;

	set_up(state);
	pack = open_pack(row->what);
	assert_ok(device_find(context, &pack, 1, row->device, &device));
	region = dapper_memory_map_find(device.map, row->address);
	if (row->type == DAPPER_REGION_OTHER) {
		assert_null(region);
	} else {
		assert_non_null(region);
		assert_int_equal(region->type, row->type);
		assert_int_equal(region->address, row->start);
		assert_int_equal(region->size, row->size);
	}
	device_finish(&device);
	dapper_pack_close(pack);
	tear_down(state);
}

/* No device of any pack may be refused: what is odd is a warning. */
static void device_from_pack__takes_every_device(void **state)
{
	static const char *const folders[] = { "ARM.Cortex_DFP", "Keil.STM32F4xx_DFP",
		"Keil.STM32L5xx_DFP", "NXP.LPC55S36_DFP",
		"NordicSemiconductor.nRF_DeviceFamilyPack", "RaspberryPi.RP2xxx_DFP" };

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(folders); f++) {
		dapper_pack *pack = open_pack(folders[f]);
		const dapper_pack_device *from;

		for (size_t i = 0; (from = dapper_pack_get_device(pack, i)); i++) {
			struct device device;

			assert_ok(device_from_pack(context, pack, from, &device));
			device_finish(&device);
		}
		dapper_pack_close(pack);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			device_find__knows_the_built_in_ones, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			device_find__needs_no_knowledge_for_cortex_m, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			device_find__suggests_the_nearest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			device_find__survives_lost_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			device_from_pack__takes_every_device, set_up, tear_down),
	};
	bool packs_here = test_data_path("packs/RaspberryPi.RP2xxx_DFP") != NULL;

	/* Without the vendors' packs only what is built in can be tested. */
	return test_run_all("soc/device", tests, ARRAY_SIZE(tests) - !packs_here,
		device_from_pack__region, region_rows, sizeof(region_rows[0]),
		packs_here ? ARRAY_SIZE(region_rows) : 0);
}
