/* SPDX-License-Identifier: Apache-2.0 */
#include "flash/flm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/elf_file.h"
#include "base/error.h"
#include "flash/flm_device.h"

enum { MAX_PIECES = 8, MIN_ALIGNMENT = 4, MAX_ALIGNMENT = 4096 };

static const struct function {
	const char *name;
	bool required;
} functions[FLM_FUNCTION_COUNT] = {
	[FLM_INIT] = { "Init", true },
	[FLM_UNINIT] = { "UnInit", true },
	[FLM_ERASE_CHIP] = { "EraseChip", false },
	[FLM_ERASE_SECTOR] = { "EraseSector", false },
	[FLM_PROGRAM_PAGE] = { "ProgramPage", true },
	[FLM_VERIFY] = { "Verify", false },
	[FLM_BLANK_CHECK] = { "BlankCheck", false },
};

/* A section that goes to the target. They are taken by name, not by program header or address: in
 * most FLMs DevDscr, which stays here, has the address of the NOBITS PrgData. */
struct piece {
	struct elf_section section;
	bool is_code;
};

struct layout {
	struct piece pieces[MAX_PIECES];
	size_t count;
	uint32_t base;  /* Address of the image's offset 0. */
	uint64_t size;  /* Up to the end of what has bytes. */
	uint64_t total; /* Up to the end of all. */
	uint32_t alignment;
};

static dapper_status add_pieces(
	const struct elf_file *file, const char *name, bool is_code, struct layout *layout)
{
	struct elf_section section = { 0 };
	size_t index = 0;
	bool found;

	for (;;) {
		TRY(elf_file_next_section(file, name, &index, &section, &found));
		if (!found)
			return DAPPER_OK;
		if (section.size == 0)
			continue;
		if (section.type != SHT_PROGBITS && section.type != SHT_NOBITS)
			return dapper_fail(DAPPER_ERR_PARSE,
				"section '%s' has type %" PRIu32 ", expected PROGBITS or NOBITS",
				name, section.type);
		if (is_code && section.type == SHT_NOBITS)
			return dapper_fail(DAPPER_ERR_PARSE, "section '%s' has no bytes", name);
		if (layout->count == MAX_PIECES)
			return dapper_fail(DAPPER_ERR_LIMIT,
				"more than %d sections PrgCode and PrgData", MAX_PIECES);
		layout->pieces[layout->count++] =
			(struct piece){ .section = section, .is_code = is_code };
	}
}

static uint64_t section_end(const struct elf_section *section)
{
	return (uint64_t)section->address + section->size;
}

static dapper_status check_pieces(const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++)
		for (size_t k = 0; k < i; k++) {
			const struct elf_section *one = &layout->pieces[k].section;
			const struct elf_section *other = &layout->pieces[i].section;

			if (one->address < section_end(other) && other->address < section_end(one))
				return dapper_fail(DAPPER_ERR_PARSE,
					"sections %zu '%s' and %zu '%s' overlap", one->index,
					one->name, other->index, other->name);
		}
	return DAPPER_OK;
}

static dapper_status take_alignment(struct layout *layout, const struct elf_section *section)
{
	uint32_t alignment = section->alignment;

	if ((alignment & (alignment - 1)) != 0 || alignment > MAX_ALIGNMENT)
		return dapper_fail(DAPPER_ERR_PARSE,
			"section %zu '%s' has alignment %" PRIu32
			", expected a power of two up to %d",
			section->index, section->name, alignment, MAX_ALIGNMENT);
	if (alignment > layout->alignment)
		layout->alignment = alignment;
	return DAPPER_OK;
}

static dapper_status measure(struct layout *layout)
{
	uint64_t end_of_bytes = 0;
	uint64_t end = 0;
	uint32_t first = UINT32_MAX;

	for (size_t i = 0; i < layout->count; i++) {
		const struct elf_section *section = &layout->pieces[i].section;

		TRY(take_alignment(layout, section));
		if (section->address < first)
			first = section->address;
		if (section_end(section) > end)
			end = section_end(section);
		if (section->data && section_end(section) > end_of_bytes)
			end_of_bytes = section_end(section);
	}
	layout->base = first & ~(layout->alignment - 1);
	layout->total = end - layout->base;
	layout->size = end_of_bytes - layout->base;
	if (layout->total <= FLM_MAX_IMAGE_SIZE)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_LIMIT,
		"code and data span 0x%" PRIx64 " bytes, more than the limit of 0x%x",
		layout->total, FLM_MAX_IMAGE_SIZE);
	return dapper_fail_hint(DAPPER_ERR_LIMIT,
		"was it linked for fixed addresses? An FLM is position-independent");
}

static dapper_status find_layout(const struct elf_file *file, struct layout *layout)
{
	*layout = (struct layout){ .alignment = MIN_ALIGNMENT };
	TRY(add_pieces(file, "PrgCode", true, layout));
	if (layout->count == 0) {
		dapper_fail(DAPPER_ERR_PARSE, "section 'PrgCode' is missing");
		return dapper_fail_hint(
			DAPPER_ERR_PARSE, "this ELF file is not a CMSIS flash algorithm");
	}
	TRY(add_pieces(file, "PrgData", false, layout));
	TRY(check_pieces(layout));
	return measure(layout);
}

