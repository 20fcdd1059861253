/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole memory accesses: ranges of any address and size, and units of a size.
 *
 * All of a range, up to a chunk, is one batch. That a bus error of the last write is seen is the
 * probe's business: a driver ends a batch with a transfer that collects it (CMSIS-DAP's firmware
 * reads RDBUFF).
 */
#include <stdlib.h>
#include <string.h>

#include "adi/mem_ap_internal.h"
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

enum {
	CHUNK_BYTES = 256 * 1024, /* in one batch; a multiple of 4 */
	CHUNK_UNITS = 16 * 1024,
	RAGGED_PIECES = 4, /* 8 and 16 bits on both ends */
	TIMEOUT_BASE_MS = 5000,
	WORDS_PER_MS = 4, /* no probe is slower: HID, one packet at a time */
};

static dapper_status check_range(const struct mem_ap *ap, uint64_t address, uint64_t size)
{
	const uint64_t last = ap->large_address ? UINT64_MAX : UINT32_MAX;

	if (size == 0 || (address <= last && size - 1 <= last - address))
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_INVALID, "0x%llx bytes at 0x%08llx go beyond 0x%llx",
		(unsigned long long)size, (unsigned long long)address, (unsigned long long)last);
	return dapper_fail_where(DAPPER_ERR_INVALID, "AP#%u", (unsigned)ap->ap.apsel);
}

/* At a slow clock the wire itself takes long: 46 cycles a word, twice that for safety. */
static uint32_t timeout_for(const struct mem_ap *ap, size_t words)
{
	const uint64_t hz = ap->ap.dp->clock_hz ? ap->ap.dp->clock_hz : 1000000;

	return (uint32_t)(TIMEOUT_BASE_MS + words / WORDS_PER_MS + words * 92000 / hz);
}

static dapper_status run(struct mem_ap *ap, struct batch *batch, size_t words)
{
	dapper_status status = dp_run_timeout(ap->ap.dp, batch, timeout_for(ap, words));

	batch_finish(batch);
	return status;
}

/* Where a byte or half-word lies in the word on the wire (IHI 0031 C2.2.6, byte lanes). */
static unsigned lane_shift(uint64_t address)
{
	return (unsigned)(address % 4) * 8;
}

static uint32_t get_unit(const uint8_t *data, unsigned size)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint32_t)data[i] << 8 * i;
	return value;
}

static void put_unit(uint8_t *data, unsigned size, uint32_t value)
{
	for (unsigned i = 0; i < size; i++)
		data[i] = (uint8_t)(value >> 8 * i);
}

static unsigned csw_size(unsigned unit_size)
{
	return unit_size == 1   ? MEM_AP_CSW_SIZE_8
	       : unit_size == 2 ? MEM_AP_CSW_SIZE_16
	                        : MEM_AP_CSW_SIZE_32;
}

/* --- ranges
 * ----------------------------------------------------------------------------------------- */

/* A range in one batch; exactly one of in and out is set. */
struct range {
	struct mem_ap *ap;
	struct batch batch;
	uint64_t address;
	size_t size;
	uint8_t *in;
	const uint8_t *out;
	struct piece {
		uint64_t address;
		unsigned size;
		uint8_t *in;
		uint32_t word;
	} pieces[RAGGED_PIECES];
	size_t piece_count;
};

static void advance(struct range *range, size_t bytes)
{
	range->address += bytes;
	range->size -= bytes;
	if (range->in)
		range->in += bytes;
	if (range->out)
		range->out += bytes;
}

