/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ELF_FILE_H
#define BASE_ELF_FILE_H

/**
 * @file
 * 32-bit little-endian ARM ELF files in memory: program headers, sections, symbols. A thin adapter
 * over libelf, which is trusted with the tables but not with the bounds: each data pointer handed
 * out was checked against the file. Files may be hostile.
 *
 * ELF: System V ABI, edition 4.1, chapters 4 and 5; ARM: "ELF for the Arm Architecture", IHI 0044.
 * It does not read DWARF, relocations or archives, and knows nothing of the meaning of sections.
 *
 * Ownership: the file borrows the bytes it was opened on, and all it hands out points into them or
 * into the file; both end with elf_file_close(). Constants (PT_LOAD, SHT_NOBITS, STT_FUNC, ET_EXEC)
 * are those of <elf.h>.
 */
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

struct elf_file;

/** A program header. */
struct elf_segment {
	uint32_t type; /**< PT_... */
	uint32_t flags;
	uint32_t virtual_address;
	uint32_t physical_address;
	uint32_t memory_size;
	uint32_t size;       /**< In the file: p_filesz. */
	const uint8_t *data; /**< That many bytes; NULL when there are none. */
};

struct elf_section {
	size_t index;
	const char *name; /**< Never NULL. */
	uint32_t type;    /**< SHT_... */
	uint32_t flags;
	uint32_t address;
	uint32_t alignment;
	uint32_t size;
	const uint8_t *data; /**< That many bytes; NULL for SHT_NOBITS, SHT_NULL and empty ones. */
};

struct elf_symbol {
	const char *name; /**< Never NULL. */
	uint32_t value;   /**< With the Thumb bit of functions. */
	uint32_t size;
	uint8_t type;           /**< STT_... */
	uint8_t binding;        /**< STB_... */
	uint16_t section_index; /**< SHN_UNDEF, SHN_ABS, ... included. */
};

/** Do these bytes begin as any ELF file does? */
bool elf_file_detect(const void *data, size_t size);

/**
 * Open an ELF file.
 *
 * @param data       Borrowed until elf_file_close(), not changed.
 * @param[out] file  Owned by the caller.
 * @retval DAPPER_ERR_PARSE        Not ELF, damaged or cut short.
 * @retval DAPPER_ERR_UNSUPPORTED  ELF for something else: 64-bit, big-endian, other machine.
 * @retval DAPPER_ERR_LIMIT        More sections or segments than 16 bits count.
 */
dapper_status elf_file_open(const void *data, size_t size, struct elf_file **file);

/** NULL is fine. */
void elf_file_close(struct elf_file *file);

/** e_type: ET_EXEC, ET_REL, ... */
uint16_t elf_file_get_type(const struct elf_file *file);
/** e_entry; 0 when the file has none. */
uint32_t elf_file_get_entry(const struct elf_file *file);

size_t elf_file_segment_count(const struct elf_file *file);
/** @retval DAPPER_ERR_PARSE  Its bytes lie outside the file. @retval DAPPER_ERR_INVALID No such. */
dapper_status elf_file_get_segment(
	const struct elf_file *file, size_t index, struct elf_segment *segment);

size_t elf_file_section_count(const struct elf_file *file);
/** As elf_file_get_segment(). Section 0 is the empty one. */
dapper_status elf_file_get_section(
	const struct elf_file *file, size_t index, struct elf_section *section);

/**
 * The next section of this name; names need not be unique.
 *
 * @param index       Where to go on: 0 at first, then what the last call left.
 * @param[out] found  False: there is no more, @p section is untouched.
 */
dapper_status elf_file_next_section(const struct elf_file *file, const char *name, size_t *index,
	struct elf_section *section, bool *found);

/** Symbols of the (one) SHT_SYMTAB section; 0 when it was stripped. Number 0 is the empty one. */
size_t elf_file_symbol_count(const struct elf_file *file);
/** @retval DAPPER_ERR_PARSE  Its name lies outside the string table. */
dapper_status elf_file_get_symbol(
	const struct elf_file *file, size_t index, struct elf_symbol *symbol);

#endif /* BASE_ELF_FILE_H */
