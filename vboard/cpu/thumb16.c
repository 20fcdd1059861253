/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 16-bit Thumb instructions: DDI 0403E.b A5.2 (the encodings), A7.7 (each instruction).
 *
 * Inside an IT block the data-processing ones leave the flags alone: sets_flags16().
 */
#include "vboard/cpu/alu.h"
#include "vboard/cpu/v8m.h"

/* Register fields, where most encodings have them. */
static uint32_t low0(uint32_t h)
{
	return h & 7;
}

static uint32_t low3(uint32_t h)
{
	return h >> 3 & 7;
}

static uint32_t low6(uint32_t h)
{
	return h >> 6 & 7;
}

static uint32_t low8(uint32_t h)
{
	return h >> 8 & 7;
}

static uint32_t high_rd(uint32_t h)
{
	return (h & 7) | (h >> 4 & 8);
}

static uint32_t high_rm(uint32_t h)
{
	return h >> 3 & 15;
}

/* --- shift (immediate), add, subtract, move, compare: A5.2.1 ---------------------------------- */

static void put_logical(struct cpu *c, uint32_t rd, uint32_t result, uint32_t carry)
{
	c->r[rd] = result;
	if (sets_flags16(c)) {
		set_nz(c, result);
		c->flag_c = carry;
	}
}

static void lsl_imm(struct cpu *c, uint32_t h)
{
	uint32_t carry = c->flag_c;
	const uint32_t result = shift_left(c->r[low3(h)], h >> 6 & 31, &carry);

	put_logical(c, low0(h), result, carry);
}

static void lsr_imm(struct cpu *c, uint32_t h)
{
	const unsigned amount = h >> 6 & 31;
	uint32_t carry = c->flag_c;
	const uint32_t result = shift_right(c->r[low3(h)], amount ? amount : 32, &carry);

	put_logical(c, low0(h), result, carry);
}

static void asr_imm(struct cpu *c, uint32_t h)
{
	const unsigned amount = h >> 6 & 31;
	uint32_t carry = c->flag_c;
	const uint32_t result = shift_right_arithmetic(c->r[low3(h)], amount ? amount : 32, &carry);

	put_logical(c, low0(h), result, carry);
}

static void add_reg_t1(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = add_with_carry(c, c->r[low3(h)], c->r[low6(h)], 0, sets_flags16(c));
}

static void sub_reg_t1(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = add_with_carry(c, c->r[low3(h)], ~c->r[low6(h)], 1, sets_flags16(c));
}

static void add_imm3(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = add_with_carry(c, c->r[low3(h)], low6(h), 0, sets_flags16(c));
}

static void sub_imm3(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = add_with_carry(c, c->r[low3(h)], ~low6(h), 1, sets_flags16(c));
}

static void mov_imm8(struct cpu *c, uint32_t h)
{
	c->r[low8(h)] = h & 0xff;
	if (sets_flags16(c))
		set_nz(c, h & 0xff);
}

static void cmp_imm8(struct cpu *c, uint32_t h)
{
	add_with_carry(c, c->r[low8(h)], ~(h & 0xff), 1, true);
}

static void add_imm8(struct cpu *c, uint32_t h)
{
	c->r[low8(h)] = add_with_carry(c, c->r[low8(h)], h & 0xff, 0, sets_flags16(c));
}

static void sub_imm8(struct cpu *c, uint32_t h)
{
	c->r[low8(h)] = add_with_carry(c, c->r[low8(h)], ~(h & 0xff), 1, sets_flags16(c));
}

/* --- data processing: A5.2.2 ------------------------------------------------------------------ */

static void and_reg(struct cpu *c, uint32_t h)
{
	put_logical(c, low0(h), c->r[low0(h)] & c->r[low3(h)], c->flag_c);
}

static void eor_reg(struct cpu *c, uint32_t h)
{
	put_logical(c, low0(h), c->r[low0(h)] ^ c->r[low3(h)], c->flag_c);
}

static void shift_reg(struct cpu *c, uint32_t h, enum shift_type type)
{
	uint32_t carry = c->flag_c;
	const uint32_t result = shift_c(c->r[low0(h)], type, c->r[low3(h)] & 0xff, &carry);

	put_logical(c, low0(h), result, carry);
}

static void lsl_reg(struct cpu *c, uint32_t h)
{
	shift_reg(c, h, SHIFT_LSL);
}

static void lsr_reg(struct cpu *c, uint32_t h)
{
	shift_reg(c, h, SHIFT_LSR);
}

