/* SPDX-License-Identifier: Apache-2.0 */
/* The Security Extension: DDI 0553 B3 (crossings, exceptions, faults), B8 (attribution), D1.2
 * (banked registers). */
#include "unit/vboard/cpu_rig_secure.h"

#include <stdlib.h>

enum { FRAME_SIZE = 0x20, CALLEE_SIZE = 0x28 };

static void give_irq_to_ns(struct rig *rig, unsigned line)
{
	rig_set_scs_s(rig, SCS_NVIC_ITNS, BIT(line));
}

static void enable_irq(struct rig *rig, unsigned line)
{
	rig_set_scs_s(rig, SCS_NVIC_ISER, BIT(line));
}

static void fill_registers(struct rig *rig)
{
	for (unsigned i = 0; i < 13; i++)
		rig_set_reg(rig, i, 0x100 + i);
}

/* --- calls between the states ----------------------------------------------------------------- */

static void reset__begins_secure(void **state)
{
	struct rig *rig = rig_new(RIG_M33S);

	(void)state;
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_reg(rig, CPU_REG_MSP_S), RIG_STACK);
	assert_int_equal(rig_scs(rig, SCS_SAU_TYPE), 8);
	assert_int_equal(rig_scs(rig, SCS_ID_PFR0 + 4), 0x210);
	rig_free(rig);
}

static void bxns__to_an_odd_address_stays_secure(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_BXNS_R0, RIG_END);
	rig_set_reg(rig, 0, RIG_CODE + 0x101);
	rig_step(rig);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), RIG_CODE + 0x100);
	rig_free(rig);
}

static void bxns__is_undefined_in_non_secure_state(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NS_CODE, I_BXNS_R0, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig_scs_ns(rig, SCS_CFSR), CFSR_UNDEFINSTR);
	assert_int_equal(rig_scs_s(rig, SCS_CFSR), 0);
	assert_true(rig_is_secure(rig)); /* HardFault is the Secure one */
	rig_free(rig);
}

static void blxns__leaves_the_way_back_on_the_secure_stack(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_BLXNS_R0, I_NOP, RIG_END);
	rig_code_at(rig, NS_CODE, I_BX_LR, RIG_END);
	rig_set_reg(rig, 0, NS_CODE);
	rig_step(rig);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xfeffffff);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), NS_STACK);
	assert_int_equal(rig_reg(rig, CPU_REG_MSP_S), RIG_STACK - 8);
	assert_int_equal(rig_word(rig, RIG_STACK - 8), RIG_CODE + 3);
	assert_int_equal(rig_word(rig, RIG_STACK - 4), 0);
	rig_step(rig);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), RIG_CODE + 2);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK);
	rig_free(rig);
}

static void blxns__of_a_handler_hides_its_number(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_code_at(rig, rig_handler(11), I_BLXNS_R0, I_NOP, RIG_END);
	rig_code_at(rig, NS_CODE, I_BX_LR, RIG_END);
	rig_set_reg(rig, 0, NS_CODE);
	rig_step(rig);
	rig_step(rig);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_ipsr(rig), 1);
	rig_step(rig);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_ipsr(rig), 11);
	assert_int_equal(rig_pc(rig), rig_handler(11) + 2);
	rig_free(rig);
}

/* FNC_RETURN whose frame says Handler mode, in Thread mode. */
static void function_return__of_the_wrong_mode_is_invpc(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_BLXNS_R0, RIG_END);
	rig_code_at(rig, NS_CODE, I_BX_LR, RIG_END);
	rig_set_reg(rig, 0, NS_CODE);
	rig_step(rig);
	rig_set_word(rig, RIG_STACK - 4, 11);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig_scs_ns(rig, SCS_CFSR), CFSR_INVPC);
	rig_free(rig);
}

static void blxns__obeys_the_stack_limit(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_BLXNS_R0, RIG_END);
	rig_set_reg(rig, 0, NS_CODE);
	rig_set_reg(rig, CPU_REG_MSPLIM_S, RIG_STACK);
	rig_step(rig);
	assert_int_equal(rig_scs_s(rig, SCS_CFSR), CFSR_STKOF);
	assert_true(rig_is_secure(rig));
	rig_free(rig);
}

