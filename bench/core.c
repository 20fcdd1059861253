/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the simulated core and board are on this machine: docs/virtual-boards.md, "Speed". One
 * JSON object a line.
 *
 *     core SOURCE        the folder of the project
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "dapper/context.h"
#include "dapper/image.h"
#include "vboard/board/state.h"
#include "vboard/cpu/cpu.h"

enum { MEMORY = 65536, BEST_OF = 5, BOARDS = 20, FLASH_SIZE = 1 << 20, SNAPSHOTS = 20000 };
#define RUN_INSNS UINT64_C(20000000)

static const char *source;
static dapper_context *context;

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s: %s\n", what, dapper_error_last()->message);
	exit(EXIT_FAILURE);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* others may be at work, too */
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static const char *path_of(const char *file)
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s/%s", source, file);
	return path;
}

/* --- the core alone --------------------------------------------------------------------------- */

struct machine {
	uint8_t flash[MEMORY], ram[MEMORY];
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

static void load(uint8_t *flash, size_t size, uint32_t base, const char *file)
{
	const char *path = path_of(file);
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_image *image = NULL;

	if (strstr(file, ".bin")) {
		options.format = DAPPER_IMAGE_BIN;
		options.has_base_address = true;
	}
	check(dapper_image_load(context, path, &options, &image) == DAPPER_OK, path);
	for (size_t i = 0; i < dapper_image_segment_count(image); i++) {
		const dapper_segment *s = dapper_image_get_segment(image, i);

		check(s->address >= base && s->address - base + s->size <= size, path);
		memcpy(flash + (s->address - base), s->data, s->size);
	}
	dapper_image_free(image);
}

static struct machine *new_machine(const struct cpu_config *config, const char *file)
{
	const struct cpu_bus bus = { .read = no_read, .write = no_write };
	struct machine *m = calloc(1, sizeof(*m));

