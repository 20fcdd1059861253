/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/drivers/cmsis_dap/packer.h"

#include <string.h>

#include "base/bytes.h"
#include "probe/drivers/cmsis_dap/protocol.h"

/* DP register 0 when written (IHI 0031, "ABORT, Abort register"). */
enum { DP_ABORT = 0x0 };

struct builder {
	struct dap_packer *packer;
	struct dap_packet *packet;
	uint8_t *bytes; /* room for DAP_EXECUTE_HEADER lies before it */
	size_t request; /* bytes used, without that header */
	size_t answer;
	uint8_t *open; /* header of the DAP_Transfer that can take more; NULL: none */
};

/* ---- entries ---- */

static bool is_read(const dapper_transfer *transfer)
{
	return transfer->kind == DAPPER_TRANSFER_READ ||
	       transfer->kind == DAPPER_TRANSFER_READ_BLOCK;
}

static bool is_match(const dapper_transfer *transfer)
{
	return transfer->kind == DAPPER_TRANSFER_READ_UNTIL_MATCH;
}

static bool is_abort(const dapper_transfer *transfer)
{
	return !transfer->ap && transfer->reg == DP_ABORT && !is_read(transfer) &&
	       !is_match(transfer);
}

static uint8_t request_byte(const dapper_transfer *transfer)
{
	uint32_t request = transfer->reg & DAP_REQUEST_A;

	if (transfer->ap)
		request |= DAP_REQUEST_APNDP;
	if (is_read(transfer) || is_match(transfer))
		request |= DAP_REQUEST_RNW;
	return (uint8_t)request;
}

struct dap_entry cmsis_dap_next_entry(const dapper_transfer *batch, struct dap_place *place)
{
	const dapper_transfer *transfer = &batch[place->index];
	struct dap_entry entry = {
		.kind = is_read(transfer) ? DAP_ENTRY_READ : DAP_ENTRY_WRITE,
		.transfer = transfer,
		.word = place->word,
	};

	if (is_match(transfer)) {
		entry.kind = DAP_ENTRY_MATCH;
		if (!place->mask_known || place->mask != transfer->mask) {
			entry.kind = DAP_ENTRY_MASK;
			place->mask_known = true;
			place->mask = transfer->mask;
			return entry;
		}
	}
	if (++place->word >= transfer->count) {
		place->word = 0;
		place->index++;
	}
	return entry;
}

static uint32_t word_to_write(const struct dap_entry *entry)
{
	const dapper_transfer *transfer = entry->transfer;

	switch (entry->kind) {
	case DAP_ENTRY_MASK:
		return transfer->mask;
	case DAP_ENTRY_MATCH:
		return transfer->value & transfer->mask;
	case DAP_ENTRY_READ:
	case DAP_ENTRY_WRITE:
		break;
	}
	if (transfer->kind == DAPPER_TRANSFER_WRITE_BLOCK)
		return get_le32(transfer->out + 4 * entry->word);
	return transfer->value;
}

/* ---- the packer's place ---- */

bool cmsis_dap_packer_is_done(const struct dap_packer *packer)
{
	return packer->index >= packer->count;
}

static const dapper_transfer *next_transfer(const struct dap_packer *packer)
{
	return &packer->batch[packer->index];
}

static struct dap_place place_of(const struct dap_packer *packer)
{
	return (struct dap_place){
		.index = packer->index,
		.word = packer->word,
		.mask_known = packer->poll.mask_known,
		.mask = packer->poll.mask,
	};
}

static struct dap_entry take_entry(struct dap_packer *packer)
{
	struct dap_place place = place_of(packer);
	struct dap_entry entry = cmsis_dap_next_entry(packer->batch, &place);

	packer->index = place.index;
	packer->word = place.word;
	packer->poll.mask_known = place.mask_known;
	packer->poll.mask = place.mask;
	return entry;
}

/* Retries that the match at the packer's place gets in one packet. */
static uint16_t retries_now(const struct dap_packer *packer)
{
	uint32_t left = next_transfer(packer)->retries;

	if (packer->index == packer->resumed_index)
		left -= packer->resumed_reads;
	return left < packer->retries_at_once ? (uint16_t)left : packer->retries_at_once;
}