static void sg__is_the_gate(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NSC_CODE, I_SG, I_SG, I_BXNS_R0 + (14 << 3), RIG_END); /* BXNS LR */
	rig_code_at(rig, NS_CODE, 0x4780, I_NOP, RIG_END);                      /* BLX R0 */
	rig_set_reg(rig, 0, NSC_CODE | 1);
	rig_step(rig);
	assert_false(rig_is_secure(rig));
	rig_step(rig);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), NSC_CODE + 4);
	assert_int_equal(rig_reg(rig, CPU_REG_LR), NS_CODE + 2);
	rig_step(rig);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), NS_CODE + 2);
	rig_free(rig);
}

/* --- SecureFault ------------------------------------------------------------------------------ */

struct fault_row {
	const char *what;
	bool secure; /* at RIG_CODE, else at NS_CODE */
	int code[4];
	uint32_t r0;
	unsigned steps;
	uint32_t sfsr, sfar;
};

static const struct fault_row fault_rows[] = {
	{ "load of Secure memory", false, { 0x6801, RIG_END }, 0x20000100, 1,
		SFSR_AUVIOL | SFSR_SFARVALID, 0x20000100 },
	{ "store to Secure memory", false, { 0x6001, RIG_END }, 0x20000104, 1,
		SFSR_AUVIOL | SFSR_SFARVALID, 0x20000104 },
	{ "load of what may be called", false, { 0x6801, RIG_END }, NSC_CODE, 1,
		SFSR_AUVIOL | SFSR_SFARVALID, NSC_CODE },
	{ "branch to Secure memory", false, { 0x4700, RIG_END }, RIG_CODE | 1, 2, SFSR_INVEP, 0 },
	{ "branch past SG", false, { 0x4700, RIG_END }, (NSC_CODE + 4) | 1, 2, SFSR_INVEP, 0 },
	{ "branch to the second half of SG", false, { 0x4700, RIG_END }, (NSC_CODE + 2) | 1, 2,
		SFSR_INVEP, 0 },
	{ "branch from Secure code", true, { 0x4700, RIG_END }, NS_CODE | 1, 2, SFSR_INVTRAN, 0 },
};

static struct rig *fault_rig(const struct fault_row *row)
{
	struct rig *rig = row->secure ? secure_rig_new(RIG_M33S) : non_secure_rig_new(RIG_M33S);
	uint32_t at = row->secure ? RIG_CODE : NS_CODE;

	rig_code_at(rig, NSC_CODE, I_SG, I_SG, I_NOP, RIG_END);
	for (const int *code = row->code; *code != RIG_END; code++, at += 2)
		put_le16(rig->flash + at, (uint16_t)*code);
	rig_set_reg(rig, 0, row->r0);
	return rig;
}

static void secure_fault__says_why(void **state)
{
	const struct fault_row *row = *state;
	struct rig *rig = fault_rig(row);

	rig_set_scs_s(rig, SCS_SHCSR, BIT(19));
	for (unsigned i = 0; i < row->steps; i++)
		rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 7);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_scs_s(rig, SCS_SFSR), row->sfsr);
	assert_int_equal(rig_scs_s(rig, SCS_SFAR), row->sfar);
	assert_int_equal(rig_scs_ns(rig, SCS_SFSR), 0);
	rig_set_scs_s(rig, SCS_SFSR, row->sfsr);
	assert_int_equal(rig_scs_s(rig, SCS_SFSR), 0);
	rig_free(rig);
}

static void secure_fault__escalates_when_it_is_off(void **state)
{
	const struct fault_row *row = *state;
	struct rig *rig = fault_rig(row);

	for (unsigned i = 0; i < row->steps; i++)
		rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_scs_s(rig, SCS_SFSR), row->sfsr);
	assert_int_equal(rig_scs_s(rig, SCS_HFSR), HFSR_FORCED);
	assert_int_equal(rig_scs_ns(rig, SCS_HFSR), 0);
	rig_free(rig);
}

/* Cortex-M23 has no SecureFault: HardFault. */
static void secure_fault__of_baseline_is_hard_fault(void **state)
{
	const struct cpu_config config = { .arch = CPU_ARMV8M_BASE,
		.cpuid = 0x411cd200,
		.prio_bits = 2,
		.irqs = 32,
		.sau_regions = 8,
		.has_vtor = true,
		.security = true,
		.spiden = true };
	struct rig *rig = rig_new_config(&config);

	(void)state;
	rig_set_scs(rig, SCS_SAU_RBAR, NS_CODE);
	rig_set_scs(rig, SCS_SAU_RLAR, 0xffe1);
	rig_set_scs(rig, SCS_SAU_CTRL, SAU_CTRL_ENABLE);
	rig_code(rig, I_BXNS_R0, RIG_END);
	rig_code_at(rig, NS_CODE, 0x6800, RIG_END);
	rig_set_reg(rig, 0, NS_CODE);
	rig_set_reg(rig, CPU_REG_MSP_NS, NS_STACK); /* which is Secure: the frame fails as well */
	rig_step(rig);
	rig_set_reg(rig, 0, 0x20000000);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_true(rig_is_secure(rig));
	rig_free(rig);
}

