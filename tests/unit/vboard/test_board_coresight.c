/* SPDX-License-Identifier: Apache-2.0 */
/* The debug components of the virtual parts, through raw reads and writes of a debugger. */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"

#define DHCSR  0xe000edf0u
#define DEMCR  0xe000edfcu
#define DFSR   0xe000ed30u
#define TRCENA BIT(24)

#define FPB         0xe0002000u
#define DWT         0xe0001000u
#define COMP(n)     (DWT + 0x20 + 16 * (n))
#define MASK(n)     (DWT + 0x24 + 16 * (n))
#define FUNCTION(n) (DWT + 0x28 + 16 * (n))
#define MATCHED     BIT(24)

/* --- identification -------------------------------------------------------------------------- */

static uint64_t read_pidr(struct rig *rig, uint32_t base)
{
	uint64_t pidr = 0;

	for (uint32_t i = 0; i < 4; i++)
		pidr |= (uint64_t)(rig_read32(rig, base + 0xfe0 + 4 * i) & 0xff) << 8 * i |
		        (uint64_t)(rig_read32(rig, base + 0xfd0 + 4 * i) & 0xff) << (32 + 8 * i);
	return pidr;
}

static uint32_t read_cidr(struct rig *rig, uint32_t base)
{
	uint32_t cidr = 0;

	for (uint32_t i = 0; i < 4; i++)
		cidr |= (rig_read32(rig, base + 0xff0 + 4 * i) & 0xff) << 8 * i;
	return cidr;
}

struct component_row {
	const char *what;
	const char *board;
	int entry; /* of the ROM table; -1: the table itself */
	uint32_t base;
	uint64_t pidr;
	uint32_t cidr;
};

static const struct component_row component_rows[] = {
	{ "F407 ROM table", "stm32f407vg", -1, 0xe00ff000, 0x00000a0413, 0xb105100d },
	{ "F407 SCS", "stm32f407vg", 0, 0xe000e000, 0x04000bb00c, 0xb105e00d },
	{ "F407 DWT", "stm32f407vg", 1, 0xe0001000, 0x04003bb002, 0xb105e00d },
	{ "F407 FPB", "stm32f407vg", 2, 0xe0002000, 0x04002bb003, 0xb105e00d },
	{ "F407 ITM", "stm32f407vg", 3, 0xe0000000, 0x04003bb001, 0xb105e00d },
	{ "F407 TPIU", "stm32f407vg", 4, 0xe0040000, 0x04000bb9a1, 0xb105900d },
	{ "F407 ETM", "stm32f407vg", 5, 0xe0041000, 0x04000bb925, 0xb105900d },
	{ "M0 ROM table", "cortex-m0", -1, 0xe00ff000, 0x04000bb471, 0xb105100d },
	{ "M0 SCS", "cortex-m0", 0, 0xe000e000, 0x04000bb008, 0xb105e00d },
	{ "M0 DWT", "cortex-m0", 1, 0xe0001000, 0x04000bb00a, 0xb105e00d },
	{ "M0 BPU", "cortex-m0", 2, 0xe0002000, 0x04000bb00b, 0xb105e00d },
};

/* A walk as a debugger does it: BASE register of the AP, entries as offsets, IDs. */
static void rom_table__leads_to_the_component(void **state)
{
	const struct component_row *row = *state;
	struct rig rig;
	uint32_t table;
	uint32_t base;

	rig_open(&rig, row->board, "");
	table = rig.target.aps[0].base & ~0xfffu;
	assert_int_equal(rig.target.aps[0].base & 3, 3);
	base = table;
	if (row->entry >= 0) {
		const uint32_t entry = rig_read32(&rig, table + 4u * (uint32_t)row->entry);

		assert_int_equal(entry & 3, 3);
		base = table + (entry & ~0xfffu);
	}
	assert_int_equal(base, row->base);
	assert_int_equal(read_pidr(&rig, base), row->pidr);
	assert_int_equal(read_cidr(&rig, base), row->cidr);
	rig_close(&rig);
}

static void rom_table__ends_and_says_memory_is_present(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_int_equal(rig_read32(&rig, 0xe00ff018), 0);
	assert_int_equal(rig_read32(&rig, 0xe00fffcc), 1);
	rig_write32(&rig, 0xe00ff000, 0);
	assert_int_equal(rig_read32(&rig, 0xe00ff000), 0xfff0f003);
	assert_int_equal(rig_read32(&rig, 0xe0040fcc), 0x11);
	assert_int_equal(rig_read32(&rig, 0xe0040fc8), 0xca1);
	assert_int_equal(rig_read32(&rig, 0xe0041fcc), 0x13);
	rig_close(&rig);
}

