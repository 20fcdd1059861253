/* SPDX-License-Identifier: Apache-2.0 */
/* The FLM files of vendors in shared/data/packs: all parse, some are known in detail. */
#include "unit/flash/flm_test.h"

#include <dirent.h>
#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>

enum { MAX_RUNS = 6, PATH_ROOM = 1024, MAX_DEPTH = 8 };

struct pack_case {
	const char *what;
	const char *path;
	const char *name;
	unsigned type;
	uint32_t start;
	uint32_t size;
	uint32_t page_size;
	uint32_t program_timeout_ms;
	uint32_t erase_timeout_ms;
	struct flm_sectors sectors[MAX_RUNS];
	uint32_t image_size;
	uint32_t bss_size;
	uint32_t alignment;
	uint32_t static_base;
	uint32_t functions[FLM_FUNCTION_COUNT];
};

/* What was found on a walk over the packs. */
struct walk {
	size_t count;
	size_t with[FLM_FUNCTION_COUNT];
};

static void visit_file(const char *path, struct walk *walk)
{
	const char *dot = strrchr(path, '.');
	struct flm *flm = NULL;
	uint8_t *data;
	size_t size;

	if (!dot || strcasecmp(dot, ".flm") != 0)
		return;
	data = flm_test_file(path, &size);
	assert_ok(flm_parse(path, data, size, &flm));
	flm_test_check(flm);
	assert_int_equal(flm->device.version, 0x0101);
	assert_int_equal(flm->device.erased_value, 0xff);
	walk->count++;
	for (size_t i = 0; i < FLM_FUNCTION_COUNT; i++)
		walk->with[i] += flm->functions[i] != FLM_ABSENT;
	flm_free(flm);
	free(data);
}

static void visit_folder(const char *path, struct walk *walk, unsigned depth)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;

	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		char child[PATH_ROOM];
		struct stat info;

		snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] == '.' || stat(child, &info) != 0)
			continue;
		if (!S_ISDIR(info.st_mode))
			visit_file(child, walk);
		else if (depth < MAX_DEPTH)
			visit_folder(child, walk, depth + 1);
	}
	closedir(folder);
}

/* The numbers are those of shared/data/packs/README.md. */
static void parse__takes_all(void **state)
{
	static const size_t with[FLM_FUNCTION_COUNT] = {
		[FLM_INIT] = 55,
		[FLM_UNINIT] = 55,
		[FLM_ERASE_CHIP] = 53,
		[FLM_ERASE_SECTOR] = 55,
		[FLM_PROGRAM_PAGE] = 55,
		[FLM_VERIFY] = 32,
		[FLM_BLANK_CHECK] = 28,
	};
	const char *path = test_data_path("packs");
	struct walk walk = { 0 };
	char root[PATH_ROOM];

	(void)state;
	assert_non_null(path);
	snprintf(root, sizeof(root), "%s", path);
	visit_folder(root, &walk, 0);
	assert_int_equal(walk.count, 55);
	for (size_t i = 0; i < FLM_FUNCTION_COUNT; i++)
		assert_int_equal(walk.with[i], with[i]);
}

/* From arm-none-eabi-readelf -S -s and the bytes of DevDscr read by a Python struct; the sectors of
 * the nrf53xx_network files are those of the README's reading of them. */
