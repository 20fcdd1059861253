/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <dapper/image.h>

#include "base/elf_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All that can be asked of an ELF file. */
static void read_everything(const struct elf_file *file)
{
	volatile uint8_t last;
	struct elf_segment segment;
	struct elf_section section;
	struct elf_symbol symbol;

	for (size_t i = 0; i < elf_file_segment_count(file); i++)
		if (elf_file_get_segment(file, i, &segment) == DAPPER_OK && segment.data)
			last = segment.data[segment.size - 1];
	for (size_t i = 0; i < elf_file_section_count(file); i++)
		if (elf_file_get_section(file, i, &section) == DAPPER_OK && section.data)
			last = section.data[section.size - 1];
	for (size_t i = 0; i < elf_file_symbol_count(file); i++)
		if (elf_file_get_symbol(file, i, &symbol) == DAPPER_OK)
			last = (uint8_t)symbol.name[0];
	(void)last;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	struct elf_file *file;
	dapper_context *context;
	dapper_image *image;

	if (elf_file_open(data, size, &file) == DAPPER_OK) {
		read_everything(file);
		elf_file_close(file);
	}
	if (dapper_context_new(&context) != DAPPER_OK)
		abort();
	options.format = DAPPER_IMAGE_ELF;
	if (dapper_image_parse(context, "fuzz", data, size, &options, &image) == DAPPER_OK)
		dapper_image_free(image);
	dapper_context_unref(context);
	return 0;
}
