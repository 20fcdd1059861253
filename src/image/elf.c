/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/elf_file.h"
#include "base/error.h"
#include "image/parsers.h"

/* ELF: what is loaded is what PT_LOAD program headers have in the file, at the physical address,
 * which is where startup code expects initial values (virtual is where it copies them to). */

static dapper_status add_segment(
	struct segments *segments, const struct elf_segment *segment, size_t index)
{
	if (segment->size > segment->memory_size)
		return dapper_fail(DAPPER_ERR_PARSE,
			"0x%" PRIx32 " bytes in the file for 0x%" PRIx32 " bytes of memory",
			segment->size, segment->memory_size);
	if (segment->size > (UINT64_C(1) << 32) - segment->physical_address)
		return dapper_fail(DAPPER_ERR_PARSE,
			"0x%" PRIx32 " bytes at 0x%08" PRIx32
			" reach over the end of the address space",
			segment->size, segment->physical_address);
	return segments_add(
		segments, segment->physical_address, segment->data, segment->size, (uint32_t)index);
}

static dapper_status add_segments(
	const struct image_source *source, const struct elf_file *file, struct segments *segments)
{
	for (size_t i = 0; i < elf_file_segment_count(file); i++) {
		struct elf_segment segment;
		dapper_status status = elf_file_get_segment(file, i, &segment);

		if (status == DAPPER_OK && segment.type == PT_LOAD && segment.size > 0)
			status = add_segment(segments, &segment, i);
		if (status != DAPPER_OK)
			return dapper_fail_where(status, "%s, program header %zu", source->name, i);
	}
	return DAPPER_OK;
}

static dapper_status finish(const struct image_source *source, struct segments *segments)
{
	uint32_t place = UINT32_MAX;
	dapper_status status = segments_finish(segments, "program header", &place);

	if (status != DAPPER_OK && place != UINT32_MAX)
		return dapper_fail_where(
			status, "%s, program header %" PRIu32, source->name, place);
	return status == DAPPER_OK ? status : dapper_fail_where(status, "%s", source->name);
}

static dapper_status check_type(const struct image_source *source, const struct elf_file *file)
{
	uint16_t type = elf_file_get_type(file);

	if (type == ET_EXEC || type == ET_DYN)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_PARSE, "ELF file is %s, not an executable",
		type == ET_REL    ? "an object file"
		: type == ET_CORE ? "a core dump"
				  : "of unknown type");
	if (type == ET_REL)
		dapper_fail_hint(DAPPER_ERR_PARSE, "link it first");
	return dapper_fail_where(DAPPER_ERR_PARSE, "%s", source->name);
}

static dapper_status parse_file(const struct image_source *source, const struct elf_file *file,
	struct image_contents *contents)
{
	TRY(check_type(source, file));
	TRY(add_segments(source, file, &contents->segments));
	TRY(finish(source, &contents->segments));
	contents->entry = elf_file_get_entry(file);
	contents->has_entry = contents->entry != 0;
	return DAPPER_OK;
}

dapper_status elf_parse(const struct image_source *source, struct image_contents *contents)
{
	struct elf_file *file;
	dapper_status status = elf_file_open(source->data, source->size, &file);

	if (status != DAPPER_OK)
		return dapper_fail_where(status, "%s", source->name);
	status = parse_file(source, file, contents);
	elf_file_close(file);
	return status;
}
