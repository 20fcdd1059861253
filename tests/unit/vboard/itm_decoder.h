/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_ITM_DECODER_H
#define UNIT_VBOARD_ITM_DECODER_H

/**
 * @file
 * A decoder of trace streams for tests, written from DDI 0403E.e appendix D4 and IHI 0029E D4 and
 * knowing nothing of the encoder: a stream becomes a text, one word a packet.
 *
 * | word | packet |
 * | --- | --- |
 * | S0:61 | stimulus port 0, one byte 0x61; as many digits as there are bytes |
 * | sync ovf | synchronisation, overflow |
 * | t3 T3 T3/2 | local timestamp of format 2, of format 1, with TC = 2 |
 * | g1:3a g1w:3a g2:1 | global timestamps; w: the wrap bit |
 * | pc:100 sleep | PC sample |
 * | exc:15+1 | exception 15, function 1 |
 * | ev:20 | event counter packet |
 * | m0 p0:100 a0:1004 r0:55 w0:55 | data trace of comparator 0: match, PC, address, value |
 * | ? | what is none of these |
 */
#include <stddef.h>
#include <stdint.h>

/** @p text gets at least a NUL. */
void itm_decode(const uint8_t *stream, size_t size, char *text, size_t text_size);

/**
 * Take a formatted stream apart: the bytes of one trace source.
 *
 * @return How many, or -1: it is not a whole number of frames (and synchronisations).
 */
int itm_deformat(const uint8_t *stream, size_t size, uint8_t id, uint8_t *out);

#endif /* UNIT_VBOARD_ITM_DECODER_H */
