/* SPDX-License-Identifier: Apache-2.0 */
/* Debug behaviour of the core, rule by rule: DDI 0403E.b C1, DDI 0419C C1. There is no oracle. */
#include "unit/vboard/cpu_rig.h"

#define DEBUGEN DHCSR_C_DEBUGEN
#define HALT    (DHCSR_C_DEBUGEN | DHCSR_C_HALT)

/* --- stepping --------------------------------------------------------------------------------- */

static void step__executes_one_instruction(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_ADDS_R0_1, I_ADDS_R0_1, RIG_END);
	rig_dhcsr(rig, HALT);
	rig_set_scs(rig, SCS_DFSR, DFSR_ALL);
	/* By the registers, as a debugger does it. */
	rig_dhcsr(rig, DEBUGEN | DHCSR_C_STEP);
	assert_false(cpu_halted(rig->cpu));
	assert_int_equal(rig_run(rig, 100), CPU_STOP_HALTED);
	assert_int_equal(rig->halt.why, CPU_HALT_REQ);
	assert_int_equal(rig_pc(rig), RIG_CODE + 2);
	assert_int_equal(rig_reg(rig, 0), 1);
	assert_int_equal(rig_scs(rig, SCS_DFSR), CPU_HALT_REQ);
	assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_S_HALT);
	rig_free(rig);
}

static void step__goes_into_it_block_and_over_skipped_instructions(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, 0x2801 /* CMP r0, #1 */, I_IT_EQ, I_ADDS_R0_1, I_NOP, RIG_END);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_pc(rig), RIG_CODE + 4);
	assert_int_equal(rig_reg(rig, CPU_REG_XPSR) & 0x0600fc00, 0x00000800); /* IT = 0x08 */
	rig_step(rig);
	assert_int_equal(rig_pc(rig), RIG_CODE + 6);
	assert_int_equal(rig_reg(rig, 0), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_XPSR) & 0x0600fc00, 0);
	rig_free(rig);
}

static void step__of_svc_ends_at_its_handler(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_SVC, I_NOP, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 11);
	assert_int_equal(rig_pc(rig), rig_handler(11));
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xfffffff9);
	assert_int_equal(rig_word(rig, RIG_STACK - 0x20 + 0x18), RIG_CODE + 2);
	assert_int_equal(cpu_insns(rig->cpu), 1);
	rig_free(rig);
}

static void step__of_wfi_goes_past_it(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_WFI, I_NOP, RIG_END);
	assert_int_equal(rig_step(rig), CPU_STOP_HALTED);
	assert_int_equal(rig_pc(rig), RIG_CODE + 2);
	assert_false(rig_scs(rig, SCS_DHCSR) & DHCSR_S_SLEEP);
	rig_free(rig);
}

static void step__of_a_faulting_instruction_ends_at_the_fault_handler(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_UDF, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig_pc(rig), rig_handler(3));
	assert_int_equal(rig_word(rig, RIG_STACK - 0x20 + 0x18), RIG_CODE);
	assert_int_equal(rig_scs(rig, SCS_HFSR), HFSR_FORCED);
	rig_free(rig);
}

static void step__takes_a_pending_interrupt_unless_masked(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_ADDS_R0_1, I_ADDS_R0_1, RIG_END);
	rig_set_scs(rig, SCS_NVIC_ISER, 1);
	cpu_irq(rig->cpu, 0, true);
	assert_int_equal(cpu_step(rig->cpu, true, NULL), CPU_STOP_HALTED);
	assert_int_equal(rig_ipsr(rig), 0);
	assert_int_equal(rig_reg(rig, 0), 1);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 16);
	assert_int_equal(rig_pc(rig), rig_handler(16));
	assert_int_equal(rig_reg(rig, 0), 1); /* entry was the step */
	rig_free(rig);
}

static void step__with_maskints_still_takes_faults_and_nmi(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_NOP, RIG_END);
	cpu_nmi(rig->cpu);
	cpu_step(rig->cpu, true, NULL);
	assert_int_equal(rig_ipsr(rig), 2);
	rig_free(rig);
}

