/* SPDX-License-Identifier: Apache-2.0 */
/* Boot ROM functions and flash of the LPC55 parts, called as firmware calls them. */
#include "unit/vboard/rig.h"
#include "vboard/board/state.h"
#include "vboard/models/lpc55_rom.h"

#define DHCSR        0xe000edf0u
#define DHCSR_S_HALT BIT(17)
#define RAM          0x20000000u
#define TREE_DRIVER  0x13001100u /* LPC55S69: pointer to the flash functions */
#define S36_NOR      0x1302fc2cu /* LPC55S36: pointer to the FlexSPI functions */
#define KEY          0x6b65666cu

enum { BREAKPOINT = 0x100, CONFIG = 0x200, RESULTS = 0x300, STACK = 0x1000, BUFFER = 0x1000 };

/* Indices in the struct of the flash functions. */
enum { INIT = 1, ERASE, PROGRAM, VERIFY_ERASE, VERIFY_PROGRAM, GET_PROPERTY, FFR_INIT };
enum { FACTORY_WRITE = 9, GET_UUID, GET_FACTORY, KEYSTORE_WRITE };
enum { NOR_PROGRAM = 2, NOR_ERASE = 4, NOR_GET_CONFIG = 7, NOR_READ = 8 };

static void open_halted(struct rig *rig, const char *board, const char *settings)
{
	rig_open(rig, board, settings);
	rig_halt(rig);
	rig_write32(rig, RAM + BREAKPOINT, 0xbe00be00);
	for (uint32_t i = 0; i < 0x800; i += 4)
		rig_write32(rig, RAM + BUFFER + i, 0x55000000 + i);
}

/** Call a function of a table in the ROM; arguments 4 and 5 are on the stack. */
static uint32_t call(struct rig *rig, uint32_t pointer, unsigned index, const uint32_t *arguments)
{
	const uint32_t table = rig_read32(rig, pointer & ~BIT(28));
	const uint32_t entry = rig_read32(rig, (table & ~BIT(28)) + 4 * index);

	for (unsigned i = 0; i < 4; i++)
		rig_write_register(rig, i, arguments[i]);
	rig_write32(rig, RAM + STACK, arguments[4]);
	rig_write32(rig, RAM + STACK + 4, arguments[5]);
	rig_write_register(rig, CPU_REG_LR, (RAM + BREAKPOINT) | 1);
	rig_run_from(rig, entry & ~1u, RAM + STACK);
	for (int i = 0; i < 30000 && !(rig_read32(rig, DHCSR) & DHCSR_S_HALT); i++)
		rig_wait(rig, 100 * NS_PER_US);
	assert_int_equal(rig_read_register(rig, CPU_REG_PC), RAM + BREAKPOINT);
	return rig_read_register(rig, 0);
}

static uint32_t flash_call(struct rig *rig, unsigned index, uint32_t a, uint32_t b, uint32_t c)
{
	const uint32_t arguments[] = { RAM + CONFIG, a, b, c, RAM + RESULTS, RAM + RESULTS + 4 };

	return call(rig, TREE_DRIVER, index, arguments);
}

struct api_row {
	const char *what;
	unsigned function;
	uint32_t a, b, c;
	uint32_t status;
	uint32_t result_at, result; /* 0: not looked at */
};

#define SOURCE (RAM + BUFFER + 0x200)