/* One access of 8 or 16 bits, as large as alignment and what is left allow. */
static void queue_piece(struct range *range)
{
	const unsigned size = range->address % 2 == 0 && range->size >= 2 ? 2 : 1;
	struct piece *piece = &range->pieces[range->piece_count++];
	dapper_transfer transfer = { .kind = DAPPER_TRANSFER_READ, .count = 1 };

	*piece = (struct piece){ .address = range->address, .size = size, .in = range->in };
	transfer.word = &piece->word;
	if (range->out) {
		transfer.kind = DAPPER_TRANSFER_WRITE;
		transfer.value = get_unit(range->out, size) << lane_shift(range->address);
	}
	mem_ap_queue_csw(range->ap, &range->batch, csw_size(size), MEM_AP_CSW_ADDRINC_SINGLE);
	mem_ap_queue_tar(range->ap, &range->batch, range->address);
	mem_ap_queue_drw(range->ap, &range->batch, &transfer, size);
	advance(range, size);
}

static void queue_words(struct range *range)
{
	const size_t words = range->size / 4;

	if (words == 0)
		return;
	if (range->out)
		mem_ap_queue_write_block(
			range->ap, &range->batch, range->address, range->out, words);
	else
		mem_ap_queue_read_block(range->ap, &range->batch, range->address, range->in, words);
	advance(range, words * 4);
}

static dapper_status run_range(struct range *range)
{
	const size_t words = range->size / 4 + RAGGED_PIECES;

	while (range->size > 0 && range->address % 4 != 0)
		queue_piece(range);
	queue_words(range);
	while (range->size > 0)
		queue_piece(range);
	TRY(run(range->ap, &range->batch, words));
	for (size_t i = 0; i < range->piece_count && range->in; i++) {
		const struct piece *piece = &range->pieces[i];

		put_unit(piece->in, piece->size, piece->word >> lane_shift(piece->address));
	}
	return DAPPER_OK;
}

static bool is_ragged(uint64_t address, size_t size)
{
	return address % 4 != 0 || size % 4 != 0;
}

/* An AP of words only: the words around the range are read, and its bytes taken out of them. */
static dapper_status read_around(struct mem_ap *ap, uint64_t address, uint8_t *data, size_t size)
{
	const size_t skipped = (size_t)(address % 4);
	const size_t words = (skipped + size + 3) / 4;
	struct batch batch = BATCH_INIT;
	uint8_t *around = xcalloc(words, 4);
	dapper_status status;

	if (!around)
		return FAIL_NO_MEMORY("a read");
	mem_ap_queue_read_block(ap, &batch, address - skipped, around, words);
	status = run(ap, &batch, words);
	if (status == DAPPER_OK)
		memcpy(data, around + skipped, size);
	free(around);
	return status;
}

/* Up to the end of a chunk, so that all but the first begin aligned. */
static size_t chunk_size(uint64_t address, size_t size)
{
	const size_t chunk = CHUNK_BYTES - (size_t)(address % CHUNK_BYTES);

	return chunk < size ? chunk : size;
}

dapper_status mem_ap_read(struct mem_ap *ap, uint64_t address, void *data, size_t size)
{
	uint8_t *bytes = data;

	TRY(check_range(ap, address, size));
	while (size > 0) {
		const size_t chunk = chunk_size(address, size);
		struct range range = { .ap = ap, .address = address, .size = chunk, .in = bytes };

		if (!ap->can_byte && is_ragged(address, chunk))
			TRY(read_around(ap, address, bytes, chunk));
		else
			TRY(run_range(&range));
		address += chunk;
		bytes += chunk;
		size -= chunk;
	}
	return DAPPER_OK;
}

static dapper_status fail_words_only(const struct mem_ap *ap, uint64_t address)
{
	dapper_fail(DAPPER_ERR_UNSUPPORTED,
		"the access port has 32-bit accesses only, no part of a word can be accessed");
	dapper_fail_where(DAPPER_ERR_UNSUPPORTED, "AP#%u, address 0x%08llx", (unsigned)ap->ap.apsel,
		(unsigned long long)address);
	return dapper_fail_hint(
		DAPPER_ERR_UNSUPPORTED, "use an address and a size that are multiples of 4");
}

