/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions that meet: late arrival, derived faults, NMI, lock-up; time on the bus; tracing.
 * DDI 0403E.b B1.5.12, B1.5.15; DDI 0553 DerivedLateArrival(). */
#include "unit/vboard/cpu_rig.h"

static void enable_irq(struct rig *rig, unsigned line, uint8_t priority)
{
	rig_set_scs(rig, SCS_NVIC_ISER, BIT(line));
	cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_NVIC_IPR + line, 1, true, priority);
}

static void irq_1(struct rig *rig, uint32_t value)
{
	(void)value;
	cpu_irq(rig->cpu, 1, true);
}

/* The first word of the frame goes to the device, which raises interrupt 1; the second faults. */
static struct rig *stack_on_device(enum rig_core core, uint8_t priority0, uint8_t priority1)
{
	struct rig *rig = rig_new(core);

	rig_code(rig, I_NOP, RIG_END);
	enable_irq(rig, 0, priority0);
	enable_irq(rig, 1, priority1);
	rig->on_device_write = irq_1;
	rig_set_reg(rig, CPU_REG_PSP, RIG_DEVICE + 0x20);
	rig_set_reg(rig, CPU_REG_CFBP, 0x02000000);
	rig_set_scs(rig, SCS_NVIC_ISPR, 1);
	return rig;
}

struct late_row {
	const char *what;
	enum rig_core core;
	uint8_t irq0, irq1, bus_fault; /* priorities */
	bool enabled;                  /* BusFault */
	unsigned first, second;        /* exceptions entered */
};

static const struct late_row late_rows[] = {
	{ "the late one is best", RIG_M3, 0x80, 0x20, 0x40, true, 17, 5 },
	{ "the derived one is best", RIG_M3, 0x80, 0x40, 0x20, true, 5, 17 },
	{ "the original is best", RIG_M3, 0x20, 0x80, 0x40, true, 16, 5 },
	{ "a disabled BusFault is HardFault", RIG_M3, 0x20, 0x80, 0x40, false, 3, 16 },
	{ "Armv6-M", RIG_M0, 0x40, 0x80, 0, false, 3, 16 },
	{ "Armv8-M: the late one is best", RIG_M33, 0x80, 0x20, 0x40, true, 17, 5 },
	{ "Armv8-M: HardFault", RIG_M33, 0x20, 0x80, 0x40, false, 3, 16 },
	{ "Baseline: HardFault", RIG_M23, 0x40, 0x80, 0, false, 3, 16 },
};

static void late_arrival__takes_the_best_first(void **state)
{
	const struct late_row *row = *state;
	struct rig *rig = stack_on_device(row->core, row->irq0, row->irq1);

	cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_SHPR1 + 1, 1, true, row->bus_fault);
	rig_set_scs(rig, SCS_SHCSR, row->enabled ? BIT(17) : 0);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), row->first);
	cpu_irq(rig->cpu, 1, false);
	rig_step(rig); /* NOP */
	rig_step(rig); /* BX LR: tail-chains */
	assert_int_equal(rig_ipsr(rig), row->second);
	rig_free(rig);
}

static void stacking__of_hard_fault_that_fails_enters_it_once(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_UDF, RIG_END);
	rig_set_reg(rig, CPU_REG_PSP, 0x30000000);
	rig_set_reg(rig, CPU_REG_CFBP, 0x02000000);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_UNDEFINSTR | CFSR_STKERR);
	assert_int_equal(rig_scs(rig, SCS_HFSR), HFSR_FORCED);
	rig_free(rig);
}

static void nmi__preempts_hard_fault_and_locks_up_by_itself(void **state)
{
	static const struct {
		enum rig_core core;
		uint32_t pc;
	} rows[] = {
		{ RIG_M0, 0xfffffffe },
		{ RIG_M3, 0xfffffffe },
		{ RIG_M23, 0xeffffffe },
		{ RIG_M33, 0xeffffffe },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rig *rig = rig_new(rows[i].core);

		rig_code(rig, I_UDF, RIG_END);
		rig_code_at(rig, rig_handler(2), I_UDF, RIG_END);
		rig_step(rig);
		assert_int_equal(rig_ipsr(rig), 3);
		cpu_nmi(rig->cpu);
		rig_step(rig);
		assert_int_equal(rig_ipsr(rig), 2);
		cpu_resume(rig->cpu);
		assert_int_equal(rig_run(rig, 5), CPU_STOP_LOCKUP);
		assert_int_equal(rig_pc(rig), rows[i].pc);
		assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_LOCKUP, DHCSR_S_LOCKUP);
		cpu_reset(rig->cpu, true);
		assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_LOCKUP, 0);
		rig_free(rig);
	}
}

static void svc__under_primask_is_hard_fault_on_armv8m(void **state)
{
	static const enum rig_core cores[] = { RIG_M23, RIG_M33 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cores); i++) {
		struct rig *rig = rig_new(cores[i]);

		rig_code(rig, I_SVC, RIG_END);
		rig_set_reg(rig, CPU_REG_CFBP, 1);
		rig_step(rig);
		assert_int_equal(rig_ipsr(rig), 3);
		assert_int_equal(rig_word(rig, rig_reg(rig, CPU_REG_SP) + 0x18), RIG_CODE);
		rig_free(rig);
	}
}

