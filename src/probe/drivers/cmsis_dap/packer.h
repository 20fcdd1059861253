/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_PACKER_H
#define CMSIS_DAP_PACKER_H

/**
 * @file
 * A batch of transfers, cut into packets that are as few and as full as possible.
 *
 * The batch is a stream of *entries*, which are what the probe counts: a word read or written, a
 * match mask, a read until a match. A DAP_Transfer carries up to 255 of them in any order, a
 * DAP_TransferBlock the words of one register at less cost each. Where the probe has atomic
 * commands, several of both share a packet by way of DAP_ExecuteCommands.
 *
 * A packet that was sent is executed even though one before it failed, and so is a command behind a
 * failed one in the same packet. What that does depends on the failure:
 * - FAULT is sticky: the debug port faults everything but reads of DPIDR and CTRL/STAT, and writes
 *   of ABORT, which would clear it. Hence nothing else is in flight before a write of ABORT.
 * - No answer and protocol errors are sticky too: the target is silent until a line reset.
 * - A mismatch is not. Hence nothing is sent behind a read-until-match before it is answered.
 * - After WAIT the target may be ready again, and after a parity error of data that were read it
 *   is: transfers in flight, at most link.packet_count packets of the same batch, may be carried
 *   out, and their results are discarded. They are those that the batch would have made anyway,
 *   but after WAIT to a write of an address register they go where that pointed before. The
 *   probe repeats WAIT for 100 ms, so a target that gives it then hangs rather than is slow.
 *   DAP_TransferAbort would not help: it ends the command that is running, not those to come.
 */
#include <dapper/plugin/probe_driver.h>

enum { DAP_SEGMENTS_MAX = 8 };

enum dap_entry_kind { DAP_ENTRY_READ, DAP_ENTRY_WRITE, DAP_ENTRY_MASK, DAP_ENTRY_MATCH };

/** A place in the stream of entries. */
struct dap_place {
	size_t index; /* of the transfer */
	size_t word;  /* of it, for blocks */
	/* The mask that the probe has there. */
	bool mask_known;
	uint32_t mask;
};

struct dap_entry {
	enum dap_entry_kind kind;
	const dapper_transfer *transfer;
	size_t word;
};

/** The entry at a place inside the batch; the place moves behind it. */
struct dap_entry cmsis_dap_next_entry(const dapper_transfer *batch, struct dap_place *place);

enum dap_segment_kind {
	DAP_SEGMENT_TRANSFER,
	DAP_SEGMENT_BLOCK,
	DAP_SEGMENT_CONFIGURE,
	DAP_SEGMENT_WRITE_ABORT
};

/** One command of a packet. */
struct dap_segment {
	enum dap_segment_kind kind;
	struct dap_place place; /* of its first entry */
	uint32_t entries;
	uint32_t reads; /* of them, those that the answer has a word for */
};

struct dap_packet {
	struct dap_segment segments[DAP_SEGMENTS_MAX];
	size_t segment_count;
	const uint8_t *request;
	size_t request_size;
	size_t answer_size; /* when all goes well */
	bool alone_before;  /* holds a write of ABORT: nothing else may be in flight */
	bool alone_after;   /* holds a match: nothing may follow before its answer */
	bool jtag;          /* DP reads are posted too */
};

/** What the probe was told about reads until a match; kept from batch to batch. */
struct dap_poll_state {
	bool mask_known;
	uint32_t mask;
	bool retries_known;
	uint16_t retries; /* after the first try, of each match read */
};

struct dap_packer {
	/* Set by who makes it. */
	const dapper_transfer *batch;
	size_t count;
	size_t packet_size;
	bool atomic;
	uint16_t wait_retries;    /* repeated in each DAP_TransferConfigure */
	uint8_t idle_cycles;      /* likewise */
	uint16_t retries_at_once; /* most that one packet may take */
	bool jtag;                /* ABORT is written by DAP_WriteABORT */
	uint8_t dap_index;        /* JTAG: of the TAP */
	struct dap_poll_state poll;

	/* Moves. */
	size_t index;
	size_t word;
	/* A match that was not reached in earlier packets, and how often they read. */
	size_t resumed_index;
	uint32_t resumed_reads;
};

bool cmsis_dap_packer_is_done(const struct dap_packer *packer);

/**
 * The match at @p index has used up the retries of its packet. Go on from there, if it has any
 * left.
 *
 * @return false: all are used up.
 */
bool cmsis_dap_packer_resume(struct dap_packer *packer, size_t index);

/**
 * Build the next packet of an unfinished batch.
 *
 * @param buffer  packet_size + DAP_EXECUTE_HEADER bytes; the request lies somewhere in it.
 */
void cmsis_dap_packer_next(struct dap_packer *packer, uint8_t *buffer, struct dap_packet *packet);

#endif /* CMSIS_DAP_PACKER_H */
