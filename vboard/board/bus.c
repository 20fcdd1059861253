/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus of a virtual part: who answers at an address. Windows (memories, flash arrays, register
 * blocks) sorted by address; aliases at address 0; the bit-band regions of Cortex-M3 and -M4
 * (DDI 0439D, section 3.7).
 *
 * Not here: bus timing (an access takes no time but for board_stall()) and DMA masters.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "vboard/board/state.h"

/* The private peripheral bus: privileged only (DDI 0403E.e, B3.1.1). */
enum { PPB_BASE_HIGH = 0xe00 }; /* address bits 31:20 */
enum { ITM_PAGE = 0xe0000 };    /* address bits 31:12 */

/* Bit-band regions and their aliases (DDI 0439D, section 3.7). */
#define BIT_BAND_SIZE       0x00100000u
#define BIT_BAND_ALIAS      0x02000000u /* distance of the alias from its region */
#define BIT_BAND_ALIAS_SIZE 0x02000000u

static const uint32_t bit_band_regions[] = { 0x20000000, 0x40000000 };

static bool is_ppb(uint32_t address)
{
	return address >> 20 == PPB_BASE_HIGH;
}

/* The ITM decides itself what unprivileged code may do (C1.7.2). */
static bool ppb_allows(uint32_t address, const struct bus_access *access)
{
	return !is_ppb(address) || access->privileged || address >> 12 == ITM_PAGE;
}

/* --- windows --------------------------------------------------------------------------------- */

