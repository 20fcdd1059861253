/* SPDX-License-Identifier: Apache-2.0 */
#include "base/elf_file.h"

#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

struct elf_file {
	const uint8_t *data;
	size_t size;
	Elf *elf;
	const Elf32_Ehdr *header;
	const Elf32_Phdr *segments;
	Elf32_Word section_names; /* Index of .shstrtab. */
	const Elf_Data *symbols;  /* NULL: none. */
	size_t symbol_count;
	Elf32_Word symbol_names; /* Index of the symbols' string table. */
};

/* Offsets in the file's first bytes (System V ABI, figure 4-3). They are looked at before libelf
 * is, which allocates as many sections as the header claims to have. */
enum {
	OFFSET_MACHINE = 18,
	OFFSET_VERSION = 20,
	OFFSET_PHOFF = 28,
	OFFSET_SHOFF = 32,
	OFFSET_PHENTSIZE = 42,
	OFFSET_PHNUM = 44,
	OFFSET_SHENTSIZE = 46,
	OFFSET_SHNUM = 48,
};

static bool inside(size_t file_size, uint64_t offset, uint64_t size)
{
	return offset <= file_size && size <= file_size - offset;
}

bool elf_file_detect(const void *data, size_t size)
{
	return size >= SELFMAG && memcmp(data, ELFMAG, SELFMAG) == 0;
}

static dapper_status check_kind(const uint8_t *header, size_t size)
{
	if (!elf_file_detect(header, size))
		return dapper_fail(DAPPER_ERR_PARSE, "not an ELF file");
	if (size < sizeof(Elf32_Ehdr))
		return dapper_fail(DAPPER_ERR_PARSE, "ELF header is cut short: %zu of %zu bytes",
			size, sizeof(Elf32_Ehdr));
	if (header[EI_CLASS] != ELFCLASS32)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "ELF class is %u, expected %u (32-bit)",
			header[EI_CLASS], ELFCLASS32);
	if (header[EI_DATA] != ELFDATA2LSB)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED,
			"ELF data encoding is %u, expected %u (little-endian)", header[EI_DATA],
			ELFDATA2LSB);
	if (get_le16(header + OFFSET_MACHINE) != EM_ARM)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "ELF machine is %u, expected %u (Arm)",
			get_le16(header + OFFSET_MACHINE), EM_ARM);
	if (header[EI_VERSION] != EV_CURRENT || get_le32(header + OFFSET_VERSION) != EV_CURRENT)
		return dapper_fail(DAPPER_ERR_PARSE, "ELF version is %u, expected %u",
			get_le32(header + OFFSET_VERSION), EV_CURRENT);
	return DAPPER_OK;
}

/* A table of the header: offset, count and entry size as the file has them. */
static dapper_status check_table(size_t file_size, const char *what, uint32_t offset,
	uint16_t count, uint16_t entry_size, size_t expected_size)
{
	if (count == 0)
		return DAPPER_OK;
	if (entry_size != expected_size)
		return dapper_fail(DAPPER_ERR_PARSE, "%s entries have %u bytes, expected %zu", what,
			entry_size, expected_size);
	if (!inside(file_size, offset, (uint64_t)count * entry_size))
		return dapper_fail(DAPPER_ERR_PARSE,
			"%s (%u entries at 0x%x) reaches over the file's end at 0x%zx", what, count,
			offset, file_size);
	return DAPPER_OK;
}

static dapper_status check_tables(const uint8_t *header, size_t size)
{
	uint16_t segment_count = get_le16(header + OFFSET_PHNUM);
	uint16_t section_count = get_le16(header + OFFSET_SHNUM);
	uint32_t sections = get_le32(header + OFFSET_SHOFF);

	/* Both mean "the true number is in section header 0". */
	if (segment_count == PN_XNUM || (section_count == 0 && sections != 0))
		return dapper_fail(DAPPER_ERR_LIMIT, "ELF file has more than 65000 %s",
			segment_count == PN_XNUM ? "segments" : "sections");
	TRY(check_table(size, "program header table", get_le32(header + OFFSET_PHOFF),
		segment_count, get_le16(header + OFFSET_PHENTSIZE), sizeof(Elf32_Phdr)));
	return check_table(size, "section header table", sections, section_count,
		get_le16(header + OFFSET_SHENTSIZE), sizeof(Elf32_Shdr));
}

static dapper_status fail_libelf(const char *what)
{
	return dapper_fail(DAPPER_ERR_PARSE, "%s: %s", what, elf_errmsg(-1));
}

static dapper_status find_symbols(struct elf_file *file)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(file->elf, section))) {
		const Elf32_Shdr *header = elf32_getshdr(section);

		if (!header || header->sh_type != SHT_SYMTAB)
			continue;
		if (!inside(file->size, header->sh_offset, header->sh_size))
			return dapper_fail(
				DAPPER_ERR_PARSE, "symbol table reaches over the file's end");
		file->symbols = elf_getdata(section, NULL);
		if (!file->symbols)
			return fail_libelf("symbol table is damaged");
		file->symbol_count = file->symbols->d_size / sizeof(Elf32_Sym);
		file->symbol_names = header->sh_link;
		return DAPPER_OK;
	}
	return DAPPER_OK;
}

static dapper_status load_tables(struct elf_file *file)
{
	size_t names = SHN_UNDEF;

	file->header = elf32_getehdr(file->elf);
	if (!file->header)
		return fail_libelf("ELF header is damaged");
	if (file->header->e_phnum > 0) {
		file->segments = elf32_getphdr(file->elf);
		if (!file->segments)
			return fail_libelf("program header table is damaged");
	}
	if (file->header->e_shnum > 0 && elf_getshdrstrndx(file->elf, &names) != 0)
		return fail_libelf("section name table is damaged");
	file->section_names = (Elf32_Word)names;
	return find_symbols(file);
}

