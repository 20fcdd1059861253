/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that need no pack: their memories by the data sheet, and our own flash algorithms. */
#include "base/bits.h"
#include "base/error.h"
#include "base/names.h"
#include "flashalgo/flashalgo.h"
#include "soc/device.h"

enum {
	RW = DAPPER_ACCESS_READ | DAPPER_ACCESS_WRITE,
	RX = DAPPER_ACCESS_READ | DAPPER_ACCESS_EXECUTE,
	RWX = RW | DAPPER_ACCESS_EXECUTE,
	MAX_RAMS = 2,
};

struct ram {
	const char *name;
	unsigned access;
	uint32_t start;
	uint32_t size;
};

static const struct builtin {
	const char *name;
	const uint8_t *algorithm;
	const size_t *algorithm_size;
	const char *algorithm_name;
	uint32_t flash_start;
	uint32_t flash_size;
	struct ram rams[MAX_RAMS]; /* the first is the default; code cannot run from CCM
	                              (DS8626 2.2) */
} builtins[] = {
	/* STM32F103xB: DS5319 rev 17, figure 11 "Memory map" */
	{ "stm32f103rb", flashalgo_stm32f1_128, &flashalgo_stm32f1_128_size,
		"stm32f1_128 (built in)", 0x08000000, 0x20000,
		{ { "SRAM", RWX, 0x20000000, 0x5000 } } },
	/* STM32F405xx/407xx: DS8626 rev 9, figure 18 "Memory map" */
	{ "stm32f407vg", flashalgo_stm32f4_1024, &flashalgo_stm32f4_1024_size,
		"stm32f4_1024 (built in)", 0x08000000, 0x100000,
		{ { "SRAM", RWX, 0x20000000, 0x20000 }, { "CCM", RW, 0x10000000, 0x10000 } } },
	{ "stm32f407ve", flashalgo_stm32f4_512, &flashalgo_stm32f4_512_size,
		"stm32f4_512 (built in)", 0x08000000, 0x80000,
		{ { "SRAM", RWX, 0x20000000, 0x20000 }, { "CCM", RW, 0x10000000, 0x10000 } } },
};

static const char *builtin_name(const void *list, size_t index)
{
	const struct builtin *all = list;

	return all[index].name;
}

static dapper_status add_rams(struct device *device, const struct builtin *builtin)
{
	for (size_t i = 0; i < MAX_RAMS && builtin->rams[i].size; i++) {
		const struct ram *ram = &builtin->rams[i];
		const dapper_region region = {
			.name = ram->name,
			.type = DAPPER_REGION_RAM,
			.access = ram->access,
			.address = ram->start,
			.size = ram->size,
			.is_default = i == 0,
		};

		TRY(memory_map_add(device->map, &region));
	}
	return DAPPER_OK;
}

static dapper_status build(
	dapper_context *context, const struct builtin *builtin, struct device *device)
{
	const dapper_region flash = {
		.name = "flash",
		.access = RX,
		.address = builtin->flash_start,
		.size = builtin->flash_size,
		.is_boot = true,
		.is_default = true,
	};
	const struct flash_placement placement = {
		.name = builtin->algorithm_name,
		.start = builtin->flash_start,
		.size = builtin->flash_size,
	};

	TRY(device_init(device, builtin->name));
	TRY(memory_map_create(&device->map));
	TRY(add_rams(device, builtin));
	return device_add_flash(
		context, device, &flash, &placement, builtin->algorithm, *builtin->algorithm_size);
}

dapper_status device_from_builtin(dapper_context *context, const char *name, struct device *device)
{
	const struct names names = {
		.get = builtin_name, .list = builtins, .count = ARRAY_SIZE(builtins)
	};
	dapper_status status;
	size_t index;

	status = names_find(&names, "device", name, &index);
	if (status == DAPPER_ERR_NOT_FOUND)
		dapper_fail_hint(status,
			"give its pack with --pack, or use -t cortex_m for what needs no device "
			"knowledge");
	if (status != DAPPER_OK)
		return status;
	status = build(context, &builtins[index], device);
	if (status != DAPPER_OK)
		device_finish(device);
	return status;
}