/* --- exceptions across the states ------------------------------------------------------------- */

static void exception__to_non_secure_hides_all_registers(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);
	const uint32_t frame = RIG_STACK - FRAME_SIZE - CALLEE_SIZE;

	(void)state;
	rig_code(rig, I_NOP, I_NOP, RIG_END);
	fill_registers(rig);
	give_irq_to_ns(rig, 3);
	enable_irq(rig, 3);
	cpu_irq(rig->cpu, 3, true);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 19);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), ns_handler(19));
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xfffffff8); /* S, DCRS, FType, Thread */
	for (unsigned i = 0; i < 13; i++)
		assert_int_equal(rig_reg(rig, i), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_MSP_S), frame);
	assert_int_equal(rig_word(rig, frame), 0xfefa125b);
	assert_int_equal(rig_word(rig, frame + 8), 0x104);
	assert_int_equal(rig_word(rig, frame + 0x24), 0x10b);
	assert_int_equal(rig_word(rig, frame + CALLEE_SIZE), 0x100);
	assert_int_equal(rig_word(rig, frame + CALLEE_SIZE + 0x18), RIG_CODE);
	cpu_irq(rig->cpu, 3, false);
	rig_step(rig);
	rig_step(rig);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), RIG_CODE);
	for (unsigned i = 0; i < 13; i++)
		assert_int_equal(rig_reg(rig, i), 0x100 + i);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK);
	rig_free(rig);
}

static void exception__to_secure_keeps_the_callees_registers(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NS_CODE, I_NOP, RIG_END);
	fill_registers(rig);
	enable_irq(rig, 3);
	cpu_irq(rig->cpu, 3, true);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 19);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), rig_handler(19));
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xffffffb9); /* DCRS, FType, Thread, ES */
	assert_int_equal(rig_reg(rig, 4), 0x104);
	assert_int_equal(rig_reg(rig, CPU_REG_MSP_NS), NS_STACK - FRAME_SIZE);
	assert_int_equal(rig_reg(rig, CPU_REG_MSP_S), RIG_STACK);
	cpu_irq(rig->cpu, 3, false);
	rig_step(rig);
	rig_step(rig);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), NS_CODE);
	assert_int_equal(rig_reg(rig, 0), 0x100);
	rig_free(rig);
}

/* Secure Thread, Non-secure IRQ, and from that by tail-chaining a Secure one: DCRS says that the
 * callee's registers are on the stack already. */
static void tail_chain__from_non_secure_to_secure_clears_dcrs(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_NOP, RIG_END);
	fill_registers(rig);
	give_irq_to_ns(rig, 3);
	enable_irq(rig, 3);
	enable_irq(rig, 4);
	cpu_irq(rig->cpu, 3, true);
	rig_step(rig);
	cpu_irq(rig->cpu, 3, false);
	rig_set_scs_s(rig, SCS_NVIC_ISPR, BIT(4));
	rig_step(rig);
	rig_step(rig); /* BX LR */
	assert_int_equal(rig_ipsr(rig), 20);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xffffffd9); /* S, FType, Thread, ES */
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK - FRAME_SIZE - CALLEE_SIZE);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_pc(rig), RIG_CODE);
	for (unsigned i = 0; i < 13; i++)
		assert_int_equal(rig_reg(rig, i), 0x100 + i);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK);
	rig_free(rig);
}

static void return__with_a_broken_signature_is_invis(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_NOP, RIG_END);
	rig_set_scs_s(rig, SCS_SHCSR, BIT(19));
	cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_NVIC_IPR + 3, 1, CPU_SCS_DEBUGGER, 0x80);
	give_irq_to_ns(rig, 3);
	enable_irq(rig, 3);
	cpu_irq(rig->cpu, 3, true);
	rig_step(rig);
	cpu_irq(rig->cpu, 3, false);
	rig_set_word(rig, RIG_STACK - FRAME_SIZE - CALLEE_SIZE, 0xfefa125a);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 7);
	assert_int_equal(rig_scs_s(rig, SCS_SFSR), SFSR_INVIS);
	rig_free(rig);
}

