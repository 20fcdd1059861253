/* SPDX-License-Identifier: Apache-2.0 */
/* RTT over RAM that is an array: rings in all positions, and control blocks that lie. */
#include <dapper/rtt.h>

#include "base/bytes.h"
#include "support/fake_target.h"

enum {
	BLOCK = FAKE_RAM_START + 0x1ff8, /* across two chunks of the search */
	UP = BLOCK + 24,
	DOWN = BLOCK + 24 + 2 * 24,
	UP_RING = FAKE_RAM_START + 0x3001,
	DOWN_RING = FAKE_RAM_START + 0x3803,
	UP_SIZE = 700,
	DOWN_SIZE = 16,
};

static void put(struct fake_target *fake, uint32_t address, uint32_t value)
{
	put_le32(fake->ram + (address - FAKE_RAM_START), value);
}

static uint32_t get(struct fake_target *fake, uint32_t address)
{
	return get_le32(fake->ram + (address - FAKE_RAM_START));
}

static void put_channel(struct fake_target *fake, uint32_t at, uint32_t buffer, uint32_t size)
{
	const uint32_t words[6] = { 0, buffer, size, 0, 0, 2 };

	for (size_t i = 0; i < 6; i++)
		put(fake, at + 4 * (uint32_t)i, words[i]);
}

static void put_id(struct fake_target *fake, uint32_t address)
{
	memcpy(fake->ram + (address - FAKE_RAM_START), "SEGGER RTT\0\0\0\0\0", 16);
}

/* Two up channels, of which the second is not in use, and one down. */
static int set_up(void **state)
{
	struct fake_target *fake = fake_target_new();

	put_id(fake, BLOCK);
	put(fake, BLOCK + 16, 2);
	put(fake, BLOCK + 20, 1);
	put_channel(fake, UP, UP_RING, UP_SIZE);
	put_channel(fake, UP + 24, 0, 0);
	put_channel(fake, DOWN, DOWN_RING, DOWN_SIZE);
	*state = fake;
	return 0;
}

static int tear_down(void **state)
{
	fake_target_free(*state);
	return 0;
}

static dapper_rtt *make(struct fake_target *fake, uint64_t address)
{
	dapper_rtt_options options = DAPPER_RTT_OPTIONS_INIT;
	dapper_rtt *rtt;

	options.has_address = address != 0;
	options.address = address;
	assert_ok(dapper_rtt_new(&fake->target, &options, &rtt));
	return rtt;
}

static bool find_at_last(dapper_rtt *rtt)
{
	bool found = false;

	for (int i = 0; i < 10 && !found; i++)
		assert_ok(dapper_rtt_find(rtt, &found));
	return found;
}

/* --- reading --------------------------------------------------------------------------------- */

static const struct ring_row {
	const char *what;
	uint32_t rd;
	uint32_t wr;
	size_t capacity;
} rings[] = {
	{ "empty", 5, 5, 1000 },
	{ "one byte", 0, 1, 1000 },
	{ "a little", 7, 40, 1000 },
	{ "more than the guess", 3, 600, 1000 },
	{ "up to the end", 690, 0, 1000 },
	{ "around the end", 650, 30, 1000 },
	{ "full", 30, 29, 1000 },
	{ "more than there is room for", 100, 500, 64 },
	{ "room ends behind the end", 690, 50, 20 },
};

static void read__takes_what_is_there(void **state)
{
	const struct ring_row *row = *state;
	struct fake_target *fake;
	size_t there = (row->wr + UP_SIZE - row->rd) % UP_SIZE;
	size_t size = there < row->capacity ? there : row->capacity;
	uint8_t data[1000];
	dapper_rtt *rtt;
	size_t got;
	void *inner;

	set_up(&inner);
	fake = inner;
	for (size_t i = 0; i < UP_SIZE; i++)
		fake->ram[UP_RING - FAKE_RAM_START + i] = (uint8_t)(i * 7 + i / 256);
	put(fake, UP + 12, row->wr);
	put(fake, UP + 16, row->rd);
	rtt = make(fake, BLOCK);
	assert_true(find_at_last(rtt));
	assert_ok(dapper_rtt_read(rtt, 0, data, row->capacity, &got));
	assert_int_equal(got, size);
	for (size_t i = 0; i < got; i++) {
		size_t at = (row->rd + i) % UP_SIZE;

		assert_int_equal(data[i], (uint8_t)(at * 7 + at / 256));
	}
	assert_int_equal(get(fake, UP + 16), (row->rd + size) % UP_SIZE);
	assert_int_equal(get(fake, UP + 12), row->wr);
	dapper_rtt_free(rtt);
	tear_down(&inner);
}

/* --- control blocks that lie ------------------------------------------------------------------- */

