/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watchpoint unit (dwt_regs.h): registers, counters, PC samples and exception trace; its
 * comparators are in dwt_match.c. Registers keep their values over every reset but power-on, and
 * are not written while DEMCR.TRCENA is 0 (C1.6.5).
 *
 * Counters follow the rule that one instruction is one cycle: an instruction never needs more
 * (CPICNT, LSUCNT stand still), exception entry and return take none (EXCCNT), none is folded
 * (FOLDCNT); SLEEPCNT counts what the core slept. So CYCCNT - SLEEPCNT is the number of instructions,
 * as C1.8.1 wants it. CYCCNT goes on when the firmware itself clears TRCENA and leaves CYCCNTENA
 * set.
 */
#include "vboard/coresight/dwt_internal.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"

/* DHCSR.S_SLEEP (DDI 0403E.e, C1.6.2) */
#define DHCSR         0xe000edf0u
#define DHCSR_S_SLEEP BIT(18)

enum { SLEEP = (DWT_SLEEPCNT - DWT_CPICNT) / 4, COUNTER_WRAP = 256 };

bool dwt_is_on(const struct dwt *dwt)
{
	return board_trace_enabled(dwt->board, dwt->core);
}

bool dwt_is_counting(const struct dwt *dwt)
{
	return dwt->state.ctrl & DWT_CTRL_CYCCNTENA;
}

uint32_t dwt_cyccnt(const struct dwt *dwt)
{
	const struct dwt_state *state = &dwt->state;

	if (!dwt_is_counting(dwt))
		return state->cyccnt;
	return state->cyccnt + (uint32_t)(cpu_cycles(dwt_cpu(dwt)) - state->cyccnt_cycles);
}

static void set_cyccnt(struct dwt *dwt, uint32_t value)
{
	dwt->state.cyccnt = value;
	dwt->state.cyccnt_cycles = cpu_cycles(dwt_cpu(dwt));
	dwt->state.taps_seen = value;
}

/* --- SLEEPCNT -------------------------------------------------------------------------------- */

static uint64_t core_slept(const struct dwt *dwt)
{
	return cpu_cycles(dwt_cpu(dwt)) - cpu_insns(dwt_cpu(dwt));
}

/* All that was slept since the counter was set; the register has its low 8 bits. */
static uint64_t sleep_count(const struct dwt *dwt)
{
	uint64_t count = dwt->state.counters[SLEEP];

	if (dwt->state.ctrl & DWT_CTRL_SLEEPEVTENA)
		count += core_slept(dwt) - dwt->state.slept;
	return count;
}

static void set_sleep_count(struct dwt *dwt, uint8_t value)
{
	dwt->state.counters[SLEEP] = value;
	dwt->state.slept = core_slept(dwt);
}

/* --- what happens at a cycle ----------------------------------------------------------------- */

static uint32_t post_tap(const struct dwt *dwt)
{
	return dwt->state.ctrl & DWT_CTRL_CYCTAP ? BIT(10) : BIT(6);
}

/* 0: no synchronisation. */
static uint32_t sync_tap(const struct dwt *dwt)
{
	static const uint32_t taps[] = { 0, BIT(24), BIT(26), BIT(28) };

	return taps[FIELD_GET(DWT_CTRL_SYNCTAP, dwt->state.ctrl)];
}

/* Cycles until a bit of CYCCNT changes. */
static uint64_t until_tap(uint32_t cyccnt, uint32_t tap)
{
	return tap - (cyccnt & (tap - 1));
}

static void sooner(uint64_t *at, uint64_t other)
{
	if (other < *at)
		*at = other;
}

static bool uses_postcnt(const struct dwt *dwt)
{
	return dwt->state.ctrl & (DWT_CTRL_PCSAMPLENA | DWT_CTRL_CYCEVTENA);
}

void dwt_schedule(struct dwt *dwt)
{
	const uint32_t cyccnt = dwt_cyccnt(dwt);
	const uint64_t now = cpu_cycles(dwt_cpu(dwt));
	uint64_t in = UINT64_MAX;

	if (dwt_is_on(dwt) && dwt_is_counting(dwt)) {
		if (dwt_matches_cycle(dwt)) {
			const uint32_t left = dwt->state.comparators[0].comp - cyccnt;

			sooner(&in, left ? left : UINT64_C(1) << 32);
		}
		if (uses_postcnt(dwt))
			sooner(&in, until_tap(cyccnt, post_tap(dwt)));
		if (sync_tap(dwt))
			sooner(&in, until_tap(cyccnt, sync_tap(dwt)));
	}
	if (dwt_is_on(dwt) && (dwt->state.ctrl & DWT_CTRL_SLEEPEVTENA))
		sooner(&in, COUNTER_WRAP - sleep_count(dwt) % COUNTER_WRAP);
	cpu_observe_at(dwt_cpu(dwt), in == UINT64_MAX ? UINT64_MAX : now + in);
}

