/* SPDX-License-Identifier: Apache-2.0 */
/* Debug of a core with the Security Extension: DDI 0553 B12, D1.2 (DHCSR, DCRSR, DSCSR, DEMCR,
 * DAUTHCTRL, DAUTHSTATUS). */
#include "unit/vboard/cpu_rig_secure.h"

static uint32_t dcrsr_read(struct rig *rig, unsigned regsel)
{
	rig_set_scs(rig, SCS_DCRSR, regsel);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_REGRDY, DHCSR_S_REGRDY);
	return rig_scs(rig, SCS_DCRDR);
}

static void dcrsr_write(struct rig *rig, unsigned regsel, uint32_t value)
{
	rig_set_scs(rig, SCS_DCRDR, value);
	rig_set_scs(rig, SCS_DCRSR, DCRSR_REGWNR | regsel);
}

/* --- DCRSR ------------------------------------------------------------------------------------ */

struct regsel_row {
	const char *what;
	unsigned regsel;
	uint32_t value, expected;
	uint32_t hidden; /* what it reads as in the Non-secure state without Secure debug */
};

static const struct regsel_row regsel_rows[] = {
	{ "MSP_NS", 0x18, 0x20009003, 0x20009000, 0x20009000 },
	{ "PSP_NS", 0x19, 0x20009100, 0x20009100, 0x20009100 },
	{ "MSP_S", 0x1a, 0x20001000, 0x20001000, 0 },
	{ "PSP_S", 0x1b, 0x20001100, 0x20001100, 0 },
	{ "MSPLIM_S", 0x1c, 0x20000107, 0x20000100, 0 },
	{ "PSPLIM_S", 0x1d, 0x20000200, 0x20000200, 0 },
	{ "MSPLIM_NS", 0x1e, 0x20008100, 0x20008100, 0x20008100 },
	{ "PSPLIM_NS", 0x1f, 0x20008200, 0x20008200, 0x20008200 },
	{ "CFBP_S", 0x22, 0x0a002001, 0x0a002001, 0 },
	{ "CFBP_NS", 0x23, 0x01004001, 0x01004001, 0x01004001 },
};

static void dcrsr__has_the_registers_of_both_states(void **state)
{
	const struct regsel_row *row = *state;
	struct rig *rig = non_secure_rig_new(RIG_M33S);
	uint32_t before;

	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	dcrsr_write(rig, row->regsel, row->value);
	assert_int_equal(dcrsr_read(rig, row->regsel), row->expected);
	rig_free(rig);

	rig = non_secure_rig_new(RIG_M33S);
	before = rig_reg(rig, row->regsel);
	rig_dhcsr(rig, 0);
	cpu_set_spiden(rig->cpu, false);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	dcrsr_write(rig, row->regsel, row->value);
	assert_int_equal(dcrsr_read(rig, row->regsel), row->hidden);
	rig_dhcsr(rig, 0);
	if (!row->hidden)
		assert_int_equal(rig_reg(rig, row->regsel), before);
	rig_free(rig);
}

static void dcrsr__has_limits_without_security(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	dcrsr_write(rig, 0x1e, 0x20000100);
	assert_int_equal(dcrsr_read(rig, 0x1e), 0x20000100);
	dcrsr_write(rig, 0x1c, 0x20000100);
	assert_int_equal(dcrsr_read(rig, 0x1c), 0);
	assert_int_equal(rig_scs(rig, SCS_DSCSR), 0);
	rig_set_scs(rig, SCS_DSCSR, DSCSR_CDS);
	assert_int_equal(rig_scs(rig, SCS_DSCSR), 0);
	rig_free(rig);
}

static void dcrsr__has_vpr_with_mve(void **state)
{
	struct rig *rig = rig_new(RIG_M55);

	(void)state;
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	dcrsr_write(rig, 0x24, 0xffffffff);
	assert_int_equal(dcrsr_read(rig, 0x24), 0x00ffffff);
	rig_free(rig);
}

/* --- halting ---------------------------------------------------------------------------------- */

static void dhcsr__shows_sde(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_SDE, DHCSR_S_SDE);
	assert_int_equal(rig_scs(rig, SCS_DAUTHSTATUS), 0xff);
	cpu_set_spiden(rig->cpu, false);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_SDE, 0);
	assert_int_equal(rig_scs(rig, SCS_DAUTHSTATUS), 0xaf);
	rig_free(rig);
	rig = rig_new(RIG_M33);
	assert_int_equal(rig_scs(rig, SCS_DAUTHSTATUS), 0x0f);
	rig_free(rig);
}

