/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions, priorities, faults, sleep, SysTick, lazy FP state, MPU: DDI 0403E.b B1.5, B3. */
#include "unit/vboard/cpu_rig.h"

enum { FRAME_R0 = 0, FRAME_LR = 0x14, FRAME_PC = 0x18, FRAME_XPSR = 0x1c, FRAME_SIZE = 0x20 };

static void enable_irq(struct rig *rig, unsigned line, uint8_t priority)
{
	rig_set_scs(rig, SCS_NVIC_ISER + line / 32 * 4, BIT(line % 32));
	cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_NVIC_IPR + line, 1, true, priority);
}

/* --- entry and return ------------------------------------------------------------------------- */

static void entry__stacks_a_frame_and_return_restores_it(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_SVC, I_B_SELF, RIG_END);
	for (unsigned i = 0; i < 13; i++)
		rig_set_reg(rig, i, 0x100 + i);
	rig_set_reg(rig, CPU_REG_MSP, RIG_STACK - 4); /* not 8-byte aligned: padding */
	rig_set_reg(rig, CPU_REG_XPSR, 0xf9000000);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK - 8 - FRAME_SIZE);
	assert_int_equal(rig_word(rig, RIG_STACK - 40 + FRAME_R0), 0x100);
	assert_int_equal(rig_word(rig, RIG_STACK - 40 + 0x10), 0x10c);
	assert_int_equal(rig_word(rig, RIG_STACK - 40 + FRAME_LR), 0xffffffff);
	assert_int_equal(rig_word(rig, RIG_STACK - 40 + FRAME_PC), RIG_CODE + 2);
	assert_int_equal(rig_word(rig, RIG_STACK - 40 + FRAME_XPSR), 0xf9000200);
	rig_set_reg(rig, 0, 1);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_pc(rig), RIG_CODE + 2);
	assert_int_equal(rig_reg(rig, 0), 0x100);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK - 4);
	assert_int_equal(rig_reg(rig, CPU_REG_XPSR), 0xf9000000);
	rig_free(rig);
}

static void exc_return__tells_mode_and_stack(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_set_reg(rig, CPU_REG_PSP, 0x20004000);
	rig_set_reg(rig, CPU_REG_CFBP, 0x02000000);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xfffffffd);
	assert_int_equal(rig_reg(rig, CPU_REG_PSP), 0x20004000 - FRAME_SIZE);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK);
	cpu_nmi(rig->cpu);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xfffffff1);
	assert_int_equal(rig_ipsr(rig), 2);
	rig_free(rig);
}

static void return__with_a_bad_value_is_invpc(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_set_scs(rig, SCS_SHCSR, BIT(18));
	rig_step(rig);
	rig_set_reg(rig, CPU_REG_LR, 0xfffffff5);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 6);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_INVPC);
	rig_free(rig);
}

static void tail_chain__keeps_the_frame(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	enable_irq(rig, 0, 0x40);
	enable_irq(rig, 1, 0x80);
	rig_set_scs(rig, SCS_NVIC_ISPR, 3);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 16);
	rig_step(rig);
	rig_step(rig); /* BX LR */
	assert_int_equal(rig_ipsr(rig), 17);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK - FRAME_SIZE);
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xfffffff9);
	rig_free(rig);
}

/* --- priorities ------------------------------------------------------------------------------- */

struct mask_row {
	const char *what;
	uint32_t cfbp; /* FAULTMASK, BASEPRI, PRIMASK */
	uint8_t irq_priority;
	uint32_t prigroup;
	bool taken;
};

static const struct mask_row mask_rows[] = {
	{ "nothing masks", 0, 0xf0, 0, true },
	{ "PRIMASK", 0x00000001, 0x00, 0, false },
	{ "FAULTMASK", 0x00010000, 0x00, 0, false },
	{ "BASEPRI above", 0x00004000, 0x30, 0, true },
	{ "BASEPRI equal", 0x00004000, 0x40, 0, false },
	{ "BASEPRI zero is off", 0x00000000, 0x40, 0, true },
	{ "same group as BASEPRI", 0x00007000, 0x40, 6, false },
};

