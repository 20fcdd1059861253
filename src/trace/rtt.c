/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SEGGER RTT. The layout is that of SEGGER's "RTT" knowledge base page and SEGGER_RTT.h: a control
 * block of an ID of 16 bytes, the numbers of up and down channels, and a descriptor for each.
 *
 * A poll of one channel is one batch: the block up to the channel's descriptor and, on the chance
 * that there is news, the ring behind the last known RdOff. What is read later in a batch was there
 * later, and the target writes data before WrOff, so that the data fits the descriptor.
 *
 * Nothing the block says is believed: see parse_channel().
 */
#include <dapper/rtt.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/elf_file.h"
#include "base/error.h"
#include "base/file.h"
#include "target/target.h"

enum {
	ID_SIZE = 16,
	AT_UP_COUNT = 16,
	AT_DOWN_COUNT = 20,
	HEADER_SIZE = 24,

	/* A descriptor. */
	RING_NAME = 0,
	RING_BUFFER = 4,
	RING_SIZE = 8,
	RING_WR_OFF = 12,
	RING_RD_OFF = 16,
	RING_FLAGS = 20,
	DESCRIPTOR_SIZE = 24,

	/* SEGGER's default is 3 each; more than this is no control block. */
	MAX_CHANNELS = 16,
	BLOCK_MAX = HEADER_SIZE + 2 * MAX_CHANNELS * DESCRIPTOR_SIZE,
	MAX_RING = 1024 * 1024,

	GUESS_SIZE = 256, /* of the ring, read with the descriptor */
	SEARCH_CHUNK = 4096,
	DEFAULT_SEARCH = 1024 * 1024,
	/* A region that is larger is the architecture's, of which nobody knows what is there; the
	 * one that programs use by default is searched all the same. */
	MAX_UNKNOWN_REGION = 16 * 1024 * 1024,
	MAX_WIPES = 16,
	SEARCH_STEPS = 2, /* chunks in one call */
	MAX_ELF = 64 * 1024 * 1024,
};

static const uint8_t id[ID_SIZE] = "SEGGER RTT";

struct ring {
	uint32_t descriptor; /* where it is */
	uint32_t name;
	uint32_t buffer;
	uint32_t size; /* 0: not in use */
	uint32_t wr;
	uint32_t rd;
	uint32_t flags;
};

struct dapper_rtt {
	dapper_target *target;
	uint64_t search_size;
	bool has_address;
	uint32_t known_address;
	bool is_absent; /* the ELF file has symbols, and RTT is none of them */
	size_t search_region;
	uint64_t search_offset;

	bool is_found;
	uint32_t address;
	size_t up_count;
	size_t down_count;
	struct ring ups[MAX_CHANNELS]; /* as last read */
	uint8_t block[BLOCK_MAX];
};

/* --- what the target says -------------------------------------------------------------------- */

static bool lies_in_ram(const dapper_target *target, uint32_t address, uint32_t size)
{
	const dapper_region *region =
		dapper_memory_map_find(dapper_target_get_memory_map(target), address);

	return region && region->type == DAPPER_REGION_RAM &&
	       size <= region->address + region->size - address;
}

/* false: this is no control block. */
static bool parse_header(const uint8_t *bytes, size_t *up, size_t *down)
{
	uint32_t ups = get_le32(bytes + AT_UP_COUNT);
	uint32_t downs = get_le32(bytes + AT_DOWN_COUNT);

	if (memcmp(bytes, id, ID_SIZE) != 0 || ups + downs == 0 || ups > MAX_CHANNELS ||
		downs > MAX_CHANNELS)
		return false;
	*up = ups;
	*down = downs;
	return true;
}

/* A descriptor whose ring does not lie in RAM, or whose offsets lie outside of it, is false. */
static bool parse_channel(
	const dapper_target *target, uint32_t address, const uint8_t *bytes, struct ring *ring)
{
	*ring = (struct ring){
		.descriptor = address,
		.name = get_le32(bytes + RING_NAME),
		.buffer = get_le32(bytes + RING_BUFFER),
		.size = get_le32(bytes + RING_SIZE),
		.wr = get_le32(bytes + RING_WR_OFF),
		.rd = get_le32(bytes + RING_RD_OFF),
		.flags = get_le32(bytes + RING_FLAGS),
	};
	if (ring->size == 0 || ring->buffer == 0) {
		ring->size = 0;
		return true;
	}
	return ring->size <= MAX_RING && ring->wr < ring->size && ring->rd < ring->size &&
	       lies_in_ram(target, ring->buffer, ring->size);
}

