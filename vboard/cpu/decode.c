/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From opcode to function. The encodings are rows of tables as in the manual's chapter A5; which
 * rows count depends on the core. 16-bit ones are spread over an index once; 32-bit ones are
 * searched for and then remembered by opcode. That memory needs no invalidation: it holds what an
 * opcode means, not what lies at an address.
 */
#include "vboard/cpu/internal.h"

/* DSP first: SSAT16 is a special case of SSAT. Armv8-M before what it cuts out of. */
static const struct encoding_table *const tables32[] = {
	&dsp_table,
	&thumb32_v8m_table,
	&loop_table,
	&thumb32_memory_table,
	&thumb32_control_table,
	&thumb32_data_table,
	&multiply_table,
	&fpu_data_table,
	&fpu_table,
};

enum { INDEX_SHIFT = 6 };

static void execute_undefined(struct cpu *c, uint32_t opcode)
{
	(void)opcode;
	fault_undefined(c);
}

static unsigned features(const struct cpu *c)
{
	return (c->is_v7m ? NEEDS_V7M : 0u) | (c->is_v7m || c->is_v8m ? NEEDS_WIDE : 0u) |
	       (c->is_v8m ? NEEDS_V8M : 0u) | (c->config.security ? NEEDS_SECURITY : 0u) |
	       (c->config.mve ? NEEDS_V81M : 0u) | (c->has_dsp ? NEEDS_DSP : 0u) |
	       (c->has_fp ? NEEDS_FP : 0u) | (c->config.fpu >= CPU_FPU_FPV5_SP ? NEEDS_FPV5 : 0u) |
	       (c->config.fpu == CPU_FPU_FPV5_DP ? NEEDS_DP : 0u);
}

static bool is_available(const struct cpu *c, const struct encoding *row)
{
	return !(row->needs & ~(features(c) | NOT_IMPLEMENTED));
}

static const struct encoding *find_in(
	const struct cpu *c, const struct encoding_table *table, uint32_t opcode)
{
	for (size_t i = 0; i < table->count; i++)
		if ((opcode & table->rows[i].mask) == table->rows[i].value &&
			is_available(c, &table->rows[i]))
			return &table->rows[i];
	return NULL;
}

/* The row, and its number over all tables. */
static const struct encoding *find32(const struct cpu *c, uint32_t opcode, size_t *number)
{
	size_t before = thumb16_table.count;

	for (size_t i = 0; i < ARRAY_SIZE(tables32); i++) {
		const struct encoding *row = find_in(c, tables32[i], opcode);

		if (row) {
			*number = before + (size_t)(row - tables32[i]->rows);
			return row;
		}
		before += tables32[i]->count;
	}
	return NULL;
}

/* Of an architecture that is not simulated: said once, then UNDEFINED like anything else. */
static void execute_not_implemented(struct cpu *c, uint32_t opcode)
{
	const struct encoding *row;
	size_t number = 0;

	if (opcode >> 16) {
		row = find32(c, opcode, &number);
	} else {
		row = find_in(c, &thumb16_table, opcode);
		number = row ? (size_t)(row - thumb16_table.rows) : 0;
	}
	if (row)
		cpu_warn(c, number, row->name);
	fault_undefined(c);
}

static void (*executor(const struct encoding *row))(struct cpu *c, uint32_t opcode)
{
	if (!row)
		return execute_undefined;
	if (row->needs & NOT_IMPLEMENTED)
		return execute_not_implemented;
	return row->exec ? row->exec : execute_undefined;
}

void (*decode32(struct cpu *c, uint32_t opcode))(struct cpu *c, uint32_t opcode)
{
	struct decode_slot *slot =
		&c->decode_cache[(opcode * 0x9e3779b1u) >> (32 - DECODE_CACHE_BITS)];
	size_t number;

	slot->opcode = opcode;
	slot->exec = executor(find32(c, opcode, &number));
	return slot->exec;
}

void decode_init(struct cpu *c)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(c->thumb16); i++)
		c->thumb16[i] = executor(find_in(c, &thumb16_table, i << INDEX_SHIFT));
}