static void asr_reg(struct cpu *c, uint32_t h)
{
	shift_reg(c, h, SHIFT_ASR);
}

static void ror_reg(struct cpu *c, uint32_t h)
{
	shift_reg(c, h, SHIFT_ROR);
}

static void adc_reg(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = add_with_carry(c, c->r[low0(h)], c->r[low3(h)], c->flag_c, sets_flags16(c));
}

static void sbc_reg(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] =
		add_with_carry(c, c->r[low0(h)], ~c->r[low3(h)], c->flag_c, sets_flags16(c));
}

static void tst_reg(struct cpu *c, uint32_t h)
{
	set_nz(c, c->r[low0(h)] & c->r[low3(h)]);
}

static void rsb_zero(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = add_with_carry(c, ~c->r[low3(h)], 0, 1, sets_flags16(c));
}

static void cmp_reg_t1(struct cpu *c, uint32_t h)
{
	add_with_carry(c, c->r[low0(h)], ~c->r[low3(h)], 1, true);
}

static void cmn_reg(struct cpu *c, uint32_t h)
{
	add_with_carry(c, c->r[low0(h)], c->r[low3(h)], 0, true);
}

static void orr_reg(struct cpu *c, uint32_t h)
{
	put_logical(c, low0(h), c->r[low0(h)] | c->r[low3(h)], c->flag_c);
}

static void mul(struct cpu *c, uint32_t h)
{
	put_logical(c, low0(h), c->r[low0(h)] * c->r[low3(h)], c->flag_c);
}

static void bic_reg(struct cpu *c, uint32_t h)
{
	put_logical(c, low0(h), c->r[low0(h)] & ~c->r[low3(h)], c->flag_c);
}

static void mvn_reg(struct cpu *c, uint32_t h)
{
	put_logical(c, low0(h), ~c->r[low3(h)], c->flag_c);
}

/* --- special data instructions and branch and exchange: A5.2.3 -------------------------------- */

/* BranchWritePC(): bit 0 is dropped, the state stays Thumb. */
static void put_high(struct cpu *c, uint32_t rd, uint32_t value)
{
	if (rd == PC)
		c->next_pc = value & ~1u;
	else
		reg_write(c, rd, value);
}

static void add_high(struct cpu *c, uint32_t h)
{
	const uint32_t sum = c->r[high_rd(h)] + c->r[high_rm(h)];

	check_sp_limit(c, high_rd(h), sum);
	put_high(c, high_rd(h), sum);
}

static void cmp_high(struct cpu *c, uint32_t h)
{
	add_with_carry(c, c->r[high_rd(h)], ~c->r[high_rm(h)], 1, true);
}

static void mov_high(struct cpu *c, uint32_t h)
{
	put_high(c, high_rd(h), c->r[high_rm(h)]);
}

/* The manual's (0) bits: UNPREDICTABLE otherwise, undefined here. */
static void require_zero(struct cpu *c, uint32_t bits)
{
	if (bits)
		fault_undefined(c);
}

/* BXNS and BLXNS are told by bit 2. */
static bool is_non_secure(const struct cpu *c, uint32_t h)
{
	return c->config.security && (h & 7) == 4;
}

static void bx(struct cpu *c, uint32_t h)
{
	if (is_non_secure(c, h)) {
		execute_bxns(c, c->r[high_rm(h)]);
		return;
	}
	require_zero(c, h & 7);
	branch_interwork(c, c->r[high_rm(h)]);
}

static void blx_reg(struct cpu *c, uint32_t h)
{
	const uint32_t target = c->r[high_rm(h)];

	if (is_non_secure(c, h)) {
		execute_blxns(c, target);
		return;
	}
	require_zero(c, h & 7);
	c->r[LR] = c->next_pc | 1;
	c->next_pc = target & ~1u;
	c->thumb = target & 1;
	if (!c->thumb)
		cpu_attention(c);
}

/* --- loads and stores: A5.2.4 ----------------------------------------------------------------- */

static uint32_t reg_offset(const struct cpu *c, uint32_t h)
{
	return c->r[low3(h)] + c->r[low6(h)];
}

static uint32_t imm_offset(const struct cpu *c, uint32_t h, unsigned size)
{
	return c->r[low3(h)] + (h >> 6 & 31) * size;
}

static void ldr_literal(struct cpu *c, uint32_t h)
{
	c->r[low8(h)] = load32(c, pc_base(c) + (h & 0xff) * 4);
}

