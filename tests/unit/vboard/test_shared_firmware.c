/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware that others built (../shared/data/firmware), unmodified, on bare cores with RAM and
 * quiet peripherals (machine.h): parts for which there is no board yet, or whose board is tested
 * elsewhere. A program passes when it gets to the place where it belongs without a fault, when
 * its RTT text is there, or when core and stack are as probe-rs's core dump of the real part shows.
 * Skipped where the files are not there.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "unit/vboard/machine.h"

enum { KB = 1024, MB = 1024 * 1024, INSNS = 3000000, DUMP_INSNS = 100000000, DUMP_REGISTERS = 8 };

/** A register as the dump has it. */
struct dumped {
	unsigned regsel;
	uint32_t value;
};

struct row {
	const char *what;
	const char *file; /* under shared/data */
	uint32_t base;    /* of a binary */
	struct machine_config config;
	uint32_t lo, hi; /* where it must be at the end */
	unsigned ipsr;
	bool halts;                         /* at its own BKPT */
	uint32_t rtt;                       /* its control block; 0: none */
	const char *text;                   /* what the first up-buffer holds, or NULL: anything */
	uint32_t entry;                     /* programs for RAM without a vector table */
	struct dumped dump[DUMP_REGISTERS]; /* PC first; run to there */
};

/* clang-format off */
#define M0    .arch = CPU_ARMV6M, .cpuid = 0x410cc200, .prio_bits = 2, .irqs = 32
#define M0P   .arch = CPU_ARMV6M, .cpuid = 0x410cc601, .prio_bits = 2, .irqs = 32, .has_vtor = true
#define M3    .arch = CPU_ARMV7M, .cpuid = 0x412fc231, .prio_bits = 4, .irqs = 64
#define M4F   .arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV4_SP, .cpuid = 0x410fc241, .prio_bits = 4, \
		.irqs = 240
#define M33   .arch = CPU_ARMV8M_MAIN, .fpu = CPU_FPU_FPV5_SP, .cpuid = 0x410fd214, \
		.prio_bits = 4, .irqs = 140
#define RAM   { 0x20000000, MB, true }
#define AT_0  { { 0, 2 * MB, false }, RAM, { 0x10000000, 64 * KB, true }, \
		{ 0x1fff0000, 64 * KB, true } }
#define ST    { { 0x08000000, 2 * MB, false }, RAM, { 0x10000000, 64 * KB, true }, \
		{ 0x1fff0000, 64 * KB, false } }
#define XIP   { { 0x10000000, 16 * MB, false }, RAM, { 0, 16 * KB, false } }
#define LPC43 { { 0x14000000, 4 * MB, false }, { 0x10000000, 128 * KB, true }, \
		{ 0x10080000, 128 * KB, true }, { 0x20000000, 64 * KB, true } }
#define FW    "firmware/"

