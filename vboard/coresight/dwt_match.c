/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The comparators of the watchpoint unit (dwt_regs.h). Addresses become watches of the core; when
 * one matches the rest is decided here: data values, MATCHED, trace packets, and whether it is a
 * debug event. Armv6-M and Armv7-M have one form of DWT_FUNCTION, Armv8-M another.
 *
 * Choices where the manuals leave it open: a data value matches accesses of its own size only; a
 * comparator that is linked to a data value still does what its own function says; functions that a
 * comparator does not have do nothing (Armv7-M) or are not kept (Armv8-M). An ETM trigger has
 * no effect but MATCHED and the cross trigger.
 */
#include "vboard/coresight/cti.h"
#include "vboard/coresight/dwt_internal.h"

#include <string.h>

/* --- what a function does -------------------------------------------------------------------- */

enum { ON_READ = 1, ON_WRITE = 2, ON_EXEC = 4, ON_BOTH = ON_READ | ON_WRITE };
enum { DO_EVENT = 1, DO_PC = 2, DO_ADDRESS = 4, DO_VALUE = 8, DO_MATCH = 16 };

struct action {
	uint8_t on;
	uint8_t act;
};

/* Armv7-M, tables C1-14 and C1-15: by FUNCTION, without and with EMITRANGE. */
static const struct action v7_actions[2][16] = {
	{
		[1] = { ON_BOTH, DO_PC },
		[2] = { ON_BOTH, DO_VALUE },
		[3] = { ON_BOTH, DO_PC | DO_VALUE },
		[4] = { ON_EXEC, DO_EVENT },
		[5] = { ON_READ, DO_EVENT },
		[6] = { ON_WRITE, DO_EVENT },
		[7] = { ON_BOTH, DO_EVENT },
		[8] = { ON_EXEC, 0 }, /* 8 to 11: ETM trigger */
		[9] = { ON_READ, 0 },
		[10] = { ON_WRITE, 0 },
		[11] = { ON_BOTH, 0 },
		[12] = { ON_READ, DO_VALUE },
		[13] = { ON_WRITE, DO_VALUE },
		[14] = { ON_READ, DO_PC | DO_VALUE },
		[15] = { ON_WRITE, DO_PC | DO_VALUE },
	},
	{
		[1] = { ON_BOTH, DO_ADDRESS },
		[2] = { ON_BOTH, DO_ADDRESS | DO_VALUE },
		[3] = { ON_BOTH, DO_ADDRESS | DO_VALUE },
		[4] = { ON_EXEC, DO_EVENT },
		[5] = { ON_READ, DO_EVENT },
		[6] = { ON_WRITE, DO_EVENT },
		[7] = { ON_BOTH, DO_EVENT },
		[8] = { ON_EXEC, 0 },
		[9] = { ON_READ, 0 },
		[10] = { ON_WRITE, 0 },
		[11] = { ON_BOTH, 0 },
		[12] = { ON_READ, DO_ADDRESS },
		[13] = { ON_WRITE, DO_ADDRESS },
		[14] = { ON_READ, DO_ADDRESS | DO_VALUE },
		[15] = { ON_WRITE, DO_ADDRESS | DO_VALUE },
	},
};

static bool is_v8(const struct dwt *dwt)
{
	return dwt->config->function_id_count;
}

/* --- Armv8-M: what MATCH and ACTION mean ----------------------------------------------------- */

static uint32_t match_of(const struct dwt *dwt, unsigned index)
{
	if (index >= dwt->config->comparator_count)
		return DWT_MATCH_DISABLED;
	return FIELD_GET(DWT_FUNCTION_MATCH, dwt->state.comparators[index].function);
}