static void str_reg(struct cpu *c, uint32_t h)
{
	store32(c, reg_offset(c, h), c->r[low0(h)]);
}

static void strh_reg(struct cpu *c, uint32_t h)
{
	store16(c, reg_offset(c, h), c->r[low0(h)]);
}

static void strb_reg(struct cpu *c, uint32_t h)
{
	store8(c, reg_offset(c, h), c->r[low0(h)]);
}

static void ldrsb_reg(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = (uint32_t)(int8_t)load8(c, reg_offset(c, h));
}

static void ldr_reg(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = load32(c, reg_offset(c, h));
}

static void ldrh_reg(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = load16(c, reg_offset(c, h));
}

static void ldrb_reg(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = load8(c, reg_offset(c, h));
}

static void ldrsh_reg(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = (uint32_t)(int16_t)load16(c, reg_offset(c, h));
}

static void str_imm(struct cpu *c, uint32_t h)
{
	store32(c, imm_offset(c, h, 4), c->r[low0(h)]);
}

static void ldr_imm(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = load32(c, imm_offset(c, h, 4));
}

static void strb_imm(struct cpu *c, uint32_t h)
{
	store8(c, imm_offset(c, h, 1), c->r[low0(h)]);
}

static void ldrb_imm(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = load8(c, imm_offset(c, h, 1));
}

static void strh_imm(struct cpu *c, uint32_t h)
{
	store16(c, imm_offset(c, h, 2), c->r[low0(h)]);
}

static void ldrh_imm(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = load16(c, imm_offset(c, h, 2));
}

static void str_sp(struct cpu *c, uint32_t h)
{
	store32(c, c->r[SP] + (h & 0xff) * 4, c->r[low8(h)]);
}

static void ldr_sp(struct cpu *c, uint32_t h)
{
	c->r[low8(h)] = load32(c, c->r[SP] + (h & 0xff) * 4);
}

static void stm(struct cpu *c, uint32_t h)
{
	const uint32_t base = c->r[low8(h)];

	store_multiple(c, base, h & 0xff, low8(h), base + list_bytes(h & 0xff));
}

static void ldm(struct cpu *c, uint32_t h)
{
	const uint32_t base = c->r[low8(h)];

	load_multiple(c, base, h & 0xff, h >> low8(h) & 1 ? NO_WRITEBACK : low8(h),
		base + list_bytes(h & 0xff));
}

/* --- addresses: A6.7 -------------------------------------------------------------------------- */

static void adr(struct cpu *c, uint32_t h)
{
	c->r[low8(h)] = pc_base(c) + (h & 0xff) * 4;
}

static void add_sp_imm8(struct cpu *c, uint32_t h)
{
	c->r[low8(h)] = c->r[SP] + (h & 0xff) * 4;
}

/* --- miscellaneous: A5.2.5 -------------------------------------------------------------------- */

static void add_sp_imm7(struct cpu *c, uint32_t h)
{
	const uint32_t sp = c->r[SP] + (h & 0x7f) * 4;

	check_sp_limit(c, SP, sp);
	c->r[SP] = sp;
}

static void sub_sp_imm7(struct cpu *c, uint32_t h)
{
	const uint32_t sp = c->r[SP] - (h & 0x7f) * 4;

	check_sp_limit(c, SP, sp);
	c->r[SP] = sp;
}

static void cbz_cbnz(struct cpu *c, uint32_t h)
{
	const uint32_t offset = (h >> 2 & 0x3e) | (h >> 3 & 0x40);

	if ((c->r[low0(h)] != 0) == (h >> 11 & 1))
		c->next_pc = c->r[PC] + offset;
}

static void sxth(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = (uint32_t)(int16_t)c->r[low3(h)];
}

static void sxtb(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = (uint32_t)(int8_t)c->r[low3(h)];
}

static void uxth(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = c->r[low3(h)] & 0xffff;
}

static void uxtb(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = c->r[low3(h)] & 0xff;
}

static void rev(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = __builtin_bswap32(c->r[low3(h)]);
}

static void rev16(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = ror32(__builtin_bswap32(c->r[low3(h)]), 16);
}

static void revsh(struct cpu *c, uint32_t h)
{
	c->r[low0(h)] = (uint32_t)(int16_t)__builtin_bswap16((uint16_t)c->r[low3(h)]);
}

static void push(struct cpu *c, uint32_t h)
{
	const uint32_t list = (h & 0xff) | (h & 0x100) << 6;
	const uint32_t addr = c->r[SP] - list_bytes(list);

	store_multiple(c, addr, list, SP, addr);
}

