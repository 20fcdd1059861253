/* SPDX-License-Identifier: Apache-2.0 */
/* In-application programming of the LPC parts' boot ROM, called as firmware calls it. */
#include "unit/vboard/rig.h"
#include "vboard/board/state.h"

#define DHCSR        0xe000edf0u
#define DHCSR_S_HALT BIT(17)
#define RAM          0x10000000u
#define ENTRY        0x1fff1ff1u

enum { BREAKPOINT = 0x100, COMMAND = 0x200, RESULT = 0x240, STACK = 0x800, BUFFER = 0x800 };

static void open_halted(struct rig *rig, const char *settings)
{
	rig_open(rig, "lpc812", settings);
	rig_halt(rig);
	rig_write32(rig, RAM + BREAKPOINT, 0xbe00be00);
	for (uint32_t i = 0; i < 0x400; i += 4)
		rig_write32(rig, RAM + BUFFER + i, 0x01000000 + i);
}

static void start(struct rig *rig, uint32_t entry)
{
	rig_write_register(rig, 0, RAM + COMMAND);
	rig_write_register(rig, 1, RAM + RESULT);
	rig_write_register(rig, CPU_REG_LR, (RAM + BREAKPOINT) | 1);
	rig_run_from(rig, entry & ~1u, RAM + STACK);
}

/** Call IAP; the status. */
static uint32_t call(struct rig *rig, uint32_t code, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	const uint32_t words[] = { code, a, b, c, d };

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		rig_write32(rig, RAM + COMMAND + 4 * i, words[i]);
	start(rig, ENTRY);
	for (int i = 0; i < 3000 && !(rig_read32(rig, DHCSR) & DHCSR_S_HALT); i++)
		rig_wait(rig, 100 * NS_PER_US);
	assert_int_equal(rig_read_register(rig, CPU_REG_PC), RAM + BREAKPOINT);
	return rig_read32(rig, RAM + RESULT);
}

struct iap_row {
	const char *what;
	uint32_t code, a, b, c, d;
	uint32_t status;
	uint32_t result;
	bool prepare;    /* sectors 2 to 3 before */
	bool has_result; /* the first behind the status is to be looked at */
};

/* Sector 1 holds the buffer's contents at its begin. */
static const struct iap_row rows[] = {
	{ "there is no command 60", 60, 0, 0, 0, 0, 1 },
	{ "prepare", 50, 0, 15, 0, 0, 0 },
	{ "prepare behind the end", 50, 0, 16, 0, 0, 7 },
	{ "prepare the wrong way round", 50, 3, 2, 0, 0, 7 },
	{ "copy", 51, 0x800, RAM + BUFFER, 1024, 12000, 0, .prepare = true },
	{ "copy to two sectors", 51, 0xa00, RAM + BUFFER, 1024, 12000, 0, .prepare = true },
	{ "copy unprepared", 51, 0x800, RAM + BUFFER, 256, 12000, 9 },
	{ "copy to a sector that is not", 51, 0xe00, RAM + BUFFER, 1024, 12000, 9,
		.prepare = true },
	{ "copy to no page's begin", 51, 0x820, RAM + BUFFER, 64, 12000, 3, .prepare = true },
	{ "copy from no word", 51, 0x800, RAM + BUFFER + 2, 64, 12000, 2, .prepare = true },
	{ "copy 192 bytes", 51, 0x800, RAM + BUFFER, 192, 12000, 6, .prepare = true },
	{ "copy 32 bytes", 51, 0x800, RAM + BUFFER, 32, 12000, 6, .prepare = true },
	{ "copy 4096 bytes", 51, 0x800, RAM + BUFFER, 4096, 12000, 6, .prepare = true },
	{ "copy from flash", 51, 0x800, 0x400, 64, 12000, 4, .prepare = true },
	{ "copy from the end of RAM", 51, 0x800, RAM + 0xfc0, 128, 12000, 4, .prepare = true },
	{ "copy to behind the end", 51, 0x4000, RAM + BUFFER, 64, 12000, 5, .prepare = true },
	{ "copy without a clock", 51, 0x800, RAM + BUFFER, 64, 0, 12, .prepare = true },
	{ "erase", 52, 2, 3, 12000, 0, 0, .prepare = true },
	{ "erase unprepared", 52, 2, 3, 12000, 0, 9 },
	{ "erase more than prepared", 52, 2, 4, 12000, 0, 9, .prepare = true },
	{ "erase behind the end", 52, 15, 16, 12000, 0, 7 },
	{ "erase pages", 59, 32, 33, 12000, 0, 0, .prepare = true },
	{ "erase pages behind the end", 59, 255, 256, 12000, 0, 7 },
	{ "blank check of a blank sector", 53, 2, 3, 0, 0, 0 },
	{ "blank check of another", 53, 0, 1, 0, 0, 8, 0x400, .has_result = true },
	{ "part ID", 54, 0, 0, 0, 0, 0, 0x8122, .has_result = true },
	{ "boot code version", 55, 0, 0, 0, 0, 0, 0x0d04, .has_result = true },
	{ "compare", 56, 0x400, RAM + BUFFER, 64, 0, 0 },
	{ "compare what differs", 56, 0x400, RAM + BUFFER, 68, 0, 10, 64, .has_result = true },
	{ "compare 63 bytes", 56, 0x400, RAM + BUFFER, 63, 0, 6 },
	{ "compare no words", 56, 0x402, RAM + BUFFER, 64, 0, 13 },
	{ "compare with what is not there", 56, 0x20000000, RAM + BUFFER, 64, 0, 14 },
	{ "unique ID", 58, 0, 0, 0, 0, 0, 0x70706164, .has_result = true },
};

