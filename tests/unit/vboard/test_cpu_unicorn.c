/* SPDX-License-Identifier: Apache-2.0 */
/* Random instructions, here and in Unicorn. DAPPER_SEED and DAPPER_COUNT ask for other or more. */
#include "support/test.h"
#include "unit/vboard/cpu_stream.h"

#include <stdlib.h>

struct row {
	const char *what;
	void (*check)(const struct row *row);
	enum vector_core core;
	uint32_t count;
};

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static bool differs(struct vector_bench *bench, const struct vector *v)
{
	char where[100] = "";
	const bool real = oracle_confirms(bench, v, where, sizeof(where));

	if (real)
		print_error("opcode %08x, seed %08x: %s\n", (unsigned)v->opcode, (unsigned)v->seed,
			where);
	return real;
}

static void core__agrees_with_unicorn(const struct row *row)
{
	static struct vector_bench bench;
	struct oracle *oracle = NULL;
	uint64_t random = setting("DAPPER_SEED", 20261122);
	const uint64_t count = setting("DAPPER_COUNT", row->count);
	unsigned equal = 0;
	unsigned different = 0;
	char where[100];

	assert_true(vector_bench_init(&bench, row->core));
	for (uint64_t i = 0; i < count; i++) {
		struct vector v = { .core = 0 };
		enum verdict verdict;

		if (i % ORACLE_LIFETIME == 0) {
			oracle_free(oracle);
			oracle = oracle_new(row->core);
			assert_non_null(oracle);
		}
		v.opcode = oracle_random_opcode(row->core, &random);
		v.seed = vector_random(&random);
		v.pc = oracle_pc((uint32_t)i);
		verdict = oracle_compare(
			oracle, &bench, v.seed, v.pc, v.opcode, &v, where, sizeof(where));
		equal += verdict == VERDICT_EQUAL;
		different += verdict == VERDICT_DIFFERENT && differs(&bench, &v);
	}
	oracle_free(oracle);
	vector_bench_finish(&bench);
	assert_int_equal(different, 0);
	assert_true(equal > count / 2);
}

static void stream__agrees_with_unicorn(const struct row *row)
{
	static struct vector_bench bench;
	struct oracle *oracle = NULL;
	struct stream stream;
	uint64_t random = setting("DAPPER_SEED", 20261122);
	const uint64_t count = setting("DAPPER_COUNT", row->count);
	uint64_t instructions = 0;
	unsigned different = 0;

	assert_true(vector_bench_init(&bench, row->core));
	for (uint32_t i = 0; instructions < count; i++) {
		enum verdict verdict;

		if (i % STREAM_LIFETIME == 0) {
			oracle_free(oracle);
			oracle = oracle_new(row->core);
			assert_non_null(oracle);
		}
		verdict = stream_compare(oracle, &bench, &random, stream_pc(i), &stream);
		instructions += verdict == VERDICT_EQUAL ? stream.count : 1;
		if (verdict != VERDICT_DIFFERENT)
			continue;
		different++;
		print_error("seed %08x, instruction %u, opcode %08x: %s\n", (unsigned)stream.seed,
			stream.differs_at, (unsigned)stream.opcodes[stream.differs_at],
			stream.where);
	}
	oracle_free(oracle);
	vector_bench_finish(&bench);
	assert_int_equal(different, 0);
}

#define ROWS(name, core, count)                                                                    \
	{ "core__agrees_with_unicorn: " name, core__agrees_with_unicorn, core, count },            \
	{                                                                                          \
		"stream__agrees_with_unicorn: " name, stream__agrees_with_unicorn, core, (count)*4 \
	}

static const struct row rows[] = {
	ROWS("Cortex-M0", VECTOR_M0, 4000),
	ROWS("Cortex-M3", VECTOR_M3, 5000),
	ROWS("Cortex-M4F", VECTOR_M4F, 7000),
	ROWS("Cortex-M7", VECTOR_M7, 7000),
	ROWS("Cortex-M23", VECTOR_M23, 4000),
	ROWS("Cortex-M33", VECTOR_M33, 7000),
};

static void check(void **state)
{
	const struct row *row = *state;

	row->check(row);
}

int main(void)
{
	return test_run_table("cpu unicorn", check, rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
