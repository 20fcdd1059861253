/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 32-bit Thumb data processing: DDI 0403E.b A5.3.1 (modified immediate), A5.3.3 (plain binary
 * immediate), A5.3.11 (shifted register), A5.3.12 (register), A5.3.15 (miscellaneous).
 */
#include "vboard/cpu/alu.h"
#include "vboard/cpu/fields32.h"

/* Opcodes common to modified immediates and shifted registers, bits [24:21]. */
enum {
	OP_AND,
	OP_BIC,
	OP_ORR,
	OP_ORN,
	OP_EOR,
	OP_ADD = 8,
	OP_ADC = 10,
	OP_SBC,
	OP_SUB = 13,
	OP_RSB
};

/* TST, TEQ, CMN and CMP are the ones that have no result: Rd is 15 and S is set. */
static bool compares(unsigned op)
{
	return op == OP_AND || op == OP_EOR || op == OP_ADD || op == OP_SUB;
}

static void put_result(struct cpu *c, uint32_t w, uint32_t result)
{
	if (rd_of(w) != PC)
		reg_write(c, rd_of(w), result);
	else if (!bit(w, 20) || !compares(field(w, 24, 21)))
		fault_undefined(c);
}

static void put_logical(struct cpu *c, uint32_t w, uint32_t result, uint32_t carry)
{
	put_result(c, w, result);
	if (bit(w, 20)) {
		set_nz(c, result);
		c->flag_c = carry;
	}
}

/* ADD and SUB that move the stack pointer: its limit counts, and before the flags change. */
static void check_sp_move(struct cpu *c, uint32_t w, uint32_t b)
{
	if (rd_of(w) == SP && rn_of(w) == SP)
		check_sp_limit(c, SP,
			field(w, 24, 21) == OP_ADD   ? c->r[SP] + b
			: field(w, 24, 21) == OP_SUB ? c->r[SP] - b
						     : UINT32_MAX);
}

/* Operand 2 is ready, with the carry out of making it. Rn 15 turns ORR, ORN into MOV, MVN. */
static void data_processing(struct cpu *c, uint32_t w, uint32_t b, uint32_t carry)
{
	const bool s = bit(w, 20) && (rd_of(w) != PC || compares(field(w, 24, 21)));
	const uint32_t a = c->r[rn_of(w)];

	if (UNLIKELY(c->sp_limit))
		check_sp_move(c, w, b);
	switch (field(w, 24, 21)) {
	case OP_AND:
		put_logical(c, w, a & b, carry);
		break;
	case OP_BIC:
		put_logical(c, w, a & ~b, carry);
		break;
	case OP_ORR:
		put_logical(c, w, rn_of(w) == PC ? b : a | b, carry);
		break;
	case OP_ORN:
		put_logical(c, w, rn_of(w) == PC ? ~b : a | ~b, carry);
		break;
	case OP_EOR:
		put_logical(c, w, a ^ b, carry);
		break;
	case OP_ADD:
		put_result(c, w, add_with_carry(c, a, b, 0, s));
		break;
	case OP_ADC:
		put_result(c, w, add_with_carry(c, a, b, c->flag_c, s));
		break;
	case OP_SBC:
		put_result(c, w, add_with_carry(c, a, ~b, c->flag_c, s));
		break;
	case OP_SUB:
		put_result(c, w, add_with_carry(c, a, ~b, 1, s));
		break;
	case OP_RSB:
		put_result(c, w, add_with_carry(c, ~a, b, 1, s));
		break;
	default:
		fault_undefined(c);
	}
}

/* ThumbExpandImm_C(), A5.3.2. */
static uint32_t expand_imm(uint32_t imm12, uint32_t *carry)
{
	const uint32_t byte = imm12 & 0xff;
	uint32_t value;

	switch (imm12 >> 8) {
	case 0:
		return byte;
	case 1:
		return byte | byte << 16;
	case 2:
		return byte << 8 | byte << 24;
	case 3:
		return byte * 0x01010101u;
	default:
		value = ror32(0x80 | (imm12 & 0x7f), imm12 >> 7);
		*carry = value >> 31;
		return value;
	}
}

static void modified_immediate(struct cpu *c, uint32_t w)
{
	uint32_t carry = c->flag_c;
	const uint32_t b = expand_imm(imm12_of(w), &carry);

	data_processing(c, w, b, carry);
}