static void pop(struct cpu *c, uint32_t h)
{
	const uint32_t list = (h & 0xff) | (h & 0x100) << 7;

	load_multiple(c, c->r[SP], list, SP, c->r[SP] + list_bytes(list));
}

/* CPS: B5.2.1. Unprivileged, it does nothing. */
static void cps(struct cpu *c, uint32_t h)
{
	const uint32_t disable = h >> 4 & 1;

	if (!bit(h, 5) || (h & 0xc) || (!c->is_v7m && (h & 1)))
		fault_undefined(c);
	if (!is_privileged(c))
		return;
	if (h & 2)
		bank_now(c)->primask = disable;
	if ((h & 1) && (!disable || nvic_execution_priority(c) > -1))
		bank_now(c)->faultmask = disable;
	sp_limit_update(c);
	mem_update_view(c);
	cpu_attention(c);
}

static void bkpt(struct cpu *c, uint32_t h)
{
	(void)h;
	debug_breakpoint(c, -1);
	longjmp(c->abandon, 1);
}

static void it_and_hints(struct cpu *c, uint32_t h)
{
	if (!(h & 15)) {
		execute_hint(c, h >> 4 & 15);
		return;
	}
	if (!c->is_v7m)
		fault_undefined(c);
	c->it = h & 0xff;
	c->it_written = 1;
}

/* --- branches: A5.2.6 ------------------------------------------------------------------------- */

static void b_conditional(struct cpu *c, uint32_t h)
{
	if (condition_holds(c, h >> 8 & 15))
		c->next_pc = c->r[PC] + sign_extend(h << 1, 9);
}

static void b_unconditional(struct cpu *c, uint32_t h)
{
	c->next_pc = c->r[PC] + sign_extend(h << 1, 12);
}

static void svc(struct cpu *c, uint32_t h)
{
	(void)h;
	exception_svc(c);
}

static void udf(struct cpu *c, uint32_t h)
{
	(void)h;
	fault_undefined(c);
}

