/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/link.h"

enum { MICROFRAME_NS = 125000, FRAME_NS = 1000000 };

static const struct vlink_type hs_bulk = {
	.name = "hs-bulk",
	.packet_size = 512,
	.packet_count = 4,
	.frame_ns = MICROFRAME_NS,
	.bit_rate = 480,
	.overhead = 55,
	.command_ns = 5000,
};

static const struct vlink_type fs_bulk = {
	.name = "fs-bulk",
	.packet_size = 64,
	.packet_count = 4,
	.frame_ns = MICROFRAME_NS,
	.bit_rate = 12,
	.overhead = 13,
	.command_ns = 20000,
};

static const struct vlink_type fs_hid = {
	.name = "fs-hid",
	.packet_size = 64,
	.packet_count = 4,
	.reports = true,
	.frame_ns = FRAME_NS,
	.bit_rate = 12,
	.overhead = 13,
	.command_ns = 20000,
};

const struct vlink_type *const vlink_types[] = { &hs_bulk, &fs_bulk, &fs_hid, NULL };

void vlink_init(struct vlink *link, const struct vlink_type *type)
{
	*link = (struct vlink){ .type = type };
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t next_frame(const struct vlink *link, uint64_t ns)
{
	uint64_t frame = link->type->frame_ns;

	return (ns + frame - 1) / frame * frame;
}

/* Time on the bus. Bit stuffing is left out. */
static uint64_t bus_ns(const struct vlink *link, size_t size)
{
	const struct vlink_type *type = link->type;

	if (type->reports)
		size = type->packet_size;
	return (size + type->overhead) * 8 * 1000 / type->bit_rate;
}

uint64_t vlink_send(struct vlink *link, uint64_t host_ns, size_t size)
{
	uint64_t buffer_ns = link->done_ns[link->buffer];
	uint64_t start, end;

	if (link->type->reports) {
		start = next_frame(link, later(later(host_ns, buffer_ns), link->out_free_ns));
		end = start + bus_ns(link, size);
		link->out_free_ns = start + link->type->frame_ns;
	} else {
		/* Sent while others still go out: no need to wait for the controller to look. */
		start = host_ns <= link->out_free_ns ? link->out_free_ns
		                                     : next_frame(link, host_ns);
		end = later(start, buffer_ns) + bus_ns(link, size);
		link->out_free_ns = end;
	}
	return later(end, later(link->probe_free_ns, link->left_ns[link->buffer]));
}

uint64_t vlink_answer(struct vlink *link, uint64_t done_ns, size_t size)
{
	uint64_t start, left = done_ns, seen = done_ns;

	link->probe_free_ns = done_ns;
	link->done_ns[link->buffer] = done_ns;
	if (size && link->type->reports) {
		start = next_frame(link, later(done_ns, link->in_free_ns));
		link->in_free_ns = start + link->type->frame_ns;
		left = start + bus_ns(link, size);
		seen = left;
	} else if (size) {
		left = later(done_ns, link->in_free_ns) + bus_ns(link, size);
		link->in_free_ns = left;
		seen = next_frame(link, left);
	}
	link->left_ns[link->buffer] = left;
	link->buffer = (link->buffer + 1) % link->type->packet_count;
	return seen;
}
