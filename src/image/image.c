/* SPDX-License-Identifier: Apache-2.0 */
#include <dapper/image.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/elf_file.h"
#include "base/error.h"
#include "base/file.h"
#include "image/parsers.h"

/* The object, and which parser a file belongs to. What files mean is in elf.c, ihex.c, srec.c and
 * bin.c; whether a target has memory there is not looked at in this folder. */

enum { MAX_FILE_SIZE = 64 << 20 };

struct dapper_image {
	char *name;
	dapper_image_format format;
	struct image_contents contents;
};

static const struct format {
	const char *text;
	image_parser *parse;
	bool has_addresses; /* Of its own, so that a base address is an error. */
} formats[] = {
	[DAPPER_IMAGE_AUTO] = { "automatic", NULL, false },
	[DAPPER_IMAGE_ELF] = { "ELF", elf_parse, true },
	[DAPPER_IMAGE_IHEX] = { "Intel HEX", ihex_parse, true },
	[DAPPER_IMAGE_SREC] = { "S-record", srec_parse, true },
	[DAPPER_IMAGE_BIN] = { "binary", bin_parse, false },
};

struct text_lines image_source_lines(const struct image_source *source)
{
	const char *text = (const char *)source->data;

	return (struct text_lines){ .text = text, .end = text + source->size };
}

dapper_status image_finish_text(const struct image_source *source, struct image_contents *contents,
	dapper_status status, uint32_t line)
{
	if (status == DAPPER_OK)
		status = segments_finish(&contents->segments, "line", &line);
	return status == DAPPER_OK ? status
	                           : dapper_fail_where(status, "%s:%" PRIu32, source->name, line);
}

/* The first line that is not empty; no characters when there is none. */
static struct text_line first_line(const struct image_source *source, uint32_t *number)
{
	struct text_lines lines = image_source_lines(source);
	struct text_line line = { 0 };

	while (text_next_line(&lines, &line) && line.length == 0)
		;
	*number = lines.number;
	return line;
}

static bool has_hex_digits(const struct text_line *line, size_t from, size_t to)
{
	if (line->length < to)
		return false;
	for (size_t i = from; i < to; i++)
		if (text_hex_digit(line->text[i]) < 0)
			return false;
	return true;
}

/* Both text formats have at least ten characters a line. So many right ones at the start are no
 * chance, whatever damage follows; in a text, fewer will do: then the parser can say what is wrong
 * with the first line. */
static dapper_image_format detect_records(const struct text_line *line, bool is_text)
{
	if (line->length > 0 && line->text[0] == ':' && (is_text || has_hex_digits(line, 1, 11)))
		return DAPPER_IMAGE_IHEX;
	if (line->length > 1 && line->text[0] == 'S' && has_hex_digits(line, 1, is_text ? 2 : 10))
		return DAPPER_IMAGE_SREC;
	return DAPPER_IMAGE_AUTO;
}

static dapper_status fail_text(const struct image_source *source, uint32_t line)
{
	dapper_fail(DAPPER_ERR_PARSE, "text file that is neither Intel HEX nor S-record");
	dapper_fail_where(DAPPER_ERR_PARSE, "%s:%" PRIu32, source->name, line);
	return dapper_fail_hint(DAPPER_ERR_PARSE,
		"Intel HEX lines start with ':', S-record lines with 'S'; to load text as it is, "
		"say where with --base-address");
}

/* "USB Flashing Format (UF2)", Microsoft, github.com/microsoft/uf2: its first two words. */
static bool is_uf2(const struct image_source *source)
{
	return source->size >= 8 && get_le32(source->data) == 0x0a324655 &&
	       get_le32(source->data + 4) == 0x9e5d5157;
}

static dapper_status fail_uf2(const struct image_source *source)
{
	dapper_fail(DAPPER_ERR_UNSUPPORTED, "UF2 files are not supported");
	dapper_fail_where(DAPPER_ERR_UNSUPPORTED, "%s", source->name);
	return dapper_fail_hint(
		DAPPER_ERR_UNSUPPORTED, "take the ELF or Intel HEX file that it was made from");
}

static dapper_status detect(const struct image_source *source, dapper_image_format *format)
{
	bool is_text = text_detect(source->data, source->size);
	struct text_line line;
	uint32_t number;

	*format = DAPPER_IMAGE_ELF;
	if (elf_file_detect(source->data, source->size))
		return DAPPER_OK;
	if (is_uf2(source))
		return fail_uf2(source);
	line = first_line(source, &number);
	*format = detect_records(&line, is_text);
	if (*format != DAPPER_IMAGE_AUTO)
		return DAPPER_OK;
	/* A base address says that the file is bytes, whatever they look like. */
	if (is_text && !source->has_base_address)
		return fail_text(source, number);
	*format = DAPPER_IMAGE_BIN;
	return DAPPER_OK;
}

