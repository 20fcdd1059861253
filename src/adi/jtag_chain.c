/* SPDX-License-Identifier: Apache-2.0 */
#include "adi/jtag_chain.h"

#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"

/* Device identification register (IEEE 1149.1-2001, 12.1). Bit 0 is 1; BYPASS captures 0. */
#define IDCODE_PARTNO   BITS(27, 12)
#define IDCODE_DESIGNER BITS(11, 1)

/*
 * ID codes of Arm's JTAG-DPs: designer Arm, part 0xBA0n. Seen, as OpenOCD's target files expect them:
 * 0x3ba00477 (STM32F1), 0x4ba00477 (STM32F4), 0x6ba00477 (STM32H7), 0x0ba04477 (STM32L5).
 */
enum { DESIGNER_ARM = 0x23b, PARTNO_JTAG_DP = 0xba00, PARTNO_JTAG_DP_MASK = 0xfff0 };

/* Lengths of a JTAG-DP's IR (IHI 0031 B3.2.1: 4 bits; IHI 0074 B3.2: 4 or 8). */
enum { DP_IR_LENGTH = 4, DP_IR_LENGTH_LONG = 8 };

static bool bit_at(const uint8_t *bits, size_t index)
{
	return bits[index / 8] >> index % 8 & 1;
}

static uint32_t word_at(const uint8_t *bits, size_t index)
{
	uint32_t word = 0;

	for (size_t i = 0; i < 32; i++)
		word |= (uint32_t)bit_at(bits, index + i) << i;
	return word;
}

static bool is_jtag_dp(const struct jtag_tap *tap)
{
	return FIELD_GET(IDCODE_DESIGNER, tap->idcode) == DESIGNER_ARM &&
	       (FIELD_GET(IDCODE_PARTNO, tap->idcode) & PARTNO_JTAG_DP_MASK) == PARTNO_JTAG_DP;
}

static dapper_status fail_wires(const char *what)
{
	dapper_fail(DAPPER_ERR_NO_ACK, "no JTAG chain answers: %s", what);
	return dapper_fail_hint(DAPPER_ERR_NO_ACK,
		"check power and the wiring of TCK, TMS, TDI and TDO; is JTAG disabled in this "
		"part, or has it SWD only (-O dap_protocol=swd)?");
}

/* --- how many there are ----------------------------------------------------------------------- */

static dapper_status check_idcodes(const struct jtag_chain *chain)
{
	uint32_t all = 0;

	for (size_t i = 0; i < chain->count; i++)
		all |= chain->taps[i].idcode;
	if (chain->count == 0)
		return fail_wires("TDO stays high");
	if (chain->count == JTAG_MAX_TAPS && all == 0)
		return fail_wires("TDO stays low");
	return DAPPER_OK;
}

dapper_status jtag_chain_take_idcodes(struct jtag_chain *chain, const uint8_t *bits)
{
	size_t at = 0;

	*chain = (struct jtag_chain){ .count = 0 };
	/* Behind the last TAP come the ones that were shifted in, which no ID code is. */
	while (at + 32 <= JTAG_DR_BITS && word_at(bits, at) != UINT32_MAX) {
		const bool has_idcode = bit_at(bits, at);

		if (chain->count == JTAG_MAX_TAPS) {
			TRY(check_idcodes(chain));
			return dapper_fail(DAPPER_ERR_NO_ACK,
				"the JTAG chain has more than %d TAPs, or TDO is disturbed",
				JTAG_MAX_TAPS);
		}
		chain->taps[chain->count++].idcode = has_idcode ? word_at(bits, at) : 0;
		at += has_idcode ? 32 : 1;
	}
	return check_idcodes(chain);
}

/* --- their instruction registers -------------------------------------------------------------- */

/*
 * The captured bits have to be cut into one piece for each TAP. Often that can be done in several
 * ways, which matters only for the debug port's own piece: the others get BYPASS, all ones.
 */
