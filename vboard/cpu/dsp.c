/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DSP extension of Armv7E-M: DDI 0403E.b A5.3.13, A5.3.14 (parallel addition and subtraction),
 * A5.3.15 (saturating, SEL), A5.3.16, A5.3.17 (multiplies), SSAT16 and USAT16.
 */
#include "vboard/cpu/alu.h"
#include "vboard/cpu/fields32.h"

static int32_t low_half(uint32_t value)
{
	return (int16_t)value;
}

static int32_t high_half(uint32_t value)
{
	return (int16_t)(value >> 16);
}

static uint32_t swap_halves(uint32_t value)
{
	return value >> 16 | value << 16;
}

/* --- parallel addition and subtraction -------------------------------------------------------- */

/* Prefixes S, Q, SH, U, UQ, UH: bits [6:4] of the second halfword. */
enum { KIND_S, KIND_Q, KIND_SH, KIND_U = 4, KIND_UQ, KIND_UH };

/* Operation: bits [22:20]. */
enum { PAR_ADD8, PAR_ADD16, PAR_ASX, PAR_SUB8 = 4, PAR_SUB16, PAR_SAX };

static int32_t clamp(int32_t value, int32_t min, int32_t max)
{
	return value < min ? min : value > max ? max : value;
}

static int32_t extend_lane(uint32_t value, unsigned bits, unsigned kind)
{
	return kind < KIND_U ? (int32_t)sign_extend(value, bits)
	                     : (int32_t)(value & BITS(bits - 1, 0));
}

/* One lane. *ge: the sum carried or was positive; meaningful for S and U. */
static uint32_t lane(
	uint32_t a, uint32_t b, bool subtract, unsigned bits, unsigned kind, uint32_t *ge)
{
	const int32_t x = extend_lane(a, bits, kind);
	const int32_t y = extend_lane(b, bits, kind);
	const int32_t full = 1 << bits;
	int32_t result = subtract ? x - y : x + y;

	*ge = kind == KIND_U && !subtract ? result >= full : result >= 0;
	if (kind == KIND_Q)
		result = clamp(result, -full / 2, full / 2 - 1);
	else if (kind == KIND_UQ)
		result = clamp(result, 0, full - 1);
	else if (kind == KIND_SH || kind == KIND_UH)
		result >>= 1;
	return (uint32_t)result & BITS(bits - 1, 0);
}

static uint32_t parallel_bytes(uint32_t a, uint32_t b, bool subtract, unsigned kind, uint32_t *ge)
{
	uint32_t result = 0;

	*ge = 0;
	for (unsigned i = 0; i < 4; i++) {
		uint32_t carry;

		result |= lane(a >> 8 * i, b >> 8 * i, subtract, 8, kind, &carry) << 8 * i;
		*ge |= carry << i;
	}
	return result;
}

static uint32_t parallel_halves(
	uint32_t a, uint32_t b, bool subtract_low, bool subtract_high, unsigned kind, uint32_t *ge)
{
	uint32_t ge_low, ge_high;
	const uint32_t low = lane(a, b, subtract_low, 16, kind, &ge_low);
	const uint32_t high = lane(a >> 16, b >> 16, subtract_high, 16, kind, &ge_high);

	*ge = ge_low * 3 | ge_high * 12;
	return high << 16 | low;
}

static void parallel(struct cpu *c, uint32_t w)
{
	const unsigned kind = field(w, 6, 4);
	const uint32_t a = c->r[rn_of(w)];
	const uint32_t b = c->r[rm_of(w)];
	uint32_t result, ge;

	switch (field(w, 22, 20)) {
	case PAR_ADD8:
		result = parallel_bytes(a, b, false, kind, &ge);
		break;
	case PAR_SUB8:
		result = parallel_bytes(a, b, true, kind, &ge);
		break;
	case PAR_ADD16:
		result = parallel_halves(a, b, false, false, kind, &ge);
		break;
	case PAR_SUB16:
		result = parallel_halves(a, b, true, true, kind, &ge);
		break;
	case PAR_ASX:
		result = parallel_halves(a, swap_halves(b), true, false, kind, &ge);
		break;
	case PAR_SAX:
		result = parallel_halves(a, swap_halves(b), false, true, kind, &ge);
		break;
	default:
		fault_undefined(c);
	}
	if (kind == KIND_S || kind == KIND_U)
		c->ge = ge;
	else if (kind == 3 || kind == 7)
		fault_undefined(c);
	reg_write(c, rd_of(w), result);
}

