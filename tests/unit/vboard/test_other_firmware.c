/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware that others built for real boards, unmodified, on the virtual parts: pyOCD's test
 * images, mbed OS 2 programs that were made for Nordic's and ST's kits. Skipped where the files are
 * not there.
 */
#include "unit/vboard/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "vboard/board/state.h"

#define F103_IMAGE  "firmware/pyOCD/ST-Nucleo-F103RB.bin"
#define NRF52_IMAGE "firmware/pyOCD/l1_nrf52-dk.bin"

/** Open a board with an image at the start of its flash. @return The flash file. */
static const char *open_with(struct rig *rig, const char *board, const char *image, size_t size)
{
	const char *path = rig_temporary_path();
	uint8_t *flash = malloc(size);
	uint8_t *bytes;
	size_t length;
	char settings[300];

	assert_non_null(flash);
	assert_ok(file_read(test_data_path(image), size, &bytes, &length));
	memset(flash, 0xff, size);
	memcpy(flash, bytes, length);
	assert_ok(file_write(path, flash, size));
	free(bytes);
	free(flash);
	snprintf(settings, sizeof(settings), "flash=%s", path);
	rig_open(rig, board, settings);
	return path;
}

/* Sets the PLL to 72 MHz and says that it waits for orders, at 115200 baud. */
static void nucleo_f103rb__boots_and_says_so(void **state)
{
	struct rig rig;
	const char *path;

	(void)state;
	path = open_with(&rig, "stm32f103rb", F103_IMAGE, 0x20000);
	rig_wait(&rig, 100 * NS_PER_MS);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_CORE), 72000000);
	assert_string_equal(rig.output, "{init}");
	rig_close(&rig);
	unlink(path);
}

/* Lights the kit's four LEDs (P0.17 to P0.20) one after the other, then puts them out. */
static void nrf52_dk__blinks_its_leds(void **state)
{
	static const uint32_t expected[] = { 0x020000, 0x060000, 0x0e0000, 0x1e0000, 0x1c0000 };
	const uint32_t leds = 0x1e0000;
	struct rig rig;
	size_t seen = 0;
	const char *path;

	(void)state;
	path = open_with(&rig, "nrf52832", NRF52_IMAGE, 0x80000);
	for (int i = 0; i < 60 && seen < ARRAY_SIZE(expected); i++) {
		uint32_t out;

		rig_wait(&rig, 50 * NS_PER_MS);
		out = rig_read32(&rig, 0x50000504) & leds;
		if (out == expected[seen])
			seen++;
		else if (out && seen)
			assert_int_equal(out, expected[seen - 1]);
	}
	assert_int_equal(seen, ARRAY_SIZE(expected));
	assert_int_equal(rig_read32(&rig, 0x50000514) & leds, leds);
	rig_close(&rig);
	unlink(path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nucleo_f103rb__boots_and_says_so),
		cmocka_unit_test(nrf52_dk__blinks_its_leds),
	};

	if (!test_data_path(F103_IMAGE) || !test_data_path(NRF52_IMAGE))
		return test_skip_all("shared/data/firmware is not there");
	return cmocka_run_group_tests_name("vboard/other_firmware", tests, NULL, NULL);
}
