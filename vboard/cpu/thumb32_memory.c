/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 32-bit Thumb loads and stores: DDI 0403E.b A5.3.5 (multiple), A5.3.6 (dual, exclusive, table
 * branch), A5.3.7 to A5.3.10 (single).
 *
 * Single ones may be unaligned; multiple, dual and exclusive ones never (A3.2.1).
 */
#include "vboard/cpu/alu.h"
#include "vboard/cpu/fields32.h"

static void require_alignment(struct cpu *c, uint32_t addr, unsigned size)
{
	if (UNLIKELY(addr & (size - 1)))
		fault_usage(c, CFSR_UNALIGNED);
}

/* --- multiple --------------------------------------------------------------------------------- */

/* No register at all is UNPREDICTABLE: undefined here. */
static void require_list(struct cpu *c, uint32_t list, uint32_t addr)
{
	if (!list)
		fault_undefined(c);
	require_alignment(c, addr, 4);
}

void load_multiple(struct cpu *c, uint32_t addr, uint32_t list, unsigned base, uint32_t new_base)
{
	uint32_t loaded[16];

	require_list(c, list, addr);
	check_sp_limit(c, base, new_base);
	for (uint32_t left = list; left; left &= left - 1) {
		loaded[__builtin_ctz(left)] = load32(c, addr);
		addr += 4;
	}
	reg_write(c, base, new_base);
	for (uint32_t left = list & 0x7fff; left; left &= left - 1) {
		const unsigned n = (unsigned)__builtin_ctz(left);

		reg_write(c, n, loaded[n]);
	}
	if (list & BIT(PC))
		branch_interwork(c, loaded[PC]);
}

void store_multiple(struct cpu *c, uint32_t addr, uint32_t list, unsigned base, uint32_t new_base)
{
	require_list(c, list, addr);
	check_sp_limit(c, base, new_base);
	for (uint32_t left = list; left; left &= left - 1) {
		store32(c, addr, c->r[__builtin_ctz(left)]);
		addr += 4;
	}
	reg_write(c, base, new_base);
}

uint32_t list_bytes(uint32_t list)
{
	return 4 * (uint32_t)__builtin_popcount(list);
}

/*
 * The list, which may hold @p allowed. Undefined here, UNPREDICTABLE by the manual: registers that
 * may not be there, Rn 15, a base that is in the list and written back. Lists of one are let pass.
 */
static uint32_t multiple_list(struct cpu *c, uint32_t w, uint32_t allowed)
{
	const uint32_t list = w & 0xffff;

	if ((list & ~allowed) || rn_of(w) == PC || (bit(w, 21) && bit(list, rn_of(w))))
		fault_undefined(c);
	return list;
}

static unsigned writeback_register(uint32_t w)
{
	return bit(w, 21) ? rn_of(w) : NO_WRITEBACK;
}

static void ldmia(struct cpu *c, uint32_t w)
{
	const uint32_t list = multiple_list(c, w, 0xdfff);
	const uint32_t base = c->r[rn_of(w)];

	load_multiple(c, base, list, writeback_register(w), base + list_bytes(list));
}

static void stmia(struct cpu *c, uint32_t w)
{
	const uint32_t list = multiple_list(c, w, 0x5fff);
	const uint32_t base = c->r[rn_of(w)];

	store_multiple(c, base, list, writeback_register(w), base + list_bytes(list));
}

static void ldmdb(struct cpu *c, uint32_t w)
{
	const uint32_t list = multiple_list(c, w, 0xdfff);
	const uint32_t addr = c->r[rn_of(w)] - list_bytes(list);

	load_multiple(c, addr, list, writeback_register(w), addr);
}

static void stmdb(struct cpu *c, uint32_t w)
{
	const uint32_t list = multiple_list(c, w, 0x5fff);
	const uint32_t addr = c->r[rn_of(w)] - list_bytes(list);

	store_multiple(c, addr, list, writeback_register(w), addr);
}

/* --- dual ------------------------------------------------------------------------------------- */