static void mask__decides_what_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mask_rows); i++) {
		const struct mask_row *row = &mask_rows[i];
		struct rig *rig = rig_new(RIG_M3);

		print_message("# %s\n", row->what);
		rig_code(rig, I_B_SELF, RIG_END);
		rig_set_scs(rig, SCS_AIRCR, 0x05fa0000 | row->prigroup << 8);
		enable_irq(rig, 7, row->irq_priority);
		rig_set_reg(rig, CPU_REG_CFBP, row->cfbp);
		cpu_irq(rig->cpu, 7, true);
		rig_run(rig, 1);
		assert_int_equal(rig_ipsr(rig), row->taken ? 23 : 0);
		assert_int_equal(
			FIELD_GET(ICSR_VECTPENDING, rig_scs(rig, SCS_ICSR)), row->taken ? 0 : 23);
		rig_free(rig);
	}
}

static void priority__preempts_and_ties_go_to_the_lower_number(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	enable_irq(rig, 5, 0x80);
	enable_irq(rig, 3, 0x80);
	enable_irq(rig, 9, 0x40);
	rig_set_scs(rig, SCS_NVIC_ISPR, BIT(5) | BIT(3));
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 16 + 3);
	rig_set_scs(rig, SCS_NVIC_ISPR, BIT(9));
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 16 + 9);
	assert_int_equal(rig_scs(rig, SCS_NVIC_IABR), BIT(3) | BIT(9));
	assert_false(rig_scs(rig, SCS_ICSR) & ICSR_RETTOBASE);
	rig_free(rig);
}

static void irq__level_is_pending_again_after_its_handler(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	enable_irq(rig, 2, 0);
	cpu_irq(rig->cpu, 2, true);
	rig_run(rig, 2); /* NOP, BX LR: which chains to the same handler */
	assert_int_equal(rig_ipsr(rig), 18);
	cpu_irq(rig->cpu, 2, false);
	rig_run(rig, 2);
	assert_int_equal(rig_ipsr(rig), 0);
	assert_int_equal(rig_scs(rig, SCS_NVIC_ISPR), 0);
	rig_free(rig);
}

/* --- faults ----------------------------------------------------------------------------------- */

struct fault_row {
	const char *what;
	int insn[2];
	uint32_t r1;
	uint32_t ccr;
	uint32_t cfsr;
	unsigned exception; /* with all faults enabled */
	uint32_t far_offset;
};

static const struct fault_row fault_rows[] = {
	{ "UDF", { I_UDF, I_NOP }, 0, 0, CFSR_UNDEFINSTR, 6, 0 },
	{ "load from nowhere", { I_LDR_R0_R1, I_NOP }, 0x60000010, 0,
		CFSR_PRECISERR | CFSR_BFARVALID, 5, SCS_BFAR },
	{ "store to flash", { I_STR_R0_R1, I_NOP }, 0x100, 0, CFSR_PRECISERR | CFSR_BFARVALID, 5,
		SCS_BFAR },
	{ "jump to nowhere", { 0x4708, I_NOP }, 0x08000001, 0, CFSR_IBUSERR, 5, 0 },
	{ "jump to device memory", { 0x4708, I_NOP }, 0x40000001, 0, CFSR_IACCVIOL, 4, 0 },
	{ "jump to an even address", { 0x4708, I_NOP }, 0x00001100, 0, CFSR_INVSTATE, 6, 0 },
	{ "unaligned LDRD", { 0xe9d1, 0x2300 }, 0x20000002, 0, CFSR_UNALIGNED, 6, 0 },
	{ "unaligned LDR, trapped", { I_LDR_R0_R1, I_NOP }, 0x20000002, CCR_UNALIGN_TRP,
		CFSR_UNALIGNED, 6, 0 },
	{ "division by zero, trapped", { 0xfb90, 0xf0f1 }, 0, CCR_DIV_0_TRP, CFSR_DIVBYZERO, 6, 0 },
	{ "FPU off", { 0xeeb7, 0x0a00 }, 0, 0, CFSR_NOCP, 6, 0 },
	{ "other coprocessor", { 0xee00, 0x0e10 }, 0, 0, CFSR_NOCP, 6, 0 },
};

