/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/cpu_oracle.h"

#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "vboard/cpu/internal.h"

struct oracle {
	uc_engine *uc;
	enum vector_core core;
	bool stopped; /* by an exception or an invalid instruction */
	const char *reason;
};

/* --- Unicorn ---------------------------------------------------------------------------------- */

static void on_interrupt(uc_engine *uc, uint32_t number, void *data)
{
	struct oracle *oracle = data;

	(void)number;
	oracle->stopped = true;
	uc_emu_stop(uc);
}

static bool on_invalid(uc_engine *uc, void *data)
{
	struct oracle *oracle = data;

	(void)uc;
	oracle->stopped = true;
	return false;
}

/* Hooks are passed as void *, which ISO C has no conversion for. */
static void *hook_pointer(void (*function)(void))
{
	void *pointer;

	memcpy(&pointer, &function, sizeof(pointer));
	return pointer;
}

/* The first floating-point instruction sets FPSCR from FPDSCR; the state under test must not be it.
 */
static void begin_fp_context(struct oracle *oracle)
{
	static const uint8_t vmov_s0_s0[] = { 0xb0, 0xee, 0x40, 0x0a };
	static const uint8_t zeros[sizeof(vmov_s0_s0)];

	uc_mem_write(oracle->uc, VECTOR_TABLE_SIZE, vmov_s0_s0, sizeof(vmov_s0_s0));
	uc_emu_start(oracle->uc, VECTOR_TABLE_SIZE | 1, 0xfffffffe, 0, 1);
	uc_mem_write(oracle->uc, VECTOR_TABLE_SIZE, zeros, sizeof(zeros));
}

struct oracle *oracle_new(enum vector_core core)
{
	static const int models[VECTOR_CORES] = {
		[VECTOR_M0] = UC_CPU_ARM_CORTEX_M0,
		[VECTOR_M3] = UC_CPU_ARM_CORTEX_M3,
		[VECTOR_M4F] = UC_CPU_ARM_CORTEX_M4,
		[VECTOR_M7] = UC_CPU_ARM_CORTEX_M7,
		[VECTOR_M23] = UC_CPU_ARM_CORTEX_M33, /* there is no M23 */
		[VECTOR_M33] = UC_CPU_ARM_CORTEX_M33,
	};
	struct oracle *oracle = calloc(1, sizeof(*oracle));
	uint8_t vectors[VECTOR_TABLE_SIZE];
	uc_hook hook;

	if (!oracle)
		return NULL;
	oracle->core = core;
	/* Not UC_MODE_MCLASS: that forces a Cortex-M33. */
	if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &oracle->uc) != UC_ERR_OK) {
		free(oracle);
		return NULL;
	}
	uc_ctl_set_cpu_model(oracle->uc, models[core]);
	uc_mem_map(oracle->uc, 0, VECTOR_CODE_SIZE, UC_PROT_READ | UC_PROT_EXEC);
	uc_mem_map(oracle->uc, VECTOR_RAM_BASE, VECTOR_RAM_SIZE, UC_PROT_READ | UC_PROT_WRITE);
	vector_make_vectors(vectors);
	uc_mem_write(oracle->uc, 0, vectors, sizeof(vectors));
	uc_hook_add(oracle->uc, &hook, UC_HOOK_INTR, hook_pointer((void (*)(void))on_interrupt),
		oracle, 1, 0);
	uc_hook_add(oracle->uc, &hook, UC_HOOK_INSN_INVALID,
		hook_pointer((void (*)(void))on_invalid), oracle, 1, 0);
	if (vector_has_fp(core))
		begin_fp_context(oracle);
	return oracle;
}

void oracle_free(struct oracle *oracle)
{
	if (!oracle)
		return;
	uc_close(oracle->uc);
	free(oracle);
}

static int core_register(unsigned n)
{
	static const int special[] = { UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_PC };

	return n < 13 ? UC_ARM_REG_R0 + (int)n : special[n - 13];
}

static void put_state(struct oracle *oracle, const struct vector_state *s)
{
	const uint32_t xpsr = s->xpsr | BIT(24);

	for (unsigned i = 0; i < 15; i++)
		uc_reg_write(oracle->uc, core_register(i), &s->r[i]);
	uc_reg_write(oracle->uc, UC_ARM_REG_XPSR_NZCVQG, &xpsr);
	uc_mem_write(oracle->uc, VECTOR_RAM_BASE, s->ram, VECTOR_RAM_SIZE);
	if (!vector_has_fp(oracle->core))
		return;
	uc_reg_write(oracle->uc, UC_ARM_REG_FPSCR, &s->fpscr);
	for (int i = 0; i < 32; i++)
		uc_reg_write(oracle->uc, UC_ARM_REG_S0 + i, &s->s[i]);
}

