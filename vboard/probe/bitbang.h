/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_BITBANG_H
#define VBOARD_PROBE_BITBANG_H

/**
 * @file
 * A probe of another kind: OpenOCD's remote_bitbang, in which each character sets pins or asks for
 * one. Facts from its page "remote_bitbang" (doc/manual/jtag/drivers/remote_bitbang.txt) and
 * driver.
 *
 * | character | |
 * | --- | --- |
 * | 0 to 7 | TCK, TMS, TDI: bits 2, 1, 0 |
 * | R | asks for TDO |
 * | r s t u | nTRST and nRESET (bits 1 and 0): 1 drives it low |
 * | O, o | SWDIO is driven, released |
 * | d e f g | SWCLK, SWDIO: bits 1, 0 |
 * | c | asks for SWDIO |
 * | B, b | a light, which nobody sees |
 * | Z, z | a millisecond, a microsecond passes |
 * | Q | the host goes |
 *
 * Pins change at once; simulated time passes by the rate of SWCLK, one cycle with each rising edge.
 * Whitespace does nothing, so that one can type it.
 */
#include "vboard/probe/port.h"

struct vbitbang {
	struct vport *port;
	bool drives; /* SWDIO */
};

enum vbitbang_end {
	VBITBANG_MORE, /* all was worked off, or there is no room for the answer to the next */
	VBITBANG_QUIT,
	VBITBANG_GARBAGE /* a character that means nothing */
};

/** A host is there: the pins are driven, TCK low. */
void vbitbang_init(struct vbitbang *bitbang, struct vport *port);
/** It is gone: all pins are released. */
void vbitbang_finish(struct vbitbang *bitbang);

/**
 * Work off characters.
 *
 * @param[in,out] in_size   How many there are; how many were taken.
 * @param[in,out] out_size  Room for answers; how many there are.
 */
enum vbitbang_end vbitbang_process(struct vbitbang *bitbang, const uint8_t *in, size_t *in_size,
	uint8_t *out, size_t *out_size);

#endif /* VBOARD_PROBE_BITBANG_H */
