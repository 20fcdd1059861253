/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Per thread, so that it is not state shared between sessions. */
static _Thread_local uint64_t fail_countdown;

static bool injected_failure(void)
{
	return fail_countdown > 0 && --fail_countdown == 0;
}

void alloc_fail_at(uint64_t n)
{
	fail_countdown = n;
}

void *xcalloc(size_t count, size_t size)
{
	return injected_failure() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *xrealloc_array(void *memory, size_t count, size_t size)
{
	if (injected_failure() || (size && count > SIZE_MAX / size))
		return NULL;
	return realloc(memory, count && size ? count * size : 1);
}

char *xstrdup(const char *text)
{
	return text ? xstrndup(text, strlen(text)) : NULL;
}

char *xstrndup(const char *text, size_t length)
{
	size_t size = strnlen(text, length);
	char *copy = xcalloc(size + 1, 1);

	if (copy)
		memcpy(copy, text, size);
	return copy;
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		return NULL;
	text = xcalloc((size_t)size + 1, 1);
	if (!text)
		return NULL;
	va_start(args, format);
	vsnprintf(text, (size_t)size + 1, format, args);
	va_end(args);
	return text;
}

void *xgrow(void *array, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 8;
	void *grown;

	if (count < *capacity)
		return array;
	grown = xrealloc_array(array, wanted, size);
	if (grown)
		*capacity = wanted;
	return grown;
}