/* clang-format off */
static const struct encoding rows[] = {
	{ "LSL (immediate) T1", 0xf800, 0x0000, lsl_imm, 0 },
	{ "LSR (immediate) T1", 0xf800, 0x0800, lsr_imm, 0 },
	{ "ASR (immediate) T1", 0xf800, 0x1000, asr_imm, 0 },
	{ "ADD (register) T1",  0xfe00, 0x1800, add_reg_t1, 0 },
	{ "SUB (register) T1",  0xfe00, 0x1a00, sub_reg_t1, 0 },
	{ "ADD (immediate) T1", 0xfe00, 0x1c00, add_imm3, 0 },
	{ "SUB (immediate) T1", 0xfe00, 0x1e00, sub_imm3, 0 },
	{ "MOV (immediate) T1", 0xf800, 0x2000, mov_imm8, 0 },
	{ "CMP (immediate) T1", 0xf800, 0x2800, cmp_imm8, 0 },
	{ "ADD (immediate) T2", 0xf800, 0x3000, add_imm8, 0 },
	{ "SUB (immediate) T2", 0xf800, 0x3800, sub_imm8, 0 },
	{ "AND (register) T1",  0xffc0, 0x4000, and_reg, 0 },
	{ "EOR (register) T1",  0xffc0, 0x4040, eor_reg, 0 },
	{ "LSL (register) T1",  0xffc0, 0x4080, lsl_reg, 0 },
	{ "LSR (register) T1",  0xffc0, 0x40c0, lsr_reg, 0 },
	{ "ASR (register) T1",  0xffc0, 0x4100, asr_reg, 0 },
	{ "ADC (register) T1",  0xffc0, 0x4140, adc_reg, 0 },
	{ "SBC (register) T1",  0xffc0, 0x4180, sbc_reg, 0 },
	{ "ROR (register) T1",  0xffc0, 0x41c0, ror_reg, 0 },
	{ "TST (register) T1",  0xffc0, 0x4200, tst_reg, 0 },
	{ "RSB (immediate) T1", 0xffc0, 0x4240, rsb_zero, 0 },
	{ "CMP (register) T1",  0xffc0, 0x4280, cmp_reg_t1, 0 },
	{ "CMN (register) T1",  0xffc0, 0x42c0, cmn_reg, 0 },
	{ "ORR (register) T1",  0xffc0, 0x4300, orr_reg, 0 },
	{ "MUL T1",             0xffc0, 0x4340, mul, 0 },
	{ "BIC (register) T1",  0xffc0, 0x4380, bic_reg, 0 },
	{ "MVN (register) T1",  0xffc0, 0x43c0, mvn_reg, 0 },
	{ "ADD (register) T2",  0xff00, 0x4400, add_high, 0 },
	{ "CMP (register) T2",  0xff00, 0x4500, cmp_high, 0 },
	{ "MOV (register) T1",  0xff00, 0x4600, mov_high, 0 },
	{ "BX",                 0xff80, 0x4700, bx, 0 },
	{ "BLX (register)",     0xff80, 0x4780, blx_reg, 0 },
	{ "LDR (literal) T1",   0xf800, 0x4800, ldr_literal, 0 },
	{ "STR (register) T1",  0xfe00, 0x5000, str_reg, 0 },
	{ "STRH (register) T1", 0xfe00, 0x5200, strh_reg, 0 },
	{ "STRB (register) T1", 0xfe00, 0x5400, strb_reg, 0 },
	{ "LDRSB (register) T1", 0xfe00, 0x5600, ldrsb_reg, 0 },
	{ "LDR (register) T1",  0xfe00, 0x5800, ldr_reg, 0 },
	{ "LDRH (register) T1", 0xfe00, 0x5a00, ldrh_reg, 0 },
	{ "LDRB (register) T1", 0xfe00, 0x5c00, ldrb_reg, 0 },
	{ "LDRSH (register) T1", 0xfe00, 0x5e00, ldrsh_reg, 0 },
	{ "STR (immediate) T1", 0xf800, 0x6000, str_imm, 0 },
	{ "LDR (immediate) T1", 0xf800, 0x6800, ldr_imm, 0 },
	{ "STRB (immediate) T1", 0xf800, 0x7000, strb_imm, 0 },
	{ "LDRB (immediate) T1", 0xf800, 0x7800, ldrb_imm, 0 },
	{ "STRH (immediate) T1", 0xf800, 0x8000, strh_imm, 0 },
	{ "LDRH (immediate) T1", 0xf800, 0x8800, ldrh_imm, 0 },
	{ "STR (immediate) T2", 0xf800, 0x9000, str_sp, 0 },
	{ "LDR (immediate) T2", 0xf800, 0x9800, ldr_sp, 0 },
	{ "ADR T1",             0xf800, 0xa000, adr, 0 },
	{ "ADD (SP plus immediate) T1", 0xf800, 0xa800, add_sp_imm8, 0 },
	{ "ADD (SP plus immediate) T2", 0xff80, 0xb000, add_sp_imm7, 0 },
	{ "SUB (SP minus immediate) T1", 0xff80, 0xb080, sub_sp_imm7, 0 },
	{ "CBZ, CBNZ",          0xf500, 0xb100, cbz_cbnz, NEEDS_WIDE },
	{ "SXTH T1",            0xffc0, 0xb200, sxth, 0 },
	{ "SXTB T1",            0xffc0, 0xb240, sxtb, 0 },
	{ "UXTH T1",            0xffc0, 0xb280, uxth, 0 },
	{ "UXTB T1",            0xffc0, 0xb2c0, uxtb, 0 },
	{ "PUSH T1",            0xfe00, 0xb400, push, 0 },
	{ "CPS",                0xffc0, 0xb640, cps, 0 },
	{ "REV T1",             0xffc0, 0xba00, rev, 0 },
	{ "REV16 T1",           0xffc0, 0xba40, rev16, 0 },
	{ "REVSH T1",           0xffc0, 0xbac0, revsh, 0 },
	{ "POP T1",             0xfe00, 0xbc00, pop, 0 },
	{ "BKPT",               0xff00, 0xbe00, bkpt, 0 },
	{ "IT, hints",          0xff00, 0xbf00, it_and_hints, 0 },
	{ "STM T1",             0xf800, 0xc000, stm, 0 },
	{ "LDM T1",             0xf800, 0xc800, ldm, 0 },
	{ "UDF T1",             0xff00, 0xde00, udf, 0 },
	{ "SVC",                0xff00, 0xdf00, svc, 0 },
	{ "B T1",               0xf000, 0xd000, b_conditional, 0 },
	{ "B T2",               0xf800, 0xe000, b_unconditional, 0 },
};
/* clang-format on */

const struct encoding_table thumb16_table = { rows, ARRAY_SIZE(rows) };