bool cmsis_dap_packer_resume(struct dap_packer *packer, size_t index)
{
	if (packer->resumed_index != index)
		packer->resumed_reads = 0;
	packer->resumed_index = index;
	packer->resumed_reads += (uint32_t)packer->poll.retries + 1;
	packer->index = index;
	packer->word = 0;
	packer->poll.mask_known = false;
	return packer->resumed_reads <= next_transfer(packer)->retries;
}

static bool needs_configure(const struct dap_packer *packer)
{
	return is_match(next_transfer(packer)) &&
	       (!packer->poll.retries_known || packer->poll.retries != retries_now(packer));
}

/* Words from here on that go to, or come from, the same register; @p limit is far enough to look.
 */
static size_t run_length(const struct dap_packer *packer, size_t limit, bool *followed)
{
	uint8_t request = request_byte(next_transfer(packer));
	size_t length = next_transfer(packer)->count - packer->word;
	size_t i = packer->index + 1;

	while (i < packer->count && length < limit && !is_match(&packer->batch[i]) &&
		request_byte(&packer->batch[i]) == request)
		length += packer->batch[i++].count;
	*followed = i < packer->count || length > limit;
	return length < limit ? length : limit;
}

/* ---- room ---- */

static size_t packet_overhead(const struct builder *b, bool new_segment)
{
	return b->packet->segment_count + new_segment > 1 ? DAP_EXECUTE_HEADER : 0;
}

static bool may_open_segment(const struct builder *b)
{
	const struct dap_packet *packet = b->packet;

	if (packet->segment_count == 0)
		return true;
	/* A command is executed although the one before it in the packet failed. */
	return b->packer->atomic && !packet->alone_after &&
	       packet->segment_count < DAP_SEGMENTS_MAX;
}

