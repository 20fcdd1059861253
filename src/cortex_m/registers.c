/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Core registers through DCRSR and DCRDR (Armv7-M ARM, DDI 0403E.e, C1.6.3 and C1.6.4): any list of
 * them is one batch.
 */
#include "cortex_m/core.h"

enum needs {
	NEEDS_NOTHING = 0,
	NEEDS_MAINLINE = 1 << 0,
	NEEDS_SECURITY = 1 << 1,
	NEEDS_FPU = 1 << 2,
	NEEDS_MVE = 1 << 3,
};

/* Numbers are those that GDB's target descriptions of M-profile cores use by custom (pyOCD). */
enum {
	ID_CONTROL = 19,
	ID_PRIMASK,
	ID_BASEPRI,
	ID_FAULTMASK,
	ID_MSP_NS = 24,
	ID_VPR = 32,
	ID_FPSCR,
	ID_CONTROL_S,
	ID_PRIMASK_S,
	ID_BASEPRI_S,
	ID_FAULTMASK_S,
	ID_CONTROL_NS,
	ID_PRIMASK_NS,
	ID_BASEPRI_NS,
	ID_FAULTMASK_NS,
	ID_D0 = 48,
	ID_S0 = 64,
};

#define GENERAL(name, number)                                                 \
	{                                                                     \
		{ name, "general", number, 32 }, { number, 0 }, NEEDS_NOTHING \
	}
#define SYSTEM(name, id, regsel, needs)                          \
	{                                                        \
		{ name, "system", id, 32 }, { regsel, 0 }, needs \
	}
/* A byte of CFBP, see REGSEL_CFBP. */
#define PART(name, id, regsel, low_bit, needs)                        \
	{                                                             \
		{ name, "system", id, 8 }, { regsel, low_bit }, needs \
	}
