/* SPDX-License-Identifier: Apache-2.0 */
/* Fault reports over the model of a core: each bit, and each way a frame may lie. */
#include <dapper/fault.h>

#include "base/bytes.h"
#include "unit/cortex_m/fixture.h"

enum { STACK = MODEL_RAM_BASE + 0x800, FRAME_PC = 0x00000456, FRAME_LR = 0x00000123 };

/* --- each bit -------------------------------------------------------------------------------- */

static const struct bit_row {
	const char *what;
	uint32_t cfsr;
	uint32_t hfsr;
	const char *name;
	unsigned known;
} bits[] = {
	{ "DIVBYZERO", BIT(25), 0, "DIVBYZERO", 0 },
	{ "UNALIGNED", BIT(24), 0, "UNALIGNED", 0 },
	{ "STKOF", BIT(20), 0, "STKOF", 0 },
	{ "NOCP", BIT(19), 0, "NOCP", 0 },
	{ "INVPC", BIT(18), 0, "INVPC", 0 },
	{ "INVSTATE", BIT(17), 0, "INVSTATE", 0 },
	{ "UNDEFINSTR", BIT(16), 0, "UNDEFINSTR", 0 },
	{ "PRECISERR with an address", BIT(15) | BIT(9), 0, "PRECISERR", DAPPER_FAULT_BUS_ADDRESS },
	{ "LSPERR", BIT(13), 0, "LSPERR", 0 },
	{ "STKERR", BIT(12), 0, "STKERR", 0 },
	{ "UNSTKERR", BIT(11), 0, "UNSTKERR", 0 },
	{ "IMPRECISERR", BIT(10), 0, "IMPRECISERR", 0 },
	{ "IBUSERR", BIT(8), 0, "IBUSERR", 0 },
	{ "DACCVIOL with an address", BIT(7) | BIT(1), 0, "DACCVIOL", DAPPER_FAULT_MEMORY_ADDRESS },
	{ "MLSPERR", BIT(5), 0, "MLSPERR", 0 },
	{ "MSTKERR", BIT(4), 0, "MSTKERR", 0 },
	{ "MUNSTKERR", BIT(3), 0, "MUNSTKERR", 0 },
	{ "IACCVIOL", BIT(0), 0, "IACCVIOL", 0 },
	{ "DEBUGEVT", 0, BIT(31), "DEBUGEVT", 0 },
	{ "FORCED", 0, BIT(30), "FORCED", 0 },
	{ "VECTTBL", 0, BIT(1), "VECTTBL", 0 },
};

static void describe__explains_bit(void **state)
{
	const struct bit_row *row = *state;
	const unsigned addresses = DAPPER_FAULT_BUS_ADDRESS | DAPPER_FAULT_MEMORY_ADDRESS;
	dapper_fault fault;
	struct fixture *f;
	void *inner;

	fixture_set_up_halted(&inner);
	f = inner;
	f->model.run.cfsr = row->cfsr;
	f->model.run.hfsr = row->hfsr;
	assert_ok(dapper_target_describe_fault(f->core, &fault));
	assert_int_equal(fault.cause_count, 1);
	assert_string_equal(fault.causes[0].name, row->name);
	assert_true(strlen(fault.causes[0].text) > 20);
	assert_int_equal(fault.known & addresses, row->known);
	assert_int_equal(fixture_tear_down(&inner), 0);
}

/* --- frames ---------------------------------------------------------------------------------- */

