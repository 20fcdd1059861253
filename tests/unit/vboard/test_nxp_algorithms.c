/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NXP's own flash algorithms run unmodified on the virtual parts they were written for: each
 * function, with what the memory then holds, and with the errors that the part reports. Skipped
 * when the packs are not there.
 */
#include "unit/vboard/flm.h"

#define SDK "packs/NXP.mcux-sdk_FLM-only/devices/"
#define S36 "packs/NXP.LPC55S36_DFP/"

enum { INIT_ERASE = 1, INIT_PROGRAM = 2, INIT_VERIFY = 3 };

struct algorithm {
	const char *what;
	const char *path;
	const char *board;
	uint32_t ram;
	const char *settings;
	/* The chip's erase leaves this word programmed: where, and what. 0: all is erased. */
	uint32_t kept_address, kept_value;
	/* BlankCheck looks at twice the size that it is given. */
	bool blank_check_doubles;
	/*
	 * Init believes that this word is 0, as after a reset: it takes the module for one whose
	 * Read Resource has its code elsewhere.
	 */
	uint32_t zero_before_init;
	bool secure;            /* its addresses are the Secure ones, with bit 28 */
	bool erased_faults;     /* what is erased cannot be read: a bus error */
	bool rejects_overwrite; /* programming what is not erased fails */
};

#define MK64_RAM 0x20000000u

static const struct algorithm algorithms[] = {
	{ "MK_P1M0 on MK64FN1M0", SDK "MK64F12/arm/MK_P1M0.FLM", "mk64fn1m0", MK64_RAM,
		.kept_address = 0x40c, .kept_value = 0xfffffffe, .blank_check_doubles = true,
		.rejects_overwrite = true },
	{ "MK_P512X on MK64FX512", SDK "MK64F12/arm/MK_P512X.FLM", "mk64fx512", MK64_RAM,
		.kept_address = 0x40c, .kept_value = 0xfffffffe, .blank_check_doubles = true,
		.rejects_overwrite = true },
	{ "MKD128_4KB_SECTOR on MK64FX512", SDK "MK64F12/arm/MKD128_4KB_SECTOR.FLM", "mk64fx512",
		MK64_RAM, .blank_check_doubles = true, .zero_before_init = 0x40020008,
		.rejects_overwrite = true },
	{ "MK_P512 on MK22FN512", SDK "MK22F51212/arm/MK_P512.FLM", "mk22fn512", MK64_RAM,
		.kept_address = 0x40c, .kept_value = 0xfffffffe, .rejects_overwrite = true },
	{ "LPC8xx_16 on LPC812", SDK "LPC812/arm/LPC8xx_16.FLM", "lpc812", 0x10000000 },
	{ "LPC84x_64 on LPC845", SDK "LPC845/arm/LPC84x_64.FLM", "lpc845", 0x10000000 },
	{ "LPC5411x_256 on LPC54114", SDK "LPC54114/arm/LPC5411x_256.FLM", "lpc54114", 0x20000000 },
	{ "MKE02Zxxx_P64KB on MKE02Z64", SDK "MKE02Z4/arm/MKE02Zxxx_P64KB.FLM", "mke02z64",
		0x20000000, .kept_address = 0x40c, .kept_value = 0xfffeffff,
		.rejects_overwrite = true },
	{ "MKE02Zxxx_EE256B on MKE02Z64", SDK "MKE02Z4/arm/MKE02Zxxx_EE256B.FLM", "mke02z64",
		0x20000000, .rejects_overwrite = true },
	{ "LPC55XX_640 on LPC55S69", SDK "LPC55S69/arm/LPC55XX_640.FLM", "lpc55s69", 0x20000000,
		.rejects_overwrite = true, .erased_faults = true },
	{ "LPC55XX_S_640 on LPC55S69", SDK "LPC55S69/arm/LPC55XX_S_640.FLM", "lpc55s69", 0x20000000,
		.rejects_overwrite = true, .erased_faults = true, .secure = true },
	{ "LPC553XX_256 on LPC55S36", S36 "LPC553XX_256.FLM", "lpc55s36", 0x20000000,
		.rejects_overwrite = true, .erased_faults = true },
	{ "LPC553XX_S_256 on LPC55S36", S36 "LPC553XX_S_256.FLM", "lpc55s36", 0x20000000,
		.rejects_overwrite = true, .erased_faults = true, .secure = true },
	{ "LPC553XX_FLEXSPI on LPC55S36", S36 "LPC553XX_FLEXSPI.FLM", "lpc55s36", 0x20000000,
		.settings = "nor-speed=10000" },
	{ "LPC553XX_FLEXSPI_S on LPC55S36", S36 "LPC553XX_FLEXSPI_S.FLM", "lpc55s36", 0x20000000,
		.settings = "nor-speed=10000", .secure = true },
};

/** What is looked at in one go: a word, less if a page is less. */
static unsigned unit(const struct flm *flm)
{
	return flm->page_size < 4 ? (unsigned)flm->page_size : 4;
}

static uint32_t erased(const struct flm *flm)
{
	return UINT32_MAX >> (32 - 8 * unit(flm));
}

static uint32_t read_unit(struct flm *flm, uint32_t address)
{
	uint32_t value = 0;

	assert_true(rig_read(&flm->rig, address, unit(flm), &value));
	return value;
}

