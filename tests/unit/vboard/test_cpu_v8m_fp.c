/* SPDX-License-Identifier: Apache-2.0 */
/* The floating-point context of Armv8-M: lazy saving across Security states, NSACR, VLSTM and VLLDM.
 * DDI 0553 B3.24 to B3.27. */
#include "unit/vboard/cpu_rig_secure.h"

enum { FRAME_SIZE = 0x20, FP_SIZE = 0x48, TS_SIZE = 0x40, CALLEE_SIZE = 0x28 };

#define FPCCR_RESET (FPCCR_ASPEN | FPCCR_LSPEN)

enum { VMOV_S0_R0 = 0x0a10 }; /* VMOV S0, R0: EE00 0A10 */

static struct rig *fp_rig_new(uint32_t fpccr)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	rig_set_scs_s(rig, SCS_CPACR, 0xf00000);
	rig_set_scs_ns(rig, SCS_CPACR, 0xf00000);
	rig_set_scs_s(rig, SCS_NSACR, 0xc00);
	rig_set_scs_s(rig, SCS_FPCCR, fpccr);
	rig_code(rig, 0xee00, VMOV_S0_R0, I_NOP, I_NOP, RIG_END);
	rig_set_reg(rig, 0, 0x3f800000);
	for (unsigned i = 0; i < 32; i++)
		rig_set_reg(rig, CPU_REG_S0 + i, 0x1000 + i);
	rig_step(rig);
	return rig;
}

static void take_ns_irq(struct rig *rig)
{
	rig_set_scs_s(rig, SCS_NVIC_ITNS, 1);
	rig_set_scs_s(rig, SCS_NVIC_ISER, 1);
	rig_set_scs_s(rig, SCS_NVIC_ISPR, 1);
	rig_step(rig);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_ipsr(rig), 16);
}

static void context__begins_with_the_first_instruction(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_RESET);

	(void)state;
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP_S) >> 24, 0xc); /* SFPA, FPCA */
	assert_int_equal(rig_reg(rig, CPU_REG_S0), 0x3f800000);
	rig_free(rig);
}

/* The Non-secure handler's first FP instruction saves the Secure state's registers where FPCAR_S
 * says. With TS all of them, and then they are cleared. */
static void lazy__saves_secure_state_for_the_handler(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_RESET | FPCCR_TS);
	const uint32_t frame = RIG_STACK - FRAME_SIZE - FP_SIZE - TS_SIZE;

	(void)state;
	rig_code_at(rig, ns_handler(16), 0xee10, 0x1a10, I_BX_LR, RIG_END); /* VMOV R1, S0 */
	take_ns_irq(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xffffffe8);
	assert_int_equal(
		rig_scs_s(rig, SCS_FPCCR) & (FPCCR_LSPACT | FPCCR_S), FPCCR_LSPACT | FPCCR_S);
	assert_int_equal(rig_scs_s(rig, SCS_FPCAR), frame + FRAME_SIZE);
	assert_int_equal(rig_reg(rig, CPU_REG_MSP_S), frame - CALLEE_SIZE);
	assert_int_equal(rig_word(rig, frame - CALLEE_SIZE), 0xfefa125a);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 1), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_S0 + 31), 0);
	assert_int_equal(rig_scs_s(rig, SCS_FPCCR) & FPCCR_LSPACT, 0);
	assert_int_equal(rig_word(rig, frame + FRAME_SIZE), 0x3f800000);
	assert_int_equal(rig_word(rig, frame + FRAME_SIZE + FP_SIZE), 0x1010);
	assert_int_equal(rig_word(rig, frame + FRAME_SIZE + FP_SIZE + 0x3c), 0x101f);
	rig_step(rig);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_reg(rig, CPU_REG_S0), 0x3f800000);
	assert_int_equal(rig_reg(rig, CPU_REG_S0 + 31), 0x101f);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK);
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP_S) >> 24, 0xc);
	rig_free(rig);
}

/* A handler without FP instructions: the registers are as they were, nothing was written. */
static void lazy__costs_nothing_unused(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_RESET);

	(void)state;
	take_ns_irq(rig);
	rig_set_word(rig, rig_scs_s(rig, SCS_FPCAR), 0x5aa5);
	rig_step(rig);
	rig_step(rig);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_reg(rig, CPU_REG_S0), 0x3f800000);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK);
	rig_free(rig);
}