static uint32_t descriptor_address(const struct dapper_rtt *rtt, size_t number)
{
	return rtt->address + HEADER_SIZE + DESCRIPTOR_SIZE * (uint32_t)number;
}

static const uint8_t *descriptor_bytes(const struct dapper_rtt *rtt, size_t number)
{
	return rtt->block + HEADER_SIZE + DESCRIPTOR_SIZE * number;
}

/* --- finding --------------------------------------------------------------------------------- */

static bool is_no_memory_there(dapper_status status)
{
	return status == DAPPER_ERR_FAULT || status == DAPPER_ERR_INVALID;
}

/* Is there a whole, sound control block? Then it is the one. */
static dapper_status try_address(struct dapper_rtt *rtt, uint32_t address)
{
	size_t size;
	struct ring ring;
	dapper_status status;

	rtt->is_found = false;
	if (address % 4 || !lies_in_ram(rtt->target, address, HEADER_SIZE))
		return DAPPER_OK;
	status = dapper_target_read_memory(rtt->target, address, rtt->block, HEADER_SIZE);
	if (status == DAPPER_OK && parse_header(rtt->block, &rtt->up_count, &rtt->down_count)) {
		size = DESCRIPTOR_SIZE * (rtt->up_count + rtt->down_count);
		if (!lies_in_ram(rtt->target, address, HEADER_SIZE + (uint32_t)size))
			return DAPPER_OK;
		rtt->address = address;
		status = dapper_target_read_memory(
			rtt->target, address + HEADER_SIZE, rtt->block + HEADER_SIZE, size);
		rtt->is_found = status == DAPPER_OK;
	}
	if (is_no_memory_there(status)) {
		error_clear();
		status = DAPPER_OK;
	}
	for (size_t i = 0; rtt->is_found && i < rtt->up_count + rtt->down_count; i++) {
		rtt->is_found = parse_channel(
			rtt->target, descriptor_address(rtt, i), descriptor_bytes(rtt, i), &ring);
		if (i < rtt->up_count)
			rtt->ups[i] = ring;
	}
	return status;
}

/* Try each ID in these bytes. */
static dapper_status try_chunk(
	struct dapper_rtt *rtt, uint32_t address, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i + ID_SIZE <= size && !rtt->is_found; i += 4)
		if (memcmp(bytes + i, id, ID_SIZE) == 0)
			TRY(try_address(rtt, address + (uint32_t)i));
	return DAPPER_OK;
}

static bool is_worth_searching(const dapper_region *region)
{
	return region->type == DAPPER_REGION_RAM && region->address % 4 == 0 &&
	       region->address + region->size - 1 <= UINT32_MAX &&
	       (region->is_default || region->size <= MAX_UNKNOWN_REGION);
}

/* The region that the search is in; NULL at the end. */
static const dapper_region *searched_region(struct dapper_rtt *rtt)
{
	const dapper_memory_map *map = dapper_target_get_memory_map(rtt->target);
	const dapper_region *region;

	while ((region = dapper_memory_map_get(map, rtt->search_region))) {
		if (is_worth_searching(region) && rtt->search_offset < region->size &&
			rtt->search_offset < rtt->search_size)
			return region;
		rtt->search_region++;
		rtt->search_offset = 0;
	}
	return NULL;
}