static void check_fault(const struct fault_row *row, bool enabled)
{
	struct rig *rig = rig_new(RIG_M4F);

	rig_code(rig, row->insn[0], row->insn[1], I_NOP, RIG_END);
	rig_set_reg(rig, 1, row->r1);
	rig_set_scs(rig, SCS_CCR, CCR_STKALIGN | row->ccr);
	rig_set_scs(rig, SCS_SHCSR, enabled ? SHCSR_FAULT_ENA : 0);
	for (unsigned i = 0; i < 2 && rig_ipsr(rig) == 0; i++)
		rig_step(rig);
	assert_int_equal(rig_ipsr(rig), enabled ? row->exception : 3);
	assert_int_equal(rig_scs(rig, SCS_CFSR), row->cfsr);
	assert_int_equal(rig_scs(rig, SCS_HFSR), enabled ? 0 : HFSR_FORCED);
	if (row->far_offset)
		assert_int_equal(rig_scs(rig, row->far_offset), row->r1);
	rig_set_scs(rig, SCS_CFSR, UINT32_MAX);
	assert_int_equal(rig_scs(rig, SCS_CFSR), 0);
	rig_free(rig);
}

static void fault__is_recorded_and_escalates_when_disabled(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fault_rows); i++) {
		print_message("# %s\n", fault_rows[i].what);
		check_fault(&fault_rows[i], true);
		check_fault(&fault_rows[i], false);
	}
}

static void fault__in_hard_fault_locks_up_until_nmi(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code_at(rig, rig_handler(3), I_UDF, RIG_END);
	rig_code(rig, I_UDF, RIG_END);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_LOCKUP);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_LOCKUP);
	cpu_nmi(rig->cpu);
	rig_run(rig, 1);
	assert_int_equal(rig_ipsr(rig), 2);
	assert_false(rig_scs(rig, SCS_DHCSR) & DHCSR_S_LOCKUP);
	rig_free(rig);
}

static void fault__of_an_unreadable_vector_is_vecttbl(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_set_scs(rig, SCS_VTOR, 0x60000000);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_LOCKUP);
	assert_int_equal(rig_scs(rig, SCS_HFSR), HFSR_VECTTBL);
	rig_free(rig);
}

static void fault__of_stacking_is_taken_by_bus_fault_when_better(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_set_scs(rig, SCS_SHCSR, SHCSR_FAULT_ENA);
	rig_set_scs(rig, SCS_SHPR2, 0x80000000); /* SVCall below BusFault */
	rig_set_reg(rig, CPU_REG_MSP, 0x50000100);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 5);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_STKERR);
	assert_true(rig_scs(rig, SCS_SHCSR) & BIT(15)); /* SVCall is still to come */
	rig_free(rig);
}

static void svc__that_may_not_preempt_is_a_hard_fault(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_CPSID_I, I_SVC, RIG_END);
	rig_run(rig, 3);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig_word(rig, RIG_STACK - FRAME_SIZE + FRAME_PC), RIG_CODE + 2);
	rig_free(rig);
}

static void unprivileged__code_gets_bus_faults_from_the_ppb(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_LDR_R0_R1, RIG_END);
	rig_set_scs(rig, SCS_SHCSR, SHCSR_FAULT_ENA);
	rig_set_reg(rig, 1, SCS_BASE + SCS_CPUID);
	rig_set_reg(rig, CPU_REG_CFBP, 0x01000000);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 5);
	assert_int_equal(rig_scs(rig, SCS_BFAR), SCS_BASE + SCS_CPUID);
	rig_free(rig);
}