/* Not lazily: at once. */
static void eager__saves_on_entry(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_ASPEN | FPCCR_TS);
	const uint32_t frame = RIG_STACK - FRAME_SIZE - FP_SIZE - TS_SIZE;

	(void)state;
	take_ns_irq(rig);
	assert_int_equal(rig_scs_s(rig, SCS_FPCCR) & FPCCR_LSPACT, 0);
	assert_int_equal(rig_word(rig, frame + FRAME_SIZE), 0x3f800000);
	assert_int_equal(rig_reg(rig, CPU_REG_S0 + 31), 0);
	rig_free(rig);
}

/* An ordinary fault of the saving, which is the Secure state's: BusFault LSPERR. */
static void lazy__fault_is_lsperr(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_RESET);

	(void)state;
	rig_code_at(rig, ns_handler(16), 0xee10, 0x1a10, RIG_END);
	rig_set_scs_s(rig, SCS_SHCSR, BIT(17));
	cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_NVIC_IPR, 1, CPU_SCS_DEBUGGER, 0x80);
	take_ns_irq(rig);
	rig_set_scs_s(rig, SCS_FPCAR, 0x30000000);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 5);
	assert_int_equal(rig_scs_s(rig, SCS_CFSR), CFSR_LSPERR);
	rig_free(rig);
}

static void nsacr__refusal_is_a_secure_usage_fault(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_set_scs_ns(rig, SCS_CPACR, 0xf00000);
	rig_set_scs_s(rig, SCS_SHCSR, BIT(18));
	rig_code_at(rig, NS_CODE, 0xee00, VMOV_S0_R0, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 6);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_scs_s(rig, SCS_CFSR), CFSR_NOCP);
	rig_free(rig);
	rig = non_secure_rig_new(RIG_M33S); /* CPACR's is the state's own */
	rig_set_scs_ns(rig, SCS_SHCSR, BIT(18));
	rig_code_at(rig, NS_CODE, 0xee00, VMOV_S0_R0, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 6);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_scs_ns(rig, SCS_CFSR), CFSR_NOCP);
	rig_free(rig);
}

static void cppwr__su10_is_nocp(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_RESET);

	(void)state;
	rig_set_scs_s(rig, SCS_CPPWR, CPPWR_SU10);
	rig_set_reg(rig, CPU_REG_PC, RIG_CODE);
	rig_step(rig);
	assert_int_equal(rig_scs_s(rig, SCS_CFSR), CFSR_NOCP);
	rig_free(rig);
}

/* VLSTM R1, VLLDM R1 around a Non-secure function that uses the FPU. */
static void vlstm__keeps_the_context_over_a_call(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_RESET | FPCCR_TS);

	(void)state;
	rig_code(rig, 0xec21, 0x0a00, I_BLXNS_R0, 0xec31, 0x0a00, RIG_END);
	rig_code_at(rig, NS_CODE, 0xee00, VMOV_S0_R0, I_BX_LR, RIG_END);
	rig_set_reg(rig, 0, NS_CODE);
	rig_set_reg(rig, 1, 0x20002000);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP_S) >> 24, 0x8);
	assert_int_equal(rig_scs_s(rig, SCS_FPCAR), 0x20002000);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_word(rig, 0x20002000), 0x3f800000);
	assert_int_equal(rig_reg(rig, CPU_REG_S0), NS_CODE);
	rig_step(rig);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP_S) >> 24, 0xc);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_S0), 0x3f800000);
	assert_int_equal(rig_reg(rig, CPU_REG_S0 + 31), 0x101f);
	rig_free(rig);
}

static void vlstm__of_an_unused_fpu_does_nothing(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(
		rig, 0xec21, 0x0a00, 0xec31, 0x0a00, RIG_END); /* CPACR refuses, and is not asked */
	rig_set_reg(rig, 1, 0x20002000);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 0);
	rig_free(rig);
}

static void clronret__clears_on_return(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_RESET | FPCCR_CLRONRET);

	(void)state;
	rig_code_at(rig, rig_handler(16), 0xee00, VMOV_S0_R0, I_BX_LR, RIG_END);
	rig_set_reg(rig, CPU_REG_CFBP_S, 0);
	rig_set_scs_s(rig, SCS_NVIC_ISER, 1);
	rig_set_scs_s(rig, SCS_NVIC_ISPR, 1);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_S0), 0x3f800000);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_S0), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_S0 + 16), 0x1010);
	rig_free(rig);
}