static void sample_pc_packet(struct dwt *dwt)
{
	uint32_t dhcsr = 0;
	uint32_t pc = 0;

	cpu_scs_read(dwt_cpu(dwt), DHCSR, false, &dhcsr);
	cpu_reg_get(dwt_cpu(dwt), CPU_REG_PC, &pc);
	if (dhcsr & DHCSR_S_SLEEP)
		dwt_packet(dwt, DWT_PACKET_PC_SLEEP, 0);
	else
		dwt_packet(dwt, DWT_PACKET_PC, pc);
}

/* C1.8.2: POSTCNT counts taps; at zero it is loaded again. */
static void count_post_tap(struct dwt *dwt)
{
	struct dwt_state *state = &dwt->state;

	if (state->postcnt) {
		state->postcnt--;
		return;
	}
	state->postcnt = (uint8_t)FIELD_GET(DWT_CTRL_POSTPRESET, state->ctrl);
	if (state->ctrl & DWT_CTRL_PCSAMPLENA)
		sample_pc_packet(dwt);
	else
		dwt_packet(dwt, DWT_PACKET_EVENT, DWT_EVENT_CYC);
}

static void look_at_taps(struct dwt *dwt)
{
	const uint32_t cyccnt = dwt_cyccnt(dwt);
	const uint32_t changed = cyccnt ^ dwt->state.taps_seen;

	dwt->state.taps_seen = cyccnt;
	if (uses_postcnt(dwt) && (changed & post_tap(dwt)))
		count_post_tap(dwt);
	if (changed & sync_tap(dwt))
		itm_synchronise(dwt->link->itm[dwt->core]);
	if (dwt_matches_cycle(dwt) && cyccnt == dwt->state.comparators[0].comp)
		dwt_cycle_matched(dwt);
}

static void cycle_due(void *ctx)
{
	struct dwt *dwt = ctx;

	if (!dwt_is_on(dwt))
		return;
	if (dwt_is_counting(dwt))
		look_at_taps(dwt);
	if ((dwt->state.ctrl & DWT_CTRL_SLEEPEVTENA) && sleep_count(dwt) >= COUNTER_WRAP) {
		set_sleep_count(dwt, (uint8_t)sleep_count(dwt));
		dwt_packet(dwt, DWT_PACKET_EVENT, DWT_EVENT_SLEEP);
	}
	dwt_schedule(dwt);
}

/* C1.8.3 */
static void trace_exception(void *ctx, unsigned number, int function)
{
	const struct dwt *dwt = ctx;

	if (dwt_is_on(dwt) && (dwt->state.ctrl & DWT_CTRL_EXCTRCENA))
		dwt_packet(dwt, DWT_PACKET_EXCEPTION,
			FIELD_PREP(DWT_EXCEPTION_NUMBER, number) |
				FIELD_PREP(DWT_EXCEPTION_FUNCTION, (uint32_t)function));
}

/* --- registers ------------------------------------------------------------------------------- */

/* PCSR reads all ones while the core is halted (C1.8.14). */
static uint32_t sample_pc(const struct dwt *dwt)
{
	uint32_t pc = UINT32_MAX;

	if (!cpu_halted(dwt_cpu(dwt)))
		cpu_reg_get(dwt_cpu(dwt), CPU_REG_PC, &pc);
	return pc;
}

static uint32_t read_ctrl(const struct dwt *dwt)
{
	/* Baseline of Armv8-M, like Armv6-M, has comparators and PCSR alone. */
	const uint32_t without = !dwt->config->is_v7m && dwt->config->function_id_count
	                                 ? DWT_CTRL_NOTRCPKT | DWT_CTRL_NOEXTTRIG |
	                                           DWT_CTRL_NOCYCCNT | DWT_CTRL_NOPRFCNT
	                                 : 0;

	return FIELD_PREP(DWT_CTRL_NUMCOMP, dwt->config->comparator_count) | without |
	       dwt->state.ctrl;
}

static bool is_counter(uint32_t offset)
{
	return offset >= DWT_CPICNT && offset <= DWT_FOLDCNT;
}

static bool dwt_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct dwt *dwt = model;
	const uint32_t offset = access->offset;
	const unsigned index = (offset - DWT_COMP0) / 16;

	*value = 0;
	if (offset >= DWT_COMP0 && index < dwt->config->comparator_count)
		dwt_comparator_read(dwt, index, offset % 16, value);
	else if (offset == DWT_CTRL)
		*value = read_ctrl(dwt);
	else if (offset == DWT_CYCCNT && dwt->config->is_v7m)
		*value = dwt_cyccnt(dwt);
	else if (offset == DWT_SLEEPCNT)
		*value = (uint8_t)sleep_count(dwt);
	else if (is_counter(offset))
		*value = dwt->state.counters[(offset - DWT_CPICNT) / 4];
	else if (offset == DWT_PCSR)
		*value = sample_pc(dwt);
	else
		(void)coresight_lock_read(&dwt->config->ids, &dwt->state.lock, access, value);
	return true;
}

