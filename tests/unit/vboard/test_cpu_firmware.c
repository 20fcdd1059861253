/* SPDX-License-Identifier: Apache-2.0 */
/* A small RTOS on the simulated core: tests/data/firmware/rtos.c. */
#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "support/test.h"
#include "vboard/cpu/cpu.h"

enum { MEMORY_SIZE = 65536, RUN_INSNS = 3000000 };

/* `res` of the firmware, at the start of RAM. */
enum { RES_MAGIC, RES_TICKS, RES_SWITCHES, RES_A, RES_B, RES_YIELDS, RES_ERR, RES_COUNT = 12 };

struct row {
	const char *what;
	const char *file;
	struct cpu_config config;
	void (*check)(const struct row *row);
};

struct machine {
	uint8_t flash[MEMORY_SIZE];
	uint8_t ram[MEMORY_SIZE];
	struct cpu *cpu;
};

static bool no_read(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t *val)
{
	(void)ctx;
	(void)addr;
	(void)size;
	(void)attr;
	(void)val;
	return false;
}

static bool no_write(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t val)
{
	(void)ctx;
	(void)addr;
	(void)size;
	(void)attr;
	(void)val;
	return false;
}

static struct machine *start(const struct row *row)
{
	const struct cpu_bus bus = { .read = no_read, .write = no_write };
	struct machine *m = calloc(1, sizeof(*m));
	uint8_t *image = NULL;
	size_t size = 0;

	assert_non_null(m);
	assert_ok(file_read(test_source_path(row->file), MEMORY_SIZE, &image, &size));
	memcpy(m->flash, image, size);
	free(image);
	m->cpu = cpu_new(&row->config, &bus);
	assert_non_null(m->cpu);
	assert_true(cpu_map_ram(m->cpu, 0, MEMORY_SIZE, m->flash, false));
	assert_true(cpu_map_ram(m->cpu, 0x20000000, MEMORY_SIZE, m->ram, true));
	cpu_reset(m->cpu, false);
	return m;
}

static void stop(struct machine *m)
{
	cpu_free(m->cpu);
	free(m);
}

static uint32_t result(const struct machine *m, unsigned n)
{
	return get_le32(m->ram + 4 * n);
}

static void rtos__runs_two_tasks_without_mixing_their_registers(const struct row *row)
{
	struct machine *m = start(row);

	assert_int_equal(cpu_run(m->cpu, RUN_INSNS, NULL), CPU_STOP_BUDGET);
	assert_int_equal(cpu_insns(m->cpu), RUN_INSNS);
	assert_int_equal(result(m, RES_MAGIC), 0x600df00d);
	assert_int_equal(result(m, RES_ERR), 0);
	/* 5,000 cycles a tick, less the start-up. */
	assert_in_range(result(m, RES_TICKS), 598, 599);
	assert_true(result(m, RES_SWITCHES) > result(m, RES_TICKS));
	assert_true(result(m, RES_YIELDS) > 100);
	assert_true(result(m, RES_A) > 3000 && result(m, RES_B) > 3000);
	stop(m);
}

/* The same work in slices of odd length, in single steps, or in one go. */
static void rtos__does_not_depend_on_slices(const struct row *row)
{
	struct machine *whole = start(row);
	struct machine *slices = start(row);

	cpu_run(whole->cpu, 300000, NULL);
	for (unsigned i = 0; i < 1000; i++)
		cpu_step(slices->cpu, false, NULL);
	cpu_resume(slices->cpu);
	while (cpu_insns(slices->cpu) + 977 < 300000)
		cpu_run(slices->cpu, 977, NULL);
	cpu_run(slices->cpu, 300000 - cpu_insns(slices->cpu), NULL);
	assert_int_equal(cpu_cycles(whole->cpu), cpu_cycles(slices->cpu));
	assert_memory_equal(whole->ram, slices->ram, MEMORY_SIZE);
	stop(whole);
	stop(slices);
}

static void rtos__repeats_from_a_snapshot(const struct row *row)
{
	struct machine *m = start(row);
	uint8_t *snapshot = malloc(cpu_snapshot_size(m->cpu));
	uint8_t *ram = malloc(MEMORY_SIZE);
	uint8_t *ram_after = malloc(MEMORY_SIZE);

	assert_true(snapshot && ram && ram_after);
	cpu_run(m->cpu, 123457, NULL);
	cpu_snapshot(m->cpu, snapshot);
	memcpy(ram, m->ram, MEMORY_SIZE);
	cpu_run(m->cpu, 200000, NULL);
	memcpy(ram_after, m->ram, MEMORY_SIZE);
	assert_true(cpu_restore(m->cpu, snapshot, cpu_snapshot_size(m->cpu)));
	memcpy(m->ram, ram, MEMORY_SIZE);
	cpu_run(m->cpu, 200000, NULL);
	assert_memory_equal(m->ram, ram_after, MEMORY_SIZE);
	snapshot[4] ^= 1;
	assert_false(cpu_restore(m->cpu, snapshot, cpu_snapshot_size(m->cpu)));
	assert_false(cpu_restore(m->cpu, snapshot, 10));
	free(snapshot);
	free(ram);
	free(ram_after);
	stop(m);
}

#define M0                                                                     \
	{                                                                      \
		CPU_ARMV6M, CPU_FPU_NONE, 0x410cc200, 2, 32, 0, false, 0, 0, 0 \
	}
#define M3                                                                    \
	{                                                                     \
		CPU_ARMV7M, CPU_FPU_NONE, 0x412fc231, 4, 60, 8, true, 0, 0, 0 \
	}
#define M4F                                                                       \
	{                                                                         \
		CPU_ARMV7EM, CPU_FPU_FPV4_SP, 0x410fc241, 4, 82, 8, true, 0, 0, 0 \
	}

#define ROWS(name, file, config)                                                      \
	{ "rtos__runs_two_tasks_without_mixing_their_registers: " name, file, config, \
		rtos__runs_two_tasks_without_mixing_their_registers },                \
		{ "rtos__does_not_depend_on_slices: " name, file, config,             \
			rtos__does_not_depend_on_slices },                            \
	{                                                                             \
		"rtos__repeats_from_a_snapshot: " name, file, config,                 \
			rtos__repeats_from_a_snapshot                                 \
	}

static const struct row rows[] = {
	ROWS("Cortex-M0", "tests/data/firmware/rtos_m0.bin", M0),
	ROWS("Cortex-M3", "tests/data/firmware/rtos_m3.bin", M3),
	ROWS("Cortex-M4F", "tests/data/firmware/rtos_m4f.bin", M4F),
};

static void check(void **state)
{
	const struct row *row = *state;

	row->check(row);
}

int main(void)
{
	return test_run_table("cpu firmware", check, rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
