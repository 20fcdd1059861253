/* SPDX-License-Identifier: Apache-2.0 */
/* Our own algorithms, as compiled in: FLMs like any other. */
#include "unit/flash/flm_test.h"

#include <stdio.h>

#include "flashalgo/flashalgo.h"

struct algorithm_case {
	const char *what;
	const uint8_t *bytes;
	const size_t *size;
	uint32_t flash_size;
	size_t sectors_count;
	struct flm_sectors sectors[3];
};

/* Pages of 1 KB: PM0075, table 2. Sectors: RM0090 rev 19, table 5, and for 512 KB parts the first eight of them. */
static const struct algorithm_case cases[] = {
	{ "stm32f1_128", flashalgo_stm32f1_128, &flashalgo_stm32f1_128_size, 0x20000, 1,
		{ { 0x0, 0x400, 128 } } },
	{ "stm32f4_1024", flashalgo_stm32f4_1024, &flashalgo_stm32f4_1024_size, 0x100000, 3,
		{ { 0x0, 0x4000, 4 }, { 0x10000, 0x10000, 1 }, { 0x20000, 0x20000, 7 } } },
	{ "stm32f4_512", flashalgo_stm32f4_512, &flashalgo_stm32f4_512_size, 0x80000, 3,
		{ { 0x0, 0x4000, 4 }, { 0x10000, 0x10000, 1 }, { 0x20000, 0x20000, 3 } } },
};

static void flashalgo__is_an_flm(void **state)
{
	const struct algorithm_case *row = *state;
	struct flm *flm;

	assert_ok(flm_parse(row->what, row->bytes, *row->size, &flm));
	flm_test_check(flm);
	assert_int_equal(flm->device.start, 0x08000000);
	assert_int_equal(flm->device.size, row->flash_size);
	assert_int_equal(flm->device.type, FLM_TYPE_ONCHIP);
	assert_int_equal(flm->device.erased_value, 0xff);
	assert_int_equal(flm->device.version, 0x0101);
	assert_int_equal(flm->device.page_size % 4, 0);
	assert_int_equal(flm->device.sectors_count, row->sectors_count);
	assert_memory_equal(
		flm->device.sectors, row->sectors, row->sectors_count * sizeof(row->sectors[0]));
	assert_int_not_equal(flm->functions[FLM_ERASE_CHIP], FLM_ABSENT);
	assert_int_not_equal(flm->functions[FLM_ERASE_SECTOR], FLM_ABSENT);
	/* No data of its own, and small: it goes over the wire each time. */
	assert_int_equal(flm->bss_size, 0);
	assert_int_equal(flm->static_base, flm->size);
	assert_in_range(flm->size, 100, 600);
	flm_free(flm);
}

/* What is compiled in is what is in the folder. */
static void flashalgo__is_the_prebuilt_file(void **state)
{
	const struct algorithm_case *row = *state;
	char path[128];
	uint8_t *data;
	size_t size;

	snprintf(path, sizeof(path), "flashalgo/prebuilt/%s.flm", row->what);
	data = flm_test_file(test_source_path(path), &size);
	assert_int_equal(size, *row->size);
	assert_memory_equal(data, row->bytes, size);
	free(data);
}

int main(void)
{
	static const struct test_table tables[] = {
		TEST_TABLE(flashalgo__is_an_flm, cases),
		TEST_TABLE(flashalgo__is_the_prebuilt_file, cases),
	};

	return test_run_tables("flash/flashalgo", NULL, 0, tables, ARRAY_SIZE(tables));
}