static dapper_status open_checked(struct elf_file *file)
{
	elf_version(EV_CURRENT);
	/* libelf reads only, whatever its parameter's type says. */
	file->elf = elf_memory((char *)(uintptr_t)file->data, file->size);
	if (!file->elf)
		return fail_libelf("ELF file is damaged");
	return load_tables(file);
}

dapper_status elf_file_open(const void *data, size_t size, struct elf_file **file)
{
	struct elf_file *opened;
	dapper_status status;

	TRY(check_kind(data, size));
	TRY(check_tables(data, size));
	opened = xnew(opened);
	if (!opened)
		return FAIL_NO_MEMORY("an ELF file");
	opened->data = data;
	opened->size = size;
	status = open_checked(opened);
	if (status != DAPPER_OK) {
		elf_file_close(opened);
		return status;
	}
	*file = opened;
	return DAPPER_OK;
}

void elf_file_close(struct elf_file *file)
{
	if (!file)
		return;
	elf_end(file->elf);
	free(file);
}

uint16_t elf_file_get_type(const struct elf_file *file)
{
	return file->header->e_type;
}

uint32_t elf_file_get_entry(const struct elf_file *file)
{
	return file->header->e_entry;
}

size_t elf_file_segment_count(const struct elf_file *file)
{
	return file->header->e_phnum;
}

dapper_status elf_file_get_segment(
	const struct elf_file *file, size_t index, struct elf_segment *segment)
{
	const Elf32_Phdr *header;

	if (index >= elf_file_segment_count(file))
		return dapper_fail(DAPPER_ERR_INVALID, "no program header %zu", index);
	header = &file->segments[index];
	if (!inside(file->size, header->p_offset, header->p_filesz))
		return dapper_fail(DAPPER_ERR_PARSE,
			"program header %zu: its 0x%x bytes at 0x%x reach over the file's end at "
			"0x%zx",
			index, header->p_filesz, header->p_offset, file->size);
	*segment = (struct elf_segment){
		.type = header->p_type,
		.flags = header->p_flags,
		.virtual_address = header->p_vaddr,
		.physical_address = header->p_paddr,
		.memory_size = header->p_memsz,
		.size = header->p_filesz,
		.data = header->p_filesz ? file->data + header->p_offset : NULL,
	};
	return DAPPER_OK;
}

size_t elf_file_section_count(const struct elf_file *file)
{
	return file->header->e_shnum;
}

static const Elf32_Shdr *section_header(const struct elf_file *file, size_t index)
{
	Elf_Scn *section =
		index < elf_file_section_count(file) ? elf_getscn(file->elf, index) : NULL;

	return section ? elf32_getshdr(section) : NULL;
}

static const char *section_name(const struct elf_file *file, const Elf32_Shdr *header)
{
	return elf_strptr(file->elf, file->section_names, header->sh_name);
}

dapper_status elf_file_get_section(
	const struct elf_file *file, size_t index, struct elf_section *section)
{
	const Elf32_Shdr *header = section_header(file, index);
	const char *name;
	bool in_file;

	if (!header)
		return dapper_fail(DAPPER_ERR_INVALID, "no section %zu", index);
	name = section_name(file, header);
	if (!name)
		return dapper_fail(DAPPER_ERR_PARSE,
			"section %zu: its name lies outside the string table", index);
	in_file = header->sh_type != SHT_NOBITS && header->sh_type != SHT_NULL;
	if (in_file && !inside(file->size, header->sh_offset, header->sh_size))
		return dapper_fail(DAPPER_ERR_PARSE,
			"section %zu '%s': its 0x%x bytes at 0x%x reach over the file's end at "
			"0x%zx",
			index, name, header->sh_size, header->sh_offset, file->size);
	*section = (struct elf_section){
		.index = index,
		.name = name,
		.type = header->sh_type,
		.flags = header->sh_flags,
		.address = header->sh_addr,
		.alignment = header->sh_addralign,
		.size = header->sh_size,
		.data = in_file && header->sh_size ? file->data + header->sh_offset : NULL,
	};
	return DAPPER_OK;
}

dapper_status elf_file_next_section(const struct elf_file *file, const char *name, size_t *index,
	struct elf_section *section, bool *found)
{
	*found = false;
	while (!*found && *index < elf_file_section_count(file)) {
		size_t current = (*index)++;
		const Elf32_Shdr *header = section_header(file, current);
		const char *its_name = header ? section_name(file, header) : NULL;

		if (its_name && strcmp(its_name, name) == 0) {
			TRY(elf_file_get_section(file, current, section));
			*found = true;
		}
	}
	return DAPPER_OK;
}

size_t elf_file_symbol_count(const struct elf_file *file)
{
	return file->symbol_count;
}

dapper_status elf_file_get_symbol(
	const struct elf_file *file, size_t index, struct elf_symbol *symbol)
{
	const Elf32_Sym *entry;
	const char *name;

	if (index >= file->symbol_count)
		return dapper_fail(DAPPER_ERR_INVALID, "no symbol %zu", index);
	entry = (const Elf32_Sym *)file->symbols->d_buf + index;
	name = elf_strptr(file->elf, file->symbol_names, entry->st_name);
	if (!name)
		return dapper_fail(DAPPER_ERR_PARSE,
			"symbol %zu: its name lies outside the string table", index);
	*symbol = (struct elf_symbol){
		.name = name,
		.value = entry->st_value,
		.size = entry->st_size,
		.type = ELF32_ST_TYPE(entry->st_info),
		.binding = ELF32_ST_BIND(entry->st_info),
		.section_index = entry->st_shndx,
	};
	return DAPPER_OK;
}
