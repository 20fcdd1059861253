/* SPDX-License-Identifier: Apache-2.0 */
#include "adi/swj.h"

#include "base/bits.h"

/*
 * Bits go out least significant first. A line reset is at least 50 cycles of 1 and is followed here
 * by 8 idle cycles (at least 2 are asked for).
 */
#define ONES_48 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define ONES_56 ONES_48, 0xff

static const uint8_t line_reset[] = { ONES_56, 0x00 };

static const uint8_t jtag_to_swd[] = { ONES_56, 0x9e, 0xe7, ONES_56, 0x00 };

static const uint8_t dormant_to_swd[] = {
	/* JTAG to dormant: 9 ones (Test-Logic-Reset), the 31 bits of 0x33bbbbba */
	0xff, 0x75, 0x77, 0x77, 0x67,
	/* at least 8 ones, then the selection alert: 128 bits */
	0xff, 0x92, 0xf3, 0x09, 0x62, 0x95, 0x2d, 0x85, 0x86, 0xe9, 0xaf, 0xdd, 0xe3, 0xa2, 0x0e,
	0xbc, 0x19,
	/* 4 zeros, activation code 0x1a (SW-DP); from there line reset: 52 ones */
	0xa0, 0xf1, ONES_48, 0x00
};

_Static_assert(sizeof(jtag_to_swd) * 8 == 136, "two line resets, the switch, idle");

static const struct {
	const uint8_t *bits;
	size_t size;
} sequences[] = {
	[SWJ_LINE_RESET] = { line_reset, sizeof(line_reset) },
	[SWJ_JTAG_TO_SWD] = { jtag_to_swd, sizeof(jtag_to_swd) },
	[SWJ_DORMANT_TO_SWD] = { dormant_to_swd, sizeof(dormant_to_swd) },
};

dapper_status swj_send(dapper_probe *probe, enum swj_sequence sequence)
{
	return probe_swj_sequence(probe, sequences[sequence].size * 8, sequences[sequence].bits);
}
