/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_PARSERS_H
#define IMAGE_PARSERS_H

/**
 * @file
 * Between image.c and the formats: a parser turns a source into contents. On failure the error says
 * where in the file, contents are in any state and are cleared by the caller.
 */
#include "image/segments.h"
#include "image/text.h"

struct image_source {
	const char *name; /**< For messages. */
	const uint8_t *data;
	size_t size; /**< Not 0. */
	bool has_base_address;
	uint64_t base_address;
};

struct image_contents {
	struct segments segments; /**< Finished on success; may be empty. */
	bool has_entry;
	uint64_t entry;
};

typedef dapper_status image_parser(
	const struct image_source *source, struct image_contents *contents);

image_parser elf_parse;
image_parser ihex_parse;
image_parser srec_parse;
image_parser bin_parse;

/** Lines of a text. */
struct text_lines image_source_lines(const struct image_source *source);

/**
 * The end of a text format's parser: finish the segments, or add where parsing failed.
 *
 * @param line  Where it failed.
 */
dapper_status image_finish_text(const struct image_source *source, struct image_contents *contents,
	dapper_status status, uint32_t line);

#endif /* IMAGE_PARSERS_H */
