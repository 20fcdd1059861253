/* SPDX-License-Identifier: Apache-2.0 */
/* The C programs of tests/data/firmware/programs on every core: each has to print what the same
 * source printed on a PC. tests/e2e/test_programs.py asks QEMU and the host's compiler, too. */
#include <stdlib.h>

#include "base/file.h"
#include "unit/vboard/machine.h"

#define FOLDER "tests/data/firmware/programs/"

enum { KB = 1024, MOST_INSNS = 20000000, EXIT_OK = 0x20026 };

struct row {
	const char *what;
	const char *file;
	struct machine_config config;
};

static void programs__print_what_the_host_does(void **state)
{
	const struct row *row = *state;
	struct machine *m = machine_new(&row->config);
	uint8_t *expected = NULL;
	size_t size = 0;

	assert_ok(
		file_read(test_source_path(FOLDER "programs.txt"), MACHINE_TEXT, &expected, &size));
	machine_load(m, test_source_path(row->file), 0);
	machine_reset(m);
	machine_run(m, MOST_INSNS);
	assert_true(m->exited);
	assert_int_equal(m->exit_reason, EXIT_OK);
	assert_int_equal(m->warnings, 0);
	assert_int_equal(m->text_size, size);
	assert_memory_equal(m->text, expected, size);
	free(expected);
	machine_free(m);
}

/* clang-format off */
#define FROM_ZERO { { 0, 128 * KB, false }, { 0x20000000, 16 * KB, true } }
#define SECURE    { { 0x10000000, 128 * KB, false }, { 0x38000000, 16 * KB, true } }

static const struct row rows[] = {
	{ "programs__print_what_the_host_does: Cortex-M0", FOLDER "programs-m0.elf",
		{ { .arch = CPU_ARMV6M, .cpuid = 0x410cc200, .prio_bits = 2, .irqs = 32 },
			FROM_ZERO, false } },
	{ "programs__print_what_the_host_does: Cortex-M0+", FOLDER "programs-m0plus.elf",
		{ { .arch = CPU_ARMV6M, .cpuid = 0x410cc601, .prio_bits = 2, .irqs = 32,
			.has_vtor = true, .mpu_regions = 8 }, FROM_ZERO, false } },
	{ "programs__print_what_the_host_does: Cortex-M3", FOLDER "programs-m3.elf",
		{ { .arch = CPU_ARMV7M, .cpuid = 0x412fc231, .prio_bits = 4, .irqs = 32 },
			FROM_ZERO, false } },
	{ "programs__print_what_the_host_does: Cortex-M4F", FOLDER "programs-m4f.elf",
		{ { .arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV4_SP, .cpuid = 0x410fc241,
			.prio_bits = 4, .irqs = 32 }, FROM_ZERO, false } },
	{ "programs__print_what_the_host_does: Cortex-M7", FOLDER "programs-m7.elf",
		{ { .arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV5_DP, .cpuid = 0x411fc272,
			.prio_bits = 4, .irqs = 32 }, FROM_ZERO, false } },
	{ "programs__print_what_the_host_does: Cortex-M23", FOLDER "programs-m23.elf",
		{ { .arch = CPU_ARMV8M_BASE, .cpuid = 0x411cd200, .prio_bits = 2, .irqs = 32,
			.has_vtor = true, .vtor_reset = 0x10000000 }, SECURE, false } },
	{ "programs__print_what_the_host_does: Cortex-M33", FOLDER "programs-m33.elf",
		{ { .arch = CPU_ARMV8M_MAIN, .fpu = CPU_FPU_FPV5_SP, .cpuid = 0x411fd210,
			.prio_bits = 4, .irqs = 32, .vtor_reset = 0x10000000 }, SECURE, false } },
	{ "programs__print_what_the_host_does: Cortex-M33, Secure", FOLDER "programs-m33.elf",
		{ { .arch = CPU_ARMV8M_MAIN, .fpu = CPU_FPU_FPV5_SP, .cpuid = 0x411fd210,
			.prio_bits = 4, .irqs = 32, .vtor_reset = 0x10000000, .security = true, .spiden = true,
			.sau_regions = 8 }, SECURE, false } },
	/* Each executes all that the older ones do. */
	{ "programs__print_what_the_host_does: Cortex-M4F's on Cortex-M7",
		FOLDER "programs-m4f.elf",
		{ { .arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV5_DP, .cpuid = 0x411fc272,
			.prio_bits = 4, .irqs = 32 }, FROM_ZERO, false } },
	{ "programs__print_what_the_host_does: Cortex-M0's on Cortex-M33",
		FOLDER "programs-m0.elf",
		{ { .arch = CPU_ARMV8M_MAIN, .cpuid = 0x411fd210, .prio_bits = 4, .irqs = 32 },
			FROM_ZERO, false } },
};
/* clang-format on */

int main(void)
{
	return test_run_table("cpu programs", programs__print_what_the_host_does, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
