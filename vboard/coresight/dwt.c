/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watchpoint unit (dwt_regs.h): comparators become watches of the core; CYCCNT and
 * PCSR. Registers keep their values over every reset but power-on, and are not written while
 * DEMCR.TRCENA is 0 (C1.6.5).
 *
 * Not modelled: what makes trace packets (they come with the trace of the virtual board), the event
 * counters (CPICNT to FOLDCNT read 0: one instruction is one cycle), CYCMATCH. CYCCNT goes on when
 * the firmware itself clears TRCENA and leaves CYCCNTENA set.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/dwt_regs.h"
#include "vboard/cpu/cpu.h"

enum { DWT_MAX_COMPARATORS = 4 };

struct comparator {
	uint32_t comp;
	uint32_t mask;
	uint32_t function;
	bool matched;
};

struct dwt {
	struct board *board;
	unsigned core;
	const struct dwt_config *config;
	uint32_t ctrl;
	uint32_t cyccnt;        /* when it was last written, started or stopped */
	uint64_t cyccnt_cycles; /* the core's counter at that time */
	struct comparator comparators[DWT_MAX_COMPARATORS];
	uint8_t watch_owner[DWT_MAX_COMPARATORS]; /* whose comparator each watch of the core is */
};

/* --- cycle counter --------------------------------------------------------------------------- */

static uint32_t cyccnt_now(const struct dwt *dwt)
{
	if (!(dwt->ctrl & DWT_CTRL_CYCCNTENA))
		return dwt->cyccnt;
	return dwt->cyccnt +
	       (uint32_t)(cpu_cycles(board_cpu(dwt->board, dwt->core)) - dwt->cyccnt_cycles);
}

static void set_cyccnt(struct dwt *dwt, uint32_t value)
{
	dwt->cyccnt = value;
	dwt->cyccnt_cycles = cpu_cycles(board_cpu(dwt->board, dwt->core));
}

/* --- comparators ----------------------------------------------------------------------------- */

static uint32_t low_bits(uint32_t count)
{
	return count ? BITS(count - 1, 0) : 0;
}

static struct cpu_watch make_watch(const struct dwt *dwt, unsigned index)
{
	const struct comparator *comparator = &dwt->comparators[index];
	const uint32_t function = FIELD_GET(DWT_FUNCTION_FUNCTION, comparator->function);
	struct cpu_watch watch = {
		.addr = comparator->comp & ~low_bits(comparator->mask),
		.mask = low_bits(comparator->mask),
		.on_exec = function == DWT_EVENT_PC,
		.on_read = function == DWT_EVENT_READ || function == DWT_EVENT_READ_WRITE,
		.on_write = function == DWT_EVENT_WRITE || function == DWT_EVENT_READ_WRITE,
	};
	uint32_t linked;

	if (!(comparator->function & DWT_FUNCTION_DATAVMATCH))
		return watch;
	/* Data value matching (C1.8.17): the address comes from the linked comparator. */
	linked = FIELD_GET(DWT_FUNCTION_DATAVADDR0, comparator->function);
	watch.on_value = true;
	watch.value = comparator->comp;
	watch.size = 1u << (FIELD_GET(DWT_FUNCTION_DATAVSIZE, comparator->function) & 3);
	watch.addr = 0;
	watch.mask = UINT32_MAX;
	if (linked != index && linked < dwt->config->comparator_count) {
		watch.mask = low_bits(dwt->comparators[linked].mask);
		watch.addr = dwt->comparators[linked].comp & ~watch.mask;
	}
	return watch;
}

static void update_matches(void *model)
{
	struct dwt *dwt = model;
	struct cpu_watch watches[DWT_MAX_COMPARATORS];
	size_t count = 0;

	for (unsigned i = 0; i < dwt->config->comparator_count; i++) {
		const uint32_t value = dwt->comparators[i].function;
		const uint32_t function = FIELD_GET(DWT_FUNCTION_FUNCTION, value);

		if (!board_trace_enabled(dwt->board, dwt->core) || value & DWT_FUNCTION_CYCMATCH)
			continue;
		if (function < DWT_EVENT_PC || function > DWT_EVENT_READ_WRITE)
			continue;
		dwt->watch_owner[count] = (uint8_t)i;
		watches[count++] = make_watch(dwt, i);
	}
	cpu_set_watches(board_cpu(dwt->board, dwt->core), watches, count);
}

/** Turn what matched into MATCHED flags; before the list changes or is looked at. */
static void collect_hits(struct dwt *dwt)
{
	const uint32_t hits = board_take_watch_hits(dwt->board, dwt->core);

	for (unsigned i = 0; i < DWT_MAX_COMPARATORS; i++)
		if (hits >> i & 1)
			dwt->comparators[dwt->watch_owner[i]].matched = true;
}

