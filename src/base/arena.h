/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

/**
 * @file
 * Memory that is given back all at once: for data parsed from files, which is built once, lives
 * together and ends together. And sets of strings in such memory, each kept once.
 */
#include <stdbool.h>
#include <stddef.h>

#include <dapper/error.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used;  /**< Bytes handed out. */
	size_t limit; /**< Most bytes it hands out: small input must not become endless memory. */
	bool is_full; /**< The limit was reached. */
};

/** @param limit In bytes. */
void arena_init(struct arena *arena, size_t limit);
/** Give everything back. */
void arena_finish(struct arena *arena);

/** Zeroed memory for @p count elements of @p size bytes; NULL: see arena_fail(). */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/** One zeroed object of the type @p pointer points to: `p = arena_new(arena, p)`. */
#define arena_new(arena, pointer) arena_alloc(arena, 1, sizeof(*(pointer)))

/**
 * The failure of an arena_alloc() or string_set_add() that returned NULL: DAPPER_ERR_LIMIT or
 * DAPPER_ERR_NO_MEMORY.
 */
dapper_status arena_fail(const struct arena *arena, const char *what);

struct string_entry;

/** Strings, each kept once, so that equal ones have (nearly always) the same address. */
struct string_set {
	struct arena *arena;
	struct string_entry **buckets;
	size_t bucket_count;
	size_t count;
};

void string_set_init(struct string_set *set, struct arena *arena);
/** Free the set; its strings live on in the arena. */
void string_set_finish(struct string_set *set);

/**
 * The set's copy of a text.
 *
 * @param[out] is_new  It was not there before. May be NULL. Against input made to be slow, a
 * crowded set may take a text for new that is not.
 * @return NULL: see arena_fail().
 */
const char *string_set_add(struct string_set *set, const char *text, size_t length, bool *is_new);

#endif /* BASE_ARENA_H */