static void get_state(struct oracle *oracle, struct vector_state *s)
{
	memset(s->s, 0, sizeof(s->s));
	s->fpscr = 0;
	for (unsigned i = 0; i < 16; i++)
		uc_reg_read(oracle->uc, core_register(i), &s->r[i]);
	s->r[15] &= ~1u;
	uc_reg_read(oracle->uc, UC_ARM_REG_XPSR, &s->xpsr);
	s->xpsr &= vector_has_dsp(oracle->core) ? 0xf80f0000 : 0xf8000000;
	uc_mem_read(oracle->uc, VECTOR_RAM_BASE, s->ram, VECTOR_RAM_SIZE);
	if (!vector_has_fp(oracle->core))
		return;
	uc_reg_read(oracle->uc, UC_ARM_REG_FPSCR, &s->fpscr);
	for (int i = 0; i < 32; i++)
		uc_reg_read(oracle->uc, UC_ARM_REG_S0 + i, &s->s[i]);
}

bool oracle_run(struct oracle *oracle, uint16_t pc, uint32_t opcode,
	const struct vector_state *before, struct vector_state *after)
{
	uint8_t code[4];

	put_le16(code, (uint16_t)(vector_is_wide(opcode) ? opcode >> 16 : opcode));
	put_le16(code + 2, (uint16_t)(vector_is_wide(opcode) ? opcode : 0xbf00));
	if (uc_mem_write(oracle->uc, pc, code, sizeof(code)) != UC_ERR_OK)
		return false;
	put_state(oracle, before);
	oracle->stopped = false;
	after->faults = uc_emu_start(oracle->uc, pc | 1u, 0xfffffffe, 0, 1) != UC_ERR_OK;
	after->faults = after->faults || oracle->stopped;
	get_state(oracle, after);
	put_le32(code, 0);
	return uc_mem_write(oracle->uc, pc, code, sizeof(code)) == UC_ERR_OK;
}

bool oracle_run_code(struct oracle *oracle, uint16_t pc, const uint8_t *code, size_t size,
	size_t end, const struct vector_state *before, struct vector_state *after)
{
	static const uint8_t zeros[256];

	if (size > sizeof(zeros) || uc_mem_write(oracle->uc, pc, code, size) != UC_ERR_OK)
		return false;
	put_state(oracle, before);
	oracle->stopped = false;
	after->faults = uc_emu_start(oracle->uc, pc | 1u, pc + end, 0, 0) != UC_ERR_OK;
	after->faults = after->faults || oracle->stopped;
	get_state(oracle, after);
	return uc_mem_write(oracle->uc, pc, zeros, size) == UC_ERR_OK;
}

const char *oracle_reason(const struct oracle *oracle)
{
	return oracle->reason;
}

/* --- opcodes ---------------------------------------------------------------------------------- */

uint16_t oracle_pc(uint32_t index)
{
	return (uint16_t)(0x400 + index % ORACLE_LIFETIME * 4);
}

/* Does a core of Armv8-M Baseline have it? */
static bool is_baseline(const struct encoding *row)
{
	return !(row->needs & ~((unsigned)NEEDS_WIDE | NEEDS_V8M));
}

static const struct encoding *random_row(
	enum vector_core core, const struct encoding_table *table, uint64_t *random)
{
	const struct encoding *row;
	int tries = 0;

	do
		row = &table->rows[vector_random(random) % table->count];
	while (core == VECTOR_M23 && !is_baseline(row) && ++tries < 100);
	return row;
}

static const struct encoding_table *const wide_tables[] = { &thumb32_data_table, &multiply_table,
	&dsp_table, &thumb32_memory_table, &thumb32_control_table, &fpu_data_table, &fpu_table,
	&thumb32_v8m_table };

/* FP, which is where it was before Armv8-M came, for those that have it. */
static const struct encoding_table *random_wide_table(enum vector_core core, uint64_t *random)
{
	enum { WITHOUT_FP = 5, WITHOUT_V8M = 7 };
	size_t count = vector_has_fp(core) ? WITHOUT_V8M : WITHOUT_FP;
	size_t n;

	if (core == VECTOR_M33)
		count++;
	if (core == VECTOR_M23) { /* control, loads and stores, Armv8-M; little else */
		static const uint8_t tables[] = { 0, 1, 3, 3, 4, 4, 7, 7 };

		return wide_tables[tables[vector_random(random) % sizeof(tables)]];
	}
	n = vector_random(random) % count;
	return wide_tables[n];
}

