/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/drivers/cmsis_dap/reply.h"

#include "base/bytes.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/protocol.h"

/* An answer, or what is left of one. */
struct reply {
	const dapper_transfer *batch;
	const uint8_t *bytes;
	size_t left;
	bool exact; /* what is left belongs to this segment and has its true length */
	bool jtag;
	struct dap_failure *failure;
};

static const struct outcome {
	uint8_t bits;
	uint8_t mask;
	dapper_status status;
	dapper_ack ack;
	const char *text;
} outcomes[] = {
	{ DAP_RESPONSE_VALUE_MISMATCH, DAP_RESPONSE_VALUE_MISMATCH, DAPPER_ERR_MISMATCH,
		DAPPER_ACK_MISMATCH, "register did not reach the wanted value" },
	{ DAP_RESPONSE_PROTOCOL_ERROR, DAP_RESPONSE_PROTOCOL_ERROR, DAPPER_ERR_PARITY,
		DAPPER_ACK_PARITY, "data from the target has a parity error" },
	{ DAP_ACK_WAIT, DAP_RESPONSE_ACK, DAPPER_ERR_WAIT, DAPPER_ACK_WAIT,
		"target keeps answering WAIT" },
	{ DAP_ACK_FAULT, DAP_RESPONSE_ACK, DAPPER_ERR_FAULT, DAPPER_ACK_FAULT,
		"target answered FAULT" },
	/* 7, nobody drives the wire, but also 0, it is held low, and the other four. */
	{ 0, 0, DAPPER_ERR_NO_ACK, DAPPER_ACK_SILENT, "target does not answer" },
};

static const struct outcome *find_outcome(uint8_t response)
{
	const struct outcome *outcome = outcomes;

	while ((response & outcome->mask) != outcome->bits)
		outcome++;
	return outcome;
}

bool cmsis_dap_is_target_failure(dapper_status status)
{
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (outcomes[i].status == status)
			return true;
	return false;
}

static dapper_status fail_protocol(const char *what)
{
	return dapper_fail(
		DAPPER_ERR_PROBE_PROTOCOL, "the probe's answer to a packet of transfers %s", what);
}

static dapper_status fail_at(struct reply *reply, const struct dap_place *place, uint8_t response)
{
	const struct outcome *outcome = find_outcome(response);
	const dapper_transfer *transfer = &reply->batch[place->index];
	bool write = transfer->kind == DAPPER_TRANSFER_WRITE ||
	             transfer->kind == DAPPER_TRANSFER_WRITE_BLOCK;

	*reply->failure = (struct dap_failure){
		.index = place->index,
		.word = place->word,
		.ack = outcome->ack,
	};
	dapper_fail(outcome->status, "%s (%s of %s register 0x%x)", outcome->text,
		write ? "write" : "read", transfer->ap ? "AP" : "DP", transfer->reg);
	if (outcome->status == DAPPER_ERR_PARITY)
		return dapper_fail_hint(
			outcome->status, "a lower --frequency or shorter wires may help");
	return outcome->status;
}

static void store(const struct dap_entry *entry, uint32_t word)
{
	const dapper_transfer *transfer = entry->transfer;

	if (transfer->kind == DAPPER_TRANSFER_READ_BLOCK)
		put_le32(transfer->in + 4 * entry->word, word);
	else if (transfer->word)
		*transfer->word = word;
}

static void take(struct reply *reply, size_t size)
{
	reply->bytes += size;
	reply->left -= size;
}

/*
 * Walk over @p done entries and store the words that came for them.
 *
 * AP reads, with JTAG all reads, are posted: the probe counts one when it has been asked for, and gets its word with the
 * transfer behind it. When that fails the word is missing, and the read is what did not finish.
 * Where the answer's true length is not known the word is taken for missing.
 */
static void store_words(struct reply *reply, const struct dap_segment *segment, size_t done,
	size_t words, struct dap_place *place)
{
	*place = segment->place;
	for (size_t i = 0; i < done; i++) {
		struct dap_place behind = *place;
		struct dap_entry entry = cmsis_dap_next_entry(reply->batch, &behind);

		if (entry.kind == DAP_ENTRY_READ) {
			if (words == 0)
				return;
			store(&entry, get_le32(reply->bytes));
			take(reply, 4);
			words--;
		}
		*place = behind;
	}
}

struct tally {
	size_t reads;
	bool last_is_posted; /* the last one is a read of an AP; with JTAG, any read */
};

static struct tally count_reads(
	const struct reply *reply, const struct dap_segment *segment, size_t entries)
{
	struct dap_place place = segment->place;
	struct tally tally = { .reads = 0 };

	for (size_t i = 0; i < entries; i++) {
		struct dap_entry entry = cmsis_dap_next_entry(reply->batch, &place);

		tally.last_is_posted =
			entry.kind == DAP_ENTRY_READ && (entry.transfer->ap || reply->jtag);
		tally.reads += entry.kind == DAP_ENTRY_READ;
	}
	return tally;
}

/* All went well as far as the response byte says. */
static dapper_status take_all(struct reply *reply, const struct dap_segment *segment, size_t count)
{
	struct dap_place place;

	if (count != segment->entries)
		return fail_protocol("says OK, but not to as many transfers as were asked for");
	if (reply->left < 4 * (size_t)segment->reads)
		return fail_protocol("is too short for the words that it should hold");
	store_words(reply, segment, count, segment->reads, &place);
	return DAPPER_OK;
}