#define SINGLE(n)                                                                       \
	{                                                                               \
		{ "s" #n, "float", ID_S0 + (n), 32 }, { REGSEL_S0 + (n), 0 }, NEEDS_FPU \
	}
/* Each is a pair of singles, the even one below. */
#define DOUBLE(n)                                                                           \
	{                                                                                   \
		{ "d" #n, "float", ID_D0 + (n), 64 }, { REGSEL_S0 + 2 * (n), 0 }, NEEDS_FPU \
	}
#define SECURE_MAIN (NEEDS_SECURITY | NEEDS_MAINLINE)

static const struct register_row {
	dapper_register reg;
	struct register_place place;
	unsigned needs;
} rows[] = {
	GENERAL("r0", 0),
	GENERAL("r1", 1),
	GENERAL("r2", 2),
	GENERAL("r3", 3),
	GENERAL("r4", 4),
	GENERAL("r5", 5),
	GENERAL("r6", 6),
	GENERAL("r7", 7),
	GENERAL("r8", 8),
	GENERAL("r9", 9),
	GENERAL("r10", 10),
	GENERAL("r11", 11),
	GENERAL("r12", 12),
	GENERAL("sp", 13),
	GENERAL("lr", 14),
	GENERAL("pc", 15),
	GENERAL("xpsr", 16),
	SYSTEM("msp", 17, REGSEL_MSP, NEEDS_NOTHING),
	SYSTEM("psp", 18, REGSEL_PSP, NEEDS_NOTHING),
	PART("control", ID_CONTROL, REGSEL_CFBP, 24, NEEDS_NOTHING),
	PART("primask", ID_PRIMASK, REGSEL_CFBP, 0, NEEDS_NOTHING),
	PART("basepri", ID_BASEPRI, REGSEL_CFBP, 8, NEEDS_MAINLINE),
	PART("faultmask", ID_FAULTMASK, REGSEL_CFBP, 16, NEEDS_MAINLINE),

	SYSTEM("msp_ns", ID_MSP_NS, REGSEL_MSP_NS, NEEDS_SECURITY),
	SYSTEM("psp_ns", ID_MSP_NS + 1, REGSEL_PSP_NS, NEEDS_SECURITY),
	SYSTEM("msp_s", ID_MSP_NS + 2, REGSEL_MSP_S, NEEDS_SECURITY),
	SYSTEM("psp_s", ID_MSP_NS + 3, REGSEL_PSP_S, NEEDS_SECURITY),
	SYSTEM("msplim_s", ID_MSP_NS + 4, REGSEL_MSPLIM_S, NEEDS_SECURITY),
	SYSTEM("psplim_s", ID_MSP_NS + 5, REGSEL_PSPLIM_S, NEEDS_SECURITY),
	SYSTEM("msplim_ns", ID_MSP_NS + 6, REGSEL_MSPLIM_NS, SECURE_MAIN),
	SYSTEM("psplim_ns", ID_MSP_NS + 7, REGSEL_PSPLIM_NS, SECURE_MAIN),
	PART("control_s", ID_CONTROL_S, REGSEL_CFBP_S, 24, NEEDS_SECURITY),
	PART("primask_s", ID_PRIMASK_S, REGSEL_CFBP_S, 0, NEEDS_SECURITY),
	PART("basepri_s", ID_BASEPRI_S, REGSEL_CFBP_S, 8, SECURE_MAIN),
	PART("faultmask_s", ID_FAULTMASK_S, REGSEL_CFBP_S, 16, SECURE_MAIN),
	PART("control_ns", ID_CONTROL_NS, REGSEL_CFBP_NS, 24, NEEDS_SECURITY),
	PART("primask_ns", ID_PRIMASK_NS, REGSEL_CFBP_NS, 0, NEEDS_SECURITY),
	PART("basepri_ns", ID_BASEPRI_NS, REGSEL_CFBP_NS, 8, SECURE_MAIN),
	PART("faultmask_ns", ID_FAULTMASK_NS, REGSEL_CFBP_NS, 16, SECURE_MAIN),

	SYSTEM("vpr", ID_VPR, REGSEL_VPR, NEEDS_MVE),
	{ { "fpscr", "float", ID_FPSCR, 32 }, { REGSEL_FPSCR, 0 }, NEEDS_FPU },
	SINGLE(0),
	SINGLE(1),
	SINGLE(2),
	SINGLE(3),
	SINGLE(4),
	SINGLE(5),
	SINGLE(6),
	SINGLE(7),
	SINGLE(8),
	SINGLE(9),
	SINGLE(10),
	SINGLE(11),
	SINGLE(12),
	SINGLE(13),
	SINGLE(14),
	SINGLE(15),
	SINGLE(16),
	SINGLE(17),
	SINGLE(18),
	SINGLE(19),
	SINGLE(20),
	SINGLE(21),
	SINGLE(22),
	SINGLE(23),
	SINGLE(24),
	SINGLE(25),
	SINGLE(26),
	SINGLE(27),
	SINGLE(28),
	SINGLE(29),
	SINGLE(30),
	SINGLE(31),
	DOUBLE(0),
	DOUBLE(1),
	DOUBLE(2),
	DOUBLE(3),
	DOUBLE(4),
	DOUBLE(5),
	DOUBLE(6),
	DOUBLE(7),
	DOUBLE(8),
	DOUBLE(9),
	DOUBLE(10),
	DOUBLE(11),
	DOUBLE(12),
	DOUBLE(13),
	DOUBLE(14),
	DOUBLE(15),
};

_Static_assert(ARRAY_SIZE(rows) == REGISTERS_MAX, "core.h says how many there are");

static unsigned features_of(const struct cortex_m *core)
{
	bool has_mve = core->is_v8_1 && FIELD_GET(SCS_MVFR1_MVE, core->mvfr1) != 0;

	return (cortex_m_is_mainline(core) ? NEEDS_MAINLINE : 0u) |
	       (core->has_security ? NEEDS_SECURITY : 0u) |
	       (cortex_m_has_fpu(core) ? NEEDS_FPU : 0u) | (has_mve ? NEEDS_MVE : 0u);
}

void registers_init(struct cortex_m *core)
{
	unsigned features = features_of(core);

	core->register_count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t at = core->register_count;

		if (rows[i].needs & ~features)
			continue;
		core->registers[at] = rows[i].reg;
		core->places[at] = rows[i].place;
		core->register_count++;
	}
}

const dapper_register *cortex_m_get_registers(const struct dapper_target *target, size_t *count)
{
	const struct cortex_m *core = cortex_m_of_const(target);

	*count = core->register_count;
	return core->registers;
}

/* --- transfers ------------------------------------------------------------------------------- */

/* A transfer takes a few clock cycles of the core, which may run from a 32 kHz oscillator while the
 * wire runs at MHz. S_HALT is part of it: a reset in the middle must not pass for an end. */
static void queue_poll_ready(struct cortex_m *core, struct batch *batch)
{
	const uint32_t ready = SCS_DHCSR_S_REGRDY | SCS_DHCSR_S_HALT;

	mem_ap_queue_banked_poll32(core->ap, batch, SCS_DHCSR, ready, ready, core->poll_retries);
}

void registers_queue_read(
	struct cortex_m *core, struct batch *batch, unsigned regsel, uint32_t *word)
{
	mem_ap_queue_banked_write32(
		core->ap, batch, SCS_DCRSR, FIELD_PREP(SCS_DCRSR_REGSEL, regsel));
	queue_poll_ready(core, batch);
	mem_ap_queue_banked_read32(core->ap, batch, SCS_DCRDR, word);
}

void registers_queue_write(
	struct cortex_m *core, struct batch *batch, unsigned regsel, uint32_t value)
{
	mem_ap_queue_banked_write32(core->ap, batch, SCS_DCRDR, value);
	mem_ap_queue_banked_write32(core->ap, batch, SCS_DCRSR,
		SCS_DCRSR_REGWNR | FIELD_PREP(SCS_DCRSR_REGSEL, regsel));
	queue_poll_ready(core, batch);
}

dapper_status registers_explain(struct cortex_m *core, dapper_status status)
{
	uint32_t dhcsr = 0;

	if (status != DAPPER_ERR_MISMATCH)
		return status;
	TRY(control_read_dhcsr(core, &dhcsr));
	if (!(dhcsr & SCS_DHCSR_S_HALT))
		return control_fail_not_halted();
	dapper_fail(DAPPER_ERR_TIMEOUT, "a core register transfer does not end");
	return dapper_fail_hint(
		DAPPER_ERR_TIMEOUT, "DHCSR.S_REGRDY stays 0: the core's clock may have stopped");
}

/*
 * The words behind a list of registers, each once and in the order of the list, whatever parts and
 * pairs the list names them by: d0 and s1 share a word, and so do control and primask.
 */
struct word_set {
	uint8_t order[REGSEL_COUNT];
	size_t count;
	bool is_in[REGSEL_COUNT];
	uint32_t words[REGSEL_COUNT]; /* by REGSEL */
	uint32_t masks[REGSEL_COUNT]; /* bits that are going to be written */
};

static void add_word(struct word_set *set, unsigned regsel)
{
	if (set->is_in[regsel])
		return;
	set->is_in[regsel] = true;
	set->order[set->count++] = (uint8_t)regsel;
}

static size_t index_of(const struct cortex_m *core, uint16_t id)
{
	size_t index = 0;

	while (index < core->register_count && core->registers[index].id != id)
		index++;
	return index;
}

static void collect_words(
	const struct cortex_m *core, const uint16_t *ids, size_t count, struct word_set *set)
{
	for (size_t i = 0; i < count; i++) {
		size_t index = index_of(core, ids[i]);

		add_word(set, core->places[index].regsel);
		if (core->registers[index].bits == 64)
			add_word(set, core->places[index].regsel + 1u);
	}
}

/* Read the words of the set; with @p partial_only those which are not written as a whole. */
static dapper_status read_words(struct cortex_m *core, struct word_set *set, bool partial_only)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	control_queue_poll_halted(core, &batch);
	for (size_t i = 0; i < set->count; i++) {
		unsigned regsel = set->order[i];

		if (!partial_only || set->masks[regsel] != UINT32_MAX)
			registers_queue_read(core, &batch, regsel, &set->words[regsel]);
	}
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return registers_explain(core, status);
}

