/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/nxp_flm.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "vboard/board/state.h"

#define DHCSR        0xe000edf0u
#define DHCSR_S_HALT BIT(17)

enum { STACK_SIZE = 0x300, MAX_POLLS = 60000 };

/** Header of section number @p index. */
static const uint8_t *section(const struct flm *flm, unsigned index)
{
	return flm->elf + get_le32(flm->elf + 32) + index * (size_t)get_le16(flm->elf + 46);
}

/** The first section of a name. */
static const uint8_t *find_section(const struct flm *flm, const char *name)
{
	const uint8_t *names = flm->elf + get_le32(section(flm, get_le16(flm->elf + 50)) + 16);

	for (unsigned i = 0; i < get_le16(flm->elf + 48); i++)
		if (strcmp((const char *)names + get_le32(section(flm, i)), name) == 0)
			return section(flm, i);
	fail_msg("no section '%s'", name);
	return NULL;
}

static bool find_symbol(const struct flm *flm, const char *name, uint32_t *value)
{
	for (unsigned i = 0; i < get_le16(flm->elf + 48); i++) {
		const uint8_t *header = section(flm, i);
		const uint8_t *symbols = flm->elf + get_le32(header + 16);
		const char *names;

		if (get_le32(header + 4) != 2) /* SHT_SYMTAB */
			continue;
		names = (const char *)flm->elf + get_le32(section(flm, get_le32(header + 24)) + 16);
		for (uint32_t at = 0; at < get_le32(header + 20); at += 16)
			if (strcmp(names + get_le32(symbols + at), name) == 0) {
				*value = get_le32(symbols + at + 4);
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

/** The first segment (PrgCode, PrgData) with what is zero at its end. */
static void load(struct flm *flm, uint32_t ram)
{
	const uint8_t *header = flm->elf + get_le32(flm->elf + 28);
	const uint8_t *bytes = flm->elf + get_le32(header + 4);
	const uint32_t filled = get_le32(header + 16);
	const uint32_t size = get_le32(header + 20);

	flm->code = ram + 0x20;
	flm->static_base = flm->code + get_le32(find_section(flm, "PrgData") + 12);
	flm->stack = ((flm->code + size + 7) & ~7u) + STACK_SIZE;
	flm->buffer = flm->stack;
	rig_write32(&flm->rig, ram, 0xbe00be00);
	for (uint32_t i = 0; i < size; i += 4)
		rig_write32(&flm->rig, flm->code + i, i < filled ? get_le32(bytes + i) : 0);
}

static void read_device(struct flm *flm)
{
	const uint8_t *device = flm->elf + get_le32(find_section(flm, "DevDscr") + 16);

	flm->device_base = get_le32(device + 132);
	flm->device_size = get_le32(device + 136);
	flm->page_size = get_le32(device + 140);
	flm->sector_size = get_le32(device + 160);
}

void flm_open(
	struct flm *flm, const char *path, const char *board, const char *settings, uint32_t ram)
{
	memset(flm, 0, sizeof(*flm));
	assert_ok(file_read(test_data_path(path), 1 << 20, &flm->elf, &flm->size));
	rig_open(&flm->rig, board, settings);
	rig_halt(&flm->rig);
	load(flm, ram);
	read_device(flm);
}

void flm_close(struct flm *flm)
{
	rig_close(&flm->rig);
	free(flm->elf);
}

static void start(struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2)
{
	uint32_t entry = 0;

	if (!find_symbol(flm, function, &entry))
		fail_msg("no function '%s'", function);
	rig_write_register(&flm->rig, 0, r0);
	rig_write_register(&flm->rig, 1, r1);
	rig_write_register(&flm->rig, 2, r2);
	rig_write_register(&flm->rig, 9, flm->static_base);
	rig_write_register(&flm->rig, CPU_REG_LR, (flm->code - 0x20) | 1);
	rig_run_from(&flm->rig, flm->code + (entry & ~1u), flm->stack);
}

uint32_t flm_call(struct flm *flm, const char *function, uint32_t r0, uint32_t r1, uint32_t r2)
{
	int polls = 0;

	start(flm, function, r0, r1, r2);
	while (!(rig_read32(&flm->rig, DHCSR) & DHCSR_S_HALT)) {
		if (polls++ > MAX_POLLS) {
			rig_halt(&flm->rig);
			fail_msg("%s does not end: pc 0x%08x", function,
				rig_read_register(&flm->rig, CPU_REG_PC));
		}
		rig_wait(&flm->rig, 100 * NS_PER_US);
	}
	assert_int_equal(rig_read_register(&flm->rig, CPU_REG_PC), flm->code - 0x20);
	return rig_read_register(&flm->rig, 0);
}

void flm_call_hangs(struct flm *flm, const char *function, uint32_t r0, uint64_t ns)
{
	start(flm, function, r0, 0, 0);
	rig_wait(&flm->rig, ns);
	assert_false(rig_read32(&flm->rig, DHCSR) & DHCSR_S_HALT);
	/* The debugger still can stop it. */
	rig_halt(&flm->rig);
}

void flm_fill_buffer(struct flm *flm, uint32_t address, uint32_t size)
{
	for (uint32_t i = 0; i < size; i += 4)
		rig_write32(&flm->rig, flm->buffer + i, (address + i) * 0x9e3779b1u ^ 0x5bd1e995u);
}

uint32_t flm_program(struct flm *flm, uint32_t address)
{
	flm_fill_buffer(flm, address, flm->page_size);
	return flm_call(flm, "ProgramPage", address, flm->page_size, flm->buffer);
}
