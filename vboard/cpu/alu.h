/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_ALU_H
#define VBOARD_CPU_ALU_H

/**
 * @file
 * Shared pseudocode of the manual: AddWithCarry(), Shift_C(), ConditionPassed(). DDI 0403E.b
 * A2.2.1, A7.3.1, A7.4.2.
 */
#include "vboard/cpu/internal.h"

enum shift_type { SHIFT_LSL, SHIFT_LSR, SHIFT_ASR, SHIFT_ROR, SHIFT_RRX };

static inline void set_nz(struct cpu *c, uint32_t result)
{
	c->flag_n = result;
	c->flag_z = result;
}

static inline uint32_t ror32(uint32_t value, unsigned amount)
{
	amount &= 31;
	return amount ? value >> amount | value << (32 - amount) : value;
}

static inline uint32_t add_with_carry(
	struct cpu *c, uint32_t a, uint32_t b, uint32_t carry, bool set_flags)
{
	const uint64_t wide = (uint64_t)a + b + carry;
	const uint32_t result = (uint32_t)wide;

	if (set_flags) {
		c->flag_c = (uint32_t)(wide >> 32);
		c->flag_v = ((a ^ result) & (b ^ result)) >> 31;
		set_nz(c, result);
	}
	return result;
}

static inline uint32_t shift_left(uint32_t value, unsigned amount, uint32_t *carry)
{
	if (amount == 0)
		return value;
	if (amount > 31) {
		*carry = amount == 32 ? value & 1 : 0;
		return 0;
	}
	*carry = value >> (32 - amount) & 1;
	return value << amount;
}

static inline uint32_t shift_right(uint32_t value, unsigned amount, uint32_t *carry)
{
	if (amount == 0)
		return value;
	if (amount > 31) {
		*carry = amount == 32 ? value >> 31 : 0;
		return 0;
	}
	*carry = value >> (amount - 1) & 1;
	return value >> amount;
}

static inline uint32_t shift_right_arithmetic(uint32_t value, unsigned amount, uint32_t *carry)
{
	if (amount == 0)
		return value;
	if (amount > 31) {
		*carry = value >> 31;
		return value >> 31 ? 0xffffffffu : 0;
	}
	*carry = value >> (amount - 1) & 1;
	/* C11 6.5.7 leaves >> of a negative value to the compiler: gcc and clang shift in the sign. */
	/* cppcheck-suppress shiftTooManyBitsSigned */
	return (uint32_t)((int32_t)value >> amount);
}

/** Shift_C(): @p carry goes in as APSR.C and comes out as the shifter's. */
static inline uint32_t shift_c(
	uint32_t value, enum shift_type type, unsigned amount, uint32_t *carry)
{
	switch (type) {
	case SHIFT_LSL:
		return shift_left(value, amount, carry);
	case SHIFT_LSR:
		return shift_right(value, amount, carry);
	case SHIFT_ASR:
		return shift_right_arithmetic(value, amount, carry);
	case SHIFT_ROR:
		if (amount == 0)
			return value;
		value = ror32(value, amount);
		*carry = value >> 31;
		return value;
	case SHIFT_RRX:
		break;
	}
	amount = *carry;
	*carry = value & 1;
	return value >> 1 | amount << 31;
}

/** A shift with its amount as encoded, DecodeImmShift(): 0 means 32 or RRX but for LSL. */
static inline uint32_t shift_imm_c(uint32_t value, unsigned type, unsigned amount, uint32_t *carry)
{
	if (amount == 0 && type != SHIFT_LSL)
		return type == SHIFT_ROR ? shift_c(value, SHIFT_RRX, 1, carry)
		                         : shift_c(value, (enum shift_type)type, 32, carry);
	return shift_c(value, (enum shift_type)type, amount, carry);
}

/** ConditionPassed() for a condition field. */
static inline bool condition_holds(const struct cpu *c, unsigned condition)
{
	bool holds;

	switch (condition >> 1 & 7) {
	case 0:
		holds = c->flag_z == 0;
		break;
	case 1:
		holds = c->flag_c;
		break;
	case 2:
		holds = c->flag_n >> 31;
		break;
	case 3:
		holds = c->flag_v;
		break;
	case 4:
		holds = c->flag_c && c->flag_z;
		break;
	case 5:
		holds = c->flag_n >> 31 == c->flag_v;
		break;
	case 6:
		holds = c->flag_z && c->flag_n >> 31 == c->flag_v;
		break;
	default:
		return true;
	}
	return holds != (condition & 1);
}

/** 16-bit data processing sets flags outside of IT blocks only. */
static inline bool sets_flags16(const struct cpu *c)
{
	return !c->it;
}

/** SignedSatQ() and UnsignedSatQ() to @p bits, with the Q flag. */
static inline uint32_t saturate_signed(struct cpu *c, int64_t value, unsigned bits)
{
	const int64_t max = (INT64_C(1) << (bits - 1)) - 1;

	if (value > max || value < -max - 1) {
		value = value > max ? max : -max - 1;
		c->flag_q = 1;
	}
	return (uint32_t)value;
}

static inline uint32_t saturate_unsigned(struct cpu *c, int64_t value, unsigned bits)
{
	const int64_t max = (INT64_C(1) << bits) - 1;

	if (value > max || value < 0) {
		value = value > max ? max : 0;
		c->flag_q = 1;
	}
	return (uint32_t)value;
}

#endif /* VBOARD_CPU_ALU_H */