/* P, U and W as usual: the address used, and what goes back to Rn. */
static uint32_t dual_address(struct cpu *c, uint32_t w, uint32_t *after)
{
	const uint32_t base = rn_of(w) == PC ? pc_base(c) : c->r[rn_of(w)];
	const uint32_t offset = (w & 0xff) * 4;

	*after = bit(w, 23) ? base + offset : base - offset;
	if (bit(w, 21))
		check_sp_limit(c, rn_of(w), *after);
	return bit(w, 24) ? *after : base;
}

static void dual_writeback(struct cpu *c, uint32_t w, uint32_t after)
{
	if (bit(w, 21) && rn_of(w) != PC)
		reg_write(c, rn_of(w), after);
}

static void ldrd(struct cpu *c, uint32_t w)
{
	uint32_t after, first, second;
	const uint32_t addr = dual_address(c, w, &after);

	require_alignment(c, addr, 4);
	first = load32(c, addr);
	second = load32(c, addr + 4);
	dual_writeback(c, w, after);
	reg_write(c, rt_of(w), first);
	reg_write(c, rd_of(w), second);
}

static void strd(struct cpu *c, uint32_t w)
{
	uint32_t after;
	const uint32_t addr = dual_address(c, w, &after);

	require_alignment(c, addr, 4);
	store32(c, addr, c->r[rt_of(w)]);
	store32(c, addr + 4, c->r[rd_of(w)]);
	dual_writeback(c, w, after);
}

/* --- exclusive -------------------------------------------------------------------------------- */

static void ldrex(struct cpu *c, uint32_t w)
{
	const uint32_t addr = c->r[rn_of(w)] + (w & 0xff) * 4;
	uint32_t value;

	require_alignment(c, addr, 4);
	value = load32(c, addr);
	c->exclusive = 1;
	reg_write(c, rt_of(w), value);
}

static void ldrexb(struct cpu *c, uint32_t w)
{
	const uint32_t value = load8(c, c->r[rn_of(w)]);

	c->exclusive = 1;
	reg_write(c, rt_of(w), value);
}

static void ldrexh(struct cpu *c, uint32_t w)
{
	uint32_t value;

	require_alignment(c, c->r[rn_of(w)], 2);
	value = load16(c, c->r[rn_of(w)]);
	c->exclusive = 1;
	reg_write(c, rt_of(w), value);
}

/* ExclusiveMonitorsPass(): the monitor opens whether or not the store is made. */
static void strex_result(struct cpu *c, unsigned rd, bool stored)
{
	c->exclusive = 0;
	reg_write(c, rd, !stored);
}

static void strex(struct cpu *c, uint32_t w)
{
	const uint32_t addr = c->r[rn_of(w)] + (w & 0xff) * 4;
	const bool pass = c->exclusive;

	require_alignment(c, addr, 4);
	if (pass)
		store32(c, addr, c->r[rt_of(w)]);
	strex_result(c, rd_of(w), pass);
}

static void strexb(struct cpu *c, uint32_t w)
{
	const bool pass = c->exclusive;

	if (pass)
		store8(c, c->r[rn_of(w)], c->r[rt_of(w)]);
	strex_result(c, rm_of(w), pass);
}

static void strexh(struct cpu *c, uint32_t w)
{
	const bool pass = c->exclusive;

	require_alignment(c, c->r[rn_of(w)], 2);
	if (pass)
		store16(c, c->r[rn_of(w)], c->r[rt_of(w)]);
	strex_result(c, rm_of(w), pass);
}

/* --- table branch ----------------------------------------------------------------------------- */

static void tbb_tbh(struct cpu *c, uint32_t w)
{
	const uint32_t index = c->r[rm_of(w)];
	const uint32_t halfwords = bit(w, 4) ? load16(c, c->r[rn_of(w)] + index * 2)
	                                     : load8(c, c->r[rn_of(w)] + index);

	c->next_pc = c->r[PC] + 2 * halfwords;
}

/* --- single ----------------------------------------------------------------------------------- */

/* Size and sign of a single transfer as an opcode has them: bits [22:21] and 24. */
static uint32_t load_single(struct cpu *c, uint32_t w, uint32_t addr)
{
	switch (field(w, 24, 21)) {
	case 0:
		return load8(c, addr);
	case 1:
		return load16(c, addr);
	case 8:
		return (uint32_t)(int8_t)load8(c, addr);
	case 9:
		return (uint32_t)(int16_t)load16(c, addr);
	default:
		return load32(c, addr);
	}
}

