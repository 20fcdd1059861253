/* SPDX-License-Identifier: Apache-2.0 */
#include "adi/swj.h"

#include "base/bits.h"
#include "base/error.h"

/*
 * Bits go out least significant first. A line reset is at least 50 cycles of 1 and is followed here
 * by 8 idle cycles (at least 2 are asked for).
 */
#define ONES_48 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define ONES_56 ONES_48, 0xff

static const uint8_t line_reset[] = { ONES_56, 0x00 };

static const uint8_t jtag_to_swd[] = { ONES_56, 0x9e, 0xe7, ONES_56, 0x00 };

/* At least 8 ones, then 128 bits of selection alert (B5.3.4), 4 zeros; an activation code follows. */
#define SELECTION_ALERT                                                                           \
	0xff, 0x92, 0xf3, 0x09, 0x62, 0x95, 0x2d, 0x85, 0x86, 0xe9, 0xaf, 0xdd, 0xe3, 0xa2, 0x0e, \
		0xbc, 0x19

static const uint8_t dormant_to_swd[] = {
	/* JTAG to dormant: 9 ones (Test-Logic-Reset), the 31 bits of 0x33bbbbba */
	0xff, 0x75, 0x77, 0x77, 0x67, SELECTION_ALERT,
	/* 4 zeros, activation code 0x1a (SW-DP); from there line reset: 52 ones */
	0xa0, 0xf1, ONES_48, 0x00
};

/* Ones: more than five of them lead to Test-Logic-Reset from anywhere. */
static const uint8_t tap_reset[] = { 0xff, 0x00 };

static const uint8_t swd_to_jtag[] = { ONES_56, 0x3c, 0xe7, 0xff, 0x00 };

static const uint8_t dormant_to_jtag[] = {
	/* SWD to dormant: line reset, 0xe3bc */
	ONES_56, 0xbc, 0xe3, SELECTION_ALERT,
	/* 4 zeros, activation code 0x0a (JTAG-DP), then Test-Logic-Reset */
	0xa0, 0xf0, 0xff, 0x00
};

_Static_assert(sizeof(jtag_to_swd) * 8 == 136, "two line resets, the switch, idle");

static const struct {
	const uint8_t *bits;
	size_t size;
} sequences[] = {
	[SWJ_LINE_RESET] = { line_reset, sizeof(line_reset) },
	[SWJ_JTAG_TO_SWD] = { jtag_to_swd, sizeof(jtag_to_swd) },
	[SWJ_DORMANT_TO_SWD] = { dormant_to_swd, sizeof(dormant_to_swd) },
	[SWJ_TAP_RESET] = { tap_reset, sizeof(tap_reset) },
	[SWJ_SWD_TO_JTAG] = { swd_to_jtag, sizeof(swd_to_jtag) },
	[SWJ_DORMANT_TO_JTAG] = { dormant_to_jtag, sizeof(dormant_to_jtag) },
};

dapper_status swj_send(dapper_probe *probe, enum swj_sequence sequence)
{
	return probe_swj_sequence(probe, sequences[sequence].size * 8, sequences[sequence].bits);
}

/* --- target selection -------------------------------------------------------------------------- */

enum {
	TARGETSEL_REQUEST =
		0x99, /* start, DP, write, A 0xC, parity, stop, park; first bit lowest */
	REQUEST_BITS = 8,
	ACK_BITS = 5, /* with a turnaround before and after, in which nobody drives the line */
	DATA_BITS = 32,
	IDLE_BITS = 7,
};

static uint64_t even_parity(uint32_t value)
{
	for (unsigned shift = 16; shift > 0; shift /= 2)
		value ^= value >> shift;
	return value & 1;
}

static void put_bits(uint8_t *bytes, size_t size, uint64_t bits)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(bits >> 8 * i);
}

dapper_status swj_select_target(dapper_probe *probe, uint32_t targetsel)
{
	const uint64_t data = targetsel | even_parity(targetsel) << DATA_BITS;
	const uint64_t whole = TARGETSEL_REQUEST | data << (REQUEST_BITS + ACK_BITS);
	const uint8_t request = TARGETSEL_REQUEST;
	uint8_t data_bytes[(DATA_BITS + 1 + IDLE_BITS) / 8];
	uint8_t whole_bytes[7];
	const dapper_swd_run runs[] = {
		{ .bit_count = REQUEST_BITS, .out = &request },
		{ .bit_count = ACK_BITS },
		{ .bit_count = DATA_BITS + 1 + IDLE_BITS, .out = data_bytes },
	};
	dapper_status status;

	put_bits(data_bytes, sizeof(data_bytes), data);
	status = probe_swd_sequence(probe, runs, ARRAY_SIZE(runs));
	if (status != DAPPER_ERR_UNSUPPORTED)
		return status;
	error_clear();
	/* Nobody else drives the line meanwhile, so that it may be driven throughout. */
	put_bits(whole_bytes, sizeof(whole_bytes), whole);
	return probe_swj_sequence(probe, sizeof(whole_bytes) * 8, whole_bytes);
}