/** Index of the first window that begins above @p address. */
static size_t window_above(const struct window_map *map, uint32_t address)
{
	size_t low = 0;
	size_t high = map->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (map->windows[middle].base <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Firmware polls: what was found lately is looked at first. Blocks of 1 KB share an entry. */
static const struct window *window_at(struct window_map *map, uint32_t address)
{
	const struct window **recent = &map->recent[(address >> 10) % BUS_RECENT];
	const struct window *window = *recent;
	size_t above;

	if (window && address - window->base < window->size)
		return window;
	above = window_above(map, address);
	if (above == 0)
		return NULL;
	window = &map->windows[above - 1];
	if (address - window->base >= window->size)
		return NULL;
	*recent = window;
	return window;
}

static dapper_status add_to_map(struct window_map *map, const struct window *window)
{
	const size_t place = window_above(map, window->base);
	struct window *windows;

	if (!window->size || ((window->base | window->size) & 3) ||
		window->size - 1 > UINT32_MAX - window->base)
		return dapper_fail(DAPPER_ERR_INVALID,
			"%s cannot be 0x%x bytes at 0x%08x: whole words below 4 GB", window->name,
			window->size, window->base);
	if (window_at(map, window->base) ||
		(place < map->count && map->windows[place].base - window->base < window->size))
		return dapper_fail(DAPPER_ERR_INVALID,
			"%s at 0x%08x overlaps another part of the board", window->name,
			window->base);
	windows = xgrow(map->windows, map->count, &map->capacity, sizeof(*windows));
	if (!windows)
		return FAIL_NO_MEMORY("a board's bus");
	map->windows = windows;
	memset(map->recent, 0, sizeof(map->recent));
	memmove(&windows[place + 1], &windows[place], (map->count - place) * sizeof(*windows));
	windows[place] = *window;
	map->count++;
	return DAPPER_OK;
}

dapper_status bus_add_window(struct board *board, const struct window *window, uint8_t private_to)
{
	if (private_to > board->core_count)
		return dapper_fail(DAPPER_ERR_INVALID,
			"%s is private to core %u, which is not there", window->name,
			private_to - 1u);
	return add_to_map(private_to ? &board->cores[private_to - 1].bus : &board->bus, window);
}

dapper_status board_add_window(struct board *board, const char *name, uint32_t base, uint32_t size,
	enum bus_lanes lanes, const struct window_ops *ops, void *model)
{
	return bus_add_window(
		board, &(struct window){ name, base, size, lanes, ops, model, SECURITY_ANY }, 0);
}

/** Who answers to this core, or to a debugger behind its AP: its own things come first. */
static const struct window *find_window(struct board *board, uint32_t address, unsigned core)
{
	struct window_map *map = &board->cores[core].bus;
	const struct window *window = map->count ? window_at(map, address) : NULL;

	return window ? window : window_at(&board->bus, address);
}

static bool window_read(
	const struct window *window, uint32_t address, struct bus_access access, uint32_t *value)
{
	const unsigned lane = 8 * (address & 3);

	if (!window->ops->read)
		return false;
	access.offset = address - window->base;
	if (window->lanes == LANES_RAW)
		return window->ops->read(window->model, &access, value);
	access.offset &= ~3u;
	if (!window->ops->read(window->model, &access, value))
		return false;
	*value = *value >> lane & BITS(8 * access.size - 1, 0);
	return true;
}

static bool window_write(
	const struct window *window, uint32_t address, struct bus_access access, uint32_t value)
{
	const unsigned lane = 8 * (address & 3);
	uint32_t mask = BITS(8 * access.size - 1, 0);

	if (!window->ops->write)
		return false;
	access.offset = address - window->base;
	value &= mask;
	if (window->lanes == LANES_RAW)
		return window->ops->write(window->model, &access, value, mask);
	access.offset &= ~3u;
	if (window->lanes == LANES_AHB) {
		value <<= lane;
		mask <<= lane;
	} else {
		if (access.size == 1)
			value |= value << 8;
		if (access.size < 4)
			value |= value << 16;
		mask = UINT32_MAX;
	}
	return window->ops->write(window->model, &access, value, mask);
}

/* --- aliases --------------------------------------------------------------------------------- */

/** The real address of what is seen at one. @return false: not by this access. */
static bool resolve_alias(
	const struct board *board, const struct bus_access *access, uint32_t *address)
{
	for (size_t i = 0; i < board->alias_count; i++) {
		const struct alias *alias = &board->aliases[i];

		if (*address - alias->base >= alias->size)
			continue;
		*address += alias->target - alias->base;
		return security_permits(alias->security, access);
	}
	return true;
}

/** Who takes this access; the address becomes the real one. NULL: nobody. */
static const struct window *route(
	struct board *board, const struct bus_access *access, uint32_t *address)
{
	const struct window *window;

	if (!resolve_alias(board, access, address))
		return NULL;
	window = find_window(board, *address, access->core);
	return window && security_permits(window->security, access) ? window : NULL;
}

/** In a bit-band alias: the byte's address and the bit's number in it. */
static bool resolve_bit_band(
	const struct board *board, uint32_t address, uint32_t *byte, unsigned *bit)
{
	if (!board->part->bit_band)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(bit_band_regions); i++) {
		const uint32_t offset = address - bit_band_regions[i] - BIT_BAND_ALIAS;

		if (offset >= BIT_BAND_ALIAS_SIZE)
			continue;
		*byte = bit_band_regions[i] + offset / 32;
		*bit = offset % 32 / 4;
		return true;
	}
	return false;
}

static bool plain_read(
	struct board *board, uint32_t address, struct bus_access access, uint32_t *value)
{
	const struct window *window = route(board, &access, &address);

	return window && window_read(window, address, access, value);
}

static bool plain_write(
	struct board *board, uint32_t address, struct bus_access access, uint32_t value)
{
	const struct window *window = route(board, &access, &address);

	return window && window_write(window, address, access, value);
}

bool bus_read(struct board *board, uint32_t address, struct bus_access access, uint32_t *value)
{
	uint32_t byte;
	unsigned bit;

	if (!board->powered || board_fault_hits(board, address))
		return false;
	if (!resolve_bit_band(board, address, &byte, &bit))
		return plain_read(board, address, access, value);
	access.size = 1;
	if (!plain_read(board, byte, access, value))
		return false;
	*value = *value >> bit & 1;
	return true;
}

/* A bit-band write is a read-modify-write of the word, in one bus transaction (DDI 0439D, 3.7.1).
 */
bool bus_write(struct board *board, uint32_t address, struct bus_access access, uint32_t value)
{
	uint32_t byte;
	uint32_t word;
	unsigned bit;

	if (!board->powered || board_fault_hits(board, address))
		return false;
	if (!resolve_bit_band(board, address, &byte, &bit))
		return plain_write(board, address, access, value);
	bit += 8 * (byte & 3);
	access.size = 4;
	if (!plain_read(board, byte & ~3u, access, &word))
		return false;
	word = merge_lanes(word, (value & 1) << bit, BIT(0) << bit);
	return plain_write(board, byte & ~3u, access, word);
}

bool bus_core_read(void *ctx, uint32_t address, unsigned size, unsigned attr, uint32_t *value)
{
	const struct core *core = ctx;
	const struct bus_access access = {
		.size = size,
		.privileged = attr & CPU_A_PRIV,
		.secure = attr & CPU_A_SECURE,
		.core = core->number,
	};

	/* The system space is execute-never (DDI 0403E.e, B3.1). */
	if (!ppb_allows(address, &access) || (is_ppb(address) && attr & CPU_A_FETCH))
		return false;
	return bus_read(core->board, address, access, value);
}

bool bus_core_write(void *ctx, uint32_t address, unsigned size, unsigned attr, uint32_t value)
{
	const struct core *core = ctx;
	const struct bus_access access = {
		.size = size,
		.privileged = attr & CPU_A_PRIV,
		.secure = attr & CPU_A_SECURE,
		.core = core->number,
	};

	if (!ppb_allows(address, &access))
		return false;
	return bus_write(core->board, address, access, value);
}

/* --- what the core sees directly ------------------------------------------------------------- */

/** The part of an exposure that an alias shows: its address there. */
static bool seen_through(const struct alias *alias, const struct exposure *exposure,
	uint32_t *address, uint32_t *skip, uint32_t *size)
{
	const uint64_t begin = exposure->base > alias->target ? exposure->base : alias->target;
	const uint64_t exposure_end = (uint64_t)exposure->base + exposure->size;
	const uint64_t alias_end = (uint64_t)alias->target + alias->size;
	const uint64_t end = exposure_end < alias_end ? exposure_end : alias_end;

	if (begin >= end)
		return false;
	*address = (uint32_t)(begin - alias->target) + alias->base;
	*skip = (uint32_t)(begin - exposure->base);
	*size = (uint32_t)(end - begin);
	return true;
}

/** What its window says; memory that has none is open to all. */
static enum bus_security exposure_security(struct board *board, const struct exposure *exposure)
{
	struct window_map *map =
		exposure->private_to ? &board->cores[exposure->private_to - 1].bus : &board->bus;
	const struct window *window = window_at(map, exposure->base);

	return window ? window->security : SECURITY_ANY;
}

static bool map_in_core(
	struct board *board, const struct core *core, const struct exposure *exposure)
{
	const enum bus_security security = exposure_security(board, exposure);
	bool mapped = !security_may_expose(board, exposure->base, exposure->size, security) ||
	              cpu_map_ram(core->cpu, exposure->base, exposure->size, exposure->host,
			      exposure->write);
	uint32_t address;
	uint32_t skip;
	uint32_t size;

	for (size_t i = 0; i < board->alias_count && mapped; i++)
		if (seen_through(&board->aliases[i], exposure, &address, &skip, &size) &&
			security_may_expose(board, address, size, security) &&
			security_may_expose(board, address, size, board->aliases[i].security))
			mapped = cpu_map_ram(core->cpu, address, size,
				(uint8_t *)exposure->host + skip, exposure->write);
	/* What a scenario makes fail the core must not see directly. */
	for (size_t i = 0; i < board->bus_fault_count; i++)
		cpu_unmap(core->cpu, board->bus_faults[i].base, board->bus_faults[i].size);
	return mapped;
}

static void unmap_in_core(
	struct board *board, const struct core *core, const struct exposure *exposure)
{
	uint32_t address;
	uint32_t skip;
	uint32_t size;

	cpu_unmap(core->cpu, exposure->base, exposure->size);
	for (size_t i = 0; i < board->alias_count; i++)
		if (seen_through(&board->aliases[i], exposure, &address, &skip, &size))
			cpu_unmap(core->cpu, address, size);
}

static bool concerns(const struct exposure *exposure, const struct core *core)
{
	return !exposure->private_to || exposure->private_to == core->number + 1;
}

static dapper_status map_exposure(struct board *board, const struct exposure *exposure)
{
	for (unsigned i = 0; i < board->core_count; i++)
		if (concerns(exposure, &board->cores[i]) &&
			!map_in_core(board, &board->cores[i], exposure))
			return FAIL_NO_MEMORY("the core's memory map");
	return DAPPER_OK;
}

static void unmap_exposure(struct board *board, const struct exposure *exposure)
{
	for (unsigned i = 0; i < board->core_count; i++)
		if (concerns(exposure, &board->cores[i]))
			unmap_in_core(board, &board->cores[i], exposure);
}

static struct exposure *exposure_at(struct board *board, uint32_t base, uint8_t private_to)
{
	for (size_t i = 0; i < board->exposure_count; i++)
		if (board->exposures[i].base == base &&
			board->exposures[i].private_to == private_to)
			return &board->exposures[i];
	return NULL;
}

static dapper_status expose(struct board *board, const struct exposure *wanted)
{
	struct exposure *exposure = exposure_at(board, wanted->base, wanted->private_to);

	if (!exposure) {
		struct exposure *all = xgrow(board->exposures, board->exposure_count,
			&board->exposure_capacity, sizeof(*all));

		if (!all)
			return FAIL_NO_MEMORY("a board's memory map");
		board->exposures = all;
		exposure = &all[board->exposure_count++];
		*exposure = *wanted;
	}
	if (exposure->visible)
		return DAPPER_OK;
	exposure->visible = true;
	return map_exposure(board, exposure);
}

dapper_status board_expose(
	struct board *board, uint32_t base, uint32_t size, void *host, bool write)
{
	return expose(board, &(struct exposure){ base, size, host, write, false, 0 });
}

void board_conceal(struct board *board, uint32_t base)
{
	struct exposure *exposure = exposure_at(board, base, 0);

	if (!exposure || !exposure->visible)
		return;
	unmap_exposure(board, exposure);
	exposure->visible = false;
}

void board_touched(struct board *board, uint32_t base, uint32_t size)
{
	const struct exposure changed = { .base = base, .size = size };
	uint32_t address;
	uint32_t skip;
	uint32_t seen;

	for (unsigned core = 0; core < board->core_count; core++) {
		cpu_touched(board->cores[core].cpu, base, size);
		for (size_t i = 0; i < board->alias_count; i++)
			if (seen_through(&board->aliases[i], &changed, &address, &skip, &seen))
				cpu_touched(board->cores[core].cpu, address, seen);
	}
}

static struct alias *alias_at(struct board *board, uint32_t base)
{
	for (size_t i = 0; i < board->alias_count; i++)
		if (board->aliases[i].base == base)
			return &board->aliases[i];
	return NULL;
}

dapper_status board_set_security(struct board *board, uint32_t base, enum bus_security security)
{
	const size_t above = window_above(&board->bus, base);
	struct exposure *exposure = exposure_at(board, base, 0);

	if (above == 0 || board->bus.windows[above - 1].base != base)
		return dapper_fail(
			DAPPER_ERR_INTERNAL, "nothing on the bus begins at 0x%08x", base);
	board->bus.windows[above - 1].security = security;
	if (!exposure || !exposure->visible)
		return DAPPER_OK;
	unmap_exposure(board, exposure);
	return map_exposure(board, exposure);
}

static dapper_status set_alias(struct board *board, const struct alias_config *wanted)
{
	const uint32_t base = wanted->base;
	struct alias *alias = alias_at(board, base);
	const struct alias old = alias ? *alias : (struct alias){ 0 };

	if (!alias) {
		if (board->alias_count == BOARD_MAX_ALIASES)
			return dapper_fail(DAPPER_ERR_INVALID, "too many aliases on one board");
		alias = &board->aliases[board->alias_count++];
	}
	*alias = (struct alias){ base, wanted->size, wanted->target, wanted->security };
	for (unsigned i = 0; i < board->core_count; i++) {
		cpu_unmap(board->cores[i].cpu, old.base, old.size);
		cpu_touched(board->cores[i].cpu, base, wanted->size);
	}
	for (size_t i = 0; i < board->exposure_count; i++)
		if (board->exposures[i].visible)
			TRY(map_exposure(board, &board->exposures[i]));
	return DAPPER_OK;
}

dapper_status board_set_alias(struct board *board, uint32_t base, uint32_t size, uint32_t target)
{
	return set_alias(board, &(struct alias_config){ base, size, target, SECURITY_ANY });
}

dapper_status bus_add_aliases(struct board *board)
{
	for (size_t i = 0; i < board->part->alias_count; i++)
		TRY(set_alias(board, &board->part->aliases[i]));
	return DAPPER_OK;
}

/* --- memories -------------------------------------------------------------------------------- */

static bool memory_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct memory *memory = model;
	const uint8_t *bytes = memory->bytes + access->offset;

	*value = access->size == 1 ? *bytes : access->size == 2 ? get_le16(bytes) : get_le32(bytes);
	return true;
}

