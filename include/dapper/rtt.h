/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_RTT_H
#define DAPPER_RTT_H

#include <dapper/common.h>
#include <dapper/error.h>
#include <dapper/target.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * SEGGER Real Time Transfer: ring buffers in the target's RAM, read and written while it runs. Up
 * channels go from the target to the host, down channels the other way.
 *
 * The control block is the target's word and not trusted: what does not lie in RAM of the memory
 * map is not followed. It is checked anew each time, so that a reset, which makes a new one, needs
 * nothing done.
 *
 * Ownership: dapper_rtt_free(), before the session is closed. Threads: as the session's.
 */

typedef struct dapper_rtt dapper_rtt;

typedef struct dapper_rtt_options {
	size_t struct_size;
	bool has_address;
	uint64_t address; /**< Of the control block. */
	/** Else where its symbol `_SEGGER_RTT` says; with symbols and without this one there is no
	 * RTT. A file that is no ELF is not looked at. May be NULL. */
	const char *elf;
	uint64_t search_size; /**< Else it is searched for, this far into each RAM; 0: 1 MB. */
} dapper_rtt_options;

#define DAPPER_RTT_OPTIONS_INIT                           \
	{                                                 \
		.struct_size = sizeof(dapper_rtt_options) \
	}

/**
 * Nothing is read from the target yet.
 *
 * @param options  NULL: search.
 * @retval DAPPER_ERR_FILE, DAPPER_ERR_PARSE  The ELF file cannot be read.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_rtt_new(
	dapper_target *target, const dapper_rtt_options *options, dapper_rtt **rtt);
/** NULL is fine. */
DAPPER_API void dapper_rtt_free(dapper_rtt *rtt);

/**
 * Look for the control block, by address or symbol if there is one, else through RAM. The program
 * may not have made it yet: false is no failure. The search goes on where the last call left it, a
 * few KB each time, so that nothing else has to wait for long.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_rtt_find(dapper_rtt *rtt, bool *found);
/** Whether it is known where: false as soon as a reading finds none there any more. */
DAPPER_API bool dapper_rtt_is_found(const dapper_rtt *rtt);
/** Of the control block found. */
DAPPER_API uint64_t dapper_rtt_get_address(const dapper_rtt *rtt);

/**
 * Make control blocks that an earlier run left in RAM unrecognisable, so that their contents are
 * not taken for news. For a core that is halted before its program starts.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_rtt_wipe(dapper_rtt *rtt);

typedef struct dapper_rtt_channel {
	char name[32];  /**< "" when it has none, or one that is not in RAM or ROM. */
	uint32_t size;  /**< Of the ring in bytes; 0: not in use. */
	uint32_t flags; /**< Bits [1:0]: 0 skip, 1 trim, 2 block when full. */
} dapper_rtt_channel;

/** 0 and 0 until it is found. */
DAPPER_API void dapper_rtt_count_channels(const dapper_rtt *rtt, size_t *up, size_t *down);
/** @retval DAPPER_ERR_NOT_FOUND  No such channel, or no control block. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_rtt_get_channel(
	dapper_rtt *rtt, bool is_up, size_t index, dapper_rtt_channel *channel);

/**
 * Take what an up channel holds. One batch when it is empty; one and a write when there is little.
 *
 * @param[out] size  Bytes; 0 also when there is no control block (any more) or no such channel.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_rtt_read(
	dapper_rtt *rtt, size_t channel, void *data, size_t capacity, size_t *size);
/** Put bytes into a down channel. @param[out] written As many as there was room for. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_rtt_write(
	dapper_rtt *rtt, size_t channel, const void *data, size_t size, size_t *written);

DAPPER_END_DECLS

#endif /* DAPPER_RTT_H */
