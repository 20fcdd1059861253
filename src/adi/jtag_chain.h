/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_JTAG_CHAIN_H
#define ADI_JTAG_CHAIN_H

/**
 * @file
 * What is in a JTAG scan chain: how many TAPs, their ID codes, the lengths of their instruction
 * registers, and which of them is Arm's debug port (IEEE 1149.1-2001, chapters 7, 9 and 12;
 * IHI 0031, B3.2 the JTAG-DP's registers).
 *
 * TAPs are counted from the one nearest to TDO, whose bits come first: as CMSIS-DAP does.
 */
#include "probe/probe.h"

enum {
	JTAG_MAX_TAPS = 16,
	JTAG_MAX_IR = 32, /* bits of one TAP's instruction register */
};

struct jtag_tap {
	uint32_t idcode;   /* 0: it has none */
	uint8_t ir_length; /* see jtag_chain_take_ir() */
};

struct jtag_chain {
	struct jtag_tap taps[JTAG_MAX_TAPS];
	size_t count;
};

/**
 * Scan the chain and find the debug port in it. All TAPs are in BYPASS and Run-Test/Idle after.
 *
 * @param position   As of jtag_chain_find_dp().
 * @param[out] dp    Its index.
 * @retval DAPPER_ERR_NO_ACK       What comes out of TDO is no chain.
 * @retval DAPPER_ERR_AMBIGUOUS    Which TAP it is, or which bits of IR are its own, cannot be told.
 * @retval DAPPER_ERR_NOT_FOUND    There is no TAP at that position.
 * @retval DAPPER_ERR_UNSUPPORTED  The probe cannot do it.
 */
dapper_status jtag_chain_detect(
	dapper_probe *probe, unsigned position, struct jtag_chain *chain, size_t *dp);

/* --- what was scanned; separate for tests and for the fuzzer ---------------------------------- */

enum {
	/** Bits of the data registers: all the ID codes there can be, and an end. */
	JTAG_DR_BITS = 32 * (JTAG_MAX_TAPS + 1),
	/** Bits of the instruction registers together; as many ones are shifted in first... */
	JTAG_IR_FILL = 256,
	/** ...then a zero, and ones until it must have come out. */
	JTAG_IR_BITS = 2 * JTAG_IR_FILL + 1,
};

/** Find the TAPs in what the data registers hold after Test-Logic-Reset. */
dapper_status jtag_chain_take_idcodes(struct jtag_chain *chain, const uint8_t *bits);

/**
 * Which TAP is the debug port?
 *
 * @param position  0: the one with an ID code of Arm's JTAG-DP, or the only one there is;
 *                  n: TAP n - 1.
 * @retval DAPPER_ERR_AMBIGUOUS  Several are, or none can be told to be; the hint lists all.
 * @retval DAPPER_ERR_NOT_FOUND  There is no TAP at that position.
 */
dapper_status jtag_chain_find_dp(const struct jtag_chain *chain, unsigned position, size_t *index);

/**
 * Find the lengths of the instruction registers in what Capture-IR loads. Those of TAPs other than
 * @p dp may be wrong one by one, but their sums before and behind it are right.
 */
dapper_status jtag_chain_take_ir(struct jtag_chain *chain, const uint8_t *bits, size_t dp);

#endif /* ADI_JTAG_CHAIN_H */