/* The page at 0x400 holds the source's contents. */
static const struct api_row rows[] = {
	{ "erase", ERASE, 0x400, 0x400, KEY, 0 },
	{ "erase without the key", ERASE, 0x400, 0x200, 0, LPC55_ERASE_KEY_ERROR },
	{ "erase half a page", ERASE, 0x400, 0x100, KEY, LPC55_ALIGNMENT_ERROR },
	{ "erase at half a page", ERASE, 0x500, 0x200, KEY, LPC55_ALIGNMENT_ERROR },
	{ "erase nothing", ERASE, 0x400, 0, KEY, LPC55_ALIGNMENT_ERROR },
	{ "erase behind the end", ERASE, 0x9d600, 0x400, KEY, LPC55_ADDRESS_ERROR },
	{ "program", PROGRAM, 0x800, SOURCE, 0x400, 0 },
	{ "program over something", PROGRAM, 0x400, SOURCE, 0x200, LPC55_COMMAND_FAILURE },
	{ "program into something", PROGRAM, 0x200, SOURCE, 0x400, LPC55_COMMAND_FAILURE },
	{ "program half a page", PROGRAM, 0x800, SOURCE, 0x100, LPC55_ALIGNMENT_ERROR },
	{ "program behind the end", PROGRAM, 0x9d800, SOURCE, 0x200, LPC55_ADDRESS_ERROR },
	{ "program from nowhere", PROGRAM, 0x800, 0x60000000, 0x200, LPC55_INVALID_ARGUMENT },
	{ "verify what is erased", VERIFY_ERASE, 0x800, 0x400, 0, 0 },
	{ "verify that something is", VERIFY_ERASE, 0x200, 0x400, 0, LPC55_COMMAND_FAILURE },
	{ "verify a page", VERIFY_PROGRAM, 0x400, 0x200, SOURCE, 0 },
	{ "verify another page", VERIFY_PROGRAM, 0x400, 0x200, SOURCE + 4, LPC55_COMPARE_ERROR,
		RAM + RESULTS, 0x400 },
	{ "the size", GET_PROPERTY, 1, RAM + RESULTS, 0, 0, RAM + RESULTS, 0x9d800 },
	{ "the page's size", GET_PROPERTY, 0x30, RAM + RESULTS, 0, 0, RAM + RESULTS, 512 },
	{ "an unknown property", GET_PROPERTY, 0x99, RAM + RESULTS, 0, LPC55_UNKNOWN_PROPERTY },
	{ "ffr_init", FFR_INIT, 0, 0, 0, 0 },
	{ "unique ID", GET_UUID, RAM + RESULTS, 0, 0, 0, RAM + RESULTS, 0x70706164 },
	{ "the key store is not there", KEYSTORE_WRITE, 0, 0, 0, LPC55_NOT_SUPPORTED },
};

static void api__answers(void **state)
{
	const struct api_row *row = *state;
	struct rig rig;

	open_halted(&rig, "lpc55s69", "");
	assert_int_equal(flash_call(&rig, INIT, 0, 0, 0), 0);
	assert_int_equal(flash_call(&rig, PROGRAM, 0x400, SOURCE, 0x200), 0);
	assert_int_equal(flash_call(&rig, row->function, row->a, row->b, row->c), row->status);
	if (row->result_at)
		assert_int_equal(rig_read32(&rig, row->result_at), row->result);
	rig_close(&rig);
}

static void config__is_needed(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "lpc55s69", "");
	for (uint32_t i = 0; i < 0x40; i += 4)
		rig_write32(&rig, RAM + CONFIG + i, 0);
	assert_int_equal(flash_call(&rig, ERASE, 0x400, 0x200, KEY), LPC55_ADDRESS_ERROR);
	rig_close(&rig);
}

static void page__that_is_erased_cannot_be_read(void **state)
{
	uint32_t value;
	struct rig rig;

	(void)state;
	open_halted(&rig, "lpc55s69", "");
	assert_false(rig_read(&rig, 0x400, 4, &value));
	assert_int_equal(flash_call(&rig, INIT, 0, 0, 0), 0);
	for (uint32_t i = 0; i < 0x200; i += 4)
		rig_write32(&rig, SOURCE + i, UINT32_MAX);
	/* What was programmed can, even if it is all ones. */
	assert_int_equal(flash_call(&rig, PROGRAM, 0x400, SOURCE, 0x200), 0);
	assert_int_equal(rig_read32(&rig, 0x400), UINT32_MAX);
	assert_false(rig_read(&rig, 0x600, 4, &value));
	assert_int_equal(flash_call(&rig, ERASE, 0x400, 0x200, KEY), 0);
	assert_false(rig_read(&rig, 0x400, 4, &value));
	rig_close(&rig);
}

static void factory_page__is_written_and_read(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "lpc55s69", "");
	assert_int_equal(flash_call(&rig, INIT, 0, 0, 0), 0);
	assert_int_equal(flash_call(&rig, FACTORY_WRITE, SOURCE, 0, 0), 0);
	assert_int_equal(flash_call(&rig, FACTORY_WRITE, SOURCE + 0x200, 0, 0), 0);
	assert_int_equal(flash_call(&rig, GET_FACTORY, RAM + RESULTS, 8, 4), 0);
	assert_int_equal(rig_read32(&rig, RAM + RESULTS), rig_read32(&rig, SOURCE + 0x208));
	assert_int_equal(
		flash_call(&rig, GET_FACTORY, RAM + RESULTS, 512, 4), LPC55_INVALID_ARGUMENT);
	rig_close(&rig);
}

