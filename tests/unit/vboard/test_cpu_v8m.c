/* SPDX-License-Identifier: Apache-2.0 */
/* Armv8-M without the Security Extension: DDI 0553. Instructions, EXC_RETURN, stack limits, PMSAv8,
 * Armv8.1-M loops. */
#include <string.h>

#include "unit/vboard/cpu_rig.h"

enum { FRAME_SIZE = 0x20, FRAME_PC = 0x18 };

/* --- instructions ----------------------------------------------------------------------------- */

struct insn_row {
	const char *what;
	enum rig_core core;
	int code[4]; /* one instruction, ended by RIG_END */
	unsigned reg;
	uint32_t expected;
	uint32_t pc; /* after it, from its own */
};

/* R0 is 7, R1 0x20000100, R2 3, R3 0x80; the word at R1 is 0x89abcdef. */
static const struct insn_row insn_rows[] = {
	{ "M23 MOVW", RIG_M23, { 0xf64f, 0x70ff, RIG_END }, 0, 0xffff, 4 },
	{ "M23 MOVT", RIG_M23, { 0xf2c1, 0x2034, RIG_END }, 0, 0x12340007, 4 },
	{ "M23 SDIV", RIG_M23, { 0xfb90, 0xf4f2, RIG_END }, 4, 2, 4 },
	{ "M23 UDIV", RIG_M23, { 0xfbb3, 0xf4f2, RIG_END }, 4, 0x2a, 4 },
	{ "M23 CBNZ taken", RIG_M23, { 0xb918, RIG_END }, 0, 7, 10 },
	{ "M23 CBZ not taken", RIG_M23, { 0xb118, RIG_END }, 0, 7, 2 },
	{ "M23 B.W", RIG_M23, { 0xf000, 0xb808, RIG_END }, 0, 7, 0x14 },
	{ "M23 LDREX", RIG_M23, { 0xe851, 0x0f00, RIG_END }, 0, 0x89abcdef, 4 },
	{ "M23 LDREXB", RIG_M23, { 0xe8d1, 0x0f4f, RIG_END }, 0, 0xef, 4 },
	{ "M23 STREX without LDREX", RIG_M23, { 0xe841, 0x2400, RIG_END }, 4, 1, 4 },
	{ "M23 CLREX", RIG_M23, { 0xf3bf, 0x8f2f, RIG_END }, 0, 7, 4 },
	{ "LDAB", RIG_M33, { 0xe8d1, 0x0f8f, RIG_END }, 0, 0xef, 4 },
	{ "LDAH", RIG_M33, { 0xe8d1, 0x0f9f, RIG_END }, 0, 0xcdef, 4 },
	{ "LDA", RIG_M23, { 0xe8d1, 0x0faf, RIG_END }, 0, 0x89abcdef, 4 },
	{ "LDAEXB", RIG_M33, { 0xe8d1, 0x0fcf, RIG_END }, 0, 0xef, 4 },
	{ "LDAEXH", RIG_M33, { 0xe8d1, 0x0fdf, RIG_END }, 0, 0xcdef, 4 },
	{ "LDAEX", RIG_M23, { 0xe8d1, 0x0fef, RIG_END }, 0, 0x89abcdef, 4 },
	{ "STLEX without LDAEX", RIG_M33, { 0xe8c1, 0x2fe4, RIG_END }, 4, 1, 4 },
	{ "SG is a NOP", RIG_M33, { I_SG, I_SG, RIG_END }, 0, 7, 4 },
	{ "TT of what is not protected", RIG_M33, { 0xe841, 0xf000, RIG_END }, 0, 0xc0000, 4 },
	{ "CSEL, true", RIG_M55, { 0xea50, 0x8412, RIG_END }, 4, 7, 4 },
	{ "CSEL, false", RIG_M55, { 0xea50, 0x8402, RIG_END }, 4, 3, 4 },
	{ "CSINC", RIG_M55, { 0xea50, 0x9402, RIG_END }, 4, 4, 4 },
	{ "CSINV", RIG_M55, { 0xea50, 0xa402, RIG_END }, 4, ~3u, 4 },
	{ "CSNEG", RIG_M55, { 0xea50, 0xb402, RIG_END }, 4, (uint32_t)-3, 4 },
	{ "CSET: CSINC of zero", RIG_M55, { 0xea5f, 0x940f, RIG_END }, 4, 1, 4 },
	{ "CLRM", RIG_M55, { 0xe89f, 0x0005, RIG_END }, 2, 0, 4 },
	{ "DLS", RIG_M55, { 0xf042, 0xe001, RIG_END }, CPU_REG_LR, 3, 4 },
	{ "WLS", RIG_M55, { 0xf042, 0xc009, RIG_END }, CPU_REG_LR, 3, 4 },
	{ "WLS of zero", RIG_M55, { 0xf045, 0xc009, RIG_END }, CPU_REG_LR, 0xffffffff, 0x14 },
	{ "LE branches back", RIG_M55, { 0xf00f, 0xc009, RIG_END }, CPU_REG_LR, 0xfffffffe,
		(uint32_t)-12 },
	{ "LE without LR", RIG_M55, { 0xf02f, 0xc805, RIG_END }, CPU_REG_LR, 0xffffffff,
		(uint32_t)-6 },
};