dapper_status mem_ap_write(struct mem_ap *ap, uint64_t address, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	TRY(check_range(ap, address, size));
	if (!ap->can_byte && is_ragged(address, size))
		return fail_words_only(ap, address);
	while (size > 0) {
		const size_t chunk = chunk_size(address, size);
		struct range range = { .ap = ap, .address = address, .size = chunk, .out = bytes };

		TRY(run_range(&range));
		address += chunk;
		bytes += chunk;
		size -= chunk;
	}
	return DAPPER_OK;
}

/* --- units
 * ------------------------------------------------------------------------------------------ */

/*
 * A run of 8 or 16-bit units in one batch: each a word on the wire with the unit in its lane, or,
 * where the AP can pack, four bytes of units a word; the bus sees single units either way.
 */
struct units {
	struct mem_ap *ap;
	struct batch batch;
	uint64_t address;
	unsigned unit_size;
	size_t count;
	uint8_t *in;
	const uint8_t *out;
	uint8_t *lanes; /* a word for each unit that is not packed */
	size_t lanes_used;
};

static size_t units_to_wrap(const struct units *units, size_t count)
{
	const size_t room =
		(size_t)(units->ap->wrap - units->address % units->ap->wrap) / units->unit_size;

	return room < count ? room : count;
}

static dapper_transfer block_of(const struct units *units, size_t words)
{
	return (dapper_transfer){
		.kind = units->out ? DAPPER_TRANSFER_WRITE_BLOCK : DAPPER_TRANSFER_READ_BLOCK,
		.count = words,
	};
}

/* Past @p count units; data in the caller's buffer. */
static void skip_units(struct units *units, size_t count)
{
	const size_t bytes = count * units->unit_size;

	units->address += bytes;
	units->count -= count;
	if (units->in)
		units->in += bytes;
	if (units->out)
		units->out += bytes;
}

static void fill_lanes(const struct units *units, uint8_t *lanes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint64_t address = units->address + i * units->unit_size;
		const uint32_t unit = get_unit(units->out + i * units->unit_size, units->unit_size);

		put_le32(lanes + 4 * i, unit << lane_shift(address));
	}
}

static void queue_lanes(struct units *units, size_t count)
{
	if (count == 0)
		return;
	mem_ap_queue_csw(
		units->ap, &units->batch, csw_size(units->unit_size), MEM_AP_CSW_ADDRINC_SINGLE);
	while (count > 0) {
		const size_t part = units_to_wrap(units, count);
		uint8_t *lanes = units->lanes + 4 * units->lanes_used;
		dapper_transfer block = block_of(units, part);

		if (units->out) {
			fill_lanes(units, lanes, part);
			block.out = lanes;
		} else {
			block.in = lanes;
		}
		mem_ap_queue_tar(units->ap, &units->batch, units->address);
		mem_ap_queue_drw(units->ap, &units->batch, &block, units->unit_size);
		units->lanes_used += part;
		skip_units(units, part);
		count -= part;
	}
}

static void queue_packed(struct units *units, size_t count)
{
	if (count == 0)
		return;
	mem_ap_queue_csw(
		units->ap, &units->batch, csw_size(units->unit_size), MEM_AP_CSW_ADDRINC_PACKED);
	while (count > 0) {
		const size_t part = units_to_wrap(units, count);
		dapper_transfer block = block_of(units, part * units->unit_size / 4);

		block.in = units->in;
		block.out = units->out;
		mem_ap_queue_tar(units->ap, &units->batch, units->address);
		mem_ap_queue_drw(units->ap, &units->batch, &block, 4);
		skip_units(units, part);
		count -= part;
	}
}

/* Units before and in the part that can be packed: whole, aligned words. */
static void split_units(const struct units *units, size_t *head, size_t *packed)
{
	const size_t per_word = 4 / units->unit_size;

	*head = (size_t)(-units->address % 4) / units->unit_size;
	if (!units->ap->can_pack || *head >= units->count) {
		*head = units->count;
		*packed = 0;
		return;
	}
	*packed = (units->count - *head) / per_word * per_word;
}