static void shifted_register(struct cpu *c, uint32_t w)
{
	uint32_t carry = c->flag_c;
	const uint32_t b = shift_imm_c(c->r[rm_of(w)], field(w, 5, 4), imm5_of(w), &carry);

	data_processing(c, w, b, carry);
}

static void pkh(struct cpu *c, uint32_t w)
{
	const uint32_t a = c->r[rn_of(w)];
	uint32_t carry = 0;
	const uint32_t b =
		shift_imm_c(c->r[rm_of(w)], bit(w, 5) ? SHIFT_ASR : SHIFT_LSL, imm5_of(w), &carry);

	if (bit(w, 4) || bit(w, 20))
		fault_undefined(c);
	if (bit(w, 5)) /* PKHTB */
		reg_write(c, rd_of(w), (a & 0xffff0000u) | (b & 0xffff));
	else
		reg_write(c, rd_of(w), (a & 0xffff) | (b & 0xffff0000u));
}

/* --- plain binary immediate ------------------------------------------------------------------- */

/* ADR is ADDW and SUBW with Rn 15, from the aligned PC. */
static uint32_t wide_base(const struct cpu *c, uint32_t w)
{
	return rn_of(w) == PC ? pc_base(c) : c->r[rn_of(w)];
}

/* The stack pointer moved by an amount: its limit counts. */
static void put_sum(struct cpu *c, uint32_t w, uint32_t value)
{
	if (rn_of(w) == SP)
		check_sp_limit(c, rd_of(w), value);
	reg_write(c, rd_of(w), value);
}

static void addw(struct cpu *c, uint32_t w)
{
	put_sum(c, w, wide_base(c, w) + imm12_of(w));
}

static void subw(struct cpu *c, uint32_t w)
{
	put_sum(c, w, wide_base(c, w) - imm12_of(w));
}

static void movw(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), rn_of(w) << 12 | imm12_of(w));
}

static void movt(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), (c->r[rd_of(w)] & 0xffff) | (rn_of(w) << 12 | imm12_of(w)) << 16);
}

/* sh (bit 21) with amount 0 is SSAT16 or USAT16, whose rows (dsp.c) come first. */
static int64_t saturation_operand(struct cpu *c, uint32_t w)
{
	uint32_t carry = 0;

	if (bit(w, 21) && !imm5_of(w))
		fault_undefined(c);
	return (int32_t)shift_imm_c(
		c->r[rn_of(w)], bit(w, 21) ? SHIFT_ASR : SHIFT_LSL, imm5_of(w), &carry);
}

static void ssat(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), saturate_signed(c, saturation_operand(c, w), field(w, 4, 0) + 1));
}

static void usat(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), saturate_unsigned(c, saturation_operand(c, w), field(w, 4, 0)));
}

/* The field, at the top of the word. Fields past bit 31 are UNPREDICTABLE: undefined here. */
static uint32_t field_at_top(struct cpu *c, uint32_t w)
{
	const unsigned lsb = imm5_of(w);
	const unsigned widthm1 = field(w, 4, 0);

	if (lsb + widthm1 > 31)
		fault_undefined(c);
	return c->r[rn_of(w)] << (31 - lsb - widthm1);
}

static void sbfx(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), (uint32_t)((int32_t)field_at_top(c, w) >> (31 - field(w, 4, 0))));
}

static void ubfx(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), field_at_top(c, w) >> (31 - field(w, 4, 0)));
}

/* BFI; BFC when Rn is 15. */
static void bfi(struct cpu *c, uint32_t w)
{
	const unsigned lsb = imm5_of(w);
	const unsigned msb = field(w, 4, 0);
	const uint32_t from = rn_of(w) == PC ? 0 : c->r[rn_of(w)];
	uint32_t mask;

	if (msb < lsb)
		fault_undefined(c);
	mask = BITS(msb, lsb);
	reg_write(c, rd_of(w), (c->r[rd_of(w)] & ~mask) | (from << lsb & mask));
}

/* --- register --------------------------------------------------------------------------------- */

