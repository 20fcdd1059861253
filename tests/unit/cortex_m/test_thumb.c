/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "cortex_m/thumb.h"
#include "support/test.h"

/* Encodings as arm-none-eabi-as makes them. */
static const struct row {
	const char *what;
	uint16_t first;
	uint16_t second;
	unsigned length; /* 0: not straight */
} rows[] = {
	{ "movs r0, #1", 0x2001, 0, 2 },
	{ "nop", 0xbf00, 0, 2 },
	{ "it eq", 0xbf08, 0, 2 },
	{ "cpsid i", 0xb672, 0, 2 },
	{ "push {r4, lr}", 0xb510, 0, 2 },
	{ "pop {r4}", 0xbc10, 0, 2 },
	{ "mov r0, lr", 0x4670, 0, 2 },
	{ "add sp, r1", 0x448d, 0, 2 },
	{ "pop {r4, pc}", 0xbd10, 0, 0 },
	{ "bx lr", 0x4770, 0, 0 },
	{ "blx r3", 0x4798, 0, 0 },
	{ "mov pc, r0", 0x4687, 0, 0 },
	{ "add pc, r1", 0x448f, 0, 0 },
	{ "cbz r0", 0xb100, 0, 0 },
	{ "cbnz r7", 0xb9ff, 0, 0 },
	{ "beq", 0xd001, 0, 0 },
	{ "b", 0xe7fe, 0, 0 },
	{ "svc 0", 0xdf00, 0, 0 },
	{ "udf 0", 0xde00, 0, 0 },
	{ "bkpt 0xab", 0xbeab, 0, 0 },
	{ "wfi", 0xbf30, 0, 0 },
	{ "wfe", 0xbf20, 0, 0 },
	{ "bl", 0xf000, 0xf801, 0 },
	{ "b.w", 0xf000, 0xb801, 0 },
	{ "bne.w", 0xf040, 0x8001, 0 },
	{ "mrs r0, primask", 0xf3ef, 0x8010, 0 },
	{ "movw r0, #1", 0xf240, 0x0001, 4 },
	{ "add.w r0, r1, r2", 0xeb01, 0x0002, 4 },
	{ "ldr.w r0, [r1]", 0xf8d1, 0x0000, 4 },
	{ "ldr.w pc, [r1]", 0xf8d1, 0xf000, 0 },
	{ "str.w r0, [r1]", 0xf8c1, 0x0000, 4 },
	{ "push.w {r4-r8, lr}", 0xe92d, 0x41f0, 4 },
	{ "pop.w {r4-r8, pc}", 0xe8bd, 0x81f0, 0 },
	{ "tbb [pc, r0]", 0xe8df, 0xf000, 0 },
	{ "vadd.f32 s0, s0, s1", 0xee30, 0x0a20, 4 },
	{ "udiv r0, r0, r1", 0xfbb0, 0xf0f1, 4 },
};

static void straight__knows(void **state)
{
	const struct row *row = *state;
	uint8_t code[4];
	unsigned length = 0;

	put_le16(code, row->first);
	put_le16(code + 2, row->second);
	assert_int_equal(thumb_is_straight(code, sizeof(code), &length), row->length != 0);
	if (row->length)
		assert_int_equal(length, row->length);
}

static void straight__does_not_read_beyond_the_end(void **state)
{
	const uint8_t half_of_movw[] = { 0x40, 0xf2 };
	unsigned length;

	(void)state;
	assert_false(thumb_is_straight(half_of_movw, 2, &length));
	assert_false(thumb_is_straight(half_of_movw, 1, &length));
	assert_false(thumb_is_straight(half_of_movw, 0, &length));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(straight__does_not_read_beyond_the_end),
	};

	return test_run_all("cortex_m/thumb", tests, ARRAY_SIZE(tests), straight__knows, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