static void halt__waits_for_the_non_secure_state(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	cpu_set_spiden(rig->cpu, false);
	rig_code(rig, I_NOP, I_NOP, I_BXNS_R0, RIG_END);
	rig_code_at(rig, NS_CODE, I_NOP, I_B_SELF, RIG_END);
	rig_set_reg(rig, 0, NS_CODE);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	assert_false(cpu_halted(rig->cpu));
	assert_int_equal(rig_run(rig, 2), CPU_STOP_BUDGET);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_HALTED);
	assert_int_equal(rig_pc(rig), NS_CODE);
	rig_free(rig);
}

static void step__into_secure_code_ends_after_it(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_dhcsr(rig, 0);
	cpu_set_spiden(rig->cpu, false);
	rig_code_at(rig, NSC_CODE, I_SG, I_SG, I_NOP, I_BXNS_R0 + (14 << 3), RIG_END);
	rig_code_at(rig, NS_CODE, 0x4780, I_NOP, RIG_END);
	rig_set_reg(rig, 0, NSC_CODE | 1);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	assert_int_equal(rig_step(rig), CPU_STOP_HALTED); /* BLX */
	assert_int_equal(rig_pc(rig), NSC_CODE);
	assert_int_equal(rig_step(rig), CPU_STOP_HALTED); /* SG, and all that is Secure */
	assert_int_equal(rig_pc(rig), NS_CODE + 2);
	rig_free(rig);
}

static void breakpoint__is_blind_in_secure_code(void **state)
{
	const struct cpu_break breaks[] = { { .addr = RIG_CODE + 2 } };
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_NOP, I_NOP, I_B_SELF, RIG_END);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN);
	cpu_set_breaks(rig->cpu, breaks, 1);
	cpu_set_spiden(rig->cpu, false);
	assert_int_equal(rig_run(rig, 5), CPU_STOP_BUDGET);
	cpu_set_spiden(rig->cpu, true);
	rig_set_reg(rig, CPU_REG_PC, RIG_CODE);
	assert_int_equal(rig_run(rig, 5), CPU_STOP_HALTED);
	assert_int_equal(rig_pc(rig), RIG_CODE + 2);
	rig_free(rig);
}

static void dhcsr__tells_of_a_restart_once(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_RESTART_ST, 0);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_RESTART_ST, DHCSR_S_RESTART_ST);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_RESTART_ST, 0);
	rig_free(rig);
}

static void vector_catch__of_secure_fault(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NS_CODE, 0x6801, RIG_END);
	rig_set_reg(rig, 0, 0x20000000);
	rig_set_scs_s(rig, SCS_SHCSR, BIT(19));
	rig_set_scs(rig, SCS_DEMCR, DEMCR_VC_SFERR);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_HALTED);
	assert_int_equal(rig->halt.why, CPU_HALT_VCATCH);
	assert_int_equal(rig_pc(rig), rig_handler(7));
	rig_free(rig);
}

/* C_MASKINTS leaves Secure interrupts alone where those may not be debugged. */
static void maskints__reaches_as_far_as_the_debugger(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NS_CODE, I_NOP, I_NOP, RIG_END);
	rig_set_scs_s(rig, SCS_NVIC_ITNS, BIT(1));
	rig_set_scs_s(rig, SCS_NVIC_ISER, 3);
	rig_set_scs_s(rig, SCS_NVIC_ISPR, 3);
	assert_int_equal(cpu_step(rig->cpu, true, NULL), CPU_STOP_HALTED);
	assert_int_equal(rig_pc(rig), NS_CODE + 2);
	rig_dhcsr(rig, 0);
	cpu_set_spiden(rig->cpu, false);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	assert_int_equal(cpu_step(rig->cpu, true, NULL), CPU_STOP_HALTED);
	/* the Secure one came, ran to its end, and then the step is over */
	assert_int_equal(rig_pc(rig), NS_CODE + 2);
	assert_int_equal(rig_scs_ns(rig, SCS_NVIC_ISPR), BIT(1));
	rig_free(rig);
}

/* --- DSCSR, DAUTHCTRL, DEMCR ------------------------------------------------------------------ */

static void dscsr__selects_bank_and_state(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_set_scs_ns(rig, SCS_VTOR, 0x8000);
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
	assert_int_equal(rig_scs(rig, SCS_DSCSR), DSCSR_CDSKEY | DSCSR_CDS);
	rig_set_scs(rig, SCS_DSCSR, DSCSR_CDSKEY | DSCSR_SBRSELEN);
	assert_int_equal(rig_scs(rig, SCS_VTOR), 0x8000);
	rig_set_scs(rig, SCS_DSCSR, DSCSR_CDSKEY | DSCSR_SBRSELEN | DSCSR_SBRSEL);
	assert_int_equal(rig_scs(rig, SCS_VTOR), 0);
	rig_set_scs(rig, SCS_DSCSR, DSCSR_CDSKEY); /* with the key bit set, CDS stays */
	assert_true(rig_is_secure(rig));
	rig_set_scs(rig, SCS_DSCSR, 0);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_reg(rig, CPU_REG_SP), NS_STACK);
	assert_int_equal(rig_scs(rig, SCS_VTOR), 0x8000);
	rig_free(rig);
}