	check(m != NULL, "machine");
	if (!m)
		abort();
	load(m->flash, MEMORY, 0, file);
	m->cpu = cpu_new(config, &bus);
	check(m->cpu && cpu_map_ram(m->cpu, 0, MEMORY, m->flash, false) &&
			cpu_map_ram(m->cpu, 0x20000000, MEMORY, m->ram, true),
		"cpu_new");
	return m;
}

static void free_machine(struct machine *m)
{
	cpu_free(m->cpu);
	free(m);
}

static void restart(struct cpu *cpu)
{
	cpu_reset(cpu, true);                             /* the comparators stay */
	cpu_scs_write(cpu, 0xe000edf0, true, 0xa05f0001); /* DHCSR.C_DEBUGEN */
}

/* Semihosting's BKPT: go on behind it; SYS_EXIT: once more. */
static void pass_semihosting(struct cpu *cpu)
{
	uint32_t operation = 0;
	uint32_t pc = 0;

	cpu_reg_get(cpu, 0, &operation);
	cpu_reg_get(cpu, CPU_REG_PC, &pc);
	cpu_reg_set(cpu, CPU_REG_PC, pc + 2);
	if (operation == 0x18)
		restart(cpu);
	else
		cpu_resume(cpu);
}

static double run_once(struct cpu *cpu)
{
	const double start = seconds();
	uint64_t done = 0;

	restart(cpu);
	while (done < RUN_INSNS) {
		const uint64_t before = cpu_insns(cpu);
		const enum cpu_stop stop = cpu_run(cpu, RUN_INSNS - done, NULL);

		done += cpu_insns(cpu) - before;
		check(stop == CPU_STOP_BUDGET || stop == CPU_STOP_HALTED, "the program stopped");
		if (stop == CPU_STOP_HALTED)
			pass_semihosting(cpu);
	}
	return (double)done / (seconds() - start) / 1e6;
}

static double best(struct cpu *cpu)
{
	double mips = 0;

	for (int i = 0; i < BEST_OF; i++) {
		const double now = run_once(cpu);

		mips = now > mips ? now : mips;
	}
	return mips;
}

/* A breakpoint in each page of code, at an address that is not executed; watchpoints likewise. */
static void arm(struct cpu *cpu, bool breaks, bool watches)
{
	struct cpu_break b[MEMORY / 4096];
	const struct cpu_watch w = {
		.addr = 0x20000ffc, .mask = 3, .on_read = true, .on_write = true
	};

	for (uint32_t i = 0; i < MEMORY / 4096; i++)
		b[i].addr = i * 4096;
	cpu_set_breaks(cpu, b, breaks ? MEMORY / 4096 : 0);
	cpu_set_watches(cpu, &w, watches ? 1 : 0);
}

static void measure_core(const char *name, const struct cpu_config *config, const char *file)
{
	struct machine *m = new_machine(config, file);
	double plain, breaks, watches;

	plain = best(m->cpu);
	arm(m->cpu, true, false);
	breaks = best(m->cpu);
	arm(m->cpu, false, true);
	watches = best(m->cpu);
	printf("{\"what\": \"mips\", \"name\": \"%s\", \"plain\": %.0f, "
	       "\"breakpoint_in_page\": %.0f, \"watchpoint_in_page\": %.0f}\n",
		name, plain, breaks, watches);
	free_machine(m);
}

static void measure_snapshot(const struct cpu_config *config, const char *file)
{
	struct machine *m = new_machine(config, file);
	const size_t size = cpu_snapshot_size(m->cpu);
	uint8_t *bytes = malloc(size + MEMORY);
	double start, save, restore, step;

	check(bytes != NULL, "memory");
	restart(m->cpu);
	cpu_run(m->cpu, 100000, NULL);
	start = seconds();
	for (int i = 0; bytes && i < SNAPSHOTS; i++) {
		cpu_snapshot(m->cpu, bytes);
		memcpy(bytes + size, m->ram, MEMORY);
	}
	save = seconds() - start;
	start = seconds();
	for (int i = 0; bytes && i < SNAPSHOTS; i++) {
		cpu_restore(m->cpu, bytes, size);
		memcpy(m->ram, bytes + size, MEMORY);
	}
	restore = seconds() - start;
	start = seconds();
	for (int i = 0; i < SNAPSHOTS * 10; i++)
		cpu_step(m->cpu, false, NULL);
	step = seconds() - start;
	printf("{\"what\": \"snapshot\", \"bytes\": %zu, \"save_us\": %.2f, \"restore_us\": %.2f, "
	       "\"step_ns\": %.0f}\n",
		size, save / SNAPSHOTS * 1e6, restore / SNAPSHOTS * 1e6,
		step / SNAPSHOTS / 10 * 1e9);
	free(bytes);
	free_machine(m);
}

/* --- the board -------------------------------------------------------------------------------- */

/* Value of a symbol of a 32-bit little-endian ELF file; 0: none. */
static uint32_t symbol(const char *file, const char *name)
{
	uint8_t *bytes = NULL;
	size_t size = 0;
	uint32_t found = 0;
	Elf32_Ehdr head;

	check(file_read(path_of(file), FLASH_SIZE * 4, &bytes, &size) == DAPPER_OK, file);
	memcpy(&head, bytes, sizeof(head));
	for (unsigned i = 0; i < head.e_shnum && !found; i++) {
		Elf32_Shdr section, names;

		memcpy(&section, bytes + head.e_shoff + i * sizeof(section), sizeof(section));
		if (section.sh_type != SHT_SYMTAB)
			continue;
		memcpy(&names, bytes + head.e_shoff + section.sh_link * sizeof(names),
			sizeof(names));
		for (uint32_t at = 0; at < section.sh_size; at += sizeof(Elf32_Sym)) {
			Elf32_Sym sym;

			memcpy(&sym, bytes + section.sh_offset + at, sizeof(sym));
			if (strcmp((const char *)bytes + names.sh_offset + sym.st_name, name) == 0)
				found = sym.st_value & ~1u;
		}
	}
	free(bytes);
	return found;
}

static const struct vboard_type *find_type(const char *name)
{
	for (size_t i = 0; vboard_types[i]; i++)
		if (strcmp(vboard_types[i]->info.name, name) == 0)
			return vboard_types[i];
	check(false, name);
	return NULL;
}

static long resident_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long all = 0;
	long resident = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%ld %ld", &all, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void measure_board(const char *name)
{
	const struct vboard_type *type = find_type(name);
	struct vtarget targets[BOARDS];
	const long before = resident_kb();
	const double start = seconds();
	double taken;

	for (int i = 0; i < BOARDS; i++)
		check(type->create(context, NULL, 0, &targets[i]) == DAPPER_OK, name);
	taken = seconds() - start;
	printf("{\"what\": \"board\", \"name\": \"%s\", \"create_ms\": %.2f, \"resident_kb\": "
	       "%ld}\n",
		name, taken / BOARDS * 1e3, (resident_kb() - before) / BOARDS);
	for (int i = 0; i < BOARDS; i++)
		targets[i].destroy(targets[i].data);
}

/* From power-on to the first instruction of main(). */
static void measure_boot(const char *name, const char *file, uint32_t base)
{
	char path[] = "/tmp/dapper-bench-XXXXXX";
	char value[sizeof(path)];
	const struct cpu_break at = { .addr = symbol(file, "main") };
	struct vboard_setting flash = { "flash", value };
	uint8_t *bytes = malloc(FLASH_SIZE);
	const int handle = mkstemp(path);
	struct vtarget target;
	struct cpu *cpu;
	double start, taken;
	uint64_t ns = 0;

	check(bytes && handle >= 0 && at.addr, "boot");
	if (!bytes)
		abort();
	memset(bytes, 0xff, FLASH_SIZE);
	load(bytes, FLASH_SIZE, base, file);
	memcpy(value, path, sizeof(path));
	check(file_write(path, bytes, FLASH_SIZE) == DAPPER_OK, path);
	start = seconds();
	check(find_type(name)->create(context, &flash, 1, &target) == DAPPER_OK, name);
	cpu = ((struct board *)target.data)->cores[0].cpu;
	cpu_scs_write(cpu, 0xe000edf0, true, 0xa05f0001);
	cpu_set_breaks(cpu, &at, 1);
	while (!cpu_halted(cpu) && ns < 1000000000)
		target.advance(target.data, ns += 10000);
	taken = seconds() - start;
	check(cpu_halted(cpu), "main() was not reached");
	printf("{\"what\": \"boot\", \"name\": \"%s\", \"instructions\": %" PRIu64
	       ", \"simulated_us\": %.1f, \"host_ms\": %.2f}\n",
		name, cpu_insns(cpu), (double)ns / 1e3, taken * 1e3);
	target.destroy(target.data);
	close(handle);
	unlink(path);
	free(bytes);
}

int main(int argc, char **argv)
{
	static const struct cpu_config m0 = {
		.arch = CPU_ARMV6M, .cpuid = 0x410cc200, .prio_bits = 2, .irqs = 32
	};
	static const struct cpu_config m3 = {
		.arch = CPU_ARMV7M, .cpuid = 0x412fc231, .prio_bits = 4, .irqs = 60
	};
	static const struct cpu_config m4f = { .arch = CPU_ARMV7EM,
		.fpu = CPU_FPU_FPV4_SP,
		.cpuid = 0x410fc241,
		.prio_bits = 4,
		.irqs = 82 };
	static const struct cpu_config m7 = { .arch = CPU_ARMV7EM,
		.fpu = CPU_FPU_FPV5_DP,
		.cpuid = 0x411fc272,
		.prio_bits = 4,
		.irqs = 82 };

	if (argc != 2) {
		fprintf(stderr, "usage: core SOURCE\n");
		return EXIT_FAILURE;
	}
	source = argv[1];
	check(dapper_context_new(&context) == DAPPER_OK, "context");
	measure_core("RTOS demo, Cortex-M0", &m0, "tests/data/firmware/rtos_m0.bin");
	measure_core("RTOS demo, Cortex-M3", &m3, "tests/data/firmware/rtos_m3.bin");
	measure_core("RTOS demo, Cortex-M4F", &m4f, "tests/data/firmware/rtos_m4f.bin");
	measure_core("programs, Cortex-M0", &m0, "tests/data/firmware/programs/programs-m0.elf");
	measure_core("programs, Cortex-M3", &m3, "tests/data/firmware/programs/programs-m3.elf");
	measure_core("programs, Cortex-M4F", &m4f, "tests/data/firmware/programs/programs-m4f.elf");
	measure_core("programs, Cortex-M7", &m7, "tests/data/firmware/programs/programs-m7.elf");
	measure_snapshot(&m4f, "tests/data/firmware/rtos_m4f.bin");
	measure_board("stm32f407vg");
	measure_board("nrf52832");
	measure_boot("stm32f407vg", "examples/firmware/prebuilt/demo.elf", 0x08000000);
	dapper_context_unref(context);
	return EXIT_SUCCESS;
}