static bool comparator_read(struct dwt *dwt, unsigned index, uint32_t which, uint32_t *value)
{
	struct comparator *comparator = &dwt->comparators[index];

	*value = 0;
	if (which == DWT_COMP)
		*value = comparator->comp;
	else if (which == DWT_MASK)
		*value = comparator->mask;
	else if (which == DWT_FUNCTION) {
		*value = comparator->function |
		         FIELD_PREP(DWT_FUNCTION_MATCHED, comparator->matched);
		/* Only comparator 1 matches values, with two addresses linked (DDI 0439D, 9.3). */
		if (index == 1 && dwt->config->is_v7m)
			*value |= DWT_FUNCTION_LNK1ENA;
		comparator->matched = false;
	}
	return true;
}

static void comparator_write(struct dwt *dwt, unsigned index, uint32_t which, uint32_t value)
{
	struct comparator *comparator = &dwt->comparators[index];
	uint32_t writable = DWT_FUNCTION_FUNCTION;

	if (dwt->config->is_v7m)
		writable |= DWT_FUNCTION_EMITRANGE;
	if (dwt->config->is_v7m && index == 0)
		writable |= DWT_FUNCTION_CYCMATCH;
	if (dwt->config->is_v7m && index == 1)
		writable |= DWT_FUNCTION_DATAVADDR1 | DWT_FUNCTION_DATAVADDR0 |
		            DWT_FUNCTION_DATAVSIZE | DWT_FUNCTION_DATAVMATCH;

	if (which == DWT_COMP)
		comparator->comp = value;
	else if (which == DWT_MASK)
		comparator->mask = (value & 0x1f) < dwt->config->mask_max ? value & 0x1f
		                                                          : dwt->config->mask_max;
	else if (which == DWT_FUNCTION)
		comparator->function = value & writable;
	update_matches(dwt);
}

/* --- the block ------------------------------------------------------------------------------- */

static dapper_status dwt_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct dwt *dwt = xnew(dwt);

	if (!dwt)
		return FAIL_NO_MEMORY("a DWT");
	dwt->board = board;
	dwt->core = model_core(config);
	dwt->config = config->data;
	board_listen_demcr(board, dwt->core, update_matches, dwt);
	*model = dwt;
	return DAPPER_OK;
}

static void dwt_reset(void *model, enum board_reset kind)
{
	struct dwt *dwt = model;

	if (kind != RESET_POWER_ON)
		return;
	dwt->ctrl = 0;
	set_cyccnt(dwt, 0);
	collect_hits(dwt);
	memset(dwt->comparators, 0, sizeof(dwt->comparators));
	update_matches(dwt);
}

/* PCSR reads all ones while the core is halted (C1.8.14). */
static uint32_t sample_pc(const struct dwt *dwt)
{
	uint32_t pc = UINT32_MAX;

	if (!cpu_halted(board_cpu(dwt->board, dwt->core)))
		cpu_reg_get(board_cpu(dwt->board, dwt->core), CPU_REG_PC, &pc);
	return pc;
}

static bool dwt_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct dwt *dwt = model;
	const uint32_t offset = access->offset;
	const unsigned index = (offset - DWT_COMP0) / 16;

	*value = 0;
	if (offset >= DWT_COMP0 && index < dwt->config->comparator_count) {
		collect_hits(dwt);
		return comparator_read(dwt, index, offset % 16, value);
	}
	if (offset == DWT_CTRL)
		*value = FIELD_PREP(DWT_CTRL_NUMCOMP, dwt->config->comparator_count) | dwt->ctrl;
	else if (offset == DWT_CYCCNT && dwt->config->is_v7m)
		*value = cyccnt_now(dwt);
	else if (offset == DWT_PCSR)
		*value = sample_pc(dwt);
	else
		(void)coresight_ids_read(&dwt->config->ids, offset, value);
	return true;
}

static bool dwt_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct dwt *dwt = model;
	const uint32_t offset = access->offset;
	const unsigned index = (offset - DWT_COMP0) / 16;

	(void)mask;
	if (!board_trace_enabled(dwt->board, dwt->core))
		return true;
	if (offset >= DWT_COMP0 && index < dwt->config->comparator_count) {
		collect_hits(dwt);
		comparator_write(dwt, index, offset % 16, value);
	} else if (offset == DWT_CTRL && dwt->config->is_v7m) {
		set_cyccnt(dwt, cyccnt_now(dwt));
		dwt->ctrl = value & DWT_CTRL_WRITABLE;
	} else if (offset == DWT_CYCCNT && dwt->config->is_v7m) {
		set_cyccnt(dwt, value);
	}
	return true;
}

const struct model_class dwt_class = {
	.name = "DWT",
	.create = dwt_create,
	.reset = dwt_reset,
	.destroy = free,
	.ops = { .read = dwt_read, .write = dwt_write },
};
