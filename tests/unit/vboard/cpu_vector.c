/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/cpu_vector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "vboard/cpu/cpu.h"

enum { PLACE_XPSR = 16, PLACE_FPSCR = 17, PLACE_S0 = 32, PLACE_RAM = 64 };

#define APSR_MASK  0xf80f0000u
#define FPSCR_BITS 0xf7c0009fu

uint32_t vector_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return (uint32_t)((x * UINT64_C(0x2545f4914f6cdd1d)) >> 32);
}

bool vector_is_wide(uint32_t opcode)
{
	return opcode > 0xffff;
}

/* --- cores ------------------------------------------------------------------------------------ */

/* clang-format off */
static const struct core {
	const char *name;
	struct cpu_config config;
} cores[VECTOR_CORES] = {
	[VECTOR_M0] = { "Cortex-M0",
		{ .arch = CPU_ARMV6M, .cpuid = 0x410cc200, .prio_bits = 2, .irqs = 32 } },
	[VECTOR_M3] = { "Cortex-M3",
		{ .arch = CPU_ARMV7M, .cpuid = 0x412fc231, .prio_bits = 4, .irqs = 32 } },
	[VECTOR_M4F] = { "Cortex-M4F",
		{ .arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV4_SP, .cpuid = 0x410fc241,
			.prio_bits = 4, .irqs = 32 } },
	[VECTOR_M7] = { "Cortex-M7",
		{ .arch = CPU_ARMV7EM, .fpu = CPU_FPU_FPV5_DP, .cpuid = 0x411fc272,
			.prio_bits = 4, .irqs = 32 } },
	[VECTOR_M23] = { "Cortex-M23",
		{ .arch = CPU_ARMV8M_BASE, .cpuid = 0x411cd200, .prio_bits = 2, .irqs = 32 } },
	[VECTOR_M33] = { "Cortex-M33",
		{ .arch = CPU_ARMV8M_MAIN, .fpu = CPU_FPU_FPV5_SP, .cpuid = 0x411fd210,
			.prio_bits = 4, .irqs = 32 } },
};
/* clang-format on */

bool vector_has_dsp(enum vector_core core)
{
	return cores[core].config.arch == CPU_ARMV7EM || cores[core].config.arch == CPU_ARMV8M_MAIN;
}

bool vector_is_baseline(enum vector_core core)
{
	return cores[core].config.arch == CPU_ARMV6M || cores[core].config.arch == CPU_ARMV8M_BASE;
}

bool vector_has_fp(enum vector_core core)
{
	return cores[core].config.fpu != CPU_FPU_NONE;
}

const char *vector_core_name(enum vector_core core)
{
	return cores[core].name;
}

/* --- the state before ------------------------------------------------------------------------- */

/* Edges of the number ranges, small numbers, pointers to the middle of RAM, anything. */
static uint32_t register_value(uint64_t *random)
{
	static const uint32_t edges[] = { 0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 0x80000001,
		0x00008000, 0x7fff7fff, 0x80008000, 0xffff0000 };
	const uint32_t kind = vector_random(random) % 8;
	const uint32_t any = vector_random(random);

	if (kind < 3)
		return VECTOR_RAM_BASE + 0x1000 + (any & (kind ? 0xffc : 0xfff));
	if (kind == 3)
		return edges[any % ARRAY_SIZE(edges)];
	return kind < 6 ? any & 0xff : any;
}

/* All classes of numbers, and exponents near enough for sums to be interesting. */
static uint32_t fp_register_value(uint64_t *random)
{
	static const uint32_t edges[] = { 0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000,
		0xff800000, 0x7fc00000, 0xffc12345, 0x7f812345, 0x00800000, 0x00000001, 0x807fffff,
		0x7f7fffff, 0x4f000000, 0xcf000000, 0x477fe000, 0x33800000, 0x38800000 };
	const uint32_t kind = vector_random(random) % 8;
	const uint32_t any = vector_random(random);

	if (kind == 0)
		return edges[any % ARRAY_SIZE(edges)];
	if (kind == 1)
		return any;
	if (kind == 2)
		return any & 0x80ffffff;
	return (any & 0x807fffff) | (112 + any / 64 % 32) << 23;
}

