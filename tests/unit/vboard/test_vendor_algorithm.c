/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ST's own flash algorithm (the FLM of Keil.STM32F4xx_DFP) runs on the virtual STM32F407: what it
 * believes of core and flash interface must hold here. Skipped when the pack is not there.
 */
#include "unit/vboard/rig.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "vboard/board/state.h"

#define FLM "packs/Keil.STM32F4xx_DFP/CMSIS/Flash/STM32F4xx_1024.FLM"

enum {
	BREAKPOINT = 0x20000000, /* where functions return to */
	CODE = 0x20000020,
	BUFFER = 0x20002000,
	STACK = 0x20001000,
	FLASH = 0x08000000,
	PAGE_SIZE = 1024,
};

#define DHCSR        0xe000edf0u
#define DHCSR_S_HALT BIT(17)

struct algorithm {
	uint8_t *elf;
	size_t size;
};

/** Header of section number @p index. */
static const uint8_t *section(const struct algorithm *algorithm, unsigned index)
{
	const uint8_t *elf = algorithm->elf;

	return elf + get_le32(elf + 32) + index * (size_t)get_le16(elf + 46);
}

static uint32_t find_symbol(const struct algorithm *algorithm, const char *name)
{
	for (unsigned i = 0; i < get_le16(algorithm->elf + 48); i++) {
		const uint8_t *header = section(algorithm, i);
		const uint8_t *symbols = algorithm->elf + get_le32(header + 16);
		const char *names;

		if (get_le32(header + 4) != 2) /* SHT_SYMTAB */
			continue;
		names = (const char *)algorithm->elf +
		        get_le32(section(algorithm, get_le32(header + 24)) + 16);
		for (uint32_t at = 0; at < get_le32(header + 20); at += 16)
			if (strcmp(names + get_le32(symbols + at), name) == 0)
				return get_le32(symbols + at + 4);
	}
	fail_msg("no symbol '%s'", name);
	return 0;
}

/** Put the first segment (PrgCode, PrgData) into RAM. */
static void load(struct rig *rig, const struct algorithm *algorithm)
{
	const uint8_t *header = algorithm->elf + get_le32(algorithm->elf + 28);
	const uint8_t *bytes = algorithm->elf + get_le32(header + 4);

	rig_write32(rig, BREAKPOINT, 0xbe00be00);
	for (uint32_t i = 0; i < get_le32(header + 16); i += 4)
		rig_write32(rig, CODE + i, get_le32(bytes + i));
}

static uint32_t call(struct rig *rig, const struct algorithm *algorithm, const char *name,
	uint32_t r0, uint32_t r1, uint32_t r2)
{
	int polls = 0;

	rig_write_register(rig, 0, r0);
	rig_write_register(rig, 1, r1);
	rig_write_register(rig, 2, r2);
	rig_write_register(rig, CPU_REG_LR, BREAKPOINT | 1);
	rig_run_from(rig, CODE + (find_symbol(algorithm, name) & ~1u), STACK);
	while (!(rig_read32(rig, DHCSR) & DHCSR_S_HALT)) {
		assert_true(polls++ < 200000);
		rig_wait(rig, 100 * NS_PER_US);
	}
	assert_int_equal(rig_read_register(rig, CPU_REG_PC), BREAKPOINT);
	return rig_read_register(rig, 0);
}

static uint32_t pattern(uint32_t i)
{
	return i * 0x9e3779b1u ^ 0x5bd1e995u;
}

static uint32_t program_page(struct rig *rig, const struct algorithm *algorithm, uint32_t address)
{
	for (uint32_t i = 0; i < PAGE_SIZE; i += 4)
		rig_write32(rig, BUFFER + i, pattern(address + i));
	return call(rig, algorithm, "ProgramPage", address, PAGE_SIZE, BUFFER);
}

