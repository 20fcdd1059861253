/* SPDX-License-Identifier: Apache-2.0 */
/* Floating point: arithmetic against the host's own IEEE 754 unit in each rounding mode, special
 * values by the manual's rules, and what Cortex-M7 has besides. */
#include <fenv.h>
#include <math.h>

#include "unit/vboard/cpu_rig.h"
#include "unit/vboard/cpu_vector.h"
#include "vboard/cpu/fp_math.h"

/* --- against the host ------------------------------------------------------------------------- */

enum operation { ADD, SUB, MUL, DIV, SQRT, FMA };

struct host_row {
	const char *what;
	const struct fp_format *f;
	enum operation op;
};

static uint64_t ours(const struct host_row *row, const uint64_t *v, uint32_t *fpscr)
{
	switch (row->op) {
	case ADD:
		return fp_add(row->f, v[0], v[1], fpscr);
	case SUB:
		return fp_sub(row->f, v[0], v[1], fpscr);
	case MUL:
		return fp_mul(row->f, v[0], v[1], fpscr);
	case DIV:
		return fp_div(row->f, v[0], v[1], fpscr);
	case SQRT:
		return fp_sqrt(row->f, v[0], fpscr);
	case FMA:
		break;
	}
	return fp_mul_add(row->f, v[2], v[0], v[1], fpscr);
}

static uint64_t host_single(enum operation op, const uint64_t *v)
{
	volatile float a, b, c, r;
	uint32_t bits[3] = { (uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2] };
	float values[3];

	memcpy(values, bits, sizeof(bits));
	a = values[0];
	b = values[1];
	c = values[2];
	feclearexcept(FE_ALL_EXCEPT);
	r = op == ADD    ? a + b
	    : op == SUB  ? a - b
	    : op == MUL  ? a * b
	    : op == DIV  ? a / b
	    : op == SQRT ? sqrtf(a)
	                 : fmaf(a, b, c);
	values[0] = r;
	memcpy(bits, values, sizeof(bits[0]));
	return bits[0];
}

static uint64_t host_double(enum operation op, const uint64_t *v)
{
	volatile double a, b, c, r;
	double values[3];
	uint64_t bits;

	memcpy(values, v, sizeof(values));
	a = values[0];
	b = values[1];
	c = values[2];
	feclearexcept(FE_ALL_EXCEPT);
	r = op == ADD    ? a + b
	    : op == SUB  ? a - b
	    : op == MUL  ? a * b
	    : op == DIV  ? a / b
	    : op == SQRT ? sqrt(a)
	                 : fma(a, b, c);
	values[0] = r;
	memcpy(&bits, values, sizeof(bits));
	return bits;
}

static uint32_t host_flags(void)
{
	const int raised = fetestexcept(FE_ALL_EXCEPT);

	return (raised & FE_INVALID ? FPSCR_IOC : 0) | (raised & FE_DIVBYZERO ? FPSCR_DZC : 0) |
	       (raised & FE_OVERFLOW ? FPSCR_OFC : 0) | (raised & FE_UNDERFLOW ? FPSCR_UFC : 0) |
	       (raised & FE_INEXACT ? FPSCR_IXC : 0);
}

/* Exponents near each other or at the ends of the range, fractions of few or of all bits. */
static uint64_t random_number(const struct fp_format *f, uint64_t *random)
{
	const bool wide = f == &fp_double;
	const int fraction_bits = wide ? 52 : 23;
	const uint64_t exponents = wide ? 2046 : 254;
	const uint32_t kind = vector_random(random);
	const uint64_t high = vector_random(random);
	uint64_t fraction = high << 32 | vector_random(random);
	uint64_t exponent = exponents / 2 + kind / 16 % 8;

	if (kind % 16 == 0)
		exponent = kind / 16 % 3;
	if (kind % 16 == 1)
		exponent = exponents - kind / 16 % 3;
	if (kind % 16 == 2)
		exponent = kind / 16 % exponents;
	if (kind % 16 == 3)
		exponent = exponents / 2 + kind / 16 % 120 - 60;
	if (kind / 4096 % 4 == 0)
		fraction &= UINT64_C(0xf) << (fraction_bits - 4);
	fraction &= (UINT64_C(1) << fraction_bits) - 1;
	fraction |= exponent << fraction_bits;
	return kind >> 31 ? fp_neg(f, fraction) : fraction;
}