struct inver_row {
	const char *what;
	uint32_t lr;
};

static const struct inver_row inver_rows[] = {
	{ "ES claimed", 0xffffffb9 },
	{ "DCRS cleared", 0xffffff98 },
};

static void return__of_non_secure_code_that_lies_is_inver(void **state)
{
	const struct inver_row *row = *state;
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	rig_code_at(rig, NS_CODE, I_SVC, RIG_END);
	rig_set_scs_s(rig, SCS_SHCSR, BIT(19));
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 11);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xffffffb8);
	rig_set_reg(rig, CPU_REG_LR, row->lr);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 7);
	assert_int_equal(rig_scs_s(rig, SCS_SFSR), SFSR_INVER);
	rig_free(rig);
}

/* Exception 11 is each state's own. */
static void svc__goes_to_the_state_that_calls(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_pc(rig), rig_handler(11));
	assert_int_equal(rig_scs_s(rig, SCS_SHCSR), BIT(7));
	assert_int_equal(rig_scs_ns(rig, SCS_SHCSR), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xfffffff9);
	rig_free(rig);
}

/* The Secure stack limit holds for the callee's registers: STKOF, Secure UsageFault instead. */
static void push__of_callee_registers_obeys_the_limit(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_NOP, RIG_END);
	rig_set_scs_s(rig, SCS_SHCSR, BIT(18));
	rig_set_reg(rig, CPU_REG_MSPLIM_S, RIG_STACK - FRAME_SIZE);
	cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_NVIC_IPR + 3, 1, CPU_SCS_DEBUGGER, 0x80);
	give_irq_to_ns(rig, 3);
	enable_irq(rig, 3);
	cpu_irq(rig->cpu, 3, true);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 6);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_scs_s(rig, SCS_CFSR), CFSR_STKOF);
	rig_free(rig);
}

/* --- priorities ------------------------------------------------------------------------------- */

static void pris__squeezes_non_secure_priorities(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, I_B_SELF, RIG_END);
	give_irq_to_ns(rig, 0);
	enable_irq(rig, 0);
	enable_irq(rig, 1);
	/* Non-secure 0x00 against Secure 0x40. */
	rig_set_scs(rig, SCS_NVIC_IPR, 0x00004000);
	rig_set_scs(rig, SCS_AIRCR, 0x05fa0000 | AIRCR_PRIS);
	rig_set_scs(rig, SCS_NVIC_ISPR, 3);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 17);
	rig_free(rig);
}

struct primask_row {
	const char *what;
	uint32_t aircr;
	unsigned mask; /* CPU_REG_CFBP_S or _NS */
	uint32_t cfbp;
	bool ns_irq;
	uint8_t priority;
	bool taken;
};

static const struct primask_row primask_rows[] = {
	{ "PRIMASK_NS stops the Secure one, too", 0, CPU_REG_CFBP_NS, 1, false, 0x20, false },
	{ "PRIMASK_NS with PRIS does not", AIRCR_PRIS, CPU_REG_CFBP_NS, 1, false, 0x20, true },
	{ "PRIMASK_NS with PRIS stops its own", AIRCR_PRIS, CPU_REG_CFBP_NS, 1, true, 0x20, false },
	{ "PRIMASK_S stops all", AIRCR_PRIS, CPU_REG_CFBP_S, 1, false, 0, false },
	{ "FAULTMASK_NS without BFHFNMINS is a PRIMASK", AIRCR_PRIS, CPU_REG_CFBP_NS, 0x10000,
		false, 0x20, true },
	{ "FAULTMASK_NS with BFHFNMINS", AIRCR_PRIS | AIRCR_BFHFNMINS, CPU_REG_CFBP_NS, 0x10000,
		false, 0x20, false },
	{ "BASEPRI_NS with PRIS", AIRCR_PRIS, CPU_REG_CFBP_NS, 0x2000, false, 0x60, true },
	{ "BASEPRI_S", 0, CPU_REG_CFBP_S, 0x4000, true, 0x40, false },
	{ "BASEPRI_S above", 0, CPU_REG_CFBP_S, 0x4000, true, 0x20, true },
};