/* One chunk further. @param[out] at_end  All was searched; the next call begins anew. */
static dapper_status search_step(struct dapper_rtt *rtt, bool *at_end)
{
	/* Some of what was before is read again: an ID may lie across the border. */
	uint8_t bytes[ID_SIZE + SEARCH_CHUNK];
	const dapper_region *region = searched_region(rtt);
	uint64_t start, end;
	dapper_status status;

	*at_end = !region;
	if (!region) {
		rtt->search_region = 0;
		rtt->search_offset = 0;
		return DAPPER_OK;
	}
	start = rtt->search_offset < ID_SIZE ? 0 : rtt->search_offset - ID_SIZE;
	end = rtt->search_offset + SEARCH_CHUNK;
	end = end < region->size ? end : region->size;
	status = dapper_target_read_memory(
		rtt->target, region->address + start, bytes, (size_t)(end - start));
	rtt->search_offset = end;
	if (is_no_memory_there(status)) {
		error_clear();
		rtt->search_offset = region->size;
		return DAPPER_OK;
	}
	TRY(status);
	return try_chunk(rtt, (uint32_t)(region->address + start), bytes, (size_t)(end - start));
}

dapper_status dapper_rtt_find(dapper_rtt *rtt, bool *found)
{
	bool at_end = false;

	rtt->is_found = false;
	if (rtt->has_address)
		TRY(try_address(rtt, rtt->known_address));
	else if (!rtt->is_absent)
		for (size_t i = 0; i < SEARCH_STEPS && !rtt->is_found && !at_end; i++)
			TRY(search_step(rtt, &at_end));
	*found = rtt->is_found;
	return DAPPER_OK;
}

bool dapper_rtt_is_found(const dapper_rtt *rtt)
{
	return rtt->is_found;
}

uint64_t dapper_rtt_get_address(const dapper_rtt *rtt)
{
	return rtt->is_found ? rtt->address : 0;
}

static dapper_status wipe_found(struct dapper_rtt *rtt)
{
	static const uint8_t nothing[ID_SIZE] = { 0 };

	if (!rtt->is_found)
		return DAPPER_OK;
	rtt->is_found = false;
	return dapper_target_write_memory(rtt->target, rtt->address, nothing, ID_SIZE);
}

dapper_status dapper_rtt_wipe(dapper_rtt *rtt)
{
	bool at_end = false;
	unsigned wiped = 0;

	rtt->is_found = false;
	if (rtt->has_address) {
		TRY(try_address(rtt, rtt->known_address));
		return wipe_found(rtt);
	}
	rtt->search_region = 0;
	rtt->search_offset = 0;
	while (!at_end && !rtt->is_absent) {
		uint64_t before = rtt->search_offset;

		TRY(search_step(rtt, &at_end));
		/* There may be another in the same chunk. Memory that keeps it is not tried for ever. */
		if (rtt->is_found && wiped++ < MAX_WIPES)
			rtt->search_offset = before;
		TRY(wipe_found(rtt));
	}
	return DAPPER_OK;
}

/* --- channels -------------------------------------------------------------------------------- */

/* The block as far as descriptor @p number, and an area of the ring besides (size 0: none). It is no
 * longer found when it is no more what it was. */
static dapper_status refresh(
	struct dapper_rtt *rtt, size_t number, struct target_area guess, struct ring *ring)
{
	const struct target_area areas[] = {
		{ rtt->address, rtt->block, HEADER_SIZE + DESCRIPTOR_SIZE * (number + 1) },
		guess,
	};
	size_t up, down;
	dapper_status status = target_read_areas(rtt->target, areas, guess.size ? 2 : 1);

	if (is_no_memory_there(status)) {
		error_clear();
		rtt->is_found = false;
		return DAPPER_OK;
	}
	TRY(status);
	rtt->is_found = parse_header(rtt->block, &up, &down) && up == rtt->up_count &&
	                down == rtt->down_count &&
	                parse_channel(rtt->target, descriptor_address(rtt, number),
				descriptor_bytes(rtt, number), ring);
	return DAPPER_OK;
}

void dapper_rtt_count_channels(const dapper_rtt *rtt, size_t *up, size_t *down)
{
	*up = rtt->is_found ? rtt->up_count : 0;
	*down = rtt->is_found ? rtt->down_count : 0;
}