/* DWT_FUNCTIONn.ID says what the comparator can do (DDI 0553, DWT_FUNCTIONn). */
static bool v8_can_match(const struct dwt *dwt, unsigned index, uint32_t match)
{
	enum { CYCLE = 1, PC = 2, PC_LIMIT = 4, DATA = 8, DATA_LIMIT = 16, VALUE = 32 };
	static const uint8_t abilities[32] = {
		[0x08] = DATA,
		[0x09] = DATA | CYCLE,
		[0x0a] = DATA | PC,
		[0x0b] = DATA | PC | CYCLE,
		[0x18] = DATA | DATA_LIMIT,
		[0x1a] = DATA | DATA_LIMIT | PC,
		[0x1c] = DATA | DATA_LIMIT | VALUE,
		[0x1e] = DATA | DATA_LIMIT | PC | PC_LIMIT,
		[0x1f] = DATA | DATA_LIMIT | PC | PC_LIMIT | VALUE,
	};
	static const uint8_t needs[16] = {
		[DWT_MATCH_CYCLE] = CYCLE,
		[DWT_MATCH_PC] = PC,
		[DWT_MATCH_PC_LIMIT] = PC_LIMIT,
		[4] = DATA,
		[5] = DATA,
		[6] = DATA,
		[DWT_MATCH_DATA_LIMIT] = DATA_LIMIT,
		[8] = VALUE,
		[9] = VALUE,
		[10] = VALUE,
		[DWT_MATCH_VALUE_LINK] = VALUE,
		[12] = DATA,
		[13] = DATA,
		[14] = DATA,
	};
	const uint8_t ability = abilities[dwt->config->function_ids[index] & 0x1f];

	/* The data with its value is there for the trace, which Baseline has not. */
	if (match >= DWT_MATCH_WITH_VALUE && !dwt->config->is_v7m)
		return false;
	return match == DWT_MATCH_DISABLED || (needs[match] && (ability & needs[match]));
}

/* Of 4 to 6, 8 to 10 and 12 to 14, the order is: both, write, read. */
static uint8_t access_of(uint32_t match)
{
	static const uint8_t accesses[] = { ON_BOTH, ON_WRITE, ON_READ, 0 };

	return accesses[match & 3];
}

static struct action v8_action(const struct dwt *dwt, unsigned index)
{
	const uint32_t function = dwt->state.comparators[index].function;
	const uint32_t action = FIELD_GET(DWT_FUNCTION_ACTION, function);
	const uint32_t match = FIELD_GET(DWT_FUNCTION_MATCH, function);
	const bool with_value = match >= DWT_MATCH_WITH_VALUE;
	struct action result = { 0, 0 };

	if (match == DWT_MATCH_DISABLED || match == DWT_MATCH_CYCLE)
		return result;
	if (match == DWT_MATCH_PC)
		result.on = ON_EXEC;
	else if (match == DWT_MATCH_PC_LIMIT)
		result.on = index && match_of(dwt, index - 1) == DWT_MATCH_PC ? ON_EXEC : 0;
	else if (match == DWT_MATCH_DATA_LIMIT || match == DWT_MATCH_VALUE_LINK)
		result.on = index ? access_of(match_of(dwt, index - 1)) : 0;
	else
		result.on = access_of(match);
	if (action == DWT_ACTION_DEBUG)
		result.act = DO_EVENT;
	else if (action == DWT_ACTION_TRACE)
		result.act = with_value ? DO_VALUE : DO_MATCH;
	else if (action == DWT_ACTION_TRACE_2 && match == DWT_MATCH_DATA_LIMIT)
		result.act = DO_ADDRESS;
	else if (action == DWT_ACTION_TRACE_2)
		result.act = with_value ? DO_PC | DO_VALUE : DO_PC;
	return result;
}

static struct action action_of(const struct dwt *dwt, unsigned index)
{
	const uint32_t function = dwt->state.comparators[index].function;
	const uint32_t number = FIELD_GET(DWT_FUNCTION_FUNCTION, function);
	const bool emit_range = function & DWT_FUNCTION_EMITRANGE;

