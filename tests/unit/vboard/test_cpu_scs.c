/* SPDX-License-Identifier: Apache-2.0 */
/* The System Control Space, and what instructions the vectors leave out: IT, exclusives, MSR... */
#include "unit/vboard/cpu_rig.h"

/* --- registers -------------------------------------------------------------------------------- */

static void scs__identifies_the_core(void **state)
{
	static const struct {
		enum rig_core core;
		uint32_t offset, value;
	} cases[] = {
		{ RIG_M0, SCS_CPUID, 0x410cc200 },
		{ RIG_M0, SCS_ID_PFR0, 0 },
		{ RIG_M0, SCS_PIDR4 + 0x10, 0x08 },
		{ RIG_M3, SCS_CPUID, 0x412fc231 },
		{ RIG_M3, SCS_ID_PFR0, 0x30 },
		{ RIG_M3, SCS_MVFR0, 0 },
		{ RIG_M3, SCS_ICTR, 1 },
		{ RIG_M3, SCS_MPU_TYPE, 0x800 },
		{ RIG_M4F, SCS_MVFR0, 0x10110021 },
		{ RIG_M4F, SCS_MVFR0 + 4, 0x11000011 },
		{ RIG_M4F, SCS_PIDR4, 0x04 },
		{ RIG_M4F, SCS_PIDR4 + 0x10, 0x0c },
		{ RIG_M4F, SCS_CIDR3, 0xb1 },
		{ RIG_M4F, SCS_SYST_CALIB, 0 },
		{ RIG_M3, SCS_SYST_CALIB, SYST_CALIB_NOREF },
		{ RIG_M7, SCS_CPUID, 0x411fc270 },
		{ RIG_M7, SCS_CTR, 0x8303c003 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rig *rig = rig_new(cases[i].core);

		assert_int_equal(rig_scs(rig, cases[i].offset), cases[i].value);
		rig_free(rig);
	}
}

struct write_row {
	enum rig_core core;
	uint32_t offset;
	uint32_t read; /* after all ones were written */
};

static void scs__keeps_the_bits_that_exist(void **state)
{
	static const struct write_row rows[] = {
		{ RIG_M0, SCS_NVIC_ISER, 0xffffffff },
		{ RIG_M0, SCS_NVIC_IPR, 0xc0c0c0c0 },
		{ RIG_M0, SCS_SHPR1, 0 },
		{ RIG_M0, SCS_SHPR2, 0xc0000000 },
		{ RIG_M0, SCS_VTOR, 0 },
		{ RIG_M0, SCS_CCR, CCR_STKALIGN | CCR_UNALIGN_TRP },
		{ RIG_M3, SCS_NVIC_ISER + 4, BITS(10, 0) },
		{ RIG_M3, SCS_NVIC_ISER + 8, 0 },
		{ RIG_M3, SCS_NVIC_IPR + 40, 0x00f0f0f0 },
		{ RIG_M3, SCS_SHPR1, 0x00f0f0f0 },
		{ RIG_M3, SCS_SHPR3, 0xf0f000f0 },
		{ RIG_M3, SCS_VTOR, 0xffffff80 },
		{ RIG_M3, SCS_SCR, 0x16 },
		{ RIG_M3, SCS_CCR, 0x31b },
		{ RIG_M3, SCS_CPACR, 0 },
		{ RIG_M3, SCS_SYST_RVR, 0x00ffffff },
		{ RIG_M3, SCS_CPUID, 0x412fc231 },
		{ RIG_M4F, SCS_CPACR, 0x00f00000 },
		{ RIG_M4F, SCS_FPDSCR, 0x07c00000 },
		{ RIG_M4F, SCS_FPCAR, 0xfffffff8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rig *rig = rig_new(rows[i].core);

		rig_set_scs(rig, rows[i].offset, UINT32_MAX);
		assert_int_equal(rig_scs(rig, rows[i].offset), rows[i].read);
		rig_free(rig);
	}
}

static void scs__takes_bytes_and_halfwords(void **state)
{
	struct rig *rig = rig_new(RIG_M3);
	uint32_t value;

	(void)state;
	assert_true(cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_NVIC_IPR + 2, 1, true, 0x50));
	assert_int_equal(rig_scs(rig, SCS_NVIC_IPR), 0x00500000);
	assert_true(cpu_scs_read_sized(rig->cpu, SCS_BASE + SCS_CPUID + 2, 2, true, &value));
	assert_int_equal(value, 0x412f);
	assert_false(cpu_scs_read_sized(rig->cpu, SCS_BASE + 1, 2, true, &value));
	assert_false(cpu_scs_read(rig->cpu, 0xe0001000, true, &value));
	rig_free(rig);
}

static void new__refuses_what_it_cannot_be(void **state)
{
	static const struct cpu_config configs[] = {
		{ .arch = CPU_ARMV7M, .prio_bits = 3, .irqs = 1, .security = true },
		{ .arch = CPU_ARMV8M_BASE, .prio_bits = 3, .irqs = 1, .mve = true },
		{ .arch = CPU_ARMV8M_BASE, .prio_bits = 3, .irqs = 1, .fpu = CPU_FPU_FPV5_SP },
		{ .arch = CPU_ARMV8M_MAIN, .prio_bits = 3, .irqs = 1, .sau_regions = 9 },
		{ .arch = CPU_ARMV8M_MAIN, .prio_bits = 3, .irqs = 1, .mpu_ns_regions = 17 },
		{ .arch = CPU_ARMV7M, .prio_bits = 1, .irqs = 1 },
		{ .arch = CPU_ARMV7M, .prio_bits = 3, .irqs = 481 },
		{ .arch = CPU_ARMV7M, .prio_bits = 3, .irqs = 1, .fpu = CPU_FPU_FPV4_SP },
		{ .arch = CPU_ARMV7M, .prio_bits = 3, .irqs = 1, .mpu_regions = 17 },
	};
	const struct cpu_bus bus = { .ctx = NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		test_clear_error();
		assert_null(cpu_new(&configs[i], &bus));
		assert_int_not_equal(dapper_error_last()->status, DAPPER_OK);
	}
}

/* --- memory ----------------------------------------------------------------------------------- */

static void map__splits_and_replaces(void **state)
{
	static uint8_t other[0x3000];
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	put_le32(other + 8, 0xcafe);
	rig_code(rig, I_LDR_R0_R1, RIG_END);
	rig_set_word(rig, 0x20002008, 0x1111);
	assert_true(cpu_map_ram(rig->cpu, 0x20002000, 16, other, true));
	rig_set_reg(rig, 1, 0x20002008);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), 0xcafe);
	rig_set_word(rig, 0x20002010, 0x2222); /* behind it, the old one */
	rig_set_reg(rig, 1, 0x20002010);
	rig_set_reg(rig, CPU_REG_PC, RIG_CODE);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), 0x2222);
	cpu_unmap(rig->cpu, 0x20002000, 16);
	rig_set_reg(rig, 1, 0x20002008);
	rig_set_reg(rig, CPU_REG_PC, RIG_CODE);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	rig_free(rig);
}