/** Contents; what cannot be read because it is erased is so. */
static uint32_t peek(struct flm *flm, const struct algorithm *row, uint32_t address)
{
	uint32_t value = 0;

	if (row->secure)
		address &= ~BIT(28);
	if (!row->erased_faults)
		return read_unit(flm, address);
	return rig_read(&flm->rig, address, 4, &value) ? value : UINT32_MAX;
}

static void check_erased(struct flm *flm, const struct algorithm *row, uint32_t from, uint32_t size)
{
	const uint32_t stride = size > 0x10000 ? 0x40 : unit(flm);

	for (uint32_t i = 0; i < size; i += stride)
		if (!row->kept_address || from + i != row->kept_address)
			assert_int_equal(peek(flm, row, from + i), erased(flm));
	assert_int_equal(peek(flm, row, from + size - unit(flm)), erased(flm));
}

/** What ProgramPage left in the buffer: some algorithms put a checksum there. */
static void check_page(struct flm *flm, const struct algorithm *row, uint32_t address)
{
	for (uint32_t i = 0; i < flm->page_size; i += unit(flm))
		assert_int_equal(peek(flm, row, address + i), read_unit(flm, flm->buffer + i));
}

static void init(struct flm *flm, const struct algorithm *row, uint32_t function)
{
	if (row->zero_before_init)
		rig_write32(&flm->rig, row->zero_before_init, 0);
	assert_int_equal(flm_call(flm, "Init", flm->device_base, 12000000, function), 0);
}

static void uninit(struct flm *flm, uint32_t function)
{
	assert_int_equal(flm_call(flm, "UnInit", function, 0, 0), 0);
}

/** Program a page and let the algorithm compare it. */
static void program_and_verify(struct flm *flm, const struct algorithm *row, uint32_t address)
{
	const uint32_t size = flm->page_size;

	assert_int_equal(flm_program(flm, address), 0);
	check_page(flm, row, address);
	if (!flm_has(flm, "Verify"))
		return;
	assert_int_equal(flm_call(flm, "Verify", address, size, flm->buffer), address + size);
	rig_write32(&flm->rig, flm->buffer, ~rig_read32(&flm->rig, flm->buffer));
	assert_int_not_equal(flm_call(flm, "Verify", address, size, flm->buffer), address + size);
}

static void blank_check(struct flm *flm, const struct algorithm *row, uint32_t address, bool blank)
{
	const uint32_t size = row->blank_check_doubles ? flm->sector_size / 2 : flm->sector_size;

	if (!flm_has(flm, "BlankCheck"))
		return;
	if (blank)
		assert_int_equal(flm_call(flm, "BlankCheck", address, size, 0xff), 0);
	else
		assert_int_not_equal(flm_call(flm, "BlankCheck", address, size, 0xff), 0);
}

static void exercise_sector(struct flm *flm, const struct algorithm *row, uint32_t address)
{
	const uint32_t last_page = address + flm->sector_size - flm->page_size;

	init(flm, row, INIT_ERASE);
	assert_int_equal(flm_call(flm, "EraseSector", address, 0, 0), 0);
	check_erased(flm, row, address, flm->sector_size);
	blank_check(flm, row, address, true);
	uninit(flm, INIT_ERASE);

	init(flm, row, INIT_PROGRAM);
	program_and_verify(flm, row, address);
	if (last_page != address)
		program_and_verify(flm, row, last_page);
	blank_check(flm, row, address, false);
	if (row->rejects_overwrite)
		assert_int_not_equal(
			flm_call(flm, "ProgramPage", address, flm->page_size, flm->buffer), 0);
	uninit(flm, INIT_PROGRAM);
}

static void algorithm__erases_programs_and_verifies(void **state)
{
	const struct algorithm *row = *state;
	struct flm flm;
	uint32_t last;

	flm_open(&flm, row->path, row->board, row->settings ? row->settings : "", row->ram,
		FLM_STACK);
	last = flm.device_base + flm.device_size - flm.sector_size;
	exercise_sector(&flm, row, flm.device_base);
	exercise_sector(&flm, row, flm.device_base + flm.sector_size);
	exercise_sector(&flm, row, last);
	/* Neighbours are untouched. */
	init(&flm, row, INIT_ERASE);
	assert_int_equal(flm_call(&flm, "EraseSector", flm.device_base + flm.sector_size, 0, 0), 0);
	check_erased(&flm, row, flm.device_base + flm.sector_size, flm.sector_size);
	assert_int_not_equal(peek(&flm, row, flm.device_base), erased(&flm));

	if (flm_has(&flm, "EraseChip")) {
		assert_int_equal(flm_call(&flm, "EraseChip", 0, 0, 0), 0);
		check_erased(&flm, row, flm.device_base, flm.device_size);
		if (row->kept_address)
			assert_int_equal(peek(&flm, row, row->kept_address), row->kept_value);
	}
	uninit(&flm, INIT_ERASE);
	flm_close(&flm);
}

int main(void)
{
	if (!test_data_path(SDK "MK64F12/arm/MK_P1M0.FLM"))
		return test_skip_all("the flash algorithms of NXP are not there");
	return test_run_table("vboard/NXP algorithms", algorithm__erases_programs_and_verifies,
		algorithms, sizeof(algorithms[0]), ARRAY_SIZE(algorithms));
}
