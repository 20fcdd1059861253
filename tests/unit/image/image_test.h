/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_IMAGE_IMAGE_TEST_H
#define UNIT_IMAGE_IMAGE_TEST_H

/**
 * @file
 * What the tests of the image formats share: a row says a file and what must come of it.
 */
#include "support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <dapper/image.h>

#include "base/alloc.h"
#include "base/file.h"

struct image_case {
	const char *what;
	/** The file; of @c size bytes, or up to its NUL when that is 0. */
	const char *text;
	size_t size;
	dapper_image_options options;
	dapper_status status;
	/** On success all of "0xADDRESS BYTES; ..." and "; entry 0xADDRESS"; else part of the
	 * message. */
	const char *expected;
	/** On failure. NULL: not looked at. */
	const char *where;
	const char *hint;
};

static inline dapper_context *image_test_context(void)
{
	dapper_context *context;

	assert_ok(dapper_context_new(&context));
	return context;
}

static inline dapper_status image_test_parse(const char *name, const void *data, size_t size,
	dapper_image_format format, dapper_image **image)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_context *context = image_test_context();
	dapper_status status;

	options.format = format;
	status = dapper_image_parse(context, name, data, size, &options, image);
	dapper_context_unref(context);
	return status;
}

/** "0x08000000 0011; 0x08001000 ff; entry 0x08000001" */
static inline void image_test_describe(const dapper_image *image, char *text, size_t room)
{
	const char *separator = "";
	size_t used = 0;
	uint64_t entry;

	text[0] = '\0';
	for (size_t i = 0; i < dapper_image_segment_count(image); i++) {
		const dapper_segment *segment = dapper_image_get_segment(image, i);

		assert_true(segment->size > 0 && room - used > 40 + 2 * segment->size);
		used += (size_t)sprintf(
			text + used, "%s0x%08" PRIx64 " ", separator, segment->address);
		for (size_t k = 0; k < segment->size; k++)
			used += (size_t)sprintf(text + used, "%02x", segment->data[k]);
		separator = "; ";
	}
	if (dapper_image_get_entry(image, &entry))
		sprintf(text + used, "%sentry 0x%08" PRIx64, separator, entry);
}

static inline void image_test_row(void **state)
{
	const struct image_case *row = *state;
	dapper_image_options options = row->options;
	dapper_context *context;
	dapper_image *image = NULL;
	dapper_status status;
	char text[4096];

	options.struct_size = sizeof(options);
	context = image_test_context();
	test_clear_error();
	status = dapper_image_parse(context, "fw", row->text,
		row->size ? row->size : strlen(row->text), &options, &image);
	dapper_context_unref(context);
	if (row->status != DAPPER_OK) {
		assert_null(image);
		test_assert_fails(row->status, status, row->what, __FILE__, __LINE__);
		assert_message(row->expected);
		if (row->where)
			assert_string_equal(dapper_error_last()->where, row->where);
		if (row->hint)
			assert_non_null(strstr(dapper_error_last()->hint, row->hint));
		return;
	}
	assert_ok(status);
	image_test_describe(image, text, sizeof(text));
	assert_string_equal(text, row->expected);
	dapper_image_free(image);
}

/** Parse with the first, second, ... allocation failing, until none does. */
static inline void image_test_failing_allocations(
	const void *data, size_t size, dapper_image_format format)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_context *context = image_test_context();
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	uint64_t n = 0;

	options.format = format;
	while (status != DAPPER_OK) {
		dapper_image *image = NULL;

		assert_true(++n < 1000);
		alloc_fail_at(n);
		status = dapper_image_parse(context, "fw", data, size, &options, &image);
		alloc_fail_at(0);
		if (status != DAPPER_OK) {
			assert_null(image);
			test_assert_fails(
				DAPPER_ERR_NO_MEMORY, status, "parse", __FILE__, __LINE__);
		}
		dapper_image_free(image);
	}
	/* The image, its name, pieces, bytes, segments at least. */
	assert_true(n > 5);
	dapper_context_unref(context);
}

/** Contents of a file of the source folder. */
static inline uint8_t *image_test_file(const char *path, size_t *size)
{
	uint8_t *data;

	assert_ok(file_read(test_source_path(path), 1 << 20, &data, size));
	return data;
}

/**
 * Parse each beginning of a file, in memory of its own so that reading over its end is seen. Those
 * shorter than @p complete_from must fail, the others work.
 */
static inline void image_test_truncations(
	const char *path, dapper_image_format format, size_t complete_from)
{
	size_t size;
	uint8_t *data = image_test_file(path, &size);

	for (size_t length = 0; length < size; length++) {
		uint8_t *part = malloc(length ? length : 1);
		dapper_image *image = NULL;
		dapper_status status;

		assert_non_null(part);
		memcpy(part, data, length);
		test_clear_error();
		status = image_test_parse("fw", part, length, format, &image);
		if (length < complete_from)
			test_assert_fails(
				DAPPER_ERR_PARSE, status, "truncated", __FILE__, __LINE__);
		else
			assert_ok(status);
		dapper_image_free(image);
		free(part);
	}
	free(data);
}

#endif /* UNIT_IMAGE_IMAGE_TEST_H */