static void vectreset__is_armv7ms_alone(void **state)
{
	static const struct {
		enum rig_core core;
		bool resets;
	} rows[] = { { RIG_M0, false }, { RIG_M3, true }, { RIG_M33, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rig *rig = rig_new(rows[i].core);

		rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
		rig_set_reg(rig, CPU_REG_PC, 0x20000000);
		rig_set_scs(rig, SCS_DEMCR, DEMCR_VC_CORERESET);
		rig_set_scs(rig, SCS_AIRCR, 0x05fa0000 | AIRCR_VECTRESET);
		assert_int_equal(rig_pc(rig), rows[i].resets ? RIG_CODE : 0x20000000);
		assert_true(cpu_halted(rig->cpu));
		assert_false(cpu_reset_requested(rig->cpu));
		rig_free(rig);
	}
}

/* --- time on the bus -------------------------------------------------------------------------- */

static void stall_100(struct rig *rig, uint32_t value)
{
	(void)value;
	cpu_stall(rig->cpu, 100);
}

static void stall__passes_for_systick_but_is_no_instruction(void **state)
{
	struct rig *rig = rig_new(RIG_M3);
	uint64_t cycles, insns;
	uint32_t before;

	(void)state;
	rig_code(rig, I_STR_R0_R1, I_NOP, I_NOP, RIG_END);
	rig_set_reg(rig, 1, RIG_DEVICE);
	rig->on_device_write = stall_100;
	rig_set_scs(rig, SCS_SYST_RVR, 1000);
	rig_set_scs(rig, SCS_SYST_CVR, 0);
	rig_set_scs(rig, SCS_SYST_CSR, 5);
	before = rig_scs(rig, SCS_SYST_CVR);
	cycles = cpu_cycles(rig->cpu);
	insns = cpu_insns(rig->cpu);
	assert_int_equal(rig_run(rig, 2), CPU_STOP_BUDGET);
	assert_int_equal(cpu_cycles(rig->cpu) - cycles, 102);
	assert_int_equal(cpu_insns(rig->cpu) - insns, 2);
	/* from 0 the counter reloads first */
	assert_int_equal(before, 0);
	assert_int_equal(rig_scs(rig, SCS_SYST_CVR), 1001 - 102);
	rig_free(rig);
}

static void stall__past_the_tick_takes_it_after_the_instruction(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_STR_R0_R1, I_NOP, RIG_END);
	rig_set_reg(rig, 1, RIG_DEVICE);
	rig->on_device_write = stall_100;
	rig_set_scs(rig, SCS_SYST_RVR, 50);
	rig_set_scs(rig, SCS_SYST_CSR, 7);
	rig_run(rig, 2);
	assert_int_equal(rig_ipsr(rig), 15);
	assert_int_equal(rig_word(rig, rig_reg(rig, CPU_REG_SP) + 0x18), RIG_CODE + 2);
	rig_free(rig);
}

/* --- tracing ---------------------------------------------------------------------------------- */

struct traced {
	unsigned count;
	unsigned events[8]; /* event << 16 | number */
};

static void note(void *ctx, unsigned number, int event)
{
	struct traced *traced = ctx;

	assert_true(traced->count < ARRAY_SIZE(traced->events));
	traced->events[traced->count++] = (unsigned)event << 16 | number;
}

/* Entry, exit and return as DWT_CTRL.EXCTRCENA reports them; tail-chaining has no return. */
static void trace__tells_of_exceptions_in_order(void **state)
{
	static const enum rig_core cores[] = { RIG_M3, RIG_M33 };
	static const unsigned expected[] = {
		CPU_EXC_ENTER << 16 | 16,
		CPU_EXC_EXIT << 16 | 16,
		CPU_EXC_ENTER << 16 | 17,
		CPU_EXC_EXIT << 16 | 17,
		CPU_EXC_RETURN << 16,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cores); i++) {
		struct rig *rig = rig_new(cores[i]);
		struct traced traced = { 0 };
		const struct cpu_trace trace = { .exception = note, .ctx = &traced };

		rig_code(rig, I_B_SELF, RIG_END);
		cpu_set_trace(rig->cpu, &trace);
		enable_irq(rig, 0, 0x40);
		enable_irq(rig, 1, 0x80);
		rig_set_scs(rig, SCS_NVIC_ISPR, 3);
		rig_run(rig, 6);
		assert_int_equal(traced.count, ARRAY_SIZE(expected));
		for (size_t n = 0; n < ARRAY_SIZE(expected); n++)
			assert_int_equal(traced.events[n], expected[n]);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacking__of_hard_fault_that_fails_enters_it_once),
		cmocka_unit_test(nmi__preempts_hard_fault_and_locks_up_by_itself),
		cmocka_unit_test(svc__under_primask_is_hard_fault_on_armv8m),
		cmocka_unit_test(vectreset__is_armv7ms_alone),
		cmocka_unit_test(stall__passes_for_systick_but_is_no_instruction),
		cmocka_unit_test(stall__past_the_tick_takes_it_after_the_instruction),
		cmocka_unit_test(trace__tells_of_exceptions_in_order),
	};

	return test_run_all("cpu derived", tests, ARRAY_SIZE(tests),
		late_arrival__takes_the_best_first, late_rows, sizeof(late_rows[0]),
		ARRAY_SIZE(late_rows));
}
