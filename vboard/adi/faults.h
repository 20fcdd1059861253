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

/** Events from one to another one; first 0: none. */
struct vfault_range {
	uint64_t first, last;
};

struct vfaults {
	/* The scenario. */
	uint64_t unplug_at;           /* packet: from then on the probe is gone */
	struct vfault_range truncate; /* packets: their answers are cut to one byte */
	struct vfault_range lose;     /* packets: their answers never arrive */
	struct vfault_range delay;    /* packets: their answers come late, by... */
	uint64_t delay_ns;
	uint64_t silent_at;       /* request or scan: the target misses it */
	uint64_t parity_error_at; /* read: its data are wrong on the wire */
	uint64_t wait_at;         /* AP request: it and wait_count - 1 more are answered WAIT */
	uint64_t wait_count;
	uint64_t ap_error_at;    /* AP access that was acknowledged: it ends with a bus error */
	uint64_t bit_error_rate; /* of bits on the wire that arrive wrong, in units of 2^-32 */
	uint64_t stuck_at;       /* cycle of the clock: from then on the data lines keep a level */
	bool stuck_high;

	/* How far we are. */
	uint64_t packets;
	uint64_t requests;
	uint64_t reads;
	uint64_t ap_requests;
	uint64_t ap_accesses;
	uint64_t random; /* of the bit errors; begins with the seed */
};

/** Is this event one of those the scenario means? */
static inline bool vfaults_in(struct vfault_range range, uint64_t count)
{
	return range.first && count >= range.first && count <= range.last;
}

/** Does the next bit on the wire arrive wrong? The same answers for the same seed (SplitMix64). */
static inline bool vfaults_flip(struct vfaults *faults)
{
	uint64_t x;

	if (!faults->bit_error_rate)
		return false;
	x = faults->random += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (x ^ x >> 31) >> 32 < faults->bit_error_rate;
}

/** Count one event. @return Whether it is the one the scenario means. */
static inline bool vfaults_hit(uint64_t *count, uint64_t at)
{
	return ++*count == at;
}

#endif /* VBOARD_ADI_FAULTS_H */