static void shift_register(struct cpu *c, uint32_t w)
{
	uint32_t carry = c->flag_c;
	const uint32_t result = shift_c(
		c->r[rn_of(w)], (enum shift_type)field(w, 22, 21), c->r[rm_of(w)] & 0xff, &carry);

	reg_write(c, rd_of(w), result);
	if (bit(w, 20)) {
		set_nz(c, result);
		c->flag_c = carry;
	}
}

static uint32_t rotated(const struct cpu *c, uint32_t w)
{
	return ror32(c->r[rm_of(w)], field(w, 5, 4) * 8);
}

/* The forms that add have an Rn; those that only extend have 15 there. */
static uint32_t addend(const struct cpu *c, uint32_t w)
{
	return rn_of(w) == PC ? 0 : c->r[rn_of(w)];
}

static void sxtah(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), addend(c, w) + (uint32_t)(int16_t)rotated(c, w));
}

static void uxtah(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), addend(c, w) + (uint16_t)rotated(c, w));
}

static void sxtab(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), addend(c, w) + (uint32_t)(int8_t)rotated(c, w));
}

static void uxtab(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), addend(c, w) + (uint8_t)rotated(c, w));
}

static uint32_t pair16(uint32_t high, uint32_t low)
{
	return high << 16 | (low & 0xffff);
}

static void sxtab16(struct cpu *c, uint32_t w)
{
	const uint32_t a = addend(c, w);
	const uint32_t b = rotated(c, w);

	reg_write(c, rd_of(w),
		pair16((a >> 16) + (uint32_t)(int8_t)(b >> 16), a + (uint32_t)(int8_t)b));
}

static void uxtab16(struct cpu *c, uint32_t w)
{
	const uint32_t a = addend(c, w);
	const uint32_t b = rotated(c, w);

	reg_write(c, rd_of(w), pair16((a >> 16) + (uint8_t)(b >> 16), a + (uint8_t)b));
}

static void rev(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), __builtin_bswap32(c->r[rm_of(w)]));
}

static void rev16(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), ror32(__builtin_bswap32(c->r[rm_of(w)]), 16));
}

static void revsh(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), (uint32_t)(int16_t)__builtin_bswap16((uint16_t)c->r[rm_of(w)]));
}

static void rbit(struct cpu *c, uint32_t w)
{
	uint32_t x = c->r[rm_of(w)];

	x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
	x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
	x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
	reg_write(c, rd_of(w), __builtin_bswap32(x));
}

static void clz(struct cpu *c, uint32_t w)
{
	const uint32_t x = c->r[rm_of(w)];

	reg_write(c, rd_of(w), x ? (uint32_t)__builtin_clz(x) : 32);
}

/* clang-format off */
#define IMM(op)     0xfbe08000u, 0xf0000000u | (uint32_t)(op) << 21
#define SHIFTED(op) 0xffe08000u, 0xea000000u | (uint32_t)(op) << 21
/* Their (0) bits, 26 and 5, are part of it. */
#define BITFIELD(op) 0xfff08020u, 0xf3000000u | ((uint32_t)(op) - 0x10) << 20
#define PLAIN(op)   0xfbf08000u, 0xf2000000u | (uint32_t)(op) << 20