static const struct frame_row {
	const char *what;
	uint32_t lr;
	unsigned exception;
	unsigned pushed; /* words that the handler has pushed on top of the frame */
	uint32_t pushed_word;
	uint32_t xpsr;
	bool on_psp;
	bool is_float;
	bool is_guess;
	bool none;
	unsigned size; /* of the frame in words */
} frames[] = {
	{ "main stack, from Thread mode", 0xfffffff9, 3, 0, 0, XPSR_T, false, false, false, false,
		8 },
	{ "main stack, from a handler", 0xfffffff1, 6, 0, 0, XPSR_T | 20, false, false, false,
		false, 8 },
	{ "process stack", 0xfffffffd, 3, 0, 0, XPSR_T, true, false, false, false, 8 },
	{ "floating point", 0xffffffe9, 3, 0, 0, XPSR_T, false, true, false, false, 26 },
	{ "floating point, process stack", 0xffffffed, 3, 0, 0, XPSR_T, true, true, false, false,
		26 },
	{ "aligned by a word", 0xfffffff9, 3, 0, 0, XPSR_T | BIT(9), false, false, false, false,
		9 },
	{ "handler pushed registers", 0xfffffff9, 3, 4, 0x11111111, XPSR_T, false, false, true,
		false, 8 },
	{ "handler pushed lr and called", 0x00000201, 3, 3, 0xfffffff9, XPSR_T, false, false, true,
		false, 8 },
	{ "T bit lost: INVSTATE", 0xfffffff9, 6, 0, 0, 0, false, false, true, false, 8 },
	{ "Thread mode: none", 0x00000201, 0, 0, 0, XPSR_T, false, false, false, true, 0 },
};

static void put_words(struct fixture *f, uint32_t address, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_le32(f->model.ram + (address - MODEL_RAM_BASE) + 4 * i, words[i]);
}

static void describe__finds_frame(void **state)
{
	const struct frame_row *row = *state;
	const uint32_t frame[8] = { 10, 11, 12, 13, 112, FRAME_LR, FRAME_PC, row->xpsr };
	uint32_t sp = STACK - 4 * row->pushed;
	dapper_fault fault;
	struct fixture *f;
	void *inner;

	fixture_set_up_halted(&inner);
	f = inner;
	memset(f->model.ram, 0, sizeof(f->model.ram));
	put_words(f, STACK, frame, 8);
	for (unsigned i = 0; i < row->pushed; i++)
		put_words(f, sp + 4 * i, &row->pushed_word, 1);
	f->model.registers[REGSEL_LR] = row->lr;
	f->model.registers[REGSEL_XPSR] = XPSR_T | row->exception;
	f->model.registers[REGSEL_MSP] = row->on_psp ? MODEL_RAM_BASE : sp;
	f->model.registers[REGSEL_PSP] = row->on_psp ? sp : MODEL_RAM_BASE;
	assert_ok(dapper_target_describe_fault(f->core, &fault));
	assert_int_equal((fault.known & DAPPER_FAULT_FRAME) == 0, row->none);
	assert_int_equal(fault.is_fault, row->exception != 0);
	if (!row->none) {
		assert_int_equal(fault.frame_address, STACK);
		assert_int_equal(fault.pc, FRAME_PC);
		assert_int_equal(fault.lr, FRAME_LR);
		assert_int_equal(fault.sp, STACK + 4 * row->size);
		assert_int_equal(fault.stacked.r0, 10);
		assert_int_equal(fault.stacked.r12, 112);
		assert_int_equal(fault.uses_psp, row->on_psp);
		assert_int_equal(fault.has_float_frame, row->is_float);
		assert_int_equal((fault.known & DAPPER_FAULT_FRAME_GUESSED) != 0, row->is_guess);
	}
	assert_int_equal(fixture_tear_down(&inner), 0);
}

/* --- the rest -------------------------------------------------------------------------------- */

static void describe__takes_two_batches(void **state)
{
	struct fixture *f = *state;
	dapper_fault fault;

	f->model.registers[REGSEL_LR] = 0xfffffff9;
	f->model.registers[REGSEL_XPSR] = XPSR_T | 3;
	f->model.registers[REGSEL_MSP] = STACK;
	fixture_count(f);
	assert_ok(dapper_target_describe_fault(f->core, &fault));
	assert_in_range(fixture_batches(f), 1, 2);
}

static void describe__survives_a_stack_that_is_nowhere(void **state)
{
	static const uint32_t places[] = { 0xfffffff0, 0x60000000,
		MODEL_RAM_BASE + MODEL_RAM_SIZE - 4, 0, 0xdeadbeef };
	struct fixture *f = *state;
	dapper_fault fault;

	f->model.registers[REGSEL_LR] = 0xfffffff9;
	f->model.registers[REGSEL_XPSR] = XPSR_T | 3;
	f->model.registers[REGSEL_PC] = 0x300;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		f->model.registers[REGSEL_MSP] = places[i];
		assert_ok(dapper_target_describe_fault(f->core, &fault));
		assert_true(fault.is_fault);
		if (!(fault.known & DAPPER_FAULT_FRAME))
			assert_int_equal(fault.pc, 0x300);
	}
}