static void stir__is_for_unprivileged_code_by_leave(void **state)
{
	for (uint32_t leave = 0; leave < 2; leave++) {
		struct rig *rig = rig_new(RIG_M3);

		(void)state;
		rig_code(rig, I_STR_R0_R1, RIG_END);
		rig_set_scs(rig, SCS_CCR, CCR_STKALIGN | (leave ? CCR_USERSETMPEND : 0));
		rig_set_reg(rig, 0, 4);
		rig_set_reg(rig, 1, SCS_BASE + SCS_STIR);
		rig_set_reg(rig, CPU_REG_CFBP, 0x01000000);
		rig_step(rig);
		assert_int_equal(rig_ipsr(rig), leave ? 0 : 3);
		assert_int_equal(rig_scs(rig, SCS_NVIC_ISPR), leave ? BIT(4) : 0);
		rig_free(rig);
	}
}

/* --- sleep ------------------------------------------------------------------------------------ */

static void wfi__jumps_to_the_next_tick(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_WFI, I_B_SELF, RIG_END);
	rig_set_scs(rig, SCS_SYST_RVR, 999);
	rig_set_scs(rig, SCS_SYST_CSR, 7);
	assert_int_equal(rig_run(rig, 2), CPU_STOP_BUDGET);
	assert_int_equal(rig_ipsr(rig), 15);
	assert_int_equal(cpu_cycles(rig->cpu), 1001);
	assert_int_equal(cpu_insns(rig->cpu), 2);
	rig_free(rig);
}

static void wfi__wakes_with_primask_but_does_not_take(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_CPSID_I, I_WFI, I_ADDS_R0_1, I_B_SELF, RIG_END);
	enable_irq(rig, 0, 0);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_SLEEP);
	cpu_irq(rig->cpu, 0, true);
	rig_run(rig, 1);
	assert_int_equal(rig_reg(rig, 0), 1);
	assert_int_equal(rig_ipsr(rig), 0);
	rig_free(rig);
}

static void wfe__waits_for_an_event(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_SEV, I_WFE, I_WFE, I_ADDS_R0_1, I_WFE, I_ADDS_R0_1, I_B_SELF, RIG_END);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_SLEEP);
	assert_int_equal(cpu_insns(rig->cpu), 3); /* the first WFE took the event */
	cpu_event(rig->cpu);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_SLEEP);
	assert_int_equal(rig_reg(rig, 0), 1);
	rig_set_scs(rig, SCS_SCR, SCR_SEVONPEND);
	cpu_irq(rig->cpu, 1, true); /* disabled: only an event */
	rig_run(rig, 1);
	assert_int_equal(rig_reg(rig, 0), 2);
	rig_free(rig);
}

static void sleep_on_exit__sleeps_when_the_last_handler_ends(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_ADDS_R0_1, I_B_SELF, RIG_END);
	rig_set_scs(rig, SCS_SCR, SCR_SLEEPONEXIT);
	enable_irq(rig, 0, 0);
	rig_set_scs(rig, SCS_NVIC_ISPR, 1);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_SLEEP);
	assert_int_equal(cpu_insns(rig->cpu), 2);
	assert_int_equal(rig_reg(rig, 0), 0);
	rig_free(rig);
}

static void timer__stops_a_run_and_a_sleep_at_its_cycle(void **state)
{
	struct rig *rig = rig_new(RIG_M0);

	(void)state;
	rig_code(rig, I_NOP, I_WFI, RIG_END);
	cpu_wake_at(rig->cpu, 1);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_TIMER);
	assert_int_equal(cpu_cycles(rig->cpu), 1);
	cpu_wake_at(rig->cpu, 500);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_TIMER);
	assert_int_equal(cpu_cycles(rig->cpu), 500);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_SLEEP);
	rig_free(rig);
}

/* --- SysTick ---------------------------------------------------------------------------------- */