static void step__is_not_stopped_by_the_timer_or_a_reset_request(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_ADDS_R0_1, I_ADDS_R0_1, I_B_SELF, RIG_END);
	cpu_wake_at(rig->cpu, 0);
	assert_int_equal(rig_step(rig), CPU_STOP_HALTED);
	assert_int_equal(rig_reg(rig, 0), 1);
	cpu_resume(rig->cpu);
	assert_int_equal(rig_run(rig, 1), CPU_STOP_TIMER);
	rig_set_scs(rig, SCS_AIRCR, 0x05fa0004);
	assert_int_equal(rig_step(rig), CPU_STOP_RESETREQ);
	assert_true(cpu_halted(rig->cpu));
	assert_int_equal(rig_reg(rig, 0), 1);
	rig_free(rig);
}

/* --- DHCSR ------------------------------------------------------------------------------------ */

static void dhcsr__needs_its_key_and_a_debugger(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_set_scs(rig, SCS_DHCSR, HALT);
	assert_false(cpu_halted(rig->cpu));
	cpu_scs_write(rig->cpu, SCS_BASE + SCS_DHCSR, false, DHCSR_DBGKEY << 16 | HALT);
	assert_false(cpu_halted(rig->cpu));
	rig_dhcsr(rig, DHCSR_C_HALT); /* without C_DEBUGEN it means nothing */
	assert_false(cpu_halted(rig->cpu));
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & 0x2f, 0);
	rig_dhcsr(rig, HALT);
	assert_true(cpu_halted(rig->cpu));
	assert_int_equal(rig_scs(rig, SCS_DFSR), CPU_HALT_REQ);
	rig_free(rig);
}

static void dhcsr__sticky_bits_are_cleared_by_a_debuggers_read(void **state)
{
	struct rig *rig = rig_new(RIG_M3);
	uint32_t value;

	(void)state;
	rig_code(rig, I_NOP, I_B_SELF, RIG_END);
	assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_S_RESET_ST);
	assert_false(rig_scs(rig, SCS_DHCSR) & (DHCSR_S_RESET_ST | DHCSR_S_RETIRE_ST));
	rig_run(rig, 3);
	cpu_scs_read(rig->cpu, SCS_BASE + SCS_DHCSR, false, &value);
	assert_true(value & DHCSR_S_RETIRE_ST);
	assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_S_RETIRE_ST);
	assert_false(rig_scs(rig, SCS_DHCSR) & DHCSR_S_RETIRE_ST);
	rig_free(rig);
}

static void dhcsr__maskints_changes_in_debug_state_only(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_dhcsr(rig, DEBUGEN | DHCSR_C_MASKINTS);
	assert_false(rig_scs(rig, SCS_DHCSR) & DHCSR_C_MASKINTS);
	rig_dhcsr(rig, HALT);
	rig_dhcsr(rig, HALT | DHCSR_C_MASKINTS);
	assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_C_MASKINTS);
	rig_free(rig);
}

static void dhcsr__clearing_debugen_resumes(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	rig_dhcsr(rig, HALT);
	assert_int_equal(rig_run(rig, 5), CPU_STOP_HALTED);
	rig_dhcsr(rig, 0);
	assert_int_equal(rig_run(rig, 5), CPU_STOP_BUDGET);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & 0xffff, 0);
	rig_free(rig);
}

static void halt__wakes_a_sleeping_core(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_WFI, I_ADDS_R0_1, I_B_SELF, RIG_END);
	rig_dhcsr(rig, DEBUGEN);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_SLEEP);
	assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_S_SLEEP);
	rig_dhcsr(rig, HALT);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & (DHCSR_S_HALT | DHCSR_S_SLEEP), DHCSR_S_HALT);
	assert_int_equal(rig_pc(rig), RIG_CODE + 2);
	rig_free(rig);
}

