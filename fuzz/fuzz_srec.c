/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <dapper/image.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was parsed is sorted and does not overlap. */
static void check(const dapper_image *image)
{
	uint64_t end = 0;
	uint64_t total = 0;

	for (size_t i = 0; i < dapper_image_segment_count(image); i++) {
		const dapper_segment *segment = dapper_image_get_segment(image, i);

		if (segment->size == 0 || segment->address < end + (i > 0))
			abort();
		end = segment->address + segment->size;
		total += segment->size;
	}
	if (total == 0 || total != dapper_image_get_size(image) || end > UINT64_C(1) << 32)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_context *context;
	dapper_image *image;

	if (dapper_context_new(&context) != DAPPER_OK)
		abort();
	options.format = DAPPER_IMAGE_SREC;
	if (dapper_image_parse(context, "fuzz", data, size, &options, &image) == DAPPER_OK) {
		check(image);
		dapper_image_free(image);
	}
	/* Detection too. */
	if (dapper_image_parse(context, "fuzz", data, size, NULL, &image) == DAPPER_OK)
		dapper_image_free(image);
	dapper_context_unref(context);
	return 0;
}
