/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which Thumb instructions go on with the next one (Armv7-M ARM, DDI 0403E.e, A5.2 and A5.3).
 * Whatever is in doubt does not: the caller then asks the core.
 */
#include "cortex_m/thumb.h"

#include "base/bits.h"
#include "base/bytes.h"

struct pattern {
	uint16_t mask;
	uint16_t value;
};

static bool fits_any(const struct pattern *patterns, size_t count, unsigned half)
{
	for (size_t i = 0; i < count; i++)
		if ((half & patterns[i].mask) == patterns[i].value)
			return true;
	return false;
}

static bool is_16_bit_jump(unsigned half)
{
	static const struct pattern jumps[] = {
		{ 0xff00, 0x4700 }, /* BX, BLX */
		{ 0xfc87, 0x4487 }, /* ADD, CMP, MOV of high registers: pc */
		{ 0xf500, 0xb100 }, /* CBZ, CBNZ */
		{ 0xff00, 0xbd00 }, /* POP with pc */
		{ 0xff00, 0xbe00 }, /* BKPT */
		{ 0xff8f, 0xbf00 }, /* hints: NOP, YIELD, WFE, WFI, SEV */
		{ 0xf000, 0xd000 }, /* B<c>, UDF, SVC */
		{ 0xf800, 0xe000 }, /* B */
	};

	/* NOP is the one hint that is often met. */
	return half != 0xbf00 && fits_any(jumps, ARRAY_SIZE(jumps), half);
}

static bool is_32_bit_jump(unsigned first, unsigned second)
{
	static const struct pattern jumps[] = {
		{ 0xfe10, 0xe810 }, /* LDM, POP, RFE, LDRD, LDREX, TBB, TBH */
		{ 0xfe40, 0xe840 }, /* STREX, TT and the others of TBB's group */
	};
	bool is_branch_or_misc = (first & 0xf800) == 0xf000 && (second & 0x8000);
	bool is_load_of_pc = (first & 0xfe10) == 0xf810 && (second >> 12) == 15;

	return is_branch_or_misc || is_load_of_pc || fits_any(jumps, ARRAY_SIZE(jumps), first);
}

bool thumb_is_straight(const uint8_t *code, size_t size, unsigned *length)
{
	unsigned first;

	if (size < 2)
		return false;
	first = get_le16(code);
	*length = first >> 11 >= 0x1d ? 4 : 2;
	if (*length == 2)
		return !is_16_bit_jump(first);
	return size >= 4 && !is_32_bit_jump(first, get_le16(code + 2));
}