static void halt__leaves_lockup(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code_at(rig, rig_handler(3), I_UDF, RIG_END);
	rig_code(rig, I_UDF, RIG_END);
	rig_dhcsr(rig, DEBUGEN);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_LOCKUP);
	assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_S_LOCKUP);
	assert_int_equal(rig_pc(rig), 0xfffffffe);
	rig_dhcsr(rig, HALT);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & (DHCSR_S_HALT | DHCSR_S_LOCKUP), DHCSR_S_HALT);
	cpu_resume(rig->cpu); /* nothing was repaired: it locks up again */
	assert_int_equal(rig_run(rig, 10), CPU_STOP_LOCKUP);
	rig_free(rig);
}

static void request_halt__stops_a_run(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	cpu_request_halt(rig->cpu);
	assert_int_equal(rig_run(rig, 1000), CPU_STOP_HALTED);
	assert_int_equal(cpu_insns(rig->cpu), 0);
	assert_int_equal(rig->halt.why, CPU_HALT_REQ);
	rig_free(rig);
}

static void external_halt__needs_debugen(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	cpu_external_halt(rig->cpu);
	assert_false(cpu_halted(rig->cpu));
	rig_dhcsr(rig, DEBUGEN);
	cpu_external_halt(rig->cpu);
	assert_true(cpu_halted(rig->cpu));
	assert_int_equal(rig_scs(rig, SCS_DFSR), CPU_HALT_EXTERNAL);
	rig_free(rig);
}

/* --- DCRSR, DCRDR ----------------------------------------------------------------------------- */

static void dcrsr__reads_and_writes_every_register(void **state)
{
	static const struct {
		uint8_t regsel;
		uint32_t written, read;
	} cases[] = {
		{ 0, 0x12345678, 0x12345678 },
		{ 12, 0xffffffff, 0xffffffff },
		{ 13, 0x20001237, 0x20001234 },
		{ 14, 0xabcdef01, 0xabcdef01 },
		{ 15, 0x00001235, 0x00001234 },
		{ 16, 0xf9000000, 0xf9000000 },
		{ 17, 0x20002003, 0x20002000 },
		{ 18, 0x20003000, 0x20003000 },
		{ 20, 0x0401ff01, 0x0401f001 },
		{ 33, 0xffffffff, 0xf7c0009f },
		{ 64, 0x3f800000, 0x3f800000 },
		{ 95, 0x40000000, 0x40000000 },
	};
	struct rig *rig = rig_new(RIG_M4F);

	(void)state;
	rig_dhcsr(rig, HALT);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		rig_set_scs(rig, SCS_DCRDR, cases[i].written);
		rig_set_scs(rig, SCS_DCRSR, DCRSR_REGWNR | cases[i].regsel);
		assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_S_REGRDY);
		rig_set_scs(rig, SCS_DCRDR, 0);
		rig_set_scs(rig, SCS_DCRSR, cases[i].regsel);
		assert_int_equal(rig_scs(rig, SCS_DCRDR), cases[i].read);
	}
	rig_free(rig);
}

static void dcrsr__does_nothing_while_running(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_dhcsr(rig, DEBUGEN);
	rig_set_scs(rig, SCS_DCRDR, 0x55);
	rig_set_scs(rig, SCS_DCRSR, DCRSR_REGWNR | 0);
	assert_false(rig_scs(rig, SCS_DHCSR) & DHCSR_S_REGRDY);
	assert_int_equal(rig_reg(rig, 0), 0);
	rig_free(rig);
}

static void reg__has_no_fp_registers_without_fpu(void **state)
{
	struct rig *rig = rig_new(RIG_M3);
	uint32_t value;

	(void)state;
	for (unsigned regsel = 0; regsel < 256; regsel++)
		assert_int_equal(cpu_reg_get(rig->cpu, regsel, &value),
			regsel <= 18 || regsel == CPU_REG_CFBP);
	rig_free(rig);
}

/* --- breakpoints ------------------------------------------------------------------------------ */