static void mask__counts_by_state(void **state)
{
	const struct primask_row *row = *state;
	struct rig *rig = secure_rig_new(RIG_M33S);

	rig_code(rig, I_B_SELF, RIG_END);
	if (row->ns_irq)
		give_irq_to_ns(rig, 0);
	enable_irq(rig, 0);
	rig_set_scs(rig, SCS_NVIC_IPR, row->priority);
	rig_set_scs(rig, SCS_AIRCR, 0x05fa0000 | row->aircr);
	rig_set_reg(rig, row->mask, row->cfbp);
	rig_set_scs(rig, SCS_NVIC_ISPR, 1);
	rig_run(rig, 1);
	assert_int_equal(rig_ipsr(rig), row->taken ? 16 : 0);
	rig_free(rig);
}

static void bfhfnmins__gives_hard_fault_nmi_and_bus_fault_away(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_set_scs_s(rig, SCS_AIRCR, 0x05fa0000 | AIRCR_BFHFNMINS);
	assert_int_equal(rig_scs_ns(rig, SCS_AIRCR), 0xfa050000 | AIRCR_BFHFNMINS);
	rig_code_at(rig, NS_CODE, I_UDF, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_scs_ns(rig, SCS_HFSR), HFSR_FORCED);
	rig_set_scs_ns(rig, SCS_ICSR, ICSR_NMIPENDSET);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 2);
	assert_false(rig_is_secure(rig));
	rig_free(rig);
}

static void bus_fault__is_secure_without_bfhfnmins(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NS_CODE, 0x6800, RIG_END);
	rig_set_reg(rig, 0, RIG_DEVICE + 4);
	rig_set_scs_s(rig, SCS_SHCSR, BIT(17));
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 5);
	assert_true(rig_is_secure(rig));
	assert_int_equal(rig_scs_s(rig, SCS_CFSR), CFSR_PRECISERR | CFSR_BFARVALID);
	assert_int_equal(rig_scs_ns(rig, SCS_CFSR), 0);
	assert_int_equal(rig_scs_s(rig, SCS_BFAR), RIG_DEVICE + 4);
	assert_int_equal(rig_scs_ns(rig, SCS_BFAR), 0);
	rig_free(rig);
}

static void sysresetreqs__keeps_the_reset_for_secure_code(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_set_scs(rig, SCS_AIRCR, 0x05fa0000 | AIRCR_SYSRESETREQS);
	rig_set_scs_ns(rig, SCS_AIRCR, 0x05fa0000 | AIRCR_SYSRESETREQ);
	assert_false(cpu_reset_requested(rig->cpu));
	rig_set_scs(rig, SCS_AIRCR, 0x05fa0000 | AIRCR_SYSRESETREQS | AIRCR_SYSRESETREQ);
	assert_true(cpu_reset_requested(rig->cpu));
	rig_free(rig);
}

/* --- registers -------------------------------------------------------------------------------- */

struct bank_row {
	const char *what;
	uint32_t offset;
	uint32_t value;   /* written to the Secure one */
	uint32_t secure;  /* what it reads then */
	uint32_t ns;      /* the Non-secure one, that was not written */
	uint32_t written; /* the Non-secure one, after the value was written to it */
};

