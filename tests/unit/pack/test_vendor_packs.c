/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packs of vendors in shared/data (see its README for what is odd in them). What is expected of
 * the devices was read off their PDSCs by eye. Skipped where the packs are not there.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "support/folder.h"
#include "unit/pack/pack_support.h"

#define STM32F4 "Keil.STM32F4xx_DFP"
#define STM32L5 "Keil.STM32L5xx_DFP"
#define LPC     "NXP.LPC55S36_DFP"
#define NRF     "NordicSemiconductor.nRF_DeviceFamilyPack"
#define RP2     "RaspberryPi.RP2xxx_DFP"
#define CORTEX  "ARM.Cortex_DFP"

static const struct pack_row {
	const char *what;
	const char *pack;
	const char *vendor;
	const char *name;
	const char *version;
	size_t device_count;  /* Elements <device>: those that the README counts. */
	size_t variant_count; /* Elements <variant>. */
	size_t listed_count;  /* Variants, and devices without any. */
	size_t missing_count; /* FLM and SVD files named but not there. */
} pack_rows[] = {
	{ "vendor_pack__stm32f4", STM32F4, "Keil", "STM32F4xx_DFP", "3.1.2-dev", 149, 211, 211,
		12 },
	{ "vendor_pack__stm32l5", STM32L5, "Keil", "STM32L5xx_DFP", "2.1.1-dev", 38, 0, 38, 0 },
	{ "vendor_pack__lpc55s36", LPC, "NXP", "LPC55S36_DFP", "13.0.0", 1, 2, 2, 1 },
	{ "vendor_pack__nrf", NRF, "NordicSemiconductor", "nRF_DeviceFamilyPack", "8.32.1", 19, 0,
		19, 4 },
	{ "vendor_pack__rp2040", RP2, "RaspberryPi", "RP2xxx_DFP", "9.9.9", 1, 0, 1, 0 },
	{ "vendor_pack__cortex", CORTEX, "ARM", "Cortex_DFP", "0.0.0", 25, 0, 25, 0 },
};

static const char *pack_path(const char *pack)
{
	char relative[256];
	const char *path;

	snprintf(relative, sizeof(relative), "packs/%s", pack);
	path = test_data_path(relative);
	if (!path)
		skip();
	return path;
}

/* The description as text, found without the help of what is tested. */
static char *description_text(const char *path, const char *pack)
{
	char file[1024];
	uint8_t *text;
	size_t size;

	snprintf(file, sizeof(file), "%s/%s.pdsc", path, pack);
	assert_ok(file_read(file, 1 << 20, &text, &size));
	return (char *)text;
}

/* Every name in the text behind @p tag is found, and as itself. @return How many there are. */
static size_t find_each(const dapper_pack *pack, const char *text, const char *tag)
{
	size_t count = 0;

	while ((text = strstr(text, tag))) {
		const dapper_pack_device *device = NULL;
		char name[64];

		text += strlen(tag);
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "\""), text);
		assert_ok(dapper_pack_find_device(pack, name, &device));
		assert_string_equal(device->name, name);
		assert_true(device->processor_count > 0);
		assert_true(device->memory_count > 1);
		count++;
	}
	return count;
}

static void vendor_pack__row(void **state)
{
	const struct pack_row *row = *state;
	const char *path = pack_path(row->pack);
	dapper_pack *pack = NULL;
	size_t missing;
	char *text;

	pack_set_up(state);
	assert_ok(dapper_pack_open(context, path, &pack));
	assert_string_equal(dapper_pack_get_vendor(pack), row->vendor);
	assert_string_equal(dapper_pack_get_name(pack), row->name);
	assert_string_equal(dapper_pack_get_version(pack), row->version);
	assert_int_equal(dapper_pack_device_count(pack), row->listed_count);
	assert_ok(dapper_pack_check(context, pack, &missing));
	assert_int_equal(missing, row->missing_count);
	assert_int_equal(logged_lines(), missing);
	text = description_text(path, row->pack);
	assert_int_equal(find_each(pack, text, "<device Dname=\""), row->device_count);
	assert_int_equal(find_each(pack, text, "<variant Dvariant=\""), row->variant_count);
	free(text);
	dapper_pack_close(pack);
	pack_tear_down(state);
}