static void bkpt__halts_on_itself(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_NOP, I_BKPT, RIG_END);
	rig_dhcsr(rig, DEBUGEN);
	assert_int_equal(rig_run(rig, 100), CPU_STOP_HALTED);
	assert_int_equal(rig->halt.why, CPU_HALT_BKPT);
	assert_int_equal(rig->halt.comparator, -1);
	assert_int_equal(rig_pc(rig), RIG_CODE + 2);
	assert_int_equal(cpu_insns(rig->cpu), 1);
	assert_int_equal(rig_scs(rig, SCS_DFSR), CPU_HALT_BKPT);
	rig_set_scs(rig, SCS_DFSR, CPU_HALT_BKPT);
	assert_int_equal(rig_scs(rig, SCS_DFSR), 0);
	assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_C_HALT);
	rig_free(rig);
}

static void bkpt__without_debugen_is_a_hard_fault(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_BKPT, RIG_END);
	rig_run(rig, 1);
	rig_run(rig, 1);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig_scs(rig, SCS_HFSR), HFSR_DEBUGEVT);
	rig_free(rig);
}

static void bkpt__goes_to_debug_monitor_when_enabled(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_BKPT, RIG_END);
	rig_set_scs(rig, SCS_DEMCR, DEMCR_MON_EN);
	rig_run(rig, 2);
	assert_int_equal(rig_ipsr(rig), 12);
	assert_int_equal(rig_scs(rig, SCS_DFSR), CPU_HALT_BKPT);
	assert_int_equal(rig_scs(rig, SCS_HFSR), 0);
	rig_free(rig);
}

static void bkpt__is_executed_in_a_failing_it_block(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, 0x2801, I_IT_EQ, I_BKPT, RIG_END);
	rig_dhcsr(rig, DEBUGEN);
	assert_int_equal(rig_run(rig, 100), CPU_STOP_HALTED);
	assert_int_equal(rig_pc(rig), RIG_CODE + 4);
	rig_free(rig);
}

static void break__halts_before_the_instruction_each_time(void **state)
{
	const struct cpu_break breaks[] = { { 0x2000 }, { RIG_CODE + 2 } };
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_ADDS_R0_1, I_ADDS_R0_1, I_B_SELF, RIG_END);
	cpu_set_breaks(rig->cpu, breaks, ARRAY_SIZE(breaks));
	rig_dhcsr(rig, DEBUGEN);
	assert_int_equal(rig_run(rig, 100), CPU_STOP_HALTED);
	assert_int_equal(rig->halt.why, CPU_HALT_BKPT);
	assert_int_equal(rig->halt.comparator, 1);
	assert_int_equal(rig_reg(rig, 0), 1);
	cpu_resume(rig->cpu);
	assert_int_equal(rig_run(rig, 100), CPU_STOP_HALTED);
	assert_int_equal(rig_reg(rig, 0), 1);
	cpu_set_breaks(rig->cpu, NULL, 0);
	cpu_resume(rig->cpu);
	assert_int_equal(rig_run(rig, 100), CPU_STOP_BUDGET);
	rig_free(rig);
}

static void monitor_step__executes_one_instruction_between_handlers(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_ADDS_R0_1, I_ADDS_R0_1, I_B_SELF, RIG_END);
	rig_set_scs(rig, SCS_DEMCR, DEMCR_MON_EN | DEMCR_MON_STEP);
	rig_run(rig, 2); /* one, and the handler's NOP */
	assert_int_equal(rig_ipsr(rig), 12);
	assert_int_equal(rig_word(rig, RIG_STACK - 0x20), 1);
	rig_run(rig, 3); /* BX LR, the next one, NOP */
	assert_int_equal(rig_ipsr(rig), 12);
	assert_int_equal(rig_word(rig, RIG_STACK - 0x20), 2);
	rig_free(rig);
}

/* --- watchpoints ------------------------------------------------------------------------------ */

struct watch_row {
	const char *what;
	struct cpu_watch watch;
	bool load; /* else store of r0 = 0x11223344 to 0x20000104 */
	bool hits;
};