static const struct bank_row bank_rows[] = {
	{ "VTOR", SCS_VTOR, 0x1080, 0x1080, NS_VECTORS, 0x1080 },
	{ "SCR", SCS_SCR, 0x1e, 0x1e, 0, 0x12 },
	{ "CCR", SCS_CCR, 0x51a, 0x71b, 0x201, 0x61b },
	{ "SHPR1", SCS_SHPR1, 0xe0e0e0e0, 0xe0e0e0e0, 0, 0x00e000e0 },
	{ "SHPR2", SCS_SHPR2, 0xe0000000, 0xe0000000, 0, 0xe0000000 },
	{ "SHPR3", SCS_SHPR3, 0xe0e00000, 0xe0e00000, 0, 0xe0e00000 },
	{ "SHCSR", SCS_SHCSR, 0xf0000, 0xf0000, 0, 0x50000 },
	{ "MMFAR", SCS_MMFAR, 0x1234, 0x1234, 0, 0x1234 },
	{ "BFAR", SCS_BFAR, 0x1234, 0x1234, 0, 0 },
	{ "CPACR", SCS_CPACR, 0xf00000, 0xf00000, 0, 0xf00000 },
	{ "NSACR", SCS_NSACR, 0xc00, 0xc00, 0, 0 },
	{ "MPU_CTRL", SCS_MPU_CTRL, 6, 6, 0, 6 },
	{ "MPU_RNR", SCS_MPU_RNR, 5, 5, 0, 5 },
	{ "MPU_RBAR", SCS_MPU_RBAR, 0x2003, 0x2003, 0, 0x2003 },
	{ "MPU_MAIR0", SCS_MPU_MAIR0, 0xff, 0xff, 0, 0xff },
	{ "SAU_RNR", SCS_SAU_RNR, 7, 7, 0, 0 },
	{ "SFAR", SCS_SFAR, 0x20, 0x20, 0, 0 },
	{ "SYST_RVR", SCS_SYST_RVR, 0x1234, 0x1234, 0, 0x1234 },
	{ "FPCAR", SCS_FPCAR, 0x20000008, 0x20000008, 0, 0x20000008 },
	{ "FPDSCR", SCS_FPDSCR, 0x07c00000, 0x07c00000, 0, 0x07c00000 },
	{ "FPCCR", SCS_FPCCR, 0xfc0007fb, 0xfc0007fb, 0xd0000000, 0xd000062b },
	{ "CPPWR", SCS_CPPWR, 0x00f00000, 0x00f00000, 0, 0 },
	{ "NVIC_ISER", SCS_NVIC_ISER, 0xff, 0xff, 0, 0 },
	{ "NVIC_ITNS", SCS_NVIC_ITNS, 0xff, 0xff, 0, 0 },
	{ "AIRCR", SCS_AIRCR, 0x05fa4308, 0xfa054308, 0xfa050000, 0xfa050300 },
};

static void registers__are_banked(void **state)
{
	const struct bank_row *row = *state;
	struct rig *rig = secure_rig_new(RIG_M33S);

	rig_set_scs_s(rig, row->offset, row->value);
	assert_int_equal(rig_scs_s(rig, row->offset), row->secure);
	assert_int_equal(rig_scs_ns(rig, row->offset), row->ns);
	rig_set_scs_ns(rig, row->offset, row->value);
	assert_int_equal(rig_scs_ns(rig, row->offset), row->written);
	assert_int_equal(rig_scs_s(rig, row->offset), row->secure);
	rig_free(rig);
}

/* Secure code reaches the Non-secure state's by the alias, Non-secure code sees its own. */
static void alias__is_for_secure_code(void **state)
{
	struct rig *rig = secure_rig_new(RIG_M33S);

	(void)state;
	rig_code(rig, 0x6808, RIG_END); /* LDR R0, [R1] */
	rig_set_reg(rig, 1, SCS_NS_BASE + SCS_VTOR);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), NS_VECTORS);
	rig_free(rig);
	rig = non_secure_rig_new(RIG_M33S);
	rig_code_at(rig, NS_CODE, 0x6808, RIG_END);
	rig_set_reg(rig, 1, SCS_BASE + SCS_VTOR);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), NS_VECTORS);
	rig_free(rig);
}

struct special_row {
	const char *what;
	unsigned sysm;
	uint32_t value, expected;
	unsigned regsel; /* of the debugger */
	uint32_t shown;
};

static const struct special_row special_rows[] = {
	{ "MSP_NS", 0x88, 0x20009000, 0x20009000, CPU_REG_MSP_NS, 0x20009000 },
	{ "PSP_NS", 0x89, 0x20009000, 0x20009000, CPU_REG_PSP_NS, 0x20009000 },
	{ "MSPLIM_NS", 0x8a, 0x20009007, 0x20009000, CPU_REG_MSPLIM_NS, 0x20009000 },
	{ "PSPLIM_NS", 0x8b, 0x20009000, 0x20009000, CPU_REG_PSPLIM_NS, 0x20009000 },
	{ "PSP", 0x09, 0x20003000, 0x20003000, CPU_REG_PSP_S, 0x20003000 },
	{ "MSPLIM", 0x0a, 0x20003000, 0x20003000, CPU_REG_MSPLIM_S, 0x20003000 },
	{ "PSPLIM", 0x0b, 0x20003000, 0x20003000, CPU_REG_PSPLIM_S, 0x20003000 },
	{ "PRIMASK_NS", 0x90, 1, 1, CPU_REG_CFBP_NS, 1 },
	{ "BASEPRI_NS", 0x91, 0x40, 0x40, CPU_REG_CFBP_NS, 0x4000 },
	{ "FAULTMASK_NS", 0x93, 1, 1, CPU_REG_CFBP_NS, 0x10000 },
	{ "CONTROL_NS", 0x94, 3, 3, CPU_REG_CFBP_NS, 0x03000000 },
	{ "SP_NS", 0x98, 0x2000a000, 0x2000a000, CPU_REG_MSP_NS, 0x2000a000 },
	{ "PRIMASK", 0x10, 1, 1, CPU_REG_CFBP_S, 1 },
	{ "BASEPRI", 0x11, 0x40, 0x40, CPU_REG_CFBP_S, 0x4000 },
	{ "CONTROL with SFPA", 0x14, 8, 8, CPU_REG_CFBP_S, 0x08000000 },
};

