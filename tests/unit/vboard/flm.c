/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/flm.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "vboard/board/state.h"

#define DHCSR        0xe000edf0u
#define DHCSR_S_HALT BIT(17)
#define POLL_NS      (100 * NS_PER_US)

enum { MAX_POLLS = 100000, BREAKPOINT_SIZE = 0x20, SHT_SYMTAB = 2, SHT_NOBITS = 8 };

/* --- the file: ELF32, little-endian (System V ABI, "Sections") --------------------------------- */

static const uint8_t *section(const struct flm *flm, unsigned index)
{
	return flm->elf + get_le32(flm->elf + 32) + index * (size_t)get_le16(flm->elf + 46);
}

static unsigned section_count(const struct flm *flm)
{
	return get_le16(flm->elf + 48);
}

static const char *section_name(const struct flm *flm, const uint8_t *header)
{
	const uint8_t *names = section(flm, get_le16(flm->elf + 50));

	return (const char *)flm->elf + get_le32(names + 16) + get_le32(header);
}

static bool find_symbol(const struct flm *flm, const char *name, uint32_t *value)
{
	for (unsigned i = 0; i < section_count(flm); i++) {
		const uint8_t *header = section(flm, i);
		const uint8_t *symbols = flm->elf + get_le32(header + 16);
		const char *names;

		if (get_le32(header + 4) != SHT_SYMTAB)
			continue;
		names = (const char *)flm->elf + get_le32(section(flm, get_le32(header + 24)) + 16);
		for (uint32_t at = 0; at < get_le32(header + 20); at += 16) {
			*value = get_le32(symbols + at + 4);
			if (get_le16(symbols + at + 14) &&
				strcmp(names + get_le32(symbols + at), name) == 0)
				return true;
		}
	}
	return false;
}

bool flm_has(const struct flm *flm, const char *function)
{
	uint32_t value;

	return find_symbol(flm, function, &value);
}

/* FlashOS.h: version, name[128], type, address, size, page size, reserved, erased value, times. */
static void read_device(struct flm *flm, const uint8_t *device)
{
	flm->device_base = get_le32(device + 132);
	flm->device_size = get_le32(device + 136);
	flm->page_size = get_le32(device + 140);
	for (const uint8_t *at = device + 160; get_le32(at) != UINT32_MAX; at += 8) {
		assert_true(flm->sector_kinds < FLM_MAX_SECTOR_KINDS);
		flm->sectors[flm->sector_kinds].size = get_le32(at);
		flm->sectors[flm->sector_kinds++].offset = get_le32(at + 4);
	}
	flm->sector_size = flm->sectors[0].size;
}

/* --- in RAM ------------------------------------------------------------------------------------- */

static void load_section(struct flm *flm, const uint8_t *header)
{
	const uint32_t address = flm->code + get_le32(header + 12);
	const uint32_t size = get_le32(header + 20);
	const bool zeros = get_le32(header + 4) == SHT_NOBITS;
	const uint8_t *bytes = flm->elf + get_le32(header + 16);

	for (uint32_t i = 0; i < size; i++)
		assert_true(rig_write(&flm->rig, address + i, 1, zeros ? 0 : bytes[i]));
	if (address + size > flm->stack)
		flm->stack = (address + size + 7) & ~7u;
}

/* PrgData may be two sections of one name: what is filled, and what is zero. */
static void load(struct flm *flm, uint32_t ram, uint32_t stack_size)
{
	rig_write32(&flm->rig, ram, 0xbe00be00); /* functions return here */
	flm->code = ram + BREAKPOINT_SIZE;
	for (unsigned i = 0; i < section_count(flm); i++) {
		const uint8_t *header = section(flm, i);
		const char *name = section_name(flm, header);

		if (strcmp(name, "DevDscr") == 0)
			read_device(flm, flm->elf + get_le32(header + 16));
		if (strcmp(name, "PrgData") == 0 && !flm->static_base)
			flm->static_base = flm->code + get_le32(header + 12);
		if (strcmp(name, "PrgData") == 0 || strcmp(name, "PrgCode") == 0)
			load_section(flm, header);
	}
	assert_true(flm->sector_kinds > 0);
	flm->stack += stack_size;
	flm->buffer = flm->stack;
}

void flm_open(struct flm *flm, const char *path, const char *board, const char *settings,
	uint32_t ram, uint32_t stack_size)
{
	memset(flm, 0, sizeof(*flm));
	assert_ok(file_read(test_data_path(path), 1 << 20, &flm->elf, &flm->size));
	rig_open(&flm->rig, board, settings);
	rig_halt(&flm->rig);
	load(flm, ram, stack_size);
}

void flm_close(struct flm *flm)
{
	rig_close(&flm->rig);
	free(flm->elf);
}

/* --- calls -------------------------------------------------------------------------------------- */

static void start(struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2)
{
	uint32_t entry = 0;

	if (!find_symbol(flm, function, &entry))
		fail_msg("no function '%s'", function);
	rig_write_register(&flm->rig, 0, r0);
	rig_write_register(&flm->rig, 1, r1);
	rig_write_register(&flm->rig, 2, r2);
	rig_write_register(&flm->rig, 9, flm->static_base);
	rig_write_register(&flm->rig, CPU_REG_LR, (flm->code - BREAKPOINT_SIZE) | 1);
	rig_run_from(&flm->rig, flm->code + (entry & ~1u), flm->stack);
}

uint32_t flm_call(struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2)
{
	int polls = 0;

	start(flm, function, r0, r1, r2);
	while (!(rig_read32(&flm->rig, DHCSR) & DHCSR_S_HALT)) {
		if (polls++ == MAX_POLLS) {
			rig_halt(&flm->rig);
			fail_msg("'%s' does not come back: it is at 0x%08x of the algorithm",
				function, rig_read_register(&flm->rig, CPU_REG_PC) - flm->code);
		}
		rig_wait(&flm->rig, POLL_NS);
	}
	if (rig_read_register(&flm->rig, CPU_REG_PC) != flm->code - BREAKPOINT_SIZE)
		fail_msg("'%s' stopped at 0x%08x", function,
			rig_read_register(&flm->rig, CPU_REG_PC));
	return rig_read_register(&flm->rig, 0);
}

void flm_call_hangs(
	struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2, uint64_t ns)
{
	start(flm, function, r0, r1, r2);
	rig_wait(&flm->rig, ns);
	assert_false(rig_read32(&flm->rig, DHCSR) & DHCSR_S_HALT);
	/* The debugger still can stop it. */
	rig_halt(&flm->rig);
}

uint32_t flm_pattern(uint32_t address)
{
	return address * 0x9e3779b1u ^ 0x5bd1e995u;
}

void flm_fill_buffer(struct flm *flm, uint32_t address, uint32_t size)
{
	for (uint32_t i = 0; i < size; i += 4)
		rig_write32(&flm->rig, flm->buffer + i, flm_pattern(address + i));
}

uint32_t flm_program(struct flm *flm, uint32_t address)
{
	flm_fill_buffer(flm, address, flm->page_size);
	return flm_call(flm, "ProgramPage", address, flm->page_size, flm->buffer);
}