	if (is_v8(dwt))
		return v8_action(dwt, index);
	/* Armv6-M has the debug events alone. */
	if (!dwt->config->is_v7m && (number < 4 || number > 7))
		return (struct action){ 0, 0 };
	return v7_actions[emit_range][number];
}

/* --- where a comparator looks ---------------------------------------------------------------- */

static uint32_t low_bits(uint32_t count)
{
	return count ? BITS(count - 1, 0) : 0;
}

static struct cpu_watch masked(const struct comparator *comparator)
{
	const uint32_t mask = low_bits(comparator->mask);

	return (struct cpu_watch){ .addr = comparator->comp & ~mask, .mask = mask };
}

static const struct cpu_watch everywhere = { .addr = 0, .mask = UINT32_MAX };

/* Armv7-M: a data value's addresses are those of the linked comparators (C1.8.17). */
static size_t v7_places(const struct dwt *dwt, unsigned index, struct cpu_watch places[2])
{
	const struct comparator *comparator = &dwt->state.comparators[index];
	const uint32_t links[] = {
		FIELD_GET(DWT_FUNCTION_DATAVADDR0, comparator->function),
		FIELD_GET(DWT_FUNCTION_DATAVADDR1, comparator->function),
	};
	size_t count = 0;

	if (!(comparator->function & DWT_FUNCTION_DATAVMATCH)) {
		places[0] = masked(comparator);
		return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (links[i] != index && links[i] < dwt->config->comparator_count)
			places[count++] = masked(&dwt->state.comparators[links[i]]);
	/* Linked to itself: no address counts. */
	if (!count || links[0] == index) {
		places[0] = everywhere;
		count = 1;
	}
	if (count == 2 && links[0] == links[1])
		count = 1;
	return count;
}

static bool is_limit(uint32_t match)
{
	return match == DWT_MATCH_PC_LIMIT || match == DWT_MATCH_DATA_LIMIT;
}

/* The range of a comparator and its limit, which is the next one. */
static struct cpu_watch limited(const struct dwt *dwt, unsigned index)
{
	const struct comparator *pair = &dwt->state.comparators[index];
	const uint32_t odd = match_of(dwt, index + 1) == DWT_MATCH_PC_LIMIT ? 1 : 0;
	const uint32_t last = pair[1].comp | odd;

	/* The other way round nothing matches; nor can a range end at 0. */
	if (last < pair[0].comp || !last)
		return (struct cpu_watch){ .addr = UINT32_MAX, .last = UINT32_MAX };
	return (struct cpu_watch){ .addr = pair[0].comp, .last = last };
}

static struct cpu_watch v8_place(const struct dwt *dwt, unsigned index)
{
	const struct comparator *comparator = &dwt->state.comparators[index];
	const uint32_t match = match_of(dwt, index);
	const uint32_t size = FIELD_GET(DWT_FUNCTION_DATAVSIZE, comparator->function);
	uint32_t mask;

	if (match == DWT_MATCH_VALUE_LINK || is_limit(match))
		return index ? v8_place(dwt, index - 1) : (struct cpu_watch){ .last = 0 };
	if (is_limit(match_of(dwt, index + 1)))
		return limited(dwt, index);
	if (match >= DWT_MATCH_VALUE && match < DWT_MATCH_VALUE_LINK)
		return everywhere;
	mask = match == DWT_MATCH_PC ? 1 : low_bits(size > 2 ? 2 : size);
	return (struct cpu_watch){ .addr = comparator->comp & ~mask, .mask = mask };
}

static size_t places_of(const struct dwt *dwt, unsigned index, struct cpu_watch places[2])
{
	if (!is_v8(dwt))
		return v7_places(dwt, index, places);
	places[0] = v8_place(dwt, index);
	return 1;
}

/* CYCMATCH looks at no address (comparator 0 only). */
static bool looks_at_cycles(const struct dwt *dwt, unsigned index)
{
	return !is_v8(dwt) && dwt->state.comparators[index].function & DWT_FUNCTION_CYCMATCH;
}

void dwt_update_watches(struct dwt *dwt)
{
	struct cpu_watch watches[DWT_MAX_WATCHES];
	size_t count = 0;

	for (unsigned i = 0; i < dwt->config->comparator_count && dwt_is_on(dwt); i++) {
		const struct action action = action_of(dwt, i);
		struct cpu_watch places[2];
		size_t place_count;

		if (!action.on || looks_at_cycles(dwt, i))
			continue;
		place_count = places_of(dwt, i, places);
		for (size_t k = 0; k < place_count; k++) {
			watches[count] = places[k];
			watches[count].on_read = action.on & ON_READ;
			watches[count].on_write = action.on & ON_WRITE;
			watches[count].on_exec = action.on & ON_EXEC;
			dwt->state.watch_owner[count++] = (uint8_t)i;
		}
	}
	cpu_set_watches(dwt_cpu(dwt), watches, count);
}

/* --- a match --------------------------------------------------------------------------------- */

static bool wants_value(const struct dwt *dwt, unsigned index)
{
	const uint32_t match = match_of(dwt, index);

	if (!is_v8(dwt))
		return dwt->state.comparators[index].function & DWT_FUNCTION_DATAVMATCH;
	return match >= DWT_MATCH_VALUE && match <= DWT_MATCH_VALUE_LINK;
}

static bool value_fits(const struct dwt *dwt, unsigned index, const struct cpu_match *match)
{
	const struct comparator *comparator = &dwt->state.comparators[index];
	const uint32_t size = 1u << FIELD_GET(DWT_FUNCTION_DATAVSIZE, comparator->function);

	return match->size == size && !((match->value ^ comparator->comp) & low_bits(8 * size));
}

static void trace_match(
	const struct dwt *dwt, unsigned index, uint8_t act, const struct cpu_match *match)
{
	const uint32_t which = FIELD_PREP(DWT_PACKET_COMPARATOR, index & 3);
	const uint32_t size = match->size == 4 ? 3 : match->size;
	const uint32_t value = match->write ? DWT_PACKET_DATA_WRITE : DWT_PACKET_DATA_READ;

	if (act & DO_MATCH)
		dwt_packet(dwt, DWT_PACKET_MATCH | which, 1);
	if (act & DO_PC)
		dwt_packet(dwt, DWT_PACKET_DATA_PC | which, match->pc);
	if (act & DO_ADDRESS)
		dwt_packet(dwt, DWT_PACKET_DATA_ADDR | which, match->addr & 0xffff);
	if ((act & DO_VALUE) && !match->exec)
		dwt_packet(dwt, value | which | size, match->value);
}

bool dwt_matched(void *ctx, const struct cpu_match *match)
{
	struct dwt *dwt = ctx;
	const unsigned index = dwt->state.watch_owner[match->watch % DWT_MAX_WATCHES];
	const struct action action = action_of(dwt, index);

	if (wants_value(dwt, index) && !value_fits(dwt, index, match))
		return false;
	dwt->state.comparators[index].matched = true;
	trace_match(dwt, index, action.act, match);
	cti_comparator_matched(dwt->link, dwt->core, index);
	return action.act & DO_EVENT;
}

/* --- cycles ---------------------------------------------------------------------------------- */

bool dwt_matches_cycle(const struct dwt *dwt)
{
	const uint32_t function = dwt->state.comparators[0].function;

	if (!dwt->config->comparator_count)
		return false;
	if (is_v8(dwt))
		return match_of(dwt, 0) == DWT_MATCH_CYCLE;
	return (function & DWT_FUNCTION_CYCMATCH) && (function & DWT_FUNCTION_FUNCTION);
}

/* C1.8.17, table of CYCMATCH functions: 1 samples the PC, 4 is a debug event, 8 triggers. */
void dwt_cycle_matched(struct dwt *dwt)
{
	struct comparator *comparator = &dwt->state.comparators[0];
	const uint32_t number = FIELD_GET(DWT_FUNCTION_FUNCTION, comparator->function);
	const uint32_t action = FIELD_GET(DWT_FUNCTION_ACTION, comparator->function);
	const bool event = is_v8(dwt) ? action == DWT_ACTION_DEBUG : number == 4;
	const bool samples = is_v8(dwt) ? action == DWT_ACTION_TRACE_2 : number == 1;
	uint32_t pc = 0;

	comparator->matched = true;
	cpu_reg_get(dwt_cpu(dwt), CPU_REG_PC, &pc);
	if (samples)
		dwt_packet(dwt, DWT_PACKET_DATA_PC, pc);
	else if (is_v8(dwt) && action == DWT_ACTION_TRACE)
		dwt_packet(dwt, DWT_PACKET_MATCH, 1);
	cti_comparator_matched(dwt->link, dwt->core, 0);
	if (event)
		cpu_watch_event(dwt_cpu(dwt));
}

/* --- registers ------------------------------------------------------------------------------- */

void dwt_comparator_read(struct dwt *dwt, unsigned index, uint32_t which, uint32_t *value)
{
	struct comparator *comparator = &dwt->state.comparators[index];

	*value = 0;
	if (which == DWT_COMP) {
		*value = comparator->comp;
	} else if (which == DWT_MASK) {
		*value = comparator->mask;
	} else if (which == DWT_FUNCTION) {
		*value = comparator->function |
		         FIELD_PREP(DWT_FUNCTION_MATCHED, comparator->matched);
		if (is_v8(dwt))
			*value |= FIELD_PREP(DWT_FUNCTION_ID, dwt->config->function_ids[index]);
		/* Only comparator 1 matches values, with two addresses linked (DDI 0439D, 9.3). */
		else if (index == 1 && dwt->config->is_v7m)
			*value |= DWT_FUNCTION_LNK1ENA;
		comparator->matched = false;
	}
}

static uint32_t v7_function(const struct dwt *dwt, unsigned index, uint32_t value)
{
	uint32_t writable = DWT_FUNCTION_FUNCTION;

	if (dwt->config->is_v7m)
		writable |= DWT_FUNCTION_EMITRANGE;
	if (dwt->config->is_v7m && index == 0)
		writable |= DWT_FUNCTION_CYCMATCH;
	if (dwt->config->is_v7m && index == 1)
		writable |= DWT_FUNCTION_DATAVADDR1 | DWT_FUNCTION_DATAVADDR0 |
		            DWT_FUNCTION_DATAVSIZE | DWT_FUNCTION_DATAVMATCH;
	return value & writable;
}

static uint32_t v8_function(const struct dwt *dwt, unsigned index, uint32_t value)
{
	value &= DWT_FUNCTION_DATAVSIZE | DWT_FUNCTION_ACTION | DWT_FUNCTION_MATCH;
	if (!v8_can_match(dwt, index, FIELD_GET(DWT_FUNCTION_MATCH, value)))
		value &= ~DWT_FUNCTION_MATCH;
	return value;
}

void dwt_comparator_write(struct dwt *dwt, unsigned index, uint32_t which, uint32_t value)
{
	struct comparator *comparator = &dwt->state.comparators[index];
	const uint32_t mask = value & 0x1f;

	if (which == DWT_COMP)
		comparator->comp = value;
	else if (which == DWT_MASK && !is_v8(dwt))
		comparator->mask = mask < dwt->config->mask_max ? mask : dwt->config->mask_max;
	else if (which == DWT_FUNCTION)
		comparator->function = is_v8(dwt) ? v8_function(dwt, index, value)
		                                  : v7_function(dwt, index, value);
	dwt_update_watches(dwt);
	dwt_schedule(dwt);
}