/* A name may be anything, also nothing at all. */
static dapper_status read_name(struct dapper_rtt *rtt, uint32_t address, char *name, size_t size)
{
	const dapper_region *region =
		dapper_memory_map_find(dapper_target_get_memory_map(rtt->target), address);
	dapper_status status;

	name[0] = '\0';
	if (address == 0 || !region || region->type == DAPPER_REGION_DEVICE ||
		size > region->address + region->size - address)
		return DAPPER_OK;
	status = dapper_target_read_memory(rtt->target, address, name, size - 1);
	name[status == DAPPER_OK ? size - 1 : 0] = '\0';
	if (!is_no_memory_there(status))
		return status;
	error_clear();
	return DAPPER_OK;
}

dapper_status dapper_rtt_get_channel(
	dapper_rtt *rtt, bool is_up, size_t index, dapper_rtt_channel *channel)
{
	const struct target_area none = { .size = 0 };
	struct ring ring = { .size = 0 };
	size_t up, down;

	dapper_rtt_count_channels(rtt, &up, &down);
	if (index < (is_up ? up : down))
		TRY(refresh(rtt, is_up ? index : up + index, none, &ring));
	else
		up = down = 0;
	if (up + down == 0 || !rtt->is_found)
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "there is no RTT %s channel %zu",
			is_up ? "up" : "down", index);
	*channel = (dapper_rtt_channel){ .size = ring.size, .flags = ring.flags };
	return read_name(rtt, ring.name, channel->name, sizeof(channel->name));
}

/* Where to look for news: from RdOff on, as far as the ring's end. */
static struct target_area guess_area(
	const struct dapper_rtt *rtt, const struct ring *ring, uint8_t *data)
{
	uint32_t start = (ring->buffer + ring->rd) & ~3u;
	uint32_t end = ring->buffer + ring->size;

	if (ring->size == 0)
		return (struct target_area){ .size = 0 };
	if (end - start > GUESS_SIZE)
		end = start + GUESS_SIZE;
	end &= ~3u;
	/* Word-aligned below the ring is still the same RAM, unless the RAM itself begins there. */
	if (end <= start || !lies_in_ram(rtt->target, start, end - start))
		return (struct target_area){ .size = 0 };
	return (struct target_area){ start, data, end - start };
}

/* Bytes at @p offset of the ring: from what was read on the chance, as far as it goes. */
static dapper_status take(struct dapper_rtt *rtt, const struct ring *ring, uint32_t offset,
	const struct target_area *guess, uint8_t *data, size_t size)
{
	uint64_t address = (uint64_t)ring->buffer + offset;
	uint64_t guess_end = guess->address + guess->size;

	if (guess->size && address >= guess->address && address < guess_end) {
		size_t known = (size_t)(guess_end - address);

		if (known > size)
			known = size;
		memcpy(data, guess->data + (address - guess->address), known);
		data += known;
		address += known;
		size -= known;
	}
	return size ? dapper_target_read_memory(rtt->target, address, data, size) : DAPPER_OK;
}

static dapper_status take_news(struct dapper_rtt *rtt, const struct ring *ring,
	const struct target_area *guess, uint8_t *data, size_t capacity, size_t *size)
{
	size_t first = ring->wr >= ring->rd ? ring->wr - ring->rd : ring->size - ring->rd;
	size_t second = ring->wr >= ring->rd ? 0 : ring->wr;
	uint8_t offset[4];

	if (first > capacity)
		first = capacity;
	if (second > capacity - first)
		second = capacity - first;
	if (first + second == 0)
		return DAPPER_OK;
	TRY(take(rtt, ring, ring->rd, guess, data, first));
	TRY(take(rtt, ring, 0, guess, data + first, second));
	put_le32(offset, (uint32_t)((ring->rd + first + second) % ring->size));
	TRY(dapper_target_write_memory(
		rtt->target, ring->descriptor + RING_RD_OFF, offset, sizeof(offset)));
	*size = first + second;
	return DAPPER_OK;
}

dapper_status dapper_rtt_read(
	dapper_rtt *rtt, size_t channel, void *data, size_t capacity, size_t *size)
{
	uint8_t guessed[GUESS_SIZE];
	struct target_area guess;
	struct ring ring;

	*size = 0;
	if (!rtt->is_found || channel >= rtt->up_count)
		return DAPPER_OK;
	guess = guess_area(rtt, &rtt->ups[channel], guessed);
	TRY(refresh(rtt, channel, guess, &ring));
	if (!rtt->is_found || ring.size == 0)
		return DAPPER_OK;
	TRY(take_news(rtt, &ring, &guess, data, capacity, size));
	ring.rd = (uint32_t)((ring.rd + *size) % ring.size);
	rtt->ups[channel] = ring;
	return DAPPER_OK;
}