static void msr__names_the_non_secure_ones(void **state)
{
	const struct special_row *row = *state;
	struct rig *rig = secure_rig_new(RIG_M33S);

	rig_code(rig, 0xf380, 0x8800 | row->sysm, 0xf3ef, 0x8100 | row->sysm, RIG_END);
	rig_set_reg(rig, 0, row->value);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 1), row->expected);
	assert_int_equal(rig_reg(rig, row->regsel), row->shown);
	rig_free(rig);
	rig = non_secure_rig_new(RIG_M33S);
	if (row->sysm & 0x80) { /* not for Non-secure code */
		rig_code_at(rig, NS_CODE, 0xf3ef, 0x8100 | row->sysm, RIG_END);
		rig_set_reg(rig, 1, 5);
		rig_step(rig);
		assert_int_equal(rig_reg(rig, 1), 0);
	}
	rig_free(rig);
}

static void systick__is_there_twice(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NS_CODE, I_B_SELF, RIG_END);
	rig_set_scs_s(rig, SCS_SYST_RVR, 20);
	rig_set_scs_s(rig, SCS_SYST_CSR, 7);
	rig_set_scs_ns(rig, SCS_SYST_RVR, 50);
	rig_set_scs_ns(rig, SCS_SYST_CSR, 5);
	cpu_resume(rig->cpu);
	rig_run(rig, 22);
	assert_int_equal(rig_ipsr(rig), 15);
	assert_true(rig_is_secure(rig));
	assert_true(rig_scs_ns(rig, SCS_SYST_CVR) > 20);
	rig_free(rig);
}

/* --- TT --------------------------------------------------------------------------------------- */

struct tt_row {
	const char *what;
	int code[3]; /* of R0, [R1] */
	uint32_t addr;
	uint32_t expected;
};

static const struct tt_row tt_rows[] = {
	{ "TT of Secure memory", { 0xe841, 0xf000, RIG_END }, 0x20000000, 0x004c0000 },
	{ "TT of Non-secure memory", { 0xe841, 0xf000, RIG_END }, NS_RAM, 0x003e0200 },
	{ "TT of what may be called", { 0xe841, 0xf000, RIG_END }, NSC_CODE, 0x004e0100 },
	{ "TTA of Non-secure memory", { 0xe841, 0xf080, RIG_END }, NS_RAM, 0x003e0200 },
	{ "TTAT of Secure memory", { 0xe841, 0xf0c0, RIG_END }, 0x20000000, 0x004c0000 },
};

static void tt__tells_the_attribution(void **state)
{
	const struct tt_row *row = *state;
	struct rig *rig = secure_rig_new(RIG_M33S);

	rig_code(rig, row->code[0], row->code[1], RIG_END);
	rig_set_reg(rig, 1, row->addr);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), row->expected);
	rig_free(rig);
}

static void tt__tells_non_secure_code_nothing_of_it(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NS_CODE, 0xe841, 0xf000, 0xe841, 0xf080, RIG_END);
	rig_set_reg(rig, 1, NS_RAM);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), 0x000c0000);
	rig_step(rig); /* TTA is undefined */
	assert_int_equal(rig_scs_ns(rig, SCS_CFSR), CFSR_UNDEFINSTR);
	rig_free(rig);
}