static void target__has_the_ids_of_its_part(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_int_equal(rig.target.dpidr, 0x2ba01477);
	assert_int_equal(rig.target.aps[0].idr, 0x24770011);
	assert_int_equal(rig_read32(&rig, 0xe000ed00), 0x410fc241);
	assert_int_equal(rig_read32(&rig, 0xe0042000), 0x10076413);
	assert_int_equal(rig_read32(&rig, 0x1fff7a20) >> 16, 1024);
	rig_close(&rig);
	rig_open(&rig, "cortex-m0", "");
	assert_int_equal(rig.target.dpidr, 0x0bb11477);
	assert_int_equal(rig_read32(&rig, 0xe000ed00), 0x410cc200);
	rig_close(&rig);
}

/* --- registers ------------------------------------------------------------------------------- */

struct register_row {
	const char *what;
	uint32_t address;
	uint32_t reset;
	uint32_t kept; /* of all ones */
};

static const struct register_row register_rows[] = {
	{ "FP_CTRL: 6 code, 2 literal; KEY reads 0", FPB + 0x0, 0x260, 0x261 },
	{ "FP_REMAP", FPB + 0x4, 0x20000000, 0x3fffffe0 },
	{ "FP_COMP0", FPB + 0x8, 0, 0xdffffffd },
	{ "FP_COMP5", FPB + 0x1c, 0, 0xdffffffd },
	{ "FP_COMP6, a literal comparator", FPB + 0x20, 0, 0x1ffffffd },
	{ "FP_COMP7", FPB + 0x24, 0, 0x1ffffffd },
	{ "no FP_COMP8", FPB + 0x28, 0, 0 },
	{ "DWT_CTRL", DWT + 0x0, 0x40000000, 0x407f1fff },
	{ "DWT_COMP0", COMP(0), 0, 0xffffffff },
	{ "DWT_MASK3 saturates", MASK(3), 0, 15 },
	{ "DWT_FUNCTION0", FUNCTION(0), 0, 0x000000af },
	{ "DWT_FUNCTION1 can match values", FUNCTION(1), 0x200, 0x000fff2f },
	{ "DWT_FUNCTION2", FUNCTION(2), 0, 0x0000002f },
	{ "no fifth comparator", COMP(4), 0, 0 },
	{ "ITM_TER0", 0xe0000e00, 0, 0xffffffff },
	{ "ITM_TCR", 0xe0000e80, 0, 0x007f031f },
	{ "TPIU_SSPSR is read-only", 0xe0040000, 0xb, 0xb },
	{ "TPIU_ACPR", 0xe0040010, 0, 0x1fff },
	{ "TPIU_FFCR", 0xe0040304, 0x102, 0x102 },
	{ "ETMIDR is read-only", 0xe00411e4, 0x4114f250, 0x4114f250 },
	{ "DBGMCU_IDCODE is read-only", 0xe0042000, 0x10076413, 0x10076413 },
	{ "DBGMCU_CR", 0xe0042004, 0, 0xe7 },
};

static void debug_register__keeps_what_it_can(void **state)
{
	const struct register_row *row = *state;
	struct rig rig;

	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, DEMCR, TRCENA);
	assert_int_equal(rig_read32(&rig, row->address), row->reset);
	rig_write32(&rig, row->address, 0xffffffff);
	assert_int_equal(rig_read32(&rig, row->address), row->kept);
	/* Debug logic: nRESET does not reach it. */
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	assert_int_equal(rig_read32(&rig, row->address), row->kept);
	rig_close(&rig);
}

static void fp_ctrl__needs_its_key(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, FPB, 1);
	assert_int_equal(rig_read32(&rig, FPB), 0x260);
	rig_write32(&rig, FPB, 3);
	assert_int_equal(rig_read32(&rig, FPB), 0x261);
	rig_write32(&rig, FPB, 0);
	assert_int_equal(rig_read32(&rig, FPB), 0x261);
	rig_write32(&rig, FPB, 2);
	assert_int_equal(rig_read32(&rig, FPB), 0x260);
	rig_close(&rig);
}

static void dwt__is_not_written_without_trcena(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_write32(&rig, COMP(0), 0x20000000);
	assert_int_equal(rig_read32(&rig, COMP(0)), 0);
	rig_write32(&rig, DEMCR, TRCENA);
	rig_write32(&rig, COMP(0), 0x20000000);
	assert_int_equal(rig_read32(&rig, COMP(0)), 0x20000000);
	rig_close(&rig);
}