static void iap__answers(void **state)
{
	const struct iap_row *row = *state;
	struct rig rig;

	open_halted(&rig, "");
	assert_int_equal(call(&rig, 50, 1, 1, 0, 0), 0);
	assert_int_equal(call(&rig, 51, 0x400, RAM + BUFFER, 64, 12000), 0);
	if (row->prepare)
		assert_int_equal(call(&rig, 50, 2, 3, 0, 0), 0);
	assert_int_equal(call(&rig, row->code, row->a, row->b, row->c, row->d), row->status);
	if (row->has_result)
		assert_int_equal(rig_read32(&rig, RAM + RESULT + 4), row->result);
	rig_close(&rig);
}

static void iap__takes_its_time_and_the_top_of_ram(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "");
	rig_write32(&rig, RAM + 0xfe0, 0);
	rig_write32(&rig, RAM + 0xfdc, 0x12345678);
	assert_int_equal(call(&rig, 50, 2, 2, 0, 0), 0);
	for (unsigned i = 0; i < 4; i++)
		rig_write32(&rig, RAM + COMMAND + 4 * i, (uint32_t[]){ 52, 2, 2, 12000 }[i]);
	rig_write32(&rig, RAM + RESULT, 0xdeadbeef);
	start(&rig, ENTRY);
	rig_wait(&rig, 99 * NS_PER_MS);
	assert_false(rig_read32(&rig, DHCSR) & DHCSR_S_HALT);
	assert_int_equal(rig_read32(&rig, RAM + RESULT), 0xdeadbeef);
	rig_wait(&rig, 2 * NS_PER_MS);
	assert_true(rig_read32(&rig, DHCSR) & DHCSR_S_HALT);
	assert_int_equal(rig_read32(&rig, RAM + RESULT), 0);
	assert_int_not_equal(rig_read32(&rig, RAM + 0xfe0), 0);
	assert_int_equal(rig_read32(&rig, RAM + 0xfdc), 0x12345678);
	rig_close(&rig);
}

static void iap__with_a_table_that_is_not_in_ram_faults(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "");
	rig_write_register(&rig, 0, 0x30000000);
	rig_write_register(&rig, 1, RAM + RESULT);
	rig_write32(&rig, 0xe000edfc, BIT(10)); /* DEMCR.VC_HARDERR */
	rig_run_from(&rig, ENTRY & ~1u, RAM + STACK);
	rig_wait(&rig, NS_PER_MS);
	assert_true(rig_read32(&rig, DHCSR) & DHCSR_S_HALT);
	assert_int_equal(rig_read_register(&rig, CPU_REG_XPSR) & 0x3f, 3);
	rig_close(&rig);
}

/** Make the part begin anew, with its core halted at the first instruction or not. */
static void reset(struct rig *rig, bool catch)
{
	rig_write32(rig, 0xe000edfc, catch);
	rig->target.drive_reset(rig->target.data, true);
	rig->target.drive_reset(rig->target.data, false);
}