static void store_single(struct cpu *c, uint32_t w, uint32_t addr)
{
	switch (field(w, 22, 21)) {
	case 0:
		store8(c, addr, c->r[rt_of(w)]);
		break;
	case 1:
		store16(c, addr, c->r[rt_of(w)]);
		break;
	default:
		store32(c, addr, c->r[rt_of(w)]);
		break;
	}
}

static bool is_word(uint32_t w)
{
	return field(w, 22, 21) == 2;
}

/* Narrower loads to the PC are PLD, PLI and unallocated memory hints: nothing happens. */
static bool is_memory_hint(uint32_t w)
{
	return rt_of(w) == PC && !is_word(w);
}

static void put_loaded(struct cpu *c, uint32_t w, uint32_t value)
{
	if (rt_of(w) == PC)
		branch_interwork(c, value);
	else
		reg_write(c, rt_of(w), value);
}

static void load_literal(struct cpu *c, uint32_t w)
{
	const uint32_t addr =
		bit(w, 23) ? pc_base(c) + field(w, 11, 0) : pc_base(c) - field(w, 11, 0);

	/* The U bit is not part of size and sign. */
	if (!is_memory_hint(w))
		put_loaded(c, w, load_single(c, w & ~BIT(23), addr));
}

static void load_imm12(struct cpu *c, uint32_t w)
{
	if (!is_memory_hint(w))
		put_loaded(c, w, load_single(c, w & ~BIT(23), c->r[rn_of(w)] + field(w, 11, 0)));
}

static void ldr_imm12(struct cpu *c, uint32_t w)
{
	put_loaded(c, w, load32(c, c->r[rn_of(w)] + field(w, 11, 0)));
}

static void load_register(struct cpu *c, uint32_t w)
{
	if (!is_memory_hint(w))
		put_loaded(c, w,
			load_single(c, w, c->r[rn_of(w)] + (c->r[rm_of(w)] << field(w, 5, 4))));
}

static void store_imm12(struct cpu *c, uint32_t w)
{
	store_single(c, w, c->r[rn_of(w)] + field(w, 11, 0));
}

static void str_imm12(struct cpu *c, uint32_t w)
{
	store32(c, c->r[rn_of(w)] + field(w, 11, 0), c->r[rt_of(w)]);
}

static void store_register(struct cpu *c, uint32_t w)
{
	store_single(c, w, c->r[rn_of(w)] + (c->r[rm_of(w)] << field(w, 5, 4)));
}

/* Rn plus or minus imm8, before or after. P and W both clear is undefined. */
static uint32_t indexed_address(struct cpu *c, uint32_t w, uint32_t *after)
{
	const uint32_t base = c->r[rn_of(w)];

	if (!bit(w, 10) && !bit(w, 8))
		fault_undefined(c);
	*after = bit(w, 9) ? base + (w & 0xff) : base - (w & 0xff);
	if (bit(w, 8))
		check_sp_limit(c, rn_of(w), *after);
	return bit(w, 10) ? *after : base;
}

static void load_imm8(struct cpu *c, uint32_t w)
{
	uint32_t after, value;
	const uint32_t addr = indexed_address(c, w, &after);

	if (is_memory_hint(w) && !bit(w, 8))
		return;
	value = load_single(c, w, addr);
	if (bit(w, 8))
		reg_write(c, rn_of(w), after);
	put_loaded(c, w, value);
}

static void store_imm8(struct cpu *c, uint32_t w)
{
	uint32_t after;
	const uint32_t addr = indexed_address(c, w, &after);

	store_single(c, w, addr);
	if (bit(w, 8))
		reg_write(c, rn_of(w), after);
}

/* LDRT and its like: as unprivileged code would. The fast path is for the present privilege. */
static void load_unprivileged(struct cpu *c, uint32_t w)
{
	const unsigned size = 1u << field(w, 22, 21);
	uint32_t value = mem_load(c, c->r[rn_of(w)] + (w & 0xff), size, CPU_A_DATA);

	if (bit(w, 24))
		value = sign_extend(value, size * 8);
	reg_write(c, rt_of(w), value);
}

static void store_unprivileged(struct cpu *c, uint32_t w)
{
	mem_store(
		c, c->r[rn_of(w)] + (w & 0xff), 1u << field(w, 22, 21), CPU_A_DATA, c->r[rt_of(w)]);
}