static const struct hostile_row {
	const char *what;
	uint32_t address;
	uint32_t value;
	uint32_t address2;
	uint32_t value2;
} hostile[] = {
	{ "ID that goes on", BLOCK + 10, 0x58585858, 0, 0 },
	{ "no channels", BLOCK + 16, 0, BLOCK + 20, 0 },
	{ "4 billion channels", BLOCK + 16, 0xffffffff, 0, 0 },
	{ "counts that add up to 0", BLOCK + 16, 0xffffffff, BLOCK + 20, 1 },
	{ "more channels than there is RAM behind", BLOCK + 20, 17, 0, 0 },
	{ "ring outside of RAM", UP + 4, 0xe000e000, 0, 0 },
	{ "ring that ends outside of RAM", UP + 4, FAKE_RAM_START + FAKE_RAM_SIZE - 10, 0, 0 },
	{ "ring around the end of memory", UP + 4, 0xfffffff0, UP + 8, 0x20 },
	{ "ring of 4 GB", UP + 8, 0xffffffff, 0, 0 },
	{ "WrOff outside of the ring", UP + 12, UP_SIZE, 0, 0 },
	{ "RdOff outside of the ring", UP + 16, 0x80000000, 0, 0 },
};

static void put_lie(struct fake_target *fake, const struct hostile_row *row)
{
	put(fake, row->address, row->value);
	if (row->address2)
		put(fake, row->address2, row->value2);
}

/* Not found with it; and lost, without anything being taken or written, when it comes later. */
static void find__does_not_believe(void **state)
{
	const struct hostile_row *row = *state;
	uint8_t before[FAKE_RAM_SIZE], data[64];
	struct fake_target *fake;
	dapper_rtt *rtt;
	size_t size = 1;
	void *inner;

	set_up(&inner);
	fake = inner;
	put(fake, UP + 12, 5);
	rtt = make(fake, 0);
	assert_true(find_at_last(rtt));
	put_lie(fake, row);
	memcpy(before, fake->ram, sizeof(before));
	assert_ok(dapper_rtt_read(rtt, 0, data, sizeof(data), &size));
	assert_int_equal(size, 0);
	assert_false(dapper_rtt_is_found(rtt));
	assert_false(find_at_last(rtt));
	assert_memory_equal(fake->ram, before, sizeof(before));
	dapper_rtt_free(rtt);
	tear_down(&inner);
}

/* --- the rest -------------------------------------------------------------------------------- */

static void find__searches_all_ram(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt *rtt = make(fake, 0);
	size_t up, down;

	/* A copy of the text alone, as in a program's constants. */
	put_id(fake, FAKE_RAM_START + 0x100);
	assert_true(find_at_last(rtt));
	assert_int_equal(dapper_rtt_get_address(rtt), BLOCK);
	dapper_rtt_count_channels(rtt, &up, &down);
	assert_int_equal(up, 2);
	assert_int_equal(down, 1);
	dapper_rtt_free(rtt);
}

static void find__finds_nothing_in_the_last_words(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt *rtt = make(fake, 0);

	memset(fake->ram, 0, sizeof(fake->ram));
	put_id(fake, FAKE_RAM_START + FAKE_RAM_SIZE - 16);
	assert_false(find_at_last(rtt));
	dapper_rtt_free(rtt);
}

static void find__takes_the_symbol(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt_options options = DAPPER_RTT_OPTIONS_INIT;
	dapper_rtt *rtt;
	bool found;

	/* Its _SEGGER_RTT is behind our RAM: looked for there, and nowhere else. */
	options.elf = test_source_path("tests/data/firmware/run/rtt.elf");
	assert_ok(dapper_rtt_new(&fake->target, &options, &rtt));
	assert_ok(dapper_rtt_find(rtt, &found));
	assert_false(found);
	fake_target_add_region(fake, "more", DAPPER_REGION_RAM, 0x20008000, 0x8000);
	assert_ok(dapper_rtt_find(rtt, &found));
	assert_false(found);
	dapper_rtt_free(rtt);

	/* Symbols without this one: no search. */
	options.elf = test_source_path("tests/data/firmware/run/hello.elf");
	assert_ok(dapper_rtt_new(&fake->target, &options, &rtt));
	fake->read_bytes = 0;
	assert_false(find_at_last(rtt));
	assert_int_equal(fake->read_bytes, 0);
	dapper_rtt_free(rtt);
	options.elf = "/nonexistent";
	assert_fails(DAPPER_ERR_FILE, dapper_rtt_new(&fake->target, &options, &rtt));
}

static void read__is_one_small_reading_when_empty(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt *rtt = make(fake, BLOCK);
	uint8_t data[64];
	size_t size;

	assert_true(find_at_last(rtt));
	fake->read_bytes = fake->written_bytes = 0;
	assert_ok(dapper_rtt_read(rtt, 0, data, sizeof(data), &size));
	assert_int_equal(size, 0);
	assert_in_range(fake->read_bytes, 1, 24 + 24 + 256);
	assert_int_equal(fake->written_bytes, 0);
	dapper_rtt_free(rtt);
}

