/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_SWO_H
#define VBOARD_PROBE_SWO_H

/**
 * @file
 * The probe's receiver on the target's SWO pin: a UART or a Manchester decoder that samples the
 * line at its own rate, and the trace buffer behind it. At a rate that is not the target's it gets
 * garbage and errors, as on a real line.
 */
#include "vboard/board/internal.h"

enum { VSWO_BUFFER_SIZE = 8192 };

enum vswo_mode { VSWO_OFF, VSWO_UART, VSWO_MANCHESTER };

enum vswo_line_state {
	VSWO_IDLE,      /* waits for a start bit */
	VSWO_RECEIVING, /* in the middle of a byte (UART) or packet (Manchester) */
	VSWO_LOST       /* waits for the line to be idle again */
};

struct vswo {
	enum vswo_mode mode;
	uint32_t baud; /* 0: not set */
	bool active;   /* capturing */
	/* Errors since they were last asked for */
	bool stream_error, overrun;

	/* The line. Times in nanoseconds. */
	enum vswo_line_state state;
	uint64_t at_ns;    /* looked at up to here */
	bool idle_level;   /* of the line since then */
	uint64_t start_ns; /* of the start bit */
	uint32_t sample;   /* number of the next one since the start bit */
	bool first_half;   /* Manchester: what it was */
	uint32_t bits;     /* Manchester: of the packet so far */
	uint8_t byte;

	/* The buffer: what came in and went out since capture began. */
	uint32_t in, out;
	uint64_t stamp_ns; /* when byte `in` - 1 was complete */
	uint8_t buffer[VSWO_BUFFER_SIZE];
};

/** Begin to capture, with an empty buffer, or end it; what is in the buffer stays. */
void vswo_start(struct vswo *swo, uint64_t now_ns);
void vswo_stop(struct vswo *swo, uint64_t now_ns);
/** The line did this, and is idle since. */
void vswo_receive(struct vswo *swo, const struct vswo_burst *burst);

uint32_t vswo_count(const struct vswo *swo);
/** Take the oldest bytes. @return How many. */
size_t vswo_take(struct vswo *swo, uint8_t *bytes, size_t size);

#endif /* VBOARD_PROBE_SWO_H */