static const struct row rows[] = {
	{ .what = "runs: FRDM-KL25Z (mbed)", .file = FW "pyOCD/l1_kl25z.bin",
		.config = { { M0P }, AT_0, true }, .lo = 0x1c0, .hi = 0x1e0 },
	{ .what = "runs: FRDM-K64F (mbed)", .file = FW "pyOCD/l1_k64f.bin",
		.config = { { M4F }, AT_0, true }, .lo = 0x1160, .hi = 0x1190 },
	{ .what = "runs: LPC1768 (mbed)", .file = FW "pyOCD/l1_lpc1768.bin",
		.config = { { M3 }, AT_0, true }, .lo = 0x400, .hi = 0x1000 },
	{ .what = "runs: LPC824 (mbed)", .file = FW "pyOCD/l1_lpc824.bin",
		.config = { { M0P }, AT_0, true }, .lo = 0xc0, .hi = 0xa50 },
	{ .what = "runs: LPCXpresso55S69", .file = FW "pyOCD/lpcxpresso55s69.bin",
		.config = { { M33 }, AT_0, true }, .lo = 0x400, .hi = 0x800 },
	{ .what = "runs: nRF51-DK", .file = FW "pyOCD/l1_nrf51.bin",
		.config = { { M0 }, AT_0, true }, .lo = 0xc0, .hi = 0x308 },
	{ .what = "runs: nRF52-DK", .file = FW "pyOCD/l1_nrf52-dk.bin",
		.config = { { M4F }, AT_0, true }, .lo = 0x400, .hi = 0x804 },
	{ .what = "runs: micro:bit v2", .file = FW "pyOCD/microbitv2.bin",
		.config = { { M4F }, AT_0, true }, .lo = 0x200, .hi = 0x300 },
	{ .what = "runs: Nucleo F103RB (mbed)", .file = FW "pyOCD/ST-Nucleo-F103RB.bin",
		.base = 0x08000000, .config = { { M3, .vtor_reset = 0x08000000 }, ST, true },
		.lo = 0x08000200, .hi = 0x08005c44 },
	{ .what = "runs: Nucleo F411RE (mbed)", .file = FW "pyOCD/NUCLEO_F411RE.bin",
		.base = 0x08000000, .config = { { M4F, .vtor_reset = 0x08000000 }, ST, true },
		.lo = 0x08000200, .hi = 0x08004f68 },
	{ .what = "runs: Nucleo L476RG (mbed)", .file = FW "pyOCD/NUCLEO_L476RG.bin",
		.base = 0x08000000, .config = { { M4F, .vtor_reset = 0x08000000 }, ST, true },
		.lo = 0x08000200, .hi = 0x08005f1c },
	{ .what = "runs: pyOCD's gdb_test in RAM, in main()", .file = FW "pyOCD/gdb_test.bin",
		.base = 0x20000000, .config = { { M0 }, AT_0, true },
		.lo = 0x20000000, .hi = 0x20000100, .entry = 0x20000000 },
	{ .what = "runs: RP2040, Rust, waiting for its clocks",
		.file = FW "probe-rs/RP2040_full_unwind.elf",
		.config = { { M0P, .vtor_reset = 0x10000100 }, XIP, true },
		.lo = 0x10000100, .hi = 0x1000d000 },
	{ .what = "runs: nRF52833, Rust", .file = FW "probe-rs/nRF52833_xxAA_full_unwind.elf",
		.config = { { M4F }, AT_0, true }, .lo = 0x100, .hi = 0x7300 },
	{ .what = "rtt: SAMD51, C, says hello", .file = FW "probe-rs/atsamd51p19a.elf",
		.config = { { M4F }, AT_0, true }, .lo = 0x1500, .hi = 0x1540,
		.rtt = 0x20002000, .text = "Hello Hello, World!\r\n" },
	{ .what = "dump: STM32U585, HardFault inside SVCall",
		.file = FW "probe-rs/stm32u585_nested_exceptions.elf",
		.config = { { M33, .vtor_reset = 0x08000000 }, ST, true },
		.ipsr = 3, .dump = { { CPU_REG_PC, 0x080008dc }, { CPU_REG_PSP, 0 },
			{ CPU_REG_SP, 0x200bff80 }, { CPU_REG_LR, 0x0800087b }, { 0, 0x200bff90 },
			{ 1, 0x00000004 }, { 7, 0x200bff80 }, { CPU_REG_MSP, 0x200bff80 } } },
	{ .what = "dump: SAMD51, C, in a function", .file = FW "probe-rs/atsamd51p19a.elf",
		.config = { { M4F }, AT_0, true },
		.dump = { { CPU_REG_PC, 0x00001474 }, { 0, 0x0000003a }, { 1, 0x20000fc5 },
			{ 2, 0x0000001d }, { 3, 0x0000003a }, { 7, 0x20001050 },
			{ CPU_REG_SP, 0x20001050 }, { CPU_REG_LR, 0x00001475 } } },
	{ .what = "runs: Rust, inlined functions", .file = FW "probe-rs/inlined-functions.elf",
		.config = { { M4F }, AT_0, true }, .lo = 0x200, .hi = 0x400 },
	{ .what = "rtt: Rust, in its SVCall handler", .file = FW "probe-rs/exceptions.elf",
		.config = { { M4F }, AT_0, true }, .lo = 0x18c, .hi = 0x200, .ipsr = 11,
		.rtt = 0x20000000 },
	{ .what = "rtt: nRF52840, defmt, hello and exit", .file = FW "probe-run/hello-rzcobs.elf",
		.config = { { M4F }, AT_0, true }, .lo = 0x242, .hi = 0x244, .halts = true,
		.rtt = 0x2003fbc0 },
	{ .what = "rtt: nRF52840, defmt, panics into HardFault",
		.file = FW "probe-run/panic-rzcobs.elf",
		.config = { { M4F }, AT_0, true }, .lo = 0x17d0, .hi = 0x1800, .ipsr = 3,
		.rtt = 0x2003fbc0 },
	{ .what = "runs: micro:bit, MicroPython", .file = FW "micropython-microbit/firmware.hex",
		.config = { { M0 }, { { 0, 256 * KB, false }, { 0x20000000, 16 * KB, true },
			{ 0x10000000, 64 * KB, true } }, true },
		.lo = 0xc0, .hi = 0x40000 },
	{ .what = "runs: LPC-Link2's own CMSIS-DAP", .file = FW "CMSIS-DAP/LPC-Link2_CMSIS_DAP.hex",
		.config = { { M4F, .vtor_reset = 0x14000000 }, LPC43, true },
		.lo = 0x14000100, .hi = 0x14020000 },
};
/* clang-format on */

