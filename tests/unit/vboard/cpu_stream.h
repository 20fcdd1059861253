/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_CPU_STREAM_H
#define UNIT_VBOARD_CPU_STREAM_H

/**
 * @file
 * Streams of random instructions, run by our core and by the oracle in one go each: registers,
 * flags and memory go from one instruction to the next, which single vectors cannot see. Streams
 * are straight-line code without faults; branches and faults are for single vectors.
 */
#include "unit/vboard/cpu_oracle.h"

enum { STREAM_MAX = 32, STREAM_BYTES = STREAM_MAX * 4 };

/** Instructions and the states around them. */
struct stream {
	uint32_t seed;
	uint16_t pc;
	unsigned count;
	uint32_t opcodes[STREAM_MAX];
	unsigned differs_at; /* the first instruction that the two do not agree on */
	char where[100];
};

/**
 * Make a stream and run it on both.
 *
 * @return #VERDICT_EQUAL, #VERDICT_SKIPPED (the oracle failed), or #VERDICT_DIFFERENT with
 * @p stream's differs_at and where filled in. Nothing that cpu_oracle.c knows to be the oracle's
 * fault or UNPREDICTABLE gets into a stream.
 */
enum verdict stream_compare(struct oracle *oracle, struct vector_bench *bench, uint64_t *random,
	uint16_t pc, struct stream *stream);

/** Fresh code addresses for so many streams; then a new oracle is due (stale translations). */
enum { STREAM_LIFETIME = 400 };
uint16_t stream_pc(uint32_t index);

#endif /* UNIT_VBOARD_CPU_STREAM_H */
