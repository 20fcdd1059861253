/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "base/alloc.h"
#include "target/memory_map.h"

static struct dapper_memory_map *make_map(void)
{
	/* STM32F407: RM0090, table 5 */
	static const dapper_sector_run runs[] = { { 0x08000000, 0x4000 }, { 0x08010000, 0x10000 },
		{ 0x08020000, 0x20000 } };
	static const dapper_region regions[] = {
		{ .name = "SRAM",
			.type = DAPPER_REGION_RAM,
			.address = 0x20000000,
			.size = 0x20000,
			.is_default = true },
		{ .name = "flash",
			.type = DAPPER_REGION_FLASH,
			.address = 0x08000000,
			.size = 0x100000,
			.sectors = runs,
			.sector_run_count = 3 },
		{ .name = "CCM",
			.type = DAPPER_REGION_RAM,
			.address = 0x10000000,
			.size = 0x10000 },
	};
	struct dapper_memory_map *map = NULL;

	assert_ok(memory_map_create(&map));
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		assert_ok(memory_map_add(map, &regions[i]));
	return map;
}

static void memory_map_add__keeps_regions_sorted(void **state)
{
	struct dapper_memory_map *map = make_map();

	(void)state;
	assert_int_equal(dapper_memory_map_count(map), 3);
	assert_string_equal(dapper_memory_map_get(map, 0)->name, "flash");
	assert_string_equal(dapper_memory_map_get(map, 1)->name, "CCM");
	assert_string_equal(dapper_memory_map_get(map, 2)->name, "SRAM");
	assert_null(dapper_memory_map_get(map, 3));
	memory_map_destroy(map);
}

static void memory_map_first_of__prefers_the_default(void **state)
{
	struct dapper_memory_map *map = make_map();

	(void)state;
	assert_string_equal(memory_map_first_of(map, DAPPER_REGION_RAM)->name, "SRAM");
	assert_null(memory_map_first_of(map, DAPPER_REGION_ROM));
	memory_map_destroy(map);
}

static const struct find_case {
	const char *what;
	uint64_t address;
	const char *name; /* NULL: nothing there */
} find_cases[] = {
	{ "first byte", 0x08000000, "flash" },
	{ "last byte", 0x080fffff, "flash" },
	{ "one behind", 0x08100000, NULL },
	{ "one before", 0x07ffffff, NULL },
	{ "zero", 0, NULL },
	{ "above 4 GB", 0x120000000, NULL },
};

static void memory_map_find__case(void **state)
{
	const struct find_case *c = *state;
	struct dapper_memory_map *map = make_map();
	const dapper_region *region = dapper_memory_map_find(map, c->address);

	if (c->name) {
		assert_non_null(region);
		assert_string_equal(region->name, c->name);
	} else {
		assert_null(region);
	}
	memory_map_destroy(map);
}

static void memory_map_add__refuses_overlap(void **state)
{
	static const dapper_region bad[] = {
		{ .name = "inside", .address = 0x08001000, .size = 1 },
		{ .name = "around", .address = 0x07000000, .size = 0x10000000 },
		{ .name = "head", .address = 0x07ffffff, .size = 2 },
		{ .name = "tail", .address = 0x080fffff, .size = 2 },
	};
	struct dapper_memory_map *map = make_map();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_fails(DAPPER_ERR_INVALID, memory_map_add(map, &bad[i]));
		assert_message("'flash' at 0x08000000");
	}
	memory_map_destroy(map);
}

static void memory_map_add__refuses_impossible_sizes(void **state)
{
	static const dapper_region empty = { .name = "empty", .address = 0x1000 };
	static const dapper_region wraps = {
		.name = "wraps", .address = UINT64_MAX - 1, .size = 4
	};
	struct dapper_memory_map *map = make_map();

	(void)state;
	assert_fails(DAPPER_ERR_INVALID, memory_map_add(map, &empty));
	assert_fails(DAPPER_ERR_INVALID, memory_map_add(map, &wraps));
	memory_map_destroy(map);
}

static void memory_map_add__survives_lost_memory(void **state)
{
	static const dapper_region region = { .name = "RAM", .address = 0x1000, .size = 16 };
	struct dapper_memory_map *map = NULL;
	dapper_status status = DAPPER_ERR_NO_MEMORY;

	(void)state;
	assert_ok(memory_map_create(&map));
	for (uint64_t n = 1; status != DAPPER_OK; n++) {
		assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
		assert_int_equal(dapper_memory_map_count(map), 0);
		assert_true(n < 20);
		alloc_fail_at(n);
		status = memory_map_add(map, &region);
		alloc_fail_at(0);
	}
	assert_int_equal(dapper_memory_map_count(map), 1);
	memory_map_destroy(map);
}

static void region_get_sector__follows_the_runs(void **state)
{
	static const struct {
		uint64_t address, start, size;
	} rows[] = {
		{ 0x08000000, 0x08000000, 0x4000 },
		{ 0x0800ffff, 0x0800c000, 0x4000 },
		{ 0x08010000, 0x08010000, 0x10000 },
		{ 0x08020000, 0x08020000, 0x20000 },
		{ 0x080fffff, 0x080e0000, 0x20000 },
	};
	struct dapper_memory_map *map = make_map();
	const dapper_region *flash = dapper_memory_map_find(map, 0x08000000);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t start, size;

		region_get_sector(flash, rows[i].address, &start, &size);
		assert_int_equal(start, rows[i].start);
		assert_int_equal(size, rows[i].size);
	}
	memory_map_destroy(map);
}

/* nRF52 packs and others: the last sector may be cut by the region's end. */
static void region_get_sector__ends_with_the_region(void **state)
{
	static const dapper_sector_run run = { 0x1000, 0x300 };
	static const dapper_region region = { .name = "odd",
		.address = 0x1000,
		.size = 0x400,
		.sectors = &run,
		.sector_run_count = 1 };
	uint64_t start, size;

	(void)state;
	region_get_sector(&region, 0x1350, &start, &size);
	assert_int_equal(start, 0x1300);
	assert_int_equal(size, 0x100);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_map_add__keeps_regions_sorted),
		cmocka_unit_test(memory_map_first_of__prefers_the_default),
		cmocka_unit_test(memory_map_add__refuses_overlap),
		cmocka_unit_test(memory_map_add__refuses_impossible_sizes),
		cmocka_unit_test(memory_map_add__survives_lost_memory),
		cmocka_unit_test(region_get_sector__follows_the_runs),
		cmocka_unit_test(region_get_sector__ends_with_the_region),
	};

	return test_run_all("target/memory_map", tests, ARRAY_SIZE(tests), memory_map_find__case,
		find_cases, sizeof(find_cases[0]), ARRAY_SIZE(find_cases));
}