static void access__that_is_non_secure_sees_that_side_only(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);
	uint32_t value;

	(void)state;
	assert_true(cpu_scs_read(
		rig->cpu, SCS_BASE + SCS_VTOR, CPU_SCS_DEBUGGER | CPU_SCS_NONSECURE, &value));
	assert_int_equal(value, NS_VECTORS);
	assert_true(cpu_scs_read(
		rig->cpu, SCS_BASE + SCS_SAU_CTRL, CPU_SCS_DEBUGGER | CPU_SCS_NONSECURE, &value));
	assert_int_equal(value, 0);
	cpu_set_spiden(rig->cpu, false);
	assert_int_equal(rig_scs(rig, SCS_VTOR), NS_VECTORS);
	rig_free(rig);
}

static void dauthctrl__overrides_the_signal(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	cpu_set_spiden(rig->cpu, false);
	rig_code(rig, 0x6008, 0x600a, RIG_END); /* STR R0, [R1]; STR R2, [R1] */
	rig_set_reg(rig, 0, DAUTHCTRL_SPIDENSEL | DAUTHCTRL_INTSPIDEN);
	rig_set_reg(rig, 1, SCS_BASE + SCS_DAUTHCTRL);
	rig_set_reg(rig, 2, DAUTHCTRL_SPIDENSEL);
	rig_run(rig, 1);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_SDE, DHCSR_S_SDE);
	assert_int_equal(rig_scs(rig, SCS_DEMCR) & DEMCR_SDME, DEMCR_SDME);
	rig_run(rig, 1);
	assert_int_equal(rig_scs(rig, SCS_DHCSR) & DHCSR_S_SDE, 0);
	assert_int_equal(rig_scs(rig, SCS_DEMCR) & DEMCR_SDME, 0);
	rig_free(rig);
}

static void demcr__monitor_belongs_to_secure_code(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_set_scs(rig, SCS_DEMCR, DEMCR_MON_EN | DEMCR_TRCENA);
	rig_code_at(rig, NS_CODE, 0x6808, 0x600a, RIG_END); /* LDR R0; STR R2 */
	rig_set_reg(rig, 1, SCS_BASE + SCS_DEMCR);
	rig_set_reg(rig, 2, DEMCR_MON_PEND);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), DEMCR_TRCENA | DEMCR_SDME);
	rig_step(rig);
	assert_int_equal(rig_scs(rig, SCS_DEMCR), DEMCR_MON_EN | DEMCR_SDME);
	rig_free(rig);
}

/* BKPT without halting debug: the monitor's where it may look, else HardFault. */
static void monitor__of_the_non_secure_state_leaves_secure_code_alone(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_BKPT, RIG_END);
	rig_set_scs(rig, SCS_DEMCR, DEMCR_MON_EN);
	rig_run(rig, 2);
	assert_int_equal(rig_ipsr(rig), 12);
	assert_true(rig_is_secure(rig));
	rig_free(rig);

	rig = secure_rig_new(RIG_M33S);
	cpu_set_spiden(rig->cpu, false);
	rig_code(rig, I_BKPT, RIG_END);
	rig_set_scs(rig, SCS_DEMCR, DEMCR_MON_EN);
	rig_run(rig, 2);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_true(rig_is_secure(rig));
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dcrsr__has_limits_without_security),
		cmocka_unit_test(dcrsr__has_vpr_with_mve),
		cmocka_unit_test(dhcsr__shows_sde),
		cmocka_unit_test(halt__waits_for_the_non_secure_state),
		cmocka_unit_test(step__into_secure_code_ends_after_it),
		cmocka_unit_test(breakpoint__is_blind_in_secure_code),
		cmocka_unit_test(dhcsr__tells_of_a_restart_once),
		cmocka_unit_test(vector_catch__of_secure_fault),
		cmocka_unit_test(maskints__reaches_as_far_as_the_debugger),
		cmocka_unit_test(dscsr__selects_bank_and_state),
		cmocka_unit_test(access__that_is_non_secure_sees_that_side_only),
		cmocka_unit_test(dauthctrl__overrides_the_signal),
		cmocka_unit_test(demcr__monitor_belongs_to_secure_code),
		cmocka_unit_test(monitor__of_the_non_secure_state_leaves_secure_code_alone),
	};

	return test_run_all("cpu v8m debug", tests, ARRAY_SIZE(tests),
		dcrsr__has_the_registers_of_both_states, regsel_rows, sizeof(regsel_rows[0]),
		ARRAY_SIZE(regsel_rows));
}