static void load_rig(struct rig *rig, const int *code)
{
	rig_code(rig, RIG_END);
	for (uint32_t at = RIG_CODE; *code != RIG_END; code++, at += 2)
		put_le16(rig->flash + at, (uint16_t)*code);
	rig_set_reg(rig, 0, 7);
	rig_set_reg(rig, 1, 0x20000100);
	rig_set_reg(rig, 2, 3);
	rig_set_reg(rig, 3, 0x80);
	rig_set_word(rig, 0x20000100, 0x89abcdef);
	rig_set_reg(rig, CPU_REG_XPSR, 0x01000000);
}

static void insn__does_what_the_manual_says(void **state)
{
	const struct insn_row *row = *state;
	struct rig *rig = rig_new(row->core);

	load_rig(rig, row->code);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 0);
	assert_int_equal(rig_reg(rig, row->reg), row->expected);
	assert_int_equal(rig_pc(rig), RIG_CODE + row->pc);
	rig_free(rig);
}

struct undefined_row {
	const char *what;
	enum rig_core core;
	int code[4];
	unsigned warnings;
};

static const struct undefined_row undefined_rows[] = {
	{ "M23 has no IT", RIG_M23, { I_IT_EQ, RIG_END }, 0 },
	{ "M23 has no ADD.W", RIG_M23, { 0xf500, 0x7080, RIG_END }, 0 },
	{ "M23 has no LDR.W", RIG_M23, { 0xf8d1, 0x0000, RIG_END }, 0 },
	{ "BXNS without Security", RIG_M33, { I_BXNS_R0, RIG_END }, 0 },
	{ "TTA without Security", RIG_M33, { 0xe841, 0xf080, RIG_END }, 0 },
	{ "LDA on Armv7-M", RIG_M4F, { 0xe8d1, 0x0faf, RIG_END }, 0 },
	{ "CSEL on Armv8.0-M", RIG_M33, { 0xea50, 0x8402, RIG_END }, 0 },
	{ "VADD.I32 Q: MVE warns", RIG_M55, { 0xef20, 0x0840, RIG_END }, 1 },
	{ "VLDRW.U32 Q: MVE warns", RIG_M55, { 0xed91, 0x1f00, RIG_END }, 1 },
	{ "the same without MVE is no coprocessor", RIG_M33, { 0xed91, 0x1f00, RIG_END }, 0 },
};

static void insn__is_undefined_elsewhere(void **state)
{
	const struct undefined_row *row = *state;
	struct rig *rig = rig_new(row->core);

	load_rig(rig, row->code);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig->warnings, row->warnings);
	rig_free(rig);
}

static void exclusive__stlex_follows_ldaex(void **state)
{
	struct rig *rig = rig_new(RIG_M23);

	(void)state;
	load_rig(rig, (const int[]){ 0xe8d1, 0x0fef, 0xe8c1, 0x2fe4, RIG_END });
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 4), 0);
	assert_int_equal(rig_word(rig, 0x20000100), 3);
	rig_free(rig);
}