static bool has_room(const struct builder *b, bool new_segment, size_t request, size_t answer)
{
	size_t overhead = packet_overhead(b, new_segment);

	return overhead + b->request + request <= b->packer->packet_size &&
	       overhead + b->answer + answer <= b->packer->packet_size;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Words that fit, given the bytes of a new header and those of each word; 0 for none a word. */
static size_t words_that_fit(const struct builder *b, bool new_segment, size_t request_header,
	size_t answer_header, size_t request_word, size_t answer_word)
{
	size_t overhead = packet_overhead(b, new_segment);
	size_t size = b->packer->packet_size;
	size_t request = overhead + b->request + request_header;
	size_t answer = overhead + b->answer + answer_header;
	size_t words = SIZE_MAX;

	if (request > size || answer > size)
		return 0;
	if (request_word)
		words = (size - request) / request_word;
	if (answer_word)
		words = smaller(words, (size - answer) / answer_word);
	return words;
}

static size_t words_as_transfer(const struct builder *b, bool read)
{
	bool new_segment = !b->open;
	size_t left = DAP_TRANSFER_COUNT_MAX;

	if (new_segment && !may_open_segment(b))
		return 0;
	if (b->open)
		left -= b->open[2];
	return smaller(left,
		words_that_fit(b, new_segment, new_segment ? DAP_TRANSFER_REQUEST_HEADER : 0,
			new_segment ? DAP_TRANSFER_ANSWER_HEADER : 0, read ? 1 : 5, read ? 4 : 0));
}

static size_t words_as_block(const struct builder *b, bool read)
{
	if (!may_open_segment(b))
		return 0;
	return words_that_fit(b, true, DAP_BLOCK_REQUEST_HEADER, DAP_BLOCK_ANSWER_HEADER,
		read ? 0 : 4, read ? 4 : 0);
}

/* ---- segments ---- */

static uint8_t *open_segment(struct builder *b, enum dap_segment_kind kind)
{
	struct dap_packet *packet = b->packet;

	packet->segments[packet->segment_count++] = (struct dap_segment){
		.kind = kind,
		.place = place_of(b->packer),
	};
	b->open = NULL;
	return b->bytes + b->request;
}

static struct dap_segment *last_segment(struct builder *b)
{
	return &b->packet->segments[b->packet->segment_count - 1];
}

static void add_configure(struct builder *b)
{
	struct dap_packer *packer = b->packer;
	uint8_t *bytes = open_segment(b, DAP_SEGMENT_CONFIGURE);

	packer->poll.retries = retries_now(packer);
	packer->poll.retries_known = true;
	bytes[0] = DAP_TRANSFER_CONFIGURE;
	bytes[1] = packer->idle_cycles;
	put_le16(bytes + 2, packer->wait_retries);
	put_le16(bytes + 4, packer->poll.retries);
	b->request += DAP_CONFIGURE_REQUEST;
	b->answer += DAP_STATUS_ANSWER;
}

static void open_transfer(struct builder *b)
{
	uint8_t *bytes = open_segment(b, DAP_SEGMENT_TRANSFER);

	bytes[0] = DAP_TRANSFER;
	bytes[1] = b->packer->dap_index; /* ignored in SWD */
	bytes[2] = 0;                    /* transfer count */
	b->open = bytes;
	b->request += DAP_TRANSFER_REQUEST_HEADER;
	b->answer += DAP_TRANSFER_ANSWER_HEADER;
}

/* The bytes of an entry, by kind: request byte's flags; a word follows it or answers it. */
static void add_entry(struct builder *b)
{
	static const uint8_t flags[] = {
		[DAP_ENTRY_READ] = 0,
		[DAP_ENTRY_WRITE] = 0,
		[DAP_ENTRY_MASK] = DAP_REQUEST_MATCH_MASK,
		[DAP_ENTRY_MATCH] = DAP_REQUEST_VALUE_MATCH,
	};
	struct dap_entry entry = take_entry(b->packer);
	uint8_t *bytes = b->bytes + b->request;

	bytes[0] = (uint8_t)(request_byte(entry.transfer) | flags[entry.kind]);
	if (entry.kind == DAP_ENTRY_MASK)
		bytes[0] = (uint8_t)flags[entry.kind];
	b->request++;
	if (entry.kind == DAP_ENTRY_READ) {
		b->answer += 4;
		last_segment(b)->reads++;
	} else {
		put_le32(bytes + 1, word_to_write(&entry));
		b->request += 4;
	}
	if (entry.kind == DAP_ENTRY_MATCH)
		b->packet->alone_after = true;
	if (is_abort(entry.transfer))
		b->packet->alone_before = true;
	b->open[2]++;
	last_segment(b)->entries++;
}

static void add_as_transfer(struct builder *b, size_t words)
{
	if (!b->open)
		open_transfer(b);
	for (size_t i = 0; i < words; i++)
		add_entry(b);
}

static void add_as_block(struct builder *b, size_t words)
{
	const dapper_transfer *transfer = next_transfer(b->packer);
	uint8_t *bytes = open_segment(b, DAP_SEGMENT_BLOCK);
	bool read = is_read(transfer);

	bytes[0] = DAP_TRANSFER_BLOCK;
	bytes[1] = b->packer->dap_index;
	put_le16(bytes + 2, (uint16_t)words);
	bytes[4] = request_byte(transfer);
	for (size_t i = 0; i < words; i++) {
		struct dap_entry entry = take_entry(b->packer);

		if (!read)
			put_le32(bytes + DAP_BLOCK_REQUEST_HEADER + 4 * i, word_to_write(&entry));
	}
	last_segment(b)->entries = (uint32_t)words;
	last_segment(b)->reads = read ? (uint32_t)words : 0;
	b->request += DAP_BLOCK_REQUEST_HEADER + (read ? 0 : 4 * words);
	b->answer += DAP_BLOCK_ANSWER_HEADER + (read ? 4 * words : 0);
}

/* JTAG has an instruction for it: no scan of DPACC gets there. Always a packet of its own. */
static void add_as_write_abort(struct builder *b)
{
	uint8_t *bytes = open_segment(b, DAP_SEGMENT_WRITE_ABORT);
	struct dap_entry entry = take_entry(b->packer);

	bytes[0] = DAP_WRITE_ABORT;
	bytes[1] = b->packer->dap_index;
	put_le32(bytes + 2, word_to_write(&entry));
	last_segment(b)->entries = 1;
	b->request += DAP_WRITE_ABORT_REQUEST;
	b->answer += DAP_STATUS_ANSWER;
	b->packet->alone_before = true;
	b->packet->alone_after = true;
}

/* ---- choices ---- */

/*
 * Is a run better a block? It is when more of it gets into this packet. When all of it gets in
 * either way, the bytes decide, with those that the transfers behind it will need for headers. But
 * a block that cannot share its packet must not leave one half empty.
 */
static bool is_better_as_block(const struct builder *b, size_t run, bool read, bool followed)
{
	size_t as_transfer = smaller(run, words_as_transfer(b, read));
	size_t as_block = smaller(run, words_as_block(b, read));
	size_t transfer_cost = 5 * run;
	size_t block_cost = DAP_BLOCK_REQUEST_HEADER + DAP_BLOCK_ANSWER_HEADER + 4 * run;

	if (as_block == 0 || as_block < as_transfer)
		return false;
	if (as_block > as_transfer || as_block < run)
		return true;
	if (followed && !b->packer->atomic)
		return false;
	if (!b->open)
		transfer_cost += DAP_TRANSFER_REQUEST_HEADER + DAP_TRANSFER_ANSWER_HEADER;
	if (b->packet->segment_count == 1 || (followed && b->packet->segment_count == 0))
		block_cost += (size_t)2 * DAP_EXECUTE_HEADER;
	if (followed)
		block_cost += DAP_TRANSFER_REQUEST_HEADER + DAP_TRANSFER_ANSWER_HEADER;
	return block_cost < transfer_cost;
}

/* ABORT must not be executed behind a failed command: only the first one of a packet has it. */
static bool may_add_abort(const struct builder *b)
{
	return b->packet->segment_count == 0 || (b->packet->segment_count == 1 && b->open);
}

static bool add_run(struct builder *b)
{
	const dapper_transfer *transfer = next_transfer(b->packer);
	bool read = is_read(transfer);
	bool followed = false;
	size_t run = run_length(b->packer, b->packer->packet_size / 4, &followed);
	size_t words;

	if (is_abort(transfer) && b->packer->jtag) {
		if (b->packet->segment_count > 0)
			return false;
		add_as_write_abort(b);
		return true;
	}
	if (!is_abort(transfer) && is_better_as_block(b, run, read, followed)) {
		add_as_block(b, smaller(run, words_as_block(b, read)));
		return true;
	}
	if (is_abort(transfer) && !may_add_abort(b))
		return false;
	words = smaller(run, words_as_transfer(b, read));
	if (words > 0)
		add_as_transfer(b, words);
	return words > 0;
}

/* The mask, if it is another one, or the match: both are five bytes of request. */
static bool add_match(struct builder *b)
{
	if (needs_configure(b->packer)) {
		if (!may_open_segment(b) ||
			!has_room(b, true, DAP_CONFIGURE_REQUEST, DAP_STATUS_ANSWER))
			return false;
		add_configure(b);
		return true;
	}
	if (words_as_transfer(b, false) == 0)
		return false;
	add_as_transfer(b, 1);
	return true;
}

static void finish_packet(struct builder *b)
{
	struct dap_packet *packet = b->packet;
	size_t overhead = packet_overhead(b, false);
	uint8_t *request = b->bytes - overhead;

	if (overhead) {
		request[0] = DAP_EXECUTE_COMMANDS;
		request[1] = (uint8_t)packet->segment_count;
	}
	packet->request = request;
	packet->request_size = b->request + overhead;
	packet->answer_size = b->answer + overhead;
}

void cmsis_dap_packer_next(struct dap_packer *packer, uint8_t *buffer, struct dap_packet *packet)
{
	struct builder b = {
		.packer = packer,
		.packet = packet,
	};
	bool added = true;

	b.bytes = buffer + DAP_EXECUTE_HEADER;
	memset(packet, 0, sizeof(*packet));
	packet->jtag = packer->jtag;
	while (added && !cmsis_dap_packer_is_done(packer))
		added = is_match(next_transfer(packer)) ? add_match(&b) : add_run(&b);
	finish_packet(&b);
}