struct split {
	const struct jtag_chain *chain;
	const uint8_t *bits;
	size_t length; /* of all together */
	size_t dp;     /* index of the debug port's TAP */
	/* Can the bits from here on be pieces of this TAP and those behind it? */
	bool fits[JTAG_MAX_TAPS + 1][JTAG_IR_FILL + 1];
};

/* Capture-IR loads 01, the 1 coming first, whatever the other bits are (7.1.1). */
static bool may_be_ir(const struct split *split, size_t tap, size_t at, size_t length)
{
	if (at + length > split->length || !bit_at(split->bits, at) || bit_at(split->bits, at + 1))
		return false;
	if (tap == split->dp || is_jtag_dp(&split->chain->taps[tap]))
		return length == DP_IR_LENGTH || length == DP_IR_LENGTH_LONG;
	return true;
}

static bool fits_with(const struct split *split, size_t tap, size_t at, size_t length)
{
	return may_be_ir(split, tap, at, length) && split->fits[tap + 1][at + length];
}

static void find_fits(struct split *split)
{
	split->fits[split->chain->count][split->length] = true;
	for (size_t tap = split->chain->count; tap-- > 0;)
		for (size_t at = 0; at < split->length; at++)
			for (size_t n = 2; n <= JTAG_MAX_IR && !split->fits[tap][at]; n++)
				split->fits[tap][at] = fits_with(split, tap, at, n);
}

/* Mark where TAP @p tap + 1 can begin, given where @p tap can. */
static void step_on(const struct split *split, size_t tap, const bool *from, bool *to)
{
	for (size_t at = 0; at < split->length; at++)
		for (size_t n = 2; from[at] && n <= JTAG_MAX_IR; n++)
			if (fits_with(split, tap, at, n))
				to[at + n] = true;
}

/* @return In how many ways the debug port's piece can be cut out. */
static unsigned count_ways(const struct split *split)
{
	bool starts[2][JTAG_IR_FILL + 1] = { { true } };
	unsigned ways = 0;
	bool *now = starts[0], *next = starts[1];

	for (size_t tap = 0; tap < split->dp; tap++) {
		bool *done = now;

		memset(next, 0, sizeof(starts[1]));
		step_on(split, tap, now, next);
		now = next;
		next = done;
	}
	for (size_t at = 0; at < split->length; at++)
		for (size_t n = 2; now[at] && n <= JTAG_MAX_IR; n++)
			ways += fits_with(split, split->dp, at, n);
	return ways;
}

/* The first way of all. */
static void take_lengths(const struct split *split, struct jtag_chain *chain)
{
	size_t at = 0;

	for (size_t tap = 0; tap < chain->count; tap++) {
		uint8_t n = 2;

		while (!fits_with(split, tap, at, n))
			n++;
		chain->taps[tap].ir_length = n;
		at += n;
	}
}

/* Where the zero came out that followed JTAG_IR_FILL ones. */
static dapper_status find_length(const uint8_t *bits, size_t *length)
{
	size_t zero = JTAG_IR_FILL;

	while (zero < JTAG_IR_BITS && bit_at(bits, zero))
		zero++;
	*length = zero - JTAG_IR_FILL;
	if (zero == JTAG_IR_BITS)
		return fail_wires("what goes in at TDI does not come out at TDO");
	for (size_t i = *length; i < zero; i++)
		if (!bit_at(bits, i))
			return fail_wires("its instruction registers have no end");
	return DAPPER_OK;
}

dapper_status jtag_chain_take_ir(struct jtag_chain *chain, const uint8_t *bits, size_t dp)
{
	struct split split = { .chain = chain, .bits = bits, .dp = dp };

	TRY(find_length(bits, &split.length));
	find_fits(&split);
	if (!split.fits[0][0])
		return dapper_fail(DAPPER_ERR_NO_ACK,
			"the chain's instruction registers, %zu bits, are not those of %zu TAPs "
			"with a debug port in place %zu",
			split.length, chain->count, dp);
	if (count_ways(&split) > 1) {
		dapper_fail(DAPPER_ERR_AMBIGUOUS,
			"where in the %zu bits of the chain's %zu instruction registers the debug "
			"port's are cannot be told",
			split.length, chain->count);
		return dapper_fail_hint(DAPPER_ERR_AMBIGUOUS,
			"use SWD (-O dap_protocol=swd), or take the other devices out of the "
			"chain");
	}
	take_lengths(&split, chain);
	return DAPPER_OK;
}