static void lda__is_never_unaligned(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	load_rig(rig, (const int[]){ 0xe8d1, 0x0faf, RIG_END });
	rig_set_reg(rig, 1, 0x20000102);
	rig_set_scs(rig, SCS_SHCSR, BIT(18));
	rig_step(rig);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_UNALIGNED);
	rig_free(rig);
}

/* A loop of ADDS R0 and LE runs as often as DLS said. */
static void loop__runs_its_count(void **state)
{
	struct rig *rig = rig_new(RIG_M55);

	(void)state;
	/* DLS LR, R2; ADDS R0, R0, #1; LE back to it; NOP */
	load_rig(rig, (const int[]){ 0xf042, 0xe001, RIG_END });
	rig_code_at(rig, RIG_CODE + 4, I_ADDS_R0_1, 0xf00f, 0xc803, I_NOP, RIG_END);
	for (unsigned i = 0; i < 1 + 2 * 3; i++)
		rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), 7 + 3);
	assert_int_equal(rig_pc(rig), RIG_CODE + 10);
	assert_int_equal(rig_reg(rig, CPU_REG_LR), 1);
	rig_free(rig);
}

/* --- EXC_RETURN ------------------------------------------------------------------------------- */

static void exc_return__is_that_of_armv8m(void **state)
{
	static const enum rig_core cores[] = { RIG_M23, RIG_M33 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cores); i++) {
		struct rig *rig = rig_new(cores[i]);

		rig_code(rig, I_SVC, I_B_SELF, RIG_END);
		rig_set_reg(rig, CPU_REG_PSP, 0x20004000);
		rig_set_reg(rig, CPU_REG_CFBP, 0x02000000);
		rig_step(rig);
		assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xffffffbc);
		cpu_nmi(rig->cpu);
		rig_step(rig);
		assert_int_equal(rig_reg(rig, CPU_REG_LR), 0xffffffb0);
		for (unsigned n = 0; n < 4; n++)
			rig_step(rig);
		assert_int_equal(rig_pc(rig), RIG_CODE + 2);
		assert_int_equal(rig_reg(rig, CPU_REG_CFBP), 0x02000000);
		assert_int_equal(rig_reg(rig, CPU_REG_SP), 0x20004000);
		rig_free(rig);
	}
}

struct bad_return_row {
	const char *what;
	uint32_t value;
};

static const struct bad_return_row bad_return_rows[] = {
	{ "S without Security", 0xfffffff8 },
	{ "ES without Security", 0xffffffb9 },
	{ "DCRS clear without Security", 0xffffff98 },
	{ "bit 1", 0xffffffba },
	{ "bits 31:7 not all ones", 0xff0000b8 },
	{ "an FP frame without FPU", 0xffffffa8 },
};

static void exc_return__bad_is_invpc(void **state)
{
	const struct bad_return_row *row = *state;
	struct rig *rig = rig_new(RIG_M33);

	rig_code(rig, I_SVC, RIG_END);
	rig_set_scs(rig, SCS_SHCSR, BIT(18));
	rig_step(rig);
	rig_set_reg(rig, CPU_REG_LR, row->value);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 6);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_INVPC);
	rig_free(rig);
}

/* A frame whose IPSR is not of the mode returned to. */
static void exc_return__frame_of_the_wrong_mode_is_invpc(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_set_scs(rig, SCS_SHCSR, BIT(18));
	rig_step(rig);
	rig_set_word(rig, rig_reg(rig, CPU_REG_SP) + 0x1c, 0x01000003);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 6);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_INVPC);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK - FRAME_SIZE);
	rig_free(rig);
}

/* --- stack limits ----------------------------------------------------------------------------- */

struct limit_row {
	const char *what;
	int code[4];
	uint32_t sp; /* above the limit, 0x20007f00 */
	bool overflows;
};

