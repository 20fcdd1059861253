/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/cpu_stream.h"

#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "vboard/cpu/cpu.h"

uint16_t stream_pc(uint32_t index)
{
	return (uint16_t)(0x400 + index % STREAM_LIFETIME * STREAM_BYTES);
}

static unsigned bytes_of(uint32_t opcode)
{
	return vector_is_wide(opcode) ? 4 : 2;
}

/* Step our core over one instruction. @return false: not one for a stream; the state may be spoilt.
 */
static bool step_over(struct vector_bench *bench, uint16_t pc)
{
	uint32_t now = 0;
	uint32_t xpsr = 0;

	const bool wide = get_le16(bench->code + pc) >= 0xe800;

	cpu_step(bench->cpu, true, NULL);
	cpu_reg_get(bench->cpu, CPU_REG_PC, &now);
	cpu_reg_get(bench->cpu, CPU_REG_XPSR, &xpsr);
	return now == pc + (wide ? 4u : 2u) && !bench->scs_touched && !(xpsr & 0x1ff) &&
	       (xpsr & BIT(24));
}

enum { MAX_TRIES = 20 };

/* One more instruction, that our core executes without a fault or a branch. */
static bool append(struct vector_bench *bench, uint64_t *random, struct stream *stream,
	uint16_t *pc, struct vector_state *state)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		const uint32_t opcode = oracle_random_opcode(bench->core, random);

		if (!oracle_suits_stream(bench->core, opcode))
			continue;
		vector_put_opcode(bench->code + *pc, opcode);
		if (step_over(bench, *pc)) {
			stream->opcodes[stream->count++] = opcode;
			*pc = (uint16_t)(*pc + bytes_of(opcode));
			vector_bench_read(bench, state);
			return true;
		}
		vector_bench_load(bench, state);
	}
	return false;
}

/* All of the stream as it lies in memory, and a NOP: loads see it. */
static size_t assemble(const struct stream *stream, uint8_t *code)
{
	size_t size = 0;

	for (unsigned i = 0; i < stream->count; i++) {
		vector_put_opcode(code + size, stream->opcodes[i]);
		size += bytes_of(stream->opcodes[i]);
	}
	put_le16(code + size, 0xbf00);
	return size + 2;
}

/* @return false: a load found other code than when the stream was made, and it went elsewhere. */
static bool run_ours(struct vector_bench *bench, const struct stream *stream, unsigned count,
	const struct vector_state *before, struct vector_state *after)
{
	uint16_t pc = stream->pc;
	bool straight = true;

	vector_bench_load(bench, before);
	assemble(stream, bench->code + pc);
	for (unsigned i = 0; i < count && straight; i++) {
		straight = step_over(bench, pc);
		pc = (uint16_t)(pc + bytes_of(stream->opcodes[i]));
	}
	vector_bench_read(bench, after);
	memset(bench->code + stream->pc, 0, STREAM_BYTES + 4);
	return straight;
}

static void make_stream(struct vector_bench *bench, uint64_t *random, struct stream *stream)
{
	uint16_t pc = stream->pc;
	struct vector_state state;

	stream->count = 0;
	vector_initial_state(bench->core, stream->seed, stream->pc, &state);
	vector_bench_load(bench, &state);
	while (stream->count < STREAM_MAX && append(bench, random, stream, &pc, &state))
		continue;
	memset(bench->code + stream->pc, 0, STREAM_BYTES + 4); /* code is data to later streams */
}

/* The oracle's state after the first `count` instructions. */
static bool run_oracle(struct oracle *oracle, const struct stream *stream, unsigned count,
	const struct vector_state *before, struct vector_state *after)
{
	uint8_t code[STREAM_BYTES + 4] = { 0 };
	const size_t size = assemble(stream, code);
	size_t end = 0;

	for (unsigned i = 0; i < count; i++)
		end += bytes_of(stream->opcodes[i]);
	return oracle_run_code(oracle, stream->pc, code, size, end, before, after);
}

/* With a fresh oracle each time: which instruction is the first to differ? count: none, the first
 * difference was one of an old translation. */
static unsigned first_difference(struct vector_bench *bench, struct stream *stream)
{
	struct vector_state before, ours, theirs;

	vector_initial_state(bench->core, stream->seed, stream->pc, &before);
	for (unsigned n = 1; n <= stream->count; n++) {
		struct oracle *fresh = oracle_new(bench->core);
		bool equal;

		run_ours(bench, stream, n, &before, &ours);
		equal = fresh && run_oracle(fresh, stream, n, &before, &theirs) &&
		        vector_states_equal(&ours, &theirs, stream->where, sizeof(stream->where));
		oracle_free(fresh);
		if (!equal)
			return n - 1;
	}
	return stream->count;
}

enum verdict stream_compare(struct oracle *oracle, struct vector_bench *bench, uint64_t *random,
	uint16_t pc, struct stream *stream)
{
	struct vector_state before, ours, theirs;

	stream->pc = pc;
	stream->seed = vector_random(random);
	make_stream(bench, random, stream);
	vector_initial_state(bench->core, stream->seed, pc, &before);
	if (!run_ours(bench, stream, stream->count, &before, &ours))
		return VERDICT_SKIPPED;
	if (!run_oracle(oracle, stream, stream->count, &before, &theirs))
		return VERDICT_SKIPPED;
	if (vector_states_equal(&ours, &theirs, stream->where, sizeof(stream->where)))
		return VERDICT_EQUAL;
	stream->differs_at = first_difference(bench, stream);
	return stream->differs_at == stream->count ? VERDICT_SKIPPED : VERDICT_DIFFERENT;
}