static void itm__stimulus_ports_are_ready_when_enabled(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	assert_int_equal(rig_read32(&rig, 0xe0000000), 0);
	rig_write32(&rig, 0xe0000e80, 1);
	assert_int_equal(rig_read32(&rig, 0xe0000000), 0);
	rig_write32(&rig, DEMCR, TRCENA);
	assert_int_equal(rig_read32(&rig, 0xe000007c), 1);
	rig_write32(&rig, 0xe0000000, 'x');
	assert_int_equal(rig_read32(&rig, 0xe0000000), 1);
	rig_close(&rig);
}

/* --- with a program -------------------------------------------------------------------------- */

enum { CODE = 0x20000000, DATA = 0x20001000, STACK = 0x20002000 };

/*
 * A loop in RAM; r0 counts, r1 points to DATA:
 *   CODE+0:  adds r0, #1
 *   CODE+2:  str  r0, [r1]
 *   CODE+4:  ldr  r2, [r1, #4]
 *   CODE+6:  strb r0, [r1, #8]
 *   CODE+8:  b    CODE
 */
static void start_loop(struct rig *rig, const char *board)
{
	rig_open(rig, board, "");
	rig_halt(rig);
	rig_write32(rig, CODE + 0, 0x60083001);
	rig_write32(rig, CODE + 4, 0x7208684a);
	rig_write32(rig, CODE + 8, 0xe7fae7fa);
	rig_write32(rig, DATA, 0);
	rig_write_register(rig, 0, 0);
	rig_write_register(rig, 1, DATA);
	rig_write32(rig, DFSR, 0x1f);
	rig_write32(rig, DEMCR, TRCENA);
}

static void assert_halted_at(struct rig *rig, uint32_t pc, uint32_t dfsr)
{
	assert_true(rig_read32(rig, DHCSR) & BIT(17));
	assert_int_equal(rig_read_register(rig, CPU_REG_PC), pc);
	assert_int_equal(rig_read32(rig, DFSR), dfsr);
}

static void core__runs_while_time_passes(void **state)
{
	struct rig rig;
	uint64_t begin;

	(void)state;
	start_loop(&rig, "stm32f407vg");
	begin = rig.target.instructions(rig.target.data);
	rig_run_from(&rig, CODE, STACK);
	rig_wait(&rig, 500 * NS_PER_US);
	/* 16 MHz, one instruction a cycle, five a turn. */
	assert_int_equal(rig.target.instructions(rig.target.data) - begin, 8000);
	rig_halt(&rig);
	assert_in_range(rig_read_register(&rig, 0), 1600, 1640);
	begin = rig.target.instructions(rig.target.data);
	rig_wait(&rig, 500 * NS_PER_US);
	assert_int_equal(rig.target.instructions(rig.target.data), begin);
	rig_close(&rig);
}

/* Code addresses of FPB version 1 end at 0x1FFFFFFF: the loop is run in CCM's place by an alias. */
static void fpb__stops_at_code_addresses(void **state)
{
	struct rig rig;

	(void)state;
	start_loop(&rig, "stm32f407vg");
	rig_write32(&rig, 0x40013800, 3); /* SRAM at 0 */
	rig_write32(&rig, FPB, 3);
	rig_write32(&rig, FPB + 0x8, 0x40000001 | 4);
	rig_run_from(&rig, 0, STACK);
	rig_wait(&rig, 10 * NS_PER_US);
	assert_halted_at(&rig, 4, 2);
	/* Upper half-word of the same word, instead. */
	rig_write32(&rig, FPB + 0x8, 0x80000001 | 4);
	rig_write32(&rig, DFSR, 0x1f);
	rig_write32(&rig, DHCSR, 0xa05f0001);
	rig_wait(&rig, 10 * NS_PER_US);
	assert_halted_at(&rig, 6, 2);
	/* Another comparator; the first is off. */
	rig_write32(&rig, FPB + 0x8, 0);
	rig_write32(&rig, FPB + 0x1c, 0x40000001 | 8);
	rig_write32(&rig, DHCSR, 0xa05f0001);
	rig_wait(&rig, 10 * NS_PER_US);
	assert_int_equal(rig_read_register(&rig, CPU_REG_PC), 8);
	/* The unit off: no stop. */
	rig_write32(&rig, FPB, 2);
	rig_write32(&rig, DHCSR, 0xa05f0001);
	rig_wait(&rig, 50 * NS_PER_US);
	assert_false(rig_read32(&rig, DHCSR) & BIT(17));
	rig_close(&rig);
}