#define AT(address) .addr = (address)

static const struct watch_row watch_rows[] = {
	{ "write hits on_write", { AT(0x20000104), .on_write = true }, false, true },
	{ "read does not hit on_write", { AT(0x20000104), .on_write = true }, true, false },
	{ "read hits on_read", { AT(0x20000104), .on_read = true }, true, true },
	{ "word access hits a byte of it", { AT(0x20000107), .on_write = true }, false, true },
	{ "neighbour does not hit", { AT(0x20000108), .on_write = true }, false, false },
	{ "mask widens", { AT(0x20000100), .mask = 15, .on_write = true }, false, true },
	{ "value matches",
		{ AT(0x20000104), .on_write = true, .on_value = true, .value = 0x11223344,
			.size = 4 },
		false, true },
	{ "value differs",
		{ AT(0x20000104), .on_write = true, .on_value = true, .value = 0x11223345,
			.size = 4 },
		false, false },
	{ "size differs",
		{ AT(0x20000104), .on_write = true, .on_value = true, .value = 0x44, .size = 1 },
		false, false },
	{ "PC match", { AT(RIG_CODE), .on_exec = true }, false, true },
};

static void check_watch(const struct watch_row *row)
{
	struct rig *rig = rig_new(RIG_M4F);

	rig_code(rig, row->load ? I_LDR_R0_R1 : I_STR_R0_R1, I_NOP, I_NOP, RIG_END);
	rig_set_reg(rig, 0, 0x11223344);
	rig_set_reg(rig, 1, 0x20000104);
	cpu_set_watches(rig->cpu, &row->watch, 1);
	rig_dhcsr(rig, DEBUGEN);
	assert_int_equal(rig_run(rig, 2), row->hits ? CPU_STOP_HALTED : CPU_STOP_BUDGET);
	assert_int_equal(rig->matches[0], row->hits);
	if (row->hits) {
		assert_int_equal(rig->halt.why, CPU_HALT_DWT);
		assert_int_equal(rig->halt.comparator, 0);
		assert_int_equal(rig_pc(rig), RIG_CODE + 2); /* after the access */
		assert_int_equal(rig_scs(rig, SCS_DFSR), CPU_HALT_DWT);
	}
	rig_free(rig);
}

static void watch__matches_accesses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(watch_rows); i++) {
		print_message("# %s\n", watch_rows[i].what);
		check_watch(&watch_rows[i]);
	}
}

static void watch__without_debug_is_ignored_but_reported(void **state)
{
	const struct cpu_watch watch = { .addr = 0x20000104, .on_write = true };
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_STR_R0_R1, I_B_SELF, RIG_END);
	rig_set_reg(rig, 1, 0x20000104);
	cpu_set_watches(rig->cpu, &watch, 1);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_BUDGET);
	assert_int_equal(rig->matches[0], 1);
	assert_int_equal(rig_scs(rig, SCS_DFSR), 0);
	rig_free(rig);
}

/* --- vector catch ----------------------------------------------------------------------------- */

struct catch_row {
	const char *what;
	uint32_t demcr;
	int insn[2];
	uint32_t r1;
	uint32_t enabled; /* SHCSR */
	unsigned exception;
	bool caught;
};

static const struct catch_row catch_rows[] = {
	{ "HARDERR", DEMCR_VC_HARDERR, { I_UDF, I_NOP }, 0, 0, 3, true },
	{ "HardFault without HARDERR", DEMCR_VC_STATERR, { I_UDF, I_NOP }, 0, 0, 3, false },
	{ "STATERR", DEMCR_VC_STATERR, { I_UDF, I_NOP }, 0, BIT(18), 6, true },
	{ "STATERR of another cause", DEMCR_VC_CHKERR, { I_UDF, I_NOP }, 0, BIT(18), 6, false },
	{ "BUSERR", DEMCR_VC_BUSERR, { I_LDR_R0_R1, I_NOP }, 0x50000000, BIT(17), 5, true },
	{ "MMERR", DEMCR_VC_MMERR, { 0x4708 /* BX r1 */, I_NOP }, 0xe0000001, BIT(16), 4, true },
	{ "NOCPERR", DEMCR_VC_NOCPERR, { 0xee30, 0x0a20 }, 0, BIT(18), 6, true },
	{ "CHKERR", DEMCR_VC_CHKERR, { 0xe851, 0x0f00 /* LDREX */ }, 0x20000001, BIT(18), 6, true },
};