/* The upper words of doubles: the same of their kind; the lower ones are random enough. */
static void make_doubles(uint64_t *random, uint32_t *s)
{
	static const uint32_t edges[] = { 0, 0x80000000, 0x3ff00000, 0xbff00000, 0x7ff00000,
		0xfff00000, 0x7ff80000, 0xfff81234, 0x7ff01234, 0x00100000, 0x800fffff, 0x7fefffff,
		0x41e00000, 0xc1e00000, 0x40efffe0, 0x3e700000, 0x3f100000, 0x38100000, 0x47efffff,
		0x36a00000 };

	for (unsigned i = 0; i < 32; i += 2) {
		const uint32_t kind = vector_random(random) % 8;
		const uint32_t any = vector_random(random);

		if (kind < 2) /* as two singles */
			continue;
		if (kind == 2) {
			s[i + 1] = edges[any % ARRAY_SIZE(edges)];
			s[i] = any & 0x100 ? 0 : any & 0x200 ? 0xffffffff : s[i];
		} else {
			s[i + 1] = (any & 0x800fffff) | (1007 + vector_random(random) % 48) << 20;
			if (kind == 3) /* few bits: exact results */
				s[i] = 0;
		}
	}
}

static void fill_ram(uint8_t *ram)
{
	uint64_t random = 0x0123456789abcdef;

	for (size_t i = 0; i < VECTOR_RAM_SIZE; i += 4)
		put_le32(ram + i, vector_random(&random));
}

void vector_initial_state(enum vector_core core, uint32_t seed, uint16_t pc, struct vector_state *s)
{
	uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	memset(s, 0, sizeof(*s));
	for (unsigned i = 0; i < 15; i++)
		s->r[i] = register_value(&random);
	s->r[13] = VECTOR_RAM_BASE + 0x1000 + (vector_random(&random) & 0xffc);
	s->r[15] = pc;
	s->xpsr = vector_random(&random) & (vector_is_baseline(core) ? 0xf0000000 : 0xf8000000);
	if (vector_has_dsp(core))
		s->xpsr |= vector_random(&random) & 0x000f0000;
	if (vector_has_fp(core)) {
		for (unsigned i = 0; i < 32; i++)
			s->s[i] = fp_register_value(&random);
		s->fpscr = vector_random(&random) & FPSCR_BITS;
		if (vector_random(&random) & 1) /* the usual mode */
			s->fpscr &= 0xf000009f;
	}
	if (cores[core].config.fpu == CPU_FPU_FPV5_DP)
		make_doubles(&random, s->s);
	fill_ram(s->ram);
}

/* --- changes ---------------------------------------------------------------------------------- */

static uint32_t *register_place(struct vector_state *s, unsigned place)
{
	if (place < 16)
		return &s->r[place];
	return place == PLACE_XPSR    ? &s->xpsr
	       : place == PLACE_FPSCR ? &s->fpscr
	                              : &s->s[place % 32];
}

static uint32_t get_place(const struct vector_state *s, unsigned place)
{
	if (place >= PLACE_RAM)
		return get_le32(s->ram + (place - PLACE_RAM) * 4);
	if (place < 16)
		return s->r[place];
	return place == PLACE_XPSR ? s->xpsr : place == PLACE_FPSCR ? s->fpscr : s->s[place % 32];
}

static bool is_place(unsigned place)
{
	return place <= PLACE_FPSCR ||
	       (place >= PLACE_S0 && place < PLACE_RAM + VECTOR_RAM_SIZE / 4);
}

bool vector_record(
	struct vector *v, const struct vector_state *before, const struct vector_state *after)
{
	v->faults = after->faults;
	v->change_count = 0;
	if (v->faults)
		return true;
	for (unsigned place = 0; place < PLACE_RAM + VECTOR_RAM_SIZE / 4; place++) {
		if (!is_place(place) || get_place(before, place) == get_place(after, place))
			continue;
		if (v->change_count == VECTOR_MAX_CHANGES)
			return false;
		v->changes[v->change_count].place = (uint16_t)place;
		v->changes[v->change_count++].value = get_place(after, place);
	}
	return true;
}

