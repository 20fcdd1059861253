/* SPDX-License-Identifier: Apache-2.0 */
/* FreeRTOS with two tasks and a tick: tests/data/firmware/freertos. */
#include "unit/vboard/machine.h"

#define FOLDER "tests/data/firmware/freertos/"

enum { KB = 1024, MOST_INSNS = 10000000, TICKS = 300, CYCLES_A_TICK = 5000, MAGIC = 0x600df00d };

/* `results` of the firmware, at the start of RAM. */
enum {
	RES_MAGIC,
	RES_TICKS,
	RES_IDLE,
	RES_ERRORS,
	RES_PRODUCED,
	RES_CONSUMED,
	RES_MESSAGES,
	RES_SHARED,
	RES_FINISHED
};

struct row {
	const char *what;
	const char *file;
	uint32_t ram;
	struct machine_config config;
};

static uint32_t result(struct machine *m, const struct row *row, unsigned n)
{
	return machine_word(m, row->ram + 4 * n);
}

struct switches {
	unsigned pendsv, systick, svc;
};

static void on_exception(void *ctx, unsigned number, int event)
{
	struct switches *s = ctx;

	if (event != CPU_EXC_ENTER)
		return;
	s->pendsv += number == 14;
	s->systick += number == 15;
	s->svc += number == 11;
}

static void freertos__runs_two_tasks(void **state)
{
	const struct row *row = *state;
	struct machine *m = machine_new(&row->config);
	struct switches switches = { 0 };
	const struct cpu_trace trace = { .exception = on_exception, .ctx = &switches };

	machine_load(m, test_source_path(row->file), 0);
	machine_reset(m);
	cpu_set_trace(m->cpu, &trace);
	machine_run(m, MOST_INSNS);
	assert_true(m->exited);
	assert_string_equal(m->text, "FreeRTOS: both tasks ran, registers kept\n");
	assert_int_equal(result(m, row, RES_MAGIC), MAGIC);
	assert_int_equal(result(m, row, RES_FINISHED), MAGIC);
	assert_int_equal(result(m, row, RES_ERRORS), 0);
	assert_int_equal(result(m, row, RES_TICKS), TICKS);
	assert_int_equal(switches.systick, TICKS);
	assert_in_range(
		cpu_cycles(m->cpu), (TICKS - 1) * CYCLES_A_TICK, (TICKS + 2) * CYCLES_A_TICK);
	/* Each tick at least may switch, and so does each yield. */
	assert_true(switches.pendsv > TICKS);
	assert_true(result(m, row, RES_PRODUCED) > 50 && result(m, row, RES_CONSUMED) > 50);
	assert_true(result(m, row, RES_SHARED) > 100);
	machine_free(m);
}

/* clang-format off */
#define FROM_ZERO { { 0, 128 * KB, false }, { 0x20000000, 16 * KB, true } }
#define SECURE    { { 0x10000000, 128 * KB, false }, { 0x38000000, 16 * KB, true } }

static const struct row rows[] = {
	{ "freertos__runs_two_tasks: Cortex-M0", FOLDER "freertos-m0.elf", 0x20000000,
		{ { .arch = CPU_ARMV6M, .cpuid = 0x410cc200, .prio_bits = 2, .irqs = 32 },
			FROM_ZERO, false } },
	{ "freertos__runs_two_tasks: Cortex-M4F", FOLDER "freertos-m4f.elf", 0x20000000,
		{ { .arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV4_SP, .cpuid = 0x410fc241,
			.prio_bits = 4, .irqs = 32 }, FROM_ZERO, false } },
	{ "freertos__runs_two_tasks: Cortex-M33 without Security", FOLDER "freertos-m33.elf",
		0x38000000,
		{ { .arch = CPU_ARMV8M_MAIN, .fpu = CPU_FPU_FPV5_SP, .cpuid = 0x411fd210,
			.prio_bits = 4, .irqs = 32, .vtor_reset = 0x10000000 }, SECURE, false } },
	{ "freertos__runs_two_tasks: Cortex-M33, all Secure", FOLDER "freertos-m33-secure.elf",
		0x38000000,
		{ { .arch = CPU_ARMV8M_MAIN, .fpu = CPU_FPU_FPV5_SP, .cpuid = 0x411fd210,
			.prio_bits = 4, .irqs = 32, .vtor_reset = 0x10000000, .security = true, .spiden = true,
			.sau_regions = 8 }, SECURE, false } },
};
/* clang-format on */

int main(void)
{
	return test_run_table(
		"cpu freertos", freertos__runs_two_tasks, rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