static void check_catch(const struct catch_row *row)
{
	struct rig *rig = rig_new(RIG_M4F);

	rig_code(rig, row->insn[0], row->insn[1], RIG_END);
	rig_set_reg(rig, 1, row->r1);
	rig_set_scs(rig, SCS_SHCSR, row->enabled);
	rig_set_scs(rig, SCS_DEMCR, row->demcr);
	rig_dhcsr(rig, DEBUGEN);
	assert_int_equal(
		rig_run(rig, row->caught ? 3 : 2), row->caught ? CPU_STOP_HALTED : CPU_STOP_BUDGET);
	assert_int_equal(rig_ipsr(rig), row->exception);
	if (row->caught) {
		assert_int_equal(rig_pc(rig), rig_handler(row->exception));
		assert_int_equal(rig_scs(rig, SCS_DFSR), CPU_HALT_VCATCH);
	}
	rig_free(rig);
}

static void vector_catch__halts_at_the_handler_of_its_cause(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(catch_rows); i++) {
		print_message("# %s\n", catch_rows[i].what);
		check_catch(&catch_rows[i]);
	}
}

static void vector_catch__interr_is_for_faults_of_stacking(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_set_reg(rig, CPU_REG_MSP, 0x50000000);
	rig_set_scs(rig, SCS_DEMCR, DEMCR_VC_INTERR);
	rig_dhcsr(rig, DEBUGEN);
	assert_int_equal(rig_run(rig, 3), CPU_STOP_HALTED);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_true(rig_scs(rig, SCS_CFSR) & CFSR_STKERR);
	rig_free(rig);
}

/* --- reset ------------------------------------------------------------------------------------ */

static void reset__keeps_debug_state_and_catches(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_set_scs(rig, SCS_DEMCR, DEMCR_VC_CORERESET | DEMCR_TRCENA | DEMCR_MON_EN);
	rig_dhcsr(rig, HALT);
	cpu_reset(rig->cpu, true);
	assert_true(cpu_halted(rig->cpu));
	assert_int_equal(rig_pc(rig), RIG_CODE);
	assert_int_equal(rig_reg(rig, CPU_REG_MSP), RIG_STACK);
	assert_true(rig_scs(rig, SCS_DFSR) & CPU_HALT_VCATCH);
	assert_int_equal(rig_scs(rig, SCS_DEMCR), DEMCR_VC_CORERESET | DEMCR_TRCENA);
	assert_true(rig_scs(rig, SCS_DHCSR) & DHCSR_S_RESET_ST);
	cpu_reset(rig->cpu, false);
	assert_false(cpu_halted(rig->cpu));
	assert_int_equal(rig_scs(rig, SCS_DEMCR), 0);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & 0xffff, 0);
	rig_free(rig);
}

static void reset__without_catch_runs(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	rig_dhcsr(rig, HALT);
	cpu_reset(rig->cpu, true);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_BUDGET);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & 0xf, DEBUGEN);
	rig_free(rig);
}

static void sysresetreq__is_reported_to_the_board(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_dhcsr(rig, HALT);
	rig_set_scs(rig, SCS_AIRCR, 0x12340004); /* wrong key */
	assert_false(cpu_reset_requested(rig->cpu));
	rig_set_scs(rig, SCS_AIRCR, 0x05fa0004);
	assert_true(cpu_reset_requested(rig->cpu));
	assert_int_equal(rig_run(rig, 10), CPU_STOP_RESETREQ);
	cpu_reset(rig->cpu, true);
	assert_false(cpu_reset_requested(rig->cpu));
	rig_free(rig);
}