static void describe__reads_a_frame_at_the_end_of_memory(void **state)
{
	const uint32_t frame[8] = { 1, 2, 3, 4, 5, FRAME_LR, FRAME_PC, XPSR_T };
	struct fixture *f = *state;
	dapper_fault fault;

	put_words(f, MODEL_RAM_BASE + MODEL_RAM_SIZE - 40, frame, 8);
	f->model.registers[REGSEL_LR] = 0xfffffff9;
	f->model.registers[REGSEL_XPSR] = XPSR_T | 3;
	f->model.registers[REGSEL_MSP] = MODEL_RAM_BASE + MODEL_RAM_SIZE - 40;
	assert_ok(dapper_target_describe_fault(f->core, &fault));
	assert_true(fault.known & DAPPER_FAULT_FRAME);
	assert_int_equal(fault.pc, FRAME_PC);
}

static void describe__needs_a_halted_core(void **state)
{
	struct fixture *f = *state;
	dapper_fault fault;

	f->model.run.polls = MODEL_FOREVER;
	assert_ok(dapper_target_resume(f->core));
	assert_fails(DAPPER_ERR_NOT_HALTED, dapper_target_describe_fault(f->core, &fault));
	assert_ok(dapper_target_halt(f->core));
}

static void describe__names_interrupts_and_lockup(void **state)
{
	struct fixture *f = *state;
	dapper_fault fault;

	f->model.registers[REGSEL_XPSR] = XPSR_T | 21;
	assert_ok(dapper_target_describe_fault(f->core, &fault));
	assert_string_equal(fault.exception_name, "interrupt 5");
	assert_false(fault.is_fault);
	f->model.registers[REGSEL_XPSR] = XPSR_T | 13;
	assert_ok(dapper_target_describe_fault(f->core, &fault));
	assert_string_equal(fault.exception_name, "exception 13");
}

static void describe__of_armv6m_has_no_status(void **state)
{
	struct fixture *f = *state;
	dapper_fault fault;

	f->model.cpuid = 0x410cc200;
	f->model.mvfr[0] = 0;
	f->model.absent = SCS_CFSR;
	fixture_create(f);
	assert_ok(dapper_target_halt(f->core));
	f->model.registers[REGSEL_XPSR] = XPSR_T | 3;
	assert_ok(dapper_target_describe_fault(f->core, &fault));
	assert_true(fault.is_fault);
	assert_false(fault.known & DAPPER_FAULT_STATUS);
	assert_string_equal(fault.exception_name, "HardFault");
}

static void catch__sets_and_clears_vc_harderr(void **state)
{
	struct fixture *f = *state;

	f->model.demcr |= SCS_DEMCR_VC_CORERESET;
	assert_ok(dapper_target_catch_faults(f->core, true));
	assert_true(f->model.demcr & SCS_DEMCR_VC_HARDERR);
	assert_ok(dapper_target_catch_faults(f->core, false));
	assert_false(f->model.demcr & SCS_DEMCR_VC_HARDERR);
	assert_true(f->model.demcr & SCS_DEMCR_VC_CORERESET);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fixture_test_halted(describe__takes_two_batches),
		fixture_test_halted(describe__survives_a_stack_that_is_nowhere),
		fixture_test_halted(describe__reads_a_frame_at_the_end_of_memory),
		fixture_test_halted(describe__needs_a_halted_core),
		fixture_test_halted(describe__names_interrupts_and_lockup),
		fixture_test(describe__of_armv6m_has_no_status),
		fixture_test_halted(catch__sets_and_clears_vc_harderr),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(describe__explains_bit, bits),
		TEST_TABLE(describe__finds_frame, frames),
	};

	return test_run_tables(
		"cortex_m/fault_report", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