static void device__is_written_once_and_may_halt_the_core(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_STR_R0_R1, I_ADDS_R0_1, I_B_SELF, RIG_END);
	rig_set_reg(rig, 0, 5);
	rig_set_reg(rig, 1, RIG_DEVICE);
	rig_run(rig, 10);
	assert_int_equal(rig->device_writes, 1);
	assert_int_equal(rig->device, 5);
	rig_free(rig);
}

static void halt_in_callback(struct rig *rig, uint32_t value)
{
	(void)value;
	rig_dhcsr(rig, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
}

static void device__callback_halts_after_the_instruction(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig->on_device_write = halt_in_callback;
	rig_code(rig, I_STR_R0_R1, I_ADDS_R0_1, I_B_SELF, RIG_END);
	rig_set_reg(rig, 1, RIG_DEVICE);
	assert_int_equal(rig_run(rig, 10), CPU_STOP_HALTED);
	assert_int_equal(rig_pc(rig), RIG_CODE + 2);
	assert_int_equal(rig->device_writes, 1);
	rig_free(rig);
}

/* --- instructions ----------------------------------------------------------------------------- */

static void it__executes_by_condition_and_keeps_flags(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	/* CMP r0, #0; ITETE EQ; MOVS r1, #1 (as MOVEQ); MOVNE r2, #2; ADDEQ r3, r3, #1; MOVNE r4 */
	rig_code(rig, 0x2800, 0xbf0b, 0x2101, 0x2202, 0x1c5b, 0x2404, I_B_SELF, RIG_END);
	rig_run(rig, 6);
	assert_int_equal(rig_reg(rig, 1), 1);
	assert_int_equal(rig_reg(rig, 2), 0);
	assert_int_equal(rig_reg(rig, 3), 1);
	assert_int_equal(rig_reg(rig, 4), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_XPSR), 0x61000000); /* Z, C of the compare */
	rig_free(rig);
}

static void it__state_survives_an_exception(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	/* ITTE EQ; SVC; ADDEQ; ADDNE */
	rig_code(rig, 0x2800, 0xbf06, I_SVC, I_ADDS_R0_1, I_ADDS_R0_1, I_B_SELF, RIG_END);
	rig_run(rig, 7);
	assert_int_equal(rig_reg(rig, 0), 1);
	assert_int_equal(rig_pc(rig), RIG_CODE + 10);
	rig_free(rig);
}