static uint32_t random_wide(enum vector_core core, uint64_t *random)
{
	const struct encoding *row = random_row(core, random_wide_table(core, random), random);

	if (vector_random(random) % 16 == 0)
		return 0xe8000000 | (vector_random(random) & 0x1fffffff);
	return row->value | (vector_random(random) & ~row->mask);
}

uint32_t oracle_random_opcode(enum vector_core core, uint64_t *random)
{
	uint32_t opcode;

	if (vector_random(random) % (core == VECTOR_M0 ? 16 : 4) != 0 && core != VECTOR_M0)
		opcode = random_wide(core, random);
	else if (core == VECTOR_M0 && vector_random(random) % 16 == 0)
		opcode = 0xf000d000 | (vector_random(random) & 0x07ff2fff);
	else {
		const struct encoding *row = random_row(core, &thumb16_table, random);

		opcode = row->value | (vector_random(random) & ~row->mask & 0xffff);
	}
	if (vector_is_wide(opcode) ? opcode >> 16 < 0xe800 : opcode >= 0xe800)
		return 0xbf00;
	return opcode;
}

/* --- comparison ------------------------------------------------------------------------------- */

struct pattern {
	uint32_t mask, value;
};

static bool matches(const struct pattern *patterns, size_t count, uint32_t opcode)
{
	for (size_t i = 0; i < count; i++)
		if ((opcode & patterns[i].mask) == patterns[i].value)
			return true;
	return false;
}

/* Sleeping, exceptions on purpose, special registers, IT: these have tests of their own. */
static bool is_excluded(enum vector_core core, uint32_t opcode)
{
	static const struct pattern excluded[] = {
		{ 0xffffff00, 0x0000bf00 }, /* IT, hints */
		{ 0xffffff00, 0x0000be00 }, /* BKPT */
		{ 0xffffff00, 0x0000df00 }, /* SVC */
		{ 0xffffff00, 0x0000b600 }, /* CPS, SETEND */
		{ 0xffe0d000, 0xf3808000 }, /* MSR */
		{ 0xffe0d000, 0xf3e08000 }, /* MRS */
		{ 0xffe0d000, 0xf3a08000 }, /* hints, barriers */
		{ 0xfff000f0, 0xe8c00040 }, /* exclusive stores: the monitor is not in the state */
		{ 0xfff000f0, 0xe8c00050 },
		{ 0xfff00000, 0xe8400000 },
	};
	/* Of Security, which ours is without and the oracle is not: SG, BXNS, BLXNS, VLSTM and
	 * VLLDM; and STLEX. */
	static const struct pattern armv8m[] = {
		{ 0xffffffff, 0xe97fe97f },
		{ 0xffffff04, 0x00004704 },
		{ 0xffe0ffff, 0xec200a00 },
		{ 0xfff00fc0, 0xe8c00fc0 },
	};

	if (core >= VECTOR_M23 && matches(armv8m, ARRAY_SIZE(armv8m), opcode))
		return true;
	return matches(excluded, ARRAY_SIZE(excluded), opcode);
}

#define WITH_FP   (BIT(VECTOR_M4F) | BIT(VECTOR_M7) | BIT(VECTOR_M33))
#define ARMV7     (BIT(VECTOR_M3) | WITH_FP)
#define ALL_CORES (BIT(VECTOR_M0) | ARMV7 | BIT(VECTOR_M23))

/*
 * Where Unicorn 2.0.1 is wrong. `cfsr`: bits of ours that must be set for the row to apply; 0: any
 * outcome. The reasons are the manual's rules (DDI 0403E.b, DDI 0419C) as we know them: no copy was
 * at hand when this was written, so rule and section of each row are still to be looked up.
 */