static dapper_status write_words(struct cortex_m *core, const struct word_set *set)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	control_queue_poll_halted(core, &batch);
	for (size_t i = 0; i < set->count; i++) {
		unsigned regsel = set->order[i];

		registers_queue_write(core, &batch, regsel, set->words[regsel]);
	}
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return registers_explain(core, status);
}

static uint64_t get_value(const struct cortex_m *core, const struct word_set *set, uint16_t id)
{
	size_t index = index_of(core, id);
	struct register_place place = core->places[index];
	uint32_t word = set->words[place.regsel];

	switch (core->registers[index].bits) {
	case 8:
		return (word >> place.low_bit) & 0xffu;
	case 64:
		return word | (uint64_t)set->words[place.regsel + 1] << 32;
	}
	return word;
}

static void put_bits(struct word_set *set, unsigned regsel, uint32_t mask, uint32_t value)
{
	set->words[regsel] = (set->words[regsel] & ~mask) | (value & mask);
	set->masks[regsel] |= mask;
}

static void put_value(
	const struct cortex_m *core, struct word_set *set, uint16_t id, uint64_t value)
{
	size_t index = index_of(core, id);
	struct register_place place = core->places[index];
	uint32_t low = (uint32_t)value;

	switch (core->registers[index].bits) {
	case 8:
		put_bits(set, place.regsel, 0xffu << place.low_bit, low << place.low_bit);
		return;
	case 64:
		put_bits(set, place.regsel + 1u, UINT32_MAX, (uint32_t)(value >> 32));
		break;
	}
	put_bits(set, place.regsel, UINT32_MAX, low);
}

dapper_status cortex_m_read_registers(
	struct dapper_target *target, const uint16_t *ids, uint64_t *values, size_t count)
{
	struct cortex_m *core = cortex_m_of(target);
	struct word_set set = { .count = 0 };

	if (count == 0)
		return DAPPER_OK;
	collect_words(core, ids, count, &set);
	TRY(read_words(core, &set, false));
	for (size_t i = 0; i < count; i++)
		values[i] = get_value(core, &set, ids[i]);
	return DAPPER_OK;
}

static bool needs_reading(const struct word_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->masks[set->order[i]] != UINT32_MAX)
			return true;
	return false;
}

/* Later values win where two name the same bits. Words that are written in part, the bytes of CFBP,
 * are read first: one batch more. */
dapper_status cortex_m_write_registers(
	struct dapper_target *target, const uint16_t *ids, const uint64_t *values, size_t count)
{
	struct cortex_m *core = cortex_m_of(target);
	struct word_set set = { .count = 0 };

	if (count == 0)
		return DAPPER_OK;
	core->step_pc_known = false;
	collect_words(core, ids, count, &set);
	for (size_t i = 0; i < count; i++)
		put_value(core, &set, ids[i], values[i]);
	if (needs_reading(&set)) {
		TRY(read_words(core, &set, true));
		for (size_t i = 0; i < count; i++)
			put_value(core, &set, ids[i], values[i]);
	}
	return write_words(core, &set);
}