static bool ram_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	const struct memory *memory = model;

	(void)mask;
	for (unsigned i = 0; i < access->size; i++)
		memory->bytes[access->offset + i] = (uint8_t)(value >> 8 * i);
	board_touched(memory->board, memory->config->base + access->offset, access->size);
	return true;
}

static bool rom_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	(void)model;
	(void)access;
	(void)value;
	(void)mask;
	return true;
}

static const struct window_ops ram_ops = { .read = memory_read, .write = ram_write };
static const struct window_ops rom_ops = { .read = memory_read, .write = rom_write };

static dapper_status add_memory(
	struct board *board, struct memory *memory, const struct memory_config *config)
{
	const bool can_write = config->kind != MEMORY_ROM;

	memory->board = board;
	memory->config = config;
	TRY(board_claim_memory(board, config->size));
	memory->bytes = xcalloc(config->size, 1);
	if (!memory->bytes)
		return FAIL_NO_MEMORY("a board's memory");
	memset(memory->bytes, config->fill, config->size);
	TRY(bus_add_window(board,
		&(struct window){ config->name, config->base, config->size, LANES_RAW,
			can_write ? &ram_ops : &rom_ops, memory, config->security },
		config->private_to));
	return expose(board, &(struct exposure){ config->base, config->size, memory->bytes,
				     can_write, false, config->private_to });
}