/* clang-format off */
#define LITERAL(op)  0xff7f0000u, (uint32_t)(op) << 16 | 0x000f0000u
#define IMM12(op)    0xfff00000u, (uint32_t)(op) << 16 | 0x00800000u
#define REGISTER(op) 0xfff00fc0u, (uint32_t)(op) << 16
#define UNPRIV(op)   0xfff00f00u, (uint32_t)(op) << 16 | 0xe00u
#define IMM8(op)     0xfff00800u, (uint32_t)(op) << 16 | 0x800u

#define LOADS(name, op)                                                      \
	{ name " (literal)",           LITERAL(op), load_literal, NEEDS_V7M },    \
	{ name " (immediate) imm12",   IMM12(op), load_imm12, NEEDS_V7M },        \
	{ name " (register) T2",       REGISTER(op), load_register, NEEDS_V7M },  \
	{ name "T",                    UNPRIV(op), load_unprivileged, NEEDS_V7M }, \
	{ name " (immediate) indexed", IMM8(op), load_imm8, NEEDS_V7M }

#define STORES(name, op)                                                      \
	{ name " (literal)",           LITERAL(op), NULL, 0 },                     \
	{ name " (immediate) imm12",   IMM12(op), store_imm12, NEEDS_V7M },        \
	{ name " (register) T2",       REGISTER(op), store_register, NEEDS_V7M },  \
	{ name "T",                    UNPRIV(op), store_unprivileged, NEEDS_V7M }, \
	{ name " (immediate) indexed", IMM8(op), store_imm8, NEEDS_V7M }

static const struct encoding rows[] = {
	{ "LDR (literal) T2",    LITERAL(0xf850), load_literal, NEEDS_V7M },
	{ "LDR (immediate) T3",  IMM12(0xf850), ldr_imm12, NEEDS_V7M },
	{ "STR (literal)",       LITERAL(0xf840), NULL, 0 },
	{ "STR (immediate) T3",  IMM12(0xf840), str_imm12, NEEDS_V7M },
	LOADS("LDR", 0xf850),
	STORES("STR", 0xf840),
	LOADS("LDRB", 0xf810),
	STORES("STRB", 0xf800),
	LOADS("LDRH", 0xf830),
	STORES("STRH", 0xf820),
	LOADS("LDRSB", 0xf910),
	LOADS("LDRSH", 0xf930),
	{ "STM, STMIA",     0xffd00000u, 0xe8800000u, stmia, NEEDS_V7M },
	{ "LDM, LDMIA",     0xffd00000u, 0xe8900000u, ldmia, NEEDS_V7M },
	{ "STMDB",          0xffd00000u, 0xe9000000u, stmdb, NEEDS_V7M },
	{ "LDMDB",          0xffd00000u, 0xe9100000u, ldmdb, NEEDS_V7M },
	{ "STREX",          0xfff00000u, 0xe8400000u, strex, NEEDS_WIDE },
	{ "LDREX",          0xfff00f00u, 0xe8500f00u, ldrex, NEEDS_WIDE },
	{ "STREXB",         0xfff00ff0u, 0xe8c00f40u, strexb, NEEDS_WIDE },
	{ "STREXH",         0xfff00ff0u, 0xe8c00f50u, strexh, NEEDS_WIDE },
	{ "LDREXB",         0xfff00fffu, 0xe8d00f4fu, ldrexb, NEEDS_WIDE },
	{ "LDREXH",         0xfff00fffu, 0xe8d00f5fu, ldrexh, NEEDS_WIDE },
	{ "TBB, TBH",       0xfff0ffe0u, 0xe8d0f000u, tbb_tbh, NEEDS_V7M },
	{ "exclusive, unallocated", 0xff600000u, 0xe8400000u, NULL, 0 },
	{ "STRD (immediate)", 0xfe500000u, 0xe8400000u, strd, NEEDS_V7M },
	{ "LDRD (immediate, literal)", 0xfe500000u, 0xe8500000u, ldrd, NEEDS_V7M },
};
/* clang-format on */

const struct encoding_table thumb32_memory_table = { rows, ARRAY_SIZE(rows) };