static void take_lanes(struct units *units, const struct units *start, size_t head, size_t packed)
{
	for (size_t i = 0; i < units->lanes_used; i++) {
		const size_t unit = i < head ? i : i + packed;
		const uint64_t address = start->address + unit * start->unit_size;
		const uint32_t word = get_le32(units->lanes + 4 * i);

		put_unit(start->in + unit * start->unit_size, start->unit_size,
			word >> lane_shift(address));
	}
}

static dapper_status run_units(struct units *units)
{
	const struct units start = *units;
	dapper_status status;
	size_t head, packed;

	split_units(units, &head, &packed);
	units->lanes = xcalloc(units->count - packed, 4);
	if (!units->lanes)
		return FAIL_NO_MEMORY("an access by units");
	queue_lanes(units, head);
	queue_packed(units, packed);
	queue_lanes(units, units->count);
	status = run(units->ap, &units->batch, start.count);
	if (status == DAPPER_OK && start.in)
		take_lanes(units, &start, head, packed);
	free(units->lanes);
	return status;
}

static dapper_status check_units(
	const struct mem_ap *ap, uint64_t address, unsigned unit_size, size_t count)
{
	if (unit_size != 1 && unit_size != 2 && unit_size != 4)
		return dapper_fail(
			DAPPER_ERR_INVALID, "units are of 1, 2 or 4 bytes, not %u", unit_size);
	if (address % unit_size != 0)
		return dapper_fail(DAPPER_ERR_INVALID,
			"address 0x%08llx is not a multiple of the unit of %u bytes",
			(unsigned long long)address, unit_size);
	TRY(check_range(ap, address, (uint64_t)count * unit_size));
	if (unit_size < 4 && !ap->can_byte && count > 0)
		return fail_words_only(ap, address);
	return DAPPER_OK;
}

static dapper_status access_units(struct mem_ap *ap, uint64_t address, unsigned unit_size,
	uint8_t *in, const uint8_t *out, size_t count)
{
	while (count > 0) {
		struct units units = {
			.ap = ap,
			.address = address,
			.unit_size = unit_size,
			.count = count < CHUNK_UNITS ? count : CHUNK_UNITS,
			.in = in,
			.out = out,
		};
		const size_t bytes = units.count * unit_size;

		count -= units.count;
		TRY(run_units(&units));
		address += bytes;
		in = in ? in + bytes : NULL;
		out = out ? out + bytes : NULL;
	}
	return DAPPER_OK;
}

dapper_status mem_ap_read_units(
	struct mem_ap *ap, uint64_t address, unsigned unit_size, void *data, size_t count)
{
	TRY(check_units(ap, address, unit_size, count));
	if (unit_size == 4)
		return mem_ap_read(ap, address, data, count * 4);
	return access_units(ap, address, unit_size, data, NULL, count);
}

dapper_status mem_ap_write_units(
	struct mem_ap *ap, uint64_t address, unsigned unit_size, const void *data, size_t count)
{
	TRY(check_units(ap, address, unit_size, count));
	if (unit_size == 4)
		return mem_ap_write(ap, address, data, count * 4);
	return access_units(ap, address, unit_size, NULL, data, count);
}

dapper_status mem_ap_read32(struct mem_ap *ap, uint64_t address, uint32_t *word)
{
	uint8_t bytes[4] = { 0 };

	TRY(mem_ap_read_units(ap, address, 4, bytes, 1));
	*word = get_le32(bytes);
	return DAPPER_OK;
}

dapper_status mem_ap_write32(struct mem_ap *ap, uint64_t address, uint32_t value)
{
	uint8_t bytes[4];

	put_le32(bytes, value);
	return mem_ap_write_units(ap, address, 4, bytes, 1);
}