dapper_status bus_add_memories(struct board *board)
{
	const size_t count = board->part->memory_count;

	board->memories = xcalloc(count ? count : 1, sizeof(*board->memories));
	if (!board->memories)
		return FAIL_NO_MEMORY("a board's memories");
	for (size_t i = 0; i < count; i++)
		TRY(add_memory(board, &board->memories[i], &board->part->memories[i]));
	return DAPPER_OK;
}

/*
 * What SRAM holds after power-on is arbitrary on a real part. Here it is a fixed pattern without
 * regularity (xorshift32 seeded by the address), so that runs repeat and nothing works by chance.
 */
void bus_scramble_ram(struct board *board)
{
	for (size_t i = 0; i < board->part->memory_count; i++) {
		const struct memory *memory = &board->memories[i];
		uint32_t state = memory->config->base ^ 0x9e3779b9;

		if (memory->config->kind != MEMORY_RAM)
			continue;
		for (uint32_t offset = 0; offset + 4 <= memory->config->size; offset += 4) {
			state ^= state << 13;
			state ^= state >> 17;
			state ^= state << 5;
			put_le32(memory->bytes + offset, state);
		}
		board_touched(board, memory->config->base, memory->config->size);
	}
}

/* --- what is there but not modelled ---------------------------------------------------------- */