static void vectreset__resets_a_halted_core(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_set_scs(rig, SCS_DEMCR, DEMCR_VC_CORERESET);
	rig_dhcsr(rig, HALT);
	rig_set_reg(rig, 0, 55);
	rig_set_scs(rig, SCS_AIRCR, 0x05fa0001);
	assert_true(cpu_halted(rig->cpu));
	assert_int_equal(rig_reg(rig, 0), 0);
	assert_int_equal(rig_pc(rig), RIG_CODE);
	rig_free(rig);
}

static void vectclractive__clears_all_exceptions(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 11);
	rig_set_scs(rig, SCS_AIRCR, 0x05fa0002);
	assert_int_equal(rig_ipsr(rig), 0);
	assert_int_equal(rig_scs(rig, SCS_SHCSR), 0);
	rig_free(rig);
}

static void demcr__of_armv6m_has_two_catches(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_set_scs(rig, SCS_DEMCR, UINT32_MAX);
	assert_int_equal(
		rig_scs(rig, SCS_DEMCR), DEMCR_VC_CORERESET | DEMCR_VC_HARDERR | DEMCR_TRCENA);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(step__executes_one_instruction),
		cmocka_unit_test(step__goes_into_it_block_and_over_skipped_instructions),
		cmocka_unit_test(step__of_svc_ends_at_its_handler),
		cmocka_unit_test(step__of_wfi_goes_past_it),
		cmocka_unit_test(step__of_a_faulting_instruction_ends_at_the_fault_handler),
		cmocka_unit_test(step__takes_a_pending_interrupt_unless_masked),
		cmocka_unit_test(step__with_maskints_still_takes_faults_and_nmi),
		cmocka_unit_test(step__is_not_stopped_by_the_timer_or_a_reset_request),
		cmocka_unit_test(dhcsr__needs_its_key_and_a_debugger),
		cmocka_unit_test(dhcsr__sticky_bits_are_cleared_by_a_debuggers_read),
		cmocka_unit_test(dhcsr__maskints_changes_in_debug_state_only),
		cmocka_unit_test(dhcsr__clearing_debugen_resumes),
		cmocka_unit_test(halt__wakes_a_sleeping_core),
		cmocka_unit_test(halt__leaves_lockup),
		cmocka_unit_test(request_halt__stops_a_run),
		cmocka_unit_test(external_halt__needs_debugen),
		cmocka_unit_test(dcrsr__reads_and_writes_every_register),
		cmocka_unit_test(dcrsr__does_nothing_while_running),
		cmocka_unit_test(reg__has_no_fp_registers_without_fpu),
		cmocka_unit_test(bkpt__halts_on_itself),
		cmocka_unit_test(bkpt__without_debugen_is_a_hard_fault),
		cmocka_unit_test(bkpt__goes_to_debug_monitor_when_enabled),
		cmocka_unit_test(bkpt__is_executed_in_a_failing_it_block),
		cmocka_unit_test(break__halts_before_the_instruction_each_time),
		cmocka_unit_test(monitor_step__executes_one_instruction_between_handlers),
		cmocka_unit_test(watch__matches_accesses),
		cmocka_unit_test(watch__without_debug_is_ignored_but_reported),
		cmocka_unit_test(vector_catch__halts_at_the_handler_of_its_cause),
		cmocka_unit_test(vector_catch__interr_is_for_faults_of_stacking),
		cmocka_unit_test(reset__keeps_debug_state_and_catches),
		cmocka_unit_test(reset__without_catch_runs),
		cmocka_unit_test(sysresetreq__is_reported_to_the_board),
		cmocka_unit_test(vectreset__resets_a_halted_core),
		cmocka_unit_test(vectclractive__clears_all_exceptions),
		cmocka_unit_test(demcr__of_armv6m_has_two_catches),
	};

	return cmocka_run_group_tests_name("cpu debug", tests, NULL, NULL);
}
