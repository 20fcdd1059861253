/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes computed on the target: the code on the simulated core, and what is made of the result. */
#include "unit/flash/flash_test.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "flash/loader_code.h"

/* --- the hash --------------------------------------------------------------------------------- */

static int compare_hashes(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a;
	uint64_t other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

static size_t count_equal(uint64_t *hashes, size_t count, uint64_t mask)
{
	size_t equal = 0;

	for (size_t i = 0; i < count; i++)
		hashes[i] &= mask;
	qsort(hashes, count, sizeof(*hashes), compare_hashes);
	for (size_t i = 1; i < count; i++)
		equal += hashes[i] == hashes[i - 1];
	return equal;
}

/* All ways to flip one or two bits of one block: all different, also in most of the bits of either
 * half: chance has n^2 / 2^33 = 2 that are equal in 32 bits. */
static void hash__tells_each_two_flipped_bits(void **state)
{
	enum { SIZE = 64, BITS = SIZE * 8, COUNT = BITS * (BITS - 1) / 2 + BITS + 1 };
	enum { CHANCE_MAX = 12 };
	static const uint8_t fills[] = { 0x00, 0xff, 0x5a };
	uint64_t *hashes = malloc(COUNT * sizeof(*hashes));
	uint64_t *copy = malloc(COUNT * sizeof(*copy));

	(void)state;
	assert_true(hashes && copy);
	for (size_t f = 0; f < ARRAY_SIZE(fills); f++) {
		uint8_t block[SIZE];
		size_t n = 0;

		memset(block, fills[f], SIZE);
		hashes[n++] = loader_hash(block, SIZE);
		for (size_t i = 0; i < BITS; i++) {
			block[i / 8] ^= (uint8_t)(1u << i % 8);
			hashes[n++] = loader_hash(block, SIZE);
			for (size_t k = i + 1; k < BITS; k++) {
				block[k / 8] ^= (uint8_t)(1u << k % 8);
				hashes[n++] = loader_hash(block, SIZE);
				block[k / 8] ^= (uint8_t)(1u << k % 8);
			}
			block[i / 8] ^= (uint8_t)(1u << i % 8);
		}
		assert_int_equal(n, COUNT);
		memcpy(copy, hashes, n * sizeof(*copy));
		assert_int_equal(count_equal(copy, n, UINT64_MAX), 0);
		memcpy(copy, hashes, n * sizeof(*copy));
		assert_true(count_equal(copy, n, UINT32_MAX) < CHANCE_MAX);
		memcpy(copy, hashes, n * sizeof(*copy));
		assert_true(count_equal(copy, n, (uint64_t)UINT32_MAX << 32) < CHANCE_MAX);
	}
	free(hashes);
	free(copy);
}

/* What goes wrong with flash in practice: bits that stick, words and blocks that are swapped,
 * shifted, doubled or missing. */
static void hash__tells_what_goes_wrong(void **state)
{
	enum { SIZE = 1024, COUNT = 32 * 2 + 4 * 255 };
	uint64_t hashes[COUNT + 1];
	uint8_t good[SIZE];
	uint8_t bad[SIZE];
	size_t n = 0;

	(void)state;
	flash_test_fill(good, SIZE, 7);
	hashes[n++] = loader_hash(good, SIZE);
	for (unsigned bit = 0; bit < 32; bit++) {
		memcpy(bad, good, SIZE);
		for (size_t i = bit / 8; i < SIZE; i += 4)
			bad[i] |= (uint8_t)(1u << bit % 8);
		hashes[n++] = loader_hash(bad, SIZE);
		for (size_t i = bit / 8; i < SIZE; i += 4)
			bad[i] ^= (uint8_t)(1u << bit % 8);
		hashes[n++] = loader_hash(bad, SIZE);
	}
	for (size_t word = 0; word + 1 < SIZE / 4; word++) {
		memcpy(bad, good, SIZE);
		memmove(bad + 4 * word, good + 4 * word + 4, 4);
		hashes[n++] = loader_hash(bad, SIZE);
		memcpy(bad + 4 * word + 4, good + 4 * word, 4);
		hashes[n++] = loader_hash(bad, SIZE);
		memcpy(bad, good + 4 * word + 4, SIZE - 4 * word - 4);
		memset(bad + SIZE - 4 * word - 4, 0xff, 4 * word + 4);
		hashes[n++] = loader_hash(bad, SIZE);
		hashes[n++] = loader_hash(good, 4 * word + 4);
	}
	/* A shift to the very end and a swap of the last two may meet: none of these does. */
	assert_int_equal(n, COUNT + 1);
	assert_int_equal(count_equal(hashes, n, UINT64_MAX), 0);
}

static void hash_of_value__is_the_hash(void **state)
{
	uint8_t bytes[67];

	(void)state;
	for (unsigned value = 0; value < 256; value += 51) {
		memset(bytes, (int)value, sizeof(bytes));
		for (size_t size = 0; size <= sizeof(bytes); size++)
			assert_true(loader_hash_of_value((uint8_t)value, size) ==
				    loader_hash(bytes, size));
	}
}

/* --- on the core ------------------------------------------------------------------------------ */

enum {
	RAM = 0x20000000,
	CODE = RAM + 0x100,
	STACK = RAM + 0x800,
	LIST = RAM + 0x1000,
	DATA = RAM + 0x4000,
	DATA_SIZE = 0x4000,
	ENTRIES = 200,
};

struct board {
	dapper_context *context;
	dapper_session *session;
	dapper_target *target;
};

static void board_begin(struct board *board)
{
	const uint8_t breakpoint[4] = { 0x00, 0xbe, 0x00, 0xbe };
	size_t size;
	const uint8_t *code = loader_code(&size);

	assert_ok(dapper_context_new(&board->context));
	assert_ok(dapper_session_new(board->context, &board->session));
	assert_ok(dapper_session_set_option(board->session, "probe", "virtual:stm32f407vg"));
	assert_ok(dapper_session_open(board->session));
	board->target = dapper_session_get_target(board->session);
	assert_ok(dapper_target_halt(board->target));
	assert_ok(dapper_target_write_memory(board->target, RAM, breakpoint, 4));
	assert_ok(dapper_target_write_memory(board->target, CODE, code, size));
}

static void board_end(struct board *board)
{
	dapper_session_free(board->session);
	dapper_context_unref(board->context);
}

static void hash_on_board(struct board *board, uint8_t *list, size_t count)
{
	const struct target_call call = {
		.function = CODE + loader_code_offset(LOADER_HASH_LIST),
		.arguments = { LIST, (uint32_t)count },
		.argument_count = 2,
		.stack_top = STACK,
		.return_address = RAM,
		.timeout_ms = 1000,
	};
	uint32_t result = 1;

	assert_ok(dapper_target_write_memory(board->target, LIST, list, count * 8));
	assert_ok(target_call(board->target, &call, &result));
	assert_int_equal(result, 0);
	assert_ok(dapper_target_read_memory(board->target, LIST, list, count * 8));
}

/* Every alignment and size up to some blocks, and random ones. */
static void hash_list__is_what_the_host_computes(void **state)
{
	static uint8_t data[DATA_SIZE];
	uint8_t list[ENTRIES * 8];
	struct board board;
	uint32_t seed = 1;

	(void)state;
	board_begin(&board);
	flash_test_fill(data, sizeof(data), 3);
	assert_ok(dapper_target_write_memory(board.target, DATA, data, sizeof(data)));
	for (unsigned round = 0; round < 4; round++) {
		uint32_t offsets[ENTRIES], sizes[ENTRIES];

		for (size_t i = 0; i < ENTRIES; i++) {
			seed = seed * 1664525 + 1013904223;
			offsets[i] = round < 2 ? (uint32_t)(i % 4) + 4 * round
			                       : (seed >> 8) % (DATA_SIZE / 2);
			sizes[i] = round < 2 ? (uint32_t)(i / 2) : (seed >> 20) % 2000;
			put_le32(list + 8 * i, DATA + offsets[i]);
			put_le32(list + 8 * i + 4, sizes[i]);
		}
		hash_on_board(&board, list, ENTRIES);
		for (size_t i = 0; i < ENTRIES; i++)
			if (get_le64(list + 8 * i) != loader_hash(data + offsets[i], sizes[i]))
				fail_msg("offset 0x%x, size %u", offsets[i], sizes[i]);
	}
	hash_on_board(&board, list, 0);
	board_end(&board);
}

/* --- what is made of it ----------------------------------------------------------------------- */

static uint8_t image[0x3000];

static void begin(struct flash_test *test)
{
	const struct fake_flm flm = { 0 };

	flash_test_begin(test, true, &flm, 1);
	flash_test_fill(image, sizeof(image), 5);
	flash_test_add_image(test, test->first->start, image, sizeof(image));
}

static void program__reads_nothing_back(void **state)
{
	struct flash_test test;
	size_t loaded;

	(void)state;
	begin(&test);
	assert_ok(flash_test_program(&test));
	assert_memory_equal(test.first->bytes, image, sizeof(image));
	assert_int_equal(test.result.verified_bytes, sizeof(image));
	/* The algorithm, the lists and our code. */
	loaded = test.fake->read_bytes;
	assert_true(loaded < 0x1000);
	assert_int_equal(test.fake->hashed, 2 * sizeof(image));
	flash_test_check_end(&test);

	fake_target_restart(test.fake);
	assert_ok(flash_test_program(&test));
	assert_int_equal(test.result.skipped_bytes, sizeof(image));
	assert_int_equal(test.result.programmed_bytes, 0);
	assert_string_equal(test.fake->log, "");
	flash_test_end(&test);
}

static void program__reads_back_when_told(void **state)
{
	struct flash_test test;

	(void)state;
	begin(&test);
	flash_set_readback(test.flash, true);
	assert_ok(flash_test_program(&test));
	assert_memory_equal(test.first->bytes, image, sizeof(image));
	assert_int_equal(test.fake->hashed, 0);
	assert_true(test.fake->read_bytes >= 2 * sizeof(image));
	flash_test_check_end(&test);
	flash_test_end(&test);
}

static void program__reads_back_when_hashing_fails(void **state)
{
	struct flash_test test;

	(void)state;
	begin(&test);
	test.fake->no_own_code = true;
	assert_ok(flash_test_program(&test));
	assert_memory_equal(test.first->bytes, image, sizeof(image));
	assert_int_equal(test.result.verified_bytes, sizeof(image));
	assert_true(test.fake->read_bytes >= 2 * sizeof(image));
	flash_test_check_end(&test);
	flash_test_end(&test);
}

/* The message is the one of reading back. */
static void program__says_where_it_differs(void **state)
{
	struct flash_test test;

	(void)state;
	begin(&test);
	test.first->bad_cell = test.first->start + 0x1234;
	assert_fails(DAPPER_ERR_VERIFY, flash_test_program(&test));
	assert_message("flash differs: expected 0x");
	assert_string_equal(dapper_error_last()->where, "address 0x08001234");
	flash_test_check_end(&test);
	flash_test_end(&test);
}

/* One byte of a sector is written: the rest is kept, and blank pages of it are not read. */
static void program__does_not_read_what_is_blank(void **state)
{
	struct flash_test test;
	uint8_t one = 0x12;
	size_t before;

	(void)state;
	begin(&test);
	flash_test_drop_images(&test);
	flash_test_add_image(&test, 0x08001000 + 5, &one, 1);
	memset(test.first->bytes + 0x1000, 0x77, 0x100);
	test.first->bytes[0x1f80] = 0x34;
	assert_ok(flash_test_program(&test));
	assert_int_equal(test.first->bytes[0x1005], 0x12);
	assert_int_equal(test.first->bytes[0x1006], 0x77);
	assert_int_equal(test.first->bytes[0x1f80], 0x34);
	assert_int_equal(test.result.erased_sectors, 1);
	before = test.fake->read_bytes;
	flash_test_check_end(&test);
	/* Two of sixteen pages, beside what loading and lists take. */
	assert_true(before < 0x1000);
	flash_test_end(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash__tells_each_two_flipped_bits),
		cmocka_unit_test(hash__tells_what_goes_wrong),
		cmocka_unit_test(hash_of_value__is_the_hash),
		cmocka_unit_test(hash_list__is_what_the_host_computes),
		cmocka_unit_test(program__reads_nothing_back),
		cmocka_unit_test(program__reads_back_when_told),
		cmocka_unit_test(program__reads_back_when_hashing_fails),
		cmocka_unit_test(program__says_where_it_differs),
		cmocka_unit_test(program__does_not_read_what_is_blank),
	};

	return cmocka_run_group_tests_name("flash/hash", tests, NULL, NULL);
}