static const struct {
	unsigned cores;
	uint32_t mask, value;
	uint32_t cfsr;
	const char *reason;
} oracle_faults[] = {
	{ BIT(VECTOR_M0), 0xfffff500, 0x0000b100, 0, "Armv6-M has no CBZ, CBNZ; it executes them" },
	{ ALL_CORES, 0xffffff87, 0x00004685, 0, "B1.4.1: SP[1:0] are zero; MOV SP keeps them" },
	{ ALL_CORES, 0xffffff87, 0x00004485, 0, "B1.4.1: SP[1:0] are zero; ADD SP keeps them" },
	{ ARMV7, 0xffe000e0, 0xe8c00060, CFSR_UNDEFINSTR,
		"A5.3.6: LDREXD, STREXD are not Armv7-M's; it has them" },
	{ ARMV7, 0, 0, CFSR_UNALIGNED,
		"A3.2.1: LDM, STM, LDRD, STRD, LDREX, VLDM... always fault unaligned; it lets "
		"them" },
	{ BIT(VECTOR_M23), 0xffe000e0, 0xe8c00060, 0,
		"A5.3.6: LDREXD, STREXD are not Armv8-M's; it has them" },
	{ ARMV7, 0xff100000, 0xf9000000, CFSR_UNDEFINSTR,
		"A5.3: no signed stores; it does nothing, as with Advanced SIMD hints" },
	{ BIT(VECTOR_M23) | BIT(VECTOR_M33), 0xffe000f0, 0xe8c000f0, 0,
		"C2.4: LDAEXD, STLEXD are not Armv8-M's; it has them" },
	{ WITH_FP, 0xfff000e0, 0xfb200000, 0,
		"A7.7.148: SMLAD's Q is for the sum of all three; it sets Q for part of the sum" },
	{ WITH_FP, 0xffbe0e50, 0xeeba0a40, 0,
		"A7.7.231: fixed to floating point rounds to nearest; it takes FPSCR.RMode" },
	{ BIT(VECTOR_M3), 0xec000000, 0xec000000, CFSR_NOCP,
		"no coprocessor; it executes some floating-point encodings" },
};

/* Would a core with the DSP extension have it? */
static bool is_dsp(uint32_t opcode)
{
	static const struct encoding_table *const tables[] = { &dsp_table, &thumb32_data_table };

	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (size_t i = 0; i < tables[t]->count; i++)
			if ((opcode & tables[t]->rows[i].mask) == tables[t]->rows[i].value)
				return tables[t]->rows[i].needs & NEEDS_DSP;
	return false;
}

/* Is there an encoding of Baseline that fits? */
static bool baseline_has(uint32_t opcode)
{
	for (size_t t = 0; t < ARRAY_SIZE(wide_tables); t++)
		for (size_t i = 0; i < wide_tables[t]->count; i++) {
			const struct encoding *row = &wide_tables[t]->rows[i];

			if (is_baseline(row) && (opcode & row->mask) == row->value)
				return true;
		}
	return false;
}

/* Loads and stores that could be of an unaligned address. */
static bool is_load_or_store(uint32_t opcode)
{
	static const struct pattern patterns[] = {
		{ 0xfffff000, 0x00005000 }, /* register offset */
		{ 0xffffe000, 0x00006000 }, /* immediate: words */
		{ 0xfffff000, 0x00008000 }, /* halfwords */
		{ 0xfffff000, 0x0000c000 }, /* multiple */
		{ 0xffe00fc0, 0xe8c00f80 }, /* LDA, STL */
		{ 0xffe00fc0, 0xe8c00fc0 }, /* LDAEX, STLEX */
		{ 0xffe00000, 0xe8400000 }, /* LDREX, STREX */
	};

	return matches(patterns, ARRAY_SIZE(patterns), opcode);
}

static const char *oracle_fault(
	enum vector_core core, uint32_t opcode, bool we_fault, uint32_t cfsr)
{
	for (size_t i = 0; i < ARRAY_SIZE(oracle_faults); i++)
		if ((oracle_faults[i].cores >> core & 1) &&
			(opcode & oracle_faults[i].mask) == oracle_faults[i].value &&
			(!oracle_faults[i].cfsr || (cfsr & oracle_faults[i].cfsr)))
			return oracle_faults[i].reason;
	if (core == VECTOR_M3 && is_dsp(opcode) && (cfsr & CFSR_UNDEFINSTR))
		return "A1.4: Cortex-M3 has no DSP extension; it executes its instructions";
	if (core == VECTOR_M23 && vector_is_wide(opcode) && !baseline_has(opcode))
		return "the oracle is a Cortex-M33, as it has no M23: Mainline's instructions";
	if (core == VECTOR_M23 && we_fault && is_load_or_store(opcode))
		return "B3.12: Armv8-M Baseline has no unaligned accesses; the oracle is an M33";
	return NULL;
}

static bool nibble_is_13_or_15(uint32_t opcode, unsigned lo)
{
	return (opcode >> lo & 13) == 13;
}