static void open_algorithm(struct rig *rig, struct algorithm *algorithm, const char *settings)
{
	assert_ok(file_read(test_data_path(FLM), 1 << 20, &algorithm->elf, &algorithm->size));
	rig_open(rig, "stm32f407vg", settings);
	rig_halt(rig);
	load(rig, algorithm);
	/* PrgCode and PrgData stay together: the static base is where they are. */
	rig_write_register(rig, 9, CODE);
}

static void algorithm__erases_programs_and_erases_all(void **state)
{
	struct algorithm algorithm;
	struct rig rig;

	(void)state;
	open_algorithm(&rig, &algorithm, "");
	assert_int_equal(call(&rig, &algorithm, "Init", FLASH, 0, 1), 0);
	assert_int_equal(call(&rig, &algorithm, "EraseSector", FLASH + 0x4000, 0, 0), 0);
	assert_int_equal(program_page(&rig, &algorithm, FLASH + 0x4000), 0);
	assert_int_equal(program_page(&rig, &algorithm, FLASH + 0xffc00), 0);
	assert_int_equal(call(&rig, &algorithm, "UnInit", 1, 0, 0), 0);
	for (uint32_t i = 0; i < PAGE_SIZE; i += 4) {
		assert_int_equal(rig_read32(&rig, FLASH + 0x4000 + i), pattern(FLASH + 0x4000 + i));
		assert_int_equal(
			rig_read32(&rig, FLASH + 0xffc00 + i), pattern(FLASH + 0xffc00 + i));
	}
	assert_int_equal(rig_read32(&rig, FLASH + 0x4400), 0xffffffff);

	assert_int_equal(call(&rig, &algorithm, "Init", FLASH, 0, 1), 0);
	assert_int_equal(call(&rig, &algorithm, "EraseChip", 0, 0, 0), 0);
	assert_int_equal(call(&rig, &algorithm, "UnInit", 1, 0, 0), 0);
	assert_int_equal(rig_read32(&rig, FLASH + 0x4000), 0xffffffff);
	assert_int_equal(rig_read32(&rig, FLASH + 0xffffc), 0xffffffff);
	rig_close(&rig);
	free(algorithm.elf);
}

static void algorithm__reports_write_protection(void **state)
{
	struct algorithm algorithm;
	struct rig rig;

	(void)state;
	open_algorithm(&rig, &algorithm, "write-protect=1");
	assert_int_equal(call(&rig, &algorithm, "Init", FLASH, 0, 1), 0);
	assert_int_not_equal(program_page(&rig, &algorithm, FLASH + 0x4000), 0);
	assert_int_equal(program_page(&rig, &algorithm, FLASH), 0);
	rig_close(&rig);
	free(algorithm.elf);
}

static void algorithm__hangs_on_a_stuck_controller(void **state)
{
	struct algorithm algorithm;
	struct rig rig;

	(void)state;
	open_algorithm(&rig, &algorithm, "stuck-busy-at-op=10");
	assert_int_equal(call(&rig, &algorithm, "Init", FLASH, 0, 1), 0);
	rig_write_register(&rig, 0, FLASH);
	rig_write_register(&rig, 1, PAGE_SIZE);
	rig_write_register(&rig, 2, BUFFER);
	rig_run_from(&rig, CODE + (find_symbol(&algorithm, "ProgramPage") & ~1u), STACK);
	rig_wait(&rig, 2000 * NS_PER_MS);
	assert_false(rig_read32(&rig, DHCSR) & DHCSR_S_HALT);
	/* The debugger still can stop it. */
	rig_halt(&rig);
	rig_close(&rig);
	free(algorithm.elf);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(algorithm__erases_programs_and_erases_all),
		cmocka_unit_test(algorithm__reports_write_protection),
		cmocka_unit_test(algorithm__hangs_on_a_stuck_controller),
	};

	if (!test_data_path(FLM))
		return test_skip_all("the pack Keil.STM32F4xx_DFP is not there");
	return cmocka_run_group_tests_name("vboard/vendor algorithm", tests, NULL, NULL);
}
