/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/arena.h"

static void arena_alloc__gives_zeroed_aligned_memory(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 20);
	for (size_t size = 1; size < 3000; size += 7) {
		uint8_t *memory = arena_alloc(&arena, 1, size);

		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, size);
	}
	arena_finish(&arena);
}

static void arena_alloc__gives_more_than_a_block(void **state)
{
	struct arena arena;
	char *small;

	(void)state;
	arena_init(&arena, 1 << 20);
	small = arena_alloc(&arena, 1, 16);
	memset(arena_alloc(&arena, 1, 500000), 1, 500000);
	/* The block that has space is still used. */
	assert_ptr_equal(arena_alloc(&arena, 1, 16), small + 16);
	arena_finish(&arena);
}

static void arena_fail__tells_limit_from_no_memory(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 100);
	alloc_fail_at(1);
	assert_null(arena_alloc(&arena, 1, 50));
	assert_fails(DAPPER_ERR_NO_MEMORY, arena_fail(&arena, "a thing"));
	assert_non_null(arena_alloc(&arena, 1, 50));
	assert_null(arena_alloc(&arena, 1, 51));
	assert_fails(DAPPER_ERR_LIMIT, arena_fail(&arena, "a thing"));
	assert_message("a thing needs more than 100 bytes");
	arena_finish(&arena);
}

static void arena_alloc__refuses_what_overflows(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, SIZE_MAX);
	assert_null(arena_alloc(&arena, SIZE_MAX / 4, 16));
	arena_finish(&arena);
}

static void string_set_add__keeps_each_once(void **state)
{
	struct string_set set;
	struct arena arena;
	const char *first;
	bool is_new;

	(void)state;
	arena_init(&arena, 1 << 20);
	string_set_init(&set, &arena);
	first = string_set_add(&set, "memory access", 6, &is_new);
	assert_true(is_new);
	assert_string_equal(first, "memory");
	assert_ptr_equal(string_set_add(&set, "memory", 6, &is_new), first);
	assert_false(is_new);
	assert_ptr_not_equal(string_set_add(&set, "memor", 5, NULL), first);
	assert_string_equal(string_set_add(&set, "", 0, NULL), "");
	string_set_finish(&set);
	arena_finish(&arena);
}

static void string_set_add__grows(void **state)
{
	const char *kept[2000];
	struct string_set set;
	struct arena arena;
	char text[16];

	(void)state;
	arena_init(&arena, 1 << 20);
	string_set_init(&set, &arena);
	for (int i = 0; i < 2000; i++) {
		snprintf(text, sizeof(text), "name%d", i);
		kept[i] = string_set_add(&set, text, strlen(text), NULL);
	}
	for (int i = 0; i < 2000; i++) {
		snprintf(text, sizeof(text), "name%d", i);
		assert_ptr_equal(string_set_add(&set, text, strlen(text), NULL), kept[i]);
	}
	string_set_finish(&set);
	arena_finish(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_alloc__gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_alloc__gives_more_than_a_block),
		cmocka_unit_test(arena_fail__tells_limit_from_no_memory),
		cmocka_unit_test(arena_alloc__refuses_what_overflows),
		cmocka_unit_test(string_set_add__keeps_each_once),
		cmocka_unit_test(string_set_add__grows),
	};
	return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