static const struct limit_row limit_rows[] = {
	{ "PUSH that fits", { 0xb401, RIG_END }, 4, false },
	{ "PUSH", { 0xb401, RIG_END }, 0, true },
	{ "SUB SP, #8 T1", { 0xb082, RIG_END }, 4, true },
	{ "SUB SP, #8 that fits", { 0xb082, RIG_END }, 8, false },
	{ "SUB.W SP, SP, #0x400", { 0xf5ad, 0x6d80, RIG_END }, 0x100, true },
	{ "SUBW SP, SP, #0x404", { 0xf2ad, 0x4d04, RIG_END }, 0x100, true },
	{ "ADD SP, R0 that wraps", { 0x4485, RIG_END }, 0, true },
	{ "STR [SP, #-8]!", { 0xf84d, 0x0d08, RIG_END }, 4, true },
	{ "STRD [SP, #-8]!", { 0xe96d, 0x0102, RIG_END }, 4, true },
	{ "STMDB SP!", { 0xe92d, 0x000f, RIG_END }, 4, true },
	{ "STR [SP, #-8] moves nothing", { 0xf84d, 0x0c08, RIG_END }, 4, false },
	{ "MOV SP is not checked", { 0x4685, RIG_END }, 4, false },
};

static void limit__is_checked_before_anything_is_stored(void **state)
{
	const struct limit_row *row = *state;
	struct rig *rig = rig_new(RIG_M33);
	const uint32_t sp = 0x20007f00 + row->sp;

	load_rig(rig, row->code);
	rig_set_reg(rig, 0, 0xf0000000);
	rig_set_reg(rig, CPU_REG_MSPLIM_NS, 0x20007f00);
	rig_set_reg(rig, CPU_REG_MSP, 0x20006000);
	rig_set_reg(rig, CPU_REG_PSPLIM_NS, 0x20007f00);
	rig_set_reg(rig, CPU_REG_MSPLIM_NS, 0);
	rig_set_reg(rig, CPU_REG_PSP, sp);
	rig_set_reg(rig, CPU_REG_CFBP, 0x02000000);
	rig_set_word(rig, 0x20007efc, 0x5aa5);
	rig_set_scs(rig, SCS_SHCSR, BIT(18));
	rig_dhcsr(rig, DHCSR_C_DEBUGEN);
	rig_set_scs(rig, SCS_DEMCR, DEMCR_VC_CHKERR);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), row->overflows ? 6 : 0);
	assert_int_equal(rig_scs(rig, SCS_CFSR), row->overflows ? CFSR_STKOF : 0);
	if (row->overflows) /* the exception's own frame does not fit, either */
		assert_int_equal(rig_word(rig, 0x20007efc), 0x5aa5);
	rig_free(rig);
}

/* The fault of a frame that does not fit: SP ends at the limit, nothing is written below it. */
static void limit__holds_for_exception_entry(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	rig_code(rig, I_SVC, RIG_END);
	rig_set_reg(rig, CPU_REG_PSPLIM_NS, 0x20004000);
	rig_set_reg(rig, CPU_REG_PSP, 0x20004010);
	rig_set_reg(rig, CPU_REG_CFBP, 0x02000000);
	rig_set_word(rig, 0x20003ff0, 0x5aa5);
	rig_set_scs(rig, SCS_SHCSR, BIT(18));
	cpu_scs_write_sized(rig->cpu, SCS_BASE + SCS_SHPR2 + 3, 1, true, 0x80); /* SVCall */
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 6);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_STKOF);
	assert_int_equal(rig_reg(rig, CPU_REG_PSP), 0x20004000);
	assert_int_equal(rig_word(rig, 0x20003ff0), 0x5aa5);
	assert_int_equal(rig_scs(rig, SCS_SHCSR) & BIT(15), BIT(15)); /* SVCall is still pending */
	rig_free(rig);
}

static void limit__may_be_ignored_by_hard_fault(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	rig_code(rig, 0xb401, 0xb401, RIG_END);
	rig_set_reg(rig, CPU_REG_MSPLIM_NS, RIG_STACK);
	rig_set_scs(rig, SCS_CCR, CCR_STKOFHFNMIGN);
	rig_set_reg(rig, CPU_REG_CFBP, 0x00010000); /* FAULTMASK: a negative priority */
	rig_set_scs(rig, SCS_CCR, CCR_STKOFHFNMIGN);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, CPU_REG_SP), RIG_STACK - 4);
	rig_set_reg(rig, CPU_REG_CFBP, 0);
	rig_step(rig);
	assert_int_equal(rig_ipsr(rig), 3);
	assert_int_equal(rig_scs(rig, SCS_CFSR), CFSR_STKOF);
	rig_free(rig);
}