static void mpu__is_there_twice(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);

	(void)state;
	rig_code_at(rig, NS_CODE, 0x6808, RIG_END);
	rig_set_reg(rig, 1, NS_RAM);
	rig_set_scs_ns(rig, SCS_MPU_RBAR, NS_VECTORS | 6);
	rig_set_scs_ns(rig, SCS_MPU_RASR, 0xffe1);
	rig_set_scs_ns(rig, SCS_MPU_CTRL, MPU_CTRL_ENABLE);
	rig_set_scs_ns(rig, SCS_SHCSR, BIT(16));
	rig_step(rig);
	assert_int_equal(rig_scs_ns(rig, SCS_CFSR) & CFSR_DACCVIOL, CFSR_DACCVIOL);
	assert_int_equal(rig_scs_ns(rig, SCS_MMFAR), NS_RAM);
	assert_int_equal(rig_scs_s(rig, SCS_CFSR), 0);
	rig_free(rig);
}

/* --- snapshot --------------------------------------------------------------------------------- */

static void snapshot__keeps_both_states(void **state)
{
	struct rig *rig = non_secure_rig_new(RIG_M33S);
	struct rig *other = secure_rig_new(RIG_M33S);
	const size_t size = cpu_snapshot_size(rig->cpu);
	uint8_t *bytes = malloc(size);

	(void)state;
	assert_non_null(bytes);
	rig_set_reg(rig, CPU_REG_PSP_S, 0x20001000);
	rig_set_reg(rig, CPU_REG_CFBP_NS, 0x01002001);
	rig_set_scs_s(rig, SCS_NVIC_ITNS, 0x55);
	rig_set_scs_ns(rig, SCS_MMFAR, 0x77);
	cpu_snapshot(rig->cpu, bytes);
	assert_true(cpu_restore(other->cpu, bytes, size));
	assert_false(rig_is_secure(other));
	assert_int_equal(rig_reg(other, CPU_REG_PSP_S), 0x20001000);
	assert_int_equal(rig_reg(other, CPU_REG_CFBP_NS), 0x01002001);
	assert_int_equal(rig_scs_s(other, SCS_NVIC_ITNS), 0x55);
	assert_int_equal(rig_scs_ns(other, SCS_MMFAR), 0x77);
	rig_free(other);
	other = rig_new(RIG_M33);
	assert_false(cpu_restore(other->cpu, bytes, size));
	free(bytes);
	rig_free(other);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reset__begins_secure),
		cmocka_unit_test(bxns__to_an_odd_address_stays_secure),
		cmocka_unit_test(bxns__is_undefined_in_non_secure_state),
		cmocka_unit_test(blxns__leaves_the_way_back_on_the_secure_stack),
		cmocka_unit_test(blxns__of_a_handler_hides_its_number),
		cmocka_unit_test(function_return__of_the_wrong_mode_is_invpc),
		cmocka_unit_test(blxns__obeys_the_stack_limit),
		cmocka_unit_test(sg__is_the_gate),
		cmocka_unit_test(secure_fault__of_baseline_is_hard_fault),
		cmocka_unit_test(exception__to_non_secure_hides_all_registers),
		cmocka_unit_test(exception__to_secure_keeps_the_callees_registers),
		cmocka_unit_test(tail_chain__from_non_secure_to_secure_clears_dcrs),
		cmocka_unit_test(return__with_a_broken_signature_is_invis),
		cmocka_unit_test(svc__goes_to_the_state_that_calls),
		cmocka_unit_test(push__of_callee_registers_obeys_the_limit),
		cmocka_unit_test(pris__squeezes_non_secure_priorities),
		cmocka_unit_test(bfhfnmins__gives_hard_fault_nmi_and_bus_fault_away),
		cmocka_unit_test(bus_fault__is_secure_without_bfhfnmins),
		cmocka_unit_test(sysresetreqs__keeps_the_reset_for_secure_code),
		cmocka_unit_test(alias__is_for_secure_code),
		cmocka_unit_test(systick__is_there_twice),
		cmocka_unit_test(tt__tells_non_secure_code_nothing_of_it),
		cmocka_unit_test(mpu__is_there_twice),
		cmocka_unit_test(snapshot__keeps_both_states),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(secure_fault__says_why, fault_rows),
		TEST_TABLE(secure_fault__escalates_when_it_is_off, fault_rows),
		TEST_TABLE(return__of_non_secure_code_that_lies_is_inver, inver_rows),
		TEST_TABLE(mask__counts_by_state, primask_rows),
		TEST_TABLE(registers__are_banked, bank_rows),
		TEST_TABLE(msr__names_the_non_secure_ones, special_rows),
		TEST_TABLE(tt__tells_the_attribution, tt_rows),
	};

	return test_run_tables(
		"cpu v8m secure", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