/** Program the words at 0 with a vector table: valid or not. */
static void program_vectors(struct rig *rig, uint32_t checksum, uint32_t crp)
{
	static const uint32_t loop = 0xe7fee7fe;

	for (uint32_t i = 0; i < 0x400; i += 4)
		rig_write32(rig, RAM + BUFFER + i, UINT32_MAX);
	for (uint32_t i = 0; i < 32; i += 4)
		rig_write32(rig, RAM + BUFFER + i, 0);
	rig_write32(rig, RAM + BUFFER, 0x10000c00);
	rig_write32(rig, RAM + BUFFER + 4, 0x00000041);
	rig_write32(rig, RAM + BUFFER + 28, checksum);
	rig_write32(rig, RAM + BUFFER + 0x40, loop);
	rig_write32(rig, RAM + BUFFER + 0x2fc, crp);
	assert_int_equal(call(rig, 50, 0, 0, 0, 0), 0);
	assert_int_equal(call(rig, 51, 0, RAM + BUFFER, 1024, 12000), 0);
}

static void boot__starts_user_code_with_a_checksum(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "");
	program_vectors(&rig, 0u - 0x10000c00 - 0x41, UINT32_MAX);
	reset(&rig, true);
	/* Its first instruction is the ROM's, which is at address 0. */
	rig_wait(&rig, 10 * NS_PER_US);
	assert_int_equal(rig_read_register(&rig, CPU_REG_PC) >> 16, 0x1fff);
	assert_int_equal(rig_read32(&rig, 4) >> 16, 0x1fff);
	reset(&rig, false);
	rig_wait(&rig, NS_PER_MS);
	rig_halt(&rig);
	assert_int_equal(rig_read_register(&rig, CPU_REG_PC), 0x40);
	assert_int_equal(rig_read_register(&rig, CPU_REG_SP), 0x10000c00);
	assert_int_equal(rig_read32(&rig, 4), 0x41);
	rig_close(&rig);
}

static void boot__stays_in_the_rom_without(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "");
	program_vectors(&rig, 0, UINT32_MAX);
	reset(&rig, false);
	rig_wait(&rig, NS_PER_MS);
	rig_halt(&rig);
	assert_int_equal(rig_read_register(&rig, CPU_REG_PC) >> 16, 0x1fff);
	/* SYSMEMREMAP brings the flash to address 0. */
	rig_write32(&rig, 0x40048000, 2);
	assert_int_equal(rig_read32(&rig, 4), 0x41);
	rig_write32(&rig, 0x40048000, 1);
	assert_int_equal(rig_read32(&rig, BREAKPOINT), 0xbe00be00);
	rig_close(&rig);
}

static void code_read_protection__closes_debug_access(void **state)
{
	struct rig rig;

	(void)state;
	open_halted(&rig, "");
	program_vectors(&rig, 0, 0x12345678);
	assert_true(rig.target.aps[0].is_enabled(rig.target.aps[0].bus.data));
	reset(&rig, false);
	assert_false(rig.target.aps[0].is_enabled(rig.target.aps[0].bus.data));
	rig_close(&rig);
}

static void usart__and_gpio_work(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	open_halted(&rig, "");
	rig_write32(&rig, 0x40064000, 5); /* CFG: ENABLE, 8 bits */
	rig_write32(&rig, 0x40064020, 6); /* BRG */
	rig_write32(&rig, 0x4006401c, 'o');
	rig_write32(&rig, 0x4006401c, 'k');
	assert_int_equal(rig_read32(&rig, 0x40064008) & 0xc, 0);
	rig_wait(&rig, 10 * NS_PER_MS);
	assert_int_equal(rig_read32(&rig, 0x40064008) & 0xc, 0xc);
	assert_string_equal(rig.output, "ok");

	rig_write32(&rig, 0xa0002000, 0x30); /* DIR */
	rig_write32(&rig, 0xa0002200, 0x11); /* SET */
	assert_int_equal(rig_read32(&rig, 0xa0002100), 0x10);
	assert_true(rig_read(&rig, 0xa0000004, 1, &value));
	assert_int_equal(value, 1);
	assert_true(rig_write(&rig, 0xa0000005, 1, 1));
	assert_int_equal(rig_read32(&rig, 0xa0002100), 0x30);
	rig_write32(&rig, 0xa0002300, 0x10); /* NOT */
	assert_int_equal(rig_read32(&rig, 0xa0002100), 0x20);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(iap__takes_its_time_and_the_top_of_ram),
		cmocka_unit_test(iap__with_a_table_that_is_not_in_ram_faults),
		cmocka_unit_test(boot__starts_user_code_with_a_checksum),
		cmocka_unit_test(boot__stays_in_the_rom_without),
		cmocka_unit_test(code_read_protection__closes_debug_access),
		cmocka_unit_test(usart__and_gpio_work),
	};

	return test_run_all("vboard/LPC IAP", tests, ARRAY_SIZE(tests), iap__answers, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
