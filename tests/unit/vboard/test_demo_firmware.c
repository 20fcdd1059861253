/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo firmware of examples/firmware, as it is committed, runs on the virtual STM32F407: core,
 * clock tree, flash, SysTick and serial port together.
 */
#include "unit/vboard/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "vboard/board/state.h"

#define FLASH_BASE 0x08000000u
#define FLASH_SIZE 0x100000u

static const char greeting[] = "dapper demo: hello from the virtual STM32F407\r\n";

static uint8_t *read_elf(const char *name, size_t *size)
{
	char path[64];
	uint8_t *elf;

	snprintf(path, sizeof(path), "examples/firmware/prebuilt/%s", name);
	assert_ok(file_read(test_source_path(path), FLASH_SIZE, &elf, size));
	assert_true(*size > 52 && get_le32(elf) == 0x464c457f);
	return elf;
}

/** A flash file with an ELF's load segments at their physical addresses. */
static const char *make_flash_file(const char *name)
{
	const char *path = rig_temporary_path();
	uint8_t *image = malloc(FLASH_SIZE);
	size_t size;
	uint8_t *elf = read_elf(name, &size);
	const uint8_t *header = elf + get_le32(elf + 28);

	assert_non_null(image);
	memset(image, 0xff, FLASH_SIZE);
	for (unsigned i = 0; i < get_le16(elf + 44); i++, header += 32) {
		const uint32_t offset = get_le32(header + 4);
		const uint32_t address = get_le32(header + 12);
		const uint32_t length = get_le32(header + 16);

		assert_int_equal(get_le32(header), 1); /* PT_LOAD */
		assert_in_range(address, FLASH_BASE, FLASH_BASE + FLASH_SIZE - length);
		memcpy(image + (address - FLASH_BASE), elf + offset, length);
	}
	free(elf);
	assert_ok(file_write(path, image, FLASH_SIZE));
	free(image);
	return path;
}

static const char *open_with(struct rig *rig, const char *firmware)
{
	const char *path = make_flash_file(firmware);
	char settings[300];

	snprintf(settings, sizeof(settings), "flash=%s", path);
	rig_open(rig, "stm32f407vg", settings);
	return path;
}

static void firmware__greets_and_counts(void **state)
{
	struct rig rig;
	const char *path = open_with(&rig, "demo.elf");

	(void)state;
	/* HSE 2 ms, PLL 0.1 ms, 47 characters of 86.9 us. */
	rig_wait(&rig, 10 * NS_PER_MS);
	assert_string_equal(rig.output, greeting);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), 168000000);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB1), 42000000);
	rig_wait(&rig, 350 * NS_PER_MS);
	assert_string_equal(rig.output + strlen(greeting), "count 1\r\ncount 2\r\ncount 3\r\n");
	/* PD12 after three toggles. */
	assert_int_equal(rig_read32(&rig, 0x40020c10), 0x1000);
	rig_close(&rig);
	unlink(path);
}

/* At 115200 baud (365 clocks of 42 MHz a bit) a character takes 86.9 us. */
static void firmware__sends_at_115200_baud(void **state)
{
	struct rig rig;
	const char *path = open_with(&rig, "demo.elf");
	uint64_t begin;

	(void)state;
	while (rig.output_size == 0)
		rig_wait(&rig, NS_PER_US);
	begin = rig.now_ns;
	while (rig.output_size < strlen(greeting))
		rig_wait(&rig, NS_PER_US);
	assert_in_range(rig.now_ns - begin, 46 * 86904 - 1000, 46 * 86905 + 1000);
	rig_close(&rig);
	unlink(path);
}

static void firmware__sleeps_between_ticks(void **state)
{
	struct rig rig;
	const char *path = open_with(&rig, "demo.elf");
	uint64_t begin;

	(void)state;
	rig_wait(&rig, 20 * NS_PER_MS);
	begin = rig.target.instructions(rig.target.data);
	rig_wait(&rig, 1000 * NS_PER_MS);
	/* 100 ticks of some 30 instructions, and 10 lines sent by polling. */
	assert_in_range(rig.target.instructions(rig.target.data) - begin, 1000, 2000000);
	rig_close(&rig);
	unlink(path);
}

static void firmware__starts_over_after_a_reset(void **state)
{
	struct rig rig;
	const char *path = open_with(&rig, "demo.elf");

	(void)state;
	rig_wait(&rig, 10 * NS_PER_MS);
	rig.target.drive_reset(rig.target.data, true);
	rig_wait(&rig, 50 * NS_PER_MS);
	assert_int_equal(rig.output_size, strlen(greeting));
	rig.target.drive_reset(rig.target.data, false);
	rig_wait(&rig, 10 * NS_PER_MS);
	assert_string_equal(rig.output + strlen(greeting), greeting);
	rig_write32(&rig, 0xe000ed0c, 0x05fa0004); /* AIRCR.SYSRESETREQ */
	rig_wait(&rig, 10 * NS_PER_MS);
	assert_string_equal(rig.output + 2 * strlen(greeting), greeting);
	/* RCC_CSR: software and pin reset, since power-on. */
	assert_int_equal(rig_read32(&rig, 0x40023874), 0x1e000000);
	rig_close(&rig);
	unlink(path);
}

static void firmware__of_256_kb_checks_its_table(void **state)
{
	struct rig rig;
	const char *path = open_with(&rig, "demo-256k.elf");

	(void)state;
	rig_wait(&rig, 20 * NS_PER_MS);
	assert_string_equal(rig.output + strlen(greeting), "table: 65024 words, sum ok\r\n");
	rig_close(&rig);
	unlink(path);
}

static void find_text(const uint8_t *bytes, size_t size, const char *text)
{
	const size_t length = strlen(text);

	for (size_t i = 0; i + length < size; i++)
		if (memcmp(bytes + i, text, length) == 0 && bytes[i + length] == 0)
			return;
	fail_msg("'%s' is not in the file: run examples/firmware/build.sh", text);
}

static void prebuilt__is_of_the_sources_version(void **state)
{
	static const char define[] = "#define DEMO_VERSION \"";
	char version[80] = "dapper-demo-version=";
	uint8_t *source;
	size_t size;
	const char *begin;

	(void)state;
	assert_ok(file_read(
		test_source_path("examples/firmware/main.c"), FLASH_SIZE, &source, &size));
	begin = strstr((const char *)source, define);
	assert_non_null(begin);
	begin += strlen(define);
	strncat(version, begin, strcspn(begin, "\""));
	free(source);
	for (int i = 0; i < 2; i++) {
		uint8_t *elf = read_elf(i ? "demo-256k.elf" : "demo.elf", &size);

		find_text(elf, size, version);
		free(elf);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmware__greets_and_counts),
		cmocka_unit_test(firmware__sends_at_115200_baud),
		cmocka_unit_test(firmware__sleeps_between_ticks),
		cmocka_unit_test(firmware__starts_over_after_a_reset),
		cmocka_unit_test(firmware__of_256_kb_checks_its_table),
		cmocka_unit_test(prebuilt__is_of_the_sources_version),
	};
	return cmocka_run_group_tests_name("vboard/demo firmware", tests, NULL, NULL);
}
