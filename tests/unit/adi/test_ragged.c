/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes of every start (address % 4) and size 0 to 9, against the array of the model. */
#include <stdio.h>
#include <stdlib.h>

#include "support/adi_fixture.h"

enum { RAM = 0x20000000, STARTS = 4, SIZES = 10, MARGIN = 8 };

struct row {
	const char *what;
	unsigned start;
	size_t size;
	bool words_only;
};

static void fill(struct adi_fixture *f)
{
	for (size_t i = 0; i < 64; i++)
		f->model.ram[i] = (uint8_t)(0xc0 + i);
}

static void begin(const struct row *row, void **fixture, struct adi_fixture **f)
{
	adi_set_up(fixture);
	*f = *fixture;
	(*f)->model.ap[0].words_only = row->words_only;
	adi_connect_ap(*f);
	fill(*f);
}

/* Fewest bus accesses: bytes and half-words to the next word, words, the same behind. */
static uint64_t fewest_accesses(uint64_t address, size_t size)
{
	uint64_t count = 0;

	while (size > 0) {
		size_t unit = address % 4 == 0 && size >= 4   ? 4
		              : address % 2 == 0 && size >= 2 ? 2
		                                              : 1;

		address += unit;
		size -= unit;
		count++;
	}
	return count;
}

static void check_read(const struct row *row, struct adi_fixture *f)
{
	uint8_t data[16];
	uint64_t before = f->model.bus_accesses;

	memset(data, 0x5a, sizeof(data));
	assert_ok(mem_ap_read(f->ap, RAM + MARGIN + row->start, data, row->size));
	for (size_t i = 0; i < sizeof(data); i++)
		assert_int_equal(data[i], i < row->size ? 0xc0 + MARGIN + row->start + i : 0x5a);
	if (!row->words_only)
		assert_int_equal(
			f->model.bus_accesses - before, fewest_accesses(row->start, row->size));
}

static void check_ram(const struct row *row, struct adi_fixture *f, bool written)
{
	for (size_t i = 0; i < 64; i++) {
		const size_t offset = i - MARGIN - row->start;
		const bool inside = i >= MARGIN + row->start && offset < row->size;

		assert_int_equal(f->model.ram[i], written && inside ? 0x10 + offset : 0xc0 + i);
	}
}

static void check_write(const struct row *row, struct adi_fixture *f)
{
	const bool ragged = row->start % 4 != 0 || row->size % 4 != 0;
	uint64_t before = f->model.bus_accesses;
	uint8_t data[SIZES];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(0x10 + i);
	if (row->words_only && ragged) {
		assert_fails(DAPPER_ERR_UNSUPPORTED,
			mem_ap_write(f->ap, RAM + MARGIN + row->start, data, row->size));
		assert_message("32-bit accesses only");
		assert_int_equal(f->model.bus_accesses, before);
		check_ram(row, f, false);
		return;
	}
	assert_ok(mem_ap_write(f->ap, RAM + MARGIN + row->start, data, row->size));
	check_ram(row, f, true);
	assert_int_equal(f->model.bus_accesses - before, fewest_accesses(row->start, row->size));
}

static void access__is_right_to_the_byte(void **state)
{
	const struct row *row = *state;
	struct adi_fixture *f;
	void *fixture = NULL;

	begin(row, &fixture, &f);
	check_read(row, f);
	check_write(row, f);
	assert_int_equal(f->model.protocol_violations, 0);
	adi_tear_down(&fixture);
}

int main(void)
{
	static struct row rows[2 * STARTS * SIZES];
	static char names[2 * STARTS * SIZES][48];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		rows[i] = (struct row){
			.what = names[i],
			.start = (unsigned)(i % STARTS),
			.size = i / STARTS % SIZES,
			.words_only = i >= STARTS * SIZES,
		};
		snprintf(names[i], sizeof(names[i]), "%zu bytes at %u%s", rows[i].size,
			rows[i].start, rows[i].words_only ? ", AP of words only" : "");
	}
	return test_run_table("adi/ragged", access__is_right_to_the_byte, rows, sizeof(rows[0]),
		ARRAY_SIZE(rows));
}
