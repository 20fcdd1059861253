/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The long comparison with Unicorn: docs/cpu-verification.md.
 *
 *     cpu_differ single|stream CORE COUNT [SEED]
 *
 * Runs COUNT instructions on both and says what became of them, each class of difference with its
 * reason. Ends with status 1 when there is a difference without one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/vboard/cpu_stream.h"

enum { MAX_REASONS = 32, FULL = 5 };

struct tally {
	uint64_t verdicts[VERDICT_DIFFERENT + 1];
	struct {
		const char *reason;
		uint64_t count;
	} reasons[MAX_REASONS];
	uint64_t real; /* differences that a fresh oracle confirmed */
};

static void count_reason(struct tally *t, const char *reason)
{
	for (size_t i = 0; i < MAX_REASONS; i++) {
		if (!t->reasons[i].reason)
			t->reasons[i].reason = reason;
		if (t->reasons[i].reason == reason) {
			t->reasons[i].count++;
			return;
		}
	}
}

static bool run_singles(
	struct vector_bench *bench, uint64_t count, uint64_t random, struct tally *t)
{
	struct oracle *oracle = NULL;
	struct vector v;
	char where[100];

	for (uint64_t i = 0; i < count; i++) {
		enum verdict verdict;

		if (i % ORACLE_LIFETIME == 0) {
			oracle_free(oracle);
			oracle = oracle_new(bench->core);
			if (!oracle)
				return false;
		}
		v.opcode = oracle_random_opcode(bench->core, &random);
		v.seed = vector_random(&random);
		v.pc = oracle_pc((uint32_t)(i % ORACLE_LIFETIME));
		verdict = oracle_compare(
			oracle, bench, v.seed, v.pc, v.opcode, &v, where, sizeof(where));
		t->verdicts[verdict]++;
		if (verdict == VERDICT_ORACLE_WRONG)
			count_reason(t, oracle_reason(oracle));
		if (verdict != VERDICT_DIFFERENT ||
			!oracle_confirms(bench, &v, where, sizeof(where)))
			continue;
		t->real++;
		printf("opcode %08x, seed %08x: %s\n", (unsigned)v.opcode, (unsigned)v.seed, where);
	}
	oracle_free(oracle);
	return true;
}

static bool run_streams(
	struct vector_bench *bench, uint64_t count, uint64_t random, struct tally *t)
{
	struct oracle *oracle = NULL;
	struct stream s;
	uint64_t done = 0;

	for (uint32_t i = 0; done < count; i++) {
		enum verdict verdict;

		if (i % STREAM_LIFETIME == 0) {
			oracle_free(oracle);
			oracle = oracle_new(bench->core);
			if (!oracle)
				return false;
		}
		verdict = stream_compare(oracle, bench, &random, stream_pc(i), &s);
		t->verdicts[verdict] += s.count;
		done += s.count ? s.count : 1;
		if (verdict != VERDICT_DIFFERENT)
			continue;
		t->real++;
		printf("stream %08x, instruction %u, opcode %08x: %s\n", (unsigned)s.seed,
			s.differs_at, (unsigned)s.opcodes[s.differs_at], s.where);
	}
	oracle_free(oracle);
	return true;
}

static void print_tally(const struct tally *t)
{
	printf("equal %" PRIu64 ", not compared %" PRIu64 ", UNPREDICTABLE %" PRIu64
	       ", oracle wrong %" PRIu64 ", different %" PRIu64 " (%" PRIu64 " confirmed)\n",
		t->verdicts[VERDICT_EQUAL], t->verdicts[VERDICT_SKIPPED],
		t->verdicts[VERDICT_UNPREDICTABLE], t->verdicts[VERDICT_ORACLE_WRONG],
		t->verdicts[VERDICT_DIFFERENT], t->real);
	for (size_t i = 0; i < MAX_REASONS && t->reasons[i].reason; i++)
		printf("%8" PRIu64 "  %s\n", t->reasons[i].count, t->reasons[i].reason);
}

static int usage(void)
{
	fprintf(stderr, "usage: cpu_differ single|stream CORE COUNT [SEED]\ncores:");
	for (int core = 0; core < VECTOR_CORES; core++)
		fprintf(stderr, " %s", vector_core_name((enum vector_core)core));
	fprintf(stderr, "\n");
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static struct vector_bench bench;
	struct tally tally = { .real = 0 };
	const uint64_t seed = argc == FULL ? strtoull(argv[4], NULL, 0) : 20261122;
	int core = 0;
	bool good;

	if (argc < FULL - 1 || argc > FULL)
		return usage();
	while (core < VECTOR_CORES &&
		strcmp(argv[2], vector_core_name((enum vector_core)core)) != 0)
		core++;
	if (core == VECTOR_CORES || !vector_bench_init(&bench, (enum vector_core)core))
		return usage();
	good = strcmp(argv[1], "stream") == 0
	               ? run_streams(&bench, strtoull(argv[3], NULL, 0), seed, &tally)
	               : run_singles(&bench, strtoull(argv[3], NULL, 0), seed, &tally);
	vector_bench_finish(&bench);
	print_tally(&tally);
	return good && tally.real == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