static const struct device_row {
	const char *what;
	const char *pack;
	const char *device;
	const char *vendor;
	const char *family;
	const char *sub_family;
	const char *processors;
	const char *memories;
	const char *algorithms;
} device_rows[] = {
	{
		.what = "vendor_device__stm32f407vg",
		.pack = STM32F4,
		.device = "STM32F407VG",
		.vendor = "STMicroelectronics",
		.family = "STM32F4 Series",
		.sub_family = "STM32F407",
		.processors = ":Cortex-M4@0.0/CMSIS/SVD/STM32F407.svd ",
		.memories = "Flash[]=8000000+100000rx-sd SRAM1[]=20000000+20000rwx-d "
			    "SRAM2[]=10000000+10000rwx ",
		.algorithms = "CMSIS/Flash/STM32F4xx_1024.FLM[]=8000000+100000@0+0-d "
			      "CMSIS/Flash/STM32F40xxx_41xxx_OPT.FLM[]=1fffc000+4@0+0 "
			      "CMSIS/Flash/STM32F4xx_OTP.FLM[]=1fff7800+210@0+0 ",
	},
	{
		.what = "vendor_device__stm32f429zi",
		.pack = STM32F4,
		.device = "STM32F429ZI",
		.vendor = "STMicroelectronics",
		.family = "STM32F4 Series",
		.sub_family = "STM32F429",
		.processors = ":Cortex-M4@0.0/CMSIS/SVD/STM32F429.svd ",
		.memories = "Flash[]=8000000+200000rx-sd SRAM1[]=20000000+30000rwx-d "
			    "SRAM2[]=10000000+10000rwx ",
		.algorithms = "CMSIS/Flash/STM32F4xx_2048.FLM[]=8000000+200000@0+0-d "
			      "CMSIS/Flash/STM32F42xxx_43xxx_OPT.FLM[]=1fffc000+8@0+0 "
			      "CMSIS/Flash/STM32F4xx_OTP.FLM[]=1fff7800+210@0+0 ",
	},
	{
		/* Memories in the old style, and two algorithms for one range to choose from. */
		.what = "vendor_device__stm32f439nghx",
		.pack = STM32F4,
		.device = "STM32F439NGHx",
		.vendor = "STMicroelectronics",
		.family = "STM32F4 Series",
		.sub_family = "STM32F439",
		.processors = ":Cortex-M4@0.0/CMSIS/SVD/STM32F439.svd ",
		.memories = "IROM1[]=8000000+100000rx-sd IRAM1[]=20000000+30000rwx-d "
			    "IRAM2[]=10000000+10000rwx ",
		.algorithms = "CMSIS/Flash/STM32F4xx_1024.FLM[]=8000000+100000@0+0-d "
			      "CMSIS/Flash/STM32F4xx_1024dual.FLM[]=8000000+100000@0+0 "
			      "CMSIS/Flash/STM32F42xxx_43xxx_OPT.FLM[]=1fffc000+8@0+0 "
			      "CMSIS/Flash/STM32F4xx_OTP.FLM[]=1fff7800+210@0+0 ",
	},
	{
		.what = "vendor_device__stm32f446re",
		.pack = STM32F4,
		.device = "STM32F446RE",
		.vendor = "STMicroelectronics",
		.family = "STM32F4 Series",
		.sub_family = "STM32F446",
		.processors = ":Cortex-M4@0.0/CMSIS/SVD/STM32F446.svd ",
		.memories = "Flash[]=8000000+80000rx-sd SRAM[]=20000000+20000rwx-d ",
		.algorithms = "CMSIS/Flash/STM32F4xx_512.FLM[]=8000000+80000@0+0-d "
			      "CMSIS/Flash/STM32F446xx_OPT.FLM[]=1fffc000+4@0+0 "
			      "CMSIS/Flash/STM32F4xx_OTP.FLM[]=1fff7800+210@0+0 ",
	},
	{
		/* Two algorithms for one flash, at its secure and its non-secure address. */
		.what = "vendor_device__stm32l552cctx",
		.pack = STM32L5,
		.device = "STM32L552CCTx",
		.vendor = "STMicroelectronics",
		.family = "STM32L5 Series",
		.sub_family = "STM32L5x2",
		.processors = ":Cortex-M33@0.0/CMSIS/SVD/STM32L552.svd ",
		.memories = "Flash-non-secure[]=8000000+40000rx-sd Flash-secure[]=c000000+40000rx "
			    "SRAM-non-secure[]=20000000+40000rwx-d "
			    "SRAM-secure[]=30000000+40000rwx ",
		.algorithms =
			"CMSIS/Flash/MX25L51245G_STM32L5_OSPI.FLM[]=90000000+4000000@20000000+8000 "
			"CMSIS/Flash/"
			"STM32L552E_EVAL_MX25L51245G.FLM[]=90000000+4000000@20000000+8000 "
			"CMSIS/Flash/"
			"STM32L562E_DK_MX25L51245G.FLM[]=90000000+4000000@20000000+8000 "
			"CMSIS/Flash/STM32L5x_OPT.FLM[]=1ff00000+30@20000000+8000 "
			"CMSIS/Flash/STM32L5x_512_0C00.FLM[]=c000000+80000@20000000+8000-d "
			"CMSIS/Flash/STM32L5x_512_0800.FLM[]=8000000+80000@20000000+8000-d ",
	},
	{
		.what = "vendor_device__lpc55s36",
		.pack = LPC,
		.device = "LPC55S36",
		.vendor = "NXP",
		.family = "LPC55S36",
		.sub_family = "",
		.processors = ":Cortex-M33@0.0/LPC55S36.xml ",
		.memories = "BootROM[]=3000000+20000rx BootROM_alias[]=13000000+20000rx "
			    "PROGRAM_FLASH[]=0+3d800rx-sd PROGRAM_FLASH_alias[]=10000000+3d800rw "
			    "SRAM[]=20000000+1c000rw-d SRAMX[]=4000000+4000rw-d "
			    "SRAMX_alias[]=14000000+4000rw SRAM_alias[]=30000000+1c000rw ",
		.algorithms = "LPC553XX_256.FLM[]=0+40000@20000000+1000-d "
			      "LPC553XX_S_256.FLM[]=10000000+40000@20000000+1000-d "
			      "LPC553XX_FLEXSPI.FLM[]=8000000+4000000@20000000+1000-d "
			      "LPC553XX_FLEXSPI_S.FLM[]=18000000+4000000@20000000+1000-d ",
	},
	{
		.what = "vendor_device__nrf51822",
		.pack = NRF,
		.device = "nRF51822_xxAA",
		.vendor = "Nordic Semiconductor",
		.family = "nRF51 Series",
		.sub_family = "",
		.processors = ":Cortex-M0@0.0/SVD/nrf51.svd ",
		.memories = "IROM1[]=0+40000rx-sd IRAM1[]=20000000+4000rwx-d ",
		.algorithms = "Flash/nrf51xxx.flm[]=0+200000@20000000+4000-d "
			      "Flash/nrf51xxx_sde.flm[]=0+200000@20000000+4000 "
			      "Flash/nrf51xxx_ecb.flm[]=0+200000@20000000+4000 ",
	},
	{
		.what = "vendor_device__nrf52840",
		.pack = NRF,
		.device = "nRF52840_xxAA",
		.vendor = "Nordic Semiconductor",
		.family = "nRF52 Series",
		.sub_family = "",
		.processors = ":Cortex-M4@0.0/SVD/nrf52840.svd ",
		.memories = "IROM1[]=0+100000rx-sd IRAM1[]=20000000+40000rwx-d "
			    "IRAM2[]=800000+40000rwx-d ",
		.algorithms = "Flash/nrf52xxx.flm[]=0+200000@20000000+4000-d "
			      "Flash/nrf52xxx_uicr.flm[]=10001000+1000@20000000+4000-d "
			      "Flash/nrf52xxx_sde.flm[]=0+200000@20000000+4000 ",
	},
	{
		/* Two processors, each with memories and algorithms of its own. */
		.what = "vendor_device__nrf5340",
		.pack = NRF,
		.device = "nRF5340_xxAA",
		.vendor = "Nordic Semiconductor",
		.family = "nRF53 Series",
		.sub_family = "",
		.processors = "Network:Cortex-M33@0.1/SVD/nrf5340_network.svd "
			      "Application:Cortex-M33@0.0/SVD/nrf5340_application.svd ",
		.memories = "IROM1[Application]=0+100000rx-sd "
			    "IRAM1[Application]=20000000+40000rwx-d "
			    "IRAM2[Application]=20040000+40000rwx-d "
			    "IROM1[Network]=1000000+40000rx-sd "
			    "IRAM1[Network]=21000000+10000rwx-d ",
		.algorithms =
			"Flash/nrf53xx_application.flm[Application]=0+200000@20000000+4000-d "
			"Flash/nrf53xx_application_uicr.flm[Application]=ff8000+1000@20000000+4000 "
			"Flash/nrf53xx_network.flm[Network]=1000000+40000@21000000+4000-d "
			"Flash/nrf53xx_network_uicr.flm[Network]=1ff8000+1000@21000000+4000 ",
	},
	{
		.what = "vendor_device__nrf9160",
		.pack = NRF,
		.device = "nRF9160_xxAA",
		.vendor = "Nordic Semiconductor",
		.family = "nRF91 Series",
		.sub_family = "",
		.processors = ":Cortex-M33@0.0/SVD/nrf9160.svd ",
		.memories = "IROM1[]=0+100000rx-sd IRAM1[]=20000000+40000rwx-d ",
		.algorithms = "Flash/nrf91xx.flm[]=0+200000@20000000+4000-d "
			      "Flash/nrf91xx_uicr.flm[]=ff8000+1000@20000000+4000-d ",
	},
	{
		/* One <debug> for two processors. */
		.what = "vendor_device__rp2040",
		.pack = RP2,
		.device = "RP2040",
		.vendor = "RPi",
		.family = "RP2040 Series",
		.sub_family = "",
		.processors = "Core0:Cortex-M0+@0.0/CMSIS/SVD/rp2040.svd "
			      "Core1:Cortex-M0+@0.0/CMSIS/SVD/rp2040.svd ",
		.memories = "External_Flash[]=10000000+200000rx-sd SRAM[]=20000000+42000rwx-d ",
		.algorithms =
			"CMSIS/Flash/Raspberry_Pi_Pico.FLM[]=10000000+200000@20040000+2000-d ",
	},
	{
		.what = "vendor_device__armcm55",
		.pack = CORTEX,
		.device = "ARMCM55",
		.vendor = "ARM",
		.family = "ARM Cortex M55",
		.sub_family = "",
		.processors = ":Cortex-M55@0.0/ ",
		.memories = "ROM_S[]=0+200000rxs-sd RAM_S[]=20000000+20000rwxs-d "
			    "ROM_NS[]=200000+200000rx-sd RAM_NS[]=20200000+20000rwx-d ",
		.algorithms = "",
	},
};