static void systick__counts_cycles(void **state)
{
	struct rig *rig = rig_new(RIG_M4F);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	rig_set_scs(rig, SCS_SYST_RVR, 99);
	rig_set_scs(rig, SCS_SYST_CVR, 12345);
	rig_set_scs(rig, SCS_SYST_CSR, SYST_CSR_ENABLE | SYST_CSR_CLKSOURCE);
	rig_run(rig, 1);
	assert_int_equal(rig_scs(rig, SCS_SYST_CVR), 99);
	rig_run(rig, 50);
	assert_int_equal(rig_scs(rig, SCS_SYST_CVR), 49);
	assert_false(rig_scs(rig, SCS_SYST_CSR) & SYST_CSR_COUNTFLAG);
	rig_run(rig, 250);
	assert_int_equal(rig_scs(rig, SCS_SYST_CVR), 99);
	assert_true(rig_scs(rig, SCS_SYST_CSR) & SYST_CSR_COUNTFLAG); /* a debugger keeps it */
	assert_true(rig_scs(rig, SCS_SYST_CSR) & SYST_CSR_COUNTFLAG);
	rig_set_scs(rig, SCS_SYST_CVR, 0);
	assert_false(rig_scs(rig, SCS_SYST_CSR) & SYST_CSR_COUNTFLAG);
	rig_free(rig);
}

static void systick__has_a_slower_reference_clock(void **state)
{
	struct rig *rig = rig_new(RIG_M4F);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	rig_set_scs(rig, SCS_SYST_RVR, 9);
	rig_set_scs(rig, SCS_SYST_CSR, SYST_CSR_ENABLE | SYST_CSR_TICKINT);
	rig_run(rig, 79);
	assert_int_equal(rig_ipsr(rig), 0);
	rig_run(rig, 2);
	assert_int_equal(rig_ipsr(rig), 15);
	rig_free(rig);
}

/* --- floating-point state --------------------------------------------------------------------- */

static void fp_state__is_saved_lazily(void **state)
{
	struct rig *rig = rig_new(RIG_M4F);
	const uint32_t frame = RIG_STACK - 0x68;

	(void)state;
	rig_set_scs(rig, SCS_CPACR, CPACR_CP10_CP11);
	rig_code(rig, 0xeeb7, 0x0a00 /* VMOV s0, #1.0 */, I_SVC, I_B_SELF, RIG_END);
	rig_code_at(rig, rig_handler(11), 0xeeb0, 0x0a00 /* VMOV s0, #2.0 */, I_BX_LR, RIG_END);
	rig_set_word(rig, frame + 0x20, 0x5555);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP) >> 24, 4); /* FPCA */
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xffffffe9);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), frame);
	assert_true(rig_scs(rig, SCS_FPCCR) & FPCCR_LSPACT);
	assert_int_equal(rig_scs(rig, SCS_FPCAR), frame + 0x20);
	assert_int_equal(rig_word(rig, frame + 0x20), 0x5555); /* not yet */
	rig_step(rig);
	assert_int_equal(rig_word(rig, frame + 0x20), 0x3f800000);
	assert_false(rig_scs(rig, SCS_FPCCR) & FPCCR_LSPACT);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_S0), 0x3f800000);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK);
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP) >> 24, 4);
	rig_free(rig);
}

/* --- MPU -------------------------------------------------------------------------------------- */

struct mpu_row {
	const char *what;
	int insn;
	uint32_t r1;
	bool unprivileged;
	bool faults;
};

/* Region 0: flash, read only for all. Region 1: 0x20000000, 32 bytes, privileged only. Region 2:
 * RAM, full access but for its 7th eighth. No background region. */