static void limit__baseline_has_none_without_security(void **state)
{
	struct rig *rig = rig_new(RIG_M23);

	(void)state;
	rig_code(rig, 0xf380, 0x880a, 0xf3ef, 0x810a, RIG_END); /* MSR MSPLIM, R0; MRS R1 */
	rig_set_reg(rig, 0, 0x20007000);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 1), 0);
	rig_free(rig);
}

static void limit__is_read_and_written_by_msr(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	rig_code(rig, 0xf380, 0x880b, 0xf3ef, 0x810b, RIG_END); /* PSPLIM */
	rig_set_reg(rig, 0, 0x20007007);
	rig_step(rig);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 1), 0x20007000);
	assert_int_equal(rig_reg(rig, CPU_REG_PSPLIM_NS), 0x20007000);
	rig_free(rig);
}

/* --- PMSAv8 ----------------------------------------------------------------------------------- */

struct mpu_row {
	const char *what;
	uint32_t rbar, rlar; /* region 1; region 0 is the flash, for all to execute */
	uint32_t control;    /* nPRIV */
	bool write;
	bool faults;
};

static const struct mpu_row mpu_rows[] = {
	{ "privileged only: privileged", 0x20000001, 0x2000ffe1, 0, true, false },
	{ "privileged only: user", 0x20000001, 0x2000ffe1, 1, false, true },
	{ "any: user", 0x20000003, 0x2000ffe1, 1, true, false },
	{ "read-only: read", 0x20000007, 0x2000ffe1, 1, false, false },
	{ "read-only: write", 0x20000007, 0x2000ffe1, 1, true, true },
	{ "privileged read-only: write", 0x20000005, 0x2000ffe1, 0, true, true },
	{ "outside by 32 bytes", 0x20000123, 0x2000ffe1, 0, false, true },
	{ "the last 32 bytes", 0x20000003, 0x20000101, 0, false, false },
	{ "before them", 0x20000003, 0x200000e1, 0, false, true },
	{ "off", 0x20000003, 0x2000ffe0, 0, false, true },
	{ "two regions", 0x00000003, 0x2000ffe1, 0, false, true },
};

static void mpu8__guards_regions(void **state)
{
	const struct mpu_row *row = *state;
	struct rig *rig = rig_new(RIG_M33);

	rig_code(rig, row->write ? 0x6008 : 0x6808, RIG_END); /* STR or LDR R0, [R1] */
	rig_set_reg(rig, 1, 0x20000100);
	rig_set_scs(rig, SCS_MPU_RNR, 0);
	rig_set_scs(rig, SCS_MPU_RBAR, 0x00000006);
	rig_set_scs(rig, SCS_MPU_RASR, 0x0000ffe1);
	rig_set_scs(rig, SCS_MPU_RBAR + 8, row->rbar); /* RBAR_A1: region 1 */
	rig_set_scs(rig, SCS_MPU_RASR + 8, row->rlar);
	rig_set_scs(rig, SCS_SHCSR, BIT(16));
	rig_set_reg(rig, CPU_REG_PSP, 0x2000a000);
	rig_set_reg(rig, CPU_REG_CFBP, row->control << 24);
	rig_set_scs(rig, SCS_MPU_CTRL, MPU_CTRL_ENABLE);
	rig_step(rig);
	if (!strcmp(row->what, "two regions")) { /* no code, either: lock-up's way in */
		assert_int_equal(rig_scs(rig, SCS_CFSR) & CFSR_IACCVIOL, CFSR_IACCVIOL);
	} else {
		assert_int_equal(
			rig_scs(rig, SCS_CFSR) & CFSR_DACCVIOL, row->faults ? CFSR_DACCVIOL : 0);
		assert_int_equal(rig_scs(rig, SCS_MMFAR), row->faults ? 0x20000100 : 0);
	}
	rig_free(rig);
}