static void log_quiet(struct quiet *quiet, const struct bus_access *access, const char *verb)
{
	if (quiet->logged)
		return;
	quiet->logged = true;
	log_debug(quiet->board->context, DAPPER_LOG_VBOARD,
		"%s is not modelled: %s of 0x%08x ignored (said once)", quiet->range->name, verb,
		quiet->range->base + access->offset);
}

static bool quiet_read(void *model, const struct bus_access *access, uint32_t *value)
{
	log_quiet(model, access, "read");
	*value = 0;
	return true;
}

static bool quiet_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	(void)value;
	(void)mask;
	log_quiet(model, access, "write");
	return true;
}

static const struct window_ops quiet_ops = { .read = quiet_read, .write = quiet_write };

dapper_status bus_add_quiet_ranges(struct board *board)
{
	const size_t count = board->part->quiet_count;

	board->quiets = xcalloc(count ? count : 1, sizeof(*board->quiets));
	if (!board->quiets)
		return FAIL_NO_MEMORY("a board's bus");
	for (size_t i = 0; i < count; i++) {
		const struct quiet_range *range = &board->part->quiet[i];

		board->quiets[i] = (struct quiet){ board, range, false };
		TRY(board_add_window(board, range->name, range->base, range->size, LANES_RAW,
			&quiet_ops, &board->quiets[i]));
	}
	return DAPPER_OK;
}

void bus_finish(struct board *board)
{
	for (size_t i = 0; board->memories && i < board->part->memory_count; i++)
		free(board->memories[i].bytes);
	free(board->memories);
	free(board->quiets);
	free(board->exposures);
	for (unsigned i = 0; i < board->core_count; i++)
		free(board->cores[i].bus.windows);
	free(board->bus.windows);
}
