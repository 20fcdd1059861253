/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/flm.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "vboard/board/state.h"

#define DHCSR        0xe000edf0u
#define DHCSR_S_HALT BIT(17)
#define POLL_NS      (100 * NS_PER_US)

enum { MAX_POLLS = 100000, STACK_SIZE = 0x1000, SHT_SYMTAB = 2, SHT_NOBITS = 8 };

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
	flm->base = get_le32(device + 132);
	flm->device_size = get_le32(device + 136);
	flm->page_size = get_le32(device + 140);
	for (const uint8_t *at = device + 160; get_le32(at) != UINT32_MAX; at += 8) {
		assert_true(flm->sector_kinds < FLM_MAX_SECTOR_KINDS);
		flm->sectors[flm->sector_kinds].size = get_le32(at);
		flm->sectors[flm->sector_kinds++].offset = get_le32(at + 4);
	}
}

void flm_open(struct flm *flm, const char *path)
{
	*flm = (struct flm){ 0 };
	assert_ok(file_read(test_data_path(path), 1 << 20, &flm->elf, &flm->size));
	for (unsigned i = 0; i < section_count(flm); i++)
		if (strcmp(section_name(flm, section(flm, i)), "DevDscr") == 0)
			read_device(flm, flm->elf + get_le32(section(flm, i) + 16));
	assert_true(flm->sector_kinds > 0);
}

void flm_close(struct flm *flm)
{
	free(flm->elf);
}

static void load_section(struct flm *flm, struct rig *rig, const uint8_t *header)
{
	const uint32_t address = get_le32(header + 12), size = get_le32(header + 20);
	const bool zeros = get_le32(header + 4) == SHT_NOBITS;
	const uint8_t *bytes = flm->elf + get_le32(header + 16);

	for (uint32_t i = 0; i < size; i++)
		assert_true(rig_write(rig, flm->code + address + i, 1, zeros ? 0 : bytes[i]));
	if (flm->code + address + size > flm->buffer)
		flm->buffer = (flm->code + address + size + 15) & ~15u;
}

void flm_load(struct flm *flm, struct rig *rig, uint32_t ram, uint32_t ram_size)
{
	rig_write32(rig, ram, 0xbe00be00);
	flm->code = ram + 0x20;
	flm->buffer = 0;
	flm->data = 0;
	for (unsigned i = 0; i < section_count(flm); i++) {
		const uint8_t *header = section(flm, i);
		const char *name = section_name(flm, header);

		if (strcmp(name, "PrgData") == 0 && !flm->data)
			flm->data = flm->code + get_le32(header + 12);
		if (strcmp(name, "PrgData") == 0 || strcmp(name, "PrgCode") == 0)
			load_section(flm, rig, header);
	}
	flm->stack = ram + ram_size;
	assert_true(flm->buffer + flm->page_size + STACK_SIZE <= flm->stack);
}

uint32_t flm_call(struct flm *flm, struct rig *rig, const char *function, uint32_t r0, uint32_t r1,
	uint32_t r2)
{
	const uint32_t back = flm->code - 0x20;
	uint32_t entry;
	int polls = 0;

	if (!find_symbol(flm, function, &entry))
		fail_msg("no function '%s'", function);
	rig_write_register(rig, 0, r0);
	rig_write_register(rig, 1, r1);
	rig_write_register(rig, 2, r2);
	rig_write_register(rig, 9, flm->data);
	rig_write_register(rig, CPU_REG_LR, back | 1);
	rig_run_from(rig, flm->code + (entry & ~1u), flm->stack);
	while (!(rig_read32(rig, DHCSR) & DHCSR_S_HALT)) {
		if (polls++ == MAX_POLLS) {
			rig_halt(rig);
			fail_msg("'%s' does not come back: it is at 0x%08x", function,
				rig_read_register(rig, CPU_REG_PC) - flm->code);
		}
		rig_wait(rig, POLL_NS);
	}
	if (rig_read_register(rig, CPU_REG_PC) != back)
		fail_msg("'%s' stopped at 0x%08x", function, rig_read_register(rig, CPU_REG_PC));
	return rig_read_register(rig, 0);
}
