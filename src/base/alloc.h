/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

/**
 * @file
 * The library's only door to the heap, so that tests can make the N-th allocation fail and so that
 * count * size is checked in one place. Memory is released with free().
 */
#include <stddef.h>
#include <stdint.h>

/** Zeroed memory for @p count elements of @p size bytes; NULL when there is none. */
void *xcalloc(size_t count, size_t size);

/** One zeroed object of the type @p pointer points to: `p = xnew(p)`. */
#define xnew(pointer) xcalloc(1, sizeof(*(pointer)))

/** Resize to @p count elements; NULL and @p memory untouched when there is none. */
void *xrealloc_array(void *memory, size_t count, size_t size);

/** Copy of a string, or NULL; NULL gives NULL. */
char *xstrdup(const char *text);

/** Copy of at most @p length characters of a string. */
char *xstrndup(const char *text, size_t length);

/** printf into new memory; NULL when there is none. */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * Make room for one more element at the end of a growing array.
 *
 * @return The array, perhaps moved, with space for at least @p count + 1 elements; NULL when there
 * is no memory, with the old array still valid.
 */
void *xgrow(void *array, size_t count, size_t *capacity, size_t size);

/** Test hook: allocation number @p n from now on (1 is the next) fails, once. 0 switches it off. */
void alloc_fail_at(uint64_t n);

#endif /* BASE_ALLOC_H */