static const struct mpu_row mpu_rows[] = {
	{ "privileged read of region 1", I_LDR_R0_R1, 0x20000000, false, false },
	{ "unprivileged read of region 1", I_LDR_R0_R1, 0x20000000, true, true },
	{ "unprivileged read beside it", I_LDR_R0_R1, 0x20000020, true, false },
	{ "unprivileged write of region 2", I_STR_R0_R1, 0x20004000, true, false },
	{ "subregion that is off", I_STR_R0_R1, 0x2000c000, true, true },
	{ "privileged write of flash", I_STR_R0_R1, 0x00000100, false, true },
	{ "no region", I_LDR_R0_R1, 0x40000000, false, true },
};

static void set_region(struct rig *rig, uint32_t region, uint32_t base, uint32_t rasr)
{
	rig_set_scs(rig, SCS_MPU_RBAR, base | MPU_RBAR_VALID | region);
	rig_set_scs(rig, SCS_MPU_RASR, rasr);
}

static void mpu__guards_regions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mpu_rows); i++) {
		const struct mpu_row *row = &mpu_rows[i];
		struct rig *rig = rig_new(RIG_M3);

		print_message("# %s\n", row->what);
		set_region(rig, 0, 0, 6 << 24 | 15 << 1 | 1);
		set_region(rig, 2, 0x20000000, 3 << 24 | 0x4000 | 15 << 1 | 1);
		set_region(rig, 3, 0x20000000, 1 << 24 | 4 << 1 | 1);
		rig_set_scs(rig, SCS_MPU_CTRL, MPU_CTRL_ENABLE);
		rig_set_scs(rig, SCS_SHCSR, SHCSR_FAULT_ENA);
		rig_code(rig, row->insn, row->insn, RIG_END);
		rig_set_reg(rig, 1, row->r1);
		rig_set_reg(rig, CPU_REG_MSP, 0x20002000);
		rig_set_reg(rig, CPU_REG_CFBP, row->unprivileged ? 0x01000000 : 0);
		rig_step(rig);
		assert_int_equal(rig_ipsr(rig), row->faults ? 4 : 0);
		if (row->faults) {
			assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_DACCVIOL | CFSR_MMARVALID);
			assert_int_equal(rig_scs(rig, SCS_MMFAR), row->r1);
		}
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry__stacks_a_frame_and_return_restores_it),
		cmocka_unit_test(exc_return__tells_mode_and_stack),
		cmocka_unit_test(return__with_a_bad_value_is_invpc),
		cmocka_unit_test(tail_chain__keeps_the_frame),
		cmocka_unit_test(mask__decides_what_is_taken),
		cmocka_unit_test(priority__preempts_and_ties_go_to_the_lower_number),
		cmocka_unit_test(irq__level_is_pending_again_after_its_handler),
		cmocka_unit_test(fault__is_recorded_and_escalates_when_disabled),
		cmocka_unit_test(fault__in_hard_fault_locks_up_until_nmi),
		cmocka_unit_test(fault__of_an_unreadable_vector_is_vecttbl),
		cmocka_unit_test(fault__of_stacking_is_taken_by_bus_fault_when_better),
		cmocka_unit_test(svc__that_may_not_preempt_is_a_hard_fault),
		cmocka_unit_test(unprivileged__code_gets_bus_faults_from_the_ppb),
		cmocka_unit_test(stir__is_for_unprivileged_code_by_leave),
		cmocka_unit_test(wfi__jumps_to_the_next_tick),
		cmocka_unit_test(wfi__wakes_with_primask_but_does_not_take),
		cmocka_unit_test(wfe__waits_for_an_event),
		cmocka_unit_test(sleep_on_exit__sleeps_when_the_last_handler_ends),
		cmocka_unit_test(timer__stops_a_run_and_a_sleep_at_its_cycle),
		cmocka_unit_test(systick__counts_cycles),
		cmocka_unit_test(systick__has_a_slower_reference_clock),
		cmocka_unit_test(fp_state__is_saved_lazily),
		cmocka_unit_test(mpu__guards_regions),
	};

	return cmocka_run_group_tests_name("cpu exceptions", tests, NULL, NULL);
}
