/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_FAULTS_H
#define VBOARD_ADI_FAULTS_H

/**
 * @file
 * What a scenario lets go wrong on the wire, and the counts by which it is timed. All counts begin
 * with 1; an `_at` of 0 means never. docs/virtual-boards.md describes each for users.
 */
#include <stdbool.h>
#include <stdint.h>

struct vfaults {
	/* The scenario. */
	uint64_t unplug_at;       /* packet: from then on the probe is gone */
	uint64_t truncate_at;     /* packet: its answer is cut to one byte */
	uint64_t silent_at;       /* SWD request: the target misses it */
	uint64_t parity_error_at; /* SWD read: its parity is wrong on the wire */
	uint64_t wait_at;         /* AP request: it and wait_count - 1 more are answered WAIT */
	uint64_t wait_count;
	uint64_t ap_error_at; /* AP access that was acknowledged: it ends with a bus error */

	/* How far we are. */
	uint64_t packets;
	uint64_t requests;
	uint64_t reads;
	uint64_t ap_requests;
	uint64_t ap_accesses;
};

/** Count one event. @return Whether it is the one the scenario means. */
static inline bool vfaults_hit(uint64_t *count, uint64_t at)
{
	return ++*count == at;
}

#endif /* VBOARD_ADI_FAULTS_H */