/* --- scanning --------------------------------------------------------------------------------- */

/* From Test-Logic-Reset through Shift-DR or Shift-IR to Run-Test/Idle (figure 6-1). */
static dapper_status scan(
	dapper_probe *probe, bool ir, const uint8_t *tdi, uint8_t *tdo, size_t bit_count)
{
	const dapper_jtag_run runs[] = {
		{ .tms = true, .bit_count = 6 },
		{ .tms = false, .bit_count = 1 },
		{ .tms = true, .bit_count = ir ? 2 : 1 },
		{ .tms = false, .bit_count = 2 },
		{ .tms = false, .bit_count = bit_count, .tdi = tdi, .tdo = tdo },
		/* One more is shifted on the way out: BYPASS is all ones. */
		{ .tms = true, .bit_count = 2 },
		{ .tms = false, .bit_count = 1 },
	};

	return probe_jtag_sequence(probe, runs, ARRAY_SIZE(runs));
}

/* --- choosing --------------------------------------------------------------------------------- */

static void list_taps(const struct jtag_chain *chain, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < chain->count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%zu: 0x%08x", i ? ", " : "",
			i, (unsigned)chain->taps[i].idcode);
}

static dapper_status fail_choice(
	const struct jtag_chain *chain, dapper_status status, const char *what)
{
	char list[JTAG_MAX_TAPS * 16];

	list_taps(chain, list, sizeof(list));
	dapper_fail(status, "%s", what);
	return dapper_fail_hint(
		status, "choose with -O jtag.tap=N; the ID codes from TDO on are %s", list);
}

dapper_status jtag_chain_find_dp(const struct jtag_chain *chain, unsigned position, size_t *index)
{
	size_t found = 0;

	if (position > chain->count)
		return fail_choice(chain, DAPPER_ERR_NOT_FOUND,
			"the JTAG chain has no TAP at the position that was asked for");
	if (position > 0 || chain->count == 1) {
		*index = position > 0 ? position - 1 : 0;
		return DAPPER_OK;
	}
	for (size_t i = 0; i < chain->count; i++)
		if (is_jtag_dp(&chain->taps[i])) {
			found++;
			*index = i;
		}
	if (found == 1)
		return DAPPER_OK;
	return fail_choice(chain, DAPPER_ERR_AMBIGUOUS,
		found ? "the JTAG chain has several debug ports of Arm's"
		      : "no TAP in the JTAG chain says that it is a debug port of Arm's");
}

/* --- all of it -------------------------------------------------------------------------------- */

dapper_status jtag_chain_detect(
	dapper_probe *probe, unsigned position, struct jtag_chain *chain, size_t *dp)
{
	uint8_t dr[(JTAG_DR_BITS + 7) / 8];
	uint8_t ir_in[(JTAG_IR_BITS + 7) / 8];
	uint8_t ir[sizeof(ir_in)];

	memset(dr, 0xff, sizeof(dr));
	memset(ir, 0xff, sizeof(ir));
	memset(ir_in, 0xff, sizeof(ir_in));
	ir_in[JTAG_IR_FILL / 8] &= (uint8_t)~BIT(JTAG_IR_FILL % 8);
	TRY(scan(probe, false, NULL, dr, JTAG_DR_BITS));
	TRY(jtag_chain_take_idcodes(chain, dr));
	TRY(jtag_chain_find_dp(chain, position, dp));
	TRY(scan(probe, true, ir_in, ir, JTAG_IR_BITS));
	return jtag_chain_take_ir(chain, ir, *dp);
}