dapper_status dapper_rtt_write(
	dapper_rtt *rtt, size_t channel, const void *data, size_t size, size_t *written)
{
	const struct target_area none = { .size = 0 };
	const uint8_t *bytes = data;
	struct ring ring;
	size_t room, first;
	uint8_t offset[4];

	*written = 0;
	if (!rtt->is_found || channel >= rtt->down_count)
		return DAPPER_OK;
	TRY(refresh(rtt, rtt->up_count + channel, none, &ring));
	if (!rtt->is_found || ring.size == 0)
		return DAPPER_OK;
	/* One byte stays free: WrOff = RdOff means empty. */
	room = (ring.rd + ring.size - ring.wr - 1) % ring.size;
	if (size > room)
		size = room;
	if (size == 0)
		return DAPPER_OK;
	first = size < ring.size - ring.wr ? size : ring.size - ring.wr;
	TRY(dapper_target_write_memory(rtt->target, ring.buffer + ring.wr, bytes, first));
	TRY(dapper_target_write_memory(rtt->target, ring.buffer, bytes + first, size - first));
	put_le32(offset, (uint32_t)((ring.wr + size) % ring.size));
	TRY(dapper_target_write_memory(
		rtt->target, ring.descriptor + RING_WR_OFF, offset, sizeof(offset)));
	*written = size;
	return DAPPER_OK;
}

/* --- the object ------------------------------------------------------------------------------ */

static dapper_status find_symbol(struct dapper_rtt *rtt, const struct elf_file *file)
{
	/* Without symbols it is not known; 0 is always there. */
	rtt->is_absent = elf_file_symbol_count(file) > 1;
	for (size_t i = 0; i < elf_file_symbol_count(file); i++) {
		struct elf_symbol symbol;

		TRY(elf_file_get_symbol(file, i, &symbol));
		if (symbol.section_index == SHN_UNDEF || strcmp(symbol.name, "_SEGGER_RTT") != 0)
			continue;
		rtt->has_address = true;
		rtt->is_absent = false;
		rtt->known_address = symbol.value;
		break;
	}
	return DAPPER_OK;
}

static dapper_status read_elf(struct dapper_rtt *rtt, const char *path)
{
	struct elf_file *file = NULL;
	uint8_t *data;
	size_t size;
	dapper_status status;

	TRY(file_read(path, MAX_ELF, &data, &size));
	if (!elf_file_detect(data, size)) {
		/* Other formats have no symbols. */
		free(data);
		return DAPPER_OK;
	}
	status = elf_file_open(data, size, &file);
	if (status == DAPPER_OK)
		status = find_symbol(rtt, file);
	elf_file_close(file);
	free(data);
	return status == DAPPER_OK ? status : dapper_fail_where(status, "%s", path);
}

dapper_status dapper_rtt_new(
	dapper_target *target, const dapper_rtt_options *options, dapper_rtt **rtt)
{
	dapper_rtt *made;
	dapper_status status = DAPPER_OK;

	if (!target || (options && options->has_address && options->address > UINT32_MAX))
		return dapper_fail(
			DAPPER_ERR_INVALID, "RTT needs a target, and an address below 4 GB");
	made = xnew(made);
	if (!made)
		return FAIL_NO_MEMORY("RTT");
	made->target = target;
	made->search_size = options && options->search_size ? options->search_size : DEFAULT_SEARCH;
	if (options && options->has_address) {
		made->has_address = true;
		made->known_address = (uint32_t)options->address;
	} else if (options && options->elf) {
		status = read_elf(made, options->elf);
	}
	if (status != DAPPER_OK) {
		free(made);
		return status;
	}
	*rtt = made;
	return DAPPER_OK;
}

void dapper_rtt_free(dapper_rtt *rtt)
{
	free(rtt);
}