void vector_apply(const struct vector *v, struct vector_state *state)
{
	state->faults = v->faults;
	for (unsigned i = 0; i < v->change_count; i++) {
		const unsigned place = v->changes[i].place;

		if (place >= PLACE_RAM)
			put_le32(state->ram + (place - PLACE_RAM) * 4, v->changes[i].value);
		else
			*register_place(state, place) = v->changes[i].value;
	}
}

bool vector_states_equal(
	const struct vector_state *a, const struct vector_state *b, char *where, size_t where_size)
{
	if (a->faults != b->faults) {
		snprintf(where, where_size, "faults %d, %d", a->faults, b->faults);
		return false;
	}
	for (unsigned place = 0; !a->faults && place < PLACE_RAM + VECTOR_RAM_SIZE / 4; place++)
		if (is_place(place) && get_place(a, place) != get_place(b, place)) {
			snprintf(where, where_size, "place %u: %08x, %08x", place,
				(unsigned)get_place(a, place), (unsigned)get_place(b, place));
			return false;
		}
	return true;
}

/* --- records ---------------------------------------------------------------------------------- */

/* core | faults << 7, change_count, pc, seed, opcode; then place, value for each change. */
enum { HEAD_BYTES = 12, CHANGE_BYTES = 6 };

size_t vector_encode(const struct vector *v, uint8_t *bytes)
{
	bytes[0] = (uint8_t)(v->core | v->faults << 7);
	bytes[1] = v->change_count;
	put_le16(bytes + 2, v->pc);
	put_le32(bytes + 4, v->seed);
	put_le32(bytes + 8, v->opcode);
	for (unsigned i = 0; i < v->change_count; i++) {
		put_le16(bytes + HEAD_BYTES + i * CHANGE_BYTES, v->changes[i].place);
		put_le32(bytes + HEAD_BYTES + i * CHANGE_BYTES + 2, v->changes[i].value);
	}
	return HEAD_BYTES + v->change_count * (size_t)CHANGE_BYTES;
}

size_t vector_decode(const uint8_t *bytes, size_t size, struct vector *v)
{
	if (size < HEAD_BYTES || bytes[1] > VECTOR_MAX_CHANGES ||
		size < HEAD_BYTES + bytes[1] * (size_t)CHANGE_BYTES)
		return 0;
	v->core = bytes[0] & 0x7f;
	v->faults = bytes[0] >> 7;
	v->change_count = bytes[1];
	v->pc = get_le16(bytes + 2);
	v->seed = get_le32(bytes + 4);
	v->opcode = get_le32(bytes + 8);
	if (v->core >= VECTOR_CORES)
		return 0;
	for (unsigned i = 0; i < v->change_count; i++) {
		v->changes[i].place = get_le16(bytes + HEAD_BYTES + i * CHANGE_BYTES);
		v->changes[i].value = get_le32(bytes + HEAD_BYTES + i * CHANGE_BYTES + 2);
		if (!is_place(v->changes[i].place))
			return 0;
	}
	return HEAD_BYTES + v->change_count * (size_t)CHANGE_BYTES;
}

/* --- our core --------------------------------------------------------------------------------- */

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

static void on_match(void *ctx, unsigned comparator)
{
	struct vector_bench *bench = ctx;

	(void)comparator;
	bench->scs_touched = true;
}

void vector_make_vectors(uint8_t *bytes)
{
	put_le32(bytes, VECTOR_RAM_BASE + VECTOR_RAM_SIZE);
	for (unsigned i = 4; i < VECTOR_TABLE_SIZE; i += 4)
		put_le32(bytes + i, 0x101);
}