static void sel(struct cpu *c, uint32_t w)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < 4; i++)
		if (c->ge >> i & 1)
			mask |= 0xffu << 8 * i;
	reg_write(c, rd_of(w), (c->r[rn_of(w)] & mask) | (c->r[rm_of(w)] & ~mask));
}

/* --- saturation ------------------------------------------------------------------------------- */

static int64_t s32(uint32_t value)
{
	return (int32_t)value;
}

static void qadd(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), saturate_signed(c, s32(c->r[rm_of(w)]) + s32(c->r[rn_of(w)]), 32));
}

static void qsub(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), saturate_signed(c, s32(c->r[rm_of(w)]) - s32(c->r[rn_of(w)]), 32));
}

static int64_t doubled(struct cpu *c, uint32_t w)
{
	return s32(saturate_signed(c, 2 * s32(c->r[rn_of(w)]), 32));
}

static void qdadd(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), saturate_signed(c, s32(c->r[rm_of(w)]) + doubled(c, w), 32));
}

static void qdsub(struct cpu *c, uint32_t w)
{
	reg_write(c, rd_of(w), saturate_signed(c, s32(c->r[rm_of(w)]) - doubled(c, w), 32));
}

static void ssat16(struct cpu *c, uint32_t w)
{
	const unsigned bits = field(w, 3, 0) + 1;
	const uint32_t low = saturate_signed(c, low_half(c->r[rn_of(w)]), bits);
	const uint32_t high = saturate_signed(c, high_half(c->r[rn_of(w)]), bits);

	reg_write(c, rd_of(w), high << 16 | (low & 0xffff));
}

static void usat16(struct cpu *c, uint32_t w)
{
	const unsigned bits = field(w, 3, 0);
	const uint32_t low = saturate_unsigned(c, low_half(c->r[rn_of(w)]), bits);
	const uint32_t high = saturate_unsigned(c, high_half(c->r[rn_of(w)]), bits);

	reg_write(c, rd_of(w), high << 16 | low);
}

/* --- multiplies ------------------------------------------------------------------------------- */

/* Ra 15 stands for the forms without an addend. */
static int64_t addend(const struct cpu *c, uint32_t w)
{
	return rt_of(w) == PC ? 0 : s32(c->r[rt_of(w)]);
}

/* The result is not saturated; Q says that it should have been. */
static void put_q(struct cpu *c, uint32_t w, int64_t result)
{
	if (result != (int32_t)result)
		c->flag_q = 1;
	reg_write(c, rd_of(w), (uint32_t)result);
}

static int32_t half(uint32_t value, uint32_t top)
{
	return top ? high_half(value) : low_half(value);
}

static int64_t half_product(const struct cpu *c, uint32_t w)
{
	return (int64_t)half(c->r[rn_of(w)], bit(w, 5)) * half(c->r[rm_of(w)], bit(w, 4));
}

static void smla_xy(struct cpu *c, uint32_t w)
{
	put_q(c, w, half_product(c, w) + addend(c, w));
}

static void smlaw_y(struct cpu *c, uint32_t w)
{
	const int64_t product = s32(c->r[rn_of(w)]) * half(c->r[rm_of(w)], bit(w, 4));

	put_q(c, w, (product >> 16) + addend(c, w));
}

/* Products of the low and of the high halves; M (bit 4) swaps the second operand's. */
static void dual_products(const struct cpu *c, uint32_t w, int64_t *low, int64_t *high)
{
	const uint32_t a = c->r[rn_of(w)];
	const uint32_t b = bit(w, 4) ? swap_halves(c->r[rm_of(w)]) : c->r[rm_of(w)];

	*low = (int64_t)low_half(a) * low_half(b);
	*high = (int64_t)high_half(a) * high_half(b);
}

static void smlad(struct cpu *c, uint32_t w)
{
	int64_t low, high;

	dual_products(c, w, &low, &high);
	put_q(c, w, low + high + addend(c, w));
}

static void smlsd(struct cpu *c, uint32_t w)
{
	int64_t low, high;

	dual_products(c, w, &low, &high);
	put_q(c, w, low - high + addend(c, w));
}

/* The high word; R (bit 4) rounds. */
static void put_high_word(struct cpu *c, uint32_t w, uint64_t result)
{
	if (bit(w, 4))
		result += 0x80000000u;
	reg_write(c, rd_of(w), (uint32_t)(result >> 32));
}

static uint64_t product(const struct cpu *c, uint32_t w)
{
	return (uint64_t)(s32(c->r[rn_of(w)]) * s32(c->r[rm_of(w)]));
}

