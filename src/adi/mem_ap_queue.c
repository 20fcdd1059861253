/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory accesses as transfers of a batch (IHI 0031, C2.2): CSW, TAR and which of DRW and BD0-3.
 *
 * TAR is followed through its increments, so that consecutive words cost one transfer each, and a
 * word in the 16 bytes TAR points into is reached through BDn without moving it.
 */
#include <assert.h>

#include "adi/mem_ap_internal.h"

enum { BANK_BYTES = 16 };

static void check_caches(struct mem_ap *ap)
{
	if (ap->generation == ap->ap.dp->generation)
		return;
	ap->generation = ap->ap.dp->generation;
	ap->csw_valid = false;
	ap->tar_valid = false;
}

static void write_register(struct mem_ap *ap, struct batch *batch, uint8_t reg, uint32_t value)
{
	dp_select_ap(ap->ap.dp, batch, ap->ap.apsel, AP_REG_BANK(reg));
	batch_write_ap(batch, AP_REG_OFFSET(reg), value);
}

void mem_ap_queue_csw(struct mem_ap *ap, struct batch *batch, unsigned size, unsigned addrinc)
{
	const uint32_t csw = ap->csw_base | FIELD_PREP(MEM_AP_CSW_SIZE, size) |
	                     FIELD_PREP(MEM_AP_CSW_ADDRINC, addrinc);

	check_caches(ap);
	if (ap->csw_valid && ap->csw == csw)
		return;
	write_register(ap, batch, MEM_AP_CSW, csw);
	ap->csw = csw;
	ap->csw_valid = true;
}

static void write_tar(struct mem_ap *ap, struct batch *batch, uint64_t address)
{
	assert(ap->large_address || address <= UINT32_MAX);
	write_register(ap, batch, MEM_AP_TAR, (uint32_t)address);
	if (ap->large_address && (!ap->tar_valid || ap->tar >> 32 != address >> 32))
		write_register(ap, batch, MEM_AP_TAR_HI, (uint32_t)(address >> 32));
	ap->tar = address;
	ap->tar_valid = true;
}

void mem_ap_queue_tar(struct mem_ap *ap, struct batch *batch, uint64_t address)
{
	check_caches(ap);
	if (!ap->tar_valid || ap->tar != address)
		write_tar(ap, batch, address);
}

/* What TAR is at the end of its block after an increment is the implementation's choice. */
static void move_tar(struct mem_ap *ap, uint64_t distance)
{
	ap->tar += distance;
	if (distance > 0 && ap->tar % ap->wrap == 0)
		ap->tar_valid = false;
}

void mem_ap_queue_drw(
	struct mem_ap *ap, struct batch *batch, const dapper_transfer *transfer, uint32_t step)
{
	const struct batch_note note = {
		.address = ap->tar,
		.stride = step,
		.is_memory = true,
	};
	dapper_transfer drw = *transfer;

	dp_select_ap(ap->ap.dp, batch, ap->ap.apsel, AP_REG_BANK(MEM_AP_DRW));
	drw.ap = true;
	drw.reg = AP_REG_OFFSET(MEM_AP_DRW);
	batch_add(batch, &drw, &note);
	move_tar(ap, (uint64_t)step * transfer->count);
}

/* --- banked access -------------------------------------------------------------------------------
 */

static bool in_bank(const struct mem_ap *ap, uint64_t address)
{
	return ap->tar_valid && ap->tar / BANK_BYTES == address / BANK_BYTES;
}

/* BDn are words, whatever increment CSW has. */
static void queue_banked(
	struct mem_ap *ap, struct batch *batch, uint64_t address, const dapper_transfer *transfer)
{
	const struct batch_note note = { .address = address, .is_memory = true };
	const uint8_t reg = (uint8_t)(MEM_AP_BD0 + address % BANK_BYTES);
	dapper_transfer bd = *transfer;

	assert(address % 4 == 0);
	mem_ap_queue_csw(ap, batch, MEM_AP_CSW_SIZE_32, MEM_AP_CSW_ADDRINC_SINGLE);
	if (!in_bank(ap, address))
		write_tar(ap, batch, address - address % BANK_BYTES);
	dp_select_ap(ap->ap.dp, batch, ap->ap.apsel, AP_REG_BANK(reg));
	bd.ap = true;
	bd.reg = AP_REG_OFFSET(reg);
	batch_add(batch, &bd, &note);
}