bool vector_bench_init(struct vector_bench *bench, enum vector_core core)
{
	const struct cpu_bus bus = {
		.read = no_read, .write = no_write, .matched = on_match, .ctx = bench
	};
	const struct cpu_watch scs = {
		.addr = 0xe000e000, .mask = 0xfff, .on_read = true, .on_write = true
	};

	memset(bench, 0, sizeof(*bench));
	bench->core = core;
	vector_make_vectors(bench->code);
	bench->cpu = cpu_new(&cores[core].config, &bus);
	if (!bench->cpu || !cpu_map_ram(bench->cpu, 0, sizeof(bench->code), bench->code, false) ||
		!cpu_map_ram(bench->cpu, VECTOR_RAM_BASE, sizeof(bench->ram), bench->ram, true))
		return false;
	cpu_reset(bench->cpu, false);
	cpu_scs_write(bench->cpu, 0xe000ed88, true, 0x00f00000); /* CPACR: FPU on */
	cpu_scs_write(bench->cpu, 0xe000ef34, true, 0);          /* FPCCR: no automatic state */
	cpu_set_watches(bench->cpu, &scs, 1);
	bench->pristine = malloc(cpu_snapshot_size(bench->cpu));
	if (!bench->pristine)
		return false;
	cpu_snapshot(bench->cpu, bench->pristine);
	return true;
}

void vector_bench_finish(struct vector_bench *bench)
{
	cpu_free(bench->cpu);
	free(bench->pristine);
}

void vector_put_opcode(uint8_t *code, uint32_t opcode)
{
	if (vector_is_wide(opcode)) {
		put_le16(code, (uint16_t)(opcode >> 16));
		put_le16(code + 2, (uint16_t)opcode);
	} else {
		put_le16(code, (uint16_t)opcode);
		put_le16(code + 2, 0xbf00); /* NOP */
	}
}

static void put_registers(struct cpu *cpu, enum vector_core core, const struct vector_state *s)
{
	for (unsigned i = 0; i < 16; i++)
		cpu_reg_set(cpu, i, s->r[i]);
	cpu_reg_set(cpu, CPU_REG_XPSR, s->xpsr | BIT(24));
	if (!vector_has_fp(core))
		return;
	cpu_reg_set(cpu, CPU_REG_FPSCR, s->fpscr);
	for (unsigned i = 0; i < 32; i++)
		cpu_reg_set(cpu, CPU_REG_S0 + i, s->s[i]);
}

static void get_registers(struct cpu *cpu, enum vector_core core, struct vector_state *s)
{
	for (unsigned i = 0; i < 16; i++)
		cpu_reg_get(cpu, i, &s->r[i]);
	cpu_reg_get(cpu, CPU_REG_XPSR, &s->xpsr);
	s->faults = s->xpsr & 0x1ff;
	s->xpsr &= APSR_MASK;
	s->fpscr = 0;
	memset(s->s, 0, sizeof(s->s));
	if (!vector_has_fp(core))
		return;
	cpu_reg_get(cpu, CPU_REG_FPSCR, &s->fpscr);
	for (unsigned i = 0; i < 32; i++)
		cpu_reg_get(cpu, CPU_REG_S0 + i, &s->s[i]);
}

void vector_bench_load(struct vector_bench *bench, const struct vector_state *before)
{
	cpu_restore(bench->cpu, bench->pristine, cpu_snapshot_size(bench->cpu));
	bench->scs_touched = false;
	memcpy(bench->ram, before->ram, sizeof(bench->ram));
	put_registers(bench->cpu, bench->core, before);
}

void vector_bench_read(struct vector_bench *bench, struct vector_state *after)
{
	get_registers(bench->cpu, bench->core, after);
	memcpy(after->ram, bench->ram, sizeof(bench->ram));
}

void vector_bench_run(struct vector_bench *bench, uint16_t pc, uint32_t opcode,
	const struct vector_state *before, struct vector_state *after, uint32_t *cfsr)
{
	const uint16_t place = pc & (VECTOR_CODE_SIZE - 4);

	vector_put_opcode(bench->code + place, opcode);
	vector_bench_load(bench, before);
	cpu_step(bench->cpu, true, NULL);
	vector_bench_read(bench, after);
	put_le32(bench->code + place, 0); /* code is data to later vectors */
	if (cfsr)
		cpu_scs_read(bench->cpu, 0xe000ed28, true, cfsr);
}
