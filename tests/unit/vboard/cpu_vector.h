/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_CPU_VECTOR_H
#define UNIT_VBOARD_CPU_VECTOR_H

/**
 * @file
 * One instruction as a test: a state, an opcode, the state after it.
 *
 * The state before follows from a seed. A record holds the seed, the opcode and what changed, so
 * that tens of thousands fit in little space; tests/data/cpu/README.md has the format.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;

enum {
	VECTOR_RAM_SIZE = 0x3000,
	VECTOR_CODE_SIZE = 0x10000,
	VECTOR_MAX_CHANGES = 64,
};
#define VECTOR_RAM_BASE 0x20000000u

enum vector_core {
	VECTOR_M0,
	VECTOR_M3,
	VECTOR_M4F,
	VECTOR_M7,
	VECTOR_M23,
	VECTOR_M33,
	VECTOR_CORES
};

/** What of the state exists. */
bool vector_has_dsp(enum vector_core core);
/** Armv6-M, Armv8-M Baseline: no APSR.Q. */
bool vector_is_baseline(enum vector_core core);
bool vector_has_fp(enum vector_core core);
/** The core's name, for messages and the command line. */
const char *vector_core_name(enum vector_core core);

/** What an instruction can see and change. */
struct vector_state {
	uint32_t r[16];
	uint32_t xpsr; /* APSR bits only */
	uint32_t fpscr;
	uint32_t s[32];
	uint8_t ram[VECTOR_RAM_SIZE];
	bool faults; /* the rest means nothing then */
};

/** A place and its value: registers 0-15, 16 xPSR, 17 FPSCR, 32-63 S0-S31, 64.. RAM words. */
struct vector_change {
	uint16_t place;
	uint32_t value;
};

struct vector {
	uint8_t core;
	uint16_t pc;
	uint32_t seed;
	uint32_t opcode; /* first halfword high when 32 bits long */
	bool faults;
	uint8_t change_count;
	struct vector_change changes[VECTOR_MAX_CHANGES];
};

/** xorshift64*: the same numbers everywhere. */
uint32_t vector_random(uint64_t *state);
bool vector_is_wide(uint32_t opcode);

/** The state before. */
void vector_initial_state(
	enum vector_core core, uint32_t seed, uint16_t pc, struct vector_state *s);
/** Fill in the changes. @return false: too many. */
bool vector_record(
	struct vector *v, const struct vector_state *before, const struct vector_state *after);
/** The state that a vector says comes after @p before. */
void vector_apply(const struct vector *v, struct vector_state *state);

/** Bytes written; at most VECTOR_MAX_BYTES. */
size_t vector_encode(const struct vector *v, uint8_t *bytes);
/** Bytes read; 0 when there are too few. */
size_t vector_decode(const uint8_t *bytes, size_t size, struct vector *v);
enum { VECTOR_MAX_BYTES = 13 + VECTOR_MAX_CHANGES * 6 };

enum { VECTOR_TABLE_SIZE = 64 };
/** The vector table at address 0, which is data to instructions, too. */
void vector_make_vectors(uint8_t *bytes);

/** Our core, set up to execute vectors. */
struct vector_bench {
	struct cpu *cpu;
	enum vector_core core;
	uint8_t *pristine; /* snapshot */
	bool scs_touched;  /* by the instructions since the last load: the oracle has no SCS */
	uint8_t code[VECTOR_CODE_SIZE];
	uint8_t ram[VECTOR_RAM_SIZE];
};

bool vector_bench_init(struct vector_bench *bench, enum vector_core core);
void vector_bench_finish(struct vector_bench *bench);
/** Execute one instruction from @p before. @p cfsr: what the fault was; may be NULL. */
void vector_bench_run(struct vector_bench *bench, uint16_t pc, uint32_t opcode,
	const struct vector_state *before, struct vector_state *after, uint32_t *cfsr);

/** Put a state into our core and read it back: what vector_bench_run() does around its one step. */
void vector_bench_load(struct vector_bench *bench, const struct vector_state *before);
void vector_bench_read(struct vector_bench *bench, struct vector_state *after);
/** One instruction as it lies in memory, little-endian; a NOP is behind a short one. */
void vector_put_opcode(uint8_t *code, uint32_t opcode);

/** Same outcome? Says where not, in @p where. */
bool vector_states_equal(
	const struct vector_state *a, const struct vector_state *b, char *where, size_t where_size);

#endif /* UNIT_VBOARD_CPU_VECTOR_H */