static dapper_status check_base_address(
	const struct image_source *source, dapper_image_format format)
{
	if (!source->has_base_address || !formats[format].has_addresses)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_INVALID,
		"a base address was given, but the file is %s and has its own addresses",
		formats[format].text);
	dapper_fail_where(DAPPER_ERR_INVALID, "%s", source->name);
	return dapper_fail_hint(
		DAPPER_ERR_INVALID, "leave --base-address away; it is for raw binaries only");
}

static dapper_status fail_in_file(
	const struct image_source *source, dapper_status status, const char *message)
{
	dapper_fail(status, "%s", message);
	return dapper_fail_where(status, "%s", source->name);
}

static dapper_status parse_source(
	const struct image_source *source, dapper_image_format format, dapper_image *image)
{
	if (source->size == 0)
		return fail_in_file(source, DAPPER_ERR_PARSE, "file is empty");
	if (source->size > MAX_FILE_SIZE)
		return fail_in_file(source, DAPPER_ERR_LIMIT, "file is larger than 64 MB");
	if (format == DAPPER_IMAGE_AUTO)
		TRY(detect(source, &format));
	TRY(check_base_address(source, format));
	TRY(formats[format].parse(source, &image->contents));
	if (image->contents.segments.count == 0)
		return fail_in_file(
			source, DAPPER_ERR_PARSE, "file has nothing to load into memory");
	image->format = format;
	return DAPPER_OK;
}

static dapper_status take_options(
	const dapper_image_options *options, dapper_image_options *effective)
{
	*effective = (dapper_image_options)DAPPER_IMAGE_OPTIONS_INIT;
	if (!options)
		return DAPPER_OK;
	/* A caller of another version may have a shorter or longer struct. */
	if (options->struct_size < sizeof(options->struct_size))
		return dapper_fail(
			DAPPER_ERR_INVALID, "dapper_image_options.struct_size is not set");
	memcpy(effective, options,
		options->struct_size < sizeof(*options) ? options->struct_size : sizeof(*options));
	if ((unsigned)effective->format >= ARRAY_SIZE(formats))
		return dapper_fail(
			DAPPER_ERR_INVALID, "no image format %u", (unsigned)effective->format);
	return DAPPER_OK;
}

static dapper_status parse_named(
	const struct image_source *source, dapper_image_format format, dapper_image **image)
{
	dapper_image *parsed = xnew(parsed);
	dapper_status status;

	if (!parsed)
		return FAIL_NO_MEMORY("an image");
	parsed->name = xstrdup(source->name);
	status = parsed->name ? parse_source(source, format, parsed)
	                      : FAIL_NO_MEMORY("an image's name");
	if (status != DAPPER_OK) {
		dapper_image_free(parsed);
		return status;
	}
	*image = parsed;
	return DAPPER_OK;
}

dapper_status dapper_image_parse(dapper_context *context, const char *name, const void *data,
	size_t size, const dapper_image_options *options, dapper_image **image)
{
	dapper_image_options effective;
	struct image_source source;

	if (!context || !name || (!data && size > 0) || !image)
		return dapper_fail(
			DAPPER_ERR_INVALID, "context, name, data or image of an image is NULL");
	TRY(take_options(options, &effective));
	source = (struct image_source){
		.name = name,
		.data = data,
		.size = size,
		.has_base_address = effective.has_base_address,
		.base_address = effective.base_address,
	};
	return parse_named(&source, effective.format, image);
}

dapper_status dapper_image_load(dapper_context *context, const char *path,
	const dapper_image_options *options, dapper_image **image)
{
	dapper_status status;
	uint8_t *data;
	size_t size;

	if (!context || !path || !image)
		return dapper_fail(
			DAPPER_ERR_INVALID, "context, path or image of an image is NULL");
	TRY(file_read(path, MAX_FILE_SIZE, &data, &size));
	status = dapper_image_parse(context, path, data, size, options, image);
	free(data);
	return status;
}

void dapper_image_free(dapper_image *image)
{
	if (!image)
		return;
	segments_clear(&image->contents.segments);
	free(image->name);
	free(image);
}

const char *dapper_image_get_name(const dapper_image *image)
{
	return image->name;
}

dapper_image_format dapper_image_get_format(const dapper_image *image)
{
	return image->format;
}

size_t dapper_image_segment_count(const dapper_image *image)
{
	return image->contents.segments.count;
}

const dapper_segment *dapper_image_get_segment(const dapper_image *image, size_t index)
{
	const struct segments *segments = &image->contents.segments;

	return index < segments->count ? &segments->items[index] : NULL;
}

uint64_t dapper_image_get_size(const dapper_image *image)
{
	return image->contents.segments.size;
}

bool dapper_image_get_entry(const dapper_image *image, uint64_t *address)
{
	if (image->contents.has_entry)
		*address = image->contents.entry;
	return image->contents.has_entry;
}

const char *dapper_image_format_text(dapper_image_format format)
{
	return (unsigned)format < ARRAY_SIZE(formats) ? formats[format].text : "unknown";
}