static void vendor_device__row(void **state)
{
	const struct device_row *row = *state;
	const char *path = pack_path(row->pack);
	const dapper_pack_device *device = NULL;
	char text[DESCRIPTION_SIZE];
	dapper_pack *pack = NULL;

	pack_set_up(state);
	assert_ok(dapper_pack_open(context, path, &pack));
	assert_ok(dapper_pack_find_device(pack, row->device, &device));
	assert_string_equal(device->vendor, row->vendor);
	assert_string_equal(device->family, row->family);
	assert_string_equal(device->sub_family, row->sub_family);
	describe_processors(device, text);
	assert_string_equal(text, row->processors);
	describe_memories(device, text);
	assert_string_equal(text, row->memories);
	describe_algorithms(device, text);
	assert_string_equal(text, row->algorithms);
	dapper_pack_close(pack);
	pack_tear_down(state);
}

static void vendor_device__has_all_processor_attributes(void **state)
{
	const dapper_pack_device *device = NULL;
	const dapper_pack_processor *processor;
	dapper_pack *pack = NULL;

	(void)state;
	assert_ok(dapper_pack_open(context, pack_path(STM32L5), &pack));
	assert_ok(dapper_pack_find_device(pack, "stm32l562qeixq", &device));
	processor = &device->processors[0];
	assert_string_equal(processor->revision, "r0p0");
	assert_int_equal(processor->clock_hz, 110000000);
	assert_int_equal(processor->unit_count, 1);
	assert_int_equal(processor->fpu_bits, 32);
	assert_true(processor->has_mpu && processor->has_dsp && processor->has_trustzone);
	assert_false(processor->is_big_endian);
	assert_string_equal(device->memories[1].alias, "Flash-non-secure");
	assert_string_equal(device->memories[0].alias, "");
	dapper_pack_close(pack);

	assert_ok(dapper_pack_open(context, pack_path(NRF), &pack));
	assert_ok(dapper_pack_find_device(pack, "nrf51822_xxaa", &device));
	processor = &device->processors[0];
	assert_int_equal(processor->clock_hz, 16000000);
	assert_int_equal(processor->fpu_bits, 0);
	assert_false(processor->has_mpu || processor->has_dsp || processor->has_trustzone);
	dapper_pack_close(pack);

	assert_ok(dapper_pack_open(context, pack_path(CORTEX), &pack));
	assert_ok(dapper_pack_find_device(pack, "armcm55", &device));
	assert_int_equal(device->processors[0].fpu_bits, 64);
	dapper_pack_close(pack);
}

