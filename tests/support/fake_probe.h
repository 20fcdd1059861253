/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FAKE_PROBE_H
#define SUPPORT_FAKE_PROBE_H

/**
 * @file
 * A probe for unit tests of the layers above it: it records what it is asked for as text, answers
 * reads from a script, and fails where it is told to. For whole targets use a virtual board.
 */
#include "probe/probe.h"

enum { FAKE_PROBE_LOG = 1 << 16, FAKE_PROBE_READS = 1024 };

struct fake_probe {
	/** "R dp 0", "W dp 8 00000000", "R ap c x4", "M ap c", "swj 136", "reset 1" one a line. */
	char log[FAKE_PROBE_LOG];
	/** Values that reads give, in order; 0 when used up. */
	uint32_t reads[FAKE_PROBE_READS];
	size_t read_count;
	size_t reads_used;
	/** Transfer number (from 1, over all batches) that fails with this; 0: none. */
	size_t fail_at;
	dapper_status fail_status;
	/** Stops failing after so many failures; 0: one. */
	size_t fail_times;
	size_t transfers;
	uint64_t now_ns; /**< Its clock: moves only by sleeping and by 1 us a transfer. */
};

/** A probe over @p fake, which must outlive it. End it with dapper_probe_unref(). */
dapper_probe *fake_probe_new(dapper_context *context, struct fake_probe *fake);

#endif /* SUPPORT_FAKE_PROBE_H */