static void mpu8__tt_tells_the_region(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	rig_code(rig, 0xe841, 0xf000, 0xe841, 0xf040, RIG_END); /* TT, TTT R0, R1 */
	rig_set_reg(rig, 1, 0x20000100);
	rig_set_scs(rig, SCS_MPU_RBAR, 0x00000006);
	rig_set_scs(rig, SCS_MPU_RASR, 0x0000ffe1);
	rig_set_scs(rig, SCS_MPU_RNR, 3);
	rig_set_scs(rig, SCS_MPU_RBAR, 0x20000000);
	rig_set_scs(rig, SCS_MPU_RASR, 0x2000ffe1);
	rig_set_scs(rig, SCS_MPU_CTRL, MPU_CTRL_ENABLE);
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), 0x000d0003); /* R, RW, MRVALID, region 3 */
	rig_step(rig);
	assert_int_equal(rig_reg(rig, 0), 0x00010003); /* nothing for unprivileged code */
	rig_free(rig);
}

static void mpu8__keeps_its_registers(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	assert_int_equal(rig_scs(rig, SCS_MPU_TYPE), 0x800);
	rig_set_scs(rig, SCS_MPU_MAIR1, 0x44ff0400);
	rig_set_scs(rig, SCS_MPU_RNR, 7);
	rig_set_scs(rig, SCS_MPU_RBAR, 0xffffffff);
	rig_set_scs(rig, SCS_MPU_RASR, 0xffffffff);
	assert_int_equal(rig_scs(rig, SCS_MPU_MAIR1), 0x44ff0400);
	assert_int_equal(rig_scs(rig, SCS_MPU_RBAR + 24), 0xffffffff); /* _A3 of RNR 7 */
	assert_int_equal(rig_scs(rig, SCS_MPU_RASR), 0xffffffef);      /* no PXN */
	rig_free(rig);
}

/* --- registers that differ -------------------------------------------------------------------- */

static void scs__of_armv8m_without_security(void **state)
{
	struct rig *rig = rig_new(RIG_M33);

	(void)state;
	assert_int_equal(rig_scs(rig, SCS_CCR), 0x201);
	rig_set_scs(rig, SCS_CCR, 0);
	assert_int_equal(rig_scs(rig, SCS_CCR), 0x201);
	assert_int_equal(rig_scs(rig, SCS_SAU_TYPE), 0);
	rig_set_scs(rig, SCS_AIRCR, 0x05fa6000);
	assert_int_equal(rig_scs(rig, SCS_AIRCR), 0xfa050000);
	rig_set_scs(rig, SCS_NVIC_ITNS, 1);
	assert_int_equal(rig_scs(rig, SCS_NVIC_ITNS), 0);
	assert_int_equal(rig_scs(rig, SCS_ID_PFR0 + 4), 0x200);
	assert_int_equal(rig_scs(rig, SCS_DDEVARCH), 0x47702a04);
	rig_set_scs(rig, SCS_ICSR, ICSR_NMIPENDSET);
	rig_set_scs(rig, SCS_ICSR, ICSR_PENDNMICLR);
	assert_int_equal(rig_scs(rig, SCS_ICSR) & ICSR_NMIPENDSET, 0);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exclusive__stlex_follows_ldaex),
		cmocka_unit_test(lda__is_never_unaligned),
		cmocka_unit_test(loop__runs_its_count),
		cmocka_unit_test(exc_return__is_that_of_armv8m),
		cmocka_unit_test(exc_return__frame_of_the_wrong_mode_is_invpc),
		cmocka_unit_test(limit__holds_for_exception_entry),
		cmocka_unit_test(limit__may_be_ignored_by_hard_fault),
		cmocka_unit_test(limit__baseline_has_none_without_security),
		cmocka_unit_test(limit__is_read_and_written_by_msr),
		cmocka_unit_test(mpu8__tt_tells_the_region),
		cmocka_unit_test(mpu8__keeps_its_registers),
		cmocka_unit_test(scs__of_armv8m_without_security),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(insn__does_what_the_manual_says, insn_rows),
		TEST_TABLE(insn__is_undefined_elsewhere, undefined_rows),
		TEST_TABLE(exc_return__bad_is_invpc, bad_return_rows),
		TEST_TABLE(limit__is_checked_before_anything_is_stored, limit_rows),
		TEST_TABLE(mpu8__guards_regions, mpu_rows),
	};

	return test_run_tables("cpu v8m", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