static dapper_transfer read_of(uint32_t *word)
{
	return (dapper_transfer){ .kind = DAPPER_TRANSFER_READ, .word = word, .count = 1 };
}

static dapper_transfer write_of(uint32_t value)
{
	return (dapper_transfer){ .kind = DAPPER_TRANSFER_WRITE, .value = value, .count = 1 };
}

static dapper_transfer poll_of(uint32_t mask, uint32_t value, uint32_t retries)
{
	return (dapper_transfer){
		.kind = DAPPER_TRANSFER_READ_UNTIL_MATCH,
		.value = value,
		.mask = mask,
		.retries = retries,
		.count = 1,
	};
}

void mem_ap_queue_banked_read32(
	struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t *word)
{
	const dapper_transfer transfer = read_of(word);

	queue_banked(ap, batch, address, &transfer);
}

void mem_ap_queue_banked_write32(
	struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t value)
{
	const dapper_transfer transfer = write_of(value);

	queue_banked(ap, batch, address, &transfer);
}

void mem_ap_queue_banked_poll32(struct mem_ap *ap, struct batch *batch, uint64_t address,
	uint32_t mask, uint32_t value, uint32_t retries)
{
	const dapper_transfer transfer = poll_of(mask, value, retries);

	queue_banked(ap, batch, address, &transfer);
}

/* --- words and blocks
 * ----------------------------------------------------------------------------- */

/* Where TAR points already, DRW; near it, BDn; else TAR is written, and DRW used to move it on. */
static void queue_word(
	struct mem_ap *ap, struct batch *batch, uint64_t address, const dapper_transfer *transfer)
{
	assert(address % 4 == 0);
	mem_ap_queue_csw(ap, batch, MEM_AP_CSW_SIZE_32, MEM_AP_CSW_ADDRINC_SINGLE);
	if (in_bank(ap, address) && ap->tar != address) {
		queue_banked(ap, batch, address, transfer);
		return;
	}
	mem_ap_queue_tar(ap, batch, address);
	mem_ap_queue_drw(ap, batch, transfer, 4);
}

void mem_ap_queue_read32(struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t *word)
{
	const dapper_transfer transfer = read_of(word);

	queue_word(ap, batch, address, &transfer);
}

void mem_ap_queue_write32(struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t value)
{
	const dapper_transfer transfer = write_of(value);

	queue_word(ap, batch, address, &transfer);
}

/* Never through DRW, whose address moves on with each try. */
void mem_ap_queue_poll32(struct mem_ap *ap, struct batch *batch, uint64_t address, uint32_t mask,
	uint32_t value, uint32_t retries)
{
	mem_ap_queue_banked_poll32(ap, batch, address, mask, value, retries);
}

/* Words up to where TAR stops counting. */
static size_t words_to_wrap(const struct mem_ap *ap, uint64_t address, size_t word_count)
{
	const size_t words = (size_t)(ap->wrap - address % ap->wrap) / 4;

	return words < word_count ? words : word_count;
}

static void queue_block(struct mem_ap *ap, struct batch *batch, uint64_t address,
	dapper_transfer *transfer, size_t word_count)
{
	assert(address % 4 == 0);
	mem_ap_queue_csw(ap, batch, MEM_AP_CSW_SIZE_32, MEM_AP_CSW_ADDRINC_SINGLE);
	while (word_count > 0) {
		transfer->count = words_to_wrap(ap, address, word_count);
		mem_ap_queue_tar(ap, batch, address);
		mem_ap_queue_drw(ap, batch, transfer, 4);
		address += transfer->count * 4;
		word_count -= transfer->count;
		if (transfer->in)
			transfer->in += transfer->count * 4;
		if (transfer->out)
			transfer->out += transfer->count * 4;
	}
}

void mem_ap_queue_read_block(
	struct mem_ap *ap, struct batch *batch, uint64_t address, uint8_t *data, size_t word_count)
{
	dapper_transfer transfer = { .kind = DAPPER_TRANSFER_READ_BLOCK };

	transfer.in = data;
	queue_block(ap, batch, address, &transfer, word_count);
}

void mem_ap_queue_write_block(struct mem_ap *ap, struct batch *batch, uint64_t address,
	const uint8_t *data, size_t word_count)
{
	dapper_transfer transfer = { .kind = DAPPER_TRANSFER_WRITE_BLOCK, .out = data };

	queue_block(ap, batch, address, &transfer, word_count);
}
