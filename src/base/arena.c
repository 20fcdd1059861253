/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum {
	BLOCK_SIZE = 32 * 1024,
	FIRST_BUCKET_COUNT = 64,
	/* Longer chains than this come from input made to collide; then equal strings may be kept
	 * twice, which costs memory (limited) instead of time. */
	CHAIN_MAX = 64
};

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	max_align_t bytes[];
};

void arena_init(struct arena *arena, size_t limit)
{
	*arena = (struct arena){ .limit = limit };
}

void arena_finish(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	arena->used = 0;
}

static struct arena_block *add_block(struct arena *arena, size_t size)
{
	size_t bytes = size > BLOCK_SIZE ? size : BLOCK_SIZE;
	struct arena_block *block = xcalloc(1, sizeof(*block) + bytes);

	if (!block)
		return NULL;
	block->size = bytes;
	/* A large one goes behind the one that still has space. */
	if (arena->blocks && size > BLOCK_SIZE / 4) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

static void *take(struct arena *arena, size_t size, size_t alignment)
{
	struct arena_block *block = arena->blocks;
	size_t start = block ? (block->used + alignment - 1) / alignment * alignment : 0;

	if (size > arena->limit - arena->used) {
		arena->is_full = true;
		return NULL;
	}
	if (!block || size > block->size || start > block->size - size) {
		block = add_block(arena, size);
		start = 0;
	}
	if (!block)
		return NULL;
	block->used = start + size;
	arena->used += size;
	return (uint8_t *)block->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
	size_t wanted = count && size ? count : 1;

	if (size && wanted > SIZE_MAX / 2 / size)
		return NULL;
	return take(arena, size ? wanted * size : 1, _Alignof(max_align_t));
}

dapper_status arena_fail(const struct arena *arena, const char *what)
{
	if (!arena->is_full)
		return FAIL_NO_MEMORY(what);
	return dapper_fail(DAPPER_ERR_LIMIT, "%s needs more than %zu bytes", what, arena->limit);
}

struct string_entry {
	struct string_entry *next;
	uint32_t hash;
	uint32_t length;
	char text[];
};

void string_set_init(struct string_set *set, struct arena *arena)
{
	*set = (struct string_set){ .arena = arena };
}

void string_set_finish(struct string_set *set)
{
	free(set->buckets);
	set->buckets = NULL;
	set->bucket_count = set->count = 0;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv: small and good enough for names. */
static uint32_t hash_text(const char *text, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)text[i]) * 16777619u;
	return hash;
}

/* Doubles the buckets; the entries stay where they are. */
static bool grow_buckets(struct string_set *set)
{
	size_t count = set->bucket_count ? set->bucket_count * 2 : FIRST_BUCKET_COUNT;
	struct string_entry **buckets = xcalloc(count, sizeof(struct string_entry *));

	if (!buckets)
		return false;
	for (size_t i = 0; i < set->bucket_count; i++)
		while (set->buckets[i]) {
			struct string_entry *entry = set->buckets[i];
			struct string_entry **bucket = &buckets[entry->hash % count];

			set->buckets[i] = entry->next;
			entry->next = *bucket;
			*bucket = entry;
		}
	free(set->buckets);
	set->buckets = buckets;
	set->bucket_count = count;
	return true;
}

static const struct string_entry *find_entry(
	const struct string_set *set, uint32_t hash, const char *text, size_t length)
{
	const struct string_entry *entry = set->buckets[hash % set->bucket_count];

	for (unsigned i = 0; entry && i < CHAIN_MAX; i++, entry = entry->next)
		if (entry->hash == hash && entry->length == length &&
			memcmp(entry->text, text, length) == 0)
			return entry;
	return NULL;
}

const char *string_set_add(struct string_set *set, const char *text, size_t length, bool *is_new)
{
	uint32_t hash = hash_text(text, length);
	const struct string_entry *found;
	struct string_entry *entry;

	if (length >= UINT32_MAX || (set->count >= set->bucket_count && !grow_buckets(set)))
		return NULL;
	found = find_entry(set, hash, text, length);
	if (is_new)
		*is_new = !found;
	if (found)
		return found->text;

	entry = take(set->arena, sizeof(*entry) + length + 1, _Alignof(struct string_entry));
	if (!entry)
		return NULL;
	entry->hash = hash;
	entry->length = (uint32_t)length;
	memcpy(entry->text, text, length);
	entry->next = set->buckets[hash % set->bucket_count];
	set->buckets[hash % set->bucket_count] = entry;
	set->count++;
	return entry->text;
}