static const struct encoding rows[] = {
	{ "AND, TST (immediate)", IMM(OP_AND), modified_immediate, NEEDS_V7M },
	{ "BIC (immediate)",      IMM(OP_BIC), modified_immediate, NEEDS_V7M },
	{ "ORR, MOV (immediate)", IMM(OP_ORR), modified_immediate, NEEDS_V7M },
	{ "ORN, MVN (immediate)", IMM(OP_ORN), modified_immediate, NEEDS_V7M },
	{ "EOR, TEQ (immediate)", IMM(OP_EOR), modified_immediate, NEEDS_V7M },
	{ "ADD, CMN (immediate) T3", IMM(OP_ADD), modified_immediate, NEEDS_V7M },
	{ "ADC (immediate)",      IMM(OP_ADC), modified_immediate, NEEDS_V7M },
	{ "SBC (immediate)",      IMM(OP_SBC), modified_immediate, NEEDS_V7M },
	{ "SUB, CMP (immediate) T3", IMM(OP_SUB), modified_immediate, NEEDS_V7M },
	{ "RSB (immediate) T2",   IMM(OP_RSB), modified_immediate, NEEDS_V7M },
	{ "AND, TST (register)",  SHIFTED(OP_AND), shifted_register, NEEDS_V7M },
	{ "BIC (register)",       SHIFTED(OP_BIC), shifted_register, NEEDS_V7M },
	{ "ORR, MOV (register)",  SHIFTED(OP_ORR), shifted_register, NEEDS_V7M },
	{ "ORN, MVN (register)",  SHIFTED(OP_ORN), shifted_register, NEEDS_V7M },
	{ "EOR, TEQ (register)",  SHIFTED(OP_EOR), shifted_register, NEEDS_V7M },
	{ "PKHBT, PKHTB",         SHIFTED(6), pkh, NEEDS_DSP },
	{ "ADD, CMN (register)",  SHIFTED(OP_ADD), shifted_register, NEEDS_V7M },
	{ "ADC (register)",       SHIFTED(OP_ADC), shifted_register, NEEDS_V7M },
	{ "SBC (register)",       SHIFTED(OP_SBC), shifted_register, NEEDS_V7M },
	{ "SUB, CMP (register)",  SHIFTED(OP_SUB), shifted_register, NEEDS_V7M },
	{ "RSB (register)",       SHIFTED(OP_RSB), shifted_register, NEEDS_V7M },
	{ "ADDW, ADR T3",         PLAIN(0x00), addw, NEEDS_V7M },
	{ "MOVW",                 PLAIN(0x04), movw, NEEDS_WIDE },
	{ "SUBW, ADR T2",         PLAIN(0x0a), subw, NEEDS_V7M },
	{ "MOVT",                 PLAIN(0x0c), movt, NEEDS_WIDE },
	{ "SSAT (LSL)",           BITFIELD(0x10), ssat, NEEDS_V7M },
	{ "SSAT (ASR)",           BITFIELD(0x12), ssat, NEEDS_V7M },
	{ "SBFX",                 BITFIELD(0x14), sbfx, NEEDS_V7M },
	{ "BFI, BFC",             BITFIELD(0x16), bfi, NEEDS_V7M },
	{ "USAT (LSL)",           BITFIELD(0x18), usat, NEEDS_V7M },
	{ "USAT (ASR)",           BITFIELD(0x1a), usat, NEEDS_V7M },
	{ "UBFX",                 BITFIELD(0x1c), ubfx, NEEDS_V7M },
	{ "LSL, LSR, ASR, ROR (register)", 0xff80f0f0u, 0xfa00f000u, shift_register, NEEDS_V7M },
	{ "SXTH",    0xfffff080u, 0xfa0ff080u, sxtah, NEEDS_V7M },
	{ "UXTH",    0xfffff080u, 0xfa1ff080u, uxtah, NEEDS_V7M },
	{ "SXTB",    0xfffff080u, 0xfa4ff080u, sxtab, NEEDS_V7M },
	{ "UXTB",    0xfffff080u, 0xfa5ff080u, uxtab, NEEDS_V7M },
	{ "SXTAH",   0xfff0f080u, 0xfa00f080u, sxtah, NEEDS_DSP },
	{ "UXTAH",   0xfff0f080u, 0xfa10f080u, uxtah, NEEDS_DSP },
	{ "SXTAB16", 0xfff0f080u, 0xfa20f080u, sxtab16, NEEDS_DSP },
	{ "UXTAB16", 0xfff0f080u, 0xfa30f080u, uxtab16, NEEDS_DSP },
	{ "SXTAB",   0xfff0f080u, 0xfa40f080u, sxtab, NEEDS_DSP },
	{ "UXTAB",   0xfff0f080u, 0xfa50f080u, uxtab, NEEDS_DSP },
	{ "REV T2",   0xfff0f0f0u, 0xfa90f080u, rev, NEEDS_V7M },
	{ "REV16 T2", 0xfff0f0f0u, 0xfa90f090u, rev16, NEEDS_V7M },
	{ "RBIT",     0xfff0f0f0u, 0xfa90f0a0u, rbit, NEEDS_V7M },
	{ "REVSH T2", 0xfff0f0f0u, 0xfa90f0b0u, revsh, NEEDS_V7M },
	{ "CLZ",      0xfff0f0f0u, 0xfab0f080u, clz, NEEDS_V7M },
};
/* clang-format on */

const struct encoding_table thumb32_data_table = { rows, ARRAY_SIZE(rows) };