static uint32_t find_static_base(const struct layout *layout)
{
	uint64_t code_end = 0;
	uint64_t data_start = UINT64_MAX;

	for (size_t i = 0; i < layout->count; i++) {
		const struct piece *piece = &layout->pieces[i];

		if (piece->is_code && section_end(&piece->section) > code_end)
			code_end = section_end(&piece->section);
		if (!piece->is_code && piece->section.address < data_start)
			data_start = piece->section.address;
	}
	return (uint32_t)((data_start == UINT64_MAX ? code_end : data_start) - layout->base);
}

static dapper_status copy_image(const struct layout *layout, struct flm *flm)
{
	flm->bytes = xcalloc((size_t)layout->size, 1);
	if (!flm->bytes)
		return FAIL_NO_MEMORY("a flash algorithm's code");
	for (size_t i = 0; i < layout->count; i++) {
		const struct elf_section *section = &layout->pieces[i].section;

		if (section->data)
			memcpy(flm->bytes + (section->address - layout->base), section->data,
				section->size);
	}
	flm->size = (uint32_t)layout->size;
	flm->bss_size = (uint32_t)(layout->total - layout->size);
	flm->alignment = layout->alignment;
	flm->static_base = find_static_base(layout);
	return DAPPER_OK;
}

static bool is_in_code(const struct layout *layout, const struct elf_symbol *symbol)
{
	uint32_t address = symbol->value & ~UINT32_C(1);

	for (size_t i = 0; i < layout->count; i++) {
		const struct piece *piece = &layout->pieces[i];

		if (piece->is_code && piece->section.index == symbol->section_index)
			return address >= piece->section.address &&
			       address < section_end(&piece->section);
	}
	return false;
}

static void take_function(
	const struct layout *layout, const struct elf_symbol *symbol, struct flm *flm)
{
	/* A local one is somebody's helper that happens to be called so. */
	if (symbol->binding == STB_LOCAL ||
		(symbol->type != STT_FUNC && symbol->type != STT_NOTYPE) ||
		!is_in_code(layout, symbol))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (flm->functions[i] == FLM_ABSENT && strcmp(symbol->name, functions[i].name) == 0)
			flm->functions[i] = (symbol->value & ~UINT32_C(1)) - layout->base;
}

static dapper_status find_functions(
	const struct elf_file *file, const struct layout *layout, struct flm *flm)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		flm->functions[i] = FLM_ABSENT;
	for (size_t i = 1; i < elf_file_symbol_count(file); i++) {
		struct elf_symbol symbol;

		TRY(elf_file_get_symbol(file, i, &symbol));
		take_function(layout, &symbol, flm);
	}
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (functions[i].required && flm->functions[i] == FLM_ABSENT)
			return dapper_fail(DAPPER_ERR_PARSE, "function '%s' is missing%s",
				functions[i].name,
				elf_file_symbol_count(file) ? "" : ": the file has no symbols");
	return DAPPER_OK;
}

static dapper_status find_device_symbol(
	const struct elf_file *file, struct elf_symbol *symbol, bool *found)
{
	*found = false;
	for (size_t i = 1; !*found && i < elf_file_symbol_count(file); i++) {
		TRY(elf_file_get_symbol(file, i, symbol));
		*found = strcmp(symbol->name, "FlashDevice") == 0 &&
		         symbol->section_index != SHN_UNDEF &&
		         symbol->section_index < SHN_LORESERVE;
	}
	return DAPPER_OK;
}

/* By the symbol, which says the section too; without it, FlashDevice begins DevDscr. */
static dapper_status find_device(
	const struct elf_file *file, struct elf_section *section, uint32_t *offset)
{
	struct elf_symbol symbol;
	size_t index = 0;
	bool found;

	TRY(find_device_symbol(file, &symbol, &found));
	*offset = 0;
	if (!found) {
		TRY(elf_file_next_section(file, "DevDscr", &index, section, &found));
	} else if (symbol.section_index < elf_file_section_count(file)) {
		TRY(elf_file_get_section(file, symbol.section_index, section));
		*offset = symbol.value - section->address;
	}
	if (section->data && *offset < section->size)
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_PARSE, "flash description ('FlashDevice' in section 'DevDscr') is "
				      "missing");
	return dapper_fail_hint(DAPPER_ERR_PARSE, "this ELF file is not a CMSIS flash algorithm");
}

static dapper_status parse_file(const struct elf_file *file, struct flm *flm)
{
	struct elf_section section = { 0 };
	struct layout layout;
	uint32_t offset;

	TRY(find_layout(file, &layout));
	TRY(find_device(file, &section, &offset));
	TRY(flm_device_parse(section.data + offset, section.size - offset, &flm->device));
	TRY(find_functions(file, &layout, flm));
	return copy_image(&layout, flm);
}

static dapper_status parse_bytes(const void *data, size_t size, struct flm *flm)
{
	struct elf_file *file;
	dapper_status status;

	TRY(elf_file_open(data, size, &file));
	status = parse_file(file, flm);
	elf_file_close(file);
	return status;
}

dapper_status flm_parse(const char *name, const void *data, size_t size, struct flm **flm)
{
	struct flm *parsed = xnew(parsed);
	dapper_status status =
		parsed ? parse_bytes(data, size, parsed) : FAIL_NO_MEMORY("a flash algorithm");

	if (status != DAPPER_OK) {
		flm_free(parsed);
		return dapper_fail_where(status, "%s", name);
	}
	*flm = parsed;
	return DAPPER_OK;
}

void flm_free(struct flm *flm)
{
	if (!flm)
		return;
	free(flm->device.sectors);
	free(flm->bytes);
	free(flm);
}

const char *flm_function_text(enum flm_function function)
{
	return (unsigned)function < ARRAY_SIZE(functions) ? functions[function].name : "unknown";
}