static struct machine *start(const struct row *row)
{
	struct machine *m = machine_new(&row->config);

	machine_load(m, test_data_path(row->file), row->base);
	machine_reset(m);
	if (row->entry) {
		cpu_reg_set(m->cpu, CPU_REG_PC, row->entry);
		cpu_reg_set(m->cpu, CPU_REG_SP, row->entry + 0x8000);
		cpu_reg_set(m->cpu, CPU_REG_XPSR, 1u << 24);
	}
	return m;
}

/* The up-buffer 0 of a SEGGER RTT control block: name, pBuffer, SizeOfBuffer, WrOff. */
static void check_rtt(struct machine *m, const struct row *row)
{
	const uint32_t buffer = machine_word(m, row->rtt + 28);
	const uint32_t written = machine_word(m, row->rtt + 36);

	assert_string_equal(machine_at(m, row->rtt, 16), "SEGGER RTT");
	assert_true(written > 0);
	if (!row->text)
		return;
	assert_int_equal(written, strlen(row->text));
	assert_memory_equal(machine_at(m, buffer, written), row->text, written);
}

static bool is_as_dumped(struct machine *m, const struct row *row)
{
	for (unsigned i = 0; i < DUMP_REGISTERS; i++)
		if (machine_reg(m, row->dump[i].regsel) != row->dump[i].value)
			return false;
	return true;
}

/* Stop at the dump's PC until all is as there: it may be passed before. */
static void check_dump(struct machine *m, const struct row *row)
{
	const struct cpu_break at = { .addr = row->dump[0].value };

	for (unsigned i = 0; i < 1000; i++) {
		cpu_set_breaks(m->cpu, &at, 1);
		assert_int_equal(machine_run(m, DUMP_INSNS), CPU_STOP_HALTED);
		if (is_as_dumped(m, row))
			return;
		cpu_set_breaks(m->cpu, NULL, 0);
		cpu_step(m->cpu, false, NULL);
		cpu_resume(m->cpu);
	}
	fail_msg("0x%08x was passed, but never with the dump's registers",
		(unsigned)row->dump[0].value);
}

static void firmware__does_what_it_should(void **state)
{
	const struct row *row = *state;
	struct machine *m;
	uint32_t pc;

	if (!test_data_path(row->file))
		skip();
	m = start(row);
	if (row->dump[0].regsel) {
		check_dump(m, row);
	} else {
		assert_int_equal(
			machine_run(m, INSNS), row->halts ? CPU_STOP_HALTED : CPU_STOP_BUDGET);
		pc = machine_reg(m, CPU_REG_PC);
		assert_in_range(pc, row->lo, row->hi - 1);
	}
	/* Of APSR a dump shows what was left in it before reset, too. */
	assert_int_equal(machine_reg(m, CPU_REG_XPSR) & 0x1ff, row->ipsr);
	if (row->rtt)
		check_rtt(m, row);
	assert_int_equal(m->warnings, 0);
	machine_free(m);
}

int main(void)
{
	return test_run_table("vboard/shared_firmware", firmware__does_what_it_should, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