/* Return to Non-secure with the Secure state's registers still to be saved: LSERR. */
static void return__to_non_secure_fp_with_secure_lspact_is_lserr(void **state)
{
	struct rig *rig = fp_rig_new(FPCCR_RESET);

	(void)state;
	rig_set_scs_s(rig, SCS_SHCSR, BIT(19));
	cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_NVIC_IPR, 1, CPU_SCS_DEBUGGER, 0x80);
	take_ns_irq(rig);
	rig_set_reg(rig, CPU_REG_MSP_NS, NS_STACK - 0x80);
	rig_set_reg(rig, CPU_REG_LR, 0xffffffa8); /* Non-secure, Thread, with FP state */
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 7);
	assert_int_equal(rig_scs_s(rig, SCS_SFSR), SFSR_LSERR);
	rig_free(rig);
}

/* --- Armv8.1-M -------------------------------------------------------------------------------- */

/* VSTR FPCXT_NS, [SP, #-4]! as an entry function begins, of a caller that used the FPU or did not;
 * VLDR FPCXT_NS, [SP], #4 as it ends. */
static void fpcxt_ns__keeps_the_callers_context(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M55);

	(void)state;
	rig_set_scs_s(rig, SCS_CPACR, 0xf00000);
	rig_set_scs_ns(rig, SCS_CPACR, 0xf00000);
	rig_set_scs_s(rig, SCS_NSACR, 0xc00);
	rig_set_scs_ns(rig, SCS_FPDSCR, 0x01000000);
	rig_code(rig, 0xed6d, 0xcf81, 0xecfd, 0xcf81, RIG_END);
	rig_step(rig); /* no context: the default */
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK - 4);
	assert_int_equal(rig_word(rig, RIG_STACK - 4), 0x01000000);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK);
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP_S) >> 24, 0);
	rig_set_reg(rig, CPU_REG_CFBP_S, 0x04000000); /* FPCA: the caller's */
	rig_set_reg(rig, CPU_REG_FPSCR, 0x82000000);
	rig_set_reg(rig, CPU_REG_PC, RIG_CODE);
	rig_step(rig);
	assert_int_equal(rig_word(rig, RIG_STACK - 4), 0x02000000);
	assert_int_equal(rig_reg(rig, CPU_REG_FPSCR), 0x01000000);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_FPSCR), 0x02000000);
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP_S) >> 24, 0x4);
	rig_free(rig);
}

static void fpcxt_s__takes_sfpa_along(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M55);

	(void)state;
	rig_set_scs_s(rig, SCS_CPACR, 0xf00000);
	rig_code(rig, 0xedc1, 0xef80, 0xedd1, 0xef80, RIG_END); /* VSTR, VLDR FPCXT_S, [R1] */
	rig_set_reg(rig, 1, 0x20002000);
	rig_step(rig);
	assert_int_equal(rig_word(rig, 0x20002000), 0x80000000);
	rig_set_word(rig, 0x20002000, 0x03000000);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_FPSCR), 0x03000000);
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP_S) >> 24, 0x4);
	rig_free(rig);
}

static void vpr__is_loaded_and_stored(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M55);

	(void)state;
	rig_set_scs_s(rig, SCS_CPACR, 0xf00000);
	rig_code(rig, 0xedd1, 0x8f80, 0xedc1, 0xaf81, RIG_END); /* VLDR VPR; VSTR P0, [R1, #4] */
	rig_set_reg(rig, 1, 0x20002000);
	rig_set_word(rig, 0x20002000, 0xff123456);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_VPR), 0x00123456);
	rig_step(rig);
	assert_int_equal(rig_word(rig, 0x20002004), 0x3456);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(context__begins_with_the_first_instruction),
		cmocka_unit_test(lazy__saves_secure_state_for_the_handler),
		cmocka_unit_test(lazy__costs_nothing_unused),
		cmocka_unit_test(eager__saves_on_entry),
		cmocka_unit_test(lazy__fault_is_lsperr),
		cmocka_unit_test(nsacr__refusal_is_a_secure_usage_fault),
		cmocka_unit_test(cppwr__su10_is_nocp),
		cmocka_unit_test(vlstm__keeps_the_context_over_a_call),
		cmocka_unit_test(vlstm__of_an_unused_fpu_does_nothing),
		cmocka_unit_test(clronret__clears_on_return),
		cmocka_unit_test(fpcxt_ns__keeps_the_callers_context),
		cmocka_unit_test(fpcxt_s__takes_sfpa_along),
		cmocka_unit_test(vpr__is_loaded_and_stored),
		cmocka_unit_test(return__to_non_secure_fp_with_secure_lspact_is_lserr),
	};

	return cmocka_run_group_tests_name("cpu v8m fp", tests, NULL, NULL);
}
