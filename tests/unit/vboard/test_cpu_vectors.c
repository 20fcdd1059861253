/* SPDX-License-Identifier: Apache-2.0 */
/* Replays tests/data/cpu/vectors.bin: see README.md there. */
#include "base/file.h"
#include "support/test.h"
#include "unit/vboard/cpu_vector.h"

#include <stdlib.h>

enum { FILE_LIMIT = 4 << 20, EXPECTED_VECTORS = 42000 };

static struct vector_bench benches[VECTOR_CORES];

static bool vector_holds(const struct vector *v)
{
	static struct vector_state before, expected, after;
	char where[100];

	vector_initial_state(v->core, v->seed, v->pc, &before);
	expected = before;
	expected.r[15] = v->pc;
	vector_apply(v, &expected);
	vector_bench_run(&benches[v->core], v->pc, v->opcode, &before, &after, NULL);
	if (vector_states_equal(&after, &expected, where, sizeof(where)))
		return true;
	print_error("core %d, opcode %08x, seed %08x: %s\n", v->core, (unsigned)v->opcode,
		(unsigned)v->seed, where);
	return false;
}

static void vectors__all_hold(void **state)
{
	uint8_t *bytes = NULL;
	size_t size = 0;
	size_t count = 0;
	size_t wrong = 0;
	struct vector v;

	(void)state;
	assert_ok(file_read(
		test_source_path("tests/data/cpu/vectors.bin"), FILE_LIMIT, &bytes, &size));
	for (size_t at = 0, taken; at < size; at += taken, count++) {
		taken = vector_decode(bytes + at, size - at, &v);
		assert_int_not_equal(taken, 0);
		wrong += !vector_holds(&v);
	}
	free(bytes);
	assert_int_equal(wrong, 0);
	assert_int_equal(count, EXPECTED_VECTORS);
}

static int set_up(void **state)
{
	(void)state;
	for (int core = 0; core < VECTOR_CORES; core++)
		if (!vector_bench_init(&benches[core], (enum vector_core)core))
			return -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (int core = 0; core < VECTOR_CORES; core++)
		vector_bench_finish(&benches[core]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(vectors__all_hold) };

	return cmocka_run_group_tests_name("cpu vectors", tests, set_up, tear_down);
}