static const struct pack_case cases[] = {
	{ "STM32F4xx_1024.FLM", "Keil.STM32F4xx_DFP/CMSIS/Flash/STM32F4xx_1024.FLM",
		"STM32F4xx 1MB Flash", 1, 0x8000000, 0x100000, 1024, 100, 6000,
		{ { 0x0, 0x4000, 4 }, { 0x10000, 0x10000, 1 }, { 0x20000, 0x20000, 7 } }, 0x14c,
		0x0, 4, 0x148,
		.functions = { 0x1c, 0x4e, 0x5c, 0x88, 0xd4, FLM_ABSENT, FLM_ABSENT } },
	{ "STM32F4xx_2048.FLM", "Keil.STM32F4xx_DFP/CMSIS/Flash/STM32F4xx_2048.FLM",
		"STM32F4xx 2MB Flash", 1, 0x8000000, 0x200000, 1024, 100, 6000,
		{ { 0x0, 0x4000, 4 }, { 0x10000, 0x10000, 1 }, { 0x20000, 0x20000, 7 },
			{ 0x100000, 0x4000, 4 }, { 0x110000, 0x10000, 1 },
			{ 0x120000, 0x20000, 7 } },
		0x164, 0x0, 4, 0x160,
		.functions = { 0x26, 0x58, 0x66, 0xa0, 0xec, FLM_ABSENT, FLM_ABSENT } },
	{ "STM32F4xx_OTP.FLM", "Keil.STM32F4xx_DFP/CMSIS/Flash/STM32F4xx_OTP.FLM",
		"STM32F4xx Flash OTP", 1, 0x1fff7800, 0x210, 528, 3000, 3000, { { 0x0, 0x210, 1 } },
		0xb8, 0x0, 4, 0xb4,
		.functions = { 0x0, 0x32, FLM_ABSENT, 0x40, 0x44, FLM_ABSENT, FLM_ABSENT } },
	{ "STM32F469_Quad_SPI.FLM", "Keil.STM32F4xx_DFP/CMSIS/Flash/STM32F469_Quad_SPI.FLM",
		"32F469IDISCOVERY  N25Q128A", 5, 0x90000000, 0x1000000, 4096, 10000, 10000,
		{ { 0x0, 0x10000, 256 } }, 0x4fd4, 0x58, 4, 0x4fc8,
		.functions = { 0x4a94, 0x4ee4, 0xa30, 0xa50, 0x4aac, 0x4ef4, 0x9bc } },
	{ "MX25L51245G_STM32L5_OSPI.FLM",
		"Keil.STM32L5xx_DFP/CMSIS/Flash/MX25L51245G_STM32L5_OSPI.FLM",
		"MX25L51245G_STM32L5_OSPI", 5, 0x90000000, 0x4000000, 256, 3000, 3000,
		{ { 0x0, 0x1000, 16384 } }, 0xcdec, 0xd34, 4, 0xc208,
		.functions = { 0x1a64, 0xa93c, 0xb84, 0xb88, 0x8c64, 0xa950, 0x314 } },
	{ "STM32L5x_OPT.FLM", "Keil.STM32L5xx_DFP/CMSIS/Flash/STM32L5x_OPT.FLM",
		"STM32L5xx Flash Options", 1, 0x1ff00000, 0x30, 48, 3000, 3000,
		{ { 0x0, 0x30, 1 } }, 0x384, 0x0, 4, 0x380,
		.functions = { 0x0, 0x2a, 0x54, 0xb4, 0xb8, 0x1b8, 0x50 } },
	{ "LPC553XX_256.FLM", "NXP.LPC55S36_DFP/LPC553XX_256.FLM", "LPC553xx IAP 246kB Flash", 1,
		0x0, 0x3d800, 512, 300, 3000, { { 0x0, 0x200, 492 } }, 0x2b8, 0x44, 4, 0x2b4,
		.functions = { 0x0, 0x5c, 0x60, 0x88, 0xb0, 0xd8, 0xf4 } },
	{ "MK2x_FAC.FLM", "NXP.mcux-sdk_FLM-only/devices/MK22F51212/arm/MK2x_FAC.FLM",
		"MK2x  Flash Access Control", 1, 0xffff0000, 0x24, 36, 1000, 3000,
		{ { 0x0, 0x24, 1 } }, 0xb68, 0x34, 4, 0xb60,
		.functions = { 0x0, 0x38, FLM_ABSENT, 0x40, 0x44, 0xb6, 0x3c } },
	{ "MKE02Zxxx_EE256B.FLM", "NXP.mcux-sdk_FLM-only/devices/MKE02Z4/arm/MKE02Zxxx_EE256B.FLM",
		"MKE02Zxxx 256B EEPROM", 1, 0x10000000, 0x100, 2, 3000, 100, { { 0x0, 0x2, 128 } },
		0x140, 0x0, 4, 0x13c,
		.functions = { 0x0, 0x30, 0x56, 0x8e, 0xcc, 0x34, FLM_ABSENT } },
	{ "MK_P512X.FLM", "NXP.mcux-sdk_FLM-only/devices/MK64F12/arm/MK_P512X.FLM",
		"MKxxX 512kB Prog Flash", 1, 0x0, 0x80000, 512, 1000, 3000,
		{ { 0x0, 0x1000, 128 } }, 0x4f0, 0x28, 8, 0x4e8,
		.functions = { 0x0, 0x54, 0x78, 0xae, 0xc2, FLM_ABSENT, 0x58 } },
	{ "nrf52xxx.flm", "NordicSemiconductor.nRF_DeviceFamilyPack/Flash/nrf52xxx.flm", "nRF52xxx",
		1, 0x0, 0x200000, 4096, 1000, 3000, { { 0x0, 0x1000, 512 } }, 0x598, 0x10, 4, 0x594,
		.functions = { 0x0, 0x40, 0x98, 0xb4, 0x134, 0x328, 0x268 } },
	{ "nrf53xx_network.flm",
		"NordicSemiconductor.nRF_DeviceFamilyPack/Flash/nrf53xx_network.flm",
		"nRF53xxx_net", 1, 0x1000000, 0x40000, 2048, 1000, 3000, { { 0x0, 0x800, 128 } },
		0x534, 0x10, 4, 0x530,
		.functions = { 0x0, 0x40, 0x98, 0xb4, 0x134, 0x330, 0x26c } },
	{ "nrf53xx_network_uicr.flm",
		"NordicSemiconductor.nRF_DeviceFamilyPack/Flash/nrf53xx_network_uicr.flm",
		"nRF53xxx_net UICR Erase", 1, 0x1ff8000, 0x1000, 2048, 1000, 3000,
		{ { 0x0, 0x800, 2 } }, 0x480, 0x10, 4, 0x47c,
		.functions = { 0x0, 0x34, 0x84, 0xa8, 0x1b8, 0x274, 0xec } },
	{ "Raspberry_Pi_Pico.FLM", "RaspberryPi.RP2xxx_DFP/CMSIS/Flash/Raspberry_Pi_Pico.FLM",
		"Raspberry Pi Pico Flash", 1, 0x10000000, 0x200000, 4096, 100, 500,
		{ { 0x0, 0x1000, 512 } }, 0xf18, 0x0, 4, 0xf10,
		.functions = { 0x540, 0x6cc, 0x510, 0x524, 0x58c, 0x6d0, FLM_ABSENT } },
};