/* Transfers with write-back to a register that they transfer. */
static bool writes_back_transferred(uint32_t opcode)
{
	const uint32_t rn = opcode >> 16 & 15;
	const uint32_t rt = opcode >> 12 & 15;
	const uint32_t rt2 = opcode >> 8 & 15;

	if ((opcode & 0xfe600000) == 0xe8600000 || (opcode & 0xff600000) == 0xe9600000)
		return rn == rt || rn == rt2 || rt == rt2;
	if ((opcode & 0xfe400000) == 0xe8400000)
		return rt == rt2;
	return (opcode & 0xfe800900) == 0xf8000900 && rn == rt;
}

/* LDM, STM: fewer than two registers, ones that may not be there, a base both listed and written
 * back. */
static bool has_odd_list(uint32_t opcode)
{
	const bool load = opcode & BIT(20);
	const uint32_t list = opcode & 0xffff;

	if ((opcode & 0xfe400000) != 0xe8000000)
		return false;
	return !(list & (list - 1)) || (opcode & (load ? 0x2000 : 0xa000)) ||
	       ((opcode & BIT(21)) && (opcode >> (opcode >> 16 & 15) & 1));
}

/* Encodings whose (0) and (1) bits one of the two minds. */
static bool has_should_be_bits(uint32_t opcode)
{
	static const struct {
		uint32_t mask, value;
	} patterns[] = {
		{ 0xfb50f0c0, 0xf3000000 }, /* SSAT16, USAT16 */
		{ 0xffba0e50, 0xeeba0a40 }, /* VCVT fixed: more fraction bits than bits */
	};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if ((opcode & patterns[i].mask) == patterns[i].value)
			return true;
	return false;
}

/*
 * Is the encoding one that the manual leaves UNPREDICTABLE? Told roughly: 13 or 15 in a place of a
 * 32-bit opcode where a register may stand, and the cases above. Asked only when the two differ.
 */
static bool may_be_unpredictable(uint32_t opcode, bool we_fault)
{
	if (!vector_is_wide(opcode))
		return false;
	return nibble_is_13_or_15(opcode, 16) || nibble_is_13_or_15(opcode, 12) ||
	       nibble_is_13_or_15(opcode, 8) || nibble_is_13_or_15(opcode, 0) ||
	       writes_back_transferred(opcode) || has_odd_list(opcode) ||
	       (we_fault && has_should_be_bits(opcode));
}

/* A jump out of the code, or out of Thumb state: the oracle faults one step early. */
static bool jumps_away(const struct vector_bench *bench, const struct vector_state *after)
{
	uint32_t xpsr = 0;

	cpu_reg_get(bench->cpu, CPU_REG_XPSR, &xpsr);
	return !after->faults && (after->r[15] >= VECTOR_CODE_SIZE || !(xpsr & BIT(24)));
}

enum verdict oracle_compare(struct oracle *oracle, struct vector_bench *bench, uint32_t seed,
	uint16_t pc, uint32_t opcode, struct vector *vector, char *where, size_t where_size)
{
	struct vector_state before, ours, theirs;
	uint32_t cfsr = 0;

	if (is_excluded(bench->core, opcode))
		return VERDICT_SKIPPED;
	vector_initial_state(bench->core, seed, pc, &before);
	vector_bench_run(bench, pc, opcode, &before, &ours, &cfsr);
	if (bench->scs_touched || jumps_away(bench, &ours))
		return VERDICT_SKIPPED;
	if (!oracle_run(oracle, pc, opcode, &before, &theirs))
		return VERDICT_SKIPPED;
	vector->core = (uint8_t)bench->core;
	vector->pc = pc;
	vector->seed = seed;
	vector->opcode = opcode;
	if (!vector_states_equal(&ours, &theirs, where, where_size)) {
		oracle->reason = oracle_fault(bench->core, opcode, ours.faults, cfsr);
		if (oracle->reason)
			return VERDICT_ORACLE_WRONG;
		return may_be_unpredictable(opcode, ours.faults) ? VERDICT_UNPREDICTABLE
		                                                 : VERDICT_DIFFERENT;
	}
	return vector_record(vector, &before, &theirs) ? VERDICT_EQUAL : VERDICT_SKIPPED;
}

bool oracle_suits_stream(enum vector_core core, uint32_t opcode)
{
	return !is_excluded(core, opcode) && !oracle_fault(core, opcode, false, 0) &&
	       !may_be_unpredictable(opcode, true);
}

bool oracle_confirms(
	struct vector_bench *bench, const struct vector *vector, char *where, size_t where_size)
{
	struct oracle *oracle = oracle_new(bench->core);
	struct vector again;
	const enum verdict verdict = oracle_compare(
		oracle, bench, vector->seed, vector->pc, vector->opcode, &again, where, where_size);

	oracle_free(oracle);
	return verdict == VERDICT_DIFFERENT;
}