static void compare_devices(const dapper_pack_device *a, const dapper_pack_device *b)
{
	char a_text[DESCRIPTION_SIZE];
	char b_text[DESCRIPTION_SIZE];

	assert_string_equal(a->name, b->name);
	describe_memories(a, a_text);
	describe_memories(b, b_text);
	assert_string_equal(a_text, b_text);
	describe_algorithms(a, a_text);
	describe_algorithms(b, b_text);
	assert_string_equal(a_text, b_text);
}

static void compare_files(dapper_pack *a, dapper_pack *b, const char *name)
{
	uint8_t *a_data;
	uint8_t *b_data;
	size_t a_size;
	size_t b_size;

	assert_ok(dapper_pack_read_file(a, name, &a_data, &a_size));
	assert_ok(dapper_pack_read_file(b, name, &b_data, &b_size));
	assert_int_equal(a_size, b_size);
	assert_memory_equal(a_data, b_data, a_size);
	free(a_data);
	free(b_data);
}

/* Zipped from inside the folder, it is a `.pack`. */
static void vendor_pack__is_the_same_zipped(void **state)
{
	const char *path = pack_path(RP2);
	const char *zip = folder_path(folder, "RP2.pack");
	dapper_pack *unzipped = NULL;
	dapper_pack *zipped = NULL;

	(void)state;
	folder_zip_tree(zip, path, "");
	assert_ok(dapper_pack_open(context, path, &unzipped));
	assert_ok(dapper_pack_open(context, zip, &zipped));
	assert_int_equal(logged_lines(), 0);
	assert_string_equal(dapper_pack_get_version(zipped), dapper_pack_get_version(unzipped));
	assert_int_equal(dapper_pack_device_count(zipped), dapper_pack_device_count(unzipped));
	for (size_t i = 0; i < dapper_pack_device_count(zipped); i++)
		compare_devices(
			dapper_pack_get_device(zipped, i), dapper_pack_get_device(unzipped, i));
	compare_files(zipped, unzipped, "CMSIS/Flash/Raspberry_Pi_Pico.FLM");
	compare_files(zipped, unzipped, "CMSIS/SVD/rp2040.svd");
	dapper_pack_close(unzipped);
	dapper_pack_close(zipped);
}