static void check_sectors(const struct pack_case *row, const struct flm_device *device)
{
	size_t count = 0;

	while (count < MAX_RUNS && row->sectors[count].size)
		count++;
	assert_int_equal(device->sectors_count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(device->sectors[i].offset, row->sectors[i].offset);
		assert_int_equal(device->sectors[i].size, row->sectors[i].size);
		assert_int_equal(device->sectors[i].count, row->sectors[i].count);
	}
}

static void check_image(const struct pack_case *row, const struct flm *flm, const uint8_t *file)
{
	assert_int_equal(flm->size, row->image_size);
	assert_int_equal(flm->bss_size, row->bss_size);
	assert_int_equal(flm->alignment, row->alignment);
	assert_int_equal(flm->static_base, row->static_base);
	for (size_t i = 0; i < FLM_FUNCTION_COUNT; i++)
		assert_int_equal(flm->functions[i], row->functions[i]);
	/* In all of them the code begins at 0x34 of the file and the data follows it. */
	assert_memory_equal(flm->bytes, file + 0x34, row->image_size);
}

static void parse__row(void **state)
{
	const struct pack_case *row = *state;
	char relative[PATH_ROOM];
	struct flm *flm = NULL;
	const char *path;
	uint8_t *data;
	size_t size;

	snprintf(relative, sizeof(relative), "packs/%s", row->path);
	path = test_data_path(relative);
	assert_non_null(path);
	data = flm_test_file(path, &size);
	assert_ok(flm_parse(row->path, data, size, &flm));
	assert_string_equal(flm->device.name, row->name);
	assert_int_equal(flm->device.type, row->type);
	assert_int_equal(flm->device.start, row->start);
	assert_int_equal(flm->device.size, row->size);
	assert_int_equal(flm->device.page_size, row->page_size);
	assert_int_equal(flm->device.program_timeout_ms, row->program_timeout_ms);
	assert_int_equal(flm->device.erase_timeout_ms, row->erase_timeout_ms);
	check_sectors(row, &flm->device);
	check_image(row, flm, data);
	flm_free(flm);
	free(data);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__takes_all),
	};

	if (!test_data_path("packs"))
		return test_skip_all("shared/data/packs is not here");
	return test_run_all("flash/flm_packs", tests, ARRAY_SIZE(tests), parse__row, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