/* Counters start from 0 when they are enabled (C1.8.9 to C1.8.13). */
static void start_counters(struct dwt *dwt, uint32_t started)
{
	static const uint32_t enables[] = { DWT_CTRL_CPIEVTENA, DWT_CTRL_EXCEVTENA,
		DWT_CTRL_SLEEPEVTENA, DWT_CTRL_LSUEVTENA, DWT_CTRL_FOLDEVTENA };

	for (size_t i = 0; i < ARRAY_SIZE(enables); i++)
		if (started & enables[i])
			dwt->state.counters[i] = 0;
	if (started & DWT_CTRL_SLEEPEVTENA)
		set_sleep_count(dwt, 0);
}

static void write_ctrl(struct dwt *dwt, uint32_t value)
{
	const bool used_postcnt = uses_postcnt(dwt);
	const uint32_t before = dwt->state.ctrl;

	value &= DWT_CTRL_WRITABLE;
	set_cyccnt(dwt, dwt_cyccnt(dwt));
	if (before & ~value & DWT_CTRL_SLEEPEVTENA)
		dwt->state.counters[SLEEP] = (uint8_t)sleep_count(dwt);
	dwt->state.ctrl = value;
	start_counters(dwt, value & ~before);
	/* POSTINIT sets POSTCNT while nothing uses that (C1.8.7). */
	if (!used_postcnt)
		dwt->state.postcnt = (uint8_t)FIELD_GET(DWT_CTRL_POSTINIT, value);
	dwt_schedule(dwt);
}

static void write_counter(struct dwt *dwt, uint32_t offset, uint32_t value)
{
	if (offset == DWT_CYCCNT)
		set_cyccnt(dwt, value);
	else if (offset == DWT_SLEEPCNT)
		set_sleep_count(dwt, (uint8_t)value);
	else
		dwt->state.counters[(offset - DWT_CPICNT) / 4] = (uint8_t)value;
	dwt_schedule(dwt);
}

static bool dwt_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct dwt *dwt = model;
	const uint32_t offset = access->offset;
	const unsigned index = (offset - DWT_COMP0) / 16;

	(void)mask;
	if (!coresight_lock_write(&dwt->config->ids, &dwt->state.lock, access, value) ||
		!dwt_is_on(dwt))
		return true;
	if (offset >= DWT_COMP0 && index < dwt->config->comparator_count)
		dwt_comparator_write(dwt, index, offset % 16, value);
	else if (offset == DWT_CTRL && dwt->config->is_v7m)
		write_ctrl(dwt, value);
	else if ((offset == DWT_CYCCNT || is_counter(offset)) && dwt->config->is_v7m)
		write_counter(dwt, offset, value);
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static void demcr_changed(void *model)
{
	dwt_update_watches(model);
	dwt_schedule(model);
}

static dapper_status dwt_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct dwt *dwt = xnew(dwt);

	if (!dwt)
		return FAIL_NO_MEMORY("a DWT");
	*model = dwt;
	dwt->board = board;
	dwt->config = config->data;
	dwt->core = model_core(config);
	if (dwt->config->comparator_count > DWT_MAX_COMPARATORS ||
		(dwt->config->function_id_count &&
			dwt->config->function_id_count != dwt->config->comparator_count))
		return dapper_fail(DAPPER_ERR_INVALID,
			"a DWT has at most %d comparators, and an ID for each or for none",
			DWT_MAX_COMPARATORS);
	dwt->link = debug_link(board);
	if (!dwt->link)
		return dapper_error_last()->status;
	dwt->link->dwt[dwt->core] = dwt;
	board_listen_demcr(board, dwt->core, demcr_changed, dwt);
	cpu_set_observer(dwt_cpu(dwt), &(struct cpu_observer){
					       .matched = dwt_matched,
					       .exception = trace_exception,
					       .due = cycle_due,
					       .ctx = dwt,
				       });
	return board_keep(board, config->name, &dwt->state, sizeof(dwt->state));
}

static void dwt_reset(void *model, enum board_reset kind)
{
	struct dwt *dwt = model;

	if (kind != RESET_POWER_ON)
		return;
	dwt->state = (struct dwt_state){ .ctrl = 0 };
	set_cyccnt(dwt, 0);
	dwt_update_watches(dwt);
	dwt_schedule(dwt);
}

static const struct model_field id_element[] = {
	{ NULL, FIELD_U8, 0 },
	{ NULL },
};

static const struct model_field dwt_fields[] = {
	CORESIGHT_IDS_FIELDS(struct dwt_config),
	{ "comparators", FIELD_U32, offsetof(struct dwt_config, comparator_count), true },
	{ "mask-max", FIELD_U32, offsetof(struct dwt_config, mask_max) },
	{ "counters", FIELD_BOOL, offsetof(struct dwt_config, is_v7m) },
	{ .key = "function-ids",
		.kind = FIELD_LIST,
		.offset = offsetof(struct dwt_config, function_ids),
		.element = id_element,
		.element_size = 1,
		.count_offset = offsetof(struct dwt_config, function_id_count) },
	{ NULL },
};

const struct model_class dwt_class = {
	.name = "DWT",
	.create = dwt_create,
	.reset = dwt_reset,
	.destroy = free,
	.ops = { .read = dwt_read, .write = dwt_write },
	.fields = dwt_fields,
	.config_size = sizeof(struct dwt_config),
};