static void bpu__stops_an_m0(void **state)
{
	struct rig rig;

	(void)state;
	start_loop(&rig, "cortex-m0");
	rig_write32(&rig, 0x100, 0x60083001);
	rig_write32(&rig, 0x104, 0xe7fbe7fb);
	assert_int_equal(rig_read32(&rig, FPB), 0x40);
	rig_write32(&rig, FPB, 3);
	rig_write32(&rig, FPB + 0x8, 0x80000001 | 0x100);
	rig_run_from(&rig, 0x100, STACK);
	rig_wait(&rig, 10 * NS_PER_US);
	assert_halted_at(&rig, 0x102, 2);
	rig_close(&rig);
}

struct watch_row {
	const char *what;
	uint32_t comp;
	uint32_t mask;
	uint32_t function;
	bool stops;
	bool matches; /* without stopping */
};

static const struct watch_row watch_rows[] = {
	{ "write of the word", DATA, 2, 6, true },
	{ "read of a word that is only written", DATA, 2, 5, false },
	{ "read", DATA + 4, 2, 5, true },
	{ "write of a word that is only read", DATA + 4, 2, 6, false },
	{ "read or write: read", DATA + 4, 2, 7, true },
	{ "read or write: write", DATA, 2, 7, true },
	{ "a byte", DATA + 8, 0, 6, true },
	{ "the byte beside it", DATA + 9, 0, 6, false },
	{ "a range", DATA - 0x1000 + 0x800, 12, 6, false },
	{ "a range of 4 KB", DATA, 12, 6, true },
	{ "instruction address", CODE + 4, 0, 4, true },
	{ "instruction address that never comes", CODE + 0x100, 0, 4, false },
	{ "function 0 is off", DATA, 2, 0, false },
	{ "a trace function does not stop", DATA, 2, 2, false, .matches = true },
};

static void dwt__stops_and_says_matched(void **state)
{
	const struct watch_row *row = *state;

	/* Each comparator is alike. */
	for (uint32_t n = 0; n < 4; n++) {
		struct rig rig;

		start_loop(&rig, "stm32f407vg");
		rig_write32(&rig, COMP(n), row->comp);
		rig_write32(&rig, MASK(n), row->mask);
		rig_write32(&rig, FUNCTION(n), row->function);
		rig_run_from(&rig, CODE, STACK);
		rig_wait(&rig, 50 * NS_PER_US);
		assert_int_equal(rig_read32(&rig, DHCSR) >> 17 & 1, row->stops);
		assert_int_equal(rig_read32(&rig, DFSR), row->stops ? 4 : 0);
		for (uint32_t i = 0; i < 4; i++)
			assert_int_equal(rig_read32(&rig, FUNCTION(i)) & MATCHED,
				i == n && (row->stops || row->matches) ? MATCHED : 0);
		assert_int_equal(rig_read32(&rig, FUNCTION(n)) & MATCHED, 0);
		rig_close(&rig);
	}
}

static void dwt__matches_a_value_at_an_address(void **state)
{
	struct rig rig;

	(void)state;
	start_loop(&rig, "stm32f407vg");
	rig_write32(&rig, COMP(0), DATA);
	rig_write32(&rig, COMP(1), 77);
	/* Word, linked to comparator 0, which itself does nothing. */
	rig_write32(&rig, FUNCTION(1), 2u << 10 | 0u << 12 | BIT(8) | 6);
	rig_run_from(&rig, CODE, STACK);
	rig_wait(&rig, 100 * NS_PER_US);
	assert_true(rig_read32(&rig, DHCSR) & BIT(17));
	assert_int_equal(rig_read32(&rig, DATA), 77);
	assert_int_equal(rig_read32(&rig, FUNCTION(1)) & MATCHED, MATCHED);
	rig_close(&rig);
}

static void dwt__is_off_without_trcena(void **state)
{
	struct rig rig;

	(void)state;
	start_loop(&rig, "stm32f407vg");
	rig_write32(&rig, COMP(0), DATA);
	rig_write32(&rig, FUNCTION(0), 6);
	rig_write32(&rig, DEMCR, 0);
	rig_run_from(&rig, CODE, STACK);
	rig_wait(&rig, 50 * NS_PER_US);
	assert_false(rig_read32(&rig, DHCSR) & BIT(17));
	rig_write32(&rig, DEMCR, TRCENA);
	rig_wait(&rig, 50 * NS_PER_US);
	assert_true(rig_read32(&rig, DHCSR) & BIT(17));
	rig_close(&rig);
}