static void strex__needs_the_monitor(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	/* LDREX r0, [r1]; STREX r2, r3, [r1]; STREX r4, r3, [r1] */
	rig_code(rig, 0xe851, 0x0f00, 0xe841, 0x3200, 0xe841, 0x3400, RIG_END);
	rig_set_reg(rig, 1, 0x20000100);
	rig_set_reg(rig, 3, 77);
	rig_step(rig);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 2), 0);
	assert_int_equal(rig_reg(rig, 4), 1);
	assert_int_equal(rig_word(rig, 0x20000100), 77);
	rig_free(rig);
}

static void strex__fails_after_an_exception(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, 0xe851, 0x0f00, I_SVC, 0xe841, 0x3200, I_B_SELF, RIG_END);
	rig_set_reg(rig, 1, 0x20000100);
	rig_run(rig, 5);
	assert_int_equal(rig_reg(rig, 2), 1);
	rig_free(rig);
}

static void msr__obeys_privilege(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	/* MSR CONTROL, r0; CPSID i; MSR CONTROL, r2; MRS r3, CONTROL; MRS r4, PSP */
	rig_code(rig, 0xf380, 0x8814, I_CPSID_I, 0xf382, 0x8814, 0xf3ef, 0x8314, 0xf3ef, 0x8409,
		RIG_END);
	rig_set_reg(rig, CPU_REG_PSP, 0x20001000);
	rig_set_reg(rig, 0, 3);
	for (unsigned i = 0; i < 5; i++)
		rig_step(rig);
	assert_int_equal(rig_reg(rig, 3), 3);
	assert_int_equal(rig_reg(rig, 4), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), 0x20001000);
	assert_int_equal(rig_reg(rig, CPU_REG_CFBP), 0x03000000);
	rig_free(rig);
}

static void unaligned__word_crosses_pages(void **state)
{
	struct rig *rig = rig_new(RIG_M3);

	(void)state;
	rig_code(rig, I_LDR_R0_R1, RIG_END);
	rig_set_word(rig, 0x20000ffc, 0x11223344);
	rig_set_word(rig, 0x20001000, 0x55667788);
	rig_set_reg(rig, 1, 0x20000ffd);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), 0x88112233);
	rig_free(rig);
}

/* VSELEQ: FPv5 has it, FPv4 does not. */
static void fpv5__is_undefined_before_it(void **state)
{
	struct rig *rig = rig_new(RIG_M4F);

	(void)state;
	rig_set_scs(rig, SCS_CPACR, CPACR_CP10_CP11);
	rig_code(rig, 0xfe00, 0x0a00, RIG_END);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_UNDEFINSTR);
	assert_int_equal(rig->warnings, 0);
	rig_free(rig);
}

static void count_insn(void *ctx, uint32_t pc, uint32_t opcode, uint64_t cycle)
{
	(void)pc;
	(void)opcode;
	(void)cycle;
	(*(unsigned *)ctx)++;
}

static void trace__sees_every_instruction(void **state)
{
	struct rig *rig = rig_new(RIG_M3);
	unsigned count = 0;
	const struct cpu_trace trace = { .insn = count_insn, .ctx = &count };

	(void)state;
	rig_code(rig, I_SVC, I_B_SELF, RIG_END);
	cpu_set_trace(rig->cpu, &trace);
	rig_run(rig, 10);
	assert_int_equal(count, 10);
	cpu_set_trace(rig->cpu, NULL);
	rig_run(rig, 10);
	assert_int_equal(count, 10);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scs__identifies_the_core),
		cmocka_unit_test(scs__keeps_the_bits_that_exist),
		cmocka_unit_test(scs__takes_bytes_and_halfwords),
		cmocka_unit_test(new__refuses_what_it_cannot_be),
		cmocka_unit_test(map__splits_and_replaces),
		cmocka_unit_test(device__is_written_once_and_may_halt_the_core),
		cmocka_unit_test(device__callback_halts_after_the_instruction),
		cmocka_unit_test(it__executes_by_condition_and_keeps_flags),
		cmocka_unit_test(it__state_survives_an_exception),
		cmocka_unit_test(strex__needs_the_monitor),
		cmocka_unit_test(strex__fails_after_an_exception),
		cmocka_unit_test(msr__obeys_privilege),
		cmocka_unit_test(unaligned__word_crosses_pages),
		cmocka_unit_test(fpv5__is_undefined_before_it),
		cmocka_unit_test(trace__sees_every_instruction),
	};

	return cmocka_run_group_tests_name("cpu scs", tests, NULL, NULL);
}
