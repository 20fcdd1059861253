/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes tests/data/cpu/vectors.bin: single instructions as Unicorn executes them, where it is
 * right. Run it after changing encodings or the record's format: make_cpu_vectors FILE.
 */
#include <stdio.h>
#include <stdlib.h>

#include "unit/vboard/cpu_oracle.h"

static const struct {
	enum vector_core core;
	unsigned count;
} plan[] = { { VECTOR_M0, 4000 }, { VECTOR_M3, 5000 }, { VECTOR_M4F, 11000 }, { VECTOR_M7, 9000 },
	{ VECTOR_M23, 4000 }, { VECTOR_M33, 9000 } };

static bool write_vector(FILE *file, const struct vector *v)
{
	uint8_t bytes[VECTOR_MAX_BYTES];
	const size_t size = vector_encode(v, bytes);

	return fwrite(bytes, 1, size, file) == size;
}

static bool write_core(FILE *file, enum vector_core core, unsigned count)
{
	static struct vector_bench bench;
	struct oracle *oracle = NULL;
	uint64_t random = 0x5eed + (uint64_t)core;
	struct vector v;
	char where[100];
	bool good = vector_bench_init(&bench, core);

	for (uint32_t i = 0, written = 0; good && written < count; i++) {
		if (i % ORACLE_LIFETIME == 0) {
			oracle_free(oracle);
			oracle = oracle_new(core);
		}
		const uint32_t opcode = oracle_random_opcode(core, &random);
		const uint32_t seed = vector_random(&random);
		const enum verdict verdict = oracle_compare(
			oracle, &bench, seed, oracle_pc(i), opcode, &v, where, sizeof(where));

		if (verdict == VERDICT_DIFFERENT &&
			oracle_confirms(&bench, &v, where, sizeof(where)))
			fprintf(stderr, "core %d, opcode %08x, seed %08x: %s\n", (int)core,
				(unsigned)opcode, (unsigned)seed, where);
		if (verdict == VERDICT_EQUAL) {
			good = write_vector(file, &v);
			written++;
		}
	}
	oracle_free(oracle);
	vector_bench_finish(&bench);
	return good;
}

int main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
	bool good = file;

	for (size_t i = 0; good && i < sizeof(plan) / sizeof(plan[0]); i++)
		good = write_core(file, plan[i].core, plan[i].count);
	if (file)
		good = fclose(file) == 0 && good;
	if (!good)
		fprintf(stderr, "usage: make_cpu_vectors FILE\n");
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
