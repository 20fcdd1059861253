/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The System View Descriptions of vendors in shared/data (see the READMEs there for what is odd in
 * them). What is expected was read off them by expected.py, with another XML parser. Skipped where
 * they are not there.
 */
#include "support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "svd/svd.h"
#include "unit/svd/svd_text.h"

enum { MEMORY_MAX = 40 << 20 };

static const struct file_row {
	const char *what;
	const char *file;
	struct svd_counts counts;
	uint32_t checksum; /* CRC-32 of the text that svd_write_text() makes of it. */
} file_rows[] = {
#include "unit/svd/expected_files.h"
};

/* CRC-32 as zlib has it: reflected polynomial 0xedb88320. */
static uint32_t checksum(const char *text, size_t size)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= (uint8_t)text[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* For looking at what differs: DAPPER_SVD_DUMP names a folder. */
static void dump(const struct file_row *row, const char *text)
{
	const char *folder = getenv("DAPPER_SVD_DUMP");
	char path[512];
	FILE *file;

	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/%s.txt", folder, row->what);
	file = fopen(path, "w");
	if (!file)
		return;
	fputs(text, file);
	fclose(file);
}

static dapper_svd *load(const char *file)
{
	const char *path = test_data_path(file);
	dapper_svd *svd = NULL;

	if (!path)
		skip();
	assert_ok(dapper_svd_load(NULL, path, &svd));
	return svd;
}

static void svd_load__file(void **state)
{
	const struct file_row *row = *state;
	struct svd_counts counts = { 0 };
	dapper_svd *svd = load(row->file);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	svd_write_text(svd, out, &counts);
	fclose(out);
	dump(row, text);
	assert_int_equal(counts.peripherals, row->counts.peripherals);
	assert_int_equal(counts.clusters, row->counts.clusters);
	assert_int_equal(counts.registers, row->counts.registers);
	assert_int_equal(counts.fields, row->counts.fields);
	assert_int_equal(counts.values, row->counts.values);
	assert_int_equal(dapper_svd_register_count(svd), row->counts.registers);
	assert_int_equal(checksum(text, size), row->checksum);
	assert_int_equal(dapper_svd_warning_count(svd), 0);
	assert_true(svd->arena.used < MEMORY_MAX);
	free(text);
	dapper_svd_free(svd);
}

/* Whatever the file: addresses ascend, and each register is found by its path and its address. */
static void svd_find__every_register_of(void **state)
{
	const struct file_row *row = *state;
	dapper_svd *svd = load(row->file);
	uint64_t last = 0;

	for (size_t i = 0; i < dapper_svd_register_count(svd); i++) {
		const dapper_svd_register *reg = dapper_svd_get_register(svd, i);
		const dapper_svd_register *found[64];
		size_t count = dapper_svd_find_at(svd, reg->address, found, ARRAY_SIZE(found));
		bool is_there = false;
		dapper_svd_match match;
		char path[256];

		assert_true(reg->address >= last);
		last = reg->address;
		assert_in_range(count, 1, ARRAY_SIZE(found));
		for (size_t j = 0; j < count; j++)
			is_there = is_there || found[j] == reg;
		assert_true(is_there);
		assert_true(dapper_svd_describe_path(reg, path, sizeof(path)) < sizeof(path));
		assert_ok(dapper_svd_find(svd, path, &match));
		assert_ptr_equal(match.peripheral, reg->peripheral);
		assert_ptr_equal(match.cluster, reg->cluster);
		assert_string_equal(match.reg->name, reg->name);
	}
	dapper_svd_free(svd);
}

int main(void)
{
	static struct file_row find_rows[3];
	static const char *const find_files[] = {
		"svd/NXP/LPC55S69_cm33_core0.xml",
		"svd/Microchip/ATSAMD21G18A.svd",
		"packs/NordicSemiconductor.nRF_DeviceFamilyPack/SVD/nrf52840.svd",
	};
	static const char *const find_names[] = {
		"svd_find__every_register_of_lpc55s69",
		"svd_find__every_register_of_samd21",
		"svd_find__every_register_of_nrf52840",
	};
	const struct test_table tables[] = {
		TEST_TABLE(svd_load__file, file_rows),
		TEST_TABLE(svd_find__every_register_of, find_rows),
	};

	if (!test_data_path("svd"))
		return test_skip_all("shared/data/svd is not there");
	for (size_t i = 0; i < ARRAY_SIZE(find_rows); i++)
		find_rows[i] = (struct file_row){ .what = find_names[i], .file = find_files[i] };
	return test_run_tables("svd/vendor_svd", NULL, 0, tables, ARRAY_SIZE(tables));
}