static void cyccnt__counts_cycles_of_the_running_core(void **state)
{
	struct rig rig;
	uint32_t count;

	(void)state;
	start_loop(&rig, "stm32f407vg");
	rig_write32(&rig, DWT + 4, 1000);
	rig_write32(&rig, DWT, 1);
	rig_wait(&rig, 100 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, DWT + 4), 1000);
	rig_run_from(&rig, CODE, STACK);
	rig_wait(&rig, 100 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, DWT + 4), 1000 + 1600);
	rig_write32(&rig, DWT, 0);
	count = rig_read32(&rig, DWT + 4);
	rig_wait(&rig, 100 * NS_PER_US);
	assert_int_equal(rig_read32(&rig, DWT + 4), count);
	rig_close(&rig);
}

static void pcsr__samples_the_pc_of_a_running_core(void **state)
{
	struct rig rig;

	(void)state;
	start_loop(&rig, "stm32f407vg");
	assert_int_equal(rig_read32(&rig, DWT + 0x1c), 0xffffffff);
	rig_run_from(&rig, CODE, STACK);
	rig_wait(&rig, 10 * NS_PER_US);
	assert_in_range(rig_read32(&rig, DWT + 0x1c), CODE, CODE + 8);
	rig_close(&rig);
}

/* --- connect under reset --------------------------------------------------------------------- */

static void reset_pin__vector_catch_set_under_reset_is_honoured(void **state)
{
	struct rig rig;
	uint64_t begin;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig.target.drive_reset(rig.target.data, true);
	rig_write32(&rig, DHCSR, 0xa05f0001);
	rig_write32(&rig, DEMCR, TRCENA | 1);
	rig_wait(&rig, NS_PER_MS);
	begin = rig.target.instructions(rig.target.data);
	rig.target.drive_reset(rig.target.data, false);
	rig_wait(&rig, NS_PER_MS);
	assert_int_equal(rig_read32(&rig, DHCSR) & (BIT(25) | BIT(17)), BIT(25) | BIT(17));
	assert_int_equal(rig.target.instructions(rig.target.data), begin);
	rig_close(&rig);
}

static void sysresetreq__by_a_debugger_resets_a_halted_core(void **state)
{
	struct rig rig;

	(void)state;
	start_loop(&rig, "stm32f407vg");
	rig_write32(&rig, 0x40020c14, 0x1234); /* GPIOD_ODR */
	rig_write32(&rig, DEMCR, TRCENA | 1);
	(void)rig_read32(&rig, DHCSR);
	rig_write32(&rig, 0xe000ed0c, 0x05fa0004);
	rig_wait(&rig, NS_PER_MS);
	assert_int_equal(rig_read32(&rig, DHCSR) & (BIT(25) | BIT(17)), BIT(25) | BIT(17));
	assert_int_equal(rig_read32(&rig, 0x40020c14), 0);
	/* RAM keeps its contents. */
	assert_int_equal(rig_read32(&rig, CODE), 0x60083001);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rom_table__ends_and_says_memory_is_present),
		cmocka_unit_test(target__has_the_ids_of_its_part),
		cmocka_unit_test(fp_ctrl__needs_its_key),
		cmocka_unit_test(dwt__is_not_written_without_trcena),
		cmocka_unit_test(itm__stimulus_ports_are_ready_when_enabled),
		cmocka_unit_test(core__runs_while_time_passes),
		cmocka_unit_test(fpb__stops_at_code_addresses),
		cmocka_unit_test(bpu__stops_an_m0),
		cmocka_unit_test(dwt__matches_a_value_at_an_address),
		cmocka_unit_test(dwt__is_off_without_trcena),
		cmocka_unit_test(cyccnt__counts_cycles_of_the_running_core),
		cmocka_unit_test(pcsr__samples_the_pc_of_a_running_core),
		cmocka_unit_test(reset_pin__vector_catch_set_under_reset_is_honoured),
		cmocka_unit_test(sysresetreq__by_a_debugger_resets_a_halted_core),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(rom_table__leads_to_the_component, component_rows),
		TEST_TABLE(debug_register__keeps_what_it_can, register_rows),
		TEST_TABLE(dwt__stops_and_says_matched, watch_rows),
	};

	return test_run_tables(
		"vboard/coresight", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