static void read__of_unused_or_missing_channel_is_empty(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt *rtt = make(fake, BLOCK);
	uint8_t data[8];
	size_t size;

	assert_true(find_at_last(rtt));
	for (size_t channel = 1; channel < 40; channel++) {
		assert_ok(dapper_rtt_read(rtt, channel, data, sizeof(data), &size));
		assert_int_equal(size, 0);
	}
	assert_true(dapper_rtt_is_found(rtt));
	dapper_rtt_free(rtt);
}

static void write__fills_around_the_end(void **state)
{
	struct fake_target *fake = *state;
	const uint8_t *ring = fake->ram + (DOWN_RING - FAKE_RAM_START);
	dapper_rtt *rtt = make(fake, BLOCK);
	size_t written;

	put(fake, DOWN + 12, 12);
	put(fake, DOWN + 16, 12);
	assert_true(find_at_last(rtt));
	assert_ok(dapper_rtt_write(rtt, 0, "abcdefghijklmnopqrstuvwxyz", 26, &written));
	assert_int_equal(written, DOWN_SIZE - 1);
	assert_memory_equal(ring + 12, "abcd", 4);
	assert_memory_equal(ring, "efghijklmno", 11);
	assert_int_equal(get(fake, DOWN + 12), 11);
	assert_ok(dapper_rtt_write(rtt, 0, "x", 1, &written));
	assert_int_equal(written, 0);
	assert_ok(dapper_rtt_write(rtt, 7, "x", 1, &written));
	assert_int_equal(written, 0);
	dapper_rtt_free(rtt);
}

static void get_channel__names_it(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt *rtt = make(fake, BLOCK);
	dapper_rtt_channel channel;

	memcpy(fake->ram + 0x4000, "Terminal", 9);
	put(fake, UP, FAKE_RAM_START + 0x4000);
	put(fake, DOWN, 0xfffffffc);
	assert_true(find_at_last(rtt));
	assert_ok(dapper_rtt_get_channel(rtt, true, 0, &channel));
	assert_string_equal(channel.name, "Terminal");
	assert_int_equal(channel.size, UP_SIZE);
	assert_int_equal(channel.flags, 2);
	assert_ok(dapper_rtt_get_channel(rtt, false, 0, &channel));
	assert_string_equal(channel.name, "");
	assert_fails(DAPPER_ERR_NOT_FOUND, dapper_rtt_get_channel(rtt, true, 2, &channel));
	assert_fails(DAPPER_ERR_NOT_FOUND, dapper_rtt_get_channel(rtt, false, 1, &channel));
	dapper_rtt_free(rtt);
}

static void wipe__leaves_no_old_block(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt *rtt = make(fake, 0);

	/* A second one, in the same chunk. */
	memcpy(fake->ram + 0x1f00, fake->ram + (BLOCK - FAKE_RAM_START), 24 + 3 * 24);
	assert_ok(dapper_rtt_wipe(rtt));
	assert_false(dapper_rtt_is_found(rtt));
	assert_false(find_at_last(rtt));
	dapper_rtt_free(rtt);
}

/* After a reset the program makes the block anew, perhaps elsewhere. */
static void find__finds_it_again(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt *rtt = make(fake, 0);
	uint8_t data[8];
	size_t size;

	assert_true(find_at_last(rtt));
	memcpy(fake->ram + 0x5000, fake->ram + (BLOCK - FAKE_RAM_START), 24 + 3 * 24);
	memset(fake->ram + (BLOCK - FAKE_RAM_START), 0, 16);
	assert_ok(dapper_rtt_read(rtt, 0, data, sizeof(data), &size));
	assert_false(dapper_rtt_is_found(rtt));
	assert_true(find_at_last(rtt));
	assert_int_equal(dapper_rtt_get_address(rtt), FAKE_RAM_START + 0x5000);
	dapper_rtt_free(rtt);
}

static void operations__pass_failures_on(void **state)
{
	struct fake_target *fake = *state;
	dapper_rtt *rtt = make(fake, BLOCK);
	uint8_t data[64];
	size_t size;

	put(fake, UP + 12, 5);
	assert_true(find_at_last(rtt));
	for (size_t n = 1; n <= 3; n++) {
		fake->operations = 0;
		fake->fail_at = n;
		fake->fail_status = DAPPER_ERR_PROBE_IO;
		if (dapper_rtt_read(rtt, 0, data, sizeof(data), &size) == DAPPER_OK)
			fail_msg("failure number %zu was swallowed", n);
	}
	dapper_rtt_free(rtt);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(find__searches_all_ram),
		TEST(find__finds_nothing_in_the_last_words),
		TEST(find__takes_the_symbol),
		TEST(find__finds_it_again),
		TEST(read__is_one_small_reading_when_empty),
		TEST(read__of_unused_or_missing_channel_is_empty),
		TEST(write__fills_around_the_end),
		TEST(get_channel__names_it),
		TEST(wipe__leaves_no_old_block),
		TEST(operations__pass_failures_on),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(read__takes_what_is_there, rings),
		TEST_TABLE(find__does_not_believe, hostile),
	};

	return test_run_tables("trace/rtt", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