/* A failure with all transfers counted is that of the last one, found by the probe's final check.
 */
static size_t finished(const struct dap_segment *segment, size_t count)
{
	return count < segment->entries ? count : segment->entries - 1;
}

static dapper_status fail_transfer(
	struct reply *reply, const struct dap_segment *segment, size_t count, uint8_t response)
{
	struct tally tally = count_reads(reply, segment, count);
	/* A read before a match was finished before that. */
	bool may_lack_one = tally.last_is_posted && !(response & DAP_RESPONSE_VALUE_MISMATCH);
	size_t fewest = tally.reads - may_lack_one;
	size_t words = reply->exact ? reply->left / 4 : fewest;
	struct dap_place place;

	if (reply->left < 4 * fewest)
		return fail_protocol("is too short for the transfers that it says were made");
	if (reply->exact && (reply->left % 4 != 0 || words > tally.reads))
		return fail_protocol("is too long for the transfers that it says were made");
	store_words(reply, segment, finished(segment, count), words, &place);
	if ((response & DAP_RESPONSE_VALUE_MISMATCH) &&
		reply->batch[place.index].kind != DAPPER_TRANSFER_READ_UNTIL_MATCH)
		return fail_protocol("says that a value does not match where none should");
	return fail_at(reply, &place, response);
}

static dapper_status fail_block(
	struct reply *reply, const struct dap_segment *segment, size_t count, uint8_t response)
{
	size_t words = segment->reads ? count : 0;
	struct dap_place place;

	if (reply->left < 4 * words)
		return fail_protocol("is too short for the words that it says were read");
	if (reply->exact && reply->left > 4 * words)
		return fail_protocol("is too long for the words that it says were read");
	if (response & DAP_RESPONSE_VALUE_MISMATCH)
		return fail_protocol("says that a value does not match where none should");
	store_words(reply, segment, finished(segment, count), words, &place);
	return fail_at(reply, &place, response);
}

static dapper_status take_transfers(struct reply *reply, const struct dap_segment *segment)
{
	bool block = segment->kind == DAP_SEGMENT_BLOCK;
	size_t header = block ? DAP_BLOCK_ANSWER_HEADER : DAP_TRANSFER_ANSWER_HEADER;
	uint8_t known =
		DAP_RESPONSE_ACK | DAP_RESPONSE_PROTOCOL_ERROR | DAP_RESPONSE_VALUE_MISMATCH;
	const uint8_t *bytes = reply->bytes;
	uint8_t response;
	size_t count;

	if (reply->left < header)
		return fail_protocol("is too short");
	if (bytes[0] != (block ? DAP_TRANSFER_BLOCK : DAP_TRANSFER))
		return fail_protocol("is one to another command");
	count = block ? get_le16(bytes + 1) : bytes[1];
	response = bytes[header - 1];
	take(reply, header);
	if (response == DAP_ACK_OK)
		return take_all(reply, segment, count);
	if (count > segment->entries || (response & ~known))
		return fail_protocol("is none that was possible");
	return block ? fail_block(reply, segment, count, response)
	             : fail_transfer(reply, segment, count, response);
}

static dapper_status take_status(struct reply *reply, uint8_t command, const char *name)
{
	if (reply->left < DAP_STATUS_ANSWER || reply->bytes[0] != command)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL,
			"the probe's answer to a packet of transfers lacks that to %s", name);
	if (reply->bytes[1] != DAP_STATUS_OK)
		return dapper_fail(DAPPER_ERR_PROBE_IO, "the probe refuses %s: status 0x%02x", name,
			reply->bytes[1]);
	take(reply, DAP_STATUS_ANSWER);
	return DAPPER_OK;
}

static dapper_status take_segment(struct reply *reply, const struct dap_segment *segment)
{
	switch (segment->kind) {
	case DAP_SEGMENT_CONFIGURE:
		return take_status(reply, DAP_TRANSFER_CONFIGURE, "DAP_TransferConfigure");
	case DAP_SEGMENT_WRITE_ABORT:
		return take_status(reply, DAP_WRITE_ABORT, "DAP_WriteABORT");
	case DAP_SEGMENT_TRANSFER:
	case DAP_SEGMENT_BLOCK:
		break;
	}
	return take_transfers(reply, segment);
}

static dapper_status take_execute_header(struct reply *reply, size_t segment_count)
{
	if (reply->left < DAP_EXECUTE_HEADER || reply->bytes[0] != DAP_EXECUTE_COMMANDS)
		return fail_protocol("does not repeat DAP_ExecuteCommands");
	if (reply->bytes[1] != segment_count)
		return fail_protocol("is not for as many commands as it was sent");
	take(reply, DAP_EXECUTE_HEADER);
	return DAPPER_OK;
}

dapper_status cmsis_dap_take_reply(const dapper_transfer *batch, const struct dap_packet *packet,
	const uint8_t *answer, size_t size, bool is_padded, struct dap_failure *failure)
{
	struct reply reply = {
		.batch = batch,
		.bytes = answer,
		.left = size,
		.exact = packet->segment_count == 1 && !is_padded,
		.jtag = packet->jtag,
		.failure = failure,
	};

	if (packet->segment_count > 1)
		TRY(take_execute_header(&reply, packet->segment_count));
	for (size_t i = 0; i < packet->segment_count; i++)
		TRY(take_segment(&reply, &packet->segments[i]));
	if (reply.left > 0 && !is_padded)
		return fail_protocol("is too long");
	return DAPPER_OK;
}