static bool is_nan(const struct fp_format *f, uint64_t v)
{
	return fp_abs(f, v) > (f == &fp_double ? UINT64_C(0x7ff) << 52 : UINT64_C(0xff) << 23);
}

static void arithmetic__agrees_with_the_host(void **state)
{
	static const int modes[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
	const struct host_row *row = *state;
	uint64_t random = 0xf10a7 + row->op;
	const uint64_t least_normal = row->f == &fp_double ? UINT64_C(1) << 52 : 1u << 23;

	for (unsigned i = 0; i < 20000; i++) {
		const unsigned mode = vector_random(&random) % ARRAY_SIZE(modes);
		const bool has_ixc = vector_random(&random) & 1; /* the fast way is taken */
		uint32_t fpscr = mode << 22 | (has_ixc ? FPSCR_IXC : 0);
		uint64_t v[3], result, wanted;
		uint32_t flags;

		for (unsigned n = 0; n < 3; n++)
			v[n] = random_number(row->f, &random);
		fesetround(modes[mode]);
		wanted = row->f == &fp_double ? host_double(row->op, v) : host_single(row->op, v);
		flags = host_flags() | (has_ixc ? FPSCR_IXC : 0);
		fesetround(FE_TONEAREST);
		result = ours(row, v, &fpscr);
		/* Here tininess is told before rounding, on x86 after it. */
		if (fp_abs(row->f, result) == least_normal)
			flags = (flags & ~FPSCR_UFC) | (fpscr & FPSCR_UFC);
		if (is_nan(row->f, wanted) && is_nan(row->f, result))
			wanted = result;
		if (result != wanted || (fpscr & 0x9f) != flags)
			fail_msg("mode %u: %016llx, %016llx, %016llx give %016llx %02x, wanted "
				 "%016llx %02x",
				mode, (unsigned long long)v[0], (unsigned long long)v[1],
				(unsigned long long)v[2], (unsigned long long)result, fpscr & 0x9f,
				(unsigned long long)wanted, flags);
	}
}

static const struct host_row host_rows[] = {
	{ "arithmetic__agrees_with_the_host: float +", &fp_single, ADD },
	{ "arithmetic__agrees_with_the_host: float -", &fp_single, SUB },
	{ "arithmetic__agrees_with_the_host: float *", &fp_single, MUL },
	{ "arithmetic__agrees_with_the_host: float /", &fp_single, DIV },
	{ "arithmetic__agrees_with_the_host: float square root", &fp_single, SQRT },
	{ "arithmetic__agrees_with_the_host: float fused", &fp_single, FMA },
	{ "arithmetic__agrees_with_the_host: double +", &fp_double, ADD },
	{ "arithmetic__agrees_with_the_host: double -", &fp_double, SUB },
	{ "arithmetic__agrees_with_the_host: double *", &fp_double, MUL },
	{ "arithmetic__agrees_with_the_host: double /", &fp_double, DIV },
	{ "arithmetic__agrees_with_the_host: double square root", &fp_double, SQRT },
	{ "arithmetic__agrees_with_the_host: double fused", &fp_double, FMA },
};

/* --- one instruction, single precision in s0 to s2 -------------------------------------------- */

struct insn_row {
	const char *what;
	uint32_t opcode;
	uint32_t fpscr, apsr;
	uint32_t s1, s2;
	uint32_t result; /* in s0 */
	uint32_t flags;  /* FPSCR[7:0] */
};

#define QNAN 0x7fc00001u
#define SNAN 0x7f800001u
#define INF  0x7f800000u
#define ONE  0x3f800000u
#define TWO  0x40000000u
#define NEG  0x80000000u

/* Rows are from the pseudocode: FPMaxNum(), FPRoundInt(), FPToFixed(), FPHalfToSingle()... */
static const struct insn_row insn_rows[] = {
	{ "vsel__takes_n_when_the_condition_holds", 0xfe000a81, 0, 0x40000000, ONE, TWO, ONE, 0 },
	{ "vsel__takes_m_when_not", 0xfe000a81, 0, 0, ONE, TWO, TWO, 0 },
	{ "vselgt__needs_n_equal_v", 0xfe300a81, 0, 0x90000000, ONE, TWO, ONE, 0 },
	{ "vselgt__needs_z_clear", 0xfe300a81, 0, 0x40000000, ONE, TWO, TWO, 0 },
	{ "vselvs__looks_at_v", 0xfe100a81, 0, 0x10000000, ONE, TWO, ONE, 0 },
	{ "vselge__looks_at_n_and_v", 0xfe200a81, 0, 0x80000000, ONE, TWO, TWO, 0 },
	{ "vsel__leaves_a_signalling_nan_alone", 0xfe000a81, 0, 0, ONE, SNAN, SNAN, 0 },
	{ "vmaxnm__takes_the_number_of_a_quiet_nan", 0xfe800a81, 0, 0, QNAN, ONE, ONE, 0 },
	{ "vmaxnm__quiets_a_signalling_nan", 0xfe800a81, 0, 0, SNAN, ONE, SNAN | 0x400000, 1 },
	{ "vmaxnm__knows_the_sign_of_zero", 0xfe800a81, 0, 0, NEG, 0, 0, 0 },
	{ "vminnm__knows_the_sign_of_zero", 0xfe800ac1, 0, 0, 0, NEG, NEG, 0 },
	{ "vminnm__of_two_quiet_nans_the_first", 0xfe800ac1, 0, 0, QNAN, QNAN + 1, QNAN, 0 },
	{ "vmaxnm__flushes_subnormals", 0xfe800a81, FPSCR_FZ, 0, 1, NEG, 0, FPSCR_IDC },
	/* s0 = op(s2) */
	{ "vrinta__rounds_ties_away", 0xfeb80a41, 0, 0, 0, 0x40200000, 0x40400000, 0 },
	{ "vrintn__rounds_ties_to_even", 0xfeb90a41, 0, 0, 0, 0x40200000, TWO, 0 },
	{ "vrintp__rounds_up", 0xfeba0a41, 0, 0, 0, 0x3f800001, TWO, 0 },
	{ "vrintm__rounds_down", 0xfebb0a41, 0, 0, 0, 0xbf800001, NEG | TWO, 0 },
	{ "vrintz__keeps_the_sign_of_zero", 0xeeb60ac1, 0, 0, 0, 0xbf000000, NEG, 0 },
	{ "vrintr__takes_rmode", 0xeeb60a41, FP_ROUND_PLUS << 22, 0, 0, 0x3f800001, TWO, 0 },
	{ "vrintx__tells_inexact", 0xeeb70a41, 0, 0, 0, 0x3f800001, ONE, FPSCR_IXC },
	{ "vrintz__flushes_subnormals", 0xeeb60ac1, FPSCR_FZ, 0, 0, 0x80000001, NEG, FPSCR_IDC },
	{ "vrintz__keeps_large_numbers", 0xeeb60ac1, 0, 0, 0, 0x7e123456, 0x7e123456, 0 },
	{ "vrintz__gives_the_default_nan", 0xeeb60ac1, FPSCR_DN, 0, 0, SNAN, 0x7fc00000, 1 },
	{ "vcvta__to_signed", 0xfebc0ac1, 0, 0, 0, 0xc0200000, 0xfffffffd, FPSCR_IXC },
	{ "vcvtn__to_unsigned", 0xfebd0a41, 0, 0, 0, 0x40200000, 2, FPSCR_IXC },
	{ "vcvtp__saturates", 0xfebe0ac1, 0, 0, 0, 0x4f000000, 0x7fffffff, FPSCR_IOC },
	{ "vcvtm__of_a_nan_is_zero", 0xfebf0ac1, 0, 0, 0, QNAN, 0, FPSCR_IOC },
	{ "vcvtb__from_half", 0xeeb20a41, 0, 0, 0, 0x3c00c000, 0xc0000000, 0 },
	{ "vcvtt__from_half", 0xeeb20ac1, 0, 0, 0, 0x3c00c000, ONE, 0 },
	{ "vcvtb__of_an_alternative_half", 0xeeb20a41, FPSCR_AHP, 0, 0, 0x7c00, 0x47800000, 0 },
};

static void one_instruction(void **state)
{
	const struct insn_row *row = *state;
	struct rig *rig = rig_new(RIG_M7);

	rig_set_scs(rig, SCS_CPACR, CPACR_CP10_CP11);
	rig_set_scs(rig, SCS_FPCCR, 0);
	rig_code(rig, row->opcode >> 16, row->opcode & 0xffff, RIG_END);
	rig_set_reg(rig, CPU_REG_XPSR, row->apsr | BIT(24));
	rig_set_reg(rig, CPU_REG_FPSCR, row->fpscr);
	/* s1 is n, s2 is m; VCVTB and VRINT: s2 only. Bit 5 of the opcode is clear, so m is s2. */
	rig_set_reg(rig, CPU_REG_S0 + 1, row->s1);
	rig_set_reg(rig, CPU_REG_S0 + 2, row->s2);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 0);
	assert_int_equal(rig_reg(rig, CPU_REG_S0), row->result);
	assert_int_equal(rig_reg(rig, CPU_REG_FPSCR) & 0xff, row->flags);
	rig_free(rig);
}

