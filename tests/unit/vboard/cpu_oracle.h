/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_CPU_ORACLE_H
#define UNIT_VBOARD_CPU_ORACLE_H

/**
 * @file
 * A second opinion on what an instruction does: Unicorn 2.0.1, with its known faults kept away
 * (reference: cpu.md, "Unicorn"). Tests only.
 */
#include "unit/vboard/cpu_vector.h"

struct oracle;

struct oracle *oracle_new(enum vector_core core);
void oracle_free(struct oracle *oracle);
/** @return false: the oracle itself failed. */
bool oracle_run(struct oracle *oracle, uint16_t pc, uint32_t opcode,
	const struct vector_state *before, struct vector_state *after);

/** The same for straight-line code of @p size bytes, up to its byte @p end. */
bool oracle_run_code(struct oracle *oracle, uint16_t pc, const uint8_t *code, size_t size,
	size_t end, const struct vector_state *before, struct vector_state *after);

/** What became of one comparison. */
enum verdict {
	VERDICT_EQUAL,
	VERDICT_SKIPPED,       /* not for this kind of test: sleeps, exceptions, far branches */
	VERDICT_UNPREDICTABLE, /* they differ, and the manual allows both */
	VERDICT_ORACLE_WRONG, /* they differ, and a row of the table says why the oracle is wrong */
	VERDICT_DIFFERENT,
};

/** Both run one instruction. @p vector gets the record, valid for #VERDICT_EQUAL. */
enum verdict oracle_compare(struct oracle *oracle, struct vector_bench *bench, uint32_t seed,
	uint16_t pc, uint32_t opcode, struct vector *vector, char *where, size_t where_size);

/** Why the oracle is wrong, of the last #VERDICT_ORACLE_WRONG of this oracle; else NULL. */
const char *oracle_reason(const struct oracle *oracle);

/** Is it fit for straight-line code: no exception or special register, nothing that the oracle is
 * known to get wrong, nothing UNPREDICTABLE? */
bool oracle_suits_stream(enum vector_core core, uint32_t opcode);

/**
 * Is a difference real? Asked of a fresh oracle, as an old one now and then runs code that was
 * replaced. Says in @p where what differs.
 */
bool oracle_confirms(
	struct vector_bench *bench, const struct vector *vector, char *where, size_t where_size);

/** An opcode of one of the manual's encodings, the free bits random; now and then any opcode. */
uint32_t oracle_random_opcode(enum vector_core core, uint64_t *random);

/** Fresh code addresses for so many instructions; then a new oracle is due (stale translations). */
enum { ORACLE_LIFETIME = 15000 };
uint16_t oracle_pc(uint32_t index);

#endif /* UNIT_VBOARD_CPU_ORACLE_H */