static void cell__that_is_bad_fails(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "lpc55s69", "bad-cell=0x604");
	assert_int_equal(flash_call(&rig, INIT, 0, 0, 0), 0);
	assert_int_equal(flash_call(&rig, PROGRAM, 0x400, SOURCE, 0x600), LPC55_COMMAND_FAILURE);
	assert_int_equal(rig_read32(&rig, 0x400), rig_read32(&rig, SOURCE));
	rig_close(&rig);
}

static void boot__starts_a_plausible_image(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "lpc55s69", "");
	rig_write32(&rig, SOURCE, 0x20002000);
	rig_write32(&rig, SOURCE + 4, 0x00000101);
	rig_write32(&rig, SOURCE + 0x100, 0xe7fee7fe);
	assert_int_equal(flash_call(&rig, INIT, 0, 0, 0), 0);
	assert_int_equal(flash_call(&rig, PROGRAM, 0, SOURCE, 0x200), 0);
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	rig_wait(&rig, NS_PER_MS);
	rig_halt(&rig);
	assert_int_equal(rig_read_register(&rig, CPU_REG_PC), 0x100);
	rig_close(&rig);
}

static void boot__stays_in_the_rom_without(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "lpc55s69", "");
	rig_wait(&rig, NS_PER_MS);
	rig_halt(&rig);
	assert_int_equal(rig_read_register(&rig, CPU_REG_PC) >> 16, 0x1300);
	rig_close(&rig);
}

static void nor__is_configured_erased_programmed_and_read(void **state)
{
	const uint32_t config = RAM + BUFFER + 0x1000;
	const uint32_t get[] = { 0, config, RAM + RESULTS, 0, 0, 0 };
	const uint32_t program[] = { 0, config, 0x20100, SOURCE, 0, 0 };
	const uint32_t erase[] = { 0, config, 0x20000, 0x1000, 0, 0 };
	const uint32_t erase_half[] = { 0, config, 0x20000, 0x800, 0, 0 };
	const uint32_t read[] = { 0, config, RAM + RESULTS, 0x20104, 4, 0 };
	struct rig rig;

	(void)state;
	open_halted(&rig, "lpc55s36", "");
	rig_write32(&rig, config, 0);
	assert_int_equal(call(&rig, S36_NOR, NOR_PROGRAM, program), LPC55_INVALID_ARGUMENT);
	rig_write32(&rig, RAM + RESULTS, 0xc0000001);
	assert_int_equal(call(&rig, S36_NOR, NOR_GET_CONFIG, get), 0);
	assert_int_equal(rig_read32(&rig, config + 0x50), 64 << 20);
	assert_int_equal(call(&rig, S36_NOR, NOR_PROGRAM, program), 0);
	assert_int_equal(rig_read32(&rig, 0x08020104), rig_read32(&rig, SOURCE + 4));
	assert_int_equal(call(&rig, S36_NOR, NOR_READ, read), 0);
	assert_int_equal(rig_read32(&rig, RAM + RESULTS), rig_read32(&rig, SOURCE + 4));
	assert_int_equal(call(&rig, S36_NOR, NOR_ERASE, erase_half), LPC55_INVALID_ARGUMENT);
	assert_int_equal(call(&rig, S36_NOR, NOR_ERASE, erase), 0);
	assert_int_equal(rig_read32(&rig, 0x08020104), UINT32_MAX);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(config__is_needed),
		cmocka_unit_test(page__that_is_erased_cannot_be_read),
		cmocka_unit_test(factory_page__is_written_and_read),
		cmocka_unit_test(cell__that_is_bad_fails),
		cmocka_unit_test(boot__starts_a_plausible_image),
		cmocka_unit_test(boot__stays_in_the_rom_without),
		cmocka_unit_test(nor__is_configured_erased_programmed_and_read),
	};

	return test_run_all("vboard/LPC55", tests, ARRAY_SIZE(tests), api__answers, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