/* --- Cortex-M7 -------------------------------------------------------------------------------- */

static void caches__take_maintenance_and_read_zero(void **state)
{
	struct rig *rig = rig_new(RIG_M7);

	(void)state;
	for (uint32_t at = 0xe000ef50; at <= 0xe000ef78; at += 4) {
		assert_true(cpu_scs_write(rig->cpu, at, false, UINT32_MAX));
		assert_int_equal(rig_scs(rig, at & 0xfff), 0);
	}
	rig_free(rig);
}

static void ccsidr__follows_csselr(void **state)
{
	struct rig *rig = rig_new(RIG_M7);

	(void)state;
	assert_int_equal(rig_scs(rig, SCS_CCSIDR), 0xf00fe019); /* 4 ways of 128 lines */
	rig_set_scs(rig, SCS_CSSELR, 1);
	assert_int_equal(rig_scs(rig, SCS_CCSIDR), 0xf01fe009); /* 2 ways of 256 lines */
	rig_free(rig);
}

static void tcm__is_there_when_configured(void **state)
{
	struct cpu_config config = {
		.arch = CPU_ARMV7EM, .cpuid = 0x411fc272, .prio_bits = 4, .irqs = 32, .itcm_kb = 16
	};
	struct rig *rig = rig_new_config(&config);

	(void)state;
	assert_int_equal(rig_scs(rig, 0xf90), 5 << 3);
	rig_set_scs(rig, 0xf90, UINT32_MAX);
	rig_set_scs(rig, 0xf94, UINT32_MAX);
	assert_int_equal(rig_scs(rig, 0xf90), 5 << 3 | 7);
	assert_int_equal(rig_scs(rig, 0xf94), 0);
	cpu_reset(rig->cpu, false);
	assert_int_equal(rig_scs(rig, 0xf90), 5 << 3);
	rig_free(rig);
	rig = rig_new(RIG_M3);
	rig_set_scs(rig, 0xf90, UINT32_MAX);
	assert_int_equal(rig_scs(rig, 0xf90), 0);
	rig_free(rig);
}

/* One group: each row a test of its own. */
int main(void)
{
	enum { M7_TESTS = 3, HOST = ARRAY_SIZE(host_rows), INSN = ARRAY_SIZE(insn_rows) };
	struct CMUnitTest tests[M7_TESTS + HOST + INSN] = {
		cmocka_unit_test(caches__take_maintenance_and_read_zero),
		cmocka_unit_test(ccsidr__follows_csselr),
		cmocka_unit_test(tcm__is_there_when_configured),
	};

	for (size_t i = 0; i < HOST; i++) {
		static struct host_row rows[HOST];

		rows[i] = host_rows[i];
		tests[M7_TESTS + i] = (struct CMUnitTest){ .name = rows[i].what,
			.test_func = arithmetic__agrees_with_the_host,
			.initial_state = &rows[i] };
	}
	for (size_t i = 0; i < INSN; i++) {
		static struct insn_row rows[INSN];

		rows[i] = insn_rows[i];
		tests[M7_TESTS + HOST + i] = (struct CMUnitTest){ .name = rows[i].what,
			.test_func = one_instruction,
			.initial_state = &rows[i] };
	}
	return cmocka_run_group_tests_name("cpu fpu", tests, NULL, NULL);
}