static void vendor_pack__of_algorithms_alone_is_none(void **state)
{
	dapper_pack *pack = NULL;

	(void)state;
	assert_fails(DAPPER_ERR_PARSE,
		dapper_pack_open(context, pack_path("NXP.mcux-sdk_FLM-only"), &pack));
	assert_message("is not a pack: no .pdsc file in it");
}

int main(void)
{
	static const struct CMUnitTest single[] = {
		PACK_TEST(vendor_device__has_all_processor_attributes),
		PACK_TEST(vendor_pack__is_the_same_zipped),
		PACK_TEST(vendor_pack__of_algorithms_alone_is_none),
	};
	struct CMUnitTest
		tests[ARRAY_SIZE(single) + ARRAY_SIZE(pack_rows) + ARRAY_SIZE(device_rows)];
	struct CMUnitTest *test = tests + ARRAY_SIZE(single);

	/* One group: TAP has one plan for a program. */
	memcpy(tests, single, sizeof(single));
	for (size_t i = 0; i < ARRAY_SIZE(pack_rows); i++)
		*test++ = (struct CMUnitTest){ .name = pack_rows[i].what,
			.test_func = vendor_pack__row,
			.initial_state = (void *)(uintptr_t)&pack_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(device_rows); i++)
		*test++ = (struct CMUnitTest){ .name = device_rows[i].what,
			.test_func = vendor_device__row,
			.initial_state = (void *)(uintptr_t)&device_rows[i] };
	return cmocka_run_group_tests_name("pack/vendor_packs", tests, NULL, NULL);
}