static void smmla(struct cpu *c, uint32_t w)
{
	put_high_word(c, w, ((uint64_t)addend(c, w) << 32) + product(c, w));
}

static void smmls(struct cpu *c, uint32_t w)
{
	put_high_word(c, w, ((uint64_t)s32(c->r[rt_of(w)]) << 32) - product(c, w));
}

static void usada8(struct cpu *c, uint32_t w)
{
	const uint32_t a = c->r[rn_of(w)];
	const uint32_t b = c->r[rm_of(w)];
	uint32_t sum = (uint32_t)addend(c, w);

	for (unsigned i = 0; i < 32; i += 8) {
		const uint32_t x = a >> i & 0xff;
		const uint32_t y = b >> i & 0xff;

		sum += x > y ? x - y : y - x;
	}
	reg_write(c, rd_of(w), sum);
}

static void accumulate_long(struct cpu *c, uint32_t w, int64_t value)
{
	const uint64_t sum = ((uint64_t)c->r[rd_of(w)] << 32 | c->r[rt_of(w)]) + (uint64_t)value;

	reg_write(c, rt_of(w), (uint32_t)sum);
	reg_write(c, rd_of(w), (uint32_t)(sum >> 32));
}

static void smlal_xy(struct cpu *c, uint32_t w)
{
	accumulate_long(c, w, half_product(c, w));
}

static void smlald(struct cpu *c, uint32_t w)
{
	int64_t low, high;

	dual_products(c, w, &low, &high);
	accumulate_long(c, w, low + high);
}

static void smlsld(struct cpu *c, uint32_t w)
{
	int64_t low, high;

	dual_products(c, w, &low, &high);
	accumulate_long(c, w, low - high);
}

static void umaal(struct cpu *c, uint32_t w)
{
	const uint64_t sum =
		(uint64_t)c->r[rn_of(w)] * c->r[rm_of(w)] + c->r[rt_of(w)] + c->r[rd_of(w)];

	reg_write(c, rt_of(w), (uint32_t)sum);
	reg_write(c, rd_of(w), (uint32_t)(sum >> 32));
}

/* clang-format off */
static const struct encoding rows[] = {
	{ "SSAT16",   0xfff0f0f0u, 0xf3200000u, ssat16, NEEDS_DSP },
	{ "USAT16",   0xfff0f0f0u, 0xf3a00000u, usat16, NEEDS_DSP },
	{ "QADD",     0xfff0f0f0u, 0xfa80f080u, qadd, NEEDS_DSP },
	{ "QDADD",    0xfff0f0f0u, 0xfa80f090u, qdadd, NEEDS_DSP },
	{ "QSUB",     0xfff0f0f0u, 0xfa80f0a0u, qsub, NEEDS_DSP },
	{ "QDSUB",    0xfff0f0f0u, 0xfa80f0b0u, qdsub, NEEDS_DSP },
	{ "SEL",      0xfff0f0f0u, 0xfaa0f080u, sel, NEEDS_DSP },
	{ "parallel addition and subtraction", 0xff80f080u, 0xfa80f000u, parallel, NEEDS_DSP },
	{ "SMLA, SMUL (halves)", 0xfff000c0u, 0xfb100000u, smla_xy, NEEDS_DSP },
	{ "SMLAD, SMUAD", 0xfff000e0u, 0xfb200000u, smlad, NEEDS_DSP },
	{ "SMLAW, SMULW", 0xfff000e0u, 0xfb300000u, smlaw_y, NEEDS_DSP },
	{ "SMLSD, SMUSD", 0xfff000e0u, 0xfb400000u, smlsd, NEEDS_DSP },
	{ "SMMLA, SMMUL", 0xfff000e0u, 0xfb500000u, smmla, NEEDS_DSP },
	{ "SMMLS",    0xfff000e0u, 0xfb600000u, smmls, NEEDS_DSP },
	{ "USAD8, USADA8", 0xfff000f0u, 0xfb700000u, usada8, NEEDS_DSP },
	{ "SMLAL (halves)", 0xfff000c0u, 0xfbc00080u, smlal_xy, NEEDS_DSP },
	{ "SMLALD",   0xfff000e0u, 0xfbc000c0u, smlald, NEEDS_DSP },
	{ "SMLSLD",   0xfff000e0u, 0xfbd000c0u, smlsld, NEEDS_DSP },
	{ "UMAAL",    0xfff000f0u, 0xfbe00060u, umaal, NEEDS_DSP },
};
/* clang-format on */

const struct encoding_table dsp_table = { rows, ARRAY_SIZE(rows) };
