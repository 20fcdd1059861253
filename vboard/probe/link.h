/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_LINK_H
#define VBOARD_PROBE_LINK_H

/**
 * @file
 * When packets arrive: a model of the USB link between host and probe.
 *
 * Packets go out in the order sent and answers come back in that order; both directions and the
 * probe work at the same time. A packet waits for a free buffer of the probe, of which there are
 * packet_count for requests and as many for answers.
 *
 * - Bulk: the host controller looks at its schedule once per microframe (125 us), where it also
 *   tells the host what is finished (EHCI 1.0, 2.3.1 "Interrupt Threshold Control": one microframe
 *   is the finest); as long as it has packets it sends them back to back. A lone request thus
 *   costs 125 to 250 us beside the probe's work. Full-speed devices hang behind a hub's transaction
 *   translator or an xHC, which are scheduled by microframes too.
 * - HID: interrupt endpoints with an interval of 1 ms, one report of full length per frame in each
 *   direction.
 * - Bytes on the bus: USB 2.0, 5.8.4 (bulk) and 5.7.4 (interrupt): data, plus 13 bytes of protocol
 *   overhead at full and 55 at high speed. The two directions are not made to share the bus: a
 *   packet takes at most a tenth of its slot.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vlink_type {
	const char *name;
	uint16_t packet_size;
	uint8_t packet_count;
	bool reports;      /* HID: one packet of full length per frame */
	uint32_t frame_ns; /* how often the host looks */
	uint32_t bit_rate; /* of the bus, in Mbit/s */
	uint32_t overhead; /* bytes of protocol per packet */
	/*
	 * The firmware's own time for a command: an assumption, for want of published figures: a
	 * few hundred instructions on a probe of 100 to 200 MHz, or of 48 MHz.
	 */
	uint32_t command_ns;
};

enum { VLINK_MAX_PACKETS = 8 };

struct vlink {
	const struct vlink_type *type;
	uint64_t out_free_ns; /* the bus is free for the next request, the next answer */
	uint64_t in_free_ns;
	uint64_t probe_free_ns;
	uint64_t done_ns[VLINK_MAX_PACKETS]; /* the packet before in this buffer was worked off */
	uint64_t left_ns[VLINK_MAX_PACKETS]; /* its answer was sent */
	unsigned buffer;
};

/** NULL-terminated; the first is the default. */
extern const struct vlink_type *const vlink_types[];

void vlink_init(struct vlink *link, const struct vlink_type *type);

/** A request is given to the host controller at @p host_ns. @return When the probe begins. */
uint64_t vlink_send(struct vlink *link, uint64_t host_ns, size_t size);

/**
 * The probe is done with it at @p done_ns, with an answer of @p size bytes or, 0, none.
 *
 * @return When the host has the answer.
 */
uint64_t vlink_answer(struct vlink *link, uint64_t done_ns, size_t size);

#endif /* VBOARD_PROBE_LINK_H */
